/* From what was added up to what a report says, in the model's order, lane 0. */
#include "engine/statistics.h"
#include "engine/statistics_elements.h"

#include "hydraulics/constants.h"

#include <math.h>
#include <string.h>

/* Lists of the worst begin with values that nobody minds, as in SWMM. */
static const double least_share = 0.01; /* balance errors, critical elements */
static const double least_index = 1.0;  /* instability */
static const double least_m3 =
    0.1 * TW_FOOT3_M3; /* inflow of a node whose balance tells something */

/* Columns from an arena; the first that does not fit is remembered. */
struct columns {
    struct tw_arena *arena;
    int32_t lanes;
    bool failed;
};

static double *column(struct columns *c, int32_t count)
{
    double *x = TW_ARENA_NEW(c->arena, double, count);
    if (x == NULL) c->failed = true;
    return x;
}

/* Lane 0 times a factor. */
static double *scaled(struct columns *c, int32_t count, const double *from, double factor)
{
    double *x = column(c, count);
    for (int32_t i = 0; x != NULL && i < count; i++) {
        x[i] = factor * from[(size_t)i * (size_t)c->lanes];
    }
    return x;
}

static double *copied(struct columns *c, int32_t count, const double *from)
{
    return scaled(c, count, from, 1.0);
}

/* Lane 0 over another column; 0 where that is. */
static double *ratios(struct columns *c, int32_t count, const double *from, const double *by)
{
    double *x = copied(c, count, from);
    for (int32_t i = 0; x != NULL && i < count; i++) {
        double divisor = by[(size_t)i * (size_t)c->lanes];
        x[i] = divisor > 0.0 ? x[i] / divisor : 0.0;
    }
    return x;
}

/* Whole numbers that were counted as doubles. */
static int32_t *counts(struct columns *c, int32_t count, const double *from, const int32_t *row)
{
    int32_t *x = TW_ARENA_NEW(c->arena, int32_t, count);
    if (x == NULL) c->failed = true;
    for (int32_t i = 0; x != NULL && i < count; i++) {
        double n = from[(size_t)(row == NULL ? i : row[i]) * (size_t)c->lanes];
        x[i] = n < (double)INT32_MAX ? (int32_t)n : INT32_MAX;
    }
    return x;
}

/* A column of the first `rows` rows in the model's order of links; 0 for the others. */
static double *by_link(struct columns *c, const struct tw_network *net, int32_t rows,
                       const double *from)
{
    double *x = column(c, net->link_count);
    for (int32_t row = 0; x != NULL && row < rows; row++) {
        x[net->link_of_row[row]] = from[(size_t)row * (size_t)c->lanes];
    }
    return x;
}

/* Volume that came in, what it held at first included. */
static double *node_inflows(const struct tw_statistics *s, struct columns *c)
{
    double *x = copied(c, s->net->node_count, s->node.inflow_m3);
    for (int32_t i = 0; x != NULL && i < s->net->node_count; i++) {
        x[i] += s->node.initial_m3[(size_t)i * (size_t)s->lanes];
    }
    return x;
}

/* Links that lead away from each node, negative where none arrives. An end at an outfall never
 * leads away; a conduit that was turned round counts as it was given. */
static int32_t *node_degrees(const struct tw_statistics *s, struct columns *c)
{
    const struct tw_links *links = &s->model->links;
    int32_t n = s->net->node_count;
    int32_t *degree = TW_ARENA_NEW(c->arena, int32_t, n);
    bool *arrives = TW_ARENA_NEW(c->arena, bool, n);
    if (degree == NULL || arrives == NULL) {
        c->failed = true;
        return NULL;
    }
    for (int32_t i = 0; i < links->count; i++) {
        int32_t a = links->from[i], b = links->to[i];
        int32_t first = links->reversed[i] ? b : a, second = links->reversed[i] ? a : b;
        degree[s->net->outfall[first] ? second : first]++;
        arrives[s->net->outfall[a] ? a : b] = true;
    }
    for (int32_t i = 0; i < n; i++) {
        if (!arrives[i]) degree[i] = -degree[i];
    }
    return degree;
}

static void report_balances(const struct tw_statistics *s, const struct tw_hydraulics *h,
                            struct columns *c, const int32_t *degree, struct tw_report_nodes *nodes)
{
    double *error = column(c, s->net->node_count), *left_m3 = column(c, s->net->node_count);
    const double *inflow_m3 = nodes->inflow_m3;
    nodes->balance_error_ratio = error;
    nodes->left_m3 = left_m3;
    if (error == NULL || left_m3 == NULL || inflow_m3 == NULL || degree == NULL) return;
    for (int32_t i = 0; i < s->net->node_count; i++) {
        size_t at = (size_t)i * (size_t)s->lanes;
        bool storage = s->model->nodes.kind[i] == TW_NODE_STORAGE;
        bool sink = s->net->outfall[i] || (degree[i] == 0 && !storage);
        double out =
            (sink ? s->node.inflow_m3[at] : s->node.outflow_m3[at]) + h->node.volume_m3[at];
        left_m3[i] = out;
        if (inflow_m3[i] > 0.0) {
            error[i] = 1.0 - out / inflow_m3[i];
        } else {
            error[i] = out > 0.0 ? -1.0 : 0.0;
        }
    }
}

static void report_nodes(const struct tw_statistics *s, struct columns *c,
                         struct tw_report_nodes *out)
{
    const struct tw_node_statistics *n = &s->node;
    int32_t count = s->net->node_count;
    double steps = (double)s->clock->reported_steps;
    out->mean_depth_m = scaled(c, count, n->depth_sum_m, steps > 0.0 ? 1.0 / steps : 0.0);
    out->max_depth_m = copied(c, count, n->max_depth_m);
    out->max_depth_day = copied(c, count, n->max_depth_day);
    out->max_lateral_m3s = copied(c, count, n->max_lateral_m3s);
    out->max_inflow_m3s = copied(c, count, n->max_inflow_m3s);
    out->max_inflow_day = copied(c, count, n->max_inflow_day);
    out->lateral_m3 = copied(c, count, n->lateral_m3);
    out->surcharged_s = copied(c, count, n->surcharged_s);
    out->flooded_s = copied(c, count, n->flooded_s);
    out->max_flooding_m3s = copied(c, count, n->max_flooding_m3s);
    out->max_flooding_day = copied(c, count, n->max_flooding_day);
    out->flooded_m3 = copied(c, count, n->flooded_m3);
    out->max_ponded_m3 = copied(c, count, n->max_ponded_m3);
    struct columns single = {.arena = c->arena, .lanes = 1};
    out->max_reported_depth_m = copied(&single, count, n->max_reported_m);
    out->crown_depth_m = copied(&single, count, s->net->crown_depth_m);
    c->failed = c->failed || single.failed;
}

static void report_storages(const struct tw_statistics *s, struct columns *c,
                            const double *inflow_m3, struct tw_report_storages *out)
{
    const struct tw_storage_statistics *v = &s->storage;
    int32_t count = s->model->storages.count;
    double steps = (double)s->clock->reported_steps;
    out->mean_m3 = scaled(c, count, v->sum_m3, steps > 0.0 ? 1.0 / steps : 0.0);
    out->max_m3 = copied(c, count, v->max_m3);
    out->max_day = copied(c, count, v->max_day);
    out->max_outflow_m3s = copied(c, count, v->max_outflow_m3s);
    out->evaporated_m3 = copied(c, count, v->evaporated_m3);
    out->seeped_m3 = copied(c, count, v->seeped_m3);
    double *full = column(c, count), *inflow = column(c, count);
    out->full_m3 = full;
    out->inflow_m3 = inflow;
    if (c->failed) return;
    for (int32_t k = 0; k < count; k++) {
        full[k] = s->net->full_volume_m3[s->model->storages.node[k]];
        inflow[k] = inflow_m3[s->model->storages.node[k]];
    }
}

static void report_outfalls(const struct tw_statistics *s, struct columns *c,
                            const double *inflow_m3, struct tw_report_outfalls *out)
{
    const struct tw_outfall_statistics *o = &s->outfall;
    int32_t count = s->model->outfalls.count;
    double steps = (double)s->clock->reported_steps;
    out->flowing_ratio = scaled(c, count, o->flowing_steps, steps > 0.0 ? 1.0 / steps : 0.0);
    out->mean_m3s = ratios(c, count, o->flow_sum_m3s, o->flowing_steps);
    out->max_m3s = copied(c, count, o->max_m3s);
    out->system_max_m3s = o->system_max_m3s[0];
    double *volume = column(c, count);
    out->volume_m3 = volume;
    if (c->failed) return;
    for (int32_t k = 0; k < count; k++)
        volume[k] = inflow_m3[s->model->outfalls.node[k]];
}

/* Flow of a full conduit, greatest flow of a pump's curve. */
static void find_capacities(const struct tw_statistics *s, double *full_flow, double *length)
{
    const struct tw_conduit_rows *rows = &s->net->conduit;
    const struct tw_tables *curves = &s->model->curves;
    for (int32_t i = 0; i < s->net->link_count; i++)
        length[i] = 1.0;
    for (int32_t row = 0; row < s->net->conduit_count; row++) {
        int32_t i = s->net->link_of_row[row];
        full_flow[i] = rows->full_flow_m3s[row] * rows->barrels[row];
        length[i] = rows->routing_length_m[row] / rows->length_m[row];
    }
    for (int32_t k = 0; k < s->model->pumps.count; k++) {
        int32_t curve = s->model->pumps.curve[k], i = s->model->pumps.link[k];
        for (int32_t j = curve < 0 ? 0 : curves->first[curve];
             curve >= 0 && j < curves->first[curve + 1]; j++) {
            if (curves->y[j] > full_flow[i]) full_flow[i] = curves->y[j];
        }
    }
}

static void report_classes(const struct tw_statistics *s, struct columns *c,
                           struct tw_report_links *out)
{
    double(*class_s)[TW_REPORT_FLOW_CLASSES] =
        TW_ARENA_NEW(c->arena, double[TW_REPORT_FLOW_CLASSES], s->net->link_count);
    out->class_s = (const double(*)[TW_REPORT_FLOW_CLASSES])class_s;
    if (class_s == NULL) {
        c->failed = true;
        return;
    }
    for (int32_t row = 0; row < s->net->conduit_count; row++) {
        size_t at = (size_t)row * (size_t)s->lanes;
        memcpy(class_s[s->net->link_of_row[row]], s->conduit.class_s + at * TW_REPORT_FLOW_CLASSES,
               sizeof *class_s);
    }
}

/* Full sections of conduits, for the list of what was run. */
static void report_sections(const struct tw_statistics *s, struct columns *c,
                            struct tw_report_links *out)
{
    const struct tw_links *links = &s->model->links;
    double *area = column(c, links->count), *radius = column(c, links->count);
    double *width = column(c, links->count);
    if (c->failed) return;
    for (int32_t i = 0; i < links->count; i++) {
        if (links->kind[i] != TW_LINK_CONDUIT) continue;
        const struct tw_xsect *x = &s->net->xsects[links->xsect[i]];
        area[i] = x->full_area_m2;
        radius[i] = x->full_radius_m;
        width[i] = x->max_width_m;
    }
    out->section_area_m2 = area;
    out->section_radius_m = radius;
    out->section_width_m = width;
}

/* A shape that no conduit has, as if one of height 1 had it. */
static void report_unused_shape(const struct tw_statistics *s, struct columns *c, int32_t curve,
                                struct tw_report_shape *out)
{
    int32_t shape = TW_SHAPE_CUSTOM;
    double geom[1][4] = {{1.0}},
           *tables = TW_ARENA_NEW(c->arena, double, 3 * (TW_TRANSECT_CELLS + 1));
    const struct tw_model one = {
        .curves = s->model->curves,
        .xsects = {.count = 1, .shape = &shape, .geom = geom, .curve = &curve}};
    struct tw_xsect x;
    if (tables == NULL) c->failed = true;
    if (tables == NULL || tw_xsect_init(&x, &one, 0, tables) != TW_OK) return;
    *out = (struct tw_report_shape){{x.area_table, x.radius_table, x.width_table}};
}

/* Tables of all curves that are shapes. */
static void report_shapes(const struct tw_statistics *s, struct columns *c, struct tw_report *out)
{
    const struct tw_model *m = s->model;
    struct tw_report_shape *shape = TW_ARENA_NEW(c->arena, struct tw_report_shape, m->curves.count);
    out->shape = shape;
    if (shape == NULL) {
        c->failed = true;
        return;
    }
    for (int32_t i = 0; i < m->xsects.count; i++) {
        if (m->xsects.shape[i] != TW_SHAPE_CUSTOM) continue;
        const struct tw_xsect *x = &s->net->xsects[i];
        shape[m->xsects.curve[i]] =
            (struct tw_report_shape){{x->area_table, x->radius_table, x->width_table}};
    }
    for (int32_t i = 0; i < m->curves.count; i++) {
        if (m->curves.kind[i] == TW_CURVE_SHAPE && shape[i].table[0] == NULL)
            report_unused_shape(s, c, i, &shape[i]);
    }
}

static void report_links(const struct tw_statistics *s, struct columns *c,
                         struct tw_report_links *out)
{
    const struct tw_network *net = s->net;
    const struct tw_link_statistics *l = &s->link;
    const struct tw_conduit_statistics *p = &s->conduit;
    int32_t conduits = net->conduit_count;
    out->max_flow_m3s = by_link(c, net, net->link_count, l->max_flow_m3s);
    out->max_flow_day = by_link(c, net, net->link_count, l->max_flow_day);
    out->max_depth_m = by_link(c, net, net->link_count, l->max_depth_m);
    out->max_velocity_mps = by_link(c, net, conduits, p->max_velocity_mps);
    out->normal_limited_s = by_link(c, net, conduits, p->normal_limited_s);
    out->both_full_s = by_link(c, net, conduits, p->both_full_s);
    out->upstream_full_s = by_link(c, net, conduits, p->upstream_full_s);
    out->downstream_full_s = by_link(c, net, conduits, p->downstream_full_s);
    out->above_full_flow_s = by_link(c, net, conduits, p->above_full_flow_s);
    out->capacity_limited_s = by_link(c, net, conduits, p->capacity_limited_s);
    out->inlet_controlled_s = by_link(c, net, conduits, p->inlet_controlled_s);
    out->reversed_turns = counts(c, net->link_count, l->turns, net->row_of_link);
    report_classes(s, c, out);
    report_sections(s, c, out);
    double *full_flow = column(c, net->link_count), *length = column(c, net->link_count);
    out->full_flow_m3s = full_flow;
    out->length_ratio = length;
    if (!c->failed) find_capacities(s, full_flow, length);
}

static void report_pumps(const struct tw_statistics *s, struct columns *c,
                         struct tw_report_pumps *out)
{
    const struct tw_pump_statistics *p = &s->pump;
    int32_t count = s->model->pumps.count;
    out->on_s = copied(c, count, p->on_s);
    out->startups = counts(c, count, p->startups, NULL);
    out->mean_m3s = ratios(c, count, p->flow_sum_m3s, p->steps);
    out->volume_m3 = copied(c, count, p->volume_m3);
    out->energy_kwh = scaled(c, count, p->energy_j, 1.0 / 3.6e6);
    out->below_curve_ratio = ratios(c, count, p->below_curve_s, p->on_s);
    out->above_curve_ratio = ratios(c, count, p->above_curve_s, p->on_s);
    double *most = column(c, count);
    out->max_m3s = most;
    for (int32_t k = 0; most != NULL && k < count; k++) {
        size_t row = (size_t)s->net->row_of_link[s->model->pumps.link[k]];
        bool ran = p->steps[(size_t)k * (size_t)s->lanes] > 0.0;
        most[k] = ran ? s->link.max_flow_m3s[row * (size_t)s->lanes] : 0.0;
    }
}

static void worst_begin(struct tw_report_worst list[TW_REPORT_WORST], double least)
{
    for (int32_t k = 0; k < TW_REPORT_WORST; k++) {
        list[k] = (struct tw_report_worst){.index = -1, .value = least};
    }
}

/* Keep the list falling by the size of its values; of equals the first stays ahead. */
static void worst_add(struct tw_report_worst list[TW_REPORT_WORST], struct tw_report_worst entry)
{
    for (int32_t k = 0; k < TW_REPORT_WORST; k++) {
        if (!(fabs(entry.value) > fabs(list[k].value))) continue;
        struct tw_report_worst pushed = list[k];
        list[k] = entry;
        entry = pushed;
    }
}

static void worst_end(struct tw_report_worst list[TW_REPORT_WORST])
{
    for (int32_t k = 0; k < TW_REPORT_WORST; k++) {
        if (list[k].index < 0) list[k].value = 0.0;
    }
}

static void list_nodes(const struct tw_statistics *s, const double *inflow_m3,
                       const int32_t *degree, struct tw_report *out)
{
    double steps = (double)s->clock->steps;
    for (int32_t i = 0; i < s->net->node_count; i++) {
        struct tw_report_worst entry = {.index = i, .is_node = true};
        if (degree[i] > 0 && inflow_m3[i] > least_m3) {
            entry.value = out->nodes.balance_error_ratio[i];
            worst_add(out->balance_errors, entry);
        }
        if (!(steps > 0.0)) continue;
        entry.value = s->node.critical[i] / steps;
        worst_add(out->critical, entry);
        entry.value = s->node.unsettled[(size_t)i * (size_t)s->lanes] / steps;
        worst_add(out->unconverged, entry);
    }
}

static void list_links(const struct tw_statistics *s, struct tw_report *out)
{
    double steps = (double)s->clock->steps, reported = (double)s->clock->reported_steps;
    for (int32_t i = 0; i < s->net->link_count; i++) {
        struct tw_report_worst entry = {.index = i};
        if (steps > 0.0) {
            entry.value = s->link.critical[s->net->row_of_link[i]] / steps;
            worst_add(out->critical, entry);
        }
        if (reported > 2.0) {
            /* a random series turns in two of three steps: index 100 */
            entry.value = 100.0 * out->links.reversed_turns[i] / (2.0 / 3.0 * (reported - 2.0));
            worst_add(out->unstable, entry);
        }
    }
}

static void report_worst(const struct tw_statistics *s, const double *inflow_m3,
                         const int32_t *degree, struct tw_report *out)
{
    worst_begin(out->balance_errors, least_share);
    worst_begin(out->critical, least_share);
    worst_begin(out->unstable, least_index);
    worst_begin(out->unconverged, 0.0);
    list_nodes(s, inflow_m3, degree, out);
    list_links(s, out);
    worst_end(out->balance_errors);
    worst_end(out->critical);
    worst_end(out->unstable);
}

static void report_steps(const struct tw_statistics *s, const struct tw_routing_clock *solver,
                         struct tw_report *out)
{
    const struct tw_statistics_clock *c = s->clock;
    double steps = (double)c->steps, all_s = c->computed_s + c->steady_s, counted = 0.0;
    out->summarized_s = c->reported_s;
    out->min_step_s = c->min_step_s <= c->max_step_s ? c->min_step_s : c->max_step_s;
    out->max_step_s = c->max_step_s;
    out->mean_step_s = steps > 0.0 ? c->computed_s / steps : 0.0;
    out->steady_ratio = all_s > 0.0 ? c->steady_s / all_s : 0.0;
    out->trials_per_step = steps > 0.0 ? (double)(solver->trials - c->first_trials) / steps : 0.0;
    double unconverged = (double)(solver->unconverged_steps - c->first_unconverged);
    out->unconverged_ratio = steps > 0.0 ? unconverged / steps : 0.0;
    bool variable = s->model->options.routing == TW_ROUTING_DYNWAVE &&
                    s->model->options.variable_step_factor > 0.0;
    for (int32_t k = 0; k <= TW_REPORT_STEP_CLASSES; k++) {
        out->step_bound_s[k] = variable ? c->step_bound_s[k] : 0.0;
    }
    for (int32_t k = 0; k < TW_REPORT_STEP_CLASSES; k++)
        counted += (double)c->step_count[k];
    for (int32_t k = 0; k < TW_REPORT_STEP_CLASSES; k++) {
        out->step_share[k] = counted > 0.0 ? (double)c->step_count[k] / counted : 0.0;
    }
}

tw_status tw_statistics_report(const struct tw_statistics *s, const struct tw_hydraulics *h,
                               struct tw_arena *arena, struct tw_report *out_report)
{
    struct tw_report report = *out_report;
    struct columns c = {.arena = arena, .lanes = s->lanes};
    for (int32_t at = 0; at < s->net->conduit_count * s->lanes; at++)
        tw_statistics_end_mode(&s->conduit, at, s->clock->reported_s);
    double *inflow_m3 = node_inflows(s, &c);
    int32_t *degree = node_degrees(s, &c);
    report.nodes.inflow_m3 = inflow_m3;
    report_balances(s, h, &c, degree, &report.nodes);
    report_nodes(s, &c, &report.nodes);
    report_storages(s, &c, inflow_m3, &report.storages);
    report_outfalls(s, &c, inflow_m3, &report.outfalls);
    report_links(s, &c, &report.links);
    report_pumps(s, &c, &report.pumps);
    report_shapes(s, &c, &report);
    if (c.failed) return TW_ERR_NOMEM;
    report_worst(s, inflow_m3, degree, &report);
    report_steps(s, h->clock, &report);
    *out_report = report;
    return TW_OK;
}

static void report_subcatchments(const struct tw_hydrology *h, struct columns *c,
                                 struct tw_report_subcatchments *out)
{
    const struct tw_subcatchment_totals *t = &h->subcatchment_totals;
    int32_t count = h->model->subcatchments.count;
    double *mm_per_m3 = column(c, count);
    if (mm_per_m3 == NULL) return;
    for (int32_t i = 0; i < count; i++) {
        double area = h->model->subcatchments.area_m2[i];
        mm_per_m3[i] = area > 0.0 ? 1000.0 / area : 0.0;
    }
    const double *const volumes[] = {t->rain_m3,         t->runon_m3,      t->evaporation_m3,
                                     t->infiltration_m3, t->impervious_m3, t->pervious_m3,
                                     t->runoff_m3};
    const double **const depths[] = {&out->rain_mm,
                                     &out->runon_mm,
                                     &out->evaporation_mm,
                                     &out->infiltration_mm,
                                     &out->impervious_runoff_mm,
                                     &out->pervious_runoff_mm,
                                     &out->runoff_mm};
    for (size_t k = 0; k < sizeof volumes / sizeof volumes[0]; k++) {
        double *depth = copied(c, count, volumes[k]);
        *depths[k] = depth;
        for (int32_t i = 0; depth != NULL && i < count; i++)
            depth[i] *= mm_per_m3[i];
    }
    out->runoff_m3 = copied(c, count, t->runoff_m3);
    out->peak_m3s = copied(c, count, t->peak_m3s);
}

static void report_grounds(const struct tw_ground_state *g, struct columns *c,
                           struct tw_report_grounds *out)
{
    const struct tw_grounds *rows = &g->model->grounds;
    enum { COLUMNS = 9 };
    double *x[COLUMNS];
    for (int k = 0; k < COLUMNS; k++)
        x[k] = column(c, rows->count);
    if (c->failed) return;
    for (int32_t i = 0; i < rows->count; i++) {
        size_t here = (size_t)i * (size_t)c->lanes;
        const struct tw_ground_totals *t = &g->each[here];
        double over_s = t->time_s > 0.0 ? t->time_s : 1.0;
        x[0][i] = 1000.0 * t->infiltrated_m;
        x[1][i] = 1000.0 * t->evaporated_m;
        x[2][i] = 1000.0 * t->deep_m;
        x[3][i] = 1000.0 * t->flow_m;
        x[4][i] = t->most_flow_mps * g->model->subcatchments.area_m2[rows->ground[i].subcatchment];
        x[5][i] = t->moisture_s / over_s;
        x[6][i] = t->table_ms / over_s;
        x[7][i] = g->moisture_ratio[here];
        x[8][i] = rows->ground[i].bottom_m + g->depth_m[here];
    }
    *out = (struct tw_report_grounds){.infiltration_mm = x[0],
                                      .evaporation_mm = x[1],
                                      .deep_mm = x[2],
                                      .flow_mm = x[3],
                                      .max_flow_m3s = x[4],
                                      .mean_moisture_ratio = x[5],
                                      .mean_table_m = x[6],
                                      .final_moisture_ratio = x[7],
                                      .final_table_m = x[8]};
}

static void report_lids(const struct tw_lid_state *s, struct columns *c, struct tw_report_lids *out)
{
    int32_t count = s->model->lids.unit_count;
    enum { COLUMNS = 7 };
    double *x[COLUMNS];
    for (int k = 0; k < COLUMNS; k++)
        x[k] = column(c, count);
    if (c->failed) return;
    for (int32_t i = 0; i < count; i++) {
        const struct tw_lid_totals *t = &s->totals[(size_t)i * (size_t)c->lanes];
        x[0][i] = 1000.0 * t->inflow_m;
        x[1][i] = 1000.0 * t->evaporated_m;
        x[2][i] = 1000.0 * t->exfiltrated_m;
        x[3][i] = 1000.0 * t->runoff_m;
        x[4][i] = 1000.0 * t->drain_m;
        x[5][i] = 1000.0 * t->initial_m;
        x[6][i] = 1000.0 * t->reported_m;
    }
    *out = (struct tw_report_lids){.inflow_mm = x[0],
                                   .evaporation_mm = x[1],
                                   .infiltration_mm = x[2],
                                   .runoff_mm = x[3],
                                   .drain_mm = x[4],
                                   .initial_mm = x[5],
                                   .final_mm = x[6]};
}

/* Sums of groundwater; areas are those that have any. */
static void report_ground_balance(const struct tw_ground_state *g, struct tw_report *out)
{
    const struct tw_grounds *rows = &g->model->grounds;
    out->ground_area_m2 = 0.0;
    for (int32_t i = 0; i < rows->count; i++)
        out->ground_area_m2 += g->model->subcatchments.area_m2[rows->ground[i].subcatchment];
    out->ground_initial_m3 = g->initial_m3[0];
    out->ground_final_m3 = tw_ground_storage_m3(g, 0);
    out->ground_infiltration_m3 = g->infiltrated_m3[0];
    out->ground_lower_evaporation_m3 = g->lower_evaporated_m3[0];
    out->ground_upper_evaporation_m3 = g->evaporated_m3[0] - g->lower_evaporated_m3[0];
    out->ground_deep_m3 = g->deep_m3[0];
    out->ground_flow_m3 = g->flow_m3[0];
    out->ground_error_ratio = tw_ground_error_ratio(g, 0);
}

tw_status tw_statistics_report_runoff(const struct tw_hydrology *h, struct tw_arena *arena,
                                      struct tw_report *out_report)
{
    const struct tw_subcatchments *subcatchments = &h->model->subcatchments;
    if (subcatchments->count == 0) return TW_OK;
    struct tw_report report = *out_report;
    struct columns c = {.arena = arena, .lanes = h->lanes};
    report_subcatchments(h, &c, &report.subcatchments);
    report_grounds(&h->ground, &c, &report.grounds);
    report_lids(&h->lid, &c, &report.lids);
    report_ground_balance(&h->ground, &report);
    report.drained_m3 = h->lid.drained_m3[0];
    if (c.failed) return TW_ERR_NOMEM;
    const struct tw_hydrology_totals *t = &h->totals;
    report.catchment_area_m2 = 0.0;
    for (int32_t i = 0; i < subcatchments->count; i++) {
        report.catchment_area_m2 += subcatchments->area_m2[i];
    }
    report.rain_m3 = t->rain_m3[0];
    report.runon_m3 = t->outfall_runon_m3[0];
    report.evaporation_m3 = t->evaporation_m3[0];
    report.infiltration_m3 = t->infiltration_m3[0];
    report.runoff_m3 = t->runoff_m3[0];
    report.initial_surface_m3 = t->initial_storage_m3[0];
    report.final_surface_m3 = tw_hydrology_reported_storage_m3(h, 0);
    report.final_snow_m3 = tw_snow_storage_m3(&h->snow, 0);
    if (h->model->snow.count > 0) report.initial_snow_m3 = h->snow.initial_m3[0];
    report.removed_snow_m3 = t->snow_removed_m3[0];
    report.runoff_error_ratio = tw_hydrology_reported_error_ratio(h, 0);
    *out_report = report;
    return TW_OK;
}
