#include "server/simulated.h"

#include "num/random.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* How far the simulated city differs from the model. The sizes are those that studies of urban
 * rain gages report: a bias of some 10 % and a scatter that lasts minutes. */
#define RAIN_BIAS 1.1
#define RAIN_SCATTER 0.15 /* standard deviation of the logarithm */
#define RAIN_MEMORY 0.9   /* of the scatter from one minute to the next */
#define GAP_BEGINS 0.002  /* probability per minute that a sensor falls silent */
#define GAP_ENDS 0.2      /* and that it speaks again */
#define NOISE_USUAL 0.005 /* of a sensor that states none, in its unit */

struct tw_simulated {
    struct tw_simulated_setup setup;
    tw_run *run;
    double *scatter; /* [gages] logarithm of rain over caught rain */
    bool *silent;    /* [sensors] */
    uint64_t random;
};

/* Uniform in 0..1, never 0. */
static double uniform(uint64_t *state) { return tw_random_unit_of(tw_random_next(state)); }

/* Standard normal (Box and Muller 1958). */
static double normal(uint64_t *state)
{
    double radius = sqrt(-2.0 * log(uniform(state)));
    return radius * cos(6.283185307179586 * uniform(state));
}

tw_status tw_simulated_create(const struct tw_simulated_setup *setup, const tw_run *live,
                              struct tw_simulated **out_simulated)
{
    struct tw_simulated *simulated = calloc(1, sizeof *simulated);
    if (simulated == NULL) return TW_ERR_NOMEM;
    simulated->setup = *setup;
    simulated->random = setup->seed;
    simulated->scatter = calloc((size_t)setup->gage_count + 1, sizeof *simulated->scatter);
    simulated->silent = calloc((size_t)setup->sensor_count + 1, sizeof *simulated->silent);
    tw_status status = TW_ERR_NOMEM;
    if (simulated->scatter != NULL && simulated->silent != NULL) {
        status = tw_run_create(setup->model, &setup->options, &simulated->run);
    }
    if (status == TW_OK) status = tw_run_copy_state(simulated->run, live);
    if (status != TW_OK) {
        tw_simulated_destroy(simulated);
        return status;
    }
    *out_simulated = simulated;
    return TW_OK;
}

void tw_simulated_destroy(struct tw_simulated *simulated)
{
    if (simulated == NULL) return;
    tw_run_destroy(simulated->run);
    free(simulated->scatter);
    free(simulated->silent);
    free(simulated);
}

void tw_simulated_rain(struct tw_simulated *simulated, int32_t gage, double rain_mmh)
{
    double fresh = sqrt(1.0 - RAIN_MEMORY * RAIN_MEMORY) * RAIN_SCATTER;
    double *scatter = &simulated->scatter[gage];
    *scatter = RAIN_MEMORY * *scatter + fresh * normal(&simulated->random);
    (void)tw_run_set_gage_rain(simulated->run, (tw_gage_id){gage},
                               rain_mmh * RAIN_BIAS * exp(*scatter));
}

tw_status tw_simulated_advance(struct tw_simulated *simulated, double until_s)
{
    return tw_run_advance(simulated->run, until_s);
}

void tw_simulated_measure(struct tw_simulated *simulated, double *out_values)
{
    for (int32_t s = 0; s < simulated->setup.sensor_count; s++) {
        const struct tw_worker_sensor *sensor = &simulated->setup.sensors[s];
        /* Two numbers a sensor and minute, used or not: one sensor's fate changes no other's. */
        double chance = uniform(&simulated->random);
        double noise = normal(&simulated->random);
        simulated->silent[s] = simulated->silent[s] ? chance > GAP_ENDS : chance < GAP_BEGINS;
        out_values[s] = (double)NAN;
        if (sensor->watch < 0 || simulated->silent[s]) continue;
        double sd = sensor->noise_sd > 0.0 ? sensor->noise_sd : NOISE_USUAL;
        out_values[s] =
            tw_watch_value(simulated->run, simulated->setup.watches[sensor->watch]) + sd * noise;
    }
}

/* ---- saving: random, scatter, silence, then the run ---- */

static size_t own_size(const struct tw_simulated *s)
{
    return sizeof s->random + (size_t)s->setup.gage_count * sizeof *s->scatter +
           (size_t)s->setup.sensor_count * sizeof *s->silent;
}

size_t tw_simulated_state_size(const struct tw_simulated *simulated)
{
    return own_size(simulated) + tw_run_state_size(simulated->run);
}

void tw_simulated_state_save(const struct tw_simulated *simulated, void *state)
{
    char *at = state;
    size_t gages = (size_t)simulated->setup.gage_count * sizeof *simulated->scatter;
    size_t sensors = (size_t)simulated->setup.sensor_count * sizeof *simulated->silent;
    memcpy(at, &simulated->random, sizeof simulated->random);
    at += sizeof simulated->random;
    memcpy(at, simulated->scatter, gages);
    memcpy(at + gages, simulated->silent, sensors);
    tw_run_state_save(simulated->run, at + gages + sensors);
}

tw_status tw_simulated_state_restore(struct tw_simulated *simulated, const void *state, size_t size)
{
    const char *at = state;
    size_t own = own_size(simulated);
    size_t gages = (size_t)simulated->setup.gage_count * sizeof *simulated->scatter;
    size_t sensors = (size_t)simulated->setup.sensor_count * sizeof *simulated->silent;
    if (size != tw_simulated_state_size(simulated)) return TW_ERR_FORMAT;
    TW_TRY(tw_run_state_restore(simulated->run, at + own, size - own));
    memcpy(&simulated->random, at, sizeof simulated->random);
    at += sizeof simulated->random;
    memcpy(simulated->scatter, at, gages);
    for (size_t i = 0; i < sensors; i++) /* a bool of any other value would be none */
        simulated->silent[i] = at[gages + i] != 0;
    return TW_OK;
}
