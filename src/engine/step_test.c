/* How long steps are, and what they do where there is nothing to route. */
#include "text_run.h"

#include "engine/run_state.h"

#include <stdio.h>

/* Steps of the first minute of a sewer with rules every 7 s, or never. */
static int64_t steps_of_a_minute(const char *routing, const char *rules)
{
    char text[900];
    snprintf(text, sizeof text,
             "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING %s\nSTART_DATE 01/01/2024\n"
             "END_DATE 01/01/2024\nEND_TIME 00:01\nROUTING_STEP 20\nVARIABLE_STEP 0\n%s"
             "[JUNCTIONS]\nJ 1 10\n[OUTFALLS]\nO 0 FREE\n[CONDUITS]\nC J O 400 .013 0 0\n"
             "[XSECTIONS]\nC CIRCULAR 1 0 0 0\n[INFLOWS]\nJ FLOW \"\" FLOW 1 1 1\n",
             routing, rules);
    struct text_run t = text_run_begin(text);
    assert_ok(tw_run_advance(t.run, 60.0));
    int64_t steps = tw_run_stats_get(t.run).steps;
    text_run_end(&t);
    return steps;
}

/* SWMM 5.2.4 does so even where there are no rules: eight steps of 7 s and one of 4. */
static void no_step_passes_the_time_of_rules(void **state)
{
    (void)state;
    static const char *const routings[] = {"DYNWAVE", "KINWAVE", "STEADY"};
    for (size_t k = 0; k < sizeof routings / sizeof routings[0]; k++) {
        const char *rule = "[CONTROLS]\nRULE R\nIF NODE J DEPTH > 5\n"
                           "THEN CONDUIT C STATUS = CLOSED\n";
        char both[200];
        snprintf(both, sizeof both, "RULE_STEP 00:00:07\n%s", rule);
        assert_int_equal(steps_of_a_minute(routings[k], ""), 3);
        assert_int_equal(steps_of_a_minute(routings[k], "RULE_STEP 00:00:07\n"), 9);
        assert_int_equal(steps_of_a_minute(routings[k], both), 9);
    }
}

/* Conduits are lengthened, and orifices lend surface, by the step that the file says: SWMM 5.2.4
 * makes lengths before it cuts the step to WET_STEP. Its report says 4.39 and 2.20 of this conduit. */
static void lengths_go_by_the_routing_step_of_the_file(void **state)
{
    (void)state;
    static const struct {
        int routing_s, lengthening_s;
        double times;
    } cases[] = {{60, 60, 4.39}, {60, 30, 2.20}, {30, 60, 2.20}, {10, 60, 1.0}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        char text[700];
        snprintf(text, sizeof text,
                 "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2024\n"
                 "END_DATE 01/01/2024\nEND_TIME 00:10\nWET_STEP 00:00:10\nROUTING_STEP %d\n"
                 "LENGTHENING_STEP %d\n[JUNCTIONS]\nJ 2 10\n[OUTFALLS]\nO 1 FREE\n"
                 "[CONDUITS]\nC J O 200 .01 0 0\n[XSECTIONS]\nC CIRCULAR 2 0 0 0\n"
                 "[INFLOWS]\nJ FLOW \"\" FLOW 1 1 1\n",
                 cases[k].routing_s, cases[k].lengthening_s);
        struct text_run t = text_run_begin(text);
        const struct tw_conduit_rows *c = &t.run->net->conduit;
        assert_near(c->routing_length_m[0] / c->length_m[0], cases[k].times,
                    0.005); /* two digits */
        assert_near(tw_network_length_step_s(t.model), cases[k].routing_s, 0.0);
        assert_near(t.run->routing.routing_step_s, 10.0, 0.0);
        text_run_end(&t);
    }
}

/* What is taken from a node without links is told as an inflow below 0. */
static void a_node_without_links_has_its_lateral_inflow(void **state)
{
    (void)state;
    struct text_run t =
        text_run_begin("[OPTIONS]\nFLOW_UNITS CMS\nSTART_DATE 01/01/2024\nEND_DATE 01/01/2024\n"
                       "END_TIME 00:10\n[JUNCTIONS]\nJ 1 10\n"
                       "[INFLOWS]\nJ FLOW \"\" FLOW 1 1 -2\n");
    assert_ok(tw_run_advance(t.run, 300.0));
    assert_near(t.run->hydraulics.node.inflow_m3s[0], t.run->hydraulics.node.lateral_m3s[0], 0.0);
    assert_near(t.run->hydraulics.node.inflow_m3s[0], -2.0, 1e-3); /* SWMM's foot */
    text_run_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_step_passes_the_time_of_rules),
        cmocka_unit_test(lengths_go_by_the_routing_step_of_the_file),
        cmocka_unit_test(a_node_without_links_has_its_lateral_inflow),
    };
    return cmocka_run_group_tests_name("engine step", tests, NULL, NULL);
}
