/* Pumps, orifices, weirs, outlets and dummy conduits as functions of the heads at their ends. Their
 * formulas are those of regulators.h; derivatives are differences, for the formulas have kinks. */
#include "hydraulics/constants.h"
#include "hydraulics/regulators.h"
#include "hydraulics/semi_parts.h"

#include <math.h>

/* Step of the differences [m]: well above rounding, well below what a crest notices. */
static const double difference_m = 5e-4;
/* Difference of heads below which flow is in proportion to it [m]. */
static const double straight_m = 0.005;
/* What a dummy conduit or an ideal pump takes per metre of water at its inlet [m2/s]: as good as
 * all that comes. */
static const double all_m2s = 100.0;

struct regulator {
    const struct tw_semi *semi;
    int32_t row, link, kind, k, section;
    struct tw_link_ends ends; /* at the estimate */
};

static struct regulator regulator_of(const struct tw_semi *semi, const struct tw_hydraulics *h,
                                     int32_t row)
{
    const struct tw_network *net = semi->net;
    const struct tw_model *model = net->model;
    int32_t w = h->lanes, l = semi->lane, a = net->from[row], b = net->to[row];
    struct regulator r = {.semi = semi, .row = row, .link = net->link_of_row[row]};
    r.kind = model->links.kind[r.link];
    r.k = model->links.row[r.link];
    r.section = model->links.xsect[r.link];
    r.ends = (struct tw_link_ends){.invert1_m = model->nodes.invert_m[a],
                                   .invert2_m = model->nodes.invert_m[b],
                                   .depth1_m = semi->depth_m[a],
                                   .depth2_m = semi->depth_m[b],
                                   .crown1_m = model->nodes.invert_m[a] + net->crown_depth_m[a],
                                   .volume1_m3 = h->node.volume_m3[a * w + l],
                                   .inflow1_m3s = h->node.inflow_m3s[a * w + l],
                                   .setting = h->link.setting[row * w + l],
                                   .last_flow_m3s = h->link.flow_m3s[row * w + l],
                                   .dt_s = semi->dt_s,
                                   .ponding_or_outfall2 = net->outfall[b]};
    return r;
}

/* Flap gates: the link's own, and that of an outfall against flow into the network. */
static bool shut_against(const struct regulator *r, double q)
{
    const struct tw_network *net = r->semi->net;
    const struct tw_model *model = net->model;
    if (model->links.flap_gate[r->link] && q < 0.0) return true;
    int32_t node = q < 0.0 ? net->to[r->row] : net->from[r->row];
    return net->outfall[node] && model->outfalls.flap_gate[model->nodes.row[node]];
}

/* A pump by the water in its well runs in steps: it keeps the one in which the step began. */
static struct tw_link_flow pump_flow(const struct regulator *r, const struct tw_link_ends *ends)
{
    const struct tw_model *model = r->semi->net->model;
    struct tw_link_flow f = {.flow_class = TW_FLOW_DRY};
    int32_t kind = model->pumps.kind[r->k];
    if (kind == TW_PUMP_IDEAL || model->pumps.curve[r->k] < 0) {
        f.flow_m3s = ends->setting > 0.0 ? all_m2s * ends->depth1_m * ends->setting : 0.0;
        return f;
    }
    struct tw_link_ends seen = *ends;
    if (kind == TW_PUMP_DEPTH_STEPS) seen.depth1_m = r->semi->before_m[r->semi->net->from[r->row]];
    tw_pump_flow(model, r->k, &seen, &f);
    f.flow_m3s *= tw_semi_fade(0.1 * ends->depth1_m);
    return f;
}

static struct tw_link_flow flow_between(const struct regulator *r, double depth1_m, double depth2_m)
{
    const struct tw_network *net = r->semi->net;
    struct tw_link_ends ends = r->ends;
    ends.depth1_m = depth1_m;
    ends.depth2_m = depth2_m;
    struct tw_link_flow f = {.flow_class = TW_FLOW_DRY};
    if (r->kind == TW_LINK_PUMP) return pump_flow(r, &ends);
    if (r->kind == TW_LINK_ORIFICE) {
        tw_orifice_flow(net->model, r->k, &net->xsects[r->section], &ends, &f);
    } else if (r->kind == TW_LINK_WEIR) {
        tw_weir_flow(net->model, r->k, &net->xsects[r->section], &ends, &f);
    } else if (r->kind == TW_LINK_OUTLET) {
        tw_outlet_flow(net->model, r->k, &ends, &f);
    } else {
        f.flow_m3s = all_m2s * depth1_m;
    }
    if (r->kind != TW_LINK_CONDUIT && shut_against(r, f.flow_m3s)) f.flow_m3s = 0.0;
    double from = f.flow_m3s > 0.0 ? depth1_m : depth2_m;
    f.flow_m3s *= tw_semi_fade(from);
    return f;
}

/* Near equal heads formulas have an infinite slope, or a step: there flow goes by straight line. */
static struct tw_link_flow flow_at(const struct regulator *r, double depth1_m, double depth2_m)
{
    double fall = r->ends.invert1_m + depth1_m - r->ends.invert2_m - depth2_m;
    bool gate = r->kind != TW_LINK_PUMP && r->kind != TW_LINK_CONDUIT;
    if (!gate || fabs(fall) >= straight_m) return flow_between(r, depth1_m, depth2_m);
    double more = straight_m - fabs(fall);
    struct tw_link_flow f = fall >= 0.0 ? flow_between(r, depth1_m + more, depth2_m)
                                        : flow_between(r, depth1_m, depth2_m + more);
    f.flow_m3s *= fabs(fall) / straight_m;
    return f;
}

void tw_semi_regulator_flow(struct tw_semi *semi, struct tw_hydraulics *h, int32_t row)
{
    int32_t at = row * h->lanes + semi->lane;
    struct regulator r = regulator_of(semi, h, row);
    semi->flow[row] = (struct tw_semi_flow){0};
    if (r.ends.setting == 0.0) return; /* it shows the water that stood in it */
    double y1 = r.ends.depth1_m, y2 = r.ends.depth2_m;
    struct tw_link_flow f = flow_at(&r, y1, y2);
    double d = difference_m, low1 = y1 > d ? y1 - d : 0.0, low2 = y2 > d ? y2 - d : 0.0;
    double by1 =
        (flow_at(&r, y1 + d, y2).flow_m3s - flow_at(&r, low1, y2).flow_m3s) / (y1 + d - low1);
    double by2 =
        (flow_at(&r, y1, y2 + d).flow_m3s - flow_at(&r, y1, low2).flow_m3s) / (y2 + d - low2);
    semi->flow[row] = (struct tw_semi_flow){.flow_m3s = f.flow_m3s,
                                            .by_head1_m2s = by1 > 0.0 ? by1 : 0.0,
                                            .by_head2_m2s = by2 < 0.0 ? by2 : 0.0};
    h->link.depth_m[at] = f.depth_m;
    h->link.dqdh_m2s[at] = f.dqdh_m2s;
    h->link.flow_class[at] = (uint8_t)f.flow_class;
}
