/* What SWMM asks of things that are used together: dummy links at a node, time series of rain gages,
 * responses of unit hydrographs. source: SWMM User's Manual, Appendix E (errors 134, 151, 153, 158). */
#include "io/inp_reader.h"

#include "model/xsect_shape.h"

/* A link that takes all that comes to its node. */
static bool takes_all(const struct tw_model *m, int32_t link)
{
    int32_t kind = m->links.kind[link], xsect = m->links.xsect[link];
    int32_t row = m->links.row[link];
    if (kind == TW_LINK_PUMP)
        return m->pumps.kind[row] == (int32_t)TW_PUMP_IDEAL && m->pumps.curve[row] < 0;
    return kind == TW_LINK_CONDUIT && xsect >= 0 && m->xsects.shape[xsect] == TW_SHAPE_DUMMY;
}

/* Where a link begins as the file has it: conduits that were turned round count as they were. */
static int32_t given_from(const struct tw_model *m, int32_t link)
{
    return m->links.reversed[link] ? m->links.to[link] : m->links.from[link];
}

static tw_status check_dummies(struct tw_inp *inp)
{
    const struct tw_model *m = inp->model;
    if (m->options.routing != TW_ROUTING_DYNWAVE || m->options.ignore_routing) return TW_OK;
    int32_t *leave = TW_ARENA_NEW(&inp->scratch, int32_t, m->nodes.count);
    bool *told = TW_ARENA_NEW(&inp->scratch, bool, m->nodes.count);
    if (leave == NULL || told == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < m->links.count; i++)
        if (given_from(m, i) >= 0) leave[given_from(m, i)]++;
    for (int32_t i = 0; i < m->links.count; i++) {
        int32_t node = given_from(m, i);
        if (node < 0 || leave[node] < 2 || told[node] || !takes_all(m, i)) continue;
        told[node] = true;
        tw_inp_node_fault(inp, node,
                          "%s %s takes all of its water, but other links leave it, too; give it a "
                          "section or a pump curve" TW_SWMM_ERROR("134"),
                          tw_inp_link_noun(m->links.kind[i]), tw_names_get(&m->links.names, i));
    }
    return TW_OK;
}

/* Whether something else than a rain gage reads a time series. */
static bool read_elsewhere(const struct tw_model *m, int32_t series)
{
    for (int32_t i = 0; i < m->inflows.count; i++)
        if (m->inflows.series[i] == series) return true;
    for (int32_t i = 0; i < m->quality.inflow_count; i++)
        if (m->quality.inflow[i].series == series) return true;
    for (int32_t i = 0; i < m->outfalls.count; i++)
        if (m->outfalls.kind[i] == TW_OUTFALL_SERIES && m->outfalls.table[i] == series) return true;
    return m->evaporation.kind == TW_EVAPORATION_SERIES && m->evaporation.series == series;
}

static void check_gage_series(struct tw_inp *inp)
{
    const struct tw_model *m = inp->model;
    for (int32_t i = 0; i < m->gages.count; i++) {
        int32_t series = m->gages.series[i];
        if (series < 0 || !read_elsewhere(m, series)) continue;
        tw_faults_add(inp->faults, inp->path, inp->gage_line[i],
                      "rain gage %s: its time series %s is read by something else, too; give the "
                      "gage one of its own" TW_SWMM_ERROR("158"),
                      tw_names_get(&m->gages.names, i), tw_names_get(&m->series.names, series));
    }
}

static void check_responses(struct tw_inp *inp)
{
    static const double most_ratio = 1.01; /* as SWMM: a rounding above all */
    const struct tw_rdii_model *r = &inp->model->rdii;
    for (int32_t i = 0; i < r->hydrograph_count && !inp->options.ignore_rdii; i++) {
        bool whole = true;
        for (int month = 0; month < 12; month++) {
            double sum = 0.0;
            for (int k = 0; k < TW_UNIT_RESPONSES; k++)
                sum += r->hydrograph[i].response[month][k].ratio;
            whole = whole && sum <= most_ratio;
        }
        if (!whole)
            tw_faults_add(inp->faults, inp->path, inp->hydrograph_line[i],
                          "unit hydrograph %s: its response ratios R add up to more than "
                          "1" TW_SWMM_ERROR("153"),
                          tw_names_get(&r->names, i));
    }
}

/* ---- what SWMM takes without a word ---- */

static bool is_kind(const struct tw_inp *inp, int32_t curve, enum tw_curve_kind kind)
{
    return curve < 0 || inp->model->curves.kind[curve] == (int32_t)kind;
}

static const char *curve_name(const struct tw_inp *inp, int32_t curve)
{
    return tw_names_get(&inp->model->curves.names, curve);
}

static void warn_of_node_curve(struct tw_inp *inp, int32_t node, int32_t curve,
                               enum tw_curve_kind kind, const char *word)
{
    if (is_kind(inp, curve, kind)) return;
    tw_inp_node_warn(inp, node,
                     "its curve %s is of another kind than %s; SWMM takes it all the same",
                     curve_name(inp, curve), word);
}

static void warn_of_link_curve(struct tw_inp *inp, int32_t link, int32_t curve,
                               enum tw_curve_kind kind, const char *word)
{
    if (is_kind(inp, curve, kind)) return;
    tw_inp_link_warn(inp, link,
                     "its curve %s is of another kind than %s; SWMM takes it all the same",
                     curve_name(inp, curve), word);
}

static void warn_of_curves(struct tw_inp *inp)
{
    const struct tw_model *m = inp->model;
    for (int32_t k = 0; k < m->storages.count; k++)
        if (m->storages.kind[k] == TW_STORAGE_TABULAR)
            warn_of_node_curve(inp, m->storages.node[k], m->storages.curve[k], TW_CURVE_STORAGE,
                               "STORAGE");
    for (int32_t k = 0; k < m->outfalls.count; k++)
        if (m->outfalls.kind[k] == TW_OUTFALL_TIDAL)
            warn_of_node_curve(inp, m->outfalls.node[k], m->outfalls.table[k], TW_CURVE_TIDAL,
                               "TIDAL");
    for (int32_t k = 0; k < m->dividers.count; k++)
        if (m->dividers.kind[k] == TW_DIVIDER_TABULAR)
            warn_of_node_curve(inp, m->dividers.node[k], m->dividers.curve[k], TW_CURVE_DIVERSION,
                               "DIVERSION");
    for (int32_t k = 0; k < m->outlets.count; k++)
        if (m->outlets.kind[k] == TW_OUTLET_TABULAR)
            warn_of_link_curve(inp, m->outlets.link[k], m->outlets.curve[k], TW_CURVE_RATING,
                               "RATING");
    for (int32_t i = 0; i < m->links.count; i++) {
        int32_t at = m->links.xsect[i];
        if (at >= 0 && m->xsects.shape[at] == TW_SHAPE_CUSTOM)
            warn_of_link_curve(inp, i, m->xsects.curve[at], TW_CURVE_SHAPE, "SHAPE");
    }
}

/* A height in another unit, or an elevation where a depth belongs. */
static void warn_of_depths(struct tw_inp *inp)
{
    static const double deep_m = 100.0; /* deeper than the deepest shafts of sewers */
    const struct tw_nodes *n = &inp->model->nodes;
    for (int32_t i = 0; i < n->count; i++)
        if (inp->given_depth_m[i] > deep_m)
            tw_inp_node_warn(inp, i,
                             "its ground lies %.0f m above its invert; is that a depth, and in the "
                             "file's unit?",
                             inp->given_depth_m[i]);
}

tw_status tw_inp_check_uses(struct tw_inp *inp)
{
    warn_of_curves(inp);
    warn_of_depths(inp);
    check_gage_series(inp);
    check_responses(inp);
    return check_dummies(inp);
}
