/* The library as a program that was written for SWMM's calls it. */
#include "swmm5.h"
#include "toolkit.h"

#include "check.h"
#include "thalweg/thalweg.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char valley[] = TW_SOURCE_DIR "/tests/inp/valley.inp";
static const char rpt[] = "swmm5_test.rpt", out[] = "swmm5_test.out";

enum { NODE = 2, LINK = 3, NODE_HEAD = 304, NODE_LATERAL = 306, LINK_FLOW = 410 };

static int close_it(void **state)
{
    (void)state;
    (void)remove(rpt);
    (void)remove(out);
    return swmm_close();
}

static void open_it(void) { assert_int_equal(swmm_open(valley, rpt, out), 0); }

static char *whole_file(const char *path, long *out_size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *out_size = ftell(file);
    rewind(file);
    char *text = calloc((size_t)*out_size + 1, 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)*out_size, file), *out_size);
    (void)fclose(file);
    return text;
}

static void results_are_those_of_the_engine(void **state)
{
    (void)state;
    tw_model *model = NULL;
    tw_run *run = NULL;
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    options.results_path = "swmm5_test_engine.out";
    assert_int_equal(swmm_run(valley, rpt, out), 0);
    assert_ok(tw_model_read(valley, NULL, &model));
    assert_ok(tw_run_create(model, &options, &run));
    while (!tw_run_finished(run))
        assert_ok(tw_run_step(run));
    assert_ok(tw_run_end(run));
    tw_run_destroy(run);
    tw_model_destroy(model);
    long size = 0, engine_size = 0;
    char *a = whole_file(out, &size), *b = whole_file(options.results_path, &engine_size);
    assert_int_equal(size, engine_size);
    assert_memory_equal(a, b, (size_t)size);
    free(a);
    free(b);
    (void)remove(options.results_path);
}

static void without_results_the_series_are_in_the_report(void **state)
{
    (void)state;
    long size = 0;
    assert_int_equal(swmm_run(valley, rpt, ""), 0);
    char *text = whole_file(rpt, &size);
    assert_non_null(strstr(text, "\n  <<< Node TANK >>>\n"));
    assert_non_null(strstr(text, "\n   07/01/2031 12:05:00 "));
    free(text);
    assert_int_equal(swmm_run(valley, rpt, out), 0);
    text = whole_file(rpt, &size);
    assert_null(strstr(text, "<<<"));
    free(text);
    char kept[256];
    (void)snprintf(kept, sizeof kept, "%s.series", rpt);
    FILE *left = fopen(kept, "rb"); /* what they were in is gone */
    assert_null(left);
}

static void a_wrong_order_of_calls_gives_its_code(void **state)
{
    (void)state;
    double elapsed = 7.0;
    assert_int_equal(swmm_start(1), 501);
    assert_int_equal(swmm_step(&elapsed), 501);
    assert_near(elapsed, 0.0, 0.0); /* set to it */
    assert_int_equal(swmm_stride(60, NULL), 501);
    assert_int_equal(swmm_end(), 501);
    assert_int_equal(swmm_report(), 501);
    assert_int_equal(swmm_close(), 0);
    open_it();
    assert_int_equal(swmm_step(&elapsed), 502);
    assert_int_equal(swmm_start(1), 0);
    assert_int_equal(swmm_start(1), 503);
    assert_int_equal(swmm_report(), 503);
    assert_int_equal(swmm_step(&elapsed), 0); /* none of that spoiled it */
    assert_true(elapsed > 0.0);
    assert_int_equal(swmm_end(), 0);
    assert_int_equal(swmm_end(), 502);
}

static void files_that_cannot_be_give_their_code(void **state)
{
    (void)state;
    char text[100] = "";
    assert_int_equal(swmm_open("/nowhere/a.inp", rpt, out), 303);
    assert_int_equal(swmm_getError(text, sizeof text), 303);
    assert_non_null(strstr(text, "ERROR 303"));
    assert_int_equal(swmm_open(NULL, NULL, NULL), 303);
    assert_int_equal(swmm_open(valley, "/nowhere/a.rpt", out), 305);
    assert_int_equal(swmm_open(valley, valley, out), 301);
    assert_int_equal(swmm_open(valley, rpt, "/nowhere/a.out"), 0); /* as SWMM: found at the start */
    assert_int_equal(swmm_start(1), 307);
    assert_int_equal(swmm_close(), 0);
}

static void a_model_with_faults_has_them_in_its_report(void **state)
{
    (void)state;
    static const char name[] = "swmm5_test_bad.inp";
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_true(fputs("[JUNCTIONS]\nJ1 0 1\n[CONDUITS]\nC1 J1 J9 100 0.01 0 0\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(swmm_open(name, rpt, out), 200);
    long size = 0;
    char *text = whole_file(rpt, &size);
    assert_non_null(strstr(text, "swmm5_test_bad.inp:4:"));
    assert_non_null(strstr(text, "ERROR 200"));
    free(text);
    assert_int_equal(swmm_start(1), 200);
    (void)remove(name);
}

static void strides_end_where_they_are_told_to(void **state)
{
    (void)state;
    double elapsed = 0.0;
    open_it();
    assert_int_equal(swmm_start(0), 0);
    assert_int_equal(swmm_stride(600, &elapsed), 0);
    assert_near(elapsed, 600.0 / 86400.0, 1e-12); /* rounding only */
    assert_int_equal(swmm_stride(INT_MAX, &elapsed), 0);
    assert_near(elapsed, 0.0, 0.0); /* the end */
    assert_int_equal(swmm_step(&elapsed), 0);
    assert_near(elapsed, 0.0, 0.0);
}

static void what_is_set_is_there_after_a_step(void **state)
{
    (void)state;
    double elapsed = 0.0, value = 0.0;
    int river = swmm_getIndex(NODE, "RIVER");
    assert_int_equal(river, -1);
    open_it();
    river = swmm_getIndex(NODE, "RIVER");
    int c = swmm_getIndex(NODE, "c"); /* letter case does not matter */
    assert_true(river >= 0 && c >= 0);
    assert_int_equal(swmm_setNodeInflow(c, 0.25), 0); /* before the start: from it on */
    assert_int_equal(swmm_setGagePrecip(0, 99.0), 0); /* but rain is forgotten, as in SWMM */
    assert_int_equal(swmm_start(0), 0);
    assert_int_equal(swmm_setOutfallStage(river, 12.5), 0);
    assert_int_equal(swmm_setOutfallStage(c, 12.5), 2003);
    assert_int_equal(swmm_getGagePrecip(0, 0, &value), 0);
    assert_true(value < 99.0);
    assert_int_equal(swmm_setGagePrecip(0, 40.0), 0);
    assert_int_equal(swmm_stride(300, &elapsed), 0);
    assert_true(swmm_getValue(NODE_LATERAL, c) >= 0.25);
    assert_near(swmm_getValue(NODE_HEAD, river), 12.5, 1e-9); /* a stage above the conduit */
    assert_int_equal(swmm_getGagePrecip(0, 0, &value), 0);
    assert_near(value, 40.0, 0.0); /* as it was set */
}

/* Values of SWMM 5.2.4's toolkit of the same model at the same time, to their six digits. */
static void layers_and_results_of_lids_are_swmms(void **state)
{
    (void)state;
    static const struct {
        int layer, parameter;
        double value;
    } given[] = {{0, 0, 6.0},  {0, 1, 0.25}, {0, 5, 1.49}, {1, 9, 3.5},
                 {1, 10, 0.5}, {2, 1, 1.0},  {4, 16, 2.0}};
    static const struct {
        int type;
        double value;
    } now[] = {{0, 2.45811},  {2, 0.166667}, {4, 0.0205835},  {5, 3.65}, {6, 4.8109},
               {7, 2.41591},  {9, 0.253159}, {10, 2.14204},   {11, 0.0}, {18, 13.8683},
               {19, 1.69195}, {20, 0.0},     {25, 0.0377628}, {27, 0.5}, {29, 0.0487484}};
    static const double rates[] = {0.000375812, 3.82914e-05, -2.36567e-05, 0.0};
    const double digits = 6e-6; /* half of the last of six */
    double value = 0.0, elapsed = 0.0;
    int overflows = 1;
    assert_int_equal(swmm_open(TW_SOURCE_DIR "/tests/inp/processes.inp", rpt, out), 0);
    for (size_t k = 0; k < sizeof given / sizeof given[0]; k++) {
        assert_int_equal(swmm_getLidCParam(0, given[k].layer, given[k].parameter, &value), 0);
        assert_near(value, given[k].value, digits * given[k].value);
    }
    assert_int_equal(swmm_getLidCParam(0, 0, 10, &value), 2000); /* a surface is not conductive */
    assert_int_equal(swmm_getLidCParam(9, 0, 0, &value), 2004);
    assert_int_equal(swmm_getLidCOverflow(0, &overflows), 0);
    assert_int_equal(overflows, 0);
    assert_int_equal(swmm_getLidUResult(0, 0, 0, &value), 2002); /* nothing runs */
    assert_int_equal(swmm_start(0), 0);
    for (int k = 0; k < 4; k++)
        assert_int_equal(swmm_stride(300, &elapsed), 0);
    for (size_t k = 0; k < sizeof now / sizeof now[0]; k++) {
        assert_int_equal(swmm_getLidUResult(0, 0, now[k].type, &value), 0);
        assert_near(value, now[k].value, digits * now[k].value);
    }
    for (int layer = 0; layer < 4; layer++) {
        assert_int_equal(swmm_getLidUFluxRates(0, 0, layer, &value), 0);
        assert_near(value, rates[layer], digits * 4e-4);
    }
    assert_int_equal(swmm_getLidGResult(0, 14, &value), 0);
    assert_near(value, 2000.0, digits * 2000.0);
    assert_int_equal(swmm_getLidGResult(0, 15, &value), 0);
    assert_near(value, 0.00225687, digits * 0.00225687);
    assert_int_equal(swmm_getLidUResult(0, 7, 0, &value), 2009);
}

/* SWMM 5.2.4's toolkit gives these: what falls in all, as rain, as snow; and what lies. */
static void snow_is_swmms(void **state)
{
    (void)state;
    static const double fall[] = {0.36, 0.0, 0.36}, of_subcatchment[] = {0.36, 0.918};
    static const int types[] = {0, 5};
    double value = 0.0, elapsed = 0.0;
    assert_int_equal(swmm_open(TW_SOURCE_DIR "/tests/inp/snow.inp", rpt, out), 0);
    assert_int_equal(swmm_start(0), 0);
    assert_int_equal(swmm_stride(7500, &elapsed), 0);
    for (int type = 0; type < 3; type++) {
        assert_int_equal(swmm_getGagePrecip(0, type, &value), 0);
        assert_near(value, fall[type], 1e-12); /* rounding */
    }
    for (int k = 0; k < 2; k++) {
        assert_int_equal(swmm_getSubcatchResult(0, types[k], &value), 0);
        assert_near(value, of_subcatchment[k], 1e-12);
    }
}

/* Water surfaces that links lend to their nodes, as SWMM 5.2.4's toolkit gives them. */
static void surfaces_are_swmms(void **state)
{
    (void)state;
    static struct {
        char link[3];
        double up_ft2, down_ft2;
    } ends[] = {{"C1", 23.830931955830014, 23.529428485837638},
                {"C2", 64.98926755001186, 0.0},
                {"O1", 6.084527811031517, 0.0},
                {"W1", 0.0, 0.0}};
    double value = 0.0, elapsed = 0.0;
    int link = -1;
    open_it();
    assert_int_equal(swmm_start(0), 0);
    for (int k = 0; k < 400; k++)
        assert_int_equal(swmm_step(&elapsed), 0);
    for (size_t k = 0; k < sizeof ends / sizeof ends[0]; k++) {
        assert_int_equal(swmm_project_findObject(TW_OBJECT_LINK, ends[k].link, &link), 0);
        assert_int_equal(swmm_getLinkResult(link, 3, &value), 0);
        assert_near(value, ends[k].up_ft2, 1e-8); /* tables of sections */
        assert_int_equal(swmm_getLinkResult(link, 4, &value), 0);
        assert_near(value, ends[k].down_ft2, 1e-8);
    }
}

static void open_processes(void)
{
    assert_int_equal(swmm_open(TW_SOURCE_DIR "/tests/inp/processes.inp", rpt, out), 0);
}

/* Values of SWMM 5.2.4's toolkit after the same calls, to their seven digits. */
static void changed_lids_do_as_swmms(void **state)
{
    (void)state;
    static const struct {
        int layer, parameter;
        double value;
    } layers[] = {{1, 10, 1.5}, {2, 0, 8.0}, {2, 1, 0.5}, {4, 14, 0.8}, {0, 0, 3.0}};
    static const struct {
        int parameter;
        double value;
    } units[] = {{0, 1500.0}, {4, 60.0}, {3, 40.0}};
    static const struct {
        int type;
        double value;
    } first[] = {{0, 1.79243},  {2, 0.1666667}, {4, 0.1369325}, {5, 4.186667},
                 {6, 4.926834}, {7, 1.119132},  {9, 0.3345775}, {10, 2.463654}},
      then[] = {{4, 0.3814699}, {10, 1.676757}, {29, 2.934448}};
    const double digits = 6e-7; /* half of the last of seven */
    double value = 0.0, elapsed = 0.0;
    open_processes();
    for (size_t k = 0; k < sizeof layers / sizeof layers[0]; k++) {
        assert_int_equal(
            swmm_setLidCParam(0, layers[k].layer, layers[k].parameter, layers[k].value), 0);
        assert_int_equal(swmm_getLidCParam(0, layers[k].layer, layers[k].parameter, &value), 0);
        assert_near(value, layers[k].value, 1e-15); /* rounding of a void ratio, as in SWMM */
    }
    for (size_t k = 0; k < sizeof units / sizeof units[0]; k++) {
        assert_int_equal(swmm_setLidUParam(0, 0, units[k].parameter, units[k].value), 0);
        assert_int_equal(swmm_getLidUParam(0, 0, units[k].parameter, &value), 0);
        assert_near(value, units[k].value, 0.0);
    }
    assert_int_equal(swmm_start(0), 0);
    for (int k = 0; k < 4; k++)
        assert_int_equal(swmm_stride(300, &elapsed), 0);
    for (size_t k = 0; k < sizeof first / sizeof first[0]; k++) {
        assert_int_equal(swmm_getLidUResult(0, 0, first[k].type, &value), 0);
        assert_near(value, first[k].value, digits * first[k].value);
    }
    assert_int_equal(swmm_setLidCParam(0, 4, 14, 3.0), 0); /* drains may change now */
    assert_int_equal(swmm_setLidCParam(0, 4, 16, 0.0), 0);
    assert_int_equal(swmm_stride(300, &elapsed), 0);
    for (size_t k = 0; k < sizeof then / sizeof then[0]; k++) {
        assert_int_equal(swmm_getLidUResult(0, 0, then[k].type, &value), 0);
        assert_near(value, then[k].value, digits * then[k].value);
    }
}

static void what_cannot_be_set_of_lids_gives_its_code(void **state)
{
    (void)state;
    int where = 0;
    open_processes();
    assert_int_equal(swmm_setLidCParam(0, 0, 5, 1.0), 2000);  /* alpha follows from others */
    assert_int_equal(swmm_setLidCParam(0, 0, 1, 1.0), 2000);  /* plants that leave no room */
    assert_int_equal(swmm_setLidCParam(0, 1, 0, -1.0), 2000); /* SWMM takes it, and crashes */
    assert_int_equal(swmm_setLidCParam(9, 0, 0, 1.0), 2004);
    assert_int_equal(swmm_setLidUParam(0, 0, 2, 1.0), 2000);
    assert_int_equal(swmm_setLidUParam(0, 7, 0, 1.0), 2009);
    assert_int_equal(swmm_setLidUOption(0, 0, 0, 99), 2000); /* no such control */
    assert_int_equal(swmm_setLidUOption(0, 0, 4, 99), 2000); /* no such node */
    assert_int_equal(swmm_setLidUOption(0, 0, 3, 1), 0);
    assert_int_equal(swmm_getLidUOption(0, 0, 4, &where), 0);
    assert_int_equal(where, -1); /* a drain leads to one place */
    assert_int_equal(swmm_setLidUOption(0, 0, 3, -1), 0);
    assert_int_equal(swmm_getLidUOption(0, 0, 4, &where), 0);
    assert_int_equal(where, 0);                           /* that of the subcatchment */
    assert_int_equal(swmm_setLidUParam(0, 0, 0, 1e7), 0); /* found at the start: 230 acres in 5 */
    assert_int_equal(swmm_start(0), 401);
    assert_int_equal(swmm_setLidUParam(0, 0, 0, 500.0), 0);
    assert_int_equal(swmm_start(0), 0);
    assert_int_equal(swmm_setLidUParam(0, 0, 0, 600.0), 2013);
    assert_int_equal(swmm_setLidUOption(0, 0, 1, 2), 2013);
    assert_int_equal(swmm_setLidCParam(0, 1, 0, 5.0), 2013);
    assert_int_equal(swmm_setLidUOption(0, 0, 4, 0), 0);
}

static void a_flow_limit_holds_while_the_run_goes_on(void **state)
{
    (void)state;
    double elapsed = 0.0, value = 0.0;
    open_it();
    assert_int_equal(swmm_start(0), 0);
    assert_int_equal(swmm_stride(5400, &elapsed), 0);
    int link = 0;
    while (link < swmm_getCount(LINK) && !(swmm_getValue(LINK_FLOW, link) > 0.02))
        link++;
    assert_true(link < swmm_getCount(LINK));
    assert_int_equal(swmm_setLinkParam(link, 3, 0.01), 0);
    assert_int_equal(swmm_getLinkParam(link, 3, &value), 0);
    assert_near(value, 0.01, 0.0); /* as it was set */
    assert_int_equal(swmm_setLinkParam(link, 0, 0.01), 2013);
    assert_int_equal(swmm_stride(60, &elapsed), 0);
    assert_true(swmm_getValue(LINK_FLOW, link) <= 0.01);
}

static void a_changed_parameter_changes_the_run(void **state)
{
    (void)state;
    double value = 0.0, area = 0.0, elapsed = 0.0;
    open_it();
    assert_int_equal(swmm_getSubcatchParam(0, 1, &area), 0);
    assert_near(area, 4.0, 1e-12); /* hectares of the file */
    assert_int_equal(swmm_setSubcatchParam(0, 1, 8.0), 0);
    assert_int_equal(swmm_setSubcatchParam(0, 2, 1.5), 2000); /* more than the whole */
    assert_int_equal(swmm_setNodeParam(0, 4, 0.5), 0);
    assert_int_equal(swmm_start(0), 0);
    assert_int_equal(swmm_getNodeResult(0, 5, &value), 0);
    assert_near(value, 0.5, 0.0); /* the initial depth */
    SM_RunoffTotals totals;
    assert_int_equal(swmm_stride(7200, &elapsed), 0);
    assert_int_equal(swmm_getSystemRunoffTotals(&totals), 0);
    assert_true(totals.rainfall > 0.0);
    assert_near(swmm_getValue(200, 0), 8.0, 1e-12); /* rounding only */
}

static void saved_values_are_those_that_were_there(void **state)
{
    (void)state;
    double elapsed = 0.0;
    open_it();
    assert_int_equal(swmm_start(1), 0);
    assert_int_equal(swmm_stride(3600, &elapsed), 0);
    double head = swmm_getValue(NODE_HEAD, 1), flow = swmm_getValue(LINK_FLOW, 2);
    assert_near(swmm_getSavedValue(NODE_HEAD, 1, 12), 0.0, 0.0); /* not before the end */
    assert_int_equal(swmm_end(), 0);
    assert_near(swmm_getSavedValue(NODE_HEAD, 1, 12), head, 1e-5); /* a float of about 20 */
    assert_near(swmm_getSavedValue(LINK_FLOW, 2, 12), flow, 1e-6); /* a float below 1 */
    assert_near(swmm_getSavedValue(NODE_HEAD, 1, 13), 0.0, 0.0);   /* never reached */
    assert_near(swmm_getSavedValue(NODE_HEAD, 99, 12), 0.0, 0.0);
}

static void wrong_objects_and_places_are_told(void **state)
{
    (void)state;
    static const int wrong[] = {-1, INT_MIN, INT_MAX, 99};
    double value = 0.0, elapsed = 0.0, *values = NULL;
    int count = 0;
    SM_NodeStats stats;
    open_it();
    assert_int_equal(swmm_getNodeStats(0, &stats), 2002);
    assert_int_equal(swmm_start(0), 0);
    assert_int_equal(swmm_step(&elapsed), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(swmm_getNodeResult(wrong[i], 0, &value), 2004);
        assert_int_equal(swmm_getNodeResult(0, wrong[i], &value), 2000);
        assert_int_equal(swmm_getLinkResult(wrong[i], 0, &value), 2004);
        assert_int_equal(swmm_getLinkParam(0, wrong[i], &value), 2000);
        assert_int_equal(swmm_setLinkSetting(wrong[i], 1.0), 2004);
        assert_int_equal(swmm_setNodeInflow(wrong[i], 1.0), 2004);
        assert_int_equal(swmm_getNodeStats(wrong[i], &stats), 2004);
        assert_int_equal(swmm_countObjects(wrong[i], &count), 2000);
        assert_int_equal(swmm_getNodePollut(wrong[i], 0, &values, &count), 2004);
        assert_near(swmm_getValue(wrong[i], wrong[i]), 0.0, 0.0); /* there is none */
        assert_near(swmm_getValue(NODE_HEAD, wrong[i]), 0.0, 0.0);
        swmm_setValue(NODE_LATERAL, wrong[i], 1.0);
        swmm_setValue(wrong[i], 0, 1.0);
    }
    assert_int_equal(swmm_getNodeResult(0, 0, NULL), 2011);
    assert_int_equal(swmm_getNodeStats(0, NULL), 2011);
    assert_int_equal(swmm_setNodeInflow(0, NAN), 2000);
    assert_int_equal(swmm_project_findObject(NODE, NULL, &count), 2011);
    swmm_getName(NODE, 0, NULL, 10);
    swmm_writeLine(NULL);
    swmm_decodeDate(NAN, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    assert_int_equal(swmm_getMassBalErr(NULL, NULL, NULL), 0);
    assert_int_equal(swmm_step(NULL), 0);
}

static void a_hot_start_goes_on_where_it_was_saved(void **state)
{
    (void)state;
    static const char hot[] = "swmm5_test.hsf";
    double elapsed = 0.0;
    open_it();
    assert_int_equal(swmm_saveHotStart(hot), 502);
    assert_int_equal(swmm_start(0), 0);
    assert_int_equal(swmm_useHotStart(hot), 503);
    assert_int_equal(swmm_stride(3600, &elapsed), 0);
    assert_int_equal(swmm_saveHotStart("/nowhere/a.hsf"), 331);
    assert_int_equal(swmm_saveHotStart(hot), 0);
    double head = swmm_getValue(NODE_HEAD, 1);
    open_it();
    assert_int_equal(swmm_useHotStart(hot), 0);
    assert_int_equal(swmm_start(0), 0);
    assert_near(swmm_getValue(NODE_HEAD, 1), head, 1e-6); /* depths are floats there */
    open_it();
    assert_int_equal(swmm_useHotStart(valley), 0);
    assert_int_equal(swmm_start(0), 333); /* no such file */
    open_it();
    assert_int_equal(swmm_useHotStart("/nowhere/a.hsf"), 0); /* as SWMM: found at the start */
    assert_int_equal(swmm_start(0), 331);
    (void)remove(hot);
}

static void dates_are_those_of_the_calendar(void **state)
{
    (void)state;
    int at[7] = {0};
    static const int expected[7] = {2015, 11, 1, 18, 0, 0, 1}; /* a Sunday */
    swmm_decodeDate(42309.75, &at[0], &at[1], &at[2], &at[3], &at[4], &at[5], &at[6]);
    assert_memory_equal(at, expected, sizeof at);
}

static void names_are_cut_to_their_room(void **state)
{
    (void)state;
    char name[4] = "xyz", *owned = NULL;
    swmm_getName(NODE, 0, name, sizeof name);
    assert_string_equal(name, ""); /* none before open */
    open_it();
    swmm_getName(NODE, swmm_getIndex(NODE, "RIVER"), name, sizeof name);
    assert_string_equal(name, "RIV");
    assert_int_equal(swmm_getObjectId(NODE, 0, &owned), 0);
    assert_string_equal(owned, "A");
    swmm_freeMemory(owned);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_teardown(name, close_it)
    const struct CMUnitTest tests[] = {CASE(results_are_those_of_the_engine),
                                       CASE(without_results_the_series_are_in_the_report),
                                       CASE(a_wrong_order_of_calls_gives_its_code),
                                       CASE(files_that_cannot_be_give_their_code),
                                       CASE(a_model_with_faults_has_them_in_its_report),
                                       CASE(strides_end_where_they_are_told_to),
                                       CASE(what_is_set_is_there_after_a_step),
                                       CASE(layers_and_results_of_lids_are_swmms),
                                       CASE(snow_is_swmms),
                                       CASE(surfaces_are_swmms),
                                       CASE(changed_lids_do_as_swmms),
                                       CASE(what_cannot_be_set_of_lids_gives_its_code),
                                       CASE(a_flow_limit_holds_while_the_run_goes_on),
                                       CASE(a_changed_parameter_changes_the_run),
                                       CASE(saved_values_are_those_that_were_there),
                                       CASE(wrong_objects_and_places_are_told),
                                       CASE(a_hot_start_goes_on_where_it_was_saved),
                                       CASE(dates_are_those_of_the_calendar),
                                       CASE(names_are_cut_to_their_room)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
