#include "hydrology/surface.h"

#include "check.h"

#include <math.h>

static const struct tw_surface slope = {.storage_m = 0.002, .alpha = 0.02, .dt_s = 300.0};

static void storage_fills_before_anything_runs_off(void **state)
{
    (void)state;
    struct tw_surface s = slope;
    double depth_m = 0.0005;
    s.inflow_mps = 0.0014 / 300.0;
    assert_near(tw_surface_advance(&s, &depth_m), 0.0, 0.0);
    assert_near(depth_m, 0.0019, 1e-15); /* rounding */
}

/* Without inflow d' = -alpha d^(5/3): d(t) = (d0^(-2/3) + 2/3 alpha t)^(-3/2). */
static void recession_is_the_exact_one(void **state)
{
    (void)state;
    struct tw_surface s = slope;
    double depth_m = 0.012, above_m = 0.010;
    for (int i = 1; i <= 20; i++) {
        double runoff = tw_surface_advance(&s, &depth_m);
        double t = i * 300.0;
        double exact = pow(pow(above_m, -2.0 / 3.0) + 2.0 / 3.0 * s.alpha * t, -1.5);
        /* 1e-4 of depth and change a step is the tolerance of SWMM's integrator */
        assert_near(depth_m - s.storage_m, exact, 2e-4 * 0.012);
        assert_near(runoff, s.alpha * pow(depth_m - s.storage_m, 1.6666667), 1e-15);
    }
}

static void steady_rain_ends_in_steady_runoff(void **state)
{
    (void)state;
    struct tw_surface s = slope;
    double depth_m = 0.0, runoff = 0.0;
    s.inflow_mps = 50.0 / 3.6e6;
    for (int i = 0; i < 200; i++)
        runoff = tw_surface_advance(&s, &depth_m);
    assert_near(runoff / s.inflow_mps, 1.0, 1e-3); /* the integrator's tolerance */
}

static void without_roughness_all_runs_off_within_the_step(void **state)
{
    (void)state;
    struct tw_surface s = {.storage_m = 0.002, .at_once = true, .dt_s = 300.0};
    double depth_m = 0.002;
    s.inflow_mps = 0.003 / 300.0;
    assert_near(tw_surface_advance(&s, &depth_m) * 300.0, 0.003, 1e-15); /* rounding */
    assert_near(depth_m, 0.002, 0.0);
}

static void without_slope_water_only_ponds(void **state)
{
    (void)state;
    struct tw_surface s = {.storage_m = 0.002, .alpha = 0.0, .dt_s = 300.0};
    double depth_m = 0.002;
    s.inflow_mps = 0.003 / 300.0;
    assert_near(tw_surface_advance(&s, &depth_m), 0.0, 0.0);
    assert_near(depth_m, 0.005, 1e-15); /* rounding */
}

/* A steep small roof in a cloudburst: the explicit integrator must shorten its steps itself. */
static void depth_never_falls_below_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 17; i++)
        for (int k = -3; k < 30; k++) {
            struct tw_surface s = {.storage_m = 0.0,
                                   .alpha = 1e-4 * pow(3.0, i),
                                   .inflow_mps = 33.0 * k / 3.6e6,
                                   .dt_s = 900.0};
            double depth_m = 0.05;
            double runoff = tw_surface_advance(&s, &depth_m);
            assert_true(depth_m >= 0.0 && depth_m <= 0.05 + 900.0 * fabs(s.inflow_mps));
            assert_true(runoff >= 0.0 && isfinite(runoff));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(storage_fills_before_anything_runs_off),
        cmocka_unit_test(recession_is_the_exact_one),
        cmocka_unit_test(steady_rain_ends_in_steady_runoff),
        cmocka_unit_test(without_roughness_all_runs_off_within_the_step),
        cmocka_unit_test(without_slope_water_only_ponds),
        cmocka_unit_test(depth_never_falls_below_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
