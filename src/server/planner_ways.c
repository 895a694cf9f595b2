/* The ways of crews: as they are told, and told anew when a road of the old one is shut by now. */
#include "net/json.h"
#include "server/planner.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void tw_planner_write_route(struct tw_strbuf *out, const struct tw_route *route)
{
    static const char *const turns[] = {[TW_TURN_START] = "start",
                                        [TW_TURN_STRAIGHT] = "straight",
                                        [TW_TURN_LEFT] = "left",
                                        [TW_TURN_RIGHT] = "right",
                                        [TW_TURN_BACK] = "back"};
    tw_json_open(out, '{');
    tw_json_key(out, "line");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < route->place_count; i++) {
        tw_json_open(out, '[');
        tw_json_number(out, route->lon_lat[2 * i], 6);
        tw_json_number(out, route->lon_lat[2 * i + 1], 6);
        tw_json_close(out, ']');
    }
    tw_json_close(out, ']');
    tw_json_key(out, "steps");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < route->step_count; i++) {
        const struct tw_route_step *step = &route->steps[i];
        tw_json_open(out, '{');
        tw_json_put_text(out, "road", step->road);
        tw_json_put_text(out, "turn", turns[step->turn]);
        tw_json_put_number(out, "distance_m", step->distance_m, 0);
        tw_json_put_integer(out, "wait_s", step->wait_s);
        tw_json_put_number(out, "depth_m", step->depth_m, 2);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
    tw_json_put_number(out, "walk_m", route->walk_m, 0);
    tw_json_close(out, '}');
}

/* ---- another way ---- */

/* The road of a way's step; "": it has none. */
static const char *road_of(const json_t *step)
{
    const char *road = json_string_value(json_object_get(step, "road"));
    return road == NULL ? "" : road;
}

/* A road of the way that was told, which is shut by now; with a new way, one that this leaves out.
 * NULL: none. */
static const char *shut_road(const struct tw_plan *plan, int32_t mission, const json_t *told,
                             const struct tw_route *route)
{
    const json_t *step;
    size_t i;
    json_array_foreach(json_object_get(told, "steps"), i, step)
    {
        const char *road = road_of(step);
        bool kept = false;
        for (int32_t k = 0; route != NULL && k < route->step_count && !kept; k++)
            kept = strcmp(route->steps[k].road, road) == 0;
        if (!kept && tw_plan_road_shut(plan, mission, road)) return road;
    }
    return NULL;
}

/* Whether a way has a road that the one told before lacks. A crew that has driven on has fewer. */
static bool goes_elsewhere(const json_t *told, const struct tw_route *route)
{
    for (int32_t k = 0; k < route->step_count; k++) {
        const json_t *step;
        size_t i;
        bool known = false;
        json_array_foreach(json_object_get(told, "steps"), i, step)
        {
            known = known || strcmp(road_of(step), route->steps[k].road) == 0;
        }
        if (!known) return true;
    }
    return false;
}

/* What was said of the order, with the new arrival and the reason of the new way. */
static void write_about(struct tw_strbuf *out, const struct tw_planner *planner,
                        const struct tw_mission *mission, const struct tw_route *route,
                        json_t *about, const char *shut)
{
    int64_t eta_ms = planner->problem.now_ms + 1000 * (int64_t)mission->arrive_s;
    struct tw_strbuf time = {0};
    json_error_t error;
    tw_json_time(&time, eta_ms, planner->server->city->zone_s);
    json_t *reason = json_pack(
        "{s:o, s:o}", "zh", json_sprintf("道路 %s 已封闭或积水过深，请改走此路线", shut), "en",
        json_sprintf("road %s is closed or too deep in water: take this way instead", shut));
    int failed = json_object_set_new(about, "eta_s", json_integer(eta_ms / 1000));
    failed |= json_object_set_new(about, "eta",
                                  json_loads(tw_strbuf_get(&time), JSON_DECODE_ANY, &error));
    failed |=
        json_object_set_new(about, "travel_s", json_integer(mission->arrive_s - mission->leave_s));
    failed |= json_object_set_new(about, "distance_m", json_integer(llround(route->distance_m)));
    failed |= json_object_set_new(about, "change", json_string("rerouted"));
    failed |= json_object_set_new(about, "reason", reason);
    char *text = failed ? NULL : json_dumps(about, JSON_COMPACT);
    if (text == NULL) out->status = TW_ERR_NOMEM;
    if (text != NULL) (void)tw_strbuf_printf(out, "%s", text);
    free(text);
    tw_strbuf_done(&time);
}

static void say_route(struct tw_desk *desk, struct tw_desk_job *job, int32_t m,
                      const struct tw_order *order, const struct tw_route *route, const char *shut)
{
    const struct tw_planner *planner = desk->server->planner;
    struct tw_book_outcome outcome;
    struct tw_strbuf detail = {0}, way = {0};
    json_error_t error;
    json_t *about = json_loadb(order->detail, strcspn(order->detail, "\n"), 0, &error);
    if (about == NULL) return;
    write_about(&detail, planner, &planner->plan->missions[m], route, about, shut);
    tw_planner_write_route(&way, route);
    (void)tw_strbuf_printf(&detail, "\n%s", tw_strbuf_get(&way));
    struct tw_store_entry entry = {.kind = "route",
                                   .order = order->id,
                                   .place = shut,
                                   .reason = "a road of its way is shut",
                                   .detail = tw_strbuf_get(&detail),
                                   .value = (double)NAN};
    /* Without memory the old way stands, and the next plan tries again. */
    if (detail.status == TW_OK && way.status == TW_OK)
        (void)tw_desk_say(desk, job, &entry, TW_BY_DESK, &outcome);
    tw_strbuf_done(&way);
    tw_strbuf_done(&detail);
    json_decref(about);
}

/* A way is looked for only when a road of the told one is shut: on most plans none is. */
static void tell(struct tw_desk *desk, struct tw_desk_job *job, int32_t m, int64_t order_id)
{
    const struct tw_plan *plan = desk->server->planner->plan;
    const struct tw_order *order = tw_book_order(desk->book, order_id);
    const char *line = strchr(order->detail, '\n');
    struct tw_route route = {.step_count = 0};
    json_error_t error;
    if (line == NULL) return; /* made by hand, without a way */
    json_t *told = json_loads(line + 1, 0, &error);
    if (told != NULL && shut_road(plan, m, told, NULL) != NULL &&
        tw_plan_route(plan, m, &route) == TW_OK && route.step_count > 0) {
        const char *shut = shut_road(plan, m, told, &route);
        if (shut != NULL && goes_elsewhere(told, &route))
            say_route(desk, job, m, order, &route, shut);
    }
    tw_route_done(&route);
    json_decref(told);
}

void tw_planner_reroute(struct tw_desk *desk, struct tw_desk_job *job, int32_t m)
{
    const struct tw_planner *planner = desk->server->planner;
    const struct tw_mission *mission = &planner->plan->missions[m];
    if (mission->change != TW_MISSION_KEPT || mission->team < 0) return;
    int64_t leader = planner->problem.team_order[mission->team];
    for (int32_t i = 0; i < desk->book->order_count; i++) {
        const struct tw_order *o = &desk->book->orders[i];
        bool before_it = o->state >= TW_ORDER_APPROVED && o->state <= TW_ORDER_ROLLING;
        if (before_it && (o->id == leader || o->with == leader)) tell(desk, job, m, o->id);
    }
}
