/* The parts of the semi-implicit method: flows of links as functions of the heads at their ends,
 * and volumes of nodes as functions of their depths, both with derivatives. */
#ifndef TW_HYDRAULICS_SEMI_PARTS_H
#define TW_HYDRAULICS_SEMI_PARTS_H

#include "hydraulics/semi_implicit.h"
#include "num/sparse.h"

#include <stdbool.h>
#include <stdint.h>

/* Cross-section of the shaft of a node from its lowest conduit on [m2]: so little that it holds no
 * water to speak of, but the head of a node whose conduits are dry or full is still one number.
 * Below its lowest conduit a node is a sump of the model's least surface area. */
#define TW_SEMI_SHAFT_M2 0.01
/* Area of what floods from a node [m2]: its head stands as good as still while water leaves. */
#define TW_SEMI_FLOOD_M2 1e5
/* Depth below which a flow fades out, so that none leaves a dry bed [m]. */
#define TW_SEMI_FADE_M 0.002

/** A flow from node 1 to node 2 [m3/s] and its derivatives by their heads [m2/s]. */
struct tw_semi_flow {
    double flow_m3s;
    double by_head1_m2s; /* >= 0 */
    double by_head2_m2s; /* <= 0 */
};

/** Wetted areas of a conduit's ends (one barrel) and widths as slopes of the area [m]. */
struct tw_semi_ends {
    double area1_m2, area2_m2, width1_m, width2_m;
};

/* What sets the depth at an outfall: its stage; the flow, by where it falls freely; the flow, by
 * normal depth. */
enum tw_semi_exit { TW_SEMI_EXIT_HELD, TW_SEMI_EXIT_DROP, TW_SEMI_EXIT_NORMAL };

/* Work space; arrays of one lane. */
struct tw_semi {
    const struct tw_network *net;
    struct tw_sparse pattern;
    struct tw_sparse_system system;
    int32_t *slot; /* [links] */
    int32_t lane;
    double roughness; /* factor of the lane */
    double dt_s;      /* of the part of the step that is being computed */
    /* [nodes] */
    double *sump_m;        /* depth of the lowest conduit; 0 of storages */
    double *depth_m;       /* present estimate; outfalls: of their conduit's flow or stage */
    double *before_m;      /* at the beginning of the part */
    double *held_m3;       /* volume at its beginning, all that flows in by itself included */
    double *volume_m3;     /* at the estimate */
    double *wanted_m;      /* correction that the trial before asked for */
    double *last_m;        /* depth that it began with */
    double *slope_m2;      /* its derivative */
    double *withdrawn_m3s; /* wanted from outside, >= 0 */
    double *gain_m3s;      /* net inflow through links at the estimate */
    double *flooded_m3;    /* left in this step */
    uint8_t *open_exit;    /* outfalls: enum tw_semi_exit */
    /* [links], by row */
    struct tw_semi_flow *flow;
    double *before_m3s;
    /* [conduits], by row */
    struct tw_semi_ends *ends;
    double *before_m2; /* area at mid-length at the beginning of the part */
    double *widest_m;  /* depth where the volume turns from convex to concave */
    double *mouth_m3;  /* [outfalls] water that went out in this step */
};

/** Area at a depth and its derivative, exactly that of the routing tables. */
void tw_semi_conduit_ends(const struct tw_semi *semi, int32_t row);

/** Flow of a conduit at the present estimate; leaves what reports show in the state. */
void tw_semi_conduit_flow(struct tw_semi *semi, struct tw_hydraulics *h, int32_t row);

/** Flow of a pump, orifice, weir, outlet or dummy conduit at the present estimate. */
void tw_semi_regulator_flow(struct tw_semi *semi, struct tw_hydraulics *h, int32_t row);

/** Set volume_m3 and slope_m2 of all nodes at the present estimate, and the conduits' ends. */
void tw_semi_volumes(struct tw_semi *semi);

/** Water in the shaft and sump of a node at a depth [m3]. */
double tw_semi_shaft_m3(const struct tw_semi *semi, int32_t node, double depth_m);

/** 0 at a dry bed, 1 from the fading depth on. */
static inline double tw_semi_fade(double depth_m)
{
    if (!(depth_m > 0.0)) return 0.0;
    return depth_m < TW_SEMI_FADE_M ? depth_m / TW_SEMI_FADE_M : 1.0;
}

#endif
