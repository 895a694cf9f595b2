/* Problems in JSON: what is read, and that everything wrong is named with its path. */
#include "dispatch/case.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char roads[] =
    "{\"type\":\"FeatureCollection\",\"features\":["
    "{\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[106.50,29.50],[106.51,29.50]]},"
    "\"properties\":{\"id\":\"R1\",\"speed_kmh\":36}},"
    "{\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[106.51,29.50],[106.51,29.51]]},"
    "\"properties\":{\"id\":\"R2\",\"speed_kmh\":36}}]}";
static const char depots[] =
    "{\"features\":[{\"geometry\":{\"coordinates\":[106.50,29.50]},\"properties\":{\"id\":\"D1\","
    "\"crews\":[{\"id\":\"C1\",\"size\":4,\"skills\":[\"pump\"]},{\"id\":\"C2\",\"size\":4}],"
    "\"vehicles\":[{\"id\":\"V1\",\"kind\":\"pump truck\",\"seats\":4,\"pump_m3h\":1000},"
    "{\"id\":\"V2\",\"kind\":\"van\",\"seats\":8}],"
    "\"supplies\":{\"sandbags\":100}}}]}";
static const char points[] =
    "{\"features\":[{\"geometry\":{\"coordinates\":[106.51,29.51]},\"properties\":{\"id\":\"P1\","
    "\"weight\":8}}]}";
static const char demand[] =
    "\"demand\":{\"P1\":{\"life\":true,\"depth_m\":0.5,\"water_s\":900,\"stages\":[{\"people\":4,"
    "\"pump_m3h\":800,\"skills\":{\"pump\":4},\"kits\":{\"sandbags\":60}}]}}";

static tw_status read_text(const char *text, tw_faults *faults, struct tw_dispatch_case *out)
{
    return tw_dispatch_case_read("p.json", text, strlen(text), NULL, faults, out);
}

/* The problem above, with one text put in place of another. */
static char *with(const char *old, const char *new)
{
    char whole[4096], *out = malloc(8192);
    assert_non_null(out);
    (void)snprintf(whole, sizeof whole, "{\"roads\":%s,\"depots\":%s,\"points\":%s,%s}", roads,
                   depots, points, demand);
    char *at = strstr(whole, old);
    assert_non_null(at);
    (void)snprintf(out, 8192, "%.*s%s%s", (int)(at - whole), whole, new, at + strlen(old));
    return out;
}

static void a_small_problem_is_read_and_planned(void **state)
{
    (void)state;
    struct tw_dispatch_case item;
    struct tw_plan *plan;
    char *text = with("\"P1\"", "\"P1\""), *said;
    assert_ok(read_text(text, NULL, &item));
    free(text);
    assert_int_equal(item.problem.crew_count, 2);
    assert_int_equal(item.problem.vehicles[0].pump_m3h, 1000);
    item.options.iterations = 20;
    assert_ok(tw_plan_create(&item.problem, &item.options, &plan));
    assert_int_equal(plan->mission_count, 1);
    assert_int_equal(plan->crew_point[0], 0);
    assert_int_equal(plan->vehicle_point[0], 0);
    assert_int_equal(plan->missions[0].kits[0], 60);
    /* 967 m and 1112 m at 10 m/s after a minute of turning out; a second is the unit */
    assert_near(plan->missions[0].arrive_s, 60.0 + 96.8 + 111.2, 1.0);
    assert_string_equal(plan->points[0].missing_en, "");
    assert_ok(tw_plan_write(plan, &item.problem, true, &said));
    assert_non_null(strstr(said, "\"crews\":[\"C1\"]"));
    assert_non_null(strstr(said, "\"turn\":\"left\""));
    free(said);
    tw_plan_destroy(plan);
    tw_dispatch_case_done(&item);
}

/* One thing wrong each: the fault has the words. */
static void what_is_wrong_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *old, *new, *says;
    } cases[] = {
        {"\"roads\":", "\"raods\":", "member \"raods\" is unknown"},
        {"\"roads\":", "\"raods\":", "roads: is missing"},
        {"\"size\":4", "\"size\":0", "depots[0].crews[0].size: 0 is not within 1 and 1000"},
        {"\"size\":4", "\"size\":4.5", "depots[0].crews[0].size: must be a whole number"},
        {"\"size\":4", "\"size\":\"four\"", "depots[0].crews[0].size: must be a whole number"},
        {"\"size\":4", "\"people\":4", "depots[0].crews[0].size: is missing"},
        {"\"C2\"", "\"C1\"", "crew C1 is there already; it can't be in two places"},
        {"\"V2\"", "\"V1\"", "vehicle V1 is there already"},
        {"[106.50,29.50]},\"properties\":{\"id\":\"D1\"",
         "[29.5,106.5]},\"properties\":{\"id\":\"D1\"", "depots[0]: coordinates must be degrees"},
        {"{\"P1\":", "{\"P9\":", "demand: there is no point \"P9\""},
        {"\"weight\":8", "\"weight\":11", "points[0].weight: 11 is not within 1 and 10"},
        {"\"people\":4", "\"people\":NaN", "p.json:1: column"},
        {"\"people\":4", "\"people\":-1", "demand.P1.stages[0].people: -1 is not within"},
        {"\"people\":4", "\"people\":1e300", "demand.P1.stages[0].people: 1e+300 is not within"},
        {"\"people\":4", "\"peple\":4", "demand.P1.stages[0]: member \"peple\" is unknown"},
        {"\"depth_m\":0.5", "\"depth_m\":\"deep\"", "demand.P1.depth_m: must be a number"},
        {"\"speed_kmh\":36", "\"speed_kmh\":0", "feature 0: speed_kmh must be within 0 and 300"},
        {"\"LineString\"", "\"Point\"", "feature 0: geometry must be a LineString"},
        {"\"demand\"", "\"roads\":\"roads.geojson\",\"demand\"", "p.json:1: column"},
        {"\"demand\"", "\"teams\":[{\"id\":\"T1\",\"state\":\"flying\",\"to\":\"P1\"}],\"demand\"",
         "teams[0].state: must be ordered, rolling or working"},
        {"\"demand\"",
         "\"teams\":[{\"id\":\"T1\",\"state\":\"ordered\",\"to\":\"P1\",\"crews\":"
         "[\"C1\"]},{\"id\":\"T2\",\"state\":\"ordered\",\"to\":\"P1\",\"crews\":[\"C1\"]}],"
         "\"demand\"",
         "teams[1].crews[0]: C1 is in team T1 already; it can't be in two"},
        {"\"demand\"",
         "\"teams\":[{\"id\":\"T1\",\"state\":\"rolling\",\"to\":\"P1\",\"crews\":"
         "[\"C1\"]}],\"demand\"",
         "team T1: it has left its depot and has no place"},
        {"\"demand\"", "\"decisions\":[{\"crew\":\"C7\",\"point\":\"P1\"}],\"demand\"",
         "decisions[0]: there is no crew \"C7\""},
        {"\"demand\"",
         "\"decisions\":[{\"crew\":\"C1\",\"point\":\"P1\"},{\"crew\":\"C1\","
         "\"point\":\"P1\",\"never\":true}],\"demand\"",
         "can't be at both, or there and not there"},
        {"\"demand\"",
         "\"water\":{\"times_s\":[0,300],\"roads\":[{\"road\":\"R1\",\"depth_m\":[1]}]},"
         "\"demand\"",
         "water.roads[0].depth_m: needs 2 numbers, has 1"},
        {"\"demand\"", "\"water\":{\"times_s\":[300,0]},\"demand\"",
         "water.times_s[1]: must be whole"},
        {"\"demand\"", "\"water\":{\"closed\":[\"R9\"]},\"demand\"", "there is no road \"R9\""},
        {"\"demand\"", "\"options\":{\"bar\":-1},\"demand\"", "options.bar: -1 is not within"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tw_dispatch_case item;
        tw_faults *faults;
        char *text = with(cases[i].old, cases[i].new);
        bool said = false;
        assert_ok(tw_faults_create(0, &faults));
        assert_status(read_text(text, faults, &item), TW_ERR_INPUT);
        for (size_t k = 0; k < tw_faults_kept(faults) && !said; k++) {
            char line[600];
            struct tw_fault fault = tw_faults_get(faults, k);
            (void)tw_fault_format(&fault, line, sizeof line);
            said = strstr(line, cases[i].says) != NULL;
        }
        if (!said) fail_msg("case %zu: nobody says \"%s\"", i, cases[i].says);
        tw_faults_destroy(faults);
        free(text);
    }
}

/* Warnings leave the problem usable: roads in pieces, a depot and a point that are far from them. */
static void what_is_doubtful_is_warned_of(void **state)
{
    (void)state;
    static const struct {
        const char *old, *new, *says;
    } cases[] = {
        {"[106.51,29.50],[106.51,29.51]", "[106.52,29.50],[106.51,29.51]",
         "roads: the network is in 2 pieces"},
        {"[106.51,29.51]},\"properties\":{\"id\":\"P1\"",
         "[107.51,29.51]},\"properties\":{\"id\":\"P1\"", "point P1: the nearest road is"},
        {"\"seats\":8", "\"seats\":1", "it stays"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tw_dispatch_case item;
        tw_faults *faults;
        bool said = false;
        char *text = with(cases[i].old, cases[i].new);
        if (i == 2) memcpy(strstr(text, "\"size\":4"), "\"size\":9", 8);
        assert_ok(tw_faults_create(0, &faults));
        assert_ok(read_text(text, faults, &item));
        for (size_t k = 0; k < tw_faults_kept(faults); k++)
            said = said || strstr(tw_faults_get(faults, k).text, cases[i].says) != NULL;
        if (!said) fail_msg("case %zu: nobody says \"%s\"", i, cases[i].says);
        tw_dispatch_case_done(&item);
        tw_faults_destroy(faults);
        free(text);
    }
}

/* Brackets ten thousand deep, and texts that are no JSON, are refused and nothing else. */
static void depth_does_no_harm(void **state)
{
    (void)state;
    enum { DEPTH = 100000 };
    struct tw_dispatch_case item;
    char *text = malloc(DEPTH + 1);
    assert_non_null(text);
    memset(text, '[', DEPTH);
    text[DEPTH] = '\0';
    assert_status(read_text(text, NULL, &item), TW_ERR_INPUT);
    for (int i = 0; i + 5 < DEPTH; i += 5)
        memcpy(text + i, "{\"a\":", 5);
    assert_status(read_text(text, NULL, &item), TW_ERR_INPUT);
    assert_status(read_text("", NULL, &item), TW_ERR_INPUT);
    assert_status(read_text("[]", NULL, &item), TW_ERR_INPUT);
    assert_status(read_text("{}", NULL, &item), TW_ERR_INPUT);
    free(text);
}

/* A city's files are named where a folder is given, and nowhere else. */
static void a_city_is_read_by_its_files(void **state)
{
    (void)state;
    static const char text[] =
        "{\"roads\":\"roads.geojson\",\"depots\":\"depots.geojson\",\"points\":\"points.geojson\","
        "\"demand\":{\"P01\":{\"depths\":{\"times_s\":[0,1800,3600,5400],"
        "\"plan_m\":[0,0.2,0.5,0.1],\"high_m\":[0,0.3,0.7,0.2]}}}}";
    struct tw_dispatch_case item;
    struct tw_plan *plan;
    assert_status(read_text(text, NULL, &item), TW_ERR_INPUT);
    assert_ok(tw_dispatch_case_read("p.json", text, strlen(text), TW_SOURCE_DIR "/cities/shancheng",
                                    NULL, &item));
    assert_true(item.problem.crew_count >= 24);
    const struct tw_dispatch_point *point = &item.problem.points[0];
    assert_true(point->life);                 /* 0.7 m in one future of ten */
    assert_int_equal(point->stage_count, 3);  /* 0.15, 0.27 and 0.40 m are reached */
    assert_near(point->water_s, 1350.0, 1.0); /* 0.15 m of 0.2 m in half an hour; seconds */
    item.options.iterations = 100;
    assert_ok(tw_plan_create(&item.problem, &item.options, &plan));
    assert_true(plan->points[0].safe);
    tw_plan_destroy(plan);
    tw_dispatch_case_done(&item);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_problem_is_read_and_planned),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(what_is_doubtful_is_warned_of),
        cmocka_unit_test(depth_does_no_harm),
        cmocka_unit_test(a_city_is_read_by_its_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
