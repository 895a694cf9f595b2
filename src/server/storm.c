#include "server/storm.h"

#include "base/text.h"
#include "net/iso_time.h"
#include "server/storm_parts.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A time of [storm]; a fault when it is none. */
static void time_entry(struct tw_ini *ini, const char *section, const char *key, int32_t zone_s,
                       int64_t *out_ms, tw_faults *faults)
{
    const struct tw_ini_entry *entry = tw_ini_find(ini, section, key);
    if (entry == NULL) return;
    if (tw_iso_time_parse(entry->value, zone_s, out_ms) != TW_OK) {
        tw_faults_add(faults, ini->path, entry->line,
                      "[%s] %s: \"%s\" is no time; write it as 2031-07-01T10:00:00", section, key,
                      entry->value);
    }
}

static void take_about(struct tw_storm *storm, const struct tw_city *city, struct tw_ini *ini,
                       const char *section, tw_faults *faults)
{
    storm->title.zh = tw_ini_text(ini, section, "title_zh", storm->title.zh);
    storm->title.en = tw_ini_text(ini, section, "title_en", storm->title.en);
    storm->made_up = tw_ini_yes(ini, section, "made_up", storm->made_up, faults);
    time_entry(ini, section, "start", city->zone_s, &storm->start_ms, faults);
    time_entry(ini, section, "end", city->zone_s, &storm->end_ms, faults);
}

int tw_storm_by_time(const void *a, const void *b)
{
    const struct tw_storm_value *x = a;
    const struct tw_storm_value *y = b;
    if (x->time_ms != y->time_ms) return x->time_ms < y->time_ms ? -1 : 1;
    return x->sensor < y->sensor ? -1 : x->sensor > y->sensor;
}

/* What is said of the storm, and from when to when it lasts. */
static tw_status finish(struct tw_storm *storm, struct tw_city *city, const char *folder,
                        tw_faults *faults)
{
    char section[300];
    char path[PATH_MAX + 32];
    (void)snprintf(section, sizeof section, "storm %s", storm->id);
    (void)snprintf(path, sizeof path, "%s/storm.ini", folder);
    storm->title = (struct tw_city_name){storm->id, storm->id};
    storm->made_up = city->made_up;
    storm->start_ms = INT64_MIN;
    storm->end_ms = INT64_MIN;
    take_about(storm, city, &city->ini, section, faults);
    if (access(path, F_OK) == 0) {
        struct tw_ini ini;
        tw_status status = tw_ini_read(path, &storm->arena, faults, &ini);
        if (status == TW_ERR_NOMEM) return status;
        if (status == TW_OK) take_about(storm, city, &ini, "storm", faults);
    }
    if (storm->count > 0) {
        qsort(storm->values, storm->count, sizeof *storm->values, tw_storm_by_time);
        /* The first row tells of the interval that ends then: the storm begins a minute before. */
        if (storm->start_ms == INT64_MIN) {
            storm->start_ms = (storm->values[0].time_ms / 60000 - 1) * 60000;
        }
        if (storm->end_ms == INT64_MIN) storm->end_ms = storm->values[storm->count - 1].time_ms;
    }
    if (storm->start_ms == INT64_MIN || storm->end_ms <= storm->start_ms) {
        tw_faults_add(faults, folder, 0,
                      "the storm has no duration: give it rows in rain.csv, or start and end in "
                      "storm.ini");
    }
    return TW_OK;
}

static bool is_storm(const struct tw_city *city, const char *name)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/%s/rain.csv", city->storms_path, name);
    return name[0] != '.' && access(path, F_OK) == 0;
}

/* There is no such storm: which are there? */
static void refuse_name(struct tw_city *city, const char *name, tw_faults *faults)
{
    struct dirent **list = NULL;
    struct tw_strbuf names = {0};
    int count = scandir(city->storms_path, &list, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        if (is_storm(city, list[i]->d_name)) {
            (void)tw_strbuf_printf(&names, "%s%s", names.length > 0 ? ", " : "", list[i]->d_name);
        }
        free(list[i]);
    }
    free(list);
    if (names.length > 0) {
        tw_faults_add(faults, city->storms_path, 0, "there is no storm \"%s\"; there are: %s", name,
                      tw_strbuf_get(&names));
    } else {
        tw_faults_add(
            faults, city->storms_path, 0,
            "there is no storm \"%s\", nor any other: a storm is a folder with rain.csv%s%s", name,
            city->source[0] != 0 ? "; they come from: " : "", city->source);
    }
    tw_strbuf_done(&names);
}

/* The tables of a folder, in the order in which they need each other. */
static tw_status load_tables(struct tw_storm *storm, struct tw_city *city, tw_faults *faults)
{
    static const struct {
        const char *name;
        enum tw_storm_table which;
        bool lenient; /* only for a hindcast */
    } tables[] = {{"sensors.csv", TW_STORM_SENSORS, true},
                  {"rain.csv", TW_STORM_RAIN, false},
                  {"measurements.csv", TW_STORM_MEASUREMENTS, false},
                  {"truth_points.csv", TW_STORM_TRUTH, true}};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (tables[i].lenient && !storm->lenient) continue;
        char path[PATH_MAX + 32];
        size_t first = storm->count;
        (void)snprintf(path, sizeof path, "%s/%s", storm->folder, tables[i].name);
        TW_TRY(tw_storm_table_load(storm, city, faults, path, tables[i].which));
        tw_storm_times_check(storm, first, path, faults);
        if (tables[i].which == TW_STORM_RAIN && storm->lenient && storm->count == first) {
            tw_faults_add(faults, path, 0, "no row of it is usable: there is no rain to replay");
        }
    }
    return TW_OK;
}

/* Read the storm in a folder. */
static tw_status load_folder(struct tw_city *city, const char *folder, bool lenient,
                             tw_faults *faults, struct tw_storm **out_storm)
{
    struct tw_storm *storm = calloc(1, sizeof *storm);
    if (storm == NULL) return TW_ERR_NOMEM;
    tw_arena_init(&storm->arena);
    size_t before = tw_faults_count(faults), length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    storm->folder = tw_arena_text(&storm->arena, folder, length);
    storm->lenient = lenient;
    storm->sensors = city->sensors;
    storm->sensor_count = city->sensor_count;
    tw_status status = storm->folder == NULL ? TW_ERR_NOMEM : TW_OK;
    if (status == TW_OK) {
        const char *slash = strrchr(storm->folder, '/');
        storm->id = slash != NULL && slash[1] != 0 ? slash + 1 : storm->folder;
        status = load_tables(storm, city, faults);
    }
    if (status == TW_OK) {
        char radar[PATH_MAX + 32];
        (void)snprintf(radar, sizeof radar, "%s/radar", storm->folder);
        status = tw_storm_radar_find(storm, city, radar, faults);
    }
    if (status == TW_OK) status = finish(storm, city, storm->folder, faults);
    if (status == TW_OK && tw_faults_count(faults) > before) status = TW_ERR_INPUT;
    if (status != TW_OK) {
        tw_storm_destroy(storm);
        return status;
    }
    *out_storm = storm;
    return TW_OK;
}

tw_status tw_storm_load(struct tw_city *city, const char *name, tw_faults *faults,
                        struct tw_storm **out_storm)
{
    char folder[PATH_MAX];
    if (strchr(name, '/') != NULL || !is_storm(city, name)) {
        refuse_name(city, name, faults);
        return TW_ERR_NAME;
    }
    (void)snprintf(folder, sizeof folder, "%s/%s", city->storms_path, name);
    return load_folder(city, folder, false, faults, out_storm);
}

tw_status tw_storm_read(struct tw_city *city, const char *place, tw_faults *faults,
                        struct tw_storm **out_storm)
{
    char folder[PATH_MAX];
    bool named = strchr(place, '/') == NULL && is_storm(city, place);
    if (!named && access(place, F_OK) != 0) {
        refuse_name(city, place, faults);
        return TW_ERR_NAME;
    }
    (void)snprintf(folder, sizeof folder, "%s/%s", city->storms_path, place);
    return load_folder(city, named ? folder : place, true, faults, out_storm);
}

double tw_storm_truth_m(const struct tw_storm *storm, int32_t points, int32_t point,
                        int64_t time_ms)
{
    const struct tw_storm_truth *truth = &storm->truth;
    int32_t low = 0, high = truth->count - 1;
    if (truth->count == 0 || time_ms < truth->times_ms[0] || time_ms > truth->times_ms[high]) {
        return (double)NAN;
    }
    while (low < high) { /* the first row at or after the moment */
        int32_t middle = low + (high - low) / 2;
        if (truth->times_ms[middle] < time_ms) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    double after = (double)truth->depth_m[(int64_t)low * points + point];
    if (truth->times_ms[low] == time_ms) return after;
    double before = (double)truth->depth_m[(int64_t)(low - 1) * points + point];
    double part = (double)(time_ms - truth->times_ms[low - 1]) /
                  (double)(truth->times_ms[low] - truth->times_ms[low - 1]);
    return before + part * (after - before);
}

void tw_storm_destroy(struct tw_storm *storm)
{
    if (storm == NULL) return;
    free(storm->values);
    free(storm->truth.times_ms);
    free(storm->truth.depth_m);
    tw_arena_done(&storm->arena);
    free(storm);
}

tw_status tw_storms_check(struct tw_city *city, tw_faults *faults)
{
    struct dirent **list = NULL;
    const struct tw_ini_entry *entry = tw_ini_find(&city->ini, "files", "storms");
    int count = scandir(city->storms_path, &list, NULL, alphasort);
    if (count < 0 && entry != NULL) {
        tw_faults_add(faults, city->ini.path, entry->line, "[files] storms: %s: %s%s%s",
                      city->storms_path, strerror(errno),
                      city->source[0] != 0 ? "; they come from: " : "", city->source);
    }
    tw_status status = TW_OK;
    for (int i = 0; i < count; i++) {
        struct tw_storm *storm = NULL;
        if (status != TW_ERR_NOMEM && is_storm(city, list[i]->d_name)) {
            status = tw_storm_load(city, list[i]->d_name, faults, &storm);
        }
        tw_storm_destroy(storm);
        free(list[i]);
    }
    free(list);
    return status == TW_ERR_NOMEM ? status : TW_OK;
}
