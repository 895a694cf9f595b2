/* [RAINGAGES] and where they stand on the map. */
#include "io/inp_reader.h"

#include <math.h>

static const double hour_s = 3600.0;

/* name kind interval snow-catch TIMESERIES series */
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
    if (source == 1)
        tw_inp_fault(inp, row, "rain files are not available yet");
    else
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

static void check_interval(struct tw_inp *inp, int32_t i)
{
    const struct tw_gages *gages = &inp->model->gages;
    struct tw_options *options = &inp->model->options;
    double distance_s = least_distance_s(&inp->model->series, gages->series[i]);
    int line = inp->gage_line[i];
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
static bool shares(struct tw_inp *inp, const bool *used, int32_t i)
{
    const struct tw_gages *gages = &inp->model->gages;
    for (int32_t k = 0; k < i; k++) {
        if (!used[k] || gages->series[k] != gages->series[i]) continue;
        if (gages->kind[k] != gages->kind[i])
            tw_faults_add(inp->faults, inp->path, inp->gage_line[i],
                          "rain gage %s: reads time series %s as another kind of data than gage %s",
                          gage_name(inp, i),
                          tw_names_get(&inp->model->series.names, gages->series[i]),
                          gage_name(inp, k));
        return true;
    }
    return false;
}

tw_status tw_inp_check_gages(struct tw_inp *inp)
{
    const struct tw_gages *gages = &inp->model->gages;
    const struct tw_subcatchments *s = &inp->model->subcatchments;
    bool *used = TW_ARENA_NEW(&inp->scratch, bool, gages->count);
    if (used == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < s->count; i++)
        if (s->gage[i] >= 0) used[s->gage[i]] = true;
    for (int32_t i = 0; i < gages->count; i++)
        if (used[i] && gages->series[i] >= 0 && !shares(inp, used, i)) check_interval(inp, i);
    return TW_OK;
}
