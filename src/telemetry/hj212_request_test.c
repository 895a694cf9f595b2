#include "telemetry/hj212_request.h"

#include "check.h"

#include <stdio.h>
#include <string.h>

#define T0 INT64_C(1719800100000) /* 2024-07-01T10:15:00+08:00 */

static struct tw_hj212_text text_of(const char *text)
{
    return (struct tw_hj212_text){text, strlen(text)};
}

static struct tw_hj212_message plant(void)
{
    return (struct tw_hj212_message){
        .st = text_of("32"), .pw = text_of("123456"), .mn = text_of("A1"), .flag = 5};
}

static struct tw_hj212_request begun(void)
{
    struct tw_hj212_request r = {.waits = false};
    struct tw_hj212_message m = plant();
    assert_true(tw_hj212_request_begin(&r, &m, 2051, "BeginTime=1,EndTime=2", T0, 28800, 1000));
    return r;
}

static const char *answered(struct tw_hj212_request *r, int32_t cn, const char *qn, const char *cp)
{
    const struct tw_hj212_message m = {.cn = cn, .qn = text_of(qn), .cp = text_of(cp)};
    return tw_hj212_request_answered(r, &m);
}

static void a_request_names_time_plant_and_version(void **state)
{
    (void)state;
    struct tw_hj212_request r = begun();
    assert_string_equal(r.segment, "QN=20240701101500000;ST=32;CN=2051;PW=123456;MN=A1;Flag=5;"
                                   "CP=&&BeginTime=1,EndTime=2&&");
    struct tw_hj212_message m = plant();
    assert_false(tw_hj212_request_begin(&r, &m, 2051, "", T0, 28800, 1000)); /* one at a time */
    char longer[600];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    struct tw_hj212_request other = {.waits = false};
    assert_false(tw_hj212_request_begin(&other, &m, 2051, longer, T0, 28800, 1000));
    assert_false(other.waits);
}

static void without_an_answer_it_is_repeated_three_times(void **state)
{
    (void)state;
    struct tw_hj212_request r = begun();
    bool again = true;
    int repeats = 0;
    const char *why = NULL;
    for (int64_t now = 1000; now <= 60000 && why == NULL; now += 1000) {
        why = tw_hj212_request_tick(&r, now, &again);
        repeats += again;
        if (again) assert_int_equal((now - 1000) % TW_HJ212_ANSWER_MS, 0);
    }
    assert_int_equal(repeats, TW_HJ212_REPEATS);
    assert_non_null(strstr(why, "does not answer"));
    assert_false(r.waits);
    assert_null(tw_hj212_request_tick(&r, 1000000, &again));
}

static void an_accepted_request_waits_for_its_result(void **state)
{
    (void)state;
    struct tw_hj212_request r = begun();
    bool again = true;
    assert_null(answered(&r, 9011, "20240701101500001", "QnRtn=2")); /* of another request */
    assert_null(answered(&r, 9011, "20240701101500000", "QnRtn=1"));
    assert_null(tw_hj212_request_tick(&r, 500000, &again));
    assert_false(again);
    assert_true(r.waits);
    assert_null(answered(&r, 9012, "20240701101500000", "ExeRtn=1"));
    assert_false(r.waits);
}

static void a_refusal_and_a_failure_end_it(void **state)
{
    (void)state;
    struct tw_hj212_request r = begun();
    bool again = false;
    assert_non_null(strstr(answered(&r, 9011, "20240701101500000", "QnRtn=3"), "refuses"));
    assert_false(r.waits);
    r = begun();
    assert_non_null(strstr(answered(&r, 9012, "20240701101500000", "ExeRtn=2"), "could not"));
    r = begun();
    assert_null(answered(&r, 9011, "20240701101500000", "QnRtn=1"));
    assert_non_null(strstr(tw_hj212_request_tick(&r, 1000 + TW_HJ212_RESULT_MS, &again), "finish"));
}

static void answers_follow_the_version_of_the_message(void **state)
{
    (void)state;
    struct tw_strbuf out = {0};
    struct tw_hj212_message m = plant();
    m.qn = text_of("20240701101500123");
    m.cn = 2011;
    assert_ok(tw_hj212_answer_add(&out, &m, 9014));
    assert_non_null(strstr(tw_strbuf_get(&out),
                           "QN=20240701101500123;ST=91;CN=9014;PW=123456;MN=A1;Flag=4;CP=&&&&"));
    tw_strbuf_clear(&out);
    m.flag = 1;
    assert_ok(tw_hj212_answer_add(&out, &m, 9014));
    assert_non_null(strstr(tw_strbuf_get(&out), "Flag=0;CP=&&QN=20240701101500123;CN=2011&&"));
    tw_strbuf_clear(&out);
    m.qn.at = NULL;
    m.qn.size = 0;
    assert_ok(tw_hj212_answer_add(&out, &m, 9014));
    assert_non_null(
        strstr(tw_strbuf_get(&out), "##0044ST=91;CN=9014;PW=123456;MN=A1;Flag=0;CP=&&&&"));
    tw_strbuf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_names_time_plant_and_version),
        cmocka_unit_test(without_an_answer_it_is_repeated_three_times),
        cmocka_unit_test(an_accepted_request_waits_for_its_result),
        cmocka_unit_test(a_refusal_and_a_failure_end_it),
        cmocka_unit_test(answers_follow_the_version_of_the_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
