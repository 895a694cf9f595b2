#include "dispatch/nmea.h"

#include "check.h"

#include <stdio.h>
#include <string.h>

static const char *why;

static tw_status read_text(const char *text, struct tw_nmea_fix *fix)
{
    return tw_nmea_read(text, strlen(text), fix, &why);
}

/* A sentence with its right checksum. */
static const char *with_sum(const char *body, char out[160])
{
    int sum = 0;
    for (const char *at = body; *at != 0; at++)
        sum ^= (unsigned char)*at;
    (void)snprintf(out, 160, "$%s*%02X\r\n", body, (unsigned)sum);
    return out;
}

static void gga_and_rmc_say_where_it_is(void **state)
{
    (void)state;
    struct tw_nmea_fix fix;
    char text[160];
    /* The example of NMEA 0183: 48 degrees 07.038 minutes north, 11 degrees 31.000 east. */
    assert_ok(read_text("$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47", &fix));
    assert_near(fix.lat, 48.0 + 7.038 / 60.0, 1e-12); /* rounding of a sum */
    assert_near(fix.lon, 11.0 + 31.0 / 60.0, 1e-12);
    assert_ok(read_text("$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n",
                        &fix));
    assert_near(fix.lon, 11.0 + 31.0 / 60.0, 1e-12);
    assert_ok(
        read_text(with_sum("BDGGA,010203,3330.0,S,07036.0,W,4,08,0.9,5,M,4,M,,", text), &fix));
    assert_near(fix.lat, -33.5, 1e-12);
    assert_near(fix.lon, -70.6, 1e-12);
}

static void the_last_position_counts_and_other_sentences_do_not(void **state)
{
    (void)state;
    struct tw_nmea_fix fix;
    char a[160], b[160], c[160], text[480];
    (void)snprintf(
        text, sizeof text, "%s%s%s", with_sum("GNGGA,1,1000.0,N,02000.0,E,1,8,1,1,M,1,M,,", a),
        with_sum("GNGSV,3,1,11", b), with_sum("GNRMC,1,A,1030.0,N,02000.0,E,0,0,010131,,", c));
    assert_ok(read_text(text, &fix));
    assert_near(fix.lat, 10.5, 1e-12);
}

static void what_is_damaged_or_has_no_position_is_refused(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "GPGGA,1,4807.038,N,01131.000,E,0,8,1,1,M,1,M,,", /* no fix */
        "GPRMC,1,V,4807.038,N,01131.000,E,0,0,010131,,",
        "GPGGA,1,4867.038,N,01131.000,E,1,8,1,1,M,1,M,,", /* 67 minutes */
        "GPGGA,1,9107.0,N,01131.0,E,1,8,1,1,M,1,M,,",
        "GPGGA,1,4807.0,X,01131.0,E,1,8,1,1,M,1,M,,",
        "GPGGA,1,4807.0,N,18131.0,E,1,8,1,1,M,1,M,,",
        "GPGGA,1,,N,,E,1,8,1,1,M,1,M,,",
        "GPGGA,1,nan,N,01131.0,E,1",
        "GPGGA,1,4807.0,N",
        "GPGSV,3,1,11",
        "",
    };
    struct tw_nmea_fix fix;
    char text[160];
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        assert_status(read_text(with_sum(bodies[i], text), &fix), TW_ERR_FORMAT);
        assert_non_null(why);
    }
    assert_status(read_text("", &fix), TW_ERR_FORMAT);
    assert_status(
        read_text("$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*48", &fix),
        TW_ERR_FORMAT);
    assert_string_equal(why, "a checksum is wrong");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gga_and_rmc_say_where_it_is),
        cmocka_unit_test(the_last_position_counts_and_other_sentences_do_not),
        cmocka_unit_test(what_is_damaged_or_has_no_position_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
