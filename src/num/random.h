/* Chance: numbers from a seed and a place, the same in any order and thread, or one after the other from
 * a state that the caller keeps. source: splitmix64, Steele, Lea and Flood 2014 */
#ifndef TW_NUM_RANDOM_H
#define TW_NUM_RANDOM_H

#include <math.h>
#include <stdint.h>

#define TW_RANDOM_STEP UINT64_C(0x9E3779B97F4A7C15)

/** Stir bits so that each of them depends on all; 0 stays 0. */
static inline uint64_t tw_random_stir(uint64_t bits)
{
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94D049BB133111EB);
    return bits ^ (bits >> 31);
}

/** 64 well mixed bits of a number. */
static inline uint64_t tw_random_mix(uint64_t bits)
{
    return tw_random_stir(bits + TW_RANDOM_STEP);
}

/** The next 64 bits of a sequence; its state may begin with any number. */
static inline uint64_t tw_random_next(uint64_t *state)
{
    return tw_random_stir(*state += TW_RANDOM_STEP);
}

/** Bits of a seed and a place. */
static inline uint64_t tw_random_bits(uint64_t seed, uint64_t i, uint64_t j)
{
    return tw_random_mix(tw_random_mix(tw_random_mix(seed) ^ i) ^ j);
}

/** Bits of a seed and three numbers. */
static inline uint64_t tw_random_bits_3(uint64_t seed, int64_t a, int64_t b, int64_t c)
{
    uint64_t bits = tw_random_mix(seed ^ tw_random_mix((uint64_t)a));
    return tw_random_mix(tw_random_mix(bits ^ (uint64_t)b) ^
                         (uint64_t)c * UINT64_C(0xD1342543DE82EF95));
}

/** Bits as a number in 0..1, neither end. */
static inline double tw_random_unit_of(uint64_t bits)
{
    return ((double)(bits >> 11) + 0.5) * 0x1p-53;
}

/** Bits as a number of the normal distribution, mean 0, deviation 1. source: Box and Muller 1958 */
static inline double tw_random_normal_of(uint64_t bits)
{
    const double turn = 6.283185307179586;
    double radius = sqrt(-2.0 * log(tw_random_unit_of(bits)));
    return radius * cos(turn * tw_random_unit_of(tw_random_mix(bits)));
}

/** A number in 0..1, neither end, of a seed and a place. */
static inline double tw_random_unit(uint64_t seed, uint64_t i, uint64_t j)
{
    return tw_random_unit_of(tw_random_bits(seed, i, j));
}

/** A number of the normal distribution at a seed and a place. */
static inline double tw_random_normal(uint64_t seed, uint64_t i, uint64_t j)
{
    return tw_random_normal_of(tw_random_bits(seed, i, j));
}

#endif
