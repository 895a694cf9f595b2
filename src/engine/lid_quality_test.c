/* Pollutants that go through LIDs. Rain of 10 mg/L on a trench that is its whole subcatchment. */
#include "engine/run_state.h"
#include "thalweg/thalweg.h"

#include "check.h"
#include "text_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[] = "/tmp/thalweg_lidq_XXXXXX";

static void write_model(const char *removals, const char *drain_to)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    (void)fprintf(
        f,
        "[OPTIONS]\nFLOW_UNITS LPS\nSTART_DATE 1/1/2020\nEND_DATE 1/1/2020\nEND_TIME 3:00\n"
        "REPORT_STEP 0:05\nWET_STEP 0:05\nDRY_STEP 0:05\nROUTING_STEP 30\n"
        "[RAINGAGES]\nG INTENSITY 0:10 1 TIMESERIES R\n"
        "[SUBCATCHMENTS]\nS G A 0.01 0 20 1 0\nT G A 0.1 100 20 1 0\n"
        "[SUBAREAS]\nS 0.012 0.1 1 3 25 OUTLET\nT 0.012 0.1 1 3 25 OUTLET\n"
        "[INFILTRATION]\nS 60 10 4 7 0\nT 60 10 4 7 0\n"
        "[POLLUTANTS]\nP MG/L 10 0 0 0 NO * 0 0 0\nQ MG/L 10 0 0 0 NO * 0 0 0\n"
        "[LID_CONTROLS]\nL IT\nL SURFACE 50 0 0 0 5\nL STORAGE 300 1 0 0\nL DRAIN 3 0.5 0 0\n%s\n"
        "[LID_USAGE]\nS L 1 100 5 50 0 0 * %s\n"
        "[JUNCTIONS]\nA 12 3\nB 12 3\n[OUTFALLS]\nO 9 FREE\nU 9 FREE\n"
        "[CONDUITS]\nC A O 100 0.013 0 0\nD B U 100 0.013 0 0\n"
        "[XSECTIONS]\nC CIRCULAR 1 0 0 0\nD CIRCULAR 1 0 0 0\n[TIMESERIES]\nR 0:00 36\nR 1:00 36\n",
        removals, drain_to);
    assert_int_equal(fclose(f), 0);
}

/* Masses of the surface's balance and the concentration at node B. */
struct outcome {
    double taken[2], ran_off[2], node_b[2];
};

static struct outcome run_model(double until_s)
{
    tw_model *model = NULL;
    tw_run *run = NULL;
    struct outcome out;
    tw_node_id b;
    assert_ok(tw_model_read(path, NULL, &model));
    assert_ok(tw_run_create(model, &TW_RUN_OPTIONS_DEFAULT, &run));
    assert_ok(tw_run_advance(run, until_s));
    assert_ok(tw_model_node_find(model, "B", &b));
    for (int p = 0; p < 2; p++) {
        const double *mass = run->quality.surface_mass;
        out.taken[p] = mass[TW_SURFACE_PRACTICES * 2 + p];
        out.ran_off[p] = mass[TW_SURFACE_RUNOFF * 2 + p];
        out.node_b[p] = tw_run_node_concentration(run, b, p);
    }
    tw_run_destroy(run);
    tw_model_destroy(model);
    return out;
}

/* A drain gives back more than comes: nothing is kept but what the drain itself removes. */
static void a_drain_removes_its_part_of_a_pollutant(void **state)
{
    (void)state;
    write_model("", "B");
    struct outcome whole = run_model(600.0);
    write_model("L REMOVALS P 60", "B");
    struct outcome less = run_model(600.0);
    assert_true(whole.node_b[0] > 1.0);
    assert_near(less.node_b[0] / whole.node_b[0], 0.4, 1e-12); /* rounding only */
    assert_near(less.node_b[1], whole.node_b[1], 0.0);
    double drained = whole.ran_off[0] - less.ran_off[0];
    assert_true(drained > 0.0);
    assert_near((less.taken[0] - whole.taken[0]) / drained, 1.0, 1e-12);
    assert_near(less.taken[1], whole.taken[1], 0.0);
}

/* A drain onto T brings its load there; removed is the same part of it. */
static void a_drain_onto_a_subcatchment_brings_its_load(void **state)
{
    (void)state;
    write_model("L REMOVALS P 100 Q 0", "T");
    struct outcome o = run_model(3600.0);
    /* P comes with T's rain alone, Q also with the drain */
    assert_true(o.ran_off[1] > 1.02 * o.ran_off[0]);
    assert_true(o.taken[0] > o.taken[1]);
}

static void impossible_removals_are_told(void **state)
{
    (void)state;
    tw_model *model = NULL;
    static const char *const wrong[] = {"L REMOVALS P 101", "L REMOVALS P -1", "L REMOVALS X 10",
                                        "L REMOVALS P"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        write_model(wrong[i], "B");
        assert_status(tw_model_read(path, NULL, &model), TW_ERR_INPUT);
    }
}

static int begin(void **state)
{
    (void)state;
    int file = mkstemp(path);
    return file < 0 ? -1 : close(file);
}

static int end(void **state)
{
    (void)state;
    return unlink(path);
}

/* Rain washes 10 mg/L from U, which flows onto L, a swale and nothing else. With clean rain L has what
 * U's water has among its own: 4.0307 cfs in 4.0307 + 0.33275 cfs are 9.237 mg/L after an hour; rain
 * of 3 mg/L adds 3. SWMM 5.2.4 tells so. */
static void a_lid_that_is_all_of_its_subcatchment_gets_the_run_on(void **state)
{
    (void)state;
    for (int rain = 0; rain <= 3; rain += 3) {
        char text[1000];
        (void)snprintf(text, sizeof text,
                       "[OPTIONS]\nFLOW_UNITS CFS\nFLOW_ROUTING KINWAVE\nSTART_DATE 01/01/2020\n"
                       "END_DATE 01/01/2020\nEND_TIME 03:00\nWET_STEP 0:05\nDRY_STEP 0:05\n"
                       "ROUTING_STEP 60\n[RAINGAGES]\nR INTENSITY 1:00 1 TIMESERIES T\n"
                       "[TIMESERIES]\nT 0 1 5 0\n"
                       "[SUBCATCHMENTS]\nU R L 4 100 400 .5 0\nL R O 0.33 0 50 .5 0\n"
                       "[SUBAREAS]\nU .01 .1 0 0 0 OUTLET\nL .01 .1 0 0 0 OUTLET\n"
                       "[INFILTRATION]\nU 1 .1 4 7 0\nL 1 .1 4 7 0\n"
                       "[LID_CONTROLS]\nV VS\nV SURFACE 36 0 .24 1 5\n"
                       "[LID_USAGE]\nL V 1 14374.8 45 0 0 0\n[OUTFALLS]\nO 0 FREE\n"
                       "[POLLUTANTS]\nP MG/L %d 0 0 0\n[LANDUSES]\nX 0 0 0\n[COVERAGES]\nU X 100\n"
                       "[BUILDUP]\nX P NONE 0 0 0 AREA\n[WASHOFF]\nX P EMC 10 0 0 0\n",
                       rain);
        struct text_run t = text_run_begin(text);
        assert_ok(tw_run_advance(t.run, 3600.0));
        /* six digits of SWMM's results file */
        assert_near(t.run->quality.outlet[1], 9.23739 + rain, 1e-5);
        text_run_end(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lid_that_is_all_of_its_subcatchment_gets_the_run_on),
        cmocka_unit_test(a_drain_removes_its_part_of_a_pollutant),
        cmocka_unit_test(a_drain_onto_a_subcatchment_brings_its_load),
        cmocka_unit_test(impossible_removals_are_told),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
