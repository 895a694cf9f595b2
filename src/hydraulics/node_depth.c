#include "hydraulics/node_depth.h"

#include "hydraulics/dynwave.h"
#include "hydraulics/regulators.h"

double tw_node_stored(const struct tw_network *net, int32_t node, double depth_m)
{
    const struct tw_nodes *nodes = &net->model->nodes;
    if (nodes->kind[node] == TW_NODE_STORAGE) {
        return tw_storage_volume(net->model, nodes->row[node], depth_m);
    }
    double full_depth = nodes->full_depth_m[node];
    return full_depth > 0.0 ? net->full_volume_m3[node] * (depth_m / full_depth) : 0.0;
}

double tw_node_own_surface(const struct tw_network *net, int32_t node, double depth_m)
{
    const struct tw_nodes *nodes = &net->model->nodes;
    if (net->can_pond[node] && depth_m > nodes->full_depth_m[node]) {
        return nodes->ponded_area_m2[node];
    }
    if (nodes->kind[node] != TW_NODE_STORAGE) return 0.0;
    return tw_storage_area(net->model, nodes->row[node], depth_m);
}

double tw_node_volume(const struct tw_network *net, int32_t node, double depth_m)
{
    const struct tw_nodes *nodes = &net->model->nodes;
    double above = depth_m - nodes->full_depth_m[node];
    if (above > 0.0 && net->can_pond[node]) {
        return net->full_volume_m3[node] + above * nodes->ponded_area_m2[node];
    }
    return tw_node_stored(net, node, depth_m);
}
