/* The child process that holds the live model and makes the forecasts.
 *
 * The server starts this program again as `thalweg model-worker`, with one end of a socket pair as
 * file descriptor 3, and talks in frames (net/frame.h). A crash of the engine ends the child only:
 * the server starts another, which goes on from the last saved state. */
#ifndef TW_SERVER_WORKER_H
#define TW_SERVER_WORKER_H

#include "forecast/cycle.h"
#include "forecast/rain.h"
#include "thalweg/status.h"

#include <stdint.h>

#define TW_WORKER_FD 3

/** Kinds of frames. Times are seconds since 1970-01-01T00:00Z. */
enum tw_worker_frame {
    /* server to child */
    TW_FRAME_SETUP = 1, /* struct tw_worker_setup, watches, sensors, two paths */
    TW_FRAME_RAIN,      /* struct tw_worker_rain [n]: what fell */
    TW_FRAME_AHEAD,     /* struct tw_worker_rain [n]: what will fall, for perfect forecasts */
    TW_FRAME_ADVANCE,   /* struct tw_worker_advance */
    /* child to server */
    TW_FRAME_READY,    /* double: the model's time */
    TW_FRAME_STEP,     /* struct tw_worker_step, double [watches], double [sensors] if simulated */
    TW_FRAME_FORECAST, /* struct tw_worker_forecast, float [(watches + gages) * steps] */
    TW_FRAME_FORECAST_FAILED, /* text */
    TW_FRAME_FAILED           /* text; the child ends */
};

/** How a sensor of the simulated city errs. */
struct tw_worker_sensor {
    int32_t watch;   /* which watch it measures; -1: none (rain) */
    double noise_sd; /* in the watch's unit */
};

/** What the child is to do. */
struct tw_worker_setup {
    double start_s; /* of the model: the replay's start less the spin-up, or now */
    double end_s;   /* beyond any time asked for */
    double zone_s;  /* the model's clock is local */
    double horizon_s, step_s;
    int32_t watch_count;              /* followed by so many struct tw_watch */
    int32_t sensor_count;             /* then so many struct tw_worker_sensor */
    int32_t simulate;                 /* make measurements of a perturbed copy of the model */
    int32_t semi_implicit;            /* forecasts are routed so */
    double routing_step_s;            /* then; else the model's */
    int32_t members;                  /* of a forecast; 0, 1: a single run under the rain taken */
    double quantile;                  /* of several members, that is sent; 0..1 */
    int32_t perfect;                  /* forecasts take the rain ahead as it will be */
    uint64_t seed;                    /* of the simulated city */
    int32_t fresh;                    /* forget the saved state and begin at start_s */
    int32_t network_size, state_size; /* bytes of the two paths that come last, with their NUL */
};

/** Rain of a gage in the interval that ends at until_s. */
struct tw_worker_rain {
    int32_t gage;
    double until_s, rain_mm;
};

/** Go on to until_s; then, if asked, fork a forecast. */
struct tw_worker_advance {
    double until_s;
    int32_t forecast;
};

/** The live model has reached time_s. */
struct tw_worker_step {
    double time_s;
    int32_t watch_count, sensor_count;
};

/** A forecast. */
struct tw_worker_forecast {
    double start_s, step_s, took_s;
    int32_t step_count, watch_count, gage_count;
};

/**
 * Be the child: serve frames on `fd` until the other end closes it.
 *
 * errors  TW_ERR_NET, TW_ERR_FORMAT, TW_ERR_NOMEM or what the model failed with (the server has
 *         been told)
 */
tw_status tw_worker_serve(int fd);

#endif
