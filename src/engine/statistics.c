/* Statistics at every routing step. When a state counts is as in SWMM 5.2.4:
 *
 *   surcharged   depth >= highest crown of a link (storages: only with a surcharge depth)
 *   flooded      there is overflow, or more volume than the node holds
 *   turn         the change of a flow has another sign than in the step before, and some size
 *   limited      a conduit is full at mid-length and the heads at its nodes fall more than it does
 *   running      a pump, an outfall: more than 0.001 ft3/s
 *
 * Means of depths, volumes and flows are over steps, not over time. Volumes in and out of a node
 * take half a step of the rates at either end. */
#include "engine/statistics.h"

#include "base/threads.h"
#include "engine/statistics_elements.h"
#include "hydraulics/constants.h"
#include "hydraulics/regulators.h"

#include <math.h>
#include <string.h>

#define SMALL_FLOW_M3S (0.001 * TW_FOOT3_M3)

enum { ELEMENT_NS = 6 }; /* a node and a link, about */

/* Report start and ends of steps are whole milliseconds; half of one takes up the rounding. */
static const double half_ms_day = 0.5e-3 / 86400.0;

static void take(struct tw_pool *pool, size_t count, double **const *arrays, size_t n)
{
    for (size_t i = 0; i < n; i++)
        *arrays[i] = TW_POOL_NEW(pool, double, count);
}

#define TAKE(pool, count, arrays) take((pool), (count), (arrays), sizeof(arrays) / sizeof *(arrays))

static void lay_nodes(struct tw_node_statistics *s, size_t nodes, size_t w, struct tw_pool *pool)
{
    double **const each[] = {&s->critical, &s->max_reported_m};
    double **const by_lane[] = {
        &s->initial_m3,       &s->inflow_m3,       &s->outflow_m3,     &s->last_outflow_m3s,
        &s->unsettled,        &s->depth_sum_m,     &s->max_depth_m,    &s->max_depth_day,
        &s->lateral_m3,       &s->max_lateral_m3s, &s->max_inflow_m3s, &s->max_inflow_day,
        &s->surcharged_s,     &s->flooded_s,       &s->flooded_m3,     &s->max_flooding_m3s,
        &s->max_flooding_day, &s->max_ponded_m3,   &s->surcharge_m,    &s->full_m3};
    TAKE(pool, nodes, each);
    TAKE(pool, nodes * w, by_lane);
}

static void lay_links(struct tw_statistics *s, size_t w, struct tw_pool *pool)
{
    struct tw_link_statistics *l = &s->link;
    struct tw_conduit_statistics *c = &s->conduit;
    size_t links = (size_t)s->net->link_count, conduits = (size_t)s->net->conduit_count;
    double **const each[] = {&l->max_flow_m3s, &l->max_flow_day, &l->max_depth_m, &l->turns,
                             &l->last_sign};
    double **const of_conduits[] = {
        &c->max_velocity_mps,  &c->normal_limited_s,   &c->inlet_controlled_s,
        &c->above_full_flow_s, &c->capacity_limited_s, &c->both_full_s,
        &c->upstream_full_s,   &c->downstream_full_s,  &c->mode_since_s};
    l->critical = TW_POOL_NEW(pool, double, links);
    TAKE(pool, links * w, each);
    TAKE(pool, conduits * w, of_conduits);
    c->class_s = TW_POOL_NEW(pool, double, conduits *w *TW_REPORT_FLOW_CLASSES);
    c->mode = TW_POOL_NEW(pool, uint8_t, conduits * w);
}

static void lay_others(struct tw_statistics *s, size_t w, struct tw_pool *pool)
{
    struct tw_pump_statistics *p = &s->pump;
    double **const pumps[] = {&p->steps,        &p->on_s,          &p->startups,
                              &p->flow_sum_m3s, &p->min_m3s,       &p->volume_m3,
                              &p->energy_j,     &p->below_curve_s, &p->above_curve_s};
    struct tw_storage_statistics *v = &s->storage;
    double **const storages[] = {&v->sum_m3,          &v->max_m3,        &v->max_day,
                                 &v->max_outflow_m3s, &v->evaporated_m3, &v->seeped_m3};
    struct tw_outfall_statistics *o = &s->outfall;
    double **const outfalls[] = {&o->flowing_steps, &o->flow_sum_m3s, &o->max_m3s};
    TAKE(pool, (size_t)s->model->pumps.count * w, pumps);
    TAKE(pool, (size_t)s->model->storages.count * w, storages);
    TAKE(pool, (size_t)s->model->outfalls.count * w, outfalls);
    o->system_max_m3s = TW_POOL_NEW(pool, double, w);
}

void tw_statistics_lay(struct tw_statistics *s, const struct tw_model *model,
                       const struct tw_network *net, int32_t lanes, struct tw_pool *state)
{
    s->model = model;
    s->net = net;
    s->lanes = lanes;
    size_t used = state->used, w = (size_t)lanes;
    s->block = state->base == NULL ? NULL : state->base + used;
    s->clock = TW_POOL_NEW(state, struct tw_statistics_clock, 1);
    lay_nodes(&s->node, (size_t)net->node_count, w, state);
    lay_links(s, w, state);
    lay_others(s, w, state);
    s->block_size = state->used - used;
}

/* Classes of step lengths: even on a logarithmic scale between the longest and the shortest. */
static void set_step_classes(struct tw_statistics *s)
{
    const struct tw_options *o = &s->model->options;
    double longest = s->routing_step_s > 0.0 ? s->routing_step_s : o->routing_step_s;
    double shortest = s->minimum_step_s > 0.0 ? s->minimum_step_s : o->minimum_step_s;
    if (shortest > longest) shortest = longest;
    if (shortest < 0.001) shortest = 0.001;
    double *bound = s->clock->step_bound_s;
    double ratio = pow(shortest / longest, 1.0 / TW_REPORT_STEP_CLASSES);
    bound[0] = longest;
    for (int32_t k = 1; k < TW_REPORT_STEP_CLASSES; k++)
        bound[k] = bound[k - 1] * ratio;
    bound[TW_REPORT_STEP_CLASSES] = shortest;
}

static void begin_nodes(struct tw_statistics *s, const struct tw_hydraulics *h, double start_day)
{
    const struct tw_nodes *nodes = &s->model->nodes;
    struct tw_node_statistics *n = &s->node;
    bool dynamic = s->model->options.routing == TW_ROUTING_DYNWAVE;
    for (int32_t i = 0; i < s->net->node_count; i++) {
        bool open_storage =
            nodes->kind[i] == TW_NODE_STORAGE && !(nodes->surcharge_depth_m[i] > 0.0);
        bool never = !dynamic || open_storage || s->net->outfall[i];
        for (int32_t at = i * s->lanes; at < (i + 1) * s->lanes; at++) {
            n->surcharge_m[at] = never ? INFINITY : s->net->crown_depth_m[i] - TW_TINY_DEPTH_M;
            n->full_m3[at] = s->net->full_volume_m3[i];
            n->initial_m3[at] = h->node.volume_m3[at];
            n->last_outflow_m3s[at] = h->node.outflow_m3s[at];
            n->max_depth_day[at] = start_day;
            n->max_inflow_day[at] = start_day;
            n->max_flooding_day[at] = start_day;
        }
    }
}

void tw_statistics_begin(struct tw_statistics *s, const struct tw_hydraulics *h, double start_day,
                         double report_start_day)
{
    memset(s->block, 0, s->block_size);
    *s->clock = (struct tw_statistics_clock){
        .report_start_day = report_start_day,
        .min_step_s = INFINITY,
        .first_trials = h->clock->trials,
        .first_unconverged = h->clock->unconverged_steps,
        .seen_steps = h->clock->steps,
        .seen_unconverged = h->clock->unconverged_steps,
    };
    set_step_classes(s);
    begin_nodes(s, h, start_day);
    for (int32_t at = 0; at < s->net->link_count * s->lanes; at++) {
        s->link.max_flow_day[at] = start_day;
    }
    for (int32_t at = 0; at < s->model->storages.count * s->lanes; at++) {
        s->storage.max_day[at] = start_day;
    }
}

static void count_step(struct tw_statistics *s, const struct tw_routing_clock *solver, double dt_s)
{
    struct tw_statistics_clock *c = s->clock;
    bool computed = solver->steps != c->seen_steps, first = !c->begun;
    c->begun = true;
    c->seen_steps = solver->steps;
    if (solver->critical > 0) s->link.critical[solver->critical - 1] += 1.0;
    if (solver->critical < 0) s->node.critical[-solver->critical - 1] += 1.0;
    if (!computed) {
        c->steady_s += dt_s;
        return;
    }
    c->steps++;
    c->computed_s += dt_s;
    if (dt_s > c->max_step_s) c->max_step_s = dt_s;
    if (first) return;
    if (dt_s < c->min_step_s) c->min_step_s = dt_s;
    for (int32_t k = 0; k < TW_REPORT_STEP_CLASSES; k++) {
        if (!(dt_s >= c->step_bound_s[k + 1])) continue;
        c->step_count[k]++;
        break;
    }
}

static void count_unsettled(struct tw_statistics *s, const struct tw_hydraulics *h)
{
    if (h->clock->unconverged_steps == s->clock->seen_unconverged) return;
    s->clock->seen_unconverged = h->clock->unconverged_steps;
    for (int32_t at = 0; at < s->net->node_count * s->lanes; at++) {
        s->node.unsettled[at] += h->sums.settled[at] ? 0.0 : 1.0;
    }
}

static void add_storages(struct tw_statistics *s, const struct tw_hydraulics *h, double dt_s,
                         double day)
{
    struct tw_storage_statistics *v = &s->storage;
    int32_t w = s->lanes;
    for (int32_t k = 0; k < s->model->storages.count; k++) {
        int32_t node = s->model->storages.node[k];
        double full = s->net->full_volume_m3[node];
        for (int32_t l = 0; l < w; l++) {
            int32_t at = k * w + l, from = node * w + l;
            double volume = h->node.volume_m3[from], out = h->node.outflow_m3s[from];
            v->sum_m3[at] += volume;
            v->evaporated_m3[at] += h->storage_evaporation_m3s[at] * dt_s;
            v->seeped_m3[at] += h->storage_seepage_m3s[at] * dt_s;
            if (out > v->max_outflow_m3s[at]) v->max_outflow_m3s[at] = out;
            if (volume > full) volume = full;
            if (!(volume > v->max_m3[at])) continue;
            v->max_m3[at] = volume;
            v->max_day[at] = day;
        }
    }
}

static void add_outfalls(struct tw_statistics *s, const struct tw_hydraulics *h)
{
    struct tw_outfall_statistics *o = &s->outfall;
    int32_t w = s->lanes;
    for (int32_t l = 0; l < w; l++) {
        double system = 0.0;
        for (int32_t k = 0; k < s->model->outfalls.count; k++) {
            int32_t at = k * w + l;
            double q = h->node.inflow_m3s[s->model->outfalls.node[k] * w + l];
            system += q;
            if (!(q >= SMALL_FLOW_M3S)) continue;
            o->flowing_steps[at] += 1.0;
            o->flow_sum_m3s[at] += q;
            if (q > o->max_m3s[at]) o->max_m3s[at] = q;
        }
        if (system > o->system_max_m3s[l]) o->system_max_m3s[l] = system;
    }
}

static void add_pumps(struct tw_statistics *s, const struct tw_hydraulics *h, double dt_s)
{
    /* weight of a cubic metre of water [N/m3] by SWMM: 8.814 ft x ft3/s are a horsepower, 745.7 W */
    const double weight = 745.7 / 8.814 / (TW_FOOT_M * TW_FOOT3_M3);
    const double *invert = s->model->nodes.invert_m;
    struct tw_pump_statistics *p = &s->pump;
    int32_t w = s->lanes;
    for (int32_t k = 0; k < s->model->pumps.count; k++) {
        int32_t row = s->net->row_of_link[s->model->pumps.link[k]];
        int32_t a = s->net->from[row], b = s->net->to[row];
        for (int32_t l = 0; l < w; l++) {
            int32_t at = k * w + l, i = row * w + l;
            double q = fabs(h->link.flow_m3s[i]);
            if (!(q > SMALL_FLOW_M3S)) continue;
            double lift =
                h->node.depth_m[b * w + l] + invert[b] - h->node.depth_m[a * w + l] - invert[a];
            bool first = !(p->steps[at] > 0.0);
            if (first || q < p->min_m3s[at]) p->min_m3s[at] = q;
            p->steps[at] += 1.0;
            p->on_s[at] += dt_s;
            p->flow_sum_m3s[at] += q;
            p->volume_m3[at] += q * dt_s;
            p->energy_j[at] += fabs(lift) * q * weight * dt_s;
            if (h->link.old_flow_m3s[i] < SMALL_FLOW_M3S) p->startups[at] += 1.0;
            if (h->link.flow_class[i] == TW_FLOW_DOWN_DRY) p->below_curve_s[at] += dt_s;
            if (h->link.flow_class[i] == TW_FLOW_UP_DRY) p->above_curve_s[at] += dt_s;
        }
    }
}

/* Nodes and links of the same numbers, so that a step is one loop. */
static void add_elements(void *job, int32_t begin, int32_t end)
{
    const struct tw_statistics_pass *pass = job;
    int32_t nodes = pass->statistics->net->node_count, links = pass->statistics->net->link_count;
    tw_statistics_add_nodes(pass, begin, end < nodes ? end : nodes);
    if (pass->reported) tw_statistics_add_links(pass, begin, end < links ? end : links);
}

void tw_statistics_step(struct tw_statistics *s, const struct tw_hydraulics *h, double dt_s,
                        double day)
{
    struct tw_statistics_clock *c = s->clock;
    count_step(s, h->clock, dt_s);
    count_unsettled(s, h);
    bool reported = day >= c->report_start_day - half_ms_day;
    struct tw_statistics_pass pass = {
        .statistics = s, .h = h, .dt_s = dt_s, .day = day, .reported = reported};
    int32_t nodes = s->net->node_count, links = s->net->link_count;
    int32_t elements = nodes > links ? nodes : links;
    tw_threads_for(s->threads, elements, ELEMENT_NS * s->lanes, add_elements, &pass);
    if (!reported) return;
    add_storages(s, h, dt_s, day);
    add_outfalls(s, h);
    add_pumps(s, h, dt_s);
    c->reported_s += dt_s;
    c->reported_steps++;
}

void tw_statistics_reported(struct tw_statistics *s, const double *depth_m, int32_t stride)
{
    double *most = s->node.max_reported_m;
    for (int32_t i = 0; i < s->net->node_count; i++) {
        double y = depth_m[(size_t)i * (size_t)stride];
        if (y > most[i]) most[i] = y;
    }
}
