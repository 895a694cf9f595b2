/* Rectangles. SWMM Reference Manual II, 5.1. */
#include "hydraulics/xsect_ops.h"

#include <math.h>

/* Geom 1 depth, 2 width. */
static tw_status make_rect(struct tw_xsect *x, const double *geom)
{
    if (!(geom[1] > 0.0)) return TW_ERR_ARG;
    x->full_depth_m = geom[0];
    x->max_width_m = geom[1];
    x->width_depth_m = geom[0];
    x->full_area_m2 = geom[0] * geom[1];
    return TW_OK;
}

static double rect_area(const struct tw_xsect *x, double depth_m)
{
    return depth_m * x->max_width_m;
}

static double rect_depth(const struct tw_xsect *x, double area_m2)
{
    return area_m2 / x->max_width_m;
}

static double rect_critical_depth(const struct tw_xsect *x, double q2g)
{
    return cbrt(q2g / (x->max_width_m * x->max_width_m));
}

static tw_status rect_closed_init(struct tw_xsect *x, const struct tw_model *model, int32_t xsect,
                                  double *tables)
{
    (void)tables; /* of CUSTOM shapes */
    TW_TRY(make_rect(x, model->xsects.geom[xsect]));
    x->full_radius_m = x->full_area_m2 / (2.0 * (x->full_depth_m + x->max_width_m));
    return TW_OK;
}

/* No free surface is left when it is full. */
static double rect_closed_width(const struct tw_xsect *x, double depth_m)
{
    return depth_m < x->full_depth_m ? x->max_width_m : 0.0;
}

static double rect_closed_radius(const struct tw_xsect *x, double depth_m)
{
    double area = depth_m * x->max_width_m;
    return area / (x->max_width_m + 2.0 * depth_m + tw_xsect_wet_roof(x, area));
}

static double rect_closed_perimeter_slope(const struct tw_xsect *x, double area_m2)
{
    (void)area_m2; /* it is the same everywhere under the roof */
    return 2.0 / x->max_width_m;
}

const struct tw_shape_ops tw_shape_rect_closed = {
    .init = rect_closed_init,
    .area = rect_area,
    .width = rect_closed_width,
    .radius = rect_closed_radius,
    .depth_of_area = rect_depth,
    .perimeter_slope = rect_closed_perimeter_slope,
    .critical_depth = rect_critical_depth,
    .max_area_ratio = 0.97,
    .falls_linearly = true,
};

/* Geom 3: side walls without friction, 0..2; kept in bottom_slope. */
static tw_status rect_open_init(struct tw_xsect *x, const struct tw_model *model, int32_t xsect,
                                double *tables)
{
    (void)tables; /* of CUSTOM shapes */
    const double *geom = model->xsects.geom[xsect];
    if (!(geom[2] >= 0.0 && geom[2] <= 2.0)) return TW_ERR_ARG;
    TW_TRY(make_rect(x, geom));
    x->bottom_slope = geom[2];
    x->full_radius_m =
        x->full_area_m2 / (x->max_width_m + (2.0 - x->bottom_slope) * x->full_depth_m);
    return TW_OK;
}

static double rect_open_width(const struct tw_xsect *x, double depth_m)
{
    (void)depth_m; /* it is the same everywhere */
    return x->max_width_m;
}

static double rect_open_radius(const struct tw_xsect *x, double depth_m)
{
    return depth_m * x->max_width_m / (x->max_width_m + (2.0 - x->bottom_slope) * depth_m);
}

static double rect_open_perimeter_slope(const struct tw_xsect *x, double area_m2)
{
    (void)area_m2; /* it is the same everywhere */
    return (2.0 - x->bottom_slope) / x->max_width_m;
}

const struct tw_shape_ops tw_shape_rect_open = {
    .init = rect_open_init,
    .area = rect_area,
    .width = rect_open_width,
    .radius = rect_open_radius,
    .depth_of_area = rect_depth,
    .perimeter_slope = rect_open_perimeter_slope,
    .critical_depth = rect_critical_depth,
    .max_area_ratio = 1.0,
};
