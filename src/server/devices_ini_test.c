#include "server/devices_ini.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
    char path[64];
    struct tw_catalogue catalogue;
    struct tw_devices *devices;
    tw_faults *faults;
};

static int begin(void **state)
{
    static struct fixture f;
    const struct tw_sensor_entry level = {.series = 1, .unit = "m", .min = 0.0, .max = 5.0};
    tw_catalogue_init(&f.catalogue);
    (void)snprintf(f.path, sizeof f.path, "/tmp/thalweg-devices-XXXXXX");
    *state = &f;
    int fd = mkstemp(f.path);
    if (fd < 0 || close(fd) != 0) return -1;
    if (tw_catalogue_add(&f.catalogue, "L1", &level) != TW_OK) return -1;
    if (tw_devices_create(&f.catalogue, &f.devices) != TW_OK) return -1;
    return tw_faults_create(100, &f.faults) == TW_OK ? 0 : -1;
}

static int end(void **state)
{
    struct fixture *f = *state;
    tw_devices_destroy(f->devices);
    tw_catalogue_done(&f->catalogue);
    tw_faults_destroy(f->faults);
    return unlink(f->path);
}

static tw_status read_text(struct fixture *f, const char *text)
{
    FILE *file = fopen(f->path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return tw_devices_read(f->path, f->devices, f->faults);
}

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void a_section_is_a_device(void **state)
{
    struct fixture *f = *state;
    struct tw_tag tag;
    assert_ok(read_text(f, "[mqtt pump-7]\nsecret_sha256 = " HASH "\nsource = pumps\n"
                           "rate_per_s = 2\nburst = 3\nmessage_bytes = 4096\n"
                           "topic = city/pumps/7\nmap.level = L1 cm\nmap.raw = L1 - 0.5\n"
                           "[http gate]\nidentity = g1\n"));
    assert_int_equal(tw_devices_count(f->devices), 2);
    struct tw_device *pump = tw_devices_find(f->devices, "mqtt", "pump-7");
    assert_non_null(pump);
    assert_string_equal(tw_device_source(pump), "pumps");
    assert_int_equal(tw_device_message_bytes(pump), 4096);
    assert_string_equal(tw_device_setting(pump, "topic"), "city/pumps/7");
    assert_true(tw_device_allows(pump, 0, 3));
    assert_false(tw_device_allows(pump, 0, 1));
    assert_true(tw_device_tag(pump, "level", &tag));
    assert_string_equal(tag.unit, "cm");
    assert_true(tw_device_tag(pump, "raw", &tag));
    assert_null(tag.unit);
    assert_near(tag.factor, 0.5, 0.0);
    assert_non_null(tw_devices_find(f->devices, "http", "g1"));
}

static void every_fault_is_named_with_its_line(void **state)
{
    static const struct {
        const char *text, *words;
        int line;
    } bad[] = {
        {"[mqtt]\nsource = a\n", "[PROTOCOL NAME]", 2},
        {"[mqtt a]\nmap.x = L9\n", "no sensor \"L9\"", 2},
        {"[mqtt b]\nsource = b\nmap.x = L1 m3/s\n", "cannot become", 3},
        {"[mqtt c]\nmap.x = L1 m 2 3\n", "SENSOR [UNIT [FACTOR]]", 2},
        {"[mqtt d]\nmap.x = L1 m two\n", "SENSOR [UNIT [FACTOR]]", 2},
        {"[mqtt e]\nsecret_sha256 = secret\n", "64 hexadecimal", 2},
        {"[mqtt f]\nrate_per_s = fast\n", "not a number", 2},
        {"[mqtt pump-7]\nidentity = new\n", "another device", 2},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        size_t before = tw_faults_count(f->faults);
        assert_status(read_text(f, bad[i].text), TW_ERR_INPUT);
        struct tw_fault fault = tw_faults_get(f->faults, before);
        if (fault.line != bad[i].line || strstr(fault.text, bad[i].words) == NULL) {
            fail_msg("%s: line %d, \"%s\"", bad[i].text, fault.line, fault.text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_section_is_a_device),
        cmocka_unit_test(every_fault_is_named_with_its_line),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
