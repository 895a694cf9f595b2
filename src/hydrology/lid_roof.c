/* Rooftop disconnection: the gutter takes so much, the rest runs off the roof. */
#include "hydrology/lid_layers.h"

#include <math.h>

void tw_lid_rates_roof(struct tw_lid *lid, const double x[TW_LID_LAYERS], double out[TW_LID_LAYERS])
{
    const struct tw_lid_control *c = lid->control;
    struct tw_lid_flows *q = &lid->flow;
    struct tw_lid_water water = {.surface = x[TW_LAYER_SURFACE]};
    tw_lid_evaporate(lid, &water, 1.0);
    q->surface_infiltration = 0.0;
    bool rough = c->surface.roughness > 0.0 && c->surface.slope_ratio > 0.0;
    double above_m = x[TW_LAYER_SURFACE] - c->surface.thickness_m;
    q->surface_out =
        rough ? tw_lid_overland(lid, x[TW_LAYER_SURFACE]) : fmax(above_m, 0.0) / lid->dt_s;
    double mm = lid->us ? 25.4 : 1.0;
    q->drain = fmin(c->drain.coefficient * mm / 3.6e6, q->surface_out);
    q->surface_out -= q->drain;
    out[TW_LAYER_SURFACE] = q->surface_in - q->surface_evaporation - q->drain - q->surface_out;
    out[TW_LAYER_SOIL] = out[TW_LAYER_PAVEMENT] = out[TW_LAYER_STORAGE] = 0.0;
}
