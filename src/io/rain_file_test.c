/* Each format with a record that its description makes: what was kept, when, and what was missing.
 * Layouts: NCDC TD-3240 and TD-3260, Environment Canada HLY and FIF, SWMM User's Manual 11.3. */
#include "io/rain_file.h"

#include "check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct tw_arena arena;
static tw_faults *faults;

static int begin(void **state)
{
    (void)state;
    tw_arena_init(&arena);
    return tw_faults_create(0, &faults) == TW_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    tw_faults_destroy(faults);
    tw_arena_done(&arena);
    return 0;
}

static const double new_year = 36526.0; /* 2000-01-01 */

static struct tw_rain_request gage(enum tw_rain_kind kind)
{
    return (struct tw_rain_request){.path = "rain.dat",
                                    .station = "STA",
                                    .kind = kind,
                                    .interval_s = 900,
                                    .first_day = -INFINITY};
}

static struct tw_rain_record read_as(enum tw_rain_kind kind, const char *text)
{
    struct tw_rain_request request = gage(kind);
    struct tw_rain_record record;
    assert_ok(tw_rain_file_read(&request, text, strlen(text), faults, &arena, &record));
    return record;
}

/* A depth of the interval that begins so many hours after new year. */
static void assert_rain(const struct tw_rain_record *r, int64_t i, double hours, double inches)
{
    assert_true(i < r->count);
    assert_near((r->day[i] - new_year) * 24.0, hours, 1e-6); /* a day of 36526 has 7e-12 to spare */
    assert_near((double)r->inches[i], inches, 1e-6 * inches); /* single precision */
}

static void user_prepared_records_are_of_one_station(void **state)
{
    (void)state;
    struct tw_rain_record r = read_as(TW_RAIN_VOLUME, "Station Year Month Day Hour Minute Rain\n"
                                                      "; a comment\n"
                                                      "sta 2000 1 1 0 15 0.2 and a remark\n"
                                                      "OTHER 2000 1 1 0 20 9\n"
                                                      "STA 2000 01 01 01 00 0\n\n"
                                                      "STA 2000 1 1 24 0 .5");
    assert_int_equal(r.interval_s, 900);
    assert_int_equal(r.count, 3);
    assert_rain(&r, 0, 0.25, 0.2);
    assert_rain(&r, 1, 1.0, 0.0);
    assert_rain(&r, 2, 24.0, 0.5);
    assert_int_equal(tw_faults_kept(faults), 0);
}

static void kinds_of_data_become_depths(void **state)
{
    (void)state;
    static const char text[] =
        "STA 2000 1 1 0 0 1.2\nSTA 2000 1 1 0 15 2.0\nSTA 2000 1 1 0 30 0.4\n";
    struct tw_rain_record r = read_as(TW_RAIN_INTENSITY, text);
    assert_rain(&r, 0, 0.0, 0.3);
    r = read_as(TW_RAIN_CUMULATIVE, text);
    assert_rain(&r, 1, 0.25, 0.8);
    assert_rain(&r, 2, 0.5, 0.4); /* the gage was emptied */
    struct tw_rain_request request = gage(TW_RAIN_VOLUME);
    request.millimetres = true;
    request.first_day = new_year + 1.0;
    static const char days[] = "STA 2000 1 1 0 0 25.4\nSTA 2000 1 2 0 0 50.8\n";
    assert_ok(tw_rain_file_read(&request, days, strlen(days), faults, &arena, &r));
    assert_int_equal(r.count, 1);
    assert_rain(&r, 0, 24.0, 2.0);
}

static void fixed_fields_have_hundredths_at_the_end_of_hours(void **state)
{
    (void)state;
    struct tw_rain_record r =
        read_as(TW_RAIN_VOLUME, "HPD01012302HPCPHI20000100010040100000010  0300000025  2400000005  "
                                "2500000040  \n");
    assert_int_equal(r.interval_s, 3600);
    assert_int_equal(r.count, 3); /* hour 25 is the day's sum */
    assert_rain(&r, 0, 0.0, 0.10);
    assert_rain(&r, 1, 2.0, 0.25);
    assert_rain(&r, 2, 23.0, 0.05);
}

static void missing_and_deleted_periods_give_no_rain(void **state)
{
    (void)state;
    struct tw_rain_record r =
        read_as(TW_RAIN_VOLUME, "HPD01012302HPCPHI20000100010060100099999[ 0400099999] 0500099999{ "
                                "0700099999} 0900000030M 1000000012E \n");
    assert_int_equal(r.missing_periods, 5);
    assert_int_equal(r.count, 1);
    assert_rain(&r, 0, 9.0, 0.12);
}

/* From the hour that ends at 22:00 to that which ends at 2:00 the next day: 5 hours. */
static void an_accumulated_amount_goes_to_all_its_hours(void **state)
{
    (void)state;
    struct tw_rain_record r =
        read_as(TW_RAIN_VOLUME, "HPD01012302HPCPHI20000100010012200099999a \n"
                                "HPD01012302HPCPHI20000100020010200000050A \n");
    assert_int_equal(r.count, 5);
    for (int64_t k = 0; k < 5; k++)
        assert_rain(&r, k, 21.0 + (double)k, 0.1);
    assert_int_equal(r.rain_periods, 5);
}

static void delimited_records_of_quarters(void **state)
{
    (void)state;
    struct tw_rain_record r =
        read_as(TW_RAIN_VOLUME, "COOPID CD ELEM UN YEAR MO DA TIME  VALUE F F\n"
                                "------ -- ---- -- ---- -- -- ---- ------ - -\n"
                                "010123 02 QPCP HT 2000 01 01  0115     10     0330     25    \n");
    assert_int_equal(r.interval_s, 900);
    assert_rain(&r, 0, 1.0, 0.10);
    assert_rain(&r, 1, 3.25, 0.25);
    r = read_as(TW_RAIN_VOLUME,
                "010123 SOMEWHERE AIRPORT              02 QGAG HT 2000 01 01  0115     10    \n");
    assert_rain(&r, 0, 1.0, 0.10);
    r = read_as(TW_RAIN_VOLUME, "010123,02,HPCP,HT,2000,01,01,0100,    10, , ,0300,    25,M, \n");
    assert_int_equal(r.count, 1);
    assert_rain(&r, 0, 0.0, 0.10);
    assert_int_equal(r.missing_periods, 1);
}

static void records_of_the_online_service(void **state)
{
    (void)state;
    static const char head[] = "STATION           STATION_NAME    DATE           HPCP     Flag\n"
                               "----------------- --------------- -------------- -------- ----\n";
    static const char *const records[] = {"20000101 01:00 10              \n",
                                          "20000102 00:00 0.07            \n",
                                          "20000102 05:00 999.99   ]      \n"};
    char text[600];
    int n = snprintf(text, sizeof text, "%s", head);
    for (size_t k = 0; k < 3; k++)
        n += snprintf(text + n, sizeof text - (size_t)n, "COOP:010123       SOMEWHERE       %s",
                      records[k]);
    struct tw_rain_record r = read_as(TW_RAIN_VOLUME, text);
    assert_int_equal(r.interval_s, 3600);
    assert_int_equal(r.count, 2);
    assert_rain(&r, 0, 0.0, 0.10);
    assert_rain(&r, 1, 23.0, 0.07); /* midnight ends the day before */
    assert_int_equal(r.missing_periods, 1);
}

/* A day of the archive: value `tenths` at place `k`, -99999 at place k + 1. */
static void archive_day(char *out, size_t size, const char *head, int places, int k, int tenths)
{
    int n = snprintf(out, size, "%s", head);
    for (int i = 0; i < places; i++)
        n += snprintf(out + n, size - (size_t)n, "%06d ",
                      i == k       ? tenths
                      : i == k + 1 ? -99999
                                   : 0);
    (void)snprintf(out + n, size - (size_t)n, "\n");
}

static void records_of_the_canadian_archives(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        int places, interval_s;
    } formats[] = {{"61587330000101123", 24, 3600},
                   {"615873320000101123", 24, 3600},
                   {"615873320000101159", 96, 900}};
    for (size_t f = 0; f < 3; f++) {
        char text[900];
        archive_day(text, sizeof text, formats[f].head, formats[f].places, 5, 127);
        struct tw_rain_record r = read_as(TW_RAIN_VOLUME, text);
        assert_int_equal(r.interval_s, formats[f].interval_s);
        assert_int_equal(r.count, 1);
        /* 12.7 mm; as SWMM has it, the sixth interval of the day ends at its fifth's end */
        assert_rain(&r, 0, 4.0 * formats[f].interval_s / 3600.0, 0.5);
        assert_int_equal(r.missing_periods, 1);
    }
}

static void assert_fault(enum tw_rain_kind kind, const char *text, int line, const char *words)
{
    struct tw_rain_request request = gage(kind);
    struct tw_rain_record record;
    size_t kept = tw_faults_kept(faults);
    (void)tw_rain_file_read(&request, text, strlen(text), faults, &arena, &record);
    assert_int_equal(tw_faults_kept(faults), kept + 1);
    struct tw_fault fault = tw_faults_get(faults, kept);
    assert_int_equal(fault.line, line);
    assert_non_null(strstr(fault.text, words));
}

static void faults_have_their_line(void **state)
{
    (void)state;
    assert_fault(TW_RAIN_VOLUME, "a\nb\nc\nd\ne\nSTA 2000 1 1 0 0 1\n", 5,
                 "none of the first lines");
    assert_fault(TW_RAIN_VOLUME, "", 0, "none of the first lines");
    assert_fault(TW_RAIN_VOLUME, "STA 2000 1 1 1 0 1\nSTA 2000 1 1 1 0 2\n", 2,
                 "does not come after");
    assert_fault(TW_RAIN_VOLUME, "STA 2000 1 1 1 0 1\nSTA 2000 2 30 1 0 2\n", 2, "no such date");
    assert_fault(TW_RAIN_VOLUME, "STA 2000 1 1 1 0 1\nSTA 2000 1 1 2 0\n", 2, "left out");
}

static void out_of_memory_is_told(void **state)
{
    (void)state;
    static const char text[] = "STA 2000 1 1 1 0 1\n";
    struct tw_rain_request request = gage(TW_RAIN_VOLUME);
    struct tw_rain_record record;
    for (int64_t n = 1;; n++) {
        arena.fail_at = n;
        tw_status status = tw_rain_file_read(&request, text, strlen(text), faults, &arena, &record);
        arena.fail_at = 0;
        if (status == TW_OK) break;
        assert_status(status, TW_ERR_NOMEM);
        assert_true(n < 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(user_prepared_records_are_of_one_station, begin, end),
        cmocka_unit_test_setup_teardown(kinds_of_data_become_depths, begin, end),
        cmocka_unit_test_setup_teardown(fixed_fields_have_hundredths_at_the_end_of_hours, begin,
                                        end),
        cmocka_unit_test_setup_teardown(missing_and_deleted_periods_give_no_rain, begin, end),
        cmocka_unit_test_setup_teardown(an_accumulated_amount_goes_to_all_its_hours, begin, end),
        cmocka_unit_test_setup_teardown(delimited_records_of_quarters, begin, end),
        cmocka_unit_test_setup_teardown(records_of_the_online_service, begin, end),
        cmocka_unit_test_setup_teardown(records_of_the_canadian_archives, begin, end),
        cmocka_unit_test_setup_teardown(faults_have_their_line, begin, end),
        cmocka_unit_test_setup_teardown(out_of_memory_is_told, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
