#include "server/hindcast.h"

#include "server/hindcast_model.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

/* Quantiles that are written. */
static const double levels[TW_SKILL_QUANTILES] = {0.1, 0.5, 0.9};

static double wall_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- truth ---- */

static tw_status init_skill(const struct tw_hindcast *h, struct tw_skill *skill)
{
    double length_s = (double)(h->storm->end_ms - h->storm->start_ms) / 1000.0;
    struct tw_skill_setup setup = {.cycles = (int32_t)floor(length_s / h->cycle_s + 1e-9) + 1,
                                   .points = h->city->point_count,
                                   .steps = (int32_t)(TW_HINDCAST_HORIZON_S / TW_HINDCAST_STEP_S),
                                   .stride = (int32_t)(h->cycle_s / TW_HINDCAST_STEP_S),
                                   .step_s = TW_HINDCAST_STEP_S};
    for (int32_t c = 0; c < TW_SKILL_CLASSES; c++)
        setup.classes_m[c] = tw_hindcast_classes_m[c];
    TW_TRY(tw_skill_init(skill, &setup));
    for (int32_t p = 0; p < setup.points; p++) {
        for (int32_t t = 0; t < skill->times; t++) {
            int64_t at_ms = h->storm->start_ms + (int64_t)(1000.0 * TW_HINDCAST_STEP_S) * t;
            *tw_skill_truth(skill, p, t) =
                (float)tw_storm_truth_m(h->storm, setup.points, p, at_ms);
        }
        /* The first row tells of the minute after the storm's start. */
        float *first = tw_skill_truth(skill, p, 0);
        if (isnan(*first) && h->storm->truth.count > 0) {
            *first =
                (float)tw_storm_truth_m(h->storm, setup.points, p, h->storm->truth.times_ms[0]);
        }
    }
    return TW_OK;
}

/* ---- forecasts ---- */

/* Linear between the two values that a level falls between. */
static float quantile(const float *sorted, int32_t count, double level)
{
    if (count == 0) return NAN;
    double at = level * (count - 1);
    int32_t i = (int32_t)at;
    if (i >= count - 1) return sorted[count - 1];
    return (float)(sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]));
}

static struct tw_skill_forecast forecast_of(const float *depths, int32_t count, double truth_m)
{
    struct tw_skill_forecast forecast;
    for (int32_t c = 0; c < TW_SKILL_CLASSES; c++) {
        int32_t above = 0;
        for (int32_t m = 0; m < count; m++)
            above += depths[m] > (float)tw_hindcast_classes_m[c];
        forecast.above[c] = count > 0 ? (float)above / (float)count : NAN;
    }
    for (int32_t q = 0; q < TW_SKILL_QUANTILES; q++)
        forecast.depth_m[q] = quantile(depths, count, levels[q]);
    forecast.crps_m = (float)tw_skill_crps_m(depths, count, truth_m);
    return forecast;
}

struct tw_skill_forecast tw_hindcast_forecast_of(const struct tw_hindcast_outcome *outcome,
                                                 int32_t point, int32_t step, double truth_m)
{
    const float *depths = tw_foresee_values(outcome->result, TW_SERIES_DEPTH, point, step);
    return forecast_of(depths, outcome->sound, truth_m);
}

static void take_outcome(struct tw_skill *skill, int32_t cycle,
                         const struct tw_hindcast_outcome *outcome)
{
    const int32_t now = cycle * skill->setup.stride;
    for (int32_t p = 0; p < skill->setup.points; p++) {
        for (int32_t s = 0; s <= skill->setup.steps; s++) {
            double truth_m = (double)*tw_skill_truth(skill, p, now + s);
            *tw_skill_at(skill, cycle, p, s) = tw_hindcast_forecast_of(outcome, p, s, truth_m);
        }
    }
}

/* Nothing changes: the modelled depth of the moment of issue stays. */
static void persist(const struct tw_skill *from, struct tw_skill *to)
{
    for (int32_t k = 0; k < from->setup.cycles; k++) {
        for (int32_t p = 0; p < from->setup.points; p++) {
            float depth = tw_skill_at(from, k, p, 0)->depth_m[1];
            for (int32_t s = 0; s <= from->setup.steps; s++) {
                double truth_m = (double)*tw_skill_truth(to, p, k * to->setup.stride + s);
                *tw_skill_at(to, k, p, s) = forecast_of(&depth, 1, truth_m);
            }
        }
    }
}

/* ---- a sensor that is held out ---- */

/* Its value at a moment; NAN when there is none within a minute. */
static double measured(const struct tw_storm *storm, int32_t sensor, int64_t time_ms)
{
    for (size_t i = 0; i < storm->count; i++) {
        const struct tw_storm_value *value = &storm->values[i];
        if (value->sensor == sensor && llabs(value->time_ms - time_ms) < 60000) {
            return value->value;
        }
    }
    return (double)NAN;
}

/* Squares of errors of a way, cycle by cycle. */
struct errors {
    double sum;
    int32_t cases;
};

static void add_error(struct errors *errors, double value, double truth)
{
    if (isnan(value) || isnan(truth)) return;
    errors->sum += (value - truth) * (value - truth);
    errors->cases++;
}

/* ---- ways ---- */

/* What one way through the storm is given. */
struct going {
    struct tw_hindcast *h;
    const struct tw_hindcast_options *options;
    enum tw_hindcast_way way;
    struct errors errors;
};

static tw_status go_cycles(struct going *going, struct tw_hindcast_model *model)
{
    struct tw_hindcast *h = going->h;
    struct tw_skill *skill = &h->skill[going->way];
    const struct tw_hindcast_options *options = going->options;
    for (int32_t k = 0; k < skill->setup.cycles; k++) {
        struct tw_hindcast_outcome outcome;
        TW_TRY(tw_hindcast_model_advance(model, k * h->cycle_s));
        TW_TRY(tw_hindcast_model_look(model, &outcome));
        take_outcome(skill, k, &outcome);
        h->failed_members += outcome.failed;
        if (options->held_out >= 0) {
            int64_t now_ms = h->storm->start_ms + (int64_t)(1000.0 * k * h->cycle_s);
            add_error(&going->errors, tw_hindcast_model_sensor(model, options->held_out),
                      measured(h->storm, options->held_out, now_ms));
        }
        if (options->progress != NULL) {
            options->progress(options->user, going->way, k + 1, skill->setup.cycles);
        }
    }
    return TW_OK;
}

static tw_status go(struct going *going)
{
    struct tw_hindcast *h = going->h;
    const struct tw_hindcast_options *options = going->options;
    bool main_way = going->way == TW_HINDCAST_FORECAST;
    double began_s = wall_s();
    TW_TRY(init_skill(h, &h->skill[going->way]));
    struct tw_hindcast_model_setup setup = {.city = h->city,
                                            .storm = h->storm,
                                            .assimilates = going->way != TW_HINDCAST_OPEN,
                                            .perfect = going->way == TW_HINDCAST_PERFECT,
                                            .members = main_way ? options->members
                                                                : options->baseline_members,
                                            .threads = options->threads,
                                            .held_out = options->held_out,
                                            .seed = options->seed,
                                            .step_s = TW_HINDCAST_STEP_S,
                                            .steps = h->skill[going->way].setup.steps};
    struct tw_hindcast_model *model = NULL;
    tw_status status = tw_hindcast_model_create(&setup, &model);
    if (status == TW_OK) status = go_cycles(going, model);
    tw_hindcast_model_destroy(model);
    h->made[going->way] = status == TW_OK;
    h->took_s[going->way] = wall_s() - began_s;
    return status;
}

static double rms(const struct errors *errors)
{
    return errors->cases > 0 ? sqrt(errors->sum / errors->cases) : (double)NAN;
}

tw_status tw_hindcast_run(struct tw_city *city, const struct tw_storm *storm,
                          const struct tw_hindcast_options *options, struct tw_hindcast *out)
{
    *out = (struct tw_hindcast){.city = city,
                                .storm = storm,
                                .members = options->members,
                                .baseline_members = options->baseline_members};
    out->held_out = (struct tw_hindcast_held_out){"", 0, (double)NAN, (double)NAN};
    if (options->held_out >= 0) out->held_out.id = storm->sensors[options->held_out].id;
    out->cycle_s = options->cycle_s > 0.0 ? options->cycle_s : city->cycle_s;
    double steps = out->cycle_s / TW_HINDCAST_STEP_S;
    if (!(steps >= 1.0) || steps != floor(steps)) return TW_ERR_ARG;
    struct going going = {.h = out, .options = options, .way = TW_HINDCAST_FORECAST};
    TW_TRY(go(&going));
    out->held_out.with = rms(&going.errors);
    out->held_out.cases = going.errors.cases;
    struct tw_skill *persistence = &out->skill[TW_HINDCAST_PERSISTENCE];
    TW_TRY(init_skill(out, persistence));
    persist(&out->skill[TW_HINDCAST_FORECAST], persistence);
    out->made[TW_HINDCAST_PERSISTENCE] = true;
    if (options->baseline_members == 0) return TW_OK;
    going = (struct going){.h = out, .options = options, .way = TW_HINDCAST_OPEN};
    TW_TRY(go(&going));
    out->held_out.without = rms(&going.errors);
    going = (struct going){.h = out, .options = options, .way = TW_HINDCAST_PERFECT};
    return go(&going);
}

void tw_hindcast_done(struct tw_hindcast *hindcast)
{
    for (int32_t w = 0; w < TW_HINDCAST_WAYS; w++)
        tw_skill_done(&hindcast->skill[w]);
}
