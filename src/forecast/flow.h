/* How the rain moves: a motion field from successive radar fields. */
#ifndef TW_FORECAST_FLOW_H
#define TW_FORECAST_FLOW_H

#include "thalweg/status.h"

#include <stdint.h>

/** Pictures of the same cells at several moments; rows from north to south. */
struct tw_pictures {
    int32_t columns, rows;
    int32_t count;
    const float *const *cells; /* [count] each [rows * columns], oldest first; NAN: none */
    const double *time_s;      /* [count] */
};

/** Motion [cells/s] at the nodes of a coarse lattice over the cells; columns to the east, rows to the
 * south. */
struct tw_flow {
    int32_t columns, rows; /* of nodes */
    double spacing;        /* of nodes [cells]; the first stands on the first cell's middle */
    float *u, *v;          /* [rows * columns] owned, from malloc */
    double error_ratio;    /* share of the pictures' change that the motion leaves, 0..1 */
};

/**
 * Find the motion that best carries each picture to the next.
 *
 * Coarse to fine; on each level the differences of the pictures, one of them moved, are made small
 * by Gauss-Newton steps in windows around the nodes, held together by smoothness, so that motion
 * reaches where nothing is to be seen. The coarsest level starts from the best uniform shift.
 *
 * pictures  2.. of them; the newest counts most
 * most      largest speed [cells/s]
 * out_flow  owned by the caller: tw_flow_done; all zeros when nothing is to be seen
 * errors    TW_ERR_NOMEM
 * source    Lucas and Kanade 1981; Horn and Schunck 1981; Germann and Zawadzki 2002
 */
tw_status tw_flow_find(const struct tw_pictures *pictures, double most, struct tw_flow *out_flow);

/** Free what is in it. */
void tw_flow_done(struct tw_flow *flow);

/** Motion at a place, column and row in cells, 0 the middle of the first; [cells/s]. */
void tw_flow_at(const struct tw_flow *flow, double column, double row, double *out_u,
                double *out_v);

#endif
