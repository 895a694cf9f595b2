/* Shared by the files of the PostgreSQL backend: one schema, chunks and marks partitioned by month. */
#ifndef TW_STORE_PG_H
#define TW_STORE_PG_H

#include "store/backend.h"

#include <libpq-fe.h>

#define TW_PG_PARAMS TW_TABLE_COLUMNS

struct tw_pg {
    struct tw_session session; /* first */
    enum tw_session_mode mode;
    PGconn *connection;
    int depth;          /* of begin: a month's transaction may lie in that of the rows */
    int32_t month;      /* between month_begin and its end */
    int32_t made_month; /* whose partitions are known to be there; 0: none */
    char error[256];
};

/** Values of a statement, as text or bytes. */
struct tw_pg_params {
    int count;
    const char *values[TW_PG_PARAMS];
    int lengths[TW_PG_PARAMS], formats[TW_PG_PARAMS];
    char text[TW_PG_PARAMS][32];
};

static inline struct tw_pg *tw_pg_of(struct tw_session *session) { return (struct tw_pg *)session; }

/** Add a whole number. */
void tw_pg_whole(struct tw_pg_params *params, int64_t value);

/** Add bytes; borrowed. */
void tw_pg_bytes(struct tw_pg_params *params, const void *data, size_t size);

/**
 * Run a statement whose answer is read in text, but bytea in binary.
 *
 * out_result  to be cleared by the caller; may be NULL
 * errors      TW_ERR_FILE
 */
tw_status tw_pg_run(struct tw_pg *pg, const char *sql, const struct tw_pg_params *params,
                    PGresult **out_result);

/** A whole number of a binary answer, of 4 or 8 bytes. */
int64_t tw_pg_whole_at(const PGresult *result, int row, int column);

/* Transactions that may lie in one another, see backend.h. */
tw_status tw_pg_begin(struct tw_session *session);
tw_status tw_pg_commit(struct tw_session *session);
void tw_pg_rollback(struct tw_session *session);

/* The backend's rows about months, see backend.h. */
tw_status tw_pg_months_read(struct tw_session *session, tw_month_visit *visit, void *user);
tw_status tw_pg_month_begin(struct tw_session *session, int32_t month);
tw_status tw_pg_month_commit(struct tw_session *session, int32_t month);
void tw_pg_month_rollback(struct tw_session *session, int32_t month);
tw_status tw_pg_month_drop(struct tw_session *session, int32_t month);
tw_status tw_pg_month_hold(struct tw_session *session, int32_t month, bool hold);
tw_status tw_pg_chunk_put(struct tw_session *session, int32_t series, int64_t begin_ms,
                          const uint8_t *data, size_t size);
tw_status tw_pg_chunk_remove(struct tw_session *session, int32_t series, int64_t begin_ms);
tw_status tw_pg_mark_put(struct tw_session *session, const struct tw_mark *mark);
tw_status tw_pg_chunks_read(struct tw_session *session, int32_t month, int32_t series,
                            int64_t to_ms, tw_chunk_visit *visit, void *user);
tw_status tw_pg_marks_read(struct tw_session *session, int32_t month, int32_t series,
                           tw_mark_visit *visit, void *user);

#endif
