#include "base/writer.h"

#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BYTES = 100000, ROUNDS = 200 };

static size_t size_of_round(int k) { return (size_t)(BYTES - 499 * k); }

static void fill(char *buffer, int k)
{
    for (size_t i = 0; i < size_of_round(k); i++)
        buffer[i] = (char)((size_t)k * 31 + i % 251);
}

static void all_bytes_arrive_in_the_order_they_were_sent(void **state)
{
    (void)state;
    char path[] = "/tmp/thalweg-writer-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    tw_outfile *file;
    struct tw_writer *writer;
    assert_ok(tw_outfile_open(path, &file));
    assert_ok(tw_writer_begin(file, BYTES, &writer));
    for (int k = 0; k < ROUNDS; k++) {
        char *buffer = tw_writer_buffer(writer);
        fill(buffer, k);
        assert_ok(tw_writer_send(writer, size_of_round(k)));
    }
    assert_ok(tw_writer_end(writer));
    assert_ok(tw_outfile_commit(file));
    char *text, *expected = malloc(BYTES);
    size_t size, at = 0;
    assert_ok(tw_file_read(path, (size_t)BYTES * ROUNDS, &text, &size));
    for (int k = 0; k < ROUNDS; k++) {
        fill(expected, k);
        assert_true(at + size_of_round(k) <= size);
        assert_memory_equal(text + at, expected, size_of_round(k));
        at += size_of_round(k);
    }
    assert_int_equal(at, size);
    free(expected);
    free(text);
    unlink(path);
}

static void a_full_disk_is_told_by_a_later_call(void **state)
{
    (void)state;
    if (access("/dev/full", W_OK) != 0) skip();
    tw_outfile *file;
    struct tw_writer *writer;
    assert_ok(tw_outfile_open("/dev/full", &file));
    assert_ok(tw_writer_begin(file, BYTES, &writer));
    tw_status status = TW_OK;
    /* a write fails when the file's own buffer is full; at most two buffers are on their way then */
    for (int k = 0; k < 10 && status == TW_OK; k++) {
        fill(tw_writer_buffer(writer), 0);
        errno = 0;
        status = tw_writer_send(writer, BYTES);
    }
    assert_status(status, TW_ERR_FILE);
    assert_int_equal(errno, ENOSPC);
    errno = 0;
    assert_status(tw_writer_end(writer), TW_ERR_FILE);
    assert_int_equal(errno, ENOSPC);
    tw_outfile_abandon(file);
}

static void a_writer_that_got_nothing_ends(void **state)
{
    (void)state;
    tw_outfile *file;
    struct tw_writer *writer;
    assert_ok(tw_outfile_open("/dev/null", &file));
    assert_ok(tw_writer_begin(file, 10, &writer));
    assert_ok(tw_writer_end(writer));
    assert_ok(tw_writer_end(NULL));
    tw_outfile_abandon(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_bytes_arrive_in_the_order_they_were_sent),
        cmocka_unit_test(a_full_disk_is_told_by_a_later_call),
        cmocka_unit_test(a_writer_that_got_nothing_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
