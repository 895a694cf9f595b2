#include "warning/warnings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ended ones beyond this are forgotten here; the store keeps them. */
#define KEPT 2000
#define SESSION_IDS 10000

struct point {
    struct tw_warning_point about;
    int32_t open;                          /* index of its warning that has not ended; -1: none */
    int32_t lower_count;                   /* forecasts in a row that named a lower class */
    int32_t lower_rank;                    /* the highest class that they named */
    int32_t none_count;                    /* forecasts in a row that named no class at all */
    double modelled_m;                     /* NaN: not known */
    double ahead_m;                        /* largest depth of the last forecast; NaN: none */
    int64_t passed_ms[TW_WARNING_CLASSES]; /* since when the modelled depth is above; NEVER: not */
};

struct tw_warnings {
    tw_warning_rules rules;
    struct point *points;
    int32_t point_count;
    struct tw_store_warning *list;
    int32_t count, capacity;
    int64_t last_id;
};

tw_status tw_warnings_create(const struct tw_warning_point *points, int32_t count,
                             const tw_warning_rules *rules, struct tw_warnings **out_warnings)
{
    struct tw_warnings *warnings = calloc(1, sizeof *warnings);
    if (warnings == NULL) return TW_ERR_NOMEM;
    warnings->rules = *rules;
    warnings->last_id = rules->session * SESSION_IDS;
    warnings->points = calloc((size_t)count + 1, sizeof *warnings->points);
    if (warnings->points == NULL) {
        free(warnings);
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

/* Keep what the store can keep; a full queue loses nothing: the next change brings all of it. */
static void keep(struct tw_warnings *warnings, struct tw_store_warning *w, int64_t now_ms)
{
    w->updated_ms = now_ms;
    if (warnings->rules.store != NULL) (void)tw_store_warning_put(warnings->rules.store, w);
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

/* Since when, or from when on by the forecast, a class holds at a point. */
static int64_t crossing(const struct point *p, const float *ahead, const struct tw_outlook *outlook,
                        int32_t rank)
{
    if (p->passed_ms[rank - 1] != TW_STORE_NEVER) return p->passed_ms[rank - 1];
    for (int32_t i = 0; outlook != NULL && i < outlook->count; i++) {
        if ((double)ahead[i] >= p->about.classes_m[rank - 1]) {
            return outlook->first_ms + i * outlook->step_ms;
        }
    }
    return TW_STORE_NEVER;
}

static bool issue(struct tw_warnings *warnings, struct point *p, int32_t rank, int64_t expected_ms,
                  int64_t now_ms)
{
    struct tw_store_warning *w = list_grow(warnings);
    if (w == NULL) return false; /* tried again at the next step */
    memset(w, 0, sizeof *w);
    w->id = ++warnings->last_id;
    w->session = warnings->rules.session;
    w->simulated = warnings->rules.simulated;
    (void)snprintf(w->point, sizeof w->point, "%s", p->about.id);
    w->rank = rank;
    w->state = TW_WARNING_ACTIVE;
    w->depth_m = larger(p->modelled_m, p->ahead_m);
    w->expected_ms = expected_ms;
    w->issued_ms = now_ms;
    w->reached_ms = p->passed_ms[0];
    w->ended_ms = TW_STORE_NEVER;
    w->acknowledged_ms = TW_STORE_NEVER;
    p->open = (int32_t)(w - warnings->list);
    p->lower_count = 0;
    p->none_count = 0;
    keep(warnings, w, now_ms);
    return true;
}

static void raise_to(struct point *p, struct tw_store_warning *w, int32_t rank, int64_t expected_ms)
{
    w->rank = rank;
    w->state = TW_WARNING_ACTIVE;
    w->expected_ms = expected_ms;
    p->lower_count = 0;
}

/* Whether what a person sees differs: half a centimetre and a minute do not. */
static bool differs(const struct tw_store_warning *a, const struct tw_store_warning *b)
{
    return a->rank != b->rank || a->state != b->state || a->reached_ms != b->reached_ms ||
           a->expected_ms != b->expected_ms || fabs(a->depth_m - b->depth_m) >= 0.005;
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

bool tw_warnings_model(struct tw_warnings *warnings, int64_t now_ms, int64_t time_ms,
                       const double *depth_m)
{
    bool changed = false;
    for (int32_t i = 0; i < warnings->point_count; i++) {
        struct point *p = &warnings->points[i];
        note_passing(p, time_ms, depth_m[i]);
        int32_t rank = tw_warning_rank(&p->about, depth_m[i]);
        if (p->open < 0) {
            if (rank > 0) changed |= issue(warnings, p, rank, p->passed_ms[rank - 1], now_ms);
            continue;
        }
        struct tw_store_warning *w = &warnings->list[p->open];
        struct tw_store_warning before = *w;
        if (rank > 0 && w->reached_ms == TW_STORE_NEVER) w->reached_ms = p->passed_ms[0];
        if (rank > w->rank) raise_to(p, w, rank, p->passed_ms[rank - 1]);
        if (p->passed_ms[w->rank - 1] != TW_STORE_NEVER) {
            w->expected_ms = p->passed_ms[w->rank - 1];
        }
        if (depth_m[i] > w->depth_m) w->depth_m = depth_m[i];
        if (differs(&before, w)) {
            keep(warnings, w, now_ms);
            changed = true;
        }
    }
    return changed;
}

/* A forecast named a lower class than the warning's. */
static void lower(struct tw_warnings *warnings, struct point *p, struct tw_store_warning *w,
                  int32_t rank, int64_t now_ms)
{
    p->none_count = rank == 0 ? p->none_count + 1 : 0;
    if (p->none_count >= warnings->rules.end_after) {
        w->state = TW_WARNING_ENDED;
        w->ended_ms = now_ms;
        p->open = -1;
        return;
    }
    /* To nothing it goes by way of the lowest class. */
    if (rank == 0) rank = 1;
    if (rank >= w->rank) {
        p->lower_count = 0;
        return;
    }
    if (p->lower_count == 0 || rank > p->lower_rank) p->lower_rank = rank;
    if (++p->lower_count < warnings->rules.lower_after) return;
    p->lower_count = 0;
    w->rank = p->lower_rank;
}

static bool update_from_forecast(struct tw_warnings *warnings, struct point *p, const float *ahead,
                                 const struct tw_outlook *outlook, int64_t now_ms)
{
    double depth_m = larger(p->modelled_m, p->ahead_m);
    int32_t rank = tw_warning_rank(&p->about, depth_m);
    if (p->open < 0) {
        return rank > 0 && issue(warnings, p, rank, crossing(p, ahead, outlook, rank), now_ms);
    }
    struct tw_store_warning *w = &warnings->list[p->open];
    struct tw_store_warning before = *w;
    if (rank > w->rank) {
        raise_to(p, w, rank, crossing(p, ahead, outlook, rank));
        p->none_count = 0;
    } else if (rank == w->rank) {
        p->lower_count = 0;
        p->none_count = 0;
    } else {
        lower(warnings, p, w, rank, now_ms);
    }
    if (w->state != TW_WARNING_ENDED) {
        int64_t expected_ms = crossing(p, ahead, outlook, w->rank);
        /* Not forecast any more but not lowered yet: what was said stands. */
        if (expected_ms != TW_STORE_NEVER) w->expected_ms = expected_ms;
    }
    if (!isnan(depth_m)) w->depth_m = depth_m;
    /* A forecast that says the same again is news too: the warning is as old as that. */
    w->updated_ms = now_ms;
    if (differs(&before, w)) keep(warnings, w, now_ms);
    return true;
}

bool tw_warnings_forecast(struct tw_warnings *warnings, int64_t now_ms,
                          const struct tw_outlook *outlook)
{
    bool changed = false;
    for (int32_t i = 0; i < warnings->point_count; i++) {
        struct point *p = &warnings->points[i];
        const float *ahead = outlook->depth_m + (int64_t)i * outlook->count;
        p->ahead_m = NAN;
        for (int32_t k = 0; k < outlook->count; k++) {
            p->ahead_m = larger(p->ahead_m, (double)ahead[k]);
        }
        changed |= update_from_forecast(warnings, p, ahead, outlook, now_ms);
    }
    return changed;
}

tw_status tw_warnings_acknowledge(struct tw_warnings *warnings, int64_t id, const char *by,
                                  int64_t now_ms)
{
    for (int32_t i = 0; i < warnings->count; i++) {
        struct tw_store_warning *w = &warnings->list[i];
        if (w->id != id) continue;
        if (w->state == TW_WARNING_ENDED) return TW_ERR_STATE;
        w->state = TW_WARNING_ACKNOWLEDGED;
        w->acknowledged_ms = now_ms;
        (void)snprintf(w->acknowledged_by, sizeof w->acknowledged_by, "%s", by);
        keep(warnings, w, now_ms);
        return TW_OK;
    }
    return TW_ERR_NAME;
}

tw_status tw_warnings_restore(struct tw_warnings *warnings)
{
    struct tw_store_warning *kept = NULL;
    size_t count = 0;
    if (warnings->rules.store == NULL) return TW_OK;
    TW_TRY(tw_store_warnings_read(warnings->rules.store, warnings->rules.session, &kept, &count));
    tw_status status = TW_OK;
    for (size_t i = 0; i < count && status == TW_OK; i++) {
        struct tw_store_warning *w = list_grow(warnings);
        if (w == NULL) {
            status = TW_ERR_NOMEM;
            break;
        }
        *w = kept[i];
        if (w->id > warnings->last_id) warnings->last_id = w->id;
        if (w->state == TW_WARNING_ENDED) continue;
        bool found = false;
        for (int32_t p = 0; p < warnings->point_count && !found; p++) {
            found = strcmp(warnings->points[p].about.id, w->point) == 0;
            if (found) warnings->points[p].open = (int32_t)(w - warnings->list);
        }
        /* A point that the city no longer has: nothing will ever end its warning. */
        if (!found) w->state = TW_WARNING_ENDED;
    }
    free(kept);
    return status;
}

int32_t tw_warnings_count(const struct tw_warnings *warnings) { return warnings->count; }

const struct tw_store_warning *tw_warnings_get(const struct tw_warnings *warnings, int32_t i)
{
    return i < 0 || i >= warnings->count ? NULL : &warnings->list[i];
}
