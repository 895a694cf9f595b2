#include "num/rkc.h"

#include "base/arena.h"
#include "check.h"

#include <math.h>

/* y0' = -1000 (y0 - cos t) - sin t: exactly cos t when it begins there; y1' = -y1. */
static void stiff_rates(void *user, double at, const double *y, double *out)
{
    (void)user;
    out[0] = -1000.0 * (y[0] - cos(at)) - sin(at);
    out[1] = -y[1];
}

static void broken_rates(void *user, double at, const double *y, double *out)
{
    (void)user;
    out[0] = at > 0.5 ? (double)NAN : -y[0];
    out[1] = 0.0;
}

static tw_status solve(tw_rkc_rates *rates, double relative, double y[2], int64_t *out_calls)
{
    static const double absolute[2] = {1e-10, 1e-10};
    struct tw_arena arena;
    struct tw_rkc rkc = {.relative = (const double[]){relative, relative},
                         .absolute = absolute,
                         .strictness = 1.0,
                         .rates = rates};
    struct tw_pool kept = {0}, work = {0};
    tw_arena_init(&arena);
    tw_rkc_lay_out(&rkc, 2, &kept, &work);
    kept.base = tw_arena_alloc(&arena, 1, kept.used);
    work.base = tw_arena_alloc(&arena, 1, work.used);
    kept.used = work.used = 0;
    tw_rkc_lay_out(&rkc, 2, &kept, &work);
    double at = 0.0;
    y[0] = y[1] = 1.0;
    tw_status status = tw_rkc_advance(&rkc, &at, 2.0, y);
    /* two sources of times may differ by a rounding: such a stretch is none */
    if (status == TW_OK) status = tw_rkc_advance(&rkc, &at, nextafter(2.0, 3.0), y);
    *out_calls = rkc.memory->calls;
    tw_arena_done(&arena);
    return status;
}

static void follows_a_stiff_equation_with_few_evaluations(void **state)
{
    (void)state;
    double y[2];
    int64_t calls = 0;
    assert_ok(solve(stiff_rates, 1e-5, y, &calls));
    assert_near(y[0], cos(2.0), 2e-4); /* errors of 1e-5 a step, some tens of steps */
    assert_near(y[1], exp(-2.0), 2e-4);
    assert_true(calls < 1000); /* an explicit method without Chebyshev's stages needs over 1000 */
}

/* Second order: a tolerance 1000 times smaller makes an error 100 times smaller. */
static void gains_accuracy_with_the_tolerance(void **state)
{
    (void)state;
    double loose[2], tight[2];
    int64_t calls = 0;
    assert_ok(solve(stiff_rates, 1e-4, loose, &calls));
    assert_ok(solve(stiff_rates, 1e-7, tight, &calls));
    double far = fabs(loose[1] - exp(-2.0)), near = fabs(tight[1] - exp(-2.0));
    assert_true(near < far / 20.0); /* 100 by theory; a fifth of it for the control of steps */
}

static void gives_up_where_rates_are_no_numbers(void **state)
{
    (void)state;
    double y[2];
    int64_t calls = 0;
    assert_status(solve(broken_rates, 1e-5, y, &calls), TW_ERR_NUMERIC);
    assert_true(calls < 2000); /* it ends, and soon */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_a_stiff_equation_with_few_evaluations),
        cmocka_unit_test(gains_accuracy_with_the_tolerance),
        cmocka_unit_test(gives_up_where_rates_are_no_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
