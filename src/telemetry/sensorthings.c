/* Observations of SensorThings, created by MQTT. */
#include "telemetry/payload_json.h"

#include <stdio.h>
#include <string.h>

/* The id of a topic v1.x/Datastreams(ID)/Observations, without quotes; false for another topic. */
static bool id_of(const char *topic, char *out, size_t size)
{
    static const char before[] = "/Datastreams(";
    static const char after[] = ")/Observations";
    /* A service may have a path of its own before the version. */
    const char *version = strstr(topic, "v1.");
    const char *from = strstr(topic, before);
    size_t length = strlen(topic);
    if (version == NULL || from != version + 4 || length < strlen(after)) return false;
    const char *to = topic + length - strlen(after);
    from += strlen(before);
    if (to <= from || strcmp(to, after) != 0) return false;
    if (to - from >= 2 && *from == '\'' && to[-1] == '\'') {
        from++;
        to--;
    }
    return snprintf(out, size, "%.*s", (int)(to - from), from) < (int)size;
}

bool tw_sensorthings_is_topic(const char *topic)
{
    char id[TW_PAYLOAD_TAG_SIZE];
    return id_of(topic, id, sizeof id);
}

/* An interval's end counts: a value is known when what it sums up is over. */
static tw_status time_of(const struct tw_payload *payload, json_t *object, int64_t *out_ms,
                         struct tw_samples_fault *fault)
{
    json_t *time = json_object_get(object, "phenomenonTime");
    if (time == NULL || json_is_null(time)) time = json_object_get(object, "resultTime");
    if (time == NULL || json_is_null(time)) {
        *out_ms = payload->received_ms;
        return TW_OK;
    }
    const char *text = json_string_value(time);
    const char *end = text != NULL ? strchr(text, '/') : NULL;
    if (end == NULL) return tw_payload_time(payload, time, out_ms, fault);
    json_t *last = json_string(end + 1);
    if (last == NULL) return TW_ERR_NOMEM;
    tw_status status = tw_payload_time(payload, last, out_ms, fault);
    json_decref(last);
    return status;
}

static tw_status observation(const struct tw_payload *payload, json_t *object,
                             struct tw_readings *readings, struct tw_samples_fault *fault)
{
    char id[TW_PAYLOAD_TAG_SIZE] = "";
    struct tw_measurement value = {.unit = NULL};
    const json_t *result = json_object_get(object, "result");
    if (!tw_payload_number(result, &value.value)) {
        return tw_samples_refuse(fault, -1, "send {\"result\": 0.13, \"phenomenonTime\": ...}",
                                 "an Observation whose result is not a number");
    }
    TW_TRY(time_of(payload, object, &value.time_ms, fault));
    (void)id_of(payload->topic, id, sizeof id);
    return tw_readings_add(readings, payload, "Datastreams", id, &value, fault);
}

tw_status tw_sensorthings_read(const struct tw_payload *payload, struct tw_readings *readings,
                               struct tw_samples_fault *out_fault)
{
    json_t *json = NULL;
    TW_TRY(tw_payload_parse(payload, &json, out_fault));
    tw_status status = observation(payload, json, readings, out_fault);
    json_decref(json);
    return status;
}
