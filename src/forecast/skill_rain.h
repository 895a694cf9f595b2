/* How good forecasts of rain were: members against what came, by lead. */
#ifndef TW_FORECAST_SKILL_RAIN_H
#define TW_FORECAST_SKILL_RAIN_H

#include "thalweg/status.h"

#include <stdint.h>

/** Sums of one lead; all zeros is an empty one. */
struct tw_rain_skill_lead {
    double cases, wet_cases; /* wet: rain came, or a member had some */
    double crps_mmh;         /* sum over cases */
    double persistence_mmh;  /* sum of absolute errors: the rate before the issue goes on */
    double still_mmh;        /* the same: the radar's rain does not move */
    double bias_mmh;         /* sum of the members' mean less what came */
    double error2, spread2;  /* squared error of the mean, variance of the members */
};

/** Scores of several leads. */
struct tw_rain_skill {
    int32_t leads, members;
    struct tw_rain_skill_lead *lead; /* [leads] owned */
    double *ranks;                   /* [leads * (members + 1)] owned; wet cases only */
};

/** What came and what was foretold of one place and time. */
struct tw_rain_case {
    const float *mmh; /* [members] in any order */
    double came_mmh;
    double persistence_mmh, still_mmh;
    uint64_t chance; /* picks the rank among equal values */
};

/** Make an empty one. errors: TW_ERR_NOMEM, TW_ERR_ARG */
tw_status tw_rain_skill_init(struct tw_rain_skill *skill, int32_t leads, int32_t members);

/** Free what is in it. */
void tw_rain_skill_done(struct tw_rain_skill *skill);

/** Count a case. errors: TW_ERR_NOMEM */
tw_status tw_rain_skill_add(struct tw_rain_skill *skill, int32_t lead,
                            const struct tw_rain_case *one);

/**
 * How far the rank histogram of some leads is from a flat one: the part of the cases that lie in the
 * wrong rank, with ranks put together to ten.
 *
 * first, count  leads
 * returns       0 flat .. 1; NAN without a wet case
 * source        Hamill 2001
 */
double tw_rain_skill_unevenness(const struct tw_rain_skill *skill, int32_t first, int32_t count);

/** Part of the wet cases of some leads whose truth lies outside of all members. */
double tw_rain_skill_outside(const struct tw_rain_skill *skill, int32_t first, int32_t count);

#endif
