/* The exponential function of many values at once. */
#ifndef TW_NUM_FAST_EXP_H
#define TW_NUM_FAST_EXP_H

#include <stdint.h>

/**
 * e to the x of many values, in a loop that compilers turn into vector instructions; the same bits
 * on every machine.
 *
 * x    [count] clamped to -700..700
 * out  [count] within 2 units of the last place; may not overlap x
 */
void tw_fast_exp(int32_t count, const double *x, double *out);

#endif
