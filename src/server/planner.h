/* Plans for the crews: made anew when a forecast, a measurement, a crew's report, a closed road, a
 * refusal or a breakdown changes what is needed, by a thread of their own. */
#ifndef TW_SERVER_PLANNER_H
#define TW_SERVER_PLANNER_H

#include "dispatch/dispatch.h"
#include "server/desk.h"

#define TW_PLANNER_FRAMES 25 /* of water on the roads, five minutes apart */

/** The problem of a moment, filled by the desk's thread; all of it lives in the arena. */
struct tw_planner_problem {
    struct tw_arena arena;
    struct tw_dispatch_problem p;
    struct tw_water *water; /* owned */
    int64_t now_ms;
    int64_t *team_order;      /* [teams] the leading order */
    int32_t *point_rank;      /* [points] class of the warning; 0: none */
    int64_t *point_warned_ms; /* [points] */
    int32_t *city_point;      /* [points] index in the city */
};

/** Makes plans. */
struct tw_planner {
    struct tw_server *server;
    struct tw_roads *roads; /* NULL: the city has none, and nothing is planned */
    struct tw_planner_problem problem;
    struct tw_plan *plan; /* of the problem */
    unsigned causes;
    int64_t cause_wall_ms;  /* steady */
    int64_t seen_issued_ms; /* the forecast that was looked at last */
    uint64_t seen_warnings; /* what the warnings said then */
    atomic_bool stopping;
    pthread_t thread;
    bool runs;
};

/** Begin to plan, when the city has crews and roads. errors: TW_ERR_NOMEM, TW_ERR_STATE */
tw_status tw_planner_begin(struct tw_server *server, struct tw_planner **out_planner);

/** Stop planning; before the desk is stopped. NULL is fine. */
void tw_planner_end(struct tw_planner *planner);

/* ---- planner_problem.c ---- */

/** Fill the problem from book, warnings and forecast. By the desk's thread. errors: TW_ERR_NOMEM */
tw_status tw_planner_collect(struct tw_planner *planner, struct tw_desk *desk);

/** Free what the last problem holds. */
void tw_planner_problem_done(struct tw_planner_problem *problem);

/* ---- planner_ways.c ---- */

/** A route as JSON: its line, its steps. */
void tw_planner_write_route(struct tw_strbuf *out, const struct tw_route *route);

/** Tell the crews of a mission that goes on another way, when a road of theirs is shut by now. */
void tw_planner_reroute(struct tw_desk *desk, struct tw_desk_job *job, int32_t mission);

/* ---- planner_propose.c ---- */

/** Turn the plan into drafts and withdrawals, approve by rule. By the desk's thread. */
tw_desk_run tw_planner_propose;

#endif
