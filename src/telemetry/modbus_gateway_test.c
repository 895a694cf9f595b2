#include "base/clock.h"
#include "telemetry/modbus_gateway.h"

#include "check.h"
#include "net/frame.h"
#include "telemetry/quality.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* A gateway with slaves of different behaviour behind one address. Registers hold their own address. */
enum {
    GOOD = 1,
    SILENT = 2,
    HOLE = 3,    /* exception 2 for any request that touches register 10 */
    DRIP = 4,    /* a byte of its answer every 100 ms */
    BUSY = 5,    /* exception 6 always */
    NO_PATH = 6, /* the gateway's exception 11: the slave does not answer it */
    INTERVAL = 300,
    TIMEOUT = 250,
    RESULTS = 4000
};

struct world {
    int listener, server_end, child_end;
    char port[8];
    pthread_t slaves, child;
    atomic_bool stopping;
    atomic_int connections;
    struct tw_modbus_result results[RESULTS];
    int64_t arrived_ms[RESULTS];
    size_t count;
    char words[512]; /* the last that the child said */
    tw_status ended;
};

static void pause_ms(int ms)
{
    const struct timespec moment = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    (void)nanosleep(&moment, NULL);
}

/* The answer to a request: MBAP head, function, bytes. returns its size; 0: none */
static size_t answer(const uint8_t *request, uint8_t *out)
{
    int slave = request[6];
    int address = request[8] << 8 | request[9];
    int count = request[10] << 8 | request[11];
    memcpy(out, request, 8);
    size_t size = 9;
    out[8] = 0;
    if (slave == SILENT) return 0;
    if (slave == BUSY || slave == NO_PATH ||
        (slave == HOLE && address <= 10 && address + count > 10)) {
        out[7] |= 0x80;
        out[8] = slave == BUSY ? 6 : slave == NO_PATH ? 11 : 2;
    } else if (request[7] <= 2) {
        out[8] = (uint8_t)((count + 7) / 8);
        memset(out + 9, address % 2 == 1 ? 0x55 : 0xAA, out[8]); /* odd addresses are set */
        size += out[8];
    } else {
        out[8] = (uint8_t)(2 * count);
        for (int i = 0; i < count; i++) {
            out[9 + 2 * i] = (uint8_t)((address + i) >> 8);
            out[10 + 2 * i] = (uint8_t)((address + i) & 0xFF);
        }
        size += out[8];
    }
    out[4] = 0;
    out[5] = (uint8_t)(size - 6);
    return size;
}

static void converse(struct world *w, int fd)
{
    uint8_t request[12];
    uint8_t out[300];
    while (!atomic_load(&w->stopping)) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        if (poll(&wait, 1, 20) != 1) continue;
        if (recv(fd, request, sizeof request, MSG_WAITALL) != (ssize_t)sizeof request) return;
        size_t size = answer(request, out);
        for (size_t i = 0; request[6] == DRIP && i < size && !atomic_load(&w->stopping); i++) {
            pause_ms(100);
            if (send(fd, out + i, 1, MSG_NOSIGNAL) != 1) return;
        }
        if (request[6] != DRIP && size > 0 && send(fd, out, size, MSG_NOSIGNAL) < 0) return;
    }
}

static void *slaves_run(void *user)
{
    struct world *w = user;
    while (!atomic_load(&w->stopping)) {
        struct pollfd wait = {.fd = w->listener, .events = POLLIN};
        if (poll(&wait, 1, 20) != 1) continue;
        int fd = accept(w->listener, NULL, NULL);
        if (fd < 0) continue;
        atomic_fetch_add(&w->connections, 1);
        converse(w, fd);
        (void)close(fd);
    }
    return NULL;
}

static void *child_run(void *user)
{
    struct world *w = user;
    w->ended = tw_modbus_gateway_serve(w->child_end);
    (void)close(w->child_end);
    return NULL;
}

static void begin(struct world *w, const char *const *tags, int32_t count)
{
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof place;
    struct tw_modbus_item items[64];
    int ends[2];
    memset(w, 0, sizeof *w);
    w->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(w->listener, (struct sockaddr *)&place, sizeof place), 0);
    assert_int_equal(listen(w->listener, 8), 0);
    assert_int_equal(getsockname(w->listener, (struct sockaddr *)&place, &size), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    w->server_end = ends[0];
    w->child_end = ends[1];
    for (int32_t i = 0; i < count; i++) {
        const char *why = NULL;
        assert_ok(tw_modbus_item_parse(tags[i], TW_MODBUS_ABCD, &items[i], &why));
        items[i].index = i;
    }
    struct tw_modbus_order_form form = {
        .host = "127.0.0.1", .interval_ms = INTERVAL, .timeout_ms = TIMEOUT, .count = count};
    (void)snprintf(form.port, sizeof form.port, "%d", ntohs(place.sin_port));
    assert_int_equal(pthread_create(&w->slaves, NULL, slaves_run, w), 0);
    assert_int_equal(pthread_create(&w->child, NULL, child_run, w), 0);
    const void *const parts[] = {&form, items};
    const size_t sizes[] = {sizeof form, (size_t)count * sizeof items[0]};
    assert_ok(tw_frame_send_parts(w->server_end, TW_MODBUS_PLAN, 2, parts, sizes));
}

static void end(struct world *w)
{
    (void)close(w->server_end);
    (void)pthread_join(w->child, NULL);
    assert_status(w->ended, TW_ERR_NET); /* it goes with its server */
    atomic_store(&w->stopping, true);
    (void)pthread_join(w->slaves, NULL);
    (void)close(w->listener);
}

/* Take frames for a while; every batch is answered with `word`. */
static void listen_for(struct world *w, int ms, uint32_t word)
{
    for (int64_t until = tw_clock_steady_ms() + ms; tw_clock_steady_ms() < until;) {
        struct pollfd wait = {.fd = w->server_end, .events = POLLIN};
        struct tw_frame frame;
        if (poll(&wait, 1, 20) != 1) continue;
        assert_ok(tw_frame_receive(w->server_end, &frame));
        if (frame.kind == TW_MODBUS_WORDS) {
            (void)snprintf(w->words, sizeof w->words, "%s", frame.bytes);
        } else {
            size_t n = frame.size / sizeof w->results[0];
            assert_true(w->count + n <= RESULTS);
            memcpy(w->results + w->count, frame.bytes, frame.size);
            for (size_t i = 0; i < n; i++)
                w->arrived_ms[w->count + i] = tw_clock_steady_ms();
            w->count += n;
            assert_ok(tw_frame_send(w->server_end, word, NULL, 0));
        }
        free(frame.bytes);
    }
}

/* How many results an item has; its last one. */
static int of_item(const struct world *w, int32_t index, struct tw_modbus_result *out_last)
{
    int count = 0;
    for (size_t i = 0; i < w->count; i++) {
        if (w->results[i].index != index) continue;
        *out_last = w->results[i];
        count++;
    }
    return count;
}

static void values_come_at_their_interval(void **state)
{
    (void)state;
    static const char *const tags[] = {"1.3.5", "1.4.300.int32", "1.1.3", "1.2.0", "1.3.6"};
    static const double expected[] = {5.0, 300 * 65536.0 + 301, 1.0, 0.0, 6.0};
    struct world w;
    struct tw_modbus_result last = {0};
    begin(&w, tags, 5);
    listen_for(&w, 10 * INTERVAL, TW_MODBUS_TAKEN);
    for (int32_t i = 0; i < 5; i++) {
        int count = of_item(&w, i, &last);
        assert_true(count >= 5 &&
                    count <= 11); /* ten rounds; half of them on a machine under load */
        assert_true(last.value == expected[i]);
        assert_int_equal(last.flags, 0);
    }
    assert_int_equal(atomic_load(&w.connections), 1);
    end(&w);
}

/* A dead slave and one that drips cost a live one a time-out at a time, never more. */
static void a_dead_slave_delays_nobody_beyond_its_time_out(void **state)
{
    (void)state;
    static const char *const tags[] = {"2.3.0", "1.3.5", "4.3.0.float64", "6.3.0"};
    struct world w;
    struct tw_modbus_result last = {0};
    int64_t before_ms = 0;
    int seen = 0;
    begin(&w, tags, 4);
    listen_for(&w, 5000, TW_MODBUS_TAKEN);
    for (size_t i = 0; i < w.count; i++) {
        if (w.results[i].index != 1) continue;
        int64_t apart_ms = w.results[i].time_ms - before_ms;
        /* 200 ms more than promised are for a machine under load. */
        if (seen > 1) assert_true(apart_ms <= INTERVAL + TIMEOUT + 200);
        before_ms = w.results[i].time_ms;
        seen++;
    }
    assert_true(seen >= 5000 / (INTERVAL + TIMEOUT + 200));
    assert_int_equal(of_item(&w, 0, &last), 0); /* nothing is made up for it */
    assert_int_equal(of_item(&w, 2, &last), 0);
    assert_int_equal(of_item(&w, 3, &last), 0);
    assert_non_null(strstr(w.words, "does not answer"));
    end(&w);
}

/* One register that a slave does not have costs only itself; a slave that says no is heard of. */
static void exceptions_concern_their_own_registers(void **state)
{
    (void)state;
    static const char *const tags[] = {"3.3.8", "3.3.9", "3.3.10", "3.3.11", "5.3.0"};
    struct world w;
    struct tw_modbus_result last = {0};
    begin(&w, tags, 5);
    listen_for(&w, 10 * INTERVAL, TW_MODBUS_TAKEN);
    assert_true(of_item(&w, 0, &last) > 1 && last.value == 8.0);
    assert_true(of_item(&w, 1, &last) > 1 && last.value == 9.0);
    assert_int_equal(of_item(&w, 2, &last), 0);
    assert_true(of_item(&w, 3, &last) > 1 && last.value == 11.0);
    assert_int_equal(of_item(&w, 4, &last), 0);
    assert_int_equal(atomic_load(&w.connections), 1); /* saying no is no reason to hang up */
    end(&w);
}

static void a_gateway_that_goes_marks_the_last_values_and_is_found_again(void **state)
{
    (void)state;
    static const char *const tags[] = {"1.3.5"};
    struct world w;
    struct tw_modbus_result last = {0};
    begin(&w, tags, 1);
    listen_for(&w, 3 * INTERVAL, TW_MODBUS_TAKEN);
    assert_true(of_item(&w, 0, &last) > 0 && last.flags == 0);
    atomic_store(&w.stopping, true);
    (void)pthread_join(w.slaves, NULL);
    struct sockaddr_in place;
    socklen_t size = sizeof place;
    assert_int_equal(getsockname(w.listener, (struct sockaddr *)&place, &size), 0);
    (void)close(w.listener);
    listen_for(&w, 4 * INTERVAL, TW_MODBUS_TAKEN);
    (void)of_item(&w, 0, &last);
    assert_int_equal(last.flags, TW_QUALITY_COMMS);
    assert_true(last.value == 5.0);
    assert_non_null(strstr(w.words, "cannot be reached"));

    int one = 1;
    w.listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(setsockopt(w.listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one), 0);
    assert_int_equal(bind(w.listener, (struct sockaddr *)&place, sizeof place), 0);
    assert_int_equal(listen(w.listener, 8), 0);
    atomic_store(&w.stopping, false);
    assert_int_equal(pthread_create(&w.slaves, NULL, slaves_run, &w), 0);
    for (int tries = 0; tries < 50 && last.flags != 0; tries++) {
        listen_for(&w, INTERVAL, TW_MODBUS_TAKEN);
        (void)of_item(&w, 0, &last);
    }
    assert_int_equal(last.flags, 0);
    end(&w);
}

static void results_come_again_until_they_are_taken(void **state)
{
    (void)state;
    static const char *const tags[] = {"1.3.5"};
    struct world w;
    begin(&w, tags, 1);
    while (w.count == 0)
        listen_for(&w, 50, TW_MODBUS_AGAIN);
    int64_t first_ms = w.results[0].time_ms;
    size_t refused = w.count;
    while (w.count == refused)
        listen_for(&w, 50, TW_MODBUS_TAKEN);
    assert_int_equal(w.results[refused].time_ms, first_ms);
    end(&w);
}

static void nonsense_ends_the_child(void **state)
{
    (void)state;
    int ends[2];
    struct tw_modbus_order_form form = {.interval_ms = 1, .count = 5};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_ok(tw_frame_send(ends[0], TW_MODBUS_PLAN, &form, sizeof form)); /* without its items */
    assert_status(tw_modbus_gateway_serve(ends[1]), TW_ERR_FORMAT);
    assert_ok(tw_frame_send(ends[0], TW_MODBUS_TAKEN, NULL, 0));
    assert_status(tw_modbus_gateway_serve(ends[1]), TW_ERR_FORMAT);
    (void)close(ends[0]);
    assert_status(tw_modbus_gateway_serve(ends[1]), TW_ERR_NET);
    (void)close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_at_their_interval),
        cmocka_unit_test(a_dead_slave_delays_nobody_beyond_its_time_out),
        cmocka_unit_test(exceptions_concern_their_own_registers),
        cmocka_unit_test(a_gateway_that_goes_marks_the_last_values_and_is_found_again),
        cmocka_unit_test(results_come_again_until_they_are_taken),
        cmocka_unit_test(nonsense_ends_the_child),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
