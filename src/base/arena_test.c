#include "base/arena.h"

#include "check.h"

#include <string.h>

static void memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    struct tw_arena arena;
    tw_arena_init(&arena);
    for (size_t n = 0; n < 300; n++) {
        unsigned char *bytes = tw_arena_alloc(&arena, n, 7);
        assert_non_null(bytes);
        assert_int_equal((uintptr_t)bytes % 64, 0);
        for (size_t i = 0; i < 7 * n; i++)
            assert_int_equal(bytes[i], 0);
        memset(bytes, 0xff, 7 * n); /* what a neighbour would trip over */
    }
    tw_arena_done(&arena);
}

static void memory_is_zero_again_after_a_reset(void **state)
{
    (void)state;
    struct tw_arena arena = {0};
    for (int round = 0; round < 4; round++) {
        for (int k = 0; k < 100; k++) {
            unsigned char *bytes = tw_arena_alloc(&arena, 5000, 1);
            for (int i = 0; i < 5000; i++)
                assert_int_equal(bytes[i], 0);
            memset(bytes, 0xee, 5000);
        }
        tw_arena_reset(&arena);
    }
    tw_arena_done(&arena);
}

static void a_reset_arena_of_one_block_takes_no_new_memory(void **state)
{
    (void)state;
    struct tw_arena arena = {0};
    void *first = tw_arena_alloc(&arena, 1000, 8);
    tw_arena_reset(&arena);
    assert_ptr_equal(tw_arena_alloc(&arena, 1000, 8), first);
    tw_arena_done(&arena);
}

static void large_pieces_fit_and_stay(void **state)
{
    (void)state;
    struct tw_arena arena = {0};
    char *small = tw_arena_text(&arena, "small", 5);
    char *large = tw_arena_alloc(&arena, (size_t)40 << 20, 1);
    assert_non_null(large);
    large[((size_t)40 << 20) - 1] = 1;
    assert_string_equal(small, "small");
    tw_arena_done(&arena);
}

static void a_product_that_overflows_is_refused(void **state)
{
    (void)state;
    struct tw_arena arena = {0};
    assert_null(tw_arena_alloc(&arena, SIZE_MAX / 4, 8));
    assert_null(tw_arena_alloc(&arena, SIZE_MAX - 3, 1));
    int32_t negative = -1;
    assert_null(TW_ARENA_NEW(&arena, double, negative));
    assert_null(tw_arena_text(&arena, "", SIZE_MAX));
    assert_non_null(TW_ARENA_NEW(&arena, double, 4));
    tw_arena_done(&arena);
}

static void a_text_is_copied_and_terminated(void **state)
{
    (void)state;
    struct tw_arena arena = {0};
    memset(tw_arena_alloc(&arena, 100, 1), 'x', 100);
    tw_arena_reset(&arena);
    char *text = tw_arena_text(&arena, "invert", 3);
    assert_string_equal(text, "inv");
    tw_arena_done(&arena);
}

static void the_nth_allocation_fails_when_told_to_and_the_next_succeeds(void **state)
{
    (void)state;
    struct tw_arena arena = {.fail_at = 3};
    assert_non_null(tw_arena_alloc(&arena, 1, 1));
    assert_non_null(tw_arena_text(&arena, "a", 1));
    assert_null(tw_arena_alloc(&arena, 1, 1));
    assert_non_null(tw_arena_alloc(&arena, 1, 1));
    tw_arena_done(&arena);
}

static void done_accepts_nothing_and_an_empty_arena(void **state)
{
    (void)state;
    struct tw_arena arena = {0};
    tw_arena_done(NULL);
    tw_arena_done(&arena);
    tw_arena_reset(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(memory_is_zero_again_after_a_reset),
        cmocka_unit_test(a_reset_arena_of_one_block_takes_no_new_memory),
        cmocka_unit_test(large_pieces_fit_and_stay),
        cmocka_unit_test(a_product_that_overflows_is_refused),
        cmocka_unit_test(a_text_is_copied_and_terminated),
        cmocka_unit_test(the_nth_allocation_fails_when_told_to_and_the_next_succeeds),
        cmocka_unit_test(done_accepts_nothing_and_an_empty_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
