/* Orders: drafts, moves from state to state, and what goes with them of crews and supplies. */
#include "base/text.h"
#include "dispatch/book_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- supplies ---- */

static struct tw_item *item_of(struct tw_items *items, const char *name)
{
    for (int32_t i = 0; i < items->count; i++) {
        if (strcmp(items->item[i].name, name) == 0) return &items->item[i];
    }
    return NULL;
}

/* The depot that an order's supplies come from: where it sends the crew to fetch them, or its own. */
static struct tw_book_depot *source_of(struct tw_book *book, const struct tw_order *order)
{
    int32_t depot = order->source >= 0 ? order->source : book->crews[order->crew].depot;
    return &book->depots[depot];
}

/* What is there is taken; the order says what it got. */
static void take_stock(struct tw_book *book, struct tw_order *order)
{
    struct tw_book_depot *depot = source_of(book, order);
    order->taken = order->items;
    for (int32_t i = 0; i < order->taken.count; i++) {
        struct tw_item *wanted = &order->taken.item[i];
        struct tw_item *stock = item_of(&depot->stock, wanted->name);
        int32_t there = stock == NULL ? 0 : stock->count;
        if (wanted->count > there) wanted->count = there;
        if (stock != NULL) stock->count -= wanted->count;
    }
}

/* What was not used up comes back: to the crew's own depot. */
static void return_stock(struct tw_book *book, struct tw_order *order)
{
    /* Fetched supplies were fetched only when the order was done. */
    bool fetched = order->source >= 0 && order->state == TW_ORDER_DONE;
    struct tw_book_depot *to =
        fetched ? &book->depots[book->crews[order->crew].depot] : source_of(book, order);
    for (int32_t i = 0; i < order->taken.count; i++) {
        const struct tw_item *taken = &order->taken.item[i];
        struct tw_item *stock = item_of(&to->stock, taken->name);
        if (stock != NULL) stock->count += taken->count - tw_items_get(&order->used, taken->name);
    }
}

/* ---- bookings ---- */

static void book_one(struct tw_book_line *line, const char *kind, const char *id, int64_t order)
{
    struct tw_book_bookings *b = &line->outcome->bookings;
    (void)snprintf(b->resource[b->count], sizeof b->resource[0], "%lld/%s/%s",
                   (long long)line->book->session, kind, id);
    b->order[b->count++] = order;
}

static void set_booked(struct tw_book_line *line, const struct tw_order *order, int64_t holder)
{
    struct tw_book_crew *crew = &line->book->crews[order->crew];
    crew->order = holder;
    book_one(line, "crew", crew->id, holder);
    for (int32_t i = 0; i < order->vehicle_count; i++) {
        struct tw_book_vehicle *vehicle = &line->book->vehicles[order->vehicles[i]];
        vehicle->order = holder;
        book_one(line, "vehicle", vehicle->id, holder);
    }
}

static void enter(struct tw_book_line *line, struct tw_order *order, enum tw_order_state to)
{
    const struct tw_store_entry *e = line->entry;
    bool was_open = tw_order_is_open(order->state);
    order->state = to;
    order->at_ms[to] = e->time_ms;
    order->wall_ms[to] = e->wall_ms;
    tw_book_copy(order->who, sizeof order->who, e->who);
    if (was_open && !tw_order_is_open(to)) {
        return_stock(line->book, order);
        set_booked(line, order, 0);
    }
}

/* ---- moves ---- */

/* Whether crew and vehicle are free for an order; what it replaces may have them. */
static tw_status check_free(struct tw_book_line *line, const struct tw_order *order)
{
    const struct tw_book *book = line->book;
    const struct tw_book_crew *crew = &book->crews[order->crew];
    if (crew->out) {
        return tw_book_refuse(line, TW_ERR_STATE, "crew %s is off duty: %s", crew->id,
                              crew->out_reason);
    }
    if (crew->order != 0 && crew->order != order->replaces) {
        return tw_book_refuse(line, TW_ERR_STATE,
                              "crew %s is booked for order %lld; withdraw that first", crew->id,
                              (long long)crew->order);
    }
    for (int32_t i = 0; i < order->vehicle_count; i++) {
        const struct tw_book_vehicle *vehicle = &book->vehicles[order->vehicles[i]];
        if (vehicle->out) {
            return tw_book_refuse(line, TW_ERR_STATE, "vehicle %s is out of service: %s",
                                  vehicle->id, vehicle->out_reason);
        }
        if (vehicle->order != 0 && vehicle->order != order->replaces) {
            return tw_book_refuse(line, TW_ERR_STATE,
                                  "vehicle %s is booked for order %lld; withdraw that first",
                                  vehicle->id, (long long)vehicle->order);
        }
    }
    return TW_OK;
}

/* The order that this one takes the place of; NULL: none is open. */
static struct tw_order *replaced_by(struct tw_book *book, const struct tw_order *order)
{
    if (order->replaces == 0) return NULL;
    struct tw_order *old = &book->orders[order->replaces - 1];
    return tw_order_is_open(old->state) ? old : NULL;
}

static tw_status approve(struct tw_book_line *line, struct tw_order *order)
{
    struct tw_order *old = replaced_by(line->book, order);
    TW_TRY(check_free(line, order));
    if (old != NULL) {
        if (!tw_order_may_move(old->state, TW_ORDER_WITHDRAWN, line->actors)) {
            return tw_book_refuse(line, TW_ERR_STATE,
                                  "order %lld, which this one replaces, is %s by now",
                                  (long long)old->id, tw_order_state_word(old->state));
        }
        enter(line, old, TW_ORDER_WITHDRAWN);
        (void)snprintf(old->reason, sizeof old->reason, "replaced by order %lld",
                       (long long)order->id);
    }
    enter(line, order, TW_ORDER_APPROVED);
    tw_book_copy(order->approved_by, sizeof order->approved_by, line->entry->who);
    take_stock(line->book, order);
    set_booked(line, order, order->id);
    return TW_OK;
}

tw_status tw_book_move(struct tw_book_line *line, struct tw_order *order, enum tw_order_state to)
{
    if (!tw_order_may_move(order->state, to, line->actors)) {
        return tw_book_refuse(line, TW_ERR_STATE, "order %lld is %s; it cannot become %s%s",
                              (long long)order->id, tw_order_state_word(order->state),
                              tw_order_state_word(to),
                              tw_order_may_move(order->state, to, TW_BY_ANY) ? " by you" : "");
    }
    if (to == TW_ORDER_APPROVED) return approve(line, order);
    enter(line, order, to);
    if (to == TW_ORDER_REFUSED || to == TW_ORDER_WITHDRAWN) {
        tw_book_copy(order->reason, sizeof order->reason, line->entry->reason);
    }
    return TW_OK;
}

/* ---- lines ---- */

static int32_t point_find(const struct tw_book *book, const char *id)
{
    for (int32_t i = 0; i < book->point_count; i++) {
        if (strcmp(book->points[i], id) == 0) return i;
    }
    return -1;
}

static tw_status read_vehicle(struct tw_book_line *line, const char *word, size_t length,
                              struct tw_order *order)
{
    char id[TW_BOOK_NAME_SIZE];
    (void)snprintf(id, sizeof id, "%.*s", (int)length, word);
    int32_t vehicle = tw_book_vehicle_find(line->book, id);
    if (vehicle < 0) {
        return tw_book_refuse(line, TW_ERR_NAME, "there is no vehicle \"%s\" in depots.geojson",
                              id);
    }
    for (int32_t i = 0; i < order->vehicle_count; i++) {
        if (order->vehicles[i] == vehicle) {
            return tw_book_refuse(line, TW_ERR_ARG, "vehicle %s is there twice", id);
        }
    }
    if (order->vehicle_count == TW_BOOK_VEHICLES) {
        return tw_book_refuse(line, TW_ERR_ARG, "a crew takes at most %d vehicles",
                              TW_BOOK_VEHICLES);
    }
    order->vehicles[order->vehicle_count++] = vehicle;
    return TW_OK;
}

/* "D1-V1 D1-V2", or "@12": rides with order 12. */
static tw_status read_vehicles(struct tw_book_line *line, struct tw_order *order)
{
    const char *text = line->entry->vehicle;
    if (text[0] == '@') {
        int32_t with = 0;
        if (tw_text_int(text + 1, &with) != TW_OK || with < 1 || with > line->book->order_count) {
            return tw_book_refuse(line, TW_ERR_NAME, "there is no order \"%.20s\" to ride with",
                                  text);
        }
        order->with = with;
        return TW_OK;
    }
    while (*(text += strspn(text, " ")) != 0) {
        size_t length = strcspn(text, " ");
        TW_TRY(read_vehicle(line, text, length, order));
        text += length;
    }
    return TW_OK;
}

static tw_status check_draft(struct tw_book_line *line, struct tw_order *order)
{
    struct tw_book *book = line->book;
    const struct tw_store_entry *e = line->entry;
    TW_TRY(tw_book_line_crew(line, &order->crew));
    TW_TRY(read_vehicles(line, order));
    order->source = tw_book_depot_find(book, e->place);
    if (order->source < 0 && point_find(book, e->place) < 0) {
        return tw_book_refuse(line, TW_ERR_NAME, "there is no point or depot \"%.60s\"", e->place);
    }
    if (tw_items_read(e->items, &order->items) != TW_OK) {
        return tw_book_refuse(line, TW_ERR_ARG,
                              "supplies are kinds with a number from 1 to 1000000, at most %d",
                              TW_BOOK_ITEMS);
    }
    if (e->order != book->order_count + 1) {
        return tw_book_refuse(line, TW_ERR_STATE, "the next order is %d", book->order_count + 1);
    }
    return TW_OK;
}

tw_status tw_book_take_draft(struct tw_book_line *line)
{
    struct tw_book *book = line->book;
    const struct tw_store_entry *e = line->entry;
    struct tw_order order = {.id = e->order, .state = TW_ORDER_DRAFT};
    TW_TRY(check_draft(line, &order));
    struct tw_order *orders =
        tw_book_room(book->orders, book->order_count, &book->order_room, sizeof *orders);
    if (orders == NULL) return TW_ERR_NOMEM;
    book->orders = orders;
    for (int s = 0; s < TW_ORDER_STATES; s++)
        order.at_ms[s] = TW_STORE_NEVER;
    order.received_ms = TW_STORE_NEVER;
    order.warned_ms =
        isnan(e->value) || !(fabs(e->value) < 9e15) ? TW_STORE_NEVER : (int64_t)e->value;
    order.replaces = book->crews[order.crew].order;
    if (book->plan_count > 0) {
        order.plan = book->plans[book->plan_count - 1].id;
        order.plan_machine_ms = book->plans[book->plan_count - 1].machine_ms;
    }
    order.detail = strdup(e->detail);
    if (order.detail == NULL) return TW_ERR_NOMEM;
    tw_book_copy(order.place, sizeof order.place, e->place);
    tw_book_copy(order.reason, sizeof order.reason, e->reason);
    book->orders[book->order_count++] = order;
    enter(line, &book->orders[book->order_count - 1], TW_ORDER_DRAFT);
    return TW_OK;
}

/* Another way for a crew that has not arrived: the detail is told anew. */
tw_status tw_book_take_route(struct tw_book_line *line)
{
    struct tw_order *order = NULL;
    TW_TRY(tw_book_line_order(line, &order));
    if (order->state < TW_ORDER_APPROVED || order->state > TW_ORDER_ROLLING) {
        return tw_book_refuse(line, TW_ERR_STATE, "order %lld is %s; it has no way before it",
                              (long long)order->id, tw_order_state_word(order->state));
    }
    char *detail = strdup(line->entry->detail);
    if (detail == NULL) return TW_ERR_NOMEM;
    free(order->detail);
    order->detail = detail;
    order->reroutes++;
    return TW_OK;
}

tw_status tw_book_take_received(struct tw_book_line *line)
{
    struct tw_order *order = NULL;
    TW_TRY(tw_book_line_order(line, &order));
    if (order->at_ms[TW_ORDER_SENT] == TW_STORE_NEVER) {
        return tw_book_refuse(line, TW_ERR_STATE, "order %lld was not sent", (long long)order->id);
    }
    if (order->received_ms != TW_STORE_NEVER) return TW_OK;
    order->received_ms = line->entry->time_ms;
    order->received_wall_ms = line->entry->wall_ms;
    return TW_OK;
}

tw_status tw_book_take_used(struct tw_book_line *line)
{
    struct tw_order *order = NULL;
    struct tw_items used;
    TW_TRY(tw_book_line_order(line, &order));
    if (!tw_order_is_open(order->state)) {
        return tw_book_refuse(line, TW_ERR_STATE, "order %lld is %s; nothing is used for it",
                              (long long)order->id, tw_order_state_word(order->state));
    }
    if (tw_items_read(line->entry->items, &used) != TW_OK) {
        return tw_book_refuse(line, TW_ERR_ARG, "supplies are kinds with a number from 1");
    }
    for (int32_t i = 0; i < used.count; i++) {
        int32_t taken = tw_items_get(&order->taken, used.item[i].name);
        if (used.item[i].count > taken) {
            return tw_book_refuse(line, TW_ERR_ARG, "%d %s are more than the %d that were taken",
                                  used.item[i].count, used.item[i].name, taken);
        }
    }
    order->used = used;
    return TW_OK;
}

/* The vehicle that is named, or all of the order's, stand still: the order is given back, and they
 * are out of service. */
tw_status tw_book_take_breakdown(struct tw_book_line *line)
{
    struct tw_order *order = NULL;
    int32_t named = -1;
    TW_TRY(tw_book_line_order(line, &order));
    if (line->entry->vehicle[0] != 0) TW_TRY(tw_book_line_vehicle(line, &named));
    TW_TRY(tw_book_move(line, order, TW_ORDER_REFUSED));
    for (int32_t i = 0; i < order->vehicle_count; i++) {
        struct tw_book_vehicle *vehicle = &line->book->vehicles[order->vehicles[i]];
        if (named >= 0 && named != order->vehicles[i]) continue;
        vehicle->out = true;
        tw_book_copy(vehicle->out_reason, sizeof vehicle->out_reason, line->entry->reason);
    }
    return TW_OK;
}
