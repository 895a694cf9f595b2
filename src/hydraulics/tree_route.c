#include "hydraulics/tree_route.h"

#include "hydraulics/constants.h"
#include "hydraulics/dynwave.h"
#include "hydraulics/kinematic.h"
#include "hydraulics/regulator_rows.h"
#include "hydraulics/regulators.h"
#include "hydraulics/storage_losses.h"
#include "num/table.h"

#include <math.h>
#include <string.h>

/* A link in a lane. */
struct spot {
    struct tw_hydraulics *h;
    int32_t row, lane;
    double dt_s;
};

static int32_t at_row(const struct spot *s) { return s->row * s->h->lanes + s->lane; }

static int32_t at_node(const struct spot *s, int32_t node) { return node * s->h->lanes + s->lane; }

static bool is_storage(const struct spot *s, int32_t node)
{
    return s->h->model->nodes.kind[node] == TW_NODE_STORAGE;
}

/* ---- what a node gives to a link ---- */

/* Share of a divider's inflow that is diverted. source: SWMM Reference Manual II, 2.3.3 */
static double diverted(const struct spot *s, int32_t divider, double inflow)
{
    const struct tw_dividers *d = &s->h->model->dividers;
    double cutoff = d->cutoff_m3s[divider];
    if (d->kind[divider] == TW_DIVIDER_CUTOFF) return inflow > cutoff ? inflow - cutoff : 0.0;
    if (d->kind[divider] == TW_DIVIDER_TABULAR) {
        const struct tw_tables *t = &s->h->model->curves;
        int32_t first = t->first[d->curve[divider]];
        return tw_points_at((struct tw_points){.x = t->x + first,
                                               .y = t->y + first,
                                               .count = t->first[d->curve[divider] + 1] - first},
                            inflow);
    }
    if (inflow <= cutoff) return 0.0;
    /* the weir's coefficient belongs to feet or metres as its file has them: c h^1.5 */
    double unit_m = s->h->model->us_units ? TW_FOOT_M : 1.0;
    double height = d->weir_height_m[divider] / unit_m;
    double most = d->weir_coefficient[divider] * pow(height, 1.5) * unit_m * unit_m * unit_m;
    double part = (inflow - cutoff) / (most - cutoff);
    if (part > 1.0) return most * sqrt(part);
    return most * pow(part, 1.5);
}

static double divider_outflow(const struct spot *s, int32_t node, double inflow)
{
    const struct tw_dividers *d = &s->h->model->dividers;
    int32_t k = s->h->model->nodes.row[node];
    bool diversion = s->h->net->link_of_row[s->row] == d->link[k];
    if (d->kind[k] == TW_DIVIDER_OVERFLOW) {
        double left = inflow - s->h->node.outflow_m3s[at_node(s, node)];
        return diversion ? (left > 0.0 ? left : 0.0) : inflow;
    }
    double q = diverted(s, k, inflow);
    if (q > inflow) q = inflow;
    return diversion ? q : inflow - q;
}

static struct tw_kinematic_reach reach_of(const struct spot *s)
{
    const struct tw_conduit_rows *c = &s->h->net->conduit;
    double rougher = s->h->roughness[s->lane];
    return (struct tw_kinematic_reach){.xsect = &s->h->net->xsects[c->section[s->row]],
                                       .length_m = c->length_m[s->row],
                                       .full_flow_m3s = c->full_flow_m3s[s->row] / rougher,
                                       .beta = c->beta[s->row] / rougher};
}

/* Flow out of a storage into a conduit: normal flow at the depth of its water there. */
static double storage_outflow(const struct spot *s, int32_t node)
{
    const struct tw_conduit_rows *c = &s->h->net->conduit;
    double y = s->h->node.depth_m[at_node(s, node)] - c->offset1_m[s->row];
    struct tw_kinematic_reach reach = reach_of(s);
    if (!(y > 0.0)) return 0.0;
    double q = reach.full_flow_m3s;
    if (y < reach.xsect->full_depth_m) {
        q = reach.beta * tw_xsect_factor_of_area(reach.xsect, tw_xsect_area(reach.xsect, y));
    }
    return q; /* of one barrel, as in SWMM */
}

static double node_outflow(const struct spot *s, int32_t node)
{
    const struct tw_node_state *n = &s->h->node;
    double inflow = n->inflow_m3s[at_node(s, node)] + n->overflow_m3s[at_node(s, node)];
    int32_t kind = s->h->model->nodes.kind[node];
    if (kind == TW_NODE_STORAGE) {
        return s->row < s->h->net->conduit_count ? storage_outflow(s, node) : 0.0;
    }
    return kind == TW_NODE_DIVIDER ? divider_outflow(s, node, inflow) : inflow;
}

/* What enters a link at its first node. */
static double link_inflow(const struct spot *s)
{
    struct tw_hydraulics *h = s->h;
    int32_t node = h->net->from[s->row], link = h->net->link_of_row[s->row];
    double q = 0.0;
    if (h->link.setting[at_row(s)] != 0.0) {
        if (h->model->links.kind[link] == TW_LINK_CONDUIT) {
            double limit = h->model->links.flow_limit_m3s[link];
            q = node_outflow(s, node);
            if (limit > 0.0 && q > limit) q = limit;
        } else {
            q = tw_regulator_row_flow(h, s->row, s->lane, s->dt_s);
        }
    }
    double full = h->net->full_volume_m3[node];
    if (full > 0.0) {
        double most = h->node.inflow_m3s[at_node(s, node)] +
                      h->node.old_volume_m3[at_node(s, node)] / s->dt_s;
        if (q > most) q = most;
    }
    return q > 0.0 ? q : 0.0;
}

/* ---- nodes ---- */

/* Set a volume; what is beyond the full one overflows, and stays only where it may pond. */
static void set_volume(const struct spot *s, int32_t node, double volume_m3)
{
    struct tw_node_state *n = &s->h->node;
    int32_t at = at_node(s, node);
    double full = s->h->net->full_volume_m3[node];
    n->overflow_m3s[at] = 0.0;
    if (volume_m3 > full) {
        double before = n->old_volume_m3[at] > full ? n->old_volume_m3[at] : full;
        double overflow = (volume_m3 - before) / s->dt_s;
        n->overflow_m3s[at] = overflow > TW_TINY_FLOW_M3S ? overflow : 0.0;
        if (!s->h->net->can_pond[node]) volume_m3 = full;
    }
    n->volume_m3[at] = volume_m3;
}

static double depth_of_volume(const struct spot *s, int32_t node)
{
    const struct tw_nodes *nodes = &s->h->model->nodes;
    double volume = s->h->node.volume_m3[at_node(s, node)];
    if (!is_storage(s, node)) return 0.0;
    return tw_storage_depth(s->h->model, nodes->row[node], volume);
}

/* What all links that leave the storage take at its present depth; they stand together from k on. */
static double all_outflows(struct spot s, int32_t k)
{
    const struct tw_network *net = s.h->net;
    int32_t node = net->from[net->order[k]];
    double sum = 0.0;
    for (; k < net->link_count && net->from[net->order[k]] == node; k++) {
        s.row = net->order[k];
        sum += link_inflow(&s);
    }
    return sum;
}

/* Depth of a storage at the end of the step, on which its outflows depend: repeated until it
 * settles. As in SWMM, trials go from depth to depth, and it is a mean that lags behind them whose
 * change ends them. source: SWMM Reference Manual II, 4.3 */
static void settle_storage(struct spot s, int32_t k)
{
    enum { TRIALS = 9 };
    static const double relaxation = 0.55, tolerance_m = 0.005 * TW_FOOT_M;
    struct tw_node_state *n = &s.h->node;
    int32_t node = s.h->net->from[s.h->net->order[k]], at = at_node(&s, node);
    double fixed =
        n->old_volume_m3[at] +
        0.5 * s.dt_s * (n->old_net_inflow_m3s[at] + n->inflow_m3s[at] - n->outflow_m3s[at]);
    double watched = n->depth_m[at];
    for (int trial = 0; trial < TRIALS; trial++) {
        double volume = fixed - 0.5 * s.dt_s * all_outflows(s, k);
        set_volume(&s, node, volume > 0.0 ? volume : 0.0);
        n->depth_m[at] = depth_of_volume(&s, node);
        double change = relaxation * (n->depth_m[at] - watched);
        if (fabs(change) <= tolerance_m) break;
        watched += change;
    }
}

static void finish_node(const struct spot *s, int32_t node)
{
    struct tw_node_state *n = &s->h->node;
    int32_t at = at_node(s, node);
    if (!is_storage(s, node) && !s->h->net->leaves[node]) { /* the network ends here */
        n->volume_m3[at] = n->overflow_m3s[at] = n->depth_m[at] = 0.0;
        return;
    }
    double net_inflow = n->inflow_m3s[at] - n->outflow_m3s[at];
    if (is_storage(s, node)) net_inflow = 0.5 * (n->old_net_inflow_m3s[at] + net_inflow);
    double volume = n->old_volume_m3[at] + s->dt_s * net_inflow;
    set_volume(s, node, volume > TW_TINY_DEPTH_M * TW_FOOT2_M2 ? volume : 0.0);
    n->depth_m[at] = depth_of_volume(s, node);
}

/* Water at a node stands at least as high as in its conduits. */
static void raise_node(const struct spot *s, int32_t node, double depth_m)
{
    struct tw_node_state *n = &s->h->node;
    int32_t at = at_node(s, node);
    double full = s->h->model->nodes.full_depth_m[node];
    if (is_storage(s, node)) return;
    if (!s->h->net->outfall[node] && n->overflow_m3s[at] > 0.0) depth_m = full;
    if (!(n->depth_m[at] < depth_m)) return;
    n->depth_m[at] = full > 0.0 && depth_m > full ? full : depth_m;
}

/* ---- links ---- */

/* Returns the trials of the search for its exit. */
static int32_t route_conduit(const struct spot *s, double *inflow, double *outflow)
{
    int32_t trials = 1;
    struct tw_hydraulics *h = s->h;
    int32_t at = at_row(s);
    double barrels = h->net->conduit.barrels[s->row];
    struct tw_kinematic_reach reach = reach_of(s);
    struct tw_kinematic_ends ends = {.entry_m3s = h->conduit.entry_m3s[at],
                                     .entry_m2 = h->conduit.entry_m2[at],
                                     .exit_m3s = h->conduit.flow_m3s[at],
                                     .exit_m2 = h->conduit.exit_m2[at]};
    double entering = *inflow / barrels, loss = 0.0;
    if (h->net->conduit.traits[s->row] & TW_CONDUIT_LEAKS) /* no more than enters */
        loss = tw_conduit_loss(h, s->row, at, h->link.depth_m[at], entering);
    if (h->model->options.routing == TW_ROUTING_STEADY) {
        tw_steady_step(&reach, entering, loss, &ends);
    } else {
        trials = tw_kinematic_step(&reach, entering, loss, s->dt_s, &ends);
    }
    h->conduit.entry_m3s[at] = ends.entry_m3s;
    h->conduit.entry_m2[at] = ends.entry_m2;
    h->conduit.flow_m3s[at] = ends.exit_m3s;
    h->conduit.exit_m2[at] = ends.exit_m2;
    *inflow = ends.entry_m3s * barrels;
    *outflow = ends.exit_m3s * barrels;
    return trials;
}

static int32_t route_link(const struct spot *s)
{
    int32_t trials = 1;
    struct tw_hydraulics *h = s->h;
    double inflow = link_inflow(s), outflow = inflow;
    if (s->row < h->net->conduit_count) trials = route_conduit(s, &inflow, &outflow);
    h->link.flow_m3s[at_row(s)] = outflow;
    h->node.outflow_m3s[at_node(s, h->net->from[s->row])] += inflow;
    h->node.inflow_m3s[at_node(s, h->net->to[s->row])] += outflow;
    return trials;
}

static void finish_conduit(const struct spot *s)
{
    struct tw_hydraulics *h = s->h;
    const struct tw_conduit_rows *c = &h->net->conduit;
    const struct tw_xsect *x = &h->net->xsects[c->section[s->row]];
    int32_t at = at_row(s);
    double area1 = h->conduit.entry_m2[at], area2 = h->conduit.exit_m2[at];
    double y1 = tw_xsect_depth_of_area(x, area1), y2 = tw_xsect_depth_of_area(x, area2);
    h->conduit.area_m2[at] = 0.5 * (area1 + area2);
    h->link.volume_m3[at] = h->conduit.area_m2[at] * c->length_m[s->row] * c->barrels[s->row];
    h->link.depth_m[at] = 0.5 * (y1 + y2);
    h->link.full[at] = area1 >= x->full_area_m2 ? 3 : 0; /* by its entry alone, as in SWMM */
    raise_node(s, c->from[s->row], y1 + c->offset1_m[s->row]);
    raise_node(s, c->to[s->row], y2 + c->offset2_m[s->row]);
}

/* A dummy conduit is dry, but ends at a height. */
static void finish_dummy(const struct spot *s)
{
    const struct tw_links *l = &s->h->model->links;
    int32_t link = s->h->net->link_of_row[s->row];
    if (l->kind[link] != TW_LINK_CONDUIT) return;
    raise_node(s, l->from[link], l->offset1_m[link]);
    raise_node(s, l->to[link], l->offset2_m[link]);
}

/* ---- the step ---- */

static void begin_nodes(struct tw_hydraulics *h, double dt_s)
{
    struct tw_node_state *n = &h->node;
    int32_t w = h->lanes;
    for (int32_t at = 0; at < h->net->node_count * w; at++) {
        int32_t node = at / w;
        double above = n->volume_m3[at] - h->net->full_volume_m3[node];
        bool drains = h->model->nodes.kind[node] != TW_NODE_STORAGE && above > 0.0;
        n->inflow_m3s[at] = n->lateral_m3s[at];
        n->outflow_m3s[at] = n->losses_m3s[at];
        n->overflow_m3s[at] = drains ? above / dt_s : 0.0;
    }
}

static void step_lane(struct tw_hydraulics *h, int32_t lane, double dt_s)
{
    const struct tw_network *net = h->net;
    struct spot s = {.h = h, .lane = lane, .dt_s = dt_s};
    int64_t trials = 0;
    for (int32_t k = 0; k < net->link_count; k++) {
        s.row = net->order[k];
        int32_t node = net->from[s.row];
        bool first = k == 0 || net->from[net->order[k - 1]] != node;
        if (first && is_storage(&s, node)) settle_storage(s, k);
        trials += route_link(&s);
    }
    for (int32_t i = 0; i < net->node_count; i++) {
        if (!is_storage(&s, i) || !net->leaves[i]) finish_node(&s, i);
    }
    for (s.row = 0; s.row < net->link_count; s.row++) {
        h->link.volume_m3[at_row(&s)] = 0.0;
        h->link.depth_m[at_row(&s)] = 0.0;
        if (s.row < net->conduit_count) {
            finish_conduit(&s);
        } else {
            finish_dummy(&s);
        }
    }
    h->clock[lane].steps++;
    /* the mean of a step's links, in whole numbers, as SWMM reports it */
    h->clock[lane].trials +=
        (int64_t)((double)trials / (net->link_count > 0 ? net->link_count : 1) + 0.5);
}

void tw_tree_begin(struct tw_hydraulics *h)
{
    const struct tw_conduit_rows *c = &h->net->conduit;
    bool steady = h->model->options.routing == TW_ROUTING_STEADY;
    for (int32_t at = 0; at < h->net->conduit_count * h->lanes; at++) {
        int32_t row = at / h->lanes;
        if (steady) h->conduit.flow_m3s[at] = h->link.flow_m3s[at] = 0.0;
        double area = tw_xsect_area(&h->net->xsects[c->section[row]], h->link.depth_m[at]);
        h->conduit.entry_m3s[at] = h->conduit.flow_m3s[at];
        h->conduit.entry_m2[at] = h->conduit.exit_m2[at] = h->conduit.area_m2[at] = area;
        h->link.volume_m3[at] = steady ? 0.0 : area * c->length_m[row] * c->barrels[row];
    }
}

void tw_tree_step(struct tw_hydraulics *h, double dt_s)
{
    tw_dynwave_begin_step(h);
    begin_nodes(h, dt_s);
    for (int32_t lane = 0; lane < h->lanes; lane++)
        step_lane(h, lane, dt_s);
}
