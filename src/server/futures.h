/* The members behind the live model: fed with what is measured, brought to now and run ahead once a
 * cycle, and put into the arrays that go to the server. Part of the model's process. */
#ifndef TW_SERVER_FUTURES_H
#define TW_SERVER_FUTURES_H

#include "forecast/cycle.h"
#include "forecast/foresee.h"
#include "forecast/rain.h"
#include "server/worker.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

/** What the members need; borrowed until destroy. */
struct tw_futures_setup {
    const tw_model *model;
    tw_run_options options; /* start, end as of the live run */
    const struct tw_worker_setup *about;
    const struct tw_watch *watches;         /* [about.watch_count] */
    const struct tw_worker_sensor *sensors; /* [about.sensor_count] */
    const double *classes_m;                /* [about.point_count * TW_WORKER_CLASSES] */
    struct tw_rain *ahead;                  /* [gages] times in unix seconds; of perfect rain */
    int32_t threads;
};

/** The members. */
struct tw_futures;

/** What a cycle came to; floats are one stretch, see struct tw_worker_forecast. */
struct tw_futures_product {
    struct tw_worker_forecast head;
    float *values; /* owned by the futures */
    size_t value_count;
    const char *notes; /* JSON; owned by the futures */
};

/** Make the members, at the model's start. errors: TW_ERR_NOMEM, TW_ERR_ARG */
tw_status tw_futures_create(const struct tw_futures_setup *setup, struct tw_futures **out_futures);

/** Free; NULL is fine. */
void tw_futures_destroy(struct tw_futures *futures);

/** Add rain of a gage; NAN: it has no value to believe. errors: TW_ERR_NOMEM, TW_ERR_ARG */
tw_status tw_futures_add_rain(struct tw_futures *futures, const struct tw_worker_rain *rain,
                              double interval_s);

/** Add what a sensor measured; one that measures nothing of the model is left out. errors: likewise */
tw_status tw_futures_add_value(struct tw_futures *futures, const struct tw_worker_value *value);

/** Add a field of the radar from its file. errors: TW_ERR_FILE, TW_ERR_FORMAT, TW_ERR_ARG, TW_ERR_NOMEM */
tw_status tw_futures_add_radar(struct tw_futures *futures, double time_s, const char *path);

/**
 * Add forecasts of rain that others made, from their file (docs/rain.md). What is wrong in it is told
 * with the next forecasts.
 *
 * errors  TW_ERR_FILE, TW_ERR_FULL, TW_ERR_INPUT nothing of it can be used, TW_ERR_NOMEM
 */
tw_status tw_futures_add_outlook(struct tw_futures *futures, const char *path);

/**
 * Bring the members to a moment with all that was known by then, save them, and run them ahead.
 *
 * now_s     seconds since the run's start
 * budget_s  of the wall; 0: as long as it needs
 * path      where they are saved; "": nowhere
 * errors    TW_ERR_NUMERIC every member failed, TW_ERR_NOMEM, TW_ERR_ARG it is past
 */
tw_status tw_futures_cycle(struct tw_futures *futures, double now_s, double budget_s,
                           const char *path, struct tw_futures_product *out_product);

/** Take back what was saved. errors: TW_ERR_FILE, TW_ERR_FORMAT, TW_ERR_NOMEM */
tw_status tw_futures_load(struct tw_futures *futures, const char *path);

#endif
