/* A queue of work in PostgreSQL, for any number of workers on any machines.
 *
 * A study is bytes that all of its jobs share (a model), and jobs of some bytes each (which futures
 * to compute). A worker takes a job for a time, its lease, and renews the lease while it works; a
 * job whose lease has run out goes to whoever asks next, so that a worker may be killed at any
 * moment and nothing is lost. A result is written once: of two workers that finish the same job the
 * first one counts. What the bytes mean is the caller's. */
#ifndef TW_JOBS_QUEUE_H
#define TW_JOBS_QUEUE_H

#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TW_QUEUE_NAME_SIZE = 64, /* of a study or a worker, with its end */
    TW_QUEUE_WHY_SIZE = 512,
    TW_QUEUE_LEASES_MOST = 50, /* a job that was given up more often kills its workers */
    TW_QUEUE_TRIES_MOST = 3    /* of a job that fails for want of something, not by its bytes */
};

/** A connection to a queue; used by one thread at a time. It connects again when it was lost. */
struct tw_queue;

/** Bytes that are not the queue's. */
struct tw_queue_bytes {
    const void *bytes;
    size_t size;
};

/** A job that was taken. */
struct tw_queue_job {
    int64_t id;    /* 0: there was none to take */
    int32_t index; /* of the job in its study, 0.. */
    char study[TW_QUEUE_NAME_SIZE];
    struct tw_queue_bytes shared, work; /* owned by the queue until its next call */
};

/** How far a study is. */
struct tw_queue_counts {
    int64_t waiting, leased, done, failed;
};

/**
 * Connect, and make the tables when they are missing.
 *
 * url        as libpq takes it, e.g. postgresql://host/database
 * why        [TW_QUEUE_WHY_SIZE] on failure: the reason in words
 * out_queue  owned by the caller
 * errors     TW_ERR_NET, TW_ERR_FORMAT tables of a newer version, TW_ERR_NOMEM
 */
tw_status tw_queue_open(const char *url, char *why, struct tw_queue **out_queue);

/** Disconnect; NULL is fine. What is leased stays leased until its time is over. */
void tw_queue_close(struct tw_queue *queue);

/** Why the last call failed; "" when it did not. Borrowed until the next call. */
const char *tw_queue_why(const struct tw_queue *queue);

/**
 * Put a study and its jobs in, all or nothing. The same study put in again is the first one.
 *
 * name    1..63 bytes
 * shared  what all jobs need; at most 256 MB, as each job's
 * work    [count] of each job
 * errors  TW_ERR_STATE another study has the name; TW_ERR_ARG; TW_ERR_NET
 */
tw_status tw_queue_study_add(struct tw_queue *queue, const char *name,
                             const struct tw_queue_bytes *shared, const struct tw_queue_bytes *work,
                             int32_t count);

/** How far a study is. errors: TW_ERR_NAME there is none of that name; TW_ERR_NET */
tw_status tw_queue_study_counts(struct tw_queue *queue, const char *name,
                                struct tw_queue_counts *out_counts);

/** Called with each result, or with why a job failed (then bytes is NULL); false stops. */
typedef bool tw_queue_visit(void *user, int32_t index, const struct tw_queue_bytes *result,
                            const char *why);

/** The results so far of a study, by index. errors: TW_ERR_NET */
tw_status tw_queue_study_results(struct tw_queue *queue, const char *name, tw_queue_visit *visit,
                                 void *user);

/** Remove a study with its jobs and results; one that is not there is fine. errors: TW_ERR_NET */
tw_status tw_queue_study_remove(struct tw_queue *queue, const char *name);

/**
 * Take the next job for a time.
 *
 * worker   1..63 bytes, who takes it
 * lease_s  1.. [s]
 * errors   TW_ERR_ARG, TW_ERR_NET
 */
tw_status tw_queue_take(struct tw_queue *queue, const char *worker, int32_t lease_s,
                        struct tw_queue_job *out_job);

/**
 * Hold a job for longer.
 *
 * errors  TW_ERR_STATE the lease ran out and another has it, or the study is gone: leave it;
 *         TW_ERR_NET
 */
tw_status tw_queue_renew(struct tw_queue *queue, int64_t job, const char *worker, int32_t lease_s);

/** Give a job back untouched, for another worker to take at once. errors: as tw_queue_renew */
tw_status tw_queue_release(struct tw_queue *queue, int64_t job, const char *worker);

/**
 * Leave the result of a job. Of several the first one stays, whoever has the lease.
 *
 * errors  TW_ERR_STATE the study is gone; TW_ERR_NET
 */
tw_status tw_queue_finish(struct tw_queue *queue, int64_t job, const struct tw_queue_bytes *result);

/**
 * Say that a job failed.
 *
 * again   it may be tried again, by another worker perhaps (TW_QUEUE_TRIES_MOST times)
 * errors  TW_ERR_STATE as tw_queue_renew; TW_ERR_NET
 */
tw_status tw_queue_fail(struct tw_queue *queue, int64_t job, const char *worker, const char *why,
                        bool again);

#endif
