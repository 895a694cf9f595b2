/* What moves in the network: depths, flows, volumes. Arrays have lanes innermost,
 * x[element * lanes + lane]; links are in the rows of struct tw_network. "Old" is the end of the
 * routing step before, the bare name the present estimate. */
#ifndef TW_HYDRAULICS_STATE_H
#define TW_HYDRAULICS_STATE_H

#include "base/pool.h"
#include "hydraulics/network.h"

#include <stdbool.h>
#include <stdint.h>

/* [nodes * lanes] */
struct tw_node_state {
    double *depth_m, *old_depth_m;
    double *volume_m3, *old_volume_m3;
    double *inflow_m3s, *old_inflow_m3s; /* all that comes in */
    double *outflow_m3s;                 /* all that goes out but overflow */
    double *old_net_inflow_m3s;
    double *lateral_m3s, *old_lateral_m3s; /* from outside the network; negative: taken out */
    double *overflow_m3s;                  /* floods, or goes into the pond above the node */
    double *losses_m3s;                    /* evaporation and seepage of storages */
    double *shaft_m3; /* semi-implicit: in the node's shaft, and left over by the last step */
    double *open_surface_m2; /* surface area when it was last not surcharged */
    double *rise_mps;        /* |rate of depth| in the last step */
};

/* [links * lanes], by row */
struct tw_link_state {
    double *flow_m3s, *old_flow_m3s; /* all barrels */
    double *depth_m, *old_depth_m;
    double *volume_m3, *old_volume_m3;
    double *setting, *target;
    double *dqdh_m2s;                  /* of regulators */
    double *surface1_m2, *surface2_m2; /* of regulators: lent to the end nodes */
    double *froude;
    uint8_t *flow_class; /* enum tw_flow_class */
    uint8_t *full;       /* conduits: 1 upstream end full, 2 downstream, 3 both */
    uint8_t *limited; /* conduits: 1 held to normal flow, 2 by a culvert's inlet, in the last step
                            in which they had water */
};

/* [conduits * lanes], by row, of one barrel */
struct tw_conduit_state {
    double *flow_m3s;
    double *area_m2, *old_area_m2; /* at mid-length */
    double *loss_m3s;              /* evaporation and seepage in the present step */
    double *evaporation_m3s;       /* the part of it that evaporates */
    /* steady and kinematic wave only; flow_m3s is then that of the exit */
    double *entry_m3s, *entry_m2, *exit_m2;
};

/* What an end of a conduit does to its node. */
enum { TW_END_INFLOW, TW_END_OUTFLOW, TW_END_SURFACE, TW_END_DQDH, TW_END_PARTS };

/* How a conduit was at its last evaluation: bits 0-2 enum tw_flow_class, 3-4 its full ends, 5 whether
 * it was held to normal flow, 6 whether by a culvert's inlet, 7 whether nothing could flow. */
enum {
    TW_MARK_CLASS = 7,
    TW_MARK_FULL = 3, /* the first of their two bits */
    TW_MARK_FULL1 = 8,
    TW_MARK_FULL2 = 16,
    TW_MARK_LIMITED = 32,
    TW_MARK_INLET = 64,
    TW_MARK_IDLE = 128
};

/* Ranges of a loop that threads share begin at multiples of this (tw_threads_for). */
enum { TW_RANGE = 64 };

/* Sums of one iteration; not part of what is saved. */
struct tw_node_sums {
    double *surface_m2, *dqdh_m2s; /* [nodes * lanes], where other links than conduits end */
    /* [ends of conduits + 1][TW_END_PARTS][lanes], in the order of node_first; the last is nothing */
    double *ends;
    int64_t *marks;            /* [conduits * lanes] */
    uint8_t *settled;          /* [nodes * lanes] depth moved less than the tolerance */
    uint8_t *range_settled;    /* [nodes / TW_RANGE + 1][lanes] all depths of a range settled */
    uint8_t *converged, *done; /* [lanes] all depths settled; no further iteration in this step */
};

/* Counters since the run began and what the next step needs. */
struct tw_routing_clock {
    double variable_step_s; /* of the last step; 0 before the first */
    int32_t critical;       /* what set it: row + 1, or -(node + 1); 0: neither */
    int64_t steps, trials, unconverged_steps;
};

struct tw_hydraulics {
    const struct tw_model *model;
    const struct tw_network *net;
    struct tw_threads *threads; /* borrowed; NULL: the caller's alone */
    int32_t lanes;
    struct tw_node_state node;
    struct tw_link_state link;
    struct tw_conduit_state conduit;
    struct tw_node_sums sums;
    struct tw_routing_clock *clock; /* [lanes]; step lengths are the same in all of them */
    double *roughness; /* [lanes] factor of the roughness of all conduits but full force mains */
    /* boundary values of the present step */
    double *outfall_stage_m; /* [outfalls * lanes] elevation; fixed, tidal and series kinds */
    uint8_t *outfall_held;   /* same shape: 1 the stage was set from outside, whatever the kind */
    double evaporation_mps;  /* from open water */
    double soil_ratio;       /* the month's factor of seepage; 1: as the file says */
    double *storage_evaporation_m3s, *storage_seepage_m3s; /* [storages * lanes] */
    double *storage_soaking_m3s; /* same shape: what the soil would take; set from outside */
};

/**
 * Put the arrays into pools; called twice, first with pools that only count.
 *
 * state    what a saved run holds
 * scratch  what is worked out anew in every step
 */
void tw_hydraulics_lay(struct tw_hydraulics *h, const struct tw_model *model,
                       const struct tw_network *net, int32_t lanes, struct tw_pool *state,
                       struct tw_pool *scratch);

/** Set depths, flows and volumes to the start of a run. outfall_stage_m holds the first stages. */
void tw_hydraulics_begin(struct tw_hydraulics *h);

#endif
