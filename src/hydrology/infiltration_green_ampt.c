/* Green-Ampt: a sharp wetting front sinks under suction, conductivity and ponded depth.
 * SWMM Reference Manual I, section 4.4 (Mein and Larson's two stages; upper zone recovery).
 *
 *   f = K (1 + (S + d) M / F)                            rate when the surface is saturated
 *   F2 - c ln(F2 + c) = F1 - c ln(F1 + c) + K dt         its integral, c = (S + d) M
 *
 * K conductivity, S suction head, d ponded depth, M moisture deficit, F infiltrated in this event.
 * The upper zone (thickness L = 4 sqrt(K), L and K in inches and inches an hour) holds Fu of
 * M0 L; it drains while it is dry, and after a time T without rain a new event begins. */
#include "hydrology/infiltration_methods.h"

#include <math.h>

enum soil { SUCTION, CONDUCTIVITY, DEFICIT, UPPER_ZONE };
enum state { MOISTURE_DEFICIT, UPPER_VOLUME, EVENT_VOLUME, EVENT_LEFT, SATURATED };

void tw_green_ampt_scale(double *parameters, double factor) { parameters[1] *= factor; }

void tw_green_ampt_prepare(const double *parameters, double *soil)
{
    soil[SUCTION] = parameters[0] / 1000.0;
    soil[CONDUCTIVITY] = parameters[1] / 3.6e6;
    soil[DEFICIT] = parameters[2];
    soil[UPPER_ZONE] = 4.0 * sqrt(parameters[1] / 25.4) * 0.0254;
}

void tw_green_ampt_adjust(double *soil, double ratio)
{
    soil[CONDUCTIVITY] *= ratio;
    soil[UPPER_ZONE] *= sqrt(ratio);
}

void tw_green_ampt_begin(const double *soil, double *state)
{
    state[MOISTURE_DEFICIT] = soil[DEFICIT];
    state[UPPER_VOLUME] = 0.0;
    state[EVENT_VOLUME] = 0.0;
    state[EVENT_LEFT] = 0.0;
    state[SATURATED] = 0.0;
}

static double upper_capacity(const double *soil) { return soil[DEFICIT] * soil[UPPER_ZONE]; }

static void take(const double *soil, double *state, double volume)
{
    state[EVENT_VOLUME] += volume;
    state[UPPER_VOLUME] += volume;
    double most = upper_capacity(soil);
    if (state[UPPER_VOLUME] > most) state[UPPER_VOLUME] = most;
}

static void begin_event(const double *soil, double *state)
{
    state[MOISTURE_DEFICIT] = (upper_capacity(soil) - state[UPPER_VOLUME]) / soil[UPPER_ZONE];
    state[EVENT_VOLUME] = 0.0;
}

/* Time without rain after which the next event begins: 5400 s over the upper zone in feet. */
static double event_time(const double *soil, double recovery_factor)
{
    return 5400.0 / (soil[UPPER_ZONE] / TW_FOOT_M) / recovery_factor;
}

/* Cumulative infiltration after dt of saturated flow, from f1. */
static double saturated_volume(const double *soil, double f1, double c, double dt_s)
{
    double least = f1 + soil[CONDUCTIVITY] * dt_s;
    if (c == 0.0) return least;
    if (dt_s < 10.0 && f1 > 0.01 * c) {
        double f2 = f1 + soil[CONDUCTIVITY] * (1.0 + c / f1) * dt_s;
        return f2 > least ? f2 : least;
    }
    double f2 = f1;
    double constant = c * log(f1 + c) - soil[CONDUCTIVITY] * dt_s;
    for (int i = 0; i < 20; i++) {
        double correction = (f2 - f1 - c * log(f2 + c) + constant) / (1.0 - c / (f2 + c));
        if (fabs(correction) < 1.0e-5 * TW_FOOT_M) return f2 > least ? f2 : least;
        f2 -= correction;
    }
    return least;
}

/* A step without any water leaves the soil saturated, as in SWMM: recovery begins only after a step
 * in which all that was there infiltrated. */
static double saturated_rate(const double *soil, double *state,
                             const struct tw_infiltration_input *in)
{
    double supply = in->rain_mps + in->runon_mps + in->depth_m / in->dt_s;
    if (supply < TW_ZERO_RATE_MPS) return 0.0;
    state[EVENT_LEFT] = event_time(soil, in->recovery_factor);
    double c = (soil[SUCTION] + in->depth_m) * state[MOISTURE_DEFICIT];
    double volume = saturated_volume(soil, state[EVENT_VOLUME], c, in->dt_s) - state[EVENT_VOLUME];
    if (volume > supply * in->dt_s) {
        volume = supply * in->dt_s;
        state[SATURATED] = 0.0;
    }
    take(soil, state, volume);
    return volume / in->dt_s;
}

static void recover(const double *soil, double *state, const struct tw_infiltration_input *in)
{
    if (state[UPPER_VOLUME] <= 0.0) return;
    double share = soil[UPPER_ZONE] / TW_FOOT_M / 90000.0 * in->recovery_factor; /* a second */
    double volume = share * upper_capacity(soil) * in->dt_s;
    state[EVENT_VOLUME] -= volume;
    state[UPPER_VOLUME] -= volume;
    if (state[UPPER_VOLUME] <= 0.0) {
        state[UPPER_VOLUME] = 0.0;
        state[EVENT_VOLUME] = 0.0;
        state[MOISTURE_DEFICIT] = soil[DEFICIT];
    } else if (state[EVENT_LEFT] <= 0.0) {
        begin_event(soil, state);
    }
}

/* More is supplied than the soil conducts: the surface saturates once Fs has infiltrated. */
static double saturating_rate(const double *soil, double *state,
                              const struct tw_infiltration_input *in, double supply)
{
    double k = soil[CONDUCTIVITY];
    double c = (soil[SUCTION] + in->depth_m) * state[MOISTURE_DEFICIT];
    double to_saturate = k * c / (supply - k);
    state[EVENT_LEFT] = event_time(soil, in->recovery_factor);
    if (state[EVENT_VOLUME] > to_saturate) {
        state[SATURATED] = 1.0;
        return saturated_rate(soil, state, in);
    }
    if (state[EVENT_VOLUME] + supply * in->dt_s < to_saturate) {
        take(soil, state, supply * in->dt_s);
        return supply;
    }
    double rest_s = in->dt_s - (to_saturate - state[EVENT_VOLUME]) / supply;
    if (rest_s < 0.0) rest_s = 0.0;
    double volume = saturated_volume(soil, to_saturate, c, rest_s);
    if (volume > to_saturate + supply * rest_s) volume = to_saturate + supply * rest_s;
    double taken = volume - state[EVENT_VOLUME];
    take(soil, state, taken);
    state[EVENT_VOLUME] = volume;
    state[SATURATED] = 1.0;
    return taken / in->dt_s;
}

double tw_green_ampt_any_rate(const double *soil, double *state,
                              const struct tw_infiltration_input *in, bool modified)
{
    state[EVENT_LEFT] -= in->dt_s;
    if (state[SATURATED] > 0.0) return saturated_rate(soil, state, in);
    double supply = in->rain_mps + in->runon_mps + in->depth_m / in->dt_s;
    if (supply < TW_ZERO_RATE_MPS) {
        recover(soil, state, in);
        return 0.0;
    }
    if (supply > soil[CONDUCTIVITY]) return saturating_rate(soil, state, in, supply);
    take(soil, state, supply * in->dt_s);
    if (!modified && state[EVENT_LEFT] <= 0.0) begin_event(soil, state);
    return supply;
}

double tw_green_ampt_rate(const double *soil, double *state, const struct tw_infiltration_input *in)
{
    return tw_green_ampt_any_rate(soil, state, in, false);
}
