/* Permeable pavement over gravel, with soil between them or without. */
#include "hydrology/lid_layers.h"

#include <math.h>

/* What the pavement lets through [m/s], less as it clogs. */
static double permeability(const struct tw_lid *lid)
{
    const struct tw_lid_pavement *p = &lid->control->pavement;
    double clogs_m = p->clogging * p->thickness_m * p->void_ratio * (1.0 - p->impervious_ratio);
    double clogged = clogs_m > 0.0 ? lid->treated_m / clogs_m : 0.0;
    return p->permeability_mps * (1.0 - fmin(clogged, 1.0));
}

/* Exfiltration comes first, the drain gets the rest. */
static void share(struct tw_lid_flows *q, double total)
{
    q->exfiltration = fmin(q->exfiltration, total);
    q->drain = total - q->exfiltration;
}

/* Which layers are full. */
struct full {
    bool pavement, soil, storage, has_soil;
};

static void pavement_on_full_storage(struct tw_lid_flows *q)
{
    double most = q->storage_evaporation + q->drain + q->exfiltration;
    if (q->percolation_pavement > most) {
        q->percolation_pavement = most;
    } else {
        share(q, q->percolation_pavement);
    }
    q->percolation_soil = q->percolation_pavement;
    q->surface_infiltration = fmin(q->surface_infiltration, q->percolation_pavement);
}

static void all_full(struct tw_lid_flows *q)
{
    double most = q->exfiltration + q->drain;
    most = q->percolation_soil < most ? q->percolation_soil : fmin(most, q->percolation_pavement);
    share(q, most);
    q->percolation_soil = q->percolation_pavement = most;
    q->surface_infiltration = fmin(q->surface_infiltration, most);
}

/* Room that the pavement has for what infiltrates. */
static void limit_surface(struct tw_lid *lid, double pavement_m, double voids)
{
    struct tw_lid_flows *q = &lid->flow;
    double free_m = (lid->control->pavement.thickness_m - pavement_m) * voids;
    double most = free_m / lid->dt_s + q->percolation_pavement + q->pavement_evaporation;
    q->surface_infiltration = fmin(q->surface_infiltration, most);
}

static void soil_on_full_storage(struct tw_lid *lid, double pavement_m, double voids)
{
    struct tw_lid_flows *q = &lid->flow;
    double most = q->drain + q->exfiltration;
    if (q->percolation_soil > most) {
        q->percolation_soil = most;
    } else {
        share(q, q->percolation_soil);
    }
    q->percolation_pavement = fmin(q->percolation_pavement, q->percolation_soil);
    limit_surface(lid, pavement_m, voids);
}

static void free_layers(struct tw_lid *lid, const double x[TW_LID_LAYERS], double voids)
{
    const struct tw_lid_control *c = lid->control;
    struct tw_lid_flows *q = &lid->flow;
    double storage_m = x[TW_LAYER_STORAGE], dt = lid->dt_s;
    q->exfiltration = tw_lid_clamp(q->exfiltration, q->percolation_soil - q->storage_evaporation +
                                                        storage_m * c->storage.void_ratio / dt);
    tw_lid_limit_drain(lid, storage_m, q->percolation_soil);
    double most = (c->storage.thickness_m - storage_m) * c->storage.void_ratio / dt +
                  q->storage_evaporation + q->drain + q->exfiltration;
    most = fmax(most, 0.0);
    if (c->soil.thickness_m > 0.0) {
        q->percolation_soil = fmin(q->percolation_soil, most);
        most = (c->soil.porosity_ratio - x[TW_LAYER_SOIL]) * c->soil.thickness_m / dt +
               q->percolation_soil;
    }
    q->percolation_pavement = fmin(q->percolation_pavement, most);
    limit_surface(lid, x[TW_LAYER_PAVEMENT], voids);
}

static void limit(struct tw_lid *lid, const struct full *full, const double x[TW_LID_LAYERS],
                  double voids)
{
    struct tw_lid_flows *q = &lid->flow;
    if (!full->has_soil && full->storage && full->pavement) {
        pavement_on_full_storage(q);
    } else if (full->has_soil && full->storage && full->soil && full->pavement) {
        all_full(q);
    } else if (full->has_soil && full->storage && full->soil) {
        soil_on_full_storage(lid, x[TW_LAYER_PAVEMENT], voids);
    } else if (full->has_soil && full->pavement && full->soil) {
        q->percolation_pavement = fmin(q->percolation_pavement, q->percolation_soil);
        q->percolation_soil = q->percolation_pavement;
        q->surface_infiltration = fmin(q->surface_infiltration, q->percolation_pavement);
    } else {
        free_layers(lid, x, voids);
    }
}

void tw_lid_rates_pavement(struct tw_lid *lid, const double x[TW_LID_LAYERS],
                           double out[TW_LID_LAYERS])
{
    const struct tw_lid_control *c = lid->control;
    struct tw_lid_flows *q = &lid->flow;
    double pervious = 1.0 - c->pavement.impervious_ratio, dt = lid->dt_s;
    double voids = c->pavement.void_ratio * pervious, moisture = x[TW_LAYER_SOIL];
    struct full full = {.has_soil = c->soil.thickness_m > 0.0,
                        .pavement = x[TW_LAYER_PAVEMENT] >= c->pavement.thickness_m,
                        .soil = moisture >= c->soil.porosity_ratio,
                        .storage = x[TW_LAYER_STORAGE] >= c->storage.thickness_m};
    struct tw_lid_water water = {.surface = x[TW_LAYER_SURFACE] * c->surface.void_ratio,
                                 .pavement = x[TW_LAYER_PAVEMENT] * voids,
                                 .soil =
                                     (moisture - c->soil.wilting_point_ratio) * c->soil.thickness_m,
                                 .storage = x[TW_LAYER_STORAGE] * c->storage.void_ratio};
    tw_lid_evaporate(lid, &water, pervious);
    if (full.pavement || (full.has_soil && full.soil)) q->storage_evaporation = 0.0;
    double through = permeability(lid) * pervious;
    q->surface_infiltration = fmin(q->surface_in + water.surface / dt, through);
    q->percolation_pavement =
        tw_lid_clamp(through, fmax(0.0, water.pavement / dt + q->surface_infiltration -
                                            q->pavement_evaporation));
    q->percolation_soil =
        full.has_soil ? tw_lid_soil_percolation(lid, moisture) : q->percolation_pavement;
    q->exfiltration = tw_lid_exfiltration(lid);
    q->drain = tw_lid_drain_flow(lid, x);
    limit(lid, &full, x, voids);
    q->surface_out = tw_lid_overland(lid, x[TW_LAYER_SURFACE]);
    /* as SWMM: of water, though the level is that between plants */
    out[TW_LAYER_SURFACE] =
        q->surface_in - q->surface_evaporation - q->surface_infiltration - q->surface_out;
    out[TW_LAYER_PAVEMENT] = tw_lid_rise(
        q->surface_infiltration - q->pavement_evaporation - q->percolation_pavement, voids);
    double into_storage = full.has_soil ? q->percolation_soil : q->percolation_pavement;
    out[TW_LAYER_SOIL] =
        full.has_soil ? (q->percolation_pavement - q->soil_evaporation - q->percolation_soil) /
                            c->soil.thickness_m
                      : 0.0;
    out[TW_LAYER_STORAGE] = (into_storage - q->storage_evaporation - q->exfiltration - q->drain) /
                            c->storage.void_ratio;
}
