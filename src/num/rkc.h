/* Ordinary differential equations by the Runge-Kutta-Chebyshev method: explicit, second order, with
 * as many stages as the stiffness asks for. Right where the stiff part decays without oscillating:
 * mixed tanks, settling, oxygen, filters of sensors. */
#ifndef TW_NUM_RKC_H
#define TW_NUM_RKC_H

#include "base/pool.h"
#include "thalweg/status.h"

#include <stdint.h>

/** Rates of change of all values. user is what tw_rkc holds. */
typedef void tw_rkc_rates(void *user, double at, const double *y, double *out_rates);

/** What the method remembers from step to step; the arrays are cut from a pool. */
struct tw_rkc_memory {
    double step;   /* wished for next; 0: not known yet */
    double first;  /* the same for the first step of a stretch, after what drives has a kink */
    double radius; /* spectral radius, with a reserve */
    double error;  /* of the last step, 1 is just allowed */
    int64_t steps, refused, calls;
    int32_t age; /* steps since the radius was found */
};

/** One system of equations. */
struct tw_rkc {
    int32_t count;
    const double *relative, *absolute; /* [count] tolerance of each value, borrowed */
    double strictness;                 /* 1; tolerances are divided by it */
    tw_rkc_rates *rates;
    void *user; /* borrowed */
    struct tw_rkc_memory *memory;
    double *direction;                             /* [count] of the radius, kept with memory */
    double *rate, *next_rate, *stage[3], *reserve; /* [count] each, of no value between calls */
    struct tw_rkc_factors *factors;                /* of no value between calls */
};

/**
 * Cut what has to be kept from one pool and what need not from another.
 *
 * kept   begins as zeros
 * work   may be shared by systems that do not advance at the same time
 */
void tw_rkc_lay_out(struct tw_rkc *rkc, int32_t count, struct tw_pool *kept, struct tw_pool *work);

/**
 * Advance to a time.
 *
 * at      begins; until on success, where it came to otherwise
 * until   not before at
 * y       [count] advanced
 * errors  TW_ERR_NUMERIC a rate is not finite or steps became too small
 * source  Sommeijer, Shampine, Verwer 1998, "RKC: an explicit solver for parabolic PDEs"
 */
tw_status tw_rkc_advance(struct tw_rkc *rkc, double *at, double until, double *y);

#endif
