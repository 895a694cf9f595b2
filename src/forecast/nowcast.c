#include "forecast/nowcast.h"

#include "forecast/nowcast_parts.h"
#include "forecast/radar_view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RADAR_OLD_S 1800.0   /* an older field says nothing of what comes */
#define RADAR_FADE_S 5400.0  /* by that lead forecasts of others have taken over */
#define GAUGES_FADE_S 2700.0 /* the same without radar */

static bool makes_sense(const struct tw_nowcast_setup *s)
{
    if (s->place_count < 0 || s->gauge_count < 0 || s->members < 1 || s->threads < 1) return false;
    if (!(s->step_s > 0.0) || !(s->horizon_s >= s->step_s) || !(s->kept_s >= s->step_s)) {
        return false;
    }
    if (s->horizon_s / s->step_s > 1e5 || s->kept_s / s->step_s > 1e5) return false;
    for (int32_t p = 0; p < s->place_count; p++) {
        if (s->places[p].gauge < -1 || s->places[p].gauge >= s->gauge_count) return false;
    }
    for (int32_t g = 0; g < s->gauge_count; g++) {
        if (s->gauges[g].name == NULL) return false;
    }
    return true;
}

static tw_status take_gauges(struct tw_nowcast *n, const struct tw_nowcast_setup *setup)
{
    n->gauges = TW_ARENA_NEW(&n->arena, struct tw_gauge_series, setup->gauge_count);
    if (n->gauges == NULL) return TW_ERR_NOMEM;
    for (int32_t g = 0; g < setup->gauge_count; g++) {
        const struct tw_rain_gauge *gauge = &setup->gauges[g];
        n->gauges[g].x = gauge->x;
        n->gauges[g].y = gauge->y;
        n->gauges[g].first_s = (double)INFINITY;
        n->gauges[g].first_zero_s = (double)INFINITY;
        n->gauges[g].name = tw_arena_text(&n->arena, gauge->name, strlen(gauge->name));
        if (n->gauges[g].name == NULL) return TW_ERR_NOMEM;
    }
    return TW_OK;
}

static tw_status allocate(struct tw_nowcast *n, const struct tw_nowcast_setup *setup)
{
    TW_TRY(take_gauges(n, setup));
    size_t places = (size_t)setup->place_count;
    size_t ahead = (size_t)n->ahead_count * (size_t)setup->members;
    n->places = TW_ARENA_NEW(&n->arena, struct tw_rain_place, setup->place_count);
    n->past_mmh = tw_arena_alloc(&n->arena, (size_t)n->past_count * places, sizeof(float));
    n->ahead_mmh = tw_arena_alloc(&n->arena, ahead * places, sizeof(float));
    n->doubt.local_ratio = TW_ARENA_NEW(&n->arena, float, setup->place_count);
    if (n->doubt.local_ratio == NULL) return TW_ERR_NOMEM;
    if (n->places == NULL || n->past_mmh == NULL || n->ahead_mmh == NULL) return TW_ERR_NOMEM;
    if (places > 0) memcpy(n->places, setup->places, places * sizeof *n->places);
    return TW_OK;
}

tw_status tw_nowcast_create(const struct tw_nowcast_setup *setup, struct tw_nowcast **out_nowcast)
{
    if (!makes_sense(setup)) return TW_ERR_ARG;
    struct tw_nowcast *n = calloc(1, sizeof *n);
    if (n == NULL) return TW_ERR_NOMEM;
    n->setup = *setup;
    n->past_count = (int32_t)ceil(setup->kept_s / setup->step_s);
    n->ahead_count = (int32_t)ceil(setup->horizon_s / setup->step_s);
    tw_status status = allocate(n, setup);
    if (status != TW_OK) {
        tw_nowcast_destroy(n);
        return status;
    }
    n->setup.places = n->places;
    n->setup.gauges = NULL;
    *out_nowcast = n;
    return TW_OK;
}

void tw_nowcast_destroy(struct tw_nowcast *nowcast)
{
    if (nowcast == NULL) return;
    for (int32_t g = 0; nowcast->gauges != NULL && g < nowcast->setup.gauge_count; g++)
        free(nowcast->gauges[g].falls);
    for (int32_t i = 0; i < nowcast->radar.count; i++)
        free(nowcast->radar.fields[i].mmh);
    free(nowcast->radar.fields);
    for (int32_t i = 0; i < nowcast->outlook_count; i++)
        tw_outlook_kept_done(&nowcast->outlooks[i]);
    free(nowcast->outlooks);
    free(nowcast->notes);
    tw_rain_chance_done(&nowcast->local);
    tw_rain_chance_done(&nowcast->bias);
    tw_arena_done(&nowcast->arena);
    free(nowcast);
}

void tw_nowcast_forget(struct tw_nowcast *nowcast, double until_s)
{
    for (int32_t g = 0; g < nowcast->setup.gauge_count; g++)
        tw_gauge_forget(&nowcast->gauges[g], until_s);
    tw_radar_forget(&nowcast->radar, until_s);
    int32_t kept = 0;
    for (int32_t i = 0; i < nowcast->outlook_count; i++) {
        const struct tw_outlook *o = &nowcast->outlooks[i].outlook;
        if (o->from_s + o->count * o->interval_s > until_s) {
            nowcast->outlooks[kept++] = nowcast->outlooks[i];
        } else {
            tw_outlook_kept_done(&nowcast->outlooks[i]);
        }
    }
    nowcast->outlook_count = kept;
}

static bool any_good(const struct tw_nowcast *n)
{
    bool any = false;
    for (int32_t g = 0; g < n->setup.gauge_count; g++)
        any = any || n->gauges[g].good;
    return any;
}

static tw_status note_radar(struct tw_nowcast *n, const struct tw_radar_view *view, bool use,
                            double bias)
{
    if (n->radar.count == 0) return TW_OK;
    if (view->count == 0) {
        return tw_nowcast_note_add(n, TW_RAIN_NOTE_RADAR_OLD, "", -1,
                                   (n->now_s - n->radar.fields[0].time_s) / 60.0);
    }
    double age_s = n->now_s - view->time_s[0];
    if (age_s > RADAR_OLD_S) {
        return tw_nowcast_note_add(n, TW_RAIN_NOTE_RADAR_OLD, "", -1, age_s / 60.0);
    }
    if (!use) return tw_nowcast_note_add(n, TW_RAIN_NOTE_RADAR_ELSEWHERE, "", -1, 0.0);
    TW_TRY(tw_nowcast_note_add(n, TW_RAIN_NOTE_RADAR_USED, "", -1, age_s / 60.0));
    double gap_s = 0.0;
    for (int32_t k = 0; k + 1 < view->count; k++) {
        double missing_s = view->time_s[k] - view->time_s[k + 1] - view->interval_s;
        if (missing_s > 0.5 * view->interval_s) gap_s += missing_s;
    }
    if (gap_s > 0.0) {
        TW_TRY(tw_nowcast_note_add(n, TW_RAIN_NOTE_RADAR_GAP, "", -1, gap_s / 60.0));
    }
    if (!any_good(n)) return TW_OK;
    return tw_nowcast_note_add(n, TW_RAIN_NOTE_RADAR_BIAS, "", -1, bias);
}

/* True when the newest field covers one of the places. */
static bool covers(const struct tw_nowcast *n, const struct tw_radar_view *view)
{
    for (int32_t p = 0; p < n->setup.place_count && view->count > 0; p++) {
        double column = 0.0;
        double row = 0.0;
        tw_radar_view_cell(view, n->places[p].x, n->places[p].y, &column, &row);
        if (!isnan(tw_radar_view_sample(view, view->mmh[0], column, row))) return true;
    }
    return false;
}

bool tw_nowcast_needs_gauges(const struct tw_nowcast *nowcast, int32_t place)
{
    const struct tw_rain_place *p = &nowcast->places[place];
    return !nowcast->by_radar || isnan(p->x) || isnan(p->y);
}

static tw_status issue(struct tw_nowcast *n, const struct tw_radar_view *view)
{
    n->by_radar = false;
    bool use = covers(n, view) && n->now_s - view->time_s[0] <= RADAR_OLD_S;
    TW_TRY(tw_gauges_check(n, view));
    double bias = tw_radar_bias(n, view, &n->doubt.bias_ratio);
    TW_TRY(note_radar(n, view, use, bias));
    TW_TRY(tw_nowcast_analyse(n, view, bias));
    TW_TRY(tw_rain_chance_draw(n));
    n->by_radar = use;
    if (use) {
        TW_TRY(tw_nowcast_by_radar(n, view, bias));
        TW_TRY(tw_nowcast_note_add(n, TW_RAIN_NOTE_BY_RADAR, "", -1, 0.0));
    } else {
        TW_TRY(tw_nowcast_note_add(
            n, any_good(n) ? TW_RAIN_NOTE_BY_GAUGES : TW_RAIN_NOTE_BY_NOTHING, "", -1, 0.0));
    }
    TW_TRY(tw_nowcast_by_gauges(n));
    double fade_s = use ? RADAR_FADE_S : any_good(n) ? GAUGES_FADE_S : 0.0;
    return tw_nowcast_join_outlooks(n, fade_s);
}

tw_status tw_nowcast_issue(struct tw_nowcast *nowcast, double now_s)
{
    if (!isfinite(now_s)) return TW_ERR_ARG;
    nowcast->now_s = now_s;
    nowcast->note_count = 0;
    nowcast->issued = false;
    struct tw_radar_view view;
    TW_TRY(tw_radar_view_make(nowcast, now_s, &view));
    tw_status status = issue(nowcast, &view);
    tw_radar_view_done(&view);
    nowcast->issued = status == TW_OK;
    return status;
}

/* Rates of steps one after the other; the first begins at start_s. */
struct steps {
    const float *mmh; /* [count * stride] */
    size_t stride;
    int32_t count;
    double start_s, step_s;
};

/* Sum of rate times seconds over what lies in from_s..to_s. */
static double overlap(const struct steps *steps, double from_s, double to_s, double *known_s)
{
    double sum = 0.0;
    double first = floor((from_s - steps->start_s) / steps->step_s);
    int32_t k = first > 0.0 ? (first < steps->count ? (int32_t)first : steps->count) : 0;
    for (; k < steps->count; k++) {
        double begin = steps->start_s + k * steps->step_s;
        double end = begin + steps->step_s;
        if (begin >= to_s) break;
        if (begin < from_s) begin = from_s;
        if (end > to_s) end = to_s;
        if (end <= begin) continue;
        sum += (double)steps->mmh[(size_t)k * steps->stride] * (end - begin);
        *known_s += end - begin;
    }
    return sum;
}

static struct steps past_of(const struct tw_nowcast *n, int32_t place)
{
    return (struct steps){n->past_mmh + place, (size_t)n->setup.place_count, n->past_count,
                          n->now_s - n->past_count * n->setup.step_s, n->setup.step_s};
}

static struct steps ahead_of(const struct tw_nowcast *n, int32_t member, int32_t place)
{
    size_t stride = (size_t)n->setup.place_count;
    size_t first = (size_t)member * (size_t)n->ahead_count * stride + (size_t)place;
    return (struct steps){n->ahead_mmh + first, stride, n->ahead_count, n->now_s, n->setup.step_s};
}

double tw_nowcast_recent_mmh(const struct tw_nowcast *nowcast, int32_t place, double window_s)
{
    struct steps past = past_of(nowcast, place);
    double known_s = 0.0;
    double sum = overlap(&past, nowcast->now_s - window_s, nowcast->now_s, &known_s);
    return known_s > 0.0 ? sum / known_s : 0.0;
}

double tw_nowcast_analysis_mmh(const struct tw_nowcast *nowcast, int32_t place, double from_s,
                               double to_s)
{
    if (!nowcast->issued || place < 0 || place >= nowcast->setup.place_count) return 0.0;
    struct steps past = past_of(nowcast, place);
    double known_s = 0.0;
    double sum = overlap(&past, from_s, to_s, &known_s);
    return known_s > 0.0 ? sum / known_s : 0.0;
}

double tw_nowcast_mmh(const struct tw_nowcast *nowcast, int32_t member, int32_t place,
                      double from_s, double to_s)
{
    if (!nowcast->issued || place < 0 || place >= nowcast->setup.place_count) return 0.0;
    if (member < 0 || member >= nowcast->setup.members) return 0.0;
    struct steps past = past_of(nowcast, place);
    struct steps ahead = ahead_of(nowcast, member, place);
    double past_s = 0.0;
    double ahead_s = 0.0;
    double sum = overlap(&past, from_s, to_s, &past_s);
    if (past_s > 0.0) {
        double end_s = to_s < nowcast->now_s ? to_s : nowcast->now_s;
        sum *= tw_rain_chance_factor(nowcast, member, place, end_s - 0.5 * past_s);
    }
    sum += overlap(&ahead, from_s, to_s, &ahead_s);
    return past_s + ahead_s > 0.0 ? sum / (past_s + ahead_s) : 0.0;
}
