/* What the journal of dispatching comes to: orders, who has them, and what is left of supplies.
 *
 * A book is made empty and takes line after line; the same lines make the same book, so a program
 * that was killed reads them again and goes on. Lines are checked before they are taken: what the
 * table of moves (order_moves.def) does not know, and what would book a crew or vehicle twice, is
 * refused with the reason. docs/decisions/0018-orders.md says why it is so. */
#ifndef TW_DISPATCH_BOOK_H
#define TW_DISPATCH_BOOK_H

#include "base/arena.h"
#include "base/names.h"
#include "store/journal.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

#define TW_BOOK_NAME_SIZE 64
#define TW_BOOK_REASON_SIZE 256
#define TW_BOOK_HASH_SIZE 65
#define TW_BOOK_ITEMS 8    /* kinds of supplies in one order, and in one depot */
#define TW_BOOK_VEHICLES 4 /* of one order */

/** State of an order, see order_states.def. */
enum tw_order_state {
#define TW_ORDER_STATE(name, word) TW_ORDER_##name,
#include "dispatch/order_states.def"
#undef TW_ORDER_STATE
    TW_ORDER_STATES
};

/** Who says something, as bits. */
enum tw_actor { TW_BY_DESK = 1, TW_BY_DISPATCHER = 2, TW_BY_CREW = 4, TW_BY_ANY = 7 };

/** The word of a state in files and answers. */
const char *tw_order_state_word(enum tw_order_state state);

/** True in a state in which crew and vehicle are booked. */
bool tw_order_is_open(enum tw_order_state state);

/** True when the table has the move and one of the actors may make it. */
bool tw_order_may_move(enum tw_order_state from, enum tw_order_state to, unsigned actors);

/** A number of one kind of supply. */
struct tw_item {
    char name[TW_BOOK_NAME_SIZE];
    int32_t count;
};

/** Some supplies. */
struct tw_items {
    struct tw_item item[TW_BOOK_ITEMS];
    int32_t count;
};

/**
 * Read "sandbags=100 pumps=1".
 *
 * errors  TW_ERR_FORMAT no such text, a count outside 1..1000000, a name twice or too long;
 *         TW_ERR_FULL more than TW_BOOK_ITEMS
 */
tw_status tw_items_read(const char *text, struct tw_items *out_items);

/** Write them so; size TW_ITEMS_TEXT is enough. */
void tw_items_write(const struct tw_items *items, char *out, size_t size);

#define TW_ITEMS_TEXT (TW_BOOK_ITEMS * (TW_BOOK_NAME_SIZE + 12))

/** What there is of one kind; 0 when there is none. */
int32_t tw_items_get(const struct tw_items *items, const char *name);

/** A crew: what the city says of it, and what the journal does. */
struct tw_book_crew {
    char id[TW_BOOK_NAME_SIZE];
    int32_t depot, size;
    int64_t order; /* that it is booked for; 0: none */
    bool out;      /* off duty */
    char out_reason[TW_BOOK_REASON_SIZE];
    char hash[TW_BOOK_HASH_SIZE]; /* of the token of its phone; "": none */
};

/** A vehicle. */
struct tw_book_vehicle {
    char id[TW_BOOK_NAME_SIZE];
    int32_t depot;
    int64_t order;
    bool out; /* broken down */
    char out_reason[TW_BOOK_REASON_SIZE];
};

/** A depot. */
struct tw_book_depot {
    char id[TW_BOOK_NAME_SIZE];
    double lon, lat;
    struct tw_items full, stock; /* as the city says; what is left */
};

/** An order. */
struct tw_order {
    int64_t id, plan;
    enum tw_order_state state;
    int32_t crew;
    int32_t vehicles[TW_BOOK_VEHICLES], vehicle_count;
    int64_t with;                  /* the order in whose vehicle this crew rides; 0: none */
    char place[TW_BOOK_NAME_SIZE]; /* a point, or a depot where supplies are fetched */
    int32_t source;                /* the depot of that name; -1: it is a point */
    struct tw_items items, taken, used;
    int64_t replaces;  /* an open order of the same crew that ends when this is approved; 0: none */
    int64_t warned_ms; /* when the need was known; TW_STORE_NEVER: not said */
    int64_t received_ms, received_wall_ms; /* its phone had it; TW_STORE_NEVER: not yet */
    int64_t at_ms[TW_ORDER_STATES];        /* when it came into a state; TW_STORE_NEVER */
    int64_t wall_ms[TW_ORDER_STATES];
    char who[TW_BOOK_NAME_SIZE]; /* of the last move */
    char approved_by[TW_BOOK_NAME_SIZE];
    char reason[TW_BOOK_REASON_SIZE]; /* of a refusal or withdrawal; else of the order */
    double plan_machine_ms;           /* from the need to the draft, of computing */
    char *detail;                     /* owned; what the plan says of it */
    int32_t reroutes;                 /* so often was another way told */
};

/** A plan that was made. */
struct tw_book_plan {
    int64_t id, time_ms;
    double machine_ms; /* from the need to the plan on disk */
    char reason[TW_BOOK_REASON_SIZE];
    char *detail; /* owned; the card */
};

/** A wish of the dispatcher that plans keep to: a row of a kind, e.g. a closed road. */
struct tw_book_rule {
    char kind[16];                 /* "close", "pin", "exclude" */
    char crew[TW_BOOK_NAME_SIZE];  /* "": of none */
    char place[TW_BOOK_NAME_SIZE]; /* the road or point */
    char who[TW_BOOK_NAME_SIZE], reason[TW_BOOK_REASON_SIZE];
    int64_t time_ms;
};

/** What crews tell of a point: the last depth. */
struct tw_book_depth {
    char place[TW_BOOK_NAME_SIZE];
    double depth_m;
    int64_t time_ms;
    char crew[TW_BOOK_NAME_SIZE];
};

/** A photo that a crew has sent. */
struct tw_book_photo {
    int64_t order, time_ms;
    char crew[TW_BOOK_NAME_SIZE], name[TW_BOOK_HASH_SIZE + 8]; /* of its file */
};

/** What the city says; borrowed while the book is made. */
struct tw_book_setup {
    const struct tw_book_crew *crews;       /* [crew_count] id, depot, size */
    const struct tw_book_vehicle *vehicles; /* [vehicle_count] id, depot */
    const struct tw_book_depot *depots;     /* [depot_count] id, lon, lat, full */
    const char *const *points;              /* [point_count] ids */
    int32_t crew_count, vehicle_count, depot_count, point_count;
    int64_t session;
};

/** A book; to be looked at, changed only by tw_book_take. */
struct tw_book {
    struct tw_arena arena;
    int64_t session;
    struct tw_book_crew *crews;
    struct tw_book_vehicle *vehicles;
    struct tw_book_depot *depots;
    char (*points)[TW_BOOK_NAME_SIZE];
    int32_t crew_count, vehicle_count, depot_count, point_count;
    struct tw_order *orders; /* [order_count] by id, 1.. */
    int32_t order_count, order_room;
    struct tw_book_plan *plans;
    int32_t plan_count, plan_room;
    struct tw_book_rule *rules;
    int32_t rule_count, rule_room;
    struct tw_book_depth *depths;
    int32_t depth_count, depth_room;
    struct tw_book_photo *photos;
    int32_t photo_count, photo_room;
    struct tw_names keys;  /* of lines that were sent with one */
    int64_t lines, passed; /* taken; read again but not taken, since the city has changed */
};

/**
 * Make an empty book.
 *
 * errors  TW_ERR_NOMEM, TW_ERR_ARG two crews or vehicles have one id, or a depot that is none
 */
tw_status tw_book_create(const struct tw_book_setup *setup, struct tw_book **out_book);

/** Free; NULL is fine. */
void tw_book_destroy(struct tw_book *book);

#define TW_BOOK_BOOKINGS (2 * (TW_BOOK_VEHICLES + 1))

/** Bookings that a line makes, in the order of the journal's rules. */
struct tw_book_bookings {
    char resource[TW_BOOK_BOOKINGS][2 * TW_BOOK_NAME_SIZE];
    int64_t order[TW_BOOK_BOOKINGS]; /* 0: given back */
    int32_t count;
};

/** What became of a line. */
struct tw_book_outcome {
    bool again; /* its key was there already: nothing is to be written */
    struct tw_book_bookings bookings;
    char why[320]; /* on failure: what is wrong and the remedy */
};

/**
 * Take a line: check it, and change what it changes.
 *
 * entry   its kind is a row of entry_kinds.def; a new order's id is the next one
 * actors  who says it, bits of tw_actor; TW_BY_ANY for lines that were taken before
 * errors  TW_ERR_NAME no such crew, vehicle, place, order or kind; TW_ERR_STATE it does not fit what
 *         is; TW_ERR_ARG a value that cannot be; TW_ERR_NOMEM. Nothing is changed then.
 */
tw_status tw_book_take(struct tw_book *book, const struct tw_store_entry *entry, unsigned actors,
                       struct tw_book_outcome *out_outcome);

/** Take the lines of the book's session from a store. errors: TW_ERR_FILE, TW_ERR_NOMEM */
tw_status tw_book_load(struct tw_book *book, struct tw_store *store);

/** An order; NULL: there is none. */
const struct tw_order *tw_book_order(const struct tw_book *book, int64_t id);

/** Index of a crew, vehicle, depot; -1: none. */
int32_t tw_book_crew_find(const struct tw_book *book, const char *id);
int32_t tw_book_vehicle_find(const struct tw_book *book, const char *id);
int32_t tw_book_depot_find(const struct tw_book *book, const char *id);

/** True when a line with this key was taken. */
bool tw_book_has_key(const struct tw_book *book, const char *crew, const char *key);

/**
 * The depot from which another is filled up again, and with how much: the nearest that keeps more
 * than half of its own.
 *
 * returns    index of the depot; -1: nothing is low, or nobody has any to give
 * out_items  what is short, up to full
 */
int32_t tw_book_refill(const struct tw_book *book, int32_t depot, struct tw_items *out_items);

/** True when a depot has less than a fifth of one of its supplies. */
bool tw_book_is_low(const struct tw_book_depot *depot);

#endif
