#include "model/flow_unit.h"

#include <float.h>
#include <math.h>

static const double foot_m = 0.3048;
static const double foot3_m3 = 0.3048 * 0.3048 * 0.3048;

double tw_flow_unit_m3s(enum tw_flow_units unit, bool exact)
{
    static const double gallon_m3 = 3.785411784e-3, day_s = 86400.0;
    /* SWMM's units in a cubic foot a second */
    static const double rounded[] = {1.0, 448.831, 0.64632, 0.02832, 28.317, 2.4466};
    const double as_named[] = {foot3_m3, gallon_m3 / 60.0, 1e6 * gallon_m3 / day_s, 1.0,
                               1e-3,     1e3 / day_s};
    return exact ? as_named[unit] : foot3_m3 / rounded[unit];
}

double tw_volume_unit_m3(bool us, bool exact)
{
    if (us) return foot3_m3;
    return exact ? 1.0 : foot3_m3 / 0.02832;
}

double tw_land_unit_m2(bool us, bool exact)
{
    if (exact) return us ? 43560.0 * foot_m * foot_m : 1e4;
    return foot_m * foot_m / (us ? 2.2956e-5 : 0.92903e-5);
}

double tw_length_ft(bool us, double length_m)
{
    static const double digits = 1e9;
    double ft = length_m / foot_m;
    if (!us) return ft;
    double decimal = round(ft * digits) / digits;
    return fabs(decimal - ft) <= 4.0 * DBL_EPSILON * fabs(ft) ? decimal : ft;
}
