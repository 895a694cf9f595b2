#include "server/storm.h"

#include "base/file.h"
#include "base/text.h"
#include "net/iso_time.h"
#include "telemetry/units.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX ((size_t)1 << 30)
#define COLUMNS_MAX 4

/* A table being read. */
struct table {
    struct tw_storm *storm;
    const struct tw_city *city;
    tw_faults *faults;
    const char *path;
    int line;
    char *cells[COLUMNS_MAX];
    struct tw_names unknown; /* names that were told of: once each is enough */
};

/* Takes the cells of a row; TW_ERR_NOMEM only. */
typedef tw_status take_row(struct table *table);

static char *trim(char *cell)
{
    cell += strspn(cell, " \t");
    size_t length = strlen(cell);
    while (length > 0 && strchr(" \t\r", cell[length - 1]) != NULL)
        length--;
    cell[length] = 0;
    return cell;
}

/* Cut a line at its commas. returns: cells found, counting those beyond the limit */
static int cut(char *line, char *cells[COLUMNS_MAX])
{
    int count = 0;
    for (char *at = line; at != NULL; count++) {
        char *comma = strchr(at, ',');
        if (comma != NULL) *comma = 0;
        if (count < COLUMNS_MAX) cells[count] = trim(at);
        at = comma == NULL ? NULL : comma + 1;
    }
    return count;
}

static tw_status add_value(struct tw_storm *storm, const struct tw_storm_value *value)
{
    if (storm->count == storm->capacity) {
        size_t capacity = storm->capacity == 0 ? 4096 : 2 * storm->capacity;
        struct tw_storm_value *values = realloc(storm->values, capacity * sizeof *values);
        if (values == NULL) return TW_ERR_NOMEM;
        storm->values = values;
        storm->capacity = capacity;
    }
    storm->values[storm->count++] = *value;
    return TW_OK;
}

/* Time, sensor and number stand in the first three cells of both tables. */
static bool row_value(struct table *table, const char *what, struct tw_storm_value *out)
{
    bool sound = true;
    if (tw_iso_time_parse(table->cells[0], table->city->zone_s, &out->time_ms) != TW_OK) {
        tw_faults_add(table->faults, table->path, table->line,
                      "time \"%.40s\" is no time; write it as 2031-07-01T10:01:00",
                      table->cells[0]);
        sound = false;
    }
    out->sensor = tw_city_sensor_find(table->city, table->cells[1]);
    if (out->sensor < 0) {
        int32_t index = 0;
        if (tw_names_add(&table->unknown, table->cells[1], &index) == TW_OK) {
            tw_faults_add(table->faults, table->path, table->line,
                          "unknown %s \"%.64s\", here for the first time", what, table->cells[1]);
        }
        sound = false;
    }
    if (tw_text_double(table->cells[2], &out->value) != TW_OK) {
        tw_faults_add(table->faults, table->path, table->line, "\"%.40s\" is not a number",
                      table->cells[2]);
        sound = false;
    }
    return sound;
}

static tw_status take_rain(struct table *table)
{
    struct tw_storm_value value;
    if (!row_value(table, "gauge", &value)) return TW_OK;
    if (table->city->sensors[value.sensor].kind != TW_SENSOR_RAIN) {
        tw_faults_add(table->faults, table->path, table->line, "\"%.64s\" measures no rain",
                      table->cells[1]);
        return TW_OK;
    }
    if (value.value < 0.0 || value.value > 500.0) {
        tw_faults_add(table->faults, table->path, table->line,
                      "%s mm of rain in an interval is not within 0 and 500", table->cells[2]);
        return TW_OK;
    }
    return add_value(table->storm, &value);
}

static tw_status take_measurement(struct table *table)
{
    struct tw_storm_value value;
    double factor = 1.0;
    if (!row_value(table, "sensor", &value)) return TW_OK;
    const char *unit = table->city->sensors[value.sensor].unit;
    if (table->cells[3][0] != 0 && strcmp(table->cells[3], unit) != 0 &&
        tw_unit_factor(table->cells[3], unit, &factor) != TW_OK) {
        tw_faults_add(table->faults, table->path, table->line,
                      "unit \"%.32s\" cannot become %s, the unit of %.64s", table->cells[3], unit,
                      table->cells[1]);
        return TW_OK;
    }
    value.value *= factor;
    return add_value(table->storm, &value);
}

/* Read a table whose first row is `head`; every faulty row is named. */
static tw_status read_table(struct table *table, char *text, const char *head, take_row *take)
{
    int columns = 1;
    for (const char *c = head; *c != 0; c++)
        columns += *c == ',';
    char *at = text;
    if (strncmp(at, "\xef\xbb\xbf", 3) == 0) at += 3;
    tw_status status = TW_OK;
    for (bool first = true; *at != 0 && status == TW_OK;) {
        size_t length = strcspn(at, "\n");
        char *next = at[length] == 0 ? at + length : at + length + 1;
        at[length] = 0;
        table->line++;
        char *line = trim(at);
        at = next;
        if (line[0] == 0) continue;
        if (first) {
            first = false;
            if (strcmp(line, head) == 0) continue;
            tw_faults_add(table->faults, table->path, table->line, "the first row must be %s",
                          head);
            return TW_OK;
        }
        int count = cut(line, table->cells);
        if (count == columns) {
            status = take(table);
        } else {
            tw_faults_add(table->faults, table->path, table->line, "%d cells where %d are needed",
                          count, columns);
        }
    }
    if (table->line == 0) {
        tw_faults_add(table->faults, table->path, 0, "it is empty; the first row must be %s", head);
    }
    return status;
}

/* A table of a storm's folder. needed: a fault when it is not there */
static tw_status load_table(struct tw_storm *storm, struct tw_city *city, tw_faults *faults,
                            const char *path, bool rain)
{
    char *text = NULL;
    size_t size = 0;
    tw_status status = tw_file_read(path, FILE_MAX, &text, &size);
    if (status == TW_ERR_FILE && !rain && errno == ENOENT) return TW_OK;
    if (status != TW_OK) {
        tw_faults_add(faults, path, 0, "%s%s%s",
                      status == TW_ERR_FILE ? strerror(errno) : tw_status_text(status),
                      city->source[0] != 0 ? "; it comes from: " : "", city->source);
        return status == TW_ERR_NOMEM ? status : TW_OK;
    }
    struct table table = {.storm = storm, .city = city, .faults = faults, .path = path};
    tw_names_init(&table.unknown, &storm->arena);
    if (strlen(text) != size) {
        tw_faults_add(faults, path, 0, "it is no text: there is a zero byte in it");
    } else if (rain) {
        status = read_table(&table, text, "time,gauge,rain_mm", take_rain);
    } else {
        storm->measured = true;
        status = read_table(&table, text, "time,sensor,value,unit", take_measurement);
    }
    free(text);
    return status;
}

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

static int by_time(const void *a, const void *b)
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
        qsort(storm->values, storm->count, sizeof *storm->values, by_time);
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

tw_status tw_storm_load(struct tw_city *city, const char *name, tw_faults *faults,
                        struct tw_storm **out_storm)
{
    char folder[PATH_MAX];
    char path[PATH_MAX + 32];
    if (strchr(name, '/') != NULL || !is_storm(city, name)) {
        refuse_name(city, name, faults);
        return TW_ERR_NAME;
    }
    struct tw_storm *storm = calloc(1, sizeof *storm);
    if (storm == NULL) return TW_ERR_NOMEM;
    tw_arena_init(&storm->arena);
    size_t before = tw_faults_count(faults);
    storm->id = tw_arena_text(&storm->arena, name, strlen(name));
    (void)snprintf(folder, sizeof folder, "%s/%s", city->storms_path, name);
    tw_status status = storm->id == NULL ? TW_ERR_NOMEM : TW_OK;
    (void)snprintf(path, sizeof path, "%s/rain.csv", folder);
    if (status == TW_OK) status = load_table(storm, city, faults, path, true);
    (void)snprintf(path, sizeof path, "%s/measurements.csv", folder);
    if (status == TW_OK) status = load_table(storm, city, faults, path, false);
    if (status == TW_OK) status = finish(storm, city, folder, faults);
    if (status == TW_OK && tw_faults_count(faults) > before) status = TW_ERR_INPUT;
    if (status != TW_OK) {
        tw_storm_destroy(storm);
        return status;
    }
    *out_storm = storm;
    return TW_OK;
}

void tw_storm_destroy(struct tw_storm *storm)
{
    if (storm == NULL) return;
    free(storm->values);
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
