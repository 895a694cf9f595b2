/* What is asked of the project: names, types, units, options, dates. */
#include "toolkit.h"

#include "session.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const char *swmm_getSemVersion(void) { return "5.2.4"; }

const char *swmm_getBuildId(void) { return "thalweg-" TW_VERSION; }

/* A copy for the caller, who frees it with swmm_freeMemory. */
static int hand_over(const char *text, char **out)
{
    size_t size = strlen(text) + 1;
    *out = malloc(size);
    if (*out == NULL) return TW_SWMM_ERROR_101;
    memcpy(*out, text, size);
    return 0;
}

int swmm_getAPIError(int code, char **text)
{
    return text == NULL ? TW_SWMM_ERROR_2011 : hand_over(tw_swmm_error_text(code), text);
}

void swmm_freeMemory(void *memory) { free(memory); }

int swmm_countObjects(int type, int *count)
{
    if (count == NULL) return TW_SWMM_ERROR_2011;
    *count = 0;
    if (tw_swmm_session()->model == NULL) return TW_SWMM_ERROR_2001;
    if (type < 0 || type > TW_SWMM_LID) return TW_SWMM_ERROR_2000;
    *count = tw_model_object_count(tw_swmm_session()->model, tw_swmm_object(type));
    return 0;
}

int swmm_project_findObject(int type, char *name, int *index)
{
    if (name == NULL || index == NULL) return TW_SWMM_ERROR_2011;
    *index = -1;
    if (tw_swmm_session()->model == NULL) return TW_SWMM_ERROR_2001;
    if (type < 0 || type > TW_SWMM_LID) return TW_SWMM_ERROR_2000;
    int32_t found = -1;
    tw_status status =
        tw_model_object_find(tw_swmm_session()->model, tw_swmm_object(type), name, &found);
    *index = found;
    return status == TW_OK ? 0 : TW_SWMM_ERROR_2004;
}

int swmm_getObjectIndex(int type, char *name, int *index)
{
    return swmm_project_findObject(type, name, index);
}

int swmm_getObjectId(int type, int index, char **name)
{
    if (name == NULL) return TW_SWMM_ERROR_2011;
    *name = NULL;
    if (tw_swmm_session()->model == NULL) return TW_SWMM_ERROR_2001;
    if (type < 0 || type > TW_SWMM_LID) return TW_SWMM_ERROR_2000;
    const char *found = tw_model_object_name(tw_swmm_session()->model, tw_swmm_object(type), index);
    return found != NULL ? hand_over(found, name) : TW_SWMM_ERROR_2004;
}

int swmm_getNodeType(int index, int *type)
{
    struct tw_node_info info;
    int code = tw_swmm_check(TW_OBJECT_NODE, index, type);
    if (code != 0) return code;
    (void)tw_model_node_info(tw_swmm_session()->model, (tw_node_id){index}, &info);
    *type = (int)info.kind;
    return 0;
}

int swmm_getLinkType(int index, int *type)
{
    struct tw_link_info info;
    int code = tw_swmm_check(TW_OBJECT_LINK, index, type);
    if (code != 0) return code;
    (void)tw_model_link_info(tw_swmm_session()->model, (tw_link_id){index}, &info);
    *type = (int)info.kind;
    return 0;
}

int swmm_getLinkConnections(int index, int *node1, int *node2)
{
    struct tw_link_info info;
    int code = tw_swmm_check(TW_OBJECT_LINK, index, node1);
    if (code == 0 && node2 == NULL) code = TW_SWMM_ERROR_2011;
    if (code != 0) return code;
    (void)tw_model_link_info(tw_swmm_session()->model, (tw_link_id){index}, &info);
    bool turned = tw_model_link_turned(tw_swmm_session()->model, (tw_link_id){index});
    *node1 = turned ? info.to.index : info.from.index;
    *node2 = turned ? info.from.index : info.to.index;
    return 0;
}

int swmm_getLinkDirection(int index, signed char *direction)
{
    int code = tw_swmm_check(TW_OBJECT_LINK, index, direction);
    if (code != 0) return code;
    bool turned = tw_model_link_turned(tw_swmm_session()->model, (tw_link_id){index});
    *direction = turned ? -1 : 1;
    return 0;
}

int swmm_getSubcatchOutConnection(int index, int *type, int *out_index)
{
    enum { SUBCATCHMENT = 1, NODE = 2 };
    struct tw_subcatchment_info info;
    int code = tw_swmm_check(TW_OBJECT_SUBCATCHMENT, index, type);
    if (code == 0 && out_index == NULL) code = TW_SWMM_ERROR_2011;
    if (code != 0) return code;
    (void)tw_model_subcatchment_info(tw_swmm_session()->model, (tw_subcatchment_id){index}, &info);
    *type = info.outlet.index >= 0 ? NODE : SUBCATCHMENT;
    *out_index = info.outlet.index >= 0 ? info.outlet.index : info.runon.index;
    return 0;
}

/* ---- options ---- */

int swmm_getSimulationUnit(int type, int *value)
{
    enum { SYSTEM, FLOW };
    const struct tw_swmm_session *s = tw_swmm_session();
    if (value == NULL) return TW_SWMM_ERROR_2011;
    if (s->model == NULL) return TW_SWMM_ERROR_2001;
    if (type != SYSTEM && type != FLOW) return TW_SWMM_ERROR_2000;
    *value = type == FLOW ? s->units.flow : !s->units.us;
    return 0;
}

int swmm_getSimulationAnalysisSetting(int type, int *value)
{
    if (value == NULL) return TW_SWMM_ERROR_2011;
    if (tw_swmm_session()->model == NULL) return TW_SWMM_ERROR_2001;
    struct tw_model_switches o = tw_model_switches_get(tw_swmm_session()->model);
    const bool values[] = {o.allow_ponding,  o.skip_steady_state, o.ignore_rainfall,
                           o.ignore_rdii,    o.ignore_snow,       o.ignore_groundwater,
                           o.ignore_routing, o.ignore_quality};
    if (type < 0 || type >= (int)(sizeof values / sizeof values[0])) return TW_SWMM_ERROR_2000;
    *value = values[type];
    return 0;
}

enum { PARAMETERS = 15, RUNOFF_ERROR = 7, FLOW_ERROR = 9, THREADS = 14 };

/* Continuity errors [ratio] at the end, else 0; 0 for types that are none. */
static double error_of(int type)
{
    const struct tw_swmm_session *s = tw_swmm_session();
    if (s->run == NULL || !s->ended) return 0.0;
    struct tw_balance b = tw_run_balance(s->run);
    if (type == RUNOFF_ERROR) return b.runoff_error_ratio;
    return type == FLOW_ERROR ? b.routing_error_ratio : 0.0;
}

int swmm_getSimulationParam(int type, double *value)
{
    static const struct {
        tw_parameter parameter;
        enum tw_swmm_unit unit;
        bool listed;
    } parameters[PARAMETERS] = {{TW_PARAMETER_ROUTING_STEP_S, TW_SWMM_NONE, true},
                                {TW_PARAMETER_MINIMUM_STEP_S, TW_SWMM_NONE, true},
                                {TW_PARAMETER_LENGTHENING_STEP_S, TW_SWMM_NONE, true},
                                {TW_PARAMETER_DRY_DAYS, TW_SWMM_NONE, true},
                                {TW_PARAMETER_VARIABLE_STEP, TW_SWMM_NONE, true},
                                {TW_PARAMETER_MINIMUM_SURFACE_M2, TW_SWMM_AREA, true},
                                {TW_PARAMETER_MINIMUM_SLOPE, TW_SWMM_NONE, true},
                                [11] = {TW_PARAMETER_HEAD_TOLERANCE_M, TW_SWMM_LENGTH, true},
                                [12] = {TW_PARAMETER_SYSTEM_FLOW_TOLERANCE, TW_SWMM_NONE, true},
                                [13] = {TW_PARAMETER_LATERAL_FLOW_TOLERANCE, TW_SWMM_NONE, true}};
    const struct tw_swmm_session *s = tw_swmm_session();
    if (value == NULL) return TW_SWMM_ERROR_2011;
    *value = 0.0;
    if (s->model == NULL) return TW_SWMM_ERROR_2001;
    if (type < 0 || type >= PARAMETERS) return TW_SWMM_ERROR_2000;
    if (type == THREADS) {
        *value = s->threads > 0 ? s->threads : 1;
    } else if (parameters[type].listed) {
        *value = tw_model_parameter(s->model, parameters[type].parameter, 0) /
                 tw_swmm_factor(parameters[type].unit);
    } else {
        *value = error_of(type);
    }
    return 0;
}

int swmm_setSimulationParam(int type, double value)
{
    enum { MOST_THREADS = 64 };
    struct tw_swmm_session *s = tw_swmm_session();
    if (s->model == NULL) return TW_SWMM_ERROR_2001;
    if (tw_swmm_running()) return TW_SWMM_ERROR_2013;
    if (type != THREADS || !(value >= 1.0 && value <= MOST_THREADS)) return TW_SWMM_ERROR_2000;
    s->threads = (int32_t)value;
    return 0;
}

/* ---- dates ---- */

static double *date_of(int type)
{
    struct tw_swmm_session *s = tw_swmm_session();
    double *const dates[] = {&s->start_day, &s->end_day, &s->report_day};
    return type >= 0 && type < (int)(sizeof dates / sizeof dates[0]) ? dates[type] : NULL;
}

int swmm_getSimulationDateTime(int type, int *year, int *month, int *day, int *hour, int *minute,
                               int *second)
{
    if (tw_swmm_session()->model == NULL) return TW_SWMM_ERROR_2001;
    if (date_of(type) == NULL) return TW_SWMM_ERROR_2000;
    swmm_decodeDate(*date_of(type), year, month, day, hour, minute, second, NULL);
    return 0;
}

int swmm_setSimulationDateTime(int type, int year, int month, int day, int hour, int minute,
                               int second)
{
    if (tw_swmm_session()->model == NULL) return TW_SWMM_ERROR_2001;
    if (tw_swmm_running()) return TW_SWMM_ERROR_2013;
    double *date = date_of(type), value = 0.0;
    struct tw_calendar c = {year, month, day, hour, minute, second};
    if (date == NULL || tw_day_from_calendar(&c, &value) != TW_OK) return TW_SWMM_ERROR_2000;
    *date = value;
    return 0;
}

int swmm_getCurrentDateTime(int *year, int *month, int *day, int *hour, int *minute, int *second)
{
    const struct tw_swmm_session *s = tw_swmm_session();
    if (s->model == NULL) return TW_SWMM_ERROR_2001;
    if (!tw_swmm_running()) return TW_SWMM_ERROR_2002;
    swmm_decodeDate(tw_run_day(s->run), year, month, day, hour, minute, second, NULL);
    return 0;
}

int swmm_hotstart(int type, const char *path)
{
    enum { USE, SAVE };
    if (tw_swmm_session()->model == NULL) return TW_SWMM_ERROR_2001;
    if (type != USE && type != SAVE) return TW_SWMM_ERROR_2000;
    if (type == USE && tw_swmm_running()) return TW_SWMM_ERROR_2013;
    if (type == SAVE && !tw_swmm_running()) return TW_SWMM_ERROR_2002;
    return type == USE ? swmm_useHotStart(path) : swmm_saveHotStart(path);
}
