/* Influx line protocol; source: docs.influxdata.com, InfluxDB v2, line protocol reference. */
#include "telemetry/line_protocol.h"

#include "base/text.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_SIZE 132 /* of a sensor: longer ones are in no catalogue */
#define UNIT_SIZE 32
#define NUMBER_SIZE 64

/* A line being read. */
struct reading {
    const char *at, *end;
    struct tw_samples *out;
    struct tw_samples_fault *fault;
    size_t capacity; /* samples that there is room for, and that many names and units */
    int64_t multiply, divide, now_ms;
    int line;
    char measurement[NAME_SIZE], unit[UNIT_SIZE], field[NAME_SIZE];
    bool has_sensor, has_unit;
    size_t first; /* sample of the line */
};

tw_status tw_line_precision(const char *precision, int64_t *out_multiply, int64_t *out_divide)
{
    static const struct {
        const char *word;
        int64_t multiply, divide;
    } rows[] = {{"ns", 1, 1000000}, {"n", 1, 1000000}, {"us", 1, 1000}, {"u", 1, 1000},
                {"ms", 1, 1},       {"s", 1000, 1},    {"m", 60000, 1}, {"h", 3600000, 1}};
    if (precision == NULL) precision = "ns";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].word, precision) != 0) continue;
        *out_multiply = rows[i].multiply;
        *out_divide = rows[i].divide;
        return TW_OK;
    }
    return TW_ERR_NAME;
}

static tw_status refuse(struct reading *r, const char *remedy, const char *text)
{
    int32_t index = (int32_t)r->out->count;
    return tw_samples_refuse(r->fault, index, remedy, "line %d: %s", r->line, text);
}

static char next_of(const struct reading *r) { return r->at < r->end ? *r->at : '\n'; }

/* A name up to one of the characters of `stops` or the line's end. A backslash takes the meaning
 * from a comma, a blank, an equals sign and itself. */
static tw_status take_name(struct reading *r, const char *stops, char *out, size_t size)
{
    size_t length = 0;
    while (r->at < r->end && *r->at != '\n' && *r->at != '\r' && strchr(stops, *r->at) == NULL) {
        char c = *r->at++;
        if (c == 0) return refuse(r, "send text", "a NUL in a name");
        if (c == '\\' && r->at < r->end && *r->at != 0 && strchr(", =\\", *r->at) != NULL) {
            c = *r->at++;
        }
        if (length + 1 >= size) return refuse(r, "use shorter names", "a name is too long");
        out[length++] = c;
    }
    out[length] = 0;
    return length > 0
               ? TW_OK
               : refuse(r, "write measurement[,tag=value] field=value [time]", "a name is missing");
}

/* ,tag=value */
static tw_status take_tag(struct reading *r)
{
    char key[NAME_SIZE];
    char value[NAME_SIZE];
    r->at++;
    TW_TRY(take_name(r, "=, ", key, sizeof key));
    if (next_of(r) != '=') return refuse(r, "write tag=value", "a tag has no value");
    r->at++;
    TW_TRY(take_name(r, ",= ", value, sizeof value));
    if (strcmp(key, "sensor") == 0) {
        memcpy(r->measurement, value, sizeof value);
        r->has_sensor = true;
    } else if (strcmp(key, "unit") == 0) {
        if (strlen(value) >= sizeof r->unit) {
            return refuse(r, "GET /api/v1/latest lists the units", "the unit is not known");
        }
        (void)snprintf(r->unit, sizeof r->unit, "%.31s", value);
        r->has_unit = true;
    }
    return TW_OK;
}

/* A number as the protocol writes it, true or false; what is a text is refused. */
static tw_status take_value(struct reading *r, double *out)
{
    static const char *const truths[] = {"t", "T", "true", "True", "TRUE"};
    static const char *const lies[] = {"f", "F", "false", "False", "FALSE"};
    char text[NUMBER_SIZE];
    size_t length = 0;
    if (next_of(r) == '"') {
        return refuse(r, "leave texts out; only numbers are stored", "a value is a text");
    }
    while (r->at < r->end && strchr(", \r\n", *r->at) == NULL) {
        if (length + 1 >= sizeof text) return refuse(r, "send a number", "a value is too long");
        text[length++] = *r->at++;
    }
    text[length] = 0;
    for (size_t i = 0; i < sizeof truths / sizeof truths[0]; i++) {
        if (strcmp(text, truths[i]) != 0 && strcmp(text, lies[i]) != 0) continue;
        *out = strcmp(text, truths[i]) == 0 ? 1.0 : 0.0;
        return TW_OK;
    }
    bool whole = length > 1 && (text[length - 1] == 'i' || text[length - 1] == 'u');
    bool sound = true;
    if (whole) {
        const char *digits = text + (text[0] == '-' && text[length - 1] == 'i');
        sound = strspn(digits, "0123456789") == strlen(digits) - 1;
        text[length - 1] = 0;
    }
    if (!sound || tw_text_double(text, out) != TW_OK) {
        return refuse(r, "write 1.5, 15i, 15u, true or false", "a value is no number");
    }
    return TW_OK;
}

/* The place of the n-th name and unit in the memory of the strings. */
static char *name_at(const struct reading *r, size_t n)
{
    return (char *)r->out->owner + n * (NAME_SIZE + UNIT_SIZE);
}

/* field=value */
static tw_status take_field(struct reading *r)
{
    double value = 0.0;
    size_t n = r->out->count;
    TW_TRY(take_name(r, "=, ", r->field, sizeof r->field));
    if (next_of(r) != '=') return refuse(r, "write field=value", "a field has no value");
    r->at++;
    TW_TRY(take_value(r, &value));
    if (n >= r->capacity) {
        return refuse(r, "send them in several requests", "more samples than a request may hold");
    }
    char *name = name_at(r, n);
    bool plain = strcmp(r->field, "value") == 0;
    int length = snprintf(name, NAME_SIZE, "%s%s%s", r->measurement, plain ? "" : ".",
                          plain ? "" : r->field);
    if (length < 0 || length >= NAME_SIZE) {
        return refuse(r, "use shorter names", "a name is too long");
    }
    memcpy(name + NAME_SIZE, r->unit, UNIT_SIZE);
    r->out->list[n] = (struct tw_measurement){
        .sensor = name, .unit = r->has_unit ? name + NAME_SIZE : NULL, .value = value};
    r->out->count++;
    return TW_OK;
}

/* The time of the line's fields; nothing: now. */
static tw_status take_time(struct reading *r, int64_t *out_ms)
{
    int64_t value = 0;
    bool negative = false;
    while (next_of(r) == ' ')
        r->at++;
    if (next_of(r) == '\n' || next_of(r) == '\r') {
        *out_ms = r->now_ms;
        return TW_OK;
    }
    negative = *r->at == '-';
    r->at += negative;
    const char *from = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9' && r->at - from < 19) {
        int digit = *r->at - '0';
        if (value > (INT64_MAX - digit) / 10) {
            return refuse(r, "send integers of 64 bits", "the time is too large");
        }
        value = 10 * value + digit;
        r->at++;
    }
    while (next_of(r) == ' ')
        r->at++;
    if (r->at == from || (next_of(r) != '\n' && next_of(r) != '\r')) {
        return refuse(r, "write an integer; ?precision=ns|us|ms|s says of what",
                      "the time is not an integer");
    }
    if (value > INT64_MAX / r->multiply) {
        return refuse(r, "check ?precision=", "the time is too large");
    }
    value *= r->multiply;
    /* Rounded down for times before 1970 too. */
    *out_ms = negative ? -((value + r->divide - 1) / r->divide) : value / r->divide;
    return TW_OK;
}

static tw_status take_line(struct reading *r)
{
    int64_t time_ms = 0;
    r->has_sensor = false;
    r->has_unit = false;
    r->first = r->out->count;
    memset(r->unit, 0, sizeof r->unit);
    TW_TRY(take_name(r, ", ", r->measurement, sizeof r->measurement));
    while (next_of(r) == ',')
        TW_TRY(take_tag(r));
    if (next_of(r) != ' ') {
        return refuse(r, "write measurement[,tag=value] field=value [time]", "there is no field");
    }
    while (next_of(r) == ' ')
        r->at++;
    TW_TRY(take_field(r));
    while (next_of(r) == ',') {
        r->at++;
        TW_TRY(take_field(r));
    }
    TW_TRY(take_time(r, &time_ms));
    for (size_t i = r->first; i < r->out->count; i++)
        r->out->list[i].time_ms = time_ms;
    return TW_OK;
}

/* Fields that there can be at most: every one has an equals sign. */
static size_t fields_of(const char *body, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += body[i] == '=';
    return count < TW_SAMPLES_MAX ? count : TW_SAMPLES_MAX;
}

tw_status tw_line_decode(const char *body, size_t size, const char *precision, int64_t now_ms,
                         struct tw_samples *out, struct tw_samples_fault *out_fault)
{
    *out_fault = (struct tw_samples_fault){.index = -1};
    *out = (struct tw_samples){.count = 0};
    struct reading r = {
        .at = body, .end = body + size, .out = out, .fault = out_fault, .now_ms = now_ms};
    if (tw_line_precision(precision, &r.multiply, &r.divide) != TW_OK) {
        return tw_samples_refuse(out_fault, -1, "use ns, us, ms, s, m or h",
                                 "precision \"%.16s\" is not known", precision);
    }
    if (size > TW_SAMPLES_BYTES_MAX) {
        return tw_samples_refuse(out_fault, -1, "send them in several requests",
                                 "the body is too large");
    }
    r.capacity = fields_of(body, size);
    out->list = calloc(r.capacity + 1, sizeof *out->list);
    out->owner = malloc((r.capacity + 1) * (NAME_SIZE + UNIT_SIZE));
    if (out->list == NULL || out->owner == NULL) return TW_ERR_NOMEM;
    while (r.at < r.end) {
        r.line++;
        while (next_of(&r) == ' ' || next_of(&r) == '\r' || next_of(&r) == '\t')
            r.at++;
        bool empty = next_of(&r) == '\n' || *r.at == '#';
        if (!empty) {
            tw_status status = take_line(&r);
            if (status == TW_ERR_FORMAT) out->count = r.first; /* whole lines only */
            if (status != TW_OK) return status;
        }
        while (next_of(&r) != '\n')
            r.at++;
        r.at++;
    }
    return TW_OK;
}
