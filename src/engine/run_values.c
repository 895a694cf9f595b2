/* A run is its only lane. */
#include "engine/lanes.h"

static const struct tw_lanes only = {0, 1};

double tw_run_node_depth_m(const tw_run *run, tw_node_id id)
{
    return tw_lane_node_depth_m(run, 0, id);
}

double tw_run_node_street_depth_m(const tw_run *run, tw_node_id id)
{
    return tw_lane_node_street_depth_m(run, 0, id);
}

double tw_run_node_flooding_m3s(const tw_run *run, tw_node_id id)
{
    return tw_lane_node_flooding_m3s(run, 0, id);
}

double tw_run_node_inflow_m3s(const tw_run *run, tw_node_id id)
{
    return tw_lane_node_inflow_m3s(run, 0, id);
}

double tw_run_link_flow_m3s(const tw_run *run, tw_link_id id)
{
    return tw_lane_link_flow_m3s(run, 0, id);
}

double tw_run_link_depth_m(const tw_run *run, tw_link_id id)
{
    return tw_lane_link_depth_m(run, 0, id);
}

double tw_run_link_setting(const tw_run *run, tw_link_id id)
{
    return tw_lane_link_setting(run, 0, id);
}

double tw_run_subcatchment_runoff_m3s(const tw_run *run, tw_subcatchment_id id)
{
    return tw_lane_subcatchment_runoff_m3s(run, 0, id);
}

double tw_run_gage_rain_mmh(const tw_run *run, tw_gage_id id)
{
    return tw_lane_gage_rain_mmh(run, 0, id);
}

double tw_run_surface_depth_m(const tw_run *run, tw_subcatchment_id id, tw_surface_part part)
{
    return tw_lane_surface_depth_m(run, 0, id, part);
}

tw_status tw_run_soil(const tw_run *run, tw_subcatchment_id id, double out_soil[TW_SOIL_VALUES])
{
    return tw_lane_soil(run, 0, id, out_soil);
}

struct tw_run_stats tw_run_stats_get(const tw_run *run) { return tw_lane_stats(run, 0); }

tw_status tw_run_set_gage_rain(tw_run *run, tw_gage_id id, double rain_mmh)
{
    return tw_lanes_set_gage_rain(run, only, id, rain_mmh);
}

tw_status tw_run_set_subcatchment_rain(tw_run *run, tw_subcatchment_id id, double rain_mmh)
{
    return tw_lanes_set_subcatchment_rain(run, only, id, rain_mmh);
}

tw_status tw_run_set_node_inflow(tw_run *run, tw_node_id id, double inflow_m3s)
{
    return tw_lanes_set_node_inflow(run, only, id, inflow_m3s);
}

tw_status tw_run_set_node_depth(tw_run *run, tw_node_id id, double depth_m)
{
    return tw_lanes_set_node_depth(run, only, id, depth_m);
}

tw_status tw_run_set_link_flow(tw_run *run, tw_link_id id, double flow_m3s)
{
    return tw_lanes_set_link_flow(run, only, id, flow_m3s);
}

tw_status tw_run_set_surface_depth(tw_run *run, tw_subcatchment_id id, tw_surface_part part,
                                   double depth_m)
{
    return tw_lanes_set_surface_depth(run, only, id, part, depth_m);
}

tw_status tw_run_set_soil(tw_run *run, tw_subcatchment_id id, const double soil[TW_SOIL_VALUES])
{
    return tw_lanes_set_soil(run, only, id, soil);
}

tw_status tw_run_set_factor(tw_run *run, tw_factor which, int32_t index, double factor)
{
    return tw_lanes_set_factor(run, only, which, index, factor);
}
