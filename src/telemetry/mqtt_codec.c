#include "telemetry/mqtt_codec.h"

#include <stddef.h>
#include <string.h>

/* Where a property may stand: bits of packets' types, and one for a will in CONNECT. */
#define CONNECT (1U << TW_MQTT_CONNECT)
#define CONNACK (1U << TW_MQTT_CONNACK)
#define PUBLISH (1U << TW_MQTT_PUBLISH)
#define PUBACK (1U << TW_MQTT_PUBACK)
#define PUBREC (1U << TW_MQTT_PUBREC)
#define PUBREL (1U << TW_MQTT_PUBREL)
#define PUBCOMP (1U << TW_MQTT_PUBCOMP)
#define SUBSCRIBE (1U << TW_MQTT_SUBSCRIBE)
#define SUBACK (1U << TW_MQTT_SUBACK)
#define UNSUBSCRIBE (1U << TW_MQTT_UNSUBSCRIBE)
#define UNSUBACK (1U << TW_MQTT_UNSUBACK)
#define DISCONNECT (1U << TW_MQTT_DISCONNECT)
#define AUTH (1U << TW_MQTT_AUTH)
#define WILL (1U << 16)

enum kind { BYTE, TWO, FOUR, VARIABLE, TEXT, PAIR };

static const struct property {
    uint8_t id;
    enum kind kind;
    size_t field; /* its place in struct tw_mqtt_properties */
    uint32_t where;
} known[] = {
#define TW_MQTT_PROPERTY(id, kind, field, where)                                                   \
    {id, kind, offsetof(struct tw_mqtt_properties, field), where},
#include "telemetry/mqtt_properties.def"
#undef TW_MQTT_PROPERTY
};

#define KNOWN (sizeof known / sizeof known[0])

/* ---- reading ---- */

/* Bytes that are being read; the first fault stays. */
struct reader {
    const uint8_t *bytes;
    size_t size, at;
    enum tw_mqtt_reason fault; /* TW_MQTT_SUCCESS: none */
};

static void blame(struct reader *reader, enum tw_mqtt_reason fault)
{
    if (reader->fault == TW_MQTT_SUCCESS) reader->fault = fault;
    reader->at = reader->size;
}

static size_t left(const struct reader *reader) { return reader->size - reader->at; }

static uint32_t number(struct reader *reader, size_t bytes)
{
    uint32_t value = 0;
    if (left(reader) < bytes) {
        blame(reader, TW_MQTT_MALFORMED);
        return 0;
    }
    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | reader->bytes[reader->at++];
    return value;
}

/* A variable byte integer. source: MQTT 5.0, section 1.5.5 */
static uint32_t variable(struct reader *reader)
{
    uint32_t value = 0;
    for (int shift = 0; shift < 28; shift += 7) {
        uint32_t byte = number(reader, 1);
        value |= (byte & 0x7f) << shift;
        if ((byte & 0x80) != 0) continue;
        /* The fewest bytes must be used. */
        if (byte == 0 && shift > 0) blame(reader, TW_MQTT_MALFORMED);
        return reader->fault == TW_MQTT_SUCCESS ? value : 0;
    }
    blame(reader, TW_MQTT_MALFORMED);
    return 0;
}

static struct tw_mqtt_span take(struct reader *reader, size_t size)
{
    struct tw_mqtt_span span = {reader->bytes + reader->at, size};
    if (left(reader) < size) {
        blame(reader, TW_MQTT_MALFORMED);
        return (struct tw_mqtt_span){reader->bytes + reader->size, 0};
    }
    reader->at += size;
    return span;
}

static struct tw_mqtt_span binary(struct reader *reader) { return take(reader, number(reader, 2)); }

static struct tw_mqtt_span text(struct reader *reader)
{
    struct tw_mqtt_span span = binary(reader);
    if (!tw_mqtt_text_valid(span)) blame(reader, TW_MQTT_MALFORMED);
    return span;
}

static const struct property *property_find(uint32_t id, uint32_t where)
{
    for (size_t i = 0; i < KNOWN; i++) {
        if (known[i].id == id && (known[i].where & where) != 0) return &known[i];
    }
    return NULL;
}

static void property_read(struct reader *reader, const struct property *property,
                          struct tw_mqtt_properties *out)
{
    void *field = (char *)out + property->field;
    if (property->kind == TEXT) {
        /* Correlation and authentication data are bytes, all others are texts. */
        bool bytes = property->id == 0x09 || property->id == 0x16;
        *(struct tw_mqtt_span *)field = bytes ? binary(reader) : text(reader);
    } else if (property->kind == PAIR) {
        size_t from = reader->at;
        (void)text(reader);
        (void)text(reader);
        *(struct tw_mqtt_span *)field =
            (struct tw_mqtt_span){reader->bytes + from, reader->at - from};
    } else if (property->kind == VARIABLE) {
        *(uint32_t *)field = variable(reader);
    } else {
        static const size_t sizes[] = {[BYTE] = 1, [TWO] = 2, [FOUR] = 4};
        *(uint32_t *)field = number(reader, sizes[property->kind]);
    }
}

/* Values that are errors by themselves. source: MQTT 5.0, sections 3.1.2.11 and 3.3.2.3 */
static bool plausible(const struct tw_mqtt_properties *properties)
{
    uint64_t has = properties->has;
    bool receive = (has >> 0x21 & 1) == 0 || properties->receive_maximum > 0;
    bool packet = (has >> 0x27 & 1) == 0 || properties->maximum_packet > 0;
    bool subscription = (has >> 0x0b & 1) == 0 || properties->subscription > 0;
    return receive && packet && subscription && properties->want_problems <= 1 &&
           properties->want_response <= 1 && properties->payload_format <= 1;
}

static void properties_read(struct reader *reader, uint32_t where, struct tw_mqtt_properties *out)
{
    size_t size = variable(reader);
    struct tw_mqtt_span span = take(reader, size);
    struct reader inner = {.bytes = span.bytes, .size = span.size};
    while (left(&inner) > 0) {
        uint32_t id = variable(&inner);
        const struct property *property = property_find(id, where);
        if (inner.fault != TW_MQTT_SUCCESS || property == NULL) {
            blame(&inner, TW_MQTT_MALFORMED);
            break;
        }
        bool again = (out->has >> id & 1) != 0 && property->kind != PAIR && id != 0x0b;
        if (again) blame(&inner, TW_MQTT_PROTOCOL_ERROR);
        out->has |= (uint64_t)1 << id;
        property_read(&inner, property, out);
    }
    if (inner.fault == TW_MQTT_SUCCESS && !plausible(out)) blame(&inner, TW_MQTT_PROTOCOL_ERROR);
    if (inner.fault != TW_MQTT_SUCCESS) blame(reader, inner.fault);
}

tw_status tw_mqtt_frame(const uint8_t *bytes, size_t size, size_t *out_size)
{
    struct reader reader = {.bytes = bytes, .size = size < 5 ? size : 5, .at = 1};
    bool known_size = false;
    for (size_t i = 1; i < size && i < 5; i++)
        known_size = known_size || (bytes[i] & 0x80) == 0;
    if (!known_size) {
        if (size >= 5) return TW_ERR_FORMAT;
        *out_size = 0;
        return TW_OK;
    }
    uint32_t rest = variable(&reader);
    if (reader.fault != TW_MQTT_SUCCESS) return TW_ERR_FORMAT;
    *out_size = reader.at + rest;
    return TW_OK;
}

static void will_read(struct reader *reader, uint8_t flags, struct tw_mqtt_packet *out)
{
    if (!out->has_will) {
        if ((flags & 0x38) != 0) blame(reader, TW_MQTT_MALFORMED);
        return;
    }
    out->will_qos = flags >> 3 & 3;
    out->will_retain = (flags & 0x20) != 0;
    if (out->will_qos == 3) blame(reader, TW_MQTT_MALFORMED);
    if (out->version == TW_MQTT_5) properties_read(reader, WILL, &out->will_properties);
    out->will_topic = text(reader);
    out->will_payload = binary(reader);
}

static void connect_read(struct reader *reader, struct tw_mqtt_packet *out)
{
    static const char name[] = "MQTT";
    struct tw_mqtt_span protocol = binary(reader);
    out->version = (uint8_t)number(reader, 1);
    bool ours = protocol.size == 4 && memcmp(protocol.bytes, name, 4) == 0;
    if (!ours || (out->version != TW_MQTT_3 && out->version != TW_MQTT_5)) {
        blame(reader, TW_MQTT_BAD_VERSION);
        return;
    }
    uint8_t flags = (uint8_t)number(reader, 1);
    out->keep_alive_s = (uint16_t)number(reader, 2);
    out->clean = (flags & 0x02) != 0;
    out->has_will = (flags & 0x04) != 0;
    out->has_password = (flags & 0x40) != 0;
    out->has_username = (flags & 0x80) != 0;
    if ((flags & 0x01) != 0) blame(reader, TW_MQTT_MALFORMED);
    if (out->version == TW_MQTT_3 && out->has_password && !out->has_username) {
        blame(reader, TW_MQTT_MALFORMED);
    }
    if (out->version == TW_MQTT_5) properties_read(reader, CONNECT, &out->properties);
    out->client_id = text(reader);
    will_read(reader, flags, out);
    if (out->has_username) out->username = text(reader);
    if (out->has_password) out->password = binary(reader);
    if (left(reader) > 0) blame(reader, TW_MQTT_MALFORMED);
}

static void connack_read(struct reader *reader, struct tw_mqtt_packet *out)
{
    uint32_t flags = number(reader, 1);
    out->present = (flags & 1) != 0;
    out->reason = (uint8_t)number(reader, 1);
    if (flags > 1) blame(reader, TW_MQTT_MALFORMED);
    if (out->version == TW_MQTT_5) properties_read(reader, CONNACK, &out->properties);
}

static void publish_read(struct reader *reader, struct tw_mqtt_packet *out)
{
    out->topic = text(reader);
    if (out->qos > 0) {
        out->id = (uint16_t)number(reader, 2);
        if (out->id == 0) blame(reader, TW_MQTT_PROTOCOL_ERROR);
    }
    if (out->version == TW_MQTT_5) properties_read(reader, PUBLISH, &out->properties);
    out->payload = take(reader, left(reader));
}

static void ack_read(struct reader *reader, struct tw_mqtt_packet *out)
{
    out->id = (uint16_t)number(reader, 2);
    if (out->id == 0) blame(reader, TW_MQTT_PROTOCOL_ERROR);
    if (out->version != TW_MQTT_5) return;
    if (left(reader) > 0) out->reason = (uint8_t)number(reader, 1);
    if (left(reader) > 0) properties_read(reader, 1U << out->type, &out->properties);
}

/* DISCONNECT, AUTH */
static void reason_read(struct reader *reader, struct tw_mqtt_packet *out)
{
    if (out->version != TW_MQTT_5) return;
    if (left(reader) > 0) out->reason = (uint8_t)number(reader, 1);
    if (left(reader) > 0) properties_read(reader, 1U << out->type, &out->properties);
}

static void filters_read(struct reader *reader, struct tw_mqtt_packet *out)
{
    out->id = (uint16_t)number(reader, 2);
    if (out->id == 0) blame(reader, TW_MQTT_PROTOCOL_ERROR);
    if (out->version == TW_MQTT_5) properties_read(reader, 1U << out->type, &out->properties);
    size_t from = reader->at;
    size_t count = 0;
    while (left(reader) > 0) {
        (void)text(reader);
        if (out->type == TW_MQTT_SUBSCRIBE) {
            uint32_t options = number(reader, 1);
            uint32_t reserved = out->version == TW_MQTT_5 ? 0xc0 : 0xfc;
            bool handling = (options & 0x30) == 0x30;
            if ((options & reserved) != 0 || (options & 3) == 3 || handling) {
                blame(reader, TW_MQTT_MALFORMED);
            }
        }
        count++;
    }
    if (count == 0) blame(reader, TW_MQTT_PROTOCOL_ERROR);
    out->filters = (struct tw_mqtt_span){reader->bytes + from, reader->size - from};
}

/* SUBACK, UNSUBACK */
static void codes_read(struct reader *reader, struct tw_mqtt_packet *out)
{
    out->id = (uint16_t)number(reader, 2);
    if (out->version == TW_MQTT_5) properties_read(reader, 1U << out->type, &out->properties);
    out->filters = take(reader, left(reader));
}

static void nothing_read(struct reader *reader, struct tw_mqtt_packet *out)
{
    (void)out;
    if (left(reader) > 0) blame(reader, TW_MQTT_MALFORMED);
}

/* How each kind is read, and which flags it must have; PUBLISH has some of its own. */
static const struct row {
    void (*read)(struct reader *reader, struct tw_mqtt_packet *out);
    uint8_t flags;
} rows[16] = {
    [TW_MQTT_CONNECT] = {connect_read, 0},  [TW_MQTT_CONNACK] = {connack_read, 0},
    [TW_MQTT_PUBLISH] = {publish_read, 0},  [TW_MQTT_PUBACK] = {ack_read, 0},
    [TW_MQTT_PUBREC] = {ack_read, 0},       [TW_MQTT_PUBREL] = {ack_read, 2},
    [TW_MQTT_PUBCOMP] = {ack_read, 0},      [TW_MQTT_SUBSCRIBE] = {filters_read, 2},
    [TW_MQTT_SUBACK] = {codes_read, 0},     [TW_MQTT_UNSUBSCRIBE] = {filters_read, 2},
    [TW_MQTT_UNSUBACK] = {codes_read, 0},   [TW_MQTT_PINGREQ] = {nothing_read, 0},
    [TW_MQTT_PINGRESP] = {nothing_read, 0}, [TW_MQTT_DISCONNECT] = {reason_read, 0},
    [TW_MQTT_AUTH] = {reason_read, 0},
};

tw_status tw_mqtt_decode(const uint8_t *bytes, size_t size, uint8_t version,
                         struct tw_mqtt_packet *out_packet, enum tw_mqtt_reason *out_reason)
{
    struct tw_mqtt_packet packet = {.version = version};
    struct reader reader = {.bytes = bytes, .size = size, .at = 1};
    uint8_t flags = bytes[0] & 0x0f;
    packet.type = (enum tw_mqtt_type)(bytes[0] >> 4);
    const struct row *row = &rows[packet.type];
    if (packet.type == TW_MQTT_PUBLISH) {
        packet.dup = (flags & 8) != 0;
        packet.qos = flags >> 1 & 3;
        packet.retain = (flags & 1) != 0;
        if (packet.qos == 3 || (packet.dup && packet.qos == 0)) {
            blame(&reader, TW_MQTT_MALFORMED);
        }
    } else if (row->read == NULL || flags != row->flags ||
               (packet.type == TW_MQTT_AUTH && version != TW_MQTT_5)) {
        *out_reason = TW_MQTT_MALFORMED;
        return TW_ERR_FORMAT;
    }
    (void)variable(&reader);
    if (reader.fault == TW_MQTT_SUCCESS) row->read(&reader, &packet);
    /* What should end here and does not; an answer's codes and a payload have taken all. */
    if (left(&reader) > 0) blame(&reader, TW_MQTT_MALFORMED);
    if (reader.fault != TW_MQTT_SUCCESS) {
        *out_reason = reader.fault;
        return TW_ERR_FORMAT;
    }
    *out_packet = packet;
    return TW_OK;
}

bool tw_mqtt_filter_next(const struct tw_mqtt_packet *packet, size_t *at,
                         struct tw_mqtt_filter *out_filter)
{
    struct reader reader = {
        .bytes = packet->filters.bytes, .size = packet->filters.size, .at = *at};
    if (left(&reader) == 0) return false;
    struct tw_mqtt_filter filter = {.topic = binary(&reader)};
    if (packet->type == TW_MQTT_SUBSCRIBE) {
        uint32_t options = number(&reader, 1);
        filter.qos = options & 3;
        filter.no_local = (options & 4) != 0;
        filter.as_published = (options & 8) != 0;
        filter.retain_handling = options >> 4 & 3;
    }
    *at = reader.at;
    *out_filter = filter;
    return reader.fault == TW_MQTT_SUCCESS;
}

/* ---- writing ---- */

static void put(struct tw_strbuf *out, uint32_t value, int bytes)
{
    char text_[4];
    for (int i = 0; i < bytes; i++)
        text_[i] = (char)(uint8_t)(value >> (8 * (bytes - 1 - i)));
    (void)tw_strbuf_add(out, text_, (size_t)bytes);
}

static void put_variable(struct tw_strbuf *out, size_t value)
{
    do {
        size_t rest = value >> 7;
        put(out, (uint32_t)(value & 0x7f) | (rest > 0 ? 0x80U : 0), 1);
        value = rest;
    } while (value > 0);
}

static void put_bytes(struct tw_strbuf *out, struct tw_mqtt_span span)
{
    if (span.size > 0) (void)tw_strbuf_add(out, (const char *)span.bytes, span.size);
}

static void put_text(struct tw_strbuf *out, struct tw_mqtt_span span)
{
    if (span.size > 65535) span.size = 65535;
    put(out, (uint32_t)span.size, 2);
    put_bytes(out, span);
}

static size_t variable_size(size_t value)
{
    return value < 128 ? 1 : value < 16384 ? 2 : value < 2097152 ? 3 : 4;
}

static size_t property_size(const struct property *property, const void *field)
{
    static const size_t sizes[] = {[BYTE] = 1, [TWO] = 2, [FOUR] = 4};
    if (property->kind == TEXT) return 1 + 2 + ((const struct tw_mqtt_span *)field)->size;
    if (property->kind == PAIR) return 1 + ((const struct tw_mqtt_span *)field)->size;
    if (property->kind == VARIABLE) return 1 + variable_size(*(const uint32_t *)field);
    return 1 + sizes[property->kind];
}

static const void *property_of(const struct tw_mqtt_properties *properties, size_t row)
{
    return (const char *)properties + known[row].field;
}

static size_t properties_size(const struct tw_mqtt_properties *properties)
{
    size_t size = 0;
    for (size_t i = 0; i < KNOWN; i++) {
        if ((properties->has >> known[i].id & 1) == 0) continue;
        size += property_size(&known[i], property_of(properties, i));
    }
    return size;
}

static void put_properties(struct tw_strbuf *out, const struct tw_mqtt_properties *properties)
{
    static const int sizes[] = {[BYTE] = 1, [TWO] = 2, [FOUR] = 4};
    put_variable(out, properties_size(properties));
    for (size_t i = 0; i < KNOWN; i++) {
        const void *field = property_of(properties, i);
        if ((properties->has >> known[i].id & 1) == 0) continue;
        put(out, known[i].id, 1);
        if (known[i].kind == TEXT) {
            put_text(out, *(const struct tw_mqtt_span *)field);
        } else if (known[i].kind == PAIR) {
            put_bytes(out, *(const struct tw_mqtt_span *)field);
        } else if (known[i].kind == VARIABLE) {
            put_variable(out, *(const uint32_t *)field);
        } else {
            put(out, *(const uint32_t *)field, sizes[known[i].kind]);
        }
    }
}

/* Bytes of properties with their length, in MQTT 5. */
static size_t properties_room(uint8_t version, const struct tw_mqtt_properties *properties)
{
    if (version != TW_MQTT_5) return 0;
    size_t size = properties_size(properties);
    return variable_size(size) + size;
}

size_t tw_mqtt_write_ack(uint8_t out[TW_MQTT_ACK_SIZE], enum tw_mqtt_type type, uint16_t id,
                         uint8_t version, enum tw_mqtt_reason reason)
{
    bool told = version == TW_MQTT_5 && reason != TW_MQTT_SUCCESS;
    out[0] = (uint8_t)((unsigned)type << 4 | rows[type].flags);
    out[1] = told ? 3 : 2;
    out[2] = (uint8_t)(id >> 8);
    out[3] = (uint8_t)id;
    out[4] = (uint8_t)reason;
    return told ? 5 : 4;
}

tw_status tw_mqtt_write_connect(struct tw_strbuf *out, const struct tw_mqtt_packet *packet)
{
    size_t size = 10 + properties_room(packet->version, &packet->properties);
    size += 2 + packet->client_id.size;
    if (packet->has_will) {
        size += properties_room(packet->version, &packet->will_properties);
        size += 4 + packet->will_topic.size + packet->will_payload.size;
    }
    if (packet->has_username) size += 2 + packet->username.size;
    if (packet->has_password) size += 2 + packet->password.size;
    put(out, TW_MQTT_CONNECT << 4, 1);
    put_variable(out, size);
    put_text(out, tw_mqtt_span_of("MQTT"));
    put(out, packet->version, 1);
    uint32_t flags = packet->clean ? 0x02 : 0;
    if (packet->has_will) {
        flags |= 0x04U | (uint32_t)packet->will_qos << 3 | (packet->will_retain ? 0x20U : 0);
    }
    flags |= (packet->has_password ? 0x40U : 0) | (packet->has_username ? 0x80U : 0);
    put(out, flags, 1);
    put(out, packet->keep_alive_s, 2);
    if (packet->version == TW_MQTT_5) put_properties(out, &packet->properties);
    put_text(out, packet->client_id);
    if (packet->has_will) {
        if (packet->version == TW_MQTT_5) put_properties(out, &packet->will_properties);
        put_text(out, packet->will_topic);
        put_text(out, packet->will_payload);
    }
    if (packet->has_username) put_text(out, packet->username);
    if (packet->has_password) put_text(out, packet->password);
    return out->status;
}

/* The return code of MQTT 3.1.1 (section 3.2.2.3) that is nearest to a reason. */
static uint32_t return_code(enum tw_mqtt_reason reason)
{
    static const struct {
        enum tw_mqtt_reason reason;
        uint32_t code;
    } codes[] = {{TW_MQTT_SUCCESS, 0},      {TW_MQTT_BAD_VERSION, 1},    {TW_MQTT_BAD_CLIENT_ID, 2},
                 {TW_MQTT_BAD_PASSWORD, 4}, {TW_MQTT_NOT_AUTHORISED, 5}, {TW_MQTT_BAD_METHOD, 5}};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (codes[i].reason == reason) return codes[i].code;
    }
    return 3;
}

tw_status tw_mqtt_write_connack(struct tw_strbuf *out, uint8_t version, bool present,
                                enum tw_mqtt_reason reason,
                                const struct tw_mqtt_properties *properties)
{
    put(out, TW_MQTT_CONNACK << 4, 1);
    put_variable(out, 2 + properties_room(version, properties));
    put(out, present ? 1 : 0, 1);
    put(out, version == TW_MQTT_5 ? (uint32_t)reason : return_code(reason), 1);
    if (version == TW_MQTT_5) put_properties(out, properties);
    return out->status;
}

tw_status tw_mqtt_write_publish(struct tw_strbuf *out, uint8_t version,
                                const struct tw_mqtt_packet *packet)
{
    uint32_t flags = (packet->dup ? 8U : 0) | (uint32_t)packet->qos << 1 | (packet->retain ? 1 : 0);
    put(out, TW_MQTT_PUBLISH << 4 | flags, 1);
    put_variable(out, 2 + packet->topic.size + (packet->qos > 0 ? 2 : 0) + packet->payload.size +
                          properties_room(version, &packet->properties));
    put_text(out, packet->topic);
    if (packet->qos > 0) put(out, packet->id, 2);
    if (version == TW_MQTT_5) put_properties(out, &packet->properties);
    put_bytes(out, packet->payload);
    return out->status;
}

tw_status tw_mqtt_write_subscribe(struct tw_strbuf *out, uint8_t version, uint16_t id,
                                  const struct tw_mqtt_filter *filters, size_t count)
{
    size_t size = version == TW_MQTT_5 ? 3 : 2;
    for (size_t i = 0; i < count; i++)
        size += 2 + filters[i].topic.size + 1;
    put(out, TW_MQTT_SUBSCRIBE << 4 | 2, 1);
    put_variable(out, size);
    put(out, id, 2);
    if (version == TW_MQTT_5) put(out, 0, 1);
    for (size_t i = 0; i < count; i++) {
        put_text(out, filters[i].topic);
        put(out, filters[i].qos, 1);
    }
    return out->status;
}

tw_status tw_mqtt_write_suback(struct tw_strbuf *out, enum tw_mqtt_type type, uint8_t version,
                               uint16_t id, const uint8_t *codes, size_t count)
{
    bool silent = version != TW_MQTT_5 && type == TW_MQTT_UNSUBACK;
    put(out, (uint32_t)type << 4, 1);
    put_variable(out, (version == TW_MQTT_5 ? 3U : 2U) + (silent ? 0 : count));
    put(out, id, 2);
    if (version == TW_MQTT_5) put(out, 0, 1);
    for (size_t i = 0; i < count && !silent; i++)
        put(out, version != TW_MQTT_5 && codes[i] > 2 ? 0x80 : codes[i], 1);
    return out->status;
}

tw_status tw_mqtt_write_short(struct tw_strbuf *out, enum tw_mqtt_type type, uint8_t version,
                              enum tw_mqtt_reason reason)
{
    bool told = type == TW_MQTT_DISCONNECT && version == TW_MQTT_5 && reason != TW_MQTT_SUCCESS;
    put(out, (uint32_t)type << 4, 1);
    put(out, told ? 1 : 0, 1);
    if (told) put(out, reason, 1);
    return out->status;
}
