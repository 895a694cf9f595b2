/* Twin experiments: a truth that the filter does not know is measured with noise, and the members
 * have to find it. */
#include "forecast/filter.h"

#include "check.h"
#include "num/random.h"
#include "tiny_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODES = 10, SENSORS = 3, HELD_OUT = 2, UPDATE_MIN = 5 };

static const char *const path = "forecast_filter_test.state";

/* A storm of an hour, 90 mm/h at its height [mm/h]. */
static double storm_mmh(double at_s)
{
    double from_height = (at_s - 2400.0) / 1200.0;
    return 90.0 * exp(-from_height * from_height);
}

/* The truth has half as much rain again as the gauges tell, on more roofs, in rougher conduits. */
static tw_run *truth_begin(void)
{
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    options.outer_rain = true;
    tw_run *run = NULL;
    assert_ok(tw_run_create(tiny_model, &options, &run));
    assert_ok(tw_run_set_factor(run, TW_FACTOR_IMPERVIOUS, -1, 1.1));
    assert_ok(tw_run_set_factor(run, TW_FACTOR_CONDUIT_ROUGHNESS, -1, 1.15));
    return run;
}

static void truth_advance(tw_run *run, double to_s)
{
    while (tw_run_elapsed_s(run) < to_s) {
        double at_s = tw_run_elapsed_s(run);
        for (int32_t g = 0; g < 2; g++)
            assert_ok(tw_run_set_gage_rain(run, (tw_gage_id){g}, 1.5 * storm_mmh(at_s + 30.0)));
        assert_ok(tw_run_advance(run, at_s + 60.0));
    }
}

static double gauges(void *user, int32_t member, int32_t subcatchment, double from_s, double to_s)
{
    (void)user;
    (void)member;
    (void)subcatchment;
    return storm_mmh(0.5 * (from_s + to_s));
}

static struct tw_filter *filter_of(struct tw_filter_setup setup)
{
    const struct tw_filter_sensor sensors[SENSORS] = {
        {"L3", TW_FILTER_LEVEL, tiny_node("J3"), 0.01, false},
        {"Q6", TW_FILTER_FLOW, tiny_link("C6"), 0.01, false},
        {"L5", TW_FILTER_LEVEL, tiny_node("J5"), 0.01, true}};
    struct tw_filter *filter = NULL;
    setup.model = tiny_model;
    setup.sensors = sensors;
    setup.sensor_count = SENSORS;
    assert_ok(tw_filter_create(&setup, &filter));
    return filter;
}

static double true_value(const tw_run *truth, int32_t sensor)
{
    const int32_t nodes[SENSORS] = {tiny_node("J3"), -1, tiny_node("J5")};
    return sensor == 1 ? tw_run_link_flow_m3s(truth, (tw_link_id){tiny_link("C6")})
                       : tw_run_node_depth_m(truth, (tw_node_id){nodes[sensor]});
}

static double noisy(const tw_run *truth, int32_t sensor, double at_s)
{
    return true_value(truth, sensor) +
           0.01 * tw_random_normal(99, (uint64_t)at_s, (uint64_t)sensor);
}

/* Measured every minute, drawn to every five. */
static void follow(struct tw_filter *filter, tw_run *truth, double to_s)
{
    while (tw_filter_now_s(filter) < to_s) {
        double next_s = tw_filter_now_s(filter) + 60.0 * UPDATE_MIN;
        for (int32_t minute = 1; minute <= UPDATE_MIN; minute++) {
            double at_s = tw_filter_now_s(filter) + 60.0 * minute;
            truth_advance(truth, at_s);
            for (int32_t s = 0; s < SENSORS; s++)
                assert_ok(tw_filter_observe(filter, s, at_s, noisy(truth, s, at_s), true));
        }
        assert_ok(tw_filter_advance(filter, next_s, gauges, NULL));
        assert_ok(tw_filter_update(filter));
    }
}

/* Root mean square of the members' mean depth off the truth, over all nodes. */
static double depth_error(struct tw_filter *filter, const tw_run *truth)
{
    double squares = 0.0;
    const tw_batch *batch = tw_filter_batch(filter);
    int32_t members = tw_batch_member_count(batch);
    for (int32_t i = 0; i < NODES; i++) {
        double mean = 0.0;
        for (int32_t m = 0; m < members; m++)
            mean += tw_batch_node_depth_m(batch, m, (tw_node_id){i}) / members;
        double off = mean - tw_run_node_depth_m(truth, (tw_node_id){i});
        squares += off * off;
    }
    return sqrt(squares / NODES);
}

struct errors {
    double now_m, ahead_m, held_out_m;
};

/* Errors at 40 minutes, at 70 under a forecast from there, and of the held-out gauge on the way. */
static struct errors errors_with(struct tw_filter_setup setup)
{
    struct tw_filter *filter = filter_of(setup);
    tw_run *truth = truth_begin();
    double squares = 0.0;
    for (int32_t k = 1; k <= 8; k++) {
        follow(filter, truth, 300.0 * k);
        struct tw_filter_fit fit = tw_filter_fit_get(filter, HELD_OUT);
        double off = fit.after_mean - true_value(truth, HELD_OUT);
        if (k > 4) squares += off * off / 4.0; /* the sewer fills within a minute before that */
    }
    struct errors errors = {.now_m = depth_error(filter, truth), .held_out_m = sqrt(squares)};
    truth_advance(truth, 4200.0);
    assert_ok(tw_filter_advance(filter, 4200.0, gauges, NULL));
    errors.ahead_m = depth_error(filter, truth);
    tw_run_destroy(truth);
    tw_filter_destroy(filter);
    return errors;
}

static void a_filter_comes_nearer_to_the_truth_now_and_half_an_hour_ahead(void **state)
{
    (void)state;
    struct tw_filter_setup setup = tw_filter_setup_default();
    struct errors with = errors_with(setup);
    setup.assimilate = false;
    struct errors without = errors_with(setup);
    print_message("depth error now %.3f of %.3f m, 30 min ahead %.3f of %.3f m, held out %.3f of "
                  "%.3f m\n",
                  with.now_m, without.now_m, with.ahead_m, without.ahead_m, with.held_out_m,
                  without.held_out_m);
    assert_true(with.now_m < 0.6 * without.now_m);
    assert_true(with.ahead_m < 0.6 * without.ahead_m);
    assert_true(with.held_out_m < 0.7 * without.held_out_m);
}

static void one_member_alone_is_drawn_too(void **state)
{
    (void)state;
    struct tw_filter_setup setup = tw_filter_setup_default();
    setup.members = 1;
    struct errors with = errors_with(setup);
    setup.assimilate = false;
    struct errors without = errors_with(setup);
    print_message("one member: now %.3f of %.3f m, ahead %.3f of %.3f m\n", with.now_m,
                  without.now_m, with.ahead_m, without.ahead_m);
    assert_true(with.now_m < 0.6 * without.now_m);
    assert_true(with.ahead_m < 0.8 * without.ahead_m);
}

static void assert_same(struct tw_filter *a, struct tw_filter *b)
{
    size_t size = tw_batch_state_size(tw_filter_batch(a));
    unsigned char *one = malloc(size), *other = malloc(size);
    assert_non_null(one);
    assert_non_null(other);
    for (int32_t m = 0; m < tw_batch_member_count(tw_filter_batch(a)); m++) {
        assert_ok(tw_batch_state_save(tw_filter_batch(a), m, one));
        assert_ok(tw_batch_state_save(tw_filter_batch(b), m, other));
        assert_memory_equal(one, other, size);
    }
    free(one);
    free(other);
}

static void threads_change_no_bit(void **state)
{
    (void)state;
    struct tw_filter_setup setup = tw_filter_setup_default();
    struct tw_filter *one = filter_of(setup);
    setup.threads = 3;
    struct tw_filter *three = filter_of(setup);
    tw_run *truth = truth_begin(), *again = truth_begin();
    follow(one, truth, 2400.0);
    follow(three, again, 2400.0);
    assert_same(one, three);
    tw_run_destroy(truth);
    tw_run_destroy(again);
    tw_filter_destroy(one);
    tw_filter_destroy(three);
}

static void a_loaded_filter_goes_on_with_the_same_bits(void **state)
{
    (void)state;
    struct tw_filter_setup setup = tw_filter_setup_default();
    setup.members = 6;
    struct tw_filter *filter = filter_of(setup), *other = filter_of(setup);
    tw_run *truth = truth_begin(), *again = truth_begin();
    follow(filter, truth, 1800.0);
    assert_ok(tw_filter_save(filter, path));
    assert_ok(tw_filter_load(other, path));
    assert_true(tw_filter_now_s(other) == 1800.0);
    assert_ok(tw_run_copy_state(again, truth));
    follow(filter, truth, 3000.0);
    follow(other, again, 3000.0);
    assert_same(filter, other);
    tw_run_destroy(truth);
    tw_run_destroy(again);
    tw_filter_destroy(filter);
    tw_filter_destroy(other);
    (void)remove(path);
}

static void write_bytes(const unsigned char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fwrite(bytes, 1, size, file) == size);
    assert_int_equal(fclose(file), 0);
}

static void a_state_that_is_cut_changed_or_of_another_setup_is_refused(void **state)
{
    (void)state;
    struct tw_filter_setup setup = tw_filter_setup_default();
    setup.members = 3;
    struct tw_filter *filter = filter_of(setup);
    assert_ok(tw_filter_save(filter, path));
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t size = (size_t)ftell(file);
    unsigned char *bytes = malloc(size);
    assert_non_null(bytes);
    rewind(file);
    assert_true(fread(bytes, 1, size, file) == size);
    assert_int_equal(fclose(file), 0);
    write_bytes(bytes, size - 1);
    assert_status(tw_filter_load(filter, path), TW_ERR_FORMAT);
    for (size_t at = 0; at < size; at += size / 97) {
        bytes[at] ^= 4;
        write_bytes(bytes, size);
        assert_status(tw_filter_load(filter, path), TW_ERR_FORMAT);
        bytes[at] ^= 4;
    }
    write_bytes(bytes, 0);
    assert_status(tw_filter_load(filter, path), TW_ERR_FORMAT);
    write_bytes(bytes, size);
    assert_ok(tw_filter_load(filter, path));
    setup.members = 4;
    struct tw_filter *larger = filter_of(setup);
    assert_status(tw_filter_load(larger, path), TW_ERR_FORMAT);
    (void)remove(path);
    assert_status(tw_filter_load(filter, path), TW_ERR_FILE);
    free(bytes);
    tw_filter_destroy(filter);
    tw_filter_destroy(larger);
}

/* What is done to the value of L3 at a time. */
typedef double fault_fn(double value, double at_s);

static double frozen(double value, double at_s) { return at_s < 1500.0 ? value : 0.123; }
static double below_ground(double value, double at_s) { return at_s < 1500.0 ? value : -2.0; }
static double drifting(double value, double at_s)
{
    return at_s < 900.0 ? value : value - (at_s - 900.0) / 3600.0;
}
static double silent(double value, double at_s) { return at_s < 900.0 ? value : (double)NAN; }

static int32_t note_of(const struct tw_filter *filter, int32_t sensor)
{
    for (int32_t i = 0; i < tw_filter_note_count(filter); i++) {
        struct tw_filter_note note = tw_filter_note_get(filter, i);
        assert_true(strlen(note.en) > 10 && strlen(note.zh) > 10 && strlen(note.code) > 5);
        assert_null(strchr(note.en, '{'));
        if (note.sensor == sensor) return (int32_t)note.kind;
    }
    return -1;
}

/* Five sensors, so that there are others to judge one by; the first has a fault. */
static int32_t note_after(fault_fn *fault, double to_s)
{
    const struct tw_filter_sensor sensors[] = {
        {"L3", TW_FILTER_LEVEL, tiny_node("J3"), 0.01, false},
        {"Q6", TW_FILTER_FLOW, tiny_link("C6"), 0.01, false},
        {"L5", TW_FILTER_LEVEL, tiny_node("J5"), 0.01, false},
        {"L6", TW_FILTER_LEVEL, tiny_node("J6"), 0.01, false},
        {"L7", TW_FILTER_LEVEL, tiny_node("J7"), 0.01, false}};
    struct tw_filter_setup setup = tw_filter_setup_default();
    setup.model = tiny_model;
    setup.sensors = sensors;
    setup.sensor_count = 5;
    struct tw_filter *filter = NULL;
    assert_ok(tw_filter_create(&setup, &filter));
    tw_run *truth = truth_begin();
    for (int32_t minute = 1; 60.0 * minute <= to_s; minute++) {
        double at_s = 60.0 * minute;
        truth_advance(truth, at_s);
        for (int32_t s = 0; s < 5; s++) {
            double value = sensors[s].kind == TW_FILTER_FLOW
                               ? tw_run_link_flow_m3s(truth, (tw_link_id){sensors[s].index})
                               : tw_run_node_depth_m(truth, (tw_node_id){sensors[s].index});
            value += 0.01 * tw_random_normal(5, (uint64_t)at_s, (uint64_t)s);
            if (s == 0 && fault != NULL) value = fault(value, at_s);
            assert_ok(tw_filter_observe(filter, s, at_s, value, true));
        }
        if (fmod(at_s, 300.0) != 0.0) continue;
        assert_ok(tw_filter_advance(filter, at_s, gauges, NULL));
        assert_ok(tw_filter_update(filter));
    }
    int32_t note = note_of(filter, 0);
    assert_true((note < 0) == tw_filter_fit_get(filter, 0).used);
    for (int32_t s = 1; s < 5; s++)
        assert_int_equal(note_of(filter, s), -1);
    tw_run_destroy(truth);
    tw_filter_destroy(filter);
    return note;
}

static void a_sensor_that_lies_is_left_out_and_the_others_stay(void **state)
{
    (void)state;
    assert_int_equal(note_after(NULL, 3600.0), -1);
    assert_int_equal(note_after(frozen, 2400.0), TW_FILTER_NOTE_FROZEN);
    assert_int_equal(note_after(below_ground, 1800.0), TW_FILTER_NOTE_IMPOSSIBLE);
    int32_t drift = note_after(drifting, 5400.0);
    assert_true(drift == TW_FILTER_NOTE_DRIFTS || drift == TW_FILTER_NOTE_DISAGREES);
    int32_t gone = note_after(silent, 2400.0);
    assert_true(gone == TW_FILTER_NOTE_SILENT || gone == TW_FILTER_NOTE_REFUSED);
}

static void what_updates_add_is_booked(void **state)
{
    (void)state;
    struct tw_filter *filter = filter_of(tw_filter_setup_default());
    tw_run *truth = truth_begin();
    follow(filter, truth, 3600.0);
    assert_true(fabs(tw_filter_nudged_m3(filter)) > 1.0);
    const tw_batch *batch = tw_filter_batch(filter);
    for (int32_t m = 0; m < tw_batch_member_count(batch); m++) {
        struct tw_balance b = tw_batch_balance(batch, m);
        /* without updates the members of this model come to 0.2 to 0.8 %, and 0.1 % */
        assert_near(b.runoff_error_ratio, 0.0, 0.012);
        assert_near(b.routing_error_ratio, 0.0, 0.003);
    }
    tw_run_destroy(truth);
    tw_filter_destroy(filter);
}

static void wrong_setups_are_refused(void **state)
{
    (void)state;
    struct tw_filter_setup good = tw_filter_setup_default(), bad;
    struct tw_filter *filter = NULL;
    struct tw_filter_sensor sensor = {"L", TW_FILTER_LEVEL, 0, 0.01, false};
    assert_status(tw_filter_create(&good, &filter), TW_ERR_ARG); /* no model */
    good.model = tiny_model;
    good.sensors = &sensor;
    good.sensor_count = 1;
    bad = good;
    bad.members = 0;
    assert_status(tw_filter_create(&bad, &filter), TW_ERR_ARG);
    bad = good;
    bad.relaxation = (double)NAN;
    assert_status(tw_filter_create(&bad, &filter), TW_ERR_ARG);
    bad = good;
    bad.priors[TW_FILTER_RAIN].middle = 0.0;
    assert_status(tw_filter_create(&bad, &filter), TW_ERR_ARG);
    sensor.index = 1000;
    assert_status(tw_filter_create(&good, &filter), TW_ERR_ARG);
    sensor.index = 0;
    sensor.noise_sd = 0.0;
    assert_status(tw_filter_create(&good, &filter), TW_ERR_ARG);
    assert_null(filter);
    sensor.noise_sd = 0.01;
    assert_ok(tw_filter_create(&good, &filter));
    assert_status(tw_filter_observe(filter, 1, 0.0, 0.0, true), TW_ERR_ARG);
    assert_status(tw_filter_advance(filter, (double)NAN, gauges, NULL), TW_ERR_ARG);
    assert_true(isnan(tw_filter_factor(filter, 0, TW_FILTER_RAIN, 99)));
    tw_filter_destroy(filter);
    tw_filter_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_filter_comes_nearer_to_the_truth_now_and_half_an_hour_ahead),
        cmocka_unit_test(one_member_alone_is_drawn_too),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(a_loaded_filter_goes_on_with_the_same_bits),
        cmocka_unit_test(a_state_that_is_cut_changed_or_of_another_setup_is_refused),
        cmocka_unit_test(a_sensor_that_lies_is_left_out_and_the_others_stay),
        cmocka_unit_test(what_updates_add_is_booked),
        cmocka_unit_test(wrong_setups_are_refused),
    };
    return cmocka_run_group_tests_name("forecast filter", tests, tiny_model_begin, tiny_model_end);
}
