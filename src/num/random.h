/* Chance without a hidden state: numbers from a seed and a place, the same in any order and thread. */
#ifndef TW_NUM_RANDOM_H
#define TW_NUM_RANDOM_H

#include <stdint.h>

/** 64 well mixed bits of a seed and a place. source: splitmix64, Steele et al. 2014 */
uint64_t tw_random_bits(uint64_t seed, uint64_t i, uint64_t j);

/** A number in 0..1, neither end. */
double tw_random_unit(uint64_t seed, uint64_t i, uint64_t j);

/** A number of the normal distribution with mean 0 and deviation 1. source: Box and Muller 1958 */
double tw_random_normal(uint64_t seed, uint64_t i, uint64_t j);

#endif
