/* A conduit by itself, without dynamic waves: what leaves it when this much enters. */
#ifndef TW_HYDRAULICS_KINEMATIC_H
#define TW_HYDRAULICS_KINEMATIC_H

#include "hydraulics/xsect.h"

/* One barrel of a conduit. */
struct tw_kinematic_reach {
    const struct tw_xsect *xsect;
    double length_m;
    double full_flow_m3s;
    double beta; /* flow = beta times section factor */
};

/* Flow and wetted area at both ends of one barrel. */
struct tw_kinematic_ends {
    double entry_m3s, entry_m2, exit_m3s, exit_m2;
};

/**
 * One step of the kinematic wave.
 *
 * inflow_m3s  into the barrel, >= 0; what is beyond the full flow does not enter
 * loss_m3s    evaporation and seepage on the way, >= 0
 * ends        at the beginning; on return at the end of the step
 * returns     areas that the search for the exit looked at, 1 without a search
 * source      SWMM Reference Manual II, 4.2: implicit finite differences of continuity, weighted by
 *             0.6 in space and time, flow by Manning's equation
 */
int32_t tw_kinematic_step(const struct tw_kinematic_reach *reach, double inflow_m3s,
                          double loss_m3s, double dt_s, struct tw_kinematic_ends *ends);

/**
 * Steady flow: what enters leaves at once, less losses; arguments as of tw_kinematic_step. What is
 * beyond the full flow does not enter.
 */
void tw_steady_step(const struct tw_kinematic_reach *reach, double inflow_m3s, double loss_m3s,
                    struct tw_kinematic_ends *ends);

#endif
