/* One system for all heads (Casulli and Stelling 2013, with flows linearised about the estimate):
 *
 *   V_i(y_i) = V_i,old + dt (inflow_i - sum of flows that leave i)      for every node i
 *   (V_i' + dt sum |dq/dy_i|) d_i - dt sum |dq/dy_j| d_j = what is missing in i's balance
 *
 * Every column's sum is V_i' > 0: no pivoting is needed and no correction d makes a wave. V is
 * convex where a section widens and concave where it closes; a correction that would jump from one
 * part into the other stops where they meet, from where Newton's method goes on one-sided. */
#include "hydraulics/semi_implicit.h"

#include "hydraulics/constants.h"
#include "hydraulics/outfall.h"
#include "hydraulics/regulators.h"
#include "hydraulics/semi_parts.h"

#include <math.h>
#include <string.h>

enum {
    MOST_TRIALS = 20,
    MOST_PARTS = 64 /* that a step is cut into */
};

/* ---- making ---- */

/* Depth of the greatest slope of the area, the highest of them where there are many. */
static double widest_of(const struct tw_conduit_rows *c, int32_t row)
{
    double most = 0.0;
    int32_t cell = 0;
    for (int32_t i = 0; i < c->cells[row]; i++) {
        const double *r = c->first_row[row] + (size_t)i * TW_GEOMETRY_ROW;
        double slope = r[1] + 2.0 * r[2];
        if (slope < most * (1.0 - 1e-6)) continue;
        most = slope;
        cell = i + 1;
    }
    return cell / c->cells_per_m[row];
}

static tw_status allocate(struct tw_semi *s, const struct tw_network *net, struct tw_arena *arena)
{
    size_t nodes = (size_t)net->node_count, links = (size_t)net->link_count;
    size_t conduits = (size_t)net->conduit_count, outfalls = (size_t)net->model->outfalls.count;
    double **const of_nodes[] = {
        &s->wanted_m,   &s->last_m,          &s->sump_m,      &s->depth_m,       &s->before_m,
        &s->held_m3,    &s->volume_m3,       &s->slope_m2,    &s->withdrawn_m3s, &s->gain_m3s,
        &s->flooded_m3, &s->system.diagonal, &s->system.value};
    for (size_t i = 0; i < sizeof of_nodes / sizeof of_nodes[0]; i++) {
        *of_nodes[i] = TW_ARENA_NEW(arena, double, nodes);
        if (*of_nodes[i] == NULL) return TW_ERR_NOMEM;
    }
    s->open_exit = TW_ARENA_NEW(arena, uint8_t, nodes);
    s->slot = TW_ARENA_NEW(arena, int32_t, links);
    s->flow = TW_ARENA_NEW(arena, struct tw_semi_flow, links);
    s->before_m3s = TW_ARENA_NEW(arena, double, links);
    s->ends = TW_ARENA_NEW(arena, struct tw_semi_ends, conduits);
    s->before_m2 = TW_ARENA_NEW(arena, double, conduits);
    s->widest_m = TW_ARENA_NEW(arena, double, conduits);
    s->mouth_m3 = TW_ARENA_NEW(arena, double, outfalls);
    bool all = s->open_exit != NULL && s->slot != NULL && s->flow != NULL &&
               s->before_m3s != NULL && s->ends != NULL && s->before_m2 != NULL &&
               s->widest_m != NULL && s->mouth_m3 != NULL;
    return all ? TW_OK : TW_ERR_NOMEM;
}

/* Heads of outfalls are not unknowns: links to them couple nothing. */
static tw_status find_pattern(struct tw_semi *s, const struct tw_network *net,
                              struct tw_arena *arena)
{
    int32_t *a = TW_ARENA_NEW(arena, int32_t, net->link_count);
    int32_t *b = TW_ARENA_NEW(arena, int32_t, net->link_count);
    if (a == NULL || b == NULL) return TW_ERR_NOMEM;
    for (int32_t row = 0; row < net->link_count; row++) {
        a[row] = net->outfall[net->from[row]] ? -1 : net->from[row];
        b[row] = net->outfall[net->to[row]] ? -1 : net->to[row];
    }
    TW_TRY(tw_sparse_init(&s->pattern, net->node_count, net->link_count, a, b, arena, s->slot));
    s->system.upper = TW_ARENA_NEW(arena, double, s->pattern.entries);
    s->system.lower = TW_ARENA_NEW(arena, double, s->pattern.entries);
    return s->system.upper != NULL && s->system.lower != NULL ? TW_OK : TW_ERR_NOMEM;
}

/* Depth of the lowest conduit at a node; of one without conduits that at which it floods. */
static double sump_of(const struct tw_network *net, int32_t node)
{
    if (net->outfall[node] || net->model->nodes.kind[node] == TW_NODE_STORAGE) return 0.0;
    double least = net->most_depth_m[node];
    for (int32_t k = net->node_first[node]; k < net->node_first[node + 1]; k++) {
        int32_t row = net->incident[k] >> 1;
        double offset =
            net->incident[k] & 1 ? net->conduit.offset2_m[row] : net->conduit.offset1_m[row];
        if (offset < least) least = offset;
    }
    return least > 0.0 ? least : 0.0;
}

tw_status tw_semi_init(const struct tw_hydraulics *h, struct tw_arena *arena,
                       struct tw_semi **out_semi)
{
    struct tw_semi *s = TW_ARENA_NEW(arena, struct tw_semi, 1);
    if (s == NULL) return TW_ERR_NOMEM;
    s->net = h->net;
    TW_TRY(allocate(s, h->net, arena));
    TW_TRY(find_pattern(s, h->net, arena));
    for (int32_t row = 0; row < h->net->conduit_count; row++)
        s->widest_m[row] = widest_of(&h->net->conduit, row);
    for (int32_t i = 0; i < h->net->node_count; i++)
        s->sump_m[i] = sump_of(h->net, i);
    *out_semi = s;
    return TW_OK;
}

/* ---- one part of a step ---- */

static void set_outfalls(struct tw_semi *s, struct tw_hydraulics *h)
{
    const struct tw_outfalls *o = &s->net->model->outfalls;
    for (int32_t k = 0; k < o->count; k++) {
        int32_t node = o->node[k], at = node * h->lanes + s->lane;
        tw_outfall_set_depth(h, k);
        s->depth_m[node] = h->node.depth_m[at];
        double stage_m = h->outfall_stage_m[k * h->lanes + s->lane];
        double under_m = stage_m - s->net->model->nodes.invert_m[node];
        bool staged = tw_outfall_staged(h, k, s->lane);
        bool open = s->depth_m[node] > 0.0 && !(staged && s->depth_m[node] == under_m);
        bool normal = !staged && o->kind[k] == TW_OUTFALL_NORMAL;
        s->open_exit[node] = !open    ? TW_SEMI_EXIT_HELD
                             : normal ? TW_SEMI_EXIT_NORMAL
                                      : TW_SEMI_EXIT_DROP;
    }
}

static void find_flows(struct tw_semi *s, struct tw_hydraulics *h)
{
    const struct tw_network *net = s->net;
    memset(s->gain_m3s, 0, (size_t)net->node_count * sizeof *s->gain_m3s);
    for (int32_t row = 0; row < net->link_count; row++) {
        if (row < net->conduit_count) {
            tw_semi_conduit_flow(s, h, row);
        } else {
            tw_semi_regulator_flow(s, h, row);
        }
        s->gain_m3s[net->from[row]] -= s->flow[row].flow_m3s;
        s->gain_m3s[net->to[row]] += s->flow[row].flow_m3s;
    }
}

/* The linear system of the corrections. */
static void assemble(struct tw_semi *s)
{
    const struct tw_network *net = s->net;
    const int32_t *place = s->pattern.place;
    struct tw_sparse_system *y = &s->system;
    double dt = s->dt_s;
    memset(y->upper, 0, (size_t)s->pattern.entries * sizeof *y->upper);
    memset(y->lower, 0, (size_t)s->pattern.entries * sizeof *y->lower);
    for (int32_t i = 0; i < net->node_count; i++) {
        double taken = s->withdrawn_m3s[i], fade = tw_semi_fade(s->depth_m[i]);
        double missing = s->held_m3[i] - s->volume_m3[i] + dt * (s->gain_m3s[i] - taken * fade);
        double slope = s->slope_m2[i] + (fade < 1.0 ? dt * taken / TW_SEMI_FADE_M : 0.0);
        y->diagonal[place[i]] = net->outfall[i] ? 1.0 : slope;
        y->value[place[i]] = net->outfall[i] ? 0.0 : missing;
    }
    for (int32_t row = 0; row < net->link_count; row++) {
        const struct tw_semi_flow *f = &s->flow[row];
        int32_t a = net->from[row], b = net->to[row], slot = s->slot[row];
        double by1 = dt * f->by_head1_m2s, by2 = dt * f->by_head2_m2s;
        if (!net->outfall[a]) y->diagonal[place[a]] += by1;
        if (!net->outfall[b]) y->diagonal[place[b]] -= by2;
        if (slot < 0) continue;
        /* the equation of a holds dq/dy2, that of b -dq/dy1 */
        double *of_a = slot & 1 ? y->lower : y->upper, *of_b = slot & 1 ? y->upper : y->lower;
        of_a[slot >> 1] += by2;
        of_b[slot >> 1] -= by1;
    }
}

/* Where a correction must stop: the first level between at which the curvature turns. */
static double stopped(const struct tw_semi *s, int32_t node, double from_m, double to_m)
{
    const struct tw_network *net = s->net;
    const struct tw_conduit_rows *c = &net->conduit;
    double stop = to_m;
    for (int32_t k = net->node_first[node]; k < net->node_first[node + 1]; k++) {
        int32_t row = net->incident[k] >> 1;
        double offset = net->incident[k] & 1 ? c->offset2_m[row] : c->offset1_m[row];
        double level = offset + s->widest_m[row];
        if ((from_m - level) * (stop - level) < 0.0) stop = level;
    }
    double brim = net->most_depth_m[node], sump = s->sump_m[node];
    if ((from_m - brim) * (stop - brim) < 0.0) stop = brim;
    if ((from_m - sump) * (stop - sump) < 0.0) stop = sump;
    return stop;
}

/* A depth grows to twice itself and a little in one trial, and falls to a quarter or to next to
 * nothing: flows that were linear so far away would be another river's. */
static double bounded(double y_m, double last_m)
{
    const double little_m = 0.2, nothing_m = 0.01;
    double most = 2.0 * last_m + little_m, least = last_m > nothing_m ? 0.25 * last_m : 0.0;
    return y_m > most ? most : y_m < least ? least : y_m;
}

/* A correction that goes back beyond the depth of the trial before meets it half way: the balance
 * changes its sign between the two. */
static double halved(double y_m, double last_m, double before_m, bool turned)
{
    bool beyond = fabs(y_m - last_m) > 0.5 * fabs(before_m - last_m);
    bool back = (y_m - last_m) * (before_m - last_m) > 0.0;
    return turned && beyond && back ? 0.5 * (last_m + before_m) : y_m;
}

/* Move depths by the corrections and flows with them; the largest correction that was wanted. What flows leave or lack to linear order is left in held_m3 as the new volume. */
static double correct(struct tw_semi *s, struct tw_hydraulics *h, double tolerance_m)
{
    const struct tw_network *net = s->net;
    double most = 0.0, *d = s->slope_m2; /* borrowed: slopes are not needed any more */
    for (int32_t i = 0; i < net->node_count; i++) {
        double wanted = s->system.value[s->pattern.place[i]], y = s->depth_m[i] + wanted;
        double last = s->depth_m[i];
        if (fabs(wanted) > tolerance_m) {
            bool turned = wanted * s->wanted_m[i] < 0.0;
            y = halved(bounded(y, last), last, s->last_m[i], turned);
            y = stopped(s, i, last, y);
        }
        s->wanted_m[i] = wanted;
        s->last_m[i] = last;
        if (y < 0.0) y = 0.0;
        d[i] = y - s->depth_m[i];
        double moved = fabs(d[i]) > fabs(wanted) ? fabs(d[i]) : fabs(wanted);
        if (y == 0.0 && last == 0.0) moved = 0.0; /* what it owes comes with the next water */
        if (moved > most) most = moved;
        s->depth_m[i] = y;
    }
    for (int32_t row = 0; row < net->link_count; row++) {
        const struct tw_semi_flow *f = &s->flow[row];
        int32_t at = row * h->lanes + s->lane, a = net->from[row], b = net->to[row];
        double q = f->flow_m3s + f->by_head1_m2s * d[a] + f->by_head2_m2s * d[b];
        h->link.flow_m3s[at] = q;
        if (row < net->conduit_count) h->conduit.flow_m3s[at] = q / net->conduit.barrels[row];
    }
    return most;
}

/* Volumes at the beginning of the part, with all that comes and goes by itself. */
static void begin_part(struct tw_semi *s, struct tw_hydraulics *h)
{
    const struct tw_network *net = s->net;
    int32_t w = h->lanes, l = s->lane;
    tw_semi_volumes(s);
    for (int32_t i = 0; i < net->node_count; i++) {
        int32_t at = i * w + l;
        double lateral = h->node.lateral_m3s[at];
        s->before_m[i] = s->depth_m[i];
        s->withdrawn_m3s[i] = lateral < 0.0 ? -lateral : 0.0;
        double unplaced = h->node.shaft_m3[at] - tw_semi_shaft_m3(s, i, s->depth_m[i]);
        s->held_m3[i] = s->volume_m3[i] + (net->outfall[i] ? 0.0 : unplaced) +
                        s->dt_s * ((lateral > 0.0 ? lateral : 0.0) - h->node.losses_m3s[at]);
    }
    for (int32_t row = 0; row < net->link_count; row++)
        s->before_m3s[row] = h->link.flow_m3s[row * w + l];
    for (int32_t row = 0; row < net->conduit_count; row++) {
        const struct tw_semi_ends *e = &s->ends[row];
        double both = e->area1_m2 + e->area2_m2;
        double lost = s->dt_s * h->conduit.loss_m3s[row * w + l] * net->conduit.barrels[row];
        double share = both > 0.0 ? e->area1_m2 / both : 0.5;
        s->before_m2[row] = h->conduit.area_m2[row * w + l];
        s->held_m3[net->conduit.from[row]] -= share * lost;
        s->held_m3[net->conduit.to[row]] -= (1.0 - share) * lost;
    }
}

static bool settle(struct tw_semi *s, struct tw_hydraulics *h, double tolerance_m)
{
    begin_part(s, h);
    memset(s->wanted_m, 0, (size_t)s->net->node_count * sizeof *s->wanted_m);
    for (int32_t trial = 0; trial < MOST_TRIALS; trial++) {
        set_outfalls(s, h);
        tw_semi_volumes(s);
        find_flows(s, h);
        assemble(s);
        tw_sparse_solve(&s->pattern, &s->system);
        double moved = correct(s, h, tolerance_m);
        h->clock[s->lane].trials++;
        if (trial > 0 && moved < tolerance_m) return true;
    }
    return false;
}

/* Book what moved in the part; what the last trial's lines left over or short stays in the shaft. */
static void end_part(struct tw_semi *s, struct tw_hydraulics *h, struct tw_semi_booking *booking)
{
    const struct tw_network *net = s->net;
    int32_t w = h->lanes, l = s->lane;
    double dt = s->dt_s, *gain = s->gain_m3s;
    memset(gain, 0, (size_t)net->node_count * sizeof *gain);
    for (int32_t row = 0; row < net->link_count; row++) {
        gain[net->from[row]] -= h->link.flow_m3s[row * w + l];
        gain[net->to[row]] += h->link.flow_m3s[row * w + l];
    }
    for (int32_t i = 0; i < net->node_count; i++) {
        double taken = s->withdrawn_m3s[i] * tw_semi_fade(s->depth_m[i]);
        double above = s->depth_m[i] - net->most_depth_m[i], flooded = 0.0;
        booking->withheld_m3s += dt * (s->withdrawn_m3s[i] - taken);
        if (above > 0.0 && !net->can_pond[i] && !net->outfall[i]) {
            flooded = above * TW_SEMI_FLOOD_M2;
            s->depth_m[i] = net->most_depth_m[i];
        }
        s->flooded_m3[i] += flooded;
        s->held_m3[i] += dt * (gain[i] - taken) - flooded;
    }
    tw_semi_volumes(s);
    for (int32_t i = 0; i < net->node_count; i++) {
        double left = s->held_m3[i] - s->volume_m3[i];
        if (!net->outfall[i]) {
            h->node.shaft_m3[i * w + l] = tw_semi_shaft_m3(s, i, s->depth_m[i]) + left;
        }
    }
    const struct tw_outfalls *o = &net->model->outfalls;
    for (int32_t k = 0; k < o->count; k++)
        s->mouth_m3[k] += s->held_m3[o->node[k]] - s->volume_m3[o->node[k]];
}

static void go_back(struct tw_semi *s, struct tw_hydraulics *h)
{
    const struct tw_network *net = s->net;
    int32_t w = h->lanes, l = s->lane;
    memcpy(s->depth_m, s->before_m, (size_t)net->node_count * sizeof *s->depth_m);
    for (int32_t row = 0; row < net->link_count; row++)
        h->link.flow_m3s[row * w + l] = s->before_m3s[row];
    for (int32_t row = 0; row < net->conduit_count; row++) {
        h->conduit.flow_m3s[row * w + l] = s->before_m3s[row] / net->conduit.barrels[row];
        h->conduit.area_m2[row * w + l] = s->before_m2[row];
    }
}

/* ---- a step ---- */

static double conduit_m3(const struct tw_semi *s, int32_t row)
{
    const struct tw_conduit_rows *c = &s->net->conduit;
    double half_m = 0.5 * c->length_m[row] * c->barrels[row];
    return half_m * s->ends[row].area1_m2 + half_m * s->ends[row].area2_m2;
}

double tw_semi_adopt(struct tw_semi *semi, struct tw_hydraulics *h, int32_t lane)
{
    const struct tw_network *net = semi->net;
    double adopted = 0.0;
    for (int32_t i = 0; i < net->node_count; i++) {
        int32_t at = i * h->lanes + lane;
        double depth = h->node.depth_m[at];
        double volume = net->outfall[i] ? 0.0 : tw_node_volume(net, i, depth);
        semi->depth_m[i] = depth;
        adopted += volume - h->node.volume_m3[at];
        h->node.volume_m3[at] = volume;
    }
    for (int32_t row = 0; row < net->conduit_count; row++) {
        int32_t at = row * h->lanes + lane;
        tw_semi_conduit_ends(semi, row);
        double volume = conduit_m3(semi, row);
        adopted += volume - h->link.volume_m3[at];
        h->link.volume_m3[at] = volume;
    }
    return adopted;
}

double tw_semi_unplaced_m3(const struct tw_semi *semi, const struct tw_hydraulics *h, int32_t lane)
{
    double most = 0.0;
    for (int32_t i = 0; i < semi->net->node_count; i++) {
        int32_t at = i * h->lanes + lane;
        double shaft = semi->net->outfall[i] ? 0.0 : tw_semi_shaft_m3(semi, i, h->node.depth_m[at]);
        double left = fabs(h->node.shaft_m3[at] - shaft);
        if (left > most) most = left;
    }
    return most;
}

/* What was new becomes old. */
static void begin_step(struct tw_semi *s, struct tw_hydraulics *h)
{
    const struct tw_network *net = s->net;
    int32_t w = h->lanes, l = s->lane;
    for (int32_t i = 0; i < net->node_count; i++) {
        int32_t at = i * w + l;
        s->flooded_m3[i] = 0.0;
        h->node.old_depth_m[at] = h->node.depth_m[at];
        h->node.old_volume_m3[at] = h->node.volume_m3[at];
        h->node.old_inflow_m3s[at] = h->node.inflow_m3s[at];
        h->node.old_net_inflow_m3s[at] = h->node.inflow_m3s[at] - h->node.outflow_m3s[at];
    }
    for (int32_t at = l; at < net->link_count * w; at += w) {
        h->link.old_depth_m[at] = h->link.depth_m[at];
        h->link.old_flow_m3s[at] = h->link.flow_m3s[at];
        h->link.old_volume_m3[at] = h->link.volume_m3[at];
    }
    for (int32_t at = l; at < net->conduit_count * w; at += w)
        h->conduit.old_area_m2[at] = h->conduit.area_m2[at];
    memset(s->mouth_m3, 0, (size_t)net->model->outfalls.count * sizeof *s->mouth_m3);
}

static void add_flow(struct tw_hydraulics *h, int32_t from, int32_t to, double q)
{
    h->node.outflow_m3s[from] += q;
    h->node.inflow_m3s[to] += q;
}

/* Inflow and outflow of nodes as reports show them. */
static void sum_flows(struct tw_semi *s, struct tw_hydraulics *h)
{
    const struct tw_network *net = s->net;
    int32_t w = h->lanes, l = s->lane;
    for (int32_t i = 0; i < net->node_count; i++) {
        int32_t at = i * w + l;
        double lateral = h->node.lateral_m3s[at];
        h->node.inflow_m3s[at] = lateral > 0.0 ? lateral : 0.0;
        h->node.outflow_m3s[at] = (lateral < 0.0 ? -lateral : 0.0) + h->node.losses_m3s[at];
    }
    for (int32_t row = 0; row < net->link_count; row++) {
        int32_t a = net->from[row] * w + l, b = net->to[row] * w + l;
        double q = h->link.flow_m3s[row * w + l];
        if (q >= 0.0) {
            add_flow(h, a, b, q);
        } else {
            add_flow(h, b, a, -q);
        }
        if (row >= net->conduit_count) continue;
        double lost = h->conduit.loss_m3s[row * w + l] * net->conduit.barrels[row];
        h->node.outflow_m3s[q >= 0.0 ? a : b] += lost;
    }
}

static void end_nodes(struct tw_semi *s, struct tw_hydraulics *h, double dt_s)
{
    const struct tw_network *net = s->net;
    int32_t w = h->lanes, l = s->lane;
    double least = h->model->options.minimum_surface_area_m2;
    for (int32_t i = 0; i < net->node_count; i++) {
        int32_t at = i * w + l;
        double y = s->depth_m[i], full = net->full_volume_m3[i];
        h->node.depth_m[at] = y;
        h->node.rise_mps[at] = fabs(y - h->node.old_depth_m[at]) / dt_s;
        if (net->outfall[i]) continue;
        double old = h->node.old_volume_m3[at], volume = tw_node_volume(net, i, y);
        double overflow = s->flooded_m3[i] / dt_s;
        if (net->can_pond[i] && volume > full) {
            overflow = (volume - (old > full ? old : full)) / dt_s;
        }
        h->node.volume_m3[at] = volume;
        h->node.overflow_m3s[at] = overflow < 0.0 ? 0.0 : overflow;
        /* what the dynamic wave starts from when it takes over */
        h->node.open_surface_m2[at] = s->slope_m2[i] > least ? s->slope_m2[i] : least;
    }
    const struct tw_outfalls *o = &net->model->outfalls;
    for (int32_t k = 0; k < o->count; k++) {
        int32_t at = o->node[k] * w + l;
        double mean = s->mouth_m3[k] / dt_s;
        h->node.inflow_m3s[at] = mean > 0.0 ? mean : 0.0;
        h->node.outflow_m3s[at] = mean < 0.0 ? -mean : 0.0;
    }
}

static void end_links(struct tw_semi *s, struct tw_hydraulics *h)
{
    for (int32_t row = 0; row < s->net->conduit_count; row++)
        h->link.volume_m3[row * h->lanes + s->lane] = conduit_m3(s, row);
}

static void step_lane(struct tw_semi *s, struct tw_hydraulics *h,
                      const struct tw_routing_options *options, double dt_s,
                      struct tw_semi_booking *booking)
{
    *booking = (struct tw_semi_booking){.adopted_m3 = tw_semi_adopt(s, h, s->lane)};
    begin_step(s, h);
    int32_t done = 0, part = MOST_PARTS; /* in units of dt / MOST_PARTS */
    bool all = true;
    while (done < MOST_PARTS) {
        s->dt_s = dt_s * part / MOST_PARTS;
        bool settled = settle(s, h, options->head_tolerance_m);
        if (!settled && part > 1) {
            go_back(s, h);
            part /= 2;
            continue;
        }
        all = all && settled;
        end_part(s, h, booking);
        done += part;
        if (done % (2 * part) == 0 && part < MOST_PARTS) part *= 2;
    }
    booking->withheld_m3s /= dt_s;
    sum_flows(s, h);
    end_nodes(s, h, dt_s);
    end_links(s, h);
    if (!all) h->clock[s->lane].unconverged_steps++;
}

void tw_semi_step(struct tw_semi *semi, struct tw_hydraulics *h,
                  const struct tw_routing_options *options, double dt_s,
                  struct tw_semi_booking *out_booking)
{
    memset(h->sums.settled, 1, (size_t)h->net->node_count * (size_t)h->lanes);
    for (int32_t l = 0; l < h->lanes; l++) {
        semi->lane = l;
        semi->roughness = h->roughness[l];
        h->clock[l].steps++;
        step_lane(semi, h, options, dt_s, &out_booking[l]);
    }
}
