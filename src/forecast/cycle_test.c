#include "forecast/cycle.h"

#include "check.h"

#include <string.h>

struct fixture {
    tw_model *model;
    tw_run_options options;
    tw_run *live;
    struct tw_watch watches[3];
};

static int begin(void **state)
{
    static struct fixture fixture;
    tw_node_id node;
    tw_link_id link;
    fixture = (struct fixture){.model = NULL};
    if (tw_model_read(TW_SOURCE_DIR "/tests/cities/tiny/network.inp", NULL, &fixture.model) !=
            TW_OK ||
        tw_model_node_find(fixture.model, "J5", &node) != TW_OK ||
        tw_model_link_find(fixture.model, "C9", &link) != TW_OK) {
        return -1;
    }
    fixture.watches[0] = (struct tw_watch){TW_WATCH_STREET_DEPTH, node.index};
    fixture.watches[1] = (struct tw_watch){TW_WATCH_LINK_FLOW, link.index};
    fixture.watches[2] = (struct tw_watch){TW_WATCH_GAGE_RAIN, 0};
    fixture.options = TW_RUN_OPTIONS_DEFAULT;
    fixture.options.outer_rain = true;
    *state = &fixture;
    return tw_run_create(fixture.model, &fixture.options, &fixture.live) == TW_OK ? 0 : -1;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    tw_run_destroy(fixture->live);
    tw_model_destroy(fixture->model);
    return 0;
}

static struct tw_forecast *make(struct fixture *fixture)
{
    struct tw_forecast *forecast = NULL;
    const struct tw_forecast_setup setup = {.model = fixture->model,
                                            .options = fixture->options,
                                            .horizon_s = 3600.0,
                                            .step_s = 60.0,
                                            .watches = fixture->watches,
                                            .watch_count = 3};
    assert_ok(tw_forecast_create(&setup, &forecast));
    return forecast;
}

static double steady(void *user, int32_t gage, double from_s, double to_s)
{
    (void)gage;
    assert_near(to_s - from_s, 60.0, 1e-9); /* the step that was asked for */
    return *(const double *)user;
}

/* The same rain given to the live run by hand must lead to the same bits. */
static void a_forecast_is_what_the_live_run_becomes_under_that_rain(void **state)
{
    struct fixture *fixture = *state;
    struct tw_forecast *forecast = make(fixture);
    struct tw_forecast_result result;
    double rain_mmh = 90.0;
    for (int32_t g = 0; g < 2; g++) {
        assert_ok(tw_run_set_gage_rain(fixture->live, (tw_gage_id){g}, 30.0));
    }
    assert_ok(tw_run_advance(fixture->live, 600.0));
    assert_ok(tw_forecast_fork(forecast, fixture->live));
    assert_ok(tw_forecast_run(forecast, steady, &rain_mmh, &result));
    assert_int_equal(result.step_count, 61);
    assert_near(result.start_s, 600.0, 1e-9);
    for (int32_t g = 0; g < 2; g++) {
        assert_ok(tw_run_set_gage_rain(fixture->live, (tw_gage_id){g}, rain_mmh));
    }
    for (int32_t i = 0; i <= 60; i++) {
        assert_ok(tw_run_advance(fixture->live, 600.0 + 60.0 * i));
        for (int32_t w = 0; w < 2; w++) {
            assert_true(result.values[w * 61 + i] ==
                        (float)tw_watch_value(fixture->live, fixture->watches[w]));
        }
    }
    int32_t at = 0;
    assert_true(tw_forecast_peak(result.values, 61, &at) > 0.15); /* the street does flood */
    assert_true(at > 0);
    tw_forecast_destroy(forecast);
}

static void making_a_forecast_leaves_the_live_run_as_it_is(void **state)
{
    struct fixture *fixture = *state;
    struct tw_forecast *forecast = make(fixture);
    struct tw_forecast_result result;
    double rain_mmh = 120.0;
    double before = tw_watch_value(fixture->live, fixture->watches[0]);
    assert_ok(tw_forecast_fork(forecast, fixture->live));
    assert_ok(tw_forecast_run(forecast, steady, &rain_mmh, &result));
    assert_true(tw_watch_value(fixture->live, fixture->watches[0]) == before);
    assert_near(tw_run_elapsed_s(fixture->live), 0.0, 0.0);
    tw_forecast_destroy(forecast);
}

static void rain_is_recorded_as_it_was_set(void **state)
{
    struct fixture *fixture = *state;
    struct tw_forecast *forecast = make(fixture);
    struct tw_forecast_result result;
    double rain_mmh = 42.0;
    assert_ok(tw_forecast_fork(forecast, fixture->live));
    assert_ok(tw_forecast_run(forecast, steady, &rain_mmh, &result));
    for (int32_t i = 1; i <= 60; i++)
        assert_near((double)result.values[122 + i], 42.0, 1e-5);
    tw_forecast_destroy(forecast);
}

static void a_horizon_shorter_than_a_step_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct tw_forecast *forecast = NULL;
    struct tw_forecast_setup setup = {
        .model = fixture->model, .options = fixture->options, .horizon_s = 30.0, .step_s = 60.0};
    assert_status(tw_forecast_create(&setup, &forecast), TW_ERR_ARG);
    setup.step_s = 0.0;
    assert_status(tw_forecast_create(&setup, &forecast), TW_ERR_ARG);
    assert_null(forecast);
}

static void the_peak_is_the_first_of_the_largest(void **state)
{
    (void)state;
    const float values[] = {NAN, 1.0F, 3.0F, 2.0F, 3.0F};
    int32_t at = -1;
    assert_near(tw_forecast_peak(values, 5, &at), 3.0, 0.0);
    assert_int_equal(at, 2);
    assert_true(isnan(tw_forecast_peak(values, 0, &at)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_forecast_is_what_the_live_run_becomes_under_that_rain,
                                        begin, end),
        cmocka_unit_test_setup_teardown(making_a_forecast_leaves_the_live_run_as_it_is, begin, end),
        cmocka_unit_test_setup_teardown(rain_is_recorded_as_it_was_set, begin, end),
        cmocka_unit_test_setup_teardown(a_horizon_shorter_than_a_step_is_refused, begin, end),
        cmocka_unit_test(the_peak_is_the_first_of_the_largest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
