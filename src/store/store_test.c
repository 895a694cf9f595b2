#include "store/store.h"

#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct fixture {
    char folder[64], path[96];
};

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (fixture == NULL) return -1;
    (void)snprintf(fixture->folder, sizeof fixture->folder, "/tmp/tw_store_test_XXXXXX");
    if (mkdtemp(fixture->folder) == NULL) return -1;
    (void)snprintf(fixture->path, sizeof fixture->path, "%s/a/b/store.db", fixture->folder);
    *state = fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", fixture->folder);
    int code = system(command); /* a path of our own making */
    free(fixture);
    return code;
}

static struct tw_store *open_store(const struct fixture *fixture)
{
    char why[300] = "";
    struct tw_store *store = NULL;
    tw_status status = tw_store_open(fixture->path, NULL, NULL, why, sizeof why, &store);
    if (status != TW_OK) fail_msg("%s: %s", tw_status_text(status), why);
    return store;
}

struct outcome {
    atomic_int done, ok;
};

static void count_done(void *user, tw_status status)
{
    struct outcome *outcome = user;
    atomic_fetch_add(&outcome->done, 1);
    if (status == TW_OK) atomic_fetch_add(&outcome->ok, 1);
}

static int32_t series_of(struct tw_store *store, const char *name)
{
    int32_t series = 0;
    assert_ok(tw_store_series_register(store, &name, 1, &series));
    return series;
}

static void add(struct tw_store *store, const char *source, int32_t series, int64_t time_ms,
                double value)
{
    const struct tw_store_sample sample = {.series = series, .time_ms = time_ms, .value = value};
    assert_ok(tw_store_samples_add(store, source, time_ms, &sample, 1, NULL, NULL));
}

static void samples_are_there_after_a_restart(void **state)
{
    struct tw_store *store = open_store(*state);
    int32_t series = series_of(store, "L1");
    for (int i = 0; i < 100; i++)
        add(store, "gateway", series, 1000 * i, 0.1 * i);
    assert_ok(tw_store_flush(store));
    tw_store_close(store);
    store = open_store(*state);
    assert_int_equal(series_of(store, "L1"), series);
    struct tw_store_sample *samples = NULL;
    size_t count = 0;
    assert_ok(tw_store_samples_read(store, series, 10000, 19000, 1000, &samples, &count));
    assert_int_equal(count, 10);
    assert_int_equal(samples[0].time_ms, 10000);
    assert_true(samples[9].value == 0.1 * 19); /* the same bits */
    free(samples);
    struct tw_store_head head = tw_store_head_get(store, series);
    assert_int_equal(head.time_ms, 99000);
    assert_string_equal(tw_store_source_name(store, head.source), "gateway");
    assert_int_equal(tw_store_sample_count(store), 100);
    tw_store_close(store);
}

static void a_limit_keeps_the_newest(void **state)
{
    struct tw_store *store = open_store(*state);
    int32_t series = series_of(store, "L1");
    for (int i = 0; i < 50; i++)
        add(store, "g", series, i, i);
    assert_ok(tw_store_flush(store));
    struct tw_store_sample *samples = NULL;
    size_t count = 0;
    assert_ok(tw_store_samples_read(store, series, 0, 1000, 5, &samples, &count));
    assert_int_equal(count, 5);
    assert_int_equal(samples[0].time_ms, 45);
    assert_int_equal(samples[4].time_ms, 49);
    free(samples);
    tw_store_close(store);
}

static void the_same_series_time_and_source_replaces(void **state)
{
    struct tw_store *store = open_store(*state);
    int32_t series = series_of(store, "L1");
    add(store, "a", series, 1000, 1.0);
    add(store, "a", series, 1000, 2.0);
    add(store, "b", series, 1000, 3.0);
    assert_ok(tw_store_flush(store));
    struct tw_store_sample *samples = NULL;
    size_t count = 0;
    assert_ok(tw_store_samples_read(store, series, 0, 2000, 10, &samples, &count));
    assert_int_equal(count, 2); /* one of each source */
    assert_near(samples[0].value, 2.0, 0.0);
    assert_near(samples[1].value, 3.0, 0.0);
    free(samples);
    tw_store_close(store);
}

static void a_late_sample_is_stored_but_is_not_the_last_value(void **state)
{
    struct tw_store *store = open_store(*state);
    int32_t series = series_of(store, "L1");
    assert_true(tw_store_head_get(store, series).time_ms == TW_STORE_NEVER);
    add(store, "a", series, 5000, 5.0);
    add(store, "a", series, 4000, 4.0);
    assert_ok(tw_store_flush(store));
    assert_near(tw_store_head_get(store, series).value, 5.0, 0.0);
    tw_store_close(store);
}

struct seen {
    pthread_mutex_t mutex;
    int count, calls;
    double last;
};

static void see(void *user, const char *source, const struct tw_store_sample *samples, size_t count)
{
    struct seen *seen = user;
    assert_string_equal(source, "a");
    for (size_t i = 0; i < count; i++) {
        assert_near(samples[i].value, seen->last + 1.0, 0.0); /* in the order of commits */
        seen->last = samples[i].value;
    }
    seen->count += (int)count;
    seen->calls++;
}

static void committed_samples_are_told_in_order(void **state)
{
    const struct fixture *fixture = *state;
    struct seen seen = {.count = 0};
    struct tw_store *store = NULL;
    char why[300];
    assert_ok(tw_store_open(fixture->path, see, &seen, why, sizeof why, &store));
    int32_t series = series_of(store, "L1");
    for (int i = 1; i <= 500; i++)
        add(store, "a", series, i, i);
    tw_store_close(store);
    assert_int_equal(seen.count, 500);
    assert_int_equal(seen.calls, 500);
}

struct writer {
    struct tw_store *store;
    struct outcome *outcome;
    int32_t series;
    int number;
};

static void *write_many(void *user)
{
    const struct writer *writer = user;
    char source[16];
    (void)snprintf(source, sizeof source, "w%d", writer->number);
    for (int i = 0; i < 250; i++) {
        const struct tw_store_sample sample = {
            .series = writer->series, .time_ms = i, .value = writer->number};
        assert_ok(tw_store_samples_add(writer->store, source, i, &sample, 1, count_done,
                                       writer->outcome));
    }
    return NULL;
}

static void many_threads_write_and_each_sample_is_answered_once(void **state)
{
    struct tw_store *store = open_store(*state);
    struct outcome outcome = {0};
    struct writer writers[8];
    pthread_t threads[8];
    int32_t series = series_of(store, "L1");
    for (int i = 0; i < 8; i++) {
        writers[i] = (struct writer){store, &outcome, series, i};
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, &writers[i]), 0);
    }
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    tw_store_stop(store);
    assert_int_equal(atomic_load(&outcome.done), 2000);
    assert_int_equal(atomic_load(&outcome.ok), 2000);
    struct tw_store_sample *samples = NULL;
    size_t count = 0;
    assert_ok(tw_store_samples_read(store, series, 0, 1000, 10000, &samples, &count));
    assert_int_equal(count, 2000);
    free(samples);
    tw_store_close(store);
}

static void what_comes_after_the_stop_is_refused(void **state)
{
    struct tw_store *store = open_store(*state);
    int32_t series = series_of(store, "L1");
    const struct tw_store_sample sample = {.series = series};
    tw_store_stop(store);
    assert_status(tw_store_samples_add(store, "a", 0, &sample, 1, NULL, NULL), TW_ERR_FULL);
    tw_store_close(store);
}

/* A child writes, tells each answered sample through a pipe, and is killed in the middle. Every
 * sample that it was told is stored must be there. */
static void what_was_answered_is_there_after_a_kill(void **state)
{
    for (int round = 0; round < 10; round++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            struct tw_store *store = open_store(*state);
            int32_t series = series_of(store, "L1");
            for (int64_t i = 0;; i++) {
                int64_t time_ms = round * INT64_C(1000000) + i;
                add(store, "child", series, time_ms, (double)i);
                if (tw_store_flush(store) != TW_OK) _exit(1);
                if (write(ends[1], &time_ms, sizeof time_ms) != sizeof time_ms) _exit(2);
            }
        }
        (void)close(ends[1]);
        int64_t last_ms = -1;
        int64_t time_ms = 0;
        for (int i = 0; i < 20 + 3 * round; i++) {
            if (read(ends[0], &time_ms, sizeof time_ms) == sizeof time_ms) last_ms = time_ms;
        }
        (void)kill(child, SIGKILL);
        while (read(ends[0], &time_ms, sizeof time_ms) == sizeof time_ms)
            last_ms = time_ms;
        (void)close(ends[0]);
        (void)waitpid(child, NULL, 0);
        assert_true(last_ms >= 0);
        struct tw_store *store = open_store(*state);
        struct tw_store_sample *samples = NULL;
        size_t count = 0;
        int64_t first_ms = round * INT64_C(1000000);
        assert_ok(tw_store_samples_read(store, series_of(store, "L1"), first_ms, last_ms, 100000,
                                        &samples, &count));
        assert_int_equal(count, last_ms - first_ms + 1);
        free(samples);
        tw_store_close(store);
    }
}

/* The disk is as good as full when the process may not make its files larger. In a child, because
 * the limit cannot be lifted again. */
static void on_a_full_disk_nothing_is_half_stored_and_reading_goes_on(void **state)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct tw_store *store = open_store(*state);
        struct tw_store_sample *samples = NULL;
        static struct tw_store_sample batch[5000];
        const struct rlimit small = {200000, 200000};
        struct outcome outcome = {0};
        size_t count = 0;
        char why[200];
        int32_t series = series_of(store, "L1");
        add(store, "a", series, 1, 1.0);
        assert_ok(tw_store_flush(store));
        (void)signal(SIGXFSZ, SIG_IGN);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        for (int i = 0; i < 5000; i++) {
            batch[i] = (struct tw_store_sample){.series = series, .time_ms = 10 + i, .value = i};
        }
        for (int i = 0; i < 20; i++) {
            for (int k = 0; k < 5000; k++)
                batch[k].time_ms += 5000;
            int before = atomic_load(&outcome.ok);
            assert_ok(tw_store_samples_add(store, "b", 0, batch, 5000, count_done, &outcome));
            (void)tw_store_flush(store);
            tw_store_state(store, why, sizeof why);
            /* A later one may fit again, when SQLite has emptied its log. */
            if (atomic_load(&outcome.ok) == before) assert_string_not_equal(why, "ok");
        }
        assert_int_equal(atomic_load(&outcome.done), 20);
        int kept = atomic_load(&outcome.ok);
        assert_true(kept < 20);
        assert_ok(tw_store_samples_read(store, series, 0, 1000000, 1000000, &samples, &count));
        assert_int_equal(count, 1 + 5000 * kept);
        free(samples);
        tw_store_close(store);
        exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_source_can_be_cleared_and_last_values_follow(void **state)
{
    struct tw_store *store = open_store(*state);
    int32_t series = series_of(store, "L1");
    add(store, "real", series, 1000, 1.0);
    add(store, "replay", series, 2000, 2.0);
    assert_ok(tw_store_flush(store));
    assert_near(tw_store_head_get(store, series).value, 2.0, 0.0);
    assert_ok(tw_store_source_clear(store, "replay"));
    assert_near(tw_store_head_get(store, series).value, 1.0, 0.0);
    assert_ok(tw_store_source_clear(store, "nobody"));
    tw_store_close(store);
}

static void warnings_come_back_by_session(void **state)
{
    struct tw_store *store = open_store(*state);
    struct tw_store_warning warning = {.id = 30001,
                                       .session = 3,
                                       .point = "易涝点",
                                       .rank = 3,
                                       .depth_m = 0.42,
                                       .expected_ms = 5000,
                                       .issued_ms = 1000,
                                       .updated_ms = 1000,
                                       .reached_ms = TW_STORE_NEVER,
                                       .ended_ms = TW_STORE_NEVER,
                                       .simulated = true,
                                       .acknowledged_ms = TW_STORE_NEVER};
    assert_ok(tw_store_warning_put(store, &warning));
    warning.rank = 4;
    warning.state = 1;
    warning.group = 30000;
    warning.own_rank = 2;
    warning.probability = 0.7;
    warning.high_m = 0.61;
    warning.early_ms = 4000;
    warning.late_ms = TW_STORE_NEVER;
    warning.order = 1;
    (void)snprintf(warning.order_reason, sizeof warning.order_reason, "泵站停机");
    warning.none_count = 5;
    warning.passed_ms[3] = 4500;
    warning.told_expected_ms = 4900;
    (void)snprintf(warning.acknowledged_by, sizeof warning.acknowledged_by, "Li");
    assert_ok(tw_store_warning_put(store, &warning)); /* the same one, changed */
    warning.id = 40001;
    warning.session = 4;
    assert_ok(tw_store_warning_put(store, &warning));
    assert_ok(tw_store_flush(store));
    struct tw_store_warning *warnings = NULL;
    size_t count = 0;
    assert_ok(tw_store_warnings_read(store, 3, &warnings, &count));
    assert_int_equal(count, 1);
    assert_int_equal(warnings[0].rank, 4);
    assert_int_equal(warnings[0].state, 1);
    assert_string_equal(warnings[0].point, "易涝点");
    assert_string_equal(warnings[0].acknowledged_by, "Li");
    assert_true(warnings[0].reached_ms == TW_STORE_NEVER);
    assert_int_equal(warnings[0].expected_ms, 5000);
    assert_true(warnings[0].simulated);
    assert_int_equal(warnings[0].group, 30000);
    assert_int_equal(warnings[0].own_rank, 2);
    assert_near(warnings[0].probability, 0.7, 0.0);
    assert_near(warnings[0].high_m, 0.61, 0.0);
    assert_int_equal(warnings[0].early_ms, 4000);
    assert_true(warnings[0].late_ms == TW_STORE_NEVER);
    assert_int_equal(warnings[0].order, 1);
    assert_string_equal(warnings[0].order_reason, "泵站停机");
    assert_int_equal(warnings[0].none_count, 5);
    assert_int_equal(warnings[0].passed_ms[3], 4500);
    assert_int_equal(warnings[0].told_expected_ms, 4900);
    free(warnings);
    tw_store_close(store);
}

static void warnings_and_the_value_beside_them_are_kept_together(void **state)
{
    struct tw_store *store = open_store(*state);
    struct tw_store_warning two[2] = {{.id = 1, .rank = 1}, {.id = 2, .rank = 2}};
    assert_ok(tw_store_warnings_put(store, two, 2, "taken", 77));
    assert_ok(tw_store_warnings_put(store, NULL, 0, "taken", 78));
    assert_ok(tw_store_flush(store));
    struct tw_store_warning *warnings = NULL;
    size_t count = 0;
    assert_ok(tw_store_warnings_read(store, 0, &warnings, &count));
    assert_int_equal(count, 2);
    free(warnings);
    assert_int_equal(tw_store_meta_get(store, "taken", 0), 78);
    tw_store_close(store);
}

static bool see_bulletin(void *user, const struct tw_store_bulletin *bulletin)
{
    char *seen = user;
    size_t at = strlen(seen);
    (void)snprintf(seen + at, 200 - at, "%lld %d %s %s %s;", (long long)bulletin->group,
                   bulletin->kind, bulletin->identifier, bulletin->text, bulletin->brief);
    return true;
}

static bool see_notice(void *user, const struct tw_store_notice *notice)
{
    char *seen = user;
    size_t at = strlen(seen);
    (void)snprintf(seen + at, 200 - at, "%lld %s %d %d %d %s;", (long long)notice->bulletin,
                   notice->address, notice->state, notice->attempts,
                   notice->tried_ms == TW_STORE_NEVER, notice->answer);
    return true;
}

static void bulletins_and_what_became_of_them_are_read_newest_first(void **state)
{
    struct tw_store *store = open_store(*state);
    char seen[200] = "";
    struct tw_store_bulletin bulletin = {
        .id = 1, .group = 5, .identifier = "a", .text = "<alert/>", .brief = "{}"};
    assert_ok(tw_store_bulletin_put(store, &bulletin));
    bulletin.id = 2;
    bulletin.kind = 2;
    assert_ok(tw_store_bulletin_put(store, &bulletin));
    bulletin.id = 3;
    bulletin.session = 9;
    assert_ok(tw_store_bulletin_put(store, &bulletin));
    struct tw_store_notice notice = {.id = 1,
                                     .bulletin = 2,
                                     .address = "mail:a@b",
                                     .tried_ms = TW_STORE_NEVER,
                                     .next_ms = 0,
                                     .answer = ""};
    assert_ok(tw_store_notice_put(store, &notice));
    notice.attempts = 3;
    notice.state = 1;
    notice.tried_ms = 4;
    notice.answer = "250 ok";
    assert_ok(tw_store_notice_put(store, &notice));
    assert_ok(tw_store_flush(store));
    assert_ok(tw_store_bulletins_read(store, 0, 10, see_bulletin, seen));
    assert_string_equal(seen, "5 2 a <alert/> {};5 0 a <alert/> {};");
    seen[0] = 0;
    assert_ok(tw_store_notices_read(store, 0, 10, see_notice, seen));
    assert_string_equal(seen, "2 mail:a@b 1 3 0 250 ok;");
    tw_store_close(store);
}

struct audit_seen {
    int count;
    char first[64];
};

static bool see_audit(void *user, const struct tw_store_audit *audit)
{
    struct audit_seen *seen = user;
    if (seen->count++ == 0) {
        (void)snprintf(seen->first, sizeof seen->first, "%s %s %s %d %s", audit->who, audit->method,
                       audit->path, audit->status, audit->detail);
    }
    return true;
}

static void the_audit_is_read_newest_first(void **state)
{
    struct tw_store *store = open_store(*state);
    for (int i = 0; i < 300; i++) {
        char detail[16];
        (void)snprintf(detail, sizeof detail, "%d", i);
        const struct tw_store_audit audit = {.time_ms = i,
                                             .who = "Li",
                                             .method = "POST",
                                             .path = "/api/v1/clock",
                                             .detail = detail,
                                             .status = 200};
        assert_ok(tw_store_audit_add(store, &audit));
    }
    assert_ok(tw_store_flush(store));
    struct audit_seen seen = {0};
    assert_ok(tw_store_audit_read(store, 200, see_audit, &seen));
    assert_int_equal(seen.count, 200);
    assert_string_equal(seen.first, "Li POST /api/v1/clock 200 299");
    tw_store_close(store);
}

static void small_values_are_kept_under_keys(void **state)
{
    struct tw_store *store = open_store(*state);
    assert_int_equal(tw_store_meta_get(store, "session", 7), 7);
    assert_ok(tw_store_meta_set(store, "session", 8));
    tw_store_close(store);
    store = open_store(*state);
    assert_int_equal(tw_store_meta_get(store, "session", 7), 8);
    tw_store_close(store);
}

static void a_file_that_is_no_store_of_ours_is_left_alone(void **state)
{
    const struct fixture *fixture = *state;
    char path[128];
    char why[300];
    struct tw_store *store = NULL;
    (void)snprintf(path, sizeof path, "%s/text", fixture->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 200; i++)
        (void)fputs("this is no database\n", file);
    assert_int_equal(fclose(file), 0);
    assert_status(tw_store_open(path, NULL, NULL, why, sizeof why, &store), TW_ERR_FORMAT);

    (void)snprintf(path, sizeof path, "%s/other.db", fixture->folder);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE t(x)", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_status(tw_store_open(path, NULL, NULL, why, sizeof why, &store), TW_ERR_FORMAT);
    assert_non_null(strstr(why, "another program"));
}

static void a_store_of_a_newer_program_is_left_alone(void **state)
{
    const struct fixture *fixture = *state;
    char why[300];
    struct tw_store *store = open_store(fixture);
    tw_store_close(store);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version=1000", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_status(tw_store_open(fixture->path, NULL, NULL, why, sizeof why, &store), TW_ERR_FORMAT);
    assert_non_null(strstr(why, "version 1000"));
}

static void a_folder_that_cannot_be_made_is_told(void **state)
{
    const struct fixture *fixture = *state;
    char path[160];
    char why[300];
    struct tw_store *store = NULL;
    (void)snprintf(path, sizeof path, "%s/file", fixture->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    (void)snprintf(path, sizeof path, "%s/file/store.db", fixture->folder);
    assert_status(tw_store_open(path, NULL, NULL, why, sizeof why, &store), TW_ERR_FILE);
    assert_non_null(strstr(why, "file"));
}

#define with_folder(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_folder(samples_are_there_after_a_restart),
        with_folder(a_limit_keeps_the_newest),
        with_folder(the_same_series_time_and_source_replaces),
        with_folder(a_late_sample_is_stored_but_is_not_the_last_value),
        with_folder(committed_samples_are_told_in_order),
        with_folder(many_threads_write_and_each_sample_is_answered_once),
        with_folder(what_comes_after_the_stop_is_refused),
        with_folder(what_was_answered_is_there_after_a_kill),
        with_folder(on_a_full_disk_nothing_is_half_stored_and_reading_goes_on),
        with_folder(a_source_can_be_cleared_and_last_values_follow),
        with_folder(warnings_come_back_by_session),
        with_folder(warnings_and_the_value_beside_them_are_kept_together),
        with_folder(bulletins_and_what_became_of_them_are_read_newest_first),
        with_folder(the_audit_is_read_newest_first),
        with_folder(small_values_are_kept_under_keys),
        with_folder(a_file_that_is_no_store_of_ours_is_left_alone),
        with_folder(a_store_of_a_newer_program_is_left_alone),
        with_folder(a_folder_that_cannot_be_made_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
