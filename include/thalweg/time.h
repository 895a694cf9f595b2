/* Calendar days as SWMM counts them: decimal days since 1899-12-30 00:00, local, without zone. */
#ifndef THALWEG_TIME_H
#define THALWEG_TIME_H

#include "thalweg/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A day and time of the calendar. */
struct tw_calendar {
    int year, month, day;     /* 1.., 1..12, 1..31 */
    int hour, minute, second; /* 0..23, 0..59, 0..59 */
};

/** Decimal day of a calendar time (proleptic Gregorian). errors: TW_ERR_ARG no such time */
tw_status tw_day_from_calendar(const struct tw_calendar *calendar, double *out_day);

/** Calendar time of a decimal day, rounded to the nearest second. */
struct tw_calendar tw_day_to_calendar(double day);

/** Day of the week, 0 Sunday .. 6 Saturday. */
int tw_day_weekday(double day);

/**
 * Read `YYYY-MM-DDTHH:MM[:SS]` (a blank may stand for the T), without zone.
 *
 * errors  TW_ERR_FORMAT
 */
tw_status tw_day_from_iso(const char *text, double *out_day);

/** Write `YYYY-MM-DDTHH:MM:SS`, always terminated; size >= 20. */
void tw_day_to_iso(double day, char *out, size_t size);

#ifdef __cplusplus
}
#endif
#endif
