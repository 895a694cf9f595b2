#include "server/calibrate.h"

#include "num/random.h"
#include "server/hindcast_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEP_S 300.0
/* Errors of the model go on for about an hour: so many values in a row tell as much as one. */
#define VALUES_ALIKE 12.0
/* Error of the model and its rain at a sensor. */
#define LEVEL_SD_M 0.05
#define LEVEL_SD_RATIO 0.05
#define FLOW_SD_M3S 0.03
#define FLOW_SD_RATIO 0.15
#define MOST_DEVIATIONS 3.0

enum { MEMBERS_MOST = 256 };

/* Values that were measured, and what the members have there. */
struct compared {
    int32_t count, capacity;
    double *measured, *variance; /* [count] */
    double *seen;                /* [count][members] */
};

struct fit {
    const struct tw_calibrate_options *options;
    int32_t members;
    double ln[TW_FILTER_PARAMETERS][MEMBERS_MOST];
    struct compared compared;
};

static void free_compared(struct compared *c)
{
    free(c->measured);
    free(c->variance);
    free(c->seen);
    *c = (struct compared){.count = 0};
}

static tw_status grow(struct fit *fit)
{
    struct compared *c = &fit->compared;
    if (c->count < c->capacity) return TW_OK;
    size_t capacity = c->capacity == 0 ? 1024 : 2 * (size_t)c->capacity;
    double *measured = realloc(c->measured, capacity * sizeof *measured);
    if (measured == NULL) return TW_ERR_NOMEM;
    c->measured = measured;
    double *variance = realloc(c->variance, capacity * sizeof *variance);
    if (variance == NULL) return TW_ERR_NOMEM;
    c->variance = variance;
    double *seen = realloc(c->seen, capacity * (size_t)fit->members * sizeof *seen);
    if (seen == NULL) return TW_ERR_NOMEM;
    c->seen = seen;
    c->capacity = (int32_t)capacity;
    return TW_OK;
}

/* ---- a storm ---- */

static double variance_of_value(const struct tw_city_sensor *sensor, double value)
{
    bool level = sensor->kind == TW_SENSOR_LEVEL;
    double least = level ? LEVEL_SD_M : FLOW_SD_M3S;
    double part = (level ? LEVEL_SD_RATIO : FLOW_SD_RATIO) * value;
    return sensor->noise_sd * sensor->noise_sd + least * least + part * part;
}

static tw_status compare(struct fit *fit, const struct tw_storm *storm,
                         const struct tw_hindcast_model *model)
{
    struct compared *c = &fit->compared;
    for (int32_t s = 0; s < storm->sensor_count; s++) {
        double value = tw_hindcast_model_measured(model, s);
        if (isnan(value)) continue;
        TW_TRY(grow(fit));
        c->measured[c->count] = value;
        c->variance[c->count] = variance_of_value(&storm->sensors[s], value);
        double *seen = c->seen + (int64_t)c->count * fit->members;
        for (int32_t m = 0; m < fit->members; m++) {
            seen[m] = tw_hindcast_model_member_sensor(model, m, s);
            if (isnan(seen[m])) return TW_ERR_NUMERIC;
        }
        c->count++;
    }
    return TW_OK;
}

/* Engine's factors of the parameters; -1: the rain's, which is not the engine's. */
static const int engine_factor[TW_FILTER_PARAMETERS] = {
#define TW_FILTER_PARAMETER(id, word, by_zone, factor, spread, memory_s)                           \
    [TW_FILTER_##id] = (int)(factor),
#include "forecast/filter_parameters.def"
#undef TW_FILTER_PARAMETER
};

static tw_status set_factors(const struct fit *fit, tw_batch *batch)
{
    for (int32_t p = 0; p < TW_FILTER_PARAMETERS; p++) {
        for (int32_t m = 0; engine_factor[p] >= 0 && m < fit->members; m++) {
            TW_TRY(
                tw_batch_set_factor(batch, m, (tw_factor)engine_factor[p], -1, exp(fit->ln[p][m])));
        }
    }
    return TW_OK;
}

static tw_status go_through(struct fit *fit, const struct tw_storm *storm,
                            struct tw_hindcast_model *model)
{
    TW_TRY(set_factors(fit, tw_filter_batch(tw_foresee_filter(tw_hindcast_model_foresee(model)))));
    int32_t steps = (int32_t)((double)(storm->end_ms - storm->start_ms) / 1000.0 / STEP_S);
    for (int32_t k = 1; k <= steps; k++) {
        TW_TRY(tw_hindcast_model_advance(model, k * STEP_S));
        TW_TRY(compare(fit, storm, model));
    }
    return TW_OK;
}

/* Let all members live through a storm, under the rain as it is known afterwards. */
static tw_status run_storm(struct fit *fit, struct tw_city *city, const struct tw_storm *storm)
{
    double rain[MEMBERS_MOST];
    for (int32_t m = 0; m < fit->members; m++)
        rain[m] = exp(fit->ln[TW_FILTER_RAIN][m]);
    const struct tw_hindcast_model_setup setup = {.city = city,
                                                  .storm = storm,
                                                  .perfect = true,
                                                  .members = fit->members,
                                                  .threads = fit->options->threads,
                                                  .rain_factor = rain,
                                                  .held_out = -1,
                                                  .seed = fit->options->seed,
                                                  .step_s = STEP_S,
                                                  .steps = 2};
    struct tw_hindcast_model *model = NULL;
    TW_TRY(tw_hindcast_model_create(&setup, &model));
    tw_status status = go_through(fit, storm, model);
    tw_hindcast_model_destroy(model);
    return status;
}

/* ---- drawing ---- */

static double mean_of(const double *x, int32_t count)
{
    double sum = 0.0;
    for (int32_t i = 0; i < count; i++)
        sum += x[i];
    return sum / count;
}

/* What one value does to the rest: how far its own members are off their mean, and the gain. */
struct pull {
    const double *off;
    double innovation, total, shrink;
};

static void pull_row(const struct pull *pull, int32_t members, double *x)
{
    double mean = mean_of(x, members), cross = 0.0;
    for (int32_t m = 0; m < members; m++)
        cross += (x[m] - mean) * pull->off[m];
    double gain = cross / (members - 1) / pull->total;
    for (int32_t m = 0; m < members; m++)
        x[m] += gain * (pull->innovation - pull->shrink * pull->off[m]);
}

/* Draw the factors, and what later values see, to the i-th value. */
static void take_value(struct fit *fit, int32_t i)
{
    struct compared *c = &fit->compared;
    double off[MEMBERS_MOST], spread = 0.0;
    const double *seen = c->seen + (int64_t)i * fit->members;
    double mean = mean_of(seen, fit->members);
    for (int32_t m = 0; m < fit->members; m++) {
        off[m] = seen[m] - mean;
        spread += off[m] * off[m] / (fit->members - 1);
    }
    if (!(spread > 1e-12)) return;
    double innovation = c->measured[i] - mean;
    /* A wild value draws as if it were just so far: a sensor that lies does little harm. */
    double needed = innovation * innovation / (MOST_DEVIATIONS * MOST_DEVIATIONS);
    double error = c->variance[i] > needed ? c->variance[i] : needed;
    error *= VALUES_ALIKE * fit->options->rounds;
    const struct pull pull = {off, innovation, spread + error,
                              1.0 / (1.0 + sqrt(error / (spread + error)))};
    for (int32_t p = 0; p < TW_FILTER_PARAMETERS; p++)
        pull_row(&pull, fit->members, fit->ln[p]);
    for (int32_t k = i + 1; k < c->count; k++)
        pull_row(&pull, fit->members, c->seen + (int64_t)k * fit->members);
}

/* Root mean square of the members' mean difference, each at most so many expected deviations. */
static double difference(const struct fit *fit)
{
    const struct compared *c = &fit->compared;
    double sum = 0.0;
    for (int32_t i = 0; i < c->count; i++) {
        double off = c->measured[i] - mean_of(c->seen + (int64_t)i * fit->members, fit->members);
        double square = off * off / c->variance[i];
        double most = MOST_DEVIATIONS * MOST_DEVIATIONS;
        sum += square < most ? square : most;
    }
    return sqrt(sum / c->count);
}

/* ---- the fit ---- */

static void draw_priors(struct fit *fit)
{
    const struct tw_filter_setup usual = tw_filter_setup_default();
    for (int32_t p = 0; p < TW_FILTER_PARAMETERS; p++) {
        for (int32_t m = 0; m < fit->members; m++) {
            double normal = tw_random_normal(fit->options->seed, (uint64_t)p, (uint64_t)m);
            fit->ln[p][m] = usual.priors[p].spread * normal;
        }
        double mean = mean_of(fit->ln[p], fit->members);
        for (int32_t m = 0; m < fit->members; m++)
            fit->ln[p][m] -= mean; /* few members: their mean shall not be chance */
    }
}

static void sum_up(const struct fit *fit, struct tw_calibration *out)
{
    static const double nine_of_ten = 1.6449; /* deviations of a normal distribution */
    for (int32_t p = 0; p < TW_FILTER_PARAMETERS; p++) {
        double mean = mean_of(fit->ln[p], fit->members), square = 0.0;
        for (int32_t m = 0; m < fit->members; m++)
            square += (fit->ln[p][m] - mean) * (fit->ln[p][m] - mean);
        double spread = sqrt(square / (fit->members - 1));
        out->factors[p] = (struct tw_calibrated){exp(mean), exp(mean - nine_of_ten * spread),
                                                 exp(mean + nine_of_ten * spread), spread};
    }
}

static tw_status run_round(struct fit *fit, struct tw_city *city,
                           const struct tw_storm *const *storms, int32_t count, int32_t round)
{
    const struct tw_calibrate_options *options = fit->options;
    fit->compared.count = 0;
    for (int32_t s = 0; s < count; s++) {
        TW_TRY(run_storm(fit, city, storms[s]));
        if (options->progress == NULL) continue;
        options->progress(options->user, round * count + s + 1, (options->rounds + 1) * count);
    }
    return fit->compared.count > 0 ? TW_OK : TW_ERR_NAME;
}

static tw_status run_rounds(struct fit *fit, struct tw_city *city,
                            const struct tw_storm *const *storms, int32_t count,
                            struct tw_calibration *out)
{
    for (int32_t round = 0; round < fit->options->rounds; round++) {
        TW_TRY(run_round(fit, city, storms, count, round));
        if (round == 0) out->before = difference(fit);
        for (int32_t i = 0; i < fit->compared.count; i++)
            take_value(fit, i);
    }
    TW_TRY(run_round(fit, city, storms, count, fit->options->rounds));
    out->after = difference(fit);
    out->values = fit->compared.count;
    sum_up(fit, out);
    return TW_OK;
}

tw_status tw_calibrate(struct tw_city *city, const struct tw_storm *const *storms, int32_t count,
                       const struct tw_calibrate_options *options,
                       struct tw_calibration *out_calibration)
{
    if (options->members < 3 || options->members > MEMBERS_MOST || options->rounds < 1) {
        return TW_ERR_ARG;
    }
    struct fit *fit = calloc(1, sizeof *fit);
    if (fit == NULL) return TW_ERR_NOMEM;
    fit->options = options;
    fit->members = options->members;
    draw_priors(fit);
    struct tw_calibration calibration = {.values = 0};
    tw_status status = run_rounds(fit, city, storms, count, &calibration);
    free_compared(&fit->compared);
    free(fit);
    if (status == TW_OK) *out_calibration = calibration;
    return status;
}
