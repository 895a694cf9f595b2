#include "forecast/nowcast_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Index of the first interval that ends after a moment. */
static int32_t first_after(const struct tw_gauge_series *gauge, double time_s)
{
    int32_t low = 0;
    int32_t high = gauge->count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (gauge->falls[middle].until_s > time_s) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

tw_status tw_nowcast_add_gauge(struct tw_nowcast *nowcast, int32_t gauge, double until_s,
                               double interval_s, double rain_mm)
{
    if (gauge < 0 || gauge >= nowcast->setup.gauge_count || !isfinite(until_s)) return TW_ERR_ARG;
    if (!(interval_s > 0.0) || !isfinite(interval_s) || isinf(rain_mm)) return TW_ERR_ARG;
    struct tw_gauge_series *series = &nowcast->gauges[gauge];
    if (rain_mm < 0.0) rain_mm = (double)NAN;
    if (until_s < series->first_s) series->first_s = until_s;
    if (rain_mm == 0.0 && until_s < series->first_zero_s) series->first_zero_s = until_s;
    struct tw_gauge_fall fall = {until_s, interval_s, rain_mm};
    int32_t at = first_after(series, until_s);
    if (at > 0 && series->falls[at - 1].until_s == until_s) {
        series->falls[at - 1] = fall;
        return TW_OK;
    }
    if (series->count == series->capacity) {
        int32_t capacity = series->capacity == 0 ? 256 : 2 * series->capacity;
        struct tw_gauge_fall *falls = realloc(series->falls, (size_t)capacity * sizeof *falls);
        if (falls == NULL) return TW_ERR_NOMEM;
        series->falls = falls;
        series->capacity = capacity;
    }
    memmove(&series->falls[at + 1], &series->falls[at],
            (size_t)(series->count - at) * sizeof *series->falls);
    series->falls[at] = fall;
    series->count++;
    return TW_OK;
}

double tw_gauge_mean_mmh(const struct tw_gauge_series *gauge, double from_s, double to_s,
                         double now_s, double *out_known)
{
    double depth_mm = 0.0;
    double known_s = 0.0;
    double missing_s = 0.0;
    for (int32_t i = first_after(gauge, from_s); i < gauge->count; i++) {
        const struct tw_gauge_fall *fall = &gauge->falls[i];
        if (fall->until_s > now_s) break;
        double begin = fall->until_s - fall->interval_s;
        double end = fall->until_s;
        if (begin >= to_s) break;
        if (begin < from_s) begin = from_s;
        if (end > to_s) end = to_s;
        if (isnan(fall->rain_mm)) {
            missing_s += end - begin;
        } else {
            known_s += end - begin;
            depth_mm += fall->rain_mm * (end - begin) / fall->interval_s;
        }
    }
    /* Who sends no zeros was dry when he sent nothing. */
    if (gauge->first_zero_s > now_s && gauge->first_s <= now_s) {
        known_s = to_s - from_s - missing_s;
    }
    *out_known = known_s / (to_s - from_s);
    return known_s > 0.0 ? depth_mm * 3600.0 / known_s : 0.0;
}

void tw_gauge_forget(struct tw_gauge_series *gauge, double until_s)
{
    int32_t first = first_after(gauge, until_s);
    if (first == 0) return;
    memmove(gauge->falls, &gauge->falls[first],
            (size_t)(gauge->count - first) * sizeof *gauge->falls);
    gauge->count -= first;
}
