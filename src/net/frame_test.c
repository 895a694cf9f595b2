#include "net/frame.h"

#include "check.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void pair(int ends[2]) { assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0); }

static void a_message_arrives_as_it_was_sent(void **state)
{
    (void)state;
    int ends[2];
    struct tw_frame frame;
    pair(ends);
    assert_ok(tw_frame_send(ends[0], 7, "water", 5));
    assert_ok(tw_frame_send(ends[0], 8, NULL, 0));
    assert_ok(tw_frame_receive(ends[1], &frame));
    assert_int_equal(frame.kind, 7);
    assert_int_equal(frame.size, 5);
    assert_string_equal(frame.bytes, "water"); /* a NUL follows */
    free(frame.bytes);
    assert_ok(tw_frame_receive(ends[1], &frame));
    assert_int_equal(frame.kind, 8);
    assert_null(frame.bytes);
    (void)close(ends[0]);
    assert_status(tw_frame_receive(ends[1], &frame), TW_ERR_NET);
    (void)close(ends[1]);
}

static const size_t large = 3000001;

static void *send_large(void *user)
{
    char *bytes = malloc(large);
    assert_non_null(bytes);
    for (size_t i = 0; i < large; i++)
        bytes[i] = (char)(i * 7 % 251);
    const void *const parts[] = {bytes, bytes + 1000, bytes + 2000000};
    const size_t sizes[] = {1000, 1999000, large - 2000000};
    assert_ok(tw_frame_send_parts(*(const int *)user, 1, 3, parts, sizes));
    free(bytes);
    return NULL;
}

static void a_message_larger_than_the_sockets_buffer_arrives_whole(void **state)
{
    (void)state;
    int ends[2];
    struct tw_frame frame;
    pthread_t thread;
    pair(ends);
    assert_int_equal(pthread_create(&thread, NULL, send_large, &ends[0]), 0);
    assert_ok(tw_frame_receive(ends[1], &frame));
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(frame.size, large);
    for (size_t i = 0; i < large; i++) {
        if (frame.bytes[i] != (char)(i * 7 % 251)) fail_msg("byte %zu differs", i);
    }
    free(frame.bytes);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void an_end_that_is_gone_is_an_error_not_a_signal(void **state)
{
    (void)state;
    int ends[2];
    pair(ends);
    (void)close(ends[1]);
    assert_status(tw_frame_send(ends[0], 1, "x", 1), TW_ERR_NET);
    (void)close(ends[0]);
}

static void other_bytes_are_refused(void **state)
{
    (void)state;
    int ends[2];
    struct tw_frame frame;
    pair(ends);
    assert_int_equal(write(ends[0], "GET / HTTP/1.1\r\n\r\n", 18), 18);
    assert_status(tw_frame_receive(ends[1], &frame), TW_ERR_FORMAT);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_arrives_as_it_was_sent),
        cmocka_unit_test(a_message_larger_than_the_sockets_buffer_arrives_whole),
        cmocka_unit_test(an_end_that_is_gone_is_an_error_not_a_signal),
        cmocka_unit_test(other_bytes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
