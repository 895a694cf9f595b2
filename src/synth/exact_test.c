#include "synth/exact.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The C library's own error is half a unit of the last place, ours a few: 2e-15 of the value. */
static void near_libm(double ours, double libm, double scale)
{
    if (!(fabs(ours - libm) <= 2e-15 * scale)) fail_msg("%.17g is not near %.17g", ours, libm);
}

static void exp_and_log_agree_with_the_c_library(void **state)
{
    (void)state;
    for (double x = -30.0; x <= 30.0; x += 0.0371) {
        near_libm(tw_exact_exp(x), exp(x), exp(x));
        near_libm(tw_exact_log(exp(x)), log(exp(x)), fmax(fabs(x), 1e-3));
        /* y log x is up to 20 here and its rounding becomes a relative error of the power */
        near_libm(tw_exact_pow(exp(x / 3.0), 2.0), pow(exp(x / 3.0), 2.0),
                  20.0 * pow(exp(x / 3.0), 2.0));
    }
    assert_true(tw_exact_exp(-800.0) == 0.0);
    assert_true(tw_exact_pow(0.0, 0.6) == 0.0);
}

static void circle_functions_agree_with_the_c_library(void **state)
{
    (void)state;
    for (double x = -40.0; x <= 40.0; x += 0.0173) {
        near_libm(tw_exact_sin(x), sin(x), 1.0);
        near_libm(tw_exact_cos(x), cos(x), 1.0);
        near_libm(tw_exact_atan(x), atan(x), 2.0);
    }
}

static void hyperbolic_functions_agree_with_the_c_library(void **state)
{
    (void)state;
    for (double x = -0.99; x <= 0.99; x += 0.0031) {
        near_libm(tw_exact_sinh(x), sinh(x), 1.5);
        near_libm(tw_exact_cosh(x), cosh(x), 1.5);
        near_libm(tw_exact_atanh(x), atanh(x), 3.0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_and_log_agree_with_the_c_library),
        cmocka_unit_test(circle_functions_agree_with_the_c_library),
        cmocka_unit_test(hyperbolic_functions_agree_with_the_c_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
