#include "store/chunk.h"

#include "check.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 4096 };

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13; /* Marsaglia, Xorshift RNGs, 2003 */
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static double of_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Packed and unpacked the points are the same bits, and the summary is theirs. The size is
 * returned. */
static size_t round_trip(const struct tw_chunk_point *points, size_t count)
{
    struct tw_chunk_coder coder = {0};
    struct tw_chunk_summary said;
    struct tw_chunk_summary is;
    struct tw_chunk_point *again = calloc(count, sizeof *again);
    const uint8_t *data = NULL;
    size_t size = 0;
    size_t got = 0;
    assert_non_null(again);
    assert_ok(tw_chunk_pack(&coder, points, count, &data, &size));
    uint8_t *copy = malloc(size);
    assert_non_null(copy);
    memcpy(copy, data, size);
    assert_ok(tw_chunk_unpack(&coder, copy, size, again, count, &got));
    assert_int_equal(got, count);
    assert_memory_equal(again, points, count * sizeof *points);
    assert_ok(tw_chunk_summary_read(copy, size, &said));
    assert_ok(tw_chunk_summarise(&coder, points, count, &is));
    assert_memory_equal(&said, &is, offsetof(struct tw_chunk_summary, good));
    assert_int_equal(said.good, is.good);
    tw_chunk_coder_done(&coder);
    free(again);
    free(copy);
    return size;
}

static struct tw_chunk_point *steady(size_t count)
{
    struct tw_chunk_point *points = calloc(count, sizeof *points);
    assert_non_null(points);
    for (size_t i = 0; i < count; i++) {
        points[i].time_ms = INT64_C(1940648400000) + 10000 * (int64_t)i;
        points[i].source = 3;
    }
    return points;
}

static void decimals_take_few_bytes(void **state)
{
    (void)state;
    struct tw_chunk_point *points = steady(1440);
    uint64_t random = 1;
    int64_t level_mm = 1200;
    for (size_t i = 0; i < 1440; i++) {
        level_mm += (int64_t)(next_random(&random) % 5) - 2;
        points[i].value = (double)level_mm / 1000.0;
    }
    size_t size = round_trip(points, 1440);
    /* A step of five kinds holds 2.33 bits; in whole bits with their headers it is 3.25. */
    assert_in_range(size, 1, 1440 * 13 / 32 + 40);
    free(points);
}

static void what_does_not_change_takes_almost_nothing(void **state)
{
    (void)state;
    struct tw_chunk_point *points = steady(1440);
    assert_in_range(round_trip(points, 1440), 1, 40); /* the header, a zero block each, a run */
    free(points);
}

static void a_late_clock_costs_only_where_it_is_late(void **state)
{
    (void)state;
    struct tw_chunk_point *points = steady(1440);
    for (size_t i = 0; i < 1440; i += 25)
        points[i].time_ms += 137 + (int64_t)i % 400;
    /* 4 in 100: two changes of some 16 bits each, and the headers of 45 blocks */
    assert_in_range(round_trip(points, 1440), 1, 450);
    free(points);
}

static void every_double_comes_back_bit_for_bit(void **state)
{
    (void)state;
    static const uint64_t odd[] = {
        0x8000000000000000,                     /* -0 */
        0x7ff0000000000000,                     /* infinity */
        0xfff0000000000000, 0x7ff8000000000000, /* NaN */
        0x7ff8000000000123,                     /* NaN with a payload */
        0x7ff0000000000001,                     /* signalling NaN */
        0xffffffffffffffff, 0x0000000000000001, /* the smallest */
        0x7fefffffffffffff,                     /* the largest */
        0x3fb999999999999a,                     /* 0.1 */
    };
    struct tw_chunk_point *points = steady(500);
    for (size_t kind = 0; kind < sizeof odd / sizeof odd[0]; kind++) {
        for (size_t every = 1; every < 200; every += 33) { /* all of them, some, one */
            for (size_t i = 0; i < 500; i++)
                points[i].value = i % every == 0 ? of_bits(odd[kind]) : (double)i / 100.0;
            (void)round_trip(points, 500);
            (void)round_trip(points, 1);
        }
    }
    uint64_t random = 7;
    for (size_t i = 0; i < 500; i++)
        points[i].value = of_bits(next_random(&random));
    (void)round_trip(points, 500);
    free(points);
}

static void every_scale_is_exact(void **state)
{
    (void)state;
    static const double scales[] = {1.0, 10.0, 100.0, 1000.0, 10000.0, 100000.0};
    struct tw_chunk_point *points = steady(300);
    uint64_t random = 11;
    for (int s = 0; s < 6; s++) {
        for (size_t i = 0; i < 300; i++) {
            int64_t whole = (int64_t)(next_random(&random) % 2000000) - 1000000;
            points[i].value = (double)whole / scales[s];
        }
        size_t size = round_trip(points, 300);
        if (s < 5) assert_in_range(size, 1, 300 * 22 / 8 + 80); /* 21 bits each and the sign */
    }
    for (size_t i = 0; i < 300; i++) /* beyond what a double counts one by one */
        points[i].value = 9007199254740993.0 * (double)(i + 1);
    (void)round_trip(points, 300);
    free(points);
}

static void numbers_of_single_precision_do_not_take_double_room(void **state)
{
    (void)state;
    struct tw_chunk_point *points = steady(1440);
    uint64_t random = 5;
    for (size_t i = 0; i < 1440; i++)
        points[i].value = (float)(20.0 + 1e-6 * (double)(next_random(&random) % 1000000));
    assert_in_range(round_trip(points, 1440), 1, 1440 * 3); /* 19 bits of noise; 23 are stored */
    free(points);
}

static void any_gap_and_any_order_of_magnitude_of_time_comes_back(void **state)
{
    (void)state;
    struct tw_chunk_point *points = steady(100);
    for (size_t i = 0; i < 100; i++)
        points[i].time_ms = i < 50 ? INT64_MIN + (int64_t)(i * i) : INT64_MAX - 100 + (int64_t)i;
    (void)round_trip(points, 100);
    for (size_t i = 0; i < 100; i++) { /* several sources at one time */
        points[i].time_ms = (int64_t)(i / 4) * 60000;
        points[i].source = (int32_t)(i % 4);
        points[i].quality = i % 3 == 0 ? INT32_MIN : (int32_t)i;
    }
    (void)round_trip(points, 100);
    free(points);
}

static void every_count_comes_back(void **state)
{
    (void)state;
    struct tw_chunk_point *points = steady(MOST);
    uint64_t random = 3;
    for (size_t i = 0; i < MOST; i++) {
        points[i].value = (double)(next_random(&random) % 50) / 10.0;
        points[i].time_ms += (int64_t)(next_random(&random) % 1000);
    }
    for (size_t count = 1; count < 200; count++)
        (void)round_trip(points, count);
    (void)round_trip(points, MOST);
    free(points);
}

/* No changed byte is taken for a value: the check sum sees every change of up to 32 bits in a row. */
static void a_damaged_chunk_is_refused(void **state)
{
    (void)state;
    struct tw_chunk_point *points = steady(240);
    struct tw_chunk_coder coder = {0};
    struct tw_chunk_point again[240];
    struct tw_chunk_summary summary;
    const uint8_t *data = NULL;
    uint8_t copy[4096];
    size_t size = 0;
    size_t got = 0;
    for (size_t i = 0; i < 240; i++)
        points[i].value = (double)(i % 7) / 10.0;
    assert_ok(tw_chunk_pack(&coder, points, 240, &data, &size));
    assert_in_range(size, 1, sizeof copy);
    memcpy(copy, data, size);
    for (size_t i = 0; i < size; i++) {
        copy[i] ^= (uint8_t)(1 + i % 255);
        assert_status(tw_chunk_unpack(&coder, copy, size, again, 240, &got), TW_ERR_FORMAT);
        assert_status(tw_chunk_summary_read(copy, size, &summary), TW_ERR_FORMAT);
        copy[i] ^= (uint8_t)(1 + i % 255);
        assert_status(tw_chunk_unpack(&coder, copy, i, again, 240, &got), TW_ERR_FORMAT);
    }
    assert_status(tw_chunk_unpack(&coder, copy, size, again, 239, &got), TW_ERR_FULL);
    assert_ok(tw_chunk_unpack(&coder, copy, size, again, 240, &got));
    assert_status(tw_chunk_pack(&coder, points, 0, &data, &size), TW_ERR_ARG);
    tw_chunk_coder_done(&coder);
    free(points);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_take_few_bytes),
        cmocka_unit_test(what_does_not_change_takes_almost_nothing),
        cmocka_unit_test(a_late_clock_costs_only_where_it_is_late),
        cmocka_unit_test(every_double_comes_back_bit_for_bit),
        cmocka_unit_test(every_scale_is_exact),
        cmocka_unit_test(numbers_of_single_precision_do_not_take_double_room),
        cmocka_unit_test(any_gap_and_any_order_of_magnitude_of_time_comes_back),
        cmocka_unit_test(every_count_comes_back),
        cmocka_unit_test(a_damaged_chunk_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
