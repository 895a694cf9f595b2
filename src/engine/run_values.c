/* What a run answers about its present state, and what can be set in it from outside. */
#include "engine/run_state.h"

#include <math.h>

static bool is_node(const tw_run *run, tw_node_id id)
{
    return id.index >= 0 && id.index < run->net->node_count;
}

static bool is_link(const tw_run *run, tw_link_id id)
{
    return id.index >= 0 && id.index < run->net->link_count;
}

static double node_value(const tw_run *run, const double *values, tw_node_id id)
{
    return is_node(run, id) ? values[id.index * run->lanes] : NAN;
}

static double link_value(const tw_run *run, const double *values, tw_link_id id)
{
    return is_link(run, id) ? values[run->net->row_of_link[id.index] * run->lanes] : NAN;
}

double tw_run_node_depth_m(const tw_run *run, tw_node_id id)
{
    return node_value(run, run->hydraulics.node.depth_m, id);
}

double tw_run_node_street_depth_m(const tw_run *run, tw_node_id id)
{
    if (!is_node(run, id)) return NAN;
    double above = tw_run_node_depth_m(run, id) - run->model->nodes.full_depth_m[id.index];
    return above > 0.0 ? above : 0.0;
}

double tw_run_node_flooding_m3s(const tw_run *run, tw_node_id id)
{
    return node_value(run, run->hydraulics.node.overflow_m3s, id);
}

double tw_run_node_inflow_m3s(const tw_run *run, tw_node_id id)
{
    return node_value(run, run->hydraulics.node.inflow_m3s, id);
}

double tw_run_link_flow_m3s(const tw_run *run, tw_link_id id)
{
    double q = link_value(run, run->hydraulics.link.flow_m3s, id);
    return is_link(run, id) && run->model->links.reversed[id.index] ? -q : q;
}

double tw_run_link_depth_m(const tw_run *run, tw_link_id id)
{
    return link_value(run, run->hydraulics.link.depth_m, id);
}

double tw_run_link_setting(const tw_run *run, tw_link_id id)
{
    return link_value(run, run->hydraulics.link.setting, id);
}

double tw_run_subcatchment_runoff_m3s(const tw_run *run, tw_subcatchment_id id)
{
    if (id.index < 0 || id.index >= run->model->subcatchments.count) return NAN;
    if (!run->hydrology.active) return 0.0;
    return run->hydrology.new_runoff_m3s[id.index * run->lanes];
}

double tw_run_gage_rain_mmh(const tw_run *run, tw_gage_id id)
{
    if (id.index < 0 || id.index >= run->model->gages.count) return NAN;
    return run->hydrology.gage_rain_mmh[id.index * run->lanes];
}

tw_status tw_run_set_gage_rain(tw_run *run, tw_gage_id id, double rain_mmh)
{
    if (id.index < 0 || id.index >= run->model->gages.count) return TW_ERR_ARG;
    if (!(rain_mmh >= 0.0) || !isfinite(rain_mmh)) return TW_ERR_ARG;
    if (!run->options.outer_rain) return TW_ERR_STATE;
    for (int32_t l = 0; l < run->lanes; l++) {
        run->hydrology.gage_rain_mmh[id.index * run->lanes + l] = rain_mmh;
    }
    return TW_OK;
}

tw_status tw_run_set_node_inflow(tw_run *run, tw_node_id id, double inflow_m3s)
{
    if (!is_node(run, id) || !isfinite(inflow_m3s)) return TW_ERR_ARG;
    for (int32_t l = 0; l < run->lanes; l++) {
        run->outer_inflow_m3s[id.index * run->lanes + l] = inflow_m3s;
    }
    return TW_OK;
}

tw_status tw_run_set_node_depth(tw_run *run, tw_node_id id, double depth_m)
{
    if (!is_node(run, id) || !(depth_m >= 0.0) || !isfinite(depth_m)) return TW_ERR_ARG;
    double volume = tw_node_volume(run->net, id.index, depth_m);
    for (int32_t l = 0; l < run->lanes; l++) {
        int32_t at = id.index * run->lanes + l;
        run->sums[l].nudged_m3 += volume - run->hydraulics.node.volume_m3[at];
        run->hydraulics.node.depth_m[at] = depth_m;
        run->hydraulics.node.volume_m3[at] = volume;
    }
    return TW_OK;
}
