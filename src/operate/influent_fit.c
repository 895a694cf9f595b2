#include "operate/influent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FOLDS = 5, APART_H = 72, LEAST_HOURS = 336, PENALTIES = 4 };
static const double penalties[PENALTIES] = {3.0, 30.0, 300.0, 3000.0};
static const double error_penalty = 10.0;
static const double absurd_ratio = 20.0;

/* ---- what cannot be ---- */

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* The median of the numbers among values; NAN of none. */
static tw_status median_of(const double *values, int32_t count, struct tw_arena *arena, double *out)
{
    int32_t numbers = 0;
    double *sorted = TW_ARENA_NEW(arena, double, count);
    if (sorted == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < count; i++)
        if (!isnan(values[i])) sorted[numbers++] = values[i];
    qsort(sorted, (size_t)numbers, sizeof *sorted, by_size);
    *out = numbers == 0 ? (double)NAN : sorted[numbers / 2];
    return TW_OK;
}

tw_status tw_influent_clean(const struct tw_influent_hours *hours, struct tw_arena *arena,
                            double *out_flow_m3h, double *out_rain_mm,
                            struct tw_influent_gaps *out_gaps)
{
    struct tw_influent_gaps gaps = {0};
    double median;
    TW_TRY(median_of(hours->flow_m3h, hours->count, arena, &median));
    for (int32_t i = 0; i < hours->count; i++) {
        double flow = hours->flow_m3h[i], rain = hours->rain_mm[i];
        bool negative = flow<0.0, absurd = median> 0.0 && flow > absurd_ratio * median;
        gaps.negative += negative;
        gaps.absurd += absurd;
        gaps.flow_gaps += isnan(flow);
        out_flow_m3h[i] = negative || absurd ? (double)NAN : flow;
        /* No hour on Earth had more than 401 mm of rain (Shangdi, Inner Mongolia, 1975). */
        bool sound = rain >= 0.0 && rain <= 401.0;
        gaps.rain_gaps += !sound;
        out_rain_mm[i] = sound ? rain : (double)NAN;
    }
    *out_gaps = gaps;
    return TW_OK;
}

/* ---- two models ---- */

/* What a fit works on; x and y are room for the rows of the largest regression. */
struct fit {
    const struct tw_influent_hours *hours;
    const uint8_t *use; /* [count] */
    const double *features;
    double *x, *y;
    const struct tw_ridge *rain; /* what `made` is of */
    double *made, *miss, *sum;
    struct tw_arena *work;
};

static bool learns(const struct fit *f, int32_t i, int32_t hold)
{
    int32_t count = f->hours->count;
    if (f->use[i] == 0 || isnan(f->hours->flow_m3h[i])) return false;
    if (hold < 0) return true;
    int32_t from = (int32_t)((int64_t)count * hold / FOLDS) - APART_H;
    int32_t to = (int32_t)((int64_t)count * (hold + 1) / FOLDS) + APART_H;
    return i < from || i >= to;
}

/* True for the hours of the fold that is held back. */
static bool held(const struct fit *f, int32_t i, int32_t hold)
{
    int32_t count = f->hours->count;
    return f->use[i] != 0 && !isnan(f->hours->flow_m3h[i]) &&
           i >= (int32_t)((int64_t)count * hold / FOLDS) &&
           i < (int32_t)((int64_t)count * (hold + 1) / FOLDS);
}

/* Fit the flow of rain alone, and compute it for every hour. hold: the fold left out; -1: none */
static tw_status fit_rain(struct fit *f, int32_t hold, double penalty, struct tw_arena *arena,
                          struct tw_ridge *out)
{
    int32_t rows = 0;
    for (int32_t i = 0; i < f->hours->count; i++) {
        if (!learns(f, i, hold)) continue;
        memcpy(f->x + (size_t)rows * TW_INFLUENT_RAIN, f->features + (size_t)i * TW_INFLUENT_RAIN,
               TW_INFLUENT_RAIN * sizeof *f->x);
        f->y[rows++] = f->hours->flow_m3h[i];
    }
    TW_TRY(tw_ridge_fit(f->x, f->y, rows, TW_INFLUENT_RAIN, penalty, arena, out));
    f->rain = out;
    for (int32_t i = 0; i < f->hours->count; i++)
        f->made[i] = tw_ridge_at(out, f->features + (size_t)i * TW_INFLUENT_RAIN);
    return TW_OK;
}

static struct tw_influent_misses misses_of(const struct fit *f)
{
    struct tw_influent_misses misses = {f->made, f->miss, f->sum};
    tw_influent_misses_find(f->hours, f->hours->count, &misses);
    return misses;
}

/* The flow of rain alone at an hour ahead, with the rain after the origin or without. */
static double made_ahead(const struct fit *f, int32_t origin, int32_t lead, int known)
{
    double features[TW_INFLUENT_RAIN];
    if (known != 0) return f->made[origin + lead];
    tw_influent_dry_features(f->hours, f->features, origin, lead, features);
    return tw_ridge_at(f->rain, features);
}

static tw_status fit_lead(struct fit *f, const struct tw_influent_misses *misses,
                          const int32_t hold_lead_known[3], struct tw_arena *arena,
                          struct tw_ridge *out)
{
    int32_t rows = 0, hold = hold_lead_known[0], lead = hold_lead_known[1];
    for (int32_t i = TW_INFLUENT_WARM; i + lead < f->hours->count; i++) {
        if (!learns(f, i, hold) || !learns(f, i + lead, hold)) continue;
        double made = made_ahead(f, i, lead, hold_lead_known[2]);
        tw_influent_error_features(f->hours, misses, (int32_t[]){i, lead}, made,
                                   f->x + (size_t)rows * TW_INFLUENT_ERROR);
        f->y[rows++] = f->hours->flow_m3h[i + lead] - made;
    }
    return tw_ridge_fit(f->x, f->y, rows, TW_INFLUENT_ERROR, error_penalty, arena, out);
}

/* The penalty with which hours that were not seen are told best. */
static tw_status choose_penalty(struct fit *f, double *out_penalty)
{
    double best = (double)INFINITY;
    for (int p = 0; p < PENALTIES; p++) {
        double squares = 0.0;
        for (int32_t hold = 0; hold < FOLDS; hold++) {
            struct tw_ridge ridge;
            tw_arena_reset(f->work);
            tw_status status = fit_rain(f, hold, penalties[p], f->work, &ridge);
            if (status == TW_ERR_ARG) continue; /* all that is usable is in this fold */
            TW_TRY(status);
            for (int32_t i = 0; i < f->hours->count; i++) {
                double miss = held(f, i, hold) ? f->hours->flow_m3h[i] - f->made[i] : 0.0;
                squares += miss * miss;
            }
            f->rain = NULL;
        }
        if (squares < best) {
            best = squares;
            *out_penalty = penalties[p];
        }
    }
    return TW_OK;
}

/* ---- errors on hours that were not seen ---- */

/* Errors at one lead with what their size may depend on. */
struct errors {
    int32_t count, room;
    double *error_m3h, *flow_m3h, *mean_m3h;
};

static double mean_flow(const struct tw_influent_misses *misses, int32_t origin)
{
    double sum = 0.0;
    int32_t from = origin >= 23 ? origin - 23 : 0;
    for (int32_t i = from; i <= origin; i++)
        sum += misses->made_m3h[i] + misses->miss_m3h[i];
    return sum / (origin + 1 - from);
}

static void collect(const struct fit *f, const struct tw_influent_misses *misses,
                    const int32_t hold_lead_known[3], const struct tw_ridge *ridge,
                    struct errors *errors)
{
    double features[TW_INFLUENT_ERROR];
    int32_t hold = hold_lead_known[0], lead = hold_lead_known[1];
    for (int32_t i = TW_INFLUENT_WARM; i + lead < f->hours->count; i++) {
        if (!held(f, i, hold) || !held(f, i + lead, hold)) continue;
        double made = made_ahead(f, i, lead, hold_lead_known[2]);
        tw_influent_error_features(f->hours, misses, (int32_t[]){i, lead}, made, features);
        double flow = made + tw_ridge_at(ridge, features);
        int32_t n = errors->count++;
        errors->flow_m3h[n] = flow > 0.0 ? flow : 0.0;
        errors->error_m3h[n] = f->hours->flow_m3h[i + lead] - errors->flow_m3h[n];
        errors->mean_m3h[n] = mean_flow(misses, i);
    }
}

static tw_status collect_fold(struct fit *f, int32_t hold, double penalty, struct errors *errors)
{
    struct tw_ridge rain, ridge;
    tw_arena_reset(f->work);
    tw_status status = fit_rain(f, hold, penalty, f->work, &rain);
    if (status == TW_ERR_ARG) return TW_OK; /* all that is usable is in this fold */
    TW_TRY(status);
    struct tw_influent_misses misses = misses_of(f);
    for (int32_t k = 0; k < 2 * TW_INFLUENT_LEADS; k++) {
        const int32_t which[3] = {hold, k % TW_INFLUENT_LEADS + 1, k / TW_INFLUENT_LEADS};
        status = fit_lead(f, &misses, which, f->work, &ridge);
        if (status == TW_ERR_ARG) continue;
        TW_TRY(status);
        collect(f, &misses, which, &ridge, &errors[k]);
    }
    f->rain = NULL;
    return TW_OK;
}

/* The size of errors as a line over flow and change, then the quantiles of what is left. */
static tw_status calibrate(struct fit *f, const struct errors *errors,
                           struct tw_influent_lead *lead)
{
    struct tw_ridge size;
    double sum = 0.0;
    int32_t n = errors->count;
    if (n < 100) return TW_ERR_ARG;
    for (int32_t i = 0; i < n; i++) {
        f->x[2 * i] = errors->flow_m3h[i];
        f->x[2 * i + 1] = fabs(errors->flow_m3h[i] - errors->mean_m3h[i]);
        f->y[i] = fabs(errors->error_m3h[i]);
        sum += f->y[i];
    }
    tw_arena_reset(f->work);
    TW_TRY(tw_ridge_fit(f->x, f->y, n, 2, error_penalty, f->work, &size));
    lead->spread[0] = 0.3 * sum / n + 1e-9;
    lead->spread[1] = size.offset;
    for (int j = 0; j < 2; j++) {
        double slope = size.scale[j] > 0.0 ? size.weight[j] / size.scale[j] : 0.0;
        lead->spread[2 + j] = slope;
        lead->spread[1] -= slope * size.mean[j];
    }
    for (int32_t i = 0; i < n; i++) {
        f->y[i] = errors->error_m3h[i] /
                  tw_influent_spread(lead, errors->flow_m3h[i], errors->mean_m3h[i]);
    }
    qsort(f->y, (size_t)n, sizeof *f->y, by_size);
    for (int q = 0; q < TW_INFLUENT_LEVELS; q++) {
        double at = tw_influent_levels[q] * (n - 1);
        int32_t below = (int32_t)at;
        double part = at - below;
        lead->quantile[q] =
            below + 1 < n ? f->y[below] + part * (f->y[below + 1] - f->y[below]) : f->y[below];
    }
    return TW_OK;
}

static tw_status calibrate_all(struct fit *f, double penalty, struct tw_arena *room,
                               struct tw_influent_model *model)
{
    struct errors errors[2 * TW_INFLUENT_LEADS] = {{0}};
    for (int i = 0; i < 2 * TW_INFLUENT_LEADS; i++) {
        errors[i].error_m3h = TW_ARENA_NEW(room, double, f->hours->count);
        errors[i].flow_m3h = TW_ARENA_NEW(room, double, f->hours->count);
        errors[i].mean_m3h = TW_ARENA_NEW(room, double, f->hours->count);
        if (errors[i].error_m3h == NULL || errors[i].flow_m3h == NULL ||
            errors[i].mean_m3h == NULL) {
            return TW_ERR_NOMEM;
        }
    }
    for (int32_t hold = 0; hold < FOLDS; hold++)
        TW_TRY(collect_fold(f, hold, penalty, errors));
    for (int i = 0; i < 2 * TW_INFLUENT_LEADS; i++) {
        TW_TRY(
            calibrate(f, &errors[i], &model->lead[i / TW_INFLUENT_LEADS][i % TW_INFLUENT_LEADS]));
    }
    return TW_OK;
}

/* ---- all of it ---- */

static tw_status fit_all(struct fit *f, struct tw_arena *arena, struct tw_arena *room,
                         struct tw_influent_model *model)
{
    double penalty = penalties[0];
    TW_TRY(choose_penalty(f, &penalty));
    TW_TRY(calibrate_all(f, penalty, room, model));
    TW_TRY(fit_rain(f, -1, penalty, arena, &model->rain));
    struct tw_influent_misses misses = misses_of(f);
    for (int32_t k = 0; k < 2 * TW_INFLUENT_LEADS; k++) {
        const int32_t lead = k % TW_INFLUENT_LEADS, known = k / TW_INFLUENT_LEADS;
        TW_TRY(fit_lead(f, &misses, (int32_t[]){-1, lead + 1, known}, arena,
                        &model->lead[known][lead].error));
    }
    return TW_OK;
}

/* Rooms, and what is known before anything is fitted. */
static tw_status prepare(struct fit *f, const uint8_t *use, struct tw_arena *room,
                         struct tw_influent_model *model)
{
    const struct tw_influent_hours *hours = f->hours;
    size_t count = (size_t)hours->count;
    uint8_t *all = TW_ARENA_NEW(room, uint8_t, count);
    double *features = TW_ARENA_NEW(room, double, count *TW_INFLUENT_RAIN);
    f->x = TW_ARENA_NEW(room, double, count *TW_INFLUENT_RAIN);
    f->y = TW_ARENA_NEW(room, double, count);
    f->made = TW_ARENA_NEW(room, double, count);
    f->miss = TW_ARENA_NEW(room, double, count);
    f->sum = TW_ARENA_NEW(room, double, count + 1);
    if (all == NULL || features == NULL || f->x == NULL || f->y == NULL || f->made == NULL ||
        f->miss == NULL || f->sum == NULL) {
        return TW_ERR_NOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        all[i] = use == NULL || use[i] != 0;
        double rain = hours->rain_mm[i];
        model->mean_rain_mm += isnan(rain) ? 0.0 : rain / (double)count;
        model->trained_hours += all[i] && !isnan(hours->flow_m3h[i]);
    }
    f->use = all;
    tw_influent_rain_features(hours, model->mean_rain_mm, features);
    f->features = features;
    return median_of(hours->flow_m3h, hours->count, room, &model->median_m3h);
}

tw_status tw_influent_fit(const struct tw_influent_hours *hours, const uint8_t *use,
                          struct tw_arena *arena, tw_faults *faults,
                          struct tw_influent_model *out_model)
{
    struct tw_arena room, work;
    struct tw_influent_model model = {.zone_s = hours->zone_s,
                                      .from_ms = hours->begin_ms,
                                      .to_ms = hours->begin_ms + 3600000LL * hours->count};
    struct fit f = {.hours = hours, .work = &work};
    tw_arena_init(&room);
    tw_arena_init(&work);
    tw_status status = prepare(&f, use, &room, &model);
    if (status == TW_OK && model.trained_hours < LEAST_HOURS) {
        tw_faults_add(faults, "the flow", 0,
                      "%d hours have one; two weeks, %d hours, are the least to learn from",
                      model.trained_hours, (int)LEAST_HOURS);
        status = TW_ERR_INPUT;
    }
    if (status == TW_OK) status = fit_all(&f, arena, &room, &model);
    if (status == TW_ERR_ARG) {
        tw_faults_add(faults, "the flow", 0,
                      "its gaps leave too few pairs of hours up to 48 h apart to learn from; give "
                      "a longer stretch");
        status = TW_ERR_INPUT;
    }
    tw_arena_done(&room);
    tw_arena_done(&work);
    if (status == TW_OK) *out_model = model;
    return status;
}
