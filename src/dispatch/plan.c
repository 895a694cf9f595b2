/* From a problem to a plan. */
#include "dispatch/plan_internal.h"

#include "base/clock.h"
#include "dispatch/improve.h"

#include <stdlib.h>
#include <string.h>

/* ---- missions ---- */

/* Room for the worst case: each crew and each vehicle a mission of its own. */
static tw_status room(struct tw_plan *plan, struct tw_setup *setup)
{
    struct tw_arena *arena = &plan->memory->arena;
    int64_t crews = setup->crews, vehicles = setup->vehicles, points = setup->points;
    plan->crew_point = TW_ARENA_NEW(arena, int32_t, crews);
    plan->vehicle_point = TW_ARENA_NEW(arena, int32_t, vehicles);
    plan->points = TW_ARENA_NEW(arena, struct tw_point_plan, points);
    plan->missions = TW_ARENA_NEW(arena, struct tw_mission, crews);
    plan->changes = TW_ARENA_NEW(arena, struct tw_plan_change, crews + vehicles);
    plan->idle_zh = TW_ARENA_NEW(arena, const char *, crews);
    plan->idle_en = TW_ARENA_NEW(arena, const char *, crews);
    return plan->crew_point == NULL || plan->vehicle_point == NULL || plan->points == NULL ||
                   plan->missions == NULL || plan->changes == NULL || plan->idle_zh == NULL ||
                   plan->idle_en == NULL
               ? TW_ERR_NOMEM
               : TW_OK;
}

/* What one base sends to one point. */
static tw_status add_mission(struct tw_plan *plan, const struct tw_assign *assign,
                             const int32_t *given, int32_t b, int32_t p)
{
    const struct tw_setup *setup = assign->setup;
    const struct tw_base *base = &setup->bases[b];
    struct tw_mission *mission = &plan->missions[plan->mission_count];
    *mission = (struct tw_mission){.depot = base->depot,
                                   .team = base->team,
                                   .point = p,
                                   .from_point = -1,
                                   .leave_s = base->leave_s};
    int32_t *crews = TW_ARENA_NEW(&plan->memory->arena, int32_t, base->crew_end - base->crew_begin);
    int32_t *vehicles =
        TW_ARENA_NEW(&plan->memory->arena, int32_t, base->vehicle_end - base->vehicle_begin);
    if (crews == NULL || vehicles == NULL) return TW_ERR_NOMEM;
    bool moved = false, all_kept = true;
    for (int32_t i = base->crew_begin; i < base->crew_end; i++) {
        int32_t c = setup->crew_of[i];
        if (assign->crew_at[c] != p) continue;
        crews[mission->crew_count++] = c;
        mission->people += setup->problem->crews[c].size;
        all_kept = all_kept && setup->crew_was[c] == p;
        if (setup->crew_was[c] < 0 || setup->crew_was[c] == p) continue;
        moved = true;
        if (mission->from_point < 0) mission->from_point = setup->crew_was[c];
    }
    for (int32_t i = base->vehicle_begin; i < base->vehicle_end; i++) {
        int32_t v = setup->vehicle_of[i];
        if (assign->vehicle_at[v] != p) continue;
        vehicles[mission->vehicle_count++] = v;
        mission->pump_m3h += setup->problem->vehicles[v].pump_m3h;
        int32_t arrive_s = setup->vehicle_arrive_s[(int64_t)v * setup->points + p];
        if (arrive_s > mission->arrive_s) mission->arrive_s = arrive_s;
    }
    memcpy(mission->kits, &given[((int64_t)b * setup->points + p) * TW_DISPATCH_KITS],
           sizeof mission->kits);
    mission->crews = crews;
    mission->vehicles = vehicles;
    mission->change = moved ? TW_MISSION_MOVED : all_kept ? TW_MISSION_KEPT : TW_MISSION_NEW;
    plan->mission_count += mission->crew_count > 0;
    return TW_OK;
}

/* By the point's weight, then by arrival, then by base. */
static tw_status add_missions(struct tw_plan *plan, struct tw_assign *assign)
{
    const struct tw_setup *setup = assign->setup;
    int32_t *given = TW_ARENA_NEW(&plan->memory->arena, int32_t,
                                  (int64_t)setup->base_count * setup->points * TW_DISPATCH_KITS);
    if (given == NULL) return TW_ERR_NOMEM;
    (void)tw_assign_kits(assign, given);
    for (int32_t i = 0; i < setup->points; i++) {
        int32_t p = setup->order[i], begin = plan->mission_count;
        for (int32_t b = 0; b < setup->base_count; b++) {
            if (assign->convoys[(int64_t)b * setup->points + p].people == 0) continue;
            TW_TRY(add_mission(plan, assign, given, b, p));
            for (int32_t k = plan->mission_count - 1;
                 k > begin && plan->missions[k].arrive_s < plan->missions[k - 1].arrive_s; k--) {
                struct tw_mission swap = plan->missions[k];
                plan->missions[k] = plan->missions[k - 1];
                plan->missions[k - 1] = swap;
            }
        }
    }
    return TW_OK;
}

/* ---- points ---- */

static int32_t missing(int32_t wanted, int32_t there)
{
    return wanted > there ? wanted - there : 0;
}

static void add_points(struct tw_plan *plan, const struct tw_assign *assign)
{
    const struct tw_setup *setup = assign->setup;
    for (int32_t p = 0; p < setup->points; p++) {
        const struct tw_supply *supply = &assign->supplies[p];
        const struct tw_need *most = &setup->most[p];
        struct tw_point_plan *point = &plan->points[p];
        *point = (struct tw_point_plan){.people = supply->people,
                                        .pump_m3h = supply->pump_m3h,
                                        .first_arrive_s = TW_DISPATCH_NEVER,
                                        .reachable = setup->reachable[p]};
        point->lacks.from_s = most->from_s;
        point->lacks.people = missing(most->people, supply->people);
        point->lacks.pump_m3h = missing(most->pump_m3h, supply->pump_m3h);
        point->safe = point->lacks.people == 0;
        for (int k = 0; k < TW_DISPATCH_SKILLS; k++) {
            point->lacks.skills[k] = missing(most->skills[k], supply->skilled[k]);
            if (point->lacks.skills[k] > 0) point->safe = false;
        }
        memcpy(point->lacks.kits, most->kits, sizeof most->kits);
    }
    for (int32_t m = 0; m < plan->mission_count; m++) {
        struct tw_point_plan *point = &plan->points[plan->missions[m].point];
        if (plan->missions[m].arrive_s < point->first_arrive_s)
            point->first_arrive_s = plan->missions[m].arrive_s;
        for (int k = 0; k < TW_DISPATCH_KITS; k++)
            point->lacks.kits[k] -= plan->missions[m].kits[k];
    }
}

/* ---- the whole ---- */

static void take_cost(int64_t out[TW_DISPATCH_LEVELS], struct tw_assign *assign)
{
    struct tw_cost cost = tw_assign_cost(assign);
    memcpy(out, cost.level, sizeof cost.level);
}

static tw_status make(struct tw_plan *plan, const struct tw_dispatch_problem *problem,
                      const struct tw_dispatch_options *options)
{
    struct tw_plan_memory *memory = plan->memory;
    struct tw_assign assign;
    int64_t started_ms = tw_clock_steady_ms();
    TW_TRY(tw_setup_init(&memory->setup, problem, options));
    plan->travel_ms = (int32_t)(tw_clock_steady_ms() - started_ms);
    TW_TRY(tw_assign_init(&assign, &memory->setup, &memory->arena));
    TW_TRY(room(plan, &memory->setup));
    tw_improve_begin(&assign);
    tw_improve_first(&assign);
    take_cost(plan->first, &assign);
    plan->first_ms = (int32_t)(tw_clock_steady_ms() - started_ms);
    TW_TRY(tw_improve(&assign, started_ms, &memory->arena, &plan->rounds));
    take_cost(plan->cost, &assign);
    memcpy(plan->crew_point, assign.crew_at, sizeof(int32_t) * (size_t)problem->crew_count);
    memcpy(plan->vehicle_point, assign.vehicle_at,
           sizeof(int32_t) * (size_t)problem->vehicle_count);
    TW_TRY(add_missions(plan, &assign));
    add_points(plan, &assign);
    TW_TRY(tw_plan_help(plan));
    return tw_plan_words(plan);
}

tw_status tw_plan_create(const struct tw_dispatch_problem *problem,
                         const struct tw_dispatch_options *options, struct tw_plan **out_plan)
{
    TW_TRY(tw_dispatch_check(problem, NULL, NULL));
    struct tw_plan *plan = calloc(1, sizeof *plan);
    struct tw_plan_memory *memory = calloc(1, sizeof *memory);
    tw_status status = plan == NULL || memory == NULL ? TW_ERR_NOMEM : TW_OK;
    if (status == TW_OK) {
        tw_arena_init(&memory->arena);
        plan->memory = memory;
        status = make(plan, problem, options);
    } else {
        free(memory);
    }
    if (status != TW_OK) {
        tw_plan_destroy(plan);
        return status;
    }
    *out_plan = plan;
    return TW_OK;
}

void tw_plan_destroy(struct tw_plan *plan)
{
    if (plan == NULL) return;
    if (plan->memory != NULL) {
        tw_setup_done(&plan->memory->setup);
        tw_arena_done(&plan->memory->arena);
        free(plan->memory);
    }
    free(plan);
}
