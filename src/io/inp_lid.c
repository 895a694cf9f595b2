/* [LID_CONTROLS] and [LID_USAGE]. */
#include "base/text.h"
#include "io/inp_reader.h"

#include <stdlib.h>
#include <string.h>

tw_status tw_inp_lid_declare(struct tw_inp *inp, struct tw_inp_row *row)
{
    struct tw_lids *l = &inp->model->lids;
    TW_TRY(tw_inp_declare(inp, row, &l->names, inp->lid_line, true));
    if (row->object == l->control_count) {
        inp->lid_line[row->object] = row->line;
        l->control[l->control_count++].kind = TW_LID_KIND_COUNT;
    }
    return TW_OK;
}

/* ---- layers; values [7] are those of the row, 0 where it ends ---- */

enum { VALUES = 7 };

static void set_surface(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_lid_control *c,
                        const double *v)
{
    if (v[1] >= 1.0)
        tw_inp_fault(inp, row, "its plants leave no room on the surface" TW_SWMM_ERROR("211"));
    c->surface = (struct tw_lid_surface){.thickness_m = v[0] * inp->units.rain_mm / 1000.0,
                                         .void_ratio = 1.0 - v[1],
                                         .roughness = v[2],
                                         .slope_ratio = v[3] / 100.0,
                                         .side_slope = v[4]};
}

static void set_soil(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_lid_control *c,
                     const double *v)
{
    double mm = inp->units.rain_mm;
    c->soil = (struct tw_lid_soil){.thickness_m = v[0] * mm / 1000.0,
                                   .porosity_ratio = v[1],
                                   .field_capacity_ratio = v[2],
                                   .wilting_point_ratio = v[3],
                                   .conductivity_mps = v[4] * mm / 3.6e6,
                                   .conductivity_slope = v[5],
                                   .suction_m = v[6] * mm / 1000.0};
    bool sound = v[0] <= 0.0 || (v[1] > v[2] && v[2] > v[3] && v[4] > 0.0);
    if (!sound)
        tw_inp_fault(inp, row,
                     "its soil needs wilting point < field capacity < porosity and a "
                     "conductivity" TW_SWMM_ERROR("185"));
}

static double void_of(double over_solids) { return over_solids / (over_solids + 1.0); }

static void set_pavement(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_lid_control *c,
                         const double *v)
{
    double mm = inp->units.rain_mm;
    if (v[6] > 1.0) tw_inp_fault(inp, row, "regenerates more than all of it" TW_SWMM_ERROR("211"));
    c->pavement = (struct tw_lid_pavement){.thickness_m = v[0] * mm / 1000.0,
                                           .void_ratio = void_of(v[1]),
                                           .impervious_ratio = v[2],
                                           .permeability_mps = v[3] * mm / 3.6e6,
                                           .clogging = v[4],
                                           .regeneration_days = v[5],
                                           .regeneration_ratio = v[6]};
}

static void set_storage(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_lid_control *c,
                        const double *v)
{
    double mm = inp->units.rain_mm;
    c->storage = (struct tw_lid_storage){.thickness_m = v[0] * mm / 1000.0,
                                         .void_ratio = void_of(v[1]),
                                         .seepage_mps = v[2] * mm / 3.6e6,
                                         .clogging = v[3]};
    if (row->count > 6) tw_inp_yes_no(inp, row, 6, "the cover", &c->storage.covered);
}

static void set_drain(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_lid_control *c,
                      const double *v)
{
    double m = inp->units.rain_mm / 1000.0;
    c->drain = (struct tw_lid_drain){.coefficient = v[0],
                                     .exponent = v[1],
                                     .offset_m = v[2] * m,
                                     .delay_s = v[3] * 3600.0,
                                     .open_m = v[4] * m,
                                     .close_m = v[5] * m,
                                     .curve = -1};
    if (row->count > 8)
        tw_inp_find(inp, row, 8, &inp->model->curves.names, "curve", &c->drain.curve);
}

static void set_mat(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_lid_control *c,
                    const double *v)
{
    (void)row;
    c->mat = (struct tw_lid_mat){
        .thickness_m = v[0] * inp->units.rain_mm / 1000.0, .void_ratio = v[1], .roughness = v[2]};
}

static const struct layer {
    const char *word;
    int32_t has;
    int least, most; /* numbers of a row */
    void (*set)(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_lid_control *c,
                const double *v);
} layers[] = {{"SURFACE", TW_LID_HAS_SURFACE, 5, 5, set_surface},
              {"SOIL", TW_LID_HAS_SOIL, 7, 7, set_soil},
              {"PAVEMENT", TW_LID_HAS_PAVEMENT, 5, 7, set_pavement},
              {"STORAGE", TW_LID_HAS_STORAGE, 4, 4, set_storage},
              {"DRAINMAT", TW_LID_HAS_MAT, 3, 3, set_mat},
              {"DRAIN", TW_LID_HAS_DRAIN, 4, 6, set_drain}};

static void read_layer(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_lid_control *c,
                       const struct layer *layer)
{
    double v[VALUES] = {0.0};
    if (!tw_inp_need(inp, row, layer->least + 2)) return;
    for (int k = 0; k < layer->most && k + 2 < row->count; k++)
        if (!tw_inp_positive(inp, row, k + 2, layer->word, &v[k])) return;
    c->layers |= layer->has;
    layer->set(inp, row, c, v);
}

/* name REMOVALS pollutant percent ... */
static tw_status read_removals(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_lids *l = &inp->model->lids;
    int32_t pollutants = inp->model->quality.count;
    if (!tw_inp_need(inp, row, 4)) return TW_OK;
    if (l->removal_ratio == NULL) {
        int64_t count = (int64_t)l->control_count * pollutants;
        l->removal_ratio = TW_ARENA_NEW(&inp->model->arena, double, count);
        if (l->removal_ratio == NULL) return TW_ERR_NOMEM;
    }
    for (int i = 2; i < row->count; i += 2) {
        double percent;
        int32_t p;
        if (!tw_inp_need(inp, row, i + 2)) return TW_OK;
        if (!tw_inp_find(inp, row, i, &inp->model->quality.pollutant_names, "pollutant", &p))
            return TW_OK;
        if (!tw_inp_positive(inp, row, i + 1, "the removal", &percent)) return TW_OK;
        if (percent > 100.0) {
            tw_inp_fault(inp, row, "removes more than 100 %%" TW_SWMM_ERROR("211"));
            return TW_OK;
        }
        l->removal_ratio[row->object * pollutants + p] = percent / 100.0;
    }
    return TW_OK;
}

static bool is_kind(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_lid_control *c)
{
    static const char *const words[] = {
#define TW_LID(id, prefix, keyword, layers) keyword,
#include "model/lids.def"
#undef TW_LID
        NULL};
    int32_t k = tw_inp_match(tw_inp_word(inp, row, 1), words);
    if (k < 0) return false;
    c->kind = (enum tw_lid_kind)k;
    c->surface.void_ratio = 1.0;
    c->drain.curve = -1;
    return true;
}

/* name kind, then name layer numbers ... */
tw_status tw_inp_lid_control_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    if (row->object < 0 || !tw_inp_need(inp, row, 2)) return TW_OK;
    struct tw_lid_control *c = &inp->model->lids.control[row->object];
    if (is_kind(inp, row, c)) return TW_OK;
    const char *word = tw_inp_word(inp, row, 1);
    if (tw_inp_begins(word, "REMOVALS")) return read_removals(inp, row);
    for (size_t k = 0; k < sizeof layers / sizeof *layers; k++) {
        if (!tw_inp_begins(word, layers[k].word)) continue; /* DRAINMAT comes before DRAIN */
        read_layer(inp, row, c, &layers[k]);
        return TW_OK;
    }
    tw_inp_fault(inp, row, "\"%s\" is neither a kind of LID nor a layer" TW_SWMM_ERROR("205"),
                 word);
    return TW_OK;
}

/* ---- usage ---- */

/* A share of 0..100 %. */
static bool read_percent(struct tw_inp *inp, const struct tw_inp_row *row, int i, const char *what,
                         double *out_ratio)
{
    double percent = 100.0 * *out_ratio;
    if (!tw_inp_optional(inp, row, i, what, &percent)) return false;
    if (percent > 100.0) {
        tw_inp_fault(inp, row, "%s %g is above 100 %%" TW_SWMM_ERROR("211"), what, percent);
        return false;
    }
    *out_ratio = percent / 100.0;
    return true;
}

static bool read_places(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_lid_unit *u)
{
    struct tw_model *m = inp->model;
    double number, area, width;
    if (!tw_inp_find(inp, row, 0, &m->subcatchments.names, "subcatchment", &u->subcatchment) ||
        !tw_inp_find(inp, row, 1, &m->lids.names, "LID", &u->control) ||
        !tw_inp_positive(inp, row, 2, "the number of units", &number) ||
        !tw_inp_positive(inp, row, 3, "the area", &area) ||
        !tw_inp_positive(inp, row, 4, "the width", &width) ||
        !read_percent(inp, row, 5, "the initial saturation", &u->initial_ratio) ||
        !read_percent(inp, row, 6, "the part of the impervious runoff", &u->from_impervious_ratio))
        return false;
    if (number > 1e9) {
        tw_inp_fault(inp, row, "has too many units");
        return false;
    }
    u->number = (int32_t)number;
    u->area_m2 = area * inp->units.area_m2;
    u->width_m = width * inp->units.length_m;
    return true;
}

/* The node or subcatchment that a drain leads to; a * is where the subcatchment goes. */
static bool read_drain_end(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_lid_unit *u)
{
    if (row->count < 10 || strcmp(tw_inp_word(inp, row, 9), "*") == 0) return true;
    const char *name = tw_inp_word(inp, row, 9);
    u->drain_subcatchment = tw_names_find(&inp->model->subcatchments.names, name);
    if (u->drain_subcatchment < 0) u->drain_node = tw_names_find(&inp->model->nodes.names, name);
    if (u->drain_node >= 0 || u->drain_subcatchment >= 0) return true;
    tw_inp_fault(
        inp, row,
        "its drain leads to \"%s\", which is neither a node nor a subcatchment" TW_SWMM_ERROR(
            "209"),
        name);
    return false;
}

static tw_status place_report(struct tw_inp *inp, const char *name, struct tw_lid_unit *u)
{
    if (name[0] == '\0' || strcmp(name, "*") == 0) return TW_OK;
    inp->model->lids.report_count++;
    return tw_inp_place(inp, name, &u->report);
}

/* subcatchment LID number area width %wet %impervious to-pervious [file [drain-to [%pervious]]] */
tw_status tw_inp_lid_usage_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_lids *l = &inp->model->lids;
    struct tw_lid_unit u = {.drain_node = -1, .drain_subcatchment = -1};
    double to_pervious;
    if (!tw_inp_need(inp, row, 8) || !read_places(inp, row, &u) ||
        !tw_inp_positive(inp, row, 7, "to pervious", &to_pervious) ||
        !read_drain_end(inp, row, &u) ||
        !read_percent(inp, row, 10, "the part of the pervious runoff", &u.from_pervious_ratio))
        return TW_OK;
    u.to_pervious = to_pervious > 0.0;
    if (row->count > 8) TW_TRY(place_report(inp, tw_inp_word(inp, row, 8), &u));
    inp->lid_unit_line[l->unit_count] = row->line;
    l->unit[l->unit_count++] = u;
    return TW_OK;
}

/* ---- what the whole file says ---- */

/* Layers that have a row, but no thickness. SWMM asks it of all but the storage of a barrel. */
static int32_t empty_layers(const struct tw_lid_control *c)
{
    int32_t empty = 0;
    if (c->soil.thickness_m == 0.0) empty |= TW_LID_HAS_SOIL;
    if (c->pavement.thickness_m == 0.0) empty |= TW_LID_HAS_PAVEMENT;
    if (c->mat.thickness_m == 0.0) empty |= TW_LID_HAS_MAT;
    if (c->storage.thickness_m == 0.0 && c->kind != TW_LID_BARREL) empty |= TW_LID_HAS_STORAGE;
    return empty;
}

/* What is wrong with the numbers of a control; NULL: nothing. */
static const char *wrong_numbers(const struct tw_lid_control *c)
{
    if (c->kind == TW_LID_SWALE &&
        !(c->surface.roughness * c->surface.slope_ratio > 0.0 && c->surface.thickness_m > 0.0))
        return "a swale needs a depth, a roughness and a slope" TW_SWMM_ERROR("185");
    if (c->storage.thickness_m > 0.0 && c->storage.void_ratio == 0.0)
        return "its storage needs voids" TW_SWMM_ERROR("185");
    if (c->pavement.thickness_m > 0.0 &&
        (c->pavement.void_ratio == 0.0 || c->pavement.permeability_mps == 0.0))
        return "its pavement needs voids and a permeability" TW_SWMM_ERROR("185");
    if (c->drain.open_m > 0.0 && c->drain.close_m >= c->drain.open_m)
        return "its drain closes at a head that is not below that at which it opens" TW_SWMM_ERROR(
            "185");
    return NULL;
}

static void check_controls(struct tw_inp *inp)
{
    static const int32_t needs[] = {
#define TW_LID(id, prefix, keyword, layers) layers,
#include "model/lids.def"
#undef TW_LID
    };
    struct tw_lids *l = &inp->model->lids;
    for (int32_t i = 0; i < l->control_count; i++) {
        struct tw_lid_control *c = &l->control[i];
        const char *problem = NULL;
        if (c->kind == TW_LID_KIND_COUNT) {
            problem = "has no row with its kind" TW_SWMM_ERROR("183");
        } else if ((needs[c->kind] & (~c->layers | empty_layers(c))) != 0) {
            problem = "lacks a layer that its kind must have" TW_SWMM_ERROR("184");
        } else {
            problem = wrong_numbers(c);
        }
        if (problem != NULL)
            tw_faults_add(inp->faults, inp->path, inp->lid_line[i], "LID %s: %s",
                          tw_names_get(&l->names, i), problem);
    }
}

static void unit_fault(struct tw_inp *inp, int32_t unit, const char *problem)
{
    const struct tw_lid_unit *u = &inp->model->lids.unit[unit];
    tw_faults_add(inp->faults, inp->path, inp->lid_unit_line[unit], "LID of subcatchment %s: %s",
                  tw_names_get(&inp->model->subcatchments.names, u->subcatchment), problem);
}

static void finish_unit(struct tw_inp *inp, int32_t i)
{
    const struct tw_subcatchments *s = &inp->model->subcatchments;
    struct tw_lid_unit *u = &inp->model->lids.unit[i];
    if (s->impervious_ratio[u->subcatchment] >= 0.999) u->to_pervious = false;
    if (u->drain_node < 0 && u->drain_subcatchment < 0) {
        u->drain_node = s->outlet_node[u->subcatchment];
        u->drain_subcatchment = s->outlet_subcatchment[u->subcatchment];
    }
    bool swale = inp->model->lids.control[u->control].kind == TW_LID_SWALE;
    bool used = u->number > 0 && u->area_m2 > 0.0;
    if (swale && used && !(u->width_m > 0.0)) unit_fault(inp, i, "a swale needs a width");
}

/* Units of a subcatchment: their area, and what they catch. */
static void check_group(struct tw_inp *inp, int32_t subcatchment)
{
    struct tw_lids *l = &inp->model->lids;
    double area = inp->model->subcatchments.area_m2[subcatchment];
    double covered = 0.0, impervious = 0.0, pervious = 0.0;
    int32_t first = l->first[subcatchment], end = l->first[subcatchment + 1];
    for (int32_t i = first; i < end; i++) {
        covered += l->unit[i].area_m2 * l->unit[i].number;
        impervious += l->unit[i].from_impervious_ratio;
        pervious += l->unit[i].from_pervious_ratio;
        finish_unit(inp, i);
    }
    if (covered > 1.001 * area)
        unit_fault(inp, first, "its units are larger than the subcatchment" TW_SWMM_ERROR("187"));
    if (impervious > 1.001 || pervious > 1.001)
        unit_fault(inp, first, "its units take more than all runoff" TW_SWMM_ERROR("188"));
    l->area_m2[subcatchment] = covered > 0.999 * area ? area : covered;
}

/* Sort units by subcatchment, keeping their order. */
static tw_status sort_units(struct tw_inp *inp)
{
    struct tw_lids *l = &inp->model->lids;
    int32_t n = inp->model->subcatchments.count;
    struct tw_arena *arena = &inp->model->arena;
    struct tw_lid_unit *sorted = TW_ARENA_NEW(arena, struct tw_lid_unit, l->unit_count);
    int32_t *line = TW_ARENA_NEW(&inp->scratch, int32_t, l->unit_count);
    l->first = TW_ARENA_NEW(arena, int32_t, n + 1);
    l->area_m2 = TW_ARENA_NEW(arena, double, n);
    if (sorted == NULL || line == NULL || l->first == NULL || l->area_m2 == NULL)
        return TW_ERR_NOMEM;
    int32_t at = 0;
    for (int32_t i = 0; i < l->unit_count; i++)
        l->first[l->unit[i].subcatchment + 1]++;
    for (int32_t i = 0; i < n; i++)
        l->first[i + 1] += l->first[i];
    int32_t *next = TW_ARENA_NEW(&inp->scratch, int32_t, n);
    if (next == NULL) return TW_ERR_NOMEM;
    memcpy(next, l->first, (size_t)n * sizeof *next);
    for (int32_t i = 0; i < l->unit_count; i++) {
        at = next[l->unit[i].subcatchment]++;
        sorted[at] = l->unit[i];
        line[at] = inp->lid_unit_line[i];
    }
    l->unit = sorted;
    inp->lid_unit_line = line;
    return TW_OK;
}

tw_status tw_inp_check_lids(struct tw_inp *inp)
{
    check_controls(inp);
    if (inp->model->lids.unit_count == 0) return TW_OK;
    TW_TRY(sort_units(inp));
    for (int32_t i = 0; i < inp->model->subcatchments.count; i++)
        if (inp->model->lids.first[i] < inp->model->lids.first[i + 1]) check_group(inp, i);
    return TW_OK;
}
