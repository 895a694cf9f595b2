/* Cross-sections: what is the same for every shape. SWMM Reference Manual II, chapter 5.
 *
 *   S = A R^(2/3)              section factor
 *   Q = A sqrt(g A / W)        flow at which a depth is critical                            */
#include "hydraulics/xsect.h"

#include "hydraulics/constants.h"
#include "hydraulics/xsect_ops.h"
#include "model/flow_unit.h"
#include "num/find_root.h"

#include <math.h>
#include <stddef.h>

static const struct tw_shape_ops *const shapes[TW_SHAPE_COUNT] = {
#define TW_SHAPE(id, prefix, keyword, open) [TW_SHAPE_##id] = &tw_shape_##prefix,
#include "model/xsect_shapes.def"
#undef TW_SHAPE
};

static const bool open_shapes[TW_SHAPE_COUNT] = {
#define TW_SHAPE(id, prefix, keyword, open) [TW_SHAPE_##id] = open,
#include "model/xsect_shapes.def"
#undef TW_SHAPE
};

static double clamp(double value, double top)
{
    return value > 0.0 ? value < top ? value : top : 0.0;
}

/* 25 slices of feet add up to the full depth, or to a bit less. Where they do, the crown has no width
 * and no flow is critical there; where they don't, a width of almost nothing makes the flow almost
 * endless, and no critical depth is above the 24th. */
static double last_slice(const struct tw_xsect *x, const struct tw_model *model)
{
    double full_ft = tw_length_ft(model->us_units, x->full_depth_m);
    bool short_of_it = full_ft / TW_XSECT_SLICES * TW_XSECT_SLICES < full_ft;
    return short_of_it ? nextafter(x->full_depth_m, 0.0) : x->full_depth_m;
}

tw_status tw_xsect_init(struct tw_xsect *out_xsect, const struct tw_model *model, int32_t xsect,
                        double *tables)
{
    int32_t shape = model->xsects.shape[xsect];
    const struct tw_shape_ops *ops = shapes[shape];
    struct tw_xsect x = {.shape = (enum tw_shape)shape, .open = open_shapes[shape]};
    TW_TRY(ops->init(&x, model, xsect, tables));
    if (!(x.full_depth_m > 0.0 && x.max_width_m > 0.0 && x.full_area_m2 > 0.0 &&
          x.full_radius_m > 0.0) ||
        !isfinite(x.full_depth_m + x.max_width_m + x.full_area_m2 + x.full_radius_m)) {
        return TW_ERR_ARG;
    }
    x.last_slice_m = last_slice(&x, model);
    if (x.full_factor == 0.0) x.full_factor = x.full_area_m2 * pow(x.full_radius_m, 2.0 / 3.0);
    if (x.max_factor_area_m2 == 0.0) x.max_factor_area_m2 = ops->max_area_ratio * x.full_area_m2;
    if (x.max_factor == 0.0) {
        double area = x.max_factor_area_m2;
        double radius = ops->radius(&x, ops->depth_of_area(&x, area));
        x.max_factor = ops->max_factor_ratio > 0.0 ? ops->max_factor_ratio * x.full_factor
                                                   : area * pow(radius, 2.0 / 3.0);
    }
    double middle = 0.5 * x.max_factor_area_m2;
    if (ops->area_of_factor == NULL) {
        x.middle_factor = tw_xsect_factor_of_area(&x, middle);
        x.middle_slope = tw_xsect_factor_slope(&x, middle);
    }
    *out_xsect = x;
    return TW_OK;
}

double tw_xsect_area(const struct tw_xsect *x, double depth_m)
{
    return depth_m > 0.0 ? shapes[x->shape]->area(x, clamp(depth_m, x->full_depth_m)) : 0.0;
}

double tw_xsect_width(const struct tw_xsect *x, double depth_m)
{
    return shapes[x->shape]->width(x, clamp(depth_m, x->full_depth_m));
}

void tw_xsect_beyond(const struct tw_xsect *x, double depth_m, double *out_area_m2,
                     double *out_width_m)
{
    double depth = x->area_table == NULL ? depth_m : x->full_depth_m;
    *out_area_m2 = shapes[x->shape]->area(x, depth);
    *out_width_m = shapes[x->shape]->width(x, depth);
}

double tw_xsect_radius(const struct tw_xsect *x, double depth_m)
{
    return depth_m > 0.0 ? shapes[x->shape]->radius(x, clamp(depth_m, x->full_depth_m)) : 0.0;
}

double tw_xsect_depth_of_area(const struct tw_xsect *x, double area_m2)
{
    if (!(area_m2 > 0.0)) return 0.0;
    double depth = shapes[x->shape]->depth_of_area(x, clamp(area_m2, x->full_area_m2));
    return clamp(depth, x->full_depth_m);
}

double tw_xsect_factor_of_area(const struct tw_xsect *x, double area_m2)
{
    const struct tw_shape_ops *ops = shapes[x->shape];
    double area = clamp(area_m2, x->full_area_m2);
    if (!(area > 0.0)) return 0.0;
    if (ops->factor_of_area != NULL) return ops->factor_of_area(x, area);
    if (ops->falls_linearly && area > x->max_factor_area_m2) {
        double part = (area - x->max_factor_area_m2) / (x->full_area_m2 - x->max_factor_area_m2);
        return x->max_factor + part * (x->full_factor - x->max_factor);
    }
    return area * pow(ops->radius(x, ops->depth_of_area(x, area)), 2.0 / 3.0);
}

/* By a difference over 0.2 % of the full area. */
static double wide_slope(const struct tw_xsect *x, double area_m2)
{
    double top = x->full_area_m2, wide = 0.001 * top;
    double low = clamp(area_m2 - wide, top), high = clamp(area_m2 + wide, top);
    return (tw_xsect_factor_of_area(x, high) - tw_xsect_factor_of_area(x, low)) / (high - low);
}

/* dS/dA = (5/3 - 2/3 R dP/dA) R^(2/3), P wetted perimeter; where a shape knows dP/dA. */
double tw_xsect_factor_slope(const struct tw_xsect *x, double area_m2)
{
    const struct tw_shape_ops *ops = shapes[x->shape];
    double top = x->full_area_m2, area = clamp(area_m2, top);
    if (ops->factor_slope != NULL) return ops->factor_slope(x, area);
    if (ops->perimeter_slope == NULL || !(area > 1e-30 * top)) return wide_slope(x, area);
    if (ops->falls_linearly && area > x->max_factor_area_m2) {
        return (x->full_factor - x->max_factor) / (top - x->max_factor_area_m2);
    }
    double per_area = ops->perimeter_slope(x, area);
    if (per_area < 0.0) return wide_slope(x, area);
    double radius = ops->radius(x, ops->depth_of_area(x, area));
    return (5.0 - 2.0 * radius * per_area) / 3.0 * pow(radius, 2.0 / 3.0);
}

double tw_xsect_wet_roof(const struct tw_xsect *x, double area_m2)
{
    double part = (area_m2 - x->max_factor_area_m2) / (x->full_area_m2 - x->max_factor_area_m2);
    return part > 0.0 ? part * x->max_width_m : 0.0;
}

struct wanted {
    const struct tw_xsect *xsect;
    double value;
};

/* Section factor at an area, less the wanted one. */
static double factor_error(const void *context, double area_m2, double *out_slope)
{
    const struct wanted *w = context;
    if (area_m2 == 0.5 * w->xsect->max_factor_area_m2) {
        *out_slope = w->xsect->middle_slope;
        return w->xsect->middle_factor - w->value;
    }
    *out_slope = tw_xsect_factor_slope(w->xsect, area_m2);
    return tw_xsect_factor_of_area(w->xsect, area_m2) - w->value;
}

double tw_xsect_area_of_factor(const struct tw_xsect *x, double factor)
{
    if (!(factor > 0.0)) return 0.0;
    double wanted = factor < x->max_factor ? factor : x->max_factor;
    const struct tw_shape_ops *ops = shapes[x->shape];
    if (ops->area_of_factor != NULL) return ops->area_of_factor(x, wanted);
    /* Of two areas with this factor the greater: the section is then nearly full. */
    bool falling = wanted >= x->full_factor && x->max_factor != x->full_factor;
    double low = falling ? x->full_area_m2 : 0.0;
    double high = x->max_factor_area_m2;
    /* SWMM stops within 1e-4 of the full area; what that leaves of a small flow, up to a tenth of its
     * depth, belongs to its results. */
    struct wanted w = {x, wanted};
    return tw_root_newton(factor_error, &w, low, high, 0.5 * (low + high), 1e-4 * x->full_area_m2);
}

double tw_xsect_depth_of_factor(const struct tw_xsect *x, double factor)
{
    if (!(factor > 0.0)) return 0.0;
    return tw_xsect_depth_of_area(x, tw_xsect_area_of_factor(x, factor));
}

bool tw_xsect_depth_grows(const struct tw_xsect *x)
{
    return shapes[x->shape]->area_of_factor != NULL;
}

/* Flow for which a depth is critical, less the wanted one. */
static double flow_error(const void *context, double depth_m, double *out_slope)
{
    (void)out_slope; /* Ridders' method needs none */
    const struct wanted *w = context;
    double area = tw_xsect_area(w->xsect, depth_m);
    double width = tw_xsect_width(w->xsect, depth_m);
    double flow = width > 0.0 ? area * sqrt(TW_GRAVITY_MPS2 * area / width) : 0.0;
    return flow - w->value;
}

/* Compact sections, as SWMM does it: from a guess up or down 25 slices of the depth, and a straight
 * line in the slice. Its error of up to a percent of the depth belongs to SWMM's results. */
static double critical_by_slices(const struct tw_xsect *x, double flow_m3s, double guess_m)
{
    enum { SLICES = TW_XSECT_SLICES };
    struct wanted w = {x, 0.0};
    double slice = x->full_depth_m / SLICES;
    int i = (int)(guess_m / slice);
    double at_i = flow_error(&w, i * slice, NULL);
    if (at_i < flow_m3s) {
        for (; i < SLICES; i++) {
            double top = i + 1 < SLICES ? (i + 1) * slice : x->last_slice_m;
            double next = flow_error(&w, top, NULL);
            if (next >= flow_m3s) return (i + (flow_m3s - at_i) / (next - at_i)) * slice;
            at_i = next;
        }
        return x->full_depth_m;
    }
    for (; i > 0; i--) {
        double below = flow_error(&w, (i - 1) * slice, NULL);
        if (below < flow_m3s) return (i - 1 + (flow_m3s - below) / (at_i - below)) * slice;
        at_i = below;
    }
    return 0.0;
}

/* Other sections: a root between the guess, the middle and nearly full. */
static double critical_by_root(const struct tw_xsect *x, double flow_m3s, double guess_m)
{
    struct wanted w = {x, flow_m3s};
    double low = 0.0, high = 0.99 * x->full_depth_m, middle = 0.5 * x->full_depth_m;
    if (flow_error(&w, high, NULL) < 0.0) return x->full_depth_m;
    bool middle_is_low = flow_error(&w, middle, NULL) < 0.0;
    if (flow_error(&w, guess_m, NULL) > 0.0) {
        high = guess_m;
        if (middle_is_low && middle < guess_m) low = middle;
    } else {
        low = guess_m;
        if (!middle_is_low && middle > guess_m) high = middle;
    }
    double depth = tw_root_ridders(flow_error, &w, low, high, 0.001 * TW_FOOT_M);
    return isnan(depth) ? guess_m : depth;
}

/* Of about the area of a circle as high: SWMM searches these by slices. */
static bool compact(const struct tw_xsect *x)
{
    double disc = 0.25 * TW_XSECT_PI * x->full_depth_m * x->full_depth_m;
    return x->full_area_m2 >= 0.5 * disc && x->full_area_m2 <= 2.0 * disc;
}

bool tw_xsect_critical_flows(const struct tw_xsect *x, double out_m3s[TW_XSECT_SLICES + 1])
{
    struct wanted w = {x, 0.0};
    if (shapes[x->shape]->critical_depth != NULL || !compact(x)) return false;
    for (int i = 0; i <= TW_XSECT_SLICES; i++) {
        out_m3s[i] = flow_error(&w, i * (x->full_depth_m / TW_XSECT_SLICES), NULL);
        if (i == TW_XSECT_SLICES) out_m3s[i] = flow_error(&w, x->full_depth_m, NULL);
        if (i > 0 && i < TW_XSECT_SLICES && !(out_m3s[i] > out_m3s[i - 1])) return false;
    }
    if (!(out_m3s[TW_XSECT_SLICES] > out_m3s[TW_XSECT_SLICES - 1]))
        out_m3s[TW_XSECT_SLICES] = INFINITY;
    return true;
}

double tw_xsect_critical_depth(const struct tw_xsect *x, double flow_m3s)
{
    double q2g = flow_m3s * flow_m3s / TW_GRAVITY_MPS2;
    if (!(q2g > 0.0)) return 0.0;
    const struct tw_shape_ops *ops = shapes[x->shape];
    double depth;
    if (ops->critical_depth != NULL) {
        depth = ops->critical_depth(x, q2g);
    } else {
        double guess = 1.01 * pow(q2g / x->full_depth_m, 0.25);
        if (guess >= x->full_depth_m) guess = 0.97 * x->full_depth_m;
        depth = compact(x) ? critical_by_slices(x, fabs(flow_m3s), guess)
                           : critical_by_root(x, fabs(flow_m3s), guess);
    }
    return clamp(depth, x->full_depth_m);
}
