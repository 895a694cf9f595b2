/* One block cut into arrays: the same code first counts, then cuts. So a run's state is one stretch
 * of memory that can be saved and copied as a whole.
 *
 *   struct tw_pool pool = {0};                 count: every take returns NULL
 *   lay_out(state, &pool);
 *   pool.base = tw_arena_alloc(arena, 1, pool.used);
 *   pool.used = 0;
 *   lay_out(state, &pool);                     cut                                            */
#ifndef TW_BASE_POOL_H
#define TW_BASE_POOL_H

#include <stddef.h>
#include <stdint.h>

/** One array in a pool. */
struct tw_pool_span {
    size_t at;    /* [bytes] from the pool's base */
    size_t count; /* elements */
    size_t each;  /* [bytes] of an element */
};

/** A block of memory (zeroed by its owner, aligned to 64 bytes) and how much of it is used. */
struct tw_pool {
    char *base;         /* borrowed; NULL: only count */
    size_t used;        /* [bytes], a multiple of 64 */
    int32_t span_count; /* arrays taken so far */
    int32_t span_room;  /* of spans */
    struct tw_pool_span
        *spans; /* [span_room] borrowed; what was taken is noted while there is room */
};

/** The next array, aligned to 64 bytes; NULL while only counting. */
void *tw_pool_take(struct tw_pool *pool, size_t count, size_t each);

/* Typed: double *depth_m = TW_POOL_NEW(pool, double, count), count >= 0. */
#define TW_POOL_NEW(pool, type, count) tw_pool_take((pool), (size_t)(count), sizeof(type))

#endif
