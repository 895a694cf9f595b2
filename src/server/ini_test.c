#include "server/ini.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
    struct tw_arena arena;
    tw_faults *faults;
    struct tw_ini ini;
};

static tw_status read_text(struct fixture *fixture, const char *text)
{
    char path[] = "/tmp/tw_ini_test_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    (void)close(fd);
    tw_status status = tw_ini_read(path, &fixture->arena, fixture->faults, &fixture->ini);
    (void)unlink(path);
    return status;
}

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    *state = fixture;
    return fixture != NULL && tw_faults_create(0, &fixture->faults) == TW_OK ? 0 : -1;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    tw_faults_destroy(fixture->faults);
    tw_arena_done(&fixture->arena);
    free(fixture);
    return 0;
}

static void entries_are_found_with_their_lines(void **state)
{
    struct fixture *fixture = *state;
    assert_ok(
        read_text(fixture, "\xef\xbb\xbf; head\n[a]\nx = 1 ; one\n# note\n[b]\r\nx=two words\r\n"));
    assert_int_equal(tw_ini_find(&fixture->ini, "a", "x")->line, 3);
    assert_string_equal(tw_ini_text(&fixture->ini, "a", "x", "-"), "1");
    assert_string_equal(tw_ini_text(&fixture->ini, "B", "X", "-"), "two words");
    assert_string_equal(tw_ini_text(&fixture->ini, "a", "y", "none"), "none");
    assert_int_equal(tw_faults_count(fixture->faults), 0);
}

static void a_long_text_is_continued_by_blanks(void **state)
{
    struct fixture *fixture = *state;
    assert_ok(read_text(fixture, "[a]\nx = one\n  two\n\tthree\ny = 4\n"));
    assert_string_equal(tw_ini_text(&fixture->ini, "a", "x", ""), "one two three");
    assert_int_equal(tw_ini_find(&fixture->ini, "a", "y")->line, 5);
}

static void a_line_too_long_is_a_fault_with_its_line(void **state)
{
    struct fixture *fixture = *state;
    char text[1200];
    (void)snprintf(text, sizeof text, "[a]\nx = %01000d\ny = 2\n", 7);
    assert_ok(read_text(fixture, text));
    assert_int_equal(tw_faults_count(fixture->faults), 1);
    assert_int_equal(tw_faults_get(fixture->faults, 0).line, 2);
    assert_string_equal(tw_ini_text(&fixture->ini, "a", "y", ""), "2");
}

static void numbers_and_words_are_checked(void **state)
{
    struct fixture *fixture = *state;
    const double limits[2] = {0.0, 10.0};
    assert_ok(read_text(fixture, "[a]\ngood = 2.5\ntext = two\nlarge = 11\nyes = YES\nodd = si\n"));
    assert_near(tw_ini_number(&fixture->ini, "a", "good", 1.0, limits, fixture->faults), 2.5, 0.0);
    assert_near(tw_ini_number(&fixture->ini, "a", "gone", 1.0, limits, fixture->faults), 1.0, 0.0);
    assert_int_equal(tw_faults_count(fixture->faults), 0);
    assert_near(tw_ini_number(&fixture->ini, "a", "text", 1.0, limits, fixture->faults), 1.0, 0.0);
    assert_near(tw_ini_number(&fixture->ini, "a", "large", 1.0, limits, fixture->faults), 1.0, 0.0);
    assert_int_equal(tw_faults_count(fixture->faults), 2);
    assert_true(tw_ini_yes(&fixture->ini, "a", "yes", false, fixture->faults));
    assert_false(tw_ini_yes(&fixture->ini, "a", "odd", false, fixture->faults));
    assert_int_equal(tw_faults_get(fixture->faults, 2).line, 6);
}

static void what_nobody_asked_for_is_warned_of(void **state)
{
    struct fixture *fixture = *state;
    assert_ok(read_text(fixture, "[a]\nx = 1\ny = 2\n"));
    (void)tw_ini_text(&fixture->ini, "a", "x", "");
    tw_ini_warn_unused(&fixture->ini, fixture->faults);
    assert_int_equal(tw_faults_count(fixture->faults), 0);
    assert_int_equal(tw_faults_kept(fixture->faults), 1);
    assert_int_equal(tw_faults_get(fixture->faults, 0).line, 3);
}

#define with_file(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_file(entries_are_found_with_their_lines),
        with_file(a_long_text_is_continued_by_blanks),
        with_file(a_line_too_long_is_a_fault_with_its_line),
        with_file(numbers_and_words_are_checked),
        with_file(what_nobody_asked_for_is_warned_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
