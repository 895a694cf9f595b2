/* Between which depths the normal depth of a flow is: enough to know how it compares with another depth,
 * most of the time, and far cheaper than the depth itself. */
#ifndef TW_HYDRAULICS_NORMAL_BOUNDS_H
#define TW_HYDRAULICS_NORMAL_BOUNDS_H

#include "hydraulics/xsect.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Ratios of the section factor to the full one from 2^-20 to 1, eight to a doubling: such numbers
 * differ in nothing but the first bits that a double has. */
enum { TW_NORMAL_BOUNDS = 20 * 8 + 1 };

/**
 * Normal depths over the full one at the bounds' section factors.
 *
 * out      [TW_NORMAL_BOUNDS]
 * returns  false where the depth does not grow with the factor (tw_xsect_depth_grows)
 */
bool tw_normal_bounds_fill(double *out, const struct tw_xsect *x);

/* Depths over the full one. */
struct tw_normal_range {
    double low, high;
};

/**
 * Where the normal depth of a section factor is.
 *
 * bounds        of tw_normal_bounds_fill; NULL: nothing is known
 * factor_ratio  section factor over the full one, need not be exact
 */
static inline struct tw_normal_range tw_normal_range_of(const double *bounds, double factor_ratio)
{
    /* more than rounding, and more than a depth falls where the parts of a shape's formula meet */
    static const double loose = 0.01;
    struct tw_normal_range range = {0.0, 1.0};
    uint64_t bits, first = UINT64_C(1003) << 3; /* 1023 - 20 */
    memcpy(&bits, &factor_ratio, sizeof bits);
    uint64_t cell = (bits >> 49) - first; /* sign, exponent, three bits */
    if (bounds == NULL || cell >= TW_NORMAL_BOUNDS - 1) return range;
    range.low = bounds[cell] * (1.0 - loose);
    range.high = bounds[cell + 1] * (1.0 + loose);
    return range;
}

#endif
