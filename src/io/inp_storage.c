/* [STORAGE]. */
#include "io/inp_reader.h"

#include <math.h>

static const double pi = 3.141592654; /* SWMM's */

/* Coefficients of the surface area in units of the file, from what the row says of the shape.
 * source: SWMM User's Manual 5.2, [STORAGE] */
static void set_coefficients(struct tw_storages *s, int32_t at, const double v[3])
{
    double half_length = v[0] / 2.0;
    double half_width = v[1] / 2.0;
    switch (s->kind[at]) {
    case TW_STORAGE_CYLINDRICAL:
        s->a0[at] = pi * half_length * half_width;
        break;
    case TW_STORAGE_CONICAL:
        s->a0[at] = pi * half_length * half_width;
        s->a1[at] = 2.0 * pi * half_width * v[2];
        s->a2[at] = pi * half_width / half_length * v[2] * v[2];
        break;
    case TW_STORAGE_PARABOLOID:
        s->a1[at] = pi * half_length * half_width / v[2];
        break;
    case TW_STORAGE_PYRAMIDAL:
        s->a0[at] = v[0] * v[1];
        s->a1[at] = 2.0 * (v[0] + v[1]) * v[2];
        s->a2[at] = 4.0 * v[2] * v[2];
        break;
    default: /* functional: a1 depth^a2 + a0 */
        s->a1[at] = v[0];
        s->a2[at] = v[1];
        s->a0[at] = v[2];
    }
}

/* The coefficients hold for the file's units. That of the squared depth is a plain number. */
static void convert_coefficients(const struct tw_units *u, struct tw_storages *s, int32_t at)
{
    double exponent = s->kind[at] == TW_STORAGE_FUNCTIONAL ? s->a2[at] : 1.0;
    s->a0[at] *= u->area_m2;
    s->a1[at] *= u->area_m2 / pow(u->length_m, exponent);
}

static bool check_sizes(struct tw_inp *inp, const struct tw_inp_row *row, int32_t kind,
                        const double v[3])
{
    if (kind == TW_STORAGE_FUNCTIONAL) {
        if (v[2] >= 0.0) return true;
        tw_inp_fault(inp, row, "its surface area at depth 0 is negative" TW_SWMM_ERROR("211"));
        return false;
    }
    if (v[0] > 0.0 && v[1] > 0.0 && v[2] >= 0.0 && (kind != TW_STORAGE_PARABOLOID || v[2] > 0.0))
        return true;
    tw_inp_fault(
        inp, row,
        "its length and width must be above 0, its slope not negative" TW_SWMM_ERROR("211"));
    return false;
}

/* The place behind the shape's own items; 0: a fault. */
static int read_shape(struct tw_inp *inp, const struct tw_inp_row *row, int32_t at)
{
    static const char *const kinds[] = {"TABULAR",   "FUNCTIONAL", "CYLINDRICAL", "CONICAL",
                                        "PARABOLIC", "PYRAMIDAL",  NULL};
    struct tw_storages *s = &inp->model->storages;
    if (!tw_inp_choice(inp, row, 4, "the shape", kinds, &s->kind[at])) return 0;
    if (s->kind[at] == TW_STORAGE_TABULAR)
        return tw_inp_find(inp, row, 5, &inp->model->curves.names, "curve", &s->curve[at]) ? 6 : 0;
    double v[3];
    static const char *const what[] = {"the first parameter", "the second parameter",
                                       "the third parameter"};
    for (int k = 0; k < 3; k++)
        if (!tw_inp_number(inp, row, 5 + k, what[k], &v[k])) return 0;
    if (!check_sizes(inp, row, s->kind[at], v)) return 0;
    set_coefficients(s, at, v);
    convert_coefficients(&inp->units, s, at);
    return 8;
}

/* One number is the conductivity; three are suction, conductivity, deficit. */
static void read_seepage(struct tw_inp *inp, const struct tw_inp_row *row, int next, int32_t at)
{
    struct tw_storages *s = &inp->model->storages;
    double suction = 0.0;
    double conductivity = 0.0;
    double deficit = 0.0;
    if (row->count == next + 1) {
        if (!tw_inp_positive(inp, row, next, "the conductivity", &conductivity)) return;
    } else if (!tw_inp_positive(inp, row, next, "the suction head", &suction) ||
               !tw_inp_positive(inp, row, next + 1, "the conductivity", &conductivity) ||
               !tw_inp_positive(inp, row, next + 2, "the moisture deficit", &deficit)) {
        return;
    }
    if (deficit > 1.0)
        tw_inp_fault(inp, row, "the moisture deficit %g is above 1" TW_SWMM_ERROR("211"), deficit);
    s->suction_mm[at] = suction * inp->units.rain_mm;
    s->conductivity_mmh[at] = conductivity * inp->units.rain_mm;
    s->deficit_ratio[at] = deficit;
}

/* name invert depth initial shape ... [surcharge [evaporation [seepage ...]]] */
tw_status tw_inp_storage_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_nodes *n = &inp->model->nodes;
    struct tw_storages *s = &inp->model->storages;
    double m = inp->units.length_m;
    int32_t i = row->object;
    double value[3];
    double surcharge = 0.0;
    if (i < 0) return TW_OK;
    int32_t at = n->row[i];
    s->node[at] = i;
    s->curve[at] = -1;
    if (!tw_inp_need(inp, row, 6) || !tw_inp_number(inp, row, 1, "the invert", &value[0]) ||
        !tw_inp_positive(inp, row, 2, "the depth", &value[1]) ||
        !tw_inp_positive(inp, row, 3, "the initial depth", &value[2]))
        return TW_OK;
    n->invert_m[i] = value[0] * m;
    n->full_depth_m[i] = value[1] * m;
    n->initial_depth_m[i] = value[2] * m;
    int next = read_shape(inp, row, at);
    if (next == 0 || !tw_inp_optional(inp, row, next, "the surcharge depth", &surcharge) ||
        !tw_inp_optional(inp, row, next + 1, "the evaporation factor", &s->evaporation_ratio[at]))
        return TW_OK;
    n->surcharge_depth_m[i] = surcharge * m;
    if (row->count > next + 2) read_seepage(inp, row, next + 2, at);
    return TW_OK;
}
