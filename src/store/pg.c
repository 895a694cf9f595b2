/* The PostgreSQL backend: connection, rows and log. A commit is answered when it is in the server's
 * write-ahead log (synchronous_commit is on for our sessions, whatever the server's default). */
#include "store/pg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION = 4, PAGE_ROWS = 1000, PAGE_LOG_ROWS = 8 };

static const char schema[] =
    "CREATE SCHEMA IF NOT EXISTS thalweg_store;"
    "SET search_path TO thalweg_store;"
    "CREATE TABLE IF NOT EXISTS version(version int NOT NULL);"
    "CREATE TABLE IF NOT EXISTS meta(key text PRIMARY KEY, value bigint NOT NULL);"
    "CREATE TABLE IF NOT EXISTS series(id bigint PRIMARY KEY, name text NOT NULL UNIQUE);"
    "CREATE TABLE IF NOT EXISTS source(id bigint PRIMARY KEY, name text NOT NULL UNIQUE);"
    "CREATE TABLE IF NOT EXISTS warning(id bigint PRIMARY KEY, session bigint NOT NULL,"
    " point text NOT NULL, rank bigint NOT NULL, state bigint NOT NULL,"
    " depth_m double precision NOT NULL, expected_ms bigint, issued_ms bigint NOT NULL,"
    " updated_ms bigint NOT NULL, reached_ms bigint, ended_ms bigint, simulated bigint NOT NULL,"
    " acknowledged_by text, acknowledged_ms bigint);"
    "CREATE INDEX IF NOT EXISTS warning_session ON warning(session);"
    "ALTER TABLE warning"
    " ADD COLUMN IF NOT EXISTS grp bigint NOT NULL DEFAULT 0,"
    " ADD COLUMN IF NOT EXISTS own_rank bigint NOT NULL DEFAULT 0,"
    " ADD COLUMN IF NOT EXISTS highest_rank bigint NOT NULL DEFAULT 0,"
    " ADD COLUMN IF NOT EXISTS probability double precision NOT NULL DEFAULT 0,"
    " ADD COLUMN IF NOT EXISTS low_m double precision NOT NULL DEFAULT 0,"
    " ADD COLUMN IF NOT EXISTS high_m double precision NOT NULL DEFAULT 0,"
    " ADD COLUMN IF NOT EXISTS early_ms bigint,"
    " ADD COLUMN IF NOT EXISTS late_ms bigint,"
    " ADD COLUMN IF NOT EXISTS cause_kind bigint NOT NULL DEFAULT 0,"
    " ADD COLUMN IF NOT EXISTS cause_element text NOT NULL DEFAULT '',"
    " ADD COLUMN IF NOT EXISTS cause_ms bigint,"
    " ADD COLUMN IF NOT EXISTS basis text NOT NULL DEFAULT '',"
    " ADD COLUMN IF NOT EXISTS ordered bigint NOT NULL DEFAULT 0,"
    " ADD COLUMN IF NOT EXISTS order_rank bigint NOT NULL DEFAULT 0,"
    " ADD COLUMN IF NOT EXISTS ordered_by text NOT NULL DEFAULT '',"
    " ADD COLUMN IF NOT EXISTS order_reason text NOT NULL DEFAULT '',"
    " ADD COLUMN IF NOT EXISTS ordered_ms bigint,"
    " ADD COLUMN IF NOT EXISTS lower_count bigint NOT NULL DEFAULT 0,"
    " ADD COLUMN IF NOT EXISTS lower_rank bigint NOT NULL DEFAULT 0,"
    " ADD COLUMN IF NOT EXISTS none_count bigint NOT NULL DEFAULT 0,"
    " ADD COLUMN IF NOT EXISTS passed_1_ms bigint,"
    " ADD COLUMN IF NOT EXISTS passed_2_ms bigint,"
    " ADD COLUMN IF NOT EXISTS passed_3_ms bigint,"
    " ADD COLUMN IF NOT EXISTS passed_4_ms bigint,"
    " ADD COLUMN IF NOT EXISTS told_rank bigint NOT NULL DEFAULT 0,"
    " ADD COLUMN IF NOT EXISTS told_state bigint NOT NULL DEFAULT 0,"
    " ADD COLUMN IF NOT EXISTS told_expected_ms bigint;"
    "CREATE TABLE IF NOT EXISTS bulletin(id bigint PRIMARY KEY, session bigint NOT NULL,"
    " grp bigint NOT NULL, time_ms bigint NOT NULL, kind bigint NOT NULL,"
    " identifier text NOT NULL, text text NOT NULL, brief text NOT NULL);"
    "CREATE TABLE IF NOT EXISTS notice(id bigint PRIMARY KEY, session bigint NOT NULL,"
    " bulletin bigint NOT NULL, channel bigint NOT NULL, address text NOT NULL,"
    " state bigint NOT NULL, attempts bigint NOT NULL, tried_ms bigint, next_ms bigint,"
    " answer text NOT NULL);"
    "CREATE TABLE IF NOT EXISTS audit(id bigint PRIMARY KEY, time_ms bigint NOT NULL,"
    " who text NOT NULL, peer text NOT NULL, method text NOT NULL, path text NOT NULL,"
    " status bigint NOT NULL, detail text NOT NULL);"
    "CREATE TABLE IF NOT EXISTS forecast(id bigint PRIMARY KEY, session bigint NOT NULL,"
    " issued_ms bigint NOT NULL, took_ms bigint NOT NULL, summary text NOT NULL);"
    "CREATE TABLE IF NOT EXISTS log(seq bigint PRIMARY KEY, total bigint NOT NULL,"
    " data bytea NOT NULL);"
    "CREATE TABLE IF NOT EXISTS chunk(month int NOT NULL, series int NOT NULL,"
    " begin_ms bigint NOT NULL, data bytea NOT NULL, PRIMARY KEY(month, series, begin_ms))"
    " PARTITION BY LIST(month);"
    "CREATE TABLE IF NOT EXISTS mark(month int NOT NULL, series int NOT NULL, seq bigint NOT NULL,"
    " time_ms bigint NOT NULL, value bigint NOT NULL, quality int NOT NULL, source int NOT NULL,"
    " PRIMARY KEY(month, series)) PARTITION BY LIST(month);"
    /* Version 1 had no groups. */
    "UPDATE warning SET grp = id, own_rank = rank, highest_rank = rank, probability = 1"
    " WHERE grp = 0;";

static const char schema_of_orders[] =
    "CREATE TABLE IF NOT EXISTS journal(id bigint PRIMARY KEY, session bigint NOT NULL,"
    " time_ms bigint NOT NULL, wall_ms bigint NOT NULL, kind text NOT NULL,"
    " order_id bigint NOT NULL, crew text NOT NULL, vehicle text NOT NULL, place text NOT NULL,"
    " who text NOT NULL, reason text NOT NULL, key text NOT NULL, value double precision,"
    " items text NOT NULL, detail text NOT NULL);"
    "CREATE INDEX IF NOT EXISTS journal_session ON journal(session);"
    "CREATE TABLE IF NOT EXISTS booking(resource text PRIMARY KEY, order_id bigint NOT NULL);"
    "CREATE TABLE IF NOT EXISTS record(id bigint PRIMARY KEY, shelf bigint NOT NULL,"
    " time_ms bigint NOT NULL, kind text NOT NULL, subject text NOT NULL, who text NOT NULL,"
    " body text NOT NULL);"
    "CREATE INDEX IF NOT EXISTS record_shelf ON record(shelf);"
    "INSERT INTO version SELECT 4 WHERE NOT EXISTS (SELECT 1 FROM version);"
    "UPDATE version SET version = 4 WHERE version < 4"; /* 2 had no journal, 3 no records */

void tw_pg_bytes(struct tw_pg_params *params, const void *data, size_t size)
{
    int i = params->count++;
    params->values[i] = data == NULL ? "" : data;
    params->lengths[i] = (int)size;
    params->formats[i] = 1;
}

static void add_text(struct tw_pg_params *params, const char *text)
{
    int i = params->count++;
    params->values[i] = text; /* NULL: nothing is known */
    params->lengths[i] = 0;
    params->formats[i] = 0;
}

void tw_pg_whole(struct tw_pg_params *params, int64_t value)
{
    char *text = params->text[params->count];
    (void)snprintf(text, sizeof params->text[0], "%lld", (long long)value);
    add_text(params, text);
}

static void add_real(struct tw_pg_params *params, double value)
{
    char *text = params->text[params->count];
    (void)snprintf(text, sizeof params->text[0], "%.17g", value);
    add_text(params, text);
}

static tw_status failed(struct tw_pg *pg)
{
    (void)snprintf(pg->error, sizeof pg->error, "%s", PQerrorMessage(pg->connection));
    pg->error[strcspn(pg->error, "\n")] = 0;
    return TW_ERR_FILE;
}

tw_status tw_pg_run(struct tw_pg *pg, const char *sql, const struct tw_pg_params *params,
                    PGresult **out_result)
{
    PGresult *result = params == NULL
                           ? PQexec(pg->connection, sql)
                           : PQexecParams(pg->connection, sql, params->count, NULL, params->values,
                                          params->lengths, params->formats, 1);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        PQclear(result);
        return failed(pg);
    }
    if (out_result != NULL) {
        *out_result = result;
    } else {
        PQclear(result);
    }
    return TW_OK;
}

int64_t tw_pg_whole_at(const PGresult *result, int row, int column)
{
    const unsigned char *bytes = (const unsigned char *)PQgetvalue(result, row, column);
    int length = PQgetlength(result, row, column);
    uint64_t value = length > 0 && (bytes[0] & 0x80) != 0 ? UINT64_MAX : 0;
    for (int i = 0; i < length; i++)
        value = value << 8 | bytes[i];
    return (int64_t)value;
}

static double real_at(const PGresult *result, int row, int column)
{
    int64_t bits = tw_pg_whole_at(result, row, column);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Only one program may write: its memory would not know what another one stores. The server needs a
 * moment to see that the last one has gone. */
static tw_status lock_for_writing(struct tw_pg *pg)
{
    static const char lock[] = "SELECT pg_advisory_lock(x'5468616c'::int,"
                               " 'thalweg_store'::regnamespace::oid::int)";
    TW_TRY(tw_pg_run(pg, "SET lock_timeout TO '5s'", NULL, NULL));
    if (tw_pg_run(pg, lock, NULL, NULL) != TW_OK) {
        (void)snprintf(pg->error, sizeof pg->error,
                       "another program writes to this store; stop it first");
        return TW_ERR_FILE;
    }
    return tw_pg_run(pg, "SET lock_timeout TO 0", NULL, NULL);
}

static tw_status check_version(struct tw_pg *pg)
{
    PGresult *result = NULL;
    const struct tw_pg_params none = {.count = 0};
    TW_TRY(tw_pg_run(pg, "SELECT version FROM version", &none, &result));
    int64_t version = PQntuples(result) == 1 ? tw_pg_whole_at(result, 0, 0) : 0;
    PQclear(result);
    if (version == VERSION) return TW_OK;
    (void)snprintf(pg->error, sizeof pg->error,
                   "the store has version %lld, this program knows version %d", (long long)version,
                   VERSION);
    return TW_ERR_FORMAT;
}

static tw_status prepare_session(struct tw_pg *pg)
{
    pg->depth = 0;
    pg->made_month = 0;
    TW_TRY(tw_pg_run(pg,
                     "SET client_encoding TO 'UTF8';SET synchronous_commit TO on;"
                     "SET client_min_messages TO warning",
                     NULL, NULL));
    if (pg->mode == TW_SESSION_CREATE) {
        TW_TRY(tw_pg_run(pg, schema, NULL, NULL));
        TW_TRY(tw_pg_run(pg, schema_of_orders, NULL, NULL));
    }
    TW_TRY(tw_pg_run(pg, "SET search_path TO thalweg_store", NULL, NULL));
    TW_TRY(check_version(pg));
    return pg->mode == TW_SESSION_READ ? TW_OK : lock_for_writing(pg);
}

static void session_close(struct tw_session *session)
{
    if (session == NULL) return;
    PQfinish(tw_pg_of(session)->connection);
    free(tw_pg_of(session));
}

static tw_status session_open(const char *where, enum tw_session_mode mode, char *why,
                              size_t why_size, struct tw_session **out_session)
{
    struct tw_pg *pg = calloc(1, sizeof *pg);
    (void)snprintf(why, why_size, "out of memory");
    if (pg == NULL) return TW_ERR_NOMEM;
    pg->session.ops = &tw_backend_pg;
    pg->mode = mode;
    pg->connection = PQconnectdb(where);
    tw_status status = PQstatus(pg->connection) == CONNECTION_OK ? TW_OK : failed(pg);
    if (status == TW_OK) status = prepare_session(pg);
    if (status != TW_OK) {
        (void)snprintf(why, why_size, "%s", pg->error);
        session_close(&pg->session);
        return status;
    }
    *out_session = &pg->session;
    return TW_OK;
}

static const char *session_error(struct tw_session *session) { return tw_pg_of(session)->error; }

/* A connection that was lost is made again where a transaction begins. */
tw_status tw_pg_begin(struct tw_session *session)
{
    struct tw_pg *pg = tw_pg_of(session);
    if (pg->depth == 0) {
        if (PQstatus(pg->connection) != CONNECTION_OK) {
            PQreset(pg->connection);
            if (PQstatus(pg->connection) != CONNECTION_OK) return failed(pg);
            TW_TRY(prepare_session(pg));
        }
        TW_TRY(tw_pg_run(pg, "BEGIN", NULL, NULL));
    }
    pg->depth++;
    return TW_OK;
}

tw_status tw_pg_commit(struct tw_session *session)
{
    struct tw_pg *pg = tw_pg_of(session);
    if (pg->depth > 1) {
        pg->depth--;
        return TW_OK;
    }
    PGresult *result = NULL;
    TW_TRY(tw_pg_run(pg, "COMMIT", NULL, &result));
    bool done = strcmp(PQcmdStatus(result), "COMMIT") == 0; /* not of a failed transaction */
    PQclear(result);
    pg->depth = 0;
    return done ? TW_OK : TW_ERR_FILE;
}

void tw_pg_rollback(struct tw_session *session)
{
    struct tw_pg *pg = tw_pg_of(session);
    if (pg->depth > 0 && PQtransactionStatus(pg->connection) != PQTRANS_IDLE) {
        PQclear(PQexec(pg->connection, "ROLLBACK"));
    }
    pg->depth = 0;
    pg->made_month = 0;
}

static tw_status part_begin(struct tw_session *session)
{
    return tw_pg_run(tw_pg_of(session), "SAVEPOINT part", NULL, NULL);
}

static tw_status part_end(struct tw_session *session, bool keep)
{
    const char *sql = keep ? "RELEASE part" : "ROLLBACK TO part;RELEASE part";
    return tw_pg_run(tw_pg_of(session), sql, NULL, NULL);
}

/* ---- rows ---- */

static void columns_text(const struct tw_table_info *info, char *out, size_t size)
{
    size_t at = 0;
    for (int i = 0; i < info->columns; i++)
        at += (size_t)snprintf(out + at, size - at, "%s%s", i > 0 ? ", " : "", info->column[i]);
}

static void add_cell(struct tw_pg_params *params, const struct tw_cell *cell)
{
    if (cell->kind == 'i') tw_pg_whole(params, cell->whole);
    if (cell->kind == 'r') add_real(params, cell->real);
    if (cell->kind == 't') add_text(params, cell->text);
    if (cell->kind == 0) add_text(params, NULL);
}

static tw_status row_put(struct tw_session *session, enum tw_table table,
                         const struct tw_cell *cells)
{
    const struct tw_table_info *info = tw_table_info_get(table);
    struct tw_pg_params params = {.count = 0};
    char columns[TW_TABLE_SQL];
    char values[5 * TW_TABLE_COLUMNS];
    char changes[3 * TW_TABLE_SQL];
    char sql[sizeof columns + sizeof values + sizeof changes + 200];
    size_t v = 0;
    size_t c = 0;
    columns_text(info, columns, sizeof columns);
    for (int i = 0; i < info->columns; i++) {
        add_cell(&params, &cells[i]);
        v += (size_t)snprintf(values + v, sizeof values - v, "%s$%d", i > 0 ? "," : "", i + 1);
        if (i == 0) continue;
        c += (size_t)snprintf(changes + c, sizeof changes - c, "%s%s = EXCLUDED.%s",
                              i > 1 ? ", " : "", info->column[i], info->column[i]);
    }
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO %s(%s) VALUES(%s) ON CONFLICT (%s) DO UPDATE SET %s", info->name,
                   columns, values, info->column[0], changes);
    return tw_pg_run(tw_pg_of(session), sql, &params, NULL);
}

static tw_status row_claim(struct tw_session *session, enum tw_table table,
                           const struct tw_cell *cells)
{
    const struct tw_table_info *info = tw_table_info_get(table);
    struct tw_pg_params params = {.count = 0};
    PGresult *result = NULL;
    char columns[TW_TABLE_SQL];
    char values[8 * TW_TABLE_COLUMNS];
    char sql[sizeof columns + sizeof values + 200];
    size_t v = 0;
    columns_text(info, columns, sizeof columns);
    for (int i = 0; i < info->columns; i++) {
        add_cell(&params, &cells[i]);
        v += (size_t)snprintf(values + v, sizeof values - v, "%s$%d", i > 0 ? "," : "", i + 1);
    }
    (void)snprintf(sql, sizeof sql, "INSERT INTO %s(%s) VALUES(%s) ON CONFLICT DO NOTHING",
                   info->name, columns, values);
    TW_TRY(tw_pg_run(tw_pg_of(session), sql, &params, &result));
    bool added = strcmp(PQcmdTuples(result), "1") == 0;
    PQclear(result);
    return added ? TW_OK : TW_ERR_STATE;
}

static tw_status row_remove(struct tw_session *session, enum tw_table table, const char *key)
{
    const struct tw_table_info *info = tw_table_info_get(table);
    struct tw_pg_params params = {.count = 0};
    char sql[128];
    add_text(&params, key);
    (void)snprintf(sql, sizeof sql, "DELETE FROM %s WHERE %s = $1", info->name, info->column[0]);
    return tw_pg_run(tw_pg_of(session), sql, &params, NULL);
}

static void cell_read(const PGresult *result, int row, int at, char kind, struct tw_cell *out)
{
    *out = (struct tw_cell){.kind = kind, .text = ""};
    if (PQgetisnull(result, row, at)) {
        out->kind = 0;
    } else if (kind == 'i') {
        out->whole = tw_pg_whole_at(result, row, at);
    } else if (kind == 'r') {
        out->real = real_at(result, row, at);
    } else {
        out->text = PQgetvalue(result, row, at);
    }
}

/* A statement for the next rows after a key. */
static void page_sql(const struct tw_rows *wanted, bool first, char *out, size_t size)
{
    const struct tw_table_info *info = tw_table_info_get(wanted->table);
    char columns[TW_TABLE_SQL];
    char filter[64] = "";
    char after[64] = "";
    columns_text(info, columns, sizeof columns);
    if (wanted->column >= 0) {
        (void)snprintf(filter, sizeof filter, " AND %s = $2", info->column[wanted->column]);
    }
    if (!first) {
        (void)snprintf(after, sizeof after, " AND %s %s $%d", info->column[0],
                       wanted->newest_first ? "<" : ">", wanted->column >= 0 ? 3 : 2);
    }
    const char *collate = info->kind[0] == 't' ? " COLLATE \"C\"" : "";
    (void)snprintf(out, size, "SELECT %s FROM %s WHERE true%s%s ORDER BY %s%s%s LIMIT $1", columns,
                   info->name, filter, after, info->column[0], collate,
                   wanted->newest_first ? " DESC" : "");
}

static tw_status rows_read(struct tw_session *session, const struct tw_rows *wanted,
                           tw_row_visit *visit, void *user)
{
    const struct tw_table_info *info = tw_table_info_get(wanted->table);
    int64_t left = wanted->limit;
    int64_t last = 0;
    bool keyed = info->kind[0] == 'i'; /* the others are few: they come in one page */
    bool more = left > 0;
    for (bool first = true; more; first = false) {
        struct tw_pg_params params = {.count = 0};
        PGresult *result = NULL;
        char sql[TW_TABLE_SQL + 400];
        int64_t page = keyed && left > PAGE_ROWS ? PAGE_ROWS : left;
        page_sql(wanted, first, sql, sizeof sql);
        tw_pg_whole(&params, page);
        if (wanted->column >= 0) tw_pg_whole(&params, wanted->value);
        if (!first) tw_pg_whole(&params, last);
        TW_TRY(tw_pg_run(tw_pg_of(session), sql, &params, &result));
        int rows = PQntuples(result);
        more = keyed && rows == page;
        for (int row = 0; row < rows; row++) {
            struct tw_cell cells[TW_TABLE_COLUMNS] = {{0}};
            for (int i = 0; i < info->columns; i++)
                cell_read(result, row, i, info->kind[i], &cells[i]);
            last = cells[0].whole;
            if (visit(user, cells)) continue;
            more = false;
            break;
        }
        PQclear(result);
        left -= rows;
        if (left <= 0) more = false;
    }
    return TW_OK;
}

static tw_status meta_get(struct tw_session *session, const char *key, int64_t *inout_value)
{
    struct tw_pg_params params = {.count = 0};
    PGresult *result = NULL;
    add_text(&params, key);
    TW_TRY(tw_pg_run(tw_pg_of(session), "SELECT value FROM meta WHERE key = $1", &params, &result));
    if (PQntuples(result) == 1) *inout_value = tw_pg_whole_at(result, 0, 0);
    PQclear(result);
    return TW_OK;
}

/* ---- log ---- */

static tw_status log_add(struct tw_session *session, int64_t seq, int64_t total,
                         const uint8_t *data, size_t size)
{
    struct tw_pg_params params = {.count = 0};
    tw_pg_whole(&params, seq);
    tw_pg_whole(&params, total);
    tw_pg_bytes(&params, data, size);
    return tw_pg_run(tw_pg_of(session), "INSERT INTO log(seq, total, data) VALUES($1, $2, $3)",
                     &params, NULL);
}

static tw_status log_remove(struct tw_session *session, int64_t up_to)
{
    struct tw_pg_params params = {.count = 0};
    tw_pg_whole(&params, up_to);
    return tw_pg_run(tw_pg_of(session), "DELETE FROM log WHERE seq <= $1", &params, NULL);
}

static void log_shrink(struct tw_session *session) { (void)session; /* the server's own */ }

static tw_status log_read(struct tw_session *session, tw_log_visit *visit, void *user)
{
    int64_t last = INT64_MIN;
    for (bool more = true; more;) {
        struct tw_pg_params params = {.count = 0};
        PGresult *result = NULL;
        tw_pg_whole(&params, last);
        tw_pg_whole(&params, PAGE_LOG_ROWS);
        TW_TRY(tw_pg_run(tw_pg_of(session),
                         "SELECT seq, total, data FROM log WHERE seq > $1 ORDER BY seq LIMIT $2",
                         &params, &result));
        more = PQntuples(result) == PAGE_LOG_ROWS;
        for (int row = 0; row < PQntuples(result); row++) {
            last = tw_pg_whole_at(result, row, 0);
            if (visit(user, last, tw_pg_whole_at(result, row, 1),
                      (const uint8_t *)PQgetvalue(result, row, 2),
                      (size_t)PQgetlength(result, row, 2))) {
                continue;
            }
            more = false;
            break;
        }
        PQclear(result);
    }
    return TW_OK;
}

/* ---- care ---- */

static int64_t maintain(struct tw_session *session)
{
    (void)session;
    return 0; /* the server's own */
}

static tw_status integrity(struct tw_session *session, char *why, size_t why_size)
{
    (void)why;
    (void)why_size;
    return tw_pg_run(tw_pg_of(session), "SELECT 1", NULL, NULL); /* its pages are the server's */
}

static void forget(struct tw_session *session) { tw_pg_of(session)->made_month = 0; }

const struct tw_backend_ops tw_backend_pg = {
    .name = "PostgreSQL",
    .open = session_open,
    .close = session_close,
    .error = session_error,
    .begin = tw_pg_begin,
    .commit = tw_pg_commit,
    .rollback = tw_pg_rollback,
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
    .months_read = tw_pg_months_read,
    .month_begin = tw_pg_month_begin,
    .month_commit = tw_pg_month_commit,
    .month_rollback = tw_pg_month_rollback,
    .month_drop = tw_pg_month_drop,
    .month_hold = tw_pg_month_hold,
    .chunk_put = tw_pg_chunk_put,
    .chunk_remove = tw_pg_chunk_remove,
    .mark_put = tw_pg_mark_put,
    .chunks_read = tw_pg_chunks_read,
    .marks_read = tw_pg_marks_read,
    .maintain = maintain,
    .integrity = integrity,
    .forget = forget,
};
