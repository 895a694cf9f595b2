/* What orifices, weirs and outlets have in common: heads, crest, flap gate. */
#ifndef TW_HYDRAULICS_LINK_HEADS_H
#define TW_HYDRAULICS_LINK_HEADS_H

#include "hydraulics/regulators.h"

#include <stdbool.h>
#include <stdint.h>

/* The higher end is "up", whichever node it is. */
struct tw_link_heads {
    double up_m, down_m; /* elevations of the water */
    double up_depth_m;   /* of the higher end's node */
    double crest_m;      /* elevation of the bottom of the fully open opening */
    double direction;    /* 1: node 1 is up; -1: node 2 is */
};

/**
 * Heads at a link.
 *
 * Where heads downstream are not computed (steady and kinematic wave routing) the tail water is at
 * the invert of node 1. With dynamic waves, a crest below the invert of node 2 is raised to it.
 */
struct tw_link_heads tw_link_heads_of(const struct tw_model *model, int32_t link,
                                      const struct tw_link_ends *ends);

/** True when flow in a direction would shut the link's flap gate or that of an outfall it comes
 * from. */
bool tw_link_gate_shut(const struct tw_model *model, int32_t link, double direction);

/**
 * Head that water loses by holding a flap gate open.
 *
 * returns  [m]
 * source   SWMM Reference Manual II, 6.2 (Armco Water Control Gates, 1978)
 */
double tw_flap_gate_loss(double velocity_mps, double head_m);

/**
 * Villemonte's factor of a weir's flow under back water.
 *
 * ratio   of the tail water's depth above the crest to the head water's, 0..1
 * power   of the depth in the weir's free flow
 * source  SWMM Reference Manual II, 6.3
 */
double tw_villemonte_factor(double ratio, double power);

/** How water stands when the tail water is above or below the crest. */
enum tw_flow_class tw_link_class_of(const struct tw_link_heads *heads, double crest_m);

#endif
