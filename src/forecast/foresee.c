/* What is known, and the members brought to now. */
#include "forecast/foresee.h"

#include "forecast/foresee_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct tw_foresee_setup tw_foresee_setup_default(void)
{
    return (struct tw_foresee_setup){.filter = tw_filter_setup_default(),
                                     .routing = TW_RUN_ROUTING_OF_FILE,
                                     .minimum_step_s = 4.0,
                                     .max_trials = 4,
                                     .horizon_s = 7200.0,
                                     .step_s = 300.0,
                                     .update_step_s = 300.0};
}

static bool indices_fit(const int32_t *index, int32_t count, int32_t most)
{
    if (count < 0) return false;
    for (int32_t i = 0; i < count; i++) {
        if (index[i] < 0 || index[i] >= most) return false;
    }
    return true;
}

static bool makes_sense(const struct tw_foresee_setup *s)
{
    const tw_model *model = s->filter.model;
    if (model == NULL || !(s->step_s > 0.0) || !(s->horizon_s >= s->step_s)) return false;
    if (!isfinite(s->horizon_s) || !(s->update_step_s > 0.0) || s->gauge_count < 0) return false;
    for (int32_t g = 0; s->gauge_of != NULL && g < tw_model_gage_count(model); g++) {
        if (s->gauge_of[g] < -1 || s->gauge_of[g] >= s->gauge_count) return false;
    }
    return indices_fit(s->points, s->point_count, tw_model_node_count(model)) &&
           indices_fit(s->links, s->link_count, tw_model_link_count(model)) &&
           indices_fit(s->inlets, s->inlet_count, tw_model_node_count(model));
}

static int32_t *copy_of(struct tw_foresee *f, const int32_t *from, int32_t count)
{
    int32_t *copy = TW_ARENA_NEW(&f->arena, int32_t, count);
    if (copy != NULL && count > 0) memcpy(copy, from, (size_t)count * sizeof *copy);
    return copy;
}

static tw_status copy_lists(struct tw_foresee *f)
{
    struct tw_foresee_setup *s = &f->setup;
    f->points = copy_of(f, s->points, s->point_count);
    f->links = copy_of(f, s->links, s->link_count);
    f->inlets = copy_of(f, s->inlets, s->inlet_count);
    f->link = TW_ARENA_NEW(&f->arena, struct tw_foresee_link, s->link_count);
    f->waiting = TW_ARENA_NEW(&f->arena, struct tw_foresee_waiting, s->filter.sensor_count);
    f->member_of = TW_ARENA_NEW(&f->arena, int32_t, s->filter.members);
    f->failed = TW_ARENA_NEW(&f->arena, bool, s->filter.members);
    if (f->points == NULL || f->links == NULL || f->inlets == NULL) return TW_ERR_NOMEM;
    if (f->link == NULL || f->waiting == NULL || f->member_of == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < s->link_count; i++) {
        struct tw_link_info info;
        TW_TRY(tw_model_link_info(s->filter.model, (tw_link_id){f->links[i]}, &info));
        f->link[i] = (struct tw_foresee_link){info.kind, info.full_flow_m3s, info.full_depth_m};
    }
    return f->failed != NULL ? TW_OK : TW_ERR_NOMEM;
}

/* ---- rain ---- */

static int32_t gauge_of(const struct tw_foresee *f, int32_t gage)
{
    if (gage < 0) return -1;
    if (f->setup.gauge_of != NULL) return f->setup.gauge_of[gage];
    return gage < f->setup.gauge_count ? gage : -1;
}

static void find_places(const struct tw_foresee *f, struct tw_rain_place *places)
{
    const tw_model *model = f->setup.filter.model;
    for (int32_t i = 0; i < tw_model_subcatchment_count(model); i++) {
        struct tw_subcatchment_info info;
        struct tw_node_info node;
        places[i] = (struct tw_rain_place){(double)NAN, (double)NAN, -1};
        if (tw_model_subcatchment_info(model, (tw_subcatchment_id){i}, &info) != TW_OK) continue;
        places[i] = (struct tw_rain_place){info.x, info.y, gauge_of(f, info.gage.index)};
        if (isfinite(info.x) && isfinite(info.y)) continue;
        if (tw_model_node_info(model, info.outlet, &node) != TW_OK) continue;
        places[i].x = node.x;
        places[i].y = node.y;
    }
}

/* The middle of the places that a gauge stands for; NAN for none. */
static void middle_of(const struct tw_rain_place *places, int32_t count, int32_t gauge,
                      struct tw_rain_gauge *out)
{
    double x = 0.0, y = 0.0;
    int32_t known = 0;
    for (int32_t i = 0; i < count; i++) {
        if (places[i].gauge != gauge || !isfinite(places[i].x)) continue;
        x += places[i].x;
        y += places[i].y;
        known++;
    }
    if (known == 0) return;
    out->x = x / known;
    out->y = y / known;
}

/* Gauges without a place get that of their gage in the model, or of what they stand for. */
static void find_gauges(const struct tw_foresee *f, const struct tw_rain_place *places,
                        struct tw_rain_gauge *gauges)
{
    const tw_model *model = f->setup.filter.model;
    for (int32_t i = 0; i < f->setup.gauge_count; i++)
        gauges[i] = f->setup.gauges[i];
    for (int32_t g = 0; g < tw_model_gage_count(model); g++) {
        struct tw_gage_info info;
        int32_t i = gauge_of(f, g);
        if (i < 0 || (isfinite(gauges[i].x) && isfinite(gauges[i].y))) continue;
        if (tw_model_gage_info(model, (tw_gage_id){g}, &info) != TW_OK) continue;
        gauges[i].x = info.x;
        gauges[i].y = info.y;
    }
    int32_t count = tw_model_subcatchment_count(model);
    for (int32_t i = 0; i < f->setup.gauge_count; i++) {
        if (!isfinite(gauges[i].x) || !isfinite(gauges[i].y))
            middle_of(places, count, i, &gauges[i]);
    }
}

static tw_status make_nowcast(struct tw_foresee *f)
{
    const struct tw_foresee_setup *s = &f->setup;
    int32_t places = tw_model_subcatchment_count(s->filter.model);
    struct tw_rain_place *place = TW_ARENA_NEW(&f->arena, struct tw_rain_place, places);
    struct tw_rain_gauge *gauge = TW_ARENA_NEW(&f->arena, struct tw_rain_gauge, s->gauge_count);
    if (place == NULL || gauge == NULL) return TW_ERR_NOMEM;
    find_places(f, place);
    find_gauges(f, place, gauge);
    struct tw_nowcast_setup setup = TW_NOWCAST_SETUP_DEFAULT;
    setup.places = place;
    setup.place_count = places;
    setup.gauges = gauge;
    setup.gauge_count = s->gauge_count;
    setup.members = s->steady_rain ? 1 : s->filter.members;
    setup.threads = s->filter.threads;
    setup.seed = s->filter.seed + 0x5261696eu; /* other chance than the factors' */
    setup.step_s = s->step_s;
    setup.horizon_s = s->horizon_s;
    if (setup.kept_s < 2.0 * s->update_step_s) setup.kept_s = 2.0 * s->update_step_s;
    return tw_nowcast_create(&setup, &f->nowcast);
}

double tw_foresee_rain(void *user, int32_t member, int32_t subcatchment, double from_s, double to_s)
{
    const struct tw_foresee *f = user;
    int32_t m = f->setup.steady_rain ? 0 : member;
    if (f->nowcast == NULL) return f->setup.rain(f->setup.rain_user, m, subcatchment, from_s, to_s);
    return tw_nowcast_mmh(f->nowcast, m, subcatchment, from_s, to_s);
}

/* ---- the cycle ---- */

tw_status tw_foresee_create(const struct tw_foresee_setup *setup, struct tw_foresee **out_foresee)
{
    if (!makes_sense(setup)) return TW_ERR_ARG;
    struct tw_foresee *f = calloc(1, sizeof *f);
    if (f == NULL) return TW_ERR_NOMEM;
    f->setup = *setup;
    tw_arena_init(&f->arena);
    tw_status status = tw_filter_create(&setup->filter, &f->filter);
    if (status == TW_OK) status = copy_lists(f);
    if (status == TW_OK && setup->rain == NULL) status = make_nowcast(f);
    /* what was borrowed for making it */
    f->setup.filter.sensors = NULL;
    f->setup.gauges = NULL;
    f->setup.gauge_of = NULL;
    f->setup.points = f->setup.links = f->setup.inlets = NULL;
    if (status != TW_OK) {
        tw_foresee_destroy(f);
        return status;
    }
    *out_foresee = f;
    return TW_OK;
}

void tw_foresee_destroy(struct tw_foresee *foresee)
{
    if (foresee == NULL) return;
    for (int32_t i = 0; foresee->waiting != NULL && i < foresee->setup.filter.sensor_count; i++)
        free(foresee->waiting[i].values);
    free(foresee->result.by_member);
    free(foresee->result.sorted);
    tw_batch_destroy(foresee->ahead);
    tw_nowcast_destroy(foresee->nowcast);
    tw_filter_destroy(foresee->filter);
    tw_arena_done(&foresee->arena);
    free(foresee);
}

struct tw_nowcast *tw_foresee_nowcast(struct tw_foresee *foresee) { return foresee->nowcast; }

struct tw_filter *tw_foresee_filter(struct tw_foresee *foresee) { return foresee->filter; }

/* Those that the members have come to make room first. */
static tw_status make_room(struct tw_foresee_waiting *w)
{
    if (w->count < w->capacity) return TW_OK;
    if (w->first > w->capacity / 2) {
        w->count -= w->first;
        memmove(w->values, w->values + w->first, (size_t)w->count * sizeof *w->values);
        w->first = 0;
        return TW_OK;
    }
    int32_t capacity = w->capacity == 0 ? 64 : 2 * w->capacity;
    struct tw_foresee_value *values = realloc(w->values, (size_t)capacity * sizeof *values);
    if (values == NULL) return TW_ERR_NOMEM;
    w->values = values;
    w->capacity = capacity;
    return TW_OK;
}

tw_status tw_foresee_add_measurement(struct tw_foresee *foresee, int32_t sensor, double at_s,
                                     double value, bool usable)
{
    if (sensor < 0 || sensor >= foresee->setup.filter.sensor_count || !isfinite(at_s)) {
        return TW_ERR_ARG;
    }
    struct tw_foresee_waiting *w = &foresee->waiting[sensor];
    TW_TRY(make_room(w));
    w->values[w->count++] = (struct tw_foresee_value){at_s, value, usable};
    return TW_OK;
}

static tw_status hand_over(struct tw_foresee *f, double until_s)
{
    for (int32_t i = 0; i < f->setup.filter.sensor_count; i++) {
        struct tw_foresee_waiting *w = &f->waiting[i];
        for (; w->first < w->count && w->values[w->first].at_s <= until_s; w->first++) {
            const struct tw_foresee_value *v = &w->values[w->first];
            TW_TRY(tw_filter_observe(f->filter, i, v->at_s, v->value, v->usable));
        }
    }
    return TW_OK;
}

tw_status tw_foresee_advance(struct tw_foresee *foresee, double now_s)
{
    struct tw_foresee *f = foresee;
    double at_s = tw_filter_now_s(f->filter), step_s = f->setup.update_step_s;
    if (!(now_s >= at_s) || !isfinite(now_s)) return TW_ERR_ARG;
    /* after a start or a load rain may not have been issued yet */
    if (f->nowcast != NULL && now_s == at_s) return tw_nowcast_issue(f->nowcast, now_s);
    while (at_s < now_s) {
        double next_s = (floor(at_s / step_s + 1e-9) + 1.0) * step_s;
        if (next_s > now_s - 1e-6) next_s = now_s;
        if (f->nowcast != NULL) TW_TRY(tw_nowcast_issue(f->nowcast, next_s));
        TW_TRY(tw_filter_advance(f->filter, next_s, tw_foresee_rain, f));
        TW_TRY(hand_over(f, next_s));
        TW_TRY(tw_filter_update(f->filter));
        at_s = next_s;
    }
    return TW_OK;
}

tw_status tw_foresee_save(const struct tw_foresee *foresee, const char *path)
{
    return tw_filter_save(foresee->filter, path);
}

tw_status tw_foresee_load(struct tw_foresee *foresee, const char *path)
{
    return tw_filter_load(foresee->filter, path);
}
