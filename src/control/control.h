/* Rules of [CONTROLS]: looks at the state through a view, answers with target settings of links. */
#ifndef TW_CONTROL_CONTROL_H
#define TW_CONTROL_CONTROL_H

#include "base/pool.h"
#include "model/model.h"
#include "model/rules.h"

#include <stdbool.h>
#include <stdint.h>

/* What rules may look at; arrays belong to the engine, [element * lanes + lane] unless said. */
struct tw_control_view {
    int32_t lanes;
    double start_day; /* of the run, decimal days since 1899-12-30 */
    double elapsed_s; /* since the run's start */
    double step_s;    /* of the routing step that is about to be taken; times are met within half */
    const double *node_depth_m, *node_volume_m3;
    const double *node_lateral_m3s; /* INFLOW is the lateral inflow, as in SWMM 5.2 */
    const double *link_flow_m3s, *link_depth_m, *link_velocity_mps;
    const double *link_setting;       /* now */
    const double *gage_rain_mmh;      /* [gage * lanes + lane] */
    const double *past_rain_mm;       /* [(gage * 49 + hour) * lanes + lane], hour 0 is running */
    const double *link_full_flow_m3s; /* [link] 0 where there is none */
    const double *link_full_depth_m;  /* [link] */
    const double *link_slope_ratio;   /* [link] conduits */
};

enum { TW_CONTROL_PAST_HOURS = 48 };

struct tw_control {
    const struct tw_model *model;
    int32_t lanes;
    bool active; /* the model has rules */
    /* state */
    double *link_set_day; /* [link * lanes + lane] when it last went from closed to open or back */
    double *start_day;    /* [1] of the run */
    double *pid_error1, *pid_error2; /* [pid * lanes + lane] of the last two evaluations [ratio] */
    double *controller_value, *set_point; /* [lanes] both sides of the last comparison, in the
                                             file's units: what modulated settings follow */
    int32_t *series_cursor;               /* [series] */
    /* while rules are evaluated */
    double *action_value;          /* [action * lanes + lane] */
    int32_t *winner, *winner_rule; /* [link] action of highest priority so far, or -1 */
};

/* One change of a target by a rule. */
struct tw_control_change {
    int32_t link, lane;
    int32_t rule;
    bool modulated; /* by a curve, series or PID: SWMM's report does not list these */
    double target;
};

/** Put the state into a pool; called twice, as tw_hydrology_lay. */
void tw_control_lay(struct tw_control *c, const struct tw_model *model, int32_t lanes,
                    struct tw_pool *state);

/** Set the state to the start of a run: all settings as of start_day. */
void tw_control_begin(struct tw_control *c, double start_day);

/**
 * Note that a setting moves: when it goes from closed to open or back, TIMEOPEN and TIMECLOSED
 * count from here. The engine calls it before it moves a setting towards its target.
 *
 * setting, target   before the move
 * elapsed_s         since the run's start [s]
 */
void tw_control_note_setting(struct tw_control *c, int32_t link, int32_t lane, double setting,
                             double target, double elapsed_s);

/**
 * Evaluate all rules at a time; the action of highest priority wins, the first rule among
 * equals, and the first action in the model's order (the reader turns a rule's actions round).
 *
 * link_target  [link * lanes + lane] targets are written where an action differs from them
 * changes      [room] filled with what changed; may be NULL
 * returns      number of changes, may exceed room
 * source       SWMM User's Manual 5.2, appendix C.3
 */
int32_t tw_control_step(struct tw_control *c, const struct tw_control_view *view,
                        double *link_target, struct tw_control_change *changes, int32_t room);

#endif
