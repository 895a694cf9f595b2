/* [INFLOWS] and [DWF]: flows; rows of pollutants are read in inp_quality.c. */
#include "io/inp_reader.h"

static bool is_flow(const struct tw_inp *inp, const struct tw_inp_row *row)
{
    return row->count > 1 && tw_inp_begins(tw_inp_word(inp, row, 1), "FLOW");
}

/* A node has one row of each section: a second one replaces it, as in SWMM. */
static int32_t place_of(int32_t *place_by_node, int32_t node, int32_t *count)
{
    if (place_by_node[node] == 0) place_by_node[node] = ++*count;
    return place_by_node[node] - 1;
}

/* node FLOW series [FLOW 1.0 [factor [base [pattern]]]] */
tw_status tw_inp_inflow_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_model *m = inp->model;
    struct tw_inflows *e = &m->inflows;
    int32_t node;
    int32_t series = -1;
    int32_t pattern = -1;
    double factor = 1.0;
    double base = 0.0;
    if (!tw_inp_need(inp, row, 3)) return TW_OK;
    if (!is_flow(inp, row)) return tw_inp_pollutant_inflow_read(inp, row);
    if (!tw_inp_find(inp, row, 0, &m->nodes.names, "node", &node)) return TW_OK;
    const char *name = tw_inp_word(inp, row, 2);
    if (name[0] != '\0' && !tw_inp_find(inp, row, 2, &m->series.names, "time series", &series))
        return TW_OK;
    if (row->count > 5 && !tw_inp_number(inp, row, 5, "the scale factor", &factor)) return TW_OK;
    if (row->count > 6 && !tw_inp_number(inp, row, 6, "the baseline", &base)) return TW_OK;
    if (row->count > 7 && !tw_inp_find(inp, row, 7, &m->patterns.names, "pattern", &pattern))
        return TW_OK;
    int32_t at = place_of(inp->inflow_of_node, node, &e->count);
    e->node[at] = node;
    e->series[at] = series;
    e->pattern[at] = pattern;
    e->series_to_m3s[at] = factor * inp->units.flow_m3s;
    e->base_m3s[at] = base * inp->units.flow_m3s;
    return TW_OK;
}

/* node FLOW base [pattern ...] */
tw_status tw_inp_dwf_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_model *m = inp->model;
    struct tw_dry_weather *d = &m->dry_weather;
    int32_t node;
    int32_t pattern[4] = {-1, -1, -1, -1};
    double base;
    if (!tw_inp_need(inp, row, 3)) return TW_OK;
    if (!is_flow(inp, row)) return tw_inp_pollutant_dry_read(inp, row);
    if (!tw_inp_find(inp, row, 0, &m->nodes.names, "node", &node) ||
        !tw_inp_number(inp, row, 2, "the average flow", &base))
        return TW_OK;
    for (int i = 3; i < row->count && i < 7; i++) {
        int32_t found;
        if (tw_inp_word(inp, row, i)[0] == '\0') continue;
        if (!tw_inp_find(inp, row, i, &m->patterns.names, "pattern", &found)) return TW_OK;
        pattern[m->patterns.kind[found]] = found;
    }
    int32_t at = place_of(inp->dwf_of_node, node, &d->count);
    d->node[at] = node;
    d->base_m3s[at] = base * inp->units.flow_m3s;
    for (int k = 0; k < 4; k++)
        d->pattern[at][k] = pattern[k];
    return TW_OK;
}
