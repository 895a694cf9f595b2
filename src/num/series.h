/* A value that changes with time, given at points: interpolation that remembers where it was. */
#ifndef TW_NUM_SERIES_H
#define TW_NUM_SERIES_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Value of a series at a point, linear between its entries.
 *
 * x, y     [count] entries, x never decreasing
 * at       where
 * hold     outside the entries: true gives the first or last value, false gives 0
 * cursor   entry where the search begins (any value is fine); set to the one at or before `at`
 * returns  0 for an empty series; a single entry counts only with `hold`
 */
double tw_series_at(const double *x, const double *y, int32_t count, double at, bool hold,
                    int32_t *cursor);

#endif
