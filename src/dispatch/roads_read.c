/* Roads from a GeoJSON layer. */
#include "dispatch/roads.h"

#include "base/arena.h"
#include "dispatch/roads_internal.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { CORNERS_MOST = 1 << 26 };

struct reader {
    const char *file;
    tw_faults *faults;
    struct tw_arena arena;
    struct tw_road_line *lines;
    int32_t count, faulty;
};

static bool fault(struct reader *reader, size_t feature, const char *what)
{
    reader->faulty++;
    tw_faults_add(reader->faults, reader->file, 0, "feature %zu: %s", feature, what);
    return false;
}

/* A number within two bounds; `otherwise` when it is not there. */
static bool take_number(struct reader *reader, size_t feature, const json_t *properties,
                        const char *key, double *io_value)
{
    const json_t *value = json_object_get(properties, key);
    if (value == NULL || json_is_null(value)) return true;
    char text[80];
    if (!json_is_number(value)) {
        (void)snprintf(text, sizeof text, "%s must be a number", key);
        return fault(reader, feature, text);
    }
    *io_value = json_number_value(value);
    if (*io_value > 0.0 && *io_value <= 300.0) return true;
    (void)snprintf(text, sizeof text, "%s must be within 0 and 300", key);
    return fault(reader, feature, text);
}

static bool take_places(struct reader *reader, size_t feature, const json_t *geometry,
                        struct tw_road_line *line)
{
    const json_t *type = json_object_get(geometry, "type");
    const json_t *coordinates = json_object_get(geometry, "coordinates");
    size_t count = json_array_size(coordinates);
    if (!json_is_string(type) || strcmp(json_string_value(type), "LineString") != 0)
        return fault(reader, feature, "geometry must be a LineString");
    if (count < 2 || count > CORNERS_MOST)
        return fault(reader, feature, "a road needs at least two places");
    double *lon_lat = TW_ARENA_NEW(&reader->arena, double, 2 * count);
    if (lon_lat == NULL) return false;
    for (size_t i = 0; i < count; i++) {
        const json_t *place = json_array_get(coordinates, i);
        for (size_t k = 0; k < 2; k++) {
            const json_t *degrees = json_array_get(place, k);
            double most = k == 0 ? 180.0 : 89.0;
            lon_lat[2 * i + k] = json_number_value(degrees);
            if (!json_is_number(degrees) || !(lon_lat[2 * i + k] >= -most) ||
                !(lon_lat[2 * i + k] <= most))
                return fault(reader, feature, "coordinates must be degrees, [lon, lat]");
        }
    }
    line->count = (int32_t)count;
    line->lon_lat = lon_lat;
    return true;
}

static void take_feature(struct reader *reader, size_t i, const json_t *feature)
{
    struct tw_road_line line = {.passable_m = TW_ROADS_CAR_M};
    const json_t *properties = json_object_get(feature, "properties");
    const json_t *id = json_object_get(properties, "id");
    double speed_kmh = 40.0;
    if (!json_is_string(id) || json_string_length(id) == 0) {
        (void)fault(reader, i, "a road needs an id");
        return;
    }
    line.id = json_string_value(id);
    if (!take_places(reader, i, json_object_get(feature, "geometry"), &line) ||
        !take_number(reader, i, properties, "speed_kmh", &speed_kmh) ||
        !take_number(reader, i, properties, "passable_depth_m", &line.passable_m))
        return;
    line.speed_mps = speed_kmh / 3.6;
    line.oneway = json_is_true(json_object_get(properties, "oneway"));
    reader->lines[reader->count++] = line;
}

tw_status tw_roads_take(const char *file, const json_t *layer, tw_faults *faults,
                        struct tw_roads **out_roads)
{
    struct reader reader = {.file = file, .faults = faults};
    const json_t *features = json_object_get(layer, "features");
    if (!json_is_array(features)) {
        tw_faults_add(faults, file, 0, "is no GeoJSON FeatureCollection: features is missing");
        return TW_ERR_INPUT;
    }
    tw_arena_init(&reader.arena);
    size_t count = json_array_size(features);
    tw_status status = count < INT32_MAX ? TW_OK : TW_ERR_FULL;
    if (status == TW_OK) {
        reader.lines = TW_ARENA_NEW(&reader.arena, struct tw_road_line, count);
        if (reader.lines == NULL) status = TW_ERR_NOMEM;
    }
    for (size_t i = 0; status == TW_OK && i < count; i++)
        take_feature(&reader, i, json_array_get(features, i));
    if (status == TW_OK && reader.faulty > 0) status = TW_ERR_INPUT;
    if (status == TW_OK) status = tw_roads_create(reader.lines, reader.count, out_roads);
    tw_arena_done(&reader.arena);
    return status;
}

tw_status tw_roads_read(const char *file, const char *text, size_t size, tw_faults *faults,
                        struct tw_roads **out_roads)
{
    json_error_t error;
    json_t *layer = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (layer == NULL) {
        tw_faults_add(faults, file, error.line, "column %d: %s", error.column, error.text);
        return TW_ERR_INPUT;
    }
    tw_status status = tw_roads_take(file, layer, faults, out_roads);
    json_decref(layer);
    return status;
}
