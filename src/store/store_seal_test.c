/* Samples through the log, chunks and months against a plain table of what was written. With
 * TW_TEST_STORE=postgresql://... in a database (tests/store_postgres_test.py). */
#include "store/admin.h"
#include "store/month.h"
#include "store/store.h"

#include "check.h"

#include <glob.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SERIES = 3, SOURCES = 3, MOST = 60000 };

#define BEGIN_MS INT64_C(1940648400000) /* 2031-07-01T01:00Z */
#define DAY_MS INT64_C(86400000)

static const char *const source_names[SOURCES] = {"gateway", "late", "replay"};

struct row {
    int64_t time_ms;
    double value;
    int32_t series, source, quality;
    bool there;
};

struct fixture {
    char folder[64], path[256];
    bool database;
    struct tw_store *store;
    int32_t series[SERIES];
    struct row *rows; /* [count] what the store must hold */
    size_t count;
    uint64_t random;
    tw_store_options options;
};

static uint64_t dice(struct fixture *f, uint64_t sides)
{
    f->random ^= f->random << 13; /* Marsaglia, Xorshift RNGs, 2003 */
    f->random ^= f->random >> 7;
    f->random ^= f->random << 17;
    return f->random % sides;
}

/* An empty database. */
static int database_begin(const char *address)
{
    PGconn *connection = PQconnectdb(address);
    PGresult *result = PQexec(connection, "SET client_min_messages TO warning;"
                                          "DROP SCHEMA IF EXISTS thalweg_store CASCADE");
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    PQfinish(connection);
    return done ? 0 : -1;
}

static int begin(void **state)
{
    const char *address = getenv("TW_TEST_STORE");
    struct fixture *f = calloc(1, sizeof *f);
    if (f == NULL) return -1;
    f->rows = calloc(MOST, sizeof *f->rows);
    f->random = 88172645463325252u;
    f->options = TW_STORE_OPTIONS_DEFAULT;
    (void)snprintf(f->folder, sizeof f->folder, "/tmp/tw_seal_test_XXXXXX");
    if (f->rows == NULL || mkdtemp(f->folder) == NULL) return -1;
    (void)snprintf(f->path, sizeof f->path, "%s/live.db", f->folder);
    *state = f;
    if (address == NULL) return 0;
    f->database = true;
    (void)snprintf(f->path, sizeof f->path, "%s", address);
    return database_begin(address);
}

static int end(void **state)
{
    struct fixture *f = *state;
    char command[128];
    tw_store_close(f->store);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", f->folder);
    int code = system(command); /* a path of our own making */
    free(f->rows);
    free(f);
    return code;
}

static void open_store(struct fixture *f)
{
    static const char *const names[SERIES] = {"L1", "Q1", "l1"};
    char why[300] = "";
    tw_store_close(f->store);
    f->store = NULL;
    tw_status status =
        tw_store_open_with(f->path, &f->options, NULL, NULL, why, sizeof why, &f->store);
    if (status != TW_OK) fail_msg("%s: %s", tw_status_text(status), why);
    assert_ok(tw_store_series_register(f->store, names, SERIES, f->series));
    for (int i = 0; i < SOURCES; i++) { /* their ids are in the order of the table's */
        assert_ok(tw_store_samples_add(f->store, source_names[i], 0, NULL, 0, NULL, NULL));
    }
}

static void row_put(struct fixture *f, const struct row *row)
{
    for (size_t i = f->count; i-- > 0;) {
        struct row *r = &f->rows[i];
        if (r->series == row->series && r->source == row->source && r->time_ms == row->time_ms) {
            *r = *row;
            return;
        }
    }
    assert_true(f->count < MOST);
    f->rows[f->count++] = *row;
}

static void write_rows(struct fixture *f, const struct row *rows, size_t count, int32_t source)
{
    struct tw_store_sample samples[64];
    for (size_t i = 0; i < count; i++) {
        samples[i] = (struct tw_store_sample){.series = f->series[rows[i].series],
                                              .quality = rows[i].quality,
                                              .time_ms = rows[i].time_ms,
                                              .value = rows[i].value};
        row_put(f, &rows[i]);
    }
    tw_status status = TW_ERR_FULL;
    while (status == TW_ERR_FULL) { /* faster than a store of so small limits can seal */
        status = tw_store_samples_add(f->store, source_names[source], rows[0].time_ms, samples,
                                      count, NULL, NULL);
        if (status == TW_ERR_FULL) assert_ok(tw_store_seal(f->store));
    }
    assert_ok(status);
}

/* A batch mostly in the order of time, sometimes late, sometimes again. */
static void write_some(struct fixture *f, int64_t *now_ms, int64_t step_ms)
{
    struct row rows[64];
    size_t count = 1 + (size_t)dice(f, 40);
    int32_t source = dice(f, 8) == 0 ? (int32_t)dice(f, SOURCES) : 0;
    int64_t back_ms = dice(f, 20) == 0 ? (int64_t)dice(f, 40 * 86400) * 1000 : 0;
    for (size_t i = 0; i < count; i++) {
        *now_ms += step_ms;
        rows[i] = (struct row){.time_ms = *now_ms - back_ms,
                               .value = (double)dice(f, 5000) / 1000.0,
                               .series = (int32_t)dice(f, SERIES),
                               .source = source,
                               .quality = dice(f, 30) == 0,
                               .there = true};
        if (dice(f, 50) == 0)
            rows[i].time_ms = f->count > 0 ? f->rows[dice(f, f->count)].time_ms : *now_ms;
        if (dice(f, 200) == 0) rows[i].value = NAN;
    }
    write_rows(f, rows, count, source);
}

static int compare_rows(const void *a, const void *b)
{
    const struct row *x = a;
    const struct row *y = b;
    if (x->series != y->series) return x->series < y->series ? -1 : 1;
    if (x->time_ms != y->time_ms) return x->time_ms < y->time_ms ? -1 : 1;
    return (x->source > y->source) - (x->source < y->source);
}

static bool same_bits(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }

/* All of the table is in the store, bit for bit, in order, and nothing else. */
static void compare_all(struct fixture *f)
{
    assert_ok(tw_store_flush(f->store));
    qsort(f->rows, f->count, sizeof *f->rows, compare_rows);
    size_t at = 0;
    for (int32_t s = 0; s < SERIES; s++) {
        struct tw_store_sample *samples = NULL;
        size_t count = 0;
        assert_ok(tw_store_samples_read(f->store, f->series[s], INT64_MIN / 2, INT64_MAX / 2,
                                        SIZE_MAX, &samples, &count));
        for (size_t i = 0; i < count; i++, at++) {
            assert_true(at < f->count);
            assert_int_equal(f->rows[at].series, s);
            assert_int_equal(samples[i].time_ms, f->rows[at].time_ms);
            assert_true(same_bits(samples[i].value, f->rows[at].value));
            assert_int_equal(samples[i].quality, f->rows[at].quality);
        }
        int64_t last_ms = tw_store_head_get(f->store, f->series[s]).time_ms;
        assert_true(last_ms == (count == 0 ? TW_STORE_NEVER : samples[count - 1].time_ms));
        free(samples);
    }
    assert_int_equal(at, f->count);
}

static void whatever_is_written_comes_back_sealed_or_not(void **state)
{
    struct fixture *f = *state;
    f->options.seal_samples = 700;
    int64_t now_ms = BEGIN_MS;
    open_store(f);
    for (int round = 0; round < 300; round++) {
        write_some(f, &now_ms, round < 150 ? 10000 : 3600000); /* the later half: many months */
        if (dice(f, 25) == 0 && tw_store_seal(f->store) != TW_OK) {
            struct tw_store_health health;
            tw_store_health_get(f->store, &health);
            fail_msg("%s", health.warning);
        }
        if (dice(f, 40) == 0) open_store(f);
        if (dice(f, 30) == 0) compare_all(f);
    }
    compare_all(f);
    assert_ok(tw_store_seal(f->store));
    compare_all(f);
    struct tw_store_health health;
    tw_store_health_get(f->store, &health);
    assert_int_equal(health.waiting_samples, 0);
    assert_string_equal(health.warning, "");
    open_store(f);
    compare_all(f);
    write_some(f, &now_ms, 10000); /* something for the log */
    assert_ok(tw_store_flush(f->store));
    const char *keep = getenv("TW_TEST_KEEP");
    if (keep == NULL) return;
    struct tw_store_found found;
    char why[300];
    assert_ok(tw_store_copy(f->path, keep, why, sizeof why, &found));
}

static void a_cleared_source_is_gone_from_chunks_log_and_memory(void **state)
{
    struct fixture *f = *state;
    int64_t now_ms = BEGIN_MS;
    f->options.seal_samples = 500;
    open_store(f);
    for (int round = 0; round < 200; round++) {
        write_some(f, &now_ms, 60000);
        if (round % 67 == 66) {
            assert_ok(tw_store_source_clear(f->store, "replay"));
            size_t kept = 0;
            for (size_t i = 0; i < f->count; i++) {
                if (f->rows[i].source != 2) f->rows[kept++] = f->rows[i];
            }
            assert_true(kept < f->count);
            f->count = kept;
            compare_all(f);
            if (round > 100) open_store(f);
            compare_all(f);
        }
    }
}

static void a_limit_keeps_the_newest_of_chunks_too(void **state)
{
    struct fixture *f = *state;
    int64_t now_ms = BEGIN_MS + 29 * DAY_MS;
    open_store(f);
    for (int round = 0; round < 100; round++)
        write_some(f, &now_ms, 60000);
    assert_ok(tw_store_seal(f->store));
    for (int round = 0; round < 5; round++)
        write_some(f, &now_ms, 60000);
    compare_all(f);
    struct tw_store_sample *all = NULL;
    struct tw_store_sample *newest = NULL;
    size_t count = 0;
    size_t got = 0;
    assert_ok(
        tw_store_samples_read(f->store, f->series[0], BEGIN_MS, now_ms, SIZE_MAX, &all, &count));
    for (size_t limit = 1; limit < count; limit += 37) {
        assert_ok(
            tw_store_samples_read(f->store, f->series[0], BEGIN_MS, now_ms, limit, &newest, &got));
        assert_int_equal(got, limit);
        assert_memory_equal(newest, all + count - limit, limit * sizeof *all);
        free(newest);
    }
    free(all);
}

/* The table's own answer for one stretch. */
static struct tw_store_bucket bucket_by_hand(const struct fixture *f, int32_t series,
                                             int64_t from_ms, int64_t to_ms)
{
    struct tw_store_bucket b = {0};
    for (size_t i = 0; i < f->count; i++) {
        const struct row *r = &f->rows[i];
        if (r->series != series || r->time_ms < from_ms || r->time_ms > to_ms) continue;
        if (b.count++ == 0) b.first_ms = r->time_ms, b.first = r->value;
        b.last_ms = r->time_ms, b.last = r->value;
        b.quality |= r->quality;
        if (isnan(r->value)) continue;
        if (b.numbers == 0 || r->value < b.min) b.min = r->value;
        if (b.numbers == 0 || r->value > b.max) b.max = r->value;
        b.sum += r->value;
        b.numbers++;
    }
    return b;
}

static void compare_buckets(const struct tw_store_bucket *got, const struct tw_store_bucket *is)
{
    struct tw_store_bucket exact = *is;
    assert_near(got->sum, is->sum, 1e-12 * (double)(1 + is->count) * 5.0); /* rounding */
    exact.sum = got->sum;
    assert_memory_equal(got, &exact, offsetof(struct tw_store_bucket, quality));
    assert_int_equal(got->quality, exact.quality);
}

static void stretches_come_to_what_their_samples_come_to(void **state)
{
    struct fixture *f = *state;
    int64_t now_ms = BEGIN_MS + 25 * DAY_MS;
    enum { PIXELS = 64 };
    f->options.seal_samples = 900;
    open_store(f);
    for (int round = 0; round < 300; round++)
        write_some(f, &now_ms, 60000);
    assert_ok(tw_store_flush(f->store));
    compare_all(f); /* which also puts the table in order */
    for (int zoom = 0; zoom < 3; zoom++) {
        struct tw_store_bucket got[PIXELS];
        int64_t length_ms = zoom == 0 ? DAY_MS : zoom == 1 ? 600000 : 7777;
        int64_t from_ms = now_ms - PIXELS * length_ms + 1;
        assert_ok(tw_store_buckets_read(f->store, f->series[0], from_ms, now_ms, PIXELS, got));
        for (int i = 0; i < PIXELS; i++) {
            struct tw_store_bucket is =
                bucket_by_hand(f, 0, from_ms + i * length_ms, from_ms + (i + 1) * length_ms - 1);
            compare_buckets(&got[i], &is);
        }
    }
    struct tw_store_bucket one;
    assert_status(tw_store_buckets_read(f->store, 1, 5, 4, 1, &one), TW_ERR_ARG);
    assert_status(tw_store_buckets_read(f->store, 1, 4, 5, 0, &one), TW_ERR_ARG);
}

/* One sample in three days is marked: its day is, whether or not chunks are taken whole. */
static void a_mark_is_seen_from_far_away(void **state)
{
    struct fixture *f = *state;
    enum { DAYS = 3, MINUTES = 1440 };
    struct tw_store_bucket got[DAYS];
    open_store(f);
    for (int i = 0; i < DAYS * MINUTES; i++) {
        const struct tw_store_sample sample = {.series = f->series[0],
                                               .quality = i == MINUTES + 7 ? 4 : 0,
                                               .time_ms = BEGIN_MS + INT64_C(60000) * i};
        assert_ok(tw_store_samples_add(f->store, source_names[0], sample.time_ms, &sample, 1, NULL,
                                       NULL));
        if ((i + 1) % MINUTES == 0) assert_ok(tw_store_seal(f->store));
    }
    assert_ok(tw_store_buckets_read(f->store, f->series[0], BEGIN_MS, BEGIN_MS + DAYS * DAY_MS - 1,
                                    DAYS, got));
    for (int day = 0; day < DAYS; day++) {
        assert_int_equal(got[day].count, MINUTES);
        assert_int_equal(got[day].quality, day == 1 ? 4 : 0);
    }
}

static size_t files_like(const struct fixture *f, const char *pattern)
{
    char path[128];
    glob_t found = {0};
    (void)snprintf(path, sizeof path, "%s/%s", f->folder, pattern);
    size_t count = glob(path, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
    globfree(&found);
    return count;
}

static void months_beyond_the_kept_ones_are_removed_with_their_files(void **state)
{
    struct fixture *f = *state;
    f->options.months = 3;
    open_store(f);
    for (int month = 0; month < 6; month++) {
        for (int i = 0; i < 50; i++) {
            struct row row = {.time_ms = BEGIN_MS + month * 31 * DAY_MS + i * 60000, .value = i};
            write_rows(f, &row, 1, 0);
        }
        assert_ok(tw_store_seal(f->store));
    }
    if (!f->database) assert_int_equal(files_like(f, "live.20*.db"), 3);
    size_t kept = 0;
    for (size_t i = 0; i < f->count; i++) {
        if (f->rows[i].time_ms >= BEGIN_MS + 3 * 31 * DAY_MS) f->rows[kept++] = f->rows[i];
    }
    f->count = kept;
    compare_all(f);
    assert_ok(tw_store_months_remove(f->store, BEGIN_MS + 600 * DAY_MS));
    if (!f->database) assert_int_equal(files_like(f, "live.20*.db"), 0);
    f->count = 0;
    open_store(f);
    compare_all(f);
}

/* Version 1 as it was: a row for each sample. */
static const char version_1[] =
    "PRAGMA journal_mode=WAL;"
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
    " issued_ms INTEGER NOT NULL, took_ms INTEGER NOT NULL, summary TEXT NOT NULL);"
    "PRAGMA application_id=1416126828;PRAGMA user_version=1;"
    "INSERT INTO series VALUES(1,'L1'),(2,'Q1'),(3,'l1');"
    "INSERT INTO source VALUES(1,'gateway'),(2,'late');"
    "INSERT INTO meta VALUES('session',7);"
    "INSERT INTO audit VALUES(5,1,'Li','peer','POST','/x',200,'ok');"
    "INSERT INTO warning VALUES(3,0,'P1',2,0,0.3,NULL,1,1,NULL,NULL,0,'',NULL);"
    "INSERT INTO batch VALUES(1,0,1,5000),(2,0,2,1000);";

static void a_store_of_the_version_before_is_taken_over_without_loss(void **state)
{
    struct fixture *f = *state;
    sqlite3 *db = NULL;
    if (f->database) return; /* there was no version before this */
    sqlite3_stmt *put = NULL;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, version_1, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db, "INSERT INTO sample VALUES(?1,?2,?3,?4,?5)", -1, &put, NULL),
        SQLITE_OK);
    for (int i = 0; i < 5000; i++) { /* over five months, two sources */
        struct row row = {.time_ms = BEGIN_MS + (int64_t)i * (i < 3000 ? 60000 : 3600000),
                          .value = (double)(i * 7919 % 1000) / 1000.0,
                          .series = i % SERIES,
                          .source = i % 11 == 0,
                          .quality = i % 100 == 0};
        row_put(f, &row);
        (void)sqlite3_bind_int(put, 1, row.series + 1);
        (void)sqlite3_bind_int64(put, 2, row.time_ms);
        (void)sqlite3_bind_int(put, 3, row.source + 1);
        (void)sqlite3_bind_double(put, 4, row.value);
        (void)sqlite3_bind_int(put, 5, row.quality);
        assert_int_equal(sqlite3_step(put), SQLITE_DONE);
        (void)sqlite3_reset(put);
    }
    (void)sqlite3_finalize(put);
    assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    open_store(f);
    assert_int_equal(f->series[2], 3);
    compare_all(f);
    assert_int_equal(tw_store_sample_count(f->store), 6000);
    assert_int_equal(tw_store_meta_get(f->store, "session", 0), 7);
    struct tw_store_warning *warnings = NULL; /* they had no groups then: each is its own */
    size_t count = 0;
    assert_ok(tw_store_warnings_read(f->store, 0, &warnings, &count));
    assert_int_equal(count, 1);
    assert_int_equal(warnings[0].group, 3);
    assert_int_equal(warnings[0].own_rank, 2);
    assert_true(warnings[0].passed_ms[0] == TW_STORE_NEVER);
    free(warnings);
    struct row row = {.time_ms = BEGIN_MS, .value = 9.5}; /* one of the old ones, corrected */
    write_rows(f, &row, 1, 0);
    assert_ok(tw_store_seal(f->store));
    open_store(f);
    compare_all(f);
    assert_int_equal(tw_store_sample_count(f->store), 6001);
}

static void what_no_series_or_no_year_has_is_refused(void **state)
{
    struct fixture *f = *state;
    open_store(f);
    struct tw_store_sample sample = {.series = 99, .time_ms = BEGIN_MS};
    assert_status(tw_store_samples_add(f->store, "a", 0, &sample, 1, NULL, NULL), TW_ERR_ARG);
    sample = (struct tw_store_sample){.series = f->series[0], .time_ms = INT64_MAX};
    assert_status(tw_store_samples_add(f->store, "a", 0, &sample, 1, NULL, NULL), TW_ERR_ARG);
    sample.time_ms = tw_month_begin_ms(TW_MONTH_FIRST);
    assert_ok(tw_store_samples_add(f->store, "a", 0, &sample, 1, NULL, NULL));
}

#define with_folder(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_folder(whatever_is_written_comes_back_sealed_or_not),
        with_folder(a_cleared_source_is_gone_from_chunks_log_and_memory),
        with_folder(a_limit_keeps_the_newest_of_chunks_too),
        with_folder(stretches_come_to_what_their_samples_come_to),
        with_folder(a_mark_is_seen_from_far_away),
        with_folder(months_beyond_the_kept_ones_are_removed_with_their_files),
        with_folder(a_store_of_the_version_before_is_taken_over_without_loss),
        with_folder(what_no_series_or_no_year_has_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
