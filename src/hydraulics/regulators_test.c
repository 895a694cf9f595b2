/* Orifices, weirs and outlets: what SWMM 5.2.4 computes, and laws over all of them. */
#include "hydraulics/regulators.h"

#include "check.h"
#include "hydraulics/constants.h"
#include "one_link.h"

#include <stdio.h>
#include <stdlib.h>

/* A regulator of any of the three kinds in a model of its own. */
struct regulator {
    struct one_link one;
    char kind; /* o orifice, w weir, u outlet */
    double setting;
};

static struct tw_link_flow flow_between(struct regulator *r, double depth1_m, double depth2_m)
{
    struct tw_link_ends ends = {
        .depth1_m = depth1_m, .depth2_m = depth2_m, .setting = r->setting, .dt_s = 1.0};
    struct tw_link_flow out = {0};
    const struct tw_model *m = &r->one.model;
    if (r->kind == 'o') tw_orifice_flow(m, 0, &r->one.xsect, &ends, &out);
    if (r->kind == 'w') tw_weir_flow(m, 0, &r->one.xsect, &ends, &out);
    if (r->kind == 'u') tw_outlet_flow(m, 0, &ends, &out);
    return out;
}

static struct regulator *orifice(int sub, double coefficient, bool flap)
{
    struct regulator *r = calloc(1, sizeof *r);
    assert_non_null(r);
    one_link_init(&r->one);
    struct tw_orifices *o = &r->one.model.orifices;
    r->kind = 'o';
    r->setting = 1.0;
    r->one.link_kind = TW_LINK_ORIFICE;
    r->one.kind = sub;
    r->one.values[0] = coefficient;
    r->one.flap_gate = flap;
    o->link = &r->one.zero;
    o->kind = &r->one.kind;
    o->discharge_coefficient = &r->one.values[0];
    o->move_time_s = &r->one.values[1];
    return r;
}

/* values: coefficient, flap, contractions, end coefficient, surcharge, road width, surface */
static struct regulator *weir(int sub, const double *values)
{
    struct regulator *r = calloc(1, sizeof *r);
    assert_non_null(r);
    one_link_init(&r->one);
    struct tw_weirs *w = &r->one.model.weirs;
    memcpy(r->one.values, values, 7 * sizeof *values);
    r->kind = 'w';
    r->setting = 1.0;
    r->one.link_kind = TW_LINK_WEIR;
    r->one.kind = sub;
    r->one.flap_gate = values[1] > 0.0;
    r->one.flags[0] = values[4] > 0.0;
    r->one.integers[0] = (int32_t)values[6];
    w->link = &r->one.zero;
    w->kind = &r->one.kind;
    w->coefficient = &r->one.values[0];
    w->end_contractions = &r->one.values[2];
    w->end_coefficient = &r->one.values[3];
    w->can_surcharge = &r->one.flags[0];
    w->road_width_m = &r->one.values[5];
    w->road_surface = &r->one.integers[0];
    w->coefficient_curve = &r->one.curve;
    return r;
}

static struct regulator *outlet(bool by_head, double coefficient, double exponent)
{
    struct regulator *r = calloc(1, sizeof *r);
    assert_non_null(r);
    one_link_init(&r->one);
    struct tw_outlets *o = &r->one.model.outlets;
    r->kind = 'u';
    r->setting = 1.0;
    r->one.link_kind = TW_LINK_OUTLET;
    r->one.kind = TW_OUTLET_FUNCTIONAL;
    r->one.flags[0] = by_head;
    r->one.values[0] = coefficient;
    r->one.values[1] = exponent;
    o->link = &r->one.zero;
    o->kind = &r->one.kind;
    o->curve = &r->one.curve;
    o->by_head = &r->one.flags[0];
    o->coefficient = &r->one.values[0];
    o->exponent = &r->one.values[1];
    return r;
}

/* ---- SWMM's flows: tests/cases/regulators_swmm.case, feet ---- */

static enum tw_shape shape_of(const char *keyword)
{
    if (strcmp(keyword, "CIRCULAR") == 0) return TW_SHAPE_CIRCULAR;
    if (strcmp(keyword, "RECT_CLOSED") == 0) return TW_SHAPE_RECT_CLOSED;
    if (strcmp(keyword, "RECT_OPEN") == 0) return TW_SHAPE_RECT_OPEN;
    return strcmp(keyword, "TRIANGULAR") == 0 ? TW_SHAPE_TRIANGULAR : TW_SHAPE_TRAPEZOIDAL;
}

/* kind type shape geom(4) offset setting values... */
static struct regulator *read_regulator(const char *line)
{
    char kind[16], shape[32];
    int sub = 0, used = 0;
    assert_int_equal(sscanf(line, "%15s %d %31s %n", kind, &sub, shape, &used), 3);
    double v[13] = {0};
    char *rest = NULL;
    for (int i = 0; i < 13; i++) {
        v[i] = strtod(i == 0 ? line + used : rest, &rest);
    }
    const double *values = &v[6];
    struct regulator *r;
    if (kind[0] == 'o' && kind[1] == 'r') {
        r = orifice(sub, values[0], values[1] > 0.0);
    } else if (kind[0] == 'w') {
        double si[7];
        memcpy(si, values, sizeof si);
        si[5] *= TW_FOOT_M;
        r = weir(sub, si);
    } else {
        r = outlet(sub == 1, values[0] * TW_FOOT3_M3 / pow(TW_FOOT_M, values[1]), values[1]);
    }
    r->one.model.us_units = true;
    r->setting = v[5];
    r->one.offset_m = v[4] * TW_FOOT_M;
    double geom[4] = {v[0] * TW_FOOT_M, v[1] * TW_FOOT_M, v[2], v[3]};
    if (shape[0] != '-') assert_ok(one_link_shape(&r->one, shape_of(shape), geom));
    return r;
}

static void flows_agree_with_swmm(void **state)
{
    (void)state;
    FILE *file = fopen(TW_SOURCE_DIR "/tests/cases/regulators_swmm.case", "r");
    assert_non_null(file);
    char line[512];
    struct regulator *r = NULL;
    int checks = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        double h1 = 0.0, h2 = 0.0, flow = 0.0, depth = 0.0;
        if (line[0] == '#' || line[0] == '\n') continue;
        if (sscanf(line, "at %lf %lf %lf %lf", &h1, &h2, &flow, &depth) != 4) {
            free(r);
            r = read_regulator(line);
            continue;
        }
        assert_non_null(r);
        struct tw_link_flow out = flow_between(r, h1 * TW_FOOT_M, h2 * TW_FOOT_M);
        /* Its results have single precision and its storages, though large, change a little. */
        assert_near(out.flow_m3s / TW_FOOT3_M3, flow, 4e-6 * fabs(flow) + 1e-6);
        if (flow != 0.0) assert_near(out.depth_m / TW_FOOT_M, depth, 4e-6);
        checks++;
    }
    free(r);
    fclose(file);
    assert_true(checks > 1000); /* the file is not empty */
}

/* ---- laws ---- */

enum { REGULATORS = 14 };

/* One of every kind, 1 m high at 0.5 m above the inverts. */
static struct regulator *make(int i)
{
    static const double plain[7] = {1.8, 0, 0, 1.2, 1, 0, 0}, free_top[7] = {1.8, 0, 2, 1.2};
    static const double paved[7] = {1.6, 0, 0, 0, 0, 6, 1}, bare[7] = {1.6};
    static const enum tw_shape of_weir[] = {TW_SHAPE_RECT_OPEN, TW_SHAPE_RECT_OPEN,
                                            TW_SHAPE_TRIANGULAR, TW_SHAPE_TRAPEZOIDAL,
                                            TW_SHAPE_RECT_OPEN};
    struct regulator *r;
    enum tw_shape shape = TW_SHAPE_CIRCULAR;
    if (i < 4) {
        r = orifice(i / 2, 0.65, false);
        shape = i % 2 ? TW_SHAPE_RECT_CLOSED : TW_SHAPE_CIRCULAR;
    } else if (i < 8) {
        r = weir(i - 4, plain);
        shape = of_weir[i - 4];
    } else if (i < 10) {
        r = weir(i - 8, free_top);
        shape = of_weir[i - 8];
    } else if (i < 12) {
        r = weir(TW_WEIR_ROADWAY, i == 10 ? paved : bare);
        shape = TW_SHAPE_RECT_OPEN;
    } else {
        r = outlet(i == 13, 0.8, 1.2);
    }
    const double rect[4] = {1.0, 1.5, 0.0, 0.0}, sloped[4] = {1.0, 1.5, 0.5, 0.5};
    assert_ok(one_link_shape(&r->one, shape, shape == TW_SHAPE_TRAPEZOIDAL ? sloped : rect));
    r->one.offset_m = 0.5;
    return r;
}

static void for_every_regulator(void (*check)(struct regulator *r, int i))
{
    for (int i = 0; i < REGULATORS; i++) {
        struct regulator *r = make(i);
        check(r, i);
        free(r);
    }
}

static void check_reversal(struct regulator *r, int i)
{
    if (r->kind == 'w' && r->one.kind == TW_WEIR_SIDEFLOW) return; /* another formula backwards */
    for (double h = 0.55; h < 4.0; h += 0.19) {
        for (double t = 0.0; t < h; t += 0.23) {
            struct tw_link_flow there = flow_between(r, h, t), back = flow_between(r, t, h);
            if (there.flow_m3s != -back.flow_m3s) fail_msg("regulator %d at %g, %g", i, h, t);
            assert_true(there.flow_m3s >= 0.0);
            assert_true(there.dqdh_m2s >= 0.0 && there.dqdh_m2s == back.dqdh_m2s);
            assert_true(there.depth_m == back.depth_m);
        }
    }
}

static void flow_turns_its_sign_with_the_heads(void **state)
{
    (void)state;
    for_every_regulator(check_reversal);
}

static void check_rest(struct regulator *r, int i)
{
    struct tw_link_flow dry = flow_between(r, 0.5, 0.2), level = flow_between(r, 1.2, 1.2);
    if (dry.flow_m3s != 0.0) fail_msg("regulator %d: flow below the crest", i);
    bool by_depth = r->kind == 'u' && !r->one.flags[0];
    bool road = r->kind == 'w' && r->one.kind == TW_WEIR_ROADWAY;
    if (!by_depth && !road) assert_near(level.flow_m3s, 0.0, 1e-12); /* rounding */
    r->setting = 0.0;
    assert_true(flow_between(r, 3.0, 0.0).flow_m3s == 0.0);
    assert_true(flow_between(r, 3.0, 0.0).dqdh_m2s == 0.0);
}

static void nothing_flows_below_the_crest_between_equal_heads_or_through_a_shut_gate(void **state)
{
    (void)state;
    for_every_regulator(check_rest);
}

static void check_growth(struct regulator *r, int i)
{
    double last = 0.0;
    for (double h = 0.51; h < 5.0; h += 0.003) {
        struct tw_link_flow out = flow_between(r, h, 0.0);
        if (!(out.flow_m3s >= last - 1e-12)) fail_msg("regulator %d: flow falls at %g m", i, h);
        /* A jump of one step: SWMM's bottom orifice has none, side orifices and weirs none. */
        if (!(out.flow_m3s - last < 0.04)) fail_msg("regulator %d: flow jumps at %g m", i, h);
        last = out.flow_m3s;
    }
    assert_true(last > 0.5);
}

static void flow_grows_with_the_head_without_jumps_between_regimes(void **state)
{
    (void)state;
    for_every_regulator(check_growth);
}

static void check_derivative(struct regulator *r, int i)
{
    if (r->kind == 'u') return; /* SWMM gives none for outlets */
    /* where no regime changes: as a weir, and under water. End contractions and the variable
     * coefficient of roads are not in the derivative. */
    if (r->kind == 'w' && (r->one.values[2] > 0.0 || r->one.values[5] > 0.0)) return;
    static const double heads[] = {0.52, 0.6, 3.0, 4.0};
    bool caps = r->kind == 'w' && !r->one.flags[0];
    for (int k = 0; k < (caps ? 2 : 4); k++) {
        double h = heads[k], d = 1e-5;
        double slope =
            (flow_between(r, h + d, 0.0).flow_m3s - flow_between(r, h - d, 0.0).flow_m3s) /
            (2.0 * d);
        double given = flow_between(r, h, 0.0).dqdh_m2s;
        if (!(fabs(given - slope) < 1e-3 * slope)) { /* of the difference */
            fail_msg("regulator %d at %g m: dQ/dH %g, not %g", i, h, given, slope);
        }
    }
}

static void the_derivative_is_that_of_the_flow(void **state)
{
    (void)state;
    for_every_regulator(check_derivative);
}

static void check_flap(struct regulator *r, int i)
{
    double open = flow_between(r, 2.0, 0.0).flow_m3s;
    r->one.flap_gate = true;
    struct tw_link_flow gated = flow_between(r, 2.0, 0.0), back = flow_between(r, 0.0, 2.0);
    bool road = r->kind == 'w' && r->one.kind == TW_WEIR_ROADWAY;
    if (road) return; /* has no gate */
    if (back.flow_m3s != 0.0) fail_msg("regulator %d: flow through a shut flap gate", i);
    assert_int_equal(back.flow_class, TW_FLOW_DRY);
    assert_true(gated.flow_m3s > 0.0 && gated.flow_m3s <= open);
    if (r->kind != 'u') assert_true(gated.flow_m3s < open); /* it costs head */
}

static void a_flap_gate_lets_flow_out_only_and_costs_head(void **state)
{
    (void)state;
    for_every_regulator(check_flap);
}

static void an_outfall_s_flap_gate_holds_the_sea_back(void **state)
{
    (void)state;
    struct regulator *r = make(0);
    r->one.node_kind[1] = TW_NODE_OUTFALL;
    r->one.node_row[1] = 0;
    assert_true(flow_between(r, 0.0, 2.0).flow_m3s < 0.0);
    r->one.outfall_gate = true;
    assert_true(flow_between(r, 0.0, 2.0).flow_m3s == 0.0);
    assert_true(flow_between(r, 2.0, 0.0).flow_m3s > 0.0);
    free(r);
}

static void flow_classes_tell_which_end_is_critical(void **state)
{
    (void)state;
    struct regulator *r = make(4);
    assert_int_equal(flow_between(r, 2.0, 0.2).flow_class, TW_FLOW_DOWN_CRITICAL);
    assert_int_equal(flow_between(r, 0.2, 2.0).flow_class, TW_FLOW_UP_CRITICAL);
    assert_int_equal(flow_between(r, 2.0, 1.0).flow_class, TW_FLOW_SUBCRITICAL);
    assert_int_equal(flow_between(r, 0.3, 0.2).flow_class, TW_FLOW_DRY);
    free(r);
}

static void a_half_closed_weir_has_its_crest_in_the_middle(void **state)
{
    (void)state;
    struct regulator *r = make(4);
    r->setting = 0.5;
    assert_true(flow_between(r, 0.99, 0.0).flow_m3s == 0.0);
    double half = flow_between(r, 1.3, 0.0).flow_m3s;
    r->setting = 1.0;
    assert_near(half, flow_between(r, 0.8, 0.0).flow_m3s, 1e-12); /* rounding */
    free(r);
}

static void an_orifice_lends_its_nodes_the_width_times_a_length(void **state)
{
    (void)state;
    struct regulator *r = make(1);
    /* half full: 1.5 m wide over 200 ft; longer when the step is longer */
    assert_near(flow_between(r, 1.0, 0.0).surface_m2, 1.5 * 60.96, 1e-9);
    r->one.model.options.routing_step_s = 30.0;
    double length = 60.0 * sqrt(TW_GRAVITY_MPS2 * 1.0);
    assert_near(flow_between(r, 1.0, 0.0).surface_m2, 1.5 * length, 1e-9);
    assert_near(flow_between(r, 0.2, 0.0).surface_m2, 1e-4 * TW_FOOT_M * length, 1e-12);
    free(r);
    r = make(3);
    assert_near(flow_between(r, 1.0, 0.0).surface_m2, 1.5, 1e-12); /* a bottom orifice its area */
    free(r);
}

static void tail_water_counts_only_with_dynamic_waves(void **state)
{
    (void)state;
    struct regulator *r = make(4);
    double drowned = flow_between(r, 1.2, 1.1).flow_m3s;
    r->one.model.options.routing = TW_ROUTING_KINWAVE;
    assert_true(flow_between(r, 1.2, 1.1).flow_m3s > 1.2 * drowned);
    free(r);
}

static void a_weir_s_coefficient_may_come_from_a_curve(void **state)
{
    (void)state;
    struct regulator *r = make(4);
    double constant = flow_between(r, 1.0, 0.0).flow_m3s;
    const double twice[] = {0.0, 3.6, 5.0, 3.6};
    one_link_curve(&r->one, twice, 2);
    r->one.curve = 0;
    assert_near(flow_between(r, 1.0, 0.0).flow_m3s, 2.0 * constant, 1e-12); /* rounding */
    free(r);
}

static void an_outlet_s_rating_may_come_from_a_curve(void **state)
{
    (void)state;
    struct regulator *r = make(12);
    const double rating[] = {0.0, 0.0, 1.0, 2.0, 2.0, 3.0};
    one_link_curve(&r->one, rating, 3);
    r->one.kind = TW_OUTLET_TABULAR;
    r->one.curve = 0;
    assert_near(flow_between(r, 1.0, 0.0).flow_m3s, 1.0, 1e-12);
    r->setting = 0.5;
    assert_near(flow_between(r, 2.0, 0.0).flow_m3s, 1.25, 1e-12);
    assert_near(flow_between(r, 9.0, 0.0).flow_m3s, 1.5, 1e-12); /* no more than the curve has */
    free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flows_agree_with_swmm),
        cmocka_unit_test(flow_turns_its_sign_with_the_heads),
        cmocka_unit_test(nothing_flows_below_the_crest_between_equal_heads_or_through_a_shut_gate),
        cmocka_unit_test(flow_grows_with_the_head_without_jumps_between_regimes),
        cmocka_unit_test(the_derivative_is_that_of_the_flow),
        cmocka_unit_test(a_flap_gate_lets_flow_out_only_and_costs_head),
        cmocka_unit_test(an_outfall_s_flap_gate_holds_the_sea_back),
        cmocka_unit_test(flow_classes_tell_which_end_is_critical),
        cmocka_unit_test(a_half_closed_weir_has_its_crest_in_the_middle),
        cmocka_unit_test(an_orifice_lends_its_nodes_the_width_times_a_length),
        cmocka_unit_test(tail_water_counts_only_with_dynamic_waves),
        cmocka_unit_test(a_weir_s_coefficient_may_come_from_a_curve),
        cmocka_unit_test(an_outlet_s_rating_may_come_from_a_curve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
