#include "telemetry/payload_json.h"

#include "net/iso_time.h"

#include <math.h>
#include <string.h>

/* Deeper than any payload here; jansson itself goes 2048 deep, which costs stack for nothing. */
#define DEPTH_MAX 8
/* A number that is smaller is a time in seconds: as milliseconds it would be before 1973. */
#define SECONDS_BELOW 1e11

static const char *const time_keys[] = {"ts", "time", "timestamp"};

static bool deep(const uint8_t *text, size_t size)
{
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < size; i++) {
        uint8_t c = text[i];
        if (quoted) {
            if (c == '\\') i++;
            if (c == '"') quoted = false;
            continue;
        }
        if (c == '"') quoted = true;
        if (c == '[' || c == '{') depth++;
        if (c == ']' || c == '}') depth--;
        if (depth > DEPTH_MAX) return true;
    }
    return false;
}

tw_status tw_payload_parse(const struct tw_payload *payload, json_t **out_json,
                           struct tw_samples_fault *out_fault)
{
    static const char remedy[] = "send a number, {\"ts\":T,\"values\":{TAG:V}} or an array of such";
    json_error_t error;
    if (deep(payload->bytes, payload->size)) {
        return tw_samples_refuse(out_fault, -1, remedy, "JSON nests too deep");
    }
    json_t *json = json_loadb((const char *)payload->bytes, payload->size,
                              JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
    if (json == NULL) {
        return tw_samples_refuse(out_fault, -1, remedy, "no JSON: %.120s, at byte %d", error.text,
                                 error.position);
    }
    *out_json = json;
    return TW_OK;
}

tw_status tw_payload_time(const struct tw_payload *payload, const json_t *json, int64_t *out_ms,
                          struct tw_samples_fault *out_fault)
{
    if (json_is_string(json) &&
        tw_iso_time_parse(json_string_value(json), payload->zone_s, out_ms) == TW_OK) {
        return TW_OK;
    }
    double number = json_is_number(json) ? json_number_value(json) : NAN;
    if (number >= 0.0 && number < 1e14) {
        *out_ms = (int64_t)llround(number < SECONDS_BELOW ? number * 1000.0 : number);
        return TW_OK;
    }
    return tw_samples_refuse(out_fault, -1,
                             "write milliseconds since 1970 or 2031-07-01T10:01:00+08:00",
                             "the time is none");
}

bool tw_payload_number(const json_t *json, double *out_value)
{
    if (json_is_number(json)) *out_value = json_number_value(json);
    if (json_is_boolean(json)) *out_value = json_is_true(json) ? 1.0 : 0.0;
    return json_is_number(json) || json_is_boolean(json);
}

static bool is_time_key(const char *key)
{
    for (size_t i = 0; i < sizeof time_keys / sizeof time_keys[0]; i++) {
        if (strcmp(key, time_keys[i]) == 0) return true;
    }
    return false;
}

/* A tag's value. What is neither a number nor null only passes when the tag is to be ignored. */
static tw_status take_value(const struct tw_payload *payload, const char *tag, const json_t *json,
                            struct tw_measurement value, struct tw_readings *readings,
                            struct tw_samples_fault *fault)
{
    struct tw_tag found;
    if (json_is_null(json)) return TW_OK;
    if (!tw_payload_number(json, &value.value) && tw_device_tag(payload->device, tag, &found)) {
        return tw_samples_refuse(fault, (int32_t)readings->count,
                                 "give a number without quotes; leave out what has no value",
                                 "the value of \"%.80s\" is not a number", tag);
    }
    return tw_readings_add(readings, payload, payload->topic, tag, &value, fault);
}

/* A value whose tag is the topic: whole, or its last level. */
static tw_status take_topic(const struct tw_payload *payload, const struct tw_measurement *value,
                            struct tw_readings *readings, struct tw_samples_fault *fault)
{
    struct tw_tag found;
    const char *last = strrchr(payload->topic, '/');
    const char *tag = payload->topic;
    if (last != NULL && !tw_device_tag(payload->device, tag, &found)) tag = last + 1;
    return tw_readings_add(readings, payload, NULL, tag, value, fault);
}

static tw_status take_object(const struct tw_payload *payload, json_t *object,
                             struct tw_readings *readings, struct tw_samples_fault *fault)
{
    struct tw_measurement value = {.time_ms = payload->received_ms};
    for (size_t i = 0; i < sizeof time_keys / sizeof time_keys[0]; i++) {
        const json_t *time = json_object_get(object, time_keys[i]);
        if (time == NULL) continue;
        TW_TRY(tw_payload_time(payload, time, &value.time_ms, fault));
        break;
    }
    const char *key = NULL;
    json_t *member = NULL;
    json_t *values = json_object_get(object, "values");
    json_t *single = json_object_get(object, "value");
    if (json_is_object(values)) {
        json_object_foreach(values, key, member)
        {
            TW_TRY(take_value(payload, key, member, value, readings, fault));
        }
        return TW_OK;
    }
    if (single != NULL) {
        const char *tag = json_string_value(json_object_get(object, "sensor"));
        value.unit = json_string_value(json_object_get(object, "unit"));
        if (tag != NULL) return take_value(payload, tag, single, value, readings, fault);
        if (json_is_null(single)) return TW_OK;
        if (tw_payload_number(single, &value.value)) {
            return take_topic(payload, &value, readings, fault);
        }
        return tw_samples_refuse(fault, (int32_t)readings->count, "give a number without quotes",
                                 "value is not a number");
    }
    json_object_foreach(object, key, member)
    {
        if (is_time_key(key)) continue;
        TW_TRY(take_value(payload, key, member, value, readings, fault));
    }
    return TW_OK;
}

static tw_status take_any(const struct tw_payload *payload, json_t *json,
                          struct tw_readings *readings, struct tw_samples_fault *fault)
{
    struct tw_measurement value = {.time_ms = payload->received_ms};
    if (json_is_object(json)) return take_object(payload, json, readings, fault);
    if (tw_payload_number(json, &value.value)) {
        return take_topic(payload, &value, readings, fault);
    }
    if (json_is_array(json)) {
        size_t index = 0;
        json_t *item = NULL;
        json_array_foreach(json, index, item)
        {
            if (!json_is_object(item)) break;
            TW_TRY(take_object(payload, item, readings, fault));
        }
        if (index == json_array_size(json)) return TW_OK;
    }
    return tw_samples_refuse(fault, -1, "send a number, an object or an array of objects",
                             "the payload is none of what is understood");
}

tw_status tw_payload_json(const struct tw_payload *payload, struct tw_readings *readings,
                          struct tw_samples_fault *out_fault)
{
    json_t *json = NULL;
    TW_TRY(tw_payload_parse(payload, &json, out_fault));
    tw_status status = take_any(payload, json, readings, out_fault);
    json_decref(json);
    return status;
}
