/* Modified Green-Ampt: rain slower than the soil conducts does not end an event, so the deficit is
 * not used up before the storm's strong part. SWMM Reference Manual I, section 4.4.3. */
#include "hydrology/infiltration_methods.h"

void tw_modified_green_ampt_scale(double *parameters, double factor)
{
    tw_green_ampt_scale(parameters, factor);
}

void tw_modified_green_ampt_prepare(const double *parameters, double *soil)
{
    tw_green_ampt_prepare(parameters, soil);
}

void tw_modified_green_ampt_adjust(double *soil, double ratio)
{
    tw_green_ampt_adjust(soil, ratio);
}

void tw_modified_green_ampt_begin(const double *soil, double *state)
{
    tw_green_ampt_begin(soil, state);
}

double tw_modified_green_ampt_rate(const double *soil, double *state,
                                   const struct tw_infiltration_input *in)
{
    return tw_green_ampt_any_rate(soil, state, in, true);
}
