/* Infiltration trench: gravel that takes in what runs onto it. */
#include "hydrology/lid_layers.h"

#include <math.h>

void tw_lid_rates_trench(struct tw_lid *lid, const double x[TW_LID_LAYERS],
                         double out[TW_LID_LAYERS])
{
    const struct tw_lid_control *c = lid->control;
    struct tw_lid_flows *q = &lid->flow;
    double storage_m = x[TW_LAYER_STORAGE], voids = c->storage.void_ratio, dt = lid->dt_s;
    struct tw_lid_water water = {.surface = x[TW_LAYER_SURFACE] * c->surface.void_ratio,
                                 .storage = storage_m * voids};
    tw_lid_evaporate(lid, &water, 1.0);
    if (x[TW_LAYER_SURFACE] > 0.0) q->storage_evaporation = 0.0;
    double in = q->surface_in + water.surface / dt;
    q->drain = tw_lid_drain_flow(lid, x);
    q->exfiltration =
        tw_lid_clamp(tw_lid_exfiltration(lid), in - q->storage_evaporation + water.storage / dt);
    tw_lid_limit_drain(lid, storage_m, in);
    in = fmin(in, (c->storage.thickness_m - storage_m) * voids / dt + q->exfiltration +
                      q->storage_evaporation + q->drain);
    q->surface_infiltration = in;
    q->surface_out = tw_lid_overland(lid, x[TW_LAYER_SURFACE]);
    out[TW_LAYER_SURFACE] =
        (q->surface_in - q->surface_evaporation - in - q->surface_out) / c->surface.void_ratio;
    out[TW_LAYER_SOIL] = out[TW_LAYER_PAVEMENT] = 0.0;
    out[TW_LAYER_STORAGE] = (in - q->storage_evaporation - q->exfiltration - q->drain) / voids;
}
