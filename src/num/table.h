/* Tables: points (x, y) with straight lines between them, and values at even distances. */
#ifndef TW_NUM_TABLE_H
#define TW_NUM_TABLE_H

#include <stdint.h>

/* Points in order of x; equal x are a jump. Borrowed arrays. */
struct tw_points {
    const double *x, *y;
    int32_t count;
};

/** Value at x; before the first and after the last point the value of that point; 0 of none. */
double tw_points_at(struct tw_points points, double x);

/**
 * Value at x of points that go on outside: below the first on a line through the origin, beyond
 * the last with the last slope, unless it falls.
 */
double tw_points_beyond(struct tw_points points, double x);

/** Value of the first point that lies beyond x, else of the last point: a staircase. */
double tw_points_step(struct tw_points points, double x);

/** Slope at x: of the first line up to the second point, 0 beyond the last point. */
double tw_points_slope(struct tw_points points, double x);

/** Integral of tw_points_beyond from 0 to x, x >= 0. */
double tw_points_integral(struct tw_points points, double x);

/**
 * The x up to which the integral of tw_points_beyond has a value.
 *
 * value    >= 0
 * returns  >= 0; the last point's x when the values end at 0 before the integral is reached
 */
double tw_points_integral_inverse(struct tw_points points, double value);

/**
 * Value at x of a function given at `count` even distances of 0..1, count >= 3.
 *
 * Straight lines, but a parabola through three values in the first two cells, where sections are
 * most curved.
 *
 * x        clamped to 0..1
 * returns  >= 0
 * source   SWMM Reference Manual II, 5.2
 */
double tw_even_at(const double *y, int32_t count, double x);

/**
 * The x in 0..1 at which a function given at even distances has a value, by straight lines.
 *
 * y        growing; or growing up to its third last value and falling from there (section
 *          factors of closed sections), then all above the last value have the place of the greatest,
 *          as in SWMM
 * source   SWMM Reference Manual II, 5.2
 */
double tw_even_inverse(const double *y, int32_t count, double value);

#endif
