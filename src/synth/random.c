#include "synth/random.h"

#include <math.h>

static uint64_t mix(uint64_t z)
{
    z += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t tw_draw_bits(uint64_t seed, enum tw_draw purpose, int64_t i, int64_t j)
{
    uint64_t z = mix(seed ^ ((uint64_t)purpose << 56));
    z = mix(z ^ (uint64_t)i);
    return mix(z ^ (uint64_t)j);
}

double tw_draw_between(uint64_t bits, double low, double high)
{
    return low + (high - low) * ((double)(bits >> 11) * 0x1p-53);
}

double tw_draw_unit(uint64_t seed, enum tw_draw purpose, int64_t i, int64_t j)
{
    return tw_draw_between(tw_draw_bits(seed, purpose, i, j), 0.0, 1.0);
}

double tw_noise(uint64_t seed, enum tw_draw purpose, double x, double y)
{
    double x_floor = floor(x), y_floor = floor(y);
    int64_t i = (int64_t)x_floor, j = (int64_t)y_floor;
    double u = x - x_floor, v = y - y_floor;
    u = u * u * (3.0 - 2.0 * u);
    v = v * v * (3.0 - 2.0 * v);
    double a = tw_draw_unit(seed, purpose, i, j), b = tw_draw_unit(seed, purpose, i + 1, j);
    double c = tw_draw_unit(seed, purpose, i, j + 1), d = tw_draw_unit(seed, purpose, i + 1, j + 1);
    double south = a + u * (b - a), north = c + u * (d - c);
    return 2.0 * (south + v * (north - south)) - 1.0;
}
