#include "store/record.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct seen {
    int count, most;
    int64_t id[8];
    char who[8][32];
};

static bool see(void *user, const struct tw_store_record *record)
{
    struct seen *seen = user;
    seen->id[seen->count] = record->id;
    (void)snprintf(seen->who[seen->count], sizeof seen->who[0], "%s", record->who);
    seen->count++;
    return seen->count < seen->most;
}

/* Newest first, each kind and subject by itself, and still there when the store is opened again. */
static void records_are_found_by_kind_and_subject(void **state)
{
    (void)state;
    char folder[] = "/tmp/tw_record_XXXXXX", path[64], why[200];
    struct tw_store *store = NULL;
    int64_t id[3];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/live.db", folder);
    assert_ok(tw_store_open(path, NULL, NULL, why, sizeof why, &store));
    const struct tw_store_record records[] = {
        {.time_ms = 5, .kind = "inspection", .subject = "W1", .who = "a", .body = "{}"},
        {.time_ms = 6, .kind = "inspection", .subject = "W2", .who = "b", .body = NULL},
        {.time_ms = 7, .kind = "inspection", .subject = "W1", .who = "c", .body = "{\"x\":1}"}};
    for (int i = 0; i < 3; i++)
        assert_ok(tw_store_record_add(store, &records[i], &id[i]));
    assert_true(id[0] < id[1] && id[1] < id[2]);
    for (int opened = 0; opened < 2; opened++) {
        struct seen seen = {.most = 8};
        assert_ok(tw_store_records_read(store, "inspection", "W1", 10, see, &seen));
        assert_int_equal(seen.count, 2);
        assert_int_equal(seen.id[0], id[2]);
        assert_string_equal(seen.who[1], "a");
        seen = (struct seen){.most = 1};
        assert_ok(tw_store_records_read(store, "inspection", "W1", 10, see, &seen));
        assert_int_equal(seen.count, 1);
        seen = (struct seen){.most = 8};
        assert_ok(tw_store_records_read(store, "tick", "W1", 10, see, &seen));
        assert_int_equal(seen.count, 0);
        tw_store_close(store);
        assert_ok(tw_store_open(path, NULL, NULL, why, sizeof why, &store));
    }
    int64_t next;
    assert_ok(tw_store_record_add(store, &records[0], &next));
    assert_true(next > id[2]);
    tw_store_close(store);
    char command[96];
    (void)snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(records_are_found_by_kind_and_subject)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
