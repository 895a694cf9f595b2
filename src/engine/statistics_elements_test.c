/* What whole runs count at conduits, beside SWMM 5.2.4. */
#include "text_run.h"
#include "thalweg/values.h"

/* Begin a run of a text that keeps statistics. */
static struct text_run begin(const char *text)
{
    struct text_run t = {.model = text_model(text, false)};
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    options.save_files = true; /* the model names none */
    assert_ok(tw_run_create(t.model, &options, &t.run));
    return t;
}

static double hours(const struct text_run *t, tw_value which)
{
    return tw_run_value(t->run, which, 0) / 3600.0;
}

/* C is shut when both its ends are full, and never has water again. */
static void an_idle_conduit_keeps_the_full_ends_that_it_had(void **state)
{
    (void)state;
    struct text_run t =
        begin("[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2002\n"
              "END_DATE 01/01/2002\nEND_TIME 02:00\nREPORT_STEP 00:01:00\nROUTING_STEP 5\n"
              "[JUNCTIONS]\nJ 10 20\n[OUTFALLS]\nO 9 FREE\nP 4 FREE\n"
              "[CONDUITS]\nC J O 400 .013 0 0\nD J P 400 .013 0 0\n"
              "[XSECTIONS]\nC CIRCULAR 1 0 0 0 1\nD CIRCULAR 1.5 0 0 0 1\n"
              "[INFLOWS]\nJ FLOW T FLOW 1 1 0\n[TIMESERIES]\nT 0:00 9\nT 0:20 30\nT 0:30 0\n"
              "[CONTROLS]\nRULE R\nIF SIMULATION TIME > 0:20\nTHEN CONDUIT C STATUS = CLOSED\n");
    assert_ok(tw_run_advance(t.run, 7200.0));
    /* hours of SWMM's report, to its last digit; by depth alone 0.04 and 0.40 */
    assert_near(hours(&t, TW_VALUE_OF_LINK_BOTH_FULL_S), 1.71, 0.005);
    assert_near(hours(&t, TW_VALUE_OF_LINK_UPSTREAM_FULL_S), 1.95, 0.005);
    assert_near(hours(&t, TW_VALUE_OF_LINK_ABOVE_FULL_FLOW_S), 0.31, 0.005);
    text_run_end(&t);
}

static const char wave[] =
    "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING KINWAVE\nSTART_DATE 01/01/2020\n"
    "END_DATE 01/01/2020\nEND_TIME 01:00\nREPORT_STEP 00:01:00\nROUTING_STEP 10\n"
    "[JUNCTIONS]\nJ 10 2\n[OUTFALLS]\nO 9 FREE\n[CONDUITS]\nC J O 400 0.013 0 0\n"
    "[XSECTIONS]\nC CIRCULAR 4 0 0 0 2\n[INFLOWS]\nJ FLOW T FLOW 1 1 0\n"
    "[TIMESERIES]\nT 0 0\n";

/* The ends of a conduit have areas of their own in a kinematic wave. SWMM reports 9.86 ft/s; by the
 * mean of both areas it would be 7.24. */
static void the_greatest_velocity_is_that_of_the_mean_depth(void **state)
{
    (void)state;
    char text[1000];
    (void)snprintf(text, sizeof text, "%sT 0:10 90\nT 0:20 0\n", wave);
    struct text_run t = begin(text);
    assert_ok(tw_run_advance(t.run, 3600.0));
    double most = tw_run_value(t.run, TW_VALUE_OF_LINK_MAX_VELOCITY_MPS, 0);
    assert_near(most / 0.3048, 9.86, 0.01); /* its last digit, and ours of the flow */
    text_run_end(&t);
}

/* SWMM knows but one state of a conduit in kinematic waves. */
static void a_full_entry_is_all_there_is_without_dynamic_waves(void **state)
{
    (void)state;
    char text[1000];
    (void)snprintf(text, sizeof text, "%sT 0:10 400\nT 0:20 0\n", wave);
    struct text_run t = begin(text);
    assert_ok(tw_run_advance(t.run, 3600.0));
    assert_near(hours(&t, TW_VALUE_OF_LINK_UPSTREAM_FULL_S), 0.21, 0.005); /* SWMM's last digit */
    assert_near(hours(&t, TW_VALUE_OF_LINK_DOWNSTREAM_FULL_S), 0.21, 0.005);
    assert_near(hours(&t, TW_VALUE_OF_LINK_BOTH_FULL_S), 0.21, 0.005);
    assert_near(hours(&t, TW_VALUE_OF_LINK_CAPACITY_LIMITED_S), 0.21, 0.005);
    text_run_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idle_conduit_keeps_the_full_ends_that_it_had),
        cmocka_unit_test(the_greatest_velocity_is_that_of_the_mean_depth),
        cmocka_unit_test(a_full_entry_is_all_there_is_without_dynamic_waves),
    };
    return cmocka_run_group_tests_name("statistics_elements", tests, NULL, NULL);
}
