/* The members behind the live model, on the made city of tests/cities/tiny. */
#include "server/futures.h"

#include "check.h"
#include "tiny_model.h"

#include <math.h>
#include <string.h>

#define START_S 1940659200.0 /* 2031-07-01T16:00+08:00 */
#define ZONE_S 28800.0
#define NOW_S 1800.0
#define POINT 4 /* node */

enum { MEMBERS = 3, GAGES = 2 };

static struct tw_worker_setup about(void)
{
    const struct tw_filter_setup usual = tw_filter_setup_default();
    struct tw_worker_setup setup = {.start_s = START_S,
                                    .end_s = START_S + 86400.0,
                                    .zone_s = ZONE_S,
                                    .horizon_s = 3600.0,
                                    .step_s = 60.0,
                                    .members = MEMBERS,
                                    .quantile = 0.5,
                                    .watch_count = 1,
                                    .point_count = 1,
                                    .assimilate = 1,
                                    .seed = 3};
    memcpy(setup.priors, usual.priors, sizeof setup.priors);
    return setup;
}

static tw_run_options live_options(void)
{
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    options.start_day = (START_S + ZONE_S) / 86400.0 + 25569.0; /* 1970-01-01 */
    options.end_day = options.start_day + 1.0;
    options.outer_rain = true;
    return options;
}

static double fallen_mm(double until_s) { return until_s > 600.0 ? 2.0 : 0.0; }

static struct tw_futures_product foreseen(struct tw_futures **out_futures,
                                          const struct tw_worker_setup *setup)
{
    static const struct tw_watch watches[] = {{TW_WATCH_STREET_DEPTH, POINT}};
    static const double classes_m[] = {0.15, 0.27, 0.40, 0.60};
    const struct tw_futures_setup futures = {.model = tiny_model,
                                             .options = live_options(),
                                             .about = setup,
                                             .watches = watches,
                                             .classes_m = classes_m,
                                             .threads = 1};
    struct tw_futures_product product;
    assert_ok(tw_futures_create(&futures, out_futures));
    for (double until_s = 60.0; until_s <= NOW_S; until_s += 60.0) {
        for (int32_t g = 0; g < GAGES; g++) {
            struct tw_worker_rain rain = {g, START_S + until_s, fallen_mm(until_s)};
            assert_ok(tw_futures_add_rain(*out_futures, &rain, 60.0));
        }
    }
    assert_ok(tw_futures_cycle(*out_futures, NOW_S, 0.0, "", &product));
    return product;
}

/* What a hindcast of the city does: the cycle with its usual steps. */
static const struct tw_foresee_result *expected(struct tw_foresee **out_foresee)
{
    static const int32_t points[] = {POINT};
    static const struct tw_rain_gauge gauges[GAGES] = {{"G1", (double)NAN, (double)NAN},
                                                       {"G2", (double)NAN, (double)NAN}};
    const struct tw_foresee_result *result = NULL;
    tw_run_options live = live_options();
    struct tw_foresee_setup setup = tw_foresee_setup_default();
    setup.filter.model = tiny_model;
    setup.filter.options.start_day = live.start_day;
    setup.filter.options.end_day = live.end_day;
    setup.filter.members = MEMBERS;
    setup.filter.seed = 3;
    setup.horizon_s = 3600.0;
    setup.gauges = gauges;
    setup.gauge_count = GAGES;
    setup.points = points;
    setup.point_count = 1;
    assert_ok(tw_foresee_create(&setup, out_foresee));
    struct tw_nowcast *nowcast = tw_foresee_nowcast(*out_foresee);
    for (double until_s = 60.0; until_s <= NOW_S; until_s += 60.0) {
        for (int32_t g = 0; g < GAGES; g++)
            assert_ok(tw_nowcast_add_gauge(nowcast, g, until_s, 60.0, fallen_mm(until_s)));
    }
    assert_ok(tw_foresee_advance(*out_foresee, NOW_S));
    assert_ok(tw_foresee_run(*out_foresee, NULL, &result));
    return result;
}

/* With steps of the live run, or others of its options, no bit would be the same, and a flooded city
 * would take minutes. */
static void the_server_foresees_what_a_hindcast_does(void **state)
{
    (void)state;
    struct tw_futures *futures = NULL;
    struct tw_foresee *foresee = NULL;
    struct tw_worker_setup setup = about();
    struct tw_futures_product product = foreseen(&futures, &setup);
    const struct tw_foresee_result *result = expected(&foresee);
    int32_t wet = 0;
    assert_int_equal(product.head.members, MEMBERS);
    assert_int_equal(product.head.step_count, tw_foresee_extent_get(result).step_count);
    for (int32_t k = 0; k < product.head.step_count; k++) {
        float depth_m = (float)tw_foresee_quantile(result, TW_SERIES_DEPTH, 0, 0.5, k);
        assert_memory_equal(&product.values[k], &depth_m, sizeof depth_m);
        wet += depth_m > 0.0F;
    }
    assert_true(wet > 0); /* else it says nothing */
    tw_futures_destroy(futures);
    tw_foresee_destroy(foresee);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_server_foresees_what_a_hindcast_does),
    };
    return cmocka_run_group_tests(tests, tiny_model_begin, tiny_model_end);
}
