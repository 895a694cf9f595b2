/* Green roof: plants on soil over a mat that drains; nothing seeps into the ground. */
#include "hydrology/lid_layers.h"

#include <math.h>

/* A mat without roughness passes on what it gets. */
static double mat_flow(const struct tw_lid *lid, double depth_m)
{
    const struct tw_lid_mat *m = &lid->control->mat;
    double slope = lid->control->surface.slope_ratio;
    if (!(m->roughness > 0.0) || !(slope > 0.0)) return lid->flow.percolation_soil;
    return TW_LID_MANNING / m->roughness * sqrt(slope) * pow(depth_m, 5.0 / 3.0) *
           lid->unit->width_m / lid->unit->area_m2 * m->void_ratio;
}

void tw_lid_rates_green_roof(struct tw_lid *lid, const double x[TW_LID_LAYERS],
                             double out[TW_LID_LAYERS])
{
    const struct tw_lid_control *c = lid->control;
    struct tw_lid_flows *q = &lid->flow;
    double moisture = x[TW_LAYER_SOIL], mat_m = x[TW_LAYER_STORAGE];
    double voids = c->mat.void_ratio, dt = lid->dt_s;
    struct tw_lid_water water = {.surface = x[TW_LAYER_SURFACE] * c->surface.void_ratio,
                                 .soil =
                                     (moisture - c->soil.wilting_point_ratio) * c->soil.thickness_m,
                                 .storage = mat_m * voids};
    tw_lid_evaporate(lid, &water, 1.0);
    if (moisture >= c->soil.porosity_ratio) q->storage_evaporation = 0.0;
    q->percolation_soil = tw_lid_soil_percolation(lid, moisture);
    q->exfiltration = 0.0;
    q->drain = mat_flow(lid, mat_m);
    if (moisture >= c->soil.porosity_ratio && mat_m >= c->mat.thickness_m) {
        double least = fmin(q->percolation_soil, q->drain);
        q->percolation_soil = q->drain = least;
        q->surface_infiltration = fmin(q->surface_infiltration, least);
    } else {
        double most = mat_m * voids / dt - q->storage_evaporation;
        if (mat_m >= c->mat.thickness_m) most += q->percolation_soil;
        q->drain = tw_lid_clamp(q->drain, most);
        most = q->drain + q->storage_evaporation + (c->mat.thickness_m - mat_m) * voids / dt;
        q->percolation_soil = fmin(q->percolation_soil, most);
        tw_lid_limit_infiltration(lid, moisture);
    }
    tw_lid_balance_soil(lid, x, out);
    out[TW_LAYER_STORAGE] =
        tw_lid_rise(q->percolation_soil - q->storage_evaporation - q->drain, voids);
}
