#include "server/drill_chance.h"

#include "check.h"

static void the_same_seed_crew_and_order_come_to_the_same(void **state)
{
    (void)state;
    struct tw_drill_chance a, b, other;
    tw_drill_chance_draw(7, "D1-A", 12, &a);
    tw_drill_chance_draw(7, "D1-A", 12, &b);
    tw_drill_chance_draw(7, "D1-A", 13, &other);
    assert_int_equal(a.answer_ms, b.answer_ms);
    assert_int_equal(a.turnout_ms, b.turnout_ms);
    assert_true(a.pace == b.pace && a.refuses == b.refuses && a.breaks == b.breaks);
    assert_true(a.answer_ms != other.answer_ms || a.pace != other.pace);
}

static void of_many_orders_some_are_refused_and_some_break_down(void **state)
{
    (void)state;
    int refused = 0, broken = 0;
    for (int64_t order = 1; order <= 3000; order++) {
        struct tw_drill_chance c;
        tw_drill_chance_draw(1, "D1-A", order, &c);
        assert_true(c.answer_ms >= 8000 && c.answer_ms < 40000);
        assert_true(c.turnout_ms >= 30000 && c.turnout_ms < 90000);
        assert_true(c.pace >= 0.9 && c.pace < 1.25);
        refused += c.refuses;
        broken += c.breaks;
    }
    assert_near(refused, 200.0, 60.0); /* four standard deviations of a draw of 3000 */
    assert_near(broken, 120.0, 45.0);
}

static void a_place_lies_on_the_line_at_its_share(void **state)
{
    (void)state;
    const double line[] = {10.0, 0.0, 10.0, 2.0, 10.0, 2.0, 10.0, 8.0};
    double at[2];
    tw_drill_along(line, 4, 0.5, at);
    assert_near(at[1], 4.0, 1e-12); /* rounding only */
    tw_drill_along(line, 4, -3.0, at);
    assert_near(at[1], 0.0, 1e-12);
    tw_drill_along(line, 4, 9.0, at);
    assert_near(at[1], 8.0, 1e-12);
    tw_drill_along(line, 1, 0.5, at);
    assert_near(at[0], 10.0, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_crew_and_order_come_to_the_same),
        cmocka_unit_test(of_many_orders_some_are_refused_and_some_break_down),
        cmocka_unit_test(a_place_lies_on_the_line_at_its_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
