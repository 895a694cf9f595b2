#include "telemetry/csv_table.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct tw_csv_table read_table(const char *text)
{
    struct tw_csv_table table;
    struct tw_samples_fault fault;
    if (tw_csv_table_read(text, strlen(text), 28800, &table, &fault) != TW_OK) {
        fail_msg("%s: %s", text, fault.error);
    }
    return table;
}

static void a_long_table_is_read_whatever_the_order_of_its_columns(void **state)
{
    (void)state;
    struct tw_csv_table t = read_table("value,unit,Time,quality,note,sensor\r\n"
                                       "1.5,cm,2031-07-01T10:01:00Z,M,\"a, \"\"b\"\"\",L1\r\n"
                                       "\r\n"
                                       "-2,,2031/7/1 9:05,,,\"Q 1\"");
    assert_int_equal(t.count, 2);
    assert_string_equal(t.list[0].sensor, "L1");
    assert_string_equal(t.list[0].unit, "cm");
    assert_near(t.list[0].value, 1.5, 0.0);
    assert_int_equal(t.list[0].flags, TW_QUALITY_MAINTENANCE);
    assert_int_equal(t.list[0].time_ms, INT64_C(1940666460000));
    assert_int_equal(t.lines[0], 2);
    assert_string_equal(t.list[1].sensor, "Q 1");
    assert_null(t.list[1].unit);
    assert_int_equal(t.list[1].time_ms, INT64_C(1940634300000)); /* 09:05 at +08:00 */
    assert_int_equal(t.lines[1], 4);
    tw_csv_table_done(&t);
}

static void a_wide_table_has_a_column_for_each_sensor(void **state)
{
    (void)state;
    struct tw_csv_table t =
        read_table("\xef\xbb\xbf时间;L1 [cm];Q1\n2031-07-01 10:00;5;\n2031-07-01 10:01;;7\n");
    assert_int_equal(t.count, 2);
    assert_string_equal(t.list[0].sensor, "L1");
    assert_string_equal(t.list[0].unit, "cm");
    assert_string_equal(t.list[1].sensor, "Q1");
    assert_null(t.list[1].unit);
    assert_int_equal(t.lines[1], 3);
    tw_csv_table_done(&t);
}

static void gbk_is_told_from_utf8(void **state)
{
    (void)state;
    /* 时间,测点,数值 and 泵站 in GBK, `iconv -t GBK` */
    struct tw_csv_table t = read_table("\xca\xb1\xbc\xe4,\xb2\xe2\xb5\xe3,\xca\xfd\xd6\xb5\n"
                                       "2031-07-01 10:00,\xb1\xc3\xd5\xbe,5\n");
    assert_int_equal(t.count, 1);
    assert_string_equal(t.list[0].sensor, "泵站");
    tw_csv_table_done(&t);
}

static void what_is_no_table_is_refused_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int line;
        const char *words;
    } bad[] = {
        {"", 0, "column"},
        {"a,b\n1,2\n", 1, "no column of times"},
        {"time\n2031-07-01 10:00\n", 1, "only a column"},
        {"time,sensor\n", 1, "missing beside time"},
        {"time,Time,value\n", 1, "twice"},
        {"time,sensor,value\nsoon,L1,1\n", 2, "\"soon\""},
        {"time,sensor,value\n2031/13/1 10:00,L1,1\n", 2, "no time"},
        {"time,sensor,value\n,L1,1\n", 2, "time is missing"},
        {"time,sensor,value\n2031-07-01 10:00,L1,1\n2031-07-01 10:00,L1,wet\n", 3, "\"wet\""},
        {"time,sensor,value\n2031-07-01 10:00,,1\n", 2, "sensor is missing"},
        {"time,sensor,value\n2031-07-01 10:00,L1,\n", 2, "value is missing"},
        {"time,sensor,value,quality\n2031-07-01 10:00,L1,1,X\n", 2, "no quality"},
        {"time,L1\n2031-07-01 10:00,wet\n", 2, "\"wet\""},
        {"time,sensor,value\n\"2031-07-01 10:00,L1,1\n", 3, "quote"},
        {"time,sensor,value\n\"a\"b,L1,1\n", 2, "follows a quote"},
        {"time,\xff\xff\xff\n", 1, "neither UTF-8"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct tw_csv_table table;
        struct tw_samples_fault fault;
        assert_status(tw_csv_table_read(bad[i].text, strlen(bad[i].text), 0, &table, &fault),
                      TW_ERR_FORMAT);
        if (fault.index != bad[i].line || strstr(fault.error, bad[i].words) == NULL) {
            fail_msg("%s: line %d, \"%s\"", bad[i].text, (int)fault.index, fault.error);
        }
        assert_true(fault.remedy[0] != 0);
        tw_csv_table_done(&table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_table_is_read_whatever_the_order_of_its_columns),
        cmocka_unit_test(a_wide_table_has_a_column_for_each_sensor),
        cmocka_unit_test(gbk_is_told_from_utf8),
        cmocka_unit_test(what_is_no_table_is_refused_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
