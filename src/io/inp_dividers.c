#include "io/inp_reader.h"

#include <string.h>

enum { CUTOFF, TABULAR, WEIR, OVERFLOW };

/* The place behind the kind's own items; 0: a fault. */
static int read_kind(struct tw_inp *inp, const struct tw_inp_row *row, int32_t at)
{
    static const char *const words[] = {"CUTOFF", "TABULAR", "WEIR", "OVERFLOW", NULL};
    static const enum tw_divider_kind kinds[] = {TW_DIVIDER_CUTOFF, TW_DIVIDER_TABULAR,
                                                 TW_DIVIDER_WEIR, TW_DIVIDER_OVERFLOW};
    struct tw_dividers *d = &inp->model->dividers;
    int32_t word;
    double cutoff;
    if (!tw_inp_choice(inp, row, 3, "the kind", words, &word)) return 0;
    d->kind[at] = (int32_t)kinds[word];
    if (word == OVERFLOW) return 4;
    if (word == TABULAR)
        return tw_inp_find(inp, row, 4, &inp->model->curves.names, "curve", &d->curve[at]) ? 5 : 0;
    if (!tw_inp_number(inp, row, 4, "the cutoff flow", &cutoff)) return 0;
    d->cutoff_m3s[at] = cutoff * inp->units.flow_m3s;
    if (word == CUTOFF) return 5;
    double height;
    if (!tw_inp_number(inp, row, 5, "the weir height", &height) ||
        !tw_inp_number(inp, row, 6, "the weir coefficient", &d->weir_coefficient[at]))
        return 0;
    d->weir_height_m[at] = height * inp->units.length_m;
    if (height <= 0.0 || d->weir_coefficient[at] <= 0.0) {
        tw_inp_fault(inp, row, "weir height and coefficient must be above 0" TW_SWMM_ERROR("137"));
        return 0;
    }
    return 7;
}

/* [DIVIDERS]: name invert link kind ... [depth [initial [surcharge [ponded area]]]]. With dynamic
 * wave routing a divider is a junction. */
tw_status tw_inp_divider_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_nodes *n = &inp->model->nodes;
    struct tw_dividers *d = &inp->model->dividers;
    int32_t i = row->object;
    double invert;
    if (i < 0) return TW_OK;
    int32_t at = n->row[i];
    d->node[at] = i;
    d->link[at] = d->curve[at] = -1;
    if (!tw_inp_need(inp, row, 4) || !tw_inp_number(inp, row, 1, "the invert elevation", &invert))
        return TW_OK;
    const char *link = tw_inp_word(inp, row, 2);
    if (link[0] != '\0' && strcmp(link, "*") != 0)
        tw_inp_find(inp, row, 2, &inp->model->links.names, "link", &d->link[at]);
    int next = read_kind(inp, row, at);
    if (next == 0) return TW_OK;
    double value[4] = {0.0};
    static const char *const what[] = {"the depth", "the initial depth", "the surcharge depth",
                                       "the ponded area"};
    for (int k = 0; k < 4; k++)
        if (!tw_inp_optional(inp, row, next + k, what[k], &value[k])) return TW_OK;
    double m = inp->units.length_m;
    n->invert_m[i] = invert * m;
    n->full_depth_m[i] = value[0] * m;
    n->initial_depth_m[i] = value[1] * m;
    n->surcharge_depth_m[i] = value[2] * m;
    n->ponded_area_m2[i] = value[3] * inp->units.area_m2;
    return TW_OK;
}
