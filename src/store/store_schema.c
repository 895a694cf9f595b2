/* Tables, and the way from each version of them to the next. */
#include "store/store_internal.h"

#include <stdio.h>

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

static int migrate(sqlite3 *db, int from)
{
    int code = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    for (int i = from; i < version && code == SQLITE_OK; i++) {
        code = sqlite3_exec(db, migrations[i], NULL, NULL, NULL);
    }
    char sql[96];
    (void)snprintf(sql, sizeof sql, "PRAGMA application_id=%d;PRAGMA user_version=%d;COMMIT",
                   application, version);
    if (code == SQLITE_OK) code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return code;
}

tw_status tw_store_schema_apply(sqlite3 *db, char *why, size_t why_size)
{
    int have = 0;
    int owner = 0;
    int tables = 0;
    int code = pragma_get(db, "PRAGMA user_version", &have);
    if (code == SQLITE_OK) code = pragma_get(db, "PRAGMA application_id", &owner);
    if (code == SQLITE_OK) code = pragma_get(db, "SELECT count(*) FROM sqlite_schema", &tables);
    if (code != SQLITE_OK) {
        (void)snprintf(why, why_size, "%s", sqlite3_errmsg(db));
        return code == SQLITE_NOTADB ? TW_ERR_FORMAT : TW_ERR_FILE;
    }
    if (tables > 0 && owner != application) {
        (void)snprintf(why, why_size, "the file is another program's database");
        return TW_ERR_FORMAT;
    }
    if (have > version) {
        (void)snprintf(why, why_size, "the store has version %d, this program knows up to %d", have,
                       version);
        return TW_ERR_FORMAT;
    }
    if (have == version) return TW_OK;
    code = migrate(db, have);
    if (code == SQLITE_OK) return TW_OK;
    (void)snprintf(why, why_size, "%s", sqlite3_errmsg(db));
    (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return TW_ERR_FILE;
}
