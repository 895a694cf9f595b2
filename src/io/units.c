#include "io/units.h"

static const double foot_m = 0.3048;
static const double gallon_m3 = 3.785411784e-3;
static const double mile_per_hour_mps = 0.44704;
static const double day_s = 86400.0;

/* Flow units in a cubic foot a second, acres, hectares and cubic metres in those of feet, as SWMM rounds
 * them: a calibrated model has them in its numbers, and storms that do not converge amplify a
 * ten-thousandth. */
static const double swmm_flows_per_cfs[] = {
    [TW_FLOW_CFS] = 1.0,     [TW_FLOW_GPM] = 448.831, [TW_FLOW_MGD] = 0.64632,
    [TW_FLOW_CMS] = 0.02832, [TW_FLOW_LPS] = 28.317,  [TW_FLOW_MLD] = 2.4466};
static const double swmm_metres3_per_foot3 = 0.02832;
static const double swmm_acres_per_foot2 = 2.2956e-5;
static const double swmm_hectares_per_foot2 = 0.92903e-5;

static double exact_flow(enum tw_flow_units flow_units)
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

struct tw_units tw_units_of(enum tw_flow_units flow_units, bool exact)
{
    double foot3_m3 = foot_m * foot_m * foot_m;
    struct tw_units u = {.us = flow_units <= TW_FLOW_MGD};
    u.flow_m3s = exact ? exact_flow(flow_units) : foot3_m3 / swmm_flows_per_cfs[flow_units];
    u.length_m = u.us ? foot_m : 1.0;
    u.area_m2 = u.length_m * u.length_m;
    u.volume_m3 = exact || u.us ? u.area_m2 * u.length_m : foot3_m3 / swmm_metres3_per_foot3;
    if (exact)
        u.land_m2 = u.us ? 43560.0 * foot_m * foot_m : 1e4;
    else
        u.land_m2 = foot_m * foot_m / (u.us ? swmm_acres_per_foot2 : swmm_hectares_per_foot2);
    u.rain_mm = u.us ? 25.4 : 1.0;
    u.degree_c = u.us ? 5.0 / 9.0 : 1.0;
    u.melt_per_c = u.us ? 1.8 : 3.24; /* SWMM's: it turns degrees the wrong way round */
    u.wind_mps = u.us ? mile_per_hour_mps : mile_per_hour_mps / 1.608; /* SWMM's kilometre */
    /* rounded as SWMM has them, so that reports agree to their last digit */
    u.big_volume_m3 = foot3_m3 / (u.us ? 7.48e-6 : 28.317e-6);
    u.routed_volume_m3 =
        foot3_m3 / (u.us ? swmm_acres_per_foot2 : foot_m * swmm_hectares_per_foot2);
    u.land_volume_m3 = u.land_m2 * u.length_m;
    return u;
}

double tw_units_celsius(const struct tw_units *units, double temperature)
{
    return units->us ? (temperature - 32.0) / 1.8 : temperature;
}

double tw_units_fahrenheit(double celsius) { return 32.0 + 1.8 * celsius; }
