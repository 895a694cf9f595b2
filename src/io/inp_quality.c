/* [POLLUTANTS], [LANDUSES], [COVERAGES], [LOADINGS], [BUILDUP], [WASHOFF] and [TREATMENT]. */
#include "base/text.h"
#include "io/inp_expression.h"

#include <string.h>

static tw_status declare(struct tw_inp *inp, struct tw_inp_row *row, struct tw_names *names,
                         int32_t *lines, int32_t *count)
{
    TW_TRY(tw_inp_declare(inp, row, names, lines, false));
    if (row->object < 0) return TW_OK;
    lines[row->object] = row->line;
    *count = row->object + 1;
    return TW_OK;
}

tw_status tw_inp_pollutant_declare(struct tw_inp *inp, struct tw_inp_row *row)
{
    struct tw_quality_model *q = &inp->model->quality;
    return declare(inp, row, &q->pollutant_names, inp->pollutant_line, &q->count);
}

tw_status tw_inp_landuse_declare(struct tw_inp *inp, struct tw_inp_row *row)
{
    struct tw_quality_model *q = &inp->model->quality;
    return declare(inp, row, &q->landuse_names, inp->landuse_line, &q->landuse_count);
}

/* Masses of the file (lb or kg; counts stay) in one mass of ours, a thousand litres of the unit. */
static double file_mass_of(const struct tw_inp *inp, enum tw_pollutant_unit unit)
{
    double mg = inp->units.us ? 2.203e-6 : 1.0e-6;
    return 1000.0 * (unit == TW_POLLUTANT_MG ? mg : unit == TW_POLLUTANT_UG ? mg / 1000.0 : 1.0);
}

/* name unit rain ground rdii decay [snow-only co-pollutant co-ratio dry initial] */
tw_status tw_inp_pollutant_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const units[] = {"MG/L", "UG/L", "#/L", NULL};
    struct tw_quality_model *q = &inp->model->quality;
    int32_t unit;
    if (row->object < 0 || !tw_inp_need(inp, row, 6)) return TW_OK;
    struct tw_pollutant *p = &q->pollutant[row->object];
    double decay_per_day;
    p->co = -1;
    if (!tw_inp_choice(inp, row, 1, "the unit", units, &unit) ||
        !tw_inp_positive(inp, row, 2, "the concentration in rain", &p->rain) ||
        !tw_inp_positive(inp, row, 3, "the concentration in groundwater", &p->ground) ||
        !tw_inp_positive(inp, row, 4, "the concentration in RDII", &p->rdii) ||
        !tw_inp_number(inp, row, 5, "the decay", &decay_per_day) ||
        !tw_inp_optional(inp, row, 8, "the part of the co-pollutant", &p->co_ratio) ||
        !tw_inp_optional(inp, row, 9, "the concentration in dry weather flow", &p->dry) ||
        !tw_inp_optional(inp, row, 10, "the initial concentration", &p->initial))
        return TW_OK;
    p->unit = (enum tw_pollutant_unit)unit;
    p->decay_per_s = decay_per_day / 86400.0;
    p->file_mass = file_mass_of(inp, p->unit);
    if (row->count > 6) tw_inp_yes_no(inp, row, 6, "snow only", &p->snow_only);
    if (row->count > 7 && strcmp(tw_inp_word(inp, row, 7), "*") != 0)
        tw_inp_find(inp, row, 7, &q->pollutant_names, "pollutant", &p->co);
    return TW_OK;
}

/* name [interval removal last-swept] */
tw_status tw_inp_landuse_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    if (row->object < 0 || row->count < 2) return TW_OK;
    struct tw_landuse *l = &inp->model->quality.landuse[row->object];
    if (!tw_inp_need(inp, row, 4) ||
        !tw_inp_positive(inp, row, 1, "the sweeping interval", &l->sweep_days) ||
        !tw_inp_positive(inp, row, 2, "the part that is swept", &l->sweep_ratio))
        return TW_OK;
    tw_inp_positive(inp, row, 3, "the days since the last sweeping", &l->last_swept_days);
    return TW_OK;
}

/* subcatchment landuse % [landuse % ...] */
tw_status tw_inp_coverage_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_model *m = inp->model;
    struct tw_quality_model *q = &m->quality;
    int32_t subcatchment, landuse;
    double percent;
    if (!tw_inp_need(inp, row, 3) ||
        !tw_inp_find(inp, row, 0, &m->subcatchments.names, "subcatchment", &subcatchment))
        return TW_OK;
    for (int i = 1; i + 1 < row->count; i += 2) {
        if (!tw_inp_find(inp, row, i, &q->landuse_names, "land use", &landuse) ||
            !tw_inp_positive(inp, row, i + 1, "the part", &percent))
            return TW_OK;
        q->coverage_ratio[subcatchment * q->landuse_count + landuse] = percent / 100.0;
    }
    return TW_OK;
}

/* subcatchment pollutant loading [pollutant loading ...] */
tw_status tw_inp_loading_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_model *m = inp->model;
    struct tw_quality_model *q = &m->quality;
    int32_t subcatchment, pollutant;
    double loading;
    if (!tw_inp_need(inp, row, 3) ||
        !tw_inp_find(inp, row, 0, &m->subcatchments.names, "subcatchment", &subcatchment))
        return TW_OK;
    for (int i = 1; i + 1 < row->count; i += 2) {
        if (!tw_inp_find(inp, row, i, &q->pollutant_names, "pollutant", &pollutant) ||
            !tw_inp_positive(inp, row, i + 1, "the loading", &loading))
            return TW_OK;
        q->loading[subcatchment * q->count + pollutant] = loading;
    }
    return TW_OK;
}

static bool find_pair(struct tw_inp *inp, const struct tw_inp_row *row, int32_t *out_at)
{
    struct tw_quality_model *q = &inp->model->quality;
    int32_t landuse, pollutant;
    /* SWMM passes over a row that says no more than a land use */
    if (row->count < 3 || !tw_inp_find(inp, row, 0, &q->landuse_names, "land use", &landuse) ||
        !tw_inp_find(inp, row, 1, &q->pollutant_names, "pollutant", &pollutant))
        return false;
    *out_at = landuse * q->count + pollutant;
    return true;
}

/* landuse pollutant NONE|POW|EXP|SAT|EXT c1 c2 c3 AREA|CURB */
tw_status tw_inp_buildup_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const words[] = {"NONE", "POW", "EXP", "SAT", "EXT", NULL};
    struct tw_quality_model *q = &inp->model->quality;
    int32_t at, kind;
    if (!find_pair(inp, row, &at) || !tw_inp_choice(inp, row, 2, "the function", words, &kind))
        return TW_OK;
    struct tw_buildup *b = &q->buildup[at];
    if (kind == TW_BUILDUP_NONE) return TW_OK;
    bool external = kind == TW_BUILDUP_EXTERNAL;
    b->series = -1;
    if (!tw_inp_need(inp, row, 7) || !tw_inp_positive(inp, row, 3, "the most", &b->most) ||
        !tw_inp_positive(inp, row, 4, "the rate", &b->rate))
        return TW_OK;
    if (external ? !tw_inp_find(inp, row, 5, &inp->model->series.names, "time series", &b->series)
                 : !tw_inp_positive(inp, row, 5, "the exponent or half-time", &b->power))
        return TW_OK;
    static const char *const normalizers[] = {"AREA", "CURB", NULL};
    int32_t by = 0;
    if (!tw_inp_choice(inp, row, 6, "per what", normalizers, &by)) return TW_OK;
    b->by_curb = by == 1;
    b->kind = (enum tw_buildup_kind)kind;
    return TW_OK;
}

/* landuse pollutant NONE|EXP|RC|EMC coefficient exponent %sweeping %bmp */
tw_status tw_inp_washoff_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const words[] = {"NONE", "EXP", "RC", "EMC", NULL};
    struct tw_quality_model *q = &inp->model->quality;
    int32_t at, kind;
    double sweeping = 0.0, bmp = 0.0;
    if (!find_pair(inp, row, &at) || !tw_inp_choice(inp, row, 2, "the function", words, &kind))
        return TW_OK;
    struct tw_washoff *w = &q->washoff[at];
    if (kind == TW_WASHOFF_NONE) return TW_OK;
    if (!tw_inp_need(inp, row, 5) ||
        !tw_inp_positive(inp, row, 3, "the coefficient", &w->coefficient) ||
        !tw_inp_number(inp, row, 4, "the exponent", &w->exponent) ||
        !tw_inp_optional(inp, row, 5, "the part that is swept", &sweeping) ||
        !tw_inp_optional(inp, row, 6, "the part that practices take", &bmp))
        return TW_OK;
    w->sweeping_ratio = sweeping / 100.0;
    w->bmp_ratio = bmp / 100.0;
    w->kind = (enum tw_washoff_kind)kind;
    return TW_OK;
}

static int32_t find_variable(const struct tw_inp *inp, const char *name)
{
    static const char *const words[] = {
#define TW_WORD(word, text) #word,
        TW_TREATMENT_VARIABLE_LIST(TW_WORD)
#undef TW_WORD
            NULL};
    const struct tw_quality_model *q = &inp->model->quality;
    for (int32_t i = 0; words[i] != NULL; i++)
        if (tw_text_same(name, words[i])) return i;
    int32_t pollutant = tw_names_find(&q->pollutant_names, name);
    if (pollutant >= 0) return TW_TREATMENT_VARIABLE_COUNT + pollutant;
    if ((name[0] != 'R' && name[0] != 'r') || name[1] != '_') return -1;
    pollutant = tw_names_find(&q->pollutant_names, name + 2);
    return pollutant < 0 ? -1 : TW_TREATMENT_VARIABLE_COUNT + q->count + pollutant;
}

/* Where the expression begins behind "R =" or "C =", whose parts may stand together; the words of
 * the row are cut for that. -1: a fault. */
static int find_equation(struct tw_inp *inp, const struct tw_inp_row *row, bool *out_removal)
{
    char *word = inp->text + inp->word_at[row->first + 2u];
    *out_removal = word[0] == 'R' || word[0] == 'r';
    if (!*out_removal && word[0] != 'C' && word[0] != 'c') return -1;
    char *equal = strchr(word, '=');
    if (equal != NULL) {
        if (equal[1] == '\0') return 3;
        memset(word, ' ', (size_t)(equal - word) + 1);
        return 2;
    }
    if (row->count < 4) return -1;
    word = inp->text + inp->word_at[row->first + 3u];
    if (word[0] != '=') return -1;
    if (word[1] == '\0') return 4;
    word[0] = ' ';
    return 3;
}

/* node pollutant R = expression, or C = expression */
tw_status tw_inp_treatment_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_model *m = inp->model;
    struct tw_quality_model *q = &m->quality;
    struct tw_treatment t = {0};
    if (!tw_inp_need(inp, row, 3) || !tw_inp_find(inp, row, 0, &m->nodes.names, "node", &t.node) ||
        !tw_inp_find(inp, row, 1, &q->pollutant_names, "pollutant", &t.pollutant))
        return TW_OK;
    int first = find_equation(inp, row, &t.removal);
    if (first < 0) {
        tw_inp_fault(inp, row, "lacks R = or C = before its expression" TW_SWMM_ERROR("205"));
        return TW_OK;
    }
    struct tw_inp_tokens tokens = {0};
    TW_TRY(tw_inp_expression_read(inp, row, first, find_variable, &tokens));
    struct tw_token *kept = TW_ARENA_NEW(&m->arena, struct tw_token, tokens.count);
    if (kept == NULL) return TW_ERR_NOMEM;
    if (tokens.count > 0) memcpy(kept, tokens.token, (size_t)tokens.count * sizeof *kept);
    t.token = kept;
    t.token_count = tokens.count;
    q->treatment[q->treatment_count++] = t;
    return TW_OK;
}

/* ---- rows of [INFLOWS] and [DWF] that are not flows ---- */

tw_status tw_inp_pollutant_inflow_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const kinds[] = {"CONCEN", "MASS", NULL};
    struct tw_model *m = inp->model;
    struct tw_pollutant_inflow in = {.series = -1, .pattern = -1, .factor = 1.0};
    int32_t kind = 0;
    double units = 1.0;
    if (!tw_inp_find(inp, row, 0, &m->nodes.names, "node", &in.node) ||
        !tw_inp_find(inp, row, 1, &m->quality.pollutant_names, "pollutant", &in.pollutant))
        return TW_OK;
    const char *name = tw_inp_word(inp, row, 2);
    bool none = name[0] == '\0' || strcmp(name, "*") == 0;
    if (!none && !tw_inp_find(inp, row, 2, &m->series.names, "time series", &in.series))
        return TW_OK;
    if ((row->count > 3 && !tw_inp_choice(inp, row, 3, "the kind", kinds, &kind)) ||
        (row->count > 4 && !tw_inp_number(inp, row, 4, "the units factor", &units)) ||
        (row->count > 5 && !tw_inp_number(inp, row, 5, "the scale factor", &in.factor)) ||
        (row->count > 6 && !tw_inp_number(inp, row, 6, "the baseline", &in.base)) ||
        (row->count > 7 && !tw_inp_find(inp, row, 7, &m->patterns.names, "pattern", &in.pattern)))
        return TW_OK;
    in.mass = kind == 1;
    /* Per second, over a thousand litres; and SWMM 5.2.4 divides masses by the litres of a cubic foot
     * once too often: a load of 300 mg/s counts as 10.6. Its results are those that users compare. */
    static const double litres_per_foot3 = 28.317, exact_litres_per_foot3 = 28.316846592;
    double swmm = exact_litres_per_foot3 / (litres_per_foot3 * litres_per_foot3);
    double ours = in.mass ? units / 1000.0 * (inp->strict ? 1.0 : swmm) : 1.0;
    in.factor *= ours;
    in.base *= ours;
    m->quality.inflow[m->quality.inflow_count++] = in;
    return TW_OK;
}

tw_status tw_inp_pollutant_dry_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_model *m = inp->model;
    struct tw_pollutant_dry dry = {.pattern = {-1, -1, -1, -1}};
    if (!tw_inp_find(inp, row, 0, &m->nodes.names, "node", &dry.node) ||
        !tw_inp_find(inp, row, 1, &m->quality.pollutant_names, "pollutant", &dry.pollutant) ||
        !tw_inp_number(inp, row, 2, "the average concentration", &dry.base))
        return TW_OK;
    for (int i = 3; i < row->count && i < 7; i++) {
        int32_t found;
        if (tw_inp_word(inp, row, i)[0] == '\0') continue;
        if (!tw_inp_find(inp, row, i, &m->patterns.names, "pattern", &found)) return TW_OK;
        dry.pattern[m->patterns.kind[found]] = found;
    }
    m->quality.dry[m->quality.dry_count++] = dry;
    return TW_OK;
}

tw_status tw_inp_quality_allocate(struct tw_inp *inp)
{
    struct tw_quality_model *q = &inp->model->quality;
    struct tw_arena *arena = &inp->model->arena;
    const int32_t *rows = inp->section_rows;
    tw_names_init(&q->pollutant_names, arena);
    tw_names_init(&q->landuse_names, arena);
    q->pollutant = TW_ARENA_NEW(arena, struct tw_pollutant, rows[TW_SECTION_POLLUTANTS]);
    q->landuse = TW_ARENA_NEW(arena, struct tw_landuse, rows[TW_SECTION_LANDUSES]);
    q->inflow = TW_ARENA_NEW(arena, struct tw_pollutant_inflow, rows[TW_SECTION_INFLOWS]);
    q->dry = TW_ARENA_NEW(arena, struct tw_pollutant_dry, rows[TW_SECTION_DWF]);
    q->treatment = TW_ARENA_NEW(arena, struct tw_treatment, rows[TW_SECTION_TREATMENT]);
    inp->pollutant_line = TW_ARENA_NEW(&inp->scratch, int32_t, rows[TW_SECTION_POLLUTANTS]);
    inp->landuse_line = TW_ARENA_NEW(&inp->scratch, int32_t, rows[TW_SECTION_LANDUSES]);
    bool all = q->pollutant != NULL && q->landuse != NULL && q->inflow != NULL && q->dry != NULL &&
               q->treatment != NULL && inp->pollutant_line != NULL && inp->landuse_line != NULL;
    return all ? TW_OK : TW_ERR_NOMEM;
}

/* A size from two counts of the file; huge ones are refused as memory that is not there. */
static bool product(int32_t a, int32_t b, int32_t *out)
{
    int64_t size = (int64_t)a * b;
    *out = (int32_t)size;
    return size <= INT32_MAX / 64;
}

tw_status tw_inp_quality_allocate_tables(struct tw_inp *inp)
{
    struct tw_model *m = inp->model;
    struct tw_quality_model *q = &m->quality;
    int32_t functions, covers, loads;
    if (!product(q->landuse_count, q->count, &functions) ||
        !product(m->subcatchments.count, q->landuse_count, &covers) ||
        !product(m->subcatchments.count, q->count, &loads))
        return TW_ERR_NOMEM;
    q->buildup = TW_ARENA_NEW(&m->arena, struct tw_buildup, functions);
    q->washoff = TW_ARENA_NEW(&m->arena, struct tw_washoff, functions);
    q->coverage_ratio = TW_ARENA_NEW(&m->arena, double, covers);
    q->loading = TW_ARENA_NEW(&m->arena, double, loads);
    bool all =
        q->buildup != NULL && q->washoff != NULL && q->coverage_ratio != NULL && q->loading != NULL;
    return all ? TW_OK : TW_ERR_NOMEM;
}

/* Treatments by node, keeping their order. */
static void sort_treatments(struct tw_quality_model *q)
{
    for (int32_t i = 1; i < q->treatment_count; i++) {
        struct tw_treatment one = q->treatment[i];
        int32_t at = i;
        for (; at > 0 && q->treatment[at - 1].node > one.node; at--)
            q->treatment[at] = q->treatment[at - 1];
        q->treatment[at] = one;
    }
}

void tw_inp_check_quality(struct tw_inp *inp)
{
    struct tw_quality_model *q = &inp->model->quality;
    if (q->count > TW_MOST_POLLUTANTS)
        tw_faults_add(inp->faults, inp->path, inp->pollutant_line[TW_MOST_POLLUTANTS],
                      "[POLLUTANTS]: there are %d, more than %d", (int)q->count,
                      TW_MOST_POLLUTANTS);
    for (int32_t i = 0; i < q->inflow_count; i++)
        q->inflow[i].flow_row = inp->inflow_of_node[q->inflow[i].node] - 1;
    for (int32_t i = 0; i < q->dry_count; i++)
        q->dry[i].flow_row = inp->dwf_of_node[q->dry[i].node] - 1;
    sort_treatments(q);
    q->told_count = q->count;
    q->told_landuses = q->landuse_count;
    if (!inp->options.ignore_quality) return;
    /* what was read may have faults, and the report lists it, but nothing is computed */
    q->count = q->landuse_count = q->inflow_count = q->dry_count = q->treatment_count = 0;
}
