#include "net/door.h"

#include "check.h"
#include "net/place.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A protocol of lines: each is answered by itself; "wait" pauses, "bye" ends, "tell" is answered
 * by another thread. */
struct hall {
    atomic_int opened, closed, ended[5];
    struct tw_conn last;
};

struct guest {
    struct hall *hall;
    struct tw_conn conn;
};

static void *opened(void *user, struct tw_conn conn, const char *peer)
{
    struct hall *hall = user;
    struct guest *guest = malloc(sizeof *guest);
    assert_non_null(guest);
    assert_true(strcmp(peer, "127.0.0.1") == 0 || strcmp(peer, "") == 0);
    *guest = (struct guest){hall, conn};
    hall->last = conn;
    atomic_fetch_add(&hall->opened, 1);
    return guest;
}

static ptrdiff_t received(void *session, const uint8_t *bytes, size_t size)
{
    struct guest *guest = session;
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != '\n') continue;
        size_t length = i + 1 - used;
        if (length == 5 && memcmp(bytes + used, "wait\n", 5) == 0) {
            tw_conn_pause(guest->conn);
            tw_conn_tell(guest->conn, 1, 0);
            return (ptrdiff_t)(i + 1);
        }
        tw_conn_send(guest->conn, bytes + used, length);
        if (length == 4 && memcmp(bytes + used, "bye\n", 4) == 0) return -1;
        used = i + 1;
    }
    return (ptrdiff_t)used;
}

static void told(void *session, uint64_t what, uint64_t detail)
{
    const struct guest *guest = session;
    char text[2] = {(char)('a' + detail), '\n'};
    if (what == 1) {
        tw_conn_send(guest->conn, "resumed\n", 8);
        tw_conn_resume(guest->conn);
    } else {
        tw_conn_send(guest->conn, text, sizeof text);
    }
}

static void closed(void *session, enum tw_door_end why)
{
    struct guest *guest = session;
    atomic_fetch_add(&guest->hall->closed, 1);
    atomic_fetch_add(&guest->hall->ended[why], 1);
    free(guest);
}

static const struct tw_door_protocol lines = {
    .name = "lines",
    .limits = {.in_bytes = 100, .out_bytes = 1 << 20, .count = 20, .per_peer = 4},
    .opened = opened,
    .received = received,
    .told = told,
    .closed = closed};

struct scene {
    struct hall hall;
    struct tw_door *door;
    uint16_t port;
};

static void scene_begin(struct scene *scene, const struct tw_door_protocol *protocol)
{
    *scene = (struct scene){.door = NULL};
    struct tw_door_listener listener = {
        .address = "127.0.0.1", .protocol = protocol, .user = &scene->hall};
    assert_ok(tw_door_create(16, &scene->door));
    assert_ok(tw_door_listen(scene->door, &listener, &scene->port));
}

static int dial(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* The next bytes are these. */
static void hear(int fd, const char *text)
{
    char got[256] = "";
    size_t size = 0;
    while (size < strlen(text)) {
        struct pollfd poller = {.fd = fd, .events = POLLIN};
        assert_int_equal(poll(&poller, 1, 5000), 1);
        ssize_t count = recv(fd, got + size, strlen(text) - size, 0);
        assert_true(count > 0);
        size += (size_t)count;
    }
    assert_string_equal(got, text);
}

/* The other end closes. */
static void hear_end(int fd)
{
    char byte = 0;
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&poller, 1, 8000), 1);
    assert_true(recv(fd, &byte, 1, 0) <= 0);
    (void)close(fd);
}

static void wait_for(const atomic_int *what, int value)
{
    for (int i = 0; i < 500 && atomic_load(what) != value; i++)
        (void)usleep(10000);
    assert_int_equal(atomic_load(what), value);
}

static void a_line_is_answered_however_it_is_cut(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene, &lines);
    int fd = dial(scene.port);
    say(fd, "one\ntw");
    hear(fd, "one\n");
    say(fd, "o\nthree\n");
    hear(fd, "two\nthree\n");
    say(fd, "bye\nnever\n");
    hear(fd, "bye\n");
    hear_end(fd);
    wait_for(&scene.hall.ended[TW_DOOR_END_PROTOCOL], 1);
    tw_door_destroy(scene.door);
    assert_int_equal(atomic_load(&scene.hall.closed), 1);
}

static void what_comes_after_a_pause_is_kept_in_order(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene, &lines);
    int fd = dial(scene.port);
    say(fd, "a\nwait\nb\nwait\nc\n");
    hear(fd, "a\nresumed\nb\nresumed\nc\n");
    (void)close(fd);
    wait_for(&scene.hall.ended[TW_DOOR_END_PEER], 1);
    tw_door_destroy(scene.door);
}

static void *tell_from_outside(void *user)
{
    const struct tw_conn *conn = user;
    for (uint64_t i = 0; i < 20; i++)
        tw_conn_tell(*conn, 2, i);
    tw_conn_send(*conn, "end\n", 4);
    return NULL;
}

static void other_threads_reach_a_connection_and_not_one_that_is_gone(void **state)
{
    (void)state;
    struct scene scene;
    pthread_t thread;
    scene_begin(&scene, &lines);
    int fd = dial(scene.port);
    say(fd, "x\n");
    hear(fd, "x\n");
    struct tw_conn conn = scene.hall.last;
    assert_int_equal(pthread_create(&thread, NULL, tell_from_outside, &conn), 0);
    hear(fd, "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\nn\no\np\nq\nr\ns\nt\nend\n");
    assert_int_equal(pthread_join(thread, NULL), 0);
    (void)close(fd);
    wait_for(&scene.hall.closed, 1);
    fd = dial(scene.port); /* gets the slot of the one that is gone */
    say(fd, "y\n");
    hear(fd, "y\n");
    (void)tell_from_outside(&conn);
    say(fd, "z\n");
    hear(fd, "z\n");
    (void)close(fd);
    tw_door_destroy(scene.door);
}

static void too_long_a_line_ends_the_connection(void **state)
{
    (void)state;
    struct scene scene;
    char text[150];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = 0;
    scene_begin(&scene, &lines);
    int fd = dial(scene.port);
    say(fd, text);
    hear_end(fd);
    wait_for(&scene.hall.ended[TW_DOOR_END_LIMIT], 1);
    tw_door_destroy(scene.door);
}

static void one_peer_gets_no_more_than_its_share(void **state)
{
    (void)state;
    struct scene scene;
    int fds[5];
    scene_begin(&scene, &lines);
    for (int i = 0; i < 5; i++)
        fds[i] = dial(scene.port);
    hear_end(fds[4]);
    assert_int_equal(tw_door_count(scene.door), 4);
    (void)close(fds[0]);
    wait_for(&scene.hall.closed, 1);
    fds[0] = dial(scene.port); /* room again */
    say(fds[0], "x\n");
    hear(fds[0], "x\n");
    for (int i = 0; i < 4; i++)
        (void)close(fds[i]);
    tw_door_destroy(scene.door);
    assert_int_equal(atomic_load(&scene.hall.closed), 5);
}

static void slow_and_silent_peers_are_sent_away(void **state)
{
    (void)state;
    struct scene scene;
    struct tw_door_protocol hasty = lines;
    hasty.limits.first_ms = 1500;
    hasty.limits.whole_ms = 1500;
    hasty.limits.silent_ms = 3000;
    scene_begin(&scene, &hasty);
    int dumb = dial(scene.port);
    int slow = dial(scene.port);
    int silent = dial(scene.port);
    say(slow, "x\n");
    say(silent, "x\n");
    hear(slow, "x\n");
    hear(silent, "x\n");
    for (int i = 0; i < 4; i++) { /* a byte now and then keeps nobody in */
        (void)send(slow, "y", 1, MSG_NOSIGNAL);
        (void)usleep(500000);
    }
    hear_end(dumb);
    wait_for(&scene.hall.ended[TW_DOOR_END_TIME], 2);
    (void)close(slow);
    hear_end(silent);
    tw_door_destroy(scene.door);
    assert_int_equal(atomic_load(&scene.hall.ended[TW_DOOR_END_TIME]), 3);
}

static void one_that_never_reads_is_dropped(void **state)
{
    (void)state;
    struct scene scene;
    struct tw_door_protocol small = lines;
    char text[81];
    scene_begin(&scene, &small);
    int fd = dial(scene.port);
    memset(text, 'x', sizeof text);
    text[79] = '\n';
    text[80] = 0;
    int sent = 0;
    while (sent < 1000000 && send(fd, text, 80, MSG_NOSIGNAL) == 80)
        sent++;
    assert_true(sent < 1000000); /* 80 MB: more than sockets and the limit hold */
    wait_for(&scene.hall.ended[TW_DOOR_END_LIMIT], 1);
    (void)close(fd);
    tw_door_destroy(scene.door);
}

static void a_socket_connected_elsewhere_is_served(void **state)
{
    (void)state;
    struct scene scene;
    int ends[2];
    scene_begin(&scene, &lines);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    struct tw_door_listener place = {.protocol = &lines, .user = &scene.hall};
    assert_ok(tw_door_adopt(scene.door, ends[0], &place));
    say(ends[1], "x\nbye\n");
    hear(ends[1], "x\nbye\n");
    hear_end(ends[1]);
    tw_door_destroy(scene.door);
}

static void a_quiet_door_answers_but_does_not_read(void **state)
{
    (void)state;
    struct scene scene;
    scene_begin(&scene, &lines);
    int fd = dial(scene.port);
    say(fd, "x\n");
    hear(fd, "x\n");
    tw_door_quiesce(scene.door);
    (void)usleep(100000);
    say(fd, "y\n");
    tw_conn_send(scene.hall.last, "z\n", 2);
    hear(fd, "z\n");
    tw_door_destroy(scene.door);
    assert_int_equal(atomic_load(&scene.hall.ended[TW_DOOR_END_STOPPED]), 1);
    hear_end(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_answered_however_it_is_cut),
        cmocka_unit_test(what_comes_after_a_pause_is_kept_in_order),
        cmocka_unit_test(other_threads_reach_a_connection_and_not_one_that_is_gone),
        cmocka_unit_test(too_long_a_line_ends_the_connection),
        cmocka_unit_test(one_peer_gets_no_more_than_its_share),
        cmocka_unit_test(slow_and_silent_peers_are_sent_away),
        cmocka_unit_test(one_that_never_reads_is_dropped),
        cmocka_unit_test(a_socket_connected_elsewhere_is_served),
        cmocka_unit_test(a_quiet_door_answers_but_does_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
