/* A month's chunks: one file each, so that the oldest go by removing a file. A chunk's row id is its
 * series and its begin within the month, so that a series' chunks lie side by side. */
#include "store/month.h"
#include "store/sqlite.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const sql[TW_MONTH_STATEMENTS] = {
    [TW_MONTH_CHUNK_PUT] = "INSERT OR REPLACE INTO chunk(id, data) VALUES(?1, ?2)",
    [TW_MONTH_CHUNK_REMOVE] = "DELETE FROM chunk WHERE id = ?1",
    [TW_MONTH_MARK_PUT] = "INSERT OR REPLACE INTO mark(series, seq, time_ms, value, quality,"
                          " source) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [TW_MONTH_CHUNKS_DOWN] =
        "SELECT id, data FROM chunk WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC",
    [TW_MONTH_CHUNKS_ALL] = "SELECT id, data FROM chunk ORDER BY id",
    [TW_MONTH_MARK_GET] =
        "SELECT series, seq, time_ms, value, quality, source FROM mark WHERE series = ?1",
    [TW_MONTH_MARKS_ALL] = "SELECT series, seq, time_ms, value, quality, source FROM mark"
                           " ORDER BY series",
};

/* "live.db" -> "live" */
static size_t stem_length(const char *path)
{
    size_t length = strlen(path);
    return length > 3 && strcmp(path + length - 3, ".db") == 0 ? length - 3 : length;
}

char *tw_sqlite_month_path(const char *path, int32_t month)
{
    size_t room = strlen(path) + 32;
    char *name = malloc(room);
    if (name == NULL) return NULL;
    (void)snprintf(name, room, "%.*s.%04d-%02d.db", (int)stem_length(path), path, month / 12,
                   month % 12 + 1);
    return name;
}

static void month_close(struct tw_sqlite_month *m)
{
    for (int i = 0; i < TW_MONTH_STATEMENTS; i++)
        (void)sqlite3_finalize(m->statements[i]);
    (void)sqlite3_close(m->db);
    *m = (struct tw_sqlite_month){0};
}

void tw_sqlite_months_close(struct tw_session *session)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    for (int i = 0; i < TW_SQLITE_MONTHS; i++)
        month_close(&sqlite->months[i]);
}

static tw_status month_connect(struct tw_sqlite *sqlite, struct tw_sqlite_month *m, bool create,
                               bool *out_made)
{
    char *path = tw_sqlite_month_path(sqlite->path, m->month);
    if (path == NULL) return TW_ERR_NOMEM;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
    int code = sqlite3_open_v2(path, &m->db, flags, NULL);
    if (code == SQLITE_OK) {
        (void)sqlite3_busy_timeout(m->db, TW_SQLITE_BUSY_MS);
        if (sqlite->mode != TW_SESSION_READ) {
            code = sqlite3_exec(m->db,
                                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
                                "PRAGMA journal_size_limit=33554432;PRAGMA cache_size=-16384",
                                NULL, NULL, NULL);
        } else {
            code = sqlite3_exec(m->db, "PRAGMA query_only=1;PRAGMA cache_size=-1024", NULL, NULL,
                                NULL);
        }
    }
    tw_status status = code == SQLITE_OK ? TW_OK : tw_sqlite_failed(sqlite, m->db, code);
    if (status == TW_OK) {
        char why[160] = "";
        status = tw_sqlite_month_schema_apply(m->db, sqlite->mode != TW_SESSION_READ, out_made, why,
                                              sizeof why);
        if (status != TW_OK) {
            (void)snprintf(sqlite->error, sizeof sqlite->error, "%.80s: %.160s", path, why);
        }
    }
    free(path);
    return status;
}

static bool month_file_is_there(struct tw_sqlite *sqlite, int32_t month)
{
    char *path = tw_sqlite_month_path(sqlite->path, month);
    bool is_there = path != NULL && access(path, F_OK) == 0;
    free(path);
    return is_there;
}

/* An open month; NULL and TW_OK when it is to be read and there is none. */
static tw_status month_get(struct tw_sqlite *sqlite, int32_t month, bool create,
                           struct tw_sqlite_month **out)
{
    struct tw_sqlite_month *oldest = &sqlite->months[0];
    *out = NULL;
    for (int i = 0; i < TW_SQLITE_MONTHS; i++) {
        struct tw_sqlite_month *m = &sqlite->months[i];
        if (m->db != NULL && m->month == month) {
            m->used = ++sqlite->uses;
            *out = m;
            return TW_OK;
        }
        if (m->used < oldest->used) oldest = m;
    }
    if (!create && !month_file_is_there(sqlite, month)) return TW_OK;
    month_close(oldest);
    oldest->month = month;
    bool made = false;
    tw_status status = month_connect(sqlite, oldest, create, &made);
    if (status != TW_OK || !made) { /* not made: another session is about to */
        month_close(oldest);
        return status;
    }
    oldest->used = ++sqlite->uses;
    *out = oldest;
    return TW_OK;
}

static tw_status prepared(struct tw_sqlite *sqlite, struct tw_sqlite_month *m,
                          enum tw_sqlite_month_statement which, sqlite3_stmt **out)
{
    if (m->statements[which] == NULL) {
        int code = sqlite3_prepare_v3(m->db, sql[which], -1, SQLITE_PREPARE_PERSISTENT,
                                      &m->statements[which], NULL);
        if (code != SQLITE_OK) return tw_sqlite_failed(sqlite, m->db, code);
    }
    *out = m->statements[which];
    return TW_OK;
}

tw_status tw_sqlite_month_begin(struct tw_session *session, int32_t month)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    TW_TRY(month_get(sqlite, month, true, &sqlite->writing));
    int code = sqlite3_exec(sqlite->writing->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    return code == SQLITE_OK ? TW_OK : tw_sqlite_failed(sqlite, sqlite->writing->db, code);
}

tw_status tw_sqlite_month_commit(struct tw_session *session, int32_t month)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    (void)month;
    int code = sqlite3_exec(sqlite->writing->db, "COMMIT", NULL, NULL, NULL);
    return code == SQLITE_OK ? TW_OK : tw_sqlite_failed(sqlite, sqlite->writing->db, code);
}

void tw_sqlite_month_rollback(struct tw_session *session, int32_t month)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    (void)month;
    if (sqlite->writing == NULL || sqlite3_get_autocommit(sqlite->writing->db) != 0) return;
    (void)sqlite3_exec(sqlite->writing->db, "ROLLBACK", NULL, NULL, NULL);
}

tw_status tw_sqlite_month_drop(struct tw_session *session, int32_t month)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    for (int i = 0; i < TW_SQLITE_MONTHS; i++) {
        if (sqlite->months[i].month == month) month_close(&sqlite->months[i]);
    }
    char *path = tw_sqlite_month_path(sqlite->path, month);
    if (path == NULL) return TW_ERR_NOMEM;
    tw_status status = unlink(path) == 0 || errno == ENOENT ? TW_OK : TW_ERR_FILE;
    if (status != TW_OK) {
        (void)snprintf(sqlite->error, sizeof sqlite->error, "%.160s: %s", path, strerror(errno));
    }
    /* What belongs to a file that is gone must not be taken for part of a new one. */
    size_t length = strlen(path);
    char *beside = malloc(length + 5);
    if (beside != NULL) {
        (void)snprintf(beside, length + 5, "%s-wal", path);
        (void)unlink(beside);
        (void)snprintf(beside, length + 5, "%s-shm", path);
        (void)unlink(beside);
    }
    free(beside);
    free(path);
    return status;
}

tw_status tw_sqlite_month_hold(struct tw_session *session, int32_t month, bool hold)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    struct tw_sqlite_month *m = NULL;
    TW_TRY(month_get(sqlite, month, false, &m));
    if (m == NULL) return TW_OK;
    int code = sqlite3_exec(m->db, hold ? "BEGIN" : "COMMIT", NULL, NULL, NULL);
    return code == SQLITE_OK ? TW_OK : tw_sqlite_failed(sqlite, m->db, code);
}

static sqlite3_int64 chunk_id(int32_t month, int32_t series, int64_t begin_ms)
{
    int64_t within = begin_ms - tw_month_begin_ms(month);
    if (within < 0) within = -1; /* before all chunks of the series */
    if (within > UINT32_MAX) within = UINT32_MAX;
    return (int64_t)((uint64_t)series << 32) + within;
}

tw_status tw_sqlite_chunk_put(struct tw_session *session, int32_t series, int64_t begin_ms,
                              const uint8_t *data, size_t size)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    sqlite3_stmt *put = NULL;
    TW_TRY(prepared(sqlite, sqlite->writing, TW_MONTH_CHUNK_PUT, &put));
    (void)sqlite3_bind_int64(put, 1, chunk_id(sqlite->writing->month, series, begin_ms));
    (void)sqlite3_bind_blob64(put, 2, data, size, SQLITE_STATIC);
    return tw_sqlite_run(sqlite, put);
}

tw_status tw_sqlite_chunk_remove(struct tw_session *session, int32_t series, int64_t begin_ms)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    sqlite3_stmt *remove = NULL;
    TW_TRY(prepared(sqlite, sqlite->writing, TW_MONTH_CHUNK_REMOVE, &remove));
    (void)sqlite3_bind_int64(remove, 1, chunk_id(sqlite->writing->month, series, begin_ms));
    return tw_sqlite_run(sqlite, remove);
}

tw_status tw_sqlite_mark_put(struct tw_session *session, const struct tw_mark *mark)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    sqlite3_stmt *put = NULL;
    sqlite3_int64 bits;
    TW_TRY(prepared(sqlite, sqlite->writing, TW_MONTH_MARK_PUT, &put));
    memcpy(&bits, &mark->last.value, sizeof bits); /* SQLite would make NULL of NaN */
    (void)sqlite3_bind_int(put, 1, mark->series);
    (void)sqlite3_bind_int64(put, 2, mark->seq);
    (void)sqlite3_bind_int64(put, 3, mark->last.time_ms);
    (void)sqlite3_bind_int64(put, 4, bits);
    (void)sqlite3_bind_int(put, 5, mark->last.quality);
    (void)sqlite3_bind_int(put, 6, mark->last.source);
    return tw_sqlite_run(sqlite, put);
}

tw_status tw_sqlite_chunks_read(struct tw_session *session, int32_t month, int32_t series,
                                int64_t to_ms, tw_chunk_visit *visit, void *user)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    struct tw_sqlite_month *m = NULL;
    sqlite3_stmt *rows = NULL;
    TW_TRY(month_get(sqlite, month, false, &m));
    if (m == NULL) return TW_OK;
    TW_TRY(prepared(sqlite, m, series < 0 ? TW_MONTH_CHUNKS_ALL : TW_MONTH_CHUNKS_DOWN, &rows));
    if (series >= 0) {
        (void)sqlite3_bind_int64(rows, 1, (int64_t)((uint64_t)series << 32));
        (void)sqlite3_bind_int64(rows, 2, chunk_id(month, series, to_ms));
    }
    int64_t month_ms = tw_month_begin_ms(month);
    int code = sqlite3_step(rows);
    for (; code == SQLITE_ROW; code = sqlite3_step(rows)) {
        sqlite3_int64 id = sqlite3_column_int64(rows, 0);
        const uint8_t *data = sqlite3_column_blob(rows, 1);
        size_t size = (size_t)sqlite3_column_bytes(rows, 1);
        if (!visit(user, (int32_t)(id >> 32), month_ms + (id & UINT32_MAX), data, size)) {
            code = SQLITE_DONE;
            break;
        }
    }
    tw_status status = code == SQLITE_DONE ? TW_OK : tw_sqlite_failed(sqlite, m->db, code);
    (void)sqlite3_reset(rows);
    return status;
}

tw_status tw_sqlite_marks_read(struct tw_session *session, int32_t month, int32_t series,
                               tw_mark_visit *visit, void *user)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    struct tw_sqlite_month *m = NULL;
    sqlite3_stmt *rows = NULL;
    TW_TRY(month_get(sqlite, month, false, &m));
    if (m == NULL) return TW_OK;
    TW_TRY(prepared(sqlite, m, series < 0 ? TW_MONTH_MARKS_ALL : TW_MONTH_MARK_GET, &rows));
    if (series >= 0) (void)sqlite3_bind_int(rows, 1, series);
    int code = sqlite3_step(rows);
    for (; code == SQLITE_ROW; code = sqlite3_step(rows)) {
        sqlite3_int64 bits = sqlite3_column_int64(rows, 3);
        struct tw_mark mark = {.series = sqlite3_column_int(rows, 0),
                               .seq = sqlite3_column_int64(rows, 1),
                               .last = {.time_ms = sqlite3_column_int64(rows, 2),
                                        .quality = sqlite3_column_int(rows, 4),
                                        .source = sqlite3_column_int(rows, 5)}};
        memcpy(&mark.last.value, &bits, sizeof bits);
        if (!visit(user, &mark)) {
            code = SQLITE_DONE;
            break;
        }
    }
    tw_status status = code == SQLITE_DONE ? TW_OK : tw_sqlite_failed(sqlite, m->db, code);
    (void)sqlite3_reset(rows);
    return status;
}

/* The month of a file beside the rows' file, STEM.YYYY-MM.db; -1 when it is none of ours. */
static int32_t month_of_name(const char *name, const char *stem, size_t length)
{
    static const char form[] = ".0000-00.db";
    int32_t number = 0;
    if (strncmp(name, stem, length) != 0 || strlen(name + length) != sizeof form - 1) return -1;
    for (size_t i = 0; form[i] != 0; i++) {
        char c = name[length + i];
        bool digit = c >= '0' && c <= '9';
        if (form[i] == '0' ? !digit : c != form[i]) return -1;
        if (digit) number = 10 * number + (c - '0');
    }
    int32_t month = number % 100;
    return month < 1 || month > 12 ? -1 : number / 100 * 12 + month - 1;
}

static int compare_months(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a;
    int32_t y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

tw_status tw_sqlite_months_read(struct tw_session *session, tw_month_visit *visit, void *user)
{
    struct tw_sqlite *sqlite = tw_sqlite_of(session);
    const char *slash = strrchr(sqlite->path, '/');
    const char *file = slash == NULL ? sqlite->path : slash + 1;
    char *folder =
        slash == NULL ? strdup(".") : strndup(sqlite->path, (size_t)(file - sqlite->path));
    if (folder == NULL) return TW_ERR_NOMEM;
    DIR *dir = opendir(folder);
    free(folder);
    if (dir == NULL) {
        (void)snprintf(sqlite->error, sizeof sqlite->error, "%s", strerror(errno));
        return TW_ERR_FILE;
    }
    int32_t *months = NULL;
    size_t count = 0;
    tw_status status = TW_OK;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL && status == TW_OK;) {
        int32_t month = month_of_name(entry->d_name, file, stem_length(file));
        if (month < 0) continue;
        int32_t *more = realloc(months, (count + 1) * sizeof *months);
        if (more == NULL) status = TW_ERR_NOMEM;
        if (more == NULL) break;
        months = more;
        months[count++] = month;
    }
    (void)closedir(dir);
    if (count > 0) qsort(months, count, sizeof *months, compare_months);
    for (size_t i = 0; i < count && status == TW_OK; i++) {
        if (!visit(user, months[i])) break;
    }
    free(months);
    return status;
}
