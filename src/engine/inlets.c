/* Inlets take water from the streets as they were at the end of the last step, and give back what
 * floods from the sewer. As SWMM does, before water is routed. */
#include "engine/run_state.h"

#include "hydraulics/constants.h"
#include "hydraulics/inlet.h"
#include "model/xsect_shape.h"

#include <math.h>
#include <string.h>

void tw_run_lay_inlets(struct tw_run *run, int32_t lanes, struct tw_pool *state)
{
    int32_t count = run->model->inlets.count;
    run->inlet_node = TW_POOL_NEW(state, bool, count > 0 ? run->net->node_count : 0);
    run->inlet_sides = TW_POOL_NEW(state, int32_t, count > 0 ? lanes : 0);
    run->inlet_flow_m3s = TW_POOL_NEW(state, double, count *lanes);
    run->inlet_lateral_m3s =
        TW_POOL_NEW(state, double, count > 0 ? run->net->node_count * lanes : 0);
    bool holds = count > 0 && run->model->options.routing != TW_ROUTING_DYNWAVE;
    run->inlet_supply_m3s = TW_POOL_NEW(state, double, holds ? run->net->node_count *lanes : 0);
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
    if (run->model->inlets.count == 0 || !run->inlet_node[node]) return false;
    return !run->model->options.strict || !run->net->can_pond[node];
}

/* What an inlet takes, from the street's state at the end of the last step. */
static double captured(struct tw_run *run, const struct tw_inlet_site *site, int32_t lane)
{
    const struct tw_hydraulics *h = &run->hydraulics;
    int32_t row = run->net->row_of_link[site->inlet->link];
    int32_t link = row * run->lanes + lane;
    int32_t node = run->net->to[row] * run->lanes + lane;
    double flow = fabs(h->link.flow_m3s[link]), taken;
    bool custom = site->design->kind == TW_INLET_CUSTOM;
    if (tw_inlet_is_idle(site, flow)) return 0.0;
    if (!site->by_depth) {
        taken = tw_inlet_grade_m3s(site, flow, h->node.depth_m[node]);
    } else {
        /* SWMM counts the sides of the inlet that it computed before this one: decision 21 */
        bool own = custom || run->model->options.strict;
        int32_t sides = own ? site->sides : run->inlet_sides[lane];
        taken = tw_inlet_sag_m3s(site, h->node.depth_m[node], sides);
    }
    if (!custom) run->inlet_sides[lane] = site->sides;
    return taken < TW_TINY_FLOW_M3S ? 0.0 : taken;
}

/* What floods from the sewer comes up through its inlets; in SWMM also what a pond above the node
 * keeps. */
static double given_back(const struct tw_run *run, const struct tw_inlet *inlet, int32_t lane)
{
    double over = run->hydraulics.node.overflow_m3s[inlet->node * run->lanes + lane];
    if (!tw_run_floods_back(run, inlet->node) || over <= 0.0) return 0.0;
    return over * inlet->backflow_ratio;
}

void tw_run_lay_inlet_tallies(struct tw_run *run, struct tw_pool *state)
{
    run->inlet_tally = TW_POOL_NEW(state, struct tw_inlet_tally, run->model->inlets.count);
}

/* As SWMM does, by steps and not by time; water that comes up is taken from what is caught. */
static void count(struct tw_inlet_tally *t, double flow_m3s, double net_m3s)
{
    double ratio = 0.0;
    if (flow_m3s < TW_INLET_LEAST_FLOW_M3S) return;
    t->flowing += 1.0;
    if (net_m3s > 0.0) {
        ratio = net_m3s < flow_m3s ? net_m3s / flow_m3s : 1.0;
        t->taking += 1.0;
        t->taken_ratio += ratio;
        if (flow_m3s - net_m3s > TW_INLET_LEAST_FLOW_M3S) t->passing += 1.0;
    } else {
        t->backing += 1.0;
    }
    if (flow_m3s > t->peak_m3s) {
        t->peak_m3s = flow_m3s;
        t->peak_ratio = ratio;
    }
}

static void count_all(struct tw_run *run)
{
    const struct tw_inlets *n = &run->model->inlets;
    const double half_ms_day = 0.5 / 86400000.0;
    double day = run->clock->start_day + run->clock->elapsed_ms / 86400000.0;
    if (!run->reporting || day < run->options.report_start_day - half_ms_day) return;
    for (int32_t i = 0; i < n->count; i++) {
        int32_t row = run->net->row_of_link[n->inlet[i].link];
        count(&run->inlet_tally[i], fabs(run->hydraulics.link.flow_m3s[row]),
              run->inlet_flow_m3s[i]);
    }
}

/* On a side at the greatest depth, by the section's table, up to the crown. */
static void find_spreads(const struct tw_run *run, double *spread_m)
{
    const struct tw_model *m = run->model;
    const double *depth_m = run->statistics.link.max_depth_m;
    for (int32_t i = 0; i < m->links.count; i++) {
        int32_t section = m->links.xsect[i];
        if (section < 0 || m->xsects.shape[section] != TW_SHAPE_STREET) continue;
        int32_t at = m->xsects.curve[section] - m->transects.names.count;
        const struct tw_street *street = &m->inlets.street[at];
        double crown_m = street->crown_ft * TW_FOOT_M;
        double width_m = tw_xsect_width(&run->net->xsects[section],
                                        depth_m[run->net->row_of_link[i] * run->lanes]);
        width_m /= street->sides;
        spread_m[i] = width_m < crown_m ? width_m : crown_m;
    }
}

static struct tw_report_inlet inlet_of(const struct tw_inlet_tally *t)
{
    struct tw_report_inlet r = {
        .flowed = t->flowing > 0.0, .peak_m3s = t->peak_m3s, .peak_ratio = t->peak_ratio};
    if (r.flowed) r.backing_ratio = t->backing / t->flowing;
    if (!(t->taking > 0.0)) return r;
    r.mean_ratio = t->taken_ratio / t->taking;
    r.passing_ratio = t->passing / t->taking;
    return r;
}

tw_status tw_run_report_streets(const struct tw_run *run, struct tw_arena *arena,
                                struct tw_report *report)
{
    const struct tw_model *m = run->model;
    if (m->inlets.street_names.count == 0) return TW_OK;
    struct tw_report_inlet *inlet = TW_ARENA_NEW(arena, struct tw_report_inlet, m->inlets.count);
    double *spread_m = TW_ARENA_NEW(arena, double, m->links.count);
    if (inlet == NULL || spread_m == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < m->inlets.count; i++)
        inlet[i] = inlet_of(&run->inlet_tally[i]);
    find_spreads(run, spread_m);
    report->inlet = inlet;
    report->spread_m = spread_m;
    return TW_OK;
}

static int32_t street_node(const struct tw_run *run, int32_t inlet)
{
    return run->net->to[run->net->row_of_link[run->model->inlets.inlet[inlet].link]];
}

/* Without dynamic waves no more is taken at a sag than links and lateral inflow bring to it. Inlets at
 * a sag share that by what they would take; what others there take counts too, but stays, as in
 * SWMM. */
static void hold_sags(struct tw_run *run)
{
    const struct tw_inlets *n = &run->model->inlets;
    const struct tw_hydraulics *h = &run->hydraulics;
    int32_t w = run->lanes, nodes = run->net->node_count * w;
    double *supply = run->inlet_supply_m3s, *wanted = run->inlet_lateral_m3s;
    for (int32_t at = 0; at < nodes; at++) {
        supply[at] = fmax(0.0, h->node.lateral_m3s[at]);
        wanted[at] = 0.0;
    }
    for (int32_t at = 0; at < run->net->link_count * w; at++)
        supply[run->net->to[at / w] * w + at % w] += fmax(0.0, h->link.flow_m3s[at]);
    for (int32_t at = 0; at < n->count * w; at++)
        wanted[street_node(run, at / w) * w + at % w] += run->inlet_flow_m3s[at];
    for (int32_t at = 0; at < n->count * w; at++) {
        int32_t node = street_node(run, at / w) * w + at % w;
        if (n->inlet[at / w].on_sag && wanted[node] > supply[node])
            run->inlet_flow_m3s[at] *= supply[node] / wanted[node];
    }
}

double tw_run_inlet_taken_m3s(const struct tw_run *run, int32_t inlet, int32_t lane)
{
    return run->inlet_flow_m3s[inlet * run->lanes + lane] +
           given_back(run, &run->model->inlets.inlet[inlet], lane);
}

/* From the streets' nodes to the sewer's, but for what comes up. */
static void pass_on(struct tw_run *run)
{
    const struct tw_inlets *n = &run->model->inlets;
    double *lateral = run->hydraulics.node.lateral_m3s, *part = run->inlet_lateral_m3s;
    memset(part, 0, (size_t)run->net->node_count * (size_t)run->lanes * sizeof *part);
    for (int32_t i = n->count - 1; i >= 0; i--) {
        for (int32_t l = 0; l < run->lanes; l++) {
            int32_t at = i * run->lanes + l;
            int32_t below = n->inlet[i].node * run->lanes + l;
            int32_t above = street_node(run, i) * run->lanes + l;
            double taken = run->inlet_flow_m3s[at], back = given_back(run, &n->inlet[i], l);
            lateral[below] += taken;
            lateral[above] += back - taken;
            part[below] += taken;
            part[above] += back - taken;
            run->inlet_flow_m3s[at] = taken - back;
        }
    }
}

void tw_run_move_inlets(struct tw_run *run)
{
    const struct tw_inlets *n = &run->model->inlets;
    if (n->count == 0) return;
    for (int32_t i = n->count - 1; i >= 0; i--) { /* SWMM has the last row of the file first */
        struct tw_inlet_site site;
        tw_inlet_site_init(&site, run->net, &n->inlet[i]);
        for (int32_t l = 0; l < run->lanes; l++)
            run->inlet_flow_m3s[i * run->lanes + l] = captured(run, &site, l);
    }
    if (run->model->options.routing != TW_ROUTING_DYNWAVE) hold_sags(run);
    pass_on(run);
    count_all(run);
}
