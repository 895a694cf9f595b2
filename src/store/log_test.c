#include "store/log.h"

#include "check.h"

#include <string.h>

enum { MOST = 64 };

struct seen {
    struct tw_store_sample samples[MOST];
    int32_t sources[MOST];
    size_t count, clears;
};

static tw_status see(void *user, int32_t source, const struct tw_store_sample *sample)
{
    struct seen *seen = user;
    seen->sources[seen->count] = source;
    seen->samples[seen->count++] = *sample;
    return TW_OK;
}

static tw_status see_clear(void *user, int32_t source)
{
    struct seen *seen = user;
    assert_int_equal(source, 9);
    seen->clears++;
    return TW_OK;
}

static const struct tw_store_sample given[] = {
    {.series = 1, .time_ms = 1940648400000, .value = 0.13},
    {.series = 30000, .time_ms = 1940648400000, .value = -0.0, .quality = 5},
    {.series = 2, .time_ms = INT64_MIN, .value = INFINITY, .quality = -1},
    {.series = INT32_MAX, .time_ms = INT64_MAX, .value = 1e300, .quality = INT32_MIN},
};

static void fill(struct tw_log_row *row)
{
    assert_ok(tw_log_row_samples(row, 7, 1940648400500, given, 4));
    assert_ok(tw_log_row_clear(row, 9));
    assert_ok(tw_log_row_samples(row, 8, INT64_MIN, given + 1, 1));
    assert_ok(tw_log_row_samples(row, 8, 0, given, 0));
    assert_ok(tw_log_row_finish(row));
}

static void samples_come_back_in_order(void **state)
{
    (void)state;
    struct tw_log_row row = {0};
    struct seen seen = {.count = 0};
    fill(&row);
    assert_ok(tw_log_row_read(row.data, row.size, see, see_clear, &seen));
    assert_int_equal(seen.count, 5);
    assert_int_equal(seen.clears, 1);
    assert_memory_equal(seen.samples, given, sizeof given);
    assert_memory_equal(&seen.samples[4], &given[1], sizeof given[1]);
    assert_int_equal(seen.sources[3], 7);
    assert_int_equal(seen.sources[4], 8);
    assert_ok(tw_log_row_read(NULL, 0, see, see_clear, &seen)); /* nothing in it */
    tw_log_row_done(&row);
}

static void a_damaged_row_is_refused_and_nothing_is_told_of_it(void **state)
{
    (void)state;
    struct tw_log_row row = {0};
    struct seen seen = {.count = 0};
    fill(&row);
    for (size_t i = 0; i < row.size; i++) {
        row.data[i] ^= 0x40;
        assert_status(tw_log_row_read(row.data, row.size, see, see_clear, &seen), TW_ERR_FORMAT);
        row.data[i] ^= 0x40;
        if (i > 0) {
            assert_status(tw_log_row_read(row.data, i, see, see_clear, &seen), TW_ERR_FORMAT);
        }
    }
    assert_int_equal(seen.count, 0);
    tw_log_row_done(&row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_come_back_in_order),
        cmocka_unit_test(a_damaged_row_is_refused_and_nothing_is_told_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
