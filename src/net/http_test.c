/* The server and the client against each other, over real sockets. */
#include "net/http.h"

#include "check.h"
#include "net/events.h"
#include "net/http_client.h"
#include "net/json.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define ROLE_LOOK 1U
#define ROLE_ACT 2U

struct fixture {
    struct tw_http *http;
    struct tw_events *events;
    atomic_int audited, audited_status;
    atomic_bool stop_finisher;
    pthread_t finisher;
    pthread_mutex_t mutex;
    struct tw_http_exchange *waiting[64];
    int waiting_count;
};

static tw_http_outcome get_hello(void *user, const struct tw_http_request *request,
                                 struct tw_http_reply *reply)
{
    (void)user;
    tw_json_open(&reply->body, '{');
    tw_json_put_text(&reply->body, "name", request->params[0]);
    tw_json_put_text(&reply->body, "q", tw_http_query(request, "q"));
    tw_json_close(&reply->body, '}');
    return TW_HTTP_DONE;
}

static tw_http_outcome post_echo(void *user, const struct tw_http_request *request,
                                 struct tw_http_reply *reply)
{
    (void)user;
    (void)tw_strbuf_add(&reply->body, request->body, request->body_size);
    return TW_HTTP_DONE;
}

/* Answered by another thread, as after a commit. */
static tw_http_outcome post_later(void *user, const struct tw_http_request *request,
                                  struct tw_http_reply *reply)
{
    struct fixture *fixture = user;
    (void)reply;
    tw_http_later(request);
    (void)pthread_mutex_lock(&fixture->mutex);
    fixture->waiting[fixture->waiting_count++] = request->exchange;
    (void)pthread_mutex_unlock(&fixture->mutex);
    return TW_HTTP_LATER;
}

static void *finish_loop(void *user)
{
    struct fixture *fixture = user;
    while (!atomic_load(&fixture->stop_finisher)) {
        (void)pthread_mutex_lock(&fixture->mutex);
        for (int i = 0; i < fixture->waiting_count; i++) {
            struct tw_http_reply reply = {.status = 200, .mime = "application/json"};
            (void)tw_strbuf_add_text(&reply.body, "{\"stored\":1}");
            tw_http_finish(fixture->waiting[i], &reply);
        }
        fixture->waiting_count = 0;
        (void)pthread_mutex_unlock(&fixture->mutex);
        (void)usleep(500);
    }
    return NULL;
}

static tw_http_outcome get_events(void *user, const struct tw_http_request *request,
                                  struct tw_http_reply *reply)
{
    const struct fixture *fixture = user;
    (void)request;
    reply->mime = "text/event-stream";
    reply->events = fixture->events;
    return TW_HTTP_DONE;
}

static const struct tw_http_route routes[] = {
    {"GET", "/hello/{}", ROLE_LOOK, 0, get_hello, "", .answer = "Object"},
    {"POST", "/echo", ROLE_ACT, 1000, post_echo, "", .answer = "Object"},
    {"POST", "/later", ROLE_ACT, 1000, post_later, "", .answer = "Object"},
    {"GET", "/events", ROLE_LOOK, 0, get_events, "", .answer = "Object"},
};

static unsigned authorise(void *user, const char *token, char who[TW_HTTP_WHO_SIZE])
{
    (void)user;
    (void)snprintf(who, TW_HTTP_WHO_SIZE, "%s", token == NULL ? "nobody" : token);
    if (token == NULL) return 0;
    return strcmp(token, "actor") == 0 ? ROLE_LOOK | ROLE_ACT : ROLE_LOOK;
}

static void audit(void *user, const struct tw_http_request *request, unsigned status,
                  const char *peer)
{
    struct fixture *fixture = user;
    assert_string_equal(request->method, "POST");
    assert_string_equal(peer, "127.0.0.1");
    atomic_fetch_add(&fixture->audited, 1);
    atomic_store(&fixture->audited_status, (int)status);
}

static int begin(void **state)
{
    static const char *const topics[] = {"clock", "points"};
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (fixture == NULL) return -1;
    const struct tw_http_options options = {.address = "127.0.0.1",
                                            .threads = 2,
                                            .routes = routes,
                                            .route_count = sizeof routes / sizeof routes[0],
                                            .user = fixture,
                                            .authorise = authorise,
                                            .audit = audit};
    (void)pthread_mutex_init(&fixture->mutex, NULL);
    *state = fixture;
    if (tw_events_create(topics, 2, 3, &fixture->events) != TW_OK) return -1;
    if (pthread_create(&fixture->finisher, NULL, finish_loop, fixture) != 0) return -1;
    return tw_http_start(&options, &fixture->http) == TW_OK ? 0 : -1;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    tw_http_quiesce(fixture->http);
    tw_events_close(fixture->events);
    atomic_store(&fixture->stop_finisher, true);
    (void)pthread_join(fixture->finisher, NULL);
    tw_http_stop(fixture->http);
    tw_events_destroy(fixture->events);
    (void)pthread_mutex_destroy(&fixture->mutex);
    free(fixture);
    return 0;
}

/* Send a request with our client; the answer's status. */
static int call(const struct fixture *fixture, const char *token, const char *method,
                const char *path, const char *body, struct tw_strbuf *out)
{
    struct tw_http_client *client = NULL;
    int status = 0;
    assert_ok(tw_http_client_create("127.0.0.1", tw_http_port(fixture->http), token, &client));
    assert_ok(tw_http_client_send(client, method, path, body, &status, out));
    tw_http_client_destroy(client);
    return status;
}

static int dial(const struct fixture *fixture)
{
    const struct timeval wait = {.tv_sec = 5};
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(tw_http_port(fixture->http)),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    return fd;
}

/* Send bytes as they are and read until the end or `until` appears. */
static void talk(const struct fixture *fixture, const char *bytes, const char *until, char *out,
                 size_t size)
{
    int fd = dial(fixture);
    size_t used = 0;
    assert_int_equal(send(fd, bytes, strlen(bytes), MSG_NOSIGNAL), (ssize_t)strlen(bytes));
    out[0] = 0;
    while (used + 1 < size && (until == NULL || strstr(out, until) == NULL)) {
        ssize_t got = recv(fd, out + used, size - 1 - used, 0);
        if (got <= 0) break;
        used += (size_t)got;
        out[used] = 0;
    }
    (void)close(fd);
}

static void a_handler_gets_its_parameters_and_query(void **state)
{
    struct tw_strbuf out = {0};
    assert_int_equal(call(*state, "viewer", "GET", "/hello/P%201?q=%E6%B7%B1", NULL, &out), 200);
    assert_string_equal(tw_strbuf_get(&out), "{\"name\":\"P 1\",\"q\":\"深\"}");
    tw_strbuf_done(&out);
}

static void roles_decide_and_refusals_say_why(void **state)
{
    struct fixture *fixture = *state;
    struct tw_strbuf out = {0};
    assert_int_equal(call(fixture, NULL, "GET", "/hello/x", NULL, &out), 401);
    assert_non_null(strstr(tw_strbuf_get(&out), "\"remedy\""));
    assert_int_equal(call(fixture, "viewer", "POST", "/echo", "{}", &out), 403);
    assert_int_equal(call(fixture, "actor", "POST", "/echo", "{}", &out), 200);
    assert_string_equal(tw_strbuf_get(&out), "{}");
    assert_int_equal(atomic_load(&fixture->audited), 2); /* the refused one too */
    assert_int_equal(atomic_load(&fixture->audited_status), 200);
    tw_strbuf_done(&out);
}

static void unknown_paths_and_methods_are_told_apart(void **state)
{
    struct tw_strbuf out = {0};
    assert_int_equal(call(*state, "actor", "GET", "/nothing", NULL, &out), 404);
    assert_int_equal(call(*state, "actor", "GET", "/echo", NULL, &out), 405);
    assert_int_equal(call(*state, "actor", "POST", "/hello/x", "{}", &out), 405);
    tw_strbuf_done(&out);
}

static void a_body_over_the_limit_is_refused_and_the_next_request_served(void **state)
{
    struct fixture *fixture = *state;
    struct tw_strbuf out = {0};
    struct tw_http_client *client = NULL;
    char *body = calloc(1, 200001);
    int status = 0;
    assert_non_null(body);
    memset(body, '1', 200000);
    assert_ok(tw_http_client_create("127.0.0.1", tw_http_port(fixture->http), "actor", &client));
    assert_ok(tw_http_client_send(client, "POST", "/echo", body, &status, &out));
    assert_int_equal(status, 413);
    body[1000] = 0; /* exactly the limit */
    assert_ok(tw_http_client_send(client, "POST", "/echo", body, &status, &out));
    assert_int_equal(status, 200);
    assert_int_equal(out.length, 1000);
    tw_http_client_destroy(client);
    free(body);
    tw_strbuf_done(&out);
}

static void a_body_without_length_is_bounded_too(void **state)
{
    char request[4000];
    char out[4000];
    int used = snprintf(request, sizeof request,
                        "POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer actor\r\n"
                        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "800\r\n");
    memset(request + used, 'x', 2048);
    (void)snprintf(request + used + 2048, sizeof request - (size_t)used - 2048, "\r\n0\r\n\r\n");
    talk(*state, request, "\r\n\r\n", out, sizeof out);
    assert_non_null(strstr(out, " 413 "));
}

static void other_hosts_origins_and_types_are_refused(void **state)
{
    static const struct {
        const char *headers;
        int status;
    } cases[] = {
        {"Host: evil.example\r\nContent-Type: application/json\r\n", 421},
        {"Host: 127.0.0.1\r\nOrigin: http://evil.example\r\nContent-Type: application/json\r\n",
         403},
        {"Host: 127.0.0.1\r\nSec-Fetch-Site: cross-site\r\nContent-Type: application/json\r\n",
         403},
        {"Host: 127.0.0.1\r\nContent-Type: text/plain\r\n", 415},
        {"Host: 127.0.0.1\r\n", 415},
        {"Host: 127.0.0.1\r\nContent-Type: application/jsonp\r\n", 415},
        {"Host: 127.0.0.1\r\nContent-Type: application/json; charset=utf-8\r\n", 200},
        {"Host: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nContent-Type: application/json\r\n", 200},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char request[600];
        char out[2000];
        char expected[16];
        (void)snprintf(request, sizeof request,
                       "POST /echo HTTP/1.1\r\nAuthorization: Bearer actor\r\n%s"
                       "Content-Length: 2\r\n\r\n{}",
                       cases[i].headers);
        (void)snprintf(expected, sizeof expected, " %d ", cases[i].status);
        talk(*state, request, "\r\n\r\n", out, sizeof out);
        assert_non_null(strstr(out, expected));
    }
}

static void every_answer_carries_the_headers_that_protect_the_page(void **state)
{
    char out[4000];
    talk(*state, "GET /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "\r\n\r\n", out, sizeof out);
    assert_non_null(strstr(out, "Content-Security-Policy: default-src 'self'"));
    assert_non_null(strstr(out, "frame-ancestors 'none'"));
    assert_non_null(strstr(out, "X-Content-Type-Options: nosniff"));
    assert_non_null(strstr(out, "Referrer-Policy: no-referrer"));
    assert_non_null(strstr(out, "Cache-Control: no-store"));
}

struct caller {
    const struct fixture *fixture;
    int answered;
};

static void *call_many(void *user)
{
    struct caller *caller = user;
    struct tw_http_client *client = NULL;
    struct tw_strbuf out = {0};
    assert_ok(
        tw_http_client_create("127.0.0.1", tw_http_port(caller->fixture->http), "actor", &client));
    for (int i = 0; i < 200; i++) {
        int status = 0;
        assert_ok(tw_http_client_send(client, "POST", "/later", "{}", &status, &out));
        assert_string_equal(tw_strbuf_get(&out), "{\"stored\":1}");
        caller->answered += status == 200;
    }
    tw_http_client_destroy(client);
    tw_strbuf_done(&out);
    return NULL;
}

static void requests_that_wait_are_all_answered(void **state)
{
    struct caller callers[8];
    pthread_t threads[8];
    for (int i = 0; i < 8; i++) {
        callers[i] = (struct caller){*state, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, call_many, &callers[i]), 0);
    }
    for (int i = 0; i < 8; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(callers[i].answered, 200);
    }
}

static const char listen_request[] =
    "GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer viewer\r\n\r\n";

static void a_listener_gets_the_last_state_at_once_and_then_what_is_new(void **state)
{
    struct fixture *fixture = *state;
    char out[8000];
    tw_events_publish(fixture->events, 1, "[1]", 3);
    tw_events_publish(fixture->events, 1, "[2]", 3);
    talk(fixture, listen_request, "data: [2]\n\n", out, sizeof out);
    assert_non_null(strstr(out, "text/event-stream"));
    assert_non_null(strstr(out, "event: points\ndata: [2]\n\n"));
    assert_null(strstr(out, "data: [1]")); /* replaced before anybody listened */
    int fd = dial(fixture);
    assert_int_equal(send(fd, listen_request, sizeof listen_request - 1, 0),
                     (ssize_t)sizeof listen_request - 1);
    for (int i = 0; i < 500 && tw_events_clients(fixture->events) == 0; i++)
        (void)usleep(10000);
    tw_events_publish(fixture->events, 0, "{\"t\":3}", 7);
    size_t used = 0;
    out[0] = 0;
    while (strstr(out, "data: {\"t\":3}") == NULL) {
        ssize_t got = recv(fd, out + used, sizeof out - 1 - used, 0);
        assert_true(got > 0);
        used += (size_t)got;
        out[used] = 0;
    }
    (void)close(fd);
}

static void a_quiet_stream_is_kept_alive_and_a_vanished_client_noticed(void **state)
{
    struct fixture *fixture = *state;
    int64_t now_ms = 1000000;
    char out[4000];
    int fd = dial(fixture);
    tw_events_beat(fixture->events, now_ms);
    assert_int_equal(send(fd, listen_request, sizeof listen_request - 1, 0),
                     (ssize_t)sizeof listen_request - 1);
    for (int i = 0; i < 500 && tw_events_clients(fixture->events) == 0; i++)
        (void)usleep(10000);
    assert_int_equal(tw_events_clients(fixture->events), 1);
    tw_events_beat(fixture->events, now_ms + 20000);
    size_t used = 0;
    out[0] = 0;
    while (strstr(out, ":\n\n") == NULL) {
        ssize_t got = recv(fd, out + used, sizeof out - 1 - used, 0);
        assert_true(got > 0);
        used += (size_t)got;
        out[used] = 0;
    }
    (void)close(fd);
    /* The first beat after the end finds it out, the second is refused. */
    for (int i = 0; i < 500 && tw_events_clients(fixture->events) > 0; i++) {
        now_ms += 20000;
        tw_events_beat(fixture->events, now_ms);
        (void)usleep(10000);
    }
    assert_int_equal(tw_events_clients(fixture->events), 0);
}

static void more_listeners_than_allowed_are_refused(void **state)
{
    struct fixture *fixture = *state;
    int fds[3];
    char out[2000];
    for (int i = 0; i < 3; i++) {
        fds[i] = dial(fixture);
        assert_int_equal(send(fds[i], listen_request, sizeof listen_request - 1, 0),
                         (ssize_t)sizeof listen_request - 1);
    }
    for (int i = 0; i < 500 && tw_events_clients(fixture->events) < 3; i++)
        (void)usleep(10000);
    talk(fixture, listen_request, "\r\n\r\n", out, sizeof out);
    assert_non_null(strstr(out, " 503 "));
    for (int i = 0; i < 3; i++)
        (void)close(fds[i]);
}

/* A listener that never reads: what waits for it stays one event a topic. */
static void a_listener_that_never_reads_holds_nobody_up(void **state)
{
    struct fixture *fixture = *state;
    int fd = dial(fixture);
    char *text = calloc(1, 100001);
    assert_non_null(text);
    memset(text, '7', 100000);
    assert_int_equal(send(fd, listen_request, sizeof listen_request - 1, 0),
                     (ssize_t)sizeof listen_request - 1);
    for (int i = 0; i < 500 && tw_events_clients(fixture->events) == 0; i++)
        (void)usleep(10000);
    for (int i = 0; i < 2000; i++)
        tw_events_publish(fixture->events, i % 2, text, 100000);
    struct tw_strbuf out = {0};
    assert_int_equal(call(fixture, "viewer", "GET", "/hello/x", NULL, &out), 200);
    tw_strbuf_done(&out);
    free(text);
    (void)close(fd);
}

static void bytes_that_are_no_http_end_only_their_connection(void **state)
{
    static const char *const rubbish[] = {"\r\n\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01\x02",
                                          "POST /echo HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
                                          "GET / HTTP/9.9\r\n\r\n"};
    char out[2000];
    for (size_t i = 0; i < sizeof rubbish / sizeof rubbish[0]; i++) {
        int fd = dial(*state);
        (void)send(fd, rubbish[i], strlen(rubbish[i]), MSG_NOSIGNAL);
        (void)shutdown(fd, SHUT_WR);
        while (recv(fd, out, sizeof out, 0) > 0) {
        }
        (void)close(fd);
    }
    struct tw_strbuf body = {0};
    assert_int_equal(call(*state, "viewer", "GET", "/hello/x", NULL, &body), 200);
    tw_strbuf_done(&body);
}

static void a_port_that_is_taken_is_told(void **state)
{
    const struct fixture *fixture = *state;
    struct tw_http *second = NULL;
    struct tw_http_options options = {
        .address = "127.0.0.1", .port = tw_http_port(fixture->http), .threads = 1};
    assert_status(tw_http_start(&options, &second), TW_ERR_NET);
    assert_int_equal(errno, EADDRINUSE);
    options.address = "localhost";
    assert_status(tw_http_start(&options, &second), TW_ERR_ARG);
}

#define with_server(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_server(a_handler_gets_its_parameters_and_query),
        with_server(roles_decide_and_refusals_say_why),
        with_server(unknown_paths_and_methods_are_told_apart),
        with_server(a_body_over_the_limit_is_refused_and_the_next_request_served),
        with_server(a_body_without_length_is_bounded_too),
        with_server(other_hosts_origins_and_types_are_refused),
        with_server(every_answer_carries_the_headers_that_protect_the_page),
        with_server(requests_that_wait_are_all_answered),
        with_server(a_listener_gets_the_last_state_at_once_and_then_what_is_new),
        with_server(a_quiet_stream_is_kept_alive_and_a_vanished_client_noticed),
        with_server(more_listeners_than_allowed_are_refused),
        with_server(a_listener_that_never_reads_holds_nobody_up),
        with_server(bytes_that_are_no_http_end_only_their_connection),
        with_server(a_port_that_is_taken_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
