/* What conduits lose on the way, and who goes without. Figures: SWMM 5.2.4 with the same file. */
#include "text_run.h"
#include "thalweg/thalweg.h"

#include <stdio.h>

static const double foot_m = 0.3048, foot3_m3 = 0.3048 * 0.3048 * 0.3048;

/* An open channel of 1000 ft that leaks 10 in/h, and one that does not; 4 ft wide. */
static tw_model *read_model(const char *routing, const char *more)
{
    char text[1000];
    snprintf(text, sizeof text,
             "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING %s\nSTART_DATE 01/01/2020\n"
             "END_DATE 01/01/2020\nEND_TIME 04:00\nROUTING_STEP 5\nVARIABLE_STEP 0\n"
             "[JUNCTIONS]\nJ 11 20\nK 10.5 20\n[OUTFALLS]\nO 10 FREE\n"
             "[CONDUITS]\nC J K 1000 0.013 0 0\nD K O 1000 0.013 0 0\n"
             "[XSECTIONS]\nC RECT_OPEN 6 4 0 0\nD RECT_OPEN 6 4 0 0\n%s",
             routing, more);
    return text_model(text, false);
}

static double depth_ft(const tw_run *run, const tw_model *model, const char *node)
{
    tw_node_id id;
    assert_ok(tw_model_node_find(model, node, &id));
    return tw_run_node_depth_m(run, id) / foot_m;
}

static double flow_cfs(const tw_run *run, const tw_model *model, const char *link)
{
    tw_link_id id;
    assert_ok(tw_model_link_find(model, link, &id));
    return tw_run_link_flow_m3s(run, id) / foot3_m3;
}

/* SWMM finds the loss anew in every iteration, and both nodes give half of it: J would stand at
 * 0.19415 ft if it gave all, and K at 0.0018 ft. */
static void the_nodes_of_a_leaking_conduit_share_its_loss(void **state)
{
    (void)state;
    tw_model *model = read_model("DYNWAVE", "[LOSSES]\nC 0 0 0 NO 10\n"
                                            "[INFLOWS]\nJ FLOW \"\" FLOW 1 1 20\n");
    tw_run *run = NULL;
    assert_ok(tw_run_create(model, &TW_RUN_OPTIONS_DEFAULT, &run));
    assert_ok(tw_run_advance(run, 20.0));
    assert_near(depth_ft(run, model, "J"), 0.19816922, 2e-6); /* SWMM's is of single precision */
    assert_near(depth_ft(run, model, "K"), 0.0, 0.0);
    assert_near(flow_cfs(run, model, "C"), 0.32327032, 5e-5); /* areas of the tables */
    tw_run_destroy(run);
    tw_model_destroy(model);
}

/* An outfall has no water to give: the other node gives all. */
static void what_a_conduit_to_an_outfall_loses_its_upper_node_gives(void **state)
{
    (void)state;
    tw_model *model = read_model("DYNWAVE", "[LOSSES]\nD 0 0 0 NO 10\n"
                                            "[INFLOWS]\nJ FLOW \"\" FLOW 1 1 20\n");
    tw_run *run = NULL;
    assert_ok(tw_run_create(model, &TW_RUN_OPTIONS_DEFAULT, &run));
    assert_ok(tw_run_advance(run, 4.0 * 3600.0));
    struct tw_balance b = tw_run_balance(run);
    double loss = 1000.0 * 4.0 * 10.0 / 12.0 / 3600.0;  /* of length and width */
    assert_near(flow_cfs(run, model, "C"), 20.0, 1e-3); /* it is steady but for the last digits */
    assert_near(flow_cfs(run, model, "D"), 20.0 - loss, 1e-3);
    assert_near(b.evaporated_m3, 0.0, 0.0);
    assert_near(b.seeped_m3 / foot3_m3 / (loss * 4.0 * 3600.0), 1.0, 0.02); /* dry for 5 minutes */
    tw_run_destroy(run);
    tw_model_destroy(model);
}

/* Half a cubic foot a second enters, twice that might seep: in a kinematic wave what enters is lost,
 * and no more. */
static void a_kinematic_wave_loses_no_more_than_enters(void **state)
{
    (void)state;
    tw_model *model = read_model("KINWAVE", "[LOSSES]\nC 0 0 0 NO 10\n"
                                            "[INFLOWS]\nJ FLOW \"\" FLOW 1 1 0.5\n");
    tw_run *run = NULL;
    assert_ok(tw_run_create(model, &TW_RUN_OPTIONS_DEFAULT, &run));
    assert_ok(tw_run_advance(run, 1800.0));
    struct tw_balance b = tw_run_balance(run);
    assert_true(flow_cfs(run, model, "C") < 1e-12);
    /* the first step's depth is that of the step before: dry, so nothing seeps in it, nor in the half
     * step of the next that is booked by it */
    assert_near(b.seeped_m3 / b.external_m3, 1.0, 7.6 / 1800.0);
    tw_run_destroy(run);
    tw_model_destroy(model);
}

/* As much may seep from 4 ft of wet width as comes: nothing is left, not even a rounding, which the
 * search for its area would make a depth of. */
static void steady_flow_that_seeps_away_leaves_nothing(void **state)
{
    (void)state;
    for (int i = 1; i < 40; i++) {
        char more[100];
        snprintf(more, sizeof more, "[LOSSES]\nC 0 0 0 NO 10\n[INFLOWS]\nJ FLOW \"\" FLOW 1 1 %g\n",
                 0.013 * i);
        tw_model *model = read_model("STEADY", more);
        tw_run *run = NULL;
        assert_ok(tw_run_create(model, &TW_RUN_OPTIONS_DEFAULT, &run));
        assert_ok(tw_run_advance(run, 10.0));
        assert_near(flow_cfs(run, model, "C"), 0.0, 0.0);
        tw_run_destroy(run);
        tw_model_destroy(model);
    }
}

/* SWMM 5.2.4 has the widest line of an arch at 0.28 of its height, where it is 0.9988 of the width. */
static void a_deep_arch_leaks_by_its_widest_line(void **state)
{
    (void)state;
    struct text_run t =
        text_run_begin("[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING STEADY\nSTART_DATE 01/01/2020\n"
                       "END_DATE 01/01/2020\nEND_TIME 00:10\nROUTING_STEP 5\n[JUNCTIONS]\nJ 11 20\n"
                       "[OUTFALLS]\nO 10 FREE\n[CONDUITS]\nC J O 1000 0.013 0 0\n"
                       "[XSECTIONS]\nC ARCH 4 6 0 0\n[LOSSES]\nC 0 0 0 NO 10\n"
                       "[INFLOWS]\nJ FLOW \"\" FLOW 1 1 60\n");
    assert_ok(tw_run_advance(t.run, 60.0));
    assert_near(text_run_flow_m3s(&t, "C") / foot3_m3, 58.61277777777778, 1e-10); /* rounding */
    text_run_end(&t);
}

/* 24 in of evaporation a day from open channels stand in the books as what they are. */
static void what_evaporates_from_channels_is_no_seepage(void **state)
{
    (void)state;
    tw_model *model = read_model("DYNWAVE", "[EVAPORATION]\nCONSTANT 24\n"
                                            "[INFLOWS]\nJ FLOW \"\" FLOW 1 1 20\n");
    tw_run *run = NULL;
    assert_ok(tw_run_create(model, &TW_RUN_OPTIONS_DEFAULT, &run));
    assert_ok(tw_run_advance(run, 3600.0));
    struct tw_balance b = tw_run_balance(run);
    assert_true(b.evaporated_m3 / foot3_m3 > 0.9 * 2.0 * 4000.0 * 2.0 / 24.0);
    assert_near(b.seeped_m3, 0.0, 1e-12);
    tw_run_destroy(run);
    tw_model_destroy(model);
}

/* In the step in which a channel falls dry its losses end with the iteration that finds it dry. */
static void a_channel_that_falls_dry_loses_no_more(void **state)
{
    (void)state;
    struct text_run t =
        text_run_begin("[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2020\n"
                       "END_DATE 01/01/2020\nEND_TIME 00:10\nROUTING_STEP 30\nREPORT_STEP 0:00:30\n"
                       "VARIABLE_STEP 0\nINERTIAL_DAMPING NONE\n[EVAPORATION]\nCONSTANT 0.2\n"
                       "[JUNCTIONS]\nA 1 5 0.000112\nB 0 5 0.008\n[OUTFALLS]\nO -1 FREE\n"
                       "[CONDUITS]\nC A B 500 0.019 0 0.9\nD B O 500 0.019 0.5 0\n"
                       "[XSECTIONS]\nC RECT_OPEN 4 3.5 0 0\nD RECT_OPEN 4 3.5 0 0\n");
    assert_ok(tw_run_advance(t.run, 120.0));
    assert_near(text_run_depth_m(&t, "B") / foot_m, 0.0068291156, 1e-9); /* digits of SWMM's */
    assert_ok(tw_run_advance(t.run, 300.0));
    assert_near(text_run_depth_m(&t, "B") / foot_m, 0.0065297973, 1e-9);
    text_run_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nodes_of_a_leaking_conduit_share_its_loss),
        cmocka_unit_test(what_a_conduit_to_an_outfall_loses_its_upper_node_gives),
        cmocka_unit_test(a_kinematic_wave_loses_no_more_than_enters),
        cmocka_unit_test(what_evaporates_from_channels_is_no_seepage),
        cmocka_unit_test(steady_flow_that_seeps_away_leaves_nothing),
        cmocka_unit_test(a_deep_arch_leaks_by_its_widest_line),
        cmocka_unit_test(a_channel_that_falls_dry_loses_no_more),
    };
    return cmocka_run_group_tests_name("storage losses", tests, NULL, NULL);
}
