#include "net/iso_time.h"

#include "check.h"

#include <time.h>

static void times_are_read_with_their_zone_or_the_citys(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t zone_s;
        int64_t ms;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 28800, 0},
        {"1970-01-01T08:00:00", 28800, 0},
        {"1970-01-01 08:00", 28800, 0},
        {"2031-07-01T10:01:00+02:00", 0, INT64_C(1940659260000)},
        {"2031-07-01T10:01:00+0200", 0, INT64_C(1940659260000)},
        {"2031-07-01T10:01:00+02", 0, INT64_C(1940659260000)},
        {"2031-07-01T08:01:00.250Z", 0, INT64_C(1940659260250)},
        {"2031-07-01T08:01:00.2509999Z", 0, INT64_C(1940659260250)},
        {"2000-02-29T24:00:00Z", 0, INT64_C(951868800000)},
        {"1969-12-31T23:59:59Z", 0, -1000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t ms = 0;
        assert_ok(tw_iso_time_parse(cases[i].text, cases[i].zone_s, &ms));
        assert_int_equal(ms, cases[i].ms);
    }
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "now",
                                        "2031-07-01",
                                        "2031-7-1T10:00",
                                        "2031-02-29T10:00:00",
                                        "2031-04-31T10:00:00",
                                        "2031-13-01T10:00:00",
                                        "2031-07-01T25:00:00",
                                        "2031-07-01T24:00:01",
                                        "2031-07-01T10:60:00",
                                        "2031-07-01T10:00:60",
                                        "2031-07-01T10:00:00+15:00",
                                        "2031-07-01T10:00:00+2:00",
                                        "2031-07-01T10:00:00 Z",
                                        "2031-07-01T10:00:00.Z",
                                        "2031-07-01T10:00:00Zx",
                                        "1800-01-01T00:00:00Z",
                                        "3031-07-01T10:00:00Z",
                                        "-031-07-01T10:00:00Z",
                                        "2031-07-01X10:00:00Z"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t ms = 42;
        assert_status(tw_iso_time_parse(texts[i], 0, &ms), TW_ERR_FORMAT);
        assert_int_equal(ms, 42);
    }
}

/* Every day of eleven centuries, against the C library's calendar. */
static void every_day_goes_there_and_back(void **state)
{
    (void)state;
    for (int64_t day = -25567; day < 376200; day += 1) {
        int64_t ms = day * INT64_C(86400000) + INT64_C(45296000);
        int64_t back = 0;
        char text[TW_ISO_TIME_SIZE];
        tw_iso_time_format(ms, 0, text);
        assert_ok(tw_iso_time_parse(text, 3600, &back));
        assert_int_equal(back, ms);
        if (day % 97 != 0) continue;
        time_t seconds = (time_t)(ms / 1000);
        struct tm calendar;
        char expected[TW_ISO_TIME_SIZE];
        assert_non_null(gmtime_r(&seconds, &calendar));
        assert_true(strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S+00:00", &calendar) > 0);
        assert_string_equal(text, expected);
    }
}

static void times_are_written_in_the_zone(void **state)
{
    (void)state;
    char text[TW_ISO_TIME_SIZE];
    tw_iso_time_format(INT64_C(1940659260000), 28800, text);
    assert_string_equal(text, "2031-07-01T16:01:00+08:00");
    tw_iso_time_format(-1, -5400, text);
    assert_string_equal(text, "1969-12-31T22:29:59.999-01:30");
    tw_iso_time_format(INT64_MAX / 2, 0, text); /* beyond four digits: held, not overrun */
    assert_int_equal(text[4], '-');
    tw_iso_time_format(INT64_MIN / 2, 0, text);
    assert_int_equal(text[4], '-');
}

static void zones_are_read(void **state)
{
    (void)state;
    int32_t zone_s = 1;
    assert_ok(tw_zone_parse("+08:00", &zone_s));
    assert_int_equal(zone_s, 28800);
    assert_ok(tw_zone_parse("-0330", &zone_s));
    assert_int_equal(zone_s, -12600);
    assert_ok(tw_zone_parse("UTC", &zone_s));
    assert_int_equal(zone_s, 0);
    assert_status(tw_zone_parse("Asia/Shanghai", &zone_s), TW_ERR_FORMAT);
    assert_status(tw_zone_parse("", &zone_s), TW_ERR_FORMAT);
    assert_status(tw_zone_parse("+08:00x", &zone_s), TW_ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read_with_their_zone_or_the_citys),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(every_day_goes_there_and_back),
        cmocka_unit_test(times_are_written_in_the_zone),
        cmocka_unit_test(zones_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
