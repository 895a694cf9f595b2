/* Studies: tables and texts in and out, and parts that together are the whole. */
#include "forecast/study.h"
#include "forecast/study_work.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const model_path = TW_SOURCE_DIR "/tests/inp/valley.inp";

static const char members[] = "\xEF\xBB\xBFmember,parameter,object,factor\r\n"
                              " 2 , Rain,*, 1.5\r\n"
                              "\n"
                              "11,conduit-roughness,*,0.8\n"
                              "3,rain,*,0.5";

static void read_members(struct tw_study *study, const char *text, size_t faulty)
{
    tw_faults *faults = NULL;
    assert_int_equal(tw_faults_create(0, &faults), TW_OK);
    tw_status status = tw_study_members_read(study, "m.csv", text, faults);
    assert_int_equal(status, faulty > 0 ? TW_ERR_INPUT : TW_OK);
    assert_int_equal(tw_faults_count(faults), faulty);
    tw_faults_destroy(faults);
}

static void a_table_of_members_is_read(void **state)
{
    (void)state;
    struct tw_study study = {0};
    read_members(&study, members, 0);
    assert_int_equal(study.members, 11);
    assert_int_equal(study.change_count, 3);
    assert_int_equal(study.changes[0].member, 1);
    assert_int_equal(study.changes[0].parameter, TW_FACTOR_RAIN);
    assert_true(study.changes[0].factor == 1.5);
    assert_int_equal(study.changes[1].parameter, TW_FACTOR_CONDUIT_ROUGHNESS);
    assert_int_equal(study.changes[1].line, 4);
    tw_study_done(&study);
}

static void every_faulty_row_is_told(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "0,rain,*,1",     "x,rain,*,1", "2,rian,*,1", "2,rain,*,-1",  "2,rain,*,1e",
        "2,rain,*,1e308", "2,rain,,1",  "2,rain,*",   "2,rain,*,1,1", "100001,rain,*,1"};
    enum { ROWS = sizeof rows / sizeof rows[0] };
    char all[1000] = "member,parameter,object,factor\n";
    for (size_t i = 0; i < ROWS; i++) {
        strcat(all, rows[i]);
        strcat(all, "\n");
    }
    struct tw_study study = {0};
    read_members(&study, all, ROWS);
    tw_study_done(&study);
    read_members(&study, "", 1);
    read_members(&study, "who,what\n", 1);
    tw_study_done(&study);
}

static void fill(struct tw_study *study, const tw_model *model, int32_t count)
{
    tw_faults *faults = NULL;
    assert_int_equal(tw_faults_create(0, &faults), TW_OK);
    struct tw_node_info node;
    struct tw_link_info link;
    char watches[300];
    assert_int_equal(tw_model_node_info(model, (tw_node_id){0}, &node), TW_OK);
    assert_int_equal(tw_model_link_info(model, (tw_link_id){0}, &link), TW_OK);
    (void)snprintf(watches, sizeof watches, "variable,object\ndepth,%s\nflow,%s\nrunoff,%s\n",
                   node.name, link.name,
                   tw_model_subcatchment_name(model, (tw_subcatchment_id){0}));
    assert_int_equal(tw_study_watches_read(study, "w.csv", watches, faults), TW_OK);
    read_members(study, members, 0);
    study->members = count;
    study->end_s = 3600.0;
    study->step_s = 600.0;
    assert_int_equal(tw_study_check(study, model, "m.csv", "w.csv", faults), TW_OK);
    tw_faults_destroy(faults);
}

static void names_that_the_model_lacks_are_told(void **state)
{
    const tw_model *model = *state;
    struct tw_study study = {0};
    tw_faults *faults = NULL;
    assert_int_equal(tw_faults_create(0, &faults), TW_OK);
    read_members(&study,
                 "member,parameter,object,factor\n1,rain,nowhere,1\n1,inflow,none,1\n"
                 "1,conduit-roughness,C1,1\n",
                 0);
    assert_int_equal(
        tw_study_watches_read(&study, "w.csv", "variable,object\nflow,nothing\n", faults), TW_OK);
    assert_int_equal(tw_study_check(&study, model, "m.csv", "w.csv", faults), TW_ERR_INPUT);
    assert_int_equal(tw_faults_count(faults), 4);
    tw_faults_destroy(faults);
    tw_study_done(&study);
}

static void what_is_written_is_read_back(void **state)
{
    struct tw_study study = {0}, again = {0};
    struct tw_strbuf text = {0};
    fill(&study, *state, 12);
    study.model = "[TITLE]\n\nmodel\n";
    study.model_size = strlen(study.model);
    assert_int_equal(tw_study_write(&study, &text), TW_OK);
    assert_int_equal(tw_study_read(tw_strbuf_get(&text), text.length, &again), TW_OK);
    assert_int_equal(again.members, 12);
    assert_int_equal(again.watch_count, 3);
    assert_string_equal(again.watches[1].object, study.watches[1].object);
    assert_int_equal(again.changes[1].member, 10);
    assert_true(again.changes[1].factor == 0.8);
    assert_int_equal(again.model_size, study.model_size);
    assert_memory_equal(again.model, study.model, study.model_size);
    tw_study_done(&again);
    for (size_t cut = 0; cut + study.model_size < text.length; cut++) {
        assert_int_equal(tw_study_read(text.text, cut, &again), TW_ERR_FORMAT);
    }
    tw_strbuf_done(&text);
    tw_study_done(&study);
}

/* Members share their steps with those of their group of eight, so parts are multiples of eight. */
static void parts_are_the_whole(void **state)
{
    const tw_model *model = *state;
    struct tw_study study = {0};
    fill(&study, model, 16);
    size_t size = tw_work_values_size(&study, 16);
    assert_int_equal(size, 16 * 7 * 3 * sizeof(double));
    double *whole = malloc(size), *parts = malloc(size);
    assert_true(whole != NULL && parts != NULL);
    struct tw_study_part all = {0, 16, 2}, first = {0, 8, 1}, second = {8, 8, 1};
    assert_int_equal(tw_study_run(&study, model, &all, NULL, NULL, whole), TW_OK);
    assert_int_equal(tw_study_run(&study, model, &first, NULL, NULL, parts), TW_OK);
    assert_int_equal(tw_study_run(&study, model, &second, NULL, NULL, parts + 8 * 7 * 3), TW_OK);
    assert_memory_equal(whole, parts, size);
    /* the second member has half as much rain again as the first, the third half of it */
    double plain = 0.0, wet = 0.0, dry = 0.0;
    for (int t = 0; t < 7; t++) {
        plain += whole[t * 3 + 2];
        wet += whole[(7 + t) * 3 + 2];
        dry += whole[(14 + t) * 3 + 2];
    }
    assert_true(wet > plain && plain > dry && dry >= 0.0);
    struct tw_study_part beyond = {9, 8, 1};
    assert_int_equal(tw_study_run(&study, model, &beyond, NULL, NULL, parts), TW_ERR_ARG);
    free(whole);
    free(parts);
    tw_study_done(&study);
}

static bool never(void *user)
{
    (void)user;
    return false;
}

static void it_is_left_when_told_so(void **state)
{
    struct tw_study study = {0};
    fill(&study, *state, 11);
    double *values = malloc(tw_work_values_size(&study, 1));
    assert_non_null(values);
    struct tw_study_part part = {0, 1, 1};
    assert_int_equal(tw_study_run(&study, *state, &part, never, NULL, values), TW_ERR_STATE);
    free(values);
    tw_study_done(&study);
}

static void a_job_is_a_range(void **state)
{
    (void)state;
    char text[TW_WORK_SIZE];
    struct tw_study_part part = {0};
    tw_work_write(16, 8, text);
    assert_int_equal(tw_work_read(text, strlen(text), &part), TW_OK);
    assert_int_equal(part.first, 16);
    assert_int_equal(part.count, 8);
    assert_int_equal(tw_work_read("members 1", 9, &part), TW_ERR_FORMAT);
    assert_int_equal(tw_work_read("members 1 2x", 12, &part), TW_ERR_FORMAT);
}

static int read_model(void **state)
{
    tw_model *model = NULL;
    if (tw_model_read(model_path, NULL, &model) != TW_OK) return -1;
    *state = model;
    return 0;
}

static int drop_model(void **state)
{
    tw_model_destroy(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_of_members_is_read),
        cmocka_unit_test(every_faulty_row_is_told),
        cmocka_unit_test(names_that_the_model_lacks_are_told),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(parts_are_the_whole),
        cmocka_unit_test(it_is_left_when_told_so),
        cmocka_unit_test(a_job_is_a_range),
    };
    return cmocka_run_group_tests_name("forecast study", tests, read_model, drop_model);
}
