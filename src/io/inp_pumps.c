#include "base/text.h"
#include "io/inp_links.h"

/* [PUMPS]: name from to curve [status [start [stop]]] */
tw_status tw_inp_pump_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const states[] = {"OFF", "ON", NULL};
    struct tw_pumps *p = &inp->model->pumps;
    double m = inp->units.length_m;
    int32_t i = row->object;
    if (i < 0) return TW_OK;
    int32_t at = inp->model->links.row[i];
    p->link[at] = i;
    p->kind[at] = TW_PUMP_IDEAL;
    p->curve[at] = -1;
    p->initially_on[at] = true;
    if (!tw_inp_need(inp, row, 3)) return TW_OK;
    tw_inp_link_ends(inp, row);
    bool named = row->count > 3 && !tw_text_same(tw_inp_word(inp, row, 3), "*");
    if (named && !tw_inp_find(inp, row, 3, &inp->model->curves.names, "curve", &p->curve[at]))
        p->kind[at] = TW_PUMP_HEAD; /* the fault is told: it was not meant to be ideal */
    int32_t on = 1;
    double start = 0.0;
    double stop = 0.0;
    if (row->count > 4 && !tw_inp_choice(inp, row, 4, "the status", states, &on)) return TW_OK;
    if (!tw_inp_optional(inp, row, 5, "the startup depth", &start) ||
        !tw_inp_optional(inp, row, 6, "the shutoff depth", &stop))
        return TW_OK;
    if (start > 0.0 && start <= stop)
        tw_inp_fault(inp, row,
                     "its startup depth is not above its shutoff depth" TW_SWMM_ERROR("122"));
    p->initially_on[at] = on == 1;
    p->start_depth_m[at] = start * m;
    p->stop_depth_m[at] = stop * m;
    return TW_OK;
}
