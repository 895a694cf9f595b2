/* [HYDROGRAPHS] and [RDII]. */
#include "io/inp_reader.h"

tw_status tw_inp_hydrograph_declare(struct tw_inp *inp, struct tw_inp_row *row)
{
    struct tw_rdii_model *r = &inp->model->rdii;
    TW_TRY(tw_inp_declare(inp, row, &r->names, inp->hydrograph_line, true));
    if (row->object == r->hydrograph_count) {
        inp->hydrograph_line[row->object] = row->line;
        r->hydrograph[r->hydrograph_count++].gage = -1;
    }
    return TW_OK;
}

/* Words of a response, T in hours; MOST, RECOVERY (a day) and INITIAL are of what is held back. */
enum { R, T, K, MOST, RECOVERY, INITIAL, RESPONSE_WORDS };

/* Set a response in a month, or in all when that is negative. */
static void set_response(struct tw_inp *inp, const struct tw_inp_row *row, int month, int response,
                         const double v[RESPONSE_WORDS])
{
    double mm = inp->units.rain_mm, peak_s = v[T] * 3600.0;
    struct tw_unit_hydrograph *h = &inp->model->rdii.hydrograph[row->object];
    for (int m = month < 0 ? 0 : month; m <= (month < 0 ? 11 : month); m++)
        h->response[m][response] = (struct tw_unit_response){.ratio = v[R],
                                                             .peak_s = peak_s,
                                                             .base_s = peak_s * (1.0 + v[K]),
                                                             .held_mm = v[MOST] * mm,
                                                             .recovery_mmday = v[RECOVERY] * mm,
                                                             .initial_mm = v[INITIAL] * mm};
}

/* R T K [most recovery initial] from one word on. */
static void read_response(struct tw_inp *inp, const struct tw_inp_row *row, int first, int month,
                          int response)
{
    static const char *const what[] = {
        "R", "T", "K", "the most held back", "the recovery", "what is held at the start"};
    double v[RESPONSE_WORDS] = {0.0};
    for (int k = 0; k < RESPONSE_WORDS && first + k < row->count; k++) {
        if (!tw_inp_number(inp, row, first + k, what[k], &v[k])) return;
        if (v[k] >= 0.0 || inp->options.ignore_rdii) continue;
        tw_inp_fault(inp, row, "%s is negative%s", what[k],
                     k == R ? TW_SWMM_ERROR("153") : TW_SWMM_ERROR("151"));
        return;
    }
    set_response(inp, row, month, response, v);
}

/* As versions before 5.0.019 wrote it: all three responses in a row, what is held last. */
static void read_old(struct tw_inp *inp, const struct tw_inp_row *row, int month)
{
    if (!tw_inp_need(inp, row, 11)) return;
    for (int response = 0; response < TW_UNIT_RESPONSES; response++) {
        double v[RESPONSE_WORDS] = {0.0};
        for (int k = R; k <= K; k++)
            if (!tw_inp_positive(inp, row, 2 + 3 * response + k, "R, T or K", &v[k])) return;
        for (int k = MOST; k <= INITIAL; k++)
            if (!tw_inp_optional(inp, row, 11 + k - MOST, "what is held back", &v[k])) return;
        set_response(inp, row, month, response, v);
    }
}

/* name gage, then name month response R T K [most recovery initial] */
tw_status tw_inp_hydrograph_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const months[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL",
                                         "AUG", "SEP", "OCT", "NOV", "DEC", "ALL", NULL};
    static const char *const responses[] = {"SHORT", "MEDIUM", "LONG", NULL};
    struct tw_model *m = inp->model;
    int32_t month;
    if (row->object < 0 || !tw_inp_need(inp, row, 2)) return TW_OK;
    if (row->count == 2) {
        tw_inp_find(inp, row, 1, &m->gages.names, "rain gage",
                    &m->rdii.hydrograph[row->object].gage);
        return TW_OK;
    }
    if (!tw_inp_choice(inp, row, 1, "the month", months, &month)) return TW_OK;
    if (month == 12) month = -1;
    int response = tw_inp_match(tw_inp_word(inp, row, 2), responses);
    if (response < 0) {
        read_old(inp, row, month);
    } else if (tw_inp_need(inp, row, 6)) {
        read_response(inp, row, 3, month, response);
    }
    return TW_OK;
}

/* node hydrograph area */
tw_status tw_inp_rdii_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_model *m = inp->model;
    struct tw_rdii_node r;
    if (!tw_inp_need(inp, row, 3) || !tw_inp_find(inp, row, 0, &m->nodes.names, "node", &r.node) ||
        !tw_inp_find(inp, row, 1, &m->rdii.names, "unit hydrograph", &r.hydrograph) ||
        !tw_inp_positive(inp, row, 2, "the area", &r.area_m2))
        return TW_OK;
    r.area_m2 *= inp->units.land_m2;
    if (inp->options.ignore_rdii) return TW_OK; /* the row is read all the same, as in SWMM */
    if (m->rdii.hydrograph[r.hydrograph].gage < 0) {
        tw_inp_fault(inp, row, "its unit hydrograph %s names no rain gage",
                     tw_names_get(&m->rdii.names, r.hydrograph));
        return TW_OK;
    }
    m->rdii.node[m->rdii.node_count++] = r;
    return TW_OK;
}
