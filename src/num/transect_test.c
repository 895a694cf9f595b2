#include "num/transect.h"

#include "check.h"

enum { LAST = TW_TRANSECT_TABLE - 1 };

/* Room for a table, and the table that points to it. */
struct made {
    double area[TW_TRANSECT_TABLE], radius[TW_TRANSECT_TABLE], width[TW_TRANSECT_TABLE];
    struct tw_transect_table table;
};

static void make(struct made *m, const struct tw_transect *t)
{
    m->table = (struct tw_transect_table){.area = m->area, .radius = m->radius, .width = m->width};
    assert_ok(tw_transect_tables(t, &m->table));
}

/* SWMM's two values of Manning's constant */
static double swmm_radius(double radius) { return pow(1.486 / 1.49, 1.5) * radius; }

static void a_trapezoid_has_its_area_width_and_radius(void **state)
{
    (void)state;
    const double x[] = {0, 2, 4, 6}, y[] = {2, 0, 0, 2};
    struct tw_transect t = {4, x, y, 0, 6, 0.03, 0.03, 0.03};
    struct made m;
    make(&m, &t);
    assert_near(m.table.full_depth_m, 2.0, 0.0);
    assert_near(m.table.full_area_m2, 8.0, 1e-12);
    assert_near(m.table.max_width_m, 6.0, 1e-12);
    assert_near(m.table.full_radius_m, swmm_radius(8.0 / (2.0 + 4.0 * sqrt(2.0))), 1e-12);
    for (int i = 1; i <= LAST; i++) {
        double depth = 2.0 * i / LAST;
        assert_near(m.area[i] * 8.0, (2.0 + depth) * depth, 1e-12);
        assert_near(m.width[i] * 6.0, 2.0 + 2.0 * depth, 1e-12);
        double radius = (2.0 + depth) * depth / (2.0 + 2.0 * sqrt(2.0) * depth);
        assert_near(m.radius[i] * m.table.full_radius_m, swmm_radius(radius), 1e-12);
    }
    assert_near(m.area[0], 0.0, 0.0);
    assert_near(m.width[0], m.width[1], 0.0);
}

static void elevation_and_station_count_from_anywhere(void **state)
{
    (void)state;
    const double x[] = {0, 2, 4, 6}, y[] = {2, 0, 0, 2};
    const double x_off[] = {100, 102, 104, 106}, y_off[] = {52, 50, 50, 52};
    struct tw_transect near = {4, x, y, 0, 6, 0.03, 0.03, 0.03};
    struct tw_transect far = {4, x_off, y_off, 100, 106, 0.03, 0.03, 0.03};
    struct made a, b;
    make(&a, &near);
    make(&b, &far);
    for (int i = 0; i <= LAST; i++) {
        assert_near(a.area[i], b.area[i], 1e-12); /* rounding */
        assert_near(a.radius[i], b.radius[i], 1e-12);
    }
}

/* Overbanks carry less: conveyances of the three parts add up. */
static void parts_with_their_own_roughness_carry_their_own_flow(void **state)
{
    (void)state;
    const double x[] = {0, 10, 12, 14, 16, 26}, y[] = {1.2, 1, 0, 0, 1, 1.2};
    struct tw_transect t = {6, x, y, 10, 16, 0.1, 0.08, 0.03};
    struct made m;
    make(&m, &t);
    double side = hypot(10.0, 0.2), bank_area = 1.0;
    double channel_area = 4.0 + 6.0 * 0.2, channel_wet = 2.0 + 2.0 * hypot(2.0, 1.0);
    double flow = pow(channel_area, 5.0 / 3.0) / pow(channel_wet, 2.0 / 3.0) / 0.03 +
                  pow(bank_area, 5.0 / 3.0) / pow(side, 2.0 / 3.0) * (1.0 / 0.1 + 1.0 / 0.08);
    double area = channel_area + 2.0 * bank_area;
    assert_near(m.table.full_area_m2, area, 1e-12);
    assert_near(m.table.full_radius_m, swmm_radius(pow(0.03 * flow / area, 1.5)), 1e-12);
}

static void points_that_make_no_section_are_refused(void **state)
{
    (void)state;
    const double x[] = {0, 2, 4}, y[] = {2, 0, 2}, back[] = {0, 2, 1}, level[] = {1, 1, 1};
    const struct tw_transect wrong[] = {
        {1, x, y, 0, 4, 0.03, 0.03, 0.03},     {3, back, y, 0, 4, 0.03, 0.03, 0.03},
        {3, x, level, 0, 4, 0.03, 0.03, 0.03}, {3, x, y, 4, 0, 0.03, 0.03, 0.03},
        {3, x, y, 0, 4, 0.03, 0.03, 0.0},      {3, x, y, 0, 4, 0.0, 0.03, 0.03},
    };
    struct made m;
    m.table = (struct tw_transect_table){.area = m.area, .radius = m.radius, .width = m.width};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_status(tw_transect_tables(&wrong[i], &m.table), TW_ERR_ARG);
        assert_true(m.table.full_depth_m == 0.0);
    }
}

static void a_street_of_two_sides_has_twice_the_area_of_one(void **state)
{
    (void)state;
    struct tw_street street = {6.0, 0.15, 0.02, 0.016, 0.05, 0.6, 1, 0.0, 0.0, 0.0};
    double x[TW_STREET_POINTS], y[TW_STREET_POINTS];
    struct tw_transect t;
    struct made half, whole;
    tw_transect_of_street(&t, &street, x, y);
    make(&half, &t);
    street.sides = 2;
    tw_transect_of_street(&t, &street, x, y);
    make(&whole, &t);
    assert_near(whole.table.full_area_m2, 2.0 * half.table.full_area_m2, 1e-12);
    assert_near(whole.table.max_width_m, 12.0, 1e-12);
    /* gutter 0.05 + 0.6 x 0.02 deep, crown 5.4 x 0.02 above it, kerb 0.2 */
    assert_near(whole.table.full_depth_m, 0.2, 1e-12);
    double below_crown =
        0.5 * 0.6 * 0.062 + 5.4 * (0.2 - 0.062) - 0.5 * 5.4 * 0.108 + 0.6 * (0.2 - 0.062);
    assert_near(half.table.full_area_m2, below_crown, 1e-12);
}

static void a_strip_behind_the_kerb_widens_the_street(void **state)
{
    (void)state;
    struct tw_street street = {6.0, 0.15, 0.02, 0.016, 0.0, 0.0, 2, 3.0, 0.04, 0.05};
    double x[TW_STREET_POINTS], y[TW_STREET_POINTS];
    struct tw_transect t;
    struct made m;
    tw_transect_of_street(&t, &street, x, y);
    assert_near(t.left_bank_m, 3.0, 1e-12);
    assert_near(t.right_bank_m, 15.0, 1e-12);
    assert_near(t.n_left, 0.05, 0.0);
    make(&m, &t);
    assert_near(m.table.full_depth_m, 0.27, 1e-12);
    assert_near(m.table.max_width_m, 18.0, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trapezoid_has_its_area_width_and_radius),
        cmocka_unit_test(elevation_and_station_count_from_anywhere),
        cmocka_unit_test(parts_with_their_own_roughness_carry_their_own_flow),
        cmocka_unit_test(points_that_make_no_section_are_refused),
        cmocka_unit_test(a_street_of_two_sides_has_twice_the_area_of_one),
        cmocka_unit_test(a_strip_behind_the_kerb_widens_the_street),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
