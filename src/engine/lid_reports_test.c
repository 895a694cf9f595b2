/* Reports of single LID units. */
#include "thalweg/thalweg.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/thalweg_lids_XXXXXX";

static void path_of(char *out, size_t size, const char *name)
{
    (void)snprintf(out, size, "%s/%s", folder, name);
}

/* 100 m2 of trench as a subcatchment of its own; 36 mm/h for ten minutes after half an hour. */
static void write_model(const char *report)
{
    char path[128];
    path_of(path, sizeof path, "m.inp");
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    (void)fprintf(
        f,
        "[TITLE]\nA garden\nof two lines\n[OPTIONS]\nFLOW_UNITS CMS\nSTART_DATE 1/1/2020\n"
        "END_DATE 1/1/2020\nEND_TIME 3:00\nREPORT_STEP 0:05\nWET_STEP 0:05\nDRY_STEP 0:05\n"
        "ROUTING_STEP 30\n[RAINGAGES]\nG INTENSITY 0:10 1 TIMESERIES R\n"
        "[SUBCATCHMENTS]\nS G A 0.01 0 20 1 0\n[SUBAREAS]\nS 0.012 0.1 1 3 25 OUTLET\n"
        "[INFILTRATION]\nS 60 10 4 7 0\n[LID_CONTROLS]\nL IT\nL SURFACE 50 0 0 0 5\n"
        "L STORAGE 300 1 6 0\n[LID_USAGE]\nS L 1 100 5 0 0 0 %s\n"
        "[JUNCTIONS]\nA 12 3\n[OUTFALLS]\nO 9 FREE\n[CONDUITS]\nC A O 100 0.013 0 0\n"
        "[XSECTIONS]\nC CIRCULAR 1 0 0 0\n[TIMESERIES]\nR 0:30 36\nR 0:40 0\n",
        report);
    assert_int_equal(fclose(f), 0);
}

static void run_model(void)
{
    char path[128], report[128];
    path_of(path, sizeof path, "m.inp");
    path_of(report, sizeof report, "m.rpt");
    tw_model *model = NULL;
    tw_run *run = NULL;
    assert_ok(tw_model_read(path, NULL, &model));
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    options.save_files = true;
    options.report_path = report;
    assert_ok(tw_run_create(model, &options, &run));
    while (!tw_run_finished(run))
        assert_ok(tw_run_step(run));
    assert_ok(tw_run_end(run));
    tw_run_destroy(run);
    tw_model_destroy(model);
}

static void read_text(const char *name, char *out, size_t size)
{
    char path[128];
    path_of(path, sizeof path, name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    out[fread(out, 1, size - 1, f)] = '\0';
    assert_int_equal(fclose(f), 0);
}

/* Gravel of half voids takes 36 mm/h and loses 6: 30 mm/h fill it by 5 mm of level in 5 minutes. It
 * is empty an hour after the rain began; a row follows in which nothing moves any more, then none. */
static void a_report_has_a_row_for_each_step_in_which_water_moves(void **state)
{
    (void)state;
    char text[8192];
    write_model("\"unit.txt\"");
    run_model();
    read_text("unit.txt", text, sizeof text);
    assert_ptr_equal(strstr(text,
                            "SWMM5 LID Report File\n\nProject:  A garden \n"
                            "LID Unit: L in Subcatchment S\n\n                    \t  Elapsed"),
                     text);
    assert_non_null(strstr(text, "\nDate        Time    \t    Hours\t    mm/hr"));
    static const char first[] = "\n 01/01/2020 00:30:00\t    0.500\t    0.000\t   0.0000";
    static const char wet[] = "\n 01/01/2020 00:35:00\t    0.583\t   36.000\t   0.0000\t   36.000\t"
                              "    0.000\t    0.000\t    6.000\t   0.000\t    0.000\t    0.000\t"
                              "    0.000\t    0.000\t    5.000";
    const char *at = strstr(text, first);
    assert_non_null(at);
    assert_memory_equal(strchr(at + 1, '\n'), wet, sizeof wet - 1);
    assert_null(strstr(text, " 00:25:00"));
    assert_non_null(strstr(text, " 01:30:00"));
    const char *dry = strstr(text, " 01:35:00"); /* (36 - 6) mm/h / 6 h, 50 minutes after 0:40 */
    assert_non_null(dry);
    assert_null(strchr(dry, '\n'));
}

static void a_report_that_cannot_be_made_stops_no_run(void **state)
{
    (void)state;
    char text[65536];
    write_model("\"C:\\nobody\\unit.txt\"");
    run_model();
    read_text("m.rpt", text, sizeof text);
    assert_non_null(strstr(text, "WARNING: the LID report "));
}

static int begin(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    static const char *const names[] = {"m.inp", "m.rpt", "unit.txt"};
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
        cmocka_unit_test(a_report_has_a_row_for_each_step_in_which_water_moves),
        cmocka_unit_test(a_report_that_cannot_be_made_stops_no_run),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
