#include "net/json_scan.h"

#include "check.h"

#include <stdlib.h>
#include <string.h>

static struct tw_json_scan scan_of(const char *text, char *strings)
{
    struct tw_json_scan scan;
    tw_json_scan_init(&scan, text, strlen(text), strings);
    return scan;
}

static void an_object_is_read_member_by_member(void **state)
{
    (void)state;
    char strings[64];
    const char *key = NULL;
    const char *text = NULL;
    double value = 0.0;
    struct tw_json_scan scan = scan_of(" {\"a\" : 1.5, \"b\":\"x\\u00e9\"} ", strings);
    assert_true(tw_json_scan_open(&scan, '{'));
    assert_true(tw_json_scan_more(&scan, '{', true));
    assert_true(tw_json_scan_key(&scan, &key));
    assert_string_equal(key, "a");
    assert_true(tw_json_scan_number(&scan, &value));
    assert_near(value, 1.5, 0.0);
    assert_true(tw_json_scan_more(&scan, '{', false));
    assert_true(tw_json_scan_key(&scan, &key));
    assert_true(tw_json_scan_string(&scan, &text));
    assert_string_equal(text, "x\xc3\xa9");
    assert_false(tw_json_scan_more(&scan, '{', false));
    assert_true(tw_json_scan_end(&scan));
    assert_string_equal(key, "b"); /* texts stay */
}

static void numbers_are_read_as_strtod_reads_them(void **state)
{
    (void)state;
    static const char *const texts[] = {"0",
                                        "-0.0",
                                        "12345678901234",
                                        "0.1",
                                        "1e22",
                                        "1e-300",
                                        "0.30000000000000004",
                                        "-1.5E3",
                                        "9007199254740993",
                                        "123456789012345678901234567890"};
    char strings[64];
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        double value = 77.0;
        struct tw_json_scan scan = scan_of(texts[i], strings);
        assert_true(tw_json_scan_number(&scan, &value));
        assert_near(value, strtod(texts[i], NULL), 0.0); /* the same bits */
        assert_true(tw_json_scan_end(&scan));
    }
}

static void what_is_no_json_is_refused_with_its_place(void **state)
{
    (void)state;
    static const char *const texts[] = {"01",
                                        "1.",
                                        ".5",
                                        "+1",
                                        "1e",
                                        "-",
                                        "NaN",
                                        "1e999",
                                        "tru",
                                        "nul",
                                        "\"a",
                                        "\"\\x\"",
                                        "\"\\u12\"",
                                        "\"\\ud800\"",
                                        "\"\\udc00\"",
                                        "\"\\u0000\"",
                                        "\"\x01\"",
                                        "\"\xc0\x80\"",
                                        "\"\xed\xa0\x80\"",
                                        "\"\xf4\x90\x80\x80\"",
                                        "\"\xe6\xb0\"",
                                        "[1,]",
                                        "[1 2]",
                                        "{\"a\"}",
                                        "{\"a\":}",
                                        "{a:1}",
                                        "{\"a\":1,}",
                                        "[",
                                        "{",
                                        "",
                                        "[[[[[[[[[1]]]]]]]]]",
                                        "1 2"};
    char strings[64];
    size_t line = 0;
    size_t column = 0;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct tw_json_scan scan = scan_of(texts[i], strings);
        bool sound = tw_json_scan_skip(&scan) && tw_json_scan_end(&scan);
        if (sound) fail_msg("%s is taken", texts[i]);
        assert_non_null(scan.error);
        assert_false(tw_json_scan_end(&scan)); /* the error stays */
    }
    struct tw_json_scan scan = scan_of("[1,\n  x]", strings);
    assert_false(tw_json_scan_skip(&scan));
    tw_json_scan_place(&scan, &line, &column);
    assert_int_equal(line, 2);
    assert_int_equal(column, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_is_read_member_by_member),
        cmocka_unit_test(numbers_are_read_as_strtod_reads_them),
        cmocka_unit_test(what_is_no_json_is_refused_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
