#include "operate/sheet.h"

#include "check.h"

#include <stdio.h>
#include <string.h>

struct fixture {
    tw_faults *faults;
    struct tw_sheet sheet;
    char text[4096];
};

static tw_status read_text(struct fixture *f, const char *text)
{
    (void)snprintf(f->text, sizeof f->text, "%s", text);
    assert_ok(tw_faults_create(0, &f->faults));
    return tw_sheet_read("x.csv", f->text, 0, f->faults, &f->sheet);
}

static void done(struct fixture *f)
{
    tw_sheet_done(&f->sheet);
    tw_faults_destroy(f->faults);
}

static void rows_are_put_in_order_and_texts_are_gaps(void **state)
{
    (void)state;
    struct fixture f;
    assert_ok(read_text(&f, "\xef\xbb\xbftime;flow;note\r\n2024-03-01 02:00;3;Bad\r\n"
                            "2024-03-01T00:00:00Z;1;\r\n\"2024-03-01 01:00\";;5\n"));
    assert_int_equal(f.sheet.rows, 3);
    assert_int_equal(f.sheet.columns, 2);
    assert_int_equal(tw_sheet_find(&f.sheet, "FLOW"), 0);
    assert_int_equal(tw_sheet_find(&f.sheet, "rain"), -1);
    assert_int_equal(f.sheet.step_ms, 3600000);
    assert_near(f.sheet.value[0][0], 1.0, 0.0);
    assert_true(isnan(f.sheet.value[0][1]));
    assert_near(f.sheet.value[0][2], 3.0, 0.0);
    assert_int_equal(f.sheet.gaps[0], 1);
    assert_int_equal(f.sheet.words[0], 0);
    assert_int_equal(f.sheet.words[1], 1);
    assert_int_equal(tw_faults_count(f.faults), 0);
    assert_int_equal(tw_faults_get(f.faults, 0).line, 2);
    done(&f);
}

static void days_first_times_of_spreadsheets_are_read(void **state)
{
    (void)state;
    struct fixture f;
    assert_ok(read_text(&f, "Time\ta\n1-01-13 0:05\t1\n1-01-13 0:10\t2\n31-01-13 0:00\t3\n"));
    assert_int_equal(f.sheet.time_ms[1] - f.sheet.time_ms[0], 300000);
    assert_int_equal(f.sheet.time_ms[2] - f.sheet.time_ms[0], 30 * 86400000LL - 300000);
    done(&f);
}

static void every_fault_is_named_with_its_line(void **state)
{
    (void)state;
    struct fixture f;
    assert_status(read_text(&f, "time,a,a\n2024-03-01 00:00,1,2\nyesterday,1,2\n"
                                "2024-13-01 00:00,1,2\n2024-03-01 01:00,1\n"),
                  TW_ERR_INPUT);
    assert_int_equal(tw_faults_count(f.faults), 4);
    const int lines[] = {1, 3, 4, 5};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(tw_faults_get(f.faults, i).line, lines[i]);
    done(&f);
    assert_status(read_text(&f, ""), TW_ERR_INPUT);
    done(&f);
    assert_status(read_text(&f, "time,a\n"), TW_ERR_INPUT);
    done(&f);
    assert_status(read_text(&f, "time\n1\n"), TW_ERR_INPUT);
    done(&f);
}

static void the_later_of_two_lines_with_one_time_counts(void **state)
{
    (void)state;
    struct fixture f;
    assert_ok(read_text(&f, "time,a\n2024-03-01 00:00,1\n2024-03-01 00:00,2\n"));
    assert_int_equal(f.sheet.rows, 1);
    assert_near(f.sheet.value[0][0], 2.0, 0.0);
    assert_int_equal(tw_faults_kept(f.faults), 1);
    done(&f);
}

static void a_grid_has_means_sums_and_gaps(void **state)
{
    (void)state;
    struct fixture f;
    double mean[4], sum[4];
    assert_ok(read_text(&f, "time,a\n2024-03-01 00:00,1\n2024-03-01 00:30,3\n"
                            "2024-03-01 02:10,5\n2024-03-01 03:00,\n"));
    tw_sheet_grid(&f.sheet, 0, f.sheet.time_ms[0], 3600000, 4, mean);
    tw_sheet_grid_sums(&f.sheet, 0, f.sheet.time_ms[0], 3600000, 4, sum);
    assert_near(mean[0], 2.0, 0.0);
    assert_near(sum[0], 4.0, 0.0);
    assert_true(isnan(mean[1]) && isnan(mean[3]));
    assert_near(mean[2], 5.0, 0.0);
    done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_put_in_order_and_texts_are_gaps),
        cmocka_unit_test(days_first_times_of_spreadsheets_are_read),
        cmocka_unit_test(every_fault_is_named_with_its_line),
        cmocka_unit_test(the_later_of_two_lines_with_one_time_counts),
        cmocka_unit_test(a_grid_has_means_sums_and_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
