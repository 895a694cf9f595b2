/* What a run's text report says of its nodes and links: greatest values and when, times in a state,
 * volumes. Added up at every routing step. All that moves lies in the pool, without pointers, lanes
 * innermost: x[element * lanes + lane]; links are in the rows of struct tw_network. */
#ifndef TW_ENGINE_STATISTICS_H
#define TW_ENGINE_STATISTICS_H

#include "base/arena.h"
#include "base/pool.h"
#include "hydraulics/state.h"
#include "hydrology/hydrology.h"
#include "io/report.h"

#include <stdbool.h>
#include <stdint.h>

/* One for all lanes. */
struct tw_statistics_clock {
    double report_start_day;
    double reported_s; /* of the steps since then */
    int64_t reported_steps;
    /* steps since the run began that were computed; those skipped as steady only add to steady_s */
    int64_t steps;
    double computed_s, steady_s, min_step_s, max_step_s;
    double step_bound_s[TW_REPORT_STEP_CLASSES + 1]; /* falling */
    int64_t step_count[TW_REPORT_STEP_CLASSES];
    /* the solver's counters when the run began and after the last step */
    int64_t first_trials, first_unconverged, seen_steps, seen_unconverged;
    bool begun; /* past the first step, which is not counted in min_step_s and step_count */
};

/* [nodes * lanes] unless said otherwise */
struct tw_node_statistics {
    /* since the run began */
    double *initial_m3;
    double *inflow_m3, *outflow_m3; /* out: overflow that is lost included */
    double *last_outflow_m3s;       /* at the end of the last step */
    double *critical;               /* [nodes] steps whose length it set */
    double *unsettled;              /* steps that ended before its depth settled */
    /* since the report's start */
    double *depth_sum_m; /* of one depth per step */
    double *max_depth_m, *max_depth_day;
    double *max_lateral_m3s, *lateral_m3; /* greatest by its absolute value */
    double *max_inflow_m3s, *max_inflow_day;
    double *surcharged_s;
    double *flooded_s, *flooded_m3, *max_flooding_m3s, *max_flooding_day, *max_ponded_m3;
    double *max_reported_m; /* [nodes] */
    /* fixed: depth from which on it is surcharged; volume at full depth */
    double *surcharge_m, *full_m3;
};

/* [links * lanes], by row */
struct tw_link_statistics {
    double *critical; /* [links] steps whose length it set, since the run began */
    double *max_flow_m3s, *max_flow_day, *max_depth_m;
    double *turns, *last_sign; /* of the change of flow: -1, 1; 0 before the first step */
};

/* [conduits * lanes], by row */
struct tw_conduit_statistics {
    /* booked when the mode changes: flow class, limited by normal flow, full ends */
    double *class_s; /* [(row * lanes + lane) * TW_REPORT_FLOW_CLASSES + class] */
    double *normal_limited_s, *inlet_controlled_s, *both_full_s, *upstream_full_s,
        *downstream_full_s;
    double *mode_since_s; /* reported time up to which they are booked */
    uint8_t *mode;        /* from then on */
    double *max_velocity_mps, *above_full_flow_s, *capacity_limited_s;
};

/* [pumps * lanes]; of the steps in which it runs */
struct tw_pump_statistics {
    double *steps, *on_s, *startups;
    double *flow_sum_m3s, *min_m3s, *volume_m3, *energy_j;
    double *below_curve_s, *above_curve_s;
};

/* [storages * lanes] */
struct tw_storage_statistics {
    double *sum_m3; /* of one volume per step */
    double *max_m3, *max_day, *max_outflow_m3s;
    double *evaporated_m3, *seeped_m3;
};

/* [outfalls * lanes] */
struct tw_outfall_statistics {
    double *flowing_steps, *flow_sum_m3s, *max_m3s;
    double *system_max_m3s; /* [lanes] of all outfalls together */
};

struct tw_statistics {
    const struct tw_model *model;
    const struct tw_network *net;
    struct tw_threads *threads; /* borrowed; NULL: the caller's alone */
    int32_t lanes;
    /* where the run's routing steps are not those of the model's file: to be set before begin */
    double routing_step_s, minimum_step_s; /* 0: as the file says */
    void *block;                           /* all arrays, in the pool */
    size_t block_size;
    struct tw_statistics_clock *clock; /* [1] */
    struct tw_node_statistics node;
    struct tw_link_statistics link;
    struct tw_conduit_statistics conduit;
    struct tw_pump_statistics pump;
    struct tw_storage_statistics storage;
    struct tw_outfall_statistics outfall;
};

/** Put the arrays into a pool; called twice, first with a pool that only counts. */
void tw_statistics_lay(struct tw_statistics *s, const struct tw_model *model,
                       const struct tw_network *net, int32_t lanes, struct tw_pool *state);

/**
 * Set everything to the start of a run.
 *
 * h                 at its beginning
 * start_day         of the run, decimal days since 1899-12-30
 * report_start_day  steps that end before it count only in the balances and the step lengths
 */
void tw_statistics_begin(struct tw_statistics *s, const struct tw_hydraulics *h, double start_day,
                         double report_start_day);

/**
 * Take account of a routing step. A step in which the solver did not run (its clock stands) counts
 * as skipped because the flow is steady.
 *
 * dt_s    its length
 * day     at its end
 * source  SWMM 5.2.4, Status and Summary Reports
 */
void tw_statistics_step(struct tw_statistics *s, const struct tw_hydraulics *h, double dt_s,
                        double day);

/**
 * Take account of depths that were written to the results.
 *
 * depth_m  depth of node i at depth_m[i * stride], lane 0
 */
void tw_statistics_reported(struct tw_statistics *s, const double *depth_m, int32_t stride);

/**
 * What a report says of nodes, storages, outfalls, links, pumps, steps and the worst of them. The
 * other members of the report stay as they are.
 *
 * h       as it is at the end
 * arena   owns the arrays
 * errors  TW_ERR_NOMEM
 */
tw_status tw_statistics_report(const struct tw_statistics *s, const struct tw_hydraulics *h,
                               struct tw_arena *arena, struct tw_report *out_report);

/**
 * What a report says of rain, runoff and subcatchments; nothing when there is no runoff to report.
 *
 * arena   owns the arrays
 * errors  TW_ERR_NOMEM
 */
tw_status tw_statistics_report_runoff(const struct tw_hydrology *h, struct tw_arena *arena,
                                      struct tw_report *out_report);

#endif
