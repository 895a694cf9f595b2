/* Small towns for tests of dispatching: a lattice of streets with ponds, depots, crews, vehicles and
 * points by chance; the same size and seed make the same town. */
#ifndef TW_TESTS_TOWN_H
#define TW_TESTS_TOWN_H

#include "base/arena.h"
#include "check.h"
#include "dispatch/dispatch.h"
#include "num/random.h"

#include <stdio.h>
#include <string.h>

/* How large a town is. */
struct town_size {
    int32_t side; /* nodes along each side of the lattice, 100 m apart */
    int32_t depots, crews, points, ponds;
    double pond_m; /* deepest water on the roads */
};

struct town {
    struct tw_arena arena;
    uint64_t chance;
    struct tw_roads *roads;
    struct tw_water *water;
    struct tw_depot *depots;
    struct tw_crew *crews;
    struct tw_vehicle *vehicles; /* two for each crew */
    struct tw_team *teams;       /* room for one of each crew */
    struct tw_dispatch_point *points;
    struct tw_dispatch_problem problem;
};

static const char *const town_skills[] = {"pump", "rescue", "traffic", "gully"};
static const char *const town_kits[] = {"sandbags", "cones"};

static inline int32_t town_below(struct town *town, int32_t count)
{
    return (int32_t)(tw_random_next(&town->chance) % (uint64_t)count);
}

static inline const char *town_id(struct town *town, const char *letter, int32_t i)
{
    char id[24];
    (void)snprintf(id, sizeof id, "%s%d", letter, (int)i);
    const char *text = tw_arena_text(&town->arena, id, strlen(id));
    assert_non_null(text);
    return text;
}

static inline double town_lon(double node) { return 106.5 + 0.00103 * node; }
static inline double town_lat(double node) { return 29.5 + 0.0009 * node; }

static inline void town_roads(struct town *town, int32_t side)
{
    int32_t count = 2 * side * (side - 1), at = 0;
    struct tw_road_line *lines = TW_ARENA_NEW(&town->arena, struct tw_road_line, count);
    double(*places)[4] = TW_ARENA_NEW(&town->arena, double[4], count);
    assert_non_null(lines);
    assert_non_null(places);
    for (int32_t i = 0; i < side; i++)
        for (int32_t j = 0; j < side; j++)
            for (int32_t up = 0; up < 2; up++) {
                int32_t ti = i + (up == 0), tj = j + up;
                if (ti >= side || tj >= side) continue;
                double place[4] = {town_lon(i), town_lat(j), town_lon(ti), town_lat(tj)};
                memcpy(places[at], place, sizeof place);
                lines[at] = (struct tw_road_line){.id = town_id(town, "R", at),
                                                  .count = 2,
                                                  .lon_lat = places[at],
                                                  .speed_mps = 6.0 + town_below(town, 9),
                                                  .passable_m = TW_ROADS_CAR_M};
                at++;
            }
    assert_int_equal(at, count);
    assert_ok(tw_roads_create(lines, count, &town->roads));
}

/* Ponds that rise and fall within two hours, in frames of five minutes. */
static inline void town_water(struct town *town, const struct town_size *size)
{
    int32_t frame_s[25];
    double depth_m[25];
    for (int32_t f = 0; f < 25; f++)
        frame_s[f] = 300 * f;
    assert_ok(tw_water_create(town->roads, 25, frame_s, &town->water));
    for (int32_t k = 0; k < size->ponds; k++) {
        int32_t peak = town_below(town, 25), wide = 2 + town_below(town, 10);
        double most_m = size->pond_m * (1 + town_below(town, 100)) / 100.0;
        for (int32_t f = 0; f < 25; f++) {
            double away = fabs((double)(f - peak)) / wide;
            depth_m[f] = away < 1.0 ? most_m * (1.0 - away) : 0.0;
        }
        assert_ok(tw_water_add(town->water, town_lon(town_below(town, 10 * size->side) / 10.0),
                               town_lat(town_below(town, 10 * size->side) / 10.0), 60.0, depth_m));
    }
}

static inline void town_people(struct town *town, const struct town_size *size)
{
    static const char *const kinds[] = {"pump truck", "van", "van", "pump trailer", "rescue truck"};
    static const int32_t seats[] = {4, 8, 6, 3, 5}, pumps[] = {1500, 0, 0, 500, 0};
    for (int32_t d = 0; d < size->depots; d++) {
        struct tw_depot *depot = &town->depots[d];
        depot->id = depot->name_zh = depot->name_en = town_id(town, "D", d);
        depot->lon = town_lon(town_below(town, size->side));
        depot->lat = town_lat(town_below(town, size->side));
        depot->stock[0] = 100 * town_below(town, 5);
        depot->stock[1] = 20 * town_below(town, 5);
    }
    for (int32_t c = 0; c < size->crews; c++) {
        town->crews[c] = (struct tw_crew){.id = town_id(town, "C", c),
                                          .depot = town_below(town, size->depots),
                                          .size = 3 + town_below(town, 4),
                                          .skills = (uint32_t)town_below(town, 16),
                                          .team = -1,
                                          .until_s = TW_DISPATCH_NEVER};
        for (int32_t k = 0; k < 2; k++) {
            int32_t kind = town_below(town, 5);
            town->vehicles[2 * c + k] = (struct tw_vehicle){.id = town_id(town, "V", 2 * c + k),
                                                            .kind = kinds[kind],
                                                            .depot = town->crews[c].depot,
                                                            .seats = seats[kind],
                                                            .pump_m3h = pumps[kind],
                                                            .team = -1};
        }
    }
}

static inline void town_points(struct town *town, const struct town_size *size)
{
    for (int32_t p = 0; p < size->points; p++) {
        struct tw_dispatch_point *point = &town->points[p];
        *point = (struct tw_dispatch_point){.id = town_id(town, "P", p),
                                            .lon = town_lon(town_below(town, size->side)),
                                            .lat = town_lat(town_below(town, size->side)),
                                            .weight = 1 + town_below(town, 10),
                                            .life = town_below(town, 4) == 0,
                                            .depth_m = town_below(town, 80) / 100.0,
                                            .rise_mh = town_below(town, 60) / 100.0,
                                            .water_s = town_below(town, 3600),
                                            .end_s = 7200,
                                            .stage_count = town_below(town, 3)};
        point->name_zh = point->name_en = point->id;
        for (int32_t k = 0; k < point->stage_count; k++) {
            struct tw_need *need = &point->stages[k];
            need->from_s = 1800 * k;
            need->people = 4 * (1 + town_below(town, 3));
            need->pump_m3h = 500 * town_below(town, 5);
            need->skills[town_below(town, 4)] = 4 * town_below(town, 2);
            need->kits[0] = 50 * town_below(town, 4);
            need->kits[1] = 10 * town_below(town, 2);
        }
    }
}

static inline void town_init(struct town *town, const struct town_size *size, uint64_t seed)
{
    *town = (struct town){.chance = seed};
    tw_arena_init(&town->arena);
    town->depots = TW_ARENA_NEW(&town->arena, struct tw_depot, size->depots);
    town->crews = TW_ARENA_NEW(&town->arena, struct tw_crew, size->crews);
    town->vehicles = TW_ARENA_NEW(&town->arena, struct tw_vehicle, 2 * size->crews);
    town->teams = TW_ARENA_NEW(&town->arena, struct tw_team, size->crews);
    town->points = TW_ARENA_NEW(&town->arena, struct tw_dispatch_point, size->points);
    assert_non_null(town->depots);
    assert_non_null(town->crews);
    assert_non_null(town->vehicles);
    assert_non_null(town->teams);
    assert_non_null(town->points);
    town_roads(town, size->side);
    town_water(town, size);
    town_people(town, size);
    town_points(town, size);
    town->problem = (struct tw_dispatch_problem){.roads = town->roads,
                                                 .water = town->water,
                                                 .skills = town_skills,
                                                 .kits = town_kits,
                                                 .depots = town->depots,
                                                 .crews = town->crews,
                                                 .vehicles = town->vehicles,
                                                 .teams = town->teams,
                                                 .points = town->points,
                                                 .skill_count = 4,
                                                 .kit_count = 2,
                                                 .depot_count = size->depots,
                                                 .crew_count = size->crews,
                                                 .vehicle_count = 2 * size->crews,
                                                 .point_count = size->points};
}

static inline void town_done(struct town *town)
{
    tw_water_destroy(town->water);
    tw_roads_destroy(town->roads);
    tw_arena_done(&town->arena);
}

/* Make a plan's missions the town's teams: all of them on the road, `share` of the way done. */
static inline void town_go_on(struct town *town, const struct tw_plan *plan, double share)
{
    for (int32_t c = 0; c < town->problem.crew_count; c++)
        town->crews[c].team = -1;
    for (int32_t v = 0; v < town->problem.vehicle_count; v++)
        town->vehicles[v].team = -1;
    for (int32_t m = 0; m < plan->mission_count; m++) {
        const struct tw_mission *mission = &plan->missions[m];
        struct tw_route route;
        assert_ok(tw_plan_route(plan, m, &route));
        const struct tw_dispatch_point *to = &town->points[mission->point];
        struct tw_team *team = &town->teams[m];
        *team = (struct tw_team){.id = town_id(town, "T", m),
                                 .state = TW_TEAM_ROLLING,
                                 .to = mission->point,
                                 .lon = to->lon,
                                 .lat = to->lat,
                                 .arrive_s = (int32_t)((1.0 - share) * mission->arrive_s)};
        if (route.place_count > 0) {
            int32_t at = (int32_t)(share * (route.place_count - 1));
            team->lon = route.lon_lat[2 * at];
            team->lat = route.lon_lat[2 * at + 1];
        }
        memcpy(team->stock, mission->kits, sizeof team->stock);
        for (int32_t i = 0; i < mission->crew_count; i++)
            town->crews[mission->crews[i]].team = m;
        for (int32_t i = 0; i < mission->vehicle_count; i++)
            town->vehicles[mission->vehicles[i]].team = m;
        tw_route_done(&route);
    }
    town->problem.team_count = plan->mission_count;
}

#endif
