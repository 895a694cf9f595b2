#include "forecast/skill_rain.h"

#include "check.h"
#include "num/random.h"

enum { MEMBERS = 19, CASES = 20000 };

/* Cases whose truth is drawn as the members are, times a spread. */
static void add_cases(struct tw_rain_skill *skill, double spread)
{
    for (int i = 0; i < CASES; i++) {
        float mmh[MEMBERS];
        for (int m = 0; m < MEMBERS; m++) {
            double normal = tw_random_normal_of(tw_random_bits_3(3, i, m, 0));
            mmh[m] = (float)(20.0 + 3.0 * normal);
        }
        double came = 20.0 + 3.0 * spread * tw_random_normal_of(tw_random_bits_3(4, i, 0, 0));
        struct tw_rain_case one = {mmh, came, 20.0, 21.0, (uint64_t)i};
        assert_ok(tw_rain_skill_add(skill, 0, &one));
    }
}

static void members_drawn_as_the_truth_is_have_a_flat_histogram(void **state)
{
    (void)state;
    struct tw_rain_skill skill;
    assert_ok(tw_rain_skill_init(&skill, 1, MEMBERS));
    add_cases(&skill, 1.0);
    /* 20 ranks of 1000 cases: chance alone moves each by 3 %, half the sum of which is 1.2 %. */
    assert_true(tw_rain_skill_unevenness(&skill, 0, 1) < 0.03);
    assert_near(tw_rain_skill_outside(&skill, 0, 1), 2.0 / 20.0, 0.01); /* 5 deviations */
    /* A normal's CRPS against one of its own is spread / sqrt(pi); 19 members add 1/19 of it. */
    assert_near(skill.lead[0].crps_mmh / CASES, 3.0 / sqrt(3.141592653589793) * (1.0 + 1.0 / 19.0),
                0.02);
    assert_near(sqrt(skill.lead[0].spread2 / CASES), 3.0, 0.02); /* 0.7 % of it: chance */
    assert_near(skill.lead[0].still_mmh - skill.lead[0].persistence_mmh, 0.0, 0.2 * CASES);
    tw_rain_skill_done(&skill);
}

static void members_too_close_together_leave_the_truth_outside(void **state)
{
    (void)state;
    struct tw_rain_skill skill;
    assert_ok(tw_rain_skill_init(&skill, 1, MEMBERS));
    add_cases(&skill, 3.0);
    assert_true(tw_rain_skill_unevenness(&skill, 0, 1) > 0.3);
    assert_true(tw_rain_skill_outside(&skill, 0, 1) > 0.4);
    tw_rain_skill_done(&skill);
}

static void dry_cases_say_nothing_of_the_spread(void **state)
{
    (void)state;
    struct tw_rain_skill skill;
    const float dry[3] = {0.0F, 0.0F, 0.0F};
    assert_ok(tw_rain_skill_init(&skill, 2, 3));
    struct tw_rain_case one = {dry, 0.0, 0.0, 0.0, 1};
    assert_ok(tw_rain_skill_add(&skill, 1, &one));
    assert_near(skill.lead[1].cases, 1.0, 0.0);
    assert_near(skill.lead[1].wet_cases, 0.0, 0.0);
    assert_true(isnan(tw_rain_skill_outside(&skill, 0, 2)));
    assert_true(isnan(tw_rain_skill_unevenness(&skill, 0, 2)));
    tw_rain_skill_done(&skill);
    assert_status(tw_rain_skill_init(&skill, 0, 3), TW_ERR_ARG);
    assert_status(tw_rain_skill_init(&skill, 3, 0), TW_ERR_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_drawn_as_the_truth_is_have_a_flat_histogram),
        cmocka_unit_test(members_too_close_together_leave_the_truth_outside),
        cmocka_unit_test(dry_cases_say_nothing_of_the_spread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
