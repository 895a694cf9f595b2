/* Sensors as a chain of n equal lags (Rieger and others 2003: T90 and n make a class), controllers
 * as in the IWA benchmark:
 *
 *   asked = offset + K e + I,  e = set-point - reading,  output = asked within the limits
 *   I'    = K e / T_i + (output - asked) / T_t                                              */
#include "plant/control.h"

#include "num/random.h"

#include <math.h>

/* A sensor without lags sees what is a state or given; others are refused by the reader. */
static double seen(const struct tw_eval *e, tw_plant_place probe)
{
    const tw_plant *plant = e->plant;
    if (probe.unit < 0) return e->knob[probe.component];
    const struct tw_unit *unit = &plant->units[probe.unit];
    bool influent = probe.unit == plant->influent;
    if (probe.component == TW_PROBE_FLOW) return e->influent_m3d;
    const double *from = influent ? e->influent : e->y + unit->row;
    int32_t stride = influent ? 1 : plant->lanes;
    if (probe.component >= 0) return from[probe.component * stride];
    double tss = 0.0;
    for (int32_t c = 0; c < plant->components; c++)
        tss += plant->tss_of[c] * from[c * stride];
    return tss;
}

double tw_sensor_now(const struct tw_eval *e, const struct tw_sensor *sensor)
{
    const double *noise = e->noise + 2 * (sensor - e->plant->sensors);
    double value =
        sensor->order > 0 ? e->y[sensor->state + sensor->order - 1] : seen(e, sensor->probe);
    value += noise[0] + (e->at_d - e->segment_d) * noise[1];
    value = value > sensor->least ? value : sensor->least;
    return value < sensor->most ? value : sensor->most;
}

/* A chain of equal lags from an input; returns what comes out now. */
static double lag(struct tw_eval *e, int32_t state, int32_t order, double lag_d, double input)
{
    double each_d = 1.0 / lag_d, from = input;
    for (int32_t i = 0; i < order; i++) {
        double to = e->y[state + i];
        e->dy[state + i] = (from - to) * each_d;
        from = to;
    }
    return from;
}

static void control(struct tw_eval *e, const struct tw_controller *c, int32_t index)
{
    double off = e->knob[c->setpoint] - e->reading[c->sensor];
    double asked = c->offset + c->gain * off + e->y[c->state];
    double output = asked > c->least ? asked : c->least;
    output = output < c->most ? output : c->most;
    if (e->manual[index]) output = e->set[c->knob];
    double rate = c->integral_d > 0.0 ? c->gain * off / c->integral_d : 0.0;
    if (c->tracking_d > 0.0) rate += (output - asked) / c->tracking_d;
    e->dy[c->state] = c->integral_d > 0.0 ? rate : 0.0;
    e->asked[index] = asked;
    e->knob[c->knob] = c->order > 0 ? lag(e, c->state + 1, c->order, c->lag_d, output) : output;
}

void tw_plant_control(struct tw_eval *e)
{
    const tw_plant *plant = e->plant;
    for (int32_t i = 0; i < plant->knob_count; i++)
        e->knob[i] = e->set[i];
    for (int32_t s = 0; s < plant->sensor_count; s++) {
        const struct tw_sensor *sensor = &plant->sensors[s];
        e->reading[s] = sensor->every_d > 0.0 ? e->held[s] : tw_sensor_now(e, sensor);
    }
    for (int32_t i = 0; i < plant->controller_count; i++) {
        int32_t c = plant->order[i];
        control(e, &plant->controllers[c], c);
    }
}

void tw_plant_sense(struct tw_eval *e)
{
    const tw_plant *plant = e->plant;
    for (int32_t s = 0; s < plant->sensor_count; s++) {
        const struct tw_sensor *sensor = &plant->sensors[s];
        if (sensor->order == 0) continue;
        (void)lag(e, sensor->state, sensor->order, sensor->lag_d, tw_probe_value(e, sensor->probe));
    }
}

double tw_sensor_noise(uint64_t seed, int64_t minute)
{
    const double unit = 1.0 / 9007199254740992.0, turn = 6.283185307179586;
    uint64_t first = tw_random_mix(tw_random_mix(seed) ^ (uint64_t)minute),
             second = tw_random_mix(first);
    double a = ((double)(first >> 11) + 0.5) * unit, b = (double)(second >> 11) * unit;
    return sqrt(-2.0 * log(a)) * cos(turn * b); /* Box and Muller 1958 */
}
