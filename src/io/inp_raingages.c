/* [RAINGAGES] and where they stand on the map. */
#include "base/text.h"
#include "io/inp_reader.h"
#include "io/rain_file.h"
#include "io/rain_interface.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double hour_s = 3600.0;

/* A station of a rain file is a series, called so. */
static bool file_series_name(const struct tw_inp *inp, const struct tw_inp_row *row, char *out,
                             size_t size)
{
    if (row->count < 8 || !tw_inp_begins(tw_inp_word(inp, row, 4), "FILE")) return false;
    int length =
        snprintf(out, size, "%s of %s", tw_inp_word(inp, row, 6), tw_inp_word(inp, row, 5));
    return length > 0 && (size_t)length < size;
}

tw_status tw_inp_gage_declare(struct tw_inp *inp, struct tw_inp_row *row)
{
    struct tw_gages *gages = &inp->model->gages;
    struct tw_tables *series = &inp->model->series;
    char name[TW_INP_PATH];
    TW_TRY(tw_inp_declare(inp, row, &gages->names, inp->gage_line, false));
    if (row->object < 0) return TW_OK;
    inp->gage_line[row->object] = row->line;
    gages->count = row->object + 1;
    if (!file_series_name(inp, row, name, sizeof name)) return TW_OK;
    int32_t index;
    tw_status status = tw_names_add(&series->names, name, &index);
    if (status == TW_ERR_NAME) return TW_OK;
    TW_TRY(status);
    inp->series_line[index] = row->line;
    series->count = index + 1;
    return TW_OK;
}

/* Gages with one station share its record, which is taken as the first of them says; two files with
 * one station leave open which is meant. */
static tw_status share_station(struct tw_inp *inp, const struct tw_inp_row *row, bool *out_shared)
{
    struct tw_gages *gages = &inp->model->gages;
    int32_t i = row->object, station;
    tw_status status = tw_names_add(&inp->stations, gages->station[i], &station);
    *out_shared = status == TW_ERR_NAME;
    if (status == TW_OK) inp->station_gage[station] = i;
    if (status != TW_ERR_NAME) return status;
    int32_t first = inp->station_gage[station];
    gages->interval_s[i] = gages->interval_s[first];
    gages->summary[i] = gages->summary[first];
    if (inp->use[TW_FILE_RAINFALL].line == 0 && !tw_text_same(gages->file[first], gages->file[i]))
        tw_inp_fault(inp, row,
                     "station %s is read from another file for rain gage %s" TW_SWMM_ERROR("156"),
                     gages->station[i], tw_names_get(&gages->names, first));
    return TW_OK;
}

static tw_status take_record(struct tw_inp *inp, const struct tw_inp_row *row,
                             const struct tw_rain_record *record)
{
    struct tw_gages *gages = &inp->model->gages;
    int32_t i = row->object;
    gages->interval_s[i] = record->interval_s;
    gages->summary[i] = (struct tw_rain_summary){.first_day = record->first_day,
                                                 .last_day = record->last_day,
                                                 .rain_periods = record->rain_periods,
                                                 .missing_periods = record->missing_periods,
                                                 .of_file = inp->use[TW_FILE_RAINFALL].line == 0};
    if (record->count == 0)
        tw_inp_fault(inp, row, "its file \"%s\" has no rain of station %s" TW_SWMM_ERROR("321"),
                     gages->file[i], gages->station[i]);
    for (int64_t k = 0; k < record->count; k++)
        TW_TRY(tw_inp_points_add(inp, &inp->series_points, gages->series[i], record->day[k],
                                 (double)record->inches[k]));
    return TW_OK;
}

static tw_status load_record(struct tw_inp *inp, const struct tw_inp_row *row,
                             const struct tw_rain_request *as_asked)
{
    struct tw_rain_request request = *as_asked;
    struct tw_rain_record record;
    struct tw_arena arena;
    char path[TW_INP_PATH];
    char *text;
    size_t size;
    TW_TRY(tw_inp_load(inp, row, 5, path, &text, &size));
    if (text == NULL) return TW_OK;
    tw_arena_init(&arena);
    request.path = path;
    tw_status status = tw_rain_file_read(&request, text, size, inp->faults, &arena, &record);
    if (status == TW_OK) status = take_record(inp, row, &record);
    tw_arena_done(&arena);
    free(text);
    return status == TW_ERR_INPUT ? TW_OK : status; /* it is told already */
}

/* The record of the gage's station in the rain interface file that is used instead. */
static tw_status find_record(struct tw_inp *inp, const struct tw_inp_row *row)
{
    const struct tw_inp_file *file = &inp->use[TW_FILE_RAINFALL];
    struct tw_rain_record record;
    struct tw_arena arena;
    char path[TW_INP_PATH];
    if (!inp->rain_tried)
        TW_TRY(tw_inp_load_named(inp, file, path, &inp->rain_bytes, &inp->rain_size));
    inp->rain_tried = true;
    if (inp->rain_bytes == NULL) return TW_OK; /* it is told already */
    tw_arena_init(&arena);
    tw_status status = tw_rain_interface_read(inp->rain_bytes, inp->rain_size, file->name,
                                              inp->model->gages.station[row->object], inp->faults,
                                              &arena, &record);
    if (status == TW_OK) status = take_record(inp, row, &record);
    if (status == TW_ERR_NAME)
        tw_inp_fault(inp, row, "rain interface file \"%s\" has no station %s" TW_SWMM_ERROR("321"),
                     file->name, inp->model->gages.station[row->object]);
    tw_arena_done(&arena);
    return status == TW_ERR_NAME || status == TW_ERR_INPUT ? TW_OK : status;
}

/* ... FILE path station IN|MM [first date] */
static tw_status read_file(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const units[] = {"IN", "MM", NULL};
    struct tw_gages *gages = &inp->model->gages;
    int32_t unit, i = row->object;
    char name[TW_INP_PATH];
    double first_day = -INFINITY, hours;
    if (!tw_inp_need(inp, row, 8) || !tw_inp_choice(inp, row, 7, "the unit", units, &unit))
        return TW_OK;
    if (row->count > 8 && tw_inp_word(inp, row, 8)[0] != '*' &&
        !tw_inp_date(tw_inp_word(inp, row, 8), &first_day)) {
        tw_inp_fault(inp, row, "\"%s\" is not a date month/day/year" TW_SWMM_ERROR("213"),
                     tw_inp_word(inp, row, 8));
        return TW_OK;
    }
    if (!file_series_name(inp, row, name, sizeof name) || !(gages->interval_s[i] > 0.0))
        return TW_OK;
    if (tw_text_double(tw_inp_word(inp, row, 2), &hours) == TW_OK)
        gages->interval_s[i] = fmax(1.0, floor(hours * hour_s)); /* not rounded, as in SWMM */
    const char *file = tw_inp_word(inp, row, 5), *station = tw_inp_word(inp, row, 6);
    gages->file[i] = tw_arena_text(&inp->model->arena, file, strlen(file));
    gages->station[i] = tw_arena_text(&inp->model->arena, station, strlen(station));
    if (gages->file[i] == NULL || gages->station[i] == NULL) return TW_ERR_NOMEM;
    gages->series[i] = tw_names_find(&inp->model->series.names, name);
    inp->model->series.kind[gages->series[i]] = 0;
    inp->rain_series[gages->series[i]] = true;
    struct tw_rain_request request = {.station = station,
                                      .kind = (enum tw_rain_kind)gages->kind[i],
                                      .interval_s = (int32_t)fmin(gages->interval_s[i], 1e9),
                                      .millimetres = unit == 1,
                                      .first_day = first_day};
    gages->kind[i] = TW_RAIN_VOLUME;
    gages->to_mm[i] = 25.4;
    bool shared;
    TW_TRY(share_station(inp, row, &shared));
    if (shared) return TW_OK;
    return inp->use[TW_FILE_RAINFALL].line > 0 ? find_record(inp, row)
                                               : load_record(inp, row, &request);
}

/* name kind interval snow-catch TIMESERIES series, or FILE ... */
tw_status tw_inp_gage_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const kinds[] = {"INTENSITY", "VOLUME", "CUMULATIVE", NULL};
    static const char *const sources[] = {"TIMESERIES", "FILE", NULL};
    struct tw_gages *gages = &inp->model->gages;
    int32_t i = row->object;
    int32_t source;
    double days;
    if (i < 0 || !tw_inp_need(inp, row, 6)) return TW_OK;
    tw_inp_choice(inp, row, 1, "the kind of data", kinds, &gages->kind[i]);
    if (!tw_inp_hours(tw_inp_word(inp, row, 2), &days) || days <= 0.0)
        tw_inp_fault(
            inp, row,
            "the interval \"%s\" is not a time above 0 (hours or h:m:s)" TW_SWMM_ERROR("211"),
            tw_inp_word(inp, row, 2));
    else
        gages->interval_s[i] = floor(days * 24.0 * hour_s + 0.5);
    tw_inp_number(inp, row, 3, "the snow catch factor", &gages->snow_catch_ratio[i]);
    gages->to_mm[i] = inp->units.rain_mm;
    if (!tw_inp_choice(inp, row, 4, "the source", sources, &source)) return TW_OK;
    if (source == 1) return read_file(inp, row);
    tw_inp_find(inp, row, 5, &inp->model->series.names, "time series", &gages->series[i]);
    return TW_OK;
}

/* [SYMBOLS]: gage x y */
tw_status tw_inp_symbol_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_gages *gages = &inp->model->gages;
    int32_t i = tw_names_find(&gages->names, tw_inp_word(inp, row, 0));
    if (i < 0 || row->count < 3) return TW_OK; /* the map is for people: not worth a fault */
    double x;
    double y;
    if (!tw_inp_number(inp, row, 1, "x", &x) || !tw_inp_number(inp, row, 2, "y", &y)) return TW_OK;
    gages->x[i] = x;
    gages->y[i] = y;
    return TW_OK;
}

static const char *gage_name(const struct tw_inp *inp, int32_t i)
{
    return tw_names_get(&inp->model->gages.names, i);
}

/* Least distance of a series' entries [s], rounded; 0: it has less than two. */
static double least_distance_s(const struct tw_tables *series, int32_t i)
{
    double least = INFINITY;
    for (int32_t k = series->first[i] + 1; k < series->first[i + 1]; k++) {
        double distance = series->x[k] - series->x[k - 1];
        if (distance < least) least = distance;
    }
    return isfinite(least) ? floor(least * 24.0 * hour_s + 0.5) : 0.0;
}

/* A rain file is taken as it is, as SWMM does: not even WET_STEP is cut to its interval. */
static void check_interval(struct tw_inp *inp, int32_t i)
{
    const struct tw_gages *gages = &inp->model->gages;
    struct tw_options *options = &inp->model->options;
    int line = inp->gage_line[i];
    if (inp->rain_series[gages->series[i]]) return;
    double distance_s = least_distance_s(&inp->model->series, gages->series[i]);
    if (distance_s > 0.0 && gages->interval_s[i] > distance_s)
        tw_faults_add(inp->faults, inp->path, line,
                      "rain gage %s: its interval of %g s is longer than that of time series %s, "
                      "%g s" TW_SWMM_ERROR("159"),
                      gage_name(inp, i), gages->interval_s[i],
                      tw_names_get(&inp->model->series.names, gages->series[i]), distance_s);
    if (gages->interval_s[i] < distance_s)
        tw_faults_warn(inp->faults, inp->path, line,
                       "rain gage %s: its interval of %g s is shorter than that of its time "
                       "series, %g s" TW_SWMM_WARNING("09"),
                       gage_name(inp, i), gages->interval_s[i], distance_s);
    if (gages->interval_s[i] > 0.0 && gages->interval_s[i] < options->wet_step_s) {
        tw_faults_warn(
            inp->faults, inp->path, line,
            "rain gage %s: WET_STEP is cut to its interval of %g s" TW_SWMM_WARNING("01"),
            gage_name(inp, i), gages->interval_s[i]);
        options->wet_step_s = gages->interval_s[i];
    }
}

/* A gage that shares the series of an earlier one records the same kind of data. */
static void check_shared(struct tw_inp *inp, int32_t first, int32_t i)
{
    const struct tw_gages *gages = &inp->model->gages;
    if (gages->kind[first] == gages->kind[i]) return;
    tw_faults_add(
        inp->faults, inp->path, inp->gage_line[i],
        "rain gage %s: reads time series %s as another kind of data than gage %s" TW_SWMM_ERROR(
            "157"),
        gage_name(inp, i), tw_names_get(&inp->model->series.names, gages->series[i]),
        gage_name(inp, first));
}

tw_status tw_inp_check_gages(struct tw_inp *inp)
{
    const struct tw_gages *gages = &inp->model->gages;
    const struct tw_subcatchments *s = &inp->model->subcatchments;
    bool *used = TW_ARENA_NEW(&inp->scratch, bool, gages->count);
    int32_t *first = TW_ARENA_NEW(&inp->scratch, int32_t, inp->model->series.count);
    if (used == NULL || first == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < s->count; i++)
        if (s->gage[i] >= 0) used[s->gage[i]] = true;
    for (int32_t i = 0; i < gages->count; i++) {
        if (!used[i] || gages->series[i] < 0) continue;
        int32_t *user = &first[gages->series[i]]; /* gage + 1 */
        if (*user > 0) {
            check_shared(inp, *user - 1, i);
        } else {
            *user = i + 1;
            check_interval(inp, i);
        }
    }
    return TW_OK;
}
