#include "store/store_names.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

void tw_store_names_done(struct tw_store_names *names)
{
    for (int32_t i = 0; i < names->limit; i++)
        free(names->text[i]);
    free(names->text);
    free(names->kept);
    free(names->slots);
    *names = (struct tw_store_names){0};
}

/* source: Fowler, Noll and Vo, FNV-1a, 32 bits */
static uint32_t hash_of(const char *text)
{
    uint32_t hash = 2166136261u;
    for (const unsigned char *c = (const unsigned char *)text; *c != 0; c++)
        hash = (hash ^ *c) * 16777619u;
    return hash;
}

/* The slot that holds a name, or the free one where it belongs. */
static int32_t *slot_of(const struct tw_store_names *names, const char *text)
{
    uint32_t mask = (uint32_t)names->slot_count - 1;
    for (uint32_t i = hash_of(text) & mask;; i = (i + 1) & mask) {
        int32_t *slot = &names->slots[i];
        if (*slot == 0 || strcmp(names->text[*slot], text) == 0) return slot;
    }
}

int32_t tw_store_names_find(const struct tw_store_names *names, const char *text)
{
    return names->slot_count == 0 ? 0 : *slot_of(names, text);
}

const char *tw_store_names_get(const struct tw_store_names *names, int32_t id)
{
    return id > 0 && id < names->limit ? names->text[id] : NULL;
}

static tw_status grow_slots(struct tw_store_names *names)
{
    int32_t count = names->slot_count == 0 ? 64 : names->slot_count;
    while (count < 2 * (names->limit + 1))
        count *= 2;
    if (count == names->slot_count) return TW_OK;
    int32_t *slots = calloc((size_t)count, sizeof *slots);
    if (slots == NULL) return TW_ERR_NOMEM;
    free(names->slots);
    names->slots = slots;
    names->slot_count = count;
    for (int32_t id = 1; id < names->limit; id++) {
        if (names->text[id] != NULL) *slot_of(names, names->text[id]) = id;
    }
    return TW_OK;
}

static tw_status grow_room(struct tw_store_names *names, int32_t id)
{
    if (id < names->room) return TW_OK;
    int32_t room = id < 32 ? 64 : 2 * id;
    char **text = realloc(names->text, (size_t)room * sizeof *text);
    if (text != NULL) names->text = text;
    uint8_t *kept = realloc(names->kept, (size_t)room * sizeof *kept);
    if (kept != NULL) names->kept = kept;
    if (text == NULL || kept == NULL) return TW_ERR_NOMEM;
    names->room = room;
    return TW_OK;
}

tw_status tw_store_names_add(struct tw_store_names *names, const char *text, int32_t id,
                             int32_t *out_id)
{
    if (id == 0) id = names->limit == 0 ? 1 : names->limit;
    if (id < 0 || id > INT32_MAX / 4) return TW_ERR_NOMEM;
    TW_TRY(grow_room(names, id));
    char *copy = strdup(text);
    if (copy == NULL) return TW_ERR_NOMEM;
    for (; names->limit <= id; names->limit++) {
        names->text[names->limit] = NULL;
        names->kept[names->limit] = TW_KEPT_NOT;
    }
    tw_status status = grow_slots(names);
    if (status != TW_OK) {
        free(copy);
        return status;
    }
    int32_t *slot = slot_of(names, copy);
    names->text[id] = copy;
    *slot = id;
    *out_id = id;
    return TW_OK;
}

void tw_store_names_written(struct tw_store_names *names, int32_t id)
{
    names->kept[id] = TW_KEPT_WRITTEN;
    if (names->lowest_written == 0 || id < names->lowest_written) names->lowest_written = id;
}

void tw_store_names_ended(struct tw_store_names *names, bool committed)
{
    if (names->lowest_written == 0) return;
    for (int32_t id = names->lowest_written; id < names->limit; id++) {
        if (names->kept[id] != TW_KEPT_WRITTEN) continue;
        names->kept[id] = committed ? TW_KEPT : TW_KEPT_NOT;
    }
    names->lowest_written = 0;
}
