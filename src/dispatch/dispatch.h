/* Who goes where with what: the problem, the plan, and the planner between them.
 *
 * All times are whole seconds after now, the moment for which the plan is made. The problem is plain
 * arrays that the caller fills (tw_dispatch_read does it from JSON) and keeps while a plan lives. */
#ifndef TW_DISPATCH_DISPATCH_H
#define TW_DISPATCH_DISPATCH_H

#include "dispatch/roads.h"

enum {
    TW_DISPATCH_SKILLS = 16,      /* most kinds of skill */
    TW_DISPATCH_KITS = 8,         /* most kinds of supplies */
    TW_DISPATCH_STAGES = 4,       /* most stages of a point's demand */
    TW_DISPATCH_LEVELS = 5,       /* of the objective */
    TW_DISPATCH_NEVER = INT32_MAX /* a time that does not come */
};

/* ---- the problem ---- */

/** A depot. */
struct tw_depot {
    const char *id, *name_zh, *name_en;
    double lon, lat;
    int32_t stock[TW_DISPATCH_KITS]; /* by kind of supplies */
};

/** A crew; people who stay together. It is at its depot unless it is in a team. */
struct tw_crew {
    const char *id;
    int32_t depot;   /* its home */
    int32_t size;    /* people, 1.. */
    uint32_t skills; /* bit i: all of them can do skills[i] */
    int32_t team;    /* -1: at its depot */
    int32_t free_s;  /* <= 0: ready; else resting or off shift until then */
    int32_t until_s; /* end of its shift, or when it has to rest; TW_DISPATCH_NEVER: none */
    bool out;        /* not to be planned with: broken off, refused, ill */
};

/** A vehicle. It is at its depot unless it is in a team. */
struct tw_vehicle {
    const char *id;
    const char *kind; /* a row of vehicle_kinds.def, or anything else, which wades as a car does */
    int32_t depot;
    int32_t seats;
    int32_t pump_m3h; /* > 0: someone with the skill "pump" has to go with it */
    double wading_m;  /* deepest water that it passes [m]; <= 0: as its kind does */
    int32_t team;     /* -1: at its depot */
    bool out;         /* broken down, in use elsewhere */
};

/** How far a team has come. */
enum tw_team_state {
    TW_TEAM_ORDERED, /* still at its depot */
    TW_TEAM_ROLLING, /* on the road */
    TW_TEAM_WORKING  /* at its point */
};

/** Crews and vehicles that were sent somewhere together: what the previous plan has led to. */
struct tw_team {
    const char *id;
    enum tw_team_state state;
    int32_t to;                      /* point */
    double lon, lat;                 /* where it is, unless it is still at its depot */
    int32_t arrive_s;                /* as it is expected; <= 0 when it is there */
    int32_t stock[TW_DISPATCH_KITS]; /* on board */
};

/** What a point needs from a time on. */
struct tw_need {
    int32_t from_s; /* ascending over a point's stages */
    int32_t people;
    int32_t pump_m3h;
    int32_t skills[TW_DISPATCH_SKILLS]; /* people that can do it, among the people */
    int32_t kits[TW_DISPATCH_KITS];
};

/** A flood-prone point and its demand: no stages, no demand. */
struct tw_dispatch_point {
    const char *id, *name_zh, *name_en;
    double lon, lat;
    int32_t weight;  /* 1..10 */
    bool life;       /* danger to life */
    double depth_m;  /* deepest water expected [m] */
    double rise_mh;  /* how fast it rises now [m/h]; <= 0: it does not */
    int32_t water_s; /* when the water is there; people should be there first */
    int32_t end_s;   /* when nobody is needed any more */
    int32_t stage_count;
    struct tw_need stages[TW_DISPATCH_STAGES];
};

/** What a dispatcher has decided: `crew` or `vehicle` (the other -1) and the point. */
struct tw_decision {
    int32_t crew, vehicle, point;
    bool never; /* false: it goes there; true: it does not go there */
};

/** A problem; everything in it is borrowed. */
struct tw_dispatch_problem {
    const struct tw_roads *roads;
    const struct tw_water *water; /* NULL: dry */
    const char *const *skills;    /* [skill_count] words; "pump" is the one that pumps need */
    const char *const *kits;      /* [kit_count] words */
    const struct tw_depot *depots;
    const struct tw_crew *crews;
    const struct tw_vehicle *vehicles;
    const struct tw_team *teams;
    const struct tw_dispatch_point *points;
    const struct tw_decision *decisions;
    int32_t skill_count, kit_count, depot_count, crew_count, vehicle_count, team_count, point_count,
        decision_count;
};

/** How to plan. */
struct tw_dispatch_options {
    int32_t iterations;  /* rounds of improvement after the first plan; 0: the first plan */
    int32_t deadline_ms; /* stops improving, nothing else; 0: none */
    int32_t turnout_s;   /* from the order to the road at a depot */
    int32_t freeze_s;    /* a team nearer than this to its arrival is not called back */
    int32_t bar;     /* what calling a rolling team elsewhere must gain: person-minutes at a point
                            of weight 1; a team that is still at its depot costs half. When more than
                            one crew in five would be called elsewhere, the others cost 100 more */
    int32_t stay_s;  /* least time on a point before a crew's shift ends */
    double access_m; /* people walk so far from the last dry place to a point */
    uint64_t seed;   /* of the improvement's chance */
};

#define TW_DISPATCH_OPTIONS_DEFAULT                                                                \
    (struct tw_dispatch_options)                                                                   \
    {                                                                                              \
        .iterations = 2000, .deadline_ms = 1000, .turnout_s = 60, .freeze_s = 180, .bar = 600,     \
        .stay_s = 1800, .access_m = 150.0, .seed = 1                                               \
    }

/**
 * Find what cannot be planned with: ids that are there twice, sizes, weights and times out of range,
 * indices that point nowhere, a team without crew or vehicle, decisions that contradict each other;
 * as warnings: roads in pieces, a depot or point far from any road, a crew for which no vehicle of
 * its depot has seats.
 *
 * file    named in faults
 * errors  TW_ERR_INPUT, TW_ERR_NOMEM
 */
tw_status tw_dispatch_check(const struct tw_dispatch_problem *problem, const char *file,
                            tw_faults *faults);

/* ---- the plan ---- */

/** The objective in strict order; each level counts only where all before it are equal. */
enum tw_dispatch_level {
    TW_LEVEL_LIFE,   /* points with danger to life that lack people or skills */
    TW_LEVEL_UNMET,  /* unmet demand over time, weighted; and called back teams at the bar */
    TW_LEVEL_LATE,   /* vehicles' seconds after the water, weighted */
    TW_LEVEL_TRAVEL, /* seconds of travel of vehicles and of crews */
    TW_LEVEL_MOVES   /* crews and vehicles whose point has changed */
};

/** What became of a mission beside the plan before. */
enum tw_mission_change {
    TW_MISSION_NEW,  /* from a depot */
    TW_MISSION_KEPT, /* as it was */
    TW_MISSION_MOVED /* called elsewhere */
};

/** One order: crews and vehicles that go together from one place to one point. */
struct tw_mission {
    int32_t depot;      /* from where; -1: from where the team is */
    int32_t team;       /* -1: from a depot; else the team whose people they are */
    int32_t point;      /* to where */
    int32_t from_point; /* where the first of its crews was sent before; -1: nowhere */
    enum tw_mission_change change;
    int32_t crew_count, vehicle_count;
    const int32_t *crews, *vehicles;
    int32_t kits[TW_DISPATCH_KITS]; /* to load at the depot, or on board and wanted */
    int32_t people, pump_m3h;
    int32_t leave_s;  /* when the road begins */
    int32_t arrive_s; /* when the last of its vehicles is there; 0 when it is there already */
    const char *reason_zh, *reason_en;
};

/** What a point gets and lacks. */
struct tw_point_plan {
    int32_t people, pump_m3h;
    struct tw_need lacks;   /* of the most that it needs at any time; from_s: of its first stage */
    int32_t first_arrive_s; /* TW_DISPATCH_NEVER: nobody comes */
    bool safe;              /* has all people and skills */
    bool reachable;         /* at least one vehicle of all could come */
    const char *missing_zh, *missing_en; /* in words; "" when nothing is missing */
};

/** Someone who was somewhere else in the plan before, or is called back. */
struct tw_plan_change {
    int32_t crew;     /* -1: a vehicle */
    int32_t vehicle;  /* -1: a crew */
    int32_t from, to; /* points; -1: none */
    const char *reason_zh, *reason_en;
};

/** What would help most. */
struct tw_plan_help {
    int32_t depot, point;
    int32_t people, pump_m3h;
    uint32_t skills;
    bool covers; /* the point would lack nothing of people, skills and pumps */
    const char *text_zh, *text_en;
};

/** A plan; owns its memory, borrows the problem. */
struct tw_plan {
    int64_t cost[TW_DISPATCH_LEVELS];  /* by enum tw_dispatch_level; less is better */
    int64_t first[TW_DISPATCH_LEVELS]; /* of the first plan, before improvement */
    int32_t *crew_point;               /* [crew_count] -1: stays, or comes back */
    int32_t *vehicle_point;            /* [vehicle_count] */
    struct tw_point_plan *points;      /* [point_count] */
    struct tw_mission *missions;       /* by point's weight, then arrival */
    struct tw_plan_change *changes;    /* against the teams of the problem */
    struct tw_plan_help *helps;        /* best first */
    const char **idle_zh, **idle_en;   /* [crew_count] why a crew is not sent; NULL when it is */
    int32_t mission_count, change_count, help_count;
    int32_t rounds;                            /* of improvement that were done */
    int32_t travel_ms, first_ms;               /* time taken: travel times; until the first plan */
    const char *card_title_zh, *card_title_en; /* one card: what changed and why */
    const char *card_text_zh, *card_text_en;   /* lines */
    struct tw_plan_memory *memory;
};

/**
 * Plan: travel times, a first plan, then better until the rounds are done or the deadline is there.
 *
 * Teams stay where they were sent unless another place gains more than the bar; those near arrival
 * stay in any case. The same problem, options and number of rounds give the same plan.
 *
 * problem   checked with tw_dispatch_check; borrowed while the plan lives
 * out_plan  owned by the caller; untouched on failure
 * errors    TW_ERR_NOMEM, TW_ERR_INPUT what tw_dispatch_check would find
 */
tw_status tw_plan_create(const struct tw_dispatch_problem *problem,
                         const struct tw_dispatch_options *options, struct tw_plan **out_plan);

/** Free a plan; NULL is fine. */
void tw_plan_destroy(struct tw_plan *plan);

/* ---- routes ---- */

/** What to do at the beginning of a step. */
enum tw_turn { TW_TURN_START, TW_TURN_STRAIGHT, TW_TURN_LEFT, TW_TURN_RIGHT, TW_TURN_BACK };

/** A stretch of one road. */
struct tw_route_step {
    const char *road; /* its id */
    enum tw_turn turn;
    double distance_m;
    int32_t enter_s; /* when it is entered */
    int32_t wait_s;  /* for water to fall, before it is entered */
    double depth_m;  /* deepest water met on it */
};

/** A way. */
struct tw_route {
    int32_t step_count, place_count;
    struct tw_route_step *steps;
    double *lon_lat; /* [2 * place_count] */
    double distance_m, walk_m;
    int32_t leave_s, arrive_s;
};

/**
 * The way of a mission's slowest vehicle.
 *
 * out_route  owned by the caller until tw_route_done; no steps when the mission is there already
 * errors     TW_ERR_NOMEM, TW_ERR_ARG
 */
tw_status tw_plan_route(const struct tw_plan *plan, int32_t mission, struct tw_route *out_route);

/**
 * Whether a road is closed, or anywhere deeper than a mission's vehicles pass, before the mission
 * arrives: a way over it that was told earlier is not to be driven.
 *
 * road  its id
 */
bool tw_plan_road_shut(const struct tw_plan *plan, int32_t mission, const char *road);

/** Free what a route holds; NULL is fine. */
void tw_route_done(struct tw_route *route);

/**
 * The deepest water that a kind of vehicle passes [m]; TW_ROADS_CAR_M for one not in
 * vehicle_kinds.def. NULL is a car.
 */
double tw_vehicle_wading_m(const char *kind);

#endif
