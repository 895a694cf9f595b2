/* Memory of one lifetime: taken piece by piece, given back all at once. */
#ifndef TW_BASE_ARENA_H
#define TW_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct tw_arena_block;

/** An arena; all zeros is an empty one. Not to be copied while something points into it. */
struct tw_arena {
    struct tw_arena_block *block; /* the newest; each knows the one before */
    int64_t fail_at;              /* tests: the n-th allocation from now fails, once; 0: none */
};

/** Make an empty arena; nothing is allocated yet. */
void tw_arena_init(struct tw_arena *arena);

/** Give everything back but the newest block, which the next allocations reuse. */
void tw_arena_reset(struct tw_arena *arena);

/** Give everything back; the arena is empty and may be used again. NULL is fine. */
void tw_arena_done(struct tw_arena *arena);

/**
 * Zeroed memory for `count` things, aligned to 64 bytes, that lives until reset or done.
 *
 * size     of one thing [bytes]
 * returns  never NULL for count 0; NULL when memory is out or count * size is too large
 */
void *tw_arena_alloc(struct tw_arena *arena, size_t count, size_t size);

/**
 * A copy of the first `length` bytes of a text, terminated, without alignment.
 *
 * returns  NULL when memory is out
 */
char *tw_arena_text(struct tw_arena *arena, const char *text, size_t length);

/* Typed: double *depth_m = TW_ARENA_NEW(&run->arena, double, count). A negative count gives NULL.
 * No cast, so that array types work: double (*factor)[24] = TW_ARENA_NEW(arena, double[24], n). */
#define TW_ARENA_NEW(arena, type, count) tw_arena_alloc((arena), (size_t)(count), sizeof(type))

#endif
