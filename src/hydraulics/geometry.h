/* Cross-sections as tables for the routing kernels: one lookup gives area, width and radius, another
 * critical depth. Whatever its shape, a section costs about the same. */
#ifndef TW_HYDRAULICS_GEOMETRY_H
#define TW_HYDRAULICS_GEOMETRY_H

#include "base/arena.h"
#include "hydraulics/normal_bounds.h"
#include "hydraulics/xsect.h"
#include "thalweg/status.h"

#include <stdint.h>

/* A row is a cell of even depth: three parabolas c0 + f (c1 + f c2), 0 <= f <= 1 in the cell, of
 * area, width and radius (or wetted perimeter) over their full values. Sections of one shape and one
 * proportion share rows. */
enum { TW_GEOMETRY_ROW = 9 };

struct tw_geometry {
    int32_t count; /* sections, as in model.xsects */
    /* per section */
    const double **first_row;
    const double *
        *critical_of;         /* flows of tw_xsect_critical_flows over critical_flow_m3s, or NULL */
    const double **normal_of; /* tw_normal_bounds_fill, or NULL */
    int32_t *cells;
    bool *
        by_perimeter; /* the third parabola is the wetted perimeter, whose scale is radius_m then */
    bool *outline;    /* the rows are near the shape only: the kernels ask the shape itself */
    double *cells_per_m;
    double *full_depth_m, *area_m2, *width_m, *radius_m; /* scales of the rows */
    double *critical_flow_m3s;
    double *frozen_depth_m, *frozen_width_m; /* closed sections: width above this depth is fixed */
};

/** Area, top width and hydraulic radius at one depth. */
struct tw_cut {
    double area_m2, width_m, radius_m;
};

/**
 * Make the tables of all sections of a model.
 *
 * xsects   [model.xsects.count] geometry of each
 * crown    TW_CROWN_CUTOFF_...: where widths are frozen, over the full depth
 * errors   TW_ERR_NOMEM
 */
tw_status tw_geometry_init(struct tw_geometry *out, const struct tw_model *model,
                           const struct tw_xsect *xsects, double crown, struct tw_arena *arena);

#endif
