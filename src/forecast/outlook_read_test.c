#include "forecast/outlook_read.h"

#include "check.h"
#include "grid/projection.h"
#include "thalweg/time.h"

#include <stdlib.h>
#include <string.h>

static const struct tw_rain_gauge gauges[] = {{"north", 580000.0, 6135000.0},
                                              {"south", 580000.0, 6131000.0}};
static const struct tw_rain_place places[] = {{580000.0, 6135000.0, 0}, {580000.0, 6131000.0, 1}};

struct fixture {
    struct tw_nowcast *nowcast;
    struct tw_projection *projection;
    tw_faults *faults;
    struct tw_outlook_how how;
};

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    struct tw_nowcast_setup setup = TW_NOWCAST_SETUP_DEFAULT;
    setup.places = places;
    setup.place_count = 2;
    setup.gauges = gauges;
    setup.gauge_count = 2;
    setup.members = 2;
    setup.step_s = 600.0;
    assert_ok(tw_nowcast_create(&setup, &f->nowcast));
    assert_ok(tw_faults_create(0, &f->faults));
    assert_ok(tw_projection_create(25832, &f->projection));
    f->how = (struct tw_outlook_how){0.0, 7200, gauges, 2, f->projection};
    assert_ok(tw_day_from_iso("2031-07-01T10:00:00", &f->how.origin_day));
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    tw_nowcast_destroy(f->nowcast);
    tw_faults_destroy(f->faults);
    tw_projection_destroy(f->projection);
    free(f);
    return 0;
}

static tw_status read_text(struct fixture *f, const char *path, const char *text)
{
    char *copy = strdup(text);
    assert_non_null(copy);
    tw_status status = tw_outlook_read(path, copy, &f->how, f->faults, f->nowcast);
    free(copy);
    return status;
}

static bool told(const struct fixture *f, int line, const char *text)
{
    for (size_t i = 0; i < tw_faults_kept(f->faults); i++) {
        struct tw_fault fault = tw_faults_get(f->faults, i);
        if (fault.line == line && strstr(fault.text, text) != NULL) return true;
    }
    return false;
}

static double rate(const struct fixture *f, int32_t member, int32_t place, double from_s)
{
    return tw_nowcast_mmh(f->nowcast, member, place, from_s, from_s + 600.0);
}

static void a_table_is_an_ensemble_for_each_gauge(void **state)
{
    struct fixture *f = *state;
    assert_ok(
        read_text(f, "bureau.csv",
                  "issued,from,to,gauge,member,rain_mm\r\n"
                  "2031-07-01T10:00:00,2031-07-01T10:00:00,2031-07-01T10:10:00,north,1,2.0\r\n"
                  "2031-07-01T10:00:00,2031-07-01T10:00:00,2031-07-01T10:10:00,north,2,3.0\r\n"
                  "2031-07-01T10:00:00,2031-07-01T08:10:00Z,2031-07-01T08:20:00Z,north,1,4\r\n"
                  "2031-07-01T10:05:00,2031-07-01T10:10:00,2031-07-01T10:20:00,north,1,9\r\n"));
    assert_int_equal(tw_faults_kept(f->faults), 0);
    assert_ok(tw_nowcast_issue(f->nowcast, 0.0));
    assert_near(rate(f, 0, 0, 0.0), 12.0, 1e-5); /* float */
    assert_near(rate(f, 1, 0, 0.0), 18.0, 1e-5);
    assert_near(rate(f, 0, 0, 600.0), 24.0, 1e-5); /* the zone was told: 10:10 here */
    assert_near(rate(f, 0, 1, 0.0), 0.0, 0.0);     /* the other gauge's area */
}

static void a_polygon_holds_for_what_lies_in_it(void **state)
{
    struct fixture *f = *state;
    /* A box around the southern place: 10.27 E 55.32 N is UTM 580600, 6131000. */
    assert_ok(read_text(
        f, "bureau.geojson",
        "{\"type\": \"FeatureCollection\", \"source\": \"bureau\", \"issued\": "
        "\"2031-07-01T08:00:00Z\", \"from\": \"2031-07-01T10:00:00\", \"interval_min\": 20,"
        " \"features\": [{\"type\": \"Feature\", \"properties\": {\"members\": [[6.0, null, 7.5],"
        " [8.0, 9.0, 0]]}, \"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[[10.2, 55.31],"
        " [10.3, 55.31], [10.3, 55.33], [10.2, 55.33], [10.2, 55.31]]]}}]}"));
    assert_int_equal(tw_faults_kept(f->faults), 0);
    assert_ok(tw_nowcast_issue(f->nowcast, 0.0));
    assert_near(rate(f, 0, 1, 600.0), 6.0, 1e-5);
    assert_near(rate(f, 1, 1, 1200.0), 9.0, 1e-5);
    assert_near(rate(f, 0, 1, 1200.0), 0.0, 0.0); /* null: it says nothing */
    assert_near(rate(f, 0, 1, 2400.0), 7.5, 1e-5);
    assert_near(rate(f, 0, 0, 0.0), 0.0, 0.0);
}

static void every_fault_has_its_line(void **state)
{
    struct fixture *f = *state;
    assert_ok(read_text(f, "bureau.csv",
                        "issued,from,to,gauge,member,rain_mm\n"
                        "2031-07-01,2031-07-01T10:00:00,2031-07-01T10:10:00,,,1\n"
                        "2031-07-01T10:00,2031-07-01T10:10:00,2031-07-01T10:00:00,,,1\n"
                        "2031-07-01T10:00,2031-07-01T10:00:00,2031-07-01T10:10:00,west,,1\n"
                        "2031-07-01T10:00,2031-07-01T10:00:00,2031-07-01T10:10:00,,0,1\n"
                        "2031-07-01T10:00,2031-07-01T10:00:00,2031-07-01T10:10:00,,,-1\n"
                        "2031-07-01T10:00,2031-07-01T10:00:00,2031-07-01T10:10:00,,,1e9\n"
                        "2031-07-01T10:00,2031-07-01T10:00:00,2031-07-01T10:10:00,,1\n"
                        "2031-07-01T10:00,2031-07-01T10:00:00,2031-07-01T10:10:00,,,1\n"
                        "2031-07-01T10:00,2031-07-01T10:05:00,2031-07-01T10:15:00,,,1\n"));
    assert_true(told(f, 2, "issued is no time"));
    assert_true(told(f, 3, "to is not after from"));
    assert_true(told(f, 4, "no gauge has that name"));
    assert_true(told(f, 5, "member is not within"));
    assert_true(told(f, 6, "rain_mm is not a number"));
    assert_true(told(f, 7, "more than 1000 mm/h"));
    assert_true(told(f, 8, "6 cells"));
    assert_true(told(f, 10, "overlaps the interval of line 9"));
    assert_int_equal(tw_faults_kept(f->faults), 8);
}

static void what_is_no_forecast_is_refused(void **state)
{
    static const struct {
        const char *path, *text, *why;
    } cases[] = {
        {"a.csv", "time,rain\n", "the first row must be"},
        {"a.json", "[1, 2", "']' expected"},
        {"a.json", "{\"a\": 1, \"a\": 2}", "duplicate"},
        {"a.json", "{\"source\": \"us\"}", "neither areas"},
        {"a.json", "{\"areas\": [{\"issued\": \"x\", \"interval_min\": 5}]}", "from is no time"},
        {"a.json",
         "{\"areas\": [{\"issued\": \"2031-07-01T10:00:00\", \"from\": \"2031-07-01T10:00:00\", "
         "\"interval_min\": 10, \"rain_mmh\": [1, -2]}]}",
         "rate 2 of member 1"},
        {"a.json",
         "{\"areas\": [{\"issued\": \"2031-07-01T10:00:00\", \"from\": \"2031-07-01T10:00:00\", "
         "\"interval_min\": 0, \"rain_mmh\": [1]}]}",
         "interval_min"},
        {"a.json",
         "{\"issued\": \"2031-07-01T10:00:00\", \"from\": \"2031-07-01T10:00:00\", "
         "\"interval_min\": "
         "10, \"features\": [{\"geometry\": {\"type\": \"Point\", \"coordinates\": [1, 2]}, "
         "\"properties\": {\"rain_mmh\": [1]}}]}",
         "no Polygon"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture *f = NULL;
        assert_int_equal(begin((void **)&f), 0);
        assert_status(read_text(f, cases[i].path, cases[i].text), TW_ERR_INPUT);
        bool found = false;
        for (size_t k = 0; k < tw_faults_kept(f->faults); k++)
            found = found || strstr(tw_faults_get(f->faults, k).text, cases[i].why) != NULL;
        if (!found) fail_msg("case %zu does not say: %s", i, cases[i].why);
        assert_int_equal(end((void **)&f), 0);
    }
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_table_is_an_ensemble_for_each_gauge, begin, end),
        cmocka_unit_test_setup_teardown(a_polygon_holds_for_what_lies_in_it, begin, end),
        cmocka_unit_test_setup_teardown(every_fault_has_its_line, begin, end),
        cmocka_unit_test(what_is_no_forecast_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
