/* Who is where while a plan is being made, and what that costs; every change can be taken back. */
#ifndef TW_DISPATCH_ASSIGN_H
#define TW_DISPATCH_ASSIGN_H

#include "dispatch/setup.h"

/** The objective's levels; compared in order. */
struct tw_cost {
    int64_t level[TW_DISPATCH_LEVELS];
};

/** What one base has at one point. */
struct tw_convoy {
    int32_t seats, people, pumpers; /* pumpers: crews with the skill pump */
    int32_t vehicles, pumps;        /* pumps: vehicles that need a pumper */
};

/** What a point has. */
struct tw_supply {
    int32_t people, pump_m3h;
    int32_t skilled[TW_DISPATCH_SKILLS];
    int32_t unsafe; /* its part of TW_LEVEL_LIFE */
    int64_t unmet;  /* its part of TW_LEVEL_UNMET, without kits */
};

/** One change, for taking it back. */
struct tw_assign_step {
    bool crew;
    int32_t who, from;
};

/** An assignment; lives in an arena. */
struct tw_assign {
    const struct tw_setup *setup;
    int32_t *crew_at, *vehicle_at; /* points; -1: nowhere */
    struct tw_convoy *convoys;     /* [base * points + point] */
    struct tw_supply *supplies;    /* [points] */
    struct tw_cost sum;            /* all but kits and what moving many costs on top */
    int32_t moved;     /* crews that are not where they were and cost something for it */
    uint64_t *present; /* [points * words] bases with a vehicle there */
    int32_t words;
    int32_t *stock; /* [bases * TW_DISPATCH_KITS] while kits are given out */
    int64_t kit_cost;
    uint64_t noise; /* not 0: vehicles are passed over by chance when seats are found */
    bool kits_old;  /* kit_cost is of another assignment */
    struct tw_assign_step *steps; /* since the last tw_assign_keep */
    int32_t step_count, step_capacity;
};

/** Make an assignment in which nobody is sent anywhere. errors: TW_ERR_NOMEM */
tw_status tw_assign_init(struct tw_assign *assign, const struct tw_setup *setup,
                         struct tw_arena *arena);

/** What it costs. */
struct tw_cost tw_assign_cost(struct tw_assign *assign);

/** Less than, equal to, more than 0 as a is better than, as good as, worse than b. */
int tw_cost_compare(const struct tw_cost *a, const struct tw_cost *b);

/** Put a crew at a point, -1 nowhere; nothing else is changed. */
void tw_assign_put_crew(struct tw_assign *assign, int32_t crew, int32_t point);

/** Put a vehicle at a point, -1 nowhere; nothing else is changed. */
void tw_assign_put_vehicle(struct tw_assign *assign, int32_t vehicle, int32_t point);

/** Where the log of changes stands; for tw_assign_back. */
static inline int32_t tw_assign_mark(const struct tw_assign *assign) { return assign->step_count; }

/** Take back what was done since a mark. */
void tw_assign_back(struct tw_assign *assign, int32_t mark);

/** Forget how to take back: what was done stays. */
static inline void tw_assign_keep(struct tw_assign *assign) { assign->step_count = 0; }

/** Put everybody where two lists say. */
void tw_assign_copy(struct tw_assign *assign, const int32_t *crew_at, const int32_t *vehicle_at);

/**
 * Send a crew to a point with the vehicles that it needs, or call it back with -1; the place that
 * it leaves is put in order: vehicles that nobody needs there are given back.
 *
 * returns  false when that can't be: the changes so far have to be taken back
 */
bool tw_assign_send(struct tw_assign *assign, int32_t crew, int32_t point);

/** Send a vehicle after its base's crews, or call it back with -1. returns: as tw_assign_send */
bool tw_assign_send_vehicle(struct tw_assign *assign, int32_t vehicle, int32_t point);

/** Let a vehicle go in place of another one of its base, which goes where that was. */
bool tw_assign_swap_vehicles(struct tw_assign *assign, int32_t a, int32_t b);

/** Let the people of a convoy change into the largest idle vehicles of their base instead of theirs
 * without pumps. returns: as tw_assign_send */
bool tw_assign_reseat(struct tw_assign *assign, int32_t base, int32_t point);

/** True when each convoy has seats for its people, a driver for each vehicle, a pumper for pumps. */
bool tw_assign_holds(const struct tw_assign *assign);

/**
 * Give out what the depots have, point by point, the heaviest first.
 *
 * out_given  [(base * points + point) * TW_DISPATCH_KITS] zeros before, or NULL: only the cost
 * returns    cost of what is missing
 */
int64_t tw_assign_kits(struct tw_assign *assign, int32_t *out_given);

#endif
