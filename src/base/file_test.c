#include "base/file.h"

#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static char path[96];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/thalweg-file-test-XXXXXX");
    if (mkdtemp(folder) == NULL) return -1;
    snprintf(path, sizeof path, "%s/results.out", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    DIR *dir = opendir(folder);
    if (dir == NULL) return -1;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        char name[400];
        snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
        unlink(name);
    }
    closedir(dir);
    return rmdir(folder);
}

static int files_in_folder(void)
{
    int count = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count - 2; /* . and .. */
}

static void put(const char *text)
{
    tw_outfile *file = NULL;
    assert_ok(tw_outfile_open(path, &file));
    assert_ok(tw_outfile_write(file, text, strlen(text)));
    assert_ok(tw_outfile_commit(file));
}

static void assert_content(const char *expected)
{
    char *text = NULL;
    size_t size = 0;
    assert_ok(tw_file_read(path, 1 << 20, &text, &size));
    assert_int_equal(size, strlen(expected));
    assert_string_equal(text, expected);
    free(text);
}

static void the_old_file_is_seen_until_the_new_one_is_complete(void **state)
{
    (void)state;
    put("old");
    tw_outfile *file = NULL;
    assert_ok(tw_outfile_open(path, &file));
    assert_ok(tw_outfile_printf(file, "%s %d", "new", 1));
    assert_content("old");
    assert_ok(tw_outfile_commit(file));
    assert_content("new 1");
    assert_int_equal(files_in_folder(), 1);
}

static void an_abandoned_file_leaves_nothing(void **state)
{
    (void)state;
    tw_outfile *file = NULL;
    assert_ok(tw_outfile_open(path, &file));
    assert_ok(tw_outfile_write(file, "half", 4));
    assert_int_equal(files_in_folder(), 1);
    tw_outfile_abandon(file);
    assert_int_equal(files_in_folder(), 0);
    tw_outfile_abandon(NULL);
}

static void pieces_of_every_size_arrive_in_order(void **state)
{
    (void)state;
    enum { TOTAL = 1 << 20 };
    unsigned char *expected = malloc(TOTAL);
    assert_non_null(expected);
    for (size_t i = 0; i < TOTAL; i++)
        expected[i] = (unsigned char)(i * 2654435761u >> 24);
    tw_outfile *file = NULL;
    assert_ok(tw_outfile_open(path, &file));
    size_t at = 0;
    for (size_t piece = 0; at < TOTAL; piece = 3 * piece + 1) {
        size_t count = piece % 300000 < TOTAL - at ? piece % 300000 : TOTAL - at;
        assert_ok(tw_outfile_write(file, expected + at, count));
        at += count;
        assert_int_equal(tw_outfile_size(file), at);
    }
    assert_ok(tw_outfile_commit(file));
    char *text = NULL;
    size_t size = 0;
    assert_ok(tw_file_read(path, TOTAL, &text, &size));
    assert_int_equal(size, TOTAL);
    assert_memory_equal(text, expected, TOTAL);
    free(text);
    free(expected);
}

static void a_long_line_is_printed_whole(void **state)
{
    (void)state;
    char *line = calloc(1, 5001);
    assert_non_null(line);
    memset(line, 'z', 5000);
    tw_outfile *file = NULL;
    assert_ok(tw_outfile_open(path, &file));
    assert_ok(tw_outfile_printf(file, "%s", line));
    assert_ok(tw_outfile_commit(file));
    assert_content(line);
    free(line);
}

static void a_full_disk_is_told_with_its_reason(void **state)
{
    (void)state;
    tw_outfile *file = NULL;
    assert_ok(tw_outfile_open("/dev/full", &file));
    char block[4096] = {0};
    tw_status status = TW_OK;
    for (int i = 0; i < 100 && status == TW_OK; i++)
        status = tw_outfile_write(file, block, sizeof block);
    assert_status(status, TW_ERR_FILE);
    errno = 0;
    assert_status(tw_outfile_write(file, block, 1), TW_ERR_FILE); /* it stays failed */
    assert_int_equal(errno, ENOSPC);
    errno = 0;
    assert_status(tw_outfile_commit(file), TW_ERR_FILE);
    assert_int_equal(errno, ENOSPC);
}

/* As on a disk that fills up: the old file stays, of the new one nothing. */
static void a_file_that_grows_too_large_leaves_the_old_one(void **state)
{
    (void)state;
    put("old");
    struct rlimit before, small = {.rlim_cur = 1000, .rlim_max = RLIM_INFINITY};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    tw_outfile *file = NULL;
    assert_ok(tw_outfile_open(path, &file));
    char block[4096] = {0};
    assert_ok(tw_outfile_write(file, block, sizeof block)); /* still in the buffer */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    tw_status status = tw_outfile_commit(file);
    int why = errno;
    setrlimit(RLIMIT_FSIZE, &before);
    assert_status(status, TW_ERR_FILE);
    assert_int_equal(why, EFBIG);
    assert_content("old");
    assert_int_equal(files_in_folder(), 1);
}

static void a_link_stays_and_its_target_is_replaced(void **state)
{
    (void)state;
    char target[96];
    snprintf(target, sizeof target, "%s/real.out", folder);
    FILE *old = fopen(target, "w");
    assert_non_null(old);
    fclose(old);
    assert_int_equal(symlink(target, path), 0);
    put("through");
    struct stat is;
    assert_int_equal(lstat(path, &is), 0);
    assert_true(S_ISLNK(is.st_mode));
    assert_content("through");
}

static void a_place_that_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    tw_outfile *file = NULL;
    assert_status(tw_outfile_open("/nowhere/at/all.out", &file), TW_ERR_FILE);
    assert_int_equal(errno, ENOENT);
    assert_status(tw_outfile_open(folder, &file), TW_ERR_FILE);
    assert_int_equal(errno, EISDIR);
    assert_null(file);
}

static void what_cannot_be_read_is_an_error(void **state)
{
    (void)state;
    char *text = NULL;
    assert_status(tw_file_read("/nowhere/at/all.inp", 100, &text, NULL), TW_ERR_FILE);
    assert_int_equal(errno, ENOENT);
    assert_status(tw_file_read(folder, 100, &text, NULL), TW_ERR_FILE);
    assert_int_equal(errno, EISDIR);
    assert_null(text);
}

static void a_file_is_read_up_to_the_limit_and_not_beyond(void **state)
{
    (void)state;
    put("12345");
    char *text = NULL;
    assert_status(tw_file_read(path, 4, &text, NULL), TW_ERR_FULL);
    assert_null(text);
    assert_ok(tw_file_read(path, 5, &text, NULL));
    assert_string_equal(text, "12345");
    free(text);
    assert_status(tw_file_read("/dev/zero", 1000000, &text, NULL), TW_ERR_FULL);
    struct rusage before, after; /* greatest memory [KB], as Linux counts it */
    getrusage(RUSAGE_SELF, &before);
    assert_status(tw_file_read("/dev/zero", (size_t)1 << 40, &text, NULL), TW_ERR_FULL);
    getrusage(RUSAGE_SELF, &after);
    assert_true(after.ru_maxrss - before.ru_maxrss <
                16384); /* 1 MB, twice, and what a sanitizer adds */
}

static void a_file_is_known_by_any_of_its_names(void **state)
{
    (void)state;
    char link_path[120], other[120];
    snprintf(link_path, sizeof link_path, "%s/link", folder);
    snprintf(other, sizeof other, "%s/other", folder);
    put("x");
    assert_false(tw_file_same(path, link_path));
    assert_int_equal(symlink(path, link_path), 0);
    assert_true(tw_file_same(path, link_path));
    assert_true(tw_file_same(other, other)); /* neither is there yet */
    assert_false(tw_file_same(path, other));
    assert_false(tw_file_same("/dev/null", "/dev/null"));
}

static void a_file_without_a_size_is_read_to_its_end(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    assert_ok(tw_file_read("/proc/self/status", 1 << 20, &text, &size)); /* says it has 0 bytes */
    assert_true(size > 100);
    assert_non_null(strstr(text, "Name:"));
    free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
    signal(SIGXFSZ, SIG_IGN); /* a write beyond RLIMIT_FSIZE answers EFBIG instead */
    const struct CMUnitTest tests[] = {
        TEST(the_old_file_is_seen_until_the_new_one_is_complete),
        TEST(an_abandoned_file_leaves_nothing),
        TEST(pieces_of_every_size_arrive_in_order),
        TEST(a_long_line_is_printed_whole),
        TEST(a_full_disk_is_told_with_its_reason),
        TEST(a_file_that_grows_too_large_leaves_the_old_one),
        TEST(a_link_stays_and_its_target_is_replaced),
        TEST(a_place_that_cannot_be_written_is_an_error),
        TEST(what_cannot_be_read_is_an_error),
        TEST(a_file_is_read_up_to_the_limit_and_not_beyond),
        TEST(a_file_is_known_by_any_of_its_names),
        TEST(a_file_without_a_size_is_read_to_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
