/* Geometry of cross-sections: what a depth means for area, top width and hydraulic radius. */
#ifndef TW_HYDRAULICS_XSECT_H
#define TW_HYDRAULICS_XSECT_H

#include "model/model.h"
#include "model/xsect_shape.h"
#include "thalweg/status.h"

#include <stdbool.h>

/* One cross-section (one barrel). Made by tw_xsect_init, then only read. */
struct tw_xsect {
    enum tw_shape shape;
    bool open;
    double full_depth_m, max_width_m, width_depth_m; /* greatest width and the depth where it is */
    double full_area_m2, full_radius_m;
    double full_factor; /* section factor A R^(2/3) at full depth [m^(8/3)] */
    double max_factor;  /* greatest section factor at any depth */
    double max_factor_area_m2;
    double middle_factor, middle_slope; /* at half of that area, where a search for one begins */
    double last_slice_m; /* depth at which the search for critical depth by slices ends */
    double bottom_depth_m, bottom_area_m2, bottom_slope,
        bottom_radius_m; /* as the shape needs them */
    /* Shapes that are tables: over their full values, at even depths (area, radius, width) or at
     * even areas (depth, section factor); NULL where the shape has none. */
    const double *area_table, *radius_table,
        *width_table;                         /* IRREGULAR, CUSTOM, STREET: 51 values */
    const double *depth_table, *factor_table; /* 51 values */
    int32_t area_count, width_count;          /* of area_table and radius_table, of width_table */
    double force_main_coefficient;            /* FORCE_MAIN: C-factor or roughness height [m] */
};

/**
 * Make the geometry of a model's cross-section.
 *
 * tables   [3 * 51] room for the tables of a CUSTOM shape; else unused, may be NULL
 * errors   TW_ERR_ARG: the dimensions make no section (checked by io/ too, through this call)
 * source   SWMM Reference Manual II, chapter 5
 */
tw_status tw_xsect_init(struct tw_xsect *out_xsect, const struct tw_model *model, int32_t xsect,
                        double *tables);

/** Wetted area [m2] at a depth [m], clamped to 0..full. */
double tw_xsect_area(const struct tw_xsect *x, double depth_m);
/** Top width [m] at a depth [m]. */
double tw_xsect_width(const struct tw_xsect *x, double depth_m);
/** Hydraulic radius [m] at a depth [m]. */
double tw_xsect_radius(const struct tw_xsect *x, double depth_m);
/**
 * Width and area of an open section above its full depth, where SWMM's slot method leaves water: the
 * walls of a shape that is a formula go on, a surveyed one ends.
 *
 * depth_m  above the full depth
 */
void tw_xsect_beyond(const struct tw_xsect *x, double depth_m, double *out_area_m2,
                     double *out_width_m);
/** Depth [m] at a wetted area [m2]. */
double tw_xsect_depth_of_area(const struct tw_xsect *x, double area_m2);
/** Section factor A R^(2/3) [m^(8/3)] at a wetted area [m2]. */
double tw_xsect_factor_of_area(const struct tw_xsect *x, double area_m2);
/** Slope of the section factor over the area [m^(2/3)] at a wetted area [m2], as SWMM takes it. */
double tw_xsect_factor_slope(const struct tw_xsect *x, double area_m2);
/** Wetted area [m2] at which the section factor has a value [m^(8/3)]. */
double tw_xsect_area_of_factor(const struct tw_xsect *x, double factor);
/** Depth [m] at which the section factor has a value [m^(8/3)]: normal depth of the flow over beta. */
double tw_xsect_depth_of_factor(const struct tw_xsect *x, double factor);
/** True where tw_xsect_depth_of_factor is a formula or a table and so grows with the factor; what a
 * search ends at goes up and down within its tolerance. */
bool tw_xsect_depth_grows(const struct tw_xsect *x);
/** Critical depth [m] of a flow [m3/s] in one barrel. */
double tw_xsect_critical_depth(const struct tw_xsect *x, double flow_m3s);

/* Slices of the depth in which SWMM searches critical depth. */
enum { TW_XSECT_SLICES = 25 };

/** Flows [m3/s] that are critical at the bounds of the slices; false where critical depth is found
 * otherwise or is no function of these. INFINITY at the crown: no flow is critical there, or none
 * below almost endless (last_slice_m). */
bool tw_xsect_critical_flows(const struct tw_xsect *x, double out_m3s[TW_XSECT_SLICES + 1]);

#endif
