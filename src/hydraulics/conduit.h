/* Of conduits, what is too rare for vectors: called slot by slot by the kernels. */
#ifndef TW_HYDRAULICS_CONDUIT_H
#define TW_HYDRAULICS_CONDUIT_H

#include "hydraulics/network.h"

/**
 * Depth at which water of one barrel drops freely into a node [m]: the lower one of normal and
 * critical depth.
 *
 * roughness  as in struct tw_hydraulics
 * depth_m    at the conduit's end; below 0 where it is dry
 * returns    where depth_m is not below the drop, any depth that is no higher
 */
double tw_conduit_drop(const struct tw_network *net, int32_t row, double flow_m3s, double roughness,
                       double depth_m);

/* Normal and critical depth, the lower one first. */
struct tw_fall {
    double low_m, high_m;
};

/**
 * Normal and critical depth of one barrel, as far as a depth at the conduit's end has to be compared
 * with them.
 *
 * roughness  as in struct tw_hydraulics
 * depth_m    at the end; below 0 where it is dry
 * returns    depths that depth_m compares with as with the true ones; the lower one is true where
 *            depth_m is below it, both are where it is between
 */
struct tw_fall tw_conduit_fall(const struct tw_network *net, int32_t row, double flow_m3s,
                               double roughness, double depth_m);

/** Width of Sjoberg's slot over the greatest width, at a depth over the full one; 0 below it.
 *  source: SWMM Reference Manual II, 3.3.6 */
double tw_conduit_slot_ratio(double depth_ratio);

/** Area, width and radius of a conduit whose rows are only near its shape. */
struct tw_cut tw_conduit_cut(const struct tw_network *net, int32_t row, double depth_m);

/**
 * Friction slope term of a force main that runs full, friction slope times g over velocity.
 *
 * speed_mps  >= 0
 * radius_m   hydraulic radius in the middle
 * returns    [1/s]
 */
double tw_conduit_pressed_friction(const struct tw_network *net, int32_t row, double speed_mps,
                                   double radius_m);

/**
 * Limit the flow of a conduit that is a culvert to what its inlet lets in.
 *
 * head1_m   elevation of the water upstream
 * q_m3s     of one barrel, above 0; lowered where the inlet controls
 * dqdh_m2s  of one barrel; set where the inlet controls
 * returns   true where it does
 */
bool tw_conduit_limit_at_inlet(const struct tw_network *net, int32_t row, double head1_m,
                               double *q_m3s, double *dqdh_m2s);

#endif
