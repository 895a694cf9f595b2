#include "forecast/fft.h"

#include "check.h"

#include <stdlib.h>

static void a_grid_comes_back_at_every_size(void **state)
{
    (void)state;
    for (int32_t least = 2; least < 420; least += 29) {
        const int32_t rows = tw_fft_length(least);
        const int32_t columns = tw_fft_length(least / 2 + 3);
        assert_true(rows >= least && rows % 2 == 0);
        const size_t cells = (size_t)rows * (size_t)columns;
        float *grid = malloc(cells * sizeof *grid);
        float *back = malloc(cells * sizeof *back);
        struct tw_complex *waves = malloc((size_t)rows * (size_t)(columns / 2 + 1) * sizeof *waves);
        struct tw_fft *fft = NULL;
        assert_true(grid != NULL && back != NULL && waves != NULL);
        assert_ok(tw_fft_create(rows, columns, &fft));
        for (size_t i = 0; i < cells; i++)
            grid[i] = (float)(i * 7919 % 101);
        tw_fft_forward(fft, grid, waves);
        tw_fft_backward(fft, waves, back);
        for (size_t i = 0; i < cells; i++)
            assert_near((double)back[i], (double)grid[i],
                        1e-3); /* float: 1e-7 of 100, some times */
        tw_fft_destroy(fft);
        free(grid);
        free(back);
        free(waves);
    }
}

/* cos(2 pi 3 column / columns) is wave 3 of the first row, half of all cells large. */
static void a_cosine_is_one_wave(void **state)
{
    (void)state;
    enum { ROWS = 12, COLUMNS = 20, WAVES = COLUMNS / 2 + 1 };
    float grid[ROWS * COLUMNS];
    struct tw_complex waves[ROWS * WAVES];
    struct tw_fft *fft = NULL;
    assert_ok(tw_fft_create(ROWS, COLUMNS, &fft));
    for (int i = 0; i < ROWS * COLUMNS; i++)
        grid[i] = (float)cos(6.283185307179586 * 3.0 * (i % COLUMNS) / COLUMNS);
    tw_fft_forward(fft, grid, waves);
    for (int i = 0; i < ROWS * WAVES; i++) {
        assert_near((double)waves[i].re, i == 3 ? ROWS * COLUMNS / 2.0 : 0.0, 1e-4); /* float */
        assert_near((double)waves[i].im, 0.0, 1e-4);
    }
    tw_fft_destroy(fft);
    tw_fft_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_grid_comes_back_at_every_size),
        cmocka_unit_test(a_cosine_is_one_wave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
