/* LID controls as the file has them, and what their units hold and do. */
#include "engine/run_state.h"
#include "hydrology/lid_layers.h"
#include "thalweg/values.h"

#include <math.h>

/* Storage without pores, as green roofs have it, is void. */
static double over_solids(double void_ratio)
{
    return void_ratio < 1.0 ? void_ratio / (1.0 - void_ratio) : 0.0;
}

static bool overflows(const struct tw_lid_control *c)
{
    bool manning = c->surface.roughness > 0.0 && c->surface.slope_ratio > 0.0;
    return !manning || c->kind == TW_LID_SWALE;
}

tw_status tw_model_lid_control(const tw_model *model, int32_t control,
                               struct tw_lid_control_info *out_info)
{
    if (control < 0 || control >= model->lids.control_count) return TW_ERR_ARG;
    const struct tw_lid_control *c = &model->lids.control[control];
    bool roof = c->kind == TW_LID_GREEN_ROOF; /* its mat is its storage */
    *out_info = (struct tw_lid_control_info){
        .surface = {c->surface.thickness_m, 1.0 - c->surface.void_ratio, c->surface.roughness,
                    c->surface.slope_ratio, c->surface.side_slope},
        .soil = {c->soil.thickness_m, c->soil.porosity_ratio, c->soil.field_capacity_ratio,
                 c->soil.wilting_point_ratio, c->soil.suction_m, c->soil.conductivity_mps,
                 c->soil.conductivity_slope},
        .storage = {roof ? c->mat.thickness_m : c->storage.thickness_m,
                    over_solids(roof ? c->mat.void_ratio : c->storage.void_ratio),
                    c->storage.seepage_mps, c->storage.clogging},
        .pavement = {c->pavement.thickness_m, over_solids(c->pavement.void_ratio),
                     c->pavement.impervious_ratio, c->pavement.permeability_mps,
                     c->pavement.clogging, c->pavement.regeneration_days,
                     c->pavement.regeneration_ratio},
        .drain = {c->drain.coefficient, c->drain.exponent, c->drain.offset_m, c->drain.delay_s,
                  c->drain.open_m, c->drain.close_m},
        .mat = {c->mat.thickness_m, c->mat.void_ratio, c->mat.roughness},
        .overflows = overflows(c)};
    return TW_OK;
}

static double of_solids(double over) { return over / (1.0 + over); }

/* Whether values are numbers of 0 and more. */
static bool all_positive(const double *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!(x[i] >= 0.0) || !isfinite(x[i])) return false;
    return true;
}
#define ALL_POSITIVE(part) all_positive((const double *)&(part), sizeof(part) / sizeof(double))

static bool can_be(const struct tw_lid_control_info *i)
{
    return ALL_POSITIVE(i->surface) && ALL_POSITIVE(i->soil) && ALL_POSITIVE(i->storage) &&
           ALL_POSITIVE(i->pavement) && ALL_POSITIVE(i->drain) && ALL_POSITIVE(i->mat) &&
           i->surface.plants_ratio < 1.0 && i->pavement.impervious_ratio <= 1.0 &&
           i->pavement.regeneration_ratio <= 1.0;
}
#undef ALL_POSITIVE

tw_status tw_model_lid_control_change(tw_model *model, int32_t control,
                                      const struct tw_lid_control_info *info)
{
    if (control < 0 || control >= model->lids.control_count || !can_be(info)) return TW_ERR_ARG;
    struct tw_lid_control *c = &model->lids.control[control];
    c->surface = (struct tw_lid_surface){.thickness_m = info->surface.thickness_m,
                                         .void_ratio = 1.0 - info->surface.plants_ratio,
                                         .roughness = info->surface.roughness,
                                         .slope_ratio = info->surface.slope_ratio,
                                         .side_slope = info->surface.side_slope};
    c->soil = (struct tw_lid_soil){.thickness_m = info->soil.thickness_m,
                                   .porosity_ratio = info->soil.porosity_ratio,
                                   .field_capacity_ratio = info->soil.field_capacity_ratio,
                                   .wilting_point_ratio = info->soil.wilting_point_ratio,
                                   .conductivity_mps = info->soil.conductivity_mps,
                                   .conductivity_slope = info->soil.conductivity_slope,
                                   .suction_m = info->soil.suction_m};
    if (c->kind != TW_LID_GREEN_ROOF) { /* whose storage is its mat */
        c->storage.thickness_m = info->storage.thickness_m;
        c->storage.void_ratio = of_solids(info->storage.void_over_solids);
    }
    c->storage.seepage_mps = info->storage.seepage_mps;
    c->storage.clogging = info->storage.clogging;
    c->pavement = (struct tw_lid_pavement){.thickness_m = info->pavement.thickness_m,
                                           .void_ratio = of_solids(info->pavement.void_over_solids),
                                           .impervious_ratio = info->pavement.impervious_ratio,
                                           .permeability_mps = info->pavement.permeability_mps,
                                           .clogging = info->pavement.clogging,
                                           .regeneration_days = info->pavement.regeneration_days,
                                           .regeneration_ratio = info->pavement.regeneration_ratio};
    c->drain.coefficient = info->drain.coefficient;
    c->drain.exponent = info->drain.exponent;
    c->drain.offset_m = info->drain.offset_m;
    c->drain.delay_s = info->drain.delay_s;
    c->drain.open_m = info->drain.open_m;
    c->drain.close_m = info->drain.close_m;
    c->mat = (struct tw_lid_mat){.thickness_m = info->mat.thickness_m,
                                 .void_ratio = info->mat.void_ratio,
                                 .roughness = info->mat.roughness};
    return TW_OK;
}

/* Where its drains lead when nothing else is said. */
static void lead_home(const struct tw_model *model, struct tw_lid_unit *u)
{
    if (u->drain_node >= 0 || u->drain_subcatchment >= 0) return;
    u->drain_node = model->subcatchments.outlet_node[u->subcatchment];
    u->drain_subcatchment = model->subcatchments.outlet_subcatchment[u->subcatchment];
}

static bool share(double ratio) { return ratio >= 0.0 && ratio <= 1.0; }

tw_status tw_model_lid_unit_change(tw_model *model, tw_subcatchment_id id, int32_t unit,
                                   const struct tw_lid_unit_info *info)
{
    static const double most = 1e12; /* of lengths and areas: no place on earth is larger */
    if (unit < 0 || unit >= tw_model_lid_unit_count(model, id)) return TW_ERR_ARG;
    bool sizes = info->number >= 0 && info->area_m2 >= 0.0 && info->area_m2 <= most &&
                 info->width_m >= 0.0 && info->width_m <= most;
    bool shares = share(info->initial_ratio) && share(info->from_impervious_ratio) &&
                  share(info->from_pervious_ratio);
    bool places = info->control >= 0 && info->control < model->lids.control_count &&
                  info->drain_node >= -1 && info->drain_node < model->nodes.count &&
                  info->drain_subcatchment >= -1 &&
                  info->drain_subcatchment < model->subcatchments.count &&
                  (info->drain_node < 0 || info->drain_subcatchment < 0);
    if (!sizes || !shares || !places) return TW_ERR_ARG;
    struct tw_lid_unit *u = &model->lids.unit[model->lids.first[id.index] + unit];
    u->control = info->control;
    u->number = info->number;
    u->area_m2 = info->area_m2;
    u->width_m = info->width_m;
    u->initial_ratio = info->initial_ratio;
    u->from_impervious_ratio = info->from_impervious_ratio;
    u->from_pervious_ratio = info->from_pervious_ratio;
    u->to_pervious = info->to_pervious;
    u->drain_node = info->drain_node;
    u->drain_subcatchment = info->drain_subcatchment;
    lead_home(model, u);
    return TW_OK;
}

/* What a file may hold of a control that has units (io/inp_lid.c says why). */
static bool sound(const struct tw_lid_control *c)
{
    const struct tw_lid_soil *s = &c->soil;
    bool soil = s->thickness_m == 0.0 ||
                (s->porosity_ratio > s->field_capacity_ratio &&
                 s->field_capacity_ratio > s->wilting_point_ratio && s->conductivity_mps > 0.0);
    bool swale = c->kind != TW_LID_SWALE || (c->surface.roughness * c->surface.slope_ratio > 0.0 &&
                                             c->surface.thickness_m > 0.0);
    bool storage = c->storage.thickness_m == 0.0 || c->storage.void_ratio > 0.0;
    bool pavement = c->pavement.thickness_m == 0.0 ||
                    (c->pavement.void_ratio > 0.0 && c->pavement.permeability_mps > 0.0);
    return soil && swale && storage && pavement &&
           (c->drain.open_m == 0.0 || c->drain.close_m < c->drain.open_m);
}

/* Area that the units of a subcatchment cover; negative: no file may have them. */
static double covered_m2(const struct tw_model *model, int32_t subcatchment)
{
    static const double over = 1.001; /* as SWMM: rounding of the file's numbers */
    const struct tw_lids *l = &model->lids;
    double area_m2 = model->subcatchments.area_m2[subcatchment];
    double covered = 0.0, impervious = 0.0, pervious = 0.0;
    for (int32_t k = l->first[subcatchment]; k < l->first[subcatchment + 1]; k++) {
        const struct tw_lid_unit *u = &l->unit[k];
        const struct tw_lid_control *c = &l->control[u->control];
        bool used = u->number > 0 && u->area_m2 > 0.0;
        if (!sound(c) || (c->kind == TW_LID_SWALE && used && !(u->width_m > 0.0))) return -1.0;
        covered += u->area_m2 * u->number;
        impervious += u->from_impervious_ratio;
        pervious += u->from_pervious_ratio;
    }
    if (covered > over * area_m2 || impervious > over || pervious > over) return -1.0;
    return covered > 0.999 * area_m2 ? area_m2 : covered;
}

tw_status tw_lids_settle(struct tw_model *model)
{
    struct tw_lids *l = &model->lids;
    int32_t count = l->unit_count > 0 ? model->subcatchments.count : 0;
    for (int32_t i = 0; i < count; i++)
        if (covered_m2(model, i) < 0.0) return TW_ERR_ARG;
    for (int32_t i = 0; i < count; i++)
        l->area_m2[i] = covered_m2(model, i);
    for (int32_t k = 0; k < l->unit_count; k++) /* where there is no pervious part */
        if (model->subcatchments.impervious_ratio[l->unit[k].subcatchment] >= 0.999)
            l->unit[k].to_pervious = false;
    return TW_OK;
}

/* Area of a subcatchment's units that are no roofs and no barrels. */
static double open_ground_m2(const struct tw_model *model, int32_t subcatchment)
{
    const struct tw_lids *l = &model->lids;
    double area_m2 = 0.0;
    for (int32_t i = l->first[subcatchment]; i < l->first[subcatchment + 1]; i++) {
        enum tw_lid_kind kind = l->control[l->unit[i].control].kind;
        bool above = kind == TW_LID_GREEN_ROOF || kind == TW_LID_ROOF || kind == TW_LID_BARREL;
        area_m2 += above ? 0.0 : l->unit[i].area_m2 * l->unit[i].number;
    }
    return area_m2;
}

tw_status tw_run_lid_unit(const tw_run *run, tw_subcatchment_id id, int32_t unit,
                          struct tw_lid_unit_values *out_values)
{
    const struct tw_lid_state *s = &run->hydrology.lid;
    if (unit < 0 || unit >= tw_model_lid_unit_count(run->model, id)) return TW_ERR_ARG;
    int32_t i = run->model->lids.first[id.index] + unit, w = run->lanes, at = i * w;
    const struct tw_lid_totals *t = &s->totals[at];
    const struct tw_lid_row *row = &s->row[at];
    const double *level = s->level + (size_t)i * TW_LID_LEVELS * (size_t)w;
    const double *rate = s->rate + (size_t)i * TW_LID_LEVELS * (size_t)w;
    *out_values =
        (struct tw_lid_unit_values){.inflow_m = t->inflow_m,
                                    .evaporated_m = t->evaporated_m,
                                    .infiltrated_m = t->exfiltrated_m,
                                    .runoff_m = t->runoff_m,
                                    .drain_m = t->drain_m,
                                    .initial_m = t->initial_m,
                                    .held_m = t->reported_m,
                                    .surface_m = level[TW_LAYER_SURFACE * w],
                                    .pavement_m = level[TW_LAYER_PAVEMENT * w],
                                    .soil_ratio = level[TW_LAYER_SOIL * w],
                                    .storage_m = level[TW_LAYER_STORAGE * w],
                                    .dry_s = s->dry_s[at],
                                    .old_drain_m3s = s->old_drain_m3s[at],
                                    .new_drain_m3s = s->new_drain_m3s[at],
                                    .inflow_mps = row->inflow_mps,
                                    .evaporation_mps = row->evaporation_mps,
                                    .surface_infiltration_mps = row->infiltration_mps,
                                    .surface_out_mps = row->runoff_mps,
                                    .pavement_mps = row->pavement_mps,
                                    .soil_mps = row->soil_mps,
                                    .exfiltration_mps = row->exfiltration_mps,
                                    .drain_mps = row->drain_mps,
                                    .surface_evaporation_mps = row->surface_evaporation_mps,
                                    .pavement_evaporation_mps = row->pavement_evaporation_mps,
                                    .soil_evaporation_mps = row->soil_evaporation_mps,
                                    .storage_evaporation_mps = row->storage_evaporation_mps,
                                    .surface_rate_mps = rate[TW_LAYER_SURFACE * w],
                                    .pavement_rate_mps = rate[TW_LAYER_PAVEMENT * w],
                                    .soil_rate_per_s = rate[TW_LAYER_SOIL * w],
                                    .storage_rate_mps = rate[TW_LAYER_STORAGE * w],
                                    .to_pervious_m3s = s->to_pervious_m3s[id.index * w],
                                    .pervious_m2 = open_ground_m2(run->model, id.index)};
    return TW_OK;
}
