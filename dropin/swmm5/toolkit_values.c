/* Parameters and present results by the numbers of the toolkit. */
#include "toolkit.h"

#include "session.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

/* ---- parameters ---- */

struct parameter {
    tw_parameter parameter;
    enum tw_swmm_unit unit;
};

struct parameters {
    tw_object kind;
    const struct parameter *list;
    int count;
};

static const struct parameter node_list[] = {{TW_PARAMETER_NODE_INVERT_M, TW_SWMM_LENGTH},
                                             {TW_PARAMETER_NODE_FULL_DEPTH_M, TW_SWMM_LENGTH},
                                             {TW_PARAMETER_NODE_SURCHARGE_M, TW_SWMM_LENGTH},
                                             {TW_PARAMETER_NODE_POND_M2, TW_SWMM_AREA},
                                             {TW_PARAMETER_NODE_INITIAL_M, TW_SWMM_LENGTH}};
static const struct parameter link_list[] = {
    {TW_PARAMETER_LINK_OFFSET1_M, TW_SWMM_LENGTH}, {TW_PARAMETER_LINK_OFFSET2_M, TW_SWMM_LENGTH},
    {TW_PARAMETER_LINK_INITIAL_M3S, TW_SWMM_FLOW}, {TW_PARAMETER_LINK_LIMIT_M3S, TW_SWMM_FLOW},
    {TW_PARAMETER_LINK_LOSS_INLET, TW_SWMM_NONE},  {TW_PARAMETER_LINK_LOSS_OUTLET, TW_SWMM_NONE},
    {TW_PARAMETER_LINK_LOSS_AVERAGE, TW_SWMM_NONE}};
static const struct parameter subcatchment_list[] = {
    {TW_PARAMETER_SUBCATCHMENT_WIDTH_M, TW_SWMM_LENGTH},
    {TW_PARAMETER_SUBCATCHMENT_AREA_M2, TW_SWMM_LAND},
    {TW_PARAMETER_SUBCATCHMENT_IMPERVIOUS, TW_SWMM_NONE},
    {TW_PARAMETER_SUBCATCHMENT_SLOPE, TW_SWMM_NONE},
    {TW_PARAMETER_SUBCATCHMENT_CURB_M, TW_SWMM_LENGTH}};

enum { LINK_LIMIT = 3 };

#define LIST(kind, list)                                                                           \
    {                                                                                              \
        kind, list, (int)(sizeof(list) / sizeof((list)[0]))                                        \
    }
static const struct parameters of_nodes = LIST(TW_OBJECT_NODE, node_list),
                               of_links = LIST(TW_OBJECT_LINK, link_list),
                               of_subcatchments = LIST(TW_OBJECT_SUBCATCHMENT, subcatchment_list);
#undef LIST

static int get_parameter(const struct parameters *p, int index, int which, double *value)
{
    int code = tw_swmm_check(p->kind, index, value);
    if (code != 0) return code;
    *value = 0.0;
    if (which < 0 || which >= p->count) return TW_SWMM_ERROR_2000;
    const struct parameter *one = &p->list[which];
    double file = tw_model_parameter(tw_swmm_session()->model, one->parameter, index);
    *value = tw_swmm_shown(file, one->unit);
    return 0;
}

static int set_parameter(const struct parameters *p, int index, int which, double value)
{
    struct tw_swmm_session *s = tw_swmm_session();
    int code = tw_swmm_check(p->kind, index, &value);
    if (code != 0) return code;
    if (which < 0 || which >= p->count) return TW_SWMM_ERROR_2000;
    const struct parameter *one = &p->list[which];
    tw_status status =
        tw_model_change(s->model, one->parameter, index, value * tw_swmm_factor(one->unit));
    if (status == TW_OK) s->changed = true;
    return status == TW_OK ? 0 : TW_SWMM_ERROR_2000;
}

int swmm_getNodeParam(int index, int parameter, double *value)
{
    return get_parameter(&of_nodes, index, parameter, value);
}

int swmm_setNodeParam(int index, int parameter, double value)
{
    return tw_swmm_running() ? TW_SWMM_ERROR_2013
                             : set_parameter(&of_nodes, index, parameter, value);
}

int swmm_getLinkParam(int index, int parameter, double *value)
{
    return get_parameter(&of_links, index, parameter, value);
}

int swmm_setLinkParam(int index, int parameter, double value)
{
    enum { FIRST_LOSS = 4, LAST_LOSS = 6 };
    int type = 0;
    bool loss = parameter >= FIRST_LOSS && parameter <= LAST_LOSS;
    if (loss && swmm_getLinkType(index, &type) == 0 && type != (int)TW_LINK_CONDUIT)
        return tw_swmm_running() ? TW_SWMM_ERROR_2013 : 0; /* as SWMM: of no effect there */
    bool late = tw_swmm_running() && parameter != LINK_LIMIT;
    return late ? TW_SWMM_ERROR_2013 : set_parameter(&of_links, index, parameter, value);
}

int swmm_getSubcatchParam(int index, int parameter, double *value)
{
    return get_parameter(&of_subcatchments, index, parameter, value);
}

int swmm_setSubcatchParam(int index, int parameter, double value)
{
    return tw_swmm_running() ? TW_SWMM_ERROR_2013
                             : set_parameter(&of_subcatchments, index, parameter, value);
}

/* ---- results ---- */

struct result {
    tw_value value;
    enum tw_swmm_unit unit;
};

static int get_result(tw_object kind, int index, const struct result *result, double *value)
{
    const struct tw_swmm_session *s = tw_swmm_session();
    int code = tw_swmm_check(kind, index, value);
    if (code != 0) return code;
    *value = 0.0;
    if (result == NULL) return TW_SWMM_ERROR_2000;
    if (s->run == NULL) return 0;
    *value = tw_swmm_shown(tw_run_value(s->run, result->value, index), result->unit);
    return 0;
}

int swmm_getNodeResult(int index, int type, double *value)
{
    static const struct result results[] = {
        {TW_VALUE_OF_NODE_INFLOW_M3S, TW_SWMM_FLOW},   {TW_VALUE_OF_NODE_OUTFLOW_M3S, TW_SWMM_FLOW},
        {TW_VALUE_OF_NODE_LOSSES_M3S, TW_SWMM_FLOW},   {TW_VALUE_OF_NODE_VOLUME_M3, TW_SWMM_VOLUME},
        {TW_VALUE_OF_NODE_OVERFLOW_M3S, TW_SWMM_FLOW}, {TW_VALUE_OF_NODE_DEPTH_M, TW_SWMM_LENGTH},
        {TW_VALUE_OF_NODE_HEAD_M, TW_SWMM_LENGTH},     {TW_VALUE_OF_NODE_LATERAL_M3S, TW_SWMM_FLOW},
        {TW_VALUE_OF_NODE_RESIDENCE_S, TW_SWMM_NONE}};
    bool known = type >= 0 && type < (int)(sizeof results / sizeof results[0]);
    return get_result(TW_OBJECT_NODE, index, known ? &results[type] : NULL, value);
}

int swmm_getLinkResult(int index, int type, double *value)
{
    static const struct result results[] = {
        {TW_VALUE_OF_LINK_FLOW_M3S, TW_SWMM_FLOW},    {TW_VALUE_OF_LINK_DEPTH_M, TW_SWMM_LENGTH},
        {TW_VALUE_OF_LINK_VOLUME_M3, TW_SWMM_VOLUME}, {TW_VALUE_OF_LINK_SURFACE1_M2, TW_SWMM_AREA},
        {TW_VALUE_OF_LINK_SURFACE2_M2, TW_SWMM_AREA}, {TW_VALUE_OF_LINK_SETTING, TW_SWMM_NONE},
        {TW_VALUE_OF_LINK_TARGET, TW_SWMM_NONE},      {TW_VALUE_OF_LINK_FROUDE, TW_SWMM_NONE}};
    bool known = type >= 0 && type < (int)(sizeof results / sizeof results[0]);
    return get_result(TW_OBJECT_LINK, index, known ? &results[type] : NULL, value);
}

int swmm_getSubcatchResult(int index, int type, double *value)
{
    static const struct result results[] = {
        {TW_VALUE_OF_SUBCATCHMENT_RAIN_MMH, TW_SWMM_RAIN},
        {TW_VALUE_OF_SUBCATCHMENT_EVAPORATION_MPS, TW_SWMM_DAY_RATE},
        {TW_VALUE_OF_SUBCATCHMENT_INFILTRATION_MPS, TW_SWMM_RATE},
        {TW_VALUE_OF_SUBCATCHMENT_RUNON_M3S, TW_SWMM_FLOW},
        {TW_VALUE_OF_SUBCATCHMENT_RUNOFF_M3S, TW_SWMM_FLOW},
        {TW_VALUE_OF_SUBCATCHMENT_SNOW_M, TW_SWMM_DEPTH}};
    bool known = type >= 0 && type < (int)(sizeof results / sizeof results[0]);
    return get_result(TW_OBJECT_SUBCATCHMENT, index, known ? &results[type] : NULL, value);
}

int swmm_getGagePrecip(int index, int type, double *value)
{
    enum { TOTAL, RAINFALL, SNOWFALL };
    static const struct result rain = {TW_VALUE_OF_GAGE_RAIN_MMH, TW_SWMM_RAIN},
                               snow = {TW_VALUE_OF_GAGE_SNOW_MMH, TW_SWMM_RAIN};
    double snows = 0.0;
    bool known = type == TOTAL || type == RAINFALL || type == SNOWFALL;
    int code = get_result(TW_OBJECT_GAGE, index, known ? &rain : NULL, value);
    if (code == 0) code = get_result(TW_OBJECT_GAGE, index, &snow, &snows);
    if (code != 0) return code;
    if (snows > 0.0) *value = type == RAINFALL ? 0.0 : snows;
    if (!(snows > 0.0) && type == SNOWFALL) *value = 0.0;
    return 0;
}

/* ---- pollutants ---- */

static const double foot3_m3 = 0.028316846592;

typedef double pollutant_fn(const tw_run *run, int index, int pollutant);

static double of_node(const tw_run *run, int index, int pollutant)
{
    return tw_run_node_concentration(run, (tw_node_id){index}, pollutant);
}

static double of_link(const tw_run *run, int index, int pollutant)
{
    return tw_run_link_concentration(run, (tw_link_id){index}, pollutant);
}

static double of_runoff(const tw_run *run, int index, int pollutant)
{
    return tw_run_subcatchment_concentration(run, (tw_subcatchment_id){index}, pollutant);
}

static double of_ponded(const tw_run *run, int index, int pollutant)
{
    return tw_run_subcatchment_ponded(run, (tw_subcatchment_id){index}, pollutant);
}

/* Masses per area of the subcatchment, as the file has them. */
static double of_buildup(const tw_run *run, int index, int pollutant)
{
    const struct tw_swmm_session *s = tw_swmm_session();
    double area = tw_model_parameter(s->model, TW_PARAMETER_SUBCATCHMENT_AREA_M2, index);
    double mass = tw_run_subcatchment_buildup(run, (tw_subcatchment_id){index}, pollutant);
    return area > 0.0 ? mass / (area / s->units.land_m2) : 0.0;
}

static int get_pollutants(tw_object kind, int index, pollutant_fn *of, double **values, int *length)
{
    const struct tw_swmm_session *s = tw_swmm_session();
    int code = tw_swmm_check(kind, index, values);
    if (code == 0 && length == NULL) code = TW_SWMM_ERROR_2011;
    if (code == 0 && s->run == NULL) code = TW_SWMM_ERROR_2002;
    if (code == 0 && of == NULL) code = TW_SWMM_ERROR_2000;
    if (code != 0) return code;
    int32_t count = tw_model_pollutant_count(s->model);
    double *list = calloc(count > 0 ? (size_t)count : 1, sizeof *list);
    if (list == NULL) return TW_SWMM_ERROR_101;
    for (int32_t p = 0; p < count; p++)
        list[p] = of(s->run, index, p);
    *values = list;
    *length = count;
    return 0;
}

static double of_inflow(const tw_run *run, int index, int pollutant)
{
    return tw_run_node_inflow_concentration(run, (tw_node_id){index}, pollutant);
}

static double load_of_link(const tw_run *run, int index, int pollutant)
{
    return tw_swmm_load(tw_run_link_mass(run, (tw_link_id){index}, pollutant), pollutant);
}

/* SWMM turns this load into masses of the file twice. */
static double load_of_runoff(const tw_run *run, int index, int pollutant)
{
    tw_subcatchment_id id = {index};
    double twice = tw_model_pollutant_mass(tw_swmm_session()->model, pollutant) * foot3_m3;
    return tw_swmm_load(tw_run_subcatchment_mass(run, id, pollutant) * twice, pollutant);
}

enum { POLLUTANT_TYPES = 4 };

/* What is mixed: storages and conduits. */
static double of_reactor_node(const tw_run *run, int index, int pollutant)
{
    int type = 0;
    (void)swmm_getNodeType(index, &type);
    if (type != (int)TW_NODE_STORAGE) return 0.0;
    return tw_run_node_mixed_concentration(run, (tw_node_id){index}, pollutant);
}

static double of_reactor_link(const tw_run *run, int index, int pollutant)
{
    int type = 0;
    (void)swmm_getLinkType(index, &type);
    return type == (int)TW_LINK_CONDUIT ? of_link(run, index, pollutant) : 0.0;
}

static pollutant_fn *typed(pollutant_fn *const list[POLLUTANT_TYPES], int type)
{
    return type >= 0 && type < POLLUTANT_TYPES ? list[type] : NULL;
}

int swmm_getNodePollut(int index, int type, double **values, int *length)
{
    static pollutant_fn *const types[POLLUTANT_TYPES] = {of_node, of_inflow, of_reactor_node};
    return get_pollutants(TW_OBJECT_NODE, index, typed(types, type), values, length);
}

int swmm_getLinkPollut(int index, int type, double **values, int *length)
{
    static pollutant_fn *const types[POLLUTANT_TYPES] = {of_link, load_of_link, of_reactor_link};
    return get_pollutants(TW_OBJECT_LINK, index, typed(types, type), values, length);
}

int swmm_getSubcatchPollut(int index, int type, double **values, int *length)
{
    static pollutant_fn *const types[POLLUTANT_TYPES] = {of_buildup, of_ponded, of_runoff,
                                                         load_of_runoff};
    return get_pollutants(TW_OBJECT_SUBCATCHMENT, index, typed(types, type), values, length);
}

/* Whether a pollutant can be set, and how the engine answered. */
static int set_pollutant(tw_object kind, int index, int type, int pollutant)
{
    const struct tw_swmm_session *s = tw_swmm_session();
    int code = tw_swmm_check(kind, index, s);
    if (code != 0) return code;
    if (!tw_swmm_running()) return TW_SWMM_ERROR_2002;
    if (type != 0) return TW_SWMM_ERROR_2000;
    bool known = pollutant >= 0 && pollutant < tw_model_pollutant_count(s->model);
    return known ? 0 : TW_SWMM_ERROR_2005;
}

int swmm_setNodePollut(int index, int type, int pollutant, double value)
{
    int code = set_pollutant(TW_OBJECT_NODE, index, type, pollutant);
    if (code != 0) return code;
    tw_status status = tw_run_set_node_concentration(tw_swmm_session()->run, (tw_node_id){index},
                                                     pollutant, value);
    return status == TW_OK ? 0 : TW_SWMM_ERROR_2000;
}

int swmm_setLinkPollut(int index, int type, int pollutant, double value)
{
    int code = set_pollutant(TW_OBJECT_LINK, index, type, pollutant);
    if (code != 0) return code;
    tw_status status = tw_run_set_link_concentration(tw_swmm_session()->run, (tw_link_id){index},
                                                     pollutant, value);
    return status == TW_OK ? 0 : TW_SWMM_ERROR_2000;
}

/* ---- what is set from outside ---- */

/* Whether a value can be set of an object: kept for the start where there is no simulation yet. */
static int check_set(tw_object kind, int index, double value)
{
    int code = tw_swmm_check(kind, index, tw_swmm_session());
    if (code == 0 && !isfinite(value)) code = TW_SWMM_ERROR_2000;
    return code;
}

int swmm_setLinkSetting(int index, double setting)
{
    int type = 0, code = check_set(TW_OBJECT_LINK, index, setting);
    if (code != 0) return code;
    (void)swmm_getLinkType(index, &type);
    double most = type == (int)TW_LINK_PUMP ? INFINITY : 1.0;
    double taken = setting < 0.0 ? 0.0 : setting > most ? most : setting;
    return tw_swmm_hold(TW_SWMM_HELD_SETTING, index, taken);
}

int swmm_setNodeInflow(int index, double flow)
{
    int code = check_set(TW_OBJECT_NODE, index, flow);
    if (code != 0) return code;
    return tw_swmm_hold(TW_SWMM_HELD_INFLOW, index, flow * tw_swmm_factor(TW_SWMM_FLOW));
}

int swmm_setOutfallStage(int index, double stage)
{
    int type = 0, code = check_set(TW_OBJECT_NODE, index, stage);
    if (code != 0) return code;
    (void)swmm_getNodeType(index, &type);
    if (type != (int)TW_NODE_OUTFALL) return TW_SWMM_ERROR_2003;
    return tw_swmm_hold(TW_SWMM_HELD_STAGE, index, stage * tw_swmm_factor(TW_SWMM_LENGTH));
}

int swmm_setGagePrecip(int index, double rain)
{
    int code = check_set(TW_OBJECT_GAGE, index, rain);
    if (code == 0 && rain < 0.0) code = TW_SWMM_ERROR_2000;
    if (code != 0) return code;
    return tw_swmm_hold(TW_SWMM_HELD_RAIN, index, rain * tw_swmm_factor(TW_SWMM_RAIN));
}
