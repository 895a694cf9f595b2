/* The optimum: against going over everything, and against the planner. */
#include "dispatch/exact.h"

#include "dispatch/assign.h"
#include "town.h"

/* CBC has to be as good as the planner at the first levels, and the planner as CBC but for a share. */
static void the_planner_is_near_the_optimum(void **state)
{
    (void)state;
    static const struct town_size town_of_10 = {8, 3, 10, 5, 6, 0.5};
    double gaps = 0.0;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct town town;
        struct tw_plan *plan;
        struct tw_exact_result exact;
        struct tw_dispatch_options options = TW_DISPATCH_OPTIONS_DEFAULT;
        options.deadline_ms = 0;
        options.iterations = 500;
        town_init(&town, &town_of_10, seed);
        assert_ok(tw_plan_create(&town.problem, &options, &plan));
        assert_ok(tw_exact_solve(&town.problem, &options, 2, 20.0, &exact));
        if (exact.proven == 2) {
            assert_int_equal(plan->cost[TW_LEVEL_LIFE], exact.cost[TW_LEVEL_LIFE]);
            /* the bound holds for every plan; 1e-5: CBC's own tolerance */
            assert_true((double)plan->cost[TW_LEVEL_UNMET] >=
                        exact.bound[TW_LEVEL_UNMET] - 1e-5 * fabs(exact.bound[TW_LEVEL_UNMET]));
            double over = (double)plan->cost[TW_LEVEL_UNMET] - exact.bound[TW_LEVEL_UNMET];
            gaps += over / fmax(1.0, exact.bound[TW_LEVEL_UNMET]);
        }
        tw_exact_done(&exact);
        tw_plan_destroy(plan);
        town_done(&town);
    }
    assert_true(gaps / 8 < 0.01); /* the target: 1 % in the mean */
}

/* Everybody of a tiny town at every point: the least cost of all that hold. */
static void least_of_all(struct tw_assign *assign, int32_t who, struct tw_cost *best)
{
    const struct tw_setup *setup = assign->setup;
    if (who == setup->crews + setup->vehicles) {
        if (!tw_assign_holds(assign)) return;
        struct tw_cost cost = tw_assign_cost(assign);
        if (tw_cost_compare(&cost, best) < 0) *best = cost;
        return;
    }
    bool crew = who < setup->crews;
    int32_t i = crew ? who : who - setup->crews;
    const uint8_t *may = crew ? setup->crew_may : setup->vehicle_may;
    for (int32_t p = -1; p < setup->points; p++) {
        if (p >= 0 && may[(int64_t)i * setup->points + p] == 0) continue;
        int32_t mark = tw_assign_mark(assign);
        if (crew) {
            tw_assign_put_crew(assign, i, p);
        } else {
            tw_assign_put_vehicle(assign, i, p);
        }
        least_of_all(assign, who + 1, best);
        tw_assign_back(assign, mark);
    }
}

static void tiny_towns_by_going_over_everything(void **state)
{
    (void)state;
    static const struct town_size tiny = {5, 2, 3, 2, 2, 0.4};
    int32_t same = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct town town;
        struct tw_plan *plan;
        struct tw_setup setup;
        struct tw_assign assign;
        struct tw_exact_result exact;
        struct tw_dispatch_options options = TW_DISPATCH_OPTIONS_DEFAULT;
        options.deadline_ms = 0;
        options.iterations = 300;
        town_init(&town, &tiny, seed);
        town.depots[0].stock[0] = town.depots[1].stock[0] = 10000; /* no rule of sharing out */
        town.depots[0].stock[1] = town.depots[1].stock[1] = 10000;
        assert_ok(tw_setup_init(&setup, &town.problem, &options));
        assert_ok(tw_assign_init(&assign, &setup, &town.arena));
        struct tw_cost best = tw_assign_cost(&assign);
        least_of_all(&assign, 0, &best);
        assert_ok(tw_plan_create(&town.problem, &options, &plan));
        assert_memory_equal(plan->cost, best.level, TW_LEVEL_TRAVEL * sizeof best.level[0]);
        /* one vehicle's way too much is the most that the search has left in a town of six */
        assert_true(plan->cost[TW_LEVEL_TRAVEL] <= best.level[TW_LEVEL_TRAVEL] * 11 / 10);
        same += memcmp(plan->cost, best.level, sizeof best.level) == 0;
        assert_ok(tw_exact_solve(&town.problem, &options, TW_DISPATCH_LEVELS, 10.0, &exact));
        assert_int_equal(exact.proven, TW_DISPATCH_LEVELS);
        assert_memory_equal(exact.cost, best.level, sizeof best.level);
        tw_exact_done(&exact);
        tw_plan_destroy(plan);
        tw_setup_done(&setup);
        town_done(&town);
    }
    assert_true(same >= 36); /* of 40; 39 when this was written */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_planner_is_near_the_optimum),
        cmocka_unit_test(tiny_towns_by_going_over_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
