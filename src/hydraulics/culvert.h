/* Culverts: what their inlet lets in. */
#ifndef TW_HYDRAULICS_CULVERT_H
#define TW_HYDRAULICS_CULVERT_H

#include "hydraulics/xsect.h"

#include <stdbool.h>
#include <stdint.h>

enum { TW_CULVERT_CODES = 57 };

/**
 * Limit a conduit's flow to what its inlet lets in.
 *
 * code        of the inlet, 1..57 as in [XSECTIONS]; any other: nothing is limited
 * slope       of the conduit [m/m], positive downhill
 * depth_m     of the water upstream above the conduit's invert; above the crown when submerged
 * flow_m3s    of one barrel, above 0; lowered where the inlet controls
 * dqdh_m2s    its derivative by the head upstream; set where the inlet controls
 * returns     true where the inlet controls
 * source      SWMM Reference Manual II, 7.4; FHWA Hydraulic Design Series 5
 */
bool tw_culvert_limit(const struct tw_xsect *xsect, int32_t code, double slope, double depth_m,
                      double *flow_m3s, double *dqdh_m2s);

#endif
