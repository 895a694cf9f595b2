/* Regulators in the course of a step, beside what SWMM 5.2.4 computes. */
#include "text_run.h"

static const char model_text[] =
    "[OPTIONS]\nFLOW_UNITS CMS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2020\n"
    "END_DATE 01/01/2020\nEND_TIME 00:10:00\nREPORT_STEP 00:00:10\nROUTING_STEP 10\n"
    "VARIABLE_STEP 0\n"
    "[JUNCTIONS]\nJ 0 3\n[OUTFALLS]\nO -0.5 FREE\n[STORAGE]\nS 0 5 0.4 FUNCTIONAL 1000 0 0\n"
    "[CONDUITS]\nC J O 100 0.013 0 0\n[ORIFICES]\nR S J SIDE 0 0.65 NO 0\n"
    "[XSECTIONS]\nC CIRCULAR 1 0 0 0\nR RECT_CLOSED 0.5 0.5 0 0\n"
    "[CONTROLS]\nRULE SHUT\nIF SIMULATION TIME > 0.05\nTHEN ORIFICE R SETTING = 0\n";

static void a_closed_orifice_lends_the_surface_that_it_lent_while_open(void **state)
{
    (void)state;
    struct text_run t = text_run_begin(model_text);
    double unit = tw_model_units_get(t.model).flow_m3s;
    const double tolerance = 2e-6; /* tables of the flow at the outfall: 7e-6 of its depth */
    assert_ok(tw_run_advance(t.run, 180.0));
    assert_near(text_run_flow_m3s(&t, "R") / unit, 0.1765503, tolerance);
    assert_ok(tw_run_advance(t.run, 190.0));
    assert_near(text_run_flow_m3s(&t, "R"), 0.0, 0.0);
    assert_near(text_run_depth_m(&t, "J"), 0.20474833, tolerance);
    assert_ok(tw_run_advance(t.run, 240.0));
    assert_near(text_run_depth_m(&t, "J"), 0.10944398, tolerance);
    text_run_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_closed_orifice_lends_the_surface_that_it_lent_while_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
