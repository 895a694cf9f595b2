#include "io/units.h"

#include "check.h"

static const double rounding = 1e-12; /* relative; factors are products of a few exact numbers */

/* A gallon a minute is 231 cubic inches in 60 seconds, a cubic foot a second 448.831 of them. */
static void flow_units_are_what_they_are_called(void **state)
{
    (void)state;
    double cfs = tw_units_of(TW_FLOW_CFS, true).flow_m3s;
    double gpm = tw_units_of(TW_FLOW_GPM, true).flow_m3s;
    assert_near(cfs, 0.028316846592, rounding);
    assert_near(gpm * 60.0, 231.0 * 0.0254 * 0.0254 * 0.0254, rounding);
    assert_near(cfs / gpm, 448.831, 0.0005); /* known to its last digit */
    assert_near(tw_units_of(TW_FLOW_MGD, true).flow_m3s, gpm * 1e6 / 1440.0, rounding);
    assert_near(tw_units_of(TW_FLOW_CMS, true).flow_m3s, 1.0, 0.0);
    assert_near(tw_units_of(TW_FLOW_LPS, true).flow_m3s, 0.001, rounding);
    assert_near(tw_units_of(TW_FLOW_MLD, true).flow_m3s * 86400.0, 1000.0, 1e-9);
}

static void three_flow_units_belong_to_each_system(void **state)
{
    (void)state;
    for (int unit = TW_FLOW_CFS; unit <= TW_FLOW_MLD; unit++) {
        struct tw_units u = tw_units_of((enum tw_flow_units)unit, true);
        assert_int_equal(u.us, unit <= TW_FLOW_MGD);
        assert_near(u.length_m, u.us ? 0.3048 : 1.0, 0.0);
        assert_near(u.rain_mm, u.us ? 25.4 : 1.0, 0.0);
    }
}

static void areas_and_volumes_follow_from_lengths(void **state)
{
    (void)state;
    struct tw_units us = tw_units_of(TW_FLOW_GPM, true), si = tw_units_of(TW_FLOW_LPS, true);
    assert_near(us.land_m2, 4046.8564224, 1e-9); /* an acre */
    assert_near(us.land_volume_m3, 43560.0 * us.volume_m3, 1e-9);
    /* SWMM's own factors, rounded to three digits or more */
    assert_near(us.big_volume_m3, 3785.411784, 1e-4 * 3785.0);
    assert_near(us.routed_volume_m3, us.land_volume_m3, 1e-4 * us.land_volume_m3);
    assert_near(si.land_m2, 10000.0, 0.0);
    assert_near(si.land_volume_m3, 10000.0, 0.0);         /* a hectare, a metre deep */
    assert_near(si.big_volume_m3, 1000.0, 1e-5 * 1000.0); /* 10^6 litres, by SWMM's factor */
    assert_near(si.routed_volume_m3, 10000.0, 1e-5 * 10000.0);
}

/* What SWMM gives back for what it is given: 1 CMS is 1 / 0.02832 cfs, an acre 1 / 2.2956e-5 ft2. */
static void flows_and_land_are_rounded_as_swmm_rounds_them(void **state)
{
    (void)state;
    double foot3_m3 = 0.3048 * 0.3048 * 0.3048;
    assert_near(tw_units_of(TW_FLOW_CFS, false).flow_m3s, foot3_m3, rounding);
    assert_near(tw_units_of(TW_FLOW_CMS, false).flow_m3s, foot3_m3 / 0.02832, rounding);
    for (int unit = TW_FLOW_CFS; unit <= TW_FLOW_MLD; unit++) {
        struct tw_units exact = tw_units_of((enum tw_flow_units)unit, true);
        struct tw_units swmm = tw_units_of((enum tw_flow_units)unit, false);
        /* CMS is the worst of them, with four digits */
        assert_near(swmm.flow_m3s / exact.flow_m3s, 1.0, 1.2e-4);
        assert_near(swmm.land_m2 / exact.land_m2, 1.0, 4e-5);
        assert_near(swmm.length_m, exact.length_m, 0.0);
    }
    double acre_m2 = tw_units_of(TW_FLOW_CFS, false).land_m2;
    assert_near(acre_m2, 0.3048 * 0.3048 / 2.2956e-5, rounding * acre_m2);
}

static void water_boils_at_212(void **state)
{
    (void)state;
    assert_near(tw_units_fahrenheit(100.0), 212.0, rounding * 212.0);
    assert_near(tw_units_fahrenheit(-40.0), -40.0, rounding * 40.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flow_units_are_what_they_are_called),
        cmocka_unit_test(three_flow_units_belong_to_each_system),
        cmocka_unit_test(areas_and_volumes_follow_from_lengths),
        cmocka_unit_test(flows_and_land_are_rounded_as_swmm_rounds_them),
        cmocka_unit_test(water_boils_at_212),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
