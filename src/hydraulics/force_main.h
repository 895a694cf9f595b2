/* Friction in a pressurised force main. SWMM Reference Manual II, 7.3. */
#ifndef TW_HYDRAULICS_FORCE_MAIN_H
#define TW_HYDRAULICS_FORCE_MAIN_H

#include "hydraulics/xsect.h"
#include "model/model.h"

/** Manning roughness that gives a force main running just full the same flow at a slope [-]. */
double tw_force_main_roughness(enum tw_force_main equation, const struct tw_xsect *x,
                               double slope_ratio);

/**
 * Friction slope term of the momentum equation, friction slope times g over velocity.
 *
 * velocity_mps      >= 0
 * radius_m          hydraulic radius
 * length_factor     by which the conduit was lengthened, >= 1
 * returns           [1/s]
 */
double tw_force_main_friction(enum tw_force_main equation, const struct tw_xsect *x,
                              double velocity_mps, double radius_m, double length_factor);

#endif
