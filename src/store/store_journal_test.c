#include "store/journal.h"

#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The path of a store's file, or the address of a database in TW_TEST_STORE. */
struct fixture {
    char folder[64], path[256];
};

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (fixture == NULL) return -1;
    (void)snprintf(fixture->folder, sizeof fixture->folder, "/tmp/tw_journal_test_XXXXXX");
    if (mkdtemp(fixture->folder) == NULL) return -1;
    const char *database = getenv("TW_TEST_STORE");
    if (database != NULL) {
        (void)snprintf(fixture->path, sizeof fixture->path, "%s", database);
    } else {
        (void)snprintf(fixture->path, sizeof fixture->path, "%s/store.db", fixture->folder);
    }
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

struct found {
    int count;
    char kinds[256];
    struct tw_store_entry last;
    char detail[64], items[64];
};

static bool look(void *user, const struct tw_store_entry *entry)
{
    struct found *found = user;
    found->count++;
    size_t used = strlen(found->kinds);
    (void)snprintf(found->kinds + used, sizeof found->kinds - used, "%s ", entry->kind);
    found->last = *entry;
    (void)snprintf(found->detail, sizeof found->detail, "%s", entry->detail);
    (void)snprintf(found->items, sizeof found->items, "%s", entry->items);
    return true;
}

static struct found read_all(struct tw_store *store, int64_t session)
{
    struct found found = {0};
    assert_ok(tw_store_journal_read(store, session, look, &found));
    return found;
}

static tw_status book(struct tw_store *store, int64_t session, const char *kind, int64_t order,
                      const char *resource, int64_t holder)
{
    const struct tw_store_entry entry = {
        .session = session, .kind = kind, .order = order, .value = (double)NAN};
    const struct tw_store_booking booking = {resource, holder};
    return tw_store_journal_add(store, &entry, 1, &booking, resource == NULL ? 0 : 1);
}

static void lines_are_there_in_their_order_after_a_restart(void **state)
{
    struct tw_store *store = open_store(*state);
    const struct tw_store_entry entries[] = {
        {.session = 11, .time_ms = 5, .kind = "draft", .order = 3, .value = 0.25, .key = "k"},
        {.session = 12, .kind = "other", .value = 1.0},
        {.session = 11,
         .kind = "sent",
         .order = 3,
         .value = (double)NAN,
         .items = "cones=4",
         .detail = "{\"zh\":\"水\"}"}};
    assert_ok(tw_store_journal_add(store, entries, 3, NULL, 0));
    tw_store_close(store);
    store = open_store(*state);
    struct found found = read_all(store, 11);
    assert_string_equal(found.kinds, "draft sent ");
    assert_int_equal(found.last.order, 3);
    assert_true(isnan(found.last.value));
    assert_string_equal(found.items, "cones=4");
    assert_string_equal(found.detail, "{\"zh\":\"水\"}");
    assert_ok(book(store, 11, "done", 3, NULL, 0));
    assert_string_equal(read_all(store, 11).kinds, "draft sent done ");
    tw_store_close(store);
}

static void a_crew_is_booked_once_and_free_again_when_it_is_given_back(void **state)
{
    struct tw_store *store = open_store(*state);
    assert_ok(book(store, 21, "a", 1, "21/crew/A", 1));
    assert_status(book(store, 21, "b", 2, "21/crew/A", 2), TW_ERR_STATE);
    assert_string_equal(read_all(store, 21).kinds, "a ");
    tw_store_close(store);
    store = open_store(*state); /* and it stays so over a restart */
    assert_status(book(store, 21, "b", 2, "21/crew/A", 2), TW_ERR_STATE);
    assert_ok(book(store, 21, "c", 1, "21/crew/A", 0));
    assert_ok(book(store, 21, "d", 2, "21/crew/A", 2));
    tw_store_close(store);
}

static void what_cannot_be_booked_leaves_nothing_behind(void **state)
{
    struct tw_store *store = open_store(*state);
    assert_ok(book(store, 31, "a", 1, "31/crew/A", 1));
    assert_ok(book(store, 31, "b", 2, "31/vehicle/V", 2));
    const struct tw_store_entry entry = {.session = 31, .kind = "bad", .value = (double)NAN};
    const struct tw_store_booking moves[] = {
        {"31/crew/A", 0}, {"31/crew/B", 3}, {"31/vehicle/V", 3}};
    assert_status(tw_store_journal_add(store, &entry, 1, moves, 3), TW_ERR_STATE);
    assert_string_equal(read_all(store, 31).kinds, "a b ");
    assert_status(book(store, 31, "c", 4, "31/crew/A", 4), TW_ERR_STATE); /* still the first's */
    assert_ok(book(store, 31, "d", 4, "31/crew/B", 4));                   /* still free */
    tw_store_close(store);
}

struct racer {
    struct tw_store *store;
    int64_t order;
    atomic_int *won;
};

static void *race(void *user)
{
    const struct racer *racer = user;
    char resource[64];
    for (int i = 0; i < 40; i++) {
        (void)snprintf(resource, sizeof resource, "41/crew/%d", i);
        tw_status status = book(racer->store, 41, "race", racer->order, resource, racer->order);
        if (status == TW_OK) atomic_fetch_add(racer->won, 1);
    }
    return NULL;
}

static void of_eight_that_race_for_a_crew_one_gets_it(void **state)
{
    struct tw_store *store = open_store(*state);
    atomic_int won;
    atomic_init(&won, 0);
    pthread_t threads[8];
    struct racer racers[8];
    for (int i = 0; i < 8; i++) {
        racers[i] = (struct racer){store, i + 1, &won};
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    for (int i = 0; i < 8; i++)
        (void)pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&won), 40);
    assert_int_equal(read_all(store, 41).count, 40);
    tw_store_close(store);
}

/* The child says on the pipe which line was written; then it is killed. */
static void write_until_killed(const struct fixture *fixture, int pipe_fd)
{
    struct tw_store *store = open_store(fixture);
    for (int64_t i = 1;; i++) {
        if (book(store, 51, "line", i, NULL, 0) != TW_OK) _exit(1);
        if (write(pipe_fd, &i, sizeof i) != (ssize_t)sizeof i) _exit(1);
    }
}

static void what_was_answered_is_there_after_a_kill(void **state)
{
    int ends[2];
    int64_t last = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) write_until_killed(*state, ends[1]);
    while (last < 20)
        assert_int_equal(read(ends[0], &last, sizeof last), sizeof last);
    assert_int_equal(kill(child, SIGKILL), 0);
    (void)close(ends[1]);
    int64_t more;
    while (read(ends[0], &more, sizeof more) == (ssize_t)sizeof more)
        last = more;
    (void)close(ends[0]);
    (void)waitpid(child, NULL, 0);
    struct tw_store *store = open_store(*state);
    struct found found = read_all(store, 51);
    assert_true(found.count >= last);
    assert_int_equal(found.last.order, found.count);
    tw_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_are_there_in_their_order_after_a_restart, begin, end),
        cmocka_unit_test_setup_teardown(a_crew_is_booked_once_and_free_again_when_it_is_given_back,
                                        begin, end),
        cmocka_unit_test_setup_teardown(what_cannot_be_booked_leaves_nothing_behind, begin, end),
        cmocka_unit_test_setup_teardown(of_eight_that_race_for_a_crew_one_gets_it, begin, end),
        cmocka_unit_test_setup_teardown(what_was_answered_is_there_after_a_kill, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
