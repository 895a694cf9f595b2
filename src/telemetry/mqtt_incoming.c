/* Messages of devices: into the store, and acknowledged in their order when they are there. */
#include "base/clock.h"
#include "telemetry/mqtt_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A message over its device's rate, or for which the store has no room, waits; then it is refused. */
#define HELD_MS 30000

/* What a commit's news goes to. */
struct commit {
    struct tw_conn conn;
    uint64_t slot;
};

/* By the store's thread. */
static void committed(void *user, tw_status status)
{
    struct commit *commit = user;
    tw_conn_tell(commit->conn, commit->slot, (uint64_t)status);
    free(commit);
}

static struct tw_mqtt_reading reading_of(const struct tw_mqtt_session *session)
{
    const struct tw_mqtt_server *server = session->server;
    return (struct tw_mqtt_reading){.ingest = server->options.ingest,
                                    .sparkplug = server->sparkplug,
                                    .zone_s = server->options.zone_s};
}

bool tw_mqtt_is_full(const struct tw_mqtt_session *session)
{
    return session->held_ms != 0 || session->ring_to - session->ring_from >= TW_MQTT_RING;
}

/* ---- acknowledgements ---- */

static bool is_unreleased(const struct tw_mqtt_client *client, uint16_t id)
{
    for (int i = 0; i < client->unreleased_count; i++) {
        if (client->unreleased[i] == id) return true;
    }
    return false;
}

static void acknowledge(struct tw_mqtt_session *session, const struct tw_mqtt_slot *slot)
{
    uint8_t bytes[TW_MQTT_ACK_SIZE];
    struct tw_mqtt_client *client = session->client;
    if (slot->silent || client == NULL) return;
    bool fine = slot->reason < TW_MQTT_UNSPECIFIED;
    if (slot->qos == 2 && fine && !is_unreleased(client, slot->id) &&
        client->unreleased_count < TW_MQTT_RING) {
        client->unreleased[client->unreleased_count++] = slot->id;
    }
    enum tw_mqtt_type type = slot->qos == 2 ? TW_MQTT_PUBREC : TW_MQTT_PUBACK;
    size_t size = tw_mqtt_write_ack(bytes, type, slot->id, session->version,
                                    (enum tw_mqtt_reason)slot->reason);
    tw_conn_send(session->conn, bytes, size);
}

/* Acknowledge what is done, in the order in which it came. */
static void drain(struct tw_mqtt_session *session)
{
    while (session->ring_from < session->ring_to) {
        const struct tw_mqtt_slot *slot = &session->ring[session->ring_from % TW_MQTT_RING];
        if (!slot->done) return;
        acknowledge(session, slot);
        session->ring_from++;
    }
}

/* Take a place in the order; NULL: no memory. */
static struct tw_mqtt_slot *slot_take(struct tw_mqtt_session *session, uint16_t id, uint8_t qos)
{
    if (session->ring == NULL) session->ring = calloc(TW_MQTT_RING, sizeof *session->ring);
    if (session->ring == NULL) return NULL;
    struct tw_mqtt_slot *slot = &session->ring[session->ring_to++ % TW_MQTT_RING];
    *slot = (struct tw_mqtt_slot){.id = id, .qos = qos};
    return slot;
}

/* What is told of a message that will not be stored. */
static void refuse(const struct tw_mqtt_session *session, struct tw_mqtt_slot *slot,
                   enum tw_mqtt_reason reason)
{
    slot->done = true;
    slot->reason = (uint8_t)reason;
    slot->silent = session->version != TW_MQTT_5 && !session->server->options.ack_refused;
}

void tw_mqtt_committed(struct tw_mqtt_session *session, uint64_t number, tw_status status)
{
    if (number >= session->ring_from && number < session->ring_to) {
        struct tw_mqtt_slot *slot = &session->ring[number % TW_MQTT_RING];
        slot->done = true;
        if (status != TW_OK) {
            slot->reason = TW_MQTT_QUOTA;
            slot->silent = session->version != TW_MQTT_5;
        }
        drain(session);
        /* A client of MQTT 3.1.1 sends again only on a new connection. */
        if (status != TW_OK && session->version != TW_MQTT_5) {
            tw_mqtt_session_end(session, TW_MQTT_QUOTA);
            return;
        }
    }
    tw_mqtt_held_retry(session);
}

/* ---- messages ---- */

/* Try to have the held message committed. False: it must wait. */
static bool held_submit(struct tw_mqtt_session *session)
{
    struct tw_mqtt_reading reading = reading_of(session);
    struct commit *commit = NULL;
    int64_t now_ms = tw_clock_steady_ms();
    bool waits = session->held_ms != 0 && now_ms - session->held_ms > HELD_MS;
    tw_status status = TW_ERR_NOMEM;
    if (session->held_qos > 0) {
        commit = malloc(sizeof *commit);
        if (commit != NULL) *commit = (struct commit){session->conn, session->ring_to};
    }
    if (session->held_qos == 0 || commit != NULL) {
        status = tw_mqtt_submit(&reading, &session->held, now_ms, commit != NULL ? committed : NULL,
                                commit);
    }
    if (status != TW_OK) free(commit);
    if (status == TW_ERR_FULL && !waits) return false;
    if (session->held_qos > 0) {
        struct tw_mqtt_slot *slot = slot_take(session, session->held_id, session->held_qos);
        if (slot != NULL && status != TW_OK) {
            refuse(session, slot,
                   status == TW_ERR_FORMAT ? TW_MQTT_BAD_PAYLOAD : TW_MQTT_TOO_OFTEN);
        }
    }
    return true;
}

void tw_mqtt_held_retry(struct tw_mqtt_session *session)
{
    if (session->held_ms != 0) {
        if (!held_submit(session)) return;
        session->held_ms = 0;
        tw_readings_done(&session->held.readings);
        drain(session);
    }
    if (!tw_mqtt_is_full(session)) tw_conn_resume(session->conn);
}

/* The topic of a message, terminated; MQTT 5 may say it by an alias. */
static enum tw_mqtt_reason topic_of(struct tw_mqtt_session *session,
                                    const struct tw_mqtt_packet *packet,
                                    char out[TW_MQTT_TOPIC_SIZE])
{
    bool aliased = (packet->properties.has >> 0x23 & 1) != 0;
    uint32_t alias = packet->properties.alias;
    if (aliased && (alias == 0 || alias > TW_MQTT_ALIASES)) return TW_MQTT_BAD_ALIAS;
    if (packet->topic.size == 0) {
        if (!aliased || session->aliases[alias] == NULL) return TW_MQTT_PROTOCOL_ERROR;
        (void)snprintf(out, TW_MQTT_TOPIC_SIZE, "%s", session->aliases[alias]);
        return TW_MQTT_SUCCESS;
    }
    if (packet->topic.size >= TW_MQTT_TOPIC_SIZE || packet->topic.bytes[0] == '$' ||
        !tw_mqtt_topic_valid(packet->topic, TW_MQTT_LEVELS)) {
        return TW_MQTT_BAD_TOPIC;
    }
    memcpy(out, packet->topic.bytes, packet->topic.size);
    out[packet->topic.size] = 0;
    if (aliased) {
        free(session->aliases[alias]);
        session->aliases[alias] = strdup(out);
    }
    return TW_MQTT_SUCCESS;
}

/* Ask a Sparkplug node to be born again. */
static void ask_rebirth(struct tw_mqtt_session *session, const struct tw_sparkplug_outcome *outcome)
{
    char topic[TW_MQTT_TOPIC_SIZE];
    uint8_t bytes[64];
    struct tw_mqtt_span payload = {bytes,
                                   tw_sparkplug_rebirth(tw_clock_unix_ms() / 1000 * 1000, bytes)};
    (void)snprintf(topic, sizeof topic, "spBv1.0/%s/NCMD/%s", outcome->group, outcome->node);
    if (session->link != NULL) {
        const struct tw_mqtt_packet packet = {.topic = tw_mqtt_span_of(topic), .payload = payload};
        struct tw_strbuf *out = &session->server->out;
        tw_strbuf_clear(out);
        if (tw_mqtt_write_publish(out, session->version, &packet) == TW_OK) {
            tw_conn_send(session->conn, out->text, out->length);
        }
        return;
    }
    struct tw_mqtt_note *note =
        tw_mqtt_note_new(session->device, tw_mqtt_span_of(topic), payload, 0, false);
    if (note == NULL) return;
    tw_mqtt_note_deliver(session->server, note, NULL);
    free(note);
}

/* Give a message to the other clients of its device. A broker does that itself. */
static void pass_on(struct tw_mqtt_session *session, const struct tw_mqtt_packet *packet,
                    const char *topic)
{
    if (session->link != NULL) return;
    if (!packet->retain && !tw_mqtt_is_heard(session->server, session->device)) return;
    struct tw_mqtt_note *note =
        tw_mqtt_note_new(session->device, tw_mqtt_span_of(topic), packet->payload,
                         packet->qos < 1 ? packet->qos : 1, packet->retain);
    if (note == NULL) return;
    tw_mqtt_note_deliver(session->server, note, session->client);
    free(note);
}

bool tw_mqtt_publish_take(struct tw_mqtt_session *session, const struct tw_mqtt_packet *packet,
                          enum tw_mqtt_reason *out_reason)
{
    char topic[TW_MQTT_TOPIC_SIZE] = "";
    *out_reason = topic_of(session, packet, topic);
    if (*out_reason != TW_MQTT_SUCCESS) return false;
    const struct tw_mqtt_client *client = session->client;
    if (packet->qos == 2 && is_unreleased(client, packet->id)) { /* is stored already */
        struct tw_mqtt_slot *slot = slot_take(session, packet->id, 2);
        if (slot != NULL) slot->done = true;
        drain(session);
        return slot != NULL;
    }
    uint64_t open = session->ring_to - session->ring_from + (uint64_t)client->unreleased_count;
    if (packet->qos > 0 && open >= TW_MQTT_RING) {
        *out_reason = TW_MQTT_TOO_MANY;
        return false;
    }
    struct tw_mqtt_reading reading = reading_of(session);
    struct tw_device *device =
        session->link != NULL ? session->device_of(session->link, topic) : session->device;
    tw_status status = tw_mqtt_read(&reading, device, topic, packet->payload.bytes,
                                    packet->payload.size, &session->held);
    if (session->held.sparkplug.rebirth) ask_rebirth(session, &session->held.sparkplug);
    session->held_id = packet->id;
    session->held_qos = packet->qos;
    if (status == TW_OK) {
        pass_on(session, packet, topic);
        if (!held_submit(session)) {
            session->held_ms = tw_clock_steady_ms();
            return true;
        }
    } else if (packet->qos > 0) {
        struct tw_mqtt_slot *slot = slot_take(session, packet->id, packet->qos);
        if (slot != NULL) refuse(session, slot, TW_MQTT_BAD_PAYLOAD);
    }
    tw_readings_done(&session->held.readings);
    drain(session);
    return true;
}

bool tw_mqtt_release_take(struct tw_mqtt_session *session, const struct tw_mqtt_packet *packet,
                          enum tw_mqtt_reason *out_reason)
{
    struct tw_mqtt_client *client = session->client;
    uint8_t bytes[TW_MQTT_ACK_SIZE];
    enum tw_mqtt_reason reason = TW_MQTT_NO_SUCH_ID;
    (void)out_reason;
    for (int i = 0; i < client->unreleased_count; i++) {
        if (client->unreleased[i] != packet->id) continue;
        client->unreleased[i] = client->unreleased[--client->unreleased_count];
        reason = TW_MQTT_SUCCESS;
        break;
    }
    size_t size = tw_mqtt_write_ack(bytes, TW_MQTT_PUBCOMP, packet->id, session->version, reason);
    tw_conn_send(session->conn, bytes, size);
    return true;
}

/* ---- connections ---- */

struct tw_mqtt_session *tw_mqtt_session_new(struct tw_mqtt_server *server, struct tw_conn conn)
{
    struct tw_mqtt_session *session = calloc(1, sizeof *session);
    if (session == NULL) return NULL;
    session->server = server;
    session->conn = conn;
    session->heard_ms = tw_clock_steady_ms();
    session->window = UINT16_MAX;
    return session;
}

void tw_mqtt_session_destroy(struct tw_mqtt_session *session)
{
    for (int i = 0; i <= TW_MQTT_ALIASES; i++)
        free(session->aliases[i]);
    tw_readings_done(&session->held.readings);
    free(session->will);
    free(session->ring);
    free(session);
}

void tw_mqtt_session_end(struct tw_mqtt_session *session, enum tw_mqtt_reason reason)
{
    struct tw_strbuf *out = &session->server->out;
    if (session->ended) return;
    session->ended = true;
    if (session->version == TW_MQTT_5 && session->device != NULL) {
        tw_strbuf_clear(out);
        (void)tw_mqtt_write_short(out, TW_MQTT_DISCONNECT, session->version, reason);
        if (out->status == TW_OK) tw_conn_send(session->conn, out->text, out->length);
    }
    tw_conn_close(session->conn);
}

size_t tw_mqtt_packet_limit(const struct tw_mqtt_session *session)
{
    size_t limit = session->device != NULL ? tw_device_message_bytes(session->device) : 4096;
    return limit == 0 || limit > TW_MQTT_PACKET ? TW_MQTT_PACKET : limit;
}

ptrdiff_t tw_mqtt_session_feed(struct tw_mqtt_session *session, const uint8_t *bytes, size_t size,
                               void (*take)(struct tw_mqtt_session *session, const uint8_t *bytes,
                                            size_t size))
{
    size_t used = 0;
    session->heard_ms = tw_clock_steady_ms();
    while (used < size && !session->ended) {
        size_t packet = 0;
        if (tw_mqtt_is_full(session)) {
            tw_conn_pause(session->conn);
            return (ptrdiff_t)used;
        }
        if (tw_mqtt_frame(bytes + used, size - used, &packet) != TW_OK) {
            tw_mqtt_session_end(session, TW_MQTT_MALFORMED);
        } else if (packet > tw_mqtt_packet_limit(session)) {
            tw_mqtt_session_end(session, TW_MQTT_TOO_LARGE);
        } else if (packet == 0 || packet > size - used) {
            return (ptrdiff_t)used;
        } else {
            take(session, bytes + used, packet);
            used += packet;
        }
    }
    return session->ended ? (ptrdiff_t)size : (ptrdiff_t)used;
}
