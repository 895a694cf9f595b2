/* What conduits are asked for one by one: depths of flows, and when an end is full. */
#include "hydraulics/conduit.h"

#include "hydraulics/constants.h"
#include "hydraulics/dynwave.h"
#include "thalweg/model.h"

#include "check.h"

#include <math.h>

static struct tw_arena arena;
static tw_model *model;
static struct tw_network net;

static int read_model(void **state)
{
    (void)state;
    tw_arena_init(&arena);
    if (tw_model_read(TW_SOURCE_DIR "/tests/inp/flow_tables.inp", NULL, &model) != TW_OK) return -1;
    return tw_network_init(&net, model, &arena) == TW_OK ? 0 : -1;
}

static int drop(void **state)
{
    (void)state;
    tw_arena_done(&arena);
    tw_model_destroy(model);
    return 0;
}

/* Links of the file in its order. */
enum { SEVEN, NINE, BROOK };

static int32_t row_of(int32_t link) { return net.row_of_link[link]; }

/* A circle carries as much at 81 % of its depth as when it is full, and more between. */
static void normal_depth_jumps_to_the_crown_at_the_full_flow(void **state)
{
    (void)state;
    int32_t row = row_of(SEVEN);
    double full = net.conduit.full_flow_m3s[row];
    assert_true(tw_conduit_normal_depth(&net, row, 0.9999 * full) < 0.85 * 0.7);
    assert_true(tw_conduit_normal_depth(&net, row, 1.0001 * full) == 0.7);
}

/* SWMM looks for critical depth in slices of a 25th: none is left between the last and the crown. */
static void critical_depth_jumps_from_the_last_slice_to_the_crown(void **state)
{
    (void)state;
    int32_t row = row_of(SEVEN);
    double jump = net.conduit.fall[row].critical[TW_XSECT_SLICES - 1] *
                  net.conduit.fall[row].critical_flow_m3s;
    assert_near(tw_conduit_critical_depth(&net, row, (1.0 - 1e-6) * jump), 0.96 * 0.7, 1e-5);
    assert_true(tw_conduit_critical_depth(&net, row, (1.0 + 1e-6) * jump) == 0.7);
    /* as SWMM 5.2.4 reports it of an outfall: 1.3849 m3/s leave at 0.67038 m, 1.4 m3/s at 0.7 m */
    assert_near(tw_conduit_critical_depth(&net, row, 1.384929), 0.6703838, 3e-5); /* its step's */
    assert_true(tw_conduit_critical_depth(&net, row, 1.4) == 0.7);
}

/* 25 slices of 0.05715 ft end just below it: there is always a slice left, and critical depth stays at
 * the 24th. 25 slices of 2.2966 ft, 0.7 m, end at the crown. */
static void critical_depth_stays_below_the_crown_where_slices_do(void **state)
{
    (void)state;
    int32_t row = row_of(SEVEN);
    struct tw_xsect *x = &net.xsects[net.conduit.section[row]];
    double jump = net.conduit.fall[row].critical[TW_XSECT_SLICES - 1] *
                  net.conduit.fall[row].critical_flow_m3s;
    double crown = x->last_slice_m;
    assert_true(crown == x->full_depth_m);
    x->last_slice_m = nextafter(x->full_depth_m, 0.0);
    assert_near(tw_conduit_critical_depth(&net, row, 1.1 * jump), 0.96 * 0.7, 1e-7);
    assert_near(tw_xsect_critical_depth(x, 1.1 * jump), 0.96 * 0.7, 1e-7); /* the search itself */
    x->last_slice_m = crown;
}

/* A search that stops within a ten-thousandth of the full area leaves a trickle too deep, and so it
 * stands in SWMM's results. */
static void the_depth_of_a_trickle_is_what_the_search_finds(void **state)
{
    (void)state;
    int32_t row = row_of(BROOK);
    const struct tw_xsect *x = &net.xsects[net.conduit.section[row]];
    double found = 0.0, most = 0.0;
    for (int k = 0; k < 56; k++) {
        double factor = 1e-6 * pow(1.1, k) * x->full_factor, flow = factor * net.conduit.beta[row];
        double depth = tw_conduit_normal_depth(&net, row, flow);
        found = tw_xsect_depth_of_area(x, tw_xsect_area_of_factor(x, factor));
        assert_near(depth / found, 1.0, 1e-12); /* the same search; flow / beta may round */
        double has = tw_xsect_factor_of_area(x, tw_xsect_area(x, depth));
        most = fmax(most, fabs(has / factor - 1.0));
    }
    assert_true(most > 0.05); /* a table would not know */
}

/* Depths at an end are compared with both, and both count: what is not worked out may not show. */
static void a_fall_compares_as_normal_and_critical_depth_do(void **state)
{
    (void)state;
    int below = 0, between = 0, above = 0;
    for (int32_t row = 0; row < net.conduit_count; row++) {
        for (double q = 1e-5; q < 2.0 * net.conduit.full_flow_m3s[row]; q *= 1.07) {
            for (int k = 0; k < 600; k++) {
                double roughness = 0.05 * (1 + k % 30), full = net.conduit.full_depth_m[row];
                double depth = k < 30 ? -1.0 : (k / 30) / 19.0 * full;
                double normal = tw_conduit_normal_depth(&net, row, q * roughness);
                double critical = tw_conduit_critical_depth(&net, row, q);
                double low = fmin(normal, critical), high = fmax(normal, critical);
                struct tw_fall fall = tw_conduit_fall(&net, row, -q, roughness, depth);
                assert_true((depth < fall.low_m) == (depth < low));
                assert_true((depth < fall.high_m) == (depth < high));
                if (depth < low) assert_true(fall.low_m == low);
                if (depth >= low && depth < high)
                    assert_true(fall.low_m == low && fall.high_m == high);
                double drop = tw_conduit_drop(&net, row, q, roughness, depth);
                assert_true(depth < low ? drop == low : drop <= depth);
                below += depth < low;
                between += depth >= low && depth < high;
                above += depth >= high;
            }
        }
    }
    assert_true(below > 1000 && between > 1000 && above > 1000);
}

/* (0.7 m + 2493.13 m) - 2493.13 m is at least 0.7 m when it is added in feet, as SWMM does, though
 * not in metres; (0.9 m + 2492 m) - 2492 m the other way round. */
static void an_end_is_full_when_swmm_s_sum_of_feet_says_so(void **state)
{
    (void)state;
    int32_t seven = row_of(SEVEN), nine = row_of(NINE);
    const struct tw_conduit_block *b1 = &net.conduit_blocks[seven / TW_BLOCK];
    const struct tw_conduit_block *b2 = &net.conduit_blocks[nine / TW_BLOCK];
    assert_true((0.7 + 2493.13) - 2493.13 < 0.7 && (0.9 + 2492.0) - 2492.0 >= 0.9);
    assert_true((0.7 + 2493.13) - 2493.13 >= b1->full2_m[seven % TW_BLOCK]);
    assert_true((0.9 + 2492.0) - 2492.0 < b2->full2_m[nine % TW_BLOCK]);
}

/* Its A R^0.63 it keeps: 5.2.4 gives such a pipe of 2 ft, n = 0.015, slope 1 in 300 11.611 cfs. */
static void without_dynamic_waves_a_force_main_has_manning_s_roughness(void **state)
{
    (void)state;
    struct tw_network other;
    enum tw_routing routing = model->options.routing;
    model->options.routing = TW_ROUTING_KINWAVE;
    assert_int_equal(tw_network_init(&other, model, &arena), TW_OK);
    model->options.routing = routing;
    int32_t row = other.row_of_link[SEVEN];
    const struct tw_xsect *x = &other.xsects[other.conduit.section[row]];
    double full = TW_MANNING_SI / 0.009 * sqrt(1.15 / 1150.0) * x->full_factor;
    assert_near(other.conduit.full_flow_m3s[row] / full, 1.0,
                1e-6); /* SWMM's slope: sine or tangent */
    assert_true(net.conduit.full_flow_m3s[row_of(SEVEN)] >
                1.5 * full); /* a smooth pipe's friction */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_depth_jumps_to_the_crown_at_the_full_flow),
        cmocka_unit_test(critical_depth_jumps_from_the_last_slice_to_the_crown),
        cmocka_unit_test(critical_depth_stays_below_the_crown_where_slices_do),
        cmocka_unit_test(a_fall_compares_as_normal_and_critical_depth_do),
        cmocka_unit_test(the_depth_of_a_trickle_is_what_the_search_finds),
        cmocka_unit_test(without_dynamic_waves_a_force_main_has_manning_s_roughness),
        cmocka_unit_test(an_end_is_full_when_swmm_s_sum_of_feet_says_so),
    };
    return cmocka_run_group_tests_name("conduit", tests, read_model, drop);
}
