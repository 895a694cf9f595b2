#include "telemetry/sl651_server.h"

#include "base/clock.h"
#include "base/text.h"
#include "telemetry/receipt.h"
#include "telemetry/sl651_frame.h"
#include "telemetry/sl651_packets.h"
#include "telemetry/sl651_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAD_MAX 100       /* wrong frames in a row before a peer is sent away */
#define ADDRESS_SIZE 11   /* ten digits */
#define ANSWER_TEXT_MAX 8 /* serial number and time */

struct session {
    const struct tw_sl651_server *server;
    struct tw_conn conn;
    struct tw_device *device; /* the last that reported; NULL: none yet */
    int bad;                  /* wrong frames since the last right one */
    struct tw_sl651_packets packets;
};

static int64_t now_ms(const struct session *s) { return s->server->now_ms(s->server->user); }

static void refused(const struct session *s, const char *why)
{
    if (s->device != NULL) tw_device_note_refused(s->device, now_ms(s), why);
}

static void address_write(const uint8_t station[5], char out[ADDRESS_SIZE])
{
    (void)snprintf(out, ADDRESS_SIZE, "%02X%02X%02X%02X%02X", station[0], station[1], station[2],
                   station[3], station[4]);
}

/* A setting of the device with one of two words. */
static bool setting_is(const struct session *s, const char *key, const char *word)
{
    const char *value = tw_device_setting(s->device, key);
    return value != NULL && tw_text_same(value, word);
}

/* The end character that says that all of a report is there. */
static uint8_t last_word(const struct session *s, const struct tw_sl651_frame *frame)
{
    if (frame->end == TW_SL651_ETB && frame->packets == 0) return TW_SL651_ACK;
    return setting_is(s, "end", "EOT") ? TW_SL651_EOT : TW_SL651_ESC;
}

/* An answer to a frame: its serial number and the time. returns the answer's size */
static size_t answer_write(const struct session *s, const struct tw_sl651_frame *frame,
                           uint16_t serial, uint8_t end, uint8_t *out)
{
    uint8_t text[ANSWER_TEXT_MAX] = {(uint8_t)(serial >> 8), (uint8_t)(serial & 0xFF)};
    tw_sl651_time_write(now_ms(s), s->server->zone_s, text + 2);
    struct tw_sl651_frame answer = *frame;
    answer.down = true;
    answer.end = end;
    answer.text = text;
    answer.size = sizeof text;
    if (end != TW_SL651_NAK) answer.packet = frame->packets;
    return tw_sl651_frame_write(&answer, out);
}

/* The tag of a value: its identifier; of another station's in the same text `0012345678.39`. */
static bool tag_find(const struct session *s, const struct tw_sl651_frame *frame,
                     const struct tw_sl651_value *value, struct tw_tag *out)
{
    static const uint8_t nobody[5] = {0};
    char name[ADDRESS_SIZE + TW_SL651_TAG_SIZE + 1];
    char address[ADDRESS_SIZE];
    bool own =
        memcmp(value->station, frame->station, 5) == 0 || memcmp(value->station, nobody, 5) == 0;
    if (own) return tw_device_tag(s->device, value->tag, out);
    address_write(value->station, address);
    (void)snprintf(name, sizeof name, "%s.%s", address, value->tag);
    return tw_device_tag(s->device, name, out);
}

struct measured {
    struct tw_measurement *m; /* [count] owned */
    size_t count;
    const char *why; /* what is wrong */
};

/* Take the values that the device has sensors for. A test report is kept, but marked: nothing is to be
 * computed from it. */
static tw_status measure(const struct session *s, const struct tw_sl651_frame *frame,
                         const struct tw_sl651_head *head, struct measured *out)
{
    struct tw_sl651_value value;
    struct tw_tag tag;
    int32_t flags = frame->function == TW_SL651_TEST ? TW_QUALITY_MAINTENANCE : 0;
    out->m = calloc(frame->size + 1, sizeof *out->m); /* a value takes a byte at least */
    if (out->m == NULL) return TW_ERR_NOMEM;
    struct tw_sl651_walk walk =
        tw_sl651_walk_begin(frame->function, frame->text, frame->size, s->server->zone_s);
    while (tw_sl651_walk_next(&walk, &value)) {
        if (value.missing || !tag_find(s, frame, &value, &tag)) continue;
        int64_t time_ms = value.time_ms != INT64_MIN ? value.time_ms : head->sent_ms;
        if (time_ms == INT64_MIN) out->why = "a time of sending is none";
        out->m[out->count++] =
            (struct tw_measurement){.sensor = tag.sensor,
                                    .unit = tag.unit != NULL ? tag.unit : value.unit,
                                    .time_ms = time_ms,
                                    .value = value.value * tag.factor,
                                    .flags = flags};
    }
    if (walk.fault != NULL) out->why = walk.fault;
    return out->why == NULL ? TW_OK : TW_ERR_FORMAT;
}

/* Store a whole text, and have `answer` sent once it is on disk. */
static void store(struct session *s, const struct tw_sl651_frame *frame,
                  const struct tw_sl651_head *head, const void *answer, size_t answer_size)
{
    struct measured measured = {.count = 0};
    struct tw_samples_fault fault;
    struct tw_receipt *receipt = NULL;
    tw_status status = measure(s, frame, head, &measured);
    if (status != TW_OK) {
        refused(s, measured.why != NULL ? measured.why : tw_status_text(status));
    } else if (!tw_device_allows(s->device, tw_clock_steady_ms(), measured.count)) {
        refused(s, "more samples than its rate allows");
    } else if (tw_receipt_create(s->conn, answer, answer_size, &receipt) == TW_OK &&
               tw_ingest_submit(s->server->ingest, s->device, NULL, measured.m, measured.count,
                                tw_receipt_settle, receipt, &fault) != TW_OK) {
        tw_receipt_destroy(receipt);
    }
    free(measured.m);
}

/* A whole text; frame->packets > 0: put together from packets. */
static void text_take(struct session *s, const struct tw_sl651_frame *frame)
{
    uint8_t answer[TW_SL651_FRAME_MAX];
    struct tw_sl651_head head;
    if (tw_sl651_head_parse(frame->text, frame->size, s->server->zone_s, &head) != TW_OK) {
        refused(s, "the serial number or time of sending is missing");
        return;
    }
    if (head.sent_ms != INT64_MIN)
        tw_device_note_clock(s->device, (double)(head.sent_ms - now_ms(s)) / 1000.0);
    if (frame->function == TW_SL651_MANUAL || frame->function == TW_SL651_QUERY_MANUAL ||
        frame->function == TW_SL651_PICTURE) {
        refused(s, "pictures and manual entries are not kept, so they are not answered");
    } else if (frame->function == TW_SL651_KEEP_ALIVE || setting_is(s, "mode", "M1")) {
        store(s, frame, &head, NULL, 0); /* neither expects an answer */
    } else {
        size_t size = answer_write(s, frame, head.serial, last_word(s, frame), answer);
        store(s, frame, &head, answer, size);
    }
}

/* Ask for a packet that is missing when the last has come; SL 651-2014, table 23. */
static void packet_ask(const struct session *s, const struct tw_sl651_frame *frame,
                       uint16_t missing)
{
    uint8_t answer[TW_SL651_FRAME_MAX];
    uint16_t serial = 0; /* only the first packet has it */
    const struct tw_sl651_part *first = &s->packets.parts[0];
    if (first->bytes != NULL && first->size >= 2)
        serial = (uint16_t)(first->bytes[0] << 8 | first->bytes[1]);
    struct tw_sl651_frame about = *frame;
    about.packet = missing;
    size_t size = answer_write(s, &about, serial, TW_SL651_NAK, answer);
    tw_conn_send(s->conn, answer, size);
}

static void packet_take(struct session *s, const struct tw_sl651_frame *frame)
{
    uint8_t *text = NULL;
    size_t size = 0;
    if (tw_sl651_packets_add(&s->packets, frame, tw_clock_steady_ms()) != TW_OK) {
        refused(s, "a text of several packets is too large");
        return;
    }
    uint16_t missing = tw_sl651_packets_missing(&s->packets);
    if (missing > 0) {
        if (frame->end == TW_SL651_ETX || frame->packet == frame->packets)
            packet_ask(s, frame, missing);
        return;
    }
    if (tw_sl651_packets_join(&s->packets, &text, &size) == TW_OK) {
        struct tw_sl651_frame whole = *frame;
        whole.text = text;
        whole.size = size;
        text_take(s, &whole);
        free(text);
    }
    tw_sl651_packets_done(&s->packets);
}

/* Find out who speaks; false: nobody whom we know. */
static bool admit(struct session *s, const struct tw_sl651_frame *frame)
{
    char address[ADDRESS_SIZE];
    char password[5];
    address_write(frame->station, address);
    (void)snprintf(password, sizeof password, "%02X%02X", frame->password[0], frame->password[1]);
    struct tw_device *device = tw_devices_find(s->server->devices, TW_SL651_PROTOCOL, address);
    if (device == NULL) return false;
    if (!tw_device_admits(device, password, strlen(password))) {
        tw_device_note_refused(device, now_ms(s), "the password is wrong");
        return false;
    }
    s->device = device;
    return true;
}

/* A frame; false ends the connection. */
static bool frame_take(struct session *s, const struct tw_sl651_frame *frame)
{
    if (frame->down || !admit(s, frame)) return false;
    s->bad = 0;
    size_t most = tw_device_message_bytes(s->device);
    if (most > 0 && frame->size > most) {
        refused(s, "a message is larger than message_bytes allows");
    } else if (frame->packets > 0) {
        packet_take(s, frame);
    } else {
        text_take(s, frame);
    }
    return true;
}

static void *opened(void *user, struct tw_conn conn, const char *peer)
{
    (void)peer;
    struct session *s = calloc(1, sizeof *s);
    if (s == NULL) return NULL;
    s->server = user;
    s->conn = conn;
    return s;
}

static ptrdiff_t received(void *session, const uint8_t *bytes, size_t size)
{
    struct session *s = session;
    size_t at = 0;
    for (;;) {
        struct tw_sl651_frame frame;
        const char *why = NULL;
        size_t used = 0;
        enum tw_sl651_cut found = tw_sl651_frame_cut(bytes + at, size - at, &used, &frame, &why);
        at += used;
        if (found == TW_SL651_MORE) return (ptrdiff_t)at;
        if (found == TW_SL651_FRAME) {
            if (!frame_take(s, &frame)) return -1;
        } else {
            refused(s, why);
            if (++s->bad >= BAD_MAX) return -1;
        }
    }
}

static void tick(void *session, int64_t at_ms)
{
    struct session *s = session;
    if (tw_sl651_packets_expire(&s->packets, at_ms) > 0)
        refused(s, "packets of a text are missing");
}

static void closed(void *session, enum tw_door_end why)
{
    struct session *s = session;
    const char *fault = tw_door_end_fault(why);
    if (fault != NULL) refused(s, fault);
    tw_sl651_packets_done(&s->packets);
    free(s);
}

const struct tw_door_protocol *tw_sl651_protocol(void)
{
    static const struct tw_door_protocol protocol = {
        .name = "sl651",
        .limits = {.in_bytes = 2 * TW_SL651_FRAME_MAX,
                   .out_bytes = (size_t)1
                                << 20, /* a commit may answer thousands that came at once */
                   .count = 2000,
                   .per_peer = 200,
                   .first_ms = 60000,
                   .whole_ms = 60000,
                   .silent_ms = 3900000, /* an hour's report may be all that is sent */
                   .unread_ms = 60000},
        .opened = opened,
        .received = received,
        .tick = tick,
        .closed = closed};
    return &protocol;
}
