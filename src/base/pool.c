#include "base/pool.h"

#include "base/require.h"

#include <stdint.h>

enum { ALIGNMENT = 64 };

void *tw_pool_take(struct tw_pool *pool, size_t bytes)
{
    TW_REQUIRE((uintptr_t)pool->base % ALIGNMENT == 0);
    /* A sum that overflows comes from a negative count: our mistake. */
    TW_REQUIRE(bytes <= SIZE_MAX / 2 && pool->used <= SIZE_MAX / 2 - ALIGNMENT);
    char *memory = pool->base == NULL ? NULL : pool->base + pool->used;
    pool->used += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return memory;
}
