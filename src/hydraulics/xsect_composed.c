/* Rectangles with another bottom or top: triangle below, arc below, arc above. SWMM Reference
 * Manual II, 5.1. */
#include "hydraulics/xsect_ops.h"

#include <math.h>

/* Rectangle over a triangle: geom 1 depth, 2 width, 3 height of the triangle.
 * bottom_slope is half the triangle's width over its height, bottom_radius_m the length of a side
 * over its height. */
static tw_status rect_triangular_init(struct tw_xsect *x, const struct tw_model *model,
                                      int32_t xsect, double *tables)
{
    (void)tables; /* of CUSTOM shapes */
    const double *geom = model->xsects.geom[xsect];
    double y = geom[0], w = geom[1], yb = geom[2];
    if (!(w > 0.0 && yb > 0.0 && yb <= y)) return TW_ERR_ARG;
    x->full_depth_m = y;
    x->width_depth_m = y;
    x->max_width_m = w;
    x->bottom_depth_m = yb;
    x->bottom_area_m2 = 0.5 * yb * w;
    x->bottom_slope = 0.5 * w / yb;
    x->bottom_radius_m = hypot(1.0, x->bottom_slope);
    x->full_area_m2 = w * (y - 0.5 * yb);
    x->full_radius_m = x->full_area_m2 / (2.0 * yb * x->bottom_radius_m + 2.0 * (y - yb) + w);
    return TW_OK;
}

static double rect_triangular_area(const struct tw_xsect *x, double depth_m)
{
    if (depth_m <= x->bottom_depth_m) return x->bottom_slope * depth_m * depth_m;
    return x->bottom_area_m2 + (depth_m - x->bottom_depth_m) * x->max_width_m;
}

static double rect_triangular_width(const struct tw_xsect *x, double depth_m)
{
    return depth_m <= x->bottom_depth_m ? 2.0 * x->bottom_slope * depth_m : x->max_width_m;
}

static double rect_triangular_radius(const struct tw_xsect *x, double depth_m)
{
    double wet = depth_m < x->bottom_depth_m ? depth_m : x->bottom_depth_m;
    double area = rect_triangular_area(x, depth_m);
    double sides = 2.0 * wet * x->bottom_radius_m + 2.0 * (depth_m - wet);
    return area / (sides + tw_xsect_wet_roof(x, area));
}

static double rect_triangular_depth(const struct tw_xsect *x, double area_m2)
{
    if (area_m2 <= x->bottom_area_m2) return sqrt(area_m2 / x->bottom_slope);
    return x->bottom_depth_m + (area_m2 - x->bottom_area_m2) / x->max_width_m;
}

static double rect_triangular_perimeter_slope(const struct tw_xsect *x, double area_m2)
{
    if (area_m2 > x->bottom_area_m2) return 2.0 / x->max_width_m;
    return x->bottom_radius_m / sqrt(area_m2 * x->bottom_slope);
}

const struct tw_shape_ops tw_shape_rect_triangular = {
    .init = rect_triangular_init,
    .area = rect_triangular_area,
    .width = rect_triangular_width,
    .radius = rect_triangular_radius,
    .depth_of_area = rect_triangular_depth,
    .perimeter_slope = rect_triangular_perimeter_slope,
    .max_area_ratio = 0.98,
    .falls_linearly = true,
};

/* Geom 1 depth, 2 width, 3 radius of the arc, at least half the width. bottom_... describe the arc,
 * wherever it is; bottom_slope is its angle. */
static tw_status make_arc(struct tw_xsect *x, const double *geom)
{
    double y = geom[0], w = geom[1];
    if (!(w > 0.0)) return TW_ERR_ARG;
    double r = geom[2] > 0.5 * w ? geom[2] : 0.5 * w;
    double angle = 2.0 * asin(0.5 * w / r);
    x->full_depth_m = y;
    x->max_width_m = w;
    x->bottom_radius_m = r;
    x->bottom_slope = angle;
    x->bottom_depth_m = r * (1.0 - cos(0.5 * angle));
    x->bottom_area_m2 = r * r * tw_circle_segment(angle);
    x->full_area_m2 = w * (y - x->bottom_depth_m) + x->bottom_area_m2;
    x->full_radius_m = x->full_area_m2 / (r * angle + 2.0 * (y - x->bottom_depth_m) + w);
    return y >= x->bottom_depth_m ? TW_OK : TW_ERR_ARG;
}

static double arc_area(const struct tw_xsect *x, double height_m)
{
    double r = x->bottom_radius_m;
    return r * r * tw_circle_segment(tw_circle_angle_of_height(height_m / r));
}

static double arc_width(const struct tw_xsect *x, double height_m)
{
    double square = height_m * (2.0 * x->bottom_radius_m - height_m);
    return square > 0.0 ? 2.0 * sqrt(square) : 0.0;
}

static double arc_height(const struct tw_xsect *x, double area_m2)
{
    double r = x->bottom_radius_m;
    return 2.0 * r * tw_circle_depth_ratio(area_m2 / (TW_XSECT_PI * r * r));
}

/* Rectangle over an arc. */
static tw_status rect_round_init(struct tw_xsect *x, const struct tw_model *model, int32_t xsect,
                                 double *tables)
{
    (void)tables; /* of CUSTOM shapes */
    TW_TRY(make_arc(x, model->xsects.geom[xsect]));
    x->width_depth_m = x->full_depth_m;
    return TW_OK;
}

static double rect_round_area(const struct tw_xsect *x, double depth_m)
{
    if (depth_m <= x->bottom_depth_m) return arc_area(x, depth_m);
    return x->bottom_area_m2 + (depth_m - x->bottom_depth_m) * x->max_width_m;
}

static double rect_round_width(const struct tw_xsect *x, double depth_m)
{
    return depth_m <= x->bottom_depth_m ? arc_width(x, depth_m) : x->max_width_m;
}

/* Above the arc only. */
static double rect_round_upper_radius(const struct tw_xsect *x, double depth_m)
{
    double area = rect_round_area(x, depth_m);
    double sides = x->bottom_radius_m * x->bottom_slope + 2.0 * (depth_m - x->bottom_depth_m);
    return area / (sides + tw_xsect_wet_roof(x, area));
}

/* Within the arc R = r / 2 (1 - sin(theta) / theta); SWMM 5.2.4 computes r / 2 (1 - sin(theta)) /
 * theta, which its water levels show, and so must ours. That grows without bound as the section
 * empties and is 0 where theta is pi / 2: it is kept above 0, and below 1000 times the full radius,
 * more than it is under the thinnest film. */
static double rect_round_radius(const struct tw_xsect *x, double depth_m)
{
    double r = x->bottom_radius_m;
    if (depth_m > x->bottom_depth_m) return rect_round_upper_radius(x, depth_m);
    double angle = tw_circle_angle_of_height(depth_m / r);
    double least = 1e-15 * x->full_radius_m, most = 1e3 * x->full_radius_m;
    double radius = angle > 0.0 ? 0.5 * r * (1.0 - sin(angle)) / angle : most;
    return radius < least ? least : radius > most ? most : radius;
}

static double rect_round_factor(const struct tw_xsect *x, double area_m2)
{
    if (area_m2 > x->max_factor_area_m2) {
        double part = (area_m2 - x->max_factor_area_m2) / (x->full_area_m2 - x->max_factor_area_m2);
        return x->max_factor + part * (x->full_factor - x->max_factor);
    }
    if (area_m2 > x->bottom_area_m2) {
        double depth = x->bottom_depth_m + (area_m2 - x->bottom_area_m2) / x->max_width_m;
        return area_m2 * pow(rect_round_upper_radius(x, depth), 2.0 / 3.0);
    }
    double r = x->bottom_radius_m;
    double disc = TW_XSECT_PI * r * r;
    return disc * pow(0.5 * r, 2.0 / 3.0) * tw_circle_factor_ratio(area_m2 / disc);
}

static double rect_round_depth(const struct tw_xsect *x, double area_m2)
{
    if (area_m2 <= x->bottom_area_m2) return arc_height(x, area_m2);
    return x->bottom_depth_m + (area_m2 - x->bottom_area_m2) / x->max_width_m;
}

static double rect_round_perimeter_slope(const struct tw_xsect *x, double area_m2)
{
    return area_m2 > x->bottom_area_m2 ? 2.0 / x->max_width_m : -1.0;
}

const struct tw_shape_ops tw_shape_rect_round = {
    .init = rect_round_init,
    .area = rect_round_area,
    .width = rect_round_width,
    .radius = rect_round_radius,
    .depth_of_area = rect_round_depth,
    .factor_of_area = rect_round_factor,
    .perimeter_slope = rect_round_perimeter_slope,
    .max_area_ratio = 0.98,
    .falls_linearly = true,
};

/* Rectangle under an arc: what is empty is a segment of the arc's circle. */
static tw_status modbasket_init(struct tw_xsect *x, const struct tw_model *model, int32_t xsect,
                                double *tables)
{
    (void)tables; /* of CUSTOM shapes */
    TW_TRY(make_arc(x, model->xsects.geom[xsect]));
    x->width_depth_m = x->full_depth_m - x->bottom_depth_m;
    return TW_OK;
}

static double modbasket_area(const struct tw_xsect *x, double depth_m)
{
    if (depth_m <= x->width_depth_m) return depth_m * x->max_width_m;
    return x->full_area_m2 - arc_area(x, x->full_depth_m - depth_m);
}

static double modbasket_width(const struct tw_xsect *x, double depth_m)
{
    if (!(depth_m > 0.0)) return 0.0; /* as SWMM has it */
    return depth_m <= x->width_depth_m ? x->max_width_m : arc_width(x, x->full_depth_m - depth_m);
}

/* As SWMM has it, by the area: the height of what is empty is that of a circle's table. */
static double modbasket_radius_of_area(const struct tw_xsect *x, double area_m2)
{
    double rest = x->full_area_m2 - area_m2, wall = area_m2 / x->max_width_m, arch = 0.0;
    if (rest < x->bottom_area_m2) {
        double empty = tw_circle_angle_of_height(arc_height(x, rest) / x->bottom_radius_m);
        wall = x->width_depth_m;
        arch = x->bottom_radius_m * (x->bottom_slope - empty);
    }
    return area_m2 / (x->max_width_m + 2.0 * wall + arch);
}

static double modbasket_radius(const struct tw_xsect *x, double depth_m)
{
    return modbasket_radius_of_area(x, modbasket_area(x, depth_m));
}

static double modbasket_factor(const struct tw_xsect *x, double area_m2)
{
    return area_m2 * pow(modbasket_radius_of_area(x, area_m2), 2.0 / 3.0);
}

static double modbasket_depth(const struct tw_xsect *x, double area_m2)
{
    double rest = x->full_area_m2 - area_m2;
    if (rest >= x->bottom_area_m2) return area_m2 / x->max_width_m;
    return x->full_depth_m - arc_height(x, rest);
}

static double modbasket_perimeter_slope(const struct tw_xsect *x, double area_m2)
{
    return area_m2 <= x->full_area_m2 - x->bottom_area_m2 ? 2.0 / x->max_width_m : -1.0;
}

const struct tw_shape_ops tw_shape_modbasket = {
    .init = modbasket_init,
    .area = modbasket_area,
    .width = modbasket_width,
    .radius = modbasket_radius,
    .depth_of_area = modbasket_depth,
    .factor_of_area = modbasket_factor,
    .perimeter_slope = modbasket_perimeter_slope,
    .max_area_ratio = 0.96,
};
