#include "check.h"

#include <string.h>

static void every_status_has_its_own_words(void **state)
{
    (void)state;
    static const tw_status all[] = {
#define VALUE(name, text) TW_##name,
        TW_STATUS_LIST(VALUE)
#undef VALUE
    };
    size_t count = sizeof all / sizeof all[0];
    for (size_t i = 0; i < count; i++) {
        assert_true(strlen(tw_status_text(all[i])) > 0);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(tw_status_text(all[i]), tw_status_text(all[j]));
    }
}

static void a_number_that_is_no_status_has_words_too(void **state)
{
    (void)state;
    assert_string_equal(tw_status_text((tw_status)12345), "unknown status");
    assert_string_equal(tw_status_text((tw_status)-1), "unknown status");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_own_words),
        cmocka_unit_test(a_number_that_is_no_status_has_words_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
