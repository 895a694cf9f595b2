#include "store/bits.h"

#include "check.h"

#include <stdlib.h>
#include <string.h>

enum { COUNT = 300 };

static void bits_of_every_width_come_back(void **state)
{
    (void)state;
    uint8_t out[2 * 65 * 9];
    struct tw_bits_writer writer = {.out = out};
    for (unsigned width = 0; width <= 64; width++) {
        tw_bits_put(&writer, UINT64_MAX, width);
        tw_bits_put(&writer, UINT64_C(0xa5a5a5a5a5a5a5a5), width);
    }
    tw_bits_finish(&writer);
    struct tw_bits_reader reader = {.data = out, .size = writer.at};
    for (unsigned width = 0; width <= 64; width++) {
        uint64_t mask = width == 0 ? 0 : UINT64_MAX >> (64 - width);
        assert_true(tw_bits_get(&reader, width) == mask);
        assert_true(tw_bits_get(&reader, width) == (UINT64_C(0xa5a5a5a5a5a5a5a5) & mask));
    }
    assert_false(reader.bad);
    (void)tw_bits_get(&reader, 64);
    assert_true(reader.bad); /* beyond the end */
}

static void numbers_come_back_and_small_ones_are_short(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {0, 1, 127, 128, 16383, 16384, INT64_MAX, UINT64_MAX};
    uint8_t out[96];
    struct tw_bits_writer writer = {.out = out};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        tw_bits_put_number(&writer, numbers[i]);
    tw_bits_finish(&writer);
    assert_int_equal(writer.at, 1 + 1 + 1 + 2 + 2 + 3 + 9 + 10);
    struct tw_bits_reader reader = {.data = out, .size = writer.at};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        assert_true(tw_bits_get_number(&reader) == numbers[i]);
    assert_false(reader.bad);
}

static void folding_keeps_small_numbers_small(void **state)
{
    (void)state;
    assert_true(tw_bits_fold(0) == 0);
    assert_true(tw_bits_fold((uint64_t)-1) == 1);
    assert_true(tw_bits_fold(1) == 2);
    static const uint64_t numbers[] = {0, 5, UINT64_MAX, UINT64_C(1) << 63, INT64_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        assert_true(tw_bits_unfold(tw_bits_fold(numbers[i])) == numbers[i]);
}

static size_t series_trip(const uint64_t *values, size_t count)
{
    uint64_t scratch[COUNT];
    uint64_t again[COUNT];
    uint8_t out[9 * COUNT + 64];
    struct tw_bits_writer writer = {.out = out};
    assert_in_range(tw_bits_bound(count), 0, sizeof out);
    tw_bits_put_series(&writer, values, count, scratch);
    tw_bits_finish(&writer);
    assert_in_range(writer.at, 0, tw_bits_bound(count));
    struct tw_bits_reader reader = {.data = out, .size = writer.at};
    tw_bits_get_series(&reader, again, count);
    assert_false(reader.bad);
    assert_memory_equal(again, values, count * sizeof *values);
    return writer.at;
}

static void each_order_is_taken_where_it_is_shortest(void **state)
{
    (void)state;
    uint64_t values[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        values[i] = 1000000 + (i * 7919) % 16; /* noise about a middle: 5 bits with the sign */
    assert_in_range(series_trip(values, COUNT), 1, COUNT * 4 / 8 + COUNT / 32 + 12);
    for (size_t i = 0; i < COUNT; i++)
        values[i] = 60000 * i; /* one change */
    assert_in_range(series_trip(values, COUNT), 1, 12);
    for (size_t i = 0; i < COUNT; i++)
        values[i] = i * i * i; /* the change of the change is small */
    assert_in_range(series_trip(values, COUNT), 1, COUNT * 12 / 8 + COUNT / 32 + 12);
}

static void any_numbers_of_any_count_come_back(void **state)
{
    (void)state;
    uint64_t values[COUNT];
    uint64_t random = 9;
    for (unsigned width = 1; width <= 64; width += 3) {
        for (size_t i = 0; i < COUNT; i++) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407; /* Knuth */
            values[i] = random >> (64 - width);
            if (i % 40 == 0) values[i] = random; /* one that is apart */
        }
        for (size_t count = 0; count <= COUNT; count += count < 70 ? 1 : 23)
            (void)series_trip(values, count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_of_every_width_come_back),
        cmocka_unit_test(numbers_come_back_and_small_ones_are_short),
        cmocka_unit_test(folding_keeps_small_numbers_small),
        cmocka_unit_test(each_order_is_taken_where_it_is_shortest),
        cmocka_unit_test(any_numbers_of_any_count_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
