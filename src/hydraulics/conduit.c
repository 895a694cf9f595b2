#include "hydraulics/conduit.h"

#include "hydraulics/constants.h"
#include "hydraulics/culvert.h"
#include "hydraulics/dynwave.h"
#include "hydraulics/force_main.h"

#include <math.h>

/* Over the full depth. */
static double flow_table(const double *table, double position)
{
    if (!(position < TW_GEOMETRY_FLOW_CELLS)) return 1.0;
    int32_t i = (int32_t)position;
    return table[i] + (position - i) * (table[i + 1] - table[i]);
}

double tw_conduit_normal_depth(const struct tw_network *net, int32_t row, double flow_m3s)
{
    const struct tw_conduit_rows *c = &net->conduit;
    double flow = fabs(flow_m3s), position = sqrt(sqrt(flow)) * c->normal_per_root[row];
    bool inside = position >= TW_NORMAL_LOW && position < TW_GEOMETRY_FLOW_CELLS;
    if (!inside && (c->traits[row] & TW_CONDUIT_SEARCHED)) {
        const struct tw_xsect *x = &net->xsects[c->section[row]];
        return tw_xsect_depth_of_area(x, tw_xsect_area_of_factor(x, flow / c->beta[row]));
    }
    return c->full_depth_m[row] * flow_table(c->normal[row], position);
}

double tw_conduit_critical_depth(const struct tw_network *net, int32_t row, double flow_m3s)
{
    const struct tw_conduit_rows *c = &net->conduit;
    double flow = fabs(flow_m3s), position = sqrt(sqrt(flow)) * c->critical_per_root[row];
    if (position < TW_CRITICAL_LOW && (c->traits[row] & TW_CONDUIT_SEARCHED)) {
        return tw_xsect_critical_depth(&net->xsects[c->section[row]], flow);
    }
    return c->full_depth_m[row] * flow_table(c->critical[row], position);
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
