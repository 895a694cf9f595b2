/* Open channels with formulas: trapezoid, triangle, parabola, power law; and the link without a
 * section. SWMM Reference Manual II, 5.1. */
#include "hydraulics/constants.h"
#include "hydraulics/xsect_ops.h"

#include <math.h>

/* Trapezoid: geom 1 depth, 2 bottom width, 3 and 4 side slopes (horizontal over vertical).
 * bottom_depth_m is the bottom width b, bottom_slope the mean slope z, bottom_radius_m the length
 * of both sides over the depth.
 *
 *   A = (b + z y) y                                                                       */
static tw_status trapezoidal_init(struct tw_xsect *x, const struct tw_model *model, int32_t xsect,
                                  double *tables)
{
    (void)tables; /* of CUSTOM shapes */
    const double *geom = model->xsects.geom[xsect];
    if (!(geom[1] >= 0.0 && geom[2] >= 0.0 && geom[3] >= 0.0)) return TW_ERR_ARG;
    double y = geom[0], b = geom[1], z = 0.5 * (geom[2] + geom[3]);
    x->full_depth_m = y;
    x->width_depth_m = y;
    x->max_width_m = b + 2.0 * z * y;
    x->bottom_depth_m = b;
    x->bottom_slope = z;
    x->bottom_radius_m = hypot(1.0, geom[2]) + hypot(1.0, geom[3]);
    x->full_area_m2 = (b + z * y) * y;
    x->full_radius_m = x->full_area_m2 / (b + y * x->bottom_radius_m);
    return TW_OK;
}

static double trapezoidal_area(const struct tw_xsect *x, double depth_m)
{
    return (x->bottom_depth_m + x->bottom_slope * depth_m) * depth_m;
}

static double trapezoidal_width(const struct tw_xsect *x, double depth_m)
{
    return x->bottom_depth_m + 2.0 * x->bottom_slope * depth_m;
}

static double trapezoidal_radius(const struct tw_xsect *x, double depth_m)
{
    return trapezoidal_area(x, depth_m) / (x->bottom_depth_m + depth_m * x->bottom_radius_m);
}

static double trapezoidal_depth(const struct tw_xsect *x, double area_m2)
{
    double b = x->bottom_depth_m, z = x->bottom_slope;
    return 2.0 * area_m2 / (b + sqrt(b * b + 4.0 * z * area_m2));
}

static double trapezoidal_perimeter_slope(const struct tw_xsect *x, double area_m2)
{
    double b = x->bottom_depth_m;
    return x->bottom_radius_m / sqrt(b * b + 4.0 * x->bottom_slope * area_m2);
}

const struct tw_shape_ops tw_shape_trapezoidal = {
    .init = trapezoidal_init,
    .area = trapezoidal_area,
    .width = trapezoidal_width,
    .radius = trapezoidal_radius,
    .depth_of_area = trapezoidal_depth,
    .perimeter_slope = trapezoidal_perimeter_slope,
    .max_area_ratio = 1.0,
};

/* Triangle: geom 1 depth, 2 top width; a trapezoid without a bottom. */
static tw_status triangular_init(struct tw_xsect *x, const struct tw_model *model, int32_t xsect,
                                 double *tables)
{
    (void)tables; /* of CUSTOM shapes */
    const double *geom = model->xsects.geom[xsect];
    if (!(geom[1] > 0.0)) return TW_ERR_ARG;
    double y = geom[0];
    x->full_depth_m = y;
    x->width_depth_m = y;
    x->max_width_m = geom[1];
    x->bottom_slope = 0.5 * geom[1] / y;
    x->bottom_radius_m = 2.0 * hypot(1.0, x->bottom_slope);
    x->full_area_m2 = x->bottom_slope * y * y;
    x->full_radius_m = x->full_area_m2 / (y * x->bottom_radius_m);
    return TW_OK;
}

static double triangular_critical_depth(const struct tw_xsect *x, double q2g)
{
    return pow(2.0 * q2g / (x->bottom_slope * x->bottom_slope), 0.2);
}

const struct tw_shape_ops tw_shape_triangular = {
    .init = triangular_init,
    .area = trapezoidal_area,
    .width = trapezoidal_width,
    .radius = trapezoidal_radius,
    .depth_of_area = trapezoidal_depth,
    .perimeter_slope = trapezoidal_perimeter_slope,
    .critical_depth = triangular_critical_depth,
    .max_area_ratio = 1.0,
};

/* Parabola: geom 1 depth, 2 top width; half its width is r sqrt(y), r = bottom_radius_m (of
 * dimension m^(1/2)).
 *
 *   A = 4/3 r y^(3/2)
 *   P = r^2 / 2 (u sqrt(1 + u^2) + asinh u),  u = 2 sqrt(y) / r                           */
static double parabolic_area(const struct tw_xsect *x, double depth_m)
{
    return 4.0 / 3.0 * x->bottom_radius_m * depth_m * sqrt(depth_m);
}

static double parabolic_width(const struct tw_xsect *x, double depth_m)
{
    return 2.0 * x->bottom_radius_m * sqrt(depth_m);
}

static double parabolic_radius(const struct tw_xsect *x, double depth_m)
{
    double r = x->bottom_radius_m;
    double u = 2.0 * sqrt(depth_m) / r;
    return parabolic_area(x, depth_m) / (0.5 * r * r * (u * sqrt(1.0 + u * u) + asinh(u)));
}

static double parabolic_depth(const struct tw_xsect *x, double area_m2)
{
    return pow(0.75 * area_m2 / x->bottom_radius_m, 2.0 / 3.0);
}

static double parabolic_critical_depth(const struct tw_xsect *x, double q2g)
{
    double r = x->bottom_radius_m;
    return pow(27.0 / 32.0 * q2g / (r * r), 0.25);
}

static tw_status parabolic_init(struct tw_xsect *x, const struct tw_model *model, int32_t xsect,
                                double *tables)
{
    (void)tables; /* of CUSTOM shapes */
    const double *geom = model->xsects.geom[xsect];
    if (!(geom[0] > 0.0 && geom[1] > 0.0)) return TW_ERR_ARG;
    x->full_depth_m = geom[0];
    x->width_depth_m = geom[0];
    x->max_width_m = geom[1];
    x->bottom_radius_m = 0.5 * geom[1] / sqrt(geom[0]);
    x->full_area_m2 = 2.0 / 3.0 * geom[0] * geom[1];
    x->full_radius_m = parabolic_radius(x, geom[0]);
    return TW_OK;
}

const struct tw_shape_ops tw_shape_parabolic = {
    .init = parabolic_init,
    .area = parabolic_area,
    .width = parabolic_width,
    .radius = parabolic_radius,
    .depth_of_area = parabolic_depth,
    .critical_depth = parabolic_critical_depth,
    .max_area_ratio = 1.0,
};

/* Power law: geom 1 depth, 2 top width, 3 exponent n of y ~ width^n; bottom_slope is s = 1 / n.
 *
 *   A = r y^(s + 1),  W = (s + 1) r y^s,  r = bottom_radius_m (of dimension m^(1 - s))     */
static double power_area(const struct tw_xsect *x, double depth_m)
{
    return x->bottom_radius_m * pow(depth_m, x->bottom_slope + 1.0);
}

static double power_width(const struct tw_xsect *x, double depth_m)
{
    return (x->bottom_slope + 1.0) * x->bottom_radius_m * pow(depth_m, x->bottom_slope);
}

/* The perimeter is that of chords over 50 even steps of the full depth. */
static double power_radius(const struct tw_xsect *x, double depth_m)
{
    double step = x->full_depth_m / 50.0;
    double half = 0.0, perimeter = 0.0;
    for (double y = 0.0; y < depth_m;) {
        double next = y + step < depth_m ? y + step : depth_m;
        double next_half = 0.5 * power_width(x, next);
        perimeter += 2.0 * hypot(next_half - half, next - y);
        half = next_half;
        y = next;
    }
    return power_area(x, depth_m) / perimeter;
}

static double power_depth(const struct tw_xsect *x, double area_m2)
{
    return pow(area_m2 / x->bottom_radius_m, 1.0 / (x->bottom_slope + 1.0));
}

static double power_critical_depth(const struct tw_xsect *x, double q2g)
{
    double s = x->bottom_slope, r = x->bottom_radius_m;
    return pow(q2g * (s + 1.0) / (r * r), 1.0 / (2.0 * s + 3.0));
}

static tw_status power_init(struct tw_xsect *x, const struct tw_model *model, int32_t xsect,
                            double *tables)
{
    (void)tables; /* of CUSTOM shapes */
    const double *geom = model->xsects.geom[xsect];
    if (!(geom[0] > 0.0 && geom[1] > 0.0 && geom[2] > 0.0)) return TW_ERR_ARG;
    x->full_depth_m = geom[0];
    x->width_depth_m = geom[0];
    x->max_width_m = geom[1];
    x->bottom_slope = 1.0 / geom[2];
    x->bottom_radius_m = geom[1] / (x->bottom_slope + 1.0) / pow(geom[0], x->bottom_slope);
    x->full_area_m2 = geom[0] * geom[1] / (x->bottom_slope + 1.0);
    x->full_radius_m = power_radius(x, geom[0]);
    return TW_OK;
}

const struct tw_shape_ops tw_shape_power = {
    .init = power_init,
    .area = power_area,
    .width = power_width,
    .radius = power_radius,
    .depth_of_area = power_depth,
    .critical_depth = power_critical_depth,
    .max_area_ratio = 1.0,
};

/* A link that only hands flow on: a section of no size, but one that can be divided by. */
static tw_status dummy_init(struct tw_xsect *x, const struct tw_model *model, int32_t xsect,
                            double *tables)
{
    (void)model;
    (void)xsect;
    (void)tables;
    x->full_depth_m = x->max_width_m = x->full_radius_m = 1e-6 * TW_FOOT_M;
    x->full_area_m2 = 1e-6 * TW_FOOT2_M2;
    x->full_factor = x->max_factor = 1e-6;
    return TW_OK;
}

static double nothing(const struct tw_xsect *x, double value)
{
    (void)x;
    (void)value;
    return 0.0;
}

const struct tw_shape_ops tw_shape_dummy = {
    .init = dummy_init,
    .area = nothing,
    .width = nothing,
    .radius = nothing,
    .depth_of_area = nothing,
    .factor_of_area = nothing,
    .area_of_factor = nothing,
    .critical_depth = nothing,
    .max_area_ratio = 1.0,
};
