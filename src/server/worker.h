/* The child process that holds the live model and makes the forecasts.
 *
 * The server starts this program again as `thalweg model-worker`, with one end of a socket pair as
 * file descriptor 3, and talks in frames (net/frame.h). A crash of the engine ends the child only:
 * the server starts another, which goes on from the last saved state. */
#ifndef TW_SERVER_WORKER_H
#define TW_SERVER_WORKER_H

#include "forecast/cycle.h"
#include "forecast/filter.h"
#include "forecast/rain.h"
#include "thalweg/status.h"

#include <stdint.h>

#define TW_WORKER_FD 3
#define TW_WORKER_CLASSES 4
#define TW_WORKER_MEMBERS_SUFFIX ".members" /* of the state's path: where the members are saved */

/** Kinds of frames. Times are seconds since 1970-01-01T00:00Z. */
enum tw_worker_frame {
    /* server to child */
    TW_FRAME_SETUP = 1, /* struct tw_worker_setup, watches, sensors, classes, two paths */
    TW_FRAME_RAIN,      /* struct tw_worker_rain [n]: what fell */
    TW_FRAME_VALUES,    /* struct tw_worker_value [n]: what sensors measured */
    TW_FRAME_RADAR,     /* double: a time; then the path of a field */
    TW_FRAME_OUTLOOK,   /* the path of a file: rain that others foresee */
    TW_FRAME_AHEAD,     /* struct tw_worker_rain [n]: what will fall, for perfect forecasts */
    TW_FRAME_ADVANCE,   /* struct tw_worker_advance */
    /* child to server */
    TW_FRAME_READY,    /* double: the model's time */
    TW_FRAME_STEP,     /* struct tw_worker_step, double [watches], double [sensors] if simulated */
    TW_FRAME_FORECAST, /* struct tw_worker_forecast and what it says */
    TW_FRAME_FORECAST_FAILED, /* text */
    TW_FRAME_FAILED           /* text; the child ends */
};

/** How a sensor of the simulated city errs. */
struct tw_worker_sensor {
    int32_t watch;   /* which watch it measures; -1: none (rain) */
    double noise_sd; /* in the watch's unit */
    char id[32];     /* for notes; a longer one is cut */
};

/** What the child is to do. */
struct tw_worker_setup {
    double start_s; /* of the model: the replay's start less the spin-up, or now */
    double end_s;   /* beyond any time asked for */
    double zone_s;  /* the model's clock is local */
    double horizon_s, step_s;
    int32_t watch_count;   /* followed by so many struct tw_watch */
    int32_t sensor_count;  /* then so many struct tw_worker_sensor */
    int32_t point_count;   /* watches that are points, the first; then the depths of
                                         TW_WORKER_CLASSES classes of each, double */
    int32_t simulate;      /* make measurements of a perturbed copy of the model */
    int32_t semi_implicit; /* forecasts are routed so */
    double routing_step_s; /* then; else the model's */
    int32_t members;       /* of a forecast; 0, 1: a single run under the rain taken */
    int32_t epsg;          /* of the network's coordinates */
    double quantile;       /* of several members, that counts as the forecast; 0..1 */
    int32_t assimilate;    /* members are drawn to what is measured */
    struct tw_filter_prior priors[TW_FILTER_PARAMETERS]; /* of the members' factors */
    double budget_s;                  /* of a cycle, on the wall; 0: as long as it needs */
    int32_t perfect;                  /* forecasts take the rain ahead as it will be */
    uint64_t seed;                    /* of the simulated city */
    int32_t fresh;                    /* forget the saved state and begin at start_s */
    int32_t network_size, state_size; /* bytes of the two paths that come last, with their NUL */
};

/** What a sensor measured. */
struct tw_worker_value {
    int32_t sensor;
    int32_t usable; /* 0: whoever checked it does not believe it */
    double at_s, value;
};

/** Rain of a gage in the interval that ends at until_s; NAN: it has no value to believe. */
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

/**
 * A forecast. Floats follow, those of a thing side by side:
 *
 *   watches * steps, gages * steps     the middle (NAN: not foreseen); rain [mm/h]
 *   points * steps, twice              tenth and ninetieth of a hundred members [m]
 *   points * classes * steps           probability that a class holds
 *   points * classes                   ... at any time
 *   inlets * 3 * steps                 inflow of outfalls [m3/s]: tenth, middle, ninetieth
 *   links, three times                 seconds until more than half of the members have it at full
 *                                      flow, and full of water (NAN: never); largest middle of its
 *                                      load
 *
 * and notes_size bytes: a JSON list of what was left out, ended by a NUL. A single run has only the
 * first line; the counts of all others are 0.
 */
struct tw_worker_forecast {
    double start_s, step_s, took_s;
    int32_t step_count, watch_count, gage_count;
    int32_t asked_step_count; /* more than step_count: time did not allow for the horizon */
    int32_t members;          /* that did not fail */
    int32_t asked_members;    /* more: time did not allow for all */
    int32_t failed;
    int32_t point_count, inlet_count, link_count;
    int32_t notes_size;
};

/**
 * Be the child: serve frames on `fd` until the other end closes it.
 *
 * errors  TW_ERR_NET, TW_ERR_FORMAT, TW_ERR_NOMEM or what the model failed with (the server has
 *         been told)
 */
tw_status tw_worker_serve(int fd);

#endif
