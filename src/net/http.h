/* The HTTP server: a table of routes over libmicrohttpd, with a limit on everything.
 *
 * Handlers run on the server's threads and must not block. One that has to wait for something else
 * (a commit to disk) answers TW_HTTP_LATER and is finished by tw_http_finish from any thread. */
#ifndef TW_NET_HTTP_H
#define TW_NET_HTTP_H

#include "base/text.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TW_HTTP_PARAMS 2
#define TW_HTTP_WHO_SIZE 64

struct tw_events;
struct tw_http;
struct tw_http_exchange;

/** A request; everything is borrowed while the handler runs. */
struct tw_http_request {
    const char *method, *path;
    const char *params[TW_HTTP_PARAMS]; /* what stands at the {} of the route's path */
    const char *body;                   /* terminated; never NULL */
    size_t body_size;
    unsigned roles;             /* bits: what the caller may be */
    char who[TW_HTTP_WHO_SIZE]; /* the caller's name for the audit */
    bool accepts_gzip;
    struct tw_http_exchange *exchange;
};

/** What is answered; begins as 200 application/json with an empty body. */
struct tw_http_reply {
    unsigned status;
    const char *mime;         /* constant text */
    struct tw_strbuf body;    /* the server's to free */
    const void *bytes;        /* instead of body: bytes that outlive the server; NULL: none */
    size_t size;              /* of bytes */
    bool gzip;                /* the body or bytes are gzip data */
    const char *cache;        /* Cache-Control; NULL: no-store */
    const char *header_name;  /* one more header; NULL: none */
    char header_value[128];   /* its value */
    struct tw_events *events; /* instead of a body: a stream of these events; NULL: none */
    uint32_t topics;          /* of events: bits of those that are wanted; 0: all */
};

/** What a handler did. */
typedef enum {
    TW_HTTP_DONE, /* the reply is complete */
    TW_HTTP_LATER /* tw_http_later was called; tw_http_finish will follow */
} tw_http_outcome;

/** Answer a request. */
typedef tw_http_outcome tw_http_handler(void *user, const struct tw_http_request *request,
                                        struct tw_http_reply *reply);

/** A row of the table of routes. */
struct tw_http_route {
    const char *method; /* "GET" (answers HEAD too) or "POST" */
    const char *path;   /* segments; one that is {} takes any text */
    unsigned needs;     /* one of these role bits is needed; 0: open to everybody */
    size_t body_limit;  /* most bytes of a POST's body */
    tw_http_handler *handler;
    const char *help;    /* for the list of routes */
    const char *takes;   /* media type of a POST's body; NULL: application/json; "": any */
    const char *query;   /* its parameters, `name:type:words` with ; between them; NULL: none */
    const char *request; /* schema of the body; NULL: none */
    const char *answer;  /* schema of the answer, or its media type (it has a slash) */
};

/** How to serve. Everything is borrowed until tw_http_stop. */
struct tw_http_options {
    const char *address; /* "127.0.0.1", "::1", "0.0.0.0" */
    uint16_t port;       /* 0: any free one */
    unsigned threads;    /* 1.. */
    const struct tw_http_route *routes;
    size_t route_count;
    tw_http_handler *fallback; /* GET of a path outside the table; NULL: 404 */
    void *user;                /* given to handlers and to the two below */
    /* Role bits of a caller. token: what follows "Bearer "; NULL when there is none. Writes the
     * caller's name. NULL: everybody has every role. */
    unsigned (*authorise)(void *user, const char *token, char who[TW_HTTP_WHO_SIZE]);
    /* Told of every POST that was answered or refused; detail: the path and why. NULL: nobody. */
    void (*audit)(void *user, const struct tw_http_request *request, unsigned status,
                  const char *peer);
    const char *const *hosts; /* names, beside localhost and IP addresses, of a Host header */
    size_t host_count;
};

/**
 * Open the socket and serve.
 *
 * out_http  owned by the caller
 * errors    TW_ERR_NET (errno: EADDRINUSE the port is taken, EADDRNOTAVAIL no such address here),
 *           TW_ERR_ARG the address is no IP address, TW_ERR_NOMEM
 */
tw_status tw_http_start(const struct tw_http_options *options, struct tw_http **out_http);

/** The port that is listened on. */
uint16_t tw_http_port(const struct tw_http *http);

/** Accept no more connections; what is under way goes on. */
void tw_http_quiesce(struct tw_http *http);

/** Stop and free; NULL is fine. Every TW_HTTP_LATER must be finished and every stream closed. */
void tw_http_stop(struct tw_http *http);

/** Value of a query parameter, borrowed; "" for one without value; NULL when it is not there. */
const char *tw_http_query(const struct tw_http_request *request, const char *name);

/** Put a request aside; the handler returns TW_HTTP_LATER. Before anybody can finish it. */
void tw_http_later(const struct tw_http_request *request);

/** Finish a request that was put aside, from any thread. The reply's body passes to the server. */
void tw_http_finish(struct tw_http_exchange *exchange, const struct tw_http_reply *reply);

/** Make a reply `{"error": ..., "remedy": ...}`; remedy may be NULL. */
void tw_http_refuse(struct tw_http_reply *reply, unsigned status, const char *error,
                    const char *remedy);

/**
 * Match a path with a route's.
 *
 * out_params  [TW_HTTP_PARAMS] places in path where what a {} stands for begins
 * out_sizes   [TW_HTTP_PARAMS] and its length
 */
bool tw_http_path_matches(const char *pattern, const char *path,
                          const char *out_params[TW_HTTP_PARAMS], size_t out_sizes[TW_HTTP_PARAMS]);

/**
 * Whether a Host header may be answered. A name that an attacker's DNS can point here is refused:
 * only IP addresses, localhost and the configured names pass.
 */
bool tw_http_host_allowed(const char *host, const char *const *hosts, size_t host_count);

/** Whether a POST's Origin is the page's own: the same authority as Host. NULL (no browser) is. */
bool tw_http_origin_allowed(const char *origin, const char *host);

#endif
