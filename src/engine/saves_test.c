/* Files of [FILES]: what one run saves, another begins with or takes in. */
#include "thalweg/thalweg.h"

#include "check.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/thalweg_saves_XXXXXX";

/* A street, a sewer and a tank; the rain ends after 50 minutes. */
static const char network[] =
    "[RAINGAGES]\nG INTENSITY 0:10 1 TIMESERIES R\n"
    "[SUBCATCHMENTS]\nS G A 3 60 150 1 0\n[SUBAREAS]\nS 0.012 0.1 1 3 25 OUTLET\n"
    "[INFILTRATION]\nS 60 10 4 7 0\n"
    "[POLLUTANTS]\nP MG/L 5 0 0 0 NO * 0 20 0\n"
    "[JUNCTIONS]\nA 12 3\nB 11 3\n[STORAGE]\nT 10 4 0.5 FUNCTIONAL 200 0 0\n[OUTFALLS]\nO 9 FREE\n"
    "[CONDUITS]\nAB A B 100 0.013 0 0\nBT B T 100 0.013 0 0\nTO T O 50 0.013 0 0\n"
    "[XSECTIONS]\nAB CIRCULAR 1 0 0 0\nBT CIRCULAR 1 0 0 0\nTO CIRCULAR 0.3 0 0 0\n"
    "[DWF]\nA FLOW 0.01\n"
    "[TIMESERIES]\nR 01/01/2020 0:10 40\nR 01/01/2020 0:20 60\nR 01/01/2020 0:30 40\n"
    "R 01/01/2020 0:40 20\n";

static void path_of(char *out, size_t size, const char *name)
{
    (void)snprintf(out, size, "%s/%s", folder, name);
}

static void write_model(const char *name, int from_hour, int to_hour, const char *files)
{
    char path[128];
    path_of(path, sizeof path, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    (void)fprintf(f,
                  "[OPTIONS]\nFLOW_UNITS CMS\nSTART_DATE 1/1/2020\nSTART_TIME %d:00\n"
                  "END_DATE 1/1/2020\nEND_TIME %d:00\nREPORT_STEP 0:05\nWET_STEP 0:01\n"
                  "DRY_STEP 0:05\nROUTING_STEP 5\n[FILES]\n%s\n%s",
                  from_hour, to_hour, files, network);
    assert_int_equal(fclose(f), 0);
}

static tw_model *model_of(const char *name, int from_hour, int to_hour, const char *files)
{
    char path[128];
    tw_model *model = NULL;
    write_model(name, from_hour, to_hour, files);
    path_of(path, sizeof path, name);
    assert_ok(tw_model_read(path, NULL, &model));
    return model;
}

static tw_run *run_to_end(const tw_model *model)
{
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    options.save_files = true;
    tw_run *run = NULL;
    assert_ok(tw_run_create(model, &options, &run));
    while (!tw_run_finished(run))
        assert_ok(tw_run_step(run));
    assert_ok(tw_run_end(run));
    return run;
}

static double depth_m(const tw_model *model, const tw_run *run, const char *name)
{
    tw_node_id node;
    assert_ok(tw_model_node_find(model, name, &node));
    return tw_run_node_depth_m(run, node);
}

static double concentration(const tw_model *model, const tw_run *run, const char *name)
{
    tw_node_id node;
    assert_ok(tw_model_node_find(model, name, &node));
    return tw_run_node_concentration(run, node, 0);
}

static void a_run_goes_on_from_a_hot_start_file(void **state)
{
    (void)state;
    tw_model *whole = model_of("whole.inp", 0, 2, "");
    tw_model *first = model_of("first.inp", 0, 1, "SAVE HOTSTART one.hsf");
    tw_run *all = run_to_end(whole), *one = run_to_end(first);
    tw_model *second = model_of("second.inp", 1, 2, "USE HOTSTART one.hsf");
    tw_run *two = run_to_end(second);
    assert_true(depth_m(whole, all, "T") > 0.02);
    /* single precision of the file, and half a routing step that flows differ at the seam */
    assert_near(depth_m(second, two, "T"), depth_m(whole, all, "T"), 2e-4);
    assert_near(depth_m(second, two, "B"), depth_m(whole, all, "B"), 2e-4);
    assert_near(concentration(second, two, "T"), concentration(whole, all, "T"), 0.01);
    /* the water of nodes is the same; that of conduits is taken from their mean depth, as in SWMM */
    double before_m3 = tw_run_balance(one).final_storage_m3;
    assert_near(tw_run_balance(two).initial_storage_m3 / before_m3, 1.0, 0.02);
    assert_near(tw_run_balance(two).surface_storage_m3, tw_run_balance(all).surface_storage_m3,
                1e-3);
    tw_run_destroy(all);
    tw_run_destroy(one);
    tw_run_destroy(two);
    tw_model_destroy(whole);
    tw_model_destroy(first);
    tw_model_destroy(second);
}

static void what_leaves_one_model_enters_another(void **state)
{
    (void)state;
    tw_model *upper = model_of("upper.inp", 0, 3, "SAVE OUTFLOWS out.txt");
    tw_run *above = run_to_end(upper);
    char path[128], text[8192] = {0};
    path_of(path, sizeof path, "out.txt");
    FILE *f = fopen(path, "r+");
    assert_non_null(f);
    assert_true(fread(text, 1, sizeof text - 1, f) > 0);
    char *name = strstr(text, "\nO\n"); /* the outfall's flow comes into node B there */
    assert_non_null(name);
    name[1] = 'B';
    rewind(f);
    assert_int_equal(fputs(text, f) < 0, 0);
    assert_int_equal(fclose(f), 0);
    tw_model *lower = model_of("lower.inp", 0, 3, "USE INFLOWS out.txt");
    tw_run *below = run_to_end(lower);
    double left = tw_run_balance(above).outflow_m3, came = tw_run_balance(below).external_m3;
    assert_true(left > 100.0);
    /* lines between values every 5 minutes cut the peak of a flow that bends, and the first value is
     * none: SWMM 5.2.4 loses as much */
    assert_near(came / left, 1.0, 0.04);
    tw_run_destroy(above);
    tw_run_destroy(below);
    tw_model_destroy(upper);
    tw_model_destroy(lower);
}

/* The network with rain that comes late through the ground, of a rain file, if asked. */
static tw_model *late_model_of(const char *name, const char *files, bool rain_file)
{
    char path[128];
    tw_model *model = NULL;
    write_model(name, 0, 3, files);
    path_of(path, sizeof path, name);
    FILE *f = fopen(path, "a");
    assert_non_null(f);
    (void)fprintf(f,
                  "[RAINGAGES]\nH %s 0:10 1 %s\n[HYDROGRAPHS]\nU %s\nU All Short 0.2 0.5 2\n"
                  "[RDII]\nA U 20\n[SUBCATCHMENTS]\nS2 H B 1 50 100 1 0\n"
                  "[SUBAREAS]\nS2 0.012 0.1 1 3 25 OUTLET\n[INFILTRATION]\nS2 60 10 4 7 0\n",
                  rain_file ? "VOLUME" : "INTENSITY",
                  rain_file ? "FILE rain.dat STA MM" : "TIMESERIES R", "G");
    assert_int_equal(fclose(f), 0);
    assert_ok(tw_model_read(path, NULL, &model));
    return model;
}

static void rdii_of_a_file_flows_as_it_was_computed(void **state)
{
    (void)state;
    tw_model *first = late_model_of("first.inp", "SAVE RDII late.rdii", false);
    tw_run *computed = run_to_end(first);
    tw_model *second = late_model_of("second.inp", "USE RDII late.rdii", false);
    tw_run *read = run_to_end(second);
    double rdii_m3 = tw_run_balance(computed).rdii_m3;
    assert_true(rdii_m3 > 100.0);
    assert_near(tw_run_balance(read).rdii_m3 / rdii_m3, 1.0, 1e-6); /* single precision */
    assert_near(depth_m(second, read, "T"), depth_m(first, computed, "T"), 1e-5);
    tw_run_destroy(computed);
    tw_run_destroy(read);
    tw_model_destroy(first);
    tw_model_destroy(second);
}

static void rain_of_an_interface_file_needs_no_rain_file(void **state)
{
    (void)state;
    char path[128];
    path_of(path, sizeof path, "rain.dat");
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs("STA 2020 1 1 0 10 6\nSTA 2020 1 1 0 40 9\n", f) >= 0);
    assert_int_equal(fclose(f), 0);
    tw_model *first = late_model_of("first.inp", "SAVE RAINFALL one.rain", true);
    tw_run *computed = run_to_end(first);
    assert_int_equal(unlink(path), 0);
    tw_model *second = late_model_of("second.inp", "USE RAINFALL one.rain", true);
    tw_run *read = run_to_end(second);
    /* 15 mm on a hectare, and the rain of the other gage: the very same */
    assert_true(tw_run_balance(computed).rain_m3 > 150.0);
    assert_true(tw_run_balance(read).rain_m3 == tw_run_balance(computed).rain_m3);
    assert_true(depth_m(second, read, "B") == depth_m(first, computed, "B"));
    tw_run_destroy(computed);
    tw_run_destroy(read);
    tw_model_destroy(first);
    tw_model_destroy(second);
}

static void runoff_of_a_file_flows_as_it_was_computed(void **state)
{
    (void)state;
    tw_model *first = late_model_of("first.inp", "SAVE RUNOFF one.runoff", false);
    tw_run *computed = run_to_end(first);
    tw_model *second = late_model_of("second.inp", "USE RUNOFF one.runoff", false);
    tw_run *read = run_to_end(second);
    double wet_m3 = tw_run_balance(computed).wet_weather_m3;
    assert_true(wet_m3 > 100.0);
    /* runoff below 0.001 in/h is none in results, so in files: on 4 ha for 3 h at most 3 m3 */
    assert_near(tw_run_balance(read).wet_weather_m3, wet_m3, 3.0);
    assert_near(depth_m(second, read, "T"), depth_m(first, computed, "T"), 1e-3);
    assert_near(concentration(second, read, "T"), concentration(first, computed, "T"), 0.01);
    assert_true(concentration(second, read, "T") > 1.0);
    tw_run_destroy(computed);
    tw_run_destroy(read);
    tw_model_destroy(first);
    tw_model_destroy(second);
}

/* A file of one step, with the runoff [m3/s] and the table and flow of groundwater that S has. */
static void write_runoff(const char *name, double step_s, float runoff)
{
    const int32_t head[] = {1, 1, 3, 1};
    const float record[] = {(float)step_s, 0, 0, 24, 1, runoff, 0.02F, 3, 0.2F, 7};
    char path[128];
    path_of(path, sizeof path, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite("SWMM5-RUNOFF", 1, 12, f), 12);
    assert_int_equal(fwrite(head, sizeof head, 1, f), 1);
    assert_int_equal(fwrite(record, sizeof record, 1, f), 1);
    assert_int_equal(fclose(f), 0);
}

static const char aquifer[] =
    "USE RUNOFF two.runoff\n[AQUIFERS]\nQ .5 .1 .3 5 12 15 .3 1 .002 -2 2 .3"
    "\n[GROUNDWATER]\nS Q B 14 .1 1 0 0 0 0 *\n";

/* SWMM 5.2.4 gives these numbers: a flow of 0.02 m3/s is taken for 0.02 m3/s on each square foot, and
 * flows before the first step are none; --strict takes it for what it is. */
static void groundwater_of_a_runoff_file_is_misread_as_by_swmm(void **state)
{
    (void)state;
    char path[128];
    write_runoff("two.runoff", 3600.0, 0.5F);
    write_model("second.inp", 0, 1, aquifer);
    path_of(path, sizeof path, "second.inp");
    for (int strict = 0; strict < 2; strict++) {
        tw_model *model = NULL;
        assert_ok((strict ? tw_model_read_strict : tw_model_read)(path, NULL, &model));
        tw_run *run = run_to_end(model);
        struct tw_balance b = tw_run_balance(run);
        double flow_m3s = strict ? 0.02 : 0.02 / (0.3048 * 0.3048) * 3.0e4;
        /* both rise evenly over the one step of an hour; a routing step of 5 s has the flow of its
         * beginning, which takes 2 * 5 / 3600 of the volume */
        assert_near(b.groundwater_m3 / (0.5 * flow_m3s * 3600.0), 1.0, 0.003);
        assert_near(b.wet_weather_m3 / (0.5 * 0.5 * 3600.0), 1.0, 0.003);
        tw_run_destroy(run);
        tw_model_destroy(model);
    }
}

static void nothing_is_saved_unless_asked(void **state)
{
    (void)state;
    tw_model *model =
        model_of("quiet.inp", 0, 1, "SAVE HOTSTART quiet.hsf\nSAVE OUTFLOWS quiet.txt");
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    tw_run *run = NULL;
    char path[128];
    assert_ok(tw_run_create(model, &options, &run));
    assert_ok(tw_run_advance(run, 3600.0));
    assert_ok(tw_run_end(run));
    path_of(path, sizeof path, "quiet.hsf");
    assert_int_not_equal(access(path, F_OK), 0);
    path_of(path, sizeof path, "quiet.txt");
    assert_int_not_equal(access(path, F_OK), 0);
    tw_run_destroy(run);
    tw_model_destroy(model);
}

static void expect_fault(const char *name, const char *files, const char *bytes, size_t size,
                         int line, const char *words)
{
    char path[128];
    path_of(path, sizeof path, "spoilt");
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
    path_of(path, sizeof path, name);
    write_model(name, 0, 1, "");
    f = fopen(path, "a");
    assert_non_null(f);
    (void)fprintf(f, "[FILES]\n%s\n", files);
    assert_int_equal(fclose(f), 0);
    tw_faults *faults = NULL;
    tw_model *model = NULL;
    assert_ok(tw_faults_create(0, &faults));
    assert_status(tw_model_read(path, faults, &model), TW_ERR_INPUT);
    assert_int_equal(tw_faults_count(faults), 1);
    assert_non_null(strstr(tw_faults_get(faults, 0).text, words));
    if (line >= 0) assert_int_equal(tw_faults_get(faults, 0).line, line);
    tw_faults_destroy(faults);
}

static void spoilt_files_are_told(void **state)
{
    (void)state;
    static const char hot[] = "USE HOTSTART spoilt", flows[] = "USE INFLOWS spoilt";
    static const char other[] = "SWMM5-HOTSTART4\1\0\0\0\0\0\0\0\7\0\0\0";
    static const char head[] = "SWMM5 Interface File\ntitle\n300 - step\n1 - constituents\n"
                               "FLOW CMS\n1 - nodes\nB\nheadings\nB 2020 1 1 0 0 0 1\n";
    char text[400], two[68] = {0};
    write_runoff("two.runoff", 1800.0, 0.5F);
    char path[128];
    path_of(path, sizeof path, "two.runoff");
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fread(two, 1, sizeof two, f), 68);
    assert_int_equal(fclose(f), 0);
    expect_fault("k.inp", "USE RUNOFF spoilt", two, 68, 0, "before the run's end at 3600 s");
    expect_fault("k.inp", "USE RUNOFF spoilt", two, 67, 0, "fewer steps than it says");
    expect_fault("k.inp", "USE RUNOFF spoilt", "SWMM5-RUNOFF\2", 13, 0, "does not begin as one");
    two[12] = 2;
    expect_fault("k.inp", "USE RUNOFF spoilt", two, 68, 0, "other numbers of subcatchments");
    two[12] = 1;
    memset(two + 44, 0xff, 4);
    expect_fault("k.inp", "USE RUNOFF spoilt", two, 68, 0, "is not a number");
    expect_fault("a.inp", hot, "SWMM5-RUNOFF", 12, 0, "does not begin with");
    expect_fault("b.inp", hot, other, sizeof other - 1, 0, "another number of nodes");
    expect_fault("c.inp", hot, "SWMM5-HOTSTART4\1", 16, 0, "ends too early");
    expect_fault("d.inp", "USE HOTSTART nofile", "", 0, -1, "cannot be read");
    expect_fault("e.inp", flows, "title\n", 6, 1, "does not begin with SWMM5");
    (void)snprintf(text, sizeof text, "%sB 2020 1 1 0 0 0 2\n", head);
    expect_fault("f.inp", flows, text, strlen(text), 10, "does not come after");
    (void)snprintf(text, sizeof text, "%sB 2020 1 1 0 5 0 much\n", head);
    expect_fault("g.inp", flows, text, strlen(text), 10, "not a number");
    (void)snprintf(text, sizeof text, "%sB 2020 13 1 0 5 0 1\n", head);
    expect_fault("h.inp", flows, text, strlen(text), 10, "a line is");
    expect_fault("j.inp", "USE RDII spoilt", "SWMM5-RDII\1\0\0\0", 14, 0, "ends too early");
    expect_fault("i.inp", "USE OUTFLOWS x", "", 0, -1, "only be saved");
}

static int begin(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    static const char *const names[] = {
        "whole.inp", "first.inp", "second.inp", "upper.inp", "lower.inp", "quiet.inp", "one.hsf",
        "late.rdii", "one.rain",  "rain.dat",   "out.txt",   "spoilt",    "a.inp",     "b.inp",
        "c.inp",     "d.inp",     "e.inp",      "f.inp",     "g.inp",     "h.inp",     "i.inp",
        "j.inp",     "k.inp",     "one.runoff", "two.runoff"};
    char path[128];
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        path_of(path, sizeof path, names[k]);
        (void)unlink(path);
    }
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_goes_on_from_a_hot_start_file),
        cmocka_unit_test(what_leaves_one_model_enters_another),
        cmocka_unit_test(rdii_of_a_file_flows_as_it_was_computed),
        cmocka_unit_test(rain_of_an_interface_file_needs_no_rain_file),
        cmocka_unit_test(runoff_of_a_file_flows_as_it_was_computed),
        cmocka_unit_test(groundwater_of_a_runoff_file_is_misread_as_by_swmm),
        cmocka_unit_test(nothing_is_saved_unless_asked),
        cmocka_unit_test(spoilt_files_are_told),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
