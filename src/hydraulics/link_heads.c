#include "hydraulics/link_heads.h"

#include "hydraulics/constants.h"

#include <math.h>

struct tw_link_heads tw_link_heads_of(const struct tw_model *model, int32_t link,
                                      const struct tw_link_ends *ends)
{
    bool waves = model->options.routing == TW_ROUTING_DYNWAVE;
    double head1 = ends->invert1_m + ends->depth1_m;
    double head2 = waves ? ends->invert2_m + ends->depth2_m : ends->invert1_m;
    double crest = ends->invert1_m + model->links.offset1_m[link];
    if (waves && crest < ends->invert2_m) crest = ends->invert2_m;
    if (head1 >= head2) {
        return (struct tw_link_heads){head1, head2, ends->depth1_m, crest, 1.0};
    }
    return (struct tw_link_heads){head2, head1, ends->depth2_m, crest, -1.0};
}

bool tw_link_gate_shut(const struct tw_model *model, int32_t link, double direction)
{
    if (model->links.flap_gate[link] && direction < 0.0) return true;
    int32_t source = direction < 0.0 ? model->links.to[link] : model->links.from[link];
    return model->nodes.kind[source] == TW_NODE_OUTFALL &&
           model->outfalls.flap_gate[model->nodes.row[source]];
}

double tw_flap_gate_loss(double velocity_mps, double head_m)
{
    /* -1.15 v / sqrt(h) of feet */
    double exponent = -1.15 / sqrt(TW_FOOT_M) * velocity_mps / sqrt(head_m);
    return 4.0 / TW_GRAVITY_MPS2 * velocity_mps * velocity_mps * exp(exponent);
}

double tw_villemonte_factor(double ratio, double power)
{
    double free_part = 1.0 - pow(ratio, power);
    return free_part > 0.0 ? pow(free_part, 0.385) : 0.0;
}

enum tw_flow_class tw_link_class_of(const struct tw_link_heads *heads, double crest_m)
{
    if (crest_m <= heads->down_m) return TW_FLOW_SUBCRITICAL;
    return heads->direction > 0.0 ? TW_FLOW_DOWN_CRITICAL : TW_FLOW_UP_CRITICAL;
}
