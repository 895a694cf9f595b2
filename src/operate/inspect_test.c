#include "operate/inspect.h"
#include "operate/inspect_store.h"
#include "operate/rank.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct tw_setting settings[] = {
    {"plant", "id", "W9", 2},
    {"plant", "title_en", "Nine <&>", 3},
    {"plant", "standard", "GB 18918-2002", 4},
    {"plant", "class", "1A", 5},
    {"plant", "capacity_m3d", "2400", 6},
    {"plant", "made_up", "yes", 7},
    {"unit INLET", "title_en", "Inlet", 9},
    {"pump P1", "at", "INLET", 11},
    {"pump P1", "rated_kw", "10", 12},
    {"pump P2", "at", "INLET", 14},
    {"chemical PAC", "least_days", "5", 16},
    {"camera C1", "address", "/nowhere/at/all", 18},
    {"limit TN", "mean_gm3", "12", 20},
    {"limit TN", "from", "local rule", 21},
    {"tag QI", "kind", "flow", 23},
    {"tag QI", "at", "influent", 24},
    {"tag LI", "kind", "level", 26},
    {"tag LI", "at", "INLET", 27},
    {"tag LI", "alarm_high", "5", 28},
    {"tag TRIP1", "kind", "trip", 30},
    {"tag TRIP1", "at", "P1", 31},
    {"tag KW1", "kind", "power", 33},
    {"tag KW1", "at", "P1", 34},
    {"tag STOCK", "kind", "stock", 36},
    {"tag STOCK", "at", "PAC", 37},
    {"tag NH4", "kind", "nh4", 39},
    {"tag NH4", "at", "effluent", 40},
    {"tag GAS", "kind", "h2s", 42},
    {"tag GAS", "at", "INLET", 43},
    {"tag DO", "kind", "do", 45},
    {"tag DO", "at", "INLET", 46},
};

enum { SETTINGS = sizeof settings / sizeof settings[0] };
enum { QI, LI, TRIP1, KW1, STOCK, NH4, GAS, DO };

struct fixture {
    tw_faults *faults;
    struct tw_works *works;
    double nh4, gas, trip, level_rise, stock;
};

static tw_status read_made(void *user, const struct tw_works *works, int32_t tag,
                           const struct tw_inspect_span *span, struct tw_store_bucket *out,
                           bool *out_simulated)
{
    const struct fixture *f = user;
    (void)works;
    *out_simulated = false;
    int64_t step_ms = (span->to_ms - span->from_ms + 1) / span->count;
    for (int32_t i = 0; i < span->count; i++) {
        int64_t t = span->from_ms + i * step_ms;
        double wave = 1.0 + 0.1 * sin((double)(t / 60000) * 0.7), x = 0.0;
        if (tag == QI) x = 80.0 * wave;
        if (tag == LI) x = 3.0 + f->level_rise * (double)i / span->count + 0.01 * wave;
        if (tag == TRIP1) x = f->trip;
        if (tag == KW1) x = 8.0 * wave;
        if (tag == STOCK) x = f->stock - 10.0 * (double)i / span->count;
        if (tag == NH4) x = f->nh4 * wave;
        if (tag == GAS) x = f->gas * wave;
        if (tag == DO) x = i > span->count / 2 ? 2.0 : 2.0 * wave; /* stuck from the middle on */
        out[i] = (struct tw_store_bucket){.count = 1,
                                          .numbers = 1,
                                          .first_ms = t,
                                          .last_ms = t,
                                          .first = x,
                                          .last = x,
                                          .min = x,
                                          .max = x,
                                          .sum = x};
    }
    return TW_OK;
}

static void begin(struct fixture *f)
{
    *f = (struct fixture){.nh4 = 1.0, .gas = 0.5, .stock = 1000.0};
    assert_ok(tw_faults_create(0, &f->faults));
    assert_ok(tw_works_read("W9.ini", settings, SETTINGS, f->faults, &f->works));
}

static void done(struct fixture *f)
{
    tw_works_destroy(f->works);
    tw_faults_destroy(f->faults);
}

static struct tw_inspection *inspect(struct fixture *f)
{
    struct tw_inspection *in = NULL;
    const struct tw_inspect_options options = {
        .at_ms = 1782900000000, .zone_s = 28800, .cause = "test", .read = read_made, .user = f};
    assert_ok(tw_inspect(f->works, &options, &in));
    return in;
}

static int severity_of(const struct tw_inspection *in, const char *id)
{
    for (int32_t i = 0; i < in->count; i++)
        if (strcmp(in->findings[i].id, id) == 0) return in->findings[i].severity;
    fail_msg("no %s", id);
    return -9;
}

static void a_works_is_read_with_its_places(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    assert_int_equal(f.works->tag_count, 8);
    assert_int_equal(f.works->asset_count, 5);
    assert_int_equal(f.works->limit_count, 6);
    assert_string_equal(f.works->tags[QI].series, "W9.QI");
    assert_string_equal(f.works->assets[f.works->tags[KW1].asset].name, "P1");
    for (int32_t i = 0; i < f.works->limit_count; i++)
        if (f.works->limits[i].kind == TW_KIND_TN) assert_near(f.works->limits[i].mean_gm3, 12, 0);
    assert_null(tw_works_tag_at(f.works, TW_KIND_COD, "effluent"));
    done(&f);
}

static void every_fault_of_a_works_is_named_with_its_line(void **state)
{
    (void)state;
    static const struct tw_setting wrong[] = {
        {"plant", "capacity_m3d", "much", 2}, {"tag A", "kind", "feeling", 4},
        {"tag B", "kind", "do", 6},           {"tag B", "at", "nowhere", 7},
        {"tag C", "kind", "ph", 9},           {"tag C", "alarm_low", "9", 10},
        {"tag C", "alarm_high", "6", 11},     {"pump X", "rated_kw", "-1", 13},
        {"unit X", "title_en", "twice", 15},  {"limit XX", "mean_gm3", "1", 17},
        {"limit COD", "from", "x", 19}};
    struct tw_works *works = NULL;
    tw_faults *faults;
    assert_ok(tw_faults_create(0, &faults));
    assert_status(tw_works_read("x.ini", wrong, sizeof wrong / sizeof wrong[0], faults, &works),
                  TW_ERR_INPUT);
    static const int lines[] = {0, 2, 4, 9, 13, 15, 17, 19, 6};
    assert_int_equal(tw_faults_count(faults), sizeof lines / sizeof lines[0]);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_int_equal(tw_faults_get(faults, i).line, lines[i]);
    assert_null(works);
    tw_faults_destroy(faults);
}

static void what_is_fine_is_said_to_be(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    struct tw_inspection *in = inspect(&f);
    static const char *const fine[] = {
        "safety/GAS", "limit/nh4", "inflow/influent", "level/LI",   "trip/P1",
        "load/P1",    "stock/PAC", "energy/plant",    "sensor/NH4", "coverage/plant"};
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++)
        assert_int_equal(severity_of(in, fine[i]), TW_SEVERITY_FINE);
    assert_int_equal(severity_of(in, "sensor/DO"), TW_SEVERITY_REPAIR);
    assert_int_equal(severity_of(in, "limit/cod"), TW_SEVERITY_UNKNOWN);
    assert_int_equal(severity_of(in, "video/C1"), TW_SEVERITY_UNKNOWN);
    assert_near(in->inflow_m3, 1920.0, 20.0); /* the wave's mean over a day is not quite 0 */
    assert_near(in->energy_kwhm3, 0.1, 0.002);
    tw_inspection_destroy(in);
    done(&f);
}

/* Every kind of trouble shows, and makes the risk larger. */
static void trouble_is_found(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    struct tw_inspection *in = inspect(&f);
    double risk = in->risk;
    tw_inspection_destroy(in);
    f.gas = 12.0;
    f.nh4 = 9.0;
    f.trip = 1.0;
    f.level_rise = 1.9;
    f.stock = 25.0;
    in = inspect(&f);
    assert_int_equal(severity_of(in, "safety/GAS"), TW_SEVERITY_URGENT);
    assert_int_equal(severity_of(in, "limit/nh4"), TW_SEVERITY_URGENT);
    assert_int_equal(severity_of(in, "trip/P1"), TW_SEVERITY_URGENT);
    assert_int_equal(severity_of(in, "stock/PAC"), TW_SEVERITY_URGENT);
    assert_int_equal(severity_of(in, "level/LI"), TW_SEVERITY_REPAIR); /* it will be at 5 in 2 h */
    assert_int_equal(severity_of(in, "standby/INLET/pump"), TW_SEVERITY_LOOK);
    assert_true(in->worst_probability > 0.99);
    assert_true(in->risk > risk + 40.0); /* four urgent findings count ten each */
    tw_inspection_destroy(in);
    done(&f);
}

static void a_report_is_compared_with_the_one_before(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    struct tw_strbuf json = {0}, html = {0};
    struct tw_inspection_before before = {0};
    struct tw_inspection *in = inspect(&f);
    assert_ok(tw_inspection_write_json(in, true, &json));
    assert_ok(tw_inspection_before_read(json.text, json.length, &before));
    assert_int_equal(before.count, in->count);
    assert_int_equal(tw_inspection_before_find(&before, "sensor/DO"), TW_SEVERITY_REPAIR);
    assert_int_equal(tw_inspection_before_find(&before, "sensor/none"), -2);
    tw_inspection_destroy(in);
    f.trip = 1.0;
    in = inspect(&f);
    assert_ok(tw_inspection_write_html(in, &before, &html));
    assert_non_null(strstr(html.text, "worse, was "));
    assert_non_null(strstr(html.text, "as before"));
    assert_non_null(strstr(html.text, "Nine &lt;&amp;&gt;"));
    assert_null(strstr(html.text, "<script"));
    assert_status(tw_inspection_before_read(json.text, json.length / 2, &before), TW_ERR_FORMAT);
    tw_inspection_before_done(&before);
    tw_inspection_destroy(in);
    tw_strbuf_done(&json);
    tw_strbuf_done(&html);
    done(&f);
}

static void simulated_values_are_marked_and_always_the_same(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    struct tw_inspect_store source;
    struct tw_inspection *in = NULL;
    struct tw_strbuf a = {0}, b = {0};
    assert_ok(tw_inspect_store_init(f.works, NULL, &f.works->arena, &source));
    const struct tw_inspect_options options = {.at_ms = 1782900000000,
                                               .zone_s = 28800,
                                               .cause = "test",
                                               .read = tw_inspect_read_store,
                                               .still = tw_inspect_still_ffmpeg,
                                               .user = &source};
    for (int i = 0; i < 2; i++) {
        assert_ok(tw_inspect(f.works, &options, &in));
        assert_true(in->simulated);
        assert_int_equal(severity_of(in, "video/C1"),
                         TW_SEVERITY_LOOK); /* there is no such camera */
        assert_ok(tw_inspection_write_json(in, true, i == 0 ? &a : &b));
        tw_inspection_destroy(in);
    }
    assert_string_equal(a.text, b.text);
    tw_strbuf_done(&a);
    tw_strbuf_done(&b);
    done(&f);
}

static void an_inspection_that_runs_out_of_memory_says_so(void **state)
{
    (void)state;
    struct tw_strbuf json = {.limit = 300};
    struct fixture f;
    begin(&f);
    struct tw_inspection *in = inspect(&f);
    assert_status(tw_inspection_write_json(in, true, &json), TW_ERR_FULL);
    tw_strbuf_done(&json);
    tw_inspection_destroy(in);
    done(&f);
}

static void plants_are_put_in_places(void **state)
{
    (void)state;
    char text[] = "\xef\xbb\xbfid,wwtp_name,treatment_capacity_10k_m3_per_day,"
                  "annual_treatment_volume_10k_m3,cod_effluent_mg_l,annual_electricity_consumption_"
                  "kwh\n1,a,1.00 ,365,10 ,1095000\n2,b,1,365,40,3650000\n3,c,1,365,,\n";
    struct tw_rank_limits limits;
    struct tw_rank_list list;
    struct tw_arena arena;
    tw_faults *faults;
    tw_arena_init(&arena);
    assert_ok(tw_faults_create(0, &faults));
    limits.count = tw_limits_of("GB 18918-2002", "1A", false, limits.limit);
    assert_ok(tw_rank_read("p.csv", text, &limits, faults, &arena, &list));
    tw_rank_order(list.plants, list.count);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.plants[0].id, "2");
    assert_near(list.plants[0].energy_kwhm3, 1.0, 1e-12);
    assert_near(list.plants[0].risk, 10.0 * 0.8 + 10.0 * 0.2, 1e-9); /* 40 of 50, and full */
    assert_int_equal(list.plants[2].by_energy, 0);
    assert_int_equal(tw_faults_kept(faults), 2);
    tw_faults_destroy(faults);
    tw_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_works_is_read_with_its_places),
        cmocka_unit_test(every_fault_of_a_works_is_named_with_its_line),
        cmocka_unit_test(what_is_fine_is_said_to_be),
        cmocka_unit_test(trouble_is_found),
        cmocka_unit_test(a_report_is_compared_with_the_one_before),
        cmocka_unit_test(simulated_values_are_marked_and_always_the_same),
        cmocka_unit_test(an_inspection_that_runs_out_of_memory_says_so),
        cmocka_unit_test(plants_are_put_in_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
