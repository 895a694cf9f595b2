/* A saved state: a header that says of what, then the run's memory as it is, that of one lane.
 *
 * A lane of a group has the same arrays with other lanes between its values; the map of a run says
 * where each begins. */
#include "engine/run_state.h"

#include <string.h>

struct header {
    char magic[8];
    uint64_t digest;    /* of the model */
    uint64_t core_size; /* of what every run of the model has, which comes first */
    uint64_t size;      /* of all that follows */
};
_Static_assert(sizeof(struct header) == TW_STATE_HEADER, "the header's size is told to others");

static struct header header_of(const struct tw_run *run, size_t size)
{
    return (struct header){.magic = {'T', 'W', 'S', 'T', 'A', 'T', 'E', '2'},
                           .digest = run->model->digest,
                           .core_size = run->narrow_size,
                           .size = size};
}

void tw_state_header_write(const struct tw_run *run, void *out)
{
    struct header header = header_of(run, run->narrow_size);
    memcpy(out, &header, sizeof header);
}

tw_status tw_state_core_find(const struct tw_run *run, const void *state, size_t size,
                             const char **out_core)
{
    struct header given, own;
    if (state == NULL || size < sizeof given + run->narrow_size) return TW_ERR_FORMAT;
    memcpy(&given, state, sizeof given);
    own = header_of(run, size - sizeof given);
    if (memcmp(&given, &own, sizeof own) != 0) return TW_ERR_FORMAT;
    *out_core = (const char *)state + sizeof given;
    return TW_OK;
}

/* The end of a run and its report times are its own, not part of what moved. */
static void keep_end(struct tw_run *run, struct tw_run_clock own)
{
    double shift_ms = (run->clock->start_day - own.start_day) * 86400000.0;
    run->clock->end_ms = own.end_ms - shift_ms;
}

/* Values of a lane, `stride` elements apart, from or to values side by side. */
static void gather(char *restrict to, const char *restrict from, size_t count, size_t each,
                   size_t stride)
{
    if (each == sizeof(double)) {
        for (size_t i = 0; i < count; i++)
            memcpy(to + i * sizeof(double), from + i * stride * sizeof(double), sizeof(double));
        return;
    }
    for (size_t i = 0; i < count; i++)
        memcpy(to + i * each, from + i * stride * each, each);
}

static void scatter(char *restrict to, const char *restrict from, size_t count, size_t each,
                    size_t stride)
{
    if (each == sizeof(double)) {
        for (size_t i = 0; i < count; i++)
            memcpy(to + i * stride * sizeof(double), from + i * sizeof(double), sizeof(double));
        return;
    }
    for (size_t i = 0; i < count; i++)
        memcpy(to + i * stride * each, from + i * each, each);
}

void tw_state_lane_save(const struct tw_run *run, int32_t lane, char *out_core)
{
    memset(out_core, 0, run->narrow_size); /* the gaps between arrays, so that states compare */
    for (int32_t k = 0; k < run->map.count; k++) {
        const struct tw_pool_span *wide = &run->map.wide[k], *narrow = &run->map.narrow[k];
        bool shared = wide->count == narrow->count;
        size_t skip = shared ? 0 : (size_t)lane * wide->each;
        gather(out_core + narrow->at, run->state + wide->at + skip, narrow->count, wide->each,
               shared ? 1 : (size_t)run->lanes);
    }
}

void tw_state_lane_load(struct tw_run *run, int32_t lane, const char *core)
{
    struct tw_run_clock own = *run->clock;
    for (int32_t k = 0; k < run->map.count; k++) {
        const struct tw_pool_span *wide = &run->map.wide[k], *narrow = &run->map.narrow[k];
        bool shared = wide->count == narrow->count;
        size_t skip = shared ? 0 : (size_t)lane * wide->each;
        scatter(run->state + wide->at + skip, core + narrow->at, narrow->count, wide->each,
                shared ? 1 : (size_t)run->lanes);
    }
    keep_end(run, own);
}

void tw_state_lane_to_run(const struct tw_run *group, int32_t lane, struct tw_run *run)
{
    struct tw_run_clock own = *run->clock;
    tw_state_lane_save(group, lane, run->state);
    keep_end(run, own);
}

void tw_state_lane_copy(struct tw_run *run, int32_t to, int32_t from)
{
    for (int32_t k = 0; k < run->map.count; k++) {
        const struct tw_pool_span *wide = &run->map.wide[k];
        if (wide->count == run->map.narrow[k].count) continue;
        char *first = run->state + wide->at;
        for (size_t i = 0; i < wide->count; i += (size_t)run->lanes) {
            memcpy(first + (i + (size_t)to) * wide->each, first + (i + (size_t)from) * wide->each,
                   wide->each);
        }
    }
}

size_t tw_run_state_size(const tw_run *run) { return sizeof(struct header) + run->state_size; }

void tw_run_state_save(const tw_run *run, void *out_state)
{
    struct header header = header_of(run, run->state_size);
    memcpy(out_state, &header, sizeof header);
    memcpy((char *)out_state + sizeof header, run->state, run->state_size);
}

/* Statistics for a report are taken over where both have them. */
static void take(struct tw_run *run, const char *state, size_t size)
{
    struct tw_run_clock own = *run->clock;
    memcpy(run->state, state, size == run->state_size ? size : run->core_size);
    keep_end(run, own);
}

tw_status tw_run_state_restore(tw_run *run, const void *state, size_t size)
{
    const char *core = NULL;
    TW_TRY(tw_state_core_find(run, state, size, &core));
    take(run, core, size - sizeof(struct header));
    return TW_OK;
}

tw_status tw_run_copy_state(tw_run *to, const tw_run *from)
{
    if (to->model != from->model || to->core_size != from->core_size) return TW_ERR_ARG;
    take(to, from->state, from->state_size);
    return TW_OK;
}
