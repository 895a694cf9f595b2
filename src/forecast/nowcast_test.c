#include "forecast/nowcast.h"

#include "check.h"

#include <string.h>

static const struct tw_rain_gauge two_gauges[] = {{"east", 8000.0, 2000.0},
                                                  {"west", 1000.0, 2000.0}};
static const struct tw_rain_place three_places[] = {
    {8000.0, 2000.0, 0}, {1000.0, 2000.0, 1}, {(double)NAN, (double)NAN, 0}};

static struct tw_nowcast *made(int32_t members)
{
    struct tw_nowcast_setup setup = TW_NOWCAST_SETUP_DEFAULT;
    setup.places = three_places;
    setup.place_count = 3;
    setup.gauges = two_gauges;
    setup.gauge_count = 2;
    setup.members = members;
    setup.seed = 5;
    struct tw_nowcast *nowcast = NULL;
    assert_ok(tw_nowcast_create(&setup, &nowcast));
    return nowcast;
}

/* An hour of rain at both gauges. */
static void add_hour(struct tw_nowcast *nowcast)
{
    for (int minute = 1; minute <= 60; minute++) {
        double odd =
            minute % 2 == 0 ? 0.01 : -0.01; /* the same for an hour would be a stuck gauge */
        assert_ok(tw_nowcast_add_gauge(nowcast, 0, 60.0 * minute, 60.0, 0.2 + odd));
        assert_ok(tw_nowcast_add_gauge(nowcast, 1, 60.0 * minute, 60.0, 0.1 + odd));
    }
}

static void an_issue_uses_nothing_from_later(void **state)
{
    (void)state;
    struct tw_nowcast *a = made(8);
    struct tw_nowcast *b = made(8);
    add_hour(a);
    add_hour(b);
    for (int minute = 61; minute <= 120; minute++)
        assert_ok(tw_nowcast_add_gauge(b, 0, 60.0 * minute, 60.0, 5.0));
    assert_ok(tw_nowcast_issue(a, 3600.0));
    assert_ok(tw_nowcast_issue(b, 3600.0));
    for (int32_t m = 0; m < 8; m++) {
        for (int32_t p = 0; p < 3; p++) {
            for (int32_t k = 0; k < 36; k++) {
                double t = 300.0 * k;
                double x = tw_nowcast_mmh(a, m, p, t, t + 300.0);
                double y = tw_nowcast_mmh(b, m, p, t, t + 300.0);
                assert_memory_equal(&x, &y, sizeof x);
            }
        }
    }
    tw_nowcast_destroy(a);
    tw_nowcast_destroy(b);
}

/* ---- radar ---- */

enum { SIDE = 40, CELLS = SIDE * SIDE };

/* Rain at map coordinates and a time: a shower of 3 km that goes east at 8 m/s and passes x = 0,
 * y = 2000 at 3600 s. */
static double shower_mmh(double x, double y, double time_s)
{
    double dx = x - 8.0 * (time_s - 3600.0);
    double dy = y - 2000.0;
    double mmh = 60.0 * exp(-(dx * dx + dy * dy) / (2.0 * 3000.0 * 3000.0));
    return mmh < 0.1 ? 0.0 : mmh;
}

static void add_radar(struct tw_nowcast *nowcast, double time_s, double factor)
{
    float cells[CELLS];
    struct tw_raster grid = {.columns = SIDE,
                             .rows = SIDE,
                             .west = -20000.0,
                             .north = 20000.0,
                             .dx = 1000.0,
                             .dy = 1000.0,
                             .value = cells};
    for (int i = 0; i < CELLS; i++) {
        int row = i / SIDE;
        cells[i] = (float)(factor * shower_mmh(-19500.0 + 1000.0 * (i % SIDE),
                                               19500.0 - 1000.0 * row, time_s));
    }
    assert_ok(tw_nowcast_add_radar(nowcast, time_s, &grid));
}

static bool has_note(const struct tw_nowcast *nowcast, enum tw_rain_note_kind kind, int32_t gauge)
{
    for (int32_t i = 0; i < tw_nowcast_note_count(nowcast); i++) {
        struct tw_rain_note note = tw_nowcast_note(nowcast, i);
        assert_true(strlen(note.en) > 0 && strlen(note.zh) > 0 && strlen(note.code) > 0);
        assert_null(strstr(note.en, "{"));
        if (note.kind == kind && note.gauge == gauge) return true;
    }
    return false;
}

static double mean_mmh(const struct tw_nowcast *nowcast, int32_t place, double from_s)
{
    double sum = 0.0;
    for (int32_t m = 0; m < 16; m++)
        sum += tw_nowcast_mmh(nowcast, m, place, from_s, from_s + 300.0) / 16.0;
    return sum;
}

static void radar_sees_the_shower_come(void **state)
{
    (void)state;
    struct tw_nowcast *n = made(16);
    for (int k = 0; k <= 10; k++)
        add_radar(n, 300.0 * k, 1.0);
    assert_ok(tw_nowcast_issue(n, 3000.0));
    assert_true(has_note(n, TW_RAIN_NOTE_BY_RADAR, -1));
    assert_true(has_note(n, TW_RAIN_NOTE_GAUGES_NONE, -1));
    /* It is at x = 8000 from 4600 s on, and has gone by 5400 s: a third of 60 mm/h is what is lost by
     * members that drift apart. */
    assert_true(mean_mmh(n, 0, 3000.0) < 12.0);
    assert_true(mean_mmh(n, 0, 4500.0) > 40.0);
    assert_true(mean_mmh(n, 0, 6000.0) < 15.0);
    /* Behind it, the analysis: what fell. */
    assert_near(tw_nowcast_analysis_mmh(n, 1, 2700.0, 3000.0), shower_mmh(1000.0, 2000.0, 2850.0),
                3.0); /* a kilometre's cells round its top */
    tw_nowcast_destroy(n);
}

static void radar_that_sees_too_little_is_scaled_after_the_gauges(void **state)
{
    (void)state;
    struct tw_nowcast *n = made(16);
    for (int k = 0; k <= 14; k++)
        add_radar(n, 300.0 * k, 0.5);
    for (int minute = 1; minute <= 70; minute++) {
        for (int32_t g = 0; g < 2; g++) {
            double mmh = shower_mmh(two_gauges[g].x, 2000.0, 60.0 * minute - 30.0);
            assert_ok(tw_nowcast_add_gauge(n, g, 60.0 * minute, 60.0, mmh / 60.0));
        }
    }
    assert_ok(tw_nowcast_issue(n, 4200.0));
    assert_true(has_note(n, TW_RAIN_NOTE_RADAR_BIAS, -1));
    double scaled = tw_nowcast_analysis_mmh(n, 1, 3600.0, 3900.0);
    double raw = 0.5 * shower_mmh(1000.0, 2000.0, 3750.0);
    assert_true(scaled > 1.3 * raw); /* half of the way to 2 at least */
    tw_nowcast_destroy(n);
}

static void gauges_that_lie_or_are_silent_are_left_out_and_said(void **state)
{
    (void)state;
    static const enum tw_rain_note_kind expected[] = {
        TW_RAIN_NOTE_GAUGE_LOW, TW_RAIN_NOTE_GAUGE_HIGH, TW_RAIN_NOTE_GAUGE_STUCK,
        TW_RAIN_NOTE_GAUGE_SILENT, TW_RAIN_NOTE_GAUGE_ABSURD};
    for (int kind = 0; kind < 5; kind++) {
        struct tw_nowcast *n = made(16);
        for (int k = 0; k <= 14; k++)
            add_radar(n, 300.0 * k, 1.0);
        for (int minute = 1; minute <= 70; minute++) {
            double mmh = shower_mmh(1000.0, 2000.0, 60.0 * minute - 30.0);
            double lie = kind == 0   ? 0.0
                         : kind == 1 ? 6.0 * mmh / 60.0
                         : kind == 2 ? 0.3
                         : kind == 3 ? (minute < 30 ? 0.0 : (double)NAN)
                                     : (minute == 65 ? 60.0 : mmh / 60.0);
            assert_ok(tw_nowcast_add_gauge(n, 1, 60.0 * minute, 60.0, lie));
        }
        assert_ok(tw_nowcast_issue(n, 4200.0));
        assert_true(has_note(n, expected[kind], 1));
        assert_false(has_note(n, TW_RAIN_NOTE_GAUGE_USED, 1));
        /* Left out: the radar's own rain stands. */
        assert_near(tw_nowcast_analysis_mmh(n, 1, 3600.0, 3900.0),
                    shower_mmh(1000.0, 2000.0, 3750.0), 3.0);
        tw_nowcast_destroy(n);
    }
}

static void old_radar_leaves_the_rain_to_the_gauges(void **state)
{
    (void)state;
    struct tw_nowcast *n = made(16);
    add_radar(n, 300.0, 1.0);
    add_radar(n, 600.0, 1.0);
    add_hour(n);
    assert_ok(tw_nowcast_issue(n, 3600.0));
    assert_true(has_note(n, TW_RAIN_NOTE_RADAR_OLD, -1));
    assert_true(has_note(n, TW_RAIN_NOTE_BY_GAUGES, -1));
    assert_near(tw_nowcast_analysis_mmh(n, 0, 3300.0, 3600.0), 12.12,
                0.01); /* 100 m of softening */
    assert_near(tw_nowcast_analysis_mmh(n, 2, 3300.0, 3600.0), 12.12, 1e-5); /* its gauge; float */
    tw_nowcast_destroy(n);
}

static void members_are_the_same_bits_with_any_threads(void **state)
{
    (void)state;
    struct tw_nowcast *n[2] = {NULL, NULL};
    for (int i = 0; i < 2; i++) {
        struct tw_nowcast_setup setup = TW_NOWCAST_SETUP_DEFAULT;
        setup.places = three_places;
        setup.place_count = 3;
        setup.gauges = two_gauges;
        setup.gauge_count = 2;
        setup.members = 7;
        setup.threads = 1 + 2 * i;
        assert_ok(tw_nowcast_create(&setup, &n[i]));
        for (int k = 0; k <= 10; k++)
            add_radar(n[i], 300.0 * k, 1.0);
        if (i == 1) assert_ok(tw_nowcast_issue(n[i], 2100.0)); /* what was before leaves no trace */
        assert_ok(tw_nowcast_issue(n[i], 3000.0));
    }
    for (int32_t m = 0; m < 7; m++) {
        for (int32_t k = -20; k < 24; k++) {
            double a = tw_nowcast_mmh(n[0], m, 1, 3000.0 + 300.0 * k, 3300.0 + 300.0 * k);
            double b = tw_nowcast_mmh(n[1], m, 1, 3000.0 + 300.0 * k, 3300.0 + 300.0 * k);
            assert_memory_equal(&a, &b, sizeof a);
        }
    }
    tw_nowcast_destroy(n[0]);
    tw_nowcast_destroy(n[1]);
}

static void members_differ_about_the_past_too_and_more_about_the_future(void **state)
{
    (void)state;
    struct tw_nowcast *n = made(16);
    double spread[3] = {0.0};
    static const double from_s[3] = {3300.0, 3600.0, 6600.0};
    add_hour(n);
    assert_ok(tw_nowcast_issue(n, 3600.0));
    for (int i = 0; i < 3; i++) {
        double mean = mean_mmh(n, 0, from_s[i]);
        for (int32_t m = 0; m < 16; m++) {
            double off = tw_nowcast_mmh(n, m, 0, from_s[i], from_s[i] + 300.0) - mean;
            spread[i] += off * off / 15.0;
        }
        spread[i] = sqrt(spread[i]) / mean;
    }
    assert_true(spread[0] > 0.05);
    assert_true(spread[1] > spread[0]);
    assert_true(spread[2] > 2.0 * spread[1]);
    tw_nowcast_destroy(n);
}

static void a_dry_storm_stays_dry_and_nothing_known_is_said(void **state)
{
    (void)state;
    struct tw_nowcast *n = made(16);
    assert_near(tw_nowcast_mmh(n, 0, 0, 0.0, 300.0), 0.0, 0.0); /* before the first issue */
    assert_ok(tw_nowcast_issue(n, 3600.0));
    assert_true(has_note(n, TW_RAIN_NOTE_BY_NOTHING, -1));
    assert_true(has_note(n, TW_RAIN_NOTE_GAUGE_SILENT, 0));
    assert_near(mean_mmh(n, 0, 4000.0), 0.0, 0.0);
    assert_near(tw_nowcast_mmh(n, 99, 0, 0.0, 300.0), 0.0, 0.0);
    assert_near(tw_nowcast_mmh(n, 0, -1, 0.0, 300.0), 0.0, 0.0);
    assert_near(tw_nowcast_mmh(n, 0, 0, 1e9, 2e9), 0.0, 0.0);
    tw_nowcast_destroy(n);
}

/* ---- forecasts of others ---- */

static void forecasts_of_others_take_over_with_lead(void **state)
{
    (void)state;
    struct tw_nowcast *n = made(16);
    double rain[12];
    const double ring[] = {7000.0, 1000.0, 9000.0, 1000.0, 9000.0, 3000.0, 7000.0, 3000.0};
    for (int i = 0; i < 12; i++)
        rain[i] = 80.0;
    struct tw_outlook outlook = {.source = "bureau",
                                 .issued_s = 3000.0,
                                 .members = 1,
                                 .from_s = 3600.0,
                                 .interval_s = 600.0,
                                 .count = 12,
                                 .rain_mmh = rain,
                                 .gauge = -1,
                                 .corner_count = 4,
                                 .corner_xy = ring};
    assert_ok(tw_nowcast_add_outlook(n, &outlook));
    for (int i = 0; i < 12; i++)
        rain[i] = 300.0;
    outlook.issued_s = 3601.0; /* from the future: not to be seen */
    assert_ok(tw_nowcast_add_outlook(n, &outlook));
    add_hour(n);
    assert_ok(tw_nowcast_issue(n, 3600.0));
    assert_true(has_note(n, TW_RAIN_NOTE_OUTLOOK_USED, -1));
    assert_true(mean_mmh(n, 0, 3600.0) < 30.0);
    assert_true(mean_mmh(n, 0, 7500.0) > 50.0); /* 80 with a spread of 0.35, 16 members */
    assert_true(mean_mmh(n, 0, 7500.0) < 110.0);
    assert_true(mean_mmh(n, 1, 7500.0) < 30.0); /* outside of the polygon */
    assert_ok(tw_nowcast_issue(n, 3000.0 + 50000.0));
    assert_true(has_note(n, TW_RAIN_NOTE_OUTLOOK_OLD, -1));
    tw_nowcast_forget(n, 1e6);
    assert_ok(tw_nowcast_issue(n, 1e6));
    assert_false(has_note(n, TW_RAIN_NOTE_OUTLOOK_OLD, -1));
    tw_nowcast_destroy(n);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    struct tw_nowcast *n = NULL;
    struct tw_nowcast_setup setup = TW_NOWCAST_SETUP_DEFAULT;
    setup.members = 0;
    assert_status(tw_nowcast_create(&setup, &n), TW_ERR_ARG);
    setup = TW_NOWCAST_SETUP_DEFAULT;
    setup.step_s = 0.0;
    assert_status(tw_nowcast_create(&setup, &n), TW_ERR_ARG);
    setup = TW_NOWCAST_SETUP_DEFAULT;
    const struct tw_rain_place lost = {0.0, 0.0, 3};
    setup.places = &lost;
    setup.place_count = 1;
    assert_status(tw_nowcast_create(&setup, &n), TW_ERR_ARG);
    n = made(2);
    assert_status(tw_nowcast_add_gauge(n, 2, 0.0, 60.0, 1.0), TW_ERR_ARG);
    assert_status(tw_nowcast_add_gauge(n, 0, (double)NAN, 60.0, 1.0), TW_ERR_ARG);
    assert_status(tw_nowcast_add_gauge(n, 0, 0.0, 0.0, 1.0), TW_ERR_ARG);
    assert_status(tw_nowcast_add_gauge(n, 0, 0.0, 60.0, (double)INFINITY), TW_ERR_ARG);
    assert_status(tw_nowcast_issue(n, (double)NAN), TW_ERR_ARG);
    float cells[4] = {0.0F, 1.0F, 2.0F, 3.0F};
    struct tw_raster grid = {.columns = 2, .rows = 2, .dx = 500.0, .dy = 500.0, .value = cells};
    assert_ok(tw_nowcast_add_radar(n, 0.0, &grid));
    grid.west = 1.0;
    assert_status(tw_nowcast_add_radar(n, 300.0, &grid), TW_ERR_ARG);
    const double rain[2] = {1.0, 2.0};
    struct tw_outlook outlook = {.source = "us",
                                 .members = 1,
                                 .interval_s = 600.0,
                                 .count = 2,
                                 .rain_mmh = rain,
                                 .gauge = -1};
    assert_ok(tw_nowcast_add_outlook(n, &outlook));
    outlook.member = 1;
    assert_status(tw_nowcast_add_outlook(n, &outlook), TW_ERR_ARG);
    tw_nowcast_destroy(n);
    tw_nowcast_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_issue_uses_nothing_from_later),
        cmocka_unit_test(radar_sees_the_shower_come),
        cmocka_unit_test(radar_that_sees_too_little_is_scaled_after_the_gauges),
        cmocka_unit_test(gauges_that_lie_or_are_silent_are_left_out_and_said),
        cmocka_unit_test(old_radar_leaves_the_rain_to_the_gauges),
        cmocka_unit_test(members_are_the_same_bits_with_any_threads),
        cmocka_unit_test(members_differ_about_the_past_too_and_more_about_the_future),
        cmocka_unit_test(a_dry_storm_stays_dry_and_nothing_known_is_said),
        cmocka_unit_test(forecasts_of_others_take_over_with_lead),
        cmocka_unit_test(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
