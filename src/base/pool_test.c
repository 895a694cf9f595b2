#include "base/pool.h"

#include "base/arena.h"
#include "check.h"

struct parts {
    double *depth_m;
    int32_t *row;
    char *none;
};

static void lay_out(struct parts *parts, struct tw_pool *pool)
{
    parts->depth_m = TW_POOL_NEW(pool, double, 9);
    parts->none = TW_POOL_NEW(pool, char, 0);
    parts->row = TW_POOL_NEW(pool, int32_t, 3);
}

static void counting_and_cutting_agree(void **state)
{
    (void)state;
    struct tw_pool pool = {0};
    struct parts parts;
    lay_out(&parts, &pool);
    assert_null(parts.depth_m);
    assert_int_equal(pool.used, 128 + 64); /* 72 and 12 bytes, rounded up to 64 */
    size_t counted = pool.used;

    struct tw_arena arena = {0};
    pool = (struct tw_pool){.base = tw_arena_alloc(&arena, 1, counted)};
    lay_out(&parts, &pool);
    assert_int_equal(pool.used, counted);
    assert_int_equal((uintptr_t)parts.depth_m % 64, 0);
    assert_int_equal((uintptr_t)parts.row % 64, 0);
    assert_int_equal((char *)parts.row - (char *)parts.depth_m, 128);
    tw_arena_done(&arena);
}

static void arrays_are_noted_while_there_is_room(void **state)
{
    (void)state;
    struct tw_pool_span spans[2] = {{0}};
    struct tw_pool pool = {.spans = spans, .span_room = 2};
    struct parts parts;
    lay_out(&parts, &pool);
    assert_int_equal(pool.span_count, 3);
    assert_int_equal(spans[0].at, 0);
    assert_int_equal(spans[0].count, 9);
    assert_int_equal(spans[0].each, sizeof(double));
    assert_int_equal(spans[1].at, 128);
    assert_int_equal(spans[1].count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counting_and_cutting_agree),
                                       cmocka_unit_test(arrays_are_noted_while_there_is_room)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
