#include "hydrology/inflows.h"

#include "hydrology/climate.h"
#include "num/series.h"
#include "thalweg/time.h"

#include <math.h>

static const double least_flow_m3s = 1.0e-5 * 0.028316846592; /* SWMM's 1e-5 cfs: less is none */

void tw_inflows_lay(struct tw_inflows_run *in, const struct tw_model *model, int32_t lanes,
                    struct tw_pool *state)
{
    in->model = model;
    in->lanes = lanes;
    in->state = TW_POOL_NEW(state, struct tw_inflows_state, 1);
    in->cursor = TW_POOL_NEW(state, int32_t, model->series.count);
    in->pattern_factor = TW_POOL_NEW(state, double, model->patterns.count);
    in->dry_m3s = TW_POOL_NEW(state, double, model->dry_weather.count);
    in->external_m3s = TW_POOL_NEW(state, double, model->inflows.count);
    in->dry_factor = TW_POOL_NEW(state, double, model->dry_weather.count *lanes);
    in->external_factor = TW_POOL_NEW(state, double, model->inflows.count *lanes);
}

void tw_inflows_begin(struct tw_inflows_run *in, double start_day)
{
    *in->state = (struct tw_inflows_state){.start_day = start_day, .hour = -1.0};
    for (int32_t i = 0; i < in->model->series.count; i++)
        in->cursor[i] = 0;
    for (int32_t i = 0; i < in->model->dry_weather.count * in->lanes; i++)
        in->dry_factor[i] = 1.0;
    for (int32_t i = 0; i < in->model->inflows.count * in->lanes; i++)
        in->external_factor[i] = 1.0;
}

double tw_series_value(const struct tw_model *model, int32_t series, double day, double start_day,
                       int32_t *cursor)
{
    int32_t first = model->series.first[series];
    int32_t count = model->series.first[series + 1] - first;
    double shift = tw_series_shift_days(model, series, start_day);
    return tw_series_at(model->series.x + first, model->series.y + first, count, day - shift, false,
                        cursor);
}

static bool is_weekend(int weekday) { return weekday == 0 || weekday == 6; }

/* Factor of a pattern in an hour; a weekend pattern counts only then. */
static double factor_at(const struct tw_patterns *patterns, int32_t pattern,
                        const struct tw_calendar *c, int weekday)
{
    const double *factor = patterns->factor[pattern];
    switch ((enum tw_pattern_kind)patterns->kind[pattern]) {
    case TW_PATTERN_MONTHLY:
        return factor[c->month - 1];
    case TW_PATTERN_DAILY:
        return factor[weekday];
    case TW_PATTERN_HOURLY:
        return factor[c->hour];
    case TW_PATTERN_WEEKEND:
        return is_weekend(weekday) ? factor[c->hour] : 1.0;
    }
    return 1.0;
}

double tw_inflows_dry_factor(const struct tw_inflows_run *in, const int32_t pattern[4])
{
    int weekday = tw_day_weekday(floor(in->state->hour / 24.0));
    double factor = 1.0;
    for (int k = 0; k < 4; k++) {
        bool stands_back =
            k == TW_PATTERN_HOURLY && pattern[TW_PATTERN_WEEKEND] >= 0 && is_weekend(weekday);
        if (pattern[k] >= 0 && !stands_back) factor *= in->pattern_factor[pattern[k]];
    }
    return factor;
}

/* All factors of an hour, and the dry weather flows that follow from them. */
static void hour_begin(struct tw_inflows_run *in, double hour)
{
    const struct tw_model *m = in->model;
    const struct tw_dry_weather *dry = &m->dry_weather;
    double day = floor(hour / 24.0);
    struct tw_calendar c = tw_day_to_calendar(day);
    c.hour = (int)(hour - day * 24.0);
    int weekday = tw_day_weekday(day);
    in->state->hour = hour;
    for (int32_t i = 0; i < m->patterns.count; i++)
        in->pattern_factor[i] = factor_at(&m->patterns, i, &c, weekday);
    for (int32_t i = 0; i < dry->count; i++) {
        double flow_m3s = dry->base_m3s[i] * tw_inflows_dry_factor(in, dry->pattern[i]);
        in->dry_m3s[i] = fabs(flow_m3s) < least_flow_m3s ? 0.0 : flow_m3s;
    }
}

double tw_inflows_value(struct tw_inflows_run *in, int32_t series, int32_t pattern, double base,
                        double factor, double at_ms)
{
    double day = in->state->start_day + (at_ms + 1.0) / 86400.0e3, value = base;
    if (pattern >= 0) value *= in->pattern_factor[pattern];
    if (series >= 0)
        value += factor *
                 tw_series_value(in->model, series, day, in->state->start_day, &in->cursor[series]);
    return value;
}

static double external_flow(struct tw_inflows_run *in, int32_t row, double at_ms)
{
    const struct tw_inflows *inflows = &in->model->inflows;
    double flow_m3s = tw_inflows_value(in, inflows->series[row], inflows->pattern[row],
                                       inflows->base_m3s[row], inflows->series_to_m3s[row], at_ms);
    return fabs(flow_m3s) < least_flow_m3s ? 0.0 : flow_m3s;
}

int64_t tw_inflows_interface_time(const struct tw_inflows_run *in, double at_ms, double *out_f)
{
    const struct tw_interface_flows *f = in->model->files.inflows;
    double day = in->state->start_day + (at_ms + 1.0) / 86400.0e3;
    if (f == NULL || f->times < 2 || day < f->day[0] || day > f->day[f->times - 1]) return -1;
    int64_t low = 0, high = f->times - 1; /* day[low] <= day <= day[high] */
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (f->day[middle] < day) {
            low = middle;
        } else {
            high = middle;
        }
    }
    *out_f = (day - f->day[low]) / (f->day[low + 1] - f->day[low]);
    return low;
}

int64_t tw_inflows_rdii_time(const struct tw_inflows_run *in, double at_ms)
{
    const struct tw_interface_flows *f = in->model->files.rdii;
    double day = in->state->start_day + (at_ms + 1.0) / 86400.0e3;
    int64_t low = 0, high = f != NULL ? f->times : 0; /* the first record after the time */
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (f->day[middle] <= day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low > 0 && day < f->day[low - 1] + f->step_s / 86400.0 ? low - 1 : -1;
}

double tw_inflows_rdii_flow(const struct tw_inflows_run *in, int64_t i, int32_t node)
{
    const struct tw_interface_flows *f = in->model->files.rdii;
    double flow_m3s = f->value[(i * f->node_count + node) * (1 + f->pollutant_count)];
    return fabs(flow_m3s) < least_flow_m3s ? 0.0 : flow_m3s;
}

static double interface_value(const struct tw_interface_flows *f, int64_t i, double part,
                              int32_t node, int32_t column)
{
    int64_t width = 1 + f->pollutant_count, each = f->node_count * width;
    const double *at = f->value + i * each + node * width + column;
    return (1.0 - part) * at[0] + part * at[each];
}

double tw_inflows_interface_flow(const struct tw_inflows_run *in, int64_t i, double f, int32_t node)
{
    double flow_m3s = interface_value(in->model->files.inflows, i, f, node, 0);
    return fabs(flow_m3s) < least_flow_m3s ? 0.0 : flow_m3s;
}

double tw_inflows_interface_quality(const struct tw_inflows_run *in, int64_t i, double f,
                                    int32_t node, int32_t pollutant)
{
    const struct tw_interface_flows *flows = in->model->files.inflows;
    int32_t column = flows->pollutant[pollutant];
    return column < 0 ? 0.0 : interface_value(flows, i, f, node, 1 + column);
}

/* What flows in from the interface file. */
static void add_interface(struct tw_inflows_run *in, double at_ms, double *lateral_m3s,
                          struct tw_inflow_sums *sums)
{
    const struct tw_interface_flows *f = in->model->files.inflows;
    size_t lanes = (size_t)in->lanes;
    double part = 0.0;
    int64_t time = tw_inflows_interface_time(in, at_ms, &part);
    for (int32_t i = 0; time >= 0 && i < f->node_count; i++) {
        if (f->node[i] < 0) continue;
        double flow = tw_inflows_interface_flow(in, time, part, i);
        for (size_t lane = 0; lane < lanes; lane++) {
            lateral_m3s[(size_t)f->node[i] * lanes + lane] += flow;
            *(flow < 0.0 ? &sums[lane].drawn_m3s : &sums[lane].external_m3s) += fabs(flow);
        }
    }
}

/* Patterns change at full hours. */
static void follow_hour(struct tw_inflows_run *in, double at_ms)
{
    double day = in->state->start_day + (at_ms + 1.0) / 86400.0e3;
    double whole = floor(day);
    double hour_of_day = floor(((day - whole) * 86400.0 + 0.5) / 3600.0); /* nearest second */
    double hour = whole * 24.0 + (hour_of_day < 23.0 ? hour_of_day : 23.0);
    if (hour != in->state->hour) hour_begin(in, hour);
}

void tw_inflows_add(struct tw_inflows_run *in, double at_ms, double *lateral_m3s,
                    struct tw_inflow_sums *sums)
{
    const struct tw_model *m = in->model;
    size_t lanes = (size_t)in->lanes;
    if (m->inflows.count > 0 || m->dry_weather.count > 0) follow_hour(in, at_ms);
    for (size_t lane = 0; lane < lanes; lane++)
        sums[lane] = (struct tw_inflow_sums){0};
    for (int32_t i = 0; i < m->inflows.count; i++) {
        double flow_m3s = external_flow(in, i, at_ms);
        in->external_m3s[i] = flow_m3s;
        double *to_m3s = lateral_m3s + (size_t)m->inflows.node[i] * lanes;
        const double *factor = in->external_factor + (size_t)i * lanes;
        for (size_t lane = 0; lane < lanes; lane++) {
            double flow = flow_m3s * factor[lane];
            to_m3s[lane] += flow;
            *(flow < 0.0 ? &sums[lane].drawn_m3s : &sums[lane].external_m3s) += fabs(flow);
        }
    }
    for (int32_t i = 0; i < m->dry_weather.count; i++) {
        double *to_m3s = lateral_m3s + (size_t)m->dry_weather.node[i] * lanes;
        const double *factor = in->dry_factor + (size_t)i * lanes;
        for (size_t lane = 0; lane < lanes; lane++) {
            to_m3s[lane] += in->dry_m3s[i] * factor[lane];
            sums[lane].dry_m3s += in->dry_m3s[i] * factor[lane];
        }
    }
    add_interface(in, at_ms, lateral_m3s, sums);
}
