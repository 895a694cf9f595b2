#include "check.h"
#include "io/climate_file.h"

#include <string.h>

/* A file in memory and what is in it. */
struct file {
    struct tw_arena arena;
    struct tw_climate_days days[TW_CLIMATE_VALUES];
    char text[1024];
    int line;
};

static tw_status take(struct file *f, const char *text, bool us, enum tw_climate_unit unit)
{
    struct tw_climate_reading how = {.us = us, .unit = unit};
    tw_arena_init(&f->arena);
    size_t size = strlen(text);
    assert_true(size < sizeof f->text);
    memcpy(f->text, text, size + 1);
    return tw_climate_file_read(f->text, size, &how, &f->arena, f->days, &f->line);
}

static double value(const struct file *f, enum tw_climate_value which, int32_t i)
{
    assert_true(i < f->days[which].count);
    return f->days[which].value[i];
}

/* NCDC TD-3200: whole degF, hundredths of an inch, miles a day; 99999 and flags but 0 and 1 are
 * not measured. */
static void td_3200_has_columns(void **state)
{
    (void)state;
    struct file f;
    assert_ok(take(&f,
                   "DLY11007201TMAX F2001019999003"
                   "0118 00050 00218-00004 10318 99999 0\n"
                   "DLY11007201EVAPHI2001019999002"
                   "0118 00020 00218 00030 S\n"
                   "DLY11007201WDMV M2001019999001"
                   "0118 00240 0\n"
                   "DLY11007201PRCPHI2001019999001"
                   "0118 00240 0\n",
                   true, TW_CLIMATE_US));
    assert_int_equal(f.days[TW_CLIMATE_HIGHEST].count, 2);
    assert_near(f.days[TW_CLIMATE_HIGHEST].day[0], 36892.0, 0.0); /* 2001-01-01 */
    assert_near(value(&f, TW_CLIMATE_HIGHEST, 0), 10.0, 1e-13); /* rounding only, here and below */
    assert_near(value(&f, TW_CLIMATE_HIGHEST, 1), -20.0, 1e-13);
    assert_int_equal(f.days[TW_CLIMATE_EVAPORATION].count, 1);
    assert_near(value(&f, TW_CLIMATE_EVAPORATION, 0), 5.08, 1e-13);
    assert_near(value(&f, TW_CLIMATE_WIND, 0), 4.4704, 1e-13);
    tw_arena_done(&f.arena);
}

/* Environment Canada DLY: tenths of degC, a line a month. */
static void dly_has_a_month_in_a_line(void **state)
{
    (void)state;
    struct file f;
    char text[300] = "7025250200102001";
    for (int day = 0; day < 31; day++)
        strcat(text, day == 2 ? "-00123 " : day == 3 ? "-99999M" : " 00045 ");
    strcat(text, "\n");
    assert_ok(take(&f, text, true, TW_CLIMATE_US));
    assert_int_equal(f.days[TW_CLIMATE_HIGHEST].count, 27); /* of 28 days of February */
    assert_near(value(&f, TW_CLIMATE_HIGHEST, 0), 4.5, 1e-13);
    assert_near(value(&f, TW_CLIMATE_HIGHEST, 2), -12.3, 1e-13);
    assert_int_equal(f.days[TW_CLIMATE_LOWEST].count, 0);
    tw_arena_done(&f.arena);
}

static void ghcn_has_headings_and_a_unit(void **state)
{
    (void)state;
    static const char text[] = "STATION  DATE     TMAX     TMIN     EVAP     AWND    \n"
                               "-------- -------- -------- -------- -------- --------\n"
                               "USC00001 20010101      100      -20       15       30\n"
                               "USC00001 20010102    -9999       50        0        0\n";
    static const struct {
        enum tw_climate_unit unit;
        double lowest_c, evaporation_mmday, wind_mps;
    } cases[] = {{TW_CLIMATE_TENTHS, -2.0, 1.5, 3.0},
                 {TW_CLIMATE_METRIC, -20.0, 15.0, 30.0},
                 {TW_CLIMATE_US, (-20.0 - 32.0) / 1.8, 15.0 * 25.4, 30.0 * 0.44704}};
    for (int k = 0; k < 3; k++) {
        struct file f;
        assert_ok(take(&f, text, false, cases[k].unit));
        assert_int_equal(f.days[TW_CLIMATE_HIGHEST].count, 1); /* -9999: not measured */
        assert_int_equal(f.days[TW_CLIMATE_LOWEST].count, 2);
        assert_near(value(&f, TW_CLIMATE_LOWEST, 0), cases[k].lowest_c, 1e-12);
        assert_near(value(&f, TW_CLIMATE_EVAPORATION, 0), cases[k].evaporation_mmday, 1e-12);
        /* SWMM's mile, 1/0.62137 km, is 2e-6 shorter than the statute mile */
        assert_near(value(&f, TW_CLIMATE_WIND, 0), cases[k].wind_mps, 1e-4);
        tw_arena_done(&f.arena);
    }
}

static void a_line_without_sense_is_told(void **state)
{
    (void)state;
    struct file f;
    assert_status(take(&f, "S 2001 1 1 10 0\nS 2001\n", false, TW_CLIMATE_METRIC), TW_ERR_FORMAT);
    assert_int_equal(f.line, 2);
    tw_arena_done(&f.arena);
    assert_status(take(&f, "hello\n", false, TW_CLIMATE_METRIC), TW_ERR_FORMAT);
    assert_int_equal(f.line, 1);
    tw_arena_done(&f.arena);
    assert_status(take(&f, "", false, TW_CLIMATE_METRIC), TW_ERR_FORMAT);
    tw_arena_done(&f.arena);
    assert_ok(take(&f, "S 2001 1 1 warm 0\n", false, TW_CLIMATE_METRIC));
    assert_int_equal(f.line, 1); /* taken for 0 */
    assert_near(value(&f, TW_CLIMATE_HIGHEST, 0), 0.0, 0.0);
    tw_arena_done(&f.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(td_3200_has_columns),
                                       cmocka_unit_test(dly_has_a_month_in_a_line),
                                       cmocka_unit_test(ghcn_has_headings_and_a_unit),
                                       cmocka_unit_test(a_line_without_sense_is_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
