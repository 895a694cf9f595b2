#include "telemetry/ingest.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
    char folder[64];
    struct tw_catalogue catalogue;
    struct tw_store *store;
    struct tw_ingest *ingest;
    int32_t series[2];
    int64_t now_ms;
};

static int64_t now_of(void *user) { return ((struct fixture *)user)->now_ms; }

static int begin(void **state)
{
    static struct fixture f;
    static const char *const names[] = {"L1", "Q1"};
    char path[96];
    char why[256];
    (void)snprintf(f.folder, sizeof f.folder, "/tmp/thalweg-ingest-XXXXXX");
    if (mkdtemp(f.folder) == NULL) return -1;
    (void)snprintf(path, sizeof path, "%s/live.db", f.folder);
    *state = &f;
    f.now_ms = INT64_C(1940659260000);
    if (tw_store_open(path, NULL, NULL, why, sizeof why, &f.store) != TW_OK) return -1;
    if (tw_store_series_register(f.store, names, 2, f.series) != TW_OK) return -1;
    const struct tw_sensor_entry level = {.series = f.series[0],
                                          .unit = "m",
                                          .min = -0.1,
                                          .max = 5.0,
                                          .limits = {.ahead_s = 3600.0, .behind_s = 7.0 * 86400.0}};
    const struct tw_sensor_entry flow = {
        .series = f.series[1], .unit = "m3/s", .min = -(double)INFINITY, .max = (double)INFINITY};
    tw_catalogue_init(&f.catalogue);
    if (tw_catalogue_add(&f.catalogue, "L1", &level) != TW_OK) return -1;
    if (tw_catalogue_add(&f.catalogue, "Q1", &flow) != TW_OK) return -1;
    const struct tw_sensor_entry only = {
        .series = f.series[0], .unit = "m", .max = 5.0, .source = "somebody"};
    if (tw_catalogue_add(&f.catalogue, "L2", &only) != TW_OK) return -1;
    const struct tw_ingest_options options = {
        .catalogue = &f.catalogue, .store = f.store, .now_ms = now_of, .user = &f};
    return tw_ingest_create(&options, &f.ingest) == TW_OK ? 0 : -1;
}

static int end(void **state)
{
    struct fixture *f = *state;
    char command[128];
    tw_store_close(f->store);
    tw_ingest_destroy(f->ingest);
    tw_catalogue_done(&f->catalogue);
    (void)snprintf(command, sizeof command, "rm -r %s", f->folder);
    return system(command);
}

static void count_done(void *user, tw_status status)
{
    int *calls = user;
    *calls += status == TW_OK ? 1 : 100;
}

/* Submit one and answer the head of its series. */
static struct tw_store_head submit(struct fixture *f, struct tw_measurement m)
{
    struct tw_samples_fault fault = {.index = -1};
    int calls = 0;
    if (tw_ingest_submit(f->ingest, NULL, "t", &m, 1, count_done, &calls, &fault) != TW_OK) {
        fail_msg("%s", fault.error);
    }
    assert_ok(tw_store_flush(f->store));
    assert_int_equal(calls, 1);
    return tw_store_head_get(f->store, f->series[m.sensor[0] == 'L' ? 0 : 1]);
}

static void units_are_converted_at_the_door(void **state)
{
    struct fixture *f = *state;
    int64_t t = f->now_ms;
    assert_near(submit(f, (struct tw_measurement){"L1", "cm", t, 13.0, 0}).value, 0.13, 1e-16);
    assert_near(submit(f, (struct tw_measurement){"L1", "m", t, 0.13, 0}).value, 0.13, 0.0);
    /* one rounding each */
    assert_near(submit(f, (struct tw_measurement){"Q1", "m3/h", t, 36.0, 0}).value, 0.01, 1e-17);
}

static void what_is_out_of_range_is_stored_with_its_quality(void **state)
{
    struct fixture *f = *state;
    struct tw_store_head head = submit(f, (struct tw_measurement){"L1", NULL, f->now_ms, 7.0, 0});
    assert_true((head.quality & TW_QUALITY_ABOVE) != 0);
    assert_near(head.value, 7.0, 0.0);
    head = submit(f, (struct tw_measurement){"L1", NULL, f->now_ms, -1.0, 0});
    assert_true((head.quality & TW_QUALITY_BELOW) != 0);
}

static void what_the_device_states_is_kept(void **state)
{
    struct fixture *f = *state;
    struct tw_store_head head =
        submit(f, (struct tw_measurement){"L1", NULL, f->now_ms, 1.0, TW_QUALITY_MAINTENANCE});
    assert_true((head.quality & TW_QUALITY_MAINTENANCE) != 0);
}

static void all_are_stored_or_none_and_the_first_bad_one_is_named(void **state)
{
    struct fixture *f = *state;
    static const struct {
        struct tw_measurement m;
        const char *words;
    } bad[] = {
        {{"L9", NULL, 5, 1.0, 0}, "unknown sensor \"L9\""},
        {{"L1", "m3/s", 5, 1.0, 0}, "cannot become m"},
        {{"L1", "furlong", 5, 1.0, 0}, "not known"},
        {{"L1", NULL, 5, (double)NAN, 0}, "finite"},
        {{"L1", "cm", 5, 1.0, TW_QUALITY_ABOVE}, "quality"},
    };
    int64_t before = tw_store_sample_count(f->store);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct tw_samples_fault fault = {.index = -1};
        int calls = 0;
        struct tw_measurement two[2] = {{"L1", NULL, f->now_ms, 1.0, 0}, bad[i].m};
        assert_status(tw_ingest_submit(f->ingest, NULL, "t", two, 2, count_done, &calls, &fault),
                      TW_ERR_FORMAT);
        assert_int_equal(fault.index, 1);
        if (strstr(fault.error, bad[i].words) == NULL) fail_msg("%s", fault.error);
        assert_true(fault.remedy[0] != 0);
        assert_int_equal(calls, 0);
    }
    assert_ok(tw_store_flush(f->store));
    assert_int_equal(tw_store_sample_count(f->store), before);
}

static void nothing_is_answered_at_once(void **state)
{
    struct fixture *f = *state;
    struct tw_samples_fault fault;
    int calls = 0;
    assert_ok(tw_ingest_submit(f->ingest, NULL, "t", NULL, 0, count_done, &calls, &fault));
    assert_int_equal(calls, 1);
}

static void a_device_is_counted_and_keeps_to_its_sensors(void **state)
{
    struct fixture *f = *state;
    struct tw_devices *devices = NULL;
    struct tw_device *device = NULL;
    struct tw_samples_fault fault;
    struct tw_device_view view;
    const struct tw_device_options options = {.protocol = "http", .name = "gate"};
    assert_ok(tw_devices_create(&f->catalogue, &devices));
    assert_ok(tw_devices_add(devices, &options, &device));
    struct tw_measurement m = {"L1", NULL, f->now_ms, 1.0, 0};
    assert_ok(tw_ingest_submit(f->ingest, device, NULL, &m, 1, NULL, NULL, &fault));
    m.sensor = "L2";
    assert_status(tw_ingest_submit(f->ingest, device, NULL, &m, 1, NULL, NULL, &fault),
                  TW_ERR_FORMAT);
    assert_non_null(strstr(fault.error, "somebody"));
    tw_device_view_get(device, &view);
    assert_int_equal(view.samples, 1);
    assert_int_equal(view.newest_ms, f->now_ms);
    assert_int_equal(view.refused, 1);
    assert_string_equal(view.refused_why, fault.error);
    assert_ok(tw_store_flush(f->store));
    tw_devices_destroy(devices);
}

/* The city's clock jumps a day ahead, back, and to 1970: what was acknowledged stays readable in the
 * order of its times, a time that cannot be is marked, and the series goes on afterwards. */
static void a_clock_that_jumps_loses_nothing(void **state)
{
    struct fixture *f = *state;
    static const int64_t day_ms = 86400000;
    const int64_t start_ms = f->now_ms;
    const int64_t from_ms = start_ms + 10 * day_ms; /* away from the other tests' samples */
    const int64_t clocks[] = {from_ms, from_ms + day_ms, from_ms + 120000, from_ms - day_ms,
                              0,       from_ms + 300000};
    const size_t count = sizeof clocks / sizeof clocks[0];
    for (size_t i = 0; i < count; i++) {
        f->now_ms = clocks[i];
        /* The device's own clock is right all the time: a minute for each value. */
        const struct tw_measurement m = {"L1", NULL, from_ms + 60000 * (int64_t)i,
                                         1.0 + 0.125 * (double)i, 0};
        struct tw_store_head head = submit(f, m);
        bool cannot_be = m.time_ms - clocks[i] > 3600000;
        assert_int_equal((head.quality & TW_QUALITY_CLOCK) != 0, cannot_be);
        assert_int_equal(head.time_ms, m.time_ms);
    }
    struct tw_store_sample *samples = NULL;
    size_t found = 0;
    assert_ok(tw_store_samples_read(f->store, f->series[0], from_ms, from_ms + day_ms, 100,
                                    &samples, &found));
    assert_int_equal(found, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(samples[i].time_ms, from_ms + 60000 * (int64_t)i);
        assert_near(samples[i].value, 1.0 + 0.125 * (double)i, 0.0); /* raw, whatever its quality */
    }
    free(samples);
    f->now_ms = start_ms;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_are_converted_at_the_door),
        cmocka_unit_test(what_is_out_of_range_is_stored_with_its_quality),
        cmocka_unit_test(what_the_device_states_is_kept),
        cmocka_unit_test(all_are_stored_or_none_and_the_first_bad_one_is_named),
        cmocka_unit_test(nothing_is_answered_at_once),
        cmocka_unit_test(a_clock_that_jumps_loses_nothing),
        cmocka_unit_test(a_device_is_counted_and_keeps_to_its_sensors),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
