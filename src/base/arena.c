#include "base/arena.h"

#include "base/require.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64 };
static const size_t first_block_bytes = (size_t)64 << 10;
static const size_t largest_step_bytes = (size_t)16 << 20;

struct tw_arena_block {
    struct tw_arena_block *before;
    char *base;        /* aligned start of its memory, inside the same allocation */
    size_t size, used; /* [bytes] from base */
    size_t dirty;      /* bytes that were handed out once: no longer zero */
};

void tw_arena_init(struct tw_arena *arena) { *arena = (struct tw_arena){0}; }

static void free_from(struct tw_arena_block *block)
{
    while (block != NULL) {
        struct tw_arena_block *before = block->before;
        free(block);
        block = before;
    }
}

void tw_arena_reset(struct tw_arena *arena)
{
    struct tw_arena_block *block = arena->block;
    if (block == NULL) return;
    free_from(block->before);
    block->before = NULL;
    block->used = 0;
}

void tw_arena_done(struct tw_arena *arena)
{
    if (arena == NULL) return;
    free_from(arena->block);
    arena->block = NULL;
}

/* calloc, not aligned_alloc: the kernel gives large blocks as zero pages that cost nothing until
 * they are touched. */
static struct tw_arena_block *add_block(struct tw_arena *arena, size_t bytes)
{
    size_t size = first_block_bytes;
    if (arena->block != NULL) {
        size = arena->block->size < largest_step_bytes / 2 ? 2 * arena->block->size
                                                           : largest_step_bytes;
    }
    if (size < bytes) size = bytes;
    if (size > SIZE_MAX - sizeof(struct tw_arena_block) - ALIGNMENT) return NULL;
    struct tw_arena_block *block = calloc(1, sizeof *block + ALIGNMENT + size);
    if (block == NULL) return NULL;
    char *after = (char *)(block + 1);
    block->base = after + (ALIGNMENT - (uintptr_t)after % ALIGNMENT) % ALIGNMENT;
    block->size = size;
    block->before = arena->block;
    arena->block = block;
    return block;
}

static void *take(struct tw_arena *arena, size_t bytes, size_t alignment)
{
    if (arena->fail_at > 0 && --arena->fail_at == 0) return NULL;
    if (bytes > SIZE_MAX - ALIGNMENT) return NULL;
    struct tw_arena_block *block = arena->block;
    size_t at = 0;
    if (block != NULL) at = (block->used + alignment - 1) / alignment * alignment;
    if (block == NULL || at > block->size || bytes > block->size - at) {
        block = add_block(arena, bytes);
        if (block == NULL) return NULL;
        at = 0;
    }
    char *memory = block->base + at;
    size_t end = at + bytes;
    if (at < block->dirty) memset(memory, 0, (end < block->dirty ? end : block->dirty) - at);
    if (end > block->dirty) block->dirty = end;
    block->used = end;
    return memory;
}

void *tw_arena_alloc(struct tw_arena *arena, size_t count, size_t size)
{
    TW_REQUIRE(size > 0);
    if (count > SIZE_MAX / size) return NULL;
    return take(arena, count * size, ALIGNMENT);
}

char *tw_arena_text(struct tw_arena *arena, const char *text, size_t length)
{
    if (length == SIZE_MAX) return NULL;
    char *copy = take(arena, length + 1, 1);
    if (copy != NULL) memcpy(copy, text, length);
    return copy;
}
