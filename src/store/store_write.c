/* What is written: each kind of job, queued by callers, done by the writing thread. */
#include "store/store_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const sql[TW_STATEMENT_COUNT] = {
    [TW_STATEMENT_SAMPLE] =
        "INSERT INTO sample(series, time_ms, source, value, quality) VALUES(?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT DO UPDATE SET value = excluded.value, quality = excluded.quality",
    [TW_STATEMENT_BATCH] = "INSERT INTO batch(received_ms, source, count) VALUES(?1, ?2, ?3)",
    [TW_STATEMENT_SERIES] = "INSERT INTO series(name) VALUES(?1)"
                            " ON CONFLICT DO UPDATE SET name = excluded.name RETURNING id",
    [TW_STATEMENT_SOURCE] = "INSERT INTO source(name) VALUES(?1)"
                            " ON CONFLICT DO UPDATE SET name = excluded.name RETURNING id",
    [TW_STATEMENT_WARNING] =
        "INSERT OR REPLACE INTO warning(id, session, point, rank, state, depth_m, expected_ms,"
        " issued_ms, updated_ms, reached_ms, ended_ms, simulated, acknowledged_by,"
        " acknowledged_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    [TW_STATEMENT_AUDIT] = "INSERT INTO audit(time_ms, who, peer, method, path, status, detail)"
                           " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [TW_STATEMENT_FORECAST] =
        "INSERT INTO forecast(session, issued_ms, took_ms, summary) VALUES(?1, ?2, ?3, ?4)",
    [TW_STATEMENT_META] = "INSERT OR REPLACE INTO meta(key, value) VALUES(?1, ?2)",
    [TW_STATEMENT_SOURCE_CLEAR] =
        "DELETE FROM sample WHERE source = (SELECT id FROM source WHERE name = ?1)",
};

tw_status tw_store_statements_prepare(struct tw_store *store)
{
    for (int i = 0; i < TW_STATEMENT_COUNT; i++) {
        if (sqlite3_prepare_v3(store->writer, sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &store->statements[i], NULL) != SQLITE_OK) {
            return TW_ERR_FILE;
        }
    }
    return TW_OK;
}

/* Run a bound statement that answers no rows. */
static int run_once(sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    int reset = sqlite3_reset(statement);
    return code == SQLITE_DONE ? SQLITE_OK : reset != SQLITE_OK ? reset : SQLITE_ERROR;
}

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    (void)sqlite3_bind_text(statement, at, text == NULL ? "" : text, -1, SQLITE_TRANSIENT);
}

static void bind_time(sqlite3_stmt *statement, int at, int64_t time_ms)
{
    if (time_ms == TW_STORE_NEVER) {
        (void)sqlite3_bind_null(statement, at);
    } else {
        (void)sqlite3_bind_int64(statement, at, time_ms);
    }
}

/* The id of a name in a table of names, made when it is new. */
static int name_id(sqlite3_stmt *statement, const char *name, int32_t *out_id)
{
    bind_text(statement, 1, name);
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        *out_id = sqlite3_column_int(statement, 0);
        code = sqlite3_step(statement);
    }
    int reset = sqlite3_reset(statement);
    return code == SQLITE_DONE ? SQLITE_OK : reset != SQLITE_OK ? reset : SQLITE_ERROR;
}

/* A job with room for `extra` bytes after it. */
static struct tw_store_job *job_new(tw_store_job_run *run, size_t extra)
{
    struct tw_store_job *job = malloc(sizeof *job + extra);
    if (job == NULL) return NULL;
    memset(job, 0, sizeof *job);
    job->run = run;
    job->bytes = sizeof *job + extra;
    return job;
}

static int write_samples(struct tw_store *store, struct tw_store_job *job)
{
    int code = name_id(store->statements[TW_STATEMENT_SOURCE], job->source, &job->source_index);
    sqlite3_stmt *insert = store->statements[TW_STATEMENT_SAMPLE];
    for (size_t i = 0; i < job->count && code == SQLITE_OK; i++) {
        const struct tw_store_sample *s = &job->samples[i];
        (void)sqlite3_bind_int(insert, 1, s->series);
        (void)sqlite3_bind_int64(insert, 2, s->time_ms);
        (void)sqlite3_bind_int(insert, 3, job->source_index);
        (void)sqlite3_bind_double(insert, 4, s->value);
        (void)sqlite3_bind_int(insert, 5, s->quality);
        code = run_once(insert);
    }
    if (code != SQLITE_OK) return code;
    sqlite3_stmt *batch = store->statements[TW_STATEMENT_BATCH];
    (void)sqlite3_bind_int64(batch, 1, job->received_ms);
    (void)sqlite3_bind_int(batch, 2, job->source_index);
    (void)sqlite3_bind_int64(batch, 3, (sqlite3_int64)job->count);
    return run_once(batch);
}

tw_status tw_store_samples_add(struct tw_store *store, const char *source, int64_t received_ms,
                               const struct tw_store_sample *samples, size_t count,
                               tw_store_done *done, void *user)
{
    struct tw_store_job *job = job_new(write_samples, count * sizeof *samples);
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

static int write_series(struct tw_store *store, struct tw_store_job *job)
{
    int code = SQLITE_OK;
    for (size_t i = 0; i < job->count && code == SQLITE_OK; i++) {
        code = name_id(store->statements[TW_STATEMENT_SERIES], job->names[i], &job->out_ids[i]);
    }
    return code;
}

tw_status tw_store_series_register(struct tw_store *store, const char *const *names, int32_t count,
                                   int32_t *out_series)
{
    struct tw_store_job *job = job_new(write_series, 0);
    if (job == NULL) return TW_ERR_NOMEM;
    job->names = names;
    job->out_ids = out_series;
    job->count = (size_t)count;
    TW_TRY(tw_store_job_wait(store, job));
    tw_status status = TW_OK;
    (void)pthread_rwlock_wrlock(&store->heads_lock);
    for (int32_t i = 0; i < count && status == TW_OK; i++) {
        status = tw_store_heads_grow(store, out_series[i]);
    }
    (void)pthread_rwlock_unlock(&store->heads_lock);
    return status;
}

static int write_warning(struct tw_store *store, struct tw_store_job *job)
{
    const struct tw_store_warning *w = &job->warning;
    sqlite3_stmt *put = store->statements[TW_STATEMENT_WARNING];
    (void)sqlite3_bind_int64(put, 1, w->id);
    (void)sqlite3_bind_int64(put, 2, w->session);
    bind_text(put, 3, w->point);
    (void)sqlite3_bind_int(put, 4, w->rank);
    (void)sqlite3_bind_int(put, 5, w->state);
    (void)sqlite3_bind_double(put, 6, w->depth_m);
    bind_time(put, 7, w->expected_ms);
    (void)sqlite3_bind_int64(put, 8, w->issued_ms);
    (void)sqlite3_bind_int64(put, 9, w->updated_ms);
    bind_time(put, 10, w->reached_ms);
    bind_time(put, 11, w->ended_ms);
    (void)sqlite3_bind_int(put, 12, w->simulated);
    bind_text(put, 13, w->acknowledged_by);
    bind_time(put, 14, w->acknowledged_ms);
    return run_once(put);
}

tw_status tw_store_warning_put(struct tw_store *store, const struct tw_store_warning *warning)
{
    struct tw_store_job *job = job_new(write_warning, 0);
    if (job == NULL) return TW_ERR_NOMEM;
    job->warning = *warning;
    return tw_store_job_queue(store, job);
}

static int write_audit(struct tw_store *store, struct tw_store_job *job)
{
    const struct tw_store_audit *a = &job->audit;
    sqlite3_stmt *add = store->statements[TW_STATEMENT_AUDIT];
    (void)sqlite3_bind_int64(add, 1, a->time_ms);
    bind_text(add, 2, a->who);
    bind_text(add, 3, a->peer);
    bind_text(add, 4, a->method);
    bind_text(add, 5, a->path);
    (void)sqlite3_bind_int(add, 6, a->status);
    bind_text(add, 7, a->detail);
    return run_once(add);
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
    struct tw_store_job *job = job_new(write_audit, total);
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

static int write_forecast(struct tw_store *store, struct tw_store_job *job)
{
    sqlite3_stmt *add = store->statements[TW_STATEMENT_FORECAST];
    (void)sqlite3_bind_int64(add, 1, job->session);
    (void)sqlite3_bind_int64(add, 2, job->time_ms);
    (void)sqlite3_bind_int64(add, 3, job->number);
    bind_text(add, 4, job->text);
    return run_once(add);
}

tw_status tw_store_forecast_add(struct tw_store *store, int64_t session, int64_t issued_ms,
                                int32_t took_ms, const char *summary)
{
    size_t size = strlen(summary) + 1;
    struct tw_store_job *job = job_new(write_forecast, size);
    if (job == NULL) return TW_ERR_NOMEM;
    job->session = session;
    job->time_ms = issued_ms;
    job->number = took_ms;
    job->text = (char *)(job + 1);
    memcpy(job->text, summary, size);
    return tw_store_job_queue(store, job);
}

static int write_source_clear(struct tw_store *store, struct tw_store_job *job)
{
    bind_text(store->statements[TW_STATEMENT_SOURCE_CLEAR], 1, job->source);
    return run_once(store->statements[TW_STATEMENT_SOURCE_CLEAR]);
}

tw_status tw_store_source_clear(struct tw_store *store, const char *source)
{
    struct tw_store_job *job = job_new(write_source_clear, 0);
    if (job == NULL) return TW_ERR_NOMEM;
    (void)snprintf(job->source, sizeof job->source, "%s", source);
    job->reload = true;
    return tw_store_job_wait(store, job);
}

static int write_meta(struct tw_store *store, struct tw_store_job *job)
{
    sqlite3_stmt *put = store->statements[TW_STATEMENT_META];
    bind_text(put, 1, job->source);
    (void)sqlite3_bind_int64(put, 2, job->number);
    return run_once(put);
}

tw_status tw_store_meta_set(struct tw_store *store, const char *key, int64_t value)
{
    struct tw_store_job *job = job_new(write_meta, 0);
    if (job == NULL) return TW_ERR_NOMEM;
    (void)snprintf(job->source, sizeof job->source, "%s", key);
    job->number = value;
    return tw_store_job_wait(store, job);
}

static int write_nothing(struct tw_store *store, struct tw_store_job *job)
{
    (void)store;
    (void)job;
    return SQLITE_OK;
}

tw_status tw_store_flush(struct tw_store *store)
{
    struct tw_store_job *job = job_new(write_nothing, 0);
    return job == NULL ? TW_ERR_NOMEM : tw_store_job_wait(store, job);
}
