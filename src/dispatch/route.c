/* The way of a mission, stretch by stretch. */
#include "dispatch/dispatch.h"
#include "dispatch/plan_internal.h"
#include "dispatch/roads_internal.h"
#include "dispatch/travel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double straight_rad = 0.6, back_rad = 2.6; /* about 35 and 150 degrees */

/* The arcs of a way, first to last. */
struct way {
    const struct tw_travel *travel;
    const struct tw_setup *setup;
    double wading_m;
    int32_t *arcs, *tails;
    int32_t count;
};

/* ---- places ---- */

/* The corners of an arc in the direction in which it is driven. */
static int32_t corner_of(const struct tw_roads *roads, int32_t edge, bool back, int32_t i)
{
    return roads->corner[back ? roads->edge_end[edge] - i : roads->edge_begin[edge] + i];
}

static bool is_back(const struct way *way, int32_t k)
{
    const struct tw_roads *roads = way->travel->roads;
    int32_t edge = roads->arc_edge[way->arcs[k]];
    return roads->edge_from[edge] != way->tails[k] ||
           (roads->edge_from[edge] == roads->edge_to[edge] &&
            roads->arc_edge[way->arcs[k]] == edge && way->arcs[k] > roads->first[way->tails[k]] &&
            roads->arc_edge[way->arcs[k] - 1] == edge);
}

static double bearing(const struct tw_roads *roads, int32_t a, int32_t b)
{
    return atan2(roads->y_m[b] - roads->y_m[a], roads->x_m[b] - roads->x_m[a]);
}

/* Which way to turn from arc k - 1 into arc k. */
static enum tw_turn turn_into(const struct way *way, int32_t k)
{
    const struct tw_roads *roads = way->travel->roads;
    if (k == 0) return TW_TURN_START;
    int32_t e = roads->arc_edge[way->arcs[k - 1]], f = roads->arc_edge[way->arcs[k]];
    int32_t last = roads->edge_end[e] - roads->edge_begin[e];
    bool back_e = is_back(way, k - 1), back_f = is_back(way, k);
    double in =
        bearing(roads, corner_of(roads, e, back_e, last - 1), corner_of(roads, e, back_e, last));
    double out = bearing(roads, corner_of(roads, f, back_f, 0), corner_of(roads, f, back_f, 1));
    double angle = remainder(out - in, 6.283185307179586);
    if (fabs(angle) > back_rad) return TW_TURN_BACK;
    if (fabs(angle) < straight_rad) return TW_TURN_STRAIGHT;
    return angle > 0.0 ? TW_TURN_LEFT : TW_TURN_RIGHT;
}

static void add_place(struct tw_route *route, const struct tw_roads *roads, int32_t place)
{
    route->lon_lat[2 * route->place_count] = roads->lon[place];
    route->lon_lat[2 * route->place_count + 1] = roads->lat[place];
    route->place_count++;
}

/* ---- steps ---- */

static bool same_road(const struct tw_roads *roads, int32_t arc_a, int32_t arc_b)
{
    const char *a = roads->line_id[roads->edge_line[roads->arc_edge[arc_a]]];
    const char *b = roads->line_id[roads->edge_line[roads->arc_edge[arc_b]]];
    return strcmp(a, b) == 0;
}

static void add_step(struct tw_route *route, const struct way *way, int32_t k, int32_t *io_ms)
{
    const struct tw_roads *roads = way->travel->roads;
    int32_t edge = roads->arc_edge[way->arcs[k]], enter_ms;
    int32_t leave_ms = tw_travel_arc(way->travel, way->arcs[k], *io_ms, way->wading_m, &enter_ms);
    double depth_m = tw_travel_depth_m(way->setup->problem->water, edge, enter_ms, leave_ms);
    enum tw_turn turn = turn_into(way, k);
    bool goes_on = k > 0 && turn == TW_TURN_STRAIGHT && enter_ms == *io_ms &&
                   same_road(roads, way->arcs[k - 1], way->arcs[k]);
    if (!goes_on) {
        route->steps[route->step_count++] =
            (struct tw_route_step){.road = roads->line_id[roads->edge_line[edge]],
                                   .turn = turn,
                                   .enter_s = enter_ms / 1000,
                                   .wait_s = (enter_ms - *io_ms + 999) / 1000};
    }
    struct tw_route_step *step = &route->steps[route->step_count - 1];
    step->distance_m += roads->edge_m[edge];
    if (depth_m > step->depth_m) step->depth_m = depth_m;
    route->distance_m += roads->edge_m[edge];
    for (int32_t i = k == 0 ? 0 : 1; i <= roads->edge_end[edge] - roads->edge_begin[edge]; i++)
        add_place(route, roads, corner_of(roads, edge, is_back(way, k), i));
    *io_ms = leave_ms;
}

static tw_status fill(struct tw_route *route, const struct way *way, int32_t leave_s)
{
    const struct tw_roads *roads = way->travel->roads;
    size_t places = 1;
    for (int32_t k = 0; k < way->count; k++) {
        int32_t edge = roads->arc_edge[way->arcs[k]];
        places += (size_t)(roads->edge_end[edge] - roads->edge_begin[edge]);
    }
    route->steps = calloc((size_t)way->count + 1, sizeof *route->steps);
    route->lon_lat = calloc(2 * places, sizeof *route->lon_lat);
    if (route->steps == NULL || route->lon_lat == NULL) return TW_ERR_NOMEM;
    int32_t ms = 1000 * leave_s;
    for (int32_t k = 0; k < way->count; k++)
        add_step(route, way, k, &ms);
    return TW_OK;
}

/* ---- finding it ---- */

/* Where the road ends and people walk on; -1 when the point can't be reached. */
static int32_t end_node(const struct way *way, int32_t point, int32_t *out_walk_ms)
{
    const struct tw_walk *walks = &way->setup->walks[point * TW_SETUP_WALKS];
    int64_t best_ms = INT64_MAX;
    int32_t best = -1;
    for (int32_t k = 0; k < TW_SETUP_WALKS && walks[k].node >= 0; k++) {
        int64_t ms = way->travel->arrive_ms[walks[k].node];
        if (ms == TW_TRAVEL_NEVER || ms + walks[k].walk_ms >= best_ms) continue;
        best_ms = ms + walks[k].walk_ms;
        best = walks[k].node;
        *out_walk_ms = walks[k].walk_ms;
    }
    return best;
}

static tw_status trace(struct way *way, int32_t node, struct tw_arena *arena)
{
    for (int32_t n = node; way->travel->from_arc[n] >= 0; n = way->travel->tail[n])
        way->count++;
    way->arcs = TW_ARENA_NEW(arena, int32_t, way->count);
    way->tails = TW_ARENA_NEW(arena, int32_t, way->count);
    if (way->arcs == NULL || way->tails == NULL) return TW_ERR_NOMEM;
    int32_t k = way->count;
    for (int32_t n = node; way->travel->from_arc[n] >= 0; n = way->travel->tail[n]) {
        way->arcs[--k] = way->travel->from_arc[n];
        way->tails[k] = way->travel->tail[n];
    }
    return TW_OK;
}

static tw_status find(struct tw_travel *travel, const struct tw_setup *setup,
                      const struct tw_base *base, const struct tw_mission *mission,
                      struct tw_arena *arena, double wading_m, struct tw_route *route)
{
    struct way way = {.travel = travel, .setup = setup, .wading_m = wading_m};
    const struct tw_walk *walks = &setup->walks[mission->point * TW_SETUP_WALKS];
    int32_t wanted = 0, walk_ms = 0;
    for (int32_t k = 0; k < TW_SETUP_WALKS && walks[k].node >= 0; k++) {
        wanted += travel->target[walks[k].node] == 0;
        travel->target[walks[k].node] = 1;
    }
    TW_TRY(tw_travel_search(travel, base->node, 1000 * base->leave_s, wading_m, wanted));
    int32_t node = end_node(&way, mission->point, &walk_ms);
    if (node < 0) return TW_ERR_ARG;
    TW_TRY(trace(&way, node, arena));
    route->walk_m = walk_ms / 1000.0;
    return fill(route, &way, base->leave_s);
}

/* The least that any of a mission's vehicles passes. */
static double wading_of(const struct tw_setup *setup, const struct tw_mission *mission)
{
    double wading_m = HUGE_VAL;
    for (int32_t i = 0; i < mission->vehicle_count; i++)
        wading_m = fmin(wading_m, setup->wading_m[setup->vehicle_class[mission->vehicles[i]]]);
    return wading_m;
}

bool tw_plan_road_shut(const struct tw_plan *plan, int32_t mission, const char *road)
{
    if (mission < 0 || mission >= plan->mission_count) return false;
    const struct tw_mission *m = &plan->missions[mission];
    const struct tw_setup *setup = &plan->memory->setup;
    const struct tw_roads *roads = setup->problem->roads;
    const struct tw_water *water = setup->problem->water;
    double wading_m = wading_of(setup, m);
    for (int32_t e = 0; water != NULL && e < roads->edge_count; e++) {
        if (water->row[e] < 0 || strcmp(roads->line_id[roads->edge_line[e]], road) != 0) continue;
        if (tw_travel_depth_m(water, e, 0, 1000 * m->arrive_s) >
            tw_travel_limit_m(roads, e, wading_m)) {
            return true;
        }
    }
    return false;
}

tw_status tw_plan_route(const struct tw_plan *plan, int32_t mission, struct tw_route *out_route)
{
    if (mission < 0 || mission >= plan->mission_count) return TW_ERR_ARG;
    const struct tw_mission *m = &plan->missions[mission];
    const struct tw_setup *setup = &plan->memory->setup;
    const struct tw_base *base =
        &setup->bases[m->team >= 0 ? setup->problem->depot_count + m->team : m->depot];
    struct tw_route route = {.leave_s = m->leave_s, .arrive_s = m->arrive_s};
    double wading_m = wading_of(setup, m);
    if (m->arrive_s == 0 || m->vehicle_count == 0) {
        *out_route = route;
        return TW_OK;
    }
    struct tw_arena arena;
    struct tw_travel travel = {0};
    tw_arena_init(&arena);
    tw_status status =
        tw_travel_init(&travel, &arena, setup->problem->roads, setup->problem->water);
    if (status == TW_OK) status = find(&travel, setup, base, m, &arena, wading_m, &route);
    tw_travel_done(&travel);
    tw_arena_done(&arena);
    if (status != TW_OK) {
        tw_route_done(&route);
        return status;
    }
    *out_route = route;
    return TW_OK;
}

void tw_route_done(struct tw_route *route)
{
    if (route == NULL) return;
    free(route->steps);
    free(route->lon_lat);
    *route = (struct tw_route){0};
}
