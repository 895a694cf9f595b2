/* Normal depth is where its bounds say. */
#include "hydraulics/normal_bounds.h"

#include "check.h"
#include "one_link.h"

#include <math.h>
#include <stdlib.h>

static double bounds[TW_NORMAL_BOUNDS];

/* The depth of a section factor is within its bounds, which are no wider than is of use. */
static void check_factor(const struct tw_xsect *x, double ratio)
{
    double depth = tw_xsect_depth_of_factor(x, ratio * x->full_factor) / x->full_depth_m;
    struct tw_normal_range range = tw_normal_range_of(bounds, ratio);
    if (!(range.low <= depth && depth <= range.high))
        fail_msg("shape %d: %.17g is beyond %g..%g", x->shape, depth, range.low, range.high);
}

static void the_depth_is_between_its_bounds(void **state)
{
    (void)state;
    static const double geom[4] = {1.5, 1.2, 0.0, 0.0};
    struct one_link *one = malloc(sizeof *one);
    int shapes = 0;
    assert_non_null(one);
    for (int shape = 0; shape < TW_SHAPE_COUNT; shape++) {
        one_link_init(one);
        if (shape == TW_SHAPE_DUMMY || one_link_shape(one, (enum tw_shape)shape, geom) != TW_OK ||
            !tw_normal_bounds_fill(bounds, &one->xsect)) {
            continue;
        }
        shapes++;
        for (double ratio = 3e-7; ratio < 2.0; ratio *= 1.0003)
            check_factor(&one->xsect, ratio);
        for (int i = 0; i < TW_NORMAL_BOUNDS; i++) {
            double at = ldexp(1.0 + i % 8 / 8.0, i / 8 - 20);
            check_factor(&one->xsect, nextafter(at, 0.0));
            check_factor(&one->xsect, at);
        }
    }
    free(one);
    assert_true(shapes >= 9); /* circles, force mains, masonry sewers */
}

static void bounds_are_close_where_a_section_has_them_and_all_of_the_depth_elsewhere(void **state)
{
    (void)state;
    static const double geom[4] = {1.5, 0.0, 0.0, 0.0}, beyond[] = {-0.5, 0.0, 1e-7, 1.0, 2.0, NAN};
    struct one_link *one = malloc(sizeof *one);
    assert_non_null(one);
    one_link_init(one);
    assert_ok(one_link_shape(one, TW_SHAPE_CIRCULAR, geom));
    assert_true(tw_normal_bounds_fill(bounds, &one->xsect));
    for (double ratio = 2e-6; ratio < 0.9; ratio *= 1.1) {
        struct tw_normal_range range = tw_normal_range_of(bounds, ratio);
        assert_true(range.high < 1.15 * range.low); /* a cell is a ninth to an eighth of its flow */
    }
    for (size_t i = 0; i < sizeof beyond / sizeof beyond[0]; i++) {
        struct tw_normal_range range = tw_normal_range_of(bounds, beyond[i]);
        assert_true(range.low == 0.0 && range.high == 1.0);
    }
    struct tw_normal_range range = tw_normal_range_of(NULL, 0.5);
    assert_true(range.low == 0.0 && range.high == 1.0);
    assert_ok(one_link_shape(one, TW_SHAPE_PARABOLIC, (const double[4]){1.5, 1.2, 0.0, 0.0}));
    assert_false(tw_normal_bounds_fill(bounds, &one->xsect)); /* its depth is what a search finds */
    free(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_depth_is_between_its_bounds),
        cmocka_unit_test(bounds_are_close_where_a_section_has_them_and_all_of_the_depth_elsewhere),
    };
    return cmocka_run_group_tests_name("normal_bounds", tests, NULL, NULL);
}
