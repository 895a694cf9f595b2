/* What is, as a problem for the planner: demand from warnings and forecast, crews and vehicles from
 * the book, water on the roads. */
#include "server/city_staff.h"
#include "server/planner.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define FRAME_S 300
#define POND_M 60.0            /* as far as a point's ponding reaches on the roads */
#define REPORT_MS 1800000      /* a depth that a crew has told counts so long */
#define REFUSED_MS 1800000     /* a crew is not asked for the same point again so soon */
#define FRESH_MS 360000        /* a crew that was just sent is not sent elsewhere so soon */
#define WAY_BACK_MOST_S 1200.0 /* from the road to the depot */

enum { CLASSES = TW_CITY_CLASSES, KITS = 3 };

static const char *const kit_words[KITS] = {"sandbags", "barriers_m", "cones"};

static const struct demand {
    int32_t class, people, pump_m3h, gully, traffic, barrier, rescue, kits[KITS];
} demands[CLASSES] = {
#define TW_DEMAND(class, people, pump, gully, traffic, barrier, rescue, bags, barriers, cones)     \
    {class, people, pump, gully, traffic, barrier, rescue, {bags, barriers, cones}},
#include "server/demand.def"
#undef TW_DEMAND
};

/* ---- points ---- */

struct outlook {
    const float *depth_m; /* [count]; NULL: no forecast */
    int32_t count;
    double step_s, begin_s; /* begin: of the forecast, after now; usually before it */
};

static struct outlook outlook_of(const struct tw_live *live, int32_t point, int64_t now_ms)
{
    const struct tw_foresight *f = &live->forecast;
    struct outlook o = {.depth_m = NULL};
    if (f->values == NULL || point >= f->head.watch_count) return o;
    o.depth_m = f->values + (size_t)point * (size_t)f->head.step_count;
    o.count = f->head.step_count;
    o.step_s = f->head.step_s;
    o.begin_s = (double)(f->issued_ms - now_ms) / 1000.0;
    return o;
}

/* The deepest of an outlook within a stretch after now; 0 without one. */
static double deepest(const struct outlook *o, double from_s, double to_s)
{
    double most_m = 0.0;
    for (int32_t i = 0; i < o->count; i++) {
        double at_s = o->begin_s + i * o->step_s;
        if (at_s < from_s - o->step_s || at_s > to_s + o->step_s) continue;
        if ((double)o->depth_m[i] > most_m) most_m = (double)o->depth_m[i];
    }
    return most_m;
}

/* When an outlook first reaches a depth; NEVER when it does not. */
static int32_t reached_s(const struct outlook *o, double depth_m)
{
    for (int32_t i = 0; i < o->count; i++) {
        double at_s = o->begin_s + i * o->step_s;
        if (at_s > -o->step_s && (double)o->depth_m[i] >= depth_m) {
            return at_s > 0.0 ? (int32_t)at_s : 0;
        }
    }
    return TW_DISPATCH_NEVER;
}

/* The last moment at which it is above a depth. */
static int32_t left_s(const struct outlook *o, double depth_m)
{
    int32_t last = 0;
    for (int32_t i = 0; i < o->count; i++) {
        double at_s = o->begin_s + i * o->step_s;
        if ((double)o->depth_m[i] >= depth_m && at_s > last) last = (int32_t)at_s;
    }
    return last;
}

/* On the roads the careful quantile counts, where several members give one. */
static struct outlook careful_of(const struct tw_live *live, int32_t point, int64_t now_ms)
{
    struct outlook o = outlook_of(live, point, now_ms);
    const struct tw_foresight *f = &live->forecast;
    if (o.depth_m != NULL && f->high_m != NULL) {
        o.depth_m = f->high_m + (size_t)point * (size_t)f->head.step_count;
    }
    return o;
}

static int32_t skill_of(const struct tw_city_staff *staff, const char *word)
{
    for (int32_t i = 0; i < staff->skill_count; i++) {
        if (strcmp(staff->skills[i], word) == 0) return i;
    }
    return -1;
}

/* Nothing is asked for that nobody in the city has been taught or holds. */
static struct tw_need need_of(const struct tw_city_staff *staff, int32_t rank, int32_t from_s)
{
    const struct demand *d = &demands[rank - 1];
    const struct {
        const char *word;
        int32_t people;
    } skills[] = {{"gully", d->gully},
                  {"traffic", d->traffic},
                  {"barrier", d->barrier},
                  {"rescue", d->rescue}};
    struct tw_need need = {.from_s = from_s, .people = d->people, .pump_m3h = d->pump_m3h};
    for (size_t i = 0; i < sizeof skills / sizeof skills[0]; i++) {
        int32_t at = skill_of(staff, skills[i].word);
        if (at >= 0) need.skills[at] = skills[i].people;
    }
    for (int32_t k = 0; k < KITS; k++)
        need.kits[k] = d->kits[k];
    return need;
}

/* The stages of a point: from now on what its present class asks for, and more when the forecast
 * reaches the next class. A class that a warning has, but the forecast does not reach, holds at once:
 * an officer, or a forecast before, has said so. */
static void fill_stages(const struct tw_city_staff *staff, const struct tw_city_point *city_point,
                        const struct outlook *o, int32_t rank, struct tw_dispatch_point *point)
{
    int32_t first = 0;
    for (int32_t r = 1; r <= rank; r++) {
        int32_t from_s = reached_s(o, city_point->classes_m[r - 1]);
        if (from_s == TW_DISPATCH_NEVER) from_s = 0;
        if (r == 1) point->water_s = from_s;
        /* People stand there before the water does: the lower classes are asked for at once. */
        if (r < rank && from_s <= 0) first = r;
    }
    for (int32_t r = first > 0 ? first : 1; r <= rank; r++) {
        int32_t from_s = reached_s(o, city_point->classes_m[r - 1]);
        if (from_s == TW_DISPATCH_NEVER || r == (first > 0 ? first : 1)) from_s = 0;
        struct tw_need need = need_of(staff, r, from_s);
        bool same =
            point->stage_count > 0 && point->stages[point->stage_count - 1].from_s >= from_s;
        point->stages[same ? point->stage_count - 1 : point->stage_count++] = need;
        if (same) point->stages[point->stage_count - 1].from_s = need.from_s;
    }
}

/* What a crew has told of a point a short while ago [m]; 0: nothing. */
static double told_m(const struct tw_book *book, const char *id, int64_t now_ms)
{
    for (int32_t i = 0; i < book->depth_count; i++) {
        const struct tw_book_depth *depth = &book->depths[i];
        if (strcmp(depth->place, id) == 0 && now_ms - depth->time_ms < REPORT_MS) {
            return depth->depth_m;
        }
    }
    return 0.0;
}

/* The open warning of a point; NULL: none. */
static const struct tw_store_warning *warning_of(const struct tw_live *live, const char *id)
{
    const struct tw_store_warning *open = NULL;
    for (int32_t i = 0; i < tw_warnings_count(live->warnings); i++) {
        const struct tw_store_warning *w = tw_warnings_get(live->warnings, i);
        bool active = w->state == TW_WARNING_ACTIVE || w->state == TW_WARNING_ACKNOWLEDGED;
        if (active && w->rank > 0 && strcmp(w->point, id) == 0) open = w;
    }
    return open;
}

static int32_t rank_of_depth(const struct tw_city_point *point, double depth_m)
{
    int32_t rank = 0;
    while (rank < CLASSES && depth_m >= point->classes_m[rank])
        rank++;
    return rank;
}

/* With the live mutex held. */
static void add_point(struct tw_planner_problem *problem, struct tw_desk *desk, int32_t p,
                      struct tw_dispatch_point *points)
{
    const struct tw_city *city = desk->server->city;
    const struct tw_live *live = &desk->server->live;
    const struct tw_city_point *at = &city->points[p];
    const struct tw_store_warning *warning = warning_of(live, at->id);
    struct outlook o = outlook_of(live, p, problem->now_ms);
    double seen_m = told_m(desk->book, at->id, problem->now_ms);
    int32_t rank = rank_of_depth(at, seen_m);
    if (warning != NULL && warning->rank > rank) rank = warning->rank;
    if (rank > CLASSES) rank = CLASSES;
    int32_t n = problem->p.point_count++;
    struct tw_dispatch_point *point = &points[n];
    double now_m = deepest(&o, 0.0, 0.0);
    if (seen_m > now_m) now_m = seen_m;
    double ahead_m = deepest(&o, 0.0, 1e9);
    *point = (struct tw_dispatch_point){.id = at->id,
                                        .name_zh = at->name.zh,
                                        .name_en = at->name.en,
                                        .lon = at->lon,
                                        .lat = at->lat,
                                        .weight = (int32_t)(at->weight + 0.5),
                                        .life = rank == CLASSES,
                                        .depth_m = ahead_m > now_m ? ahead_m : now_m,
                                        .rise_mh = 2.0 * (deepest(&o, 1800.0, 1800.0) - now_m)};
    problem->city_point[n] = p;
    problem->point_rank[n] = rank;
    problem->point_warned_ms[n] = warning != NULL ? warning->issued_ms : problem->now_ms;
    if (rank == 0) return;
    fill_stages(city->staff, at, &o, rank, point);
    int32_t end_s = left_s(&o, at->classes_m[0]) + 1800;
    point->end_s = end_s > 3600 ? end_s : 3600;
}

static tw_status add_water(struct tw_planner *planner, struct tw_desk *desk)
{
    struct tw_planner_problem *problem = &planner->problem;
    int32_t frames[TW_PLANNER_FRAMES];
    for (int32_t i = 0; i < TW_PLANNER_FRAMES; i++)
        frames[i] = FRAME_S * i;
    TW_TRY(tw_water_create(planner->roads, TW_PLANNER_FRAMES, frames, &problem->water));
    for (int32_t p = 0; p < desk->server->city->point_count; p++) {
        const struct tw_city_point *at = &desk->server->city->points[p];
        struct outlook o = careful_of(&desk->server->live, p, problem->now_ms);
        double seen_m = told_m(desk->book, at->id, problem->now_ms);
        double depth_m[TW_PLANNER_FRAMES];
        double most_m = 0.0;
        for (int32_t i = 0; i < TW_PLANNER_FRAMES; i++) {
            depth_m[i] = deepest(&o, frames[i], frames[i]);
            if (i < 6 && seen_m > depth_m[i]) depth_m[i] = seen_m;
            if (depth_m[i] > most_m) most_m = depth_m[i];
        }
        if (most_m > 0.02) TW_TRY(tw_water_add(problem->water, at->lon, at->lat, POND_M, depth_m));
    }
    for (int32_t i = 0; i < desk->book->rule_count; i++) {
        const struct tw_book_rule *rule = &desk->book->rules[i];
        if (strcmp(rule->kind, "close") != 0) continue;
        tw_status status = tw_water_close(problem->water, rule->place);
        if (status == TW_ERR_NOMEM) return status; /* a road that the layer has not stays a note */
    }
    problem->p.water = problem->water;
    return TW_OK;
}

/* ---- crews ---- */

/* Whoever comes back from an order needs about as long as the way there took. */
static int32_t way_back_s(const struct tw_book *book, int32_t crew, int64_t now_ms)
{
    int32_t left = 0;
    for (int32_t i = book->order_count - 1; i >= 0; i--) {
        const struct tw_order *o = &book->orders[i];
        if (o->crew != crew || o->state < TW_ORDER_DONE) continue;
        int64_t rolled_ms = o->at_ms[TW_ORDER_ROLLING];
        if (rolled_ms == TW_STORE_NEVER) return left;
        int64_t arrived_ms = o->at_ms[TW_ORDER_ARRIVED];
        int64_t ended_ms = o->at_ms[o->state];
        double way_s =
            (double)((arrived_ms != TW_STORE_NEVER ? arrived_ms : ended_ms) - rolled_ms) / 1000.0;
        if (way_s > WAY_BACK_MOST_S) way_s = WAY_BACK_MOST_S;
        double since_s = (double)(now_ms - ended_ms) / 1000.0;
        return way_s > since_s ? (int32_t)(way_s - since_s) : 0;
    }
    return left;
}

static int64_t leader_of(const struct tw_order *order)
{
    return order->with != 0 ? order->with : order->id;
}

/* When a plan expected an order to be there, from the first line of its detail [unix ms]. */
static int64_t eta_of(const struct tw_order *order)
{
    json_error_t error;
    size_t length = strcspn(order->detail, "\n");
    json_t *about = json_loadb(order->detail, length, 0, &error);
    const json_t *eta = json_object_get(about, "eta_s");
    int64_t eta_ms =
        json_is_integer(eta) ? 1000 * (int64_t)json_integer_value(eta) : TW_STORE_NEVER;
    json_decref(about);
    return eta_ms;
}

static int32_t problem_point(const struct tw_planner_problem *problem, const char *id)
{
    for (int32_t p = 0; p < problem->p.point_count; p++) {
        if (strcmp(problem->p.points[p].id, id) == 0) return p;
    }
    return -1;
}

/* The team of an order; made when its leader is met first. -1: it is no team for the planner. */
static int32_t team_of(struct tw_planner_problem *problem, struct tw_desk *desk,
                       const struct tw_order *order, struct tw_team *teams)
{
    int64_t leader_id = leader_of(order);
    for (int32_t t = 0; t < problem->p.team_count; t++) {
        if (problem->team_order[t] == leader_id) return t;
    }
    const struct tw_order *leader = tw_book_order(desk->book, leader_id);
    if (leader == NULL || !tw_order_is_open(leader->state) || leader->vehicle_count == 0) return -1;
    int32_t to = problem_point(problem, leader->place);
    if (to < 0) return -1;
    char id[32];
    const struct tw_desk_position *position = &desk->positions[leader->crew];
    const struct tw_book_depot *depot = &desk->book->depots[desk->book->crews[leader->crew].depot];
    bool seen = position->time_ms != TW_STORE_NEVER;
    int64_t eta_ms = eta_of(leader);
    (void)snprintf(id, sizeof id, "T%lld", (long long)leader_id);
    struct tw_team team = {.id = tw_arena_text(&problem->arena, id, strlen(id)),
                           .to = to,
                           .lon = seen ? position->lon : depot->lon,
                           .lat = seen ? position->lat : depot->lat,
                           .state = leader->state >= TW_ORDER_ARRIVED   ? TW_TEAM_WORKING
                                    : leader->state == TW_ORDER_ROLLING ? TW_TEAM_ROLLING
                                                                        : TW_TEAM_ORDERED};
    if (team.state == TW_TEAM_WORKING) {
        team.lon = problem->p.points[to].lon;
        team.lat = problem->p.points[to].lat;
    } else if (eta_ms != TW_STORE_NEVER && eta_ms > problem->now_ms) {
        team.arrive_s = (int32_t)((eta_ms - problem->now_ms) / 1000);
    } else {
        team.arrive_s = 60; /* overdue */
    }
    for (int32_t k = 0; k < KITS; k++) {
        team.stock[k] =
            tw_items_get(&leader->taken, kit_words[k]) - tw_items_get(&leader->used, kit_words[k]);
    }
    problem->team_order[problem->p.team_count] = leader_id;
    teams[problem->p.team_count] = team;
    return problem->p.team_count++;
}

static void add_crew(struct tw_planner_problem *problem, struct tw_desk *desk, int32_t c,
                     struct tw_crew *crews, struct tw_team *teams)
{
    const struct tw_city_crew *crew = &desk->server->city->staff->crews[c];
    const struct tw_book_crew *now = &desk->book->crews[c];
    crews[c] = (struct tw_crew){.id = crew->id,
                                .depot = crew->depot,
                                .size = crew->size > 0 ? crew->size : 1,
                                .skills = crew->skills,
                                .team = -1,
                                .until_s = TW_DISPATCH_NEVER,
                                .out = now->out || crew->size < 1};
    const struct tw_order *order = tw_book_order(desk->book, now->order);
    if (order == NULL) {
        crews[c].free_s = way_back_s(desk->book, c, problem->now_ms);
        return;
    }
    crews[c].team = team_of(problem, desk, order, teams);
    if (crews[c].team < 0) crews[c].out = true; /* fetches supplies, or is on foot */
    if (crews[c].team >= 0) crews[c].out = false;
}

static void add_vehicle(struct tw_planner_problem *problem, struct tw_desk *desk, int32_t v,
                        struct tw_vehicle *vehicles)
{
    const struct tw_city_vehicle *vehicle = &desk->server->city->staff->vehicles[v];
    const struct tw_book_vehicle *now = &desk->book->vehicles[v];
    vehicles[v] = (struct tw_vehicle){.id = vehicle->id,
                                      .kind = vehicle->kind,
                                      .depot = vehicle->depot,
                                      .seats = vehicle->seats > 0 ? vehicle->seats : 1,
                                      .pump_m3h = (int32_t)vehicle->pump_m3h,
                                      .wading_m = vehicle->wading_m,
                                      .team = -1,
                                      .out = now->out || vehicle->seats < 1};
    for (int32_t t = 0; t < problem->p.team_count && now->order != 0; t++) {
        if (problem->team_order[t] == now->order) vehicles[v].team = t;
    }
    if (now->order != 0 && vehicles[v].team < 0) vehicles[v].out = true;
    if (vehicles[v].team >= 0) vehicles[v].out = false;
}

/* ---- decisions ---- */

/* The first said counts: a pin beats a refusal, one pin beats another. crew or vehicle is -1. */
static void add_decision(struct tw_planner_problem *problem, struct tw_decision *decisions,
                         const struct tw_decision *wanted)
{
    if ((wanted->crew < 0 && wanted->vehicle < 0) || wanted->point < 0) return;
    for (int32_t i = 0; i < problem->p.decision_count; i++) {
        const struct tw_decision *d = &decisions[i];
        if (d->crew != wanted->crew || d->vehicle != wanted->vehicle) continue;
        if (d->point == wanted->point || (!wanted->never && !d->never)) return;
    }
    decisions[problem->p.decision_count++] = *wanted;
}

/* Whoever was sent a few minutes ago goes there: crews that are turned round at every forecast arrive
 * nowhere. Once nobody is needed there, or they are there, the plan decides again. */
static void keep_fresh(struct tw_planner_problem *problem, const struct tw_book *book,
                       struct tw_decision *decisions)
{
    for (int32_t i = 0; i < book->order_count; i++) {
        const struct tw_order *o = &book->orders[i];
        if (o->state < TW_ORDER_APPROVED || o->state > TW_ORDER_ROLLING) continue;
        if (problem->now_ms - o->at_ms[TW_ORDER_APPROVED] >= FRESH_MS) continue;
        int32_t point = problem_point(problem, o->place);
        if (point < 0 || problem->point_rank[point] == 0) continue;
        struct tw_decision stay = {o->crew, -1, point, false};
        add_decision(problem, decisions, &stay);
        for (int32_t v = 0; v < o->vehicle_count; v++) {
            stay = (struct tw_decision){-1, o->vehicles[v], point, false};
            add_decision(problem, decisions, &stay);
        }
    }
}

static tw_status add_decisions(struct tw_planner_problem *problem, const struct tw_book *book)
{
    struct tw_decision *decisions =
        TW_ARENA_NEW(&problem->arena, struct tw_decision,
                     book->rule_count + (2 + TW_BOOK_VEHICLES) * book->order_count + 1);
    if (decisions == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < book->rule_count; i++) {
        const struct tw_book_rule *rule = &book->rules[i];
        const struct tw_decision wish = {tw_book_crew_find(book, rule->crew), -1,
                                         problem_point(problem, rule->place),
                                         strcmp(rule->kind, "exclude") == 0};
        if (strcmp(rule->kind, "close") != 0) add_decision(problem, decisions, &wish);
    }
    keep_fresh(problem, book, decisions);
    for (int32_t i = 0; i < book->order_count; i++) {
        const struct tw_order *o = &book->orders[i];
        bool lately = o->state == TW_ORDER_REFUSED &&
                      problem->now_ms - o->at_ms[TW_ORDER_REFUSED] < REFUSED_MS;
        const struct tw_decision not_again = {o->crew, -1, problem_point(problem, o->place), true};
        if (lately) add_decision(problem, decisions, &not_again);
    }
    problem->p.decisions = decisions;
    return TW_OK;
}

/* ---- all together ---- */

static tw_status add_depots(struct tw_planner_problem *problem, const struct tw_desk *desk)
{
    const struct tw_city *city = desk->server->city;
    struct tw_depot *depots = TW_ARENA_NEW(&problem->arena, struct tw_depot, city->depot_count);
    if (depots == NULL) return TW_ERR_NOMEM;
    for (int32_t d = 0; d < city->depot_count; d++) {
        depots[d] = (struct tw_depot){.id = city->depots[d].id,
                                      .name_zh = city->depots[d].name.zh,
                                      .name_en = city->depots[d].name.en,
                                      .lon = city->depots[d].lon,
                                      .lat = city->depots[d].lat};
        for (int32_t k = 0; k < KITS; k++)
            depots[d].stock[k] = tw_items_get(&desk->book->depots[d].stock, kit_words[k]);
    }
    problem->p.depots = depots;
    problem->p.depot_count = city->depot_count;
    return TW_OK;
}

static tw_status fill(struct tw_planner *planner, struct tw_desk *desk)
{
    struct tw_planner_problem *problem = &planner->problem;
    const struct tw_city_staff *staff = desk->server->city->staff;
    struct tw_arena *arena = &problem->arena;
    int32_t most = desk->server->city->point_count;
    struct tw_dispatch_point *points = TW_ARENA_NEW(arena, struct tw_dispatch_point, most);
    struct tw_crew *crews = TW_ARENA_NEW(arena, struct tw_crew, staff->crew_count);
    struct tw_vehicle *vehicles = TW_ARENA_NEW(arena, struct tw_vehicle, staff->vehicle_count);
    struct tw_team *teams = TW_ARENA_NEW(arena, struct tw_team, staff->crew_count);
    problem->team_order = TW_ARENA_NEW(arena, int64_t, staff->crew_count);
    problem->point_rank = TW_ARENA_NEW(arena, int32_t, most);
    problem->point_warned_ms = TW_ARENA_NEW(arena, int64_t, most);
    problem->city_point = TW_ARENA_NEW(arena, int32_t, most);
    if (points == NULL || crews == NULL || vehicles == NULL || teams == NULL ||
        problem->team_order == NULL || problem->point_rank == NULL ||
        problem->point_warned_ms == NULL || problem->city_point == NULL) {
        return TW_ERR_NOMEM;
    }
    problem->p = (struct tw_dispatch_problem){.roads = planner->roads,
                                              .skills = staff->skills,
                                              .skill_count = staff->skill_count,
                                              .kits = kit_words,
                                              .kit_count = KITS,
                                              .crews = crews,
                                              .vehicles = vehicles,
                                              .teams = teams,
                                              .points = points,
                                              .crew_count = staff->crew_count,
                                              .vehicle_count = staff->vehicle_count};
    for (int32_t p = 0; p < most; p++)
        add_point(problem, desk, p, points);
    for (int32_t c = 0; c < staff->crew_count; c++)
        add_crew(problem, desk, c, crews, teams);
    for (int32_t v = 0; v < staff->vehicle_count; v++)
        add_vehicle(problem, desk, v, vehicles);
    TW_TRY(add_depots(problem, desk));
    TW_TRY(add_decisions(problem, desk->book));
    return add_water(planner, desk);
}

tw_status tw_planner_collect(struct tw_planner *planner, struct tw_desk *desk)
{
    struct tw_live *live = &desk->server->live;
    tw_planner_problem_done(&planner->problem);
    planner->problem.now_ms = tw_clock_now(&desk->server->clock);
    (void)pthread_mutex_lock(&live->mutex);
    tw_status status = fill(planner, desk);
    (void)pthread_mutex_unlock(&live->mutex);
    return status;
}

void tw_planner_problem_done(struct tw_planner_problem *problem)
{
    tw_water_destroy(problem->water);
    problem->water = NULL;
    tw_arena_reset(&problem->arena);
}
