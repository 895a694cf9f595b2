/* What is written at report times. */
#include "text_run.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Total inflow of the first node in the first period of a results file: the fourth number from its end
 * says where results begin; a period is a day, then six values of each node. */
static double first_inflow(const char *path)
{
    int32_t at = 0;
    float values[6];
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, -16, SEEK_END), 0);
    assert_int_equal(fread(&at, sizeof at, 1, f), 1);
    assert_int_equal(fseek(f, at + 8, SEEK_SET), 0);
    assert_int_equal(fread(values, sizeof values[0], 6, f), 6);
    assert_int_equal(fclose(f), 0);
    return (double)values[4];
}

/* 1 ft3/s for half an hour, then nothing; results from the end of the hour on. SWMM 5.2.4 tells the
 * mean of the whole hour there, not of its last ten minutes. */
static void the_first_average_begins_with_the_run(void **state)
{
    (void)state;
    char path[] = "/tmp/thalweg_results_XXXXXX"; /* other builds may run this at the same time */
    int fd = mkstemp(path);
    assert_true(fd >= 0 && close(fd) == 0);
    struct text_run t = text_run_begin(
        "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING STEADY\nSTART_DATE 01/01/2020\n"
        "END_DATE 01/01/2020\nEND_TIME 02:00\nREPORT_START_DATE 01/01/2020\n"
        "REPORT_START_TIME 01:00\nREPORT_STEP 00:10:00\nROUTING_STEP 10\n"
        "[JUNCTIONS]\nJ 10 5\n[OUTFALLS]\nO 9 FREE NO\n[CONDUITS]\nC J O 100 .01 0 0\n"
        "[XSECTIONS]\nC CIRCULAR 2 0 0 0\n[INFLOWS]\nJ FLOW Z\n"
        "[TIMESERIES]\nZ 0 1\nZ 0:30 1\nZ 0:30:10 0\n[REPORT]\nAVERAGES YES\nNODES ALL\n");
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    options.results_path = path;
    tw_run_destroy(t.run);
    assert_ok(tw_run_create(t.model, &options, &t.run));
    while (!tw_run_finished(t.run))
        assert_ok(tw_run_step(t.run));
    assert_ok(tw_run_end(t.run));
    text_run_end(&t);
    assert_near(first_inflow(path), 0.5, 0.005); /* two steps of 360 */
    assert_int_equal(remove(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_average_begins_with_the_run),
    };
    return cmocka_run_group_tests_name("engine results", tests, NULL, NULL);
}
