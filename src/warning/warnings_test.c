#include "warning/warnings.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MINUTE INT64_C(60000)
#define STEPS 13 /* an hour in steps of five minutes */

/* Times count from noon of no particular day. */
static const int64_t noon = 1000000 * MINUTE;

static const struct tw_warning_point one_point = {.id = "P1",
                                                  .classes_m = {0.15, 0.27, 0.40, 0.60}};

static struct tw_warnings *make(void)
{
    struct tw_warnings *warnings = NULL;
    tw_warning_rules rules = TW_WARNING_RULES_DEFAULT;
    rules.session = 7;
    assert_ok(tw_warnings_create(&one_point, 1, &rules, &warnings));
    return warnings;
}

/* A forecast made `minute` minutes after noon that rises linearly from `from` to `to` metres. */
static bool forecast(struct tw_warnings *warnings, int minute, double from_m, double to_m)
{
    float depth[STEPS];
    for (int i = 0; i < STEPS; i++) {
        depth[i] = (float)(from_m + (to_m - from_m) * i / (STEPS - 1));
    }
    const struct tw_warning_outlook outlook = {.first_ms = noon + minute * MINUTE,
                                               .step_ms = 5 * MINUTE,
                                               .count = STEPS,
                                               .depth_m = depth};
    return tw_warnings_forecast(warnings, noon + minute * MINUTE, &outlook);
}

static bool model(struct tw_warnings *warnings, int minute, double depth_m)
{
    int64_t now = noon + minute * MINUTE;
    return tw_warnings_model(warnings, now, now, &depth_m);
}

static const struct tw_store_warning *only(const struct tw_warnings *warnings)
{
    assert_int_equal(tw_warnings_count(warnings), 1);
    return tw_warnings_get(warnings, 0);
}

static void a_depth_has_the_highest_class_it_reaches(void **state)
{
    (void)state;
    assert_int_equal(tw_warning_rank(&one_point, 0.149), 0);
    assert_int_equal(tw_warning_rank(&one_point, 0.15), 1);
    assert_int_equal(tw_warning_rank(&one_point, 0.399), 2);
    assert_int_equal(tw_warning_rank(&one_point, 9.0), 4);
    assert_int_equal(tw_warning_rank(&one_point, (double)NAN), 0);
}

static void nothing_is_said_while_nothing_is_expected(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    assert_false(model(warnings, 0, 0.1));
    assert_false(forecast(warnings, 0, 0.0, 0.149));
    assert_int_equal(tw_warnings_count(warnings), 0);
    tw_warnings_destroy(warnings);
}

static void a_forecast_issues_a_warning_at_once_with_the_time_of_its_class(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    assert_true(forecast(warnings, 0, 0.0, 0.48)); /* 0.04 m every five minutes */
    const struct tw_store_warning *w = only(warnings);
    assert_int_equal(w->rank, 3);
    assert_int_equal(w->state, TW_WARNING_ACTIVE);
    assert_int_equal(w->session, 7);
    assert_near(w->depth_m, 0.48, 1e-6); /* a float's digits */
    assert_int_equal(w->issued_ms, noon);
    assert_int_equal(w->expected_ms, noon + 50 * MINUTE); /* 0.40 m at the tenth step */
    assert_true(w->reached_ms == TW_STORE_NEVER);
    tw_warnings_destroy(warnings);
}

static void a_forecast_that_says_the_same_keeps_the_warning_fresh(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    float steady[STEPS];
    for (int i = 0; i < STEPS; i++)
        steady[i] = i < 6 ? 0.0F : 0.3F;
    struct tw_warning_outlook outlook = {
        .first_ms = noon, .step_ms = 5 * MINUTE, .count = STEPS, .depth_m = steady};
    assert_true(tw_warnings_forecast(warnings, noon, &outlook));
    assert_false(
        tw_warnings_forecast(warnings, noon + 5 * MINUTE, &outlook)); /* it is no new one */
    outlook.first_ms += 5 * MINUTE;
    assert_true(tw_warnings_forecast(warnings, noon + 5 * MINUTE, &outlook));
    assert_int_equal(only(warnings)->issued_ms, noon);
    assert_int_equal(only(warnings)->updated_ms, noon + 5 * MINUTE);
    tw_warnings_destroy(warnings);
}

static void a_depth_that_is_there_is_warned_of_without_a_forecast(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    assert_true(model(warnings, 3, 0.3));
    const struct tw_store_warning *w = only(warnings);
    assert_int_equal(w->rank, 2);
    assert_int_equal(w->expected_ms, noon + 3 * MINUTE);
    assert_int_equal(w->reached_ms, noon + 3 * MINUTE);
    tw_warnings_destroy(warnings);
}

static void a_class_is_raised_at_once_and_who_acknowledged_is_asked_again(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    assert_true(forecast(warnings, 0, 0.0, 0.2));
    assert_ok(tw_warnings_acknowledge(warnings, only(warnings)->id, "Li", noon + MINUTE));
    assert_int_equal(only(warnings)->state, TW_WARNING_ACKNOWLEDGED);
    assert_string_equal(only(warnings)->acknowledged_by, "Li");
    assert_true(forecast(warnings, 5, 0.0, 0.72));
    assert_int_equal(only(warnings)->rank, 4);
    assert_int_equal(only(warnings)->state, TW_WARNING_ACTIVE);
    assert_int_equal(only(warnings)->issued_ms, noon);
    tw_warnings_destroy(warnings);
}

static void an_acknowledged_warning_that_stays_the_same_stays_acknowledged(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    assert_true(forecast(warnings, 0, 0.0, 0.2));
    assert_ok(tw_warnings_acknowledge(warnings, only(warnings)->id, "Li", noon));
    (void)forecast(warnings, 5, 0.0, 0.21);
    (void)model(warnings, 6, 0.16);
    assert_int_equal(only(warnings)->state, TW_WARNING_ACKNOWLEDGED);
    tw_warnings_destroy(warnings);
}

static void a_class_is_lowered_by_the_third_forecast_in_a_row_to_the_highest_of_them(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    assert_true(forecast(warnings, 0, 0.0, 0.9));
    (void)forecast(warnings, 5, 0.0, 0.2);
    (void)forecast(warnings, 10, 0.0, 0.3);
    assert_int_equal(only(warnings)->rank, 4);
    (void)forecast(warnings, 15, 0.0, 0.16);
    assert_int_equal(only(warnings)->rank, 2);
    tw_warnings_destroy(warnings);
}

static void a_forecast_that_wavers_changes_no_class(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    assert_true(forecast(warnings, 0, 0.0, 0.41));
    for (int cycle = 1; cycle < 40; cycle++) {
        (void)forecast(warnings, 5 * cycle, 0.0, cycle % 3 == 0 ? 0.41 : 0.39);
        assert_int_equal(only(warnings)->rank, 3);
        assert_int_equal(only(warnings)->state, TW_WARNING_ACTIVE);
    }
    tw_warnings_destroy(warnings);
}

static void a_warning_ends_when_six_forecasts_in_a_row_expect_nothing(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    assert_true(forecast(warnings, 0, 0.0, 0.5));
    for (int cycle = 1; cycle <= 5; cycle++)
        (void)forecast(warnings, 5 * cycle, 0.0, 0.1);
    assert_int_equal(only(warnings)->state, TW_WARNING_ACTIVE);
    assert_int_equal(only(warnings)->rank, 1); /* lowered on the way */
    assert_true(forecast(warnings, 30, 0.0, 0.1));
    assert_int_equal(only(warnings)->state, TW_WARNING_ENDED);
    assert_int_equal(only(warnings)->ended_ms, noon + 30 * MINUTE);
    tw_warnings_destroy(warnings);
}

static void water_that_stands_in_the_street_keeps_a_warning_open(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    (void)model(warnings, 0, 0.2);
    for (int cycle = 1; cycle <= 20; cycle++) {
        (void)model(warnings, 5 * cycle, 0.2);
        (void)forecast(warnings, 5 * cycle, 0.2, 0.0);
        assert_int_equal(only(warnings)->state, TW_WARNING_ACTIVE);
    }
    tw_warnings_destroy(warnings);
}

static void without_new_forecasts_nothing_ends(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    assert_true(forecast(warnings, 0, 0.0, 0.5));
    for (int minute = 1; minute < 300; minute++)
        (void)model(warnings, minute, 0.0);
    assert_int_equal(only(warnings)->state, TW_WARNING_ACTIVE);
    assert_int_equal(only(warnings)->rank, 3);
    tw_warnings_destroy(warnings);
}

static void after_its_end_a_point_gets_a_new_warning_with_a_new_id(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    assert_true(forecast(warnings, 0, 0.0, 0.2));
    for (int cycle = 1; cycle <= 6; cycle++)
        (void)forecast(warnings, 5 * cycle, 0.0, 0.0);
    assert_true(forecast(warnings, 60, 0.0, 0.3));
    assert_int_equal(tw_warnings_count(warnings), 2);
    assert_int_equal(tw_warnings_get(warnings, 0)->state, TW_WARNING_ENDED);
    assert_int_equal(tw_warnings_get(warnings, 1)->state, TW_WARNING_ACTIVE);
    assert_true(tw_warnings_get(warnings, 1)->id > tw_warnings_get(warnings, 0)->id);
    tw_warnings_destroy(warnings);
}

static void what_was_expected_gives_way_to_what_happened(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    assert_true(forecast(warnings, 0, 0.0, 0.24)); /* 0.15 m at the eighth step, 40 minutes */
    assert_int_equal(only(warnings)->expected_ms, noon + 40 * MINUTE);
    assert_true(model(warnings, 31, 0.16));
    assert_int_equal(only(warnings)->expected_ms, noon + 31 * MINUTE);
    assert_int_equal(only(warnings)->reached_ms, noon + 31 * MINUTE);
    (void)forecast(warnings, 35, 0.16, 0.2);
    assert_int_equal(only(warnings)->expected_ms, noon + 31 * MINUTE);
    tw_warnings_destroy(warnings);
}

static void reached_is_the_first_time_and_stays(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    (void)model(warnings, 0, 0.2);
    (void)model(warnings, 5, 0.1);
    (void)model(warnings, 9, 0.7);
    assert_int_equal(only(warnings)->reached_ms, noon);
    assert_int_equal(only(warnings)->rank, 4);
    assert_int_equal(only(warnings)->expected_ms, noon + 9 * MINUTE);
    tw_warnings_destroy(warnings);
}

static void a_model_without_a_value_changes_nothing(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    assert_false(model(warnings, 0, (double)NAN));
    assert_true(forecast(warnings, 0, 0.0, 0.3));
    assert_false(model(warnings, 1, (double)NAN));
    assert_int_equal(only(warnings)->rank, 2);
    tw_warnings_destroy(warnings);
}

static void only_what_is_open_can_be_acknowledged(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    assert_true(forecast(warnings, 0, 0.0, 0.3));
    int64_t id = only(warnings)->id;
    assert_status(tw_warnings_acknowledge(warnings, id + 1, "Li", noon), TW_ERR_NAME);
    for (int cycle = 1; cycle <= 6; cycle++)
        (void)forecast(warnings, 5 * cycle, 0.0, 0.0);
    assert_status(tw_warnings_acknowledge(warnings, id, "Li", noon), TW_ERR_STATE);
    tw_warnings_destroy(warnings);
}

/* Thousands of warnings one after the other: the list stays bounded and the open one is not lost. */
static void ended_warnings_are_forgotten_before_memory_grows_without_end(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    for (int round = 0; round < 10000; round++) {
        (void)forecast(warnings, 60 * round, 0.0, 0.3);
        for (int cycle = 1; cycle <= 6; cycle++) {
            (void)forecast(warnings, 60 * round + 5 * cycle, 0.0, 0.0);
        }
    }
    (void)forecast(warnings, 60 * 10000, 0.0, 0.3);
    int32_t count = tw_warnings_count(warnings);
    assert_true(count < 5000);
    assert_int_equal(tw_warnings_get(warnings, count - 1)->state, TW_WARNING_ACTIVE);
    assert_ok(tw_warnings_acknowledge(warnings, tw_warnings_get(warnings, count - 1)->id, "x", 0));
    tw_warnings_destroy(warnings);
}

/* ---- probabilities ---- */

/* A forecast made `minute` minutes after noon: class c passes its depth at step[c] with chance[c]. */
static bool chances(struct tw_warnings *warnings, int minute, const double chance[4], int step)
{
    float depth[STEPS];
    float high[STEPS];
    float at[4 * STEPS];
    float peak[4];
    for (int i = 0; i < STEPS; i++) {
        depth[i] = i >= step ? 0.1F : 0.0F;
        high[i] = i >= step ? 0.5F : 0.0F;
        for (int c = 0; c < 4; c++)
            at[c * STEPS + i] = i >= step ? (float)chance[c] : 0.0F;
    }
    for (int c = 0; c < 4; c++)
        peak[c] = (float)chance[c];
    const struct tw_warning_cause cause = {TW_CAUSE_CONDUIT, "C12", noon + 5 * MINUTE};
    const struct tw_warning_outlook outlook = {.first_ms = noon + minute * MINUTE,
                                               .step_ms = 5 * MINUTE,
                                               .count = STEPS,
                                               .depth_m = depth,
                                               .low_m = depth,
                                               .high_m = high,
                                               .chance = at,
                                               .peak_chance = peak,
                                               .causes = &cause,
                                               .basis = "{\"members\":32}"};
    return tw_warnings_forecast(warnings, noon + minute * MINUTE, &outlook);
}

static void the_class_is_the_highest_that_is_more_likely_than_not(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    assert_false(chances(warnings, 0, (const double[4]){0.49, 0.2, 0.0, 0.0}, 10));
    assert_true(chances(warnings, 5, (const double[4]){0.9, 0.6, 0.4, 0.1}, 10));
    const struct tw_store_warning *w = only(warnings);
    assert_int_equal(w->rank, 2);
    assert_near(w->probability, 0.6, 1e-6); /* a float's digits */
    assert_int_equal(w->expected_ms, noon + 55 * MINUTE);
    assert_near(w->high_m, 0.5, 1e-6);
    assert_int_equal(w->cause_kind, TW_CAUSE_CONDUIT);
    assert_string_equal(w->cause_element, "C12");
    assert_int_equal(w->cause_ms, noon + 5 * MINUTE);
    assert_string_equal(w->basis, "{\"members\":32}");
    tw_warnings_destroy(warnings);
}

static void what_may_come_within_the_least_lead_is_warned_of_at_a_smaller_chance(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    assert_false(chances(warnings, 0, (const double[4]){0.4, 0.0, 0.0, 0.0}, 8)); /* in 40 min */
    assert_true(chances(warnings, 10, (const double[4]){0.4, 0.0, 0.0, 0.0}, 6)); /* in 30 min */
    assert_int_equal(only(warnings)->rank, 1);
    tw_warnings_destroy(warnings);
}

static void a_chance_that_wavers_above_what_keeps_a_class_lowers_nothing(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    (void)chances(warnings, 0, (const double[4]){0.9, 0.6, 0.0, 0.0}, 10);
    for (int i = 1; i < 10; i++)
        (void)chances(warnings, 5 * i, (const double[4]){0.5, 0.21, 0.0, 0.0}, 10);
    assert_int_equal(only(warnings)->rank, 2);
    for (int i = 10; i < 13; i++)
        (void)chances(warnings, 5 * i, (const double[4]){0.5, 0.19, 0.0, 0.0}, 10);
    assert_int_equal(only(warnings)->rank, 1);
    assert_int_equal(only(warnings)->highest_rank, 2);
    tw_warnings_destroy(warnings);
}

/* ---- orders ---- */

static struct tw_warning_order order_of(int32_t kind, int32_t rank)
{
    return (struct tw_warning_order){.kind = kind, .rank = rank, .by = "Li", .reason = "看到了"};
}

static void forecasts_of_nothing(struct tw_warnings *warnings, int from_minute, int count)
{
    for (int i = 0; i < count; i++)
        (void)forecast(warnings, from_minute + 5 * i, 0.0, 0.0);
}

static void a_held_warning_neither_sinks_nor_ends_until_it_is_released(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    (void)forecast(warnings, 0, 0.0, 0.3);
    int64_t id = only(warnings)->id;
    struct tw_warning_order order = order_of(TW_WARNING_HOLD, 0);
    order.reason = "";
    assert_status(tw_warnings_order(warnings, id, &order, noon), TW_ERR_ARG);
    order.reason = "井盖被冲开";
    assert_ok(tw_warnings_order(warnings, id, &order, noon + MINUTE));
    forecasts_of_nothing(warnings, 5, 8);
    assert_int_equal(only(warnings)->rank, 2);
    assert_int_equal(only(warnings)->own_rank, 0); /* what the system would say is not hidden */
    assert_int_equal(only(warnings)->state, TW_WARNING_ACTIVE);
    assert_string_equal(only(warnings)->ordered_by, "Li");
    assert_string_equal(only(warnings)->order_reason, "井盖被冲开");
    order = order_of(TW_WARNING_RELEASE, 0);
    assert_ok(tw_warnings_order(warnings, id, &order, noon + 60 * MINUTE));
    assert_int_equal(only(warnings)->state, TW_WARNING_ENDED);
    assert_status(tw_warnings_order(warnings, id, &order, noon), TW_ERR_STATE);
    assert_status(tw_warnings_order(warnings, 1, &order, noon), TW_ERR_NAME);
    tw_warnings_destroy(warnings);
}

static void a_raised_warning_may_go_higher_by_itself_but_not_lower(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    (void)forecast(warnings, 0, 0.0, 0.2);
    int64_t id = only(warnings)->id;
    assert_ok(tw_warnings_acknowledge(warnings, id, "Wang", noon));
    struct tw_warning_order order = order_of(TW_WARNING_RAISE, 1);
    assert_status(tw_warnings_order(warnings, id, &order, noon), TW_ERR_ARG);
    order.rank = 5;
    assert_status(tw_warnings_order(warnings, id, &order, noon), TW_ERR_ARG);
    order.rank = 3;
    assert_ok(tw_warnings_order(warnings, id, &order, noon + MINUTE));
    assert_int_equal(only(warnings)->rank, 3);
    assert_int_equal(only(warnings)->own_rank, 1);
    assert_int_equal(only(warnings)->state, TW_WARNING_ACTIVE); /* it is asked for again */
    forecasts_of_nothing(warnings, 5, 8);
    assert_int_equal(only(warnings)->rank, 3);
    assert_true(forecast(warnings, 50, 0.0, 0.7));
    assert_int_equal(only(warnings)->rank, 4);
    tw_warnings_destroy(warnings);
}

static void a_cancelled_warning_comes_back_only_when_it_gets_worse(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    (void)forecast(warnings, 0, 0.0, 0.3);
    int64_t id = only(warnings)->id;
    struct tw_warning_order order = order_of(TW_WARNING_CANCEL, 0);
    assert_ok(tw_warnings_order(warnings, id, &order, noon + MINUTE));
    assert_int_equal(only(warnings)->state, TW_WARNING_CANCELLED);
    assert_status(tw_warnings_acknowledge(warnings, id, "Li", noon), TW_ERR_STATE);
    (void)forecast(warnings, 5, 0.0, 0.3);
    (void)model(warnings, 6, 0.28);
    assert_int_equal(only(warnings)->state, TW_WARNING_CANCELLED);
    assert_int_equal(only(warnings)->own_rank, 2);
    (void)forecast(warnings, 10, 0.0, 0.45);
    assert_int_equal(only(warnings)->state, TW_WARNING_ACTIVE);
    assert_int_equal(only(warnings)->rank, 3);
    assert_ok(tw_warnings_order(warnings, id, &order, noon + 11 * MINUTE));
    (void)model(warnings, 15, 0.0);
    forecasts_of_nothing(warnings, 20, 6);
    assert_int_equal(only(warnings)->state, TW_WARNING_ENDED);
    tw_warnings_destroy(warnings);
}

static void an_officer_warns_of_a_point_that_the_system_does_not_see(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    struct tw_warning_order order = order_of(TW_WARNING_RAISE, 2);
    assert_status(tw_warnings_raise_point(warnings, "P9", &order, noon), TW_ERR_NAME);
    assert_ok(tw_warnings_raise_point(warnings, "P1", &order, noon));
    assert_status(tw_warnings_raise_point(warnings, "P1", &order, noon), TW_ERR_STATE);
    forecasts_of_nothing(warnings, 5, 8);
    assert_int_equal(only(warnings)->rank, 2);
    assert_int_equal(only(warnings)->own_rank, 0);
    tw_warnings_destroy(warnings);
}

/* ---- groups, and beginning again ---- */

static void a_pause_of_an_hour_ends_a_storm(void **state)
{
    (void)state;
    struct tw_warnings *warnings = make();
    (void)forecast(warnings, 0, 0.0, 0.2);
    forecasts_of_nothing(warnings, 5, 6); /* ends at 30 */
    (void)forecast(warnings, 90, 0.0, 0.2);
    assert_int_equal(tw_warnings_get(warnings, 1)->group, tw_warnings_get(warnings, 0)->group);
    forecasts_of_nothing(warnings, 95, 6); /* ends at 120 */
    (void)forecast(warnings, 181, 0.0, 0.2);
    assert_int_equal(tw_warnings_get(warnings, 2)->group, tw_warnings_get(warnings, 2)->id);
    tw_warnings_destroy(warnings);
}

static struct tw_warnings *make_stored(struct tw_store *store)
{
    struct tw_warnings *warnings = NULL;
    tw_warning_rules rules = TW_WARNING_RULES_DEFAULT;
    rules.store = store;
    assert_ok(tw_warnings_create(&one_point, 1, &rules, &warnings));
    assert_ok(tw_warnings_restore(warnings));
    return warnings;
}

/* What happens in the i-th of some forecasts and depths: a rise, a wane, a second rise. */
static void event(struct tw_warnings *warnings, int i)
{
    static const double peaks[] = {0.0, 0.2, 0.45, 0.45, 0.3, 0.28, 0.29, 0.1, 0.1, 0.1,
                                   0.1, 0.1, 0.1,  0.1,  0.0, 0.0,  0.3,  0.3, 0.1, 0.1};
    double peak_m = peaks[i % 20];
    (void)model(warnings, 5 * i, i > 3 && i < 8 ? 0.16 : 0.0);
    (void)forecast(warnings, 5 * i, 0.0, peak_m);
}

/* A process that ends after any event and begins again ends with the very same warnings. */
static void a_restart_at_any_moment_changes_no_warning(void **state)
{
    (void)state;
    struct tw_warnings *whole = make();
    for (int i = 0; i < 20; i++)
        event(whole, i);
    for (int cut = 1; cut < 20; cut++) {
        char why[200];
        struct tw_store *store = NULL;
        char folder[] = "/tmp/thalweg-warnings-XXXXXX";
        assert_non_null(mkdtemp(folder));
        char path[64];
        (void)snprintf(path, sizeof path, "%s/s.db", folder);
        assert_ok(tw_store_open(path, NULL, NULL, why, sizeof why, &store));
        assert_ok(tw_warnings_begin_session(store));
        struct tw_warnings *first = make_stored(store);
        for (int i = 0; i < cut; i++)
            event(first, i);
        assert_ok(tw_store_flush(store));
        tw_warnings_destroy(first);
        struct tw_warnings *second = make_stored(store);
        for (int i = cut / 2; i < 20; i++) /* some come again: they are left out */
            event(second, i);
        assert_int_equal(tw_warnings_count(second), tw_warnings_count(whole));
        for (int32_t i = 0; i < tw_warnings_count(whole); i++) {
            const struct tw_store_warning *a = tw_warnings_get(whole, i);
            const struct tw_store_warning *b = tw_warnings_get(second, i);
            assert_int_equal(a->rank, b->rank);
            assert_int_equal(a->highest_rank, b->highest_rank);
            assert_int_equal(a->state, b->state);
            assert_int_equal(a->issued_ms, b->issued_ms);
            assert_int_equal(a->reached_ms, b->reached_ms);
            assert_int_equal(a->expected_ms, b->expected_ms);
            assert_int_equal(a->ended_ms, b->ended_ms);
            assert_near(a->depth_m, b->depth_m, 0.0);
        }
        tw_warnings_destroy(second);
        tw_store_close(store);
        (void)unlink(path);
        (void)rmdir(folder);
    }
    tw_warnings_destroy(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_depth_has_the_highest_class_it_reaches),
        cmocka_unit_test(nothing_is_said_while_nothing_is_expected),
        cmocka_unit_test(a_forecast_issues_a_warning_at_once_with_the_time_of_its_class),
        cmocka_unit_test(a_forecast_that_says_the_same_keeps_the_warning_fresh),
        cmocka_unit_test(a_depth_that_is_there_is_warned_of_without_a_forecast),
        cmocka_unit_test(a_class_is_raised_at_once_and_who_acknowledged_is_asked_again),
        cmocka_unit_test(an_acknowledged_warning_that_stays_the_same_stays_acknowledged),
        cmocka_unit_test(a_class_is_lowered_by_the_third_forecast_in_a_row_to_the_highest_of_them),
        cmocka_unit_test(a_forecast_that_wavers_changes_no_class),
        cmocka_unit_test(a_warning_ends_when_six_forecasts_in_a_row_expect_nothing),
        cmocka_unit_test(water_that_stands_in_the_street_keeps_a_warning_open),
        cmocka_unit_test(without_new_forecasts_nothing_ends),
        cmocka_unit_test(after_its_end_a_point_gets_a_new_warning_with_a_new_id),
        cmocka_unit_test(what_was_expected_gives_way_to_what_happened),
        cmocka_unit_test(reached_is_the_first_time_and_stays),
        cmocka_unit_test(a_model_without_a_value_changes_nothing),
        cmocka_unit_test(only_what_is_open_can_be_acknowledged),
        cmocka_unit_test(ended_warnings_are_forgotten_before_memory_grows_without_end),
        cmocka_unit_test(the_class_is_the_highest_that_is_more_likely_than_not),
        cmocka_unit_test(what_may_come_within_the_least_lead_is_warned_of_at_a_smaller_chance),
        cmocka_unit_test(a_chance_that_wavers_above_what_keeps_a_class_lowers_nothing),
        cmocka_unit_test(a_held_warning_neither_sinks_nor_ends_until_it_is_released),
        cmocka_unit_test(a_raised_warning_may_go_higher_by_itself_but_not_lower),
        cmocka_unit_test(a_cancelled_warning_comes_back_only_when_it_gets_worse),
        cmocka_unit_test(an_officer_warns_of_a_point_that_the_system_does_not_see),
        cmocka_unit_test(a_pause_of_an_hour_ends_a_storm),
        cmocka_unit_test(a_restart_at_any_moment_changes_no_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
