#include "telemetry/mqtt_link.h"

#include "base/clock.h"
#include "telemetry/mqtt_session.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define KEEP_ALIVE_S 30
#define DIAL_MS 10000
#define ANSWER_MS 15000 /* for CONNACK and SUBACK */
#define FIRST_RETRY_S 1
#define LAST_RETRY_S 60
#define FILTERS 32
#define SUBSCRIBE_ID 1

struct tw_mqtt_link {
    struct tw_mqtt_link_options options;
    struct tw_mqtt_server *server; /* for its sessions: Sparkplug's nodes, a buffer */
    struct tw_mqtt_client client;  /* what has to outlive a connection: stored and not released */
    struct tw_mqtt_filter filters[FILTERS];
    size_t filter_count;
    char state_topic[TW_MQTT_TOPIC_SIZE];
    struct tw_door_listener place;

    pthread_t thread;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed;
    bool stopping, connected;
    bool served; /* the door has begun to serve the connection */
    int retry_s;
};

/* ---- the connection, by the door's thread ---- */

/* The device whose message comes from the broker with a topic. */
static struct tw_device *device_of(struct tw_mqtt_link *link, const char *topic)
{
    char identity[TW_MQTT_TOPIC_SIZE];
    char words[3][TW_MQTT_TOPIC_SIZE];
    /* spBv1.0/GROUP/NDATA/NODE is GROUP/NODE's */
    if (tw_sparkplug_is_topic(topic) &&
        sscanf(topic, "spBv1.0/%500[^/]/%500[^/]/%500[^/]", words[0], words[1], words[2]) == 3) {
        if (strlen(words[0]) + strlen(words[2]) + 2 <= sizeof identity) {
            memcpy(identity, words[0], strlen(words[0]));
            identity[strlen(words[0])] = '/';
            memcpy(identity + strlen(words[0]) + 1, words[2], strlen(words[2]) + 1);
            struct tw_device *device = tw_devices_find(link->options.devices, "mqtt", identity);
            if (device != NULL) return device;
        }
    }
    (void)snprintf(identity, sizeof identity, "%s", topic);
    for (char *end = strrchr(identity, '/'); end != NULL; end = strrchr(identity, '/')) {
        *end = 0;
        struct tw_device *device = tw_devices_find(link->options.devices, "mqtt", identity);
        if (device != NULL) return device;
    }
    return link->options.device;
}

static void send_out(const struct tw_mqtt_session *session)
{
    const struct tw_strbuf *out = &session->server->out;
    if (out->status == TW_OK) tw_conn_send(session->conn, out->text, out->length);
}

/* The state of a host application. source: Sparkplug 3.0.0, section 6.4.28 */
static struct tw_mqtt_span state_of(bool online, char out[80])
{
    long long now_ms = tw_clock_unix_ms() / 1000 * 1000; /* whole seconds */
    (void)snprintf(out, 80, "{\"online\":%s,\"timestamp\":%lld}", online ? "true" : "false",
                   now_ms);
    return tw_mqtt_span_of(out);
}

static void *opened(void *user, struct tw_conn conn, const char *peer)
{
    struct tw_mqtt_link *link = user;
    const struct tw_mqtt_link_options *options = &link->options;
    char state[80];
    (void)peer;
    struct tw_mqtt_session *session = tw_mqtt_session_new(link->server, conn);
    if (session == NULL) return NULL;
    session->link = link;
    session->device_of = device_of;
    session->version = TW_MQTT_3;
    struct tw_mqtt_packet packet = {.version = TW_MQTT_3,
                                    .keep_alive_s = KEEP_ALIVE_S,
                                    .client_id = tw_mqtt_span_of(options->client_id),
                                    .has_username = options->username != NULL,
                                    .has_password = options->password != NULL};
    if (options->username != NULL) packet.username = tw_mqtt_span_of(options->username);
    if (options->password != NULL) packet.password = tw_mqtt_span_of(options->password);
    if (options->host_id != NULL) {
        packet.has_will = packet.will_retain = true;
        packet.will_qos = 1;
        packet.will_topic = tw_mqtt_span_of(link->state_topic);
        packet.will_payload = state_of(false, state);
    }
    tw_strbuf_clear(&link->server->out);
    (void)tw_mqtt_write_connect(&link->server->out, &packet);
    send_out(session);
    (void)pthread_mutex_lock(&link->mutex);
    link->served = true;
    (void)pthread_mutex_unlock(&link->mutex);
    return session;
}

static void subscribe(struct tw_mqtt_session *session)
{
    const struct tw_mqtt_link *link = session->link;
    tw_strbuf_clear(&link->server->out);
    (void)tw_mqtt_write_subscribe(&link->server->out, session->version, SUBSCRIBE_ID, link->filters,
                                  link->filter_count);
    send_out(session);
}

static void announce(struct tw_mqtt_session *session)
{
    const struct tw_mqtt_link *link = session->link;
    char state[80];
    if (link->options.host_id == NULL) return;
    const struct tw_mqtt_packet packet = {.topic = tw_mqtt_span_of(link->state_topic),
                                          .payload = state_of(true, state),
                                          .retain = true,
                                          .qos = 0};
    tw_strbuf_clear(&link->server->out);
    (void)tw_mqtt_write_publish(&link->server->out, session->version, &packet);
    send_out(session);
}

static bool connack_take(struct tw_mqtt_session *session, const struct tw_mqtt_packet *packet,
                         enum tw_mqtt_reason *out_reason)
{
    (void)out_reason;
    if (session->client != NULL || packet->reason != 0) return false;
    session->client = &session->link->client;
    session->device = session->link->options.device;
    if (!packet->present) session->client->unreleased_count = 0;
    subscribe(session);
    return true;
}

/* Only now the back-off begins anew: a broker that lets us in and then sends us away is not asked
 * every second. */
static bool suback_take(struct tw_mqtt_session *session, const struct tw_mqtt_packet *packet,
                        enum tw_mqtt_reason *out_reason)
{
    struct tw_mqtt_link *link = session->link;
    (void)out_reason;
    for (size_t i = 0; i < packet->filters.size; i++) {
        if (packet->filters.bytes[i] > 2) return false;
    }
    (void)pthread_mutex_lock(&link->mutex);
    link->retry_s = FIRST_RETRY_S;
    (void)pthread_mutex_unlock(&link->mutex);
    session->keep_alive_ms = (int64_t)KEEP_ALIVE_S * 1500;
    announce(session);
    return true;
}

static bool nothing_take(struct tw_mqtt_session *session, const struct tw_mqtt_packet *packet,
                         enum tw_mqtt_reason *out_reason)
{
    (void)session;
    (void)packet;
    (void)out_reason;
    return true;
}

static tw_mqtt_packet_take *const takes[16] = {
    [TW_MQTT_CONNACK] = connack_take,        [TW_MQTT_PUBLISH] = tw_mqtt_publish_take,
    [TW_MQTT_PUBREL] = tw_mqtt_release_take, [TW_MQTT_SUBACK] = suback_take,
    [TW_MQTT_PINGRESP] = nothing_take,
};

static void take(struct tw_mqtt_session *session, const uint8_t *bytes, size_t size)
{
    struct tw_mqtt_packet packet;
    enum tw_mqtt_reason reason = TW_MQTT_PROTOCOL_ERROR;
    bool fits = session->client != NULL || bytes[0] >> 4 == TW_MQTT_CONNACK;
    if (fits && tw_mqtt_decode(bytes, size, session->version, &packet, &reason) == TW_OK) {
        tw_mqtt_packet_take *row = takes[packet.type];
        if (row != NULL && row(session, &packet, &reason)) return;
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
    if (session->held_ms != 0) tw_mqtt_held_retry(session);
    int64_t silent_ms = now_ms - session->heard_ms;
    int64_t patience_ms = session->keep_alive_ms > 0 ? session->keep_alive_ms : ANSWER_MS;
    if (!tw_mqtt_is_full(session) && silent_ms > patience_ms) {
        tw_mqtt_session_end(session, TW_MQTT_KEEP_ALIVE);
        return;
    }
    if (now_ms - session->pinged_ms < (int64_t)KEEP_ALIVE_S * 500) return;
    session->pinged_ms = now_ms;
    tw_strbuf_clear(&session->server->out);
    (void)tw_mqtt_write_short(&session->server->out, TW_MQTT_PINGREQ, session->version,
                              TW_MQTT_SUCCESS);
    if (session->client != NULL) send_out(session);
}

static void closed(void *user, enum tw_door_end why)
{
    struct tw_mqtt_session *session = user;
    struct tw_mqtt_link *link = session->link;
    (void)why;
    tw_mqtt_session_destroy(session);
    (void)pthread_mutex_lock(&link->mutex);
    link->connected = false;
    (void)pthread_cond_signal(&link->changed);
    (void)pthread_mutex_unlock(&link->mutex);
}

static const struct tw_door_protocol protocol = {.name = "mqtt-broker",
                                                 .limits = {.in_bytes = TW_MQTT_PACKET + 5,
                                                            .out_bytes = (size_t)1 << 20,
                                                            .first_ms = ANSWER_MS,
                                                            .whole_ms = 60000,
                                                            .unread_ms = 30000},
                                                 .opened = opened,
                                                 .received = received,
                                                 .told = told,
                                                 .tick = tick,
                                                 .closed = closed};

/* ---- connecting, by a thread that may wait ---- */

/* Connect to one address; -1: it cannot be reached in time. */
static int dial_one(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    struct pollfd poller = {.fd = fd, .events = POLLOUT};
    int error = 0;
    socklen_t size = sizeof error;
    if (connect(fd, address->ai_addr, address->ai_addrlen) == 0) return fd;
    if (errno == EINPROGRESS && poll(&poller, 1, DIAL_MS) == 1 &&
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0) {
        return fd;
    }
    (void)close(fd);
    return -1;
}

static int dial(const struct tw_mqtt_link_options *options)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char port[8];
    int fd = -1;
    (void)snprintf(port, sizeof port, "%u", (unsigned)options->port);
    if (getaddrinfo(options->host, port, &hints, &found) != 0) return -1;
    for (const struct addrinfo *each = found; each != NULL && fd < 0; each = each->ai_next)
        fd = dial_one(each);
    freeaddrinfo(found);
    return fd;
}

/* Wait with the mutex held, at most until a moment. */
static void wait_until(struct tw_mqtt_link *link, int64_t until_ms)
{
    const struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    (void)pthread_cond_timedwait(&link->changed, &link->mutex, &until);
}

static void *run(void *user)
{
    struct tw_mqtt_link *link = user;
    (void)pthread_mutex_lock(&link->mutex);
    while (!link->stopping) {
        link->connected = true;
        link->served = false;
        (void)pthread_mutex_unlock(&link->mutex);
        int fd = dial(&link->options);
        /* A door without room closes it without a word, which is noticed by `served`. */
        bool adopted = fd >= 0 && tw_door_adopt(link->options.door, fd, &link->place) == TW_OK;
        (void)pthread_mutex_lock(&link->mutex);
        if (!adopted) link->connected = false;
        int64_t served_ms = tw_clock_steady_ms() + ANSWER_MS;
        while (!link->stopping && link->connected) {
            wait_until(link, tw_clock_steady_ms() + ANSWER_MS);
            if (!link->served && tw_clock_steady_ms() >= served_ms) link->connected = false;
        }
        int64_t until_ms = tw_clock_steady_ms() + (int64_t)link->retry_s * 1000;
        if (link->retry_s < LAST_RETRY_S) link->retry_s *= 2;
        if (link->retry_s > LAST_RETRY_S) link->retry_s = LAST_RETRY_S;
        while (!link->stopping && tw_clock_steady_ms() < until_ms)
            wait_until(link, until_ms);
    }
    (void)pthread_mutex_unlock(&link->mutex);
    return NULL;
}

/* ---- all together ---- */

/* Cut the filters out of the text that names them. */
static bool filters_read(struct tw_mqtt_link *link)
{
    for (const char *at = link->options.topics; *at != 0;) {
        at += strspn(at, " \t,");
        size_t size = strcspn(at, " \t,");
        if (size == 0) break;
        struct tw_mqtt_span filter = {(const uint8_t *)at, size};
        if (link->filter_count == FILTERS || !tw_mqtt_filter_valid(filter, TW_MQTT_LEVELS)) {
            return false;
        }
        link->filters[link->filter_count++] = (struct tw_mqtt_filter){.topic = filter, .qos = 1};
        at += size;
    }
    return link->filter_count > 0;
}

static tw_status begin(struct tw_mqtt_link *link)
{
    const struct tw_mqtt_link_options *options = &link->options;
    const struct tw_mqtt_server_options server = {.ingest = options->ingest,
                                                  .devices = options->devices,
                                                  .zone_s = options->zone_s,
                                                  .ack_refused = true};
    pthread_condattr_t clock;
    if (!filters_read(link)) return TW_ERR_ARG;
    if (options->host_id != NULL) {
        (void)snprintf(link->state_topic, sizeof link->state_topic, "spBv1.0/STATE/%s",
                       options->host_id);
    }
    link->place = (struct tw_door_listener){
        .address = options->host, .protocol = &protocol, .user = link, .tls = options->tls};
    link->client.device = options->device;
    link->retry_s = FIRST_RETRY_S;
    TW_TRY(tw_mqtt_server_create(&server, &link->server));
    (void)pthread_condattr_init(&clock);
    (void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&link->mutex, NULL);
    (void)pthread_cond_init(&link->changed, &clock);
    (void)pthread_condattr_destroy(&clock);
    if (pthread_create(&link->thread, NULL, run, link) == 0) return TW_OK;
    (void)pthread_cond_destroy(&link->changed);
    (void)pthread_mutex_destroy(&link->mutex);
    return TW_ERR_NOMEM;
}

tw_status tw_mqtt_link_create(const struct tw_mqtt_link_options *options,
                              struct tw_mqtt_link **out_link)
{
    struct tw_mqtt_link *link = calloc(1, sizeof *link);
    if (link == NULL) return TW_ERR_NOMEM;
    link->options = *options;
    tw_status status = begin(link);
    if (status != TW_OK) {
        tw_mqtt_server_destroy(link->server);
        free(link);
        return status;
    }
    *out_link = link;
    return TW_OK;
}

void tw_mqtt_link_stop(struct tw_mqtt_link *link)
{
    if (link == NULL || link->stopping) return;
    (void)pthread_mutex_lock(&link->mutex);
    link->stopping = true;
    (void)pthread_cond_signal(&link->changed);
    (void)pthread_mutex_unlock(&link->mutex);
    (void)pthread_join(link->thread, NULL);
}

void tw_mqtt_link_destroy(struct tw_mqtt_link *link)
{
    if (link == NULL) return;
    tw_mqtt_link_stop(link);
    tw_mqtt_server_destroy(link->server);
    (void)pthread_cond_destroy(&link->changed);
    (void)pthread_mutex_destroy(&link->mutex);
    free(link);
}
