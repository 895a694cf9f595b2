#include "forecast/ensemble.h"

#include "check.h"

#include <stdlib.h>
#include <string.h>

enum { WATCHES = 3, STEPS = 61, QUANTILES = 3 };

struct fixture {
    tw_model *model;
    tw_run_options options;
    tw_run *live;
    struct tw_watch watches[WATCHES];
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
    fixture.watches[0] = (struct tw_watch){TW_WATCH_NODE_DEPTH, node.index};
    fixture.watches[1] = (struct tw_watch){TW_WATCH_LINK_FLOW, link.index};
    fixture.watches[2] = (struct tw_watch){TW_WATCH_GAGE_RAIN, 0};
    fixture.options = TW_RUN_OPTIONS_DEFAULT;
    fixture.options.outer_rain = true;
    *state = &fixture;
    if (tw_run_create(fixture.model, &fixture.options, &fixture.live) != TW_OK) return -1;
    if (tw_run_set_gage_rain(fixture.live, (tw_gage_id){0}, 20.0) != TW_OK) return -1;
    return tw_run_advance(fixture.live, 1200.0) == TW_OK ? 0 : -1;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    tw_run_destroy(fixture->live);
    tw_model_destroy(fixture->model);
    return 0;
}

static struct tw_ensemble *make(struct fixture *fixture, int32_t members, int32_t threads)
{
    static const double quantiles[QUANTILES] = {0.0, 0.5, 1.0};
    struct tw_ensemble *ensemble = NULL;
    const struct tw_ensemble_setup setup = {.model = fixture->model,
                                            .options = fixture->options,
                                            .members = members,
                                            .threads = threads,
                                            .horizon_s = 3600.0,
                                            .step_s = 60.0,
                                            .watches = fixture->watches,
                                            .watch_count = WATCHES,
                                            .quantiles = quantiles,
                                            .quantile_count = QUANTILES};
    assert_ok(tw_ensemble_create(&setup, &ensemble));
    assert_ok(tw_ensemble_fork(ensemble, fixture->live));
    return ensemble;
}

static float at(const struct tw_ensemble_result *r, int watch, int quantile, int step)
{
    return r->quantiles[(watch * QUANTILES + quantile) * r->step_count + step];
}

static double own_rain(void *user, int32_t member, int32_t gage, double from_s, double to_s)
{
    (void)gage;
    assert_near(to_s - from_s, 60.0, 1e-9); /* the step that was asked for */
    return *(const double *)user * (member + 1);
}

static double one_rain(void *user, int32_t gage, double from_s, double to_s)
{
    (void)gage;
    (void)from_s;
    (void)to_s;
    return *(const double *)user;
}

static double same_rain(void *user, int32_t member, int32_t gage, double from_s, double to_s)
{
    (void)member;
    return one_rain(user, gage, from_s, to_s);
}

/* Members under one rain are one forecast: each quantile has the bits of the single run. */
static void members_alike_are_a_single_forecast(void **state)
{
    struct fixture *fixture = *state;
    double rain_mmh = 40.0;
    struct tw_ensemble *ensemble = make(fixture, 9, 1);
    struct tw_ensemble_result many;
    assert_ok(tw_ensemble_run(ensemble, same_rain, &rain_mmh, &many));
    struct tw_forecast *forecast = NULL;
    const struct tw_forecast_setup setup = {.model = fixture->model,
                                            .options = fixture->options,
                                            .horizon_s = 3600.0,
                                            .step_s = 60.0,
                                            .watches = fixture->watches,
                                            .watch_count = WATCHES};
    struct tw_forecast_result one;
    assert_ok(tw_forecast_create(&setup, &forecast));
    assert_ok(tw_forecast_fork(forecast, fixture->live));
    assert_ok(tw_forecast_run(forecast, one_rain, &rain_mmh, &one));
    assert_int_equal(many.step_count, STEPS);
    assert_int_equal(many.sound, 9);
    for (int w = 0; w < WATCHES; w++) {
        for (int q = 0; q < QUANTILES; q++) {
            assert_memory_equal(&many.quantiles[(w * QUANTILES + q) * STEPS],
                                &one.values[w * STEPS], STEPS * sizeof(float));
        }
    }
    tw_forecast_destroy(forecast);
    tw_ensemble_destroy(ensemble);
}

static void quantiles_span_the_members(void **state)
{
    struct fixture *fixture = *state;
    double rain_mmh = 10.0;
    struct tw_ensemble *ensemble = make(fixture, 5, 1);
    struct tw_ensemble_result r;
    assert_ok(tw_ensemble_run(ensemble, own_rain, &rain_mmh, &r));
    assert_near(at(&r, 2, 0, 30), 10.0, 0.0); /* rain at the gage: 10, 20 .. 50 */
    assert_near(at(&r, 2, 1, 30), 30.0, 0.0);
    assert_near(at(&r, 2, 2, 30), 50.0, 0.0);
    for (int w = 0; w < 2; w++) {
        assert_true(at(&r, w, 0, 60) < at(&r, w, 1, 60));
        assert_true(at(&r, w, 1, 60) < at(&r, w, 2, 60));
        assert_near(at(&r, w, 0, 0), at(&r, w, 2, 0), 0.0); /* one present */
    }
    const float *rains = r.values + (2 * STEPS + 30) * 5;
    assert_near(tw_ensemble_share(rains, r.sound, 35.0), 0.4, 1e-12); /* rounding */
    tw_ensemble_destroy(ensemble);
}

static void results_do_not_depend_on_threads(void **state)
{
    struct fixture *fixture = *state;
    double rain_mmh = 3.0;
    struct tw_ensemble *a = make(fixture, 19, 1), *b = make(fixture, 19, 3);
    struct tw_ensemble_result one, three;
    assert_ok(tw_ensemble_run(a, own_rain, &rain_mmh, &one));
    assert_ok(tw_ensemble_run(b, own_rain, &rain_mmh, &three));
    assert_memory_equal(one.values, three.values, (size_t)WATCHES * STEPS * 19 * sizeof(float));
    tw_ensemble_destroy(a);
    tw_ensemble_destroy(b);
}

static void a_failed_member_is_left_out_until_the_next_fork(void **state)
{
    struct fixture *fixture = *state;
    double rain_mmh = 10.0;
    struct tw_ensemble *ensemble = make(fixture, 5, 1);
    struct tw_ensemble_result r;
    for (int node = 0; node < 4; node++) {
        assert_ok(tw_batch_set_node_inflow(tw_ensemble_batch(ensemble), 4, (tw_node_id){node},
                                           node % 2 == 0 ? 1e308 : -1e308));
    }
    assert_ok(tw_ensemble_run(ensemble, own_rain, &rain_mmh, &r));
    assert_int_equal(r.sound, 4);
    assert_near(at(&r, 2, 2, 30), 40.0, 0.0); /* the greatest of those that are left */
    assert_ok(tw_ensemble_fork(ensemble, fixture->live));
    assert_ok(tw_ensemble_run(ensemble, own_rain, &rain_mmh, &r));
    assert_int_equal(r.sound, 5);
    tw_ensemble_destroy(ensemble);
}

static void rain_of_members_spreads_evenly_and_grows(void **state)
{
    (void)state;
    tw_rain_spread spread = TW_RAIN_SPREAD_DEFAULT;
    assert_near(tw_rain_member_factor(&spread, 0, 32, 3600.0), 1.0, 0.0);
    for (int m = 1; m < 32; m++) {
        double low = tw_rain_member_factor(&spread, m, 32, 0.0);
        double mirror = tw_rain_member_factor(&spread, 32 - m, 32, 0.0);
        assert_near(low * mirror, 1.0, 1e-9); /* halving ends at 2^-57 of the range */
        if (m > 1) assert_true(low > tw_rain_member_factor(&spread, m - 1, 32, 0.0));
    }
    double now = tw_rain_member_factor(&spread, 31, 32, 0.0);
    double later = tw_rain_member_factor(&spread, 31, 32, 7200.0);
    assert_near(log(later) / log(now), 3.0, 1e-9); /* 0.6 over 0.2 */
    assert_near(later, tw_rain_member_factor(&spread, 31, 32, 9000.0), 0.0);
    assert_near(log(now), 0.2 * 2.1412, 2e-4); /* normal table: 2.1412 at 1 - 0.5/31 */
}

static void what_makes_no_sense_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct tw_ensemble *ensemble = NULL;
    const double beyond = 1.5;
    struct tw_ensemble_setup setup = {.model = fixture->model,
                                      .options = fixture->options,
                                      .members = 0,
                                      .threads = 1,
                                      .horizon_s = 3600.0,
                                      .step_s = 60.0};
    assert_status(tw_ensemble_create(&setup, &ensemble), TW_ERR_ARG);
    setup.members = 2;
    setup.step_s = 7200.0;
    assert_status(tw_ensemble_create(&setup, &ensemble), TW_ERR_ARG);
    setup.step_s = 60.0;
    setup.quantiles = &beyond;
    setup.quantile_count = 1;
    assert_status(tw_ensemble_create(&setup, &ensemble), TW_ERR_ARG);
    assert_null(ensemble);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_alike_are_a_single_forecast),
        cmocka_unit_test(quantiles_span_the_members),
        cmocka_unit_test(results_do_not_depend_on_threads),
        cmocka_unit_test(a_failed_member_is_left_out_until_the_next_fork),
        cmocka_unit_test(rain_of_members_spreads_evenly_and_grows),
        cmocka_unit_test(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests_name("forecast ensemble", tests, begin, end);
}
