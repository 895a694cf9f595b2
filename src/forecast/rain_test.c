#include "forecast/rain.h"

#include "check.h"

static void rain_of_an_interval_fell_before_its_end(void **state)
{
    (void)state;
    struct tw_rain rain = {.interval_s = 60.0};
    assert_ok(tw_rain_add(&rain, 120.0, 1.0));
    assert_near(tw_rain_mean_mmh(&rain, 0.0, 60.0), 0.0, 0.0);
    assert_near(tw_rain_mean_mmh(&rain, 60.0, 120.0), 60.0, 1e-12); /* rounding */
    assert_near(tw_rain_mean_mmh(&rain, 120.0, 180.0), 0.0, 0.0);
    assert_near(tw_rain_mean_mmh(&rain, 90.0, 150.0), 30.0, 1e-12);
    tw_rain_done(&rain);
}

static void a_long_interval_is_spread_over_its_minutes(void **state)
{
    (void)state;
    struct tw_rain rain = {.interval_s = 300.0};
    assert_ok(tw_rain_add(&rain, 300.0, 5.0));
    for (int minute = 0; minute < 5; minute++) {
        assert_near(tw_rain_mean_mmh(&rain, 60.0 * minute, 60.0 * (minute + 1)), 60.0, 1e-12);
    }
    tw_rain_done(&rain);
}

static void intervals_come_in_any_order_and_a_repeated_one_replaces(void **state)
{
    (void)state;
    struct tw_rain rain = {.interval_s = 60.0};
    for (int i = 999; i >= 0; i--)
        assert_ok(tw_rain_add(&rain, 60.0 * (i * 7 % 1000 + 1), 0.5));
    assert_ok(tw_rain_add(&rain, 60.0, 2.0));
    assert_int_equal(rain.count, 1000);
    assert_near(tw_rain_mean_mmh(&rain, 0.0, 60.0), 120.0, 1e-12);
    /* All of it: what was put in comes out. */
    assert_near(tw_rain_mean_mmh(&rain, 0.0, 60000.0) * 60000.0 / 3600.0, 501.5, 1e-9);
    tw_rain_done(&rain);
}

static void what_is_forgotten_is_dry(void **state)
{
    (void)state;
    struct tw_rain rain = {.interval_s = 60.0};
    for (int i = 1; i <= 10; i++)
        assert_ok(tw_rain_add(&rain, 60.0 * i, 1.0));
    tw_rain_forget(&rain, 300.0);
    assert_int_equal(rain.count, 5);
    assert_near(tw_rain_mean_mmh(&rain, 0.0, 300.0), 0.0, 0.0);
    assert_near(tw_rain_mean_mmh(&rain, 300.0, 600.0), 60.0, 1e-12);
    tw_rain_forget(&rain, 0.0);
    assert_int_equal(rain.count, 5);
    tw_rain_done(&rain);
}

static void persistence_holds_then_falls_to_nothing(void **state)
{
    (void)state;
    const tw_rain_persistence p = {.window_s = 600.0, .hold_s = 1800.0, .zero_s = 5400.0};
    assert_near(tw_rain_ahead_mmh(&p, 40.0, 0.0), 40.0, 0.0);
    assert_near(tw_rain_ahead_mmh(&p, 40.0, 1800.0), 40.0, 0.0);
    assert_near(tw_rain_ahead_mmh(&p, 40.0, 3600.0), 20.0, 1e-12);
    assert_near(tw_rain_ahead_mmh(&p, 40.0, 5400.0), 0.0, 0.0);
    assert_near(tw_rain_ahead_mmh(&p, 40.0, 1e6), 0.0, 0.0);
    double before = 40.0;
    for (int i = 0; i < 720; i++) { /* it never rises */
        double rain_mmh = tw_rain_ahead_mmh(&p, 40.0, 10.0 * i);
        assert_true(rain_mmh <= before && rain_mmh >= 0.0);
        before = rain_mmh;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rain_of_an_interval_fell_before_its_end),
        cmocka_unit_test(a_long_interval_is_spread_over_its_minutes),
        cmocka_unit_test(intervals_come_in_any_order_and_a_repeated_one_replaces),
        cmocka_unit_test(what_is_forgotten_is_dry),
        cmocka_unit_test(persistence_holds_then_falls_to_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
