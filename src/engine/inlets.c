/* Inlets take water from the streets as they were at the end of the last step, and give back what
 * floods from the sewer. As SWMM does, before water is routed. */
#include "engine/run_state.h"

#include "hydraulics/constants.h"
#include "hydraulics/inlet.h"

#include <math.h>

void tw_run_lay_inlets(struct tw_run *run, int32_t lanes, struct tw_pool *state)
{
    int32_t count = run->model->inlets.count;
    run->inlet_node = TW_POOL_NEW(state, bool, count > 0 ? run->net->node_count : 0);
    run->inlet_sides = TW_POOL_NEW(state, int32_t, count > 0 ? lanes : 0);
    run->inlet_flow_m3s = TW_POOL_NEW(state, double, count *lanes);
}

void tw_run_begin_inlets(struct tw_run *run)
{
    const struct tw_inlets *n = &run->model->inlets;
    if (n->count == 0) return;
    for (int32_t i = 0; i < n->count; i++)
        run->inlet_node[n->inlet[i].node] = true;
    for (int32_t l = 0; l < run->lanes; l++)
        run->inlet_sides[l] = n->inlet[0].street >= 0 ? n->street[n->inlet[0].street].sides : 1;
}

bool tw_run_floods_back(const struct tw_run *run, int32_t node)
{
    return run->model->inlets.count > 0 && run->inlet_node[node] && !run->net->can_pond[node];
}

/* What an inlet takes, from the street's state at the end of the last step. */
static double captured(struct tw_run *run, const struct tw_inlet_site *site, int32_t lane)
{
    const struct tw_hydraulics *h = &run->hydraulics;
    int32_t row = run->net->row_of_link[site->inlet->link];
    int32_t link = row * run->lanes + lane;
    int32_t node = run->net->to[row] * run->lanes + lane;
    double flow = fabs(h->link.flow_m3s[link]), taken;
    if (tw_inlet_is_idle(site, flow)) return 0.0;
    if (!site->by_depth) {
        taken = tw_inlet_grade_m3s(site, flow, h->node.depth_m[node]);
    } else {
        /* SWMM counts the sides of the inlet that it computed before this one: decision 21 */
        taken = tw_inlet_sag_m3s(site, h->node.depth_m[node], run->inlet_sides[lane]);
        double there = h->node.inflow_m3s[node];
        if (run->model->options.routing != TW_ROUTING_DYNWAVE && taken > there) taken = there;
    }
    run->inlet_sides[lane] = site->sides;
    return taken < TW_TINY_FLOW_M3S ? 0.0 : taken;
}

/* What floods from the sewer comes up through its inlets; a pond above the node keeps it. */
static double given_back(const struct tw_run *run, const struct tw_inlet *inlet, int32_t lane)
{
    double over = run->hydraulics.node.overflow_m3s[inlet->node * run->lanes + lane];
    if (!tw_run_floods_back(run, inlet->node) || over <= 0.0) return 0.0;
    return over * inlet->backflow_ratio;
}

void tw_run_move_inlets(struct tw_run *run)
{
    const struct tw_inlets *n = &run->model->inlets;
    double *lateral = run->hydraulics.node.lateral_m3s;
    /* SWMM has the last row of the file first */
    for (int32_t i = n->count - 1; i >= 0; i--) {
        const struct tw_inlet *inlet = &n->inlet[i];
        int32_t street = run->net->to[run->net->row_of_link[inlet->link]];
        struct tw_inlet_site site;
        tw_inlet_site_init(&site, run->net, inlet);
        for (int32_t l = 0; l < run->lanes; l++) {
            double taken = captured(run, &site, l), back = given_back(run, inlet, l);
            lateral[inlet->node * run->lanes + l] += taken;
            lateral[street * run->lanes + l] += back - taken;
            run->inlet_flow_m3s[i * run->lanes + l] = taken - back;
        }
    }
}
