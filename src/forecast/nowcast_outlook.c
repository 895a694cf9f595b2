#include "forecast/nowcast_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool makes_sense(const struct tw_nowcast *nowcast, const struct tw_outlook *o)
{
    if (o->source == NULL || !isfinite(o->issued_s) || !isfinite(o->from_s)) return false;
    if (!(o->interval_s > 0.0) || !isfinite(o->interval_s) || o->count < 1) return false;
    if (o->members < 1 || o->member < 0 || o->member >= o->members) return false;
    if (o->gauge < -1 || o->gauge >= nowcast->setup.gauge_count) return false;
    return o->corner_count == 0 || o->corner_count >= 3;
}

static void *copy_of(const void *from, size_t count, size_t each)
{
    void *copy = malloc(count * each + 1);
    if (copy != NULL && count > 0) memcpy(copy, from, count * each);
    return copy;
}

tw_status tw_nowcast_add_outlook(struct tw_nowcast *nowcast, const struct tw_outlook *outlook)
{
    if (!makes_sense(nowcast, outlook)) return TW_ERR_ARG;
    if (nowcast->outlook_count == nowcast->outlook_capacity) {
        int32_t capacity = nowcast->outlook_capacity == 0 ? 16 : 2 * nowcast->outlook_capacity;
        struct tw_outlook_kept *kept = realloc(nowcast->outlooks, (size_t)capacity * sizeof *kept);
        if (kept == NULL) return TW_ERR_NOMEM;
        nowcast->outlooks = kept;
        nowcast->outlook_capacity = capacity;
    }
    struct tw_outlook_kept kept = {
        .outlook = *outlook,
        .source = copy_of(outlook->source, strlen(outlook->source) + 1, 1),
        .rain_mmh = copy_of(outlook->rain_mmh, (size_t)outlook->count, sizeof(double)),
        .corner_xy =
            copy_of(outlook->corner_xy, 2 * (size_t)outlook->corner_count, sizeof(double))};
    if (kept.source == NULL || kept.rain_mmh == NULL || kept.corner_xy == NULL) {
        tw_outlook_kept_done(&kept);
        return TW_ERR_NOMEM;
    }
    kept.outlook.source = kept.source;
    kept.outlook.rain_mmh = kept.rain_mmh;
    kept.outlook.corner_xy = kept.corner_xy;
    nowcast->outlooks[nowcast->outlook_count++] = kept;
    return TW_OK;
}

void tw_outlook_kept_done(struct tw_outlook_kept *kept)
{
    free(kept->source);
    free(kept->rain_mmh);
    free(kept->corner_xy);
}

tw_status tw_nowcast_join_outlooks(struct tw_nowcast *nowcast, double fade_s)
{
    (void)nowcast;
    (void)fade_s;
    return TW_OK;
}
