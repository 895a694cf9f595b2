/* Inlets. HEC-22 (Urban Drainage Design Manual, 3rd edition), chapter 4; SWMM Reference Manual II
 * addendum, 7.6. Everything static here is in ft, ft/s and cfs, for which the coefficients are.
 *
 *   Q  = F T^(8/3), F = 0.56 Sx^1.67 sqrt(S) / n         flow of a plain gutter of spread T  (4-2)
 *   Eo = 1 / (1 + r / ((1 + r / (T/W - 1))^2.67 - 1))     share in the gutter's width W,
 *                                                        r = Sw / Sx                        (4-4)
 *   Rf = 1 - 0.09 (V - Vo)                               of the flow over a grate           (4-18)
 *   Rs = 1 / (1 + 0.15 V^1.8 / (Sx L^2.3))               of the flow beside it              (4-19)
 *   LT = 0.6 Q^0.42 S^0.3 (1 / (n Se))^0.6               kerb opening that takes all        (4-22)
 *   E  = 1 - (1 - L / LT)^1.8                            of a shorter one                   (4-23) */
#include "hydraulics/inlet.h"

#include "hydraulics/constants.h"
#include "num/table.h"

#include <math.h>

enum { MOST_TRIALS = 10 };

static const double weir = 3.0;             /* of grates and undepressed kerb openings */
static const double depressed_weir = 2.3;   /* of kerb openings in a depression */
static const double slot_weir = 2.48;       /* of slotted drains */
static const double orifice = 0.67;         /* of grates and kerb openings */
static const double slot_orifice = 0.8;     /* of slotted drains */
static const double long_opening_ft = 12.0; /* and more: a depression no longer matters */
static const double channel_cross_slope = 0.01;
static const double two_g = 64.32; /* as HEC-22 rounds it */

static double least(double a, double b) { return a < b ? a : b; }
static double most(double a, double b) { return a > b ? a : b; }

void tw_inlet_site_init(struct tw_inlet_site *out, const struct tw_network *net,
                        const struct tw_inlet *inlet)
{
    const struct tw_model *m = net->model;
    int32_t row = net->row_of_link[inlet->link];
    *out = (struct tw_inlet_site){.model = m,
                                  .inlet = inlet,
                                  .design = &m->inlets.design[inlet->design],
                                  .xsect = &net->xsects[m->links.xsect[inlet->link]],
                                  .slope = fabs(net->conduit.slope_ratio[row]),
                                  .cross_slope = channel_cross_slope,
                                  .roughness = m->conduits.roughness[m->links.row[inlet->link]],
                                  .sides = 1,
                                  .strict = m->options.strict};
    out->by_depth = inlet->on_sag;
    if (out->design->kind == TW_INLET_CUSTOM)
        out->by_depth = m->curves.kind[out->design->curve] == TW_CURVE_RATING;
    if (inlet->street < 0) return;
    const struct tw_street *street = &m->inlets.street[inlet->street];
    out->cross_slope = street->slope_ratio;
    out->roughness = street->roughness;
    out->crown_ft = street->crown_ft;
    out->sides = street->sides;
    out->depression_ft = street->gutter_depth_ft;
    out->gutter_ft = street->gutter_width_ft;
    if (inlet->depression_m > 0.0 && inlet->depression_width_m > 0.0) {
        out->depression_ft += inlet->depression_m / TW_FOOT_M;
        out->gutter_ft = inlet->depression_width_m / TW_FOOT_M;
    }
    if (!(out->gutter_ft > 0.0)) out->depression_ft = 0.0;
    out->spread_factor = 0.56 * pow(out->cross_slope, 1.67) * sqrt(out->slope) / out->roughness;
}

/* ---- water in a street ---- */

static double gutter_slope(const struct tw_inlet_site *s)
{
    return s->depression_ft > 0.0 ? s->cross_slope + s->depression_ft / s->gutter_ft
                                  : s->cross_slope;
}

/* Share of the flow that is within a width of the kerb. */
static double share_within(const struct tw_inlet_site *s, double width, double spread)
{
    if (spread <= width) return 1.0;
    if (!(s->depression_ft > 0.0)) return 1.0 - pow(1.0 - width / spread, 2.67);
    double r = gutter_slope(s) / s->cross_slope;
    return 1.0 / (1.0 + r / (pow(1.0 + r / (spread / width - 1.0), 2.67) - 1.0));
}

/* Width of a flow that would be all in a depressed gutter, wider than the gutter if it is not. SWMM
 * takes for the gutter's cross slope what it has beyond the street's, a strict run the whole. */
static double gutter_spread(const struct tw_inlet_site *s, double flow)
{
    double slope = s->strict ? gutter_slope(s) : s->depression_ft / s->gutter_ft;
    double r = slope / s->cross_slope;
    return pow(flow / s->spread_factor / pow(r, 1.67), 0.375);
}

static bool in_gutter(const struct tw_inlet_site *s, double flow)
{
    if (!(s->depression_ft > 0.0) || !(s->spread_factor > 0.0)) return false;
    return gutter_spread(s, flow) <= s->gutter_ft;
}

/* Width of the water. Beside a depressed gutter the flow outside it is that of a plain gutter of
 * what is left of the width. */
static double spread_of(const struct tw_inlet_site *s, double flow)
{
    if (!(s->spread_factor > 0.0)) return s->crown_ft;
    double plain = pow(flow / s->spread_factor, 0.375);
    if (!(s->depression_ft > 0.0)) return least(plain, s->crown_ft);
    if (in_gutter(s, flow)) return least(gutter_spread(s, flow), s->crown_ft);
    double beside = most(plain - s->gutter_ft, 0.0), last;
    int trials = 0;
    do { /* as far as SWMM goes */
        last = beside;
        double share = share_within(s, s->gutter_ft, s->gutter_ft + last);
        beside = pow((1.0 - share) * flow / s->spread_factor, 0.375);
    } while (fabs(beside - last) >= 0.01 && ++trials < MOST_TRIALS);
    return least(s->gutter_ft + beside, s->crown_ft);
}

/* Area of the water within a width of the kerb. */
static double area_within(const struct tw_inlet_site *s, double width, double spread)
{
    if (s->depression_ft > 0.0 && spread <= s->gutter_ft) {
        double wet = least(width, spread);
        return gutter_slope(s) * wet * (spread - 0.5 * wet);
    }
    double w = least(width, spread), a = s->depression_ft;
    double area = s->cross_slope * w * (spread - 0.5 * w);
    if (!(a > 0.0)) return area;
    double in = least(w, s->gutter_ft);
    return area + a * in * (1.0 - 0.5 * in / s->gutter_ft);
}

/* ---- on grade; each takes the flow of one side ---- */

/* Over a grate from the share of the flow in front of it and its velocity. */
static double grate_takes(const struct tw_inlet_site *s, double flow, double front, double velocity,
                          double cross_slope)
{
    double splash = s->design->splash_mps / TW_FOOT_M, in_front = 1.0;
    double length = s->design->grate_length_m / TW_FOOT_M;
    if (velocity > splash) in_front = most(1.0 - 0.09 * (velocity - splash), 0.0);
    double beside = 1.0 / (1.0 + 0.15 * pow(velocity, 1.8) / (cross_slope * pow(length, 2.3)));
    return flow * (in_front * front + beside * (1.0 - front));
}

/* Of the flow that fills the street up to its crown. Beside a depressed gutter it is that of what is
 * left of the width, over its share; SWMM takes the whole width for that. */
static double crown_flow(const struct tw_inlet_site *s)
{
    double plain = s->spread_factor * pow(s->crown_ft, 2.67);
    if (!(s->depression_ft > 0.0)) return plain;
    if (s->strict) plain = s->spread_factor * pow(most(s->crown_ft - s->gutter_ft, 0.0), 2.67);
    return plain / (1.0 - share_within(s, s->gutter_ft, s->crown_ft));
}

static double street_grate(const struct tw_inlet_site *s, double flow)
{
    double width = s->design->grate_width_m / TW_FOOT_M, spread = spread_of(s, flow), front;
    double area = area_within(s, spread, spread), moving = flow;
    if (in_gutter(s, flow)) {
        front = 1.0;
    } else if (!(s->depression_ft > 0.0)) {
        front = share_within(s, width, spread);
    } else { /* a grate that is wider than the gutter takes no more than the gutter's share */
        front = share_within(s, s->gutter_ft, spread) *
                area_within(s, least(width, s->gutter_ft), spread) /
                area_within(s, s->gutter_ft, spread);
    }
    if (spread >= s->crown_ft) moving = crown_flow(s); /* what is beyond the crown is slow */
    return grate_takes(s, flow, front, moving / area, s->cross_slope);
}

/* A grate in the bottom of a channel: in front of it is the strip of its width. */
static double channel_grate(const struct tw_inlet_site *s, double flow)
{
    const struct tw_xsect *x = s->xsect;
    double beta = 1.486 * sqrt(s->slope) / s->roughness, cross_slope = s->cross_slope;
    double width = s->design->grate_width_m / TW_FOOT_M;
    double bottom = tw_xsect_width(x, 0.0) / TW_FOOT_M;
    if (!(beta > 0.0)) return 0.0;
    double area_m2 = tw_xsect_area_of_factor(x, flow / beta * pow(TW_FOOT_M, 8.0 / 3.0));
    double depth = tw_xsect_depth_of_area(x, area_m2) / TW_FOOT_M;
    double area = area_m2 / TW_FOOT2_M2;
    if (!(area > 0.0)) return 0.0;
    double front = beta * pow(depth * width, 1.67) / pow(width + 2.0 * depth, 0.67) / flow;
    double side = (tw_xsect_width(x, x->full_depth_m) / TW_FOOT_M - bottom) * TW_FOOT_M;
    if (width > 0.99 * bottom && side > 0.0) cross_slope = 2.0 * x->full_depth_m / side;
    return grate_takes(s, flow, least(front, 1.0), flow / area, cross_slope);
}

/* Kerb opening or slot of a length. */
static double opening_takes(const struct tw_inlet_site *s, double flow, double length)
{
    double slope = s->cross_slope;
    if (!s->strict && in_gutter(s, flow)) return flow;
    if (s->depression_ft > 0.0)
        slope +=
            s->depression_ft / s->gutter_ft * share_within(s, s->gutter_ft, spread_of(s, flow));
    double whole =
        0.6 * pow(flow, 0.42) * pow(s->slope, 0.3) * pow(1.0 / (s->roughness * slope), 0.6);
    if (length >= whole) return flow;
    return flow * (1.0 - pow(1.0 - length / whole, 1.8));
}

static double custom_takes(const struct tw_inlet_site *s, double flow_or_depth)
{
    const struct tw_tables *t = &s->model->curves;
    int32_t curve = s->design->curve, first = t->first[curve];
    struct tw_points points = {
        .x = t->x + first, .y = t->y + first, .count = t->first[curve + 1] - first};
    if (points.count == 0) return 0.0;
    return most(tw_points_beyond(points, flow_or_depth), 0.0);
}

static double sag_takes(const struct tw_inlet_site *s, double depth);

/* One inlet of one side. */
static double grade_takes(const struct tw_inlet_site *s, double flow, double depth)
{
    const struct tw_inlet_design *d = s->design;
    if (d->kind == TW_INLET_DROP_CURB) return sag_takes(s, depth);
    if (d->kind == TW_INLET_DROP_GRATE) return channel_grate(s, flow);
    if (d->kind == TW_INLET_SLOTTED) return opening_takes(s, flow, d->slot_length_m / TW_FOOT_M);
    if (d->kind == TW_INLET_CURB) return opening_takes(s, flow, d->curb_length_m / TW_FOOT_M);
    /* of a combination the kerb opening counts where it is longer, and comes first */
    double swept = 0.0, longer = (d->curb_length_m - d->grate_length_m) / TW_FOOT_M;
    if (d->kind == TW_INLET_COMBINATION && longer > 0.0) swept = opening_takes(s, flow, longer);
    double left = flow - swept;
    return left > 0.0 ? swept + street_grate(s, left) : swept;
}

bool tw_inlet_is_idle(const struct tw_inlet_site *site, double flow_m3s)
{
    return !site->by_depth && site->design->kind != TW_INLET_CUSTOM &&
           flow_m3s < TW_INLET_LEAST_FLOW_M3S;
}

double tw_inlet_grade_m3s(const struct tw_inlet_site *site, double flow_m3s, double depth_m)
{
    const struct tw_inlet *inlet = site->inlet;
    bool custom = site->design->kind == TW_INLET_CUSTOM;
    double left = flow_m3s / site->sides, taken = 0.0;
    if (tw_inlet_is_idle(site, flow_m3s)) return 0.0;
    for (int32_t i = 0; i < inlet->number; i++) {
        double one = custom
                         ? custom_takes(site, left)
                         : TW_FOOT3_M3 * grade_takes(site, left / TW_FOOT3_M3, depth_m / TW_FOOT_M);
        one = least(one, left) * inlet->open_ratio;
        if (inlet->flow_limit_m3s > 0.0) one = least(one, inlet->flow_limit_m3s);
        if (!(one > 0.0)) break;
        taken += one;
        left -= one;
        if (left < TW_INLET_LEAST_FLOW_M3S) break;
    }
    return taken * site->sides;
}

/* ---- at a sag; each takes the depth at the kerb ---- */

/* A grate is a weir of its sides up to the depth where its openings take less. */
static double sag_grate(const struct tw_inlet_site *s, double depth, bool *out_drowned)
{
    const struct tw_inlet_design *d = s->design;
    double length = d->grate_length_m / TW_FOOT_M, width = d->grate_width_m / TW_FOOT_M;
    double area = length * width * d->grate_open_ratio;
    if (d->kind == TW_INLET_DROP_GRATE) {
        double sides = 2.0 * (length + width);
        *out_drowned = depth > 1.79 * area / sides;
        return *out_drowned ? orifice * area * sqrt(two_g * depth) : weir * sides * pow(depth, 1.5);
    }
    double fall = gutter_slope(s) * width, mean = depth - 0.5 * fall;
    if (depth < fall) { /* only a part of the width is wet */
        mean = 0.5 * depth;
        area *= depth / fall;
        width *= depth / fall;
    }
    double sides = length + 2.0 * width;
    *out_drowned = depth > 1.79 * area / sides;
    if (*out_drowned) return orifice * area * sqrt(two_g * mean);
    return weir * sides * pow(mean, 1.5);
}

static bool is_depressed_weir(const struct tw_inlet_site *s, double length)
{
    return s->depression_ft > 0.0 && length < long_opening_ft;
}

static double sag_curb_weir(const struct tw_inlet_site *s, double depth, double length)
{
    if (is_depressed_weir(s, length))
        return depressed_weir * (length + 1.8 * s->gutter_ft) * pow(depth, 1.5);
    return weir * length * pow(depth, 1.5);
}

static double sag_curb_orifice(const struct tw_inlet_site *s, double depth, double length)
{
    double height = s->design->curb_height_m / TW_FOOT_M, head = depth;
    if (s->design->throat == TW_THROAT_HORIZONTAL) head = depth - 0.5 * height;
    if (s->design->throat == TW_THROAT_INCLINED) head = depth - 0.5 * height * 0.7071;
    return orifice * height * length * sqrt(two_g * most(head, 0.0));
}

/* A kerb opening is a weir while the water is below its top, measured from the bottom of a
 * depression, and an orifice from 1.4 times its height; between them is a straight line. */
static double sag_curb(const struct tw_inlet_site *s, double depth, double length)
{
    double height = s->design->curb_height_m / TW_FOOT_M, top = height, drowned = 1.4 * height;
    if (is_depressed_weir(s, length)) top += s->depression_ft;
    if (depth > drowned) return sag_curb_orifice(s, depth, length);
    if (depth <= top) return sag_curb_weir(s, depth, length);
    double part = (depth - top) / (drowned - top);
    return (1.0 - part) * sag_curb_weir(s, top, length) +
           part * sag_curb_orifice(s, drowned, length);
}

static double sag_slot(const struct tw_inlet_site *s, double depth)
{
    double length = s->design->slot_length_m / TW_FOOT_M;
    double width = s->design->slot_width_m / TW_FOOT_M;
    return least(slot_weir * length * pow(depth, 1.5),
                 slot_orifice * length * width * sqrt(two_g * depth));
}

/* One inlet of one side. */
static double sag_takes(const struct tw_inlet_site *s, double depth)
{
    const struct tw_inlet_design *d = s->design;
    double curb = d->curb_length_m / TW_FOOT_M;
    bool drowned = false;
    if (d->kind == TW_INLET_SLOTTED) return sag_slot(s, depth);
    if (d->kind == TW_INLET_CURB) return sag_curb(s, depth, curb);
    if (d->kind == TW_INLET_DROP_CURB) return sag_curb(s, depth, 4.0 * curb);
    double taken = sag_grate(s, depth, &drowned);
    if (d->kind != TW_INLET_COMBINATION) return taken;
    double longer = curb - d->grate_length_m / TW_FOOT_M;
    if (drowned) return taken + sag_curb(s, depth, curb);
    return longer > 0.0 ? taken + sag_curb(s, depth, longer) : taken;
}

double tw_inlet_sag_m3s(const struct tw_inlet_site *site, double depth_m, int32_t sides)
{
    const struct tw_inlet *inlet = site->inlet;
    bool custom = site->design->kind == TW_INLET_CUSTOM; /* which has no limit, as in SWMM */
    if (!(depth_m > 0.0)) return 0.0;
    double one =
        custom ? custom_takes(site, depth_m) : TW_FOOT3_M3 * sag_takes(site, depth_m / TW_FOOT_M);
    one *= inlet->open_ratio;
    if (!custom && inlet->flow_limit_m3s > 0.0) one = least(one, inlet->flow_limit_m3s);
    return one * sides * inlet->number;
}
