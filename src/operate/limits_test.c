#include "operate/limits.h"

#include "check.h"
#include "draw.h"

#include <string.h>

static struct tw_limit limit_of(const char *class_, enum tw_kind kind, bool old)
{
    struct tw_limit all[TW_LIMITS_MOST];
    int32_t count = tw_limits_of("GB 18918-2002", class_, old, all);
    for (int32_t i = 0; i < count; i++)
        if (all[i].kind == kind) return all[i];
    fail_msg("no limit");
    return all[0];
}

static void the_standard_has_its_classes(void **state)
{
    (void)state;
    struct tw_limit all[TW_LIMITS_MOST];
    assert_int_equal(tw_limits_of("GB 18918-2002", "1A", false, all), 6);
    assert_int_equal(tw_limits_of("gb 18918-2002", "1b", false, all), 6);
    assert_int_equal(tw_limits_of("GB 18918-2002", "2", false, all), 5);
    assert_int_equal(tw_limits_of("GB 18918-2002", "3", false, all), 4);
    assert_int_equal(tw_limits_of("GB 18918-2002", "4", false, all), 0);
    assert_near(limit_of("1A", TW_KIND_TP, false).mean_gm3, 0.5, 0.0);
    assert_near(limit_of("1A", TW_KIND_TP, true).mean_gm3, 1.0, 0.0);
    assert_near(limit_of("1B", TW_KIND_NH4, true).mean_gm3, 8.0, 0.0);
}

static void water_of_twelve_degrees_is_cold(void **state)
{
    (void)state;
    struct tw_limit limit = limit_of("1A", TW_KIND_NH4, false);
    struct tw_today_result r;
    double flow[24], conc[24];
    for (int i = 0; i < 24; i++) {
        flow[i] = 100.0;
        conc[i] = 6.0;
    }
    struct tw_today today = {.done = 24, .flow_m3h = flow, .conc_gm3 = conc, .temp_c = 12.0};
    today.influent_gm3 = (double)NAN;
    tw_limit_today(&limit, &today, &r);
    assert_true(r.cold);
    assert_near(r.limit_gm3, 8.0, 0.0);
    assert_near(r.break_probability, 0.0, 0.0);
    today.temp_c = 12.1;
    tw_limit_today(&limit, &today, &r);
    assert_false(r.cold);
    assert_near(r.break_probability, 1.0, 1e-12); /* the weights' sum */
    today.temp_c = (double)NAN;
    tw_limit_today(&limit, &today, &r);
    assert_near(r.limit_gm3, 5.0, 0.0);
}

/* Twice the flow at twice the concentration: (100 * 10 + 200 * 20) / 300, not 15. */
static void the_mean_is_weighted_by_flow(void **state)
{
    (void)state;
    struct tw_limit limit = limit_of("1A", TW_KIND_TN, false);
    struct tw_today_result r;
    double flow[24], conc[24];
    for (int i = 0; i < 24; i++) {
        flow[i] = i < 12 ? 100.0 : 200.0;
        conc[i] = i < 12 ? 10.0 : 20.0;
    }
    const struct tw_today today = {.done = 24, .flow_m3h = flow, .conc_gm3 = conc};
    tw_limit_today(&limit, &today, &r);
    assert_near(r.so_far_gm3, 5000.0 / 300.0, 1e-12); /* rounding only */
    assert_near(r.expected_gm3, 5000.0 / 300.0, 1e-9);
    assert_near(r.break_probability, 1.0, 1e-12);
}

static void class_three_may_be_a_share_of_the_influent(void **state)
{
    (void)state;
    struct tw_limit limit = limit_of("3", TW_KIND_COD, false);
    struct tw_today_result r;
    double flow[24], conc[24];
    for (int i = 0; i < 24; i++) {
        flow[i] = 100.0;
        conc[i] = 150.0;
    }
    const struct tw_today today = {
        .done = 24, .flow_m3h = flow, .conc_gm3 = conc, .influent_gm3 = 500.0};
    tw_limit_today(&limit, &today, &r);
    assert_true(r.by_removal);
    assert_near(r.limit_gm3, 200.0, 1e-9); /* 40 % of 500 */
    assert_near(r.break_probability, 0.0, 0.0);
}

/* Made days whose truth is known: of those told with some 20 %, some 20 % have to break. */
static void probabilities_are_as_often_right_as_they_say(void **state)
{
    (void)state;
    enum { DAYS = 3000, PAST = 7 * 24, BINS = 4 };
    struct tw_limit limit = limit_of("1A", TW_KIND_NH4, false);
    double series[PAST + 24], flow[24];
    double told[BINS] = {0.0}, came[BINS] = {0.0}, count[BINS] = {0.0};
    uint32_t seed = 17;
    for (int day = 0; day < DAYS; day++) {
        double e = 0.4 * draw_normal(&seed), sum = 0.0;
        for (int i = 0; i < PAST + 24; i++) {
            e = 0.9 * e + 0.4 * sqrt(1.0 - 0.81) * draw_normal(&seed);
            series[i] = exp(log(4.3) + 0.3 * sin(i * 6.283185307 / 24.0) + e);
            if (i >= PAST) sum += series[i] / 24.0;
        }
        for (int i = 0; i < 24; i++)
            flow[i] = 100.0;
        struct tw_today today = {.done = 8, .flow_m3h = flow, .conc_gm3 = series + PAST};
        struct tw_today_result r;
        today.past = PAST;
        today.past_gm3 = series;
        today.temp_c = 20.0;
        today.influent_gm3 = (double)NAN;
        tw_limit_today(&limit, &today, &r);
        int bin = (int)(r.break_probability * BINS);
        if (bin == BINS) bin--;
        told[bin] += r.break_probability;
        came[bin] += sum > limit.mean_gm3;
        count[bin] += 1.0;
    }
    for (int bin = 0; bin < BINS; bin++) {
        print_message("told %.3f came %.3f of %.0f days\n", told[bin] / count[bin],
                      came[bin] / count[bin], count[bin]);
        /* Some 300 days a bin know a share to 3 %; a week of past knows mean and scatter to a tenth. */
        assert_near(came[bin] / count[bin], told[bin] / count[bin], 0.10);
    }
}

static void gaps_are_counted_and_nothing_known_is_said(void **state)
{
    (void)state;
    struct tw_limit limit = limit_of("1A", TW_KIND_COD, false);
    struct tw_today_result r;
    double flow[24], conc[24];
    for (int i = 0; i < 24; i++)
        flow[i] = conc[i] = (double)NAN;
    struct tw_today today = {.done = 10, .flow_m3h = flow, .conc_gm3 = conc};
    tw_limit_today(&limit, &today, &r);
    assert_int_equal(r.gaps, 10);
    assert_true(isnan(r.break_probability) && isnan(r.so_far_gm3));
    conc[3] = 30.0;
    tw_limit_today(&limit, &today, &r);
    assert_int_equal(r.gaps, 9);
    assert_near(r.so_far_gm3, 30.0, 1e-12);
    assert_true(r.break_probability < 0.2);
    today.done = 0;
    tw_limit_today(&limit, &today, &r);
    assert_true(isnan(r.break_probability));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standard_has_its_classes),
        cmocka_unit_test(water_of_twelve_degrees_is_cold),
        cmocka_unit_test(the_mean_is_weighted_by_flow),
        cmocka_unit_test(class_three_may_be_a_share_of_the_influent),
        cmocka_unit_test(probabilities_are_as_often_right_as_they_say),
        cmocka_unit_test(gaps_are_counted_and_nothing_known_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
