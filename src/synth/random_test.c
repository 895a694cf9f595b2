#include "synth/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* A city made today must be made again in ten years: places, purposes and seeds all count. */
static void draws_are_fixed_for_all_time(void **state)
{
    (void)state;
    assert_true(tw_draw_bits(7, TW_DRAW_POND, 3, -4) == tw_draw_bits(7, TW_DRAW_POND, 3, -4));
    assert_true(tw_draw_bits(7, TW_DRAW_POND, 3, -4) != tw_draw_bits(7, TW_DRAW_POND, 4, -4));
    assert_true(tw_draw_bits(7, TW_DRAW_POND, 3, -4) != tw_draw_bits(8, TW_DRAW_POND, 3, -4));
    assert_true(tw_draw_bits(7, TW_DRAW_POND, 3, -4) != tw_draw_bits(7, TW_DRAW_TANK, 3, -4));
}

static void draws_fill_the_unit_interval_evenly(void **state)
{
    (void)state;
    int tenth[10] = {0};
    for (int i = 0; i < 10000; i++) {
        double u = tw_draw_unit(1, TW_DRAW_PARK, i, 2 * i);
        assert_true(u >= 0.0 && u < 1.0);
        tenth[(int)(10.0 * u)]++;
    }
    /* 1000 expected, standard deviation 30: five of them */
    for (int i = 0; i < 10; i++)
        assert_in_range(tenth[i], 850, 1150);
}

static void noise_is_smooth_and_bounded(void **state)
{
    (void)state;
    double before = tw_noise(3, TW_DRAW_RELIEF, -5.0, 0.3);
    for (double x = -5.0; x < 5.0; x += 0.01) {
        double value = tw_noise(3, TW_DRAW_RELIEF, x, 0.3);
        assert_true(value >= -1.0 && value <= 1.0);
        assert_true(fabs(value - before) <= 0.0301); /* the cubic's steepest: 1.5 * 2 * 0.01 */
        before = value;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_are_fixed_for_all_time),
        cmocka_unit_test(draws_fill_the_unit_interval_evenly),
        cmocka_unit_test(noise_is_smooth_and_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
