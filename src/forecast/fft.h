/* Fourier transform of a real grid, by KISS FFT. */
#ifndef TW_FORECAST_FFT_H
#define TW_FORECAST_FFT_H

#include "thalweg/status.h"

#include <stdint.h>

/** A complex number; laid out as KISS FFT has it. */
struct tw_complex {
    float re, im;
};

/** Transforms of one size; for one thread at a time. */
struct tw_fft;

/** The next length, at least `least`, that transforms fast; even. */
int32_t tw_fft_length(int32_t least);

/** Prepare for grids of some size. columns is even. errors: TW_ERR_NOMEM */
tw_status tw_fft_create(int32_t rows, int32_t columns, struct tw_fft **out_fft);

/** Free; NULL is fine. */
void tw_fft_destroy(struct tw_fft *fft);

/**
 * From a grid to its waves.
 *
 * grid       [rows * columns]
 * out_waves  [rows * (columns / 2 + 1)] not divided by their number
 */
void tw_fft_forward(struct tw_fft *fft, const float *grid, struct tw_complex *out_waves);

/** From waves to the grid that tw_fft_forward was given (divided by the number of cells). */
void tw_fft_backward(struct tw_fft *fft, const struct tw_complex *waves, float *out_grid);

#endif
