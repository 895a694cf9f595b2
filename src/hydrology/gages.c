/* Rain gages. A record holds from its time for the gage's interval; between records it is dry. */
#include "hydrology/climate.h"

#include "thalweg/time.h"

#include <math.h>

static const double second_d = 1.1574074e-5; /* SWMM looks a second ahead, against rounding */

/* Rate of a raw value of the series. */
static double rain_of(struct tw_hydrology *h, int32_t gage, double raw)
{
    const struct tw_gages *gages = &h->model->gages;
    double per_hour = 3600.0 / gages->interval_s[gage];
    double rain = raw;
    if (gages->kind[gage] == TW_RAIN_VOLUME) {
        rain = raw * per_hour;
    } else if (gages->kind[gage] == TW_RAIN_CUMULATIVE) {
        double before = h->gage[gage].accumulated;
        rain = (raw < before ? raw : raw - before) * per_hour;
        h->gage[gage].accumulated = raw;
    }
    return rain * gages->to_mm[gage] * h->clock->weather.rain_ratio;
}

/* Look for the next record that is not zero; without one there is no next. */
static void next_find(struct tw_hydrology *h, int32_t gage)
{
    const struct tw_model *m = h->model;
    struct tw_gage_cursor *g = &h->gage[gage];
    int32_t series = m->gages.series[gage];
    int32_t end = m->series.first[series + 1];
    double shift = tw_series_shift_days(m, series, h->clock->start_day);
    g->next_rain_mmh = 0.0;
    g->next_day = TW_NO_DAY;
    while (g->entry + 1 < end) {
        double rain = rain_of(h, gage, m->series.y[++g->entry]);
        if (rain == 0.0) continue;
        g->next_rain_mmh = rain;
        g->next_day = m->series.x[g->entry] + shift;
        return;
    }
}

static double interval_days(const struct tw_hydrology *h, int32_t gage)
{
    return h->model->gages.interval_s[gage] / 86400.0;
}

static void gage_begin(struct tw_hydrology *h, int32_t gage)
{
    const struct tw_model *m = h->model;
    struct tw_gage_cursor *g = &h->gage[gage];
    int32_t series = m->gages.series[gage];
    *g = (struct tw_gage_cursor){
        .start_day = TW_NO_DAY, .end_day = TW_NO_DAY, .next_day = TW_NO_DAY, .source = -1};
    if (m->options.ignore_rainfall || series < 0) return;
    if (m->series.first[series] == m->series.first[series + 1]) return;
    double start_day = h->clock->start_day;
    g->entry = m->series.first[series];
    g->rain_mmh = rain_of(h, gage, m->series.y[g->entry]);
    g->start_day = m->series.x[g->entry] + tw_series_shift_days(m, series, start_day);
    g->end_day = g->start_day + interval_days(h, gage);
    if (g->start_day > start_day) {
        g->next_day = g->start_day;
        g->next_rain_mmh = g->rain_mmh;
        g->start_day = start_day;
        g->end_day = g->next_day;
        g->rain_mmh = 0.0;
    } else {
        next_find(h, gage);
    }
}

/* The gage itself when a subcatchment uses it, or the first used one with the same series. */
static int32_t source_find(const struct tw_model *m, const struct tw_gage_cursor *before,
                           int32_t gage)
{
    for (int32_t i = 0; i < gage; i++)
        if (before[i].source >= 0 && m->gages.series[i] == m->gages.series[gage]) return i;
    return gage;
}

void tw_gages_begin(struct tw_hydrology *h)
{
    const struct tw_model *m = h->model;
    struct tw_hydrology_clock *clock = h->clock;
    clock->wet_step_s = m->options.wet_step_s;
    clock->always_wet = h->fixed_step;
    for (int32_t i = 0; i < m->gages.count; i++)
        gage_begin(h, i);
    /* Marks the used gages first; their sources follow in order. */
    for (int32_t i = 0; i < m->subcatchments.count; i++) {
        int32_t gage = m->subcatchments.gage[i];
        if (gage >= 0 && m->gages.series[gage] >= 0) h->gage[gage].source = gage;
    }
    for (int32_t i = 0; i < m->gages.count; i++) {
        struct tw_gage_cursor *g = &h->gage[i];
        if (g->source < 0) {
            clock->always_wet = clock->always_wet || g->rain_mmh > 0.0;
            g->rain_mmh = 0.0;
            continue;
        }
        g->source = source_find(m, h->gage, i);
    }
    clock->dry_step_s =
        m->options.dry_step_s > clock->wet_step_s ? m->options.dry_step_s : clock->wet_step_s;
}

static double rain_at(struct tw_hydrology *h, int32_t gage, double day)
{
    struct tw_gage_cursor *g = &h->gage[gage];
    if (g->start_day == TW_NO_DAY) return 0.0;
    while (day >= g->end_day && g->next_day != TW_NO_DAY && day >= g->next_day) {
        g->start_day = g->next_day;
        g->end_day = g->start_day + interval_days(h, gage);
        g->rain_mmh = g->next_rain_mmh;
        next_find(h, gage);
    }
    if (day < g->start_day || day >= g->end_day) g->rain_mmh = 0.0;
    return g->rain_mmh;
}

void tw_gages_advance(struct tw_hydrology *h, double day)
{
    struct tw_hydrology_clock *clock = h->clock;
    clock->raining = clock->always_wet || h->outer_rain;
    if (h->outer_rain) return;
    for (int32_t i = 0; i < h->model->gages.count; i++) {
        struct tw_gage_cursor *g = &h->gage[i];
        double *rain_mmh = h->gage_rain_mmh + (size_t)i * (size_t)h->lanes;
        if (g->source < 0) continue;
        const double *factor = h->gage_factor + (size_t)i * (size_t)h->lanes;
        double rain = g->source == i ? rain_at(h, i, day + second_d) : h->gage[g->source].rain_mmh;
        const double *held = h->held_rain_mmh + (size_t)i * (size_t)h->lanes;
        for (int32_t lane = 0; lane < h->lanes; lane++) {
            rain_mmh[lane] = held[lane] >= 0.0 ? held[lane] : rain * factor[lane];
            clock->raining = clock->raining || held[lane] > 0.0;
        }
        clock->raining = clock->raining || rain > 0.0;
    }
}

/* The month's factor of an entry: as SWMM reads it, when the one with rain before it has begun; 1 for
 * what is read before the run begins. */
static double month_ratio(const struct tw_model *m, int32_t series, int32_t entry, double start_day)
{
    double shift = tw_series_shift_days(m, series, start_day);
    if (!m->adjustments.given) return 1.0;
    while (--entry >= m->series.first[series]) {
        double day = m->series.x[entry] + shift;
        /* entries without rain are passed over, but for the first */
        if (m->series.y[entry] == 0.0 && entry > m->series.first[series]) continue;
        if (day <= start_day) break;
        return m->adjustments.rain_ratio[tw_day_to_calendar(floor(day)).month - 1];
    }
    return 1.0;
}

double tw_gage_series_mmh(const struct tw_model *model, int32_t gage, double day, double start_day)
{
    const struct tw_gages *gages = &model->gages;
    int32_t series = gages->series[gage];
    if (series < 0 || model->options.ignore_rainfall) return 0.0;
    double at = day + second_d - tw_series_shift_days(model, series, start_day);
    int32_t first = model->series.first[series], low = first,
            high = model->series.first[series + 1];
    while (low < high) { /* first entry after the time */
        int32_t middle = low + (high - low) / 2;
        if (model->series.x[middle] <= at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == first || at >= model->series.x[low - 1] + gages->interval_s[gage] / 86400.0)
        return 0.0;
    double raw = model->series.y[low - 1], per_hour = 3600.0 / gages->interval_s[gage];
    if (gages->kind[gage] == TW_RAIN_CUMULATIVE) {
        double before = low - 1 > first ? model->series.y[low - 2] : 0.0;
        raw = raw < before ? raw : raw - before;
    }
    raw *= month_ratio(model, series, low - 1, start_day);
    return raw * (gages->kind[gage] == TW_RAIN_INTENSITY ? 1.0 : per_hour) * gages->to_mm[gage];
}

double tw_gage_next_day(const struct tw_hydrology *h, int32_t gage, double day)
{
    const struct tw_gage_cursor *g = &h->gage[gage];
    if (h->outer_rain || g->source != gage) return TW_NO_DAY;
    day += second_d;
    if (day < g->start_day) return g->start_day;
    if (day < g->end_day) return g->end_day;
    return g->next_day;
}

double tw_hydrology_gage_snow_mmh(const struct tw_hydrology *h, int32_t gage, int32_t lane)
{
    const struct tw_model *m = h->model;
    if (!m->snow.falls || h->clock->weather.temperature_c > m->snow.divide_c) return 0.0;
    return h->gage_rain_mmh[gage * h->lanes + lane] * m->gages.snow_catch_ratio[gage];
}

double tw_hydrology_gage_report_mmh(const struct tw_hydrology *h, int32_t gage, double report_ms,
                                    int32_t lane)
{
    if (h->outer_rain) return h->gage_rain_mmh[(size_t)gage * (size_t)h->lanes + (size_t)lane];
    double held_mmh = h->held_rain_mmh[(size_t)gage * (size_t)h->lanes + (size_t)lane];
    if (h->gage[gage].source < 0) return 0.0;
    if (held_mmh >= 0.0) return held_mmh;
    const struct tw_gage_cursor *g = &h->gage[h->gage[gage].source];
    double day = tw_hydrology_day(h, report_ms) + second_d;
    double factor = h->gage_factor[(size_t)gage * (size_t)h->lanes + (size_t)lane];
    if (day < g->end_day) return g->rain_mmh * factor;
    return day < g->next_day ? 0.0 : g->next_rain_mmh * factor;
}

/* An hour is over: every hour's total becomes that of the one before. */
static void hour_end(struct tw_hydrology *h, int32_t gage)
{
    size_t lanes = (size_t)h->lanes;
    double *past = h->past_rain_mm + (size_t)gage * (TW_PAST_HOURS + 1) * lanes;
    for (size_t i = (TW_PAST_HOURS + 1) * lanes; i-- > lanes;)
        past[i] = past[i - lanes];
    for (size_t lane = 0; lane < lanes; lane++)
        past[lane] = 0.0;
}

void tw_gages_remember(struct tw_hydrology *h, double dt_s)
{
    size_t lanes = (size_t)h->lanes;
    double *hour_s = &h->clock->past_s;
    while (dt_s > 0.0) {
        if (*hour_s >= 3600.0) { /* as SWMM: an hour ends when the next one has begun */
            for (int32_t i = 0; i < h->model->gages.count; i++)
                hour_end(h, i);
            *hour_s = 0.0;
        }
        double part_s = dt_s < 3600.0 - *hour_s ? dt_s : 3600.0 - *hour_s;
        for (int32_t i = 0; i < h->model->gages.count; i++) {
            double *past = h->past_rain_mm + (size_t)i * (TW_PAST_HOURS + 1) * lanes;
            const double *rain_mmh = h->gage_rain_mmh + (size_t)i * lanes;
            for (size_t lane = 0; lane < lanes; lane++)
                past[lane] += rain_mmh[lane] * part_s / 3600.0;
        }
        dt_s -= part_s;
        *hour_s += part_s;
    }
}
