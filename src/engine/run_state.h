/* What a run is made of. Everything that moves lies in one stretch of memory, `state`: saving a
 * run is a copy of it. Pointers are outside. A group of a batch is a run of several lanes without
 * results: clocks are shared, everything that has water in it is per lane. */
#ifndef TW_ENGINE_RUN_STATE_H
#define TW_ENGINE_RUN_STATE_H

#include "base/arena.h"
#include "base/file.h"
#include "control/control.h"
#include "engine/statistics.h"
#include "hydraulics/dynwave.h"
#include "hydraulics/semi_implicit.h"
#include "hydraulics/state.h"
#include "hydrology/hydrology.h"
#include "hydrology/inflows.h"
#include "hydrology/rdii.h"
#include "io/out.h"
#include "quality/quality.h"
#include "thalweg/run.h"

/* Rates at the end of a step, one set per lane [m3/s]. */
struct tw_flow_rates {
    double dry_m3s, wet_m3s, ground_m3s, rdii_m3s, external_m3s, outflow_m3s, flooding_m3s;
    double evaporated_m3s, seeped_m3s; /* of storages and conduits */
};

/* Clock and balance; per lane where it says so. */
struct tw_run_clock {
    double start_day;
    double elapsed_ms, end_ms;
    double old_ms;    /* where the last step began */
    double report_ms; /* next report time */
    double rule_ms;   /* next evaluation of rules; only with a rule step */
    double least_step_s, most_step_s;
    int32_t next_event; /* of the model's events, that goes on or comes next */
    bool between_events;
};
struct tw_run_sums {            /* per lane */
    struct tw_flow_rates rates; /* at the end of the last step */
    double dry_m3, wet_m3, ground_m3, rdii_m3, external_m3, outflow_m3, flooding_m3, evaporated_m3,
        seeped_m3;
    double initial_m3, nudged_m3;
};

/* Values of a report time, [element][variable]; averages add up in them. */
struct tw_run_values {
    double *subcatchment, *node, *link;
    int32_t subcatchment_width, node_width, link_width; /* with a value for each pollutant */
    double system[15];
};

/* Where the arrays of a state lie, as they are and as they would be with one lane: what grew with
 * the lanes is per lane, the rest is shared. */
struct tw_state_map {
    int32_t count;
    struct tw_pool_span *wide, *narrow; /* [count] */
};

/* What an inlet did since the report's start: numbers of steps, most with flow in its street. */
struct tw_inlet_tally {
    double flowing, taking, backing, passing;
    double taken_ratio; /* sum over the steps when it took some */
    double peak_m3s, peak_ratio;
};

struct tw_run {
    const struct tw_model *model;
    const struct tw_network *net;
    tw_run_options options;
    struct tw_routing_options routing;
    struct tw_arena arena;
    struct tw_threads *threads; /* NULL: the caller's alone */
    int32_t lanes;
    char *state;
    size_t state_size;
    size_t core_size;   /* of state without what only a report needs, which comes last */
    size_t narrow_size; /* of the core with one lane */
    struct tw_state_map map;
    bool reporting; /* results or a report are written */

    struct tw_hydrology hydrology;
    struct tw_inflows_run inflows;
    struct tw_rdii rdii;
    struct tw_control control;
    struct tw_hydraulics hydraulics;
    struct tw_quality quality;
    struct tw_semi *semi; /* NULL: routed by the dynamic wave */
    struct tw_statistics statistics;
    struct tw_run_clock *clock; /* [1] */
    struct tw_run_sums *sums;   /* [lanes] */
    double *outer_inflow_m3s;   /* [nodes * lanes] set by the caller */
    int32_t *stage_cursor;      /* [outfalls] in the stage's time series */
    bool *inlet_node;           /* [nodes] inlets lead there; with inlets only */
    int32_t *inlet_sides;       /* [lanes] of the street of the inlet computed last */
    double *inlet_flow_m3s;     /* [inlets * lanes] into the sewer in the last step */
    double *inlet_lateral_m3s;  /* [nodes * lanes] what that adds to lateral inflow; with inlets */
    double *inlet_supply_m3s;   /* [nodes * lanes] that comes to them; without dynamic waves */
    struct tw_inlet_tally *inlet_tally; /* [inlets]; only for the report */
    double *soak;                       /* of the soil under storages: exfiltration.c */
    double *average;        /* sums of values since the last report; only with averages */
    int64_t *average_steps; /* [1] */

    /* rebuilt at every use */
    struct tw_inflow_sums *inflow_sums; /* [lanes] */
    double *wet_m3s, *ground_m3s;       /* [lanes] over all nodes */
    bool *failed;                       /* [lanes] its state was no longer finite */
    struct tw_run_values values;
    int32_t *ruled; /* [ruled_count] links that rules look at or set, in the model's order */
    int32_t ruled_count;
    double *view_flow, *view_depth, *view_velocity, *view_setting, *view_target; /* by link */
    double *view_full_flow, *view_full_depth, *view_slope;                       /* [links] */

    tw_out *out;
    tw_outfile *outflows;    /* of [FILES] SAVE OUTFLOWS; NULL: none */
    tw_outfile *rdii_file;   /* of SAVE RDII */
    double *rdii_flow_m3s;   /* [rows of RDII] of a time */
    tw_outfile *runoff_file; /* of SAVE RUNOFF */
    double *runoff_value;    /* [subcatchments * width] of a runoff step */
    int64_t runoff_steps;    /* in the file */
    bool *is_outlet;         /* [nodes] whose flows it gets */
    struct tw_lid_report *lid_reports;
    int32_t lid_report_count;
    const char *lost_lid_report; /* path of one that could not be made; NULL: none */
    struct tw_report_action *actions;
    int64_t action_count, action_room;
    char *report_path;
    char *series_path; /* results that the report lists; NULL: it does not */
    double wall_start_s;
    long long wall_start;
    bool ended;
};

/** A run of several lanes, without results if more than one. errors: as tw_run_create */
tw_status tw_run_create_lanes(const tw_model *model, const tw_run_options *options, int32_t lanes,
                              tw_run **out_run);

/**
 * One routing step, cut to end at until_ms. A lane that is no longer finite is marked as failed and
 * goes on as a copy of one that is.
 *
 * errors  TW_ERR_NUMERIC no lane is finite any more; TW_ERR_FILE
 */
tw_status tw_run_take_step(struct tw_run *run, double until_ms);

/** Find lanes that are not finite any more and put copies of others in their place, and in that of
 * those that failed before. errors: TW_ERR_NUMERIC no lane is finite */
tw_status tw_run_replace_failed(struct tw_run *run);

/** Pollutants of all subcatchments in the last runoff step. */
void tw_run_surface_pollutants(struct tw_run *run);
/** Pollutants that come into nodes at a routing time [ms]. */
void tw_run_node_pollutants(struct tw_run *run, double at_ms);
/** Pollutants through the network in a routing step. */
void tw_run_route_pollutants(struct tw_run *run, double dt_s);

/** Pollutants in the network when the run begins are booked. */
void tw_run_begin_pollutant_balance(struct tw_run *run);
/** Mass of a pollutant in the network of a lane, and on surfaces of the first lane. */
double tw_run_stored_mass(const struct tw_run *run, int32_t pollutant, int32_t lane);
double tw_run_surface_mass(const struct tw_run *run, int32_t pollutant);

/** Lay out, begin and advance inlets: water from streets to sewers in a step, and back. */
void tw_run_lay_inlets(struct tw_run *run, int32_t lanes, struct tw_pool *state);
void tw_run_begin_inlets(struct tw_run *run);
void tw_run_move_inlets(struct tw_run *run);
/** Lay out what is counted of inlets for a report; fill what it says of them and of streets.
 * errors: TW_ERR_NOMEM */
void tw_run_lay_inlet_tallies(struct tw_run *run, struct tw_pool *state);
tw_status tw_run_report_streets(const struct tw_run *run, struct tw_arena *arena,
                                struct tw_report *report);
/** What an inlet took in this step, whatever came up through it; before water is routed. */
double tw_run_inlet_taken_m3s(const struct tw_run *run, int32_t inlet, int32_t lane);
/** Whether what floods from a node comes up through inlets, and so is not lost. */
bool tw_run_floods_back(const struct tw_run *run, int32_t node);

/** Lay out, begin and advance the moisture under storages; the latter sets storage_soaking_m3s. */
void tw_run_lay_soaks(struct tw_run *run, int32_t lanes, struct tw_pool *state);
void tw_run_begin_soaks(struct tw_run *run);
void tw_run_soak_storages(struct tw_run *run, double dt_s);

/** Set the water levels outside that do not depend on the flow to those of the run's time. */
void tw_run_set_outfall_stages(struct tw_run *run);

enum tw_between {
    TW_BETWEEN_NOT,   /* an event goes on, or begins within the step */
    TW_BETWEEN_FIXED, /* the step is that of the options, rules do not cut it */
    TW_BETWEEN_LONG   /* until the next runoff or report */
};

/** Whether the coming step is one between events, and how long it then is [s]. */
enum tw_between tw_run_between_step(const struct tw_run *run, double *out_step_s);
/** Whether the step that begins at clock->old_ms is one between events. */
bool tw_run_is_between_events(struct tw_run *run);
/** A step between events: nothing flows in, concentrations are forgotten, as in SWMM. */
void tw_run_rest_between(struct tw_run *run);

/** Begin, go on with, end or drop the files of [FILES] SAVE. errors: TW_ERR_FILE, TW_ERR_NOMEM */
tw_status tw_run_open_saves(struct tw_run *run);
tw_status tw_run_save_outflows(struct tw_run *run, double day);
void tw_run_save_rdii(struct tw_run *run, double until_ms);
void tw_run_save_runoff(struct tw_run *run);
tw_status tw_run_end_saves(struct tw_run *run);
void tw_run_abandon_saves(struct tw_run *run);

/** Check LIDs that were changed, and find what they cover. errors: TW_ERR_ARG no file may have them */
tw_status tw_lids_settle(struct tw_model *model);

/** The same for reports of LID units; one that cannot be made is told in the run's report. */
tw_status tw_run_open_lid_reports(struct tw_run *run);
void tw_run_save_lid_rows(struct tw_run *run);
tw_status tw_run_end_lid_reports(struct tw_run *run);
void tw_run_abandon_lid_reports(struct tw_run *run);

/** Concentrations of standing water out of the masses of a hot start file. */
void tw_run_begin_ponded(struct tw_run *run);

/** By how much more flowed in than out in the last step, over what flowed in; one lane. */
double tw_run_flow_error_ratio(const struct tw_run *run);
/** Whether SKIP_STEADY_STATE keeps the network as it is in a step in which no setting moved; its
 * inflows are set. One lane. */
bool tw_run_stands_still(const struct tw_run *run, double flow_error_ratio);
enum { TW_STATE_HEADER = 32 }; /* [bytes] before the core in a saved state */

/** Write the core of a lane as that of a run of one lane, [narrow_size] bytes. */
void tw_state_lane_save(const struct tw_run *run, int32_t lane, char *out_core);
/** Take a core into a lane; clocks and cursors, which lanes share, are taken too. */
void tw_state_lane_load(struct tw_run *run, int32_t lane, const char *core);
/** Copy a lane into a run of one lane of the same model. */
void tw_state_lane_to_run(const struct tw_run *group, int32_t lane, struct tw_run *run);
/** Make a lane go on as another. */
void tw_state_lane_copy(struct tw_run *run, int32_t to, int32_t from);
/** Check a saved state and find the core in it. errors: TW_ERR_FORMAT not of this model and build */
tw_status tw_state_core_find(const struct tw_run *run, const void *state, size_t size,
                             const char **out_core);
/** Write the header of a saved state of one lane's core, [TW_STATE_HEADER] bytes. */
void tw_state_header_write(const struct tw_run *run, void *out);

/** Volumes so far of a lane. */
struct tw_balance tw_balance_of_lane(const struct tw_run *run, int32_t lane);

/** Add half a step of the present rates to the balance. */
void tw_balance_half_step(struct tw_run *run, double dt_s);
/** Set the rates at the end of a step from the state of the network. */
void tw_balance_set_rates(struct tw_run *run, double dt_s);
/** Overflow of a node that is lost from the network. */
double tw_balance_flooding_m3s(const struct tw_run *run, int32_t node, int32_t lane);
/** Water in the network of a lane [m3]. */
double tw_balance_network_m3(const struct tw_run *run, int32_t lane);

/** Write what is due at the end of a step to the results file. errors: TW_ERR_FILE */
tw_status tw_results_step(struct tw_run *run);
/** Lay out the values of a report time. */
tw_status tw_results_begin(struct tw_run *run);
/** Write the text report. errors: TW_ERR_FILE, TW_ERR_NOMEM */
tw_status tw_results_report(struct tw_run *run);

#endif
