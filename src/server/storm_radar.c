#include "server/storm_parts.h"

#include "grid/radar_files.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_odim(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot != NULL &&
           (strcmp(dot, ".h5") == 0 || strcmp(dot, ".hdf") == 0 || strcmp(dot, ".hdf5") == 0);
}

bool tw_radar_moment(const struct tw_city *city, const char *name, int64_t *out_ms)
{
    double day = 0.0;
    if (tw_radar_name_day(name, &day) != TW_OK) return false;
    int32_t zone_s = is_odim(name) ? 0 : city->zone_s; /* ODIM's times are UTC */
    double unix_s = floor((day - 25569.0) * 86400.0 + 0.5) - zone_s;
    *out_ms = (int64_t)unix_s * 1000;
    return true;
}

bool tw_radar_is_grid(const char *name)
{
    const char *dot = strrchr(name, '.');
    if (name[0] == '.' || dot == NULL) return false;
    return strcmp(dot, ".asc") == 0 || strcmp(dot, ".tif") == 0 || strcmp(dot, ".tiff") == 0 ||
           is_odim(name);
}

tw_status tw_radar_field_read(const char *path, int epsg, char *why, size_t why_size,
                              struct tw_raster *out_field)
{
    struct tw_radar_how how = TW_RADAR_HOW_DEFAULT;
    how.epsg = epsg;
    return tw_radar_file_read(path, &how, why, why_size, out_field);
}

static bool same_grid(const struct tw_raster *a, const struct tw_raster *b)
{
    return a->columns == b->columns && a->rows == b->rows && a->west == b->west &&
           a->north == b->north && a->dx == b->dx && a->dy == b->dy;
}

/* Read a field to see whether it can be used. first: the storm's first one, for its grid */
static bool check_field(const char *path, int epsg, struct tw_raster *first, tw_faults *faults)
{
    char why[200];
    struct tw_raster field = {0};
    if (tw_radar_field_read(path, epsg, why, sizeof why, &field) != TW_OK) {
        tw_faults_warn(faults, path, 0, "%s; the field is left out", why);
        return false;
    }
    bool fits = first->value == NULL || same_grid(first, &field);
    if (!fits) {
        tw_faults_warn(faults, path, 0,
                       "its grid is not that of the first field; the field is left out");
    } else if (why[0] != 0) {
        tw_faults_warn(faults, path, 0, "%s", why);
    }
    if (first->value == NULL) {
        *first = field;
    } else {
        tw_raster_done(&field);
    }
    return fits;
}

static int by_moment(const void *a, const void *b)
{
    const struct tw_storm_field *x = a;
    const struct tw_storm_field *y = b;
    return x->time_ms < y->time_ms ? -1 : x->time_ms > y->time_ms;
}

/* Fields of the same moment, and fields that are missing. */
static void check_moments(struct tw_storm *storm, tw_faults *faults)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < storm->field_count; i++) {
        struct tw_storm_field *field = &storm->fields[i];
        if (kept > 0 && storm->fields[kept - 1].time_ms == field->time_ms) {
            tw_faults_warn(faults, field->path, 0, "%s is of the same moment; that one is taken",
                           storm->fields[kept - 1].path);
            continue;
        }
        storm->fields[kept++] = *field;
    }
    storm->field_count = kept;
    int64_t step_ms = INT64_MAX;
    for (int32_t i = 1; i < kept; i++) {
        int64_t apart_ms = storm->fields[i].time_ms - storm->fields[i - 1].time_ms;
        if (apart_ms < step_ms) step_ms = apart_ms;
    }
    for (int32_t i = 1; i < kept; i++) {
        int64_t apart_ms = storm->fields[i].time_ms - storm->fields[i - 1].time_ms;
        if (2 * apart_ms <= 3 * step_ms) continue;
        tw_faults_warn(faults, storm->fields[i].path, 0,
                       "a gap of %.0f minutes before this field; nothing is put in its place",
                       (double)apart_ms / 60000.0);
    }
}

static tw_status take_name(struct tw_storm *storm, const struct tw_city *city, const char *folder,
                           const char *name, struct tw_raster *first, tw_faults *faults)
{
    char path[PATH_MAX + 300];
    struct tw_storm_field field = {0};
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    if (!tw_radar_is_grid(name)) {
        if (name[0] != '.') {
            tw_faults_warn(faults, path, 0, "it is no .asc, .tif or .h5 and left out");
        }
        return TW_OK;
    }
    if (!tw_radar_moment(city, name, &field.time_ms)) {
        tw_faults_warn(faults, path, 0,
                       "its name tells no time; write it as 20310701T1000.asc; it is left out");
        return TW_OK;
    }
    bool within =
        !storm->live || (field.time_ms >= storm->start_ms && field.time_ms <= storm->end_ms);
    if (!within) return TW_OK;
    if (!check_field(path, city->epsg, first, faults)) return TW_OK;
    field.path = tw_arena_text(&storm->arena, path, strlen(path));
    if (field.path == NULL) return TW_ERR_NOMEM;
    storm->fields[storm->field_count++] = field;
    return TW_OK;
}

tw_status tw_storm_radar_find(struct tw_storm *storm, struct tw_city *city, const char *folder,
                              tw_faults *faults)
{
    struct dirent **list = NULL;
    int count = scandir(folder, &list, NULL, alphasort);
    if (count < 0) {
        if (errno != ENOENT) tw_faults_warn(faults, folder, 0, "%s", strerror(errno));
        return errno == ENOMEM ? TW_ERR_NOMEM : TW_OK;
    }
    struct tw_raster first = {0};
    storm->fields = TW_ARENA_NEW(&storm->arena, struct tw_storm_field, (size_t)count + 1);
    tw_status status = storm->fields == NULL ? TW_ERR_NOMEM : TW_OK;
    for (int i = 0; i < count; i++) {
        if (status == TW_OK)
            status = take_name(storm, city, folder, list[i]->d_name, &first, faults);
        free(list[i]);
    }
    free(list);
    tw_raster_done(&first);
    if (status != TW_OK) return status;
    qsort(storm->fields, (size_t)storm->field_count, sizeof *storm->fields, by_moment);
    check_moments(storm, faults);
    return TW_OK;
}
