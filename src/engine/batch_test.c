/* A member of a batch has the bits of the same run alone: any number of members, whatever their
 * neighbours do. */
#include "thalweg/thalweg.h"

#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEMBERS = 11, MINUTES = 150, CHECKS = 5 };

static const char *const paths[] = {TW_SOURCE_DIR "/tests/inp/valley.inp",
                                    TW_SOURCE_DIR "/tests/inp/harbour.inp"};
enum { MODELS = sizeof paths / sizeof paths[0] };
static tw_model *models[MODELS];

/* What a member is made to differ in, put into a run or a member by these calls. */
struct subject {
    tw_run *run; /* or */
    tw_batch *batch;
    int32_t member;
};

static void set_factor(struct subject s, tw_factor which, int32_t index, double factor)
{
    if (s.run != NULL) {
        assert_ok(tw_run_set_factor(s.run, which, index, factor));
    } else {
        assert_ok(tw_batch_set_factor(s.batch, s.member, which, index, factor));
    }
}

static void set_inflow(struct subject s, int32_t node, double inflow_m3s)
{
    if (s.run != NULL) {
        assert_ok(tw_run_set_node_inflow(s.run, (tw_node_id){node}, inflow_m3s));
    } else {
        assert_ok(tw_batch_set_node_inflow(s.batch, s.member, (tw_node_id){node}, inflow_m3s));
    }
}

static void set_rain(struct subject s, int32_t gage, double rain_mmh)
{
    if (s.run != NULL) {
        assert_ok(tw_run_set_gage_rain(s.run, (tw_gage_id){gage}, rain_mmh));
    } else {
        assert_ok(tw_batch_set_gage_rain(s.batch, s.member, (tw_gage_id){gage}, rain_mmh));
    }
}

static void set_rain_on(struct subject s, int32_t subcatchment, double rain_mmh)
{
    tw_subcatchment_id id = {subcatchment};
    if (s.run != NULL) {
        assert_ok(tw_run_set_subcatchment_rain(s.run, id, rain_mmh));
    } else {
        assert_ok(tw_batch_set_subcatchment_rain(s.batch, s.member, id, rain_mmh));
    }
}

static void set_stores(struct subject s, double depth_m, double flow_m3s)
{
    double soil[TW_SOIL_VALUES];
    if (s.run != NULL) {
        assert_ok(tw_run_set_node_depth(s.run, (tw_node_id){1}, depth_m));
        assert_ok(tw_run_set_link_flow(s.run, (tw_link_id){0}, flow_m3s));
        assert_ok(tw_run_set_surface_depth(s.run, (tw_subcatchment_id){0}, TW_SURFACE_PERVIOUS,
                                           0.1 * depth_m));
        assert_ok(tw_run_soil(s.run, (tw_subcatchment_id){1}, soil));
        soil[0] *= 0.7;
        assert_ok(tw_run_set_soil(s.run, (tw_subcatchment_id){1}, soil));
    } else {
        assert_ok(tw_batch_set_node_depth(s.batch, s.member, (tw_node_id){1}, depth_m));
        assert_ok(tw_batch_set_link_flow(s.batch, s.member, (tw_link_id){0}, flow_m3s));
        assert_ok(tw_batch_set_surface_depth(s.batch, s.member, (tw_subcatchment_id){0},
                                             TW_SURFACE_PERVIOUS, 0.1 * depth_m));
        assert_ok(tw_batch_soil(s.batch, s.member, (tw_subcatchment_id){1}, soil));
        soil[0] *= 0.7;
        assert_ok(tw_batch_set_soil(s.batch, s.member, (tw_subcatchment_id){1}, soil));
    }
}

/* Member 0 is as the file says; the others differ in everything that can. */
static void differ(struct subject s, int m)
{
    if (m == 0) return;
    set_factor(s, TW_FACTOR_RAIN, -1, 0.2 * m); /* 5: as the file */
    set_factor(s, TW_FACTOR_RAIN, 0, 0.25 * m);
    if (m == 4) set_factor(s, TW_FACTOR_RAIN, -1, 0.0);
    set_factor(s, TW_FACTOR_DRY_WEATHER, -1, 1.5 - 0.1 * m);
    set_factor(s, TW_FACTOR_INFLOW, -1, 0.5 + 0.3 * m);
    set_factor(s, TW_FACTOR_IMPERVIOUS, m % 3 - 1, 0.7 + 0.05 * m);
    set_factor(s, TW_FACTOR_SURFACE_STORAGE, -1, 0.5 + 0.1 * m);
    set_factor(s, TW_FACTOR_SURFACE_ROUGHNESS, -1, 0.8 + 0.05 * m);
    set_factor(s, TW_FACTOR_INFILTRATION, -1, 0.4 + 0.15 * m);
    set_factor(s, TW_FACTOR_CONDUIT_ROUGHNESS, -1, 0.8 + 0.04 * m);
    set_inflow(s, m % 3, 0.004 * m);
}

/* On the way: state and inflow change once more. */
static void differ_later(struct subject s, int m)
{
    if (m % 2 == 0) return;
    set_stores(s, 0.1 * m, 0.01 * m - 0.03);
    set_inflow(s, m % 3, 0.0);
}

static tw_run_options run_options(void)
{
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    options.fixed_step = true;
    return options;
}

/* Saved states of every member alone at some times, made once for a model. */
struct alone {
    size_t size;
    unsigned char *state[MEMBERS][CHECKS];
};
static struct alone alone[MODELS];

static double check_s(int check) { return 60.0 * MINUTES * (check + 1) / CHECKS; }

static void run_alone(int k, int m)
{
    tw_run_options options = run_options();
    struct subject s = {.run = NULL};
    assert_ok(tw_run_create(models[k], &options, &s.run));
    alone[k].size = tw_run_state_size(s.run);
    differ(s, m);
    for (int check = 0; check < CHECKS; check++) {
        assert_ok(tw_run_advance(s.run, check_s(check)));
        alone[k].state[m][check] = malloc(alone[k].size);
        assert_non_null(alone[k].state[m][check]);
        tw_run_state_save(s.run, alone[k].state[m][check]);
        if (check == 1) differ_later(s, m);
    }
    tw_run_destroy(s.run);
}

static tw_batch *batch_in_lanes(int k, int members, int threads, int lanes,
                                const tw_run_options *options)
{
    tw_batch_options given = TW_BATCH_OPTIONS_DEFAULT;
    tw_batch *batch = NULL;
    given.members = members;
    given.threads = threads;
    given.lanes = lanes;
    given.run = *options;
    assert_ok(tw_batch_create(models[k], &given, &batch));
    return batch;
}

static tw_batch *batch_of(int k, int members, int threads, const tw_run_options *options)
{
    return batch_in_lanes(k, members, threads, 8, options);
}

/* The saved state is all that moves: depths, flows, runoff, settings, balance, counts. */
static void assert_state(const tw_batch *batch, int member, const void *expected, size_t size)
{
    assert_int_equal(tw_batch_state_size(batch), size);
    unsigned char *state = malloc(size);
    assert_non_null(state);
    assert_ok(tw_batch_state_save(batch, member, state));
    assert_memory_equal(state, expected, size);
    free(state);
}

static void members_have_the_bits_of_runs_alone(int k, int members, int threads, int lanes)
{
    tw_run_options options = run_options();
    tw_batch *batch = batch_in_lanes(k, members, threads, lanes, &options);
    for (int m = 0; m < members; m++)
        differ((struct subject){.batch = batch, .member = m}, m);
    for (int check = 0; check < CHECKS; check++) {
        assert_ok(tw_batch_advance(batch, check_s(check)));
        for (int m = 0; m < members; m++)
            assert_state(batch, m, alone[k].state[m][check], alone[k].size);
        for (int m = 0; m < members && check == 1; m++)
            differ_later((struct subject){.batch = batch, .member = m}, m);
    }
    tw_batch_destroy(batch);
}

static void a_member_has_the_bits_of_the_same_run_alone(void **state)
{
    (void)state;
    static const int counts[] = {1, 3, 8, 9, 11};
    for (int k = 0; k < MODELS; k++) {
        for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
            members_have_the_bits_of_runs_alone(k, counts[i], 1, 8);
            members_have_the_bits_of_runs_alone(k, counts[i], 2, 8);
            members_have_the_bits_of_runs_alone(k, counts[i], 2, 1);
        }
    }
}

/* The comparison above means something: members differ in what the file's rain makes of them. */
static void members_differ(void **state)
{
    (void)state;
    for (int k = 0; k < MODELS; k++) {
        for (int m = 1; m < MEMBERS; m++) {
            assert_memory_not_equal(alone[k].state[m][CHECKS - 1],
                                    alone[k].state[m - 1][CHECKS - 1], alone[k].size);
        }
    }
}

static double own_rain(int member, int minute) { return 5.0 * member + (minute < 60 ? 30.0 : 0.0); }

static void assert_same_depths(const tw_batch *batch, int member, const tw_run *run)
{
    for (int i = 0; i < tw_model_node_count(models[0]); i++) {
        assert_near(tw_batch_node_depth_m(batch, member, (tw_node_id){i}),
                    tw_run_node_depth_m(run, (tw_node_id){i}), 0.0); /* the same bits */
    }
}

static void rain_for_ten_minutes(tw_batch *batch, tw_run *runs[3], int minute)
{
    for (int m = 0; m < 3; m++) {
        set_rain((struct subject){.run = runs[m]}, 0, own_rain(m, minute));
        set_rain((struct subject){.batch = batch, .member = m}, 0, own_rain(m, minute));
        set_rain_on((struct subject){.run = runs[m]}, 1, 2.0 * own_rain(m, minute));
        set_rain_on((struct subject){.batch = batch, .member = m}, 1, 2.0 * own_rain(m, minute));
        assert_ok(tw_run_advance(runs[m], 60.0 * (minute + 10)));
    }
    assert_ok(tw_batch_advance(batch, 60.0 * (minute + 10)));
    for (int m = 0; m < 3; m++) {
        assert_near(tw_batch_gage_rain_mmh(batch, m, (tw_gage_id){0}), own_rain(m, minute), 0.0);
        assert_same_depths(batch, m, runs[m]);
    }
}

static void rain_from_outside_is_each_member_s_own(void **state)
{
    (void)state;
    tw_run_options options = run_options();
    options.outer_rain = true;
    tw_batch *batch = batch_of(0, 3, 1, &options);
    tw_run *runs[3];
    for (int m = 0; m < 3; m++)
        assert_ok(tw_run_create(models[0], &options, &runs[m]));
    for (int minute = 0; minute < 120; minute += 10)
        rain_for_ten_minutes(batch, runs, minute);
    for (int m = 0; m < 3; m++) {
        struct tw_balance a = tw_batch_balance(batch, m), b = tw_run_balance(runs[m]);
        assert_memory_equal(&a, &b, sizeof a);
        struct tw_run_stats c = tw_batch_stats(batch, m), d = tw_run_stats_get(runs[m]);
        assert_memory_equal(&c, &d, sizeof c);
        tw_run_destroy(runs[m]);
    }
    tw_batch_destroy(batch);
}

/* With steps of their own, members that are alike choose the step that one of them would. */
static void members_alike_take_the_steps_of_one(void **state)
{
    (void)state;
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    for (int k = 0; k < MODELS; k++) {
        tw_batch *batch = batch_of(k, 8, 1, &options);
        tw_run *run = NULL;
        assert_ok(tw_run_create(models[k], &options, &run));
        assert_ok(tw_batch_advance(batch, 7200.0));
        assert_ok(tw_run_advance(run, 7200.0));
        unsigned char *expected = malloc(tw_run_state_size(run));
        assert_non_null(expected);
        tw_run_state_save(run, expected);
        for (int m = 0; m < 8; m++)
            assert_state(batch, m, expected, tw_run_state_size(run));
        free(expected);
        tw_run_destroy(run);
        tw_batch_destroy(batch);
    }
}

static void a_batch_takes_the_step_of_its_most_lively_member(void **state)
{
    (void)state;
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    tw_batch *batch = batch_of(0, 2, 1, &options);
    tw_run *calm = NULL;
    assert_ok(tw_run_create(models[0], &options, &calm));
    assert_ok(tw_run_set_factor(calm, TW_FACTOR_RAIN, -1, 0.0));
    assert_ok(tw_batch_set_factor(batch, 0, TW_FACTOR_RAIN, -1, 0.0));
    assert_ok(tw_batch_set_factor(batch, 1, TW_FACTOR_RAIN, -1, 2.0));
    assert_ok(tw_run_advance(calm, 5400.0));
    assert_ok(tw_batch_advance(batch, 5400.0));
    assert_true(tw_batch_stats(batch, 0).steps == tw_batch_stats(batch, 1).steps);
    assert_true(tw_batch_stats(batch, 0).steps > tw_run_stats_get(calm).steps);
    tw_run_destroy(calm);
    tw_batch_destroy(batch);
}

/* Each by itself: members keep the bits of the run alone with steps of their own, too. */
static void members_by_themselves_take_their_own_steps(void **state)
{
    (void)state;
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    tw_batch *batch = batch_in_lanes(0, 3, 2, 0, &options);
    for (int m = 0; m < 3; m++)
        differ((struct subject){.batch = batch, .member = m}, 3 * m);
    assert_ok(tw_batch_advance(batch, 5400.0));
    for (int m = 0; m < 3; m++) {
        struct subject s = {.run = NULL};
        assert_ok(tw_run_create(models[0], &options, &s.run));
        differ(s, 3 * m);
        assert_ok(tw_run_advance(s.run, 5400.0));
        unsigned char *expected = malloc(tw_run_state_size(s.run));
        assert_non_null(expected);
        tw_run_state_save(s.run, expected);
        assert_state(batch, m, expected, tw_run_state_size(s.run));
        free(expected);
        tw_run_destroy(s.run);
    }
    tw_batch_destroy(batch);
}

/* One member is flooded beyond all numbers: it is told, and the others never notice. */
static void a_member_that_fails_leaves_the_others_alone(void **state)
{
    (void)state;
    tw_run_options options = run_options();
    for (int victim = 0; victim < 11; victim += 5) {
        tw_batch *batch = batch_of(0, 11, 2, &options);
        for (int m = 0; m < 11; m++)
            differ((struct subject){.batch = batch, .member = m}, m);
        for (int check = 0; check < CHECKS; check++) {
            if (check == 2) {
                assert_ok(tw_batch_set_node_inflow(batch, victim, (tw_node_id){0}, 1e308));
                assert_ok(tw_batch_set_node_inflow(batch, victim, (tw_node_id){1}, 1e308));
            }
            assert_ok(tw_batch_advance(batch, check_s(check)));
            for (int m = 0; m < 11; m++) {
                if (m == victim && check >= 2) continue;
                assert_ok(tw_batch_status(batch, m));
                assert_state(batch, m, alone[0].state[m][check], alone[0].size);
            }
            for (int m = 0; m < 11 && check == 1; m++)
                differ_later((struct subject){.batch = batch, .member = m}, m);
        }
        assert_status(tw_batch_status(batch, victim), TW_ERR_NUMERIC);
        assert_true(isnan(tw_batch_node_depth_m(batch, victim, (tw_node_id){0})));
        assert_true(isnan(tw_batch_balance(batch, victim).flooding_m3));
        tw_batch_destroy(batch);
    }
}

static void a_batch_whose_members_all_fail_says_so(void **state)
{
    (void)state;
    tw_run_options options = run_options();
    tw_batch *batch = batch_of(0, 3, 1, &options);
    for (int node = 0; node < 2; node++)
        assert_ok(tw_batch_set_node_inflow(batch, TW_ALL_MEMBERS, (tw_node_id){node}, 1e308));
    assert_status(tw_batch_advance(batch, 600.0), TW_ERR_NUMERIC);
    assert_status(tw_batch_advance(batch, 1200.0), TW_ERR_NUMERIC);
    tw_batch_destroy(batch);
}

/* Out of a live run in mid-storm, on in a batch, and back into a run. */
static void a_state_goes_from_run_to_member_to_run(void **state)
{
    (void)state;
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    tw_run *live = NULL, *after = NULL;
    assert_ok(tw_run_create(models[0], &options, &live));
    assert_ok(tw_run_create(models[0], &options, &after));
    assert_ok(tw_run_advance(live, 3000.0));
    tw_batch *batch = batch_of(0, 9, 1, &options);
    assert_ok(tw_batch_copy_from_run(batch, TW_ALL_MEMBERS, live));
    assert_near(tw_batch_elapsed_s(batch), 3000.0, 0.0);
    assert_ok(tw_batch_advance(batch, 4000.0));
    assert_ok(tw_batch_copy_to_run(batch, 5, after));
    assert_ok(tw_run_advance(after, 6000.0));
    assert_ok(tw_run_advance(live, 4000.0)); /* steps are cut where they were */
    assert_ok(tw_run_advance(live, 6000.0));
    size_t size = tw_run_state_size(live);
    unsigned char *a = malloc(size), *b = malloc(size);
    assert_non_null(a);
    assert_non_null(b);
    tw_run_state_save(live, a);
    tw_run_state_save(after, b);
    assert_memory_equal(a, b, size);
    free(a);
    free(b);
    tw_run_destroy(live);
    tw_run_destroy(after);
    tw_batch_destroy(batch);
}

/* Every member from its own saved state, in an order that is not theirs. */
static void restored_members_go_on_with_their_bits(void **state)
{
    (void)state;
    tw_run_options options = run_options();
    for (int k = 0; k < MODELS; k++) {
        tw_batch *batch = batch_of(k, MEMBERS, 1, &options);
        assert_ok(tw_batch_advance(batch, 300.0));
        for (int m = 0; m < MEMBERS; m++) {
            int from = (m + 4) % MEMBERS;
            assert_ok(tw_batch_state_restore(batch, m, alone[k].state[from][2], alone[k].size));
        }
        for (int check = 3; check < CHECKS; check++)
            assert_ok(tw_batch_advance(batch, check_s(check)));
        for (int m = 0; m < MEMBERS; m++) {
            int from = (m + 4) % MEMBERS;
            assert_state(batch, m, alone[k].state[from][CHECKS - 1], alone[k].size);
        }
        tw_batch_destroy(batch);
    }
}

static void members_of_different_times_do_not_go_on(void **state)
{
    (void)state;
    tw_run_options options = run_options();
    tw_batch *batch = batch_of(0, 10, 1, &options);
    assert_ok(tw_batch_advance(batch, check_s(2)));
    assert_ok(tw_batch_state_restore(batch, 3, alone[0].state[3][2], alone[0].size));
    assert_ok(tw_batch_advance(batch, check_s(2) + 60.0)); /* of the same time */
    assert_ok(tw_batch_state_restore(batch, 3, alone[0].state[3][1], alone[0].size));
    assert_status(tw_batch_advance(batch, check_s(3)), TW_ERR_STATE);
    for (int m = 0; m < 10; m++)
        assert_ok(tw_batch_state_restore(batch, m, alone[0].state[m][1], alone[0].size));
    assert_ok(tw_batch_advance(batch, check_s(3)));
    assert_ok(tw_batch_state_restore(batch, 9, alone[0].state[9][1], alone[0].size));
    assert_status(tw_batch_advance(batch, check_s(3)), TW_ERR_STATE); /* the other group too */
    tw_batch_destroy(batch);
}

static void a_failed_member_lives_again_with_a_state(void **state)
{
    (void)state;
    tw_run_options options = run_options();
    tw_batch *batch = batch_of(0, 3, 1, &options);
    for (int node = 0; node < 2; node++)
        assert_ok(tw_batch_set_node_inflow(batch, TW_ALL_MEMBERS, (tw_node_id){node}, 1e308));
    assert_status(tw_batch_advance(batch, 600.0), TW_ERR_NUMERIC);
    assert_ok(tw_batch_state_restore(batch, 1, alone[0].state[1][2], alone[0].size));
    assert_ok(tw_batch_advance(batch, check_s(3)));
    assert_state(batch, 1, alone[0].state[1][3], alone[0].size);
    assert_status(tw_batch_status(batch, 0), TW_ERR_NUMERIC);
    assert_ok(tw_batch_status(batch, 1));
    tw_batch_destroy(batch);
}

static void wrong_arguments_are_refused(void **state)
{
    (void)state;
    tw_batch_options options = TW_BATCH_OPTIONS_DEFAULT;
    tw_batch *batch = NULL;
    options.members = 0;
    assert_status(tw_batch_create(models[0], &options, &batch), TW_ERR_ARG);
    options.members = 2;
    options.lanes = 3;
    assert_status(tw_batch_create(models[0], &options, &batch), TW_ERR_ARG);
    options.lanes = 0;
    options.run.report_path = "a.rpt";
    assert_status(tw_batch_create(models[0], &options, &batch), TW_ERR_ARG);
    options.run.report_path = NULL;
    assert_ok(tw_batch_create(models[0], &options, &batch));
    assert_true(isnan(tw_batch_node_depth_m(batch, 2, (tw_node_id){0})));
    assert_true(isnan(tw_batch_node_depth_m(batch, 0, (tw_node_id){99})));
    assert_status(tw_batch_status(batch, -1), TW_ERR_ARG);
    assert_status(tw_batch_set_node_inflow(batch, 2, (tw_node_id){0}, 1.0), TW_ERR_ARG);
    assert_status(tw_batch_set_gage_rain(batch, 0, (tw_gage_id){0}, 1.0), TW_ERR_STATE);
    assert_status(tw_batch_set_factor(batch, 0, TW_FACTOR_CONDUIT_ROUGHNESS, 0, 1.0), TW_ERR_ARG);
    assert_status(tw_batch_set_factor(batch, 0, TW_FACTOR_CONDUIT_ROUGHNESS, -1, 0.0), TW_ERR_ARG);
    assert_status(tw_batch_set_factor(batch, 0, TW_FACTOR_RAIN, -1, (double)NAN), TW_ERR_ARG);
    assert_status(tw_batch_state_restore(batch, 0, alone[1].state[0][0], alone[1].size),
                  TW_ERR_FORMAT);
    tw_batch_destroy(batch);
}

static int prepare(void **state)
{
    (void)state;
    for (int k = 0; k < MODELS; k++) {
        if (tw_model_read(paths[k], NULL, &models[k]) != TW_OK) return -1;
        for (int m = 0; m < MEMBERS; m++)
            run_alone(k, m);
    }
    return 0;
}

static int clear(void **state)
{
    (void)state;
    for (int k = 0; k < MODELS; k++) {
        for (int m = 0; m < MEMBERS; m++) {
            for (int check = 0; check < CHECKS; check++)
                free(alone[k].state[m][check]);
        }
        tw_model_destroy(models[k]);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_member_has_the_bits_of_the_same_run_alone),
        cmocka_unit_test(members_differ),
        cmocka_unit_test(rain_from_outside_is_each_member_s_own),
        cmocka_unit_test(members_alike_take_the_steps_of_one),
        cmocka_unit_test(a_batch_takes_the_step_of_its_most_lively_member),
        cmocka_unit_test(members_by_themselves_take_their_own_steps),
        cmocka_unit_test(a_member_that_fails_leaves_the_others_alone),
        cmocka_unit_test(a_batch_whose_members_all_fail_says_so),
        cmocka_unit_test(a_state_goes_from_run_to_member_to_run),
        cmocka_unit_test(restored_members_go_on_with_their_bits),
        cmocka_unit_test(members_of_different_times_do_not_go_on),
        cmocka_unit_test(a_failed_member_lives_again_with_a_state),
        cmocka_unit_test(wrong_arguments_are_refused),
    };
    return cmocka_run_group_tests_name("engine batch", tests, prepare, clear);
}
