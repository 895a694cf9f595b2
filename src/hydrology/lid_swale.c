/* Vegetative swale: a trapezoidal channel of grass in which water runs off and infiltrates. */
#include "hydrology/lid_layers.h"

#include <math.h>

void tw_lid_rates_swale(struct tw_lid *lid, const double x[TW_LID_LAYERS],
                        double out[TW_LID_LAYERS])
{
    const struct tw_lid_surface *s = &lid->control->surface;
    const struct tw_lid_unit *u = lid->unit;
    struct tw_lid_flows *q = &lid->flow;
    double depth = fmin(x[TW_LAYER_SURFACE], s->thickness_m), slope = s->side_slope;
    double bottom_m = u->width_m - 2.0 * slope * s->thickness_m;
    if (bottom_m < 0.5 * 0.3048) { /* as SWMM: half a foot is left, banks are steeper */
        bottom_m = 0.5 * 0.3048;
        slope = 0.5 * (u->width_m - bottom_m) / s->thickness_m;
    }
    double length_m = u->area_m2 / u->width_m;
    double surface_m2 = length_m * (bottom_m + 2.0 * slope * depth);
    double section_m2 = depth * (bottom_m + slope * depth) * s->void_ratio;
    double in = q->surface_in * u->area_m2;
    double evaporation = fmin(lid->evaporation_mps * surface_m2, section_m2 * length_m / lid->dt_s);
    double exfiltration = q->surface_infiltration * surface_m2, away = 0.0;
    if (depth > 0.0) {
        double radius_m = section_m2 / (bottom_m + 2.0 * depth * sqrt(1.0 + slope * slope));
        away = TW_LID_MANNING / s->roughness * sqrt(s->slope_ratio) * section_m2 *
               pow(radius_m, 2.0 / 3.0);
    }
    double gain = in - evaporation - exfiltration - away;
    if (depth >= s->thickness_m && gain > 0.0) {
        away += gain;
        gain = 0.0;
    }
    q->surface_evaporation = evaporation / u->area_m2;
    q->exfiltration = exfiltration / u->area_m2;
    q->surface_out = away / u->area_m2;
    q->drain = 0.0;
    out[TW_LAYER_SURFACE] = gain / surface_m2;
    out[TW_LAYER_SOIL] = out[TW_LAYER_PAVEMENT] = out[TW_LAYER_STORAGE] = 0.0;
}
