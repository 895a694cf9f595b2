/* Semi-implicit routing: the heads of all nodes at the end of a step follow from one system, so
 * that steps of 10 to 60 s are stable, and water is neither made nor lost. docs/numerics/
 * semi-implicit.md tells how.
 *
 * source  Casulli and Stelling 2013, A semi-implicit numerical model for urban drainage systems */
#ifndef TW_HYDRAULICS_SEMI_IMPLICIT_H
#define TW_HYDRAULICS_SEMI_IMPLICIT_H

#include "base/arena.h"
#include "hydraulics/dynwave.h"
#include "hydraulics/state.h"
#include "thalweg/status.h"

struct tw_semi; /* order of elimination and work space of one run; no state */

/** Water that a step booked beside the flows of the state, per lane. */
struct tw_semi_booking {
    double adopted_m3;   /* volume that depths set from outside, or by another method, had more */
    double withheld_m3s; /* stated withdrawals that dry nodes could not give */
};

/**
 * Make what the steps of a run need.
 *
 * h       laid out; borrowed
 * arena   owns it
 * errors  TW_ERR_NOMEM
 */
tw_status tw_semi_init(const struct tw_hydraulics *h, struct tw_arena *arena,
                       struct tw_semi **out_semi);

/**
 * Set the volumes of a lane to what its depths mean to this method.
 *
 * returns  [m3] how much more that is than was there
 */
double tw_semi_adopt(struct tw_semi *semi, struct tw_hydraulics *h, int32_t lane);

/** The most by which the water of a node differs from what its depth means [m3]: what the last step
 * of a lane left over or short, which is part of its balance and placed by the next. */
double tw_semi_unplaced_m3(const struct tw_semi *semi, const struct tw_hydraulics *h, int32_t lane);

/**
 * Advance the network by one step. node.lateral_m3s holds the mean inflows of the step; flows of
 * outfalls and overflows are its means too, so that volumes are rates times the step. A step whose
 * heads do not settle is cut in halves within; one that does not settle then either counts as
 * unconverged, and its water is still all there.
 *
 * out_booking  [lanes]
 */
void tw_semi_step(struct tw_semi *semi, struct tw_hydraulics *h,
                  const struct tw_routing_options *options, double dt_s,
                  struct tw_semi_booking *out_booking);

#endif
