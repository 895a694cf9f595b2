/* [LID_CONTROLS] and [LID_USAGE]: low impact development, as layers and where they lie.
 * Lengths m, rates m/s. */
#ifndef TW_MODEL_LID_H
#define TW_MODEL_LID_H

#include "base/names.h"

#include <stdbool.h>
#include <stdint.h>

/* Layers that a control has rows for. */
enum {
    TW_LID_HAS_SURFACE = 1,
    TW_LID_HAS_SOIL = 2,
    TW_LID_HAS_PAVEMENT = 4,
    TW_LID_HAS_STORAGE = 8,
    TW_LID_HAS_DRAIN = 16,
    TW_LID_HAS_MAT = 32
};

enum tw_lid_kind {
#define TW_LID(id, prefix, keyword, layers) TW_LID_##id,
#include "model/lids.def"
#undef TW_LID
    TW_LID_KIND_COUNT
};

struct tw_lid_surface {
    double thickness_m; /* of the berm */
    double void_ratio;  /* free of plants */
    double roughness, slope_ratio;
    double side_slope;
};
struct tw_lid_soil {
    double thickness_m, porosity_ratio, field_capacity_ratio, wilting_point_ratio;
    double conductivity_mps, conductivity_slope, suction_m;
};
struct tw_lid_pavement {
    double thickness_m, void_ratio, impervious_ratio, permeability_mps;
    double clogging; /* times its void volume is what clogs it [m]; 0: never */
    double regeneration_days, regeneration_ratio;
};
struct tw_lid_storage {
    double thickness_m, void_ratio, seepage_mps, clogging;
    bool covered; /* rain barrels: no rain falls into it */
};
/* Flow in mm/h or in/h = coefficient (head in mm or in)^exponent, as the file has it. */
struct tw_lid_drain {
    double coefficient, exponent, offset_m, delay_s;
    double open_m, close_m; /* levels at which it begins and ends to flow; 0: always */
    int32_t curve;          /* multiplies the flow, by head in the file's unit; -1: none */
};
struct tw_lid_mat {
    double thickness_m, void_ratio, roughness;
};

struct tw_lid_control {
    enum tw_lid_kind kind;
    int32_t layers; /* TW_LID_HAS_... */
    struct tw_lid_surface surface;
    struct tw_lid_soil soil;
    struct tw_lid_pavement pavement;
    struct tw_lid_storage storage;
    struct tw_lid_drain drain;
    struct tw_lid_mat mat;
};

/* Some units of one control in a subcatchment. */
struct tw_lid_unit {
    int32_t subcatchment, control, number;
    double area_m2, width_m;                           /* of one of them */
    double initial_ratio;                              /* saturation at the start */
    double from_impervious_ratio, from_pervious_ratio; /* share of the runoff that comes in */
    bool to_pervious;                                  /* what runs off goes there */
    int32_t drain_node, drain_subcatchment;            /* one is -1; never both */
    const char *report;                                /* path of its own report; NULL: none */
};

/* What a unit did in a runoff step: flows per its area, levels at the end. */
struct tw_lid_row {
    double inflow_mps, evaporation_mps, infiltration_mps, pavement_mps, soil_mps;
    double exfiltration_mps, runoff_mps, drain_mps;
    double surface_evaporation_mps, pavement_evaporation_mps, soil_evaporation_mps,
        storage_evaporation_mps; /* the parts of evaporation_mps */
    double surface_m, pavement_m, moisture_ratio, storage_m;
    bool moves;
};

struct tw_lids {
    struct tw_names names; /* of controls */
    int32_t control_count;
    struct tw_lid_control *control;
    double *removal_ratio; /* [control * pollutants + pollutant] by drains; NULL: none */
    int32_t unit_count;
    struct tw_lid_unit *unit; /* by subcatchment, in the order of the file */
    int32_t report_count;     /* of units that have a report */
    int32_t *first;           /* [subcatchments + 1] into unit; NULL without units */
    double *area_m2;          /* [subcatchments] covered by units; NULL without units */
};

#endif
