#include "hydrology/hydrology.h"

#include "base/threads.h"
#include "hydrology/climate.h"
#include "hydrology/infiltration.h"
#include "hydrology/runoff_record.h"
#include "hydrology/surface.h"
#include "thalweg/time.h"

#include <math.h>
#include <string.h>

/* 1.49 of Manning's formula in feet, for lengths in metres. SWMM has 1.49 here, 1.486 elsewhere. */
#define MANNING (1.49 * 0.6729844116279193) /* 0.3048^(2 - 1.6666667) */

enum { SUBCATCHMENT_NS = 150 }; /* what a wet one takes about in a step, for tw_threads_for */

static size_t at(const struct tw_hydrology *h, int32_t element, int32_t lane)
{
    return (size_t)element * (size_t)h->lanes + (size_t)lane;
}

void tw_hydrology_lay(struct tw_hydrology *h, const struct tw_model *model, int32_t lanes,
                      struct tw_pool *state)
{
    size_t width = (size_t)lanes;
    size_t subs = (size_t)model->subcatchments.count * width;
    size_t gages = (size_t)model->gages.count * width;
    h->model = model;
    h->lanes = lanes;
    h->active = model->subcatchments.count > 0;
    h->catchment = TW_POOL_NEW(state, struct tw_catchment, subs);
    h->factors = TW_POOL_NEW(state, struct tw_catchment_factors, subs);
    h->gage_factor = TW_POOL_NEW(state, double, gages);
    h->clock = TW_POOL_NEW(state, struct tw_hydrology_clock, 1);
    h->gage = TW_POOL_NEW(state, struct tw_gage_cursor, model->gages.count);
    h->gage_rain_mmh = TW_POOL_NEW(state, double, gages);
    h->held_rain_mmh = TW_POOL_NEW(state, double, gages);
    h->outer_rain_mmh = TW_POOL_NEW(state, double, subs);
    h->past_rain_mm = TW_POOL_NEW(state, double, gages *(TW_PAST_HOURS + 1));
    h->depth_m = TW_POOL_NEW(state, double, subs *TW_SUBAREA_COUNT);
    h->subarea_inflow_mps = TW_POOL_NEW(state, double, subs *TW_SUBAREA_COUNT);
    h->subarea_runoff_mps = TW_POOL_NEW(state, double, subs *TW_SUBAREA_COUNT);
    h->infiltration = TW_POOL_NEW(state, double, subs *TW_INFILTRATION_STATE);
    h->runon_mps = TW_POOL_NEW(state, double, subs);
    h->evaporated_mps = TW_POOL_NEW(state, double, subs);
    h->infiltrated_mps = TW_POOL_NEW(state, double, subs);
    h->old_runoff_m3s = TW_POOL_NEW(state, double, subs);
    h->new_runoff_m3s = TW_POOL_NEW(state, double, subs);
    h->outfall_routed_m3 = TW_POOL_NEW(state, double, (size_t)model->outfalls.count *width);
    size_t told = model->quality.count > 0 ? subs : 0;
    h->volumes = TW_POOL_NEW(state, struct tw_runoff_volumes, told);
    tw_ground_lay(&h->ground, model, lanes, state);
    tw_lid_lay(&h->lid, model, lanes, state);
    tw_snow_lay(&h->snow, model, lanes, state);
    h->totals.rain_m3 = TW_POOL_NEW(state, double, width);
    h->totals.evaporation_m3 = TW_POOL_NEW(state, double, width);
    h->totals.infiltration_m3 = TW_POOL_NEW(state, double, width);
    h->totals.runoff_m3 = TW_POOL_NEW(state, double, width);
    h->totals.outfall_runon_m3 = TW_POOL_NEW(state, double, width);
    h->totals.nudged_m3 = TW_POOL_NEW(state, double, width);
    h->totals.initial_storage_m3 = TW_POOL_NEW(state, double, width);
    h->totals.snow_removed_m3 = TW_POOL_NEW(state, double, width);
    struct tw_subcatchment_totals *each = &h->subcatchment_totals;
    each->rain_m3 = TW_POOL_NEW(state, double, subs);
    each->runon_m3 = TW_POOL_NEW(state, double, subs);
    each->evaporation_m3 = TW_POOL_NEW(state, double, subs);
    each->infiltration_m3 = TW_POOL_NEW(state, double, subs);
    each->impervious_m3 = TW_POOL_NEW(state, double, subs);
    each->pervious_m3 = TW_POOL_NEW(state, double, subs);
    each->runoff_m3 = TW_POOL_NEW(state, double, subs);
    each->peak_m3s = TW_POOL_NEW(state, double, subs);
}

static void zero(double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        values[i] = 0.0;
}

static void state_clear(struct tw_hydrology *h)
{
    size_t width = (size_t)h->lanes;
    size_t subs = (size_t)h->model->subcatchments.count * width;
    size_t gages = (size_t)h->model->gages.count * width;
    struct tw_hydrology_totals *totals = &h->totals;
    struct tw_subcatchment_totals *each = &h->subcatchment_totals;
    double *const by_lane[] = {totals->rain_m3,
                               totals->evaporation_m3,
                               totals->infiltration_m3,
                               totals->runoff_m3,
                               totals->outfall_runon_m3,
                               totals->nudged_m3,
                               totals->initial_storage_m3,
                               totals->snow_removed_m3};
    double *const by_subcatchment[] = {
        h->runon_mps,          h->evaporated_mps,   h->infiltrated_mps, h->old_runoff_m3s,
        h->new_runoff_m3s,     each->rain_m3,       each->runon_m3,     each->evaporation_m3,
        each->infiltration_m3, each->impervious_m3, each->pervious_m3,  each->runoff_m3,
        each->peak_m3s};
    for (size_t i = 0; i < sizeof by_lane / sizeof by_lane[0]; i++)
        zero(by_lane[i], width);
    for (size_t i = 0; i < sizeof by_subcatchment / sizeof by_subcatchment[0]; i++)
        zero(by_subcatchment[i], subs);
    zero(h->gage_rain_mmh, gages);
    for (size_t i = 0; i < gages; i++)
        h->held_rain_mmh[i] = TW_RAIN_OF_FILE;
    for (size_t i = 0; i < subs; i++)
        h->outer_rain_mmh[i] = TW_RAIN_OF_GAGE;
    zero(h->past_rain_mm, gages * (TW_PAST_HOURS + 1));
    zero(h->depth_m, subs * TW_SUBAREA_COUNT);
    zero(h->subarea_inflow_mps, subs * TW_SUBAREA_COUNT);
    zero(h->subarea_runoff_mps, subs * TW_SUBAREA_COUNT);
    zero(h->infiltration, subs * TW_INFILTRATION_STATE);
    zero(h->outfall_routed_m3, (size_t)h->model->outfalls.count * width);
}

static double impervious_ratio(const struct tw_model *model, int32_t i,
                               const struct tw_catchment_factors *factors)
{
    double ratio = model->subcatchments.impervious_ratio[i] * factors->impervious;
    return ratio > 1.0 && factors->impervious > 1.0 ? 1.0 : ratio;
}

/* Areas, coefficients and routing between subareas. SWMM takes the whole impervious area for the
 * coefficient of both impervious parts. */
static void catchment_prepare(const struct tw_model *model, int32_t i,
                              const struct tw_catchment_factors *factors, struct tw_catchment *c)
{
    const struct tw_subcatchments *s = &model->subcatchments;
    double open_m2 = s->area_m2[i] - tw_lid_area_m2(model, i);
    double impervious = impervious_ratio(model, i, factors);
    double bare = s->zero_storage_ratio[i];
    double ratio[TW_SUBAREA_COUNT] = {impervious * bare, impervious * (1.0 - bare),
                                      1.0 - impervious};
    memset(c, 0, sizeof *c);
    c->storage_m[TW_SUBAREA_IMPERVIOUS] = s->storage_impervious_m[i] * factors->storage;
    c->storage_m[TW_SUBAREA_PERVIOUS] = s->storage_pervious_m[i] * factors->storage;
    for (int k = 0; k < TW_SUBAREA_COUNT; k++) {
        bool pervious = k == TW_SUBAREA_PERVIOUS;
        double roughness = (pervious ? s->n_pervious[i] : s->n_impervious[i]) * factors->roughness;
        double area_m2 = (pervious ? 1.0 - impervious : impervious) * open_m2;
        c->area_m2[k] = open_m2 * ratio[k];
        c->at_once[k] = !(roughness > 0.0);
        if (area_m2 > 0.0 && roughness > 0.0)
            c->alpha[k] = MANNING * s->width_m[i] / area_m2 * sqrt(s->slope_ratio[i]) / roughness;
        c->outlet_ratio[k] = 1.0;
    }
    c->route =
        impervious > 0.0 && impervious < 1.0 ? (enum tw_subarea_route)s->route[i] : TW_ROUTE_OUTLET;
    if (c->route == TW_ROUTE_IMPERVIOUS) {
        c->outlet_ratio[TW_SUBAREA_PERVIOUS] = 1.0 - s->routed_ratio[i];
    } else if (c->route == TW_ROUTE_PERVIOUS) {
        c->outlet_ratio[TW_SUBAREA_BARE] = 1.0 - s->routed_ratio[i];
        c->outlet_ratio[TW_SUBAREA_IMPERVIOUS] = 1.0 - s->routed_ratio[i];
    }
    if (s->infiltration[i] < 0) return;
    const struct tw_infiltration_method *method = tw_infiltration_method_get(s->infiltration[i]);
    double parameters[TW_INFILTRATION_SOIL];
    memcpy(parameters, s->infiltration_parameters[i], sizeof parameters);
    if (factors->infiltration != 1.0) method->scale(parameters, factors->infiltration);
    method->prepare(parameters, c->soil);
}

static void infiltration_begin(struct tw_hydrology *h, int32_t i)
{
    int32_t method = h->model->subcatchments.infiltration[i];
    if (method < 0) return;
    double state[TW_INFILTRATION_STATE] = {0.0};
    tw_infiltration_method_get(method)->begin(h->catchment[at(h, i, 0)].soil, state);
    for (int32_t k = 0; k < TW_INFILTRATION_STATE; k++)
        for (int32_t lane = 0; lane < h->lanes; lane++)
            h->infiltration[at(h, i * TW_INFILTRATION_STATE + k, lane)] = state[k];
}

static void parameters_begin(struct tw_hydrology *h)
{
    const struct tw_catchment_factors as_given = {1.0, 1.0, 1.0, 1.0};
    for (int32_t i = 0; i < h->model->gages.count * h->lanes; i++)
        h->gage_factor[i] = 1.0;
    for (int32_t i = 0; i < h->model->subcatchments.count; i++) {
        catchment_prepare(h->model, i, &as_given, &h->catchment[at(h, i, 0)]);
        for (int32_t lane = 0; lane < h->lanes; lane++) {
            h->factors[at(h, i, lane)] = as_given;
            h->catchment[at(h, i, lane)] = h->catchment[at(h, i, 0)];
        }
    }
}

static double stored_m3(const struct tw_hydrology *h, int32_t i, int32_t lane)
{
    double volume_m3 = 0.0;
    for (int32_t k = 0; k < TW_SUBAREA_COUNT; k++)
        volume_m3 += h->depth_m[at(h, i * TW_SUBAREA_COUNT + k, lane)] *
                     h->catchment[at(h, i, lane)].area_m2[k];
    return volume_m3;
}

void tw_hydrology_set_factors(struct tw_hydrology *h, int32_t subcatchment, int32_t lane,
                              struct tw_catchment_factors factors)
{
    size_t here = at(h, subcatchment, lane);
    double before_m3 =
        stored_m3(h, subcatchment, lane) + tw_snow_volume_m3(&h->snow, subcatchment, lane);
    h->factors[here] = factors;
    catchment_prepare(h->model, subcatchment, &factors, &h->catchment[here]);
    if (h->model->snow.count > 0)
        h->snow.impervious_ratio[here] = impervious_ratio(h->model, subcatchment, &factors);
    h->totals.nudged_m3[lane] += stored_m3(h, subcatchment, lane) +
                                 tw_snow_volume_m3(&h->snow, subcatchment, lane) - before_m3;
}

void tw_hydrology_set_depth(struct tw_hydrology *h, int32_t subcatchment, enum tw_subarea subarea,
                            int32_t lane, double depth_m)
{
    double before_m3 = stored_m3(h, subcatchment, lane);
    h->depth_m[at(h, subcatchment * TW_SUBAREA_COUNT + (int32_t)subarea, lane)] = depth_m;
    h->totals.nudged_m3[lane] += stored_m3(h, subcatchment, lane) - before_m3;
}

/* Water on surfaces and in the soil that an earlier run left. */
static void begin_hot(struct tw_hydrology *h, const struct tw_hotstart *hot)
{
    for (int32_t i = 0; hot->version >= 3 && i < h->model->subcatchments.count; i++) {
        bool soil = h->model->subcatchments.infiltration[i] >= 0;
        for (int32_t lane = 0; lane < h->lanes; lane++) {
            h->new_runoff_m3s[at(h, i, lane)] = hot->runoff_m3s[i];
            for (int32_t k = 0; k < TW_SUBAREA_COUNT; k++)
                h->depth_m[at(h, i * TW_SUBAREA_COUNT + k, lane)] = hot->depth_m[i][k];
            for (int32_t k = 0; soil && k < TW_INFILTRATION_STATE; k++)
                h->infiltration[at(h, i * TW_INFILTRATION_STATE + k, lane)] = hot->soil[i][k];
        }
    }
}

void tw_hydrology_begin(struct tw_hydrology *h, double start_day)
{
    state_clear(h);
    memset(h->clock, 0, sizeof *h->clock);
    h->clock->start_day = start_day;
    parameters_begin(h);
    for (int32_t i = 0; i < h->model->subcatchments.count; i++)
        infiltration_begin(h, i);
    if (h->model->files.hotstart != NULL) begin_hot(h, h->model->files.hotstart);
    tw_ground_begin(&h->ground);
    tw_lid_begin(&h->lid);
    tw_snow_begin(&h->snow);
    tw_climate_begin(h);
    tw_gages_begin(h);
    for (int32_t lane = 0; lane < h->lanes; lane++) {
        h->clock->had_runoff = h->clock->had_runoff || h->lid.wet[lane]; /* as SWMM: water stands */
        h->totals.initial_storage_m3[lane] = tw_hydrology_storage_m3(h, lane);
    }
}

/* Whole seconds between two days, as SWMM counts them. */
static double seconds_between(double from_day, double to_day)
{
    return floor((to_day - from_day) * 86400.0 + 0.5);
}

static double step_choose(const struct tw_hydrology *h, double day)
{
    const struct tw_hydrology_clock *clock = h->clock;
    double longest_s = clock->dry_step_s;
    double until_s = seconds_between(day, clock->evaporation_next_day);
    if (until_s > 0.0 && until_s < longest_s) longest_s = until_s;
    for (int32_t i = 0; i < h->model->gages.count; i++) {
        until_s = seconds_between(day, tw_gage_next_day(h, i, day));
        if (until_s > 0.0 && until_s < longest_s) longest_s = until_s;
    }
    bool wet = clock->raining || clock->had_runoff || clock->has_snow;
    double step_s = wet ? clock->wet_step_s : clock->dry_step_s;
    return step_s < longest_s ? step_s : longest_s;
}

/* Water from elsewhere spreads over what LIDs leave open, or over them where they leave nothing. */
static double runon_area_m2(const struct tw_hydrology *h, int32_t i)
{
    double area_m2 = h->model->subcatchments.area_m2[i];
    double open_m2 = area_m2 - tw_lid_area_m2(h->model, i);
    return open_m2 > 0.0 ? open_m2 : area_m2;
}

static void runon_add(struct tw_hydrology *h, int32_t to, int32_t lane, double flow_m3s)
{
    double area_m2 = runon_area_m2(h, to);
    if (area_m2 <= 0.0) return;
    h->runon_mps[at(h, to, lane)] += flow_m3s / area_m2;
    for (int32_t k = 0; k < TW_SUBAREA_COUNT; k++)
        h->subarea_inflow_mps[at(h, to * TW_SUBAREA_COUNT + k, lane)] += flow_m3s / area_m2;
}

/* What outfalls discharged onto subcatchments since the last runoff step comes in this one. */
static void outfalls_return(struct tw_hydrology *h, double last_step_s)
{
    const struct tw_outfalls *outfalls = &h->model->outfalls;
    for (int32_t i = 0; i < outfalls->count; i++) {
        if (outfalls->route_to[i] < 0) continue;
        for (int32_t lane = 0; lane < h->lanes; lane++) {
            double *volume_m3 = &h->outfall_routed_m3[at(h, i, lane)];
            runon_add(h, outfalls->route_to[i], lane, *volume_m3 / last_step_s);
            h->totals.outfall_runon_m3[lane] += *volume_m3;
            *volume_m3 = 0.0;
        }
    }
}

/* Runoff of one part that flows onto another, all as of the end of the last step. */
static void subareas_exchange(struct tw_hydrology *h, int32_t i, int32_t lane)
{
    const struct tw_catchment *c = &h->catchment[at(h, i, lane)];
    const int32_t first = i * TW_SUBAREA_COUNT;
    double flow_m3s[TW_SUBAREA_COUNT];
    for (int32_t k = 0; k < TW_SUBAREA_COUNT; k++)
        flow_m3s[k] = h->subarea_runoff_mps[at(h, first + k, lane)] * c->area_m2[k] *
                      (1.0 - c->outlet_ratio[k]);
    if (c->route == TW_ROUTE_PERVIOUS)
        h->subarea_inflow_mps[at(h, first + TW_SUBAREA_PERVIOUS, lane)] +=
            (flow_m3s[TW_SUBAREA_BARE] + flow_m3s[TW_SUBAREA_IMPERVIOUS]) /
            c->area_m2[TW_SUBAREA_PERVIOUS];
    if (c->route == TW_ROUTE_IMPERVIOUS && c->area_m2[TW_SUBAREA_IMPERVIOUS] > 0.0)
        h->subarea_inflow_mps[at(h, first + TW_SUBAREA_IMPERVIOUS, lane)] +=
            flow_m3s[TW_SUBAREA_PERVIOUS] / c->area_m2[TW_SUBAREA_IMPERVIOUS];
}

/* What units gave back in the last step: onto the pervious part, and by drains onto other
 * subcatchments. */
static void lids_return(struct tw_hydrology *h)
{
    const struct tw_lids *lids = &h->model->lids;
    tw_lid_begin_step(&h->lid);
    for (int32_t i = 0; i < lids->unit_count; i++) {
        int32_t from = lids->unit[i].subcatchment, to = lids->unit[i].drain_subcatchment;
        for (int32_t lane = 0; lane < h->lanes; lane++) {
            double area_m2 = h->catchment[at(h, from, lane)].area_m2[TW_SUBAREA_PERVIOUS];
            if (i == lids->first[from] && area_m2 > 0.0)
                h->subarea_inflow_mps[at(h, from * TW_SUBAREA_COUNT + TW_SUBAREA_PERVIOUS, lane)] +=
                    h->lid.to_pervious_m3s[at(h, from, lane)] / area_m2;
            if (to >= 0 && to != from) runon_add(h, to, lane, h->lid.old_drain_m3s[at(h, i, lane)]);
        }
    }
}

static void runon_collect(struct tw_hydrology *h, double last_step_s)
{
    const struct tw_subcatchments *s = &h->model->subcatchments;
    size_t all = (size_t)s->count * (size_t)h->lanes;
    memcpy(h->old_runoff_m3s, h->new_runoff_m3s, all * sizeof(double));
    zero(h->runon_mps, all);
    zero(h->subarea_inflow_mps, all * TW_SUBAREA_COUNT);
    if (last_step_s > 0.0) outfalls_return(h, last_step_s);
    lids_return(h);
    for (int32_t i = 0; i < s->count; i++) {
        if (s->area_m2[i] == 0.0) continue;
        int32_t to = s->outlet_subcatchment[i];
        for (int32_t lane = 0; lane < h->lanes; lane++) {
            if (to >= 0 && to != i) runon_add(h, to, lane, h->old_runoff_m3s[at(h, i, lane)]);
            subareas_exchange(h, i, lane);
        }
    }
}

/* Volumes of one subcatchment and lane in one step. */
struct step_volumes {
    double evaporation_m3, infiltration_m3, outlet_m3;
    double ground_evaporation_m3; /* that groundwater cannot have any more */
    double reached_m3;            /* rain and melt */
    double runoff_m3[TW_SUBAREA_COUNT];
};

static double infiltration_rate(struct tw_hydrology *h, int32_t i, int32_t lane,
                                const struct tw_infiltration_input *in)
{
    int32_t method = h->model->subcatchments.infiltration[i];
    if (method < 0) return 0.0;
    const struct tw_infiltration_method *how = tw_infiltration_method_get(method);
    double state[TW_INFILTRATION_STATE], soil[TW_INFILTRATION_SOIL];
    const int32_t first = i * TW_INFILTRATION_STATE;
    for (int32_t k = 0; k < TW_INFILTRATION_STATE; k++)
        state[k] = h->infiltration[at(h, first + k, lane)];
    memcpy(soil, h->catchment[at(h, i, lane)].soil, sizeof soil);
    if (in->soil_ratio != 1.0) how->adjust(soil, in->soil_ratio);
    double rate = how->rate(soil, state, in);
    for (int32_t k = 0; k < TW_INFILTRATION_STATE; k++)
        h->infiltration[at(h, first + k, lane)] = state[k];
    return rate;
}

/* A subarea as it is this month. */
static struct tw_surface surface_of(const struct tw_hydrology *h, int32_t i, int32_t k,
                                    int32_t lane, double dt_s)
{
    const struct tw_catchment *c = &h->catchment[at(h, i, lane)];
    const struct tw_adjustments *adjust = &h->model->adjustments;
    const struct tw_weather *w = &h->clock->weather;
    struct tw_surface surface = {c->storage_m[k], c->alpha[k], c->at_once[k], 0.0, dt_s};
    if (!adjust->given) return surface;
    if (k != TW_SUBAREA_PERVIOUS) return surface;
    surface.storage_m *= fmax(0.0, tw_weather_pattern(w, h->model, adjust->storage_pattern, i));
    double roughness = tw_weather_pattern(w, h->model, adjust->roughness_pattern, i);
    surface.alpha = roughness > 0.0 ? surface.alpha / roughness : 0.0;
    return surface;
}

/* The rate at the end of a step, for the whole of it as SWMM has it; --strict takes what left. */
static double surface_step(const struct tw_hydrology *h, const struct tw_surface *surface,
                           double *depth_m)
{
    double before_m = *depth_m, runoff_mps = tw_surface_advance(surface, depth_m);
    if (!h->model->options.strict) return runoff_mps;
    return fmax(0.0, surface->inflow_mps - (*depth_m - before_m) / surface->dt_s);
}

static void subarea_step(struct tw_hydrology *h, int32_t i, int32_t k, int32_t lane,
                         const struct tw_infiltration_input *weather, double evaporation_mps,
                         struct step_volumes *out)
{
    const struct tw_catchment *c = &h->catchment[at(h, i, lane)];
    size_t here = at(h, i * TW_SUBAREA_COUNT + k, lane);
    double area_m2 = c->area_m2[k], dt_s = weather->dt_s;
    if (area_m2 == 0.0) return;
    struct tw_surface surface = surface_of(h, i, k, lane, dt_s);
    double runon_mps = h->subarea_inflow_mps[here];
    double water_mps = h->depth_m[here] / dt_s;
    double evaporated_mps = water_mps < evaporation_mps ? water_mps : evaporation_mps;
    double infiltrated_mps = 0.0;
    if (k == TW_SUBAREA_PERVIOUS) {
        struct tw_infiltration_input in = *weather;
        in.runon_mps = runon_mps;
        in.depth_m = h->depth_m[here];
        infiltrated_mps = infiltration_rate(h, i, lane, &in);
        int32_t ground = tw_ground_row(h->model, i);
        if (ground >= 0 && !h->model->options.ignore_groundwater)
            infiltrated_mps = fmin(infiltrated_mps, h->ground.room_m[at(h, ground, lane)] / dt_s);
    }
    double lost_mps = evaporated_mps + infiltrated_mps;
    double runoff_mps;
    surface.inflow_mps = runon_mps + weather->rain_mps - lost_mps;
    if (lost_mps >= water_mps + runon_mps + weather->rain_mps) {
        h->depth_m[here] = 0.0;
        runoff_mps = 0.0;
    } else {
        runoff_mps = surface_step(h, &surface, &h->depth_m[here]);
    }
    h->subarea_runoff_mps[here] = runoff_mps;
    out->reached_m3 += weather->rain_mps * area_m2 * dt_s;
    out->evaporation_m3 += evaporated_mps * area_m2 * dt_s;
    out->ground_evaporation_m3 += evaporated_mps * area_m2 * dt_s;
    out->infiltration_m3 += infiltrated_mps * area_m2 * dt_s;
    out->runoff_m3[k] = runoff_mps * area_m2 * dt_s;
    out->outlet_m3 += c->outlet_ratio[k] * out->runoff_m3[k];
}

static void volumes_add(struct tw_hydrology *h, int32_t i, int32_t lane, double rain_m3,
                        double dt_s, const struct step_volumes *v)
{
    struct tw_subcatchment_totals *each = &h->subcatchment_totals;
    size_t here = at(h, i, lane);
    each->rain_m3[here] += rain_m3;
    each->runon_m3[here] += h->runon_mps[here] * dt_s * runon_area_m2(h, i);
    each->evaporation_m3[here] += v->evaporation_m3;
    each->infiltration_m3[here] += v->infiltration_m3;
    each->impervious_m3[here] +=
        v->runoff_m3[TW_SUBAREA_BARE] + v->runoff_m3[TW_SUBAREA_IMPERVIOUS];
    each->pervious_m3[here] += v->runoff_m3[TW_SUBAREA_PERVIOUS];
    double drain_m3s = tw_lid_drain_m3s(&h->lid, i, lane, 1.0);
    each->runoff_m3[here] += v->outlet_m3 + drain_m3s * dt_s;
    if (h->new_runoff_m3s[here] + drain_m3s > each->peak_m3s[here])
        each->peak_m3s[here] = h->new_runoff_m3s[here] + drain_m3s;
}

/* Then runoff steps are WET_STEP whether there is runoff or not. */
static bool always_raining(const struct tw_hydrology *h)
{
    return h->clock->always_wet || h->outer_rain;
}

/* Rain on a subcatchment now: what was set for it, or its gage's. */
static double rain_mmh_on(const struct tw_hydrology *h, int32_t i, int32_t lane)
{
    double outer_mmh = h->outer_rain_mmh[at(h, i, lane)];
    if (outer_mmh >= 0.0) return outer_mmh;
    int32_t gage = h->model->subcatchments.gage[i];
    return gage >= 0 ? h->gage_rain_mmh[at(h, gage, lane)] : 0.0;
}

/* Rain or snow on a subcatchment in a step. Where it can snow, all of it snows up to the dividing
 * temperature, and the gage has caught only a part of it. */
static struct tw_snow_fall fall_on(const struct tw_hydrology *h, int32_t i, int32_t lane,
                                   double dt_s)
{
    const struct tw_weather *w = &h->clock->weather;
    struct tw_snow_fall fall = {
        .weather = w, .dt_s = dt_s, .rain_mps = rain_mmh_on(h, i, lane) / 3.6e6};
    int32_t gage = h->model->subcatchments.gage[i];
    if (!h->model->snow.falls || w->temperature_c > h->model->snow.divide_c) return fall;
    fall.snow_mps = fall.rain_mps * (gage >= 0 ? h->model->gages.snow_catch_ratio[gage] : 1.0);
    fall.rain_mps = 0.0;
    return fall;
}

double tw_hydrology_fall_mmh(const struct tw_hydrology *h, int32_t subcatchment, int32_t lane)
{
    struct tw_snow_fall fall = fall_on(h, subcatchment, lane, 0.0);
    return (fall.rain_mps + fall.snow_mps) * 3.6e6;
}

/* New snow, and where ploughs take it; in the order of the subcatchments. */
static void snow_begin_step(struct tw_hydrology *h, double dt_s)
{
    tw_snow_begin_step(&h->snow);
    for (int32_t i = 0; i < h->model->subcatchments.count; i++) {
        double area_m2 = h->model->subcatchments.area_m2[i] - tw_lid_area_m2(h->model, i);
        if (h->model->subcatchments.area_m2[i] == 0.0 || !tw_snow_lies(&h->snow, i)) continue;
        for (int32_t lane = 0; lane < h->lanes; lane++) {
            struct tw_snow_fall fall = fall_on(h, i, lane, dt_s);
            h->totals.snow_removed_m3[lane] += tw_snow_plow(&h->snow, i, lane, &fall) * area_m2;
        }
    }
}

static void ground_step(struct tw_hydrology *h, int32_t i, int32_t lane,
                        const struct step_volumes *volumes, double dt_s)
{
    int32_t row = tw_ground_row(h->model, i);
    if (row < 0 || h->model->options.ignore_groundwater) return;
    size_t node = at(h, h->model->grounds.ground[row].node, lane);
    double day = h->clock->start_day + h->clock->new_runoff_ms / 86400.0e3;
    struct tw_ground_weather weather = {.infiltration_m3s = volumes->infiltration_m3 / dt_s,
                                        .surface_evaporation_m3s =
                                            volumes->ground_evaporation_m3 / dt_s,
                                        .evaporation_mps = h->clock->evaporation_mps,
                                        .month = tw_day_to_calendar(floor(day)).month};
    struct tw_ground_node at_node = {.depth_m = h->node_depth_m[node],
                                     .inflow_m3s = h->node_inflow_m3s[node],
                                     .volume_m3 = h->node_volume_m3[node]};
    tw_ground_step(&h->ground, row, lane, &weather, at_node, dt_s);
}

/* Infiltration that the ground under LIDs would take: that of the pervious part, or without one
 * what the subcatchment's soil makes of rain, run-on and the water that stands on the LIDs. */
static double native_infiltration(struct tw_hydrology *h, int32_t i, int32_t lane,
                                  const struct tw_infiltration_input *weather,
                                  const struct step_volumes *volumes)
{
    const struct tw_catchment *c = &h->catchment[at(h, i, lane)];
    double open_m2 = h->model->subcatchments.area_m2[i] - tw_lid_area_m2(h->model, i);
    if (c->area_m2[TW_SUBAREA_PERVIOUS] > 0.0)
        return volumes->infiltration_m3 / open_m2 / weather->dt_s;
    struct tw_infiltration_input in = *weather;
    in.runon_mps = h->runon_mps[at(h, i, lane)];
    in.depth_m = tw_lid_surface_m(&h->lid, i, lane);
    return infiltration_rate(h, i, lane, &in);
}

static void lids_step(struct tw_hydrology *h, int32_t i, int32_t lane,
                      const struct tw_infiltration_input *weather, double evaporation_mps,
                      struct step_volumes *volumes)
{
    double area_m2 = h->model->subcatchments.area_m2[i], covered = tw_lid_area_m2(h->model, i);
    const struct tw_catchment *c = &h->catchment[at(h, i, lane)];
    int32_t ground = tw_ground_row(h->model, i);
    double dt_s = weather->dt_s;
    if (!(covered > 0.0)) return;
    double part_m3[TW_SUBAREA_COUNT];
    for (int32_t k = 0; k < TW_SUBAREA_COUNT; k++)
        part_m3[k] = volumes->runoff_m3[k] * c->outlet_ratio[k];
    struct tw_lid_weather w = {
        .dt_s = dt_s,
        .day = h->clock->old_runoff_ms / 86400.0e3,
        .rain_mps = weather->rain_mps,
        .runon_mps = covered == area_m2 ? h->runon_mps[at(h, i, lane)] : 0.0,
        .evaporation_mps = evaporation_mps,
        .soil_ratio = weather->soil_ratio,
        .native_mps = native_infiltration(h, i, lane, weather, volumes),
        .most_exfiltration_mps = INFINITY,
        .impervious_m3s = (part_m3[TW_SUBAREA_BARE] + part_m3[TW_SUBAREA_IMPERVIOUS]) / dt_s,
        .pervious_m3s = part_m3[TW_SUBAREA_PERVIOUS] / dt_s};
    if (ground >= 0 && !h->model->options.ignore_groundwater)
        w.most_exfiltration_mps = h->ground.room_m[at(h, ground, lane)] / dt_s;
    struct tw_lid_volumes lid;
    tw_lid_step(&h->lid, i, lane, &w, &lid);
    volumes->outlet_m3 += lid.runoff - lid.taken;
    volumes->evaporation_m3 += lid.evaporation;
    volumes->ground_evaporation_m3 += lid.pervious_evaporation;
    volumes->infiltration_m3 += lid.exfiltration;
}

static void volumes_tell(struct tw_hydrology *h, int32_t i, int32_t lane,
                         const struct step_volumes *before_lids, double ponded_m3, double rain_mps,
                         double dt_s)
{
    double area_m2 = h->model->subcatchments.area_m2[i];
    double open_m2 = area_m2 - tw_lid_area_m2(h->model, i), runoff_m3 = 0.0;
    double rain_m3 = rain_mps * dt_s * open_m2;
    double lid_rain_m3 = rain_mps * dt_s * (area_m2 - open_m2);
    size_t here = at(h, i, lane);
    for (int32_t k = 0; k < TW_SUBAREA_COUNT; k++)
        runoff_m3 += before_lids->runoff_m3[k];
    h->volumes[here] = (struct tw_runoff_volumes){
        .ponded_m3 = ponded_m3,
        .rain_m3 = rain_m3,
        .inflow_m3 = ponded_m3 + before_lids->reached_m3 + h->runon_mps[here] * dt_s * open_m2,
        .infiltration_m3 = before_lids->infiltration_m3,
        .outflow_m3 = before_lids->outlet_m3,
        .lid_rain_m3 = lid_rain_m3,
        .lid_water_m3 = lid_rain_m3 + (open_m2 > 0.0 ? 0.0 : h->runon_mps[here] * dt_s * area_m2),
        .surface_out_m3 = h->new_runoff_m3s[here] * dt_s,
        .drain_out_m3 = tw_lid_drain_m3s(&h->lid, i, lane, 1.0) * dt_s,
        .rain_mps = rain_mps,
        .runoff_mps = runoff_m3 / dt_s / area_m2};
}

/* Rain and melt that reach the three parts of the ground; returns rain and snowfall. */
static double precipitation(struct tw_hydrology *h, int32_t i, int32_t lane, double dt_s,
                            double net_mps[TW_SUBAREA_COUNT])
{
    struct tw_snow_fall fall = fall_on(h, i, lane, dt_s);
    double all_mps = fall.rain_mps + fall.snow_mps;
    for (int k = 0; k < TW_SUBAREA_COUNT; k++)
        net_mps[k] = all_mps;
    if (h->model->snow.falls && tw_snow_lies(&h->snow, i))
        tw_snow_melt(&h->snow, i, lane, &fall, net_mps);
    return all_mps;
}

/* What the soil of a subcatchment takes this month: by its own pattern, or all soils'. */
static double soil_ratio(const struct tw_hydrology *h, int32_t i)
{
    const struct tw_adjustments *adjust = &h->model->adjustments;
    const struct tw_weather *w = &h->clock->weather;
    int32_t pattern = adjust->given ? adjust->infiltration_pattern[i] : -1;
    if (pattern < 0 || h->model->patterns.kind[pattern] != TW_PATTERN_MONTHLY)
        return w->conductivity_ratio;
    return tw_weather_pattern(w, h->model, adjust->infiltration_pattern, i);
}

static void subcatchment_step(struct tw_hydrology *h, int32_t i, double dt_s)
{
    const struct tw_model *m = h->model;
    double area_m2 = m->subcatchments.area_m2[i];
    if (area_m2 == 0.0) return;
    for (int32_t lane = 0; lane < h->lanes; lane++) {
        double net_mps[TW_SUBAREA_COUNT];
        double rain_mps = precipitation(h, i, lane, dt_s, net_mps);
        double evaporation_mps = h->clock->evaporation_mps;
        if (m->evaporation.dry_only && rain_mps > 0.0) evaporation_mps = 0.0;
        struct tw_infiltration_input weather = {.dt_s = dt_s,
                                                .rain_mps = rain_mps,
                                                .recovery_factor = h->clock->recovery_factor,
                                                .soil_ratio = soil_ratio(h, i)};
        struct step_volumes volumes = {0};
        double ponded_m3 = stored_m3(h, i, lane);
        for (int32_t k = 0; k < TW_SUBAREA_COUNT; k++) {
            struct tw_infiltration_input on_part = weather;
            on_part.rain_mps = net_mps[k];
            subarea_step(h, i, k, lane, &on_part, evaporation_mps, &volumes);
        }
        struct step_volumes before_lids = volumes;
        lids_step(h, i, lane, &weather, evaporation_mps, &volumes);
        size_t here = at(h, i, lane);
        h->evaporated_mps[here] = volumes.evaporation_m3 / dt_s / area_m2;
        h->infiltrated_mps[here] = volumes.infiltration_m3 / dt_s / area_m2;
        h->new_runoff_m3s[here] = volumes.outlet_m3 / dt_s;
        volumes_add(h, i, lane, rain_mps * dt_s * area_m2, dt_s, &volumes);
        ground_step(h, i, lane, &volumes, dt_s);
        if (m->quality.count > 0) volumes_tell(h, i, lane, &before_lids, ponded_m3, rain_mps, dt_s);
    }
}

/* A runoff step as a loop that threads share: a subcatchment writes only what is its own. */
struct runoff_step {
    struct tw_hydrology *h;
    double dt_s;
};

static void subcatchments_step(void *job, int32_t begin, int32_t end)
{
    const struct runoff_step *step = job;
    for (int32_t i = begin; i < end; i++)
        subcatchment_step(step->h, i, step->dt_s);
}

static bool runs_off(const struct tw_hydrology *h, int32_t i, int32_t lane)
{
    bool any = false;
    for (int32_t k = 0; k < TW_SUBAREA_COUNT; k++)
        any = any || (h->catchment[at(h, i, lane)].area_m2[k] > 0.0 &&
                      h->subarea_runoff_mps[at(h, i * TW_SUBAREA_COUNT + k, lane)] > 0.0);
    return any;
}

/* Sums over all subcatchments in their order, which threads must not change. */
static void totals_add(struct tw_hydrology *h, double dt_s)
{
    const struct tw_subcatchments *s = &h->model->subcatchments;
    bool always = always_raining(h);
    h->clock->had_runoff = h->clock->has_snow = false;
    for (int32_t i = 0; i < s->count; i++) {
        double area_m2 = s->area_m2[i];
        bool leaves = s->outlet_node[i] >= 0 || s->outlet_subcatchment[i] == i;
        if (area_m2 == 0.0) continue;
        for (int32_t lane = 0; lane < h->lanes; lane++) {
            size_t here = at(h, i, lane);
            struct tw_snow_fall fall = fall_on(h, i, lane, dt_s);
            h->totals.rain_m3[lane] += (fall.rain_mps + fall.snow_mps) * dt_s * area_m2;
            h->totals.evaporation_m3[lane] += h->evaporated_mps[here] * dt_s * area_m2;
            h->totals.infiltration_m3[lane] += h->infiltrated_mps[here] * dt_s * area_m2;
            if (tw_snow_lies(&h->snow, i) && h->snow.new_depth_m[here] > 0.0)
                h->clock->has_snow = true;
            if (leaves) h->totals.runoff_m3[lane] += h->new_runoff_m3s[here] * dt_s;
            h->clock->had_runoff = h->clock->had_runoff || (!always && runs_off(h, i, lane));
        }
    }
    for (int32_t lane = 0; lane < h->lanes; lane++)
        h->clock->had_runoff = h->clock->had_runoff || (!always && h->lid.wet[lane]);
}

void tw_hydrology_step(struct tw_hydrology *h, double end_ms)
{
    struct tw_hydrology_clock *clock = h->clock;
    double last_step_s = (clock->new_runoff_ms - clock->old_runoff_ms) / 1000.0;
    double day = tw_hydrology_day(h, clock->new_runoff_ms);
    tw_climate_advance(h, day);
    tw_gages_advance(h, day);
    if (h->model->files.runoff != NULL) {
        tw_runoff_record_step(h, end_ms);
        return;
    }
    double dt_s = step_choose(h, day);
    clock->old_runoff_ms = clock->new_runoff_ms;
    clock->new_runoff_ms += 1000.0 * dt_s;
    if (clock->new_runoff_ms > end_ms) {
        clock->new_runoff_ms = end_ms;
        dt_s = (end_ms - clock->old_runoff_ms) / 1000.0;
    }
    tw_gages_remember(h, dt_s);
    runon_collect(h, last_step_s);
    if (h->model->snow.falls) snow_begin_step(h, dt_s);
    struct runoff_step step = {h, dt_s};
    if (h->ground.one_conductivity) { /* one goes on with what the one before it left */
        subcatchments_step(&step, 0, h->model->subcatchments.count);
    } else {
        tw_threads_for(h->threads, h->model->subcatchments.count, SUBCATCHMENT_NS * h->lanes,
                       subcatchments_step, &step);
    }
    totals_add(h, dt_s);
}

void tw_hydrology_set_climate(struct tw_hydrology *h, double at_ms)
{
    tw_climate_advance(h, tw_hydrology_day(h, at_ms));
}

double tw_hydrology_evaporation_mps(const struct tw_hydrology *h)
{
    return h->clock->evaporation_mps;
}

double tw_hydrology_step_part(const struct tw_hydrology *h, double at_ms)
{
    const struct tw_hydrology_clock *clock = h->clock;
    double span_ms = clock->new_runoff_ms - clock->old_runoff_ms;
    double f = span_ms > 0.0 ? (at_ms - clock->old_runoff_ms) / span_ms : 1.0;
    return f < 0.0 ? 0.0 : f > 1.0 ? 1.0 : f;
}

double tw_hydrology_runoff_part(const struct tw_hydrology *h, double at_ms)
{
    bool means = h->model->options.strict && h->model->files.runoff == NULL; /* see surface_step */
    return means ? 1.0 : tw_hydrology_step_part(h, at_ms);
}

void tw_hydrology_node_inflow(const struct tw_hydrology *h, double at_ms, double *lateral_m3s,
                              double *wet_m3s, double *ground_m3s)
{
    const struct tw_subcatchments *s = &h->model->subcatchments;
    double part = tw_hydrology_step_part(h, at_ms), f = tw_hydrology_runoff_part(h, at_ms);
    for (int32_t lane = 0; lane < h->lanes; lane++)
        wet_m3s[lane] = 0.0;
    tw_ground_node_inflow(&h->ground, part, lateral_m3s, ground_m3s);
    for (int32_t i = 0; i < s->count; i++) {
        if (s->outlet_node[i] < 0) continue;
        const double *old_m3s = h->old_runoff_m3s + at(h, i, 0);
        const double *new_m3s = h->new_runoff_m3s + at(h, i, 0);
        double *to_m3s = lateral_m3s + at(h, s->outlet_node[i], 0);
        for (int32_t lane = 0; lane < h->lanes; lane++) {
            double flow_m3s = (1.0 - f) * old_m3s[lane] + f * new_m3s[lane];
            to_m3s[lane] += flow_m3s;
            wet_m3s[lane] += flow_m3s;
        }
    }
    tw_lid_node_inflow(&h->lid, part, lateral_m3s, wet_m3s);
}
