#include "num/random.h"

#include <math.h>

static uint64_t mixed(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

uint64_t tw_random_bits(uint64_t seed, uint64_t i, uint64_t j)
{
    return mixed(mixed(mixed(seed) ^ i) ^ j);
}

static double unit_of(uint64_t bits) { return ((double)(bits >> 11) + 0.5) * 0x1p-53; }

double tw_random_unit(uint64_t seed, uint64_t i, uint64_t j)
{
    return unit_of(tw_random_bits(seed, i, j));
}

double tw_random_normal(uint64_t seed, uint64_t i, uint64_t j)
{
    uint64_t bits = tw_random_bits(seed, i, j);
    double radius = sqrt(-2.0 * log(unit_of(bits)));
    return radius * cos(6.283185307179586 * unit_of(mixed(bits)));
}
