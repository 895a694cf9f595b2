/* Vectors of doubles, as wide as the instruction set that a file is compiled for. Every operation
 * works element by element with IEEE arithmetic, so an element's bits do not depend on the width,
 * on its place or on its neighbours. Only for files of kernels: a function that takes or returns
 * vectors must be part of its caller. */
#ifndef TW_NUM_VECTOR_H
#define TW_NUM_VECTOR_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define TW_VEC_WIDTH 8
#elif defined(__AVX2__)
#define TW_VEC_WIDTH 4
#else
#define TW_VEC_WIDTH 2
#endif

typedef double tw_vec TW_VECTOR(8 * TW_VEC_WIDTH);
/* An element of a mask is 0 or -1. */
typedef int64_t tw_mask TW_VECTOR(8 * TW_VEC_WIDTH);

/* Four doubles that lie together, whatever the width. */
typedef double tw_quad TW_VECTOR(32);

TW_PART void tw_quad_add(tw_quad *sum, const double *x)
{
    tw_quad v;
    memcpy(&v, x, sizeof v);
    *sum += v;
}

TW_PART tw_vec tw_vec_load(const double *x)
{
    tw_vec v;
    memcpy(&v, x, sizeof v);
    return v;
}

TW_PART tw_mask tw_mask_load(const int64_t *x)
{
    tw_mask v;
    memcpy(&v, x, sizeof v);
    return v;
}

/** The j-th number behind every pointer. */
TW_PART tw_vec tw_vec_pick(const double *const x[TW_VEC_WIDTH], int32_t j)
{
#if TW_VEC_WIDTH == 8
    return (tw_vec){x[0][j], x[1][j], x[2][j], x[3][j], x[4][j], x[5][j], x[6][j], x[7][j]};
#elif TW_VEC_WIDTH == 4
    return (tw_vec){x[0][j], x[1][j], x[2][j], x[3][j]};
#else
    return (tw_vec){x[0][j], x[1][j]};
#endif
}

/**
 * The first eight numbers behind every pointer: out[j] is what tw_vec_pick(x, j) is, in whole loads
 * that are then turned about.
 */
TW_PART void tw_vec_pick_eight(const double *const x[TW_VEC_WIDTH], tw_vec out[8])
{
#if TW_VEC_WIDTH == 8
    tw_vec pair[8], four[8]; /* columns of two and of four pointers */
    for (int i = 0; i < 8; i += 2) {
        tw_vec a = tw_vec_load(x[i]), b = tw_vec_load(x[i + 1]);
        pair[i] = __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14);
        pair[i + 1] = __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int i = 0; i < 8; i += 4) {
        for (int j = 0; j < 2; j++) {
            tw_vec a = pair[i + j], b = pair[i + j + 2];
            four[i + j] = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
            four[i + j + 2] = __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
        }
    }
    for (int j = 0; j < 4; j++) {
        tw_vec a = four[j], b = four[j + 4];
        out[j] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
        out[j + 4] = __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
    }
#elif TW_VEC_WIDTH == 4
    for (int j = 0; j < 8; j += 4) {
        tw_vec a = tw_vec_load(x[0] + j), b = tw_vec_load(x[1] + j);
        tw_vec c = tw_vec_load(x[2] + j), d = tw_vec_load(x[3] + j);
        tw_vec even1 = __builtin_shufflevector(a, b, 0, 4, 2, 6);
        tw_vec even2 = __builtin_shufflevector(c, d, 0, 4, 2, 6);
        tw_vec odd1 = __builtin_shufflevector(a, b, 1, 5, 3, 7);
        tw_vec odd2 = __builtin_shufflevector(c, d, 1, 5, 3, 7);
        out[j] = __builtin_shufflevector(even1, even2, 0, 1, 4, 5);
        out[j + 1] = __builtin_shufflevector(odd1, odd2, 0, 1, 4, 5);
        out[j + 2] = __builtin_shufflevector(even1, even2, 2, 3, 6, 7);
        out[j + 3] = __builtin_shufflevector(odd1, odd2, 2, 3, 6, 7);
    }
#else
    for (int j = 0; j < 8; j++)
        out[j] = tw_vec_pick(x, j);
#endif
}

/** out[j]: the j-th elements of as many quads as a vector is wide. */
TW_PART void tw_quads_split(const tw_quad x[TW_VEC_WIDTH], tw_vec out[4])
{
#if TW_VEC_WIDTH == 8
    tw_vec both[4], pair[4]; /* of quads i and i + 4; of two of them */
    for (int i = 0; i < 4; i++)
        both[i] = __builtin_shufflevector(x[i], x[i + 4], 0, 1, 2, 3, 4, 5, 6, 7);
    for (int i = 0; i < 4; i += 2) {
        pair[i] = __builtin_shufflevector(both[i], both[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        pair[i + 1] = __builtin_shufflevector(both[i], both[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int j = 0; j < 2; j++) {
        tw_vec a = pair[j], b = pair[j + 2];
        out[j] = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
        out[j + 2] = __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
    }
#else
    for (int i = 0; i < TW_VEC_WIDTH; i++) {
        for (int j = 0; j < 4; j++)
            out[j][i] = x[i][j];
    }
#endif
}

/** out[i]: the i-th elements of four vectors. */
TW_PART void tw_vec_join(const tw_vec x[4], tw_quad out[TW_VEC_WIDTH])
{
#if TW_VEC_WIDTH == 8
    tw_vec pair[4]; /* elements of even and of odd places of two vectors */
    for (int j = 0; j < 4; j += 2) {
        pair[j] = __builtin_shufflevector(x[j], x[j + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        pair[j + 1] = __builtin_shufflevector(x[j], x[j + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int i = 0; i < 2; i++) {
        tw_vec a = __builtin_shufflevector(pair[i], pair[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
        tw_vec b = __builtin_shufflevector(pair[i], pair[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        out[i] = __builtin_shufflevector(a, a, 0, 1, 2, 3);
        out[i + 4] = __builtin_shufflevector(a, a, 4, 5, 6, 7);
        out[i + 2] = __builtin_shufflevector(b, b, 0, 1, 2, 3);
        out[i + 6] = __builtin_shufflevector(b, b, 4, 5, 6, 7);
    }
#else
    for (int i = 0; i < TW_VEC_WIDTH; i++) {
        for (int j = 0; j < 4; j++)
            out[i][j] = x[j][i];
    }
#endif
}

TW_PART void tw_vec_store(double *x, tw_vec v) { memcpy(x, &v, sizeof v); }

TW_PART tw_vec tw_vec_of(double x) { return x - (tw_vec){0}; }

TW_PART tw_mask tw_mask_of(bool x) { return (x ? INT64_C(-1) : INT64_C(0)) - (tw_mask){0}; }

typedef uint8_t tw_mask_bytes TW_VECTOR(TW_VEC_WIDTH);

/** Set where a byte is 1; bytes are 0 or 1. */
TW_PART tw_mask tw_mask_of_bytes(const uint8_t *bytes)
{
    tw_mask_bytes b;
    memcpy(&b, bytes, sizeof b);
    return -__builtin_convertvector(b, tw_mask);
}

/** The same the other way round. */
TW_PART void tw_mask_store_bytes(uint8_t *bytes, tw_mask mask)
{
    tw_mask_bytes b = __builtin_convertvector(mask & 1, tw_mask_bytes);
    memcpy(bytes, &b, sizeof b);
}

/** Set where a bit is 1; bit i is that of element i. */
TW_PART tw_mask tw_mask_of_bits(uint32_t bits)
{
#if TW_VEC_WIDTH == 8
    const tw_mask place = {0, 1, 2, 3, 4, 5, 6, 7};
#elif TW_VEC_WIDTH == 4
    const tw_mask place = {0, 1, 2, 3};
#else
    const tw_mask place = {0, 1};
#endif
    return -((((int64_t)bits - (tw_mask){0}) >> place) & 1);
}

/** yes where the mask is set, else no. */
TW_PART tw_vec tw_vec_select(tw_mask mask, tw_vec yes, tw_vec no)
{
    return (tw_vec)((mask & (tw_mask)yes) | (~mask & (tw_mask)no));
}

/** x where the mask is set, else 0. */
TW_PART tw_vec tw_vec_where(tw_mask mask, tw_vec x) { return (tw_vec)(mask & (tw_mask)x); }

/** The larger; b when either is no number. */
TW_PART tw_vec tw_vec_max(tw_vec a, tw_vec b) { return tw_vec_select(a > b, a, b); }

/** The smaller; b when either is no number. */
TW_PART tw_vec tw_vec_min(tw_vec a, tw_vec b) { return tw_vec_select(a < b, a, b); }

TW_PART tw_vec tw_vec_abs(tw_vec x) { return (tw_vec)((tw_mask)x & INT64_MAX); }

/** size, negative where sign is; size must not be. */
TW_PART tw_vec tw_vec_signed(tw_vec size, tw_vec sign)
{
    return tw_vec_select(sign < 0.0, -size, size);
}

TW_PART tw_vec tw_vec_sqrt(tw_vec x)
{
    tw_vec r;
    for (int i = 0; i < TW_VEC_WIDTH; i++)
        r[i] = __builtin_sqrt(x[i]);
    return r;
}

/**
 * One over the cube root of a positive normal number, within 3e-16 of its value; finite at 0.
 *
 * Starts from a third of the exponent, 4 % off, and takes two steps of the series of
 * (1 - c)^(-1/3), c = 1 - x y^3: y (1 + c / 3 + 2 c^2 / 9 + 14 c^3 / 81), each of which makes the
 * correct digits four times as many. No division.
 */
TW_PART tw_vec tw_vec_inverse_cube_root(tw_vec x)
{
    tw_mask third = ((((tw_mask)x >> 32) & 0x7fffffff) * 0x55555556) >> 32;
    tw_vec y = (tw_vec)((0x553ee800 - third) << 32);
    for (int step = 0; step < 2; step++) {
        tw_vec c = 1.0 - (x * y) * (y * y);
        y = y + y * (c * (1.0 / 3.0 + c * (2.0 / 9.0 + c * (14.0 / 81.0))));
    }
    return y;
}

/** Natural logarithm of a positive normal number, within 1e-4; finite at 0. The exponent's and a
 * polynomial of the mantissa, through five Chebyshev points of 1..2. */
TW_PART tw_vec tw_vec_rough_log(tw_vec x)
{
    tw_mask bits = (tw_mask)x;
    tw_mask exponent = ((bits >> 52) & 0x7ff) - 1023;
    tw_vec m = (tw_vec)((bits & INT64_C(0xfffffffffffff)) | INT64_C(0x3ff0000000000000));
    tw_vec of_mantissa =
        2.7928365156012385 +
        m * (-1.440592162132281 + m * (0.43393244200672887 - 0.05437093355558686 * m));
    return 0.6931471805599453 * __builtin_convertvector(exponent, tw_vec) +
           (m * of_mantissa - 1.7317264411436128);
}

/** The whole part of numbers of less than 2^62. */
TW_PART tw_mask tw_vec_whole(tw_vec x) { return __builtin_convertvector(x, tw_mask); }

TW_PART tw_vec tw_mask_number(tw_mask x) { return __builtin_convertvector(x, tw_vec); }

TW_PART bool tw_mask_any(tw_mask mask)
{
#if TW_VEC_WIDTH == 8
    typedef int8_t bytes TW_VECTOR(8);
    bytes narrow = __builtin_convertvector(mask, bytes);
    int64_t all;
    memcpy(&all, &narrow, sizeof all);
    return all != 0;
#else
    int64_t all = 0;
    for (int i = 0; i < TW_VEC_WIDTH; i++)
        all |= mask[i];
    return all != 0;
#endif
}

TW_PART bool tw_mask_all(tw_mask mask) { return !tw_mask_any(~mask); }

#endif
