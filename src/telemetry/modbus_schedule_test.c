#include "telemetry/modbus_schedule.h"

#include "check.h"

enum { SLAVES = 12, INTERVAL = 5000, TIMEOUT = 1000 };

/* A line with slaves of whom some answer in `answer_ms` and the others not at all, played for a while;
 * the longest time from when an answering slave was due to when its round was done. The first minute,
 * in which nobody knows yet who answers, is not looked at. */
static int64_t longest_wait(int live, int64_t answer_ms, int64_t play_ms, int *out_rounds,
                            int *out_tries)
{
    struct tw_modbus_slave slaves[SLAVES];
    int64_t longest = 0;
    *out_rounds = *out_tries = 0;
    for (int i = 0; i < SLAVES; i++)
        slaves[i] = (struct tw_modbus_slave){.reads = 2};
    tw_modbus_slaves_begin(slaves, SLAVES, 0);
    for (int64_t now = 0; now < play_ms;) {
        int64_t wait = 0;
        int32_t turn = tw_modbus_slaves_next(slaves, SLAVES, INTERVAL, now, &wait);
        if (turn < 0) {
            assert_true(wait > 0);
            now += wait;
        } else if (turn < live) {
            int64_t due = slaves[turn].due_ms;
            now += answer_ms;
            if (tw_modbus_slave_answered(&slaves[turn], INTERVAL, now)) {
                ++*out_rounds;
                if (due > 60000 && now - due > longest) longest = now - due;
            }
        } else {
            now += TIMEOUT;
            tw_modbus_slave_failed(&slaves[turn], INTERVAL, now);
            ++*out_tries;
        }
    }
    return longest;
}

static void the_dead_cost_the_living_one_time_out(void **state)
{
    (void)state;
    int rounds = 0;
    int tries = 0;
    /* Two slaves with two requests of 20 ms each, ten that never answer, an hour long. */
    int64_t longest = longest_wait(2, 20, 3600000, &rounds, &tries);
    assert_true(longest <= TIMEOUT + 4 * 20); /* one time-out, and all requests of the living */
    assert_true(rounds >=
                2 * (3600000 - SLAVES * TIMEOUT) / INTERVAL); /* all but the first minute's */
    /* 5, 10, 20, 40, 80, 160 s, then every 300 s: 17 or 18 tries each in an hour. */
    assert_true(tries >= 10 * 15 && tries <= 10 * 19);
}

static void all_alive_are_asked_at_their_interval(void **state)
{
    (void)state;
    int rounds = 0;
    int tries = 0;
    assert_true(longest_wait(SLAVES, 20, 3600000, &rounds, &tries) <= SLAVES * 2 * 20);
    assert_int_equal(rounds, SLAVES * 3600000 / INTERVAL);
    assert_int_equal(tries, 0);
}

static void a_full_line_still_tries_the_dead(void **state)
{
    (void)state;
    int rounds = 0;
    int tries = 0;
    (void)longest_wait(2, 3000, 3600000, &rounds, &tries); /* 12 s of answers every 5 s */
    assert_true(tries >= 10 * 5);
    assert_true(rounds >= 400); /* of 3600 / 12 * 2 = 600 without the dead */
}

static void one_that_answers_again_is_asked_at_its_interval(void **state)
{
    (void)state;
    struct tw_modbus_slave slave = {.reads = 1};
    int64_t wait = 0;
    tw_modbus_slaves_begin(&slave, 1, 0);
    for (int i = 0; i < 30; i++)
        tw_modbus_slave_failed(&slave, INTERVAL, 1000);
    assert_int_equal(slave.due_ms, 1000 + TW_MODBUS_RETRY_MAX_MS);
    assert_int_equal(tw_modbus_slaves_next(&slave, 1, INTERVAL, 1000, &wait), -1);
    assert_int_equal(wait, TW_MODBUS_RETRY_MAX_MS);
    assert_true(tw_modbus_slave_answered(&slave, INTERVAL, slave.due_ms + 10));
    assert_int_equal(slave.due_ms, 1000 + TW_MODBUS_RETRY_MAX_MS + INTERVAL);
    /* An interval longer than the longest pause stays as it is. */
    tw_modbus_slave_failed(&slave, 900000, 0);
    assert_int_equal(slave.due_ms, 900000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_dead_cost_the_living_one_time_out),
        cmocka_unit_test(all_alive_are_asked_at_their_interval),
        cmocka_unit_test(a_full_line_still_tries_the_dead),
        cmocka_unit_test(one_that_answers_again_is_asked_at_its_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
