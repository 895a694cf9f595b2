#include "net/events.h"

#include "base/text.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define BEAT_MS 15000
#define DROP_MS 60000
#define BLOCK_SIZE 32768

/* An event as it goes over the wire, shared by all who still have to send it. */
struct message {
    int references; /* guarded by events->mutex */
    size_t size;
    char bytes[];
};

struct client {
    struct client *next;
    struct tw_events *events;
    struct MHD_Connection *connection;
    struct message *waiting[TW_EVENTS_TOPICS_MAX]; /* newest of each topic; NULL: nothing new */
    struct message *sending;
    size_t sent;     /* bytes of `sending` */
    int64_t read_ms; /* when it last took bytes */
    bool beat;       /* a comment is due */
    bool suspended;
    bool dropped;
    uint32_t topics; /* bits of those that it wants */
};

struct tw_events {
    pthread_mutex_t mutex;
    const char *const *topics;
    int topic_count;
    int max_clients, client_count;
    bool closed;
    int64_t now_ms; /* of the last beat */
    struct client *clients;
    struct message *last[TW_EVENTS_TOPICS_MAX];
};

static void message_release(struct message *message)
{
    if (message != NULL && --message->references == 0) free(message);
}

tw_status tw_events_create(const char *const *topics, int count, int max_clients,
                           struct tw_events **out_events)
{
    if (count < 1 || count > TW_EVENTS_TOPICS_MAX) return TW_ERR_ARG;
    struct tw_events *events = calloc(1, sizeof *events);
    if (events == NULL) return TW_ERR_NOMEM;
    if (pthread_mutex_init(&events->mutex, NULL) != 0) {
        free(events);
        return TW_ERR_NOMEM;
    }
    events->topics = topics;
    events->topic_count = count;
    events->max_clients = max_clients;
    *out_events = events;
    return TW_OK;
}

void tw_events_destroy(struct tw_events *events)
{
    if (events == NULL) return;
    for (int i = 0; i < events->topic_count; i++)
        message_release(events->last[i]);
    (void)pthread_mutex_destroy(&events->mutex);
    free(events);
}

/* Let libmicrohttpd ask a client's reader again. With the mutex held. */
static void wake(struct client *client)
{
    if (!client->suspended) return;
    client->suspended = false;
    MHD_resume_connection(client->connection);
}

void tw_events_publish(struct tw_events *events, int topic, const char *json, size_t size)
{
    if (topic < 0 || topic >= events->topic_count) return;
    struct tw_strbuf line = {0};
    (void)tw_strbuf_printf(&line, "event: %s\ndata: ", events->topics[topic]);
    (void)tw_strbuf_add(&line, json, size);
    (void)tw_strbuf_add_text(&line, "\n\n");
    struct message *message = line.status == TW_OK ? malloc(sizeof *message + line.length) : NULL;
    if (message == NULL) { /* a state is lost; the next one replaces it */
        tw_strbuf_done(&line);
        return;
    }
    message->references = 1;
    message->size = line.length;
    memcpy(message->bytes, line.text, line.length);
    tw_strbuf_done(&line);
    (void)pthread_mutex_lock(&events->mutex);
    message_release(events->last[topic]);
    events->last[topic] = message;
    for (struct client *c = events->clients; c != NULL; c = c->next) {
        if ((c->topics & (1U << topic)) == 0) continue;
        message_release(c->waiting[topic]);
        c->waiting[topic] = message;
        message->references++;
        wake(c);
    }
    (void)pthread_mutex_unlock(&events->mutex);
}

static bool has_waiting(const struct client *c)
{
    for (int i = 0; i < c->events->topic_count; i++) {
        if (c->waiting[i] != NULL) return true;
    }
    return c->sending != NULL;
}

void tw_events_beat(struct tw_events *events, int64_t now_ms)
{
    (void)pthread_mutex_lock(&events->mutex);
    events->now_ms = now_ms;
    for (struct client *c = events->clients; c != NULL; c = c->next) {
        if (c->read_ms == 0 || c->read_ms > now_ms) c->read_ms = now_ms;
        if (now_ms - c->read_ms >= DROP_MS && has_waiting(c)) {
            c->dropped = true;
            wake(c);
        } else if (now_ms - c->read_ms >= BEAT_MS) {
            c->beat = true;
            wake(c);
        }
    }
    (void)pthread_mutex_unlock(&events->mutex);
}

int tw_events_clients(struct tw_events *events)
{
    (void)pthread_mutex_lock(&events->mutex);
    int count = events->client_count;
    (void)pthread_mutex_unlock(&events->mutex);
    return count;
}

void tw_events_close(struct tw_events *events)
{
    (void)pthread_mutex_lock(&events->mutex);
    events->closed = true;
    for (struct client *c = events->clients; c != NULL; c = c->next)
        wake(c);
    (void)pthread_mutex_unlock(&events->mutex);
}

static void take_next(struct client *c)
{
    for (int i = 0; i < c->events->topic_count && c->sending == NULL; i++) {
        c->sending = c->waiting[i];
        c->waiting[i] = NULL;
        c->sent = 0;
    }
}

/* libmicrohttpd asks for the next bytes of a client. */
static ssize_t read_client(void *user, uint64_t position, char *out, size_t room)
{
    (void)position;
    struct client *c = user;
    struct tw_events *events = c->events;
    ssize_t count = 0;
    (void)pthread_mutex_lock(&events->mutex);
    if (c->sending == NULL) take_next(c);
    if (events->closed || c->dropped) {
        count = MHD_CONTENT_READER_END_OF_STREAM;
    } else if (c->sending != NULL) {
        size_t left = c->sending->size - c->sent;
        size_t taken = left < room ? left : room;
        memcpy(out, c->sending->bytes + c->sent, taken);
        c->sent += taken;
        if (c->sent == c->sending->size) {
            message_release(c->sending);
            c->sending = NULL;
        }
        c->read_ms = events->now_ms;
        c->beat = false;
        count = (ssize_t)taken;
    } else if (c->beat && room >= 3) {
        memcpy(out, ":\n\n", 3);
        c->read_ms = events->now_ms;
        c->beat = false;
        count = 3;
    } else {
        c->suspended = true;
        MHD_suspend_connection(c->connection);
    }
    (void)pthread_mutex_unlock(&events->mutex);
    return count;
}

static void free_client(void *user)
{
    struct client *c = user;
    struct tw_events *events = c->events;
    (void)pthread_mutex_lock(&events->mutex);
    for (struct client **link = &events->clients; *link != NULL; link = &(*link)->next) {
        if (*link != c) continue;
        *link = c->next;
        events->client_count--;
        break;
    }
    for (int i = 0; i < events->topic_count; i++)
        message_release(c->waiting[i]);
    message_release(c->sending);
    (void)pthread_mutex_unlock(&events->mutex);
    free(c);
}

struct MHD_Response *tw_events_response(struct tw_events *events, uint32_t topics,
                                        struct MHD_Connection *connection)
{
    struct client *c = calloc(1, sizeof *c);
    if (c == NULL) return NULL;
    c->events = events;
    c->connection = connection;
    c->topics = topics != 0 ? topics : ~0U;
    (void)pthread_mutex_lock(&events->mutex);
    bool refused = events->closed || events->client_count >= events->max_clients;
    if (!refused) {
        c->next = events->clients;
        c->read_ms = events->now_ms;
        events->clients = c;
        events->client_count++;
        for (int i = 0; i < events->topic_count; i++) {
            if ((c->topics & (1U << i)) != 0) c->waiting[i] = events->last[i];
            if (c->waiting[i] != NULL) c->waiting[i]->references++;
        }
    }
    (void)pthread_mutex_unlock(&events->mutex);
    if (refused) {
        free(c);
        return NULL;
    }
    struct MHD_Response *response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_SIZE,
                                                                      read_client, c, free_client);
    if (response == NULL) free_client(c);
    return response;
}
