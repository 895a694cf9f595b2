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

static struct tw_cell real_cell(double value)
{
    return (struct tw_cell){.kind = 'r', .real = value};
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

struct tw_store_job *tw_store_job_new(tw_store_job_run *run, enum tw_store_class class,
                                      size_t extra)
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
    struct tw_store_job *job = tw_store_job_new(
        write_samples, class_of(samples, count, received_ms), count * sizeof *samples);
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
    struct tw_store_job *job = tw_store_job_new(write_series, TW_CLASS_URGENT, 0);
    if (job == NULL) return TW_ERR_NOMEM;
    job->names = names;
    job->out_ids = out_series;
    job->count = (size_t)count;
    return tw_store_job_wait(store, job);
}

static tw_status write_meta(struct tw_store *store, struct tw_store_job *job)
{
    const struct tw_cell cells[] = {text_cell(job->source), whole_cell(job->number)};
    return store->ops->row_put(store->writer, TW_TABLE_META, cells);
}

/* In the order of the table's columns. */
static tw_status write_warning(struct tw_store *store, const struct tw_store_warning *w)
{
    const struct tw_cell cells[] = {whole_cell(w->id),
                                    whole_cell(w->session),
                                    text_cell(w->point),
                                    whole_cell(w->rank),
                                    whole_cell(w->state),
                                    real_cell(w->depth_m),
                                    time_cell(w->expected_ms),
                                    whole_cell(w->issued_ms),
                                    whole_cell(w->updated_ms),
                                    time_cell(w->reached_ms),
                                    time_cell(w->ended_ms),
                                    whole_cell(w->simulated),
                                    text_cell(w->acknowledged_by),
                                    time_cell(w->acknowledged_ms),
                                    whole_cell(w->group),
                                    whole_cell(w->own_rank),
                                    whole_cell(w->highest_rank),
                                    real_cell(w->probability),
                                    real_cell(w->low_m),
                                    real_cell(w->high_m),
                                    time_cell(w->early_ms),
                                    time_cell(w->late_ms),
                                    whole_cell(w->cause_kind),
                                    text_cell(w->cause_element),
                                    time_cell(w->cause_ms),
                                    text_cell(w->basis),
                                    whole_cell(w->order),
                                    whole_cell(w->order_rank),
                                    text_cell(w->ordered_by),
                                    text_cell(w->order_reason),
                                    time_cell(w->ordered_ms),
                                    whole_cell(w->lower_count),
                                    whole_cell(w->lower_rank),
                                    whole_cell(w->none_count),
                                    time_cell(w->passed_ms[0]),
                                    time_cell(w->passed_ms[1]),
                                    time_cell(w->passed_ms[2]),
                                    time_cell(w->passed_ms[3]),
                                    whole_cell(w->told_rank),
                                    whole_cell(w->told_state),
                                    time_cell(w->told_expected_ms)};
    return store->ops->row_put(store->writer, TW_TABLE_WARNING, cells);
}

static tw_status write_warnings(struct tw_store *store, struct tw_store_job *job)
{
    for (size_t i = 0; i < job->count; i++)
        TW_TRY(write_warning(store, &job->warnings[i]));
    return job->source[0] == 0 ? TW_OK : write_meta(store, job);
}

tw_status tw_store_warnings_put(struct tw_store *store, const struct tw_store_warning *warnings,
                                size_t count, const char *key, int64_t value)
{
    struct tw_store_job *job =
        tw_store_job_new(write_warnings, TW_CLASS_URGENT, count * sizeof *warnings);
    if (job == NULL) return TW_ERR_NOMEM;
    job->count = count;
    job->warnings = (struct tw_store_warning *)(job + 1);
    if (count > 0) memcpy(job->warnings, warnings, count * sizeof *warnings);
    (void)snprintf(job->source, sizeof job->source, "%s", key == NULL ? "" : key);
    job->number = value;
    return tw_store_job_queue(store, job);
}

tw_status tw_store_warning_put(struct tw_store *store, const struct tw_store_warning *warning)
{
    return tw_store_warnings_put(store, warning, 1, NULL, 0);
}

/* A job with copies of texts after it; NULL: no memory. */
static struct tw_store_job *job_with_texts(tw_store_job_run *run, const char *const *from,
                                           const char **const *to, int count)
{
    size_t total = 0;
    for (int i = 0; i < count; i++)
        total += (from[i] == NULL ? 0 : strlen(from[i])) + 1;
    struct tw_store_job *job = tw_store_job_new(run, TW_CLASS_URGENT, total);
    if (job == NULL) return NULL;
    char *at = (char *)(job + 1);
    for (int i = 0; i < count; i++) {
        size_t size = (from[i] == NULL ? 0 : strlen(from[i])) + 1;
        memcpy(at, from[i] == NULL ? "" : from[i], size);
        *to[i] = at;
        at += size;
    }
    return job;
}

static tw_status write_bulletin(struct tw_store *store, struct tw_store_job *job)
{
    const struct tw_store_bulletin *b = &job->bulletin;
    const struct tw_cell cells[] = {
        whole_cell(b->id),   whole_cell(b->session),   whole_cell(b->group), whole_cell(b->time_ms),
        whole_cell(b->kind), text_cell(b->identifier), text_cell(b->text),   text_cell(b->brief)};
    return store->ops->row_put(store->writer, TW_TABLE_BULLETIN, cells);
}

tw_status tw_store_bulletin_put(struct tw_store *store, const struct tw_store_bulletin *bulletin)
{
    struct tw_store_bulletin copy = *bulletin;
    const char *const from[] = {bulletin->identifier, bulletin->text, bulletin->brief};
    const char **const to[] = {&copy.identifier, &copy.text, &copy.brief};
    struct tw_store_job *job = job_with_texts(write_bulletin, from, to, 3);
    if (job == NULL) return TW_ERR_NOMEM;
    job->bulletin = copy;
    return tw_store_job_queue(store, job);
}

static tw_status write_notice(struct tw_store *store, struct tw_store_job *job)
{
    const struct tw_store_notice *n = &job->notice;
    const struct tw_cell cells[] = {whole_cell(n->id),       whole_cell(n->session),
                                    whole_cell(n->bulletin), whole_cell(n->channel),
                                    text_cell(n->address),   whole_cell(n->state),
                                    whole_cell(n->attempts), time_cell(n->tried_ms),
                                    time_cell(n->next_ms),   text_cell(n->answer)};
    return store->ops->row_put(store->writer, TW_TABLE_NOTICE, cells);
}

tw_status tw_store_notice_put(struct tw_store *store, const struct tw_store_notice *notice)
{
    struct tw_store_notice copy = *notice;
    const char *const from[] = {notice->address, notice->answer};
    const char **const to[] = {&copy.address, &copy.answer};
    struct tw_store_job *job = job_with_texts(write_notice, from, to, 2);
    if (job == NULL) return TW_ERR_NOMEM;
    job->notice = copy;
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
    struct tw_store_audit copy = *audit;
    const char *const from[] = {audit->who, audit->peer, audit->method, audit->path, audit->detail};
    const char **const to[] = {&copy.who, &copy.peer, &copy.method, &copy.path, &copy.detail};
    struct tw_store_job *job = job_with_texts(write_audit, from, to, 5);
    if (job == NULL) return TW_ERR_NOMEM;
    job->audit = copy;
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
    struct tw_store_job *job = tw_store_job_new(write_forecast, TW_CLASS_URGENT, size);
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
    struct tw_store_job *job = tw_store_job_new(write_source_clear, TW_CLASS_HISTORY, 0);
    if (job == NULL) return TW_ERR_NOMEM;
    (void)snprintf(job->source, sizeof job->source, "%s", source);
    job->after = forget_source;
    return tw_store_job_wait(store, job);
}

tw_status tw_store_meta_set(struct tw_store *store, const char *key, int64_t value)
{
    struct tw_store_job *job = tw_store_job_new(write_meta, TW_CLASS_URGENT, 0);
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
    struct tw_store_job *job = tw_store_job_new(write_nothing, TW_CLASS_HISTORY, 0);
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
