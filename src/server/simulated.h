/* Measurements of a city that has none: a second, perturbed copy of the model stands for the real
 * city, under rain that differs from what the gages caught, seen through sensors that err. What
 * comes from here is labelled simulated wherever it is shown. */
#ifndef TW_SERVER_SIMULATED_H
#define TW_SERVER_SIMULATED_H

#include "forecast/cycle.h"
#include "server/worker.h"
#include "thalweg/run.h"
#include "thalweg/status.h"

#include <stddef.h>
#include <stdint.h>

/** What a simulated city needs. */
struct tw_simulated_setup {
    const tw_model *model;                  /* borrowed until destroy */
    tw_run_options options;                 /* as the live run's */
    const struct tw_watch *watches;         /* what the sensors look at; borrowed */
    const struct tw_worker_sensor *sensors; /* [sensor_count] borrowed */
    int32_t sensor_count, gage_count;
    uint64_t seed; /* the same seed, the same errors */
};

/** A simulated city. */
struct tw_simulated;

/** Make one whose state is that of the live run. errors: TW_ERR_NOMEM, TW_ERR_ARG */
tw_status tw_simulated_create(const struct tw_simulated_setup *setup, const tw_run *live,
                              struct tw_simulated **out_simulated);

/** Free; NULL is fine. */
void tw_simulated_destroy(struct tw_simulated *simulated);

/** Rain that a gage caught from now on [mm/h]; what really falls differs. */
void tw_simulated_rain(struct tw_simulated *simulated, int32_t gage, double rain_mmh);

/** Go on to a time, seconds since the run's start. errors: TW_ERR_NUMERIC */
tw_status tw_simulated_advance(struct tw_simulated *simulated, double until_s);

/** What the sensors say now: [sensor_count]; NAN for one that says nothing. */
void tw_simulated_measure(struct tw_simulated *simulated, double *out_values);

/** Bytes of a saved state. */
size_t tw_simulated_state_size(const struct tw_simulated *simulated);

/** Save all that moves. state: [tw_simulated_state_size] */
void tw_simulated_state_save(const struct tw_simulated *simulated, void *state);

/** Take back what was saved. errors: TW_ERR_FORMAT it is of another model or setup */
tw_status tw_simulated_state_restore(struct tw_simulated *simulated, const void *state,
                                     size_t size);

#endif
