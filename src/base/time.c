/* Days of the proleptic Gregorian calendar, counted from 1899-12-30.
 *
 *   A year is taken to begin on 1 March, so that the leap day is its last. With y whole years since
 *   1 March of the year 0 and m months since March:
 *     days(y, m, d) = 365 y + [y/4] - [y/100] + [y/400] + [(153 m + 2) / 5] + d - 1
 *   [(153 m + 2) / 5] gives 0 31 61 92 122 ...: the days before each month.                        */
#include "thalweg/time.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

enum { EPOCH = 693899 }; /* days(1899, 12, 30) counted from 1 March of the year 0 */
static const int64_t seconds_per_day = 86400;

static int64_t days_of(int year, int month, int day)
{
    int64_t m = (month + 9) % 12;
    int64_t y = (int64_t)year - (month <= 2 ? 1 : 0);
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;
}

static int is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

static int month_length(int year, int month)
{
    static const int lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : lengths[month - 1];
}

static int within(int value, int low, int high) { return value >= low && value <= high; }

tw_status tw_day_from_calendar(const struct tw_calendar *calendar, double *out_day)
{
    const struct tw_calendar *c = calendar;
    if (!within(c->year, 1, 9999) || !within(c->month, 1, 12)) return TW_ERR_ARG;
    if (!within(c->day, 1, month_length(c->year, c->month))) return TW_ERR_ARG;
    if (!within(c->hour, 0, 23) || !within(c->minute, 0, 59) || !within(c->second, 0, 59))
        return TW_ERR_ARG;
    int seconds = 3600 * c->hour + 60 * c->minute + c->second;
    *out_day = (double)(days_of(c->year, c->month, c->day) - EPOCH) +
               (double)seconds / (double)seconds_per_day;
    return TW_OK;
}

/* The year whose March 1 is at or before a day counted from 1 March of the year 0. The division
 * by the mean year is off by at most one, which the loops put right. */
static int64_t march_year(int64_t days)
{
    int64_t y = (int64_t)((double)days / 365.2425);
    while (365 * y + y / 4 - y / 100 + y / 400 > days)
        y--;
    while (365 * (y + 1) + (y + 1) / 4 - (y + 1) / 100 + (y + 1) / 400 <= days)
        y++;
    return y;
}

struct tw_calendar tw_day_to_calendar(double day)
{
    /* 0001-01-01 .. 9999-12-31: what lies outside, or is not a number, is put to the border. */
    const double first = -693593.0, last = 2958465.99999;
    double inside = day >= first ? day : first;
    if (inside > last) inside = last;
    int64_t seconds = (int64_t)floor(inside * (double)seconds_per_day + 0.5);
    int64_t whole = (seconds - (seconds < 0 ? seconds_per_day - 1 : 0)) / seconds_per_day;
    int second_of_day = (int)(seconds - whole * seconds_per_day);
    int64_t days = whole + EPOCH;
    int64_t y = march_year(days);
    int64_t of_year = days - (365 * y + y / 4 - y / 100 + y / 400);
    int64_t m = (5 * of_year + 2) / 153;
    struct tw_calendar c = {.month = (int)(m < 10 ? m + 3 : m - 9),
                            .day = (int)(of_year - (153 * m + 2) / 5 + 1),
                            .hour = second_of_day / 3600,
                            .minute = second_of_day / 60 % 60,
                            .second = second_of_day % 60};
    c.year = (int)(y + (c.month <= 2 ? 1 : 0));
    return c;
}

int tw_day_weekday(double day)
{
    double week = fmod(floor(day) + 6.0, 7.0); /* day 0 was a Saturday */
    if (!(week > -7.0)) return 0;              /* not a number */
    return (int)(week < 0.0 ? week + 7.0 : week);
}

/* Exactly `count` digits at *at; -1 when there are fewer. */
static int digits(const char **at, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (!isdigit((unsigned char)**at)) return -1;
        value = 10 * value + (**at - '0');
        (*at)++;
    }
    return value;
}

static int after(const char **at, char expected, int count)
{
    if (**at != expected) return -1;
    (*at)++;
    return digits(at, count);
}

tw_status tw_day_from_iso(const char *text, double *out_day)
{
    const char *at = text;
    struct tw_calendar c = {0};
    c.year = digits(&at, 4);
    c.month = after(&at, '-', 2);
    c.day = after(&at, '-', 2);
    c.hour = after(&at, *at == ' ' ? ' ' : 'T', 2);
    c.minute = after(&at, ':', 2);
    if (*at == ':') c.second = after(&at, ':', 2);
    if (*at != '\0') return TW_ERR_FORMAT;
    return tw_day_from_calendar(&c, out_day) == TW_OK ? TW_OK : TW_ERR_FORMAT;
}

void tw_day_to_iso(double day, char *out, size_t size)
{
    struct tw_calendar c = tw_day_to_calendar(day);
    snprintf(out, size, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day, c.hour, c.minute,
             c.second);
}
