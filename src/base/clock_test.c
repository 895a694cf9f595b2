/* The machine's clocks. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <time.h>

static void the_steady_clock_never_goes_back(void **state)
{
    (void)state;
    int64_t before = tw_clock_steady_ms();
    for (int i = 0; i < 10000; i++) {
        int64_t now = tw_clock_steady_ms();
        assert_true(now >= before);
        before = now;
    }
}

static void the_date_is_that_of_the_c_library(void **state)
{
    (void)state;
    int64_t before_s = (int64_t)time(NULL), ms = tw_clock_unix_ms(), after_s = (int64_t)time(NULL);
    assert_true(ms >= (before_s - 1) * 1000); /* time() may lag by a tick of the kernel */
    assert_true(ms < (after_s + 2) * 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_steady_clock_never_goes_back),
        cmocka_unit_test(the_date_is_that_of_the_c_library),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
