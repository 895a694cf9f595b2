/* Pumps. SWMM Reference Manual II, 6.1. A pump's curve is in SI units when it comes here. */
#include "hydraulics/constants.h"
#include "hydraulics/regulators.h"
#include "num/table.h"

#include <stddef.h>

/* A working point: flow and its derivative by the head of node 1 at full speed. */
struct point {
    double flow, dqdh;
    double at; /* where on the curve */
};

typedef struct point pump_function(struct tw_points curve, const struct tw_link_ends *ends);

static struct point by_volume(struct tw_points curve, const struct tw_link_ends *ends)
{
    return (struct point){tw_points_step(curve, ends->volume1_m3), 0.0, ends->volume1_m3};
}

static struct point by_depth_steps(struct tw_points curve, const struct tw_link_ends *ends)
{
    return (struct point){tw_points_step(curve, ends->depth1_m), 0.0, ends->depth1_m};
}

/* Q(H) at a speed s: s Q1(H / s^2); s is the setting for an affinity pump, else 1. The setting
 * itself is applied later. */
static struct point by_lift(struct tw_points curve, const struct tw_link_ends *ends, double speed)
{
    double lift = ends->invert2_m + ends->depth2_m - ends->invert1_m - ends->depth1_m;
    double at = lift > 0.0 ? lift / speed / speed : 0.0;
    return (struct point){tw_points_at(curve, at), -tw_points_slope(curve, at) / speed, at};
}

static struct point by_head(struct tw_points curve, const struct tw_link_ends *ends)
{
    return by_lift(curve, ends, 1.0);
}

static struct point by_affinity(struct tw_points curve, const struct tw_link_ends *ends)
{
    return by_lift(curve, ends, ends->setting);
}

static struct point by_depth(struct tw_points curve, const struct tw_link_ends *ends)
{
    const double dh = 0.001 * TW_FOOT_M;
    double flow = tw_points_at(curve, ends->depth1_m);
    double more = tw_points_at(curve, ends->depth1_m + dh);
    return (struct point){flow, (more - flow) / dh, ends->depth1_m};
}

static pump_function *const functions[] = {
    [TW_PUMP_VOLUME] = by_volume,     [TW_PUMP_DEPTH_STEPS] = by_depth_steps,
    [TW_PUMP_HEAD] = by_head,         [TW_PUMP_DEPTH] = by_depth,
    [TW_PUMP_AFFINITY] = by_affinity, [TW_PUMP_IDEAL] = NULL, /* has no curve */
};

void tw_pump_flow(const struct tw_model *model, int32_t row, const struct tw_link_ends *ends,
                  struct tw_link_flow *out)
{
    *out = (struct tw_link_flow){.flow_class = TW_FLOW_DRY};
    if (!(ends->setting > 0.0)) return;
    pump_function *function = functions[model->pumps.kind[row]];
    int32_t curve = model->pumps.curve[row];
    if (function == NULL || curve < 0) {
        out->flow_m3s = ends->inflow1_m3s > 0.0 ? ends->inflow1_m3s * ends->setting : 0.0;
        return;
    }
    int32_t first = model->curves.first[curve];
    struct tw_points points = {&model->curves.x[first], &model->curves.y[first],
                               model->curves.first[curve + 1] - first};
    if (points.count == 0) return;
    struct point p = function(points, ends);
    out->flow_m3s = p.flow > 0.0 ? p.flow * ends->setting : 0.0;
    out->dqdh_m2s = p.dqdh;
    /* Off the curve's ends the flow is that at the end; statistics count how long. As in SWMM, only
     * pumps by depth tell the low end from the high one. */
    bool below = p.at<points.x[0], above = p.at> points.x[points.count - 1];
    if (below || above) out->flow_class = TW_FLOW_UP_DRY;
    if (below && model->pumps.kind[row] == (int32_t)TW_PUMP_DEPTH)
        out->flow_class = TW_FLOW_DOWN_DRY;
}

double tw_pump_setting_by_depth(const struct tw_model *model, int32_t row, double depth1_m,
                                double setting)
{
    double start = model->pumps.start_depth_m[row], stop = model->pumps.stop_depth_m[row];
    if (stop > 0.0 && setting > 0.0 && depth1_m < stop) return 0.0;
    if (start > 0.0 && setting == 0.0 && depth1_m > start) return 1.0;
    return setting;
}
