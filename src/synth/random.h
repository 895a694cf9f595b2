/* Chance that is the same everywhere: numbers from a place and a seed instead of a hidden state. */
#ifndef TW_SYNTH_RANDOM_H
#define TW_SYNTH_RANDOM_H

#include <stdint.h>

/** What a draw is for: two draws at one place for different purposes are independent. */
enum tw_draw {
    TW_DRAW_JITTER_X = 1,
    TW_DRAW_JITTER_Y,
    TW_DRAW_RELIEF,
    TW_DRAW_PARK,
    TW_DRAW_GULLY,
    TW_DRAW_BANK,
    TW_DRAW_IMPERVIOUS,
    TW_DRAW_SURFACE,
    TW_DRAW_STREET,
    TW_DRAW_PEOPLE,
    TW_DRAW_PATTERN,
    TW_DRAW_POND,
    TW_DRAW_POINT,
    TW_DRAW_SHAPE,
    TW_DRAW_TANK,
    TW_DRAW_DEPOT
};

/** 64 well mixed bits of a seed, a purpose and a place. source: splitmix64, Steele et al. 2014 */
uint64_t tw_draw_bits(uint64_t seed, enum tw_draw purpose, int64_t i, int64_t j);

/** A number in 0..1 (never 1). */
double tw_draw_unit(uint64_t seed, enum tw_draw purpose, int64_t i, int64_t j);

/** A number in low..high. */
double tw_draw_between(uint64_t bits, double low, double high);

/**
 * Smooth noise over the plane: random values at whole places, a cubic between them.
 *
 * x, y     place in wave lengths
 * returns  -1..1
 */
double tw_noise(uint64_t seed, enum tw_draw purpose, double x, double y);

#endif
