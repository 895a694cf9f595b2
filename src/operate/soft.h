/* A soft sensor: what one instrument would show, from others.
 *
 * A sum of bent lines: each input counts as itself and as what it exceeds its quartiles by, so that
 * an effect may saturate. The penalty is the one that tells stretches best that were not seen. */
#ifndef TW_OPERATE_SOFT_H
#define TW_OPERATE_SOFT_H

#include "base/arena.h"
#include "num/ridge.h"
#include "thalweg/faults.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

enum { TW_SOFT_KNOTS = 3, TW_SOFT_INPUTS = 64, TW_SOFT_FOLDS = 5, TW_SOFT_LEAST = 100 };

/** A soft sensor; arrays live in the arena it was made with. */
struct tw_soft {
    int32_t inputs;
    double *knot;  /* [inputs * TW_SOFT_KNOTS] */
    double *limit; /* [inputs * 2] what was seen: an input is held within */
    struct tw_ridge ridge;
    double error[2];  /* quantiles 0.1 and 0.9 of errors on stretches not seen */
    double rmse;      /* on stretches not seen */
    double mean_rmse; /* of the mean of the others, on the same stretches */
    int32_t rows;
};

/**
 * Make a soft sensor. Rows with a gap are left out. Stretches: the rows cut into TW_SOFT_FOLDS blocks
 * in their order, each foretold by the others, so that neighbours in time don't tell each other.
 *
 * x        [rows * inputs] row by row; NAN: a gap
 * y        [rows] NAN: a gap
 * inputs   1..TW_SOFT_INPUTS
 * arena    owns the sensor's arrays
 * errors   TW_ERR_ARG less than TW_SOFT_LEAST whole rows, TW_ERR_NUMERIC, TW_ERR_NOMEM
 */
tw_status tw_soft_fit(const double *x, const double *y, int32_t rows, int32_t inputs,
                      struct tw_arena *arena, struct tw_soft *out_soft);

/** What it shows for one row; NAN when an input is a gap. x: [inputs] */
double tw_soft_at(const struct tw_soft *soft, const double *x);

#endif
