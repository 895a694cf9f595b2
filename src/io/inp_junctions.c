#include "io/inp_reader.h"

/* [JUNCTIONS]: name invert [depth [initial [surcharge [ponded area]]]] */
tw_status tw_inp_junction_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_nodes *n = &inp->model->nodes;
    double m = inp->units.length_m;
    int32_t i = row->object;
    double invert;
    double value[4] = {0.0};
    if (i < 0 || !tw_inp_number(inp, row, 1, "the invert elevation", &invert)) return TW_OK;
    static const char *const what[] = {"the depth", "the initial depth", "the surcharge depth",
                                       "the ponded area"};
    for (int k = 0; k < 4; k++)
        if (!tw_inp_optional(inp, row, k + 2, what[k], &value[k])) return TW_OK;
    n->invert_m[i] = invert * m;
    n->full_depth_m[i] = value[0] * m;
    n->initial_depth_m[i] = value[1] * m;
    n->surcharge_depth_m[i] = value[2] * m;
    n->ponded_area_m2[i] = value[3] * inp->units.area_m2;
    return TW_OK;
}
