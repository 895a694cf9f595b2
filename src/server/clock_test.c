#include "server/clock.h"

#include "check.h"

static struct tw_clock clock_of_an_hour(double speed)
{
    struct tw_clock clock;
    tw_clock_init_replay(&clock, 1000000, 4600000, speed, false);
    return clock;
}

static void a_storms_clock_stands_until_it_is_begun(void **state)
{
    (void)state;
    struct tw_clock clock = clock_of_an_hour(60.0);
    assert_int_equal(tw_clock_wanted(&clock, 5000), 1000000);
    tw_clock_begin(&clock, 5000);
    assert_int_equal(tw_clock_wanted(&clock, 6000), 1060000);
    assert_int_equal(tw_clock_now(&clock), 1000000); /* until it is moved */
    tw_clock_done(&clock);
}

static void behind_is_what_the_speed_asks_for_less_what_was_done(void **state)
{
    (void)state;
    struct tw_clock clock = clock_of_an_hour(60.0);
    tw_clock_begin(&clock, 0);
    tw_clock_set(&clock, 1030000);
    assert_near(tw_clock_view_get(&clock, 1000).behind_s, 30.0, 0.0);
    tw_clock_set(&clock, 1060000);
    assert_near(tw_clock_view_get(&clock, 1000).behind_s, 0.0, 0.0);
    tw_clock_done(&clock);
}

static void a_pause_costs_nothing_of_the_storm(void **state)
{
    (void)state;
    struct tw_clock clock = clock_of_an_hour(60.0);
    tw_clock_begin(&clock, 0);
    tw_clock_set(&clock, 1060000);
    tw_clock_pause(&clock, true, 1000);
    assert_int_equal(tw_clock_wanted(&clock, 900000), 1060000);
    assert_int_equal(tw_clock_view_get(&clock, 900000).state, TW_CLOCK_PAUSED);
    tw_clock_pause(&clock, false, 900000);
    assert_int_equal(tw_clock_wanted(&clock, 901000), 1120000);
    tw_clock_done(&clock);
}

static void a_new_speed_counts_from_now(void **state)
{
    (void)state;
    struct tw_clock clock = clock_of_an_hour(1.0);
    tw_clock_begin(&clock, 0);
    tw_clock_set(&clock, 1010000);
    tw_clock_speed(&clock, 100.0, 10000);
    assert_int_equal(tw_clock_wanted(&clock, 11000), 1110000);
    tw_clock_done(&clock);
}

static void it_ends_at_the_end_and_stays_there(void **state)
{
    (void)state;
    struct tw_clock clock = clock_of_an_hour(3600.0);
    tw_clock_begin(&clock, 0);
    assert_int_equal(tw_clock_wanted(&clock, 100000000), 4600000);
    tw_clock_set(&clock, 4600000);
    assert_int_equal(tw_clock_view_get(&clock, 0).state, TW_CLOCK_ENDED);
    tw_clock_pause(&clock, false, 0);
    assert_int_equal(tw_clock_view_get(&clock, 0).state, TW_CLOCK_ENDED);
    assert_int_equal(tw_clock_wanted(&clock, 200000000), 4600000);
    tw_clock_done(&clock);
}

static void a_live_clock_shows_what_it_is_set_to(void **state)
{
    (void)state;
    struct tw_clock clock;
    tw_clock_init_live(&clock);
    tw_clock_set(&clock, 123456789);
    tw_clock_pause(&clock, true, 0);
    struct tw_clock_view view = tw_clock_view_get(&clock, 5);
    assert_int_equal(view.state, TW_CLOCK_LIVE);
    assert_int_equal(view.now_ms, 123456789);
    assert_near(view.behind_s, 0.0, 0.0);
    tw_clock_done(&clock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_storms_clock_stands_until_it_is_begun),
        cmocka_unit_test(behind_is_what_the_speed_asks_for_less_what_was_done),
        cmocka_unit_test(a_pause_costs_nothing_of_the_storm),
        cmocka_unit_test(a_new_speed_counts_from_now),
        cmocka_unit_test(it_ends_at_the_end_and_stays_there),
        cmocka_unit_test(a_live_clock_shows_what_it_is_set_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
