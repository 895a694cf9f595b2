/* A drainage model: read once, never changed, shared by any number of runs and threads. */
#ifndef THALWEG_MODEL_H
#define THALWEG_MODEL_H

#include "thalweg/faults.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An immutable model. */
typedef struct tw_model tw_model;

/** A node (junction, outfall, storage, divider) of a model; 0 <= index < tw_model_node_count. */
typedef struct {
    int32_t index;
} tw_node_id;

/** A link (conduit, pump, orifice, weir, outlet) of a model. */
typedef struct {
    int32_t index;
} tw_link_id;

/** A subcatchment of a model. */
typedef struct {
    int32_t index;
} tw_subcatchment_id;

/** A rain gage of a model. */
typedef struct {
    int32_t index;
} tw_gage_id;

/** What a node is. */
typedef enum { TW_NODE_JUNCTION, TW_NODE_OUTFALL, TW_NODE_STORAGE, TW_NODE_DIVIDER } tw_node_kind;

/** What a link is. */
typedef enum {
    TW_LINK_CONDUIT,
    TW_LINK_PUMP,
    TW_LINK_ORIFICE,
    TW_LINK_WEIR,
    TW_LINK_OUTLET
} tw_link_kind;

/** What is fixed of a node; strings are borrowed from the model. */
struct tw_node_info {
    const char *name;
    tw_node_kind kind;
    double invert_m;       /* elevation of the lowest point [m] */
    double full_depth_m;   /* from invert to ground [m] */
    double ponded_area_m2; /* area that water above ground covers; 0: it is lost */
    double x, y;           /* map coordinates as in the file; NAN when it has none */
};

/** What is fixed of a link; strings are borrowed from the model. */
struct tw_link_info {
    const char *name;
    tw_link_kind kind;
    tw_node_id from, to;
    double length_m;      /* conduits; else 0 */
    double full_depth_m;  /* height of the cross-section; 0 for pumps and outlets */
    double full_flow_m3s; /* of a conduit running just full, all barrels; else 0 */
    int32_t vertex_count;
    const double *vertex_xy; /* [2 * vertex_count] x, y pairs between the two nodes */
};

/** What is fixed of a rain gage. */
struct tw_gage_info {
    const char *name;
    double interval_s; /* recording interval [s] */
    double x, y;       /* map coordinates; NAN when the file has none */
};

/** What is fixed of a subcatchment; strings are borrowed from the model. */
struct tw_subcatchment_info {
    const char *name;
    tw_gage_id gage;          /* index -1: none */
    tw_node_id outlet;        /* node that takes its runoff; index -1: another subcatchment does */
    tw_subcatchment_id runon; /* subcatchment that takes its runoff; index -1: a node does */
    double area_m2;
    double x, y; /* centroid of its polygon; NAN when the file has none */
};

/** Clock settings of the file. Days are decimal days since 1899-12-30 00:00, without time zone. */
struct tw_model_times {
    double start_day, report_start_day, end_day;
    double report_step_s;
};

/**
 * Read a model in EPA SWMM 5 input format.
 *
 * path      of the .inp file; names of other files in it are taken relative to its folder
 * faults    collects every fault of the file with its line; may be NULL
 * out_model owned by the caller; untouched on failure
 * errors    TW_ERR_FILE it cannot be opened; TW_ERR_INPUT it has faults; TW_ERR_NOMEM
 * source    SWMM User's Manual 5.2, appendix D
 */
tw_status tw_model_read(const char *path, tw_faults *faults, tw_model **out_model);

/**
 * Read a model as tw_model_read does, but mend what SWMM is known to get wrong: its results then
 * differ from SWMM's where docs/numerics/strict.md says so.
 *
 * errors    as tw_model_read
 */
tw_status tw_model_read_strict(const char *path, tw_faults *faults, tw_model **out_model);

/**
 * Read a model as tw_model_read does, warn of what is allowed but hardly meant, and forget it: objects
 * that nothing uses, rows that replace others, values out of place.
 *
 * faults  takes every fault and warning
 * errors  as tw_model_read
 */
tw_status tw_model_check(const char *path, tw_faults *faults);

/** Free a model; NULL is fine. No run of it may still exist. */
void tw_model_destroy(tw_model *model);

/** Number of nodes. */
int32_t tw_model_node_count(const tw_model *model);
/** Number of links. */
int32_t tw_model_link_count(const tw_model *model);
/** Number of subcatchments. */
int32_t tw_model_subcatchment_count(const tw_model *model);
/** Number of rain gages. */
int32_t tw_model_gage_count(const tw_model *model);

/** Number of pollutants. */
int32_t tw_model_pollutant_count(const tw_model *model);
/** Name of a pollutant, borrowed; NULL for one that the model does not have. */
const char *tw_model_pollutant_name(const tw_model *model, int32_t pollutant);

/** Find a node by name (letter case does not matter). errors: TW_ERR_NAME */
tw_status tw_model_node_find(const tw_model *model, const char *name, tw_node_id *out_id);
/** Find a link by name. errors: TW_ERR_NAME */
tw_status tw_model_link_find(const tw_model *model, const char *name, tw_link_id *out_id);
/** Find a subcatchment by name. errors: TW_ERR_NAME */
tw_status tw_model_subcatchment_find(const tw_model *model, const char *name,
                                     tw_subcatchment_id *out_id);
/** Find a rain gage by name. errors: TW_ERR_NAME */
tw_status tw_model_gage_find(const tw_model *model, const char *name, tw_gage_id *out_id);

/** What is fixed of a node. errors: TW_ERR_ARG the id is not of this model */
tw_status tw_model_node_info(const tw_model *model, tw_node_id id, struct tw_node_info *out_info);
/** What is fixed of a link. errors: TW_ERR_ARG */
tw_status tw_model_link_info(const tw_model *model, tw_link_id id, struct tw_link_info *out_info);
/** What is fixed of a rain gage. errors: TW_ERR_ARG */
tw_status tw_model_gage_info(const tw_model *model, tw_gage_id id, struct tw_gage_info *out_info);
/** What is fixed of a subcatchment. errors: TW_ERR_ARG */
tw_status tw_model_subcatchment_info(const tw_model *model, tw_subcatchment_id id,
                                     struct tw_subcatchment_info *out_info);
/** Name of a subcatchment, borrowed; NULL when the id is not of this model. */
const char *tw_model_subcatchment_name(const tw_model *model, tw_subcatchment_id id);

/** Clock settings of the file. */
struct tw_model_times tw_model_times_get(const tw_model *model);

#ifdef __cplusplus
}
#endif
#endif
