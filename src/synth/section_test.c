#include "synth/section.h"

#include "check.h"

/* Manning's formula for a full pipe: Q = 0.3117 / n D^(8/3) sqrt(S). */
static void a_full_pipe_carries_what_mannings_formula_says(void **state)
{
    (void)state;
    struct tw_section pipe = tw_section_pipe(1.2);
    pipe.roughness = 0.013;
    /* 0.3117 has four digits */
    assert_near(tw_section_capacity_m3s(&pipe, 0.004),
                0.3117 / 0.013 * pow(1.2, 8.0 / 3.0) * sqrt(0.004), 2e-4 * 2.5);
    assert_near(tw_section_capacity_m3s(&pipe, 0.0), 0.0, 0.0);
}

static void more_water_never_gets_a_smaller_section(void **state)
{
    (void)state;
    for (int series = TW_SERIES_PIPE; series <= TW_SERIES_FOUL; series++) {
        int32_t before = 0;
        for (double flow = 0.01; flow < 200.0; flow *= 1.3) {
            struct tw_section s = tw_section_choose((enum tw_section_series)series, flow, 0.01, 0);
            assert_true(s.step >= before);
            before = s.step;
        }
        assert_true(before >= 9);
    }
}

static void a_chosen_section_carries_its_flow(void **state)
{
    (void)state;
    for (int series = TW_SERIES_PIPE; series <= TW_SERIES_FOUL; series++)
        for (double slope = 0.003; slope < 0.2; slope *= 2.0)
            for (double flow = 0.01; flow < 30.0; flow *= 1.7) {
                struct tw_section s =
                    tw_section_choose((enum tw_section_series)series, flow, slope, 3);
                assert_true(tw_section_capacity_m3s(&s, slope) >= flow);
                assert_true(s.step >= 3);
            }
}

static void the_vault_is_closed_and_no_wider_than_high(void **state)
{
    (void)state;
    for (int k = 0; k <= TW_VAULT_STEPS; k++)
        assert_true(tw_section_vault(k) >= 0.0 && tw_section_vault(k) <= 1.0);
    assert_near(tw_section_vault(TW_VAULT_STEPS), 0.0, 0.0);
    struct tw_section vault = tw_section_choose(TW_SERIES_VAULT, 2.0, 0.01, 0);
    assert_int_equal(vault.kind, TW_SECTION_CUSTOM);
    /* between the circle in it and the square around it */
    double square = vault.height_m * vault.height_m;
    assert_true(tw_section_area_m2(&vault) > 0.7854 * square);
    assert_true(tw_section_area_m2(&vault) < square);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_pipe_carries_what_mannings_formula_says),
        cmocka_unit_test(more_water_never_gets_a_smaller_section),
        cmocka_unit_test(a_chosen_section_carries_its_flow),
        cmocka_unit_test(the_vault_is_closed_and_no_wider_than_high),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
