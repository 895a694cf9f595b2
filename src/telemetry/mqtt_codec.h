/* Packets of MQTT 3.1.1 and 5, to bytes and back.
 *
 * source  MQTT Version 3.1.1 and MQTT Version 5.0, OASIS Standards, chapters 2 and 3 */
#ifndef TW_TELEMETRY_MQTT_CODEC_H
#define TW_TELEMETRY_MQTT_CODEC_H

#include "base/text.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Protocol levels. */
enum { TW_MQTT_3 = 4, TW_MQTT_5 = 5 };

/** Kinds of packets. */
enum tw_mqtt_type {
    TW_MQTT_CONNECT = 1,
    TW_MQTT_CONNACK,
    TW_MQTT_PUBLISH,
    TW_MQTT_PUBACK,
    TW_MQTT_PUBREC,
    TW_MQTT_PUBREL,
    TW_MQTT_PUBCOMP,
    TW_MQTT_SUBSCRIBE,
    TW_MQTT_SUBACK,
    TW_MQTT_UNSUBSCRIBE,
    TW_MQTT_UNSUBACK,
    TW_MQTT_PINGREQ,
    TW_MQTT_PINGRESP,
    TW_MQTT_DISCONNECT,
    TW_MQTT_AUTH
};

/** Reason codes of MQTT 5 that we say or look for (section 2.4). */
enum tw_mqtt_reason {
    TW_MQTT_SUCCESS = 0x00,
    TW_MQTT_WITH_WILL = 0x04,
    TW_MQTT_NO_SUBSCRIPTION = 0x11,
    TW_MQTT_UNSPECIFIED = 0x80,
    TW_MQTT_MALFORMED = 0x81,
    TW_MQTT_PROTOCOL_ERROR = 0x82,
    TW_MQTT_IMPLEMENTATION = 0x83,
    TW_MQTT_BAD_VERSION = 0x84,
    TW_MQTT_BAD_CLIENT_ID = 0x85,
    TW_MQTT_BAD_PASSWORD = 0x86,
    TW_MQTT_NOT_AUTHORISED = 0x87,
    TW_MQTT_BUSY = 0x89,
    TW_MQTT_STOPPING = 0x8b,
    TW_MQTT_BAD_METHOD = 0x8c,
    TW_MQTT_KEEP_ALIVE = 0x8d,
    TW_MQTT_TAKEN_OVER = 0x8e,
    TW_MQTT_BAD_FILTER = 0x8f,
    TW_MQTT_BAD_TOPIC = 0x90,
    TW_MQTT_NO_SUCH_ID = 0x92,
    TW_MQTT_TOO_MANY = 0x93,
    TW_MQTT_BAD_ALIAS = 0x94,
    TW_MQTT_TOO_LARGE = 0x95,
    TW_MQTT_TOO_OFTEN = 0x96,
    TW_MQTT_QUOTA = 0x97,
    TW_MQTT_BAD_PAYLOAD = 0x99
};

/** Bytes of a packet, borrowed from it. */
struct tw_mqtt_span {
    const uint8_t *bytes;
    size_t size;
};

/** Properties; what a packet does not have is 0. A text is told from none by its bytes. */
struct tw_mqtt_properties {
    uint64_t has; /* bit n: property n stands there */
    uint32_t message_expiry_s, session_expiry_s, will_delay_s, maximum_packet, subscription;
    uint32_t payload_format, want_problems, want_response, server_keep_alive_s, receive_maximum;
    uint32_t alias_maximum, alias, maximum_qos, retain_available, wildcard_available;
    uint32_t subscription_available, shared_available;
    struct tw_mqtt_span content_type, response_topic, correlation, assigned_id, method, method_data;
    struct tw_mqtt_span response_information, server_reference, reason_text;
    struct tw_mqtt_span user; /* the last pair, as it stands there */
};

/** A packet that came in; everything is borrowed from its bytes. */
struct tw_mqtt_packet {
    enum tw_mqtt_type type;
    bool dup, retain;
    uint8_t qos;
    uint8_t reason; /* of CONNACK, PUBACK .. PUBCOMP, DISCONNECT, AUTH */
    uint16_t id;
    struct tw_mqtt_properties properties;
    struct tw_mqtt_span topic, payload;
    /* CONNECT, CONNACK (present) */
    uint8_t version;
    bool clean, present;
    bool has_username, has_password, has_will;
    uint16_t keep_alive_s;
    struct tw_mqtt_span client_id, username, password;
    bool will_retain;
    uint8_t will_qos;
    struct tw_mqtt_span will_topic, will_payload;
    struct tw_mqtt_properties will_properties;
    /* SUBSCRIBE, UNSUBSCRIBE: walked with tw_mqtt_filter_next; SUBACK, UNSUBACK: codes */
    struct tw_mqtt_span filters;
};

/** A filter of SUBSCRIBE or UNSUBSCRIBE. */
struct tw_mqtt_filter {
    struct tw_mqtt_span topic;
    uint8_t qos;
    bool no_local, as_published;
    uint8_t retain_handling;
};

/**
 * The size of the packet that begins here.
 *
 * out_size  bytes in all; 0: more must come before it is known
 * errors    TW_ERR_FORMAT its length is malformed
 */
tw_status tw_mqtt_frame(const uint8_t *bytes, size_t size, size_t *out_size);

/**
 * Decode a whole packet.
 *
 * version     of the connection; of CONNECT its own counts
 * out_reason  on failure what to tell a peer that speaks MQTT 5
 * errors      TW_ERR_FORMAT malformed, or not allowed by the protocol
 */
tw_status tw_mqtt_decode(const uint8_t *bytes, size_t size, uint8_t version,
                         struct tw_mqtt_packet *out_packet, enum tw_mqtt_reason *out_reason);

/** Take the next filter of a decoded SUBSCRIBE or UNSUBSCRIBE; false after the last. */
bool tw_mqtt_filter_next(const struct tw_mqtt_packet *packet, size_t *at,
                         struct tw_mqtt_filter *out_filter);

/** Whether a topic's name may be published to: some UTF-8 without wildcards, of so many levels. */
bool tw_mqtt_topic_valid(struct tw_mqtt_span topic, int levels_max);

/** Whether a filter is well formed and of so many levels. */
bool tw_mqtt_filter_valid(struct tw_mqtt_span filter, int levels_max);

/** Whether a filter takes a topic. source: MQTT 5.0, section 4.7 */
bool tw_mqtt_filter_matches(struct tw_mqtt_span filter, struct tw_mqtt_span topic);

/** Whether bytes are UTF-8 without NUL. source: RFC 3629, section 4 */
bool tw_mqtt_text_valid(struct tw_mqtt_span text);

/** A terminated text as a span. */
struct tw_mqtt_span tw_mqtt_span_of(const char *text);

/** Most bytes of an answer by tw_mqtt_write_ack. */
#define TW_MQTT_ACK_SIZE 6

/**
 * Write PUBACK, PUBREC, PUBREL or PUBCOMP.
 *
 * reason   is left out for MQTT 3.1.1
 * returns  bytes written
 */
size_t tw_mqtt_write_ack(uint8_t out[TW_MQTT_ACK_SIZE], enum tw_mqtt_type type, uint16_t id,
                         uint8_t version, enum tw_mqtt_reason reason);

/** Add CONNECT; of packet: version, clean, keep_alive_s, client_id, username, password, will,
 * session_expiry_s and receive_maximum. errors: as tw_strbuf_add, here and below */
tw_status tw_mqtt_write_connect(struct tw_strbuf *out, const struct tw_mqtt_packet *packet);

/**
 * Add CONNACK.
 *
 * reason      for MQTT 3.1.1 the nearest return code
 * properties  written those that `has` names; nothing for MQTT 3.1.1
 */
tw_status tw_mqtt_write_connack(struct tw_strbuf *out, uint8_t version, bool present,
                                enum tw_mqtt_reason reason,
                                const struct tw_mqtt_properties *properties);

/** Add PUBLISH; of packet: topic, payload, qos, retain, dup, id, and properties for MQTT 5. */
tw_status tw_mqtt_write_publish(struct tw_strbuf *out, uint8_t version,
                                const struct tw_mqtt_packet *packet);

/** Add SUBSCRIBE for [count] filters. */
tw_status tw_mqtt_write_subscribe(struct tw_strbuf *out, uint8_t version, uint16_t id,
                                  const struct tw_mqtt_filter *filters, size_t count);

/** Add SUBACK or UNSUBACK with [count] reason codes (MQTT 3.1.1: 0x80 for each failure). */
tw_status tw_mqtt_write_suback(struct tw_strbuf *out, enum tw_mqtt_type type, uint8_t version,
                               uint16_t id, const uint8_t *codes, size_t count);

/** Add PINGREQ or PINGRESP, or DISCONNECT with a reason (MQTT 3.1.1: none). */
tw_status tw_mqtt_write_short(struct tw_strbuf *out, enum tw_mqtt_type type, uint8_t version,
                              enum tw_mqtt_reason reason);

#endif
