#include "hydrology/climate.h"

#include "thalweg/time.h"

#include <math.h>

static const double mps_per_mmday = 1.0 / (1000.0 * 86400.0);
static const double year_days = 365.0; /* "nothing before then" */

double tw_series_shift_days(const struct tw_model *model, int32_t series, double start_day)
{
    if (model->series.kind[series] != 1) return 0.0;
    return start_day - model->options.start_day;
}

double tw_hydrology_day(const struct tw_hydrology *h, double at_ms)
{
    return h->clock->start_day + (at_ms + 1.0) / 86400.0e3;
}

/* Take entries of the evaporation series up to the first one at or after a day. */
static void next_entry(struct tw_hydrology *h, double day)
{
    const struct tw_model *m = h->model;
    struct tw_hydrology_clock *clock = h->clock;
    int32_t series = m->evaporation.series;
    int32_t end = m->series.first[series + 1];
    double shift = tw_series_shift_days(m, series, clock->start_day);
    clock->evaporation_next_day = day + year_days;
    while (clock->evaporation_entry + 1 < end) {
        int32_t i = ++clock->evaporation_entry;
        if (m->series.x[i] + shift < day) continue;
        clock->evaporation_next_day = m->series.x[i] + shift;
        clock->evaporation_next_mps = m->series.y[i] * m->evaporation.to_mmday * mps_per_mmday;
        return;
    }
}

static void next_day_find(struct tw_hydrology *h, double day)
{
    struct tw_hydrology_clock *clock = h->clock;
    if (clock->evaporation_next_day > day) return;
    if (h->model->evaporation.kind == TW_EVAPORATION_MONTHLY) {
        struct tw_calendar c = tw_day_to_calendar(floor(day));
        c.day = 1;
        c.month++;
        if (c.month > 12) {
            c.month = 1;
            c.year++;
        }
        double next;
        clock->evaporation_next_day =
            tw_day_from_calendar(&c, &next) == TW_OK ? next : day + year_days;
    } else if (h->model->evaporation.kind == TW_EVAPORATION_SERIES &&
               h->model->evaporation.series >= 0) {
        next_entry(h, day);
    } else if (h->model->evaporation.kind == TW_EVAPORATION_FILE) {
        clock->evaporation_next_day = floor(day) + 1.0;
    } else {
        clock->evaporation_next_day = day + year_days;
    }
}

void tw_climate_begin(struct tw_hydrology *h)
{
    const struct tw_evaporation *evaporation = &h->model->evaporation;
    struct tw_hydrology_clock *clock = h->clock;
    tw_weather_begin(&clock->weather, h->model, clock->start_day);
    clock->evaporation_mps = 0.0;
    clock->evaporation_next_mps = 0.0;
    clock->evaporation_next_day = floor(clock->start_day);
    clock->evaporation_entry = -1;
    clock->recovery_factor = 1.0;
    int32_t series = evaporation->series;
    if (evaporation->kind != TW_EVAPORATION_SERIES || series < 0) return;
    int32_t first = h->model->series.first[series];
    if (first == h->model->series.first[series + 1]) return;
    /* As SWMM: the first entry of the start's day or later holds from the start. */
    clock->evaporation_entry = first - 1;
    next_entry(h, -1.0e9);
    if (clock->evaporation_next_day < floor(clock->start_day))
        next_entry(h, floor(clock->start_day));
    clock->evaporation_mps = clock->evaporation_next_mps;
    next_entry(h, clock->evaporation_next_day);
}

/* Rate without the month's change, but for series, whose rate stands until the next entry. */
static void rate_set(struct tw_hydrology *h, double day, int month)
{
    const struct tw_evaporation *evaporation = &h->model->evaporation;
    struct tw_hydrology_clock *clock = h->clock;
    double monthly_mmday = evaporation->monthly_mmday[month - 1];
    switch (evaporation->kind) {
    case TW_EVAPORATION_CONSTANT:
    case TW_EVAPORATION_MONTHLY:
        clock->evaporation_mps = monthly_mmday * mps_per_mmday;
        break;
    case TW_EVAPORATION_SERIES:
        if (day >= clock->evaporation_next_day)
            clock->evaporation_mps = clock->evaporation_next_mps;
        break;
    case TW_EVAPORATION_TEMPERATURE:
        clock->evaporation_mps = clock->weather.evaporation_mmday * mps_per_mmday;
        break;
    case TW_EVAPORATION_FILE: /* times the pan coefficient */
        clock->evaporation_mps = clock->weather.evaporation_mmday * monthly_mmday * mps_per_mmday;
        break;
    }
}

void tw_climate_advance(struct tw_hydrology *h, double day)
{
    const struct tw_evaporation *evaporation = &h->model->evaporation;
    struct tw_hydrology_clock *clock = h->clock;
    tw_weather_advance(&clock->weather, h->model, day);
    int month = clock->weather.month;
    rate_set(h, day, month);
    if (h->model->adjustments.given)
        clock->evaporation_mps +=
            h->model->adjustments.evaporation_mmday[month - 1] * mps_per_mmday;
    int32_t pattern = evaporation->recovery_pattern;
    clock->recovery_factor = 1.0;
    if (pattern >= 0 && h->model->patterns.kind[pattern] == TW_PATTERN_MONTHLY)
        clock->recovery_factor = h->model->patterns.factor[pattern][month - 1];
    next_day_find(h, day);
}
