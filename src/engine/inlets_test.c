/* Inlets of a run: what they take in turn, what comes up through them, what the report says. */
#include "engine/run_state.h"

#include "base/file.h"
#include "one_run.h"
#include "text_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Read a text as a model, and begin its run. */
static void open_text(const char *text, bool strict)
{
    one_model = text_model(text, strict);
    assert_ok(tw_run_create(one_model, &TW_RUN_OPTIONS_DEFAULT, &one_run));
}

static void close_run(void)
{
    (void)one_run_end(NULL);
    one_model = NULL;
    one_run = NULL;
}

/* Depth where a street of one side ends at a sag with a grate, 0.5 cfs coming; in the other street,
 * of two sides, there is an inlet of a kind, and a flow. */
static double depth_at_sag_ft(const char *kind, double flow_cfs, bool strict)
{
    char text[2000];
    (void)snprintf(
        text, sizeof text,
        "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 1/1/2020\nEND_DATE "
        "1/1/2020\nEND_TIME 1:00\nROUTING_STEP 5\n"
        "REPORT_STEP 0:05\nVARIABLE_STEP 0\n[JUNCTIONS]\nA0 12\nB0 10\nC0 12\nP0 0\nA1 12\n"
        "B1 10\nP1 0\n[OUTFALLS]\nOP0 -1 FREE\nO0 8 FREE\nOP1 -1 FREE\nO1 8 FREE\n[CONDUITS]\n"
        "S0 A0 B0 200 0.016 0 0\nP0 P0 OP0 200 0.013 0 0\nT0 C0 B0 200 0.016 0 0\n"
        "U0 C0 O0 200 0.016 0 0\nS1 A1 B1 200 0.016 0 0\nP1 P1 OP1 200 0.013 0 0\n"
        "T1 B1 O1 200 0.016 0 0\n[XSECTIONS]\nS0 STREET HALF 0 0 0\nT0 STREET HALF 0 0 0\nP0 "
        "CIRCULAR 3 0 0 0\n"
        "U0 STREET HALF 0 0 0\nS1 STREET WHOLE 0 0 0\nT1 STREET HALF 0 0 0\nP1 CIRCULAR 3 0 0 "
        "0\n[STREETS]\n"
        "HALF 20 0.5 2 0.016 0 0 1\nWHOLE 20 0.5 2 0.016 0 0 2\n[INLETS]\n"
        "GRATE GRATE 2 2 P_BAR-50\nCUSTOM CUSTOM C\n[CURVES]\nC DIVERSION 0 0\nC 1 .5\n"
        "[INLET_USAGE]\nS0 GRATE P0\nS1 %s P1\n[INFLOWS]\nA0 FLOW \"\" FLOW 1 1 0.5\n"
        "A1 FLOW \"\" FLOW 1 1 %g\n",
        kind, flow_cfs);
    open_text(text, strict);
    (void)one_run_steps_to(1.0);
    tw_node_id id;
    assert_ok(tw_model_node_find(one_model, "B0", &id));
    double depth_ft = tw_run_node_depth_m(one_run, id) / 0.3048;
    close_run();
    return depth_ft;
}

/* SWMM 5.2.4 counts the sides of the inlet before, if that was looked at. */
static void a_sag_inlet_has_the_sides_of_the_street_before_it(void **state)
{
    (void)state;
    assert_near(depth_at_sag_ft("GRATE", 0.5, false), 0.07778011,
                1e-7); /* SWMM's single precision */
    assert_near(depth_at_sag_ft("GRATE", 0.0005, false), 0.11172020, 1e-7);
    assert_near(depth_at_sag_ft("CUSTOM", 0.5, false), 0.11172020, 1e-7);
    /* a strict run its own; its cubic feet are rounded in no place, SWMM's in some */
    assert_near(depth_at_sag_ft("GRATE", 0.5, true), 0.11172020, 1e-5);
}

static char *report_of_streets(void)
{
    static const char report[] = "/tmp/thalweg_streets.rpt";
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    char *text = NULL;
    options.report_path = report;
    assert_ok(tw_model_read(TW_SOURCE_DIR "/tests/inp/streets.inp", NULL, &one_model));
    assert_ok(tw_run_create(one_model, &options, &one_run));
    (void)one_run_steps_to(3.0);
    assert_ok(tw_run_end(one_run));
    assert_ok(tw_file_read(report, 1 << 20, &text, NULL));
    (void)remove(report);
    return text;
}

/* The rows of SWMM's report. The sewer floods, so that for most of the time the water comes up. */
static void the_report_tells_what_streets_carried_and_inlets_caught(void **state)
{
    (void)state;
    static const char *const rows[] = {"\n  Street Conduit         CMS         m         m  Design "
                                       "           Location            Pcnt "
                                       "    Pcnt     Pcnt     Pcnt      CMS      CMS\n",
                                       "\n  S0                   0.106     2.512     0.142  COMBO  "
                                       "           ON-GRADE      1     0.00 "
                                       "   53.52   100.00    91.01     0.00     0.11\n",
                                       "\n  S1                   0.284     4.395     0.119  "
                                       "SLOTTED           ON-GRADE      1    32.73 "
                                       "   46.18    95.67     0.00     0.09     0.19\n",
                                       "\n  S2                   0.279     4.800     0.099  CUSTD  "
                                       "           ON-GRADE      1     0.00 "
                                       "   21.19   100.00    94.12     0.00     0.28\n"};
    char *text = report_of_streets();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strstr(text, rows[i]) == NULL) fail_msg("no%sin\n%s", rows[i], text);
    free(text);
}

/* A third to the custom inlet; the others by their open areas: a clogged grate (its kerb opening is
 * no longer than it) of 0.8 x 0.9 x 0.36 m2, a slot of 2.1 x 0.039 m2. SWMM's shares. */
static void water_comes_up_by_the_areas_of_inlets(void **state)
{
    (void)state;
    const struct tw_inlet *inlet = one_model->inlets.inlet;
    double grate = 0.8 * 0.9 * 0.36, slot = 2.1 * 0.039;
    assert_near(inlet[0].backflow_ratio, 2.0 / 3.0 * grate / (grate + slot), 1e-12); /* rounding */
    assert_near(inlet[1].backflow_ratio, 2.0 / 3.0 * slot / (grate + slot), 1e-12);
    assert_near(inlet[2].backflow_ratio, 1.0 / 3.0, 1e-12);
}

/* SWMM has 0.875 % lost: what inlets take from the outfall's flow it counts nowhere. */
static void what_an_inlet_takes_at_an_outfall_is_counted_by_strict_runs_only(void **state)
{
    (void)state;
    assert_near(tw_run_balance(one_run).routing_error_ratio, 0.00875, 1e-5);
    close_run();
    assert_ok(tw_model_read_strict(TW_SOURCE_DIR "/tests/inp/streets.inp", NULL, &one_model));
    assert_ok(tw_run_create(one_model, &TW_RUN_OPTIONS_DEFAULT, &one_run));
    (void)one_run_steps_to(3.0);
    assert_near(tw_run_balance(one_run).routing_error_ratio, 0.0, 1e-4); /* of finite steps */
}

static const char pond_text[] =
    "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 1/1/2020\nEND_DATE 1/1/2020\n"
    "END_TIME 0:30\nROUTING_STEP 5\nREPORT_STEP 0:05\nVARIABLE_STEP 0\nALLOW_PONDING YES\n"
    "[JUNCTIONS]\nP 0 1 0 0 1000\nA 12\nB 10\n[OUTFALLS]\nO -1 FREE\nE 8 FREE\n"
    "[CONDUITS]\nP P O 300 0.013 0 0\nS A B 200 0.016 0 0\nT B E 200 0.016 0 0\n"
    "[XSECTIONS]\nP CIRCULAR 0.5 0 0 0\nS STREET X 0 0 0\nT STREET X 0 0 0\n"
    "[STREETS]\nX 20 0.5 2 0.016 0 0 1\n[INLETS]\nG GRATE 2 2 P_BAR-50\n[INLET_USAGE]\nS G P\n"
    "[INFLOWS]\nP FLOW \"\" FLOW 1 1 3\nA FLOW \"\" FLOW 1 1 0.5\n";

/* SWMM 5.2.4 has 2.659 % too much water: 0.112 acre-ft come up in the street and stay in the pond,
 * and are lost with the other sign, which nearly hides them. */
static void what_a_pond_keeps_comes_up_too_but_not_in_strict_runs(void **state)
{
    (void)state;
    close_run();
    open_text(pond_text, false);
    (void)one_run_steps_to(0.5);
    struct tw_balance balance = tw_run_balance(one_run);
    assert_near(balance.routing_error_ratio, -0.02659, 1e-5); /* the report's digits */
    assert_near(balance.flooding_m3 / 1233.48, -0.112, 5e-4);
    close_run();
    open_text(pond_text, true);
    (void)one_run_steps_to(0.5);
    assert_near(tw_run_balance(one_run).flooding_m3, 0.0, 0.0);
}

/* A street with a custom inlet at its end, where 1 cfs comes in with 50 mg/l; 3 cfs of 10 mg/l come
 * along the street, of which half is taken. */
static void open_quality(const char *routing)
{
    char text[2000];
    (void)snprintf(
        text, sizeof text,
        "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING %s\nSTART_DATE 1/1/2020\nEND_DATE 1/1/2020\n"
        "END_TIME 2:00\nROUTING_STEP 10\nREPORT_STEP 0:05\nVARIABLE_STEP 0\n[POLLUTANTS]\n"
        "PO MG/L 0 0 0 0\n[JUNCTIONS]\nA 12\nB 10\nP 2\n[OUTFALLS]\nO 8 FREE\nOP 0 FREE\n"
        "[CONDUITS]\nS A B 200 0.016 0 0\nT B O 200 0.016 0 0\nSP P OP 200 0.013 0 0\n"
        "[XSECTIONS]\nS STREET X 0 0 0\nT STREET X 0 0 0\nSP CIRCULAR 3 0 0 0\n"
        "[STREETS]\nX 20 0.5 2 0.016 0 0 1\n[INLETS]\nD CUSTOM CD\n[CURVES]\nCD DIVERSION 0 0\n"
        "CD 10 5\n[INLET_USAGE]\nS D P\n[INFLOWS]\nA FLOW \"\" FLOW 1 1 3\n"
        "A PO \"\" CONCEN 1 1 10\nB FLOW \"\" FLOW 1 1 1\nB PO \"\" CONCEN 1 1 50\n",
        routing);
    open_text(text, false);
    (void)one_run_steps_to(2.0);
}

static double concentration_at(const char *node)
{
    tw_node_id id;
    assert_ok(tw_model_node_find(one_model, node, &id));
    return tw_run_node_concentration(one_run, id, 0);
}

/* SWMM 5.2.4: 26.667 mg/l with dynamic waves, where all loads are in the street's 3 cfs (what is
 * taken is more than comes in at the node, so that it gets no water); 26 mg/l with kinematic ones,
 * (30 + 50 - 1.5 x 10) / 2.5. Its errors of continuity, too. */
static void pollutants_drop_with_the_water(void **state)
{
    (void)state;
    close_run();
    open_quality("DYNWAVE");
    assert_near(concentration_at("B"), 80.0 / 3.0, 1e-3); /* the last of it is still mixing */
    assert_near(concentration_at("P"), 80.0 / 3.0, 1e-3);
    assert_near(tw_run_quality_error_ratio(one_run), -0.00441, 1e-5); /* the report's digits */
    close_run();
    open_quality("KINWAVE");
    assert_near(concentration_at("B"), 26.0, 1e-3);
    /* SWMM says 1.731 to 1.758 % when every roughness changes by 1e-6 to 1e-12 */
    assert_near(tw_run_quality_error_ratio(one_run), 0.0174, 2e-4);
}

/* Two streets end at a sag: 0.5 and 0.3 cfs, and 0.2 cfs from outside. */
static const char sag_text[] =
    "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING KINWAVE\nSTART_DATE 1/1/2020\nEND_DATE 1/1/2020\n"
    "END_TIME 2:00\nROUTING_STEP 10\nREPORT_STEP 0:05\n[JUNCTIONS]\nA 12\nC 12\nB 10\nP 2\nQ 2\n"
    "[OUTFALLS]\nOP 0 FREE\nOQ 0 FREE\n[CONDUITS]\nS A B 200 0.016 0 0\nT C B 200 0.016 0 0\n"
    "SP P OP 200 0.013 0 0\nSQ Q OQ 200 0.013 0 0\n[XSECTIONS]\nS STREET X 0 0 0\n"
    "T STREET X 0 0 0\nSP CIRCULAR 3 0 0 0\nSQ CIRCULAR 3 0 0 0\n[STREETS]\n"
    "X 20 0.5 2 0.016 0 0 1\n[INLETS]\nG GRATE 2 2 P_BAR-50\nB GRATE 8 4 P_BAR-50\n"
    "[INLET_USAGE]\nS B P 3\nT G Q\n[INFLOWS]\nA FLOW \"\" FLOW 1 1 0.5\n"
    "C FLOW \"\" FLOW 1 1 0.3\nB FLOW \"\" FLOW 1 1 0.2\n";

/* SWMM 5.2.4 lets 0.8511 and 0.1489 cfs in: together all that comes. */
static void inlets_at_a_sag_share_what_comes(void **state)
{
    (void)state;
    close_run();
    open_text(sag_text, false);
    (void)one_run_steps_to(2.0);
    const double foot3_m3 = 0.3048 * 0.3048 * 0.3048;
    assert_near(one_run_flow_m3s("SP") / foot3_m3, 0.8511, 5e-5); /* the digits of its results */
    assert_near(one_run_flow_m3s("SQ") / foot3_m3, 0.1489, 5e-5);
}

/* Two streets fall to B. In SWMM 5.2.4 it is no sag where the second is drawn from B uphill: a link of
 * the file leaves it. An inlet of an outlet is left out, with a warning. */
static void a_sag_is_a_node_that_no_link_of_the_file_leaves(void **state)
{
    (void)state;
    for (int uphill = 0; uphill <= 1; uphill++) {
        char text[900];
        (void)snprintf(
            text, sizeof text,
            "[OPTIONS]\nFLOW_UNITS CFS\nSTART_DATE 1/1/2020\nEND_DATE 1/1/2020\nEND_TIME 2:00\n"
            "[JUNCTIONS]\nA 12\nC 12\nB 10\nP 2\n[OUTFALLS]\nO 0 FREE\n"
            "[CONDUITS]\nS A B 200 0.016 0 0\nT %s 200 0.016 0 0\nU P O 200 0.013 0 0\n"
            "[OUTLETS]\nV A P 0 FUNCTIONAL/DEPTH 1 1 NO\n"
            "[XSECTIONS]\nS STREET X 0 0 0\nT STREET X 0 0 0\nU CIRCULAR 3 0 0 0\n"
            "[STREETS]\nX 20 0.5 2 0.016 0 0 1\n[INLETS]\nG GRATE 2 2 P_BAR-50\n"
            "[INLET_USAGE]\nV G P\nS G P\n",
            uphill ? "B C" : "C B");
        tw_model *model = text_model(text, false);
        assert_int_equal(model->inlets.count, 1);
        assert_int_equal(model->inlets.inlet[0].on_sag, !uphill);
        tw_model_destroy(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sag_inlet_has_the_sides_of_the_street_before_it),
        cmocka_unit_test(the_report_tells_what_streets_carried_and_inlets_caught),
        cmocka_unit_test(water_comes_up_by_the_areas_of_inlets),
        cmocka_unit_test(what_an_inlet_takes_at_an_outfall_is_counted_by_strict_runs_only),
        cmocka_unit_test(what_a_pond_keeps_comes_up_too_but_not_in_strict_runs),
        cmocka_unit_test(pollutants_drop_with_the_water),
        cmocka_unit_test(inlets_at_a_sag_share_what_comes),
        cmocka_unit_test(a_sag_is_a_node_that_no_link_of_the_file_leaves),
    };
    return cmocka_run_group_tests_name("engine inlets", tests, NULL, one_run_end);
}
