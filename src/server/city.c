#include "server/city.h"
#include "server/calibrate.h"

#include "base/text.h"
#include "grid/projection.h"
#include "net/iso_time.h"
#include "server/doors.h"
#include "server/storm.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *tw_city_path(struct tw_city *city, const char *path)
{
    if (path[0] == '/') return tw_arena_text(&city->arena, path, strlen(path));
    struct tw_strbuf joined = {0};
    (void)tw_strbuf_printf(&joined, "%s/%s", city->folder, path);
    const char *text = NULL;
    if (joined.status == TW_OK) text = tw_arena_text(&city->arena, joined.text, joined.length);
    tw_strbuf_done(&joined);
    return text;
}

int32_t tw_city_sensor_find(const struct tw_city *city, const char *id)
{
    int32_t index = tw_names_find(&city->sensor_ids, id);
    tw_gage_id gage;
    if (index >= 0) return index;
    if (tw_model_gage_find(city->model, id, &gage) != TW_OK) return -1;
    return city->gage_sensor[gage.index];
}

/* The path of a file that [files] names; a fault when it is needed or named and cannot be read. */
static const char *file_of(struct tw_city *city, const char *key, const char *otherwise,
                           tw_faults *faults)
{
    const struct tw_ini_entry *entry = tw_ini_find(&city->ini, "files", key);
    if (entry == NULL && otherwise == NULL) return NULL;
    const char *path = tw_city_path(city, entry != NULL ? entry->value : otherwise);
    if (path == NULL || access(path, R_OK) == 0) return path;
    const char *why = strerror(errno);
    int line = entry == NULL ? 0 : entry->line;
    if (city->source[0] != 0) {
        tw_faults_add(faults, city->ini.path, line, "[files] %s: %s: %s; it comes from: %s", key,
                      path, why, city->source);
    } else {
        tw_faults_add(faults, city->ini.path, line,
                      "[files] %s: %s: %s; put the file there or correct the entry", key, path,
                      why);
    }
    return NULL;
}

static void load_head(struct tw_city *city, tw_faults *faults)
{
    struct tw_ini *ini = &city->ini;
    city->id = tw_ini_text(ini, "city", "id", "");
    if (city->id[0] == 0) tw_faults_add(faults, ini->path, 0, "[city] id is missing");
    city->title.zh = tw_ini_text(ini, "city", "title_zh", city->id);
    city->title.en = tw_ini_text(ini, "city", "title_en", city->id);
    city->made_up = tw_ini_yes(ini, "city", "made_up", false, faults);
    const struct tw_ini_entry *zone = tw_ini_find(ini, "city", "timezone");
    city->timezone = zone == NULL ? "+00:00" : zone->value;
    if (zone == NULL) {
        tw_faults_warn(faults, ini->path, 0, "[city] timezone is missing; +00:00 is taken");
    } else if (tw_zone_parse(zone->value, &city->zone_s) != TW_OK) {
        tw_faults_add(faults, ini->path, zone->line,
                      "[city] timezone: \"%s\" is no zone; write it as +08:00", zone->value);
    }
    city->source = tw_ini_text(ini, "files", "source", "");
}

/* Class depths must rise from blue to red. */
static void load_classes(struct tw_city *city, tw_faults *faults)
{
    static const char *const keys[TW_CITY_CLASSES] = {"blue_m", "yellow_m", "orange_m", "red_m"};
    static const double usual[TW_CITY_CLASSES] = {0.15, 0.27, 0.40, 0.60};
    const double limits[2] = {0.001, 100.0};
    for (int c = 0; c < TW_CITY_CLASSES; c++) {
        city->classes_m[c] =
            tw_ini_number(&city->ini, "warning", keys[c], usual[c], limits, faults);
        if (c > 0 && !(city->classes_m[c] > city->classes_m[c - 1])) {
            const struct tw_ini_entry *entry = tw_ini_find(&city->ini, "warning", keys[c]);
            tw_faults_add(faults, city->ini.path, entry == NULL ? 0 : entry->line,
                          "[warning] %s (%g) must be larger than %s (%g)", keys[c],
                          city->classes_m[c], keys[c - 1], city->classes_m[c - 1]);
        }
    }
}

/* How forecasts are routed. */
static void load_routing(struct tw_city *city, tw_faults *faults)
{
    struct tw_ini *ini = &city->ini;
    const double steps[2] = {1.0, 60.0};
    const struct tw_ini_entry *routing = tw_ini_find(ini, "forecast", "routing");
    city->semi_implicit = routing != NULL && tw_text_same(routing->value, "semi_implicit");
    city->routing_step_s = tw_ini_number(ini, "forecast", "routing_step_s", 20.0, steps, faults);
    if (routing != NULL && !city->semi_implicit && !tw_text_same(routing->value, "dynamic_wave")) {
        tw_faults_add(faults, ini->path, routing->line,
                      "[forecast] routing: \"%s\" is neither dynamic_wave nor semi_implicit",
                      routing->value);
    }
}

/* [dispatch] approve: from which class on orders need nobody's approval. */
static void load_dispatch(struct tw_city *city, tw_faults *faults)
{
    static const char *const words[] = {"blue", "yellow", "orange", "red", "none"};
    const struct tw_ini_entry *approve = tw_ini_find(&city->ini, "dispatch", "approve");
    city->approve_rank = 4;
    for (int32_t rank = 1; approve != NULL; rank++) {
        if (rank > 5) {
            tw_faults_add(faults, city->ini.path, approve->line,
                          "[dispatch] approve: \"%s\" is none of blue, yellow, orange, red, none",
                          approve->value);
            return;
        }
        if (!tw_text_same(approve->value, words[rank - 1])) continue;
        city->approve_rank = rank;
        return;
    }
}

static void load_settings(struct tw_city *city, tw_faults *faults)
{
    struct tw_ini *ini = &city->ini;
    const double minutes[2] = {1.0, 2880.0};
    const double spinup[2] = {0.0, 14400.0};
    const double codes[2] = {1024.0, 999999.0};
    city->horizon_s =
        60.0 * floor(tw_ini_number(ini, "forecast", "horizon_min", 120, minutes, faults));
    city->cycle_s = 60.0 * floor(tw_ini_number(ini, "forecast", "cycle_min", 5, minutes, faults));
    city->spinup_s =
        60.0 * floor(tw_ini_number(ini, "forecast", "spinup_min", 120, spinup, faults));
    const double members[2] = {1.0, 1000.0}, quantiles[2] = {0.0, 1.0};
    city->members = (int32_t)tw_ini_number(ini, "forecast", "members", 1, members, faults);
    city->assimilates = tw_ini_yes(ini, "forecast", "assimilate", true, faults);
    city->quantile = tw_ini_number(ini, "forecast", "quantile", 0.5, quantiles, faults);
    load_routing(city, faults);
    const struct tw_ini_entry *rain = tw_ini_find(ini, "forecast", "rain");
    city->perfect_rain = rain != NULL && tw_text_same(rain->value, "perfect");
    if (rain != NULL && !city->perfect_rain && !tw_text_same(rain->value, "honest")) {
        tw_faults_add(faults, ini->path, rain->line,
                      "[forecast] rain: \"%s\" is neither honest nor perfect", rain->value);
    }
    city->epsg = (int)tw_ini_number(ini, "projection", "epsg", 4326, codes, faults);
    city->listen = tw_ini_text(ini, "server", "listen", NULL);
    const double months[2] = {0.0, 1200.0};
    const double inspect_h[2] = {0.0, 8760.0};
    city->inspect_every_h = tw_ini_number(ini, "inspection", "every_h", 24.0, inspect_h, faults);
    city->inspect_on_alarm = tw_ini_yes(ini, "inspection", "on_alarm", true, faults);
    city->store_folder = tw_ini_text(ini, "store", "folder", "var");
    city->store_database = tw_ini_text(ini, "store", "database", NULL);
    city->store_months = (int32_t)tw_ini_number(ini, "store", "months", 0, months, faults);
    const char *tokens = tw_ini_text(ini, "server", "tokens", NULL);
    city->tokens_path = tokens == NULL ? NULL : tw_city_path(city, tokens);
    load_classes(city, faults);
    load_dispatch(city, faults);
    tw_doors_check(ini, faults);
}

tw_status tw_city_words(struct tw_city *city, const char *list, const char ***out_words,
                        int32_t *out_count)
{
    const char **words = TW_ARENA_NEW(&city->arena, const char *, strlen(list) / 2 + 1);
    int32_t count = 0;
    if (words == NULL) return TW_ERR_NOMEM;
    for (const char *at = list; *at != 0;) {
        at += strspn(at, ", \t");
        size_t length = strcspn(at, ", \t");
        if (length == 0) break;
        words[count] = tw_arena_text(&city->arena, at, length);
        if (words[count++] == NULL) return TW_ERR_NOMEM;
        at += length;
    }
    *out_words = words;
    *out_count = count;
    return TW_OK;
}

static void widen(double bounds[4], double lon, double lat)
{
    if (!isfinite(lon) || !isfinite(lat)) return;
    if (!(bounds[0] <= lon)) bounds[0] = lon;
    if (!(bounds[1] <= lat)) bounds[1] = lat;
    if (!(bounds[2] >= lon)) bounds[2] = lon;
    if (!(bounds[3] >= lat)) bounds[3] = lat;
}

/* A gage that no sensor serves stands where the model's map shows it. */
static void place_gages(struct tw_city *city, const struct tw_projection *projection)
{
    for (int32_t i = 0; i < city->sensor_count && city->model != NULL; i++) {
        struct tw_city_sensor *sensor = &city->sensors[i];
        struct tw_gage_info gage;
        if (sensor->kind != TW_SENSOR_RAIN || !isnan(sensor->lon)) continue;
        if (tw_model_gage_info(city->model, (tw_gage_id){sensor->index}, &gage) != TW_OK) continue;
        tw_projection_to_wgs84(projection, gage.x, gage.y, &sensor->lon, &sensor->lat);
    }
}

static void find_places(struct tw_city *city, tw_faults *faults)
{
    struct tw_projection *projection = NULL;
    for (int i = 0; i < 4; i++)
        city->bounds[i] = (double)NAN;
    if (tw_projection_create(city->epsg, &projection) != TW_OK) {
        const struct tw_ini_entry *entry = tw_ini_find(&city->ini, "projection", "epsg");
        tw_faults_add(faults, city->ini.path, entry == NULL ? 0 : entry->line,
                      "[projection] epsg: PROJ knows no EPSG:%d", city->epsg);
        return;
    }
    int32_t count = city->model == NULL ? 0 : tw_model_node_count(city->model);
    for (int32_t i = 0; i < count; i++) {
        struct tw_node_info node;
        double lon = 0.0;
        double lat = 0.0;
        if (tw_model_node_info(city->model, (tw_node_id){i}, &node) != TW_OK) continue;
        tw_projection_to_wgs84(projection, node.x, node.y, &lon, &lat);
        widen(city->bounds, lon, lat);
    }
    place_gages(city, projection);
    tw_projection_destroy(projection);
    for (int32_t i = 0; i < city->point_count; i++) {
        widen(city->bounds, city->points[i].lon, city->points[i].lat);
    }
    if (isnan(city->bounds[0])) memset(city->bounds, 0, sizeof city->bounds);
}

/* A network with faults leaves none, and the city goes on to its other files. */
static tw_status load_network(struct tw_city *city, bool checked, tw_faults *faults)
{
    if (city->network_path == NULL) return TW_OK;
    tw_status status = TW_OK;
    if (checked) status = tw_model_check(city->network_path, faults); /* it tells all there is */
    if (status == TW_OK)
        status = tw_model_read(city->network_path, checked ? NULL : faults, &city->model);
    return status == TW_ERR_NOMEM ? status : TW_OK;
}

static tw_status load_all(struct tw_city *city, bool checked, tw_faults *faults)
{
    load_head(city, faults);
    load_settings(city, faults);
    TW_TRY(tw_city_words(city, tw_ini_text(&city->ini, "server", "hosts", ""), &city->hosts,
                         &city->host_count));
    TW_TRY(tw_city_alerts_load(city, faults));
    city->network_path = file_of(city, "network", "network.inp", faults);
    city->terrain_path = file_of(city, "terrain", NULL, faults);
    city->roads_path = file_of(city, "roads", NULL, faults);
    const char *drop = tw_ini_text(&city->ini, "drop", "folder", NULL);
    if (drop != NULL) city->drop_path = tw_city_path(city, drop);
    const char *radar = tw_ini_text(&city->ini, "radar", "folder", NULL);
    if (radar != NULL) city->radar_path = tw_city_path(city, radar);
    const char *outlooks = tw_ini_text(&city->ini, "outlooks", "folder", NULL);
    if (outlooks != NULL) city->outlooks_path = tw_city_path(city, outlooks);
    city->devices_path = file_of(city, "devices", NULL, faults);
    if (city->devices_path == NULL && tw_ini_find(&city->ini, "files", "devices") == NULL) {
        const char *usual = tw_city_path(city, "devices.ini");
        if (usual == NULL) return TW_ERR_NOMEM;
        if (access(usual, F_OK) == 0) city->devices_path = usual;
    }
    TW_TRY(load_network(city, checked, faults));
    if (tw_calibration_of(city, faults, city->priors) == TW_ERR_NOMEM) return TW_ERR_NOMEM;
    TW_TRY(tw_city_layers_load(city, faults));
    const char *plants = file_of(city, "plants", NULL, faults);
    city->plants_path = plants;
    if (plants != NULL) TW_TRY(tw_city_plants_load(city, plants, faults));
    /* Storms are looked for when one is asked for: a city may run on live measurements alone. */
    city->storms_path = tw_city_path(city, tw_ini_text(&city->ini, "files", "storms", "storms"));
    find_places(city, faults);
    return city->storms_path == NULL ? TW_ERR_NOMEM : TW_OK;
}

static tw_status load(const char *folder, bool checked, tw_faults *faults,
                      struct tw_city **out_city)
{
    struct tw_city *city = calloc(1, sizeof *city);
    if (city == NULL) return TW_ERR_NOMEM;
    tw_arena_init(&city->arena);
    tw_names_init(&city->sensor_ids, &city->arena);
    city->folder = tw_arena_text(&city->arena, folder, strlen(folder));
    size_t before = tw_faults_count(faults);
    const char *path = city->folder == NULL ? NULL : tw_city_path(city, "city.ini");
    tw_status status = TW_ERR_NOMEM;
    if (path != NULL) status = tw_ini_read(path, &city->arena, faults, &city->ini);
    if (status == TW_ERR_FILE) {
        tw_faults_add(faults, folder, 0,
                      "it is no city's folder: one holds a city.ini, see "
                      "docs/city-folder.md");
    }
    if (status == TW_OK) status = load_all(city, checked, faults);
    if (status == TW_OK && tw_faults_count(faults) > before) status = TW_ERR_INPUT;
    if (status != TW_OK) {
        /* who mends the city wants to hear of its storms at once, too */
        if (status == TW_ERR_INPUT && city->model != NULL) (void)tw_storms_check(city, faults);
        tw_city_destroy(city);
        return status;
    }
    *out_city = city;
    return TW_OK;
}

tw_status tw_city_load(const char *folder, tw_faults *faults, struct tw_city **out_city)
{
    return load(folder, false, faults, out_city);
}

tw_status tw_city_load_checked(const char *folder, tw_faults *faults, struct tw_city **out_city)
{
    return load(folder, true, faults, out_city);
}

void tw_city_destroy(struct tw_city *city)
{
    if (city == NULL) return;
    tw_model_destroy(city->model);
    free(city->roads);
    tw_arena_done(&city->arena);
    free(city);
}
