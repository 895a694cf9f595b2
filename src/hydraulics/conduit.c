#include "hydraulics/conduit.h"

#include "hydraulics/constants.h"
#include "hydraulics/culvert.h"
#include "hydraulics/dynwave.h"
#include "hydraulics/force_main.h"

#include <math.h>

double tw_conduit_normal_depth(const struct tw_network *net, int32_t row, double flow_m3s)
{
    const struct tw_conduit_fall *c = &net->conduit.fall[row];
    return tw_xsect_depth_of_factor(&net->xsects[c->section], fabs(flow_m3s) / c->beta);
}

double tw_conduit_critical_depth(const struct tw_network *net, int32_t row, double flow_m3s)
{
    const struct tw_conduit_fall *c = &net->conduit.fall[row];
    const double *flows = c->critical;
    if (flows == NULL) return tw_xsect_critical_depth(&net->xsects[c->section], flow_m3s);
    double q = fabs(flow_m3s) / c->critical_flow_m3s;
    int64_t slice = 0; /* the last that begins below the flow */
    for (int i = 1; i <= TW_XSECT_SLICES; i++)
        slice += flows[i] < q;
    if (slice == TW_XSECT_SLICES) return c->full_depth_m;
    bool crown = slice == TW_XSECT_SLICES - 1 && isinf(flows[TW_XSECT_SLICES]);
    if (crown && net->xsects[c->section].last_slice_m == c->full_depth_m) return c->full_depth_m;
    double part = (q - flows[slice]) / (flows[slice + 1] - flows[slice]);
    return ((double)slice + part) * c->slice_m;
}

/* Where the normal depth of a flow is, in metres. */
static struct tw_normal_range normal_range(const struct tw_conduit_fall *c, double flow_m3s)
{
    struct tw_normal_range range = tw_normal_range_of(c->normal, flow_m3s * c->per_full_flow);
    range.low *= c->full_depth_m;
    range.high *= c->full_depth_m;
    return range;
}

double tw_conduit_drop(const struct tw_network *net, int32_t row, double flow_m3s, double roughness,
                       double depth_m)
{
    double q = fabs(flow_m3s), critical = tw_conduit_critical_depth(net, row, q);
    if (depth_m >= critical) return critical;
    struct tw_normal_range range = normal_range(&net->conduit.fall[row], q * roughness);
    if (critical <= range.low) return critical;
    if (depth_m >= range.high) return range.high;
    double normal = tw_conduit_normal_depth(net, row, q * roughness);
    return normal < critical ? normal : critical;
}

struct tw_fall tw_conduit_fall(const struct tw_network *net, int32_t row, double flow_m3s,
                               double roughness, double depth_m)
{
    double q = fabs(flow_m3s), critical = tw_conduit_critical_depth(net, row, q);
    struct tw_normal_range range = normal_range(&net->conduit.fall[row], q * roughness);
    bool mild = critical <= range.low;
    if (mild && (depth_m < critical || depth_m >= range.high))
        return (struct tw_fall){critical, range.high};
    if (critical >= range.high && depth_m >= critical) return (struct tw_fall){critical, critical};
    double normal = tw_conduit_normal_depth(net, row, q * roughness);
    return normal < critical ? (struct tw_fall){normal, critical}
                             : (struct tw_fall){critical, normal};
}

struct tw_cut tw_conduit_cut(const struct tw_network *net, int32_t row, double depth_m)
{
    const struct tw_xsect *x = &net->xsects[net->conduit.section[row]];
    return (struct tw_cut){.area_m2 = tw_xsect_area(x, depth_m),
                           .width_m = tw_xsect_width(x, depth_m),
                           .radius_m = tw_xsect_radius(x, depth_m)};
}

double tw_conduit_slot_ratio(double depth_ratio)
{
    if (depth_ratio < TW_CROWN_CUTOFF_SLOT) return 0.0;
    return depth_ratio > 1.78 ? 0.01 : 0.5423 * exp(-pow(depth_ratio, 2.4));
}

double tw_conduit_pressed_friction(const struct tw_network *net, int32_t row, double speed_mps,
                                   double radius_m)
{
    const struct tw_conduit_rows *c = &net->conduit;
    return tw_force_main_friction(net->model->options.force_main, &net->xsects[c->section[row]],
                                  speed_mps, radius_m, c->routing_length_m[row] / c->length_m[row]);
}

bool tw_conduit_limit_at_inlet(const struct tw_network *net, int32_t row, double head1_m,
                               double *q_m3s, double *dqdh_m2s)
{
    const struct tw_conduit_rows *c = &net->conduit;
    int32_t section = c->section[row];
    bool inlet =
        tw_culvert_limit(&net->xsects[section], net->model->xsects.culvert_code[section],
                         c->slope_ratio[row], head1_m - c->invert1_m[row], q_m3s, dqdh_m2s);
    /* SWMM takes the derivative of one barrel for that of all */
    if (inlet) *dqdh_m2s /= c->barrels[row];
    return inlet;
}
