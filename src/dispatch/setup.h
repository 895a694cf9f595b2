/* A problem made ready for planning: places that people leave from, travel times, weights. */
#ifndef TW_DISPATCH_SETUP_H
#define TW_DISPATCH_SETUP_H

#include "base/arena.h"
#include "dispatch/dispatch.h"

enum {
    TW_SETUP_WALKS = 8, /* most road nodes from which people walk to a point */
    TW_SETUP_NO_PUMP = -1
};

/** Where crews and vehicles stand together: a depot, or a team that has left one. */
struct tw_base {
    int32_t depot, team;                /* one of them, the other -1 */
    int32_t node;                       /* of the roads; -1: far from any */
    int32_t leave_s;                    /* when the road begins */
    int32_t crew_begin, crew_end;       /* into crew_of */
    int32_t vehicle_begin, vehicle_end; /* into vehicle_of */
    const int32_t *stock;               /* [kits] */
};

/** A road node near a point, and how long the rest takes on foot. */
struct tw_walk {
    int32_t node, walk_ms;
};

/** Why a crew can't be planned with. */
enum tw_crew_bar { TW_CREW_FREE, TW_CREW_OUT, TW_CREW_RESTS, TW_CREW_ENDS, TW_CREW_NO_ROAD };

/** A problem made ready; owns its arena. Pairs are [row * points + point]. */
struct tw_setup {
    const struct tw_dispatch_problem *problem;
    struct tw_dispatch_options options;
    struct tw_arena arena;
    int32_t crews, vehicles, points, base_count, class_count, pump_skill;
    struct tw_base *bases;
    int32_t *crew_of, *vehicle_of; /* crews and vehicles by base */
    double *wading_m;              /* [class_count] ascending */
    int32_t *arrive_s;             /* [(base * class_count + class) * points + point] */
    struct tw_walk *walks;         /* [points * TW_SETUP_WALKS] node -1: no more */
    /* crews */
    int32_t *crew_base; /* -1: can't be planned with */
    enum tw_crew_bar *crew_bar;
    int32_t *crew_was;       /* point before; -1 none */
    int64_t *crew_move_cost; /* of taking it from there, at TW_LEVEL_UNMET */
    int32_t move_allow;      /* crews that may be taken from there at that cost */
    int64_t move_extra;      /* what each further one costs on top */
    int32_t *crew_fixed;     /* point where it must be; -1: free */
    int32_t *crew_type;     /* crews of one base with the same number are alike; 0.. in each base */
    uint8_t *crew_may;      /* pairs */
    int32_t *crew_travel_s; /* pairs: by the base's fastest vehicle */
    /* vehicles */
    int32_t *vehicle_base, *vehicle_class, *vehicle_was, *vehicle_fixed;
    int32_t *vehicle_type;     /* as crew_type */
    uint8_t *vehicle_may;      /* pairs: it arrives, and nobody has forbidden it */
    int32_t *vehicle_arrive_s; /* pairs */
    /* points */
    int64_t *weight;        /* of an unmet person-minute */
    int64_t *late_weight;   /* of a second after the water */
    int64_t *stage_minutes; /* [points * TW_DISPATCH_STAGES] each stage's, nearer ones longer */
    struct tw_need *most;   /* the most of all stages */
    int32_t *order;         /* points by weight, heaviest first */
    bool *reachable;
    bool wants_kits;
};

/* What a unit of demand counts in person-minutes: a skilled person twice (people and skill). */
enum {
    TW_UNIT_PERSON = 1000, /* thousandths of a person */
    TW_UNIT_SKILL = 1000,
    TW_UNIT_PUMP_M3H = 8, /* 500 m3/h count as four people */
    TW_UNIT_KITS = 2000   /* the whole of one kind of kits, by the share that is missing */
};

/**
 * Make a problem ready: bases, travel times of every base and kind of vehicle to every point,
 * what may go where.
 *
 * out_setup  filled; tw_setup_done afterwards, of a failed one too
 * errors     TW_ERR_NOMEM
 */
tw_status tw_setup_init(struct tw_setup *out_setup, const struct tw_dispatch_problem *problem,
                        const struct tw_dispatch_options *options);

/** Free what a setup holds; NULL is fine. */
void tw_setup_done(struct tw_setup *setup);

/**
 * Whether a type has not come up yet; it has from now on. Types from 64 on come up every time.
 *
 * io_tried  0 before the first
 */
static inline bool tw_setup_new_type(uint64_t *io_tried, int32_t type)
{
    if (type >= 64) return true;
    uint64_t bit = (uint64_t)1 << type;
    bool is_new = (*io_tried & bit) == 0;
    *io_tried |= bit;
    return is_new;
}

/** What the lack of something costs in a stage, before the point's weight and the stage's minutes. */
int64_t tw_setup_lack(const struct tw_setup *setup, const struct tw_need *stage, int32_t people,
                      int32_t pump_m3h, const int32_t *skilled);

#endif
