/* Horton: capacity falls exponentially while it rains and recovers while it is dry.
 * SWMM Reference Manual I, section 4.2.
 *
 *   f(t) = f_min + (f_max - f_min) exp(-k t)                 capacity after wetting for t
 *   F(t) = f_min t + (f_max - f_min) / k (1 - exp(-k t))     what could have infiltrated by then
 *
 * The state is the time t on that curve. When less is supplied than the soil could take, t grows
 * only as far as F grew: F(t1) = F(t) + supply is solved for t1. */
#include "hydrology/infiltration_methods.h"

#include <math.h>

enum soil { F_MAX, F_MIN, DECAY, REGAIN, CAPACITY };
enum state { TIME, INFILTRATED };

/* -ln(1 - 0.98): soil counts as dry when 98 % of its capacity has come back. */
static const double dry_log = 3.912023005428146;

void tw_horton_scale(double *parameters, double factor)
{
    parameters[0] *= factor;
    parameters[1] *= factor;
}

void tw_horton_prepare(const double *parameters, double *soil)
{
    double drying_d = parameters[3] > 0.0 ? parameters[3] : 1.0e-6;
    soil[F_MAX] = parameters[0] / 3.6e6;
    soil[F_MIN] = parameters[1] / 3.6e6;
    soil[DECAY] = parameters[2] / 3600.0;
    soil[REGAIN] = dry_log / drying_d / 86400.0;
    soil[CAPACITY] = parameters[4] / 1000.0;
}

void tw_horton_adjust(double *soil, double ratio)
{
    soil[F_MAX] *= ratio;
    soil[F_MIN] *= ratio;
}

void tw_horton_begin(const double *soil, double *state)
{
    (void)soil;
    state[TIME] = 0.0;
    state[INFILTRATED] = 0.0;
}

static double cumulative(const double *soil, double t)
{
    double fall = (soil[F_MAX] - soil[F_MIN]) / soil[DECAY];
    return soil[F_MIN] * t + fall * (1.0 - exp(-soil[DECAY] * t));
}

/* The time on the curve at which `target` has infiltrated, by Newton's method from t. */
static double time_of_cumulative(const double *soil, double t, double dt_s, double target)
{
    double drop = soil[F_MAX] - soil[F_MIN];
    for (int i = 0; i < 20; i++) {
        double kt = soil[DECAY] * t;
        double fading = exp(-(kt < 60.0 ? kt : 60.0));
        double excess = soil[F_MIN] * t + drop / soil[DECAY] * (1.0 - fading) - target;
        double correction = excess / (soil[F_MIN] + drop * fading);
        t -= correction;
        if (fabs(correction) <= 0.001 * dt_s) break;
    }
    return t;
}

static double wet_rate(const double *soil, double *state, double dt_s, double supply)
{
    double t = state[TIME], t1 = t + dt_s;
    double flat_from = 16.0 / soil[DECAY];
    double before, after;
    if (t >= flat_from) {
        before = soil[F_MIN] * t + (soil[F_MAX] - soil[F_MIN]) / soil[DECAY];
        after = before + soil[F_MIN] * dt_s;
    } else {
        before = cumulative(soil, t);
        after = cumulative(soil, t1);
    }
    double rate = (after - before) / dt_s;
    if (rate < soil[F_MIN]) rate = soil[F_MIN];
    if (rate > supply) rate = supply;
    if (t1 > flat_from || rate < supply)
        state[TIME] = t1;
    else
        state[TIME] = time_of_cumulative(soil, t + 0.5 * dt_s, dt_s, before + rate * dt_s);
    if (soil[CAPACITY] > 0.0) {
        if (state[INFILTRATED] + rate * dt_s > soil[CAPACITY])
            rate = (soil[CAPACITY] - state[INFILTRATED]) / dt_s;
        if (rate < 0.0) rate = 0.0;
        state[INFILTRATED] += rate * dt_s;
    }
    return rate;
}

double tw_horton_rate(const double *soil, double *state, const struct tw_infiltration_input *in)
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
    if (regain > 0.0) {
        double used = 1.0 - exp(-soil[DECAY] * state[TIME]);
        state[TIME] = -log(1.0 - exp(-regain * in->dt_s) * used) / soil[DECAY];
        if (soil[CAPACITY] > 0.0) state[INFILTRATED] = cumulative(soil, state[TIME]);
    }
    return 0.0;
}
