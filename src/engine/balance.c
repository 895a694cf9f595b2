/* Where the water of the network came from and went to. Rates are integrated by half a step with
 * their value before it and half a step with that after it, as SWMM does. */
#include "engine/run_state.h"

void tw_balance_half_step(struct tw_run *run, double dt_s)
{
    double half = 0.5 * dt_s;
    for (int32_t l = 0; l < run->lanes; l++) {
        struct tw_run_sums *s = &run->sums[l];
        s->dry_m3 += half * s->rates.dry_m3s;
        s->wet_m3 += half * s->rates.wet_m3s;
        s->ground_m3 += half * s->rates.ground_m3s;
        s->rdii_m3 += half * s->rates.rdii_m3s;
        s->external_m3 += half * s->rates.external_m3s;
        s->outflow_m3 += half * s->rates.outflow_m3s;
        s->flooding_m3 += half * s->rates.flooding_m3s;
        s->evaporated_m3 += half * s->rates.evaporated_m3s;
        s->seeped_m3 += half * s->rates.seeped_m3s;
    }
}

/* Flow that leaves through an outfall, negative when it comes in there. Inflow of an outfall that
 * only sends is turned round so that results show what passes. Where something is taken from what
 * arrives (by an inlet, by a negative inflow) SWMM counts nothing. */
static double outfall_flow(struct tw_hydraulics *h, int32_t at)
{
    double in = h->node.inflow_m3s[at], out = h->node.outflow_m3s[at];
    h->node.overflow_m3s[at] = 0.0;
    h->node.volume_m3[at] = 0.0;
    if (out == 0.0) return in;
    if (in == 0.0) {
        h->node.inflow_m3s[at] = out;
        return -out;
    }
    return h->model->options.strict ? in - out : 0.0;
}

/* What leaves by an outfall that drains onto a subcatchment comes back with its next runoff; what comes in
 * by it does not. So before outfall_flow, which tells that as an inflow. */
static void route_outfalls(struct tw_run *run, int32_t lane, double dt_s)
{
    const struct tw_outfalls *o = &run->model->outfalls;
    for (int32_t k = 0; k < o->count; k++) {
        if (o->route_to[k] < 0) continue;
        double in = run->hydraulics.node.inflow_m3s[o->node[k] * run->lanes + lane];
        run->hydrology.outfall_routed_m3[k * run->lanes + lane] += in * dt_s;
    }
}

static void add_losses(struct tw_run *run, int32_t lane)
{
    const struct tw_hydraulics *h = &run->hydraulics;
    struct tw_flow_rates *r = &run->sums[lane].rates;
    for (int32_t k = 0; k < run->model->storages.count; k++) {
        r->evaporated_m3s += h->storage_evaporation_m3s[k * run->lanes + lane];
        r->seeped_m3s += h->storage_seepage_m3s[k * run->lanes + lane];
    }
    for (int32_t row = 0; row < run->net->conduit_count; row++) {
        int32_t at = row * run->lanes + lane;
        double barrels = run->net->conduit.barrels[row];
        r->evaporated_m3s += barrels * h->conduit.evaporation_m3s[at];
        r->seeped_m3s += barrels * (h->conduit.loss_m3s[at] - h->conduit.evaporation_m3s[at]);
    }
}

/* What comes in where the network ends is an inflow, as SWMM counts it. */
static void add_end(struct tw_flow_rates *r, double out_m3s)
{
    r->outflow_m3s += out_m3s > 0.0 ? out_m3s : 0.0;
    r->external_m3s += out_m3s < 0.0 ? -out_m3s : 0.0;
}

static void add_outfalls(struct tw_run *run, int32_t lane)
{
    const struct tw_outfalls *o = &run->model->outfalls;
    struct tw_flow_rates *r = &run->sums[lane].rates;
    for (int32_t k = 0; k < o->count; k++) {
        double out = outfall_flow(&run->hydraulics, o->node[k] * run->lanes + lane);
        add_end(r, out);
    }
}

/* Without dynamic waves the network also ends where no link leaves a node. */
static void add_ends(struct tw_run *run, int32_t lane)
{
    const int32_t *kind = run->model->nodes.kind;
    for (int32_t i = 0; i < run->net->node_count; i++) {
        if (kind[i] == TW_NODE_OUTFALL || kind[i] == TW_NODE_STORAGE || run->net->leaves[i])
            continue;
        int32_t at = i * run->lanes + lane;
        add_end(&run->sums[lane].rates, run->hydraulics.node.inflow_m3s[at]);
        run->hydraulics.node.overflow_m3s[at] = 0.0;
        run->hydraulics.node.volume_m3[at] = 0.0;
    }
}

static bool any_not_zero(int32_t n, const double *restrict x)
{
    int64_t any = 0;
    for (int32_t i = 0; i < n; i++)
        any |= x[i] != 0.0 ? 1 : 0;
    return any != 0;
}

/* What goes into a pond comes back, and what comes up through inlets is not lost. Where both are so,
 * SWMM counts the water twice, and its flooding gets negative. */
double tw_balance_flooding_m3s(const struct tw_run *run, int32_t node, int32_t lane)
{
    const struct tw_node_state *s = &run->hydraulics.node;
    int32_t at = node * run->lanes + lane;
    bool ponds = !(s->volume_m3[at] <= run->net->full_volume_m3[node]);
    double over = s->overflow_m3s[at];
    double back = over > 0.0 && tw_run_floods_back(run, node) ? over : 0.0;
    return (ponds ? 0.0 : over) - back;
}

/* Overflow that is lost. Few nodes overflow at a time. Outfalls have none by now. */
static void add_flooding(struct tw_run *run)
{
    enum { STRETCH = 64 };
    const struct tw_node_state *s = &run->hydraulics.node;
    int32_t w = run->lanes, n = run->net->node_count;
    for (int32_t first = 0; first < n; first += STRETCH) {
        int32_t end = first + STRETCH < n ? first + STRETCH : n;
        if (!any_not_zero((end - first) * w, s->overflow_m3s + first * w)) continue;
        for (int32_t at = first * w; at < end * w; at++) {
            double flooding_m3s = tw_balance_flooding_m3s(run, at / w, at % w);
            run->sums[at % w].rates.flooding_m3s += flooding_m3s;
        }
    }
}

void tw_balance_set_rates(struct tw_run *run, double dt_s)
{
    for (int32_t l = 0; l < run->lanes; l++) {
        route_outfalls(run, l, dt_s);
        add_outfalls(run, l);
        if (run->net->leaves != NULL) add_ends(run, l);
        add_losses(run, l);
    }
    add_flooding(run);
}

static double nodes_m3(const struct tw_run *run, int32_t lane)
{
    const struct tw_node_state *n = &run->hydraulics.node;
    double sum = 0.0;
    for (int32_t i = 0; i < run->net->node_count; i++)
        sum += n->volume_m3[i * run->lanes + lane] + n->shaft_m3[i * run->lanes + lane];
    return sum;
}

double tw_balance_network_m3(const struct tw_run *run, int32_t lane)
{
    const struct tw_hydraulics *h = &run->hydraulics;
    double sum = nodes_m3(run, lane);
    for (int32_t i = 0; i < run->net->link_count; i++) {
        sum += h->link.volume_m3[i * run->lanes + lane];
    }
    return sum;
}

/* What the network holds when the books are closed. Steady flow passes links at once: what stands in
 * them then has come in twice, and SWMM does not count it. */
static double final_storage_m3(const struct tw_run *run, int32_t lane)
{
    if (run->model->options.routing == TW_ROUTING_STEADY) return nodes_m3(run, lane);
    return tw_balance_network_m3(run, lane);
}

static double unexplained(double in, double out)
{
    return in > 0.0 ? 1.0 - out / in : out > 0.0 ? -1.0 : 0.0;
}

/* What may go either way: errors are told as part of what came in. */
static void book(double volume_m3, double *in_m3, double *out_m3)
{
    if (volume_m3 >= 0.0) {
        *in_m3 += volume_m3;
    } else {
        *out_m3 -= volume_m3;
    }
}

struct tw_balance tw_balance_of_lane(const struct tw_run *run, int32_t lane)
{
    const struct tw_run_sums *s = &run->sums[lane];
    const struct tw_hydrology *h = &run->hydrology;
    struct tw_balance b = {.dry_weather_m3 = s->dry_m3,
                           .wet_weather_m3 = s->wet_m3,
                           .groundwater_m3 = s->ground_m3,
                           .rdii_m3 = s->rdii_m3,
                           .external_m3 = s->external_m3,
                           .outflow_m3 = s->outflow_m3,
                           .flooding_m3 = s->flooding_m3,
                           .evaporated_m3 = s->evaporated_m3,
                           .seeped_m3 = s->seeped_m3,
                           .initial_storage_m3 = s->initial_m3,
                           .final_storage_m3 = final_storage_m3(run, lane),
                           .nudged_m3 = s->nudged_m3};
    if (h->active) {
        b.rain_m3 = h->totals.rain_m3[lane];
        b.evaporation_m3 = h->totals.evaporation_m3[lane];
        b.infiltration_m3 = h->totals.infiltration_m3[lane];
        b.runoff_m3 = h->totals.runoff_m3[lane];
        b.surface_nudged_m3 = h->totals.nudged_m3[lane];
        b.surface_storage_m3 =
            tw_hydrology_storage_m3(h, lane) + tw_snow_storage_m3(&h->snow, lane);
        b.snow_removed_m3 = h->totals.snow_removed_m3[lane];
        b.initial_surface_m3 = h->totals.initial_storage_m3[lane];
        b.initial_snow_m3 = run->model->snow.count > 0 ? h->snow.initial_m3[lane] : 0.0;
        b.snow_m3 = tw_snow_storage_m3(&h->snow, lane);
        b.drained_m3 = h->lid.drained_m3[lane];
        b.runon_m3 = h->totals.outfall_runon_m3[lane];
        b.reported_surface_m3 = tw_hydrology_reported_storage_m3(h, lane);
        b.reported_error_ratio = tw_hydrology_reported_error_ratio(h, lane);
        b.runoff_error_ratio = tw_hydrology_error_ratio(h, lane);
    }
    double in =
        b.dry_weather_m3 + b.wet_weather_m3 + b.rdii_m3 + b.external_m3 + b.initial_storage_m3;
    double out = b.flooding_m3 + b.evaporated_m3 + b.seeped_m3 + b.final_storage_m3;
    book(b.groundwater_m3, &in, &out);
    book(b.nudged_m3, &in, &out);
    book(-b.outflow_m3, &in, &out);
    b.routing_error_ratio = unexplained(in, out);
    return b;
}

struct tw_balance tw_run_balance(const tw_run *run) { return tw_balance_of_lane(run, 0); }
