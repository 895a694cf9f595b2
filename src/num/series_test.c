#include "num/series.h"

#include "check.h"

static const double x[] = {10.0, 11.0, 11.5, 20.0};
static const double y[] = {1.0, 3.0, 5.0, 0.0};

static void values_between_entries_lie_on_a_line(void **state)
{
    (void)state;
    int32_t cursor = 0;
    assert_near(tw_series_at(x, y, 4, 10.25, false, &cursor), 1.5, 1e-15); /* rounding */
    assert_near(tw_series_at(x, y, 4, 11.25, false, &cursor), 4.0, 1e-15);
    assert_near(tw_series_at(x, y, 4, 20.0, false, &cursor), 0.0, 1e-15);
}

static void outside_a_series_is_nothing_or_its_end(void **state)
{
    (void)state;
    int32_t cursor = 0;
    assert_near(tw_series_at(x, y, 4, 9.9, false, &cursor), 0.0, 0.0);
    assert_near(tw_series_at(x, y, 4, 9.9, true, &cursor), 1.0, 0.0);
    assert_near(tw_series_at(x, y, 3, 12.0, false, &cursor), 0.0, 0.0);
    assert_near(tw_series_at(x, y, 3, 12.0, true, &cursor), 5.0, 0.0);
    assert_near(tw_series_at(x, y, 0, 10.0, true, &cursor), 0.0, 0.0);
    assert_near(tw_series_at(x, y, 1, 10.0, false, &cursor), 0.0, 0.0); /* as SWMM */
    assert_near(tw_series_at(x, y, 1, 10.0, true, &cursor), 1.0, 0.0);
}

static void any_cursor_finds_the_same_value(void **state)
{
    (void)state;
    for (int32_t from = -3; from < 9; from++)
        for (int i = 0; i < 104; i++) {
            double at = 9.0 + 0.125 * i;
            int32_t straight = 0, cursor = from;
            double value = tw_series_at(x, y, 4, at, true, &cursor);
            assert_near(value, tw_series_at(x, y, 4, at, true, &straight), 0.0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_between_entries_lie_on_a_line),
        cmocka_unit_test(outside_a_series_is_nothing_or_its_end),
        cmocka_unit_test(any_cursor_finds_the_same_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
