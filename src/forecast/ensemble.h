/* Many futures from one present: the live model's state is copied into every member of a batch, each
 * goes on under its own rain, and what is watched comes out as quantiles. */
#ifndef TW_FORECAST_ENSEMBLE_H
#define TW_FORECAST_ENSEMBLE_H

#include "forecast/cycle.h"
#include "thalweg/batch.h"

/** What an ensemble needs. */
struct tw_ensemble_setup {
    const tw_model *model;          /* borrowed until destroy */
    tw_run_options options;         /* start and end as the live run's; rain comes from outside */
    int32_t members;                /* 1.. */
    int32_t threads;                /* 1..; results do not depend on it */
    double horizon_s;               /* how far ahead */
    double step_s;                  /* between two recorded values; rain changes no oftener */
    const struct tw_watch *watches; /* [watch_count] copied */
    int32_t watch_count;
    const double *quantiles; /* [quantile_count] copied, 0..1 */
    int32_t quantile_count;
};

/**
 * The rain ahead of a member.
 *
 * gage           index
 * from_s, to_s   seconds since the run's start
 * returns        mean rate [mm/h], >= 0
 */
typedef double tw_member_rain(void *user, int32_t member, int32_t gage, double from_s, double to_s);

/** What an ensemble came to; borrowed until its next run. */
struct tw_ensemble_result {
    double start_s; /* of the first value, seconds since the run's start */
    double step_s;
    int32_t step_count;
    int32_t sound;          /* members that did not fail */
    const float *values;    /* [(watch * step_count + step) * members + rank] those of the sound
                            members, smallest first; the rest is NAN */
    const float *quantiles; /* [(watch * quantile_count + quantile) * step_count + step] */
};

/** An ensemble. */
struct tw_ensemble;

/** Make an ensemble. errors: TW_ERR_NOMEM, TW_ERR_ARG counts, horizon, step or quantiles */
tw_status tw_ensemble_create(const struct tw_ensemble_setup *setup,
                             struct tw_ensemble **out_ensemble);

/** Free; NULL is fine. */
void tw_ensemble_destroy(struct tw_ensemble *ensemble);

/** Put every member at the state of the live run. errors: TW_ERR_ARG */
tw_status tw_ensemble_fork(struct tw_ensemble *ensemble, const tw_run *live);

/** The members, e.g. to give them factors after a fork. */
tw_batch *tw_ensemble_batch(struct tw_ensemble *ensemble);

/**
 * Run from the forked state to the horizon. A member that fails is left out from then on.
 *
 * rain    asked for each member, gage and step, in order, by the calling thread
 * errors  TW_ERR_NUMERIC every member failed
 */
tw_status tw_ensemble_run(struct tw_ensemble *ensemble, tw_member_rain *rain, void *user,
                          struct tw_ensemble_result *out_result);

/** Share of the sound members whose value is at least a limit, 0..1: of one watch and step. */
double tw_ensemble_share(const float *values, int32_t sound, double limit);

/** How far the rain of members spreads; start from TW_RAIN_SPREAD_DEFAULT. */
typedef struct {
    double now_ratio;  /* standard deviation of ln(rain) now ... */
    double then_ratio; /* ... and from then_s on; linear between */
    double then_s;
} tw_rain_spread;

/* Taken, not yet measured: a fifth now, about a factor of two either way in two hours. */
#define TW_RAIN_SPREAD_DEFAULT                                                                     \
    ((tw_rain_spread){.now_ratio = 0.2, .then_ratio = 0.6, .then_s = 7200.0})

/**
 * Factor of a member's rain at a time ahead. Member 0 has the rain as it is taken; the others lie at
 * even steps of a log-normal distribution whose median that is, so that few members span it.
 *
 * member   0..members-1
 * lead_s   seconds ahead, 0..
 * returns  more than 0
 */
double tw_rain_member_factor(const tw_rain_spread *spread, int32_t member, int32_t members,
                             double lead_s);

#endif
