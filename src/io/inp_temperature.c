/* [TEMPERATURE]: temperatures, the climate file, wind, and what is said of all snow. */
#include "io/climate_file.h"
#include "io/inp_reader.h"

#include <math.h>
#include <stdlib.h>

enum { SERIES, CLIMATE_FILE, WIND, SNOW, COVER };

tw_status tw_inp_climate_begin(struct tw_inp *inp)
{
    struct tw_model *m = inp->model;
    m->evaporation = (struct tw_evaporation){.series = -1, .to_mmday = 1.0, .recovery_pattern = -1};
    m->climate = (struct tw_climate){.series = -1, .latitude_deg = 40.0};
    m->snow.divide_c = 2.0 / 1.8;
    m->snow.index_ratio = 0.5;
    m->snow.negative_melt_ratio = 0.6;
    for (int k = 0; k < TW_SNOW_COVER_POINTS; k++)
        m->snow.cover_ratio[0][k] = m->snow.cover_ratio[1][k] = 1.0;
    int32_t packs = inp->section_rows[TW_SECTION_SNOWPACKS];
    int32_t subcatchments = inp->section_rows[TW_SECTION_SUBCATCHMENTS];
    tw_names_init(&m->snow.names, &m->arena);
    m->snow.pack = TW_ARENA_NEW(&m->arena, struct tw_snow_pack, packs);
    m->snow.of_subcatchment = TW_ARENA_NEW(&m->arena, int32_t, subcatchments);
    inp->snow_line = TW_ARENA_NEW(&inp->scratch, int32_t, packs);
    struct tw_adjustments *a = &m->adjustments;
    a->roughness_pattern = TW_ARENA_NEW(&m->arena, int32_t, subcatchments);
    a->storage_pattern = TW_ARENA_NEW(&m->arena, int32_t, subcatchments);
    a->infiltration_pattern = TW_ARENA_NEW(&m->arena, int32_t, subcatchments);
    if (!m->snow.pack || !m->snow.of_subcatchment || !inp->snow_line || !a->roughness_pattern ||
        !a->storage_pattern || !a->infiltration_pattern)
        return TW_ERR_NOMEM;
    for (int32_t i = 0; i < subcatchments; i++)
        m->snow.of_subcatchment[i] = a->roughness_pattern[i] = a->storage_pattern[i] =
            a->infiltration_pattern[i] = -1;
    for (int month = 0; month < 12; month++)
        a->rain_ratio[month] = a->conductivity_ratio[month] = 1.0;
    return TW_OK;
}

/* FILE path [first day | *] [C10 | C | F] */
static tw_status read_file(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const units[] = {"C10", "C", "F", NULL};
    struct tw_climate *climate = &inp->model->climate;
    char path[TW_INP_PATH];
    char *text;
    size_t size;
    int32_t unit = inp->units.us ? TW_CLIMATE_US : TW_CLIMATE_METRIC;
    int line;
    climate->temperature = TW_TEMPERATURE_FILE;
    inp->climate_line = row->line;
    if (row->count > 2 && tw_inp_word(inp, row, 2)[0] != '*' &&
        !tw_inp_date(tw_inp_word(inp, row, 2), &climate->file_start_day))
        tw_inp_fault(inp, row, "\"%s\" is not a date month/day/year" TW_SWMM_ERROR("213"),
                     tw_inp_word(inp, row, 2));
    if (row->count > 3 && !tw_inp_choice(inp, row, 3, "the unit", units, &unit)) return TW_OK;
    TW_TRY(tw_inp_load(inp, row, 1, path, &text, &size));
    if (text == NULL) return TW_OK;
    struct tw_climate_reading how = {.us = inp->units.us, .unit = (enum tw_climate_unit)unit};
    tw_status status =
        tw_climate_file_read(text, size, &how, &inp->model->arena, climate->days, &line);
    free(text);
    if (status == TW_ERR_NOMEM) return status;
    inp->climate_read = status == TW_OK;
    if (status != TW_OK)
        tw_faults_add(
            inp->faults, path, line,
            "the climate file is neither GHCN-Daily, TD-3200 nor DLY02/04, nor are its "
            "lines: station year month day highest lowest evaporation wind" TW_SWMM_ERROR("338"));
    else if (line > 0)
        tw_faults_warn(inp->faults, path, line,
                       "a value is not a number and taken for 0; write * for what is not known");
    return TW_OK;
}

/* MONTHLY speed of each month | FILE */
static void read_wind(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const sources[] = {"MONTHLY", "FILE", NULL};
    struct tw_climate *climate = &inp->model->climate;
    int32_t source;
    if (!tw_inp_choice(inp, row, 1, "the source of wind", sources, &source)) return;
    climate->wind_of_file = source == 1;
    inp->wind_line = source == 1 ? row->line : 0;
    if (source == 1) return;
    for (int month = 0; month < 12; month++)
        if (!tw_inp_number(inp, row, 2 + month, "the wind speed", &climate->wind_mps[month]))
            return;
    for (int month = 0; month < 12; month++)
        climate->wind_mps[month] *= inp->units.wind_mps;
}

/* Dividing temperature, ATI weight, negative melt ratio, elevation, latitude, shift in minutes */
static void read_snow(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const what[] = {"the dividing temperature",
                                       "the weight",
                                       "the negative melt ratio",
                                       "the elevation",
                                       "the latitude",
                                       "the longitude correction"};
    struct tw_model *m = inp->model;
    double v[6];
    for (int k = 0; k < 6; k++)
        if (!tw_inp_number(inp, row, k + 1, what[k], &v[k])) return;
    if (v[1] < 0.0 || v[1] > 1.0 || v[2] < 0.0 || v[2] > 1.0)
        tw_inp_fault(
            inp, row,
            "the weight %g and the negative melt ratio %g are within 0..1" TW_SWMM_ERROR("181"),
            v[1], v[2]);
    if (fabs(v[4]) >= 89.99)
        tw_inp_fault(inp, row,
                     "the latitude %g is not between -90 and 90 degrees" TW_SWMM_ERROR("181"),
                     v[4]);
    m->snow.divide_c = tw_units_celsius(&inp->units, v[0]);
    m->snow.index_ratio = v[1];
    m->snow.negative_melt_ratio = v[2];
    m->climate.elevation_m = v[3] * inp->units.length_m;
    m->climate.latitude_deg = v[4];
    m->climate.noon_shift_h = v[5] / 60.0;
}

/* ADC IMPERVIOUS|PERVIOUS and ten parts */
static void read_cover(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const areas[] = {"IMPERV", "PERV", NULL};
    int32_t area;
    if (!tw_inp_choice(inp, row, 1, "the area", areas, &area)) return;
    double *curve = inp->model->snow.cover_ratio[area];
    for (int k = 0; k < TW_SNOW_COVER_POINTS; k++) {
        if (!tw_inp_number(inp, row, 2 + k, "the covered part", &curve[k])) return;
        if (curve[k] >= 0.0 && curve[k] <= 1.0) continue;
        tw_inp_fault(inp, row, "the covered part %g is not within 0..1" TW_SWMM_ERROR("181"),
                     curve[k]);
        return;
    }
}

tw_status tw_inp_temperature_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const words[] = {"TIMESERIES", "FILE", "WINDSPEED", "SNOWMELT", "ADC", NULL};
    struct tw_climate *climate = &inp->model->climate;
    int32_t word;
    if (!tw_inp_choice(inp, row, 0, "the word", words, &word) || !tw_inp_need(inp, row, 2))
        return TW_OK;
    switch (word) {
    case SERIES:
        climate->temperature = TW_TEMPERATURE_SERIES;
        climate->series_zero_c = tw_units_celsius(&inp->units, 0.0);
        climate->series_to_c = inp->units.degree_c;
        tw_inp_find(inp, row, 1, &inp->model->series.names, "time series", &climate->series);
        break;
    case CLIMATE_FILE:
        return read_file(inp, row);
    case WIND:
        read_wind(inp, row);
        break;
    case SNOW:
        read_snow(inp, row);
        break;
    default:
        read_cover(inp, row);
    }
    return TW_OK;
}

static void need_file(struct tw_inp *inp, int32_t line, const char *what)
{
    if (line > 0 && inp->climate_line == 0)
        tw_faults_add(
            inp->faults, inp->path, line,
            "%s needs a climate file: add the row FILE and its name to [TEMPERATURE]" TW_SWMM_ERROR(
                "336"),
            what);
}

/* Whether a climate file has a day of the month in which it begins to be read. */
static bool begins_in_file(const struct tw_inp *inp)
{
    const struct tw_climate *climate = &inp->model->climate;
    double day = floor(inp->model->options.start_day);
    if (climate->file_start_day > 0.0) day = climate->file_start_day;
    for (int k = 0; k < TW_CLIMATE_VALUES; k++) {
        const struct tw_climate_days *of = &climate->days[k];
        for (int32_t i = 0; i < of->count; i++)
            if (fabs(of->day[i] - day) < 31.0) return true;
    }
    return false;
}

void tw_inp_check_climate(struct tw_inp *inp)
{
    struct tw_model *m = inp->model;
    const char *path = inp->path;
    need_file(inp, m->evaporation.kind >= TW_EVAPORATION_TEMPERATURE ? inp->evaporation_line : 0,
              "evaporation by temperature or from a file");
    need_file(inp, inp->wind_line, "wind of a file");
    if (inp->climate_read && !begins_in_file(inp))
        tw_faults_add(
            inp->faults, path, inp->climate_line,
            "the climate file holds nothing of the month from which it is read" TW_SWMM_ERROR(
                "339"));
    m->snow.falls = m->snow.count > 0 && !inp->options.ignore_snowmelt;
    if (m->snow.falls && m->climate.temperature == TW_TEMPERATURE_NONE)
        tw_faults_warn(inp->faults, path, inp->snow_line[0],
                       "snow pack %s: without temperatures in [TEMPERATURE] it neither snows nor "
                       "melts",
                       tw_names_get(&m->snow.names, 0));
}
