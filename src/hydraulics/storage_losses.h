/* Water that evaporates and seeps from storages and conduits. */
#ifndef TW_HYDRAULICS_STORAGE_LOSSES_H
#define TW_HYDRAULICS_STORAGE_LOSSES_H

#include "hydraulics/state.h"

/**
 * Set node.losses_m3s, conduit.loss_m3s and the storages' shares for a step from the depths at its
 * beginning, evaporation_mps and storage_soaking_m3s; never more than there is.
 *
 * source  SWMM Reference Manual II, 2.3.3 and 3.5
 */
void tw_losses_advance(struct tw_hydraulics *h, double dt_s);

/**
 * Set what a barrel loses, conduit.loss_m3s and conduit.evaporation_m3s, at a depth of water.
 *
 * row, at   of the conduit, and of one of its lanes
 * most_m3s  what there is to lose
 * returns   the loss [m3/s]
 * source    SWMM Reference Manual II, 2.3.3 and 3.5
 */
double tw_conduit_loss(struct tw_hydraulics *h, int32_t row, int32_t at, double depth_m,
                       double most_m3s);

#endif
