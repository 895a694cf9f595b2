/* Steady and kinematic wave routing: water runs through a tree of links in one direction, each
 * passes on what its upstream node has to give. Nodes but storages hold no water below ground. */
#ifndef TW_HYDRAULICS_TREE_ROUTE_H
#define TW_HYDRAULICS_TREE_ROUTE_H

#include "hydraulics/state.h"

/** Set what the ends of conduits hold at the start of a run. Only for models routed so. */
void tw_tree_begin(struct tw_hydraulics *h);

/**
 * Advance the network by one step: node.lateral_m3s holds the inflows at its end, settings are those
 * of the step.
 *
 * source  SWMM Reference Manual II, chapter 4 (kinematic wave), 1.4 and 3.1 (steady flow)
 */
void tw_tree_step(struct tw_hydraulics *h, double dt_s);

#endif
