#include "check.h"
#include "thalweg/plant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The smallest plant that stands: a tank and a settler with return sludge. */
static const char sound[] = "[plant]\n"
                            "title = small\n"
                            "[influent]\n"
                            "Q_m3d = 1000\n"
                            "SS = 100\nXS = 100\nXBH = 20\nSNH = 25\nSALK = 7\n"
                            "[unit sewer]\nkind = influent\n"
                            "[unit T]\nkind = tank\nvolume_m3 = 800\nkla_1d = 150\n"
                            "[unit S]\nkind = settler\narea_m2 = 100\ndepth_m = 4\n"
                            "[unit river]\nkind = effluent\n"
                            "[unit heap]\nkind = sludge\n"
                            "[pipe a]\nfrom = sewer\nto = T\n"
                            "[pipe b]\nfrom = T\nto = S\n"
                            "[pipe c]\nfrom = S.effluent\nto = river\n"
                            "[pipe d]\nfrom = S.underflow\nto = T\nflow_m3d = 1000\n"
                            "[pipe e]\nfrom = S.underflow\nto = heap\nflow_m3d = 20\n";

/* The sound plant with one piece of text replaced and another added. */
static tw_status parse(const char *what, const char *by, const char *added, tw_faults *faults,
                       tw_plant **out)
{
    char text[4096];
    const char *at = what[0] != 0 ? strstr(sound, what) : sound;
    assert_non_null(at);
    (void)snprintf(text, sizeof text, "%.*s%s%s%s", (int)(at - sound), sound, by, at + strlen(what),
                   added);
    return tw_plant_parse(text, "small.ini", faults, out);
}

static void expect_fault(const char *what, const char *by, const char *added, const char *words)
{
    tw_faults *faults = NULL;
    tw_plant *plant = NULL;
    bool said = false;
    assert_ok(tw_faults_create(0, &faults));
    assert_status(parse(what, by, added, faults, &plant), TW_ERR_INPUT);
    assert_null(plant);
    for (size_t i = 0; i < tw_faults_kept(faults); i++) {
        struct tw_fault fault = tw_faults_get(faults, i);
        assert_string_equal(fault.file, "small.ini");
        said = said || (strstr(fault.text, words) != NULL && fault.line > 0);
    }
    if (!said) {
        fail_msg("no fault says \"%s\"; the first is \"%s\"", words,
                 tw_faults_kept(faults) > 0 ? tw_faults_get(faults, 0).text : "");
    }
    tw_faults_destroy(faults);
}

static void a_small_plant_is_read_and_settles(void **state)
{
    (void)state;
    tw_plant *plant = NULL;
    tw_plant_run *run = NULL;
    tw_plant_place ammonia;
    assert_ok(parse("", "", "", NULL, &plant));
    assert_string_equal(tw_plant_title(plant), "small");
    assert_int_equal(tw_plant_component_count(plant), 13);
    assert_ok(tw_plant_run_create(plant, &run));
    assert_ok(tw_plant_run_settle(run, NULL));
    assert_ok(tw_plant_place_find(plant, "river.SNH", &ammonia));
    assert_true(tw_plant_run_value(run, ammonia) < 25.0);
    assert_status(tw_plant_place_find(plant, "river.SXX", &ammonia), TW_ERR_NAME);
    assert_status(tw_plant_place_find(plant, "nowhere.SNH", &ammonia), TW_ERR_NAME);
    tw_plant_run_destroy(run);
    tw_plant_destroy(plant);
}

static void faults_of_units_and_pipes_are_named(void **state)
{
    (void)state;
    expect_fault("kind = tank", "kind = tonk", "", "\"tonk\" is not a kind of unit");
    expect_fault("volume_m3 = 800\n", "", "", "needs volume_m3");
    expect_fault("volume_m3 = 800", "volume_m3 = -3", "", "-3 is not within");
    expect_fault("volume_m3 = 800", "volume_m3 = big", "", "\"big\" is not a number");
    expect_fault("kla_1d", "kla", "", "kla: is not known here");
    expect_fault("to = heap", "to = heep", "", "there is no unit \"heep\"");
    expect_fault("from = S.effluent", "from = S.top", "", "has no outlet \"top\"");
    expect_fault("from = S.effluent", "from = river", "", "nothing flows out of river");
    expect_fault("to = heap", "to = sewer", "", "nothing can flow into sewer");
    expect_fault("to = heap\nflow_m3d = 20", "to = heap", "", "have to say how much");
    expect_fault("", "", "[unit alone]\nkind = tank\nvolume_m3 = 5\n", "no pipe leads into it");
    expect_fault("", "", "[pipe f]\nfrom = T\nto = heap\n", "2 pipes take the rest");
    expect_fault("", "", "[pipe f]\nfrom = T\nto = heap\nfraction = 1.2\n", "1.2 is not within");
    expect_fault("[pipe b]\nfrom = T\nto = S\n", "[pipe b]\nfrom = T\nto = S\nfraction = 0.6\n",
                 "[pipe f]\nfrom = T\nto = heap\nfraction = 0.3\n", "sum to 0.9, not 1");
    expect_fault("", "",
                 "[pipe f]\nfrom = T\nto = heap\nfraction = 0.6\n"
                 "[pipe g]\nfrom = T\nto = heap\nfraction = 0.6\n",
                 "sum to 1.2, above 1");
    expect_fault("", "", "[pipe f]\nfrom = T\nto = heap\nfraction = 0.1\nflow_m3d = 3\n",
                 "said in one way");
    expect_fault("[unit heap]", "[unit river]", "", "is there already");
    expect_fault("", "", "[pump x]\n", "is not a kind of section");
    expect_fault("title = small", "model = asm9", "", "\"asm9\" is not a model");
}

static void a_loop_that_cannot_be_solved_is_named(void **state)
{
    (void)state;
    expect_fault("", "",
                 "[unit J]\nkind = junction\n[unit K]\nkind = junction\n"
                 "[pipe f]\nfrom = J\nto = K\n[pipe g]\nfrom = K\nto = J\n",
                 "goes round in a loop in which nothing is known");
    expect_fault("flow_m3d = 1000", "of_influent = 1",
                 "[unit J]\nkind = junction\n[pipe f]\nfrom = T\nto = J\nfraction = 0.5\n"
                 "[pipe g]\nfrom = J\nto = T\n",
                 "goes round in a loop");
}

static void faults_of_control_are_named(void **state)
{
    (void)state;
    static const char sensor[] = "[sensor o]\nmeasures = T.SO\nclass = A\n";
    char added[512];
    expect_fault("", "", "[sensor o]\nmeasures = T.XX\n", "nothing that can be measured");
    expect_fault("", "", "[sensor o]\nmeasures = T.SO\nclass = Z\n", "not a class of sensors");
    expect_fault("", "", "[sensor o]\nmeasures = river.SNH\n", "without lag");
    expect_fault("", "",
                 "[controller c]\nsensor = o\ngain = 1\nsetpoint = 2\nleast = 0\nmost = 9\n"
                 "moves = T.kla\n",
                 "there is no sensor \"o\"");
    (void)snprintf(added, sizeof added,
                   "%s[controller c]\nsensor = o\ngain = 1\nsetpoint = 2\nleast = 9\nmost = 0\n"
                   "moves = T.kla\n",
                   sensor);
    expect_fault("", "", added, "0 is not above least, 9");
    (void)snprintf(added, sizeof added,
                   "%s[controller c]\nsensor = o\ngain = 1\nsetpoint = 2\nleast = 0\nmost = 9\n"
                   "moves = T.air\n",
                   sensor);
    expect_fault("", "", added, "nothing that can be moved");
    (void)snprintf(added, sizeof added,
                   "%s[controller c]\nsensor = o\ngain = 1\nsetpoint = 2\nleast = 0\nmost = 9\n"
                   "moves = c.setpoint\n",
                   sensor);
    expect_fault("", "", added, "depends on itself");
    expect_fault("", "", "[output]\nx = T.nothing\n", "is neither UNIT.component");
}

static void all_faults_are_found_at_once(void **state)
{
    (void)state;
    tw_faults *faults = NULL;
    tw_plant *plant = NULL;
    assert_ok(tw_faults_create(0, &faults));
    assert_status(
        parse("volume_m3 = 800\n", "", "nonsense\n[pipe x]\nfrom = A\nto = B\n", faults, &plant),
        TW_ERR_INPUT);
    assert_true(tw_faults_count(faults) >= 4);
    tw_faults_destroy(faults);
}

static tw_status read_series(const tw_plant *plant, const char *text, tw_faults *faults,
                             tw_plant_series **out)
{
    char path[] = "/tmp/thalweg-plant-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    FILE *stream = fdopen(file, "w");
    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
    tw_status status = tw_plant_series_read(plant, path, faults, out);
    assert_int_equal(remove(path), 0);
    return status;
}

#define HEAD "t_d,SI,SS,XI,XS,XBH,XBA,XP,SO,SNO,SNH,SND,XND,SALK,TSS,Q_m3d\n"
#define WATER "30,60,50,200,28,0,0,0,0,30,6,10,7,208.5"

static void expect_series_fault(const tw_plant *plant, const char *text, int line,
                                const char *words)
{
    tw_faults *faults = NULL;
    tw_plant_series *series = NULL;
    assert_ok(tw_faults_create(0, &faults));
    assert_status(read_series(plant, text, faults, &series), TW_ERR_INPUT);
    struct tw_fault fault = tw_faults_get(faults, 0);
    if (fault.line != line || strstr(fault.text, words) == NULL) {
        fail_msg("line %d: %s; not line %d: %s", fault.line, fault.text, line, words);
    }
    tw_faults_destroy(faults);
}

static void faults_of_an_influent_are_named_with_their_line(void **state)
{
    (void)state;
    tw_plant *plant = NULL;
    assert_ok(parse("", "", "", NULL, &plant));
    expect_series_fault(plant, "t_d,SI,Q_m3d\n0,1,2\n", 1, "columns are missing: SS");
    expect_series_fault(plant, "t_d,XX\n0,1\n", 1, "\"XX\" is not known");
    expect_series_fault(plant, HEAD "0," WATER ",1000\n0," WATER ",1000\n", 3,
                        "does not come after");
    expect_series_fault(plant, HEAD "0," WATER ",-5\n", 2, "is negative");
    expect_series_fault(plant, HEAD "0," WATER ",1e12\n", 2, "absurdly large");
    expect_series_fault(plant, HEAD "0," WATER ",nan\n", 2, "is not a number");
    expect_series_fault(plant, HEAD "0," WATER ",\n", 2, "is empty");
    expect_series_fault(plant, HEAD "0,1,2\n", 2, "has 3 values");
    expect_series_fault(plant, HEAD, 0, "no sound record");
    expect_series_fault(plant, "", 0, "no header");
    tw_plant_destroy(plant);
}

static void a_gap_in_an_influent_is_told_and_bridged(void **state)
{
    (void)state;
    tw_plant *plant = NULL;
    tw_plant_series *series = NULL;
    tw_faults *faults = NULL;
    assert_ok(parse("", "", "", NULL, &plant));
    assert_ok(tw_faults_create(0, &faults));
    assert_ok(read_series(
        plant, HEAD "0," WATER ",1000\n1," WATER ",1000\n2," WATER ",1000\n9," WATER ",1000\n",
        faults, &series));
    assert_int_equal(tw_faults_count(faults), 0);
    assert_int_equal(tw_faults_kept(faults), 1);
    struct tw_fault told = tw_faults_get(faults, 0);
    assert_int_equal(told.line, 5);
    assert_true(told.warning && strstr(told.text, "168 h without a record") != NULL);
    tw_plant_series_destroy(series);
    tw_faults_destroy(faults);
    tw_plant_destroy(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_plant_is_read_and_settles),
        cmocka_unit_test(faults_of_units_and_pipes_are_named),
        cmocka_unit_test(a_loop_that_cannot_be_solved_is_named),
        cmocka_unit_test(faults_of_control_are_named),
        cmocka_unit_test(all_faults_are_found_at_once),
        cmocka_unit_test(faults_of_an_influent_are_named_with_their_line),
        cmocka_unit_test(a_gap_in_an_influent_is_told_and_bridged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
