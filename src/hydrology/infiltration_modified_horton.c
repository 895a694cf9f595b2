/* Modified Horton (Akan): capacity falls with the water stored above what drains at the least rate.
 * SWMM Reference Manual I, section 4.3.
 *
 *   f = max(f_max - k F, f_min)       F: infiltrated in excess of f_min, decays while it is dry
 *
 * Soil with a largest volume is full after one step with water, whatever went in: SWMM raises F to
 * that volume where it should not let it beyond. */
#include "hydrology/infiltration_methods.h"

#include <math.h>

enum soil { F_MAX, F_MIN, DECAY, REGAIN, CAPACITY };
enum state { EXCESS };

void tw_modified_horton_scale(double *parameters, double factor)
{
    tw_horton_scale(parameters, factor);
}

void tw_modified_horton_prepare(const double *parameters, double *soil)
{
    tw_horton_prepare(parameters, soil);
}

void tw_modified_horton_adjust(double *soil, double ratio) { tw_horton_adjust(soil, ratio); }

void tw_modified_horton_begin(const double *soil, double *state)
{
    (void)soil;
    state[EXCESS] = 0.0;
}

static double wet_rate(const double *soil, double *state, double dt_s, double supply)
{
    double capacity = soil[CAPACITY];
    if (capacity > 0.0 && state[EXCESS] >= capacity) return 0.0;
    double potential = soil[F_MAX] - soil[DECAY] * state[EXCESS];
    if (potential < soil[F_MIN]) potential = soil[F_MIN];
    double rate = supply < potential ? supply : potential;
    if (rate > soil[F_MIN]) state[EXCESS] += (rate - soil[F_MIN]) * dt_s;
    if (state[EXCESS] < capacity) state[EXCESS] = capacity;
    return rate;
}

double tw_modified_horton_rate(const double *soil, double *state,
                               const struct tw_infiltration_input *in)
{
    double drop = soil[F_MAX] - soil[F_MIN];
    double regain = soil[REGAIN] * in->recovery_factor;
    if (drop < 0.0 || soil[DECAY] < 0.0 || regain < 0.0) return 0.0;
    double supply = in->rain_mps + in->runon_mps + in->depth_m / in->dt_s;
    if (drop == 0.0 || soil[DECAY] == 0.0) {
        double rate = soil[F_MAX] < supply ? soil[F_MAX] : supply;
        return rate > 0.0 ? rate : 0.0;
    }
    if (supply > TW_ZERO_RATE_MPS) return wet_rate(soil, state, in->dt_s, supply);
    if (regain > 0.0) state[EXCESS] *= exp(-regain * in->dt_s);
    return 0.0;
}
