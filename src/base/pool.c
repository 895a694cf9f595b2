#include "base/pool.h"

#include "base/require.h"

#include <stdint.h>

enum { ALIGNMENT = 64 };

void *tw_pool_take(struct tw_pool *pool, size_t count, size_t each)
{
    TW_REQUIRE((uintptr_t)pool->base % ALIGNMENT == 0);
    /* What overflows comes from a negative count: our mistake. */
    TW_REQUIRE(count <= SIZE_MAX / 2 / each && pool->used <= SIZE_MAX / 2 - ALIGNMENT);
    size_t bytes = count * each;
    if (pool->span_count < pool->span_room) {
        pool->spans[pool->span_count] =
            (struct tw_pool_span){.at = pool->used, .count = count, .each = each};
    }
    pool->span_count++;
    char *memory = pool->base == NULL ? NULL : pool->base + pool->used;
    pool->used += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return memory;
}
