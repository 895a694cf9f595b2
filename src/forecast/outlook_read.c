#include "forecast/outlook_read.h"

#include "base/text.h"
#include "grid/projection.h"
#include "thalweg/time.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS = 6, COUNT_MOST = 20000, MEMBERS_MOST = 1000, CORNERS_MOST = 100000 };
#define MOST_MMH 1000.0

struct reading {
    const char *path;
    const struct tw_outlook_how *how;
    tw_faults *faults;
    struct tw_nowcast *nowcast;
    int32_t added;
};

/* ---- times ---- */

/* Minutes that a text's zone is ahead of UTC; false: it tells none. Cuts it off. */
static bool cut_zone(char *text, int32_t *out_zone_s)
{
    size_t length = strlen(text);
    if (length > 0 && text[length - 1] == 'Z') {
        text[length - 1] = 0;
        *out_zone_s = 0;
        return true;
    }
    if (length < 7 || text[length - 3] != ':') return false;
    char *sign = text + length - 6;
    if (*sign != '+' && *sign != '-') return false;
    int hours = 10 * (sign[1] - '0') + sign[2] - '0';
    int minutes = 10 * (sign[4] - '0') + sign[5] - '0';
    *out_zone_s = (*sign == '-' ? -60 : 60) * (60 * hours + minutes);
    *sign = 0;
    return true;
}

/* Seconds on the nowcast's clock; false when a text is no time. */
static bool time_of(const struct reading *r, const char *text, double *out_s)
{
    char copy[48];
    int32_t zone_s = 0;
    double day = 0.0;
    if (text == NULL || strlen(text) >= sizeof copy) return false;
    memcpy(copy, text, strlen(text) + 1);
    bool zoned = cut_zone(copy, &zone_s);
    if (tw_day_from_iso(copy, &day) != TW_OK) return false;
    *out_s = (day - r->how->origin_day) * 86400.0 + (zoned ? r->how->zone_s - zone_s : 0);
    *out_s = floor(*out_s * 1000.0 + 0.5) / 1000.0; /* days hold seconds to a few microseconds */
    return true;
}

static int32_t gauge_of(const struct reading *r, const char *name)
{
    for (int32_t g = 0; g < r->how->gauge_count; g++) {
        if (tw_text_same(r->how->gauges[g].name, name)) return g;
    }
    return -1;
}

static tw_status add(struct reading *r, int line, const struct tw_outlook *outlook)
{
    tw_status status = tw_nowcast_add_outlook(r->nowcast, outlook);
    if (status == TW_ERR_ARG) {
        tw_faults_add(r->faults, r->path, line, "times, members or corners make no sense");
        return TW_OK;
    }
    if (status == TW_OK) r->added++;
    return status;
}

/* ---- CSV ---- */

struct row {
    double issued_s, from_s, to_s, rain_mm;
    int32_t gauge, member; /* member 0: one forecast */
    int line;
};

/* Cut a line at commas. Returns the number of cells, at most CELLS + 1. */
static int cut(char *line, char *cells[CELLS])
{
    int count = 0;
    for (char *at = line;; at++) {
        if (count < CELLS) cells[count] = at;
        count++;
        at += strcspn(at, ",");
        if (*at == 0 || count > CELLS) return count;
        *at = 0;
    }
}

static bool take_row(const struct reading *r, char *line, struct row *row)
{
    char *cells[CELLS];
    const char *wrong = NULL;
    if (cut(line, cells) != CELLS) {
        tw_faults_add(r->faults, r->path, row->line, "6 cells are needed");
        return false;
    }
    row->gauge = cells[3][0] == 0 ? -1 : gauge_of(r, cells[3]);
    row->member = 0;
    if (!time_of(r, cells[0], &row->issued_s)) wrong = "issued is no time";
    if (!time_of(r, cells[1], &row->from_s)) wrong = "from is no time";
    if (!time_of(r, cells[2], &row->to_s)) wrong = "to is no time";
    if (wrong == NULL && !(row->to_s > row->from_s)) wrong = "to is not after from";
    if (cells[3][0] != 0 && row->gauge < 0) wrong = "no gauge has that name";
    if (cells[4][0] != 0 && (tw_text_int(cells[4], &row->member) != TW_OK || row->member < 1 ||
                             row->member > MEMBERS_MOST)) {
        wrong = "member is not within 1 and 1000";
    }
    if (tw_text_double(cells[5], &row->rain_mm) != TW_OK || row->rain_mm < 0.0) {
        wrong = "rain_mm is not a number of at least 0";
    }
    if (wrong == NULL && row->rain_mm * 3600.0 / (row->to_s - row->from_s) > MOST_MMH) {
        wrong = "rain_mm is more than 1000 mm/h";
    }
    if (wrong != NULL) tw_faults_add(r->faults, r->path, row->line, "%s", wrong);
    return wrong == NULL;
}

static int by_series(const void *left, const void *right)
{
    const struct row *a = left;
    const struct row *b = right;
    if (a->issued_s != b->issued_s) return a->issued_s < b->issued_s ? -1 : 1;
    if (a->gauge != b->gauge) return a->gauge < b->gauge ? -1 : 1;
    if (a->member != b->member) return a->member < b->member ? -1 : 1;
    if (a->from_s != b->from_s) return a->from_s < b->from_s ? -1 : 1;
    return a->line - b->line;
}

static bool same_series(const struct row *a, const struct row *b)
{
    return a->issued_s == b->issued_s && a->gauge == b->gauge && a->member == b->member;
}

/* Members of the ensemble that the first row belongs to; the last of its rows has the highest. */
static int32_t members_of(const struct row *rows, int32_t count)
{
    int32_t most = 1;
    for (int32_t i = 0; i < count; i++) {
        if (rows[i].issued_s != rows[0].issued_s || rows[i].gauge != rows[0].gauge) break;
        if (rows[i].member > most) most = rows[i].member;
    }
    return most;
}

/* Rows from the first on that follow each other without a gap, all as long as it. */
static int32_t run_of(const struct row *rows, int32_t count)
{
    double length_s = rows[0].to_s - rows[0].from_s;
    int32_t run = 1;
    while (run < count && rows[run].from_s == rows[run - 1].to_s &&
           rows[run].to_s - rows[run].from_s == length_s)
        run++;
    return run;
}

/* Add rows of one series: a forecast for each run of intervals. */
static tw_status add_series(struct reading *r, const struct row *rows, int32_t count,
                            int32_t members)
{
    double *rates = malloc((size_t)count * sizeof *rates);
    if (rates == NULL) return TW_ERR_NOMEM;
    tw_status status = TW_OK;
    for (int32_t first = 0; first < count && status == TW_OK;) {
        const struct row *row = &rows[first];
        if (first > 0 && row->from_s < rows[first - 1].to_s) {
            tw_faults_add(r->faults, r->path, row->line, "it overlaps the interval of line %d",
                          rows[first - 1].line);
            first++;
            continue;
        }
        int32_t run = run_of(row, count - first);
        double length_s = row->to_s - row->from_s;
        for (int32_t i = 0; i < run; i++)
            rates[i] = row[i].rain_mm * 3600.0 / length_s;
        struct tw_outlook outlook = {.source = r->path,
                                     .issued_s = row->issued_s,
                                     .member = row->member > 0 ? row->member - 1 : 0,
                                     .members = members,
                                     .from_s = row->from_s,
                                     .interval_s = length_s,
                                     .count = run,
                                     .rain_mmh = rates,
                                     .gauge = row->gauge};
        status = add(r, row->line, &outlook);
        first += run;
    }
    free(rates);
    return status;
}

static tw_status add_rows(struct reading *r, struct row *rows, int32_t count)
{
    qsort(rows, (size_t)count, sizeof *rows, by_series);
    int32_t members = 1;
    for (int32_t first = 0; first < count;) {
        int32_t next = first + 1;
        while (next < count && same_series(&rows[next], &rows[first]))
            next++;
        bool another = first == 0 || rows[first].issued_s != rows[first - 1].issued_s ||
                       rows[first].gauge != rows[first - 1].gauge;
        if (another) members = members_of(rows + first, count - first);
        TW_TRY(add_series(r, rows + first, next - first, members));
        first = next;
    }
    return TW_OK;
}

static tw_status read_csv(struct reading *r, char *text)
{
    size_t lines = 1;
    for (const char *c = text; *c != 0; c++)
        lines += *c == '\n';
    struct row *rows = malloc(lines * sizeof *rows);
    if (rows == NULL) return TW_ERR_NOMEM;
    int32_t count = 0;
    int line = 0;
    bool headed = false;
    for (char *at = text; *at != 0;) {
        size_t length = strcspn(at, "\n");
        char *next = at[length] == 0 ? at + length : at + length + 1;
        at[length] = 0;
        if (length > 0 && at[length - 1] == '\r') at[length - 1] = 0;
        line++;
        if (!headed) {
            headed = strcmp(at, "issued,from,to,gauge,member,rain_mm") == 0;
            if (!headed) break;
        } else if (*at != 0) {
            rows[count].line = line;
            count += take_row(r, at, &rows[count]);
        }
        at = next;
    }
    if (!headed) {
        tw_faults_add(r->faults, r->path, 1,
                      "the first row must be issued,from,to,gauge,member,rain_mm");
    }
    tw_status status = add_rows(r, rows, count);
    free(rows);
    return status;
}

/* ---- JSON ---- */

/* A member of an area, or else of the whole file. */
static const json_t *inherited(const json_t *area, const json_t *root, const char *key)
{
    const json_t *own = json_object_get(area, key);
    return own != NULL ? own : json_object_get(root, key);
}

static bool take_corners(const struct reading *r, const json_t *geometry, int number,
                         double **out_corners, int32_t *out_count)
{
    const char *type = json_string_value(json_object_get(geometry, "type"));
    const json_t *ring = json_array_get(json_object_get(geometry, "coordinates"), 0);
    size_t count = json_array_size(ring);
    if (type == NULL || strcmp(type, "Polygon") != 0 || count < 3 || count > CORNERS_MOST) {
        tw_faults_add(r->faults, r->path, 0, "area %d: its geometry is no Polygon", number);
        return false;
    }
    if (r->how->projection == NULL) {
        tw_faults_add(r->faults, r->path, 0, "area %d: a polygon needs the city's EPSG code",
                      number);
        return false;
    }
    double *corners = malloc(2 * count * sizeof *corners);
    if (corners == NULL) return false;
    for (size_t i = 0; i < count; i++) {
        const json_t *corner = json_array_get(ring, i);
        const json_t *lon = json_array_get(corner, 0);
        const json_t *lat = json_array_get(corner, 1);
        double x = (double)NAN;
        double y = (double)NAN;
        if (json_is_number(lon) && json_is_number(lat)) {
            tw_projection_from_wgs84(r->how->projection, json_number_value(lon),
                                     json_number_value(lat), &x, &y);
        }
        corners[2 * i] = x;
        corners[2 * i + 1] = y;
        if (isfinite(x) && isfinite(y)) continue;
        tw_faults_add(r->faults, r->path, 0, "area %d: corner %zu has no place on the map", number,
                      i + 1);
        free(corners);
        return false;
    }
    *out_corners = corners;
    *out_count = (int32_t)count;
    return true;
}

/* Add one list of rates, null where there is none. */
static tw_status add_list(struct reading *r, const json_t *list, int number,
                          struct tw_outlook *outlook)
{
    size_t count = json_array_size(list);
    if (count < 1 || count > COUNT_MOST) {
        tw_faults_add(r->faults, r->path, 0, "area %d: rain_mmh is no list of 1 to 20000 rates",
                      number);
        return TW_OK;
    }
    double *rates = malloc(count * sizeof *rates);
    if (rates == NULL) return TW_ERR_NOMEM;
    bool sound = true;
    for (size_t i = 0; i < count && sound; i++) {
        const json_t *rate = json_array_get(list, i);
        double mmh = json_is_number(rate) ? json_number_value(rate) : (double)NAN;
        sound = json_is_null(rate) || (mmh >= 0.0 && mmh <= MOST_MMH);
        if (!sound) {
            tw_faults_add(r->faults, r->path, 0,
                          "area %d: rate %zu of member %d is not within 0 and 1000 mm/h", number,
                          i + 1, outlook->member + 1);
        }
        rates[i] = mmh;
    }
    outlook->count = (int32_t)count;
    outlook->rain_mmh = rates;
    tw_status status = sound ? add(r, 0, outlook) : TW_OK;
    free(rates);
    return status;
}

/* Times and place of an area; false when one of them is wrong (told). */
static bool take_frame(const struct reading *r, const json_t *area, const json_t *root, int number,
                       struct tw_outlook *outlook)
{
    const json_t *source = inherited(area, root, "source");
    const json_t *interval = inherited(area, root, "interval_min");
    const char *gauge = json_string_value(json_object_get(area, "gauge"));
    const char *wrong = NULL;
    outlook->source = json_is_string(source) ? json_string_value(source) : r->path;
    outlook->interval_s = 60.0 * json_number_value(interval);
    outlook->gauge = gauge != NULL ? gauge_of(r, gauge) : -1;
    if (!time_of(r, json_string_value(inherited(area, root, "issued")), &outlook->issued_s)) {
        wrong = "issued is no time";
    }
    if (!time_of(r, json_string_value(inherited(area, root, "from")), &outlook->from_s)) {
        wrong = "from is no time";
    }
    if (!(outlook->interval_s >= 60.0 && outlook->interval_s <= 86400.0)) {
        wrong = "interval_min is not within 1 and 1440";
    }
    if (gauge != NULL && outlook->gauge < 0) wrong = "no gauge has that name";
    if (wrong != NULL) tw_faults_add(r->faults, r->path, 0, "area %d: %s", number, wrong);
    return wrong == NULL;
}

/* An area, or a feature with its properties and geometry. */
static tw_status take_area(struct reading *r, const json_t *feature, const json_t *root, int number)
{
    const json_t *properties = json_object_get(feature, "properties");
    const json_t *area = properties != NULL ? properties : feature;
    const json_t *geometry = json_object_get(feature, "geometry");
    const json_t *members = json_object_get(area, "members");
    struct tw_outlook outlook = {.members = 1, .gauge = -1};
    double *corners = NULL;
    if (!take_frame(r, area, root, number, &outlook)) return TW_OK;
    if (json_is_object(geometry)) {
        if (!take_corners(r, geometry, number, &corners, &outlook.corner_count)) return TW_OK;
        outlook.corner_xy = corners;
    }
    tw_status status = TW_OK;
    if (members == NULL) {
        status = add_list(r, json_object_get(area, "rain_mmh"), number, &outlook);
    } else if (json_array_size(members) < 1 || json_array_size(members) > MEMBERS_MOST) {
        tw_faults_add(r->faults, r->path, 0, "area %d: members is no list of 1 to 1000 lists",
                      number);
    } else {
        outlook.members = (int32_t)json_array_size(members);
        for (int32_t m = 0; m < outlook.members && status == TW_OK; m++) {
            outlook.member = m;
            status = add_list(r, json_array_get(members, (size_t)m), number, &outlook);
        }
    }
    free(corners);
    return status;
}

static tw_status read_json(struct reading *r, const char *text)
{
    json_error_t error;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        tw_faults_add(r->faults, r->path, error.line, "%s", error.text);
        return TW_OK;
    }
    const json_t *areas = json_object_get(root, "features");
    if (areas == NULL) areas = json_object_get(root, "areas");
    if (!json_is_array(areas)) {
        tw_faults_add(r->faults, r->path, 0,
                      "it has neither areas nor, as GeoJSON, features: see docs/rain.md");
    }
    tw_status status = TW_OK;
    for (size_t i = 0; i < json_array_size(areas) && status == TW_OK; i++)
        status = take_area(r, json_array_get(areas, i), root, (int)i + 1);
    json_decref(root);
    return status;
}

tw_status tw_outlook_read(const char *path, char *text, const struct tw_outlook_how *how,
                          tw_faults *faults, struct tw_nowcast *nowcast)
{
    struct reading r = {path, how, faults, nowcast, 0};
    const char *dot = strrchr(path, '.');
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0) text += 3;
    bool csv = dot != NULL && tw_text_same(dot, ".csv");
    TW_TRY(csv ? read_csv(&r, text) : read_json(&r, text));
    if (r.added > 0) return TW_OK;
    tw_faults_add(faults, path, 0, "nothing in it can be used");
    return TW_ERR_INPUT;
}
