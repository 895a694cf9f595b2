/* Months of UTC, which samples are kept by. */
#ifndef TW_STORE_MONTH_H
#define TW_STORE_MONTH_H

#include <stdint.h>

/** A month as a number: 12 * year + 0..11. */
int32_t tw_month_of(int64_t time_ms);

/** The first millisecond of a month. */
int64_t tw_month_begin_ms(int32_t month);

/** Samples of other years are not taken: a clock that is so wrong must not make a thousand files. */
#define TW_MONTH_FIRST (12 * 1900)
#define TW_MONTH_LAST (12 * 2200 - 1)

#endif
