/* Where a store keeps its rows, log and chunks: SQLite files or a PostgreSQL database. What is kept
 * and when is decided above, in store_*.c; a backend only does as it is told.
 *
 * A session is used by one thread at a time. All calls answer TW_ERR_FILE when the disk or the
 * database fails, and then `error` has the words. */
#ifndef TW_STORE_BACKEND_H
#define TW_STORE_BACKEND_H

#include "store/chunk.h"
#include "store/store.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Tables of rows whose first column is their key. */
enum tw_table {
    TW_TABLE_META,
    TW_TABLE_SERIES,
    TW_TABLE_SOURCE,
    TW_TABLE_WARNING,
    TW_TABLE_AUDIT,
    TW_TABLE_FORECAST,
    TW_TABLE_BULLETIN,
    TW_TABLE_NOTICE,
    TW_TABLE_JOURNAL,
    TW_TABLE_BOOKING,
    TW_TABLE_RECORD,
    TW_TABLE_COUNT
};

#define TW_TABLE_COLUMNS 42
#define TW_TABLE_SQL 1024 /* bytes that the names of a table's columns take in a statement */

/** A table: its name, its columns and their kinds, 'i' whole, 'r' real, 't' text. */
struct tw_table_info {
    const char *name;
    int columns;
    const char *column[TW_TABLE_COLUMNS];
    char kind[TW_TABLE_COLUMNS + 1];
};

/** The tables, [TW_TABLE_COUNT]. */
const struct tw_table_info *tw_table_info_get(enum tw_table table);

/** One field of a row. */
struct tw_cell {
    char kind; /* as the column's, or 0: nothing is known */
    int64_t whole;
    double real;
    const char *text;
};

/** Which rows: those whose column has a value, all with column < 0; in order of their key. */
struct tw_rows {
    enum tw_table table;
    int column;
    int64_t value;
    bool newest_first;
    int64_t limit;
};

/** How far a series is sealed in a month, and its last point there. */
struct tw_mark {
    int32_t series;
    int64_t seq;                /* of the log; what is in it up to here is in chunks */
    struct tw_chunk_point last; /* time_ms TW_STORE_NEVER: there is none */
};

/* Each is called with what is found, and answers whether it wants more. */
typedef bool tw_row_visit(void *user, const struct tw_cell *cells);
typedef bool tw_log_visit(void *user, int64_t seq, int64_t total, const uint8_t *data, size_t size);
typedef bool tw_chunk_visit(void *user, int32_t series, int64_t begin_ms, const uint8_t *data,
                            size_t size);
typedef bool tw_mark_visit(void *user, const struct tw_mark *mark);
typedef bool tw_month_visit(void *user, int32_t month);

/** What a session may do. */
enum tw_session_mode { TW_SESSION_READ, TW_SESSION_WRITE, TW_SESSION_CREATE };

struct tw_backend_ops;

/** A connection; a backend's own struct begins with it. */
struct tw_session {
    const struct tw_backend_ops *ops;
};

/** What a backend can do. */
struct tw_backend_ops {
    const char *name;

    /* TW_SESSION_CREATE makes what is missing and brings it to the newest version.
     * errors: TW_ERR_FILE, TW_ERR_FORMAT not ours or too new, TW_ERR_NOMEM; why in words */
    tw_status (*open)(const char *where, enum tw_session_mode mode, char *why, size_t why_size,
                      struct tw_session **out_session);
    void (*close)(struct tw_session *session);
    const char *(*error)(struct tw_session *session);

    /* Rows and log, in a transaction of their own. */
    tw_status (*begin)(struct tw_session *session);
    tw_status (*commit)(struct tw_session *session);
    void (*rollback)(struct tw_session *session);
    /* A part of a transaction that can be left out alone: begun, then kept or undone. */
    tw_status (*part_begin)(struct tw_session *session);
    tw_status (*part_end)(struct tw_session *session, bool keep);
    tw_status (*row_put)(struct tw_session *session, enum tw_table table,
                         const struct tw_cell *cells);
    /* Add a row whose key nobody has yet. errors: TW_ERR_STATE there is one */
    tw_status (*row_claim)(struct tw_session *session, enum tw_table table,
                           const struct tw_cell *cells);
    /* Remove the row of a text key, if there is one. */
    tw_status (*row_remove)(struct tw_session *session, enum tw_table table, const char *key);
    tw_status (*rows_read)(struct tw_session *session, const struct tw_rows *rows,
                           tw_row_visit *visit, void *user);
    tw_status (*meta_get)(struct tw_session *session, const char *key, int64_t *inout_value);
    tw_status (*log_add)(struct tw_session *session, int64_t seq, int64_t total,
                         const uint8_t *data, size_t size);
    tw_status (*log_remove)(struct tw_session *session, int64_t up_to);
    void (*log_shrink)(struct tw_session *session); /* it is empty: give its room back */
    tw_status (*log_read)(struct tw_session *session, tw_log_visit *visit, void *user);

    /* Chunks and marks of one month, in a transaction of their own; the month is made by begin. */
    tw_status (*months_read)(struct tw_session *session, tw_month_visit *visit, void *user);
    tw_status (*month_begin)(struct tw_session *session, int32_t month);
    tw_status (*month_commit)(struct tw_session *session, int32_t month);
    void (*month_rollback)(struct tw_session *session, int32_t month);
    tw_status (*month_drop)(struct tw_session *session, int32_t month);
    tw_status (*chunk_put)(struct tw_session *session, int32_t series, int64_t begin_ms,
                           const uint8_t *data, size_t size);
    tw_status (*chunk_remove)(struct tw_session *session, int32_t series, int64_t begin_ms);
    tw_status (*mark_put)(struct tw_session *session, const struct tw_mark *mark);

    /* Until it is called with false, chunks and marks of the month are read as they are now. */
    tw_status (*month_hold)(struct tw_session *session, int32_t month, bool hold);
    /* A series' chunks of a month that begin at or before a time, the newest first; or all of them
     * with series < 0, by series and time. The data is borrowed for the visit. */
    tw_status (*chunks_read)(struct tw_session *session, int32_t month, int32_t series,
                             int64_t to_ms, tw_chunk_visit *visit, void *user);
    tw_status (*marks_read)(struct tw_session *session, int32_t month, int32_t series,
                            tw_mark_visit *visit, void *user); /* of all with series < 0 */

    /* Do what is due between commits; answers how much waits to be moved to its place [bytes]. */
    int64_t (*maintain)(struct tw_session *session);
    /* Ask the database itself whether it is sound: its first complaint in why. */
    tw_status (*integrity)(struct tw_session *session, char *why, size_t why_size);
    /* A month was dropped by another session: forget what is held open of it. */
    void (*forget)(struct tw_session *session);
};

extern const struct tw_backend_ops tw_backend_sqlite, tw_backend_pg;

/** Months that a store has, in their order; all zeros is an empty list. */
struct tw_months {
    int32_t *months; /* [count] from malloc, the caller frees it */
    size_t count;
};

/** The months of a store. out is to be freed on failure, too. errors: of months_read, TW_ERR_NOMEM */
tw_status tw_months_collect(struct tw_session *session, struct tw_months *out);

/** The backend that a place names. */
const struct tw_backend_ops *tw_backend_of(const char *where);

#endif
