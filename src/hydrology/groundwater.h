/* Groundwater below subcatchments: an upper zone that is moist and a lower one that is full, with
 * infiltration, evaporation, percolation, loss to the deep, and flow to or from a node.
 * source: SWMM Reference Manual I, chapter 5. */
#ifndef TW_HYDROLOGY_GROUNDWATER_H
#define TW_HYDROLOGY_GROUNDWATER_H

#include "base/pool.h"
#include "model/model.h"

#include <stdint.h>

/* What a node has at the moment, for water that goes to it or comes from it. */
struct tw_ground_node {
    double depth_m, inflow_m3s, volume_m3;
};

/* What a report says of a row since the run began; depths over its subcatchment. */
struct tw_ground_totals {
    double infiltrated_m, evaporated_m, deep_m, flow_m;
    double most_flow_mps;        /* to the node, by its size */
    double moisture_s, table_ms; /* moisture, elevation of the water table, times time */
    double time_s;
};

/* What moves, [ground * lanes + lane]; rates are per area of the subcatchment. */
struct tw_ground_state {
    const struct tw_model *model;
    int32_t lanes;
    double *moisture_ratio;    /* of the upper zone */
    double *depth_m;           /* of the lower zone */
    double *old_mps, *new_mps; /* flow to the node at the two runoff times */
    double *evaporation_mps;
    double *room_m; /* infiltration that the upper zone can still take, per pervious area */
    double *conductivity_mps; /* of the upper zone when water percolated last; 0: never */
    /* Expressions ask for K, and that is the first row's conductivity_mps for all: SWMM has but one. Rows
     * are then stepped in the order of their subcatchments. */
    bool one_conductivity;
    /* since the run began [m3], [lanes] */
    double *infiltrated_m3, *evaporated_m3, *deep_m3, *flow_m3, *initial_m3;
    double *lower_evaporated_m3; /* the part of the lower zone */
    struct tw_ground_totals *each;
};

/** Put the arrays into a pool; called twice, as tw_hydrology_lay. */
void tw_ground_lay(struct tw_ground_state *g, const struct tw_model *model, int32_t lanes,
                   struct tw_pool *state);

/** The row of a subcatchment; -1: none. */
int32_t tw_ground_row(const struct tw_model *model, int32_t subcatchment);

/** Set everything to the start of a run. */
void tw_ground_begin(struct tw_ground_state *g);

/* What a runoff step did on the surface of a subcatchment [m3/s]. */
struct tw_ground_weather {
    double infiltration_m3s;
    double surface_evaporation_m3s;
    double evaporation_mps; /* potential rate */
    int month;              /* 1..12 */
};

/** Advance the groundwater of a row in a lane by a runoff step. */
void tw_ground_step(struct tw_ground_state *g, int32_t ground, int32_t lane,
                    const struct tw_ground_weather *weather, struct tw_ground_node node,
                    double dt_s);

/**
 * Add the flows that nodes get at a routing time.
 *
 * f            0..1 between the two runoff times
 * lateral_m3s  [node * lanes + lane] is added to
 * flow_m3s     [lanes] sum over all nodes, is set
 */
void tw_ground_node_inflow(const struct tw_ground_state *g, double f, double *lateral_m3s,
                           double *flow_m3s);

/** Water in both zones of a lane now [m3]. */
double tw_ground_storage_m3(const struct tw_ground_state *g, int32_t lane);

/** Part of the groundwater that its balance does not explain [ratio]. */
double tw_ground_error_ratio(const struct tw_ground_state *g, int32_t lane);

#endif
