/* What SWMM takes without a word though it is hardly meant: `thalweg check` warns of it. Objects that
 * nothing uses and rows that replace others are here, values are in inp_advice_values.c. */
#include "io/inp_reader.h"

#include <stdio.h>

enum { MOST_USERS = 12, NONE = -1 };

/* Objects of one kind, and the sections whose rows may name them. */
struct kind {
    const struct tw_names *names;
    const int32_t *lines;
    const char *noun;
    int users[MOST_USERS + 1]; /* ended by NONE */
};

static bool among(const int *sections, int section)
{
    for (int k = 0; sections[k] != NONE; k++)
        if (sections[k] == section) return true;
    return false;
}

/* Words of a row that may be names of other objects than the one that the row is about. */
static void mark_row(const struct tw_inp *inp, const struct tw_inp_row *row,
                     const struct tw_names *names, bool *used)
{
    for (int i = 1; i < row->count; i++) {
        int32_t found = tw_names_find(names, tw_inp_word(inp, row, i));
        if (found >= 0) used[found] = true;
    }
}

static tw_status warn_of_unused(struct tw_inp *inp, const struct kind *kind)
{
    int32_t count = kind->names->count;
    bool *used = TW_ARENA_NEW(&inp->scratch, bool, count);
    if (used == NULL) return TW_ERR_NOMEM;
    for (int32_t r = 0; count > 0 && r < inp->row_count; r++)
        if (among(kind->users, inp->row[r].section)) mark_row(inp, &inp->row[r], kind->names, used);
    for (int32_t i = 0; i < count; i++) {
        if (used[i] || (kind->names == &inp->model->series.names && inp->rain_series[i])) continue;
        tw_faults_warn(inp->faults, inp->path, kind->lines[i], "%s %s: nothing uses it", kind->noun,
                       tw_names_get(kind->names, i));
    }
    return TW_OK;
}

static tw_status warn_of_all_unused(struct tw_inp *inp)
{
#define S(id) TW_SECTION_##id
    const struct tw_model *m = inp->model;
    const struct kind kinds[] = {
        {&m->curves.names,
         inp->curve_line,
         "curve",
         {S(STORAGE), S(OUTFALLS), S(DIVIDERS), S(PUMPS), S(OUTLETS), S(WEIRS), S(XSECTIONS),
          S(INLETS), S(CONTROLS), S(LID_CONTROLS), NONE}},
        {&m->series.names,
         inp->series_line,
         "time series",
         {S(RAINGAGES), S(INFLOWS), S(OUTFALLS), S(EVAPORATION), S(TEMPERATURE), S(CONTROLS),
          S(BUILDUP), NONE}},
        {&m->patterns.names,
         inp->pattern_line,
         "pattern",
         {S(INFLOWS), S(DWF), S(EVAPORATION), S(AQUIFERS), S(ADJUSTMENTS), NONE}},
        {&m->gages.names,
         inp->gage_line,
         "rain gage",
         {S(SUBCATCHMENTS), S(HYDROGRAPHS), S(CONTROLS), NONE}},
        {&m->transects.names, inp->transect_line, "transect", {S(XSECTIONS), NONE}},
        {&inp->streets, inp->street_line, "street", {S(XSECTIONS), NONE}},
        {&m->aquifers.names, inp->aquifer_line, "aquifer", {S(GROUNDWATER), NONE}},
        {&m->rdii.names, inp->hydrograph_line, "unit hydrograph", {S(RDII), NONE}},
        {&m->lids.names, inp->lid_line, "LID", {S(LID_USAGE), NONE}},
        {&m->quality.landuse_names, inp->landuse_line, "land use", {S(COVERAGES), NONE}},
        {&m->snow.names, inp->snow_line, "snow pack", {S(SUBCATCHMENTS), NONE}},
        {&m->inlets.names, inp->inlet_line, "inlet", {S(INLET_USAGE), NONE}}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        TW_TRY(warn_of_unused(inp, &kinds[k]));
    return TW_OK;
}

/* The words that a row of a section is found by; 0: others may follow for the same object. */
static int key_words(int section)
{
    static const int one[] = {S(SUBAREAS),    S(INFILTRATION), S(XSECTIONS),
                              S(GROUNDWATER), S(LOSSES),       NONE};
    static const int two[] = {S(BUILDUP), S(WASHOFF), S(TREATMENT), S(INFLOWS), S(DWF), NONE};
    return among(one, section) ? 1 : among(two, section) ? 2 : 0;
}
#undef S

/* A second row for a thing takes the place of the first one. */
static tw_status warn_of_repeated(struct tw_inp *inp, int section)
{
    enum { KEY = 2 * TW_INP_LINE + 2 };
    struct tw_names keys;
    char key[KEY];
    int words = key_words(section);
    int32_t at, *line = TW_ARENA_NEW(&inp->scratch, int32_t, inp->section_rows[section]);
    if (line == NULL) return TW_ERR_NOMEM;
    tw_names_init(&keys, &inp->scratch);
    for (int32_t r = 0; r < inp->row_count; r++) {
        const struct tw_inp_row *row = &inp->row[r];
        if (row->section != section || row->count < words) continue;
        (void)snprintf(key, sizeof key, "%s %s", tw_inp_word(inp, row, 0),
                       words > 1 ? tw_inp_word(inp, row, 1) : "");
        tw_status status = tw_names_add(&keys, key, &at);
        if (status != TW_OK && status != TW_ERR_NAME) return status;
        if (status == TW_ERR_NAME)
            tw_inp_warn(inp, row, "%s%sit has a row in line %d already, which this one replaces",
                        words > 1 ? tw_inp_word(inp, row, 1) : "", words > 1 ? ": " : "",
                        (int)line[at]);
        line[at] = row->line;
    }
    return TW_OK;
}

tw_status tw_inp_advise(struct tw_inp *inp)
{
    if (tw_faults_count(inp->faults) > inp->faults_before) return TW_OK;
    TW_TRY(warn_of_all_unused(inp));
    for (int section = 0; section < TW_SECTION_COUNT; section++)
        if (key_words(section) > 0 && inp->section_rows[section] > 1)
            TW_TRY(warn_of_repeated(inp, section));
    return tw_inp_advise_values(inp);
}
