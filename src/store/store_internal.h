/* Shared by the files of the store. */
#ifndef TW_STORE_STORE_INTERNAL_H
#define TW_STORE_STORE_INTERNAL_H

#include "store/backend.h"
#include "store/journal.h"
#include "store/log.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_names.h"

#include <pthread.h>

#define TW_STORE_READERS 8

/** Who goes first when a group is taken, and who is refused last when too much waits. */
enum tw_store_class {
    TW_CLASS_URGENT, /* warnings, the audit, names: not many, never refused for samples' sake */
    TW_CLASS_LIVE,
    TW_CLASS_HISTORY, /* and whoever waits for all before */
    TW_CLASS_COUNT
};

struct tw_store_job;

/** Does one job inside a transaction. errors: TW_ERR_FILE for the whole group; others for itself */
typedef tw_status tw_store_job_run(struct tw_store *store, struct tw_store_job *job);

/** Something to be written; its data follows the struct in the same allocation. */
struct tw_store_job {
    struct tw_store_job *next;
    tw_store_job_run *run;
    tw_store_job_run *after; /* by the writing thread, once it is committed; may be NULL */
    enum tw_store_class class;
    tw_status status;    /* its own, set by run */
    tw_store_done *done; /* may be NULL */
    void *user;
    size_t bytes;
    /* samples */
    char source[TW_STORE_NAME_SIZE];
    int32_t source_id; /* set by run */
    int64_t received_ms;
    size_t count;
    struct tw_store_sample *samples; /* inside this allocation */
    /* everything else */
    struct tw_store_warning *warnings; /* [count] */
    struct tw_store_bulletin bulletin;
    struct tw_store_notice notice;
    struct tw_store_audit audit; /* strings inside this allocation */
    int64_t session, time_ms, number;
    const char *const *names;                /* [count] of series, while their caller waits */
    int32_t *out_ids;                        /* [count] */
    char *text;                              /* inside this allocation */
    const struct tw_store_entry *entries;    /* [count] of the journal, while their caller waits */
    const struct tw_store_booking *bookings; /* [booking_count] likewise */
    size_t booking_count;
    const struct tw_store_record *record; /* while its caller waits */
    int64_t *out_id;                      /* likewise */
};

/** Jobs that wait. */
struct tw_store_queue {
    struct tw_store_job *first, *last;
    size_t bytes;
};

/** A series in memory: its last value, and what is not sealed yet in the order of arrival. */
struct tw_store_series {
    struct tw_store_head head;
    struct tw_chunk_point *points; /* [capacity], [count] of them valid */
    uint32_t count, capacity;
    uint32_t reserved; /* room that the present group needs */
    bool ordered;      /* points are ascending by time and source, none twice */
};

/** Points that grow. */
struct tw_points {
    struct tw_chunk_point *items;
    size_t count, room;
};

/** A pass in which the series are sealed, some at a time. */
struct tw_store_pass {
    bool active;
    bool month_begun;  /* a newer month than any before was sealed */
    int32_t next;      /* series */
    int64_t up_to;     /* of the log: sealed when the pass ends */
    int64_t retry_ms;  /* not before, after a failure */
    int64_t ended_ms;  /* when the last one ended, on the monotonic clock */
    int64_t row_bytes; /* of the log, added since the pass began */
    struct tw_chunk_coder coder;
    struct tw_points pending, merged, unpacked;
};

struct tw_store {
    char *path;
    tw_store_options options;
    tw_store_committed *committed;
    void *committed_user;
    const struct tw_backend_ops *ops;

    /* The writing thread's own. */
    struct tw_session *writer;
    struct tw_log_row row;
    int64_t seq;                                                /* of the log's newest row */
    int64_t next_audit, next_forecast, next_entry, next_record; /* ids */
    int32_t last_month;                                         /* the newest that was sealed */
    struct tw_store_pass pass;
    pthread_t thread;
    bool thread_runs;

    /* The queue and what is told of the writing thread. */
    pthread_mutex_t queue_mutex;
    pthread_cond_t queue_changed;
    struct tw_store_queue queues[TW_CLASS_COUNT];
    bool stopping;
    char state[256];      /* "ok" or why the last commit failed */
    char seal_state[256]; /* likewise of sealing */
    int64_t wal_bytes, log_bytes, waiting_samples;
    int64_t refused_history, refused_live;

    /* Names and what is in memory of each series. */
    pthread_rwlock_t heads_lock;
    struct tw_store_series *series; /* [series_limit] by id */
    int32_t series_limit;
    struct tw_store_names series_names, source_names;
    int64_t sample_count;

    /* Idle reading sessions. */
    pthread_mutex_t readers_mutex;
    struct tw_session *readers[TW_STORE_READERS];
    int64_t reader_months[TW_STORE_READERS]; /* months_removed when it was given back */
    int reader_count;
    int64_t months_removed; /* sessions taken before must forget */
};

/* ---- store_series.c: memory ---- */

/** Load names, marks and the log. errors: TW_ERR_FILE, TW_ERR_FORMAT, TW_ERR_NOMEM; why in words */
tw_status tw_store_memory_load(struct tw_store *store, char *why, size_t why_size);

/** Free all of it. */
void tw_store_memory_done(struct tw_store *store);

/** Make room for series up to an id; under the lock. errors: TW_ERR_NOMEM */
tw_status tw_store_series_grow(struct tw_store *store, int32_t series);

/** Make sure that a job's samples will fit. errors: TW_ERR_NOMEM, and nothing is reserved */
tw_status tw_store_samples_reserve(struct tw_store *store, const struct tw_store_job *job);

/** Give up what was reserved. */
void tw_store_samples_release(struct tw_store *store, const struct tw_store_job *job);

/** Take a committed job's samples into memory; room was reserved. */
void tw_store_samples_take(struct tw_store *store, const struct tw_store_job *job);

/** Forget the waiting samples of a source; by the writing thread. */
void tw_store_samples_forget(struct tw_store *store, int32_t source);

/** Last values anew from marks and memory; by the writing thread. errors: TW_ERR_FILE */
tw_status tw_store_heads_reload(struct tw_store *store);

/**
 * A copy of what waits of a series, ascending by time and source, the last of each.
 *
 * out   its earlier content goes
 */
tw_status tw_store_waiting_copy(struct tw_store *store, int32_t series, struct tw_points *out);

/* ---- points.c ---- */

/** Negative, 0, positive: by time, then by source. */
int tw_point_compare(const struct tw_chunk_point *a, const struct tw_chunk_point *b);

/** Make room for points. errors: TW_ERR_NOMEM */
tw_status tw_points_reserve(struct tw_points *points, size_t room);

/** Put points in order; of those with one time and source the last stays. errors: TW_ERR_NOMEM */
tw_status tw_points_order(struct tw_points *points);

/**
 * Merge ordered points into ordered points; those of b replace those of a.
 *
 * out   what is there stays before them
 */
tw_status tw_points_merge(const struct tw_chunk_point *a, size_t a_count,
                          const struct tw_chunk_point *b, size_t b_count, struct tw_points *out);

/* ---- store_seal.c ---- */

/** Begin a pass when one is due, and do some of it. Returns whether there is more to do now. */
bool tw_store_seal_some(struct tw_store *store);

/** Seal everything; by the writing thread. errors: TW_ERR_FILE, TW_ERR_NOMEM */
tw_status tw_store_seal_all(struct tw_store *store);

/** Remove a source's points from all chunks; by the writing thread. errors: TW_ERR_FILE ... */
tw_status tw_store_chunks_clear(struct tw_store *store, int32_t source);

/** Remove months before one; by the writing thread. errors: TW_ERR_FILE */
tw_status tw_store_months_drop(struct tw_store *store, int32_t before);

/* ---- store.c ---- */

/** Queue a job, which passes to the store. errors: TW_ERR_FULL, and then it is freed */
tw_status tw_store_job_queue(struct tw_store *store, struct tw_store_job *job);

/** A job with room for `extra` bytes after it; NULL without memory. */
struct tw_store_job *tw_store_job_new(tw_store_job_run *run, enum tw_store_class class,
                                      size_t extra);

/** Queue a job and wait for its outcome. errors: TW_ERR_FULL, TW_ERR_FILE, TW_ERR_NOMEM */
tw_status tw_store_job_wait(struct tw_store *store, struct tw_store_job *job);

/* ---- store_read.c ---- */

/** A session for reading; to be given back. errors: TW_ERR_FILE, TW_ERR_NOMEM */
tw_status tw_store_reader_take(struct tw_store *store, struct tw_session **out_session);

/** Give it back; NULL is fine. */
void tw_store_reader_give(struct tw_store *store, struct tw_session *session);

#endif
