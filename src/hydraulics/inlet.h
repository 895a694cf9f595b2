/* Inlets: how much of a street's or channel's flow drops into the sewer below. */
#ifndef TW_HYDRAULICS_INLET_H
#define TW_HYDRAULICS_INLET_H

#include "hydraulics/constants.h"
#include "hydraulics/network.h"

#define TW_INLET_LEAST_FLOW_M3S (1e-3 * TW_FOOT3_M3) /* less in a street is left there */

/* An inlet in its conduit. HEC-22's formulas have coefficients for feet, so this is in feet, cfs. */
struct tw_inlet_site {
    const struct tw_model *model;
    const struct tw_inlet *inlet;
    const struct tw_inlet_design *design;
    const struct tw_xsect *xsect;
    double slope, cross_slope, roughness; /* of the conduit; across it; Manning's n */
    double depression_ft, gutter_ft;      /* at the kerb below the cross slope; its width */
    double crown_ft;                      /* kerb to crown: the water is not wider */
    double spread_factor;                 /* flow of a plain gutter is this times spread^(8/3) */
    int32_t sides;
    bool by_depth; /* takes what it would at a sag */
    bool strict;   /* gutters by HEC-22 where SWMM is wrong */
};

/** What the formulas need of an inlet. */
void tw_inlet_site_init(struct tw_inlet_site *out, const struct tw_network *net,
                        const struct tw_inlet *inlet);

/** Whether the flow that arrives is too little to be looked at. */
bool tw_inlet_is_idle(const struct tw_inlet_site *site, double flow_m3s);

/**
 * Flow captured on a continuous grade, by all inlets of a conduit one after the other.
 *
 * flow_m3s   that arrives, all sides, >= 0
 * depth_m    at the conduit's end; what drop kerb inlets go by
 * returns    0..flow_m3s [m3/s]
 * source     HEC-22 3rd edition, 4.4.4 (equations 4-15 to 4-24); SWMM Reference Manual II
 *            addendum, 7.6
 */
double tw_inlet_grade_m3s(const struct tw_inlet_site *site, double flow_m3s, double depth_m);

/**
 * Flow captured at a sag, by all inlets of a conduit; custom ones with a rating curve do so wherever
 * they are, those with a diversion curve nowhere.
 *
 * depth_m    of the water at the node
 * sides      of the street that have inlets
 * returns    >= 0 [m3/s]
 * source     HEC-22 3rd edition, 4.4.5 (equations 4-26 to 4-33)
 */
double tw_inlet_sag_m3s(const struct tw_inlet_site *site, double depth_m, int32_t sides);

#endif
