#include "telemetry/units.h"

#include "check.h"

#include <string.h>

static const struct {
    const char *text;
    double factor;
} rows[] = {
#define TW_UNIT(quantity, text, factor) {text, factor},
#include "telemetry/units.def"
#undef TW_UNIT
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static void check_pair(int a, int b)
{
    double there = 0.0;
    double back = 0.0;
    if (tw_unit_factor(rows[a].text, rows[b].text, &there) != TW_OK) return;
    assert_ok(tw_unit_factor(rows[b].text, rows[a].text, &back));
    assert_near(there * back, 1.0, 1e-15); /* two roundings */
    assert_near(there, rows[a].factor / rows[b].factor, 1e-15 * there);
}

/* For every pair of units of one quantity: there and back is one, and by way of the SI unit too. */
static void factors_agree_for_every_pair(void **state)
{
    (void)state;
    for (int pair = 0; pair < ROWS * ROWS; pair++)
        check_pair(pair / ROWS, pair % ROWS);
}

static void a_unit_is_itself_exactly(void **state)
{
    (void)state;
    for (int a = 0; a < ROWS; a++) {
        double factor = 0.0;
        assert_ok(tw_unit_factor(rows[a].text, rows[a].text, &factor));
        assert_true(factor == 1.0);
    }
}

static void every_unit_is_there_once(void **state)
{
    (void)state;
    for (int a = 0; a < ROWS; a++) {
        for (int b = 0; b < a; b++)
            assert_string_not_equal(rows[a].text, rows[b].text);
    }
}

static void what_cannot_be_converted_is_told_from_what_is_unknown(void **state)
{
    (void)state;
    double factor = 0.0;
    assert_ok(tw_unit_factor("cm", "m", &factor));
    assert_near(factor, 0.01, 0.0);
    assert_ok(tw_unit_factor("l/s", "m3/s", &factor));
    assert_near(factor, 0.001, 0.0);
    assert_status(tw_unit_factor("m", "m3/s", &factor), TW_ERR_ARG);
    assert_status(tw_unit_factor("furlong", "m", &factor), TW_ERR_NAME);
    assert_status(tw_unit_factor("m", "", &factor), TW_ERR_NAME);
}

static void a_decimal_stays_one(void **state)
{
    (void)state;
    double factor = 0.0;
    assert_ok(tw_unit_factor("cm", "m", &factor));
    assert_near(tw_unit_apply(70.0, factor), 0.7, 0.0); /* the double nearest to 0.7 */
    assert_ok(tw_unit_factor("ft", "m", &factor));
    assert_near(tw_unit_apply(10.0, factor), 3.048, 1e-15); /* one rounding */
    assert_near(tw_unit_apply(5.0, 1.0), 5.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decimal_stays_one),
        cmocka_unit_test(factors_agree_for_every_pair),
        cmocka_unit_test(a_unit_is_itself_exactly),
        cmocka_unit_test(every_unit_is_there_once),
        cmocka_unit_test(what_cannot_be_converted_is_told_from_what_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
