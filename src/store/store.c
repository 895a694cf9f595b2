#include "store/store.h"

#include "store/store_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define GROUP_JOBS 512
#define GROUP_BYTES ((size_t)8 << 20)
#define QUEUE_BYTES ((size_t)64 << 20)
#define BUSY_MS 5000

/* Take a group of jobs off the queue; NULL when the store stops and nothing is left. */
static struct tw_store_job *take_group(struct tw_store *store)
{
    (void)pthread_mutex_lock(&store->queue_mutex);
    while (store->first == NULL && !store->stopping) {
        (void)pthread_cond_wait(&store->queue_changed, &store->queue_mutex);
    }
    struct tw_store_job *group = store->first;
    struct tw_store_job *end = group;
    size_t bytes = end == NULL ? 0 : end->bytes;
    for (int n = 1; n < GROUP_JOBS && end != NULL && end->next != NULL; n++) {
        if (bytes + end->next->bytes > GROUP_BYTES) break;
        end = end->next;
        bytes += end->bytes;
    }
    if (end != NULL) {
        store->first = end->next;
        if (store->first == NULL) store->last = NULL;
        end->next = NULL;
        store->queued_bytes -= bytes;
    }
    (void)pthread_mutex_unlock(&store->queue_mutex);
    return group;
}

static void state_set(struct tw_store *store, const char *text)
{
    (void)pthread_mutex_lock(&store->queue_mutex);
    (void)snprintf(store->state, sizeof store->state, "%s", text);
    (void)pthread_mutex_unlock(&store->queue_mutex);
}

/* Write a group in one transaction; an SQLite code. */
static int commit_group(struct tw_store *store, struct tw_store_job *group)
{
    int64_t changes = sqlite3_total_changes64(store->writer);
    int code = sqlite3_exec(store->writer, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    for (struct tw_store_job *job = group; job != NULL && code == SQLITE_OK; job = job->next) {
        code = job->run(store, job);
    }
    if (code == SQLITE_OK) code = sqlite3_exec(store->writer, "COMMIT", NULL, NULL, NULL);
    if (code == SQLITE_OK) {
        /* A commit of nothing says nothing about the disk. */
        if (sqlite3_total_changes64(store->writer) != changes) state_set(store, "ok");
        return code;
    }
    char why[sizeof store->state];
    (void)snprintf(why, sizeof why, "%s", sqlite3_errmsg(store->writer));
    state_set(store, why);
    if (sqlite3_get_autocommit(store->writer) == 0) {
        (void)sqlite3_exec(store->writer, "ROLLBACK", NULL, NULL, NULL);
    }
    return code;
}

static void finish_group(struct tw_store *store, struct tw_store_job *group, tw_status status)
{
    for (struct tw_store_job *job = group; job != NULL && status == TW_OK; job = job->next) {
        if (job->reload) tw_store_heads_reload(store);
        if (job->samples == NULL) continue;
        tw_store_heads_update(store, job);
        if (store->committed != NULL) {
            store->committed(store->committed_user, job->source, job->samples, job->count);
        }
    }
    while (group != NULL) {
        struct tw_store_job *job = group;
        group = job->next;
        if (job->done != NULL) job->done(job->user, status);
        free(job);
    }
}

static void *write_loop(void *user)
{
    struct tw_store *store = user;
    for (;;) {
        struct tw_store_job *group = take_group(store);
        if (group == NULL) return NULL;
        int code = commit_group(store, group);
        finish_group(store, group, code == SQLITE_OK ? TW_OK : TW_ERR_FILE);
    }
}

tw_status tw_store_job_queue(struct tw_store *store, struct tw_store_job *job)
{
    (void)pthread_mutex_lock(&store->queue_mutex);
    bool full = store->stopping || store->queued_bytes + job->bytes > QUEUE_BYTES;
    if (!full) {
        job->next = NULL;
        if (store->last != NULL) {
            store->last->next = job;
        } else {
            store->first = job;
        }
        store->last = job;
        store->queued_bytes += job->bytes;
        (void)pthread_cond_signal(&store->queue_changed);
    }
    (void)pthread_mutex_unlock(&store->queue_mutex);
    if (!full) return TW_OK;
    free(job);
    return TW_ERR_FULL;
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

/* Make the folders above a file. */
static tw_status make_folders(const char *path, char *why, size_t why_size)
{
    char *copy = strdup(path);
    if (copy == NULL) return TW_ERR_NOMEM;
    tw_status status = TW_OK;
    for (char *slash = strchr(copy + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        struct stat about;
        bool made = mkdir(copy, 0777) == 0;
        if (!made && errno == EEXIST) {
            made = stat(copy, &about) == 0 && S_ISDIR(about.st_mode);
            errno = ENOTDIR;
        }
        if (!made) {
            (void)snprintf(why, why_size, "folder %s cannot be made: %s", copy, strerror(errno));
            status = TW_ERR_FILE;
            break;
        }
        *slash = '/';
    }
    free(copy);
    return status;
}

static tw_status open_writer(struct tw_store *store, char *why, size_t why_size)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int code = sqlite3_open_v2(store->path, &store->writer, flags, NULL);
    if (store->writer == NULL) return TW_ERR_NOMEM;
    (void)sqlite3_busy_timeout(store->writer, BUSY_MS);
    if (code == SQLITE_OK) {
        code = sqlite3_exec(store->writer,
                            "PRAGMA locking_mode=NORMAL;PRAGMA journal_mode=WAL;"
                            "PRAGMA synchronous=FULL;PRAGMA cache_size=-32768",
                            NULL, NULL, NULL);
    }
    if (code != SQLITE_OK) {
        (void)snprintf(why, why_size, "%s", sqlite3_errmsg(store->writer));
        return code == SQLITE_NOTADB ? TW_ERR_FORMAT : TW_ERR_FILE;
    }
    TW_TRY(tw_store_schema_apply(store->writer, why, why_size));
    tw_status status = tw_store_statements_prepare(store);
    if (status == TW_OK) status = tw_store_heads_load(store);
    if (status != TW_OK) (void)snprintf(why, why_size, "%s", sqlite3_errmsg(store->writer));
    return status;
}

tw_status tw_store_open(const char *path, tw_store_committed *committed, void *user, char *why,
                        size_t why_size, struct tw_store **out_store)
{
    struct tw_store *store = calloc(1, sizeof *store);
    if (store == NULL) return TW_ERR_NOMEM;
    (void)pthread_mutex_init(&store->queue_mutex, NULL);
    (void)pthread_cond_init(&store->queue_changed, NULL);
    (void)pthread_rwlock_init(&store->heads_lock, NULL);
    (void)pthread_mutex_init(&store->readers_mutex, NULL);
    (void)snprintf(store->state, sizeof store->state, "ok");
    (void)snprintf(why, why_size, "out of memory");
    store->committed = committed;
    store->committed_user = user;
    store->path = strdup(path);
    tw_status status = store->path == NULL ? TW_ERR_NOMEM : make_folders(path, why, why_size);
    if (status == TW_OK) status = open_writer(store, why, why_size);
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
    for (int i = 0; i < TW_STATEMENT_COUNT; i++)
        (void)sqlite3_finalize(store->statements[i]);
    for (int i = 0; i < store->reader_count; i++)
        (void)sqlite3_close(store->readers[i]);
    (void)sqlite3_close(store->writer);
    for (int32_t i = 0; i < store->source_count; i++)
        free(store->sources[i]);
    free(store->sources);
    free(store->heads);
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
