#include "hydraulics/culvert.h"

#include "check.h"
#include "hydraulics/constants.h"
#include "one_link.h"

static const double steep = 0.02;

static void make_pipe(struct one_link *one)
{
    one_link_init(one);
    assert_ok(one_link_shape(one, TW_SHAPE_CIRCULAR, (double[4]){1.2}));
}

/* What the inlet lets in at most. */
static struct tw_link_flow rating(const struct one_link *one, int32_t code, double slope,
                                  double depth_m)
{
    struct tw_link_flow out = {.flow_m3s = 1e9};
    assert_true(tw_culvert_limit(&one->xsect, code, slope, depth_m, &out.flow_m3s, &out.dqdh_m2s));
    return out;
}

static void every_inlet_lets_more_in_the_higher_the_water(void **state)
{
    (void)state;
    struct one_link one;
    make_pipe(&one);
    for (int32_t code = 1; code <= TW_CULVERT_CODES; code++) {
        /* Unsubmerged inlets of form 1 are left out: SWMM ends the search for their critical depth
         * with the flow of a depth beside it, and we have its very flows. */
        bool form_2 = (code >= 12 && code <= 26) || code >= 48;
        double last = 0.0;
        for (double h = form_2 ? 0.06 : 0.96 * 1.2; h < 5.0; h += 0.01) {
            struct tw_link_flow at = rating(&one, code, steep, h);
            if (!(at.flow_m3s >= last)) fail_msg("code %d: flow falls at %g m", code, h);
            if (last > 0.0 && !(at.flow_m3s - last < 0.1)) {
                fail_msg("code %d: flow jumps at %g m", code, h);
            }
            assert_true(at.dqdh_m2s > 0.0);
            last = at.flow_m3s;
        }
        assert_true(last > 2.0 && last < 20.0);
    }
}

static void the_derivative_under_water_is_that_of_the_flow(void **state)
{
    (void)state;
    struct one_link one;
    make_pipe(&one);
    for (int32_t code = 1; code <= TW_CULVERT_CODES; code++) {
        double d = 1e-5;
        double slope = (rating(&one, code, steep, 4.0 + d).flow_m3s -
                        rating(&one, code, steep, 4.0 - d).flow_m3s) /
                       (2.0 * d);
        assert_near(rating(&one, code, steep, 4.0).dqdh_m2s, slope, 1e-6); /* of the difference */
    }
}

/* HDS-5 in feet: code 12, h/D = K (Q / (A D^0.5))^M; code 1 under water */
static void flows_are_those_of_the_formulas_in_feet(void **state)
{
    (void)state;
    struct one_link one;
    make_pipe(&one);
    double d = 1.2 / TW_FOOT_M, unit = 3.141592654 / 4.0 * d * d * sqrt(d);
    double form_2 = unit * pow(0.5 / 0.510, 1.0 / 0.667);
    assert_near(rating(&one, 12, steep, 0.6).flow_m3s, form_2 * TW_FOOT3_M3, 1e-9);
    double under = unit * sqrt((3.0 - 0.67 + 0.5 * steep) / 0.0398);
    assert_near(rating(&one, 1, steep, 3.6).flow_m3s, under * TW_FOOT3_M3, 1e-9);
}

/* Form 1: the specific head at critical flow and the loss make up the head. */
static void form_1_balances_the_heads(void **state)
{
    (void)state;
    struct one_link one;
    make_pipe(&one);
    for (double h = 0.2; h < 1.1; h += 0.1) {
        double flow = rating(&one, 1, steep, h).flow_m3s;
        double q2g = flow * flow / TW_GRAVITY_MPS2, low = 0.0, high = 1.2;
        for (int i = 0; i < 60; i++) { /* the critical depth, exactly */
            double y = 0.5 * (low + high), area = tw_xsect_area(&one.xsect, y);
            if (area * area * area / tw_xsect_width(&one.xsect, y) < q2g)
                low = y;
            else
                high = y;
        }
        double area = tw_xsect_area(&one.xsect, low);
        double head = low + 0.5 * area / tw_xsect_width(&one.xsect, low);
        double d = 1.2 / TW_FOOT_M, unit = 3.141592654 / 4.0 * d * d * sqrt(d) * TW_FOOT3_M3;
        double loss = 1.2 * 0.0098 * pow(flow / unit, 2.0);
        double wanted = h + 0.5 * steep * 1.2;
        assert_near(head + loss, wanted, 0.2 * wanted); /* a depth beside the root, as SWMM does */
    }
}

static void a_flow_that_the_inlet_lets_in_is_left_alone(void **state)
{
    (void)state;
    struct one_link one;
    make_pipe(&one);
    double flow = 0.9 * rating(&one, 7, steep, 0.8).flow_m3s, given = flow, dqdh = 7.0;
    assert_false(tw_culvert_limit(&one.xsect, 7, steep, 0.8, &flow, &dqdh));
    assert_true(flow == given && dqdh == 7.0);
    flow = 1e9;
    assert_false(tw_culvert_limit(&one.xsect, 0, steep, 0.8, &flow, &dqdh));
    assert_false(tw_culvert_limit(&one.xsect, 58, steep, 0.8, &flow, &dqdh));
    assert_false(tw_culvert_limit(&one.xsect, 7, steep, 0.0, &flow, &dqdh));
    assert_true(flow == 1e9 && dqdh == 7.0);
}

static void slope_helps_all_inlets_but_the_mitered(void **state)
{
    (void)state;
    struct one_link one;
    make_pipe(&one);
    for (int32_t code = 1; code <= TW_CULVERT_CODES; code++) {
        bool mitered = code == 5 || code == 37 || code == 46;
        double flat = rating(&one, code, 0.001, 4.0).flow_m3s;
        double sloped = rating(&one, code, 0.05, 4.0).flow_m3s;
        assert_true(mitered ? sloped < flat : sloped > flat);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_inlet_lets_more_in_the_higher_the_water),
        cmocka_unit_test(the_derivative_under_water_is_that_of_the_flow),
        cmocka_unit_test(flows_are_those_of_the_formulas_in_feet),
        cmocka_unit_test(form_1_balances_the_heads),
        cmocka_unit_test(a_flow_that_the_inlet_lets_in_is_left_alone),
        cmocka_unit_test(slope_helps_all_inlets_but_the_mitered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
