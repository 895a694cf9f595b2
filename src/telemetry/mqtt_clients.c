/* Clients, their subscriptions, and what waits for them. */
#include "telemetry/mqtt_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- clients ---- */

static struct tw_mqtt_bucket *bucket_of(struct tw_mqtt_server *server,
                                        const struct tw_device *device)
{
    /* Which bucket it is decides nothing but how long the search takes. */
    return &server->buckets[((uintptr_t)device >> 6) % TW_MQTT_BUCKETS];
}

bool tw_mqtt_is_heard(struct tw_mqtt_server *server, const struct tw_device *device)
{
    return bucket_of(server, device)->subscriptions > 0;
}

struct tw_mqtt_client *tw_mqtt_client_find(struct tw_mqtt_server *server,
                                           const struct tw_device *device, const char *id)
{
    struct tw_mqtt_client *client = bucket_of(server, device)->clients;
    for (; client != NULL; client = client->next) {
        if (client->device == device && strcmp(client->id, id) == 0) return client;
    }
    return NULL;
}

struct tw_mqtt_client *tw_mqtt_client_add(struct tw_mqtt_server *server, struct tw_device *device,
                                          const char *id)
{
    if (server->client_count >= TW_MQTT_CLIENTS) return NULL;
    struct tw_mqtt_client *client = calloc(1, sizeof *client);
    if (client == NULL) return NULL;
    (void)snprintf(client->id, sizeof client->id, "%s", id);
    client->device = device;
    struct tw_mqtt_bucket *bucket = bucket_of(server, device);
    client->next = bucket->clients;
    bucket->clients = client;
    server->client_count++;
    return client;
}

static void waiting_drop(struct tw_mqtt_client *client, int index)
{
    free(client->waiting[index].note);
    client->waiting_count--;
    memmove(&client->waiting[index], &client->waiting[index + 1],
            (size_t)(client->waiting_count - index) * sizeof client->waiting[0]);
}

/* Free a client that is in no list any more. */
static void client_free(struct tw_mqtt_server *server, struct tw_mqtt_bucket *bucket,
                        struct tw_mqtt_client *client)
{
    server->client_count--;
    bucket->subscriptions -= client->subscription_count;
    for (int i = 0; i < client->subscription_count; i++)
        free(client->subscriptions[i].filter);
    for (int i = 0; i < client->waiting_count; i++)
        free(client->waiting[i].note);
    free(client);
}

void tw_mqtt_client_remove(struct tw_mqtt_server *server, struct tw_mqtt_client *client)
{
    struct tw_mqtt_bucket *bucket = bucket_of(server, client->device);
    struct tw_mqtt_client **place = &bucket->clients;
    while (*place != client)
        place = &(*place)->next;
    *place = client->next;
    client_free(server, bucket, client);
}

static void expire(struct tw_mqtt_server *server, struct tw_mqtt_client *client, int64_t now_ms)
{
    struct tw_mqtt_client *next = NULL;
    for (; client != NULL; client = next) {
        next = client->next;
        if (client->session != NULL) continue;
        if (now_ms - client->left_ms >= (int64_t)client->expiry_s * 1000) {
            tw_mqtt_client_remove(server, client);
        }
    }
}

void tw_mqtt_clients_expire(struct tw_mqtt_server *server, int64_t now_ms)
{
    for (int i = 0; i < TW_MQTT_BUCKETS; i++)
        expire(server, server->buckets[i].clients, now_ms);
}

void tw_mqtt_clients_remove(struct tw_mqtt_server *server)
{
    for (int i = 0; i < TW_MQTT_BUCKETS; i++) {
        struct tw_mqtt_bucket *bucket = &server->buckets[i];
        struct tw_mqtt_client *next = NULL;
        for (struct tw_mqtt_client *client = bucket->clients; client != NULL; client = next) {
            next = client->next;
            client_free(server, bucket, client);
        }
        bucket->clients = NULL;
    }
}

/* ---- notes ---- */

static struct tw_mqtt_span topic_of(const struct tw_mqtt_note *note)
{
    return (struct tw_mqtt_span){note->bytes, note->topic_size};
}

struct tw_mqtt_note *tw_mqtt_note_new(struct tw_device *device, struct tw_mqtt_span topic,
                                      struct tw_mqtt_span payload, uint8_t qos, bool retain)
{
    struct tw_mqtt_note *note = malloc(sizeof *note + topic.size + payload.size);
    if (note == NULL) return NULL;
    note->device = device;
    note->qos = qos;
    note->retain = retain;
    note->topic_size = topic.size;
    note->payload_size = payload.size;
    if (topic.size > 0) memcpy(note->bytes, topic.bytes, topic.size);
    if (payload.size > 0) memcpy(note->bytes + topic.size, payload.bytes, payload.size);
    return note;
}

static struct tw_mqtt_note *note_copy(const struct tw_mqtt_note *note, uint8_t qos, bool retain)
{
    struct tw_mqtt_span payload = {note->bytes + note->topic_size, note->payload_size};
    return tw_mqtt_note_new(note->device, topic_of(note), payload, qos, retain);
}

/* Send a note to a connected client. */
static void send_note(struct tw_mqtt_client *client, const struct tw_mqtt_note *note, uint16_t id,
                      bool dup)
{
    struct tw_mqtt_session *session = client->session;
    struct tw_strbuf *out = &session->server->out;
    struct tw_mqtt_packet packet = {.topic = topic_of(note),
                                    .payload = {note->bytes + note->topic_size, note->payload_size},
                                    .qos = note->qos,
                                    .retain = note->retain,
                                    .dup = dup,
                                    .id = id};
    tw_strbuf_clear(out);
    if (tw_mqtt_write_publish(out, session->version, &packet) != TW_OK) return;
    if (session->packet_max > 0 && out->length > session->packet_max) return;
    tw_conn_send(session->conn, out->text, out->length);
}

/* Have a client hear a note; owns it. The oldest of too many that wait is dropped. */
static void hear(struct tw_mqtt_client *client, struct tw_mqtt_note *note)
{
    if (note == NULL) return;
    if (note->qos == 0) {
        if (client->session != NULL) send_note(client, note, 0, false);
        free(note);
        return;
    }
    if (client->waiting_count == TW_MQTT_WAITING) waiting_drop(client, 0);
    client->waiting[client->waiting_count++] = (struct tw_mqtt_waiting){.note = note};
    tw_mqtt_client_flush(client);
}

static uint16_t id_next(struct tw_mqtt_client *client)
{
    for (;;) {
        bool taken = ++client->last_id == 0;
        for (int i = 0; i < client->waiting_count; i++)
            taken = taken || client->waiting[i].id == client->last_id;
        if (!taken) return client->last_id;
    }
}

void tw_mqtt_client_flush(struct tw_mqtt_client *client)
{
    if (client->session == NULL) return;
    int window =
        client->session->window < TW_MQTT_WINDOW ? client->session->window : TW_MQTT_WINDOW;
    for (int i = 0; i < client->waiting_count && i < window; i++) {
        struct tw_mqtt_waiting *waiting = &client->waiting[i];
        if (waiting->id != 0) continue;
        waiting->id = id_next(client);
        send_note(client, waiting->note, waiting->id, false);
    }
}

void tw_mqtt_client_rewind(struct tw_mqtt_client *client)
{
    for (int i = 0; i < client->waiting_count; i++) {
        uint16_t id = client->waiting[i].id;
        if (id != 0) send_note(client, client->waiting[i].note, id, true);
    }
    tw_mqtt_client_flush(client);
}

void tw_mqtt_client_acked(struct tw_mqtt_client *client, uint16_t id)
{
    for (int i = 0; i < client->waiting_count; i++) {
        if (client->waiting[i].id != id) continue;
        waiting_drop(client, i);
        break;
    }
    tw_mqtt_client_flush(client);
}

static bool concerns(const struct tw_mqtt_note *note, const struct tw_mqtt_client *client)
{
    return note->device == NULL || note->device == client->device;
}

static void retain(struct tw_mqtt_server *server, const struct tw_mqtt_note *note)
{
    int at = 0;
    while (at < server->retained_count) {
        const struct tw_mqtt_note *kept = server->retained[at];
        if (kept->device == note->device && kept->topic_size == note->topic_size &&
            memcmp(kept->bytes, note->bytes, note->topic_size) == 0) {
            break;
        }
        at++;
    }
    if (at < server->retained_count) {
        free(server->retained[at]);
        server->retained[at] = server->retained[--server->retained_count];
    }
    if (note->payload_size == 0 || note->payload_size > TW_MQTT_RETAINED_BYTES) return;
    if (server->retained_count == TW_MQTT_RETAINED) return;
    struct tw_mqtt_note *copy = note_copy(note, note->qos, true);
    if (copy != NULL) server->retained[server->retained_count++] = copy;
}

/* Give a note to those of some clients whom it concerns. */
static void deliver(const struct tw_mqtt_bucket *bucket, const struct tw_mqtt_note *note,
                    const struct tw_mqtt_client *from)
{
    if (bucket->subscriptions == 0) return;
    for (struct tw_mqtt_client *client = bucket->clients; client != NULL; client = client->next) {
        if (!concerns(note, client)) continue;
        const struct tw_mqtt_subscription *best = NULL;
        for (int i = 0; i < client->subscription_count; i++) {
            const struct tw_mqtt_subscription *each = &client->subscriptions[i];
            if (each->no_local && client == from) continue;
            if (!tw_mqtt_filter_matches(tw_mqtt_span_of(each->filter), topic_of(note))) continue;
            if (best == NULL || each->qos > best->qos) best = each;
        }
        if (best == NULL) continue;
        uint8_t qos = note->qos < best->qos ? note->qos : best->qos;
        hear(client, note_copy(note, qos, best->as_published && note->retain));
    }
}

void tw_mqtt_note_deliver(struct tw_mqtt_server *server, const struct tw_mqtt_note *note,
                          const struct tw_mqtt_client *from)
{
    if (note->retain) retain(server, note);
    if (note->device != NULL) {
        deliver(bucket_of(server, note->device), note, from);
        return;
    }
    for (int i = 0; i < TW_MQTT_BUCKETS; i++)
        deliver(&server->buckets[i], note, from);
}

/* ---- subscriptions ---- */

static int subscription_find(const struct tw_mqtt_client *client, struct tw_mqtt_span filter)
{
    for (int i = 0; i < client->subscription_count; i++) {
        const char *known = client->subscriptions[i].filter;
        if (strlen(known) == filter.size && memcmp(known, filter.bytes, filter.size) == 0) return i;
    }
    return -1;
}

uint8_t tw_mqtt_subscribe(struct tw_mqtt_server *server, struct tw_mqtt_client *client,
                          const struct tw_mqtt_filter *filter, bool *out_retained)
{
    static const char shared[] = "$share/";
    bool is_shared =
        filter->topic.size >= 7 && memcmp(filter->topic.bytes, shared, sizeof shared - 1) == 0;
    if (is_shared || filter->topic.size >= TW_MQTT_TOPIC_SIZE ||
        !tw_mqtt_filter_valid(filter->topic, TW_MQTT_LEVELS)) {
        return TW_MQTT_BAD_FILTER;
    }
    int at = subscription_find(client, filter->topic);
    bool is_new = at < 0;
    if (is_new) {
        if (client->subscription_count == TW_MQTT_SUBSCRIPTIONS) return TW_MQTT_QUOTA;
        char *text = strndup((const char *)filter->topic.bytes, filter->topic.size);
        if (text == NULL) return TW_MQTT_UNSPECIFIED;
        at = client->subscription_count++;
        client->subscriptions[at].filter = text;
        bucket_of(server, client->device)->subscriptions++;
    }
    /* QoS 2 towards devices is granted as 1: what is said here may be heard twice. */
    uint8_t qos = filter->qos < 1 ? filter->qos : 1;
    client->subscriptions[at].qos = qos;
    client->subscriptions[at].no_local = filter->no_local;
    client->subscriptions[at].as_published = filter->as_published;
    *out_retained = filter->retain_handling == 0 || (filter->retain_handling == 1 && is_new);
    return qos;
}

void tw_mqtt_retained_give(struct tw_mqtt_server *server, struct tw_mqtt_client *client,
                           struct tw_mqtt_span filter, uint8_t qos)
{
    for (int i = 0; i < server->retained_count; i++) {
        const struct tw_mqtt_note *note = server->retained[i];
        if (!concerns(note, client)) continue;
        if (!tw_mqtt_filter_matches(filter, topic_of(note))) continue;
        hear(client, note_copy(note, note->qos < qos ? note->qos : qos, true));
    }
}

uint8_t tw_mqtt_unsubscribe(struct tw_mqtt_server *server, struct tw_mqtt_client *client,
                            struct tw_mqtt_span filter)
{
    int at = subscription_find(client, filter);
    if (at < 0) return TW_MQTT_NO_SUBSCRIPTION;
    free(client->subscriptions[at].filter);
    bucket_of(server, client->device)->subscriptions--;
    client->subscriptions[at] = client->subscriptions[--client->subscription_count];
    return TW_MQTT_SUCCESS;
}
