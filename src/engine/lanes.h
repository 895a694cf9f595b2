/* What can be asked of a lane of a run, and set in a stretch of lanes; a run has one lane, a group
 * of a batch several. Answers and errors are those of thalweg/run.h. */
#ifndef TW_ENGINE_LANES_H
#define TW_ENGINE_LANES_H

#include "engine/run_state.h"

/* A member is one lane; the last member of a group is in all lanes from its own to the end. */
struct tw_lanes {
    int32_t first, end;
};

/** As tw_run_node_depth_m of a lane. */
double tw_lane_node_depth_m(const struct tw_run *run, int32_t lane, tw_node_id id);
/** As tw_run_node_street_depth_m of a lane. */
double tw_lane_node_street_depth_m(const struct tw_run *run, int32_t lane, tw_node_id id);
/** As tw_run_node_flooding_m3s of a lane. */
double tw_lane_node_flooding_m3s(const struct tw_run *run, int32_t lane, tw_node_id id);
/** As tw_run_node_inflow_m3s of a lane. */
double tw_lane_node_inflow_m3s(const struct tw_run *run, int32_t lane, tw_node_id id);
/** As tw_run_link_flow_m3s of a lane. */
double tw_lane_link_flow_m3s(const struct tw_run *run, int32_t lane, tw_link_id id);
/** As tw_run_link_depth_m of a lane. */
double tw_lane_link_depth_m(const struct tw_run *run, int32_t lane, tw_link_id id);
/** As tw_run_link_setting of a lane. */
double tw_lane_link_setting(const struct tw_run *run, int32_t lane, tw_link_id id);
/** As tw_run_subcatchment_runoff_m3s of a lane. */
double tw_lane_subcatchment_runoff_m3s(const struct tw_run *run, int32_t lane,
                                       tw_subcatchment_id id);
/** As tw_run_gage_rain_mmh of a lane. */
double tw_lane_gage_rain_mmh(const struct tw_run *run, int32_t lane, tw_gage_id id);
/** As tw_run_surface_depth_m of a lane. */
double tw_lane_surface_depth_m(const struct tw_run *run, int32_t lane, tw_subcatchment_id id,
                               tw_surface_part part);
/** As tw_run_soil of a lane. */
tw_status tw_lane_soil(const struct tw_run *run, int32_t lane, tw_subcatchment_id id,
                       double out_soil[TW_SOIL_VALUES]);
/** As tw_run_stats_get of a lane. */
struct tw_run_stats tw_lane_stats(const struct tw_run *run, int32_t lane);

/** As tw_run_set_gage_rain. */
tw_status tw_lanes_set_gage_rain(struct tw_run *run, struct tw_lanes lanes, tw_gage_id id,
                                 double rain_mmh);
/** As tw_run_set_subcatchment_rain. */
tw_status tw_lanes_set_subcatchment_rain(struct tw_run *run, struct tw_lanes lanes,
                                         tw_subcatchment_id id, double rain_mmh);
/** As tw_run_set_node_inflow. */
tw_status tw_lanes_set_node_inflow(struct tw_run *run, struct tw_lanes lanes, tw_node_id id,
                                   double inflow_m3s);
/** As tw_run_set_node_depth. */
tw_status tw_lanes_set_node_depth(struct tw_run *run, struct tw_lanes lanes, tw_node_id id,
                                  double depth_m);
/** As tw_run_set_link_flow. */
tw_status tw_lanes_set_link_flow(struct tw_run *run, struct tw_lanes lanes, tw_link_id id,
                                 double flow_m3s);
/** As tw_run_set_surface_depth. */
tw_status tw_lanes_set_surface_depth(struct tw_run *run, struct tw_lanes lanes,
                                     tw_subcatchment_id id, tw_surface_part part, double depth_m);
/** As tw_run_set_soil. */
tw_status tw_lanes_set_soil(struct tw_run *run, struct tw_lanes lanes, tw_subcatchment_id id,
                            const double soil[TW_SOIL_VALUES]);
/** As tw_run_set_factor. */
tw_status tw_lanes_set_factor(struct tw_run *run, struct tw_lanes lanes, tw_factor which,
                              int32_t index, double factor);

#endif
