#include "quality/parts.h"

#include <math.h>
#include <string.h>

void tw_quality_lay(struct tw_quality *q, const struct tw_model *model, int32_t lanes,
                    struct tw_pool *state)
{
    const struct tw_quality_model *m = &model->quality;
    q->model = model;
    q->lanes = lanes;
    q->active = m->count > 0;
    size_t each = (size_t)m->count * (size_t)lanes, nodes = (size_t)model->nodes.count * each;
    size_t links = (size_t)model->links.count * each;
    size_t subcatchments = (size_t)model->subcatchments.count * each;
    q->node = TW_POOL_NEW(state, double, nodes);
    q->old_node = TW_POOL_NEW(state, double, nodes);
    q->node_load = TW_POOL_NEW(state, double, nodes);
    q->node_set = TW_POOL_NEW(state, double, nodes);
    q->node_mixed = TW_POOL_NEW(state, double, nodes);
    q->link_set = TW_POOL_NEW(state, double, links);
    q->link = TW_POOL_NEW(state, double, links);
    q->old_link = TW_POOL_NEW(state, double, links);
    q->outlet = TW_POOL_NEW(state, double, subcatchments);
    q->old_outlet = TW_POOL_NEW(state, double, subcatchments);
    q->runon = TW_POOL_NEW(state, double, subcatchments);
    q->ponded = TW_POOL_NEW(state, double, subcatchments);
    q->source_load = TW_POOL_NEW(state, double, each *TW_NETWORK_SOURCES);
    q->surface_mass = TW_POOL_NEW(state, double, each *TW_SURFACE_MASSES);
    q->network_mass = TW_POOL_NEW(state, double, each *TW_NETWORK_MASSES);
    q->network_rate = TW_POOL_NEW(state, double, each *TW_NETWORK_MASSES);
    q->washed_mass = TW_POOL_NEW(state, double, subcatchments);
    q->link_mass = TW_POOL_NEW(state, double, links);
    q->outfall_mass = TW_POOL_NEW(state, double, (size_t)model->outfalls.count *each);
    q->outfall_routed = TW_POOL_NEW(state, double, (size_t)model->outfalls.count *each);
    q->runoff_step_s = TW_POOL_NEW(state, double, q->active ? 1 : 0);
    q->buildup = TW_POOL_NEW(state, double, subcatchments *(size_t)m->landuse_count);
    size_t swept = q->active ? (size_t)model->subcatchments.count * (size_t)m->landuse_count : 0;
    q->swept_day = TW_POOL_NEW(state, double, swept);
    size_t storages = q->active ? (size_t)model->storages.count * (size_t)lanes : 0;
    q->residence_h = TW_POOL_NEW(state, double, storages);
}

static void zero(double *values, size_t count)
{
    if (count > 0) memset(values, 0, count * sizeof *values);
}

/* Wet elements begin with the pollutants' initial concentrations. */
static void begin_wet(struct tw_quality *q, int32_t element, const double *depth_m, int32_t row,
                      double *now, double *old)
{
    for (int32_t p = 0; p < q->model->quality.count; p++) {
        for (int32_t lane = 0; lane < q->lanes; lane++) {
            bool wet = depth_m[(size_t)row * (size_t)q->lanes + (size_t)lane] > 1e-4 * TW_FOOT_M;
            size_t here = tw_quality_at(q, element, p, lane);
            now[here] = old[here] = wet ? q->model->quality.pollutant[p].initial : 0.0;
        }
    }
}

static void begin_buildup(struct tw_quality *q, int32_t subcatchment, int32_t landuse)
{
    const struct tw_quality_model *m = &q->model->quality;
    const struct tw_hotstart *hot = q->model->files.hotstart;
    int32_t covered = subcatchment * m->landuse_count + landuse;
    for (int32_t p = 0; p < m->count; p++) {
        double buildup = hot != NULL && hot->version >= 3
                             ? hot->buildup[covered * m->count + p]
                             : tw_buildup_begin(q, subcatchment, landuse, p);
        double mass = buildup / m->pollutant[p].file_mass;
        for (int32_t lane = 0; lane < q->lanes; lane++) {
            q->buildup[tw_quality_at(q, covered, p, lane)] = buildup;
            tw_surface_book(q, TW_SURFACE_INITIAL, p, lane, mass);
        }
    }
}

static void begin_surfaces(struct tw_quality *q, double start_day)
{
    const struct tw_quality_model *m = &q->model->quality;
    for (int32_t i = 0; i < q->model->subcatchments.count; i++) {
        for (int32_t u = 0; u < m->landuse_count; u++) {
            int32_t covered = i * m->landuse_count + u;
            q->swept_day[covered] = start_day - m->landuse[u].last_swept_days;
            begin_buildup(q, i, u);
        }
    }
}

static void spread(const struct tw_quality *q, double *to, const double *from, int64_t count)
{
    for (int64_t i = 0; i < count * q->lanes; i++)
        to[i] = from[i / q->lanes];
}

/* Concentrations and times that an earlier run left; build-up is in begin_buildup, and what stands
 * on surfaces waits for who knows how much water that is. */
static void begin_hot(struct tw_quality *q, const struct tw_hotstart *hot)
{
    const struct tw_model *m = q->model;
    int64_t p = m->quality.count, subs = m->subcatchments.count;
    spread(q, q->node, hot->node_quality, m->nodes.count * p);
    spread(q, q->link, hot->link_quality, m->links.count * p);
    if (hot->version >= 4) spread(q, q->residence_h, hot->residence_h, m->storages.count);
    if (hot->version < 3) return;
    spread(q, q->outlet, hot->outlet, subs * p);
    for (int64_t i = 0; i < subs * m->quality.landuse_count; i++)
        q->swept_day[i] = hot->swept_day[i];
}

void tw_quality_begin(struct tw_quality *q, double start_day, const double *node_depth_m,
                      const double *link_depth_m, const int32_t *row_of_link)
{
    if (!q->active) return;
    size_t each = (size_t)q->model->quality.count * (size_t)q->lanes;
    size_t subcatchments = (size_t)q->model->subcatchments.count * each;
    zero(q->node_load, (size_t)q->model->nodes.count * each);
    zero(q->node_mixed, (size_t)q->model->nodes.count * each);
    for (size_t i = 0; i < (size_t)q->model->nodes.count * each; i++)
        q->node_set[i] = -1.0;
    for (size_t i = 0; i < (size_t)q->model->links.count * each; i++)
        q->link_set[i] = -1.0;
    zero(q->outlet, subcatchments);
    zero(q->old_outlet, subcatchments);
    zero(q->runon, subcatchments);
    zero(q->ponded, subcatchments);
    zero(q->source_load, each * TW_NETWORK_SOURCES);
    zero(q->surface_mass, each * TW_SURFACE_MASSES);
    zero(q->network_mass, each * TW_NETWORK_MASSES);
    zero(q->network_rate, each * TW_NETWORK_MASSES);
    zero(q->washed_mass, subcatchments);
    zero(q->link_mass, (size_t)q->model->links.count * each);
    zero(q->outfall_mass, (size_t)q->model->outfalls.count * each);
    zero(q->outfall_routed, (size_t)q->model->outfalls.count * each);
    *q->runoff_step_s = 0.0;
    zero(q->residence_h, (size_t)q->model->storages.count * (size_t)q->lanes);
    for (int32_t i = 0; i < q->model->nodes.count; i++)
        begin_wet(q, i, node_depth_m, i, q->node, q->old_node);
    for (int32_t i = 0; i < q->model->links.count; i++)
        begin_wet(q, i, link_depth_m, row_of_link[i], q->link, q->old_link);
    begin_surfaces(q, start_day);
    if (q->model->files.hotstart != NULL) begin_hot(q, q->model->files.hotstart);
}

void tw_quality_rest(struct tw_quality *q)
{
    if (!q->active) return;
    size_t each = (size_t)q->model->quality.count * (size_t)q->lanes;
    size_t nodes = (size_t)q->model->nodes.count * each,
           links = (size_t)q->model->links.count * each;
    memcpy(q->old_node, q->node, nodes * sizeof *q->node);
    memcpy(q->old_link, q->link, links * sizeof *q->link);
    zero(q->node, nodes);
    zero(q->link, links);
}

/* ---- loads into nodes ---- */

void tw_quality_loads_begin(struct tw_quality *q)
{
    size_t each = (size_t)q->model->quality.count * (size_t)q->lanes;
    zero(q->node_load, (size_t)q->model->nodes.count * each);
    zero(q->source_load, each * TW_NETWORK_SOURCES);
}

void tw_quality_book(struct tw_quality *q, enum tw_network_mass what, int32_t pollutant,
                     int32_t lane, double rate)
{
    q->network_rate[tw_mass_at(q, (int)what, pollutant, lane)] += rate;
}

static void add_half_step(struct tw_quality *q, double dt_s)
{
    size_t each = (size_t)q->model->quality.count * (size_t)q->lanes;
    size_t all = each * TW_NETWORK_INITIAL, left = each * TW_NETWORK_LEFT;
    for (size_t i = 0; i < all; i++)
        q->network_mass[i] += 0.5 * dt_s * q->network_rate[i];
    for (size_t i = left; i < left + each; i++) /* as in SWMM twice: with both halves of a step */
        q->network_mass[i] += q->network_rate[i];
}

void tw_quality_begin_step(struct tw_quality *q, double dt_s)
{
    size_t each = (size_t)q->model->quality.count * (size_t)q->lanes;
    add_half_step(q, dt_s);
    zero(q->network_rate, each * TW_NETWORK_MASSES);
    memcpy(q->network_rate, q->source_load, each * TW_NETWORK_SOURCES * sizeof(double));
}

void tw_quality_end_step(struct tw_quality *q, double dt_s) { add_half_step(q, dt_s); }

void tw_quality_add_load(struct tw_quality *q, enum tw_network_mass source, int32_t node,
                         int32_t lane, int32_t pollutant, double load)
{
    q->node_load[tw_quality_at(q, node, pollutant, lane)] += load;
    if (source < TW_NETWORK_SOURCES)
        q->source_load[tw_mass_at(q, (int)source, pollutant, lane)] += load;
}

void tw_quality_add_flow(struct tw_quality *q, enum tw_network_mass source, int32_t node,
                         int32_t lane, double flow_m3s)
{
    for (int32_t p = 0; p < q->model->quality.count; p++) {
        const struct tw_pollutant *one = &q->model->quality.pollutant[p];
        double usual = source == TW_NETWORK_DRY      ? one->dry
                       : source == TW_NETWORK_GROUND ? one->ground
                                                     : one->rdii;
        tw_quality_add_load(q, source, node, lane, p, flow_m3s * usual);
    }
}

void tw_quality_add_runoff(struct tw_quality *q, double f, const double *old_runoff_m3s,
                           const double *new_runoff_m3s)
{
    const struct tw_subcatchments *s = &q->model->subcatchments;
    for (int32_t i = 0; i < s->count; i++) {
        if (s->outlet_node[i] < 0) continue;
        for (int32_t p = 0; p < q->model->quality.count; p++) {
            for (int32_t lane = 0; lane < q->lanes; lane++) {
                size_t flow = (size_t)i * (size_t)q->lanes + (size_t)lane;
                size_t here = tw_quality_at(q, i, p, lane);
                double load = (1.0 - f) * old_runoff_m3s[flow] * q->old_outlet[here] +
                              f * new_runoff_m3s[flow] * q->outlet[here];
                tw_quality_add_load(q, TW_NETWORK_WET, s->outlet_node[i], lane, p, load);
            }
        }
    }
}
