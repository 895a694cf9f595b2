#include "check.h"
#include "hydraulics/constants.h"
#include "hydraulics/regulators.h"
#include "one_link.h"

/* A pump of a kind with a curve (depth, lift or volume to flow). */
static void make_pump(struct one_link *one, enum tw_pump_kind kind, const double *xy, int32_t count)
{
    one_link_init(one);
    struct tw_pumps *p = &one->model.pumps;
    one->link_kind = TW_LINK_PUMP;
    one->kind = (int32_t)kind;
    one->curve = count > 0 ? 0 : -1;
    p->link = &one->zero;
    p->kind = &one->kind;
    p->curve = &one->curve;
    p->start_depth_m = &one->values[0];
    p->stop_depth_m = &one->values[1];
    if (count > 0) one_link_curve(one, xy, count);
}

static struct tw_link_flow pumped(const struct one_link *one, double depth1_m, double depth2_m,
                                  double setting)
{
    struct tw_link_ends ends = {.depth1_m = depth1_m,
                                .depth2_m = depth2_m,
                                .volume1_m3 = 10.0 * depth1_m,
                                .inflow1_m3s = 0.7,
                                .setting = setting};
    struct tw_link_flow out;
    tw_pump_flow(&one->model, 0, &ends, &out);
    return out;
}

static const double steps[] = {10.0, 0.1, 20.0, 0.2, 30.0, 0.4};
static const double depths[] = {1.0, 0.1, 2.0, 0.2, 3.0, 0.4};
static const double lifts[] = {0.0, 0.6, 4.0, 0.4, 8.0, 0.0};

static void a_pump_by_volume_or_depth_steps_up_at_the_curve_s_points(void **state)
{
    (void)state;
    struct one_link one;
    make_pump(&one, TW_PUMP_VOLUME, steps, 3);
    assert_near(pumped(&one, 0.9, 0.0, 1.0).flow_m3s, 0.1, 0.0);
    assert_near(pumped(&one, 1.0, 0.0, 1.0).flow_m3s, 0.2, 0.0);
    assert_near(pumped(&one, 2.9, 0.0, 1.0).flow_m3s, 0.4, 0.0);
    assert_near(pumped(&one, 3.5, 0.0, 1.0).flow_m3s, 0.4, 0.0);
    make_pump(&one, TW_PUMP_DEPTH_STEPS, depths, 3);
    assert_near(pumped(&one, 0.9, 0.0, 1.0).flow_m3s, 0.1, 0.0);
    assert_near(pumped(&one, 1.5, 0.0, 1.0).flow_m3s, 0.2, 0.0);
    assert_near(pumped(&one, 1.5, 0.0, 1.0).dqdh_m2s, 0.0, 0.0);
}

static void a_pump_by_depth_follows_the_curve(void **state)
{
    (void)state;
    struct one_link one;
    make_pump(&one, TW_PUMP_DEPTH, depths, 3);
    struct tw_link_flow out = pumped(&one, 2.5, 9.0, 1.0);
    assert_near(out.flow_m3s, 0.3, 1e-12);
    assert_near(out.dqdh_m2s, 0.2, 1e-9); /* a difference over 0.3 mm */
    assert_near(pumped(&one, 0.5, 9.0, 1.0).flow_m3s, 0.1, 0.0);
}

static void a_pump_by_lift_gives_less_the_higher_it_lifts(void **state)
{
    (void)state;
    struct one_link one;
    make_pump(&one, TW_PUMP_HEAD, lifts, 3);
    struct tw_link_flow out = pumped(&one, 1.0, 3.0, 1.0);
    assert_near(out.flow_m3s, 0.5, 1e-12);
    assert_near(out.dqdh_m2s, 0.05, 1e-12);
    assert_near(pumped(&one, 3.0, 1.0, 1.0).flow_m3s, 0.6, 1e-12); /* downhill: as without lift */
    assert_near(pumped(&one, 0.0, 9.0, 1.0).flow_m3s, 0.0, 0.0);
    assert_near(pumped(&one, 1.0, 3.0, 0.5).flow_m3s, 0.25, 1e-12);
}

/* H ~ s^2, Q ~ s: at half speed the lift of 1 m is 4 m at full speed. */
static void an_affinity_pump_obeys_the_affinity_laws(void **state)
{
    (void)state;
    struct one_link one;
    make_pump(&one, TW_PUMP_AFFINITY, lifts, 3);
    struct tw_link_flow out = pumped(&one, 1.0, 2.0, 0.5);
    assert_near(out.flow_m3s, 0.5 * 0.4, 1e-12);
    double d = 1e-6;
    double slope =
        (pumped(&one, 1.0 + d, 2.2, 0.5).flow_m3s - pumped(&one, 1.0 - d, 2.2, 0.5).flow_m3s) / 2 /
        d;
    assert_near(pumped(&one, 1.0, 2.2, 0.5).dqdh_m2s, slope, 1e-6); /* of the difference */
    assert_near(pumped(&one, 1.0, 2.0, 1.5).flow_m3s, 1.5 * (0.6 - 0.05 / 2.25), 1e-12);
}

static void an_ideal_pump_passes_on_what_comes_in(void **state)
{
    (void)state;
    struct one_link one;
    make_pump(&one, TW_PUMP_IDEAL, NULL, 0);
    assert_near(pumped(&one, 1.0, 9.0, 1.0).flow_m3s, 0.7, 0.0);
    assert_near(pumped(&one, 1.0, 9.0, 0.0).flow_m3s, 0.0, 0.0);
}

static void a_pump_that_is_off_pumps_nothing(void **state)
{
    (void)state;
    static const double *const curves[] = {steps, depths, lifts, depths, lifts};
    struct one_link one;
    for (int kind = TW_PUMP_VOLUME; kind < TW_PUMP_IDEAL; kind++) {
        make_pump(&one, (enum tw_pump_kind)kind, curves[kind], 3);
        struct tw_link_flow out = pumped(&one, 2.0, 3.0, 0.0);
        assert_true(out.flow_m3s == 0.0 && out.dqdh_m2s == 0.0 && out.surface_m2 == 0.0);
    }
}

static void depths_off_the_curve_are_told(void **state)
{
    (void)state;
    struct one_link one;
    make_pump(&one, TW_PUMP_DEPTH, depths, 3);
    assert_int_equal(pumped(&one, 0.5, 0.0, 1.0).flow_class, TW_FLOW_DOWN_DRY);
    assert_int_equal(pumped(&one, 2.0, 0.0, 1.0).flow_class, TW_FLOW_DRY);
    assert_int_equal(pumped(&one, 3.5, 0.0, 1.0).flow_class, TW_FLOW_UP_DRY);
    make_pump(&one, TW_PUMP_DEPTH_STEPS, depths, 3);
    assert_int_equal(pumped(&one, 0.5, 0.0, 1.0).flow_class, TW_FLOW_UP_DRY); /* as in SWMM */
}

static void a_pump_starts_above_one_depth_and_stops_below_another(void **state)
{
    (void)state;
    struct one_link one;
    make_pump(&one, TW_PUMP_HEAD, lifts, 3);
    one.values[0] = 2.0;
    one.values[1] = 1.0;
    assert_near(tw_pump_setting_by_depth(&one.model, 0, 1.5, 0.0), 0.0, 0.0);
    assert_near(tw_pump_setting_by_depth(&one.model, 0, 2.1, 0.0), 1.0, 0.0);
    assert_near(tw_pump_setting_by_depth(&one.model, 0, 1.5, 1.0), 1.0, 0.0);
    assert_near(tw_pump_setting_by_depth(&one.model, 0, 0.9, 0.6), 0.0, 0.0);
    assert_near(tw_pump_setting_by_depth(&one.model, 0, 2.1, 0.6), 0.6, 0.0);
    one.values[0] = one.values[1] = 0.0; /* no depths: it keeps what it has */
    assert_near(tw_pump_setting_by_depth(&one.model, 0, 9.0, 0.0), 0.0, 0.0);
    assert_near(tw_pump_setting_by_depth(&one.model, 0, 0.0, 1.0), 1.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pump_by_volume_or_depth_steps_up_at_the_curve_s_points),
        cmocka_unit_test(a_pump_by_depth_follows_the_curve),
        cmocka_unit_test(a_pump_by_lift_gives_less_the_higher_it_lifts),
        cmocka_unit_test(an_affinity_pump_obeys_the_affinity_laws),
        cmocka_unit_test(an_ideal_pump_passes_on_what_comes_in),
        cmocka_unit_test(a_pump_that_is_off_pumps_nothing),
        cmocka_unit_test(depths_off_the_curve_are_told),
        cmocka_unit_test(a_pump_starts_above_one_depth_and_stops_below_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
