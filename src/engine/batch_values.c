/* What a member answers and takes: it is a lane of its group. */
#include "engine/batch.h"

#include <math.h>

struct tw_member tw_batch_member(const struct tw_batch *batch, int32_t member)
{
    struct tw_run *group = batch->group[member / batch->width];
    int32_t lane = member % batch->width;
    int32_t end = member == batch->members - 1 ? group->lanes : lane + 1;
    return (struct tw_member){.group = group, .lanes = {lane, end}};
}

/* The members that a call means; none when there is no such member. */
struct range {
    int32_t first, end;
};

static struct range range_of(const struct tw_batch *batch, int32_t member)
{
    if (member == TW_ALL_MEMBERS) return (struct range){0, batch->members};
    bool known = member >= 0 && member < batch->members;
    return known ? (struct range){member, member + 1} : (struct range){0, 0};
}

static bool is_sound(const struct tw_batch *batch, int32_t member)
{
    return tw_batch_status(batch, member) == TW_OK;
}

double tw_batch_node_depth_m(const tw_batch *batch, int32_t member, tw_node_id id)
{
    if (!is_sound(batch, member)) return NAN;
    struct tw_member m = tw_batch_member(batch, member);
    return tw_lane_node_depth_m(m.group, m.lanes.first, id);
}

double tw_batch_node_street_depth_m(const tw_batch *batch, int32_t member, tw_node_id id)
{
    if (!is_sound(batch, member)) return NAN;
    struct tw_member m = tw_batch_member(batch, member);
    return tw_lane_node_street_depth_m(m.group, m.lanes.first, id);
}

double tw_batch_node_flooding_m3s(const tw_batch *batch, int32_t member, tw_node_id id)
{
    if (!is_sound(batch, member)) return NAN;
    struct tw_member m = tw_batch_member(batch, member);
    return tw_lane_node_flooding_m3s(m.group, m.lanes.first, id);
}

double tw_batch_node_inflow_m3s(const tw_batch *batch, int32_t member, tw_node_id id)
{
    if (!is_sound(batch, member)) return NAN;
    struct tw_member m = tw_batch_member(batch, member);
    return tw_lane_node_inflow_m3s(m.group, m.lanes.first, id);
}

double tw_batch_link_flow_m3s(const tw_batch *batch, int32_t member, tw_link_id id)
{
    if (!is_sound(batch, member)) return NAN;
    struct tw_member m = tw_batch_member(batch, member);
    return tw_lane_link_flow_m3s(m.group, m.lanes.first, id);
}

double tw_batch_link_depth_m(const tw_batch *batch, int32_t member, tw_link_id id)
{
    if (!is_sound(batch, member)) return NAN;
    struct tw_member m = tw_batch_member(batch, member);
    return tw_lane_link_depth_m(m.group, m.lanes.first, id);
}

double tw_batch_link_setting(const tw_batch *batch, int32_t member, tw_link_id id)
{
    if (!is_sound(batch, member)) return NAN;
    struct tw_member m = tw_batch_member(batch, member);
    return tw_lane_link_setting(m.group, m.lanes.first, id);
}

double tw_batch_subcatchment_runoff_m3s(const tw_batch *batch, int32_t member,
                                        tw_subcatchment_id id)
{
    if (!is_sound(batch, member)) return NAN;
    struct tw_member m = tw_batch_member(batch, member);
    return tw_lane_subcatchment_runoff_m3s(m.group, m.lanes.first, id);
}

double tw_batch_gage_rain_mmh(const tw_batch *batch, int32_t member, tw_gage_id id)
{
    if (!is_sound(batch, member)) return NAN;
    struct tw_member m = tw_batch_member(batch, member);
    return tw_lane_gage_rain_mmh(m.group, m.lanes.first, id);
}

double tw_batch_surface_depth_m(const tw_batch *batch, int32_t member, tw_subcatchment_id id,
                                tw_surface_part part)
{
    if (!is_sound(batch, member)) return NAN;
    struct tw_member m = tw_batch_member(batch, member);
    return tw_lane_surface_depth_m(m.group, m.lanes.first, id, part);
}

tw_status tw_batch_soil(const tw_batch *batch, int32_t member, tw_subcatchment_id id,
                        double out_soil[TW_SOIL_VALUES])
{
    if (!is_sound(batch, member)) return TW_ERR_ARG;
    struct tw_member m = tw_batch_member(batch, member);
    return tw_lane_soil(m.group, m.lanes.first, id, out_soil);
}

static struct tw_balance no_balance(void)
{
    return (struct tw_balance){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN,
                               NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN,
                               NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
}

struct tw_balance tw_batch_balance(const tw_batch *batch, int32_t member)
{
    if (!is_sound(batch, member)) return no_balance();
    struct tw_member m = tw_batch_member(batch, member);
    return tw_balance_of_lane(m.group, m.lanes.first);
}

struct tw_run_stats tw_batch_stats(const tw_batch *batch, int32_t member)
{
    if (!is_sound(batch, member)) return (struct tw_run_stats){0};
    struct tw_member m = tw_batch_member(batch, member);
    return tw_lane_stats(m.group, m.lanes.first);
}

tw_status tw_batch_set_gage_rain(tw_batch *batch, int32_t member, tw_gage_id id, double rain_mmh)
{
    struct range range = range_of(batch, member);
    tw_status status = TW_ERR_ARG;
    for (int32_t i = range.first; i < range.end; i++) {
        struct tw_member m = tw_batch_member(batch, i);
        status = tw_lanes_set_gage_rain(m.group, m.lanes, id, rain_mmh);
        if (status != TW_OK) break;
    }
    return status;
}

tw_status tw_batch_set_subcatchment_rain(tw_batch *batch, int32_t member, tw_subcatchment_id id,
                                         double rain_mmh)
{
    struct range range = range_of(batch, member);
    tw_status status = TW_ERR_ARG;
    for (int32_t i = range.first; i < range.end; i++) {
        struct tw_member m = tw_batch_member(batch, i);
        status = tw_lanes_set_subcatchment_rain(m.group, m.lanes, id, rain_mmh);
        if (status != TW_OK) break;
    }
    return status;
}

tw_status tw_batch_set_node_inflow(tw_batch *batch, int32_t member, tw_node_id id,
                                   double inflow_m3s)
{
    struct range range = range_of(batch, member);
    tw_status status = TW_ERR_ARG;
    for (int32_t i = range.first; i < range.end; i++) {
        struct tw_member m = tw_batch_member(batch, i);
        status = tw_lanes_set_node_inflow(m.group, m.lanes, id, inflow_m3s);
        if (status != TW_OK) break;
    }
    return status;
}

tw_status tw_batch_set_node_depth(tw_batch *batch, int32_t member, tw_node_id id, double depth_m)
{
    struct range range = range_of(batch, member);
    tw_status status = TW_ERR_ARG;
    for (int32_t i = range.first; i < range.end; i++) {
        struct tw_member m = tw_batch_member(batch, i);
        status = tw_lanes_set_node_depth(m.group, m.lanes, id, depth_m);
        if (status != TW_OK) break;
    }
    return status;
}

tw_status tw_batch_set_link_flow(tw_batch *batch, int32_t member, tw_link_id id, double flow_m3s)
{
    struct range range = range_of(batch, member);
    tw_status status = TW_ERR_ARG;
    for (int32_t i = range.first; i < range.end; i++) {
        struct tw_member m = tw_batch_member(batch, i);
        status = tw_lanes_set_link_flow(m.group, m.lanes, id, flow_m3s);
        if (status != TW_OK) break;
    }
    return status;
}

tw_status tw_batch_set_surface_depth(tw_batch *batch, int32_t member, tw_subcatchment_id id,
                                     tw_surface_part part, double depth_m)
{
    struct range range = range_of(batch, member);
    tw_status status = TW_ERR_ARG;
    for (int32_t i = range.first; i < range.end; i++) {
        struct tw_member m = tw_batch_member(batch, i);
        status = tw_lanes_set_surface_depth(m.group, m.lanes, id, part, depth_m);
        if (status != TW_OK) break;
    }
    return status;
}

tw_status tw_batch_set_soil(tw_batch *batch, int32_t member, tw_subcatchment_id id,
                            const double soil[TW_SOIL_VALUES])
{
    struct range range = range_of(batch, member);
    tw_status status = TW_ERR_ARG;
    for (int32_t i = range.first; i < range.end; i++) {
        struct tw_member m = tw_batch_member(batch, i);
        status = tw_lanes_set_soil(m.group, m.lanes, id, soil);
        if (status != TW_OK) break;
    }
    return status;
}

tw_status tw_batch_set_factor(tw_batch *batch, int32_t member, tw_factor which, int32_t index,
                              double factor)
{
    struct range range = range_of(batch, member);
    tw_status status = TW_ERR_ARG;
    for (int32_t i = range.first; i < range.end; i++) {
        struct tw_member m = tw_batch_member(batch, i);
        status = tw_lanes_set_factor(m.group, m.lanes, which, index, factor);
        if (status != TW_OK) break;
    }
    return status;
}
