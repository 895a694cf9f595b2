/* LID units and inlets: what the file says of units. Their results and changes of their parameters
 * are no part of the engine's interface: asked for, they are properties that there are not, 2000. */
#include "toolkit.h"

#include "session.h"

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
                             u.initial_ratio,
                             u.from_impervious_ratio,
                             u.from_pervious_ratio};
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

int swmm_getLidUFluxRates(int index, int unit, int layer, double *value)
{
    (void)layer;
    return no_unit_value(index, unit, value);
}

int swmm_getLidUResult(int index, int unit, int type, double *value)
{
    (void)type;
    return no_unit_value(index, unit, value);
}

int swmm_getLidGResult(int index, int type, double *value)
{
    (void)type;
    return no_unit_value(index, 0, value);
}

int swmm_getLidCOverflow(int control, int *value) { return no_control_value(control, value); }

int swmm_getLidCParam(int control, int layer, int parameter, double *value)
{
    (void)layer;
    (void)parameter;
    return no_control_value(control, value);
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
