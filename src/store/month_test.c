#include "store/month.h"

#include "check.h"

#include <time.h>

static void months_begin_where_the_c_library_says(void **state)
{
    (void)state;
    for (int month = TW_MONTH_FIRST; month <= TW_MONTH_LAST; month++) {
        struct tm first = {.tm_year = month / 12 - 1900, .tm_mon = month % 12, .tm_mday = 1};
        int64_t begin_ms = (int64_t)timegm(&first) * 1000;
        assert_int_equal(tw_month_begin_ms(month), begin_ms);
        assert_int_equal(tw_month_of(begin_ms), month);
        assert_int_equal(tw_month_of(begin_ms - 1), month - 1);
    }
}

static void any_time_has_a_month(void **state)
{
    (void)state;
    assert_true(tw_month_of(INT64_MAX) > TW_MONTH_LAST);
    assert_true(tw_month_of(INT64_MIN) < TW_MONTH_FIRST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(months_begin_where_the_c_library_says),
        cmocka_unit_test(any_time_has_a_month),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
