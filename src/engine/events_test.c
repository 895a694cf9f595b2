/* [EVENTS]: the network is routed within them and stands still between them. */
#include "one_run.h"
#include "text_run.h"

#include "engine/run_state.h"

static double flow_at_the_end_m3s(void) { return one_run_flow_m3s("BO"); }

static double concentration(void)
{
    tw_node_id node;
    assert_ok(tw_model_node_find(one_model, "B", &node));
    return tw_run_node_concentration(one_run, node, 0);
}

static void nothing_flows_in_before_the_first_event(void **state)
{
    (void)state;
    assert_int_equal(one_run_steps_to(0.99), 0);
    assert_true(flow_at_the_end_m3s() == 0.0);
    assert_true(tw_run_balance(one_run).dry_weather_m3 == 0.0);
}

static void an_event_is_routed_as_without_events(void **state)
{
    (void)state;
    assert_true(one_run_steps_to(2.0) >= 360); /* an hour of steps of at most 10 s */
    /* after an hour 200 m of sewer are filled: what comes in goes out, to SWMM's head tolerance */
    assert_near(flow_at_the_end_m3s(), 0.02, 1e-4);
    assert_near(concentration(), 10.0, 0.01); /* mixed after many exchanges */
}

static void between_events_depths_stay_and_inflows_are_lost(void **state)
{
    (void)state;
    assert_true(one_run_steps_to(2.9) <= 1); /* the step that reaches over the event's end */
    assert_near(flow_at_the_end_m3s(), 0.02, 1e-4);
    assert_true(concentration() == 0.0); /* as SWMM forgets it */
    /* 72 m3 in an hour, a step at either end more or less */
    assert_near(tw_run_balance(one_run).dry_weather_m3, 72.0, 0.4);
}

static void the_balance_counts_events_only(void **state)
{
    (void)state;
    (void)one_run_steps_to(6.0);
    struct tw_balance b = tw_run_balance(one_run);
    assert_true(tw_run_finished(one_run));
    assert_near(b.dry_weather_m3, 144.0, 0.8);
    /* the error of wetting two dry sewers is all there is: SWMM 5.2.4 prints -0.701 %; steps are
     * cut at the times asked for here, which moves the third digit */
    assert_near(100.0 * b.routing_error_ratio, -0.701, 0.002);
}

/* A river at its outfall's stage: the older depth, with which the first report of the first event
 * interpolates, is what the file says of the node, 0 of an outfall. SWMM 5.2.4 tells 0.1 of 0.2 m. */
static void before_the_first_event_nodes_were_as_the_file_says(void **state)
{
    (void)state;
    struct text_run t = text_run_begin(
        "[OPTIONS]\nFLOW_UNITS CMS\nSTART_DATE 01/01/2020\nEND_DATE 01/01/2020\nEND_TIME 3:00\n"
        "ROUTING_STEP 10\n[EVENTS]\n01/01/2020 1:00 01/01/2020 2:00\n[JUNCTIONS]\nA 10 3 1\n"
        "[OUTFALLS]\nO 10 FIXED 10.2\n[CONDUITS]\nC A O 100 .013 0 0\n"
        "[XSECTIONS]\nC CIRCULAR 1 0 0 0\n");
    const struct tw_node_state *n = &t.run->hydraulics.node;
    assert_near(n->depth_m[1], 0.2, 1e-12); /* rounding of elevations */
    assert_near(n->old_depth_m[0], 1.0, 0.0);
    assert_near(n->old_depth_m[1], 0.0, 0.0);
    text_run_end(&t);
}

static int begin(void **state)
{
    (void)state;
    return one_run_open(TW_SOURCE_DIR "/tests/inp/events.inp");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_flows_in_before_the_first_event),
        cmocka_unit_test(an_event_is_routed_as_without_events),
        cmocka_unit_test(between_events_depths_stay_and_inflows_are_lost),
        cmocka_unit_test(the_balance_counts_events_only),
        cmocka_unit_test(before_the_first_event_nodes_were_as_the_file_says),
    };
    return cmocka_run_group_tests(tests, begin, one_run_end);
}
