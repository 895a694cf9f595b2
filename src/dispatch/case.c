/* A problem from JSON: the document, its layers, what stands still. */
#include "dispatch/case.h"

#include "base/file.h"
#include "dispatch/case_internal.h"
#include "dispatch/roads_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LAYER_MOST = 1 << 29 };

static const int32_t amounts[2] = {0, 1000000};

/* ---- words ---- */

int32_t tw_case_word(struct tw_case_reader *reader, const struct tw_path *path, bool skill,
                     const char *word)
{
    struct tw_case_memory *memory = reader->memory;
    const char **words = skill ? memory->skills : memory->kits;
    int32_t *count = skill ? &memory->skill_count : &memory->kit_count;
    int32_t most = skill ? TW_DISPATCH_SKILLS : TW_DISPATCH_KITS;
    for (int32_t i = 0; i < *count; i++)
        if (strcmp(words[i], word) == 0) return i;
    if (*count == most) {
        tw_take_fault(&reader->take, path, "\"%.60s\" is one kind of %s too many; %d are the most",
                      word, skill ? "skills" : "supplies", (int)most);
        return -1;
    }
    words[*count] = word;
    return (*count)++;
}

/* Amounts by word, of skills or of supplies. */
static void take_amounts(struct tw_case_reader *reader, const struct tw_path *path,
                         const json_t *object, bool skill, int32_t *out_amounts)
{
    void *at = json_object_iter((json_t *)(uintptr_t)object);
    for (; at != NULL; at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
        const char *word = json_object_iter_key(at);
        int32_t i = tw_case_word(reader, path, skill, word);
        if (i >= 0) (void)tw_take_int(&reader->take, path, object, word, amounts, &out_amounts[i]);
    }
}

void tw_case_stock(struct tw_case_reader *reader, const struct tw_path *path, const json_t *object,
                   int32_t *out_stock)
{
    take_amounts(reader, path, object, false, out_stock);
}

void tw_case_need(struct tw_case_reader *reader, const struct tw_path *path, const json_t *object,
                  struct tw_need *out_need)
{
    struct tw_path skills = tw_path_key(path, "skills"), kits = tw_path_key(path, "kits");
    const int32_t people[2] = {0, 10000};
    (void)tw_take_int(&reader->take, path, object, "people", people, &out_need->people);
    (void)tw_take_int(&reader->take, path, object, "pump_m3h", amounts, &out_need->pump_m3h);
    take_amounts(reader, &skills, tw_take_object(&reader->take, path, object, "skills"), true,
                 out_need->skills);
    take_amounts(reader, &kits, tw_take_object(&reader->take, path, object, "kits"), false,
                 out_need->kits);
}

int32_t tw_case_find(struct tw_case_reader *reader, const struct tw_path *path,
                     const struct tw_names *names, const char *what, const char *id)
{
    if (id == NULL) return -1;
    int32_t i = tw_names_find(names, id);
    if (i < 0) tw_take_fault(&reader->take, path, "there is no %s \"%.60s\"", what, id);
    return i;
}

/* Take an id into its list; a second one of the same name is a fault. */
static bool add_id(struct tw_case_reader *reader, const struct tw_path *path,
                   struct tw_names *names, const char *what, const char *id)
{
    int32_t index;
    if (id == NULL) return false;
    tw_status status = tw_names_add(names, id, &index);
    if (status == TW_ERR_NAME) {
        tw_take_fault(&reader->take, path, "%s %s is there already; it can't be in two places",
                      what, id);
    } else if (status != TW_OK) {
        reader->status = status;
    }
    return status == TW_OK;
}

/* ---- layers ---- */

/* A layer: inline, or in a file beside the problem. Borrowed from the case. */
static const json_t *take_layer(struct tw_case_reader *reader, const json_t *root, const char *key,
                                int slot, bool needed)
{
    struct tw_path path = tw_path_key(NULL, key);
    const json_t *value = json_object_get(root, key);
    if (json_is_object(value)) return value;
    if (value == NULL && !needed) return NULL;
    if (!json_is_string(value)) {
        tw_take_fault(&reader->take, &path,
                      value == NULL ? "is missing" : "must be a GeoJSON layer or a file's name");
        return NULL;
    }
    if (reader->folder == NULL) {
        tw_take_fault(&reader->take, &path, "a file's name is not accepted here; give the layer");
        return NULL;
    }
    char name[4096], *text = NULL;
    const char *given = json_string_value(value);
    int length = given[0] == '/' ? snprintf(name, sizeof name, "%s", given)
                                 : snprintf(name, sizeof name, "%s/%s", reader->folder, given);
    size_t size = 0;
    errno = 0;
    if (length < 0 || (size_t)length >= sizeof name ||
        tw_file_read(name, LAYER_MOST, &text, &size) != TW_OK) {
        tw_take_fault(&reader->take, &path, "%.100s: %s", given,
                      errno != 0 ? strerror(errno) : "is too large");
        return NULL;
    }
    json_error_t error;
    json_t *layer = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    free(text);
    if (layer == NULL)
        tw_take_fault(&reader->take, &path, "%.100s:%d: %s", given, error.line, error.text);
    reader->memory->layers[slot] = layer;
    return layer;
}

static const json_t *features_of(struct tw_case_reader *reader, const json_t *layer,
                                 const char *key)
{
    const json_t *features = json_object_get(layer, "features");
    struct tw_path path = tw_path_key(NULL, key);
    if (layer == NULL || json_is_array(features)) return features;
    tw_take_fault(&reader->take, &path, "is no GeoJSON FeatureCollection: features is missing");
    return NULL;
}

static void take_place(struct tw_case_reader *reader, const struct tw_path *path,
                       const json_t *feature, double *out_lon, double *out_lat)
{
    const json_t *at = json_object_get(json_object_get(feature, "geometry"), "coordinates");
    const json_t *lon = json_array_get(at, 0), *lat = json_array_get(at, 1);
    *out_lon = json_number_value(lon);
    *out_lat = json_number_value(lat);
    if (!json_is_number(lon) || !json_is_number(lat) || !(*out_lon >= -180.0) ||
        !(*out_lon <= 180.0) || !(*out_lat >= -89.0) || !(*out_lat <= 89.0))
        tw_take_fault(&reader->take, path, "coordinates must be degrees, [lon, lat]");
}

/* ---- depots ---- */

static void take_crew(struct tw_case_reader *reader, const struct tw_path *path,
                      const json_t *object, int32_t depot)
{
    struct tw_case_memory *memory = reader->memory;
    struct tw_crew crew = {.depot = depot, .team = -1, .until_s = TW_DISPATCH_NEVER};
    const int32_t sizes[2] = {1, 1000};
    crew.id = tw_take_text(&reader->take, path, object, "id", true);
    (void)tw_take_int(&reader->take, path, object, "size", sizes, &crew.size);
    struct tw_path size = tw_path_key(path, "size"), skills = tw_path_key(path, "skills");
    if (json_object_get(object, "size") == NULL) tw_take_fault(&reader->take, &size, "is missing");
    const json_t *list = tw_take_array(&reader->take, path, object, "skills");
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct tw_path place = tw_path_index(&skills, i);
        const json_t *word = json_array_get(list, i);
        if (!json_is_string(word) || json_string_length(word) == 0) {
            tw_take_fault(&reader->take, &place, "must be a text");
            continue;
        }
        int32_t k = tw_case_word(reader, &place, true, json_string_value(word));
        if (k >= 0) crew.skills |= 1u << k;
    }
    if (add_id(reader, path, &memory->crew_ids, "crew", crew.id))
        memory->crews[memory->crew_count++] = crew;
}

static void take_vehicle(struct tw_case_reader *reader, const struct tw_path *path,
                         const json_t *object, int32_t depot)
{
    struct tw_case_memory *memory = reader->memory;
    struct tw_vehicle vehicle = {.depot = depot, .team = -1};
    const int32_t seats[2] = {1, 1000};
    const double depths[2] = {0.0, 5.0};
    vehicle.id = tw_take_text(&reader->take, path, object, "id", true);
    vehicle.kind = tw_take_text(&reader->take, path, object, "kind", false);
    if (vehicle.kind == NULL) vehicle.kind = "";
    vehicle.seats = 1;
    (void)tw_take_int(&reader->take, path, object, "seats", seats, &vehicle.seats);
    (void)tw_take_int(&reader->take, path, object, "pump_m3h", amounts, &vehicle.pump_m3h);
    (void)tw_take_number(&reader->take, path, object, "wading_m", depths, &vehicle.wading_m);
    if (add_id(reader, path, &memory->vehicle_ids, "vehicle", vehicle.id))
        memory->vehicles[memory->vehicle_count++] = vehicle;
}

static void take_depot(struct tw_case_reader *reader, const struct tw_path *path,
                       const json_t *feature)
{
    struct tw_case_memory *memory = reader->memory;
    const json_t *properties = json_object_get(feature, "properties");
    struct tw_depot depot = {0};
    depot.id = tw_take_text(&reader->take, path, properties, "id", true);
    depot.name_zh = tw_take_text(&reader->take, path, properties, "name_zh", false);
    depot.name_en = tw_take_text(&reader->take, path, properties, "name_en", false);
    take_place(reader, path, feature, &depot.lon, &depot.lat);
    struct tw_path supplies = tw_path_key(path, "supplies");
    tw_case_stock(reader, &supplies, tw_take_object(&reader->take, path, properties, "supplies"),
                  depot.stock);
    if (!add_id(reader, path, &memory->depot_ids, "depot", depot.id)) return;
    int32_t d = memory->depot_count++;
    memory->depots[d] = depot;
    struct tw_path crews = tw_path_key(path, "crews"), vehicles = tw_path_key(path, "vehicles");
    const json_t *list = tw_take_array(&reader->take, path, properties, "crews");
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct tw_path place = tw_path_index(&crews, i);
        take_crew(reader, &place, json_array_get(list, i), d);
    }
    list = tw_take_array(&reader->take, path, properties, "vehicles");
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct tw_path place = tw_path_index(&vehicles, i);
        take_vehicle(reader, &place, json_array_get(list, i), d);
    }
}

static size_t count_of(const json_t *features, const char *key)
{
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(features); i++)
        count += json_array_size(
            json_object_get(json_object_get(json_array_get(features, i), "properties"), key));
    return count;
}

static void take_depots(struct tw_case_reader *reader, const json_t *layer)
{
    struct tw_case_memory *memory = reader->memory;
    const json_t *features = features_of(reader, layer, "depots");
    size_t count = json_array_size(features);
    memory->depots = TW_ARENA_NEW(&memory->arena, struct tw_depot, count);
    memory->crews = TW_ARENA_NEW(&memory->arena, struct tw_crew, count_of(features, "crews"));
    memory->vehicles =
        TW_ARENA_NEW(&memory->arena, struct tw_vehicle, count_of(features, "vehicles"));
    if (memory->depots == NULL || memory->crews == NULL || memory->vehicles == NULL) {
        reader->status = TW_ERR_NOMEM;
        return;
    }
    struct tw_path path = tw_path_key(NULL, "depots");
    for (size_t i = 0; i < count; i++) {
        struct tw_path place = tw_path_index(&path, i);
        take_depot(reader, &place, json_array_get(features, i));
    }
}

/* ---- points ---- */

/* A point's own plan: what it needs from which depth on. */
static void take_steps(struct tw_case_reader *reader, const struct tw_path *path,
                       const json_t *properties, int32_t p)
{
    const json_t *plan = tw_take_array(&reader->take, path, properties, "plan");
    const double depths[2] = {0.0, 100.0};
    struct tw_path key = tw_path_key(path, "plan");
    if (json_array_size(plan) > TW_DISPATCH_STAGES) {
        tw_take_fault(&reader->take, &key, "has %zu lines; %d are the most", json_array_size(plan),
                      TW_DISPATCH_STAGES);
        return;
    }
    for (size_t i = 0; i < json_array_size(plan); i++) {
        struct tw_path place = tw_path_index(&key, i);
        struct tw_demand_step *step = &reader->memory->steps[p][i];
        (void)tw_take_number(&reader->take, &place, json_array_get(plan, i), "depth_m", depths,
                             &step->depth_m);
        tw_case_need(reader, &place, json_array_get(plan, i), &step->need);
        if (i > 0 && step->depth_m <= step[-1].depth_m)
            tw_take_fault(&reader->take, &place, "its depth is not more than the line's before it");
    }
    reader->memory->step_count[p] = (int32_t)json_array_size(plan);
}

static void take_point(struct tw_case_reader *reader, const struct tw_path *path,
                       const json_t *feature)
{
    struct tw_case_memory *memory = reader->memory;
    const json_t *properties = json_object_get(feature, "properties");
    struct tw_dispatch_point point = {.weight = 5};
    const int32_t weights[2] = {1, 10};
    point.id = tw_take_text(&reader->take, path, properties, "id", true);
    point.name_zh = tw_take_text(&reader->take, path, properties, "name_zh", false);
    point.name_en = tw_take_text(&reader->take, path, properties, "name_en", false);
    (void)tw_take_int(&reader->take, path, properties, "weight", weights, &point.weight);
    take_place(reader, path, feature, &point.lon, &point.lat);
    if (!add_id(reader, path, &memory->point_ids, "point", point.id)) return;
    take_steps(reader, path, properties, memory->point_count);
    memory->points[memory->point_count++] = point;
}

static void take_points(struct tw_case_reader *reader, const json_t *layer)
{
    struct tw_case_memory *memory = reader->memory;
    const json_t *features = features_of(reader, layer, "points");
    size_t count = json_array_size(features);
    memory->points = TW_ARENA_NEW(&memory->arena, struct tw_dispatch_point, count);
    memory->steps = TW_ARENA_NEW(&memory->arena, struct tw_demand_step[TW_DISPATCH_STAGES], count);
    memory->step_count = TW_ARENA_NEW(&memory->arena, int32_t, count);
    if (memory->points == NULL || memory->steps == NULL || memory->step_count == NULL) {
        reader->status = TW_ERR_NOMEM;
        return;
    }
    struct tw_path path = tw_path_key(NULL, "points");
    for (size_t i = 0; i < count; i++) {
        struct tw_path place = tw_path_index(&path, i);
        take_point(reader, &place, json_array_get(features, i));
    }
}

/* ---- the whole ---- */

static void take_roads(struct tw_case_reader *reader, const json_t *layer)
{
    if (layer == NULL) return;
    tw_status status =
        tw_roads_take(reader->take.file, layer, reader->take.faults, &reader->out->roads);
    if (status == TW_ERR_INPUT) {
        reader->take.count++;
    } else if (status != TW_OK) {
        reader->status = status;
    }
}

static void fill_problem(struct tw_dispatch_case *item)
{
    const struct tw_case_memory *memory = item->memory;
    item->problem = (struct tw_dispatch_problem){.roads = item->roads,
                                                 .water = item->water,
                                                 .skills = memory->skills,
                                                 .kits = memory->kits,
                                                 .depots = memory->depots,
                                                 .crews = memory->crews,
                                                 .vehicles = memory->vehicles,
                                                 .teams = memory->teams,
                                                 .points = memory->points,
                                                 .decisions = memory->decisions,
                                                 .skill_count = memory->skill_count,
                                                 .kit_count = memory->kit_count,
                                                 .depot_count = memory->depot_count,
                                                 .crew_count = memory->crew_count,
                                                 .vehicle_count = memory->vehicle_count,
                                                 .team_count = memory->team_count,
                                                 .point_count = memory->point_count,
                                                 .decision_count = memory->decision_count};
}

static void take_all(struct tw_case_reader *reader, const json_t *root)
{
    static const char *const words[] = {"at",    "roads",     "depots",  "points",
                                        "water", "demand",    "crews",   "vehicles",
                                        "teams", "decisions", "options", NULL};
    tw_take_known(&reader->take, NULL, root, words);
    take_roads(reader, take_layer(reader, root, "roads", 0, true));
    take_depots(reader, take_layer(reader, root, "depots", 1, true));
    take_points(reader, take_layer(reader, root, "points", 2, true));
    if (reader->status != TW_OK) return;
    tw_case_people(reader, root);
    tw_case_demand(reader, root);
    tw_case_water(reader, root);
    tw_case_teams(reader, root);
    tw_case_decisions(reader, root);
    tw_case_options(reader, root);
}

static tw_status read_document(struct tw_case_reader *reader, const char *text, size_t size)
{
    struct tw_case_memory *memory = reader->memory;
    json_error_t error;
    memory->root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (memory->root == NULL) {
        tw_faults_add(reader->take.faults, reader->take.file, error.line, "column %d: %s",
                      error.column, error.text);
        return TW_ERR_INPUT;
    }
    if (!json_is_object(memory->root)) {
        tw_faults_add(reader->take.faults, reader->take.file, 1, "must be an object");
        return TW_ERR_INPUT;
    }
    tw_names_init(&memory->depot_ids, &memory->arena);
    tw_names_init(&memory->crew_ids, &memory->arena);
    tw_names_init(&memory->vehicle_ids, &memory->arena);
    tw_names_init(&memory->point_ids, &memory->arena);
    take_all(reader, memory->root);
    if (reader->status != TW_OK) return reader->status;
    if (reader->take.count > 0) return TW_ERR_INPUT;
    fill_problem(reader->out);
    return tw_dispatch_check(&reader->out->problem, reader->take.file, reader->take.faults);
}

tw_status tw_dispatch_case_read(const char *file, const char *text, size_t size, const char *folder,
                                tw_faults *faults, struct tw_dispatch_case *out_case)
{
    struct tw_dispatch_case item = {.options = TW_DISPATCH_OPTIONS_DEFAULT,
                                    .memory = calloc(1, sizeof *item.memory)};
    if (item.memory == NULL) return TW_ERR_NOMEM;
    tw_arena_init(&item.memory->arena);
    struct tw_case_reader reader = {.take = {.file = file, .faults = faults},
                                    .memory = item.memory,
                                    .out = &item,
                                    .folder = folder};
    tw_status status = read_document(&reader, text, size);
    if (status != TW_OK) {
        tw_dispatch_case_done(&item);
        return status;
    }
    *out_case = item;
    return TW_OK;
}

void tw_dispatch_case_done(struct tw_dispatch_case *item)
{
    if (item == NULL) return;
    tw_water_destroy(item->water);
    tw_roads_destroy(item->roads);
    if (item->memory != NULL) {
        json_decref(item->memory->root);
        for (int i = 0; i < 3; i++)
            json_decref(item->memory->layers[i]);
        tw_arena_done(&item->memory->arena);
        free(item->memory);
    }
    *item = (struct tw_dispatch_case){0};
}
