/* Nodes and links as tanks in which what comes in is mixed. source: SWMM Reference Manual III,
 * chapter 5. */
#include "quality/parts.h"

#include <math.h>
#include <string.h>

static size_t at(const struct tw_quality *q, int32_t element, int32_t lane)
{
    return (size_t)element * (size_t)q->lanes + (size_t)lane;
}

static double decayed(const struct tw_quality *q, int32_t pollutant, double c, double dt_s)
{
    return fmax(0.0, c * (1.0 - q->model->quality.pollutant[pollutant].decay_per_s * dt_s));
}

/* What is left of a volume's concentration; the rest is booked. */
static double react(struct tw_quality *q, int32_t pollutant, int32_t lane, double c,
                    double volume_m3, double dt_s)
{
    double left = decayed(q, pollutant, c, dt_s);
    tw_quality_book(q, TW_NETWORK_REACTED, pollutant, lane, (c - left) * volume_m3 / dt_s);
    return left;
}

/* Factor of concentrations in a volume of which some evaporates. */
static double thickening(double evaporation_m3s, double volume_m3, double dt_s)
{
    if (!(evaporation_m3s > 0.0) || !(volume_m3 > TW_ZERO_VOLUME_M3)) return 1.0;
    return 1.0 + evaporation_m3s * dt_s / volume_m3;
}

/* Concentration when a load comes in with a flow; never above both that are mixed. */
static double mixed(double c, double volume_m3, double load, double flow_m3s, double dt_s)
{
    if (!(flow_m3s > TW_ZERO_FLOW_M3S)) return c;
    double in = load / flow_m3s, most = fmax(c, in);
    double mean = (c * volume_m3 + load * dt_s) / (volume_m3 + flow_m3s * dt_s);
    return fmax(0.0, fmin(mean, most));
}

/* What links bring to the nodes that they flow to. */
static void add_link_loads(struct tw_quality *q, const struct tw_quality_water *w)
{
    for (int32_t row = 0; row < w->link_count; row++) {
        for (int32_t lane = 0; lane < q->lanes; lane++) {
            double flow = w->link_flow_m3s[at(q, row, lane)];
            int32_t node = flow < 0.0 ? w->from[row] : w->to[row];
            for (int32_t p = 0; p < q->model->quality.count; p++) {
                size_t here = tw_quality_at(q, w->link_of_row[row], p, lane);
                double load = fabs(flow) * q->old_link[here];
                tw_quality_add_load(q, TW_NETWORK_INSIDE, node, lane, p, load);
                q->link_mass[here] += load * w->dt_s;
            }
        }
    }
}

/* Treatments of a node, first .. end; they are sorted by node. */
static bool treatments_of(const struct tw_quality *q, int32_t node, int32_t *cursor, int32_t *end)
{
    const struct tw_quality_model *m = &q->model->quality;
    while (*cursor < m->treatment_count && m->treatment[*cursor].node < node)
        ++*cursor;
    *end = *cursor;
    while (*end < m->treatment_count && m->treatment[*end].node == node)
        ++*end;
    return *end > *cursor;
}

static void update_residence(struct tw_quality *q, const struct tw_quality_water *w, int32_t node,
                             int32_t lane)
{
    if (q->model->nodes.kind[node] != TW_NODE_STORAGE) return;
    double *hours = &q->residence_h[at(q, q->model->nodes.row[node], lane)];
    double volume = w->node_old_volume_m3[at(q, node, lane)];
    double inflow = w->node_inflow_m3s[at(q, node, lane)];
    if (volume < 1e-10 * TW_FOOT3_M3) {
        *hours = 0.0;
        return;
    }
    *hours = fmax(0.0, (*hours + w->dt_s / 3600.0) * volume / (volume + inflow * w->dt_s));
}

static bool is_treated(const struct tw_quality *q, int32_t first, int32_t end, int32_t pollutant)
{
    for (int32_t i = first; i < end; i++)
        if (q->model->quality.treatment[i].pollutant == pollutant) return true;
    return false;
}

/* A node with water is a tank; others pass on what they get, and keep it while it does not come and
 * they are not dry. */
static double node_concentration(struct tw_quality *q, const struct tw_quality_water *w,
                                 int32_t node, int32_t lane, int32_t p, bool treated)
{
    double inflow = w->node_inflow_m3s[at(q, node, lane)];
    double volume = w->node_old_volume_m3[at(q, node, lane)];
    size_t here = tw_quality_at(q, node, p, lane);
    double load = q->node_load[here];
    bool storage = q->model->nodes.kind[node] == TW_NODE_STORAGE;
    double c = q->old_node[here];
    if (!storage && volume <= 1e-4 * TW_FOOT3_M3) {
        if (inflow > TW_ZERO_FLOW_M3S) return load / inflow;
        return w->node_depth_m[at(q, node, lane)] <= TW_ZERO_DEPTH_M ? 0.0 : c;
    }
    if (storage) {
        size_t row = at(q, q->model->nodes.row[node], lane);
        tw_quality_book(q, TW_NETWORK_SEEPAGE, p, lane, w->storage_seepage_m3s[row] * c);
        c *= thickening(w->storage_evaporation_m3s[row], volume, w->dt_s);
    }
    if (!treated) c = react(q, p, lane, c, volume, w->dt_s);
    c = mixed(c, volume, load, inflow, w->dt_s);
    bool empty = w->node_volume_m3[at(q, node, lane)] <= TW_ZERO_VOLUME_M3 ||
                 w->node_depth_m[at(q, node, lane)] <= TW_ZERO_DEPTH_M;
    if (!empty || inflow > 1e-5 * TW_FOOT3_M3) return c;
    tw_quality_book(q, TW_NETWORK_LEFT, p, lane, c * w->node_volume_m3[at(q, node, lane)]);
    return 0.0;
}

static void treat(struct tw_quality *q, const struct tw_quality_water *w, int32_t node,
                  int32_t lane, int32_t first, int32_t end)
{
    double in[TW_MOST_POLLUTANTS], now[TW_MOST_POLLUTANTS];
    size_t here = at(q, node, lane);
    double inflow = fmax(0.0, w->node_inflow_m3s[here]);
    double depth = 0.5 * (w->node_depth_m[here] + w->node_old_depth_m[here]);
    for (int32_t p = 0; p < q->model->quality.count; p++) {
        size_t k = tw_quality_at(q, node, p, lane);
        in[p] = inflow > TW_ZERO_FLOW_M3S ? q->node_load[k] / inflow : 0.0;
        now[p] = q->node[k];
    }
    struct tw_treated t = {.quality = q,
                           .node = node,
                           .lane = lane,
                           .dt_s = w->dt_s,
                           .inflow_m3s = inflow,
                           .depth_m = depth,
                           .surface_m2 = w->surface_m2(w->network, node, depth),
                           .inflow = in,
                           .mixed = now};
    tw_treatment_apply(&t, first, end);
    double stored_m3s = w->node_old_volume_m3[here] / w->dt_s;
    for (int32_t p = 0; p < q->model->quality.count; p++) {
        size_t k = tw_quality_at(q, node, p, lane);
        double came = in[p] * inflow + q->old_node[k] * stored_m3s;
        double lost = came - now[p] * (inflow + stored_m3s);
        if (now[p] != q->node[k]) tw_quality_book(q, TW_NETWORK_REACTED, p, lane, fmax(0.0, lost));
        q->node[k] = now[p];
    }
}

static void route_nodes(struct tw_quality *q, const struct tw_quality_water *w)
{
    int32_t first = 0, end = 0;
    for (int32_t i = 0; i < q->model->nodes.count; i++) {
        bool treated = treatments_of(q, i, &first, &end);
        for (int32_t lane = 0; lane < q->lanes; lane++) {
            update_residence(q, w, i, lane);
            for (int32_t p = 0; p < q->model->quality.count; p++)
                q->node[tw_quality_at(q, i, p, lane)] =
                    q->node_mixed[tw_quality_at(q, i, p, lane)] = node_concentration(
                        q, w, i, lane, p, treated && is_treated(q, first, end, p));
            if (treated) treat(q, w, i, lane, first, end);
        }
    }
}

/* A conduit under steady flow: what its node gives, decayed for a step as in SWMM, not for the time
 * on the way. */
static double steady_concentration(struct tw_quality *q, const struct tw_quality_water *w,
                                   int32_t row, int32_t lane, int32_t p, double c)
{
    double decay = q->model->quality.pollutant[p].decay_per_s;
    if (!(decay > 0.0)) return c;
    double left = c * exp(-decay * w->dt_s);
    tw_quality_book(q, TW_NETWORK_REACTED, p, lane,
                    (c - left) * w->link_flow_m3s[at(q, row, lane)]);
    return left;
}

static double conduit_concentration(struct tw_quality *q, const struct tw_quality_water *w,
                                    int32_t row, int32_t lane, int32_t p, double upstream)
{
    size_t here = at(q, row, lane);
    double v1 = w->link_old_volume_m3[here], v2 = w->link_volume_m3[here];
    double seepage_m3s = w->conduit_loss_m3s[here] - w->conduit_evaporation_m3s[here];
    double thicker = thickening(w->conduit_evaporation_m3s[here] * w->barrels[row], v1, w->dt_s);
    bool steady = q->model->options.routing == TW_ROUTING_STEADY;
    double c = steady ? upstream : q->old_link[tw_quality_at(q, w->link_of_row[row], p, lane)];
    tw_quality_book(q, TW_NETWORK_SEEPAGE, p, lane, seepage_m3s * w->barrels[row] * c);
    if (steady) return steady_concentration(q, w, row, lane, p, c * thicker);
    double inflow = w->conduit_entry_m3s != NULL
                        ? w->conduit_entry_m3s[here] * w->barrels[row]
                        : fabs(w->conduit_flow_m3s[here]) * w->barrels[row];
    if (w->conduit_entry_m3s == NULL) {
        double lost = w->conduit_loss_m3s[here] * w->barrels[row] * w->dt_s;
        inflow = fmax(0.0, inflow + (v2 + lost - v1) / w->dt_s);
    }
    c = react(q, p, lane, c * thicker, v1, w->dt_s);
    c = mixed(c, v1, upstream * inflow, inflow, w->dt_s);
    if (w->link_depth_m[here] > TW_ZERO_DEPTH_M && v2 >= TW_ZERO_VOLUME_M3) return c;
    tw_quality_book(q, TW_NETWORK_LEFT, p, lane, c * v2);
    return 0.0;
}

static void route_links(struct tw_quality *q, const struct tw_quality_water *w)
{
    for (int32_t row = 0; row < w->link_count; row++) {
        for (int32_t lane = 0; lane < q->lanes; lane++) {
            bool back = w->link_flow_m3s[at(q, row, lane)] < 0.0;
            int32_t node = back ? w->to[row] : w->from[row];
            for (int32_t p = 0; p < q->model->quality.count; p++) {
                double c = q->node[tw_quality_at(q, node, p, lane)];
                if (row < w->conduit_count) c = conduit_concentration(q, w, row, lane, p, c);
                q->link[tw_quality_at(q, w->link_of_row[row], p, lane)] = c;
            }
        }
    }
}

/* Concentrations that were set take the place of those of a step. */
static void take_set(double *values, double *set, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (set[i] >= 0.0) values[i] = set[i];
        set[i] = -1.0;
    }
}

void tw_quality_route(struct tw_quality *q, const struct tw_quality_water *w)
{
    size_t width = (size_t)q->model->quality.count * (size_t)q->lanes;
    size_t each = width * sizeof(double);
    memcpy(q->old_node, q->node, (size_t)q->model->nodes.count * each);
    memcpy(q->old_link, q->link, (size_t)q->model->links.count * each);
    tw_quality_begin_step(q, w->dt_s);
    add_link_loads(q, w);
    route_nodes(q, w);
    take_set(q->node, q->node_set, (size_t)q->model->nodes.count * width);
    route_links(q, w);
    take_set(q->link, q->link_set, (size_t)q->model->links.count * width);
}
