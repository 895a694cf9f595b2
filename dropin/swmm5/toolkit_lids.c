/* LID controls, units and inlets. Changes of their parameters and inlets are no part of the engine's
 * interface: asked for, they are properties that there are not, 2000, and inlets that there are not,
 * 2012. */
#include "toolkit.h"

#include "session.h"

#include <math.h>
#include <stddef.h>

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
    double length = tw_swmm_factor(TW_SWMM_LENGTH);
    const double values[] = {u.area_m2 / tw_swmm_factor(TW_SWMM_AREA),
                             u.width_m / length,
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

/* What is not there, after the faults of the call itself. */
static int no_unit_value(int index, int unit, const void *answer)
{
    struct tw_lid_unit_info u;
    int code = find_unit(index, unit, answer, &u);
    return code != 0 ? code : TW_SWMM_ERROR_2000;
}

static int no_control_value(int control, const void *answer)
{
    int code = tw_swmm_check(TW_OBJECT_LID, control, answer);
    return code != 0 ? code : TW_SWMM_ERROR_2000;
}

static int no_inlet_value(int index, const void *answer)
{
    int code = tw_swmm_check(TW_OBJECT_LINK, index, answer);
    return code != 0 ? code : TW_SWMM_ERROR_2012;
}

int swmm_setLidUParam(int index, int unit, int parameter, double value)
{
    (void)parameter;
    return tw_swmm_running() ? TW_SWMM_ERROR_2013 : no_unit_value(index, unit, &value);
}

int swmm_setLidUOption(int index, int unit, int option, int value)
{
    (void)option;
    return tw_swmm_running() ? TW_SWMM_ERROR_2013 : no_unit_value(index, unit, &value);
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

int swmm_getLidCParam(int control, int layer, int parameter, double *value)
{
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
    struct tw_lid_control_info c;
    int code = find_control(control, value, &c);
    if (code != 0) return code;
    const struct {
        int layer, parameter;
        struct shown shown;
    } list[] = {{0, THICKNESS, depth(c.surface.thickness_m)},
                {0, VOID, plain(c.surface.plants_ratio)},
                {0, ROUGHNESS, plain(c.surface.roughness)},
                {0, SLOPE, plain(100.0 * c.surface.slope_ratio)},
                {0, SIDE, plain(c.surface.side_slope)},
                {0, ALPHA, plain(alpha(c.surface.slope_ratio, c.surface.roughness))},
                {1, THICKNESS, depth(c.soil.thickness_m)},
                {1, POROSITY, plain(c.soil.porosity_ratio)},
                {1, CAPACITY, plain(c.soil.field_capacity_ratio)},
                {1, WILTING, plain(c.soil.wilting_point_ratio)},
                {1, SUCTION, depth(c.soil.suction_m)},
                {1, CONDUCTIVITY, rate(c.soil.conductivity_mps)},
                {1, CONDUCTIVITY_SLOPE, plain(c.soil.conductivity_slope)},
                {2, THICKNESS, depth(c.storage.thickness_m)},
                {2, VOID, plain(c.storage.void_over_solids)},
                {2, CONDUCTIVITY, rate(c.storage.seepage_mps)},
                {2, CLOGGING, plain(c.storage.clogging)},
                {3, THICKNESS, depth(c.pavement.thickness_m)},
                {3, VOID, plain(c.pavement.void_over_solids)},
                {3, CONDUCTIVITY, rate(c.pavement.permeability_mps)},
                {3, CLOGGING, plain(c.pavement.clogging)},
                {3, IMPERVIOUS, plain(c.pavement.impervious_ratio)},
                {3, REGENERATION_DAYS, plain(c.pavement.regeneration_days)},
                {3, REGENERATION, plain(c.pavement.regeneration_ratio)},
                {4, COEFFICIENT, plain(c.drain.coefficient)},
                {4, EXPONENT, plain(c.drain.exponent)},
                {4, OFFSET, depth(c.drain.offset_m)},
                {4, DELAY, {c.drain.delay_s, TW_SWMM_HOURS}},
                {4, OPEN, depth(c.drain.open_m)},
                {4, CLOSE, depth(c.drain.close_m)},
                {5, THICKNESS, depth(c.mat.thickness_m)},
                {5, VOID, plain(c.mat.void_ratio)},
                {5, ROUGHNESS, plain(c.mat.roughness)},
                {5, ALPHA, plain(alpha(c.surface.slope_ratio, c.mat.roughness))}};
    for (size_t k = 0; k < sizeof list / sizeof list[0]; k++)
        if (list[k].layer == layer && list[k].parameter == parameter)
            return show(&list[k].shown, 1, 0, value);
    return TW_SWMM_ERROR_2000;
}

int swmm_setLidCParam(int control, int layer, int parameter, double value)
{
    (void)layer;
    (void)parameter;
    return no_control_value(control, &value);
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
