#include "dispatch/book.h"

#include "dispatch/book_internal.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- states ---- */

static const struct {
    const char *word;
} states[TW_ORDER_STATES] = {
#define TW_ORDER_STATE(name, word) {word},
#include "dispatch/order_states.def"
#undef TW_ORDER_STATE
};

static const struct {
    enum tw_order_state from, to;
    unsigned actors;
} moves[] = {
#define TW_ORDER_MOVE(from, to, actors) {TW_ORDER_##from, TW_ORDER_##to, actors},
#include "dispatch/order_moves.def"
#undef TW_ORDER_MOVE
};

static const struct {
    const char *word;
    tw_book_taker *take;
    unsigned actors;
} kinds[] = {
#define TW_ENTRY_KIND(word, take, actors) {word, take, actors},
#include "dispatch/entry_kinds.def"
#undef TW_ENTRY_KIND
};

const char *tw_order_state_word(enum tw_order_state state) { return states[state].word; }

bool tw_order_is_open(enum tw_order_state state)
{
    return state >= TW_ORDER_APPROVED && state <= TW_ORDER_WORKING;
}

bool tw_order_may_move(enum tw_order_state from, enum tw_order_state to, unsigned actors)
{
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        if (moves[i].from == from && moves[i].to == to) return (moves[i].actors & actors) != 0;
    }
    return false;
}

/* ---- what the files share ---- */

void tw_book_copy(char *out, size_t size, const char *text)
{
    size_t length = strlen(text);
    if (length >= size) {
        length = size - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
    }
    memcpy(out, text, length);
    out[length] = 0;
}

tw_status tw_book_refuse(struct tw_book_line *line, tw_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line->outcome->why, sizeof line->outcome->why, format, arguments);
    va_end(arguments);
    return status;
}

void *tw_book_room(void *items, int32_t count, int32_t *room, size_t size)
{
    if (count < *room) return items;
    int32_t larger = *room == 0 ? 16 : 2 * *room;
    void *grown = realloc(items, (size_t)larger * size);
    if (grown != NULL) *room = larger;
    return grown;
}

tw_status tw_book_line_crew(struct tw_book_line *line, int32_t *out_crew)
{
    *out_crew = tw_book_crew_find(line->book, line->entry->crew);
    if (*out_crew >= 0) return TW_OK;
    return tw_book_refuse(line, TW_ERR_NAME, "there is no crew \"%.60s\" in depots.geojson",
                          line->entry->crew);
}

tw_status tw_book_line_vehicle(struct tw_book_line *line, int32_t *out_vehicle)
{
    *out_vehicle = tw_book_vehicle_find(line->book, line->entry->vehicle);
    if (*out_vehicle >= 0) return TW_OK;
    return tw_book_refuse(line, TW_ERR_NAME, "there is no vehicle \"%.60s\" in depots.geojson",
                          line->entry->vehicle);
}

tw_status tw_book_line_order(struct tw_book_line *line, struct tw_order **out_order)
{
    struct tw_book *book = line->book;
    int64_t id = line->entry->order;
    if (id < 1 || id > book->order_count) {
        return tw_book_refuse(line, TW_ERR_NAME, "there is no order %lld", (long long)id);
    }
    struct tw_order *order = &book->orders[id - 1];
    const char *owner = book->crews[order->crew].id;
    if (line->actors == TW_BY_CREW && strcmp(owner, line->entry->crew) != 0) {
        return tw_book_refuse(line, TW_ERR_NAME, "order %lld is another crew's", (long long)id);
    }
    *out_order = order;
    return TW_OK;
}

/* ---- making ---- */

static bool names_differ(const struct tw_book *book)
{
    for (int32_t a = 0; a < book->crew_count; a++) {
        for (int32_t b = 0; b < a; b++) {
            if (strcmp(book->crews[a].id, book->crews[b].id) == 0) return false;
        }
    }
    for (int32_t a = 0; a < book->vehicle_count; a++) {
        for (int32_t b = 0; b < a; b++) {
            if (strcmp(book->vehicles[a].id, book->vehicles[b].id) == 0) return false;
        }
    }
    return true;
}

static bool depots_are_there(const struct tw_book *book)
{
    for (int32_t i = 0; i < book->crew_count; i++) {
        int32_t depot = book->crews[i].depot;
        if (depot < 0 || depot >= book->depot_count) return false;
    }
    for (int32_t i = 0; i < book->vehicle_count; i++) {
        int32_t depot = book->vehicles[i].depot;
        if (depot < 0 || depot >= book->depot_count) return false;
    }
    return true;
}

static tw_status fill(struct tw_book *book, const struct tw_book_setup *setup)
{
    struct tw_arena *arena = &book->arena;
    book->crews = TW_ARENA_NEW(arena, struct tw_book_crew, setup->crew_count);
    book->vehicles = TW_ARENA_NEW(arena, struct tw_book_vehicle, setup->vehicle_count);
    book->depots = TW_ARENA_NEW(arena, struct tw_book_depot, setup->depot_count);
    book->points = TW_ARENA_NEW(arena, char[TW_BOOK_NAME_SIZE], setup->point_count);
    if (book->crews == NULL || book->vehicles == NULL || book->depots == NULL ||
        book->points == NULL) {
        return TW_ERR_NOMEM;
    }
    for (int32_t i = 0; i < setup->crew_count; i++) {
        book->crews[i].depot = setup->crews[i].depot;
        book->crews[i].size = setup->crews[i].size;
        memcpy(book->crews[i].id, setup->crews[i].id, sizeof book->crews[i].id);
    }
    for (int32_t i = 0; i < setup->vehicle_count; i++) {
        book->vehicles[i].depot = setup->vehicles[i].depot;
        memcpy(book->vehicles[i].id, setup->vehicles[i].id, sizeof book->vehicles[i].id);
    }
    for (int32_t i = 0; i < setup->depot_count; i++) {
        book->depots[i] = setup->depots[i];
        book->depots[i].stock = setup->depots[i].full;
    }
    for (int32_t i = 0; i < setup->point_count; i++)
        tw_book_copy(book->points[i], TW_BOOK_NAME_SIZE, setup->points[i]);
    book->crew_count = setup->crew_count;
    book->vehicle_count = setup->vehicle_count;
    book->depot_count = setup->depot_count;
    book->point_count = setup->point_count;
    return names_differ(book) && depots_are_there(book) ? TW_OK : TW_ERR_ARG;
}

tw_status tw_book_create(const struct tw_book_setup *setup, struct tw_book **out_book)
{
    struct tw_book *book = calloc(1, sizeof *book);
    if (book == NULL) return TW_ERR_NOMEM;
    tw_arena_init(&book->arena);
    tw_names_init(&book->keys, &book->arena);
    book->session = setup->session;
    tw_status status = fill(book, setup);
    if (status != TW_OK) {
        tw_book_destroy(book);
        return status;
    }
    *out_book = book;
    return TW_OK;
}

void tw_book_destroy(struct tw_book *book)
{
    if (book == NULL) return;
    for (int32_t i = 0; i < book->order_count; i++)
        free(book->orders[i].detail);
    for (int32_t i = 0; i < book->plan_count; i++)
        free(book->plans[i].detail);
    free(book->orders);
    free(book->plans);
    free(book->rules);
    free(book->depths);
    free(book->photos);
    tw_arena_done(&book->arena);
    free(book);
}

/* ---- finding ---- */

const struct tw_order *tw_book_order(const struct tw_book *book, int64_t id)
{
    return id >= 1 && id <= book->order_count ? &book->orders[id - 1] : NULL;
}

int32_t tw_book_crew_find(const struct tw_book *book, const char *id)
{
    for (int32_t i = 0; i < book->crew_count; i++) {
        if (strcmp(book->crews[i].id, id) == 0) return i;
    }
    return -1;
}

int32_t tw_book_vehicle_find(const struct tw_book *book, const char *id)
{
    for (int32_t i = 0; i < book->vehicle_count; i++) {
        if (strcmp(book->vehicles[i].id, id) == 0) return i;
    }
    return -1;
}

int32_t tw_book_depot_find(const struct tw_book *book, const char *id)
{
    for (int32_t i = 0; i < book->depot_count; i++) {
        if (strcmp(book->depots[i].id, id) == 0) return i;
    }
    return -1;
}

static void key_text(const char *crew, const char *key, char out[3 * TW_BOOK_NAME_SIZE])
{
    (void)snprintf(out, 3 * (size_t)TW_BOOK_NAME_SIZE, "%.*s %.*s", TW_BOOK_NAME_SIZE, crew,
                   TW_BOOK_NAME_SIZE, key);
}

bool tw_book_has_key(const struct tw_book *book, const char *crew, const char *key)
{
    char text[3 * TW_BOOK_NAME_SIZE];
    key_text(crew, key, text);
    return tw_names_find(&book->keys, text) >= 0;
}

/* ---- taking ---- */

static tw_status take_kind(struct tw_book_line *line)
{
    const char *word = line->entry->kind;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].word, word) != 0) continue;
        if ((kinds[i].actors & line->actors) != 0) return kinds[i].take(line);
        return tw_book_refuse(line, TW_ERR_STATE, "\"%s\" is not for you to say", word);
    }
    for (int s = 0; s < TW_ORDER_STATES; s++) {
        struct tw_order *order = NULL;
        if (strcmp(states[s].word, word) != 0) continue;
        TW_TRY(tw_book_line_order(line, &order));
        return tw_book_move(line, order, (enum tw_order_state)s);
    }
    return tw_book_refuse(line, TW_ERR_NAME, "\"%.40s\" is nothing that can be told; docs/api.md",
                          word);
}

tw_status tw_book_take(struct tw_book *book, const struct tw_store_entry *entry, unsigned actors,
                       struct tw_book_outcome *out_outcome)
{
    struct tw_store_entry sound = *entry;
    const char **const texts[] = {&sound.kind,  &sound.crew,   &sound.vehicle,
                                  &sound.place, &sound.who,    &sound.key,
                                  &sound.items, &sound.detail, &sound.reason};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (*texts[i] == NULL) *texts[i] = "";
    }
    *out_outcome = (struct tw_book_outcome){.again = false};
    struct tw_book_line line = {book, &sound, actors, out_outcome};
    if (strlen(sound.key) >= TW_BOOK_NAME_SIZE) {
        return tw_book_refuse(&line, TW_ERR_ARG, "the id of a report has at most 63 bytes");
    }
    out_outcome->again = sound.key[0] != 0 && tw_book_has_key(book, sound.crew, sound.key);
    if (out_outcome->again) return TW_OK;
    TW_TRY(take_kind(&line));
    book->lines++;
    if (sound.key[0] == 0) return TW_OK;
    char text[3 * TW_BOOK_NAME_SIZE];
    int32_t index = 0;
    key_text(sound.crew, sound.key, text);
    return tw_names_add(&book->keys, text, &index);
}

struct loading {
    struct tw_book *book;
    tw_status status;
};

/* A line that fits no more is passed over: the city's files were changed since it was written. */
static bool load_line(void *user, const struct tw_store_entry *entry)
{
    struct loading *loading = user;
    struct tw_book_outcome outcome;
    tw_status status = tw_book_take(loading->book, entry, TW_BY_ANY, &outcome);
    if (status == TW_ERR_NOMEM) loading->status = status;
    if (status != TW_OK) loading->book->passed++;
    return status != TW_ERR_NOMEM;
}

tw_status tw_book_load(struct tw_book *book, struct tw_store *store)
{
    struct loading loading = {book, TW_OK};
    TW_TRY(tw_store_journal_read(store, book->session, load_line, &loading));
    return loading.status;
}
