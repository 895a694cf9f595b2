/* From a plan to the desk: drafts for what is new, the others withdrawn, approval by rule. */
#include "base/clock.h"
#include "net/json.h"
#include "server/city_staff.h"
#include "server/planner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAY_MOST_S                                                                                 \
    1800 /* nobody is called from one point to another, or sent by rule, on a longer one */

static const char *const class_words[] = {"none", "blue", "yellow", "orange", "red"};

/* ---- what a draft says ---- */

static bool can(const struct tw_planner_problem *problem, int32_t crew, const char *skill)
{
    for (int32_t s = 0; s < problem->p.skill_count; s++) {
        if (strcmp(problem->p.skills[s], skill) == 0) {
            return (problem->p.crews[crew].skills >> s & 1U) != 0;
        }
    }
    return false;
}

static bool brings(const struct tw_planner_problem *problem, const struct tw_mission *mission,
                   const char *kit)
{
    for (int32_t k = 0; k < problem->p.kit_count; k++) {
        if (strcmp(problem->p.kits[k], kit) == 0) return mission->kits[k] > 0;
    }
    return false;
}

/* What a crew does at a point: by what it can, and by what the mission brings. */
static void add_tasks(struct tw_strbuf *out, const struct tw_planner_problem *problem, int32_t crew,
                      const struct tw_mission *mission)
{
    const struct {
        const char *task;
        bool done;
    } rows[] = {{"evacuate", can(problem, crew, "rescue")},
                {"clear_inlets", can(problem, crew, "gully")},
                {"open_covers", can(problem, crew, "gully")},
                {"pump", can(problem, crew, "pump") && mission->pump_m3h > 0},
                {"power", can(problem, crew, "power")},
                {"barriers", can(problem, crew, "barrier") ||
                                 brings(problem, mission, "sandbags") ||
                                 brings(problem, mission, "barriers_m")},
                {"close_road", can(problem, crew, "traffic") || brings(problem, mission, "cones")},
                {"report_depth", true}};
    tw_json_key(out, "do");
    tw_json_open(out, '[');
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].done) tw_json_string(out, rows[i].task);
    }
    tw_json_close(out, ']');
}

static void add_about(struct tw_strbuf *out, const struct tw_planner *planner, int32_t crew,
                      const struct tw_mission *mission, const struct tw_route *route)
{
    const struct tw_planner_problem *problem = &planner->problem;
    tw_json_open(out, '{');
    tw_json_put_text(out, "class", class_words[problem->point_rank[mission->point]]);
    int64_t eta_ms = problem->now_ms + 1000 * (int64_t)mission->arrive_s;
    tw_json_put_integer(out, "eta_s", eta_ms / 1000);
    tw_json_key(out, "eta");
    tw_json_time(out, eta_ms, planner->server->city->zone_s);
    tw_json_put_integer(out, "travel_s", mission->arrive_s - mission->leave_s);
    tw_json_put_number(out, "distance_m", route->distance_m, 0);
    tw_json_put_integer(out, "people", mission->people);
    tw_json_put_integer(out, "pump_m3h", mission->pump_m3h);
    tw_json_put_text(out, "change", mission->change == TW_MISSION_MOVED ? "moved" : "new");
    tw_json_put_text(out, "from",
                     mission->from_point >= 0 ? problem->p.points[mission->from_point].id : NULL);
    add_tasks(out, problem, crew, mission);
    tw_json_put_words(out, "reason", mission->reason_zh, mission->reason_en);
    tw_json_close(out, '}');
}

/* ---- drafts ---- */

/* Vehicles of a mission go round its crews, the first to the first; whoever gets none rides along. */
static void vehicles_of(const struct tw_planner_problem *problem, const struct tw_mission *mission,
                        int32_t seat, char *out, size_t size)
{
    size_t at = 0;
    int32_t count = 0;
    out[0] = 0;
    for (int32_t v = seat; v < mission->vehicle_count && count < TW_BOOK_VEHICLES;
         v += mission->crew_count, count++) {
        at += (size_t)snprintf(out + at, size - at, "%s%s", at > 0 ? " " : "",
                               problem->p.vehicles[mission->vehicles[v]].id);
        if (at >= size) return;
    }
}

static void kits_of(const struct tw_planner_problem *problem, const struct tw_mission *mission,
                    char *out, size_t size)
{
    struct tw_items items = {.count = 0};
    for (int32_t k = 0; k < problem->p.kit_count; k++) {
        if (mission->kits[k] < 1) continue;
        struct tw_item *item = &items.item[items.count++];
        (void)snprintf(item->name, sizeof item->name, "%s", problem->p.kits[k]);
        item->count = mission->kits[k];
    }
    tw_items_write(&items, out, size);
}

/* Whether the desk has the same draft already: then it stays, with its number. */
static int64_t same_draft(const struct tw_book *book, const struct tw_store_entry *entry)
{
    for (int32_t i = 0; i < book->order_count; i++) {
        const struct tw_order *o = &book->orders[i];
        char vehicles[TW_BOOK_VEHICLES * TW_BOOK_NAME_SIZE] = "";
        size_t at = 0;
        if (o->state != TW_ORDER_DRAFT || strcmp(o->place, entry->place) != 0 ||
            strcmp(book->crews[o->crew].id, entry->crew) != 0 ||
            o->replaces != book->crews[o->crew].order) {
            continue;
        }
        for (int32_t v = 0; v < o->vehicle_count && at < sizeof vehicles; v++) {
            at += (size_t)snprintf(vehicles + at, sizeof vehicles - at, "%s%s", v > 0 ? " " : "",
                                   book->vehicles[o->vehicles[v]].id);
        }
        if (o->with != 0) (void)snprintf(vehicles, sizeof vehicles, "@%lld", (long long)o->with);
        if (strcmp(vehicles, entry->vehicle) == 0) return o->id;
    }
    return 0;
}

/* What a proposal has come to. */
struct proposal {
    struct tw_desk *desk;
    struct tw_desk_job *job;
    struct tw_planner *planner;
    int64_t *keep; /* [keep_count] drafts that stay */
    bool *far;     /* [keep_count] that would have to wait at flooded roads for long */
    int32_t keep_count;
    int32_t drafts;
    bool first_line; /* the line "plan" has been said */
};

/* The desk's book gets the plan before its first draft. */
static void say_plan(struct proposal *p);

static int64_t draft_one(struct proposal *p, const struct tw_mission *mission, int32_t seat,
                         int64_t leader, const struct tw_route *route)
{
    const struct tw_planner_problem *problem = &p->planner->problem;
    int32_t crew = mission->crews[seat];
    char vehicles[TW_BOOK_VEHICLES * TW_BOOK_NAME_SIZE];
    char items[TW_ITEMS_TEXT] = "";
    struct tw_strbuf detail = {0};
    struct tw_book_outcome outcome;
    vehicles_of(problem, mission, seat, vehicles, sizeof vehicles);
    if (vehicles[0] == 0 && leader != 0) {
        (void)snprintf(vehicles, sizeof vehicles, "@%lld", (long long)leader);
    }
    if (seat == 0) kits_of(problem, mission, items, sizeof items);
    struct tw_store_entry entry = {
        .kind = "draft",
        .crew = problem->p.crews[crew].id,
        .vehicle = vehicles,
        .place = problem->p.points[mission->point].id,
        .items = items,
        .reason = mission->reason_en,
        .value = (double)problem->point_warned_ms[mission->point],
    };
    int64_t id = same_draft(p->desk->book, &entry);
    if (id == 0) {
        say_plan(p);
        struct tw_strbuf way = {0};
        add_about(&detail, p->planner, crew, mission, route);
        tw_planner_write_route(&way, route);
        (void)tw_strbuf_printf(&detail, "\n%s", tw_strbuf_get(&way));
        tw_strbuf_done(&way);
        entry.order = p->desk->book->order_count + 1;
        entry.detail = tw_strbuf_get(&detail);
        if (tw_desk_say(p->desk, p->job, &entry, TW_BY_DESK, &outcome) == TW_OK) id = entry.order;
        p->drafts++;
    }
    tw_strbuf_done(&detail);
    if (id == 0) return 0;
    p->far[p->keep_count] = mission->arrive_s - mission->leave_s > WAY_MOST_S;
    p->keep[p->keep_count++] = id;
    return id;
}

static void draft_mission(struct proposal *p, int32_t m)
{
    const struct tw_mission *mission = &p->planner->plan->missions[m];
    struct tw_route route = {.step_count = 0};
    int64_t leader = 0;
    if (mission->change == TW_MISSION_KEPT || mission->crew_count == 0) return;
    /* Whoever is of use where it stands is not taken away to wait at a flooded road. */
    bool long_way = mission->arrive_s - mission->leave_s > WAY_MOST_S;
    if (mission->change == TW_MISSION_MOVED && long_way) return;
    if (tw_plan_route(p->planner->plan, m, &route) != TW_OK) return;
    for (int32_t seat = 0; seat < mission->crew_count; seat++) {
        int64_t id = draft_one(p, mission, seat, leader, &route);
        if (seat == 0) leader = id;
    }
    tw_route_done(&route);
}

/* ---- the plan's own line ---- */

static void add_points(struct tw_strbuf *out, const struct tw_planner *planner)
{
    const struct tw_planner_problem *problem = &planner->problem;
    tw_json_key(out, "points");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < problem->p.point_count; i++) {
        const struct tw_point_plan *plan = &planner->plan->points[i];
        const struct tw_dispatch_point *point = &problem->p.points[i];
        if (point->stage_count == 0 && plan->people == 0) continue;
        const struct tw_need none = {.people = 0};
        const struct tw_need *most =
            point->stage_count > 0 ? &point->stages[point->stage_count - 1] : &none;
        tw_json_open(out, '{');
        tw_json_put_text(out, "id", point->id);
        tw_json_put_words(out, "name", point->name_zh, point->name_en);
        tw_json_put_text(out, "class", class_words[problem->point_rank[i]]);
        tw_json_put_number(out, "depth_m", point->depth_m, 2);
        tw_json_put_integer(out, "people", plan->people);
        tw_json_put_integer(out, "people_needed", most->people);
        tw_json_put_integer(out, "people_missing", plan->lacks.people);
        tw_json_put_integer(out, "pump_m3h", plan->pump_m3h);
        tw_json_put_integer(out, "pump_needed_m3h", most->pump_m3h);
        tw_json_put_bool(out, "reachable", plan->reachable);
        tw_json_put_words(out, "missing", plan->missing_zh, plan->missing_en);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
}

/* Crews that are not needed any more where they are: the dispatcher may call them back. */
static void add_recalls(struct tw_strbuf *out, const struct proposal *p)
{
    const struct tw_plan *plan = p->planner->plan;
    tw_json_key(out, "recalls");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < plan->change_count; i++) {
        const struct tw_plan_change *change = &plan->changes[i];
        if (change->crew < 0 || change->to >= 0) continue;
        int64_t order = p->desk->book->crews[change->crew].order;
        if (order == 0) continue;
        tw_json_open(out, '{');
        tw_json_put_integer(out, "order", order);
        tw_json_put_text(out, "crew", p->planner->problem.p.crews[change->crew].id);
        tw_json_put_words(out, "reason", change->reason_zh, change->reason_en);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
}

static void cause_text(unsigned causes, char *out, size_t size)
{
    static const struct {
        unsigned cause;
        const char *word;
    } words[] = {{TW_CAUSE_FORECAST, "forecast"}, {TW_CAUSE_MEASUREMENT, "measurement"},
                 {TW_CAUSE_REPORT, "report"},     {TW_CAUSE_ROAD, "road"},
                 {TW_CAUSE_REFUSAL, "refusal"},   {TW_CAUSE_BREAKDOWN, "breakdown"},
                 {TW_CAUSE_RULE, "rule"},         {TW_CAUSE_ASKED, "asked"}};
    size_t at = 0;
    out[0] = 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if ((causes & words[i].cause) == 0) continue;
        at += (size_t)snprintf(out + at, size - at, "%s%s", at > 0 ? " " : "", words[i].word);
    }
}

static void write_plan(const struct proposal *p, struct tw_strbuf *out)
{
    const struct tw_plan *plan = p->planner->plan;
    tw_json_open(out, '{');
    tw_json_put_words(out, "title", plan->card_title_zh, plan->card_title_en);
    tw_json_put_words(out, "text", plan->card_text_zh, plan->card_text_en);
    tw_json_put_integer(out, "first_ms", plan->travel_ms + plan->first_ms);
    add_points(out, p->planner);
    add_recalls(out, p);
    tw_json_key(out, "helps");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < plan->help_count && i < 3; i++) {
        tw_json_open(out, '{');
        tw_json_put_text(out, "zh", plan->helps[i].text_zh);
        tw_json_put_text(out, "en", plan->helps[i].text_en);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
    tw_json_close(out, '}');
}

static void say_plan(struct proposal *p)
{
    struct tw_strbuf detail = {0};
    struct tw_book_outcome outcome;
    char causes[128];
    if (p->first_line) return;
    p->first_line = true;
    write_plan(p, &detail);
    cause_text(p->planner->causes, causes, sizeof causes);
    struct tw_store_entry entry = {.kind = "plan",
                                   .reason = causes,
                                   .detail = tw_strbuf_get(&detail),
                                   .value =
                                       (double)(tw_clock_steady_ms() - p->planner->cause_wall_ms)};
    (void)tw_desk_say(p->desk, p->job, &entry, TW_BY_DESK, &outcome);
    tw_strbuf_done(&detail);
}

/* Whether the plan says something else than the last one did, e.g. of what is missing. */
static bool says_something_new(const struct proposal *p)
{
    const struct tw_book *book = p->desk->book;
    if ((p->planner->causes & TW_CAUSE_ASKED) != 0) return true;
    struct tw_strbuf now = {0};
    tw_json_open(&now, '{');
    add_points(&now, p->planner);
    add_recalls(&now, p);
    tw_json_close(&now, '}');
    const char *detail = book->plan_count > 0 ? book->plans[book->plan_count - 1].detail : "";
    bool nothing = book->plan_count == 0 && p->planner->plan->mission_count == 0;
    bool same = now.status != TW_OK;
    if (!same) { /* without its braces it stands within the last plan's line */
        now.text[now.length - 1] = 0;
        same = strstr(detail, now.text + 1) != NULL;
    }
    tw_strbuf_done(&now);
    return !nothing && !same;
}

/* ---- the rest ---- */

static void withdraw_old(struct proposal *p)
{
    for (int32_t i = 0; i < p->desk->book->order_count; i++) {
        const struct tw_order *o = &p->desk->book->orders[i];
        struct tw_book_outcome outcome;
        bool kept = false;
        /* A draft that a person has made by hand is the person's. */
        if (o->state != TW_ORDER_DRAFT || strcmp(o->who, "desk") != 0) continue;
        for (int32_t k = 0; k < p->keep_count && !kept; k++)
            kept = p->keep[k] == o->id;
        if (kept) continue;
        struct tw_store_entry entry = {
            .kind = "withdrawn", .order = o->id, .reason = "a newer plan", .value = (double)NAN};
        (void)tw_desk_say(p->desk, p->job, &entry, TW_BY_DESK, &outcome);
    }
}

/* Whoever was to ride in another crew's vehicle does not go when that one does not. */
static void withdraw_riders(struct proposal *p)
{
    const struct tw_book *book = p->desk->book;
    for (int32_t i = 0; i < book->order_count; i++) {
        const struct tw_order *o = &book->orders[i];
        const struct tw_order *leader = tw_book_order(book, o->with);
        struct tw_book_outcome outcome;
        bool alone = leader != NULL &&
                     (leader->state == TW_ORDER_REFUSED || leader->state == TW_ORDER_WITHDRAWN);
        if (!alone || !tw_order_may_move(o->state, TW_ORDER_WITHDRAWN, TW_BY_DESK)) continue;
        struct tw_store_entry entry = {.kind = "withdrawn",
                                       .order = o->id,
                                       .reason = "the vehicle that it was to ride in does not come",
                                       .value = (double)NAN};
        (void)tw_desk_say(p->desk, p->job, &entry, TW_BY_DESK, &outcome);
    }
}

/* Orders from a depot to points of the highest class need nobody's word. Turning a crew round does:
 * somebody else waits for it. */
static void approve_by_rule(struct proposal *p)
{
    const struct tw_planner_problem *problem = &p->planner->problem;
    int32_t from_rank = p->desk->server->city->approve_rank;
    for (int32_t k = 0; k < p->keep_count; k++) {
        const struct tw_order *o = tw_book_order(p->desk->book, p->keep[k]);
        for (int32_t i = 0; i < problem->p.point_count && o->state == TW_ORDER_DRAFT; i++) {
            if (strcmp(problem->p.points[i].id, o->place) != 0) continue;
            if (problem->point_rank[i] < from_rank || o->replaces != 0 || p->far[k]) break;
            /* What cannot be approved so waits for the dispatcher. */
            (void)tw_desk_approve(p->desk, p->job, o->id, "rule", TW_BY_DESK);
        }
    }
}

static bool fetches(const struct tw_book *book, int32_t depot)
{
    for (int32_t i = 0; i < book->order_count; i++) {
        const struct tw_order *o = &book->orders[i];
        if (o->source >= 0 && o->state <= TW_ORDER_WORKING && book->crews[o->crew].depot == depot) {
            return true;
        }
    }
    return false;
}

/* A free vehicle of a depot that pumps nothing; -1: none. */
static int32_t free_vehicle(const struct proposal *p, int32_t depot)
{
    const struct tw_book *book = p->desk->book;
    for (int32_t v = 0; v < book->vehicle_count; v++) {
        bool needed = p->planner->plan->vehicle_point[v] >= 0;
        if (book->vehicles[v].depot == depot && book->vehicles[v].order == 0 &&
            !book->vehicles[v].out && !needed) {
            return v;
        }
    }
    return -1;
}

/* A depot that runs low is filled from another by a crew that no point needs. */
static void draft_refills(struct proposal *p)
{
    const struct tw_book *book = p->desk->book;
    for (int32_t d = 0; d < book->depot_count; d++) {
        struct tw_items items;
        char text[TW_ITEMS_TEXT];
        struct tw_book_outcome outcome;
        int32_t source = tw_book_refill(book, d, &items);
        if (source < 0 || fetches(book, d)) continue;
        int32_t crew = 0;
        while (crew < book->crew_count &&
               (book->crews[crew].depot != d || book->crews[crew].order != 0 ||
                book->crews[crew].out || p->planner->plan->crew_point[crew] >= 0)) {
            crew++;
        }
        int32_t vehicle = free_vehicle(p, d);
        if (crew == book->crew_count || vehicle < 0) continue;
        say_plan(p);
        tw_items_write(&items, text, sizeof text);
        struct tw_store_entry entry = {
            .kind = "draft",
            .order = book->order_count + 1,
            .crew = book->crews[crew].id,
            .vehicle = book->vehicles[vehicle].id,
            .place = book->depots[source].id,
            .items = text,
            .reason = "the depot runs low",
            .detail = "{\"class\":\"none\",\"change\":\"new\",\"do\":[\"fetch_supplies\"],"
                      "\"reason\":{\"zh\":\"本站物资不足，前往领取\",\"en\":\"the depot runs "
                      "low: fetch supplies\"}}",
            .value = (double)NAN};
        if (tw_desk_say(p->desk, p->job, &entry, TW_BY_DESK, &outcome) != TW_OK) continue;
        p->keep[p->keep_count++] = entry.order;
        p->drafts++;
    }
}

/* Drafts of supplies stay while they are needed. */
static void keep_refills(struct proposal *p)
{
    const struct tw_book *book = p->desk->book;
    for (int32_t i = 0; i < book->order_count; i++) {
        const struct tw_order *o = &book->orders[i];
        if (o->state == TW_ORDER_DRAFT && o->source >= 0) p->keep[p->keep_count++] = o->id;
    }
}

void tw_planner_propose(struct tw_desk *desk, struct tw_desk_job *job)
{
    struct proposal p = {.desk = desk, .job = job, .planner = desk->server->planner};
    const struct tw_plan *plan = p.planner->plan;
    size_t most = (size_t)desk->book->order_count + (size_t)p.planner->problem.p.crew_count +
                  (size_t)desk->book->depot_count;
    p.keep = calloc(2 * most + 1, sizeof *p.keep);
    p.far = calloc(2 * most + 1, sizeof *p.far);
    if (p.keep == NULL || p.far == NULL) {
        free(p.keep);
        free(p.far);
        job->reply.status = 503;
        return;
    }
    if (says_something_new(&p)) say_plan(&p);
    for (int32_t m = 0; m < plan->mission_count; m++)
        draft_mission(&p, m);
    keep_refills(&p);
    draft_refills(&p);
    for (int32_t m = 0; m < plan->mission_count; m++)
        tw_planner_reroute(desk, job, m);
    withdraw_old(&p);
    withdraw_riders(&p);
    approve_by_rule(&p);
    free(p.keep);
    free(p.far);
}
