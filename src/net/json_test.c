#include "net/json.h"

#include "check.h"

static void commas_come_by_themselves(void **state)
{
    (void)state;
    struct tw_strbuf out = {0};
    tw_json_open(&out, '{');
    tw_json_key(&out, "a");
    tw_json_integer(&out, -1);
    tw_json_key(&out, "b");
    tw_json_open(&out, '[');
    tw_json_null(&out);
    tw_json_bool(&out, true);
    tw_json_open(&out, '[');
    tw_json_close(&out, ']');
    tw_json_string(&out, "x[");
    tw_json_raw(&out, "{}");
    tw_json_close(&out, ']');
    tw_json_key(&out, "c");
    tw_json_number(&out, 0.5, 3);
    tw_json_close(&out, '}');
    assert_string_equal(tw_strbuf_get(&out), "{\"a\":-1,\"b\":[null,true,[],\"x[\",{}],\"c\":0.5}");
    tw_strbuf_done(&out);
}

static void text_is_escaped_and_what_is_no_utf8_is_replaced(void **state)
{
    (void)state;
    static const struct {
        const char *text, *json;
    } cases[] = {
        {"a\"b\\c", "\"a\\\"b\\\\c\""},
        {"\n\x01\x7f", "\"\\u000a\\u0001\\u007f\""},
        {"深泓", "\"深泓\""},
        {"\xf0\x9f\x8c\x8a", "\"\xf0\x9f\x8c\x8a\""},
        {"\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\""},                 /* overlong */
        {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""}, /* surrogate */
        {"a\xe6\xb7", "\"a\xef\xbf\xbd\xef\xbf\xbd\""},               /* cut off */
        {NULL, "null"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tw_strbuf out = {0};
        tw_json_string(&out, cases[i].text);
        assert_string_equal(tw_strbuf_get(&out), cases[i].json);
        tw_strbuf_done(&out);
    }
}

static void numbers_are_short_and_never_nan(void **state)
{
    (void)state;
    static const struct {
        double value;
        int decimals;
        const char *json;
    } cases[] = {{1.5, 3, "1.5"},
                 {2.0, 3, "2"},
                 {-0.0001, 3, "0"},
                 {0.12345, 4, "0.1235"},
                 {1e300, 2, "1e+300"},
                 {(double)NAN, 2, "null"},
                 {(double)INFINITY, 2, "null"},
                 {100.0, 0, "100"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tw_strbuf out = {0};
        tw_json_number(&out, cases[i].value, cases[i].decimals);
        assert_string_equal(tw_strbuf_get(&out), cases[i].json);
        tw_strbuf_done(&out);
    }
}

static void an_exact_number_reads_back_as_the_same_double(void **state)
{
    (void)state;
    const double values[] = {0.1, 0.19998, 1.0 / 3.0, 5e-324, 1.7976931348623157e308, -0.3};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct tw_strbuf out = {0};
        double back = 0.0;
        tw_json_exact(&out, values[i]);
        assert_ok(tw_text_double(tw_strbuf_get(&out), &back));
        assert_true(back == values[i]);
        tw_strbuf_done(&out);
    }
    struct tw_strbuf out = {0};
    tw_json_exact(&out, 0.1);
    assert_string_equal(tw_strbuf_get(&out), "0.1");
    tw_strbuf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_come_by_themselves),
        cmocka_unit_test(text_is_escaped_and_what_is_no_utf8_is_replaced),
        cmocka_unit_test(numbers_are_short_and_never_nan),
        cmocka_unit_test(an_exact_number_reads_back_as_the_same_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
