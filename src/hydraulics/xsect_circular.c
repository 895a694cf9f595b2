/* Circles: pipes, pipes with sediment, force mains. SWMM Reference Manual II, 5.2.1 and 7.3.
 *
 *   theta - sin theta = 2 pi A / A_full                  angle that the surface subtends
 *   y / D = (1 - cos(theta / 2)) / 2
 *   S / S_full = (theta - sin theta)^(5/3) / (2 pi theta^(2/3))
 *
 * The tables are those of the manual, rounded as they are: SWMM's results follow from them. Below
 * 4 % of the area, where they are coarse, depth and section factor of an area come from theta. */
#include "hydraulics/constants.h"
#include "hydraulics/xsect_ops.h"
#include "num/table.h"

#include <math.h>
#include <stddef.h>

enum { COUNT = 51 };

/* area over full area at even depths */
static const double circle_area[COUNT] = {
    0.0,     0.00471, 0.0134,  0.024446, 0.0374,  0.05208, 0.0680,  0.08505, 0.1033,
    0.12236, 0.1423,  0.16310, 0.1845,   0.20665, 0.2292,  0.25236, 0.2759,  0.29985,
    0.3242,  0.34874, 0.3736,  0.39878,  0.4237,  0.44907, 0.4745,  0.500,   0.5255,
    0.55093, 0.5763,  0.60135, 0.6264,   0.65126, 0.6758,  0.70015, 0.7241,  0.74764,
    0.7708,  0.79335, 0.8154,  0.83690,  0.8576,  0.87764, 0.8967,  0.91495, 0.9320,
    0.94792, 0.9626,  0.97555, 0.9866,   0.99516, 1.0};

/* hydraulic radius over that of the full pipe at even depths */
static const double circle_radius[COUNT] = {
    0.0100, 0.0528, 0.1048, 0.1556, 0.2052, 0.254,  0.3016, 0.3484, 0.3944, 0.4388, 0.4824,
    0.5248, 0.5664, 0.6064, 0.6456, 0.6836, 0.7204, 0.7564, 0.7912, 0.8244, 0.8568, 0.888,
    0.9176, 0.9464, 0.9736, 1.00,   1.024,  1.048,  1.070,  1.0912, 1.110,  1.1272, 1.144,
    1.1596, 1.174,  1.1848, 1.194,  1.2024, 1.210,  1.2148, 1.217,  1.2172, 1.215,  1.2104,
    1.203,  1.192,  1.178,  1.1584, 1.132,  1.094,  1.0};

/* top width over diameter at even depths */
static const double circle_width[COUNT] = {
    0.0,   .2800, .3919, .4750, .5426, .6000, .6499, .6940, .7332, .7684, .8000, .8285, .8542,
    .8773, .8980, .9165, .9330, .9474, .9600, .9708, .9798, .9871, .9928, .9968, .9992, 1.000,
    .9992, .9968, .9928, .9871, .9798, .9708, .9600, .9474, .9330, .9165, .8980, .8773, .8542,
    .8285, .8000, .7684, .7332, .6940, .6499, .6000, .5426, .4750, .3919, .2800, 0.0};

/* depth over diameter at even areas */
static const double circle_depth[COUNT] = {
    0.0,     0.05236, 0.08369, 0.11025, 0.13423, 0.15643, 0.17755, 0.19772, 0.21704,
    0.23581, 0.25412, 0.27194, 0.28948, 0.30653, 0.32349, 0.34017, 0.35666, 0.37298,
    0.38915, 0.40521, 0.42117, 0.43704, 0.45284, 0.46858, 0.4843,  0.50000, 0.51572,
    0.53146, 0.54723, 0.56305, 0.57892, 0.59487, 0.61093, 0.62710, 0.64342, 0.65991,
    0.67659, 0.69350, 0.71068, 0.72816, 0.74602, 0.76424, 0.78297, 0.80235, 0.82240,
    0.84353, 0.86563, 0.88970, 0.91444, 0.94749, 1.0};

/* section factor over that of the full pipe at even areas */
static const double circle_factor[COUNT] = {
    0.0,     0.00529, 0.01432, 0.02559, 0.03859, 0.05304, 0.06877, 0.08551, 0.10326,
    0.12195, 0.14144, 0.16162, 0.18251, 0.2041,  0.22636, 0.24918, 0.27246, 0.29614,
    0.32027, 0.34485, 0.36989, 0.39531, 0.42105, 0.44704, 0.47329, 0.4998,  0.52658,
    0.55354, 0.58064, 0.60777, 0.63499, 0.66232, 0.68995, 0.7177,  0.74538, 0.77275,
    0.79979, 0.82658, 0.8532,  0.87954, 0.90546, 0.93095, 0.95577, 0.97976, 1.00291,
    1.02443, 1.04465, 1.06135, 1.08208, 1.07662, 1.0};

static const double small_area_ratio = 0.04;    /* below: by the angle */
static const double small_factor_ratio = 0.015; /* of the section factor, at the same depth */
static const double tiny_area_ratio = 1e-5;     /* below: sin by its series */
static const double tiny_factor_ratio = 1e-6;

/* theta - sin theta = theta^3 / 6 and so on, for small theta */
static const double cube_of_angle = 37.6911;    /* 12 pi */
static const double factor_of_angle = 124.4797; /* 2 pi 6^(5/3) */

/* SWMM's searches for an angle end at a step of this; what is left of it, some 1e-8, is in its numbers. */
static const double last_step_rad = 1e-4;

/* Below small_area_ratio. */
static double angle_of_area(double ratio)
{
    if (!(ratio > 0.0)) return 0.0;
    if (ratio <= tiny_area_ratio) return cbrt(cube_of_angle * ratio);
    double angle = 0.031715 - 12.79384 * ratio + 8.28479 * sqrt(ratio);
    for (int i = 0; i < 40; i++) {
        double step = (angle - sin(angle) - 2.0 * TW_XSECT_PI * ratio) / (1.0 - cos(angle));
        angle -= step;
        if (fabs(step) <= last_step_rad) break;
    }
    return angle;
}

double tw_circle_angle_of_height(double ratio)
{
    return ratio > 0.0 ? 2.0 * acos(1.0 - (ratio < 2.0 ? ratio : 2.0)) : 0.0;
}

double tw_circle_segment(double angle) { return 0.5 * (angle - sin(angle)); }

static double factor_of_theta(double angle)
{
    return pow(angle - sin(angle), 5.0 / 3.0) / (2.0 * TW_XSECT_PI) / pow(angle, 2.0 / 3.0);
}

double tw_circle_factor_ratio(double area_ratio)
{
    if (area_ratio >= small_area_ratio) return tw_even_at(circle_factor, COUNT, area_ratio);
    double angle = angle_of_area(area_ratio);
    if (area_ratio <= tiny_area_ratio) return pow(angle, 13.0 / 3.0) / factor_of_angle;
    return factor_of_theta(angle);
}

double tw_circle_depth_ratio(double area_ratio)
{
    if (area_ratio >= small_area_ratio) return tw_even_at(circle_depth, COUNT, area_ratio);
    double angle = angle_of_area(area_ratio);
    if (area_ratio <= tiny_area_ratio) return angle * angle / 16.0;
    return 0.5 * (1.0 - cos(0.5 * angle));
}

static double small_area_of_factor(double ratio)
{
    if (ratio <= tiny_factor_ratio) {
        return pow(factor_of_angle * ratio, 9.0 / 13.0) / cube_of_angle;
    }
    double rest = 2.0 * TW_XSECT_PI * ratio; /* of angle^(2/3), (angle - sin angle)^(5/3) */
    double angle = 0.12103 - 55.5075 * ratio + 15.62254 * sqrt(ratio);
    for (int i = 0; i < 40; i++) {
        double segment = angle - sin(angle), power = pow(segment, 2.0 / 3.0), root = cbrt(angle);
        double error = rest * root * root - segment * power;
        double step = error / (rest * (2.0 / 3.0) / root - 5.0 / 3.0 * power * (1.0 - cos(angle)));
        angle = fabs(angle - step);
        if (fabs(step) <= last_step_rad) break;
    }
    return (angle - sin(angle)) / (2.0 * TW_XSECT_PI);
}

/* Geometry of a circle; the tables go with it. */
static void make_circle(struct tw_xsect *x, double diameter_m)
{
    x->full_depth_m = diameter_m;
    x->max_width_m = diameter_m;
    x->width_depth_m = 0.5 * diameter_m;
    x->full_area_m2 = TW_XSECT_PI / 4.0 * diameter_m * diameter_m;
    x->full_radius_m = 0.25 * diameter_m;
    x->area_table = circle_area;
    x->radius_table = circle_radius;
    x->width_table = circle_width;
    x->depth_table = circle_depth;
    x->factor_table = circle_factor;
    x->area_count = x->width_count = COUNT;
}

static tw_status circular_init(struct tw_xsect *x, const struct tw_model *model, int32_t xsect,
                               double *tables)
{
    (void)tables; /* of CUSTOM shapes */
    make_circle(x, model->xsects.geom[xsect][0]);
    return TW_OK;
}

static double circular_depth(const struct tw_xsect *x, double area_m2)
{
    return x->full_depth_m * tw_circle_depth_ratio(area_m2 / x->full_area_m2);
}

static double circular_factor(const struct tw_xsect *x, double area_m2)
{
    return x->full_factor * tw_circle_factor_ratio(area_m2 / x->full_area_m2);
}

static double circular_area_of_factor(const struct tw_xsect *x, double factor)
{
    double ratio = factor / x->full_factor;
    if (ratio >= 1.0) return x->full_area_m2;
    return ratio <= small_factor_ratio ? x->full_area_m2 * small_area_of_factor(ratio)
                                       : tw_tabular_area_of_factor(x, factor);
}

/* d(A R^(2/3)) / dA = (5/3 - 2/3 R dP/dA) R^(2/3), where P = theta D / 2 and
 * dP/dA = 4 / (D (1 - cos theta)); that of Manning's factor for force mains too. */
static double circular_factor_slope(const struct tw_xsect *x, double area_m2)
{
    static const double nothing = 1e-30;
    double ratio = area_m2 / x->full_area_m2;
    if (!(ratio > nothing)) return nothing;
    if (ratio >= small_area_ratio) return tw_tabular_factor_slope(x, area_m2);
    double angle = angle_of_area(ratio), radius = 2.0 * area_m2 / (angle * x->full_depth_m);
    double perimeter_slope = 4.0 / x->full_depth_m / (1.0 - cos(angle));
    return (5.0 / 3.0 - 2.0 / 3.0 * perimeter_slope * radius) * pow(radius, 2.0 / 3.0);
}

const struct tw_shape_ops tw_shape_circular = {
    .init = circular_init,
    .area = tw_tabular_area,
    .width = tw_tabular_width,
    .radius = tw_tabular_radius,
    .depth_of_area = circular_depth,
    .factor_of_area = circular_factor,
    .area_of_factor = circular_area_of_factor,
    .max_area_ratio = 0.9756,
    .max_factor_ratio = 1.08,
    .factor_slope = circular_factor_slope,
};

/* Hazen-Williams: S = A R^0.63, in feet; to metres as any section factor, so that it multiplies
 * what Manning's formula in metres has. */
static tw_status force_main_init(struct tw_xsect *x, const struct tw_model *model, int32_t xsect,
                                 double *tables)
{
    TW_TRY(circular_init(x, model, xsect, tables));
    x->full_factor =
        x->full_area_m2 * pow(x->full_radius_m, 0.63) * pow(TW_FOOT_M, 2.0 / 3.0 - 0.63);
    x->force_main_coefficient = model->xsects.geom[xsect][1];
    return TW_OK;
}

const struct tw_shape_ops tw_shape_force_main = {
    .init = force_main_init,
    .area = tw_tabular_area,
    .width = tw_tabular_width,
    .radius = tw_tabular_radius,
    .depth_of_area = circular_depth,
    .factor_of_area = circular_factor,
    .area_of_factor = circular_area_of_factor,
    .max_area_ratio = 0.9756,
    .max_factor_ratio = 1.06949,
    .factor_slope = circular_factor_slope,
};

/* A circle filled with sediment up to bottom_depth_m. bottom_slope stands for the width of its
 * surface, bottom_radius_m is the pipe's perimeter under it. Depths are above the sediment: so are a
 * link's offsets to be. */
static tw_status filled_circular_init(struct tw_xsect *x, const struct tw_model *model,
                                      int32_t xsect, double *tables)
{
    (void)tables; /* of CUSTOM shapes */
    double diameter = model->xsects.geom[xsect][0], filled = model->xsects.geom[xsect][1];
    if (!(filled >= 0.0 && filled < diameter)) return TW_ERR_ARG;
    make_circle(x, diameter);
    x->bottom_depth_m = filled;
    x->bottom_area_m2 = filled > 0.0 ? tw_tabular_area(x, filled) : 0.0;
    /* SWMM looks its width up at a depth that counts the sediment twice, and so must we */
    x->bottom_slope = tw_tabular_width(x, 2.0 * filled * diameter / (diameter + filled));
    x->bottom_radius_m = x->bottom_area_m2 / tw_tabular_radius(x, filled);
    x->full_area_m2 -= x->bottom_area_m2;
    x->full_radius_m =
        x->full_area_m2 / (TW_XSECT_PI * diameter - x->bottom_radius_m + x->bottom_slope);
    x->full_depth_m -= filled;
    x->width_depth_m = 0.5 * x->full_depth_m;
    return TW_OK;
}

/* The whole circle, its sediment removed. */
static struct tw_xsect whole(const struct tw_xsect *x)
{
    struct tw_xsect circle = {0};
    make_circle(&circle, x->full_depth_m + x->bottom_depth_m);
    return circle;
}

static double filled_circular_area(const struct tw_xsect *x, double depth_m)
{
    struct tw_xsect circle = whole(x);
    double area = tw_tabular_area(&circle, depth_m + x->bottom_depth_m) - x->bottom_area_m2;
    return area > 0.0 ? area : 0.0;
}

static double filled_circular_width(const struct tw_xsect *x, double depth_m)
{
    struct tw_xsect circle = whole(x);
    return tw_tabular_width(&circle, depth_m + x->bottom_depth_m);
}

static double filled_circular_radius(const struct tw_xsect *x, double depth_m)
{
    struct tw_xsect circle = whole(x);
    double depth = depth_m + x->bottom_depth_m;
    double area = tw_tabular_area(&circle, depth);
    double perimeter = area / tw_tabular_radius(&circle, depth);
    double radius = (area - x->bottom_area_m2) / (perimeter - x->bottom_radius_m + x->bottom_slope);
    return radius > 0.0 ? radius : 0.0;
}

static double filled_circular_depth(const struct tw_xsect *x, double area_m2)
{
    struct tw_xsect circle = whole(x);
    double depth = circular_depth(&circle, area_m2 + x->bottom_area_m2) - x->bottom_depth_m;
    return depth > 0.0 ? depth : 0.0;
}

const struct tw_shape_ops tw_shape_filled_circular = {
    .init = filled_circular_init,
    .area = filled_circular_area,
    .width = filled_circular_width,
    .radius = filled_circular_radius,
    .depth_of_area = filled_circular_depth,
    .max_area_ratio = 0.9756,
    .max_factor_ratio = 1.08,
};
