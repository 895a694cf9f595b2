/* Chance for tests: a sequence that is the same on every machine. */
#ifndef TW_TESTS_DRAW_H
#define TW_TESTS_DRAW_H

#include <stdint.h>

/** A number in 0..1. source: the generator of Numerical Recipes, 1992, chapter 7 */
static inline double draw(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (double)(*seed >> 8) / 16777216.0;
}

/** A number of about the normal distribution: twelve even ones. */
static inline double draw_normal(uint32_t *seed)
{
    double sum = -6.0;
    for (int k = 0; k < 12; k++)
        sum += draw(seed);
    return sum;
}

#endif
