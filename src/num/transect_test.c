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

static struct tw_transect shape(int32_t count, const double *x, const double *y,
                                const double *banks, const double *n)
{
    return (struct tw_transect){.count = count,
                                .station = x,
                                .elevation = y,
                                .left_bank = banks[0],
                                .right_bank = banks[1],
                                .n_left = n[0],
                                .n_right = n[1],
                                .n_channel = n[2]};
}

/* SWMM's two values of Manning's constant */
static double swmm_radius(double radius) { return pow(1.486 / 1.49, 1.5) * radius; }

static void a_trapezoid_has_its_area_width_and_radius(void **state)
{
    (void)state;
    const double x[] = {0, 2, 4, 6}, y[] = {2, 0, 0, 2};
    struct tw_transect t = shape(4, x, y, (double[]){0, 6}, (double[]){0.03, 0.03, 0.03});
    struct made m;
    make(&m, &t);
    assert_near(m.table.full_depth, 2.0, 0.0);
    assert_near(m.table.full_area, 8.0, 1e-12);
    assert_near(m.table.max_width, 6.0, 1e-12);
    assert_near(m.table.full_radius, swmm_radius(8.0 / (2.0 + 4.0 * sqrt(2.0))), 1e-12);
    for (int i = 1; i <= LAST; i++) {
        double depth = 2.0 * i / LAST;
        assert_near(m.area[i] * 8.0, (2.0 + depth) * depth, 1e-12);
        assert_near(m.width[i] * 6.0, 2.0 + 2.0 * depth, 1e-12);
        double radius = (2.0 + depth) * depth / (2.0 + 2.0 * sqrt(2.0) * depth);
        assert_near(m.radius[i] * m.table.full_radius, swmm_radius(radius), 1e-12);
    }
    assert_near(m.area[0], 0.0, 0.0);
    assert_near(m.width[0], m.width[1], 0.0);
}

static void elevation_and_station_count_from_anywhere(void **state)
{
    (void)state;
    const double x[] = {0, 2, 4, 6}, y[] = {2, 0, 0, 2};
    const double x_off[] = {100, 102, 104, 106}, y_off[] = {52, 50, 50, 52};
    struct tw_transect near = shape(4, x, y, (double[]){0, 6}, (double[]){0.03, 0.03, 0.03});
    struct tw_transect far =
        shape(4, x_off, y_off, (double[]){100, 106}, (double[]){0.03, 0.03, 0.03});
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
    struct tw_transect t = shape(6, x, y, (double[]){10, 16}, (double[]){0.1, 0.08, 0.03});
    struct made m;
    make(&m, &t);
    double side = hypot(10.0, 0.2), bank_area = 1.0;
    double channel_area = 4.0 + 6.0 * 0.2, channel_wet = 2.0 + 2.0 * hypot(2.0, 1.0);
    double flow = pow(channel_area, 5.0 / 3.0) / pow(channel_wet, 2.0 / 3.0) / 0.03 +
                  pow(bank_area, 5.0 / 3.0) / pow(side, 2.0 / 3.0) * (1.0 / 0.1 + 1.0 / 0.08);
    double area = channel_area + 2.0 * bank_area;
    assert_near(m.table.full_area, area, 1e-12);
    assert_near(m.table.full_radius, swmm_radius(pow(0.03 * flow / area, 1.5)), 1e-12);
}

static void points_that_make_no_section_are_refused(void **state)
{
    (void)state;
    const double x[] = {0, 2, 4}, y[] = {2, 0, 2}, back[] = {0, 2, 1}, level[] = {1, 1, 1};
    const struct tw_transect wrong[] = {
        shape(1, x, y, (double[]){0, 4}, (double[]){0.03, 0.03, 0.03}),
        shape(3, back, y, (double[]){0, 4}, (double[]){0.03, 0.03, 0.03}),
        shape(3, x, level, (double[]){0, 4}, (double[]){0.03, 0.03, 0.03}),
        shape(3, x, y, (double[]){4, 0}, (double[]){0.03, 0.03, 0.03}),
        shape(3, x, y, (double[]){0, 4}, (double[]){0.03, 0.03, 0.0}),
        shape(3, x, y, (double[]){0, 4}, (double[]){0.0, 0.03, 0.03}),
    };
    struct made m;
    m.table = (struct tw_transect_table){.area = m.area, .radius = m.radius, .width = m.width};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_status(tw_transect_tables(&wrong[i], &m.table), TW_ERR_ARG);
        assert_true(m.table.full_depth == 0.0);
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
    assert_near(whole.table.full_area, 2.0 * half.table.full_area, 1e-12);
    assert_near(whole.table.max_width, 12.0, 1e-12);
    /* gutter 0.05 + 0.6 x 0.02 deep, crown 5.4 x 0.02 above it, kerb 0.2 */
    assert_near(whole.table.full_depth, 0.2, 1e-12);
    double below_crown =
        0.5 * 0.6 * 0.062 + 5.4 * (0.2 - 0.062) - 0.5 * 5.4 * 0.108 + 0.6 * (0.2 - 0.062);
    assert_near(half.table.full_area, below_crown, 1e-12);
}

static void a_strip_behind_the_kerb_widens_the_street(void **state)
{
    (void)state;
    struct tw_street street = {6.0, 0.15, 0.02, 0.016, 0.0, 0.0, 2, 3.0, 0.04, 0.05};
    double x[TW_STREET_POINTS], y[TW_STREET_POINTS];
    struct tw_transect t;
    struct made m;
    tw_transect_of_street(&t, &street, x, y);
    assert_near(t.left_bank, 3.0, 1e-12);
    assert_near(t.right_bank, 15.0, 1e-12);
    assert_near(t.n_left, 0.05, 0.0);
    make(&m, &t);
    assert_near(m.table.full_depth, 0.27, 1e-12);
    assert_near(m.table.max_width, 18.0, 1e-12);
}

/* The strip behind the right kerb is a part of its own though its roughness is the street's. Of 1.3 ft
 * the fiftieth line of the table is above the top by rounding, and there SWMM loses the flow of that
 * strip: its report has 0.5588 ft (0.56) for the full radius, and 1.1614 of it one line below. */
static void at_full_depth_a_street_may_lose_the_strip_behind_its_right_kerb(void **state)
{
    (void)state;
    struct tw_street street = {20.0, 0.5, 0.04, 0.016, 0.0, 0.0, 2, 20.0, 0.04, 0.016};
    double x[TW_STREET_POINTS], y[TW_STREET_POINTS];
    struct tw_transect t;
    struct made m;
    tw_transect_of_street(&t, &street, x, y);
    make(&m, &t);
    double left_area = 44.0, wet = 0.5 + 20.0 * hypot(1.0, 0.04) * 3.0 + 0.5;
    double flow = left_area * pow(left_area / wet, 2.0 / 3.0);
    assert_near(m.table.full_radius, swmm_radius(pow(flow / 52.0, 1.5)), 1e-12); /* rounding */
    assert_near(m.radius[LAST - 1], 1.1614, 5e-5); /* the report's four digits */
    t.even = true;
    make(&m, &t);
    assert_true(m.radius[LAST - 1] < 1.0);
    street.curb_ft = 0.51; /* the fiftieth line is below the top: nothing is lost */
    tw_transect_of_street(&t, &street, x, y);
    make(&m, &t);
    assert_true(m.radius[LAST - 1] < 1.0);
}

/* A berm at 2.5 of 5 ft above 50 ft is at the 25th line of the table. Summed up in steps of 0.1 the
 * line is above it by rounding, so that the berm is under water there, as in SWMM's report. */
static void level_ground_at_a_line_of_the_table_is_wet_by_rounding(void **state)
{
    (void)state;
    const double x[] = {0, 0, 10, 12, 12}, y[] = {55, 52.5, 52.5, 50, 55};
    struct tw_transect t = shape(5, x, y, (double[]){0, 12}, (double[]){0.03, 0.03, 0.03});
    struct made m;
    make(&m, &t);
    assert_near(m.width[25], 1.0, 1e-12); /* rounding */
    assert_near(m.width[24], 0.8 * 2.4 / 12.0, 1e-12);
    t.even = true;
    make(&m, &t);
    assert_near(m.width[25], 2.0 / 12.0, 1e-12);
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
        cmocka_unit_test(at_full_depth_a_street_may_lose_the_strip_behind_its_right_kerb),
        cmocka_unit_test(level_ground_at_a_line_of_the_table_is_wet_by_rounding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
