#include "hydrology/climate.h"
#include "hydrology/infiltration.h"

#include <math.h>

static const double least_runoff_mps = 2.31481e-8 * TW_FOOT_M; /* less is reported as none */

static void report_ground(const struct tw_hydrology *h, int32_t i, int32_t lane, double f,
                          double out[TW_SUBCATCHMENT_VALUES])
{
    const struct tw_ground_state *g = &h->ground;
    int32_t row = tw_ground_row(h->model, i);
    if (row < 0) return;
    size_t here = (size_t)row * (size_t)h->lanes + (size_t)lane;
    double flow_mps = (1.0 - f) * g->old_mps[here] + f * g->new_mps[here];
    out[TW_VALUE_GROUND_FLOW] = flow_mps * h->model->subcatchments.area_m2[i];
    out[TW_VALUE_GROUND_HEAD] = h->model->grounds.ground[row].bottom_m + g->depth_m[here];
    out[TW_VALUE_SOIL_MOISTURE] = g->moisture_ratio[here];
}

void tw_hydrology_report(const struct tw_hydrology *h, double report_ms, int32_t lane, double *out,
                         int32_t width)
{
    const struct tw_subcatchments *s = &h->model->subcatchments;
    const struct tw_hydrology_clock *clock = h->clock;
    double span_ms = clock->new_runoff_ms - clock->old_runoff_ms;
    double f = span_ms > 0.0 ? (report_ms - clock->old_runoff_ms) / span_ms : 1.0;
    for (int32_t i = 0; i < s->count; i++) {
        size_t here = (size_t)i * (size_t)h->lanes + (size_t)lane;
        double runoff_m3s = (1.0 - f) * h->old_runoff_m3s[here] + f * h->new_runoff_m3s[here];
        runoff_m3s += tw_lid_drain_m3s(&h->lid, i, lane, f);
        if (runoff_m3s < least_runoff_mps * s->area_m2[i]) runoff_m3s = 0.0;
        double *v = out + (size_t)i * (size_t)width;
        for (int k = 0; k < TW_SUBCATCHMENT_VALUES; k++)
            v[k] = 0.0;
        if (s->gage[i] >= 0)
            v[TW_VALUE_RAIN] = tw_hydrology_gage_report_mmh(h, s->gage[i], report_ms, lane);
        if (h->outer_rain_mmh[here] >= 0.0) v[TW_VALUE_RAIN] = h->outer_rain_mmh[here];
        if (tw_snow_lies(&h->snow, i))
            v[TW_VALUE_SNOW] =
                1000.0 * ((1.0 - f) * h->snow.old_depth_m[here] + f * h->snow.new_depth_m[here]);
        v[TW_VALUE_EVAPORATION] = h->evaporated_mps[here] * 1000.0 * 86400.0;
        v[TW_VALUE_INFILTRATION] = h->infiltrated_mps[here] * 3.6e6;
        v[TW_VALUE_RUNOFF] = runoff_m3s;
        report_ground(h, i, lane, f, v);
    }
}

double tw_hydrology_storage_m3(const struct tw_hydrology *h, int32_t lane)
{
    double volume_m3 = tw_lid_storage_m3(&h->lid, lane);
    for (int32_t i = 0; i < h->model->subcatchments.count; i++)
        for (int32_t k = 0; k < TW_SUBAREA_COUNT; k++) {
            size_t here = (size_t)(i * TW_SUBAREA_COUNT + k) * (size_t)h->lanes + (size_t)lane;
            volume_m3 += h->depth_m[here] *
                         h->catchment[(size_t)i * (size_t)h->lanes + (size_t)lane].area_m2[k];
        }
    return volume_m3;
}

double tw_hydrology_reported_storage_m3(const struct tw_hydrology *h, int32_t lane)
{
    double of_lids_m3 = tw_lid_reported_m3(&h->lid, lane) - tw_lid_storage_m3(&h->lid, lane);
    return tw_hydrology_storage_m3(h, lane) + of_lids_m3;
}

static double error_ratio(const struct tw_hydrology *h, int32_t lane, double storage_m3)
{
    const struct tw_hydrology_totals *t = &h->totals;
    double in_m3 = t->rain_m3[lane] + t->outfall_runon_m3[lane] + t->initial_storage_m3[lane];
    if (h->model->snow.count > 0) in_m3 += h->snow.initial_m3[lane];
    double out_m3 = t->evaporation_m3[lane] + t->infiltration_m3[lane] + t->runoff_m3[lane] +
                    h->lid.drained_m3[lane] + storage_m3 + t->snow_removed_m3[lane] +
                    tw_snow_storage_m3(&h->snow, lane);
    if (t->nudged_m3[lane] >= 0.0) {
        in_m3 += t->nudged_m3[lane];
    } else {
        out_m3 -= t->nudged_m3[lane];
    }
    if (fabs(in_m3 - out_m3) < TW_FOOT_M * TW_FOOT_M * TW_FOOT_M) return 0.0; /* as SWMM: 1 ft3 */
    if (in_m3 > 0.0) return 1.0 - out_m3 / in_m3;
    return out_m3 > 0.0 ? in_m3 / out_m3 - 1.0 : 0.0;
}

double tw_hydrology_error_ratio(const struct tw_hydrology *h, int32_t lane)
{
    return error_ratio(h, lane, tw_hydrology_storage_m3(h, lane));
}

double tw_hydrology_reported_error_ratio(const struct tw_hydrology *h, int32_t lane)
{
    return error_ratio(h, lane, tw_hydrology_reported_storage_m3(h, lane));
}
