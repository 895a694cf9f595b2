/* Pollutants through a whole model, by the library's own door. */
#include "engine/run_state.h"
#include "hydraulics/constants.h"
#include "quality/parts.h"
#include "text_run.h"
#include "thalweg/batch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const model_path = TW_SOURCE_DIR "/tests/inp/quality.inp";
enum { TSS, LEAD, DYE };

static tw_model *model_open(void)
{
    tw_model *model;
    assert_int_equal(tw_model_read(model_path, NULL, &model), TW_OK);
    return model;
}

/* SWMM 5.2.4 gives these of tests/inp/quality.inp; steps
 * that are cut at the times asked for change them by a part in a hundred. */
static const struct {
    double time_s;
    const char *node;
    int32_t pollutant;
    double value;
} known[] = {
    {2700.0, "A", TSS, 400.76},  {2700.0, "A", LEAD, 79.268},    {2700.0, "A", DYE, 0.64282},
    {2700.0, "T", TSS, 226.52},  {2700.0, "T", LEAD, 55.407},    {2700.0, "T", DYE, 1.8719},
    {2700.0, "B", TSS, 201.45},  {2700.0, "B", LEAD, 48.926},    {2700.0, "B", DYE, 1.8116},
    {2700.0, "O", TSS, 151.32},  {2700.0, "O", LEAD, 31.789},    {2700.0, "O", DYE, 2.4539},
    {3600.0, "A", TSS, 191.27},  {3600.0, "A", LEAD, 37.328},    {3600.0, "A", DYE, 0.69645},
    {3600.0, "T", TSS, 138.11},  {3600.0, "T", LEAD, 58.034},    {3600.0, "T", DYE, 0.50769},
    {3600.0, "B", TSS, 132.04},  {3600.0, "B", LEAD, 55.428},    {3600.0, "B", DYE, 0.53362},
    {3600.0, "O", TSS, 147.37},  {3600.0, "O", LEAD, 59.084},    {3600.0, "O", DYE, 0.52982},
    {5400.0, "A", TSS, 73.865},  {5400.0, "A", LEAD, 11.833},    {5400.0, "A", DYE, 3.1988},
    {5400.0, "T", TSS, 51.178},  {5400.0, "T", LEAD, 23.544},    {5400.0, "T", DYE, 1.5602},
    {5400.0, "B", TSS, 44.252},  {5400.0, "B", LEAD, 20.375},    {5400.0, "B", DYE, 1.486},
    {5400.0, "O", TSS, 50.639},  {5400.0, "O", LEAD, 23.781},    {5400.0, "O", DYE, 1.2307},
    {10800.0, "A", TSS, 34.225}, {10800.0, "A", LEAD, 1.3752},   {10800.0, "A", DYE, 6.3411},
    {10800.0, "T", TSS, 20.789}, {10800.0, "T", LEAD, 1.8947},   {10800.0, "T", DYE, 4.9069},
    {10800.0, "B", TSS, 14.403}, {10800.0, "B", LEAD, 1.3146},   {10800.0, "B", DYE, 3.7238},
    {10800.0, "O", TSS, 14.62},  {10800.0, "O", LEAD, 1.4381},   {10800.0, "O", DYE, 3.4716},
    {21600.0, "A", TSS, 29.593}, {21600.0, "A", LEAD, 0},        {21600.0, "A", DYE, 6.905},
    {21600.0, "T", TSS, 17.748}, {21600.0, "T", LEAD, 0.021772}, {21600.0, "T", DYE, 5.4625},
    {21600.0, "B", TSS, 11.89},  {21600.0, "B", LEAD, 0.014701}, {21600.0, "B", DYE, 4.0093},
    {21600.0, "O", TSS, 11.889}, {21600.0, "O", LEAD, 0.023401}, {21600.0, "O", DYE, 3.7563},
};

static void concentrations_are_those_of_swmm(void **state)
{
    (void)state;
    tw_model *model = model_open();
    tw_run *run;
    assert_int_equal(tw_run_create(model, &TW_RUN_OPTIONS_DEFAULT, &run), TW_OK);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        tw_node_id node;
        assert_int_equal(tw_model_node_find(model, known[i].node, &node), TW_OK);
        assert_int_equal(tw_run_advance(run, known[i].time_s), TW_OK);
        double value = tw_run_node_concentration(run, node, known[i].pollutant);
        if (!(fabs(value - known[i].value) <= 1e-2 * fmax(known[i].value, 1.0)))
            print_error("%s at %g s: %g, not %g\n", known[i].node, known[i].time_s, value,
                        known[i].value);
        assert_true(fabs(value - known[i].value) <= 1e-2 * fmax(known[i].value, 1.0));
    }
    tw_run_destroy(run);
    tw_model_destroy(model);
}

static void nothing_is_asked_that_is_not_there(void **state)
{
    (void)state;
    tw_model *model = model_open();
    tw_run *run;
    assert_int_equal(tw_run_create(model, &TW_RUN_OPTIONS_DEFAULT, &run), TW_OK);
    assert_int_equal(tw_model_pollutant_count(model), 3);
    assert_string_equal(tw_model_pollutant_name(model, LEAD), "Lead");
    assert_null(tw_model_pollutant_name(model, 3));
    assert_true(isnan(tw_run_node_concentration(run, (tw_node_id){0}, 3)));
    assert_true(isnan(tw_run_node_concentration(run, (tw_node_id){-1}, TSS)));
    assert_true(isnan(tw_run_link_concentration(run, (tw_link_id){99}, DYE)));
    tw_run_destroy(run);
    tw_model_destroy(model);
}

static void lanes_and_saved_states_carry_pollutants(void **state)
{
    (void)state;
    tw_model *model = model_open();
    tw_run *run;
    tw_batch *batch;
    tw_run_options fixed = {.fixed_step = true};
    tw_batch_options options = {.members = 8, .threads = 1, .lanes = 8, .run = fixed};
    assert_int_equal(tw_run_create(model, &fixed, &run), TW_OK);
    assert_int_equal(tw_batch_create(model, &options, &batch), TW_OK);
    assert_int_equal(tw_run_advance(run, 7200.0), TW_OK);
    assert_int_equal(tw_batch_advance(batch, 7200.0), TW_OK);
    size_t size = tw_run_state_size(run);
    char *one = malloc(size), *other = malloc(size);
    assert_true(one != NULL && other != NULL);
    tw_run_state_save(run, one);
    assert_int_equal(tw_batch_state_save(batch, 3, other), TW_OK);
    assert_memory_equal(one, other, size);
    assert_int_equal(tw_run_advance(run, 9000.0), TW_OK);
    tw_run_state_save(run, other);
    assert_int_equal(tw_run_state_restore(run, one, size), TW_OK);
    assert_int_equal(tw_run_advance(run, 9000.0), TW_OK);
    tw_run_state_save(run, one);
    assert_memory_equal(one, other, size);
    free(one);
    free(other);
    tw_batch_destroy(batch);
    tw_run_destroy(run);
    tw_model_destroy(model);
}

/* A run of an input file's text; its model is kept by the caller. */
static tw_run *run_of(const char *text, tw_model **out_model)
{
    tw_run *run;
    *out_model = text_model(text, false);
    assert_int_equal(tw_run_create(*out_model, &TW_RUN_OPTIONS_DEFAULT, &run), TW_OK);
    return run;
}

static double at_node(const tw_run *run, const tw_model *model, const char *name)
{
    tw_node_id id;
    assert_int_equal(tw_model_node_find(model, name, &id), TW_OK);
    return tw_run_node_concentration(run, id, 0);
}

static double in_link(const tw_run *run, const tw_model *model, const char *name)
{
    tw_link_id id;
    assert_int_equal(tw_model_link_find(model, name, &id), TW_OK);
    return tw_run_link_concentration(run, id, 0);
}

/* A wide channel fills slowly: at 300 s water stands 0.67 mm deep in it, 57 litres, at 900 s 1.1 mm.
 * The values are SWMM 5.2.4's. */
static void a_conduit_less_than_a_millimetre_deep_holds_nothing(void **state)
{
    (void)state;
    static const char text[] =
        "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2020\n"
        "END_DATE 01/01/2020\nEND_TIME 01:00\nROUTING_STEP 5\nVARIABLE_STEP 0\n"
        "[JUNCTIONS]\nJ 10.1 5\n[OUTFALLS]\nO 10 FREE\n[CONDUITS]\nC J O 300 .01 0 0\n"
        "[XSECTIONS]\nC RECT_OPEN 2 10 0 0\n[POLLUTANTS]\nP MG/L 0 0 0 0\n"
        "[INFLOWS]\nJ FLOW \"\" FLOW 1 1 0.01\nJ P \"\" CONCEN 1 1 10\n";
    tw_model *model;
    tw_run *run = run_of(text, &model);
    assert_int_equal(tw_run_advance(run, 660.0), TW_OK);
    assert_true(in_link(run, model, "C") == 0.0);
    assert_int_equal(tw_run_advance(run, 1200.0), TW_OK);
    /* 0.1 %: when the first millimetre is there may differ by a step of 5 s in 480 */
    assert_true(fabs(in_link(run, model, "C") - 3.62852) < 0.0036);
    tw_run_destroy(run);
    tw_model_destroy(model);
}

/* Two conduits from J over K to O, of a length and a height of K; flow comes from the start to 660 s. */
#define TWO_CONDUITS(height, length, flow)                                                         \
    "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2020\n"                     \
    "END_DATE 01/01/2020\nEND_TIME 01:00\nROUTING_STEP 5\nVARIABLE_STEP 0\n"                       \
    "[JUNCTIONS]\nJ 12 5\nK " height " 5\n[OUTFALLS]\nO 10 FREE\n[CONDUITS]\nC J K 300 .01 0 0\n"  \
    "D K O " length " .01 0 0\n[XSECTIONS]\nC CIRCULAR 2 0 0 0\nD CIRCULAR 2 0 0 0\n"              \
    "[POLLUTANTS]\nP MG/L 0 0 0 0\n[INFLOWS]\nJ FLOW T\nJ P \"\" CONCEN 1 1 10\n[TIMESERIES]\n"    \
    "T 0 0\nT " flow "\nT 0:11 0\n"

/* The first node runs dry of inflow at 660 s and is a millimetre deep at 1980 s; by SWMM 5.2.4 it
 * has its 10 mg/l until then. */
static void a_node_without_inflow_keeps_its_concentration_until_it_is_dry(void **state)
{
    (void)state;
    tw_model *model;
    tw_run *run = run_of(TWO_CONDUITS("11", "300", "0:01 3\nT 0:10 3"), &model);
    assert_int_equal(tw_run_advance(run, 1900.0), TW_OK);
    assert_true(fabs(at_node(run, model, "J") - 10.0) < 1e-9); /* rounding */
    assert_int_equal(tw_run_advance(run, 2060.0), TW_OK);
    assert_true(at_node(run, model, "J") == 0.0);
    tw_run_destroy(run);
    tw_model_destroy(model);
}

/* A conduit of a foot: 10 mm deep at 145 s, with a third of a litre. The values are SWMM 5.2.4's. */
static void a_conduit_of_less_than_a_litre_holds_nothing(void **state)
{
    (void)state;
    tw_model *model;
    tw_run *run = run_of(TWO_CONDUITS("10.004", "1", "0:05 .3\nT 0:10 .3"), &model);
    assert_int_equal(tw_run_advance(run, 145.0), TW_OK);
    assert_true(in_link(run, model, "D") == 0.0);
    assert_int_equal(tw_run_advance(run, 305.0), TW_OK);
    assert_true(fabs(in_link(run, model, "D") - 6.24949) < 0.0062); /* 0.1 %, as above */
    tw_run_destroy(run);
    tw_model_destroy(model);
}

#define HEAD(routing)                                                                              \
    "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING " routing "\nSTART_DATE 01/01/2020\n"                 \
    "END_DATE 01/01/2020\nEND_TIME 02:00\nROUTING_STEP 10\nVARIABLE_STEP 0\nDRY_DAYS 3\n"

/* Two pollutants on one acre; nothing falls. */
#define LAND(pollutants, functions)                                                                \
    HEAD("DYNWAVE")                                                                                \
    "[RAINGAGES]\nG INTENSITY 1:00 1 TIMESERIES L\n[SUBCATCHMENTS]\nS G O 1 50 100 1 0\n"          \
    "[SUBAREAS]\nS .01 .1 0 0 0 OUTLET\n[INFILTRATION]\nS 1 .1 4 7 0\n[OUTFALLS]\nO 0 FREE NO\n"   \
    "[POLLUTANTS]\n" pollutants "[LANDUSES]\nA 0 0 0\n[COVERAGES]\nS A 100\n" functions            \
    "[TIMESERIES]\nL 0 0\nL 10 0\n"

/* Runoff of 1 mm in an hour from the acre, but for what is given. */
static void surface_step(tw_run *run, double runoff_mm, double snow_m)
{
    double area_m2 = run->model->subcatchments.area_m2[0];
    struct tw_quality_surface s = {.dt_s = 3600.0,
                                   .day = run->clock->start_day,
                                   .inflow_m3 = runoff_mm / 1000.0 * area_m2,
                                   .outflow_m3 = runoff_mm / 1000.0 * area_m2,
                                   .surface_out_m3 = runoff_mm / 1000.0 * area_m2,
                                   .runoff_mps = runoff_mm / 3.6e6,
                                   .snow_m = snow_m};
    tw_quality_surface_step(&run->quality, 0, 0, &s);
}

/* What is booked of the first pollutant on surfaces, in all [g]. */
static double booked_g(const tw_run *run, enum tw_surface_mass what)
{
    const struct tw_quality *q = &run->quality;
    return q->surface_mass[tw_quality_at(q, (int32_t)what, 0, 0)];
}

static void end(tw_run *run, tw_model *model)
{
    tw_run_destroy(run);
    tw_model_destroy(model);
}

static void a_series_has_built_nothing_up_at_the_start(void **state)
{
    (void)state;
    tw_model *model;
    tw_run *run = run_of(LAND("P MG/L 0 0 0 0\nQ MG/L 0 0 0 0\n",
                              "[BUILDUP]\nA P EXT 50 1 L AREA\nA Q SAT 50 0 3 AREA\n"),
                         &model);
    assert_true(run->quality.buildup[0] == 0.0);
    assert_true(fabs(run->quality.buildup[1] - 25.0) < 0.01); /* half of 50 in 3 days; an acre is
                                                                 1.00004 of itself */
    end(run, model);
}

static void what_builds_up_with_snow_only_waits_for_a_thousandth_of_an_inch(void **state)
{
    (void)state;
    tw_model *model;
    tw_run *run = run_of(LAND("P MG/L 0 0 0 0 YES * 0 0 0\nQ MG/L 0 0 0 0\n",
                              "[BUILDUP]\nA P SAT 50 0 3 AREA\nA Q SAT 50 0 3 AREA\n"),
                         &model);
    double before = run->quality.buildup[0];
    surface_step(run, 0.0, 0.9e-3 * 0.0254);
    assert_true(run->quality.buildup[0] == before && run->quality.buildup[1] > before);
    surface_step(run, 0.0, 1.1e-3 * 0.0254);
    assert_true(run->quality.buildup[0] > before);
    end(run, model);
}

/* The land use is swept when it was not for a day, but not under more than 0.05 inches of snow. */
static void streets_are_not_swept_under_snow(void **state)
{
    (void)state;
    tw_model *model;
    tw_run *run = run_of(LAND("P MG/L 0 0 0 0\n", "[BUILDUP]\nA P SAT 50 0 3 AREA\n[WASHOFF]\n"
                                                  "A P EXP .1 1 50 0\n"),
                         &model);
    model->quality.landuse[0].sweep_days = 1.0;
    model->quality.landuse[0].sweep_ratio = 1.0;
    run->quality.swept_day[0] = run->clock->start_day - 2.0;
    double before = run->quality.buildup[0];
    surface_step(run, 0.0, 0.051 * 0.0254);
    assert_true(run->quality.buildup[0] > before);
    surface_step(run, 0.0, 0.049 * 0.0254);
    assert_true(run->quality.buildup[0] < 0.6 * before); /* half of it, and two hours of build-up */
    end(run, model);
}

/* P brings 0.3 of Q's 20 mg/l, then Q 0.2 of P's 10 and that. */
static void co_pollutants_see_what_came_with_earlier_ones(void **state)
{
    (void)state;
    tw_model *model;
    tw_run *run = run_of(LAND("P MG/L 0 0 0 0 NO Q .3 0 0\nQ MG/L 0 0 0 0 NO P .2 0 0\n",
                              "[WASHOFF]\nA P EMC 10 0 0 0\nA Q EMC 20 0 0 0\n"),
                         &model);
    surface_step(run, 1.0, 0.0);
    assert_true(fabs(run->quality.outlet[0] - 16.0) < 1e-9); /* rounding */
    assert_true(fabs(run->quality.outlet[1] - (20.0 + 0.2 * 16.0)) < 1e-9);
    end(run, model);
}

/* 40.47 g leave an acre with 1 mm of 10 mg/l. What is laid on it at the start is spent first; the step
 * that takes the rest of it counts in full as build-up, as in SWMM. */
static void a_loading_without_build_up_ends_in_one_step(void **state)
{
    (void)state;
    tw_model *model;
    tw_run *run = run_of(LAND("P MG/L 0 0 0 0\n", "[WASHOFF]\nA P EMC 10 0 0 0\n"
                                                  "[LOADINGS]\nS P .15\n"), /* lb: 68.04 g */
                         &model);
    surface_step(run, 1.0, 0.0);
    assert_near(run->quality.buildup[0] * 453.592, 68.04 - 40.47, 0.05); /* SWMM's pound */
    assert_near(booked_g(run, TW_SURFACE_BUILDUP), 0.0, 0.0);
    surface_step(run, 1.0, 0.0);
    assert_near(run->quality.outlet[0], 10.0, 1e-12); /* rounding */
    assert_near(run->quality.buildup[0], 0.0, 0.0);
    assert_near(booked_g(run, TW_SURFACE_BUILDUP), 40.47, 0.01);
    end(run, model);
}

/* 100 a day for a step of 10 s, whatever the time on the way. */
static void a_conduit_of_steady_flow_decays_for_a_step(void **state)
{
    (void)state;
    static const char text[] =
        HEAD("STEADY") "[JUNCTIONS]\nJ 12 5\n[OUTFALLS]\nO 10 FREE\n[CONDUITS]\nC J O 300 .01 0 0\n"
                       "[XSECTIONS]\nC CIRCULAR 2 0 0 0\n[POLLUTANTS]\nP MG/L 0 0 0 100\n"
                       "[INFLOWS]\nJ FLOW \"\" FLOW 1 1 1\nJ P \"\" CONCEN 1 1 10\n";
    tw_model *model;
    tw_run *run = run_of(text, &model);
    assert_int_equal(tw_run_advance(run, 60.0), TW_OK);
    double left = 10.0 * exp(-100.0 / 86400.0 * 10.0);
    assert_true(fabs(in_link(run, model, "C") - left) < 1e-9 * left); /* rounding */
    end(run, model);
}

static double booked(const tw_run *run, enum tw_network_mass what)
{
    return run->quality.network_mass[what];
}

/* Of 1 ft3/s at 10 mg/l 0.4 are taken at K, whose stated 5 mg/l are not brought. */
static void what_is_taken_from_a_node_is_outflow(void **state)
{
    (void)state;
    static const char text[] =
        HEAD("STEADY") "[JUNCTIONS]\nJ 12 5\nK 11 5\n[OUTFALLS]\nO 10 FREE\n"
                       "[CONDUITS]\nC J K 300 .01 0 0\nD K O 300 .01 0 0\n"
                       "[XSECTIONS]\nC CIRCULAR 2 0 0 0\nD CIRCULAR 2 0 0 0\n"
                       "[POLLUTANTS]\nP MG/L 0 0 0 0\n[DWF]\nJ FLOW 1\nJ P 10\n"
                       "[INFLOWS]\nK FLOW \"\" FLOW 1 1 -.4\nK P \"\" CONCEN 1 1 5\n";
    tw_model *model;
    tw_run *run = run_of(text, &model);
    assert_int_equal(tw_run_advance(run, 7200.0), TW_OK);
    double whole = 10.0 * TW_FOOT3_M3 * 7200.0;
    assert_true(booked(run, TW_NETWORK_EXTERNAL) == 0.0);
    assert_true(fabs(booked(run, TW_NETWORK_DRY) - whole) < 0.001 * whole); /* half a step */
    /* SWMM divides the load by what is left of the inflow: K has 10 / 0.6 mg/l, and so has what is
     * taken; the first water comes in the third step of 720 */
    double out = booked(run, TW_NETWORK_OUTFLOW);
    assert_true(fabs(out - whole * (1.0 + 0.4 / 0.6)) < 0.005 * out);
    end(run, model);
}

#define TANK(depth)                                                                                \
    HEAD("DYNWAVE")                                                                                \
    "[STORAGE]\nT 10 5 " depth " FUNCTIONAL 0 0 9000 0 0\n[OUTFALLS]\nO 0 FREE NO\n"               \
    "[WEIRS]\nW T O TRANSVERSE 4 3.3 NO\n[XSECTIONS]\nW RECT_OPEN 1 1 0 0\n"                       \
    "[POLLUTANTS]\nP MG/L 0 0 0 0 NO * 0 0 10\n"

/* A millimetre is 0.00328 ft. What is dry leaves its mass where it is, booked twice as SWMM does. */
static void a_tank_less_than_a_millimetre_deep_is_dry(void **state)
{
    (void)state;
    tw_model *model;
    tw_run *run = run_of(TANK("0.0034"), &model);
    assert_int_equal(tw_run_advance(run, 60.0), TW_OK);
    assert_true(fabs(at_node(run, model, "T") - 10.0) < 1e-9); /* rounding */
    end(run, model);
    run = run_of(TANK("0.0032"), &model);
    assert_int_equal(tw_run_advance(run, 60.0), TW_OK);
    assert_true(at_node(run, model, "T") == 0.0);
    double mass = 10.0 * 0.0032 * 9000.0 * TW_FOOT3_M3;
    assert_true(fabs(booked(run, TW_NETWORK_LEFT) - 2.0 * mass) < 1e-6 * mass); /* rounding */
    end(run, model);
}

/* A tank runs out until the sea rises and fills it: what comes in is told as what goes out is. */
static void an_outfall_tells_what_comes_in_by_it(void **state)
{
    (void)state;
    static const char text[] =
        HEAD("DYNWAVE") "[STORAGE]\nT 10 9 2 FUNCTIONAL 0 0 2000 0 0\n"
                        "[OUTFALLS]\nO 9 TIMESERIES sea NO\n"
                        "[ORIFICES]\nE T O SIDE 0 .65 NO\n[XSECTIONS]\nE CIRCULAR 1 0 0 0\n"
                        "[POLLUTANTS]\nP MG/L 0 0 0 0 NO * 0 0 10\n"
                        "[TIMESERIES]\nsea 0 9\nsea 0:05 9\nsea 0:06 17\nsea 2:00 17\n";
    tw_model *model;
    tw_run *run = run_of(text, &model);
    assert_int_equal(tw_run_advance(run, 300.0), TW_OK);
    double out = run->quality.outfall_mass[0], low_m3 = run->hydraulics.node.volume_m3[0];
    /* 5 %: the first of 30 steps brings nothing yet through the orifice */
    assert_true(fabs(out - 10.0 * (4000.0 * TW_FOOT3_M3 - low_m3)) < 0.05 * out);
    assert_int_equal(tw_run_advance(run, 3600.0), TW_OK);
    double passed = run->quality.outfall_mass[0] - out;
    double came_m3 = run->hydraulics.node.volume_m3[0] - low_m3;
    assert_true(came_m3 > 100.0);
    /* 3 %: water still runs out while the sea begins to rise */
    assert_true(fabs(passed - 10.0 * came_m3) < 0.03 * passed);
    end(run, model);
}

/* 4.8 inches a day take 3.3 % of a foot in two hours; what the tank held is not less. */
static void evaporation_thickens_what_a_tank_and_a_channel_hold(void **state)
{
    (void)state;
    static const char text[] = HEAD(
        "DYNWAVE") "[EVAPORATION]\nCONSTANT 4.8\n[STORAGE]\nT 10 5 1 FUNCTIONAL 0 0 9000 0 1\n"
                   "[JUNCTIONS]\nJ 11 5\nK 10 5\n[OUTFALLS]\nO 0 FREE\nP 9 FREE\n"
                   "[WEIRS]\nW T O TRANSVERSE 4 3.3 NO\n[CONDUITS]\nC J K 300 .05 0 0\n"
                   "D K P 300 .05 0 0\n[XSECTIONS]\nW RECT_OPEN 1 1 0 0\nC RECT_OPEN 3 99 0 0\n"
                   "D RECT_OPEN 3 9 0 0\n[POLLUTANTS]\nP MG/L 0 0 0 0 NO * 0 20 10\n"
                   "[DWF]\nJ FLOW .5\n";
    tw_model *model;
    tw_run *run = run_of(text, &model);
    int32_t tank = model->storages.node[0];
    double held = 10.0 * run->hydraulics.node.volume_m3[tank];
    assert_int_equal(tw_run_advance(run, 7200.0), TW_OK);
    assert_true(run->hydraulics.node.volume_m3[tank] < 0.97 * held / 10.0);
    double holds = at_node(run, model, "T") * run->hydraulics.node.volume_m3[tank];
    assert_true(fabs(holds - held) < 1e-3 * held); /* steps of 10 s are not infinitely short */
    assert_true(in_link(run, model, "C") >
                20.1); /* 30000 square feet evaporate 0.14 of 0.5 ft3/s */
    assert_true(booked(run, TW_NETWORK_SEEPAGE) == 0.0);
    end(run, model);
}

/* An outfall drains onto an acre whose water runs out elsewhere: the mass falls on it with the next
 * runoff step. */
static void what_an_outfall_sends_onto_land_comes_back(void **state)
{
    (void)state;
    static const char text[] =
        LAND("P MG/L 0 0 0 0\n", "[JUNCTIONS]\nJ 12 5\n[OUTFALLS]\nB 10 FREE NO S\n[CONDUITS]\n"
                                 "C J B 300 .01 0 0\n[XSECTIONS]\nC CIRCULAR 2 0 0 0\n"
                                 "[DWF]\nJ FLOW 1\nJ P 10\n[OPTIONS]\nFLOW_ROUTING STEADY\n"
                                 "WET_STEP 0:01:00\nDRY_STEP 0:01:00\n");
    tw_model *model;
    tw_run *run = run_of(text, &model);
    assert_int_equal(tw_run_advance(run, 7200.0), TW_OK);
    double whole = 10.0 * TW_FOOT3_M3 * 7200.0;
    double fell = run->quality.surface_mass[TW_SURFACE_DEPOSITION];
    double ran = run->quality.surface_mass[TW_SURFACE_RUNOFF];
    assert_true(fabs(fell - whole) < 0.02 * whole); /* two of 120 runoff steps are on the way */
    /* and the soil takes a tenth or two of an inch an hour of the 1 ft3/s on 43560 ft2 */
    assert_true(ran > 0.5 * whole && ran < fell);
    tw_node_id outfall;
    assert_int_equal(tw_model_node_find(model, "O", &outfall), TW_OK);
    /* nothing thins it */
    assert_true(fabs(tw_run_node_concentration(run, outfall, 0) - 10.0) < 0.1);
    end(run, model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(concentrations_are_those_of_swmm),
        cmocka_unit_test(nothing_is_asked_that_is_not_there),
        cmocka_unit_test(a_conduit_less_than_a_millimetre_deep_holds_nothing),
        cmocka_unit_test(a_node_without_inflow_keeps_its_concentration_until_it_is_dry),
        cmocka_unit_test(a_conduit_of_less_than_a_litre_holds_nothing),
        cmocka_unit_test(a_series_has_built_nothing_up_at_the_start),
        cmocka_unit_test(what_builds_up_with_snow_only_waits_for_a_thousandth_of_an_inch),
        cmocka_unit_test(streets_are_not_swept_under_snow),
        cmocka_unit_test(evaporation_thickens_what_a_tank_and_a_channel_hold),
        cmocka_unit_test(what_an_outfall_sends_onto_land_comes_back),
        cmocka_unit_test(a_loading_without_build_up_ends_in_one_step),
        cmocka_unit_test(co_pollutants_see_what_came_with_earlier_ones),
        cmocka_unit_test(a_conduit_of_steady_flow_decays_for_a_step),
        cmocka_unit_test(what_is_taken_from_a_node_is_outflow),
        cmocka_unit_test(a_tank_less_than_a_millimetre_deep_is_dry),
        cmocka_unit_test(an_outfall_tells_what_comes_in_by_it),
        cmocka_unit_test(lanes_and_saved_states_carry_pollutants),
    };
    return cmocka_run_group_tests_name("pollutants", tests, NULL, NULL);
}
