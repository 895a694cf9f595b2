#include "base/file.h"
#include "base/text.h"
#include "net/iso_time.h"
#include "server/storm_parts.h"
#include "telemetry/units.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)1 << 30)

/* What a table's rows may be left out for, or, read strictly, what makes the storm unusable. */
typedef void tell_fault(tw_faults *faults, const char *file, int line, const char *format, ...)
    TW_PRINTF(4, 5);

/* A table being read. */
struct table {
    struct tw_storm *storm;
    struct tw_city *city;
    tw_faults *faults;
    tell_fault *tell;
    const char *path;
    int line, columns;
    char **cells;                 /* [columns] */
    struct tw_names unknown;      /* names that were told of: once each is enough */
    int zoned, unzoned;           /* rows whose time names a zone, and those that don't ... */
    int zoned_line, unzoned_line; /* ... and the first of them */
    struct tw_names *own;         /* ids of sensors.csv, which stand behind the city's */
    int32_t *columns_point;       /* [columns] of the truth: which point; -1: none */
    int32_t capacity;             /* rows of the truth */
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
static int cut(char *line, int limit, char **cells)
{
    int count = 0;
    for (char *at = line; at != NULL; count++) {
        char *comma = strchr(at, ',');
        if (comma != NULL) *comma = 0;
        if (count < limit) cells[count] = trim(at);
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

/* The time in the first cell, and whether it names its zone. */
static bool row_time(struct table *table, int64_t *out_ms)
{
    const char *text = table->cells[0];
    if (tw_iso_time_parse(text, table->city->zone_s, out_ms) != TW_OK) {
        table->tell(table->faults, table->path, table->line,
                    "time \"%.40s\" is no time; write it as 2031-07-01T10:01:00", text);
        return false;
    }
    bool zoned = strlen(text) > 10 && strpbrk(text + 10, "Zz+-") != NULL;
    int *count = zoned ? &table->zoned : &table->unzoned;
    int *line = zoned ? &table->zoned_line : &table->unzoned_line;
    if ((*count)++ == 0) *line = table->line;
    return true;
}

static int32_t sensor_find(const struct table *table, const char *id)
{
    int32_t own = table->own == NULL ? -1 : tw_names_find(table->own, id);
    return own >= 0 ? table->city->sensor_count + own : tw_city_sensor_find(table->city, id);
}

/* Time, sensor and number stand in the first three cells of both tables. */
static bool row_value(struct table *table, const char *what, struct tw_storm_value *out)
{
    bool sound = row_time(table, &out->time_ms);
    out->line = table->line;
    out->sensor = sensor_find(table, table->cells[1]);
    if (out->sensor < 0) {
        int32_t index = 0;
        if (tw_names_add(&table->unknown, table->cells[1], &index) == TW_OK) {
            table->tell(table->faults, table->path, table->line,
                        "unknown %s \"%.64s\", here for the first time", what, table->cells[1]);
        }
        sound = false;
    }
    if (tw_text_double(table->cells[2], &out->value) != TW_OK) {
        table->tell(table->faults, table->path, table->line, "\"%.40s\" is not a number",
                    table->cells[2]);
        sound = false;
    }
    return sound;
}

static tw_status take_rain(struct table *table)
{
    struct tw_storm_value value;
    if (!row_value(table, "gauge", &value)) return TW_OK;
    if (table->storm->sensors[value.sensor].kind != TW_SENSOR_RAIN) {
        table->tell(table->faults, table->path, table->line, "\"%.64s\" measures no rain",
                    table->cells[1]);
        return TW_OK;
    }
    if (value.value < 0.0 || value.value > 500.0) {
        table->tell(table->faults, table->path, table->line,
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
    const char *unit = table->storm->sensors[value.sensor].unit;
    if (table->cells[3][0] != 0 && strcmp(table->cells[3], unit) != 0 &&
        tw_unit_factor(table->cells[3], unit, &factor) != TW_OK) {
        table->tell(table->faults, table->path, table->line,
                    "unit \"%.32s\" cannot become %s, the unit of %.64s", table->cells[3], unit,
                    table->cells[1]);
        return TW_OK;
    }
    value.value *= factor;
    return add_value(table->storm, &value);
}

/* A sensor of the folder's own; the room for it is there. */
static tw_status take_sensor(struct table *table)
{
    struct tw_storm *storm = table->storm;
    struct tw_city_sensor sensor = {.line = table->line};
    char why[TW_SENSOR_WHY_SIZE];
    const struct tw_sensor_words words = {table->cells[0], table->cells[1], table->cells[2],
                                          table->columns > 3 ? table->cells[3] : ""};
    int32_t index = 0;
    TW_TRY(tw_city_sensor_make(table->city, &words, &sensor, why));
    if (why[0] != 0) {
        table->tell(table->faults, table->path, table->line, "%s", why);
        return TW_OK;
    }
    if (tw_names_find(table->own, sensor.id) >= 0) {
        table->tell(table->faults, table->path, table->line, "sensor \"%.64s\" is here twice",
                    sensor.id);
        return TW_OK;
    }
    TW_TRY(tw_names_add(table->own, sensor.id, &index));
    struct tw_city_sensor *room =
        TW_ARENA_NEW(&storm->arena, struct tw_city_sensor, (size_t)storm->sensor_count + 1);
    if (room == NULL) return TW_ERR_NOMEM;
    memcpy(room, storm->sensors, (size_t)storm->sensor_count * sizeof *room);
    room[storm->sensor_count++] = sensor;
    storm->sensors = room;
    return TW_OK;
}

static tw_status grow_truth(struct table *table)
{
    struct tw_storm_truth *truth = &table->storm->truth;
    if (truth->count < table->capacity) return TW_OK;
    int32_t capacity = table->capacity == 0 ? 512 : 2 * table->capacity;
    size_t points = (size_t)table->city->point_count;
    int64_t *times = realloc(truth->times_ms, (size_t)capacity * sizeof *times);
    if (times == NULL) return TW_ERR_NOMEM;
    truth->times_ms = times;
    float *depth = realloc(truth->depth_m, (size_t)capacity * (points + 1) * sizeof *depth);
    if (depth == NULL) return TW_ERR_NOMEM;
    truth->depth_m = depth;
    table->capacity = capacity;
    return TW_OK;
}

static tw_status take_truth(struct table *table)
{
    struct tw_storm_truth *truth = &table->storm->truth;
    int64_t time_ms = 0;
    if (!row_time(table, &time_ms)) return TW_OK;
    if (truth->count > 0 && time_ms <= truth->times_ms[truth->count - 1]) {
        table->tell(table->faults, table->path, table->line,
                    "the time is not after that of the row before; the row is left out");
        return TW_OK;
    }
    TW_TRY(grow_truth(table));
    int32_t points = table->city->point_count;
    float *row = truth->depth_m + (int64_t)truth->count * points;
    for (int32_t p = 0; p < points; p++)
        row[p] = NAN;
    for (int32_t c = 1; c < table->columns; c++) {
        double depth_m;
        if (table->columns_point[c] < 0 || table->cells[c][0] == 0) continue;
        if (tw_text_double(table->cells[c], &depth_m) != TW_OK || depth_m < 0.0) {
            table->tell(table->faults, table->path, table->line, "\"%.40s\" is no depth",
                        table->cells[c]);
            continue;
        }
        row[table->columns_point[c]] = (float)depth_m;
    }
    truth->times_ms[truth->count++] = time_ms;
    return TW_OK;
}

/* The first row of the truth names the points. */
static tw_status take_truth_head(struct table *table, char *line)
{
    const struct tw_city *city = table->city;
    int columns = 1;
    for (const char *c = line; *c != 0; c++)
        columns += *c == ',';
    table->cells = TW_ARENA_NEW(&table->storm->arena, char *, (size_t)columns);
    table->columns_point = TW_ARENA_NEW(&table->storm->arena, int32_t, (size_t)columns);
    if (table->cells == NULL || table->columns_point == NULL) return TW_ERR_NOMEM;
    table->columns = columns;
    (void)cut(line, columns, table->cells);
    if (strcmp(table->cells[0], "time") != 0) table->columns = 0;
    for (int32_t c = 1; c < columns; c++) {
        int32_t p = 0;
        while (p < city->point_count && strcmp(city->points[p].id, table->cells[c]) != 0)
            p++;
        table->columns_point[c] = p < city->point_count ? p : -1;
        if (p == city->point_count) {
            tw_faults_warn(table->faults, table->path, table->line,
                           "the city has no point \"%.64s\"; its column is not scored",
                           table->cells[c]);
        }
    }
    return TW_OK;
}

static const struct kind {
    const char *head; /* NULL: the points of the city */
    int least;        /* columns that have to be there */
    take_row *take;
} kinds[] = {
    [TW_STORM_SENSORS] = {"id,kind,element,unit,note", 3, take_sensor},
    [TW_STORM_RAIN] = {"time,gauge,rain_mm", 3, take_rain},
    [TW_STORM_MEASUREMENTS] = {"time,sensor,value,unit", 4, take_measurement},
    [TW_STORM_TRUTH] = {NULL, 2, take_truth},
};

/* The first row is the kind's, or the beginning of it with all columns that are needed. */
static bool is_head(const struct kind *kind, const char *line)
{
    size_t length = strlen(line);
    int columns = 1;
    for (const char *c = line; *c != 0; c++)
        columns += *c == ',';
    return columns >= kind->least && strncmp(kind->head, line, length) == 0 &&
           (kind->head[length] == 0 || kind->head[length] == ',');
}

static tw_status take_head(struct table *table, const struct kind *kind, char *line)
{
    if (kind->head == NULL) return take_truth_head(table, line);
    table->columns = 0;
    if (!is_head(kind, line)) return TW_OK;
    table->columns = 1;
    for (const char *c = line; *c != 0; c++)
        table->columns += *c == ',';
    table->cells = TW_ARENA_NEW(&table->storm->arena, char *, (size_t)table->columns);
    return table->cells == NULL ? TW_ERR_NOMEM : TW_OK;
}

static const char *head_words(const struct kind *kind)
{
    return kind->head == NULL ? "time and the ids of points" : kind->head;
}

/* A row's cells; a row that has too few or too many is told of. */
static tw_status take_line(struct table *table, const struct kind *kind, char *line)
{
    int count = cut(line, table->columns, table->cells);
    if (count == table->columns) return kind->take(table);
    table->tell(table->faults, table->path, table->line, "%d cells where %d are needed", count,
                table->columns);
    return TW_OK;
}

/* Read a table; every faulty row is named. */
static tw_status read_table(struct table *table, const struct kind *kind, char *text)
{
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
        if (!first) {
            status = take_line(table, kind, line);
            continue;
        }
        first = false;
        status = take_head(table, kind, line);
        if (status == TW_OK && table->columns == 0) {
            tw_faults_add(table->faults, table->path, table->line, "the first row must be %s",
                          head_words(kind));
            return TW_OK;
        }
    }
    if (table->line == 0) {
        tw_faults_add(table->faults, table->path, 0, "it is empty; the first row must be %s",
                      head_words(kind));
    }
    return status;
}

static void tell_zones(const struct table *table)
{
    if (table->zoned == 0 || table->unzoned == 0) return;
    bool few = table->zoned < table->unzoned;
    tw_faults_warn(table->faults, table->path, few ? table->zoned_line : table->unzoned_line,
                   "zones are mixed: %d times name their zone and %d do not (the first here); each "
                   "is read as it stands, those without as of %s",
                   table->zoned, table->unzoned, table->city->timezone);
}

/* What stands behind the city's sensors has its names here. */
static tw_status own_names(struct tw_storm *storm, const struct tw_city *city,
                           struct tw_names *names)
{
    tw_names_init(names, &storm->arena);
    for (int32_t s = city->sensor_count; s < storm->sensor_count; s++) {
        int32_t index = 0;
        TW_TRY(tw_names_add(names, storm->sensors[s].id, &index));
    }
    return TW_OK;
}

tw_status tw_storm_table_load(struct tw_storm *storm, struct tw_city *city, tw_faults *faults,
                              const char *path, enum tw_storm_table which)
{
    char *text = NULL;
    size_t size = 0;
    tw_status status = tw_file_read(path, FILE_MAX, &text, &size);
    if (status == TW_ERR_FILE && which != TW_STORM_RAIN && errno == ENOENT) return TW_OK;
    if (status != TW_OK) {
        tw_faults_add(faults, path, 0, "%s%s%s",
                      status == TW_ERR_FILE ? strerror(errno) : tw_status_text(status),
                      city->source[0] != 0 ? "; it comes from: " : "", city->source);
        return status == TW_ERR_NOMEM ? status : TW_OK;
    }
    struct tw_names own;
    struct table table = {
        .storm = storm, .city = city, .faults = faults, .path = path, .own = &own};
    table.tell = storm->lenient ? tw_faults_warn : tw_faults_add;
    tw_names_init(&table.unknown, &storm->arena);
    status = own_names(storm, city, &own);
    if (strlen(text) != size) {
        tw_faults_add(faults, path, 0, "it is no text: there is a zero byte in it");
    } else if (status == TW_OK) {
        storm->measured = storm->measured || which == TW_STORM_MEASUREMENTS;
        status = read_table(&table, &kinds[which], text);
        tell_zones(&table);
    }
    free(text);
    return status;
}

/* ---- times ---- */

static int by_series(const void *a, const void *b)
{
    const struct tw_storm_value *x = a;
    const struct tw_storm_value *y = b;
    if (x->sensor != y->sensor) return x->sensor < y->sensor ? -1 : 1;
    if (x->time_ms != y->time_ms) return x->time_ms < y->time_ms ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

static int by_size(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* The values of one series, sorted. */
struct series {
    const struct tw_storm *storm;
    const struct tw_storm_value *values;
    size_t count;
    const char *path;
    tw_faults *faults;
};

/* The time between two values of a series that comes at even times, 0 for one that doesn't: most
 * values have to stand that far from the one before. */
static int64_t even_ms(const struct series *series)
{
    enum { LEAST = 10 };
    if (series->count < LEAST) return 0;
    int64_t *steps = malloc(series->count * sizeof *steps);
    if (steps == NULL) return 0; /* only gaps go untold */
    size_t count = series->count - 1, even = 0;
    for (size_t i = 0; i < count; i++)
        steps[i] = series->values[i + 1].time_ms - series->values[i].time_ms;
    qsort(steps, count, sizeof *steps, by_size);
    int64_t middle = steps[count / 2];
    for (size_t i = 0; i < count; i++)
        even += steps[i] == middle;
    free(steps);
    return 4 * even >= 3 * count ? middle : 0;
}

/* A gap of five values or more is told by itself, shorter ones together. */
static void tell_gaps(const struct series *series)
{
    enum { LONG = 5 };
    const char *id = series->storm->sensors[series->values[0].sensor].id;
    int64_t step_ms = even_ms(series);
    int first_line = 0;
    int64_t missing = 0;
    for (size_t i = 1; step_ms > 0 && i < series->count; i++) {
        const struct tw_storm_value *value = &series->values[i];
        int64_t gap_ms = value->time_ms - value[-1].time_ms;
        if (2 * gap_ms <= 3 * step_ms) continue;
        int64_t lost = gap_ms / step_ms - 1;
        if (lost >= LONG) {
            tw_faults_warn(
                series->faults, series->path, value->line,
                "%.64s: a gap of %.1f minutes before this row; nothing is put in its place", id,
                (double)gap_ms / 60000.0);
            continue;
        }
        missing += lost < 1 ? 1 : lost;
        if (first_line == 0) first_line = value->line;
    }
    if (missing > 0) {
        tw_faults_warn(series->faults, series->path, first_line,
                       "%.64s: %lld values are missing in short gaps, the first before this row",
                       id, (long long)missing);
    }
}

/* returns: true when the value has the moment of the one before, which is told */
static bool is_second(const struct tw_storm *storm, const struct tw_storm_value *before,
                      const struct tw_storm_value *value, const char *path, tw_faults *faults)
{
    if (before->sensor != value->sensor || before->time_ms != value->time_ms) return false;
    tw_faults_warn(faults, path, value->line,
                   "%.64s has %s value of this moment in line %d; that one is taken",
                   storm->sensors[value->sensor].id,
                   before->value == value->value ? "the same" : "another", before->line);
    return true;
}

void tw_storm_times_check(struct tw_storm *storm, size_t first, const char *path, tw_faults *faults)
{
    if (storm->count <= first) return;
    struct tw_storm_value *values = storm->values + first;
    size_t count = storm->count - first, kept = 1;
    qsort(values, count, sizeof *values, by_series);
    for (size_t i = 1; i < count; i++) {
        if (!is_second(storm, &values[kept - 1], &values[i], path, faults)) {
            values[kept++] = values[i];
        }
    }
    storm->count = first + kept;
    for (size_t i = 0; i < kept;) {
        size_t next = i;
        while (next < kept && values[next].sensor == values[i].sensor)
            next++;
        const struct series series = {storm, values + i, next - i, path, faults};
        tell_gaps(&series);
        i = next;
    }
}
