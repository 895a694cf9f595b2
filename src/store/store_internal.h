/* Shared by the files of the store. */
#ifndef TW_STORE_STORE_INTERNAL_H
#define TW_STORE_STORE_INTERNAL_H

#include "store/store.h"

#include <pthread.h>
#include <sqlite3.h>

#define TW_STORE_READERS 8

/** Statements of the writing connection. */
enum tw_store_statement {
    TW_STATEMENT_SAMPLE,
    TW_STATEMENT_BATCH,
    TW_STATEMENT_SERIES,
    TW_STATEMENT_SOURCE,
    TW_STATEMENT_WARNING,
    TW_STATEMENT_AUDIT,
    TW_STATEMENT_FORECAST,
    TW_STATEMENT_META,
    TW_STATEMENT_SOURCE_CLEAR,
    TW_STATEMENT_COUNT
};

struct tw_store_job;

/** Does one job inside a transaction; an SQLite code. */
typedef int tw_store_job_run(struct tw_store *store, struct tw_store_job *job);

/** Something to be written; its data follows the struct in the same allocation. */
struct tw_store_job {
    struct tw_store_job *next;
    tw_store_job_run *run;
    tw_store_done *done; /* may be NULL */
    void *user;
    size_t bytes;
    /* samples */
    char source[TW_STORE_NAME_SIZE];
    int32_t source_index; /* set by run */
    int64_t received_ms;
    size_t count;
    struct tw_store_sample *samples; /* inside this allocation */
    /* everything else */
    struct tw_store_warning warning;
    struct tw_store_audit audit; /* strings inside this allocation */
    int64_t session, time_ms, number;
    const char *const *names; /* [count] of series, while their caller waits */
    int32_t *out_ids;         /* [count] */
    bool reload;              /* read the last values anew once it is committed */
    char *text;               /* inside this allocation */
};

struct tw_store {
    char *path;
    tw_store_committed *committed;
    void *committed_user;

    /* The writing thread's own. */
    sqlite3 *writer;
    sqlite3_stmt *statements[TW_STATEMENT_COUNT];
    pthread_t thread;
    bool thread_runs;

    /* The queue. */
    pthread_mutex_t queue_mutex;
    pthread_cond_t queue_changed;
    struct tw_store_job *first, *last;
    size_t queued_bytes;
    bool stopping;
    char state[256]; /* "ok" or why the last commit failed */

    /* Names and last values. */
    pthread_rwlock_t heads_lock;
    struct tw_store_head *heads; /* [head_count] by series id */
    int32_t head_count;
    char **sources; /* [source_count] by source id; a name is never freed before close */
    int32_t source_count;
    int64_t sample_count;

    /* Idle reading connections. */
    pthread_mutex_t readers_mutex;
    sqlite3 *readers[TW_STORE_READERS];
    int reader_count;
};

/** Make or upgrade the tables. errors: TW_ERR_FILE, TW_ERR_FORMAT; why in words */
tw_status tw_store_schema_apply(sqlite3 *db, char *why, size_t why_size);

/** Prepare the writer's statements. errors: TW_ERR_FILE */
tw_status tw_store_statements_prepare(struct tw_store *store);

/** Load sources, the sample count and the last values. errors: TW_ERR_FILE, TW_ERR_NOMEM */
tw_status tw_store_heads_load(struct tw_store *store);

/** Read the last values anew, after rows were removed; by the writing thread. */
void tw_store_heads_reload(struct tw_store *store);

/** Make room for a series' last value. errors: TW_ERR_NOMEM */
tw_status tw_store_heads_grow(struct tw_store *store, int32_t series);

/** Take a committed job's samples into the last values. */
void tw_store_heads_update(struct tw_store *store, const struct tw_store_job *job);

/** Queue a job, which passes to the store. errors: TW_ERR_FULL, and then it is freed */
tw_status tw_store_job_queue(struct tw_store *store, struct tw_store_job *job);

/** Queue a job and wait for its outcome. errors: TW_ERR_FULL, TW_ERR_FILE, TW_ERR_NOMEM */
tw_status tw_store_job_wait(struct tw_store *store, struct tw_store_job *job);

#endif
