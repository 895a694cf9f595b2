#include "model/flow_unit.h"

#include "check.h"

static const double foot3_m3 = 0.028316846592;

/* A gallon a minute is 231 cubic inches in 60 seconds, a cubic foot a second 448.831 of them. */
static void exact_flow_units_are_what_they_are_called(void **state)
{
    (void)state;
    const double rounding = 1e-12; /* factors are products of a few exact numbers */
    double cfs = tw_flow_unit_m3s(TW_FLOW_CFS, true), gpm = tw_flow_unit_m3s(TW_FLOW_GPM, true);
    assert_near(cfs, foot3_m3, rounding);
    assert_near(gpm * 60.0, 231.0 * 0.0254 * 0.0254 * 0.0254, rounding);
    assert_near(tw_flow_unit_m3s(TW_FLOW_MGD, true), gpm * 1e6 / 1440.0, rounding);
    assert_near(tw_flow_unit_m3s(TW_FLOW_CMS, true), 1.0, 0.0);
    assert_near(tw_flow_unit_m3s(TW_FLOW_LPS, true), 0.001, rounding);
    assert_near(tw_flow_unit_m3s(TW_FLOW_MLD, true) * 86400.0, 1000.0, 1e-9);
    assert_near(tw_land_unit_m2(true, true), 4046.8564224, 1e-9);
    assert_near(tw_land_unit_m2(false, true), 1e4, 0.0);
    assert_near(tw_volume_unit_m3(false, true), 1.0, 0.0);
}

/* User's Manual: factors of four or more digits. */
static void rounded_units_are_close_to_the_exact_ones(void **state)
{
    (void)state;
    for (int unit = TW_FLOW_CFS; unit <= TW_FLOW_MLD; unit++) {
        double exact = tw_flow_unit_m3s((enum tw_flow_units)unit, true);
        double ratio = tw_flow_unit_m3s((enum tw_flow_units)unit, false) / exact;
        assert_near(ratio, 1.0, 1.2e-4); /* half of the last digit of 0.02832 is 1.8e-4 of it */
    }
    for (int us = 0; us < 2; us++) {
        double land = tw_land_unit_m2(us, false) / tw_land_unit_m2(us, true);
        double volume = tw_volume_unit_m3(us, false) / tw_volume_unit_m3(us, true);
        assert_near(land, 1.0, 4e-5); /* the same of 2.2956e-5: 2.2e-5, and SWMM's is cut */
        assert_near(volume, 1.0, 1.2e-4);
    }
}

/* Of a conduit full of standing water SWMM 5.2.4 says, in metric models, 1.0001113 of its volume. */
static void a_cubic_metre_of_swmm_is_a_little_less(void **state)
{
    (void)state;
    assert_near(1.0 / tw_volume_unit_m3(false, false), 1.0001113, 1e-7); /* digits of the ratio */
    assert_near(1.0 / tw_flow_unit_m3s(TW_FLOW_CMS, false), 1.0001113, 1e-7);
    assert_near(tw_flow_unit_m3s(TW_FLOW_CFS, false), foot3_m3, 1e-15); /* rounding */
}

/* Sums of feet are SWMM's only with the very numbers of the file. */
static void decimals_of_feet_come_back(void **state)
{
    (void)state;
    for (int i = 1; i < 1000; i++) {
        double ft = i / 10.0;
        assert_true(tw_length_ft(true, ft * 0.3048) == ft);
        assert_true(tw_length_ft(false, ft) == ft / 0.3048);
    }
    double third = 1.0 / 3.0; /* no decimal: as it is */
    assert_true(tw_length_ft(true, third) == third / 0.3048);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_flow_units_are_what_they_are_called),
        cmocka_unit_test(rounded_units_are_close_to_the_exact_ones),
        cmocka_unit_test(a_cubic_metre_of_swmm_is_a_little_less),
        cmocka_unit_test(decimals_of_feet_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
