/* Days and civil dates: the Gregorian calendar repeats every 400 years of 146,097 days; years that
 * begin in March have the leap day at their end. */
#include "store/month.h"

#define DAY_MS INT64_C(86400000)
#define ERA_DAYS 146097
#define EPOCH_DAYS 719468 /* from 0000-03-01 to 1970-01-01 */

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

int32_t tw_month_of(int64_t time_ms)
{
    int64_t days = floor_div(time_ms, DAY_MS) + EPOCH_DAYS;
    int64_t era = floor_div(days, ERA_DAYS);
    int64_t day = days - era * ERA_DAYS;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t of_year = day - (365 * year + year / 4 - year / 100);
    int64_t march = (5 * of_year + 2) / 153; /* 0: March */
    int64_t month = 12 * (era * 400 + year) + march + 2;
    return month > INT32_MAX ? INT32_MAX : month < INT32_MIN ? INT32_MIN : (int32_t)month;
}

int64_t tw_month_begin_ms(int32_t month)
{
    int64_t from_march = (int64_t)month - 2;
    int64_t years = floor_div(from_march, 12);
    int64_t march = from_march - 12 * years;
    int64_t era = floor_div(years, 400);
    int64_t year = years - 400 * era;
    int64_t day = 365 * year + year / 4 - year / 100 + (153 * march + 2) / 5;
    return (era * ERA_DAYS + day - EPOCH_DAYS) * DAY_MS;
}
