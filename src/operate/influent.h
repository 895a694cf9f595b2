/* What will flow into a plant in the next 48 hours, with quantiles, from its own past and rain.
 *
 * Two linear models, one behind the other. The first makes a flow of rain alone: unit hydrograph,
 * reservoirs from hours to a month, their products with how wet the ground is, the time of day. The
 * second, one for each lead, corrects it with what it missed lately; there are two sets of it, for
 * when rain ahead is known and for when it is not. Quantiles come from the errors made on stretches
 * that the models had not seen, over a spread that grows with the flow and with its change, and
 * with how large errors were in the last weeks. docs/influent.md has the figures. Flows are in m3/h
 * throughout. */
#ifndef TW_OPERATE_INFLUENT_H
#define TW_OPERATE_INFLUENT_H

#include "base/arena.h"
#include "base/text.h"
#include "num/ridge.h"
#include "thalweg/faults.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    TW_INFLUENT_LEADS = 48, /* hours ahead */
    TW_INFLUENT_LEVELS = 7, /* quantiles */
    TW_INFLUENT_RAIN = 38,  /* features of rain and time */
    TW_INFLUENT_ERROR = 15, /* features of what was missed lately */
    TW_INFLUENT_WARM = 72   /* hours before the first usable origin */
};

/** The probabilities of the quantiles: 0.05 0.1 0.25 0.5 0.75 0.9 0.95. */
extern const double tw_influent_levels[TW_INFLUENT_LEVELS];

/** Hours of a plant, one value each; borrowed. */
struct tw_influent_hours {
    int32_t count, zone_s;  /* seconds east of Greenwich: the day of people */
    int64_t begin_ms;       /* of the first hour */
    const double *flow_m3h; /* [count] NAN: a gap */
    const double *rain_mm;  /* [count] fallen in the hour; NAN: not known, taken as dry */
};

/** The correction at one lead. */
struct tw_influent_lead {
    struct tw_ridge error;
    double spread[4]; /* least; of 1, of the flow, of its change: the size of errors [m3/h] */
    double quantile[TW_INFLUENT_LEVELS]; /* of errors over their spread */
};

/** A model; arrays live in the arena it was made with. */
struct tw_influent_model {
    double median_m3h, mean_rain_mm;
    int32_t zone_s, trained_hours;
    int64_t from_ms, to_ms; /* of the data it was made from */
    struct tw_ridge rain;
    struct tw_influent_lead lead[2][TW_INFLUENT_LEADS]; /* rain ahead is not known; it is */
};

/** What was wrong with the hours given. */
struct tw_influent_gaps {
    int32_t flow_gaps, rain_gaps;
    int32_t negative, absurd; /* flows below 0, or above 20 times the median: taken as gaps */
};

/** A forecast: quantiles of the flow at each hour ahead. */
struct tw_influent_forecast {
    int64_t origin_ms;                  /* the last hour that was known */
    int32_t flow_age_h, rain_missing_h; /* since the last flow; hours ahead without rain */
    double best_m3h[TW_INFLUENT_LEADS]; /* with the least squared error */
    double flow_m3h[TW_INFLUENT_LEADS][TW_INFLUENT_LEVELS]; /* quantiles */
};

/** How good forecasts were at one lead. */
struct tw_influent_score {
    int32_t count;
    double rmse_m3h, mape_ratio, persistence_m3h;
    double no_rain_m3h;    /* RMSE when no rain ahead was known */
    double noisy_rain_m3h; /* RMSE with each hour's rain times a factor, see .c */
    double coverage50, coverage80, coverage90; /* share of truths inside the interval */
};

/**
 * Hours without what cannot be: negative flows and those above 20 times the median become gaps.
 *
 * out_flow_m3h  [count]; out_rain_mm: [count] what no hour can have is a gap
 * errors        TW_ERR_NOMEM
 */
tw_status tw_influent_clean(const struct tw_influent_hours *hours, struct tw_arena *arena,
                            double *out_flow_m3h, double *out_rain_mm,
                            struct tw_influent_gaps *out_gaps);

/**
 * Make a model.
 *
 * hours      clean
 * use        [count] 1: the hour may be learned from; NULL: all
 * arena      owns the model's arrays
 * faults     why there is none; may be NULL
 * errors     TW_ERR_INPUT too few hours with a flow, TW_ERR_NUMERIC, TW_ERR_NOMEM
 */
tw_status tw_influent_fit(const struct tw_influent_hours *hours, const uint8_t *use,
                          struct tw_arena *arena, tw_faults *faults,
                          struct tw_influent_model *out_model);

/**
 * Forecast from one hour of a series on.
 *
 * hours     clean; rain of the hours after the origin is the rain forecast, flows there are not
 *           looked at
 * origin    index of the last hour whose flow may be known, 0..count-1
 * errors    TW_ERR_ARG, TW_ERR_NOMEM
 */
tw_status tw_influent_ahead(const struct tw_influent_model *model,
                            const struct tw_influent_hours *hours, int32_t origin,
                            struct tw_influent_forecast *out_forecast);

/** One forecast of several with equal weight: the quantiles of their mixture. count: 1..  */
void tw_influent_mix(const struct tw_influent_forecast *forecasts, int32_t count,
                     struct tw_influent_forecast *out_forecast);

/**
 * Quantiles of the flows that members of a network's ensemble send to a plant.
 *
 * flow_m3h   [members * TW_INFLUENT_LEADS]
 * errors     TW_ERR_ARG no members, TW_ERR_NOMEM
 */
tw_status tw_influent_of_members(const double *flow_m3h, int32_t members, int64_t origin_ms,
                                 struct tw_influent_forecast *out_forecast);

/**
 * Forecast from every hour of a stretch whose flow is known, and compare.
 *
 * from, to    targets: from <= hour < to
 * out_scores  [TW_INFLUENT_LEADS]
 * errors      TW_ERR_ARG, TW_ERR_NOMEM
 */
tw_status tw_influent_test(const struct tw_influent_model *model,
                           const struct tw_influent_hours *hours, int32_t from, int32_t to,
                           struct tw_influent_score *out_scores);

/** Write a model as JSON. errors: TW_ERR_NOMEM */
tw_status tw_influent_write(const struct tw_influent_model *model, struct tw_strbuf *out);

/**
 * Read a model that tw_influent_write wrote.
 *
 * path    for the faults
 * arena   owns the model's arrays
 * errors  TW_ERR_INPUT it is none (a fault says where), TW_ERR_NOMEM
 */
tw_status tw_influent_read(const char *path, const char *text, size_t size, struct tw_arena *arena,
                           tw_faults *faults, struct tw_influent_model *out_model);

/* ---- parts, shared by the files of the forecast ---- */

/** Features of rain and time; an hour without rain's value is dry. out: [count * TW_INFLUENT_RAIN] */
void tw_influent_rain_features(const struct tw_influent_hours *hours, double mean_rain_mm,
                               double *out_features);

/** Features of an hour ahead if it does not rain after the origin. features: of the whole series */
void tw_influent_dry_features(const struct tw_influent_hours *hours, const double *features,
                              int32_t origin, int32_t lead, double *out_features);

/** What the model of rain missed lately. */
struct tw_influent_misses {
    const double *made_m3h; /* [count] the flow of rain alone */
    double *miss_m3h;       /* [count] flow - made; fading where the flow is a gap */
    double *sum_m3h;        /* [count + 1] of miss up to an hour */
};

/** Misses of a series. miss, sum: room given by the caller */
void tw_influent_misses_find(const struct tw_influent_hours *hours, int32_t known,
                             struct tw_influent_misses *misses);

/** Features of a correction. made_m3h: of the hour ahead; out: [TW_INFLUENT_ERROR] */
void tw_influent_error_features(const struct tw_influent_hours *hours,
                                const struct tw_influent_misses *misses,
                                const int32_t origin_lead[2], double made_m3h,
                                double *out_features);

/** Size of the error to be expected [m3/h]. mean_m3h: of the 24 h before the origin */
double tw_influent_spread(const struct tw_influent_lead *lead, double flow_m3h, double mean_m3h);

#endif
