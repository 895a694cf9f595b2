/* Chance for ensembles: numbers from a seed and a place, the same in any thread. */
#ifndef TW_FORECAST_CHANCE_H
#define TW_FORECAST_CHANCE_H

#include <math.h>
#include <stdint.h>

/** 64 well mixed bits. source: splitmix64, Steele et al. 2014 */
static inline uint64_t tw_chance_mix(uint64_t bits)
{
    bits += 0x9E3779B97F4A7C15U;
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9U;
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBU;
    return bits ^ (bits >> 31);
}

/** Bits of a seed and three numbers. */
static inline uint64_t tw_chance_at(uint64_t seed, int64_t a, int64_t b, int64_t c)
{
    uint64_t bits = tw_chance_mix(seed ^ tw_chance_mix((uint64_t)a));
    return tw_chance_mix(tw_chance_mix(bits ^ (uint64_t)b) ^ (uint64_t)c * 0xD1342543DE82EF95U);
}

/** A number in 0..1, neither 0 nor 1. */
static inline double tw_chance_unit(uint64_t bits)
{
    return ((double)(bits >> 11) + 0.5) * 0x1p-53;
}

/** A standard normal number. source: Box and Muller 1958 */
static inline double tw_chance_normal(uint64_t bits)
{
    const double turn = 6.283185307179586;
    return sqrt(-2.0 * log(tw_chance_unit(bits))) * cos(turn * tw_chance_unit(tw_chance_mix(bits)));
}

#endif
