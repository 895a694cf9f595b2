/* A plan: what it must never do, whatever the town. */
#include "dispatch/dispatch.h"
#include "town.h"

#include <stdlib.h>

static const struct town_size small_town = {8, 3, 10, 6, 8, 0.8};

static struct tw_plan *plan_of(const struct town *town, int32_t rounds)
{
    struct tw_dispatch_options options = TW_DISPATCH_OPTIONS_DEFAULT;
    options.iterations = rounds;
    options.deadline_ms = 0;
    struct tw_plan *plan;
    assert_ok(tw_plan_create(&town->problem, &options, &plan));
    return plan;
}

/* Nobody is in two missions, people have seats, vehicles have drivers, pumps have someone for them. */
static void check_bookings(const struct town *town, const struct tw_plan *plan)
{
    int32_t *crews = calloc((size_t)town->problem.crew_count + 1, sizeof *crews);
    int32_t *vehicles = calloc((size_t)town->problem.vehicle_count + 1, sizeof *vehicles);
    assert_non_null(crews);
    assert_non_null(vehicles);
    for (int32_t m = 0; m < plan->mission_count; m++) {
        const struct tw_mission *mission = &plan->missions[m];
        int32_t people = 0, seats = 0, pumpers = 0, pumps = 0;
        for (int32_t i = 0; i < mission->crew_count; i++) {
            const struct tw_crew *crew = &town->crews[mission->crews[i]];
            assert_int_equal(++crews[mission->crews[i]], 1);
            assert_int_equal(plan->crew_point[mission->crews[i]], mission->point);
            people += crew->size;
            pumpers += (crew->skills & 1u) != 0;
        }
        for (int32_t i = 0; i < mission->vehicle_count; i++) {
            const struct tw_vehicle *vehicle = &town->vehicles[mission->vehicles[i]];
            assert_int_equal(++vehicles[mission->vehicles[i]], 1);
            seats += vehicle->seats;
            pumps += vehicle->pump_m3h > 0;
        }
        assert_true(seats >= people);
        assert_true(mission->vehicle_count <= people);
        assert_true(pumps == 0 || pumpers > 0);
        assert_true(strlen(mission->reason_en) > 20);
        assert_true(strlen(mission->reason_zh) > 20);
    }
    free(crews);
    free(vehicles);
}

/* Whoever plans gets the same plan again. */
static void same_problem_same_plan(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, &small_town, 7);
    struct tw_plan *a = plan_of(&town, 50), *b = plan_of(&town, 50);
    assert_memory_equal(a->cost, b->cost, sizeof a->cost);
    assert_memory_equal(a->crew_point, b->crew_point, 10 * sizeof(int32_t));
    assert_memory_equal(a->vehicle_point, b->vehicle_point, 20 * sizeof(int32_t));
    assert_string_equal(a->card_text_en, b->card_text_en);
    tw_plan_destroy(a);
    tw_plan_destroy(b);
    town_done(&town);
}

/* No mission goes through water that one of its vehicles can't pass, at the time it gets there. */
static void check_routes(const struct town *town, const struct tw_plan *plan)
{
    for (int32_t m = 0; m < plan->mission_count; m++) {
        const struct tw_mission *mission = &plan->missions[m];
        double wading_m = 10.0;
        for (int32_t i = 0; i < mission->vehicle_count; i++)
            wading_m =
                fmin(wading_m, tw_vehicle_wading_m(town->vehicles[mission->vehicles[i]].kind));
        struct tw_route route;
        assert_ok(tw_plan_route(plan, m, &route));
        assert_int_equal(route.arrive_s, mission->arrive_s);
        for (int32_t i = 0; i < route.step_count; i++) {
            assert_true(route.steps[i].depth_m <= wading_m);
            assert_true(route.steps[i].enter_s <= mission->arrive_s);
            assert_true(i == 0 || route.steps[i].enter_s >= route.steps[i - 1].enter_s);
        }
        tw_route_done(&route);
    }
}

static int compare(const int64_t *a, const int64_t *b)
{
    for (int k = 0; k < TW_DISPATCH_LEVELS; k++)
        if (a[k] != b[k]) return a[k] < b[k] ? -1 : 1;
    return 0;
}

/* What the points lack is what they need less what the missions bring. */
static void check_points(const struct town *town, const struct tw_plan *plan)
{
    int64_t unsafe = 0;
    for (int32_t p = 0; p < town->problem.point_count; p++) {
        int32_t people = 0, wanted = 0;
        for (int32_t m = 0; m < plan->mission_count; m++)
            if (plan->missions[m].point == p) people += plan->missions[m].people;
        for (int32_t k = 0; k < town->points[p].stage_count; k++)
            if (town->points[p].stages[k].people > wanted)
                wanted = town->points[p].stages[k].people;
        assert_int_equal(plan->points[p].people, people);
        assert_int_equal(plan->points[p].lacks.people, people < wanted ? wanted - people : 0);
        unsafe += town->points[p].life && town->points[p].stage_count > 0 && !plan->points[p].safe;
    }
    assert_int_equal(plan->cost[TW_LEVEL_LIFE], unsafe);
}

static void in_two_thousand_towns_the_laws_hold(void **state)
{
    (void)state;
    int32_t missions = 0;
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        struct town town;
        town_init(&town, &small_town, seed);
        struct tw_plan *plan = plan_of(&town, 3);
        check_bookings(&town, plan);
        check_routes(&town, plan);
        check_points(&town, plan);
        assert_true(compare(plan->cost, plan->first) <=
                    0); /* in order: never worse by more rounds */
        missions += plan->mission_count;
        tw_plan_destroy(plan);
        town_done(&town);
    }
    assert_true(missions > 4000); /* the towns need somebody */
}

/* ---- again ---- */

static void double_need(struct tw_dispatch_point *point)
{
    for (int32_t k = 0; k < point->stage_count; k++) {
        struct tw_need *need = &point->stages[k];
        need->people *= 2;
        need->pump_m3h *= 2;
        for (int i = 0; i < TW_DISPATCH_SKILLS; i++)
            need->skills[i] *= 2;
        for (int i = 0; i < TW_DISPATCH_KITS; i++)
            need->kits[i] *= 2;
    }
}

/* Crews of the plan before that are where they were. */
static double share_kept(const struct town *town, const struct tw_plan *before,
                         const struct tw_plan *after)
{
    int32_t sent = 0, kept = 0;
    for (int32_t c = 0; c < town->problem.crew_count; c++) {
        sent += before->crew_point[c] >= 0;
        kept += before->crew_point[c] >= 0 && after->crew_point[c] == before->crew_point[c];
    }
    return sent > 0 ? (double)kept / sent : 1.0;
}

static int32_t busiest(const struct town *town, const struct tw_plan *plan)
{
    int32_t best = 0;
    for (int32_t p = 0; p < town->problem.point_count; p++)
        if (plan->points[p].people > plan->points[best].people) best = p;
    return best;
}

/* The state of all teams: still at their depots, or on the road. */
static void doubled_demand_leaves_four_in_five(void **state)
{
    (void)state;
    static const struct town_size town_of_24 = {16, 6, 24, 12, 20, 0.5};
    int32_t below = 0, plans = 0;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct town town;
        town_init(&town, &town_of_24, seed);
        struct tw_plan *before = plan_of(&town, 20);
        town_go_on(&town, before, 0.4);
        for (int32_t m = 0; m < before->mission_count && seed % 2 == 0; m++)
            town.teams[m].state = TW_TEAM_ORDERED;
        double_need(&town.points[busiest(&town, before)]);
        struct tw_plan *after = plan_of(&town, 20);
        check_bookings(&town, after);
        below += share_kept(&town, before, after) < 0.8;
        plans++;
        tw_plan_destroy(after);
        tw_plan_destroy(before);
        town_done(&town);
    }
    assert_int_equal(plans, 60);
    assert_int_equal(below, 0); /* the target: at least 80 % of assignments stay */
}

/* Nothing has changed: nobody is called elsewhere, and the card says so. */
static void without_news_everybody_stays(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct town town;
        town_init(&town, &small_town, seed);
        struct tw_plan *before = plan_of(&town, 50);
        town_go_on(&town, before, 0.5);
        struct tw_plan *after = plan_of(&town, 50);
        for (int32_t i = 0; i < after->change_count; i++)
            assert_true(after->changes[i].to < 0); /* only who can't get through any more */
        tw_plan_destroy(after);
        tw_plan_destroy(before);
        town_done(&town);
    }
}

/* Near its point a team is left alone, whatever happens elsewhere. */
static void near_arrival_nobody_is_called_back(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct town town;
        town_init(&town, &small_town, seed);
        struct tw_plan *before = plan_of(&town, 10);
        town_go_on(&town, before, 1.0);
        for (int32_t p = 0; p < town.problem.point_count; p++)
            if (p % 2 == 0) town.points[p].life = true, double_need(&town.points[p]);
        struct tw_plan *after = plan_of(&town, 10);
        assert_near(share_kept(&town, before, after), 1.0, 0.0);
        tw_plan_destroy(after);
        tw_plan_destroy(before);
        town_done(&town);
    }
}

static void decisions_are_obeyed(void **state)
{
    (void)state;
    int32_t obeyed = 0;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        struct town town;
        town_init(&town, &small_town, seed);
        struct tw_plan *before = plan_of(&town, 10);
        if (before->mission_count > 1) {
            int32_t crew = before->missions[0].crews[0], other = before->missions[1].crews[0];
            struct tw_decision decisions[2] = {
                {.crew = crew, .vehicle = -1, .point = before->missions[0].point, .never = true},
                {.crew = other, .vehicle = -1, .point = before->missions[1].point}};
            town.problem.decisions = decisions;
            town.problem.decision_count = 2;
            struct tw_plan *after = plan_of(&town, 10);
            assert_int_not_equal(after->crew_point[crew], before->missions[0].point);
            assert_int_equal(after->crew_point[other], before->missions[1].point);
            check_bookings(&town, after);
            tw_plan_destroy(after);
            obeyed++;
        }
        tw_plan_destroy(before);
        town_done(&town);
    }
    assert_true(obeyed > 50);
}

/* ---- what can't be ---- */

static void a_point_without_a_road_is_named_and_the_rest_is_covered(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, &small_town, 5);
    struct tw_dispatch_point *far = &town.points[0];
    far->stage_count = 1;
    far->stages[0] = (struct tw_need){.people = 4};
    far->lon += 1.0;
    struct tw_plan *plan = plan_of(&town, 10);
    assert_false(plan->points[0].reachable);
    assert_non_null(strstr(plan->points[0].missing_en, "no vehicle can get there"));
    assert_true(plan->mission_count > 0);
    check_bookings(&town, plan);
    tw_plan_destroy(plan);
    town_done(&town);
}

static void more_demand_than_people_sends_everybody_and_says_what_is_missing(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, &small_town, 11);
    for (int32_t p = 0; p < town.problem.point_count; p++) {
        town.points[p].stage_count = 1;
        town.points[p].stages[0] = (struct tw_need){.people = 500};
    }
    struct tw_plan *plan = plan_of(&town, 10);
    for (int32_t p = 0; p < town.problem.point_count; p++) {
        assert_non_null(strstr(plan->points[p].missing_en, "people"));
        for (size_t k = 0; k < sizeof town_kits / sizeof town_kits[0]; k++)
            assert_null(strstr(plan->points[p].missing_zh, town_kits[k])); /* Chinese throughout */
        assert_null(strstr(plan->points[p].missing_zh, "gully"));
    }
    for (int32_t c = 0; c < town.problem.crew_count; c++)
        assert_true(plan->crew_point[c] >= 0 || plan->idle_en[c] != NULL);
    assert_non_null(strstr(plan->card_text_en, "lacks"));
    assert_int_equal(plan->help_count, 3);
    assert_non_null(strstr(plan->helps[0].text_en, "one more crew at D"));
    /* the first is the one that gains most: at the heaviest point that can be reached */
    assert_true(plan->points[plan->helps[0].point].lacks.people > 0);
    tw_plan_destroy(plan);
    town_done(&town);
}

static void a_town_without_anybody_has_an_empty_plan(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, &small_town, 1);
    town.problem.crew_count = town.problem.vehicle_count = 0;
    struct tw_plan *plan = plan_of(&town, 10);
    assert_int_equal(plan->mission_count, 0);
    tw_plan_destroy(plan);
    town.problem.point_count = town.problem.depot_count = 0;
    plan = plan_of(&town, 10);
    assert_int_equal(plan->mission_count, 0);
    tw_plan_destroy(plan);
    town_done(&town);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_problem_same_plan),
        cmocka_unit_test(in_two_thousand_towns_the_laws_hold),
        cmocka_unit_test(doubled_demand_leaves_four_in_five),
        cmocka_unit_test(without_news_everybody_stays),
        cmocka_unit_test(near_arrival_nobody_is_called_back),
        cmocka_unit_test(decisions_are_obeyed),
        cmocka_unit_test(a_point_without_a_road_is_named_and_the_rest_is_covered),
        cmocka_unit_test(more_demand_than_people_sends_everybody_and_says_what_is_missing),
        cmocka_unit_test(a_town_without_anybody_has_an_empty_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
