#include "num/find_root.h"

#include "check.h"

/* x^3 - c */
static double cube(const void *context, double x, double *out_slope)
{
    if (out_slope != NULL) *out_slope = 3.0 * x * x;
    return x * x * x - *(const double *)context;
}

/* c - x^3: it falls, so low is the greater place. */
static double falling_cube(const void *context, double x, double *out_slope)
{
    double value = -cube(context, x, out_slope);
    if (out_slope != NULL) *out_slope = -*out_slope;
    return value;
}

/* A step at c that gives Newton no slope. */
static double cliff(const void *context, double x, double *out_slope)
{
    if (out_slope != NULL) *out_slope = 0.0;
    return x < *(const double *)context ? -1.0 : 1.0;
}

static void newton_finds_the_root_of_a_smooth_function(void **state)
{
    (void)state;
    for (double c = 0.1; c < 60.0; c *= 3.0) {
        assert_near(tw_root_newton(cube, &c, 0.0, 4.0, 2.0, 1e-9), cbrt(c), 1e-9);
        assert_near(tw_root_newton(falling_cube, &c, 4.0, 0.0, 1.0, 1e-9), cbrt(c), 1e-9);
    }
}

static void newton_halves_the_bracket_where_slopes_do_not_help(void **state)
{
    (void)state;
    double c = 0.7341;
    assert_near(tw_root_newton(cliff, &c, 0.0, 1.0, 0.5, 1e-9), c, 2e-9);
}

static void newton_finds_a_root_at_the_end_from_the_middle(void **state)
{
    (void)state;
    double c = 8.0;
    assert_near(tw_root_newton(cube, &c, 0.0, 2.0, 1.0, 1e-9), 2.0, 1e-8);
    double step = 1.0;
    assert_near(tw_root_newton(cliff, &step, 0.0, 1.0, 0.5, 1e-6), 1.0, 2e-6);
}

static void ridders_finds_the_root_within_its_tolerance(void **state)
{
    (void)state;
    for (double c = 0.1; c < 60.0; c *= 3.0) {
        assert_near(tw_root_ridders(cube, &c, 0.0, 4.0, 1e-6), cbrt(c), 1e-6);
        assert_near(tw_root_ridders(falling_cube, &c, 0.0, 4.0, 1e-6), cbrt(c), 1e-6);
    }
}

static void ridders_knows_roots_at_the_ends_and_no_root(void **state)
{
    (void)state;
    double c = 8.0;
    assert_near(tw_root_ridders(cube, &c, 2.0, 4.0, 1e-6), 2.0, 0.0);
    assert_near(tw_root_ridders(cube, &c, 0.0, 2.0, 1e-6), 2.0, 0.0);
    assert_true(isnan(tw_root_ridders(cube, &c, 3.0, 4.0, 1e-6)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newton_finds_the_root_of_a_smooth_function),
        cmocka_unit_test(newton_halves_the_bracket_where_slopes_do_not_help),
        cmocka_unit_test(newton_finds_a_root_at_the_end_from_the_middle),
        cmocka_unit_test(ridders_finds_the_root_within_its_tolerance),
        cmocka_unit_test(ridders_knows_roots_at_the_ends_and_no_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
