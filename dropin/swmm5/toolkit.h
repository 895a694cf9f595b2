/* The functions that the toolkit of Open Water Analytics adds to SWMM's library (toolkit.h), which
 * PySWMM calls. Types, options and properties are numbers as there; all values are in the model's
 * units. A value goes to its out argument; every function returns 0 or an error code:
 *
 *   2000 no such type or property   2001 no model is open      2002 no simulation goes on
 *   2003 not that kind of object    2004 no such object        2005 no such pollutant
 *   2011 no place for the answer    2013 a simulation goes on
 *
 * source: OWA SWMM toolkit 5.2.4, list of functions, enumerations and structures */
#ifndef TW_DROPIN_TOOLKIT_H
#define TW_DROPIN_TOOLKIT_H

#include "swmm5.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Structures as their readers have them, member by member. Times are hours, dates decimal days. */

/** Of a node, since the report's start. */
typedef struct {
    double avg_depth, max_depth, max_depth_date, max_reported_depth, flooded_volume, flooded_hours,
        surcharged_hours, courant_critical_hours, lateral_volume, max_lateral_flow, max_inflow,
        max_overflow, max_ponded_volume;
    int non_converged_count;
    double max_inflow_date, max_overflow_date;
} SM_NodeStats;

/** Of a storage. */
typedef struct {
    double initial_volume, avg_volume, max_volume, max_flow, evaporation, exfiltration,
        max_volume_date;
} SM_StorageStats;

/** Of an outfall; total_load [pollutants] is the caller's, or NULL. */
typedef struct {
    double avg_flow, max_flow;
    double *total_load;
    int total_periods;
} SM_OutfallStats;

enum { SM_FLOW_CLASSES = 7 }; /* as swmm-toolkit 0.17 reads it: 176 bytes in all */

/** Of a link. */
typedef struct {
    double max_flow, max_flow_date, max_velocity, max_depth, max_street_filled, normal_flow_hours,
        inlet_control_hours, surcharged_hours, full_upstream_hours, full_downstream_hours,
        full_flow_hours, capacity_limited_hours, flow_class_s[SM_FLOW_CLASSES],
        courant_critical_hours;
    long flow_turns;
    int flow_turn_sign;
} SM_LinkStats;

/** Of a pump. */
typedef struct {
    double utilized, min_flow, avg_flow, max_flow, volume, energy, off_curve_low, off_curve_high;
    int startups, total_periods;
} SM_PumpStats;

/** Of a subcatchment, since the start. */
typedef struct {
    double precipitation, runon, evaporation, infiltration, runoff, max_flow, impervious_runoff,
        pervious_runoff;
} SM_SubcatchStats;

/** Of the network. */
typedef struct {
    double dry_weather, wet_weather, groundwater, rdii, external, flooding, outflow, evaporation,
        seepage, reacted, initial_storage, final_storage, error_percent;
} SM_RoutingTotals;

/** Of all subcatchments, as depths on them. */
typedef struct {
    double rainfall, evaporation, infiltration, runoff, drains, runon, initial_storage,
        final_storage, initial_snow, final_snow, snow_removed, error_percent;
} SM_RunoffTotals;

/* ---- the library and the project ---- */

/** "5.2.4": the version whose interface and numbers this is. */
TW_SWMM_API const char *swmm_getSemVersion(void);
/** Whose build this is. */
TW_SWMM_API const char *swmm_getBuildId(void);
/** Words of an error code in memory that swmm_freeMemory frees. */
TW_SWMM_API int swmm_getAPIError(int code, char **text);
/** Free what a function of this library returned; NULL is fine. */
TW_SWMM_API void swmm_freeMemory(void *memory);
TW_SWMM_API int swmm_project_findObject(int type, char *name, int *index);
TW_SWMM_API int swmm_getObjectIndex(int type, char *name, int *index);
/** Name of an object in memory that swmm_freeMemory frees. */
TW_SWMM_API int swmm_getObjectId(int type, int index, char **name);
TW_SWMM_API int swmm_countObjects(int type, int *count);
TW_SWMM_API int swmm_getNodeType(int index, int *type);
TW_SWMM_API int swmm_getLinkType(int index, int *type);
TW_SWMM_API int swmm_getLinkConnections(int index, int *node1, int *node2);
/** 1 as given; -1 turned round, since it rises. */
TW_SWMM_API int swmm_getLinkDirection(int index, signed char *direction);
TW_SWMM_API int swmm_getSubcatchOutConnection(int index, int *type, int *out_index);
TW_SWMM_API int swmm_getSimulationUnit(int type, int *value);
TW_SWMM_API int swmm_getSimulationAnalysisSetting(int type, int *value);
TW_SWMM_API int swmm_getSimulationParam(int type, double *value);
/** Only the number of threads can be set. */
TW_SWMM_API int swmm_setSimulationParam(int type, double value);
TW_SWMM_API int swmm_getSimulationDateTime(int type, int *year, int *month, int *day, int *hour,
                                           int *minute, int *second);
TW_SWMM_API int swmm_setSimulationDateTime(int type, int year, int month, int day, int hour,
                                           int minute, int second);
TW_SWMM_API int swmm_getCurrentDateTime(int *year, int *month, int *day, int *hour, int *minute,
                                        int *second);
/** type 0: begin from a file, 1: write the present state. */
TW_SWMM_API int swmm_hotstart(int type, const char *path);

/* ---- parameters of the model; set between open and start ---- */

TW_SWMM_API int swmm_getNodeParam(int index, int parameter, double *value);
TW_SWMM_API int swmm_setNodeParam(int index, int parameter, double value);
TW_SWMM_API int swmm_getLinkParam(int index, int parameter, double *value);
/** The flow limit may be set while a simulation goes on. */
TW_SWMM_API int swmm_setLinkParam(int index, int parameter, double value);
TW_SWMM_API int swmm_getSubcatchParam(int index, int parameter, double *value);
TW_SWMM_API int swmm_setSubcatchParam(int index, int parameter, double value);

/* ---- results now ---- */

TW_SWMM_API int swmm_getNodeResult(int index, int type, double *value);
TW_SWMM_API int swmm_getLinkResult(int index, int type, double *value);
TW_SWMM_API int swmm_getSubcatchResult(int index, int type, double *value);
TW_SWMM_API int swmm_getGagePrecip(int index, int type, double *value);
/** values: [length] a value a pollutant, in memory that swmm_freeMemory frees. */
TW_SWMM_API int swmm_getNodePollut(int index, int type, double **values, int *length);
TW_SWMM_API int swmm_getLinkPollut(int index, int type, double **values, int *length);
TW_SWMM_API int swmm_getSubcatchPollut(int index, int type, double **values, int *length);
TW_SWMM_API int swmm_setNodePollut(int index, int type, int pollutant, double value);
TW_SWMM_API int swmm_setLinkPollut(int index, int type, int pollutant, double value);
TW_SWMM_API int swmm_setLinkSetting(int index, double setting);
TW_SWMM_API int swmm_setNodeInflow(int index, double flow);
TW_SWMM_API int swmm_setOutfallStage(int index, double stage);
TW_SWMM_API int swmm_setGagePrecip(int index, double rain);

/* ---- LID controls, units and inlets: what the file says, changes, what units do ---- */

TW_SWMM_API int swmm_getLidUCount(int index, int *count);
TW_SWMM_API int swmm_getLidUParam(int index, int unit, int parameter, double *value);
TW_SWMM_API int swmm_setLidUParam(int index, int unit, int parameter, double value);
TW_SWMM_API int swmm_getLidUOption(int index, int unit, int option, int *value);
TW_SWMM_API int swmm_setLidUOption(int index, int unit, int option, int value);
TW_SWMM_API int swmm_getLidUFluxRates(int index, int unit, int layer, double *value);
TW_SWMM_API int swmm_getLidUResult(int index, int unit, int type, double *value);
TW_SWMM_API int swmm_getLidGResult(int index, int type, double *value);
TW_SWMM_API int swmm_getLidCOverflow(int control, int *value);
TW_SWMM_API int swmm_getLidCParam(int control, int layer, int parameter, double *value);
TW_SWMM_API int swmm_setLidCParam(int control, int layer, int parameter, double value);
TW_SWMM_API int swmm_getInletParam(int index, int parameter, double *value);
TW_SWMM_API int swmm_setInletParam(int index, int parameter, double value);
TW_SWMM_API int swmm_getInletResult(int index, int type, double *value);

/* ---- sums and greatest values so far ---- */

TW_SWMM_API int swmm_getNodeStats(int index, SM_NodeStats *stats);
TW_SWMM_API int swmm_getNodeTotalInflow(int index, double *volume);
TW_SWMM_API int swmm_getStorageStats(int index, SM_StorageStats *stats);
TW_SWMM_API int swmm_getOutfallStats(int index, SM_OutfallStats *stats);
TW_SWMM_API int swmm_getLinkStats(int index, SM_LinkStats *stats);
TW_SWMM_API int swmm_getPumpStats(int index, SM_PumpStats *stats);
TW_SWMM_API int swmm_getSubcatchStats(int index, SM_SubcatchStats *stats);
TW_SWMM_API int swmm_getSystemRoutingTotals(SM_RoutingTotals *totals);
TW_SWMM_API int swmm_getSystemRunoffTotals(SM_RunoffTotals *totals);

#ifdef __cplusplus
}
#endif
#endif
