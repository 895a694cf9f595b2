#include "model/link_height.h"

#include "check.h"
#include "model/standard_size.h"
#include "model/xsect_shape.h"

/* A model of one link with one section. */
static double height_of(int32_t shape, double height, double second, double third)
{
    double geom[1][4] = {{height, second, third, 0.0}};
    double full_depth[2] = {1.7, 0.4};
    int32_t of_link[1] = {0}, shapes[1] = {shape}, curve[1] = {1};
    struct tw_model model = {.links = {.count = 1, .xsect = of_link},
                             .xsects = {.count = 1, .shape = shapes, .geom = geom, .curve = curve},
                             .transects = {.count = 2, .full_depth_m = full_depth}};
    return tw_link_height_m(&model, 0);
}

static void a_link_is_as_high_as_its_section(void **state)
{
    (void)state;
    assert_near(height_of(TW_SHAPE_CIRCULAR, 0.8, 0.0, 0.0), 0.8, 0.0);
    assert_near(height_of(TW_SHAPE_TRAPEZOIDAL, 2.0, 1.0, 1e300), 2.0, 0.0);
    assert_near(height_of(TW_SHAPE_FILLED_CIRCULAR, 0.8, 0.25, 0.0), 0.55, 1e-15); /* rounding */
    assert_near(height_of(TW_SHAPE_IRREGULAR, 0.0, 0.0, 0.0), 0.4, 0.0);
    assert_near(height_of(TW_SHAPE_STREET, 0.0, 0.0, 0.0), 0.4, 0.0);
    assert_near(height_of(TW_SHAPE_DUMMY, 1.0, 0.0, 0.0), 0.0, 0.0);
}

static void a_link_without_section_has_no_height(void **state)
{
    (void)state;
    int32_t none[1] = {-1};
    struct tw_model model = {.links = {.count = 1, .xsect = none}};
    assert_near(tw_link_height_m(&model, 0), 0.0, 0.0);
}

/* source: SWMM User's Manual 5.2, tables A.12 and A.13 */
static void standard_sizes_are_in_whole_inches(void **state)
{
    (void)state;
    static const double inch_m = 0.0254;
    assert_near(height_of(TW_SHAPE_HORIZ_ELLIPSE, 1.0, 1.5, 1.0), 14.0 * inch_m, 1e-15);
    assert_near(height_of(TW_SHAPE_VERT_ELLIPSE, 1.0, 1.5, 23.0), 180.0 * inch_m, 1e-15);
    assert_near(height_of(TW_SHAPE_ARCH, 1.0, 1.5, 102.0), 158.0 * inch_m, 1e-15);
    assert_near(height_of(TW_SHAPE_ARCH, 1.0, 1.5, 0.0), 1.0, 0.0); /* no code */
}

static void only_some_shapes_have_standard_sizes(void **state)
{
    (void)state;
    for (int shape = 0; shape < TW_SHAPE_COUNT; shape++) {
        bool has = shape == TW_SHAPE_HORIZ_ELLIPSE || shape == TW_SHAPE_VERT_ELLIPSE ||
                   shape == TW_SHAPE_ARCH;
        assert_int_equal(tw_standard_height_m((enum tw_shape)shape, 1) > 0.0, has);
        assert_near(tw_standard_height_m((enum tw_shape)shape, 0), 0.0, 0.0);
        assert_near(tw_standard_height_m((enum tw_shape)shape, 103), 0.0, 0.0);
    }
    for (int code = 2; code <= 23; code++) { /* a larger code is a larger ellipse */
        assert_true(tw_standard_height_m(TW_SHAPE_HORIZ_ELLIPSE, code) >
                    tw_standard_height_m(TW_SHAPE_HORIZ_ELLIPSE, code - 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_is_as_high_as_its_section),
        cmocka_unit_test(a_link_without_section_has_no_height),
        cmocka_unit_test(standard_sizes_are_in_whole_inches),
        cmocka_unit_test(only_some_shapes_have_standard_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
