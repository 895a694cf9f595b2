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

static void what_is_said_of_a_sensor_is_copied(void **state)
{
    (void)state;
    struct tw_catalogue catalogue;
    char text[] = "cm";
    const struct tw_sensor_entry entry = {
        .series = 1, .unit = text, .min = -0.1, .max = 5.0, .source = text, .neighbour = text};
    tw_catalogue_init(&catalogue);
    assert_ok(tw_catalogue_add(&catalogue, "L1", &entry));
    text[0] = 'm';
    const struct tw_sensor_entry *found = tw_catalogue_find(&catalogue, "L1");
    assert_string_equal(found->unit, "cm");
    assert_string_equal(found->source, "cm");
    assert_string_equal(found->neighbour, "cm");
    assert_near(found->limits.min, -0.1, 0.0);
    assert_near(found->limits.max, 5.0, 0.0);
    tw_catalogue_done(&catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sensor_is_found_by_its_id),
        cmocka_unit_test(an_id_is_taken_once),
        cmocka_unit_test(what_is_said_of_a_sensor_is_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
