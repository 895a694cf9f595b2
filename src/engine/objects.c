/* A model as tables: names, units, parameters. */
#include "thalweg/values.h"

#include "engine/run_state.h"
#include "hydraulics/network.h"
#include "hydraulics/xsect.h"
#include "io/units.h"
#include "model/model.h"

#include <math.h>
#include <stddef.h>

static const struct tw_names *names_of(const struct tw_model *m, tw_object kind)
{
    const struct tw_names *const lists[TW_OBJECT_COUNT] = {
        [TW_OBJECT_GAGE] = &m->gages.names,
        [TW_OBJECT_SUBCATCHMENT] = &m->subcatchments.names,
        [TW_OBJECT_NODE] = &m->nodes.names,
        [TW_OBJECT_LINK] = &m->links.names,
        [TW_OBJECT_POLLUTANT] = &m->quality.pollutant_names,
        [TW_OBJECT_LANDUSE] = &m->quality.landuse_names,
        [TW_OBJECT_PATTERN] = &m->patterns.names,
        [TW_OBJECT_CURVE] = &m->curves.names,
        [TW_OBJECT_SERIES] = &m->series.names,
        [TW_OBJECT_TRANSECT] = &m->transects.names,
        [TW_OBJECT_AQUIFER] = &m->aquifers.names,
        [TW_OBJECT_HYDROGRAPH] = &m->rdii.names,
        [TW_OBJECT_SNOW_PACK] = &m->snow.names,
        [TW_OBJECT_LID] = &m->lids.names};
    return (int)kind >= 0 && kind < TW_OBJECT_COUNT ? lists[kind] : NULL;
}

int32_t tw_model_object_count(const tw_model *model, tw_object kind)
{
    if (kind == TW_OBJECT_MODEL) return 1;
    const struct tw_names *names = names_of(model, kind);
    return names != NULL ? names->count : 0;
}

const char *tw_model_object_name(const tw_model *model, tw_object kind, int32_t index)
{
    const struct tw_names *names = names_of(model, kind);
    if (names == NULL || index < 0 || index >= names->count) return NULL;
    return tw_names_get(names, index);
}

tw_status tw_model_object_find(const tw_model *model, tw_object kind, const char *name,
                               int32_t *out_index)
{
    const struct tw_names *names = names_of(model, kind);
    int32_t i = names != NULL && name != NULL ? tw_names_find(names, name) : -1;
    if (i < 0) return TW_ERR_NAME;
    *out_index = i;
    return TW_OK;
}

struct tw_model_units tw_model_units_get(const tw_model *model)
{
    enum tw_flow_units flow = model->options.flow_units;
    struct tw_units u = tw_units_of(flow, model->options.strict);
    return (struct tw_model_units){.us = u.us,
                                   .flow = (int32_t)flow,
                                   .length_m = u.length_m,
                                   .area_m2 = u.area_m2,
                                   .land_m2 = u.land_m2,
                                   .volume_m3 = u.volume_m3,
                                   .flow_m3s = u.flow_m3s,
                                   .rain_mm = u.rain_mm};
}

struct tw_model_switches tw_model_switches_get(const tw_model *model)
{
    const struct tw_options *o = &model->options;
    return (struct tw_model_switches){.allow_ponding = o->allow_ponding,
                                      .skip_steady_state = o->skip_steady_state,
                                      .ignore_snow = !model->snow.falls,
                                      .ignore_rainfall = o->ignore_rainfall,
                                      .ignore_groundwater =
                                          o->ignore_groundwater || model->aquifers.count == 0,
                                      .ignore_routing = o->ignore_routing};
}

double tw_model_pollutant_mass(const tw_model *model, int32_t pollutant)
{
    bool known = pollutant >= 0 && pollutant < model->quality.count;
    return known ? model->quality.pollutant[pollutant].file_mass : NAN;
}

bool tw_model_pollutant_counted(const tw_model *model, int32_t pollutant)
{
    bool known = pollutant >= 0 && pollutant < model->quality.count;
    return known && model->quality.pollutant[pollutant].unit == TW_POLLUTANT_COUNT;
}

bool tw_model_link_turned(const tw_model *model, tw_link_id id)
{
    return id.index >= 0 && id.index < model->links.count && model->links.reversed[id.index];
}

int32_t tw_model_lid_unit_count(const tw_model *model, tw_subcatchment_id id)
{
    const struct tw_lids *l = &model->lids;
    if (l->first == NULL || id.index < 0 || id.index >= model->subcatchments.count) return 0;
    return l->first[id.index + 1] - l->first[id.index];
}

tw_status tw_model_lid_unit(const tw_model *model, tw_subcatchment_id id, int32_t unit,
                            struct tw_lid_unit_info *out_info)
{
    if (unit < 0 || unit >= tw_model_lid_unit_count(model, id)) return TW_ERR_ARG;
    const struct tw_lid_unit *u = &model->lids.unit[model->lids.first[id.index] + unit];
    *out_info = (struct tw_lid_unit_info){.control = u->control,
                                          .number = u->number,
                                          .area_m2 = u->area_m2,
                                          .width_m = u->width_m,
                                          .initial_ratio = u->initial_ratio,
                                          .from_impervious_ratio = u->from_impervious_ratio,
                                          .from_pervious_ratio = u->from_pervious_ratio,
                                          .to_pervious = u->to_pervious,
                                          .drain_node = u->drain_node,
                                          .drain_subcatchment = u->drain_subcatchment};
    return TW_OK;
}

double tw_model_link_width_m(const tw_model *model, tw_link_id id, double depth_m)
{
    const struct tw_network *net = model->network;
    if (id.index < 0 || id.index >= net->link_count || !(depth_m > 0.0)) return 0.0;
    int32_t row = net->row_of_link[id.index];
    if (row >= net->conduit_count) return 0.0;
    const struct tw_xsect *section = &net->xsects[net->conduit.section[row]];
    return tw_xsect_width(section,
                          depth_m < section->full_depth_m ? depth_m : section->full_depth_m);
}

/* ---- parameters ---- */

/* Where the values of a parameter are. */
struct column {
    double *value;
    double least;  /* that a value may be */
    bool conduits; /* value is by rows of conduits, not by links */
};

static struct column column_of(struct tw_model *m, tw_parameter which)
{
    struct tw_nodes *n = &m->nodes;
    struct tw_links *l = &m->links;
    struct tw_conduits *c = &m->conduits;
    struct tw_subcatchments *s = &m->subcatchments;
    struct tw_options *o = &m->options;
    const struct column columns[TW_PARAMETER_COUNT] = {
        [TW_PARAMETER_NODE_INVERT_M] = {n->invert_m, -INFINITY, false},
        [TW_PARAMETER_NODE_FULL_DEPTH_M] = {n->full_depth_m, 0.0, false},
        [TW_PARAMETER_NODE_SURCHARGE_M] = {n->surcharge_depth_m, 0.0, false},
        [TW_PARAMETER_NODE_POND_M2] = {n->ponded_area_m2, 0.0, false},
        [TW_PARAMETER_NODE_INITIAL_M] = {n->initial_depth_m, 0.0, false},
        [TW_PARAMETER_LINK_OFFSET1_M] = {l->offset1_m, 0.0, false},
        [TW_PARAMETER_LINK_OFFSET2_M] = {l->offset2_m, 0.0, false},
        [TW_PARAMETER_LINK_INITIAL_M3S] = {l->initial_flow_m3s, -INFINITY, false},
        [TW_PARAMETER_LINK_LIMIT_M3S] = {l->flow_limit_m3s, 0.0, false},
        [TW_PARAMETER_LINK_LOSS_INLET] = {c->loss_inlet, 0.0, true},
        [TW_PARAMETER_LINK_LOSS_OUTLET] = {c->loss_outlet, 0.0, true},
        [TW_PARAMETER_LINK_LOSS_AVERAGE] = {c->loss_average, 0.0, true},
        [TW_PARAMETER_SUBCATCHMENT_WIDTH_M] = {s->width_m, 0.0, false},
        [TW_PARAMETER_SUBCATCHMENT_AREA_M2] = {s->area_m2, 0.0, false},
        [TW_PARAMETER_SUBCATCHMENT_IMPERVIOUS] = {s->impervious_ratio, 0.0, false},
        [TW_PARAMETER_SUBCATCHMENT_SLOPE] = {s->slope_ratio, 0.0, false},
        [TW_PARAMETER_SUBCATCHMENT_CURB_M] = {s->curb_m, 0.0, false},
        [TW_PARAMETER_START_DAY] = {&o->start_day, 0.0, false},
        [TW_PARAMETER_ROUTING_STEP_S] = {&o->routing_step_s, 0.001, false},
        [TW_PARAMETER_MINIMUM_STEP_S] = {&o->minimum_step_s, 0.001, false},
        [TW_PARAMETER_LENGTHENING_STEP_S] = {&o->lengthening_step_s, 0.0, false},
        [TW_PARAMETER_DRY_DAYS] = {&o->dry_days, 0.0, false},
        [TW_PARAMETER_VARIABLE_STEP] = {&o->variable_step_factor, 0.0, false},
        [TW_PARAMETER_MINIMUM_SURFACE_M2] = {&o->minimum_surface_area_m2, 0.0, false},
        [TW_PARAMETER_MINIMUM_SLOPE] = {&o->minimum_slope_ratio, 0.0, false},
        [TW_PARAMETER_HEAD_TOLERANCE_M] = {&o->head_tolerance_m, 0.0, false},
        [TW_PARAMETER_SYSTEM_FLOW_TOLERANCE] = {&o->system_flow_tolerance_ratio, 0.0, false},
        [TW_PARAMETER_LATERAL_FLOW_TOLERANCE] = {&o->lateral_flow_tolerance_ratio, 0.0, false},
        [TW_PARAMETER_REPORT_STEP_S] = {&o->report_step_s, 1.0, false}};
    return columns[which];
}

static const tw_object parameter_object[TW_PARAMETER_COUNT] = {
#define OBJECT(name, object, text) TW_OBJECT_##object,
    TW_PARAMETER_LIST(OBJECT)
#undef OBJECT
};

static bool has_parameter(const struct tw_model *m, tw_parameter which, int32_t index)
{
    bool listed = (int)which >= 0 && which < TW_PARAMETER_COUNT;
    return listed && index >= 0 && index < tw_model_object_count(m, parameter_object[which]);
}

/* The place of a value; NULL for links that are no conduits where it is one of conduits. */
static double *place_of(struct tw_model *m, tw_parameter which, int32_t index)
{
    struct column c = column_of(m, which);
    if (!c.conduits) return c.value + index;
    return m->links.kind[index] == TW_LINK_CONDUIT ? c.value + m->links.row[index] : NULL;
}

double tw_model_parameter(const tw_model *model, tw_parameter which, int32_t index)
{
    if (!has_parameter(model, which, index)) return NAN;
    /* place_of is for changes too, and only looks here */
    const double *place = place_of((struct tw_model *)(uintptr_t)model, which, index);
    return place != NULL ? *place : 0.0;
}

/* A limit holds at once: it is copied to where routing looks. */
static void pass_flow_limit(struct tw_model *m, int32_t link)
{
    const struct tw_network *net = m->network;
    int32_t row = net->row_of_link[link], conduits = net->conduit_count;
    double limit = m->links.flow_limit_m3s[link];
    if (row >= conduits) return;
    net->conduit.flow_limit_m3s[row] = limit > 0.0 ? limit : INFINITY;
    int32_t whole = (conduits + TW_BLOCK - 1) / TW_BLOCK * TW_BLOCK;
    for (int32_t at = row; at < whole; at++) {
        if (at == row || (row == conduits - 1 && at >= conduits)) {
            net->conduit_blocks[at / TW_BLOCK].flow_limit_m3s[at % TW_BLOCK] =
                net->conduit.flow_limit_m3s[row];
        }
    }
}

tw_status tw_model_change(tw_model *model, tw_parameter which, int32_t index, double value)
{
    if (!has_parameter(model, which, index) || !isfinite(value)) return TW_ERR_ARG;
    double *place = place_of(model, which, index);
    if (place == NULL || value < column_of(model, which).least) return TW_ERR_ARG;
    if (which == TW_PARAMETER_SUBCATCHMENT_IMPERVIOUS && value > 1.0) return TW_ERR_ARG;
    *place = value;
    if (which == TW_PARAMETER_LINK_LIMIT_M3S) pass_flow_limit(model, index);
    return TW_OK;
}

tw_status tw_model_settle(tw_model *model)
{
    struct tw_network *net = TW_ARENA_NEW(&model->arena, struct tw_network, 1);
    if (net == NULL) return TW_ERR_NOMEM;
    TW_TRY(tw_lids_settle(model));
    TW_TRY(tw_network_init(net, model, &model->arena));
    model->network = net;
    return TW_OK;
}
