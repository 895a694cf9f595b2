/* Checks and copies of a store. */
#include "store/admin.h"
#include "store/store.h"

#include "check.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BEGIN_MS INT64_C(1940648400000) /* 2031-07-01T01:00Z */
enum { SERIES = 20, SAMPLES = 4000 };

struct fixture {
    char folder[64], path[96], copy[96], again[96];
};

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (f == NULL) return -1;
    (void)snprintf(f->folder, sizeof f->folder, "/tmp/tw_check_test_XXXXXX");
    if (mkdtemp(f->folder) == NULL) return -1;
    (void)snprintf(f->path, sizeof f->path, "%s/live.db", f->folder);
    (void)snprintf(f->copy, sizeof f->copy, "%s/copy/live.db", f->folder);
    (void)snprintf(f->again, sizeof f->again, "%s/again/other.db", f->folder);
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", f->folder);
    int code = system(command); /* a path of our own making */
    free(f);
    return code;
}

static struct tw_store *open_store(const char *path, int32_t *out_series)
{
    char why[300] = "";
    struct tw_store *store = NULL;
    char text[SERIES][8];
    const char *names[SERIES];
    if (tw_store_open(path, NULL, NULL, why, sizeof why, &store) != TW_OK) fail_msg("%s", why);
    for (int i = 0; i < SERIES; i++) {
        (void)snprintf(text[i], sizeof text[i], "L%d", i);
        names[i] = text[i];
    }
    assert_ok(tw_store_series_register(store, names, SERIES, out_series));
    return store;
}

static void add(struct tw_store *store, int32_t series, int i)
{
    const struct tw_store_sample sample = {.series = series,
                                           .time_ms = BEGIN_MS + (int64_t)i * 7200000,
                                           .value = (i * 7919 % 1000) / 1000.0};
    assert_ok(tw_store_samples_add(store, i % 10 == 0 ? "late" : "gateway", sample.time_ms, &sample,
                                   1, NULL, NULL));
}

/* A store of months, some of it sealed and some in the log. */
static void make_store(const char *path)
{
    int32_t series[SERIES];
    struct tw_store *store = open_store(path, series);
    struct tw_store_warning warning = {.id = 1, .point = "P1", .expected_ms = TW_STORE_NEVER};
    const struct tw_store_audit audit = {.time_ms = 1, .who = "李"};
    assert_ok(tw_store_warning_put(store, &warning));
    assert_ok(tw_store_audit_add(store, &audit));
    assert_ok(tw_store_forecast_add(store, 1, 2, 3, "{}"));
    assert_ok(tw_store_meta_set(store, "session", 4));
    for (int i = 0; i < SAMPLES; i++) {
        add(store, series[i % SERIES], i);
        if (i == SAMPLES / 2) assert_ok(tw_store_seal(store));
        if (i % 300 == 0) assert_ok(tw_store_flush(store)); /* a row of the log */
    }
    assert_ok(tw_store_flush(store));
    tw_store_close(store);
}

static void print_fault(void *user, const char *text)
{
    char *first = user;
    if (first[0] == 0) (void)snprintf(first, 200, "%s", text);
}

static struct tw_store_found check(const char *path, char *fault)
{
    struct tw_store_found found;
    char why[300] = "";
    fault[0] = 0;
    if (tw_store_check(path, print_fault, fault, why, sizeof why, &found) != TW_OK) {
        fail_msg("%s", why);
    }
    return found;
}

static void a_sound_store_is_found_sound(void **state)
{
    struct fixture *f = *state;
    char fault[200];
    make_store(f->path);
    struct tw_store_found found = check(f->path, fault);
    assert_string_equal(fault, "");
    assert_int_equal(found.faults, 0);
    assert_int_equal(found.series, SERIES);
    assert_int_equal(found.sources, 2);
    assert_int_equal(found.points + found.log_samples, SAMPLES);
    assert_true(found.months > 3);
}

/* Each of these statements does some damage, which is told in these words. */
static const struct {
    const char *file, *sql, *words;
} damages[] = {
    {"live.2031-08.db",
     "UPDATE chunk SET data = zeroblob(length(data)) WHERE rowid ="
     " (SELECT max(id) FROM chunk)",
     "cannot be unpacked"},
    {"live.2031-08.db", "UPDATE chunk SET id = id + 1 WHERE id = (SELECT max(id) FROM chunk)",
     "begins elsewhere"},
    {"live.2031-08.db", "DELETE FROM chunk WHERE id = (SELECT max(id) FROM chunk)", "last value"},
    {"live.2031-08.db",
     "UPDATE chunk SET id = id + (500 << 32) WHERE id ="
     " (SELECT max(id) FROM chunk)",
     "series"},
    {"live.2031-08.db", "DELETE FROM mark WHERE series = 7", "but no last value"},
    {"live.2031-08.db", "UPDATE mark SET value = value + 1 WHERE series = 7", "last value"},
    {"live.2031-08.db", "UPDATE mark SET seq = 1000000", "the log ends with"},
    {"live.db", "DELETE FROM log WHERE seq = (SELECT max(seq) FROM log) - 1", "follows row"},
    {"live.db", "UPDATE log SET total = total + 1 WHERE seq = (SELECT max(seq) FROM log)",
     "counts"},
    {"live.db", "UPDATE log SET data = x'0102' WHERE seq = (SELECT max(seq) FROM log)",
     "is damaged"},
    {"live.db", "DELETE FROM log", "lost its last row"},
    {"live.db", "DELETE FROM series WHERE id = 20", "has no name"},
    {"live.db", "DELETE FROM source", "has no name"},
};

static void every_damage_is_told(void **state)
{
    struct fixture *f = *state;
    char path[128];
    char fault[200];
    char command[512];
    make_store(f->path);
    (void)snprintf(command, sizeof command, "mkdir '%s/good' && cp '%s'/*.db '%s/good'", f->folder,
                   f->folder, f->folder);
    assert_int_equal(system(command), 0);
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        sqlite3 *db = NULL;
        (void)snprintf(path, sizeof path, "%s/%s", f->folder, damages[i].file);
        assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, damages[i].sql, NULL, NULL, NULL), SQLITE_OK);
        assert_true(sqlite3_changes(db) > 0);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        struct tw_store_found found = check(f->path, fault);
        assert_true(found.faults > 0);
        if (strstr(fault, damages[i].words) == NULL) fail_msg("%s: %s", damages[i].sql, fault);
        (void)snprintf(command, sizeof command,
                       "rm -f '%s'/*-wal '%s'/*-shm; cp '%s'/good/*.db '%s'", f->folder, f->folder,
                       f->folder, f->folder);
        assert_int_equal(system(command), 0);
        found = check(f->path, fault);
        assert_int_equal(found.faults, 0);
    }
}

static void copy(const char *from, const char *to, struct tw_store_found *out_found)
{
    char why[300] = "";
    tw_status status = tw_store_copy(from, to, why, sizeof why, out_found);
    if (status != TW_OK) fail_msg("%s: %s", tw_status_text(status), why);
}

static void a_copy_has_all_of_it_and_goes_on(void **state)
{
    struct fixture *f = *state;
    struct tw_store_found first;
    struct tw_store_found second;
    char fault[200];
    char why[300];
    int32_t series[SERIES];
    make_store(f->path);
    copy(f->path, f->copy, &first);
    copy(f->copy, f->again, &second);
    assert_int_equal(first.points, second.points);
    assert_int_equal(first.chunk_bytes, second.chunk_bytes);
    assert_int_equal(check(f->again, fault).faults, 0);
    assert_status(tw_store_copy(f->path, f->copy, why, sizeof why, &first), TW_ERR_STATE);
    struct tw_store *store = open_store(f->again, series);
    assert_int_equal(tw_store_sample_count(store), SAMPLES);
    assert_int_equal(tw_store_meta_get(store, "session", 0), 4);
    add(store, series[0], SAMPLES + SERIES);
    assert_ok(tw_store_flush(store));
    tw_store_close(store);
    store = open_store(f->again, series); /* what came after the copy is there after a restart */
    int64_t count = 0;
    for (int i = 0; i < SERIES; i++) {
        struct tw_store_sample *samples = NULL;
        size_t got = 0;
        assert_ok(
            tw_store_samples_read(store, series[i], 0, INT64_MAX / 2, SIZE_MAX, &samples, &got));
        count += (int64_t)got;
        free(samples);
    }
    assert_int_equal(count, SAMPLES + 1);
    tw_store_close(store);
}

static void what_is_no_store_is_told(void **state)
{
    struct fixture *f = *state;
    struct tw_store_found found;
    char why[300];
    assert_status(tw_store_check(f->path, print_fault, why, why, sizeof why, &found), TW_ERR_FILE);
    assert_status(tw_store_copy(f->path, f->copy, why, sizeof why, &found), TW_ERR_FILE);
}

struct writer {
    struct tw_store *store;
    int32_t series[SERIES];
    atomic_bool stop;
    atomic_int written; /* on disk before the copy began at the least */
};

static void *write_on(void *user)
{
    struct writer *w = user;
    for (int i = 0; !atomic_load(&w->stop); i++) {
        add(w->store, w->series[i % SERIES], i);
        if (i % 50 == 0) assert_ok(tw_store_flush(w->store));
        if (i % 50 == 0) atomic_store(&w->written, i + 1);
        if (i % 400 == 399) assert_ok(tw_store_seal(w->store));
    }
    return NULL;
}

/* Whatever was on disk when a copy began is in it, whatever is sealed meanwhile. */
static void a_store_in_use_can_be_copied_and_checked(void **state)
{
    struct fixture *f = *state;
    struct writer w = {.stop = false};
    pthread_t thread;
    w.store = open_store(f->path, w.series);
    assert_int_equal(pthread_create(&thread, NULL, write_on, &w), 0);
    for (int round = 0; round < 3; round++) {
        struct tw_store_found found;
        char path[128];
        char fault[200];
        while (atomic_load(&w.written) < 600 * (round + 1))
            (void)usleep(1000);
        int64_t least = atomic_load(&w.written);
        (void)snprintf(path, sizeof path, "%s/copy-%d/live.db", f->folder, round);
        copy(f->path, path, &found);
        (void)check(f->path, fault);
        assert_string_equal(fault, "");
        (void)check(path, fault);
        assert_string_equal(fault, "");
        int32_t series[SERIES];
        int64_t count = 0;
        struct tw_store *store = open_store(path, series);
        for (int i = 0; i < SERIES; i++) {
            struct tw_store_sample *samples = NULL;
            size_t got = 0;
            assert_ok(tw_store_samples_read(store, series[i], 0, INT64_MAX / 2, SIZE_MAX, &samples,
                                            &got));
            count += (int64_t)got;
            free(samples);
        }
        assert_true(count >= least);
        tw_store_close(store);
    }
    atomic_store(&w.stop, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    tw_store_close(w.store);
}

#define with_folder(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_folder(a_sound_store_is_found_sound),
        with_folder(every_damage_is_told),
        with_folder(a_copy_has_all_of_it_and_goes_on),
        with_folder(what_is_no_store_is_told),
        with_folder(a_store_in_use_can_be_copied_and_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
