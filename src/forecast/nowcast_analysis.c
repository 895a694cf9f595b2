/* The rain that fell: radar where there is any, multiplied after the gauges; else the gauges. */
#include "forecast/nowcast_parts.h"
#include "forecast/radar_view.h"

#include <math.h>

#define RADAR_GAP_S 1500.0 /* a longer one is not bridged */
#define SILENCE_S 900.0    /* of everybody: so long the last value holds */
#define SAMPLE_S 60.0      /* between two looks at moving rain */
#define RADAR_LOCAL 0.15   /* of ln: a radar cell's own error after the mean of two fields */
#define GAUGE_LOCAL 0.15   /* at a gauge ... */
#define FAR_LOCAL 0.8      /* ... and far from all */
#define FAR_M 4000.0       /* rain differs by 1 - 1/e of that over this distance */
#define GAUGE_BIAS 0.1

/* The fields of the whole series before and after a time, known by now. */
static int32_t field_before(const struct tw_nowcast *n, double time_s)
{
    int32_t low = 0;
    int32_t high = n->radar.count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (n->radar.fields[middle].time_s > time_s) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low - 1;
}

/* A field of the series at map coordinates, seen from another time along the motion. */
static double moved(const struct tw_nowcast *n, const struct tw_radar_view *view,
                    const struct tw_radar_field *field, const double at[2], double time_s)
{
    double column = 0.0;
    double row = 0.0;
    tw_radar_view_cell(view, at[0], at[1], &column, &row);
    tw_radar_view_trace(view, time_s - field->time_s, &column, &row);
    struct tw_raster grid = n->radar.grid;
    grid.value = field->mmh;
    return tw_raster_at(&grid, view->west + (column + 0.5) * view->dx,
                        view->north - (row + 0.5) * view->dy);
}

static double radar_at(const struct tw_nowcast *n, const struct tw_radar_view *view,
                       const double at[2], double time_s)
{
    int32_t before = field_before(n, time_s);
    const struct tw_radar_field *a = before >= 0 ? &n->radar.fields[before] : NULL;
    const struct tw_radar_field *b =
        before + 1 < n->radar.count ? &n->radar.fields[before + 1] : NULL;
    if (b != NULL && b->time_s > n->now_s) b = NULL;
    if (a != NULL && b != NULL && b->time_s - a->time_s > RADAR_GAP_S) return (double)NAN;
    if (a != NULL && time_s - a->time_s > RADAR_GAP_S) a = NULL;
    if (b != NULL && b->time_s - time_s > RADAR_GAP_S) b = NULL;
    double from_a = a != NULL ? moved(n, view, a, at, time_s) : (double)NAN;
    double from_b = b != NULL ? moved(n, view, b, at, time_s) : (double)NAN;
    if (a == NULL || isnan(from_a)) return from_b;
    if (b == NULL || isnan(from_b)) return from_a;
    double part = (time_s - a->time_s) / (b->time_s - a->time_s);
    return from_a + part * (from_b - from_a);
}

double tw_radar_mean_mmh(const struct tw_nowcast *nowcast, const struct tw_radar_view *view,
                         const double at[2], double from_s, double to_s)
{
    if (view->count == 0 || isnan(at[0]) || isnan(at[1])) return (double)NAN;
    int32_t looks = (int32_t)ceil((to_s - from_s) / SAMPLE_S);
    double sum = 0.0;
    int32_t known = 0;
    for (int32_t i = 0; i < looks; i++) {
        double mmh = radar_at(nowcast, view, at, from_s + (i + 0.5) * (to_s - from_s) / looks);
        if (isnan(mmh)) continue;
        sum += mmh;
        known++;
    }
    return 2 * known >= looks ? sum / known : (double)NAN;
}

/* Good gauges between which a place lies, the nearer the more; without coordinates the one that the
 * model gives it, else the mean of all. NAN when no gauge knows. */
static double gauges_at(const struct tw_nowcast *n, int32_t place, double from_s, double to_s)
{
    const struct tw_rain_place *p = &n->places[place];
    double sum = 0.0;
    double weights = 0.0;
    for (int32_t g = 0; g < n->setup.gauge_count; g++) {
        if (!n->gauges[g].good) continue;
        double known = 0.0;
        double mmh = tw_gauge_mean_mmh(&n->gauges[g], from_s, to_s, n->now_s, &known);
        if (!(known >= 0.5)) continue;
        double distance_m = hypot(p->x - n->gauges[g].x, p->y - n->gauges[g].y);
        if (g == p->gauge && isnan(distance_m)) return mmh;
        double weight = isnan(distance_m) ? 1e-12 : 1.0 / (distance_m * distance_m + 1e4);
        sum += weight * mmh;
        weights += weight;
    }
    return weights > 0.0 ? sum / weights : (double)NAN;
}

/* How unsure the rain at a place is when only gauges tell. */
static double doubt_between_gauges(const struct tw_nowcast *n, int32_t place)
{
    const struct tw_rain_place *p = &n->places[place];
    double nearest_m = (double)INFINITY;
    for (int32_t g = 0; g < n->setup.gauge_count; g++) {
        if (!n->gauges[g].good) continue;
        double distance_m = hypot(p->x - n->gauges[g].x, p->y - n->gauges[g].y);
        if (distance_m < nearest_m) nearest_m = distance_m;
    }
    return GAUGE_LOCAL + (FAR_LOCAL - GAUGE_LOCAL) * (1.0 - exp(-nearest_m / FAR_M));
}

tw_status tw_nowcast_analyse(struct tw_nowcast *nowcast, const struct tw_radar_view *view,
                             double radar_bias)
{
    struct tw_nowcast *n = nowcast;
    const size_t places = (size_t)n->setup.place_count;
    const double step_s = n->setup.step_s;
    for (int32_t p = 0; p < n->setup.place_count; p++) {
        const double at[2] = {n->places[p].x, n->places[p].y};
        bool by_radar = false;
        double last = 0.0;
        double silent_s = 0.0;
        for (int32_t k = 0; k < n->past_count; k++) {
            double from_s = n->now_s - (n->past_count - k) * step_s;
            double mmh = radar_bias * tw_radar_mean_mmh(n, view, at, from_s, from_s + step_s);
            by_radar = !isnan(mmh);
            if (!by_radar) mmh = gauges_at(n, p, from_s, from_s + step_s);
            silent_s = isnan(mmh) ? silent_s + step_s : 0.0;
            if (!isnan(mmh)) last = mmh;
            if (silent_s > SILENCE_S) last = 0.0;
            n->past_mmh[(size_t)k * places + (size_t)p] = (float)last;
        }
        n->doubt.local_ratio[p] = (float)(by_radar ? RADAR_LOCAL : doubt_between_gauges(n, p));
    }
    if (view->count == 0) n->doubt.bias_ratio = GAUGE_BIAS;
    return TW_OK;
}
