#include "num/table.h"

#include "check.h"

static const double xs[] = {1.0, 2.0, 4.0, 5.0}, ys[] = {2.0, 6.0, 4.0, 7.0};
static const struct tw_points points = {xs, ys, 4};
static const struct tw_points none = {0};

static void between_points_values_lie_on_straight_lines(void **state)
{
    (void)state;
    assert_near(tw_points_at(points, 1.5), 4.0, 1e-15);
    assert_near(tw_points_at(points, 3.0), 5.0, 1e-15);
    assert_near(tw_points_at(points, 2.0), 6.0, 0.0);
    assert_near(tw_points_at(points, 0.0), 2.0, 0.0);
    assert_near(tw_points_at(points, 9.0), 7.0, 0.0);
    assert_near(tw_points_at(none, 1.0), 0.0, 0.0);
}

static void a_jump_has_the_value_before_it(void **state)
{
    (void)state;
    static const double x[] = {0.0, 1.0, 1.0, 2.0}, y[] = {0.0, 1.0, 5.0, 6.0};
    struct tw_points jump = {x, y, 4};
    assert_near(tw_points_at(jump, 1.0), 1.0, 0.0);
    assert_near(tw_points_at(jump, 1.5), 5.5, 1e-15);
    assert_near(tw_points_integral(jump, 2.0), 0.5 + 5.5, 1e-15);
    assert_near(tw_points_integral_inverse(jump, 0.5 + 5.5), 2.0, 1e-15);
}

static void beyond_the_last_point_values_go_on_but_do_not_fall(void **state)
{
    (void)state;
    assert_near(tw_points_beyond(points, 6.0), 10.0, 1e-15);
    assert_near(tw_points_beyond(points, 0.5), 1.0, 1e-15);
    struct tw_points falling = {xs, ys, 3};
    assert_near(tw_points_beyond(falling, 9.0), 4.0, 0.0);
    static const double x0[] = {0.0, 1.0}, y0[] = {3.0, 4.0};
    assert_near(tw_points_beyond((struct tw_points){x0, y0, 2}, 0.0), 3.0, 0.0);
}

static void a_staircase_has_the_value_of_the_next_point(void **state)
{
    (void)state;
    assert_near(tw_points_step(points, 0.5), 2.0, 0.0);
    assert_near(tw_points_step(points, 1.0), 6.0, 0.0);
    assert_near(tw_points_step(points, 3.9), 4.0, 0.0);
    assert_near(tw_points_step(points, 5.0), 7.0, 0.0);
    assert_near(tw_points_step(none, 5.0), 0.0, 0.0);
}

static void the_slope_is_that_of_the_line_and_nothing_beyond_the_end(void **state)
{
    (void)state;
    assert_near(tw_points_slope(points, 0.0), 4.0, 1e-15);
    assert_near(tw_points_slope(points, 2.0), 4.0, 1e-15);
    assert_near(tw_points_slope(points, 2.1), -1.0, 1e-15);
    assert_near(tw_points_slope(points, 5.1), 0.0, 0.0);
}

static void the_integral_s_slope_is_the_value(void **state)
{
    (void)state;
    for (double x = 0.05; x < 8.0; x += 0.1) {
        double d = 1e-6;
        double slope =
            (tw_points_integral(points, x + d) - tw_points_integral(points, x - d)) / (2.0 * d);
        assert_near(slope, tw_points_beyond(points, x), 1e-8); /* of the difference */
    }
    assert_near(tw_points_integral(points, 1.0), 1.0, 1e-15);
    assert_near(tw_points_integral(points, 2.0), 5.0, 1e-15);
}

static void the_integral_is_inverted(void **state)
{
    (void)state;
    for (double x = 0.0; x < 8.0; x += 0.05) {
        double again = tw_points_integral_inverse(points, tw_points_integral(points, x));
        assert_near(again, x, 1e-12); /* rounding */
    }
    static const double flat_x[] = {0.0, 2.0}, flat_y[] = {1.0, 0.0};
    struct tw_points ends = {flat_x, flat_y, 2};
    assert_near(tw_points_integral_inverse(ends, 9.0), 2.0, 0.0);
    assert_near(tw_points_integral_inverse(none, 9.0), 0.0, 0.0);
}

static void even_tables_are_met_at_their_values(void **state)
{
    (void)state;
    static const double y[] = {0.0, 0.1, 0.4, 0.7, 1.0, 0.6};
    for (int i = 0; i < 6; i++)
        assert_near(tw_even_at(y, 6, i / 5.0), y[i], 1e-15);
    assert_near(tw_even_at(y, 6, 0.7), 0.85, 1e-15);
    assert_near(tw_even_at(y, 6, -1.0), 0.0, 0.0);
    assert_near(tw_even_at(y, 6, 2.0), 0.6, 0.0);
}

static void the_first_two_cells_are_parabolas(void **state)
{
    (void)state;
    double y[11];
    for (int i = 0; i <= 10; i++)
        y[i] = 0.3 + i * i * 0.01;
    assert_near(tw_even_at(y, 11, 0.05), 0.3 + 0.0025, 1e-15);
    assert_near(tw_even_at(y, 11, 0.17), 0.3 + 0.0289, 1e-15);
    assert_near(tw_even_at(y, 11, 0.25), 0.3 + 0.065, 1e-15); /* straight from here */
}

static void even_tables_are_inverted(void **state)
{
    (void)state;
    static const double y[] = {0.0, 0.1, 0.4, 0.7, 1.0};
    for (double v = 0.0; v < 1.0; v += 0.07) {
        double x = tw_even_inverse(y, 5, v);
        int i = (int)(x * 4.0);
        assert_near(y[i] + (x * 4.0 - i) * (y[i + 1] - y[i]), v, 1e-12); /* rounding */
    }
    assert_near(tw_even_inverse(y, 5, 2.0), 1.0, 0.0);
    assert_near(tw_even_inverse(y, 5, -1.0), 0.0, 0.0);
}

static void where_values_fall_again_the_place_is_the_greatest_s(void **state)
{
    (void)state;
    static const double y[] = {0.0, 0.5, 1.2, 1.1, 1.0};
    assert_near(tw_even_inverse(y, 5, 1.05), 0.5, 0.0);
    assert_near(tw_even_inverse(y, 5, 1.15), 0.5, 0.0);
    assert_near(tw_even_inverse(y, 5, 1.2), 0.5, 0.0);
    assert_near(tw_even_inverse(y, 5, 0.25), 0.125, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(between_points_values_lie_on_straight_lines),
        cmocka_unit_test(a_jump_has_the_value_before_it),
        cmocka_unit_test(beyond_the_last_point_values_go_on_but_do_not_fall),
        cmocka_unit_test(a_staircase_has_the_value_of_the_next_point),
        cmocka_unit_test(the_slope_is_that_of_the_line_and_nothing_beyond_the_end),
        cmocka_unit_test(the_integral_s_slope_is_the_value),
        cmocka_unit_test(the_integral_is_inverted),
        cmocka_unit_test(even_tables_are_met_at_their_values),
        cmocka_unit_test(the_first_two_cells_are_parabolas),
        cmocka_unit_test(even_tables_are_inverted),
        cmocka_unit_test(where_values_fall_again_the_place_is_the_greatest_s),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
