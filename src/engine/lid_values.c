/* LID controls as the file has them, and what their units hold and do. */
#include "engine/run_state.h"
#include "hydrology/lid_layers.h"
#include "thalweg/values.h"

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
