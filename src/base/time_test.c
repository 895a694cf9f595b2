#include "thalweg/time.h"

#include "check.h"

#include <string.h>

static double day_of(int year, int month, int day)
{
    double value = NAN;
    struct tw_calendar c = {.year = year, .month = month, .day = day};
    assert_ok(tw_day_from_calendar(&c, &value));
    return value;
}

static void known_days_have_their_numbers(void **state)
{
    (void)state;
    assert_true(day_of(1899, 12, 30) == 0.0);
    assert_true(day_of(1900, 1, 1) == 2.0);
    assert_true(day_of(1900, 3, 1) == 61.0);    /* 1900 was no leap year */
    assert_true(day_of(1970, 1, 1) == 25569.0); /* as in spreadsheets and EPA SWMM */
    assert_true(day_of(2000, 2, 29) == 36585.0);
    assert_true(day_of(1, 1, 1) == -693593.0);
}

static void every_day_of_four_centuries_comes_back(void **state)
{
    (void)state;
    double day = day_of(1799, 12, 31);
    int weekday = tw_day_weekday(day);
    for (int year = 1800; year < 2201; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int d = 1; d <= 31; d++) {
                struct tw_calendar c = {year, month, d, 23, 59, 59};
                double value = NAN;
                if (tw_day_from_calendar(&c, &value) != TW_OK) continue;
                struct tw_calendar back = tw_day_to_calendar(value);
                assert_memory_equal(&back, &c, sizeof c);
                day += 1.0;
                assert_true(floor(value) == day);
                weekday = (weekday + 1) % 7;
                assert_int_equal(tw_day_weekday(value), weekday);
            }
        }
    }
    assert_true(day == day_of(2200, 12, 31));
}

static void a_time_is_rounded_to_the_nearest_second(void **state)
{
    (void)state;
    char text[32];
    tw_day_to_iso(day_of(2012, 6, 29) + 86399.6 / 86400.0, text, sizeof text);
    assert_string_equal(text, "2012-06-30T00:00:00");
    tw_day_to_iso(-0.25, text, sizeof text);
    assert_string_equal(text, "1899-12-29T18:00:00");
}

static void times_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    static const struct tw_calendar wrong[] = {
        {2023, 2, 29, 0, 0, 0}, {1900, 2, 29, 0, 0, 0}, {2023, 4, 31, 0, 0, 0},
        {2023, 0, 1, 0, 0, 0},  {2023, 13, 1, 0, 0, 0}, {2023, 1, 0, 0, 0, 0},
        {2023, 1, 1, 24, 0, 0}, {2023, 1, 1, 0, 60, 0}, {2023, 1, 1, 0, 0, 60},
        {0, 1, 1, 0, 0, 0},     {10000, 1, 1, 0, 0, 0}, {2023, 1, 1, -1, 0, 0},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        double day = 7.0;
        assert_status(tw_day_from_calendar(&wrong[i], &day), TW_ERR_ARG);
        assert_true(day == 7.0);
    }
}

static void iso_texts_are_read_strictly(void **state)
{
    (void)state;
    double day = NAN;
    assert_ok(tw_day_from_iso("2012-06-29T14:30:15", &day));
    /* 40 000 days need 16 of the 53 bits: a second is exact to 1e-11 of a day */
    assert_near(day, 41089.0 + (14 * 3600 + 30 * 60 + 15) / 86400.0, 1e-11);
    assert_ok(tw_day_from_iso("2012-06-29 14:30", &day));
    assert_near(day, 41089.0 + 14.5 / 24.0, 1e-11);
    static const char *const wrong[] = {
        "",
        "2012-06-29",
        "2012-6-29T14:30",
        "2012-06-29T14",
        "2012-06-29T14:30:15Z",
        "2012-06-29T14:30 ",
        "2012-02-30T00:00",
        "2012-06-29t14:30",
        "2012-06-29T25:00",
        "x012-06-29T14:30",
        "2012/06/29T14:30",
        "2012-06-29T14:30:",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_status(tw_day_from_iso(wrong[i], &day), TW_ERR_FORMAT);
}

static void days_out_of_the_calendar_go_to_its_border(void **state)
{
    (void)state;
    char text[32];
    tw_day_to_iso(NAN, text, sizeof text);
    assert_string_equal(text, "0001-01-01T00:00:00");
    tw_day_to_iso(-1e300, text, sizeof text);
    assert_string_equal(text, "0001-01-01T00:00:00");
    tw_day_to_iso(INFINITY, text, sizeof text);
    assert_string_equal(text, "9999-12-31T23:59:59");
    assert_in_range(tw_day_weekday(NAN), 0, 6);
    assert_in_range(tw_day_weekday(1e300), 0, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_days_have_their_numbers),
        cmocka_unit_test(every_day_of_four_centuries_comes_back),
        cmocka_unit_test(a_time_is_rounded_to_the_nearest_second),
        cmocka_unit_test(times_that_do_not_exist_are_refused),
        cmocka_unit_test(iso_texts_are_read_strictly),
        cmocka_unit_test(days_out_of_the_calendar_go_to_its_border),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
