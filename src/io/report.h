/* The text report of a run (.rpt), with the sections and the layout that people and scripts know
 * from EPA SWMM 5.2. The engine's statistics fill struct tw_report; this file only writes. */
#ifndef TW_IO_REPORT_H
#define TW_IO_REPORT_H

#include "model/model.h"
#include "thalweg/status.h"

#include <stdint.h>

enum {
    TW_REPORT_FLOW_CLASSES = 7, /* dry, up dry, down dry, sub-, supercritical, up, down critical */
    TW_REPORT_WORST = 5,        /* elements named in a list of the worst */
    TW_REPORT_STEP_CLASSES = 5  /* of the table of step lengths */
};

/* One entry of a list of the worst elements; a list ends early at index -1. */
struct tw_report_worst {
    int32_t index; /* of the node or link; -1: no entry */
    bool is_node;
    double value; /* as the list says */
};

/* Subcatchments; every array [subcatchments.count]. Depths are over the whole subcatchment. */
struct tw_report_subcatchments {
    const double *rain_mm, *runon_mm, *evaporation_mm, *infiltration_mm;
    const double *impervious_runoff_mm, *pervious_runoff_mm; /* before any routing between them */
    const double *runoff_mm;
    const double *runoff_m3;
    const double *peak_m3s;
};

/* Groundwater; every array [grounds.count], by row. Depths are over the whole subcatchment. */
struct tw_report_grounds {
    const double *infiltration_mm, *evaporation_mm, *deep_mm, *flow_mm;
    const double *max_flow_m3s;
    const double *mean_moisture_ratio, *mean_table_m; /* elevation */
    const double *final_moisture_ratio, *final_table_m;
};

/* LIDs; every array [lids.unit_count]. Depths are over the units. */
struct tw_report_lids {
    const double *inflow_mm, *evaporation_mm, *infiltration_mm, *runoff_mm, *drain_mm;
    const double *initial_mm, *final_mm;
};

/* Masses of pollutants, in those of the file (lb, kg, counts). */
struct tw_report_pollutant {
    double initial, buildup, deposition, sweeping, infiltration, practices, runoff, remaining;
    double dry, wet, ground, rdii, external, outflow, flooding, seepage, reacted, stored, kept;
};
struct tw_report_quality {
    const struct tw_report_pollutant *pollutant; /* [pollutants]; NULL: none */
    const double *washoff;                       /* [subcatchments * pollutants] */
    const double *link;                          /* [links * pollutants] that passed */
    const double *outfall;                       /* [outfalls * pollutants] that left */
};

/* Nodes; every array [nodes.count]. Days are decimal since 1899-12-30. */
struct tw_report_nodes {
    const double *mean_depth_m, *max_depth_m, *max_depth_day;
    const double *max_reported_depth_m; /* of the values written to the results */
    const double *max_lateral_m3s, *max_inflow_m3s, *max_inflow_day;
    const double *lateral_m3, *inflow_m3; /* volumes in, over the run */
    const double *left_m3;                /* out, and still there at the end */
    const double *balance_error_ratio;    /* (in - out - stored) / in */
    const double *crown_depth_m;          /* invert to the highest conduit crown; 0: none */
    const double *surcharged_s;           /* time above that crown */
    const double *flooded_s, *max_flooding_m3s, *max_flooding_day, *flooded_m3;
    const double *max_ponded_m3; /* greatest volume above full depth */
};

/* Storages; every array [storages.count], by row. */
struct tw_report_storages {
    const double *mean_m3, *max_m3, *max_day, *full_m3, *max_outflow_m3s;
    const double *evaporated_m3, *seeped_m3;
    const double *inflow_m3; /* initial volume and all inflow: what the shares are of */
};

/* Outfalls; every array [outfalls.count], by row. */
struct tw_report_outfalls {
    const double *flowing_ratio; /* share of the steps with flow */
    const double *mean_m3s;      /* over the steps with flow */
    const double *max_m3s, *volume_m3;
    double system_max_m3s; /* greatest flow out of all outfalls together */
};

/* Links; every array [links.count] unless said otherwise. Times are sums of step lengths. */
struct tw_report_links {
    const double *max_flow_m3s, *max_flow_day; /* of the absolute value */
    const double *max_velocity_mps, *max_depth_m;
    const double *full_flow_m3s; /* of all barrels; pumps: greatest flow of the curve; 0: none */
    const double *length_ratio;  /* modelled over given length (1 without lengthening) */
    /* full cross-section of conduits; area NULL: not listed */
    const double *section_area_m2, *section_radius_m, *section_width_m;
    const double (*class_s)[TW_REPORT_FLOW_CLASSES]; /* time in each flow class */
    const double *normal_limited_s, *inlet_controlled_s;
    const double *both_full_s, *upstream_full_s, *downstream_full_s; /* ends full */
    const double *above_full_flow_s, *capacity_limited_s;
    const int32_t *reversed_turns; /* times that the flow changed its course (instability index) */
};

/* What an inlet did. Shares that it caught are of the flow in its street. */
struct tw_report_inlet {
    bool flowed;                 /* there was flow in its street */
    double mean_ratio;           /* caught, over the steps when it caught any */
    double passing_ratio;        /* of those steps some flow went past it */
    double backing_ratio;        /* of the steps with flow it caught none */
    double peak_m3s, peak_ratio; /* greatest flow that came, and what it caught of that */
};

/* Pumps; every array [pumps.count], by row. */
struct tw_report_pumps {
    const double *on_s;
    const int32_t *startups;
    const double *mean_m3s, *max_m3s; /* while on */
    const double *volume_m3, *energy_kwh;
    const double *below_curve_ratio, *above_curve_ratio; /* shares of the time on */
};

/* Area, hydraulic radius and width of a CUSTOM shape over their full values, at even depths;
 * NULL: the curve is no shape of a conduit. */
struct tw_report_shape {
    const double *table[3]; /* [TW_TRANSECT_CELLS + 1] each */
};

/* One change of a link's setting by a rule. */
struct tw_report_action {
    double day;
    int32_t link;
    double setting;
    int32_t rule; /* row of model->rules */
};

/* Everything a report says about a run. All arrays are borrowed; a group whose model part is empty
 * may be all NULL, and so may a whole group when its process did not run. */
struct tw_report {
    double start_day, report_start_day, end_day;
    double report_step_s, routing_step_s; /* as used in the run */
    double elapsed_s;                     /* of the run's own clock: the length simulated */
    double summarized_s; /* since the report's start: what times in the tables are shares of */
    const char *begun, *ended; /* wall times, e.g. Sun Nov 22 15:23:38 2026; NULL: left out */
    double wall_s;             /* that the run took */

    /* runoff: volumes [m3]; zeros when there are no subcatchments */
    double catchment_area_m2;
    double rain_m3, runon_m3, evaporation_m3, infiltration_m3, runoff_m3;
    double initial_surface_m3, final_surface_m3;
    double drained_m3;                                      /* from LIDs to nodes */
    double initial_snow_m3, removed_snow_m3, final_snow_m3; /* with snow packs only */
    double runoff_error_ratio;

    /* groundwater: volumes [m3]; zeros without any */
    double ground_area_m2;
    double ground_initial_m3, ground_final_m3, ground_infiltration_m3;
    double ground_upper_evaporation_m3, ground_lower_evaporation_m3;
    double ground_deep_m3, ground_flow_m3;
    double ground_error_ratio;

    /* RDII: on the areas of its nodes, and what came of it [m3] */
    double sewershed_rain_m3, rdii_produced_m3;

    /* routing: volumes [m3] */
    double dry_weather_m3, wet_weather_m3, groundwater_m3, rdii_m3, external_m3;
    double outflow_m3, flooding_m3, evaporated_m3, seeped_m3;
    double initial_storage_m3, final_storage_m3;
    double routing_error_ratio;

    struct tw_report_worst balance_errors[TW_REPORT_WORST]; /* nodes; value: error ratio */
    struct tw_report_worst critical[TW_REPORT_WORST];       /* value: share of the steps, ratio */
    struct tw_report_worst unstable[TW_REPORT_WORST];       /* links; value: instability index */
    struct tw_report_worst unconverged[TW_REPORT_WORST];    /* nodes; value: share of the steps */

    double min_step_s, mean_step_s, max_step_s;
    double steady_ratio; /* share of the time skipped as steady */
    double trials_per_step;
    double unconverged_ratio;                        /* share of the steps */
    double step_bound_s[TW_REPORT_STEP_CLASSES + 1]; /* falling; 0 in [0]: no table */
    double step_share[TW_REPORT_STEP_CLASSES];       /* of the steps, ratio */

    const struct tw_report_action *action; /* NULL: none were kept */
    int64_t action_count;
    const char *lost_lid_report; /* path of a unit's report that could not be made; NULL: none */

    struct tw_report_subcatchments subcatchments;
    struct tw_report_grounds grounds;
    struct tw_report_lids lids;
    struct tw_report_quality quality;
    struct tw_report_nodes nodes;
    struct tw_report_storages storages;
    struct tw_report_outfalls outfalls;
    struct tw_report_links links;
    struct tw_report_pumps pumps;
    const struct tw_report_inlet *inlet; /* [inlets.count] */
    const double *spread_m; /* [links] of streets: greatest width of the water on a side; NULL: no
                               streets are listed */
    const struct tw_report_shape *shape; /* [curves.count]; NULL: not listed */
    const char *series_path; /* the run's results file, whose series are listed; NULL: are not */
};

/**
 * Write a run's report, whole or not at all.
 *
 * report   what there is to say; everything in SI, written in the units of the model's file
 * model    that was run
 * faults   whose texts are listed at the top as warnings; NULL: those of the model's file
 * path     of the .rpt file; replaced when everything is written
 * errors   TW_ERR_FILE, TW_ERR_NOMEM
 * source   layout: EPA SWMM 5.2 status and summary reports
 */
tw_status tw_report_write(const struct tw_report *report, const struct tw_model *model,
                          const tw_faults *faults, const char *path);

#endif
