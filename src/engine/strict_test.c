/* What --strict mends of SWMM, each beside what SWMM gives. docs/numerics/strict.md has the list. */
#include "check.h"
#include "thalweg/thalweg.h"

#include "engine/run_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char model_text[] =
    "[OPTIONS]\nFLOW_UNITS CMS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2024\nSTART_TIME 06:00\n"
    "END_DATE 01/01/2024\nEND_TIME 07:00\nROUTING_STEP 5\n"
    "[JUNCTIONS]\nJ 10 5\n[OUTFALLS]\nSEA 5 TIDAL tide\nLAKE 5 FIXED 8\nPOND 5 FIXED 7\n"
    "[CONDUITS]\nC J SEA 100 .013 0 0\nD LAKE POND 100 .02 0 0\n"
    "[XSECTIONS]\nC CIRCULAR 2 0 0 0\nD IRREGULAR ditch\n"
    "[TRANSECTS]\nNC .02 .02 .02\nX1 ditch 4 0 20 0 0 0 0 0\nGR 5 0 0 5 0 15 5 20\n"
    "[CURVES]\ntide TIDAL 0 6 6 9 12 6 24 6\n"
    "[POLLUTANTS]\nTSS MG/L 0 0 0 0\n"
    "[INFLOWS]\nJ FLOW \"\" FLOW 1 1 1\nJ TSS \"\" MASS 1 1 300\n";

struct both {
    tw_model *model[2]; /* as SWMM, strict */
    tw_run *run[2];
};

/* Read a text both ways and run both for a while; NULL: options of a run as they are. */
static tw_status both_open(struct both *both, const char *text, const char *results, double until_s)
{
    char path[] =
        "/tmp/thalweg_strict_XXXXXX"; /* another build may run this test at the same time */
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    options.results_path = results;
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0) return TW_ERR_FILE;
    tw_status status = tw_model_read(path, NULL, &both->model[0]);
    if (status == TW_OK) status = tw_model_read_strict(path, NULL, &both->model[1]);
    for (int k = 0; status == TW_OK && k < 2; k++)
        status = tw_run_create(both->model[k], &options, &both->run[k]);
    for (int k = 0; status == TW_OK && k < 2; k++)
        status = tw_run_advance(both->run[k], until_s);
    return remove(path) == 0 ? status : TW_ERR_FILE;
}

static void both_close(struct both *both)
{
    for (int k = 0; k < 2; k++) {
        tw_run_destroy(both->run[k]);
        tw_model_destroy(both->model[k]);
    }
}

static int begin(void **state)
{
    static struct both both;
    *state = &both;
    return (int)both_open(&both, model_text, NULL, 3000.0);
}

static int end(void **state)
{
    both_close(*state);
    return 0;
}

/* Mean depth of the snow on a subcatchment. */
static double snow_m(const struct tw_run *run, int32_t subcatchment)
{
    return run != NULL ? run->hydrology.snow.new_depth_m[subcatchment] : (double)NAN;
}

static double depth_of(const struct both *both, int strict, const char *node)
{
    tw_node_id id;
    assert_ok(tw_model_node_find(both->model[strict], node, &id));
    return tw_run_node_depth_m(both->run[strict], id);
}

/* 300 mg/s in 1 m3/s are 0.3 mg/l; SWMM divides by the litres of a cubic foot once more, and its
 * CMS is 0.99989 m3/s. */
static void a_mass_inflow_counts_whole(void **state)
{
    const struct both *both = *state;
    tw_node_id id;
    assert_ok(tw_model_node_find(both->model[0], "J", &id));
    /* the junction is mixed for an hour: a millionth of the old is left */
    assert_near(tw_run_node_concentration(both->run[1], id, 0), 0.3, 1e-5);
    assert_near(tw_run_node_concentration(both->run[0], id, 0), 0.3 / 28.317 / 0.99988865, 1e-6);
}

/* SWMM gives only the end of a link between two outfalls its stage. */
static void both_outfalls_of_a_link_have_their_stage(void **state)
{
    const struct both *both = *state;
    assert_near(depth_of(both, 1, "LAKE"), 3.0, 1e-12);
    assert_near(depth_of(both, 0, "LAKE"), 0.0, 1e-12);
    assert_true(depth_of(both, 1, "POND") >= 2.0); /* its stage, or more: critical depth */
}

/* At 06:50 the tide stands 0.5 m lower per hour than at 06:00; SWMM takes 00:50 for it. */
static void a_tide_goes_by_the_time_of_day(void **state)
{
    const struct both *both = *state;
    double now_h = 50.0 / 60.0, step_h = 5.0 / 3600.0; /* the stage is that of a step's end */
    assert_near(depth_of(both, 1, "SEA"), 9.0 - 0.5 * now_h - 5.0, 0.5 * step_h);
    assert_near(depth_of(both, 0, "SEA"), 6.0 + 0.5 * now_h - 5.0, 0.5 * step_h);
}

/* A trapezium 10 m wide at the bottom, 5 m deep, with slopes of 1: R = A / P = 75 / (10 + 10 sqrt 2).
 * SWMM multiplies by 1.486 and divides by 1.49. */
static void a_transect_has_its_radius(void **state)
{
    const struct both *both = *state;
    double radius = 75.0 / (10.0 + 10.0 * sqrt(2.0)), low = pow(1.486 / 1.49, 1.5);
    assert_near(both->model[1]->transects.full_radius_m[0], radius, 1e-9 * radius); /* rounding */
    assert_near(both->model[0]->transects.full_radius_m[0], low * radius, 1e-9 * radius);
}

/* SWMM takes the time of day 1:55 in binary, which is a bit short, down to 1:54:59. */
static void the_last_second_and_its_period_are_run(void **state)
{
    (void)state;
    struct both both = {0};
    assert_ok(both_open(&both,
                        "[OPTIONS]\nFLOW_UNITS CMS\nSTART_DATE 01/01/2024\nEND_DATE 01/01/2024\n"
                        "END_TIME 01:55\nROUTING_STEP 5\nREPORT_STEP 00:05:00\n"
                        "[JUNCTIONS]\nJ 10 5\n[OUTFALLS]\nO 9 FREE\n[CONDUITS]\n"
                        "C J O 400 .013 0 0\n[XSECTIONS]\nC CIRCULAR 1 0 0 0\n",
                        NULL, 1e6));
    assert_near(tw_run_elapsed_s(both.run[0]), 6899.0, 0.0);
    assert_near(tw_run_elapsed_s(both.run[1]), 6900.0, 0.0);
    both_close(&both);
}

/* 20 minutes of rain on a street of 30 m, computed in steps of a quarter of an hour. */
static void runoff_is_what_left_the_surface(void **state)
{
    (void)state;
    struct both both = {0};
    assert_ok(both_open(&both,
                        "[OPTIONS]\nFLOW_UNITS CMS\nFLOW_ROUTING STEADY\nSTART_DATE 01/01/2024\n"
                        "END_DATE 01/01/2024\nEND_TIME 06:00\nROUTING_STEP 60\n"
                        "WET_STEP 00:15:00\nDRY_STEP 00:15:00\n"
                        "[RAINGAGES]\nG INTENSITY 0:20 1 TIMESERIES rain\n"
                        "[SUBCATCHMENTS]\nS G J 1 100 333 1 0\n[SUBAREAS]\nS .015 .1 0 0 0 OUTLET\n"
                        "[INFILTRATION]\nS 50 5 4 7 0\n[TIMESERIES]\nrain 1:00 60 1:20 0\n"
                        "[JUNCTIONS]\nJ 10 5\n[OUTFALLS]\nO 9 FREE\n[CONDUITS]\n"
                        "C J O 100 .013 0 0\n[XSECTIONS]\nC CIRCULAR 1.5 0 0 0\n",
                        NULL, 6.0 * 3600.0));
    struct tw_balance swmm = tw_run_balance(both.run[0]), strict = tw_run_balance(both.run[1]);
    assert_near(strict.rain_m3, 200.0, 1e-6); /* 20 mm on a hectare */
    assert_near(strict.runoff_error_ratio, 0.0, 1e-12);
    assert_true(swmm.runoff_error_ratio < -0.01); /* more runs off than falls */
    /* all of it enters the network but for half of the last minute, when a trickle is left */
    assert_near(strict.wet_weather_m3, strict.runoff_m3, 2e-6 * strict.runoff_m3);
    both_close(&both);
}

/* A hectare of street ploughed onto four of meadow, then an hour at 10 degC: 2 mm per hour and degree
 * would melt 20 mm of it. */
static void snow_keeps_its_volume_and_melts_as_the_file_says(void **state)
{
    (void)state;
    struct both both = {0};
    assert_ok(both_open(
        &both,
        "[OPTIONS]\nFLOW_UNITS CMS\nSTART_DATE 01/01/2024\nEND_DATE 01/01/2024\nEND_TIME 01:00\n"
        "WET_STEP 00:15:00\nDRY_STEP 00:15:00\nROUTING_STEP 60\n"
        "[RAINGAGES]\nG INTENSITY 0:15 1 TIMESERIES rain\n"
        "[SUBCATCHMENTS]\nstreet G J 1 100 100 1 0 pack\nmeadow G J 4 0 100 1 0 pack\n"
        "[SUBAREAS]\nstreet .01 .1 0 0 0 OUTLET\nmeadow .01 .1 0 0 0 OUTLET\n"
        "[INFILTRATION]\nstreet 0 0 4 7 0\nmeadow 0 0 4 7 0\n"
        "[TEMPERATURE]\nTIMESERIES air\nSNOWMELT 0 0.5 0.6 0 40 0\n"
        "[SNOWPACKS]\npack PLOWABLE 2 2 0 0 100 0 1\npack IMPERVIOUS 2 2 0 0 0 0 0\n"
        "pack PERVIOUS 2 2 0 0 100 0 0\npack REMOVAL 50 0 0 0 0 1 meadow\n"
        "[TIMESERIES]\nrain 0:00 0\nair 0:00 10\nair 24:00 10\n"
        "[JUNCTIONS]\nJ 10 5\n[OUTFALLS]\nO 9 FREE\n[CONDUITS]\nC J O 100 .013 0 0\n"
        "[XSECTIONS]\nC CIRCULAR 1.5 0 0 0\n",
        NULL, 3600.0));
    struct tw_balance swmm = tw_run_balance(both.run[0]), strict = tw_run_balance(both.run[1]);
    /* 100 mm on 5 ha; SWMM takes the 100 mm of the street for 100 mm of the meadow: 3,000 m3 more */
    assert_near(strict.surface_storage_m3 + strict.runoff_m3, 5000.0, 1e-6);
    assert_true(swmm.surface_storage_m3 + swmm.runoff_m3 > 7999.0);
    assert_near(snow_m(both.run[1], 1), 0.125 - 0.020, 1e-12);
    assert_near(snow_m(both.run[0], 1), 0.200 - 3.24 * 0.020,
                1e-12); /* degrees turned the wrong way */
    both_close(&both);
}

/* Two pumps at a well whose water both would lift by themselves. */
static void pumps_that_share_a_node_share_its_water(void **state)
{
    (void)state;
    struct both both = {0};
    assert_ok(
        both_open(&both,
                  "[OPTIONS]\nFLOW_UNITS CMS\nFLOW_ROUTING DYNWAVE\nVARIABLE_STEP 0\n"
                  "START_DATE 01/01/2024\nEND_DATE 01/01/2024\nEND_TIME 02:00\n"
                  "ROUTING_STEP 10\n[JUNCTIONS]\nJ 11 5\nW 10 5\n[OUTFALLS]\nX 9 FREE\n"
                  "[CONDUITS]\nC J W 100 .013 0 0\n[STORAGE]\nT 9.5 5 0 FUNCTIONAL 0 0 20\n"
                  "[PUMPS]\nP W T p ON 0 0\nQ W T q ON 0 0\n[CONDUITS]\n"
                  "D T X 100 .013 0 0\n[XSECTIONS]\nC CIRCULAR 1 0 0 0\nD CIRCULAR 1.5 0 0 0\n"
                  "[CURVES]\np PUMP4 0 .3\np 1 1\nq PUMP4 0 .2\nq 1 .5\n"
                  "[INFLOWS]\nJ FLOW wave\n[TIMESERIES]\nwave 0 .1 1 .4 2 .1\n",
                  NULL, 7200.0));
    struct tw_balance swmm = tw_run_balance(both.run[0]), strict = tw_run_balance(both.run[1]);
    assert_true(swmm.routing_error_ratio < -0.9);        /* SWMM 5.2.4 says -100.19 % */
    assert_near(strict.routing_error_ratio, 0.0, 0.005); /* what iterations leave open */
    both_close(&both);
}

/* S is too dry for anything to percolate; SWMM lets it flow with the conductivity of T. */
static void a_subcatchment_asks_for_its_own_conductivity(void **state)
{
    (void)state;
    struct both both = {0};
    assert_ok(both_open(
        &both,
        "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2002\n"
        "END_DATE 01/01/2002\nEND_TIME 12:00\nREPORT_STEP 00:05:00\nROUTING_STEP 30\n"
        "[RAINGAGES]\nG INTENSITY 0:15 1 TIMESERIES R\n[TIMESERIES]\nR 0:00 0\n"
        "[SUBCATCHMENTS]\nS G J 60 60 400 1 600\nT G J 60 60 400 1 600\n"
        "[SUBAREAS]\nS .015 .1 .05 .1 25 OUTLET\nT .015 .1 .05 .1 25 OUTLET\n"
        "[INFILTRATION]\nS 1 .2 4 7 0\nT 1 .2 4 7 0\n[JUNCTIONS]\nJ 10 20\n"
        "[OUTFALLS]\nO 4 FREE\n[CONDUITS]\nC J O 400 .013 0 0\n[XSECTIONS]\nC CIRCULAR 4 0 0 0 1\n"
        "[AQUIFERS]\nQ .5 .15 .3 .5 10 15 .35 14 .002 10 15.5 .2\n"
        "R .5 .15 .3 2 10 15 .35 14 .002 10 15.5 .4\n"
        "[GROUNDWATER]\nS Q J 22 0 1 0 1 0 0 10\nT R J 22 0 1 0 1 0 0 10\n"
        "[GWF]\nS LATERAL 0.01*K*Hgw\n",
        NULL, 43200.0));
    const double acre_foot_m3 = 1233.48;
    double swmm = tw_run_balance(both.run[0]).groundwater_m3 / acre_foot_m3;
    assert_near(swmm, 1.281, 0.001); /* as SWMM 5.2.4 reports it */
    assert_near(tw_run_balance(both.run[1]).groundwater_m3, 0.0, 0.0);
    both_close(&both);
}

/* 3 cfs come to a pump whose curve says 10. */
static void a_pump_by_affinity_takes_no_more_than_comes_in(void **state)
{
    (void)state;
    struct both both = {0};
    assert_ok(both_open(
        &both,
        "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nVARIABLE_STEP 0\n"
        "START_DATE 01/01/2024\nEND_DATE 01/01/2024\nEND_TIME 00:10\nROUTING_STEP 10\n"
        "[JUNCTIONS]\nA 1 20\nB 0 30\n[OUTFALLS]\nO -1 FREE\n[CONDUITS]\nC B O 100 .01 0 0\n"
        "[XSECTIONS]\nC CIRCULAR 3 0 0 0\n[PUMPS]\nP A B K ON 0 0\n"
        "[CURVES]\nK PUMP5 0 10 5 7.5 10 5 20 0\n[INFLOWS]\nA FLOW \"\" FLOW 1 1 3\n",
        NULL, 60.0));
    for (int k = 0; k < 2; k++) {
        tw_link_id id;
        assert_ok(tw_model_link_find(both.model[k], "P", &id));
        double unit = tw_model_units_get(both.model[k]).flow_m3s;
        /* six digits of SWMM's results file */
        assert_near(tw_run_link_flow_m3s(both.run[k], id) / unit, k == 0 ? 10.0 : 3.0, 1e-5);
    }
    both_close(&both);
}

static void a_state_of_one_kind_is_not_taken_by_the_other(void **state)
{
    const struct both *both = *state;
    size_t size = tw_run_state_size(both->run[0]);
    void *saved = malloc(size);
    assert_non_null(saved);
    tw_run_state_save(both->run[0], saved);
    assert_status(tw_run_state_restore(both->run[1], saved, size), TW_ERR_FORMAT);
    free(saved);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mass_inflow_counts_whole),
        cmocka_unit_test(both_outfalls_of_a_link_have_their_stage),
        cmocka_unit_test(a_tide_goes_by_the_time_of_day),
        cmocka_unit_test(a_transect_has_its_radius),
        cmocka_unit_test(the_last_second_and_its_period_are_run),
        cmocka_unit_test(runoff_is_what_left_the_surface),
        cmocka_unit_test(snow_keeps_its_volume_and_melts_as_the_file_says),
        cmocka_unit_test(pumps_that_share_a_node_share_its_water),
        cmocka_unit_test(a_subcatchment_asks_for_its_own_conductivity),
        cmocka_unit_test(a_pump_by_affinity_takes_no_more_than_comes_in),
        cmocka_unit_test(a_state_of_one_kind_is_not_taken_by_the_other),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
