/* [FILES]: what an earlier run left, and where this one leaves the like. */
#ifndef TW_MODEL_FILES_H
#define TW_MODEL_FILES_H

#include <stdbool.h>
#include <stdint.h>

/* A state between two runs, as hot start files have it; arrays are NULL where there are no elements.
 * Soil is in the order of tw_run_soil; concentrations and masses as in model/quality.h. */
struct tw_hotstart {
    int32_t version;         /* of the file; surfaces are there from 3 on, groundwater from 2 on */
    double (*depth_m)[3];    /* [subcatchments] by subarea */
    double *runoff_m3s;      /* [subcatchments] */
    double (*soil)[6];       /* [subcatchments] */
    double *moisture_ratio;  /* [grounds] of the upper zone */
    double *water_table_m;   /* [grounds] elevation */
    double *ground_flow_mps; /* [grounds] to the node */
    double *room_m;          /* [grounds] infiltration that still fits; NAN: not told */
    double (*snow)[5]; /* [subcatchment * 3 + part of its pack] snow, free water, cold content [m],
                          antecedent temperature [C], cover before new snow [ratio] */
    double *outlet,
        *ponded;     /* [subcatchments * pollutants] of runoff, and the mass in water that stands */
    double *buildup; /* [(subcatchment * landuses + landuse) * pollutants + pollutant] */
    double *swept_day; /* [subcatchment * landuses + landuse] */
    double *node_depth_m, *lateral_m3s, *node_quality;
    double *residence_h; /* [storages] from version 4 on */
    double *link_flow_m3s, *link_depth_m, *link_setting, *link_quality;
};

/* Flows from an interface file into nodes; linear between its times, none outside them. */
struct tw_interface_flows {
    int32_t step_s;                      /* of the file */
    int32_t node_count, pollutant_count; /* of the file */
    int32_t *node;      /* [node_count] of the model; -1: it has none of that name */
    int32_t *pollutant; /* [pollutants of the model] place in the file; -1: not there */
    int64_t times;
    double *day;   /* [times] */
    double *value; /* [(time * node_count + node) * (1 + pollutant_count)] m3/s, concentrations */
};

/* Runoff of an earlier run, step by step from its start. */
struct tw_runoff_record {
    const char *path;
    int64_t steps;
    double *step_s; /* [steps] */
    double *value;  /* [(step * subcatchments + subcatchment) * (8 + pollutants)] as results have
                       them, at the end of each step: tw_hydrology_report, then concentrations */
};

struct tw_files {
    const struct tw_hotstart *hotstart;       /* NULL: none is used */
    const struct tw_interface_flows *rdii;    /* each time's flows hold for a step; NULL: none */
    const struct tw_interface_flows *inflows; /* the same */
    const struct tw_runoff_record *runoff;    /* instead of computed runoff; NULL: none */
    /* paths; NULL: not saved */
    const char *save_hotstart, *save_outflows, *save_rainfall, *save_rdii, *save_runoff;
};

#endif
