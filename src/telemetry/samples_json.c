#include "telemetry/samples_json.h"

#include "base/compiler.h"
#include "net/iso_time.h"
#include "telemetry/units.h"

#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A request nests three levels. jansson itself goes 2048 deep, which costs stack for nothing. */
#define DEPTH_MAX 8

static tw_status refuse(struct tw_samples_fault *fault, int32_t index, const char *remedy,
                        const char *format, ...) TW_PRINTF(4, 5);

static tw_status refuse(struct tw_samples_fault *fault, int32_t index, const char *remedy,
                        const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fault->index = index;
    size_t used = 0;
    if (index >= 0) {
        used = (size_t)snprintf(fault->error, sizeof fault->error, "sample %d: ", index);
    }
    (void)vsnprintf(fault->error + used, sizeof fault->error - used, format, arguments);
    (void)snprintf(fault->remedy, sizeof fault->remedy, "%s", remedy);
    va_end(arguments);
    return TW_ERR_FORMAT;
}

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
        return refuse(fault, index, "give \"value\": a number", "value is missing");
    }
    if (!json_is_number(json)) {
        return refuse(fault, index, "give a number without quotes", "value is not a number");
    }
    double value = json_number_value(json);
    if (!isfinite(value)) {
        return refuse(fault, index, "leave a sample without a value out", "value is not finite");
    }
    *out = value;
    return TW_OK;
}

static tw_status time_of(const json_t *json, int32_t index, int32_t zone_s, int64_t *out_ms,
                         struct tw_samples_fault *fault)
{
    static const char remedy[] = "write it as 2031-07-01T10:01:00+08:00";
    if (json == NULL) return refuse(fault, index, remedy, "time is missing");
    if (!json_is_string(json)) return refuse(fault, index, remedy, "time is not a text");
    if (tw_iso_time_parse(json_string_value(json), zone_s, out_ms) != TW_OK) {
        return refuse(fault, index, remedy, "time \"%.40s\" is not an ISO 8601 time",
                      json_string_value(json));
    }
    return TW_OK;
}

static tw_status factor_of(const json_t *json, int32_t index, const struct tw_sensor_entry *entry,
                           double *out_factor, struct tw_samples_fault *fault)
{
    *out_factor = 1.0;
    if (json == NULL || json_is_null(json)) return TW_OK;
    if (!json_is_string(json)) {
        return refuse(fault, index, "leave it out or give a text", "unit is not a text");
    }
    const char *unit = json_string_value(json);
    if (strcmp(unit, entry->unit) == 0) return TW_OK;
    tw_status status = tw_unit_factor(unit, entry->unit, out_factor);
    if (status == TW_OK) return TW_OK;
    char remedy[96];
    (void)snprintf(remedy, sizeof remedy, "the sensor's unit is %.32s", entry->unit);
    if (status == TW_ERR_NAME) {
        return refuse(fault, index, remedy, "unit \"%.32s\" is not known", unit);
    }
    return refuse(fault, index, remedy, "unit \"%.32s\" cannot become %.32s", unit, entry->unit);
}

static tw_status decode_sample(const json_t *json, int32_t index,
                               const struct tw_catalogue *catalogue, int32_t zone_s,
                               struct tw_store_sample *out, struct tw_samples_fault *fault)
{
    if (!json_is_object(json)) {
        return refuse(fault, index, "a sample is {\"sensor\", \"time\", \"value\", \"unit\"}",
                      "it is not an object");
    }
    const json_t *sensor = json_object_get(json, "sensor");
    if (!json_is_string(sensor)) {
        return refuse(fault, index, "give \"sensor\": the sensor's id",
                      sensor == NULL ? "sensor is missing" : "sensor is not a text");
    }
    const struct tw_sensor_entry *entry = tw_catalogue_find(catalogue, json_string_value(sensor));
    if (entry == NULL) {
        return refuse(fault, index, "GET /api/v1/sensors lists the ids; sensors.geojson holds them",
                      "unknown sensor \"%.64s\"", json_string_value(sensor));
    }
    double value = 0.0;
    double factor = 1.0;
    int64_t time_ms = 0;
    TW_TRY(time_of(json_object_get(json, "time"), index, zone_s, &time_ms, fault));
    TW_TRY(value_of(json_object_get(json, "value"), index, &value, fault));
    TW_TRY(factor_of(json_object_get(json, "unit"), index, entry, &factor, fault));
    if (!isfinite(value * factor)) {
        return refuse(fault, index, "check the unit", "value is too large");
    }
    value *= factor;
    *out = (struct tw_store_sample){.series = entry->series,
                                    .quality = tw_catalogue_quality(entry, value),
                                    .time_ms = time_ms,
                                    .value = value};
    return TW_OK;
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
            return refuse(fault, -1, remedy, "source is not a text");
        }
        if (name != NULL && json_string_length(name) >= TW_SAMPLES_SOURCE_SIZE) {
            return refuse(fault, -1, "use at most 64 bytes", "source is too long");
        }
        if (name != NULL)
            (void)snprintf(source, TW_SAMPLES_SOURCE_SIZE, "%s", json_string_value(name));
        *out_array = json_object_get(root, "samples");
    }
    if (!json_is_array(*out_array))
        return refuse(fault, -1, remedy, "there is no array of samples");
    if (json_array_size(*out_array) > TW_SAMPLES_MAX) {
        return refuse(fault, TW_SAMPLES_MAX, "send them in several requests",
                      "more than %d samples in a request", TW_SAMPLES_MAX);
    }
    return TW_OK;
}

static tw_status decode_array(const json_t *array, const struct tw_catalogue *catalogue,
                              int32_t zone_s, struct tw_samples *out,
                              struct tw_samples_fault *fault)
{
    size_t count = json_array_size(array);
    struct tw_store_sample *samples = calloc(count > 0 ? count : 1, sizeof *samples);
    if (samples == NULL) return TW_ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        tw_status status = decode_sample(json_array_get(array, i), (int32_t)i, catalogue, zone_s,
                                         &samples[i], fault);
        if (status != TW_OK) {
            free(samples);
            return status;
        }
    }
    out->samples = samples;
    out->count = count;
    return TW_OK;
}

tw_status tw_samples_decode(const char *body, size_t size, const struct tw_catalogue *catalogue,
                            int32_t zone_s, struct tw_samples *out,
                            struct tw_samples_fault *out_fault)
{
    *out_fault = (struct tw_samples_fault){.index = -1};
    if (size > TW_SAMPLES_BYTES_MAX) {
        return refuse(out_fault, -1, "send them in several requests", "the body is too large");
    }
    if (depth_of(body, size) > DEPTH_MAX) {
        return refuse(out_fault, -1, "a request nests three levels", "brackets nest too deeply");
    }
    json_error_t error;
    json_t *root = json_loadb(body, size, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        size_t end = error.position < 0 ? 0 : (size_t)error.position;
        return refuse(out_fault, sample_at(body, end < size ? end : size),
                      "send JSON (RFC 8259) in UTF-8", "line %d column %d: %.120s", error.line,
                      error.column, error.text);
    }
    const json_t *array = NULL;
    struct tw_samples samples = {.count = 0};
    tw_status status = envelope(root, &array, samples.source, out_fault);
    if (status == TW_OK) status = decode_array(array, catalogue, zone_s, &samples, out_fault);
    json_decref(root);
    if (status == TW_OK) *out = samples;
    return status;
}
