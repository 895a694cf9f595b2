/* A problem from JSON: what changes from hour to hour. */
#include "dispatch/case_internal.h"

#include <string.h>

enum { FRAMES_MOST = 10000 };

static const int32_t times[2] = {-1000000, 1000000};

/* ---- demand ---- */

/* Numbers of an array; NULL with a fault when it is no such array of the right length. */
static double *take_series(struct tw_case_reader *reader, const struct tw_path *path,
                           const json_t *object, const char *key, size_t count)
{
    struct tw_path place = tw_path_key(path, key);
    const json_t *list = tw_take_array(&reader->take, path, object, key);
    if (json_array_size(list) != count || count == 0 || count > FRAMES_MOST) {
        tw_take_fault(&reader->take, &place, "needs %zu numbers, has %zu", count,
                      json_array_size(list));
        return NULL;
    }
    double *series = TW_ARENA_NEW(&reader->memory->arena, double, count);
    if (series == NULL) reader->status = TW_ERR_NOMEM;
    for (size_t i = 0; series != NULL && i < count; i++) {
        const json_t *value = json_array_get(list, i);
        series[i] = json_number_value(value);
        struct tw_path element = tw_path_index(&place, i);
        if (json_is_number(value) && series[i] >= 0.0 && series[i] <= 100.0) continue;
        tw_take_fault(&reader->take, &element, "must be a depth within 0 and 100 m");
        return NULL;
    }
    return series;
}

static int32_t *take_times(struct tw_case_reader *reader, const struct tw_path *path,
                           const json_t *object, size_t *out_count)
{
    struct tw_path place = tw_path_key(path, "times_s");
    const json_t *list = tw_take_array(&reader->take, path, object, "times_s");
    size_t count = json_array_size(list);
    if (count == 0 || count > FRAMES_MOST) {
        tw_take_fault(&reader->take, &place, "needs 1 to %d times, has %zu", FRAMES_MOST, count);
        return NULL;
    }
    int32_t *time_s = TW_ARENA_NEW(&reader->memory->arena, int32_t, count);
    if (time_s == NULL) reader->status = TW_ERR_NOMEM;
    for (size_t i = 0; time_s != NULL && i < count; i++) {
        struct tw_path element = tw_path_index(&place, i);
        double value = json_number_value(json_array_get(list, i));
        if (!json_is_number(json_array_get(list, i)) || !(value >= times[0]) ||
            !(value <= times[1]) || (i > 0 && (int32_t)value <= time_s[i - 1])) {
            tw_take_fault(&reader->take, &element, "must be whole seconds after now, ascending");
            return NULL;
        }
        time_s[i] = (int32_t)value;
    }
    *out_count = count;
    return time_s;
}

static void take_depths(struct tw_case_reader *reader, const struct tw_path *path,
                        const json_t *depths, int32_t p)
{
    static const char *const words[] = {"times_s", "plan_m", "high_m", "life_m", NULL};
    struct tw_case_memory *memory = reader->memory;
    const double range[2] = {0.0, 100.0};
    double life_m = 0.6;
    size_t count = 0;
    tw_take_known(&reader->take, path, depths, words);
    int32_t *time_s = take_times(reader, path, depths, &count);
    if (time_s == NULL) return;
    const double *plan_high_m[2] = {take_series(reader, path, depths, "plan_m", count), NULL};
    if (json_object_get(depths, "high_m") != NULL)
        plan_high_m[1] = take_series(reader, path, depths, "high_m", count);
    (void)tw_take_number(&reader->take, path, depths, "life_m", range, &life_m);
    if (plan_high_m[0] == NULL || reader->status != TW_OK) return;
    if (memory->step_count[p] == 0) {
        struct tw_dispatch_problem words_of = {.skills = memory->skills,
                                               .kits = memory->kits,
                                               .skill_count = memory->skill_count,
                                               .kit_count = memory->kit_count};
        memory->step_count[p] = tw_demand_usual(&words_of, memory->steps[p]);
    }
    if (tw_demand_set(memory->steps[p], memory->step_count[p], (int32_t)count, time_s, plan_high_m,
                      life_m, &memory->points[p]) != TW_OK)
        tw_take_fault(&reader->take, path, "can't be used");
}

static void take_stages(struct tw_case_reader *reader, const struct tw_path *path,
                        const json_t *stages, struct tw_dispatch_point *point)
{
    static const char *const words[] = {"from_s", "people", "pump_m3h", "skills", "kits", NULL};
    size_t count = json_array_size(stages);
    struct tw_path key = tw_path_key(path, "stages");
    if (count > TW_DISPATCH_STAGES) {
        tw_take_fault(&reader->take, &key, "%zu stages; %d are the most", count,
                      TW_DISPATCH_STAGES);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct tw_path place = tw_path_index(&key, i);
        const json_t *stage = json_array_get(stages, i);
        if (!json_is_object(stage)) {
            tw_take_fault(&reader->take, &place, "must be an object");
            continue;
        }
        tw_take_known(&reader->take, &place, stage, words);
        (void)tw_take_int(&reader->take, &place, stage, "from_s", times, &point->stages[i].from_s);
        tw_case_need(reader, &place, stage, &point->stages[i]);
    }
    point->stage_count = (int32_t)count;
}

static void take_demand(struct tw_case_reader *reader, const char *id, const json_t *demand)
{
    static const char *const words[] = {"life",  "depth_m", "rise_mh", "water_s",
                                        "end_s", "stages",  "depths",  NULL};
    const double depths[2] = {0.0, 100.0}, rises[2] = {-1000.0, 1000.0};
    struct tw_path top = tw_path_key(NULL, "demand"), path = tw_path_key(&top, id);
    int32_t p = tw_case_find(reader, &top, &reader->memory->point_ids, "point", id);
    if (p < 0) return;
    if (!json_is_object(demand)) {
        tw_take_fault(&reader->take, &path, "must be an object");
        return;
    }
    struct tw_dispatch_point *point = &reader->memory->points[p];
    tw_take_known(&reader->take, &path, demand, words);
    (void)tw_take_bool(&reader->take, &path, demand, "life", &point->life);
    const json_t *series = tw_take_object(&reader->take, &path, demand, "depths");
    struct tw_path at = tw_path_key(&path, "depths");
    if (series != NULL) {
        take_depths(reader, &at, series, p);
        return;
    }
    take_stages(reader, &path, tw_take_array(&reader->take, &path, demand, "stages"), point);
    point->end_s = 7200;
    if (point->stage_count > 0) point->water_s = point->stages[0].from_s;
    (void)tw_take_number(&reader->take, &path, demand, "depth_m", depths, &point->depth_m);
    (void)tw_take_number(&reader->take, &path, demand, "rise_mh", rises, &point->rise_mh);
    (void)tw_take_int(&reader->take, &path, demand, "water_s", times, &point->water_s);
    (void)tw_take_int(&reader->take, &path, demand, "end_s", times, &point->end_s);
}

/* Each member of an object, with its name. */
static void each(struct tw_case_reader *reader, const json_t *object,
                 void (*take)(struct tw_case_reader *, const char *, const json_t *))
{
    void *at = json_object_iter((json_t *)(uintptr_t)object);
    for (; at != NULL; at = json_object_iter_next((json_t *)(uintptr_t)object, at))
        take(reader, json_object_iter_key(at), json_object_iter_value(at));
}

void tw_case_demand(struct tw_case_reader *reader, const json_t *root)
{
    each(reader, tw_take_object(&reader->take, NULL, root, "demand"), take_demand);
}

/* ---- water ---- */

static void add_place(struct tw_case_reader *reader, const struct tw_path *path,
                      const json_t *place, size_t frames)
{
    static const char *const words[] = {"id", "lon", "lat", "radius_m", "depth_m", NULL};
    const double lons[2] = {-180.0, 180.0}, lats[2] = {-89.0, 89.0}, radii[2] = {0.0, 5000.0};
    double lon = 1000.0, lat = 1000.0, radius_m = 60.0;
    tw_take_known(&reader->take, path, place, words);
    bool usable = tw_take_number(&reader->take, path, place, "lon", lons, &lon) &&
                  tw_take_number(&reader->take, path, place, "lat", lats, &lat) &&
                  tw_take_number(&reader->take, path, place, "radius_m", radii, &radius_m);
    const double *depth_m = take_series(reader, path, place, "depth_m", frames);
    if (usable && (lon > 180.0 || lat > 89.0)) {
        tw_take_fault(&reader->take, path, "needs lon and lat");
        usable = false;
    }
    if (!usable || depth_m == NULL || reader->out->water == NULL) return;
    if (tw_water_add(reader->out->water, lon, lat, radius_m, depth_m) == TW_ERR_NOMEM)
        reader->status = TW_ERR_NOMEM;
}

static void add_road(struct tw_case_reader *reader, const struct tw_path *path, const json_t *road,
                     size_t frames)
{
    static const char *const words[] = {"road", "depth_m", NULL};
    tw_take_known(&reader->take, path, road, words);
    const char *id = tw_take_text(&reader->take, path, road, "road", true);
    const double *depth_m = take_series(reader, path, road, "depth_m", frames);
    if (id == NULL || depth_m == NULL || reader->out->water == NULL) return;
    tw_status status = tw_water_add_road(reader->out->water, id, depth_m);
    if (status == TW_ERR_NAME) tw_take_fault(&reader->take, path, "there is no road \"%s\"", id);
    if (status == TW_ERR_NOMEM) reader->status = status;
}

static void close_road(struct tw_case_reader *reader, const struct tw_path *path,
                       const json_t *road)
{
    if (!json_is_string(road)) {
        tw_take_fault(&reader->take, path, "must be the id of a road");
        return;
    }
    if (reader->out->water == NULL) return;
    tw_status status = tw_water_close(reader->out->water, json_string_value(road));
    if (status == TW_ERR_NAME)
        tw_take_fault(&reader->take, path, "there is no road \"%.60s\"", json_string_value(road));
    if (status == TW_ERR_NOMEM) reader->status = status;
}

void tw_case_water(struct tw_case_reader *reader, const json_t *root)
{
    static const char *const words[] = {"times_s", "places", "roads", "closed", NULL};
    const json_t *water = tw_take_object(&reader->take, NULL, root, "water");
    struct tw_path path = tw_path_key(NULL, "water");
    int32_t now_s = 0;
    const int32_t *time_s = &now_s;
    size_t frames = 1;
    if (water == NULL) return;
    tw_take_known(&reader->take, &path, water, words);
    if (json_object_get(water, "times_s") != NULL) {
        time_s = take_times(reader, &path, water, &frames);
        if (time_s == NULL) return;
    }
    if (reader->out->roads != NULL && tw_water_create(reader->out->roads, (int32_t)frames, time_s,
                                                      &reader->out->water) == TW_ERR_NOMEM)
        reader->status = TW_ERR_NOMEM;
    const json_t *list = tw_take_array(&reader->take, &path, water, "places");
    struct tw_path key = tw_path_key(&path, "places");
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct tw_path place = tw_path_index(&key, i);
        add_place(reader, &place, json_array_get(list, i), frames);
    }
    list = tw_take_array(&reader->take, &path, water, "roads");
    key = tw_path_key(&path, "roads");
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct tw_path place = tw_path_index(&key, i);
        add_road(reader, &place, json_array_get(list, i), frames);
    }
    list = tw_take_array(&reader->take, &path, water, "closed");
    key = tw_path_key(&path, "closed");
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct tw_path place = tw_path_index(&key, i);
        close_road(reader, &place, json_array_get(list, i));
    }
}

/* ---- crews and vehicles ---- */

static void take_crew_state(struct tw_case_reader *reader, const char *id, const json_t *state)
{
    static const char *const words[] = {"free_s", "until_s", "out", NULL};
    struct tw_path top = tw_path_key(NULL, "crews"), path = tw_path_key(&top, id);
    int32_t c = tw_case_find(reader, &top, &reader->memory->crew_ids, "crew", id);
    if (c < 0) return;
    struct tw_crew *crew = &reader->memory->crews[c];
    tw_take_known(&reader->take, &path, state, words);
    (void)tw_take_int(&reader->take, &path, state, "free_s", times, &crew->free_s);
    (void)tw_take_int(&reader->take, &path, state, "until_s", times, &crew->until_s);
    (void)tw_take_bool(&reader->take, &path, state, "out", &crew->out);
}

static void take_vehicle_state(struct tw_case_reader *reader, const char *id, const json_t *state)
{
    static const char *const words[] = {"out", "wading_m", NULL};
    const double depths[2] = {0.0, 5.0};
    struct tw_path top = tw_path_key(NULL, "vehicles"), path = tw_path_key(&top, id);
    int32_t v = tw_case_find(reader, &top, &reader->memory->vehicle_ids, "vehicle", id);
    if (v < 0) return;
    struct tw_vehicle *vehicle = &reader->memory->vehicles[v];
    tw_take_known(&reader->take, &path, state, words);
    (void)tw_take_number(&reader->take, &path, state, "wading_m", depths, &vehicle->wading_m);
    (void)tw_take_bool(&reader->take, &path, state, "out", &vehicle->out);
}

void tw_case_people(struct tw_case_reader *reader, const json_t *root)
{
    each(reader, tw_take_object(&reader->take, NULL, root, "crews"), take_crew_state);
    each(reader, tw_take_object(&reader->take, NULL, root, "vehicles"), take_vehicle_state);
}

/* ---- teams ---- */

/* Put the crews or vehicles of a team into it; somebody who is in another one is a fault. */
static void join_team(struct tw_case_reader *reader, const struct tw_path *path, const json_t *team,
                      bool crews, int32_t t)
{
    struct tw_case_memory *memory = reader->memory;
    const char *key = crews ? "crews" : "vehicles";
    const json_t *list = tw_take_array(&reader->take, path, team, key);
    struct tw_path at = tw_path_key(path, key);
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct tw_path place = tw_path_index(&at, i);
        const json_t *id = json_array_get(list, i);
        if (!json_is_string(id)) {
            tw_take_fault(&reader->take, &place, "must be an id");
            continue;
        }
        int32_t who = tw_case_find(reader, &place, crews ? &memory->crew_ids : &memory->vehicle_ids,
                                   crews ? "crew" : "vehicle", json_string_value(id));
        if (who < 0) continue;
        int32_t *team_of = crews ? &memory->crews[who].team : &memory->vehicles[who].team;
        if (*team_of >= 0)
            tw_take_fault(&reader->take, &place, "%.60s is in team %s already; it can't be in two",
                          json_string_value(id), memory->teams[*team_of].id);
        *team_of = t;
    }
}

static void take_team(struct tw_case_reader *reader, const struct tw_path *path, const json_t *team)
{
    static const char *const words[] = {"id",       "state", "to",       "lon",   "lat",
                                        "arrive_s", "crews", "vehicles", "stock", NULL};
    static const char *const states[] = {"ordered", "rolling", "working"};
    struct tw_case_memory *memory = reader->memory;
    const double lons[2] = {-180.0, 180.0}, lats[2] = {-89.0, 89.0};
    struct tw_team out = {.state = TW_TEAM_ORDERED, .lon = 1000.0, .lat = 1000.0};
    tw_take_known(&reader->take, path, team, words);
    out.id = tw_take_text(&reader->take, path, team, "id", true);
    const char *state = tw_take_text(&reader->take, path, team, "state", true);
    const char *to = tw_take_text(&reader->take, path, team, "to", true);
    struct tw_path to_path = tw_path_key(path, "to"), state_path = tw_path_key(path, "state");
    out.to = tw_case_find(reader, &to_path, &memory->point_ids, "point", to);
    if (out.id == NULL || state == NULL || out.to < 0) return;
    int known = 0;
    while (known < 3 && strcmp(states[known], state) != 0)
        known++;
    if (known == 3) {
        tw_take_fault(&reader->take, &state_path, "must be ordered, rolling or working");
        return;
    }
    out.state = (enum tw_team_state)known;
    if (out.state == TW_TEAM_WORKING) {
        out.lon = memory->points[out.to].lon;
        out.lat = memory->points[out.to].lat;
    }
    (void)tw_take_number(&reader->take, path, team, "lon", lons, &out.lon);
    (void)tw_take_number(&reader->take, path, team, "lat", lats, &out.lat);
    (void)tw_take_int(&reader->take, path, team, "arrive_s", times, &out.arrive_s);
    struct tw_path stock = tw_path_key(path, "stock");
    tw_case_stock(reader, &stock, tw_take_object(&reader->take, path, team, "stock"), out.stock);
    int32_t t = memory->team_count++;
    memory->teams[t] = out;
    join_team(reader, path, team, true, t);
    join_team(reader, path, team, false, t);
}

void tw_case_teams(struct tw_case_reader *reader, const json_t *root)
{
    const json_t *list = tw_take_array(&reader->take, NULL, root, "teams");
    struct tw_path key = tw_path_key(NULL, "teams");
    reader->memory->teams =
        TW_ARENA_NEW(&reader->memory->arena, struct tw_team, json_array_size(list));
    if (reader->memory->teams == NULL) {
        reader->status = TW_ERR_NOMEM;
        return;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct tw_path path = tw_path_index(&key, i);
        take_team(reader, &path, json_array_get(list, i));
    }
}

/* ---- decisions and options ---- */

static void take_decision(struct tw_case_reader *reader, const struct tw_path *path,
                          const json_t *item)
{
    static const char *const words[] = {"crew", "vehicle", "point", "never", NULL};
    struct tw_case_memory *memory = reader->memory;
    struct tw_decision out = {.crew = -1, .vehicle = -1};
    tw_take_known(&reader->take, path, item, words);
    const char *crew = tw_take_text(&reader->take, path, item, "crew", false);
    const char *vehicle = tw_take_text(&reader->take, path, item, "vehicle", false);
    const char *point = tw_take_text(&reader->take, path, item, "point", true);
    if ((crew == NULL) == (vehicle == NULL)) {
        tw_take_fault(&reader->take, path, "must name one crew or one vehicle");
        return;
    }
    out.crew = tw_case_find(reader, path, &memory->crew_ids, "crew", crew);
    out.vehicle = tw_case_find(reader, path, &memory->vehicle_ids, "vehicle", vehicle);
    out.point = tw_case_find(reader, path, &memory->point_ids, "point", point);
    (void)tw_take_bool(&reader->take, path, item, "never", &out.never);
    if ((out.crew >= 0 || out.vehicle >= 0) && out.point >= 0)
        memory->decisions[memory->decision_count++] = out;
}

void tw_case_decisions(struct tw_case_reader *reader, const json_t *root)
{
    const json_t *list = tw_take_array(&reader->take, NULL, root, "decisions");
    struct tw_path key = tw_path_key(NULL, "decisions");
    reader->memory->decisions =
        TW_ARENA_NEW(&reader->memory->arena, struct tw_decision, json_array_size(list));
    if (reader->memory->decisions == NULL) {
        reader->status = TW_ERR_NOMEM;
        return;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct tw_path path = tw_path_index(&key, i);
        take_decision(reader, &path, json_array_get(list, i));
    }
}

void tw_case_options(struct tw_case_reader *reader, const json_t *root)
{
    static const char *const words[] = {"iterations", "deadline_ms", "turnout_s", "freeze_s", "bar",
                                        "stay_s",     "access_m",    "seed",      NULL};
    struct tw_dispatch_options *options = &reader->out->options;
    const json_t *object = tw_take_object(&reader->take, NULL, root, "options");
    struct tw_path path = tw_path_key(NULL, "options");
    const int32_t any[2] = {0, 1000000000}, hours[2] = {0, 86400};
    const double walks[2] = {0.0, 2000.0};
    int32_t seed = 1;
    tw_take_known(&reader->take, &path, object, words);
    (void)tw_take_int(&reader->take, &path, object, "iterations", any, &options->iterations);
    (void)tw_take_int(&reader->take, &path, object, "deadline_ms", any, &options->deadline_ms);
    (void)tw_take_int(&reader->take, &path, object, "turnout_s", hours, &options->turnout_s);
    (void)tw_take_int(&reader->take, &path, object, "freeze_s", hours, &options->freeze_s);
    (void)tw_take_int(&reader->take, &path, object, "bar", any, &options->bar);
    (void)tw_take_int(&reader->take, &path, object, "stay_s", hours, &options->stay_s);
    (void)tw_take_number(&reader->take, &path, object, "access_m", walks, &options->access_m);
    (void)tw_take_int(&reader->take, &path, object, "seed", any, &seed);
    options->seed = (uint64_t)seed;
}
