/* What a run says of where the water came from and went to. */
#include "check.h"
#include "thalweg/thalweg.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* 1 m3/s for an hour through 400 m of pipe. */
static struct tw_balance balance_of(const char *routing)
{
    char path[] = "/tmp/thalweg_balance_XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    assert_non_null(f);
    fprintf(f,
            "[OPTIONS]\nFLOW_UNITS CMS\nFLOW_ROUTING %s\nSTART_DATE 01/01/2024\n"
            "END_DATE 01/01/2024\nEND_TIME 01:00\nROUTING_STEP 10\n"
            "[JUNCTIONS]\nJ 10 5\n[OUTFALLS]\nO 9 FREE\n[CONDUITS]\nC J O 400 .013 0 0\n"
            "[XSECTIONS]\nC CIRCULAR 1.5 0 0 0\n[INFLOWS]\nJ FLOW \"\" FLOW 1 1 1\n",
            routing);
    assert_int_equal(fclose(f), 0);
    tw_model *model = NULL;
    tw_run *run = NULL;
    assert_ok(tw_model_read(path, NULL, &model));
    assert_int_equal(remove(path), 0);
    assert_ok(tw_run_create(model, &TW_RUN_OPTIONS_DEFAULT, &run));
    assert_ok(tw_run_advance(run, 3600.0));
    struct tw_balance b = tw_run_balance(run);
    tw_run_destroy(run);
    tw_model_destroy(model);
    return b;
}

/* In steady flow what comes in goes out in the same step, but for the half step before the first. */
static void steady_flow_keeps_nothing_in_conduits(void **state)
{
    (void)state;
    struct tw_balance b = balance_of("STEADY");
    assert_near(b.final_storage_m3, 0.0, 0.0);
    assert_near(b.outflow_m3, b.external_m3, 1e-9); /* rounding */
    assert_near(b.routing_error_ratio, 0.0, 1e-12);
}

static void a_wave_fills_them(void **state)
{
    (void)state;
    struct tw_balance b = balance_of("KINWAVE");
    assert_true(b.final_storage_m3 > 100.0); /* 400 m of some 0.4 m2 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steady_flow_keeps_nothing_in_conduits),
        cmocka_unit_test(a_wave_fills_them),
    };
    return cmocka_run_group_tests_name("engine balance", tests, NULL, NULL);
}
