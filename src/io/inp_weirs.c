#include "io/inp_links.h"

#include "base/text.h"

static bool given(const struct tw_inp *inp, const struct tw_inp_row *row, int i)
{
    return i < row->count && tw_inp_word(inp, row, i)[0] != '*';
}

static void read_roadway(struct tw_inp *inp, const struct tw_inp_row *row, int32_t at)
{
    struct tw_weirs *w = &inp->model->weirs;
    double width = 0.0;
    if (given(inp, row, 10)) tw_inp_positive(inp, row, 10, "the road width", &width);
    w->road_width_m[at] = width * inp->units.length_m;
    if (row->count <= 11) return;
    const char *surface = tw_inp_word(inp, row, 11);
    w->road_surface[at] = tw_text_same(surface, "PAVED")    ? 1
                          : tw_text_same(surface, "GRAVEL") ? 2
                                                            : 0;
}

/* [WEIRS]: name from to kind crest coefficient [gate [contractions [end coefficient [surcharge
 * [road width [road surface [coefficient curve]]]]]]] */
tw_status tw_inp_weir_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const kinds[] = {"TRANSVERSE",  "SIDEFLOW", "V-NOTCH",
                                        "TRAPEZOIDAL", "ROADWAY",  NULL};
    struct tw_links *l = &inp->model->links;
    struct tw_weirs *w = &inp->model->weirs;
    int32_t i = row->object;
    if (i < 0) return TW_OK;
    int32_t at = l->row[i];
    w->link[at] = i;
    w->can_surcharge[at] = true;
    w->coefficient_curve[at] = -1;
    if (!tw_inp_need(inp, row, 6)) return TW_OK;
    tw_inp_link_ends(inp, row);
    if (!tw_inp_choice(inp, row, 3, "the kind", kinds, &w->kind[at]) ||
        !tw_inp_link_offset(inp, row, 4, "the crest offset", &l->offset1_m[i]) ||
        !tw_inp_positive(inp, row, 5, "the coefficient", &w->coefficient[at]) ||
        !tw_inp_yes_no(inp, row, 6, "the flap gate", &l->flap_gate[i]))
        return TW_OK;
    l->offset2_m[i] = l->offset1_m[i];
    if (given(inp, row, 7))
        tw_inp_positive(inp, row, 7, "the end contractions", &w->end_contractions[at]);
    if (given(inp, row, 8))
        tw_inp_positive(inp, row, 8, "the end coefficient", &w->end_coefficient[at]);
    tw_inp_yes_no(inp, row, 9, "the surcharge", &w->can_surcharge[at]);
    if (w->kind[at] == TW_WEIR_ROADWAY) read_roadway(inp, row, at);
    if (given(inp, row, 12))
        tw_inp_find(inp, row, 12, &inp->model->curves.names, "curve", &w->coefficient_curve[at]);
    return TW_OK;
}
