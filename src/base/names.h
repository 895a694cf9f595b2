/* Names of one kind of object: name to index and back. Letter case does not matter (ASCII; other
 * bytes, e.g. of UTF-8, must be the same). */
#ifndef TW_BASE_NAMES_H
#define TW_BASE_NAMES_H

#include "base/arena.h"
#include "thalweg/status.h"

#include <stdint.h>

/** A set of names; all zeros is an empty one in which nothing is found. */
struct tw_names {
    struct tw_arena *arena; /* borrowed; everything below lives in it */
    int32_t count;
    int32_t capacity;
    const char **text; /* [count] as first written */
    uint32_t *hash;    /* [count] */
    int32_t *slot;     /* [slots] index + 1, 0: free; slots is 2 * capacity, a power of two */
};

/** Make an empty set whose memory comes from an arena. */
void tw_names_init(struct tw_names *names, struct tw_arena *arena);

/**
 * Add a name (copied) as the next index.
 *
 * out_index  its index; with TW_ERR_NAME the index that has the name already
 * errors     TW_ERR_NAME there is one already, TW_ERR_NOMEM, TW_ERR_FULL more than 2^29 names
 */
tw_status tw_names_add(struct tw_names *names, const char *name, int32_t *out_index);

/** Index of a name; -1 when there is none. */
int32_t tw_names_find(const struct tw_names *names, const char *name);

/** Name of an index, 0 <= i < count, as it was first written; borrowed from the arena. */
const char *tw_names_get(const struct tw_names *names, int32_t i);

#endif
