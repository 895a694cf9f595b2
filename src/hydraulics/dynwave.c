#include "hydraulics/dynwave.h"

#include "base/require.h"
#include "base/threads.h"
#include "hydraulics/constants.h"
#include "hydraulics/kernels.h"
#include "hydraulics/node_depth.h"
#include "hydraulics/outfall.h"
#include "hydraulics/regulator_rows.h"

#include <math.h>
#include <string.h>

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

/* Inflow, outflow, surface and dQ/dH of nodes where other links than conduits end, without what
 * those give; sums in row order. */
static void sum_mixed(struct tw_hydraulics *h)
{
    const struct tw_network *net = h->net;
    int32_t w = h->lanes;
    for (int32_t k = 0; k < net->mixed_count * w; k++) {
        int32_t node = net->mixed_nodes[k / w], lane = k % w, at = node * w + lane;
        if (h->sums.done[lane]) continue;
        double sum[TW_END_PARTS] = {0}, lateral = h->node.lateral_m3s[at];
        for (int32_t i = net->node_first[node]; i < net->node_first[node + 1]; i++) {
            for (int32_t j = 0; j < TW_END_PARTS; j++)
                sum[j] += h->sums.ends[(size_t)(i * TW_END_PARTS + j) * (size_t)w + (size_t)lane];
        }
        h->node.inflow_m3s[at] = sum[TW_END_INFLOW] + (lateral >= 0.0 ? lateral : 0.0);
        h->node.outflow_m3s[at] =
            sum[TW_END_OUTFLOW] + ((lateral >= 0.0 ? 0.0 : -lateral) + h->node.losses_m3s[at]);
        h->sums.surface_m2[at] =
            sum[TW_END_SURFACE] + tw_node_own_surface(net, node, h->node.depth_m[at]);
        h->sums.dqdh_m2s[at] = sum[TW_END_DQDH];
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

/* A loop over ranges of rows or nodes. */
struct sweep {
    struct tw_hydraulics *h;
    struct tw_pass pass;
};

static void sweep_conduits(void *job, int32_t begin, int32_t end)
{
    const struct sweep *s = job;
    s->h->net->kernels->conduits(s->h, &s->pass, begin, end);
}

static void sweep_nodes(void *job, int32_t begin, int32_t end)
{
    const struct sweep *s = job;
    uint8_t *settled = s->h->sums.range_settled + begin / TW_RANGE * s->h->lanes;
    s->h->net->kernels->nodes(s->h, &s->pass, begin, end, settled);
}

/* One iteration: all flows from the present depths, then all depths from the new flows. */
static void iterate(struct tw_hydraulics *h, const struct tw_routing_options *options, double dt_s,
                    int32_t trial)
{
    const struct tw_network *net = h->net;
    int32_t w = h->lanes, ranges = net->node_count / TW_RANGE + 1;
    struct sweep sweep = {.h = h,
                          .pass = {.dt_s = dt_s,
                                   .tolerance_m = options->head_tolerance_m,
                                   .relaxed = trial > 0,
                                   .skip_settled = trial > 1}};
    tw_threads_for(h->threads, net->conduit_count, TW_CONDUIT_NS * w, sweep_conduits, &sweep);
    sum_mixed(h);
    tw_regulator_rows_advance(h, &sweep.pass);
    for (int32_t i = 0; i < h->model->outfalls.count; i++)
        tw_outfall_set_depth(h, i);
    memset(h->sums.range_settled, 1, (size_t)ranges * (size_t)w);
    tw_threads_for(h->threads, net->node_count, TW_NODE_NS * w, sweep_nodes, &sweep);
    for (int32_t l = 0; l < w; l++) {
        h->sums.converged[l] = 1;
        for (int32_t i = 0; i < ranges; i++)
            h->sums.converged[l] &= h->sums.range_settled[i * w + l];
    }
}

/* What reports ask of conduits, as they were at their last evaluation. */
static void keep_marks(struct tw_hydraulics *h)
{
    const int64_t *marks = h->sums.marks;
    for (int32_t at = 0; at < h->net->conduit_count * h->lanes; at++) {
        h->link.flow_class[at] = (uint8_t)(marks[at] & TW_MARK_CLASS);
        h->link.full[at] = (uint8_t)(marks[at] / TW_MARK_FULL1 & 3);
        h->link.limited[at] = (marks[at] & TW_MARK_LIMITED) != 0;
    }
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
    TW_REQUIRE(h->lanes == 1 || h->lanes % TW_BLOCK == 0);
    begin_step(h);
    memset(h->sums.done, 0, (size_t)h->lanes);
    int32_t going = h->lanes;
    for (int32_t trial = 0; trial < options->max_trials && going > 0; trial++) {
        iterate(h, options, dt_s, trial);
        going = count_trial(h, trial);
    }
    keep_rises(h, dt_s);
    keep_marks(h);
    for (int32_t l = 0; l < h->lanes; l++) {
        h->clock[l].steps++;
        if (!h->sums.converged[l]) h->clock[l].unconverged_steps++;
        h->sums.done[l] = 0; /* outfalls take their depth outside of steps too */
    }
}
