#include "num/random.h"

#include "check.h"

#include <math.h>

enum { DRAWS = 40000 };

static void normal_draws_have_mean_0_deviation_1_and_normal_tails(void **state)
{
    (void)state;
    double sum = 0.0, squares = 0.0;
    int beyond = 0;
    for (uint64_t i = 0; i < DRAWS; i++) {
        double z = tw_random_normal(7, i, 3);
        assert_true(isfinite(z));
        sum += z;
        squares += z * z;
        beyond += fabs(z) > 1.96;
    }
    assert_near(sum / DRAWS, 0.0, 0.02);              /* four standard errors of the mean */
    assert_near(squares / DRAWS, 1.0, 0.03);          /* of the variance: sqrt(2 / n) = 0.007 */
    assert_near((double)beyond / DRAWS, 0.05, 0.005); /* of the share: 0.0011 */
}

static void draws_at_neighbouring_places_are_not_alike(void **state)
{
    (void)state;
    double product = 0.0;
    for (uint64_t i = 0; i < DRAWS; i++)
        product += tw_random_normal(1, i, 0) * tw_random_normal(1, i, 1) +
                   tw_random_normal(1, i, 0) * tw_random_normal(2, i, 0);
    assert_near(product / DRAWS, 0.0, 0.03); /* four times sqrt(2 / n) */
}

static void units_lie_inside_of_0_and_1(void **state)
{
    (void)state;
    double sum = 0.0;
    for (uint64_t i = 0; i < DRAWS; i++) {
        double u = tw_random_unit(5, i, i);
        assert_true(u > 0.0 && u < 1.0);
        sum += u;
    }
    assert_near(sum / DRAWS, 0.5, 0.006); /* four standard errors, 0.29 / sqrt(n) */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_draws_have_mean_0_deviation_1_and_normal_tails),
        cmocka_unit_test(draws_at_neighbouring_places_are_not_alike),
        cmocka_unit_test(units_lie_inside_of_0_and_1),
    };
    return cmocka_run_group_tests_name("num random", tests, NULL, NULL);
}
