#include "telemetry/line_protocol.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct tw_samples decode(const char *body, const char *precision)
{
    struct tw_samples samples;
    struct tw_samples_fault fault;
    if (tw_line_decode(body, strlen(body), precision, 77, &samples, &fault) != TW_OK) {
        fail_msg("%s: %s", body, fault.error);
    }
    return samples;
}

static void a_field_is_a_sample(void **state)
{
    (void)state;
    struct tw_samples s =
        decode("pump7,site=north level=1.25,flow=-3e-2,value=4 1700000000123456789\n"
               "x,sensor=L1,unit=cm value=13i 1700000000000000000",
               NULL);
    assert_int_equal(s.count, 4);
    assert_string_equal(s.list[0].sensor, "pump7.level");
    assert_near(s.list[0].value, 1.25, 0.0);
    assert_int_equal(s.list[0].time_ms, INT64_C(1700000000123));
    assert_string_equal(s.list[1].sensor, "pump7.flow");
    assert_string_equal(s.list[2].sensor, "pump7");
    assert_string_equal(s.list[3].sensor, "L1");
    assert_string_equal(s.list[3].unit, "cm");
    assert_null(s.list[0].unit);
    assert_near(s.list[3].value, 13.0, 0.0);
    tw_samples_done(&s);
}

static void every_kind_of_number_is_read_and_a_text_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } good[] = {{"1", 1}, {"-1.5", -1.5}, {"2e3", 2000}, {"7i", 7},    {"-7i", -7}, {"7u", 7},
                {"t", 1}, {"TRUE", 1},    {"f", 0},      {"False", 0}, {"+2", 2},   {".5", 0.5}};
    static const char *const bad[] = {"\"on\"", "-7u", "7.5i", "i",    "1e999",
                                      "nan",    "",    "0x1",  "1 2 3"};
    char line[64];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        (void)snprintf(line, sizeof line, "m value=%s 1", good[i].text);
        struct tw_samples s = decode(line, "s");
        assert_near(s.list[0].value, good[i].value, 0.0);
        tw_samples_done(&s);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct tw_samples s;
        struct tw_samples_fault fault;
        (void)snprintf(line, sizeof line, "a value=1 1\nm value=%s 1", bad[i]);
        assert_status(tw_line_decode(line, strlen(line), "s", 0, &s, &fault), TW_ERR_FORMAT);
        assert_int_equal(fault.index, strcmp(bad[i], "1 2 3") == 0 ? 2 : 1);
        assert_non_null(strstr(fault.error, "line 2"));
        assert_int_equal(s.count, 1); /* what came before */
        tw_samples_done(&s);
    }
}

static void precisions_are_milliseconds_and_no_time_is_now(void **state)
{
    (void)state;
    static const struct {
        const char *precision, *time;
        int64_t ms;
    } rows[] = {{NULL, "1999999", 1}, {"ns", "-1", -1},    {"u", "2500", 2},
                {"us", "2500", 2},    {"ms", "5", 5},      {"s", "5", 5000},
                {"m", "2", 120000},   {"h", "1", 3600000}, {"s", "", 77}};
    char line[64];
    int64_t multiply = 0;
    int64_t divide = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        (void)snprintf(line, sizeof line, "m value=1 %s\r\n", rows[i].time);
        struct tw_samples s = decode(line, rows[i].precision);
        assert_int_equal(s.list[0].time_ms, rows[i].ms);
        tw_samples_done(&s);
    }
    assert_status(tw_line_precision("fortnight", &multiply, &divide), TW_ERR_NAME);
}

static void a_backslash_takes_the_meaning_away(void **state)
{
    (void)state;
    struct tw_samples s =
        decode("my\\ pump\\,7,a\\=b=c\\,d the\\ level=1\n# a comment\n\n  \nb value=2", NULL);
    assert_int_equal(s.count, 2);
    assert_string_equal(s.list[0].sensor, "my pump,7.the level");
    assert_string_equal(s.list[1].sensor, "b");
    tw_samples_done(&s);
}

static void what_is_no_line_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"m",
                                      "m ",
                                      "m value",
                                      "m value=",
                                      ",a=b value=1",
                                      "m,a value=1",
                                      "m,a= value=1",
                                      "m =1",
                                      "m value=1 soon",
                                      "m value=1,",
                                      "m value=1 9223372036854775808",
                                      "m value=1 1.5",
                                      "m,unit=abcdefghijklmnopqrstuvwxyzabcdefghij value=1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct tw_samples s;
        struct tw_samples_fault fault;
        if (tw_line_decode(bad[i], strlen(bad[i]), NULL, 0, &s, &fault) != TW_ERR_FORMAT) {
            fail_msg("%s is taken", bad[i]);
        }
        assert_true(fault.remedy[0] != 0);
        tw_samples_done(&s);
    }
}

static void more_samples_than_a_request_may_hold_are_refused(void **state)
{
    (void)state;
    struct tw_samples s;
    struct tw_samples_fault fault;
    static const char line[] = "m value=1\n";
    size_t size = (sizeof line - 1) * (TW_SAMPLES_MAX + 1);
    char *body = malloc(size + 1);
    assert_non_null(body);
    for (size_t i = 0; i <= TW_SAMPLES_MAX; i++)
        memcpy(body + i * (sizeof line - 1), line, sizeof line);
    assert_status(tw_line_decode(body, size, NULL, 0, &s, &fault), TW_ERR_FORMAT);
    assert_int_equal(fault.index, TW_SAMPLES_MAX);
    tw_samples_done(&s);
    assert_ok(tw_line_decode(body, size - (sizeof line - 1), NULL, 0, &s, &fault));
    assert_int_equal(s.count, TW_SAMPLES_MAX);
    tw_samples_done(&s);
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_field_is_a_sample),
        cmocka_unit_test(every_kind_of_number_is_read_and_a_text_is_refused),
        cmocka_unit_test(precisions_are_milliseconds_and_no_time_is_now),
        cmocka_unit_test(a_backslash_takes_the_meaning_away),
        cmocka_unit_test(what_is_no_line_is_refused),
        cmocka_unit_test(more_samples_than_a_request_may_hold_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
