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
    q->link = TW_POOL_NEW(state, double, links);
    q->old_link = TW_POOL_NEW(state, double, links);
    q->outlet = TW_POOL_NEW(state, double, subcatchments);
    q->old_outlet = TW_POOL_NEW(state, double, subcatchments);
    q->runon = TW_POOL_NEW(state, double, subcatchments);
    q->ponded = TW_POOL_NEW(state, double, subcatchments);
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

static void begin_surfaces(struct tw_quality *q, double start_day)
{
    const struct tw_quality_model *m = &q->model->quality;
    for (int32_t i = 0; i < q->model->subcatchments.count; i++) {
        for (int32_t u = 0; u < m->landuse_count; u++) {
            int32_t covered = i * m->landuse_count + u;
            q->swept_day[covered] = start_day - m->landuse[u].last_swept_days;
            for (int32_t p = 0; p < m->count; p++) {
                double buildup = tw_buildup_begin(q, i, u, p);
                for (int32_t lane = 0; lane < q->lanes; lane++)
                    q->buildup[tw_quality_at(q, covered, p, lane)] = buildup;
            }
        }
    }
}

void tw_quality_begin(struct tw_quality *q, double start_day, const double *node_depth_m,
                      const double *link_depth_m, const int32_t *row_of_link)
{
    if (!q->active) return;
    size_t each = (size_t)q->model->quality.count * (size_t)q->lanes;
    size_t subcatchments = (size_t)q->model->subcatchments.count * each;
    zero(q->node_load, (size_t)q->model->nodes.count * each);
    zero(q->outlet, subcatchments);
    zero(q->old_outlet, subcatchments);
    zero(q->runon, subcatchments);
    zero(q->ponded, subcatchments);
    zero(q->residence_h, (size_t)q->model->storages.count * (size_t)q->lanes);
    for (int32_t i = 0; i < q->model->nodes.count; i++)
        begin_wet(q, i, node_depth_m, i, q->node, q->old_node);
    for (int32_t i = 0; i < q->model->links.count; i++)
        begin_wet(q, i, link_depth_m, row_of_link[i], q->link, q->old_link);
    begin_surfaces(q, start_day);
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
    zero(q->node_load,
         (size_t)q->model->nodes.count * (size_t)q->model->quality.count * (size_t)q->lanes);
}

double tw_pollutant_of_ground(const struct tw_pollutant *p) { return p->ground; }
double tw_pollutant_of_dry(const struct tw_pollutant *p) { return p->dry; }
double tw_pollutant_of_rdii(const struct tw_pollutant *p) { return p->rdii; }

void tw_quality_add_load(struct tw_quality *q, int32_t node, int32_t lane, int32_t pollutant,
                         double load)
{
    q->node_load[tw_quality_at(q, node, pollutant, lane)] += load;
}

void tw_quality_add_flow(struct tw_quality *q, int32_t node, int32_t lane, double flow_m3s,
                         double (*which)(const struct tw_pollutant *pollutant))
{
    for (int32_t p = 0; p < q->model->quality.count; p++)
        tw_quality_add_load(q, node, lane, p, flow_m3s * which(&q->model->quality.pollutant[p]));
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
                tw_quality_add_load(q, s->outlet_node[i], lane, p,
                                    (1.0 - f) * old_runoff_m3s[flow] * q->old_outlet[here] +
                                        f * new_runoff_m3s[flow] * q->outlet[here]);
            }
        }
    }
}
