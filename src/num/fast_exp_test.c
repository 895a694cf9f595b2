#include "num/fast_exp.h"

#include "check.h"

#include <math.h>

static void agrees_with_the_c_library(void **state)
{
    (void)state;
    for (int i = -900; i < 900; i++) {
        double x = 0.7637 * (double)i, e;
        tw_fast_exp(1, &x, &e);
        assert_near(e / exp(x), 1.0, 1e-15); /* four units of the last place of 1 */
    }
}

static void gives_the_same_bits_alone_and_in_a_row(void **state)
{
    (void)state;
    double x[13], row[13], alone;
    for (int i = 0; i < 13; i++)
        x[i] = 0.31 * i - 2.0;
    tw_fast_exp(13, x, row);
    for (int i = 0; i < 13; i++) {
        tw_fast_exp(1, &x[i], &alone);
        assert_memory_equal(&alone, &row[i], sizeof alone);
    }
}

static void stays_finite_at_the_ends(void **state)
{
    (void)state;
    const double x[2] = {-1e9, 1e9};
    double e[2];
    tw_fast_exp(2, x, e);
    assert_true(e[0] >= 0.0 && e[0] < 1e-300);
    assert_true(isfinite(e[1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_c_library),
        cmocka_unit_test(gives_the_same_bits_alone_and_in_a_row),
        cmocka_unit_test(stays_finite_at_the_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
