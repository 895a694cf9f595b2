/* Rain to runoff: gages, evaporation, subcatchments. Advances in runoff steps of its own, ahead of
 * the routing; what nodes receive is interpolated between the last two runoff times.
 *
 * All that moves lies in the pool that tw_hydrology_lay is given, without pointers in it, so that a
 * copy of the pool is a saved state. Arrays have lanes innermost: x[element * lanes + lane]. */
#ifndef TW_HYDROLOGY_HYDROLOGY_H
#define TW_HYDROLOGY_HYDROLOGY_H

#include "base/pool.h"
#include "hydrology/groundwater.h"
#include "hydrology/lid.h"
#include "hydrology/snow.h"
#include "hydrology/weather.h"
#include "model/model.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    TW_INFILTRATION_STATE = 6,
    TW_INFILTRATION_SOIL = 5,
    TW_SUBAREA_COUNT = 3,
    TW_SUBCATCHMENT_VALUES = 8,
    TW_PAST_HOURS = 48 /* of rain that is kept for control rules */
};

/* No such time; before every time that a model may have. */
#define TW_NO_DAY (-1.0e6)

/* In outer_rain_mmh: none of its own. */
#define TW_RAIN_OF_GAGE (-1.0)

/* In held_rain_mmh: none. */
#define TW_RAIN_OF_FILE (-1.0)

/* The three parts of a subcatchment. */
enum tw_subarea {
    TW_SUBAREA_BARE,       /* impervious, without depression storage */
    TW_SUBAREA_IMPERVIOUS, /* impervious, with depression storage */
    TW_SUBAREA_PERVIOUS
};

/* What is reported of a subcatchment, in the order of SWMM's results file. */
enum tw_subcatchment_value {
    TW_VALUE_RAIN,         /* mm/h, of the interval that the time lies in */
    TW_VALUE_SNOW,         /* mm of water, interpolated as runoff */
    TW_VALUE_EVAPORATION,  /* mm/d, mean of the last runoff step */
    TW_VALUE_INFILTRATION, /* mm/h, mean of the last runoff step */
    TW_VALUE_RUNOFF,       /* m3/s, interpolated between the runoff times */
    TW_VALUE_GROUND_FLOW,  /* m3/s to the node, interpolated as runoff */
    TW_VALUE_GROUND_HEAD,  /* m, elevation of the water table */
    TW_VALUE_SOIL_MOISTURE /* ratio, of the upper zone */
};

/* Clocks and cursors that all lanes share. Times in ms count from the run's start. */
struct tw_hydrology_clock {
    double start_day;                    /* of the run, decimal days since 1899-12-30 */
    double old_runoff_ms, new_runoff_ms; /* results are known at these two times */
    double wet_step_s, dry_step_s;       /* the model's; dry is no shorter than wet */
    double evaporation_mps;              /* potential rate now [m/s] */
    double evaporation_next_mps;         /* series: from evaporation_next_day on */
    double evaporation_next_day;         /* day from which another rate holds */
    double recovery_factor;              /* of infiltration capacity, by the month's pattern */
    double past_s;                       /* seconds of the running hour of past_rain_mm */
    int64_t record_step;                 /* of the model's record of runoff: the next one */
    int32_t evaporation_entry;           /* series: index of the last entry taken; -1: none */
    struct tw_weather weather;
    bool raining;    /* a gage had rain in the last step */
    bool had_runoff; /* a subcatchment had runoff in the last step, unless it always rains */
    bool has_snow;   /* a subcatchment had snow at the end of the last step */
    bool always_wet; /* a gage that nobody uses begins with rain (as in SWMM) */
};

/* A gage whose rain comes from its series: the interval that holds now and the one to come. */
struct tw_gage_cursor {
    double start_day, end_day; /* the current interval; TW_NO_DAY: none */
    double next_day;           /* start of the next one with rain; TW_NO_DAY: none */
    double rain_mmh, next_rain_mmh;
    double accumulated; /* cumulative series: the last raw value */
    int32_t entry;      /* of the series: the last one taken */
    int32_t source;     /* gage whose rain this one has: itself, or the first that uses the
                                  same series; -1: no subcatchment uses it */
};

/* Volumes since the run began, one per lane [m3]. */
struct tw_hydrology_totals {
    double *rain_m3, *evaporation_m3, *infiltration_m3;
    double *runoff_m3;          /* to nodes */
    double *outfall_runon_m3;   /* came back from outfalls that drain onto a subcatchment */
    double *nudged_m3;          /* put onto surfaces (or taken, negative) from outside */
    double *initial_storage_m3; /* but for snow */
    double *snow_removed_m3;    /* ploughed out of the system */
};

/* What the report says of a subcatchment since the run began, [subcatchment * lanes + lane]. */
struct tw_subcatchment_totals {
    double *rain_m3, *runon_m3, *evaporation_m3, *infiltration_m3;
    double *impervious_m3, *pervious_m3; /* runoff before re-routing between subareas */
    double *runoff_m3;
    double *peak_m3s;
};

/* What is multiplied among the parameters of a subcatchment; 1 is as the file says. */
struct tw_catchment_factors {
    double impervious;   /* of the impervious ratio, which stays at most 1 */
    double storage;      /* of depression storage */
    double roughness;    /* of overland Manning coefficients */
    double infiltration; /* of what the soil can take: rates, conductivity or capacity */
};

/* One subcatchment of a lane, made ready: changes only with its factors. */
struct tw_catchment {
    double area_m2[TW_SUBAREA_COUNT];
    double storage_m[TW_SUBAREA_COUNT]; /* depression storage */
    double alpha[TW_SUBAREA_COUNT];     /* runoff = alpha (depth - storage)^1.6666667, m and s */
    double outlet_ratio
        [TW_SUBAREA_COUNT];            /* part of a subarea's runoff that leaves the subcatchment */
    bool at_once[TW_SUBAREA_COUNT];    /* no roughness: all above the storage runs off */
    enum tw_subarea_route route;       /* where the rest goes; OUTLET: there is no rest */
    double soil[TW_INFILTRATION_SOIL]; /* the infiltration method's parameters, SI */
};

/* What pollutants have to know of a subcatchment's last step. */
struct tw_runoff_volumes {
    double ponded_m3, rain_m3, inflow_m3; /* beside LIDs; the last with run-on and both others */
    double infiltration_m3, outflow_m3;   /* beside LIDs, before they took any */
    double lid_rain_m3, lid_water_m3;     /* onto LIDs themselves; the latter with run-on */
    double surface_out_m3, drain_out_m3;
    double rain_mps, runoff_mps;
};

struct tw_hydrology {
    const struct tw_model *model;
    struct tw_threads *threads; /* borrowed; NULL: the caller's alone */
    int32_t lanes;
    bool outer_rain; /* rain is written into gage_rain_mmh by the caller; set before begin */
    bool fixed_step; /* WET_STEP whatever the water does; set before begin */
    bool active;     /* there are subcatchments; else only the climate moves */

    /* parameters; with the state, so that a saved run is whole */
    struct tw_catchment *catchment;       /* [subcatchment * lanes + lane] */
    struct tw_catchment_factors *factors; /* same shape */
    double *gage_factor;                  /* [gage * lanes + lane] of the file's rain */

    /* state */
    struct tw_hydrology_clock *clock; /* [1] */
    struct tw_gage_cursor *gage;      /* [gage] */
    double *gage_rain_mmh;            /* [gage * lanes + lane] now */
    double *held_rain_mmh;  /* [gage * lanes + lane] set instead of the file's; TW_RAIN_OF_FILE */
    double *outer_rain_mmh; /* [subcatchment * lanes + lane] outer_rain: written by the caller;
                               TW_RAIN_OF_GAGE: the rain is the gage's */
    double *past_rain_mm;   /* [(gage * 49 + hour) * lanes + lane]; hour 0 runs, 1 is the last whole
                             one before it, ... */
    double *depth_m;        /* [(subcatchment * 3 + subarea) * lanes + lane] ponded water */
    double *subarea_inflow_mps; /* same shape: from other subareas, of the last step */
    double *subarea_runoff_mps; /* same shape: at the end of the last step */
    double *infiltration;       /* [(subcatchment * 6 + k) * lanes + lane] state of the method */
    double *runon_mps; /* [subcatchment * lanes + lane] from other subcatchments, outfalls */
    double *evaporated_mps, *infiltrated_mps; /* same shape: losses of the last step */
    double *old_runoff_m3s, *new_runoff_m3s;  /* same shape: at the two runoff times */
    double *outfall_routed_m3; /* [outfall * lanes + lane] outflow onto a subcatchment since the
                                  last runoff step; the engine adds, the step takes */
    struct tw_runoff_volumes *volumes; /* [subcatchment * lanes + lane]; only with pollutants */
    struct tw_ground_state ground;
    struct tw_lid_state lid;
    struct tw_snow_state snow;
    struct tw_hydrology_totals totals;
    struct tw_subcatchment_totals subcatchment_totals;

    /* of the last routing step, borrowed from the network: [node * lanes + lane] */
    const double *node_depth_m, *node_inflow_m3s, *node_volume_m3;
};

/**
 * Put the arrays into a pool. Called twice: with a pool that only counts, then with the real one.
 *
 * h      model, lanes and pointers are set; outer_rain is kept
 * lanes  1..
 * state  takes everything that moves
 */
void tw_hydrology_lay(struct tw_hydrology *h, const struct tw_model *model, int32_t lanes,
                      struct tw_pool *state);

/**
 * Set everything to the start of a run: dry surfaces, soil as the model says, clocks at 0.
 *
 * start_day  decimal days since 1899-12-30; series that are relative to the file's start move with
 *            the difference of both starts
 */
void tw_hydrology_begin(struct tw_hydrology *h, double start_day);

/**
 * Change the parameters of a subcatchment in one lane. Water stands as deep as before on its parts;
 * what a change of their areas adds or takes is in totals.nudged_m3.
 */
void tw_hydrology_set_factors(struct tw_hydrology *h, int32_t subcatchment, int32_t lane,
                              struct tw_catchment_factors factors);

/** Put the ponded depth of a subarea in one lane to a value; the change is in totals.nudged_m3. */
void tw_hydrology_set_depth(struct tw_hydrology *h, int32_t subcatchment, enum tw_subarea subarea,
                            int32_t lane, double depth_m);

/**
 * Advance by one runoff step from clock->new_runoff_ms. The caller does so while that is less than
 * the end of its routing step. The step is WET_STEP while there is rain, runoff or (with outer
 * rain) always, else DRY_STEP; it is cut at the next record of rain or evaporation and at end_ms.
 *
 * end_ms   end of the run, from its start [ms]
 * source   SWMM Reference Manual I, 3.4-3.6
 */
void tw_hydrology_step(struct tw_hydrology *h, double end_ms);

/** Evaporation rate where there is no runoff to compute: set the climate to a time [ms]. */
void tw_hydrology_set_climate(struct tw_hydrology *h, double at_ms);

/** Rate at which open water of nodes and conduits evaporates now [m/s]. */
double tw_hydrology_evaporation_mps(const struct tw_hydrology *h);

/** Part of the present runoff step that has passed at a routing time [ms], 0..1. */
double tw_hydrology_step_part(const struct tw_hydrology *h, double at_ms);

/** Part that the runoff at the step's end has in what nodes receive at a routing time [ms], 0..1; the
 * rest is that at its beginning. */
double tw_hydrology_runoff_part(const struct tw_hydrology *h, double at_ms);

/**
 * Add the runoff that nodes receive at a routing time.
 *
 * at_ms        routing time from the run's start [ms]
 * lateral_m3s  [node * lanes + lane] is added to
 * wet_m3s      [lanes] sum over all nodes, is set
 * ground_m3s   [lanes] the same of groundwater
 */
void tw_hydrology_node_inflow(const struct tw_hydrology *h, double at_ms, double *lateral_m3s,
                              double *wet_m3s, double *ground_m3s);

/**
 * What is reported of every subcatchment of a lane at a report time.
 *
 * report_ms  from the run's start [ms], between the last two runoff times
 * out        [subcatchment * width + value], TW_SUBCATCHMENT_VALUES of each are set
 */
void tw_hydrology_report(const struct tw_hydrology *h, double report_ms, int32_t lane, double *out,
                         int32_t width);

/** What a gage lets fall as snow now [mm/h]: more than it caught; 0 in a model without snow. */
double tw_hydrology_gage_snow_mmh(const struct tw_hydrology *h, int32_t gage, int32_t lane);

/** Rain and snow that falls on a subcatchment now [mm/h]. */
double tw_hydrology_fall_mmh(const struct tw_hydrology *h, int32_t subcatchment, int32_t lane);

/** Rain of a gage that is reported at a time [mm/h]: that of the interval the time lies in. */
double tw_hydrology_gage_report_mmh(const struct tw_hydrology *h, int32_t gage, double report_ms,
                                    int32_t lane);

/** Water on all surfaces of a lane now, but for snow [m3]. */
double tw_hydrology_storage_m3(const struct tw_hydrology *h, int32_t lane);

/** Part of the rain, storage and run-on that the balance of a lane does not explain [ratio]. */
double tw_hydrology_error_ratio(const struct tw_hydrology *h, int32_t lane);

/** Both as a report has them, with what LIDs hold as SWMM counts it: tw_lid_reported_m3. */
double tw_hydrology_reported_storage_m3(const struct tw_hydrology *h, int32_t lane);
double tw_hydrology_reported_error_ratio(const struct tw_hydrology *h, int32_t lane);

#endif
