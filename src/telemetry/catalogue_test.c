#include "telemetry/catalogue.h"

#include "check.h"

#include <stdio.h>

static void a_sensor_is_found_by_its_id(void **state)
{
    (void)state;
    struct tw_catalogue catalogue;
    tw_catalogue_init(&catalogue);
    for (int32_t i = 0; i < 1000; i++) {
        char id[16];
        const struct tw_sensor_entry entry = {.series = i, .unit = "m", .min = 0.0, .max = 1.0};
        (void)snprintf(id, sizeof id, "L%d", (int)i);
        assert_ok(tw_catalogue_add(&catalogue, id, &entry));
    }
    assert_int_equal(tw_catalogue_find(&catalogue, "L731")->series, 731);
    assert_null(tw_catalogue_find(&catalogue, "L1000"));
    tw_catalogue_done(&catalogue);
}

static void an_id_is_taken_once(void **state)
{
    (void)state;
    struct tw_catalogue catalogue;
    const struct tw_sensor_entry entry = {.series = 1, .unit = "m"};
    tw_catalogue_init(&catalogue);
    assert_ok(tw_catalogue_add(&catalogue, "L1", &entry));
    assert_status(tw_catalogue_add(&catalogue, "L1", &entry), TW_ERR_NAME);
    tw_catalogue_done(&catalogue);
}

static void quality_tells_what_is_out_of_range(void **state)
{
    (void)state;
    const struct tw_sensor_entry entry = {.min = -0.1, .max = 5.0};
    assert_int_equal(tw_catalogue_quality(&entry, -0.1), 0);
    assert_int_equal(tw_catalogue_quality(&entry, 5.0), 0);
    assert_int_equal(tw_catalogue_quality(&entry, -0.11), TW_QUALITY_BELOW);
    assert_int_equal(tw_catalogue_quality(&entry, 5.1), TW_QUALITY_ABOVE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sensor_is_found_by_its_id),
        cmocka_unit_test(an_id_is_taken_once),
        cmocka_unit_test(quality_tells_what_is_out_of_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
