/* A plan: what it must never do, whatever the town. */
#include "dispatch/dispatch.h"
#include "town.h"

#include "base/clock.h"

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

static void many_towns_nobody_is_booked_twice(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct town town;
        town_init(&town, &small_town, seed);
        struct tw_plan *plan = plan_of(&town, 10);
        check_bookings(&town, plan);
        tw_plan_destroy(plan);
        town_done(&town);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_problem_same_plan),
        cmocka_unit_test(many_towns_nobody_is_booked_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
