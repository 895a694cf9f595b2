#include "io/inp_links.h"

static const double hour_s = 3600.0;

/* [ORIFICES]: name from to kind offset coefficient [gate [hours to open]] */
tw_status tw_inp_orifice_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const kinds[] = {"SIDE", "BOTTOM", NULL};
    struct tw_links *l = &inp->model->links;
    struct tw_orifices *o = &inp->model->orifices;
    int32_t i = row->object;
    if (i < 0) return TW_OK;
    int32_t at = l->row[i];
    o->link[at] = i;
    double hours = 0.0;
    if (!tw_inp_need(inp, row, 6)) return TW_OK;
    tw_inp_link_ends(inp, row);
    if (!tw_inp_choice(inp, row, 3, "the kind", kinds, &o->kind[at]) ||
        !tw_inp_link_offset(inp, row, 4, "the offset", &l->offset1_m[i]) ||
        !tw_inp_positive(inp, row, 5, "the discharge coefficient", &o->discharge_coefficient[at]) ||
        !tw_inp_yes_no(inp, row, 6, "the flap gate", &l->flap_gate[i]) ||
        !tw_inp_optional(inp, row, 7, "the time to open", &hours))
        return TW_OK;
    l->offset2_m[i] = l->offset1_m[i];
    o->move_time_s[at] = hours * hour_s;
    return TW_OK;
}
