#include "hydrology/infiltration.h"

#include "check.h"

#include <math.h>

enum { SOIL = 5, STATE = 6 };

/* A loam for every method, in the model's units. */
static const double loam[TW_INFILTRATION_COUNT][SOIL] = {
    [TW_INFILTRATION_HORTON] = {75.0, 10.0, 4.0, 3.0, 0.0},
    [TW_INFILTRATION_MODIFIED_HORTON] = {75.0, 10.0, 4.0, 3.0, 0.0},
    [TW_INFILTRATION_GREEN_AMPT] = {88.9, 13.0, 0.2, 0.0, 0.0},
    [TW_INFILTRATION_MODIFIED_GREEN_AMPT] = {88.9, 13.0, 0.2, 0.0, 0.0},
    [TW_INFILTRATION_CURVE_NUMBER] = {80.0, 0.0, 4.0, 0.0, 0.0},
};

struct ground {
    const struct tw_infiltration_method *method;
    double soil[SOIL], state[STATE];
};

static struct ground ground_make(int32_t method)
{
    struct ground g = {.method = tw_infiltration_method_get(method)};
    g.method->prepare(loam[method], g.soil);
    g.method->begin(g.soil, g.state);
    return g;
}

static double rain(struct ground *g, double rain_mmh, double depth_m, double dt_s)
{
    struct tw_infiltration_input in = {
        .dt_s = dt_s, .rain_mps = rain_mmh / 3.6e6, .depth_m = depth_m, .recovery_factor = 1.0};
    return g->method->rate(g->soil, g->state, &in);
}

/* Some rain, some run-on, some ponded water, some dry hours. */
static struct tw_infiltration_input weather_at(int i)
{
    static const double rain_mmh[] = {0.0, 3.0, 40.0, 120.0, 12.0, 0.0, 0.0, 55.0};
    static const double runon_mmh[] = {0.0, 0.0, 2.0, 0.0, 30.0, 5.0, 0.0};
    static const double depth_m[] = {0.0, 0.0, 0.001, 0.02, 0.004};
    static const double dt_s[] = {300.0, 60.0, 900.0, 5.0, 3600.0, 300.0};
    return (struct tw_infiltration_input){.dt_s = dt_s[i % 6],
                                          .rain_mps = rain_mmh[i % 8] / 3.6e6,
                                          .runon_mps = runon_mmh[i % 7] / 3.6e6,
                                          .depth_m = depth_m[i % 5],
                                          .recovery_factor = 1.0};
}

static void no_method_takes_less_than_nothing_or_more_than_there_is(void **state)
{
    (void)state;
    for (int32_t method = 0; method < TW_INFILTRATION_COUNT; method++) {
        struct ground g = ground_make(method);
        for (int i = 0; i < 5000; i++) {
            struct tw_infiltration_input in = weather_at(i);
            double rate = g.method->rate(g.soil, g.state, &in);
            double supply = in.rain_mps + in.runon_mps + in.depth_m / in.dt_s;
            assert_true(rate >= 0.0);
            assert_true(rate <= supply * (1.0 + 1e-12)); /* rounding of the sum */
        }
    }
}

static void light_rain_on_dry_soil_infiltrates_whole(void **state)
{
    (void)state;
    for (int32_t method = 0; method < TW_INFILTRATION_COUNT; method++) {
        if (method == TW_INFILTRATION_CURVE_NUMBER) continue; /* takes a share of any rain */
        struct ground g = ground_make(method);
        for (int i = 0; i < 12; i++)
            assert_near(rain(&g, 4.0, 0.0, 300.0), 4.0 / 3.6e6, 1e-15); /* rounding */
    }
}

static void a_long_storm_brings_every_rate_down(void **state)
{
    (void)state;
    for (int32_t method = 0; method < TW_INFILTRATION_COUNT; method++) {
        struct ground g = ground_make(method);
        double first = rain(&g, 100.0, 0.0, 300.0), last = first;
        for (int i = 0; i < 288; i++) {
            double rate = rain(&g, 100.0, 0.0, 300.0);
            assert_true(rate <= last * (1.0 + 1e-9) || i == 0); /* Newton's last digits */
            last = rate;
        }
        assert_true(last < 0.5 * first);
    }
}

/* After a month without water a soil answers a storm as it did the first time. The storm ends in
 * drizzle: SWMM's Green-Ampt soil stays saturated when water stops from one step to the next. */
static void dry_soil_recovers(void **state)
{
    (void)state;
    for (int32_t method = 0; method < TW_INFILTRATION_COUNT; method++) {
        struct ground fresh = ground_make(method), used = ground_make(method);
        for (int i = 0; i < 36; i++)
            (void)rain(&used, 90.0, 0.0, 300.0);
        (void)rain(&used, 1.0, 0.0, 300.0);
        for (int i = 0; i < 31 * 24; i++)
            (void)rain(&used, 0.0, 0.0, 3600.0);
        /* Horton's recovery never ends, exp(-40) */
        for (int i = 0; i < 24; i++)
            assert_near(rain(&used, 90.0, 0.0, 300.0) / rain(&fresh, 90.0, 0.0, 300.0), 1.0, 1e-4);
    }
}

/* Horton's rate of a step is the mean of f over it: (F(t + dt) - F(t)) / dt. */
static void horton_follows_its_curve(void **state)
{
    (void)state;
    struct ground g = ground_make(TW_INFILTRATION_HORTON);
    double before = 0.0;
    for (int i = 1; i <= 12; i++) {
        double hours = i * 300.0 / 3600.0;
        double after = 10.0 * hours + 65.0 / 4.0 * (1.0 - exp(-4.0 * hours)); /* mm */
        double expected_mmh = (after - before) / (300.0 / 3600.0);
        assert_near(rain(&g, 200.0, 0.0, 300.0) * 3.6e6, expected_mmh, 1e-9); /* rounding */
        before = after;
    }
}

/* Supply below capacity moves along the curve only by what went in: in Horton's F, not in t. */
static void horton_keeps_capacity_that_was_not_used(void **state)
{
    (void)state;
    struct ground g = ground_make(TW_INFILTRATION_HORTON);
    double sum_mm = 0.0;
    /* 70 mm/h is above the capacity after a while: from then on F(t) = sum determines the rate. */
    for (int i = 0; i < 24; i++)
        sum_mm += rain(&g, 70.0, 0.0, 60.0) * 1000.0 * 60.0;
    double low = 0.0, high = 2.0;
    for (int i = 0; i < 60; i++) {
        double t = 0.5 * (low + high);
        if (10.0 * t + 65.0 / 4.0 * (1.0 - exp(-4.0 * t)) < sum_mm)
            low = t;
        else
            high = t;
    }
    double expected_mmh = 10.0 + 65.0 * exp(-4.0 * (low + 0.5 / 60.0));
    /* 1 %: mid-step value for the mean, and Newton stops at 0.1 % of the step */
    assert_near(rain(&g, 70.0, 0.0, 60.0) * 3.6e6 / expected_mmh, 1.0, 0.01);
}

static void horton_stops_at_the_most_volume(void **state)
{
    (void)state;
    double parameters[SOIL] = {75.0, 10.0, 4.0, 3.0, 20.0};
    struct ground g = ground_make(TW_INFILTRATION_HORTON);
    g.method->prepare(parameters, g.soil);
    double sum_mm = 0.0;
    for (int i = 0; i < 200; i++)
        sum_mm += rain(&g, 100.0, 0.0, 300.0) * 1000.0 * 300.0;
    assert_near(sum_mm, 20.0, 1e-9); /* rounding of 200 sums */
}

/* 40 mm/h, of 75 that the soil can take, go in for one step; after a day without rain, of 3 that the soil
 * takes to dry by 98 %, F is 20 mm exp(-ln(50) / 3) and the rate 75 - 4 F. */
static void modified_horton_with_a_most_volume_takes_water_for_one_step(void **state)
{
    (void)state;
    double parameters[SOIL] = {75.0, 10.0, 4.0, 3.0, 20.0};
    struct ground g = ground_make(TW_INFILTRATION_MODIFIED_HORTON);
    g.method->prepare(parameters, g.soil);
    assert_near(rain(&g, 40.0, 0.0, 300.0) * 3.6e6, 40.0, 1e-9); /* rounding */
    assert_near(rain(&g, 40.0, 0.0, 300.0), 0.0, 0.0);
    assert_near(rain(&g, 0.0, 0.0, 86400.0), 0.0, 0.0);
    double left_mm = 20.0 * exp(-log(50.0) / 3.0);
    /* rounding; the constant of 98 % has 16 digits */
    assert_near(rain(&g, 100.0, 0.0, 300.0) * 3.6e6, 75.0 - 4.0 * left_mm, 1e-9);
}

/* Under ponding from the start, F solves F - c ln(1 + F / c) = K t with c = (S + d) M. */
static void green_ampt_solves_its_equation(void **state)
{
    (void)state;
    struct ground g = ground_make(TW_INFILTRATION_GREEN_AMPT);
    double sum_mm = 0.0, depth_mm = 10.0;
    for (int i = 1; i <= 24; i++) {
        sum_mm += rain(&g, 400.0, depth_mm / 1000.0, 300.0) * 1000.0 * 300.0;
        double c = (88.9 + depth_mm) * 0.2;
        double left_mm = sum_mm - c * log(1.0 + sum_mm / c), right_mm = 13.0 * i * 300.0 / 3600.0;
        /* the first step saturates after Fs, at the rate of rain: 0.6 mm ahead of the equation */
        assert_near(left_mm, right_mm, 0.6);
        assert_true(i < 2 || sum_mm > 0.0);
    }
}

static void curve_number_leaves_the_runoff_of_the_handbook(void **state)
{
    (void)state;
    struct ground g = ground_make(TW_INFILTRATION_CURVE_NUMBER);
    double sum_mm = 0.0;
    for (int i = 0; i < 48; i++)
        sum_mm += rain(&g, 25.0, 0.0, 300.0) * 1000.0 * 300.0;
    double rain_mm = 100.0, capacity_mm = 25.4 * (1000.0 / 80.0 - 10.0);
    double runoff_mm =
        rain_mm * rain_mm / (rain_mm + capacity_mm); /* without initial abstraction */
    assert_near(sum_mm, rain_mm - runoff_mm, 1e-9);  /* rounding */
}

/* Rain slower than the conductivity uses up the deficit in the first form, not in the second. */
static void modified_green_ampt_keeps_the_deficit_through_drizzle(void **state)
{
    (void)state;
    struct ground plain = ground_make(TW_INFILTRATION_GREEN_AMPT);
    struct ground modified = ground_make(TW_INFILTRATION_MODIFIED_GREEN_AMPT);
    for (int i = 0; i < 40; i++) {
        (void)rain(&plain, 8.0, 0.0, 300.0);
        (void)rain(&modified, 8.0, 0.0, 300.0);
    }
    double plain_mm = 0.0, modified_mm = 0.0;
    for (int i = 0; i < 12; i++) {
        plain_mm += rain(&plain, 80.0, 0.0, 300.0) * 1000.0 * 300.0;
        modified_mm += rain(&modified, 80.0, 0.0, 300.0) * 1000.0 * 300.0;
    }
    assert_true(plain_mm > 0.0 && modified_mm > 0.0);
    assert_true(fabs(plain_mm - modified_mm) > 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_method_takes_less_than_nothing_or_more_than_there_is),
        cmocka_unit_test(light_rain_on_dry_soil_infiltrates_whole),
        cmocka_unit_test(a_long_storm_brings_every_rate_down),
        cmocka_unit_test(dry_soil_recovers),
        cmocka_unit_test(horton_follows_its_curve),
        cmocka_unit_test(horton_keeps_capacity_that_was_not_used),
        cmocka_unit_test(horton_stops_at_the_most_volume),
        cmocka_unit_test(modified_horton_with_a_most_volume_takes_water_for_one_step),
        cmocka_unit_test(green_ampt_solves_its_equation),
        cmocka_unit_test(curve_number_leaves_the_runoff_of_the_handbook),
        cmocka_unit_test(modified_green_ampt_keeps_the_deficit_through_drizzle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
