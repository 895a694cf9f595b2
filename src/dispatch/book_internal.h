/* Shared by the files of the book. */
#ifndef TW_DISPATCH_BOOK_INTERNAL_H
#define TW_DISPATCH_BOOK_INTERNAL_H

#include "base/compiler.h"
#include "dispatch/book.h"

/** A line on its way into the book. */
struct tw_book_line {
    struct tw_book *book;
    const struct tw_store_entry *entry;
    unsigned actors;
    struct tw_book_outcome *outcome;
};

/** Takes one kind of line. errors: as tw_book_take */
typedef tw_status tw_book_taker(struct tw_book_line *line);

/** Say what is wrong with a line; returns the status. */
tw_status tw_book_refuse(struct tw_book_line *line, tw_status status, const char *format, ...)
    TW_PRINTF(3, 4);

/** The crew or vehicle that a line names. errors: TW_ERR_NAME */
tw_status tw_book_line_crew(struct tw_book_line *line, int32_t *out_crew);
tw_status tw_book_line_vehicle(struct tw_book_line *line, int32_t *out_vehicle);

/** The order that a line names, which the crew that speaks must have. errors: TW_ERR_NAME, STATE */
tw_status tw_book_line_order(struct tw_book_line *line, struct tw_order **out_order);

/** A list with room for one more: the same one or one in its place; NULL without memory. */
void *tw_book_room(void *items, int32_t count, int32_t *room, size_t size);

/** An order comes into a state. errors: as tw_book_take */
tw_status tw_book_move(struct tw_book_line *line, struct tw_order *order, enum tw_order_state to);

/** Copy a text into a place of fixed size, cut at a whole character of UTF-8. */
void tw_book_copy(char *out, size_t size, const char *text);

/* book_orders.c, book_lines.c */
tw_book_taker tw_book_take_draft, tw_book_take_route, tw_book_take_received, tw_book_take_used,
    tw_book_take_breakdown;
tw_book_taker tw_book_take_plan, tw_book_take_depth, tw_book_take_photo, tw_book_take_late,
    tw_book_take_note, tw_book_take_rule, tw_book_take_unrule, tw_book_take_out, tw_book_take_back,
    tw_book_take_restock, tw_book_take_link;

#endif
