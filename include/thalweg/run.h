/* A run: one simulation of a model. Everything that moves is in it; runs share nothing but the
 * model, so any number of them may go on in any threads (one thread at a time per run). */
#ifndef THALWEG_RUN_H
#define THALWEG_RUN_H

#include "thalweg/model.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One simulation. */
typedef struct tw_run tw_run;

/** How water is routed through the network. */
enum tw_run_routing {
    TW_RUN_ROUTING_OF_FILE,
    TW_RUN_ROUTING_DYNAMIC_WAVE, /* as SWMM does, in short steps */
    TW_RUN_ROUTING_SEMI_IMPLICIT /* all heads from one system, in steps of 10 to 60 s */
};

/** How to run; start from TW_RUN_OPTIONS_DEFAULT. Zeros mean "as the model's file says". */
typedef struct {
    double start_day;        /* decimal days since 1899-12-30 [d]; 0: the file's START_DATE */
    double end_day;          /* [d]; 0: the file's END_DATE */
    double report_start_day; /* [d]; 0: the file's, or start_day when that is given */
    double report_step_s;    /* [s]; 0: the file's */
    double routing_step_s;   /* longest routing step [s]; 0: the file's */
    double minimum_step_s;   /* shortest variable step [s]; 0: the file's */
    double head_tolerance_m; /* [m]; 0: the file's */
    int32_t max_trials;      /* 0: the file's */
    enum tw_run_routing routing;
    int32_t threads; /* 1..64 for this run; 0: the file's THREADS, at most as many as there
                                 are processors. Results are the same bits for any number */
    bool fixed_step; /* every routing step is routing_step_s, every runoff step the file's
                                 WET_STEP, whatever the water does (no SKIP_STEADY_STATE; cut only
                                 at records of rain, rules and times asked for): a member of a
                                 batch has the bits of the same run alone */
    bool outer_rain; /* rain comes from tw_run_set_gage_rain and
                                 tw_run_set_subcatchment_rain, not from the file's series */
    bool save_files; /* write the files that the model's [FILES] asks to save (tw_run_end) */
    const char *results_path; /* SWMM binary results (.out); NULL: none */
    const char *report_path;  /* text report (.rpt); NULL: none */
    bool report_series;       /* the report has the series of what [REPORT] names, too; without
                                 results_path a file beside the report keeps them until its end */
} tw_run_options;

#define TW_RUN_OPTIONS_DEFAULT ((tw_run_options){.start_day = 0.0})

/** Volumes since the run began [m3] and what they leave unexplained [ratio]. */
struct tw_balance {
    double rain_m3, evaporation_m3, infiltration_m3, runoff_m3; /* rain: and snow */
    double surface_storage_m3;                                  /* now, with snow */
    double snow_removed_m3;                                     /* ploughed out of the system */
    double dry_weather_m3, wet_weather_m3, external_m3;         /* into the network */
    double groundwater_m3; /* the same; negative: more went into the ground */
    double rdii_m3;        /* into the network: rain-dependent inflow and infiltration */
    double outflow_m3, flooding_m3, evaporated_m3, seeped_m3; /* out of the network */
    double initial_storage_m3, final_storage_m3;
    double nudged_m3;         /* added (or taken, negative) from outside by tw_run_set_... */
    double surface_nudged_m3; /* the same on subcatchments */
    double initial_surface_m3, initial_snow_m3, snow_m3; /* on subcatchments at the start; now */
    double drained_m3, runon_m3; /* by LIDs' drains to nodes; from outfalls onto subcatchments */
    /* as SWMM reports them, with what LIDs held before the last runoff step and without snow */
    double reported_surface_m3, reported_error_ratio;
    double runoff_error_ratio, routing_error_ratio;
};

/** How the routing went. */
struct tw_run_stats {
    int64_t steps, trials;     /* routing steps; Picard iterations in all of them */
    int64_t unconverged_steps; /* steps whose last iteration still moved a head too far */
    double mean_step_s;
    double unplaced_m3; /* semi-implicit: the most by which a node's water and its depth differ */
};

/* One row a parameter that can be multiplied: identifier, what it is. 1 is as the file says. */
#define TW_FACTOR_LIST(X)                                                                          \
    X(RAIN, "rain of the file at a gage")                                                          \
    X(DRY_WEATHER, "dry weather flow of the file at a node")                                       \
    X(INFLOW, "other inflow of the file at a node")                                                \
    X(IMPERVIOUS, "impervious ratio of a subcatchment, which stays at most 1")                     \
    X(SURFACE_STORAGE, "depression storage of a subcatchment")                                     \
    X(SURFACE_ROUGHNESS, "overland roughness of a subcatchment")                                   \
    X(INFILTRATION, "what the soil of a subcatchment can take")                                    \
    X(CONDUIT_ROUGHNESS, "Manning roughness, all conduits together")

/** Which parameter is multiplied. */
typedef enum {
#define TW_FACTOR_ENUM(name, text) TW_FACTOR_##name,
    TW_FACTOR_LIST(TW_FACTOR_ENUM)
#undef TW_FACTOR_ENUM
} tw_factor;

/** The parts of a subcatchment that hold water. */
typedef enum {
    TW_SURFACE_BARE,       /* impervious, without depression storage */
    TW_SURFACE_IMPERVIOUS, /* impervious, with depression storage */
    TW_SURFACE_PERVIOUS
} tw_surface_part;

/** Values that an infiltration method keeps of a subcatchment. */
enum { TW_SOIL_VALUES = 6 };

/**
 * Make a run of a model and put it at its start.
 *
 * model    borrowed until tw_run_destroy
 * options  copied; results_path and report_path are written to temporary files beside their place
 *          and moved there by tw_run_end, so a failed run leaves nothing half-written
 * out_run  owned by the caller; untouched on failure
 * errors   TW_ERR_NOMEM, TW_ERR_ARG (times that make no sense), TW_ERR_FILE
 */
tw_status tw_run_create(const tw_model *model, const tw_run_options *options, tw_run **out_run);

/** Free a run, dropping unfinished files; NULL is fine. */
void tw_run_destroy(tw_run *run);

/**
 * Advance to a time, in as many steps as the hydraulics need; the last step is cut to end there.
 *
 * until_s  seconds since the run's start; beyond the run's end: the end
 * errors   TW_ERR_NUMERIC a head or flow is no longer finite; TW_ERR_FILE results can't be written
 */
tw_status tw_run_advance(tw_run *run, double until_s);

/** Advance by one routing step. */
tw_status tw_run_step(tw_run *run);

/** True when the run has reached its end time. */
bool tw_run_finished(const tw_run *run);

/** Seconds since the run's start. */
double tw_run_elapsed_s(const tw_run *run);

/** The run's clock in decimal days since 1899-12-30. */
double tw_run_day(const tw_run *run);

/** Finish: write the last of the results and the report and put both in place. */
tw_status tw_run_end(tw_run *run);

/* ---- what is there now; NAN for an id that is not of the run's model ---- */

/** Water depth above the node's invert [m]. */
double tw_run_node_depth_m(const tw_run *run, tw_node_id id);
/** Water depth above ground at a node [m], 0 while the water stays below ground. */
double tw_run_node_street_depth_m(const tw_run *run, tw_node_id id);
/** Flow that leaves the network at a node for lack of room, or into its pond [m3/s]. */
double tw_run_node_flooding_m3s(const tw_run *run, tw_node_id id);
/** Sum of all flows into a node [m3/s]. */
double tw_run_node_inflow_m3s(const tw_run *run, tw_node_id id);
/** Flow in a link, positive from its first to its second node [m3/s]. */
double tw_run_link_flow_m3s(const tw_run *run, tw_link_id id);
/** Mean water depth in a link [m]. */
double tw_run_link_depth_m(const tw_run *run, tw_link_id id);
/** Concentration of a pollutant at a node, in its unit (mg/L, ug/L or a count per L). */
double tw_run_node_concentration(const tw_run *run, tw_node_id id, int32_t pollutant);
/** Concentration of a pollutant in a link. */
double tw_run_link_concentration(const tw_run *run, tw_link_id id, int32_t pollutant);
/** Setting of a link, 0 closed or off to 1 open or at nominal speed. */
double tw_run_link_setting(const tw_run *run, tw_link_id id);
/** Runoff that leaves a subcatchment [m3/s]. */
double tw_run_subcatchment_runoff_m3s(const tw_run *run, tw_subcatchment_id id);
/** Rain at a gage [mm/h]. */
double tw_run_gage_rain_mmh(const tw_run *run, tw_gage_id id);

/** Water that stands on a part of a subcatchment [m]; 0 without runoff to compute. */
double tw_run_surface_depth_m(const tw_run *run, tw_subcatchment_id id, tw_surface_part part);

/**
 * State of a subcatchment's infiltration, what its method keeps; other places are 0:
 *
 *   HORTON                 time on the curve [s], infiltrated [m] (only with a greatest volume)
 *   MODIFIED_HORTON        infiltrated beyond the least rate [m], infiltrated [m]
 *   GREEN_AMPT (both)      moisture deficit [ratio], in the upper zone [m], in this event [m],
 *                          time to the next event [s], 1 when saturated
 *   CURVE_NUMBER           capacity [m], rain [m] and infiltrated [m] in this event, dry time [s],
 *                          capacity at its beginning [m], last rate [m/s]
 *
 * errors  TW_ERR_ARG
 */
tw_status tw_run_soil(const tw_run *run, tw_subcatchment_id id, double out_soil[TW_SOIL_VALUES]);

/* ---- what can be set from outside, from the present moment on ---- */

/**
 * Rain at a gage from now on, until it is set again. Needs options.outer_rain.
 *
 * rain_mmh  >= 0 [mm/h]
 * errors    TW_ERR_ARG, TW_ERR_STATE (the run takes its rain from the file)
 */
tw_status tw_run_set_gage_rain(tw_run *run, tw_gage_id id, double rain_mmh);

/**
 * Rain on a subcatchment from now on, until it is set again: of a radar, say, which knows more than
 * gages. Needs options.outer_rain. One that is never set has the rain of its gage. What rules read
 * of a gage stays the gage's.
 *
 * rain_mmh  >= 0 [mm/h]; NAN: the rain of its gage again
 * errors    TW_ERR_ARG, TW_ERR_STATE (the run takes its rain from the file)
 */
tw_status tw_run_set_subcatchment_rain(tw_run *run, tw_subcatchment_id id, double rain_mmh);

/**
 * Rain at a gage instead of the file's from now on, until it is set again. Not with
 * options.outer_rain, which has tw_run_set_gage_rain.
 *
 * rain_mmh  >= 0 [mm/h]; NAN: the file's again
 * errors    TW_ERR_ARG, TW_ERR_STATE (all rain comes from outside)
 */
tw_status tw_run_hold_gage_rain(tw_run *run, tw_gage_id id, double rain_mmh);

/**
 * Put a link's setting to a value now, as a rule would, but at once: gates don't take their time.
 * It stays until a rule or, of pumps, a depth changes it.
 *
 * setting  0..1, of pumps 0..; conduits are closed by 0, open by all else
 * errors   TW_ERR_ARG
 */
tw_status tw_run_set_link_setting(tw_run *run, tw_link_id id, double setting);

/**
 * Water level outside an outfall from now on, until it is set again, whatever its kind.
 *
 * stage_m  elevation [m]; NAN: what the file says again
 * errors   TW_ERR_ARG, also for a node that is no outfall
 */
tw_status tw_run_set_outfall_stage(tw_run *run, tw_node_id id, double stage_m);

/** Additional inflow to a node from now on [m3/s], until set again. errors: TW_ERR_ARG */
tw_status tw_run_set_node_inflow(tw_run *run, tw_node_id id, double inflow_m3s);

/**
 * Put a node's depth to a value now [m], 0..; the water that this adds or takes, in the node and in
 * the conduits that end there, is in nudged_m3. errors: TW_ERR_ARG
 */
tw_status tw_run_set_node_depth(tw_run *run, tw_node_id id, double depth_m);

/**
 * Put a link's flow to a value now [m3/s], positive from its first to its second node. It takes
 * water from one node and gives it to the other, so nothing is added; at an outfall the balance
 * counts it from now on. Conduits go on from it, other links find their flow anew in every step.
 * errors: TW_ERR_ARG
 */
tw_status tw_run_set_link_flow(tw_run *run, tw_link_id id, double flow_m3s);

/**
 * Put the water that stands on a part of a subcatchment to a depth now [m], 0..; what is added or
 * taken is in surface_nudged_m3. errors: TW_ERR_ARG
 */
tw_status tw_run_set_surface_depth(tw_run *run, tw_subcatchment_id id, tw_surface_part part,
                                   double depth_m);

/**
 * Put the state of a subcatchment's infiltration, as tw_run_soil gives it. Water in the soil has
 * left the balance when it infiltrated, so nothing is booked. errors: TW_ERR_ARG
 */
tw_status tw_run_set_soil(tw_run *run, tw_subcatchment_id id, const double soil[TW_SOIL_VALUES]);

/**
 * Multiply a parameter from now on, until set again; the factor always counts from the file's
 * value, never from the one before. Factors are part of a saved state. Water on parts of a
 * subcatchment whose areas change stands as deep as before: see surface_nudged_m3.
 *
 * index   of the gage, node or subcatchment; -1: all (CONDUIT_ROUGHNESS knows only all)
 * factor  0.. for rain, flows, impervious ratio and depression storage, else more than 0
 * errors  TW_ERR_ARG; TW_ERR_STATE rain does not come from the file
 */
tw_status tw_run_set_factor(tw_run *run, tw_factor which, int32_t index, double factor);

/* ---- state ---- */

/** Size of a saved state of this run [bytes]. */
size_t tw_run_state_size(const tw_run *run);

/**
 * Save everything that moves. Restored, the run goes on with the same bits as if it had never
 * stopped (results files apart: they are not part of the state).
 *
 * out_state  [tw_run_state_size] bytes
 */
void tw_run_state_save(const tw_run *run, void *out_state);

/**
 * Restore a state into a run of the same model; it may come from a run or from a member of a batch,
 * and be of any time. What a report says counts on from the saved run if that had a report, else
 * from what this run had.
 *
 * errors  TW_ERR_FORMAT not a state of this model and build
 */
tw_status tw_run_state_restore(tw_run *run, const void *state, size_t size);

/** Copy the state of one run into another of the same model, e.g. to fork a forecast. */
tw_status tw_run_copy_state(tw_run *to, const tw_run *from);

/** Volumes so far. */
struct tw_balance tw_run_balance(const tw_run *run);

/** How the routing went so far. */
struct tw_run_stats tw_run_stats_get(const tw_run *run);

#ifdef __cplusplus
}
#endif
#endif
