#include "server/city_staff.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define CREW_MOST 1000
#define STAFF_MOST 5000

static const char *copy(struct tw_city *city, const char *text)
{
    return tw_arena_text(&city->arena, text, strlen(text));
}

/* Room for one more; what was there is copied, the arena keeps the old. */
static void *room_for(struct tw_city *city, void *items, int32_t count, int32_t *room, size_t size)
{
    if (count < *room) return items;
    int32_t larger = *room == 0 ? 64 : 2 * *room;
    void *grown = tw_arena_alloc(&city->arena, (size_t)larger, size);
    if (grown == NULL) return NULL;
    if (count > 0) memcpy(grown, items, (size_t)count * size);
    *room = larger;
    return grown;
}

/* The id of an entry of an array, copied; NULL with a fault when it has none. */
static const char *id_of(struct tw_city *city, const struct tw_layer *layer,
                         const struct tw_feature *feature, const char *what, const json_t *json)
{
    const char *id = json_string_value(json_object_get(json, "id"));
    bool sound = id != NULL && id[0] != 0 && id[0] != '@' && strlen(id) < TW_BOOK_NAME_SIZE &&
                 strpbrk(id, " /\"\\") == NULL;
    if (sound) return copy(city, id);
    tw_layer_fault(layer, feature,
                   "%s: id must be a text of 1 to %d bytes without blanks, quotes and slashes",
                   what, TW_BOOK_NAME_SIZE - 1);
    return NULL;
}

/* A number of an entry within limits; otherwise with a fault when it is anything else. */
static double number_of(const struct tw_layer *layer, const struct tw_feature *feature,
                        const json_t *json, const char *key, double otherwise, double most)
{
    const json_t *number = json_object_get(json, key);
    if (number == NULL || json_is_null(number)) return otherwise;
    double value = json_number_value(number);
    if (json_is_number(number) && value >= 0.0 && value <= most) return value;
    tw_layer_fault(layer, feature, "%s must be a number from 0 to %g", key, most);
    return otherwise;
}

static uint32_t skill_bit(struct tw_city *city, const struct tw_layer *layer,
                          const struct tw_feature *feature, const char *word)
{
    struct tw_city_staff *staff = city->staff;
    for (int32_t i = 0; i < staff->skill_count; i++) {
        if (strcmp(staff->skills[i], word) == 0) return 1U << i;
    }
    if (staff->skill_count == TW_STAFF_SKILLS) {
        tw_layer_fault(layer, feature, "skill \"%.40s\": a city has at most %d kinds of skills",
                       word, TW_STAFF_SKILLS);
        return 0;
    }
    staff->skills[staff->skill_count] = copy(city, word);
    return 1U << staff->skill_count++;
}

static tw_status add_crew(struct tw_city *city, const struct tw_layer *layer,
                          const struct tw_feature *feature, const json_t *json)
{
    struct tw_city_staff *staff = city->staff;
    struct tw_city_crew crew = {.depot = city->depot_count, .line = feature->line};
    crew.id = id_of(city, layer, feature, "crew", json);
    if (crew.id == NULL) return TW_OK;
    crew.size = (int32_t)number_of(layer, feature, json, "size", 0.0, CREW_MOST);
    const json_t *skills = json_object_get(json, "skills");
    if (skills != NULL && !json_is_array(skills)) {
        tw_layer_fault(layer, feature, "crew %s: skills must be an array of words", crew.id);
    }
    for (size_t i = 0; i < json_array_size(skills); i++) {
        const char *word = json_string_value(json_array_get(skills, i));
        if (word == NULL) {
            tw_layer_fault(layer, feature, "crew %s: skills must be words", crew.id);
            continue;
        }
        crew.skills |= skill_bit(city, layer, feature, word);
    }
    struct tw_city_crew *crews =
        room_for(city, staff->crews, staff->crew_count, &staff->crew_room, sizeof crew);
    if (crews == NULL) return TW_ERR_NOMEM;
    staff->crews = crews;
    staff->crews[staff->crew_count++] = crew;
    return TW_OK;
}

static tw_status add_vehicle(struct tw_city *city, const struct tw_layer *layer,
                             const struct tw_feature *feature, const json_t *json)
{
    struct tw_city_staff *staff = city->staff;
    struct tw_city_vehicle vehicle = {.depot = city->depot_count, .line = feature->line};
    vehicle.id = id_of(city, layer, feature, "vehicle", json);
    if (vehicle.id == NULL) return TW_OK;
    const char *kind = json_string_value(json_object_get(json, "kind"));
    vehicle.kind = copy(city, kind == NULL ? "" : kind);
    vehicle.seats = (int32_t)number_of(layer, feature, json, "seats", 0.0, CREW_MOST);
    vehicle.pump_m3h = number_of(layer, feature, json, "pump_m3h", 0.0, 1e6);
    vehicle.wading_m = number_of(layer, feature, json, "wading_m", 0.0, 10.0);
    struct tw_city_vehicle *vehicles =
        room_for(city, staff->vehicles, staff->vehicle_count, &staff->vehicle_room, sizeof vehicle);
    if (vehicles == NULL) return TW_ERR_NOMEM;
    staff->vehicles = vehicles;
    staff->vehicles[staff->vehicle_count++] = vehicle;
    return TW_OK;
}

static void add_supplies(struct tw_city *city, const struct tw_layer *layer,
                         const struct tw_feature *feature)
{
    struct tw_items items = {.count = 0};
    json_t *all = json_object_get(feature->properties, "supplies");
    const char *key = NULL;
    json_t *count = NULL;
    if (all != NULL && !json_is_object(all)) {
        tw_layer_fault(layer, feature, "supplies must be an object: kind to number");
    }
    json_object_foreach(all, key, count)
    {
        char text[TW_BOOK_NAME_SIZE + 24];
        struct tw_items one;
        json_int_t n = json_integer_value(count);
        if (json_is_integer(count) && n == 0) continue;
        (void)snprintf(text, sizeof text, "%.*s=%lld", TW_BOOK_NAME_SIZE, key, (long long)n);
        if (!json_is_integer(count) || tw_items_read(text, &one) != TW_OK || one.count != 1 ||
            items.count == TW_BOOK_ITEMS) {
            tw_layer_fault(
                layer, feature,
                "supplies: \"%.40s\" must be one word with a whole number up to 1000000, "
                "of %d kinds at most",
                key, TW_BOOK_ITEMS);
            continue;
        }
        items.item[items.count++] = one.item[0];
    }
    city->staff->supplies[city->depot_count] = items;
}

typedef tw_status add_one(struct tw_city *city, const struct tw_layer *layer,
                          const struct tw_feature *feature, const json_t *json);

static tw_status add_all(struct tw_city *city, const struct tw_layer *layer,
                         const struct tw_feature *feature, const char *key, add_one *add)
{
    const json_t *array = json_object_get(feature->properties, key);
    if (json_array_size(array) > STAFF_MOST) {
        tw_layer_fault(layer, feature, "%s: a depot has at most %d", key, STAFF_MOST);
        return TW_OK;
    }
    for (size_t i = 0; i < json_array_size(array); i++)
        TW_TRY(add(city, layer, feature, json_array_get(array, i)));
    return TW_OK;
}

tw_status tw_city_staff_add(struct tw_city *city, const struct tw_layer *layer,
                            const struct tw_feature *feature)
{
    if (city->staff == NULL) {
        city->staff = TW_ARENA_NEW(&city->arena, struct tw_city_staff, 1);
        if (city->staff == NULL) return TW_ERR_NOMEM;
        city->staff->supplies = TW_ARENA_NEW(&city->arena, struct tw_items, layer->count);
        if (city->staff->supplies == NULL) return TW_ERR_NOMEM;
    }
    TW_TRY(add_all(city, layer, feature, "crews", add_crew));
    TW_TRY(add_all(city, layer, feature, "vehicles", add_vehicle));
    add_supplies(city, layer, feature);
    return TW_OK;
}

void tw_city_staff_check(const struct tw_city *city, const char *path, tw_faults *faults)
{
    const struct tw_city_staff *staff = city->staff;
    if (staff == NULL) return;
    for (int32_t a = 0; a < staff->crew_count; a++) {
        for (int32_t b = 0; b < a; b++) {
            if (strcmp(staff->crews[a].id, staff->crews[b].id) != 0) continue;
            tw_faults_add(faults, path, staff->crews[a].line,
                          "crew %s is in two places: a crew stands at one depot, once",
                          staff->crews[a].id);
        }
    }
    for (int32_t a = 0; a < staff->vehicle_count; a++) {
        for (int32_t b = 0; b < a; b++) {
            if (strcmp(staff->vehicles[a].id, staff->vehicles[b].id) != 0) continue;
            tw_faults_add(faults, path, staff->vehicles[a].line,
                          "vehicle %s is in two places: a vehicle stands at one depot, once",
                          staff->vehicles[a].id);
        }
    }
}
