/* A plan as JSON. */
#include "dispatch/case.h"

#include <jansson.h>
#include <stdlib.h>

/* Building never stops at a failure: Jansson passes NULL on, and the end finds it. */

static json_t *both(const char *zh, const char *en)
{
    return json_pack("{s:s, s:s}", "zh", zh, "en", en);
}

static json_t *amounts(const char *const *words, int32_t count, const int32_t *amount)
{
    json_t *object = json_object();
    for (int32_t k = 0; k < count; k++)
        if (amount[k] > 0) (void)json_object_set_new(object, words[k], json_integer(amount[k]));
    return object;
}

static json_t *seconds(int32_t s) { return s == TW_DISPATCH_NEVER ? json_null() : json_integer(s); }

static json_t *point_id(const struct tw_dispatch_problem *problem, int32_t point)
{
    return point < 0 ? json_null() : json_string(problem->points[point].id);
}

static json_t *levels(const int64_t *cost)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "life", (json_int_t)cost[TW_LEVEL_LIFE], "unmet",
                     (json_int_t)cost[TW_LEVEL_UNMET], "late", (json_int_t)cost[TW_LEVEL_LATE],
                     "travel_s", (json_int_t)cost[TW_LEVEL_TRAVEL], "moves",
                     (json_int_t)cost[TW_LEVEL_MOVES]);
}

/* ---- missions ---- */

static json_t *route_of(const struct tw_plan *plan, int32_t mission)
{
    static const char *const turns[] = {"start", "straight", "left", "right", "back"};
    struct tw_route route;
    if (tw_plan_route(plan, mission, &route) != TW_OK) return json_null();
    json_t *steps = json_array(), *line = json_array();
    for (int32_t i = 0; i < route.step_count; i++) {
        const struct tw_route_step *step = &route.steps[i];
        (void)json_array_append_new(steps, json_pack("{s:s, s:s, s:f, s:i, s:i, s:f}", "road",
                                                     step->road, "turn", turns[step->turn],
                                                     "distance_m", step->distance_m, "enter_s",
                                                     (int)step->enter_s, "wait_s",
                                                     (int)step->wait_s, "depth_m", step->depth_m));
    }
    for (int32_t i = 0; i < route.place_count; i++)
        (void)json_array_append_new(
            line, json_pack("[f, f]", route.lon_lat[2 * i], route.lon_lat[2 * i + 1]));
    json_t *object = json_pack("{s:f, s:f, s:o, s:o}", "distance_m", route.distance_m, "walk_m",
                               route.walk_m, "steps", steps, "line", line);
    tw_route_done(&route);
    return object;
}

static json_t *mission_of(const struct tw_plan *plan, const struct tw_dispatch_problem *problem,
                          int32_t m, bool routes)
{
    static const char *const changes[] = {"new", "kept", "moved"};
    const struct tw_mission *mission = &plan->missions[m];
    json_t *crews = json_array(), *vehicles = json_array();
    for (int32_t i = 0; i < mission->crew_count; i++)
        (void)json_array_append_new(crews, json_string(problem->crews[mission->crews[i]].id));
    for (int32_t i = 0; i < mission->vehicle_count; i++)
        (void)json_array_append_new(vehicles,
                                    json_string(problem->vehicles[mission->vehicles[i]].id));
    json_t *object = json_object();
    if (mission->depot >= 0) {
        (void)json_object_set_new(object, "depot", json_string(problem->depots[mission->depot].id));
    } else {
        (void)json_object_set_new(object, "team", json_string(problem->teams[mission->team].id));
    }
    (void)json_object_set_new(object, "point", point_id(problem, mission->point));
    (void)json_object_set_new(object, "change", json_string(changes[mission->change]));
    (void)json_object_set_new(object, "from", point_id(problem, mission->from_point));
    (void)json_object_set_new(object, "crews", crews);
    (void)json_object_set_new(object, "vehicles", vehicles);
    (void)json_object_set_new(object, "kits",
                              amounts(problem->kits, problem->kit_count, mission->kits));
    (void)json_object_set_new(object, "people", json_integer(mission->people));
    (void)json_object_set_new(object, "pump_m3h", json_integer(mission->pump_m3h));
    (void)json_object_set_new(object, "leave_s", json_integer(mission->leave_s));
    (void)json_object_set_new(object, "arrive_s", json_integer(mission->arrive_s));
    (void)json_object_set_new(object, "reason", both(mission->reason_zh, mission->reason_en));
    if (routes) (void)json_object_set_new(object, "route", route_of(plan, m));
    return object;
}

/* ---- points, changes, help ---- */

static json_t *point_of(const struct tw_plan *plan, const struct tw_dispatch_problem *problem,
                        int32_t p)
{
    const struct tw_point_plan *point = &plan->points[p];
    const struct tw_need *lacks = &point->lacks;
    json_t *lacking = json_pack("{s:i, s:i, s:o, s:o}", "people", (int)lacks->people, "pump_m3h",
                                (int)lacks->pump_m3h, "skills",
                                amounts(problem->skills, problem->skill_count, lacks->skills),
                                "kits", amounts(problem->kits, problem->kit_count, lacks->kits));
    return json_pack("{s:s, s:b, s:i, s:i, s:o, s:b, s:b, s:o, s:o}", "point",
                     problem->points[p].id, "life", (int)problem->points[p].life, "people",
                     (int)point->people, "pump_m3h", (int)point->pump_m3h, "first_arrive_s",
                     seconds(point->first_arrive_s), "safe", (int)point->safe, "reachable",
                     (int)point->reachable, "lacks", lacking, "missing",
                     both(point->missing_zh, point->missing_en));
}

static json_t *change_of(const struct tw_plan *plan, const struct tw_dispatch_problem *problem,
                         int32_t i)
{
    const struct tw_plan_change *change = &plan->changes[i];
    bool crew = change->crew >= 0;
    return json_pack("{s:s, s:o, s:o, s:o}", crew ? "crew" : "vehicle",
                     crew ? problem->crews[change->crew].id : problem->vehicles[change->vehicle].id,
                     "from", point_id(problem, change->from), "to", point_id(problem, change->to),
                     "reason", both(change->reason_zh, change->reason_en));
}

static json_t *help_of(const struct tw_plan *plan, const struct tw_dispatch_problem *problem,
                       int32_t i)
{
    const struct tw_plan_help *help = &plan->helps[i];
    json_t *skills = json_array();
    for (int32_t k = 0; k < problem->skill_count; k++)
        if ((help->skills >> k & 1u) != 0)
            (void)json_array_append_new(skills, json_string(problem->skills[k]));
    return json_pack("{s:s, s:o, s:i, s:i, s:o, s:b, s:o}", "depot",
                     problem->depots[help->depot].id, "point", point_id(problem, help->point),
                     "people", (int)help->people, "pump_m3h", (int)help->pump_m3h, "skills", skills,
                     "covers", (int)help->covers, "text", both(help->text_zh, help->text_en));
}

/* ---- the whole ---- */

static json_t *lists_of(const struct tw_plan *plan, const struct tw_dispatch_problem *problem,
                        bool routes)
{
    json_t *missions = json_array(), *points = json_array(), *changes = json_array();
    json_t *idle = json_array(), *helps = json_array();
    for (int32_t m = 0; m < plan->mission_count; m++)
        (void)json_array_append_new(missions, mission_of(plan, problem, m, routes));
    for (int32_t p = 0; p < problem->point_count; p++)
        if (problem->points[p].stage_count > 0)
            (void)json_array_append_new(points, point_of(plan, problem, p));
    for (int32_t i = 0; i < plan->change_count; i++)
        (void)json_array_append_new(changes, change_of(plan, problem, i));
    for (int32_t i = 0; i < plan->help_count; i++)
        (void)json_array_append_new(helps, help_of(plan, problem, i));
    for (int32_t c = 0; c < problem->crew_count; c++)
        if (plan->idle_en[c] != NULL)
            (void)json_array_append_new(idle, json_pack("{s:s, s:o}", "crew", problem->crews[c].id,
                                                        "reason",
                                                        both(plan->idle_zh[c], plan->idle_en[c])));
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "missions", missions, "points", points, "changes",
                     changes, "idle", idle, "help", helps);
}

tw_status tw_plan_write(const struct tw_plan *plan, const struct tw_dispatch_problem *problem,
                        bool routes, char **out_text)
{
    json_t *root = lists_of(plan, problem, routes);
    json_t *card = json_pack("{s:o, s:o}", "title", both(plan->card_title_zh, plan->card_title_en),
                             "text", both(plan->card_text_zh, plan->card_text_en));
    if (root == NULL || json_object_set_new(root, "cost", levels(plan->cost)) != 0 ||
        json_object_set_new(root, "first_cost", levels(plan->first)) != 0 ||
        json_object_set_new(root, "rounds", json_integer(plan->rounds)) != 0 ||
        json_object_set_new(root, "card", card) != 0) {
        json_decref(root);
        return TW_ERR_NOMEM;
    }
    char *text = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(root);
    if (text == NULL) return TW_ERR_NOMEM;
    *out_text = text;
    return TW_OK;
}
