#include "forecast/skill.h"

#include <math.h>
#include <stdlib.h>

#define LIKELY 0.5

static bool makes_sense(const struct tw_skill_setup *s)
{
    return s->cycles > 0 && s->points > 0 && s->steps > 0 && s->stride > 0 && s->step_s > 0.0;
}

tw_status tw_skill_init(struct tw_skill *skill, const struct tw_skill_setup *setup)
{
    if (!makes_sense(setup)) return TW_ERR_ARG;
    *skill = (struct tw_skill){.setup = *setup};
    skill->times = (setup->cycles - 1) * setup->stride + setup->steps + 1;
    size_t truths = (size_t)setup->points * (size_t)skill->times;
    size_t count = (size_t)setup->cycles * (size_t)setup->points * (size_t)(setup->steps + 1);
    skill->truth_m = malloc(truths * sizeof *skill->truth_m);
    skill->forecasts = calloc(count, sizeof *skill->forecasts);
    if (skill->truth_m == NULL || skill->forecasts == NULL) {
        tw_skill_done(skill);
        return TW_ERR_NOMEM;
    }
    for (size_t i = 0; i < truths; i++)
        skill->truth_m[i] = NAN;
    return TW_OK;
}

void tw_skill_done(struct tw_skill *skill)
{
    free(skill->truth_m);
    free(skill->forecasts);
    *skill = (struct tw_skill){.times = 0};
}

float *tw_skill_truth(const struct tw_skill *skill, int32_t point, int32_t time)
{
    return &skill->truth_m[(int64_t)point * skill->times + time];
}

struct tw_skill_forecast *tw_skill_at(const struct tw_skill *skill, int32_t cycle, int32_t point,
                                      int32_t step)
{
    int64_t row = (int64_t)cycle * skill->setup.points + point;
    return &skill->forecasts[row * (skill->setup.steps + 1) + step];
}

double tw_skill_crps_m(const float *depth_m, int32_t count, double truth_m)
{
    double away = 0.0, apart = 0.0, n = (double)count;
    if (count <= 0 || isnan(truth_m)) return (double)NAN;
    for (int32_t i = 0; i < count; i++) {
        double depth = (double)depth_m[i];
        away += fabs(depth - truth_m);
        apart += (2.0 * i - n + 1.0) * depth; /* half of the sum of all differences */
    }
    return away / n - apart / (n * n);
}

/* ---- yes or no ---- */

static double share(int32_t part, int32_t of) { return of > 0 ? (double)part / of : (double)NAN; }

double tw_skill_pod(const struct tw_skill_counts *counts)
{
    return share(counts->hits, counts->hits + counts->misses);
}

double tw_skill_far(const struct tw_skill_counts *counts)
{
    return share(counts->false_alarms, counts->hits + counts->false_alarms);
}

double tw_skill_csi(const struct tw_skill_counts *counts)
{
    return share(counts->hits, counts->hits + counts->misses + counts->false_alarms);
}

static void count(struct tw_skill_counts *counts, bool foretold, bool came)
{
    counts->cases++;
    counts->hits += foretold && came;
    counts->misses += !foretold && came;
    counts->false_alarms += foretold && !came;
}

static bool is_likely(const struct tw_skill_forecast *forecast)
{
    return (double)forecast->above[0] >= LIKELY;
}

/* ---- a lead ---- */

static void add_tenth(struct tw_skill_tenth tenths[TW_SKILL_TENTHS], double probability, bool came)
{
    int32_t i = (int32_t)(probability * TW_SKILL_TENTHS + 1e-6); /* 0.7f lies below 0.7 */
    if (i >= TW_SKILL_TENTHS) i = TW_SKILL_TENTHS - 1;
    tenths[i].cases++;
    tenths[i].foretold += probability;
    tenths[i].came += came;
}

static void close_tenths(struct tw_skill_tenth tenths[TW_SKILL_TENTHS])
{
    for (int32_t i = 0; i < TW_SKILL_TENTHS; i++) {
        double cases = tenths[i].cases > 0 ? tenths[i].cases : (double)NAN;
        tenths[i].foretold /= cases;
        tenths[i].came /= cases;
    }
}

/* A depth in a file as 0.150 is not above 0.15: both are rounded alike. */
static bool is_above(const struct tw_skill *skill, int32_t class, float depth_m)
{
    return depth_m > (float)skill->setup.classes_m[class];
}

static void add_case(const struct tw_skill *skill, struct tw_skill_lead *score,
                     const struct tw_skill_forecast *forecast, float now_m, float truth_m)
{
    bool came = is_above(skill, 0, truth_m);
    count(&score->all, is_likely(forecast), came);
    if (!is_above(skill, 0, now_m)) count(&score->onset, is_likely(forecast), came);
    for (int32_t c = 0; c < TW_SKILL_CLASSES; c++) {
        double miss = (double)forecast->above[c] - (is_above(skill, c, truth_m) ? 1.0 : 0.0);
        score->brier[c] += miss * miss;
    }
    score->crps_m += (double)forecast->crps_m;
    add_tenth(score->tenths, (double)forecast->above[0], came);
}

struct tw_skill_lead tw_skill_lead_score(const struct tw_skill *skill, int32_t step)
{
    struct tw_skill_lead score = {.crps_m = 0.0};
    for (int32_t k = 0; k < skill->setup.cycles; k++) {
        int32_t now = k * skill->setup.stride;
        for (int32_t p = 0; p < skill->setup.points; p++) {
            float truth_m = *tw_skill_truth(skill, p, now + step);
            if (isnan(truth_m)) continue;
            float now_m = *tw_skill_truth(skill, p, now);
            add_case(skill, &score, tw_skill_at(skill, k, p, step), now_m, truth_m);
        }
    }
    double cases = score.all.cases > 0 ? score.all.cases : (double)NAN;
    for (int32_t c = 0; c < TW_SKILL_CLASSES; c++)
        score.brier[c] /= cases;
    score.crps_m /= cases;
    close_tenths(score.tenths);
    return score;
}

void tw_skill_reliability(const struct tw_skill *skill, int32_t step,
                          struct tw_skill_tenth out_tenths[TW_SKILL_TENTHS])
{
    for (int32_t i = 0; i < TW_SKILL_TENTHS; i++)
        out_tenths[i] = (struct tw_skill_tenth){.cases = 0};
    for (int32_t s = step; s <= skill->setup.steps; s += step) {
        struct tw_skill_lead score = tw_skill_lead_score(skill, s);
        for (int32_t i = 0; i < TW_SKILL_TENTHS; i++) {
            const struct tw_skill_tenth *tenth = &score.tenths[i];
            if (tenth->cases == 0) continue;
            out_tenths[i].cases += tenth->cases;
            out_tenths[i].foretold += tenth->foretold * tenth->cases;
            out_tenths[i].came += tenth->came * tenth->cases;
        }
    }
    close_tenths(out_tenths);
}

/* ---- points that flood ---- */

/* The first time at which a point is flooded; -1: never, or from the beginning. */
static int32_t flooded_from(const struct tw_skill *skill, int32_t point)
{
    for (int32_t t = 0; t < skill->times; t++) {
        if (is_above(skill, 0, *tw_skill_truth(skill, point, t))) return t > 0 ? t : -1;
    }
    return -1;
}

static bool foretells(const struct tw_skill *skill, int32_t cycle, int32_t point)
{
    for (int32_t s = 0; s <= skill->setup.steps; s++) {
        if (is_likely(tw_skill_at(skill, cycle, point, s))) return true;
    }
    return false;
}

bool tw_skill_onset_find(const struct tw_skill *skill, int32_t point,
                         struct tw_skill_onset *out_onset)
{
    int32_t time = flooded_from(skill, point), stride = skill->setup.stride;
    if (time < 0) return false;
    struct tw_skill_onset onset = {.point = point, .time = time, .peak_time = time};
    int32_t last = (time - 1) / stride; /* the last cycle before */
    if (last >= skill->setup.cycles) last = skill->setup.cycles - 1;
    for (int32_t k = last; k >= 0 && foretells(skill, k, point); k--)
        onset.lead_s = (time - k * stride) * skill->setup.step_s;
    for (int32_t t = 0; t < skill->times; t++) {
        double depth_m = (double)*tw_skill_truth(skill, point, t);
        if (!(depth_m > onset.peak_m)) continue;
        onset.peak_m = depth_m;
        onset.peak_time = t;
    }
    *out_onset = onset;
    return true;
}

/* The cycle that was issued a number of steps before a time, or as soon after as there is one. */
static int32_t cycle_before(const struct tw_skill *skill, int32_t time, int32_t step)
{
    int32_t stride = skill->setup.stride, from = time - step;
    if (from < 0) return -1;
    int32_t k = (from + stride - 1) / stride;
    return k < skill->setup.cycles && k * stride < time ? k : -1;
}

static void add_onset(const struct tw_skill *skill, const struct tw_skill_onset *onset,
                      int32_t cycle, struct tw_skill_errors *errors)
{
    errors->onsets++;
    for (int32_t s = 0; s <= skill->setup.steps; s++) {
        if (!is_likely(tw_skill_at(skill, cycle, onset->point, s))) continue;
        double late_s = (cycle * skill->setup.stride + s - onset->time) * skill->setup.step_s;
        errors->told++;
        errors->onset_s += fabs(late_s);
        errors->onset_bias_s += late_s;
        return;
    }
}

static void add_peak(const struct tw_skill *skill, const struct tw_skill_onset *onset,
                     int32_t cycle, struct tw_skill_errors *errors)
{
    double most_m = -1.0;
    int32_t at = 0;
    for (int32_t s = 0; s <= skill->setup.steps; s++) {
        double depth_m = (double)tw_skill_at(skill, cycle, onset->point, s)->depth_m[1];
        if (!(depth_m > most_m)) continue;
        most_m = depth_m;
        at = cycle * skill->setup.stride + s;
    }
    errors->peaks++;
    errors->peak_m += fabs(most_m - onset->peak_m);
    errors->peak_bias_m += most_m - onset->peak_m;
    errors->peak_s += fabs((at - onset->peak_time) * skill->setup.step_s);
}

struct tw_skill_errors tw_skill_errors_score(const struct tw_skill *skill, int32_t step)
{
    struct tw_skill_errors errors = {.onsets = 0};
    for (int32_t p = 0; p < skill->setup.points; p++) {
        struct tw_skill_onset onset;
        if (!tw_skill_onset_find(skill, p, &onset)) continue;
        int32_t k = cycle_before(skill, onset.time, step);
        if (k >= 0) add_onset(skill, &onset, k, &errors);
        k = cycle_before(skill, onset.peak_time, step);
        if (k >= 0) add_peak(skill, &onset, k, &errors);
    }
    double told = errors.told > 0 ? errors.told : (double)NAN;
    double peaks = errors.peaks > 0 ? errors.peaks : (double)NAN;
    errors.onset_s /= told;
    errors.onset_bias_s /= told;
    errors.peak_m /= peaks;
    errors.peak_bias_m /= peaks;
    errors.peak_s /= peaks;
    return errors;
}
