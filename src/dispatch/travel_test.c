/* Travel on roads whose depth changes: against searches that do not mind how long they take. */
#include "dispatch/travel.h"

#include "dispatch/roads_internal.h"
#include "town.h"

#include <stdlib.h>

static const struct town_size wet_town = {9, 1, 1, 1, 14, 0.9};

static void travel_begin(struct town *town, uint64_t seed, struct tw_travel *travel)
{
    town_init(town, &wet_town, seed);
    assert_ok(tw_travel_init(travel, &town->arena, town->roads, town->water));
}

static void travel_end(struct town *town, struct tw_travel *travel)
{
    tw_travel_done(travel);
    town_done(town);
}

/* Who leaves later never arrives sooner: else a search that settles nodes in order would be wrong. */
static void nobody_overtakes_by_leaving_later(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct town town;
        struct tw_travel travel;
        travel_begin(&town, seed, &travel);
        for (int32_t a = 0; a < town.roads->arc_count; a++) {
            int32_t before = 0;
            for (int32_t ms = 0; ms < 7500000; ms += 61000) {
                int32_t now = tw_travel_arc(&travel, a, ms, 0.3, NULL);
                assert_true(now >= before);
                before = now;
            }
        }
        travel_end(&town, &travel);
    }
}

/* The depth of an edge at a time, as roads.h promises: the larger of the frames around it. */
static double depth_at_m(const struct tw_water *water, int32_t edge, double ms)
{
    double deepest = 0.0;
    if (water->row[edge] < 0) return 0.0;
    const double *row = &water->depth_m[(int64_t)water->row[edge] * water->frames];
    for (int32_t f = 0; f < water->frames; f++) {
        bool around = fabs(water->frame_ms[f] - ms) < 300000.0;
        if (around && row[f] > deepest) deepest = row[f];
    }
    if (ms >= water->frame_ms[water->frames - 1]) deepest = row[water->frames - 1];
    return deepest;
}

/* Looked at every second from entering to leaving, the water is never deeper than allowed. */
static void nobody_is_in_water_that_is_too_deep(void **state)
{
    (void)state;
    int32_t waited = 0, looked = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct town town;
        struct tw_travel travel;
        travel_begin(&town, seed, &travel);
        for (int32_t a = 0; a < town.roads->arc_count; a++)
            for (int32_t ms = 500; ms < 7200000; ms += 450000) {
                int32_t enter_ms, leave_ms = tw_travel_arc(&travel, a, ms, 0.4, &enter_ms);
                if (leave_ms == TW_TRAVEL_NEVER) continue;
                waited += enter_ms > ms;
                for (double t = enter_ms + 0.5; t < leave_ms; t += 1000.0, looked++)
                    assert_true(depth_at_m(town.water, town.roads->arc_edge[a], t) <= 0.4);
            }
        travel_end(&town, &travel);
    }
    assert_true(waited > 100 && looked > 10000); /* the towns are wet enough to tell */
}

/* Arrival at every node by going over all arcs until nothing changes. */
static void relax(struct tw_travel *travel, int32_t from, double wading_m, int32_t *arrive_ms)
{
    const struct tw_roads *roads = travel->roads;
    for (int32_t n = 0; n < roads->node_count; n++)
        arrive_ms[n] = TW_TRAVEL_NEVER;
    arrive_ms[from] = 0;
    for (bool changed = true; changed;) {
        changed = false;
        for (int32_t n = 0; n < roads->node_count; n++)
            for (int32_t a = roads->first[n]; a < roads->first[n + 1]; a++) {
                if (arrive_ms[n] == TW_TRAVEL_NEVER) continue;
                int32_t ms = tw_travel_arc(travel, a, arrive_ms[n], wading_m, NULL);
                if (ms >= arrive_ms[roads->arc_head[a]]) continue;
                arrive_ms[roads->arc_head[a]] = ms;
                changed = true;
            }
    }
}

static void arrivals_are_the_earliest(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct town town;
        struct tw_travel travel;
        travel_begin(&town, seed, &travel);
        int32_t nodes = town.roads->node_count;
        int32_t *expected = calloc((size_t)nodes, sizeof *expected);
        assert_non_null(expected);
        relax(&travel, (int32_t)seed, 0.3, expected);
        memset(travel.target, 1, (size_t)nodes);
        assert_ok(tw_travel_search(&travel, (int32_t)seed, 0, 0.3, nodes));
        assert_memory_equal(travel.arrive_ms, expected, (size_t)nodes * sizeof *expected);
        free(expected);
        travel_end(&town, &travel);
    }
}

/* A closed road is not driven, however long one waits; another vehicle does not change that. */
static void closed_is_closed(void **state)
{
    (void)state;
    struct town town;
    struct tw_travel travel;
    travel_begin(&town, 3, &travel);
    assert_ok(tw_water_close(town.water, "R5"));
    assert_status(tw_water_close(town.water, "nowhere"), TW_ERR_NAME);
    int32_t closed = 0;
    for (int32_t a = 0; a < town.roads->arc_count; a++) {
        const char *id = town.roads->line_id[town.roads->edge_line[town.roads->arc_edge[a]]];
        if (strcmp(id, "R5") != 0) continue;
        assert_int_equal(tw_travel_arc(&travel, a, 0, 5.0, NULL), TW_TRAVEL_NEVER);
        closed++;
    }
    assert_int_equal(closed, 2); /* there and back */
    travel_end(&town, &travel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_overtakes_by_leaving_later),
        cmocka_unit_test(nobody_is_in_water_that_is_too_deep),
        cmocka_unit_test(arrivals_are_the_earliest),
        cmocka_unit_test(closed_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
