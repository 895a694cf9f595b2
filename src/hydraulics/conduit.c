/* Flow of a conduit, one barrel (SWMM Reference Manual II, 3.2 and 3.3).
 *
 *   q = (q_old - dt g A (h2 - h1) / L + s (2 v (Am - Am_old) + dt v^2 (A2 - A1) / L) + loss)
 *       / (1 + dt g n^2 |v| / (k^2 R^(4/3)) + dt (sum K |q| / A) / 2L)
 *
 * A, R area and hydraulic radius weighted between upstream end and middle, Am middle, A1, A2 ends,
 * v velocity of the last iteration, s damping of the inertial terms, h1, h2 heads at the ends. */
#include "hydraulics/conduit.h"

#include "hydraulics/constants.h"
#include "hydraulics/culvert.h"
#include "hydraulics/dynwave.h"
#include "hydraulics/force_main.h"
#include "hydraulics/regulators.h"
#include "num/roots.h"

#include <math.h>

/* A conduit between its two heads, in the course of one evaluation. */
struct reach {
    int32_t row, traits;
    double q_last;             /* flow of the last iteration */
    double roughness;          /* factor of the lane */
    double head1, head2;       /* water levels at the ends */
    double y1, y2;             /* depths at the ends */
    double surface1, surface2; /* of the water, lent to the end nodes */
    enum tw_flow_class flow_class;
    bool full;
};

static double larger(double a, double b) { return a > b ? a : b; }

static double smaller(double a, double b) { return a < b ? a : b; }

static double with_sign(double size, double sign) { return sign < 0.0 ? -size : size; }

/* Area, width, hydraulic radius at a depth, 0..full depth. */
static inline struct tw_cut cut_at(const struct tw_conduit_rows *c, int32_t row, double y)
{
    double t = y * c->cells_per_m[row];
    int32_t last = c->cells[row] - 1;
    int32_t cell = t < last ? (int32_t)t : last; /* what is no number must not become an index */
    double f = t - cell;
    const double *r = c->first_row[row] + (size_t)cell * TW_GEOMETRY_ROW;
    return (struct tw_cut){.area_m2 = c->area_m2[row] * (r[0] + f * (r[1] + f * r[2])),
                           .width_m = c->width_m[row] * (r[3] + f * (r[4] + f * r[5])),
                           .radius_m = c->radius_m[row] * (r[6] + f * (r[7] + f * r[8]))};
}

static inline double flow_table(const double *table, double position)
{
    if (!(position < TW_GEOMETRY_FLOW_CELLS)) return table[TW_GEOMETRY_FLOW_CELLS];
    int32_t i = (int32_t)position;
    return table[i] + (position - i) * (table[i + 1] - table[i]);
}

double tw_conduit_normal_depth(const struct tw_network *net, int32_t row, double flow_m3s)
{
    const struct tw_conduit_rows *c = &net->conduit;
    return c->full_depth_m[row] *
           flow_table(c->normal[row], sqrt(sqrt(fabs(flow_m3s))) * c->normal_per_root[row]);
}

double tw_conduit_critical_depth(const struct tw_network *net, int32_t row, double flow_m3s)
{
    const struct tw_conduit_rows *c = &net->conduit;
    return c->full_depth_m[row] *
           flow_table(c->critical[row], sqrt(sqrt(fabs(flow_m3s))) * c->critical_per_root[row]);
}

/* Sjoberg's slot above the crown of closed conduits. */
static double slot_width(const struct tw_conduit_rows *c, int32_t row, double y)
{
    double part = y / c->full_depth_m[row];
    if ((c->traits[row] & TW_CONDUIT_OPEN) || part < TW_CROWN_CUTOFF_SLOT) return 0.0;
    if (part > 1.78) return 0.01 * c->width_m[row];
    return c->width_m[row] * 0.5423 * exp(-pow(part, 2.4));
}

static struct tw_cut cut_with_slot(const struct tw_conduit_rows *c, int32_t row, double y)
{
    double top = c->full_depth_m[row];
    struct tw_cut cut = cut_at(c, row, smaller(y, top));
    if (y >= top) cut.area_m2 = c->full_area_m2[row] + (y - top) * slot_width(c, row, y);
    return cut;
}

/* Width of the water surface as storage sees it: frozen near the crown, or that of the slot. */
static double surface_width(const struct tw_conduit_rows *c, int32_t row, double y,
                            const struct tw_cut *cut, bool slot)
{
    if (slot) {
        double width = slot_width(c, row, y);
        if (width > 0.0) return width;
    }
    return y >= c->frozen_depth_m[row] ? c->frozen_width_m[row] : cut->width_m;
}

/* Where the water of an end drops into its node: critical, unless normal depth is lower. */
struct drop {
    double critical, normal;
};

static struct drop drop_of(const struct tw_network *net, const struct reach *r)
{
    return (struct drop){.critical = tw_conduit_critical_depth(net, r->row, r->q_last),
                         .normal = tw_conduit_normal_depth(net, r->row, r->q_last * r->roughness)};
}

/* Class of a conduit that is wet at both ends; *fall reduces the downstream surface area while
 * the water level there lies between normal and critical depth. */
static enum tw_flow_class class_of_wet(const struct tw_network *net, const struct reach *r,
                                       double z1, double z2, struct drop *d, double *fall)
{
    if (r->q_last < 0.0) {
        if (!(z1 > 0.0)) return TW_FLOW_SUBCRITICAL;
        *d = drop_of(net, r);
        return r->y1 < smaller(d->normal, d->critical) ? TW_FLOW_UP_CRITICAL : TW_FLOW_SUBCRITICAL;
    }
    if (!(z2 > 0.0)) return TW_FLOW_SUBCRITICAL;
    *d = drop_of(net, r);
    double low = smaller(d->normal, d->critical), high = larger(d->normal, d->critical);
    if (r->y2 < low) return TW_FLOW_DOWN_CRITICAL;
    if (r->y2 < high) *fall = high - low < TW_TINY_DEPTH_M ? 0.0 : (high - r->y2) / (high - low);
    return TW_FLOW_SUBCRITICAL;
}

/* Offset of an end above the water of an outfall counts less where that water stands. */
static double free_offset(double offset, bool outfall, double depth)
{
    return outfall ? larger(0.0, offset - depth) : offset;
}

static enum tw_flow_class classify(const struct tw_hydraulics *h, const struct reach *r,
                                   int32_t lane, struct drop *d, double *fall)
{
    const struct tw_conduit_rows *c = &h->net->conduit;
    int32_t row = r->row, w = h->lanes;
    double z1 = free_offset(c->offset1_m[row], r->traits & TW_CONDUIT_OUTFALL1,
                            h->node.depth_m[c->from[row] * w + lane]);
    double z2 = free_offset(c->offset2_m[row], r->traits & TW_CONDUIT_OUTFALL2,
                            h->node.depth_m[c->to[row] * w + lane]);
    bool wet1 = r->y1 > TW_TINY_DEPTH_M, wet2 = r->y2 > TW_TINY_DEPTH_M;
    if (wet1 && wet2) return class_of_wet(h->net, r, z1, z2, d, fall);
    if (!wet1 && !wet2) return TW_FLOW_DRY;
    if (wet2) {
        if (r->head2 < c->invert1_m[row]) return TW_FLOW_UP_DRY;
        if (!(z1 > 0.0)) return TW_FLOW_SUBCRITICAL;
        *d = drop_of(h->net, r);
        return TW_FLOW_UP_CRITICAL;
    }
    if (r->head1 < c->invert2_m[row]) return TW_FLOW_DOWN_DRY;
    if (!(z2 > 0.0)) return TW_FLOW_SUBCRITICAL;
    *d = drop_of(h->net, r);
    return TW_FLOW_DOWN_CRITICAL;
}

/* Depths at the ends as the class sets them, and the surface areas that go with it. Leaves the
 * sections at ends and middle in cut[0..2]. */
static void set_surface(const struct tw_hydraulics *h, struct reach *r, const struct drop *d,
                        double fall, struct tw_cut cut[3])
{
    const struct tw_conduit_rows *c = &h->net->conduit;
    int32_t row = r->row;
    bool slot = h->model->options.surcharge == TW_SURCHARGE_SLOT;
    double drop = larger(smaller(d->normal, d->critical), TW_TINY_DEPTH_M);
    if (r->flow_class == TW_FLOW_UP_CRITICAL) {
        r->y1 = drop;
        r->head1 = c->invert1_m[row] + drop;
    } else if (r->flow_class == TW_FLOW_DOWN_CRITICAL) {
        r->y2 = drop;
        r->head2 = c->invert2_m[row] + drop;
    } else if (r->flow_class == TW_FLOW_UP_DRY) {
        r->y1 = TW_TINY_DEPTH_M;
    } else if (r->flow_class == TW_FLOW_DOWN_DRY) {
        r->y2 = TW_TINY_DEPTH_M;
    }
    double middle = larger(0.5 * (r->y1 + r->y2), TW_TINY_DEPTH_M);
    if (slot) {
        cut[0] = cut_with_slot(c, row, r->y1);
        cut[1] = cut_with_slot(c, row, middle);
        cut[2] = cut_with_slot(c, row, r->y2);
    } else {
        cut[0] = cut_at(c, row, r->y1);
        cut[1] = cut_at(c, row, middle);
        cut[2] = cut_at(c, row, r->y2);
    }
    double quarter = 0.25 * c->routing_length_m[row];
    double width1 = surface_width(c, row, r->y1, &cut[0], slot);
    double width_middle = surface_width(c, row, middle, &cut[1], slot);
    double width2 = surface_width(c, row, r->y2, &cut[2], slot);
    r->surface1 = (width1 + width_middle) * quarter;
    r->surface2 = (width_middle + width2) * quarter;
    if (r->flow_class == TW_FLOW_SUBCRITICAL) {
        r->surface2 *= fall;
    } else if (r->flow_class == TW_FLOW_UP_CRITICAL) {
        r->surface1 = 0.0; /* a free fall: all of the conduit belongs to the other node */
        r->surface2 *= 2.0;
    } else if (r->flow_class == TW_FLOW_DOWN_CRITICAL) {
        r->surface1 *= 2.0;
        r->surface2 = 0.0;
    } else if (r->flow_class == TW_FLOW_UP_DRY && c->offset1_m[row] > 0.0) {
        r->surface1 = 0.0;
    } else if (r->flow_class == TW_FLOW_DOWN_DRY && c->offset2_m[row] > 0.0) {
        r->surface2 = 0.0;
    } else if (r->flow_class == TW_FLOW_DRY) {
        r->surface1 = r->surface2 = 0.5 * TW_TINY_DEPTH_M * c->routing_length_m[row];
    }
}

/* Froude number of a velocity at a cut; 0 in a dry or a full closed conduit. */
static double froude_of(const struct tw_conduit_rows *c, int32_t row, double velocity, double y,
                        const struct tw_cut *cut)
{
    if (y <= TW_TINY_DEPTH_M) return 0.0;
    bool open = c->traits[row] & TW_CONDUIT_OPEN;
    if (!open && c->full_depth_m[row] - y <= TW_TINY_DEPTH_M) return 0.0;
    return fabs(velocity) / sqrt(TW_GRAVITY_MPS2 * cut->area_m2 / cut->width_m);
}

static bool in_normal_class(enum tw_flow_class flow_class)
{
    return flow_class == TW_FLOW_SUBCRITICAL || flow_class == TW_FLOW_SUPERCRITICAL;
}

/* Flow is held to normal flow where the water surface is flatter than the conduit or where it is
 * supercritical at the upstream end. */
static double hold_to_normal(const struct tw_hydraulics *h, const struct reach *r, double q,
                             const struct tw_cut *cut1, uint8_t *limited)
{
    const struct tw_conduit_rows *c = &h->net->conduit;
    enum tw_normal_limit rule = h->model->options.normal_limit;
    bool outfall = r->traits & (TW_CONDUIT_OUTFALL1 | TW_CONDUIT_OUTFALL2);
    bool check = (rule != TW_NORMAL_FROUDE || outfall) && r->y1 < r->y2;
    if (!check && rule != TW_NORMAL_SLOPE && !outfall && r->y1 > TW_TINY_DEPTH_M &&
        r->y2 > TW_TINY_DEPTH_M) {
        check = froude_of(c, r->row, q / cut1->area_m2, r->y1, cut1) >= 1.0;
    }
    if (!check) return q;
    double root = tw_cube_root(cut1->radius_m);
    double normal = c->beta[r->row] / r->roughness * cut1->area_m2 * root * root;
    if (!(normal < q)) return q;
    *limited = 1;
    return normal;
}

/* Sum of local loss coefficients times |q| / A. */
static double local_losses(const struct tw_conduit_rows *c, int32_t row, double q,
                           const struct tw_cut cut[3])
{
    double sum = 0.0;
    if (cut[0].area_m2 > TW_TINY_AREA_M2) sum += c->loss_inlet[row] * (q / cut[0].area_m2);
    if (cut[2].area_m2 > TW_TINY_AREA_M2) sum += c->loss_outlet[row] * (q / cut[2].area_m2);
    if (cut[1].area_m2 > TW_TINY_AREA_M2) sum += c->loss_average[row] * (q / cut[1].area_m2);
    return sum;
}

static double friction_term(const struct tw_hydraulics *h, const struct reach *r, double speed,
                            double radius, double radius_middle)
{
    const struct tw_conduit_rows *c = &h->net->conduit;
    if ((r->traits & TW_CONDUIT_FORCE_MAIN) && r->full) {
        return tw_force_main_friction(h->model->options.force_main,
                                      &h->net->xsects[c->section[r->row]], speed, radius_middle,
                                      c->routing_length_m[r->row] / c->length_m[r->row]);
    }
    return c->friction[r->row] * (r->roughness * r->roughness) * speed /
           (radius * tw_cube_root(radius));
}

/* The momentum equation; *out_dqdh is the derivative by the head difference, of one barrel. */
static double momentum(struct tw_hydraulics *h, struct reach *r, const struct tw_cut cut[3],
                       double dt, int32_t at, double *out_dqdh)
{
    const struct tw_conduit_rows *c = &h->net->conduit;
    int32_t row = r->row;
    double length = c->routing_length_m[row], middle = cut[1].area_m2;
    double v = r->q_last / middle;
    if (fabs(v) > TW_MAX_VELOCITY_MPS) v = with_sign(TW_MAX_VELOCITY_MPS, r->q_last);
    double froude = froude_of(c, row, v, 0.5 * (r->y1 + r->y2), &cut[1]);
    h->link.froude[at] = froude;
    if (r->flow_class == TW_FLOW_SUBCRITICAL && froude > 1.0) {
        r->flow_class = TW_FLOW_SUPERCRITICAL;
    }
    double damping = froude <= 0.5 ? 1.0 : froude >= 1.0 ? 0.0 : 2.0 * (1.0 - froude);
    bool upstream = !r->full && r->q_last > 0.0 && r->head1 >= r->head2;
    double weight = upstream ? damping : 1.0;
    double area = cut[0].area_m2 + (middle - cut[0].area_m2) * weight;
    double radius = cut[0].radius_m + (cut[1].radius_m - cut[0].radius_m) * weight;
    enum tw_damping kind = h->model->options.damping;
    if (kind != TW_DAMPING_PARTIAL) damping = kind == TW_DAMPING_NONE ? 1.0 : 0.0;
    if (r->full && !(r->traits & TW_CONDUIT_OPEN)) damping = 0.0;
    double friction = dt * friction_term(h, r, fabs(v), radius, cut[1].radius_m);
    double slope = dt * TW_GRAVITY_MPS2 * area * (r->head2 - r->head1) / length;
    double old_area = larger(h->conduit.old_area_m2[at], TW_TINY_AREA_M2);
    double inertia = damping * (2.0 * v * (middle - old_area) +
                                dt * v * v * (cut[2].area_m2 - cut[0].area_m2) / length);
    double local = 0.0, lost = 0.0;
    if (r->traits & TW_CONDUIT_LOSSES) {
        local = local_losses(c, row, fabs(r->q_last), cut) / 2.0 / length * dt;
    }
    if (r->traits & TW_CONDUIT_LEAKS) {
        lost = h->conduit.loss_m3s[at] * 2.5 * dt * v / c->length_m[row];
    }
    double denominator = 1.0 + friction + local;
    double old_flow = h->link.old_flow_m3s[at] / c->barrels[row];
    *out_dqdh = TW_GRAVITY_MPS2 * dt * area / length / denominator;
    return (old_flow - slope + inertia + lost) / denominator;
}

/* Flow of one barrel that the inlet or the friction of normal flow lets in. */
static double held(struct tw_hydraulics *h, const struct reach *r, double q,
                   const struct tw_cut *upstream, double *dqdh, int32_t at)
{
    const struct tw_conduit_rows *c = &h->net->conduit;
    int32_t row = r->row, section = c->section[row];
    if ((r->traits & TW_CONDUIT_CULVERT) && !r->full) {
        bool inlet =
            tw_culvert_limit(&h->net->xsects[section], h->model->xsects.culvert_code[section],
                             c->slope_ratio[row], r->head1 - c->invert1_m[row], &q, dqdh);
        /* SWMM takes the derivative of one barrel for that of all */
        if (inlet) *dqdh /= c->barrels[row];
        return q;
    }
    bool open_to_limit = r->y1 < c->full_depth_m[row] && in_normal_class(r->flow_class);
    return open_to_limit ? hold_to_normal(h, r, q, upstream, &h->link.limited[at]) : q;
}

/* What else bounds a flow: the limit of the file, flap gates, a dry node upstream. */
static double bounded(const struct tw_hydraulics *h, const struct reach *r, double q, int32_t lane)
{
    const struct tw_conduit_rows *c = &h->net->conduit;
    int32_t row = r->row, w = h->lanes;
    if (fabs(q) > c->flow_limit_m3s[row]) q = with_sign(c->flow_limit_m3s[row], q);
    if ((q < 0.0 && (r->traits & TW_CONDUIT_NO_REVERSE)) ||
        (q > 0.0 && (r->traits & TW_CONDUIT_NO_FORWARD))) {
        return 0.0;
    }
    if (q > TW_TINY_FLOW_M3S && h->node.depth_m[c->from[row] * w + lane] <= TW_TINY_DEPTH_M) {
        return TW_TINY_FLOW_M3S;
    }
    if (q < -TW_TINY_FLOW_M3S && h->node.depth_m[c->to[row] * w + lane] <= TW_TINY_DEPTH_M) {
        return -TW_TINY_FLOW_M3S;
    }
    return q;
}

/* Heads and depths at the ends, and whether both are full. */
static struct reach reach_at(const struct tw_hydraulics *h, int32_t row, int32_t lane)
{
    const struct tw_conduit_rows *c = &h->net->conduit;
    const struct tw_nodes *nodes = &h->model->nodes;
    int32_t w = h->lanes, a = c->from[row], b = c->to[row];
    struct reach r = {.row = row, .traits = c->traits[row]};
    r.roughness = h->roughness[lane];
    r.q_last = h->conduit.flow_m3s[row * w + lane];
    r.head1 = larger(h->node.depth_m[a * w + lane] + nodes->invert_m[a], c->invert1_m[row]);
    r.head2 = larger(h->node.depth_m[b * w + lane] + nodes->invert_m[b], c->invert2_m[row]);
    r.y1 = larger(r.head1 - c->invert1_m[row], TW_TINY_DEPTH_M);
    r.y2 = larger(r.head2 - c->invert2_m[row], TW_TINY_DEPTH_M);
    if (h->model->options.surcharge != TW_SURCHARGE_SLOT) {
        r.y1 = smaller(r.y1, c->full_depth_m[row]);
        r.y2 = smaller(r.y2, c->full_depth_m[row]);
    }
    return r;
}

/* Leave a result where nodes, reports and the next iteration look for it. */
static void keep(struct tw_hydraulics *h, const struct reach *r, const struct tw_cut cut[3],
                 double q, double dqdh, int32_t at)
{
    const struct tw_conduit_rows *c = &h->net->conduit;
    double barrels = c->barrels[r->row], full = c->full_depth_m[r->row];
    double mean_area = 0.5 * (cut[0].area_m2 + cut[2].area_m2);
    h->conduit.flow_m3s[at] = q;
    h->link.flow_m3s[at] = q * barrels;
    h->link.dqdh_m2s[at] = dqdh * barrels;
    h->link.depth_m[at] = smaller(0.5 * (r->y1 + r->y2), full);
    h->link.volume_m3[at] = mean_area * c->length_m[r->row] * barrels;
    h->link.surface1_m2[at] = r->surface1 * barrels;
    h->link.surface2_m2[at] = r->surface2 * barrels;
    h->link.flow_class[at] = (uint8_t)r->flow_class;
    /* by depths: the tables' areas at full depth are full but for rounding */
    h->link.full[at] = (uint8_t)((r->y1 >= full ? 1 : 0) | (r->y2 >= full ? 2 : 0));
}

static void advance(struct tw_hydraulics *h, const struct tw_conduit_pass *pass, int32_t row,
                    int32_t lane)
{
    const struct tw_conduit_rows *c = &h->net->conduit;
    int32_t at = row * h->lanes + lane;
    struct reach r = reach_at(h, row, lane);
    struct drop d = {0};
    double fall = 1.0;
    struct tw_cut cut[3];
    r.flow_class = classify(h, &r, lane, &d, &fall);
    set_surface(h, &r, &d, fall, cut);
    r.full = r.y1 >= c->full_depth_m[row] && r.y2 >= c->full_depth_m[row];
    double dqdh;
    h->link.limited[at] = 0;
    if (r.flow_class <= TW_FLOW_DOWN_DRY || h->link.setting[at] == 0.0 ||
        cut[1].area_m2 <= TW_TINY_AREA_M2) {
        dqdh = TW_GRAVITY_MPS2 * pass->dt_s * cut[1].area_m2 / c->routing_length_m[row];
        h->conduit.area_m2[at] = 0.5 * (cut[0].area_m2 + cut[2].area_m2);
        h->link.froude[at] = 0.0;
        keep(h, &r, cut, 0.0, dqdh, at);
        return;
    }
    double q = momentum(h, &r, cut, pass->dt_s, at, &dqdh);
    if (q > 0.0) q = held(h, &r, q, &cut[0], &dqdh, at);
    if (pass->relaxed) {
        q = 0.5 * r.q_last + 0.5 * q;
        if (q * r.q_last < 0.0) q = with_sign(TW_TURN_FLOW_M3S, q);
    }
    q = bounded(h, &r, q, lane);
    h->conduit.area_m2[at] = cut[1].area_m2;
    keep(h, &r, cut, q, dqdh, at);
}

/* A conduit between two nodes that settled rests. */
static bool rests(const struct tw_hydraulics *h, const struct tw_conduit_pass *pass, int32_t a,
                  int32_t b)
{
    return pass->skip_settled && h->sums.settled[a] && h->sums.settled[b];
}

void tw_conduit_rows_advance(struct tw_hydraulics *h, const struct tw_conduit_pass *pass,
                             int32_t begin, int32_t end)
{
    const struct tw_conduit_rows *c = &h->net->conduit;
    int32_t w = h->lanes;
    for (int32_t row = begin; row < end; row++) {
        for (int32_t l = 0; l < w; l++) {
            int32_t a = c->from[row] * w + l, b = c->to[row] * w + l;
            if (h->sums.done[l] || rests(h, pass, a, b)) continue;
            advance(h, pass, row, l);
            h->sums.moved[a] = 1;
            h->sums.moved[b] = 1;
        }
    }
}
