#include "net/http.h"

#include "net/events.h"
#include "net/json.h"
#include "net/place.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define IDLE_S 30U
/* Connections at once, and from one address: half, so that one that opens all it may leaves room for
 * the others. Some descriptors are left for all else that the process has open. */
#define CONNECTIONS 16384U
#define OTHER_DESCRIPTORS 512U
#define CONNECTION_MEMORY 32768
#define PARAM_SIZE 256
/* A body that is refused is read to its end all the same, so that the client hears why instead of
 * a broken connection; more than this is cut off. */
#define DRAIN_LIMIT ((size_t)64 << 20)

struct tw_http {
    struct tw_http_options options;
    struct MHD_Daemon *daemon;
    uint16_t port;
    int quiesced_fd; /* the listening socket after tw_http_quiesce, else -1 */
};

/* One request from its first line to its last byte of answer. */
struct tw_http_exchange {
    struct tw_http *http;
    struct MHD_Connection *connection;
    const struct tw_http_route *route; /* NULL: the fallback */
    struct tw_strbuf body;
    size_t body_received;
    bool refused; /* `reply` says why; sent once the body has been read and dropped */
    bool later;   /* put aside; `reply` holds the answer when the handler is called again */
    struct tw_http_request request;
    struct tw_http_reply reply;
    char params[TW_HTTP_PARAMS][PARAM_SIZE];
};

void tw_http_refuse(struct tw_http_reply *reply, unsigned status, const char *error,
                    const char *remedy)
{
    reply->status = status;
    tw_strbuf_clear(&reply->body);
    tw_json_open(&reply->body, '{');
    tw_json_put_text(&reply->body, "error", error);
    if (remedy != NULL) {
        tw_json_put_text(&reply->body, "remedy", remedy);
    }
    tw_json_close(&reply->body, '}');
}

static struct tw_http_reply reply_new(void)
{
    return (struct tw_http_reply){.status = MHD_HTTP_OK, .mime = "application/json"};
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

const char *tw_http_query(const struct tw_http_request *request, const char *name)
{
    const char *value = NULL;
    size_t size = 0;
    if (MHD_lookup_connection_value_n(request->exchange->connection, MHD_GET_ARGUMENT_KIND, name,
                                      strlen(name), &value, &size) != MHD_YES) {
        return NULL;
    }
    return value == NULL ? "" : value;
}

static void peer_text(struct MHD_Connection *connection, char *out, size_t size)
{
    out[0] = 0;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info == NULL || info->client_addr == NULL) return;
    struct sockaddr_storage address;
    size_t length = info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                             : sizeof(struct sockaddr_in);
    memcpy(&address, info->client_addr, length);
    const void *bytes = address.ss_family == AF_INET6
                            ? (const void *)&((struct sockaddr_in6 *)&address)->sin6_addr
                            : (const void *)&((struct sockaddr_in *)&address)->sin_addr;
    (void)inet_ntop(address.ss_family, bytes, out, (socklen_t)size);
}

/* Headers that every answer carries. */
static void add_headers(struct MHD_Response *response, const struct tw_http_reply *reply)
{
    static const char *const always[][2] = {
        {"Content-Security-Policy",
         "default-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; "
         "style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; "
         "form-action 'self'"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
    };
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++) {
        (void)MHD_add_response_header(response, always[i][0], always[i][1]);
    }
    (void)MHD_add_response_header(response, "Content-Type", reply->mime);
    (void)MHD_add_response_header(response, "Cache-Control",
                                  reply->cache != NULL ? reply->cache : "no-store");
    if (reply->gzip) (void)MHD_add_response_header(response, "Content-Encoding", "gzip");
    if (reply->status == MHD_HTTP_UNAUTHORIZED) {
        (void)MHD_add_response_header(response, "WWW-Authenticate", "Bearer");
    }
    if (reply->header_name != NULL) {
        (void)MHD_add_response_header(response, reply->header_name, reply->header_value);
    }
}

static void audit(const struct tw_http_exchange *exchange, unsigned status)
{
    const struct tw_http_options *options = &exchange->http->options;
    if (options->audit == NULL || strcmp(exchange->request.method, "POST") != 0) return;
    char peer[INET6_ADDRSTRLEN];
    peer_text(exchange->connection, peer, sizeof peer);
    options->audit(options->user, &exchange->request, status, peer);
}

/* Send a reply, whose body is freed or passes to libmicrohttpd. */
static enum MHD_Result answer(struct tw_http_exchange *exchange, struct tw_http_reply *reply)
{
    struct MHD_Response *response = NULL;
    if (reply->body.status != TW_OK) {
        tw_strbuf_done(&reply->body);
        tw_http_refuse(reply, MHD_HTTP_SERVICE_UNAVAILABLE, "out of memory", NULL);
    }
    audit(exchange, reply->status);
    if (reply->events != NULL) {
        response = tw_events_response(reply->events, reply->topics, exchange->connection);
        if (response == NULL) {
            reply->mime = "application/json";
            tw_http_refuse(reply, MHD_HTTP_SERVICE_UNAVAILABLE, "too many event streams",
                           "close other pages of this server");
        }
    }
    if (response == NULL && reply->bytes != NULL) {
        /* Cast for an interface without const: persistent bytes are only read. */
        response = MHD_create_response_from_buffer(reply->size, (void *)(uintptr_t)reply->bytes,
                                                   MHD_RESPMEM_PERSISTENT);
    } else if (response == NULL) {
        size_t size = reply->body.length;
        char *text = reply->body.text;
        if (text == NULL) {
            response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
        } else {
            response = MHD_create_response_from_buffer(size, text, MHD_RESPMEM_MUST_FREE);
            reply->body = (struct tw_strbuf){0};
        }
    }
    tw_strbuf_done(&reply->body);
    if (response == NULL) return MHD_NO;
    add_headers(response, reply);
    enum MHD_Result result = MHD_queue_response(exchange->connection, reply->status, response);
    MHD_destroy_response(response);
    return result;
}

/* Who calls; false when the route needs more, with the refusal in reply. */
static bool authorised(struct tw_http_exchange *exchange, struct tw_http_reply *reply)
{
    const struct tw_http_options *options = &exchange->http->options;
    struct tw_http_request *request = &exchange->request;
    const char *token = header(exchange->connection, "Authorization");
    if (token != NULL) {
        /* Clients of line protocol say Token where others say Bearer. */
        bool bearer = strncasecmp(token, "Bearer ", 7) == 0;
        bool named = strncasecmp(token, "Token ", 6) == 0;
        token = bearer ? token + 7 : named ? token + 6 : "";
    }
    (void)snprintf(request->who, sizeof request->who, "local");
    request->roles =
        options->authorise == NULL ? ~0U : options->authorise(options->user, token, request->who);
    unsigned needs = exchange->route == NULL ? 0 : exchange->route->needs;
    if (needs == 0 || (request->roles & needs) != 0) return true;
    if (request->roles == 0) {
        tw_http_refuse(reply, MHD_HTTP_UNAUTHORIZED, "a token is needed",
                       "send the header Authorization: Bearer TOKEN");
    } else {
        tw_http_refuse(reply, MHD_HTTP_FORBIDDEN, "the token's role may not do this",
                       "docs/decisions/0004-roles.md says which role may");
    }
    return false;
}

/* Checks that protect a person's browser from being used against this server. */
static bool same_site(struct tw_http_exchange *exchange, struct tw_http_reply *reply)
{
    const struct tw_http_options *options = &exchange->http->options;
    const char *host = header(exchange->connection, "Host");
    if (!tw_http_host_allowed(host, options->hosts, options->host_count)) {
        tw_http_refuse(reply, MHD_HTTP_MISDIRECTED_REQUEST, "this server has another name",
                       "use its IP address or localhost, or name the host in city.ini: [server] "
                       "hosts = ...");
        return false;
    }
    if (strcmp(exchange->request.method, "POST") != 0) return true;
    const char *site = header(exchange->connection, "Sec-Fetch-Site");
    bool cross = site != NULL && strcmp(site, "cross-site") == 0;
    if (cross || !tw_http_origin_allowed(header(exchange->connection, "Origin"), host)) {
        tw_http_refuse(reply, MHD_HTTP_FORBIDDEN, "the request comes from another site's page",
                       "open the page from this server");
        return false;
    }
    return true;
}

static void refuse_large(struct tw_http_reply *reply)
{
    tw_http_refuse(reply, MHD_HTTP_CONTENT_TOO_LARGE, "the body is too large",
                   "send it in smaller parts");
}

static bool body_acceptable(struct tw_http_exchange *exchange, struct tw_http_reply *reply)
{
    if (exchange->route == NULL || strcmp(exchange->route->method, "POST") != 0) return true;
    const char *type = header(exchange->connection, "Content-Type");
    const char *takes =
        exchange->route->takes != NULL ? exchange->route->takes : "application/json";
    size_t length = strlen(takes);
    if (length > 0 && (type == NULL || strncasecmp(type, takes, length) != 0 ||
                       strchr("; \t", type[length]) == NULL)) {
        char remedy[128];
        (void)snprintf(remedy, sizeof remedy, "send the header Content-Type: %s", takes);
        tw_http_refuse(reply, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "the body is of another kind",
                       remedy);
        return false;
    }
    const char *size = header(exchange->connection, "Content-Length");
    if (size != NULL && strtoull(size, NULL, 10) > exchange->route->body_limit) {
        refuse_large(reply);
        return false;
    }
    return true;
}

/* Find the route of a request; false with the refusal in reply when there is none. */
static bool route_find(struct tw_http_exchange *exchange, struct tw_http_reply *reply)
{
    const struct tw_http_options *options = &exchange->http->options;
    struct tw_http_request *request = &exchange->request;
    const char *method = strcmp(request->method, "HEAD") == 0 ? "GET" : request->method;
    char others[sizeof reply->header_value] = "";
    for (size_t i = 0; i < options->route_count; i++) {
        const char *params[TW_HTTP_PARAMS] = {NULL};
        size_t sizes[TW_HTTP_PARAMS] = {0};
        if (!tw_http_path_matches(options->routes[i].path, request->path, params, sizes)) continue;
        if (strcmp(options->routes[i].method, method) != 0) {
            size_t used = strlen(others);
            (void)snprintf(others + used, sizeof others - used, "%s%s", used > 0 ? ", " : "",
                           options->routes[i].method);
            continue;
        }
        exchange->route = &options->routes[i];
        for (int p = 0; p < TW_HTTP_PARAMS; p++) {
            size_t size = sizes[p] < PARAM_SIZE ? sizes[p] : PARAM_SIZE - 1;
            if (params[p] != NULL) memcpy(exchange->params[p], params[p], size);
            request->params[p] = exchange->params[p];
        }
        return true;
    }
    if (others[0] != 0) {
        tw_http_refuse(reply, MHD_HTTP_METHOD_NOT_ALLOWED, "this path takes another method",
                       "GET /api/v1/routes lists what there is");
        reply->header_name = "Allow";
        memcpy(reply->header_value, others, sizeof others);
        return false;
    }
    if (strcmp(method, "GET") == 0 && options->fallback != NULL) return true;
    tw_http_refuse(reply, MHD_HTTP_NOT_FOUND, "there is nothing at this path",
                   "GET /api/v1/routes lists what there is");
    return false;
}

/* The head of a request has come. */
static enum MHD_Result begin(struct tw_http *http, struct MHD_Connection *connection,
                             const char *path, const char *method, void **context)
{
    struct tw_http_exchange *exchange = calloc(1, sizeof *exchange);
    if (exchange == NULL) return MHD_NO;
    exchange->http = http;
    exchange->connection = connection;
    exchange->request =
        (struct tw_http_request){.method = method, .path = path, .body = "", .exchange = exchange};
    *context = exchange;
    const char *encodings = header(connection, "Accept-Encoding");
    exchange->request.accepts_gzip = encodings != NULL && strstr(encodings, "gzip") != NULL;
    exchange->reply = reply_new();
    exchange->refused =
        !same_site(exchange, &exchange->reply) || !route_find(exchange, &exchange->reply) ||
        !authorised(exchange, &exchange->reply) || !body_acceptable(exchange, &exchange->reply);
    if (!exchange->refused && exchange->route != NULL) {
        exchange->body.limit = exchange->route->body_limit + 1;
    }
    return MHD_YES;
}

/* A part of the body has come. */
static enum MHD_Result take_body(struct tw_http_exchange *exchange, const char *bytes, size_t size)
{
    exchange->body_received += size;
    if (exchange->body_received > DRAIN_LIMIT) return MHD_NO;
    if (!exchange->refused && tw_strbuf_add(&exchange->body, bytes, size) != TW_OK) {
        exchange->refused = true;
        refuse_large(&exchange->reply);
        tw_strbuf_done(&exchange->body);
    }
    return MHD_YES;
}

static enum MHD_Result end(struct tw_http_exchange *exchange)
{
    if (exchange->later || exchange->refused) return answer(exchange, &exchange->reply);
    struct tw_http_reply reply = reply_new();
    exchange->request.body = tw_strbuf_get(&exchange->body);
    exchange->request.body_size = exchange->body.length;
    const struct tw_http_options *options = &exchange->http->options;
    tw_http_handler *handler =
        exchange->route != NULL ? exchange->route->handler : options->fallback;
    if (handler(options->user, &exchange->request, &reply) == TW_HTTP_LATER) {
        tw_strbuf_done(&reply.body);
        return MHD_YES;
    }
    return answer(exchange, &reply);
}

/* NOLINTNEXTLINE(readability-function-size): libmicrohttpd says what it is given */
static enum MHD_Result handle(void *user, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **context)
{
    (void)version;
    if (*context == NULL) return begin(user, connection, path, method, context);
    struct tw_http_exchange *exchange = *context;
    if (*upload_size > 0) {
        enum MHD_Result result = take_body(exchange, upload, *upload_size);
        *upload_size = 0;
        return result;
    }
    return end(exchange);
}

static void completed(void *user, struct MHD_Connection *connection, void **context,
                      enum MHD_RequestTerminationCode why)
{
    (void)user;
    (void)connection;
    (void)why;
    struct tw_http_exchange *exchange = *context;
    if (exchange == NULL) return;
    tw_strbuf_done(&exchange->body);
    tw_strbuf_done(&exchange->reply.body);
    free(exchange);
    *context = NULL;
}

void tw_http_later(const struct tw_http_request *request)
{
    request->exchange->later = true;
    MHD_suspend_connection(request->exchange->connection);
}

void tw_http_finish(struct tw_http_exchange *exchange, const struct tw_http_reply *reply)
{
    exchange->reply = *reply;
    /* Its lock orders the write above before the server's thread reads it. */
    MHD_resume_connection(exchange->connection);
}

/* As many connections as the process may have descriptors for: without one the connection would be
 * taken and dropped, over and over. */
static unsigned connections_allowed(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return CONNECTIONS / 16;
    if (limit.rlim_cur >= CONNECTIONS + OTHER_DESCRIPTORS) return CONNECTIONS;
    unsigned descriptors = (unsigned)limit.rlim_cur;
    return descriptors > 2 * OTHER_DESCRIPTORS ? descriptors - OTHER_DESCRIPTORS : descriptors / 2;
}

tw_status tw_http_start(const struct tw_http_options *options, struct tw_http **out_http)
{
    int fd = -1;
    uint16_t port = 0;
    TW_TRY(tw_place_listen(options->address, options->port, &fd, &port));
    struct tw_http *http = calloc(1, sizeof *http);
    if (http == NULL) {
        (void)close(fd);
        return TW_ERR_NOMEM;
    }
    http->options = *options;
    http->port = port;
    http->quiesced_fd = -1;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    if (strchr(options->address, ':') != NULL) flags |= MHD_USE_IPv6;
    unsigned connections = connections_allowed();
    http->daemon = MHD_start_daemon(
        flags, http->port, NULL, NULL, handle, http, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_THREAD_POOL_SIZE, options->threads > 1 ? options->threads : 2U,
        MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S, MHD_OPTION_CONNECTION_LIMIT, connections,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, connections / 2, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_END);
    if (http->daemon == NULL) {
        (void)close(fd);
        free(http);
        return TW_ERR_NET;
    }
    *out_http = http;
    return TW_OK;
}

uint16_t tw_http_port(const struct tw_http *http) { return http->port; }

void tw_http_quiesce(struct tw_http *http)
{
    http->quiesced_fd = MHD_quiesce_daemon(http->daemon);
    /* A worker may still be letting go of the socket: it is closed when they have ended. */
    if (http->quiesced_fd >= 0) (void)shutdown(http->quiesced_fd, SHUT_RDWR);
}

void tw_http_stop(struct tw_http *http)
{
    if (http == NULL) return;
    MHD_stop_daemon(http->daemon);
    if (http->quiesced_fd >= 0) (void)close(http->quiesced_fd);
    free(http);
}
