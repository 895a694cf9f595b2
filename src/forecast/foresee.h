/* The forecast cycle: what is known is added, the members are brought to now (rain, measurements),
 * and run ahead; out come depths at points, loads of links and inflows of plants, each with how sure
 * it is, and what was left out.
 *
 *   create, then again and again: add..., advance(now), run(result)
 *
 * Nothing that became known after `now` is used, so a whole storm may be added at once and replayed.
 * Times are seconds since the members' start (options.start_day). Without a budget results depend on
 * the input alone: not on threads, load or clock. How it is done: docs/assimilation.md. */
#ifndef TW_FORECAST_FORESEE_H
#define TW_FORECAST_FORESEE_H

#include "forecast/filter.h"
#include "forecast/nowcast.h"

/** What a cycle needs; start from tw_foresee_setup_default. */
struct tw_foresee_setup {
    struct tw_filter_setup filter; /* model, options, members, threads, seed, sensors, priors */
    enum tw_run_routing routing;   /* of the run ahead ... */
    double routing_step_s;         /* ... longest step; 0: as filter.options */
    double minimum_step_s;         /* ... shortest; 0: as filter.options */
    int32_t max_trials;            /* ... 0: as filter.options */
    double horizon_s;              /* how far ahead */
    double step_s;                 /* between two values; rain ahead changes no oftener */
    double update_step_s;          /* longest time between two updates of the members */
    const struct tw_rain_gauge *gauges; /* [gauge_count] copied; place NAN: the model's */
    int32_t gauge_count;
    const int32_t *gauge_of; /* [gage of the model] index of its gauge, -1: none; NULL: gauges are
                                the model's gages in their order */
    bool steady_rain;        /* every member has the rain of the analysis: no spread of the rain */
    tw_filter_rain *rain;    /* NULL: the nowcast; else asked for all rain, past and ahead */
    void *rain_user;
    const int32_t *points; /* [point_count] nodes whose street depth is foreseen; copied */
    int32_t point_count;
    const int32_t *links; /* [link_count] links whose load is foreseen; copied */
    int32_t link_count;
    const int32_t
        *inlets; /* [inlet_count] nodes whose inflow is foreseen: outfalls, plants; copied */
    int32_t inlet_count;
};

/** What is usual: 2 hours in steps of 5 minutes, updates every 5 minutes, hasty runs ahead. */
struct tw_foresee_setup tw_foresee_setup_default(void);

/** A cycle; for one thread at a time. */
struct tw_foresee;

/** Make a cycle. errors: TW_ERR_NOMEM, TW_ERR_ARG something is not of the model, times, counts */
tw_status tw_foresee_create(const struct tw_foresee_setup *setup, struct tw_foresee **out_foresee);

/** Free; NULL is fine. */
void tw_foresee_destroy(struct tw_foresee *foresee);

/**
 * The nowcast, to add gauges' rain, radar and forecasts of others, and to see what it left out.
 *
 * returns  NULL when setup.rain is given
 */
struct tw_nowcast *tw_foresee_nowcast(struct tw_foresee *foresee);

/**
 * Add what a sensor measured, in order of time for each sensor.
 *
 * usable  false: whoever checked it does not believe it
 * errors  TW_ERR_NOMEM, TW_ERR_ARG
 */
tw_status tw_foresee_add_measurement(struct tw_foresee *foresee, int32_t sensor, double at_s,
                                     double value, bool usable);

/**
 * Bring the members to a time with everything that was known by then.
 *
 * errors  TW_ERR_NUMERIC every member has failed, TW_ERR_NOMEM, TW_ERR_ARG it is past
 */
tw_status tw_foresee_advance(struct tw_foresee *foresee, double now_s);

/** How long a run ahead may take; all zeros: as long as it needs. */
struct tw_foresee_budget {
    double seconds;                /* 0: no limit */
    double (*clock_s)(void *user); /* steady; asked between steps */
    void *user;
};

/** What a run ahead came to. */
struct tw_foresee_result;

/**
 * Run the members ahead. With a budget it takes fewer members (at least 8, or all if there are
 * fewer), then ends before the horizon, and the result says so.
 *
 * out_result  borrowed until the next run
 * errors      TW_ERR_NUMERIC every member failed, TW_ERR_NOMEM
 */
tw_status tw_foresee_run(struct tw_foresee *foresee, const struct tw_foresee_budget *budget,
                         const struct tw_foresee_result **out_result);

/** The members as they are now. */
struct tw_filter *tw_foresee_filter(struct tw_foresee *foresee);

/**
 * Save the members; rain that was added is not in it: add what is nowcast.kept_s back again.
 *
 * errors  TW_ERR_FILE, TW_ERR_NOMEM
 */
tw_status tw_foresee_save(const struct tw_foresee *foresee, const char *path);

/** Load what a cycle of the same setup saved. errors: as tw_filter_load */
tw_status tw_foresee_load(struct tw_foresee *foresee, const char *path);

/* ---- what came out; `step` 0 is now, values are every step_s ---- */

/** How far a result goes, and on what it rests. */
struct tw_foresee_extent {
    double start_s; /* now, seconds since the members' start */
    double step_s;
    int32_t step_count;       /* values, the first at start_s */
    int32_t asked_step_count; /* more than step_count: the budget cut the horizon */
    int32_t members;          /* that did not fail */
    int32_t asked_members;    /* more than members and failed: the budget left some out */
    int32_t failed;
    double seconds; /* that the run took by the budget's clock; 0 without one */
};

/** How far a result goes. */
struct tw_foresee_extent tw_foresee_extent_get(const struct tw_foresee_result *result);

/** What a series is of; each kind has its own index: of setup.points, links or inlets. */
typedef enum {
    TW_SERIES_DEPTH,   /* of a point: water above ground [m] */
    TW_SERIES_LOAD,    /* of a link: flow over full flow; of a pump its setting */
    TW_SERIES_FILLING, /* of a link: depth over full depth */
    TW_SERIES_INFLOW   /* of an inlet [m3/s] */
} tw_series_kind;

/** Value that a share `level` 0..1 of the members stays below; NAN out of range. */
double tw_foresee_quantile(const struct tw_foresee_result *result, tw_series_kind kind,
                           int32_t index, double level, int32_t step);

/** Share of the members whose value is at least a limit; NAN out of range. */
double tw_foresee_share(const struct tw_foresee_result *result, tw_series_kind kind, int32_t index,
                        double limit, int32_t step);

/** Values of the members at a step, smallest first: [extent.members]; NULL out of range. */
const float *tw_foresee_values(const struct tw_foresee_result *result, tw_series_kind kind,
                               int32_t index, int32_t step);

/** When a limit is passed, over the members that pass it. */
struct tw_foresee_passing {
    double share;             /* of the members that pass it within the horizon */
    double early_s, middle_s; /* a tenth, half of those are there by then [s since the start];
                                 NAN: none passes */
    double lasts_s;           /* median time above it, within the horizon */
};

/** When a limit is passed; all NAN out of range. */
struct tw_foresee_passing tw_foresee_passing_get(const struct tw_foresee_result *result,
                                                 tw_series_kind kind, int32_t index, double limit);

#endif
