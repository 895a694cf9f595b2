#include "hydraulics/state.h"

#include "hydraulics/constants.h"
#include "hydraulics/dynwave.h"
#include "hydraulics/outfall.h"
#include "hydraulics/regulators.h"
#include "hydraulics/tree_route.h"
#include "hydraulics/xsect.h"

static void take(struct tw_pool *pool, size_t count, double **const *arrays, size_t n)
{
    for (size_t i = 0; i < n; i++)
        *arrays[i] = TW_POOL_NEW(pool, double, count);
}

static void lay_nodes(struct tw_hydraulics *h, size_t count, struct tw_pool *state)
{
    struct tw_node_state *s = &h->node;
    double **const arrays[] = {&s->depth_m,         &s->old_depth_m,        &s->volume_m3,
                               &s->old_volume_m3,   &s->inflow_m3s,         &s->old_inflow_m3s,
                               &s->outflow_m3s,     &s->old_net_inflow_m3s, &s->lateral_m3s,
                               &s->old_lateral_m3s, &s->overflow_m3s,       &s->losses_m3s,
                               &s->open_surface_m2, &s->rise_mps,           &s->shaft_m3};
    take(state, count, arrays, sizeof arrays / sizeof arrays[0]);
}

static void lay_links(struct tw_hydraulics *h, size_t count, struct tw_pool *state)
{
    struct tw_link_state *s = &h->link;
    double **const arrays[] = {&s->flow_m3s,  &s->old_flow_m3s,  &s->depth_m,     &s->old_depth_m,
                               &s->volume_m3, &s->old_volume_m3, &s->setting,     &s->target,
                               &s->dqdh_m2s,  &s->surface1_m2,   &s->surface2_m2, &s->froude};
    take(state, count, arrays, sizeof arrays / sizeof arrays[0]);
    s->flow_class = TW_POOL_NEW(state, uint8_t, count);
    s->full = TW_POOL_NEW(state, uint8_t, count);
    s->limited = TW_POOL_NEW(state, uint8_t, count);
}

void tw_hydraulics_lay(struct tw_hydraulics *h, const struct tw_model *model,
                       const struct tw_network *net, int32_t lanes, struct tw_pool *state,
                       struct tw_pool *scratch)
{
    h->model = model;
    h->net = net;
    h->lanes = lanes;
    h->soil_ratio = 1.0;
    size_t w = (size_t)lanes, nodes = (size_t)net->node_count * w;
    lay_nodes(h, nodes, state);
    lay_links(h, (size_t)net->link_count * w, state);
    struct tw_conduit_state *c = &h->conduit;
    double **const conduits[] = {&c->flow_m3s, &c->area_m2, &c->old_area_m2, &c->loss_m3s,
                                 &c->evaporation_m3s};
    take(state, (size_t)net->conduit_count * w, conduits, sizeof conduits / sizeof conduits[0]);
    if (model->options.routing != TW_ROUTING_DYNWAVE) {
        double **const ends[] = {&c->entry_m3s, &c->entry_m2, &c->exit_m2};
        take(state, (size_t)net->conduit_count * w, ends, 3);
    }
    h->clock = TW_POOL_NEW(state, struct tw_routing_clock, w);
    h->roughness = TW_POOL_NEW(state, double, w);
    h->outfall_stage_m = TW_POOL_NEW(state, double, (size_t)model->outfalls.count *w);
    h->outfall_held = TW_POOL_NEW(state, uint8_t, (size_t)model->outfalls.count * w);
    double **const stores[] = {&h->storage_evaporation_m3s, &h->storage_seepage_m3s};
    take(state, (size_t)model->storages.count * w, stores, 2);
    h->storage_soaking_m3s = TW_POOL_NEW(scratch, double, (size_t)model->storages.count *w);
    double **const sums[] = {&h->sums.surface_m2, &h->sums.dqdh_m2s};
    take(scratch, nodes, sums, 2);
    size_t ends = 2 * (size_t)net->conduit_count + 1;
    h->sums.ends = TW_POOL_NEW(scratch, double, ends *TW_END_PARTS *w);
    h->sums.marks = TW_POOL_NEW(scratch, int64_t, (size_t)net->conduit_count * w);
    h->sums.settled = TW_POOL_NEW(scratch, uint8_t, nodes);
    h->sums.range_settled =
        TW_POOL_NEW(scratch, uint8_t, ((size_t)net->node_count / TW_RANGE + 1) * w);
    h->sums.converged = TW_POOL_NEW(scratch, uint8_t, w);
    h->sums.done = TW_POOL_NEW(scratch, uint8_t, w);
}

/* Conduits start at the normal depth of their initial flow. */
static void begin_links(struct tw_hydraulics *h)
{
    const struct tw_network *net = h->net;
    const struct tw_model *model = h->model;
    int32_t w = h->lanes;
    for (int32_t row = 0; row < net->link_count; row++) {
        int32_t link = net->link_of_row[row];
        double flow = model->links.initial_flow_m3s[link];
        double setting = 1.0;
        if (model->links.kind[link] == TW_LINK_PUMP) {
            setting = model->pumps.initially_on[model->links.row[link]] ? 1.0 : 0.0;
        }
        for (int32_t at = row * w; at < (row + 1) * w; at++) {
            h->link.flow_m3s[at] = flow;
            h->link.old_flow_m3s[at] = flow;
            h->link.setting[at] = setting;
            h->link.target[at] = setting;
            if (row >= net->conduit_count) continue;
            h->conduit.flow_m3s[at] = flow / net->conduit.barrels[row];
            h->link.depth_m[at] = tw_conduit_normal_depth(net, row, h->conduit.flow_m3s[at]);
        }
    }
}

/* Depths, flows and settings that an earlier run left; pumps' own levels go on to count. */
static void begin_hot(struct tw_hydraulics *h, const struct tw_hotstart *hot)
{
    const struct tw_network *net = h->net;
    const struct tw_model *m = h->model;
    int32_t w = h->lanes;
    for (int32_t at = 0; at < net->node_count * w; at++) {
        h->node.depth_m[at] = hot->node_depth_m[at / w];
        h->node.lateral_m3s[at] = hot->lateral_m3s[at / w];
    }
    for (int32_t at = 0; at < net->link_count * w; at++) {
        int32_t row = at / w, link = net->link_of_row[row];
        double setting = hot->link_setting[link];
        h->link.flow_m3s[at] = hot->link_flow_m3s[link];
        h->link.depth_m[at] = hot->link_depth_m[link];
        if (m->links.kind[link] == TW_LINK_PUMP)
            setting = tw_pump_setting_by_depth(m, m->links.row[link],
                                               hot->node_depth_m[net->from[row]], setting);
        h->link.setting[at] = h->link.target[at] = setting;
        if (row < net->conduit_count)
            h->conduit.flow_m3s[at] = h->link.flow_m3s[at] / net->conduit.barrels[row];
    }
}

/* Junctions without an initial depth take the mean of the water levels in their links. */
static void begin_node_depths(struct tw_hydraulics *h)
{
    const struct tw_network *net = h->net;
    const struct tw_nodes *nodes = &h->model->nodes;
    int32_t w = h->lanes;
    double *sum_m = h->sums.surface_m2, *links = h->sums.dqdh_m2s; /* borrowed */
    for (int32_t row = 0; row < net->link_count; row++) {
        int32_t link = net->link_of_row[row];
        for (int32_t l = 0; l < w; l++) {
            double y = h->link.depth_m[row * w + l];
            /* SWMM adds the first end's offset at both ends */
            y = y > TW_TINY_DEPTH_M ? y + h->model->links.offset1_m[link] : 0.0;
            int32_t a = net->from[row] * w + l, b = net->to[row] * w + l;
            sum_m[a] += y;
            sum_m[b] += y;
            links[a] += 1.0;
            links[b] += 1.0;
        }
    }
    for (int32_t i = 0; i < net->node_count; i++) {
        bool given =
            nodes->initial_depth_m[i] > 0.0 || nodes->kind[i] == TW_NODE_STORAGE || net->outfall[i];
        for (int32_t at = i * w; at < (i + 1) * w; at++) {
            h->node.depth_m[at] = nodes->initial_depth_m[i];
            if (!given && links[at] > 0.0) h->node.depth_m[at] = sum_m[at] / links[at];
            sum_m[at] = 0.0;
            links[at] = 0.0;
        }
    }
}

static double within(double y, double top) { return y < 0.0 ? 0.0 : y > top ? top : y; }

static void begin_conduits(struct tw_hydraulics *h)
{
    const struct tw_network *net = h->net;
    const struct tw_conduit_rows *c = &net->conduit;
    int32_t w = h->lanes;
    for (int32_t row = 0; row < net->conduit_count; row++) {
        const struct tw_xsect *x = &net->xsects[c->section[row]];
        for (int32_t l = 0; l < w; l++) {
            int32_t at = row * w + l;
            bool flows = h->conduit.flow_m3s[at] > 0.0 || h->conduit.flow_m3s[at] < 0.0;
            if (!flows && h->model->files.hotstart == NULL) {
                double y1 = h->node.depth_m[c->from[row] * w + l] - c->offset1_m[row];
                double y2 = h->node.depth_m[c->to[row] * w + l] - c->offset2_m[row];
                double top = c->full_depth_m[row];
                double y = 0.5 * (within(y1, top) + within(y2, top));
                h->link.depth_m[at] = y > TW_TINY_DEPTH_M ? y : TW_TINY_DEPTH_M;
            }
            h->conduit.area_m2[at] = tw_xsect_area(x, h->link.depth_m[at]);
            h->conduit.old_area_m2[at] = h->conduit.area_m2[at];
            h->link.volume_m3[at] = h->conduit.area_m2[at] * c->length_m[row] * c->barrels[row];
            h->link.old_volume_m3[at] = h->link.volume_m3[at];
            h->link.old_depth_m[at] = 0.0; /* as SWMM: seen when the run begins between events */
        }
    }
}

/* A dummy conduit shows the least depth, as if there were always a little water in it. */
static void begin_dummies(struct tw_hydraulics *h)
{
    const struct tw_links *links = &h->model->links;
    for (int32_t row = h->net->conduit_count; row < h->net->link_count; row++) {
        int32_t link = h->net->link_of_row[row];
        if (links->kind[link] != TW_LINK_CONDUIT || links->initial_flow_m3s[link] != 0.0) continue;
        for (int32_t at = row * h->lanes; at < (row + 1) * h->lanes; at++)
            h->link.depth_m[at] = TW_TINY_DEPTH_M;
    }
}

static void begin_nodes(struct tw_hydraulics *h)
{
    const struct tw_network *net = h->net;
    int32_t w = h->lanes;
    for (int32_t at = 0; at < net->node_count * w; at++) {
        /* as SWMM: seen when the run begins between events, as of conduits above */
        h->node.old_depth_m[at] = h->model->nodes.initial_depth_m[at / w];
        h->node.volume_m3[at] = tw_node_volume(net, at / w, h->node.depth_m[at]);
        h->node.old_volume_m3[at] = h->node.volume_m3[at];
    }
    for (int32_t row = 0; row < net->link_count; row++) {
        for (int32_t l = 0; l < w; l++) {
            double q = h->link.flow_m3s[row * w + l];
            int32_t a = net->from[row] * w + l, b = net->to[row] * w + l;
            h->node.outflow_m3s[q >= 0.0 ? a : b] += q >= 0.0 ? q : -q;
            h->node.inflow_m3s[q >= 0.0 ? b : a] += q >= 0.0 ? q : -q;
        }
    }
}

/* Without dynamic waves nodes begin as deep as the file says, and flows are counted from zero. */
static void begin_tree_nodes(struct tw_hydraulics *h)
{
    for (int32_t at = 0; at < h->net->node_count * h->lanes; at++) {
        const struct tw_hotstart *hot = h->model->files.hotstart;
        const double *first = hot != NULL ? hot->node_depth_m : h->model->nodes.initial_depth_m;
        double depth = first[at / h->lanes];
        h->node.depth_m[at] = h->node.old_depth_m[at] = depth;
        h->node.volume_m3[at] = tw_node_volume(h->net, at / h->lanes, depth);
        h->node.old_volume_m3[at] = h->node.volume_m3[at];
    }
}

void tw_hydraulics_begin(struct tw_hydraulics *h)
{
    for (int32_t l = 0; l < h->lanes; l++)
        h->roughness[l] = 1.0;
    const struct tw_hotstart *hot = h->model->files.hotstart;
    begin_links(h);
    if (hot != NULL) begin_hot(h, hot);
    if (h->model->options.routing != TW_ROUTING_DYNWAVE) {
        tw_tree_begin(h);
        begin_tree_nodes(h);
        return;
    }
    if (hot == NULL) {
        begin_node_depths(h);
        for (int32_t i = 0; i < h->model->outfalls.count; i++)
            tw_outfall_set_depth(h, i);
    }
    begin_conduits(h);
    if (h->model->files.hotstart == NULL) begin_dummies(h);
    begin_nodes(h);
}
