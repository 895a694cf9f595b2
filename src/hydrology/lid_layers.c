#include "hydrology/lid_layers.h"

#include <math.h>

double tw_lid_clamp(double value, double most)
{
    if (value > most) value = most;
    return value > 0.0 ? value : 0.0;
}

double tw_lid_rise(double flow_mps, double void_ratio)
{
    static const double at_once = 1.0e6;
    return void_ratio > 0.0 ? flow_mps / void_ratio : at_once;
}

void tw_lid_evaporate(struct tw_lid *lid, const struct tw_lid_water *water, double pervious_ratio)
{
    struct tw_lid_flows *q = &lid->flow;
    double left = lid->evaporation_mps;
    q->surface_evaporation = tw_lid_clamp(left, water->surface / lid->dt_s);
    left = (left - q->surface_evaporation) * pervious_ratio;
    q->pavement_evaporation = q->soil_evaporation = q->storage_evaporation = 0.0;
    if (q->surface_infiltration > 0.0) return;
    q->pavement_evaporation = tw_lid_clamp(left, water->pavement / lid->dt_s);
    left -= q->pavement_evaporation;
    q->soil_evaporation = tw_lid_clamp(left, water->soil / lid->dt_s);
    left -= q->soil_evaporation;
    q->storage_evaporation = tw_lid_clamp(left, water->storage / lid->dt_s);
}

double tw_lid_soil_percolation(const struct tw_lid *lid, double moisture)
{
    const struct tw_lid_soil *s = &lid->control->soil;
    if (moisture <= s->field_capacity_ratio) return 0.0;
    double rate = s->conductivity_mps * exp((moisture - s->porosity_ratio) * s->conductivity_slope);
    double free_m = (moisture - s->field_capacity_ratio) * s->thickness_m;
    return tw_lid_clamp(rate, free_m / lid->dt_s - lid->flow.soil_evaporation);
}

double tw_lid_exfiltration(const struct tw_lid *lid)
{
    const struct tw_lid_storage *s = &lid->control->storage;
    if (s->seepage_mps == 0.0 || lid->most_exfiltration_mps == 0.0) return 0.0;
    double clogs_m = s->clogging * s->thickness_m * s->void_ratio;
    double clogged = clogs_m > 0.0 ? lid->inflow_m / clogs_m : 0.0;
    if (clogged > 1.0) clogged = 1.0;
    return fmin(s->seepage_mps * (1.0 - clogged), lid->most_exfiltration_mps);
}

/* Head over the storage's bottom: when it is full, of the water above it too. */
static double drain_head(const struct tw_lid *lid, const double x[TW_LID_LAYERS])
{
    const struct tw_lid_control *c = lid->control;
    double head = x[TW_LAYER_STORAGE];
    bool paved = c->pavement.thickness_m > 0.0;
    if (head < c->storage.thickness_m) return head;
    if (c->soil.thickness_m > 0.0) {
        double above = x[TW_LAYER_SOIL] - c->soil.field_capacity_ratio;
        if (!(above > 0.0)) return head;
        head +=
            above / (c->soil.porosity_ratio - c->soil.field_capacity_ratio) * c->soil.thickness_m;
        if (x[TW_LAYER_SOIL] < c->soil.porosity_ratio) return head;
    }
    if (!paved) return c->soil.thickness_m > 0.0 ? head + x[TW_LAYER_SURFACE] : head;
    head += x[TW_LAYER_PAVEMENT];
    return x[TW_LAYER_PAVEMENT] >= c->pavement.thickness_m ? head + x[TW_LAYER_SURFACE] : head;
}

double tw_lid_drain_flow(const struct tw_lid *lid, const double x[TW_LID_LAYERS])
{
    const struct tw_lid_drain *d = &lid->control->drain;
    if (!(d->coefficient > 0.0)) return 0.0;
    double level = drain_head(lid, x), head = level - d->offset_m, mm = lid->us ? 25.4 : 1.0;
    if (level <= (lid->drained ? d->close_m : d->open_m) || !(head > 0.0)) return 0.0;
    head *= 1000.0 / mm;
    double flow = d->coefficient * pow(head, d->exponent);
    if (d->curve >= 0) flow *= lid->drain_factor(lid->model, d->curve, head);
    return flow * mm / 3.6e6;
}

double tw_lid_overland(const struct tw_lid *lid, double depth_m)
{
    const struct tw_lid_surface *s = &lid->control->surface;
    double above_m = depth_m - s->thickness_m;
    if (above_m < 0.0 || !(s->roughness > 0.0)) return 0.0;
    double flow = TW_LID_MANNING / s->roughness * sqrt(s->slope_ratio) * pow(above_m, 5.0 / 3.0) *
                  lid->unit->width_m / lid->unit->area_m2;
    return fmin(flow, above_m / lid->dt_s);
}

void tw_lid_limit_drain(struct tw_lid *lid, double storage_m, double in)
{
    struct tw_lid_flows *q = &lid->flow;
    const struct tw_lid_control *c = lid->control;
    if (!(q->drain > 0.0)) return;
    double most = -q->exfiltration - q->storage_evaporation;
    if (storage_m >= c->storage.thickness_m) most += in;
    if (c->drain.offset_m <= storage_m)
        most += (storage_m - c->drain.offset_m) * c->storage.void_ratio / lid->dt_s;
    q->drain = tw_lid_clamp(q->drain, most);
}

void tw_lid_limit_infiltration(struct tw_lid *lid, double moisture)
{
    const struct tw_lid_soil *soil = &lid->control->soil;
    struct tw_lid_flows *q = &lid->flow;
    double most = (soil->porosity_ratio - moisture) * soil->thickness_m / lid->dt_s +
                  q->percolation_soil + q->soil_evaporation;
    if (q->surface_infiltration > most) q->surface_infiltration = most;
}

void tw_lid_balance_soil(struct tw_lid *lid, const double x[TW_LID_LAYERS],
                         double out[TW_LID_LAYERS])
{
    const struct tw_lid_control *c = lid->control;
    struct tw_lid_flows *q = &lid->flow;
    q->surface_out = tw_lid_overland(lid, x[TW_LAYER_SURFACE]);
    out[TW_LAYER_SURFACE] =
        (q->surface_in - q->surface_evaporation - q->surface_infiltration - q->surface_out) /
        c->surface.void_ratio;
    out[TW_LAYER_SOIL] =
        (q->surface_infiltration - q->soil_evaporation - q->percolation_soil) / c->soil.thickness_m;
    out[TW_LAYER_PAVEMENT] = 0.0;
}
