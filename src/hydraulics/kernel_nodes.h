/* Depths at nodes (SWMM Reference Manual II, 3.3.5-3.3.7). Part of kernel_table.h.
 *
 *   open       y = y_old + dt (net_old + net) / 2 / surface
 *   surcharged y = y_last + c net / (sum dQ/dH + (surface / dt - sum dQ/dH) e^(-15 (y - yc) / yc))
 *
 * net: inflow less outflow; yc: depth of the highest crown; c: 0.6 where the sewer begins, else 1. */
#ifndef TW_HYDRAULICS_KERNEL_NODES_H
#define TW_HYDRAULICS_KERNEL_NODES_H

#include "hydraulics/constants.h"
#include "hydraulics/kernels.h"
#include "hydraulics/node_depth.h"
#include "num/vector.h"

#include <math.h>

/* Where a vector of nodes is. */
struct place {
    const struct tw_node_block *block;
    int32_t node, k; /* of the first slot; node % TW_BLOCK */
    int32_t at;      /* first slot in the state */
    bool lanes;      /* slots are lanes of one node, else nodes */
    tw_mask active;
};

/* What goes in and out of nodes, and what they share with their conduits. */
struct node_sums {
    tw_vec inflow, outflow, surface, dqdh;
};

/* A vector of nodes in the course of one evaluation. */
struct rise {
    tw_vec y_last, y;
    tw_vec net_inflow, gained; /* [m3/s], [m3] */
    tw_mask can_pond, ponded, pressed;
};

TW_PART tw_vec of_node(const struct place *p, const double *values)
{
    return p->lanes ? tw_vec_of(values[p->k]) : tw_vec_load(values + p->k);
}

TW_PART tw_mask node_has(const struct place *p, int64_t trait)
{
    const int64_t *traits = p->block->traits;
    tw_mask t = p->lanes ? traits[p->k] - (tw_mask){0} : tw_mask_load(traits + p->k);
    return (t & trait) != 0;
}

TW_PART void keep_at(double *values, const struct place *p, tw_mask mask, tw_vec v)
{
    tw_vec_store(values + p->at, tw_vec_select(mask, v, tw_vec_load(values + p->at)));
}

/* What the conduits give their nodes; sums in row order. */
TW_PART struct node_sums sums_of_lanes(const struct tw_hydraulics *h, const struct place *p)
{
    int32_t w = h->lanes;
    struct node_sums sum = {{0}, {0}, {0}, {0}};
    const double *end = h->sums.ends + p->at % w;
    for (int32_t i = h->net->node_first[p->node]; i < h->net->node_first[p->node + 1]; i++) {
        const double *parts = end + (size_t)i * TW_END_PARTS * (size_t)w;
        sum.inflow += tw_vec_load(parts);
        sum.outflow += tw_vec_load(parts + w);
        sum.surface += tw_vec_load(parts + 2 * w);
        sum.dqdh += tw_vec_load(parts + 3 * w);
    }
    return sum;
}

/* The same for neighbouring nodes: all take as many ends as the one with the most; the rest are an
 * end of nothing. */
TW_PART struct node_sums sums_of_nodes(const struct tw_hydraulics *h, const struct place *p)
{
    const struct tw_node_block *b = p->block;
    tw_quad sum[TW_VEC_WIDTH];
    for (int i = 0; i < TW_VEC_WIDTH; i++)
        sum[i] = (tw_quad){0};
    const int32_t *places = h->net->node_ends + b->first_end + p->k;
    for (int32_t j = 0; j < b->most_ends; j++, places += TW_BLOCK) {
        for (int i = 0; i < TW_VEC_WIDTH; i++)
            tw_quad_add(&sum[i], h->sums.ends + (size_t)places[i] * TW_END_PARTS);
    }
    tw_vec part[TW_END_PARTS];
    tw_quads_split(sum, part);
    return (struct node_sums){.inflow = part[TW_END_INFLOW],
                              .outflow = part[TW_END_OUTFLOW],
                              .surface = part[TW_END_SURFACE],
                              .dqdh = part[TW_END_DQDH]};
}

/* Sums of nodes at which only conduits end; those of others are made beforehand. */
TW_PART struct node_sums find_sums(const struct tw_hydraulics *h, const struct place *p)
{
    struct node_sums s = p->lanes ? sums_of_lanes(h, p) : sums_of_nodes(h, p);
    tw_vec zero = tw_vec_of(0.0), lateral = tw_vec_load(h->node.lateral_m3s + p->at);
    s.inflow += tw_vec_max(lateral, zero);
    s.outflow += tw_vec_max(-lateral, zero) + tw_vec_load(h->node.losses_m3s + p->at);
    tw_mask ponded = node_has(p, TW_NODE_CAN_POND) &
                     (tw_vec_load(h->node.depth_m + p->at) > of_node(p, p->block->full_depth_m));
    s.surface += tw_vec_where(ponded, of_node(p, p->block->ponded_area_m2));
    tw_mask mixed = ~node_has(p, TW_NODE_PLAIN);
    if (!tw_mask_any(mixed)) return s;
    s.inflow = tw_vec_select(mixed, tw_vec_load(h->node.inflow_m3s + p->at), s.inflow);
    s.outflow = tw_vec_select(mixed, tw_vec_load(h->node.outflow_m3s + p->at), s.outflow);
    s.surface = tw_vec_select(mixed, tw_vec_load(h->sums.surface_m2 + p->at), s.surface);
    s.dqdh = tw_vec_select(mixed, tw_vec_load(h->sums.dqdh_m2s + p->at), s.dqdh);
    return s;
}

TW_PART void rise_open(struct tw_hydraulics *h, const struct tw_pass *pass, const struct place *p,
                       const struct node_sums *sums, struct rise *r)
{
    tw_vec full = of_node(p, p->block->full_depth_m);
    tw_vec surface =
        tw_vec_max(sums->surface, tw_vec_of(h->model->options.minimum_surface_area_m2));
    tw_vec y = tw_vec_load(h->node.old_depth_m + p->at) + r->gained / surface;
    if (pass->relaxed) y = 0.5 * r->y_last + 0.5 * y;
    r->y = tw_vec_select(r->ponded & (y < full), full - TW_TINY_DEPTH_M, y);
    keep_at(h->node.open_surface_m2, p, p->active & ~r->pressed & ~r->ponded, surface);
}

/* e^x where the mask is set, else 0 */
TW_RARE static void exponentials(const int64_t mask[TW_VEC_WIDTH], double x[TW_VEC_WIDTH])
{
    for (int i = 0; i < TW_VEC_WIDTH; i++)
        x[i] = mask[i] ? exp(x[i]) : 0.0;
}

/* Resistance of a surcharged node: just above its crown the surface fades out. */
TW_PART tw_vec resistance_of(const struct tw_hydraulics *h, const struct place *p, double dt,
                             const struct rise *r, tw_vec dqdh)
{
    tw_vec crown = of_node(p, p->block->crown_depth_m);
    tw_mask near = r->pressed & (r->y_last < 1.25 * crown);
    if (!tw_mask_any(near)) return dqdh;
    double fade[TW_VEC_WIDTH];
    int64_t mask[TW_VEC_WIDTH];
    tw_vec_store(fade, -15.0 * ((r->y_last - crown) / crown));
    memcpy(mask, &near, sizeof near);
    exponentials(mask, fade);
    tw_vec open = tw_vec_load(h->node.open_surface_m2 + p->at) / dt;
    return tw_vec_select(near, dqdh + (open - dqdh) * tw_vec_load(fade), dqdh);
}

TW_PART void rise_surcharged(const struct tw_hydraulics *h, const struct tw_pass *pass,
                             const struct place *p, const struct node_sums *sums, struct rise *r)
{
    const struct tw_node_block *b = p->block;
    tw_vec crown = of_node(p, b->crown_depth_m), full = of_node(p, b->full_depth_m);
    tw_vec resistance = resistance_of(h, p, pass->dt_s, r, sums->dqdh);
    tw_vec step = of_node(p, b->surcharge_factor) * r->net_inflow / resistance;
    tw_vec y = r->y_last + tw_vec_where((resistance > 0.0) | (resistance < 0.0), step);
    y = tw_vec_select(y < crown, crown - TW_TINY_DEPTH_M, y);
    y = tw_vec_select(r->can_pond & (y > full), full + TW_TINY_DEPTH_M, y);
    r->y = tw_vec_select(r->pressed, y, r->y);
}

/* More water than the nodes hold: it leaves, or stands in the pond. */
TW_PART void flood(struct tw_hydraulics *h, const struct place *p, double dt, struct rise *r,
                   tw_mask flooded)
{
    tw_vec full = of_node(p, p->block->full_volume_m3);
    tw_vec old = tw_vec_load(h->node.old_volume_m3 + p->at);
    tw_vec ponds = tw_vec_max(old + r->gained, full);
    tw_vec volume = tw_vec_select(r->can_pond, ponds, full);
    tw_vec leaves = r->gained / dt, stands = (ponds - tw_vec_max(old, full)) / dt;
    tw_vec overflow = tw_vec_select(r->can_pond, stands, leaves);
    overflow = tw_vec_where(~(overflow < TW_TINY_FLOW_M3S), overflow);
    r->y = tw_vec_select(flooded & ~r->can_pond, of_node(p, p->block->most_depth_m), r->y);
    keep_at(h->node.volume_m3, p, p->active & flooded, volume);
    keep_at(h->node.overflow_m3s, p, p->active & flooded, overflow);
}

/* Volumes at depths where the mask is set, else 0. */
TW_RARE static void store_each(const struct tw_network *net, const int32_t node[TW_VEC_WIDTH],
                               const int64_t mask[TW_VEC_WIDTH], double x[TW_VEC_WIDTH])
{
    for (int i = 0; i < TW_VEC_WIDTH; i++)
        x[i] = mask[i] ? tw_node_stored(net, node[i], x[i]) : 0.0;
}

/* Volume of what is not flooded: only storages and wet wells hold any. */
TW_PART void store(struct tw_hydraulics *h, const struct place *p, const struct rise *r,
                   tw_mask held)
{
    tw_vec volume = tw_vec_of(0.0);
    tw_mask stores = held & node_has(p, TW_NODE_STORES);
    if (tw_mask_any(stores)) {
        double x[TW_VEC_WIDTH];
        int64_t mask[TW_VEC_WIDTH];
        int32_t node[TW_VEC_WIDTH];
        for (int i = 0; i < TW_VEC_WIDTH; i++)
            node[i] = p->lanes ? p->node : p->node + i;
        tw_vec_store(x, r->y);
        memcpy(mask, &stores, sizeof stores);
        store_each(h->net, node, mask, x);
        volume = tw_vec_load(x);
    }
    keep_at(h->node.volume_m3, p, held, volume);
    keep_at(h->node.overflow_m3s, p, held, tw_vec_of(0.0));
}

/* Returns where depths moved by no more than the tolerance. */
TW_PART tw_mask advance_nodes(struct tw_hydraulics *h, const struct tw_pass *pass,
                              const struct place *p)
{
    const struct tw_node_block *b = p->block;
    struct node_sums sums = find_sums(h, p);
    struct rise r = {.y_last = tw_vec_load(h->node.depth_m + p->at)};
    tw_vec old_net = tw_vec_load(h->node.old_net_inflow_m3s + p->at);
    r.net_inflow = sums.inflow - sums.outflow;
    r.gained = 0.5 * (old_net + r.net_inflow) * pass->dt_s;
    r.can_pond = node_has(p, TW_NODE_CAN_POND);
    r.ponded = r.can_pond & (r.y_last > of_node(p, b->full_depth_m));
    r.pressed = ~r.ponded & (r.y_last > of_node(p, b->pressed_depth_m));
    rise_open(h, pass, p, &sums, &r);
    if (tw_mask_any(r.pressed)) rise_surcharged(h, pass, p, &sums, &r);
    r.y = tw_vec_select(r.y < 0.0, tw_vec_of(0.0), r.y);
    tw_mask flooded = r.y > of_node(p, b->most_depth_m);
    store(h, p, &r, p->active & ~flooded);
    if (tw_mask_any(flooded & p->active)) flood(h, p, pass->dt_s, &r, flooded);
    keep_at(h->node.inflow_m3s, p, p->active, sums.inflow);
    keep_at(h->node.outflow_m3s, p, p->active, sums.outflow);
    keep_at(h->node.depth_m, p, p->active, r.y);
    return ~(tw_vec_abs(r.y - r.y_last) > pass->tolerance_m);
}

/* Remembers which have settled; returns where all is settled or not to be asked. */
TW_PART tw_mask keep_settled(struct tw_hydraulics *h, const struct place *p, tw_mask settled)
{
    uint8_t *kept = h->sums.settled + p->at;
    tw_mask last = tw_mask_of_bytes(kept);
    tw_mask_store_bytes(kept, (settled & p->active) | (last & ~p->active));
    return settled | ~p->active;
}

static void nodes_by_rows(struct tw_hydraulics *h, const struct tw_pass *pass, int32_t begin,
                          int32_t end, uint8_t *converged)
{
    tw_mask all = tw_mask_of(true);
    for (int32_t i = begin; i < end; i += TW_VEC_WIDTH) {
        const struct tw_node_block *b = &h->net->node_blocks[i / TW_BLOCK];
        struct place p = {.block = b, .node = i, .k = i % TW_BLOCK, .at = i};
        p.active = ~node_has(&p, TW_NODE_NO_DEPTH);
        if (tw_mask_any(p.active)) all &= keep_settled(h, &p, advance_nodes(h, pass, &p));
    }
    if (!tw_mask_all(all)) converged[0] = 0;
}

static void nodes_by_lanes(struct tw_hydraulics *h, const struct tw_pass *pass, int32_t begin,
                           int32_t end, uint8_t *converged)
{
    int32_t w = h->lanes;
    for (int32_t i = begin; i < end; i++) {
        const struct tw_node_block *b = &h->net->node_blocks[i / TW_BLOCK];
        struct place p = {.block = b, .node = i, .k = i % TW_BLOCK, .lanes = true};
        if (b->traits[p.k] & TW_NODE_NO_DEPTH) continue;
        for (int32_t lane = 0; lane < w; lane += TW_VEC_WIDTH) {
            p.at = i * w + lane;
            p.active = ~tw_mask_of_bytes(h->sums.done + lane);
            if (!tw_mask_any(p.active)) continue;
            tw_mask settled = keep_settled(h, &p, advance_nodes(h, pass, &p));
            for (int k = 0; k < TW_VEC_WIDTH; k++)
                converged[lane + k] = (uint8_t)(converged[lane + k] & settled[k]);
        }
    }
}

#endif
