/* Bio-retention cell: plants on soil over gravel with a drain. */
#include "hydrology/lid_layers.h"

/* Soil and storage are full: the slower of percolation and what leaves the storage rules. */
static void both_full(struct tw_lid_flows *q)
{
    double most = q->exfiltration + q->drain;
    if (q->percolation_soil < most) {
        most = q->percolation_soil;
        if (q->exfiltration > most) q->exfiltration = most;
        q->drain = most - q->exfiltration;
    } else {
        q->percolation_soil = most;
    }
    if (q->surface_infiltration > most) q->surface_infiltration = most;
}

static void not_full(struct tw_lid *lid, double moisture, double storage_m)
{
    const struct tw_lid_control *c = lid->control;
    struct tw_lid_flows *q = &lid->flow;
    double voids = c->storage.void_ratio, dt = lid->dt_s;
    q->exfiltration = tw_lid_clamp(q->exfiltration, q->percolation_soil - q->storage_evaporation +
                                                        storage_m * voids / dt);
    tw_lid_limit_drain(lid, storage_m, q->percolation_soil);
    double most = q->exfiltration + q->drain + q->storage_evaporation +
                  (c->storage.thickness_m - storage_m) * voids / dt;
    if (q->percolation_soil > most) q->percolation_soil = most;
    tw_lid_limit_infiltration(lid, moisture);
}

/* Without gravel the soil seeps into the ground itself. */
static void no_storage(struct tw_lid *lid, double moisture)
{
    struct tw_lid_flows *q = &lid->flow;
    q->storage_evaporation = 0.0;
    if (q->exfiltration < q->percolation_soil) q->percolation_soil = q->exfiltration;
    q->exfiltration = q->percolation_soil;
    tw_lid_limit_infiltration(lid, moisture);
}

void tw_lid_rates_bio_cell(struct tw_lid *lid, const double x[TW_LID_LAYERS],
                           double out[TW_LID_LAYERS])
{
    const struct tw_lid_control *c = lid->control;
    struct tw_lid_flows *q = &lid->flow;
    double moisture = x[TW_LAYER_SOIL], storage_m = x[TW_LAYER_STORAGE];
    struct tw_lid_water water = {.surface = x[TW_LAYER_SURFACE] * c->surface.void_ratio,
                                 .soil =
                                     (moisture - c->soil.wilting_point_ratio) * c->soil.thickness_m,
                                 .storage = storage_m * c->storage.void_ratio};
    tw_lid_evaporate(lid, &water, 1.0);
    if (moisture >= c->soil.porosity_ratio) q->storage_evaporation = 0.0;
    q->percolation_soil = tw_lid_soil_percolation(lid, moisture);
    q->exfiltration = tw_lid_exfiltration(lid);
    q->drain = tw_lid_drain_flow(lid, x);
    if (c->storage.thickness_m == 0.0) {
        no_storage(lid, moisture);
    } else if (moisture >= c->soil.porosity_ratio && storage_m >= c->storage.thickness_m) {
        both_full(q);
    } else {
        not_full(lid, moisture, storage_m);
    }
    tw_lid_balance_soil(lid, x, out);
    out[TW_LAYER_STORAGE] =
        c->storage.thickness_m == 0.0
            ? 0.0
            : (q->percolation_soil - q->storage_evaporation - q->exfiltration - q->drain) /
                  c->storage.void_ratio;
}
