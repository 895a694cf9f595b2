/* Water that evaporates and seeps from storages and conduits. */
#ifndef TW_HYDRAULICS_STORAGE_LOSSES_H
#define TW_HYDRAULICS_STORAGE_LOSSES_H

#include "hydraulics/state.h"

/**
 * Set node.losses_m3s, conduit.loss_m3s and the storages' shares for a step from the depths at its
 * beginning and evaporation_mps; never more than there is.
 *
 * source  SWMM Reference Manual II, 2.3.3 and 3.5
 */
void tw_losses_advance(struct tw_hydraulics *h, double dt_s);

#endif
