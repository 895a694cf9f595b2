#include "hydraulics/kinematic.h"

#include "num/find_root.h"

#include <math.h>

static const double tiny = 1e-6; /* of the full flow: none, as SWMM */

/* Continuity of a step: its unknown is the exit's area over the full one, a, and
 *   f(a) = q(a) + storage a + rest,   q(a): flow at that area over the full flow. */
struct continuity {
    const struct tw_xsect *xsect;
    double per_factor; /* flow over the full flow, per section factor */
    double storage, rest;
    int32_t *asked; /* times that f was asked for */
};

static double flow_at(const struct continuity *c, double area)
{
    return c->per_factor * tw_xsect_factor_of_area(c->xsect, area * c->xsect->full_area_m2);
}

static double excess(const void *context, double area, double *out_slope)
{
    const struct continuity *c = context;
    double full = c->xsect->full_area_m2;
    ++*c->asked;
    *out_slope = c->per_factor * full * tw_xsect_factor_slope(c->xsect, area * full) + c->storage;
    return flow_at(c, area) + c->storage * area + c->rest;
}

/* The exit's area, 0..1. A closed section carries most below its full area, so f may pass zero twice:
 * the root above that is looked for first. `start` is the area of the step before. */
static double solve(const struct continuity *c, double start, double entry_area, double entry_flow)
{
    static const double tolerance = 0.001; /* as SWMM: of the full area */
    const struct tw_xsect *x = c->xsect;
    double high = 1.0, at_high = 1.0 + c->storage + c->rest;
    double low = x->max_factor_area_m2 / x->full_area_m2, at_low = at_high;
    if (low < high) at_low = c->per_factor * x->max_factor + c->storage * low + c->rest;
    if (at_low * at_high > 0.0) {
        high = low;
        at_high = at_low;
        low = 0.0;
        at_low = c->rest;
    }
    if (at_low * at_high <= 0.0) {
        if (start < low || start > high) start = 0.5 * (low + high);
        bool falls = at_low > at_high;
        return tw_root_newton(excess, c, falls ? high : low, falls ? low : high, start, tolerance);
    }
    if (at_low > 0.0) return 0.0;
    return entry_flow > 1.0 ? entry_area : 1.0;
}

int32_t tw_kinematic_step(const struct tw_kinematic_reach *reach, double inflow_m3s,
                          double loss_m3s, double dt_s, struct tw_kinematic_ends *ends)
{
    int32_t asked = 0;
    static const double weight_x = 0.6, weight_t = 0.6;
    const struct tw_xsect *x = reach->xsect;
    double full_flow = reach->full_flow_m3s, full_area = x->full_area_m2;
    double flow_in = inflow_m3s / full_flow, flow_out = 0.0, area_in = 1.0, area_out = 0.0;
    double old_in = ends->entry_m3s / full_flow, old_out = ends->exit_m3s / full_flow;
    double old_area_in = ends->entry_m2 / full_area, old_area_out = ends->exit_m2 / full_area;
    if (flow_in < 1.0) area_in = tw_xsect_area_of_factor(x, inflow_m3s / reach->beta) / full_area;
    if (flow_in > tiny || old_out > tiny) {
        double per_time = reach->length_m / dt_s * full_area / full_flow;
        double known = (1.0 - weight_t) * (area_in - old_area_in) - weight_t * old_area_out;
        struct continuity c = {.xsect = x,
                               .per_factor = reach->beta / full_flow,
                               .storage = per_time * weight_t / weight_x,
                               .asked = &asked};
        c.rest = known * per_time / weight_x + (1.0 - weight_x) / weight_x * (old_out - old_in) -
                 flow_in + loss_m3s / full_flow / weight_x;
        area_out = solve(&c, old_area_out, area_in, flow_in);
        flow_out = flow_at(&c, area_out);
        if (flow_in > 1.0) flow_in = 1.0;
    }
    *ends = (struct tw_kinematic_ends){.entry_m3s = flow_in * full_flow,
                                       .entry_m2 = area_in * full_area,
                                       .exit_m3s = flow_out * full_flow,
                                       .exit_m2 = area_out * full_area};
    return asked > 0 ? asked : 1;
}

void tw_steady_step(const struct tw_kinematic_reach *reach, double inflow_m3s, double loss_m3s,
                    struct tw_kinematic_ends *ends)
{
    double flow = inflow_m3s - loss_m3s, area = reach->xsect->full_area_m2;
    double entry = inflow_m3s;
    if (flow < 0.0) flow = 0.0;
    if (flow > reach->full_flow_m3s) {
        flow = reach->full_flow_m3s;
        entry = flow;
    } else {
        area = tw_xsect_area_of_factor(reach->xsect, flow / reach->beta);
    }
    *ends = (struct tw_kinematic_ends){
        .entry_m3s = entry, .entry_m2 = area, .exit_m3s = flow, .exit_m2 = area};
}
