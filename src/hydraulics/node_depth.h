/* What a depth means at a node that is more than the end of conduits. */
#ifndef TW_HYDRAULICS_NODE_DEPTH_H
#define TW_HYDRAULICS_NODE_DEPTH_H

#include "hydraulics/network.h"

/** Surface area that a node has by itself at a depth [m2]: a storage's, or its pond's. */
double tw_node_own_surface(const struct tw_network *net, int32_t node, double depth_m);

/** Water that a node holds at a depth [m3]: a storage, or the wet well of a volume pump; else 0. */
double tw_node_stored(const struct tw_network *net, int32_t node, double depth_m);

#endif
