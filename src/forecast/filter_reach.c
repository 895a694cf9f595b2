/* How far a sensor sees: along the network, against the flow to where its water comes from, and half
 * as far with the flow, to what it fills and what dams it up. A branch that only meets the same
 * water further on is seen the less for the turn. */
#include "forecast/filter_parts.h"

#include <math.h>
#include <stdlib.h>

/* A turn costs as much as this part of the reach. */
static const double turn_ratio = 0.33;
/* Length of what is no conduit [m]. */
static const double short_m = 10.0;
/* Weights below this change nothing worth the work. */
static const double least_weight = 0.02;

double tw_filter_taper(double distance)
{
    double r = fabs(distance);
    if (r >= 2.0) return 0.0;
    double r2 = r * r, r3 = r2 * r, r4 = r3 * r, r5 = r4 * r;
    if (r <= 1.0) return 1.0 - 5.0 / 3.0 * r2 + 5.0 / 8.0 * r3 + 0.5 * r4 - 0.25 * r5;
    double w = 4.0 - 5.0 * r + 5.0 / 3.0 * r2 + 5.0 / 8.0 * r3 - 0.5 * r4 + r5 / 12.0;
    w -= 2.0 / (3.0 * r);
    return w > 0.0 ? w : 0.0;
}

/* Ways go on against the flow, with it, or have turned. */
enum way { WAY_UP, WAY_DOWN, WAYS };

struct stop {
    double at_m;
    int32_t state; /* node * WAYS + way */
};

struct walk {
    struct tw_filter *f;
    int32_t *first, *link; /* links at each node */
    struct tw_link_info *info;
    double *far_m; /* [node * WAYS + way] */
    struct stop *heap;
    int32_t count, room;
};

static void sift_up(struct walk *w, int32_t i)
{
    while (i > 0 && w->heap[(i - 1) / 2].at_m > w->heap[i].at_m) {
        struct stop other = w->heap[(i - 1) / 2];
        w->heap[(i - 1) / 2] = w->heap[i];
        w->heap[i] = other;
        i = (i - 1) / 2;
    }
}

static void sift_down(struct walk *w, int32_t i)
{
    for (;;) {
        int32_t least = i;
        for (int32_t k = 2 * i + 1; k <= 2 * i + 2 && k < w->count; k++) {
            if (w->heap[k].at_m < w->heap[least].at_m) least = k;
        }
        if (least == i) return;
        struct stop other = w->heap[least];
        w->heap[least] = w->heap[i];
        w->heap[i] = other;
        i = least;
    }
}

/* Every link is passed at most once in each direction and way, which bounds the heap. */
static void offer(struct walk *w, int32_t node, enum way way, double at_m)
{
    int32_t state = node * WAYS + (int32_t)way;
    if (at_m >= w->far_m[state] || at_m > 1.0 || w->count == w->room) return;
    w->far_m[state] = at_m;
    w->heap[w->count] = (struct stop){at_m, state};
    sift_up(w, w->count++);
}

static void walk_on(struct walk *w, struct stop stop)
{
    int32_t node = stop.state / WAYS;
    enum way way = (enum way)(stop.state % WAYS);
    for (int32_t k = w->first[node]; k < w->first[node + 1]; k++) {
        const struct tw_link_info *link = &w->info[w->link[k]];
        bool up = link->to.index == node;
        int32_t next = up ? link->from.index : link->to.index;
        double length_m = link->length_m > 0.0 ? link->length_m : short_m;
        double cost = length_m / w->f->setup.reach_m * (up ? 1.0 : 2.0);
        enum way on = up ? WAY_UP : WAY_DOWN;
        if (on != way) cost += turn_ratio;
        offer(w, next, on, stop.at_m + cost);
    }
}

/* Distances in reaches. */
static void walk_from(struct walk *w, const struct tw_filter_sensor *sensor)
{
    for (int32_t i = 0; i < w->f->nodes * WAYS; i++)
        w->far_m[i] = (double)INFINITY;
    w->count = 0;
    if (sensor->kind == TW_FILTER_LEVEL) {
        offer(w, sensor->index, WAY_UP, 0.0);
        offer(w, sensor->index, WAY_DOWN, 0.0);
    } else {
        offer(w, w->info[sensor->index].from.index, WAY_UP, 0.0);
        offer(w, w->info[sensor->index].to.index, WAY_DOWN, 0.0);
    }
    while (w->count > 0) {
        struct stop stop = w->heap[0];
        w->heap[0] = w->heap[--w->count];
        sift_down(w, 0);
        if (stop.at_m <= w->far_m[stop.state]) walk_on(w, stop);
    }
}

static double node_weight(const struct walk *w, int32_t node)
{
    if (node < 0) return 0.0;
    double up = w->far_m[node * WAYS + WAY_UP], down = w->far_m[node * WAYS + WAY_DOWN];
    return tw_filter_taper(2.0 * (up < down ? up : down));
}

static tw_status walk_init(struct walk *w, struct tw_filter *f, struct tw_arena *arena)
{
    *w = (struct walk){.f = f, .room = 4 * f->links + 16};
    w->first = TW_ARENA_NEW(arena, int32_t, f->nodes + 2);
    w->link = TW_ARENA_NEW(arena, int32_t, 2 * f->links);
    w->info = TW_ARENA_NEW(arena, struct tw_link_info, f->links);
    w->far_m = TW_ARENA_NEW(arena, double, f->nodes *WAYS);
    w->heap = TW_ARENA_NEW(arena, struct stop, w->room);
    if (w->first == NULL || w->link == NULL || w->info == NULL) return TW_ERR_NOMEM;
    if (w->far_m == NULL || w->heap == NULL) return TW_ERR_NOMEM;
    for (int32_t k = 0; k < f->links; k++) {
        TW_TRY(tw_model_link_info(f->setup.model, (tw_link_id){k}, &w->info[k]));
        w->first[w->info[k].from.index + 2]++;
        w->first[w->info[k].to.index + 2]++;
    }
    for (int32_t i = 2; i < f->nodes + 2; i++)
        w->first[i] += w->first[i - 1];
    for (int32_t k = 0; k < f->links; k++) {
        w->link[w->first[w->info[k].from.index + 1]++] = k;
        w->link[w->first[w->info[k].to.index + 1]++] = k;
    }
    return TW_OK;
}

/* ---- elements ---- */

static double element_weight(const struct walk *w, const struct tw_element *e)
{
    if (e->kind == TW_ELEMENT_NODE) return node_weight(w, e->index);
    if (e->kind == TW_ELEMENT_SURFACE) return node_weight(w, w->f->outlet[e->index]);
    double from = node_weight(w, w->info[e->index].from.index);
    double to = node_weight(w, w->info[e->index].to.index);
    return from < to ? from : to;
}

/* Everything that could be changed; an outfall's depth follows from what comes. */
static int32_t list_elements(const struct walk *w, struct tw_element *out)
{
    const struct tw_filter *f = w->f;
    int32_t count = 0;
    for (int32_t i = 0; i < f->nodes; i++) {
        struct tw_node_info node;
        bool known = tw_model_node_info(f->setup.model, (tw_node_id){i}, &node) == TW_OK;
        if (!known || node.kind == TW_NODE_OUTFALL) continue;
        out[count++] = (struct tw_element){TW_ELEMENT_NODE, i, 0};
    }
    for (int32_t k = 0; k < f->links; k++) {
        if (w->info[k].kind != TW_LINK_CONDUIT) continue;
        out[count++] = (struct tw_element){TW_ELEMENT_LINK, k, 0};
    }
    for (int32_t i = 0; i < f->subcatchments; i++) {
        for (int32_t part = 0; part < 3; part++)
            out[count++] = (struct tw_element){TW_ELEMENT_SURFACE, i, part};
    }
    return count;
}

static tw_status reach_of(struct walk *w, const struct tw_element *all, int32_t count,
                          struct tw_reach *reach)
{
    for (int32_t e = 0; e < count; e++)
        reach->count += element_weight(w, &all[e]) >= least_weight;
    reach->element = TW_ARENA_NEW(&w->f->arena, int32_t, reach->count);
    reach->weight = TW_ARENA_NEW(&w->f->arena, double, reach->count);
    if (reach->element == NULL || reach->weight == NULL) return TW_ERR_NOMEM;
    int32_t at = 0;
    for (int32_t e = 0; e < count; e++) {
        double weight = element_weight(w, &all[e]);
        if (weight < least_weight) continue;
        reach->element[at] = e;
        reach->weight[at++] = weight;
    }
    return TW_OK;
}

/* Rain's errors are large: a zone counts as near as its zones are wide, too. */
static double zone_taper(const struct walk *w, const struct tw_filter_sensor *sensor, int32_t zone)
{
    const struct tw_filter *f = w->f;
    int32_t node =
        sensor->kind == TW_FILTER_LEVEL ? sensor->index : w->info[sensor->index].from.index;
    struct tw_node_info info;
    if (tw_model_node_info(f->setup.model, (tw_node_id){node}, &info) != TW_OK) return 0.0;
    if (!isfinite(info.x) || !isfinite(info.y)) return f->zone_count == 1 ? 1.0 : 0.0;
    double dx = info.x - f->zone_xy[2 * zone], dy = info.y - f->zone_xy[2 * zone + 1];
    return f->zone_count == 1 ? 1.0 : tw_filter_taper(sqrt(dx * dx + dy * dy) / f->setup.reach_m);
}

static void weigh_factors(struct walk *w, int32_t sensor)
{
    struct tw_filter *f = w->f;
    double *weight = f->factor_weight + (int64_t)sensor * f->factor_count;
    for (int32_t p = 0; p < TW_FILTER_PARAMETERS; p++) {
        if (!tw_filter_parameter_rows[p].by_zone) {
            weight[f->first[p]] = 1.0;
            continue;
        }
        for (int32_t z = 0; z < f->zone_count; z++)
            weight[f->first[p] + z] = zone_taper(w, &f->sensors[sensor], z);
        for (int32_t i = 0; i < f->subcatchments; i++) {
            double *of_zone = &weight[f->first[p] + f->zone_of[i]];
            double own = node_weight(w, f->outlet[i]);
            if (own > *of_zone) *of_zone = own;
        }
    }
}

static void weigh_sensors(struct walk *w, int32_t sensor)
{
    struct tw_filter *f = w->f;
    double *weight = f->sensor_weight + (int64_t)sensor * f->setup.sensor_count;
    for (int32_t s = 0; s < f->setup.sensor_count; s++) {
        const struct tw_filter_sensor *other = &f->sensors[s];
        bool level = other->kind == TW_FILTER_LEVEL;
        struct tw_element e = {level ? TW_ELEMENT_NODE : TW_ELEMENT_LINK, other->index, 0};
        weight[s] = s == sensor ? 1.0 : element_weight(w, &e);
    }
}

/* Keep only elements that a sensor sees, under new numbers. */
static tw_status keep_seen(struct tw_filter *f, const struct tw_element *all, int32_t count,
                           struct tw_arena *arena)
{
    int32_t *number = TW_ARENA_NEW(arena, int32_t, count), kept = 0;
    if (number == NULL) return TW_ERR_NOMEM;
    for (int32_t s = 0; s < f->setup.sensor_count; s++) {
        for (int32_t k = 0; k < f->reach[s].count; k++)
            number[f->reach[s].element[k]] = 1;
    }
    for (int32_t e = 0; e < count; e++)
        kept += number[e];
    f->element_count = kept;
    f->elements = TW_ARENA_NEW(&f->arena, struct tw_element, kept);
    size_t cells = (size_t)kept * (size_t)f->setup.members;
    f->x = TW_ARENA_NEW(&f->arena, double, cells);
    f->x_before = TW_ARENA_NEW(&f->arena, double, cells);
    f->hx = TW_ARENA_NEW(&f->arena, double, f->setup.sensor_count * f->setup.members);
    if (f->elements == NULL || f->x == NULL) return TW_ERR_NOMEM;
    if (f->x_before == NULL || f->hx == NULL) return TW_ERR_NOMEM;
    kept = 0;
    for (int32_t e = 0; e < count; e++) {
        if (number[e] == 0) continue;
        f->elements[kept] = all[e];
        number[e] = kept++;
    }
    for (int32_t s = 0; s < f->setup.sensor_count; s++) {
        for (int32_t k = 0; k < f->reach[s].count; k++)
            f->reach[s].element[k] = number[f->reach[s].element[k]];
    }
    return TW_OK;
}

static tw_status look_from_all(struct tw_filter *f, struct tw_arena *arena)
{
    struct walk w;
    TW_TRY(walk_init(&w, f, arena));
    int32_t sensors = f->setup.sensor_count;
    f->reach = TW_ARENA_NEW(&f->arena, struct tw_reach, sensors);
    f->factor_weight = TW_ARENA_NEW(&f->arena, double, sensors * f->factor_count);
    f->sensor_weight = TW_ARENA_NEW(&f->arena, double, sensors *sensors);
    int32_t most = f->nodes + f->links + 3 * f->subcatchments;
    struct tw_element *all = TW_ARENA_NEW(arena, struct tw_element, most);
    if (f->reach == NULL || f->factor_weight == NULL || f->sensor_weight == NULL || all == NULL) {
        return TW_ERR_NOMEM;
    }
    int32_t count = list_elements(&w, all);
    for (int32_t s = 0; s < sensors; s++) {
        walk_from(&w, &f->sensors[s]);
        TW_TRY(reach_of(&w, all, count, &f->reach[s]));
        weigh_factors(&w, s);
        weigh_sensors(&w, s);
    }
    return keep_seen(f, all, count, arena);
}

tw_status tw_filter_reach_make(struct tw_filter *filter)
{
    struct tw_arena arena;
    tw_arena_init(&arena);
    tw_status status = look_from_all(filter, &arena);
    tw_arena_done(&arena);
    return status;
}
