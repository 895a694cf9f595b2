/* A field of rain taken apart by scale, each scale going on as long as its kind lives, with noise that
 * has the field's own spectrum: the cascade of STEPS. The field does not move here: the cells are
 * those that move with the rain.
 *
 *   X_l(t+1) = phi1_l X_l(t) + phi2_l X_l(t-1) + noise_l       level l, X = ln(1 + rain/rain0)
 *
 * source  Bowler, Pierce and Seed 2006; Seed 2003; Pulkkinen et al. 2019 */
#ifndef TW_FORECAST_CASCADE_H
#define TW_FORECAST_CASCADE_H

#include "thalweg/status.h"

#include <stdint.h>

enum { TW_CASCADE_LEVELS_MOST = 10, TW_CASCADE_FIELDS_MOST = 6 };

/** What the fields say of one level. */
struct tw_cascade_level {
    double wave_cells;           /* its wave length [cells] */
    double signal_ratio;         /* part of its variance that is rain, not the radar's noise */
    double one_ratio, two_ratio; /* correlation of the signal with one and two intervals before */
    double phi1, phi2;
    double error_ratio; /* variance of the error of the present state, of the level's signal */
};

/** Fields to begin with. */
struct tw_cascade_setup {
    int32_t columns, rows;
    int32_t count;           /* 1..TW_CASCADE_FIELDS_MOST */
    const float *const *mmh; /* [count] newest first, each [rows * columns] moved to the newest's
                                  place; NAN: none */
    double interval_s;       /* between two of them */
    double cell_m;
    uint64_t seed;
};

/** What all members share; read by any number of threads. */
struct tw_cascade;

/** Analyse fields. errors: TW_ERR_NOMEM */
tw_status tw_cascade_create(const struct tw_cascade_setup *setup, struct tw_cascade **out_cascade);

/** Free; NULL is fine. */
void tw_cascade_destroy(struct tw_cascade *cascade);

/** Levels, from the longest waves to the shortest. */
int32_t tw_cascade_level_count(const struct tw_cascade *cascade);

/** What the fields say of a level, 0.. */
struct tw_cascade_level tw_cascade_level(const struct tw_cascade *cascade, int32_t level);

/** The present field, freed of the radar's noise [rows * columns, mm/h]; borrowed. */
const float *tw_cascade_present(const struct tw_cascade *cascade);

/** A member on its way; for one thread at a time. */
struct tw_cascade_member;

/** Put a member at the present. errors: TW_ERR_NOMEM */
tw_status tw_cascade_begin(const struct tw_cascade *cascade, int32_t member,
                           struct tw_cascade_member **out_member);

/** Free; NULL is fine. */
void tw_cascade_end(struct tw_cascade_member *member);

/** The member's field as it is now [rows * columns, mm/h]. */
void tw_cascade_field(struct tw_cascade_member *member, float *out_mmh);

/** Go on by one interval. */
void tw_cascade_step(struct tw_cascade_member *member);

#endif
