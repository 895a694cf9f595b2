#include "net/iso_time.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Days since 1970-01-01 of the first of March of a year, so that a leap day is a year's last day:
 * 365 y + y/4 - y/100 + y/400 counted from 0000-03-01. */
static int64_t days_to_march(int64_t year)
{
    return 365 * year + year / 4 - year / 100 + year / 400 - 719468;
}

static int64_t days_from_civil(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int m = month > 2 ? month - 3 : month + 9; /* March is 0 */
    return days_to_march(y) + (153 * m + 2) / 5 + day - 1;
}

static void civil_from_days(int64_t days, int *out_year, int *out_month, int *out_day)
{
    int64_t year = (days + 719468) / 365;
    while (days_to_march(year) > days)
        year--;
    int64_t of_year = days - days_to_march(year);
    int m = (int)((5 * of_year + 2) / 153);
    *out_day = (int)(of_year - (153 * m + 2) / 5) + 1;
    *out_month = m < 10 ? m + 3 : m - 9;
    *out_year = (int)(m < 10 ? year : year + 1);
}

/* Exactly `count` digits at *text, which moves past them. */
static bool digits(const char **text, int count, int *out)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        char c = (*text)[i];
        if (c < '0' || c > '9') return false;
        value = value * 10 + (c - '0');
    }
    *text += count;
    *out = value;
    return true;
}

static bool skip(const char **text, char c)
{
    if (**text != c) return false;
    (*text)++;
    return true;
}

/* A zone at *text, which moves past it. */
static bool zone(const char **text, int32_t *out_s)
{
    if (skip(text, 'Z') || skip(text, 'z')) {
        *out_s = 0;
        return true;
    }
    int sign = **text == '+' ? 1 : **text == '-' ? -1 : 0;
    if (sign == 0) return false;
    (*text)++;
    int hours = 0;
    int minutes = 0;
    if (!digits(text, 2, &hours)) return false;
    bool colon = skip(text, ':');
    if (!digits(text, 2, &minutes) && colon) return false;
    if (hours > 14 || minutes > 59) return false;
    *out_s = sign * (hours * 3600 + minutes * 60);
    return true;
}

static bool date(const char **text, int64_t *out_days)
{
    int year = 0;
    int month = 0;
    int day = 0;
    if (!digits(text, 4, &year) || !skip(text, '-') || !digits(text, 2, &month) ||
        !skip(text, '-') || !digits(text, 2, &day)) {
        return false;
    }
    if (year < 1900 || year > 2999 || month < 1 || month > 12 || day < 1 || day > 31) return false;
    *out_days = days_from_civil(year, month, day);
    int y = 0;
    int m = 0;
    int d = 0;
    civil_from_days(*out_days, &y, &m, &d);
    return d == day; /* 31 April would come back as 1 May */
}

static bool time_of_day(const char **text, int64_t *out_ms)
{
    int hour = 0;
    int minute = 0;
    int second = 0;
    int64_t ms = 0;
    if (!digits(text, 2, &hour) || !skip(text, ':') || !digits(text, 2, &minute)) return false;
    if (skip(text, ':')) {
        if (!digits(text, 2, &second)) return false;
        if (skip(text, '.')) {
            int digit = 0;
            int64_t weight = 100;
            if (!digits(text, 1, &digit)) return false;
            do {
                ms += weight * digit;
                weight /= 10;
            } while (digits(text, 1, &digit));
        }
    }
    bool midnight = hour == 24 && minute == 0 && second == 0 && ms == 0;
    if ((hour > 23 && !midnight) || minute > 59 || second > 59) return false;
    *out_ms = ((hour * 60 + minute) * 60 + second) * INT64_C(1000) + ms;
    return true;
}

tw_status tw_iso_time_parse(const char *text, int32_t zone_s, int64_t *out_ms)
{
    int64_t days = 0;
    int64_t ms = 0;
    if (!date(&text, &days)) return TW_ERR_FORMAT;
    if (!skip(&text, 'T') && !skip(&text, 't') && !skip(&text, ' ')) return TW_ERR_FORMAT;
    if (!time_of_day(&text, &ms)) return TW_ERR_FORMAT;
    if (*text != 0 && !zone(&text, &zone_s)) return TW_ERR_FORMAT;
    if (*text != 0) return TW_ERR_FORMAT;
    *out_ms = days * INT64_C(86400000) + ms - zone_s * INT64_C(1000);
    return TW_OK;
}

void tw_iso_time_format(int64_t time_ms, int32_t zone_s, char out[TW_ISO_TIME_SIZE])
{
    int64_t local = time_ms + zone_s * INT64_C(1000);
    /* What the calendar has no four digits for is held at its ends. */
    const int64_t first = -62135596800000;
    const int64_t last = 253402300799999;
    local = local < first ? first : local > last ? last : local;
    int64_t days = local / 86400000;
    int64_t ms = local % 86400000;
    if (ms < 0) {
        ms += 86400000;
        days--;
    }
    int year = 0;
    int month = 0;
    int day = 0;
    civil_from_days(days, &year, &month, &day);
    int second = (int)(ms / 1000);
    char fraction[8] = "";
    if (ms % 1000 != 0) {
        (void)snprintf(fraction, sizeof fraction, ".%03d", (int)(ms % 1000));
    }
    int offset = zone_s < 0 ? -zone_s : zone_s;
    (void)snprintf(out, TW_ISO_TIME_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d%s%c%02d:%02d",
                   year % 10000, month % 100, day % 100, second / 3600 % 100, second / 60 % 60,
                   second % 60, fraction, zone_s < 0 ? '-' : '+', offset / 3600 % 100,
                   offset / 60 % 60);
}

tw_status tw_zone_parse(const char *text, int32_t *out_s)
{
    int32_t seconds = 0;
    if (strcmp(text, "UTC") == 0) {
        *out_s = 0;
        return TW_OK;
    }
    if (!zone(&text, &seconds) || *text != 0) return TW_ERR_FORMAT;
    *out_s = seconds;
    return TW_OK;
}
