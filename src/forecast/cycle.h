/* One forecast cycle: the live model's state is copied into a run of its own, which goes on under
 * the rain that is taken to come. */
#ifndef TW_FORECAST_CYCLE_H
#define TW_FORECAST_CYCLE_H

#include "thalweg/run.h"
#include "thalweg/status.h"

#include <stdint.h>

/** What is recorded of a run. */
typedef enum {
    TW_WATCH_STREET_DEPTH, /* water above ground at a node [m] */
    TW_WATCH_NODE_DEPTH,   /* water above a node's invert [m] */
    TW_WATCH_LINK_FLOW,    /* flow in a link [m3/s] */
    TW_WATCH_GAGE_RAIN,    /* rain at a gage [mm/h] */
    TW_WATCH_NODE_INFLOW   /* all that flows into a node [m3/s] */
} tw_watch_kind;

/** One thing that is recorded. */
struct tw_watch {
    tw_watch_kind kind;
    int32_t index; /* of the node, link or gage */
};

/** The value of a thing now; NAN for one that the model does not have. */
double tw_watch_value(const tw_run *run, struct tw_watch watch);

/**
 * The rain ahead.
 *
 * gage           index
 * from_s, to_s   seconds since the run's start
 * returns        mean rate [mm/h], >= 0
 */
typedef double tw_rain_source(void *user, int32_t gage, double from_s, double to_s);

/** What a forecast cycle needs. */
struct tw_forecast_setup {
    const tw_model *model;          /* borrowed until destroy */
    tw_run_options options;         /* start, end and rain as the live run's */
    double horizon_s;               /* how far ahead */
    double step_s;                  /* between two recorded values; rain changes no oftener */
    const struct tw_watch *watches; /* [watch_count] copied */
    int32_t watch_count;
};

/** What a forecast came to. */
struct tw_forecast_result {
    double start_s; /* of the first value, seconds since the run's start */
    double step_s;
    int32_t step_count;  /* values of each watch, the first at start_s */
    const float *values; /* [watch_count * step_count], those of a watch side by side; borrowed
                            until the next forecast */
};

/** A forecast cycle. */
struct tw_forecast;

/** Make a cycle. errors: TW_ERR_NOMEM, TW_ERR_ARG horizon or step make no sense */
tw_status tw_forecast_create(const struct tw_forecast_setup *setup,
                             struct tw_forecast **out_forecast);

/** Free; NULL is fine. */
void tw_forecast_destroy(struct tw_forecast *forecast);

/**
 * Take over the state of the live run; quick, so that the live run hardly waits.
 *
 * errors  TW_ERR_ARG, TW_ERR_NOMEM
 */
tw_status tw_forecast_fork(struct tw_forecast *forecast, const tw_run *live);

/**
 * Run from the forked state to the horizon.
 *
 * rain    asked for each gage and step, in order
 * errors  TW_ERR_NUMERIC a head or flow is no longer finite
 */
tw_status tw_forecast_run(struct tw_forecast *forecast, tw_rain_source *rain, void *user,
                          struct tw_forecast_result *out_result);

/**
 * The largest of some values.
 *
 * out_at   its index, of several the first
 * returns  NAN for no values
 */
double tw_forecast_peak(const float *values, int32_t count, int32_t *out_at);

#endif
