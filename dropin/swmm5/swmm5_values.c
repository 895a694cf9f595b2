/* Objects and their properties by the codes of SWMM 5.2. */
#include "swmm5.h"

#include "saved.h"
#include "session.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>

/* First codes of the properties of each type. */
enum { OF_SYSTEM = 0, OF_GAGE = 100, OF_SUBCATCHMENT = 200, OF_NODE = 300, OF_LINK = 400 };

enum {
    SUBCATCHMENT_AREA = 200,
    SUBCATCHMENT_GAGE = 201,
    SUBCATCHMENT_REPORTED = 206,
    NODE_TYPE = 300,
    NODE_LATERAL = 306,
    NODE_HEAD = 304,
    NODE_REPORTED = 309,
    LINK_TYPE = 400,
    LINK_NODE1 = 401,
    LINK_NODE2 = 402,
    LINK_LENGTH = 403,
    LINK_FULL_DEPTH = 405,
    LINK_FULL_FLOW = 406,
    LINK_SETTING = 407,
    LINK_REPORTED = 414,
    GAGE_RAINFALL = 100
};

enum {
    START_DATE,
    CURRENT_DATE,
    ELAPSED_TIME,
    ROUTE_STEP,
    MAX_ROUTE_STEP,
    REPORT_STEP,
    TOTAL_STEPS,
    NO_REPORT,
    FLOW_UNITS
};

int swmm_getCount(int type)
{
    const struct tw_swmm_session *s = tw_swmm_session();
    return s->model != NULL ? tw_model_object_count(s->model, tw_swmm_object(type)) : 0;
}

void swmm_getName(int type, int index, char *name, int size)
{
    const struct tw_swmm_session *s = tw_swmm_session();
    if (name == NULL || size <= 0) return;
    name[0] = '\0';
    if (s->model == NULL) return;
    const char *found = tw_model_object_name(s->model, tw_swmm_object(type), index);
    if (found != NULL) (void)snprintf(name, (size_t)size, "%s", found);
}

int swmm_getIndex(int type, const char *name)
{
    const struct tw_swmm_session *s = tw_swmm_session();
    int32_t index = -1;
    if (s->model == NULL) return -1;
    tw_status status = tw_model_object_find(s->model, tw_swmm_object(type), name, &index);
    return status == TW_OK ? index : -1;
}

/* Report times that were passed. */
static double periods_so_far(const struct tw_swmm_session *s)
{
    if (!tw_swmm_running()) return tw_swmm_saved_periods(s);
    double step_d = tw_model_parameter(s->model, TW_PARAMETER_REPORT_STEP_S, 0) / 86400.0;
    double first = s->report_day > s->start_day ? s->report_day : s->start_day;
    double before = ceil((first - s->start_day) / step_d - 1e-9);
    double passed = floor((tw_run_day(s->run) - s->start_day) / step_d + 1e-9);
    double count = passed - (before > 1.0 ? before : 1.0) + 1.0;
    return s->saved && count > 0.0 ? count : 0.0;
}

static double system_value(const struct tw_swmm_session *s, int property)
{
    double elapsed = s->run != NULL ? tw_run_elapsed_s(s->run) / 86400.0 : 0.0;
    double step = tw_model_parameter(s->model, TW_PARAMETER_ROUTING_STEP_S, 0);
    const double values[] = {[START_DATE] = s->start_day,
                             [CURRENT_DATE] = s->start_day + elapsed,
                             [ELAPSED_TIME] = elapsed,
                             [ROUTE_STEP] = step,
                             [MAX_ROUTE_STEP] = step,
                             [REPORT_STEP] =
                                 tw_model_parameter(s->model, TW_PARAMETER_REPORT_STEP_S, 0),
                             [TOTAL_STEPS] = periods_so_far(s),
                             [NO_REPORT] = 0.0,
                             [FLOW_UNITS] = (double)s->units.flow};
    bool known = property >= 0 && property < (int)(sizeof values / sizeof values[0]);
    return known ? values[property] : 0.0;
}

/* Properties that do not change in a run, those of the list of values apart. */
static double subcatchment_fixed(const struct tw_swmm_session *s, int property, int index)
{
    struct tw_subcatchment_info info;
    if (tw_model_subcatchment_info(s->model, (tw_subcatchment_id){index}, &info) != TW_OK)
        return 0.0;
    if (property == SUBCATCHMENT_AREA) return info.area_m2 / s->units.land_m2;
    if (property == SUBCATCHMENT_GAGE) return info.gage.index;
    return property == SUBCATCHMENT_REPORTED;
}

static double node_fixed(const struct tw_swmm_session *s, int property, int index)
{
    struct tw_node_info info;
    if (tw_model_node_info(s->model, (tw_node_id){index}, &info) != TW_OK) return 0.0;
    if (property == NODE_TYPE) return info.kind;
    return property == NODE_REPORTED;
}

static double link_fixed(const struct tw_swmm_session *s, int property, int index)
{
    struct tw_link_info info;
    if (tw_model_link_info(s->model, (tw_link_id){index}, &info) != TW_OK) return 0.0;
    bool turned = tw_model_link_turned(s->model, (tw_link_id){index});
    const double values[] = {[LINK_TYPE - OF_LINK] = info.kind,
                             [LINK_NODE1 - OF_LINK] = turned ? info.to.index : info.from.index,
                             [LINK_NODE2 - OF_LINK] = turned ? info.from.index : info.to.index,
                             [LINK_LENGTH - OF_LINK] = info.length_m / s->units.length_m,
                             [LINK_FULL_DEPTH - OF_LINK] = info.full_depth_m / s->units.length_m,
                             [LINK_FULL_FLOW - OF_LINK] = info.full_flow_m3s / s->units.flow_m3s};
    if (property == LINK_REPORTED) return 1.0;
    int at = property - OF_LINK;
    return at < (int)(sizeof values / sizeof values[0]) ? values[at] : 0.0;
}

/* Properties that change: code, value, its unit. */
static const struct present {
    int property;
    tw_value value;
    enum tw_swmm_unit unit;
} presents[] = {{100, TW_VALUE_OF_GAGE_RAIN_MMH, TW_SWMM_RAIN},
                {202, TW_VALUE_OF_SUBCATCHMENT_RAIN_MMH, TW_SWMM_RAIN},
                {203, TW_VALUE_OF_SUBCATCHMENT_EVAPORATION_MPS, TW_SWMM_DAY_RATE},
                {204, TW_VALUE_OF_SUBCATCHMENT_INFILTRATION_MPS, TW_SWMM_RATE},
                {205, TW_VALUE_OF_SUBCATCHMENT_RUNOFF_M3S, TW_SWMM_FLOW},
                {303, TW_VALUE_OF_NODE_DEPTH_M, TW_SWMM_LENGTH},
                {304, TW_VALUE_OF_NODE_HEAD_M, TW_SWMM_LENGTH},
                {305, TW_VALUE_OF_NODE_VOLUME_M3, TW_SWMM_VOLUME},
                {306, TW_VALUE_OF_NODE_LATERAL_M3S, TW_SWMM_FLOW},
                {307, TW_VALUE_OF_NODE_INFLOW_M3S, TW_SWMM_FLOW},
                {308, TW_VALUE_OF_NODE_OVERFLOW_M3S, TW_SWMM_FLOW},
                {404, TW_VALUE_OF_LINK_SLOPE, TW_SWMM_NONE},
                {407, TW_VALUE_OF_LINK_SETTING, TW_SWMM_NONE},
                {410, TW_VALUE_OF_LINK_FLOW_M3S, TW_SWMM_FLOW},
                {411, TW_VALUE_OF_LINK_DEPTH_M, TW_SWMM_LENGTH},
                {412, TW_VALUE_OF_LINK_VELOCITY_MPS, TW_SWMM_LENGTH},
                {413, TW_VALUE_OF_LINK_TOP_WIDTH_M, TW_SWMM_LENGTH}};

/* Parameters that are properties. */
static const struct fixed {
    int property;
    tw_parameter parameter;
} fixed[] = {{301, TW_PARAMETER_NODE_INVERT_M}, {302, TW_PARAMETER_NODE_FULL_DEPTH_M}};

double swmm_getValue(int property, int index)
{
    const struct tw_swmm_session *s = tw_swmm_session();
    if (s->model == NULL) return 0.0;
    if (property < OF_GAGE) return system_value(s, property);
    for (size_t i = 0; i < sizeof presents / sizeof presents[0]; i++) {
        if (presents[i].property != property) continue;
        if (s->run == NULL) return 0.0;
        double value = tw_run_value(s->run, presents[i].value, index);
        return tw_swmm_shown(value, presents[i].unit);
    }
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (fixed[i].property != property) continue;
        double value = tw_model_parameter(s->model, fixed[i].parameter, index);
        return tw_swmm_shown(value, TW_SWMM_LENGTH);
    }
    if (property >= OF_LINK) return link_fixed(s, property, index);
    if (property >= OF_NODE) return node_fixed(s, property, index);
    return property >= OF_SUBCATCHMENT ? subcatchment_fixed(s, property, index) : 0.0;
}

/* Settings outside a simulation are those of its options. */
static void set_system(struct tw_swmm_session *s, int property, double value)
{
    if (s->run != NULL) return;
    tw_status status = TW_ERR_ARG;
    if (property == ROUTE_STEP || property == MAX_ROUTE_STEP)
        status = tw_model_change(s->model, TW_PARAMETER_ROUTING_STEP_S, 0, value);
    if (property == REPORT_STEP)
        status = tw_model_change(s->model, TW_PARAMETER_REPORT_STEP_S, 0, value);
    s->changed = s->changed || status == TW_OK;
}

void swmm_setValue(int property, int index, double value)
{
    struct tw_swmm_session *s = tw_swmm_session();
    if (s->model == NULL || !isfinite(value)) return;
    if (property < OF_GAGE) set_system(s, property, value);
    if (!tw_swmm_running()) return;
    /* what the engine refuses, a wrong index or value, stays as it is: there is no error to return */
    if (property == GAGE_RAINFALL)
        (void)tw_run_hold_gage_rain(s->run, (tw_gage_id){index}, value * s->units.rain_mm);
    if (property == NODE_LATERAL)
        (void)tw_run_set_node_inflow(s->run, (tw_node_id){index}, value * s->units.flow_m3s);
    if (property == NODE_HEAD)
        (void)tw_run_set_outfall_stage(s->run, (tw_node_id){index}, value * s->units.length_m);
    if (property == LINK_SETTING) (void)tw_run_set_link_setting(s->run, (tw_link_id){index}, value);
}

/* Place of a property among the values of a result file; -1: it has none there. */
static int saved_place(int property)
{
    static const struct {
        int property, place;
    } places[] = {{202, 0}, {203, 2}, {204, 3}, {205, 4}, {303, 0}, {304, 1}, {305, 2},
                  {306, 3}, {307, 4}, {308, 5}, {410, 0}, {411, 1}, {412, 2}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (places[i].property == property) return places[i].place;
    }
    return -1;
}

double swmm_getSavedValue(int property, int index, int period)
{
    const struct tw_swmm_session *s = tw_swmm_session();
    if (!s->ended || !s->saved || s->model == NULL) return 0.0;
    if (property == CURRENT_DATE) return tw_swmm_saved_day(s, period);
    enum { DEPTH = 411, TOP_WIDTH = 413 };
    if (property == TOP_WIDTH) {
        double depth = swmm_getSavedValue(DEPTH, index, period) * s->units.length_m;
        return tw_model_link_width_m(s->model, (tw_link_id){index}, depth) / s->units.length_m;
    }
    int place = saved_place(property);
    int kind = property >= OF_LINK   ? TW_SWMM_SAVED_LINK
               : property >= OF_NODE ? TW_SWMM_SAVED_NODE
                                     : TW_SWMM_SAVED_SUBCATCHMENT;
    if (place < 0) return 0.0;
    tw_object object = kind == TW_SWMM_SAVED_LINK   ? TW_OBJECT_LINK
                       : kind == TW_SWMM_SAVED_NODE ? TW_OBJECT_NODE
                                                    : TW_OBJECT_SUBCATCHMENT;
    const char *name = tw_model_object_name(s->model, object, index);
    return name != NULL ? tw_swmm_saved_value(s, kind, name, place, period) : 0.0;
}
