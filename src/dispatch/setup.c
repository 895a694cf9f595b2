/* From a problem to numbers that a planner can compare.
 *
 * Weight of a point: its own weight 1..10 (in hundredths), times 1..2.5 by the depth expected (0.15,
 * 0.27, 0.40, 0.60 m), times 1..2 by how fast it rises (up to 0.6 m/h), times 4 for danger to life.
 * A stage's minutes count whole up to half an hour ahead, half beyond: what is far ahead will be
 * planned again before it comes. */
#include "dispatch/setup.h"

#include "dispatch/roads_internal.h"
#include "dispatch/travel.h"

#include <string.h>

enum {
    LIFE_TIMES = 4,
    STAY_SHARE = 5,   /* one crew in five may be called elsewhere */
    EXTRA_BARS = 100, /* what each further one must gain, in bars */
    NEAR_S = 1800,    /* minutes up to here count whole */
    FARTHEST_NODE_M = 2000
};

static const double walk_mps = 1.0; /* with tools, in rain */

/* ---- weights ---- */

static int64_t weight_of(const struct tw_dispatch_point *point)
{
    double severity = point->depth_m >= 0.60   ? 2.5
                      : point->depth_m >= 0.40 ? 2.0
                      : point->depth_m >= 0.27 ? 1.5
                      : point->depth_m >= 0.15 ? 1.2
                                               : 1.0;
    double rise = point->rise_mh > 0.0 ? point->rise_mh / 0.6 : 0.0;
    if (rise > 1.0) rise = 1.0;
    double weight = 100.0 * point->weight * severity * (1.0 + rise);
    return (int64_t)weight * (point->life ? LIFE_TIMES : 1);
}

static int64_t minutes_of(int32_t from_s, int32_t to_s)
{
    if (from_s < 0) from_s = 0;
    if (to_s <= from_s) return 0;
    int64_t near_s = from_s < NEAR_S ? (to_s < NEAR_S ? to_s : NEAR_S) - from_s : 0;
    int64_t far_s = to_s - from_s - near_s;
    int64_t minutes = (near_s + far_s / 2) / 60;
    return minutes > 0 ? minutes : 1;
}

static void take_most(struct tw_need *most, const struct tw_need *stage)
{
    if (stage->people > most->people) most->people = stage->people;
    if (stage->pump_m3h > most->pump_m3h) most->pump_m3h = stage->pump_m3h;
    for (int k = 0; k < TW_DISPATCH_SKILLS; k++)
        if (stage->skills[k] > most->skills[k]) most->skills[k] = stage->skills[k];
    for (int k = 0; k < TW_DISPATCH_KITS; k++)
        if (stage->kits[k] > most->kits[k]) most->kits[k] = stage->kits[k];
}

static void weigh_points(struct tw_setup *setup)
{
    for (int32_t p = 0; p < setup->points; p++) {
        const struct tw_dispatch_point *point = &setup->problem->points[p];
        setup->weight[p] = weight_of(point);
        setup->late_weight[p] = 1 + setup->weight[p] / 100;
        for (int32_t k = 0; k < point->stage_count; k++) {
            int32_t end_s = k + 1 < point->stage_count ? point->stages[k + 1].from_s : point->end_s;
            setup->stage_minutes[p * TW_DISPATCH_STAGES + k] =
                minutes_of(point->stages[k].from_s, end_s);
            take_most(&setup->most[p], &point->stages[k]);
        }
        if (point->stage_count > 0) setup->most[p].from_s = point->stages[0].from_s;
        for (int k = 0; k < TW_DISPATCH_KITS; k++)
            if (setup->most[p].kits[k] > 0) setup->wants_kits = true;
        int32_t at = p;
        while (at > 0 && setup->weight[setup->order[at - 1]] < setup->weight[p]) {
            setup->order[at] = setup->order[at - 1];
            at--;
        }
        setup->order[at] = p;
    }
}

int64_t tw_setup_lack(const struct tw_setup *setup, const struct tw_need *stage, int32_t people,
                      int32_t pump_m3h, const int32_t *skilled)
{
    int64_t lack = 0;
    if (stage->people > people) lack += (int64_t)TW_UNIT_PERSON * (stage->people - people);
    if (stage->pump_m3h > pump_m3h) {
        lack += (int64_t)TW_UNIT_PUMP_M3H * (stage->pump_m3h - pump_m3h);
    }
    for (int32_t k = 0; k < setup->problem->skill_count; k++)
        if (stage->skills[k] > skilled[k])
            lack += (int64_t)TW_UNIT_SKILL * (stage->skills[k] - skilled[k]);
    return lack;
}

/* ---- bases ---- */

static bool team_left(const struct tw_dispatch_problem *problem, int32_t team)
{
    return team >= 0 && problem->teams[team].state != TW_TEAM_ORDERED;
}

/* Depots come first, then teams that have left one. */
static int32_t base_of(const struct tw_dispatch_problem *problem, int32_t depot, int32_t team)
{
    return team_left(problem, team) ? problem->depot_count + team : depot;
}

static int32_t node_near(const struct tw_dispatch_problem *problem, double lon, double lat)
{
    double far_m = 0.0;
    int32_t node = tw_roads_nearest(problem->roads, lon, lat, &far_m);
    return far_m <= FARTHEST_NODE_M ? node : -1;
}

static void place_bases(struct tw_setup *setup)
{
    const struct tw_dispatch_problem *problem = setup->problem;
    for (int32_t b = 0; b < setup->base_count; b++) {
        bool depot = b < problem->depot_count;
        int32_t t = b - problem->depot_count;
        struct tw_base *base = &setup->bases[b];
        base->depot = depot ? b : -1;
        base->team = depot ? -1 : t;
        base->leave_s = depot ? setup->options.turnout_s : 0;
        base->stock = depot ? problem->depots[b].stock : problem->teams[t].stock;
        base->node = -1;
        if (!depot && !team_left(problem, t)) continue;
        base->node = depot ? node_near(problem, problem->depots[b].lon, problem->depots[b].lat)
                           : node_near(problem, problem->teams[t].lon, problem->teams[t].lat);
    }
}

static enum tw_crew_bar bar_of(const struct tw_setup *setup, const struct tw_crew *crew)
{
    if (crew->out) return TW_CREW_OUT;
    if (crew->free_s > setup->options.turnout_s) return TW_CREW_RESTS;
    if (crew->until_s <= setup->options.turnout_s) return TW_CREW_ENDS;
    if (setup->bases[base_of(setup->problem, crew->depot, crew->team)].node < 0)
        return TW_CREW_NO_ROAD;
    return TW_CREW_FREE;
}

/* Put crews and vehicles that can be planned with into the lists of their bases. */
static void fill_bases(struct tw_setup *setup)
{
    const struct tw_dispatch_problem *problem = setup->problem;
    for (int32_t c = 0; c < setup->crews; c++) {
        const struct tw_crew *crew = &problem->crews[c];
        setup->crew_bar[c] = bar_of(setup, crew);
        setup->crew_base[c] =
            setup->crew_bar[c] == TW_CREW_FREE ? base_of(problem, crew->depot, crew->team) : -1;
    }
    for (int32_t v = 0; v < setup->vehicles; v++) {
        const struct tw_vehicle *vehicle = &problem->vehicles[v];
        int32_t base = base_of(problem, vehicle->depot, vehicle->team);
        setup->vehicle_base[v] = vehicle->out || setup->bases[base].node < 0 ? -1 : base;
    }
    int32_t crews = 0, vehicles = 0;
    for (int32_t b = 0; b < setup->base_count; b++) {
        struct tw_base *base = &setup->bases[b];
        base->crew_begin = crews;
        base->vehicle_begin = vehicles;
        for (int32_t c = 0; c < setup->crews; c++)
            if (setup->crew_base[c] == b) setup->crew_of[crews++] = c;
        for (int32_t v = 0; v < setup->vehicles; v++)
            if (setup->vehicle_base[v] == b) setup->vehicle_of[vehicles++] = v;
        base->crew_end = crews;
        base->vehicle_end = vehicles;
    }
}

/* ---- travel ---- */

static double wading_of(const struct tw_vehicle *vehicle)
{
    return vehicle->wading_m > 0.0 ? vehicle->wading_m : tw_vehicle_wading_m(vehicle->kind);
}

/* The different depths that vehicles pass, ascending; each vehicle's place among them. */
static void class_vehicles(struct tw_setup *setup)
{
    for (int32_t v = 0; v < setup->vehicles; v++) {
        double wading_m = wading_of(&setup->problem->vehicles[v]);
        int32_t at = setup->class_count;
        while (at > 0 && setup->wading_m[at - 1] >= wading_m)
            at--;
        if (at < setup->class_count && setup->wading_m[at] == wading_m) continue;
        for (int32_t k = setup->class_count++; k > at; k--)
            setup->wading_m[k] = setup->wading_m[k - 1];
        setup->wading_m[at] = wading_m;
    }
    for (int32_t v = 0; v < setup->vehicles; v++) {
        double wading_m = wading_of(&setup->problem->vehicles[v]);
        while (setup->wading_m[setup->vehicle_class[v]] != wading_m)
            setup->vehicle_class[v]++;
    }
}

/* The road nodes from which people walk to each point: those within reach, or the nearest one. */
static int32_t place_walks(struct tw_setup *setup, struct tw_travel *travel)
{
    int32_t wanted = 0;
    for (int32_t p = 0; p < setup->points; p++) {
        const struct tw_dispatch_point *point = &setup->problem->points[p];
        struct tw_walk *walks = &setup->walks[p * TW_SETUP_WALKS];
        struct tw_near near[TW_SETUP_WALKS];
        int32_t count = tw_roads_near(setup->problem->roads, point->lon, point->lat,
                                      setup->options.access_m, near, TW_SETUP_WALKS);
        if (count == 0) {
            near[0].node = tw_roads_nearest(setup->problem->roads, point->lon, point->lat,
                                            &near[0].distance_m);
            count = near[0].node >= 0 && near[0].distance_m <= FARTHEST_NODE_M ? 1 : 0;
        }
        for (int32_t k = 0; k < TW_SETUP_WALKS; k++) {
            walks[k].node = k < count ? near[k].node : -1;
            if (k >= count) continue;
            walks[k].walk_ms = (int32_t)(1000.0 * near[k].distance_m / walk_mps);
            wanted += travel->target[near[k].node] == 0;
            travel->target[near[k].node] = 1;
        }
    }
    return wanted;
}

static bool class_used(const struct tw_setup *setup, const struct tw_base *base, int32_t class)
{
    for (int32_t i = base->vehicle_begin; i < base->vehicle_end; i++)
        if (setup->vehicle_class[setup->vehicle_of[i]] == class) return true;
    return false;
}

static int32_t earliest_s(const struct tw_travel *travel, const struct tw_walk *walks)
{
    int64_t best_ms = INT64_MAX;
    for (int32_t k = 0; k < TW_SETUP_WALKS && walks[k].node >= 0; k++) {
        int64_t ms = travel->arrive_ms[walks[k].node];
        if (ms != TW_TRAVEL_NEVER && ms + walks[k].walk_ms < best_ms)
            best_ms = ms + walks[k].walk_ms;
    }
    return best_ms == INT64_MAX ? TW_DISPATCH_NEVER : (int32_t)((best_ms + 999) / 1000);
}

/* A team that stands at its point needs no road to it. */
static bool is_there(const struct tw_setup *setup, const struct tw_base *base, int32_t point)
{
    if (base->team < 0) return false;
    const struct tw_team *team = &setup->problem->teams[base->team];
    return team->state == TW_TEAM_WORKING && team->to == point;
}

static tw_status measure(struct tw_setup *setup)
{
    struct tw_travel travel;
    tw_status status =
        tw_travel_init(&travel, &setup->arena, setup->problem->roads, setup->problem->water);
    int32_t wanted = status == TW_OK ? place_walks(setup, &travel) : 0;
    for (int32_t b = 0; status == TW_OK && b < setup->base_count; b++) {
        const struct tw_base *base = &setup->bases[b];
        for (int32_t k = 0; status == TW_OK && k < setup->class_count; k++) {
            int32_t *row = &setup->arrive_s[(int64_t)(b * setup->class_count + k) * setup->points];
            for (int32_t p = 0; p < setup->points; p++)
                row[p] = TW_DISPATCH_NEVER;
            if (!class_used(setup, base, k)) continue;
            status = tw_travel_search(&travel, base->node, 1000 * base->leave_s, setup->wading_m[k],
                                      wanted);
            for (int32_t p = 0; p < setup->points; p++)
                row[p] = is_there(setup, base, p)
                             ? 0
                             : earliest_s(&travel, &setup->walks[p * TW_SETUP_WALKS]);
        }
    }
    tw_travel_done(&travel);
    return status;
}

/* ---- what may go where ---- */

static void allow_vehicles(struct tw_setup *setup)
{
    for (int32_t v = 0; v < setup->vehicles; v++) {
        int32_t b = setup->vehicle_base[v];
        for (int32_t p = 0; p < setup->points; p++) {
            int64_t pair = (int64_t)v * setup->points + p;
            int64_t row = (int64_t)b * setup->class_count + setup->vehicle_class[v];
            int32_t s = b < 0 ? TW_DISPATCH_NEVER : setup->arrive_s[row * setup->points + p];
            setup->vehicle_arrive_s[pair] = s;
            setup->vehicle_may[pair] =
                s != TW_DISPATCH_NEVER && s < setup->problem->points[p].end_s;
            if (setup->vehicle_may[pair]) setup->reachable[p] = true;
        }
    }
}

static int32_t fastest_s(const struct tw_setup *setup, int32_t b, int32_t p)
{
    int32_t best = TW_DISPATCH_NEVER;
    for (int32_t k = 0; k < setup->class_count; k++) {
        int32_t s = setup->arrive_s[(int64_t)(b * setup->class_count + k) * setup->points + p];
        if (s < best) best = s;
    }
    return best;
}

static void allow_crews(struct tw_setup *setup)
{
    for (int32_t c = 0; c < setup->crews; c++)
        for (int32_t p = 0; p < setup->points; p++) {
            int64_t pair = (int64_t)c * setup->points + p;
            int32_t s = setup->crew_base[c] < 0 ? TW_DISPATCH_NEVER
                                                : fastest_s(setup, setup->crew_base[c], p);
            int64_t until_s = setup->problem->crews[c].until_s;
            bool there = setup->crew_was[c] == p && setup->problem->crews[c].team >= 0;
            setup->crew_travel_s[pair] = s;
            setup->crew_may[pair] = s != TW_DISPATCH_NEVER && s < setup->problem->points[p].end_s &&
                                    (there || (int64_t)s + setup->options.stay_s <= until_s);
        }
}

/* Where people were sent before, what calling them elsewhere costs, and who stays in any case. */
static void take_teams(struct tw_setup *setup)
{
    const struct tw_dispatch_problem *problem = setup->problem;
    int64_t bar = (int64_t)setup->options.bar * 100 * TW_UNIT_PERSON;
    int32_t held = 0;
    for (int32_t c = 0; c < setup->crews; c++) {
        int32_t t = problem->crews[c].team;
        setup->crew_was[c] = t >= 0 ? problem->teams[t].to : -1;
        setup->crew_fixed[c] = -1;
        if (t < 0 || setup->crew_base[c] < 0) continue;
        const struct tw_team *team = &problem->teams[t];
        if (problem->points[team->to].stage_count > 0) {
            setup->crew_move_cost[c] = team->state == TW_TEAM_ORDERED ? bar / 2 : bar;
            held++;
        }
        if (team->state == TW_TEAM_ROLLING && team->arrive_s <= setup->options.freeze_s)
            setup->crew_fixed[c] = team->to;
    }
    setup->move_allow = held / STAY_SHARE;
    setup->move_extra = EXTRA_BARS * bar;
    for (int32_t v = 0; v < setup->vehicles; v++) {
        int32_t t = problem->vehicles[v].team;
        setup->vehicle_was[v] = t >= 0 ? problem->teams[t].to : -1;
        bool near = t >= 0 && problem->teams[t].state == TW_TEAM_ROLLING &&
                    problem->teams[t].arrive_s <= setup->options.freeze_s;
        setup->vehicle_fixed[v] = near && setup->vehicle_base[v] >= 0 ? problem->teams[t].to : -1;
    }
}

static void take_decisions(struct tw_setup *setup)
{
    for (int32_t d = 0; d < setup->problem->decision_count; d++) {
        const struct tw_decision *decision = &setup->problem->decisions[d];
        bool crew = decision->crew >= 0;
        int32_t who = crew ? decision->crew : decision->vehicle;
        uint8_t *may = crew ? setup->crew_may : setup->vehicle_may;
        int32_t *fixed = crew ? setup->crew_fixed : setup->vehicle_fixed;
        if (decision->never) {
            may[(int64_t)who * setup->points + decision->point] = 0;
            if (fixed[who] == decision->point) fixed[who] = -1;
        } else {
            fixed[who] = decision->point;
        }
    }
}

/* Nobody is held to a point that can't be reached any more. */
static void free_impossible(struct tw_setup *setup)
{
    for (int32_t c = 0; c < setup->crews; c++) {
        int32_t p = setup->crew_fixed[c];
        if (p >= 0 && setup->crew_may[(int64_t)c * setup->points + p] == 0)
            setup->crew_fixed[c] = -1;
    }
    for (int32_t v = 0; v < setup->vehicles; v++) {
        int32_t p = setup->vehicle_fixed[v];
        if (p >= 0 && setup->vehicle_may[(int64_t)v * setup->points + p] == 0)
            setup->vehicle_fixed[v] = -1;
    }
}

/* Crews of a base with the same size, skills, past and rights: only one of them need be tried. */
static bool alike(const struct tw_setup *setup, int32_t a, int32_t b)
{
    const struct tw_crew *x = &setup->problem->crews[a], *y = &setup->problem->crews[b];
    size_t n = (size_t)setup->points;
    return setup->crew_base[a] == setup->crew_base[b] && x->size == y->size &&
           x->skills == y->skills && setup->crew_was[a] == setup->crew_was[b] &&
           setup->crew_fixed[a] == setup->crew_fixed[b] &&
           setup->crew_move_cost[a] == setup->crew_move_cost[b] &&
           memcmp(setup->crew_may + (size_t)a * n, setup->crew_may + (size_t)b * n, n) == 0;
}

static bool alike_vehicles(const struct tw_setup *setup, int32_t a, int32_t b)
{
    const struct tw_vehicle *x = &setup->problem->vehicles[a], *y = &setup->problem->vehicles[b];
    size_t n = (size_t)setup->points;
    return x->seats == y->seats && x->pump_m3h == y->pump_m3h &&
           setup->vehicle_class[a] == setup->vehicle_class[b] &&
           setup->vehicle_was[a] == setup->vehicle_was[b] &&
           setup->vehicle_fixed[a] == setup->vehicle_fixed[b] &&
           memcmp(setup->vehicle_may + (size_t)a * n, setup->vehicle_may + (size_t)b * n, n) == 0;
}

static void number_types(struct tw_setup *setup)
{
    for (int32_t b = 0; b < setup->base_count; b++) {
        const struct tw_base *base = &setup->bases[b];
        for (int32_t i = base->crew_begin; i < base->crew_end; i++) {
            int32_t c = setup->crew_of[i], j = base->crew_begin;
            while (!alike(setup, c, setup->crew_of[j]))
                j++;
            setup->crew_type[c] = j - base->crew_begin;
        }
        for (int32_t i = base->vehicle_begin; i < base->vehicle_end; i++) {
            int32_t v = setup->vehicle_of[i], j = base->vehicle_begin;
            while (!alike_vehicles(setup, v, setup->vehicle_of[j]))
                j++;
            setup->vehicle_type[v] = j - base->vehicle_begin;
        }
    }
}

/* ---- the whole ---- */

static tw_status room(struct tw_setup *s)
{
    struct tw_arena *arena = &s->arena;
    int64_t c = s->crews, v = s->vehicles, p = s->points, b = s->base_count;
#define NEW(member, type, count)                                                                   \
    if ((s->member = TW_ARENA_NEW(arena, type, count)) == NULL) return TW_ERR_NOMEM
    NEW(bases, struct tw_base, b);
    NEW(crew_of, int32_t, c);
    NEW(vehicle_of, int32_t, v);
    NEW(wading_m, double, v);
    NEW(walks, struct tw_walk, p * TW_SETUP_WALKS);
    NEW(crew_base, int32_t, c);
    NEW(crew_bar, enum tw_crew_bar, c);
    NEW(crew_was, int32_t, c);
    NEW(crew_move_cost, int64_t, c);
    NEW(crew_fixed, int32_t, c);
    NEW(crew_type, int32_t, c);
    NEW(crew_may, uint8_t, c * p);
    NEW(crew_travel_s, int32_t, c * p);
    NEW(vehicle_base, int32_t, v);
    NEW(vehicle_class, int32_t, v);
    NEW(vehicle_was, int32_t, v);
    NEW(vehicle_type, int32_t, v);
    NEW(vehicle_fixed, int32_t, v);
    NEW(vehicle_may, uint8_t, v * p);
    NEW(vehicle_arrive_s, int32_t, v * p);
    NEW(weight, int64_t, p);
    NEW(late_weight, int64_t, p);
    NEW(stage_minutes, int64_t, p * TW_DISPATCH_STAGES);
    NEW(most, struct tw_need, p);
    NEW(order, int32_t, p);
    NEW(reachable, bool, p);
#undef NEW
    return TW_OK;
}

static int32_t find_word(const char *const *words, int32_t count, const char *word)
{
    for (int32_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0) return i;
    return -1;
}

tw_status tw_setup_init(struct tw_setup *out_setup, const struct tw_dispatch_problem *problem,
                        const struct tw_dispatch_options *options)
{
    struct tw_setup *setup = out_setup;
    *setup = (struct tw_setup){.problem = problem,
                               .options = *options,
                               .crews = problem->crew_count,
                               .vehicles = problem->vehicle_count,
                               .points = problem->point_count,
                               .base_count = problem->depot_count + problem->team_count};
    tw_arena_init(&setup->arena);
    setup->pump_skill = find_word(problem->skills, problem->skill_count, "pump");
    TW_TRY(room(setup));
    weigh_points(setup);
    place_bases(setup);
    fill_bases(setup);
    class_vehicles(setup);
    setup->arrive_s = TW_ARENA_NEW(&setup->arena, int32_t,
                                   (int64_t)setup->base_count * setup->class_count * setup->points);
    if (setup->arrive_s == NULL) return TW_ERR_NOMEM;
    TW_TRY(measure(setup));
    take_teams(setup);
    allow_vehicles(setup);
    allow_crews(setup);
    take_decisions(setup);
    free_impossible(setup);
    number_types(setup);
    return TW_OK;
}

void tw_setup_done(struct tw_setup *setup)
{
    if (setup != NULL) tw_arena_done(&setup->arena);
}

double tw_vehicle_wading_m(const char *kind)
{
    static const struct {
        const char *kind;
        double wading_m;
    } kinds[] = {
#define TW_VEHICLE_KIND(word, depth_m) {word, depth_m},
#include "dispatch/vehicle_kinds.def"
#undef TW_VEHICLE_KIND
    };
    for (size_t i = 0; kind != NULL && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].kind, kind) == 0) return kinds[i].wading_m;
    return TW_ROADS_CAR_M;
}
