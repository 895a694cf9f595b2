/* Flows into nodes that the model's file states: dry weather flow and external inflows. */
#ifndef TW_HYDROLOGY_INFLOWS_H
#define TW_HYDROLOGY_INFLOWS_H

#include "base/pool.h"
#include "model/model.h"

#include <stdint.h>

struct tw_inflows_state {
    double start_day;
    double hour; /* for which the factors hold, in hours since 1899-12-30; -1: none yet */
};

struct tw_inflows_run {
    const struct tw_model *model;
    int32_t lanes;
    /* state */
    struct tw_inflows_state *state; /* [1] */
    int32_t *cursor;                /* [series] entry where it was read last */
    double *pattern_factor;         /* [pattern] of that hour */
    double *dry_m3s;                /* [dry weather row] base times patterns, of that hour */
    double *external_m3s;           /* [inflow row] at the last routing time, as the file says */
    double *dry_factor;             /* [dry weather row * lanes + lane] 1: as the file says */
    double *external_factor;        /* [inflow row * lanes + lane] */
};

/** Put the state into a pool; called twice, as tw_hydrology_lay. */
void tw_inflows_lay(struct tw_inflows_run *in, const struct tw_model *model, int32_t lanes,
                    struct tw_pool *state);

/** Set cursors to the start of a run; start_day in decimal days since 1899-12-30. */
void tw_inflows_begin(struct tw_inflows_run *in, double start_day);

/** What flows in over all nodes of a lane, and what external inflows below 0 take out. */
struct tw_inflow_sums {
    double dry_m3s, external_m3s, drawn_m3s;
};

/**
 * Add dry weather flow and external inflows at a routing time: in every lane what the file says
 * times the lane's factor.
 *
 * at_ms         routing time from the run's start [ms]
 * lateral_m3s   [node * lanes + lane] is added to
 * sums          [lanes]
 */
void tw_inflows_add(struct tw_inflows_run *in, double at_ms, double *lateral_m3s,
                    struct tw_inflow_sums *sums);

/**
 * Where a routing time lies in the model's interface file: between times i and i + 1.
 *
 * out_f    part of the way from i to i + 1
 * returns  i; -1: the file has nothing at that time, or there is none
 */
int64_t tw_inflows_interface_time(const struct tw_inflows_run *in, double at_ms, double *out_f);
/** Flow of the file's node, 0..node_count - 1, there [m3/s]; less than SWMM's least is none. */
double tw_inflows_interface_flow(const struct tw_inflows_run *in, int64_t i, double f,
                                 int32_t node);
/** Concentration of a pollutant of the model in that flow. */
double tw_inflows_interface_quality(const struct tw_inflows_run *in, int64_t i, double f,
                                    int32_t node, int32_t pollutant);

/** The record of the model's RDII file that holds at a routing time; -1: none. */
int64_t tw_inflows_rdii_time(const struct tw_inflows_run *in, double at_ms);
/** Flow of the file's node, 0..node_count - 1, in it [m3/s]; less than SWMM's least is none. */
double tw_inflows_rdii_flow(const struct tw_inflows_run *in, int64_t i, int32_t node);

/** Product of a dry weather row's patterns in the present hour. */
double tw_inflows_dry_factor(const struct tw_inflows_run *in, const int32_t pattern[4]);

/** base times a pattern plus factor times a series (-1: none) at a routing time [ms]. */
double tw_inflows_value(struct tw_inflows_run *in, int32_t series, int32_t pattern, double base,
                        double factor, double at_ms);

/** Days by which a series moves because the run does not start when the file says; 0 with dates. */
double tw_series_shift_days(const struct tw_model *model, int32_t series, double start_day);

/**
 * Value of a time series at a day: linear between entries, 0 before the first and after the last.
 *
 * cursor     entry where the search begins; set to where it ended
 * start_day  of the run: shifts a series that is relative to the file's start
 */
double tw_series_value(const struct tw_model *model, int32_t series, double day, double start_day,
                       int32_t *cursor);

#endif
