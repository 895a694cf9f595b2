#include "grid/radar_files.h"

#include "grid/odim.h"
#include "thalweg/time.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PATH_LENGTH 4352
#define MOST_MMH 1000.0 /* no field of rain has more; what has is no rain in mm/h */

static bool ends_with(const char *name, const char *ending)
{
    size_t length = strlen(name);
    size_t end = strlen(ending);
    return length > end && strcasecmp(name + length - end, ending) == 0;
}

static bool is_odim(const char *name)
{
    return ends_with(name, ".h5") || ends_with(name, ".hdf") || ends_with(name, ".hdf5");
}

static bool is_field(const char *name)
{
    return is_odim(name) || ends_with(name, ".asc") || ends_with(name, ".tif") ||
           ends_with(name, ".tiff");
}

/* Digits of a time from here on, without the T; 0 when it is none. */
static int digits_at(const char *at, char out[15])
{
    int count = 0;
    for (; count < 14; at++) {
        if (*at == 'T' && count == 8 && isdigit((unsigned char)at[1])) continue;
        if (!isdigit((unsigned char)*at)) break;
        out[count++] = *at;
    }
    out[count] = 0;
    return count == 12 || (count == 14 && !isdigit((unsigned char)*at)) ? count : 0;
}

static int part_of(const char *digits, int from, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++)
        value = 10 * value + (digits[from + i] - '0');
    return value;
}

tw_status tw_radar_name_day(const char *name, double *out_day)
{
    char digits[15];
    for (const char *at = name; *at != 0; at++) {
        if (at > name && isdigit((unsigned char)at[-1])) continue;
        int count = digits_at(at, digits);
        if (count == 0) continue;
        struct tw_calendar calendar = {part_of(digits, 0, 4),  part_of(digits, 4, 2),
                                       part_of(digits, 6, 2),  part_of(digits, 8, 2),
                                       part_of(digits, 10, 2), 0};
        if (count == 14) calendar.second = part_of(digits, 12, 2);
        double day = 0.0;
        if (calendar.year < 1900 || tw_day_from_calendar(&calendar, &day) != TW_OK) continue;
        *out_day = day;
        return TW_OK;
    }
    return TW_ERR_FORMAT;
}

/* ---- a folder ---- */

static int by_time_and_name(const void *left, const void *right)
{
    const struct tw_radar_file *a = left;
    const struct tw_radar_file *b = right;
    if (a->day != b->day) return a->day < b->day ? -1 : 1;
    return strcmp(a->path, b->path);
}

static tw_status take_name(struct tw_radar_files *files, const char *folder, const char *name,
                           tw_faults *faults)
{
    char path[PATH_LENGTH];
    struct tw_radar_file file = {0.0, NULL};
    if (name[0] == '.') return TW_OK;
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (length >= (int)sizeof path || !is_field(name)) {
        tw_faults_warn(faults, path, 0,
                       "it is no radar field and left out; fields end in .asc, "
                       ".tif, .tiff, .h5, .hdf or .hdf5");
        return TW_OK;
    }
    if (tw_radar_name_day(name, &file.day) != TW_OK) {
        tw_faults_warn(faults, path, 0,
                       "its name has no time and it is left out; write it as 20310701T1000.asc");
        return TW_OK;
    }
    file.path = tw_arena_text(&files->arena, path, strlen(path));
    if (file.path == NULL) return TW_ERR_NOMEM;
    files->files[files->count++] = file;
    return TW_OK;
}

static void check_times(struct tw_radar_files *files, tw_faults *faults)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < files->count; i++) {
        struct tw_radar_file *file = &files->files[i];
        if (kept > 0 && files->files[kept - 1].day == file->day) {
            tw_faults_warn(faults, file->path, 0, "%s has the same time; that one is taken",
                           files->files[kept - 1].path);
            continue;
        }
        files->files[kept++] = *file;
    }
    files->count = kept;
    double least_day = (double)INFINITY;
    for (int32_t i = 1; i < kept; i++) {
        double apart_day = files->files[i].day - files->files[i - 1].day;
        least_day = apart_day < least_day ? apart_day : least_day;
    }
    for (int32_t i = 1; i < kept; i++) {
        double apart_day = files->files[i].day - files->files[i - 1].day;
        if (apart_day <= 1.5 * least_day) continue;
        tw_faults_warn(faults, files->files[i].path, 0, "a gap of %.0f minutes before it",
                       apart_day * 1440.0);
    }
}

tw_status tw_radar_files_find(const char *folder, tw_faults *faults,
                              struct tw_radar_files *out_files)
{
    struct dirent **list = NULL;
    int count = scandir(folder, &list, NULL, alphasort);
    if (count < 0) return errno == ENOMEM ? TW_ERR_NOMEM : TW_ERR_FILE;
    struct tw_radar_files files = {.count = 0};
    files.files = TW_ARENA_NEW(&files.arena, struct tw_radar_file, (size_t)count + 1);
    tw_status status = files.files == NULL ? TW_ERR_NOMEM : TW_OK;
    for (int i = 0; i < count; i++) {
        if (status == TW_OK) status = take_name(&files, folder, list[i]->d_name, faults);
        free(list[i]);
    }
    free(list);
    if (status != TW_OK) {
        tw_radar_files_done(&files);
        return status;
    }
    qsort(files.files, (size_t)files.count, sizeof *files.files, by_time_and_name);
    check_times(&files, faults);
    *out_files = files;
    return TW_OK;
}

void tw_radar_files_done(struct tw_radar_files *files)
{
    tw_arena_done(&files->arena);
    files->files = NULL;
    files->count = 0;
}

/* ---- a field ---- */

/* Values that are no rain become none; what was found is told. */
static tw_status take_odd_values(struct tw_raster *field, char *why, size_t why_size)
{
    int64_t negative = 0;
    int64_t absurd = 0;
    int64_t none = 0;
    const int64_t count = (int64_t)field->columns * field->rows;
    for (int64_t i = 0; i < count; i++) {
        float mmh = field->value[i];
        negative += mmh < 0.0F;
        absurd += (double)mmh > MOST_MMH;
        if (mmh < 0.0F || (double)mmh > MOST_MMH) field->value[i] = NAN;
        none += isnan(field->value[i]) ? 1 : 0;
    }
    why[0] = 0;
    if (none == count) {
        (void)snprintf(why, why_size, "no cell has a value");
        return TW_ERR_FORMAT;
    }
    if (negative > 0 || absurd > 0) {
        (void)snprintf(why, why_size,
                       "%lld values are below 0 and %lld above %.0f mm/h; they count as none",
                       (long long)negative, (long long)absurd, MOST_MMH);
    }
    return TW_OK;
}

tw_status tw_radar_file_read(const char *path, const struct tw_radar_how *how, char *why,
                             size_t why_size, struct tw_raster *out_field)
{
    struct tw_raster field = {0};
    tw_status status = is_odim(path) ? tw_odim_read(path, how, why, why_size, &field)
                                     : tw_raster_read(path, why, why_size, &field);
    if (status == TW_OK) status = take_odd_values(&field, why, why_size);
    if (status != TW_OK) {
        tw_raster_done(&field);
        return status;
    }
    *out_field = field;
    return TW_OK;
}
