/* The decoder of POST /api/v1/samples. It reads with a scanner of our own and not with jansson: a
 * tree of json_t costs more than everything else on the way to the disk (docs/dependencies.md);
 * samples_json_test.c holds the two against each other. */
#include "telemetry/samples_json.h"

#include "net/iso_time.h"
#include "net/json_scan.h"
#include "telemetry/quality.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES_FIRST 256

/* A request being read. */
struct reading {
    struct tw_json_scan scan;
    struct tw_samples *out;
    struct tw_samples_fault *fault;
    size_t capacity;
    int32_t zone_s;
    int32_t index;         /* of the sample that is being read; -1: none is */
    const char *time_text; /* the last time that was read, and what it is: most come again */
    int64_t time_ms;
};

/* The members of a sample; a bit each, to find what comes twice or not at all. */
enum member { MEMBER_SENSOR, MEMBER_TIME, MEMBER_VALUE, MEMBER_UNIT, MEMBER_FLAG, MEMBER_OTHER };

static const char *const member_names[] = {"sensor", "time", "value", "unit", "flag"};

static tw_status refuse_syntax(struct reading *r)
{
    size_t line = 0;
    size_t column = 0;
    tw_json_scan_place(&r->scan, &line, &column);
    return tw_samples_refuse(r->fault, r->index, "send JSON (RFC 8259) in UTF-8",
                             "line %zu column %zu: %s", line, column, r->scan.error);
}

static tw_status refuse(struct reading *r, const char *remedy, const char *text)
{
    return tw_samples_refuse(r->fault, r->index, remedy, "%s", text);
}

/* A member that must be a text: false with the refusal in out_status when it is none. */
static bool text_of(struct reading *r, const char *name, const char *remedy, const char **out,
                    tw_status *out_status)
{
    if (tw_json_scan_peek(&r->scan) == '"') {
        if (tw_json_scan_string(&r->scan, out)) return true;
        *out_status = refuse_syntax(r);
        return false;
    }
    /* What is no JSON at all is said before what is no text. */
    *out_status = !tw_json_scan_skip(&r->scan)
                      ? refuse_syntax(r)
                      : tw_samples_refuse(r->fault, r->index, remedy, "%s is not a text", name);
    return false;
}

static tw_status take_time(struct reading *r, struct tw_measurement *m)
{
    static const char remedy[] = "write it as 2031-07-01T10:01:00+08:00";
    const char *text = NULL;
    tw_status status = TW_OK;
    if (!text_of(r, "time", remedy, &text, &status)) return status;
    if (r->time_text == NULL || strcmp(text, r->time_text) != 0) {
        if (tw_iso_time_parse(text, r->zone_s, &r->time_ms) != TW_OK) {
            return tw_samples_refuse(r->fault, r->index, remedy,
                                     "time \"%.40s\" is not an ISO 8601 time", text);
        }
        r->time_text = text;
    }
    m->time_ms = r->time_ms;
    return TW_OK;
}

static tw_status take_value(struct reading *r, struct tw_measurement *m)
{
    char c = tw_json_scan_peek(&r->scan);
    if (c != '"' && c != '{' && c != '[' && c != 't' && c != 'f' && c != 'n') {
        return tw_json_scan_number(&r->scan, &m->value) ? TW_OK : refuse_syntax(r);
    }
    if (!tw_json_scan_skip(&r->scan)) return refuse_syntax(r);
    return refuse(r, "give a number without quotes", "value is not a number");
}

static tw_status take_unit(struct reading *r, struct tw_measurement *m)
{
    tw_status status = TW_OK;
    if (tw_json_scan_peek(&r->scan) == 'n') {
        return tw_json_scan_skip(&r->scan) ? TW_OK : refuse_syntax(r);
    }
    (void)text_of(r, "unit", "leave it out or give a text", &m->unit, &status);
    return status;
}

static tw_status take_flag(struct reading *r, struct tw_measurement *m)
{
    static const char remedy[] = "give letters of HJ 212-2017 table 8: N F M S D C T B";
    const char *text = NULL;
    tw_status status = TW_OK;
    if (!text_of(r, "flag", remedy, &text, &status)) return status;
    if (tw_quality_from_letters(text, &m->flags)) return TW_OK;
    return tw_samples_refuse(r->fault, r->index, remedy, "flag \"%.16s\" is not known", text);
}

static tw_status take_member(struct reading *r, enum member member, struct tw_measurement *m)
{
    tw_status status = TW_OK;
    switch (member) {
    case MEMBER_SENSOR:
        (void)text_of(r, "sensor", "give \"sensor\": the sensor's id", &m->sensor, &status);
        return status;
    case MEMBER_TIME:
        return take_time(r, m);
    case MEMBER_VALUE:
        return take_value(r, m);
    case MEMBER_UNIT:
        return take_unit(r, m);
    case MEMBER_FLAG:
        return take_flag(r, m);
    case MEMBER_OTHER:
        break;
    }
    return tw_json_scan_skip(&r->scan) ? TW_OK : refuse_syntax(r);
}

static enum member member_of(const char *key)
{
    for (int i = 0; i < MEMBER_OTHER; i++) {
        if (strcmp(key, member_names[i]) == 0) return (enum member)i;
    }
    return MEMBER_OTHER;
}

static tw_status take_sample(struct reading *r, struct tw_measurement *m)
{
    unsigned seen = 0;
    *m = (struct tw_measurement){.sensor = NULL};
    if (tw_json_scan_peek(&r->scan) != '{') {
        if (!tw_json_scan_skip(&r->scan)) return refuse_syntax(r);
        return refuse(r, "a sample is {\"sensor\", \"time\", \"value\", \"unit\"}",
                      "it is not an object");
    }
    if (!tw_json_scan_open(&r->scan, '{')) return refuse_syntax(r);
    for (bool first = true; tw_json_scan_more(&r->scan, '{', first); first = false) {
        const char *key = NULL;
        if (!tw_json_scan_key(&r->scan, &key)) return refuse_syntax(r);
        enum member member = member_of(key);
        if (member != MEMBER_OTHER && (seen & (1U << member)) != 0) {
            return tw_samples_refuse(r->fault, r->index, "give every member once",
                                     "duplicate member \"%s\"", key);
        }
        seen |= 1U << member;
        TW_TRY(take_member(r, member, m));
    }
    if (r->scan.error != NULL) return refuse_syntax(r);
    if ((seen & (1U << MEMBER_SENSOR)) == 0) {
        return refuse(r, "give \"sensor\": the sensor's id", "sensor is missing");
    }
    if ((seen & (1U << MEMBER_TIME)) == 0) {
        return refuse(r, "write it as 2031-07-01T10:01:00+08:00", "time is missing");
    }
    if ((seen & (1U << MEMBER_VALUE)) == 0) {
        return refuse(r, "give \"value\": a number", "value is missing");
    }
    return TW_OK;
}

static tw_status make_room(struct reading *r)
{
    if (r->out->count < r->capacity) return TW_OK;
    size_t capacity = r->capacity == 0 ? SAMPLES_FIRST : 2 * r->capacity;
    struct tw_measurement *list = realloc(r->out->list, capacity * sizeof *list);
    if (list == NULL) return TW_ERR_NOMEM;
    r->out->list = list;
    r->capacity = capacity;
    return TW_OK;
}

static tw_status take_array(struct reading *r)
{
    if (!tw_json_scan_open(&r->scan, '[')) return refuse_syntax(r);
    for (bool first = true; tw_json_scan_more(&r->scan, '[', first); first = false) {
        r->index = (int32_t)r->out->count;
        if (r->index >= TW_SAMPLES_MAX) {
            return tw_samples_refuse(r->fault, r->index, "send them in several requests",
                                     "more than %d samples in a request", TW_SAMPLES_MAX);
        }
        TW_TRY(make_room(r));
        TW_TRY(take_sample(r, &r->out->list[r->out->count]));
        r->out->count++;
        r->index = -1;
    }
    return r->scan.error == NULL ? TW_OK : refuse_syntax(r);
}

static tw_status take_source(struct reading *r)
{
    const char *name = NULL;
    tw_status status = TW_OK;
    if (!text_of(r, "source", "give a text of at most 64 bytes", &name, &status)) return status;
    if (strlen(name) >= TW_SAMPLES_SOURCE_SIZE) {
        return refuse(r, "use at most 64 bytes", "source is too long");
    }
    (void)snprintf(r->out->source, sizeof r->out->source, "%s", name);
    return TW_OK;
}

/* The whole request: an array, or an object around it. */
static tw_status take_request(struct reading *r)
{
    static const char remedy[] =
        "send an array of samples or {\"source\": \"...\", \"samples\": [...]}";
    bool samples = false;
    bool source = false;
    if (tw_json_scan_peek(&r->scan) == '[') return take_array(r);
    if (tw_json_scan_peek(&r->scan) != '{') {
        if (!tw_json_scan_skip(&r->scan)) return refuse_syntax(r);
        return refuse(r, remedy, "there is no array of samples");
    }
    if (!tw_json_scan_open(&r->scan, '{')) return refuse_syntax(r);
    for (bool first = true; tw_json_scan_more(&r->scan, '{', first); first = false) {
        const char *key = NULL;
        if (!tw_json_scan_key(&r->scan, &key)) return refuse_syntax(r);
        bool *seen = strcmp(key, "samples") == 0  ? &samples
                     : strcmp(key, "source") == 0 ? &source
                                                  : NULL;
        if (seen != NULL && *seen) return refuse(r, "give every member once", "duplicate member");
        if (seen != NULL) *seen = true;
        if (seen == &source) {
            TW_TRY(take_source(r));
        } else if (seen == &samples && tw_json_scan_peek(&r->scan) == '[') {
            TW_TRY(take_array(r));
        } else if (!tw_json_scan_skip(&r->scan)) {
            return refuse_syntax(r);
        } else if (seen == &samples) {
            return refuse(r, remedy, "there is no array of samples");
        }
    }
    if (r->scan.error != NULL) return refuse_syntax(r);
    return samples ? TW_OK : refuse(r, remedy, "there is no array of samples");
}

tw_status tw_samples_decode(const char *body, size_t size, int32_t zone_s, struct tw_samples *out,
                            struct tw_samples_fault *out_fault)
{
    *out_fault = (struct tw_samples_fault){.index = -1};
    *out = (struct tw_samples){.count = 0};
    struct reading r = {.out = out, .fault = out_fault, .zone_s = zone_s, .index = -1};
    if (size > TW_SAMPLES_BYTES_MAX) {
        return refuse(&r, "send them in several requests", "the body is too large");
    }
    char *strings = malloc(size + 1);
    if (strings == NULL) return TW_ERR_NOMEM;
    out->owner = strings;
    tw_json_scan_init(&r.scan, body, size, strings);
    TW_TRY(take_request(&r));
    return tw_json_scan_end(&r.scan) ? TW_OK : refuse_syntax(&r);
}

void tw_samples_done(struct tw_samples *samples)
{
    free(samples->list);
    free(samples->owner);
    *samples = (struct tw_samples){.count = 0};
}
