#include "store/store.h"

#include "base/clock.h"
#include "store/store_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROUP_JOBS 4096
#define GROUP_BYTES ((size_t)8 << 20)
#define URGENT_BYTES ((int64_t)16 << 20) /* beside what samples may take of the queue */

/* ---- the queue ---- */

static void queue_put(struct tw_store_queue *queue, struct tw_store_job *job)
{
    job->next = NULL;
    if (queue->last != NULL) {
        queue->last->next = job;
    } else {
        queue->first = job;
    }
    queue->last = job;
    queue->bytes += job->bytes;
}

static struct tw_store_job *queue_take(struct tw_store_queue *queue)
{
    struct tw_store_job *job = queue->first;
    queue->first = job->next;
    if (queue->first == NULL) queue->last = NULL;
    queue->bytes -= job->bytes;
    job->next = NULL;
    return job;
}

static bool queues_empty(const struct tw_store *store)
{
    for (int i = 0; i < TW_CLASS_COUNT; i++) {
        if (store->queues[i].first != NULL) return false;
    }
    return true;
}

/* Take a group of jobs, the urgent first; none when the store stops and nothing is left, or when
 * there is nothing and the caller has other work. A class is begun when those before it are empty,
 * so whoever waits in the last class comes after all that was queued before. */
static struct tw_store_queue take_group(struct tw_store *store, bool busy)
{
    struct tw_store_queue group = {0};
    (void)pthread_mutex_lock(&store->queue_mutex);
    while (queues_empty(store) && !store->stopping && !busy) {
        struct timespec until;
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 1; /* then it is asked again whether sealing is due */
        (void)pthread_cond_timedwait(&store->queue_changed, &store->queue_mutex, &until);
        busy = true;
    }
    int jobs = 0;
    for (int i = 0; i < TW_CLASS_COUNT; i++) {
        struct tw_store_queue *queue = &store->queues[i];
        for (; queue->first != NULL && jobs < GROUP_JOBS; jobs++) {
            if (jobs > 0 && group.bytes + queue->first->bytes > GROUP_BYTES) break;
            queue_put(&group, queue_take(queue));
            if (group.last->after != NULL) break; /* what follows comes after its work */
        }
        if (queue->first != NULL) break;
    }
    (void)pthread_mutex_unlock(&store->queue_mutex);
    return group;
}

/* Whether there is room for a job of its class; under the mutex. */
static bool has_room(const struct tw_store *store, const struct tw_store_job *job)
{
    const tw_store_options *o = &store->options;
    int64_t bytes = (int64_t)job->bytes;
    for (int i = 0; i < TW_CLASS_COUNT; i++)
        bytes += (int64_t)store->queues[i].bytes;
    if (job->class == TW_CLASS_URGENT || job->samples == NULL) {
        return bytes <= o->queue_bytes + URGENT_BYTES;
    }
    if (bytes > o->queue_bytes || store->waiting_samples > 4 * o->seal_samples) return false;
    if (job->class == TW_CLASS_LIVE) return true;
    return bytes <= o->queue_bytes / 2 && store->wal_bytes <= o->wal_bytes &&
           store->waiting_samples <= 2 * o->seal_samples;
}

tw_status tw_store_job_queue(struct tw_store *store, struct tw_store_job *job)
{
    (void)pthread_mutex_lock(&store->queue_mutex);
    bool full = store->stopping || !has_room(store, job);
    if (!full) {
        queue_put(&store->queues[job->class], job);
        (void)pthread_cond_signal(&store->queue_changed);
    } else if (job->samples != NULL) {
        int64_t count = (int64_t)job->count;
        if (job->class == TW_CLASS_HISTORY) store->refused_history += count;
        if (job->class == TW_CLASS_LIVE) store->refused_live += count;
    }
    (void)pthread_mutex_unlock(&store->queue_mutex);
    if (!full) return TW_OK;
    free(job);
    return TW_ERR_FULL;
}

/* ---- commits ---- */

static void state_set(struct tw_store *store, const char *text)
{
    (void)pthread_mutex_lock(&store->queue_mutex);
    (void)snprintf(store->state, sizeof store->state, "%s", text);
    (void)pthread_mutex_unlock(&store->queue_mutex);
}

/* Run the jobs of a group inside its transaction; a job that cannot be done is left out. */
static tw_status run_jobs(struct tw_store *store, struct tw_store_job *first, int64_t *out_samples)
{
    for (struct tw_store_job *job = first; job != NULL; job = job->next) {
        job->status = job->run(store, job);
        if (job->status == TW_ERR_FILE) return TW_ERR_FILE;
        if (job->status == TW_OK && job->samples != NULL) *out_samples += (int64_t)job->count;
    }
    return TW_OK;
}

/* Write jobs in one transaction. out_row_bytes: of the log, 0 when it got no row */
static tw_status commit_jobs(struct tw_store *store, struct tw_store_job *first,
                             int64_t *out_row_bytes)
{
    const struct tw_backend_ops *ops = store->ops;
    int64_t samples = 0;
    tw_log_row_reset(&store->row);
    *out_row_bytes = 0;
    tw_status status = ops->begin(store->writer);
    if (status == TW_OK) status = run_jobs(store, first, &samples);
    if (status == TW_OK) status = tw_log_row_finish(&store->row);
    if (status == TW_OK && store->row.size > 0) {
        *out_row_bytes = (int64_t)store->row.size;
        status = ops->log_add(store->writer, store->seq + 1, store->sample_count + samples,
                              store->row.data, store->row.size);
    }
    if (status == TW_OK) status = ops->commit(store->writer);
    tw_store_names_ended(&store->series_names, status == TW_OK);
    tw_store_names_ended(&store->source_names, status == TW_OK);
    if (status == TW_OK) return TW_OK;
    state_set(store, status == TW_ERR_FILE ? ops->error(store->writer) : tw_status_text(status));
    ops->rollback(store->writer);
    for (struct tw_store_job *job = first; job != NULL; job = job->next) {
        job->status = status;
        if (job->samples != NULL) tw_store_samples_release(store, job);
    }
    return status;
}

/* What was committed becomes visible: names, counts, last values; and it is told. */
static void publish(struct tw_store *store, struct tw_store_job *first, int64_t row_bytes)
{
    int64_t samples = 0;
    if (row_bytes > 0) store->seq++;
    store->pass.row_bytes += row_bytes;
    for (struct tw_store_job *job = first; job != NULL; job = job->next) {
        if (job->status != TW_OK || job->samples == NULL) continue;
        tw_store_samples_take(store, job);
        samples += (int64_t)job->count;
    }
    (void)pthread_mutex_lock(&store->queue_mutex);
    store->waiting_samples += samples;
    store->log_bytes += row_bytes;
    (void)pthread_mutex_unlock(&store->queue_mutex);
    for (struct tw_store_job *job = first; job != NULL; job = job->next) {
        if (job->status != TW_OK) continue;
        if (job->samples != NULL && store->committed != NULL) {
            store->committed(store->committed_user, job->source, job->samples, job->count);
        }
        if (job->after != NULL) job->status = job->after(store, job);
    }
}

static bool writes_something(const struct tw_store_job *first)
{
    for (; first != NULL; first = first->next) {
        if (first->status == TW_OK && (first->samples == NULL || first->count > 0) &&
            first->after == NULL) {
            return true;
        }
    }
    return false;
}

/* Tell who waits. */
static void finish(struct tw_store_queue *group)
{
    while (group->first != NULL) {
        struct tw_store_job *job = queue_take(group);
        if (job->done != NULL) job->done(job->user, job->status);
        free(job);
    }
}

static void split_urgent(struct tw_store_queue *group, struct tw_store_queue *out_urgent)
{
    struct tw_store_queue rest = {0};
    while (group->first != NULL) {
        struct tw_store_job *job = queue_take(group);
        queue_put(job->class == TW_CLASS_URGENT ? out_urgent : &rest, job);
    }
    *group = rest;
}

/* What is urgent does not fail because samples do: then it is tried again alone. */
static void commit_group(struct tw_store *store, struct tw_store_queue *group)
{
    struct tw_store_queue urgent = {0};
    int64_t row_bytes = 0;
    tw_status status = commit_jobs(store, group->first, &row_bytes);
    if (status != TW_OK && group->last->class != TW_CLASS_URGENT) {
        split_urgent(group, &urgent);
        finish(group);
        *group = urgent;
        if (group->first == NULL) return;
        status = commit_jobs(store, group->first, &row_bytes);
    }
    if (status == TW_OK) {
        /* A commit of nothing says nothing about the disk. */
        if (urgent.first == NULL && writes_something(group->first)) state_set(store, "ok");
        publish(store, group->first, row_bytes);
    }
    finish(group);
}

static void *write_loop(void *user)
{
    struct tw_store *store = user;
    bool busy = false;
    for (;;) {
        struct tw_store_queue group = take_group(store, busy);
        if (group.first != NULL) {
            commit_group(store, &group);
            int64_t wal_bytes = store->ops->maintain(store->writer);
            (void)pthread_mutex_lock(&store->queue_mutex);
            store->wal_bytes = wal_bytes;
            (void)pthread_mutex_unlock(&store->queue_mutex);
        }
        (void)pthread_mutex_lock(&store->queue_mutex);
        bool over = store->stopping && queues_empty(store);
        (void)pthread_mutex_unlock(&store->queue_mutex);
        if (over) return NULL;
        busy = tw_store_seal_some(store);
    }
}

struct waiter {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool done;
    tw_status status;
};

static void wake_waiter(void *user, tw_status status)
{
    struct waiter *waiter = user;
    (void)pthread_mutex_lock(&waiter->mutex);
    waiter->done = true;
    waiter->status = status;
    (void)pthread_cond_signal(&waiter->changed);
    (void)pthread_mutex_unlock(&waiter->mutex);
}

tw_status tw_store_job_wait(struct tw_store *store, struct tw_store_job *job)
{
    struct waiter waiter = {.done = false};
    (void)pthread_mutex_init(&waiter.mutex, NULL);
    (void)pthread_cond_init(&waiter.changed, NULL);
    job->done = wake_waiter;
    job->user = &waiter;
    tw_status status = tw_store_job_queue(store, job);
    if (status == TW_OK) {
        (void)pthread_mutex_lock(&waiter.mutex);
        while (!waiter.done)
            (void)pthread_cond_wait(&waiter.changed, &waiter.mutex);
        status = waiter.status;
        (void)pthread_mutex_unlock(&waiter.mutex);
    }
    (void)pthread_cond_destroy(&waiter.changed);
    (void)pthread_mutex_destroy(&waiter.mutex);
    return status;
}

tw_status tw_store_open(const char *path, tw_store_committed *committed, void *user, char *why,
                        size_t why_size, struct tw_store **out_store)
{
    const tw_store_options options = TW_STORE_OPTIONS_DEFAULT;
    return tw_store_open_with(path, &options, committed, user, why, why_size, out_store);
}

tw_status tw_store_open_with(const char *path, const tw_store_options *options,
                             tw_store_committed *committed, void *user, char *why, size_t why_size,
                             struct tw_store **out_store)
{
    struct tw_store *store = calloc(1, sizeof *store);
    if (store == NULL) return TW_ERR_NOMEM;
    (void)pthread_mutex_init(&store->queue_mutex, NULL);
    (void)pthread_cond_init(&store->queue_changed, NULL);
    (void)pthread_rwlock_init(&store->heads_lock, NULL);
    (void)pthread_mutex_init(&store->readers_mutex, NULL);
    (void)snprintf(store->state, sizeof store->state, "ok");
    (void)snprintf(store->seal_state, sizeof store->seal_state, "ok");
    (void)snprintf(why, why_size, "out of memory");
    store->committed = committed;
    store->committed_user = user;
    store->options = *options;
    store->ops = tw_backend_of(path);
    store->pass.ended_ms = tw_clock_steady_ms();
    store->path = strdup(path);
    tw_status status = store->path == NULL ? TW_ERR_NOMEM : TW_OK;
    if (status == TW_OK) {
        status = store->ops->open(path, TW_SESSION_CREATE, why, why_size, &store->writer);
    }
    if (status == TW_OK) status = tw_store_memory_load(store, why, why_size);
    if (status == TW_OK) {
        store->thread_runs = pthread_create(&store->thread, NULL, write_loop, store) == 0;
        if (!store->thread_runs) status = TW_ERR_NOMEM;
    }
    if (status != TW_OK) {
        tw_store_close(store);
        return status;
    }
    *out_store = store;
    return TW_OK;
}

void tw_store_stop(struct tw_store *store)
{
    if (!store->thread_runs) return;
    store->thread_runs = false;
    (void)pthread_mutex_lock(&store->queue_mutex);
    store->stopping = true;
    (void)pthread_cond_signal(&store->queue_changed);
    (void)pthread_mutex_unlock(&store->queue_mutex);
    (void)pthread_join(store->thread, NULL);
}

void tw_store_close(struct tw_store *store)
{
    if (store == NULL) return;
    tw_store_stop(store);
    for (int i = 0; i < store->reader_count; i++)
        store->ops->close(store->readers[i]);
    if (store->writer != NULL) store->ops->close(store->writer);
    tw_store_memory_done(store);
    tw_log_row_done(&store->row);
    tw_chunk_coder_done(&store->pass.coder);
    free(store->pass.pending.items);
    free(store->pass.merged.items);
    free(store->pass.unpacked.items);
    free(store->path);
    (void)pthread_mutex_destroy(&store->queue_mutex);
    (void)pthread_cond_destroy(&store->queue_changed);
    (void)pthread_rwlock_destroy(&store->heads_lock);
    (void)pthread_mutex_destroy(&store->readers_mutex);
    free(store);
}

void tw_store_state(struct tw_store *store, char *out, size_t size)
{
    (void)pthread_mutex_lock(&store->queue_mutex);
    (void)snprintf(out, size, "%s", store->state);
    (void)pthread_mutex_unlock(&store->queue_mutex);
}

/* What will make the store refuse samples if it goes on; under the mutex. */
static void warning_write(const struct tw_store *store, char *out, size_t size)
{
    const tw_store_options *o = &store->options;
    out[0] = 0;
    if (strcmp(store->seal_state, "ok") != 0) {
        (void)snprintf(out, size, "samples stay in the log, no chunk can be written: %.200s",
                       store->seal_state);
    } else if (store->wal_bytes > o->wal_bytes) {
        (void)snprintf(out, size,
                       "somebody has been reading for long and %lld MB cannot be moved to their "
                       "place; history is refused",
                       (long long)(store->wal_bytes >> 20));
    } else if (store->waiting_samples > 2 * o->seal_samples) {
        (void)snprintf(out, size, "%lld samples wait for being sealed; history is refused",
                       (long long)store->waiting_samples);
    }
}

void tw_store_health_get(struct tw_store *store, struct tw_store_health *out_health)
{
    struct tw_store_health h = {.samples = tw_store_sample_count(store)};
    (void)pthread_mutex_lock(&store->queue_mutex);
    (void)snprintf(h.state, sizeof h.state, "%s", store->state);
    warning_write(store, h.warning, sizeof h.warning);
    h.waiting_samples = store->waiting_samples;
    h.log_bytes = store->log_bytes;
    h.wal_bytes = store->wal_bytes;
    for (int i = 0; i < TW_CLASS_COUNT; i++)
        h.queue_bytes += (int64_t)store->queues[i].bytes;
    h.refused_history = store->refused_history;
    h.refused_live = store->refused_live;
    (void)pthread_mutex_unlock(&store->queue_mutex);
    *out_health = h;
}
