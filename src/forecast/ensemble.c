#include "forecast/ensemble.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct tw_ensemble {
    struct tw_ensemble_setup setup;
    struct tw_watch *watches;
    double *levels; /* [quantile_count] */
    tw_batch *batch;
    int32_t step_count;
    float *values, *quantiles;
};

static double street_depth(const tw_batch *batch, int32_t member, int32_t index)
{
    return tw_batch_node_street_depth_m(batch, member, (tw_node_id){index});
}

static double node_depth(const tw_batch *batch, int32_t member, int32_t index)
{
    return tw_batch_node_depth_m(batch, member, (tw_node_id){index});
}

static double link_flow(const tw_batch *batch, int32_t member, int32_t index)
{
    return tw_batch_link_flow_m3s(batch, member, (tw_link_id){index});
}

static double gage_rain(const tw_batch *batch, int32_t member, int32_t index)
{
    return tw_batch_gage_rain_mmh(batch, member, (tw_gage_id){index});
}

static double node_inflow(const tw_batch *batch, int32_t member, int32_t index)
{
    return tw_batch_node_inflow_m3s(batch, member, (tw_node_id){index});
}

static double (*const values_of[])(const tw_batch *batch, int32_t member, int32_t index) = {
    [TW_WATCH_STREET_DEPTH] = street_depth, [TW_WATCH_NODE_DEPTH] = node_depth,
    [TW_WATCH_LINK_FLOW] = link_flow,       [TW_WATCH_GAGE_RAIN] = gage_rain,
    [TW_WATCH_NODE_INFLOW] = node_inflow,
};

static bool makes_sense(const struct tw_ensemble_setup *setup)
{
    if (!(setup->step_s > 0.0) || !(setup->horizon_s >= setup->step_s)) return false;
    for (int32_t q = 0; q < setup->quantile_count; q++) {
        if (!(setup->quantiles[q] >= 0.0 && setup->quantiles[q] <= 1.0)) return false;
    }
    return setup->watch_count >= 0 && setup->quantile_count >= 0;
}

static void *copy_of(const void *from, int32_t count, size_t each)
{
    void *copy = malloc((size_t)count * each + 1);
    if (copy != NULL && count > 0) memcpy(copy, from, (size_t)count * each);
    return copy;
}

static tw_status allocate(struct tw_ensemble *e)
{
    const struct tw_ensemble_setup *s = &e->setup;
    size_t rows = (size_t)s->watch_count * (size_t)e->step_count;
    e->watches = copy_of(s->watches, s->watch_count, sizeof *e->watches);
    e->levels = copy_of(s->quantiles, s->quantile_count, sizeof *e->levels);
    e->values = calloc(rows * (size_t)s->members + 1, sizeof *e->values);
    e->quantiles = calloc(rows * (size_t)s->quantile_count + 1, sizeof *e->quantiles);
    if (e->watches == NULL || e->levels == NULL) return TW_ERR_NOMEM;
    if (e->values == NULL || e->quantiles == NULL) return TW_ERR_NOMEM;
    tw_batch_options options = TW_BATCH_OPTIONS_DEFAULT;
    options.members = s->members;
    options.threads = s->threads;
    options.run = s->options;
    options.run.outer_rain = true;
    return tw_batch_create(s->model, &options, &e->batch);
}

tw_status tw_ensemble_create(const struct tw_ensemble_setup *setup,
                             struct tw_ensemble **out_ensemble)
{
    if (!makes_sense(setup) || setup->members < 1) return TW_ERR_ARG;
    struct tw_ensemble *e = calloc(1, sizeof *e);
    if (e == NULL) return TW_ERR_NOMEM;
    e->setup = *setup;
    e->step_count = (int32_t)floor(setup->horizon_s / setup->step_s) + 1;
    tw_status status = allocate(e);
    if (status != TW_OK) {
        tw_ensemble_destroy(e);
        return status;
    }
    *out_ensemble = e;
    return TW_OK;
}

void tw_ensemble_destroy(struct tw_ensemble *ensemble)
{
    if (ensemble == NULL) return;
    tw_batch_destroy(ensemble->batch);
    free(ensemble->watches);
    free(ensemble->levels);
    free(ensemble->values);
    free(ensemble->quantiles);
    free(ensemble);
}

tw_status tw_ensemble_fork(struct tw_ensemble *ensemble, const tw_run *live)
{
    return tw_batch_copy_from_run(ensemble->batch, TW_ALL_MEMBERS, live);
}

tw_batch *tw_ensemble_batch(struct tw_ensemble *ensemble) { return ensemble->batch; }

static float *values_at(struct tw_ensemble *e, int32_t watch, int32_t step)
{
    int64_t row = (int64_t)watch * e->step_count + step;
    return e->values + row * e->setup.members;
}

static void record(struct tw_ensemble *e, int32_t step)
{
    for (int32_t w = 0; w < e->setup.watch_count; w++) {
        struct tw_watch watch = e->watches[w];
        float *values = values_at(e, w, step);
        for (int32_t m = 0; m < e->setup.members; m++)
            values[m] = (float)values_of[watch.kind](e->batch, m, watch.index);
    }
}

static int by_value(const void *left, const void *right)
{
    float a = *(const float *)left, b = *(const float *)right;
    if (isnan(a) || isnan(b)) return (isnan(a) ? 1 : 0) - (isnan(b) ? 1 : 0);
    return (a > b) - (a < b);
}

/* Linear between the two values that a level falls between. */
static float quantile(const float *sorted, int32_t count, double level)
{
    if (count == 0) return NAN;
    double at = level * (count - 1);
    int32_t i = (int32_t)at;
    if (i >= count - 1) return sorted[count - 1];
    return (float)(sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]));
}

/* What a member had before it failed does not count either: its rain made it fail. */
static void drop_failed(const struct tw_ensemble *e, float *values)
{
    for (int32_t m = 0; m < e->setup.members; m++) {
        if (tw_batch_status(e->batch, m) != TW_OK) values[m] = NAN;
    }
}

static void summarize(struct tw_ensemble *e, int32_t sound)
{
    for (int32_t w = 0; w < e->setup.watch_count; w++) {
        for (int32_t step = 0; step < e->step_count; step++) {
            float *values = values_at(e, w, step);
            drop_failed(e, values);
            qsort(values, (size_t)e->setup.members, sizeof *values, by_value);
            for (int32_t q = 0; q < e->setup.quantile_count; q++) {
                int64_t row = (int64_t)w * e->setup.quantile_count + q;
                e->quantiles[row * e->step_count + step] = quantile(values, sound, e->levels[q]);
            }
        }
    }
}

struct span {
    double from_s, to_s;
};

static tw_status set_rain(struct tw_ensemble *e, tw_member_rain *rain, void *user,
                          struct span ahead)
{
    const int32_t gages = tw_model_gage_count(e->setup.model);
    for (int32_t m = 0; m < e->setup.members; m++) {
        for (int32_t g = 0; g < gages; g++) {
            double rain_mmh = rain(user, m, g, ahead.from_s, ahead.to_s);
            TW_TRY(tw_batch_set_gage_rain(e->batch, m, (tw_gage_id){g}, rain_mmh));
        }
    }
    return TW_OK;
}

static int32_t count_sound(const tw_batch *batch, int32_t members)
{
    int32_t sound = 0;
    for (int32_t m = 0; m < members; m++)
        sound += tw_batch_status(batch, m) == TW_OK;
    return sound;
}

tw_status tw_ensemble_run(struct tw_ensemble *ensemble, tw_member_rain *rain, void *user,
                          struct tw_ensemble_result *out_result)
{
    struct tw_ensemble *e = ensemble;
    const double start_s = tw_batch_elapsed_s(e->batch), step_s = e->setup.step_s;
    record(e, 0);
    for (int32_t step = 1; step < e->step_count; step++) {
        struct span ahead = {start_s + (step - 1) * step_s, start_s + step * step_s};
        TW_TRY(set_rain(e, rain, user, ahead));
        TW_TRY(tw_batch_advance(e->batch, ahead.to_s));
        record(e, step);
    }
    int32_t sound = count_sound(e->batch, e->setup.members);
    summarize(e, sound);
    *out_result = (struct tw_ensemble_result){.start_s = start_s,
                                              .step_s = step_s,
                                              .step_count = e->step_count,
                                              .sound = sound,
                                              .values = e->values,
                                              .quantiles = e->quantiles};
    return TW_OK;
}

double tw_ensemble_share(const float *values, int32_t sound, double limit)
{
    int32_t above = 0;
    for (int32_t i = 0; i < sound; i++)
        above += (double)values[i] >= limit;
    return sound > 0 ? (double)above / sound : 0.0;
}

/* The z at which a normal distribution reaches p, 0 < p < 1, by halving. */
static double normal_quantile(double p)
{
    double low = -9.0, high = 9.0;
    for (int i = 0; i < 60; i++) {
        double middle = 0.5 * (low + high);
        if (0.5 * erfc(-middle / sqrt(2.0)) < p) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return 0.5 * (low + high);
}

double tw_rain_member_factor(const tw_rain_spread *spread, int32_t member, int32_t members,
                             double lead_s)
{
    if (member == 0) return 1.0;
    double part = lead_s < spread->then_s ? lead_s / spread->then_s : 1.0;
    double deviation = spread->now_ratio + part * (spread->then_ratio - spread->now_ratio);
    return exp(deviation * normal_quantile((member - 0.5) / (members - 1)));
}
