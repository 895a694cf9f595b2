#include "telemetry/samples_json.h"

#include "net/iso_time.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A request nests three levels. jansson itself goes 2048 deep, which costs stack for nothing. */
#define DEPTH_MAX 8

/* How deep brackets nest; in text that is no JSON the answer means nothing but is bounded. */
static int depth_of(const char *text, size_t size)
{
    int depth = 0;
    int deepest = 0;
    bool quoted = false;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (quoted) {
            if (c == '\\') i++;
            if (c == '"') quoted = false;
            continue;
        }
        if (c == '"') quoted = true;
        if (c == '[' || c == '{') depth++;
        if (c == ']' || c == '}') depth--;
        if (depth > deepest) deepest = depth;
    }
    return deepest;
}

/* Index of the sample in which byte `end` lies, for a text that stops being JSON there; -1 when it
 * lies in none. A sample is an object inside the request's array, which is the whole or a member. */
static int32_t sample_at(const char *text, size_t end)
{
    int depth = 0;
    bool quoted = false;
    bool inside = false;
    char open[3] = {0};
    int32_t index = -1;
    for (size_t i = 0; i < end; i++) {
        char c = text[i];
        if (quoted) {
            if (c == '\\') i++;
            if (c == '"') quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '[' || c == '{') {
            bool in_array =
                (depth == 1 && open[0] == '[') || (depth == 2 && open[0] == '{' && open[1] == '[');
            if (in_array && c == '{') {
                index++;
                inside = true;
            }
            if (depth < 3) open[depth] = c;
            depth++;
        } else if (c == ']' || c == '}') {
            depth--;
            if (depth <= 2 && c == '}' && depth == (open[0] == '[' ? 1 : 2)) inside = false;
        }
        if (depth < 0) return -1;
    }
    return inside ? index : -1;
}

/* The number of a sample. An integer too large for a double's 53 bits is as near as it gets. */
static tw_status value_of(const json_t *json, int32_t index, double *out,
                          struct tw_samples_fault *fault)
{
    if (json == NULL) {
        return tw_samples_refuse(fault, index, "give \"value\": a number", "value is missing");
    }
    if (!json_is_number(json)) {
        return tw_samples_refuse(fault, index, "give a number without quotes",
                                 "value is not a number");
    }
    double value = json_number_value(json);
    if (!isfinite(value)) {
        return tw_samples_refuse(fault, index, "leave a sample without a value out",
                                 "value is not finite");
    }
    *out = value;
    return TW_OK;
}

static tw_status time_of(const json_t *json, int32_t index, int32_t zone_s, int64_t *out_ms,
                         struct tw_samples_fault *fault)
{
    static const char remedy[] = "write it as 2031-07-01T10:01:00+08:00";
    if (json == NULL) return tw_samples_refuse(fault, index, remedy, "time is missing");
    if (!json_is_string(json)) return tw_samples_refuse(fault, index, remedy, "time is not a text");
    if (tw_iso_time_parse(json_string_value(json), zone_s, out_ms) != TW_OK) {
        return tw_samples_refuse(fault, index, remedy, "time \"%.40s\" is not an ISO 8601 time",
                                 json_string_value(json));
    }
    return TW_OK;
}

static tw_status unit_of(const json_t *json, int32_t index, const char **out,
                         struct tw_samples_fault *fault)
{
    *out = NULL;
    if (json == NULL || json_is_null(json)) return TW_OK;
    if (!json_is_string(json)) {
        return tw_samples_refuse(fault, index, "leave it out or give a text", "unit is not a text");
    }
    *out = json_string_value(json);
    return TW_OK;
}

static tw_status decode_sample(const json_t *json, int32_t index, int32_t zone_s,
                               struct tw_measurement *out, struct tw_samples_fault *fault)
{
    if (!json_is_object(json)) {
        return tw_samples_refuse(fault, index,
                                 "a sample is {\"sensor\", \"time\", \"value\", \"unit\"}",
                                 "it is not an object");
    }
    const json_t *sensor = json_object_get(json, "sensor");
    if (!json_is_string(sensor)) {
        return tw_samples_refuse(fault, index, "give \"sensor\": the sensor's id",
                                 sensor == NULL ? "sensor is missing" : "sensor is not a text");
    }
    *out = (struct tw_measurement){.sensor = json_string_value(sensor)};
    TW_TRY(time_of(json_object_get(json, "time"), index, zone_s, &out->time_ms, fault));
    TW_TRY(value_of(json_object_get(json, "value"), index, &out->value, fault));
    return unit_of(json_object_get(json, "unit"), index, &out->unit, fault);
}

/* The array of samples of a request, and its source. */
static tw_status envelope(const json_t *root, const json_t **out_array, char *source,
                          struct tw_samples_fault *fault)
{
    static const char remedy[] =
        "send an array of samples or {\"source\": \"...\", \"samples\": [...]}";
    source[0] = 0;
    *out_array = root;
    if (json_is_object(root)) {
        const json_t *name = json_object_get(root, "source");
        if (name != NULL && !json_is_string(name)) {
            return tw_samples_refuse(fault, -1, remedy, "source is not a text");
        }
        if (name != NULL && json_string_length(name) >= TW_SAMPLES_SOURCE_SIZE) {
            return tw_samples_refuse(fault, -1, "use at most 64 bytes", "source is too long");
        }
        if (name != NULL)
            (void)snprintf(source, TW_SAMPLES_SOURCE_SIZE, "%s", json_string_value(name));
        *out_array = json_object_get(root, "samples");
    }
    if (!json_is_array(*out_array))
        return tw_samples_refuse(fault, -1, remedy, "there is no array of samples");
    if (json_array_size(*out_array) > TW_SAMPLES_MAX) {
        return tw_samples_refuse(fault, TW_SAMPLES_MAX, "send them in several requests",
                                 "more than %d samples in a request", TW_SAMPLES_MAX);
    }
    return TW_OK;
}

static tw_status decode_array(const json_t *array, int32_t zone_s, struct tw_samples *out,
                              struct tw_samples_fault *fault)
{
    size_t count = json_array_size(array);
    struct tw_measurement *list = calloc(count > 0 ? count : 1, sizeof *list);
    if (list == NULL) return TW_ERR_NOMEM;
    out->list = list;
    for (out->count = 0; out->count < count; out->count++) {
        TW_TRY(decode_sample(json_array_get(array, out->count), (int32_t)out->count, zone_s,
                             &list[out->count], fault));
    }
    return TW_OK;
}

tw_status tw_samples_decode(const char *body, size_t size, int32_t zone_s, struct tw_samples *out,
                            struct tw_samples_fault *out_fault)
{
    *out_fault = (struct tw_samples_fault){.index = -1};
    *out = (struct tw_samples){.count = 0};
    if (size > TW_SAMPLES_BYTES_MAX) {
        return tw_samples_refuse(out_fault, -1, "send them in several requests",
                                 "the body is too large");
    }
    if (depth_of(body, size) > DEPTH_MAX) {
        return tw_samples_refuse(out_fault, -1, "a request nests three levels",
                                 "brackets nest too deeply");
    }
    json_error_t error;
    json_t *root = json_loadb(body, size, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        size_t end = error.position < 0 ? 0 : (size_t)error.position;
        return tw_samples_refuse(out_fault, sample_at(body, end < size ? end : size),
                                 "send JSON (RFC 8259) in UTF-8", "line %d column %d: %.120s",
                                 error.line, error.column, error.text);
    }
    const json_t *array = NULL;
    out->owner = root;
    TW_TRY(envelope(root, &array, out->source, out_fault));
    return decode_array(array, zone_s, out, out_fault);
}

void tw_samples_done(struct tw_samples *samples)
{
    free(samples->list);
    json_decref(samples->owner);
    *samples = (struct tw_samples){.count = 0};
}
