#include "warning/warnings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ended ones beyond this are forgotten here; the store keeps them. */
#define KEPT 2000
#define SESSION_IDS 100000

/* Shares of a class's chance at which it is passed early, expected, late. */
#define EARLY 0.1
#define MIDDLE 0.5
#define LATE 0.9

/* Under these the store keeps what was taken. */
#define KEY_DEPTHS "warned depths"
#define KEY_FORECAST "warned forecast"

struct point {
    struct tw_warning_point about;
    int32_t open;                          /* index of its warning that has not ended; -1: none */
    double modelled_m;                     /* NaN: not known */
    double ahead_m;                        /* largest median of the last forecast; NaN: none */
    int64_t passed_ms[TW_WARNING_CLASSES]; /* since when the modelled depth is above; NEVER: not */
};

struct tw_warnings {
    tw_warning_rules rules;
    struct point *points;
    int32_t point_count;
    struct tw_store_warning *list;
    struct tw_store_warning *changed; /* [points] to be stored together */
    int32_t changed_count;
    int32_t count, capacity;
    int64_t last_id;
    int64_t depths_ms, forecast_ms; /* the last that were taken */
};

/* What one forecast says of one point. */
struct view {
    const struct tw_warning_outlook *outlook;
    int32_t point; /* its index */
    int32_t raise; /* the highest class that it is enough to raise to */
    int32_t keep;  /* and to keep */
};

tw_status tw_warnings_create(const struct tw_warning_point *points, int32_t count,
                             const tw_warning_rules *rules, struct tw_warnings **out_warnings)
{
    struct tw_warnings *warnings = calloc(1, sizeof *warnings);
    if (warnings == NULL) return TW_ERR_NOMEM;
    warnings->rules = *rules;
    warnings->last_id = rules->session * SESSION_IDS;
    warnings->depths_ms = TW_STORE_NEVER;
    warnings->forecast_ms = TW_STORE_NEVER;
    warnings->points = calloc((size_t)count + 1, sizeof *warnings->points);
    warnings->changed = calloc((size_t)count + 1, sizeof *warnings->changed);
    if (warnings->points == NULL || warnings->changed == NULL) {
        tw_warnings_destroy(warnings);
        return TW_ERR_NOMEM;
    }
    warnings->point_count = count;
    for (int32_t i = 0; i < count; i++) {
        struct point *p = &warnings->points[i];
        *p = (struct point){.about = points[i], .open = -1, .modelled_m = NAN, .ahead_m = NAN};
        for (int c = 0; c < TW_WARNING_CLASSES; c++)
            p->passed_ms[c] = TW_STORE_NEVER;
    }
    *out_warnings = warnings;
    return TW_OK;
}

void tw_warnings_destroy(struct tw_warnings *warnings)
{
    if (warnings == NULL) return;
    free(warnings->points);
    free(warnings->changed);
    free(warnings->list);
    free(warnings);
}

int32_t tw_warning_rank(const struct tw_warning_point *point, double depth_m)
{
    int32_t rank = 0;
    for (int32_t c = 0; c < TW_WARNING_CLASSES; c++) {
        if (depth_m >= point->classes_m[c]) rank = c + 1; /* false for NaN */
    }
    return rank;
}

static double larger(double a, double b)
{
    if (isnan(a)) return b;
    return isnan(b) || a > b ? a : b;
}

/* ---- what is kept ---- */

/* Keep what the store can keep; a full queue loses nothing: the next change brings all of it. */
static void keep(struct tw_warnings *warnings, struct tw_store_warning *w, int64_t now_ms)
{
    w->updated_ms = now_ms;
    if (warnings->rules.store != NULL) (void)tw_store_warning_put(warnings->rules.store, w);
}

/* Keep all that an event changed, and that it was taken, or nothing of it. */
static void keep_event(struct tw_warnings *warnings, const char *key, int64_t time_ms)
{
    if (warnings->rules.store != NULL) {
        (void)tw_store_warnings_put(warnings->rules.store, warnings->changed,
                                    (size_t)warnings->changed_count, key, time_ms);
    }
    warnings->changed_count = 0;
}

static void note_changed(struct tw_warnings *warnings, const struct tw_store_warning *w)
{
    if (warnings->changed_count < warnings->point_count) {
        warnings->changed[warnings->changed_count++] = *w;
    }
}

tw_status tw_warnings_begin_session(struct tw_store *store)
{
    TW_TRY(tw_store_meta_set(store, KEY_DEPTHS, TW_STORE_NEVER));
    return tw_store_meta_set(store, KEY_FORECAST, TW_STORE_NEVER);
}

/* Drop the oldest ended ones so that the list stays bounded. */
static void forget(struct tw_warnings *warnings)
{
    int32_t surplus = warnings->count - KEPT;
    int32_t kept = 0;
    for (int32_t i = 0; i < warnings->count; i++) {
        if (surplus > 0 && warnings->list[i].state == TW_WARNING_ENDED) {
            surplus--;
            continue;
        }
        for (int32_t p = 0; p < warnings->point_count; p++) {
            if (warnings->points[p].open == i) warnings->points[p].open = kept;
        }
        warnings->list[kept++] = warnings->list[i];
    }
    warnings->count = kept;
}

static struct tw_store_warning *list_grow(struct tw_warnings *warnings)
{
    if (warnings->count == warnings->capacity && warnings->count >= 2 * KEPT) forget(warnings);
    if (warnings->count == warnings->capacity) {
        int32_t capacity = warnings->capacity == 0 ? 64 : warnings->capacity * 2;
        struct tw_store_warning *list = realloc(warnings->list, (size_t)capacity * sizeof *list);
        if (list == NULL) return NULL;
        warnings->list = list;
        warnings->capacity = capacity;
    }
    return &warnings->list[warnings->count++];
}

/* The storm that a warning issued now belongs to: the last one's unless that is over. */
static int64_t group_now(const struct tw_warnings *warnings, int64_t id, int64_t now_ms)
{
    int64_t gap_ms = (int64_t)(warnings->rules.group_gap_s * 1000.0);
    for (int32_t i = warnings->count - 2; i >= 0; i--) { /* the last is the new one itself */
        const struct tw_store_warning *w = &warnings->list[i];
        if (w->state != TW_WARNING_ENDED || w->ended_ms >= now_ms - gap_ms) return w->group;
    }
    return id;
}

/* ---- what a forecast says ---- */

/* The probability that a class holds at a step. */
static double chance_at(const struct point *p, const struct view *view, int32_t rank, int32_t step)
{
    const struct tw_warning_outlook *o = view->outlook;
    if (o->chance != NULL) {
        int64_t row = (int64_t)view->point * TW_WARNING_CLASSES + rank - 1;
        return (double)o->chance[row * o->count + step];
    }
    double depth_m = (double)o->depth_m[(int64_t)view->point * o->count + step];
    return depth_m >= p->about.classes_m[rank - 1] ? 1.0 : 0.0;
}

/* The probability that it holds at any. */
static double chance_ahead(const struct point *p, const struct view *view, int32_t rank)
{
    const struct tw_warning_outlook *o = view->outlook;
    if (o->peak_chance != NULL) {
        return (double)o->peak_chance[(int64_t)view->point * TW_WARNING_CLASSES + rank - 1];
    }
    double most = 0.0;
    for (int32_t k = 0; k < o->count; k++) {
        double chance = chance_at(p, view, rank, k);
        if (chance > most) most = chance;
    }
    return most;
}

static double chance_of(const struct point *p, const struct view *view, int32_t rank)
{
    return p->passed_ms[rank - 1] != TW_STORE_NEVER ? 1.0 : chance_ahead(p, view, rank);
}

/* Since when, or from when on, a class holds: where its chance reaches a share of its largest. */
static int64_t crossing(const struct point *p, const struct view *view, int32_t rank, double share)
{
    if (rank < 1) return TW_STORE_NEVER;
    if (p->passed_ms[rank - 1] != TW_STORE_NEVER) return p->passed_ms[rank - 1];
    double most = 0.0;
    for (int32_t k = 0; k < view->outlook->count; k++) {
        double chance = chance_at(p, view, rank, k);
        if (chance > most) most = chance;
    }
    for (int32_t k = 0; k < view->outlook->count && most > 0.0; k++) {
        if (chance_at(p, view, rank, k) >= share * most) {
            return view->outlook->first_ms + k * view->outlook->step_ms;
        }
    }
    return TW_STORE_NEVER;
}

static void look(const struct tw_warnings *warnings, const struct point *p, int64_t now_ms,
                 struct view *view)
{
    const tw_warning_rules *rules = &warnings->rules;
    for (int32_t rank = 1; rank <= TW_WARNING_CLASSES; rank++) {
        double chance = chance_of(p, view, rank);
        int64_t early_ms = crossing(p, view, rank, EARLY);
        bool near =
            early_ms != TW_STORE_NEVER && (double)(early_ms - now_ms) <= rules->near_s * 1000.0;
        /* What cannot happen is never enough, whatever the rules say. */
        if (!(chance > 0.0)) continue;
        if (chance >= (near ? rules->near_ratio : rules->raise_ratio)) view->raise = rank;
        if (chance >= rules->keep_ratio) view->keep = rank;
    }
    if (view->keep < view->raise) view->keep = view->raise;
}

static double peak_of(const float *values, int32_t point, int32_t count)
{
    double peak = NAN;
    for (int32_t k = 0; values != NULL && k < count; k++)
        peak = larger(peak, (double)values[(int64_t)point * count + k]);
    return peak;
}

/* Say what a forecast says of a warning: how sure, how deep, when, why. */
static void describe(const struct point *p, const struct view *view, struct tw_store_warning *w)
{
    const struct tw_warning_outlook *o = view->outlook;
    int32_t rank = w->rank;
    double depth_m = larger(p->modelled_m, p->ahead_m);
    double low_m = larger(p->modelled_m, peak_of(o->low_m, view->point, o->count));
    double high_m = larger(p->modelled_m, peak_of(o->high_m, view->point, o->count));
    if (!isnan(depth_m)) w->depth_m = depth_m;
    w->low_m = o->low_m == NULL || isnan(low_m) ? w->depth_m : low_m;
    w->high_m = o->high_m == NULL || isnan(high_m) ? w->depth_m : high_m;
    w->probability = chance_of(p, view, rank);
    int64_t expected_ms = crossing(p, view, rank, MIDDLE);
    if (expected_ms != TW_STORE_NEVER) {
        /* Else not forecast any more but not lowered yet: what was said stands. */
        w->expected_ms = expected_ms;
        w->early_ms = crossing(p, view, rank, EARLY);
        w->late_ms = crossing(p, view, rank, LATE);
    }
    if (o->causes != NULL && o->causes[view->point].kind != TW_CAUSE_NONE) {
        const struct tw_warning_cause *cause = &o->causes[view->point];
        w->cause_kind = cause->kind;
        w->cause_ms = cause->time_ms;
        (void)snprintf(w->cause_element, sizeof w->cause_element, "%s", cause->element);
    }
    /* JSON that is cut short would be none. */
    if (o->basis != NULL && strlen(o->basis) < sizeof w->basis)
        (void)snprintf(w->basis, sizeof w->basis, "%s", o->basis);
}

/* ---- a warning's life ---- */

/* What is in force, of what the system says and what an officer has ordered. */
static void settle(struct point *p, struct tw_store_warning *w, int64_t now_ms)
{
    int32_t before = w->rank;
    bool cancelled = w->order == TW_WARNING_CANCEL;
    if (cancelled && w->own_rank > w->order_rank) {
        w->order = TW_WARNING_RELEASE; /* it got worse than what was cancelled */
        w->state = TW_WARNING_ACTIVE;
        cancelled = false;
    }
    bool ordered = w->order == TW_WARNING_HOLD || w->order == TW_WARNING_RAISE;
    if (w->own_rank == 0 && !ordered) {
        w->state = TW_WARNING_ENDED;
        w->ended_ms = now_ms;
        p->open = -1;
        return;
    }
    if (cancelled) {
        w->state = TW_WARNING_CANCELLED;
        return;
    }
    w->rank = w->own_rank;
    if (ordered && w->order_rank > w->rank) w->rank = w->order_rank;
    if (w->rank > before) w->state = TW_WARNING_ACTIVE;
    if (w->rank > w->highest_rank) w->highest_rank = w->rank;
}

/* A new warning, of no class yet; NULL: no memory, tried again at the next step. */
static struct tw_store_warning *open_warning(struct tw_warnings *warnings, struct point *p,
                                             int64_t now_ms)
{
    struct tw_store_warning *w = list_grow(warnings);
    if (w == NULL) return NULL;
    memset(w, 0, sizeof *w);
    w->id = ++warnings->last_id;
    w->session = warnings->rules.session;
    w->simulated = warnings->rules.simulated;
    (void)snprintf(w->point, sizeof w->point, "%s", p->about.id);
    w->group = group_now(warnings, w->id, now_ms);
    w->issued_ms = now_ms;
    w->updated_ms = now_ms;
    w->reached_ms = p->passed_ms[0];
    w->expected_ms = w->early_ms = w->late_ms = w->cause_ms = TW_STORE_NEVER;
    w->ended_ms = w->acknowledged_ms = w->ordered_ms = w->told_expected_ms = TW_STORE_NEVER;
    double depth_m = larger(p->modelled_m, p->ahead_m);
    w->depth_m = w->low_m = w->high_m = isnan(depth_m) ? 0.0 : depth_m;
    p->open = (int32_t)(w - warnings->list);
    return w;
}

static void raise_own(struct tw_store_warning *w, int32_t rank)
{
    w->own_rank = rank;
    w->lower_count = 0;
    w->none_count = 0;
}

/* Whether what a person sees differs: half a centimetre and a hundredth do not. */
static bool differs(const struct tw_store_warning *a, const struct tw_store_warning *b)
{
    return a->rank != b->rank || a->state != b->state || a->own_rank != b->own_rank ||
           a->order != b->order || a->reached_ms != b->reached_ms ||
           a->expected_ms != b->expected_ms || fabs(a->depth_m - b->depth_m) >= 0.005 ||
           fabs(a->probability - b->probability) >= 0.01;
}

static void note_passing(struct point *p, int64_t time_ms, double depth_m)
{
    p->modelled_m = depth_m;
    if (isnan(depth_m)) return;
    for (int c = 0; c < TW_WARNING_CLASSES; c++) {
        bool above = depth_m >= p->about.classes_m[c];
        if (!above) p->passed_ms[c] = TW_STORE_NEVER;
        if (above && p->passed_ms[c] == TW_STORE_NEVER) p->passed_ms[c] = time_ms;
    }
}

static bool update_from_model(struct tw_warnings *warnings, struct point *p, double depth_m,
                              int64_t now_ms)
{
    int32_t rank = tw_warning_rank(&p->about, depth_m);
    bool fresh = p->open < 0;
    if (fresh && (rank == 0 || open_warning(warnings, p, now_ms) == NULL)) return false;
    struct tw_store_warning *w = &warnings->list[p->open];
    struct tw_store_warning before = *w;
    if (rank > 0 && w->reached_ms == TW_STORE_NEVER) w->reached_ms = p->passed_ms[0];
    if (rank > w->own_rank) {
        raise_own(w, rank);
        w->expected_ms = w->early_ms = w->late_ms = p->passed_ms[rank - 1];
    }
    settle(p, w, now_ms);
    if (w->rank > 0 && p->passed_ms[w->rank - 1] != TW_STORE_NEVER) {
        w->expected_ms = w->early_ms = w->late_ms = p->passed_ms[w->rank - 1];
        w->probability = 1.0;
    }
    if (depth_m > w->depth_m) w->depth_m = depth_m;
    if (w->depth_m > w->high_m) w->high_m = w->depth_m;
    memcpy(w->passed_ms, p->passed_ms, sizeof w->passed_ms);
    bool changed = fresh || differs(&before, w);
    if (changed) w->updated_ms = now_ms;
    if (changed || memcmp(before.passed_ms, w->passed_ms, sizeof w->passed_ms) != 0) {
        note_changed(warnings, w);
    }
    return changed;
}

bool tw_warnings_model(struct tw_warnings *warnings, int64_t now_ms, int64_t time_ms,
                       const double *depth_m)
{
    bool changed = false;
    if (time_ms <= warnings->depths_ms) { /* a model that began again */
        for (int32_t i = 0; i < warnings->point_count; i++)
            warnings->points[i].modelled_m = depth_m[i];
        return false;
    }
    warnings->depths_ms = time_ms;
    for (int32_t i = 0; i < warnings->point_count; i++) {
        struct point *p = &warnings->points[i];
        note_passing(p, time_ms, depth_m[i]);
        changed |= update_from_model(warnings, p, depth_m[i], now_ms);
    }
    keep_event(warnings, KEY_DEPTHS, time_ms);
    return changed;
}

/* A forecast did not keep the warning's class. */
static void lower(const struct tw_warnings *warnings, struct tw_store_warning *w, int32_t rank)
{
    w->none_count = rank == 0 ? w->none_count + 1 : 0;
    if (w->none_count >= warnings->rules.end_after) {
        w->own_rank = 0;
        return;
    }
    /* To nothing it goes by way of the lowest class. */
    if (rank == 0) rank = 1;
    if (rank >= w->own_rank) {
        w->lower_count = 0;
        return;
    }
    if (w->lower_count == 0 || rank > w->lower_rank) w->lower_rank = rank;
    if (++w->lower_count < warnings->rules.lower_after) return;
    w->lower_count = 0;
    w->own_rank = w->lower_rank;
}

static bool update_from_forecast(struct tw_warnings *warnings, struct point *p, struct view *view,
                                 int64_t now_ms)
{
    look(warnings, p, now_ms, view);
    if (p->open < 0 && (view->raise == 0 || open_warning(warnings, p, now_ms) == NULL)) {
        return false;
    }
    struct tw_store_warning *w = &warnings->list[p->open];
    if (view->raise > w->own_rank) {
        raise_own(w, view->raise);
    } else if (view->keep >= w->own_rank) {
        w->lower_count = 0;
        w->none_count = 0;
    } else {
        lower(warnings, w, view->keep);
    }
    settle(p, w, now_ms);
    if (w->state != TW_WARNING_ENDED) describe(p, view, w);
    memcpy(w->passed_ms, p->passed_ms, sizeof w->passed_ms);
    /* A forecast that says the same again is news too: the warning is as old as that. */
    w->updated_ms = now_ms;
    note_changed(warnings, w);
    return true;
}

bool tw_warnings_forecast(struct tw_warnings *warnings, int64_t now_ms,
                          const struct tw_warning_outlook *outlook)
{
    bool changed = false;
    if (outlook->first_ms <= warnings->forecast_ms) return false;
    warnings->forecast_ms = outlook->first_ms;
    for (int32_t i = 0; i < warnings->point_count; i++) {
        struct point *p = &warnings->points[i];
        struct view view = {.outlook = outlook, .point = i};
        p->ahead_m = peak_of(outlook->depth_m, i, outlook->count);
        changed |= update_from_forecast(warnings, p, &view, now_ms);
    }
    keep_event(warnings, KEY_FORECAST, outlook->first_ms);
    return changed;
}

/* ---- people ---- */

static struct tw_store_warning *find(struct tw_warnings *warnings, int64_t id)
{
    for (int32_t i = 0; i < warnings->count; i++) {
        if (warnings->list[i].id == id) return &warnings->list[i];
    }
    return NULL;
}

static struct point *find_point(struct tw_warnings *warnings, const char *id)
{
    for (int32_t i = 0; i < warnings->point_count; i++) {
        if (strcmp(warnings->points[i].about.id, id) == 0) return &warnings->points[i];
    }
    return NULL;
}

tw_status tw_warnings_acknowledge(struct tw_warnings *warnings, int64_t id, const char *by,
                                  int64_t now_ms)
{
    struct tw_store_warning *w = find(warnings, id);
    if (w == NULL) return TW_ERR_NAME;
    if (w->state == TW_WARNING_ENDED || w->state == TW_WARNING_CANCELLED) return TW_ERR_STATE;
    w->state = TW_WARNING_ACKNOWLEDGED;
    w->acknowledged_ms = now_ms;
    (void)snprintf(w->acknowledged_by, sizeof w->acknowledged_by, "%s", by);
    keep(warnings, w, now_ms);
    return TW_OK;
}

static bool sound(const struct tw_warning_order *order, int32_t rank)
{
    if (order->kind < TW_WARNING_RELEASE || order->kind > TW_WARNING_CANCEL) return false;
    size_t length = order->reason == NULL ? 0 : strlen(order->reason);
    if (length >= TW_STORE_TEXT_SIZE) return false;
    if (order->kind != TW_WARNING_RELEASE && length == 0) return false;
    return order->kind != TW_WARNING_RAISE ||
           (order->rank > rank && order->rank <= TW_WARNING_CLASSES);
}

static void obey(struct tw_warnings *warnings, struct point *p, struct tw_store_warning *w,
                 const struct tw_warning_order *order, int64_t now_ms)
{
    if (w->state == TW_WARNING_CANCELLED && order->kind != TW_WARNING_CANCEL) {
        w->state = TW_WARNING_ACTIVE;
    }
    w->order = order->kind;
    w->order_rank = order->kind == TW_WARNING_RAISE ? order->rank : w->rank;
    w->ordered_ms = now_ms;
    (void)snprintf(w->ordered_by, sizeof w->ordered_by, "%s", order->by);
    (void)snprintf(w->order_reason, sizeof w->order_reason, "%s",
                   order->reason == NULL ? "" : order->reason);
    settle(p, w, now_ms);
    keep(warnings, w, now_ms);
}

tw_status tw_warnings_order(struct tw_warnings *warnings, int64_t id,
                            const struct tw_warning_order *order, int64_t now_ms)
{
    struct tw_store_warning *w = find(warnings, id);
    if (w == NULL) return TW_ERR_NAME;
    struct point *p = find_point(warnings, w->point);
    if (w->state == TW_WARNING_ENDED || p == NULL) return TW_ERR_STATE;
    if (order->kind == TW_WARNING_RELEASE && w->order == TW_WARNING_RELEASE) return TW_ERR_STATE;
    /* A cancelled one may be raised to its own class again. */
    if (!sound(order, w->state == TW_WARNING_CANCELLED ? 0 : w->rank)) return TW_ERR_ARG;
    obey(warnings, p, w, order, now_ms);
    return TW_OK;
}

tw_status tw_warnings_raise_point(struct tw_warnings *warnings, const char *point,
                                  const struct tw_warning_order *order, int64_t now_ms)
{
    struct point *p = find_point(warnings, point);
    if (p == NULL) return TW_ERR_NAME;
    if (p->open >= 0) return TW_ERR_STATE;
    if (order->kind != TW_WARNING_RAISE || !sound(order, 0)) return TW_ERR_ARG;
    struct tw_store_warning *w = open_warning(warnings, p, now_ms);
    if (w == NULL) return TW_ERR_NOMEM;
    w->expected_ms = now_ms; /* an officer who warns without the model warns of now */
    obey(warnings, p, w, order, now_ms);
    return TW_OK;
}

void tw_warnings_told(struct tw_warnings *warnings, int32_t i)
{
    struct tw_store_warning *w = &warnings->list[i];
    w->told_rank = w->rank;
    w->told_state = w->state;
    w->told_expected_ms = w->expected_ms;
    if (warnings->rules.store != NULL) (void)tw_store_warning_put(warnings->rules.store, w);
}

/* ---- beginning again ---- */

static void take_back(struct tw_warnings *warnings, struct tw_store_warning *w)
{
    if (w->id > warnings->last_id) warnings->last_id = w->id;
    if (w->state == TW_WARNING_ENDED) return;
    struct point *p = find_point(warnings, w->point);
    /* A point that the city no longer has: nothing will ever end its warning. */
    if (p == NULL) w->state = TW_WARNING_ENDED;
    if (p == NULL) return;
    p->open = (int32_t)(w - warnings->list);
    memcpy(p->passed_ms, w->passed_ms, sizeof p->passed_ms);
}

tw_status tw_warnings_restore(struct tw_warnings *warnings)
{
    struct tw_store *store = warnings->rules.store;
    struct tw_store_warning *kept = NULL;
    size_t count = 0;
    if (store == NULL) return TW_OK;
    TW_TRY(tw_store_warnings_read(store, warnings->rules.session, &kept, &count));
    tw_status status = TW_OK;
    for (size_t i = 0; i < count && status == TW_OK; i++) {
        struct tw_store_warning *w = list_grow(warnings);
        if (w == NULL) {
            status = TW_ERR_NOMEM;
            break;
        }
        *w = kept[i];
        take_back(warnings, w);
    }
    free(kept);
    warnings->depths_ms = tw_store_meta_get(store, KEY_DEPTHS, TW_STORE_NEVER);
    warnings->forecast_ms = tw_store_meta_get(store, KEY_FORECAST, TW_STORE_NEVER);
    return status;
}

void tw_warnings_taken(const struct tw_warnings *warnings, int64_t *out_depths_ms,
                       int64_t *out_forecast_ms)
{
    *out_depths_ms = warnings->depths_ms;
    *out_forecast_ms = warnings->forecast_ms;
}

int32_t tw_warnings_count(const struct tw_warnings *warnings) { return warnings->count; }

const struct tw_store_warning *tw_warnings_get(const struct tw_warnings *warnings, int32_t i)
{
    return i < 0 || i >= warnings->count ? NULL : &warnings->list[i];
}
