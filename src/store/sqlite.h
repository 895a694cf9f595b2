/* Shared by the files of the SQLite backend: one file for rows and the log, one for each month's
 * chunks beside it. */
#ifndef TW_STORE_SQLITE_H
#define TW_STORE_SQLITE_H

#include "store/backend.h"

#include <sqlite3.h>

#define TW_SQLITE_BUSY_MS 5000
#define TW_SQLITE_MONTHS 4 /* files of months held open by a session */

enum tw_sqlite_month_statement {
    TW_MONTH_CHUNK_PUT,
    TW_MONTH_CHUNK_REMOVE,
    TW_MONTH_MARK_PUT,
    TW_MONTH_CHUNKS_DOWN,
    TW_MONTH_CHUNKS_ALL,
    TW_MONTH_MARK_GET,
    TW_MONTH_MARKS_ALL,
    TW_MONTH_STATEMENTS
};

/** An open month; db is NULL when its place is free. */
struct tw_sqlite_month {
    int32_t month;
    uint64_t used; /* by which the longest unused is found */
    sqlite3 *db;
    sqlite3_stmt *statements[TW_MONTH_STATEMENTS];
};

struct tw_sqlite {
    struct tw_session session; /* first */
    enum tw_session_mode mode;
    char *path;
    sqlite3 *db;
    sqlite3_stmt *put[TW_TABLE_COUNT];
    sqlite3_stmt *log_add;
    int wal_frames; /* of the rows and the log, since the last checkpoint was complete */
    struct tw_sqlite_month months[TW_SQLITE_MONTHS];
    struct tw_sqlite_month *writing; /* between month_begin and its end */
    uint64_t uses;
    char error[256];
};

static inline struct tw_sqlite *tw_sqlite_of(struct tw_session *session)
{
    return (struct tw_sqlite *)session;
}

/** Take the words of a database's last failure. Returns TW_ERR_FILE, or TW_ERR_NOMEM. */
tw_status tw_sqlite_failed(struct tw_sqlite *sqlite, sqlite3 *db, int code);

/** Make or upgrade the tables of rows. errors: TW_ERR_FILE, TW_ERR_FORMAT; why in words */
tw_status tw_sqlite_schema_apply(struct tw_sqlite *sqlite, char *why, size_t why_size);

/** Make or check a month's tables. errors: TW_ERR_FILE, TW_ERR_FORMAT; why in words */
tw_status tw_sqlite_month_schema_apply(sqlite3 *db, bool write, bool *out_made, char *why,
                                       size_t why_size);

/** Run a bound statement that answers no rows. errors: TW_ERR_FILE */
tw_status tw_sqlite_run(struct tw_sqlite *sqlite, sqlite3_stmt *statement);

/** The file of a month, from malloc; NULL without memory. */
char *tw_sqlite_month_path(const char *path, int32_t month);

/** Close all months. */
void tw_sqlite_months_close(struct tw_session *session);

/* The backend's rows about months, see backend.h. */
tw_status tw_sqlite_months_read(struct tw_session *session, tw_month_visit *visit, void *user);
tw_status tw_sqlite_month_begin(struct tw_session *session, int32_t month);
tw_status tw_sqlite_month_commit(struct tw_session *session, int32_t month);
void tw_sqlite_month_rollback(struct tw_session *session, int32_t month);
tw_status tw_sqlite_month_drop(struct tw_session *session, int32_t month);
tw_status tw_sqlite_month_hold(struct tw_session *session, int32_t month, bool hold);
tw_status tw_sqlite_chunk_put(struct tw_session *session, int32_t series, int64_t begin_ms,
                              const uint8_t *data, size_t size);
tw_status tw_sqlite_chunk_remove(struct tw_session *session, int32_t series, int64_t begin_ms);
tw_status tw_sqlite_mark_put(struct tw_session *session, const struct tw_mark *mark);
tw_status tw_sqlite_chunks_read(struct tw_session *session, int32_t month, int32_t series,
                                int64_t to_ms, tw_chunk_visit *visit, void *user);
tw_status tw_sqlite_marks_read(struct tw_session *session, int32_t month, int32_t series,
                               tw_mark_visit *visit, void *user);

#endif
