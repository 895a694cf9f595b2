/* SWMM Reference Manual II, 3.3.5-3.3.7.
 *
 *   open       y = y_old + dt (net_old + net) / 2 / surface
 *   surcharged y = y_last + c net / (sum dQ/dH + (surface / dt - sum dQ/dH) e^(-15 (y - yc) / yc))
 *
 * net: inflow less outflow; yc: depth of the highest crown; c: 0.6 where the sewer begins, else 1. */
#include "hydraulics/node_depth.h"

#include "hydraulics/constants.h"
#include "hydraulics/regulators.h"

#include <math.h>

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

static bool surcharged(const struct tw_network *net, int32_t node, double y, bool ponded)
{
    const struct tw_model *model = net->model;
    if (model->options.surcharge != TW_SURCHARGE_EXTRAN || ponded) return false;
    if (model->nodes.kind[node] == TW_NODE_STORAGE) {
        return model->nodes.surcharge_depth_m[node] > 0.0 && y > model->nodes.full_depth_m[node];
    }
    double crown = net->crown_depth_m[node];
    return crown > 0.0 && y > crown;
}

static double surcharged_depth(const struct tw_hydraulics *h, int32_t node, int32_t at,
                               double net_inflow, double dt)
{
    const struct tw_network *net = h->net;
    double y = h->node.depth_m[at], crown = net->crown_depth_m[node];
    double resistance = h->sums.dqdh_m2s[at];
    if (y < 1.25 * crown) {
        double above = (y - crown) / crown;
        resistance += (h->node.open_surface_m2[at] / dt - resistance) * exp(-15.0 * above);
    }
    double y_new = y;
    if (resistance > 0.0 || resistance < 0.0) {
        y_new += net->surcharge_factor[node] * net_inflow / resistance;
    }
    if (y_new < crown) y_new = crown - TW_TINY_DEPTH_M;
    double full = net->model->nodes.full_depth_m[node];
    if (net->can_pond[node] && y_new > full) y_new = full + TW_TINY_DEPTH_M;
    return y_new;
}

static double open_depth(struct tw_hydraulics *h, int32_t node, int32_t at, double gained_m3,
                         const struct tw_depth_pass *pass, bool ponded)
{
    double least = h->model->options.minimum_surface_area_m2;
    double surface = h->sums.surface_m2[at] > least ? h->sums.surface_m2[at] : least;
    double y = h->node.old_depth_m[at] + gained_m3 / surface;
    h->sums.goal_m[at] = y;
    if (!ponded) h->node.open_surface_m2[at] = surface;
    if (pass->relaxed) y = 0.5 * h->node.depth_m[at] + 0.5 * y;
    double full = h->model->nodes.full_depth_m[node];
    if (ponded && y < full) y = full - TW_TINY_DEPTH_M;
    return y;
}

/* More water than the node holds: it leaves, or stands in the pond. Returns the depth. */
static double flood(struct tw_hydraulics *h, int32_t node, int32_t at, double gained_m3, double y,
                    double dt)
{
    const struct tw_network *net = h->net;
    double full = net->full_volume_m3[node], overflow;
    if (!net->can_pond[node]) {
        overflow = gained_m3 / dt;
        h->node.volume_m3[at] = full;
        y = net->most_depth_m[node];
    } else {
        double old = h->node.old_volume_m3[at], volume = old + gained_m3;
        h->node.volume_m3[at] = volume > full ? volume : full;
        overflow = (h->node.volume_m3[at] - (old > full ? old : full)) / dt;
    }
    h->node.overflow_m3s[at] = overflow < TW_TINY_FLOW_M3S ? 0.0 : overflow;
    return y;
}

/* Below its crown and below ground a plain node's goal follows from flows alone. */
static bool stays_open(const struct tw_network *net, int32_t node, double y)
{
    double crown = net->crown_depth_m[node];
    bool slot = net->model->options.surcharge == TW_SURCHARGE_SLOT;
    return (slot || crown <= 0.0 || y <= crown) && y <= net->most_depth_m[node] &&
           y <= net->model->nodes.full_depth_m[node];
}

static void advance(struct tw_hydraulics *h, const struct tw_depth_pass *pass, int32_t node,
                    int32_t at)
{
    const struct tw_network *net = h->net;
    double dt = pass->dt_s, y_last = h->node.depth_m[at];
    bool ponded = net->can_pond[node] && y_last > net->model->nodes.full_depth_m[node];
    double net_inflow = h->node.inflow_m3s[at] - h->node.outflow_m3s[at];
    double gained = 0.5 * (h->node.old_net_inflow_m3s[at] + net_inflow) * dt;
    h->node.overflow_m3s[at] = 0.0;
    bool pressed = surcharged(net, node, y_last, ponded);
    double y = pressed ? surcharged_depth(h, node, at, net_inflow, dt)
                       : open_depth(h, node, at, gained, pass, ponded);
    if (y < 0.0) y = 0.0;
    if (y > net->most_depth_m[node]) {
        y = flood(h, node, at, gained, y, dt);
    } else {
        h->node.volume_m3[at] = tw_node_stored(net, node, y);
    }
    h->sums.steady[at] = net->plain[node] && !pressed && !ponded && stays_open(net, node, y);
    h->node.depth_m[at] = y;
    h->sums.settled[at] = (uint8_t) !(fabs(y - y_last) > pass->tolerance_m);
}

/* Half way to the goal of the iteration before, where that is all there is to it. */
static bool advance_steady(struct tw_hydraulics *h, const struct tw_depth_pass *pass, int32_t node,
                           int32_t at)
{
    if (h->sums.moved[at] || !h->sums.steady[at] || !pass->relaxed) return false;
    double y_last = h->node.depth_m[at], y = 0.5 * y_last + 0.5 * h->sums.goal_m[at];
    if (y < 0.0) y = 0.0;
    if (!stays_open(h->net, node, y)) return false;
    h->node.depth_m[at] = y;
    h->sums.settled[at] = (uint8_t) !(fabs(y - y_last) > pass->tolerance_m);
    return true;
}

void tw_node_depths_advance(struct tw_hydraulics *h, const struct tw_depth_pass *pass)
{
    const struct tw_network *net = h->net;
    int32_t w = h->lanes;
    for (int32_t l = 0; l < w; l++)
        h->sums.converged[l] = 1;
    for (int32_t i = 0; i < net->node_count; i++) {
        if (net->outfall[i]) continue;
        for (int32_t l = 0; l < w; l++) {
            int32_t at = i * w + l;
            if (h->sums.done[l]) continue;
            if (!advance_steady(h, pass, i, at)) advance(h, pass, i, at);
            if (!h->sums.settled[at]) h->sums.converged[l] = 0;
        }
    }
}
