/* The journal of dispatching: what happened to orders, crews and supplies, line after line, and who
 * is booked.
 *
 * What is true now is what the lines come to when they are read from the first to the last; nothing
 * else is kept. A booking has a unique key, in the same transaction as the lines that make it: two
 * orders can never hold one crew or vehicle. */
#ifndef TW_STORE_JOURNAL_H
#define TW_STORE_JOURNAL_H

#include "store/store.h"

/** A line of the journal. Texts are borrowed; NULL is taken as "". */
struct tw_store_entry {
    int64_t id;      /* given by the store, ascending */
    int64_t session; /* replays are told apart by it; 0: the city itself */
    int64_t time_ms; /* of the city's clock */
    int64_t wall_ms; /* of the machine's clock, since 1970 */
    int64_t order;   /* 0: of none */
    double value;    /* what it is depends on the kind; NaN: none */
    const char *kind, *crew, *vehicle, *place, *who, *reason;
    const char *key;            /* given by whoever sends it, so that it is taken once; "": none */
    const char *items, *detail; /* "sandbags=100 pumps=1"; for people and programs, e.g. JSON */
};

/** A crew or vehicle taken for an order, or given back. */
struct tw_store_booking {
    const char *resource; /* e.g. "0/crew/D1-A" */
    int64_t order;        /* 0: it is given back */
};

/**
 * Write lines and bookings, all or none; waits until they are on disk. What is given back is free
 * before anything is taken.
 *
 * entries   [count] their ids are not looked at
 * bookings  [booking_count]
 * errors    TW_ERR_STATE something is booked already and nothing is written, TW_ERR_FILE,
 *           TW_ERR_FULL, TW_ERR_NOMEM
 */
tw_status tw_store_journal_add(struct tw_store *store, const struct tw_store_entry *entries,
                               size_t count, const struct tw_store_booking *bookings,
                               size_t booking_count);

/** Called with each line; false stops. */
typedef bool tw_store_entry_visit(void *user, const struct tw_store_entry *entry);

/** The lines of a session in their order. errors: TW_ERR_FILE, TW_ERR_NOMEM */
tw_status tw_store_journal_read(struct tw_store *store, int64_t session,
                                tw_store_entry_visit *visit, void *user);

#endif
