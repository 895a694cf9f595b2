#include "telemetry/hj212_message.h"

#include "check.h"
#include "telemetry/quality.h"

#include <stdio.h>
#include <string.h>

static struct tw_hj212_text text_of(const char *text)
{
    return (struct tw_hj212_text){text, strlen(text)};
}

static struct tw_hj212_message parse(const char *segment)
{
    struct tw_hj212_message message = {.cn = -1};
    const char *why = NULL;
    if (tw_hj212_message_parse(text_of(segment), &message, &why) != TW_OK) fail_msg("%s", why);
    return message;
}

static void all_fields_of_the_head_are_read(void **state)
{
    (void)state;
    struct tw_hj212_message m = parse("QN=20160801085857223;ST=32;CN=2011;PW=123456;"
                                      "MN=010000A8900016F000169DC0;Flag=7;PNUM=3;PNO=2;"
                                      "CP=&&DataTime=20160801085857;w01018-Rtd=2.2&&");
    assert_true(tw_hj212_text_is(m.qn, "20160801085857223"));
    assert_true(tw_hj212_text_is(m.st, "32"));
    assert_true(tw_hj212_text_is(m.pw, "123456"));
    assert_true(tw_hj212_text_is(m.mn, "010000A8900016F000169DC0"));
    assert_true(tw_hj212_text_is(m.cp, "DataTime=20160801085857;w01018-Rtd=2.2"));
    assert_int_equal(m.cn, 2011);
    assert_int_equal(m.flag, 7);
    assert_int_equal(m.pnum, 3);
    assert_int_equal(m.pno, 2);
}

static void the_older_standard_leaves_fields_out(void **state)
{
    (void)state;
    struct tw_hj212_message m =
        parse("ST=32;CN=2011;PW=000000;MN=LD130133000015;CP=&&DataTime=20160824003817;"
              "011-Rtd=231.0,011-Flag=N&&");
    assert_null(m.qn.at);
    assert_int_equal(m.flag, 0);
    assert_int_equal(m.pnum, 1);
    assert_int_equal(m.pno, 1);
}

static void what_cannot_be_understood_is_named(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"ST=32;CN=2011;MN=A;", "CP"},
        {"ST=32;CN=2011;MN=A;CP=&&x=1", "CP"},
        {"ST=32;CN=2011;MN=A;CP=&&x=1&&tail", "CP"},
        {"ST=32;CN=2011;MN=A;CP=&&&", "CP"},
        {"", "CP"},
        {"ST=32;MN=A;CP=&&&&", "CN"},
        {"ST=32;CN=20x1;MN=A;CP=&&&&", "CN"},
        {"ST=32;CN=20111;MN=A;CP=&&&&", "CN"},
        {"ST=32;CN=2011;CP=&&&&", "MN"},
        {"ST=32;CN=2011;MN=;CP=&&&&", "MN"},
        {"ST=32;CN=2011;MN=A;PNUM=0;CP=&&&&", "PNUM"},
        {"ST=32;CN=2011;MN=A;PNUM=257;PNO=1;CP=&&&&", "PNUM"},
        {"ST=32;CN=2011;MN=A;PNUM=2;PNO=3;CP=&&&&", "PNO"},
        {"ST=32;CN=2011;MN=A;Flag=256;CP=&&&&", "Flag"},
        {"ST=32;CN=2011;MN=A;Flag=N;CP=&&&&", "Flag"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct tw_hj212_message message = {.cn = 77};
        const char *why = NULL;
        assert_status(tw_hj212_message_parse(text_of(wrong[i][0]), &message, &why), TW_ERR_FORMAT);
        assert_non_null(strstr(why, wrong[i][1]));
        assert_int_equal(message.cn, 77); /* untouched */
    }
}

static void a_walk_passes_every_field_with_its_group(void **state)
{
    (void)state;
    static const char *const expected[] = {
        "DataTime||20160801084000", "w00000|Cou|10.5", "w00000|Flag|N",
        "w01018|Avg|40.1",          "w01018|Flag|M",   "SB1|RS|1",
    };
    struct tw_hj212_walk walk = tw_hj212_walk_begin(
        text_of("DataTime=20160801084000;w00000-Cou=10.5,w00000-Flag=N;;no field,;"
                "w01018-Avg=40.1,w01018-Flag=M;=5;SB1-RS=1"));
    struct tw_hj212_field f;
    size_t n = 0;
    while (tw_hj212_walk_next(&walk, &f)) {
        char words[120];
        (void)snprintf(words, sizeof words, "%.*s|%.*s|%.*s", (int)f.code.size, f.code.at,
                       (int)f.kind.size, f.kind.at, (int)f.value.size, f.value.at);
        assert_true(n < sizeof expected / sizeof expected[0]);
        assert_string_equal(words, expected[n]);
        if (n == 3) {
            assert_true(tw_hj212_text_is(tw_hj212_value_find(f.group, f.code, "Flag"), "M"));
            assert_null(tw_hj212_value_find(f.group, f.code, "SampleTime").at);
        }
        n++;
    }
    assert_int_equal(n, sizeof expected / sizeof expected[0]);
}

/* GBK characters whose second bytes are `|`, `\` and `~`, and UTF-8: separators stay separators. */
static void chinese_texts_do_not_disturb_the_fields(void **state)
{
    (void)state;
    struct tw_hj212_message m =
        parse("ST=32;CN=3020;MN=A;CP=&&i01001-Info=\x81\x7C\x8A\x5C\x95\x7E//\xE6\xB0\xB4//;"
              "w01001-Rtd=7.1&&");
    double value = 0.0;
    assert_true(tw_hj212_text_is(tw_hj212_value_find(m.cp, text_of("i01001"), "Info"),
                                 "\x81\x7C\x8A\x5C\x95\x7E//\xE6\xB0\xB4//"));
    assert_true(tw_hj212_text_number(tw_hj212_value_find(m.cp, text_of("w01001"), "Rtd"), &value));
    assert_true(value == 7.1);
}

static void values_that_are_no_numbers_are_told_apart(void **state)
{
    (void)state;
    double value = 5.0;
    assert_true(tw_hj212_text_number(text_of("-0.50"), &value));
    assert_true(value == -0.5);
    static const char *const none[] = {"", "-", "NaN", "1e999", "7.1 ", "ND", "0x1"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(tw_hj212_text_number(text_of(none[i]), &value));
    assert_true(value == -0.5);
}

static void times_are_the_plant_s_own(void **state)
{
    (void)state;
    int64_t ms = 0;
    char out[18];
    assert_ok(tw_hj212_time_parse(text_of("20160801085857"), 28800, &ms));
    assert_int_equal(ms, INT64_C(1470013137000)); /* date -d '2016-08-01T08:58:57+08:00' +%s */
    assert_ok(tw_hj212_time_parse(text_of("20160801085857223"), 28800, &ms));
    assert_int_equal(ms, INT64_C(1470013137223));
    tw_hj212_time_format(ms, 28800, 17, out);
    assert_string_equal(out, "20160801085857223");
    tw_hj212_time_format(ms - 223, 28800, 17, out);
    assert_string_equal(out, "20160801085857000");
    tw_hj212_time_format(ms, 28800, 14, out);
    assert_string_equal(out, "20160801085857");
    static const char *const none[] = {"", "2016080108585", "20161301085857", "2016080108585x"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_status(tw_hj212_time_parse(text_of(none[i]), 28800, &ms), TW_ERR_FORMAT);
}

static void data_flags_become_quality(void **state)
{
    (void)state;
    assert_int_equal(tw_hj212_flag_quality(text_of("N")), 0);
    assert_int_equal(tw_hj212_flag_quality((struct tw_hj212_text){NULL, 0}), 0);
    assert_int_equal(tw_hj212_flag_quality(text_of("D")), TW_QUALITY_FAULT);
    assert_int_equal(tw_hj212_flag_quality(text_of("X")), TW_QUALITY_DOUBTFUL);
    assert_int_equal(tw_hj212_flag_quality(text_of("NN")), TW_QUALITY_DOUBTFUL);
    for (const char *letter = "FMSDCTB"; *letter != 0; letter++) {
        int32_t quality = tw_hj212_flag_quality((struct tw_hj212_text){letter, 1});
        assert_true(quality != 0 && (quality & ~TW_QUALITY_DEVICE_BITS) == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_fields_of_the_head_are_read),
        cmocka_unit_test(the_older_standard_leaves_fields_out),
        cmocka_unit_test(what_cannot_be_understood_is_named),
        cmocka_unit_test(a_walk_passes_every_field_with_its_group),
        cmocka_unit_test(chinese_texts_do_not_disturb_the_fields),
        cmocka_unit_test(values_that_are_no_numbers_are_told_apart),
        cmocka_unit_test(times_are_the_plant_s_own),
        cmocka_unit_test(data_flags_become_quality),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
