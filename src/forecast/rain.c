#include "forecast/rain.h"

#include <stdlib.h>
#include <string.h>

/* Index of the first interval that ends after a moment. */
static int32_t first_after(const struct tw_rain *rain, double time_s)
{
    int32_t low = 0;
    int32_t high = rain->count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (rain->falls[middle].until_s > time_s) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

tw_status tw_rain_add(struct tw_rain *rain, double until_s, double rain_mm)
{
    int32_t at = first_after(rain, until_s);
    if (at > 0 && rain->falls[at - 1].until_s == until_s) {
        rain->falls[at - 1].rain_mm = rain_mm;
        return TW_OK;
    }
    if (rain->count == rain->capacity) {
        int32_t capacity = rain->capacity == 0 ? 256 : 2 * rain->capacity;
        struct tw_rain_fall *falls = realloc(rain->falls, (size_t)capacity * sizeof *falls);
        if (falls == NULL) return TW_ERR_NOMEM;
        rain->falls = falls;
        rain->capacity = capacity;
    }
    memmove(&rain->falls[at + 1], &rain->falls[at],
            (size_t)(rain->count - at) * sizeof *rain->falls);
    rain->falls[at] = (struct tw_rain_fall){until_s, rain_mm};
    rain->count++;
    return TW_OK;
}

void tw_rain_forget(struct tw_rain *rain, double until_s)
{
    int32_t first = first_after(rain, until_s);
    if (first == 0) return;
    memmove(rain->falls, &rain->falls[first], (size_t)(rain->count - first) * sizeof *rain->falls);
    rain->count -= first;
}

void tw_rain_done(struct tw_rain *rain)
{
    free(rain->falls);
    rain->falls = NULL;
    rain->count = 0;
    rain->capacity = 0;
}

double tw_rain_mean_mmh(const struct tw_rain *rain, double from_s, double to_s)
{
    double depth_mm = 0.0;
    for (int32_t i = first_after(rain, from_s); i < rain->count; i++) {
        double begin = rain->falls[i].until_s - rain->interval_s;
        double end = rain->falls[i].until_s;
        if (begin >= to_s) break;
        if (begin < from_s) begin = from_s;
        if (end > to_s) end = to_s;
        depth_mm += rain->falls[i].rain_mm * (end - begin) / rain->interval_s;
    }
    return depth_mm * 3600.0 / (to_s - from_s);
}

double tw_rain_ahead_mmh(const tw_rain_persistence *persistence, double recent_mmh, double lead_s)
{
    if (lead_s <= persistence->hold_s) return recent_mmh;
    if (lead_s >= persistence->zero_s) return 0.0;
    return recent_mmh * (persistence->zero_s - lead_s) /
           (persistence->zero_s - persistence->hold_s);
}
