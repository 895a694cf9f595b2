#include "forecast/nowcast_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS_MAX = 50000000 };

static bool same_grid(const struct tw_raster *a, const struct tw_raster *b)
{
    return a->columns == b->columns && a->rows == b->rows && a->west == b->west &&
           a->north == b->north && a->dx == b->dx && a->dy == b->dy;
}

static bool sound_grid(const struct tw_raster *field)
{
    return field->columns >= 2 && field->rows >= 2 &&
           (int64_t)field->columns * field->rows <= CELLS_MAX && isfinite(field->west) &&
           isfinite(field->north) && field->dx > 0.0 && field->dy > 0.0 && field->value != NULL;
}

static tw_status make_room(struct tw_radar_series *radar)
{
    if (radar->count < radar->capacity) return TW_OK;
    int32_t capacity = radar->capacity == 0 ? 32 : 2 * radar->capacity;
    struct tw_radar_field *fields = realloc(radar->fields, (size_t)capacity * sizeof *fields);
    if (fields == NULL) return TW_ERR_NOMEM;
    radar->fields = fields;
    radar->capacity = capacity;
    return TW_OK;
}

tw_status tw_nowcast_add_radar(struct tw_nowcast *nowcast, double time_s,
                               const struct tw_raster *field)
{
    struct tw_radar_series *radar = &nowcast->radar;
    if (!isfinite(time_s) || !sound_grid(field)) return TW_ERR_ARG;
    if (radar->count > 0 && !same_grid(&radar->grid, field)) return TW_ERR_ARG;
    TW_TRY(make_room(radar));
    size_t cells = (size_t)field->columns * (size_t)field->rows;
    float *mmh = malloc(cells * sizeof *mmh);
    if (mmh == NULL) return TW_ERR_NOMEM;
    for (size_t i = 0; i < cells; i++) {
        /* Less than nothing is no value. */
        float value = field->value[i];
        mmh[i] = isfinite(value) && value >= 0.0F ? value : NAN;
    }
    if (radar->count == 0) {
        radar->grid = *field;
        radar->grid.value = NULL;
    }
    int32_t at = radar->count;
    while (at > 0 && radar->fields[at - 1].time_s > time_s)
        at--;
    if (at > 0 && radar->fields[at - 1].time_s == time_s) {
        free(radar->fields[at - 1].mmh);
        radar->fields[at - 1].mmh = mmh;
        return TW_OK;
    }
    memmove(&radar->fields[at + 1], &radar->fields[at],
            (size_t)(radar->count - at) * sizeof *radar->fields);
    radar->fields[at] = (struct tw_radar_field){time_s, mmh};
    radar->count++;
    return TW_OK;
}

void tw_radar_forget(struct tw_radar_series *radar, double until_s)
{
    int32_t first = 0;
    for (; first < radar->count && radar->fields[first].time_s <= until_s; first++)
        free(radar->fields[first].mmh);
    if (first == 0) return;
    memmove(radar->fields, &radar->fields[first],
            (size_t)(radar->count - first) * sizeof *radar->fields);
    radar->count -= first;
}
