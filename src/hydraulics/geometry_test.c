/* The kernels' tables say what the shapes' functions say. */
#include "hydraulics/geometry.h"

#include "check.h"
#include "hydraulics/constants.h"
#include "hydraulics/dynwave.h"

#include <math.h>

enum { SECTIONS = 9, FOLLOWED = 6 }; /* no rows follow those from FOLLOWED on */

static int32_t shapes[SECTIONS] = {TW_SHAPE_CIRCULAR,  TW_SHAPE_RECT_CLOSED, TW_SHAPE_CIRCULAR,
                                   TW_SHAPE_RECT_OPEN, TW_SHAPE_TRAPEZOIDAL, TW_SHAPE_RECT_CLOSED,
                                   TW_SHAPE_GOTHIC,    TW_SHAPE_PARABOLIC,   TW_SHAPE_RECT_ROUND};
static double sizes[SECTIONS][4] = {{0.5, 0, 0, 0},   {1.2, 0.8, 0, 0},     {1.8, 0, 0, 0},
                                    {1.0, 2.0, 0, 0}, {1.5, 0.6, 1.0, 1.5}, {1.2, 0.8, 0, 0},
                                    {1.5, 0, 0, 0},   {1.5, 2.0, 0, 0},     {2.0, 1.0, 0.8, 0}};
static int32_t none[SECTIONS] = {-1, -1, -1, -1, -1, -1, -1, -1, -1};
static int32_t one[SECTIONS] = {1, 1, 1, 1, 1, 1, 1, 1, 1};

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

/* Radius over the full one, whichever of radius and perimeter the rows hold. */
static double radius_part(int32_t i, const double *row, double f)
{
    return geometry.by_perimeter[i] ? part(row, f) / part(row + 6, f) : part(row + 6, f);
}

/* But for rounding: steps that do not converge amplify what is more. */
static void rows_give_what_the_shape_gives(void **state)
{
    (void)state;
    for (int32_t i = 0; i < FOLLOWED; i++) {
        const struct tw_xsect *x = &xsects[i];
        assert_false(geometry.outline[i]);
        for (int k = 1; k < 1000; k++) {
            double y = x->full_depth_m * k * k / 1e6, t = y * geometry.cells_per_m[i];
            const double *row = geometry.first_row[i] + (size_t)(int)t * TW_GEOMETRY_ROW;
            double f = t - (int)t;
            assert_near(part(row, f) * x->full_area_m2 / tw_xsect_area(x, y), 1.0, 1e-9);
            assert_near(part(row + 3, f) * x->max_width_m, tw_xsect_width(x, y), 1e-11);
            assert_near(radius_part(i, row, f) * x->full_radius_m / tw_xsect_radius(x, y), 1.0,
                        1e-9);
        }
    }
}

/* Areas at uneven depths, roots of the depth, arcs: a flow in a gothic sewer was 2 % off once, where
 * rows of a hundred parabolas stood for it. The kernels ask such shapes themselves. */
static void shapes_that_no_rows_follow_are_marked(void **state)
{
    (void)state;
    for (int32_t i = FOLLOWED; i < SECTIONS; i++)
        assert_true(geometry.outline[i]);
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

/* A circle's critical depth from the flows at the bounds of slices is the one that is searched. */
static void critical_depth_is_that_of_the_slices(void **state)
{
    (void)state;
    const struct tw_xsect *x = &xsects[2]; /* it shares the table of another size */
    const double *flows = geometry.critical_of[2], scale = geometry.critical_flow_m3s[2];
    assert_non_null(flows);
    for (int i = 1; i < TW_XSECT_SLICES; i++) {
        double q = 0.5 * (flows[i - 1] + flows[i]) * scale;
        double y = (i - 0.5) * (x->full_depth_m / TW_XSECT_SLICES);
        assert_near(tw_xsect_critical_depth(x, q), y, 1e-12);
    }
    assert_true(isinf(flows[TW_XSECT_SLICES])); /* at the crown nothing is critical */
    assert_null(geometry.critical_of[4]);       /* a channel's is a formula */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_give_what_the_shape_gives),
        cmocka_unit_test(shapes_that_no_rows_follow_are_marked),
        cmocka_unit_test(sections_of_one_shape_share_their_rows),
        cmocka_unit_test(widths_of_closed_sections_are_frozen_below_the_crown),
        cmocka_unit_test(critical_depth_is_that_of_the_slices),
    };
    return cmocka_run_group_tests_name("geometry", tests, make, drop);
}
