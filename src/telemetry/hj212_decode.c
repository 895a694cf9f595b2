#include "telemetry/hj212_decode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_SIZE = 80 };

/* Kinds that say something about the values beside them. */
static bool is_remark(struct tw_hj212_text kind)
{
    static const char *const remarks[] = {"",     "Flag",     "EFlag",   "SampleTime",
                                          "Info", "ValidNum", "TotalNum"};
    for (size_t i = 0; i < sizeof remarks / sizeof remarks[0]; i++) {
        if (tw_hj212_text_is(kind, remarks[i])) return true;
    }
    return false;
}

static bool tag_named(const struct tw_device *device, int32_t cn, struct tw_hj212_text code,
                      struct tw_hj212_text kind, struct tw_tag *out)
{
    char prefix[8] = "";
    char name[TAG_SIZE];
    if (code.size + kind.size + 8 > sizeof name) return false;
    if (cn != TW_HJ212_REALTIME) (void)snprintf(prefix, sizeof prefix, "%d.", cn % 10000);
    (void)snprintf(name, sizeof name, "%s%.*s-%.*s", prefix, (int)code.size, code.at,
                   (int)kind.size, kind.at);
    if (tw_device_tag(device, name, out)) return true;
    if (cn != TW_HJ212_REALTIME || !tw_hj212_text_is(kind, "Rtd")) return false;
    (void)snprintf(name, sizeof name, "%.*s", (int)code.size, code.at);
    return tw_device_tag(device, name, out);
}

bool tw_hj212_has_history(const struct tw_device *device, struct tw_hj212_text code)
{
    static const char *const kinds[] = {"Avg", "Cou", "Min", "Max", "Rtd"};
    struct tw_tag tag;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct tw_hj212_text kind = {kinds[i], strlen(kinds[i])};
        if (tag_named(device, TW_HJ212_MINUTES, code, kind, &tag)) return true;
    }
    return false;
}

/* The unit of a code where the standard's is one of ours and not the same for all sensors: sewage
 * flow is in litres a second (w00000; B01 in 2005). */
static const char *unit_of(struct tw_hj212_text code, struct tw_hj212_text kind)
{
    bool flow = tw_hj212_text_is(code, "w00000") || tw_hj212_text_is(code, "B01");
    return flow && !tw_hj212_text_is(kind, "Cou") ? "L/s" : NULL;
}

struct decoding {
    const struct tw_device *device;
    int32_t cn, zone_s;
    int64_t time_ms; /* the last DataTime */
    const char *why;
};

/* The time of a value: when the sample was taken, if that is said. */
static tw_status time_of(struct decoding *d, const struct tw_hj212_field *field, int64_t *out_ms)
{
    struct tw_hj212_text sampled = {NULL, 0};
    if (d->cn == TW_HJ212_REALTIME)
        sampled = tw_hj212_value_find(field->group, field->code, "SampleTime");
    if (sampled.size > 0) {
        if (tw_hj212_time_parse(sampled, d->zone_s, out_ms) == TW_OK) return TW_OK;
        d->why = "a SampleTime is not YYYYMMDDhhmmss";
        return TW_ERR_FORMAT;
    }
    *out_ms = d->time_ms;
    if (d->time_ms != INT64_MIN) return TW_OK;
    d->why = "DataTime is missing";
    return TW_ERR_FORMAT;
}

static tw_status take(struct decoding *d, const struct tw_hj212_field *field,
                      struct tw_hj212_measured *out)
{
    struct tw_tag tag;
    double value = 0.0;
    int64_t time_ms = 0;
    if (field->kind.size == 0 && tw_hj212_text_is(field->code, "DataTime")) {
        d->why = "DataTime is not YYYYMMDDhhmmss";
        return tw_hj212_time_parse(field->value, d->zone_s, &d->time_ms);
    }
    if (is_remark(field->kind)) return TW_OK;
    if (!tag_named(d->device, d->cn, field->code, field->kind, &tag)) {
        out->unmapped++;
        return TW_OK;
    }
    if (!tw_hj212_text_number(field->value, &value)) {
        out->valueless++;
        return TW_OK;
    }
    TW_TRY(time_of(d, field, &time_ms));
    out->m[out->count++] = (struct tw_measurement){
        .sensor = tag.sensor,
        .unit = tag.unit != NULL ? tag.unit : unit_of(field->code, field->kind),
        .time_ms = time_ms,
        .value = value * tag.factor,
        .flags = tw_hj212_flag_quality(tw_hj212_value_find(field->group, field->code, "Flag"))};
    if (time_ms > out->newest_ms) out->newest_ms = time_ms;
    return TW_OK;
}

tw_status tw_hj212_decode(const struct tw_device *device, int32_t cn, struct tw_hj212_text cp,
                          int32_t zone_s, struct tw_hj212_measured *out, const char **out_why)
{
    struct decoding d = {.device = device, .cn = cn, .zone_s = zone_s, .time_ms = INT64_MIN};
    struct tw_hj212_measured measured = {.newest_ms = INT64_MIN};
    struct tw_hj212_field field;
    size_t most = 1;
    struct tw_hj212_walk walk = tw_hj212_walk_begin(cp);
    while (tw_hj212_walk_next(&walk, &field))
        most++;
    measured.m = calloc(most, sizeof *measured.m);
    if (measured.m == NULL) return TW_ERR_NOMEM;
    walk = tw_hj212_walk_begin(cp);
    while (tw_hj212_walk_next(&walk, &field)) {
        if (take(&d, &field, &measured) == TW_OK) continue;
        free(measured.m);
        *out_why = d.why;
        return TW_ERR_FORMAT;
    }
    *out = measured;
    return TW_OK;
}
