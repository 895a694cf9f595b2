/* The run ahead: the members' states go into a batch of their own, which keeps hasty steps. */
#include "forecast/foresee_parts.h"

#include <math.h>
#include <stdlib.h>

/* Fewer members than this say little of how sure a forecast is: rather a nearer horizon. */
enum { LEAST_MEMBERS = 8 };
/* Of a budget, what the members are counted for: the rest is for copies and products. */
static const double budget_ratio = 0.85;

static tw_status make_batch(struct tw_foresee *f, int32_t members)
{
    if (f->ahead != NULL && tw_batch_member_count(f->ahead) == members) return TW_OK;
    tw_batch_destroy(f->ahead);
    f->ahead = NULL;
    tw_batch_options options = TW_BATCH_OPTIONS_DEFAULT;
    options.members = members;
    options.threads = f->setup.filter.threads;
    options.run = f->setup.filter.options;
    options.run.outer_rain = true;
    if (f->setup.routing != TW_RUN_ROUTING_OF_FILE) options.run.routing = f->setup.routing;
    if (f->setup.routing_step_s > 0.0) options.run.routing_step_s = f->setup.routing_step_s;
    if (f->setup.minimum_step_s > 0.0) options.run.minimum_step_s = f->setup.minimum_step_s;
    if (f->setup.max_trials > 0) options.run.max_trials = f->setup.max_trials;
    return tw_batch_create(f->setup.filter.model, &options, &f->ahead);
}

static tw_status copy_states(struct tw_foresee *f, int32_t members)
{
    const tw_batch *from = tw_filter_batch(f->filter);
    size_t size = tw_batch_state_size(from);
    void *state = malloc(size);
    if (state == NULL) return TW_ERR_NOMEM;
    tw_status status = TW_OK;
    for (int32_t k = 0; k < members && status == TW_OK; k++) {
        status = tw_batch_state_save(from, f->member_of[k], state);
        if (status == TW_OK) status = tw_batch_state_restore(f->ahead, k, state, size);
    }
    free(state);
    return status;
}

/* ---- recording ---- */

static double load_of(const struct tw_foresee *f, int32_t i, int32_t member)
{
    tw_link_id id = {f->links[i]};
    const struct tw_foresee_link *link = &f->link[i];
    if (link->full_flow_m3s > 0.0) {
        return fabs(tw_batch_link_flow_m3s(f->ahead, member, id)) / link->full_flow_m3s;
    }
    return tw_batch_link_setting(f->ahead, member, id);
}

static double filling_of(const struct tw_foresee *f, int32_t i, int32_t member)
{
    if (!(f->link[i].full_depth_m > 0.0)) return load_of(f, i, member);
    return tw_batch_link_depth_m(f->ahead, member, (tw_link_id){f->links[i]}) /
           f->link[i].full_depth_m;
}

static double depth_of(const struct tw_foresee *f, int32_t i, int32_t member)
{
    return tw_batch_node_street_depth_m(f->ahead, member, (tw_node_id){f->points[i]});
}

static double inflow_of(const struct tw_foresee *f, int32_t i, int32_t member)
{
    return tw_batch_node_inflow_m3s(f->ahead, member, (tw_node_id){f->inlets[i]});
}

static double (*const value_of[TW_SERIES_KINDS])(const struct tw_foresee *f, int32_t i,
                                                 int32_t member) = {
    [TW_SERIES_DEPTH] = depth_of,
    [TW_SERIES_LOAD] = load_of,
    [TW_SERIES_FILLING] = filling_of,
    [TW_SERIES_INFLOW] = inflow_of,
};

static void record(struct tw_foresee *f, int32_t step, int32_t members)
{
    const struct tw_foresee_result *r = &f->result;
    for (int32_t kind = 0; kind < TW_SERIES_KINDS; kind++) {
        for (int32_t row = r->first[kind]; row < r->first[kind + 1]; row++) {
            int64_t at = ((int64_t)row * r->extent.asked_step_count + step) * members;
            for (int32_t m = 0; m < members; m++)
                r->by_member[at + m] = (float)value_of[kind](f, row - r->first[kind], m);
        }
    }
}

/* ---- the run ---- */

static int32_t list_sound(struct tw_foresee *f)
{
    int32_t sound = 0;
    for (int32_t m = 0; m < f->setup.filter.members; m++) {
        if (tw_batch_status(tw_filter_batch(f->filter), m) == TW_OK) f->member_of[sound++] = m;
    }
    return sound;
}

/* Members that a budget has time for, by what the last run took. */
static int32_t affordable(const struct tw_foresee *f, const struct tw_foresee_budget *budget,
                          int32_t sound, int32_t steps)
{
    if (budget == NULL || !(budget->seconds > 0.0) || !(f->cost_s > 0.0)) return sound;
    double members = budget_ratio * budget->seconds / (f->cost_s * steps);
    if (members >= sound) return sound;
    int32_t least = sound < LEAST_MEMBERS ? sound : LEAST_MEMBERS;
    return members > least ? (int32_t)members : least;
}

struct watch {
    const struct tw_foresee_budget *budget;
    double begun_s;
};

static double elapsed(const struct watch *watch)
{
    const struct tw_foresee_budget *b = watch->budget;
    return b != NULL && b->clock_s != NULL ? b->clock_s(b->user) - watch->begun_s : 0.0;
}

/* True when one step more would pass the budget. */
static bool out_of_time(const struct watch *watch, int32_t steps_made)
{
    const struct tw_foresee_budget *b = watch->budget;
    if (b == NULL || !(b->seconds > 0.0) || steps_made == 0) return false;
    double taken_s = elapsed(watch);
    return taken_s + taken_s / steps_made > b->seconds;
}

static tw_status go_ahead(struct tw_foresee *f, int32_t members, const struct watch *watch,
                          int32_t *out_steps)
{
    const double start_s = tw_batch_elapsed_s(f->ahead), step_s = f->setup.step_s;
    record(f, 0, members);
    int32_t step = 1;
    for (; step < f->result.extent.asked_step_count; step++) {
        if (out_of_time(watch, step - 1)) break;
        const struct tw_rain_put put = {.batch = f->ahead,
                                        .member_of = f->member_of,
                                        .from_s = start_s + (step - 1) * step_s,
                                        .to_s = start_s + step * step_s,
                                        .lead_s = (step - 0.5) * step_s};
        TW_TRY(tw_filter_put_rain(f->filter, &put, tw_foresee_rain, f));
        TW_TRY(tw_batch_advance(f->ahead, put.to_s));
        record(f, step, members);
    }
    *out_steps = step;
    return TW_OK;
}

tw_status tw_foresee_run(struct tw_foresee *foresee, const struct tw_foresee_budget *budget,
                         const struct tw_foresee_result **out_result)
{
    struct tw_foresee *f = foresee;
    struct watch watch = {.budget = budget};
    watch.begun_s = elapsed(&watch);
    int32_t steps = (int32_t)floor(f->setup.horizon_s / f->setup.step_s + 1e-9) + 1, made = 0;
    int32_t sound = list_sound(f);
    if (sound == 0) return TW_ERR_NUMERIC;
    int32_t members = affordable(f, budget, sound, steps);
    TW_TRY(make_batch(f, members));
    TW_TRY(copy_states(f, members));
    TW_TRY(tw_foresee_result_make(f, members, steps));
    f->result.extent = (struct tw_foresee_extent){.start_s = tw_batch_elapsed_s(f->ahead),
                                                  .step_s = f->setup.step_s,
                                                  .asked_step_count = steps,
                                                  .asked_members = f->setup.filter.members};
    TW_TRY(go_ahead(f, members, &watch, &made));
    double taken_s = elapsed(&watch);
    if (taken_s > 0.0 && made > 1) f->cost_s = taken_s / ((double)members * (made - 1));
    f->result.extent.seconds = taken_s;
    f->result.extent.failed = f->setup.filter.members - sound;
    tw_foresee_result_close(f, members, made);
    if (f->result.extent.members == 0) return TW_ERR_NUMERIC;
    *out_result = &f->result;
    return TW_OK;
}
