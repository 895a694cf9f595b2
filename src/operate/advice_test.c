#include "operate/advice.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLOSED TW_SOURCE_DIR "/examples/plants/bsm1-closed.ini"

/* BSM1 at its steady state, fed with sewage whose strength and flow swing by the hour. */
struct bench {
    tw_faults *faults;
    tw_plant *plant;
    tw_plant_series *influent;
    tw_plant_run *run;
};

static void bench_begin(struct bench *b, const char *path)
{
    enum { RECORDS = 13, COMPONENTS_MOST = 40 };
    double at_d[RECORDS], flow[RECORDS], values[RECORDS * COMPONENTS_MOST] = {0};
    static const struct {
        const char *name;
        double gm3;
    } sewage[] = {{"SI", 30.0},  {"SS", 69.5},  {"XI", 51.2},  {"XS", 202.3}, {"XBH", 28.2},
                  {"SNH", 31.6}, {"SND", 6.95}, {"XND", 10.6}, {"SALK", 7.0}};
    assert_ok(tw_faults_create(0, &b->faults));
    assert_ok(tw_plant_read(path, b->faults, &b->plant));
    int32_t components = tw_plant_component_count(b->plant);
    for (int32_t i = 0; i < RECORDS; i++) {
        double swing = 1.0 + 0.3 * (double)(i % 4 - 2) / 2.0;
        at_d[i] = i / 12.0;
        flow[i] = 18446.0 * swing;
        for (int32_t c = 0; c < components; c++)
            for (size_t k = 0; k < sizeof sewage / sizeof sewage[0]; k++)
                if (strcmp(tw_plant_component_name(b->plant, c), sewage[k].name) == 0)
                    values[i * components + c] = sewage[k].gm3 * swing;
    }
    assert_ok(tw_plant_series_create(b->plant, RECORDS, at_d, flow, values, &b->influent));
    assert_ok(tw_plant_run_create(b->plant, &b->run));
    assert_ok(tw_plant_run_settle(b->run, b->influent));
    tw_plant_run_feed(b->run, b->influent, 0.0);
}

static void bench_end(struct bench *b)
{
    tw_plant_run_destroy(b->run);
    tw_plant_series_destroy(b->influent);
    tw_plant_destroy(b->plant);
    tw_faults_destroy(b->faults);
}

static struct tw_advice_options quick(void)
{
    struct tw_advice_options o = TW_ADVICE_OPTIONS_DEFAULT;
    o.hours = 6.0;
    o.block_h = 3.0;
    o.after_h = 1.0;
    o.rounds = 3;
    return o;
}

/* The advice keeps what it promises in the plant's own model, and the run it was made from is as it
 * was. */
static void advice_is_cheaper_and_no_dirtier_and_what_is_foretold_happens(void **state)
{
    (void)state;
    struct bench b;
    struct tw_advice a;
    struct tw_plant_sums sums;
    bench_begin(&b, CLOSED);
    const struct tw_advice_options o = quick();
    assert_ok(tw_advice_find(b.plant, b.run, &o, &a));
    assert_true(a.better && a.saved > 0.0);
    assert_true(a.advised.cost < a.as_is.cost);
    assert_true(a.advised.scores.eqi_kgd <= a.as_is.scores.eqi_kgd);
    assert_true(tw_plant_run_at_d(b.run) == 0.0);
    for (int32_t k = 0; k < a.knob_count; k++) {
        struct tw_plant_knob knob = tw_plant_knob_get(b.plant, a.knobs[k].knob);
        assert_null(knob.controller);
        assert_true(a.knobs[k].range_given);
        for (int32_t i = 0; i < a.block_count; i++)
            assert_true(a.knobs[k].value[i] >= knob.least && a.knobs[k].value[i] <= knob.most);
    }
    tw_plant_scores_begin(b.run, &sums);
    assert_ok(tw_advice_follow(b.run, &a, true, &sums));
    struct tw_plant_scores then = tw_plant_scores_get(b.run, &sums);
    assert_true(then.oci == a.advised.scores.oci); /* the same run: the same bits */
    assert_true(then.eqi_kgd == a.advised.scores.eqi_kgd);
    bench_end(&b);
}

static void advice_is_the_same_for_any_number_of_threads(void **state)
{
    (void)state;
    struct bench b;
    struct tw_strbuf one = {0}, three = {0};
    struct tw_advice a;
    bench_begin(&b, CLOSED);
    struct tw_advice_options o = quick();
    o.rounds = 1;
    o.threads = 1;
    assert_ok(tw_advice_find(b.plant, b.run, &o, &a));
    tw_advice_write(&one, &a);
    o.threads = 3;
    assert_ok(tw_advice_find(b.plant, b.run, &o, &a));
    tw_advice_write(&three, &a);
    assert_string_equal(tw_strbuf_get(&one), tw_strbuf_get(&three));
    tw_strbuf_done(&one);
    tw_strbuf_done(&three);
    bench_end(&b);
}

/* A limit that no set-point can keep is told in both languages, as are ranges that the file does not
 * give; kLa of BSM1's tanks has none. */
static void limits_that_cant_be_met_and_missing_ranges_are_told(void **state)
{
    (void)state;
    struct bench b;
    struct tw_advice a;
    struct tw_strbuf words = {0};
    const struct tw_limit limit = {.kind = TW_KIND_TN, .mean_gm3 = 0.5, .cold_gm3 = 0.5};
    bench_begin(&b, TW_SOURCE_DIR "/examples/plants/bsm1-open.ini");
    struct tw_advice_options o = quick();
    o.rounds = 1;
    o.limits = &limit;
    o.limit_count = 1;
    assert_ok(tw_advice_find(b.plant, b.run, &o, &a));
    assert_int_equal(a.advised.broken, 1);
    assert_true(a.advised.penalty > 0.0);
    tw_advice_reason(&words, &a, false);
    assert_non_null(strstr(tw_strbuf_get(&words), "can't be met"));
    tw_strbuf_clear(&words);
    tw_advice_reason(&words, &a, true);
    assert_non_null(strstr(tw_strbuf_get(&words), "达不到"));
    tw_strbuf_clear(&words);
    tw_advice_basis(&words, &a, false);
    assert_non_null(strstr(tw_strbuf_get(&words), "no range for"));
    assert_non_null(strstr(tw_strbuf_get(&words), "T5.kla"));
    tw_strbuf_done(&words);
    bench_end(&b);
}

static void options_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    struct bench b;
    struct tw_advice a;
    bench_begin(&b, CLOSED);
    for (int i = 0; i < 6; i++) {
        struct tw_advice_options o = quick();
        if (i == 0) o.hours = 0.0;
        if (i == 1) o.block_h = 0.5; /* more than eight blocks */
        if (i == 2) o.threads = 0;
        if (i == 3) o.rounds = 0;
        if (i == 4) o.hours = (double)NAN;
        if (i == 5) o.reach_ratio = -1.0;
        assert_status(tw_advice_find(b.plant, b.run, &o, &a), TW_ERR_ARG);
    }
    bench_end(&b);
}

struct seen {
    int count;
    int64_t id;
    bool answered, scored;
    char answer[300];
};

static bool see(void *user, const struct tw_advice_kept *kept)
{
    struct seen *seen = user;
    seen->count++;
    seen->id = kept->id;
    seen->answered = kept->answer != NULL;
    seen->scored = kept->score != NULL;
    if (kept->answer != NULL) {
        (void)snprintf(seen->answer, sizeof seen->answer, "%s", kept->answer);
    }
    return true;
}

static struct tw_store *new_store(void)
{
    char folder[] = "/tmp/tw_advice_XXXXXX", path[64], why[200];
    struct tw_store *store = NULL;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/live.db", folder);
    assert_ok(tw_store_open(path, NULL, NULL, why, sizeof why, &store));
    return store;
}

static void what_a_person_said_is_kept_and_scored(void **state)
{
    (void)state;
    struct bench b;
    struct tw_advice a;
    struct seen seen = {0};
    int64_t id = 0;
    bench_begin(&b, CLOSED);
    struct tw_advice_options o = quick();
    o.rounds = 1;
    assert_ok(tw_advice_find(b.plant, b.run, &o, &a));
    struct tw_store *store = new_store();
    assert_ok(tw_advice_keep(store, "W1", 1000, &a, &id));
    assert_ok(tw_advice_list(store, "W1", 5, see, &seen));
    assert_true(seen.count == 1 && seen.id == id && !seen.answered && !seen.scored);
    struct tw_advice_said said = {.answer = TW_ADVICE_CHANGE, .time_ms = 2000, .who = "li"};
    assert_status(tw_advice_answer(store, "W1", id, &said), TW_ERR_ARG); /* changed to what? */
    said.values = "{\"oxygen.setpoint\":1.6}";
    assert_status(tw_advice_answer(store, "W2", id, &said), TW_ERR_NAME);
    assert_status(tw_advice_answer(store, "W1", id + 1, &said), TW_ERR_NAME);
    assert_ok(tw_advice_answer(store, "W1", id, &said));
    said = (struct tw_advice_said){.answer = TW_ADVICE_REFUSE, .time_ms = 3000, .who = " "};
    assert_status(tw_advice_answer(store, "W1", id, &said), TW_ERR_ARG); /* nobody */
    said.who = "wang";
    said.reason = "a \"blower\" is out";
    assert_ok(tw_advice_answer(store, "W1", id, &said));
    const struct tw_advice_happened happened = {.energy_kwhd = 4000.0, .tp_gm3 = (double)NAN};
    assert_ok(tw_advice_score(store, "W1", id, 4000, &happened));
    assert_status(tw_advice_score(store, "W1", id + 9, 4000, &happened), TW_ERR_NAME);
    seen.count = 0;
    assert_ok(tw_advice_list(store, "W1", 5, see, &seen));
    assert_true(seen.count == 1 && seen.scored);
    assert_non_null(strstr(seen.answer, "\"refuse\"")); /* the last answer counts */
    assert_non_null(strstr(seen.answer, "wang"));
    for (int i = 0; i < TW_ADVICE_ANSWERS; i++) {
        const char *word = tw_advice_answer_word((enum tw_advice_answer)i);
        assert_int_equal(tw_advice_answer_find(word), i);
    }
    assert_int_equal(tw_advice_answer_find("maybe"), TW_ADVICE_ANSWERS);
    tw_store_close(store);
    bench_end(&b);
}

/* Half of the hours at a third of the flow, and three times the ammonia. */
static tw_status read_made(void *user, const struct tw_works *works, int32_t tag,
                           const struct tw_inspect_span *span, struct tw_store_bucket *out_buckets,
                           bool *out_simulated)
{
    const bool *silent = user;
    *out_simulated = false;
    for (int32_t i = 0; i < span->count; i++) {
        bool late = i >= span->count / 2;
        enum tw_kind kind = works->tags[tag].kind;
        double value = kind == TW_KIND_FLOW    ? (late ? 300.0 : 100.0)
                       : kind == TW_KIND_POWER ? 50.0
                                               : (late ? 2.0 : 6.0);
        out_buckets[i] = (struct tw_store_bucket){.numbers = *silent ? 0 : 2, .sum = 2.0 * value};
    }
    return TW_OK;
}

static struct tw_works *small_works(tw_faults *faults)
{
    static const struct tw_setting settings[] = {
        {"plant", "id", "W1", 1},       {"plant", "capacity_m3d", "9000", 2},
        {"tag Q", "kind", "flow", 3},   {"tag Q", "at", "effluent", 4},
        {"tag N", "kind", "nh4", 5},    {"tag N", "at", "effluent", 6},
        {"tag P1", "kind", "power", 7}, {"tag P1", "at", "influent", 8},
        {"tag P2", "kind", "power", 9}, {"tag P2", "at", "effluent", 10}};
    struct tw_works *works = NULL;
    assert_ok(tw_works_read("W1.ini", settings, (int32_t)(sizeof settings / sizeof settings[0]),
                            faults, &works));
    return works;
}

static void what_then_happened_is_scored_once_when_the_hours_are_over(void **state)
{
    (void)state;
    struct bench b;
    struct tw_advice a;
    struct seen seen = {0};
    bool silent = true;
    const struct tw_advice_source source = {.read = read_made, .user = &silent};
    const int64_t hour_ms = 3600000;
    bench_begin(&b, CLOSED);
    struct tw_works *works = small_works(b.faults);
    struct tw_advice_options o = quick(); /* six hours */
    o.rounds = 1;
    assert_ok(tw_advice_find(b.plant, b.run, &o, &a));
    struct tw_store *store = new_store();
    assert_ok(tw_advice_keep(store, "W1", 0, &a, NULL));
    assert_ok(tw_advice_score_due(store, works, &source, 7 * hour_ms));
    assert_ok(tw_advice_list(store, "W1", 5, see, &seen));
    assert_false(seen.scored); /* nothing was measured */
    silent = false;
    assert_ok(tw_advice_score_due(store, works, &source, 5 * hour_ms));
    assert_ok(tw_advice_list(store, "W1", 5, see, &seen));
    assert_false(seen.scored); /* too early */
    assert_ok(tw_advice_score_due(store, works, &source, 6 * hour_ms));
    assert_ok(tw_advice_list(store, "W1", 5, see, &seen));
    assert_true(seen.scored);

    struct tw_advice_happened happened;
    assert_ok(tw_advice_happened_get(works, &source, 0, 6.0, &happened));
    assert_near(happened.flow_m3d, 24.0 * 200.0, 1e-9);
    /* (100 x 6 + 300 x 2) / 400: by flow, not by time */
    assert_near(happened.ammonia_gm3, 3.0, 1e-12);
    assert_near(happened.energy_kwhd, 2.0 * 24.0 * 50.0, 1e-9); /* no meter of the plant: the sum */
    assert_true(isnan(happened.tn_gm3) && !happened.simulated);
    assert_status(tw_advice_happened_get(works, &source, 0, 1e9, &happened), TW_ERR_ARG);
    tw_store_close(store);
    tw_works_destroy(works);
    bench_end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(advice_is_cheaper_and_no_dirtier_and_what_is_foretold_happens),
        cmocka_unit_test(advice_is_the_same_for_any_number_of_threads),
        cmocka_unit_test(limits_that_cant_be_met_and_missing_ranges_are_told),
        cmocka_unit_test(options_that_make_no_sense_are_refused),
        cmocka_unit_test(what_a_person_said_is_kept_and_scored),
        cmocka_unit_test(what_then_happened_is_scored_once_when_the_hours_are_over)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
