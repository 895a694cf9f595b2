#include "telemetry/sparkplug_codec.h"

#include "telemetry/sparkplug.h"

#include <string.h>

#define QUALITY_GOOD 192

/* Wire types of protobuf. */
enum wire { VARINT = 0, FIXED64 = 1, SIZED = 2, FIXED32 = 5 };

/* A field of a message. */
struct field {
    uint32_t number;
    enum wire wire;
    uint64_t value; /* VARINT, FIXED64, FIXED32 */
    const uint8_t *bytes;
    size_t size; /* SIZED */
};

static bool varint(const uint8_t *bytes, size_t size, size_t *at, uint64_t *out)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (*at >= size) return false;
        uint8_t byte = bytes[(*at)++];
        value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            *out = value;
            return true;
        }
    }
    return false;
}

static bool fixed(const uint8_t *bytes, size_t size, size_t *at, size_t width, uint64_t *out)
{
    uint64_t value = 0;
    if (size - *at < width) return false;
    for (size_t i = 0; i < width; i++)
        value |= (uint64_t)bytes[*at + i] << (8 * i);
    *at += width;
    *out = value;
    return true;
}

/* The next field of a message; 1, 0 at its end, -1 when it is malformed. */
static int field_next(const uint8_t *bytes, size_t size, size_t *at, struct field *out)
{
    uint64_t key = 0;
    if (*at >= size) return 0;
    if (!varint(bytes, size, at, &key) || key >> 3 == 0 || key >> 3 > UINT32_MAX) return -1;
    *out = (struct field){.number = (uint32_t)(key >> 3), .wire = (enum wire)(key & 7)};
    if (out->wire == VARINT) return varint(bytes, size, at, &out->value) ? 1 : -1;
    if (out->wire == FIXED64) return fixed(bytes, size, at, 8, &out->value) ? 1 : -1;
    if (out->wire == FIXED32) return fixed(bytes, size, at, 4, &out->value) ? 1 : -1;
    uint64_t length = 0;
    if (out->wire != SIZED || !varint(bytes, size, at, &length) || length > size - *at) return -1;
    out->bytes = bytes + *at;
    out->size = (size_t)length;
    *at += (size_t)length;
    return 1;
}

static double real_of(const struct field *field)
{
    if (field->wire == FIXED32) {
        uint32_t bits = (uint32_t)field->value;
        float single = 0;
        memcpy(&single, &bits, sizeof single);
        return (double)single;
    }
    double real = 0;
    memcpy(&real, &field->value, sizeof real);
    return real;
}

/* The value of a property that is a whole number; 192 when it is anything else. */
static uint64_t property_whole(const uint8_t *bytes, size_t size)
{
    struct field field;
    size_t at = 0;
    uint64_t value = QUALITY_GOOD;
    while (field_next(bytes, size, &at, &field) == 1) {
        if ((field.number == 3 || field.number == 4) && field.wire == VARINT) value = field.value;
    }
    return value;
}

/* Whether a set of properties holds a Quality that is not good. Keys and values stand in the same
 * order. */
static bool doubtful(const uint8_t *bytes, size_t size)
{
    struct field field;
    size_t at = 0;
    int64_t keys = 0;
    int64_t wanted = -1;
    while (field_next(bytes, size, &at, &field) == 1) {
        if (field.number != 1 || field.wire != SIZED) continue;
        if (field.size == 7 && memcmp(field.bytes, "Quality", 7) == 0) wanted = keys;
        keys++;
    }
    int64_t values = 0;
    at = 0;
    while (wanted >= 0 && field_next(bytes, size, &at, &field) == 1) {
        if (field.number != 2 || field.wire != SIZED) continue;
        if (values++ == wanted) return property_whole(field.bytes, field.size) != QUALITY_GOOD;
    }
    return false;
}

/* Fields 10 to 19: the value. */
static void value_take(const struct field *field, struct tw_sparkplug_metric *out)
{
    if (field->number == 12 || field->number == 13) {
        out->kind = TW_SPARKPLUG_REAL;
        out->real = real_of(field);
    } else if (field->wire == VARINT) {
        out->kind = TW_SPARKPLUG_WHOLE;
        out->whole = field->value;
    } else {
        out->kind = TW_SPARKPLUG_OTHER;
    }
}

static bool metric_read(const uint8_t *bytes, size_t size, struct tw_sparkplug_metric *out)
{
    struct tw_sparkplug_metric metric = {.name = NULL};
    struct field field;
    size_t at = 0;
    int more = 0;
    while ((more = field_next(bytes, size, &at, &field)) == 1) {
        bool whole = field.wire == VARINT;
        if (field.number == 1 && field.wire == SIZED) {
            metric.name = (const char *)field.bytes;
            metric.name_size = field.size;
        }
        if (field.number == 2 && whole) {
            metric.has_alias = true;
            metric.alias = field.value;
        }
        if (field.number == 3 && whole) {
            metric.has_time = true;
            metric.time_ms = field.value;
        }
        if (field.number == 4 && whole) metric.type = (uint32_t)field.value;
        if (field.number == 5 && whole) metric.is_historical = field.value != 0;
        if (field.number == 7 && whole) metric.is_null = field.value != 0;
        if (field.number == 9 && field.wire == SIZED) {
            metric.doubtful = doubtful(field.bytes, field.size);
        }
        if (field.number >= 10 && field.number <= 19) value_take(&field, &metric);
    }
    /* Some encoders write an empty name where there is an alias. */
    if (metric.has_alias && metric.name_size == 0) metric.name = NULL;
    if (more != 0 || (metric.name == NULL && !metric.has_alias)) return false;
    *out = metric;
    return true;
}

tw_status tw_sparkplug_decode(const uint8_t *bytes, size_t size,
                              struct tw_sparkplug_message *out_message)
{
    struct tw_sparkplug_message message = {.bytes = bytes, .size = size};
    struct tw_sparkplug_metric metric;
    struct field field;
    size_t at = 0;
    int more = 0;
    while ((more = field_next(bytes, size, &at, &field)) == 1) {
        if (field.number == 1 && field.wire == VARINT) {
            message.has_time = true;
            message.time_ms = field.value;
        }
        if (field.number == 3 && field.wire == VARINT) {
            message.has_seq = true;
            message.seq = field.value;
        }
        if (field.number != 2) continue;
        if (field.wire != SIZED || !metric_read(field.bytes, field.size, &metric)) {
            return TW_ERR_FORMAT;
        }
    }
    if (more != 0 || (message.has_seq && message.seq > 255)) return TW_ERR_FORMAT;
    *out_message = message;
    return TW_OK;
}

bool tw_sparkplug_metric_next(const struct tw_sparkplug_message *message, size_t *at,
                              struct tw_sparkplug_metric *out_metric)
{
    struct field field;
    while (field_next(message->bytes, message->size, at, &field) == 1) {
        if (field.number == 2) return metric_read(field.bytes, field.size, out_metric);
    }
    return false;
}

bool tw_sparkplug_number(const struct tw_sparkplug_metric *metric, uint32_t type, double *out_value)
{
    if (metric->type != 0) type = metric->type;
    if (metric->is_null || type == TW_SPARKPLUG_DATETIME) return false;
    if (metric->kind == TW_SPARKPLUG_REAL) {
        *out_value = metric->real;
        return true;
    }
    if (metric->kind != TW_SPARKPLUG_WHOLE) return false;
    /* Signed ones are sent as their two's complement, of 32 bits or of their own width. */
    uint64_t whole = metric->whole;
    double value = (double)whole;
    if (type == TW_SPARKPLUG_INT8) value = (double)(int8_t)whole;
    if (type == TW_SPARKPLUG_INT16) value = (double)(int16_t)whole;
    if (type == TW_SPARKPLUG_INT32) value = (double)(int32_t)whole;
    if (type == TW_SPARKPLUG_INT64) value = (double)(int64_t)whole;
    *out_value = value;
    return true;
}

/* ---- out ---- */

static size_t put_varint(uint8_t *out, uint64_t value)
{
    size_t size = 0;
    do {
        uint8_t more = value > 0x7f ? 0x80 : 0;
        out[size++] = (uint8_t)(value & 0x7f) | more;
        value >>= 7;
    } while (value > 0);
    return size;
}

size_t tw_sparkplug_rebirth(int64_t now_ms, uint8_t out[64])
{
    static const char name[] = "Node Control/Rebirth";
    uint8_t metric[40];
    size_t inner = 0;
    metric[inner++] = 1 << 3 | SIZED;
    metric[inner++] = sizeof name - 1;
    memcpy(metric + inner, name, sizeof name - 1);
    inner += sizeof name - 1;
    metric[inner++] = 4 << 3 | VARINT; /* datatype: Boolean */
    metric[inner++] = 11;
    metric[inner++] = 14 << 3 | VARINT; /* boolean_value */
    metric[inner++] = 1;
    size_t size = 0;
    out[size++] = 1 << 3 | VARINT;
    size += put_varint(out + size, (uint64_t)now_ms);
    out[size++] = 2 << 3 | SIZED;
    out[size++] = (uint8_t)inner;
    memcpy(out + size, metric, inner);
    return size + inner;
}
