#include "num/roots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

/* Two steps of Halley's method end within a few units of the 14th digit, at any size. */
static void the_cube_root_cubed_is_the_number(void **state)
{
    (void)state;
    for (double x = 1e-12; x < 1e12; x *= 1.37) {
        double root = tw_cube_root(x);
        assert_true(fabs(root * root * root / x - 1.0) < 6e-14);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_cube_root_cubed_is_the_number)};
    return cmocka_run_group_tests_name("roots", tests, NULL, NULL);
}
