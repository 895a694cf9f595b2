#include "check.h"
#include "forecast/skill.h"

#include <math.h>

/* Two points, four cycles of one step each, forecasts of four steps. */
static struct tw_skill make(void)
{
    const struct tw_skill_setup setup = {.cycles = 4,
                                         .points = 2,
                                         .steps = 4,
                                         .stride = 1,
                                         .step_s = 300.0,
                                         .classes_m = {0.15, 0.27, 0.40, 0.60}};
    struct tw_skill skill;
    assert_ok(tw_skill_init(&skill, &setup));
    return skill;
}

static void set_truth(const struct tw_skill *skill, int32_t point, const float depths_m[8])
{
    for (int32_t t = 0; t < skill->times; t++)
        *tw_skill_truth(skill, point, t) = depths_m[t];
}

static void crps_of_one_depth_is_its_distance(void **state)
{
    (void)state;
    const float depth_m = 0.75F;
    assert_near(tw_skill_crps_m(&depth_m, 1, 0.5), 0.25, 0.0); /* both are exact in binary */
    assert_true(isnan(tw_skill_crps_m(&depth_m, 0, 0.5)));
    assert_true(isnan(tw_skill_crps_m(&depth_m, 1, (double)NAN)));
}

static void crps_of_many_is_the_area_between_the_distributions(void **state)
{
    (void)state;
    const float depths_m[] = {0.0F, 1.0F, 3.0F};
    /* Of F - H at 0.5: 1/9 over 0..0.5, 4/9 over 0.5..1, 1/9 over 1..3. */
    double area = 0.5 / 9.0 + 0.5 * 4.0 / 9.0 + 2.0 / 9.0;
    assert_near(tw_skill_crps_m(depths_m, 3, 0.5), area, 1e-15); /* rounding only */
}

static void yes_or_no_is_counted_for_all_cases_and_for_onsets(void **state)
{
    (void)state;
    struct tw_skill skill = make();
    const float wet[8] = {0.0F, 0.0F, 0.2F, 0.2F, 0.2F, 0.2F, 0.2F, 0.2F};
    const float dry[8] = {0.0F};
    set_truth(&skill, 0, wet);
    set_truth(&skill, 1, dry);
    /* Lead 1: cycle 0 nothing comes, 1 is an onset, 2 and 3 are flooded already. */
    tw_skill_at(&skill, 1, 0, 1)->above[0] = 0.5F; /* half is enough: a hit */
    tw_skill_at(&skill, 2, 0, 1)->above[0] = 0.9F; /* a hit */
    tw_skill_at(&skill, 0, 1, 1)->above[0] = 0.6F; /* a false alarm */
    struct tw_skill_lead score = tw_skill_lead_score(&skill, 1);
    assert_int_equal(score.all.cases, 8);
    assert_int_equal(score.all.hits, 2);
    assert_int_equal(score.all.misses, 1);
    assert_int_equal(score.all.false_alarms, 1);
    assert_int_equal(score.onset.cases, 6);
    assert_int_equal(score.onset.hits, 1);
    assert_int_equal(score.onset.misses, 0);
    assert_near(tw_skill_csi(&score.all), 0.5, 0.0);
    assert_near(tw_skill_pod(&score.all), 2.0 / 3.0, 0.0);
    assert_near(tw_skill_far(&score.onset), 0.5, 0.0);
    /* Errors of 0.5, 0.1, 1 and 0.6 in eight cases; probabilities are kept as floats. */
    assert_near(score.brier[0], (0.25 + 0.01 + 1.0 + 0.36) / 8.0, 1e-7);
    tw_skill_done(&skill);
}

static void a_depth_that_only_reaches_the_class_does_not_pass_it(void **state)
{
    (void)state;
    struct tw_skill skill = make();
    const float at_class[8] = {0.0F, 0.15F, 0.15F, 0.151F};
    set_truth(&skill, 0, at_class);
    struct tw_skill_lead score = tw_skill_lead_score(&skill, 1);
    assert_int_equal(score.all.misses, 1);
    tw_skill_done(&skill);
}

static void what_is_not_known_is_no_case(void **state)
{
    (void)state;
    struct tw_skill skill = make();
    struct tw_skill_lead score = tw_skill_lead_score(&skill, 1);
    assert_int_equal(score.all.cases, 0);
    assert_true(isnan(score.brier[0]) && isnan(tw_skill_csi(&score.all)));
    tw_skill_done(&skill);
}

static void probabilities_fall_into_tenths(void **state)
{
    (void)state;
    struct tw_skill skill = make();
    const float wet[8] = {0.2F, 0.2F, 0.2F, 0.2F, 0.2F, 0.2F, 0.2F, 0.2F};
    set_truth(&skill, 0, wet);
    const float given[] = {0.0F, 0.3F, 0.7F, 1.0F};
    for (int32_t k = 0; k < 4; k++)
        tw_skill_at(&skill, k, 0, 2)->above[0] = given[k];
    struct tw_skill_tenth tenths[TW_SKILL_TENTHS];
    tw_skill_reliability(&skill, 2, tenths);
    /* Steps 2 and 4 are looked at; step 4 has zeros. */
    assert_int_equal(tenths[0].cases, 5);
    assert_int_equal(tenths[3].cases, 1);
    assert_int_equal(tenths[7].cases, 1);
    assert_int_equal(tenths[9].cases, 1);
    assert_near(tenths[3].foretold, 0.3, 1e-7); /* a float */
    assert_near(tenths[9].came, 1.0, 0.0);
    assert_true(isnan(tenths[5].came));
    tw_skill_done(&skill);
}

static void lead_won_counts_back_without_a_break(void **state)
{
    (void)state;
    struct tw_skill skill = make();
    const float late[8] = {0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.3F, 0.8F, 0.5F};
    const float always[8] = {0.2F, 0.2F, 0.2F, 0.2F, 0.2F, 0.2F, 0.2F, 0.2F};
    set_truth(&skill, 0, late);
    set_truth(&skill, 1, always);
    struct tw_skill_onset onset;
    assert_false(tw_skill_onset_find(&skill, 1, &onset)); /* flooded from the beginning */
    assert_true(tw_skill_onset_find(&skill, 0, &onset));
    assert_int_equal(onset.time, 5);
    assert_int_equal(onset.peak_time, 6);
    assert_near(onset.lead_s, 0.0, 0.0); /* no forecast said so */
    tw_skill_done(&skill);

    skill = make();
    const float soon[8] = {0.0F, 0.0F, 0.0F, 0.3F, 0.8F, 0.5F, 0.0F, 0.0F};
    set_truth(&skill, 0, soon);
    tw_skill_at(&skill, 0, 0, 3)->above[0] = 1.0F; /* a break follows */
    tw_skill_at(&skill, 2, 0, 1)->above[0] = 1.0F;
    assert_true(tw_skill_onset_find(&skill, 0, &onset));
    assert_near(onset.lead_s, 300.0, 0.0);
    tw_skill_at(&skill, 1, 0, 4)->above[0] = 0.5F;
    assert_true(tw_skill_onset_find(&skill, 0, &onset));
    assert_near(onset.lead_s, 900.0, 0.0);
    tw_skill_done(&skill);
}

static void errors_are_those_of_the_forecast_issued_that_long_before(void **state)
{
    (void)state;
    struct tw_skill skill = make();
    const float soon[8] = {0.0F, 0.0F, 0.0F, 0.3F, 0.75F, 0.5F, 0.0F, 0.0F};
    set_truth(&skill, 0, soon);
    tw_skill_at(&skill, 1, 0, 3)->above[0] = 1.0F;    /* for time 4, a step late */
    tw_skill_at(&skill, 2, 0, 3)->depth_m[1] = 0.25F; /* for time 5, a step late */
    struct tw_skill_errors errors = tw_skill_errors_score(&skill, 2);
    assert_int_equal(errors.onsets, 1);
    assert_int_equal(errors.told, 1);
    assert_near(errors.onset_s, 300.0, 0.0);
    assert_near(errors.onset_bias_s, 300.0, 0.0);
    assert_near(errors.peak_m, 0.5, 0.0); /* exact in binary */
    assert_near(errors.peak_bias_m, -0.5, 0.0);
    assert_near(errors.peak_s, 300.0, 0.0);
    tw_skill_done(&skill);
}

static void counts_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    const struct tw_skill_setup setup = {.cycles = 1, .points = 0, .steps = 1, .stride = 1};
    struct tw_skill skill = {0};
    assert_status(tw_skill_init(&skill, &setup), TW_ERR_ARG);
    tw_skill_done(&skill);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crps_of_one_depth_is_its_distance),
        cmocka_unit_test(crps_of_many_is_the_area_between_the_distributions),
        cmocka_unit_test(yes_or_no_is_counted_for_all_cases_and_for_onsets),
        cmocka_unit_test(a_depth_that_only_reaches_the_class_does_not_pass_it),
        cmocka_unit_test(what_is_not_known_is_no_case),
        cmocka_unit_test(probabilities_fall_into_tenths),
        cmocka_unit_test(lead_won_counts_back_without_a_break),
        cmocka_unit_test(errors_are_those_of_the_forecast_issued_that_long_before),
        cmocka_unit_test(counts_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
