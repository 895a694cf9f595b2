/* What is in memory of each series: its last value and what is not sealed yet. The log has the same
 * on disk; a start reads it from there. */
#include "store/month.h"
#include "store/store_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

tw_status tw_store_series_grow(struct tw_store *store, int32_t series)
{
    if (series < store->series_limit) return TW_OK;
    int32_t limit = store->series_limit * 2 > series ? store->series_limit * 2 : series + 64;
    struct tw_store_series *all = realloc(store->series, (size_t)limit * sizeof *all);
    if (all == NULL) return TW_ERR_NOMEM;
    for (int32_t i = store->series_limit; i < limit; i++) {
        all[i] = (struct tw_store_series){.head = {.time_ms = TW_STORE_NEVER}, .ordered = true};
    }
    store->series = all;
    store->series_limit = limit;
    return TW_OK;
}

static tw_status make_room(struct tw_store_series *series)
{
    uint32_t needed = series->count + series->reserved + 1;
    if (needed <= series->capacity) return TW_OK;
    uint32_t capacity = series->capacity + series->capacity / 2;
    if (capacity < needed) capacity = needed;
    if (capacity < 8) capacity = 8;
    struct tw_chunk_point *points = realloc(series->points, capacity * sizeof *points);
    if (points == NULL) return TW_ERR_NOMEM;
    series->points = points;
    series->capacity = capacity;
    return TW_OK;
}

tw_status tw_store_samples_reserve(struct tw_store *store, const struct tw_store_job *job)
{
    tw_status status = TW_OK;
    size_t i = 0;
    (void)pthread_rwlock_wrlock(&store->heads_lock);
    for (; i < job->count && status == TW_OK; i++) {
        struct tw_store_series *series = &store->series[job->samples[i].series];
        status = make_room(series);
        if (status == TW_OK) series->reserved++;
    }
    for (; status != TW_OK && i > 1; i--)
        store->series[job->samples[i - 2].series].reserved--;
    (void)pthread_rwlock_unlock(&store->heads_lock);
    return status;
}

void tw_store_samples_release(struct tw_store *store, const struct tw_store_job *job)
{
    for (size_t i = 0; i < job->count; i++)
        store->series[job->samples[i].series].reserved = 0;
}

/* One more point that waits, and the last value. */
static void take(struct tw_store_series *series, const struct tw_store_sample *s, int32_t source)
{
    struct tw_chunk_point *point = &series->points[series->count];
    *point = (struct tw_chunk_point){s->time_ms, s->value, s->quality, source};
    if (series->count > 0 && tw_point_compare(point - 1, point) >= 0) series->ordered = false;
    series->count++;
    series->reserved = 0;
    if (s->time_ms < series->head.time_ms) return;
    series->head = (struct tw_store_head){s->time_ms, s->value, s->quality, source};
}

void tw_store_samples_take(struct tw_store *store, const struct tw_store_job *job)
{
    (void)pthread_rwlock_wrlock(&store->heads_lock);
    store->sample_count += (int64_t)job->count;
    for (size_t i = 0; i < job->count; i++)
        take(&store->series[job->samples[i].series], &job->samples[i], job->source_id);
    (void)pthread_rwlock_unlock(&store->heads_lock);
}

void tw_store_samples_forget(struct tw_store *store, int32_t source)
{
    int64_t removed = 0;
    (void)pthread_rwlock_wrlock(&store->heads_lock);
    for (int32_t i = 0; i < store->series_limit; i++) {
        struct tw_store_series *series = &store->series[i];
        uint32_t kept = 0;
        for (uint32_t k = 0; k < series->count; k++) {
            if (series->points[k].source != source) series->points[kept++] = series->points[k];
        }
        removed += series->count - kept;
        series->count = kept;
    }
    (void)pthread_rwlock_unlock(&store->heads_lock);
    (void)pthread_mutex_lock(&store->queue_mutex);
    store->waiting_samples -= removed;
    (void)pthread_mutex_unlock(&store->queue_mutex);
}

tw_status tw_store_waiting_copy(struct tw_store *store, int32_t series, struct tw_points *out)
{
    tw_status status = TW_OK;
    bool ordered = true;
    out->count = 0;
    (void)pthread_rwlock_rdlock(&store->heads_lock);
    if (series > 0 && series < store->series_limit && store->series[series].count > 0) {
        const struct tw_store_series *from = &store->series[series];
        status = tw_points_reserve(out, from->count);
        if (status == TW_OK) {
            memcpy(out->items, from->points, from->count * sizeof *out->items);
            out->count = from->count;
            ordered = from->ordered;
        }
    }
    (void)pthread_rwlock_unlock(&store->heads_lock);
    return status == TW_OK && !ordered ? tw_points_order(out) : status;
}

/* ---- loading ---- */

enum { MONTHS_AT_ONCE = 16 };

/* How far each series is sealed in a month. */
struct month_seqs {
    int32_t month;
    int64_t *seq; /* [series_limit] */
};

struct loading {
    struct tw_store *store;
    struct tw_store_names *names; /* while they are loaded */
    struct month_seqs months[MONTHS_AT_ONCE], *now;
    int next_month; /* whose place is taken next */
    int64_t now_seq;
    tw_status status;
};

static bool load_name(void *user, const struct tw_cell *cells)
{
    struct loading *l = user;
    int32_t id = 0;
    l->status = tw_store_names_add(l->names, cells[1].text, (int32_t)cells[0].whole, &id);
    if (l->status == TW_OK) l->names->kept[id] = TW_KEPT;
    return l->status == TW_OK;
}

static tw_status load_names(struct tw_store *store, enum tw_table table,
                            struct tw_store_names *names)
{
    struct loading l = {.store = store, .names = names};
    struct tw_rows all = {.table = table, .column = -1, .limit = INT64_MAX};
    TW_TRY(store->ops->rows_read(store->writer, &all, load_name, &l));
    return l.status;
}

static bool load_mark(void *user, const struct tw_mark *mark)
{
    struct tw_store *store = user;
    /* In a copy made while the store was in use chunks may know more than the log. */
    if (mark->seq > store->seq) store->seq = mark->seq;
    if (mark->series <= 0 || mark->series >= store->series_limit) return true;
    struct tw_store_head *head = &store->series[mark->series].head;
    if (mark->last.time_ms != TW_STORE_NEVER && mark->last.time_ms >= head->time_ms) {
        *head = (struct tw_store_head){mark->last.time_ms, mark->last.value, mark->last.quality,
                                       mark->last.source};
    }
    return true;
}

static bool load_month(void *user, int32_t month)
{
    struct loading *l = user;
    struct tw_store *store = l->store;
    l->status = store->ops->marks_read(store->writer, month, -1, load_mark, store);
    if (month > store->last_month) store->last_month = month;
    return l->status == TW_OK;
}

tw_status tw_store_heads_reload(struct tw_store *store)
{
    struct loading l = {.store = store};
    (void)pthread_rwlock_wrlock(&store->heads_lock);
    for (int32_t i = 0; i < store->series_limit; i++)
        store->series[i].head.time_ms = TW_STORE_NEVER;
    tw_status status = store->ops->months_read(store->writer, load_month, &l);
    for (int32_t i = 0; i < store->series_limit; i++) {
        struct tw_store_series *series = &store->series[i];
        for (uint32_t k = 0; k < series->count; k++) {
            const struct tw_chunk_point *p = &series->points[k];
            if (p->time_ms < series->head.time_ms) continue;
            series->head = (struct tw_store_head){p->time_ms, p->value, p->quality, p->source};
        }
    }
    (void)pthread_rwlock_unlock(&store->heads_lock);
    return status == TW_OK ? l.status : status;
}

static bool load_seq(void *user, const struct tw_mark *mark)
{
    struct loading *l = user;
    if (mark->series > 0 && mark->series < l->store->series_limit) {
        l->now->seq[mark->series] = mark->seq;
    }
    return true;
}

/* Find how far the series are sealed in a month; few months are in the log. */
static tw_status seqs_of(struct loading *l, int32_t month)
{
    if (l->now != NULL && l->now->month == month) return TW_OK;
    for (int i = 0; i < MONTHS_AT_ONCE; i++) {
        l->now = &l->months[i];
        if (l->now->seq != NULL && l->now->month == month) return TW_OK;
    }
    l->now = &l->months[l->next_month];
    l->next_month = (l->next_month + 1) % MONTHS_AT_ONCE;
    free(l->now->seq);
    l->now->seq = calloc((size_t)l->store->series_limit, sizeof *l->now->seq);
    if (l->now->seq == NULL) return TW_ERR_NOMEM;
    l->now->month = month;
    return l->store->ops->marks_read(l->store->writer, month, -1, load_seq, l);
}

static tw_status load_sample(void *user, int32_t source, const struct tw_store_sample *sample)
{
    struct loading *l = user;
    struct tw_store *store = l->store;
    if (sample->series <= 0 || sample->series >= store->series_limit) return TW_ERR_FORMAT;
    TW_TRY(seqs_of(l, tw_month_of(sample->time_ms)));
    if (l->now_seq <= l->now->seq[sample->series]) return TW_OK; /* it is in a chunk */
    TW_TRY(make_room(&store->series[sample->series]));
    take(&store->series[sample->series], sample, source);
    return TW_OK;
}

static tw_status load_clear(void *user, int32_t source)
{
    struct loading *l = user;
    tw_store_samples_forget(l->store, source);
    return TW_OK;
}

static bool load_row(void *user, int64_t seq, int64_t total, const uint8_t *data, size_t size)
{
    struct loading *l = user;
    l->now_seq = seq;
    if (seq > l->store->seq) l->store->seq = seq;
    l->store->sample_count = total;
    l->store->log_bytes += (int64_t)size;
    l->status = tw_log_row_read(data, size, load_sample, load_clear, l);
    return l->status == TW_OK;
}

static tw_status load_log(struct tw_store *store, char *why, size_t why_size)
{
    struct loading l = {.store = store};
    tw_status status = store->ops->log_read(store->writer, load_row, &l);
    for (int i = 0; i < MONTHS_AT_ONCE; i++)
        free(l.months[i].seq);
    int64_t waiting = 0;
    for (int32_t i = 0; i < store->series_limit; i++)
        waiting += store->series[i].count;
    store->waiting_samples = waiting;
    if (status != TW_OK || l.status != TW_ERR_FORMAT) return status == TW_OK ? l.status : status;
    (void)snprintf(why, why_size,
                   "row %lld of its log is damaged; thalweg store check says how far it is sound",
                   (long long)l.now_seq);
    return TW_ERR_FORMAT;
}

static bool load_id(void *user, const struct tw_cell *cells)
{
    int64_t *next = user;
    *next = cells[0].whole + 1;
    return false;
}

static tw_status load_next_id(struct tw_store *store, enum tw_table table, int64_t *out_next)
{
    struct tw_rows newest = {.table = table, .column = -1, .newest_first = true, .limit = 1};
    *out_next = 1;
    return store->ops->rows_read(store->writer, &newest, load_id, out_next);
}

tw_status tw_store_memory_load(struct tw_store *store, char *why, size_t why_size)
{
    tw_status status = load_names(store, TW_TABLE_SERIES, &store->series_names);
    if (status == TW_OK) status = load_names(store, TW_TABLE_SOURCE, &store->source_names);
    if (status == TW_OK) status = tw_store_series_grow(store, store->series_names.limit);
    if (status == TW_OK) status = tw_store_heads_reload(store);
    if (status == TW_OK) status = load_next_id(store, TW_TABLE_AUDIT, &store->next_audit);
    if (status == TW_OK) status = load_next_id(store, TW_TABLE_FORECAST, &store->next_forecast);
    if (status == TW_OK) status = load_next_id(store, TW_TABLE_JOURNAL, &store->next_entry);
    if (status == TW_OK) status = load_next_id(store, TW_TABLE_RECORD, &store->next_record);
    if (status == TW_OK) status = load_log(store, why, why_size);
    if (status == TW_ERR_FILE) {
        (void)snprintf(why, why_size, "%s", store->ops->error(store->writer));
    }
    return status;
}

void tw_store_memory_done(struct tw_store *store)
{
    for (int32_t i = 0; i < store->series_limit; i++)
        free(store->series[i].points);
    free(store->series);
    tw_store_names_done(&store->series_names);
    tw_store_names_done(&store->source_names);
}

/* ---- asking ---- */

struct tw_store_head tw_store_head_get(struct tw_store *store, int32_t series)
{
    struct tw_store_head head = {.time_ms = TW_STORE_NEVER};
    (void)pthread_rwlock_rdlock(&store->heads_lock);
    if (series >= 0 && series < store->series_limit) head = store->series[series].head;
    (void)pthread_rwlock_unlock(&store->heads_lock);
    return head;
}

const char *tw_store_source_name(struct tw_store *store, int32_t source)
{
    (void)pthread_rwlock_rdlock(&store->heads_lock);
    const char *name = tw_store_names_get(&store->source_names, source);
    (void)pthread_rwlock_unlock(&store->heads_lock);
    return name == NULL ? "" : name;
}

int64_t tw_store_sample_count(struct tw_store *store)
{
    (void)pthread_rwlock_rdlock(&store->heads_lock);
    int64_t count = store->sample_count;
    (void)pthread_rwlock_unlock(&store->heads_lock);
    return count;
}
