/* Routing without dynamic waves, through the library's own door. */
#include "text_run.h"
#include "thalweg/batch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const model_path = TW_SOURCE_DIR "/tests/inp/tree.inp";

static tw_model *model_open(void)
{
    tw_model *model;
    assert_int_equal(tw_model_read(model_path, NULL, &model), TW_OK);
    return model;
}

static void a_tree_loses_no_water(void **state)
{
    (void)state;
    tw_model *model = model_open();
    tw_run *run;
    assert_int_equal(tw_run_create(model, &TW_RUN_OPTIONS_DEFAULT, &run), TW_OK);
    tw_link_id side, gate;
    assert_int_equal(tw_model_link_find(model, "side", &side), TW_OK);
    assert_int_equal(tw_model_link_find(model, "gate", &gate), TW_OK);
    double diverted = 0.0, released = 0.0;
    while (!tw_run_finished(run)) {
        assert_int_equal(tw_run_step(run), TW_OK);
        diverted = fmax(diverted, tw_run_link_flow_m3s(run, side));
        released = fmax(released, tw_run_link_flow_m3s(run, gate));
    }
    struct tw_balance b = tw_run_balance(run);
    assert_true(b.external_m3 > 3500.0);
    /* what the step's mid-point and the reaches' tolerance of 0.1 % leave open: SWMM 5.2.4 says 0.703 %
     * of this model, and 0.675 to 0.756 % when every roughness changes by 1e-6 to 1e-10 */
    assert_true(fabs(b.routing_error_ratio - 0.00703) < 0.0006);
    assert_true(diverted > 0.1);
    assert_true(released > 0.02);
    tw_run_destroy(run);
    tw_model_destroy(model);
}

static void a_saved_run_goes_on_with_the_same_bits_and_lanes_are_runs(void **state)
{
    (void)state;
    tw_model *model = model_open();
    tw_run *run;
    tw_batch *batch;
    tw_batch_options options = {.members = 8, .threads = 1, .lanes = 8};
    assert_int_equal(tw_run_create(model, &TW_RUN_OPTIONS_DEFAULT, &run), TW_OK);
    assert_int_equal(tw_batch_create(model, &options, &batch), TW_OK);
    assert_int_equal(tw_run_advance(run, 3600.0), TW_OK);
    size_t size = tw_run_state_size(run);
    void *middle = malloc(size), *end = malloc(size), *again = malloc(size);
    assert_true(middle != NULL && end != NULL && again != NULL);
    tw_run_state_save(run, middle);
    assert_int_equal(tw_run_advance(run, 7200.0), TW_OK);
    tw_run_state_save(run, end);
    assert_int_equal(tw_run_state_restore(run, middle, size), TW_OK);
    assert_int_equal(tw_run_advance(run, 7200.0), TW_OK);
    tw_run_state_save(run, again);
    assert_memory_equal(end, again, size);
    assert_int_equal(tw_batch_advance(batch, 7200.0), TW_OK);
    assert_int_equal(tw_batch_state_save(batch, 5, again), TW_OK);
    assert_memory_equal(end, again, size);
    free(middle);
    free(end);
    free(again);
    tw_batch_destroy(batch);
    tw_run_destroy(run);
    tw_model_destroy(model);
}

static const char options[] = "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING KINWAVE\n"
                              "START_DATE 01/01/2020\nEND_DATE 01/01/2020\nEND_TIME 00:30:00\n"
                              "REPORT_STEP 00:00:30\nALLOW_PONDING YES\n";

static struct text_run begin(const char *text)
{
    char all[2000];
    assert_true(snprintf(all, sizeof all, "%s%s", options, text) < (int)sizeof all);
    return text_run_begin(all);
}

/* Values are those of SWMM 5.2.4; flows are known to seven digits. */
static void a_storage_and_its_outflow_settle_as_in_swmm(void **state)
{
    (void)state;
    struct text_run t =
        begin("ROUTING_STEP 10\n[OUTFALLS]\nO1 9 FREE\n[JUNCTIONS]\nJ 9.5 10\n"
              "[STORAGE]\nP 10 30 2 FUNCTIONAL 0 0 100\n[CONDUITS]\nC J O1 100 0.01 0 0\n"
              "[OUTLETS]\nR P J 0 FUNCTIONAL/DEPTH 6 1.2 NO\n[XSECTIONS]\nC CIRCULAR 10 0 0 0\n"
              "[INFLOWS]\nP FLOW \"\" FLOW 1 1 20\n");
    static const double depths_ft[] = {2.2122622, 2.4654469, 2.5943313, 2.6598172, 2.6930606};
    static const double flows_cfs[] = {15.558051, 17.718464, 18.835701, 19.407669, 19.69911};
    double foot = 0.3048, cfs = tw_model_units_get(t.model).flow_m3s;
    for (int i = 0; i < 5; i++) {
        assert_ok(tw_run_advance(t.run, 10.0 * (i + 1)));
        assert_near(text_run_depth_m(&t, "P") / foot, depths_ft[i], 1e-6);
        assert_near(text_run_flow_m3s(&t, "R") / cfs, flows_cfs[i], 1e-5);
    }
    text_run_end(&t);
}

/* What a storage gives to a conduit is the flow of one barrel, in SWMM. */
/* A small tank before a wide pipe: outflow at one trial's depth empties it, at the next it stands
 * still. The ninth trial of SWMM 5.2.4 leaves it full after one step, half full after two, empty after
 * three; ten would leave it empty after one. */
static void nine_trials_leave_a_small_storage_where_they_do(void **state)
{
    (void)state;
    static const double depth_m[] = {0.8547914, 0.4273957, 0.0};
    struct text_run t =
        text_run_begin("[OPTIONS]\nFLOW_UNITS LPS\nFLOW_ROUTING KINWAVE\nSTART_DATE 01/01/2020\n"
                       "END_DATE 01/01/2020\nEND_TIME 01:00\nROUTING_STEP 20\n"
                       "[STORAGE]\nT 10 10 0 FUNCTIONAL 0 0 1.17 0 0\n[OUTFALLS]\nO 9.5 FREE\n"
                       "[CONDUITS]\nC T O 400 .01 0 0\n[XSECTIONS]\nC CIRCULAR 2 0 0 0\n"
                       "[INFLOWS]\nT FLOW \"\" FLOW 1 1 100\n");
    for (int k = 0; k < 3; k++) {
        assert_ok(tw_run_advance(t.run, 20.0 * (k + 1)));
        assert_near(text_run_depth_m(&t, "T"), depth_m[k], 1e-6); /* single precision */
    }
    text_run_end(&t);
}

static void a_storage_feeds_one_barrel(void **state)
{
    (void)state;
    struct text_run t =
        begin("ROUTING_STEP 10\n[OUTFALLS]\nO 9 FREE\n[STORAGE]\nS 10 5 4 FUNCTIONAL 0 0 5000\n"
              "[CONDUITS]\nX S O 100 0.013 0 0\n[XSECTIONS]\nX CIRCULAR 1 0 0 0 2\n");
    assert_ok(tw_run_advance(t.run, 600.0));
    double cfs = tw_model_units_get(t.model).flow_m3s;
    /* Manning's full flow of a barrel of 1 ft at 1 in 100, n = 0.013 */
    assert_near(text_run_flow_m3s(&t, "X") / cfs, 3.563, 0.001);
    text_run_end(&t);
}

/* What a junction cannot pass on floods at the rate of the step's end; a pond has no depth beyond
 * the rim. Values are those of SWMM 5.2.4. */
static void a_flooded_junction_stands_at_its_rim(void **state)
{
    (void)state;
    struct text_run t = begin(
        "ROUTING_STEP 30\n[JUNCTIONS]\nB 10 5 0 0 1000\n[OUTFALLS]\nO 9 FREE\n"
        "[CONDUITS]\nC B O 300 0.013 0 0\n[XSECTIONS]\nC CIRCULAR 1 0 0 0\n"
        "[INFLOWS]\nB FLOW T FLOW 1 1 0\n[TIMESERIES]\nT 0 0\nT 0:05 10\nT 0:10 4\nT 0:15 0\n");
    static const struct {
        double minute, flooding_cfs, depth_ft;
    } swmm[] = {{2.0, 0.94304138, 5.0},
                {2.5, 1.9430414, 5.0},
                {6.5, 6.7429881, 5.0},
                {14.5, 0.0, 1.0}}; /* what stands in the pond leaves through the conduit */
    double foot = 0.3048, cfs = tw_model_units_get(t.model).flow_m3s;
    tw_node_id b;
    assert_ok(tw_model_node_find(t.model, "B", &b));
    for (size_t i = 0; i < sizeof swmm / sizeof *swmm; i++) {
        assert_ok(tw_run_advance(t.run, 60.0 * swmm[i].minute));
        assert_near(tw_run_node_flooding_m3s(t.run, b) / cfs, swmm[i].flooding_cfs, 1e-6);
        assert_near(text_run_depth_m(&t, "B") / foot, swmm[i].depth_ft, 1e-6);
    }
    text_run_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_loses_no_water),
        cmocka_unit_test(a_saved_run_goes_on_with_the_same_bits_and_lanes_are_runs),
        cmocka_unit_test(a_storage_and_its_outflow_settle_as_in_swmm),
        cmocka_unit_test(a_flooded_junction_stands_at_its_rim),
        cmocka_unit_test(nine_trials_leave_a_small_storage_where_they_do),
        cmocka_unit_test(a_storage_feeds_one_barrel),
    };
    return cmocka_run_group_tests_name("tree_route", tests, NULL, NULL);
}
