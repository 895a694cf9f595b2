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

/* An hour of rain at both gauges, and a downpour after it. */
static void add_hour(struct tw_nowcast *nowcast)
{
    for (int minute = 1; minute <= 60; minute++) {
        assert_ok(tw_nowcast_add_gauge(nowcast, 0, 60.0 * minute, 60.0, 0.2));
        assert_ok(tw_nowcast_add_gauge(nowcast, 1, 60.0 * minute, 60.0, 0.1));
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
        cmocka_unit_test(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
