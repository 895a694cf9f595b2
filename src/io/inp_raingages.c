/* [RAINGAGES] and where they stand on the map. */
#include "base/text.h"
#include "io/inp_reader.h"
#include "thalweg/time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double hour_s = 3600.0;

/* A rain file, a station in it and the day from which it is read are a series, called so. */
static bool file_series_name(const struct tw_inp *inp, const struct tw_inp_row *row, char *out,
                             size_t size)
{
    if (row->count < 8 || !tw_inp_begins(tw_inp_word(inp, row, 4), "FILE")) return false;
    const char *from = row->count > 8 ? tw_inp_word(inp, row, 8) : "*";
    bool dated = from[0] != '*';
    int length = snprintf(out, size, "%s of %s%s%s", tw_inp_word(inp, row, 6),
                          tw_inp_word(inp, row, 5), dated ? " from " : "", dated ? from : "");
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

/* station year month day hour minute value. 1: an entry, 0: none of this station, -1: no sense. */
static int take_line(char *line, const char *station, double *out_day, double *out_value)
{
    char *word[7];
    int32_t part[5];
    int count = tw_inp_cut(line, word, 7);
    if (count == 0) return 0;
    if (count < 7 || tw_text_double(word[6], out_value) != TW_OK) return -1;
    for (int k = 0; k < 5; k++)
        if (tw_text_int(word[k + 1], &part[k]) != TW_OK) return -1;
    struct tw_calendar c = {.year = part[0], .month = part[1], .day = part[2]};
    double day;
    if (tw_day_from_calendar(&c, &day) != TW_OK) return -1;
    *out_day = day + (part[3] * 60.0 + part[4]) / 1440.0;
    return strcmp(station, "*") == 0 || tw_text_same(station, word[0]);
}

static tw_status take_lines(struct tw_inp *inp, const struct tw_inp_row *row, int32_t series,
                            char *text, size_t size)
{
    double first_day = -INFINITY;
    if (row->count > 8 && tw_inp_word(inp, row, 8)[0] != '*' &&
        !tw_inp_date(tw_inp_word(inp, row, 8), &first_day))
        tw_inp_fault(inp, row, "\"%s\" is not a date month/day/year", tw_inp_word(inp, row, 8));
    char *at = text;
    for (int line = 1; at < text + size; line++) {
        char *next = memchr(at, '\n', (size_t)(text + size - at));
        if (next == NULL) next = text + size;
        *next = '\0';
        double day;
        double value;
        int taken = take_line(at, tw_inp_word(inp, row, 6), &day, &value);
        if (taken < 0) {
            tw_inp_fault(inp, row,
                         "line %d of its file is not: station year month day hour minute value",
                         line);
            return TW_OK;
        }
        if (taken > 0 && day >= first_day)
            TW_TRY(tw_inp_points_add(inp, &inp->series_points, series, day, value));
        at = next + 1;
    }
    return TW_OK;
}

/* ... FILE path station IN|MM [first date] */
static tw_status read_file(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const units[] = {"IN", "MM", NULL};
    struct tw_gages *gages = &inp->model->gages;
    int32_t unit;
    char name[TW_INP_PATH];
    char *text;
    size_t size;
    if (!tw_inp_need(inp, row, 8) || !tw_inp_choice(inp, row, 7, "the unit", units, &unit))
        return TW_OK;
    gages->to_mm[row->object] = unit == 0 ? 25.4 : 1.0;
    if (!file_series_name(inp, row, name, sizeof name)) return TW_OK;
    int32_t series = tw_names_find(&inp->model->series.names, name);
    gages->series[row->object] = series;
    inp->model->series.kind[series] = 0;
    if (inp->series_line[series] != row->line) return TW_OK; /* another gage has read it */
    TW_TRY(tw_inp_load(inp, row, 5, name, &text, &size));
    if (text == NULL) return TW_OK;
    tw_status status = take_lines(inp, row, series, text, size);
    free(text);
    return status;
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
        tw_inp_fault(inp, row, "the interval \"%s\" is not a time above 0 (hours or h:m:s)",
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
    if (inp->series_line[gages->series[i]] == line) return;
    double distance_s = least_distance_s(&inp->model->series, gages->series[i]);
    if (distance_s > 0.0 && gages->interval_s[i] > distance_s)
        tw_faults_add(inp->faults, inp->path, line,
                      "rain gage %s: its interval of %g s is longer than that of time series %s, "
                      "%g s",
                      gage_name(inp, i), gages->interval_s[i],
                      tw_names_get(&inp->model->series.names, gages->series[i]), distance_s);
    if (gages->interval_s[i] < distance_s)
        tw_faults_warn(inp->faults, inp->path, line,
                       "rain gage %s: its interval of %g s is shorter than that of its time "
                       "series, %g s",
                       gage_name(inp, i), gages->interval_s[i], distance_s);
    if (gages->interval_s[i] > 0.0 && gages->interval_s[i] < options->wet_step_s) {
        tw_faults_warn(inp->faults, inp->path, line,
                       "rain gage %s: WET_STEP is cut to its interval of %g s", gage_name(inp, i),
                       gages->interval_s[i]);
        options->wet_step_s = gages->interval_s[i];
    }
}

/* A gage that shares the series of an earlier one records the same kind of data. */
static void check_shared(struct tw_inp *inp, int32_t first, int32_t i)
{
    const struct tw_gages *gages = &inp->model->gages;
    if (gages->kind[first] == gages->kind[i]) return;
    tw_faults_add(inp->faults, inp->path, inp->gage_line[i],
                  "rain gage %s: reads time series %s as another kind of data than gage %s",
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
