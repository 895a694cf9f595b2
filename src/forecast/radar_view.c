#include "forecast/radar_view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_S 3600.0 /* fields that are looked at */
#define SPACING_LEAST_S 200.0
#define SPEED_MOST_MPS 40.0
#define REACH_MPS 20.0   /* rain from farther away is not followed */
#define SIDE_MOST 384    /* cells; more are put together */
#define MOTION_CELLS 3e6 /* cells of all pictures that motion is found from */
#define DRY_MMH 0.2

/* First cell and number of cells along one side of the radar's grid, and how many become one. */
struct cut {
    int32_t first, count, together;
};

static struct cut cut_side(int32_t cells, double low, double high)
{
    double first = floor(low) > 0.0 ? floor(low) : 0.0;
    double last = ceil(high) < cells - 1 ? ceil(high) : cells - 1;
    if (!(first < cells - 2)) first = cells - 2;
    if (!(last > first + 1.0)) last = first + 1.0;
    return (struct cut){(int32_t)first, (int32_t)(last - first) + 1, 1};
}

/* Bounds of the places that have coordinates; false when none has. */
static bool bounds_of(const struct tw_nowcast *n, double out_low[2], double out_high[2])
{
    bool any = false;
    for (int32_t p = 0; p < n->setup.place_count; p++) {
        const double at[2] = {n->places[p].x, n->places[p].y};
        if (isnan(at[0]) || isnan(at[1])) continue;
        for (int i = 0; i < 2; i++) {
            if (!any || at[i] < out_low[i]) out_low[i] = at[i];
            if (!any || at[i] > out_high[i]) out_high[i] = at[i];
        }
        any = true;
    }
    return any;
}

static void lay_out(const struct tw_nowcast *n, struct tw_radar_view *view, struct cut out_cut[2])
{
    const struct tw_raster *grid = &n->radar.grid;
    double low[2] = {0.0, 0.0};
    double high[2] = {0.0, 0.0};
    out_cut[0] = (struct cut){0, grid->columns, 1};
    out_cut[1] = (struct cut){0, grid->rows, 1};
    if (bounds_of(n, low, high)) {
        double reach = REACH_MPS * n->setup.horizon_s;
        out_cut[0] = cut_side(grid->columns, (low[0] - reach - grid->west) / grid->dx,
                              (high[0] + reach - grid->west) / grid->dx);
        out_cut[1] = cut_side(grid->rows, (grid->north - high[1] - reach) / grid->dy,
                              (grid->north - low[1] + reach) / grid->dy);
    }
    int32_t longer = out_cut[0].count > out_cut[1].count ? out_cut[0].count : out_cut[1].count;
    int32_t together = (longer + SIDE_MOST - 1) / SIDE_MOST;
    for (int i = 0; i < 2; i++) {
        while (together > 1 && out_cut[i].count / together < 2)
            together--;
    }
    out_cut[0].together = together;
    out_cut[1].together = together;
    view->columns = out_cut[0].count / together;
    view->rows = out_cut[1].count / together;
    view->dx = grid->dx * together;
    view->dy = grid->dy * together;
    view->west = grid->west + out_cut[0].first * grid->dx;
    view->north = grid->north - out_cut[1].first * grid->dy;
}

static void take_field(const struct tw_nowcast *n, const float *from, const struct cut cut[2],
                       const struct tw_radar_view *view, float *to)
{
    const int32_t together = cut[0].together;
    for (int32_t r = 0; r < view->rows; r++) {
        for (int32_t c = 0; c < view->columns; c++) {
            double sum = 0.0;
            int32_t known = 0;
            for (int32_t i = 0; i < together * together; i++) {
                int32_t row = cut[1].first + r * together + i / together;
                int32_t column = cut[0].first + c * together + i % together;
                float mmh = from[(size_t)row * (size_t)n->radar.grid.columns + (size_t)column];
                if (isnan(mmh)) continue;
                sum += (double)mmh;
                known++;
            }
            to[(size_t)r * (size_t)view->columns + (size_t)c] =
                known > 0 ? (float)(sum / known) : NAN;
        }
    }
}

/* Fields up to now, newest first, not closer than SPACING_LEAST_S. */
static tw_status take_fields(const struct tw_nowcast *n, double now_s, const struct cut cut[2],
                             struct tw_radar_view *view)
{
    const size_t cells = (size_t)view->columns * (size_t)view->rows;
    view->all = malloc(TW_VIEW_FIELDS_MOST * cells * sizeof *view->all);
    if (view->all == NULL) return TW_ERR_NOMEM;
    for (int32_t i = n->radar.count - 1; i >= 0 && view->count < TW_VIEW_FIELDS_MOST; i--) {
        const struct tw_radar_field *field = &n->radar.fields[i];
        if (field->time_s > now_s) continue;
        if (field->time_s < now_s - KEPT_S) break;
        if (view->count > 0 && view->time_s[view->count - 1] - field->time_s < SPACING_LEAST_S) {
            continue;
        }
        view->mmh[view->count] = view->all + (size_t)view->count * cells;
        take_field(n, field->mmh, cut, view, view->mmh[view->count]);
        view->time_s[view->count++] = field->time_s;
    }
    return TW_OK;
}

/* The middle one of the intervals: a gap does not change it. */
static double usual_interval(const struct tw_radar_view *view)
{
    double intervals[TW_VIEW_FIELDS_MOST];
    int32_t count = 0;
    for (int32_t k = 0; k + 1 < view->count; k++) {
        double interval = view->time_s[k] - view->time_s[k + 1];
        int32_t at = count++;
        for (; at > 0 && intervals[at - 1] > interval; at--)
            intervals[at] = intervals[at - 1];
        intervals[at] = interval;
    }
    return count > 0 ? intervals[count / 2] : 300.0;
}

/* Motion is seen in logarithms, where a shower's edge counts as well as its middle. */
static tw_status find_motion(struct tw_radar_view *view)
{
    const size_t cells = (size_t)view->columns * (size_t)view->rows;
    int32_t count = (int32_t)(MOTION_CELLS / (double)cells);
    if (count < 4) count = 4;
    if (count > view->count) count = view->count;
    float *logs = malloc((size_t)count * cells * sizeof *logs);
    if (logs == NULL) return TW_ERR_NOMEM;
    const float *pictures[TW_VIEW_FIELDS_MOST];
    double time_s[TW_VIEW_FIELDS_MOST];
    for (int32_t k = 0; k < count; k++) { /* oldest first */
        const float *mmh = view->mmh[count - 1 - k];
        float *to = logs + (size_t)k * cells;
        for (size_t i = 0; i < cells; i++) {
            float ratio = mmh[i] / (float)DRY_MMH;
            to[i] = isnan(ratio) ? NAN : ratio > 1.0F ? logf(ratio) : 0.0F;
        }
        pictures[k] = to;
        time_s[k] = view->time_s[count - 1 - k];
    }
    struct tw_pictures all = {view->columns, view->rows, count, pictures, time_s};
    double cell_m = view->dx < view->dy ? view->dx : view->dy;
    tw_status status = tw_flow_find(&all, SPEED_MOST_MPS / cell_m, &view->flow);
    free(logs);
    return status;
}

tw_status tw_radar_view_make(const struct tw_nowcast *nowcast, double now_s,
                             struct tw_radar_view *out_view)
{
    struct tw_radar_view view = {0};
    struct cut cut[2];
    if (nowcast->radar.count > 0) {
        lay_out(nowcast, &view, cut);
        tw_status status = take_fields(nowcast, now_s, cut, &view);
        view.interval_s = usual_interval(&view);
        if (status == TW_OK && view.count > 1) status = find_motion(&view);
        if (status != TW_OK) {
            tw_radar_view_done(&view);
            return status;
        }
    }
    *out_view = view;
    return TW_OK;
}

void tw_radar_view_done(struct tw_radar_view *view)
{
    free(view->all);
    tw_flow_done(&view->flow);
    *view = (struct tw_radar_view){0};
}

void tw_radar_view_cell(const struct tw_radar_view *view, double x, double y, double *out_column,
                        double *out_row)
{
    *out_column = (x - view->west) / view->dx - 0.5;
    *out_row = (view->north - y) / view->dy - 0.5;
}

void tw_radar_view_trace(const struct tw_radar_view *view, double seconds_back, double *column,
                         double *row)
{
    if (view->flow.u == NULL || seconds_back == 0.0) return;
    double u = 0.0;
    double v = 0.0;
    tw_flow_at(&view->flow, *column, *row, &u, &v);
    /* The motion half the way: second order. */
    tw_flow_at(&view->flow, *column - 0.5 * seconds_back * u, *row - 0.5 * seconds_back * v, &u,
               &v);
    *column -= seconds_back * u;
    *row -= seconds_back * v;
}

double tw_radar_view_sample(const struct tw_radar_view *view, const float *mmh, double column,
                            double row)
{
    const int32_t columns = view->columns;
    const int32_t rows = view->rows;
    if (!(column > -0.5 && column < columns - 0.5 && row > -0.5 && row < rows - 0.5)) {
        return (double)NAN;
    }
    column = column < 0.0 ? 0.0 : column > columns - 1 ? columns - 1 : column;
    row = row < 0.0 ? 0.0 : row > rows - 1 ? rows - 1 : row;
    int32_t c = (int32_t)column;
    int32_t r = (int32_t)row;
    if (c > columns - 2) c = columns - 2;
    if (r > rows - 2) r = rows - 2;
    double x = column - c;
    double y = row - r;
    const float *z = mmh + (size_t)r * (size_t)columns + c;
    double north = (double)z[0] + x * (double)(z[1] - z[0]);
    double south = (double)z[columns] + x * (double)(z[columns + 1] - z[columns]);
    return north + y * (south - north);
}
