#include "telemetry/samples_json.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct tw_samples decode(const char *body)
{
    struct tw_samples samples = {.count = 0};
    struct tw_samples_fault fault;
    tw_status status = tw_samples_decode(body, strlen(body), 28800, &samples, &fault);
    if (status != TW_OK) fail_msg("%s: %s", body, fault.error);
    return samples;
}

static void an_array_of_samples_is_taken(void **state)
{
    (void)state;
    struct tw_samples samples =
        decode("[{\"sensor\":\"L1\",\"time\":\"2031-07-01T10:01:00+02:00\",\"value\":0.13,"
               "\"unit\":\"m\"},{\"sensor\":\"Q1\",\"time\":\"2031-07-01T10:01:00\","
               "\"value\":2}]");
    assert_int_equal(samples.count, 2);
    assert_string_equal(samples.source, "");
    assert_string_equal(samples.list[0].sensor, "L1");
    assert_int_equal(samples.list[0].time_ms, INT64_C(1940659260000));
    assert_true(samples.list[0].value == 0.13);
    assert_string_equal(samples.list[1].sensor, "Q1");
    assert_string_equal(samples.list[0].unit, "m");
    assert_null(samples.list[1].unit);
    assert_int_equal(samples.list[1].time_ms, INT64_C(1940637660000)); /* the city's zone */
    tw_samples_done(&samples);
}

static void an_object_names_its_source(void **state)
{
    (void)state;
    struct tw_samples samples = decode("{\"source\":\"gateway-3\",\"samples\":[]}");
    assert_string_equal(samples.source, "gateway-3");
    assert_int_equal(samples.count, 0);
    tw_samples_done(&samples);
}

#define GOOD "{\"sensor\":\"L1\",\"time\":\"2031-07-01T10:01:00\",\"value\":0.1}"

static const struct {
    const char *body;
    int32_t index;
    const char *words; /* part of the message */
} bad[] = {
    {"", -1, "line 1"},
    {"[", -1, "line 1"},
    {"nonsense", -1, "line 1"},
    {"42", -1, "line 1"},
    {"{}", -1, "no array"},
    {"{\"samples\":{}}", -1, "no array"},
    {"{\"source\":5,\"samples\":[]}", -1, "source"},
    {"[5]", 0, "not an object"},
    {"[" GOOD ",{}]", 1, "sensor is missing"},
    {"[" GOOD ",{\"sensor\":5}]", 1, "sensor is not a text"},
    {"[{\"sensor\":\"L1\",\"value\":1}]", 0, "time is missing"},
    {"[{\"sensor\":\"L1\",\"time\":5,\"value\":1}]", 0, "time is not a text"},
    {"[{\"sensor\":\"L1\",\"time\":\"today\",\"value\":1}]", 0, "\"today\""},
    {"[{\"sensor\":\"L1\",\"time\":\"2031-02-30T10:00:00\",\"value\":1}]", 0, "ISO 8601"},
    {"[" GOOD ",{\"sensor\":\"L1\",\"time\":\"2031-07-01T10:01:00\",\"value\":\"wet\"}]", 1,
     "value is not a number"},
    {"[{\"sensor\":\"L1\",\"time\":\"2031-07-01T10:01:00\"}]", 0, "value is missing"},
    {"[{\"sensor\":\"L1\",\"time\":\"2031-07-01T10:01:00\",\"value\":null}]", 0, "not a number"},
    {"[{\"sensor\":\"L1\",\"time\":\"2031-07-01T10:01:00\",\"value\":true}]", 0, "not a number"},
    {"[" GOOD ",{\"sensor\":\"L1\",\"time\":\"2031-07-01T10:01:00\",\"value\":NaN}]", 1, "line 1"},
    {"[" GOOD "," GOOD ",{\"sensor\":\"L1\",\"time\":\"2031-07-01T10:01:00\",\"value\":1e999}]", 2,
     "line 1"},
    {"{\"source\":\"a\",\"samples\":[" GOOD ",{\"sensor\":\"L1\",\"value\":Infinity}]}", 1,
     "line 1"},
    {"[{\"sensor\":\"L1\",\"sensor\":\"Q1\",\"time\":\"2031-07-01T10:01:00\",\"value\":1}]", 0,
     "duplicate"},
    {"[{\"sensor\":\"L1\",\"time\":\"2031-07-01T10:01:00\",\"value\":1,\"unit\":1}]", 0,
     "unit is not a text"},
    {"[" GOOD "] tail", -1, "line 1"},
    {"[{\"sensor\":\"L1\\u0000\",\"time\":\"2031-07-01T10:01:00\",\"value\":1}]", 0, "line 1"},
    {"[{\"sensor\":\"\xff\",\"time\":\"2031-07-01T10:01:00\",\"value\":1}]", 0, "line 1"},
    {"[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]", -1, "deeply"},
};

static void a_bad_request_is_refused_whole_with_the_first_bad_sample(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct tw_samples samples;
        struct tw_samples_fault fault;
        assert_status(tw_samples_decode(bad[i].body, strlen(bad[i].body), 0, &samples, &fault),
                      TW_ERR_FORMAT);
        assert_int_equal(samples.count, samples.owner != NULL && fault.index > 0 ? fault.index : 0);
        tw_samples_done(&samples);
        if (fault.index != bad[i].index || strstr(fault.error, bad[i].words) == NULL) {
            fail_msg("%s: index %d, \"%s\"", bad[i].body, (int)fault.index, fault.error);
        }
        assert_true(fault.remedy[0] != 0);
    }
}

static void too_many_samples_and_too_many_bytes_are_refused(void **state)
{
    (void)state;
    struct tw_samples samples;
    struct tw_samples_fault fault;
    size_t size = TW_SAMPLES_BYTES_MAX + 1;
    char *body = malloc(size + 1);
    assert_non_null(body);
    memset(body, ' ', size);
    body[size] = 0;
    assert_status(tw_samples_decode(body, size, 0, &samples, &fault), TW_ERR_FORMAT);
    size_t used = 0;
    body[used++] = '[';
    for (int i = 0; i <= TW_SAMPLES_MAX; i++) {
        memcpy(body + used, "{},", 3);
        used += 3;
    }
    body[used - 1] = ']';
    assert_status(tw_samples_decode(body, used, 0, &samples, &fault), TW_ERR_FORMAT);
    assert_non_null(strstr(fault.error, "10000"));
    tw_samples_done(&samples);
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_array_of_samples_is_taken),
        cmocka_unit_test(an_object_names_its_source),
        cmocka_unit_test(a_bad_request_is_refused_whole_with_the_first_bad_sample),
        cmocka_unit_test(too_many_samples_and_too_many_bytes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
