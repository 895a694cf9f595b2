/* What SWMM's rounding makes of a node that is full to the brim where the top of a link is. */
#ifndef TW_HYDRAULICS_RIM_H
#define TW_HYDRAULICS_RIM_H

#include "hydraulics/network.h"

/**
 * Depths above which nodes are surcharged and from which ends of conduits count as full.
 *
 * A flooded node stands at its full depth, and very often that is the top of its conduits: SWMM
 * deepens nodes to it. Whether the node then counts as surcharged, and the conduit as full, is left
 * to the last digit of SWMM's elevations in feet, and the node's flooding depends on it. The same
 * sums are made here in feet; thresholds lie on the side of the crown where ours, in metres, come
 * out alike.
 *
 * net      all but its blocks; net->pressed_depth_m and net->conduit.full1_m, full2_m are set
 * scratch  for the time of the call
 * errors   TW_ERR_NOMEM
 */
tw_status tw_rims_set(struct tw_network *net, struct tw_arena *scratch);

#endif
