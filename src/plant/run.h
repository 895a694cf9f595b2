/* All that moves of a plant. */
#ifndef TW_PLANT_RUN_H
#define TW_PLANT_RUN_H

#include "base/pool.h"
#include "num/rkc.h"
#include "plant/flowsheet.h"
#include "plant/series.h"

/** The part of a run that is saved, beside its arrays. */
struct tw_plant_clock {
    uint64_t mark; /* of a state of this plant */
    double at_d;
    double short_d;
    bool noisy; /* noise is heard */
};

/** A run. */
struct tw_plant_run {
    const tw_plant *plant;
    struct tw_arena arena;
    struct tw_pool kept;
    struct tw_plant_clock *clock;
    double *y, *set, *held, *saturated_d; /* kept; the last by controller */
    int64_t *samples;                     /* kept; of each sensor that samples */
    bool *manual;                         /* kept */
    struct tw_rkc rkc;
    struct tw_eval eval;
    double *parameters, *segment, *noise, *dy, *before;
    const tw_plant_series *series; /* borrowed; NULL: the constant influent */
    bool fresh;                    /* eval is of this moment */
    bool rated;                    /* parameters are known */
};

/** Bring eval to the run's moment. */
void tw_plant_run_refresh(tw_plant_run *run);

#endif
