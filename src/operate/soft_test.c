#include "operate/load.h"
#include "operate/soft.h"

#include "check.h"
#include "draw.h"

enum { ROWS = 600 };

/* y bends at x = 2; a straight line would miss by more than the noise. */
static void a_bent_line_is_told_to_its_noise(void **state)
{
    (void)state;
    static double x[ROWS * 2], y[ROWS];
    struct tw_arena arena;
    struct tw_soft soft;
    uint32_t seed = 3;
    for (int i = 0; i < ROWS; i++) {
        x[2 * i] = 4.0 * draw(&seed);
        x[2 * i + 1] = draw(&seed);
        y[i] = 10.0 + (x[2 * i] > 2.0 ? 5.0 * (x[2 * i] - 2.0) : 0.0) + 0.2 * (draw(&seed) - 0.5);
    }
    y[5] = (double)NAN;
    tw_arena_init(&arena);
    assert_ok(tw_soft_fit(x, y, ROWS, 2, &arena, &soft));
    assert_int_equal(soft.rows, ROWS - 1);
    /* Noise of 0.058, and a bend that is put at the middle of 600 draws, which is off by some 0.08. */
    assert_true(soft.rmse < 0.15);
    assert_true(soft.mean_rmse > 2.0);                                /* y goes from 10 to 20 */
    assert_near(tw_soft_at(&soft, (double[]){1.0, 0.5}), 10.0, 0.15); /* three deviations of it */
    assert_near(tw_soft_at(&soft, (double[]){3.0, 0.5}), 15.0, 0.15);
    /* Beyond what was seen it stays at the edge. */
    assert_near(tw_soft_at(&soft, (double[]){300.0, 0.5}), 20.0, 0.2);
    assert_true(isnan(tw_soft_at(&soft, (double[]){(double)NAN, 0.5})));
    assert_status(tw_soft_fit(x, y, 50, 2, &arena, &soft), TW_ERR_ARG);
    assert_status(tw_soft_fit(x, y, ROWS, 0, &arena, &soft), TW_ERR_ARG);
    tw_arena_done(&arena);
}

/* Rain dilutes to half; the model has to see it, and a typical value stands where none was measured. */
static void dilution_is_learned_and_typical_values_are_said_to_be(void **state)
{
    (void)state;
    static double flow[ROWS], rain[ROWS], conc[ROWS], out[ROWS * 3];
    struct tw_arena arena;
    struct tw_load_model model;
    uint32_t seed = 9;
    for (int i = 0; i < ROWS; i++) {
        flow[i] = i % 100 < 20 ? 2000.0 : 1000.0;
        conc[i] = 400.0 * 1000.0 / flow[i] * (1.0 + 0.05 * (draw(&seed) - 0.5));
    }
    const struct tw_influent_hours hours = {ROWS, 0, 0, flow, rain};
    tw_arena_init(&arena);
    assert_ok(tw_load_fit(&hours, conc, &arena, &model));
    assert_true(model.measured);
    assert_ok(tw_load_make(&model, TW_LOAD_COD, &hours, out));
    assert_near(out[3 * 515 + 1], 200.0, 10.0); /* twice the noise's 2.5 % */
    assert_near(out[3 * 580 + 1], 400.0, 20.0);
    assert_true(out[3 * 580] < out[3 * 580 + 1] && out[3 * 580 + 1] < out[3 * 580 + 2]);
    assert_ok(tw_load_fit(&hours, NULL, &arena, &model));
    assert_false(model.measured);
    assert_ok(tw_load_make(&model, TW_LOAD_COD, &hours, out));
    assert_near(out[3 * 580 + 1], tw_load_info_get(TW_LOAD_COD)->typical_gm3, 1e-9);
    assert_true(out[3 * 515 + 1] < out[3 * 580 + 1]);
    tw_arena_done(&arena);
}

/* A column's name belongs to one substance at most. */
static void names_of_columns_are_not_ambiguous(void **state)
{
    (void)state;
    for (int a = 0; a < TW_LOAD_COUNT; a++) {
        const struct tw_load_info *info = tw_load_info_get((enum tw_load)a);
        assert_true(info->typical_gm3 > 0.0);
        for (int b = 0; b < TW_LOAD_COUNT; b++)
            assert_int_equal(tw_load_is_column((enum tw_load)b, info->key), a == b);
    }
    assert_true(tw_load_is_column(TW_LOAD_TSS, "SS"));
    assert_false(tw_load_is_column(TW_LOAD_TSS, "S"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bent_line_is_told_to_its_noise),
        cmocka_unit_test(dilution_is_learned_and_typical_values_are_said_to_be),
        cmocka_unit_test(names_of_columns_are_not_ambiguous),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
