/* New depths at nodes from the flows of an iteration. */
#ifndef TW_HYDRAULICS_NODE_DEPTH_H
#define TW_HYDRAULICS_NODE_DEPTH_H

#include "hydraulics/state.h"

#include <stdbool.h>

/** What all nodes of an iteration share. */
struct tw_depth_pass {
    double dt_s, tolerance_m;
    bool relaxed; /* from the second iteration on, depths move half way only */
};

/** Set all depths but those of outfalls in lanes that are not done; sums.converged[lane] tells
 * whether none of the lane moved by more than the tolerance. */
void tw_node_depths_advance(struct tw_hydraulics *h, const struct tw_depth_pass *pass);

/** Surface area that a node has by itself at a depth [m2]: a storage's, or its pond's. */
double tw_node_own_surface(const struct tw_network *net, int32_t node, double depth_m);

/** Water that a node holds at a depth [m3]: a storage, or the wet well of a volume pump; else 0. */
double tw_node_stored(const struct tw_network *net, int32_t node, double depth_m);

#endif
