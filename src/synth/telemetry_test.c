#include "synth/telemetry.h"

#include "check.h"

static void a_city_has_thirty_three_thousand_series_with_ids_of_their_own(void **state)
{
    (void)state;
    const struct tw_telemetry_plan plan = TW_TELEMETRY_CITY;
    char id[TW_TELEMETRY_ID_SIZE];
    assert_int_equal(tw_telemetry_count(&plan), 33000);
    tw_telemetry_id(&plan, 0, id);
    assert_string_equal(id, "W00.T000");
    tw_telemetry_id(&plan, 29999, id);
    assert_string_equal(id, "W59.T499");
    assert_int_equal(tw_telemetry_period_s(&plan, 29999), 10);
    tw_telemetry_id(&plan, 30000, id);
    assert_string_equal(id, "N00000");
    assert_int_equal(tw_telemetry_period_s(&plan, 30000), 60);
}

static void values_move_stay_in_reach_and_have_few_digits(void **state)
{
    (void)state;
    const struct tw_telemetry_plan plan = TW_TELEMETRY_CITY;
    for (int32_t s = 0; s < 33000; s += 997) {
        double least = (double)INFINITY;
        double most = -(double)INFINITY;
        double scale = pow(10.0, tw_telemetry_decimals(&plan, s));
        for (int64_t t = 0; t < 86400; t += 600) {
            double value = tw_telemetry_value(&plan, s, INT64_C(1700000000000) + t * 1000);
            assert_near(value * scale, floor(value * scale + 0.5), 1e-9); /* of 1e4 */
            least = value < least ? value : least;
            most = value > most ? value : most;
        }
        assert_true(most > least);
        assert_true(least >= -0.5 && most < 3000.0);
    }
}

static void the_same_tag_and_time_give_the_same_value(void **state)
{
    (void)state;
    const struct tw_telemetry_plan plan = TW_TELEMETRY_CITY;
    assert_near(tw_telemetry_value(&plan, 77, 1700000000000),
                tw_telemetry_value(&plan, 77, 1700000000000), 0.0);
    assert_true(tw_telemetry_value(&plan, 72, 1700000000000) !=
                tw_telemetry_value(&plan, 80, 1700000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_city_has_thirty_three_thousand_series_with_ids_of_their_own),
        cmocka_unit_test(values_move_stay_in_reach_and_have_few_digits),
        cmocka_unit_test(the_same_tag_and_time_give_the_same_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
