/* Runs share nothing: the same bits alone, beside another in a second thread, and after a rest. */
#include "thalweg/thalweg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
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
    /* area 200 m2 at the bottom, growing by 40/3 m2 per metre */
    assert_true(fabs(added - (200.0 + 0.5 * 40.0 / 3.0)) < 1e-9);
    assert_int_equal(tw_run_set_node_depth(run, tank, 0.25), TW_OK);
    double left = tw_run_balance(run).nudged_m3;
    assert_true(fabs(left - (50.0 + 0.5 * 40.0 / 3.0 * 0.0625)) < 1e-9);
    assert_int_equal(tw_run_advance(run, 60.0 * MINUTES), TW_OK);
    double error = tw_run_balance(run).routing_error_ratio;
    assert_true(error > -0.02 && error < 0.02); /* the scheme's own error on this model */
    tw_run_destroy(run);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_runs_in_two_threads_give_the_bits_of_one_alone),
        cmocka_unit_test(a_restored_run_gives_the_bits_of_one_never_stopped),
        cmocka_unit_test(a_copied_run_goes_on_as_its_original),
        cmocka_unit_test(a_foreign_state_is_refused),
        cmocka_unit_test(a_nudged_depth_is_booked),
        cmocka_unit_test(ids_of_other_models_answer_nan),
    };
    return cmocka_run_group_tests_name("engine run", tests, read_model, drop_model);
}
