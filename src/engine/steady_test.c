/* SKIP_STEADY_STATE: the network rests while its flows do, and only then. */
#include "one_run.h"

#include <math.h>

static double last_flow_m3s(void) { return one_run_flow_m3s("C2"); }

/* 720 steps of 5 s an hour, were none left out. */
static void steps_are_left_out_while_the_flow_is_steady(void **state)
{
    (void)state;
    int64_t filling = one_run_steps_to(1.0), steady = one_run_steps_to(2.0);
    assert_true(filling > 10 && filling < 360); /* 200 m of sewer fill in some minutes */
    assert_int_equal(steady, 0);
    /* the flow stopped moving where in and out were within SYS_FLOW_TOL, 2 % */
    assert_true(fabs(last_flow_m3s() / 0.5 - 1.0) < 0.02);
}

static void a_changed_inflow_is_routed_at_once(void **state)
{
    (void)state;
    assert_true(one_run_steps_to(2.0 + 2.0 / 60.0) >= 12); /* the minute in which the brook falls */
    (void)one_run_steps_to(3.0);
    assert_true(fabs(last_flow_m3s() / 0.1 - 1.0) < 0.02);
    assert_int_equal(one_run_steps_to(4.0), 0);
}

static int begin(void **state)
{
    (void)state;
    return one_run_open(TW_SOURCE_DIR "/tests/inp/steady.inp");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_left_out_while_the_flow_is_steady),
        cmocka_unit_test(a_changed_inflow_is_routed_at_once),
    };
    return cmocka_run_group_tests_name("engine steady", tests, begin, one_run_end);
}
