/* SKIP_STEADY_STATE: the network rests while its flows do, and only then. */
#include "one_run.h"
#include "text_run.h"

#include "engine/run_state.h"

#include <math.h>

static double last_flow_m3s(void) { return one_run_flow_m3s("C2"); }

/* 720 steps of 5 s an hour, were none left out. */
static void steps_are_left_out_while_the_flow_is_steady(void **state)
{
    (void)state;
    int64_t filling = one_run_steps_to(1.0), steady = one_run_steps_to(2.0);
    assert_true(filling > 10 && filling < 360); /* 200 m of sewer fill in some minutes */
    assert_int_equal(steady, 0);
    /* the flow stopped moving where in and out were within SYS_FLOW_TOL, 2 % */
    assert_true(fabs(last_flow_m3s() / 0.5 - 1.0) < 0.02);
}

static void a_changed_inflow_is_routed_at_once(void **state)
{
    (void)state;
    assert_true(one_run_steps_to(2.0 + 2.0 / 60.0) >= 12); /* the minute in which the brook falls */
    (void)one_run_steps_to(3.0);
    assert_true(fabs(last_flow_m3s() / 0.1 - 1.0) < 0.02);
    assert_int_equal(one_run_steps_to(4.0), 0);
}

/* Steps that are taken of 120, 5 s each, while tank A fills tank B and nothing comes in. */
static int64_t steps_taken(const char *rows)
{
    static const char model[] =
        "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2020\n"
        "END_DATE 01/01/2020\nEND_TIME 00:10\nROUTING_STEP 5\nVARIABLE_STEP 0\n"
        "SKIP_STEADY_STATE YES\nSYS_FLOW_TOL 5\nLAT_FLOW_TOL 5\n"
        "[STORAGE]\nA 1 10 5 FUNCTIONAL 0 0 1000\nB 0 10 0 FUNCTIONAL 0 0 1000\n"
        "[OUTFALLS]\nO 0 FREE\n[XSECTIONS]\nC CIRCULAR 1 0 0 0\nD CIRCULAR 1 0 0 0\n";
    char text[sizeof model + 200];
    (void)snprintf(text, sizeof text, "%s[CONDUITS]\n%s", model, rows);
    struct text_run t = text_run_begin(text);
    assert_ok(tw_run_advance(t.run, 600.0));
    int64_t steps = t.run->hydraulics.clock[0].steps;
    text_run_end(&t);
    return steps;
}

/* SWMM 5.2.4 takes as many steps of these models. */
static void the_first_step_is_always_taken(void **state)
{
    (void)state;
    assert_int_equal(steps_taken("C A B 400 0.013 0 0 0\nD B O 100 0.01 8 0 0\n"), 1);
}

/* Where no link leaves, what arrives has to stand still, too. It is 1.00, 2.01, 2.66, 2.94, 3.06
 * cfs in turn: only the last has not changed by more than 5 %. */
static void what_arrives_where_no_link_leaves_stands_still_first(void **state)
{
    (void)state;
    assert_int_equal(steps_taken("C A B 400 0.013 0 0 0\nD A O 100 0.01 9 8 0\n"), 5);
}

/* A conduit that is turned round leaves the node that the file says, and one that begins at an
 * outfall the node that it ends at. */
static void a_link_leaves_the_node_that_the_file_says(void **state)
{
    (void)state;
    assert_int_equal(steps_taken("C B A 400 0.013 0 0 0\nD A O 100 0.01 9 8 0\n"), 1);
    assert_int_equal(steps_taken("C A B 400 0.013 0 0 0\nD O B 100 0.01 0 8 0\n"), 1);
}

/* What comes in goes out from the start, but began to arrive at the outfall in the first step. */
static void what_began_to_arrive_at_an_outfall_is_routed_once_more(void **state)
{
    (void)state;
    struct text_run t =
        text_run_begin("[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2020\n"
                       "END_DATE 01/01/2020\nEND_TIME 01:00\nROUTING_STEP 5\nVARIABLE_STEP 0\n"
                       "SKIP_STEADY_STATE YES\n[STORAGE]\nT 10 5 .5 FUNCTIONAL 0 0 9000 0 0\n"
                       "[OUTFALLS]\nO 0 FREE NO\n[OUTLETS]\nR T O 0 FUNCTIONAL/DEPTH 2 1 NO\n"
                       "[INFLOWS]\nT FLOW \"\" FLOW 1 1 1\n");
    assert_ok(tw_run_advance(t.run, 300.0));
    assert_int_equal(t.run->hydraulics.clock[0].steps, 2);
    text_run_end(&t);
}

/* Groundwater and RDII come in as other water does. */
static void all_that_comes_in_counts(void **state)
{
    (void)state;
    struct tw_flow_rates *r = &one_run->sums[0].rates, kept = *r;
    *r = (struct tw_flow_rates){.dry_m3s = 1.0,
                                .wet_m3s = 2.0,
                                .ground_m3s = 4.0,
                                .rdii_m3s = 8.0,
                                .external_m3s = 16.0,
                                .outflow_m3s = 15.5};
    assert_near(tw_run_flow_error_ratio(one_run), 0.5, 1e-12); /* rounding */
    *r = kept;
}

static int begin(void **state)
{
    (void)state;
    return one_run_open(TW_SOURCE_DIR "/tests/inp/steady.inp");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_left_out_while_the_flow_is_steady),
        cmocka_unit_test(the_first_step_is_always_taken),
        cmocka_unit_test(what_arrives_where_no_link_leaves_stands_still_first),
        cmocka_unit_test(a_link_leaves_the_node_that_the_file_says),
        cmocka_unit_test(what_began_to_arrive_at_an_outfall_is_routed_once_more),
        cmocka_unit_test(all_that_comes_in_counts),
        cmocka_unit_test(a_changed_inflow_is_routed_at_once),
    };
    return cmocka_run_group_tests_name("engine steady", tests, begin, one_run_end);
}
