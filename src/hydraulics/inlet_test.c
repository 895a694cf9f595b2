#include "hydraulics/inlet.h"

#include "check.h"
#include "hydraulics/constants.h"
#include "one_link.h"

#include <math.h>

/* A street of 20 ft from kerb to crown, cross slope 2 %, with every kind of inlet in turn. */
struct bench {
    struct one_link one;
    struct tw_inlet inlet;
    struct tw_inlet_design design;
    struct tw_inlet_site site;
};

static void set_up(struct bench *b, enum tw_inlet_kind kind, double depression_ft)
{
    one_link_init(&b->one);
    b->one.curve_x[1] = 2.0; /* as much as 2 m3/s or 2 m let through */
    b->one.curve_y[1] = 1.0;
    b->one.curve_first[1] = 2;
    b->one.kind = TW_CURVE_DIVERSION;
    b->one.model.curves.kind = &b->one.kind;
    b->one.model.curves.first = b->one.curve_first;
    b->one.model.curves.x = b->one.curve_x;
    b->one.model.curves.y = b->one.curve_y;
    assert_ok(one_link_shape(&b->one, TW_SHAPE_TRAPEZOIDAL, (double[4]){2.0, 1.0, 1.0, 1.0}));
    b->inlet = (struct tw_inlet){.number = 1, .open_ratio = 1.0};
    bool grate = kind == TW_INLET_GRATE || kind == TW_INLET_DROP_GRATE;
    bool both = kind == TW_INLET_COMBINATION;
    bool curb = kind == TW_INLET_CURB || kind == TW_INLET_DROP_CURB;
    b->design = (struct tw_inlet_design){.kind = kind};
    if (grate || both) {
        b->design.grate_length_m = b->design.grate_width_m = 2.0 * TW_FOOT_M;
        b->design.grate_open_ratio = 0.35;
        b->design.splash_mps = 5.96 * TW_FOOT_M;
    }
    if (curb || both) {
        b->design.curb_length_m = 9.84 * TW_FOOT_M;
        b->design.curb_height_m = 0.4 * TW_FOOT_M;
    }
    b->design.slot_length_m = kind == TW_INLET_SLOTTED ? 10.0 * TW_FOOT_M : 0.0;
    b->design.slot_width_m = kind == TW_INLET_SLOTTED ? 0.15 * TW_FOOT_M : 0.0;
    b->site = (struct tw_inlet_site){.model = &b->one.model,
                                     .inlet = &b->inlet,
                                     .design = &b->design,
                                     .xsect = &b->one.xsect,
                                     .slope = 0.01,
                                     .cross_slope = 0.02,
                                     .roughness = 0.016,
                                     .depression_ft = depression_ft,
                                     .gutter_ft = 2.0,
                                     .crown_ft = 20.0,
                                     .sides = 1};
    b->site.spread_factor = 0.56 * pow(0.02, 1.67) * 0.1 / 0.016;
}

/* SWMM's search for the spread ends early, so that it is not quite smooth. */
static double takes_no_less(const struct bench *b, double flow_m3s, double last_m3s)
{
    double taken = tw_inlet_grade_m3s(&b->site, flow_m3s, flow_m3s);
    assert_true(taken >= 0.0 && taken <= flow_m3s);
    if (!(taken >= last_m3s * 0.995)) fail_msg("it falls at %g m3/s", flow_m3s);
    return taken;
}

static void on_grade_no_kind_takes_more_than_arrives_nor_less_of_more(void **state)
{
    (void)state;
    for (int kind = 0; kind < TW_INLET_KIND_COUNT; kind++) {
        for (int depressed = 0; depressed < 2; depressed++) {
            struct bench b;
            set_up(&b, (enum tw_inlet_kind)kind, depressed ? 0.167 : 0.0);
            assert_near(tw_inlet_grade_m3s(&b.site, 0.0, 0.0), 0.0, 0.0);
            double last = 0.0;
            for (int i = 1; i < 150; i++)
                last = takes_no_less(&b, i * 0.001, last);
            assert_true(last > 0.0);
        }
    }
}

static void at_a_sag_every_kind_takes_more_the_deeper_the_water(void **state)
{
    (void)state;
    for (int kind = 0; kind < TW_INLET_KIND_COUNT; kind++) {
        struct bench b;
        set_up(&b, (enum tw_inlet_kind)kind, 0.0);
        if (kind == TW_INLET_CUSTOM) b.one.kind = TW_CURVE_RATING;
        assert_near(tw_inlet_sag_m3s(&b.site, 0.0, 1), 0.0, 0.0);
        double last = 0.0;
        for (int i = 1; i < 500; i++) {
            double depth = i * 0.001;
            double taken = tw_inlet_sag_m3s(&b.site, depth, 1);
            /* a grate's weir gives way to its openings at 1.79 A / P, with a small step */
            if (!(taken >= last * 0.93)) fail_msg("kind %d falls at %g m", kind, depth);
            last = taken;
        }
        assert_true(last > 0.0);
    }
}

/* HEC-22, example 4-9: 1.77 cfs, a kerb opening of 9.84 ft, once with a gutter depressed by 1 in. */
static void a_kerb_opening_takes_what_the_manual_says(void **state)
{
    (void)state;
    struct bench b;
    double flow = 1.77 * TW_FOOT3_M3;
    set_up(&b, TW_INLET_CURB, 0.0);
    assert_near(tw_inlet_grade_m3s(&b.site, flow, 0.0) / flow, 0.61, 0.01); /* read off a chart */
    set_up(&b, TW_INLET_CURB, 0.0833);
    assert_near(tw_inlet_grade_m3s(&b.site, flow, 0.0) / flow, 0.87, 0.01);
}

static void inlets_in_a_row_take_what_the_ones_before_left(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b, TW_INLET_CURB, 0.0);
    double one = tw_inlet_grade_m3s(&b.site, 0.1, 0.0);
    double next = tw_inlet_grade_m3s(&b.site, 0.1 - one, 0.0);
    b.inlet.number = 2;
    assert_near(tw_inlet_grade_m3s(&b.site, 0.1, 0.0), one + next, 1e-15); /* rounding */
    b.site.sides = 2;
    double both = tw_inlet_grade_m3s(&b.site, 0.2, 0.0);
    assert_near(both, 2.0 * (one + next), 1e-15);
}

static void clogging_and_the_limit_hold_for_each_inlet(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b, TW_INLET_GRATE, 0.0);
    double whole = tw_inlet_sag_m3s(&b.site, 0.1, 1);
    b.inlet.open_ratio = 0.5;
    assert_near(tw_inlet_sag_m3s(&b.site, 0.1, 1), 0.5 * whole, 1e-15); /* rounding */
    b.inlet.flow_limit_m3s = 0.001;
    b.inlet.number = 3;
    assert_near(tw_inlet_sag_m3s(&b.site, 0.1, 2), 0.006, 1e-15);
    assert_near(tw_inlet_grade_m3s(&b.site, 0.1, 0.1), 0.003, 1e-15);
}

/* What SWMM 5.2.4 took of a ramp of flow on streets of 2 % across and n = 0.016, in feet and cfs. */
struct swmm_case {
    enum tw_inlet_kind kind;
    bool sag;
    double depression, gutter, crown, slope;
    int32_t sides;
    double grate_length, grate_width, grate_open, splash, curb_length, curb_height;
    double x, taken; /* x: flow, or depth at a sag */
};

static const struct swmm_case swmm_cases[] = {
    /* an opening in a local depression of 0.2 by 3: what the gutter holds, and a little more */
    {TW_INLET_CURB, false, 0.2, 3, 20, 0.02, 1, 0, 0, 0.35, 0, 5, 0.4, 0.9932413697, 0.9932413697},
    {TW_INLET_CURB, false, 0.2, 3, 20, 0.02, 1, 0, 0, 0.35, 0, 5, 0.4, 1.0097672939, 0.7377490997},
    /* a generic grate without a velocity: water splashes over it at once */
    {TW_INLET_GRATE, false, 0, 0, 20, 0.05, 1, 3, 2, 0.35, 0, 0, 0, 5.998154, 1.56645},
    /* a grate wider than the gutter takes the gutter's share */
    {TW_INLET_GRATE, false, 0.17, 2, 20, 0.01, 2, 2, 3, 0.35, 8.16, 0, 0, 7.736421, 4.779685},
    /* splashed over within a steep gutter: all of its flow is in front of the grate */
    {TW_INLET_GRATE, false, 0.2, 2, 20, 0.12, 1, 0.7, 2, 0.35, 2.67189, 0, 0, 0.9021652, 0.6386858},
    /* wider than the street: as from the flow that reaches the crown */
    {TW_INLET_GRATE, false, 0.1, 2, 8, 0.01, 2, 2, 1.5, 0.35, 8.16, 0, 0, 14.41563, 8.037446},
    /* of a grate that is partly wet the rest takes nothing: a weir, and just drowned */
    {TW_INLET_GRATE, true, 0.17, 2, 20, 0.02, 1, 1.5, 1.5, 0.17, 0, 0, 0, 0.14488386, 0.24916355},
    {TW_INLET_GRATE, true, 0.17, 2, 20, 0.02, 1, 1.5, 1.5, 0.17, 0, 0, 0, 0.15153755, 0.54433227},
    /* in a depression a weir above its height, then an orifice; plain, an orifice */
    {TW_INLET_CURB, true, 0.17, 2, 20, 0.01, 2, 0, 0, 0.35, 0, 2, 0.15, 0.2038347, 2.370625},
    {TW_INLET_CURB, true, 0.17, 2, 20, 0.01, 2, 0, 0, 0.35, 0, 2, 0.15, 0.3181472, 1.589768},
    {TW_INLET_CURB, true, 0, 0, 20, 0.01, 1, 0, 0, 0.35, 0, 2, 0.15, 0.4035810, 0.9240390},
};

static void set_up_case(struct bench *b, const struct swmm_case *c)
{
    set_up(b, c->kind, c->depression);
    b->design.grate_length_m = c->grate_length * TW_FOOT_M;
    b->design.grate_width_m = c->grate_width * TW_FOOT_M;
    b->design.grate_open_ratio = c->grate_open;
    b->design.splash_mps = c->splash * TW_FOOT_M;
    b->design.curb_length_m = c->curb_length * TW_FOOT_M;
    b->design.curb_height_m = c->curb_height * TW_FOOT_M;
    b->site.gutter_ft = c->gutter;
    b->site.crown_ft = c->crown;
    b->site.sides = c->sides;
    b->site.slope = c->slope / sqrt(1.0 - c->slope * c->slope); /* of its run, not its length */
    b->site.spread_factor = 0.56 * pow(0.02, 1.67) * sqrt(b->site.slope) / 0.016;
}

static void streets_lose_what_swmm_lets_them_lose(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof swmm_cases / sizeof *swmm_cases; i++) {
        const struct swmm_case *c = &swmm_cases[i];
        struct bench b;
        set_up_case(&b, c);
        double taken_m3s = c->sag ? tw_inlet_sag_m3s(&b.site, c->x * TW_FOOT_M, c->sides)
                                  : tw_inlet_grade_m3s(&b.site, c->x * TW_FOOT3_M3, 0.0);
        double taken = taken_m3s / TW_FOOT3_M3;
        /* x has SWMM's seven digits, and a weir's flow goes with its power of 1.5 */
        if (fabs(taken - c->taken) > 1e-6 * c->taken) fail_msg("%zu: %.8g", i, taken);
    }
}

/* SWMM takes all of 0.5 cfs in a gutter of 0.2 by 3 ft; a strict run what equations 4-22 and 4-23
 * give an opening of 0.3 ft, where all of the flow is in the gutter. */
static void a_strict_run_takes_of_a_gutter_what_the_manual_says(void **state)
{
    (void)state;
    struct bench b;
    struct swmm_case c = swmm_cases[0];
    c.curb_length = 0.3;
    set_up_case(&b, &c);
    double flow = 0.5 * TW_FOOT3_M3;
    assert_near(tw_inlet_grade_m3s(&b.site, flow, 0.0), flow, 1e-15); /* rounding */
    b.site.strict = true;
    double slope = 0.02 + 0.2 / 3.0;
    double whole = 0.6 * pow(0.5, 0.42) * pow(b.site.slope, 0.3) * pow(1.0 / (0.016 * slope), 0.6);
    double taken = flow * (1.0 - pow(1.0 - 0.3 / whole, 1.8));
    assert_near(tw_inlet_grade_m3s(&b.site, flow, 0.0), taken, 1e-12 * flow);
}

/* What a grate takes of both sides of a street whose flow passes the one that reaches the crown, which is
 * that beside the gutter over its share. The velocity at the grate goes on from there in a strict run; in
 * SWMM it jumps up, since the gutter counts twice. */
static void a_strict_run_counts_the_gutter_once_at_the_crown(void **state)
{
    (void)state;
    struct bench b;
    set_up_case(&b, &swmm_cases[5]); /* gutter 2 ft wide, depressed by 0.1; crown at 8 */
    double r = (0.02 + 0.1 / 2.0) / 0.02;
    double share = 1.0 / (1.0 + r / (pow(1.0 + r / (8.0 / 2.0 - 1.0), 2.67) - 1.0));
    double brim = 2.0 * b.site.spread_factor * pow(8.0 - 2.0, 2.67) / (1.0 - share) * TW_FOOT3_M3;
    double rise[2];
    for (int strict = 0; strict < 2; strict++) {
        b.site.strict = strict != 0;
        double below = tw_inlet_grade_m3s(&b.site, 0.99 * brim, 0.0);
        rise[strict] = tw_inlet_grade_m3s(&b.site, 1.01 * brim, 0.0) / below;
    }
    assert_true(rise[1] > 1.0 && rise[1] < 1.02); /* no more than the flow's 2 % */
    assert_true(rise[0] < 0.96);                  /* faster water splashes over */
}

/* SWMM 5.2.4 in a channel: a drop kerb inlet goes by the depth at the channel's end, and a
 * diversion curve goes on with its last slope. */
static void a_channels_inlets_take_what_swmm_has(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b, TW_INLET_DROP_CURB, 0.0);
    b.design.curb_length_m = 2.0 * TW_FOOT_M;
    b.design.curb_height_m = 0.5 * TW_FOOT_M;
    double taken = tw_inlet_grade_m3s(&b.site, 16.5416 * TW_FOOT3_M3, 0.4613974690 * TW_FOOT_M);
    assert_near(taken / TW_FOOT3_M3, 7.521839142, 1e-6); /* of a depth of single precision */
    set_up(&b, TW_INLET_CUSTOM, 0.0);
    assert_near(tw_inlet_grade_m3s(&b.site, 3.0, 0.0), 1.5, 1e-15);
    assert_near(tw_inlet_sag_m3s(&b.site, 3.0, 1), 1.5, 1e-15); /* of the depth */
}

/* SWMM 5.2.4: three drop kerb inlets, 40 % clogged; the third finds less than it could take. And a
 * custom inlet with a rating curve has no limit. */
static void what_is_left_is_clogged_too(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b, TW_INLET_DROP_CURB, 0.0);
    b.design.curb_length_m = 2.0 * TW_FOOT_M;
    b.design.curb_height_m = 0.4 * TW_FOOT_M;
    b.inlet.open_ratio = 0.6;
    b.inlet.number = 3;
    double taken = tw_inlet_grade_m3s(&b.site, 0.57647 * TW_FOOT3_M3, 0.049372 * TW_FOOT_M);
    assert_near(taken / TW_FOOT3_M3, 0.47226, 2e-5); /* five digits of flow and depth */
    set_up(&b, TW_INLET_CUSTOM, 0.0);
    b.inlet.flow_limit_m3s = 0.1;
    assert_near(tw_inlet_sag_m3s(&b.site, 1.0, 1), 0.5, 1e-15); /* rounding */
}

/* Less than 0.001 cfs, as SWMM: of the whole street; and of what a first inlet left. */
static void a_trickle_is_left_in_the_street(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b, TW_INLET_CURB, 0.0);
    double trickle = 0.999e-3 * TW_FOOT3_M3, flow = 1.001e-3 * TW_FOOT3_M3;
    assert_near(tw_inlet_grade_m3s(&b.site, trickle, 0.0), 0.0, 0.0);
    assert_near(tw_inlet_grade_m3s(&b.site, flow, 0.0), flow, 1e-18); /* rounding */
    b.inlet.open_ratio = 0.5;
    b.inlet.number = 5;
    assert_near(tw_inlet_grade_m3s(&b.site, flow, 0.0), 0.5 * flow, 1e-18);
    assert_near(tw_inlet_grade_m3s(&b.site, 2.0 * flow, 0.0), 1.5 * flow, 1e-18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_grade_no_kind_takes_more_than_arrives_nor_less_of_more),
        cmocka_unit_test(at_a_sag_every_kind_takes_more_the_deeper_the_water),
        cmocka_unit_test(a_kerb_opening_takes_what_the_manual_says),
        cmocka_unit_test(inlets_in_a_row_take_what_the_ones_before_left),
        cmocka_unit_test(streets_lose_what_swmm_lets_them_lose),
        cmocka_unit_test(a_strict_run_takes_of_a_gutter_what_the_manual_says),
        cmocka_unit_test(a_strict_run_counts_the_gutter_once_at_the_crown),
        cmocka_unit_test(a_channels_inlets_take_what_swmm_has),
        cmocka_unit_test(what_is_left_is_clogged_too),
        cmocka_unit_test(a_trickle_is_left_in_the_street),
        cmocka_unit_test(clogging_and_the_limit_hold_for_each_inlet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
