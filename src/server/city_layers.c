/* The GeoJSON layers of a city: points, sensors, depots, cameras, roads. */
#include "base/file.h"
#include "server/city.h"
#include "server/city_staff.h"
#include "server/geojson.h"
#include "telemetry/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROADS_MAX ((size_t)512 << 20)

static const char *copy(struct tw_city *city, const char *text)
{
    return tw_arena_text(&city->arena, text, strlen(text));
}

static struct tw_city_name name_of(struct tw_city *city, const struct tw_layer *layer,
                                   const struct tw_feature *feature)
{
    struct tw_city_name name;
    const char *zh = tw_feature_text(layer, feature, "name_zh", NULL);
    const char *en = tw_feature_text(layer, feature, "name_en", NULL);
    /* One name serves both languages; a feature without any is called by its id. */
    name.zh = copy(city, zh != NULL ? zh : en != NULL ? en : feature->id);
    name.en = copy(city, en != NULL ? en : zh != NULL ? zh : feature->id);
    return name;
}

/* The layer that [files] names; an empty one when there is none or it cannot be read. */
static void layer_open(struct tw_city *city, const char *key, bool needed, tw_faults *faults,
                       struct tw_layer *out_layer)
{
    const struct tw_ini_entry *entry = tw_ini_find(&city->ini, "files", key);
    *out_layer = (struct tw_layer){.path = NULL};
    if (entry == NULL && needed) {
        tw_faults_add(faults, city->ini.path, 0,
                      "[files] %s is missing; name the layer, e.g. %s = %s.geojson", key, key, key);
    }
    if (entry == NULL) return;
    const char *path = tw_city_path(city, entry->value);
    if (path == NULL || tw_layer_read(path, faults, out_layer) != TW_OK) out_layer->count = 0;
}

static void classes_of(const struct tw_city *city, const struct tw_layer *layer,
                       const struct tw_feature *feature, double out[TW_CITY_CLASSES])
{
    memcpy(out, city->classes_m, sizeof city->classes_m);
    const json_t *json = json_object_get(feature->properties, "classes_m");
    if (json == NULL || json_is_null(json)) return;
    bool sound = json_array_size(json) == TW_CITY_CLASSES;
    double before = 0.0;
    for (size_t c = 0; c < TW_CITY_CLASSES && sound; c++) {
        const json_t *depth = json_array_get(json, c);
        sound = json_is_number(depth) && json_number_value(depth) > before;
        before = json_number_value(depth);
        out[c] = before;
    }
    if (sound) return;
    tw_layer_fault(layer, feature,
                   "classes_m must be four rising depths in metres: blue, yellow, orange, red");
}

static void load_point(struct tw_city *city, struct tw_layer *layer, int32_t index)
{
    struct tw_feature feature;
    if (!tw_layer_feature(layer, index, "Point", &feature)) return;
    struct tw_city_point *point = &city->points[city->point_count];
    *point = (struct tw_city_point){.id = copy(city, feature.id),
                                    .name = name_of(city, layer, &feature),
                                    .lon = feature.lon,
                                    .lat = feature.lat,
                                    .weight = tw_feature_number(layer, &feature, "weight", 1.0),
                                    .made_up = tw_feature_true(layer, &feature, "made_up")};
    classes_of(city, layer, &feature, point->classes_m);
    const char *node = tw_feature_text(layer, &feature, "node", NULL);
    if (node == NULL) {
        tw_layer_fault(layer, &feature, "property node is missing: a node of the model");
        return;
    }
    point->node_name = copy(city, node);
    if (city->model != NULL && tw_model_node_find(city->model, node, &point->node) != TW_OK) {
        tw_layer_fault(layer, &feature, "node \"%s\" is not in the model", node);
        return;
    }
    if (point->weight < 1.0 || point->weight > 10.0) {
        tw_layer_fault(layer, &feature, "weight must be within 1 and 10");
    }
    city->point_count++;
}

static tw_status find_node(const tw_model *model, const char *name, int32_t *out_index)
{
    tw_node_id id;
    TW_TRY(tw_model_node_find(model, name, &id));
    *out_index = id.index;
    return TW_OK;
}

static tw_status find_link(const tw_model *model, const char *name, int32_t *out_index)
{
    tw_link_id id;
    TW_TRY(tw_model_link_find(model, name, &id));
    *out_index = id.index;
    return TW_OK;
}

static tw_status find_gage(const tw_model *model, const char *name, int32_t *out_index)
{
    tw_gage_id id;
    TW_TRY(tw_model_gage_find(model, name, &id));
    *out_index = id.index;
    return TW_OK;
}

/* A sensor kind; find NULL: it belongs to no element. The limits are those of a sensor that states
 * none: sewers surcharge within minutes, so only what no water does is refused. */
struct kind_row {
    const char *word, *unit, *element;
    tw_status (*find)(const tw_model *model, const char *name, int32_t *out_index);
    struct tw_qc_limits usual;
};

#define CLOCK_AHEAD_S 300.0            /* of a device: its clock is never that wrong by itself */
#define CLOCK_BEHIND_S (366 * 86400.0) /* loggers keep a year; 1970 is a clock that was reset */

static const struct kind_row kinds[] = {
    [TW_SENSOR_LEVEL] = {"level",
                         "m",
                         "node",
                         find_node,
                         {.rate_per_s = 0.1,
                          .stuck_s = 6 * 3600.0,
                          .spike = 3.0,
                          .drift = 0.5,
                          .missing_s = 1800.0,
                          .ahead_s = CLOCK_AHEAD_S,
                          .behind_s = CLOCK_BEHIND_S}},
    [TW_SENSOR_FLOW] = {"flow",
                        "m3/s",
                        "link",
                        find_link,
                        {.stuck_s = 6 * 3600.0,
                         .missing_s = 1800.0,
                         .ahead_s = CLOCK_AHEAD_S,
                         .behind_s = CLOCK_BEHIND_S}},
    [TW_SENSOR_RAIN] =
        {"rain", "mm", "gage", find_gage, {.ahead_s = CLOCK_AHEAD_S, .behind_s = CLOCK_BEHIND_S}},
    [TW_SENSOR_VALUE] =
        {"value", NULL, NULL, NULL, {.ahead_s = CLOCK_AHEAD_S, .behind_s = CLOCK_BEHIND_S}},
};

const char *tw_sensor_kind_word(enum tw_sensor_kind kind) { return kinds[kind].word; }

static bool kind_of(const struct tw_layer *layer, const struct tw_feature *feature,
                    enum tw_sensor_kind *out_kind)
{
    const char *word = tw_feature_text(layer, feature, "kind", "");
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        if (strcmp(kinds[k].word, word) != 0) continue;
        *out_kind = (enum tw_sensor_kind)k;
        return true;
    }
    tw_layer_fault(layer, feature, "kind \"%s\" is none of level, flow, rain, value", word);
    return false;
}

/* The element of the model that a sensor looks at. */
static bool element_of(const struct tw_city *city, const struct tw_layer *layer,
                       const struct tw_feature *feature, struct tw_city_sensor *sensor)
{
    const struct kind_row *kind = &kinds[sensor->kind];
    if (kind->find == NULL) return true;
    if (city->model == NULL) return true; /* its own faults are named already */
    if (kind->find(city->model, sensor->element, &sensor->index) == TW_OK) return true;
    tw_layer_fault(layer, feature, "element \"%s\": the model has no such %s", sensor->element,
                   kind->element);
    return false;
}

static const char *text_of(struct tw_city *city, const struct tw_layer *layer,
                           const struct tw_feature *feature, const char *key)
{
    const char *text = tw_feature_text(layer, feature, key, NULL);
    return text == NULL ? NULL : copy(city, text);
}

/* The unit that values are stored in, and the factor that the layer's numbers have to it. */
static bool unit_of(struct tw_city *city, const struct tw_layer *layer,
                    const struct tw_feature *feature, struct tw_city_sensor *sensor,
                    double *out_factor)
{
    const char *usual = kinds[sensor->kind].unit;
    const char *unit = tw_feature_text(layer, feature, "unit", usual != NULL ? usual : "");
    if (usual == NULL) {
        sensor->unit = copy(city, unit);
        return true;
    }
    sensor->unit = usual;
    if (tw_unit_factor(unit, usual, out_factor) == TW_OK) return true;
    tw_layer_fault(layer, feature, "unit \"%s\" is no unit of a %s; use %s", unit,
                   kinds[sensor->kind].word, usual);
    return false;
}

/* What the checks of quality need. factor: of the layer's unit */
static void limits_of(const struct tw_layer *layer, const struct tw_feature *feature, double factor,
                      struct tw_city_sensor *sensor)
{
    const struct tw_qc_limits *usual = &kinds[sensor->kind].usual;
    struct tw_qc_limits *limits = &sensor->limits;
    const struct {
        const char *key;
        double *to;
        double usual, factor;
    } rows[] = {
        {"rate_per_min", &limits->rate_per_s, usual->rate_per_s, factor / 60.0},
        {"stuck_after_min", &limits->stuck_s, usual->stuck_s, 60.0},
        {"spike", &limits->spike, usual->spike, factor},
        {"drift", &limits->drift, usual->drift, factor},
        {"missing_after_min", &limits->missing_s, usual->missing_s, 60.0},
        {"clock_ahead_s", &limits->ahead_s, usual->ahead_s, 1.0},
        {"clock_behind_s", &limits->behind_s, usual->behind_s, 1.0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double stated = tw_feature_number(layer, feature, rows[i].key, (double)NAN);
        *rows[i].to = isnan(stated) ? rows[i].usual : stated * rows[i].factor;
        if (*rows[i].to < 0.0) {
            tw_layer_fault(layer, feature, "%s must not be below 0; 0 switches the check off",
                           rows[i].key);
        }
    }
}

tw_status tw_city_sensor_make(struct tw_city *city, const struct tw_sensor_words *words,
                              struct tw_city_sensor *out_sensor, char out_why[TW_SENSOR_WHY_SIZE])
{
    double factor = 1.0;
    size_t k = 0;
    out_why[0] = 0;
    while (k < sizeof kinds / sizeof kinds[0] && strcmp(kinds[k].word, words->kind) != 0)
        k++;
    if (k == sizeof kinds / sizeof kinds[0] || kinds[k].find == NULL) {
        (void)snprintf(out_why, TW_SENSOR_WHY_SIZE, "kind \"%.64s\" is none of level, flow, rain",
                       words->kind);
        return TW_OK;
    }
    struct tw_city_sensor sensor = {.id = copy(city, words->id),
                                    .kind = (enum tw_sensor_kind)k,
                                    .element = copy(city, words->element),
                                    .unit = kinds[k].unit,
                                    .lon = (double)NAN,
                                    .lat = (double)NAN,
                                    .min = -INFINITY,
                                    .max = INFINITY,
                                    .limits = kinds[k].usual};
    if (sensor.id == NULL || sensor.element == NULL) return TW_ERR_NOMEM;
    if (kinds[k].find(city->model, words->element, &sensor.index) != TW_OK) {
        (void)snprintf(out_why, TW_SENSOR_WHY_SIZE, "element \"%.64s\": the model has no such %s",
                       words->element, kinds[k].element);
    } else if (words->unit[0] != 0 &&
               tw_unit_factor(words->unit, kinds[k].unit, &factor) != TW_OK) {
        (void)snprintf(out_why, TW_SENSOR_WHY_SIZE, "unit \"%.32s\" is no unit of a %s; use %s",
                       words->unit, kinds[k].word, kinds[k].unit);
    } else {
        *out_sensor = sensor;
    }
    return TW_OK;
}

static void load_sensor(struct tw_city *city, struct tw_layer *layer, int32_t index)
{
    struct tw_feature feature;
    int32_t found = 0;
    if (!tw_layer_feature(layer, index, "Point", &feature)) return;
    struct tw_city_sensor sensor = {
        .id = copy(city, feature.id),
        .element = copy(city, tw_feature_text(layer, &feature, "element", "")),
        .line = feature.line,
        .lon = feature.lon,
        .lat = feature.lat,
        .min = tw_feature_number(layer, &feature, "min", -(double)INFINITY),
        .max = tw_feature_number(layer, &feature, "max", (double)INFINITY),
        .noise_sd = tw_feature_number(layer, &feature, "noise_sd", 0.0),
        .made_up = tw_feature_true(layer, &feature, "made_up")};
    if (!kind_of(layer, &feature, &sensor.kind)) return;
    if (!element_of(city, layer, &feature, &sensor)) return;
    double factor = 1.0;
    if (!unit_of(city, layer, &feature, &sensor, &factor)) return;
    limits_of(layer, &feature, factor, &sensor);
    sensor.source = text_of(city, layer, &feature, "source");
    sensor.neighbour = text_of(city, layer, &feature, "neighbour");
    /* Limits are in the sensor's unit, everything else in the SI unit of its kind. */
    sensor.min *= factor;
    sensor.max *= factor;
    sensor.noise_sd *= factor;
    if (sensor.min > sensor.max || sensor.noise_sd < 0.0) {
        tw_layer_fault(layer, &feature, "min must not be above max, nor noise_sd below 0");
        return;
    }
    if (tw_names_add(&city->sensor_ids, sensor.id, &found) != TW_OK) return;
    city->sensors[city->sensor_count++] = sensor;
}

/* Gages that no sensor serves take samples under their own name. */
static tw_status add_gages(struct tw_city *city)
{
    int32_t gages = city->model == NULL ? 0 : tw_model_gage_count(city->model);
    city->gage_sensor = TW_ARENA_NEW(&city->arena, int32_t, gages + 1);
    if (city->gage_sensor == NULL) return TW_ERR_NOMEM;
    for (int32_t g = 0; g < gages; g++)
        city->gage_sensor[g] = -1;
    for (int32_t s = 0; s < city->sensor_count; s++) {
        if (city->sensors[s].kind != TW_SENSOR_RAIN) continue;
        if (city->gage_sensor[city->sensors[s].index] < 0) {
            city->gage_sensor[city->sensors[s].index] = s;
        }
    }
    for (int32_t g = 0; g < gages; g++) {
        struct tw_gage_info info;
        int32_t index = 0;
        if (city->gage_sensor[g] >= 0) continue;
        if (tw_model_gage_info(city->model, (tw_gage_id){g}, &info) != TW_OK) continue;
        /* A sensor of another kind that has the gage's name keeps it. */
        if (tw_names_add(&city->sensor_ids, info.name, &index) != TW_OK) continue;
        city->gage_sensor[g] = city->sensor_count;
        city->sensors[city->sensor_count++] =
            (struct tw_city_sensor){.id = copy(city, info.name),
                                    .kind = TW_SENSOR_RAIN,
                                    .element = copy(city, info.name),
                                    .unit = "mm",
                                    .index = g,
                                    .lon = (double)NAN,
                                    .lat = (double)NAN,
                                    .min = 0.0,
                                    .max = 200.0,
                                    .limits = kinds[TW_SENSOR_RAIN].usual};
    }
    return TW_OK;
}

/* Depths that crews report are measurements, too: of a sensor POINT.reported, which a layer may also
 * have itself. */
static void add_reported(struct tw_city *city)
{
    for (int32_t p = 0; p < city->point_count && city->staff != NULL; p++) {
        const struct tw_city_point *point = &city->points[p];
        char id[160];
        int32_t index = 0;
        (void)snprintf(id, sizeof id, "%.140s.reported", point->id);
        if (tw_names_add(&city->sensor_ids, id, &index) != TW_OK) continue;
        city->sensors[city->sensor_count++] =
            (struct tw_city_sensor){.id = copy(city, id),
                                    .kind = TW_SENSOR_VALUE,
                                    .element = "",
                                    .unit = "m",
                                    .lon = point->lon,
                                    .lat = point->lat,
                                    .min = 0.0,
                                    .max = 5.0,
                                    .limits = kinds[TW_SENSOR_VALUE].usual,
                                    .made_up = point->made_up};
    }
}

/* A neighbour may stand below in the file: they are looked for when all sensors are known. */
static void check_neighbours(const struct tw_city *city, const char *path, tw_faults *faults)
{
    for (int32_t s = 0; s < city->sensor_count; s++) {
        const struct tw_city_sensor *sensor = &city->sensors[s];
        if (sensor->neighbour == NULL || tw_city_sensor_find(city, sensor->neighbour) >= 0)
            continue;
        tw_faults_add(faults, path, sensor->line, "sensor %s: neighbour \"%s\" is no sensor",
                      sensor->id, sensor->neighbour);
    }
}

/* People and vehicles of a depot. */
static void load_depot(struct tw_city *city, struct tw_layer *layer, int32_t index)
{
    struct tw_feature feature;
    if (!tw_layer_feature(layer, index, "Point", &feature)) return;
    struct tw_city_depot depot = {.id = copy(city, feature.id),
                                  .name = name_of(city, layer, &feature),
                                  .lon = feature.lon,
                                  .lat = feature.lat,
                                  .made_up = tw_feature_true(layer, &feature, "made_up")};
    const json_t *crews = json_object_get(feature.properties, "crews");
    const json_t *vehicles = json_object_get(feature.properties, "vehicles");
    if ((crews != NULL && !json_is_array(crews)) ||
        (vehicles != NULL && !json_is_array(vehicles))) {
        tw_layer_fault(layer, &feature, "crews and vehicles must be arrays of objects");
        return;
    }
    for (size_t i = 0; i < json_array_size(crews); i++) {
        const json_t *size = json_object_get(json_array_get(crews, i), "size");
        if (!json_is_integer(size) || json_integer_value(size) < 0 ||
            json_integer_value(size) > 1000) {
            tw_layer_fault(layer, &feature, "crew %zu: size must be a number of people", i);
            return;
        }
        depot.crew += (int32_t)json_integer_value(size);
    }
    depot.vehicles = (int32_t)json_array_size(vehicles);
    if (tw_city_staff_add(city, layer, &feature) != TW_OK) city->cut_short = true;
    city->depots[city->depot_count++] = depot;
}

static void load_camera(struct tw_city *city, struct tw_layer *layer, int32_t index)
{
    struct tw_feature feature;
    if (!tw_layer_feature(layer, index, "Point", &feature)) return;
    const char *point = tw_feature_text(layer, &feature, "point", "");
    bool known = point[0] == 0;
    for (int32_t i = 0; i < city->point_count && !known; i++) {
        known = strcmp(city->points[i].id, point) == 0;
    }
    if (!known) {
        tw_layer_fault(layer, &feature, "point \"%s\" is not in points.geojson", point);
        return;
    }
    city->cameras[city->camera_count++] =
        (struct tw_city_camera){.id = copy(city, feature.id),
                                .name = name_of(city, layer, &feature),
                                .lon = feature.lon,
                                .lat = feature.lat,
                                .point = copy(city, point),
                                .made_up = tw_feature_true(layer, &feature, "made_up")};
}

/* Roads are handed on as they are, once they have been found sound. */
static tw_status load_roads(struct tw_city *city, tw_faults *faults)
{
    static const char *const classes[] = {"trunk", "primary", "secondary", "residential"};
    struct tw_layer layer;
    if (city->roads_path == NULL) return TW_OK;
    if (tw_layer_read(city->roads_path, faults, &layer) == TW_OK) {
        for (int32_t i = 0; i < layer.count; i++) {
            struct tw_feature feature;
            if (!tw_layer_feature(&layer, i, "LineString", &feature)) continue;
            const char *class = tw_feature_text(&layer, &feature, "class", "residential");
            bool known = false;
            for (size_t k = 0; k < sizeof classes / sizeof classes[0]; k++) {
                known = known || strcmp(classes[k], class) == 0;
            }
            if (!known) {
                tw_layer_fault(&layer, &feature,
                               "class \"%s\" is none of trunk, primary, secondary, residential",
                               class);
            }
            if (!(tw_feature_number(&layer, &feature, "speed_kmh", 30.0) > 0.0) ||
                !(tw_feature_number(&layer, &feature, "passable_depth_m", 0.3) >= 0.0)) {
                tw_layer_fault(&layer, &feature,
                               "speed_kmh must be above 0, passable_depth_m not below 0");
            }
        }
    }
    tw_layer_done(&layer);
    tw_status status = tw_file_read(city->roads_path, ROADS_MAX, &city->roads, NULL);
    return status == TW_ERR_NOMEM ? status : TW_OK;
}

typedef void load_feature(struct tw_city *city, struct tw_layer *layer, int32_t index);

static void take_features(struct tw_city *city, struct tw_layer *layer, load_feature *load)
{
    for (int32_t i = 0; i < layer->count; i++)
        load(city, layer, i);
    tw_layer_done(layer);
}

/* Room for what a layer may hold; one more, so that none is not nothing. */
#define NEW_ROOM(city, type, count) TW_ARENA_NEW(&(city)->arena, type, (count) + 1)

tw_status tw_city_layers_load(struct tw_city *city, tw_faults *faults)
{
    struct tw_layer points;
    struct tw_layer sensors;
    struct tw_layer depots;
    struct tw_layer cameras;
    int32_t gages = city->model == NULL ? 0 : tw_model_gage_count(city->model);
    layer_open(city, "points", true, faults, &points);
    layer_open(city, "sensors", false, faults, &sensors);
    layer_open(city, "depots", false, faults, &depots);
    layer_open(city, "cameras", false, faults, &cameras);
    city->points = NEW_ROOM(city, struct tw_city_point, points.count);
    city->sensors = NEW_ROOM(city, struct tw_city_sensor, sensors.count + gages + points.count);
    city->depots = NEW_ROOM(city, struct tw_city_depot, depots.count);
    city->cameras = NEW_ROOM(city, struct tw_city_camera, cameras.count);
    bool room = city->points != NULL && city->sensors != NULL && city->depots != NULL &&
                city->cameras != NULL;
    if (!room) {
        points.count = 0;
        sensors.count = 0;
        depots.count = 0;
        cameras.count = 0;
    }
    const char *sensors_path = sensors.path;
    const char *depots_path = depots.path;
    take_features(city, &points, load_point);
    take_features(city, &sensors, load_sensor);
    take_features(city, &depots, load_depot);
    take_features(city, &cameras, load_camera);
    if (!room) return TW_ERR_NOMEM;
    TW_TRY(add_gages(city));
    add_reported(city);
    check_neighbours(city, sensors_path, faults);
    if (city->cut_short) return TW_ERR_NOMEM;
    tw_city_staff_check(city, depots_path, faults);
    return load_roads(city, faults);
}
