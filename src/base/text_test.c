#include "base/text.h"

#include "check.h"

#include <float.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void numbers_are_the_nearest_double(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "0",
        "-0",
        "1",
        "+1.5",
        "-2.25e3",
        ".5",
        "5.",
        "1e22",
        "1e23",
        "123456789012345678901234567890",
        "0.1",
        "1E-5",
        "9007199254740993",
        "2.2250738585072014e-308",
        "4.9e-324",
        "2.4703282292062328e-324",
        "1.7976931348623157e308",
        "000000000000000012.5",
        "0.000000000000000000000000000000000000123456789",
        "1e-400",
        "3.14159265358979323846",
        "8.5e+02",
        "179769313486231570000e288",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        double value = NAN, expected = strtod(texts[i], NULL); /* glibc's is correctly rounded */
        assert_ok(tw_text_double(texts[i], &value));
        if (memcmp(&value, &expected, sizeof value) != 0)
            fail_msg("%s is read as %.17g", texts[i], value);
    }
}

/* Doubles of every size come back from their shortest and their longest writing. */
static void written_doubles_come_back(void **state)
{
    (void)state;
    uint64_t bits = 88172645463325252u;
    for (int i = 0; i < 20000; i++) {
        bits ^= bits << 13; /* Marsaglia, Xorshift RNGs, 2003 */
        bits ^= bits >> 7;
        bits ^= bits << 17;
        double value = 0.0, back = 0.0;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value)) continue;
        char text[1200];
        snprintf(text, sizeof text, "%.17g", value);
        assert_ok(tw_text_double(text, &back));
        assert_memory_equal(&back, &value, sizeof value);
        snprintf(text, sizeof text, "%.1100f", fmod(value, 1e15));
        value = fmod(value, 1e15);
        assert_ok(tw_text_double(text, &back));
        assert_memory_equal(&back, &value, sizeof value);
    }
}

/* A digit far behind decides which of two neighbours is nearer. */
static void a_tie_is_broken_by_a_digit_far_behind(void **state)
{
    (void)state;
    char text[1000];
    int length = snprintf(text, sizeof text, "9007199254740993.");
    memset(text + length, '0', 900);
    text[length + 900] = '\0';
    double value = NAN;
    assert_ok(tw_text_double(text, &value));
    assert_true(value == 9007199254740992.0); /* exactly between: to the even one */
    text[length + 899] = '1';
    assert_ok(tw_text_double(text, &value));
    assert_true(value == 9007199254740994.0);
}

static void what_is_not_wholly_a_number_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",    " 1",   "1 ",  "1x",  "x",     "-",      ".",    "e5",   "1e",  "1e+",
        "1,5", "0x10", "inf", "nan", "1e309", "-1e400", "1..2", "1e5.", "--1", "1e99999999999",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        double value = 7.0;
        assert_status(tw_text_double(wrong[i], &value), TW_ERR_FORMAT);
        assert_true(value == 7.0);
    }
}

static void the_locale_does_not_matter(void **state)
{
    (void)state;
    static const char *const locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "ru_RU.UTF-8"};
    for (size_t i = 0; i < sizeof locales / sizeof locales[0]; i++) {
        if (setlocale(LC_NUMERIC, locales[i]) == NULL) continue;
        double value = NAN;
        assert_ok(tw_text_double("1234.567890123456789", &value));
        assert_true(value == 1234.567890123456789);
        setlocale(LC_NUMERIC, "C");
    }
}

static void integers_are_read_within_their_range(void **state)
{
    (void)state;
    int32_t value = 0;
    assert_ok(tw_text_int("-2147483648", &value));
    assert_int_equal(value, INT32_MIN);
    assert_ok(tw_text_int("+2147483647", &value));
    assert_int_equal(value, INT32_MAX);
    static const char *const wrong[] = {"",  "2147483648",           "-2147483649", "1.0", "1 ",
                                        "-", "99999999999999999999", "0x1",         " 1"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_status(tw_text_int(wrong[i], &value), TW_ERR_FORMAT);
    assert_int_equal(value, INT32_MAX);
}

static void words_are_the_same_in_any_letter_case(void **state)
{
    (void)state;
    assert_true(tw_text_same("Dynwave", "DYNWAVE"));
    assert_false(tw_text_same("DYNWAVE", "DYNWAV"));
    assert_false(tw_text_same("", "A"));
    assert_true(tw_text_same("", ""));
}

static void a_buffer_grows_with_what_is_added(void **state)
{
    (void)state;
    struct tw_strbuf buffer = {0};
    assert_string_equal(tw_strbuf_get(&buffer), "");
    for (int i = 0; i < 1000; i++)
        assert_ok(tw_strbuf_printf(&buffer, "%d,", i));
    assert_ok(tw_strbuf_add_text(&buffer, "end"));
    assert_ok(tw_strbuf_add(&buffer, "xyz", 0));
    assert_int_equal(buffer.length, 10 * 2 + 90 * 3 + 900 * 4 + 3);
    assert_memory_equal(buffer.text, "0,1,2,", 6);
    assert_string_equal(buffer.text + buffer.length - 8, ",999,end");
    tw_strbuf_clear(&buffer);
    assert_string_equal(tw_strbuf_get(&buffer), "");
    tw_strbuf_done(&buffer);
    tw_strbuf_done(NULL);
}

static void a_full_buffer_says_so_until_it_is_cleared(void **state)
{
    (void)state;
    struct tw_strbuf buffer = {.limit = 8};
    assert_ok(tw_strbuf_add_text(&buffer, "1234567"));
    assert_status(tw_strbuf_add_text(&buffer, "8"), TW_ERR_FULL);
    assert_status(tw_strbuf_printf(&buffer, "%s", ""), TW_ERR_FULL);
    assert_string_equal(tw_strbuf_get(&buffer), "1234567");
    tw_strbuf_clear(&buffer);
    assert_ok(tw_strbuf_add_text(&buffer, "abc"));
    tw_strbuf_done(&buffer);
    assert_int_equal(buffer.limit, 8);
}

static void a_size_that_no_memory_has_is_refused(void **state)
{
    (void)state;
    struct tw_strbuf buffer = {0};
    assert_status(tw_strbuf_add(&buffer, "x", SIZE_MAX - 1), TW_ERR_NOMEM);
    assert_status(tw_strbuf_add(&buffer, "x", 1), TW_ERR_NOMEM); /* a failure stays */
    tw_strbuf_done(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_the_nearest_double),
        cmocka_unit_test(written_doubles_come_back),
        cmocka_unit_test(a_tie_is_broken_by_a_digit_far_behind),
        cmocka_unit_test(what_is_not_wholly_a_number_is_refused),
        cmocka_unit_test(the_locale_does_not_matter),
        cmocka_unit_test(integers_are_read_within_their_range),
        cmocka_unit_test(words_are_the_same_in_any_letter_case),
        cmocka_unit_test(a_buffer_grows_with_what_is_added),
        cmocka_unit_test(a_full_buffer_says_so_until_it_is_cleared),
        cmocka_unit_test(a_size_that_no_memory_has_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
