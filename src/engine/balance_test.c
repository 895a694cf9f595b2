/* What a run says of where the water came from and went to. */
#include "text_run.h"

#include <stdio.h>

static struct tw_balance balance_of_text(const char *text)
{
    struct text_run t = text_run_begin(text);
    assert_ok(tw_run_advance(t.run, 1e6)); /* to its end */
    struct tw_balance b = tw_run_balance(t.run);
    text_run_end(&t);
    return b;
}

/* 1 m3/s for an hour through 400 m of pipe. */
static struct tw_balance balance_of(const char *routing)
{
    char text[600];
    snprintf(text, sizeof text,
             "[OPTIONS]\nFLOW_UNITS CMS\nFLOW_ROUTING %s\nSTART_DATE 01/01/2024\n"
             "END_DATE 01/01/2024\nEND_TIME 01:00\nROUTING_STEP 10\n"
             "[JUNCTIONS]\nJ 10 5\n[OUTFALLS]\nO 9 FREE\n[CONDUITS]\nC J O 400 .013 0 0\n"
             "[XSECTIONS]\nC CIRCULAR 1.5 0 0 0\n[INFLOWS]\nJ FLOW \"\" FLOW 1 1 1\n",
             routing);
    return balance_of_text(text);
}

/* In steady flow what comes in goes out in the same step, but for the half step before the first. */
static void steady_flow_keeps_nothing_in_conduits(void **state)
{
    (void)state;
    struct tw_balance b = balance_of("STEADY");
    assert_near(b.final_storage_m3, 0.0, 0.0);
    assert_near(b.outflow_m3, b.external_m3, 1e-9); /* rounding */
    assert_near(b.routing_error_ratio, 0.0, 1e-12);
}

static void a_wave_fills_them(void **state)
{
    (void)state;
    struct tw_balance b = balance_of("KINWAVE");
    assert_true(b.final_storage_m3 > 100.0); /* 400 m of some 0.4 m2 */
}

/* Half of what flows in seeps into the ground. SWMM 5.2.4's report: groundwater inflow -4.302 ha m,
 * error -0.182 %; were it taken from the inflow, not added to the outflow, -0.36 %. */
static void what_the_ground_takes_is_outflow(void **state)
{
    (void)state;
    struct tw_balance b = balance_of_text(
        "[OPTIONS]\nFLOW_UNITS CMS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2024\n"
        "END_DATE 01/02/2024\nROUTING_STEP 30\nWET_STEP 00:05:00\nDRY_STEP 00:05:00\n"
        "[RAINGAGES]\nG INTENSITY 1:00 1 TIMESERIES rain\n[SUBCATCHMENTS]\nS G J 10 0 500 0.5 0\n"
        "[SUBAREAS]\nS .01 .1 0 0 0 OUTLET\n[INFILTRATION]\nS 5 5 4 7 0\n"
        "[AQUIFERS]\nA .46 .12 .25 5 10 15 .35 0 0 0 1 .3\n"
        "[GROUNDWATER]\nS A J 10 .01 1 1 1 0 0 0 *\n[JUNCTIONS]\nJ 0 8\n[OUTFALLS]\nO 0 FIXED 3\n"
        "[CONDUITS]\nC J O 100 .013 0 0\n[XSECTIONS]\nC CIRCULAR 2 0 0 0\n"
        "[INFLOWS]\nJ FLOW \"\" FLOW 1 1 1\n[TIMESERIES]\nrain 0:00 0\n");
    assert_near(b.groundwater_m3, -43020.0,
                15.0); /* the report's last digit, and its hectare metre */
    assert_near(100.0 * b.routing_error_ratio, -0.182, 0.0006);
}

/* 1 cfs is taken at each of a storage, a junction and an outfall for 20 minutes. SWMM 5.2.4: 0.081
 * acre-ft go out, and what is not there to be taken comes in at ends: the outfall and, without dynamic
 * waves, the junction (0.054 acre-ft; 0.027 with them). */
static void what_is_taken_at_an_end_comes_in_there(void **state)
{
    (void)state;
    static const struct {
        const char *routing;
        int ends;
    } cases[] = {{"DYNWAVE", 1}, {"KINWAVE", 2}, {"STEADY", 2}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        char text[600];
        snprintf(text, sizeof text,
                 "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING %s\nSTART_DATE 01/01/2024\n"
                 "END_DATE 01/01/2024\nEND_TIME 00:20\nROUTING_STEP 60\n"
                 "[STORAGE]\nA 1 10 5 FUNCTIONAL 0 0 1000\n[JUNCTIONS]\nB 1 10 0\n"
                 "[OUTFALLS]\nO 0 FREE\n[INFLOWS]\nA FLOW \"\" FLOW 1 1 -1\n"
                 "B FLOW \"\" FLOW 1 1 -1\nO FLOW \"\" FLOW 1 1 -1\n",
                 cases[k].routing);
        struct tw_balance b = balance_of_text(text);
        double taken_m3 = b.outflow_m3 / 3.0;
        assert_near(b.external_m3, cases[k].ends * taken_m3, 1e-9); /* rounding */
        /* half a step less than 20 minutes, and SWMM's foot */
        assert_near(taken_m3, 0.028317 * 1170.0, 0.01);
    }
}

/* A tank of 20 ft fills from a lake of 8 ft by an outfall that drains onto a subcatchment. What comes in by
 * it is not what it drains; SWMM 5.2.4 reports 0.022 acre-feet of run-on and 0.010 of runoff. */
static void what_comes_in_by_an_outfall_does_not_drain_onto_land(void **state)
{
    (void)state;
    struct text_run t = text_run_begin(
        "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2002\n"
        "END_DATE 01/01/2002\nEND_TIME 02:00\nREPORT_STEP 00:05:00\nWET_STEP 00:01:00\n"
        "DRY_STEP 00:01:00\nROUTING_STEP 10\n"
        "[RAINGAGES]\nG INTENSITY 1:00 1 TIMESERIES R\n[TIMESERIES]\nR 0:00 0\n"
        "[SUBCATCHMENTS]\nS G P 1 50 100 1 0\n[SUBAREAS]\nS .015 .1 0 0 0 OUTLET\n"
        "[INFILTRATION]\nS 1 .2 4 7 0\n[STORAGE]\nT 5 20 0 FUNCTIONAL 0 0 5000\n"
        "[OUTFALLS]\nO 4 FIXED 8 NO S\nP 0 FREE\n[CONDUITS]\nC T O 400 .013 0 0\n"
        "[XSECTIONS]\nC CIRCULAR 2 0 0 0 1\n[POLLUTANTS]\nX MG/L 0 0 0 0 NO * 0 0 5\n");
    assert_ok(tw_run_advance(t.run, 7200.0));
    struct tw_balance b = tw_run_balance(t.run);
    const double acre_foot_m3 = 1233.48;
    assert_near(b.runon_m3 / acre_foot_m3, 0.022, 5e-4); /* the report's last digit */
    assert_near(b.runoff_m3 / acre_foot_m3, 0.010, 5e-4);
    text_run_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_in_by_an_outfall_does_not_drain_onto_land),
        cmocka_unit_test(steady_flow_keeps_nothing_in_conduits),
        cmocka_unit_test(a_wave_fills_them),
        cmocka_unit_test(what_the_ground_takes_is_outflow),
        cmocka_unit_test(what_is_taken_at_an_end_comes_in_there),
    };
    return cmocka_run_group_tests_name("engine balance", tests, NULL, NULL);
}
