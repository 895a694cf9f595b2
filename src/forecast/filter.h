/* An ensemble Kalman filter on a batch: members go on, each under its own rain and with factors of
 * its own, and measurements draw them together. How it is done: docs/assimilation.md.
 *
 * Times are seconds since the members' start. Same input, same bits, for any number of threads. */
#ifndef TW_FORECAST_FILTER_H
#define TW_FORECAST_FILTER_H

#include "thalweg/batch.h"

/** What a sensor measures. */
typedef enum {
    TW_FILTER_LEVEL, /* water depth above a node's invert [m] */
    TW_FILTER_FLOW   /* flow in a link [m3/s] */
} tw_filter_sensor_kind;

/** A sensor. */
struct tw_filter_sensor {
    const char *name; /* for notes; copied */
    tw_filter_sensor_kind kind;
    int32_t index;   /* of the node or link */
    double noise_sd; /* of one value [m or m3/s], > 0 */
    bool held_out;   /* compared with, never used */
};

/* More members than this tell nothing new. */
enum { TW_FILTER_MEMBERS_MOST = 1024 };

/** What is learnt beside the state: rows of filter_parameters.def. */
enum tw_filter_parameter {
#define TW_FILTER_PARAMETER(id, word, by_zone, factor, spread, memory_s) TW_FILTER_##id,
#include "forecast/filter_parameters.def"
#undef TW_FILTER_PARAMETER
    TW_FILTER_PARAMETERS
};

/** What is thought of a parameter before anything is measured. */
struct tw_filter_prior {
    double middle; /* factor, > 0 */
    double spread; /* standard deviation of ln(factor); 0: it is not varied */
    double memory_s;
};

/** The word of a parameter, e.g. "rain". */
const char *tw_filter_parameter_word(enum tw_filter_parameter parameter);

/** What a filter needs; start from tw_filter_setup_default. */
struct tw_filter_setup {
    const tw_model *model;  /* borrowed until destroy */
    tw_run_options options; /* of every member; rain comes from outside */
    int32_t
        members; /* 1..TW_FILTER_MEMBERS_MOST; with one, measurements pull it by distance alone */
    int32_t threads;                        /* 1..; results do not depend on it */
    uint64_t seed;                          /* of all chance */
    const struct tw_filter_sensor *sensors; /* [sensor_count] copied */
    int32_t sensor_count;
    bool assimilate; /* false: measurements are compared with, and change nothing */
    struct tw_filter_prior priors[TW_FILTER_PARAMETERS];
    double reach_m;           /* along the network, against the flow; half as far with it */
    double zone_m;            /* size of a zone, in map units */
    double rain_step_s;       /* rain changes no oftener */
    double relaxation;        /* 0..1: share of the spread that an update leaves as it was */
    double model_level_ratio; /* error of the model at a level, of the depth */
    double model_flow_ratio;  /* ... at a flow, of the flow */
    double model_level_m;     /* ... and at least, for levels */
    double model_flow_m3s;    /* ... and for flows */
    double most_innovation;   /* in expected deviations: what is farther counts as if so far */
};

/** What is usual: 24 members in steps of 2 s or more, one thread, priors as in filter_parameters.def; no model, no sensor. */
struct tw_filter_setup tw_filter_setup_default(void);

/**
 * The rain of a member.
 *
 * member        0..members-1
 * subcatchment  index
 * from_s, to_s  seconds since the members' start, from_s < to_s
 * returns       mean rate [mm/h], >= 0
 */
typedef double tw_filter_rain(void *user, int32_t member, int32_t subcatchment, double from_s,
                              double to_s);

/** A filter; for one thread at a time. */
struct tw_filter;

/**
 * Make a filter with all members at the model's start.
 *
 * errors  TW_ERR_NOMEM; TW_ERR_ARG counts, a sensor that is not of the model, noise, priors
 */
tw_status tw_filter_create(const struct tw_filter_setup *setup, struct tw_filter **out_filter);

/** Free; NULL is fine. */
void tw_filter_destroy(struct tw_filter *filter);

/**
 * Let the members go on, their factors drift, and their rain fall.
 *
 * rain    asked by the calling thread, in order
 * errors  TW_ERR_NUMERIC every member has failed; TW_ERR_ARG
 */
tw_status tw_filter_advance(struct tw_filter *filter, double to_s, tw_filter_rain *rain,
                            void *user);

/**
 * Say what a sensor measured; values come in order of time, others are left out.
 *
 * sensor  index
 * at_s    when
 * usable  false: whoever checked it does not believe it
 * errors  TW_ERR_ARG there is no such sensor
 */
tw_status tw_filter_observe(struct tw_filter *filter, int32_t sensor, double at_s, double value,
                            bool usable);

/**
 * Compare the sensors with the members at the members' time and draw the members to those that are
 * believed. A sensor whose last value is older than the update step counts as silent.
 *
 * errors  TW_ERR_NUMERIC every member has failed
 * source  serial ensemble square root filter, Whitaker and Hamill 2002
 */
tw_status tw_filter_update(struct tw_filter *filter);

/** The members; borrowed. */
tw_batch *tw_filter_batch(struct tw_filter *filter);

/** Seconds since the members' start. */
double tw_filter_now_s(const struct tw_filter *filter);

/** Factor of a parameter for a subcatchment in a member; NAN out of range. */
double tw_filter_factor(const struct tw_filter *filter, int32_t member,
                        enum tw_filter_parameter parameter, int32_t subcatchment);

/** What the last update found of a sensor. */
struct tw_filter_fit {
    double measured;               /* NAN: nothing */
    double before_mean, before_sd; /* of the members, before the update */
    double after_mean, after_sd;   /* ... and after it */
    bool used;
};

/** Fit of a sensor at the last update; all NAN before the first one. */
struct tw_filter_fit tw_filter_fit_get(const struct tw_filter *filter, int32_t sensor);

/** Why a sensor is left out: rows of filter_notes.def. */
enum tw_filter_note_kind {
#define TW_FILTER_NOTE(id, code, en, zh) TW_FILTER_NOTE_##id,
#include "forecast/filter_notes.def"
#undef TW_FILTER_NOTE
    TW_FILTER_NOTE_COUNT
};

/** A sensor that the last update left out. Strings are borrowed until the next update. */
struct tw_filter_note {
    enum tw_filter_note_kind kind;
    const char *code; /* for programs, e.g. "sensor-frozen" */
    int32_t sensor;
    const char *en, *zh;
};

/** Notes of the last update. */
int32_t tw_filter_note_count(const struct tw_filter *filter);
/** The i-th note, 0 <= i < tw_filter_note_count. */
struct tw_filter_note tw_filter_note_get(const struct tw_filter *filter, int32_t i);

/** Water that updates have added (taken, negative) so far, mean of the sound members [m3]. */
double tw_filter_nudged_m3(const struct tw_filter *filter);

/**
 * Save everything that moves; loaded, the filter goes on with the same bits.
 *
 * path    written beside its place and moved there when it is whole
 * errors  TW_ERR_FILE, TW_ERR_NOMEM
 */
tw_status tw_filter_save(const struct tw_filter *filter, const char *path);

/**
 * Load what a filter of the same setup saved. Untouched on failure.
 *
 * errors  TW_ERR_FILE it cannot be read; TW_ERR_FORMAT it is cut, changed, or of another model, setup
 *         or build; TW_ERR_NOMEM
 */
tw_status tw_filter_load(struct tw_filter *filter, const char *path);

#endif
