/* Runs share nothing: the same bits alone, beside another in a second thread, and after a rest. */
#include "thalweg/thalweg.h"

#include "check.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const model_path = TW_SOURCE_DIR "/tests/inp/valley.inp";
enum { MINUTES = 180 };

static tw_model *model;

/* Everything that moved, minute by minute: depths, flows, and the saved state at the end. */
struct track {
    double *values;
    size_t count;
    unsigned char *state;
    size_t state_size;
    tw_status status;
};

static size_t per_minute(void)
{
    return (size_t)(tw_model_node_count(model) + tw_model_link_count(model));
}

static void note(struct track *t, const tw_run *run)
{
    for (int32_t i = 0; i < tw_model_node_count(model); i++) {
        t->values[t->count++] = tw_run_node_depth_m(run, (tw_node_id){i});
    }
    for (int32_t i = 0; i < tw_model_link_count(model); i++) {
        t->values[t->count++] = tw_run_link_flow_m3s(run, (tw_link_id){i});
    }
}

static tw_status advance_to(struct track *t, tw_run *run, int from, int to)
{
    for (int minute = from; minute <= to; minute++) {
        TW_TRY(tw_run_advance(run, 60.0 * minute));
        note(t, run);
    }
    return TW_OK;
}

static void track_init(struct track *t)
{
    *t = (struct track){.values = calloc(per_minute() * MINUTES, sizeof(double))};
    assert_non_null(t->values);
}

static void track_done(struct track *t)
{
    free(t->values);
    free(t->state);
}

static void keep_state(struct track *t, const tw_run *run)
{
    t->state_size = tw_run_state_size(run);
    t->state = malloc(t->state_size);
    if (t->state != NULL) tw_run_state_save(run, t->state);
}

static void *whole_run(void *argument)
{
    struct track *t = argument;
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    tw_run *run = NULL;
    t->status = tw_run_create(model, &options, &run);
    if (t->status == TW_OK) t->status = advance_to(t, run, 1, MINUTES);
    if (t->status == TW_OK) keep_state(t, run);
    tw_run_destroy(run);
    return NULL;
}

static void assert_same(const struct track *a, const struct track *b)
{
    assert_int_equal(a->status, TW_OK);
    assert_int_equal(b->status, TW_OK);
    assert_int_equal(a->count, b->count);
    assert_memory_equal(a->values, b->values, a->count * sizeof(double));
    assert_int_equal(a->state_size, b->state_size);
    assert_memory_equal(a->state, b->state, a->state_size);
}

static void two_runs_in_two_threads_give_the_bits_of_one_alone(void **state)
{
    (void)state;
    struct track alone, first, second;
    track_init(&alone);
    track_init(&first);
    track_init(&second);
    (void)whole_run(&alone);
    pthread_t a, b;
    assert_int_equal(pthread_create(&a, NULL, whole_run, &first), 0);
    assert_int_equal(pthread_create(&b, NULL, whole_run, &second), 0);
    (void)pthread_join(a, NULL);
    (void)pthread_join(b, NULL);
    assert_same(&alone, &first);
    assert_same(&alone, &second);
    track_done(&alone);
    track_done(&first);
    track_done(&second);
}

/* Saved in mid-storm, restored into a new run: nothing tells that it ever stopped. */
static void a_restored_run_gives_the_bits_of_one_never_stopped(void **state)
{
    (void)state;
    struct track whole, parts;
    track_init(&whole);
    track_init(&parts);
    (void)whole_run(&whole);
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    for (int stop = 20; stop <= 160; stop += 70) {
        tw_run *before = NULL, *after = NULL;
        parts.count = 0;
        assert_int_equal(tw_run_create(model, &options, &before), TW_OK);
        assert_int_equal(advance_to(&parts, before, 1, stop), TW_OK);
        keep_state(&parts, before);
        tw_run_destroy(before);
        assert_int_equal(tw_run_create(model, &options, &after), TW_OK);
        assert_int_equal(tw_run_state_restore(after, parts.state, parts.state_size), TW_OK);
        free(parts.state);
        parts.status = advance_to(&parts, after, stop + 1, MINUTES);
        keep_state(&parts, after);
        assert_same(&whole, &parts);
        free(parts.state);
        parts.state = NULL;
        tw_run_destroy(after);
    }
    track_done(&whole);
    track_done(&parts);
}

static void a_copied_run_goes_on_as_its_original(void **state)
{
    (void)state;
    struct track whole, fork;
    track_init(&whole);
    track_init(&fork);
    (void)whole_run(&whole);
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    tw_run *a = NULL, *b = NULL;
    assert_int_equal(tw_run_create(model, &options, &a), TW_OK);
    assert_int_equal(tw_run_create(model, &options, &b), TW_OK);
    assert_int_equal(advance_to(&fork, a, 1, 70), TW_OK);
    assert_int_equal(tw_run_copy_state(b, a), TW_OK);
    assert_int_equal(tw_run_advance(a, 60.0 * MINUTES), TW_OK); /* must not touch b */
    fork.status = advance_to(&fork, b, 71, MINUTES);
    keep_state(&fork, b);
    assert_same(&whole, &fork);
    tw_run_destroy(a);
    tw_run_destroy(b);
    track_done(&whole);
    track_done(&fork);
}

static void a_foreign_state_is_refused(void **state)
{
    (void)state;
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    tw_run *run = NULL;
    assert_int_equal(tw_run_create(model, &options, &run), TW_OK);
    size_t size = tw_run_state_size(run);
    unsigned char *bytes = malloc(size);
    assert_non_null(bytes);
    tw_run_state_save(run, bytes);
    assert_int_equal(tw_run_state_restore(run, bytes, size - 1), TW_ERR_FORMAT);
    bytes[8] ^= 1; /* the model's digest */
    assert_int_equal(tw_run_state_restore(run, bytes, size), TW_ERR_FORMAT);
    bytes[8] ^= 1;
    assert_int_equal(tw_run_state_restore(run, bytes, size), TW_OK);
    free(bytes);
    tw_run_destroy(run);
}

/* Water put into a pond from outside is in the balance. */
static void a_nudged_depth_is_booked(void **state)
{
    (void)state;
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    tw_run *run = NULL;
    tw_node_id tank;
    assert_int_equal(tw_run_create(model, &options, &run), TW_OK);
    assert_int_equal(tw_model_node_find(model, "TANK", &tank), TW_OK);
    assert_int_equal(tw_run_set_node_depth(run, tank, 1.0), TW_OK);
    double added = tw_run_balance(run).nudged_m3;
    /* area 200 m2 at the bottom, growing by 40/3 m2 per metre; beside it 45 m, half of conduit C4,
     * 0.4 m wide and 0.1 m above the bottom: a full circle, then a segment of 0.15 m. A millilitre
     * is left to the table of the circle's area. A storage's volume is in SWMM's cubic metres. */
    double metre3 = tw_model_units_get(model).volume_m3;
    double circle = 45.0 * 0.125663706, segment = 45.0 * 0.043042185;
    assert_true(fabs(added - ((200.0 + 0.5 * 40.0 / 3.0) * metre3 + circle)) < 1e-3);
    assert_int_equal(tw_run_set_node_depth(run, tank, 0.25), TW_OK);
    double left = tw_run_balance(run).nudged_m3;
    assert_true(fabs(left - ((50.0 + 0.5 * 40.0 / 3.0 * 0.0625) * metre3 + segment)) < 1e-3);
    assert_int_equal(tw_run_advance(run, 60.0 * MINUTES), TW_OK);
    double error = tw_run_balance(run).routing_error_ratio;
    assert_true(error > -0.02 && error < 0.02); /* the scheme's own error on this model */
    tw_run_destroy(run);
}

static tw_run *run_until(double until_s)
{
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    tw_run *run = NULL;
    assert_int_equal(tw_run_create(model, &options, &run), TW_OK);
    assert_int_equal(tw_run_advance(run, until_s), TW_OK);
    return run;
}

/* What came into the network and neither stayed nor left [m3]. */
static double unexplained_m3(const tw_run *run)
{
    struct tw_balance b = tw_run_balance(run);
    double in = b.dry_weather_m3 + b.wet_weather_m3 + b.external_m3 + b.initial_storage_m3;
    return b.routing_error_ratio * (b.nudged_m3 > 0.0 ? in + b.nudged_m3 : in);
}

/* A junction holds no water, but the ends of its conduits do: nothing is unexplained when its depth
 * is set, nor a millisecond later, when routing has worked out all volumes anew (by its tables: a
 * percent). */
static void water_put_into_a_junction_is_booked(void **state)
{
    (void)state;
    static const double depths_m[] = {0.3, 0.45, 1.0, 2.4};
    tw_node_id junction;
    assert_int_equal(tw_model_node_find(model, "B", &junction), TW_OK);
    for (size_t i = 0; i < sizeof depths_m / sizeof depths_m[0]; i++) {
        tw_run *run = run_until(2400.0);
        double before = unexplained_m3(run);
        assert_int_equal(tw_run_set_node_depth(run, junction, depths_m[i]), TW_OK);
        double nudged = tw_run_balance(run).nudged_m3;
        assert_true(fabs(nudged) > 5.0);
        assert_true(fabs(unexplained_m3(run) - before) < 1e-9); /* rounding */
        assert_int_equal(tw_run_advance(run, 2400.001), TW_OK);
        assert_true(fabs(unexplained_m3(run) - before) < 0.01 * fabs(nudged));
        tw_run_destroy(run);
    }
}

/* A flow that is set moves water from node to node, or out of the network, and makes none. */
static void a_flow_that_is_set_is_booked(void **state)
{
    (void)state;
    static const struct {
        const char *link;
        double flow_m3s;
    } cases[] = {{"C2", 0.4}, {"C5", 2.0}, {"C5", -0.5}, {"C6", 0.3}};
    tw_run *untouched = run_until(2400.0);
    assert_int_equal(tw_run_advance(untouched, 60.0 * MINUTES), TW_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tw_link_id link;
        assert_int_equal(tw_model_link_find(model, cases[i].link, &link), TW_OK);
        tw_run *run = run_until(2400.0);
        assert_int_equal(tw_run_set_link_flow(run, link, cases[i].flow_m3s), TW_OK);
        assert_true(tw_run_link_flow_m3s(run, link) == cases[i].flow_m3s);
        assert_true(tw_run_balance(run).nudged_m3 == 0.0);
        /* half a step of the flow: 5 s of at most 2 m3/s */
        assert_int_equal(tw_run_advance(run, 60.0 * MINUTES), TW_OK);
        assert_true(fabs(unexplained_m3(run) - unexplained_m3(untouched)) < 5.0);
        tw_run_destroy(run);
    }
    tw_run_destroy(untouched);
}

static void water_put_onto_a_surface_is_booked(void **state)
{
    (void)state;
    tw_run *run = run_until(2400.0);
    tw_subcatchment_id s2;
    assert_int_equal(tw_model_subcatchment_find(model, "S2", &s2), TW_OK);
    double before = tw_run_surface_depth_m(run, s2, TW_SURFACE_PERVIOUS);
    assert_int_equal(tw_run_set_surface_depth(run, s2, TW_SURFACE_PERVIOUS, before + 0.05), TW_OK);
    double added = tw_run_balance(run).surface_nudged_m3;
    double hectare_m2 = tw_model_units_get(model).land_m2;
    /* 60 % of 6 ha; rounding of volumes of 1e4 m3 */
    assert_true(fabs(added - 0.05 * 0.6 * 6.0 * hectare_m2) < 1e-9);
    assert_int_equal(tw_run_set_factor(run, TW_FACTOR_IMPERVIOUS, s2.index, 1.5), TW_OK);
    assert_true(tw_run_balance(run).surface_nudged_m3 < added); /* from 60 % to 40 % */
    assert_int_equal(tw_run_advance(run, 60.0 * MINUTES), TW_OK);
    double error = tw_run_balance(run).runoff_error_ratio;
    assert_true(error > -0.01 && error < 0.01); /* the integration's own; 0.3 without the booking */
    tw_run_destroy(run);
}

static void the_soil_can_be_read_and_set(void **state)
{
    (void)state;
    tw_run *dry = run_until(2400.0), *wet = run_until(2400.0);
    double soil[TW_SOIL_VALUES];
    tw_subcatchment_id s1 = {0};
    assert_int_equal(tw_run_soil(wet, s1, soil), TW_OK);
    assert_true(soil[0] > 0.0); /* Horton's time on the curve */
    soil[0] += 7200.0;
    assert_int_equal(tw_run_set_soil(wet, s1, soil), TW_OK);
    assert_int_equal(tw_run_advance(dry, 4800.0), TW_OK);
    assert_int_equal(tw_run_advance(wet, 4800.0), TW_OK);
    assert_true(tw_run_balance(wet).runoff_m3 > tw_run_balance(dry).runoff_m3);
    assert_true(tw_run_balance(wet).surface_nudged_m3 == 0.0);
    tw_run_destroy(dry);
    tw_run_destroy(wet);
}

/* Each factor moves what it is a factor of, and its way. */
static void factors_do_what_they_say(void **state)
{
    (void)state;
    struct tw_balance base, b;
    tw_run *run = run_until(7200.0);
    base = tw_run_balance(run);
    tw_run_destroy(run);
    for (int which = 0; which <= TW_FACTOR_CONDUIT_ROUGHNESS; which++) {
        tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
        assert_int_equal(tw_run_create(model, &options, &run), TW_OK);
        assert_int_equal(tw_run_set_factor(run, (tw_factor)which, -1, 1.25), TW_OK);
        assert_int_equal(tw_run_advance(run, 7200.0), TW_OK);
        b = tw_run_balance(run);
        tw_run_destroy(run);
        assert_true((fabs(b.rain_m3 / base.rain_m3 - 1.25) < 1e-9) == (which == TW_FACTOR_RAIN));
        assert_true((fabs(b.dry_weather_m3 / base.dry_weather_m3 - 1.25) < 1e-9) ==
                    (which == TW_FACTOR_DRY_WEATHER));
        /* what comes in through outfalls is external too */
        assert_true((b.external_m3 > 1.2 * base.external_m3) == (which == TW_FACTOR_INFLOW));
        if (which == TW_FACTOR_IMPERVIOUS) assert_true(b.runoff_m3 > base.runoff_m3);
        if (which == TW_FACTOR_SURFACE_STORAGE) assert_true(b.runoff_m3 < base.runoff_m3);
        if (which == TW_FACTOR_SURFACE_ROUGHNESS) assert_true(b.runoff_m3 < base.runoff_m3);
        if (which == TW_FACTOR_INFILTRATION) {
            assert_true(b.infiltration_m3 > base.infiltration_m3);
        }
        if (which == TW_FACTOR_CONDUIT_ROUGHNESS) {
            assert_true(b.runoff_m3 == base.runoff_m3 && b.outflow_m3 < base.outflow_m3);
        }
    }
}

static void ids_of_other_models_answer_nan(void **state)
{
    (void)state;
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    tw_run *run = NULL;
    assert_int_equal(tw_run_create(model, &options, &run), TW_OK);
    double depth = tw_run_node_depth_m(run, (tw_node_id){1000});
    assert_true(depth != depth);
    assert_int_equal(tw_run_set_node_depth(run, (tw_node_id){-1}, 1.0), TW_ERR_ARG);
    assert_int_equal(tw_run_set_gage_rain(run, (tw_gage_id){0}, 5.0), TW_ERR_STATE);
    assert_int_equal(tw_run_set_subcatchment_rain(run, (tw_subcatchment_id){0}, 5.0), TW_ERR_STATE);
    tw_run_destroy(run);
}

static int read_model(void **state)
{
    (void)state;
    return tw_model_read(model_path, NULL, &model) == TW_OK ? 0 : -1;
}

static int drop_model(void **state)
{
    (void)state;
    tw_model_destroy(model);
    return 0;
}

/* The radar's rain: a subcatchment with rain of its own gets that, others that of their gage; put
 * back it follows its gage again. Both are part of a state. */
static void rain_may_differ_by_subcatchment(void **state)
{
    (void)state;
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    options.outer_rain = true;
    tw_run *run = NULL, *other = NULL;
    assert_ok(tw_run_create(model, &options, &run));
    assert_ok(tw_run_create(model, &options, &other));
    struct tw_subcatchment_info first, second;
    assert_ok(tw_model_subcatchment_info(model, (tw_subcatchment_id){0}, &first));
    assert_ok(tw_model_subcatchment_info(model, (tw_subcatchment_id){1}, &second));
    double all_m2 = 0.0;
    for (int32_t i = 0; i < tw_model_subcatchment_count(model); i++) {
        struct tw_subcatchment_info info;
        assert_ok(tw_model_subcatchment_info(model, (tw_subcatchment_id){i}, &info));
        all_m2 += info.area_m2;
    }
    for (int32_t g = 0; g < tw_model_gage_count(model); g++)
        assert_ok(tw_run_set_gage_rain(run, (tw_gage_id){g}, 10.0));
    assert_ok(tw_run_set_subcatchment_rain(run, (tw_subcatchment_id){0}, 40.0));
    assert_ok(tw_run_set_subcatchment_rain(run, (tw_subcatchment_id){1}, 0.0));
    assert_ok(tw_run_copy_state(other, run));
    assert_ok(tw_run_advance(other, 3600.0));
    /* an hour at so many mm/h; sums of 60 steps */
    double expected_m3 = 0.01 * (all_m2 + 3.0 * first.area_m2 - second.area_m2);
    assert_near(tw_run_balance(other).rain_m3, expected_m3, 1e-9 * expected_m3);
    assert_ok(tw_run_set_subcatchment_rain(run, (tw_subcatchment_id){0}, (double)NAN));
    assert_ok(tw_run_set_subcatchment_rain(run, (tw_subcatchment_id){1}, (double)NAN));
    assert_ok(tw_run_advance(run, 3600.0));
    assert_near(tw_run_balance(run).rain_m3, 0.01 * all_m2, 1e-9 * all_m2);
    assert_int_equal(tw_run_set_subcatchment_rain(run, (tw_subcatchment_id){-1}, 1.0), TW_ERR_ARG);
    assert_int_equal(tw_run_set_subcatchment_rain(run, (tw_subcatchment_id){0}, -1.0), TW_ERR_ARG);
    assert_int_equal(tw_run_set_subcatchment_rain(run, (tw_subcatchment_id){0}, (double)INFINITY),
                     TW_ERR_ARG);
    tw_run_destroy(run);
    tw_run_destroy(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rain_may_differ_by_subcatchment),
        cmocka_unit_test(two_runs_in_two_threads_give_the_bits_of_one_alone),
        cmocka_unit_test(a_restored_run_gives_the_bits_of_one_never_stopped),
        cmocka_unit_test(a_copied_run_goes_on_as_its_original),
        cmocka_unit_test(a_foreign_state_is_refused),
        cmocka_unit_test(a_nudged_depth_is_booked),
        cmocka_unit_test(water_put_into_a_junction_is_booked),
        cmocka_unit_test(a_flow_that_is_set_is_booked),
        cmocka_unit_test(water_put_onto_a_surface_is_booked),
        cmocka_unit_test(the_soil_can_be_read_and_set),
        cmocka_unit_test(factors_do_what_they_say),
        cmocka_unit_test(ids_of_other_models_answer_nan),
    };
    return cmocka_run_group_tests_name("engine run", tests, read_model, drop_model);
}
