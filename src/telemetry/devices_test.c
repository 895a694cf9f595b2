#include "telemetry/devices.h"

#include "check.h"

#include <stdio.h>
#include <string.h>

/* sha256("pump-7 secret"), `printf %s 'pump-7 secret' | sha256sum` */
static const char secret_hash[] =
    "f7d605d609be96e5231489e8d0c437c62020a19126dee0052646b8f8eac0e4bd";

struct fixture {
    struct tw_catalogue catalogue;
    struct tw_devices *devices;
    struct tw_device *pump;
};

static int begin(void **state)
{
    static struct fixture f;
    const struct tw_sensor_entry level = {.series = 1, .unit = "m", .min = 0.0, .max = 5.0};
    const struct tw_sensor_entry other = {.series = 2, .unit = "m", .source = "another"};
    tw_catalogue_init(&f.catalogue);
    *state = &f;
    if (tw_catalogue_add(&f.catalogue, "L1", &level) != TW_OK) return -1;
    if (tw_catalogue_add(&f.catalogue, "L2", &other) != TW_OK) return -1;
    if (tw_devices_create(&f.catalogue, &f.devices) != TW_OK) return -1;
    const struct tw_device_options pump = {.protocol = "mqtt",
                                           .name = "pump-7",
                                           .identity = "client-7",
                                           .secret_sha256 = secret_hash,
                                           .rate_per_s = 10.0,
                                           .burst = 100.0,
                                           .silent_after_s = 60.0};
    return tw_devices_add(f.devices, &pump, &f.pump) == TW_OK ? 0 : -1;
}

static int end(void **state)
{
    struct fixture *f = *state;
    tw_devices_destroy(f->devices);
    tw_catalogue_done(&f->catalogue);
    return 0;
}

static void a_device_is_found_by_protocol_and_identity_and_by_its_secret(void **state)
{
    struct fixture *f = *state;
    assert_ptr_equal(tw_devices_find(f->devices, "mqtt", "client-7"), f->pump);
    assert_null(tw_devices_find(f->devices, "mqtt", "pump-7"));
    assert_null(tw_devices_find(f->devices, "http", "client-7"));
    assert_ptr_equal(tw_devices_find_secret(f->devices, "mqtt", "pump-7 secret", 13), f->pump);
    assert_null(tw_devices_find_secret(f->devices, "mqtt", "pump-7 secreT", 13));
    assert_null(tw_devices_find_secret(f->devices, "http", "pump-7 secret", 13));
    assert_null(tw_devices_find_certificate(f->devices, "mqtt", secret_hash));
    assert_string_equal(tw_device_source(f->pump), "mqtt/pump-7");
}

static void only_its_secret_opens_a_device(void **state)
{
    struct fixture *f = *state;
    struct tw_device *open = NULL;
    const struct tw_device_options none = {.protocol = "http", .name = "no-secret"};
    assert_true(tw_device_admits(f->pump, "pump-7 secret", 13));
    assert_false(tw_device_admits(f->pump, "pump-7 secret", 12));
    assert_false(tw_device_admits(f->pump, "", 0));
    assert_ok(tw_devices_add(f->devices, &none, &open));
    assert_false(tw_device_admits(open, "", 0));
}

static void a_name_and_an_identity_are_taken_once_and_a_hash_is_checked(void **state)
{
    struct fixture *f = *state;
    struct tw_device_options other = {.protocol = "mqtt", .name = "pump-8", .identity = "CLIENT-7"};
    assert_status(tw_devices_add(f->devices, &other, NULL), TW_ERR_NAME);
    other.identity = NULL;
    other.name = "pump-7";
    assert_status(tw_devices_add(f->devices, &other, NULL), TW_ERR_NAME);
    other.name = "pump-8";
    other.secret_sha256 = "12";
    assert_status(tw_devices_add(f->devices, &other, NULL), TW_ERR_ARG);
}

static void a_device_may_send_its_burst_and_then_its_rate(void **state)
{
    struct fixture *f = *state;
    assert_true(tw_device_allows(f->pump, 1000, 100));
    assert_false(tw_device_allows(f->pump, 1000, 1));
    assert_false(tw_device_allows(f->pump, 1050, 1)); /* half a sample has come back */
    assert_true(tw_device_allows(f->pump, 2000, 10));
    assert_false(tw_device_allows(f->pump, 2000, 1));
    assert_true(tw_device_allows(f->pump, 1000000, 100));
    assert_false(tw_device_allows(f->pump, 1000000, 1)); /* no more than the burst is saved up */
}

static void a_tag_is_a_sensor_with_unit_and_factor(void **state)
{
    struct fixture *f = *state;
    struct tw_tag tag = {.sensor = "L1", .unit = "cm", .factor = 2.0};
    struct tw_tag found;
    assert_ok(tw_device_tag_add(f->pump, "AI_03", &tag));
    assert_status(tw_device_tag_add(f->pump, "AI_03", &tag), TW_ERR_NAME);
    tag.unit = "m3/s";
    assert_status(tw_device_tag_add(f->pump, "AI_04", &tag), TW_ERR_ARG);
    tag.sensor = "L9";
    assert_status(tw_device_tag_add(f->pump, "AI_04", &tag), TW_ERR_NAME);
    assert_true(tw_device_tag(f->pump, "AI_03", &found));
    assert_string_equal(found.sensor, "L1");
    assert_string_equal(found.unit, "cm");
    assert_near(found.factor, 2.0, 0.0);
    assert_false(tw_device_tag(f->pump, "AI_04", &found));
}

static void a_sensors_id_is_a_tag_unless_another_source_has_the_sensor(void **state)
{
    struct fixture *f = *state;
    struct tw_tag found;
    assert_true(tw_device_tag(f->pump, "L1", &found));
    assert_string_equal(found.sensor, "L1");
    assert_null(found.unit);
    assert_false(tw_device_tag(f->pump, "L2", &found));
    assert_false(tw_device_tag(f->pump, "L3", &found));
}

static void settings_of_a_protocol_are_kept(void **state)
{
    struct fixture *f = *state;
    char key[16];
    for (int i = 0; i < 40; i++) {
        (void)snprintf(key, sizeof key, "key%d", i);
        assert_ok(tw_device_setting_add(f->pump, key, key));
    }
    assert_status(tw_device_setting_add(f->pump, "key3", "again"), TW_ERR_NAME);
    assert_string_equal(tw_device_setting(f->pump, "key3"), "key3");
    assert_string_equal(tw_device_setting(f->pump, "key39"), "key39");
    assert_null(tw_device_setting(f->pump, "key40"));
}

static void contact_lag_gaps_and_refusals_are_counted(void **state)
{
    struct fixture *f = *state;
    struct tw_device_view view;
    tw_device_view_get(f->pump, &view);
    assert_true(view.contact_ms == TW_DEVICE_NEVER);
    assert_true(isnan(view.lag_s));
    tw_device_note_contact(f->pump, 100000, 98000, 5);
    tw_device_note_contact(f->pump, 160000, 90000, 5); /* 60 s are not longer than 60 s */
    tw_device_note_contact(f->pump, 220001, TW_DEVICE_NEVER, 0);
    tw_device_note_refused(f->pump, 230000, "no such tag");
    tw_device_view_get(f->pump, &view);
    assert_int_equal(view.contact_ms, 220001);
    assert_int_equal(view.newest_ms, 98000);
    assert_near(view.lag_s, 70.0, 1e-9); /* one division */
    assert_int_equal(view.messages, 3);
    assert_int_equal(view.samples, 10);
    assert_int_equal(view.gaps, 1);
    assert_int_equal(view.gap_ms, 160000);
    assert_int_equal(view.refused, 1);
    assert_string_equal(view.refused_why, "no such tag");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_is_found_by_protocol_and_identity_and_by_its_secret),
        cmocka_unit_test(only_its_secret_opens_a_device),
        cmocka_unit_test(a_name_and_an_identity_are_taken_once_and_a_hash_is_checked),
        cmocka_unit_test(a_device_may_send_its_burst_and_then_its_rate),
        cmocka_unit_test(a_tag_is_a_sensor_with_unit_and_factor),
        cmocka_unit_test(a_sensors_id_is_a_tag_unless_another_source_has_the_sensor),
        cmocka_unit_test(settings_of_a_protocol_are_kept),
        cmocka_unit_test(contact_lag_gaps_and_refusals_are_counted),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
