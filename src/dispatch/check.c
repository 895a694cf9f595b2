/* Everything that a problem can have wrong, each named. */
#include "base/names.h"
#include "dispatch/dispatch.h"

#include <math.h>

enum { MOST = 100000, PEOPLE_MOST = 10000, PUMP_MOST = 1000000, TIME_MOST_S = 1000000 };

static const double far_m = 2000.0;

struct check {
    const struct tw_dispatch_problem *problem;
    const char *file;
    tw_faults *faults;
    struct tw_arena arena;
    int64_t count;
    tw_status status; /* TW_ERR_NOMEM stays */
};

#define FAULT(check, ...)                                                                          \
    do {                                                                                           \
        (check)->count++;                                                                          \
        tw_faults_add((check)->faults, (check)->file, 0, __VA_ARGS__);                             \
    } while (0)
#define WARN(check, ...) tw_faults_warn((check)->faults, (check)->file, 0, __VA_ARGS__)

static bool on_earth(double lon, double lat)
{
    return lon >= -180.0 && lon <= 180.0 && lat >= -89.0 && lat <= 89.0;
}

static bool within(int64_t value, int64_t low, int64_t high)
{
    return value >= low && value <= high;
}

/* An id that is not there yet. */
static void check_id(struct check *check, struct tw_names *names, const char *what, int32_t i,
                     const char *id)
{
    int32_t before = -1;
    if (id == NULL || id[0] == '\0') {
        FAULT(check, "%s[%d]: has no id", what, (int)i);
        return;
    }
    tw_status status = tw_names_add(names, id, &before);
    if (status == TW_ERR_NAME) {
        FAULT(check, "%s[%d] (%s): the id is there already, %s[%d]; nobody can be in two places",
              what, (int)i, id, what, (int)before);
    } else if (status != TW_OK) {
        check->status = status;
    }
}

static void check_stock(struct check *check, const char *what, const char *id, const int32_t *stock)
{
    for (int k = 0; k < TW_DISPATCH_KITS; k++)
        if (!within(stock[k], 0, PUMP_MOST))
            FAULT(check, "%s %s: stock %d is not within 0 and %d", what, id, (int)stock[k],
                  PUMP_MOST);
}

static void check_node(struct check *check, const char *what, const char *id, double lon,
                       double lat)
{
    double distance_m;
    const struct tw_roads *roads = check->problem->roads;
    int32_t node = tw_roads_nearest(roads, lon, lat, &distance_m);
    if (node < 0) return;
    if (distance_m > far_m) {
        WARN(check, "%s %s: the nearest road is %.1f km away; nobody gets there or away", what, id,
             distance_m / 1000.0);
    } else if (tw_roads_piece(roads, node) != 0) {
        WARN(check, "%s %s: its road is not joined to most of the network (piece %d of %d)", what,
             id, (int)tw_roads_piece(roads, node) + 1, (int)tw_roads_pieces(roads));
    }
}

static void check_depots(struct check *check)
{
    struct tw_names names;
    tw_names_init(&names, &check->arena);
    for (int32_t i = 0; i < check->problem->depot_count; i++) {
        const struct tw_depot *depot = &check->problem->depots[i];
        check_id(check, &names, "depots", i, depot->id);
        if (depot->id == NULL) continue;
        check_stock(check, "depot", depot->id, depot->stock);
        if (!on_earth(depot->lon, depot->lat)) {
            FAULT(check, "depot %s: coordinates must be degrees, [lon, lat]", depot->id);
        } else {
            check_node(check, "depot", depot->id, depot->lon, depot->lat);
        }
    }
}

static bool known(int32_t index, int32_t count) { return index >= 0 && index < count; }

/* Someone's team is one that left its depot or will: both must have been sent from one place. */
static bool check_team_of(struct check *check, const char *what, const char *id, int32_t team)
{
    if (team == -1 || known(team, check->problem->team_count)) return true;
    FAULT(check, "%s %s: no team %d", what, id, (int)team);
    return false;
}

static int32_t seats_beside(const struct tw_dispatch_problem *problem, const struct tw_crew *crew)
{
    int64_t seats = 0;
    for (int32_t v = 0; v < problem->vehicle_count; v++) {
        const struct tw_vehicle *vehicle = &problem->vehicles[v];
        if (vehicle->depot == crew->depot && !vehicle->out) seats += vehicle->seats;
    }
    return seats > INT32_MAX ? INT32_MAX : (int32_t)seats;
}

static void check_crews(struct check *check)
{
    const struct tw_dispatch_problem *problem = check->problem;
    struct tw_names names;
    tw_names_init(&names, &check->arena);
    for (int32_t i = 0; i < problem->crew_count; i++) {
        const struct tw_crew *crew = &problem->crews[i];
        check_id(check, &names, "crews", i, crew->id);
        if (crew->id == NULL) continue;
        if (!within(crew->size, 1, 1000))
            FAULT(check, "crew %s: size %d is not within 1 and 1000 people", crew->id,
                  (int)crew->size);
        if (!known(crew->depot, problem->depot_count)) {
            FAULT(check, "crew %s: no depot %d", crew->id, (int)crew->depot);
            continue;
        }
        (void)check_team_of(check, "crew", crew->id, crew->team);
        if (problem->skill_count < 32 && (crew->skills >> problem->skill_count) != 0)
            FAULT(check, "crew %s: a skill that is not in the list of skills", crew->id);
        int32_t seats = seats_beside(problem, crew);
        if (!crew->out && crew->team < 0 && seats < crew->size)
            WARN(check, "crew %s: %d people, but the vehicles of depot %s have %d seats; it stays",
                 crew->id, (int)crew->size, problem->depots[crew->depot].id, (int)seats);
    }
}

static void check_vehicles(struct check *check)
{
    const struct tw_dispatch_problem *problem = check->problem;
    struct tw_names names;
    tw_names_init(&names, &check->arena);
    for (int32_t i = 0; i < problem->vehicle_count; i++) {
        const struct tw_vehicle *vehicle = &problem->vehicles[i];
        check_id(check, &names, "vehicles", i, vehicle->id);
        if (vehicle->id == NULL) continue;
        if (!within(vehicle->seats, 1, 1000))
            FAULT(check, "vehicle %s: %d seats are not within 1 and 1000", vehicle->id,
                  (int)vehicle->seats);
        if (!within(vehicle->pump_m3h, 0, PUMP_MOST))
            FAULT(check, "vehicle %s: pump_m3h %d is not within 0 and %d", vehicle->id,
                  (int)vehicle->pump_m3h, PUMP_MOST);
        if (!(vehicle->wading_m <= 5.0))
            FAULT(check, "vehicle %s: wading_m %g is not within 0 and 5 m", vehicle->id,
                  vehicle->wading_m);
        if (!known(vehicle->depot, problem->depot_count))
            FAULT(check, "vehicle %s: no depot %d", vehicle->id, (int)vehicle->depot);
        (void)check_team_of(check, "vehicle", vehicle->id, vehicle->team);
    }
}

/* ---- teams ---- */

static void count_team(const struct tw_dispatch_problem *problem, int32_t team, int64_t *out_people,
                       int64_t *out_seats)
{
    *out_people = *out_seats = 0;
    for (int32_t c = 0; c < problem->crew_count; c++)
        if (problem->crews[c].team == team) *out_people += problem->crews[c].size;
    for (int32_t v = 0; v < problem->vehicle_count; v++)
        if (problem->vehicles[v].team == team) *out_seats += problem->vehicles[v].seats;
}

static void check_teams(struct check *check)
{
    const struct tw_dispatch_problem *problem = check->problem;
    struct tw_names names;
    tw_names_init(&names, &check->arena);
    for (int32_t t = 0; t < problem->team_count; t++) {
        const struct tw_team *team = &problem->teams[t];
        check_id(check, &names, "teams", t, team->id);
        if (team->id == NULL) continue;
        check_stock(check, "team", team->id, team->stock);
        if (!known(team->to, problem->point_count))
            FAULT(check, "team %s: no point %d", team->id, (int)team->to);
        if ((int)team->state < TW_TEAM_ORDERED || (int)team->state > TW_TEAM_WORKING)
            FAULT(check, "team %s: its state is unknown", team->id);
        if (team->state != TW_TEAM_ORDERED && !on_earth(team->lon, team->lat))
            FAULT(check, "team %s: it has left its depot and has no place", team->id);
        int64_t people, seats;
        count_team(problem, t, &people, &seats);
        if (people == 0) WARN(check, "team %s: no crew is in it", team->id);
        if (people > 0 && seats < people)
            WARN(check, "team %s: %lld people on %lld seats; who has none stays", team->id,
                 (long long)people, (long long)seats);
    }
}

/* ---- points ---- */

static void check_stage(struct check *check, const struct tw_dispatch_point *point, int32_t k)
{
    const struct tw_need *need = &point->stages[k];
    if (!within(need->from_s, -TIME_MOST_S, TIME_MOST_S))
        FAULT(check, "point %s: stage %d begins out of all time", point->id, (int)k);
    if (k > 0 && need->from_s < point->stages[k - 1].from_s)
        FAULT(check, "point %s: stage %d begins before the one before it", point->id, (int)k);
    if (!within(need->people, 0, PEOPLE_MOST))
        FAULT(check, "point %s: stage %d: %d people are not within 0 and %d", point->id, (int)k,
              (int)need->people, PEOPLE_MOST);
    if (!within(need->pump_m3h, 0, PUMP_MOST))
        FAULT(check, "point %s: stage %d: pump_m3h %d is not within 0 and %d", point->id, (int)k,
              (int)need->pump_m3h, PUMP_MOST);
    for (int i = 0; i < TW_DISPATCH_SKILLS; i++)
        if (!within(need->skills[i], 0, PEOPLE_MOST))
            FAULT(check, "point %s: stage %d: %d people of a skill are not within 0 and %d",
                  point->id, (int)k, (int)need->skills[i], PEOPLE_MOST);
    for (int i = 0; i < TW_DISPATCH_KITS; i++)
        if (!within(need->kits[i], 0, PUMP_MOST))
            FAULT(check, "point %s: stage %d: %d of a kit are not within 0 and %d", point->id,
                  (int)k, (int)need->kits[i], PUMP_MOST);
}

static void check_points(struct check *check)
{
    struct tw_names names;
    tw_names_init(&names, &check->arena);
    for (int32_t i = 0; i < check->problem->point_count; i++) {
        const struct tw_dispatch_point *point = &check->problem->points[i];
        check_id(check, &names, "points", i, point->id);
        if (point->id == NULL) continue;
        if (!within(point->weight, 1, 10))
            FAULT(check, "point %s: weight %d is not within 1 and 10", point->id,
                  (int)point->weight);
        if (!(point->depth_m >= 0.0 && point->depth_m <= 100.0))
            FAULT(check, "point %s: depth_m is not within 0 and 100", point->id);
        if (!(fabs(point->rise_mh) <= 1000.0))
            FAULT(check, "point %s: rise_mh is not within -1000 and 1000", point->id);
        if (!within(point->stage_count, 0, TW_DISPATCH_STAGES)) {
            FAULT(check, "point %s: %d stages; %d are the most", point->id, (int)point->stage_count,
                  TW_DISPATCH_STAGES);
            continue;
        }
        if (!within(point->end_s, -TIME_MOST_S, TIME_MOST_S) ||
            !within(point->water_s, -TIME_MOST_S, TIME_MOST_S))
            FAULT(check, "point %s: water_s or end_s is out of all time", point->id);
        for (int32_t k = 0; k < point->stage_count; k++)
            check_stage(check, point, k);
        if (!on_earth(point->lon, point->lat)) {
            FAULT(check, "point %s: coordinates must be degrees, [lon, lat]", point->id);
        } else {
            check_node(check, "point", point->id, point->lon, point->lat);
        }
    }
}

/* ---- decisions ---- */

static void check_decision(struct check *check, int32_t d)
{
    const struct tw_dispatch_problem *problem = check->problem;
    const struct tw_decision *a = &problem->decisions[d];
    bool crew = known(a->crew, problem->crew_count);
    bool vehicle = known(a->vehicle, problem->vehicle_count);
    if (crew == vehicle || (a->crew >= 0 && a->vehicle >= 0)) {
        FAULT(check, "decisions[%d]: must name one crew or one vehicle", (int)d);
        return;
    }
    if (!known(a->point, problem->point_count)) {
        FAULT(check, "decisions[%d]: no point %d", (int)d, (int)a->point);
        return;
    }
    for (int32_t e = 0; e < d; e++) {
        const struct tw_decision *b = &problem->decisions[e];
        if (a->crew != b->crew || a->vehicle != b->vehicle) continue;
        if ((!a->never && !b->never && a->point != b->point) ||
            (a->never != b->never && a->point == b->point))
            FAULT(check, "decisions[%d] and [%d]: %s can't be at both, or there and not there",
                  (int)e, (int)d,
                  crew ? problem->crews[a->crew].id : problem->vehicles[a->vehicle].id);
    }
}

/* ---- the whole ---- */

static bool counts_usable(struct check *check)
{
    const struct tw_dispatch_problem *p = check->problem;
    const struct {
        const char *what;
        int64_t count, most;
    } lists[] = {{"depots", p->depot_count, 10000},
                 {"crews", p->crew_count, 10000},
                 {"vehicles", p->vehicle_count, 10000},
                 {"teams", p->team_count, 10000},
                 {"points", p->point_count, 2000},
                 {"decisions", p->decision_count, MOST},
                 {"skills", p->skill_count, TW_DISPATCH_SKILLS},
                 {"kits", p->kit_count, TW_DISPATCH_KITS}};
    bool usable = p->roads != NULL;
    if (!usable) FAULT(check, "roads: there are none");
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (!within(lists[i].count, 0, lists[i].most)) {
            FAULT(check, "%s: %lld; %lld are the most", lists[i].what, (long long)lists[i].count,
                  (long long)lists[i].most);
            usable = false;
        }
    return usable;
}

static void check_roads(struct check *check)
{
    const struct tw_roads *roads = check->problem->roads;
    if (tw_roads_nodes(roads) == 0) WARN(check, "roads: there are none; nobody can go anywhere");
    if (tw_roads_pieces(roads) > 1)
        WARN(check, "roads: the network is in %d pieces; nobody drives from one to another",
             (int)tw_roads_pieces(roads));
}

tw_status tw_dispatch_check(const struct tw_dispatch_problem *problem, const char *file,
                            tw_faults *faults)
{
    struct check check = {.problem = problem, .file = file, .faults = faults};
    tw_arena_init(&check.arena);
    if (counts_usable(&check)) {
        check_roads(&check);
        check_depots(&check);
        check_crews(&check);
        check_vehicles(&check);
        check_points(&check);
        check_teams(&check);
        for (int32_t d = 0; d < problem->decision_count; d++)
            check_decision(&check, d);
    }
    tw_arena_done(&check.arena);
    if (check.status != TW_OK) return check.status;
    return check.count > 0 ? TW_ERR_INPUT : TW_OK;
}
