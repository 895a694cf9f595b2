/* Low impact development in subcatchments: units that take rain and runoff, hold it, and give it back
 * to the air, the ground, a drain or the surface. source: SWMM Reference Manual III, chapter 6. */
#ifndef TW_HYDROLOGY_LID_H
#define TW_HYDROLOGY_LID_H

#include "base/pool.h"
#include "model/model.h"

#include <stdbool.h>
#include <stdint.h>

enum { TW_LID_LEVELS = 4, TW_LID_SOIL_VALUES = 6, TW_LID_SOIL_PARAMETERS = 5 };

/* What a report says of a unit since the run began: depths over the unit. */
struct tw_lid_totals {
    double inflow_m, evaporated_m, exfiltrated_m, runoff_m, drain_m, initial_m;
    double reported_m; /* held now, as SWMM has it: when the last step's rates were computed */
};

/* What moves; [unit * lanes + lane] unless it says otherwise. */
struct tw_lid_state {
    const struct tw_model *model;
    int32_t lanes;
    double *level;     /* [(unit * TW_LID_LEVELS + layer) * lanes + lane] m; soil: moisture */
    double *rate;      /* same shape: rates of change in the last step */
    double *soil;      /* [(unit * TW_LID_SOIL_VALUES + k) * lanes + lane] infiltration into it */
    double *soil_made; /* [unit * TW_LID_SOIL_PARAMETERS + k] parameters of that, all lanes */
    double *old_drain_m3s, *new_drain_m3s; /* at the two runoff times, all units together */
    double *inflow_m, *treated_m;          /* since the start; less what regeneration took */
    double *dry_s, *regenerate_day;
    double *to_pervious_m3s; /* [subcatchment * lanes + lane] comes in the next step */
    bool *wet;               /* [lanes] water moves in a unit */
    double *drained_m3;      /* [lanes] to nodes since the start */
    struct tw_lid_totals *totals;
    struct tw_lid_row *row; /* of the last step */
};

/** Put the arrays into a pool; called twice, as tw_hydrology_lay. */
void tw_lid_lay(struct tw_lid_state *s, const struct tw_model *model, int32_t lanes,
                struct tw_pool *state);

/** Set everything to the start of a run. */
void tw_lid_begin(struct tw_lid_state *s);

/** A runoff step begins: drains of the last one become old, nothing is wet yet. */
void tw_lid_begin_step(struct tw_lid_state *s);

/** Area of a subcatchment that units cover [m2]. */
double tw_lid_area_m2(const struct tw_model *model, int32_t subcatchment);

/** Part of a subcatchment through which water reaches the ground, its units counted [ratio]. */
double tw_lid_pervious_ratio(const struct tw_model *model, int32_t subcatchment);

/** Water on the surfaces of a subcatchment's units per area of them [m]. */
double tw_lid_surface_m(const struct tw_lid_state *s, int32_t subcatchment, int32_t lane);

/* What a subcatchment brings to its units in a step. */
struct tw_lid_weather {
    double dt_s, day;           /* length; days since the start */
    double rain_mps, runon_mps; /* runon where units are all there is */
    double evaporation_mps;
    double soil_ratio;                   /* by which the month changes what soil takes */
    double native_mps;                   /* infiltration into the ground */
    double most_exfiltration_mps;        /* that groundwater allows */
    double impervious_m3s, pervious_m3s; /* runoff that units may take */
};

/* What came of it [m3]. */
struct tw_lid_volumes {
    double taken, runoff, evaporation, exfiltration;
    double pervious_evaporation; /* of units over open ground */
};

/** Advance the units of a subcatchment in a lane by a runoff step. */
void tw_lid_step(struct tw_lid_state *s, int32_t subcatchment, int32_t lane,
                 const struct tw_lid_weather *weather, struct tw_lid_volumes *out);

/** Flow of a subcatchment's drains in a lane, f between the two runoff times [m3/s]. */
double tw_lid_drain_m3s(const struct tw_lid_state *s, int32_t subcatchment, int32_t lane, double f);

/**
 * Add the flows of drains to nodes at a routing time.
 *
 * f            0..1 between the two runoff times
 * lateral_m3s  [node * lanes + lane] is added to
 * wet_m3s      [lanes] is added to
 */
void tw_lid_node_inflow(const struct tw_lid_state *s, double f, double *lateral_m3s,
                        double *wet_m3s);

/** Water in a unit per its area [m]. */
double tw_lid_held_m(const struct tw_lid_state *s, int32_t unit, int32_t lane);

/** Water in all units of a lane [m3]. */
double tw_lid_storage_m3(const struct tw_lid_state *s, int32_t lane);

/** The same as SWMM reports it: each unit as it was when the rates of its last step were computed. */
double tw_lid_reported_m3(const struct tw_lid_state *s, int32_t lane);

#endif
