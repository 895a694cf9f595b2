#include "operate/influent.h"

#include "num/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A series with what the models see of it. */
struct view {
    struct tw_influent_hours hours;
    struct tw_influent_misses misses;
    double *features, *made;
    int32_t known;                  /* hours whose rain is known */
    double size[TW_INFLUENT_LEADS]; /* of errors lately, over the spread that was expected */
};

static tw_status view_init(struct view *v, const struct tw_influent_model *model,
                           const struct tw_influent_hours *hours, struct tw_arena *arena)
{
    size_t count = (size_t)hours->count;
    v->hours = *hours;
    v->hours.zone_s = model->zone_s;
    v->features = TW_ARENA_NEW(arena, double, count *TW_INFLUENT_RAIN);
    v->made = TW_ARENA_NEW(arena, double, count);
    v->misses = (struct tw_influent_misses){v->made, TW_ARENA_NEW(arena, double, count),
                                            TW_ARENA_NEW(arena, double, count + 1)};
    if (v->features == NULL || v->made == NULL || v->misses.miss_m3h == NULL ||
        v->misses.sum_m3h == NULL) {
        return TW_ERR_NOMEM;
    }
    return TW_OK;
}

static void view_make(struct view *v, const struct tw_influent_model *model, int32_t known)
{
    tw_influent_rain_features(&v->hours, model->mean_rain_mm, v->features);
    for (int32_t i = 0; i < v->hours.count; i++)
        v->made[i] = tw_ridge_at(&model->rain, v->features + (size_t)i * TW_INFLUENT_RAIN);
    tw_influent_misses_find(&v->hours, known, &v->misses);
    v->known = v->hours.count;
    for (int i = 0; i < TW_INFLUENT_LEADS; i++)
        v->size[i] = 1.0;
}

/* The mean flow of the day before, as far as it is known. */
static double mean_of_day(const struct view *v, int32_t origin)
{
    double sum = 0.0;
    int32_t from = origin >= 23 ? origin - 23 : 0;
    for (int32_t i = from; i <= origin; i++)
        sum += v->made[i] + v->misses.miss_m3h[i];
    return sum / (origin + 1 - from);
}

/* The best estimate at one lead, and which set of corrections it is of. */
static double best_at(const struct tw_influent_model *model, const struct view *v, int32_t origin,
                      int32_t lead, const struct tw_influent_lead **out_lead)
{
    double features[TW_INFLUENT_RAIN], error[TW_INFLUENT_ERROR], made = v->made[origin + lead];
    /* Rain of half the hours ahead is better than none. */
    int set = 2 * (v->known - origin - 1) >= lead;
    if (set == 0) {
        tw_influent_dry_features(&v->hours, v->features, origin, lead, features);
        made = tw_ridge_at(&model->rain, features);
    }
    *out_lead = &model->lead[set][lead - 1];
    tw_influent_error_features(&v->hours, &v->misses, (int32_t[]){origin, lead}, made, error);
    double flow = made + tw_ridge_at(&(*out_lead)->error, error);
    return flow > 0.0 ? flow : 0.0;
}

/* Quantiles at one lead. Returns the best estimate, the models' own value. */
static double quantiles_at(const struct tw_influent_model *model, const struct view *v,
                           int32_t origin, int32_t lead, double *out_m3h)
{
    const struct tw_influent_lead *l;
    double flow = best_at(model, v, origin, lead, &l);
    double spread = v->size[lead - 1] * tw_influent_spread(l, flow, mean_of_day(v, origin));
    for (int q = 0; q < TW_INFLUENT_LEVELS; q++) {
        double value = flow + spread * l->quantile[q];
        out_m3h[q] = value > 0.0 ? value : 0.0;
    }
    return flow;
}

/* An hour's flow has become known: how large were the errors of the forecasts of it? Their size over
 * the spread is 1 in the long run; its mean fades within three weeks, starting from 1. */
static void adapt(const struct tw_influent_model *model, struct view *v, int32_t hour)
{
    const double weight = 1.0 / 504.0, least = 0.5, most = 2.5;
    const struct tw_influent_lead *l;
    for (int32_t lead = 1; lead <= TW_INFLUENT_LEADS; lead++) {
        int32_t origin = hour - lead;
        double truth = v->hours.flow_m3h[hour];
        if (origin < TW_INFLUENT_WARM || isnan(truth) || isnan(v->hours.flow_m3h[origin])) continue;
        double flow = best_at(model, v, origin, lead, &l);
        double size = fabs(truth - flow) / tw_influent_spread(l, flow, mean_of_day(v, origin));
        double *mean = &v->size[lead - 1];
        *mean += weight * ((size < 10.0 ? size : 10.0) - *mean);
        *mean = *mean < least ? least : *mean > most ? most : *mean;
    }
}

/* A series that goes on for two days after the origin. */
static tw_status extend(const struct tw_influent_hours *hours, int32_t origin,
                        struct tw_arena *arena, struct tw_influent_hours *out, int32_t *out_missing)
{
    int32_t count = origin + TW_INFLUENT_LEADS + 1;
    double *flow = TW_ARENA_NEW(arena, double, count), *rain = TW_ARENA_NEW(arena, double, count);
    if (flow == NULL || rain == NULL) return TW_ERR_NOMEM;
    *out_missing = 0;
    for (int32_t i = 0; i < count; i++) {
        bool there = i < hours->count && !isnan(hours->rain_mm[i]);
        flow[i] = i <= origin ? hours->flow_m3h[i] : (double)NAN;
        rain[i] = there ? hours->rain_mm[i] : (double)NAN;
        *out_missing += i > origin && !there;
    }
    *out = *hours;
    out->count = count;
    out->flow_m3h = flow;
    out->rain_mm = rain;
    return TW_OK;
}

static tw_status ahead(const struct tw_influent_model *model, const struct tw_influent_hours *hours,
                       int32_t origin, bool adapts, struct tw_influent_forecast *out_forecast)
{
    enum { ADAPT_H = 1008 };
    struct tw_arena arena;
    struct tw_influent_hours longer;
    struct view v;
    struct tw_influent_forecast forecast = {.origin_ms = hours->begin_ms + 3600000LL * origin};
    tw_arena_init(&arena);
    tw_status status = extend(hours, origin, &arena, &longer, &forecast.rain_missing_h);
    if (status == TW_OK) status = view_init(&v, model, &longer, &arena);
    if (status == TW_OK) {
        view_make(&v, model, origin + 1);
        for (int32_t i = origin > ADAPT_H ? origin - ADAPT_H : 0; adapts && i <= origin; i++)
            adapt(model, &v, i);
        while (v.known > origin + 1 && isnan(longer.rain_mm[v.known - 1]))
            v.known--;
        for (int32_t lead = 1; lead <= TW_INFLUENT_LEADS; lead++)
            forecast.best_m3h[lead - 1] =
                quantiles_at(model, &v, origin, lead, forecast.flow_m3h[lead - 1]);
        while (forecast.flow_age_h <= origin &&
               isnan(longer.flow_m3h[origin - forecast.flow_age_h]))
            forecast.flow_age_h++;
        *out_forecast = forecast;
    }
    tw_arena_done(&arena);
    return status;
}

tw_status tw_influent_ahead(const struct tw_influent_model *model,
                            const struct tw_influent_hours *hours, int32_t origin,
                            struct tw_influent_forecast *out_forecast)
{
    if (origin < 0 || origin >= hours->count) return TW_ERR_ARG;
    return ahead(model, hours, origin, true, out_forecast);
}

/* ---- several ---- */

/* The probability of staying below a flow, from quantiles: straight lines between them, and beyond
 * the outer two the slope of the last stretch. */
static double below(const double *quantile, double flow)
{
    const double *p = tw_influent_levels;
    int last = TW_INFLUENT_LEVELS - 1, i = 1;
    while (i < last && flow > quantile[i])
        i++;
    double width = quantile[i] - quantile[i - 1];
    if (width <= 0.0) return flow >= quantile[i] ? p[i] : p[i - 1];
    double value = p[i - 1] + (flow - quantile[i - 1]) / width * (p[i] - p[i - 1]);
    return value < 0.0 ? 0.0 : value > 1.0 ? 1.0 : value;
}

static double mixture_quantile(const struct tw_influent_forecast *forecasts, int32_t count,
                               int lead, int level)
{
    double low = (double)INFINITY, high = 0.0;
    for (int32_t k = 0; k < count; k++) {
        double value = forecasts[k].flow_m3h[lead][level];
        if (value < low) low = value;
        if (value > high) high = value;
    }
    for (int step = 0; step < 50 && high > low; step++) {
        double middle = 0.5 * (low + high), share = 0.0;
        for (int32_t k = 0; k < count; k++)
            share += below(forecasts[k].flow_m3h[lead], middle) / count;
        if (share < tw_influent_levels[level]) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high;
}

void tw_influent_mix(const struct tw_influent_forecast *forecasts, int32_t count,
                     struct tw_influent_forecast *out_forecast)
{
    struct tw_influent_forecast mixed = forecasts[0];
    for (int lead = 0; lead < TW_INFLUENT_LEADS; lead++) {
        double sum = 0.0;
        for (int32_t k = 0; k < count; k++)
            sum += forecasts[k].best_m3h[lead];
        mixed.best_m3h[lead] = sum / count;
    }
    for (int lead = 0; lead < TW_INFLUENT_LEADS && count > 1; lead++)
        for (int level = 0; level < TW_INFLUENT_LEVELS; level++)
            mixed.flow_m3h[lead][level] = mixture_quantile(forecasts, count, lead, level);
    *out_forecast = mixed;
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

tw_status tw_influent_of_members(const double *flow_m3h, int32_t members, int64_t origin_ms,
                                 struct tw_influent_forecast *out_forecast)
{
    if (members < 1) return TW_ERR_ARG;
    double *sorted = malloc((size_t)members * sizeof *sorted);
    if (sorted == NULL) return TW_ERR_NOMEM;
    *out_forecast = (struct tw_influent_forecast){.origin_ms = origin_ms};
    for (int lead = 0; lead < TW_INFLUENT_LEADS; lead++) {
        double sum = 0.0;
        for (int32_t k = 0; k < members; k++) {
            sorted[k] = flow_m3h[(size_t)k * TW_INFLUENT_LEADS + (size_t)lead];
            sum += sorted[k];
        }
        out_forecast->best_m3h[lead] = sum / members;
        qsort(sorted, (size_t)members, sizeof *sorted, by_size);
        for (int level = 0; level < TW_INFLUENT_LEVELS; level++) {
            double at = tw_influent_levels[level] * (members - 1);
            int32_t low = (int32_t)at;
            double next = low + 1 < members ? sorted[low + 1] : sorted[low];
            out_forecast->flow_m3h[lead][level] = sorted[low] + (at - low) * (next - sorted[low]);
        }
    }
    free(sorted);
    return TW_OK;
}

/* ---- how good it was ---- */

/* A factor on an hour's rain that looks like the error of a rain forecast: lognormal with a
 * deviation of 0.6, the same for three hours together, and always the same for an hour. */
static double rain_factor(int32_t hour)
{
    uint64_t x = (uint64_t)(hour / 3) * TW_RANDOM_STEP + UINT64_C(0x1234567);
    double sum = 0.0;
    for (int k = 0; k < 12; k++) { /* twelve even draws make a normal one */
        x = tw_random_stir(x);
        sum += (double)(x >> 11) / 9007199254740992.0;
    }
    return exp(0.6 * (sum - 6.0));
}

static void count_inside(struct tw_influent_score *s, const double *quantile, double truth)
{
    s->coverage90 += truth >= quantile[0] && truth <= quantile[6];
    s->coverage80 += truth >= quantile[1] && truth <= quantile[5];
    s->coverage50 += truth >= quantile[2] && truth <= quantile[4];
}

/* The forecast of one origin with other rain: only its features ahead change. */
static tw_status other_rain(const struct tw_influent_model *model,
                            const struct tw_influent_hours *hours, int32_t origin, bool dry,
                            struct tw_influent_forecast *out)
{
    struct tw_arena arena;
    struct tw_influent_hours copy = *hours;
    int32_t from =
        origin > 1440 ? origin - 1440 : 0; /* two months: the slowest reservoir's memory */
    copy.count = origin - from + TW_INFLUENT_LEADS + 1;
    if (from + copy.count > hours->count) copy.count = hours->count - from;
    copy.begin_ms += 3600000LL * from;
    copy.flow_m3h = hours->flow_m3h + from;
    tw_arena_init(&arena);
    double *rain = TW_ARENA_NEW(&arena, double, copy.count);
    tw_status status = rain == NULL ? TW_ERR_NOMEM : TW_OK;
    for (int32_t i = 0; status == TW_OK && i < copy.count; i++) {
        bool ahead = i > origin - from;
        double factor = ahead && !dry ? rain_factor(from + i) : 1.0;
        rain[i] = ahead && dry ? (double)NAN : hours->rain_mm[from + i] * factor;
    }
    copy.rain_mm = rain;
    if (status == TW_OK) status = ahead(model, &copy, origin - from, false, out);
    tw_arena_done(&arena);
    return status;
}

static double squared(double x) { return x * x; }

static tw_status score_origin(const struct tw_influent_model *model, const struct view *v,
                              int32_t origin, const int32_t span[2],
                              struct tw_influent_score *scores)
{
    struct tw_influent_forecast dry, noisy;
    double quantile[TW_INFLUENT_LEVELS], now = v->hours.flow_m3h[origin];
    TW_TRY(other_rain(model, &v->hours, origin, true, &dry));
    TW_TRY(other_rain(model, &v->hours, origin, false, &noisy));
    for (int32_t lead = 1; lead <= TW_INFLUENT_LEADS; lead++) {
        int32_t target = origin + lead;
        if (target < span[0] || target >= span[1] || target >= v->hours.count) continue;
        double truth = v->hours.flow_m3h[target];
        if (isnan(truth)) continue;
        struct tw_influent_score *s = &scores[lead - 1];
        double flow = quantiles_at(model, v, origin, lead, quantile);
        s->count++;
        s->rmse_m3h += squared(flow - truth);
        s->mape_ratio += truth > 0.0 ? fabs(flow - truth) / truth : 0.0;
        s->persistence_m3h += squared(now - truth);
        s->no_rain_m3h += squared(dry.best_m3h[lead - 1] - truth);
        s->noisy_rain_m3h += squared(noisy.best_m3h[lead - 1] - truth);
        count_inside(s, quantile, truth);
    }
    return TW_OK;
}

static void finish(struct tw_influent_score *s)
{
    double n = s->count > 0 ? s->count : (double)NAN;
    double *squares[] = {&s->rmse_m3h, &s->persistence_m3h, &s->no_rain_m3h, &s->noisy_rain_m3h};
    double *shares[] = {&s->mape_ratio, &s->coverage50, &s->coverage80, &s->coverage90};
    for (int i = 0; i < 4; i++) {
        *squares[i] = sqrt(*squares[i] / n);
        *shares[i] /= n;
    }
}

tw_status tw_influent_test(const struct tw_influent_model *model,
                           const struct tw_influent_hours *hours, int32_t from, int32_t to,
                           struct tw_influent_score *out_scores)
{
    if (from < 0 || from >= to || to > hours->count) return TW_ERR_ARG;
    struct tw_arena arena;
    struct view v;
    int32_t first =
        from > TW_INFLUENT_LEADS + TW_INFLUENT_WARM ? from - TW_INFLUENT_LEADS : TW_INFLUENT_WARM;
    tw_arena_init(&arena);
    memset(out_scores, 0, TW_INFLUENT_LEADS * sizeof *out_scores);
    tw_status status = view_init(&v, model, hours, &arena);
    /* All flows may be known to the view: the features of an origin look back only. */
    if (status == TW_OK) view_make(&v, model, hours->count);
    for (int32_t i = 0; status == TW_OK && i < first; i++)
        adapt(model, &v, i);
    for (int32_t i = first; status == TW_OK && i + 1 < to; i++) {
        adapt(model, &v, i);
        if (isnan(hours->flow_m3h[i])) continue;
        status = score_origin(model, &v, i, (int32_t[]){from, to}, out_scores);
    }
    for (int i = 0; i < TW_INFLUENT_LEADS; i++)
        finish(&out_scores[i]);
    tw_arena_done(&arena);
    return status;
}
