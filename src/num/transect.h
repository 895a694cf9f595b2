/* Tables of area, radius and width of a cross-section that is given by surveyed points. */
#ifndef TW_NUM_TRANSECT_H
#define TW_NUM_TRANSECT_H

#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

enum { TW_TRANSECT_TABLE = 51, TW_STREET_POINTS = 7 };

/* Points from left to right; the ground between them is straight. Walls rise from the end points to
 * the highest point, upright or over a width outside them. All lengths are in one unit, which those
 * of the table are in, too. In feet its rounding is SWMM's: whether level ground at the height of a
 * line of the table is under water there depends on it. */
struct tw_transect {
    int32_t count;
    const double *station; /* [count] not falling */
    const double *elevation;
    double left_bank, right_bank;      /* stations where the overbanks end and begin */
    double n_left, n_right, n_channel; /* Manning's; the channel's already lengthened */
    double left_wall, right_wall;      /* widths of the end walls; 0: upright */
    double top;                        /* of the walls, if above all points */
    bool even; /* lines at even depths up to the top, without that rounding */
};

/* Values at TW_TRANSECT_TABLE even depths, over the value at the full depth. */
struct tw_transect_table {
    double full_depth, full_area, full_radius, max_width;
    double *area, *radius, *width; /* [TW_TRANSECT_TABLE] each, borrowed */
};

/**
 * Tables of a transect.
 *
 * The radius is that of a section with the channel's roughness throughout which carries the same
 * flow as the parts with their own roughness together. A channel longer or shorter than its flood
 * plain by a factor: pass n_channel times the factor's square root.
 *
 * table    its three arrays are filled, its values set; untouched on failure
 * errors   TW_ERR_ARG less than two points, no height or width, falling stations, banks crossed or
 *          roughness not above 0
 * source   SWMM Reference Manual II, 5.3.2. SWMM divides by 1.49 where it multiplied by 1.486:
 *          its radii are 0.4 % low, and so are these.
 */
tw_status tw_transect_tables(const struct tw_transect *transect, struct tw_transect_table *table);

/* [STREETS]: half or whole of a street between kerbs, with a strip behind each kerb. */
struct tw_street {
    double crown_ft;    /* from kerb to crown */
    double curb_ft;     /* kerb height */
    double slope_ratio; /* of the carriageway across */
    double roughness;
    double gutter_depth_ft, gutter_width_ft; /* the gutter's additional depth at the kerb */
    int32_t sides;                           /* 1 or 2 */
    double back_width_ft, back_slope_ratio, back_roughness; /* width 0: none */
};

/**
 * A street as a transect, in feet.
 *
 * station      [TW_STREET_POINTS] room for its points, borrowed by out_transect; elevation too
 * source       SWMM User's Manual 5.2, [STREETS]
 */
void tw_transect_of_street(struct tw_transect *out_transect, const struct tw_street *street,
                           double *station, double *elevation);

#endif
