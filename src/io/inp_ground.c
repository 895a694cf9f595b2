/* [AQUIFERS], [GROUNDWATER] and [GWF]. */
#include "base/text.h"
#include "io/inp_expression.h"

#include <math.h>
#include <string.h>

tw_status tw_inp_aquifer_declare(struct tw_inp *inp, struct tw_inp_row *row)
{
    struct tw_aquifers *a = &inp->model->aquifers;
    TW_TRY(tw_inp_declare(inp, row, &a->names, inp->aquifer_line, false));
    if (row->object < 0) return TW_OK;
    inp->aquifer_line[row->object] = row->line;
    a->count = row->object + 1;
    return TW_OK;
}

static bool holds_together(const struct tw_aquifer *a)
{
    return a->porosity_ratio > 0.0 && a->field_capacity_ratio < a->porosity_ratio &&
           a->wilting_point_ratio < a->field_capacity_ratio && a->conductivity_mps > 0.0 &&
           a->conductivity_slope >= 0.0 && a->tension_slope_m >= 0.0 &&
           a->upper_evaporation_ratio >= 0.0 && a->lower_evaporation_depth_m >= 0.0 &&
           a->water_table_m >= a->bottom_m && a->moisture_ratio <= a->porosity_ratio &&
           a->moisture_ratio >= a->wilting_point_ratio;
}

/* name porosity wilting-point field-capacity conductivity conductivity-slope tension-slope
 * upper-evaporation lower-evaporation deep-loss bottom water-table moisture [pattern] */
tw_status tw_inp_aquifer_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const what[] = {"the porosity",
                                       "the wilting point",
                                       "the field capacity",
                                       "the conductivity",
                                       "the conductivity slope",
                                       "the tension slope",
                                       "the upper evaporation",
                                       "the lower evaporation depth",
                                       "the loss to deep groundwater",
                                       "the bottom elevation",
                                       "the water table",
                                       "the moisture"};
    enum { VALUES = sizeof what / sizeof *what };
    double v[VALUES];
    if (row->object < 0 || !tw_inp_need(inp, row, VALUES + 1)) return TW_OK;
    for (int k = 0; k < VALUES; k++)
        if (!tw_inp_number(inp, row, k + 1, what[k], &v[k])) return TW_OK;
    double length = inp->units.length_m, rate = inp->units.rain_mm / 3.6e6;
    struct tw_aquifer *a = &inp->model->aquifers.aquifer[row->object];
    *a = (struct tw_aquifer){.porosity_ratio = v[0],
                             .wilting_point_ratio = v[1],
                             .field_capacity_ratio = v[2],
                             .conductivity_mps = v[3] * rate,
                             .conductivity_slope = v[4],
                             .tension_slope_m = v[5] * length,
                             .upper_evaporation_ratio = v[6],
                             .lower_evaporation_depth_m = v[7] * length,
                             .deep_loss_mps = v[8] * rate,
                             .bottom_m = v[9] * length,
                             .water_table_m = v[10] * length,
                             .moisture_ratio = v[11],
                             .evaporation_pattern = -1};
    if (row->count > VALUES + 1)
        tw_inp_find(inp, row, VALUES + 1, &inp->model->patterns.names, "pattern",
                    &a->evaporation_pattern);
    if (!holds_together(a))
        tw_inp_fault(inp, row,
                     "its values contradict each other: wilting point < field capacity < porosity, "
                     "wilting point <= moisture <= porosity, conductivity above 0, water table not "
                     "below the bottom" TW_SWMM_ERROR("109"));
    return TW_OK;
}

/* An elevation that may be left out, or be a *. */
static bool read_elevation(struct tw_inp *inp, const struct tw_inp_row *row, int i,
                           const char *what, double scale, double *out)
{
    *out = (double)NAN;
    if (i >= row->count || strcmp(tw_inp_word(inp, row, i), "*") == 0) return true;
    if (!tw_inp_number(inp, row, i, what, out)) return false;
    *out *= scale;
    return true;
}

static bool read_flow(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_ground *g)
{
    static const char *const what[] = {"the ground elevation",     "a1", "b1", "a2", "b2", "a3",
                                       "the surface water's depth"};
    double v[7];
    for (int k = 0; k < 7; k++)
        if (!tw_inp_number(inp, row, k + 3, what[k], &v[k])) return false;
    double length = inp->units.length_m;
    g->surface_m = v[0] * length;
    g->a1 = v[1];
    g->b1 = v[2];
    g->a2 = v[3];
    g->b2 = v[4];
    g->a3 = v[5];
    g->fixed_depth_m = v[6] * length;
    return read_elevation(inp, row, 10, "the threshold elevation", length, &g->threshold_m) &&
           read_elevation(inp, row, 11, "the bottom elevation", length, &g->bottom_m) &&
           read_elevation(inp, row, 12, "the water table", length, &g->water_table_m) &&
           read_elevation(inp, row, 13, "the moisture", 1.0, &g->moisture_ratio);
}

/* subcatchment aquifer node surface a1 b1 a2 b2 a3 depth threshold [bottom water-table moisture];
 * SWMM's manual takes the threshold for optional, but SWMM 5.2.4 refuses a row without it */
tw_status tw_inp_groundwater_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_model *m = inp->model;
    struct tw_ground g = {.node = -1};
    if (!tw_inp_need(inp, row, 11) ||
        !tw_inp_find(inp, row, 0, &m->subcatchments.names, "subcatchment", &g.subcatchment) ||
        !tw_inp_find(inp, row, 1, &m->aquifers.names, "aquifer", &g.aquifer) ||
        !tw_inp_find(inp, row, 2, &m->nodes.names, "node", &g.node) || !read_flow(inp, row, &g))
        return TW_OK;
    int32_t *of = &m->grounds.of_subcatchment[g.subcatchment];
    if (*of < 0) *of = m->grounds.count++; /* else this row replaces one, as in SWMM */
    inp->ground_line[*of] = row->line;
    m->grounds.ground[*of] = g;
    return TW_OK;
}

static int32_t find_variable(const struct tw_inp *inp, const char *name)
{
    static const char *const words[] = {
#define TW_WORD(word, text) #word,
        TW_GROUND_VARIABLE_LIST(TW_WORD)
#undef TW_WORD
            NULL};
    (void)inp;
    return tw_inp_match(name, words); /* SWMM takes Ksat for Ks */
}

/* subcatchment LATERAL|DEEP expression */
tw_status tw_inp_gwf_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const words[] = {"LATERAL", "DEEP", NULL};
    struct tw_model *m = inp->model;
    int32_t subcatchment, word;
    if (!tw_inp_need(inp, row, 3) ||
        !tw_inp_find(inp, row, 0, &m->subcatchments.names, "subcatchment", &subcatchment) ||
        !tw_inp_choice(inp, row, 1, "the kind", words, &word))
        return TW_OK;
    struct tw_inp_tokens tokens = {0};
    TW_TRY(tw_inp_expression_read(inp, row, 2, find_variable, &tokens));
    int32_t at = m->grounds.of_subcatchment[subcatchment];
    if (at < 0) {
        tw_inp_warn(inp, row, "has no row in [GROUNDWATER], so nothing flows");
        return TW_OK;
    }
    struct tw_token *kept = TW_ARENA_NEW(&m->arena, struct tw_token, tokens.count);
    if (kept == NULL) return TW_ERR_NOMEM;
    if (tokens.count > 0) memcpy(kept, tokens.token, (size_t)tokens.count * sizeof *kept);
    struct tw_ground *g = &m->grounds.ground[at];
    *(word == 0 ? &g->lateral : &g->deep) =
        (struct tw_ground_expression){.token = kept, .count = tokens.count};
    return TW_OK;
}

void tw_inp_check_ground(struct tw_inp *inp)
{
    const struct tw_model *m = inp->model;
    for (int32_t i = 0; i < m->grounds.count; i++) {
        struct tw_ground *g = &m->grounds.ground[i];
        const struct tw_aquifer *a = &m->aquifers.aquifer[g->aquifer];
        if (isnan(g->bottom_m)) g->bottom_m = a->bottom_m;
        if (isnan(g->water_table_m)) g->water_table_m = a->water_table_m;
        if (isnan(g->moisture_ratio)) g->moisture_ratio = a->moisture_ratio;
        if (g->surface_m < g->water_table_m)
            tw_faults_add(inp->faults, inp->path, inp->ground_line[i],
                          "groundwater of subcatchment %s: the ground lies at %.3f m, below the "
                          "water table at %.3f m" TW_SWMM_ERROR("110"),
                          tw_names_get(&m->subcatchments.names, g->subcatchment), g->surface_m,
                          g->water_table_m);
    }
}
