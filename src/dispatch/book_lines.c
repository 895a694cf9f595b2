/* Lines that are no order's: plans, rules that plans keep to, duty, supplies, phones, reports. */
#include "dispatch/book_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

tw_status tw_book_take_plan(struct tw_book_line *line)
{
    struct tw_book *book = line->book;
    const struct tw_store_entry *e = line->entry;
    struct tw_book_plan *plans =
        tw_book_room(book->plans, book->plan_count, &book->plan_room, sizeof *plans);
    if (plans == NULL) return TW_ERR_NOMEM;
    book->plans = plans;
    struct tw_book_plan plan = {.id = book->plan_count + 1,
                                .time_ms = e->time_ms,
                                .machine_ms = e->value,
                                .detail = strdup(e->detail)};
    if (plan.detail == NULL) return TW_ERR_NOMEM;
    tw_book_copy(plan.reason, sizeof plan.reason, e->reason);
    book->plans[book->plan_count++] = plan;
    return TW_OK;
}

tw_status tw_book_take_depth(struct tw_book_line *line)
{
    struct tw_book *book = line->book;
    const struct tw_store_entry *e = line->entry;
    bool known = false;
    for (int32_t i = 0; i < book->point_count && !known; i++)
        known = strcmp(book->points[i], e->place) == 0;
    if (!known) {
        return tw_book_refuse(line, TW_ERR_NAME, "there is no point \"%.60s\"", e->place);
    }
    if (!(e->value >= 0.0 && e->value <= 10.0)) {
        return tw_book_refuse(line, TW_ERR_ARG, "a depth is from 0 to 10 m");
    }
    int32_t at = 0;
    while (at < book->depth_count && strcmp(book->depths[at].place, e->place) != 0)
        at++;
    if (at == book->depth_count) {
        struct tw_book_depth *depths =
            tw_book_room(book->depths, book->depth_count, &book->depth_room, sizeof *depths);
        if (depths == NULL) return TW_ERR_NOMEM;
        book->depths = depths;
        book->depths[book->depth_count++] = (struct tw_book_depth){.time_ms = TW_STORE_NEVER};
    }
    struct tw_book_depth *depth = &book->depths[at];
    if (e->time_ms < depth->time_ms) return TW_OK; /* a phone that catches up: an older one */
    depth->depth_m = e->value;
    depth->time_ms = e->time_ms;
    tw_book_copy(depth->place, sizeof depth->place, e->place);
    tw_book_copy(depth->crew, sizeof depth->crew, e->crew);
    return TW_OK;
}

tw_status tw_book_take_photo(struct tw_book_line *line)
{
    struct tw_book *book = line->book;
    const struct tw_store_entry *e = line->entry;
    struct tw_order *order = NULL;
    TW_TRY(tw_book_line_order(line, &order));
    struct tw_book_photo *photos =
        tw_book_room(book->photos, book->photo_count, &book->photo_room, sizeof *photos);
    if (photos == NULL) return TW_ERR_NOMEM;
    book->photos = photos;
    struct tw_book_photo *photo = &book->photos[book->photo_count++];
    *photo = (struct tw_book_photo){.order = e->order, .time_ms = e->time_ms};
    tw_book_copy(photo->crew, sizeof photo->crew, book->crews[order->crew].id);
    tw_book_copy(photo->name, sizeof photo->name, e->detail);
    return TW_OK;
}

/* What a crew said when it did not fit any more is kept, but changes nothing. */
tw_status tw_book_take_late(struct tw_book_line *line)
{
    struct tw_order *order = NULL;
    return tw_book_line_order(line, &order);
}

tw_status tw_book_take_note(struct tw_book_line *line)
{
    (void)line;
    return TW_OK;
}

/* ---- rules ---- */

/* What each kind of rule is undone by. */
static const struct {
    const char *rule, *undo;
    bool crew; /* it is about a crew and a place, else about a place */
} rules[] = {{"close", "open", false}, {"pin", "unpin", true}, {"exclude", "include", true}};

static size_t rule_kind(const char *word)
{
    size_t k = 0;
    while (strcmp(rules[k].rule, word) != 0 && strcmp(rules[k].undo, word) != 0)
        k++;
    return k;
}

static int32_t rule_find(const struct tw_book_line *line, size_t kind)
{
    const struct tw_book *book = line->book;
    for (int32_t i = 0; i < book->rule_count; i++) {
        const struct tw_book_rule *r = &book->rules[i];
        if (strcmp(r->kind, rules[kind].rule) == 0 && strcmp(r->place, line->entry->place) == 0 &&
            (!rules[kind].crew || strcmp(r->crew, line->entry->crew) == 0)) {
            return i;
        }
    }
    return -1;
}

tw_status tw_book_take_rule(struct tw_book_line *line)
{
    struct tw_book *book = line->book;
    const struct tw_store_entry *e = line->entry;
    size_t kind = rule_kind(e->kind);
    int32_t crew = 0;
    if (e->place[0] == 0 || strlen(e->place) >= TW_BOOK_NAME_SIZE) {
        return tw_book_refuse(line, TW_ERR_ARG, "the id of a road or point is missing");
    }
    if (rules[kind].crew) TW_TRY(tw_book_line_crew(line, &crew));
    int32_t at = rule_find(line, kind);
    if (at < 0) {
        struct tw_book_rule *grown =
            tw_book_room(book->rules, book->rule_count, &book->rule_room, sizeof *grown);
        if (grown == NULL) return TW_ERR_NOMEM;
        book->rules = grown;
        at = book->rule_count++;
    }
    struct tw_book_rule *rule = &book->rules[at];
    *rule = (struct tw_book_rule){.time_ms = e->time_ms};
    tw_book_copy(rule->kind, sizeof rule->kind, rules[kind].rule);
    tw_book_copy(rule->crew, sizeof rule->crew, e->crew);
    tw_book_copy(rule->place, sizeof rule->place, e->place);
    tw_book_copy(rule->who, sizeof rule->who, e->who);
    tw_book_copy(rule->reason, sizeof rule->reason, e->reason);
    return TW_OK;
}

tw_status tw_book_take_unrule(struct tw_book_line *line)
{
    struct tw_book *book = line->book;
    size_t kind = rule_kind(line->entry->kind);
    int32_t at = rule_find(line, kind);
    if (at < 0) {
        return tw_book_refuse(line, TW_ERR_NAME, "there is no such rule: %s %.60s",
                              rules[kind].rule, line->entry->place);
    }
    for (int32_t i = at; i + 1 < book->rule_count; i++)
        book->rules[i] = book->rules[i + 1];
    book->rule_count--;
    return TW_OK;
}

/* ---- duty ---- */

/* A vehicle when one is named, else the crew. */
tw_status tw_book_take_out(struct tw_book_line *line)
{
    const struct tw_store_entry *e = line->entry;
    int32_t at = 0;
    if (e->vehicle[0] != 0) {
        TW_TRY(tw_book_line_vehicle(line, &at));
        struct tw_book_vehicle *vehicle = &line->book->vehicles[at];
        vehicle->out = true;
        tw_book_copy(vehicle->out_reason, sizeof vehicle->out_reason, e->reason);
        return TW_OK;
    }
    TW_TRY(tw_book_line_crew(line, &at));
    struct tw_book_crew *crew = &line->book->crews[at];
    crew->out = true;
    tw_book_copy(crew->out_reason, sizeof crew->out_reason, e->reason);
    return TW_OK;
}

tw_status tw_book_take_back(struct tw_book_line *line)
{
    int32_t at = 0;
    if (line->entry->vehicle[0] != 0) {
        TW_TRY(tw_book_line_vehicle(line, &at));
        line->book->vehicles[at].out = false;
        return TW_OK;
    }
    TW_TRY(tw_book_line_crew(line, &at));
    line->book->crews[at].out = false;
    return TW_OK;
}

/* ---- supplies ---- */

/* Somebody has counted: a depot has so many of each kind that is named. */
tw_status tw_book_take_restock(struct tw_book_line *line)
{
    struct tw_items items;
    int32_t d = tw_book_depot_find(line->book, line->entry->place);
    if (d < 0) {
        return tw_book_refuse(line, TW_ERR_NAME, "there is no depot \"%.60s\"", line->entry->place);
    }
    if (tw_items_read(line->entry->items, &items) != TW_OK || items.count == 0) {
        return tw_book_refuse(line, TW_ERR_ARG, "supplies are kinds with a number from 1");
    }
    struct tw_book_depot *depot = &line->book->depots[d];
    for (int32_t i = 0; i < items.count; i++) {
        bool known = false;
        for (int32_t k = 0; k < depot->stock.count && !known; k++)
            known = strcmp(depot->stock.item[k].name, items.item[i].name) == 0;
        if (!known) {
            return tw_book_refuse(line, TW_ERR_NAME, "depot %s has no \"%s\" in depots.geojson",
                                  depot->id, items.item[i].name);
        }
    }
    for (int32_t k = 0; k < depot->stock.count; k++) {
        int32_t counted = tw_items_get(&items, depot->stock.item[k].name);
        if (counted > 0) depot->stock.item[k].count = counted;
    }
    return TW_OK;
}

bool tw_book_is_low(const struct tw_book_depot *depot)
{
    for (int32_t i = 0; i < depot->full.count; i++) {
        int32_t left = tw_items_get(&depot->stock, depot->full.item[i].name);
        if (5 * (int64_t)left < depot->full.item[i].count) return true;
    }
    return false;
}

/* Whether a depot keeps more than half of its own after giving. */
static bool can_give(const struct tw_book_depot *depot, const struct tw_items *items)
{
    for (int32_t i = 0; i < items->count; i++) {
        const char *name = items->item[i].name;
        int64_t left = (int64_t)tw_items_get(&depot->stock, name) - items->item[i].count;
        if (2 * left <= tw_items_get(&depot->full, name)) return false;
    }
    return true;
}

int32_t tw_book_refill(const struct tw_book *book, int32_t depot, struct tw_items *out_items)
{
    const struct tw_book_depot *to = &book->depots[depot];
    struct tw_items items = {.count = 0};
    int32_t best = -1;
    double best_square = (double)INFINITY;
    for (int32_t i = 0; i < to->full.count; i++) {
        int32_t full = to->full.item[i].count;
        int32_t left = tw_items_get(&to->stock, to->full.item[i].name);
        if (5 * (int64_t)left >= full) continue;
        items.item[items.count] = to->full.item[i];
        items.item[items.count++].count = (full - left + 1) / 2;
    }
    for (int32_t d = 0; d < book->depot_count && items.count > 0; d++) {
        const struct tw_book_depot *from = &book->depots[d];
        double east = (from->lon - to->lon) * cos(to->lat * 0.017453292519943295);
        double square = east * east + (from->lat - to->lat) * (from->lat - to->lat);
        if (d == depot || !(square < best_square) || !can_give(from, &items)) continue;
        best = d;
        best_square = square;
    }
    if (best >= 0) *out_items = items;
    return best;
}

/* ---- phones ---- */

/* A new token makes the one before worthless. */
tw_status tw_book_take_link(struct tw_book_line *line)
{
    const struct tw_store_entry *e = line->entry;
    bool gives = strcmp(e->kind, "link") == 0;
    int32_t at = 0;
    TW_TRY(tw_book_line_crew(line, &at));
    if (gives && strlen(e->detail) != TW_BOOK_HASH_SIZE - 1) {
        return tw_book_refuse(line, TW_ERR_ARG, "a token is kept as its SHA-256");
    }
    tw_book_copy(line->book->crews[at].hash, TW_BOOK_HASH_SIZE, gives ? e->detail : "");
    return TW_OK;
}
