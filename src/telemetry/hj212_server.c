#include "telemetry/hj212_server.h"

#include "base/clock.h"
#include "base/text.h"
#include "telemetry/hj212_decode.h"
#include "telemetry/hj212_packets.h"
#include "telemetry/hj212_request.h"
#include "telemetry/receipt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAD_MAX 100                        /* wrong frames in a row before a peer is sent away */
#define HISTORY_MAX_MS (INT64_C(86400000)) /* the longest history that is asked for */
#define SKEW_MAX_MS INT64_C(60000)         /* a clock that is further off is set, where allowed */

struct session {
    const struct tw_hj212_server *server;
    struct tw_conn conn;
    struct tw_device *device; /* the last that reported; NULL: none yet */
    int bad;                  /* wrong frames since the last right one */
    bool looked_back;         /* the gap before this connection was looked for */
    struct tw_hj212_packets packets;
    struct tw_hj212_request request;
};

static int64_t now_ms(const struct session *s) { return s->server->now_ms(s->server->user); }

static void refused(const struct session *s, const char *why)
{
    if (s->device != NULL) tw_device_note_refused(s->device, now_ms(s), why);
}

static void send_segment(const struct session *s, const char *segment)
{
    struct tw_strbuf frame = {0};
    if (tw_hj212_frame_add(&frame, segment) == TW_OK)
        tw_conn_send(s->conn, frame.text, frame.length);
    tw_strbuf_done(&frame);
}

static void ask(struct session *s, const struct tw_hj212_message *message, int32_t cn,
                const char *content)
{
    if (tw_hj212_request_begin(&s->request, message, cn, content, now_ms(s), s->server->zone_s,
                               tw_clock_steady_ms()))
        send_segment(s, s->request.segment);
}

/* Where the stored values of a message's codes end that also have a history. INT64_MAX: nowhere. */
static int64_t stored_until(const struct session *s, const struct tw_hj212_message *message)
{
    int64_t until_ms = INT64_MAX;
    struct tw_hj212_field field;
    struct tw_hj212_walk walk = tw_hj212_walk_begin(message->cp);
    while (tw_hj212_walk_next(&walk, &field)) {
        char name[80];
        struct tw_tag tag;
        if (!tw_hj212_text_is(field.kind, "Rtd") || !tw_hj212_has_history(s->device, field.code))
            continue;
        (void)snprintf(name, sizeof name, "%.*s-Rtd", (int)field.code.size, field.code.at);
        bool mapped = tw_device_tag(s->device, name, &tag);
        name[strlen(name) - 4] = 0;
        if (!mapped && !tw_device_tag(s->device, name, &tag)) continue;
        const struct tw_sensor_entry *entry = tw_catalogue_find(s->server->catalogue, tag.sensor);
        if (entry == NULL) continue;
        int64_t time_ms = tw_store_head_get(s->server->store, entry->series).time_ms;
        if (time_ms != TW_STORE_NEVER && time_ms < until_ms) until_ms = time_ms;
    }
    return until_ms;
}

/* After a gap, ask once for what the plant has kept. */
static void look_back(struct session *s, const struct tw_hj212_message *message, int64_t newest_ms)
{
    struct tw_device_view view;
    char content[80];
    char from[18];
    char to[18];
    if (s->looked_back || message->cn != TW_HJ212_REALTIME) return;
    s->looked_back = true;
    const char *allowed = tw_device_setting(s->device, "history");
    if (allowed != NULL && tw_text_same(allowed, "no")) return;
    int64_t until_ms = stored_until(s, message);
    tw_device_view_get(s->device, &view);
    if (until_ms == INT64_MAX || newest_ms == INT64_MIN ||
        (double)(newest_ms - until_ms) <= view.silent_after_s * 1000.0)
        return;
    if (newest_ms - until_ms > HISTORY_MAX_MS) until_ms = newest_ms - HISTORY_MAX_MS;
    tw_hj212_time_format(until_ms, s->server->zone_s, 14, from);
    tw_hj212_time_format(newest_ms, s->server->zone_s, 14, to);
    (void)snprintf(content, sizeof content, "BeginTime=%s,EndTime=%s", from, to);
    ask(s, message, TW_HJ212_MINUTES, content);
}

static void clock_send(struct session *s, const struct tw_hj212_message *message)
{
    char content[40];
    char time[18];
    tw_hj212_time_format(now_ms(s), s->server->zone_s, 14, time);
    (void)snprintf(content, sizeof content, "SystemTime=%s", time);
    ask(s, message, TW_HJ212_TIME_SET, content);
}

/* QN is the plant's own clock when it sent a message of its own accord. */
static void clock_look(struct session *s, const struct tw_hj212_message *message)
{
    int64_t sent_ms = 0;
    const char *allowed = tw_device_setting(s->device, "set_clock");
    if (message->cn != TW_HJ212_REALTIME ||
        tw_hj212_time_parse(message->qn, s->server->zone_s, &sent_ms) != TW_OK)
        return;
    int64_t skew_ms = sent_ms - now_ms(s);
    tw_device_note_clock(s->device, (double)skew_ms / 1000.0);
    bool off = skew_ms > SKEW_MAX_MS || skew_ms < -SKEW_MAX_MS;
    if (off && allowed != NULL && tw_text_same(allowed, "yes")) clock_send(s, message);
}

/* Store what a CP says, and have `answer` sent once it is on disk. */
static bool store(struct session *s, const struct tw_hj212_message *message,
                  struct tw_hj212_text cp, const struct tw_strbuf *answer)
{
    struct tw_hj212_measured measured;
    struct tw_samples_fault fault;
    struct tw_receipt *receipt = NULL;
    const char *why = NULL;
    tw_status status =
        tw_hj212_decode(s->device, message->cn, cp, s->server->zone_s, &measured, &why);
    if (status != TW_OK) {
        refused(s, why != NULL ? why : tw_status_text(status));
        return false;
    }
    if (!tw_device_allows(s->device, tw_clock_steady_ms(), measured.count)) {
        refused(s, "more samples than its rate allows");
        free(measured.m);
        return false;
    }
    if (message->cn == TW_HJ212_REALTIME) look_back(s, message, measured.newest_ms);
    status = tw_receipt_create(s->conn, tw_strbuf_get(answer), answer->length, &receipt);
    if (status == TW_OK) {
        status = tw_ingest_submit(s->server->ingest, s->device, NULL, measured.m, measured.count,
                                  tw_receipt_settle, receipt, &fault);
    }
    if (status != TW_OK) tw_receipt_destroy(receipt);
    free(measured.m);
    return status == TW_OK;
}

static void answer_for(struct tw_strbuf *out, const struct tw_hj212_message *message)
{
    if ((message->flag & TW_HJ212_FLAG_ACK) != 0)
        (void)tw_hj212_answer_add(out, message, TW_HJ212_DATA_ANSWER);
}

/* A packet that comes again tells that its sender waits for an answer before it goes on. What is
 * whole in it, all but what follows the last `;`, is stored and answered; the rest is kept. */
static void store_packet(struct session *s, const struct tw_hj212_message *message)
{
    struct tw_strbuf answer = {0};
    struct tw_hj212_text whole = message->cp;
    while (whole.size > 0 && whole.at[whole.size - 1] != ';')
        whole.size--;
    answer_for(&answer, message);
    (void)store(s, message, whole, &answer);
    tw_strbuf_done(&answer);
}

static void store_joined(struct session *s, const struct tw_hj212_message *message)
{
    struct tw_strbuf answer = {0};
    struct tw_strbuf cp = {0};
    answer_for(&answer, message);
    if (tw_hj212_packets_join(&s->packets, &cp) == TW_OK) {
        struct tw_hj212_text all = {tw_strbuf_get(&cp), cp.length};
        (void)store(s, message, all, &answer);
    }
    tw_hj212_packets_done(&s->packets);
    tw_strbuf_done(&answer);
    tw_strbuf_done(&cp);
}

static void data(struct session *s, const struct tw_hj212_message *message)
{
    int32_t dropped = 0;
    if (message->pnum == 1) {
        struct tw_strbuf answer = {0};
        answer_for(&answer, message);
        (void)store(s, message, message->cp, &answer);
        tw_strbuf_done(&answer);
        return;
    }
    enum tw_hj212_arrival arrival =
        tw_hj212_packets_add(&s->packets, message, tw_clock_steady_ms(), &dropped);
    if (dropped > 0) refused(s, "packets of a message are missing");
    if (arrival == TW_HJ212_COMPLETE) store_joined(s, message);
    if (arrival == TW_HJ212_AGAIN) store_packet(s, message);
    if (arrival == TW_HJ212_REFUSED) refused(s, "a message of several packets is too large");
}

static void serve(struct session *s, const struct tw_hj212_message *message)
{
    int32_t cn = message->cn;
    if (cn == TW_HJ212_REQUEST_ANSWER || cn == TW_HJ212_REQUEST_RESULT) {
        const char *why = tw_hj212_request_answered(&s->request, message);
        if (why != NULL) refused(s, why);
    } else if (cn == TW_HJ212_TIME_ASKED) {
        struct tw_strbuf answer = {0};
        if ((message->flag & TW_HJ212_FLAG_ACK) != 0 &&
            tw_hj212_answer_add(&answer, message, TW_HJ212_NOTICE_ANSWER) == TW_OK)
            tw_conn_send(s->conn, answer.text, answer.length);
        tw_strbuf_done(&answer);
        clock_send(s, message);
    } else if ((cn >= 2000 && cn < 4000) || cn == TW_HJ212_TIME_UPLOAD) {
        clock_look(s, message);
        data(s, message);
    } else if (cn != TW_HJ212_NOTICE_ANSWER && cn != TW_HJ212_DATA_ANSWER) {
        refused(s, "a command (CN) that is not served");
    }
}

/* Find out who speaks; false: nobody whom we know. */
static bool admit(struct session *s, const struct tw_hj212_message *message)
{
    char mn[64];
    if (message->mn.size >= sizeof mn) return false;
    memcpy(mn, message->mn.at, message->mn.size);
    mn[message->mn.size] = 0;
    struct tw_device *device = tw_devices_find(s->server->devices, TW_HJ212_PROTOCOL, mn);
    if (device == NULL) return false;
    if (!tw_device_admits(device, message->pw.at != NULL ? message->pw.at : "", message->pw.size)) {
        tw_device_note_refused(device, now_ms(s), "the password (PW) is wrong");
        return false;
    }
    if (s->device != device) s->looked_back = false;
    s->device = device;
    return true;
}

/* A data segment; false ends the connection. */
static bool segment_take(struct session *s, struct tw_hj212_text segment)
{
    struct tw_hj212_message message;
    const char *why = NULL;
    if (tw_hj212_message_parse(segment, &message, &why) != TW_OK) {
        refused(s, why);
        return ++s->bad < BAD_MAX;
    }
    if (!admit(s, &message)) return false;
    s->bad = 0;
    size_t most = tw_device_message_bytes(s->device);
    if (most > 0 && segment.size > most) {
        refused(s, "a message is larger than message_bytes allows");
    } else {
        serve(s, &message);
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
    const char *text = (const char *)bytes;
    size_t at = 0;
    for (;;) {
        struct tw_hj212_text segment;
        const char *why = NULL;
        size_t used = 0;
        enum tw_hj212_cut found = tw_hj212_frame_cut(text + at, size - at, &used, &segment, &why);
        at += used;
        if (found == TW_HJ212_MORE) return (ptrdiff_t)at;
        if (found == TW_HJ212_FRAME) {
            if (!segment_take(s, segment)) return -1;
        } else {
            refused(s, why);
            if (++s->bad >= BAD_MAX) return -1;
        }
    }
}

static void tick(void *session, int64_t at_ms)
{
    struct session *s = session;
    bool again = false;
    const char *why = tw_hj212_request_tick(&s->request, at_ms, &again);
    if (why != NULL) refused(s, why);
    if (again) send_segment(s, s->request.segment);
    if (tw_hj212_packets_expire(&s->packets, at_ms) > 0)
        refused(s, "packets of a message are missing");
}

static void closed(void *session, enum tw_door_end why)
{
    struct session *s = session;
    const char *fault = tw_door_end_fault(why);
    if (fault != NULL) refused(s, fault);
    tw_hj212_packets_done(&s->packets);
    free(s);
}

const struct tw_door_protocol *tw_hj212_protocol(void)
{
    static const struct tw_door_protocol protocol = {
        .name = "hj212",
        .limits = {.in_bytes = 2 * TW_HJ212_FRAME_MAX,
                   .out_bytes = (size_t)1
                                << 20, /* a commit may answer thousands that came at once */
                   .count = 2000,
                   .per_peer = 200,
                   .first_ms = 60000,
                   .whole_ms = 60000,
                   .silent_ms = 3900000, /* the slowest interval of reports is an hour */
                   .unread_ms = 60000},
        .opened = opened,
        .received = received,
        .tick = tick,
        .closed = closed};
    return &protocol;
}
