#include "telemetry/catalogue.h"

#include <stdlib.h>
#include <string.h>

void tw_catalogue_init(struct tw_catalogue *catalogue)
{
    memset(catalogue, 0, sizeof *catalogue);
    tw_arena_init(&catalogue->arena);
    tw_names_init(&catalogue->ids, &catalogue->arena);
}

void tw_catalogue_done(struct tw_catalogue *catalogue)
{
    free(catalogue->entries);
    catalogue->entries = NULL;
    tw_arena_done(&catalogue->arena);
}

tw_status tw_catalogue_add(struct tw_catalogue *catalogue, const char *id,
                           const struct tw_sensor_entry *entry)
{
    if (catalogue->ids.count == catalogue->capacity) {
        int32_t capacity = catalogue->capacity == 0 ? 64 : catalogue->capacity * 2;
        struct tw_sensor_entry *entries =
            realloc(catalogue->entries, (size_t)capacity * sizeof *entries);
        if (entries == NULL) return TW_ERR_NOMEM;
        catalogue->entries = entries;
        catalogue->capacity = capacity;
    }
    struct tw_sensor_entry own = *entry;
    const char **const texts[] = {&own.unit, &own.source, &own.neighbour};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (*texts[i] == NULL) continue;
        *texts[i] = tw_arena_text(&catalogue->arena, *texts[i], strlen(*texts[i]));
        if (*texts[i] == NULL) return TW_ERR_NOMEM;
    }
    own.limits.min = own.min;
    own.limits.max = own.max;
    int32_t index = 0;
    TW_TRY(tw_names_add(&catalogue->ids, id, &index));
    catalogue->entries[index] = own;
    return TW_OK;
}

const struct tw_sensor_entry *tw_catalogue_find(const struct tw_catalogue *catalogue,
                                                const char *id)
{
    int32_t index = tw_names_find(&catalogue->ids, id);
    return index < 0 ? NULL : &catalogue->entries[index];
}

int32_t tw_catalogue_index(const struct tw_catalogue *catalogue, const char *id)
{
    return tw_names_find(&catalogue->ids, id);
}
