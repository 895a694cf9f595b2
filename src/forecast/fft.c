#include "forecast/fft.h"

#include <kiss_fftndr.h>
#include <stdlib.h>

struct tw_fft {
    int32_t rows, columns;
    kiss_fftndr_cfg forward, backward;
    kiss_fft_cpx *waves; /* [rows * (columns / 2 + 1)] */
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
    const int sides[2] = {rows, columns};
    *fft = (struct tw_fft){.rows = rows, .columns = columns};
    fft->forward = kiss_fftndr_alloc(sides, 2, 0, NULL, NULL);
    fft->backward = kiss_fftndr_alloc(sides, 2, 1, NULL, NULL);
    fft->waves = calloc((size_t)rows * (size_t)(columns / 2 + 1), sizeof *fft->waves);
    if (fft->forward == NULL || fft->backward == NULL || fft->waves == NULL) {
        tw_fft_destroy(fft);
        return TW_ERR_NOMEM;
    }
    *out_fft = fft;
    return TW_OK;
}

void tw_fft_destroy(struct tw_fft *fft)
{
    if (fft == NULL) return;
    free(fft->forward);
    free(fft->backward);
    free(fft->waves);
    free(fft);
}

void tw_fft_forward(struct tw_fft *fft, const float *grid, struct tw_complex *out_waves)
{
    kiss_fftndr(fft->forward, grid, fft->waves);
    size_t count = (size_t)fft->rows * (size_t)(fft->columns / 2 + 1);
    for (size_t i = 0; i < count; i++)
        out_waves[i] = (struct tw_complex){fft->waves[i].r, fft->waves[i].i};
}

void tw_fft_backward(struct tw_fft *fft, const struct tw_complex *waves, float *out_grid)
{
    size_t count = (size_t)fft->rows * (size_t)(fft->columns / 2 + 1);
    for (size_t i = 0; i < count; i++) {
        fft->waves[i].r = waves[i].re;
        fft->waves[i].i = waves[i].im;
    }
    kiss_fftndri(fft->backward, fft->waves, out_grid);
    size_t cells = (size_t)fft->rows * (size_t)fft->columns;
    const float part = 1.0F / (float)cells;
    for (size_t i = 0; i < cells; i++)
        out_grid[i] *= part;
}
