/* A model and its runs as tables: parameters and values by the rows of lists, for programs that
 * pass them on without knowing each. Indices are those of the ids of thalweg/model.h. */
#ifndef THALWEG_VALUES_H
#define THALWEG_VALUES_H

#include "thalweg/model.h"
#include "thalweg/run.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One row a list of objects that have names: identifier, what it is. */
#define TW_OBJECT_LIST(X)                                                                          \
    X(GAGE, "rain gage")                                                                           \
    X(SUBCATCHMENT, "subcatchment")                                                                \
    X(NODE, "node")                                                                                \
    X(LINK, "link")                                                                                \
    X(POLLUTANT, "pollutant")                                                                      \
    X(LANDUSE, "land use")                                                                         \
    X(PATTERN, "time pattern")                                                                     \
    X(CURVE, "curve")                                                                              \
    X(SERIES, "time series")                                                                       \
    X(TRANSECT, "transect or street")                                                              \
    X(AQUIFER, "aquifer")                                                                          \
    X(HYDROGRAPH, "unit hydrograph of rain-dependent inflow")                                      \
    X(SNOW_PACK, "snow pack")                                                                      \
    X(LID, "LID control")                                                                          \
    X(MODEL, "the whole model: index 0, without a name")

/** What a list of objects holds. */
typedef enum {
#define TW_OBJECT_ENUM(name, text) TW_OBJECT_##name,
    TW_OBJECT_LIST(TW_OBJECT_ENUM)
#undef TW_OBJECT_ENUM
        TW_OBJECT_COUNT
} tw_object;

/** Number of objects of a kind; 0 for one that there is not. */
int32_t tw_model_object_count(const tw_model *model, tw_object kind);
/** Name of an object, borrowed; NULL for one that the model does not have. */
const char *tw_model_object_name(const tw_model *model, tw_object kind, int32_t index);
/** Find an object by name (letter case does not matter). errors: TW_ERR_NAME */
tw_status tw_model_object_find(const tw_model *model, tw_object kind, const char *name,
                               int32_t *out_index);

/** What one unit of the model's file is in SI. */
struct tw_model_units {
    bool us;
    int32_t flow;     /* 0 CFS, 1 GPM, 2 MGD, 3 CMS, 4 LPS, 5 MLD */
    double length_m;  /* foot or metre */
    double area_m2;   /* square foot or square metre */
    double land_m2;   /* acre or hectare */
    double volume_m3; /* cubic foot or cubic metre */
    double flow_m3s;  /* flow unit */
    double rain_mm;   /* inch or millimetre */
};

/** Units of the model's file. */
struct tw_model_units tw_model_units_get(const tw_model *model);

/* One row a parameter of the file: identifier, list of objects, what it is. */
#define TW_PARAMETER_LIST(X)                                                                       \
    X(NODE_INVERT_M, NODE, "elevation of the lowest point")                                        \
    X(NODE_FULL_DEPTH_M, NODE, "from invert to ground")                                            \
    X(NODE_SURCHARGE_M, NODE, "depth beyond the full one before it floods")                        \
    X(NODE_POND_M2, NODE, "area that water above ground covers")                                   \
    X(NODE_INITIAL_M, NODE, "depth at the start")                                                  \
    X(LINK_OFFSET1_M, LINK, "height above the first node's invert")                                \
    X(LINK_OFFSET2_M, LINK, "height above the second node's invert")                               \
    X(LINK_INITIAL_M3S, LINK, "flow at the start")                                                 \
    X(LINK_LIMIT_M3S, LINK, "greatest flow; 0: none")                                              \
    X(LINK_LOSS_INLET, LINK, "loss coefficient, 0 for others than conduits")                       \
    X(LINK_LOSS_OUTLET, LINK, "loss coefficient, 0 for others than conduits")                      \
    X(LINK_LOSS_AVERAGE, LINK, "loss coefficient, 0 for others than conduits")                     \
    X(SUBCATCHMENT_WIDTH_M, SUBCATCHMENT, "overland flow width")                                   \
    X(SUBCATCHMENT_AREA_M2, SUBCATCHMENT, "area")                                                  \
    X(SUBCATCHMENT_IMPERVIOUS, SUBCATCHMENT, "impervious ratio")                                   \
    X(SUBCATCHMENT_SLOPE, SUBCATCHMENT, "slope, ratio")                                            \
    X(SUBCATCHMENT_CURB_M, SUBCATCHMENT, "curb length")                                            \
    X(START_DAY, MODEL, "start; series whose times count from it stay where they were")            \
    X(ROUTING_STEP_S, MODEL, "routing step")                                                       \
    X(MINIMUM_STEP_S, MODEL, "shortest variable step")                                             \
    X(LENGTHENING_STEP_S, MODEL, "conduits are lengthened for this step; 0: none are")             \
    X(DRY_DAYS, MODEL, "dry days before the start")                                                \
    X(VARIABLE_STEP, MODEL, "share of the Courant step; 0: fixed steps")                           \
    X(MINIMUM_SURFACE_M2, MODEL, "surface area of a node")                                         \
    X(MINIMUM_SLOPE, MODEL, "slope of conduits, ratio")                                            \
    X(HEAD_TOLERANCE_M, MODEL, "at which iterations end")                                          \
    X(SYSTEM_FLOW_TOLERANCE, MODEL, "of SKIP_STEADY_STATE, ratio")                                 \
    X(LATERAL_FLOW_TOLERANCE, MODEL, "of SKIP_STEADY_STATE, ratio")                                \
    X(REPORT_STEP_S, MODEL, "time between results")

/** A parameter of the file. */
typedef enum {
#define TW_PARAMETER_ENUM(name, object, text) TW_PARAMETER_##name,
    TW_PARAMETER_LIST(TW_PARAMETER_ENUM)
#undef TW_PARAMETER_ENUM
        TW_PARAMETER_COUNT
} tw_parameter;

/** A parameter; NAN for an object that the model does not have. */
double tw_model_parameter(const tw_model *model, tw_parameter which, int32_t index);

/**
 * Change a parameter before any run of the model exists; tw_model_settle has to follow the last
 * change. A flow limit may change while the only run goes on, too, and holds at once.
 *
 * errors  TW_ERR_ARG  no such object or not a value that the parameter can have
 */
tw_status tw_model_change(tw_model *model, tw_parameter which, int32_t index, double value);

/**
 * Work out again what follows from the parameters. No run of the model may exist.
 *
 * errors  TW_ERR_NOMEM, TW_ERR_ARG (no network can be made of them, or LIDs as no file may have them); the
 *         model stays as it was
 */
tw_status tw_model_settle(tw_model *model);

/**
 * Let runs of a model begin from a hot start file of SWMM. No run of the model may exist.
 *
 * faults  what is wrong with it; may be NULL
 * errors  TW_ERR_FILE it cannot be read; TW_ERR_INPUT it is not of this model; TW_ERR_NOMEM
 */
tw_status tw_model_hotstart_use(tw_model *model, const char *path, tw_faults *faults);

/** Switches of the file's [OPTIONS]; what the model has none of is ignored. */
struct tw_model_switches {
    bool allow_ponding, skip_steady_state;
    bool ignore_rainfall, ignore_rdii, ignore_snow, ignore_groundwater, ignore_routing,
        ignore_quality;
};

/** Switches of the file. */
struct tw_model_switches tw_model_switches_get(const tw_model *model);

/** Units of one LID control in a subcatchment, as the file has them. */
struct tw_lid_unit_info {
    int32_t control, number;
    double area_m2, width_m; /* of one of them */
    double initial_ratio, from_impervious_ratio, from_pervious_ratio;
    bool to_pervious;
    int32_t drain_node, drain_subcatchment; /* -1: none */
};

/** Number of LID units (rows of [LID_USAGE]) in a subcatchment; 0 for one that there is not. */
int32_t tw_model_lid_unit_count(const tw_model *model, tw_subcatchment_id id);
/** LID units of a subcatchment, 0 <= unit < their number. errors: TW_ERR_ARG */
tw_status tw_model_lid_unit(const tw_model *model, tw_subcatchment_id id, int32_t unit,
                            struct tw_lid_unit_info *out_info);

/** Layers of a LID control as the file has them; zeros for those that it has not. */
struct tw_lid_control_info {
    struct {
        double thickness_m, plants_ratio, roughness, slope_ratio, side_slope;
    } surface;
    struct {
        double thickness_m, porosity_ratio, field_capacity_ratio, wilting_point_ratio, suction_m,
            conductivity_mps, conductivity_slope;
    } soil;
    struct {
        double thickness_m, void_over_solids, seepage_mps, clogging;
    } storage;
    struct {
        double thickness_m, void_over_solids, impervious_ratio, permeability_mps, clogging,
            regeneration_days, regeneration_ratio;
    } pavement;
    struct {
        double coefficient, exponent, offset_m, delay_s, open_m, close_m;
    } drain;
    struct {
        double thickness_m, void_ratio, roughness;
    } mat;
    bool overflows; /* what is too much leaves at once, not by Manning's formula */
};

/** A LID control, 0 <= control < the number of them. errors: TW_ERR_ARG */
tw_status tw_model_lid_control(const tw_model *model, int32_t control,
                               struct tw_lid_control_info *out_info);

/**
 * Change the layers of a LID control before any run of the model exists; tw_model_settle has to follow the
 * last change, and tells whether all of them together make sense. Roughness, clogging and drains may
 * change while the only run goes on, too, and hold at once.
 *
 * info    all of its layers, as tw_model_lid_control gives them, with what is to change; `overflows` follows
 *         from them and is not read
 * errors  TW_ERR_ARG  no such control, or a value that none can have
 */
tw_status tw_model_lid_control_change(tw_model *model, int32_t control,
                                      const struct tw_lid_control_info *info);

/**
 * Change LID units of a subcatchment before any run of the model exists; tw_model_settle has to follow the
 * last change. Where drains lead may change while the only run goes on, too.
 *
 * info    as tw_model_lid_unit gives it, with what is to change; drains of neither a node nor a
 *         subcatchment lead where the subcatchment flows
 * errors  TW_ERR_ARG  no such units, nothing that drains can lead to, or a value that none can have
 */
tw_status tw_model_lid_unit_change(tw_model *model, tw_subcatchment_id id, int32_t unit,
                                   const struct tw_lid_unit_info *info);

/** Width of the water in a conduit at a depth [m]; 0 for other links. */
double tw_model_link_width_m(const tw_model *model, tw_link_id id, double depth_m);

/** True when a conduit was turned round because it rises: its first node was its second. */
bool tw_model_link_turned(const tw_model *model, tw_link_id id);

/* One row a value of a run: identifier, list of objects, what it is. Dates are decimal days. Those
 * from MEAN on count since the report's start; only runs that write a report or results have them. */
#define TW_VALUE_LIST(X)                                                                           \
    X(GAGE_RAIN_MMH, GAGE, "rain now")                                                             \
    X(GAGE_SNOW_MMH, GAGE, "what of it falls as snow, with what the gage did not catch")           \
    X(SUBCATCHMENT_RAIN_MMH, SUBCATCHMENT, "rain and snow that falls now")                         \
    X(SUBCATCHMENT_EVAPORATION_MPS, SUBCATCHMENT, "of the last runoff step")                       \
    X(SUBCATCHMENT_INFILTRATION_MPS, SUBCATCHMENT, "of the last runoff step")                      \
    X(SUBCATCHMENT_RUNON_M3S, SUBCATCHMENT, "from other subcatchments")                            \
    X(SUBCATCHMENT_RUNOFF_M3S, SUBCATCHMENT, "at the last runoff time")                            \
    X(SUBCATCHMENT_SNOW_M, SUBCATCHMENT, "water that lies as snow, at the last runoff time")       \
    X(NODE_DEPTH_M, NODE, "water above the invert")                                                \
    X(NODE_HEAD_M, NODE, "elevation of the water")                                                 \
    X(NODE_VOLUME_M3, NODE, "water in it")                                                         \
    X(NODE_LATERAL_M3S, NODE, "inflow from outside the network")                                   \
    X(NODE_INFLOW_M3S, NODE, "all that comes in")                                                  \
    X(NODE_OUTFLOW_M3S, NODE, "all that goes out but overflow")                                    \
    X(NODE_OVERFLOW_M3S, NODE, "floods, or goes into the pond above")                              \
    X(NODE_LOSSES_M3S, NODE, "evaporation and seepage of a storage")                               \
    X(NODE_RESIDENCE_S, NODE, "mean age of a storage's water, with pollutants; else 0")            \
    X(LINK_FLOW_M3S, LINK, "from its first to its second node")                                    \
    X(LINK_DEPTH_M, LINK, "mean depth")                                                            \
    X(LINK_VOLUME_M3, LINK, "water in it")                                                         \
    X(LINK_VELOCITY_MPS, LINK, "of a conduit")                                                     \
    X(LINK_TOP_WIDTH_M, LINK, "of a conduit's water")                                              \
    X(LINK_SETTING, LINK, "0 closed or off")                                                       \
    X(LINK_TARGET, LINK, "setting that it moves to")                                               \
    X(LINK_FROUDE, LINK, "Froude number of a conduit")                                             \
    X(LINK_SURFACE1_M2, LINK, "surface that a regulator lends its first node; else 0")             \
    X(LINK_SURFACE2_M2, LINK, "the same of its second node")                                       \
    X(LINK_SLOPE, LINK, "of a conduit, ratio")                                                     \
    X(NODE_MEAN_DEPTH_M, NODE, "over the steps")                                                   \
    X(NODE_MAX_DEPTH_M, NODE, "greatest depth")                                                    \
    X(NODE_MAX_DEPTH_DAY, NODE, "its date")                                                        \
    X(NODE_MAX_REPORTED_M, NODE, "greatest depth at report times")                                 \
    X(NODE_FLOODED_M3, NODE, "volume that flooded")                                                \
    X(NODE_FLOODED_S, NODE, "time with flooding")                                                  \
    X(NODE_SURCHARGED_S, NODE, "time surcharged")                                                  \
    X(NODE_CRITICAL_STEPS, NODE, "steps whose length it set, since the start")                     \
    X(NODE_UNCONVERGED_STEPS, NODE, "steps that ended before it settled, since the start")         \
    X(NODE_SUM_LATERAL_M3, NODE, "inflow from outside the network")                                \
    X(NODE_MAX_LATERAL_M3S, NODE, "its greatest")                                                  \
    X(NODE_MAX_INFLOW_M3S, NODE, "greatest of all inflow")                                         \
    X(NODE_MAX_INFLOW_DAY, NODE, "its date")                                                       \
    X(NODE_MAX_FLOODING_M3S, NODE, "greatest flooding")                                            \
    X(NODE_MAX_FLOODING_DAY, NODE, "its date")                                                     \
    X(NODE_MAX_PONDED_M3, NODE, "greatest volume above ground")                                    \
    X(NODE_SUM_INFLOW_M3, NODE, "all inflow, since the start")                                     \
    X(STORAGE_INITIAL_M3, NODE, "of a storage: volume at the start")                               \
    X(STORAGE_MEAN_M3, NODE, "of a storage: mean volume")                                          \
    X(STORAGE_MAX_M3, NODE, "of a storage: greatest volume")                                       \
    X(STORAGE_MAX_DAY, NODE, "of a storage: its date")                                             \
    X(STORAGE_MAX_OUTFLOW_M3S, NODE, "of a storage: greatest outflow")                             \
    X(STORAGE_EVAPORATED_M3, NODE, "of a storage")                                                 \
    X(STORAGE_SEEPED_M3, NODE, "of a storage")                                                     \
    X(OUTFALL_FLOWING_STEPS, NODE, "of an outfall: steps with flow")                               \
    X(OUTFALL_SUM_M3S, NODE, "of an outfall: sum of the flows of those steps")                     \
    X(OUTFALL_MAX_M3S, NODE, "of an outfall: greatest flow")                                       \
    X(LINK_MAX_FLOW_M3S, LINK, "greatest flow, either way")                                        \
    X(LINK_MAX_FLOW_DAY, LINK, "its date")                                                         \
    X(LINK_MAX_DEPTH_M, LINK, "greatest depth")                                                    \
    X(LINK_MAX_VELOCITY_MPS, LINK, "of a conduit: greatest velocity")                              \
    X(LINK_NORMAL_LIMITED_S, LINK, "of a conduit: held to normal flow")                            \
    X(LINK_BOTH_FULL_S, LINK, "of a conduit: full at both ends")                                   \
    X(LINK_UPSTREAM_FULL_S, LINK, "of a conduit: full at its upstream end")                        \
    X(LINK_DOWNSTREAM_FULL_S, LINK, "of a conduit: full at its downstream end")                    \
    X(LINK_ABOVE_FULL_FLOW_S, LINK, "of a conduit: with more than its full normal flow")           \
    X(LINK_CAPACITY_LIMITED_S, LINK, "of a conduit: full, with a steeper water line than slope")   \
    X(LINK_CRITICAL_STEPS, LINK, "steps whose length it set, since the start")                     \
    X(LINK_FLOW_TURNS, LINK, "times that the change of flow turned, since the start")              \
    X(PUMP_ON_S, LINK, "of a pump: time on")                                                       \
    X(PUMP_ON_STEPS, LINK, "of a pump: steps on")                                                  \
    X(PUMP_STARTUPS, LINK, "of a pump")                                                            \
    X(PUMP_MIN_M3S, LINK, "of a pump: least flow while on")                                        \
    X(PUMP_SUM_M3S, LINK, "of a pump: sum of the flows of the steps on")                           \
    X(PUMP_VOLUME_M3, LINK, "of a pump")                                                           \
    X(PUMP_ENERGY_J, LINK, "of a pump")                                                            \
    X(PUMP_BELOW_CURVE_S, LINK, "of a pump: time on, left of its curve")                           \
    X(PUMP_ABOVE_CURVE_S, LINK, "of a pump: time on, right of its curve")                          \
    X(SUBCATCHMENT_SUM_RAIN_M3, SUBCATCHMENT, "since the start")                                   \
    X(SUBCATCHMENT_SUM_RUNON_M3, SUBCATCHMENT, "since the start")                                  \
    X(SUBCATCHMENT_SUM_EVAPORATION_M3, SUBCATCHMENT, "since the start")                            \
    X(SUBCATCHMENT_SUM_INFILTRATION_M3, SUBCATCHMENT, "since the start")                           \
    X(SUBCATCHMENT_SUM_RUNOFF_M3, SUBCATCHMENT, "since the start")                                 \
    X(SUBCATCHMENT_MAX_RUNOFF_M3S, SUBCATCHMENT, "since the start")                                \
    X(SUBCATCHMENT_SUM_IMPERVIOUS_M3, SUBCATCHMENT, "runoff of the impervious part")               \
    X(SUBCATCHMENT_SUM_PERVIOUS_M3, SUBCATCHMENT, "runoff of the pervious part")                   \
    X(REPORTED_STEPS, MODEL, "routing steps since the report's start")                             \
    X(STEP_S, MODEL, "the last routing step; 0 before the first")

/** A value of a run. */
typedef enum {
#define TW_VALUE_ENUM(name, object, text) TW_VALUE_OF_##name,
    TW_VALUE_LIST(TW_VALUE_ENUM)
#undef TW_VALUE_ENUM
        TW_VALUE_OF_COUNT
} tw_value;

/** A value of a run now; NAN when the object does not exist or has no such value. */
double tw_run_value(const tw_run *run, tw_value which, int32_t index);

/** Time that a conduit was in a flow class, 0 dry, up dry, down dry, sub-, supercritical, up, down
 *  critical 6, since the report's start [s]; NAN as tw_run_value. */
double tw_run_link_class_s(const tw_run *run, tw_link_id id, int32_t flow_class);

/** Mass of a pollutant that a subcatchment's runoff has brought since the start, in the file's unit
 *  of mass (lb, kg, or a count); NAN as tw_run_value. */
double tw_run_subcatchment_mass(const tw_run *run, tw_subcatchment_id id, int32_t pollutant);
/** The same that has passed through a link. */
double tw_run_link_mass(const tw_run *run, tw_link_id id, int32_t pollutant);
/** The same that has left by an outfall. */
double tw_run_outfall_mass(const tw_run *run, tw_node_id id, int32_t pollutant);
/** Concentration of a pollutant in what flows into a node that treats it; 0 at others and without
 *  inflow, NAN as tw_run_value. */
double tw_run_node_inflow_concentration(const tw_run *run, tw_node_id id, int32_t pollutant);
/** Greatest error of the network's balances of pollutants [ratio]; 0 without pollutants. */
double tw_run_quality_error_ratio(const tw_run *run);
/** Mass in the file's unit of a cubic metre of water that has a concentration of 1; NAN for a
 *  pollutant that the model does not have. */
double tw_model_pollutant_mass(const tw_model *model, int32_t pollutant);
/** True for a pollutant that is counted: masses of it are numbers. */
bool tw_model_pollutant_counted(const tw_model *model, int32_t pollutant);

/** Concentration of a pollutant in a subcatchment's runoff; NAN as tw_run_value. */
double tw_run_subcatchment_concentration(const tw_run *run, tw_subcatchment_id id,
                                         int32_t pollutant);
/** Concentration of a pollutant in what stands on a subcatchment; NAN as tw_run_value. */
double tw_run_subcatchment_ponded(const tw_run *run, tw_subcatchment_id id, int32_t pollutant);
/** Mass of a pollutant that lies on a subcatchment, all land uses, in the file's unit; NAN as
 *  tw_run_value. */
double tw_run_subcatchment_buildup(const tw_run *run, tw_subcatchment_id id, int32_t pollutant);
/** Concentration of a pollutant at a node before its treatment; NAN as tw_run_value. */
double tw_run_node_mixed_concentration(const tw_run *run, tw_node_id id, int32_t pollutant);
/**
 * Write the present state as a hot start file of SWMM, version 4.
 *
 * path    replaced when everything is written
 * errors  TW_ERR_FILE, TW_ERR_NOMEM, TW_ERR_ARG
 */
tw_status tw_run_hotstart_save(const tw_run *run, const char *path);

/** Put the concentration of a pollutant at a node to a value now and at the end of the next step.
 *  What it adds or takes is not booked. errors: TW_ERR_ARG */
tw_status tw_run_set_node_concentration(tw_run *run, tw_node_id id, int32_t pollutant,
                                        double concentration);
/** The same in a link. errors: TW_ERR_ARG */
tw_status tw_run_set_link_concentration(tw_run *run, tw_link_id id, int32_t pollutant,
                                        double concentration);

/** A LID unit now: depths over it since the start, water in its layers, rates of the last step. */
struct tw_lid_unit_values {
    double inflow_m, evaporated_m, infiltrated_m, runoff_m, drain_m, initial_m, held_m;
    double surface_m, pavement_m, soil_ratio, storage_m;
    double dry_s;
    double old_drain_m3s, new_drain_m3s; /* of all such units, at the last two runoff times */
    double inflow_mps, evaporation_mps, surface_infiltration_mps, surface_out_mps, pavement_mps,
        soil_mps, exfiltration_mps, drain_mps;
    double surface_evaporation_mps, pavement_evaporation_mps, soil_evaporation_mps,
        storage_evaporation_mps;
    double surface_rate_mps, pavement_rate_mps, soil_rate_per_s, storage_rate_mps;
    double to_pervious_m3s; /* from all units of the subcatchment, in the next step */
    double pervious_m2;     /* of all units of the subcatchment that lie on open ground */
};

/** What a LID unit of a subcatchment holds and does. errors: TW_ERR_ARG */
tw_status tw_run_lid_unit(const tw_run *run, tw_subcatchment_id id, int32_t unit,
                          struct tw_lid_unit_values *out_values);

#ifdef __cplusplus
}
#endif
#endif
