#include "io/units.h"

#include "model/flow_unit.h"

static const double foot_m = 0.3048;
static const double mile_per_hour_mps = 0.44704;

struct tw_units tw_units_of(enum tw_flow_units flow_units, bool exact)
{
    double foot3_m3 = foot_m * foot_m * foot_m;
    struct tw_units u = {.us = flow_units <= TW_FLOW_MGD};
    u.flow_m3s = tw_flow_unit_m3s(flow_units, exact);
    u.length_m = u.us ? foot_m : 1.0;
    u.area_m2 = u.length_m * u.length_m;
    u.volume_m3 = tw_volume_unit_m3(u.us, exact);
    u.land_m2 = tw_land_unit_m2(u.us, exact);
    u.rain_mm = u.us ? 25.4 : 1.0;
    u.degree_c = u.us ? 5.0 / 9.0 : 1.0;
    u.melt_per_c = u.us ? 1.8 : exact ? 1.0 : 3.24; /* SWMM turns degrees the wrong way round */
    u.wind_mps = u.us    ? mile_per_hour_mps
                 : exact ? 1.0 / 3.6
                         : mile_per_hour_mps / 1.608; /* SWMM's kilometre */
    /* rounded as SWMM has them, so that reports agree to their last digit */
    u.big_volume_m3 = foot3_m3 / (u.us ? 7.48e-6 : 28.317e-6);
    u.routed_volume_m3 = tw_land_unit_m2(u.us, false) * u.length_m;
    u.land_volume_m3 = u.land_m2 * u.length_m;
    return u;
}

double tw_units_celsius(const struct tw_units *units, double temperature)
{
    return units->us ? (temperature - 32.0) / 1.8 : temperature;
}

double tw_units_fahrenheit(double celsius) { return 32.0 + 1.8 * celsius; }
