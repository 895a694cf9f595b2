#include "telemetry/sl651_text.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ZONE = 28800, MANY = 64 };

struct read {
    struct tw_sl651_value values[MANY];
    size_t count;
    const char *fault;
};

static struct read read_text(uint8_t function, const char *hex)
{
    uint8_t bytes[512];
    size_t size = strlen(hex) / 2;
    assert_true(size <= sizeof bytes);
    for (size_t i = 0; i < size; i++) {
        char digits[3] = {hex[2 * i], hex[2 * i + 1], 0};
        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    struct read r = {.count = 0};
    struct tw_sl651_walk walk = tw_sl651_walk_begin(function, bytes, size, ZONE);
    while (r.count < MANY && tw_sl651_walk_next(&walk, &r.values[r.count]))
        r.count++;
    r.fault = walk.fault;
    return r;
}

static void expect(const struct read *r, size_t i, const char *tag, double value)
{
    assert_true(i < r->count);
    assert_string_equal(r->values[i].tag, tag);
    assert_false(r->values[i].missing);
    assert_near(r->values[i].value, value, 1e-12); /* one division of whole numbers */
}

/* Text of a test report with 0.5 mm now, 0.5 mm in all, 0.127 m, 11.15 V
 * (e-com-net.com/article/1736683930196697088). */
static void a_report_s_elements_are_read(void **state)
{
    (void)state;
    static const char text[] = "0003591011154947F1F1001234567848F0F05910111549"
                               "2019000005261900000539230000012738121115";
    struct read r = read_text(TW_SL651_TEST, text);
    assert_null(r.fault);
    assert_int_equal(r.count, 4);
    expect(&r, 0, "20", 0.5);
    expect(&r, 1, "26", 0.5);
    expect(&r, 2, "39", 0.127);
    expect(&r, 3, "38", 11.15);
    assert_string_equal(r.values[0].unit, "mm");
    assert_string_equal(r.values[2].unit, "m");
    assert_null(r.values[3].unit);
    /* date -d '2059-10-11T15:49:00+08:00' +%s */
    assert_int_equal(r.values[0].time_ms, INT64_C(2833084140000));
    assert_memory_equal(r.values[0].station, "\x00\x12\x34\x56\x78", 5);
}

static void the_head_tells_when_it_was_sent(void **state)
{
    (void)state;
    static const uint8_t text[] = {0x01, 0x02, 0x24, 0x07, 0x01, 0x10, 0x15, 0x30};
    struct tw_sl651_head head = {0};
    uint8_t back[6];
    assert_ok(tw_sl651_head_parse(text, sizeof text, ZONE, &head));
    assert_int_equal(head.serial, 0x0102);
    assert_int_equal(head.sent_ms, INT64_C(1719800130000)); /* 2024-07-01T10:15:30+08:00 */
    tw_sl651_time_write(head.sent_ms, ZONE, back);
    assert_memory_equal(back, text + 2, 6);
    assert_status(tw_sl651_head_parse(text, 7, ZONE, &head), TW_ERR_FORMAT);
    static const uint8_t no_time[] = {0x01, 0x02, 0x24, 0x13, 0x01, 0x10, 0x15, 0x30};
    assert_ok(tw_sl651_head_parse(no_time, sizeof no_time, ZONE, &head));
    assert_int_equal(head.sent_ms, INT64_MIN);
}

static void signs_decimals_and_missing_values_are_kept_apart(void **state)
{
    (void)state;
    struct read r = read_text(TW_SL651_TIMED, "0001240701101530F0F02407011015"
                                              "762AFF00000172" /* -1.72 */
                                              "2722FFFFFFFF"   /* none */
                                              "391B00012345" /* three bytes: cut below */);
    /* 39 1B: three bytes, three decimals: 000123, and 45 is the next identifier */
    assert_int_equal(r.count, 3);
    expect(&r, 0, "76", -1.72);
    assert_true(r.values[1].missing && isnan(r.values[1].value));
    assert_string_equal(r.values[1].unit, "m3/s");
    expect(&r, 2, "39", 0.123);
    assert_non_null(r.fault); /* a lone 45 */
    r = read_text(TW_SL651_TIMED, "0001240701101530F0F02407011015FF01110012"
                                  "45200000000105100130381212A0");
    assert_int_equal(r.count, 2);
    expect(&r, 0, "FF01", 1.2);
    assert_true(r.values[1].missing); /* 12A0 is no number; state and duration are passed over */
}

/* An hour of five-minute rain and level: each has its own time, FF says that there is none. */
static void an_hour_s_values_have_their_own_times(void **state)
{
    (void)state;
    struct read r =
        read_text(TW_SL651_HOURLY, "0033240701110000F1F1001122334448F0F02407011005"
                                   "F460050A00FF00000000000000FE"
                                   "F5C0000C000C001C00310031FFFFFFFFFFFFFFFFFFFF00310031"
                                   "F0F0240701110039230001049338121209");
    assert_null(r.fault);
    assert_int_equal(r.count, 26);
    expect(&r, 0, "F4", 0.5);
    expect(&r, 1, "F4", 1.0);
    assert_true(r.values[3].missing);
    expect(&r, 11, "F4", 25.4);
    expect(&r, 12, "F5", 0.12);
    assert_true(r.values[17].missing);
    expect(&r, 23, "F5", 0.49);
    for (size_t i = 1; i < 24; i++) {
        int64_t expected = i == 12 ? -11 * INT64_C(300000) : INT64_C(300000);
        assert_int_equal(r.values[i].time_ms - r.values[i - 1].time_ms, expected);
    }
    expect(&r, 24, "39", 10.493);
    assert_int_equal(r.values[24].time_ms, r.values[11].time_ms); /* 11:00 both */
    expect(&r, 25, "38", 12.09);
}

/* Section 6.6.4.4: one identifier, then values at a step. */
static void an_even_report_repeats_one_element(void **state)
{
    (void)state;
    struct read r = read_text(TW_SL651_EVEN, "0034240701110000F1F1001122334448F0F02407011000"
                                             "04180000153923" /* 15 minutes */
                                             "00001000FFFFFFFF00001200FF001250");
    assert_null(r.fault);
    assert_int_equal(r.count, 4);
    expect(&r, 0, "39", 1.0);
    assert_true(r.values[1].missing);
    expect(&r, 2, "39", 1.2);
    expect(&r, 3, "39", -1.25);
    assert_int_equal(r.values[3].time_ms - r.values[0].time_ms, 45 * INT64_C(60000));
    r = read_text(TW_SL651_EVEN, "0034240701110000F1F1001122334448F0F02407011000"
                                 "39230000100000001200");
    assert_int_equal(r.count, 0);
    assert_non_null(r.fault); /* two values and no step */
}

static void one_text_may_speak_for_several_stations(void **state)
{
    (void)state;
    struct read r =
        read_text(TW_SL651_TIMED, "0001240701101530F1F1000000000148F0F024070110152019000005"
                                  "F1F1000000000250F0F024070110102019000010");
    assert_null(r.fault);
    assert_int_equal(r.count, 2);
    assert_int_equal(r.values[0].station[4], 1);
    assert_int_equal(r.values[1].station[4], 2);
    assert_int_equal(r.values[0].time_ms - r.values[1].time_ms, 5 * INT64_C(60000));
}

static void functions_without_elements_have_none(void **state)
{
    (void)state;
    static const uint8_t others[] = {TW_SL651_KEEP_ALIVE, TW_SL651_MANUAL, TW_SL651_PICTURE, 0x41};
    for (size_t i = 0; i < sizeof others; i++) {
        struct read r = read_text(others[i], "0001240701101530F1F100000000014820190000");
        assert_int_equal(r.count, 0);
        assert_null(r.fault);
    }
}

static void what_is_cut_off_ends_the_walk(void **state)
{
    (void)state;
    static const char *const cut[] = {
        "F1F10000000001", "F0F024070110", "F0F02413011015", "39",   "3923000010",
        "FF01",           "0418",         "0400000005",     "3900", "4520"};
    for (size_t i = 0; i < sizeof cut / sizeof cut[0]; i++) {
        char hex[128];
        (void)snprintf(hex, sizeof hex, "0001240701101530%s", cut[i]);
        struct read r = read_text(TW_SL651_TIMED, hex);
        assert_int_equal(r.count, 0);
        assert_non_null(r.fault);
    }
}

/* ../shared/corpus/plant/frames: every report whose check is right can be read to its end. */
static void reports_of_other_programs_are_read_to_the_end(void **state)
{
    (void)state;
    FILE *file = fopen(TW_SHARED_DIR "/corpus/plant/frames/sl651_frames.tsv", "r");
    if (file == NULL) skip();
    static char line[16384];
    int reports = 0;
    size_t values = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        size_t hex = strcspn(line, "\t");
        if (strncmp(line, "7E7E", 4) != 0 || strstr(line + hex, "\tTrue\t") == NULL) continue;
        char digits[3] = {line[20], line[21], 0};
        uint8_t function = (uint8_t)strtoul(digits, NULL, 16);
        if (line[22] != '0' || line[27] != '2') continue; /* down, or one packet of several */
        line[hex - 6] = 0;
        struct read r = read_text(function, line + 28);
        if (r.fault != NULL) fail_msg("%s: %s", r.fault, line);
        reports += r.count > 0;
        values += r.count;
    }
    assert_int_equal(fclose(file), 0);
    assert_true(reports >= 8 && values >= 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_s_elements_are_read),
        cmocka_unit_test(the_head_tells_when_it_was_sent),
        cmocka_unit_test(signs_decimals_and_missing_values_are_kept_apart),
        cmocka_unit_test(an_hour_s_values_have_their_own_times),
        cmocka_unit_test(an_even_report_repeats_one_element),
        cmocka_unit_test(one_text_may_speak_for_several_stations),
        cmocka_unit_test(functions_without_elements_have_none),
        cmocka_unit_test(what_is_cut_off_ends_the_walk),
        cmocka_unit_test(reports_of_other_programs_are_read_to_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
