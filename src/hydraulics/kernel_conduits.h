/* Flow of conduits, one barrel (SWMM Reference Manual II, 3.2 and 3.3). Part of kernel_table.h.
 *
 *   q = (q_old - dt g A (h2 - h1) / L + s (2 v (Am - Am_old) + dt v^2 (A2 - A1) / L) + loss)
 *       / (1 + dt g n^2 |v| / (k^2 R^(4/3)) + dt (sum K |q| / A) / 2L)
 *
 * A, R area and hydraulic radius weighted between upstream end and middle, Am middle, A1, A2 ends,
 * v velocity of the last iteration, s damping of the inertial terms, h1, h2 heads at the ends. */
#ifndef TW_HYDRAULICS_KERNEL_CONDUITS_H
#define TW_HYDRAULICS_KERNEL_CONDUITS_H

#include "hydraulics/conduit.h"
#include "hydraulics/constants.h"
#include "hydraulics/dynwave.h"
#include "hydraulics/kernels.h"
#include "hydraulics/regulators.h"
#include "hydraulics/storage_losses.h"
#include "num/vector.h"

#include <math.h>

/* Where a vector of conduits is. */
struct spot {
    const struct tw_conduit_block *block;
    int32_t row, lane; /* of the first slot */
    int32_t k;         /* row % TW_BLOCK */
    int32_t at;        /* first slot in the state */
    bool lanes;        /* slots are lanes of one row, else rows */
};

/* A vector of conduits between their heads, in the course of one evaluation. */
struct reach {
    tw_mask active;
    tw_vec depth1, depth2; /* of the nodes */
    tw_vec q_last;         /* flow of the last iteration */
    tw_vec head1, head2;   /* water levels at the ends */
    tw_vec y1, y2;         /* depths at the ends */
    tw_vec low, high;      /* normal and critical depth, the lower one first; 0 where not needed */
    tw_mask dry, up_dry, down_dry, up_critical, down_critical; /* none: subcritical */
    tw_mask falling;
    tw_mask full1, full2, full; /* one end, the other, both */
    tw_vec area1, area_middle, area2, width1, width_middle, radius1, radius_middle;
    tw_vec surface1, surface2; /* of the water, lent to the end nodes */
    tw_vec speed, damping;     /* of the inertial terms */
    tw_vec flow_area, radius;  /* weighted between upstream end and middle */
    tw_vec friction;
    /* results */
    tw_vec q, dqdh, froude, area;
    tw_mask idle, supercritical, limited, at_inlet;
};

/* A constant of the rows. */
TW_PART tw_vec of_row(const struct spot *s, const double *values)
{
    return s->lanes ? tw_vec_of(values[s->k]) : tw_vec_load(values + s->k);
}

TW_PART tw_mask has_trait(const struct spot *s, int32_t trait)
{
    const int64_t *traits = s->block->traits;
    tw_mask t = s->lanes ? traits[s->k] - (tw_mask){0} : tw_mask_load(traits + s->k);
    return (t & trait) != 0;
}

TW_PART tw_vec of_nodes(const struct spot *s, const int32_t *nodes, const double *values,
                        int32_t lanes)
{
    if (s->lanes) return tw_vec_load(values + nodes[s->k] * lanes + s->lane);
    const double *at[TW_VEC_WIDTH];
    for (int i = 0; i < TW_VEC_WIDTH; i++)
        at[i] = values + nodes[s->k + i];
    return tw_vec_pick(at, 0);
}

/* By which the lanes' conduits are rougher than the model's. */
TW_PART tw_vec roughness_of(const struct tw_hydraulics *h, const struct spot *s)
{
    return s->lanes ? tw_vec_load(h->roughness + s->lane) : tw_vec_of(h->roughness[0]);
}

/* Heads and depths at the ends. */
TW_PART void find_heads(const struct tw_hydraulics *h, const struct spot *s, struct reach *r)
{
    const struct tw_conduit_block *b = s->block;
    tw_vec invert1 = of_row(s, b->invert1_m), invert2 = of_row(s, b->invert2_m);
    r->depth1 = of_nodes(s, b->from, h->node.depth_m, h->lanes);
    r->depth2 = of_nodes(s, b->to, h->node.depth_m, h->lanes);
    r->q_last = tw_vec_load(h->conduit.flow_m3s + s->at);
    r->head1 = tw_vec_max(r->depth1 + of_row(s, b->node_invert1_m), invert1);
    r->head2 = tw_vec_max(r->depth2 + of_row(s, b->node_invert2_m), invert2);
    r->y1 = tw_vec_max(r->head1 - invert1, tw_vec_of(TW_TINY_DEPTH_M));
    r->y2 = tw_vec_max(r->head2 - invert2, tw_vec_of(TW_TINY_DEPTH_M));
    r->full1 = r->y1 >= of_row(s, b->full1_m);
    r->full2 = r->y2 >= of_row(s, b->full2_m);
    if (h->model->options.surcharge != TW_SURCHARGE_SLOT) {
        tw_vec top = of_row(s, b->full_depth_m);
        r->y1 = tw_vec_min(r->y1, top);
        r->y2 = tw_vec_min(r->y2, top);
    }
}

/* Slots of a vector, for what is worked out one by one. */
struct slots {
    int32_t row[TW_VEC_WIDTH];
    double x[TW_VEC_WIDTH], y[TW_VEC_WIDTH], z[TW_VEC_WIDTH];
    int64_t mask[TW_VEC_WIDTH];
};

TW_PART void set_slots(struct slots *slots, const struct spot *s, tw_mask mask)
{
    for (int i = 0; i < TW_VEC_WIDTH; i++)
        slots->row[i] = s->lanes ? s->row : s->row + i;
    memcpy(slots->mask, &mask, sizeof mask);
}

/* x: flow; y: depth at the end, then the lower depth; z: the higher depth */
TW_RARE static void drop_freely(const struct tw_network *net, struct slots *slots,
                                const double roughness[TW_VEC_WIDTH])
{
    for (int i = 0; i < TW_VEC_WIDTH; i++) {
        if (!slots->mask[i]) continue;
        struct tw_fall fall =
            tw_conduit_fall(net, slots->row[i], slots->x[i], roughness[i], slots->y[i]);
        slots->y[i] = fall.low_m;
        slots->z[i] = fall.high_m;
    }
}

/* Normal and critical depth: water that drops into its node stands at the lower one. */
TW_PART void find_drop(const struct tw_hydraulics *h, const struct spot *s, struct reach *r,
                       tw_mask falls, tw_vec end)
{
    struct slots slots;
    double roughness[TW_VEC_WIDTH];
    set_slots(&slots, s, falls);
    tw_vec_store(slots.x, r->q_last);
    tw_vec_store(slots.y, end);
    tw_vec_store(slots.z, end);
    tw_vec_store(roughness, roughness_of(h, s));
    drop_freely(h->net, &slots, roughness);
    r->low = tw_vec_where(falls, tw_vec_load(slots.y));
    r->high = tw_vec_where(falls, tw_vec_load(slots.z));
}

/* Offset of an end above the water of an outfall counts less where that water stands. */
TW_PART tw_vec free_offset(tw_vec offset, tw_mask outfall, tw_vec depth)
{
    return tw_vec_select(outfall, tw_vec_max(tw_vec_of(0.0), offset - depth), offset);
}

/* How water stands; falling where the level downstream is between normal and critical depth. */
TW_PART void classify(const struct tw_hydraulics *h, const struct spot *s, struct reach *r)
{
    const struct tw_conduit_block *b = s->block;
    tw_mask above1 =
        free_offset(of_row(s, b->offset1_m), has_trait(s, TW_CONDUIT_OUTFALL1), r->depth1) > 0.0;
    tw_mask above2 =
        free_offset(of_row(s, b->offset2_m), has_trait(s, TW_CONDUIT_OUTFALL2), r->depth2) > 0.0;
    tw_mask wet1 = r->y1 > TW_TINY_DEPTH_M, wet2 = r->y2 > TW_TINY_DEPTH_M;
    tw_mask back = r->q_last < 0.0;
    r->dry = ~wet1 & ~wet2;
    r->up_dry = ~wet1 & wet2 & (r->head2 < of_row(s, b->invert1_m));
    r->down_dry = wet1 & ~wet2 & (r->head1 < of_row(s, b->invert2_m));
    tw_mask falls1 = above1 & wet2 & ~r->up_dry & (back | ~wet1);
    tw_mask falls2 = above2 & wet1 & ~r->down_dry & (~back | ~wet2);
    r->low = r->high = tw_vec_of(0.0);
    tw_mask falls = (falls1 | falls2) & r->active;
    if (tw_mask_any(falls)) {
        tw_vec end1 = tw_vec_select(wet1, r->y1, tw_vec_of(-1.0));
        tw_vec end2 = tw_vec_select(wet2, r->y2, tw_vec_of(-1.0));
        find_drop(h, s, r, falls, tw_vec_select(falls1, end1, end2));
    }
    r->up_critical = falls1 & (~wet1 | (r->y1 < r->low));
    r->down_critical = falls2 & (~wet2 | (r->y2 < r->low));
    r->falling = falls2 & wet2 & ~r->down_critical & (r->y2 < r->high);
}

/* A free fall sets the depth of its end. */
TW_PART void set_falls(const struct spot *s, struct reach *r)
{
    tw_vec drop = tw_vec_max(r->low, tw_vec_of(TW_TINY_DEPTH_M));
    tw_mask brim = drop >= of_row(s, s->block->full_depth_m);
    r->full1 = (r->full1 & ~r->up_critical) | (brim & r->up_critical);
    r->full2 = (r->full2 & ~r->down_critical) | (brim & r->down_critical);
    r->y1 = tw_vec_select(r->up_critical, drop, r->y1);
    r->head1 = tw_vec_select(r->up_critical, of_row(s, s->block->invert1_m) + drop, r->head1);
    r->y2 = tw_vec_select(r->down_critical, drop, r->y2);
    r->head2 = tw_vec_select(r->down_critical, of_row(s, s->block->invert2_m) + drop, r->head2);
}

/* Sjoberg's slot above the crown of closed conduits; 0 where there is none. */
TW_RARE static void slot_ratios(double ratios[TW_VEC_WIDTH])
{
    for (int i = 0; i < TW_VEC_WIDTH; i++)
        ratios[i] = tw_conduit_slot_ratio(ratios[i]);
}

TW_PART tw_vec slot_widths(const struct spot *s, tw_vec y)
{
    double ratios[TW_VEC_WIDTH];
    tw_vec part =
        tw_vec_where(~has_trait(s, TW_CONDUIT_OPEN), y / of_row(s, s->block->full_depth_m));
    if (!tw_mask_any(part >= TW_CROWN_CUTOFF_SLOT)) return tw_vec_of(0.0);
    tw_vec_store(ratios, part);
    slot_ratios(ratios);
    return of_row(s, s->block->width_m) * tw_vec_load(ratios);
}

TW_PART tw_vec parabola(tw_vec c0, tw_vec c1, tw_vec c2, tw_vec f)
{
    return c0 + f * (c1 + f * c2);
}

struct cut {
    tw_vec area, width, radius;
};

/* x: depth, then area; y: width; z: radius */
TW_RARE static void ask_shapes(const struct tw_network *net, struct slots *slots)
{
    for (int i = 0; i < TW_VEC_WIDTH; i++) {
        if (!slots->mask[i]) continue;
        struct tw_cut cut = tw_conduit_cut(net, slots->row[i], slots->x[i]);
        slots->x[i] = cut.area_m2;
        slots->y[i] = cut.width_m;
        slots->z[i] = cut.radius_m;
    }
}

/* Of conduits whose rows are only near the shape, what the shape itself says. */
TW_PART void cut_shapes(const struct tw_hydraulics *h, const struct spot *s, tw_mask asked,
                        tw_vec y, struct cut *cut)
{
    struct slots slots = {.y = {0.0}, .z = {0.0}};
    set_slots(&slots, s, asked);
    tw_vec_store(slots.x, y);
    ask_shapes(h->net, &slots);
    cut->area = tw_vec_select(asked, tw_vec_load(slots.x), cut->area);
    cut->width = tw_vec_select(asked, tw_vec_load(slots.y), cut->width);
    cut->radius = tw_vec_select(asked, tw_vec_load(slots.z), cut->radius);
}

/* x: depth, then width; y: area */
TW_RARE static void go_beyond(const struct tw_network *net, struct slots *slots)
{
    for (int i = 0; i < TW_VEC_WIDTH; i++) {
        if (!slots->mask[i]) continue;
        const struct tw_xsect *x = &net->xsects[net->conduit.section[slots->row[i]]];
        tw_xsect_beyond(x, slots->x[i], &slots->y[i], &slots->x[i]);
    }
}

/* Open conduits above their full depth have no slot: SWMM lets walls go on for the surface and for
 * the Froude number, which is that of the area and the width up there; the flow's area stays full. */
TW_PART void rise_beyond(const struct tw_hydraulics *h, const struct spot *s, tw_mask over,
                         tw_vec y, struct cut *cut, tw_vec *surface_width)
{
    struct slots slots = {.y = {0.0}};
    set_slots(&slots, s, over);
    tw_vec_store(slots.x, y);
    tw_vec_store(slots.y, cut->area);
    go_beyond(h->net, &slots);
    tw_vec width = tw_vec_load(slots.x), area = tw_vec_load(slots.y);
    cut->width = tw_vec_select(over, width * (cut->area / area), cut->width);
    *surface_width = tw_vec_select(over, width, *surface_width);
}

/* Area, width and hydraulic radius at a depth; *out_surface_width is the width as storage sees it:
 * frozen near the crown, or that of the slot. */
TW_PART struct cut cut_at(const struct tw_hydraulics *h, const struct spot *s, tw_mask active,
                          tw_vec y, bool slot, tw_vec *out_surface_width)
{
    const struct tw_conduit_block *b = s->block;
    tw_vec top = of_row(s, b->full_depth_m), within = slot ? tw_vec_min(y, top) : y;
    tw_vec f = within * of_row(s, b->cells_per_m);
    tw_mask cell = tw_vec_whole(tw_vec_min(f, of_row(s, b->last_cell)));
    f -= tw_mask_number(cell);
    const double *at[TW_VEC_WIDTH];
    for (int i = 0; i < TW_VEC_WIDTH; i++)
        at[i] = b->first_row[s->lanes ? s->k : s->k + i] + cell[i] * TW_GEOMETRY_ROW;
    tw_vec c[8];
    tw_vec_pick_eight(at, c);
    struct cut cut = {.area = of_row(s, b->area_m2) * parabola(c[0], c[1], c[2], f),
                      .width = of_row(s, b->width_m) * parabola(c[3], c[4], c[5], f),
                      .radius =
                          of_row(s, b->radius_m) * parabola(c[6], c[7], tw_vec_pick(at, 8), f)};
    tw_mask by_perimeter = has_trait(s, TW_CONDUIT_BY_PERIMETER);
    if (tw_mask_any(by_perimeter))
        cut.radius = tw_vec_select(by_perimeter, cut.area / cut.radius, cut.radius);
    tw_mask outline = has_trait(s, TW_CONDUIT_OUTLINE) & active;
    if (tw_mask_any(outline)) cut_shapes(h, s, outline, within, &cut);
    *out_surface_width =
        tw_vec_select(y >= of_row(s, b->frozen_depth_m), of_row(s, b->frozen_width_m), cut.width);
    if (slot) {
        tw_vec width = slot_widths(s, y);
        cut.area =
            tw_vec_select(y >= top, of_row(s, b->full_area_m2) + (y - top) * width, cut.area);
        *out_surface_width = tw_vec_select(width > 0.0, width, *out_surface_width);
        tw_mask over = has_trait(s, TW_CONDUIT_OPEN) & active & (y > top);
        if (tw_mask_any(over)) rise_beyond(h, s, over, y, &cut, out_surface_width);
    }
    return cut;
}

/* Sections at ends and middle, and the surface areas that the ends lend to their nodes. */
TW_PART void find_surface(const struct tw_hydraulics *h, const struct spot *s, struct reach *r,
                          bool slot)
{
    const struct tw_conduit_block *b = s->block;
    tw_vec width1, width_middle, width2, zero = tw_vec_of(0.0);
    tw_vec y_middle = tw_vec_max(0.5 * (r->y1 + r->y2), tw_vec_of(TW_TINY_DEPTH_M));
    struct cut cut = cut_at(h, s, r->active, r->y1, slot, &width1);
    r->area1 = cut.area;
    r->width1 = cut.width;
    r->radius1 = cut.radius;
    cut = cut_at(h, s, r->active, y_middle, slot, &width_middle);
    r->area_middle = cut.area;
    r->width_middle = cut.width;
    r->radius_middle = cut.radius;
    cut = cut_at(h, s, r->active, r->y2, slot, &width2);
    r->area2 = cut.area;
    tw_vec quarter = of_row(s, b->quarter_length_m);
    tw_vec s1 = (width1 + width_middle) * quarter, s2 = (width_middle + width2) * quarter;
    if (tw_mask_any(r->falling & r->active)) {
        tw_vec gap = r->high - r->low;
        tw_vec fall = tw_vec_where(gap >= TW_TINY_DEPTH_M, (r->high - r->y2) / gap);
        s2 = tw_vec_select(r->falling, s2 * fall, s2);
    }
    /* a free fall: all of the conduit belongs to the other node */
    s1 = tw_vec_select(r->down_critical, 2.0 * s1, s1);
    s2 = tw_vec_select(r->up_critical, 2.0 * s2, s2);
    s1 = tw_vec_select(r->up_critical | (r->up_dry & (of_row(s, b->offset1_m) > 0.0)), zero, s1);
    s2 =
        tw_vec_select(r->down_critical | (r->down_dry & (of_row(s, b->offset2_m) > 0.0)), zero, s2);
    tw_vec film = 2.0 * TW_TINY_DEPTH_M * quarter;
    r->surface1 = tw_vec_select(r->dry, film, s1);
    r->surface2 = tw_vec_select(r->dry, film, s2);
}

/* Froude number of the middle; 0 in a dry or a full closed conduit. */
TW_PART tw_vec froude_of(const struct spot *s, const struct reach *r, tw_vec speed,
                         tw_vec over_area)
{
    tw_vec y = 0.5 * (r->y1 + r->y2);
    tw_mask none =
        (y <= TW_TINY_DEPTH_M) | (~has_trait(s, TW_CONDUIT_OPEN) &
                                  (of_row(s, s->block->full_depth_m) - y <= TW_TINY_DEPTH_M));
    return tw_vec_where(~none,
                        speed * tw_vec_sqrt(r->width_middle * over_area * (1.0 / TW_GRAVITY_MPS2)));
}

/* Local loss coefficients times |q| / A, over twice the length, times the step. */
TW_PART tw_vec local_losses(const struct spot *s, const struct reach *r, double dt)
{
    const struct tw_conduit_block *b = s->block;
    tw_vec q = tw_vec_abs(r->q_last);
    tw_vec sum =
        tw_vec_where(r->area1 > TW_TINY_AREA_M2, of_row(s, b->loss_inlet) * (q / r->area1));
    sum += tw_vec_where(r->area2 > TW_TINY_AREA_M2, of_row(s, b->loss_outlet) * (q / r->area2));
    sum += tw_vec_where(r->area_middle > TW_TINY_AREA_M2,
                        of_row(s, b->loss_average) * (q / r->area_middle));
    return 0.5 * dt * sum * of_row(s, b->per_length);
}

/* x: friction; y: speed; z: radius in the middle */
TW_RARE static void press(const struct tw_network *net, struct slots *slots)
{
    for (int i = 0; i < TW_VEC_WIDTH; i++) {
        if (!slots->mask[i]) continue;
        slots->x[i] = tw_conduit_pressed_friction(net, slots->row[i], slots->y[i], slots->z[i]);
    }
}

/* Friction slope times g over velocity. */
TW_PART void find_friction(const struct tw_hydraulics *h, const struct spot *s, struct reach *r)
{
    tw_vec speed = r->speed, radius = r->radius, root = tw_vec_inverse_cube_root(radius);
    tw_vec roughness = roughness_of(h, s);
    /* SWMM takes feet of radius to the power of 1.33333 and not of 4/3: up to 2e-5 in dry weather */
    tw_vec bent = 1.0 + (4.0 / 3.0 - 1.33333) * (tw_vec_rough_log(radius) - TW_LOG_FOOT);
    r->friction = of_row(s, s->block->friction) * (roughness * roughness) * speed *
                  ((root * root) * (root * root)) * bent;
    tw_mask pressed = has_trait(s, TW_CONDUIT_FORCE_MAIN) & r->full & r->active;
    if (!tw_mask_any(pressed)) return;
    struct slots slots;
    set_slots(&slots, s, pressed);
    tw_vec_store(slots.x, r->friction);
    tw_vec_store(slots.y, speed);
    tw_vec_store(slots.z, r->radius_middle);
    press(h->net, &slots);
    r->friction = tw_vec_load(slots.x);
}

/* Heads that are the same but for the rounding of elevations are the same: water at rest stays there,
 * where a step too long for its waves would make a storm of the last digit. */
TW_PART tw_vec drop_of(const struct reach *r)
{
    tw_vec drop = r->head2 - r->head1;
    return tw_vec_where(tw_vec_abs(drop) > tw_vec_of(1e-11), drop);
}

/* Losses of slots at the mean of the depths before the step and of the last iteration; none where
 * nothing flows in this one. */
TW_RARE static void lose(struct tw_hydraulics *h, const struct spot *s, tw_mask leaks, tw_mask idle,
                         double dt)
{
    for (int i = 0; i < TW_VEC_WIDTH; i++) {
        int32_t at = s->at + i;
        if (!leaks[i]) continue;
        if (idle[i]) {
            h->conduit.loss_m3s[at] = h->conduit.evaporation_m3s[at] = 0.0;
            continue;
        }
        double depth = 0.5 * (h->link.old_depth_m[at] + h->link.depth_m[at]);
        int32_t row = s->lanes ? s->row : s->row + i;
        double most_m3s = h->link.volume_m3[at] / (h->net->conduit.barrels[row] * dt);
        (void)tw_conduit_loss(h, row, at, depth, most_m3s);
    }
}

/* Velocity of the last flow, and with it the section that counts and the damping. */
TW_PART void weigh(const struct tw_hydraulics *h, const struct spot *s, struct reach *r)
{
    tw_vec one = tw_vec_of(1.0), zero = tw_vec_of(0.0), over_area = 1.0 / r->area_middle;
    tw_vec speed = tw_vec_min(tw_vec_of(TW_MAX_VELOCITY_MPS), tw_vec_abs(r->q_last) * over_area);
    r->speed = speed;
    r->froude = froude_of(s, r, speed, over_area);
    tw_vec damping = tw_vec_max(zero, tw_vec_min(one, 2.0 * (1.0 - r->froude)));
    tw_mask upstream = ~r->full & (r->q_last > 0.0) & (r->head1 >= r->head2);
    tw_vec weight = tw_vec_select(upstream, damping, one);
    r->flow_area = r->area1 + (r->area_middle - r->area1) * weight;
    r->radius = r->radius1 + (r->radius_middle - r->radius1) * weight;
    enum tw_damping kind = h->model->options.damping;
    if (kind != TW_DAMPING_PARTIAL) damping = kind == TW_DAMPING_NONE ? one : zero;
    r->damping = tw_vec_where(~r->full | has_trait(s, TW_CONDUIT_OPEN), damping);
}

/* The momentum equation; dqdh is the derivative by the head difference. */
TW_PART void solve_momentum(struct tw_hydraulics *h, const struct spot *s, struct reach *r,
                            double dt)
{
    const struct tw_conduit_block *b = s->block;
    tw_vec per_length = of_row(s, b->per_length), v = tw_vec_signed(r->speed, r->q_last);
    tw_vec old_area =
        tw_vec_max(tw_vec_load(h->conduit.old_area_m2 + s->at), tw_vec_of(TW_TINY_AREA_M2));
    tw_vec pull = (TW_GRAVITY_MPS2 * dt) * r->flow_area * per_length;
    tw_vec inertia =
        2.0 * v * (r->area_middle - old_area) + dt * v * v * ((r->area2 - r->area1) * per_length);
    tw_vec sum = tw_vec_load(h->link.old_flow_m3s + s->at) * of_row(s, b->per_barrel) -
                 pull * drop_of(r) + r->damping * inertia;
    tw_vec resistance = 1.0 + dt * r->friction;
    if (tw_mask_any(has_trait(s, TW_CONDUIT_LOSSES))) resistance += local_losses(s, r, dt);
    tw_mask leaks = has_trait(s, TW_CONDUIT_LEAKS) & r->active;
    if (tw_mask_any(leaks)) {
        lose(h, s, leaks, r->idle, dt);
        tw_vec lost = tw_vec_load(h->conduit.loss_m3s + s->at) * (2.5 * dt);
        sum = tw_vec_select(leaks, sum + lost * v / of_row(s, b->length_m), sum);
    }
    tw_vec over = 1.0 / resistance;
    r->q = sum * over;
    r->dqdh = pull * over;
}

/* The inlet of a culvert may control. x: flow; y: dQ/dH; z: head upstream; mask: where it does */
TW_RARE static void hold_at_inlets(const struct tw_network *net, struct slots *slots)
{
    for (int i = 0; i < TW_VEC_WIDTH; i++) {
        if (!slots->mask[i]) continue;
        slots->mask[i] = -(int64_t)tw_conduit_limit_at_inlet(net, slots->row[i], slots->z[i],
                                                             &slots->x[i], &slots->y[i]);
    }
}

TW_PART void hold_culverts(const struct tw_hydraulics *h, const struct spot *s, struct reach *r,
                           tw_mask inlets)
{
    struct slots slots;
    set_slots(&slots, s, inlets);
    tw_vec_store(slots.x, r->q);
    tw_vec_store(slots.y, r->dqdh);
    tw_vec_store(slots.z, r->head1);
    hold_at_inlets(h->net, &slots);
    r->q = tw_vec_load(slots.x);
    r->dqdh = tw_vec_load(slots.y);
    r->at_inlet = tw_mask_load(slots.mask);
}

/* Flow that the inlet or the friction of normal flow lets in. It is held to normal flow where the
 * water surface is flatter than the conduit or where it is supercritical at the upstream end. */
TW_PART void hold(const struct tw_hydraulics *h, const struct spot *s, struct reach *r,
                  tw_mask moving)
{
    const struct tw_conduit_block *b = s->block;
    enum tw_normal_limit rule = h->model->options.normal_limit;
    tw_mask forward = moving & (r->q > 0.0);
    tw_mask inlets = forward & has_trait(s, TW_CONDUIT_CULVERT) & ~r->full;
    r->at_inlet = inlets;
    if (tw_mask_any(inlets)) hold_culverts(h, s, r, inlets);
    tw_mask outfall = has_trait(s, TW_CONDUIT_OUTFALL1 | TW_CONDUIT_OUTFALL2);
    tw_vec top = of_row(s, b->full_depth_m);
    tw_mask open_to_limit = forward & ~inlets & ~r->full1 & ~(r->up_critical | r->down_critical);
    tw_mask check = r->y1 < r->y2;
    if (rule == TW_NORMAL_FROUDE) check &= outfall;
    if (rule != TW_NORMAL_SLOPE) {
        /* Froude number at the upstream end >= 1, without a root */
        tw_mask fast =
            r->q * r->q * r->width1 >= TW_GRAVITY_MPS2 * (r->area1 * r->area1 * r->area1);
        fast &= (r->y1 > TW_TINY_DEPTH_M) & (r->y2 > TW_TINY_DEPTH_M) & ~outfall;
        fast &= has_trait(s, TW_CONDUIT_OPEN) | (top - r->y1 > TW_TINY_DEPTH_M);
        check |= fast;
    }
    check &= open_to_limit;
    r->limited = check;
    if (!tw_mask_any(check)) return;
    tw_vec root = tw_vec_inverse_cube_root(r->radius1);
    tw_vec normal = of_row(s, b->beta) / roughness_of(h, s) * r->area1 * (r->radius1 * root);
    r->limited = check & (normal < r->q);
    r->q = tw_vec_select(r->limited, normal, r->q);
}

/* What else bounds a flow: the limit of the file, flap gates, a dry node upstream. */
TW_PART void bound(const struct spot *s, struct reach *r)
{
    tw_vec limit = of_row(s, s->block->flow_limit_m3s);
    r->q = tw_vec_max(-limit, tw_vec_min(limit, r->q));
    tw_mask shut = ((r->q < 0.0) & has_trait(s, TW_CONDUIT_NO_REVERSE)) |
                   ((r->q > 0.0) & has_trait(s, TW_CONDUIT_NO_FORWARD));
    r->q = tw_vec_where(~shut, r->q);
    tw_mask none1 = (r->q > TW_TINY_FLOW_M3S) & (r->depth1 <= TW_TINY_DEPTH_M);
    tw_mask none2 = (r->q < -TW_TINY_FLOW_M3S) & (r->depth2 <= TW_TINY_DEPTH_M);
    r->q = tw_vec_select(none1, tw_vec_of(TW_TINY_FLOW_M3S), r->q);
    r->q = tw_vec_select(none2, tw_vec_of(-TW_TINY_FLOW_M3S), r->q);
}

TW_PART void keep(double *values, const struct spot *s, const struct reach *r, tw_vec v)
{
    tw_vec_store(values + s->at, tw_vec_select(r->active, v, tw_vec_load(values + s->at)));
}

/* What an end does to its node. */
TW_PART void keep_end(struct tw_hydraulics *h, const struct spot *s, const struct reach *r,
                      const int32_t *places, const tw_vec part[TW_END_PARTS])
{
    int32_t w = h->lanes;
    if (!s->lanes) {
        tw_quad quads[TW_VEC_WIDTH];
        tw_vec_join(part, quads);
        bool all = tw_mask_all(r->active);
        for (int i = 0; i < TW_VEC_WIDTH; i++) {
            double *end = h->sums.ends + (size_t)places[s->k + i] * TW_END_PARTS;
            if (all || r->active[i]) memcpy(end, &quads[i], sizeof quads[i]);
        }
        return;
    }
    double *end = h->sums.ends + (size_t)places[s->k] * TW_END_PARTS * (size_t)w + s->lane;
    for (int j = 0; j < TW_END_PARTS; j++)
        tw_vec_store(end + j * w, tw_vec_select(r->active, part[j], tw_vec_load(end + j * w)));
}

/* Leave results where nodes, reports and the next iteration look for them. */
TW_PART void keep_all(struct tw_hydraulics *h, const struct spot *s, const struct reach *r)
{
    const struct tw_conduit_block *b = s->block;
    tw_vec barrels = of_row(s, b->barrels), q = r->q * barrels;
    tw_vec loss = tw_vec_load(h->conduit.loss_m3s + s->at) * barrels;
    keep(h->conduit.flow_m3s, s, r, r->q);
    keep(h->conduit.area_m2, s, r, r->area);
    keep(h->link.flow_m3s, s, r, q);
    keep(h->link.froude, s, r, r->froude);
    tw_vec top = of_row(s, b->full_depth_m);
    keep(h->link.depth_m, s, r, tw_vec_min(0.5 * (r->y1 + r->y2), top));
    keep(h->link.volume_m3, s, r, 0.5 * (r->area1 + r->area2) * of_row(s, b->barrels_length_m));
    tw_mask class = (r->dry & TW_FLOW_DRY) | (r->up_dry & TW_FLOW_UP_DRY) |
                    (r->down_dry & TW_FLOW_DOWN_DRY) | (r->up_critical & TW_FLOW_UP_CRITICAL) |
                    (r->down_critical & TW_FLOW_DOWN_CRITICAL) |
                    (r->supercritical & TW_FLOW_SUPERCRITICAL);
    tw_mask other =
        r->dry | r->up_dry | r->down_dry | r->up_critical | r->down_critical | r->supercritical;
    class |= ~other & TW_FLOW_SUBCRITICAL;
    /* by depths: the tables' areas at full depth are full but for rounding */
    tw_mask last = tw_mask_load(h->sums.marks + s->at);
    tw_mask full = (r->full1 & TW_MARK_FULL1) | (r->full2 & TW_MARK_FULL2);
    full = (~r->idle & full) | (r->idle & last & (TW_MARK_FULL1 | TW_MARK_FULL2));
    tw_mask marks = class | full | (r->limited & TW_MARK_LIMITED) | (r->at_inlet & TW_MARK_INLET) |
                    (r->idle & TW_MARK_IDLE);
    marks = (r->active & marks) | (~r->active & last);
    memcpy(h->sums.marks + s->at, &marks, sizeof marks);
    tw_mask forward = q >= 0.0;
    tw_vec dqdh = r->dqdh * barrels;
    /* the nodes share what is lost; an outfall has nothing to lose */
    tw_mask outfall1 = has_trait(s, TW_CONDUIT_OUTFALL1),
            outfall2 = has_trait(s, TW_CONDUIT_OUTFALL2);
    tw_vec loss1 = tw_vec_where(~outfall1, tw_vec_select(outfall2, loss, 0.5 * loss));
    tw_vec loss2 = tw_vec_where(~outfall2, tw_vec_select(outfall1, loss, 0.5 * loss));
    tw_vec end1[TW_END_PARTS] = {tw_vec_where(~forward, -q), tw_vec_where(forward, q) + loss1,
                                 r->surface1 * barrels, dqdh};
    tw_vec end2[TW_END_PARTS] = {tw_vec_where(forward, q), tw_vec_where(~forward, -q) + loss2,
                                 r->surface2 * barrels, dqdh};
    keep_end(h, s, r, b->end1, end1);
    keep_end(h, s, r, b->end2, end2);
}

/* New flows from heads and sections. */
TW_PART void find_flows(struct tw_hydraulics *h, const struct tw_pass *pass, const struct spot *s,
                        struct reach *r)
{
    tw_mask idle = r->dry | r->up_dry | r->down_dry | (r->area_middle <= TW_TINY_AREA_M2) |
                   (tw_vec_load(h->link.setting + s->at) == 0.0);
    r->idle = idle;
    solve_momentum(h, s, r, pass->dt_s);
    r->supercritical = ~idle & ~(r->up_critical | r->down_critical) & (r->froude > 1.0);
}

TW_PART void limit_flows(struct tw_hydraulics *h, const struct tw_pass *pass, const struct spot *s,
                         struct reach *r)
{
    hold(h, s, r, r->active & ~r->idle);
    if (pass->relaxed) {
        r->q = 0.5 * r->q_last + 0.5 * r->q;
        r->q = tw_vec_select(r->q * r->q_last < 0.0,
                             tw_vec_signed(tw_vec_of(TW_TURN_FLOW_M3S), r->q), r->q);
    }
    bound(s, r);
    /* no flow: what there is stands still */
    tw_vec still =
        (TW_GRAVITY_MPS2 * pass->dt_s) * r->area_middle * of_row(s, s->block->per_length);
    r->q = tw_vec_where(~r->idle, r->q);
    r->dqdh = tw_vec_select(r->idle, still, r->dqdh);
    r->froude = tw_vec_where(~r->idle, r->froude);
    r->area = tw_vec_select(r->idle, 0.5 * (r->area1 + r->area2), r->area_middle);
    keep_all(h, s, r);
}

/* Part by part for several vectors, as the steps of one wait for each other. */
enum { SPAN = 4 };

struct span {
    int32_t count;
    struct spot spots[SPAN];
    struct reach reaches[SPAN];
};

/* A spot of a span; whether its slots are lanes is known when this is compiled. */
TW_PART struct spot spot_at(const struct span *span, int32_t i, bool lanes)
{
    struct spot spot = span->spots[i];
    spot.lanes = lanes;
    return spot;
}

TW_PART void advance_span(struct tw_hydraulics *h, const struct tw_pass *pass, struct span *span,
                          bool lanes)
{
    bool slot = h->model->options.surcharge == TW_SURCHARGE_SLOT;
    struct reach *r = span->reaches;
    for (int32_t i = 0; i < span->count; i++) {
        struct spot s = spot_at(span, i, lanes);
        find_heads(h, &s, &r[i]);
        classify(h, &s, &r[i]);
        set_falls(&s, &r[i]);
    }
    for (int32_t i = 0; i < span->count; i++) {
        struct spot s = spot_at(span, i, lanes);
        find_surface(h, &s, &r[i], slot);
    }
    for (int32_t i = 0; i < span->count; i++) {
        struct spot s = spot_at(span, i, lanes);
        r[i].full = r[i].full1 & r[i].full2;
        weigh(h, &s, &r[i]);
    }
    for (int32_t i = 0; i < span->count; i++) {
        struct spot s = spot_at(span, i, lanes);
        find_friction(h, &s, &r[i]);
    }
    for (int32_t i = 0; i < span->count; i++) {
        struct spot s = spot_at(span, i, lanes);
        find_flows(h, pass, &s, &r[i]);
    }
    for (int32_t i = 0; i < span->count; i++) {
        struct spot s = spot_at(span, i, lanes);
        limit_flows(h, pass, &s, &r[i]);
    }
    span->count = 0;
}

/* A vector to be computed; several are done together. */
TW_PART void add_to_span(struct span *span, struct spot spot, tw_mask active)
{
    if (!tw_mask_any(active)) return;
    span->spots[span->count] = spot;
    span->reaches[span->count].active = active;
    span->count++;
}

/* Rows that are computed: those before the end whose nodes have not both settled. */
TW_PART tw_mask active_rows(const struct tw_hydraulics *h, const struct tw_pass *pass,
                            const struct spot *s, int32_t end)
{
    if (!pass->skip_settled && s->row + TW_VEC_WIDTH <= end) return tw_mask_of(true);
    uint32_t left = (uint32_t)(end - s->row), rests = left < TW_VEC_WIDTH ? ~0U << left : 0;
    const uint8_t *settled = h->sums.settled;
    for (int i = 0; pass->skip_settled && i < TW_VEC_WIDTH; i++) {
        int32_t a = s->block->from[s->k + i], b = s->block->to[s->k + i];
        rests |= (uint32_t)(settled[a] & settled[b]) << i;
    }
    return ~tw_mask_of_bits(rests);
}

static void conduits_by_rows(struct tw_hydraulics *h, const struct tw_pass *pass, int32_t begin,
                             int32_t end)
{
    struct span span;
    span.count = 0;
    for (int32_t row = begin; row < end; row += TW_VEC_WIDTH) {
        struct spot s = {.block = &h->net->conduit_blocks[row / TW_BLOCK],
                         .row = row,
                         .k = row % TW_BLOCK,
                         .at = row};
        add_to_span(&span, s, active_rows(h, pass, &s, end));
        if (span.count == SPAN || row + TW_VEC_WIDTH >= end) advance_span(h, pass, &span, false);
    }
}

static void conduits_by_lanes(struct tw_hydraulics *h, const struct tw_pass *pass, int32_t begin,
                              int32_t end)
{
    int32_t w = h->lanes;
    struct span span;
    span.count = 0;
    for (int32_t row = begin; row < end; row++) {
        const struct tw_conduit_block *b = &h->net->conduit_blocks[row / TW_BLOCK];
        struct spot s = {.block = b, .row = row, .k = row % TW_BLOCK, .lanes = true};
        for (s.lane = 0; s.lane < w; s.lane += TW_VEC_WIDTH) {
            const uint8_t *settled1 = h->sums.settled + b->from[s.k] * w + s.lane;
            const uint8_t *settled2 = h->sums.settled + b->to[s.k] * w + s.lane;
            s.at = row * w + s.lane;
            tw_mask active = ~tw_mask_of_bytes(h->sums.done + s.lane);
            if (pass->skip_settled) {
                active &= ~(tw_mask_of_bytes(settled1) & tw_mask_of_bytes(settled2));
            }
            add_to_span(&span, s, active);
            bool last = row + 1 == end && s.lane + TW_VEC_WIDTH >= w;
            if (span.count == SPAN || last) advance_span(h, pass, &span, true);
        }
    }
}

#endif
