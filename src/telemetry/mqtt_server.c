#include "telemetry/mqtt_server.h"

#include "base/clock.h"
#include "telemetry/mqtt_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_MS 10000 /* until CONNECT */
#define WHOLE_MS 20000 /* for one packet */
#define UNREAD_MS 30000
#define OUT_BYTES ((size_t)1 << 20)
#define CONNECTIONS 6000
/* From one address: a gateway's pumps are many, but a single peer must not take all places. */
#define PER_PEER 1000
#define EXPIRE_MS 10000 /* how often absent clients are looked at */

static void *opened(void *user, struct tw_conn conn, const char *peer)
{
    (void)peer;
    return tw_mqtt_session_new(user, conn);
}

/* The last words that a client has left behind. Sparkplug's say that a node has died. */
static void will_publish(struct tw_mqtt_session *session, struct tw_mqtt_client *client)
{
    const struct tw_mqtt_note *will = session->will;
    char topic[TW_MQTT_TOPIC_SIZE];
    if (will == NULL || session->will_off) return;
    (void)snprintf(topic, sizeof topic, "%.*s", (int)will->topic_size, (const char *)will->bytes);
    if (tw_sparkplug_is_topic(topic)) {
        struct tw_mqtt_held held;
        struct tw_mqtt_reading reading = {.ingest = session->server->options.ingest,
                                          .sparkplug = session->server->sparkplug,
                                          .zone_s = session->server->options.zone_s};
        (void)tw_mqtt_read(&reading, session->device, topic, will->bytes + will->topic_size,
                           will->payload_size, &held);
        tw_readings_done(&held.readings);
    }
    tw_mqtt_note_deliver(session->server, will, client);
}

/* Take the client from its connection. */
static void detach(struct tw_mqtt_session *session)
{
    struct tw_mqtt_client *client = session->client;
    if (client == NULL) return;
    session->client = NULL;
    client->session = NULL;
    client->left_ms = tw_clock_steady_ms();
    will_publish(session, client);
    if (client->expiry_s == 0) tw_mqtt_client_remove(session->server, client);
}

static void closed(void *user, enum tw_door_end why)
{
    struct tw_mqtt_session *session = user;
    (void)why;
    detach(session);
    tw_mqtt_session_destroy(session);
}

static void send_out(struct tw_mqtt_session *session, const struct tw_strbuf *out)
{
    if (out->status == TW_OK) tw_conn_send(session->conn, out->text, out->length);
}

/* ---- CONNECT ---- */

/* Who it is; NULL: nobody that may come in. */
static struct tw_device *device_of(const struct tw_mqtt_session *session,
                                   const struct tw_mqtt_packet *packet)
{
    struct tw_devices *devices = session->server->options.devices;
    char hash[TW_SHA256_HEX_SIZE];
    char name[TW_DEVICE_NAME_SIZE];
    if (tw_conn_certificate(session->conn, hash)) {
        struct tw_device *device = tw_devices_find_certificate(devices, "mqtt", hash);
        if (device != NULL) return device;
    }
    if (!packet->has_username || !packet->has_password) return NULL;
    if (packet->username.size >= sizeof name) return NULL;
    memcpy(name, packet->username.bytes, packet->username.size);
    name[packet->username.size] = 0;
    struct tw_device *device = tw_devices_find(devices, "mqtt", name);
    if (device == NULL) return NULL;
    return tw_device_admits(device, packet->password.bytes, packet->password.size) ? device : NULL;
}

/* Refuse a CONNECT. */
static void connect_refuse(struct tw_mqtt_session *session, uint8_t version,
                           enum tw_mqtt_reason reason)
{
    struct tw_strbuf *out = &session->server->out;
    const struct tw_mqtt_properties none = {.has = 0};
    tw_strbuf_clear(out);
    (void)tw_mqtt_write_connack(out, version, false, reason, &none);
    send_out(session, out);
    session->ended = true;
    tw_conn_close(session->conn);
}

/* The client of a CONNECT, new or remembered; *out_present says which. NULL: refused. */
static struct tw_mqtt_client *client_of(struct tw_mqtt_session *session,
                                        const struct tw_mqtt_packet *packet, const char *id,
                                        bool *out_present)
{
    struct tw_mqtt_server *server = session->server;
    struct tw_mqtt_client *client = tw_mqtt_client_find(server, session->device, id);
    if (client != NULL && client->session != NULL) {
        struct tw_mqtt_session *earlier = client->session;
        client->expiry_s =
            client->expiry_s > 0 ? client->expiry_s : 1; /* stays for us to look at */
        detach(earlier);
        tw_mqtt_session_end(earlier, TW_MQTT_TAKEN_OVER);
    }
    if (client != NULL && packet->clean) {
        tw_mqtt_client_remove(server, client);
        client = NULL;
    }
    *out_present = client != NULL;
    return client != NULL ? client : tw_mqtt_client_add(server, session->device, id);
}

static bool will_keep(struct tw_mqtt_session *session, const struct tw_mqtt_packet *packet)
{
    if (!packet->has_will) return true;
    if (packet->will_topic.size >= TW_MQTT_TOPIC_SIZE || packet->will_topic.bytes[0] == '$' ||
        !tw_mqtt_topic_valid(packet->will_topic, TW_MQTT_LEVELS)) {
        return false;
    }
    session->will =
        tw_mqtt_note_new(session->device, packet->will_topic, packet->will_payload,
                         packet->will_qos < 1 ? packet->will_qos : 1, packet->will_retain);
    return session->will != NULL;
}

/* Why a CONNECT cannot be; TW_MQTT_SUCCESS: it can. id: the client's, or one that it is given. */
static enum tw_mqtt_reason connect_check(struct tw_mqtt_session *session,
                                         const struct tw_mqtt_packet *packet,
                                         char id[TW_MQTT_ID_SIZE])
{
    if (packet->properties.method.bytes != NULL) return TW_MQTT_BAD_METHOD;
    if (packet->client_id.size >= TW_MQTT_ID_SIZE) return TW_MQTT_BAD_CLIENT_ID;
    session->device = device_of(session, packet);
    if (session->device == NULL) return TW_MQTT_BAD_PASSWORD;
    if (packet->client_id.size == 0) {
        if (packet->version == TW_MQTT_3 && !packet->clean) return TW_MQTT_BAD_CLIENT_ID;
        (void)snprintf(id, TW_MQTT_ID_SIZE, "thalweg-%llu",
                       (unsigned long long)++session->server->names);
    } else {
        memcpy(id, packet->client_id.bytes, packet->client_id.size);
        id[packet->client_id.size] = 0;
    }
    return will_keep(session, packet) ? TW_MQTT_SUCCESS : TW_MQTT_BAD_TOPIC;
}

static uint32_t expiry_of(const struct tw_mqtt_packet *packet)
{
    if (packet->version == TW_MQTT_3) return packet->clean ? 0 : TW_MQTT_EXPIRY_S;
    uint32_t expiry_s = packet->properties.session_expiry_s;
    return expiry_s < TW_MQTT_EXPIRY_S ? expiry_s : TW_MQTT_EXPIRY_S;
}

static void connect_answer(struct tw_mqtt_session *session, const struct tw_mqtt_packet *packet,
                           bool present)
{
    struct tw_strbuf *out = &session->server->out;
    struct tw_mqtt_properties said = {.receive_maximum = TW_MQTT_RING,
                                      .alias_maximum = TW_MQTT_ALIASES,
                                      .maximum_packet = (uint32_t)tw_mqtt_packet_limit(session),
                                      .session_expiry_s = session->client->expiry_s,
                                      .assigned_id = tw_mqtt_span_of(session->client->id),
                                      .has = (uint64_t)1 << 0x21 | (uint64_t)1 << 0x22 |
                                             (uint64_t)1 << 0x27 | (uint64_t)1 << 0x29 |
                                             (uint64_t)1 << 0x2a};
    if (packet->properties.session_expiry_s != said.session_expiry_s) {
        said.has |= (uint64_t)1 << 0x11;
    }
    if (packet->client_id.size == 0) said.has |= (uint64_t)1 << 0x12;
    tw_strbuf_clear(out);
    (void)tw_mqtt_write_connack(out, session->version, present, TW_MQTT_SUCCESS, &said);
    send_out(session, out);
}

static bool connect_take(struct tw_mqtt_session *session, const struct tw_mqtt_packet *packet,
                         enum tw_mqtt_reason *out_reason)
{
    char id[TW_MQTT_ID_SIZE] = "";
    bool present = false;
    *out_reason = TW_MQTT_PROTOCOL_ERROR;
    if (session->client != NULL) return false;
    enum tw_mqtt_reason reason = connect_check(session, packet, id);
    struct tw_mqtt_client *client = NULL;
    if (reason == TW_MQTT_SUCCESS) {
        client = client_of(session, packet, id, &present);
        if (client == NULL) reason = TW_MQTT_BUSY;
    }
    if (reason != TW_MQTT_SUCCESS) {
        connect_refuse(session, packet->version, reason);
        return true;
    }
    session->version = packet->version;
    session->client = client;
    session->packet_max = packet->properties.maximum_packet;
    if (packet->properties.receive_maximum > 0) {
        session->window = (uint16_t)packet->properties.receive_maximum;
    }
    session->keep_alive_ms = (int64_t)packet->keep_alive_s * 1500; /* section 3.1.2.10 */
    client->session = session;
    client->expiry_s = expiry_of(packet);
    connect_answer(session, packet, present);
    tw_mqtt_client_rewind(client);
    return true;
}

/* ---- other packets ---- */

static bool puback_take(struct tw_mqtt_session *session, const struct tw_mqtt_packet *packet,
                        enum tw_mqtt_reason *out_reason)
{
    (void)out_reason;
    tw_mqtt_client_acked(session->client, packet->id);
    return true;
}

/* SUBSCRIBE and UNSUBSCRIBE */
static bool filters_take(struct tw_mqtt_session *session, const struct tw_mqtt_packet *packet,
                         enum tw_mqtt_reason *out_reason)
{
    struct tw_mqtt_server *server = session->server;
    struct tw_mqtt_client *client = session->client;
    struct tw_strbuf *out = &server->out;
    uint8_t codes[TW_MQTT_SUBSCRIPTIONS];
    struct tw_mqtt_filter filters[TW_MQTT_SUBSCRIPTIONS];
    bool retained[TW_MQTT_SUBSCRIPTIONS] = {false};
    size_t count = 0;
    size_t at = 0;
    *out_reason = TW_MQTT_QUOTA;
    for (struct tw_mqtt_filter filter; tw_mqtt_filter_next(packet, &at, &filter);) {
        if (count == TW_MQTT_SUBSCRIPTIONS) return false;
        filters[count++] = filter;
    }
    bool on = packet->type == TW_MQTT_SUBSCRIBE;
    for (size_t i = 0; i < count; i++) {
        codes[i] = on ? tw_mqtt_subscribe(server, client, &filters[i], &retained[i])
                      : tw_mqtt_unsubscribe(server, client, filters[i].topic);
    }
    tw_strbuf_clear(out);
    (void)tw_mqtt_write_suback(out, on ? TW_MQTT_SUBACK : TW_MQTT_UNSUBACK, session->version,
                               packet->id, codes, count);
    send_out(session, out);
    for (size_t i = 0; i < count; i++) {
        if (retained[i]) {
            tw_mqtt_retained_give(server, client, filters[i].topic, codes[i]);
        }
    }
    return true;
}

static bool ping_take(struct tw_mqtt_session *session, const struct tw_mqtt_packet *packet,
                      enum tw_mqtt_reason *out_reason)
{
    struct tw_strbuf *out = &session->server->out;
    (void)packet;
    (void)out_reason;
    tw_strbuf_clear(out);
    (void)tw_mqtt_write_short(out, TW_MQTT_PINGRESP, session->version, TW_MQTT_SUCCESS);
    send_out(session, out);
    return true;
}

static bool disconnect_take(struct tw_mqtt_session *session, const struct tw_mqtt_packet *packet,
                            enum tw_mqtt_reason *out_reason)
{
    struct tw_mqtt_client *client = session->client;
    (void)out_reason;
    session->will_off = packet->reason != TW_MQTT_WITH_WILL;
    if ((packet->properties.has >> 0x11 & 1) != 0 && client->expiry_s > 0) {
        uint32_t expiry_s = packet->properties.session_expiry_s;
        client->expiry_s = expiry_s < TW_MQTT_EXPIRY_S ? expiry_s : TW_MQTT_EXPIRY_S;
    }
    detach(session);
    session->ended = true;
    tw_conn_close(session->conn);
    return true;
}

/* What a client may send, and what is done with it. */
static tw_mqtt_packet_take *const takes[16] = {
    [TW_MQTT_CONNECT] = connect_take,   [TW_MQTT_PUBLISH] = tw_mqtt_publish_take,
    [TW_MQTT_PUBACK] = puback_take,     [TW_MQTT_PUBREL] = tw_mqtt_release_take,
    [TW_MQTT_SUBSCRIBE] = filters_take, [TW_MQTT_UNSUBSCRIBE] = filters_take,
    [TW_MQTT_PINGREQ] = ping_take,      [TW_MQTT_DISCONNECT] = disconnect_take,
};

/* Take a whole packet. */
static void take(struct tw_mqtt_session *session, const uint8_t *bytes, size_t size)
{
    struct tw_mqtt_packet packet;
    enum tw_mqtt_reason reason = TW_MQTT_PROTOCOL_ERROR;
    bool begun = session->client != NULL;
    bool fits = begun != (bytes[0] >> 4 == TW_MQTT_CONNECT);
    if (fits && tw_mqtt_decode(bytes, size, session->version, &packet, &reason) == TW_OK) {
        tw_mqtt_packet_take *row = takes[packet.type];
        if (row != NULL && row(session, &packet, &reason)) return;
    } else if (!begun && reason == TW_MQTT_BAD_VERSION) {
        connect_refuse(session, TW_MQTT_3, reason); /* understood by all versions */
        return;
    }
    tw_mqtt_session_end(session, reason);
}

static ptrdiff_t received(void *user, const uint8_t *bytes, size_t size)
{
    struct tw_mqtt_session *session = user;
    return tw_mqtt_session_feed(session, bytes, size, take);
}

static void told(void *user, uint64_t what, uint64_t detail)
{
    tw_mqtt_committed(user, what, (tw_status)detail);
}

static void tick(void *user, int64_t now_ms)
{
    struct tw_mqtt_session *session = user;
    struct tw_mqtt_server *server = session->server;
    if (now_ms - server->expired_ms >= EXPIRE_MS) {
        server->expired_ms = now_ms;
        tw_mqtt_clients_expire(server, now_ms);
    }
    if (session->held_ms != 0) tw_mqtt_held_retry(session);
    bool waits = tw_mqtt_is_full(session); /* nothing is read then, so nothing can be heard */
    if (session->client == NULL || session->keep_alive_ms == 0 || waits) return;
    if (now_ms - session->heard_ms > session->keep_alive_ms) {
        tw_mqtt_session_end(session, TW_MQTT_KEEP_ALIVE);
    }
}

const struct tw_door_protocol tw_mqtt_protocol = {.name = "mqtt",
                                                  .limits = {.in_bytes = TW_MQTT_PACKET + 5,
                                                             .out_bytes = OUT_BYTES,
                                                             .count = CONNECTIONS,
                                                             .per_peer = PER_PEER,
                                                             .first_ms = FIRST_MS,
                                                             .whole_ms = WHOLE_MS,
                                                             .unread_ms = UNREAD_MS},
                                                  .opened = opened,
                                                  .received = received,
                                                  .told = told,
                                                  .tick = tick,
                                                  .closed = closed};

/* ---- the listener ---- */

/* Tell Sparkplug's nodes that their host application is there: retained, for who comes later.
 * source: Sparkplug 3.0.0, section 6.4.28; nodes of version 2.2 look at the second topic */
static tw_status announce(struct tw_mqtt_server *server)
{
    char topics[2][TW_MQTT_TOPIC_SIZE];
    char state[64];
    long long now_ms = tw_clock_unix_ms() / 1000 * 1000; /* whole seconds */
    (void)snprintf(state, sizeof state, "{\"online\":true,\"timestamp\":%lld}", now_ms);
    (void)snprintf(topics[0], sizeof topics[0], "spBv1.0/STATE/%s", server->options.host_id);
    (void)snprintf(topics[1], sizeof topics[1], "STATE/%s", server->options.host_id);
    for (int i = 0; i < 2; i++) {
        struct tw_mqtt_note *note = tw_mqtt_note_new(
            NULL, tw_mqtt_span_of(topics[i]), tw_mqtt_span_of(i == 0 ? state : "ONLINE"), 1, true);
        if (note == NULL) return TW_ERR_NOMEM;
        tw_mqtt_note_deliver(server, note, NULL);
        free(note);
    }
    return TW_OK;
}

tw_status tw_mqtt_server_create(const struct tw_mqtt_server_options *options,
                                struct tw_mqtt_server **out_server)
{
    struct tw_mqtt_server *server = calloc(1, sizeof *server);
    if (server == NULL) return TW_ERR_NOMEM;
    server->options = *options;
    tw_status status = tw_sparkplug_create(&server->sparkplug);
    if (status == TW_OK && options->host_id != NULL) status = announce(server);
    if (status != TW_OK) {
        tw_mqtt_server_destroy(server);
        return status;
    }
    *out_server = server;
    return TW_OK;
}

void tw_mqtt_server_destroy(struct tw_mqtt_server *server)
{
    if (server == NULL) return;
    tw_mqtt_clients_remove(server);
    for (int i = 0; i < server->retained_count; i++)
        free(server->retained[i]);
    tw_sparkplug_destroy(server->sparkplug);
    tw_strbuf_done(&server->out);
    free(server);
}
