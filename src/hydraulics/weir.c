/* Weirs. SWMM Reference Manual II, 6.3.
 *
 *   transverse    Q = C (L - 0.1 n h) h^1.5
 *   side flow     Q = C (L - 0.1 n h)^0.83 h^1.67; against its direction as a transverse one
 *   V-notch       Q = C z h^2.5
 *   trapezoidal   Q = C L h^1.5 + C_e z h^2.5
 *   roadway       Q = C_r k L h^1.5, FHWA Hydraulic Design Series 5
 *   surcharged    Q = Q(full opening) sqrt(h_m / (half the opening)), h_m above its middle or the
 *                 tail water
 *
 * C belongs to the unit system of the file: one of feet is sqrt(0.3048) of one of metres. */
#include "hydraulics/constants.h"
#include "hydraulics/link_heads.h"
#include "num/table.h"

#include <math.h>

static const double foot_coefficient = 0.5520869496736904; /* sqrt(TW_FOOT_M) */

/* A weir at its present setting. */
struct crest {
    const struct tw_model *model;
    int32_t row;
    enum tw_weir_kind kind;
    const struct tw_xsect *xsect;
    double raised_m; /* the crest above the fully open one's */
    bool closing;    /* setting below 1 */
    double direction;
};

/* Flow over the middle and over the sloping ends, and the derivative of their sum. */
struct weir_flow {
    double middle, ends, dqdh;
};

/* What turns a coefficient of the file's units into one of metres and m3/s; SWMM counts 0.028317 m3 to
 * the cubic foot here. */
static double coefficient_unit(const struct tw_model *model)
{
    if (model->us_units) return foot_coefficient;
    return model->options.strict ? 1.0 : TW_FOOT3_M3 / 0.028317;
}

/* Discharge coefficient of the middle, for metres. */
static double coefficient_at(const struct crest *c, double head_m)
{
    const struct tw_model *model = c->model;
    double unit = model->us_units ? TW_FOOT_M : 1.0;
    double value = model->weirs.coefficient[c->row];
    int32_t curve = model->weirs.coefficient_curve[c->row];
    if (curve >= 0) {
        int32_t first = model->curves.first[curve];
        struct tw_points points = {&model->curves.x[first], &model->curves.y[first],
                                   model->curves.first[curve + 1] - first};
        value = tw_points_at(points, head_m / unit);
    }
    return value * coefficient_unit(model);
}

static double contracted_length(const struct crest *c, double head_m)
{
    double length = c->xsect->max_width_m - 0.1 * c->model->weirs.end_contractions[c->row] * head_m;
    return length > 0.0 ? length : 0.0;
}

typedef struct weir_flow weir_function(const struct crest *c, double h);

static struct weir_flow transverse(const struct crest *c, double h)
{
    double q = coefficient_at(c, h) * contracted_length(c, h) * pow(h, 1.5);
    return (struct weir_flow){q, 0.0, 1.5 * q / h};
}

static struct weir_flow side_flow(const struct crest *c, double h)
{
    if (c->direction < 0.0) return transverse(c, h);
    double q = coefficient_at(c, h) * pow(contracted_length(c, h), 0.83) * pow(h, 1.67);
    return (struct weir_flow){q, 0.0, 1.67 * q / h};
}

static struct weir_flow trapezoidal(const struct crest *c, double h)
{
    double end_coefficient = c->model->weirs.end_coefficient[c->row] * coefficient_unit(c->model);
    double length = tw_xsect_width(c->xsect, c->raised_m);
    double q = coefficient_at(c, h) * length * pow(h, 1.5);
    double q_ends = end_coefficient * c->xsect->bottom_slope * pow(h, 2.5);
    return (struct weir_flow){q, q_ends, (1.5 * q + 2.5 * q_ends) / h};
}

static struct weir_flow v_notch(const struct crest *c, double h)
{
    if (c->closing) {
        struct weir_flow f = trapezoidal(c, h);
        if (f.ends == 0.0) f.dqdh = 2.5 * f.middle / h;
        return f;
    }
    double q = coefficient_at(c, h) * c->xsect->bottom_slope * pow(h, 2.5);
    return (struct weir_flow){q, 0.0, 2.5 * q / h};
}

/* Roadway weirs have a function of their own, below. */
static weir_function *const functions[] = {
    [TW_WEIR_TRANSVERSE] = transverse,   [TW_WEIR_SIDEFLOW] = side_flow, [TW_WEIR_VNOTCH] = v_notch,
    [TW_WEIR_TRAPEZOIDAL] = trapezoidal, [TW_WEIR_ROADWAY] = NULL,
};

/* Powers of Villemonte's formula for the middle. */
static const double powers[] = {
    [TW_WEIR_TRANSVERSE] = 1.5,  [TW_WEIR_SIDEFLOW] = 5.0 / 3.0, [TW_WEIR_VNOTCH] = 2.5,
    [TW_WEIR_TRAPEZOIDAL] = 1.5, [TW_WEIR_ROADWAY] = 1.5,
};

static struct weir_flow free_flow(const struct crest *c, double head_m)
{
    if (!(head_m > 0.0)) return (struct weir_flow){0.0, 0.0, 0.0};
    struct weir_flow f = functions[c->kind](c, head_m);
    if (head_m < TW_TINY_DEPTH_M) f.dqdh = 0.0;
    return f;
}

/* Area of the opening up to a depth above the present crest [m2]. */
static double open_area(const struct crest *c, double depth_m)
{
    return tw_xsect_area(c->xsect, c->raised_m + depth_m) - tw_xsect_area(c->xsect, c->raised_m);
}

static struct weir_flow gated_flow(const struct crest *c, double head_m, bool gate)
{
    struct weir_flow f = free_flow(c, head_m);
    if (!gate) return f;
    double area = open_area(c, head_m);
    if (!(area > 1e-6 * TW_FOOT2_M2)) return f;
    return free_flow(c, head_m - tw_flap_gate_loss((f.middle + f.ends) / area, head_m));
}

/* Under water up to its crown the opening is an orifice that gives the weir's flow when the water
 * just reaches the crown. */
static struct weir_flow surcharged_flow(const struct crest *c, const struct tw_link_heads *heads,
                                        double crest_m, double height_m, bool gate)
{
    struct crest open = *c;
    open.direction = 1.0;
    struct weir_flow full = free_flow(&open, height_m);
    double coefficient = (full.middle + full.ends) / sqrt(0.5 * height_m);
    double middle = crest_m + 0.5 * height_m;
    double head = heads->up_m - (heads->down_m < middle ? middle : heads->down_m);
    if (!(head > 0.0)) return (struct weir_flow){0.0, 0.0, 0.0};
    double flow = coefficient * sqrt(head);
    double area = open_area(c, height_m);
    if (gate && area > 0.0) {
        head -= tw_flap_gate_loss(flow / area, height_m);
        flow = head > 0.0 ? coefficient * sqrt(head) : 0.0;
    }
    return (struct weir_flow){flow, 0.0, head > 0.0 ? flow / (2.0 * head) : 0.0};
}

/* Curves of FHWA/RD-86/108, figure 10: coefficient (feet) by head [ft] where the head is up to 0.15
 * of the road's width, else by their ratio; factor by the ratio of tail to head water. */
static const double paved_low_x[] = {0.0, 0.2, 0.7, 4.0};
static const double paved_low_y[] = {2.85, 2.95, 3.03, 3.05};
static const double gravel_low_x[] = {0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0};
static const double gravel_low_y[] = {2.5, 2.7, 2.8, 2.9, 2.98, 3.02, 3.03, 3.05};
static const double paved_high_x[] = {0.15, 0.25};
static const double paved_high_y[] = {3.05, 3.10};
static const double gravel_high_x[] = {0.15, 0.30};
static const double gravel_high_y[] = {2.95, 3.10};
static const double paved_tail_x[] = {0.8, 0.85, 0.90, 0.93, 0.95, 0.97, 0.98, 0.99, 1.00};
static const double paved_tail_y[] = {1.0, 0.98, 0.92, 0.85, 0.80, 0.70, 0.60, 0.50, 0.40};
static const double gravel_tail_x[] = {0.75, 0.80, 0.83, 0.86, 0.89, 0.90,
                                       0.92, 0.94, 0.96, 0.98, 0.99, 1.00};
static const double gravel_tail_y[] = {1.00, 0.985, 0.97, 0.93, 0.90, 0.87,
                                       0.80, 0.70,  0.60, 0.50, 0.40, 0.24};

struct road {
    struct tw_points low, high, tail;
};

/* by surface: 1 paved, 2 gravel */
static const struct road roads[] = {
    [1] = {{paved_low_x, paved_low_y, 4},
           {paved_high_x, paved_high_y, 2},
           {paved_tail_x, paved_tail_y, 9}},
    [2] = {{gravel_low_x, gravel_low_y, 8},
           {gravel_high_x, gravel_high_y, 2},
           {gravel_tail_x, gravel_tail_y, 12}},
};

static double road_coefficient(const struct road *road, double head_m, double tail_m,
                               double width_m)
{
    double ratio = head_m / width_m;
    double c = ratio <= 0.15 ? tw_points_at(road->low, head_m / TW_FOOT_M)
                             : tw_points_at(road->high, ratio);
    return tail_m > 0.0 ? c * tw_points_at(road->tail, tail_m / head_m) : c;
}

static void roadway_flow(const struct tw_model *model, int32_t row, const struct tw_xsect *xsect,
                         const struct tw_link_heads *heads, struct tw_link_flow *out)
{
    double width = model->weirs.road_width_m[row];
    int32_t surface = model->weirs.road_surface[row];
    double head = heads->up_m - heads->crest_m, tail = heads->down_m - heads->crest_m;
    *out = (struct tw_link_flow){.flow_class = tw_link_class_of(heads, heads->crest_m),
                                 .depth_m = head > 0.0 ? head : 0.0};
    if (head <= TW_TINY_DEPTH_M) return;
    /* 0.552: SWMM's own conversion */
    double c = model->weirs.coefficient[row] / (model->us_units ? 1.0 : 0.552);
    if (width > 0.0 && surface > 0) c = road_coefficient(&roads[surface], head, tail, width);
    double flow = c * foot_coefficient * xsect->max_width_m * pow(head, 1.5);
    /* some flow is left between equal heads: backwards, as SWMM has it */
    out->flow_m3s = heads->up_m > heads->down_m ? heads->direction * flow : -flow;
    out->dqdh_m2s = 1.5 * flow / head;
}

void tw_weir_flow(const struct tw_model *model, int32_t row, const struct tw_xsect *xsect,
                  const struct tw_link_ends *ends, struct tw_link_flow *out)
{
    int32_t link = model->weirs.link[row];
    struct tw_link_heads heads = tw_link_heads_of(model, link, ends);
    *out = (struct tw_link_flow){.flow_class = TW_FLOW_DRY};
    if (ends->setting == 0.0) return;
    enum tw_weir_kind kind = (enum tw_weir_kind)model->weirs.kind[row];
    if (kind == TW_WEIR_ROADWAY) {
        roadway_flow(model, row, xsect, &heads, out);
        return;
    }
    struct crest c = {.model = model,
                      .row = row,
                      .kind = kind,
                      .xsect = xsect,
                      .raised_m = (1.0 - ends->setting) * xsect->full_depth_m,
                      .closing = ends->setting < 1.0,
                      .direction = heads.direction};
    double crest = heads.crest_m + c.raised_m, crown = heads.crest_m + xsect->full_depth_m;
    double head = heads.up_m - crest;
    if (head <= TW_TINY_DEPTH_M || crest >= crown ||
        tw_link_gate_shut(model, link, heads.direction)) {
        return;
    }
    out->flow_class = tw_link_class_of(&heads, crest);
    bool gate = model->links.flap_gate[link];
    struct weir_flow f;
    if (heads.up_m >= crown && model->weirs.can_surcharge[row]) {
        f = surcharged_flow(&c, &heads, crest, crown - crest, gate);
        out->depth_m = crown - crest;
    } else {
        f = gated_flow(&c, heads.up_m < crown ? head : crown - crest, gate);
        if (heads.down_m > crest) {
            double ratio = (heads.down_m - crest) / head;
            f.middle *= tw_villemonte_factor(ratio, powers[kind]);
            f.ends *= tw_villemonte_factor(ratio, powers[TW_WEIR_VNOTCH]);
        }
        out->depth_m = head < xsect->full_depth_m ? head : xsect->full_depth_m;
    }
    out->flow_m3s = heads.direction * (f.middle + f.ends);
    out->dqdh_m2s = f.dqdh;
}
