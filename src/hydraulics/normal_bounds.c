#include "hydraulics/normal_bounds.h"

#include <math.h>

bool tw_normal_bounds_fill(double *out, const struct tw_xsect *x)
{
    if (!tw_xsect_depth_grows(x)) return false;
    for (int32_t i = 0; i < TW_NORMAL_BOUNDS; i++) {
        double ratio = ldexp(1.0 + i % 8 / 8.0, i / 8 - 20);
        out[i] = tw_xsect_depth_of_factor(x, ratio * x->full_factor) / x->full_depth_m;
    }
    return true;
}
