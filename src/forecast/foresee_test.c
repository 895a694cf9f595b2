/* The cycle as a whole, on a small city with a made storm. */
#include "forecast/foresee.h"

#include "check.h"
#include "tiny_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { POINTS = 2, LINKS = 2, MEMBERS = 12 };

static struct tw_foresee *cycle_of(struct tw_foresee_setup setup)
{
    const int32_t points[POINTS] = {tiny_node("J5"), tiny_node("J8")}, inlets[] = {tiny_node("O1")};
    const int32_t links[LINKS] = {tiny_link("C4"), tiny_link("C9")};
    const struct tw_rain_gauge gauges[] = {{"G1", (double)NAN, (double)NAN},
                                           {"G2", (double)NAN, (double)NAN}};
    const struct tw_filter_sensor sensor = {"L3", TW_FILTER_LEVEL, tiny_node("J3"), 0.01, false};
    setup.filter.model = tiny_model;
    setup.filter.sensors = &sensor;
    setup.filter.sensor_count = 1;
    setup.gauges = gauges;
    setup.gauge_count = 2;
    setup.points = points;
    setup.point_count = POINTS;
    setup.links = links;
    setup.link_count = LINKS;
    setup.inlets = inlets;
    setup.inlet_count = 1;
    struct tw_foresee *cycle = NULL;
    assert_ok(tw_foresee_create(&setup, &cycle));
    return cycle;
}

static struct tw_foresee_setup usual(void)
{
    struct tw_foresee_setup setup = tw_foresee_setup_default();
    setup.filter.members = MEMBERS;
    return setup;
}

static double storm_mm(double until_s) { return until_s > 600.0 && until_s <= 3000.0 ? 1.5 : 0.0; }

/* Rain and levels of both hours; what is later than the cycle's time must not matter. */
static void add_until(struct tw_foresee *cycle, double from_s, double to_s, double rain_factor)
{
    struct tw_nowcast *nowcast = tw_foresee_nowcast(cycle);
    for (int32_t minute = 1; from_s + 60.0 * minute <= to_s; minute++) {
        double at_s = from_s + 60.0 * minute;
        double rain_mm = rain_factor * storm_mm(at_s);
        assert_ok(tw_nowcast_add_gauge(nowcast, 0, at_s, 60.0, rain_mm));
        assert_ok(tw_nowcast_add_gauge(nowcast, 1, at_s, 60.0, rain_mm));
        double level_m = 0.1 + 0.0008 * at_s * rain_factor;
        assert_ok(tw_foresee_add_measurement(cycle, 0, at_s, level_m, true));
    }
}

static const struct tw_foresee_result *run(struct tw_foresee *cycle)
{
    const struct tw_foresee_result *result = NULL;
    assert_ok(tw_foresee_run(cycle, NULL, &result));
    return result;
}

/* Quantiles rise with their level, shares fall with the limit, and both tell the same. */
static void quantiles_and_shares_belong_together(void **state)
{
    (void)state;
    struct tw_foresee *cycle = cycle_of(usual());
    add_until(cycle, 0.0, 1800.0, 1.0);
    assert_ok(tw_foresee_advance(cycle, 1800.0));
    const struct tw_foresee_result *result = run(cycle);
    struct tw_foresee_extent extent = tw_foresee_extent_get(result);
    assert_int_equal(extent.step_count, 25);
    assert_int_equal(extent.members, MEMBERS);
    assert_true(extent.start_s == 1800.0 && extent.step_s == 300.0);
    bool wet = false;
    for (int32_t step = 0; step < extent.step_count; step++) {
        double low = tw_foresee_quantile(result, TW_SERIES_DEPTH, 0, 0.1, step);
        double middle = tw_foresee_quantile(result, TW_SERIES_DEPTH, 0, 0.5, step);
        double high = tw_foresee_quantile(result, TW_SERIES_DEPTH, 0, 0.9, step);
        assert_true(low >= 0.0 && low <= middle && middle <= high);
        double share = tw_foresee_share(result, TW_SERIES_DEPTH, 0, 0.15, step);
        assert_true(share >= tw_foresee_share(result, TW_SERIES_DEPTH, 0, 0.40, step));
        assert_true(low < 0.15 || share >= 0.8);
        assert_true(high >= 0.15 || share <= 0.2);
        wet = wet || middle > 0.15;
        double load = tw_foresee_quantile(result, TW_SERIES_LOAD, 0, 0.5, step);
        double filling = tw_foresee_quantile(result, TW_SERIES_FILLING, 0, 0.5, step);
        assert_true(load >= 0.0 && filling >= 0.0 && filling <= 1.0 + 1e-6);
        assert_true(tw_foresee_quantile(result, TW_SERIES_INFLOW, 0, 0.5, step) > 0.0);
    }
    assert_true(wet);
    struct tw_foresee_passing p = tw_foresee_passing_get(result, TW_SERIES_DEPTH, 0, 0.15);
    assert_true(p.share > 0.5 && p.early_s >= 1800.0 && p.middle_s >= p.early_s);
    assert_true(p.middle_s <= 9000.0 && p.lasts_s > 0.0);
    assert_true(isnan(tw_foresee_quantile(result, TW_SERIES_DEPTH, POINTS, 0.5, 0)));
    assert_true(isnan(tw_foresee_share(result, TW_SERIES_LOAD, 0, 1.0, 25)));
    assert_null(tw_foresee_values(result, TW_SERIES_INFLOW, 1, 0));
    tw_foresee_destroy(cycle);
}

static void a_member_that_fails_is_left_out(void **state)
{
    (void)state;
    enum { BROKEN = 4 };
    struct tw_foresee *cycle = cycle_of(usual());
    add_until(cycle, 0.0, 1800.0, 1.0);
    assert_ok(tw_foresee_advance(cycle, 1800.0));
    tw_batch *batch = tw_filter_batch(tw_foresee_filter(cycle));
    for (int node = 0; node < 4; node++) {
        assert_ok(tw_batch_set_node_inflow(batch, BROKEN, (tw_node_id){node},
                                           node % 2 == 0 ? 1e308 : -1e308));
    }
    const struct tw_foresee_result *result = run(cycle);
    struct tw_foresee_extent extent = tw_foresee_extent_get(result);
    assert_int_equal(extent.failed, 1);
    assert_int_equal(extent.members, MEMBERS - 1);
    for (int32_t step = 0; step < extent.step_count; step++) {
        double high = tw_foresee_quantile(result, TW_SERIES_DEPTH, 0, 1.0, step);
        assert_true(high >= 0.0 && high < 10.0); /* of those that are left */
    }
    tw_foresee_destroy(cycle);
}

static void assert_same_result(const struct tw_foresee_result *a, const struct tw_foresee_result *b)
{
    int32_t steps = tw_foresee_extent_get(a).step_count;
    for (int32_t step = 0; step < steps; step++) {
        for (int32_t i = 0; i < POINTS; i++) {
            assert_memory_equal(tw_foresee_values(a, TW_SERIES_DEPTH, i, step),
                                tw_foresee_values(b, TW_SERIES_DEPTH, i, step),
                                MEMBERS * sizeof(float));
        }
        assert_memory_equal(tw_foresee_values(a, TW_SERIES_INFLOW, 0, step),
                            tw_foresee_values(b, TW_SERIES_INFLOW, 0, step),
                            MEMBERS * sizeof(float));
    }
}

static void what_is_known_only_later_changes_no_bit_and_neither_do_threads(void **state)
{
    (void)state;
    struct tw_foresee_setup setup = usual();
    struct tw_foresee *cycle = cycle_of(setup);
    setup.filter.threads = 2;
    struct tw_foresee *knows = cycle_of(setup);
    add_until(cycle, 0.0, 1800.0, 1.0);
    add_until(knows, 0.0, 1800.0, 1.0);
    add_until(knows, 1800.0, 7200.0, 3.0);
    assert_ok(tw_foresee_advance(cycle, 1800.0));
    assert_ok(tw_foresee_advance(knows, 1800.0));
    assert_same_result(run(cycle), run(knows));
    tw_foresee_destroy(cycle);
    tw_foresee_destroy(knows);
}

/* Killed and started again: the saved members, and what came in since (and some of before). */
static void a_cycle_that_was_loaded_foresees_the_same(void **state)
{
    (void)state;
    const char *path = "forecast_foresee_test.state";
    struct tw_foresee *cycle = cycle_of(usual()), *again = cycle_of(usual());
    add_until(cycle, 0.0, 1500.0, 1.0);
    assert_ok(tw_foresee_advance(cycle, 1500.0));
    assert_ok(tw_foresee_save(cycle, path));
    assert_ok(tw_foresee_load(again, path));
    add_until(cycle, 1500.0, 2400.0, 1.0);
    add_until(again, 0.0, 2400.0, 1.0);
    assert_ok(tw_foresee_advance(cycle, 2400.0));
    assert_ok(tw_foresee_advance(again, 2400.0));
    assert_same_result(run(cycle), run(again));
    (void)remove(path);
    tw_foresee_destroy(cycle);
    tw_foresee_destroy(again);
}

/* A clock by which every look takes a second. */
static double slow_clock(void *user)
{
    double *now_s = user;
    *now_s += 1.0;
    return *now_s;
}

static void short_of_time_members_go_first_and_then_the_horizon(void **state)
{
    (void)state;
    double now_s = 0.0;
    struct tw_foresee *cycle = cycle_of(usual());
    const struct tw_foresee_result *result = NULL;
    struct tw_foresee_budget budget = {.seconds = 10.0, .clock_s = slow_clock, .user = &now_s};
    add_until(cycle, 0.0, 1800.0, 1.0);
    assert_ok(tw_foresee_advance(cycle, 1800.0));
    assert_ok(tw_foresee_run(cycle, &budget, &result));
    struct tw_foresee_extent first = tw_foresee_extent_get(result);
    assert_int_equal(first.members, MEMBERS); /* what a member takes is not known yet */
    assert_true(first.step_count < first.asked_step_count && first.step_count > 2);
    assert_true(first.seconds <= 12.0);
    assert_ok(tw_foresee_run(cycle, &budget, &result));
    struct tw_foresee_extent second = tw_foresee_extent_get(result);
    assert_true(second.members < MEMBERS && second.members >= 8);
    assert_int_equal(second.asked_members, MEMBERS);
    assert_ok(tw_foresee_run(cycle, NULL, &result));
    struct tw_foresee_extent whole = tw_foresee_extent_get(result);
    assert_int_equal(whole.members, MEMBERS);
    assert_int_equal(whole.step_count, 25);
    tw_foresee_destroy(cycle);
}

static void wrong_setups_are_refused(void **state)
{
    (void)state;
    struct tw_foresee_setup setup = usual();
    struct tw_foresee *cycle = NULL;
    const int32_t wrong[] = {1000};
    assert_status(tw_foresee_create(&setup, &cycle), TW_ERR_ARG);
    setup.filter.model = tiny_model;
    setup.points = wrong;
    setup.point_count = 1;
    assert_status(tw_foresee_create(&setup, &cycle), TW_ERR_ARG);
    setup.point_count = 0;
    setup.horizon_s = 0.0;
    assert_status(tw_foresee_create(&setup, &cycle), TW_ERR_ARG);
    setup.horizon_s = 3600.0;
    assert_ok(tw_foresee_create(&setup, &cycle));
    assert_status(tw_foresee_add_measurement(cycle, 0, 0.0, 0.0, true), TW_ERR_ARG);
    assert_ok(tw_foresee_advance(cycle, 600.0));
    assert_status(tw_foresee_advance(cycle, 300.0), TW_ERR_ARG);
    tw_foresee_destroy(cycle);
    tw_foresee_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_and_shares_belong_together),
        cmocka_unit_test(a_member_that_fails_is_left_out),
        cmocka_unit_test(what_is_known_only_later_changes_no_bit_and_neither_do_threads),
        cmocka_unit_test(a_cycle_that_was_loaded_foresees_the_same),
        cmocka_unit_test(short_of_time_members_go_first_and_then_the_horizon),
        cmocka_unit_test(wrong_setups_are_refused),
    };
    return cmocka_run_group_tests_name("forecast foresee", tests, tiny_model_begin, tiny_model_end);
}
