#include "server/calibrate.h"

#include "base/file.h"
#include "check.h"
#include "server/hindcast_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEP_S 300.0

struct fixture {
    struct tw_city *city;
    struct tw_storm *storm;
};

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    tw_faults *faults = NULL;
    if (fixture == NULL || tw_faults_create(0, &faults) != TW_OK) return -1;
    *state = fixture;
    tw_status status = tw_city_load(TW_SOURCE_DIR "/tests/cities/tiny", faults, &fixture->city);
    if (status == TW_OK) status = tw_storm_read(fixture->city, "cell", faults, &fixture->storm);
    tw_faults_destroy(faults);
    return status == TW_OK ? 0 : -1;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    tw_storm_destroy(fixture->storm);
    tw_city_destroy(fixture->city);
    free(fixture);
    return 0;
}

/* What the sensors would measure in a city whose impervious areas are larger by a factor. */
static void measure(const struct fixture *fixture, double factor)
{
    struct tw_storm *storm = fixture->storm;
    const double no_change = 1.0;
    const struct tw_hindcast_model_setup setup = {.city = fixture->city,
                                                  .storm = storm,
                                                  .perfect = true,
                                                  .members = 1,
                                                  .threads = 1,
                                                  .rain_factor = &no_change,
                                                  .held_out = -1,
                                                  .step_s = STEP_S,
                                                  .steps = 2};
    struct tw_hindcast_model *model = NULL;
    static struct tw_storm_value values[1000];
    size_t count = 0;
    assert_ok(tw_hindcast_model_create(&setup, &model));
    tw_batch *batch = tw_filter_batch(tw_foresee_filter(tw_hindcast_model_foresee(model)));
    assert_ok(tw_batch_set_factor(batch, 0, TW_FACTOR_IMPERVIOUS, -1, factor));
    for (int32_t k = 1; k <= 24; k++) {
        assert_ok(tw_hindcast_model_advance(model, k * STEP_S));
        for (int32_t s = 0; s < storm->sensor_count; s++) {
            double value = tw_hindcast_model_sensor(model, s);
            if (isnan(value)) continue;
            assert_true(count < 1000);
            values[count++] = (struct tw_storm_value){
                storm->start_ms + (int64_t)(1000.0 * STEP_S) * k, value, s, 0};
        }
    }
    tw_hindcast_model_destroy(model);
    storm->values = realloc(storm->values, (storm->count + count) * sizeof *storm->values);
    assert_non_null(storm->values);
    /* The storm's values stand by time. */
    for (size_t i = 0; i < count; i++) {
        size_t at = storm->count++;
        for (; at > 0 && storm->values[at - 1].time_ms > values[i].time_ms; at--)
            storm->values[at] = storm->values[at - 1];
        storm->values[at] = values[i];
    }
}

static void what_a_made_city_was_made_with_is_found(void **state)
{
    const struct fixture *fixture = *state;
    const struct tw_storm *storms[1] = {fixture->storm};
    measure(fixture, 0.7);
    struct tw_calibrate_options options = TW_CALIBRATE_OPTIONS_DEFAULT;
    struct tw_calibration found;
    assert_ok(tw_calibrate(fixture->city, storms, 1, &options, &found));
    /* Rain and impervious areas do the same to a small city's pipes: their product is what shows. It
     * is shallow in this one, and one storm tells as much as two values of a sensor: more than a
     * third of the way from 1 has to be found, and the rest be doubted. */
    const struct tw_calibrated *rain = &found.factors[TW_FILTER_RAIN];
    const struct tw_calibrated *impervious = &found.factors[TW_FILTER_IMPERVIOUS];
    assert_true(rain->middle * impervious->middle < 0.9);
    assert_true(rain->low * impervious->low < 0.7);
    assert_true(found.after < 0.7 * found.before);
    for (int32_t p = 0; p < TW_FILTER_PARAMETERS; p++) {
        const struct tw_calibrated *f = &found.factors[p];
        assert_true(f->low < f->middle && f->middle < f->high && f->spread > 0.0);
    }
    struct tw_calibration again;
    options.threads = 3;
    assert_ok(tw_calibrate(fixture->city, storms, 1, &options, &again));
    assert_memory_equal(&found, &again, sizeof found);
}

static void storms_without_measurements_are_refused(void **state)
{
    const struct fixture *fixture = *state;
    const struct tw_storm *storms[1] = {fixture->storm};
    const struct tw_calibrate_options options = TW_CALIBRATE_OPTIONS_DEFAULT;
    struct tw_calibration found = {.values = -1};
    assert_status(tw_calibrate(fixture->city, storms, 1, &options, &found), TW_ERR_NAME);
    assert_int_equal(found.values, -1);
}

static void a_calibration_is_read_as_it_was_written(void **state)
{
    (void)state;
    char path[] = "/tmp/tw_calibration_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    struct tw_calibration calibration = {.values = 5};
    for (int32_t p = 0; p < TW_FILTER_PARAMETERS; p++)
        calibration.factors[p] = (struct tw_calibrated){1.0 + 0.125 * p, 0.5, 2.0, 0.25};
    calibration.factors[0].spread = 0.001; /* too sure */
    struct tw_strbuf text = {0};
    tw_calibration_write(&calibration, "a, b", &text);
    assert_int_equal(write(fd, text.text, text.length), (ssize_t)text.length);
    (void)close(fd);
    struct tw_filter_prior priors[TW_FILTER_PARAMETERS];
    const struct tw_filter_setup usual = tw_filter_setup_default();
    memcpy(priors, usual.priors, sizeof priors);
    tw_faults *faults = NULL;
    assert_ok(tw_faults_create(0, &faults));
    assert_ok(tw_calibration_read(path, faults, priors));
    assert_near(priors[0].spread, 0.5 * usual.priors[0].spread, 0.0);
    for (int32_t p = 1; p < TW_FILTER_PARAMETERS; p++) {
        assert_near(priors[p].middle, 1.0 + 0.125 * p, 0.0); /* exact in four digits */
        assert_near(priors[p].spread, 0.25, 0.0);
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs("[factor rain]\nmiddle = much\nspread = -1\n", file);
    (void)fclose(file);
    assert_status(tw_calibration_read(path, faults, priors), TW_ERR_INPUT);
    assert_int_equal(tw_faults_count(faults), 2);
    assert_int_equal(tw_faults_get(faults, 0).line, 2);
    (void)unlink(path);
    assert_ok(tw_calibration_read(path, faults, priors)); /* none is fine */
    tw_faults_destroy(faults);
    tw_strbuf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_a_made_city_was_made_with_is_found, begin, end),
        cmocka_unit_test_setup_teardown(storms_without_measurements_are_refused, begin, end),
        cmocka_unit_test(a_calibration_is_read_as_it_was_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
