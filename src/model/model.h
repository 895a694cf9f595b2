/* What a drainage system consists of: arrays of data, no physics. Written once by io/, then only
 * read. One array per property; an index is the object; names are found through tw_names.
 * Lengths m, areas m2, flows m3/s, rain depths mm, rates mm/h, times s, days decimal since 1899-12-30. */
#ifndef TW_MODEL_MODEL_H
#define TW_MODEL_MODEL_H

#include "base/arena.h"
#include "base/names.h"
#include "model/climate.h"
#include "model/files.h"
#include "model/ground.h"
#include "model/inlet.h"
#include "model/lid.h"
#include "model/quality.h"
#include "model/rdii.h"
#include "thalweg/model.h"

#include <stdbool.h>
#include <stdint.h>

enum tw_flow_units { TW_FLOW_CFS, TW_FLOW_GPM, TW_FLOW_MGD, TW_FLOW_CMS, TW_FLOW_LPS, TW_FLOW_MLD };
enum tw_routing { TW_ROUTING_NONE, TW_ROUTING_STEADY, TW_ROUTING_KINWAVE, TW_ROUTING_DYNWAVE };
enum tw_solver { TW_SOLVER_DYNAMIC_WAVE, TW_SOLVER_SEMI_IMPLICIT };
enum tw_damping { TW_DAMPING_NONE, TW_DAMPING_PARTIAL, TW_DAMPING_FULL };
enum tw_normal_limit { TW_NORMAL_SLOPE, TW_NORMAL_FROUDE, TW_NORMAL_BOTH };
enum tw_surcharge { TW_SURCHARGE_EXTRAN, TW_SURCHARGE_SLOT };
enum tw_force_main { TW_FORCE_MAIN_HW, TW_FORCE_MAIN_DW };

/* [OPTIONS] and [REPORT] */
struct tw_options {
    enum tw_flow_units flow_units; /* of the file; see model/flow_unit.h */
    enum tw_routing routing;
    enum tw_solver solver; /* of TW_ROUTING_DYNWAVE */
    enum tw_damping damping;
    enum tw_normal_limit normal_limit;
    enum tw_surcharge surcharge;
    enum tw_force_main force_main;
    double start_day, report_start_day, end_day;
    double start_time_days, end_time_days; /* whole days that times of 24 h and more hold */
    double duration_s; /* from start to end in whole seconds; SWMM drops one of some */
    double sweep_start_doy, sweep_end_doy, dry_days;
    double report_step_s, wet_step_s, dry_step_s, routing_step_s, rule_step_s;
    double uncut_routing_step_s; /* as the file says it, where WET_STEP cut it */
    double variable_step_factor; /* 0: fixed step */
    double minimum_step_s, lengthening_step_s;
    double minimum_surface_area_m2, minimum_slope_ratio, head_tolerance_m;
    double system_flow_tolerance_ratio, lateral_flow_tolerance_ratio;
    int32_t max_trials, threads;
    int32_t infiltration; /* row of model/infiltration.def: where a subcatchment names none */
    bool allow_ponding, skip_steady_state;
    bool ignore_rainfall, ignore_routing, ignore_groundwater;
    bool elevation_offsets; /* offsets of links were given as elevations */
    bool strict;            /* what SWMM is known to get wrong is mended: docs/numerics/strict.md */
    bool report_averages, report_controls, report_input, report_continuity, report_flow_stats;
};

/* A curve or a time series is a stretch of shared x and y arrays. */
struct tw_tables {
    struct tw_names names;
    int32_t count;
    int32_t *first; /* [count + 1] its entries are x[first[i]] .. x[first[i + 1] - 1] */
    int32_t *kind;  /* curves: enum tw_curve_kind; time series: 1 when relative to the start date */
    double *x, *y;
};

/* Curves are in SI already: depth m, area m2, volume m3, head m, flow m3/s, time h (tidal). */
enum tw_curve_kind {
    TW_CURVE_STORAGE, /* depth, area */
    TW_CURVE_SHAPE,   /* depth, width, both over the full depth */
    TW_CURVE_TIDAL,   /* hour, stage */
    TW_CURVE_RATING,  /* head or depth, flow */
    TW_CURVE_DIVERSION,
    TW_CURVE_CONTROL, /* as in the file */
    TW_CURVE_PUMP1,   /* volume, flow (steps) */
    TW_CURVE_PUMP2,   /* depth, flow (steps) */
    TW_CURVE_PUMP3,   /* head, flow */
    TW_CURVE_PUMP4,   /* depth, flow */
    TW_CURVE_PUMP5,   /* head, flow at nominal speed */
    TW_CURVE_WEIR     /* head, coefficient (as in the file) */
};

enum tw_pattern_kind {
    TW_PATTERN_MONTHLY,
    TW_PATTERN_DAILY,
    TW_PATTERN_HOURLY,
    TW_PATTERN_WEEKEND
};
struct tw_patterns {
    struct tw_names names;
    int32_t count;
    int32_t *kind;        /* enum tw_pattern_kind */
    double (*factor)[24]; /* 12, 7 (Sunday first), 24, 24 are used; the rest is 1 */
};

/* [RAINGAGES]; a gage's series holds raw values of the file. That of a gage with a rain file holds
 * what SWMM keeps of such files: volumes in inches, in single precision. */
enum tw_rain_kind { TW_RAIN_INTENSITY, TW_RAIN_VOLUME, TW_RAIN_CUMULATIVE };
struct tw_rain_summary {
    double first_day, last_day; /* NAN: no rain */
    int64_t rain_periods, missing_periods;
    bool of_file; /* of the rain file itself, not of an interface file in its place */
};
struct tw_gages {
    struct tw_names names;
    int32_t count;
    int32_t *kind;   /* enum tw_rain_kind */
    int32_t *series; /* time series; -1: none */
    double *interval_s;
    double *to_mm; /* raw value times this is mm (volume, cumulative) or mm/h (intensity) */
    double *snow_catch_ratio; /* SCF */
    double *x, *y;            /* NAN when the file has none */
    /* of rain files; NULL: the gage has a time series */
    const char **file, **station;
    struct tw_rain_summary *summary; /* of the file's record */
};

/* [SUBCATCHMENTS], [SUBAREAS], [INFILTRATION] */
enum tw_subarea_route { TW_ROUTE_OUTLET, TW_ROUTE_IMPERVIOUS, TW_ROUTE_PERVIOUS };
struct tw_subcatchments {
    struct tw_names names;
    int32_t count;
    int32_t *gage;
    int32_t *outlet_node, *outlet_subcatchment; /* one of them is -1 */
    double *area_m2, *impervious_ratio, *width_m, *slope_ratio, *curb_m;
    double *n_impervious, *n_pervious;
    double *storage_impervious_m, *storage_pervious_m; /* depression storage */
    double *x, *y;              /* centroid of the polygon on the map; NAN without one */
    double *zero_storage_ratio; /* part of the impervious area without depression storage */
    int32_t *route;             /* enum tw_subarea_route */
    double *routed_ratio;
    int32_t *infiltration;                /* row of model/infiltration.def; -1: none given */
    double (*infiltration_parameters)[5]; /* as the method's row says, in mm, mm/h, h, d */
};

/* Nodes: what all kinds have; `row` is the index into the kind's own arrays. */
struct tw_nodes {
    struct tw_names names;
    int32_t count;
    int32_t *kind; /* tw_node_kind */
    int32_t *row;  /* -1 for junctions */
    double *invert_m, *full_depth_m, *initial_depth_m;
    double *surcharge_depth_m; /* beyond full depth before it floods */
    double *ponded_area_m2;
    double *x, *y;
    bool *reported;
};

enum tw_outfall_kind {
    TW_OUTFALL_FREE,
    TW_OUTFALL_NORMAL,
    TW_OUTFALL_FIXED,
    TW_OUTFALL_TIDAL,
    TW_OUTFALL_SERIES
};
struct tw_outfalls {
    int32_t count;
    int32_t *node, *kind; /* enum tw_outfall_kind */
    int32_t *table;       /* tidal curve or time series; -1 */
    double *stage_m;      /* fixed: elevation */
    double *series_to_m;  /* raw series value times this is m */
    bool *flap_gate;
    int32_t *route_to; /* subcatchment; -1 */
};

/* Surface area of a storage: tabular by curve; else area = a0 + a1 depth^a2, or for shapes of
 * revolution a0 + a1 depth + a2 depth^2 (depth in m, area in m2). */
enum tw_storage_kind {
    TW_STORAGE_TABULAR,
    TW_STORAGE_FUNCTIONAL,
    TW_STORAGE_CYLINDRICAL,
    TW_STORAGE_CONICAL,
    TW_STORAGE_PARABOLOID,
    TW_STORAGE_PYRAMIDAL
};
struct tw_storages {
    int32_t count;
    int32_t *node, *kind, *curve;
    double *a0, *a1, *a2;
    double *evaporation_ratio; /* share of the evaporation rate */
    /* seepage by Green-Ampt; conductivity 0: none */
    double *suction_mm, *conductivity_mmh, *deficit_ratio;
};

enum tw_divider_kind {
    TW_DIVIDER_CUTOFF,
    TW_DIVIDER_OVERFLOW,
    TW_DIVIDER_TABULAR,
    TW_DIVIDER_WEIR
};
struct tw_dividers {
    int32_t count;
    int32_t *node, *link, *kind, *curve;
    double *cutoff_m3s, *weir_height_m, *weir_coefficient;
};

/* Links: what all kinds have. Offsets are heights above the end nodes' inverts. */
struct tw_links {
    struct tw_names names;
    int32_t count;
    int32_t *kind; /* tw_link_kind */
    int32_t *row;  /* index into the kind's arrays */
    int32_t *from, *to;
    double *offset1_m, *offset2_m;
    double *initial_flow_m3s;
    double *flow_limit_m3s; /* 0: none */
    bool *flap_gate;
    bool *reversed;        /* a conduit with adverse slope was turned round; signs turn on output */
    int32_t *xsect;        /* index into xsects; -1: none */
    int32_t *vertex_first; /* [count + 1] */
    double *vertex_xy;
    bool *reported;
};

/* [XSECTIONS] as given; hydraulics/ makes geometry of it. */
struct tw_xsects {
    int32_t count;
    int32_t *shape;    /* row of model/xsect_shapes.def */
    double (*geom)[4]; /* lengths in m, except where the shape's row says otherwise */
    int32_t *curve;    /* CUSTOM: shape curve; IRREGULAR: transect; else -1 */
    int32_t *barrels, *culvert_code;
};

/* A transect or street: the table of depth to area, radius, width that its points give. */
enum { TW_TRANSECT_CELLS = 50 };
struct tw_transects {
    struct tw_names names;
    int32_t count;
    double *full_depth_m, *full_area_m2, *full_radius_m, *max_width_m;
    double *roughness;                       /* of the main channel */
    double *length_factor;                   /* main channel length over flood plain length */
    double (*area)[TW_TRANSECT_CELLS + 1];   /* over the full area, at even depths */
    double (*radius)[TW_TRANSECT_CELLS + 1]; /* over the full radius */
    double (*width)[TW_TRANSECT_CELLS + 1];  /* over the greatest width */
};

struct tw_conduits {
    int32_t count;
    int32_t *link;
    double *length_m, *roughness;
    double *loss_inlet, *loss_outlet, *loss_average; /* coefficients of the velocity head */
    double *seepage_mmh;
};

enum tw_pump_kind {
    TW_PUMP_VOLUME,
    TW_PUMP_DEPTH_STEPS,
    TW_PUMP_HEAD,
    TW_PUMP_DEPTH,
    TW_PUMP_AFFINITY,
    TW_PUMP_IDEAL
};
struct tw_pumps {
    int32_t count;
    int32_t *link, *kind, *curve;         /* kind by the curve's kind; ideal: curve -1 */
    double *start_depth_m, *stop_depth_m; /* 0: none */
    bool *initially_on;
};

enum tw_orifice_kind { TW_ORIFICE_SIDE, TW_ORIFICE_BOTTOM };
struct tw_orifices {
    int32_t count;
    int32_t *link, *kind;
    double *discharge_coefficient;
    double *move_time_s; /* to open or close fully; 0: at once */
};

enum tw_weir_kind {
    TW_WEIR_TRANSVERSE,
    TW_WEIR_SIDEFLOW,
    TW_WEIR_VNOTCH,
    TW_WEIR_TRAPEZOIDAL,
    TW_WEIR_ROADWAY
};
struct tw_weirs {
    int32_t count;
    int32_t *link, *kind;
    double *coefficient, *end_coefficient; /* as in the file: they belong to its unit system */
    double *end_contractions;
    double *slope; /* horizontal over vertical of the sides (V-notch, trapezoid) */
    bool *can_surcharge;
    double *road_width_m;
    int32_t *road_surface;      /* 0 none, 1 paved, 2 gravel */
    int32_t *coefficient_curve; /* -1 */
};

enum tw_outlet_kind { TW_OUTLET_FUNCTIONAL, TW_OUTLET_TABULAR };
struct tw_outlets {
    int32_t count;
    int32_t *link, *kind, *curve;
    bool *by_head;                  /* HEAD: head difference; else DEPTH above the offset */
    double *coefficient, *exponent; /* flow = coefficient x^exponent, x in m, flow in m3/s */
};

/* [DWF] and [INFLOWS]: flows only */
struct tw_dry_weather {
    int32_t count;
    int32_t *node;
    double *base_m3s;
    int32_t (*pattern)[4]; /* by enum tw_pattern_kind; -1: none */
};
struct tw_inflows {
    int32_t count;
    int32_t *node, *series, *pattern; /* series, pattern: -1 none */
    double *series_to_m3s;            /* raw value times this (scale factor included) */
    double *base_m3s;
};

/* [EVENTS]: when the network is routed; in time order, none over the next. None: always. */
struct tw_event {
    double start_day, end_day;
};
struct tw_events {
    int32_t count;
    struct tw_event *event;
};

struct tw_network; /* hydraulics/network.h: what routing works out of a model */
struct tw_rules;   /* model/rules.h: [CONTROLS] */

struct tw_model {
    struct tw_arena arena; /* owns everything below */
    const char *path;
    const char *title;    /* lines joined by \n */
    const char **warning; /* [warning_count] what its reader warned of, e.g. conduit C7: ... */
    int32_t warning_count;
    uint64_t digest; /* of everything below: two models with equal digests have equal state */
    struct tw_options options;
    struct tw_tables curves, series;
    struct tw_patterns patterns;
    struct tw_gages gages;
    struct tw_evaporation evaporation;
    struct tw_climate climate;
    struct tw_adjustments adjustments;
    struct tw_snow_model snow;
    struct tw_subcatchments subcatchments;
    bool *subcatchment_reported;
    struct tw_aquifers aquifers;
    struct tw_grounds grounds;
    struct tw_lids lids;
    struct tw_inlets inlets;
    struct tw_quality_model quality;
    struct tw_rdii_model rdii;
    struct tw_nodes nodes;
    struct tw_outfalls outfalls;
    struct tw_storages storages;
    struct tw_dividers dividers;
    struct tw_links links;
    struct tw_xsects xsects;
    struct tw_transects transects;
    struct tw_conduits conduits;
    struct tw_pumps pumps;
    struct tw_orifices orifices;
    struct tw_weirs weirs;
    struct tw_outlets outlets;
    struct tw_dry_weather dry_weather;
    struct tw_inflows inflows;
    struct tw_events events;
    struct tw_files files;
    struct tw_rules *rules;           /* NULL: none */
    bool us_units;                    /* of the file */
    const struct tw_network *network; /* set by engine/ when the model is read */
};

#endif
