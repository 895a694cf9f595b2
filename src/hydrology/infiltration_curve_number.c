/* Curve number (US SCS): a storm's infiltration from its rain so far.
 * SWMM Reference Manual I, section 4.5.
 *
 *   S_max = 25.4 mm (1000 / CN - 10)
 *   F = P (1 - P / (P + S_e))          infiltrated of rain P; S_e: capacity when the event began
 *
 * Capacity S falls by what infiltrates and recovers by S_max / drying time. Run-on counts as ponded
 * water, not as rain; without rain, ponded water infiltrates at the last rate. */
#include "hydrology/infiltration_methods.h"

enum soil { CAPACITY_MAX, REGAIN, EVENT_GAP };
enum state { CAPACITY, RAIN, INFILTRATED, DRY_TIME, EVENT_CAPACITY, LAST_RATE };

static const double least_pond_m = 0.004167 * TW_FOOT_M; /* 0.05 inches */

/* The number whose capacity S_max is the factor times that of the given one. */
void tw_curve_number_scale(double *parameters, double factor)
{
    double number = parameters[0] > 10.0 ? parameters[0] : 10.0;
    parameters[0] = 1000.0 / (10.0 + factor * (1000.0 / number - 10.0));
}

void tw_curve_number_prepare(const double *parameters, double *soil)
{
    double number = parameters[0];
    if (number < 10.0) number = 10.0;
    if (number > 99.0) number = 99.0;
    soil[CAPACITY_MAX] = (1000.0 / number - 10.0) * 0.0254;
    soil[REGAIN] = parameters[2] > 0.0 ? 1.0 / (parameters[2] * 86400.0) : 0.0;
    soil[EVENT_GAP] = soil[REGAIN] > 0.0 ? 0.06 / soil[REGAIN] : 1.0e30;
}

/* It has no rate that a season could change. */
void tw_curve_number_adjust(double *soil, double ratio)
{
    (void)soil;
    (void)ratio;
}

void tw_curve_number_begin(const double *soil, double *state)
{
    state[CAPACITY] = soil[CAPACITY_MAX];
    state[RAIN] = 0.0;
    state[INFILTRATED] = 0.0;
    state[DRY_TIME] = 0.0;
    state[EVENT_CAPACITY] = soil[CAPACITY_MAX];
    state[LAST_RATE] = 0.0;
}

static double rain_rate(const double *soil, double *state, const struct tw_infiltration_input *in)
{
    if (state[DRY_TIME] >= soil[EVENT_GAP]) {
        state[RAIN] = 0.0;
        state[INFILTRATED] = 0.0;
        state[EVENT_CAPACITY] = state[CAPACITY];
    }
    state[DRY_TIME] = 0.0;
    state[RAIN] += in->rain_mps * in->dt_s;
    double p = state[RAIN];
    double potential = p * (1.0 - p / (p + state[EVENT_CAPACITY]));
    double rate = (potential - state[INFILTRATED]) / in->dt_s;
    return rate < 0.0 || state[CAPACITY] <= 0.0 ? 0.0 : rate;
}

static double pond_rate(double *state, double dt_s, double pond_m)
{
    if (pond_m <= least_pond_m || state[CAPACITY] <= 0.0) {
        state[DRY_TIME] += dt_s;
        return 0.0;
    }
    double rate = state[LAST_RATE];
    return rate * dt_s > state[CAPACITY] ? state[CAPACITY] / dt_s : rate;
}

double tw_curve_number_rate(const double *soil, double *state,
                            const struct tw_infiltration_input *in)
{
    double dt_s = in->dt_s;
    double pond_m = in->depth_m + in->runon_mps * dt_s;
    double rate = in->rain_mps > TW_ZERO_RATE_MPS ? rain_rate(soil, state, in)
                                                  : pond_rate(state, dt_s, pond_m);
    if (rate > 0.0) {
        double supply = in->rain_mps + pond_m / dt_s;
        if (rate > supply) rate = supply;
        state[INFILTRATED] += rate * dt_s;
        if (soil[REGAIN] > 0.0) {
            state[CAPACITY] -= rate * dt_s;
            if (state[CAPACITY] < 0.0) state[CAPACITY] = 0.0;
        }
    } else {
        state[CAPACITY] += soil[REGAIN] * soil[CAPACITY_MAX] * dt_s * in->recovery_factor;
        if (state[CAPACITY] > soil[CAPACITY_MAX]) state[CAPACITY] = soil[CAPACITY_MAX];
    }
    state[LAST_RATE] = rate;
    return rate;
}
