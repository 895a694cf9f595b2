/* The SQLite backend: the file of rows and the log. Write-ahead log, synchronous FULL: a commit that
 * was answered is on the disk. */
#include "store/sqlite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CHECKPOINT_FRAMES 4000 /* of 4 KiB, moved to their place between commits */
#define PAGE_BYTES 4096

tw_status tw_sqlite_failed(struct tw_sqlite *sqlite, sqlite3 *db, int code)
{
    if (db != NULL) {
        (void)snprintf(sqlite->error, sizeof sqlite->error, "%s", sqlite3_errmsg(db));
    } else {
        (void)snprintf(sqlite->error, sizeof sqlite->error, "%s", sqlite3_errstr(code));
    }
    return (code & 255) == SQLITE_NOMEM ? TW_ERR_NOMEM : TW_ERR_FILE;
}

tw_status tw_sqlite_run(struct tw_sqlite *sqlite, sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    tw_status status =
        code == SQLITE_DONE ? TW_OK : tw_sqlite_failed(sqlite, sqlite3_db_handle(statement), code);
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
    return status;
}

static tw_status exec(struct tw_session *session, const char *sql)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    int code = sqlite3_exec(sqlite->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? TW_OK : tw_sqlite_failed(sqlite, sqlite->db, code);
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
        int error = errno;
        if (!made && stat(copy, &about) == 0) { /* e.g. EROFS of one that is there */
            made = S_ISDIR(about.st_mode);
            error = ENOTDIR;
        }
        if (!made) {
            (void)snprintf(why, why_size, "folder %s cannot be made: %s", copy, strerror(error));
            status = TW_ERR_FILE;
            break;
        }
        *slash = '/';
    }
    free(copy);
    return status;
}

static int note_frames(void *user, sqlite3 *db, const char *name, int frames)
{
    struct tw_sqlite *sqlite = user;
    (void)db;
    (void)name;
    sqlite->wal_frames = frames;
    return SQLITE_OK;
}

static tw_status connect(struct tw_sqlite *sqlite, char *why, size_t why_size)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (sqlite->mode == TW_SESSION_CREATE) flags |= SQLITE_OPEN_CREATE;
    int code = sqlite3_open_v2(sqlite->path, &sqlite->db, flags, NULL);
    if (sqlite->db == NULL) return TW_ERR_NOMEM;
    (void)sqlite3_busy_timeout(sqlite->db, TW_SQLITE_BUSY_MS);
    if (code == SQLITE_OK && sqlite->mode == TW_SESSION_READ) {
        code = sqlite3_exec(sqlite->db, "PRAGMA query_only=1", NULL, NULL, NULL);
    } else if (code == SQLITE_OK) {
        code = sqlite3_exec(
            sqlite->db,
            "PRAGMA auto_vacuum=INCREMENTAL;PRAGMA journal_mode=WAL;"
            "PRAGMA synchronous=FULL;PRAGMA journal_size_limit=67108864;PRAGMA cache_size=-32768",
            NULL, NULL, NULL);
        (void)sqlite3_wal_hook(sqlite->db, note_frames, sqlite);
    }
    if (code != SQLITE_OK) {
        (void)snprintf(why, why_size, "%s", sqlite3_errmsg(sqlite->db));
        return code == SQLITE_NOTADB ? TW_ERR_FORMAT : TW_ERR_FILE;
    }
    return tw_sqlite_schema_apply(sqlite, why, why_size);
}

static void session_close(struct tw_session *session)
{
    if (session == NULL) return;
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    tw_sqlite_months_close(session);
    for (int i = 0; i < TW_TABLE_COUNT; i++)
        (void)sqlite3_finalize(sqlite->put[i]);
    (void)sqlite3_finalize(sqlite->log_add);
    (void)sqlite3_close(sqlite->db);
    free(sqlite->path);
    free(sqlite);
}

static tw_status session_open(const char *where, enum tw_session_mode mode, char *why,
                              size_t why_size, struct tw_session **out_session)
{
    struct tw_sqlite *sqlite = calloc(1, sizeof *sqlite);
    (void)snprintf(why, why_size, "out of memory");
    if (sqlite == NULL) return TW_ERR_NOMEM;
    sqlite->session.ops = &tw_backend_sqlite;
    sqlite->mode = mode;
    sqlite->path = strdup(where);
    tw_status status = sqlite->path == NULL ? TW_ERR_NOMEM : TW_OK;
    if (status == TW_OK && mode == TW_SESSION_CREATE) status = make_folders(where, why, why_size);
    if (status == TW_OK) status = connect(sqlite, why, why_size);
    if (status != TW_OK) {
        session_close(&sqlite->session);
        return status;
    }
    *out_session = &sqlite->session;
    return TW_OK;
}

static const char *session_error(struct tw_session *session)
{
    return tw_sqlite_of(session)->error;
}

static tw_status begin(struct tw_session *session) { return exec(session, "BEGIN IMMEDIATE"); }

static tw_status commit(struct tw_session *session) { return exec(session, "COMMIT"); }

static void rollback(struct tw_session *session)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    if (sqlite3_get_autocommit(sqlite->db) != 0) return;
    (void)sqlite3_exec(sqlite->db, "ROLLBACK", NULL, NULL, NULL);
}

static tw_status part_begin(struct tw_session *session) { return exec(session, "SAVEPOINT part"); }

static tw_status part_end(struct tw_session *session, bool keep)
{
    return exec(session, keep ? "RELEASE part" : "ROLLBACK TO part;RELEASE part");
}

/* ---- rows ---- */

static void columns_text(const struct tw_table_info *info, char *out, size_t size)
{
    size_t at = 0;
    for (int i = 0; i < info->columns; i++)
        at += (size_t)snprintf(out + at, size - at, "%s%s", i > 0 ? ", " : "", info->column[i]);
}

static void bind_cells(sqlite3_stmt *statement, const struct tw_cell *cells, int count)
{
    for (int i = 0; i < count; i++) {
        const struct tw_cell *cell = &cells[i];
        if (cell->kind == 'i') (void)sqlite3_bind_int64(statement, i + 1, cell->whole);
        if (cell->kind == 'r') (void)sqlite3_bind_double(statement, i + 1, cell->real);
        if (cell->kind == 't') {
            (void)sqlite3_bind_text(statement, i + 1, cell->text, -1, SQLITE_STATIC);
        }
        if (cell->kind == 0) (void)sqlite3_bind_null(statement, i + 1);
    }
}

static void values_text(char out[2 * TW_TABLE_COLUMNS])
{
    for (int i = 0; i < 2 * TW_TABLE_COLUMNS; i++)
        out[i] = i % 2 == 0 ? '?' : ',';
}

static tw_status put_prepared(struct tw_sqlite *sqlite, enum tw_table table, sqlite3_stmt **out)
{
    if (sqlite->put[table] == NULL) {
        const struct tw_table_info *info = tw_table_info_get(table);
        char columns[TW_TABLE_SQL];
        char values[2 * TW_TABLE_COLUMNS];
        char sql[TW_TABLE_SQL + sizeof values + 80];
        columns_text(info, columns, sizeof columns);
        values_text(values);
        (void)snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO %s(%s) VALUES(%.*s)", info->name,
                       columns, 2 * info->columns - 1, values);
        int code = sqlite3_prepare_v3(sqlite->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                      &sqlite->put[table], NULL);
        if (code != SQLITE_OK) return tw_sqlite_failed(sqlite, sqlite->db, code);
    }
    *out = sqlite->put[table];
    return TW_OK;
}

static tw_status row_put(struct tw_session *session, enum tw_table table,
                         const struct tw_cell *cells)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    sqlite3_stmt *put = NULL;
    TW_TRY(put_prepared(sqlite, table, &put));
    bind_cells(put, cells, tw_table_info_get(table)->columns);
    return tw_sqlite_run(sqlite, put);
}

/* Prepare, bind, run, forget: for rows of which a few come in a minute. */
static tw_status run_once(struct tw_sqlite *sqlite, const char *sql, const struct tw_cell *cells,
                          int count)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(sqlite->db, sql, -1, &statement, NULL);
    if (code != SQLITE_OK) return tw_sqlite_failed(sqlite, sqlite->db, code);
    bind_cells(statement, cells, count);
    tw_status status = tw_sqlite_run(sqlite, statement);
    (void)sqlite3_finalize(statement);
    return status;
}

static tw_status row_claim(struct tw_session *session, enum tw_table table,
                           const struct tw_cell *cells)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    const struct tw_table_info *info = tw_table_info_get(table);
    char columns[TW_TABLE_SQL];
    char values[2 * TW_TABLE_COLUMNS];
    char sql[TW_TABLE_SQL + sizeof values + 80];
    columns_text(info, columns, sizeof columns);
    values_text(values);
    (void)snprintf(sql, sizeof sql, "INSERT INTO %s(%s) VALUES(%.*s) ON CONFLICT DO NOTHING",
                   info->name, columns, 2 * info->columns - 1, values);
    TW_TRY(run_once(sqlite, sql, cells, info->columns));
    return sqlite3_changes(sqlite->db) == 1 ? TW_OK : TW_ERR_STATE;
}

static tw_status row_remove(struct tw_session *session, enum tw_table table, const char *key)
{
    const struct tw_table_info *info = tw_table_info_get(table);
    const struct tw_cell cell = {.kind = 't', .text = key};
    char sql[128];
    (void)snprintf(sql, sizeof sql, "DELETE FROM %s WHERE %s = ?", info->name, info->column[0]);
    return run_once(tw_sqlite_of(session), sql, &cell, 1);
}

static void cell_read(sqlite3_stmt *rows, int at, char kind, struct tw_cell *out)
{
    *out = (struct tw_cell){.kind = kind, .text = ""};
    if (sqlite3_column_type(rows, at) == SQLITE_NULL) {
        out->kind = 0;
    } else if (kind == 'i') {
        out->whole = sqlite3_column_int64(rows, at);
    } else if (kind == 'r') {
        out->real = sqlite3_column_double(rows, at);
    } else {
        const char *text = (const char *)sqlite3_column_text(rows, at);
        out->text = text == NULL ? "" : text;
    }
}

static tw_status rows_read(struct tw_session *session, const struct tw_rows *wanted,
                           tw_row_visit *visit, void *user)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    const struct tw_table_info *info = tw_table_info_get(wanted->table);
    char columns[TW_TABLE_SQL];
    char where[64] = "";
    char sql[TW_TABLE_SQL + 256];
    columns_text(info, columns, sizeof columns);
    if (wanted->column >= 0) {
        (void)snprintf(where, sizeof where, " WHERE %s = ?1", info->column[wanted->column]);
    }
    (void)snprintf(sql, sizeof sql, "SELECT %s FROM %s%s ORDER BY %s%s LIMIT ?2", columns,
                   info->name, where, info->column[0], wanted->newest_first ? " DESC" : "");
    sqlite3_stmt *rows = NULL;
    int code = sqlite3_prepare_v2(sqlite->db, sql, -1, &rows, NULL);
    if (code != SQLITE_OK) return tw_sqlite_failed(sqlite, sqlite->db, code);
    if (wanted->column >= 0) (void)sqlite3_bind_int64(rows, 1, wanted->value);
    (void)sqlite3_bind_int64(rows, 2, wanted->limit);
    code = sqlite3_step(rows);
    for (; code == SQLITE_ROW; code = sqlite3_step(rows)) {
        struct tw_cell cells[TW_TABLE_COLUMNS];
        for (int i = 0; i < info->columns; i++)
            cell_read(rows, i, info->kind[i], &cells[i]);
        if (!visit(user, cells)) {
            code = SQLITE_DONE;
            break;
        }
    }
    tw_status status = code == SQLITE_DONE ? TW_OK : tw_sqlite_failed(sqlite, sqlite->db, code);
    (void)sqlite3_finalize(rows);
    return status;
}

static tw_status meta_get(struct tw_session *session, const char *key, int64_t *inout_value)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    sqlite3_stmt *rows = NULL;
    int code =
        sqlite3_prepare_v2(sqlite->db, "SELECT value FROM meta WHERE key = ?1", -1, &rows, NULL);
    if (code != SQLITE_OK) return tw_sqlite_failed(sqlite, sqlite->db, code);
    (void)sqlite3_bind_text(rows, 1, key, -1, SQLITE_STATIC);
    code = sqlite3_step(rows);
    if (code == SQLITE_ROW) *inout_value = sqlite3_column_int64(rows, 0);
    tw_status status = code == SQLITE_ROW || code == SQLITE_DONE
                           ? TW_OK
                           : tw_sqlite_failed(sqlite, sqlite->db, code);
    (void)sqlite3_finalize(rows);
    return status;
}

/* ---- log ---- */

static tw_status log_add(struct tw_session *session, int64_t seq, int64_t total,
                         const uint8_t *data, size_t size)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    if (sqlite->log_add == NULL) {
        int code =
            sqlite3_prepare_v3(sqlite->db, "INSERT INTO log(seq, total, data) VALUES(?1, ?2, ?3)",
                               -1, SQLITE_PREPARE_PERSISTENT, &sqlite->log_add, NULL);
        if (code != SQLITE_OK) return tw_sqlite_failed(sqlite, sqlite->db, code);
    }
    (void)sqlite3_bind_int64(sqlite->log_add, 1, seq);
    (void)sqlite3_bind_int64(sqlite->log_add, 2, total);
    (void)sqlite3_bind_blob64(sqlite->log_add, 3, data, size, SQLITE_STATIC);
    return tw_sqlite_run(sqlite, sqlite->log_add);
}

static tw_status log_remove(struct tw_session *session, int64_t up_to)
{
    char sql[80];
    (void)snprintf(sql, sizeof sql, "DELETE FROM log WHERE seq <= %lld", (long long)up_to);
    return exec(session, sql);
}

/* Give back what an empty log leaves in the file; a failure only leaves it large. */
static void log_shrink(struct tw_session *session)
{
    (void)sqlite3_exec(tw_sqlite_of(session)->db, "PRAGMA incremental_vacuum", NULL, NULL, NULL);
}

static tw_status log_read(struct tw_session *session, tw_log_visit *visit, void *user)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    sqlite3_stmt *rows = NULL;
    int code = sqlite3_prepare_v2(sqlite->db, "SELECT seq, total, data FROM log ORDER BY seq", -1,
                                  &rows, NULL);
    if (code != SQLITE_OK) return tw_sqlite_failed(sqlite, sqlite->db, code);
    code = sqlite3_step(rows);
    for (; code == SQLITE_ROW; code = sqlite3_step(rows)) {
        const uint8_t *data = sqlite3_column_blob(rows, 2);
        if (!visit(user, sqlite3_column_int64(rows, 0), sqlite3_column_int64(rows, 1), data,
                   (size_t)sqlite3_column_bytes(rows, 2))) {
            code = SQLITE_DONE;
            break;
        }
    }
    tw_status status = code == SQLITE_DONE ? TW_OK : tw_sqlite_failed(sqlite, sqlite->db, code);
    (void)sqlite3_finalize(rows);
    return status;
}

/* ---- care ---- */

static int64_t maintain(struct tw_session *session)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    int frames = 0;
    int moved = 0;
    if (sqlite->wal_frames < CHECKPOINT_FRAMES) return (int64_t)sqlite->wal_frames * PAGE_BYTES;
    int code =
        sqlite3_wal_checkpoint_v2(sqlite->db, "main", SQLITE_CHECKPOINT_PASSIVE, &frames, &moved);
    if (code == SQLITE_OK && moved >= frames) sqlite->wal_frames = 0;
    /* A reader that holds an old state keeps the frames from being written over. */
    return (int64_t)sqlite->wal_frames * PAGE_BYTES;
}

static int integrity_of(sqlite3 *db, char *why, size_t why_size)
{
    sqlite3_stmt *rows = NULL;
    int code = sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &rows, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(rows);
    if (code == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(rows, 0);
        bool sound = text != NULL && strcmp(text, "ok") == 0;
        if (!sound) (void)snprintf(why, why_size, "%s", text == NULL ? "no answer" : text);
        code = sound ? SQLITE_OK : SQLITE_CORRUPT;
    } else {
        (void)snprintf(why, why_size, "%s", sqlite3_errmsg(db));
    }
    (void)sqlite3_finalize(rows);
    return code;
}

struct soundness {
    struct tw_sqlite *sqlite;
    char *why;
    size_t why_size;
    int code;
};

static bool check_month_file(void *user, int32_t month)
{
    struct soundness *sound = user;
    char *path = tw_sqlite_month_path(sound->sqlite->path, month);
    sqlite3 *db = NULL;
    sound->code =
        path == NULL ? SQLITE_NOMEM : sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
    if (sound->code == SQLITE_OK) (void)sqlite3_busy_timeout(db, TW_SQLITE_BUSY_MS);
    if (sound->code == SQLITE_OK) sound->code = integrity_of(db, sound->why, sound->why_size);
    (void)sqlite3_close(db);
    free(path);
    return sound->code == SQLITE_OK;
}

static tw_status integrity(struct tw_session *session, char *why, size_t why_size)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    struct soundness sound = {sqlite, why, why_size, SQLITE_OK};
    sound.code = integrity_of(sqlite->db, why, why_size);
    if (sound.code == SQLITE_OK) TW_TRY(tw_sqlite_months_read(session, check_month_file, &sound));
    if (sound.code == SQLITE_OK) return TW_OK;
    int kind = sound.code & 255;
    if (kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB) return TW_ERR_FORMAT;
    (void)snprintf(sqlite->error, sizeof sqlite->error, "%s", why); /* e.g. it cannot be read */
    return TW_ERR_FILE;
}

const struct tw_backend_ops tw_backend_sqlite = {
    .name = "SQLite",
    .open = session_open,
    .close = session_close,
    .error = session_error,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .part_begin = part_begin,
    .part_end = part_end,
    .row_put = row_put,
    .row_claim = row_claim,
    .row_remove = row_remove,
    .rows_read = rows_read,
    .meta_get = meta_get,
    .log_add = log_add,
    .log_remove = log_remove,
    .log_shrink = log_shrink,
    .log_read = log_read,
    .months_read = tw_sqlite_months_read,
    .month_begin = tw_sqlite_month_begin,
    .month_commit = tw_sqlite_month_commit,
    .month_rollback = tw_sqlite_month_rollback,
    .month_drop = tw_sqlite_month_drop,
    .month_hold = tw_sqlite_month_hold,
    .chunk_put = tw_sqlite_chunk_put,
    .chunk_remove = tw_sqlite_chunk_remove,
    .mark_put = tw_sqlite_mark_put,
    .chunks_read = tw_sqlite_chunks_read,
    .marks_read = tw_sqlite_marks_read,
    .maintain = maintain,
    .integrity = integrity,
    .forget = tw_sqlite_months_close,
};
