#include "forecast/cycle.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct tw_forecast {
    struct tw_forecast_setup setup;
    struct tw_watch *watches;
    tw_run *run;
    int32_t step_count;
    float *values;
};

static double street_depth(const tw_run *run, int32_t index)
{
    return tw_run_node_street_depth_m(run, (tw_node_id){index});
}

static double node_depth(const tw_run *run, int32_t index)
{
    return tw_run_node_depth_m(run, (tw_node_id){index});
}

static double link_flow(const tw_run *run, int32_t index)
{
    return tw_run_link_flow_m3s(run, (tw_link_id){index});
}

static double gage_rain(const tw_run *run, int32_t index)
{
    return tw_run_gage_rain_mmh(run, (tw_gage_id){index});
}

static double node_inflow(const tw_run *run, int32_t index)
{
    return tw_run_node_inflow_m3s(run, (tw_node_id){index});
}

static double (*const values_of[])(const tw_run *run, int32_t index) = {
    [TW_WATCH_STREET_DEPTH] = street_depth, [TW_WATCH_NODE_DEPTH] = node_depth,
    [TW_WATCH_LINK_FLOW] = link_flow,       [TW_WATCH_GAGE_RAIN] = gage_rain,
    [TW_WATCH_NODE_INFLOW] = node_inflow,
};

double tw_watch_value(const tw_run *run, struct tw_watch watch)
{
    return values_of[watch.kind](run, watch.index);
}

tw_status tw_forecast_create(const struct tw_forecast_setup *setup,
                             struct tw_forecast **out_forecast)
{
    if (!(setup->step_s > 0.0) || !(setup->horizon_s >= setup->step_s)) return TW_ERR_ARG;
    struct tw_forecast *forecast = calloc(1, sizeof *forecast);
    if (forecast == NULL) return TW_ERR_NOMEM;
    size_t watches = (size_t)setup->watch_count;
    forecast->setup = *setup;
    forecast->step_count = (int32_t)floor(setup->horizon_s / setup->step_s) + 1;
    forecast->watches = malloc((watches + 1) * sizeof *forecast->watches);
    forecast->values =
        malloc((watches + 1) * (size_t)forecast->step_count * sizeof *forecast->values);
    tw_status status = TW_ERR_NOMEM;
    if (forecast->watches != NULL && forecast->values != NULL) {
        if (watches > 0) {
            memcpy(forecast->watches, setup->watches, watches * sizeof *forecast->watches);
        }
        status = tw_run_create(setup->model, &setup->options, &forecast->run);
    }
    if (status != TW_OK) {
        tw_forecast_destroy(forecast);
        return status;
    }
    *out_forecast = forecast;
    return TW_OK;
}

void tw_forecast_destroy(struct tw_forecast *forecast)
{
    if (forecast == NULL) return;
    tw_run_destroy(forecast->run);
    free(forecast->watches);
    free(forecast->values);
    free(forecast);
}

tw_status tw_forecast_fork(struct tw_forecast *forecast, const tw_run *live)
{
    return tw_run_copy_state(forecast->run, live);
}

static void record(struct tw_forecast *forecast, int32_t step)
{
    for (int32_t w = 0; w < forecast->setup.watch_count; w++) {
        forecast->values[(int64_t)w * forecast->step_count + step] =
            (float)tw_watch_value(forecast->run, forecast->watches[w]);
    }
}

tw_status tw_forecast_run(struct tw_forecast *forecast, tw_rain_source *rain, void *user,
                          struct tw_forecast_result *out_result)
{
    const double start_s = tw_run_elapsed_s(forecast->run);
    const double step_s = forecast->setup.step_s;
    const int32_t gages = tw_model_gage_count(forecast->setup.model);
    record(forecast, 0);
    for (int32_t step = 1; step < forecast->step_count; step++) {
        double from_s = start_s + (step - 1) * step_s;
        double to_s = start_s + step * step_s;
        for (int32_t g = 0; g < gages; g++) {
            TW_TRY(
                tw_run_set_gage_rain(forecast->run, (tw_gage_id){g}, rain(user, g, from_s, to_s)));
        }
        TW_TRY(tw_run_advance(forecast->run, to_s));
        record(forecast, step);
    }
    *out_result = (struct tw_forecast_result){.start_s = start_s,
                                              .step_s = step_s,
                                              .step_count = forecast->step_count,
                                              .values = forecast->values};
    return TW_OK;
}

double tw_forecast_peak(const float *values, int32_t count, int32_t *out_at)
{
    double peak = (double)NAN;
    for (int32_t i = 0; i < count; i++) {
        if (!(values[i] > peak) && !isnan(peak)) continue;
        peak = (double)values[i];
        *out_at = i;
    }
    return peak;
}
