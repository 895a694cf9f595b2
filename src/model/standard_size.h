/* Heights of standard pipes that an input file names by the code of their size. */
#ifndef TW_MODEL_STANDARD_SIZE_H
#define TW_MODEL_STANDARD_SIZE_H

#include "model/xsect_shape.h"

#include <stdint.h>

/**
 * Height of a standard size [m].
 *
 * code     1..23 (ellipses), 1..102 (arches)
 * returns  0 when the shape has no standard sizes, or none of that code
 * source   SWMM User's Manual 5.2, A.11 and A.12
 */
double tw_standard_height_m(enum tw_shape shape, int32_t code);

#endif
