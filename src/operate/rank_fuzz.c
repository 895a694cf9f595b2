#include "operate/rank.h"

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tw_rank_limits limits;
    struct tw_rank_list list;
    struct tw_arena arena;
    tw_faults *faults;
    char *text = malloc(size + 1);
    if (text == NULL || tw_faults_create(0, &faults) != TW_OK) {
        free(text);
        return 0;
    }
    if (size > 0) memcpy(text, data, size);
    text[size] = '\0';
    tw_arena_init(&arena);
    limits.count = tw_limits_of("GB 18918-2002", "1A", false, limits.limit);
    if (tw_rank_read("p.csv", text, &limits, faults, &arena, &list) == TW_OK) {
        tw_rank_order(list.plants, list.count);
    }
    tw_arena_done(&arena);
    tw_faults_destroy(faults);
    free(text);
    return 0;
}
