/* What steady and kinematic wave routing ask of a network: it is a tree in which water runs one way.
 * source: SWMM User's Manual, Appendix E (errors 115, 131, 133, 135, 139). */
#include "io/inp_reader.h"

#include "model/tree.h"
#include "model/xsect_shape.h"

static void check_departures(struct tw_inp *inp, const int32_t *departures)
{
    const struct tw_nodes *n = &inp->model->nodes;
    for (int32_t i = 0; i < n->count; i++) {
        int32_t count = departures[i];
        if (n->kind[i] == TW_NODE_OUTFALL && count > 0)
            tw_inp_node_fault(inp, i,
                              "an outfall cannot have links that leave it" TW_SWMM_ERROR("141"));
        if (n->kind[i] == TW_NODE_DIVIDER && count > 2)
            tw_inp_node_fault(
                inp, i, "a divider can have only two links that leave it" TW_SWMM_ERROR("135"));
        if (n->kind[i] == TW_NODE_JUNCTION && count > 1)
            tw_inp_node_fault(inp, i,
                              "%d links leave it; without dynamic wave routing only one may "
                              "(make it a divider or a storage)" TW_SWMM_ERROR("133"),
                              (int)count);
    }
}

static void check_direction(struct tw_inp *inp, int32_t i)
{
    const struct tw_model *m = inp->model;
    const struct tw_links *l = &m->links;
    int32_t from = l->from[i], to = l->to[i], kind = l->kind[i];
    if (kind == TW_LINK_CONDUIT) {
        double from_m = m->nodes.invert_m[from] + l->offset1_m[i];
        double to_m = m->nodes.invert_m[to] + l->offset2_m[i];
        bool dummy = l->xsect[i] >= 0 && m->xsects.shape[l->xsect[i]] == TW_SHAPE_DUMMY;
        if (from_m < to_m && !dummy)
            tw_inp_link_fault(
                inp, i,
                "rises by %.3f m; without dynamic wave routing conduits must fall" TW_SWMM_ERROR(
                    "115"),
                to_m - from_m);
    } else if (kind != TW_LINK_PUMP && m->nodes.kind[from] != TW_NODE_STORAGE) {
        tw_inp_link_fault(
            inp, i,
            "must leave a storage when routing is not by dynamic wave" TW_SWMM_ERROR("139"));
    }
}

/* Links that no order puts anywhere are in circles, or behind one. */
static tw_status check_circles(struct tw_inp *inp)
{
    const struct tw_links *l = &inp->model->links;
    struct tw_tree tree;
    TW_TRY(tw_tree_init(&tree, inp->model, &inp->scratch));
    if (tree.ordered == l->count) return TW_OK;
    bool *placed = TW_ARENA_NEW(&inp->scratch, bool, l->count);
    if (placed == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < tree.ordered; i++)
        placed[tree.order[i]] = true;
    for (int32_t i = 0; i < l->count; i++) {
        if (!placed[i])
            tw_inp_link_fault(inp, i,
                              "is in a circle of links, or behind one; only dynamic wave routing "
                              "can have that" TW_SWMM_ERROR("131"));
    }
    return TW_OK;
}

tw_status tw_inp_check_tree(struct tw_inp *inp)
{
    const struct tw_model *m = inp->model;
    const struct tw_links *l = &m->links;
    if (m->options.routing == TW_ROUTING_DYNWAVE || m->options.ignore_routing) return TW_OK;
    int32_t *departures = TW_ARENA_NEW(&inp->scratch, int32_t, m->nodes.count);
    if (departures == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < l->count; i++) {
        if (l->from[i] < 0 || l->to[i] < 0) return TW_OK; /* told already */
        departures[l->from[i]]++;
        check_direction(inp, i);
    }
    check_departures(inp, departures);
    return check_circles(inp);
}
