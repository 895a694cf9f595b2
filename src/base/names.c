#include "base/names.h"

#include "base/require.h"

#include <string.h>

static const int32_t first_capacity = 16;
static const int32_t most_names = 1 << 29; /* twice as many slots still fit an int32_t */

static unsigned char lower(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 'A' && u <= 'Z' ? (unsigned char)(u + ('a' - 'A')) : u;
}

/* FNV-1a over lower-case bytes; the last shift brings the high bits into the slot number. */
static uint32_t hash_of(const char *name)
{
    uint32_t h = 2166136261u;
    for (; *name != '\0'; name++)
        h = (h ^ lower(*name)) * 16777619u;
    return h ^ (h >> 15);
}

static int same(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

void tw_names_init(struct tw_names *names, struct tw_arena *arena)
{
    *names = (struct tw_names){.arena = arena};
}

/* The slot where a name is, or where it would be put. Linear probing ends: half are free. */
static uint32_t slot_of(const struct tw_names *names, const char *name, uint32_t hash)
{
    uint32_t mask = 2 * (uint32_t)names->capacity - 1;
    uint32_t s = hash & mask;
    for (;;) {
        int32_t i = names->slot[s] - 1;
        if (i < 0 || (names->hash[i] == hash && same(names->text[i], name))) return s;
        s = (s + 1) & mask;
    }
}

static tw_status grow(struct tw_names *names)
{
    if (names->capacity >= most_names) return TW_ERR_FULL;
    struct tw_names wider = *names;
    wider.capacity = names->capacity == 0 ? first_capacity : 2 * names->capacity;
    wider.text = TW_ARENA_NEW(names->arena, const char *, wider.capacity);
    wider.hash = TW_ARENA_NEW(names->arena, uint32_t, wider.capacity);
    wider.slot = TW_ARENA_NEW(names->arena, int32_t, 2 * wider.capacity);
    if (wider.text == NULL || wider.hash == NULL || wider.slot == NULL) return TW_ERR_NOMEM;
    uint32_t mask = 2 * (uint32_t)wider.capacity - 1;
    for (int32_t i = 0; i < names->count; i++) {
        wider.text[i] = names->text[i];
        wider.hash[i] = names->hash[i];
        uint32_t s = wider.hash[i] & mask;
        while (wider.slot[s] != 0)
            s = (s + 1) & mask;
        wider.slot[s] = i + 1;
    }
    *names = wider;
    return TW_OK;
}

tw_status tw_names_add(struct tw_names *names, const char *name, int32_t *out_index)
{
    TW_REQUIRE(names->arena != NULL);
    int32_t old = tw_names_find(names, name);
    if (old >= 0) {
        *out_index = old;
        return TW_ERR_NAME;
    }
    if (names->count == names->capacity) TW_TRY(grow(names));
    char *copy = tw_arena_text(names->arena, name, strlen(name));
    if (copy == NULL) return TW_ERR_NOMEM;
    uint32_t hash = hash_of(name);
    int32_t i = names->count++;
    names->text[i] = copy;
    names->hash[i] = hash;
    /* The slot is looked for with the name not yet in it, so it is the free one. */
    names->slot[slot_of(names, name, hash)] = i + 1;
    *out_index = i;
    return TW_OK;
}

int32_t tw_names_find(const struct tw_names *names, const char *name)
{
    if (names->capacity == 0) return -1;
    return names->slot[slot_of(names, name, hash_of(name))] - 1;
}

const char *tw_names_get(const struct tw_names *names, int32_t i)
{
    TW_REQUIRE(i >= 0 && i < names->count);
    return names->text[i];
}
