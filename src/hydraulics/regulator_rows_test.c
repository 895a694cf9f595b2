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

/* A tank fills a manhole through an orifice or an outlet, 3 cfs come into the tank. */
static struct text_run manhole(const char *links)
{
    char text[800];
    (void)snprintf(text, sizeof text,
                   "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2020\n"
                   "END_DATE 01/01/2020\nEND_TIME 00:10:00\nROUTING_STEP 10\nVARIABLE_STEP 0\n"
                   "[STORAGE]\nA 1 10 5 FUNCTIONAL 0 0 1000\n[JUNCTIONS]\nB 0 3\n"
                   "[OUTFALLS]\nO -1 FREE\n[INFLOWS]\nA FLOW \"\" FLOW 1 1 3\n%s",
                   links);
    return text_run_begin(text);
}

static double flooding_cfs(const struct text_run *t, double unit)
{
    tw_node_id id;
    assert_ok(tw_model_node_find(t->model, "B", &id));
    return tw_run_node_flooding_m3s(t->run, id) / unit;
}

/* What comes after a dummy conduit or an ideal pump in the file has not arrived when they are
 * computed; they take what flooded in the pass before. */
static void a_link_that_passes_on_takes_what_floods(void **state)
{
    (void)state;
    static const struct {
        const char *links;
        double flow_cfs, flooding_cfs; /* SWMM 5.2.4 after a minute */
    } cases[] = {{"[CONDUITS]\nD B O 100 .01 0 0\n[ORIFICES]\nR A B SIDE 0 .65 NO 0\n"
                  "[XSECTIONS]\nD DUMMY 0 0 0 0\nR CIRCULAR 1 0 0 0\n",
                  2.749309, 4.112067},
                 {"[PUMPS]\nD B O * ON 0 0\n[ORIFICES]\nR A B SIDE 0 .65 NO 0\n"
                  "[XSECTIONS]\nR CIRCULAR 1 0 0 0\n",
                  4.612540, 2.294381},
                 {"[ORIFICES]\nR A B SIDE 0 .65 NO 0\n[PUMPS]\nD B O * ON 0 0\n"
                  "[XSECTIONS]\nR CIRCULAR 1 0 0 0\n",
                  8.416750, 0.0}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        struct text_run t = manhole(cases[k].links);
        double unit = tw_model_units_get(t.model).flow_m3s;
        assert_ok(tw_run_advance(t.run, 60.0));
        /* six digits of single precision */
        assert_near(text_run_flow_m3s(&t, "D") / unit, cases[k].flow_cfs, 1e-5);
        assert_near(flooding_cfs(&t, unit), cases[k].flooding_cfs, 1e-5);
        text_run_end(&t);
    }
}

/* The top of an outlet is a millionth of a foot above its foot: a manhole that has nothing else is
 * surcharged by any water, and nothing floods, as in SWMM 5.2.4. */
static void an_outlet_has_a_top(void **state)
{
    (void)state;
    struct text_run t = manhole("[OUTLETS]\nR A B 0 FUNCTIONAL/DEPTH 2 1 NO\n"
                                "R2 B O 0 FUNCTIONAL/DEPTH .1 1 NO\n");
    double unit = tw_model_units_get(t.model).flow_m3s;
    assert_ok(tw_run_advance(t.run, 60.0));
    assert_near(text_run_flow_m3s(&t, "R") / unit, 9.326918, 1e-5); /* single precision */
    assert_near(text_run_flow_m3s(&t, "R2") / unit, 0.3, 1e-5);
    assert_near(flooding_cfs(&t, unit), 0.0, 0.0);
    text_run_end(&t);
}

/* A manhole with a pump alone: half a foot deep, 3 cfs come in. By volume the pump gets that and what
 * stands there, and the depth falls: the node is not surcharged. By affinity it gets what the curve
 * says of no lift, 10 cfs. SWMM 5.2.4 after 10 s and after a minute. */
static void a_pump_has_no_top_and_by_affinity_no_bound(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        double at_s, flow_cfs, depth_ft;
    } cases[] = {{"PUMP1", 10.0, 3.05, 0.480105},
                 {"PUMP1", 60.0, 3.034, 0.311678},
                 {"PUMP5", 60.0, 10.0, 0.0}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        char text[700];
        (void)snprintf(text, sizeof text,
                       "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2020\n"
                       "END_DATE 01/01/2020\nEND_TIME 00:10:00\nROUTING_STEP 10\nVARIABLE_STEP 0\n"
                       "[JUNCTIONS]\nA 1 20 .5\nB 0 30\n[OUTFALLS]\nO -1 FREE\n"
                       "[INFLOWS]\nA FLOW \"\" FLOW 1 1 3\n[PUMPS]\nP A B K ON 0 0\n"
                       "[CONDUITS]\nC B O 100 .01 0 0\n[XSECTIONS]\nC CIRCULAR 3 0 0 0\n"
                       "[CURVES]\nK %s 0 10 5 7.5 10 5 20 0\n",
                       cases[k].kind);
        struct text_run t = text_run_begin(text);
        assert_ok(tw_run_advance(t.run, cases[k].at_s));
        double unit = tw_model_units_get(t.model).flow_m3s;
        /* six digits of single precision */
        assert_near(text_run_flow_m3s(&t, "P") / unit, cases[k].flow_cfs, 1e-5);
        assert_near(text_run_depth_m(&t, "A") / 0.3048, cases[k].depth_ft, 1e-5);
        text_run_end(&t);
    }
}

/* A road beside a culvert, both ends 9 ft deep: over a wholly submerged road SWMM 5.2.4 lets two fifths
 * flow, backwards when heads are equal, and does not look at its flap gate. After one step. */
static void a_submerged_roadway_flows_backwards_whatever_its_gate(void **state)
{
    (void)state;
    static const char *const gates[] = {"YES", "NO"};
    for (int k = 0; k < 2; k++) {
        char text[700];
        (void)snprintf(text, sizeof text,
                       "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2020\n"
                       "END_DATE 01/01/2020\nEND_TIME 00:10:00\nROUTING_STEP 5\nVARIABLE_STEP 0\n"
                       "[JUNCTIONS]\nA 0 30 9\nB 0 30 9\n[OUTFALLS]\nO -1 FIXED 9\n"
                       "[CONDUITS]\nC B O 500 .014 0 0\nP A B 50 .02 0 0\n"
                       "[WEIRS]\nW A B ROADWAY .5 2.5 %s 0 2 YES 20 GRAVEL\n"
                       "[XSECTIONS]\nC RECT_OPEN 20 20 0 0\nP RECT_OPEN 30 25 0 0\n"
                       "W RECT_OPEN 17.788 21.256 0 0\n",
                       gates[k]);
        struct text_run t = text_run_begin(text);
        double unit = tw_model_units_get(t.model).flow_m3s;
        assert_ok(tw_run_advance(t.run, 5.0));
        /* six digits of single precision */
        assert_near(text_run_flow_m3s(&t, "W") / unit, -689.031, 1e-3);
        assert_near(text_run_flow_m3s(&t, "P") / unit, -268.054, 1e-3);
        text_run_end(&t);
    }
}

/* SWMM 5.2.4 tells 0.0001 ft from the first report to the last. */
static void a_dummy_conduit_shows_the_least_depth(void **state)
{
    (void)state;
    struct text_run t = manhole("[ORIFICES]\nR A B SIDE 0 .65 NO 0\n[CONDUITS]\nD B O 100 .01 0 0\n"
                                "[XSECTIONS]\nD DUMMY 0 0 0 0\nR CIRCULAR 1 0 0 0\n");
    tw_link_id id;
    assert_ok(tw_model_link_find(t.model, "D", &id));
    assert_ok(tw_run_advance(t.run, 60.0));
    assert_near(tw_run_link_depth_m(t.run, id), 0.0001 * 0.3048, 1e-12); /* rounding */
    text_run_end(&t);
}

static void a_dummy_conduit_passes_on_no_more_than_its_limit(void **state)
{
    (void)state;
    struct text_run t =
        text_run_begin("[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2020\n"
                       "END_DATE 01/01/2020\nEND_TIME 00:10\nROUTING_STEP 10\n[JUNCTIONS]\nJ 9 5\n"
                       "[OUTFALLS]\nO 8 FREE\n[CONDUITS]\nD J O 100 0.01 0 0 0 0.3\n"
                       "[XSECTIONS]\nD DUMMY 0 0 0 0\n[INFLOWS]\nJ FLOW \"\" FLOW 1 1 2\n");
    assert_ok(tw_run_advance(t.run, 60.0));
    double unit = tw_model_units_get(t.model).flow_m3s;
    assert_near(text_run_flow_m3s(&t, "D") / unit, 0.3, 1e-12); /* rounding */
    text_run_end(&t);
}

/* SWMM counts 0.028317 m3 to the cubic foot in weirs of metric models: 5e-6 of the flow. */
static void a_weir_in_metres_flows_as_in_swmm(void **state)
{
    (void)state;
    struct text_run t =
        text_run_begin("[OPTIONS]\nFLOW_UNITS CMS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2020\n"
                       "END_DATE 01/01/2020\nEND_TIME 00:10\nROUTING_STEP 10\nVARIABLE_STEP 0\n"
                       "[STORAGE]\nS 10 9 2 FUNCTIONAL 0 0 100000\n[OUTFALLS]\nO 8 FREE\n"
                       "[WEIRS]\nW S O TRANSVERSE 1.5 1.8 NO\n[XSECTIONS]\nW RECT_OPEN 2 3 0 0\n");
    double unit = tw_model_units_get(t.model).flow_m3s;
    assert_ok(tw_run_advance(t.run, 20.0));
    assert_near(text_run_flow_m3s(&t, "W") / unit, 1.9082972522731254, 1e-9); /* rounding */
    text_run_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_closed_orifice_lends_the_surface_that_it_lent_while_open),
        cmocka_unit_test(a_link_that_passes_on_takes_what_floods),
        cmocka_unit_test(an_outlet_has_a_top),
        cmocka_unit_test(a_pump_has_no_top_and_by_affinity_no_bound),
        cmocka_unit_test(a_submerged_roadway_flows_backwards_whatever_its_gate),
        cmocka_unit_test(a_dummy_conduit_shows_the_least_depth),
        cmocka_unit_test(a_dummy_conduit_passes_on_no_more_than_its_limit),
        cmocka_unit_test(a_weir_in_metres_flows_as_in_swmm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
