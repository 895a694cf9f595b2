/* What must survive a restart: samples, warnings, forecasts, the audit.
 *
 * One thread writes, in group commits; what waits is answered only after its commit is on disk
 * (SQLite, write-ahead log, synchronous FULL). A commit's samples are one row of a log; later they
 * are sealed into compressed chunks, a file for each month. Readers have connections of their own
 * and never wait for the writer. The last value of every series is kept in memory. Times are
 * milliseconds since 1970-01-01T00:00Z. docs/decisions/0009-store-format.md says why. */
#ifndef TW_STORE_STORE_H
#define TW_STORE_STORE_H

#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TW_STORE_NAME_SIZE 128
#define TW_STORE_TEXT_SIZE 256
#define TW_STORE_NEVER INT64_MIN /* a time that has not come */

#define TW_STORE_HISTORY_MS                                                                        \
    900000 /* a batch received later than this after its newest sample is \
                                      history: when too much waits it is refused first */

/** A store; may be used from any thread. */
struct tw_store;

/** One value of a series. */
struct tw_store_sample {
    int32_t series;  /* as tw_store_series_register answered */
    int32_t quality; /* bits, 0: good; their meaning is the caller's */
    int64_t time_ms;
    double value;
};

/** The last value of a series. */
struct tw_store_head {
    int64_t time_ms; /* TW_STORE_NEVER: there is none */
    double value;
    int32_t quality;
    int32_t source; /* index for tw_store_source_name */
};

/** A warning as it is kept. The meaning of numbers is src/warning's. */
struct tw_store_warning {
    int64_t id;
    int64_t session; /* replays are told apart by it; 0: the city itself */
    char point[TW_STORE_NAME_SIZE];
    int32_t rank;  /* 1 blue .. 4 red */
    int32_t state; /* 0 active, 1 acknowledged, 2 ended, 3 cancelled */
    double depth_m;
    int64_t expected_ms, issued_ms, updated_ms, reached_ms, ended_ms;
    bool simulated;
    char acknowledged_by[TW_STORE_NAME_SIZE];
    int64_t acknowledged_ms;

    int64_t group;        /* of warnings of one storm: the id of its first */
    int32_t own_rank;     /* what the system says, whatever an officer has ordered; 0: nothing */
    int32_t highest_rank; /* that it ever had */
    double probability;   /* of its class [0..1] */
    double low_m, high_m; /* quantiles of the depth */
    int64_t early_ms;     /* quantiles of the time at which the depth passes the class */
    int64_t late_ms;
    int32_t cause_kind; /* 0: none is known */
    char cause_element[TW_STORE_NAME_SIZE];
    int64_t cause_ms;
    char basis[TW_STORE_TEXT_SIZE]; /* what it rests on, JSON; "": not said */
    int32_t order;                  /* of an officer: 0 none, 1 held, 2 raised, 3 cancelled */
    int32_t order_rank;
    char ordered_by[TW_STORE_NAME_SIZE];
    char order_reason[TW_STORE_TEXT_SIZE];
    int64_t ordered_ms;
    int32_t lower_count, lower_rank, none_count; /* how far it is from being lowered */
    int64_t passed_ms[4];                        /* since when the depth is above each class */
    int32_t told_rank, told_state;               /* in the last bulletin; rank 0: in none */
    int64_t told_expected_ms;
};

/** A message about a group of warnings, as it was issued. Strings are copied. */
struct tw_store_bulletin {
    int64_t id, session, group, time_ms;
    int32_t kind;           /* 0 alert, 1 update, 2 cancel */
    const char *identifier; /* of the message, with its sender and time: sender,identifier,sent */
    const char *text;       /* the message, CAP */
    const char *brief;      /* what it says in few words, JSON */
};

/** A bulletin on its way to one address. Strings are copied. */
struct tw_store_notice {
    int64_t id, session, bulletin;
    int32_t channel;     /* 0 webhook, 1 mail */
    const char *address; /* without secrets */
    int32_t state;       /* 0 waits, 1 delivered, 2 given up */
    int32_t attempts;
    int64_t tried_ms, next_ms; /* TW_STORE_NEVER: not yet; not again */
    const char *answer;        /* what the last attempt got */
};

/** A change that somebody asked for, done or refused. Strings are copied. */
struct tw_store_audit {
    int64_t time_ms;
    const char *who, *peer, *method, *path, *detail;
    int32_t status; /* of the HTTP answer */
};

/** What is told after every commit of samples, in the order of commits, by the writing thread. */
typedef void tw_store_committed(void *user, const char *source,
                                const struct tw_store_sample *samples, size_t count);

/** What became of something that was queued, told by the writing thread. */
typedef void tw_store_done(void *user, tw_status status);

/** Limits of a store; the default is right for a city. */
typedef struct {
    int64_t seal_samples; /* so many wait for being sealed, in memory, before it is done */
    int64_t seal_bytes;   /* of the log likewise */
    int64_t seal_ms;      /* the longest that a sample waits likewise */
    int64_t wal_bytes;    /* waiting to be moved to their place because somebody reads */
    int64_t queue_bytes;  /* of samples that wait for a commit; half of it for history */
    int32_t months;       /* kept, with the newest; 0: all */
} tw_store_options;

#define TW_STORE_OPTIONS_DEFAULT                                                                   \
    (tw_store_options)                                                                             \
    {                                                                                              \
        .seal_samples = 4000000, .seal_bytes = 96 << 20, .seal_ms = 3600000,                       \
        .wal_bytes = 256 << 20, .queue_bytes = 64 << 20, .months = 0                               \
    }

/** How a store is. */
struct tw_store_health {
    char state[256];         /* "ok", or why the last commit failed */
    char warning[256];       /* "", or what will make it refuse samples if it goes on */
    int64_t samples;         /* stored, counting replaced ones once more */
    int64_t waiting_samples; /* in the log and in memory, not in a chunk yet */
    int64_t log_bytes, wal_bytes, queue_bytes;
    int64_t refused_history, refused_live; /* samples, since the store was opened */
};

/** What the values of a stretch of time come to. */
struct tw_store_bucket {
    int64_t count;             /* samples */
    int64_t numbers;           /* of them that are not NaN */
    int64_t first_ms, last_ms; /* their times */
    double first, last;        /* their values */
    double min, max;           /* of the numbers */
    double sum;                /* likewise; its last bits depend on how samples lie in chunks */
    int32_t quality;           /* bits of any sample */
};

/**
 * Open a store, made when it is missing, brought to the newest schema when it is older.
 *
 * path       of the database file; its folder is made when it is missing
 * committed  may be NULL
 * why        [why_size] on failure: the reason in words
 * out_store  owned by the caller
 * errors     TW_ERR_FILE it cannot be opened or written, TW_ERR_FORMAT no store of ours or of a
 *            newer version, TW_ERR_NOMEM
 */
tw_status tw_store_open(const char *path, tw_store_committed *committed, void *user, char *why,
                        size_t why_size, struct tw_store **out_store);

/** As tw_store_open, with limits other than the default. */
tw_status tw_store_open_with(const char *path, const tw_store_options *options,
                             tw_store_committed *committed, void *user, char *why, size_t why_size,
                             struct tw_store **out_store);

/** Write what is queued and take nothing more; reading goes on. */
void tw_store_stop(struct tw_store *store);

/** Stop, close and free; NULL is fine. Nobody may use it any more. */
void tw_store_close(struct tw_store *store);

/**
 * The ids of series by their names, made when they are new.
 *
 * names       [count]
 * out_series  [count] ids, 1..
 * errors      TW_ERR_FILE, TW_ERR_NOMEM
 */
tw_status tw_store_series_register(struct tw_store *store, const char *const *names, int32_t count,
                                   int32_t *out_series);

/** The name of a source, borrowed until the store is closed; "" when there is no such. */
const char *tw_store_source_name(struct tw_store *store, int32_t source);

/**
 * Queue samples for the next commit: all of them are stored or none. A sample with the series, time
 * and source of an earlier one replaces it.
 *
 * samples  [count] copied; times in the years 1900 to 2199
 * done     called once, unless an error is returned; may be NULL; TW_ERR_FULL when there are too
 *          many sources
 * errors   TW_ERR_FULL too much is waiting, TW_ERR_NOMEM, TW_ERR_ARG a series or time is none
 */
tw_status tw_store_samples_add(struct tw_store *store, const char *source, int64_t received_ms,
                               const struct tw_store_sample *samples, size_t count,
                               tw_store_done *done, void *user);

/** Queue a warning, new or changed. errors: TW_ERR_FULL, TW_ERR_NOMEM */
tw_status tw_store_warning_put(struct tw_store *store, const struct tw_store_warning *warning);

/**
 * Queue warnings and a small value that belongs to them: after a crash all of it is there or none.
 *
 * warnings  [count] copied
 * key       of the value, as for tw_store_meta_set; NULL: there is none
 * errors    TW_ERR_FULL, TW_ERR_NOMEM
 */
tw_status tw_store_warnings_put(struct tw_store *store, const struct tw_store_warning *warnings,
                                size_t count, const char *key, int64_t value);

/** Queue a bulletin. errors: TW_ERR_FULL, TW_ERR_NOMEM */
tw_status tw_store_bulletin_put(struct tw_store *store, const struct tw_store_bulletin *bulletin);

/** Queue a notice, new or changed. errors: TW_ERR_FULL, TW_ERR_NOMEM */
tw_status tw_store_notice_put(struct tw_store *store, const struct tw_store_notice *notice);

/** Queue a line of the audit. errors: TW_ERR_FULL, TW_ERR_NOMEM */
tw_status tw_store_audit_add(struct tw_store *store, const struct tw_store_audit *audit);

/**
 * Queue what a forecast came to.
 *
 * summary  JSON, copied
 * errors   TW_ERR_FULL, TW_ERR_NOMEM
 */
tw_status tw_store_forecast_add(struct tw_store *store, int64_t session, int64_t issued_ms,
                                int32_t took_ms, const char *summary);

/** Remove all samples of a source (a replay puts its own in again); waits. errors: TW_ERR_FILE */
tw_status tw_store_source_clear(struct tw_store *store, const char *source);

/** Keep a small value under a key; waits until it is on disk. errors: TW_ERR_FILE, TW_ERR_FULL */
tw_status tw_store_meta_set(struct tw_store *store, const char *key, int64_t value);

/** A value kept under a key; `otherwise` when there is none. */
int64_t tw_store_meta_get(struct tw_store *store, const char *key, int64_t otherwise);

/** Wait until everything queued so far is on disk or has failed. errors: what the wait itself had */
tw_status tw_store_flush(struct tw_store *store);

/** Seal what waits in the log into chunks; waits. errors: TW_ERR_FILE, TW_ERR_FULL, TW_ERR_NOMEM */
tw_status tw_store_seal(struct tw_store *store);

/** Remove whole months that ended at or before a time; waits. errors: TW_ERR_FILE, TW_ERR_FULL */
tw_status tw_store_months_remove(struct tw_store *store, int64_t before_ms);

/** The last value of a series. */
struct tw_store_head tw_store_head_get(struct tw_store *store, int32_t series);

/** Samples stored, counting replaced ones once more, since the store was made. */
int64_t tw_store_sample_count(struct tw_store *store);

/** "ok", or why the last commit failed; at most size - 1 bytes. */
void tw_store_state(struct tw_store *store, char *out, size_t size);

/** How the store is. */
void tw_store_health_get(struct tw_store *store, struct tw_store_health *out_health);

/**
 * Samples of a series, oldest first; of several sources at one time all.
 *
 * from_ms, to_ms  both included
 * limit           of several, the newest are kept
 * out_samples     from malloc, the caller frees it; NULL for none
 * errors          TW_ERR_FILE, TW_ERR_NOMEM
 */
tw_status tw_store_samples_read(struct tw_store *store, int32_t series, int64_t from_ms,
                                int64_t to_ms, size_t limit, struct tw_store_sample **out_samples,
                                size_t *out_count);

/**
 * The samples of a series down to as many stretches as there are pixels, of equal length. What lies
 * in one stretch as a whole chunk of good samples is not unpacked.
 *
 * from_ms, to_ms  both included, from_ms <= to_ms
 * out_buckets     [count]
 * errors          TW_ERR_FILE, TW_ERR_NOMEM, TW_ERR_ARG
 */
tw_status tw_store_buckets_read(struct tw_store *store, int32_t series, int64_t from_ms,
                                int64_t to_ms, int32_t count, struct tw_store_bucket *out_buckets);

/**
 * Warnings of a session, by id.
 *
 * out_warnings  from malloc, the caller frees it; NULL for none
 * errors        TW_ERR_FILE, TW_ERR_NOMEM
 */
tw_status tw_store_warnings_read(struct tw_store *store, int64_t session,
                                 struct tw_store_warning **out_warnings, size_t *out_count);

/** Called with each bulletin, borrowed; false stops. */
typedef bool tw_store_bulletin_visit(void *user, const struct tw_store_bulletin *bulletin);

/** The last bulletins of a session, newest first. errors: TW_ERR_FILE */
tw_status tw_store_bulletins_read(struct tw_store *store, int64_t session, size_t limit,
                                  tw_store_bulletin_visit *visit, void *user);

/** Called with each notice, borrowed; false stops. */
typedef bool tw_store_notice_visit(void *user, const struct tw_store_notice *notice);

/** The last notices of a session, newest first. errors: TW_ERR_FILE */
tw_status tw_store_notices_read(struct tw_store *store, int64_t session, size_t limit,
                                tw_store_notice_visit *visit, void *user);

/** Called with each line of an answer; false stops. */
typedef bool tw_store_audit_visit(void *user, const struct tw_store_audit *audit);

/** The last lines of the audit, newest first. errors: TW_ERR_FILE */
tw_status tw_store_audit_read(struct tw_store *store, size_t limit, tw_store_audit_visit *visit,
                              void *user);

#endif
