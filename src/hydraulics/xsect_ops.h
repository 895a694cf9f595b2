/* What a cross-section shape is to the rest: a row of functions, named tw_shape_<prefix> after the
 * prefix in model/xsect_shapes.def. docs/adding/a-cross-section.md says how to write one. */
#ifndef TW_HYDRAULICS_XSECT_OPS_H
#define TW_HYDRAULICS_XSECT_OPS_H

#include "hydraulics/xsect.h"

/* pi as SWMM has it */
#define TW_XSECT_PI 3.141592654

struct tw_shape_ops {
    /* Sets full depth, area and radius, greatest width and its depth; may set full_factor,
     * max_factor and max_factor_area_m2, which else follow from the two ratios below. */
    tw_status (*init)(struct tw_xsect *x, const struct tw_model *model, int32_t xsect,
                      double *tables);
    /* 0 < depth_m <= full depth (width also at 0) */
    double (*area)(const struct tw_xsect *x, double depth_m);
    double (*width)(const struct tw_xsect *x, double depth_m);
    double (*radius)(const struct tw_xsect *x, double depth_m);
    /* 0 < area_m2 <= full area */
    double (*depth_of_area)(const struct tw_xsect *x, double area_m2);
    /* NULL: A R^(2/3), and with falls_linearly straight down from the greatest to the full one */
    double (*factor_of_area)(const struct tw_xsect *x, double area_m2);
    /* NULL: root of the above; 0 < factor <= max_factor. A formula or a table whose depth grows with
     * the factor: bounds of normal depth rely on it. */
    double (*area_of_factor)(const struct tw_xsect *x, double factor);
    /* Change of the wetted perimeter with the area; negative: not known there. NULL: nowhere. */
    double (*perimeter_slope)(const struct tw_xsect *x, double area_m2);
    /* NULL: searched for; q2g is flow squared over gravity, above 0 */
    double (*critical_depth)(const struct tw_xsect *x, double q2g);
    double max_area_ratio;   /* area with the greatest section factor, over the full area */
    double max_factor_ratio; /* that factor over the full one; 0: the factor at that area */
    bool falls_linearly;
    /* NULL: from perimeter_slope, else from what is 0.001 of the full area below and above;
     * 0 <= area_m2 <= full area. Searches for an area end within a tolerance, so that results hang
     * on it. */
    double (*factor_slope)(const struct tw_xsect *x, double area_m2);
};

#define TW_SHAPE(id, prefix, keyword, open) extern const struct tw_shape_ops tw_shape_##prefix;
#include "model/xsect_shapes.def"
#undef TW_SHAPE

/* Functions of shapes that are tables, shared by many (xsect_tabular.c). */
double tw_tabular_area(const struct tw_xsect *x, double depth_m);
double tw_tabular_width(const struct tw_xsect *x, double depth_m);
double tw_tabular_radius(const struct tw_xsect *x, double depth_m);
double tw_tabular_depth(const struct tw_xsect *x, double area_m2);
double tw_tabular_factor(const struct tw_xsect *x, double area_m2);
double tw_tabular_area_of_factor(const struct tw_xsect *x, double factor);
double tw_tabular_factor_slope(const struct tw_xsect *x, double area_m2);

/* Parts of circles (xsect_circular.c). */

/** Depth of a circle over its diameter, given its area over the full one, 0..1. */
double tw_circle_depth_ratio(double area_ratio);
/** Section factor of a circle over the full one, given its area over the full one, 0..1. */
double tw_circle_factor_ratio(double area_ratio);
/** Angle [rad] that a chord subtends, given its height over the radius, 0..2. */
double tw_circle_angle_of_height(double ratio);
/** Area of a segment over the radius squared, given its angle [rad]. */
double tw_circle_segment(double angle);

/** Perimeter [m] of the roof of a closed section that counts as wet: none up to the greatest
 * section factor, from there growing to the whole roof when full. */
double tw_xsect_wet_roof(const struct tw_xsect *x, double area_m2);

#endif
