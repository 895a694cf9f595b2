/* Flow of a conduit as a function of the heads at its ends, one barrel. The equation is the dynamic
 * wave's (conduit.c), in the flow q at the end of the step:
 *
 *   a q + b q |q| = q_old - dt g A (h2 - h1) / L + s dt v^2 (A2 - A1) / L + loss
 *   a = 1 - 2 s (Am - Am_old) / Am
 *   b = dt (g n^2 / (k^2 R^(4/3)) + (sum K / A) / 2L Am) / Am
 *
 * A, R area and hydraulic radius weighted between upstream end and middle, Am middle, A1, A2 ends,
 * s damping of the inertial terms. Friction is quadratic in q, so that it neither overshoots nor
 * alternates in a large step; v, s and b's areas follow the heads from trial to trial.
 *
 * The derivatives hold those of A and R: in steep conduits, where flow follows depth and hardly the
 * slope of the water, they are what keeps a step stable that is longer than a wave's way through. */
#include "hydraulics/conduit.h"
#include "hydraulics/constants.h"
#include "hydraulics/culvert.h"
#include "hydraulics/force_main.h"
#include "hydraulics/regulators.h"
#include "hydraulics/semi_parts.h"
#include "num/roots.h"

#include <math.h>

struct section {
    double area, by_depth; /* area and its derivative */
    double width;
    double radius, radius_by_depth;
};

/* A conduit between its two heads. */
struct reach {
    int32_t row, at, traits;
    double q_last;
    double head1, head2;
    double wet1, wet2; /* depths at the ends, below 0 where the node's water is lower */
    double y1, y2;     /* the same within the section, or of a free fall */
    bool free1, free2; /* the end's level follows its node's head */
    bool full;
    double drop; /* depth that the flow takes at an end where it falls freely */
    bool normal; /* that depth is normal depth, at an outfall of this kind */
    enum tw_flow_class flow_class;
    struct section end1, middle, end2;
};

static double larger(double a, double b) { return a > b ? a : b; }

static double smaller(double a, double b) { return a < b ? a : b; }

static double within(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static inline const double *cell_of(const struct tw_conduit_rows *c, int32_t row, double y,
                                    double *out_part)
{
    double t = y * c->cells_per_m[row];
    int32_t cell = (int32_t)t, last = c->cells[row] - 1;
    if (cell > last) cell = last;
    *out_part = t - cell;
    return c->first_row[row] + (size_t)cell * TW_GEOMETRY_ROW;
}

static struct section section_at(const struct tw_conduit_rows *c, int32_t row, double y)
{
    double f, top = c->full_depth_m[row], per_m = c->cells_per_m[row];
    bool full = y >= top;
    const double *r = cell_of(c, row, full ? top : y, &f);
    struct section s = {.area = c->area_m2[row] * (r[0] + f * (r[1] + f * r[2])),
                        .width = c->width_m[row] * (r[3] + f * (r[4] + f * r[5])),
                        .radius = c->radius_m[row] * (r[6] + f * (r[7] + f * r[8]))};
    double perimeter = s.radius;
    bool by_perimeter = c->traits[row] & TW_CONDUIT_BY_PERIMETER;
    if (by_perimeter) s.radius = s.area / perimeter;
    if (full) return s;
    s.by_depth = c->area_m2[row] * per_m * larger(r[1] + 2.0 * f * r[2], 0.0);
    s.radius_by_depth = c->radius_m[row] * per_m * (r[7] + 2.0 * f * r[8]);
    if (by_perimeter) s.radius_by_depth = (s.by_depth - s.radius * s.radius_by_depth) / perimeter;
    return s;
}

static void area_at(const struct tw_conduit_rows *c, int32_t row, double y, double *out_area,
                    double *out_slope)
{
    double f, top = c->full_depth_m[row];
    *out_area = *out_slope = 0.0;
    if (!(y > 0.0)) return;
    const double *r = cell_of(c, row, y < top ? y : top, &f);
    *out_area = c->area_m2[row] * (r[0] + f * (r[1] + f * r[2]));
    if (y >= top) return;
    *out_slope = c->area_m2[row] * c->cells_per_m[row] * larger(r[1] + 2.0 * f * r[2], 0.0);
}

void tw_semi_conduit_ends(const struct tw_semi *semi, int32_t row)
{
    const struct tw_conduit_rows *c = &semi->net->conduit;
    struct tw_semi_ends *e = &semi->ends[row];
    double y1 = semi->depth_m[c->from[row]] - c->offset1_m[row];
    double y2 = semi->depth_m[c->to[row]] - c->offset2_m[row];
    area_at(c, row, y1, &e->area1_m2, &e->width1_m);
    area_at(c, row, y2, &e->area2_m2, &e->width2_m);
}

/* Offset of an end above the water of an outfall counts less where that water stands. */
static double free_offset(double offset, bool outfall, double depth)
{
    return outfall ? larger(0.0, offset - depth) : offset;
}

/* Depth at an end where the water falls freely: critical, unless normal depth is lower or the
 * outfall asks for it. */
static double drop_of(const struct tw_semi *semi, const struct reach *r, double q)
{
    if (r->normal) return tw_conduit_normal_depth(semi->net, r->row, q * semi->roughness);
    return tw_conduit_drop(semi->net, r->row, q, semi->roughness, -1.0);
}

/* How water stands, as the dynamic wave classes it by the flow of the trial before. */
static enum tw_flow_class classify(const struct tw_semi *semi, struct reach *r)
{
    const struct tw_conduit_rows *c = &semi->net->conduit;
    int32_t row = r->row;
    double z1 = free_offset(c->offset1_m[row], r->traits & TW_CONDUIT_OUTFALL1,
                            semi->depth_m[c->from[row]]);
    double z2 =
        free_offset(c->offset2_m[row], r->traits & TW_CONDUIT_OUTFALL2, semi->depth_m[c->to[row]]);
    bool wet1 = r->wet1 > TW_TINY_DEPTH_M, wet2 = r->wet2 > TW_TINY_DEPTH_M;
    if (!wet1 && !wet2) return TW_FLOW_DRY;
    if (!wet1 && r->head2 < c->invert1_m[row]) return TW_FLOW_UP_DRY;
    if (!wet2 && r->head1 < c->invert2_m[row]) return TW_FLOW_DOWN_DRY;
    bool back = wet1 && wet2 ? r->q_last < 0.0 : wet2;
    double offset = back ? z1 : z2, depth = back ? r->wet1 : r->wet2;
    if (!(offset > 0.0)) return TW_FLOW_SUBCRITICAL;
    /* where the depth is not below it, the drop is not asked for again: both ends are wet */
    double end = wet1 && wet2 ? depth : -1.0;
    r->drop = tw_conduit_drop(semi->net, row, r->q_last, semi->roughness, end);
    if (wet1 && wet2 && !(depth < r->drop)) return TW_FLOW_SUBCRITICAL;
    return back ? TW_FLOW_UP_CRITICAL : TW_FLOW_DOWN_CRITICAL;
}

static struct reach reach_at(const struct tw_semi *semi, const struct tw_hydraulics *h, int32_t row)
{
    const struct tw_conduit_rows *c = &semi->net->conduit;
    const double *invert_m = semi->net->model->nodes.invert_m;
    int32_t a = c->from[row], b = c->to[row], at = row * h->lanes + semi->lane;
    struct reach r = {.row = row, .at = at, .traits = c->traits[row]};
    r.q_last = h->conduit.flow_m3s[at];
    r.wet1 = semi->depth_m[a] - c->offset1_m[row];
    r.wet2 = semi->depth_m[b] - c->offset2_m[row];
    r.head1 = larger(semi->depth_m[a] + invert_m[a], c->invert1_m[row]);
    r.head2 = larger(semi->depth_m[b] + invert_m[b], c->invert2_m[row]);
    r.y1 = within(r.wet1, TW_TINY_DEPTH_M, c->full_depth_m[row]);
    r.y2 = within(r.wet2, TW_TINY_DEPTH_M, c->full_depth_m[row]);
    r.free1 = r.wet1 > 0.0;
    r.free2 = r.wet2 > 0.0;
    r.flow_class = classify(semi, &r);
    double fall = larger(r.drop, TW_TINY_DEPTH_M);
    if (r.flow_class == TW_FLOW_UP_CRITICAL) {
        r.y1 = fall;
        r.head1 = c->invert1_m[row] + fall;
        r.free1 = false;
    } else if (r.flow_class == TW_FLOW_DOWN_CRITICAL) {
        r.y2 = fall;
        r.head2 = c->invert2_m[row] + fall;
        r.free2 = false;
    } else if (semi->open_exit[b]) {
        r.free2 = false;
        r.drop = r.y2;
        r.normal = semi->open_exit[b] == TW_SEMI_EXIT_NORMAL;
    } else if (semi->open_exit[a]) {
        r.free1 = false;
        r.drop = r.y1;
        r.normal = semi->open_exit[a] == TW_SEMI_EXIT_NORMAL;
    }
    r.full = r.y1 >= c->full_depth_m[row] && r.y2 >= c->full_depth_m[row];
    return r;
}

/* Froude number of a velocity at a section; 0 in a dry or a full closed conduit. */
static double froude_of(const struct tw_conduit_rows *c, int32_t row, double velocity, double y,
                        const struct section *s)
{
    if (y <= TW_TINY_DEPTH_M) return 0.0;
    bool open = c->traits[row] & TW_CONDUIT_OPEN;
    if (!open && c->full_depth_m[row] - y <= TW_TINY_DEPTH_M) return 0.0;
    return fabs(velocity) / sqrt(TW_GRAVITY_MPS2 * s->area / s->width);
}

/* Coefficients of the momentum equation and their derivatives by the two depths. */
struct momentum {
    double a, b, right;
    double b1, b2, right1, right2;
    double per_head; /* dt g A / L */
};

static double friction_of(const struct tw_semi *semi, const struct reach *r, double speed,
                          double radius)
{
    const struct tw_conduit_rows *c = &semi->net->conduit;
    if ((r->traits & TW_CONDUIT_FORCE_MAIN) && r->full) {
        double least = larger(speed, 1e-3);
        double length_ratio = c->routing_length_m[r->row] / c->length_m[r->row];
        return tw_force_main_friction(semi->net->model->options.force_main,
                                      &semi->net->xsects[c->section[r->row]], least,
                                      r->middle.radius, length_ratio) /
               least;
    }
    double factor = semi->roughness * semi->roughness;
    return c->friction[r->row] * factor / (radius * tw_cube_root(radius));
}

/* Sum of local loss coefficients over areas. */
static double local_losses(const struct tw_conduit_rows *c, const struct reach *r)
{
    double sum = 0.0;
    if (r->end1.area > TW_TINY_AREA_M2) sum += c->loss_inlet[r->row] / r->end1.area;
    if (r->end2.area > TW_TINY_AREA_M2) sum += c->loss_outlet[r->row] / r->end2.area;
    if (r->middle.area > TW_TINY_AREA_M2) sum += c->loss_average[r->row] / r->middle.area;
    return sum;
}

/* Share of the inertial terms, and of the middle in area and radius. */
static void weigh(const struct tw_hydraulics *h, const struct reach *r, double froude,
                  double *out_inertia, double *out_middle)
{
    double damping = froude <= 0.5 ? 1.0 : froude >= 1.0 ? 0.0 : 2.0 * (1.0 - froude);
    bool upstream = !r->full && r->q_last > 0.0 && r->head1 >= r->head2;
    *out_middle = upstream ? damping : 1.0;
    enum tw_damping kind = h->model->options.damping;
    if (kind != TW_DAMPING_PARTIAL) damping = kind == TW_DAMPING_NONE ? 1.0 : 0.0;
    if (r->full && !(r->traits & TW_CONDUIT_OPEN)) damping = 0.0;
    *out_inertia = damping;
}

static struct momentum momentum_of(struct tw_semi *semi, struct tw_hydraulics *h, struct reach *r)
{
    const struct tw_conduit_rows *c = &semi->net->conduit;
    int32_t row = r->row;
    double dt = semi->dt_s, length = c->routing_length_m[row], middle = r->middle.area;
    double v = within(r->q_last / middle, -TW_MAX_VELOCITY_MPS, TW_MAX_VELOCITY_MPS);
    double froude = froude_of(c, row, v, 0.5 * (r->y1 + r->y2), &r->middle);
    h->link.froude[r->at] = froude;
    if (r->flow_class == TW_FLOW_SUBCRITICAL && froude > 1.0) r->flow_class = TW_FLOW_SUPERCRITICAL;
    double inertia, weight;
    weigh(h, r, froude, &inertia, &weight);
    double area = r->end1.area + (middle - r->end1.area) * weight;
    double radius = r->end1.radius + (r->middle.radius - r->end1.radius) * weight;
    double head = r->head2 - r->head1, per_length = dt * TW_GRAVITY_MPS2 / length;
    double convection = inertia * dt * v * v / length;
    /* a wave that fills a conduit within a step is not followed; the bounds keep q one number */
    double filling = within((middle - semi->before_m2[row]) / middle, -0.5, 0.25);
    double friction = dt * friction_of(semi, r, fabs(v), radius) / middle;
    struct momentum m = {.a = 1.0 - 2.0 * inertia * filling,
                         .b = friction,
                         .right = semi->before_m3s[row] / c->barrels[row] -
                                  per_length * area * head +
                                  convection * (r->end2.area - r->end1.area),
                         .per_head = per_length * area};
    if (r->traits & TW_CONDUIT_LOSSES) m.b += 0.5 * dt / length * local_losses(c, r);
    if (r->traits & TW_CONDUIT_LEAKS) {
        m.right += h->conduit.loss_m3s[r->at] * 2.5 * dt * v / c->length_m[row];
    }
    double half1 = 0.5 * r->middle.by_depth, area1 = (1.0 - weight) * r->end1.by_depth;
    double radius1 = (1.0 - weight) * r->end1.radius_by_depth;
    double radius2 = 0.5 * weight * r->middle.radius_by_depth;
    m.right1 = -per_length * head * (area1 + weight * half1) - convection * r->end1.by_depth;
    m.right2 = -per_length * head * weight * half1 + convection * r->end2.by_depth;
    m.b1 = -friction * (half1 / middle + 4.0 / 3.0 * (radius1 + radius2) / radius);
    m.b2 = -friction * (half1 / middle + 4.0 / 3.0 * radius2 / radius);
    return m;
}

/* Depth of a free fall goes about as this power of the flow. */
static const double drop_slope = 0.5;

/* The flow with whose own depth the water falls: a q + b q |q| + (drop(q) - drop) dt g A / L =
 * right, all of one direction. */
static double falling_flow(const struct tw_semi *semi, const struct reach *r,
                           const struct momentum *m, double start_m3s)
{
    double sign = start_m3s < 0.0 ? -1.0 : 1.0, right = sign * m->right;
    double q = larger(fabs(start_m3s), TW_TINY_FLOW_M3S);
    for (int k = 0; k < 4; k++) {
        double drop = drop_of(semi, r, q);
        double over = m->a * q + m->b * q * q + m->per_head * (drop - r->drop) - right;
        double slope = m->a + 2.0 * m->b * q + m->per_head * drop_slope * drop / q;
        double last = q;
        q = larger(q - over / slope, 0.1 * q);
        if (fabs(q - last) <= 1e-6 * q) break; /* below what a trial may leave */
    }
    return sign * q;
}

/* q of a q + b q |q| = right, and its derivatives by the depths at the ends. */
static struct tw_semi_flow flow_of(const struct tw_semi *semi, const struct reach *r,
                                   const struct momentum *m)
{
    double size = fabs(m->right);
    double q = 2.0 * m->right / (m->a + sqrt(m->a * m->a + 4.0 * m->b * size));
    bool falls = !(r->free1 && r->free2) && r->drop > 0.0;
    if (falls) q = falling_flow(semi, r, m, q);
    double steep = m->a + 2.0 * m->b * fabs(q);
    if (falls)
        steep += m->per_head * drop_slope * drop_of(semi, r, q) / larger(fabs(q), TW_TINY_FLOW_M3S);
    double square = q * fabs(q);
    struct tw_semi_flow f = {.flow_m3s = q};
    if (r->free1) f.by_head1_m2s = (m->per_head + m->right1 - square * m->b1) / steep;
    if (r->free2) f.by_head2_m2s = (-m->per_head + m->right2 - square * m->b2) / steep;
    return f;
}

/* Flow is held to normal flow where the water surface is flatter than the conduit or where it is
 * supercritical at the upstream end. */
static void hold_to_normal(struct tw_hydraulics *h, const struct tw_semi *semi,
                           const struct reach *r, struct tw_semi_flow *f)
{
    const struct tw_conduit_rows *c = &semi->net->conduit;
    enum tw_normal_limit rule = h->model->options.normal_limit;
    bool outfall = r->traits & (TW_CONDUIT_OUTFALL1 | TW_CONDUIT_OUTFALL2);
    bool check = (rule != TW_NORMAL_FROUDE || outfall) && r->y1 < r->y2;
    if (!check && rule != TW_NORMAL_SLOPE && !outfall && r->y1 > TW_TINY_DEPTH_M &&
        r->y2 > TW_TINY_DEPTH_M) {
        check = froude_of(c, r->row, f->flow_m3s / r->end1.area, r->y1, &r->end1) >= 1.0;
    }
    if (!check) return;
    double root = tw_cube_root(r->end1.radius);
    double normal = c->beta[r->row] / semi->roughness * r->end1.area * root * root;
    if (!(normal < f->flow_m3s)) return;
    h->link.limited[r->at] = 1;
    double relative =
        r->end1.by_depth / r->end1.area + 2.0 / 3.0 * r->end1.radius_by_depth / r->end1.radius;
    *f = (struct tw_semi_flow){.flow_m3s = normal,
                               .by_head1_m2s = r->free1 ? normal * relative : 0.0};
}

/* What inlet and friction let in. */
static void hold(const struct tw_semi *semi, struct tw_hydraulics *h, const struct reach *r,
                 struct tw_semi_flow *f)
{
    const struct tw_conduit_rows *c = &semi->net->conduit;
    if ((r->traits & TW_CONDUIT_CULVERT) && !r->full) {
        int32_t section = c->section[r->row];
        double dqdh = 0.0;
        bool inlet = tw_culvert_limit(
            &semi->net->xsects[section], h->model->xsects.culvert_code[section],
            c->slope_ratio[r->row], r->head1 - c->invert1_m[r->row], &f->flow_m3s, &dqdh);
        if (!inlet) return;
        h->link.limited[r->at] = 2;
        f->by_head1_m2s = dqdh;
        f->by_head2_m2s = 0.0;
        return;
    }
    bool normal = r->flow_class == TW_FLOW_SUBCRITICAL || r->flow_class == TW_FLOW_SUPERCRITICAL;
    if (normal && r->y1 < c->full_depth_m[r->row]) hold_to_normal(h, semi, r, f);
}

/* Limits of the file, flap gates, a dry bed upstream. */
static void bound(const struct tw_semi *semi, const struct reach *r, struct tw_semi_flow *f)
{
    const struct tw_conduit_rows *c = &semi->net->conduit;
    double q = f->flow_m3s, limit = c->flow_limit_m3s[r->row];
    bool shut = (q < 0.0 && (r->traits & TW_CONDUIT_NO_REVERSE)) ||
                (q > 0.0 && (r->traits & TW_CONDUIT_NO_FORWARD));
    if (shut || fabs(q) > limit) {
        *f = (struct tw_semi_flow){.flow_m3s = shut ? 0.0 : q < 0.0 ? -limit : limit};
    }
    double depth = q > 0.0 ? r->wet1 : r->wet2, fade = tw_semi_fade(depth);
    if (fade >= 1.0) return;
    double by_depth = fade > 0.0 ? f->flow_m3s / TW_SEMI_FADE_M : 0.0;
    f->by_head1_m2s = fade * f->by_head1_m2s + (q > 0.0 ? by_depth : 0.0);
    f->by_head2_m2s = fade * f->by_head2_m2s + (q > 0.0 ? 0.0 : by_depth);
    f->flow_m3s *= fade;
}

/* Flow of a conduit that is neither dry nor shut. */
static struct tw_semi_flow moving(struct tw_semi *semi, struct tw_hydraulics *h, struct reach *r)
{
    const struct tw_conduit_rows *c = &semi->net->conduit;
    r->end1 = section_at(c, r->row, r->y1);
    r->end2 = section_at(c, r->row, r->y2);
    struct momentum m = momentum_of(semi, h, r);
    struct tw_semi_flow f = flow_of(semi, r, &m);
    if (f.flow_m3s > 0.0) hold(semi, h, r, &f);
    return f;
}

static struct tw_semi_flow evaluate(struct tw_semi *semi, struct tw_hydraulics *h, struct reach *r)
{
    const struct tw_conduit_rows *c = &semi->net->conduit;
    h->link.limited[r->at] = 0;
    r->middle = section_at(c, r->row, larger(0.5 * (r->y1 + r->y2), TW_TINY_DEPTH_M));
    if (r->flow_class <= TW_FLOW_DOWN_DRY || h->link.setting[r->at] == 0.0 ||
        r->middle.area <= TW_TINY_AREA_M2) {
        h->link.froude[r->at] = 0.0;
        return (struct tw_semi_flow){0};
    }
    return moving(semi, h, r);
}

void tw_semi_conduit_flow(struct tw_semi *semi, struct tw_hydraulics *h, int32_t row)
{
    const struct tw_conduit_rows *c = &semi->net->conduit;
    struct reach r = reach_at(semi, h, row);
    struct tw_semi_flow f = evaluate(semi, h, &r);
    bound(semi, &r, &f);
    double full = c->full_depth_m[row], n = c->barrels[row];
    h->link.depth_m[r.at] = smaller(0.5 * (r.y1 + r.y2), full);
    h->link.full[r.at] = (uint8_t)((r.y1 >= full ? 1 : 0) | (r.y2 >= full ? 2 : 0));
    h->conduit.area_m2[r.at] = r.middle.area;
    h->link.flow_class[r.at] = (uint8_t)r.flow_class;
    semi->flow[row] = (struct tw_semi_flow){.flow_m3s = n * f.flow_m3s,
                                            .by_head1_m2s = n * larger(f.by_head1_m2s, 0.0),
                                            .by_head2_m2s = n * smaller(f.by_head2_m2s, 0.0)};
}
