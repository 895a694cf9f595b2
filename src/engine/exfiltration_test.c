/* What soil under storages takes. Figures: SWMM 5.2.4 with the same file. */
#include "text_run.h"

#include <stdio.h>

static tw_model *read_storage(const char *storage, bool strict)
{
    char text[1000];
    snprintf(text, sizeof text,
             "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2020\n"
             "END_DATE 01/03/2020\nREPORT_STEP 00:05:00\nROUTING_STEP 30\n"
             "[ADJUSTMENTS]\nCONDUCTIVITY 1.3 1 1 1 1 1 1 1 1 1 1 1\n"
             "[JUNCTIONS]\nJ 19 20\n[OUTFALLS]\nO 9 FREE\n[STORAGE]\nS 10 8 2 %s\n"
             "[CONDUITS]\nD S O 100 0.013 2 0\nC J S 100 0.013 0 5\n"
             "[XSECTIONS]\nD CIRCULAR 1 0 0 0\nC CIRCULAR 1.5 0 0 0\n"
             "[CURVES]\nA STORAGE 0 100\nA 1 100\nA 2 400\nA 3 900\nA 4 900\nA 6 300\n"
             "B STORAGE 1 100\nB 2 500\nB 5 1500\n",
             storage);
    return text_model(text, strict);
}

/* Water left after a day [ft3]. Half way the run goes on from a saved state in another run. */
static double left_ft3(const char *storage, bool strict)
{
    tw_model *model = read_storage(storage, strict);
    tw_run *first = NULL, *second = NULL;
    assert_ok(tw_run_create(model, &TW_RUN_OPTIONS_DEFAULT, &first));
    assert_ok(tw_run_create(model, &TW_RUN_OPTIONS_DEFAULT, &second));
    assert_ok(tw_run_advance(first, 43200.0));
    assert_ok(tw_run_copy_state(second, first));
    assert_ok(tw_run_advance(second, 86400.0));
    struct tw_balance b = tw_run_balance(second);
    /* as SWMM books it, half a step of the last rate too much: 15 s at 5 mm/h on 83 m2 at most */
    assert_near(b.seeped_m3 + b.final_storage_m3, b.initial_storage_m3, 2e-3);
    tw_run_destroy(first);
    tw_run_destroy(second);
    tw_model_destroy(model);
    return b.final_storage_m3 / (0.3048 * 0.3048 * 0.3048);
}

/* SWMM's are of single precision and of the storage; conduits hold a film of 2e-3 ft3. */
static void assert_left(const char *storage, double swmm_ft3)
{
    assert_near(left_ft3(storage, false), swmm_ft3, 4e-3);
}

/* Name, place, depth, ... SurDepth Fevap Psi Ksat IMD: 3 in of suction, 0.2 in/h, deficit 0.3. */
static void a_deficit_takes_water_by_green_and_ampt(void **state)
{
    (void)state;
    assert_left("TABULAR A 0 0 3 0.2 0.3", 103.4356);
    assert_left("CONICAL 20 10 2 0 0 3 0.2 0.3", 172.3493);
}

static void without_a_deficit_the_wetted_surface_conducts(void **state)
{
    (void)state;
    assert_left("TABULAR A 0 0 0.2", 182.5426);
    assert_left("CONICAL 20 10 2 0 0 0.2", 308.0788);
}

/* Water below a curve's first point stands on banks only. */
static void a_curve_that_begins_above_the_invert_has_no_bottom(void **state)
{
    (void)state;
    assert_left("TABULAR B 0 0 3 0.2 0.3", 1.136903);
    assert_left("TABULAR B 0 0 0.2", 94.05601);
}

static void nothing_seeps_from_a_paraboloid(void **state)
{
    (void)state;
    assert_left("PARABOLIC 30 20 4 0 0 3 0.2 0.3", 235.6194);
}

/* In a strict run it does, through its banks. Of conductivity alone the depth falls by just that, as A dy/dt
 * = -k A: 1.3 times 0.2 in/h of the first 2 ft in a day; the volume is A1 / h y^2 / 2, A1 = pi / 4 * 30 *
 * 20 ft2 at h = 4 ft. */
static void from_a_paraboloid_of_a_strict_run_the_depth_falls_evenly(void **state)
{
    (void)state;
    double depth_ft = 2.0 - 1.3 * 0.2 / 12.0 * 24.0, area_ft2 = 3.14159265358979 / 4.0 * 600.0;
    double left = area_ft2 / 4.0 * depth_ft * depth_ft / 2.0;
    assert_near(left_ft3("PARABOLIC 30 20 4 0 0 0.2", true), left, 0.01); /* half a step of 30 s */
    assert_near(left_ft3("PARABOLIC 30 20 4 0 0 0.2", false), 235.6194, 4e-3);
}

/* A tank of 200 m2 that twice fills and runs dry between; depths of SWMM at hours. In an SI model the
 * bottom has 200 square feet, and soil that is dry for hours takes more again. */
static void an_si_tank_fills_twice_as_in_swmm(void **state)
{
    (void)state;
    static const struct {
        double hour, depth_m;
    } swmm[] = {{2.0, 0.434244}, {4.0, 0.3847192}, {12.0 + 1.0 / 3.0, 0.08620725}};
    struct text_run t = text_run_begin(
        "[OPTIONS]\nFLOW_UNITS LPS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 06/01/2020\n"
        "END_DATE 06/02/2020\nREPORT_STEP 00:05:00\nROUTING_STEP 15\nVARIABLE_STEP 0.75\n"
        "[EVAPORATION]\nCONSTANT 3\n[JUNCTIONS]\nJ1 12 3\n"
        "[STORAGE]\nST 10 4 0 FUNCTIONAL 200 0 0 0 0.5 60 80 .2\n[OUTFALLS]\nO1 9 FREE\n"
        "[CONDUITS]\nC1 J1 ST 50 .013 0 0\nC2 ST O1 50 .013 1.5 0\n"
        "[XSECTIONS]\nC1 CIRCULAR 1 0 0 0\nC2 CIRCULAR 0.3 0 0 0\n[INFLOWS]\nJ1 FLOW T\n"
        "[TIMESERIES]\nT 0:00 0\nT 1:00 30\nT 3:00 0\nT 12:00 0\nT 12:30 60\nT 13:30 0\n");
    for (size_t i = 0; i < sizeof swmm / sizeof swmm[0]; i++) {
        assert_ok(tw_run_advance(t.run, 3600.0 * swmm[i].hour));
        /* steps are cut at the times asked for */
        assert_near(text_run_depth_m(&t, "ST"), swmm[i].depth_m, 1e-4);
    }
    text_run_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deficit_takes_water_by_green_and_ampt),
        cmocka_unit_test(without_a_deficit_the_wetted_surface_conducts),
        cmocka_unit_test(a_curve_that_begins_above_the_invert_has_no_bottom),
        cmocka_unit_test(nothing_seeps_from_a_paraboloid),
        cmocka_unit_test(from_a_paraboloid_of_a_strict_run_the_depth_falls_evenly),
        cmocka_unit_test(an_si_tank_fills_twice_as_in_swmm),
    };
    return cmocka_run_group_tests_name("exfiltration", tests, NULL, NULL);
}
