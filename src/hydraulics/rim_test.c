/* Nodes as deep as their conduits are high, and a flood at once. */
#include "text_run.h"

/* A and B differ by 2 m of elevation, which SWMM's sums in feet bring to different last digits: the
 * crown of A lies below its rim, that of B does not. */
static const char model_text[] =
    "[OPTIONS]\nFLOW_UNITS CMS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2020\n"
    "END_DATE 01/01/2020\nEND_TIME 00:05:00\nREPORT_STEP 00:00:10\nROUTING_STEP 1\n"
    "VARIABLE_STEP 0\nMIN_SURFAREA 1.14\n"
    "[JUNCTIONS]\nA 23 3\nB 25 3\n[OUTFALLS]\nOA 17 FREE\nOB 19 FREE\n"
    "[CONDUITS]\nCA A OA 800 0.014 0 0\nCB B OB 800 0.014 0 0\n"
    "[XSECTIONS]\nCA CIRCULAR 3 0 0 0\nCB CIRCULAR 3 0 0 0\n"
    "[INFLOWS]\nA FLOW \"\" FLOW 1 1 20.86\nB FLOW \"\" FLOW 1 1 20.86\n";

/* Values are those of SWMM 5.2.4 at the same times. */
static void a_node_full_to_its_crown_is_surcharged_where_swmm_takes_it_to_be(void **state)
{
    (void)state;
    struct text_run t = text_run_begin(model_text);
    double unit = tw_model_units_get(t.model).flow_m3s;
    /* tables of flows have 256 cells: 2e-5 of the outfall's depth */
    const double tolerance = 1e-4;
    assert_ok(tw_run_advance(t.run, 10.0));
    assert_near(text_run_depth_m(&t, "A"), 3.0, tolerance);
    assert_near(text_run_depth_m(&t, "B"), 0.37159485, tolerance);
    assert_near(text_run_flow_m3s(&t, "CA") / unit, 12.557786, 1e-4 * 12.6);
    assert_ok(tw_run_advance(t.run, 30.0));
    assert_near(text_run_depth_m(&t, "A"), 2.9980054, tolerance);
    assert_near(text_run_depth_m(&t, "B"), 0.81089336, tolerance);
    text_run_end(&t);
}

/* In feet it is the decimals of the file that are added, not those of metres. */
static void in_feet_it_is_the_digits_of_the_file_that_decide(void **state)
{
    (void)state;
    static const char text[] =
        "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2020\n"
        "END_DATE 01/01/2020\nEND_TIME 00:05:00\nREPORT_STEP 00:00:10\nROUTING_STEP 1\n"
        "VARIABLE_STEP 0\n[JUNCTIONS]\nA 10.1 3.3\nB 10.7 3.3\n[OUTFALLS]\nOA 5 FREE\nOB 5.6 FREE\n"
        "[CONDUITS]\nCA A OA 800 0.014 0 0\nCB B OB 800 0.014 0 0\n"
        "[XSECTIONS]\nCA CIRCULAR 3.3 0 0 0\nCB CIRCULAR 3.3 0 0 0\n"
        "[INFLOWS]\nA FLOW \"\" FLOW 1 1 200\nB FLOW \"\" FLOW 1 1 200\n";
    struct text_run t = text_run_begin(text);
    const double foot = 0.3048, tolerance = 1e-4; /* as above */
    assert_ok(tw_run_advance(t.run, 10.0));
    assert_near(text_run_depth_m(&t, "A"), 3.3 * foot, tolerance);
    assert_near(text_run_depth_m(&t, "B"), 1.7483599 * foot, tolerance);
    double unit = tw_model_units_get(t.model).flow_m3s;
    assert_near(text_run_flow_m3s(&t, "CA") / unit, 45.27235, 1e-4 * 45.0);
    assert_near(text_run_flow_m3s(&t, "CB") / unit, 11.381149, 1e-4 * 11.4);
    text_run_end(&t);
}

/* Where a run begins with flow, nodes take the mean depth of their links, each with the offset of its
 * first end, whichever end is at the node. Depths are those of SWMM 5.2.4 after a step of 2 s. */
static void nodes_begin_with_the_depths_of_their_links(void **state)
{
    (void)state;
    static const char text[] =
        "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2020\n"
        "END_DATE 01/01/2020\nEND_TIME 00:01:00\nREPORT_STEP 00:00:02\nROUTING_STEP 2\n"
        "VARIABLE_STEP 0\n[JUNCTIONS]\nA 10 5 0\nB 9 5 0\n[OUTFALLS]\nO 8 FREE\n"
        "[CONDUITS]\nC A B 200 0.013 0.3 0.2 0.5\nD B O 200 0.013 0 0 0\n"
        "[XSECTIONS]\nC CIRCULAR 2 0 0 0\nD CIRCULAR 2 0 0 0\n";
    struct text_run t = text_run_begin(text);
    const double foot = 0.3048, tolerance = 1e-6; /* digits of the results */
    assert_ok(tw_run_advance(t.run, 2.0));
    assert_near(text_run_depth_m(&t, "A") / foot, 0.53215975, tolerance);
    assert_near(text_run_depth_m(&t, "B") / foot, 0.27591088, tolerance);
    text_run_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_full_to_its_crown_is_surcharged_where_swmm_takes_it_to_be),
        cmocka_unit_test(in_feet_it_is_the_digits_of_the_file_that_decide),
        cmocka_unit_test(nodes_begin_with_the_depths_of_their_links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
