/* Server-sent events: topics of which every client gets the newest state.
 *
 * An event carries the whole state of its topic, so a client that reads slowly needs only the
 * newest of each: one place per topic and client bounds the memory. A client that reads nothing for
 * a minute is dropped. */
#ifndef TW_NET_EVENTS_H
#define TW_NET_EVENTS_H

#include "thalweg/status.h"

#include <stddef.h>
#include <stdint.h>

#define TW_EVENTS_TOPICS_MAX 16

struct MHD_Response;
struct MHD_Connection;

/** A set of topics and the clients that listen. */
struct tw_events;

/**
 * Make a set.
 *
 * topics       [count <= TW_EVENTS_TOPICS_MAX] names, borrowed for good
 * max_clients  more are refused
 * errors       TW_ERR_NOMEM
 */
tw_status tw_events_create(const char *const *topics, int count, int max_clients,
                           struct tw_events **out_events);

/** Free; no client may be left (tw_events_close, then tw_http_stop). NULL is fine. */
void tw_events_destroy(struct tw_events *events);

/**
 * Give all clients, and those who come later as their first, the new state of a topic.
 *
 * json   one line; copied
 */
void tw_events_publish(struct tw_events *events, int topic, const char *json, size_t size);

/**
 * Send a comment to who has got nothing for 15 s, so that a vanished client is noticed, and drop
 * who has read nothing for 60 s. To be called every second or so.
 */
void tw_events_beat(struct tw_events *events, int64_t now_ms);

/** Clients that listen. */
int tw_events_clients(struct tw_events *events);

/** End all streams and take no more clients. */
void tw_events_close(struct tw_events *events);

/**
 * The response of a new client. For http.c.
 *
 * topics   bits of those that it wants; 0: all
 * returns  NULL when there are too many clients
 */
struct MHD_Response *tw_events_response(struct tw_events *events, uint32_t topics,
                                        struct MHD_Connection *connection);

#endif
