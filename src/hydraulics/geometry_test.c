/* The kernels' tables say what the shapes' functions say. */
#include "hydraulics/geometry.h"

#include "check.h"
#include "hydraulics/constants.h"
#include "hydraulics/dynwave.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

enum { SECTIONS = 12, SIZED = 6 };

static int32_t shapes[SECTIONS] = {TW_SHAPE_CIRCULAR, TW_SHAPE_RECT_CLOSED, TW_SHAPE_CIRCULAR,
                                   TW_SHAPE_RECT_OPEN, TW_SHAPE_TRAPEZOIDAL, TW_SHAPE_RECT_CLOSED,
                                   /* from here on: their rows have to be finer than hundredths */
                                   TW_SHAPE_GOTHIC, TW_SHAPE_CATENARY, TW_SHAPE_SEMIELLIPTICAL,
                                   TW_SHAPE_SEMICIRCULAR, TW_SHAPE_RECT_OPEN, TW_SHAPE_PARABOLIC};
static double sizes[SECTIONS][4] = {{0.5, 0, 0, 0},   {1.2, 0.8, 0, 0},     {1.8, 0, 0, 0},
                                    {1.0, 2.0, 0, 0}, {1.5, 0.6, 1.0, 1.5}, {1.2, 0.8, 0, 0},
                                    {1.5, 0, 0, 0},   {1.5, 0, 0, 0},       {1.5, 0, 0, 0},
                                    {1.5, 0, 0, 0},   {30, 1.2, 0, 0},      {1.5, 2.0, 0, 0}};
static int32_t none[SECTIONS] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
static int32_t one[SECTIONS] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

static struct tw_model model;
static struct tw_xsect xsects[SECTIONS];
static struct tw_geometry geometry;
static struct tw_arena arena;

static int make(void **state)
{
    (void)state;
    model.xsects = (struct tw_xsects){.count = SECTIONS,
                                      .shape = shapes,
                                      .geom = sizes,
                                      .curve = none,
                                      .barrels = one,
                                      .culvert_code = none};
    for (int32_t i = 0; i < SECTIONS; i++) {
        if (tw_xsect_init(&xsects[i], &model, i, NULL) != TW_OK) return -1;
    }
    return tw_geometry_init(&geometry, &model, xsects, TW_CROWN_CUTOFF_EXTRAN, &arena) == TW_OK
               ? 0
               : -1;
}

static int drop(void **state)
{
    (void)state;
    tw_arena_done(&arena);
    return 0;
}

static double part(const double *row, double f) { return row[0] + f * (row[1] + f * row[2]); }

static void rows_give_what_the_shape_gives(void **state)
{
    (void)state;
    for (int32_t i = 0; i < SIZED; i++) {
        const struct tw_xsect *x = &xsects[i];
        for (int k = 1; k < 1000; k++) {
            double y = x->full_depth_m * k / 1000.0, t = y * geometry.cells_per_m[i];
            const double *row = geometry.first_row[i] + (size_t)(int)t * TW_GEOMETRY_ROW;
            double f = t - (int)t;
            /* parabolas in hundredths of the depth: a thousandth of the full value is ample */
            assert_true(fabs(part(row, f) - tw_xsect_area(x, y) / x->full_area_m2) < 1e-3);
            assert_true(fabs(part(row + 3, f) - tw_xsect_width(x, y) / x->max_width_m) < 1e-3);
            assert_true(fabs(part(row + 6, f) - tw_xsect_radius(x, y) / x->full_radius_m) < 1e-3);
        }
    }
}

static void assert_row_at(int32_t i, double depth_m)
{
    const struct tw_xsect *x = &xsects[i];
    double t = depth_m * geometry.cells_per_m[i];
    /* y^(3/2) is no parabola near 0 */
    if (x->shape == TW_SHAPE_PARABOLIC && t < 2.0) return;
    const double *row = geometry.first_row[i] + (size_t)(int)t * TW_GEOMETRY_ROW;
    double area = part(row, t - (int)t) * x->full_area_m2;
    double radius = part(row + 6, t - (int)t) * x->full_radius_m;
    /* what rows are refined to (2e-4), and the corners of tables that the finest still cut */
    assert_near(area / tw_xsect_area(x, depth_m), 1.0, 1e-3);
    assert_near(radius / tw_xsect_radius(x, depth_m), 1.0, 1e-3);
}

/* What SWMM would compute is what the shape gives, also with hardly any water: a flow in a gothic
 * sewer was 2 % off, one in a narrow channel of 30 m depth 7 %. */
static void area_and_radius_are_the_shape_s_in_deep_and_in_uneven_sections(void **state)
{
    (void)state;
    for (int32_t i = SIZED; i < SECTIONS; i++) {
        for (int k = 1; k < 1000; k++)
            assert_row_at(i, xsects[i].full_depth_m * k * k / 1e6);
    }
}

static void sections_of_one_shape_share_their_rows(void **state)
{
    (void)state;
    assert_ptr_equal(geometry.first_row[0], geometry.first_row[2]); /* circles of any size */
    assert_ptr_equal(geometry.first_row[1], geometry.first_row[5]); /* equal boxes */
    assert_ptr_not_equal(geometry.first_row[1], geometry.first_row[3]);
}

static void widths_of_closed_sections_are_frozen_below_the_crown(void **state)
{
    (void)state;
    assert_true(geometry.frozen_depth_m[0] == TW_CROWN_CUTOFF_EXTRAN * 0.5);
    assert_true(geometry.frozen_width_m[0] > 0.0);
    assert_true(isinf(geometry.frozen_depth_m[3]));
}

static double at_root(const double *table, double root)
{
    double t = root * TW_GEOMETRY_FLOW_CELLS;
    int i = (int)t;
    return table[i] + (t - i) * (table[i + 1] - table[i]);
}

/* At critical depth the Froude number is one; at normal depth the section factor is the flow's. */
static void flow_tables_hold_their_laws(void **state)
{
    (void)state;
    for (int32_t i = 0; i < SIZED; i++) {
        const struct tw_xsect *x = &xsects[i];
        for (int k = 40; k < 90; k++) { /* below, SWMM's search in 25 slices is coarse */
            double root = k / 100.0 + 0.003;
            double y = x->full_depth_m * at_root(geometry.critical_of[i], root);
            double q = root * root * root * root * geometry.critical_flow_m3s[i],
                   a = tw_xsect_area(x, y);
            double froude = q / a / sqrt(TW_GRAVITY_MPS2 * a / tw_xsect_width(x, y));
            assert_true(fabs(froude - 1.0) < 0.03); /* SWMM itself stops at 0.001 ft */
            double yn = x->full_depth_m * at_root(geometry.normal_of[i], root);
            double factor = tw_xsect_factor_of_area(x, tw_xsect_area(x, yn));
            assert_true(fabs(factor / (root * root * root * root * x->full_factor) - 1.0) < 0.02);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_give_what_the_shape_gives),
        cmocka_unit_test(area_and_radius_are_the_shape_s_in_deep_and_in_uneven_sections),
        cmocka_unit_test(sections_of_one_shape_share_their_rows),
        cmocka_unit_test(widths_of_closed_sections_are_frozen_below_the_crown),
        cmocka_unit_test(flow_tables_hold_their_laws),
    };
    return cmocka_run_group_tests_name("geometry", tests, make, drop);
}
