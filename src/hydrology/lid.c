#include "hydrology/lid.h"

#include "hydrology/infiltration.h"
#include "hydrology/lid_layers.h"
#include "num/table.h"

#include <math.h>
#include <string.h>

static const double least_flow_mps = 2.3e-8 * TW_FOOT_M; /* as SWMM: less counts as none */

static size_t at(const struct tw_lid_state *s, int32_t element, int32_t lane)
{
    return (size_t)element * (size_t)s->lanes + (size_t)lane;
}

static const struct tw_lid_control *control_of(const struct tw_model *model, int32_t unit)
{
    return &model->lids.control[model->lids.unit[unit].control];
}

void tw_lid_lay(struct tw_lid_state *s, const struct tw_model *model, int32_t lanes,
                struct tw_pool *state)
{
    size_t w = (size_t)lanes, units = (size_t)model->lids.unit_count;
    size_t subcatchments = units > 0 ? (size_t)model->subcatchments.count : 0;
    s->model = model;
    s->lanes = lanes;
    s->level = TW_POOL_NEW(state, double, units *TW_LID_LEVELS *w);
    s->rate = TW_POOL_NEW(state, double, units *TW_LID_LEVELS *w);
    s->soil = TW_POOL_NEW(state, double, units *TW_LID_SOIL_VALUES *w);
    s->soil_made = TW_POOL_NEW(state, double, units *TW_LID_SOIL_PARAMETERS);
    double **const each[] = {&s->old_drain_m3s, &s->new_drain_m3s, &s->inflow_m,
                             &s->treated_m,     &s->dry_s,         &s->regenerate_day};
    for (size_t i = 0; i < sizeof each / sizeof *each; i++)
        *each[i] = TW_POOL_NEW(state, double, units *w);
    s->to_pervious_m3s = TW_POOL_NEW(state, double, subcatchments *w);
    s->wet = TW_POOL_NEW(state, bool, w);
    s->drained_m3 = TW_POOL_NEW(state, double, w);
    s->totals = TW_POOL_NEW(state, struct tw_lid_totals, units * w);
    s->row = TW_POOL_NEW(state, struct tw_lid_row, units * w);
}

/* ---- the start ---- */

static const struct tw_infiltration_method *soil_method(void)
{
    return tw_infiltration_method_get(TW_INFILTRATION_MODIFIED_GREEN_AMPT);
}

/* Green-Ampt parameters [mm, mm/h, ratio] of what a unit's surface lies on; false: none. */
static bool soil_parameters(const struct tw_model *m, int32_t unit, double out[5])
{
    const struct tw_lid_unit *u = &m->lids.unit[unit];
    const struct tw_lid_control *c = control_of(m, unit);
    memset(out, 0, 5 * sizeof *out);
    if (c->soil.thickness_m > 0.0) {
        out[0] = c->soil.suction_m * 1000.0;
        out[1] = c->soil.conductivity_mps * 3.6e6;
        out[2] = (c->soil.porosity_ratio - c->soil.wilting_point_ratio) * (1.0 - u->initial_ratio);
        return true;
    }
    int32_t method = m->subcatchments.infiltration[u->subcatchment];
    bool green_ampt =
        method == TW_INFILTRATION_GREEN_AMPT || method == TW_INFILTRATION_MODIFIED_GREEN_AMPT;
    if (c->kind != TW_LID_SWALE || !green_ampt) return false;
    memcpy(out, m->subcatchments.infiltration_parameters[u->subcatchment], 5 * sizeof *out);
    return true;
}

static void begin_unit(struct tw_lid_state *s, int32_t unit)
{
    const struct tw_lid_control *c = control_of(s->model, unit);
    double wet = s->model->lids.unit[unit].initial_ratio;
    double level[TW_LID_LEVELS] = {0.0}, parameters[5], state[TW_LID_SOIL_VALUES] = {0.0};
    if (c->soil.thickness_m > 0.0)
        level[TW_LAYER_SOIL] = c->soil.wilting_point_ratio +
                               wet * (c->soil.porosity_ratio - c->soil.wilting_point_ratio);
    level[TW_LAYER_STORAGE] =
        wet * (c->kind == TW_LID_GREEN_ROOF ? c->mat.thickness_m : c->storage.thickness_m);
    if (soil_parameters(s->model, unit, parameters)) {
        double *made = s->soil_made + unit * TW_LID_SOIL_PARAMETERS;
        soil_method()->prepare(parameters, made);
        soil_method()->begin(made, state);
    }
    for (int32_t lane = 0; lane < s->lanes; lane++) {
        size_t here = at(s, unit, lane);
        for (int32_t k = 0; k < TW_LID_LEVELS; k++) {
            s->level[at(s, unit * TW_LID_LEVELS + k, lane)] = level[k];
            s->rate[at(s, unit * TW_LID_LEVELS + k, lane)] = 0.0;
        }
        for (int32_t k = 0; k < TW_LID_SOIL_VALUES; k++)
            s->soil[at(s, unit * TW_LID_SOIL_VALUES + k, lane)] = state[k];
        s->old_drain_m3s[here] = s->new_drain_m3s[here] = 0.0;
        s->inflow_m[here] = s->treated_m[here] = 0.0;
        s->dry_s[here] = s->model->options.dry_days * 86400.0;
        s->regenerate_day[here] = c->pavement.regeneration_days;
        double held_m = tw_lid_held_m(s, unit, lane);
        s->totals[here] = (struct tw_lid_totals){.initial_m = held_m, .reported_m = held_m};
        if (wet > 0.0) s->wet[lane] = true; /* as SWMM, even where there is nothing to be wet */
    }
}

void tw_lid_begin(struct tw_lid_state *s)
{
    memset(s->soil_made, 0,
           (size_t)s->model->lids.unit_count * TW_LID_SOIL_PARAMETERS * sizeof(double));
    for (int32_t lane = 0; lane < s->lanes; lane++)
        s->wet[lane] = false;
    for (int32_t i = 0; i < s->model->lids.unit_count; i++)
        begin_unit(s, i);
    for (int32_t lane = 0; lane < s->lanes; lane++) {
        s->drained_m3[lane] = 0.0;
        if (s->model->lids.unit_count == 0) continue;
        for (int32_t i = 0; i < s->model->subcatchments.count; i++)
            s->to_pervious_m3s[at(s, i, lane)] = 0.0;
    }
}

void tw_lid_begin_step(struct tw_lid_state *s)
{
    size_t units = (size_t)s->model->lids.unit_count * (size_t)s->lanes;
    if (units > 0) memcpy(s->old_drain_m3s, s->new_drain_m3s, units * sizeof(double));
    for (int32_t lane = 0; lane < s->lanes; lane++)
        s->wet[lane] = false;
}

double tw_lid_area_m2(const struct tw_model *model, int32_t subcatchment)
{
    return model->lids.area_m2 != NULL ? model->lids.area_m2[subcatchment] : 0.0;
}

double tw_lid_surface_m(const struct tw_lid_state *s, int32_t subcatchment, int32_t lane)
{
    const struct tw_lids *lids = &s->model->lids;
    double volume_m3 = 0.0, area_m2 = tw_lid_area_m2(s->model, subcatchment);
    if (!(area_m2 > 0.0)) return 0.0;
    for (int32_t i = lids->first[subcatchment]; i < lids->first[subcatchment + 1]; i++)
        volume_m3 += s->level[at(s, i * TW_LID_LEVELS + TW_LAYER_SURFACE, lane)] *
                     control_of(s->model, i)->surface.void_ratio * lids->unit[i].area_m2 *
                     lids->unit[i].number;
    return volume_m3 / area_m2;
}

/* Nothing holds the water back from the ground. */
static bool over_ground(const struct tw_lid_control *c)
{
    if (c->kind == TW_LID_GREEN_ROOF || c->kind == TW_LID_BARREL) return false;
    return c->storage.thickness_m == 0.0 || c->storage.seepage_mps > 0.0;
}

double tw_lid_pervious_ratio(const struct tw_model *model, int32_t subcatchment)
{
    double pervious = 1.0 - model->subcatchments.impervious_ratio[subcatchment];
    double covered = tw_lid_area_m2(model, subcatchment);
    double area = model->subcatchments.area_m2[subcatchment], open = 0.0;
    if (!(covered > 0.0)) return pervious;
    for (int32_t i = model->lids.first[subcatchment]; i < model->lids.first[subcatchment + 1];
         i++) {
        const struct tw_lid_unit *u = &model->lids.unit[i];
        if (over_ground(control_of(model, i))) open += u->area_m2 * u->number;
    }
    return fmin(1.0, (pervious * (area - covered) + open) / area);
}

/* ---- a step of a unit ---- */

/* Water in a unit per area [m]. */
static double held_m(const struct tw_lid_control *c, const struct tw_lid_unit *u, const double *x)
{
    if (c->kind == TW_LID_SWALE) {
        if (!(u->width_m > 0.0)) return 0.0;
        double bottom_m = u->width_m - 2.0 * c->surface.side_slope * c->surface.thickness_m;
        double section_m2 =
            x[TW_LAYER_SURFACE] * (bottom_m + c->surface.side_slope * x[TW_LAYER_SURFACE]);
        return section_m2 * c->surface.void_ratio / u->width_m;
    }
    if (c->kind == TW_LID_ROOF) return x[TW_LAYER_SURFACE]; /* as SWMM: plants take no room there */
    double voids = c->kind == TW_LID_GREEN_ROOF ? c->mat.void_ratio
                   : c->kind == TW_LID_BARREL   ? 1.0
                                                : c->storage.void_ratio;
    return x[TW_LAYER_SURFACE] * c->surface.void_ratio + x[TW_LAYER_SOIL] * c->soil.thickness_m +
           x[TW_LAYER_PAVEMENT] * c->pavement.void_ratio * (1.0 - c->pavement.impervious_ratio) +
           x[TW_LAYER_STORAGE] * voids;
}

static double drain_factor(const void *model, int32_t curve, double head)
{
    const struct tw_tables *t = &((const struct tw_model *)model)->curves;
    int32_t first = t->first[curve];
    return tw_points_at((struct tw_points){.x = t->x + first,
                                           .y = t->y + first,
                                           .count = t->first[curve + 1] - first},
                        head);
}

static tw_lid_rates *rates_of(enum tw_lid_kind kind)
{
    static tw_lid_rates *const rates[] = {
#define TW_LID(id, prefix, keyword, layers) tw_lid_rates_##prefix,
#include "model/lids.def"
#undef TW_LID
    };
    return rates[kind];
}

/* Infiltration into the unit's own soil, or what the ground around it takes. */
static double surface_infiltration(struct tw_lid_state *s, int32_t unit, int32_t lane,
                                   const struct tw_lid_weather *w, double in_mps, double depth_m)
{
    const double *made = s->soil_made + unit * TW_LID_SOIL_PARAMETERS;
    if (control_of(s->model, unit)->kind == TW_LID_PAVEMENT) return 0.0;
    if (!(made[1] > 0.0)) return w->native_mps;
    double state[TW_LID_SOIL_VALUES], soil[TW_LID_SOIL_PARAMETERS];
    memcpy(soil, made, sizeof soil);
    if (w->soil_ratio != 1.0) soil_method()->adjust(soil, w->soil_ratio);
    for (int32_t k = 0; k < TW_LID_SOIL_VALUES; k++)
        state[k] = s->soil[at(s, unit * TW_LID_SOIL_VALUES + k, lane)];
    struct tw_infiltration_input in = {
        .dt_s = w->dt_s, .rain_mps = in_mps, .depth_m = depth_m, .recovery_factor = 1.0};
    double rate = soil_method()->rate(soil, state, &in);
    for (int32_t k = 0; k < TW_LID_SOIL_VALUES; k++)
        s->soil[at(s, unit * TW_LID_SOIL_VALUES + k, lane)] = state[k];
    return rate;
}

static void level_bounds(const struct tw_lid_control *c, double *least, double *most)
{
    for (int k = 0; k < TW_LID_LEVELS; k++) {
        least[k] = 0.0;
        most[k] = INFINITY;
    }
    if (c->soil.thickness_m > 0.0) {
        least[TW_LAYER_SOIL] = c->soil.wilting_point_ratio;
        most[TW_LAYER_SOIL] = c->soil.porosity_ratio;
    }
    if (c->pavement.thickness_m > 0.0) most[TW_LAYER_PAVEMENT] = c->pavement.thickness_m;
    if (c->storage.thickness_m > 0.0) most[TW_LAYER_STORAGE] = c->storage.thickness_m;
    if (c->kind == TW_LID_GREEN_ROOF) most[TW_LAYER_STORAGE] = c->mat.thickness_m;
}

/* Levels at the end of the step: explicit, but for swales, half of whose rates are those of the end,
 * repeated until they settle. `seen` is where the rates were computed last. */
static void advance_levels(struct tw_lid *lid, double *x, double *rate, double *seen)
{
    enum { MOST_PASSES = 20 };
    static const double tolerance_m = 0.00328 * TW_FOOT_M;
    double least[TW_LID_LEVELS], most[TW_LID_LEVELS], begun[TW_LID_LEVELS], last[TW_LID_LEVELS];
    double now[TW_LID_LEVELS], weight = lid->control->kind == TW_LID_SWALE ? 0.5 : 0.0;
    double infiltration = lid->flow.surface_infiltration;
    level_bounds(lid->control, least, most);
    memcpy(begun, x, sizeof begun);
    memcpy(last, x, sizeof last);
    for (int pass = 1; pass < MOST_PASSES; pass++) {
        bool settled = true;
        lid->flow.surface_infiltration = infiltration;
        memcpy(seen, x, sizeof begun);
        rates_of(lid->control->kind)(lid, x, now);
        for (int k = 0; k < TW_LID_LEVELS; k++) {
            x[k] = begun[k] + (weight * rate[k] + (1.0 - weight) * now[k]) * lid->dt_s;
            x[k] = fmax(fmin(x[k], most[k]), least[k]);
            if (weight > 0.0 && fabs(x[k] - last[k]) > tolerance_m) settled = false;
            last[k] = x[k];
        }
        if (settled) break;
    }
    memcpy(rate, now, sizeof now);
}

/* Water above the berm leaves at once where no slope holds it back. */
static void spill(struct tw_lid *lid, double *x)
{
    const struct tw_lid_surface *s = &lid->control->surface;
    enum tw_lid_kind kind = lid->control->kind;
    bool rough = s->roughness > 0.0 && s->slope_ratio > 0.0;
    bool slow = kind == TW_LID_ROOF || (rough && kind != TW_LID_SWALE && kind != TW_LID_BARREL);
    if (slow && lid->unit->width_m > 0.0) return;
    double above_m = x[TW_LAYER_SURFACE] - s->thickness_m;
    if (!(above_m > 0.0)) return;
    lid->flow.surface_out += above_m * s->void_ratio / lid->dt_s;
    x[TW_LAYER_SURFACE] = s->thickness_m;
}

/* A pavement that is cleaned takes part of what clogged it away. */
static void regenerate(struct tw_lid_state *s, int32_t unit, int32_t lane, double day)
{
    const struct tw_lid_pavement *p = &control_of(s->model, unit)->pavement;
    size_t here = at(s, unit, lane);
    if (!(p->clogging > 0.0) || !(p->regeneration_days > 0.0)) return;
    if (day < s->regenerate_day[here]) return;
    s->treated_m[here] *= 1.0 - p->regeneration_ratio;
    s->regenerate_day[here] += p->regeneration_days;
}

static void unit_step(struct tw_lid_state *s, int32_t unit, int32_t lane,
                      const struct tw_lid_weather *w, double in_mps, struct tw_lid_flows *out)
{
    double x[TW_LID_LEVELS], rate[TW_LID_LEVELS], seen[TW_LID_LEVELS];
    size_t here = at(s, unit, lane);
    for (int32_t k = 0; k < TW_LID_LEVELS; k++) {
        x[k] = s->level[at(s, unit * TW_LID_LEVELS + k, lane)];
        rate[k] = s->rate[at(s, unit * TW_LID_LEVELS + k, lane)];
    }
    regenerate(s, unit, lane, w->day);
    struct tw_lid lid = {.control = control_of(s->model, unit),
                         .unit = &s->model->lids.unit[unit],
                         .drain_factor = drain_factor,
                         .model = s->model,
                         .us = s->model->us_units,
                         .dt_s = w->dt_s,
                         .evaporation_mps = w->evaporation_mps,
                         .most_exfiltration_mps = w->most_exfiltration_mps,
                         .inflow_m = s->inflow_m[here],
                         .treated_m = s->treated_m[here],
                         .dry_s = s->dry_s[here],
                         .drained = s->old_drain_m3s[here] > 0.0};
    lid.flow.surface_in = in_mps;
    lid.flow.surface_infiltration =
        surface_infiltration(s, unit, lane, w, in_mps, x[TW_LAYER_SURFACE]);
    advance_levels(&lid, x, rate, seen);
    spill(&lid, x);
    s->totals[here].reported_m = held_m(lid.control, lid.unit, seen);
    for (int32_t k = 0; k < TW_LID_LEVELS; k++) {
        s->level[at(s, unit * TW_LID_LEVELS + k, lane)] = x[k];
        s->rate[at(s, unit * TW_LID_LEVELS + k, lane)] = rate[k];
    }
    s->inflow_m[here] += in_mps * w->dt_s;
    s->treated_m[here] += in_mps * w->dt_s;
    *out = lid.flow;
}

static double evaporation_of(const struct tw_lid_flows *q)
{
    return q->surface_evaporation + q->pavement_evaporation + q->soil_evaporation +
           q->storage_evaporation;
}

static bool moves(const struct tw_lid_flows *q)
{
    return q->surface_in >= least_flow_mps || q->surface_out >= least_flow_mps ||
           q->drain >= least_flow_mps || q->exfiltration >= least_flow_mps ||
           evaporation_of(q) >= least_flow_mps;
}

static void keep_row(struct tw_lid_state *s, int32_t unit, int32_t lane,
                     const struct tw_lid_flows *q)
{
    double x[TW_LID_LEVELS];
    bool has_soil = control_of(s->model, unit)->soil.thickness_m > 0.0;
    for (int32_t k = 0; k < TW_LID_LEVELS; k++)
        x[k] = s->level[at(s, unit * TW_LID_LEVELS + k, lane)];
    s->row[at(s, unit, lane)] =
        (struct tw_lid_row){.inflow_mps = q->surface_in,
                            .evaporation_mps = evaporation_of(q),
                            .surface_evaporation_mps = q->surface_evaporation,
                            .pavement_evaporation_mps = q->pavement_evaporation,
                            .soil_evaporation_mps = q->soil_evaporation,
                            .storage_evaporation_mps = q->storage_evaporation,
                            .infiltration_mps = q->surface_infiltration,
                            .pavement_mps = q->percolation_pavement,
                            .soil_mps = has_soil ? q->percolation_soil : 0.0,
                            .exfiltration_mps = q->exfiltration,
                            .runoff_mps = q->surface_out,
                            .drain_mps = q->drain,
                            .surface_m = x[TW_LAYER_SURFACE],
                            .pavement_m = x[TW_LAYER_PAVEMENT],
                            .moisture_ratio = x[TW_LAYER_SOIL],
                            .storage_m = x[TW_LAYER_STORAGE],
                            .moves = moves(q)};
}

/* What a unit gave back goes onto the pervious part, down the drain or away. */
static void give_back(struct tw_lid_state *s, int32_t unit, int32_t lane,
                      const struct tw_lid_flows *q, double dt_s, struct tw_lid_volumes *out)
{
    const struct tw_lid_unit *u = &s->model->lids.unit[unit];
    const struct tw_subcatchments *sub = &s->model->subcatchments;
    int32_t i = u->subcatchment;
    double area = u->area_m2 * u->number, runoff = q->surface_out * area, drain = q->drain * area;
    if (u->to_pervious && sub->area_m2[i] > tw_lid_area_m2(s->model, i)) {
        s->to_pervious_m3s[at(s, i, lane)] += runoff;
        runoff = 0.0;
        if (u->drain_node == sub->outlet_node[i] &&
            u->drain_subcatchment == sub->outlet_subcatchment[i]) {
            s->to_pervious_m3s[at(s, i, lane)] += drain;
            drain = 0.0;
        }
    }
    if (u->drain_node >= 0) s->drained_m3[lane] += drain * dt_s;
    s->new_drain_m3s[at(s, unit, lane)] = drain;
    out->runoff += runoff * dt_s;
}

void tw_lid_step(struct tw_lid_state *s, int32_t subcatchment, int32_t lane,
                 const struct tw_lid_weather *w, struct tw_lid_volumes *out)
{
    const struct tw_lids *lids = &s->model->lids;
    *out = (struct tw_lid_volumes){0};
    s->to_pervious_m3s[at(s, subcatchment, lane)] = 0.0;
    for (int32_t i = lids->first[subcatchment]; i < lids->first[subcatchment + 1]; i++) {
        const struct tw_lid_unit *u = &lids->unit[i];
        const struct tw_lid_control *c = &lids->control[u->control];
        double area = u->area_m2 * u->number;
        struct tw_lid_flows q;
        if (!(area > 0.0)) continue;
        double taken = (w->impervious_m3s * u->from_impervious_ratio +
                        w->pervious_m3s * u->from_pervious_ratio) /
                       area;
        out->taken += taken * area * w->dt_s;
        double in = taken + w->runon_mps + (c->storage.covered ? 0.0 : w->rain_mps);
        unit_step(s, i, lane, w, in, &q);
        give_back(s, i, lane, &q, w->dt_s, out);
        keep_row(s, i, lane, &q);
        double evaporation = evaporation_of(&q) * area * w->dt_s;
        out->evaporation += evaporation;
        if (over_ground(c)) out->pervious_evaporation += evaporation;
        out->exfiltration += q.exfiltration * area * w->dt_s;
        size_t here = at(s, i, lane);
        struct tw_lid_totals *t = &s->totals[here];
        t->inflow_m += in * w->dt_s;
        t->evaporated_m += evaporation / area;
        t->exfiltrated_m += q.exfiltration * w->dt_s;
        t->runoff_m += q.surface_out * w->dt_s;
        t->drain_m += q.drain * w->dt_s;
        s->dry_s[here] = w->rain_mps > 2.31481e-8 * TW_FOOT_M ? 0.0 : s->dry_s[here] + w->dt_s;
        if (moves(&q)) s->wet[lane] = true;
    }
}

/* ---- what others ask ---- */

double tw_lid_drain_m3s(const struct tw_lid_state *s, int32_t subcatchment, int32_t lane, double f)
{
    const struct tw_lids *lids = &s->model->lids;
    double sum = 0.0;
    if (lids->unit_count == 0) return 0.0;
    for (int32_t i = lids->first[subcatchment]; i < lids->first[subcatchment + 1]; i++) {
        size_t here = at(s, i, lane);
        sum += (1.0 - f) * s->old_drain_m3s[here] + f * s->new_drain_m3s[here];
    }
    return sum;
}

void tw_lid_node_inflow(const struct tw_lid_state *s, double f, double *lateral_m3s,
                        double *wet_m3s)
{
    for (int32_t i = 0; i < s->model->lids.unit_count; i++) {
        int32_t node = s->model->lids.unit[i].drain_node;
        if (node < 0) continue;
        for (int32_t lane = 0; lane < s->lanes; lane++) {
            size_t here = at(s, i, lane);
            double q = (1.0 - f) * s->old_drain_m3s[here] + f * s->new_drain_m3s[here];
            lateral_m3s[at(s, node, lane)] += q;
            wet_m3s[lane] += q;
        }
    }
}

double tw_lid_held_m(const struct tw_lid_state *s, int32_t unit, int32_t lane)
{
    double x[TW_LID_LEVELS];
    for (int32_t k = 0; k < TW_LID_LEVELS; k++)
        x[k] = s->level[at(s, unit * TW_LID_LEVELS + k, lane)];
    return held_m(control_of(s->model, unit), &s->model->lids.unit[unit], x);
}

double tw_lid_storage_m3(const struct tw_lid_state *s, int32_t lane)
{
    double volume_m3 = 0.0;
    for (int32_t i = 0; i < s->model->lids.unit_count; i++) {
        const struct tw_lid_unit *u = &s->model->lids.unit[i];
        double area_m2 = u->area_m2 * u->number;
        if (area_m2 > 0.0) volume_m3 += tw_lid_held_m(s, i, lane) * area_m2;
    }
    return volume_m3;
}

double tw_lid_reported_m3(const struct tw_lid_state *s, int32_t lane)
{
    double volume_m3 = 0.0;
    for (int32_t i = 0; i < s->model->lids.unit_count; i++) {
        const struct tw_lid_unit *u = &s->model->lids.unit[i];
        double area_m2 = u->area_m2 * u->number;
        if (area_m2 > 0.0) volume_m3 += s->totals[at(s, i, lane)].reported_m * area_m2;
    }
    return volume_m3;
}
