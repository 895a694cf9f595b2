/* What is written at report times. */
#include "text_run.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const char model_text[] =
    "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING %s\nSTART_DATE 01/01/2020\n"
    "END_DATE 01/01/2020\nEND_TIME 02:00\nREPORT_START_DATE 01/01/2020\n"
    "REPORT_START_TIME 01:00\nREPORT_STEP 00:10:00\nROUTING_STEP %d\n"
    "[JUNCTIONS]\nJ 10 5\n[OUTFALLS]\nO 9 FREE NO\n[CONDUITS]\nC J O 100 .01 0 0\n"
    "[XSECTIONS]\nC CIRCULAR 2 0 0 0\n[INFLOWS]\nJ FLOW Z\n"
    "[TIMESERIES]\nZ 0 1\nZ 0:30 1\nZ 0:30:10 0\nZ 2:00 %d\n"
    "[REPORT]\n%sNODES ALL\nLINKS ALL\n";

enum { NODES = 2, LINKS = 1, PERIOD = 6 * NODES + 5 * LINKS + 15 };

/* Results of the first period: the fourth number from the file's end says where results begin; a
 * period is a day, then six values of each node, five of each link, and the system's. */
static void read_first(const char *path, float values[PERIOD])
{
    int32_t at = 0;
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, -16, SEEK_END), 0);
    assert_int_equal(fread(&at, sizeof at, 1, f), 1);
    assert_int_equal(fseek(f, at + 8, SEEK_SET), 0);
    assert_int_equal(fread(values, sizeof values[0], PERIOD, f), PERIOD);
    assert_int_equal(fclose(f), 0);
}

static void run_text(const char *text, float values[PERIOD])
{
    char path[] = "/tmp/thalweg_results_XXXXXX"; /* other builds may run this at the same time */
    int fd = mkstemp(path);
    assert_true(fd >= 0 && close(fd) == 0);
    struct text_run t = text_run_begin(text);
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    options.results_path = path;
    tw_run_destroy(t.run);
    assert_ok(tw_run_create(t.model, &options, &t.run));
    while (!tw_run_finished(t.run))
        assert_ok(tw_run_step(t.run));
    assert_ok(tw_run_end(t.run));
    text_run_end(&t);
    read_first(path, values);
    assert_int_equal(remove(path), 0);
}

static void run_model(const char *routing, int step_s, int last_cfs, const char *average,
                      float values[PERIOD])
{
    char text[2 * sizeof model_text];
    snprintf(text, sizeof text, model_text, routing, step_s, last_cfs, average);
    run_text(text, values);
}

/* 1 ft3/s for half an hour, then nothing; results from the end of the hour on. SWMM 5.2.4 tells the
 * mean of the whole hour there, not of its last ten minutes. */
static void the_first_average_begins_with_the_run(void **state)
{
    (void)state;
    float values[PERIOD];
    run_model("STEADY", 10, 0, "AVERAGES YES\n", values);
    assert_near((double)values[4], 0.5, 0.005); /* two steps of 360 */
}

/* Open for the first half of the period, then closed to 0.3; a mean would be 0.65. */
static void a_setting_is_not_averaged(void **state)
{
    (void)state;
    float values[PERIOD];
    run_text("[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 01/01/2020\n"
             "END_DATE 01/01/2020\nEND_TIME 01:00\nREPORT_STEP 01:00:00\nROUTING_STEP 10\n"
             "[JUNCTIONS]\nJ 10 5\n[OUTFALLS]\nO 9 FREE NO\n[ORIFICES]\nR J O SIDE 0 .65 NO 0\n"
             "[XSECTIONS]\nR CIRCULAR 1 0 0 0\n[INFLOWS]\nJ FLOW \"\" FLOW 1 1 1\n"
             "[CONTROLS]\nRULE R\nIF SIMULATION TIME > 0.5\nTHEN ORIFICE R SETTING = 0.3\n"
             "[REPORT]\nAVERAGES YES\nNODES ALL\nLINKS ALL\n",
             values);
    assert_near((double)values[6 * NODES + 4], 0.3, 1e-7); /* single precision */
}

/* Steps of 7 s pass the report time by 5 s; the inflow rises. */
static void the_system_holds_what_its_elements_are_said_to_hold(void **state)
{
    (void)state;
    float values[PERIOD];
    run_model("KINWAVE", 7, 60, "", values);
    double held = (double)values[2] + (double)values[6 + 2] + (double)values[6 * NODES + 3];
    double told = (double)values[6 * NODES + 5 * LINKS + 12];
    assert_true(held > 1.0);
    assert_near(told / held, 1.0, 1e-6); /* single precision */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_average_begins_with_the_run),
        cmocka_unit_test(a_setting_is_not_averaged),
        cmocka_unit_test(the_system_holds_what_its_elements_are_said_to_hold),
    };
    return cmocka_run_group_tests_name("engine results", tests, NULL, NULL);
}
