#include "base/names.h"

#include "check.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void a_name_is_found_in_any_letter_case(void **state)
{
    (void)state;
    struct tw_arena arena = {0};
    struct tw_names names;
    tw_names_init(&names, &arena);
    int32_t i = -1;
    assert_ok(tw_names_add(&names, "Outfall-7b", &i));
    assert_int_equal(i, 0);
    assert_int_equal(tw_names_find(&names, "OUTFALL-7B"), 0);
    assert_int_equal(tw_names_find(&names, "outfall-7"), -1);
    assert_int_equal(tw_names_find(&names, "outfall-7bb"), -1);
    assert_string_equal(tw_names_get(&names, 0), "Outfall-7b");
    tw_arena_done(&arena);
}

static void letters_are_folded_but_not_their_neighbours(void **state)
{
    (void)state;
    struct tw_arena arena = {0};
    struct tw_names names;
    tw_names_init(&names, &arena);
    int32_t i = -1;
    /* '@' and '`', '[' and '{' differ by the bit that tells A from a. */
    assert_ok(tw_names_add(&names, "@[", &i));
    assert_int_equal(tw_names_find(&names, "`{"), -1);
    assert_ok(tw_names_add(&names, "泵站", &i));
    assert_int_equal(tw_names_find(&names, "泵站"), 1);
    assert_int_equal(tw_names_find(&names, "泵房"), -1);
    tw_arena_done(&arena);
}

static void a_second_name_gives_the_first_index(void **state)
{
    (void)state;
    struct tw_arena arena = {0};
    struct tw_names names;
    tw_names_init(&names, &arena);
    int32_t i = -1;
    assert_ok(tw_names_add(&names, "J1", &i));
    assert_ok(tw_names_add(&names, "J2", &i));
    assert_status(tw_names_add(&names, "j1", &i), TW_ERR_NAME);
    assert_int_equal(i, 0);
    assert_int_equal(names.count, 2);
    tw_arena_done(&arena);
}

static void nothing_is_found_in_an_empty_set(void **state)
{
    (void)state;
    struct tw_names names = {0};
    assert_int_equal(tw_names_find(&names, "J1"), -1);
    assert_int_equal(tw_names_find(&names, ""), -1);
}

static void a_name_is_copied(void **state)
{
    (void)state;
    struct tw_arena arena = {0};
    struct tw_names names;
    tw_names_init(&names, &arena);
    char text[] = "C12";
    int32_t i = -1;
    assert_ok(tw_names_add(&names, text, &i));
    memcpy(text, "XXX", 3);
    assert_int_equal(tw_names_find(&names, "c12"), 0);
    tw_arena_done(&arena);
}

static void two_hundred_thousand_names_take_under_a_second(void **state)
{
    (void)state;
    enum { COUNT = 200000 };
    struct tw_arena arena = {0};
    struct tw_names names;
    tw_names_init(&names, &arena);
    clock_t begin = clock();
    char text[32];
    for (int32_t k = 0; k < COUNT; k++) {
        int32_t i = -1;
        snprintf(text, sizeof text, "Node_%d", (int)k);
        assert_ok(tw_names_add(&names, text, &i));
        assert_true(i == k);
    }
    for (int32_t k = 0; k < COUNT; k++) {
        snprintf(text, sizeof text, "NODE_%d", (int)k);
        assert_true(tw_names_find(&names, text) == k);
    }
    /* Measured 0.05 s; a table that degenerates takes minutes, a sanitizer ten times as long. */
    assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 1.0);
    tw_arena_done(&arena);
}

static tw_status add_names(struct tw_names *names, int count, int *out_added)
{
    char text[32];
    for (*out_added = 0; *out_added < count; (*out_added)++) {
        int32_t i = -1;
        snprintf(text, sizeof text, "N%d", *out_added);
        TW_TRY(tw_names_add(names, text, &i));
    }
    return TW_OK;
}

static void every_failing_allocation_leaves_a_set_that_works(void **state)
{
    (void)state;
    for (int64_t n = 1;; n++) {
        struct tw_arena arena = {.fail_at = n};
        struct tw_names names;
        tw_names_init(&names, &arena);
        int added = 0;
        tw_status status = add_names(&names, 40, &added);
        assert_int_equal(names.count, added);
        for (int k = 0; k < added; k++) {
            char text[32];
            snprintf(text, sizeof text, "n%d", k);
            assert_int_equal(tw_names_find(&names, text), k);
        }
        int32_t i = -1;
        if (status != TW_OK) assert_ok(tw_names_add(&names, "again", &i));
        tw_arena_done(&arena);
        if (status == TW_OK) break;
        assert_status(status, TW_ERR_NOMEM);
        assert_true(n < 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_found_in_any_letter_case),
        cmocka_unit_test(letters_are_folded_but_not_their_neighbours),
        cmocka_unit_test(a_second_name_gives_the_first_index),
        cmocka_unit_test(nothing_is_found_in_an_empty_set),
        cmocka_unit_test(a_name_is_copied),
        cmocka_unit_test(two_hundred_thousand_names_take_under_a_second),
        cmocka_unit_test(every_failing_allocation_leaves_a_set_that_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
