/* Members in groups of lanes. A group is a run of one lane or eight; in the last one the lanes beyond the
 * last member are copies of it, so that they change neither its step nor anything else. A member
 * that fails becomes a copy of one of its group that has not (engine/step.c).
 *
 * Groups do not know of each other: each takes steps of its own length, in any thread. */
#include "engine/batch.h"

#include <stdlib.h>

enum { MOST_MEMBERS = 1 << 16 };

static int32_t group_lanes(const struct tw_batch *batch, int32_t group)
{
    int32_t rest = batch->members - group * batch->width;
    return rest == 1 ? 1 : batch->width;
}

/* No more threads than groups. */
static int32_t most_threads(int32_t threads, int32_t groups)
{
    if (threads > groups) threads = groups;
    return threads < TW_THREADS_MOST ? threads : TW_THREADS_MOST;
}

tw_status tw_batch_create(const tw_model *model, const tw_batch_options *options,
                          tw_batch **out_batch)
{
    if (model == NULL || options == NULL || out_batch == NULL) return TW_ERR_ARG;
    if (options->members < 1 || options->members > MOST_MEMBERS || options->threads < 1)
        return TW_ERR_ARG;
    if (options->lanes != 0 && options->lanes != 1 && options->lanes != TW_BATCH_LANES) {
        return TW_ERR_ARG;
    }
    if (options->run.results_path != NULL || options->run.report_path != NULL) return TW_ERR_ARG;
    struct tw_batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL) return TW_ERR_NOMEM;
    batch->model = model;
    batch->members = options->members;
    batch->width = options->lanes == TW_BATCH_LANES ? TW_BATCH_LANES : 1;
    batch->group_count = (options->members - 1) / batch->width + 1;
    tw_arena_init(&batch->arena);
    batch->group = TW_ARENA_NEW(&batch->arena, struct tw_run *, batch->group_count);
    batch->advanced = TW_ARENA_NEW(&batch->arena, tw_status, batch->group_count);
    batch->moments = TW_ARENA_NEW(&batch->arena, struct tw_moment, batch->members);
    tw_status status = TW_OK;
    if (batch->group == NULL || batch->advanced == NULL || batch->moments == NULL) {
        status = TW_ERR_NOMEM;
    }
    int32_t threads = most_threads(options->threads, batch->group_count);
    if (status == TW_OK && threads > 1) status = tw_threads_create(threads, &batch->threads);
    tw_run_options run_options = options->run;
    run_options.threads = 1; /* threads are shared out by groups */
    for (int32_t g = 0; g < batch->group_count && status == TW_OK; g++) {
        status = tw_run_create_lanes(model, &run_options, group_lanes(batch, g), &batch->group[g]);
    }
    if (status != TW_OK) {
        tw_batch_destroy(batch);
        return status;
    }
    *out_batch = batch;
    return TW_OK;
}

void tw_batch_destroy(tw_batch *batch)
{
    if (batch == NULL) return;
    for (int32_t g = 0; g < batch->group_count && batch->group != NULL; g++)
        tw_run_destroy(batch->group[g]);
    tw_threads_destroy(batch->threads);
    tw_arena_done(&batch->arena);
    free(batch);
}

int32_t tw_batch_member_count(const tw_batch *batch) { return batch->members; }

tw_status tw_batch_status(const tw_batch *batch, int32_t member)
{
    if (member < 0 || member >= batch->members) return TW_ERR_ARG;
    struct tw_member m = tw_batch_member(batch, member);
    return m.group->failed[m.lanes.first] ? TW_ERR_NUMERIC : TW_OK;
}

static bool group_lives(const struct tw_run *group)
{
    for (int32_t l = 0; l < group->lanes; l++) {
        if (!group->failed[l]) return true;
    }
    return false;
}

/* A group of members that have not all failed, which tells the batch's time; else the first. */
static const struct tw_run *living_group(const struct tw_batch *batch)
{
    for (int32_t g = 0; g < batch->group_count; g++) {
        if (group_lives(batch->group[g])) return batch->group[g];
    }
    return batch->group[0];
}

bool tw_batch_finished(const tw_batch *batch) { return tw_run_finished(living_group(batch)); }

double tw_batch_elapsed_s(const tw_batch *batch) { return tw_run_elapsed_s(living_group(batch)); }

/* ---- the clock ---- */

static struct tw_moment moment_of(const struct tw_run *group)
{
    const struct tw_run_clock *clock = group->clock;
    const struct tw_hydrology_clock *runoff = group->hydrology.clock;
    return (struct tw_moment){.start_day = clock->start_day,
                              .elapsed_ms = clock->elapsed_ms,
                              .rule_ms = clock->rule_ms,
                              .old_runoff_ms = runoff->old_runoff_ms,
                              .new_runoff_ms = runoff->new_runoff_ms,
                              .past_s = runoff->past_s};
}

static bool same_moment(const struct tw_moment *a, const struct tw_moment *b)
{
    return a->start_day == b->start_day && a->elapsed_ms == b->elapsed_ms &&
           a->rule_ms == b->rule_ms && a->old_runoff_ms == b->old_runoff_ms &&
           a->new_runoff_ms == b->new_runoff_ms && a->past_s == b->past_s;
}

/* Members of a group must be at one moment, groups only at one time. */
static bool can_advance(const struct tw_batch *batch)
{
    if (!batch->put) return true;
    int32_t first = -1, first_of_group = -1;
    for (int32_t i = 0; i < batch->members; i++) {
        if (i % batch->width == 0) first_of_group = -1;
        if (tw_batch_status(batch, i) != TW_OK) continue;
        const struct tw_moment *m = batch->moments;
        if (first >= 0 && m[i].elapsed_ms != m[first].elapsed_ms) return false;
        if (first_of_group >= 0 && !same_moment(&m[i], &m[first_of_group])) return false;
        if (first < 0) first = i;
        if (first_of_group < 0) first_of_group = i;
    }
    return true;
}

/* Failed lanes are copies of others, but for what was set in them since. */
static tw_status advance_group(struct tw_run *group, double until_s)
{
    bool sound = true;
    for (int32_t l = 0; l < group->lanes; l++)
        sound = sound && !group->failed[l];
    if (!sound) TW_TRY(tw_run_replace_failed(group));
    return tw_run_advance(group, until_s);
}

/* A loop is cut by its items, not always in equal parts; so a group is many of them, and belongs to
 * the range that its middle is in. */
enum { GROUP_ITEMS = 1 << 14, ITEM_NS = 1000 };

static void advance_groups(void *job, int32_t begin, int32_t end)
{
    struct tw_batch *batch = job;
    for (int32_t g = 0; g < batch->group_count; g++) {
        int32_t middle = g * GROUP_ITEMS + GROUP_ITEMS / 2;
        if (middle < begin || middle >= end) continue;
        batch->advanced[g] = advance_group(batch->group[g], batch->until_s);
    }
}

tw_status tw_batch_advance(tw_batch *batch, double until_s)
{
    if (!(until_s >= 0.0)) return TW_ERR_ARG;
    if (!can_advance(batch)) return TW_ERR_STATE;
    batch->put = false;
    batch->until_s = until_s;
    tw_threads_for(batch->threads, batch->group_count * GROUP_ITEMS, ITEM_NS, advance_groups,
                   batch);
    for (int32_t g = 0; g < batch->group_count; g++) {
        if (batch->advanced[g] == TW_OK) return TW_OK;
    }
    return batch->advanced[0];
}

/* ---- state ---- */

size_t tw_batch_state_size(const tw_batch *batch)
{
    return TW_STATE_HEADER + batch->group[0]->narrow_size;
}

tw_status tw_batch_state_save(const tw_batch *batch, int32_t member, void *out_state)
{
    TW_TRY(tw_batch_status(batch, member));
    struct tw_member m = tw_batch_member(batch, member);
    tw_state_header_write(m.group, out_state);
    tw_state_lane_save(m.group, m.lanes.first, (char *)out_state + TW_STATE_HEADER);
    return TW_OK;
}

/* Lanes that failed follow one that has just been given a state: nothing may step through them. */
static void put_core(struct tw_batch *batch, int32_t member, const char *core)
{
    struct tw_member m = tw_batch_member(batch, member);
    for (int32_t l = m.lanes.first; l < m.lanes.end; l++) {
        tw_state_lane_load(m.group, l, core);
        m.group->failed[l] = false;
    }
    for (int32_t l = 0; l < m.group->lanes; l++) {
        if (m.group->failed[l]) tw_state_lane_copy(m.group, l, m.lanes.first);
    }
    batch->moments[member] = moment_of(m.group);
}

static tw_status put(struct tw_batch *batch, int32_t member, const char *core)
{
    bool all = member == TW_ALL_MEMBERS;
    if (!all && (member < 0 || member >= batch->members)) return TW_ERR_ARG;
    for (int32_t i = 0; i < batch->members && !batch->put; i++)
        batch->moments[i] = moment_of(tw_batch_member(batch, i).group);
    batch->put = true;
    for (int32_t i = all ? 0 : member; i < (all ? batch->members : member + 1); i++)
        put_core(batch, i, core);
    return TW_OK;
}

tw_status tw_batch_state_restore(tw_batch *batch, int32_t member, const void *state, size_t size)
{
    const char *core = NULL;
    TW_TRY(tw_state_core_find(batch->group[0], state, size, &core));
    return put(batch, member, core);
}

tw_status tw_batch_copy_from_run(tw_batch *batch, int32_t member, const tw_run *from)
{
    if (from->model != batch->model || from->lanes != 1) return TW_ERR_ARG;
    return put(batch, member, from->state);
}

tw_status tw_batch_copy_to_run(const tw_batch *batch, int32_t member, tw_run *to)
{
    if (to->model != batch->model || to->lanes != 1) return TW_ERR_ARG;
    TW_TRY(tw_batch_status(batch, member));
    struct tw_member m = tw_batch_member(batch, member);
    tw_state_lane_to_run(m.group, m.lanes.first, to);
    return TW_OK;
}
