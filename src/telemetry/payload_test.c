#include "telemetry/payload.h"

#include "check.h"

#include <string.h>

#define RECEIVED_MS 5000

struct bench {
    struct tw_catalogue catalogue;
    struct tw_devices *devices;
    struct tw_device *device;
    struct tw_readings readings;
    struct tw_samples_fault fault;
};

static void begin(struct bench *b)
{
    static const char *const names[] = {"S1", "S2", "7"};
    const struct tw_tag cm = {.sensor = "S2", .unit = "cm", .factor = 2.0};
    *b = (struct bench){.device = NULL};
    tw_catalogue_init(&b->catalogue);
    for (int i = 0; i < 3; i++) {
        const struct tw_sensor_entry entry = {.series = i + 1, .unit = "m"};
        assert_ok(tw_catalogue_add(&b->catalogue, names[i], &entry));
    }
    assert_ok(tw_devices_create(&b->catalogue, &b->devices));
    assert_ok(tw_devices_add(
        b->devices, &(struct tw_device_options){.protocol = "mqtt", .name = "p"}, &b->device));
    assert_ok(tw_device_tag_add(b->device, "a/level", &cm));
    assert_ok(tw_device_setting_add(b->device, "ignore", "rssi battery"));
}

static void end(struct bench *b)
{
    tw_readings_done(&b->readings);
    tw_devices_destroy(b->devices);
    tw_catalogue_done(&b->catalogue);
}

static tw_status take(struct bench *b, const char *topic, const char *text)
{
    const struct tw_payload payload = {.topic = topic,
                                       .bytes = (const uint8_t *)text,
                                       .size = strlen(text),
                                       .received_ms = RECEIVED_MS,
                                       .zone_s = 28800,
                                       .device = b->device};
    tw_readings_done(&b->readings);
    return tw_sensorthings_is_topic(topic) ? tw_sensorthings_read(&payload, &b->readings, &b->fault)
                                           : tw_payload_json(&payload, &b->readings, &b->fault);
}

/* One reading comes of it. */
static void one(struct bench *b, const char *topic, const char *text, const char *sensor,
                double value, int64_t time_ms)
{
    assert_ok(take(b, topic, text));
    assert_int_equal(b->readings.count, 1);
    assert_string_equal(b->readings.list[0].sensor, sensor);
    assert_true(b->readings.list[0].value == value);
    assert_int_equal(b->readings.list[0].time_ms, time_ms);
}

static void every_form_of_json_is_understood(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    one(&b, "x/S1", "1.5", "S1", 1.5, RECEIVED_MS);
    one(&b, "x/S1", " true ", "S1", 1.0, RECEIVED_MS);
    one(&b, "a/level", "3", "S2", 6.0, RECEIVED_MS);
    assert_string_equal(b.readings.list[0].unit, "cm");
    one(&b, "x", "{\"ts\":1719800100000,\"values\":{\"S1\":2}}", "S1", 2.0, 1719800100000);
    one(&b, "x", "{\"ts\":1719800100.25,\"S1\":2,\"rssi\":-90,\"battery\":\"low\"}", "S1", 2.0,
        1719800100250);
    one(&b, "x", "{\"time\":\"2024-07-01T10:15\",\"sensor\":\"S1\",\"value\":2,\"unit\":\"mm\"}",
        "S1", 2.0, 1719800100000);
    assert_string_equal(b.readings.list[0].unit, "mm");
    one(&b, "a", "{\"timestamp\":1719800100000,\"level\":1}", "S2", 2.0, 1719800100000);
    one(&b, "x/S1", "{\"value\":4}", "S1", 4.0, RECEIVED_MS);
    assert_ok(
        take(&b, "a", "[{\"ts\":1719800100,\"S1\":1},{\"ts\":1719800160,\"S1\":2,\"level\":3}]"));
    assert_int_equal(b.readings.count, 3);
    assert_int_equal(b.readings.list[2].time_ms, 1719800160000);
    assert_ok(take(&b, "x", "{\"S1\":null}"));
    assert_int_equal(b.readings.count, 0);
    assert_ok(take(&b, "x", "[]"));
    assert_int_equal(b.readings.count, 0);
    end(&b);
}

static void an_observation_is_of_its_datastream(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    assert_true(tw_sensorthings_is_topic("v1.1/Datastreams(7)/Observations"));
    assert_true(tw_sensorthings_is_topic("frost/v1.0/Datastreams('S1')/Observations"));
    assert_false(tw_sensorthings_is_topic("v1.1/Datastreams()/Observations"));
    assert_false(tw_sensorthings_is_topic("v1.1/Datastreams(7)"));
    assert_false(tw_sensorthings_is_topic("v1.1/Things(7)/Observations"));
    one(&b, "v1.1/Datastreams(7)/Observations",
        "{\"result\":21.5,\"phenomenonTime\":\"2024-07-01T02:15:00Z\"}", "7", 21.5, 1719800100000);
    one(&b, "v1.1/Datastreams('S1')/Observations",
        "{\"result\":1,\"phenomenonTime\":\"2024-07-01T02:10:00Z/2024-07-01T02:15:00Z\"}", "S1",
        1.0, 1719800100000);
    one(&b, "v1.1/Datastreams(S1)/Observations", "{\"result\":1}", "S1", 1.0, RECEIVED_MS);
    assert_status(take(&b, "v1.1/Datastreams(S1)/Observations", "{\"result\":\"1\"}"),
                  TW_ERR_FORMAT);
    assert_status(take(&b, "v1.1/Datastreams(8)/Observations", "{\"result\":1}"), TW_ERR_FORMAT);
    assert_non_null(strstr(b.fault.error, "8"));
    end(&b);
}

static void what_means_nothing_is_refused_with_the_reason(void **state)
{
    (void)state;
    struct bench b;
    static const struct {
        const char *topic, *text, *why;
    } rows[] = {
        {"x", "water", "no JSON"},
        {"x", "", "no JSON"},
        {"x", "{\"S1\":1", "no JSON"},
        {"x", "{\"S1\":1,\"S1\":2}", "no JSON"},
        {"x", "[[[[[[[[[[1]]]]]]]]]]", "too deep"},
        {"x", "1", "tag \"x\""},
        {"x", "{\"S1\":1,\"depth\":2}", "tag \"depth\""},
        {"x", "{\"S1\":\"1\"}", "not a number"},
        {"x/S1", "{\"value\":\"1\"}", "not a number"},
        {"x", "{\"ts\":\"yesterday\",\"S1\":1}", "time"},
        {"x", "{\"ts\":-5,\"S1\":1}", "time"},
        {"x", "{\"ts\":1e300,\"S1\":1}", "time"},
        {"x", "\"S1\"", "none of what"},
        {"x", "[1,2]", "none of what"},
        {"x", "null", "none of what"},
    };
    begin(&b);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_status(take(&b, rows[i].topic, rows[i].text), TW_ERR_FORMAT);
        if (strstr(b.fault.error, rows[i].why) == NULL) {
            fail_msg("%s: \"%s\" does not say \"%s\"", rows[i].text, b.fault.error, rows[i].why);
        }
    }
    end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_json_is_understood),
        cmocka_unit_test(an_observation_is_of_its_datastream),
        cmocka_unit_test(what_means_nothing_is_refused_with_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
