#include "io/units.h"

static const double foot_m = 0.3048;
static const double gallon_m3 = 3.785411784e-3;
static const double mile_per_hour_mps = 0.44704;
static const double day_s = 86400.0;

static double flow_factor(enum tw_flow_units flow_units)
{
    static const double minute_s = 60.0;
    switch (flow_units) {
    case TW_FLOW_CFS:
        return foot_m * foot_m * foot_m;
    case TW_FLOW_GPM:
        return gallon_m3 / minute_s;
    case TW_FLOW_MGD:
        return 1e6 * gallon_m3 / day_s;
    case TW_FLOW_CMS:
        return 1.0;
    case TW_FLOW_LPS:
        return 1e-3;
    case TW_FLOW_MLD:
        return 1e3 / day_s;
    }
    return 1.0;
}

struct tw_units tw_units_of(enum tw_flow_units flow_units)
{
    struct tw_units u = {.us = flow_units <= TW_FLOW_MGD, .flow_m3s = flow_factor(flow_units)};
    u.length_m = u.us ? foot_m : 1.0;
    u.area_m2 = u.length_m * u.length_m;
    u.volume_m3 = u.area_m2 * u.length_m;
    u.land_m2 = u.us ? 43560.0 * foot_m * foot_m : 1e4;
    u.rain_mm = u.us ? 25.4 : 1.0;
    u.degree_c = u.us ? 5.0 / 9.0 : 1.0;
    u.melt_per_c = u.us ? 1.8 : 3.24; /* SWMM's: it turns degrees the wrong way round */
    u.wind_mps = u.us ? mile_per_hour_mps : mile_per_hour_mps / 1.608; /* SWMM's kilometre */
    /* rounded as SWMM has them, so that reports agree to their last digit */
    double foot3_m3 = foot_m * foot_m * foot_m;
    u.big_volume_m3 = foot3_m3 / (u.us ? 7.48e-6 : 28.317e-6);
    u.routed_volume_m3 = foot3_m3 / (u.us ? 2.2956e-5 : 0.3048 * 0.92903e-5);
    u.land_volume_m3 = u.land_m2 * u.length_m;
    return u;
}

double tw_units_celsius(const struct tw_units *units, double temperature)
{
    return units->us ? (temperature - 32.0) / 1.8 : temperature;
}

double tw_units_fahrenheit(double celsius) { return 32.0 + 1.8 * celsius; }
