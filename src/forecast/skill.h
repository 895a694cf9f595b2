/* How good forecasts of depth at points were: each is kept as it was issued and scored against what
 * came. Times stand on a grid: cycle k is issued at time k * stride, and step s of it is for time
 * k * stride + s. */
#ifndef TW_FORECAST_SKILL_H
#define TW_FORECAST_SKILL_H

#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

enum { TW_SKILL_CLASSES = 4, TW_SKILL_QUANTILES = 3, TW_SKILL_TENTHS = 10 };

/** What was foretold of a point at a moment. */
struct tw_skill_forecast {
    float above[TW_SKILL_CLASSES];     /* probability of each class's depth */
    float depth_m[TW_SKILL_QUANTILES]; /* quantiles 0.1, 0.5 and 0.9 */
    float crps_m;                      /* NAN: the truth is not known */
};

/** What is scored. */
struct tw_skill_setup {
    int32_t cycles, points;
    int32_t steps;  /* of a forecast, beside step 0, the moment of the issue */
    int32_t stride; /* steps between two cycles */
    double step_s;
    double classes_m[TW_SKILL_CLASSES]; /* the first is the one that counts as flooded */
};

/** Forecasts and truth; all zeros is an empty one. */
struct tw_skill {
    struct tw_skill_setup setup;
    int32_t times;                       /* of the truth */
    float *truth_m;                      /* [points * times] NAN: not known */
    struct tw_skill_forecast *forecasts; /* [(cycle * points + point) * (steps + 1) + step] */
};

/** Make room; no truth is known, and no forecast made. errors: TW_ERR_NOMEM, TW_ERR_ARG */
tw_status tw_skill_init(struct tw_skill *skill, const struct tw_skill_setup *setup);

/** Free; an empty one is fine. */
void tw_skill_done(struct tw_skill *skill);

/** Place of the truth of a point at a time of the grid. */
float *tw_skill_truth(const struct tw_skill *skill, int32_t point, int32_t time);

/** Place of a forecast. */
struct tw_skill_forecast *tw_skill_at(const struct tw_skill *skill, int32_t cycle, int32_t point,
                                      int32_t step);

/**
 * Continuous ranked probability score of equally likely depths.
 *
 * depth_m  [count] smallest first
 * returns  [m] the absolute error for one depth; NAN for none or an unknown truth
 * source   Hersbach, Weather and Forecasting 15 (2000), 559-570, equation 25 as mean absolute
 *          differences
 */
double tw_skill_crps_m(const float *depth_m, int32_t count, double truth_m);

/** Yes-or-no forecasts, "more than half likely": how many came true. */
struct tw_skill_counts {
    int32_t cases, hits, misses, false_alarms;
};

/** Share of what came that was foretold; NAN when nothing came. */
double tw_skill_pod(const struct tw_skill_counts *counts);
/** Share of what was foretold that did not come; NAN when nothing was foretold. */
double tw_skill_far(const struct tw_skill_counts *counts);
/** Critical success index: hits of all that came or was foretold; NAN when nothing was. */
double tw_skill_csi(const struct tw_skill_counts *counts);

/** A tenth of the probabilities. */
struct tw_skill_tenth {
    int32_t cases;
    double foretold, came; /* mean probability, and share that came; NAN without a case */
};

/** Scores of one lead. */
struct tw_skill_lead {
    struct tw_skill_counts all;
    struct tw_skill_counts onset; /* points that were not flooded when it was issued */
    double brier[TW_SKILL_CLASSES];
    double crps_m;
    struct tw_skill_tenth tenths[TW_SKILL_TENTHS]; /* of the first class */
};

/** Score one lead; step 1..steps. */
struct tw_skill_lead tw_skill_lead_score(const struct tw_skill *skill, int32_t step);

/**
 * Reliability of the first class over several leads.
 *
 * step  every step-th step up to the last
 */
void tw_skill_reliability(const struct tw_skill *skill, int32_t step,
                          struct tw_skill_tenth out_tenths[TW_SKILL_TENTHS]);

/** How a point that flooded was foretold. */
struct tw_skill_onset {
    int32_t point;
    int32_t time;  /* of the grid, at which it first was flooded */
    double lead_s; /* since when it was foretold without a break; 0: it was not */
    double peak_m; /* largest true depth */
    int32_t peak_time;
};

/**
 * How a point's first flooding was foretold: a forecast foretells it when at any of its steps the
 * first class is more than half likely.
 *
 * returns  false: it did not flood, or was flooded from the beginning
 */
bool tw_skill_onset_find(const struct tw_skill *skill, int32_t point,
                         struct tw_skill_onset *out_onset);

/** Errors of what is foretold some time before: NAN for none. */
struct tw_skill_errors {
    int32_t onsets, told; /* points that flooded, and those for which a time was foretold */
    double onset_s;       /* mean absolute error of the time of flooding */
    double onset_bias_s;  /* more than 0: foretold too late */
    int32_t peaks;
    double peak_m, peak_bias_m; /* error of the largest depth within the forecast's time */
    double peak_s;              /* mean absolute error of its time */
};

/** Errors of the middle forecasts issued a number of steps before a point flooded or peaked. */
struct tw_skill_errors tw_skill_errors_score(const struct tw_skill *skill, int32_t step);

#endif
