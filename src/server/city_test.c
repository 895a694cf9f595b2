/* Cities that are sound and cities that are not: the tiny one of the tests, with one thing changed. */
#include "server/city.h"

#include "base/file.h"
#include "base/text.h"
#include "check.h"
#include "server/storm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
    char folder[64];
};

/* Put the sound city into the folder. */
static int fill(const struct fixture *fixture)
{
    char command[256];
    (void)snprintf(command, sizeof command, "cp -r '%s/tests/cities/tiny/.' '%s'", TW_SOURCE_DIR,
                   fixture->folder);
    return system(command); /* paths of our own making */
}

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (fixture == NULL) return -1;
    (void)snprintf(fixture->folder, sizeof fixture->folder, "/tmp/tw_city_test_XXXXXX");
    if (mkdtemp(fixture->folder) == NULL) return -1;
    *state = fixture;
    return fill(fixture);
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", fixture->folder);
    int code = system(command);
    free(fixture);
    return code;
}

/* Replace the first `old` in a file of the city. */
static void change(const struct fixture *fixture, const char *name, const char *old,
                   const char *new)
{
    char path[160];
    static char text[200000];
    (void)snprintf(path, sizeof path, "%s/%s", fixture->folder, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[size] = 0;
    char *at = strstr(text, old);
    if (at == NULL) fail_msg("%s holds no %s", name, old);
    file = fopen(path, "w");
    assert_non_null(file);
    (void)fwrite(text, 1, (size_t)(at - text), file);
    (void)fputs(new, file);
    (void)fputs(at + strlen(old), file);
    assert_int_equal(fclose(file), 0);
}

static void write_file(const struct fixture *fixture, const char *name, const char *text)
{
    char path[160];
    (void)snprintf(path, sizeof path, "%s/%s", fixture->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* Load the city and, if it is sound, its storm; all faults and warnings as one text. */
static const char *faults_of(const struct fixture *fixture, size_t *out_count)
{
    static char text[40000];
    tw_faults *faults = NULL;
    struct tw_city *city = NULL;
    struct tw_storm *storm = NULL;
    assert_ok(tw_faults_create(0, &faults));
    if (tw_city_load(fixture->folder, faults, &city) == TW_OK) {
        (void)tw_storm_load(city, "cell", faults, &storm);
        tw_ini_warn_unused(&city->ini, faults);
    }
    size_t used = 0;
    text[0] = 0;
    for (size_t i = 0; i < tw_faults_kept(faults) && used < sizeof text - 1000; i++) {
        struct tw_fault fault = tw_faults_get(faults, i);
        used += (size_t)tw_fault_format(&fault, text + used, 900);
        text[used++] = '\n';
        text[used] = 0;
    }
    *out_count = tw_faults_count(faults);
    tw_storm_destroy(storm);
    tw_city_destroy(city);
    tw_faults_destroy(faults);
    return text;
}

static void expect_fault(const struct fixture *fixture, const char *words)
{
    size_t count = 0;
    const char *text = faults_of(fixture, &count);
    if (count == 0 || strstr(text, words) == NULL) {
        fail_msg("\"%s\" is not among the %zu faults:\n%s", words, count, text);
    }
}

/* The city and its storm, which must be sound. */
static struct tw_city *load(const struct fixture *fixture, struct tw_storm **out_storm)
{
    struct tw_city *city = NULL;
    tw_faults *faults = NULL;
    assert_ok(tw_faults_create(0, &faults));
    assert_ok(tw_city_load(fixture->folder, faults, &city));
    assert_ok(tw_storm_load(city, "cell", faults, out_storm));
    tw_faults_destroy(faults);
    return city;
}

static void the_tiny_city_is_sound(void **state)
{
    const struct fixture *fixture = *state;
    size_t count = 0;
    const char *text = faults_of(fixture, &count);
    if (count != 0) fail_msg("%s", text);
}

static void a_city_is_read_as_it_is_written(void **state)
{
    const struct fixture *fixture = *state;
    struct tw_storm *storm = NULL;
    struct tw_city *city = load(fixture, &storm);
    assert_string_equal(city->id, "tiny");
    assert_string_equal(city->title.zh, "小城（虚构）");
    assert_true(city->made_up);
    assert_int_equal(city->zone_s, 28800);
    assert_near(city->horizon_s, 3600.0, 0.0);
    assert_int_equal(city->point_count, 3);
    assert_string_equal(city->points[1].name.en, "Point 2");
    assert_near(city->points[1].classes_m[3], 0.60, 0.0);
    assert_int_equal(city->sensor_count, 5); /* four, and the gage that no sensor serves */
    assert_int_equal(tw_city_sensor_find(city, "L2"), 1);
    assert_string_equal(city->sensors[1].unit, "m"); /* it was cm: its limits were converted */
    assert_near(city->sensors[1].max, 4.0, 1e-12);
    assert_int_equal(tw_city_sensor_find(city, "G1"), tw_city_sensor_find(city, "RG1"));
    assert_int_equal(tw_city_sensor_find(city, "G2"), 4);
    assert_int_equal(tw_city_sensor_find(city, "G3"), -1);
    assert_true(city->bounds[0] > 104.9 && city->bounds[2] < 105.1);
    assert_true(city->bounds[1] > 29.5 && city->bounds[3] < 29.7);
    assert_string_equal(storm->title.en, "Cell (made up)");
    assert_true(storm->made_up);
    assert_false(storm->measured);
    assert_int_equal(storm->end_ms - storm->start_ms, 2 * 3600 * 1000);
    for (size_t i = 1; i < storm->count; i++) {
        assert_true(storm->values[i].time_ms >= storm->values[i - 1].time_ms);
    }
    tw_storm_destroy(storm);
    tw_city_destroy(city);
}

static void every_fault_is_named_with_its_place(void **state)
{
    static const struct {
        const char *file, *old, *new, *words;
    } cases[] = {
        {"city.ini", "timezone = +08:00", "timezone = Chongqing", "city.ini:7: [city] timezone"},
        {"city.ini", "id = tiny", "", "[city] id is missing"},
        {"city.ini", "made_up = yes", "made_up = perhaps", "neither yes nor no"},
        {"city.ini", "network = network.inp", "network = lost.inp", "lost.inp: No such file"},
        {"city.ini", "points = points.geojson", "", "[files] points is missing"},
        {"city.ini", "points = points.geojson", "points = lost.geojson", "lost.geojson: No such"},
        {"city.ini", "epsg = 32648", "epsg = 99999", "PROJ knows no EPSG:99999"},
        {"city.ini", "horizon_min = 60", "horizon_min = soon", "\"soon\" is not a number"},
        {"city.ini", "cycle_min = 5", "cycle_min = 0", "not within 1 and 2880"},
        {"city.ini", "rain = honest", "rain = wishful", "neither honest nor perfect"},
        {"city.ini", "rain = honest", "routing = kinematic", "neither dynamic_wave nor semi"},
        {"city.ini", "rain = honest", "routing_step_s = 90", "not within 1 and 60"},
        {"city.ini", "rain = honest", "members = 0", "not within 1 and 1000"},
        {"city.ini", "rain = honest", "quantile = 1.1", "not within 0 and 1"},
        {"city.ini", "yellow_m = 0.27", "yellow_m = 0.1", "yellow_m (0.1) must be larger than"},
        {"city.ini", "[warning]", "[warning\n", "no section, entry or comment"},
        {"city.ini", "[warning]", "blurb\n[warning]", "no section, entry or comment"},
        {"city.ini", "epsg = 32648", "epsg = 32648\nepsg = 1", "is there already, in line"},
        {"points.geojson", "\"Point\"", "\"Polygon\"",
         "points.geojson:2: feature 0 (P1): geometry is Polygon where a Point is needed"},
        {"points.geojson", "[105.003617", "[\"east\"", "feature 1 (P2): coordinates must be"},
        {"points.geojson", "[105.003617, 29", "[29.604713, 105", "feature 1 (P2): coordinates"},
        {"points.geojson", "\"id\": \"P2\"", "\"id\": \"P1\"", "the id is there already"},
        {"points.geojson", "\"id\": \"P2\"", "\"id\": 2", "property id must be a text"},
        {"points.geojson", "\"node\": \"J5\"", "\"node\": \"J55\"",
         "node \"J55\" is not in the model"},
        {"points.geojson", "\"node\": \"J5\", ", "", "property node is missing"},
        {"points.geojson", "\"weight\": 2", "\"weight\": 11", "weight must be within 1 and 10"},
        {"points.geojson", "\"weight\": 2", "\"weight\": 2, \"classes_m\": [0.1, 0.3, 0.2, 0.4]",
         "four rising depths"},
        {"points.geojson", "\"weight\": 2", "\"weight\": 2, \"classes_m\": [0.1, 0.2]",
         "four rising depths"},
        {"points.geojson", "{\"type\": \"Feature\", ", "{\"type\": \"Feature\" ",
         "points.geojson:2: column"},
        {"points.geojson", "FeatureCollection", "Feature", "no GeoJSON FeatureCollection"},
        {"sensors.geojson", "\"kind\": \"flow\"", "\"kind\": \"smell\"",
         "kind \"smell\" is none of level, flow, rain"},
        {"sensors.geojson", "\"element\": \"C9\"", "\"element\": \"J3\"",
         "element \"J3\": the model has no such link"},
        {"sensors.geojson", "\"unit\": \"cm\"", "\"unit\": \"m3/s\"", "is no unit of a level"},
        {"sensors.geojson", "\"max\": 10", "\"max\": 10, \"neighbour\": \"L77\"",
         "neighbour \"L77\" is no sensor"},
        {"sensors.geojson", "\"max\": 10", "\"max\": -5", "min must not be above max"},
        {"network.inp", "C3   J3   J4", "C3   J3   J44", "J44"},
        {"storms/cell/rain.csv", "time,gauge,rain_mm", "time,rain", "rain.csv:1: the first row"},
        {"storms/cell/rain.csv", ",G1,", ",G9,", "unknown gauge \"G9\""},
        {"storms/cell/rain.csv", ",G1,", ",L1,", "\"L1\" measures no rain"},
        {"storms/cell/rain.csv", ",G1,", ",G1,wet,", "rain.csv:2: 4 cells where 3 are needed"},
        {"storms/cell/rain.csv", "2031-07-01T10:1", "2031-07-32T10:1", "is no time"},
        {"storms/cell/storm.ini", "end = 2031-07-01T12:00:00", "end = 2031-07-01T09:00:00",
         "the storm has no duration"},
        {"storms/cell/storm.ini", "end = 2031-07-01T12:00:00", "end = never", "is no time"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(fill(*state), 0);
        change(*state, cases[i].file, cases[i].old, cases[i].new);
        expect_fault(*state, cases[i].words);
    }
}

static void rain_with_text_in_it_is_told_row_by_row(void **state)
{
    const struct fixture *fixture = *state;
    size_t count = 0;
    write_file(fixture, "storms/cell/rain.csv",
               "time,gauge,rain_mm\r\n"
               "2031-07-01T10:01:00,G1,0.5\r\n"
               "2031-07-01T10:02:00,G1,wet\r\n"
               "\r\n"
               "2031-07-01T10:03:00,G1,-1\r\n"
               "2031-07-01T10:02:30,G1,0.1\r\n" /* out of order is fine */
               "2031-07-01T10:04:00,G1,nan\r\n");
    const char *text = faults_of(fixture, &count);
    assert_int_equal(count, 3);
    assert_non_null(strstr(text, "rain.csv:3: \"wet\" is not a number"));
    assert_non_null(strstr(text, "rain.csv:5: -1 mm of rain"));
    assert_non_null(strstr(text, "rain.csv:7: \"nan\" is not a number"));
}

static void measurements_are_read_and_converted(void **state)
{
    const struct fixture *fixture = *state;
    struct tw_storm *storm = NULL;
    write_file(fixture, "storms/cell/measurements.csv",
               "time,sensor,value,unit\n2031-07-01T10:01:00,L1,50,cm\n"
               "2031-07-01T10:01:00,Q1,0.2,\n");
    struct tw_city *city = load(fixture, &storm);
    assert_true(storm->measured);
    int32_t level = tw_city_sensor_find(city, "L1");
    size_t at = 0;
    while (at < storm->count && storm->values[at].sensor != level)
        at++;
    assert_true(at < storm->count);
    assert_near(storm->values[at].value, 0.5, 1e-15);
    tw_storm_destroy(storm);
    tw_city_destroy(city);
}

static void faults_of_measurements_are_told(void **state)
{
    const struct fixture *fixture = *state;
    size_t count = 0;
    write_file(fixture, "storms/cell/measurements.csv",
               "time,sensor,value,unit\n2031-07-01T10:01:00,L9,50,cm\n"
               "2031-07-01T10:02:00,L9,50,cm\n2031-07-01T10:01:00,L1,0.2,m3/s\n");
    const char *text = faults_of(fixture, &count);
    assert_int_equal(count, 2); /* an unknown sensor is named once */
    assert_non_null(strstr(text, "measurements.csv:2: unknown sensor \"L9\""));
    assert_non_null(strstr(text, "measurements.csv:4: unit \"m3/s\" cannot become m"));
}

/* Read the storm in a folder as a hindcast does; the faults' texts. */
static const char *read_for_hindcast(const struct fixture *fixture, tw_status expected,
                                     struct tw_city **out_city, struct tw_storm **out_storm)
{
    static char text[8192];
    char folder[300];
    tw_faults *faults = NULL;
    size_t used = 0;
    assert_ok(tw_faults_create(0, &faults));
    assert_ok(tw_city_load(fixture->folder, faults, out_city));
    (void)snprintf(folder, sizeof folder, "%s/storms/cell/", fixture->folder);
    assert_status(tw_storm_read(*out_city, folder, faults, out_storm), expected);
    text[0] = 0;
    for (size_t i = 0; i < tw_faults_kept(faults) && used < sizeof text; i++) {
        struct tw_fault fault = tw_faults_get(faults, i);
        used += (size_t)tw_fault_format(&fault, text + used, sizeof text - used);
        if (used < sizeof text - 1) text[used++] = '\n';
        text[used < sizeof text ? used : sizeof text - 1] = 0;
    }
    tw_faults_destroy(faults);
    return text;
}

static void a_hindcast_leaves_out_what_is_wrong_and_says_so(void **state)
{
    const struct fixture *fixture = *state;
    struct tw_city *city = NULL;
    struct tw_storm *storm = NULL;
    write_file(fixture, "storms/cell/rain.csv",
               "time,gauge,rain_mm\n"
               "2031-07-01T10:01:00,G1,0.5\n"
               "2031-07-01T10:02:00,G1,wet\n"
               "2031-07-01T10:03:00,G7,0.5\n"
               "2031-07-01T10:03:00,G1\n"
               "2031-07-01T10:01:00,G1,0.7\n"
               "2031-07-01T02:05:00Z,G1,0.1\n"
               "2031-07-01T10:06:00,G1,-1\n");
    const char *text = read_for_hindcast(fixture, TW_OK, &city, &storm);
    assert_int_equal(storm->count, 2);
    assert_near(storm->values[0].value, 0.5, 0.0); /* the first of a moment */
    assert_int_equal(storm->values[1].time_ms - storm->values[0].time_ms, 4 * 60000);
    assert_non_null(strstr(text, "rain.csv:3: warning: \"wet\" is not a number"));
    assert_non_null(strstr(text, "rain.csv:4: warning: unknown gauge \"G7\""));
    assert_non_null(strstr(text, "rain.csv:5: warning: 2 cells where 3 are needed"));
    assert_non_null(
        strstr(text, "rain.csv:6: warning: RG1 has another value of this moment in line 2"));
    assert_non_null(strstr(text, "rain.csv:7: warning: zones are mixed: 1 times name their zone"));
    assert_non_null(strstr(text, "rain.csv:8: warning: -1 mm of rain"));
    tw_storm_destroy(storm);
    tw_city_destroy(city);
}

static void gaps_are_told_where_values_come_at_even_times(void **state)
{
    const struct fixture *fixture = *state;
    struct tw_city *city = NULL;
    struct tw_storm *storm = NULL;
    struct tw_strbuf rows = {0};
    (void)tw_strbuf_add_text(&rows, "time,gauge,rain_mm\n");
    for (int minute = 1; minute < 60; minute++) {
        if (minute == 20 || (minute >= 30 && minute < 40)) continue;
        (void)tw_strbuf_printf(&rows, "2031-07-01T10:%02d:00,G1,0\n", minute);
    }
    write_file(fixture, "storms/cell/rain.csv", tw_strbuf_get(&rows));
    tw_strbuf_done(&rows);
    const char *text = read_for_hindcast(fixture, TW_OK, &city, &storm);
    assert_non_null(
        strstr(text, "rain.csv:30: warning: RG1: a gap of 11.0 minutes before this row"));
    assert_non_null(strstr(text, "rain.csv:21: warning: RG1: 1 values are missing in short gaps"));
    tw_storm_destroy(storm);
    tw_city_destroy(city);
    /* Rows of wet minutes only have no gaps. */
    write_file(fixture, "storms/cell/rain.csv",
               "time,gauge,rain_mm\n2031-07-01T10:01:00,G1,0.2\n2031-07-01T10:40:00,G1,0.2\n");
    text = read_for_hindcast(fixture, TW_OK, &city, &storm);
    assert_null(strstr(text, "gap"));
    tw_storm_destroy(storm);
    tw_city_destroy(city);
}

static void a_storm_may_bring_its_own_sensors_and_truth(void **state)
{
    const struct fixture *fixture = *state;
    struct tw_city *city = NULL;
    struct tw_storm *storm = NULL;
    write_file(fixture, "storms/cell/sensors.csv",
               "id,kind,element,unit,note\nL1,level,J2,m,elsewhere\nX1,level,N99,m,nowhere\n"
               "X2,smell,J1,m,\n");
    write_file(fixture, "storms/cell/measurements.csv",
               "time,sensor,value,unit\n2031-07-01T10:01:00,L1,50,cm\n");
    write_file(fixture, "storms/cell/truth_points.csv",
               "time,P2,P9\n2031-07-01T10:01:00,0.1,9\n2031-07-01T10:03:00,0.3,9\n"
               "2031-07-01T10:02:00,0.2,9\n2031-07-01T10:05:00,deep,9\n");
    const char *text = read_for_hindcast(fixture, TW_OK, &city, &storm);
    assert_int_equal(storm->sensor_count, city->sensor_count + 1);
    size_t at = 0;
    while (at < storm->count && storm->values[at].sensor != city->sensor_count)
        at++;
    assert_true(at < storm->count);
    assert_near(storm->values[at].value, 0.5, 1e-15); /* rounding of cm to m */
    assert_non_null(
        strstr(text, "sensors.csv:3: warning: element \"N99\": the model has no such node"));
    assert_non_null(strstr(text, "sensors.csv:4: warning: kind \"smell\""));
    assert_non_null(strstr(text, "truth_points.csv:1: warning: the city has no point \"P9\""));
    assert_non_null(strstr(text, "truth_points.csv:4: warning: the time is not after"));
    assert_non_null(strstr(text, "truth_points.csv:5: warning: \"deep\" is no depth"));
    int64_t minute_ms = storm->truth.times_ms[0];
    assert_near(tw_storm_truth_m(storm, 3, 1, minute_ms + 60000), 0.2, 1e-7); /* floats */
    assert_true(isnan(tw_storm_truth_m(storm, 3, 0, minute_ms)));
    assert_true(isnan(tw_storm_truth_m(storm, 3, 1, minute_ms - 60000)));
    tw_storm_destroy(storm);
    tw_city_destroy(city);
}

static void radar_fields_are_looked_at(void **state)
{
    const struct fixture *fixture = *state;
    struct tw_city *city = NULL;
    struct tw_storm *storm = NULL;
    char folder[300];
    const char *field = "ncols 2\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 500\n"
                        "NODATA_value -1\n0 1\n2 3\n";
    (void)snprintf(folder, sizeof folder, "%s/storms/cell/radar", fixture->folder);
    assert_ok(tw_folder_make(folder));
    write_file(fixture, "storms/cell/radar/20310701T1000.asc", field);
    write_file(fixture, "storms/cell/radar/20310701T1005.asc", field);
    write_file(fixture, "storms/cell/radar/20310701T1020.asc", field);
    write_file(fixture, "storms/cell/radar/20310701T1010.asc", "no grid\n");
    write_file(fixture, "storms/cell/radar/20311301T1015.asc", field);
    write_file(fixture, "storms/cell/radar/20310701T1025.asc",
               "ncols 2\nnrows 3\nxllcorner 0\nyllcorner 0\ncellsize 500\n"
               "NODATA_value -1\n5 5\n5 5\n5 5\n");
    const char *text = read_for_hindcast(fixture, TW_OK, &city, &storm);
    assert_int_equal(storm->field_count, 3);
    assert_non_null(strstr(text, "20310701T1010.asc: warning: "));
    assert_non_null(strstr(text, "20311301T1015.asc: warning: its name tells no time"));
    assert_non_null(
        strstr(text, "20310701T1025.asc: warning: its grid is not that of the first field"));
    assert_non_null(strstr(text, "20310701T1020.asc: warning: a gap of 15 minutes"));
    tw_storm_destroy(storm);
    tw_city_destroy(city);
}

static void a_hindcast_needs_rain(void **state)
{
    const struct fixture *fixture = *state;
    struct tw_city *city = NULL;
    struct tw_storm *storm = NULL;
    write_file(fixture, "storms/cell/rain.csv", "time,gauge,rain_mm\n2031-07-01T10:02:00,G1,x\n");
    const char *text = read_for_hindcast(fixture, TW_ERR_INPUT, &city, &storm);
    assert_non_null(strstr(text, "rain.csv: no row of it is usable"));
    assert_non_null(strstr(text, "rain.csv:2: warning: \"x\" is not a number"));
    tw_city_destroy(city);
}

static void missing_data_names_where_it_comes_from(void **state)
{
    const struct fixture *fixture = *state;
    change(fixture, "city.ini", "network = network.inp",
           "network = ../elsewhere/network.inp\nsource = the Example data set,\n  CC BY 4.0");
    expect_fault(fixture, "it comes from: the Example data set, CC BY 4.0");
}

static void an_unknown_storm_names_those_there_are(void **state)
{
    const struct fixture *fixture = *state;
    struct tw_city *city = NULL;
    struct tw_storm *storm = NULL;
    tw_faults *faults = NULL;
    assert_ok(tw_faults_create(0, &faults));
    assert_ok(tw_city_load(fixture->folder, faults, &city));
    assert_status(tw_storm_load(city, "flood", faults, &storm), TW_ERR_NAME);
    assert_status(tw_storm_load(city, "../cell", faults, &storm), TW_ERR_NAME);
    char text[400];
    struct tw_fault fault = tw_faults_get(faults, tw_faults_kept(faults) - 2);
    (void)tw_fault_format(&fault, text, sizeof text);
    assert_non_null(strstr(text, "there are: cell"));
    tw_city_destroy(city);
    tw_faults_destroy(faults);
}

static void a_folder_without_city_ini_is_no_city(void **state)
{
    (void)state;
    struct tw_city *city = NULL;
    tw_faults *faults = NULL;
    assert_ok(tw_faults_create(0, &faults));
    assert_status(tw_city_load("/tmp", faults, &city), TW_ERR_FILE);
    assert_status(tw_city_load("/nowhere/at/all", faults, &city), TW_ERR_FILE);
    assert_null(city);
    tw_faults_destroy(faults);
}

static void an_entry_that_means_nothing_is_warned_of(void **state)
{
    const struct fixture *fixture = *state;
    size_t count = 0;
    change(fixture, "city.ini", "rain = honest", "rain = honest\nrian = perfect");
    const char *text = faults_of(fixture, &count);
    assert_int_equal(count, 0);
    assert_non_null(strstr(text, "[forecast] rian is not known"));
}

#define with_city(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_city(the_tiny_city_is_sound),
        with_city(a_city_is_read_as_it_is_written),
        with_city(every_fault_is_named_with_its_place),
        with_city(rain_with_text_in_it_is_told_row_by_row),
        with_city(measurements_are_read_and_converted),
        with_city(faults_of_measurements_are_told),
        with_city(a_hindcast_leaves_out_what_is_wrong_and_says_so),
        with_city(gaps_are_told_where_values_come_at_even_times),
        with_city(a_storm_may_bring_its_own_sensors_and_truth),
        with_city(radar_fields_are_looked_at),
        with_city(a_hindcast_needs_rain),
        with_city(missing_data_names_where_it_comes_from),
        with_city(an_unknown_storm_names_those_there_are),
        with_city(a_folder_without_city_ini_is_no_city),
        with_city(an_entry_that_means_nothing_is_warned_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
