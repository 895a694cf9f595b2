#include "io/inp_reader.h"

/* What a kind's own item is; NULL: it has none. */
static bool read_stage(struct tw_inp *inp, const struct tw_inp_row *row, int32_t at)
{
    struct tw_outfalls *o = &inp->model->outfalls;
    double stage;
    switch (o->kind[at]) {
    case TW_OUTFALL_FIXED:
        if (!tw_inp_number(inp, row, 3, "the stage", &stage)) return false;
        o->stage_m[at] = stage * inp->units.length_m;
        return true;
    case TW_OUTFALL_TIDAL:
        return tw_inp_find(inp, row, 3, &inp->model->curves.names, "curve", &o->table[at]);
    case TW_OUTFALL_SERIES:
        return tw_inp_find(inp, row, 3, &inp->model->series.names, "time series", &o->table[at]);
    default:
        return true;
    }
}

/* [OUTFALLS]: name invert kind [stage, curve or series] [gate [subcatchment]] */
tw_status tw_inp_outfall_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const kinds[] = {"FREE", "NORMAL", "FIXED", "TIDAL", "TIMESERIES", NULL};
    struct tw_outfalls *o = &inp->model->outfalls;
    int32_t i = row->object;
    double invert;
    if (i < 0) return TW_OK;
    int32_t at = inp->model->nodes.row[i];
    o->node[at] = i;
    o->table[at] = o->route_to[at] = -1;
    o->series_to_m[at] = inp->units.length_m;
    if (!tw_inp_need(inp, row, 3) || !tw_inp_number(inp, row, 1, "the invert elevation", &invert))
        return TW_OK;
    inp->model->nodes.invert_m[i] = invert * inp->units.length_m;
    if (!tw_inp_choice(inp, row, 2, "the kind", kinds, &o->kind[at])) return TW_OK;
    if (!read_stage(inp, row, at)) return TW_OK;
    int next = o->kind[at] >= TW_OUTFALL_FIXED ? 4 : 3;
    if (!tw_inp_yes_no(inp, row, next, "the flap gate", &o->flap_gate[at])) return TW_OK;
    if (row->count > next + 1)
        tw_inp_find(inp, row, next + 1, &inp->model->subcatchments.names, "subcatchment",
                    &o->route_to[at]);
    return TW_OK;
}
