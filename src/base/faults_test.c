#include "base/faults.h"

#include "check.h"

#include <stdio.h>
#include <string.h>

static tw_faults *create(size_t limit)
{
    tw_faults *faults = NULL;
    assert_ok(tw_faults_create(limit, &faults));
    return faults;
}

static void faults_are_kept_in_order_with_their_place(void **state)
{
    (void)state;
    tw_faults *faults = create(0);
    char file[] = "a.inp";
    tw_faults_add(faults, file, 12, "conduit %s: unknown node \"%s\"", "C7", "N9");
    tw_faults_warn(faults, file, 0, "no rain gage");
    memset(file, 'x', 5); /* the list has its own copy */
    assert_int_equal(tw_faults_count(faults), 1);
    assert_int_equal(tw_faults_kept(faults), 2);
    struct tw_fault fault = tw_faults_get(faults, 0);
    assert_string_equal(fault.file, "a.inp");
    assert_int_equal(fault.line, 12);
    assert_int_equal(fault.warning, 0);
    assert_string_equal(fault.text, "conduit C7: unknown node \"N9\"");
    fault = tw_faults_get(faults, 1);
    assert_string_equal(fault.file, "a.inp");
    assert_int_equal(fault.warning, 1);
    tw_faults_destroy(faults);
}

static void beyond_the_limit_faults_are_only_counted(void **state)
{
    (void)state;
    tw_faults *faults = create(3);
    for (int i = 0; i < 50; i++)
        tw_faults_add(faults, "b.inp", i, "fault %d", i);
    assert_int_equal(tw_faults_count(faults), 50);
    assert_int_equal(tw_faults_kept(faults), 3);
    assert_string_equal(tw_faults_get(faults, 2).text, "fault 2");
    tw_faults_destroy(faults);
}

static void a_list_that_is_not_there_takes_faults_silently(void **state)
{
    (void)state;
    tw_faults_add(NULL, "c.inp", 1, "lost");
    tw_faults_warn(NULL, "c.inp", 1, "lost");
    tw_faults_destroy(NULL);
}

static void a_long_text_is_cut(void **state)
{
    (void)state;
    tw_faults *faults = create(0);
    char text[3000];
    memset(text, 'y', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    tw_faults_add(faults, NULL, 1, "%s", text);
    assert_int_equal(strlen(tw_faults_get(faults, 0).text), 999);
    assert_string_equal(tw_faults_get(faults, 0).file, "");
    assert_string_equal(tw_faults_get(faults, 1).text, ""); /* not one of the list */
    tw_faults_destroy(faults);
}

static void a_fault_is_written_as_compilers_write_theirs(void **state)
{
    (void)state;
    char line[80];
    struct tw_fault fault = {.file = "d.inp", .line = 3, .text = "bad"};
    assert_int_equal(tw_fault_format(&fault, line, sizeof line), 12);
    assert_string_equal(line, "d.inp:3: bad");
    fault.line = 0;
    fault.warning = 1;
    tw_fault_format(&fault, line, sizeof line);
    assert_string_equal(line, "d.inp: warning: bad");
    fault.file = "";
    tw_fault_format(&fault, line, sizeof line);
    assert_string_equal(line, "warning: bad");
    assert_int_equal(tw_fault_format(&fault, line, 4), 12);
    assert_string_equal(line, "war");
}

static void without_memory_the_count_is_still_right(void **state)
{
    (void)state;
    for (int64_t n = 1; n < 60; n++) {
        tw_faults *faults = create(0);
        faults->arena.fail_at = n;
        char file[16];
        for (int i = 0; i < 20; i++) {
            snprintf(file, sizeof file, "%d.inp", i);
            tw_faults_add(faults, file, 1, "fault %d", i);
        }
        assert_int_equal(tw_faults_count(faults), 20);
        /* 20 names, 20 texts, 2 lists: while one of the 42 fails, one fault is not kept. */
        assert_int_equal(tw_faults_kept(faults), n <= 42 ? 19 : 20);
        for (size_t i = 0; i < tw_faults_kept(faults); i++)
            assert_true(strlen(tw_faults_get(faults, i).text) > 0);
        tw_faults_destroy(faults);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_kept_in_order_with_their_place),
        cmocka_unit_test(beyond_the_limit_faults_are_only_counted),
        cmocka_unit_test(a_list_that_is_not_there_takes_faults_silently),
        cmocka_unit_test(a_long_text_is_cut),
        cmocka_unit_test(a_fault_is_written_as_compilers_write_theirs),
        cmocka_unit_test(without_memory_the_count_is_still_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
