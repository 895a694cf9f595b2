/* What the files of the MQTT listener share. Everything belongs to the door's thread. */
#ifndef TW_TELEMETRY_MQTT_SESSION_H
#define TW_TELEMETRY_MQTT_SESSION_H

#include "telemetry/mqtt_codec.h"
#include "telemetry/mqtt_server.h"
#include "telemetry/mqtt_take.h"
#include "telemetry/sparkplug.h"

#define TW_MQTT_RING 256       /* messages that wait for their commit, per connection */
#define TW_MQTT_ALIASES 32     /* topic aliases of a connection */
#define TW_MQTT_LEVELS 16      /* of a topic */
#define TW_MQTT_TOPIC_SIZE 512 /* its bytes, with the terminator */
#define TW_MQTT_PACKET ((size_t)256 * 1024)
#define TW_MQTT_ID_SIZE 129
#define TW_MQTT_SUBSCRIPTIONS 32
#define TW_MQTT_WAITING 100 /* messages that wait for a client */
#define TW_MQTT_WINDOW 16   /* of them sent and not acknowledged yet */
#define TW_MQTT_CLIENTS 10000
#define TW_MQTT_BUCKETS 1024
#define TW_MQTT_RETAINED 2000
#define TW_MQTT_RETAINED_BYTES 8192
#define TW_MQTT_EXPIRY_S ((uint32_t)86400) /* the longest that an absent client is remembered */

/** A message of ours or of a client for its kind, with its topic and payload behind it. */
struct tw_mqtt_note {
    struct tw_device *device; /* whose clients hear it; NULL: all */
    uint8_t qos;
    bool retain;
    size_t topic_size, payload_size;
    uint8_t bytes[];
};

/** A message for a client that was not acknowledged yet. */
struct tw_mqtt_waiting {
    struct tw_mqtt_note *note; /* owned */
    uint16_t id;               /* 0: not sent yet */
};

/** A subscription. */
struct tw_mqtt_subscription {
    char *filter; /* owned */
    uint8_t qos;
    bool no_local, as_published;
};

/** What is remembered of a client, connected or not. */
struct tw_mqtt_client {
    struct tw_mqtt_client *next;
    char id[TW_MQTT_ID_SIZE];
    struct tw_device *device;
    struct tw_mqtt_session *session; /* NULL: not connected */
    uint32_t expiry_s;
    int64_t left_ms; /* when it went */
    int subscription_count;
    struct tw_mqtt_subscription subscriptions[TW_MQTT_SUBSCRIPTIONS];
    int waiting_count;
    struct tw_mqtt_waiting waiting[TW_MQTT_WAITING];
    uint16_t last_id;
    int unreleased_count; /* messages of QoS 2 that are stored and not released yet */
    uint16_t unreleased[TW_MQTT_RING];
};

/** A message that waits for its commit. */
struct tw_mqtt_slot {
    uint16_t id;
    uint8_t qos;
    bool done;
    bool silent;    /* no acknowledgement: it was not stored */
    uint8_t reason; /* once done */
};

struct tw_mqtt_link;

/** A connection. */
struct tw_mqtt_session {
    struct tw_mqtt_server *server;
    struct tw_conn conn;
    struct tw_mqtt_client *client; /* NULL: before CONNECT, after being taken over */
    struct tw_device *device;
    uint8_t version;
    bool ended, will_off;
    struct tw_mqtt_link *link; /* it is ours to a broker; NULL: one of a device to us */
    struct tw_device *(*device_of)(struct tw_mqtt_link *link, const char *topic); /* of a link */
    int64_t heard_ms, keep_alive_ms;                                              /* 0: none */
    int64_t pinged_ms;                                                            /* a link's */
    uint32_t packet_max; /* of the peer; 0: no limit */
    uint16_t window;     /* of the peer */
    struct tw_mqtt_note *will;
    char *aliases[TW_MQTT_ALIASES + 1]; /* [alias]; owned */
    struct tw_mqtt_slot *ring;          /* [TW_MQTT_RING]; NULL before the first message */
    uint64_t ring_from, ring_to;
    struct tw_mqtt_held held; /* a message that the store had no room for yet */
    int64_t held_ms;          /* since when; 0: there is none */
    uint16_t held_id;
    uint8_t held_qos;
};

/** Clients of some devices. */
struct tw_mqtt_bucket {
    struct tw_mqtt_client *clients;
    int subscriptions; /* of all of them: mostly none, and then nobody has to be looked at */
};

/** The listener. */
struct tw_mqtt_server {
    struct tw_mqtt_server_options options;
    struct tw_sparkplug *sparkplug;
    struct tw_mqtt_bucket buckets[TW_MQTT_BUCKETS]; /* clients by their devices */
    int client_count;
    struct tw_mqtt_note *retained[TW_MQTT_RETAINED];
    int retained_count;
    int64_t expired_ms; /* when absent clients were last looked at */
    uint64_t names;     /* given to clients without an id so far */
    struct tw_strbuf out;
};

/* ---- mqtt_clients.c ---- */

/** Find the client of a device by its id; NULL: there is none. */
struct tw_mqtt_client *tw_mqtt_client_find(struct tw_mqtt_server *server,
                                           const struct tw_device *device, const char *id);

/** Remember a new client; NULL: there are too many, or no memory. */
struct tw_mqtt_client *tw_mqtt_client_add(struct tw_mqtt_server *server, struct tw_device *device,
                                          const char *id);

/** Forget a client. */
void tw_mqtt_client_remove(struct tw_mqtt_server *server, struct tw_mqtt_client *client);

/** Forget all clients; none may be connected. */
void tw_mqtt_clients_remove(struct tw_mqtt_server *server);

/** Forget all clients that have been away for too long. */
void tw_mqtt_clients_expire(struct tw_mqtt_server *server, int64_t now_ms);

/** Make a note; NULL: no memory. */
struct tw_mqtt_note *tw_mqtt_note_new(struct tw_device *device, struct tw_mqtt_span topic,
                                      struct tw_mqtt_span payload, uint8_t qos, bool retain);

/** Whether some client of a device may hear what is said; false is certain. */
bool tw_mqtt_is_heard(struct tw_mqtt_server *server, const struct tw_device *device);

/** Give a note to whom it concerns, and keep it when it is retained. from: who said it; NULL: this
 * server. The note stays the caller's. */
void tw_mqtt_note_deliver(struct tw_mqtt_server *server, const struct tw_mqtt_note *note,
                          const struct tw_mqtt_client *from);

/** Subscribe; returns the reason code for SUBACK. out_retained: set when what is retained is to be
 * given to the client after SUBACK. */
uint8_t tw_mqtt_subscribe(struct tw_mqtt_server *server, struct tw_mqtt_client *client,
                          const struct tw_mqtt_filter *filter, bool *out_retained);

/** Give a client the retained messages that a filter takes. */
void tw_mqtt_retained_give(struct tw_mqtt_server *server, struct tw_mqtt_client *client,
                           struct tw_mqtt_span filter, uint8_t qos);

/** Unsubscribe; returns the reason code for UNSUBACK. */
uint8_t tw_mqtt_unsubscribe(struct tw_mqtt_server *server, struct tw_mqtt_client *client,
                            struct tw_mqtt_span filter);

/** Send what waits for a client, as far as its window goes. */
void tw_mqtt_client_flush(struct tw_mqtt_client *client);

/** Forget that anything was sent: the client has come back. */
void tw_mqtt_client_rewind(struct tw_mqtt_client *client);

/** The client has acknowledged a message. */
void tw_mqtt_client_acked(struct tw_mqtt_client *client, uint16_t id);

/* ---- mqtt_incoming.c ---- */

/** Begin a connection; NULL: no memory. */
struct tw_mqtt_session *tw_mqtt_session_new(struct tw_mqtt_server *server, struct tw_conn conn);

/** Free a connection's session. */
void tw_mqtt_session_destroy(struct tw_mqtt_session *session);

/** The largest packet that the connection may send. */
size_t tw_mqtt_packet_limit(const struct tw_mqtt_session *session);

/** Cut bytes into packets, and pause while there is no room: the body of a protocol's received. */
ptrdiff_t tw_mqtt_session_feed(struct tw_mqtt_session *session, const uint8_t *bytes, size_t size,
                               void (*take)(struct tw_mqtt_session *session, const uint8_t *bytes,
                                            size_t size));

/** What is done with a kind of packet. False: the connection has to end; *out_reason says why. */
typedef bool tw_mqtt_packet_take(struct tw_mqtt_session *session,
                                 const struct tw_mqtt_packet *packet,
                                 enum tw_mqtt_reason *out_reason);

/** Take a PUBLISH. */
tw_mqtt_packet_take tw_mqtt_publish_take;

/** Take a PUBREL. */
tw_mqtt_packet_take tw_mqtt_release_take;

/** Whether the next packet has to wait. */
bool tw_mqtt_is_full(const struct tw_mqtt_session *session);

/** A commit has been told. */
void tw_mqtt_committed(struct tw_mqtt_session *session, uint64_t slot, tw_status status);

/** Try again what the store had no room for. */
void tw_mqtt_held_retry(struct tw_mqtt_session *session);

/** End a connection, telling MQTT 5 why. */
void tw_mqtt_session_end(struct tw_mqtt_session *session, enum tw_mqtt_reason reason);

#endif
