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

/** A block of memory (zeroed by its owner, aligned to 64 bytes) and how much of it is used. */
struct tw_pool {
    char *base;  /* borrowed; NULL: only count */
    size_t used; /* [bytes], a multiple of 64 */
};

/** The next `bytes` bytes, aligned to 64; NULL while only counting. */
void *tw_pool_take(struct tw_pool *pool, size_t bytes);

/* Typed: double *depth_m = TW_POOL_NEW(pool, double, count), count >= 0. */
#define TW_POOL_NEW(pool, type, count) tw_pool_take((pool), (size_t)(count) * sizeof(type))

#endif
