/* Rain barrel: takes roof water until it is full; its tap opens some time after the rain. */
#include "hydrology/lid_layers.h"

#include <math.h>

void tw_lid_rates_barrel(struct tw_lid *lid, const double x[TW_LID_LAYERS],
                         double out[TW_LID_LAYERS])
{
    const struct tw_lid_control *c = lid->control;
    struct tw_lid_flows *q = &lid->flow;
    double depth_m = x[TW_LAYER_STORAGE], dt = lid->dt_s;
    q->drain = q->surface_out = 0.0;
    double head = depth_m - c->drain.offset_m;
    bool open = c->drain.delay_s == 0.0 || lid->dry_s >= c->drain.delay_s;
    if (open && head > 0.0) q->drain = fmin(tw_lid_drain_flow(lid, x), head / dt);
    q->surface_infiltration =
        fmin(q->surface_in, (c->storage.thickness_m - depth_m) / dt + q->drain);
    out[TW_LAYER_SURFACE] = q->surface_in - q->surface_infiltration;
    out[TW_LAYER_SOIL] = out[TW_LAYER_PAVEMENT] = 0.0;
    out[TW_LAYER_STORAGE] = q->surface_infiltration - q->drain;
}
