#include "grid/radar_files.h"

#include "check.h"
#include "thalweg/time.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
    char folder[64];
};

static void put(const struct fixture *f, const char *name, const char *text)
{
    char path[160];
    (void)snprintf(path, sizeof path, "%s/%s", f->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (f == NULL) return -1;
    (void)snprintf(f->folder, sizeof f->folder, "/tmp/tw_radar_files_%d", (int)getpid());
    *state = f;
    return mkdir(f->folder, 0700);
}

static int end(void **state)
{
    struct fixture *f = *state;
    char command[96];
    (void)snprintf(command, sizeof command, "rm -rf %s", f->folder);
    int code = system(command); /* NOLINT(cert-env33-c): a test's own folder */
    free(f);
    return code;
}

static void names_tell_their_time(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *time; /* NULL: none */
    } cases[] = {{"20310701T1005.asc", "2031-07-01T10:05:00"},
                 {"T_PAAH21_C_EUOC_20160928154000.hdf", "2016-09-28T15:40:00"},
                 {"201609281540_fmi.radar.tif", "2016-09-28T15:40:00"},
                 {"radar_20310701T100530.tif", "2031-07-01T10:05:30"},
                 {"20311301T1005.asc", NULL},
                 {"2031070110.asc", NULL},
                 {"203107011005123456.asc", NULL},
                 {"radar.asc", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double day = -1.0;
        double expected = -1.0;
        tw_status status = tw_radar_name_day(cases[i].name, &day);
        assert_status(status, cases[i].time == NULL ? TW_ERR_FORMAT : TW_OK);
        if (cases[i].time != NULL) assert_ok(tw_day_from_iso(cases[i].time, &expected));
        assert_near(day, expected, 1e-9); /* a tenth of a millisecond */
    }
}

static bool told(const tw_faults *faults, const char *file, const char *text)
{
    for (size_t i = 0; i < tw_faults_kept(faults); i++) {
        struct tw_fault fault = tw_faults_get(faults, i);
        if (strstr(fault.file, file) != NULL && strstr(fault.text, text) != NULL) return true;
    }
    return false;
}

static void a_folder_is_put_in_order_and_every_oddity_named(void **state)
{
    const struct fixture *f = *state;
    struct tw_radar_files files;
    tw_faults *faults = NULL;
    put(f, "20310701T1020.asc", "");
    put(f, "20310701T1000.asc", "");
    put(f, "20310701T1005.asc", "");
    put(f, "b203107011005.tif", "");
    put(f, "notes.txt", "");
    put(f, "latest.asc", "");
    assert_ok(tw_faults_create(0, &faults));
    assert_ok(tw_radar_files_find(f->folder, faults, &files));
    assert_int_equal(files.count, 3);
    for (int32_t i = 1; i < files.count; i++)
        assert_true(files.files[i].day > files.files[i - 1].day);
    assert_true(told(faults, "b203107011005.tif", "same time"));
    assert_true(told(faults, "notes.txt", "no radar field"));
    assert_true(told(faults, "latest.asc", "no time"));
    assert_true(told(faults, "20310701T1020.asc", "gap of 15 minutes"));
    assert_int_equal(tw_faults_kept(faults), 4);
    tw_radar_files_done(&files);
    tw_faults_destroy(faults);
    assert_status(tw_radar_files_find("/nowhere", NULL, &files), TW_ERR_FILE);
}

static void values_that_are_no_rain_are_none_and_said(void **state)
{
    const struct fixture *f = *state;
    const char *head =
        "ncols 3\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 500\nNODATA_value -1\n";
    const struct tw_radar_how how = TW_RADAR_HOW_DEFAULT;
    struct tw_raster field;
    char text[256];
    char path[160];
    char why[200];
    (void)snprintf(path, sizeof path, "%s/20310701T1000.asc", f->folder);
    (void)snprintf(text, sizeof text, "%s0 1 -5\n-1 2000 3\n", head);
    put(f, "20310701T1000.asc", text);
    assert_ok(tw_radar_file_read(path, &how, why, sizeof why, &field));
    assert_non_null(strstr(why, "1 values are below 0 and 1 above"));
    assert_near((double)field.value[1], 1.0, 0.0);
    assert_true(isnan(field.value[2]) && isnan(field.value[3]) && isnan(field.value[4]));
    tw_raster_done(&field);
    (void)snprintf(text, sizeof text, "%s-1 -1 -1\n-1 -1 -1\n", head);
    put(f, "20310701T1000.asc", text);
    assert_status(tw_radar_file_read(path, &how, why, sizeof why, &field), TW_ERR_FORMAT);
    assert_string_equal(why, "no cell has a value");
    assert_status(tw_radar_file_read("/nowhere.asc", &how, why, sizeof why, &field), TW_ERR_FILE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_tell_their_time),
        cmocka_unit_test_setup_teardown(a_folder_is_put_in_order_and_every_oddity_named, begin,
                                        end),
        cmocka_unit_test_setup_teardown(values_that_are_no_rain_are_none_and_said, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
