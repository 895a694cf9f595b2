#include "plant/series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

tw_status tw_plant_series_create(const tw_plant *plant, int32_t count, const double *at_d,
                                 const double *flow, const double *values,
                                 tw_plant_series **out_series)
{
    int32_t components = plant->components, width = plant->width;
    if (count < 1) return TW_ERR_ARG;
    for (int32_t i = 0; i < count; i++) {
        bool rises = isfinite(at_d[i]) && (i == 0 || at_d[i] > at_d[i - 1]);
        if (!rises || !(flow[i] >= 0.0 && flow[i] < 1e12)) return TW_ERR_ARG;
        for (int32_t c = 0; c < components; c++) {
            double value = values[i * components + c];
            if (!(value >= 0.0 && value < 1e12)) return TW_ERR_ARG;
        }
    }
    struct tw_plant_series *series = calloc(1, sizeof *series);
    double *numbers = calloc((size_t)count * (size_t)(width + 2), sizeof *numbers);
    if (series == NULL || numbers == NULL) {
        free(series);
        free(numbers);
        return TW_ERR_NOMEM;
    }
    series->count = count;
    series->width = width;
    series->at_d = numbers;
    series->flow_m3d = numbers + count;
    series->content = numbers + 2 * (size_t)count;
    memcpy(series->at_d, at_d, (size_t)count * sizeof *at_d);
    memcpy(series->flow_m3d, flow, (size_t)count * sizeof *flow);
    for (int32_t i = 0; i < count; i++) {
        memcpy(series->content + (size_t)i * (size_t)width, values + (size_t)i * (size_t)components,
               (size_t)components * sizeof *values);
    }
    *out_series = series;
    return TW_OK;
}

void tw_plant_series_destroy(tw_plant_series *series)
{
    if (series == NULL) return;
    free(series->at_d); /* and all that follows */
    free(series);
}

int32_t tw_plant_series_count(const tw_plant_series *series) { return series->count; }

double tw_plant_series_at_d(const tw_plant_series *series, int32_t i)
{
    return i < 0 || i >= series->count ? (double)NAN : series->at_d[i];
}

double tw_plant_series_end_d(const tw_plant_series *series)
{
    int32_t last = series->count - 1;
    if (last < 1) return series->at_d[0];
    return 2.0 * series->at_d[last] - series->at_d[last - 1];
}

static void put(const struct tw_plant_series *s, int32_t i, double out_flow[2], double *out_content)
{
    out_flow[0] = s->flow_m3d[i];
    out_flow[1] = 0.0;
    memcpy(out_content, s->content + (size_t)i * (size_t)s->width,
           (size_t)s->width * sizeof *out_content);
    memset(out_content + s->width, 0, (size_t)s->width * sizeof *out_content);
}

double tw_plant_series_segment(const struct tw_plant_series *s, double at_d, double out_flow[2],
                               double *out_content)
{
    int32_t low = 0, high = s->count; /* the first record after at_d is in low..high */
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (s->at_d[middle] > at_d) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    if (low == 0 || low == s->count) {
        put(s, low == 0 ? 0 : s->count - 1, out_flow, out_content);
        return low == 0 ? s->at_d[0] : HUGE_VAL;
    }
    int32_t width = s->width;
    const double *from = s->content + (size_t)(low - 1) * (size_t)width, *to = from + width;
    double per_d = 1.0 / (s->at_d[low] - s->at_d[low - 1]), since = at_d - s->at_d[low - 1];
    out_flow[1] = (s->flow_m3d[low] - s->flow_m3d[low - 1]) * per_d;
    out_flow[0] = s->flow_m3d[low - 1] + since * out_flow[1];
    for (int32_t c = 0; c < width; c++) {
        out_content[width + c] = (to[c] - from[c]) * per_d;
        out_content[c] = from[c] + since * out_content[width + c];
    }
    return s->at_d[low];
}

void tw_plant_series_mean(const struct tw_plant_series *s, double *out_flow, double *out_content)
{
    double flow = 0.0, time = 0.0;
    memset(out_content, 0, (size_t)s->width * sizeof *out_content);
    for (int32_t i = 0; i < s->count; i++) {
        double next = i + 1 < s->count ? s->at_d[i + 1] : tw_plant_series_end_d(s);
        double days = s->count == 1 ? 1.0 : next - s->at_d[i];
        flow += s->flow_m3d[i] * days;
        time += days;
        for (int32_t c = 0; c < s->width; c++)
            out_content[c] += s->content[i * s->width + c] * s->flow_m3d[i] * days;
    }
    for (int32_t c = 0; c < s->width; c++)
        out_content[c] = flow > 0.0 ? out_content[c] / flow : s->content[c];
    *out_flow = flow / time;
}
