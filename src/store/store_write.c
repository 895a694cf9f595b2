/* What is written: each kind of job, queued by callers, done by the writing thread. */
#include "store/month.h"
#include "store/store_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SOURCES_MOST = 60000 }; /* a chunk can hold a point of each at one time */

static struct tw_cell whole_cell(int64_t value)
{
    return (struct tw_cell){.kind = 'i', .whole = value};
}

static struct tw_cell text_cell(const char *text)
{
    return (struct tw_cell){.kind = 't', .text = text == NULL ? "" : text};
}

static struct tw_cell time_cell(int64_t time_ms)
{
    return (struct tw_cell){.kind = time_ms == TW_STORE_NEVER ? 0 : 'i', .whole = time_ms};
}

/* The id of a name, made and written when it is new. */
static tw_status name_id(struct tw_store *store, enum tw_table table, struct tw_store_names *names,
                         const char *name, int32_t *out_id)
{
    int32_t id = tw_store_names_find(names, name);
    if (id == 0) {
        (void)pthread_rwlock_wrlock(&store->heads_lock);
        tw_status status = tw_store_names_add(names, name, 0, &id);
        (void)pthread_rwlock_unlock(&store->heads_lock);
        TW_TRY(status);
    }
    if (names->kept[id] == TW_KEPT_NOT) {
        const struct tw_cell cells[] = {whole_cell(id), text_cell(name)};
        TW_TRY(store->ops->row_put(store->writer, table, cells));
        tw_store_names_written(names, id);
    }
    *out_id = id;
    return TW_OK;
}

/* A job with room for `extra` bytes after it. */
static struct tw_store_job *job_new(tw_store_job_run *run, enum tw_store_class class, size_t extra)
{
    struct tw_store_job *job = malloc(sizeof *job + extra);
    if (job == NULL) return NULL;
    memset(job, 0, sizeof *job);
    job->run = run;
    job->class = class;
    job->bytes = sizeof *job + extra;
    return job;
}

static tw_status write_samples(struct tw_store *store, struct tw_store_job *job)
{
    struct tw_store_names *sources = &store->source_names;
    if (sources->limit > SOURCES_MOST && tw_store_names_find(sources, job->source) == 0) {
        return TW_ERR_FULL;
    }
    TW_TRY(name_id(store, TW_TABLE_SOURCE, sources, job->source, &job->source_id));
    size_t before = store->row.size;
    TW_TRY(tw_log_row_samples(&store->row, job->source_id, job->received_ms, job->samples,
                              job->count));
    tw_status status = tw_store_samples_reserve(store, job);
    if (status != TW_OK) store->row.size = before;
    return status;
}

/* History can wait: it is not what people act on now. */
static enum tw_store_class class_of(const struct tw_store_sample *samples, size_t count,
                                    int64_t received_ms)
{
    for (size_t i = 0; i < count; i++) {
        if (samples[i].time_ms >= received_ms - TW_STORE_HISTORY_MS) return TW_CLASS_LIVE;
    }
    return count > 0 ? TW_CLASS_HISTORY : TW_CLASS_LIVE;
}

static bool can_be_kept(struct tw_store *store, const struct tw_store_sample *samples, size_t count)
{
    const int64_t first_ms = tw_month_begin_ms(TW_MONTH_FIRST);
    const int64_t end_ms = tw_month_begin_ms(TW_MONTH_LAST + 1);
    (void)pthread_rwlock_rdlock(&store->heads_lock);
    int32_t limit = store->series_names.limit;
    if (limit > store->series_limit) limit = store->series_limit;
    (void)pthread_rwlock_unlock(&store->heads_lock);
    for (size_t i = 0; i < count; i++) {
        const struct tw_store_sample *s = &samples[i];
        if (s->series <= 0 || s->series >= limit) return false;
        if (s->time_ms < first_ms || s->time_ms >= end_ms) return false;
    }
    return true;
}

tw_status tw_store_samples_add(struct tw_store *store, const char *source, int64_t received_ms,
                               const struct tw_store_sample *samples, size_t count,
                               tw_store_done *done, void *user)
{
    if (!can_be_kept(store, samples, count)) return TW_ERR_ARG;
    struct tw_store_job *job =
        job_new(write_samples, class_of(samples, count, received_ms), count * sizeof *samples);
    if (job == NULL) return TW_ERR_NOMEM;
    job->done = done;
    job->user = user;
    job->received_ms = received_ms;
    job->count = count;
    job->samples = (struct tw_store_sample *)(job + 1);
    if (count > 0) memcpy(job->samples, samples, count * sizeof *samples);
    (void)snprintf(job->source, sizeof job->source, "%s", source);
    return tw_store_job_queue(store, job);
}

static tw_status write_series(struct tw_store *store, struct tw_store_job *job)
{
    tw_status status = TW_OK;
    for (size_t i = 0; i < job->count && status == TW_OK; i++) {
        status =
            name_id(store, TW_TABLE_SERIES, &store->series_names, job->names[i], &job->out_ids[i]);
    }
    (void)pthread_rwlock_wrlock(&store->heads_lock);
    if (status == TW_OK) status = tw_store_series_grow(store, store->series_names.limit);
    (void)pthread_rwlock_unlock(&store->heads_lock);
    return status;
}

tw_status tw_store_series_register(struct tw_store *store, const char *const *names, int32_t count,
                                   int32_t *out_series)
{
    struct tw_store_job *job = job_new(write_series, TW_CLASS_URGENT, 0);
    if (job == NULL) return TW_ERR_NOMEM;
    job->names = names;
    job->out_ids = out_series;
    job->count = (size_t)count;
    return tw_store_job_wait(store, job);
}

static tw_status write_warning(struct tw_store *store, struct tw_store_job *job)
{
    const struct tw_store_warning *w = &job->warning;
    const struct tw_cell cells[] = {whole_cell(w->id),
                                    whole_cell(w->session),
                                    text_cell(w->point),
                                    whole_cell(w->rank),
                                    whole_cell(w->state),
                                    {.kind = 'r', .real = w->depth_m},
                                    time_cell(w->expected_ms),
                                    whole_cell(w->issued_ms),
                                    whole_cell(w->updated_ms),
                                    time_cell(w->reached_ms),
                                    time_cell(w->ended_ms),
                                    whole_cell(w->simulated),
                                    text_cell(w->acknowledged_by),
                                    time_cell(w->acknowledged_ms)};
    return store->ops->row_put(store->writer, TW_TABLE_WARNING, cells);
}

tw_status tw_store_warning_put(struct tw_store *store, const struct tw_store_warning *warning)
{
    struct tw_store_job *job = job_new(write_warning, TW_CLASS_URGENT, 0);
    if (job == NULL) return TW_ERR_NOMEM;
    job->warning = *warning;
    return tw_store_job_queue(store, job);
}

static tw_status write_audit(struct tw_store *store, struct tw_store_job *job)
{
    const struct tw_store_audit *a = &job->audit;
    const struct tw_cell cells[] = {whole_cell(store->next_audit++),
                                    whole_cell(a->time_ms),
                                    text_cell(a->who),
                                    text_cell(a->peer),
                                    text_cell(a->method),
                                    text_cell(a->path),
                                    whole_cell(a->status),
                                    text_cell(a->detail)};
    return store->ops->row_put(store->writer, TW_TABLE_AUDIT, cells);
}

tw_status tw_store_audit_add(struct tw_store *store, const struct tw_store_audit *audit)
{
    const char *const from[5] = {audit->who, audit->peer, audit->method, audit->path,
                                 audit->detail};
    size_t sizes[5];
    size_t total = 0;
    for (int i = 0; i < 5; i++) {
        sizes[i] = from[i] == NULL ? 1 : strlen(from[i]) + 1;
        total += sizes[i];
    }
    struct tw_store_job *job = job_new(write_audit, TW_CLASS_URGENT, total);
    if (job == NULL) return TW_ERR_NOMEM;
    const char **const to[5] = {&job->audit.who, &job->audit.peer, &job->audit.method,
                                &job->audit.path, &job->audit.detail};
    char *at = (char *)(job + 1);
    for (int i = 0; i < 5; i++) {
        memcpy(at, from[i] == NULL ? "" : from[i], sizes[i]);
        *to[i] = at;
        at += sizes[i];
    }
    job->audit.time_ms = audit->time_ms;
    job->audit.status = audit->status;
    return tw_store_job_queue(store, job);
}

static tw_status write_forecast(struct tw_store *store, struct tw_store_job *job)
{
    const struct tw_cell cells[] = {whole_cell(store->next_forecast++), whole_cell(job->session),
                                    whole_cell(job->time_ms), whole_cell(job->number),
                                    text_cell(job->text)};
    return store->ops->row_put(store->writer, TW_TABLE_FORECAST, cells);
}

tw_status tw_store_forecast_add(struct tw_store *store, int64_t session, int64_t issued_ms,
                                int32_t took_ms, const char *summary)
{
    size_t size = strlen(summary) + 1;
    struct tw_store_job *job = job_new(write_forecast, TW_CLASS_URGENT, size);
    if (job == NULL) return TW_ERR_NOMEM;
    job->session = session;
    job->time_ms = issued_ms;
    job->number = took_ms;
    job->text = (char *)(job + 1);
    memcpy(job->text, summary, size);
    return tw_store_job_queue(store, job);
}

/* Chunks first: when the program ends in between, the log still has the others, and whoever asked
 * asks again. */
static tw_status write_source_clear(struct tw_store *store, struct tw_store_job *job)
{
    job->source_id = tw_store_names_find(&store->source_names, job->source);
    if (job->source_id == 0) return TW_OK;
    TW_TRY(tw_store_chunks_clear(store, job->source_id));
    return tw_log_row_clear(&store->row, job->source_id);
}

static tw_status forget_source(struct tw_store *store, struct tw_store_job *job)
{
    if (job->source_id == 0) return TW_OK;
    tw_store_samples_forget(store, job->source_id);
    return tw_store_heads_reload(store);
}

tw_status tw_store_source_clear(struct tw_store *store, const char *source)
{
    struct tw_store_job *job = job_new(write_source_clear, TW_CLASS_HISTORY, 0);
    if (job == NULL) return TW_ERR_NOMEM;
    (void)snprintf(job->source, sizeof job->source, "%s", source);
    job->after = forget_source;
    return tw_store_job_wait(store, job);
}

static tw_status write_meta(struct tw_store *store, struct tw_store_job *job)
{
    const struct tw_cell cells[] = {text_cell(job->source), whole_cell(job->number)};
    return store->ops->row_put(store->writer, TW_TABLE_META, cells);
}

tw_status tw_store_meta_set(struct tw_store *store, const char *key, int64_t value)
{
    struct tw_store_job *job = job_new(write_meta, TW_CLASS_URGENT, 0);
    if (job == NULL) return TW_ERR_NOMEM;
    (void)snprintf(job->source, sizeof job->source, "%s", key);
    job->number = value;
    return tw_store_job_wait(store, job);
}

static tw_status write_nothing(struct tw_store *store, struct tw_store_job *job)
{
    (void)store;
    (void)job;
    return TW_OK;
}

/* A job that waits for all before it and does its work after their commit. */
static tw_status wait_for(struct tw_store *store, tw_store_job_run *after, int64_t number)
{
    struct tw_store_job *job = job_new(write_nothing, TW_CLASS_HISTORY, 0);
    if (job == NULL) return TW_ERR_NOMEM;
    job->after = after;
    job->number = number;
    return tw_store_job_wait(store, job);
}

tw_status tw_store_flush(struct tw_store *store) { return wait_for(store, write_nothing, 0); }

static tw_status seal_all(struct tw_store *store, struct tw_store_job *job)
{
    (void)job;
    return tw_store_seal_all(store);
}

tw_status tw_store_seal(struct tw_store *store) { return wait_for(store, seal_all, 0); }

/* What is sealed and cut from the log does not come back with a restart. */
static tw_status drop_months(struct tw_store *store, struct tw_store_job *job)
{
    TW_TRY(tw_store_seal_all(store));
    return tw_store_months_drop(store, tw_month_of(job->number));
}

tw_status tw_store_months_remove(struct tw_store *store, int64_t before_ms)
{
    return wait_for(store, drop_months, before_ms);
}
