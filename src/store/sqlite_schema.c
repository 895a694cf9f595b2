/* Tables, and the way from each version of them to the next. */
#include "store/month.h"
#include "store/sqlite.h"

#include <stdio.h>
#include <stdlib.h>

/* migrations[n] makes version n + 1 out of version n. A row is never changed once it was released:
 * a change of the tables is a new row. */
static const char *const migrations[] = {
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE series(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE source(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE sample(series INTEGER NOT NULL, time_ms INTEGER NOT NULL,"
    " source INTEGER NOT NULL, value REAL NOT NULL, quality INTEGER NOT NULL,"
    " PRIMARY KEY(series, time_ms, source)) WITHOUT ROWID;"
    "CREATE TABLE batch(seq INTEGER PRIMARY KEY, received_ms INTEGER NOT NULL,"
    " source INTEGER NOT NULL, count INTEGER NOT NULL);"
    "CREATE TABLE warning(id INTEGER PRIMARY KEY, session INTEGER NOT NULL, point TEXT NOT NULL,"
    " rank INTEGER NOT NULL, state INTEGER NOT NULL, depth_m REAL NOT NULL, expected_ms INTEGER,"
    " issued_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, reached_ms INTEGER,"
    " ended_ms INTEGER, simulated INTEGER NOT NULL, acknowledged_by TEXT,"
    " acknowledged_ms INTEGER);"
    "CREATE INDEX warning_session ON warning(session);"
    "CREATE TABLE audit(id INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, who TEXT NOT NULL,"
    " peer TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, status INTEGER NOT NULL,"
    " detail TEXT NOT NULL);"
    "CREATE TABLE forecast(id INTEGER PRIMARY KEY, session INTEGER NOT NULL,"
    " issued_ms INTEGER NOT NULL, took_ms INTEGER NOT NULL, summary TEXT NOT NULL);",
    /* Samples go to chunks; the log keeps them until then. total: samples up to and with this row. */
    "CREATE TABLE log(seq INTEGER PRIMARY KEY, total INTEGER NOT NULL, data BLOB NOT NULL);",
    /* Warnings say how sure they are and why, officers overrule them, and messages go out. */
    "ALTER TABLE warning ADD COLUMN grp INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE warning ADD COLUMN own_rank INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE warning ADD COLUMN highest_rank INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE warning ADD COLUMN probability REAL NOT NULL DEFAULT 0;"
    "ALTER TABLE warning ADD COLUMN low_m REAL NOT NULL DEFAULT 0;"
    "ALTER TABLE warning ADD COLUMN high_m REAL NOT NULL DEFAULT 0;"
    "ALTER TABLE warning ADD COLUMN early_ms INTEGER;"
    "ALTER TABLE warning ADD COLUMN late_ms INTEGER;"
    "ALTER TABLE warning ADD COLUMN cause_kind INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE warning ADD COLUMN cause_element TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE warning ADD COLUMN cause_ms INTEGER;"
    "ALTER TABLE warning ADD COLUMN basis TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE warning ADD COLUMN ordered INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE warning ADD COLUMN order_rank INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE warning ADD COLUMN ordered_by TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE warning ADD COLUMN order_reason TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE warning ADD COLUMN ordered_ms INTEGER;"
    "ALTER TABLE warning ADD COLUMN lower_count INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE warning ADD COLUMN lower_rank INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE warning ADD COLUMN none_count INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE warning ADD COLUMN passed_1_ms INTEGER;"
    "ALTER TABLE warning ADD COLUMN passed_2_ms INTEGER;"
    "ALTER TABLE warning ADD COLUMN passed_3_ms INTEGER;"
    "ALTER TABLE warning ADD COLUMN passed_4_ms INTEGER;"
    "ALTER TABLE warning ADD COLUMN told_rank INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE warning ADD COLUMN told_state INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE warning ADD COLUMN told_expected_ms INTEGER;"
    "UPDATE warning SET grp = id, own_rank = rank, highest_rank = rank, probability = 1;"
    "CREATE TABLE bulletin(id INTEGER PRIMARY KEY, session INTEGER NOT NULL,"
    " grp INTEGER NOT NULL, time_ms INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " identifier TEXT NOT NULL, text TEXT NOT NULL, brief TEXT NOT NULL);"
    "CREATE TABLE notice(id INTEGER PRIMARY KEY, session INTEGER NOT NULL,"
    " bulletin INTEGER NOT NULL, channel INTEGER NOT NULL, address TEXT NOT NULL,"
    " state INTEGER NOT NULL, attempts INTEGER NOT NULL, tried_ms INTEGER, next_ms INTEGER,"
    " answer TEXT NOT NULL);",
    /* Orders to crews: what happened to them, and who is booked. */
    "CREATE TABLE journal(id INTEGER PRIMARY KEY, session INTEGER NOT NULL,"
    " time_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL, kind TEXT NOT NULL,"
    " order_id INTEGER NOT NULL, crew TEXT NOT NULL, vehicle TEXT NOT NULL, place TEXT NOT NULL,"
    " who TEXT NOT NULL, reason TEXT NOT NULL, key TEXT NOT NULL, value REAL,"
    " items TEXT NOT NULL, detail TEXT NOT NULL);"
    "CREATE INDEX journal_session ON journal(session);"
    "CREATE TABLE booking(resource TEXT PRIMARY KEY, order_id INTEGER NOT NULL) WITHOUT ROWID;",
    /* Inspections of plants, and what people said of them. */
    "CREATE TABLE record(id INTEGER PRIMARY KEY, shelf INTEGER NOT NULL,"
    " time_ms INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, who TEXT NOT NULL,"
    " body TEXT NOT NULL);"
    "CREATE INDEX record_shelf ON record(shelf);",
};
static const int version = (int)(sizeof migrations / sizeof migrations[0]);

/* "Thal": tells our files from other programs' (PRAGMA application_id). */
static const int application = 0x5468616c;

static int pragma_get(sqlite3 *db, const char *sql, int *out)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
        if (code == SQLITE_ROW) *out = sqlite3_column_int(statement, 0);
    }
    (void)sqlite3_finalize(statement);
    return code == SQLITE_ROW ? SQLITE_OK : code;
}

/* Version 1 kept a row for each sample. */
enum { ROWS_VERSION = 1, PIECE = 1440 };

struct piece {
    struct tw_chunk_coder coder;
    struct tw_chunk_point points[TW_CHUNK_MOST];
    size_t count;
    int32_t series;
};

static tw_status piece_write(struct tw_sqlite *sqlite, struct piece *piece)
{
    const uint8_t *data = NULL;
    size_t size = 0;
    if (piece->count == 0) return TW_OK;
    TW_TRY(tw_chunk_pack(&piece->coder, piece->points, piece->count, &data, &size));
    TW_TRY(
        tw_sqlite_chunk_put(&sqlite->session, piece->series, piece->points[0].time_ms, data, size));
    struct tw_mark mark = {.series = piece->series, .last = piece->points[piece->count - 1]};
    piece->count = 0;
    return tw_sqlite_mark_put(&sqlite->session, &mark);
}

/* Take one row; a chunk ends only where a new time begins. */
static tw_status piece_add(struct tw_sqlite *sqlite, struct piece *piece, sqlite3_stmt *rows)
{
    int32_t series = sqlite3_column_int(rows, 0);
    struct tw_chunk_point point = {.time_ms = sqlite3_column_int64(rows, 1),
                                   .source = sqlite3_column_int(rows, 2),
                                   .value = sqlite3_column_double(rows, 3),
                                   .quality = sqlite3_column_int(rows, 4)};
    bool later = piece->count > 0 && point.time_ms > piece->points[piece->count - 1].time_ms;
    if (series != piece->series || (piece->count >= PIECE && later)) {
        TW_TRY(piece_write(sqlite, piece));
    }
    if (piece->count == TW_CHUNK_MOST) return TW_ERR_FULL;
    piece->series = series;
    piece->points[piece->count++] = point;
    return TW_OK;
}

static tw_status month_convert(struct tw_sqlite *sqlite, struct piece *piece, int32_t month)
{
    sqlite3_stmt *rows = NULL;
    int code = sqlite3_prepare_v2(sqlite->db,
                                  "SELECT series, time_ms, source, value, quality FROM sample"
                                  " WHERE time_ms >= ?1 AND time_ms < ?2"
                                  " ORDER BY series, time_ms, source",
                                  -1, &rows, NULL);
    if (code != SQLITE_OK) return tw_sqlite_failed(sqlite, sqlite->db, code);
    (void)sqlite3_bind_int64(rows, 1, tw_month_begin_ms(month));
    (void)sqlite3_bind_int64(rows, 2, tw_month_begin_ms(month + 1));
    tw_status status = tw_sqlite_month_begin(&sqlite->session, month);
    for (code = SQLITE_ROW; status == TW_OK && (code = sqlite3_step(rows)) == SQLITE_ROW;) {
        status = piece_add(sqlite, piece, rows);
    }
    if (status == TW_OK && code != SQLITE_DONE) status = tw_sqlite_failed(sqlite, sqlite->db, code);
    (void)sqlite3_finalize(rows);
    if (status == TW_OK) status = piece_write(sqlite, piece);
    if (status == TW_OK) status = tw_sqlite_month_commit(&sqlite->session, month);
    if (status != TW_OK) tw_sqlite_month_rollback(&sqlite->session, month);
    return status;
}

/* The month of the first sample from a time on; false when there is none. */
static bool month_next(sqlite3 *db, int64_t from_ms, int32_t *out_month)
{
    sqlite3_stmt *row = NULL;
    bool found = false;
    int code = sqlite3_prepare_v2(db, "SELECT min(time_ms) FROM sample WHERE time_ms >= ?1", -1,
                                  &row, NULL);
    if (code == SQLITE_OK) {
        (void)sqlite3_bind_int64(row, 1, from_ms);
        found = sqlite3_step(row) == SQLITE_ROW && sqlite3_column_type(row, 0) != SQLITE_NULL;
        if (found) *out_month = tw_month_of(sqlite3_column_int64(row, 0));
    }
    (void)sqlite3_finalize(row);
    return found;
}

/* Each month is committed before the rows are removed. After a crash in between the same chunks are
 * written over themselves. */
static tw_status samples_convert(struct tw_sqlite *sqlite)
{
    struct piece *piece = calloc(1, sizeof *piece);
    if (piece == NULL) return TW_ERR_NOMEM;
    tw_status status = TW_OK;
    int32_t month = 0;
    int64_t from_ms = INT64_MIN;
    while (status == TW_OK && month_next(sqlite->db, from_ms, &month)) {
        status = month_convert(sqlite, piece, month);
        from_ms = tw_month_begin_ms(month + 1);
    }
    tw_chunk_coder_done(&piece->coder);
    free(piece);
    if (status != TW_OK) return status;
    int code = sqlite3_exec(sqlite->db,
                            "INSERT INTO log(seq, total, data)"
                            " SELECT 1, coalesce(sum(count), 0), x'' FROM batch;"
                            "DROP TABLE sample;DROP TABLE batch;",
                            NULL, NULL, NULL);
    return code == SQLITE_OK ? TW_OK : tw_sqlite_failed(sqlite, sqlite->db, code);
}

static tw_status migrate(struct tw_sqlite *sqlite, int from)
{
    sqlite3 *db = sqlite->db;
    tw_status status = TW_OK;
    int code = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    for (int i = from; i < version && code == SQLITE_OK && status == TW_OK; i++) {
        code = sqlite3_exec(db, migrations[i], NULL, NULL, NULL);
        if (code == SQLITE_OK && i == ROWS_VERSION) status = samples_convert(sqlite);
    }
    char sql[96];
    (void)snprintf(sql, sizeof sql, "PRAGMA application_id=%d;PRAGMA user_version=%d;COMMIT",
                   application, version);
    if (code == SQLITE_OK && status == TW_OK) code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    if (code != SQLITE_OK && status == TW_OK) status = tw_sqlite_failed(sqlite, db, code);
    if (status != TW_OK) (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    /* What the rows took is given back; a failure only leaves the file large. */
    if (status == TW_OK && from == ROWS_VERSION) (void)sqlite3_exec(db, "VACUUM", NULL, NULL, NULL);
    return status;
}

struct identity {
    int version, owner, tables;
};

static tw_status identify(sqlite3 *db, struct identity *out, char *why, size_t why_size)
{
    int code = pragma_get(db, "PRAGMA user_version", &out->version);
    if (code == SQLITE_OK) code = pragma_get(db, "PRAGMA application_id", &out->owner);
    if (code == SQLITE_OK) {
        code = pragma_get(db, "SELECT count(*) FROM sqlite_schema", &out->tables);
    }
    if (code != SQLITE_OK) {
        (void)snprintf(why, why_size, "%s", sqlite3_errmsg(db));
        return code == SQLITE_NOTADB ? TW_ERR_FORMAT : TW_ERR_FILE;
    }
    if (out->tables > 0 && out->owner != application) {
        (void)snprintf(why, why_size, "the file is another program's database");
        return TW_ERR_FORMAT;
    }
    return TW_OK;
}

static tw_status refuse_newer(const struct identity *is, int known, char *why, size_t why_size)
{
    if (is->version <= known) return TW_OK;
    (void)snprintf(why, why_size, "the store has version %d, this program knows up to %d",
                   is->version, known);
    return TW_ERR_FORMAT;
}

tw_status tw_sqlite_schema_apply(struct tw_sqlite *sqlite, char *why, size_t why_size)
{
    struct identity is = {0};
    TW_TRY(identify(sqlite->db, &is, why, why_size));
    TW_TRY(refuse_newer(&is, version, why, why_size));
    if (is.version == version) return TW_OK;
    if (sqlite->mode != TW_SESSION_CREATE) {
        (void)snprintf(why, why_size,
                       "the store has version %d; thalweg serve brings it to version %d",
                       is.version, version);
        return TW_ERR_FORMAT;
    }
    tw_status status = migrate(sqlite, is.version);
    if (status != TW_OK) (void)snprintf(why, why_size, "%s", sqlite->error);
    return status;
}

static const int month_version = 1;

tw_status tw_sqlite_month_schema_apply(sqlite3 *db, bool write, bool *out_made, char *why,
                                       size_t why_size)
{
    struct identity is = {0};
    TW_TRY(identify(db, &is, why, why_size));
    TW_TRY(refuse_newer(&is, month_version, why, why_size));
    *out_made = write || is.version == month_version;
    if (is.version == month_version || !write) return TW_OK;
    char sql[512];
    (void)snprintf(sql, sizeof sql,
                   "BEGIN IMMEDIATE;"
                   "CREATE TABLE chunk(id INTEGER PRIMARY KEY, data BLOB NOT NULL);"
                   "CREATE TABLE mark(series INTEGER PRIMARY KEY, seq INTEGER NOT NULL,"
                   " time_ms INTEGER NOT NULL, value INTEGER NOT NULL, quality INTEGER NOT NULL,"
                   " source INTEGER NOT NULL);"
                   "PRAGMA application_id=%d;PRAGMA user_version=%d;COMMIT",
                   application, month_version);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK) return TW_OK;
    (void)snprintf(why, why_size, "%s", sqlite3_errmsg(db));
    (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return TW_ERR_FILE;
}
