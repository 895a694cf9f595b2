#include "check.h"
#include "hydraulics/regulators.h"
#include "model/flow_unit.h"
#include "one_link.h"

/* Storages 10 m deep whose volumes SWMM 5.2.4 gave at the depths below (sizes in feet there; the
 * numbers fit any unit). */
static const double depths[] = {0.3, 0.9, 1.0, 1.7, 2.5, 4.0, 4.7, 6.0, 7.9, 9.5};
enum { DEPTHS = 10 };

static const struct {
    enum tw_storage_kind kind;
    double a0, a1, a2;
    int32_t points;
    double xy[8];
    double volumes[DEPTHS];
} storages[] = {
    {TW_STORAGE_TABULAR,
     0,
     0,
     0,
     3,
     {0, 0, 2, 50, 6, 50},
     {1.125, 10.125, 12.5, 36.125, 75.0, 150.0, 185.0, 250.0, 345.0, 425.0}},
    {TW_STORAGE_FUNCTIONAL,
     50,
     100,
     0.7,
     0,
     {0},
     {22.597, 94.177, 108.824, 229.982, 404.286, 820.945, 1051.803, 1537.11, 2369.773, 3176.974}},
    {TW_STORAGE_FUNCTIONAL,
     50,
     100,
     0,
     0,
     {0},
     {45.0, 135.0, 150.0, 255.0, 375.0, 600.0, 705.0, 900.0, 1185.0, 1425.0}},
    {TW_STORAGE_CYLINDRICAL,
     47.12388980384690,
     0,
     0,
     0,
     {0}, /* 15 pi */
     {14.137, 42.411, 47.124, 80.111, 117.81, 188.496, 221.482, 282.743, 372.279, 447.677}},
    {TW_STORAGE_CONICAL,
     47.12388980384690,
     37.69911184307752,
     7.539822368615504,
     0,
     {0},
     {15.901, 59.512, 68.487, 146.934, 274.889, 650.938, 898.805, 1504.195, 2787.822, 4303.668}},
    {TW_STORAGE_PARABOLOID,
     0,
     9.424777960769380,
     0,
     0,
     {0}, /* 3 pi */
     {0.424, 3.817, 4.712, 13.619, 29.452, 75.398, 104.097, 169.646, 294.1, 425.293}},
    {TW_STORAGE_PYRAMIDAL,
     60,
     64,
     16,
     0,
     {0},
     {21.024, 83.808, 97.333, 220.683, 433.333, 1093.333, 1542.603, 2664.0, 5100.661, 8030.667}},
    /* above its first point the triangle below it is forgotten */
    {TW_STORAGE_TABULAR,
     0,
     0,
     0,
     2,
     {1, 100, 3, 400},
     {4.5, 40.5, 50.0, 106.75, 318.75, 975.0, 1396.75, 2375.0, 4260.75, 6268.75}},
};
enum { STORAGES = sizeof storages / sizeof *storages, FORGETFUL = STORAGES - 1 };

static void make_storage(struct one_link *one, int i)
{
    one_link_init(one);
    struct tw_storages *s = &one->model.storages;
    one->full_depth_m = 10.0;
    one->model.us_units = true; /* a cubic foot is one of lengths */
    one->kind = (int32_t)storages[i].kind;
    one->curve = storages[i].points > 0 ? 0 : -1;
    one_link_curve(one, storages[i].xy, storages[i].points);
    one->values[0] = storages[i].a0;
    one->values[1] = storages[i].a1;
    one->values[2] = storages[i].a2;
    s->node = &one->zero;
    s->kind = &one->kind;
    s->curve = &one->curve;
    s->a0 = &one->values[0];
    s->a1 = &one->values[1];
    s->a2 = &one->values[2];
}

static void volumes_agree_with_swmm(void **state)
{
    (void)state;
    struct one_link one;
    for (int i = 0; i < STORAGES; i++) {
        make_storage(&one, i);
        for (int k = 0; k < DEPTHS; k++) {
            double volume = tw_storage_volume(&one.model, 0, depths[k]);
            assert_near(volume, storages[i].volumes[k], 1e-3); /* digits of the table */
        }
    }
}

/* SWMM's cubic metre is 1 / 0.02832 cubic feet: reports divide by it again. */
static void metric_volumes_are_in_the_cubic_metres_of_swmm(void **state)
{
    (void)state;
    struct one_link one;
    make_storage(&one, 3);
    double exact = tw_storage_volume(&one.model, 0, 5.0);
    one.model.us_units = false;
    double volume = tw_storage_volume(&one.model, 0, 5.0);
    assert_near(volume / exact, 0.028316846592 / 0.02832, 1e-12); /* rounding */
    assert_near(tw_storage_depth(&one.model, 0, volume), 5.0, 1e-7);
    one.model.options.strict = true;
    assert_near(tw_storage_volume(&one.model, 0, 5.0), exact, 0.0);
}

/* Where SWMM 5.2.4 searches for a depth (kinematic wave) it takes feet for metres: pairs of volume
 * and depth from a metric model of it. */
static void metric_depths_of_searched_shapes_are_those_of_swmm(void **state)
{
    (void)state;
    static const struct {
        int32_t kind;
        double a0, a1, a2, volume_m3, depth_m;
    } swmm[] = {
        {TW_STORAGE_FUNCTIONAL, 60.0, 20.0, 0.5, 35.320499, 0.053190745},
        {TW_STORAGE_FUNCTIONAL, 60.0, 20.0, 0.5, 330.68518, 0.47226706},
        {TW_STORAGE_CONICAL, 94.2477796, 62.8318531, 10.4719755, 762.67181, 0.70079261},
    };
    for (size_t i = 0; i < sizeof swmm / sizeof *swmm; i++) {
        struct one_link one;
        make_storage(&one, 4);
        one.model.us_units = false;
        one.kind = swmm[i].kind;
        one.values[0] = swmm[i].a0;
        one.values[1] = swmm[i].a1;
        one.values[2] = swmm[i].a2;
        one.full_depth_m = 5.0;
        double volume = swmm[i].volume_m3 * tw_volume_unit_m3(false, false);
        double depth = tw_storage_depth(&one.model, 0, volume);
        assert_near(depth, swmm[i].depth_m, 1e-6); /* digits of SWMM's results */
        one.model.options.strict = true;
        depth = tw_storage_depth(&one.model, 0, swmm[i].volume_m3);
        assert_near(tw_storage_volume(&one.model, 0, depth), swmm[i].volume_m3, 1e-5);
    }
}

static void area_is_the_slope_of_volume(void **state)
{
    (void)state;
    struct one_link one;
    for (int i = 0; i < STORAGES; i++) {
        make_storage(&one, i);
        for (int k = 0; k < DEPTHS; k++) {
            double y = depths[k] + 0.017, d = 1e-5; /* off the curves' points */
            double slope = (tw_storage_volume(&one.model, 0, y + d) -
                            tw_storage_volume(&one.model, 0, y - d)) /
                           (2.0 * d);
            double area = tw_storage_area(&one.model, 0, y);
            assert_near(area, slope, 1e-6 * area + 1e-6); /* of the difference */
        }
    }
}

static void the_depth_of_a_volume_has_that_volume(void **state)
{
    (void)state;
    struct one_link one;
    for (int i = 0; i < FORGETFUL; i++) {
        make_storage(&one, i);
        for (int k = 0; k < DEPTHS; k++) {
            double volume = tw_storage_volume(&one.model, 0, depths[k]);
            assert_near(tw_storage_depth(&one.model, 0, volume), depths[k], 1e-7); /* tolerance */
        }
        assert_near(tw_storage_depth(&one.model, 0, 0.0), 0.0, 0.0);
    }
}

static void a_storage_is_full_at_its_full_depth(void **state)
{
    (void)state;
    struct one_link one;
    for (int i = 0; i < STORAGES; i++) {
        make_storage(&one, i);
        double full = tw_storage_volume(&one.model, 0, 10.0);
        assert_near(tw_storage_volume(&one.model, 0, 12.0), full, 0.0);
        assert_near(tw_storage_depth(&one.model, 0, 2.0 * full), 10.0, 0.0);
        assert_near(tw_storage_volume(&one.model, 0, -1.0), 0.0, 0.0);
    }
}

static void a_curve_goes_on_beyond_its_last_point_unless_it_falls(void **state)
{
    (void)state;
    struct one_link one;
    make_storage(&one, FORGETFUL);
    assert_near(tw_storage_area(&one.model, 0, 5.0), 700.0, 1e-9);
    const double falling[] = {0.0, 500.0, 4.0, 100.0};
    one_link_curve(&one, falling, 2);
    assert_near(tw_storage_area(&one.model, 0, 6.0), 100.0, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(volumes_agree_with_swmm),
        cmocka_unit_test(metric_volumes_are_in_the_cubic_metres_of_swmm),
        cmocka_unit_test(metric_depths_of_searched_shapes_are_those_of_swmm),
        cmocka_unit_test(area_is_the_slope_of_volume),
        cmocka_unit_test(the_depth_of_a_volume_has_that_volume),
        cmocka_unit_test(a_storage_is_full_at_its_full_depth),
        cmocka_unit_test(a_curve_goes_on_beyond_its_last_point_unless_it_falls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
