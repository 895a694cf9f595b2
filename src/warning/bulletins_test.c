#include "warning/bulletins.h"

#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MINUTE INT64_C(60000)
#define POINTS 3
#define STEPS 13

static const int64_t noon = INT64_C(1940731200000); /* 2031-07-02T00:00+08:00 less eight hours */

static const struct tw_warning_point points[POINTS] = {{"P1", {0.15, 0.27, 0.40, 0.60}},
                                                       {"P2", {0.15, 0.27, 0.40, 0.60}},
                                                       {"P3", {0.15, 0.27, 0.40, 0.60}}};
static const struct tw_warning_place places[POINTS] = {
    {{"解放碑 <下穿道>", "Jiefangbei & underpass"}, 106.57, 29.55, {0.15, 0.27, 0.40, 0.60}, 28800},
    {{"北碚", "Beibei"}, 106.43, 29.82, {0.15, 0.27, 0.40, 0.60}, 28800},
    {{"沙坪坝", "Shapingba"}, 106.46, 29.54, {0.15, 0.27, 0.40, 0.60}, 28800}};

struct scene {
    struct tw_warnings *warnings;
    struct tw_bulletins *bulletins;
    struct tw_store *store;
    char folder[40], path[64];
};

static void open_scene(struct scene *s)
{
    tw_warning_rules rules = TW_WARNING_RULES_DEFAULT;
    rules.store = s->store;
    rules.session = 2;
    rules.simulated = true;
    assert_ok(tw_warnings_create(points, POINTS, &rules, &s->warnings));
    assert_ok(tw_warnings_restore(s->warnings));
    const struct tw_bulletins_setup setup = {
        .cap = {.sender = "drain room@city.example",
                .sender_names = {"排水中心", "Drainage centre"},
                .status = TW_CAP_EXERCISE,
                .valid_s = 7200.0,
                .radius_m = 150.0,
                .zone_s = 28800},
        .city = "made up,city",
        .note = "a replay",
        .points = points,
        .places = places,
        .count = POINTS,
        .session = 2,
        .store = s->store};
    assert_ok(tw_bulletins_create(&setup, &s->bulletins));
}

static void close_scene(struct scene *s)
{
    tw_bulletins_destroy(s->bulletins);
    tw_warnings_destroy(s->warnings);
}

static int begin(void **state)
{
    char why[200];
    struct scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    (void)snprintf(s->folder, sizeof s->folder, "/tmp/thalweg-bulletins-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    (void)snprintf(s->path, sizeof s->path, "%s/s.db", s->folder);
    assert_ok(tw_store_open(s->path, NULL, NULL, why, sizeof why, &s->store));
    open_scene(s);
    *state = s;
    return 0;
}

static int end(void **state)
{
    struct scene *s = *state;
    close_scene(s);
    tw_store_close(s->store);
    (void)unlink(s->path);
    (void)rmdir(s->folder);
    free(s);
    return 0;
}

/* A forecast in which each point's depth rises to its peak within an hour. */
static const struct tw_store_bulletin *forecast(struct scene *s, int minute,
                                                const double peak_m[POINTS])
{
    float depth[POINTS * STEPS];
    for (int p = 0; p < POINTS; p++) {
        for (int k = 0; k < STEPS; k++)
            depth[p * STEPS + k] = (float)(peak_m[p] * k / (STEPS - 1));
    }
    const struct tw_warning_cause causes[POINTS] = {{TW_CAUSE_CONDUIT, "C<12", noon + 5 * MINUTE}};
    const struct tw_warning_outlook outlook = {.first_ms = noon + minute * MINUTE,
                                               .step_ms = 5 * MINUTE,
                                               .count = STEPS,
                                               .depth_m = depth,
                                               .causes = causes,
                                               .basis = "{\"members\":32,\"left_out\":[\"L3\"]}"};
    (void)tw_warnings_forecast(s->warnings, outlook.first_ms, &outlook);
    return tw_bulletins_step(s->bulletins, s->warnings, outlook.first_ms);
}

static int count_of(const char *text, const char *word)
{
    int count = 0;
    for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
        count++;
    return count;
}

/* Against the schema, where it and xmllint are there. */
static void validate(const struct tw_store_bulletin *bulletin)
{
    static const char schema[] = TW_SHARED_DIR "/corpus/flood/cap/cap12.xsd";
    char path[] = "/tmp/thalweg-cap-XXXXXX";
    char command[400];
    if (access(schema, R_OK) != 0 || access("/usr/bin/xmllint", X_OK) != 0) return;
    int file = mkstemp(path);
    assert_true(file >= 0);
    size_t size = strlen(bulletin->text);
    assert_int_equal(write(file, bulletin->text, size), size);
    assert_int_equal(close(file), 0);
    (void)snprintf(command, sizeof command, "/usr/bin/xmllint --noout --schema %s %s 2>/dev/null",
                   schema, path);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a test's own words */
    (void)unlink(path);
}

static void a_storm_is_one_alert_then_updates_then_a_cancel(void **state)
{
    struct scene *s = *state;
    char first[200];
    assert_null(forecast(s, 0, (const double[]){0.1, 0.1, 0.1}));
    const struct tw_store_bulletin *b = forecast(s, 5, (const double[]){0.3, 0.5, 0.0});
    assert_non_null(b);
    validate(b);
    assert_int_equal(b->kind, TW_CAP_ALERT);
    assert_int_equal(b->time_ms, noon + 5 * MINUTE);
    assert_non_null(strstr(b->text, "<status>Exercise</status>"));
    assert_non_null(strstr(b->text, "<sender>drain-room@city.example</sender>"));
    assert_null(strstr(b->text, "<references>"));
    assert_int_equal(count_of(b->text, "<info>"), 4); /* two points, two languages */
    assert_int_equal(count_of(b->text, "<language>zh-CN</language>"), 2);
    assert_non_null(strstr(b->text, "<severity>Severe</severity>"));
    assert_non_null(strstr(b->text, "<certainty>Likely</certainty>"));
    assert_non_null(strstr(b->text, "<circle>29.550000,106.570000 0.150</circle>"));
    assert_non_null(strstr(b->text, "Jiefangbei &amp; underpass"));
    assert_non_null(strstr(b->text, "conduit C&lt;12 full from"));
    assert_null(strstr(b->text, "Z</"));
    (void)snprintf(first, sizeof first, "%s", b->identifier);
    assert_null(forecast(s, 10, (const double[]){0.3, 0.5, 0.0})); /* nothing new */
    b = forecast(s, 15, (const double[]){0.3, 0.7, 0.2});
    assert_non_null(b);
    validate(b);
    assert_int_equal(b->kind, TW_CAP_UPDATE);
    assert_int_equal(count_of(b->text, "<info>"), 6);
    assert_non_null(strstr(b->text, first));
    int updates = 0;
    for (int minute = 20; minute < 60 && b->kind != TW_CAP_CANCEL; minute += 5) {
        const struct tw_store_bulletin *next = forecast(s, minute, (const double[]){0, 0, 0});
        if (next == NULL) continue;
        b = next;
        validate(b);
        if (b->kind == TW_CAP_UPDATE) updates++;
    }
    assert_int_equal(b->kind, TW_CAP_CANCEL);
    assert_int_equal(updates, 1); /* all were lowered at once, and told at once */
    assert_non_null(strstr(b->text, "<responseType>AllClear</responseType>"));
    assert_int_equal(count_of(b->text, ",2031-07-0"), 3); /* it refers to all before */
    assert_null(forecast(s, 60, (const double[]){0, 0, 0}));
    b = forecast(s, 70, (const double[]){0.3, 0, 0}); /* the same storm rises again */
    assert_non_null(b);
    assert_int_equal(b->kind, TW_CAP_ALERT);
    assert_null(strstr(b->text, "<references>"));
}

static void bad_news_waits_two_minutes_and_good_news_ten(void **state)
{
    struct scene *s = *state;
    assert_non_null(forecast(s, 0, (const double[]){0.5, 0.0, 0.0}));
    double depth_m[POINTS] = {0.0, 0.3, 0.0};
    int64_t now = noon + MINUTE;
    (void)tw_warnings_model(s->warnings, now, now, depth_m);
    assert_null(tw_bulletins_step(s->bulletins, s->warnings, now));
    assert_non_null(tw_bulletins_step(s->bulletins, s->warnings, noon + 2 * MINUTE));
    const struct tw_warning_order order = {
        .kind = TW_WARNING_CANCEL, .by = "Li", .reason = "a test of the siren"};
    int64_t id = tw_warnings_get(s->warnings, 0)->id;
    assert_ok(tw_warnings_order(s->warnings, id, &order, noon + 3 * MINUTE));
    assert_null(tw_bulletins_step(s->bulletins, s->warnings, noon + 11 * MINUTE));
    const struct tw_store_bulletin *b =
        tw_bulletins_step(s->bulletins, s->warnings, noon + 12 * MINUTE);
    assert_non_null(b);
    validate(b);
    assert_non_null(strstr(b->text, "Cancelled by the duty officer: a test of the siren"));
    assert_non_null(strstr(b->brief, "\"state\":\"cancelled\""));
}

static void what_came_and_went_untold_is_never_told(void **state)
{
    struct scene *s = *state;
    assert_non_null(forecast(s, 0, (const double[]){0.5, 0.0, 0.0}));
    const struct tw_warning_order raise = {
        .kind = TW_WARNING_RAISE, .rank = 1, .by = "Li", .reason = "r"};
    const struct tw_warning_order cancel = {.kind = TW_WARNING_CANCEL, .by = "Li", .reason = "c"};
    assert_ok(tw_warnings_raise_point(s->warnings, "P2", &raise, noon + 1000));
    int64_t id = tw_warnings_get(s->warnings, 1)->id;
    assert_ok(tw_warnings_order(s->warnings, id, &cancel, noon + 2000));
    assert_null(tw_bulletins_step(s->bulletins, s->warnings, noon + 10 * MINUTE));
}

static void a_process_that_begins_again_goes_on_with_the_same_storm(void **state)
{
    struct scene *s = *state;
    char first[200];
    const struct tw_store_bulletin *b = forecast(s, 0, (const double[]){0.3, 0.0, 0.0});
    assert_non_null(b);
    (void)snprintf(first, sizeof first, "%s", b->identifier);
    assert_ok(tw_store_flush(s->store));
    close_scene(s);
    open_scene(s);
    assert_null(forecast(s, 5, (const double[]){0.3, 0.0, 0.0})); /* it has been told */
    b = forecast(s, 10, (const double[]){0.7, 0.0, 0.0});
    assert_non_null(b);
    assert_int_equal(b->kind, TW_CAP_UPDATE);
    assert_non_null(strstr(b->text, first));
    assert_string_not_equal(b->identifier, first);
}

static void text_that_xml_does_not_allow_is_left_out(void **state)
{
    (void)state;
    struct tw_strbuf out = {0};
    tw_xml_text(&out, "a\x01<b> \xc3\x28 \xe6\xb7\xb1 \xed\xa0\x80 \"&'\xf0\x9f\x8c\x8a\xff");
    assert_string_equal(tw_strbuf_get(&out),
                        "a&lt;b&gt; ( \xe6\xb7\xb1  &quot;&amp;&apos;\xf0\x9f\x8c\x8a");
    tw_strbuf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_storm_is_one_alert_then_updates_then_a_cancel, begin,
                                        end),
        cmocka_unit_test_setup_teardown(bad_news_waits_two_minutes_and_good_news_ten, begin, end),
        cmocka_unit_test_setup_teardown(what_came_and_went_untold_is_never_told, begin, end),
        cmocka_unit_test_setup_teardown(a_process_that_begins_again_goes_on_with_the_same_storm,
                                        begin, end),
        cmocka_unit_test(text_that_xml_does_not_allow_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
