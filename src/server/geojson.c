#include "server/geojson.h"

#include "base/file.h"
#include "base/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)512 << 20)

/* Where a walk over JSON text that was found sound is. */
struct walk {
    const char *at;
    int line, depth;
    bool in_features;
    const char *key; /* last string seen at depth 1 */
    size_t key_size;
};

static void walk_string(struct walk *walk)
{
    const char *begin = ++walk->at;
    while (*walk->at != '"' && *walk->at != 0) {
        if (*walk->at == '\\' && walk->at[1] != 0) walk->at++;
        walk->at++;
    }
    if (walk->depth == 1) {
        walk->key = begin;
        walk->key_size = (size_t)(walk->at - begin);
    }
}

/* Lines at which the objects of the top-level array "features" begin. */
static void find_lines(const char *text, int *lines, int32_t count)
{
    static const char name[] = "features";
    struct walk walk = {.at = text, .line = 1};
    int32_t found = 0;
    for (; *walk.at != 0 && found < count; walk.at++) {
        char c = *walk.at;
        if (c == '\n') walk.line++;
        if (c == '"') walk_string(&walk);
        if (c == '[' && walk.depth == 1) {
            walk.in_features =
                walk.key_size == sizeof name - 1 && memcmp(walk.key, name, walk.key_size) == 0;
        }
        if (c == '{' && walk.depth == 2 && walk.in_features) lines[found++] = walk.line;
        if (c == '{' || c == '[') walk.depth++;
        if (c == '}' || c == ']') walk.depth--;
    }
}

static tw_status parse(struct tw_layer *layer, const char *text, size_t size)
{
    json_error_t error;
    layer->root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (layer->root == NULL) {
        tw_faults_add(layer->faults, layer->path, error.line < 0 ? 0 : error.line, "column %d: %s",
                      error.column, error.text);
        return TW_ERR_INPUT;
    }
    const json_t *type = json_object_get(layer->root, "type");
    const json_t *features = json_object_get(layer->root, "features");
    if (!json_is_string(type) || strcmp(json_string_value(type), "FeatureCollection") != 0 ||
        !json_is_array(features)) {
        tw_faults_add(layer->faults, layer->path, 1,
                      "it is no GeoJSON FeatureCollection; save the layer as GeoJSON (RFC 7946)");
        return TW_ERR_INPUT;
    }
    layer->count = (int32_t)json_array_size(features);
    layer->lines = calloc((size_t)layer->count + 1, sizeof *layer->lines);
    if (layer->lines == NULL) return TW_ERR_NOMEM;
    find_lines(text, layer->lines, layer->count);
    return TW_OK;
}

tw_status tw_layer_read(const char *path, tw_faults *faults, struct tw_layer *out_layer)
{
    *out_layer = (struct tw_layer){.path = path, .faults = faults};
    tw_arena_init(&out_layer->arena);
    tw_names_init(&out_layer->ids, &out_layer->arena);
    char *text = NULL;
    TW_TRY(tw_file_read_text(path, FILE_MAX, faults, &text));
    tw_status status = parse(out_layer, text, strlen(text));
    free(text);
    return status;
}

void tw_layer_done(struct tw_layer *layer)
{
    json_decref(layer->root);
    free(layer->lines);
    tw_arena_done(&layer->arena);
    layer->root = NULL;
    layer->lines = NULL;
}

void tw_layer_fault(const struct tw_layer *layer, const struct tw_feature *feature,
                    const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (feature->id != NULL) {
        tw_faults_add(layer->faults, layer->path, feature->line, "feature %d (%s): %s",
                      feature->index, feature->id, text);
    } else {
        tw_faults_add(layer->faults, layer->path, feature->line, "feature %d: %s", feature->index,
                      text);
    }
}

static bool position(const json_t *json, double *out_lon, double *out_lat)
{
    const json_t *lon = json_array_get(json, 0);
    const json_t *lat = json_array_get(json, 1);
    if (!json_is_number(lon) || !json_is_number(lat)) return false;
    *out_lon = json_number_value(lon);
    *out_lat = json_number_value(lat);
    return fabs(*out_lon) <= 180.0 && fabs(*out_lat) <= 90.0;
}

static bool check_geometry(const struct tw_layer *layer, struct tw_feature *feature,
                           const json_t *geometry, const char *wanted)
{
    const json_t *type = json_object_get(geometry, "type");
    const char *have = json_is_string(type) ? json_string_value(type) : "nothing";
    if (strcmp(have, wanted) != 0) {
        tw_layer_fault(layer, feature, "geometry is %.40s where a %s is needed", have, wanted);
        return false;
    }
    feature->coordinates = json_object_get(geometry, "coordinates");
    static const char remedy[] =
        "coordinates must be longitude, latitude in degrees (WGS 84), -180..180 and -90..90";
    if (strcmp(wanted, "Point") == 0) {
        if (position(feature->coordinates, &feature->lon, &feature->lat)) return true;
        tw_layer_fault(layer, feature, "%s", remedy);
        return false;
    }
    size_t count = json_array_size(feature->coordinates);
    bool sound = count >= 2;
    for (size_t i = 0; i < count && sound; i++) {
        double lon = 0.0;
        double lat = 0.0;
        sound = position(json_array_get(feature->coordinates, i), &lon, &lat);
    }
    if (!sound) tw_layer_fault(layer, feature, "a line needs two or more places; %s", remedy);
    return sound;
}

static bool check_id(struct tw_layer *layer, struct tw_feature *feature)
{
    const json_t *id = json_object_get(feature->properties, "id");
    if (!json_is_string(id) || json_string_length(id) == 0 || json_string_length(id) > 64) {
        tw_layer_fault(layer, feature, "property id must be a text of 1 to 64 bytes");
        return false;
    }
    feature->id = json_string_value(id);
    int32_t index = 0;
    if (tw_names_add(&layer->ids, feature->id, &index) == TW_ERR_NAME) {
        tw_layer_fault(layer, feature, "the id is there already");
        return false;
    }
    return true;
}

bool tw_layer_feature(struct tw_layer *layer, int32_t index, const char *geometry,
                      struct tw_feature *out_feature)
{
    const json_t *json = json_array_get(json_object_get(layer->root, "features"), (size_t)index);
    *out_feature = (struct tw_feature){.index = index, .line = layer->lines[index]};
    out_feature->properties = json_object_get(json, "properties");
    const json_t *type = json_object_get(json, "type");
    if (!json_is_string(type) || strcmp(json_string_value(type), "Feature") != 0 ||
        !json_is_object(out_feature->properties)) {
        tw_layer_fault(layer, out_feature, "it is no Feature with properties");
        return false;
    }
    bool named = check_id(layer, out_feature);
    return check_geometry(layer, out_feature, json_object_get(json, "geometry"), geometry) && named;
}

const char *tw_feature_text(const struct tw_layer *layer, const struct tw_feature *feature,
                            const char *key, const char *otherwise)
{
    const json_t *json = json_object_get(feature->properties, key);
    if (json == NULL || json_is_null(json)) return otherwise;
    if (json_is_string(json)) return json_string_value(json);
    tw_layer_fault(layer, feature, "property %s is not a text", key);
    return otherwise;
}

double tw_feature_number(const struct tw_layer *layer, const struct tw_feature *feature,
                         const char *key, double otherwise)
{
    const json_t *json = json_object_get(feature->properties, key);
    if (json == NULL || json_is_null(json)) return otherwise;
    if (json_is_number(json)) return json_number_value(json);
    tw_layer_fault(layer, feature, "property %s is not a number", key);
    return otherwise;
}

bool tw_feature_true(const struct tw_layer *layer, const struct tw_feature *feature,
                     const char *key)
{
    const json_t *json = json_object_get(feature->properties, key);
    if (json == NULL || json_is_null(json)) return false;
    if (!json_is_boolean(json))
        tw_layer_fault(layer, feature, "property %s is not true or false", key);
    return json_is_true(json);
}
