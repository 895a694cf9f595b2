/* What SWMM asks of nodes when links have been looked at. */
#include "io/inp_reader.h"

#include <math.h>

/* Area under the points of a storage's curve up to a depth must not be negative; nor that of a
 * function. */
static double volume_at(const struct tw_model *m, int32_t at, double depth_m)
{
    const struct tw_storages *s = &m->storages;
    if (s->kind[at] == TW_STORAGE_FUNCTIONAL) {
        double n = s->a2[at] + 1.0;
        return s->a0[at] * depth_m + s->a1[at] / n * pow(depth_m, n);
    }
    if (s->kind[at] != TW_STORAGE_TABULAR)
        return depth_m * (s->a0[at] + depth_m * (s->a1[at] / 2.0 + depth_m * s->a2[at] / 3.0));
    double volume = 0.0;
    int32_t curve = s->curve[at];
    if (curve < 0) return 0.0;
    for (int32_t k = m->curves.first[curve] + 1; k < m->curves.first[curve + 1]; k++)
        volume +=
            0.5 * (m->curves.y[k] + m->curves.y[k - 1]) * (m->curves.x[k] - m->curves.x[k - 1]);
    return volume;
}

static void check_storage(struct tw_inp *inp, int32_t node)
{
    const struct tw_model *m = inp->model;
    int32_t at = m->nodes.row[node];
    int32_t curve = m->storages.curve[at];
    if (m->storages.kind[at] == TW_STORAGE_TABULAR && curve >= 0 &&
        m->curves.first[curve] == m->curves.first[curve + 1])
        tw_inp_node_fault(inp, node, "its curve %s has no points" TW_SWMM_ERROR("209"),
                          tw_names_get(&m->curves.names, curve));
    if (volume_at(m, at, m->nodes.full_depth_m[node]) < 0.0)
        tw_inp_node_fault(inp, node, "its volume at full depth is negative" TW_SWMM_ERROR("140"));
}

static void check_depth(struct tw_inp *inp, int32_t i)
{
    const struct tw_nodes *n = &inp->model->nodes;
    double given_m = inp->given_depth_m[i];
    if (n->full_depth_m[i] > given_m && given_m > 0.0)
        tw_inp_node_warn(
            inp, i,
            "its depth is raised from %.3f m to %.3f m, the top of a link" TW_SWMM_WARNING("02"),
            given_m, n->full_depth_m[i]);
    if (n->initial_depth_m[i] > n->full_depth_m[i] + n->surcharge_depth_m[i])
        tw_inp_node_fault(inp, i,
                          "its initial depth is greater than its depth" TW_SWMM_ERROR("138"));
}

static void count_links(struct tw_inp *inp, int32_t *count)
{
    const struct tw_links *l = &inp->model->links;
    for (int32_t i = 0; i < l->count; i++) {
        if (l->from[i] >= 0) count[l->from[i]]++;
        if (l->to[i] >= 0) count[l->to[i]]++;
    }
}

static void check_outfalls(struct tw_inp *inp, const int32_t *links_at)
{
    const struct tw_model *m = inp->model;
    bool routed = m->links.count > 0 && !m->options.ignore_routing &&
                  m->options.routing == TW_ROUTING_DYNWAVE; /* else: tw_inp_check_tree */
    for (int32_t k = 0; k < m->outfalls.count; k++) {
        int32_t node = m->outfalls.node[k];
        if (routed && links_at[node] > 1)
            tw_inp_node_fault(inp, node,
                              "has %d links; an outfall may have only one" TW_SWMM_ERROR("141"),
                              (int)links_at[node]);
    }
    if (routed && m->outfalls.count == 0 && inp->section_rows[TW_SECTION_OUTFALLS] == 0)
        tw_faults_add(inp->faults, inp->path, 0, "the network has no outfall" TW_SWMM_ERROR("145"));
}

static void check_dividers(struct tw_inp *inp)
{
    const struct tw_model *m = inp->model;
    if (m->options.routing == TW_ROUTING_DYNWAVE) return; /* they are junctions there */
    for (int32_t k = 0; k < m->dividers.count; k++) {
        int32_t node = m->dividers.node[k];
        int32_t link = m->dividers.link[k];
        if (link < 0 || (m->links.from[link] != node && m->links.to[link] != node))
            tw_inp_node_fault(inp, node,
                              "its diverted link is not connected to it" TW_SWMM_ERROR("136"));
    }
}

tw_status tw_inp_check_nodes(struct tw_inp *inp)
{
    const struct tw_nodes *n = &inp->model->nodes;
    if (n->count == 0 && inp->model->subcatchments.count == 0 && inp->row_count > 0)
        tw_faults_add(inp->faults, inp->path, 0, "the file has neither nodes nor subcatchments");
    int32_t *links_at = TW_ARENA_NEW(&inp->scratch, int32_t, n->count);
    if (links_at == NULL) return TW_ERR_NOMEM;
    count_links(inp, links_at);
    for (int32_t i = 0; i < n->count; i++) {
        check_depth(inp, i);
        if (n->kind[i] == TW_NODE_STORAGE) check_storage(inp, i);
    }
    check_outfalls(inp, links_at);
    check_dividers(inp);
    return TW_OK;
}
