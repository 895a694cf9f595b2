/* What kinds of LID have in common: the water of a unit in its layers, and the laws by which it moves
 * between them. A kind is one row of model/lids.def and one file lid_<prefix>.c.
 * source: SWMM Reference Manual III, chapter 6. Internal to the folder. */
#ifndef TW_HYDROLOGY_LID_LAYERS_H
#define TW_HYDROLOGY_LID_LAYERS_H

#include "model/lid.h"

#include <stdbool.h>

/* Manning's 1.49 of feet, for metres: SWMM has 1.49 where water runs over land. */
#define TW_LID_MANNING (1.49 * 0.6729844116279193)

enum tw_lid_layer { TW_LAYER_SURFACE, TW_LAYER_SOIL, TW_LAYER_STORAGE, TW_LAYER_PAVEMENT };
enum { TW_LID_LAYERS = 4 };

/* Flows of a unit in a step, per area of it [m/s]. */
struct tw_lid_flows {
    double surface_in, surface_infiltration, surface_evaporation, surface_out;
    double pavement_evaporation, percolation_pavement;
    double soil_evaporation, percolation_soil;
    double storage_evaporation, exfiltration, drain;
};

/* A unit during a step. Levels x are depths [m], of the soil its moisture [ratio]. */
struct tw_lid {
    const struct tw_lid_control *control;
    const struct tw_lid_unit *unit;
    double (*drain_factor)(const void *model, int32_t curve,
                           double head); /* head in file's units */
    const void *model;
    bool us; /* units of the file: drains know them */
    double dt_s;
    double evaporation_mps;
    double most_exfiltration_mps; /* that groundwater allows */
    double inflow_m, treated_m;   /* since the start, for clogging */
    double dry_s;                 /* since the last rain */
    bool drained;                 /* the drain flowed in the step before */
    struct tw_lid_flows flow;
};

/** Rates of change of the levels x; sets lid->flow, whose surface_in and surface_infiltration (what
 *  the ground would take) are given. One for each kind. */
typedef void tw_lid_rates(struct tw_lid *lid, const double x[TW_LID_LAYERS],
                          double out[TW_LID_LAYERS]);

#define TW_LID(id, prefix, keyword, layers) tw_lid_rates tw_lid_rates_##prefix;
#include "model/lids.def"
#undef TW_LID

/* Water in the layers per area of the unit [m]. */
struct tw_lid_water {
    double surface, pavement, soil, storage;
};

/** Evaporation from what the layers hold, from the top down; below the surface only where nothing
 *  infiltrates. pervious_ratio: of a pavement, else 1. */
void tw_lid_evaporate(struct tw_lid *lid, const struct tw_lid_water *water, double pervious_ratio);

/** Percolation out of the soil at a moisture [m/s], at most what is above field capacity. */
double tw_lid_soil_percolation(const struct tw_lid *lid, double moisture);

/** Seepage out of the storage into the ground [m/s], less as it clogs. */
double tw_lid_exfiltration(const struct tw_lid *lid);

/** Flow of the drain at these levels [m/s]. */
double tw_lid_drain_flow(const struct tw_lid *lid, const double x[TW_LID_LAYERS]);

/** Overland flow from the surface above its berm [m/s]. */
double tw_lid_overland(const struct tw_lid *lid, double depth_m);

/** Limit the drain by the water above its offset: `in` flows into the storage when it is full. */
void tw_lid_limit_drain(struct tw_lid *lid, double storage_m, double in);

/** Limit infiltration to the room of a soil at a moisture and what leaves it. */
void tw_lid_limit_infiltration(struct tw_lid *lid, double moisture);

/** Rates of a surface on soil without a pavement: sets surface_out and all rates but the storage's. */
void tw_lid_balance_soil(struct tw_lid *lid, const double x[TW_LID_LAYERS],
                         double out[TW_LID_LAYERS]);

/** Rate at which a level rises by a flow into voids. A layer without voids is full, as in SWMM, where
 *  0 / 0 counts as its most. */
double tw_lid_rise(double flow_mps, double void_ratio);

/** 0..most. */
double tw_lid_clamp(double value, double most);

#endif
