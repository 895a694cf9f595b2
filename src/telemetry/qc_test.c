#include "telemetry/qc.h"

#include "check.h"

#include <string.h>

#define MINUTE_MS 60000
#define START_MS INT64_C(1940659260000)

/* Every check on, with limits that an ordinary level keeps to. */
static const struct tw_qc_limits on = {.min = -0.1,
                                       .max = 5.0,
                                       .rate_per_s = 0.01,
                                       .stuck_s = 3600.0,
                                       .spike = 0.5,
                                       .drift = 0.2,
                                       .missing_s = 600.0,
                                       .ahead_s = 300.0,
                                       .behind_s = 86400.0};
static const struct tw_qc_limits off = {.min = -(double)INFINITY, .max = (double)INFINITY};

/* A level that rises and falls a little: no check has anything against it. */
static double ordinary(int minute) { return 1.0 + 0.1 * sin(minute / 10.0); }

/* Two hours of ordinary values, a minute apart; the memory after them. */
static struct tw_qc_memory history(const struct tw_qc_limits *limits)
{
    struct tw_qc_memory memory;
    memset(&memory, 0, sizeof memory);
    for (int m = 0; m < 120; m++) {
        int64_t time_ms = START_MS + m * MINUTE_MS;
        const struct tw_qc_input in = {.limits = limits,
                                       .memory = &memory,
                                       .time_ms = time_ms,
                                       .now_ms = time_ms,
                                       .value = ordinary(m),
                                       .reference = ordinary(m)};
        assert_int_equal(tw_qc_quality(&in), 0);
        memory = tw_qc_remember(&in, 0);
    }
    return memory;
}

/* The next value after two hours. */
static struct tw_qc_input next(const struct tw_qc_limits *limits, const struct tw_qc_memory *memory)
{
    int64_t time_ms = START_MS + 120 * MINUTE_MS;
    return (struct tw_qc_input){.limits = limits,
                                .memory = memory,
                                .time_ms = time_ms,
                                .now_ms = time_ms,
                                .value = ordinary(120),
                                .reference = ordinary(120)};
}

/* ---- a scenario for every row: what makes it set its bits ---- */

typedef void scenario(struct tw_qc_input *in, struct tw_qc_memory *memory);

static void make_range(struct tw_qc_input *in, struct tw_qc_memory *memory)
{
    (void)memory;
    in->value = 5.01;
}

static void make_rate(struct tw_qc_input *in, struct tw_qc_memory *memory)
{
    in->value = memory->sound + 0.61; /* in a minute */
}

static void make_stuck(struct tw_qc_input *in, struct tw_qc_memory *memory)
{
    in->value = memory->value;
    in->time_ms = memory->changed_ms + 3600000;
}

static void make_spike(struct tw_qc_input *in, struct tw_qc_memory *memory)
{
    in->value = memory->recent[0] + 0.7;
}

static void make_drift(struct tw_qc_input *in, struct tw_qc_memory *memory)
{
    memory->difference = 0.3;
    in->reference = in->value - 0.3;
}

static void make_missing(struct tw_qc_input *in, struct tw_qc_memory *memory)
{
    in->time_ms = memory->time_ms;
    in->now_ms = memory->time_ms + 600001;
}

static void make_clock(struct tw_qc_input *in, struct tw_qc_memory *memory)
{
    (void)memory;
    in->now_ms = in->time_ms - 300001;
}

static void make_device(struct tw_qc_input *in, struct tw_qc_memory *memory)
{
    (void)memory;
    in->flags = TW_QUALITY_CALIBRATION;
}

/* One for every row: a row without one does not compile. */
static scenario *const scenarios[] = {
#define TW_QC(identifier, ending, word, bits, bad) make_##ending,
#include "telemetry/qc_checks.def"
#undef TW_QC
};

static void an_ordinary_value_passes_every_check(void **state)
{
    (void)state;
    struct tw_qc_memory memory = history(&on);
    struct tw_qc_input in = next(&on, &memory);
    for (size_t i = 0; i < tw_qc_count(); i++)
        assert_int_equal(tw_qc_run(i, &in), 0);
}

static void every_check_finds_what_it_is_for_and_sets_its_own_bits_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < tw_qc_count(); i++) {
        struct tw_qc_memory memory = history(&on);
        struct tw_qc_input in = next(&on, &memory);
        scenarios[i](&in, &memory);
        int32_t found = tw_qc_run(i, &in);
        assert_true(found != 0);
        assert_int_equal(found & ~tw_qc_bits(i), 0);
        assert_non_null(tw_quality_reason(found, i));
        assert_string_not_equal(tw_quality_word(found), "good");
    }
}

static void the_same_input_gives_the_same_answer(void **state)
{
    (void)state;
    for (size_t i = 0; i < tw_qc_count(); i++) {
        struct tw_qc_memory memory = history(&on);
        struct tw_qc_input in = next(&on, &memory);
        scenarios[i](&in, &memory);
        int32_t first = tw_qc_quality(&in);
        assert_int_equal(tw_qc_quality(&in), first);
    }
}

static void no_two_checks_set_the_same_bit(void **state)
{
    (void)state;
    int32_t seen = 0;
    for (size_t i = 0; i < tw_qc_count(); i++) {
        assert_int_equal(seen & tw_qc_bits(i), 0);
        seen |= tw_qc_bits(i);
    }
}

static void a_limit_of_zero_switches_a_check_off(void **state)
{
    (void)state;
    for (size_t i = 0; i < tw_qc_count(); i++) {
        struct tw_qc_memory memory = history(&on);
        struct tw_qc_input in = next(&on, &memory);
        scenarios[i](&in, &memory);
        in.limits = &off;
        if ((tw_qc_bits(i) & TW_QUALITY_DEVICE_BITS) != 0) continue; /* it has no limit */
        assert_int_equal(tw_qc_run(i, &in), 0);
    }
}

static void nothing_remembered_and_late_values_are_looked_at_by_themselves(void **state)
{
    (void)state;
    struct tw_qc_memory nothing;
    memset(&nothing, 0, sizeof nothing);
    struct tw_qc_input in = next(&on, &nothing);
    assert_int_equal(tw_qc_quality(&in), 0);
    in.memory = NULL;
    in.value = 4.9; /* a leap, were it not late */
    assert_int_equal(tw_qc_quality(&in), 0);
    in.value = 5.1;
    assert_int_equal(tw_qc_quality(&in), TW_QUALITY_ABOVE);
}

static void the_way_back_from_a_spike_is_good(void **state)
{
    (void)state;
    struct tw_qc_memory memory = history(&on);
    struct tw_qc_input in = next(&on, &memory);
    in.value = 4.5;
    int32_t quality = tw_qc_quality(&in);
    assert_int_equal(quality, TW_QUALITY_RATE | TW_QUALITY_SPIKE);
    memory = tw_qc_remember(&in, quality);
    in.time_ms += MINUTE_MS;
    in.now_ms += MINUTE_MS;
    in.value = ordinary(121);
    assert_int_equal(tw_qc_quality(&in), 0);
}

static void a_true_step_is_believed_after_a_while(void **state)
{
    (void)state;
    struct tw_qc_memory memory = history(&on);
    struct tw_qc_input in = next(&on, &memory);
    int marked = 0;
    for (int m = 0; m < 20; m++) {
        in.value = 3.0 + 0.001 * m;
        in.reference = in.value;
        int32_t quality = tw_qc_quality(&in);
        marked += quality != 0;
        memory = tw_qc_remember(&in, quality);
        in.time_ms += MINUTE_MS;
        in.now_ms += MINUTE_MS;
    }
    /* 2 m at 0.01 m/s take more than 3 minutes, the median of five as many. */
    assert_in_range(marked, 2, 4);
    assert_int_equal(tw_qc_quality(&in), 0);
}

static void dry_for_days_is_not_stuck(void **state)
{
    (void)state;
    struct tw_qc_memory memory = history(&on);
    struct tw_qc_input in = next(&off, &memory);
    struct tw_qc_limits limits = off;
    limits.stuck_s = 3600.0;
    in.limits = &limits;
    for (int h = 0; h < 72; h++) {
        in.value = 0.0;
        assert_int_equal(tw_qc_quality(&in), 0);
        memory = tw_qc_remember(&in, 0);
        in.time_ms += 60 * MINUTE_MS;
    }
}

static void a_slow_drift_is_found_and_a_short_difference_is_not(void **state)
{
    (void)state;
    struct tw_qc_memory memory = history(&on);
    struct tw_qc_input in = next(&on, &memory);
    int first = -1;
    for (int m = 0; m < 600; m++) {
        in.value = ordinary(120 + m);
        in.reference = in.value - 0.3;
        int32_t quality = tw_qc_quality(&in);
        if (quality == TW_QUALITY_DRIFT && first < 0) first = m;
        memory = tw_qc_remember(&in, quality);
        in.time_ms += MINUTE_MS;
        in.now_ms += MINUTE_MS;
    }
    /* 0.3 (1 - exp(-t / 60 min)) passes 0.2 after ln 3 hours, that is 66 minutes. */
    assert_in_range(first, 64, 67);
}

static void a_manual_value_is_suspect_and_a_replayed_one_good(void **state)
{
    (void)state;
    assert_string_equal(tw_quality_word(0), "good");
    assert_string_equal(tw_quality_word(TW_QUALITY_REPLAYED), "good");
    assert_string_equal(tw_quality_word(TW_QUALITY_MANUAL), "suspect");
    assert_string_equal(tw_quality_word(TW_QUALITY_DRIFT), "suspect");
    assert_string_equal(tw_quality_word(TW_QUALITY_FAULT), "bad");
    assert_true(tw_quality_is_bad(TW_QUALITY_STUCK | TW_QUALITY_DRIFT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ordinary_value_passes_every_check),
        cmocka_unit_test(every_check_finds_what_it_is_for_and_sets_its_own_bits_only),
        cmocka_unit_test(the_same_input_gives_the_same_answer),
        cmocka_unit_test(no_two_checks_set_the_same_bit),
        cmocka_unit_test(a_limit_of_zero_switches_a_check_off),
        cmocka_unit_test(nothing_remembered_and_late_values_are_looked_at_by_themselves),
        cmocka_unit_test(the_way_back_from_a_spike_is_good),
        cmocka_unit_test(a_true_step_is_believed_after_a_while),
        cmocka_unit_test(dry_for_days_is_not_stuck),
        cmocka_unit_test(a_slow_drift_is_found_and_a_short_difference_is_not),
        cmocka_unit_test(a_manual_value_is_suspect_and_a_replayed_one_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
