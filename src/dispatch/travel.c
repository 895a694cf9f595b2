/* Earliest arrival: Dijkstra over arcs whose time depends on when they are entered.
 *
 * Speed in water: v(w) = 0.0009 w^2 - 0.5529 w + 86.9448 [km/h], w in mm, up to w = 300 mm where a car
 * stops (Pregnolato, Ford, Wilkinson & Dawson 2017, Transportation Research Part D 55, eq. 3). For a
 * vehicle that passes more than a car, w is taken in proportion to what it passes. */
#include "dispatch/travel.h"

#include "dispatch/roads_internal.h"

#include <math.h>
#include <stdlib.h>

enum { LATEST_MS = 1000000000 }; /* later than 11 days is never: sums stay within 32 bits */

static const double slowest_mps = 1.4; /* a walking pace: people look where the road is */

tw_status tw_travel_init(struct tw_travel *travel, struct tw_arena *arena,
                         const struct tw_roads *roads, const struct tw_water *water)
{
    int32_t n = roads->node_count;
    *travel = (struct tw_travel){.roads = roads,
                                 .water = water,
                                 .arrive_ms = TW_ARENA_NEW(arena, int32_t, n),
                                 .from_arc = TW_ARENA_NEW(arena, int32_t, n),
                                 .tail = TW_ARENA_NEW(arena, int32_t, n),
                                 .target = TW_ARENA_NEW(arena, uint8_t, n),
                                 .seen = TW_ARENA_NEW(arena, int32_t, n)};
    if (travel->arrive_ms == NULL || travel->from_arc == NULL || travel->tail == NULL ||
        travel->target == NULL || travel->seen == NULL)
        return TW_ERR_NOMEM;
    for (int32_t i = 0; i < n; i++)
        travel->arrive_ms[i] = TW_TRAVEL_NEVER;
    return TW_OK;
}

void tw_travel_done(struct tw_travel *travel)
{
    free(travel->heap);
    travel->heap = NULL;
}

/* ---- an arc ---- */

static double speed_mps(double free_mps, double depth_m, double wading_m)
{
    if (!(depth_m > 0.0)) return free_mps;
    double mm = 300.0 * depth_m / wading_m;
    double wet_mps = (0.0009 * mm * mm - 0.5529 * mm + 86.9448) / 3.6;
    if (wet_mps < slowest_mps) wet_mps = slowest_mps;
    return wet_mps < free_mps ? wet_mps : free_mps;
}

/* The depth from frame k to the next one, never less than forecast; k = -1: before the first. */
static double depth_between_m(const struct tw_water *water, const double *row, int32_t k)
{
    double now = row[k < 0 ? 0 : k];
    double then = row[k + 1 < water->frames ? k + 1 : water->frames - 1];
    return now > then ? now : then;
}

static int32_t frame_at(const struct tw_water *water, int32_t ms)
{
    int32_t k = -1;
    while (k + 1 < water->frames && water->frame_ms[k + 1] <= ms)
        k++;
    return k;
}

static int32_t frame_end_ms(const struct tw_water *water, int32_t k)
{
    return k + 1 < water->frames ? water->frame_ms[k + 1] : TW_TRAVEL_NEVER;
}

double tw_travel_limit_m(const struct tw_roads *roads, int32_t edge, double wading_m)
{
    double passable_m = roads->line_passable_m[roads->edge_line[edge]];
    return passable_m < TW_ROADS_CAR_M && passable_m < wading_m ? passable_m : wading_m;
}

/* Drive an edge from enter_ms on, within frame k and those after it. Returns the arrival, or
 * TW_TRAVEL_NEVER when the water comes first; *io_k is then the frame in which it stands. */
static int32_t drive(const struct tw_travel *travel, int32_t edge, int32_t enter_ms,
                     double wading_m, int32_t *io_k)
{
    const struct tw_roads *roads = travel->roads;
    const struct tw_water *water = travel->water;
    const double *row = &water->depth_m[(int64_t)water->row[edge] * water->frames];
    double free_mps = roads->line_mps[roads->edge_line[edge]];
    double limit = tw_travel_limit_m(roads, edge, wading_m), left_m = roads->edge_m[edge],
           ms = enter_ms;
    for (int32_t k = *io_k;; k++) {
        double depth_m = depth_between_m(water, row, k);
        if (depth_m > limit) {
            *io_k = k;
            return TW_TRAVEL_NEVER;
        }
        double mps = speed_mps(free_mps, depth_m, wading_m), end_ms = frame_end_ms(water, k);
        double whole_ms = 1000.0 * left_m / mps;
        if (ms + whole_ms <= end_ms) {
            double arrive = ceil(ms + whole_ms);
            return arrive >= LATEST_MS ? TW_TRAVEL_NEVER : (int32_t)arrive;
        }
        if (end_ms >= TW_TRAVEL_NEVER) {
            *io_k = k; /* longer than the calendar */
            return TW_TRAVEL_NEVER;
        }
        left_m -= mps * (end_ms - ms) / 1000.0;
        ms = end_ms;
    }
}

int32_t tw_travel_arc(const struct tw_travel *travel, int32_t arc, int32_t tail_ms, double wading_m,
                      int32_t *out_enter_ms)
{
    int32_t edge = travel->roads->arc_edge[arc];
    if (out_enter_ms != NULL) *out_enter_ms = tail_ms;
    if (tail_ms >= LATEST_MS) return TW_TRAVEL_NEVER;
    if (travel->water == NULL || travel->water->row[edge] < 0)
        return tail_ms + travel->roads->arc_ms[arc];
    int32_t k = frame_at(travel->water, tail_ms), enter_ms = tail_ms;
    for (;;) {
        int32_t arrive_ms = drive(travel, edge, enter_ms, wading_m, &k);
        if (arrive_ms != TW_TRAVEL_NEVER) {
            if (out_enter_ms != NULL) *out_enter_ms = enter_ms;
            return arrive_ms;
        }
        enter_ms = frame_end_ms(travel->water, k++); /* wait until this frame is over */
        if (enter_ms == TW_TRAVEL_NEVER) return TW_TRAVEL_NEVER;
    }
}

double tw_travel_depth_m(const struct tw_water *water, int32_t edge, int32_t enter_ms,
                         int32_t leave_ms)
{
    if (water == NULL || water->row[edge] < 0) return 0.0;
    const double *row = &water->depth_m[(int64_t)water->row[edge] * water->frames];
    double deepest = 0.0;
    for (int32_t k = frame_at(water, enter_ms);; k++) {
        double depth_m = depth_between_m(water, row, k);
        if (depth_m > deepest) deepest = depth_m;
        if (frame_end_ms(water, k) >= leave_ms) return deepest;
    }
}

/* ---- the heap: arrival in the high half, node in the low one; four children a parent ---- */

static void push(struct tw_travel *travel, uint64_t item)
{
    if (travel->heap_count == travel->heap_capacity) {
        int32_t wider = 2 * travel->heap_capacity + 1024;
        uint64_t *heap = realloc(travel->heap, (size_t)wider * sizeof *heap);
        if (heap == NULL) {
            travel->no_room = true;
            return;
        }
        travel->heap = heap;
        travel->heap_capacity = wider;
    }
    int32_t i = travel->heap_count++;
    while (i > 0 && travel->heap[(i - 1) / 4] > item) {
        travel->heap[i] = travel->heap[(i - 1) / 4];
        i = (i - 1) / 4;
    }
    travel->heap[i] = item;
}

static uint64_t pop(struct tw_travel *travel)
{
    uint64_t *heap = travel->heap, top = heap[0], last = heap[--travel->heap_count];
    int32_t count = travel->heap_count, i = 0;
    for (;;) {
        int32_t child = 4 * i + 1, end = child + 4 < count ? child + 4 : count, least = child;
        if (child >= count) break;
        for (int32_t c = child + 1; c < end; c++)
            if (heap[c] < heap[least]) least = c;
        if (heap[least] >= last) break;
        heap[i] = heap[least];
        i = least;
    }
    if (count > 0) heap[i] = last;
    return top;
}

/* ---- the search ---- */

static void reach(struct tw_travel *travel, int32_t node, int32_t ms, int32_t arc, int32_t tail)
{
    if (travel->arrive_ms[node] == TW_TRAVEL_NEVER) travel->seen[travel->seen_count++] = node;
    travel->arrive_ms[node] = ms;
    travel->from_arc[node] = arc;
    travel->tail[node] = tail;
    push(travel, (uint64_t)(uint32_t)ms << 32 | (uint32_t)node);
}

tw_status tw_travel_search(struct tw_travel *travel, int32_t from, int32_t leave_ms,
                           double wading_m, int32_t wanted)
{
    const struct tw_roads *roads = travel->roads;
    for (int32_t i = 0; i < travel->seen_count; i++)
        travel->arrive_ms[travel->seen[i]] = TW_TRAVEL_NEVER;
    travel->seen_count = travel->heap_count = 0;
    travel->no_room = false;
    reach(travel, from, leave_ms, -1, -1);
    while (travel->heap_count > 0 && wanted > 0) {
        uint64_t top = pop(travel);
        int32_t node = (int32_t)(top & UINT32_MAX), ms = (int32_t)(top >> 32);
        if (ms > travel->arrive_ms[node]) continue; /* reached sooner meanwhile */
        wanted -= travel->target[node];
        for (int32_t a = roads->first[node]; a < roads->first[node + 1]; a++) {
            int32_t head = roads->arc_head[a];
            if (travel->arrive_ms[head] <= ms) continue;
            int32_t then_ms = tw_travel_arc(travel, a, ms, wading_m, NULL);
            if (then_ms < travel->arrive_ms[head]) reach(travel, head, then_ms, a, node);
        }
    }
    return travel->no_room ? TW_ERR_NOMEM : TW_OK;
}
