/* Volume of a node as a function of its depth: what it holds itself, and of each of its conduits
 * the half that lies at its end, filled to the node's level. Closed conduits hold no more when they
 * are full; a pond, or the street that floods, then takes what comes. */
#include "hydraulics/regulators.h"
#include "hydraulics/semi_parts.h"

double tw_semi_shaft_m3(const struct tw_semi *semi, int32_t node, double depth_m)
{
    double sump = depth_m < semi->sump_m[node] ? depth_m : semi->sump_m[node];
    double area = semi->net->model->options.minimum_surface_area_m2;
    return area * sump + TW_SEMI_SHAFT_M2 * depth_m;
}

static double own_m3(const struct tw_semi *semi, int32_t node, double depth_m)
{
    const struct tw_network *net = semi->net;
    if (net->outfall[node]) return 0.0;
    double volume = tw_node_volume(net, node, depth_m) + tw_semi_shaft_m3(semi, node, depth_m);
    double above = depth_m - net->most_depth_m[node];
    if (above > 0.0 && !net->can_pond[node]) volume += above * TW_SEMI_FLOOD_M2;
    return volume;
}

static double own_slope(const struct tw_semi *semi, int32_t node, double depth_m)
{
    const struct tw_network *net = semi->net;
    const struct tw_nodes *nodes = &net->model->nodes;
    double slope = TW_SEMI_SHAFT_M2, full = nodes->full_depth_m[node];
    if (depth_m < semi->sump_m[node]) slope += net->model->options.minimum_surface_area_m2;
    if (net->can_pond[node] && depth_m >= full) return slope + nodes->ponded_area_m2[node];
    if (!net->can_pond[node] && depth_m >= net->most_depth_m[node]) slope += TW_SEMI_FLOOD_M2;
    if (nodes->kind[node] == TW_NODE_STORAGE) {
        if (depth_m < full) slope += tw_storage_area(net->model, nodes->row[node], depth_m);
    } else if (full > 0.0) {
        slope += net->full_volume_m3[node] / full;
    }
    return slope;
}

void tw_semi_volumes(struct tw_semi *semi)
{
    const struct tw_network *net = semi->net;
    const struct tw_conduit_rows *c = &net->conduit;
    for (int32_t i = 0; i < net->node_count; i++) {
        semi->volume_m3[i] = own_m3(semi, i, semi->depth_m[i]);
        semi->slope_m2[i] = own_slope(semi, i, semi->depth_m[i]);
    }
    for (int32_t row = 0; row < net->conduit_count; row++) {
        const struct tw_semi_ends *e = &semi->ends[row];
        tw_semi_conduit_ends(semi, row);
        double half_m = 0.5 * c->length_m[row] * c->barrels[row];
        semi->volume_m3[c->from[row]] += half_m * e->area1_m2;
        semi->volume_m3[c->to[row]] += half_m * e->area2_m2;
        semi->slope_m2[c->from[row]] += half_m * e->width1_m;
        semi->slope_m2[c->to[row]] += half_m * e->width2_m;
    }
}
