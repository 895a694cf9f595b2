/* What a lane answers about its present state. */
#include "engine/lanes.h"

#include <math.h>

static double node_value(const struct tw_run *run, int32_t lane, const double *values,
                         tw_node_id id)
{
    bool known = id.index >= 0 && id.index < run->net->node_count;
    return known ? values[id.index * run->lanes + lane] : NAN;
}

static double link_value(const struct tw_run *run, int32_t lane, const double *values,
                         tw_link_id id)
{
    bool known = id.index >= 0 && id.index < run->net->link_count;
    return known ? values[run->net->row_of_link[id.index] * run->lanes + lane] : NAN;
}

static bool is_subcatchment(const struct tw_run *run, tw_subcatchment_id id)
{
    return id.index >= 0 && id.index < run->model->subcatchments.count;
}

double tw_lane_node_depth_m(const struct tw_run *run, int32_t lane, tw_node_id id)
{
    return node_value(run, lane, run->hydraulics.node.depth_m, id);
}

double tw_lane_node_street_depth_m(const struct tw_run *run, int32_t lane, tw_node_id id)
{
    double depth = tw_lane_node_depth_m(run, lane, id);
    if (isnan(depth)) return NAN;
    double above = depth - run->model->nodes.full_depth_m[id.index];
    return above > 0.0 ? above : 0.0;
}

double tw_lane_node_flooding_m3s(const struct tw_run *run, int32_t lane, tw_node_id id)
{
    return node_value(run, lane, run->hydraulics.node.overflow_m3s, id);
}

double tw_lane_node_inflow_m3s(const struct tw_run *run, int32_t lane, tw_node_id id)
{
    return node_value(run, lane, run->hydraulics.node.inflow_m3s, id);
}

double tw_lane_link_flow_m3s(const struct tw_run *run, int32_t lane, tw_link_id id)
{
    double q = link_value(run, lane, run->hydraulics.link.flow_m3s, id);
    return !isnan(q) && run->model->links.reversed[id.index] ? -q : q;
}

double tw_lane_link_depth_m(const struct tw_run *run, int32_t lane, tw_link_id id)
{
    return link_value(run, lane, run->hydraulics.link.depth_m, id);
}

double tw_lane_link_setting(const struct tw_run *run, int32_t lane, tw_link_id id)
{
    return link_value(run, lane, run->hydraulics.link.setting, id);
}

double tw_lane_subcatchment_runoff_m3s(const struct tw_run *run, int32_t lane,
                                       tw_subcatchment_id id)
{
    if (!is_subcatchment(run, id)) return NAN;
    return run->hydrology.new_runoff_m3s[id.index * run->lanes + lane];
}

double tw_lane_gage_rain_mmh(const struct tw_run *run, int32_t lane, tw_gage_id id)
{
    if (id.index < 0 || id.index >= run->model->gages.count) return NAN;
    return run->hydrology.gage_rain_mmh[id.index * run->lanes + lane];
}

double tw_lane_surface_depth_m(const struct tw_run *run, int32_t lane, tw_subcatchment_id id,
                               tw_surface_part part)
{
    if (!is_subcatchment(run, id) || (int)part < 0 || (int)part >= TW_SUBAREA_COUNT) return NAN;
    int32_t row = id.index * TW_SUBAREA_COUNT + (int32_t)part;
    return run->hydrology.depth_m[row * run->lanes + lane];
}

tw_status tw_lane_soil(const struct tw_run *run, int32_t lane, tw_subcatchment_id id,
                       double out_soil[TW_SOIL_VALUES])
{
    _Static_assert((int)TW_SOIL_VALUES == (int)TW_INFILTRATION_STATE, "a soil is a method's state");
    if (!is_subcatchment(run, id)) return TW_ERR_ARG;
    for (int32_t k = 0; k < TW_SOIL_VALUES; k++) {
        int32_t row = id.index * TW_INFILTRATION_STATE + k;
        out_soil[k] = run->hydrology.infiltration[row * run->lanes + lane];
    }
    return TW_OK;
}

struct tw_run_stats tw_lane_stats(const struct tw_run *run, int32_t lane)
{
    const struct tw_routing_clock *c = &run->hydraulics.clock[lane];
    double mean = c->steps > 0 ? tw_run_elapsed_s(run) / (double)c->steps : 0.0;
    double unplaced =
        run->semi == NULL ? 0.0 : tw_semi_unplaced_m3(run->semi, &run->hydraulics, lane);
    return (struct tw_run_stats){.steps = c->steps,
                                 .trials = c->trials,
                                 .unconverged_steps = c->unconverged_steps,
                                 .mean_step_s = mean,
                                 .unplaced_m3 = unplaced};
}
