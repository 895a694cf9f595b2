/* What can be set from outside in lanes of a run; water that this adds or takes is booked. */
#include "engine/lanes.h"

#include "hydraulics/constants.h"
#include "hydraulics/dynwave.h"
#include "hydraulics/xsect.h"

#include <math.h>

static bool is_node(const struct tw_run *run, tw_node_id id)
{
    return id.index >= 0 && id.index < run->net->node_count;
}

static bool is_subcatchment(const struct tw_run *run, tw_subcatchment_id id)
{
    return id.index >= 0 && id.index < run->model->subcatchments.count;
}

static bool is_amount(double value) { return value >= 0.0 && isfinite(value); }

tw_status tw_lanes_set_gage_rain(struct tw_run *run, struct tw_lanes lanes, tw_gage_id id,
                                 double rain_mmh)
{
    if (id.index < 0 || id.index >= run->model->gages.count) return TW_ERR_ARG;
    if (!is_amount(rain_mmh)) return TW_ERR_ARG;
    if (!run->options.outer_rain) return TW_ERR_STATE;
    for (int32_t l = lanes.first; l < lanes.end; l++)
        run->hydrology.gage_rain_mmh[id.index * run->lanes + l] = rain_mmh;
    return TW_OK;
}

tw_status tw_lanes_set_subcatchment_rain(struct tw_run *run, struct tw_lanes lanes,
                                         tw_subcatchment_id id, double rain_mmh)
{
    bool of_gage = isnan(rain_mmh);
    if (!is_subcatchment(run, id) || (!of_gage && !is_amount(rain_mmh))) return TW_ERR_ARG;
    if (!run->options.outer_rain) return TW_ERR_STATE;
    for (int32_t l = lanes.first; l < lanes.end; l++) {
        double *value = &run->hydrology.outer_rain_mmh[id.index * run->lanes + l];
        *value = of_gage ? TW_RAIN_OF_GAGE : rain_mmh;
    }
    return TW_OK;
}

tw_status tw_lanes_set_node_inflow(struct tw_run *run, struct tw_lanes lanes, tw_node_id id,
                                   double inflow_m3s)
{
    if (!is_node(run, id) || !isfinite(inflow_m3s)) return TW_ERR_ARG;
    for (int32_t l = lanes.first; l < lanes.end; l++)
        run->outer_inflow_m3s[id.index * run->lanes + l] = inflow_m3s;
    return TW_OK;
}

/* Depth at an end of a conduit whose node has a depth above it, as routing has it. */
static double end_depth(const struct tw_network *net, int32_t row, double y)
{
    double full = net->conduit.full_depth_m[row];
    return y < TW_TINY_DEPTH_M ? TW_TINY_DEPTH_M : y > full ? full : y;
}

/* Move an end of a conduit from one depth to another; returns what the conduit gains [m3]. Its area
 * at mid-length follows, or the change would count as acceleration of what flows. */
static double move_end(struct tw_run *run, int32_t row, int32_t lane, double from_m, double to_m)
{
    const struct tw_conduit_rows *c = &run->net->conduit;
    struct tw_hydraulics *h = &run->hydraulics;
    const struct tw_xsect *section = &run->net->xsects[c->section[row]];
    int32_t at = row * run->lanes + lane;
    double change = tw_xsect_area(section, to_m) - tw_xsect_area(section, from_m);
    change *= 0.5 * c->length_m[row] * c->barrels[row];
    if (h->link.volume_m3[at] + change < 0.0) change = -h->link.volume_m3[at];
    h->link.volume_m3[at] += change;
    h->link.depth_m[at] = end_depth(run->net, row, h->link.depth_m[at] + 0.5 * (to_m - from_m));
    h->conduit.area_m2[at] = tw_xsect_area(section, h->link.depth_m[at]);
    return change;
}

/* Water that conduits at a node gain when its depth changes: half of their length goes with it. */
static double raise_conduits(struct tw_run *run, int32_t lane, int32_t node, double depth_m)
{
    const struct tw_network *net = run->net;
    const struct tw_conduit_rows *c = &net->conduit;
    double old_m = run->hydraulics.node.depth_m[node * run->lanes + lane], gained = 0.0;
    for (int32_t k = net->node_first[node]; k < net->node_first[node + 1]; k++) {
        int32_t row = net->incident[k] >> 1;
        double offset = net->incident[k] & 1 ? c->offset2_m[row] : c->offset1_m[row];
        gained += move_end(run, row, lane, end_depth(net, row, old_m - offset),
                           end_depth(net, row, depth_m - offset));
    }
    return gained;
}

tw_status tw_lanes_set_node_depth(struct tw_run *run, struct tw_lanes lanes, tw_node_id id,
                                  double depth_m)
{
    if (!is_node(run, id) || !is_amount(depth_m)) return TW_ERR_ARG;
    double volume = tw_node_volume(run->net, id.index, depth_m);
    for (int32_t l = lanes.first; l < lanes.end; l++) {
        int32_t at = id.index * run->lanes + l;
        run->sums[l].nudged_m3 += raise_conduits(run, l, id.index, depth_m);
        run->sums[l].nudged_m3 += volume - run->hydraulics.node.volume_m3[at];
        run->hydraulics.node.depth_m[at] = depth_m;
        run->hydraulics.node.volume_m3[at] = volume;
    }
    return TW_OK;
}

/* Take a flow out of one node and into another, `sign` 1, or undo that, -1. */
static void book_flow(struct tw_run *run, int32_t lane, int32_t row, double flow, double sign)
{
    const struct tw_network *net = run->net;
    int32_t giver = flow >= 0.0 ? net->from[row] : net->to[row];
    int32_t taker = flow >= 0.0 ? net->to[row] : net->from[row];
    double q = sign * fabs(flow);
    struct tw_flow_rates *rates = &run->sums[lane].rates;
    run->hydraulics.node.outflow_m3s[giver * run->lanes + lane] += q;
    run->hydraulics.node.inflow_m3s[taker * run->lanes + lane] += q;
    if (net->outfall[giver]) rates->external_m3s += q;
    if (net->outfall[taker]) rates->outflow_m3s += q;
}

tw_status tw_lanes_set_link_flow(struct tw_run *run, struct tw_lanes lanes, tw_link_id id,
                                 double flow_m3s)
{
    const struct tw_network *net = run->net;
    if (id.index < 0 || id.index >= net->link_count || !isfinite(flow_m3s)) return TW_ERR_ARG;
    int32_t row = net->row_of_link[id.index];
    double flow = run->model->links.reversed[id.index] ? -flow_m3s : flow_m3s;
    for (int32_t l = lanes.first; l < lanes.end; l++) {
        int32_t at = row * run->lanes + l;
        book_flow(run, l, row, run->hydraulics.link.flow_m3s[at], -1.0);
        book_flow(run, l, row, flow, 1.0);
        run->hydraulics.link.flow_m3s[at] = flow;
        if (row >= net->conduit_count) continue;
        run->hydraulics.conduit.flow_m3s[at] = flow / net->conduit.barrels[row];
    }
    return TW_OK;
}

tw_status tw_lanes_set_surface_depth(struct tw_run *run, struct tw_lanes lanes,
                                     tw_subcatchment_id id, tw_surface_part part, double depth_m)
{
    if (!is_subcatchment(run, id) || !is_amount(depth_m)) return TW_ERR_ARG;
    if ((int)part < 0 || (int)part >= TW_SUBAREA_COUNT) return TW_ERR_ARG;
    for (int32_t l = lanes.first; l < lanes.end; l++)
        tw_hydrology_set_depth(&run->hydrology, id.index, (enum tw_subarea)part, l, depth_m);
    return TW_OK;
}

tw_status tw_lanes_set_soil(struct tw_run *run, struct tw_lanes lanes, tw_subcatchment_id id,
                            const double soil[TW_SOIL_VALUES])
{
    if (!is_subcatchment(run, id)) return TW_ERR_ARG;
    for (int32_t k = 0; k < TW_SOIL_VALUES; k++) {
        if (!isfinite(soil[k])) return TW_ERR_ARG;
    }
    for (int32_t k = 0; k < TW_SOIL_VALUES; k++) {
        int32_t row = id.index * TW_INFILTRATION_STATE + k;
        for (int32_t l = lanes.first; l < lanes.end; l++)
            run->hydrology.infiltration[row * run->lanes + l] = soil[k];
    }
    return TW_OK;
}
