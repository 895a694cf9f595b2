/* LID controls, units and inlets. Inlets are no part of the engine's interface: asked for, they are inlets
 * that there are not, 2012. */
#include "toolkit.h"

#include "session.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* The units of a row of a subcatchment. */
static int find_unit(int index, int unit, const void *answer, struct tw_lid_unit_info *out_info)
{
    int code = tw_swmm_check(TW_OBJECT_SUBCATCHMENT, index, answer);
    if (code != 0) return code;
    const tw_model *model = tw_swmm_session()->model;
    tw_subcatchment_id id = {index};
    if (tw_model_lid_unit_count(model, id) == 0) return TW_SWMM_ERROR_2010;
    tw_status status = tw_model_lid_unit(model, id, unit, out_info);
    return status == TW_OK ? 0 : TW_SWMM_ERROR_2009;
}

int swmm_getLidUCount(int index, int *count)
{
    int code = tw_swmm_check(TW_OBJECT_SUBCATCHMENT, index, count);
    if (code != 0) return code;
    *count = tw_model_lid_unit_count(tw_swmm_session()->model, (tw_subcatchment_id){index});
    return 0;
}

int swmm_getLidUParam(int index, int unit, int parameter, double *value)
{
    struct tw_lid_unit_info u;
    int code = find_unit(index, unit, value, &u);
    if (code != 0) return code;
    const double values[] = {tw_swmm_shown(u.area_m2, TW_SWMM_AREA),
                             tw_swmm_shown(u.width_m, TW_SWMM_LENGTH),
                             0.0, /* swales' width at the bottom, which follows from the layer */
                             100.0 * u.initial_ratio,
                             100.0 * u.from_impervious_ratio,
                             100.0 * u.from_pervious_ratio};
    bool known = parameter >= 0 && parameter < (int)(sizeof values / sizeof values[0]);
    if (!known) return TW_SWMM_ERROR_2000;
    *value = values[parameter];
    return 0;
}

int swmm_getLidUOption(int index, int unit, int option, int *value)
{
    struct tw_lid_unit_info u;
    int code = find_unit(index, unit, value, &u);
    if (code != 0) return code;
    const int values[] = {u.control, u.number, u.to_pervious, u.drain_subcatchment, u.drain_node};
    bool known = option >= 0 && option < (int)(sizeof values / sizeof values[0]);
    if (!known) return TW_SWMM_ERROR_2000;
    *value = values[option];
    return 0;
}

static int no_inlet_value(int index, const void *answer)
{
    int code = tw_swmm_check(TW_OBJECT_LINK, index, answer);
    return code != 0 ? code : TW_SWMM_ERROR_2012;
}

static int change_unit(int index, int unit, const struct tw_lid_unit_info *u)
{
    struct tw_swmm_session *s = tw_swmm_session();
    tw_status status = tw_model_lid_unit_change(s->model, (tw_subcatchment_id){index}, unit, u);
    if (status == TW_OK && !tw_swmm_running()) s->changed = true;
    return status == TW_OK ? 0 : TW_SWMM_ERROR_2000;
}

int swmm_setLidUParam(int index, int unit, int parameter, double value)
{
    struct tw_lid_unit_info u;
    int code = tw_swmm_check(TW_OBJECT_SUBCATCHMENT, index, &value);
    if (code == 0 && tw_swmm_running()) code = TW_SWMM_ERROR_2013;
    if (code == 0) code = find_unit(index, unit, &value, &u);
    if (code != 0) return code;
    struct {
        double *at, factor;
    } const values[] = {{&u.area_m2, tw_swmm_factor(TW_SWMM_AREA)},
                        {&u.width_m, tw_swmm_factor(TW_SWMM_LENGTH)},
                        {NULL, 0.0}, /* swales' width at the bottom */
                        {&u.initial_ratio, 0.01},
                        {&u.from_impervious_ratio, 0.01},
                        {&u.from_pervious_ratio, 0.01}};
    bool known = parameter >= 0 && parameter < (int)(sizeof values / sizeof values[0]);
    if (!known || values[parameter].at == NULL) return TW_SWMM_ERROR_2000;
    *values[parameter].at = value * values[parameter].factor;
    return change_unit(index, unit, &u);
}

int swmm_setLidUOption(int index, int unit, int option, int value)
{
    enum { CONTROL, NUMBER, TO_PERVIOUS, DRAIN_SUBCATCHMENT, DRAIN_NODE, OPTIONS };
    struct tw_lid_unit_info u;
    int code = find_unit(index, unit, &value, &u);
    if (code != 0) return code;
    if (option < 0 || option >= OPTIONS) return TW_SWMM_ERROR_2000;
    if (option < DRAIN_SUBCATCHMENT && tw_swmm_running()) return TW_SWMM_ERROR_2013;
    if (option == CONTROL) u.control = value;
    if (option == NUMBER) u.number = value;
    if (option == TO_PERVIOUS) u.to_pervious = value > 0;
    if (option == DRAIN_SUBCATCHMENT) u.drain_subcatchment = value;
    if (option == DRAIN_NODE) u.drain_node = value;
    /* a drain leads to one place: the last that was named */
    if (option == DRAIN_SUBCATCHMENT && value >= 0) u.drain_node = -1;
    if (option == DRAIN_NODE && value >= 0) u.drain_subcatchment = -1;
    return change_unit(index, unit, &u);
}

/* A value of a list, in the model's units. */
struct shown {
    double value;
    enum tw_swmm_unit unit;
};

static int show(const struct shown *list, int count, int at, double *out)
{
    if (at < 0 || at >= count) return TW_SWMM_ERROR_2000;
    *out = tw_swmm_shown(list[at].value, list[at].unit);
    return 0;
}

/* A depth in the model's unit of rain. */
static struct shown depth(double m) { return (struct shown){1000.0 * m, TW_SWMM_RAIN}; }
static struct shown rate(double mps) { return (struct shown){mps, TW_SWMM_RATE}; }
static struct shown plain(double x) { return (struct shown){x, TW_SWMM_NONE}; }

/* What holds of a unit now. */
static int find_values(int index, int unit, const void *answer, struct tw_lid_unit_values *out)
{
    struct tw_lid_unit_info u;
    int code = find_unit(index, unit, answer, &u);
    if (code != 0) return code;
    const tw_run *run = tw_swmm_session()->run;
    if (run == NULL || !tw_swmm_running()) return TW_SWMM_ERROR_2002;
    tw_status status = tw_run_lid_unit(run, (tw_subcatchment_id){index}, unit, out);
    return status == TW_OK ? 0 : TW_SWMM_ERROR_2009;
}

/* Rates of change of a unit's layers in feet a second, of soils' moisture in 1/s, as in SWMM. */
int swmm_getLidUFluxRates(int index, int unit, int layer, double *value)
{
    static const double foot_m = 0.3048;
    struct tw_lid_unit_values v;
    int code = find_values(index, unit, value, &v);
    if (code != 0) return code;
    const struct shown list[] = {plain(v.surface_rate_mps / foot_m), plain(v.soil_rate_per_s),
                                 plain(v.storage_rate_mps / foot_m),
                                 plain(v.pavement_rate_mps / foot_m)};
    return show(list, (int)(sizeof list / sizeof list[0]), layer, value);
}

int swmm_getLidUResult(int index, int unit, int type, double *value)
{
    enum { DRAINED = 14 }; /* from here on rates of the last step */
    struct tw_lid_unit_values v;
    int code = find_values(index, unit, value, &v);
    if (code != 0) return code;
    const struct shown sums[DRAINED] = {depth(v.inflow_m),
                                        depth(v.evaporated_m),
                                        depth(v.infiltrated_m),
                                        depth(v.runoff_m),
                                        depth(v.drain_m),
                                        depth(v.initial_m),
                                        depth(v.held_m),
                                        depth(v.surface_m),
                                        depth(v.pavement_m),
                                        plain(v.soil_ratio),
                                        depth(v.storage_m),
                                        plain(v.dry_s),
                                        {v.old_drain_m3s, TW_SWMM_FLOW},
                                        {v.new_drain_m3s, TW_SWMM_FLOW}};
    const struct {
        int type;
        double mps;
    } rates[] = {{16, v.evaporation_mps},
                 {18, v.inflow_mps},
                 {19, v.surface_infiltration_mps},
                 {20, v.surface_evaporation_mps},
                 {21, v.surface_out_mps},
                 {22, v.pavement_evaporation_mps},
                 {23, v.pavement_mps},
                 {24, v.soil_evaporation_mps},
                 {25, v.soil_mps},
                 {26, 0.0}, /* so SWMM: nothing sets it */
                 {27, v.exfiltration_mps},
                 {28, v.storage_evaporation_mps},
                 {29, v.drain_mps}};
    if (type < DRAINED) return show(sums, DRAINED, type, value);
    for (size_t k = 0; k < sizeof rates / sizeof rates[0]; k++) {
        const struct shown one = rate(rates[k].mps);
        if (rates[k].type == type) return show(&one, 1, 0, value);
    }
    return TW_SWMM_ERROR_2000;
}

int swmm_getLidGResult(int index, int type, double *value)
{
    enum { FIRST = 12, COUNT = 4 };
    struct tw_lid_unit_values v;
    double old_m3s = 0.0, new_m3s = 0.0;
    int code = find_values(index, 0, value, &v);
    if (code != 0) return code;
    int32_t units = tw_model_lid_unit_count(tw_swmm_session()->model, (tw_subcatchment_id){index});
    for (int32_t k = 0; k < units; k++) {
        if (find_values(index, k, value, &v) != 0) continue;
        old_m3s += v.old_drain_m3s;
        new_m3s += v.new_drain_m3s;
    }
    const struct shown list[COUNT] = {{old_m3s, TW_SWMM_FLOW},
                                      {new_m3s, TW_SWMM_FLOW},
                                      {v.pervious_m2, TW_SWMM_AREA},
                                      {v.to_pervious_m3s, TW_SWMM_FLOW}};
    return show(list, COUNT, type - FIRST, value);
}

static int find_control(int control, const void *answer, struct tw_lid_control_info *out_info)
{
    int code = tw_swmm_check(TW_OBJECT_LID, control, answer);
    if (code != 0) return code;
    tw_status status = tw_model_lid_control(tw_swmm_session()->model, control, out_info);
    return status == TW_OK ? 0 : TW_SWMM_ERROR_2000;
}

int swmm_getLidCOverflow(int control, int *value)
{
    struct tw_lid_control_info c;
    int code = find_control(control, value, &c);
    if (code == 0) *value = c.overflows ? 1 : 0;
    return code;
}

/* Manning's factor of a surface, as SWMM has it: 0 without slope or roughness. */
static double alpha(double slope_ratio, double roughness)
{
    return slope_ratio > 0.0 && roughness > 0.0 ? 1.49 * sqrt(slope_ratio) / roughness : 0.0;
}

/* Properties of layers as the toolkit numbers them. */
enum {
    THICKNESS,
    VOID,
    ROUGHNESS,
    SLOPE,
    SIDE,
    ALPHA,
    POROSITY,
    CAPACITY,
    WILTING,
    SUCTION,
    CONDUCTIVITY,
    CONDUCTIVITY_SLOPE,
    CLOGGING,
    IMPERVIOUS,
    COEFFICIENT,
    EXPONENT,
    OFFSET,
    DELAY,
    OPEN,
    CLOSE,
    CURVE,
    REGENERATION_DAYS,
    REGENERATION
};
enum { SURFACE, SOIL, STORAGE, PAVEMENT, DRAIN, MAT };

/* A value of a layer: what it is multiplied by before it has the unit, and whether it may change while
 * a simulation goes on. */
static const struct property {
    int layer, parameter;
    size_t member;
    double scale;
    enum tw_swmm_unit unit;
    bool live;
} properties[] = {
#define AT(member) offsetof(struct tw_lid_control_info, member)
#define DEPTH 1000.0, TW_SWMM_RAIN
#define PLAIN 1.0, TW_SWMM_NONE
#define RATE 1.0, TW_SWMM_RATE
    {SURFACE, THICKNESS, AT(surface.thickness_m), DEPTH, false},
    {SURFACE, VOID, AT(surface.plants_ratio), PLAIN, false},
    {SURFACE, ROUGHNESS, AT(surface.roughness), PLAIN, true},
    {SURFACE, SLOPE, AT(surface.slope_ratio), 100.0, TW_SWMM_NONE, false},
    {SURFACE, SIDE, AT(surface.side_slope), PLAIN, false},
    {SOIL, THICKNESS, AT(soil.thickness_m), DEPTH, false},
    {SOIL, POROSITY, AT(soil.porosity_ratio), PLAIN, false},
    {SOIL, CAPACITY, AT(soil.field_capacity_ratio), PLAIN, false},
    {SOIL, WILTING, AT(soil.wilting_point_ratio), PLAIN, false},
    {SOIL, SUCTION, AT(soil.suction_m), DEPTH, false},
    {SOIL, CONDUCTIVITY, AT(soil.conductivity_mps), RATE, false},
    {SOIL, CONDUCTIVITY_SLOPE, AT(soil.conductivity_slope), PLAIN, false},
    {STORAGE, THICKNESS, AT(storage.thickness_m), DEPTH, false},
    {STORAGE, VOID, AT(storage.void_over_solids), PLAIN, false},
    {STORAGE, CONDUCTIVITY, AT(storage.seepage_mps), RATE, false},
    {STORAGE, CLOGGING, AT(storage.clogging), PLAIN, true},
    {PAVEMENT, THICKNESS, AT(pavement.thickness_m), DEPTH, false},
    {PAVEMENT, VOID, AT(pavement.void_over_solids), PLAIN, false},
    {PAVEMENT, CONDUCTIVITY, AT(pavement.permeability_mps), RATE, false},
    {PAVEMENT, CLOGGING, AT(pavement.clogging), PLAIN, true},
    {PAVEMENT, IMPERVIOUS, AT(pavement.impervious_ratio), PLAIN, false},
    {PAVEMENT, REGENERATION_DAYS, AT(pavement.regeneration_days), PLAIN, false},
    {PAVEMENT, REGENERATION, AT(pavement.regeneration_ratio), PLAIN, false},
    {DRAIN, COEFFICIENT, AT(drain.coefficient), PLAIN, true},
    {DRAIN, EXPONENT, AT(drain.exponent), PLAIN, true},
    {DRAIN, OFFSET, AT(drain.offset_m), DEPTH, true},
    {DRAIN, DELAY, AT(drain.delay_s), 1.0, TW_SWMM_HOURS, true},
    {DRAIN, OPEN, AT(drain.open_m), DEPTH, true},
    {DRAIN, CLOSE, AT(drain.close_m), DEPTH, true},
    {MAT, THICKNESS, AT(mat.thickness_m), DEPTH, false},
    {MAT, VOID, AT(mat.void_ratio), PLAIN, false},
    {MAT, ROUGHNESS, AT(mat.roughness), PLAIN, true}};
#undef AT
#undef DEPTH
#undef PLAIN
#undef RATE

static const struct property *find_property(int layer, int parameter)
{
    for (size_t k = 0; k < sizeof properties / sizeof properties[0]; k++)
        if (properties[k].layer == layer && properties[k].parameter == parameter)
            return &properties[k];
    return NULL;
}

int swmm_getLidCParam(int control, int layer, int parameter, double *value)
{
    struct tw_lid_control_info c;
    int code = find_control(control, value, &c);
    if (code != 0) return code;
    if (parameter == ALPHA && (layer == SURFACE || layer == MAT)) {
        double roughness = layer == SURFACE ? c.surface.roughness : c.mat.roughness;
        const struct shown one = plain(alpha(c.surface.slope_ratio, roughness));
        return show(&one, 1, 0, value);
    }
    const struct property *p = find_property(layer, parameter);
    if (p == NULL) return TW_SWMM_ERROR_2000;
    double file;
    memcpy(&file, (const char *)&c + p->member, sizeof file);
    *value = tw_swmm_shown(p->scale * file, p->unit);
    return 0;
}

int swmm_setLidCParam(int control, int layer, int parameter, double value)
{
    struct tw_swmm_session *s = tw_swmm_session();
    struct tw_lid_control_info c;
    int code = find_control(control, &value, &c);
    if (code != 0) return code;
    const struct property *p = find_property(layer, parameter);
    if (p == NULL) return TW_SWMM_ERROR_2000;
    if (!p->live && tw_swmm_running()) return TW_SWMM_ERROR_2013;
    double file = value * tw_swmm_factor(p->unit) / p->scale;
    memcpy((char *)&c + p->member, &file, sizeof file);
    tw_status status = tw_model_lid_control_change(s->model, control, &c);
    if (status == TW_OK && !tw_swmm_running()) s->changed = true;
    return status == TW_OK ? 0 : TW_SWMM_ERROR_2000;
}

int swmm_getInletParam(int index, int parameter, double *value)
{
    (void)parameter;
    return no_inlet_value(index, value);
}

int swmm_setInletParam(int index, int parameter, double value)
{
    (void)parameter;
    return no_inlet_value(index, &value);
}

int swmm_getInletResult(int index, int type, double *value)
{
    (void)type;
    return no_inlet_value(index, value);
}
