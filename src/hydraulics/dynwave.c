#include "hydraulics/dynwave.h"

#include "hydraulics/conduit.h"
#include "hydraulics/constants.h"
#include "hydraulics/node_depth.h"
#include "hydraulics/outfall.h"
#include "hydraulics/regulator_rows.h"

#include <math.h>
#include <string.h>

double tw_node_volume(const struct tw_network *net, int32_t node, double depth_m)
{
    const struct tw_nodes *nodes = &net->model->nodes;
    double above = depth_m - nodes->full_depth_m[node];
    if (above > 0.0 && net->can_pond[node]) {
        return net->full_volume_m3[node] + above * nodes->ponded_area_m2[node];
    }
    return tw_node_stored(net, node, depth_m);
}

/* Time in which a wave crosses a conduit, times the Courant factor. */
static double conduit_step(struct tw_hydraulics *h, double factor, double least)
{
    const struct tw_conduit_rows *c = &h->net->conduit;
    int32_t w = h->lanes;
    for (int32_t at = 0; at < h->net->conduit_count * w; at++) {
        int32_t row = at / w;
        double q = fabs(h->conduit.flow_m3s[at]), froude = h->link.froude[at];
        if (q <= TW_TINY_FLOW_M3S || h->conduit.area_m2[at] <= TW_TINY_AREA_M2 || froude <= 0.01) {
            continue;
        }
        double t = h->link.volume_m3[at] / c->barrels[row] / q;
        t = t * c->routing_length_m[row] / c->length_m[row];
        t = t * froude / (1.0 + froude) * factor;
        if (!(t < least)) continue;
        least = t;
        h->clock->critical = row + 1;
    }
    return least;
}

/* Time in which a node would rise or fall by a quarter of its crown depth. */
static double node_step(struct tw_hydraulics *h, double least)
{
    const struct tw_network *net = h->net;
    int32_t w = h->lanes;
    for (int32_t i = 0; i < net->node_count; i++) {
        double crown = net->crown_depth_m[i], most = 0.25 * crown;
        if (net->outfall[i] || most < TW_TINY_DEPTH_M) continue;
        for (int32_t at = i * w; at < (i + 1) * w; at++) {
            double y = h->node.depth_m[at], rise = h->node.rise_mps[at];
            if (y <= TW_TINY_DEPTH_M || y + TW_TINY_DEPTH_M >= crown || rise < TW_TINY_RISE_MPS) {
                continue;
            }
            if (!(most / rise < least)) continue;
            least = most / rise;
            h->clock->critical = -(i + 1);
        }
    }
    return least;
}

double tw_dynwave_next_step_s(struct tw_hydraulics *h, const struct tw_routing_options *options)
{
    h->clock->critical = 0;
    if (options->variable_step_factor == 0.0 || options->routing_step_s < 0.001) {
        return options->routing_step_s;
    }
    double step = options->minimum_step_s;
    if (h->clock->variable_step_s > 0.0) {
        step = conduit_step(h, options->variable_step_factor, options->routing_step_s);
        step = node_step(h, step);
        if (step < options->minimum_step_s) step = options->minimum_step_s;
    }
    step = floor(1000.0 * step) / 1000.0;
    for (int32_t l = 0; l < h->lanes; l++)
        h->clock[l].variable_step_s = step;
    return step;
}

/* Inflow, outflow and dQ/dH that the conduits give a node; sums in row order. */
static void gather(struct tw_hydraulics *h, int32_t node, int32_t lane)
{
    const struct tw_network *net = h->net;
    int32_t w = h->lanes, at = node * w + lane;
    double lateral = h->node.lateral_m3s[at];
    double in = lateral >= 0.0 ? lateral : 0.0;
    double out = (lateral >= 0.0 ? 0.0 : -lateral) + h->node.losses_m3s[at];
    double surface = tw_node_own_surface(net, node, h->node.depth_m[at]), dqdh = 0.0;
    for (int32_t k = net->node_first[node]; k < net->node_first[node + 1]; k++) {
        int32_t row = net->incident[k] >> 1, end2 = net->incident[k] & 1, i = row * w + lane;
        double q = h->link.flow_m3s[i];
        if ((q >= 0.0) == (end2 == 1)) {
            in += q >= 0.0 ? q : -q;
        } else {
            out += q >= 0.0 ? q : -q;
        }
        if (end2 == (q < 0.0)) out += h->conduit.loss_m3s[i] * net->conduit.barrels[row];
        surface += end2 ? h->link.surface2_m2[i] : h->link.surface1_m2[i];
        dqdh += h->link.dqdh_m2s[i];
    }
    h->node.inflow_m3s[at] = in;
    h->node.outflow_m3s[at] = out;
    h->sums.surface_m2[at] = surface;
    h->sums.dqdh_m2s[at] = dqdh;
}

/* Sums of a steady node where no conduit moved are still those of the iteration before. */
static void gather_all(struct tw_hydraulics *h)
{
    for (int32_t i = 0; i < h->net->node_count; i++) {
        for (int32_t l = 0; l < h->lanes; l++) {
            int32_t at = i * h->lanes + l;
            if (h->sums.done[l]) continue;
            if (h->sums.moved[at] || !h->sums.steady[at]) gather(h, i, l);
        }
    }
}

/* How fast depths changed, for the length of the next step. */
static void keep_rises(struct tw_hydraulics *h, double dt_s)
{
    for (int32_t at = 0; at < h->net->node_count * h->lanes; at++) {
        h->node.rise_mps[at] = fabs(h->node.depth_m[at] - h->node.old_depth_m[at]) / dt_s;
    }
}

/* What was new becomes old. */
static void begin_step(struct tw_hydraulics *h)
{
    int32_t w = h->lanes;
    for (int32_t at = 0; at < h->net->node_count * w; at++) {
        h->node.old_depth_m[at] = h->node.depth_m[at];
        h->node.old_volume_m3[at] = h->node.volume_m3[at];
        h->node.old_inflow_m3s[at] = h->node.inflow_m3s[at];
        h->node.old_net_inflow_m3s[at] = h->node.inflow_m3s[at] - h->node.outflow_m3s[at];
        h->sums.settled[at] = 0;
        h->sums.steady[at] = 0;
    }
    for (int32_t at = 0; at < h->net->link_count * w; at++) {
        h->link.old_depth_m[at] = h->link.depth_m[at];
        h->link.old_flow_m3s[at] = h->link.flow_m3s[at];
        h->link.old_volume_m3[at] = h->link.volume_m3[at];
    }
    for (int32_t at = 0; at < h->net->conduit_count * w; at++) {
        h->conduit.old_area_m2[at] = h->conduit.area_m2[at];
    }
}

void tw_dynwave_rest(struct tw_hydraulics *h)
{
    begin_step(h);
    for (int32_t at = 0; at < h->net->node_count * h->lanes; at++) {
        double lateral = h->node.lateral_m3s[at];
        h->node.inflow_m3s[at] = lateral > 0.0 ? lateral : 0.0;
        h->node.outflow_m3s[at] = lateral < 0.0 ? -lateral : 0.0;
    }
    for (int32_t l = 0; l < h->lanes; l++)
        h->clock[l].steps++;
}

/* One iteration: all flows from the present depths, then all depths from the new flows. */
static void iterate(struct tw_hydraulics *h, const struct tw_routing_options *options, double dt_s,
                    int32_t trial)
{
    struct tw_conduit_pass pass = {.dt_s = dt_s, .relaxed = trial > 0, .skip_settled = trial > 1};
    memset(h->sums.moved, 0, (size_t)h->net->node_count * (size_t)h->lanes);
    tw_conduit_rows_advance(h, &pass, 0, h->net->conduit_count);
    gather_all(h);
    tw_regulator_rows_advance(h, &pass);
    for (int32_t i = 0; i < h->model->outfalls.count; i++)
        tw_outfall_set_depth(h, i);
    struct tw_depth_pass depth = {
        .dt_s = dt_s, .tolerance_m = options->head_tolerance_m, .relaxed = trial > 0};
    tw_node_depths_advance(h, &depth);
}

/* Lanes that converged rest while others go on; returns how many still go on. */
static int32_t count_trial(struct tw_hydraulics *h, int32_t trial)
{
    int32_t going = 0;
    for (int32_t l = 0; l < h->lanes; l++) {
        if (h->sums.done[l]) continue;
        h->clock[l].trials++;
        h->sums.done[l] = trial > 0 && h->sums.converged[l];
        going += !h->sums.done[l];
    }
    return going;
}

void tw_dynwave_step(struct tw_hydraulics *h, const struct tw_routing_options *options, double dt_s)
{
    begin_step(h);
    memset(h->sums.done, 0, (size_t)h->lanes);
    int32_t going = h->lanes;
    for (int32_t trial = 0; trial < options->max_trials && going > 0; trial++) {
        iterate(h, options, dt_s, trial);
        going = count_trial(h, trial);
    }
    keep_rises(h, dt_s);
    for (int32_t l = 0; l < h->lanes; l++) {
        h->clock[l].steps++;
        if (!h->sums.converged[l]) h->clock[l].unconverged_steps++;
        h->sums.done[l] = 0; /* outfalls take their depth outside of steps too */
    }
}
