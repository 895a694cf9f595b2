#include "num/series.h"

/* Last i in 0 .. count - 2 with x[i] <= at, searched from a guess that is mostly right. */
static int32_t interval_find(const double *x, int32_t count, double at, int32_t guess)
{
    int32_t i = guess;
    if (i < 0 || i > count - 2) i = 0;
    if (at < x[i]) {
        int32_t low = 0, high = i;
        while (high - low > 1) {
            int32_t middle = low + (high - low) / 2;
            if (x[middle] <= at)
                low = middle;
            else
                high = middle;
        }
        return low;
    }
    while (i < count - 2 && x[i + 1] < at)
        i++;
    return i;
}

double tw_series_at(const double *x, const double *y, int32_t count, double at, bool hold,
                    int32_t *cursor)
{
    if (count <= 0) return 0.0;
    if (at < x[0]) return hold ? y[0] : 0.0;
    if (count == 1 || at > x[count - 1]) return hold ? y[count - 1] : 0.0;
    int32_t i = interval_find(x, count, at, *cursor);
    *cursor = i;
    double width = x[i + 1] - x[i];
    if (width <= 0.0) return 0.5 * (y[i] + y[i + 1]);
    return y[i] + (at - x[i]) * (y[i + 1] - y[i]) / width;
}
