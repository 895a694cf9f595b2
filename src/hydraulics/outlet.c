/* Outlets: a rating of flow by head or depth. SWMM Reference Manual II, 6.4. */
#include "hydraulics/constants.h"
#include "hydraulics/link_heads.h"
#include "num/table.h"

#include <math.h>

static double rated_flow(const struct tw_model *model, int32_t row, double head_m)
{
    const struct tw_outlets *o = &model->outlets;
    if (o->kind[row] == TW_OUTLET_FUNCTIONAL || o->curve[row] < 0) {
        return o->coefficient[row] * pow(head_m, o->exponent[row]);
    }
    int32_t first = model->curves.first[o->curve[row]];
    struct tw_points points = {&model->curves.x[first], &model->curves.y[first],
                               model->curves.first[o->curve[row] + 1] - first};
    return tw_points_at(points, head_m);
}

void tw_outlet_flow(const struct tw_model *model, int32_t row, const struct tw_link_ends *ends,
                    struct tw_link_flow *out)
{
    int32_t link = model->outlets.link[row];
    struct tw_link_heads heads = tw_link_heads_of(model, link, ends);
    bool by_head = model->outlets.by_head[row] && model->options.routing == TW_ROUTING_DYNWAVE;
    double base = by_head && heads.down_m > heads.crest_m ? heads.down_m : heads.crest_m;
    double head = heads.up_m - base;
    /* dQ/dH stays 0, as in SWMM: an outlet does not damp a surcharged node. */
    *out = (struct tw_link_flow){.flow_class = TW_FLOW_DRY};
    if (ends->setting == 0.0 || head <= TW_TINY_DEPTH_M || heads.up_depth_m <= TW_TINY_DEPTH_M ||
        tw_link_gate_shut(model, link, heads.direction)) {
        return;
    }
    out->depth_m = head;
    out->flow_class = TW_FLOW_SUBCRITICAL;
    out->flow_m3s = heads.direction * ends->setting * rated_flow(model, row, head);
}
