/* Sums and greatest values so far, as SWMM's structures have them. */
#include "toolkit.h"

#include "session.h"

#include <math.h>
#include <stddef.h>

/* Whether there are statistics of an object. */
static int check_stats(tw_object kind, int index, const void *out)
{
    int code = tw_swmm_check(kind, index, out);
    return code == 0 && !tw_swmm_running() ? TW_SWMM_ERROR_2002 : code;
}

/* A value in the model's units; 0 where there is none. */
static double value_of(tw_value which, int index, enum tw_swmm_unit unit)
{
    double value = tw_run_value(tw_swmm_session()->run, which, index);
    return tw_swmm_shown(value, unit);
}

static double ratio(double value, double by) { return by > 0.0 ? value / by : 0.0; }

int swmm_getNodeStats(int index, SM_NodeStats *stats)
{
    int code = check_stats(TW_OBJECT_NODE, index, stats);
    if (code != 0) return code;
    *stats = (SM_NodeStats){
        .avg_depth = value_of(TW_VALUE_OF_NODE_MEAN_DEPTH_M, index, TW_SWMM_LENGTH),
        .max_depth = value_of(TW_VALUE_OF_NODE_MAX_DEPTH_M, index, TW_SWMM_LENGTH),
        .max_depth_date = value_of(TW_VALUE_OF_NODE_MAX_DEPTH_DAY, index, TW_SWMM_NONE),
        .max_reported_depth = value_of(TW_VALUE_OF_NODE_MAX_REPORTED_M, index, TW_SWMM_LENGTH),
        .flooded_volume = value_of(TW_VALUE_OF_NODE_FLOODED_M3, index, TW_SWMM_VOLUME),
        .flooded_hours = value_of(TW_VALUE_OF_NODE_FLOODED_S, index, TW_SWMM_HOURS),
        .surcharged_hours = value_of(TW_VALUE_OF_NODE_SURCHARGED_S, index, TW_SWMM_HOURS),
        .courant_critical_hours = value_of(TW_VALUE_OF_NODE_CRITICAL_STEPS, index, TW_SWMM_HOURS),
        .lateral_volume = value_of(TW_VALUE_OF_NODE_SUM_LATERAL_M3, index, TW_SWMM_VOLUME),
        .max_lateral_flow = value_of(TW_VALUE_OF_NODE_MAX_LATERAL_M3S, index, TW_SWMM_FLOW),
        .max_inflow = value_of(TW_VALUE_OF_NODE_MAX_INFLOW_M3S, index, TW_SWMM_FLOW),
        .max_overflow = value_of(TW_VALUE_OF_NODE_MAX_FLOODING_M3S, index, TW_SWMM_FLOW),
        .max_ponded_volume = value_of(TW_VALUE_OF_NODE_MAX_PONDED_M3, index, TW_SWMM_VOLUME),
        .non_converged_count =
            (int)value_of(TW_VALUE_OF_NODE_UNCONVERGED_STEPS, index, TW_SWMM_NONE),
        .max_inflow_date = value_of(TW_VALUE_OF_NODE_MAX_INFLOW_DAY, index, TW_SWMM_NONE),
        .max_overflow_date = value_of(TW_VALUE_OF_NODE_MAX_FLOODING_DAY, index, TW_SWMM_NONE)};
    return 0;
}

int swmm_getNodeTotalInflow(int index, double *volume)
{
    int code = check_stats(TW_OBJECT_NODE, index, volume);
    if (code != 0) return code;
    *volume = value_of(TW_VALUE_OF_NODE_SUM_INFLOW_M3, index, TW_SWMM_VOLUME);
    return 0;
}

/* Whether there are statistics of a node or link of a kind. */
static int check_kind(tw_object kind, int index, const void *out, int wanted)
{
    int type = -1, code = check_stats(kind, index, out);
    if (code != 0) return code;
    code = kind == TW_OBJECT_NODE ? swmm_getNodeType(index, &type) : swmm_getLinkType(index, &type);
    return code == 0 && type != wanted ? TW_SWMM_ERROR_2003 : code;
}

int swmm_getStorageStats(int index, SM_StorageStats *stats)
{
    int code = check_kind(TW_OBJECT_NODE, index, stats, (int)TW_NODE_STORAGE);
    if (code != 0) return code;
    *stats = (SM_StorageStats){
        .initial_volume = value_of(TW_VALUE_OF_STORAGE_INITIAL_M3, index, TW_SWMM_VOLUME),
        .avg_volume = value_of(TW_VALUE_OF_STORAGE_MEAN_M3, index, TW_SWMM_VOLUME),
        .max_volume = value_of(TW_VALUE_OF_STORAGE_MAX_M3, index, TW_SWMM_VOLUME),
        .max_flow = value_of(TW_VALUE_OF_STORAGE_MAX_OUTFLOW_M3S, index, TW_SWMM_FLOW),
        .evaporation = value_of(TW_VALUE_OF_STORAGE_EVAPORATED_M3, index, TW_SWMM_VOLUME),
        .exfiltration = value_of(TW_VALUE_OF_STORAGE_SEEPED_M3, index, TW_SWMM_VOLUME),
        .max_volume_date = value_of(TW_VALUE_OF_STORAGE_MAX_DAY, index, TW_SWMM_NONE)};
    return 0;
}

int swmm_getOutfallStats(int index, SM_OutfallStats *stats)
{
    const struct tw_swmm_session *s = tw_swmm_session();
    int code = check_kind(TW_OBJECT_NODE, index, stats, (int)TW_NODE_OUTFALL);
    if (code != 0) return code;
    double steps = value_of(TW_VALUE_OF_OUTFALL_FLOWING_STEPS, index, TW_SWMM_NONE);
    double sum = value_of(TW_VALUE_OF_OUTFALL_SUM_M3S, index, TW_SWMM_FLOW);
    stats->avg_flow = ratio(sum, steps);
    stats->max_flow = value_of(TW_VALUE_OF_OUTFALL_MAX_M3S, index, TW_SWMM_FLOW);
    stats->total_periods = (int)steps;
    for (int p = 0; stats->total_load != NULL && p < tw_model_pollutant_count(s->model); p++)
        stats->total_load[p] = tw_swmm_load(tw_run_outfall_mass(s->run, (tw_node_id){index}, p), p);
    return 0;
}

int swmm_getLinkStats(int index, SM_LinkStats *stats)
{
    int code = check_stats(TW_OBJECT_LINK, index, stats);
    if (code != 0) return code;
    *stats = (SM_LinkStats){
        .max_flow = value_of(TW_VALUE_OF_LINK_MAX_FLOW_M3S, index, TW_SWMM_FLOW),
        .max_flow_date = value_of(TW_VALUE_OF_LINK_MAX_FLOW_DAY, index, TW_SWMM_NONE),
        .max_velocity = value_of(TW_VALUE_OF_LINK_MAX_VELOCITY_MPS, index, TW_SWMM_LENGTH),
        .max_depth = value_of(TW_VALUE_OF_LINK_MAX_DEPTH_M, index, TW_SWMM_LENGTH),
        .normal_flow_hours = value_of(TW_VALUE_OF_LINK_NORMAL_LIMITED_S, index, TW_SWMM_HOURS),
        .surcharged_hours = value_of(TW_VALUE_OF_LINK_BOTH_FULL_S, index, TW_SWMM_HOURS),
        .full_upstream_hours = value_of(TW_VALUE_OF_LINK_UPSTREAM_FULL_S, index, TW_SWMM_HOURS),
        .full_downstream_hours = value_of(TW_VALUE_OF_LINK_DOWNSTREAM_FULL_S, index, TW_SWMM_HOURS),
        .full_flow_hours = value_of(TW_VALUE_OF_LINK_ABOVE_FULL_FLOW_S, index, TW_SWMM_HOURS),
        .capacity_limited_hours =
            value_of(TW_VALUE_OF_LINK_CAPACITY_LIMITED_S, index, TW_SWMM_HOURS),
        .courant_critical_hours = value_of(TW_VALUE_OF_LINK_CRITICAL_STEPS, index, TW_SWMM_HOURS),
        .flow_turns = (long)value_of(TW_VALUE_OF_LINK_FLOW_TURNS, index, TW_SWMM_NONE)};
    for (int k = 0; k < SM_FLOW_CLASSES; k++) {
        double s = tw_run_link_class_s(tw_swmm_session()->run, (tw_link_id){index}, k);
        stats->flow_class_s[k] = isnan(s) ? 0.0 : s;
    }
    return 0;
}

int swmm_getPumpStats(int index, SM_PumpStats *stats)
{
    int code = check_kind(TW_OBJECT_LINK, index, stats, (int)TW_LINK_PUMP);
    if (code != 0) return code;
    double steps = value_of(TW_VALUE_OF_PUMP_ON_STEPS, index, TW_SWMM_NONE);
    double sum = value_of(TW_VALUE_OF_PUMP_SUM_M3S, index, TW_SWMM_FLOW);
    *stats = (SM_PumpStats){
        .utilized = value_of(TW_VALUE_OF_PUMP_ON_S, index, TW_SWMM_NONE),
        .min_flow = 0.0, /* as SWMM, which begins with it */
        .avg_flow = ratio(sum, steps),
        .max_flow = value_of(TW_VALUE_OF_LINK_MAX_FLOW_M3S, index, TW_SWMM_FLOW),
        .volume = value_of(TW_VALUE_OF_PUMP_VOLUME_M3, index, TW_SWMM_VOLUME),
        .energy = value_of(TW_VALUE_OF_PUMP_ENERGY_J, index, TW_SWMM_PER_KWH),
        .off_curve_low = value_of(TW_VALUE_OF_PUMP_BELOW_CURVE_S, index, TW_SWMM_HOURS),
        .off_curve_high = value_of(TW_VALUE_OF_PUMP_ABOVE_CURVE_S, index, TW_SWMM_HOURS),
        .startups = (int)value_of(TW_VALUE_OF_PUMP_STARTUPS, index, TW_SWMM_NONE),
        .total_periods = (int)steps};
    return 0;
}

int swmm_getSubcatchStats(int index, SM_SubcatchStats *stats)
{
    const struct tw_swmm_session *s = tw_swmm_session();
    int code = check_stats(TW_OBJECT_SUBCATCHMENT, index, stats);
    if (code != 0) return code;
    double area = tw_model_parameter(s->model, TW_PARAMETER_SUBCATCHMENT_AREA_M2, index);
    double rain_m3 = value_of(TW_VALUE_OF_SUBCATCHMENT_SUM_RAIN_M3, index, TW_SWMM_NONE);
    enum tw_swmm_unit volume = TW_SWMM_VOLUME;
    *stats = (SM_SubcatchStats){
        .precipitation = ratio(1000.0 * rain_m3, area) / s->units.rain_mm,
        .runon = value_of(TW_VALUE_OF_SUBCATCHMENT_SUM_RUNON_M3, index, volume),
        .evaporation = value_of(TW_VALUE_OF_SUBCATCHMENT_SUM_EVAPORATION_M3, index, volume),
        .infiltration = value_of(TW_VALUE_OF_SUBCATCHMENT_SUM_INFILTRATION_M3, index, volume),
        .runoff = value_of(TW_VALUE_OF_SUBCATCHMENT_SUM_RUNOFF_M3, index, volume),
        .max_flow = value_of(TW_VALUE_OF_SUBCATCHMENT_MAX_RUNOFF_M3S, index, TW_SWMM_FLOW),
        .impervious_runoff = value_of(TW_VALUE_OF_SUBCATCHMENT_SUM_IMPERVIOUS_M3, index, volume),
        .pervious_runoff = value_of(TW_VALUE_OF_SUBCATCHMENT_SUM_PERVIOUS_M3, index, volume)};
    return 0;
}

static const double foot3_m3 = 0.028316846592;

int swmm_getSystemRoutingTotals(SM_RoutingTotals *totals)
{
    const struct tw_swmm_session *s = tw_swmm_session();
    int code = check_stats(TW_OBJECT_MODEL, 0, totals);
    if (code != 0) return code;
    struct tw_balance b = tw_run_balance(s->run);
    double unit = s->units.volume_m3;
    *totals = (SM_RoutingTotals){.dry_weather = b.dry_weather_m3 / unit,
                                 .wet_weather = b.wet_weather_m3 / unit,
                                 .groundwater = b.groundwater_m3 / unit,
                                 .rdii = b.rdii_m3 / unit,
                                 .external = b.external_m3 / unit,
                                 .flooding = b.flooding_m3 / unit,
                                 .outflow = b.outflow_m3 / unit,
                                 .evaporation = b.evaporated_m3 / unit,
                                 .seepage = b.seeped_m3 / unit,
                                 .initial_storage = b.initial_storage_m3 / unit,
                                 /* as SWMM: in cubic feet, also of a metric model */
                                 .final_storage = b.final_storage_m3 / foot3_m3,
                                 .error_percent = 100.0 * b.routing_error_ratio};
    return 0;
}

int swmm_getSystemRunoffTotals(SM_RunoffTotals *totals)
{
    const struct tw_swmm_session *s = tw_swmm_session();
    int code = check_stats(TW_OBJECT_MODEL, 0, totals);
    if (code != 0) return code;
    struct tw_balance b = tw_run_balance(s->run);
    double area = 0.0;
    for (int32_t i = 0; i < tw_model_subcatchment_count(s->model); i++)
        area += tw_model_parameter(s->model, TW_PARAMETER_SUBCATCHMENT_AREA_M2, i);
    double depth = area * s->units.rain_mm / 1000.0; /* volume of a unit of rain on all of it */
    *totals = (SM_RunoffTotals){.rainfall = ratio(b.rain_m3, depth),
                                .evaporation = ratio(b.evaporation_m3, depth),
                                .infiltration = ratio(b.infiltration_m3, depth),
                                .runoff = ratio(b.runoff_m3, depth),
                                .drains = ratio(b.drained_m3, depth),
                                .runon = ratio(b.runon_m3, depth),
                                .initial_storage = ratio(b.initial_surface_m3, depth),
                                .final_storage = ratio(b.reported_surface_m3, depth),
                                .initial_snow = ratio(b.initial_snow_m3, depth),
                                .final_snow = ratio(b.snow_m3, depth),
                                .snow_removed = ratio(b.snow_removed_m3, depth),
                                .error_percent = 100.0 * b.reported_error_ratio};
    return 0;
}
