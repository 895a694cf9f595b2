/* A saved state: a header that says of what, then the run's memory as it is. */
#include "engine/run_state.h"

#include <string.h>

struct header {
    char magic[8];
    uint64_t digest; /* of the model */
    uint64_t size;   /* of what follows */
    int64_t lanes;
};

static struct header header_of(const struct tw_run *run)
{
    return (struct header){.magic = {'T', 'W', 'S', 'T', 'A', 'T', 'E', '1'},
                           .digest = run->model->digest,
                           .size = run->state_size,
                           .lanes = run->lanes};
}

size_t tw_run_state_size(const tw_run *run) { return sizeof(struct header) + run->state_size; }

void tw_run_state_save(const tw_run *run, void *out_state)
{
    struct header header = header_of(run);
    memcpy(out_state, &header, sizeof header);
    memcpy((char *)out_state + sizeof header, run->state, run->state_size);
}

/* The end of a run and its report times are its own, not part of what moved. */
static void take(struct tw_run *run, const void *state)
{
    double end_ms = run->clock->end_ms, start_day = run->clock->start_day;
    memcpy(run->state, state, run->state_size);
    double shift_ms = (run->clock->start_day - start_day) * 86400000.0;
    run->clock->end_ms = end_ms - shift_ms;
}

tw_status tw_run_state_restore(tw_run *run, const void *state, size_t size)
{
    struct header given, own = header_of(run);
    if (state == NULL || size != tw_run_state_size(run)) return TW_ERR_FORMAT;
    memcpy(&given, state, sizeof given);
    if (memcmp(&given, &own, sizeof own) != 0) return TW_ERR_FORMAT;
    take(run, (const char *)state + sizeof given);
    return TW_OK;
}

tw_status tw_run_copy_state(tw_run *to, const tw_run *from)
{
    if (to->model != from->model || to->lanes != from->lanes) return TW_ERR_ARG;
    take(to, from->state);
    return TW_OK;
}
