/* The members and their factors: made, moved on, rained on. */
#include "forecast/filter.h"

#include "forecast/filter_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct tw_filter_parameter_row tw_filter_parameter_rows[TW_FILTER_PARAMETERS] = {
#define TW_FILTER_PARAMETER(id, word, by_zone, factor, spread, memory_s)                           \
    [TW_FILTER_##id] = {word, by_zone, (int)(factor), spread, memory_s},
#include "forecast/filter_parameters.def"
#undef TW_FILTER_PARAMETER
};

const char *tw_filter_parameter_word(enum tw_filter_parameter parameter)
{
    return tw_filter_parameter_rows[parameter].word;
}

struct tw_filter_setup tw_filter_setup_default(void)
{
    struct tw_filter_setup setup = {.options = {.minimum_step_s = 2.0, .max_trials = 4},
                                    .members = 24,
                                    .threads = 1,
                                    .seed = 1,
                                    .assimilate = true,
                                    .reach_m = 3000.0,
                                    .zone_m = 1500.0,
                                    .rain_step_s = 60.0,
                                    .relaxation = 0.4,
                                    .model_level_ratio = 0.05,
                                    .model_flow_ratio = 0.10,
                                    .model_level_m = 0.03,
                                    .model_flow_m3s = 0.02,
                                    .most_innovation = 3.0};
    for (int32_t p = 0; p < TW_FILTER_PARAMETERS; p++) {
        const struct tw_filter_parameter_row *row = &tw_filter_parameter_rows[p];
        setup.priors[p] = (struct tw_filter_prior){1.0, row->spread, row->memory_s};
    }
    return setup;
}

static bool is_share(double value) { return value >= 0.0 && value <= 1.0; }

static bool sensor_makes_sense(const struct tw_filter_setup *setup, int32_t i)
{
    const struct tw_filter_sensor *s = &setup->sensors[i];
    struct tw_node_info node;
    struct tw_link_info link;
    if (!(s->noise_sd > 0.0) || !isfinite(s->noise_sd) || s->name == NULL) return false;
    if (s->kind == TW_FILTER_LEVEL) {
        return tw_model_node_info(setup->model, (tw_node_id){s->index}, &node) == TW_OK;
    }
    return s->kind == TW_FILTER_FLOW &&
           tw_model_link_info(setup->model, (tw_link_id){s->index}, &link) == TW_OK;
}

static bool makes_sense(const struct tw_filter_setup *setup)
{
    bool sense =
        setup->model != NULL && setup->members >= 1 && setup->members <= TW_FILTER_MEMBERS_MOST &&
        setup->threads >= 1 && setup->sensor_count >= 0 && setup->reach_m > 0.0 &&
        setup->zone_m > 0.0 && setup->rain_step_s > 0.0 && is_share(setup->relaxation) &&
        setup->model_level_ratio >= 0.0 && setup->model_flow_ratio >= 0.0 &&
        setup->model_level_m >= 0.0 && setup->model_flow_m3s >= 0.0 && setup->most_innovation > 0.0;
    for (int32_t i = 0; sense && i < setup->sensor_count; i++)
        sense = sensor_makes_sense(setup, i);
    for (int32_t p = 0; sense && p < TW_FILTER_PARAMETERS; p++) {
        const struct tw_filter_prior *prior = &setup->priors[p];
        sense = prior->middle > 0.0 && isfinite(prior->middle) && prior->spread >= 0.0 &&
                prior->spread < 3.0 && prior->memory_s > 0.0;
    }
    return sense;
}

static tw_status copy_sensors(struct tw_filter *f)
{
    int32_t count = f->setup.sensor_count;
    f->sensors = TW_ARENA_NEW(&f->arena, struct tw_filter_sensor, count);
    f->sensor = TW_ARENA_NEW(&f->arena, struct tw_sensor_state, count);
    f->note_en = TW_ARENA_NEW(&f->arena, char[200], count);
    f->note_zh = TW_ARENA_NEW(&f->arena, char[200], count);
    f->note_sensor = TW_ARENA_NEW(&f->arena, int32_t, count);
    if (f->sensors == NULL || f->sensor == NULL || f->note_en == NULL) return TW_ERR_NOMEM;
    if (f->note_zh == NULL || f->note_sensor == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < count; i++) {
        const struct tw_filter_sensor *from = &f->setup.sensors[i];
        f->sensors[i] = *from;
        f->sensors[i].name = tw_arena_text(&f->arena, from->name, strlen(from->name));
        if (f->sensors[i].name == NULL) return TW_ERR_NOMEM;
        f->sensor[i] = (struct tw_sensor_state){
            .refused_s = -(double)INFINITY,
            .fit = {(double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN, false},
            .note = -1};
    }
    f->setup.sensors = f->sensors;
    return TW_OK;
}

/* Runoff may run over other subcatchments first; a ring of them leads nowhere. */
static int32_t outlet_of(const tw_model *model, int32_t subcatchment)
{
    struct tw_subcatchment_info info;
    for (int32_t hop = 0; hop < 64; hop++) {
        if (tw_model_subcatchment_info(model, (tw_subcatchment_id){subcatchment}, &info) != TW_OK) {
            return -1;
        }
        if (info.outlet.index >= 0) return info.outlet.index;
        subcatchment = info.runon.index;
    }
    return -1;
}

static tw_status look_at_model(struct tw_filter *f)
{
    const tw_model *model = f->setup.model;
    f->nodes = tw_model_node_count(model);
    f->links = tw_model_link_count(model);
    f->subcatchments = tw_model_subcatchment_count(model);
    f->gages = tw_model_gage_count(model);
    f->outlet = TW_ARENA_NEW(&f->arena, int32_t, f->subcatchments);
    f->shown = TW_ARENA_NEW(&f->arena, int32_t, f->gages);
    if (f->outlet == NULL || f->shown == NULL) return TW_ERR_NOMEM;
    for (int32_t g = 0; g < f->gages; g++)
        f->shown[g] = -1;
    for (int32_t i = 0; i < f->subcatchments; i++) {
        struct tw_subcatchment_info info;
        TW_TRY(tw_model_subcatchment_info(model, (tw_subcatchment_id){i}, &info));
        f->outlet[i] = outlet_of(model, i);
        int32_t gage = info.gage.index;
        if (gage >= 0 && f->shown[gage] < 0) f->shown[gage] = i;
    }
    return TW_OK;
}

static tw_status make_factors(struct tw_filter *f)
{
    int32_t count = 0;
    for (int32_t p = 0; p < TW_FILTER_PARAMETERS; p++) {
        f->first[p] = count;
        count += tw_filter_parameter_rows[p].by_zone ? f->zone_count : 1;
    }
    f->first[TW_FILTER_PARAMETERS] = count;
    f->factor_count = count;
    size_t cells = (size_t)count * (size_t)f->setup.members;
    f->factor_ln = TW_ARENA_NEW(&f->arena, double, cells);
    f->factor_before = TW_ARENA_NEW(&f->arena, double, cells);
    f->chance = TW_ARENA_NEW(&f->arena, double, f->zone_count * f->setup.members);
    f->sound = TW_ARENA_NEW(&f->arena, bool, f->setup.members);
    bool none = f->factor_ln == NULL || f->factor_before == NULL || f->chance == NULL;
    return none || f->sound == NULL ? TW_ERR_NOMEM : TW_OK;
}

static tw_status make(struct tw_filter *f)
{
    TW_TRY(copy_sensors(f));
    TW_TRY(look_at_model(f));
    TW_TRY(tw_filter_zones_make(f));
    TW_TRY(make_factors(f));
    TW_TRY(tw_filter_reach_make(f));
    tw_batch_options options = TW_BATCH_OPTIONS_DEFAULT;
    options.members = f->setup.members;
    options.threads = f->setup.threads;
    options.run = f->setup.options;
    options.run.outer_rain = true;
    TW_TRY(tw_batch_create(f->setup.model, &options, &f->batch));
    f->state.inflation = 1.0;
    tw_filter_drift(f, (double)INFINITY);
    return tw_filter_apply(f);
}

tw_status tw_filter_create(const struct tw_filter_setup *setup, struct tw_filter **out_filter)
{
    if (!makes_sense(setup)) return TW_ERR_ARG;
    struct tw_filter *f = calloc(1, sizeof *f);
    if (f == NULL) return TW_ERR_NOMEM;
    f->setup = *setup;
    tw_arena_init(&f->arena);
    tw_status status = make(f);
    if (status != TW_OK) {
        tw_filter_destroy(f);
        return status;
    }
    *out_filter = f;
    return TW_OK;
}

void tw_filter_destroy(struct tw_filter *filter)
{
    if (filter == NULL) return;
    tw_batch_destroy(filter->batch);
    tw_arena_done(&filter->arena);
    free(filter);
}

/* ---- factors ---- */

static int32_t factor_of(const struct tw_filter *f, int32_t parameter, int32_t subcatchment)
{
    bool by_zone = tw_filter_parameter_rows[parameter].by_zone;
    return f->first[parameter] + (by_zone ? f->zone_of[subcatchment] : 0);
}

double tw_filter_factor(const struct tw_filter *filter, int32_t member,
                        enum tw_filter_parameter parameter, int32_t subcatchment)
{
    const struct tw_filter *f = filter;
    bool known = member >= 0 && member < f->setup.members && (int)parameter >= 0 &&
                 parameter < TW_FILTER_PARAMETERS && subcatchment >= 0 &&
                 subcatchment < f->subcatchments;
    if (!known) return (double)NAN;
    int64_t at = (int64_t)factor_of(f, (int32_t)parameter, subcatchment) * f->setup.members;
    return f->setup.priors[parameter].middle * exp(f->factor_ln[at + member]);
}

double tw_filter_rain_factor(const struct tw_filter *filter, int32_t member, int32_t subcatchment,
                             double lead_s)
{
    const struct tw_filter_prior *prior = &filter->setup.priors[TW_FILTER_RAIN];
    int64_t row = factor_of(filter, TW_FILTER_RAIN, subcatchment);
    double ln = filter->factor_ln[row * filter->setup.members + member];
    return prior->middle * exp(ln * exp(-lead_s / prior->memory_s));
}

static tw_status apply_one(struct tw_filter *f, int32_t member, int32_t parameter)
{
    const struct tw_filter_parameter_row *row = &tw_filter_parameter_rows[parameter];
    const struct tw_filter_prior *prior = &f->setup.priors[parameter];
    if (row->factor < 0 || (prior->spread == 0.0 && prior->middle == 1.0)) return TW_OK;
    for (int32_t i = 0; i < (row->by_zone ? f->subcatchments : 1); i++) {
        int64_t at = (int64_t)factor_of(f, parameter, i) * f->setup.members + member;
        double factor = prior->middle * exp(f->factor_ln[at]);
        int32_t index = row->by_zone ? i : -1;
        TW_TRY(tw_batch_set_factor(f->batch, member, (tw_factor)row->factor, index, factor));
    }
    return TW_OK;
}

tw_status tw_filter_apply(struct tw_filter *filter)
{
    for (int32_t p = 0; p < TW_FILTER_PARAMETERS; p++) {
        for (int32_t m = 0; m < filter->setup.members; m++)
            TW_TRY(apply_one(filter, m, p));
    }
    return TW_OK;
}

/* ---- going on ---- */

tw_status tw_filter_put_rain(const struct tw_filter *filter, const struct tw_rain_put *put,
                             tw_filter_rain *rain, void *user)
{
    const struct tw_filter *f = filter;
    for (int32_t k = 0; k < tw_batch_member_count(put->batch); k++) {
        int32_t m = put->member_of == NULL ? k : put->member_of[k];
        for (int32_t i = 0; i < f->subcatchments; i++) {
            double mmh = rain(user, m, i, put->from_s, put->to_s);
            if (mmh > 0.0) mmh *= tw_filter_rain_factor(f, m, i, put->lead_s);
            TW_TRY(tw_batch_set_subcatchment_rain(put->batch, k, (tw_subcatchment_id){i}, mmh));
        }
        for (int32_t g = 0; g < f->gages; g++) {
            if (f->shown[g] < 0) continue;
            double mmh = rain(user, m, f->shown[g], put->from_s, put->to_s);
            TW_TRY(tw_batch_set_gage_rain(put->batch, k, (tw_gage_id){g}, mmh));
        }
    }
    return TW_OK;
}

tw_status tw_filter_advance(struct tw_filter *filter, double to_s, tw_filter_rain *rain, void *user)
{
    struct tw_filter *f = filter;
    double now_s = tw_batch_elapsed_s(f->batch);
    if (!(to_s >= now_s) || !isfinite(to_s)) return TW_ERR_ARG;
    if (to_s == now_s) return TW_OK;
    tw_filter_drift(f, to_s - now_s);
    TW_TRY(tw_filter_apply(f));
    while (now_s < to_s) {
        double step_s = f->setup.rain_step_s;
        double next_s = (floor(now_s / step_s + 1e-9) + 1.0) * step_s;
        if (next_s > to_s - 1e-6) next_s = to_s;
        const struct tw_rain_put put = {
            .batch = f->batch, .from_s = now_s, .to_s = next_s, .lead_s = 0.0};
        TW_TRY(tw_filter_put_rain(f, &put, rain, user));
        TW_TRY(tw_batch_advance(f->batch, next_s));
        now_s = next_s;
    }
    return TW_OK;
}

tw_batch *tw_filter_batch(struct tw_filter *filter) { return filter->batch; }

double tw_filter_now_s(const struct tw_filter *filter) { return tw_batch_elapsed_s(filter->batch); }

double tw_filter_nudged_m3(const struct tw_filter *filter)
{
    double sum_m3 = 0.0;
    int32_t sound = 0;
    for (int32_t m = 0; m < filter->setup.members; m++) {
        if (tw_batch_status(filter->batch, m) != TW_OK) continue;
        struct tw_balance b = tw_batch_balance(filter->batch, m);
        sum_m3 += b.nudged_m3 + b.surface_nudged_m3;
        sound++;
    }
    return sound > 0 ? sum_m3 / sound : 0.0;
}
