/* Values that SWMM takes without a word though they are hardly meant. */
#include "io/inp_reader.h"

#include "model/xsect_shape.h"

#include <math.h>

static void warn_at(struct tw_inp *inp, int line, const char *noun, const char *name,
                    const char *what)
{
    tw_faults_warn(inp->faults, inp->path, line, "%s %s: %s", noun, name, what);
}

static void look_at_options(struct tw_inp *inp)
{
    static const double long_step_s = 60.0;
    const struct tw_options *o = &inp->model->options;
    if (isnan(inp->options.report_date) != isnan(inp->options.report_time))
        tw_faults_warn(
            inp->faults, inp->path, 0,
            "[OPTIONS]: of REPORT_START_DATE and REPORT_START_TIME one is without effect; "
            "give both");
    if (o->routing == TW_ROUTING_DYNWAVE && o->variable_step_factor == 0.0 &&
        o->routing_step_s > long_step_s && inp->model->links.count > 0)
        tw_faults_warn(inp->faults, inp->path, 0,
                       "[OPTIONS]: a fixed ROUTING_STEP of %g s is long for dynamic waves; "
                       "VARIABLE_STEP 0.75 shortens it where needed",
                       o->routing_step_s);
}

static void look_at_patterns(struct tw_inp *inp)
{
    static const int32_t needed[] = {12, 7, 24, 24};
    const struct tw_patterns *p = &inp->model->patterns;
    for (int32_t i = 0; i < p->count; i++) {
        int32_t given = inp->pattern_count[i], want = needed[p->kind[i]];
        if (given == want) continue;
        tw_faults_warn(inp->faults, inp->path, inp->pattern_line[i],
                       "pattern %s: has %d factors where its kind has %d; %s",
                       tw_names_get(&p->names, i), (int)given, (int)want,
                       given < want ? "those that lack are 1" : "the rest is never used");
    }
}

/* Whether a series has nothing between two days; an entry of rain lasts for its interval. */
static bool lies_outside(const struct tw_tables *t, int32_t series, double lasts_day,
                         const struct tw_options *o)
{
    int32_t first = t->first[series], end = t->first[series + 1];
    return first == end || t->x[first] >= o->end_day || t->x[end - 1] + lasts_day <= o->start_day;
}

static void look_at_gages(struct tw_inp *inp)
{
    const struct tw_model *m = inp->model;
    const struct tw_gages *g = &m->gages;
    for (int32_t i = 0; i < g->count; i++) {
        if (g->series[i] < 0 ||
            !lies_outside(&m->series, g->series[i], g->interval_s[i] / 86400.0, &m->options))
            continue;
        warn_at(inp, inp->gage_line[i], "rain gage", tw_names_get(&g->names, i),
                "has no data between the start and the end of the run, so there is no rain");
    }
}

static void look_at_inflows(struct tw_inp *inp)
{
    const struct tw_model *m = inp->model;
    for (int32_t i = 0; i < m->inflows.count; i++) {
        int32_t series = m->inflows.series[i];
        if (series < 0 || !lies_outside(&m->series, series, 0.0, &m->options)) continue;
        tw_inp_node_warn(inp, m->inflows.node[i],
                         "time series %s of its inflow has nothing between the start and the end "
                         "of the run",
                         tw_names_get(&m->series.names, series));
    }
}

static void look_at_subcatchments(struct tw_inp *inp)
{
    const struct tw_subcatchments *s = &inp->model->subcatchments;
    for (int32_t i = 0; i < s->count; i++) {
        const char *zero = s->area_m2[i] == 0.0       ? "its area is 0, so there is no runoff"
                           : s->width_m[i] == 0.0     ? "its width is 0, so nothing runs off"
                           : s->slope_ratio[i] == 0.0 ? "its slope is 0, so nothing runs off"
                                                      : NULL;
        if (zero != NULL)
            warn_at(inp, inp->subcatchment_line[i], "subcatchment", tw_names_get(&s->names, i),
                    zero);
    }
}

/* Land uses of a subcatchment cover all of it, or none is given. */
static void look_at_coverages(struct tw_inp *inp)
{
    static const double rounding = 0.005; /* of three land uses, 33.3 % each */
    const struct tw_model *m = inp->model;
    const struct tw_quality_model *q = &m->quality;
    for (int32_t i = 0; q->coverage_ratio != NULL && i < m->subcatchments.count; i++) {
        double sum = 0.0;
        for (int32_t k = 0; k < q->landuse_count; k++)
            sum += q->coverage_ratio[i * q->landuse_count + k];
        if (sum == 0.0 || fabs(sum - 1.0) <= rounding) continue;
        tw_faults_warn(inp->faults, inp->path, inp->subcatchment_line[i],
                       "subcatchment %s: its land uses cover %g %% of it",
                       tw_names_get(&m->subcatchments.names, i), 100.0 * sum);
    }
}

static void look_at_storages(struct tw_inp *inp)
{
    const struct tw_model *m = inp->model;
    const struct tw_storages *s = &m->storages;
    for (int32_t k = 0; k < s->count; k++) {
        int32_t node = s->node[k], curve = s->curve[k];
        double depth_m = m->nodes.full_depth_m[node];
        if (s->kind[k] != TW_STORAGE_TABULAR) {
            if (s->a0[k] == 0.0 && s->a1[k] == 0.0 && s->a2[k] == 0.0)
                tw_inp_node_warn(inp, node, "it has no surface, so it stores nothing");
            continue;
        }
        if (curve < 0 || m->curves.first[curve] == m->curves.first[curve + 1]) continue;
        double top_m = m->curves.x[m->curves.first[curve + 1] - 1];
        if (top_m < depth_m * (1.0 - 1e-9))
            tw_inp_node_warn(
                inp, node,
                "its curve %s ends at %.3f m, below its depth of %.3f m: what is above "
                "goes on from its last points",
                tw_names_get(&m->curves.names, curve), top_m, depth_m);
    }
}

static void look_at_outfalls(struct tw_inp *inp)
{
    const struct tw_model *m = inp->model;
    const struct tw_outfalls *o = &m->outfalls;
    for (int32_t k = 0; k < o->count; k++) {
        int32_t table = o->table[k];
        if (table < 0) continue;
        const char *words = NULL;
        if (o->kind[k] == TW_OUTFALL_SERIES && lies_outside(&m->series, table, 0.0, &m->options))
            words = "the time series of its stage has nothing between the start and the end of the "
                    "run";
        if (o->kind[k] == TW_OUTFALL_TIDAL) {
            int32_t first = m->curves.first[table], end = m->curves.first[table + 1];
            bool day = end > first && m->curves.x[end - 1] - m->curves.x[first] >= 23.0;
            if (!day) words = "its tide does not cover the 24 hours of a day";
        }
        if (words != NULL) tw_inp_node_warn(inp, o->node[k], "%s", words);
    }
}

static tw_status look_at_nodes(struct tw_inp *inp)
{
    const struct tw_model *m = inp->model;
    bool *linked = TW_ARENA_NEW(&inp->scratch, bool, m->nodes.count);
    if (linked == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < m->links.count; i++)
        linked[m->links.from[i]] = linked[m->links.to[i]] = true;
    for (int32_t i = 0; m->links.count > 0 && i < m->nodes.count; i++)
        if (!linked[i]) tw_inp_node_warn(inp, i, "no link leads to it or leaves it");
    return TW_OK;
}

/* Manning's n of conduits; the file may mean something else. */
static void look_at_roughness(struct tw_inp *inp, int32_t link, int32_t row)
{
    static const double least = 0.005, most = 0.3; /* glass is 0.009, a wood in a flood 0.2 */
    double n = inp->model->conduits.roughness[row];
    if (n < least || n > most)
        tw_inp_link_warn(inp, link, "%g is a strange roughness: Manning's n is %g to %g", n, least,
                         most);
}

static void look_at_conduit(struct tw_inp *inp, int32_t i)
{
    static const double steep = 0.05;
    const struct tw_model *m = inp->model;
    const struct tw_links *l = &m->links;
    int32_t row = l->row[i], from = l->from[i], to = l->to[i];
    double length_m = m->conduits.length_m[row];
    double fall_m =
        m->nodes.invert_m[from] + l->offset1_m[i] - m->nodes.invert_m[to] - l->offset2_m[i];
    double rise_m = l->reversed[i] ? fall_m : -fall_m;
    if (m->xsects.shape[l->xsect[i]] == TW_SHAPE_DUMMY) return;
    look_at_roughness(inp, i, row);
    if (rise_m > steep * length_m)
        tw_inp_link_warn(inp, i,
                         "rises by %.2f m over its length of %.2f m; are its ends or offsets "
                         "exchanged?",
                         rise_m, length_m);
}

static bool given_by_height(int32_t shape)
{
    return shape != TW_SHAPE_DUMMY && shape != TW_SHAPE_IRREGULAR && shape != TW_SHAPE_STREET;
}

static void look_at_section(struct tw_inp *inp, int32_t i)
{
    static const double high_m = 20.0; /* the largest sewers are half as high */
    const struct tw_model *m = inp->model;
    int32_t x = m->links.xsect[i];
    if (x < 0 || !given_by_height(m->xsects.shape[x]) || m->xsects.geom[x][0] <= high_m) return;
    tw_inp_link_warn(inp, i, "its section is %.0f m high; is that in the file's unit?",
                     m->xsects.geom[x][0]);
}

/* An opening that ends above its storage; junctions are made deeper instead, with a warning. */
static void look_at_opening(struct tw_inp *inp, int32_t i)
{
    const struct tw_model *m = inp->model;
    int32_t node = m->links.from[i], x = m->links.xsect[i];
    bool side = m->links.kind[i] == TW_LINK_ORIFICE &&
                m->orifices.kind[m->links.row[i]] == (int32_t)TW_ORIFICE_SIDE;
    if (!side || x < 0 || m->nodes.kind[node] != (int32_t)TW_NODE_STORAGE) return;
    double top_m = m->links.offset1_m[i] + m->xsects.geom[x][0];
    if (top_m <= m->nodes.full_depth_m[node] * (1.0 + 1e-9)) return;
    tw_inp_link_warn(inp, i, "its opening ends %.3f m above the top of storage %s",
                     top_m - m->nodes.full_depth_m[node], tw_names_get(&m->nodes.names, node));
}

static void look_at_links(struct tw_inp *inp)
{
    const struct tw_model *m = inp->model;
    for (int32_t i = 0; i < m->links.count; i++) {
        if (m->links.kind[i] == TW_LINK_CONDUIT) {
            look_at_conduit(inp, i);
            look_at_section(inp, i);
        }
        look_at_opening(inp, i);
    }
    for (int32_t k = 0; k < m->orifices.count; k++)
        if (m->orifices.discharge_coefficient[k] > 1.0)
            tw_inp_link_warn(inp, m->orifices.link[k],
                             "a discharge coefficient of %g lets through more than its opening",
                             m->orifices.discharge_coefficient[k]);
}

tw_status tw_inp_advise_values(struct tw_inp *inp)
{
    look_at_options(inp);
    look_at_patterns(inp);
    look_at_gages(inp);
    look_at_inflows(inp);
    look_at_subcatchments(inp);
    look_at_coverages(inp);
    look_at_storages(inp);
    look_at_outfalls(inp);
    look_at_links(inp);
    return look_at_nodes(inp);
}
