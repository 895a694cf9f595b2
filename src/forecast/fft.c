/* Rows by real transforms, then columns by complex ones. KISS FFT's own transform of grids refuses
 * most sizes above 100 in the version of Debian 12. */
#include "forecast/fft.h"

#include <kiss_fftr.h>
#include <stdlib.h>

struct tw_fft {
    int32_t rows, columns;
    kiss_fftr_cfg row_forward, row_backward;
    kiss_fft_cfg column_forward, column_backward;
    kiss_fft_cpx *waves; /* [rows * (columns / 2 + 1)] */
    kiss_fft_cpx *from;  /* [rows] a column */
    kiss_fft_cpx *to;    /* [rows] */
};

_Static_assert(sizeof(kiss_fft_cpx) == sizeof(struct tw_complex), "KISS FFT computes in float");

int32_t tw_fft_length(int32_t least)
{
    int half = (least + 1) / 2;
    return 2 * kiss_fft_next_fast_size(half < 2 ? 2 : half);
}

tw_status tw_fft_create(int32_t rows, int32_t columns, struct tw_fft **out_fft)
{
    struct tw_fft *fft = calloc(1, sizeof *fft);
    if (fft == NULL) return TW_ERR_NOMEM;
    *fft = (struct tw_fft){.rows = rows, .columns = columns};
    fft->row_forward = kiss_fftr_alloc(columns, 0, NULL, NULL);
    fft->row_backward = kiss_fftr_alloc(columns, 1, NULL, NULL);
    fft->column_forward = kiss_fft_alloc(rows, 0, NULL, NULL);
    fft->column_backward = kiss_fft_alloc(rows, 1, NULL, NULL);
    fft->waves = calloc((size_t)rows * (size_t)(columns / 2 + 1), sizeof *fft->waves);
    fft->from = calloc((size_t)rows, sizeof *fft->from);
    fft->to = calloc((size_t)rows, sizeof *fft->to);
    if (fft->row_forward == NULL || fft->row_backward == NULL || fft->column_forward == NULL ||
        fft->column_backward == NULL || fft->waves == NULL || fft->from == NULL ||
        fft->to == NULL) {
        tw_fft_destroy(fft);
        return TW_ERR_NOMEM;
    }
    *out_fft = fft;
    return TW_OK;
}

void tw_fft_destroy(struct tw_fft *fft)
{
    if (fft == NULL) return;
    free(fft->row_forward);
    free(fft->row_backward);
    free(fft->column_forward);
    free(fft->column_backward);
    free(fft->waves);
    free(fft->from);
    free(fft->to);
    free(fft);
}

static void transform_columns(struct tw_fft *fft, kiss_fft_cfg transform)
{
    const int32_t columns = fft->columns / 2 + 1;
    for (int32_t c = 0; c < columns; c++) {
        for (int32_t r = 0; r < fft->rows; r++)
            fft->from[r] = fft->waves[(size_t)r * (size_t)columns + (size_t)c];
        kiss_fft(transform, fft->from, fft->to);
        for (int32_t r = 0; r < fft->rows; r++)
            fft->waves[(size_t)r * (size_t)columns + (size_t)c] = fft->to[r];
    }
}

void tw_fft_forward(struct tw_fft *fft, const float *grid, struct tw_complex *out_waves)
{
    const size_t columns = (size_t)fft->columns / 2 + 1;
    for (size_t r = 0; r < (size_t)fft->rows; r++)
        kiss_fftr(fft->row_forward, grid + r * (size_t)fft->columns, fft->waves + r * columns);
    transform_columns(fft, fft->column_forward);
    for (size_t i = 0; i < columns * (size_t)fft->rows; i++)
        out_waves[i] = (struct tw_complex){fft->waves[i].r, fft->waves[i].i};
}

void tw_fft_backward(struct tw_fft *fft, const struct tw_complex *waves, float *out_grid)
{
    const size_t columns = (size_t)fft->columns / 2 + 1;
    for (size_t i = 0; i < columns * (size_t)fft->rows; i++) {
        fft->waves[i].r = waves[i].re;
        fft->waves[i].i = waves[i].im;
    }
    transform_columns(fft, fft->column_backward);
    for (size_t r = 0; r < (size_t)fft->rows; r++)
        kiss_fftri(fft->row_backward, fft->waves + r * columns,
                   out_grid + r * (size_t)fft->columns);
    size_t cells = (size_t)fft->rows * (size_t)fft->columns;
    const float part = 1.0F / (float)cells;
    for (size_t i = 0; i < cells; i++)
        out_grid[i] *= part;
}
