/* Results of an earlier run as those of this one. As SWMM 5.2.4 reads its own files, though they
 * hold other things:
 *
 *   - evaporation of the file is a day's, and is taken for an hour's;
 *   - groundwater flow of the file is that of the whole subcatchment, and is taken for that of a
 *     square foot;
 *   - the water table of the file is an elevation H, and the depth of the lower zone becomes the
 *     aquifer's bottom - H;
 *   - the flow of groundwater before the last step stays 0, so that it begins anew in each.
 *
 * --strict takes the first three for what they are, and remembers the last. */
#include "hydrology/runoff_record.h"

#include <string.h>

#define FOOT_M 0.3048

static int32_t width_of(const struct tw_hydrology *h)
{
    return TW_SUBCATCHMENT_VALUES + h->model->quality.count;
}

static const double *values_of(const struct tw_hydrology *h, int64_t step, int32_t subcatchment)
{
    const struct tw_runoff_record *record = h->model->files.runoff;
    int64_t row = step * h->model->subcatchments.count + subcatchment;
    return step < record->steps ? record->value + row * width_of(h) : NULL;
}

const double *tw_runoff_record_quality(const struct tw_hydrology *h, int32_t subcatchment)
{
    const double *v = values_of(h, h->clock->record_step - 1, subcatchment);
    return v != NULL ? v + TW_SUBCATCHMENT_VALUES : NULL;
}

static void ground_take(struct tw_hydrology *h, int32_t i, int32_t lane, const double *v)
{
    struct tw_ground_state *g = &h->ground;
    int32_t row = tw_ground_row(h->model, i);
    if (row < 0 || h->model->options.ignore_groundwater) return;
    size_t here = (size_t)row * (size_t)h->lanes + (size_t)lane;
    double bottom_m = h->model->grounds.ground[row].bottom_m;
    bool strict = h->model->options.strict;
    if (strict) g->old_mps[here] = g->new_mps[here];
    g->new_mps[here] = v == NULL ? 0.0
                       : strict  ? v[TW_VALUE_GROUND_FLOW] / h->model->subcatchments.area_m2[i]
                                 : v[TW_VALUE_GROUND_FLOW] / (FOOT_M * FOOT_M);
    if (v == NULL) return;
    double depth_m = v[TW_VALUE_GROUND_HEAD] - bottom_m;
    g->depth_m[here] = strict ? depth_m : -depth_m;
    g->moisture_ratio[here] = v[TW_VALUE_SOIL_MOISTURE];
}

static void subcatchment_take(struct tw_hydrology *h, int32_t i, const double *v)
{
    static const double none[TW_SUBCATCHMENT_VALUES] = {0.0};
    const double *x = v != NULL ? v : none;
    double evaporation_s = h->model->options.strict ? 86400.0 : 3600.0;
    for (int32_t lane = 0; lane < h->lanes; lane++) {
        size_t here = (size_t)i * (size_t)h->lanes + (size_t)lane;
        if (tw_snow_lies(&h->snow, i)) h->snow.new_depth_m[here] = x[TW_VALUE_SNOW] / 1000.0;
        h->evaporated_mps[here] = x[TW_VALUE_EVAPORATION] / 1000.0 / evaporation_s;
        h->infiltrated_mps[here] = x[TW_VALUE_INFILTRATION] / 3.6e6;
        h->new_runoff_m3s[here] = x[TW_VALUE_RUNOFF];
        ground_take(h, i, lane, v);
    }
}

void tw_runoff_record_step(struct tw_hydrology *h, double end_ms)
{
    struct tw_hydrology_clock *clock = h->clock;
    const struct tw_runoff_record *record = h->model->files.runoff;
    int32_t subcatchments = h->model->subcatchments.count;
    size_t all = (size_t)subcatchments * (size_t)h->lanes;
    int64_t step = clock->record_step++;
    clock->old_runoff_ms = clock->new_runoff_ms;
    clock->new_runoff_ms += step < record->steps ? 1000.0 * record->step_s[step] : end_ms;
    if (clock->new_runoff_ms > end_ms) clock->new_runoff_ms = end_ms;
    memcpy(h->old_runoff_m3s, h->new_runoff_m3s, all * sizeof(double));
    tw_snow_begin_step(&h->snow);
    for (int32_t i = 0; i < subcatchments; i++)
        subcatchment_take(h, i, values_of(h, step, i));
}
