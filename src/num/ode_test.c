#include "check.h"
#include "num/ode.h"

/* A swing: y'' = -y. */
static void swing(const void *system, double t, const double *y, double *out_rates)
{
    (void)system;
    (void)t;
    out_rates[0] = y[1];
    out_rates[1] = -y[0];
}

static void a_swing_comes_back(void **state)
{
    (void)state;
    double y[2] = {1.0, 0.0};
    assert_true(tw_ode_integrate(swing, NULL, 2, y, 6.283185307179586, 1e-8));
    assert_near(y[0], 1.0, 1e-5); /* some hundred steps of 1e-8 each */
    assert_near(y[1], 0.0, 1e-5);
}

/* Grows without end before the duration is over. */
static void burst(const void *system, double t, const double *y, double *out_rates)
{
    (void)system;
    (void)t;
    out_rates[0] = y[0] * y[0];
}

static void a_burst_is_told_and_leaves_the_state(void **state)
{
    (void)state;
    double y[1] = {1.0};
    assert_false(tw_ode_integrate(burst, NULL, 1, y, 2.0, 1e-6));
    assert_near(y[0], 1.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_swing_comes_back),
        cmocka_unit_test(a_burst_is_told_and_leaves_the_state),
    };
    return cmocka_run_group_tests_name("ode", tests, NULL, NULL);
}
