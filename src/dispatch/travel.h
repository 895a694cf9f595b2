/* Earliest arrival on roads whose depth changes. */
#ifndef TW_DISPATCH_TRAVEL_H
#define TW_DISPATCH_TRAVEL_H

#include "base/arena.h"
#include "dispatch/roads.h"

enum { TW_TRAVEL_NEVER = INT32_MAX };

/** What one search at a time works with. */
struct tw_travel {
    const struct tw_roads *roads;
    const struct tw_water *water; /* NULL: dry */
    int32_t *arrive_ms; /* [nodes] after a search: of nodes that were settled or touched */
    int32_t *from_arc;  /* [nodes] by which arc a node was reached; -1: the beginning */
    int32_t *tail;      /* [nodes] the node before */
    uint8_t *target;    /* [nodes] 1: wanted */
    uint64_t *heap;
    int32_t *seen; /* nodes to be forgotten before the next search */
    int32_t heap_count, heap_capacity, seen_count;
    bool no_room; /* the heap could not grow: the search is not complete */
};

/** Make room. errors: TW_ERR_NOMEM */
tw_status tw_travel_init(struct tw_travel *travel, struct tw_arena *arena,
                         const struct tw_roads *roads, const struct tw_water *water);

/** Free what does not live in the arena. */
void tw_travel_done(struct tw_travel *travel);

/**
 * Find the earliest arrival at all nodes that are wanted (`target`), waiting for water to fall where
 * that is sooner than going round.
 *
 * from         node
 * leave_ms     when it is left
 * wading_m     deepest water that the vehicle passes
 * wanted       targets that are set; the search ends when all of them are settled
 * errors       TW_ERR_NOMEM
 *
 * Label-setting (Dijkstra) is exact because no arc is left later and reached sooner: within a frame
 * all drive at one speed, and who would be caught by the water waits before it (Ichoua, Gendreau &
 * Potvin 2003, European Journal of Operational Research 144).
 */
tw_status tw_travel_search(struct tw_travel *travel, int32_t from, int32_t leave_ms,
                           double wading_m, int32_t wanted);

/**
 * When the end of an arc is reached.
 *
 * tail_ms    when its beginning is reached
 * out_enter  when it is entered: tail_ms, or later when the water has to fall first; may be NULL
 * returns    TW_TRAVEL_NEVER when it stays impassable
 */
int32_t tw_travel_arc(const struct tw_travel *travel, int32_t arc, int32_t tail_ms, double wading_m,
                      int32_t *out_enter_ms);

/** The deepest water on an edge while someone is on it [m]; frames that are touched count whole. */
double tw_travel_depth_m(const struct tw_water *water, int32_t edge, int32_t enter_ms,
                         int32_t leave_ms);

/** The deepest water that a vehicle passes on an edge [m]: its own limit, and the road's. */
double tw_travel_limit_m(const struct tw_roads *roads, int32_t edge, double wading_m);

#endif
