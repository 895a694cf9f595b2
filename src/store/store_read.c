/* Reading: connections of its own, each used by one thread at a time. */
#include "store/store_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_MS 5000

static sqlite3 *reader_take(struct tw_store *store)
{
    sqlite3 *db = NULL;
    (void)pthread_mutex_lock(&store->readers_mutex);
    if (store->reader_count > 0) db = store->readers[--store->reader_count];
    (void)pthread_mutex_unlock(&store->readers_mutex);
    if (db != NULL) return db;
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(store->path, &db, flags, NULL) != SQLITE_OK) {
        (void)sqlite3_close(db);
        return NULL;
    }
    (void)sqlite3_busy_timeout(db, BUSY_MS);
    return db;
}

static void reader_give(struct tw_store *store, sqlite3 *db)
{
    (void)pthread_mutex_lock(&store->readers_mutex);
    bool kept = store->reader_count < TW_STORE_READERS;
    if (kept) store->readers[store->reader_count++] = db;
    (void)pthread_mutex_unlock(&store->readers_mutex);
    if (!kept) (void)sqlite3_close(db);
}

/* A prepared query on a reader; both are to be given back by query_end. errors: TW_ERR_FILE */
static tw_status query_begin(struct tw_store *store, const char *sql, sqlite3 **out_db,
                             sqlite3_stmt **out_rows)
{
    sqlite3 *db = reader_take(store);
    if (db == NULL) return TW_ERR_FILE;
    if (sqlite3_prepare_v2(db, sql, -1, out_rows, NULL) != SQLITE_OK) {
        (void)sqlite3_close(db);
        return TW_ERR_FILE;
    }
    *out_db = db;
    return TW_OK;
}

static void query_end(struct tw_store *store, sqlite3 *db, sqlite3_stmt *rows)
{
    (void)sqlite3_finalize(rows);
    reader_give(store, db);
}

/* Room for one more item of an array that doubles. */
static tw_status grow(void **items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity) return TW_OK;
    size_t larger = *capacity == 0 ? 256 : *capacity * 2;
    void *moved = realloc(*items, larger * size);
    if (moved == NULL) return TW_ERR_NOMEM;
    *items = moved;
    *capacity = larger;
    return TW_OK;
}

tw_status tw_store_samples_read(struct tw_store *store, int32_t series, int64_t from_ms,
                                int64_t to_ms, size_t limit, struct tw_store_sample **out_samples,
                                size_t *out_count)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *rows = NULL;
    TW_TRY(query_begin(store,
                       "SELECT time_ms, value, quality FROM sample WHERE series = ?1 AND"
                       " time_ms BETWEEN ?2 AND ?3 ORDER BY time_ms DESC, source DESC LIMIT ?4",
                       &db, &rows));
    (void)sqlite3_bind_int(rows, 1, series);
    (void)sqlite3_bind_int64(rows, 2, from_ms);
    (void)sqlite3_bind_int64(rows, 3, to_ms);
    (void)sqlite3_bind_int64(rows, 4, (sqlite3_int64)limit);
    struct tw_store_sample *samples = NULL;
    size_t count = 0;
    size_t capacity = 0;
    tw_status status = TW_OK;
    int code = sqlite3_step(rows);
    for (; code == SQLITE_ROW; code = sqlite3_step(rows)) {
        void *items = samples;
        status = grow(&items, count, &capacity, sizeof *samples);
        samples = items;
        if (status != TW_OK) break;
        samples[count++] = (struct tw_store_sample){.series = series,
                                                    .time_ms = sqlite3_column_int64(rows, 0),
                                                    .value = sqlite3_column_double(rows, 1),
                                                    .quality = sqlite3_column_int(rows, 2)};
    }
    if (status == TW_OK && code != SQLITE_DONE) status = TW_ERR_FILE;
    query_end(store, db, rows);
    if (status != TW_OK) {
        free(samples);
        return status;
    }
    for (size_t i = 0; i < count / 2; i++) { /* newest first was for the limit */
        struct tw_store_sample other = samples[i];
        samples[i] = samples[count - 1 - i];
        samples[count - 1 - i] = other;
    }
    *out_samples = samples;
    *out_count = count;
    return TW_OK;
}

static int64_t column_time(sqlite3_stmt *rows, int at)
{
    if (sqlite3_column_type(rows, at) == SQLITE_NULL) return TW_STORE_NEVER;
    return sqlite3_column_int64(rows, at);
}

static const char *column_text(sqlite3_stmt *rows, int at)
{
    const char *text = (const char *)sqlite3_column_text(rows, at);
    return text == NULL ? "" : text;
}

static struct tw_store_warning warning_row(sqlite3_stmt *rows)
{
    struct tw_store_warning w = {.id = sqlite3_column_int64(rows, 0),
                                 .session = sqlite3_column_int64(rows, 1),
                                 .rank = sqlite3_column_int(rows, 3),
                                 .state = sqlite3_column_int(rows, 4),
                                 .depth_m = sqlite3_column_double(rows, 5),
                                 .expected_ms = column_time(rows, 6),
                                 .issued_ms = sqlite3_column_int64(rows, 7),
                                 .updated_ms = sqlite3_column_int64(rows, 8),
                                 .reached_ms = column_time(rows, 9),
                                 .ended_ms = column_time(rows, 10),
                                 .simulated = sqlite3_column_int(rows, 11) != 0,
                                 .acknowledged_ms = column_time(rows, 13)};
    (void)snprintf(w.point, sizeof w.point, "%s", column_text(rows, 2));
    (void)snprintf(w.acknowledged_by, sizeof w.acknowledged_by, "%s", column_text(rows, 12));
    return w;
}

tw_status tw_store_warnings_read(struct tw_store *store, int64_t session,
                                 struct tw_store_warning **out_warnings, size_t *out_count)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *rows = NULL;
    TW_TRY(query_begin(store,
                       "SELECT id, session, point, rank, state, depth_m, expected_ms, issued_ms,"
                       " updated_ms, reached_ms, ended_ms, simulated, acknowledged_by,"
                       " acknowledged_ms FROM warning WHERE session = ?1 ORDER BY id",
                       &db, &rows));
    (void)sqlite3_bind_int64(rows, 1, session);
    struct tw_store_warning *warnings = NULL;
    size_t count = 0;
    size_t capacity = 0;
    tw_status status = TW_OK;
    int code = sqlite3_step(rows);
    for (; code == SQLITE_ROW; code = sqlite3_step(rows)) {
        void *items = warnings;
        status = grow(&items, count, &capacity, sizeof *warnings);
        warnings = items;
        if (status != TW_OK) break;
        warnings[count++] = warning_row(rows);
    }
    if (status == TW_OK && code != SQLITE_DONE) status = TW_ERR_FILE;
    query_end(store, db, rows);
    if (status != TW_OK) {
        free(warnings);
        return status;
    }
    *out_warnings = warnings;
    *out_count = count;
    return TW_OK;
}

tw_status tw_store_audit_read(struct tw_store *store, size_t limit, tw_store_audit_visit *visit,
                              void *user)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *rows = NULL;
    TW_TRY(query_begin(store,
                       "SELECT time_ms, who, peer, method, path, status, detail FROM audit"
                       " ORDER BY id DESC LIMIT ?1",
                       &db, &rows));
    (void)sqlite3_bind_int64(rows, 1, (sqlite3_int64)limit);
    int code = sqlite3_step(rows);
    for (; code == SQLITE_ROW; code = sqlite3_step(rows)) {
        struct tw_store_audit audit = {.time_ms = sqlite3_column_int64(rows, 0),
                                       .who = column_text(rows, 1),
                                       .peer = column_text(rows, 2),
                                       .method = column_text(rows, 3),
                                       .path = column_text(rows, 4),
                                       .status = sqlite3_column_int(rows, 5),
                                       .detail = column_text(rows, 6)};
        if (!visit(user, &audit)) {
            code = SQLITE_DONE;
            break;
        }
    }
    query_end(store, db, rows);
    return code == SQLITE_DONE ? TW_OK : TW_ERR_FILE;
}

int64_t tw_store_meta_get(struct tw_store *store, const char *key, int64_t otherwise)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *rows = NULL;
    int64_t value = otherwise;
    if (query_begin(store, "SELECT value FROM meta WHERE key = ?1", &db, &rows) != TW_OK) {
        return otherwise;
    }
    (void)sqlite3_bind_text(rows, 1, key, -1, SQLITE_STATIC);
    if (sqlite3_step(rows) == SQLITE_ROW) value = sqlite3_column_int64(rows, 0);
    query_end(store, db, rows);
    return value;
}
