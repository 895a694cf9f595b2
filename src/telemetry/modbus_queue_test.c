#include "telemetry/modbus_queue.h"

#include "check.h"

static void add(struct tw_modbus_queue *queue, int32_t from, int32_t to)
{
    for (int32_t i = from; i < to; i++)
        tw_modbus_queue_add(queue, &(struct tw_modbus_result){.index = i});
}

static void results_stay_until_they_are_taken(void **state)
{
    (void)state;
    struct tw_modbus_queue queue;
    const struct tw_modbus_result *r = NULL;
    assert_ok(tw_modbus_queue_init(&queue));
    assert_int_equal(tw_modbus_queue_send(&queue, &r), 0);
    add(&queue, 0, 3);
    assert_int_equal(tw_modbus_queue_send(&queue, &r), 3);
    assert_int_equal(r[2].index, 2);
    add(&queue, 3, 5);
    assert_int_equal(tw_modbus_queue_send(&queue, &r), 0); /* one batch at a time */
    tw_modbus_queue_answered(&queue, false);
    assert_int_equal(tw_modbus_queue_send(&queue, &r), 5);
    assert_int_equal(r[0].index, 0);
    tw_modbus_queue_answered(&queue, true);
    assert_int_equal(queue.count, 0);
    tw_modbus_queue_done(&queue);
}

/* Over many rounds nothing is lost, doubled or turned round, also where the ring wraps. */
static void a_long_run_keeps_the_order(void **state)
{
    (void)state;
    struct tw_modbus_queue queue;
    const struct tw_modbus_result *r = NULL;
    int32_t added = 0;
    int32_t seen = 0;
    assert_ok(tw_modbus_queue_init(&queue));
    while (seen < 3 * TW_MODBUS_QUEUE_MAX) {
        add(&queue, added, added + 700);
        added += 700;
        size_t n = tw_modbus_queue_send(&queue, &r);
        assert_true(n > 0 && n <= TW_MODBUS_BATCH);
        bool taken = seen % 3 != 1; /* some are sent twice */
        for (size_t i = 0; i < n; i++)
            assert_int_equal(r[i].index, seen + (int32_t)i);
        tw_modbus_queue_answered(&queue, taken);
        if (taken) seen += (int32_t)n;
        if (!taken) {
            assert_int_equal(tw_modbus_queue_send(&queue, &r), n);
            tw_modbus_queue_answered(&queue, true);
            seen += (int32_t)n;
        }
    }
    assert_int_equal(queue.lost, 0);
    tw_modbus_queue_done(&queue);
}

static void a_full_queue_loses_the_oldest_but_what_is_on_its_way(void **state)
{
    (void)state;
    struct tw_modbus_queue queue;
    const struct tw_modbus_result *r = NULL;
    assert_ok(tw_modbus_queue_init(&queue));
    add(&queue, 0, 10);
    assert_int_equal(tw_modbus_queue_send(&queue, &r), 10);
    add(&queue, 10, TW_MODBUS_QUEUE_MAX + 5);
    assert_int_equal(queue.lost, 5);
    tw_modbus_queue_answered(&queue, false);
    assert_int_equal(tw_modbus_queue_send(&queue, &r), TW_MODBUS_BATCH);
    for (int32_t i = 0; i < TW_MODBUS_BATCH; i++)
        assert_int_equal(r[i].index, i < 10 ? i : i + 5);
    tw_modbus_queue_done(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_stay_until_they_are_taken),
        cmocka_unit_test(a_long_run_keeps_the_order),
        cmocka_unit_test(a_full_queue_loses_the_oldest_but_what_is_on_its_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
