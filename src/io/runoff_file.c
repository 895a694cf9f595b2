#include "io/runoff_file.h"

#include "io/swmm_numbers.h"
#include "io/units.h"

#include <math.h>
#include <string.h>

static const char stamp[] = "SWMM5-RUNOFF";
enum { STAMP = 12, STEPS_AT = STAMP + 12, HEAD = STAMP + 16, VALUES = 8 };

static tw_status wrong(tw_faults *faults, const char *path, size_t at, const char *what)
{
    tw_faults_add(faults, path, 0, "runoff interface file, byte %zu: %s", at, what);
    return TW_ERR_INPUT;
}

/* What a value of the file has to be multiplied by, in the order of results. */
static void units_of(const struct tw_model *model, double out_si[VALUES])
{
    struct tw_units u = tw_units_of(model->options.flow_units, model->options.strict);
    const double si[VALUES] = {u.rain_mm,  u.rain_mm,  u.rain_mm,  u.rain_mm,
                               u.flow_m3s, u.flow_m3s, u.length_m, 1.0};
    memcpy(out_si, si, sizeof si);
}

/* A record; false: a value is not finite or the step not above 0. */
static bool take_step(const struct tw_model *model, const char *at, double *out_step_s,
                      double *value)
{
    int32_t pollutants = model->quality.count;
    double si[VALUES];
    float step_s, x;
    units_of(model, si);
    memcpy(&step_s, at, sizeof step_s);
    *out_step_s = (double)step_s;
    if (!isfinite(step_s) || !(step_s > 0.0F)) return false;
    for (int32_t i = 0; i < model->subcatchments.count; i++) {
        for (int32_t k = 0; k < VALUES + pollutants; k++) {
            at += sizeof x;
            memcpy(&x, at, sizeof x);
            if (!isfinite(x)) return false;
            *value++ = (double)x * (k < VALUES ? si[k] : 1.0);
        }
    }
    return true;
}

/* Steps that are there beyond those of the head are left out. A file must reach to the end of the
 * model's run; SWMM would stop there with the same number. */
static tw_status check_length(const struct tw_model *model, const struct tw_runoff_record *record,
                              const char *path, size_t size, tw_faults *faults)
{
    double until_s = 0.0;
    double run_s = floor((model->options.end_day - model->options.start_day) * 86400.0 + 1e-4);
    for (int64_t k = 0; k < record->steps; k++)
        until_s += record->step_s[k];
    if (until_s >= run_s - 1e-3) return TW_OK;
    tw_faults_add(faults, path, 0,
                  "runoff interface file, byte %zu: it ends %g s after the run's start, before the "
                  "run's end at %g s" TW_SWMM_ERROR("329"),
                  size, until_s, run_s);
    return TW_ERR_INPUT;
}

tw_status tw_runoff_file_read(const struct tw_model *model, const char *bytes, size_t size,
                              const char *path, tw_faults *faults, struct tw_arena *arena,
                              struct tw_runoff_record *out_record)
{
    int32_t head[4]; /* subcatchments, pollutants, flow unit, steps */
    int64_t subcatchments = model->subcatchments.count;
    int64_t values = subcatchments * (VALUES + model->quality.count);
    size_t each = sizeof(float) * (1 + (size_t)values);
    if (size < HEAD || memcmp(bytes, stamp, STAMP) != 0)
        return wrong(faults, path, 0, "it does not begin as one" TW_SWMM_ERROR("325"));
    memcpy(head, bytes + STAMP, sizeof head);
    if (head[0] != model->subcatchments.count || head[1] != model->quality.count ||
        head[2] != (int32_t)model->options.flow_units)
        return wrong(faults, path, STAMP,
                     "it has other numbers of subcatchments or pollutants, or another flow unit, "
                     "than the model" TW_SWMM_ERROR("325"));
    if (head[3] <= 0) return wrong(faults, path, STEPS_AT, "it has no steps" TW_SWMM_ERROR("325"));
    struct tw_runoff_record record = {.steps = head[3]};
    if ((uint64_t)record.steps > (size - HEAD) / each)
        return wrong(faults, path, size, "it has fewer steps than it says" TW_SWMM_ERROR("329"));
    record.step_s = TW_ARENA_NEW(arena, double, record.steps);
    record.value = TW_ARENA_NEW(arena, double, record.steps *values);
    if (record.step_s == NULL || record.value == NULL) return TW_ERR_NOMEM;
    for (int64_t k = 0; k < record.steps; k++) {
        size_t at = HEAD + (size_t)k * each;
        if (!take_step(model, bytes + at, &record.step_s[k], record.value + k * values))
            return wrong(faults, path, at,
                         "a value of the step is not a number, or its length not above 0");
    }
    TW_TRY(check_length(model, &record, path, size, faults));
    *out_record = record;
    return TW_OK;
}

tw_status tw_runoff_head_write(const struct tw_model *model, tw_outfile *file)
{
    const int32_t head[] = {model->subcatchments.count, model->quality.count,
                            (int32_t)model->options.flow_units, 0};
    TW_TRY(tw_outfile_write(file, stamp, STAMP));
    return tw_outfile_write(file, head, sizeof head);
}

tw_status tw_runoff_step_write(const struct tw_model *model, double step_s, const double *value,
                               tw_outfile *file)
{
    int32_t width = VALUES + model->quality.count;
    float x = (float)step_s;
    double si[VALUES];
    units_of(model, si);
    TW_TRY(tw_outfile_write(file, &x, sizeof x));
    for (int32_t i = 0; i < model->subcatchments.count * width; i++) {
        x = (float)(value[i] / (i % width < VALUES ? si[i % width] : 1.0));
        TW_TRY(tw_outfile_write(file, &x, sizeof x));
    }
    return TW_OK;
}

tw_status tw_runoff_steps_write(int64_t steps, tw_outfile *file)
{
    int32_t count = steps < INT32_MAX ? (int32_t)steps : INT32_MAX;
    return tw_outfile_rewrite(file, STEPS_AT, &count, sizeof count);
}
