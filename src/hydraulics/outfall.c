#include "hydraulics/outfall.h"

#include "hydraulics/dynwave.h"

#include <math.h>

/* Depth under a stage that does not depend on the flow: the stage, unless the water leaves the
 * conduit higher than that. */
static double depth_under_stage(double stage_m, double invert_m, double offset_m, double exit_m)
{
    if (exit_m + offset_m + invert_m < stage_m) return stage_m - invert_m;
    if (!(offset_m > 0.0)) return exit_m;
    if (stage_m < invert_m + offset_m) {
        double y = stage_m - invert_m;
        return y > 0.0 ? y : 0.0;
    }
    return offset_m + exit_m;
}

bool tw_outfall_staged(const struct tw_hydraulics *h, int32_t outfall, int32_t lane)
{
    int32_t kind = h->model->outfalls.kind[outfall];
    return (kind != TW_OUTFALL_FREE && kind != TW_OUTFALL_NORMAL) ||
           h->outfall_held[outfall * h->lanes + lane] != 0;
}

void tw_outfall_set_depth(struct tw_hydraulics *h, int32_t outfall)
{
    const struct tw_network *net = h->net;
    const struct tw_outfalls *outfalls = &h->model->outfalls;
    int32_t row = net->outfall_row[outfall], node = outfalls->node[outfall], w = h->lanes;
    if (row < 0) return;
    int32_t link = net->link_of_row[row], kind = outfalls->kind[outfall];
    double offset =
        net->to[row] == node ? h->model->links.offset2_m[link] : h->model->links.offset1_m[link];
    for (int32_t l = 0; l < w; l++) {
        if (h->sums.done[l]) continue;
        double normal = 0.0, critical = 0.0;
        if (row < net->conduit_count) {
            double q = fabs(h->link.flow_m3s[row * w + l] / net->conduit.barrels[row]);
            normal = tw_conduit_normal_depth(net, row, q * h->roughness[l]);
            critical = tw_conduit_critical_depth(net, row, q);
        }
        double exit_m = normal < critical ? normal : critical;
        double depth = offset > 0.0 ? 0.0 : exit_m;
        if (kind == TW_OUTFALL_NORMAL) depth = offset > 0.0 ? 0.0 : normal;
        if (tw_outfall_staged(h, outfall, l)) {
            depth = depth_under_stage(h->outfall_stage_m[outfall * w + l],
                                      h->model->nodes.invert_m[node], offset, exit_m);
        }
        h->node.depth_m[node * w + l] = depth;
    }
}
