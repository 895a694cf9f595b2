#include "io/inp_links.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

static void read_function(struct tw_inp *inp, const struct tw_inp_row *row, int32_t at)
{
    struct tw_outlets *o = &inp->model->outlets;
    if (!tw_inp_number(inp, row, 5, "the coefficient", &o->coefficient[at]) ||
        !tw_inp_number(inp, row, 6, "the exponent", &o->exponent[at]))
        return;
    o->coefficient[at] *= inp->units.flow_m3s / pow(inp->units.length_m, o->exponent[at]);
}

/* [OUTLETS]: name from to offset FUNCTIONAL[/DEPTH|/HEAD] coefficient exponent [gate], or
 * name from to offset TABULAR[/DEPTH|/HEAD] curve [gate]; there a blank or * may stand where the
 * exponent would. */
tw_status tw_inp_outlet_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const kinds[] = {"FUNCTIONAL", "TABULAR", NULL};
    struct tw_links *l = &inp->model->links;
    struct tw_outlets *o = &inp->model->outlets;
    int32_t i = row->object;
    if (i < 0) return TW_OK;
    int32_t at = l->row[i];
    o->link[at] = i;
    o->curve[at] = -1;
    if (!tw_inp_need(inp, row, 6)) return TW_OK;
    tw_inp_link_ends(inp, row);
    if (!tw_inp_link_offset(inp, row, 3, "the offset", &l->offset1_m[i]) ||
        !tw_inp_choice(inp, row, 4, "the kind", kinds, &o->kind[at]))
        return TW_OK;
    if (!inp->options.elevation_offsets && l->offset1_m[i] < 0.0) l->offset1_m[i] = 0.0;
    l->offset2_m[i] = l->offset1_m[i];
    const char *by = strchr(tw_inp_word(inp, row, 4), '/');
    o->by_head[at] = by != NULL && tw_text_same(by + 1, "HEAD");
    int next = 6;
    if (o->kind[at] == TW_OUTLET_FUNCTIONAL) {
        read_function(inp, row, at);
        next = 7;
    } else {
        tw_inp_find(inp, row, 5, &inp->model->curves.names, "curve", &o->curve[at]);
    }
    if (o->kind[at] == TW_OUTLET_TABULAR && row->count > 7) next = 7;
    tw_inp_yes_no(inp, row, next, "the flap gate", &l->flap_gate[i]);
    return TW_OK;
}
