#include "telemetry/samples_json.h"

#include "check.h"

#include "net/iso_time.h"

#include <jansson.h>
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
    {"42", -1, "no array"},
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
    {"[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]", 0, "deeply"},
    {"[{\"x\":[[[[[[[[[[]]]]]]]]]]}]", 0, "deeply"},
    {"[" GOOD ",]", 1, "line 1"},
    {"[" GOOD " " GOOD "]", -1, "comma"},
    {"[{\"sensor\":\"L1\",\"time\":\"2031-07-01T10:01:00\",\"value\":01}]", 0, "line 1"},
    {"[{\"sensor\":\"L1\",\"time\":\"2031-07-01T10:01:00\",\"value\":1.}]", 0, "line 1"},
    {"[{\"sensor\":\"\\ud800\"}]", 0, "half"},
    {"[{\"sensor\":\"L1\",\"flag\":\"Q\"}]", 0, "flag \"Q\""},
    {"{\"source\":\"a\",\"source\":\"b\",\"samples\":[]}", -1, "duplicate"},
};

static void a_bad_request_is_refused_whole_with_the_first_bad_sample(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct tw_samples samples;
        struct tw_samples_fault fault;
        assert_status(tw_samples_decode(bad[i].body, strlen(bad[i].body), 0, &samples, &fault),
                      TW_ERR_FORMAT);
        if (fault.index > 0) assert_int_equal(samples.count, fault.index);
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
        memcpy(body + used, GOOD ",", sizeof GOOD);
        used += sizeof GOOD;
    }
    body[used - 1] = ']';
    assert_status(tw_samples_decode(body, used, 0, &samples, &fault), TW_ERR_FORMAT);
    assert_non_null(strstr(fault.error, "10000"));
    tw_samples_done(&samples);
    free(body);
}

static void flags_and_members_that_mean_nothing_are_read(void **state)
{
    (void)state;
    struct tw_samples samples = decode(
        "\n [ {\"x\":{\"y\":[1,true,null,\"z\"]},\"value\":-1.25e2,\"flag\":\"SM\",\"unit\":null,"
        "\"time\":\"2031-07-01T10:01:00Z\",\"sensor\":\"\\u6c34\\ud83d\\ude00\\n\" } ] ");
    assert_int_equal(samples.count, 1);
    assert_string_equal(samples.list[0].sensor, "水😀\n");
    assert_near(samples.list[0].value, -125.0, 0.0);
    assert_int_equal(samples.list[0].flags, TW_QUALITY_MANUAL | TW_QUALITY_MAINTENANCE);
    assert_null(samples.list[0].unit);
    tw_samples_done(&samples);
}

/* ---- beside jansson ---- */

/* Whether a tree is a request as we mean it, and the same as what we have read (NULL: only whether
 * it is one). */
static bool tree_agrees(const json_t *root, const struct tw_samples *ours)
{
    const json_t *array = json_is_object(root) ? json_object_get(root, "samples") : root;
    const json_t *source = json_is_object(root) ? json_object_get(root, "source") : NULL;
    if (!json_is_array(array)) return false;
    if (source != NULL && (!json_is_string(source) || json_string_length(source) > 64))
        return false;
    if (ours != NULL && json_array_size(array) != ours->count) return false;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *sample = json_array_get(array, i);
        const json_t *sensor = json_object_get(sample, "sensor");
        const json_t *time = json_object_get(sample, "time");
        const json_t *value = json_object_get(sample, "value");
        const json_t *unit = json_object_get(sample, "unit");
        int64_t time_ms = 0;
        if (!json_is_string(sensor) || !json_is_string(time) || !json_is_number(value))
            return false;
        if (unit != NULL && !json_is_null(unit) && !json_is_string(unit)) return false;
        if (tw_iso_time_parse(json_string_value(time), 28800, &time_ms) != TW_OK) return false;
        if (ours == NULL) continue;
        const struct tw_measurement *m = &ours->list[i];
        if (strcmp(m->sensor, json_string_value(sensor)) != 0 || m->time_ms != time_ms ||
            m->value != json_number_value(value)) {
            return false;
        }
    }
    return true;
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* Requests with a few bytes changed: what jansson and the format take we take, with the same
 * values; what we take jansson takes. Numbers are the exception that jansson makes: an integer of
 * more than 63 bits is one for us. */
static void changed_requests_mean_what_they_mean_to_jansson(void **state)
{
    (void)state;
    static const char seed[] = "{\"source\":\"g\\u00e9\",\"samples\":[{\"sensor\":\"L1\",\"time\":"
                               "\"2031-07-01T10:01:00.5+08:00\",\"value\":-12.5e-3,\"unit\":\"m\"},"
                               "{\"value\":123456789.123456789,\"sensor\":\"\\ud83d\\ude00 "
                               "水\",\"time\":\"2031-07-01 10:01\"}]}";
    static const char bytes[] = "{}[]\",:\\u0123456789abcdefEe+-. \n\t/ntrl\x80\xe6\xff";
    uint64_t random = 1;
    int both = 0;
    for (int n = 0; n < 60000; n++) {
        char text[sizeof seed];
        struct tw_samples samples;
        struct tw_samples_fault fault;
        json_error_t error;
        memcpy(text, seed, sizeof seed);
        size_t size = sizeof seed - 1;
        for (uint64_t k = next_random(&random) % 4; k > 0; k--) {
            text[next_random(&random) % size] = bytes[next_random(&random) % (sizeof bytes - 1)];
        }
        tw_status status = tw_samples_decode(text, size, 28800, &samples, &fault);
        json_t *tree = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
        bool theirs = tree != NULL && tree_agrees(tree, NULL);
        bool too_big = tree == NULL && strstr(error.text, "too big") != NULL;
        if (theirs != (status == TW_OK) && !too_big) {
            fail_msg("%s: ours %s (%s), jansson %s", text, tw_status_text(status), fault.error,
                     tree == NULL ? error.text : "takes it");
        }
        if (theirs && !tree_agrees(tree, &samples)) fail_msg("%s: other values", text);
        both += theirs;
        json_decref(tree);
        tw_samples_done(&samples);
    }
    assert_true(both > 10000); /* or nothing was compared */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_array_of_samples_is_taken),
        cmocka_unit_test(an_object_names_its_source),
        cmocka_unit_test(a_bad_request_is_refused_whole_with_the_first_bad_sample),
        cmocka_unit_test(too_many_samples_and_too_many_bytes_are_refused),
        cmocka_unit_test(flags_and_members_that_mean_nothing_are_read),
        cmocka_unit_test(changed_requests_mean_what_they_mean_to_jansson),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
