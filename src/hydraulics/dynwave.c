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

/* Time in which a wave crosses the barrels of a conduit; INFINITY where there is hardly any. */
static inline double wave_time(double part, double flow, double area, double froude, double volume)
{
    double q = fabs(flow);
    bool still = (q <= TW_TINY_FLOW_M3S) | (area <= TW_TINY_AREA_M2) | (froude <= 0.01);
    double time = part * volume * froude / (still ? 1.0 : q * (1.0 + froude));
    return still ? INFINITY : time;
}

/* Slots that are looked at together: few of them, and seldom, allow less than the step, and only of
 * those the time is worked out. */
enum { STRETCH = 64 };
static const double loose = 1.0 + 1e-9; /* more than products and quotients are rounded by */

/* A row's or node's values for each of its lanes. */
static const double *by_slot(double spread[STRETCH], const double *values, int32_t at, int32_t n,
                             int32_t lanes)
{
    if (lanes == 1) return values + at;
    for (int32_t i = 0; i < n; i++)
        spread[i] = values[(at + i) / lanes];
    return spread;
}

/* Whether a time of a stretch of conduits may be below a bound. */
static bool any_wave(const struct tw_hydraulics *h, const double *restrict part, int32_t at,
                     int32_t n, double bound_s)
{
    const double *restrict flow = h->conduit.flow_m3s + at, *restrict area =
                                                                h->conduit.area_m2 + at;
    const double *restrict froude = h->link.froude + at, *restrict volume = h->link.volume_m3 + at;
    int64_t any = 0;
    for (int32_t i = 0; i < n; i++) {
        double q = fabs(flow[i]), size = part[i] * volume[i] * froude[i];
        bool moves = (q > TW_TINY_FLOW_M3S) & (area[i] > TW_TINY_AREA_M2) & (froude[i] > 0.01);
        any |= (moves & (size < bound_s * (q * (1.0 + froude[i])))) ? 1 : 0;
    }
    return any != 0;
}

/* The first conduit with the least time below the step, which becomes that; -1: none. */
static int32_t least_wave(const struct tw_hydraulics *h, double factor, double *step_s)
{
    const double *flow = h->conduit.flow_m3s, *area = h->conduit.area_m2;
    double spread[STRETCH];
    int32_t w = h->lanes, count = h->net->conduit_count * w, place = -1;
    for (int32_t first = 0; first < count; first += STRETCH) {
        int32_t n = count - first < STRETCH ? count - first : STRETCH;
        const double *part = by_slot(spread, h->net->conduit.wave_ratio, first, n, w);
        if (!any_wave(h, part, first, n, loose / factor * *step_s)) continue;
        for (int32_t at = first; at < first + n; at++) {
            double time = wave_time(factor * part[at - first], flow[at], area[at],
                                    h->link.froude[at], h->link.volume_m3[at]);
            if (!(time < *step_s)) continue;
            *step_s = time;
            place = at;
        }
    }
    return place;
}

/* Time in which a node would rise or fall by a quarter of its crown depth; INFINITY where it is dry,
 * surcharged or at rest. Outfalls are not asked. */
static inline double rise_time(double crown_m, double depth_m, double rise_mps)
{
    bool still = (0.25 * crown_m < TW_TINY_DEPTH_M) | (depth_m <= TW_TINY_DEPTH_M) |
                 (depth_m + TW_TINY_DEPTH_M >= crown_m) | (rise_mps < TW_TINY_RISE_MPS);
    double time = 0.25 * crown_m / (still ? 1.0 : rise_mps);
    return still ? INFINITY : time;
}

static bool any_rise(const struct tw_hydraulics *h, const double *restrict crown, int32_t at,
                     int32_t n, double bound_s)
{
    const double *restrict depth = h->node.depth_m + at, *restrict rise = h->node.rise_mps + at;
    int64_t any = 0;
    for (int32_t i = 0; i < n; i++) {
        bool moves = (depth[i] > TW_TINY_DEPTH_M) & (depth[i] + TW_TINY_DEPTH_M < crown[i]);
        any |= (moves & (0.25 * crown[i] < bound_s * rise[i])) ? 1 : 0;
    }
    return any != 0;
}

/* The first node with the least time below the step, which becomes that; -1: none. */
static int32_t least_rise(const struct tw_hydraulics *h, double *step_s)
{
    const struct tw_network *net = h->net;
    double spread[STRETCH];
    int32_t w = h->lanes, count = net->node_count * w, place = -1;
    for (int32_t first = 0; first < count; first += STRETCH) {
        int32_t n = count - first < STRETCH ? count - first : STRETCH;
        const double *crown = by_slot(spread, net->crown_depth_m, first, n, w);
        if (!any_rise(h, crown, first, n, loose * *step_s)) continue;
        for (int32_t at = first; at < first + n; at++) {
            double time = rise_time(crown[at - first], h->node.depth_m[at], h->node.rise_mps[at]);
            if (!(time < *step_s) || net->outfall[at / w]) continue;
            *step_s = time;
            place = at;
        }
    }
    return place;
}

/* What the flow allows; clock->critical becomes what allows the least. */
static double longest_step(struct tw_hydraulics *h, const struct tw_routing_options *options)
{
    double step = options->routing_step_s;
    int32_t w = h->lanes, at = least_wave(h, options->variable_step_factor, &step);
    if (at >= 0) h->clock->critical = at / w + 1;
    at = least_rise(h, &step);
    if (at >= 0) h->clock->critical = -(at / w + 1);
    return step;
}

double tw_dynwave_next_step_s(struct tw_hydraulics *h, const struct tw_routing_options *options)
{
    h->clock->critical = 0;
    if (options->variable_step_factor == 0.0 || options->routing_step_s < 0.001) {
        return options->routing_step_s;
    }
    double step = options->minimum_step_s;
    if (h->clock->variable_step_s > 0.0) {
        step = longest_step(h, options);
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
static void keep_rises(int32_t count, double dt_s, const double *restrict depth_m,
                       const double *restrict old_depth_m, double *restrict rise_mps)
{
    for (int32_t i = 0; i < count; i++)
        rise_mps[i] = fabs(depth_m[i] - old_depth_m[i]) / dt_s;
}

static void keep_net(int32_t count, const double *restrict in_m3s, const double *restrict out_m3s,
                     double *restrict net_m3s)
{
    for (int32_t i = 0; i < count; i++)
        net_m3s[i] = in_m3s[i] - out_m3s[i];
}

void tw_dynwave_begin_step(struct tw_hydraulics *h)
{
    size_t w = (size_t)h->lanes, nodes = (size_t)h->net->node_count * w;
    size_t links = (size_t)h->net->link_count * w, conduits = (size_t)h->net->conduit_count * w;
    struct tw_node_state *n = &h->node;
    struct tw_link_state *l = &h->link;
    memcpy(n->old_depth_m, n->depth_m, nodes * sizeof(double));
    memcpy(n->old_volume_m3, n->volume_m3, nodes * sizeof(double));
    memcpy(n->old_inflow_m3s, n->inflow_m3s, nodes * sizeof(double));
    keep_net((int32_t)nodes, n->inflow_m3s, n->outflow_m3s, n->old_net_inflow_m3s);
    memset(h->sums.settled, 0, nodes);
    memcpy(l->old_depth_m, l->depth_m, links * sizeof(double));
    memcpy(l->old_flow_m3s, l->flow_m3s, links * sizeof(double));
    memcpy(l->old_volume_m3, l->volume_m3, links * sizeof(double));
    memcpy(h->conduit.old_area_m2, h->conduit.area_m2, conduits * sizeof(double));
}

void tw_dynwave_rest(struct tw_hydraulics *h)
{
    tw_dynwave_begin_step(h);
    for (int32_t at = 0; at < h->net->node_count * h->lanes; at++) {
        h->node.inflow_m3s[at] =
            h->node.lateral_m3s[at]; /* as SWMM has it also where it is taken */
        h->node.outflow_m3s[at] = 0.0;
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

/* The ends that a conduit had full when it last had water: idle ones keep them, as in SWMM. */
static void begin_marks(int32_t count, const uint8_t *restrict full, int64_t *restrict marks)
{
    for (int32_t i = 0; i < count; i++)
        marks[i] = (int64_t)full[i] << TW_MARK_FULL;
}

/* What reports ask of conduits, as they were at their last evaluation. */
static void keep_marks(int32_t count, const int64_t *restrict marks, struct tw_link_state *link)
{
    uint8_t *restrict flow_class = link->flow_class, *restrict full = link->full;
    uint8_t *restrict limited = link->limited;
    for (int32_t i = 0; i < count; i++) {
        flow_class[i] = (uint8_t)(marks[i] & TW_MARK_CLASS);
        full[i] = (uint8_t)(marks[i] >> TW_MARK_FULL & 3);
        /* an idle conduit is still said to be what it was when it had water, as in SWMM */
        int64_t idle = -(marks[i] >> 7 & 1);
        limited[i] = (uint8_t)((marks[i] >> 5 & 3) | (idle & limited[i]));
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
    tw_dynwave_begin_step(h);
    /* found anew with every flow: a conduit that never flows in this step loses nothing */
    size_t conduits = (size_t)h->net->conduit_count * (size_t)h->lanes;
    memset(h->conduit.loss_m3s, 0, conduits * sizeof(double));
    memset(h->conduit.evaporation_m3s, 0, conduits * sizeof(double));
    memset(h->sums.done, 0, (size_t)h->lanes);
    begin_marks((int32_t)conduits, h->link.full, h->sums.marks);
    int32_t going = h->lanes;
    for (int32_t trial = 0; trial < options->max_trials && going > 0; trial++) {
        iterate(h, options, dt_s, trial);
        going = count_trial(h, trial);
    }
    keep_rises(h->net->node_count * h->lanes, dt_s, h->node.depth_m, h->node.old_depth_m,
               h->node.rise_mps);
    keep_marks(h->net->conduit_count * h->lanes, h->sums.marks, &h->link);
    for (int32_t l = 0; l < h->lanes; l++) {
        h->clock[l].steps++;
        if (!h->sums.converged[l]) h->clock[l].unconverged_steps++;
        h->sums.done[l] = 0; /* outfalls take their depth outside of steps too */
    }
}
