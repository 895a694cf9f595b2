/* Pollutants follow the water: what the parts of the engine tell those of quality/. */
#include "engine/run_state.h"

#include "hydraulics/constants.h"
#include "hydraulics/node_depth.h"
#include "hydrology/runoff_record.h"

#include <math.h>
#include <string.h>

static size_t at(const struct tw_run *run, int32_t element, int32_t lane)
{
    return (size_t)element * (size_t)run->lanes + (size_t)lane;
}

/* Of an earlier run's record. */
static void take_runoff_quality(struct tw_run *run)
{
    struct tw_quality *q = &run->quality;
    int32_t count = run->model->quality.count, subcatchments = run->model->subcatchments.count;
    memcpy(q->old_outlet, q->outlet, at(run, subcatchments * count, 0) * sizeof *q->outlet);
    for (int32_t i = 0; i < subcatchments; i++) {
        const double *value = tw_runoff_record_quality(&run->hydrology, i);
        for (int32_t p = 0; p < count; p++) {
            for (int32_t lane = 0; lane < run->lanes; lane++)
                q->outlet[at(run, i * count + p, lane)] = value != NULL ? value[p] : 0.0;
        }
    }
}

/* Of a pollutant in a unit's drain. */
static double removed_ratio(const struct tw_model *m, int32_t unit, int32_t pollutant)
{
    const struct tw_lids *l = &m->lids;
    if (l->removal_ratio == NULL) return 0.0;
    return l->removal_ratio[l->unit[unit].control * m->quality.count + pollutant];
}

/* Load in a unit's drain at one of the two runoff times, less what its control removes. */
static double drain_load(const struct tw_run *run, int32_t unit, int32_t pollutant, int32_t lane,
                         const double *drain_m3s, const double *outlet)
{
    const struct tw_model *m = run->model;
    int32_t from = m->lids.unit[unit].subcatchment;
    return drain_m3s[at(run, unit, lane)] *
           outlet[at(run, from * m->quality.count + pollutant, lane)] *
           (1.0 - removed_ratio(m, unit, pollutant));
}

/* What drains brought onto other subcatchments at the last step's end. */
static void drains_run_on(struct tw_run *run)
{
    const struct tw_model *m = run->model;
    for (int32_t i = 0; i < m->lids.unit_count; i++) {
        int32_t to = m->lids.unit[i].drain_subcatchment;
        if (to < 0 || to == m->lids.unit[i].subcatchment) continue;
        for (int32_t p = 0; p < m->quality.count; p++) {
            for (int32_t lane = 0; lane < run->lanes; lane++)
                tw_quality_add_runon(&run->quality, to, p, lane,
                                     drain_load(run, i, p, lane, run->hydrology.lid.old_drain_m3s,
                                                run->quality.old_outlet));
        }
    }
}

static void book_drains(struct tw_run *run, double dt_s)
{
    const struct tw_model *m = run->model;
    for (int32_t i = 0; i < m->lids.unit_count; i++) {
        const struct tw_lid_unit *u = &m->lids.unit[i];
        bool leaves = u->drain_node >= 0 || u->drain_subcatchment == u->subcatchment;
        for (int32_t k = 0; k < m->quality.count * run->lanes; k++) {
            int32_t p = k / run->lanes, lane = k % run->lanes;
            double mass =
                run->hydrology.lid.new_drain_m3s[at(run, i, lane)] *
                run->quality.outlet[at(run, u->subcatchment * m->quality.count + p, lane)] * dt_s;
            tw_quality_book_drain(&run->quality, p, lane, mass, removed_ratio(m, i, p), leaves);
        }
    }
}

/* Mean depth of snow at the end of the runoff step. */
static double snow_m(const struct tw_run *run, int32_t subcatchment, int32_t lane)
{
    if (!tw_snow_lies(&run->hydrology.snow, subcatchment)) return 0.0;
    return run->hydrology.snow.new_depth_m[at(run, subcatchment, lane)];
}

void tw_run_surface_pollutants(struct tw_run *run)
{
    const struct tw_hydrology *h = &run->hydrology;
    const struct tw_hydrology_clock *clock = h->clock;
    double dt_s = (clock->new_runoff_ms - clock->old_runoff_ms) / 1000.0;
    if (!run->quality.active || !(dt_s > 0.0)) return;
    if (run->model->files.runoff != NULL) {
        take_runoff_quality(run);
        return;
    }
    tw_quality_runon(&run->quality, h->old_runoff_m3s);
    drains_run_on(run);
    tw_quality_outfalls_return(&run->quality, dt_s);
    for (int32_t i = 0; i < run->model->subcatchments.count; i++) {
        if (run->model->subcatchments.area_m2[i] == 0.0) continue;
        for (int32_t lane = 0; lane < run->lanes; lane++) {
            const struct tw_runoff_volumes *v = &h->volumes[at(run, i, lane)];
            struct tw_quality_surface s = {.dt_s = dt_s,
                                           .day = clock->start_day + clock->old_runoff_ms / 8.64e7,
                                           .rain_m3 = v->rain_m3,
                                           .rain_mps = v->rain_mps,
                                           .ponded_m3 = v->ponded_m3,
                                           .inflow_m3 = v->inflow_m3,
                                           .infiltration_m3 = v->infiltration_m3,
                                           .outflow_m3 = v->outflow_m3,
                                           .lid_rain_m3 = v->lid_rain_m3,
                                           .lid_water_m3 = v->lid_water_m3,
                                           .surface_out_m3 = v->surface_out_m3,
                                           .drain_out_m3 = v->drain_out_m3,
                                           .runoff_mps = v->runoff_mps,
                                           .snow_m = snow_m(run, i, lane)};
            tw_quality_surface_step(&run->quality, i, lane, &s);
        }
    }
    book_drains(run, dt_s);
}

/* Dry weather flow brings its pollutants' usual concentrations, or those of its own rows. */
static void add_dry_weather(struct tw_run *run)
{
    const struct tw_model *m = run->model;
    const struct tw_inflows_run *in = &run->inflows;
    struct tw_quality *q = &run->quality;
    for (int32_t i = 0; i < m->dry_weather.count; i++) {
        for (int32_t lane = 0; lane < run->lanes; lane++) {
            double flow = in->dry_m3s[i] * in->dry_factor[at(run, i, lane)];
            if (flow > 0.0)
                tw_quality_add_flow(q, TW_NETWORK_DRY, m->dry_weather.node[i], lane, flow);
        }
    }
    for (int32_t i = 0; i < m->quality.dry_count; i++) {
        const struct tw_pollutant_dry *d = &m->quality.dry[i];
        if (d->flow_row < 0) continue;
        double usual = m->quality.pollutant[d->pollutant].dry;
        double more = d->base * tw_inflows_dry_factor(in, d->pattern) - (usual > 0.0 ? usual : 0.0);
        for (int32_t lane = 0; lane < run->lanes; lane++) {
            double flow = in->dry_m3s[d->flow_row] * in->dry_factor[at(run, d->flow_row, lane)];
            if (flow > 0.0)
                tw_quality_add_load(q, TW_NETWORK_DRY, d->node, lane, d->pollutant, flow * more);
        }
    }
}

/* Water that comes in at an outfall counts as an external inflow; what is taken brings nothing. */
static double inflow_of(const struct tw_run *run, const struct tw_pollutant_inflow *p, int32_t lane)
{
    const struct tw_inflows_run *in = &run->inflows;
    double flow = 0.0, back = run->hydraulics.node.old_net_inflow_m3s[at(run, p->node, lane)];
    if (p->flow_row >= 0)
        flow = in->external_m3s[p->flow_row] * in->external_factor[at(run, p->flow_row, lane)];
    bool outfall = run->model->nodes.kind[p->node] == TW_NODE_OUTFALL;
    return fmax(0.0, outfall && back < 0.0 ? flow - back : flow);
}

static void add_external(struct tw_run *run, double at_ms)
{
    const struct tw_model *m = run->model;
    for (int32_t i = 0; i < m->quality.inflow_count; i++) {
        const struct tw_pollutant_inflow *p = &m->quality.inflow[i];
        double value =
            tw_inflows_value(&run->inflows, p->series, p->pattern, p->base, p->factor, at_ms);
        for (int32_t lane = 0; lane < run->lanes; lane++) {
            double load = p->mass ? value : value * inflow_of(run, p, lane);
            tw_quality_add_load(&run->quality, TW_NETWORK_EXTERNAL, p->node, lane, p->pollutant,
                                load);
        }
    }
}

/* Concentrations that come with the flows of an interface file. */
static void add_interface(struct tw_run *run, double at_ms)
{
    const struct tw_interface_flows *flows = run->model->files.inflows;
    double f = 0.0;
    int64_t time = tw_inflows_interface_time(&run->inflows, at_ms, &f);
    for (int32_t i = 0; time >= 0 && i < flows->node_count; i++) {
        double flow = tw_inflows_interface_flow(&run->inflows, time, f, i);
        if (flows->node[i] < 0 || !(flow > 0.0)) continue;
        for (int32_t p = 0; p < run->model->quality.count; p++) {
            double load = flow * tw_inflows_interface_quality(&run->inflows, time, f, i, p);
            for (int32_t lane = 0; lane < run->lanes; lane++)
                tw_quality_add_load(&run->quality, TW_NETWORK_EXTERNAL, flows->node[i], lane, p,
                                    load);
        }
    }
}

static void add_ground(struct tw_run *run, double f)
{
    const struct tw_model *m = run->model;
    const struct tw_ground_state *g = &run->hydrology.ground;
    for (int32_t i = 0; i < m->grounds.count; i++) {
        const struct tw_ground *ground = &m->grounds.ground[i];
        double area = m->subcatchments.area_m2[ground->subcatchment];
        for (int32_t lane = 0; lane < run->lanes; lane++) {
            size_t here = at(run, i, lane);
            double flow = ((1.0 - f) * g->old_mps[here] + f * g->new_mps[here]) * area;
            if (flow > 0.0)
                tw_quality_add_flow(&run->quality, TW_NETWORK_GROUND, ground->node, lane, flow);
        }
    }
}

/* Drains of LIDs carry what their subcatchment's runoff does. */
static void add_drains(struct tw_run *run, double f)
{
    const struct tw_model *m = run->model;
    const struct tw_lid_state *lid = &run->hydrology.lid;
    struct tw_quality *q = &run->quality;
    for (int32_t i = 0; i < m->lids.unit_count; i++) {
        const struct tw_lid_unit *u = &m->lids.unit[i];
        if (u->drain_node < 0) continue;
        for (int32_t p = 0; p < m->quality.count; p++) {
            for (int32_t lane = 0; lane < run->lanes; lane++) {
                double load =
                    (1.0 - f) * drain_load(run, i, p, lane, lid->old_drain_m3s, q->old_outlet) +
                    f * drain_load(run, i, p, lane, lid->new_drain_m3s, q->outlet);
                tw_quality_add_load(q, TW_NETWORK_WET, u->drain_node, lane, p, load);
            }
        }
    }
}

/* What drops through an inlet, or comes up, has the concentrations of where it was. Without dynamic
 * waves it is gone from what comes to the street's node, by the concentration in the street. */
static void add_inlets(struct tw_run *run)
{
    bool dynamic = run->model->options.routing == TW_ROUTING_DYNWAVE;
    const struct tw_inlets *n = &run->model->inlets;
    struct tw_quality *q = &run->quality;
    int32_t pollutants = run->model->quality.count;
    for (int32_t i = 0; i < n->count; i++) {
        int32_t street = run->net->to[run->net->row_of_link[n->inlet[i].link]];
        for (int32_t lane = 0; lane < run->lanes; lane++) {
            double flow = run->inlet_flow_m3s[at(run, i, lane)];
            double taken = dynamic ? 0.0 : tw_run_inlet_taken_m3s(run, i, lane);
            int32_t from = flow > 0.0 ? street : n->inlet[i].node;
            int32_t to = flow > 0.0 ? n->inlet[i].node : street;
            for (int32_t p = 0; p < pollutants; p++) {
                double there = q->node[at(run, from * pollutants + p, lane)];
                tw_quality_add_load(q, TW_NETWORK_INSIDE, to, lane, p, fabs(flow) * there);
                if (dynamic) continue;
                double above = q->link[at(run, n->inlet[i].link * pollutants + p, lane)];
                tw_quality_add_load(q, TW_NETWORK_INSIDE, street, lane, p, -taken * above);
            }
        }
    }
}

static void add_rdii(struct tw_run *run, double at_ms)
{
    const struct tw_interface_flows *f = run->model->files.rdii;
    int64_t time = tw_inflows_rdii_time(&run->inflows, at_ms);
    for (int32_t i = 0; f != NULL && time >= 0 && i < f->node_count; i++) {
        double flow = tw_inflows_rdii_flow(&run->inflows, time, i);
        for (int32_t lane = 0; f->node[i] >= 0 && flow > 0.0 && lane < run->lanes; lane++)
            tw_quality_add_flow(&run->quality, TW_NETWORK_RDII, f->node[i], lane, flow);
    }
    for (int32_t i = 0; f == NULL && i < run->model->rdii.node_count; i++) {
        for (int32_t lane = 0; lane < run->lanes; lane++)
            tw_quality_add_flow(&run->quality, TW_NETWORK_RDII, run->model->rdii.node[i].node, lane,
                                tw_rdii_flow_m3s(&run->rdii, i, lane));
    }
}

void tw_run_node_pollutants(struct tw_run *run, double at_ms)
{
    if (!run->quality.active) return;
    tw_quality_loads_begin(&run->quality);
    add_dry_weather(run);
    add_external(run, at_ms);
    add_interface(run, at_ms);
    add_rdii(run, at_ms);
    add_inlets(run);
    if (!run->hydrology.active) return;
    const struct tw_hydrology *h = &run->hydrology;
    tw_quality_add_runoff(&run->quality, tw_hydrology_runoff_part(h, at_ms), h->old_runoff_m3s,
                          h->new_runoff_m3s);
    double f = tw_hydrology_step_part(h, at_ms);
    add_ground(run, f);
    add_drains(run, f);
}

static double surface_of(const void *network, int32_t node, double depth_m)
{
    return tw_node_own_surface(network, node, depth_m);
}

/* What is taken from a node, but for what inlets take, which stays in the network. Where they take
 * more than comes from outside, SWMM books what comes as outflow below 0, too. */
static double taken_m3s(const struct tw_run *run, size_t here)
{
    double lateral = run->hydraulics.node.lateral_m3s[here];
    if (!(lateral < 0.0)) return 0.0;
    double taken = run->model->inlets.count > 0 ? run->inlet_lateral_m3s[here] - lateral : -lateral;
    return run->model->options.strict ? fmax(0.0, taken) : taken;
}

/* What leaves the network at a node in a step: through an outfall or an end, by what is taken from
 * it, or by flooding. */
static void book_outflow(struct tw_run *run, int32_t node, int32_t lane, double dt_s)
{
    const struct tw_node_state *s = &run->hydraulics.node;
    const struct tw_model *m = run->model;
    size_t here = at(run, node, lane);
    bool outfall = m->nodes.kind[node] == TW_NODE_OUTFALL;
    bool end = !outfall && run->net->leaves != NULL && m->nodes.kind[node] != TW_NODE_STORAGE &&
               !run->net->leaves[node];
    double out = end ? s->inflow_m3s[here] : outfall ? 0.0 : taken_m3s(run, here);
    if (outfall && (s->outflow_m3s[here] == 0.0 || m->options.strict)) /* as balance.c */
        out = fmax(0.0, s->inflow_m3s[here] - s->outflow_m3s[here]);
    double over = !outfall && !end ? tw_balance_flooding_m3s(run, node, lane) : 0.0;
    /* as SWMM tells it: also what comes in by the outfall, unless water comes from outside, too */
    double passed = s->inflow_m3s[here] > 0.0 ? s->inflow_m3s[here] : s->outflow_m3s[here];
    bool told = outfall && tw_run_day(run) >= run->options.report_start_day - 1e-9;
    bool routed = outfall && m->outfalls.route_to[m->nodes.row[node]] >= 0;
    if (out == 0.0 && over == 0.0 && !told && !routed) return;
    for (int32_t p = 0; p < m->quality.count; p++) {
        double c = run->quality.node[at(run, node * m->quality.count + p, lane)];
        tw_quality_book(&run->quality, TW_NETWORK_OUTFLOW, p, lane, out * c);
        tw_quality_book(&run->quality, TW_NETWORK_FLOODING, p, lane, over * c);
        if (!outfall) continue;
        size_t row = at(run, m->nodes.row[node] * m->quality.count + p, lane);
        if (told) run->quality.outfall_mass[row] += passed * c * dt_s;
        if (routed) run->quality.outfall_routed[row] += s->inflow_m3s[here] * c * dt_s;
    }
}

void tw_run_route_pollutants(struct tw_run *run, double dt_s)
{
    const struct tw_hydraulics *h = &run->hydraulics;
    const struct tw_network *net = run->net;
    if (!run->quality.active) return;
    struct tw_quality_water water = {.dt_s = dt_s,
                                     .from = net->from,
                                     .to = net->to,
                                     .link_of_row = net->link_of_row,
                                     .link_count =
                                         run->model->options.ignore_routing ? 0 : net->link_count,
                                     .conduit_count = net->conduit_count,
                                     .barrels = net->conduit.barrels,
                                     .node_inflow_m3s = h->node.inflow_m3s,
                                     .node_volume_m3 = h->node.volume_m3,
                                     .node_old_volume_m3 = h->node.old_volume_m3,
                                     .node_depth_m = h->node.depth_m,
                                     .node_old_depth_m = h->node.old_depth_m,
                                     .storage_evaporation_m3s = h->storage_evaporation_m3s,
                                     .storage_seepage_m3s = h->storage_seepage_m3s,
                                     .link_flow_m3s = h->link.flow_m3s,
                                     .link_depth_m = h->link.depth_m,
                                     .link_volume_m3 = h->link.volume_m3,
                                     .link_old_volume_m3 = h->link.old_volume_m3,
                                     .conduit_entry_m3s = h->conduit.entry_m3s,
                                     .conduit_flow_m3s = h->conduit.flow_m3s,
                                     .conduit_loss_m3s = h->conduit.loss_m3s,
                                     .conduit_evaporation_m3s = h->conduit.evaporation_m3s,
                                     .surface_m2 = surface_of,
                                     .network = net};
    tw_quality_route(&run->quality, &water);
    for (int32_t i = 0; i < net->node_count; i++)
        for (int32_t lane = 0; lane < run->lanes; lane++)
            book_outflow(run, i, lane, dt_s);
    tw_quality_end_step(&run->quality, dt_s);
}

void tw_run_begin_pollutant_balance(struct tw_run *run)
{
    for (int32_t p = 0; p < run->model->quality.count; p++)
        for (int32_t lane = 0; lane < run->lanes; lane++)
            run->quality
                .network_mass[at(run, TW_NETWORK_INITIAL * run->model->quality.count + p, lane)] =
                tw_run_stored_mass(run, p, lane);
}

double tw_run_stored_mass(const struct tw_run *run, int32_t pollutant, int32_t lane)
{
    const struct tw_hydraulics *h = &run->hydraulics;
    int32_t count = run->model->quality.count;
    double mass = 0.0;
    for (int32_t i = 0; i < run->net->node_count; i++)
        mass += h->node.volume_m3[at(run, i, lane)] *
                run->quality.node[at(run, i * count + pollutant, lane)];
    /* under steady flow conduits hold nothing, as SWMM counts */
    bool steady = run->model->options.routing == TW_ROUTING_STEADY;
    for (int32_t i = 0; !steady && i < run->net->link_count; i++)
        mass += h->link.volume_m3[at(run, run->net->row_of_link[i], lane)] *
                run->quality.link[at(run, i * count + pollutant, lane)];
    return mass;
}

/* Water that stands on a subcatchment, of the first lane [m3]. */
static double ponded_m3(const void *user, int32_t subcatchment)
{
    const struct tw_run *run = user;
    const struct tw_hydrology *h = &run->hydrology;
    double volume = 0.0;
    for (int32_t k = 0; k < TW_SUBAREA_COUNT; k++)
        volume += h->depth_m[at(run, subcatchment * TW_SUBAREA_COUNT + k, 0)] *
                  h->catchment[at(run, subcatchment, 0)].area_m2[k];
    return volume;
}

double tw_run_surface_mass(const struct tw_run *run, int32_t pollutant)
{
    return tw_quality_surface_mass(&run->quality, pollutant, 0, ponded_m3, run);
}

/* NAN for an element or pollutant that is not there. */
static double concentration(const struct tw_run *run, const double *values, int32_t element,
                            int32_t count, int32_t pollutant)
{
    int32_t pollutants = run->model->quality.count;
    if (element < 0 || element >= count || pollutant < 0 || pollutant >= pollutants)
        return (double)NAN;
    return values[at(run, element * pollutants + pollutant, 0)];
}

double tw_run_node_concentration(const tw_run *run, tw_node_id id, int32_t pollutant)
{
    return concentration(run, run->quality.node, id.index, run->net->node_count, pollutant);
}

double tw_run_link_concentration(const tw_run *run, tw_link_id id, int32_t pollutant)
{
    return concentration(run, run->quality.link, id.index, run->net->link_count, pollutant);
}
