/* [CONDUITS] and [LOSSES]; and what rows of all links begin with. */
#include "io/inp_links.h"

#include <math.h>

bool tw_inp_link_ends(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_links *l = &inp->model->links;
    const struct tw_names *nodes = &inp->model->nodes.names;
    int32_t i = row->object;
    bool from = tw_inp_find(inp, row, 1, nodes, "node", &l->from[i]);
    bool to = tw_inp_find(inp, row, 2, nodes, "node", &l->to[i]);
    return from && to;
}

bool tw_inp_link_offset(struct tw_inp *inp, const struct tw_inp_row *row, int i, const char *what,
                        double *out_m)
{
    if (inp->options.elevation_offsets && i < row->count && tw_inp_word(inp, row, i)[0] == '*') {
        *out_m = (double)NAN;
        return true;
    }
    double value;
    if (!tw_inp_number(inp, row, i, what, &value)) return false;
    *out_m = value * inp->units.length_m;
    return true;
}

static bool read_conduit(struct tw_inp *inp, const struct tw_inp_row *row, int32_t i, int32_t at)
{
    struct tw_links *l = &inp->model->links;
    struct tw_conduits *c = &inp->model->conduits;
    double length;
    double flow[2] = {0.0, 0.0};
    if (!tw_inp_need(inp, row, 7)) return false;
    bool joined = tw_inp_link_ends(inp, row);
    if (!tw_inp_number(inp, row, 3, "the length", &length) ||
        !tw_inp_number(inp, row, 4, "the roughness", &c->roughness[at]) ||
        !tw_inp_link_offset(inp, row, 5, "the inlet offset", &l->offset1_m[i]) ||
        !tw_inp_link_offset(inp, row, 6, "the outlet offset", &l->offset2_m[i]))
        return false;
    if (row->count > 7 && !tw_inp_number(inp, row, 7, "the initial flow", &flow[0])) return false;
    if (row->count > 8 && !tw_inp_number(inp, row, 8, "the greatest flow", &flow[1])) return false;
    c->length_m[at] = length * inp->units.length_m;
    l->initial_flow_m3s[i] = flow[0] * inp->units.flow_m3s;
    l->flow_limit_m3s[i] = flow[1] > 0.0 ? flow[1] * inp->units.flow_m3s : 0.0;
    return joined;
}

/* name from to length roughness offset offset [initial flow [greatest flow]] */
tw_status tw_inp_conduit_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_links *l = &inp->model->links;
    int32_t i = row->object;
    if (i < 0) return TW_OK;
    inp->model->conduits.link[l->row[i]] = i;
    if (!read_conduit(inp, row, i, l->row[i])) l->from[i] = -1; /* it is not looked at again */
    return TW_OK;
}

/* [LOSSES]: link inlet outlet average [gate [seepage]] */
tw_status tw_inp_loss_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_links *l = &inp->model->links;
    struct tw_conduits *c = &inp->model->conduits;
    int32_t i;
    double loss[3];
    bool gate = false;
    double seepage = 0.0;
    if (!tw_inp_need(inp, row, 4) || !tw_inp_find(inp, row, 0, &l->names, "link", &i)) return TW_OK;
    for (int k = 0; k < 3; k++)
        if (!tw_inp_positive(inp, row, k + 1, "the loss coefficient", &loss[k])) return TW_OK;
    if (!tw_inp_yes_no(inp, row, 4, "the flap gate", &gate) ||
        !tw_inp_optional(inp, row, 5, "the seepage rate", &seepage))
        return TW_OK;
    l->flap_gate[i] = gate;
    if (l->kind[i] != TW_LINK_CONDUIT) return TW_OK;
    int32_t at = l->row[i];
    c->loss_inlet[at] = loss[0];
    c->loss_outlet[at] = loss[1];
    c->loss_average[at] = loss[2];
    c->seepage_mmh[at] = seepage * inp->units.rain_mm;
    return TW_OK;
}
