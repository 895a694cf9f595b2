#include "hydraulics/regulator_rows.h"

#include "hydraulics/constants.h"
#include "hydraulics/regulators.h"

#include <math.h>

/* Overflow of a link's first node as it stands: of the pass before, in the first pass of a step what
 * was above the node when it began. Dummy conduits and ideal pumps take it, as in SWMM. */
static double overflow_now(const struct tw_hydraulics *h, const struct tw_pass *pass, int32_t row,
                           int32_t lane)
{
    int32_t node = h->net->from[row], at = node * h->lanes + lane;
    if (pass->relaxed) return h->node.overflow_m3s[at];
    double above_m3 = h->node.volume_m3[at] - h->net->full_volume_m3[node];
    return above_m3 > 0.0 ? above_m3 / pass->dt_s : 0.0;
}

static struct tw_link_ends ends_of(const struct tw_hydraulics *h, int32_t row, int32_t lane,
                                   double dt, double overflow)
{
    const struct tw_network *net = h->net;
    int32_t w = h->lanes, a = net->from[row], b = net->to[row];
    return (struct tw_link_ends){
        .invert1_m = h->model->nodes.invert_m[a],
        .invert2_m = h->model->nodes.invert_m[b],
        .depth1_m = h->node.depth_m[a * w + lane],
        .depth2_m = h->node.depth_m[b * w + lane],
        .crown1_m = h->model->nodes.invert_m[a] + net->crown_depth_m[a],
        .volume1_m3 = h->node.volume_m3[a * w + lane],
        .inflow1_m3s = h->node.inflow_m3s[a * w + lane] + overflow,
        .setting = h->link.setting[row * w + lane],
        .last_flow_m3s = h->link.flow_m3s[row * w + lane],
        .dt_s = dt,
        .ponding_or_outfall2 = net->outfall[b],
    };
}

/* Inflow of a node for a pump. In SWMM each of two pumps gets all of it, so that water comes from
 * nowhere; --strict leaves a pump what links before it did not take. */
static double inflow_left(const struct tw_hydraulics *h, int32_t at)
{
    double inflow = h->node.inflow_m3s[at];
    if (!h->model->options.strict) return inflow;
    double left = inflow - h->node.outflow_m3s[at];
    return left > 0.0 ? left : 0.0;
}

/* A pump takes no more than there is: from a storage its volume, elsewhere what flows in once the
 * node would run dry. SWMM lets pumps by affinity take from an empty node; --strict does not. */
static double pump_limited(const struct tw_hydraulics *h, int32_t row, int32_t lane, double q,
                           double dt)
{
    const struct tw_network *net = h->net;
    int32_t node = net->from[row], at = node * h->lanes + lane;
    int32_t kind = h->model->pumps.kind[h->model->links.row[net->link_of_row[row]]];
    if (!(q > 0.0)) return q;
    double inflow = h->node.inflow_m3s[at];
    if (h->model->nodes.kind[node] == TW_NODE_STORAGE || kind == TW_PUMP_VOLUME) {
        if (!(net->full_volume_m3[node] > 0.0)) return q;
        double most = inflow_left(h, at) + h->node.old_volume_m3[at] / dt;
        return q > most ? (most > 0.0 ? most : 0.0) : q;
    }
    if (kind == TW_PUMP_IDEAL) return q;
    if (kind == TW_PUMP_AFFINITY && !h->model->options.strict) return q;
    double net_inflow = inflow - h->node.outflow_m3s[at] - q;
    double gained = 0.5 * (h->node.old_net_inflow_m3s[at] + net_inflow) * dt;
    double least = h->sums.surface_m2[at];
    double y = h->node.old_depth_m[at] + (least > 0.0 ? gained / least : gained * INFINITY);
    return y <= 0.0 ? inflow_left(h, at) : q;
}

/* Flow by the heads at the ends, whatever the node has to give. */
static struct tw_link_flow flow_of(const struct tw_hydraulics *h, int32_t row, int32_t lane,
                                   double dt, double overflow)
{
    const struct tw_model *model = h->model;
    int32_t link = h->net->link_of_row[row], k = model->links.row[link];
    struct tw_link_ends ends = ends_of(h, row, lane, dt, overflow);
    /* a closed link shows the water that stood in it, as SWMM does */
    int32_t at = row * h->lanes + lane;
    struct tw_link_flow out = {.depth_m = h->link.depth_m[at],
                               .flow_class = (enum tw_flow_class)h->link.flow_class[at]};
    if (ends.setting == 0.0) return out;
    int32_t kind = model->links.kind[link], section = model->links.xsect[link];
    if (kind == TW_LINK_PUMP) {
        tw_pump_flow(model, k, &ends, &out);
    } else if (kind == TW_LINK_ORIFICE) {
        tw_orifice_flow(model, k, &h->net->xsects[section], &ends, &out);
    } else if (kind == TW_LINK_WEIR) {
        tw_weir_flow(model, k, &h->net->xsects[section], &ends, &out);
    } else if (kind == TW_LINK_OUTLET) {
        tw_outlet_flow(model, k, &ends, &out);
    } else {
        /* a dummy conduit passes on what its node gets, up to its limit */
        double limit = model->links.flow_limit_m3s[link];
        bool held = limit > 0.0 && ends.inflow1_m3s > limit;
        out.flow_m3s = held ? limit : ends.inflow1_m3s;
    }
    return out;
}

/* Flap gates: the link's own, and that of an outfall against flow into the network. Pumps have none, and
 * SWMM does not look at those of roadways. */
static bool shut_against(const struct tw_hydraulics *h, int32_t row, double q)
{
    const struct tw_model *model = h->model;
    int32_t link = h->net->link_of_row[row], kind = model->links.kind[link];
    if (kind == TW_LINK_PUMP) return false;
    if (kind == TW_LINK_WEIR && model->weirs.kind[model->links.row[link]] == TW_WEIR_ROADWAY)
        return false;
    if (model->links.flap_gate[link] && q < 0.0) return true;
    int32_t node = q < 0.0 ? h->net->to[row] : h->net->from[row];
    return h->net->outfall[node] && model->outfalls.flap_gate[model->nodes.row[node]];
}

static void add_to_nodes(struct tw_hydraulics *h, int32_t row, int32_t lane, bool pump_by_depth)
{
    int32_t w = h->lanes, i = row * w + lane;
    int32_t a = h->net->from[row] * w + lane, b = h->net->to[row] * w + lane;
    double q = h->link.flow_m3s[i];
    if (q >= 0.0) {
        h->node.outflow_m3s[a] += q;
        h->node.inflow_m3s[b] += q;
    } else {
        h->node.inflow_m3s[a] -= q;
        h->node.outflow_m3s[b] -= q;
    }
    h->sums.surface_m2[a] += h->link.surface1_m2[i];
    h->sums.surface_m2[b] += h->link.surface2_m2[i];
    h->sums.dqdh_m2s[a] += h->link.dqdh_m2s[i];
    if (!pump_by_depth) h->sums.dqdh_m2s[b] += h->link.dqdh_m2s[i];
}

static void advance(struct tw_hydraulics *h, const struct tw_pass *pass, int32_t row, int32_t lane)
{
    int32_t i = row * h->lanes + lane;
    bool pump = h->model->links.kind[h->net->link_of_row[row]] == TW_LINK_PUMP;
    struct tw_link_flow f = flow_of(h, row, lane, pass->dt_s, overflow_now(h, pass, row, lane));
    double last = h->link.flow_m3s[i], q = f.flow_m3s;
    if (pump) q = pump_limited(h, row, lane, q, pass->dt_s);
    if (shut_against(h, row, q)) q = f.dqdh_m2s = 0.0;
    if (pass->relaxed && !pump) {
        q = 0.5 * last + 0.5 * q;
        if (q * last < 0.0) q = q < 0.0 ? -TW_TURN_FLOW_M3S : TW_TURN_FLOW_M3S;
    }
    h->link.flow_m3s[i] = q;
    h->link.dqdh_m2s[i] = f.dqdh_m2s;
    h->link.depth_m[i] = f.depth_m;
    h->link.flow_class[i] = (uint8_t)f.flow_class;
    /* a closed orifice goes on lending what it lent while it was open, as SWMM does */
    if (h->link.setting[i] == 0.0) return;
    /* an orifice lends no surface to a storage, nor to the side of a free fall */
    const int32_t *kind = h->model->nodes.kind;
    bool no1 = f.flow_class == TW_FLOW_UP_CRITICAL || f.flow_class == TW_FLOW_UP_DRY ||
               kind[h->net->from[row]] == TW_NODE_STORAGE;
    bool no2 = f.flow_class == TW_FLOW_DOWN_CRITICAL || f.flow_class == TW_FLOW_DOWN_DRY ||
               kind[h->net->to[row]] == TW_NODE_STORAGE;
    h->link.surface1_m2[i] = no1 ? 0.0 : 0.5 * f.surface_m2;
    h->link.surface2_m2[i] = no2 ? 0.0 : 0.5 * f.surface_m2;
}

double tw_regulator_row_flow(const struct tw_hydraulics *h, int32_t row, int32_t lane, double dt_s)
{
    double overflow = h->node.overflow_m3s[h->net->from[row] * h->lanes + lane];
    double q = flow_of(h, row, lane, dt_s, overflow).flow_m3s;
    return shut_against(h, row, q) ? 0.0 : q;
}

void tw_regulator_rows_advance(struct tw_hydraulics *h, const struct tw_pass *pass)
{
    const struct tw_network *net = h->net;
    int32_t w = h->lanes;
    for (int32_t row = net->conduit_count; row < net->link_count; row++) {
        int32_t link = net->link_of_row[row], kind = h->model->links.kind[link];
        bool by_depth = kind == TW_LINK_PUMP &&
                        h->model->pumps.kind[h->model->links.row[link]] == TW_PUMP_DEPTH;
        for (int32_t l = 0; l < w; l++) {
            if (h->sums.done[l]) continue;
            bool rests = pass->skip_settled && h->sums.settled[net->from[row] * w + l] &&
                         h->sums.settled[net->to[row] * w + l];
            if (!rests) advance(h, pass, row, l);
            add_to_nodes(h, row, l, by_depth);
        }
    }
}
