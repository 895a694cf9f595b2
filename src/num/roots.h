/* Roots that loops can afford: no call, no table, the same bits on every machine. */
#ifndef TW_NUM_ROOTS_H
#define TW_NUM_ROOTS_H

#include <stdint.h>
#include <string.h>

/**
 * Cube root of a positive normal number, within 2e-14 of its value.
 *
 * Starts from a third of the exponent and takes two steps of Halley's method, t (t^3 + 2x) /
 * (2 t^3 + x), each of which triples the correct digits.
 */
static inline double tw_cube_root(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = bits / 3 + UINT64_C(0x2A9F7893782DA1CE);
    double t;
    memcpy(&t, &bits, sizeof t);
    double t3 = t * t * t;
    t = t * (t3 + 2.0 * x) / (2.0 * t3 + x);
    t3 = t * t * t;
    return t * (t3 + 2.0 * x) / (2.0 * t3 + x);
}

#endif
