/* SKIP_STEADY_STATE: the network rests while its flows do, and only then. */
#include "thalweg/thalweg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

static const char *const model_path = TW_SOURCE_DIR "/tests/inp/steady.inp";

static tw_model *model;
static tw_run *run;

static double last_flow_m3s(void)
{
    tw_link_id last;
    assert_int_equal(tw_model_link_find(model, "C2", &last), TW_OK);
    return tw_run_link_flow_m3s(run, last);
}

static int64_t steps_to(double hour)
{
    int64_t before = tw_run_stats_get(run).steps;
    assert_int_equal(tw_run_advance(run, 3600.0 * hour), TW_OK);
    return tw_run_stats_get(run).steps - before;
}

/* 720 steps of 5 s an hour, were none left out. */
static void steps_are_left_out_while_the_flow_is_steady(void **state)
{
    (void)state;
    int64_t filling = steps_to(1.0), steady = steps_to(2.0);
    assert_true(filling > 10 && filling < 360); /* 200 m of sewer fill in some minutes */
    assert_int_equal(steady, 0);
    /* the flow stopped moving where in and out were within SYS_FLOW_TOL, 2 % */
    assert_true(fabs(last_flow_m3s() / 0.5 - 1.0) < 0.02);
}

static void a_changed_inflow_is_routed_at_once(void **state)
{
    (void)state;
    assert_true(steps_to(2.0 + 2.0 / 60.0) >= 12); /* the minute in which the brook falls */
    (void)steps_to(3.0);
    assert_true(fabs(last_flow_m3s() / 0.1 - 1.0) < 0.02);
    assert_int_equal(steps_to(4.0), 0);
}

static int begin(void **state)
{
    (void)state;
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    if (tw_model_read(model_path, NULL, &model) != TW_OK) return -1;
    return tw_run_create(model, &options, &run) == TW_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    tw_run_destroy(run);
    tw_model_destroy(model);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_left_out_while_the_flow_is_steady),
        cmocka_unit_test(a_changed_inflow_is_routed_at_once),
    };
    return cmocka_run_group_tests_name("engine steady", tests, begin, end);
}
