/* Sealing: what waits of each series becomes chunks, and then the log is cut.
 *
 * The chunks of a series never overlap. A late point goes into the chunk that covers its time, or
 * into the one before when that has room. A pass goes through all series, some at a time, between
 * group commits; when it ends, everything that was in the log when it began is in chunks. A chunk
 * and its mark (how far in the log the series is sealed) are one transaction, so after a crash
 * nothing is taken from the log a second time. */
#include "base/clock.h"
#include "store/month.h"
#include "store/store_internal.h"

#include <stdio.h>
#include <stdlib.h>

enum { CHUNK_FULL = 1440, SERIES_AT_ONCE = 256, SERIES_IN_HASTE = 4096, RETRY_MS = 1000 };

/* A chunk that is written anew, or a new one. */
struct group {
    bool replaces;
    int64_t old_begin_ms;
    size_t begin, end; /* in pass.merged */
};

struct sealing {
    struct tw_store *store;
    int32_t series;
    const struct tw_chunk_point *points; /* [left] not placed yet, ascending */
    size_t left;
    struct group *groups;
    size_t count, room;
    tw_status status;
};

static tw_status add_group(struct sealing *s, const struct group *group)
{
    if (s->count == s->room) {
        size_t room = s->room == 0 ? 8 : 2 * s->room;
        struct group *groups = realloc(s->groups, room * sizeof *groups);
        if (groups == NULL) return TW_ERR_NOMEM;
        s->groups = groups;
        s->room = room;
    }
    s->groups[s->count++] = *group;
    return TW_OK;
}

static tw_status unpack(struct tw_store_pass *pass, const uint8_t *data, size_t size, int32_t count)
{
    pass->unpacked.count = 0;
    TW_TRY(tw_points_reserve(&pass->unpacked, (size_t)count));
    return tw_chunk_unpack(&pass->coder, data, size, pass->unpacked.items, pass->unpacked.room,
                           &pass->unpacked.count);
}

/* Points of [begin, left) as a chunk of their own. */
static tw_status place_alone(struct sealing *s, size_t begin)
{
    struct tw_points *merged = &s->store->pass.merged;
    struct group group = {.begin = merged->count};
    if (begin == s->left) return TW_OK;
    TW_TRY(tw_points_merge(s->points + begin, s->left - begin, NULL, 0, merged));
    group.end = merged->count;
    s->left = begin;
    return add_group(s, &group);
}

static tw_status place_around(struct sealing *s, int64_t begin_ms, const uint8_t *data, size_t size)
{
    struct tw_store_pass *pass = &s->store->pass;
    struct tw_chunk_summary about;
    TW_TRY(tw_chunk_summary_read(data, size, &about));
    size_t after = s->left; /* the first beyond this chunk's end */
    while (after > 0 && s->points[after - 1].time_ms > about.last_ms)
        after--;
    if ((size_t)about.count + (s->left - after) > CHUNK_FULL) TW_TRY(place_alone(s, after));
    size_t within = after;
    while (within > 0 && s->points[within - 1].time_ms >= about.first_ms)
        within--;
    if (within == s->left) return TW_OK;
    TW_TRY(unpack(pass, data, size, about.count));
    struct group group = {true, begin_ms, pass->merged.count, 0};
    TW_TRY(tw_points_merge(pass->unpacked.items, pass->unpacked.count, s->points + within,
                           s->left - within, &pass->merged));
    group.end = pass->merged.count;
    s->left = within;
    return add_group(s, &group);
}

static bool place(void *user, int32_t series, int64_t begin_ms, const uint8_t *data, size_t size)
{
    struct sealing *s = user;
    (void)series;
    s->status = place_around(s, begin_ms, data, size);
    return s->status == TW_OK && s->left > 0;
}

/* Write points as as many chunks of equal length as are needed; one ends only where a new time
 * begins. */
static tw_status write_chunks(struct tw_store *store, int32_t series,
                              const struct tw_chunk_point *points, size_t count)
{
    size_t pieces = (count + CHUNK_FULL - 1) / CHUNK_FULL;
    size_t length = pieces == 0 ? 1 : (count + pieces - 1) / pieces;
    for (size_t begin = 0; begin < count;) {
        size_t end = begin + length < count ? begin + length : count;
        while (end < count && points[end].time_ms == points[end - 1].time_ms)
            end++;
        const uint8_t *data = NULL;
        size_t size = 0;
        TW_TRY(tw_chunk_pack(&store->pass.coder, points + begin, end - begin, &data, &size));
        TW_TRY(store->ops->chunk_put(store->writer, series, points[begin].time_ms, data, size));
        begin = end;
    }
    return TW_OK;
}

static tw_status write_groups(struct sealing *s)
{
    struct tw_store *store = s->store;
    for (size_t i = 0; i < s->count; i++) {
        const struct group *g = &s->groups[i];
        const struct tw_chunk_point *points = store->pass.merged.items + g->begin;
        if (g->replaces && g->old_begin_ms != points[0].time_ms) {
            TW_TRY(store->ops->chunk_remove(store->writer, s->series, g->old_begin_ms));
        }
        TW_TRY(write_chunks(store, s->series, points, g->end - g->begin));
    }
    return TW_OK;
}

static bool get_mark(void *user, const struct tw_mark *mark)
{
    *(struct tw_mark *)user = *mark;
    return false;
}

/* Points of one series and month, inside the month's transaction. */
static tw_status seal_points(struct tw_store *store, int32_t series, int32_t month,
                             const struct tw_chunk_point *points, size_t count)
{
    struct sealing s = {.store = store, .series = series, .points = points, .left = count};
    struct tw_mark mark = {.last = {.time_ms = TW_STORE_NEVER}};
    store->pass.merged.count = 0;
    tw_status status =
        store->ops->chunks_read(store->writer, month, series, points[count - 1].time_ms, place, &s);
    if (status == TW_OK) status = s.status;
    if (status == TW_OK) status = place_alone(&s, 0);
    if (status == TW_OK) status = write_groups(&s);
    free(s.groups);
    TW_TRY(status);
    TW_TRY(store->ops->marks_read(store->writer, month, series, get_mark, &mark));
    if (tw_point_compare(&points[count - 1], &mark.last) >= 0) mark.last = points[count - 1];
    mark.series = series;
    mark.seq = store->seq;
    return store->ops->mark_put(store->writer, &mark);
}

/* ---- passes ---- */

/* The first month among what waits of these series; INT32_MAX when nothing does. */
static int32_t month_waiting(const struct tw_store *store, int32_t from, int32_t to, int32_t after)
{
    int32_t month = INT32_MAX;
    int64_t after_ms = after == INT32_MIN ? INT64_MIN : tw_month_begin_ms(after + 1);
    int64_t first_ms = INT64_MAX;
    for (int32_t i = from; i < to; i++) {
        const struct tw_store_series *series = &store->series[i];
        for (uint32_t k = 0; k < series->count; k++) {
            int64_t time_ms = series->points[k].time_ms;
            if (time_ms >= after_ms && time_ms < first_ms) first_ms = time_ms;
        }
    }
    if (first_ms < INT64_MAX) month = tw_month_of(first_ms);
    return month;
}

/* What waits of some series in one month, in one transaction. */
static tw_status seal_month(struct tw_store *store, int32_t from, int32_t to, int32_t month)
{
    struct tw_store_pass *pass = &store->pass;
    int64_t begin_ms = tw_month_begin_ms(month);
    int64_t end_ms = tw_month_begin_ms(month + 1);
    tw_status status = store->ops->month_begin(store->writer, month);
    for (int32_t i = from; i < to && status == TW_OK; i++) {
        if (store->series[i].count == 0) continue;
        status = tw_store_waiting_copy(store, i, &pass->pending);
        size_t first = 0;
        while (first < pass->pending.count && pass->pending.items[first].time_ms < begin_ms)
            first++;
        size_t end = first;
        while (end < pass->pending.count && pass->pending.items[end].time_ms < end_ms)
            end++;
        if (status != TW_OK || end == first) continue;
        status = seal_points(store, i, month, pass->pending.items + first, end - first);
    }
    if (status == TW_OK) status = store->ops->month_commit(store->writer, month);
    if (status != TW_OK) store->ops->month_rollback(store->writer, month);
    return status;
}

/* What is in chunks now waits no more. */
static void forget_sealed(struct tw_store *store, int32_t from, int32_t to)
{
    int64_t sealed = 0;
    (void)pthread_rwlock_wrlock(&store->heads_lock);
    for (int32_t i = from; i < to; i++) {
        struct tw_store_series *series = &store->series[i];
        sealed += series->count;
        if (series->capacity > 4 * series->count) { /* it grew for a burst */
            free(series->points);
            series->points = NULL;
            series->capacity = 0;
        }
        series->count = 0;
        series->ordered = true;
    }
    (void)pthread_rwlock_unlock(&store->heads_lock);
    (void)pthread_mutex_lock(&store->queue_mutex);
    store->waiting_samples -= sealed;
    (void)pthread_mutex_unlock(&store->queue_mutex);
}

static tw_status seal_range(struct tw_store *store, int32_t from, int32_t to)
{
    int32_t month = month_waiting(store, from, to, INT32_MIN);
    for (; month != INT32_MAX; month = month_waiting(store, from, to, month)) {
        TW_TRY(seal_month(store, from, to, month));
        if (month > store->last_month) {
            store->last_month = month;
            store->pass.month_begun = true;
        }
    }
    forget_sealed(store, from, to);
    return TW_OK;
}

static bool pass_is_due(struct tw_store *store, int64_t now_ms)
{
    const tw_store_options *o = &store->options;
    (void)pthread_mutex_lock(&store->queue_mutex);
    bool due = store->waiting_samples >= o->seal_samples || store->log_bytes >= o->seal_bytes ||
               (store->waiting_samples > 0 && now_ms - store->pass.ended_ms >= o->seal_ms);
    (void)pthread_mutex_unlock(&store->queue_mutex);
    return due;
}

static void pass_begin(struct tw_store *store)
{
    store->pass.active = true;
    store->pass.next = 1;
    store->pass.up_to = store->seq;
    store->pass.row_bytes = 0;
}

/* A row stays, if need be an empty one: it knows the log's number and the count of samples. */
static tw_status log_cut(struct tw_store *store)
{
    const struct tw_backend_ops *ops = store->ops;
    bool whole = store->pass.up_to == store->seq;
    tw_status status = ops->begin(store->writer);
    if (status == TW_OK && whole) {
        status = ops->log_add(store->writer, store->seq + 1, store->sample_count,
                              (const uint8_t *)"", 0);
    }
    if (status == TW_OK) status = ops->log_remove(store->writer, store->pass.up_to);
    if (status == TW_OK) status = ops->commit(store->writer);
    if (status != TW_OK) ops->rollback(store->writer);
    if (status == TW_OK && whole) store->seq++;
    if (status == TW_OK && whole) ops->log_shrink(store->writer);
    return status;
}

static tw_status pass_end(struct tw_store *store)
{
    struct tw_store_pass *pass = &store->pass;
    TW_TRY(log_cut(store));
    pass->active = false;
    pass->ended_ms = tw_clock_steady_ms();
    (void)pthread_mutex_lock(&store->queue_mutex);
    store->log_bytes = pass->row_bytes;
    (void)pthread_mutex_unlock(&store->queue_mutex);
    if (!pass->month_begun || store->options.months <= 0) return TW_OK;
    TW_TRY(tw_store_months_drop(store, store->last_month - store->options.months + 1));
    pass->month_begun = false;
    return TW_OK;
}

/* The next series that have something, up to `most`; then perhaps the end of the pass. */
static tw_status pass_go_on(struct tw_store *store, int32_t most)
{
    struct tw_store_pass *pass = &store->pass;
    int32_t from = pass->next;
    int32_t to = from;
    for (int32_t n = 0; to < store->series_limit && n < most; to++)
        n += store->series[to].count > 0;
    TW_TRY(seal_range(store, from, to));
    pass->next = to;
    return to < store->series_limit ? TW_OK : pass_end(store);
}

static void seal_state_set(struct tw_store *store, tw_status status)
{
    const char *why = status == TW_OK         ? "ok"
                      : status == TW_ERR_FILE ? store->ops->error(store->writer)
                                              : tw_status_text(status);
    (void)pthread_mutex_lock(&store->queue_mutex);
    (void)snprintf(store->seal_state, sizeof store->seal_state, "%s", why);
    (void)pthread_mutex_unlock(&store->queue_mutex);
}

bool tw_store_seal_some(struct tw_store *store)
{
    struct tw_store_pass *pass = &store->pass;
    int64_t now_ms = tw_clock_steady_ms();
    if (now_ms < pass->retry_ms) return false;
    if (!pass->active) {
        if (!pass_is_due(store, now_ms)) return false;
        pass_begin(store);
    }
    (void)pthread_mutex_lock(&store->queue_mutex);
    bool haste = store->waiting_samples > store->options.seal_samples * 5 / 4;
    (void)pthread_mutex_unlock(&store->queue_mutex);
    tw_status status = pass_go_on(store, haste ? SERIES_IN_HASTE : SERIES_AT_ONCE);
    seal_state_set(store, status);
    if (status != TW_OK) pass->retry_ms = now_ms + RETRY_MS;
    return status == TW_OK && pass->active;
}

tw_status tw_store_seal_all(struct tw_store *store)
{
    pass_begin(store);
    tw_status status = TW_OK;
    while (status == TW_OK && store->pass.active)
        status = pass_go_on(store, SERIES_IN_HASTE);
    seal_state_set(store, status);
    return status;
}

/* ---- removing ---- */

tw_status tw_store_months_drop(struct tw_store *store, int32_t before)
{
    struct tw_months r = {0};
    tw_status status = tw_months_collect(store->writer, &r);
    for (size_t i = 0; i < r.count && status == TW_OK; i++) {
        if (r.months[i] < before) status = store->ops->month_drop(store->writer, r.months[i]);
    }
    free(r.months);
    (void)pthread_mutex_lock(&store->readers_mutex);
    store->months_removed++;
    (void)pthread_mutex_unlock(&store->readers_mutex);
    return status;
}

struct key {
    int32_t series;
    int64_t begin_ms;
};

struct clearing {
    struct tw_store *store;
    int32_t source;
    struct key *keys; /* of chunks with points of the source */
    size_t count, room;
    struct tw_chunk_point last; /* of the newest chunk that was visited */
    tw_status status;
};

static tw_status clearing_unpack(struct clearing *c, const uint8_t *data, size_t size)
{
    struct tw_chunk_summary about;
    TW_TRY(tw_chunk_summary_read(data, size, &about));
    return unpack(&c->store->pass, data, size, about.count);
}

static bool find_source(void *user, int32_t series, int64_t begin_ms, const uint8_t *data,
                        size_t size)
{
    struct clearing *c = user;
    const struct tw_points *points = &c->store->pass.unpacked;
    c->status = clearing_unpack(c, data, size);
    if (c->status != TW_OK) return false;
    size_t i = 0;
    while (i < points->count && points->items[i].source != c->source)
        i++;
    if (i == points->count) return true;
    if (c->count == c->room) {
        size_t room = c->room == 0 ? 256 : 2 * c->room;
        struct key *keys = realloc(c->keys, room * sizeof *keys);
        if (keys == NULL) c->status = TW_ERR_NOMEM;
        if (keys == NULL) return false;
        c->keys = keys;
        c->room = room;
    }
    c->keys[c->count++] = (struct key){series, begin_ms};
    return true;
}

/* The newest chunk at or before a time. */
static bool take_newest(void *user, int32_t series, int64_t begin_ms, const uint8_t *data,
                        size_t size)
{
    struct clearing *c = user;
    (void)series;
    (void)begin_ms;
    c->status = clearing_unpack(c, data, size);
    if (c->status == TW_OK)
        c->last = c->store->pass.unpacked.items[c->store->pass.unpacked.count - 1];
    return false;
}

static tw_status clear_chunk(struct clearing *c, int32_t month, struct key key)
{
    struct tw_store *store = c->store;
    struct tw_points *points = &store->pass.unpacked;
    size_t kept = 0;
    TW_TRY(store->ops->chunks_read(store->writer, month, key.series, key.begin_ms, take_newest, c));
    TW_TRY(c->status);
    for (size_t i = 0; i < points->count; i++) {
        if (points->items[i].source != c->source) points->items[kept++] = points->items[i];
    }
    if (kept == 0 || points->items[0].time_ms != key.begin_ms) {
        TW_TRY(store->ops->chunk_remove(store->writer, key.series, key.begin_ms));
    }
    return kept == 0 ? TW_OK : write_chunks(store, key.series, points->items, kept);
}

/* The mark of a series whose chunks have changed. */
static tw_status mark_again(struct clearing *c, int32_t month, int32_t series)
{
    struct tw_store *store = c->store;
    struct tw_mark mark = {.series = series};
    TW_TRY(store->ops->marks_read(store->writer, month, series, get_mark, &mark));
    c->last = (struct tw_chunk_point){.time_ms = TW_STORE_NEVER};
    TW_TRY(store->ops->chunks_read(store->writer, month, series, tw_month_begin_ms(month + 1) - 1,
                                   take_newest, c));
    TW_TRY(c->status);
    mark.last = c->last;
    return store->ops->mark_put(store->writer, &mark);
}

static tw_status clear_month(struct clearing *c, int32_t month)
{
    struct tw_store *store = c->store;
    c->count = 0;
    TW_TRY(store->ops->chunks_read(store->writer, month, -1, 0, find_source, c));
    TW_TRY(c->status);
    if (c->count == 0) return TW_OK;
    tw_status status = store->ops->month_begin(store->writer, month);
    for (size_t i = 0; i < c->count && status == TW_OK; i++) {
        status = clear_chunk(c, month, c->keys[i]);
        bool last = i + 1 == c->count || c->keys[i + 1].series != c->keys[i].series;
        if (status == TW_OK && last) status = mark_again(c, month, c->keys[i].series);
    }
    if (status == TW_OK) status = store->ops->month_commit(store->writer, month);
    if (status != TW_OK) store->ops->month_rollback(store->writer, month);
    return status;
}

tw_status tw_store_chunks_clear(struct tw_store *store, int32_t source)
{
    struct tw_months r = {0};
    struct clearing c = {.store = store, .source = source};
    tw_status status = tw_months_collect(store->writer, &r);
    for (size_t i = 0; i < r.count && status == TW_OK; i++)
        status = clear_month(&c, r.months[i]);
    free(r.months);
    free(c.keys);
    return status;
}
