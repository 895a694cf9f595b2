#include "synth/utm.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Longitude, latitude and what PROJ 9 (EPSG:32648) makes of them. */
static const struct {
    double lon, lat, east, north;
} known[] = {
    {106.55, 29.56, 650158.4512, 3271033.5755}, {105.0, 0.0, 500000.0, 0.0},
    {103.2, 84.0, 478997.1992, 9328421.9621},   {107.9, 45.5, 726566.1524, 5042587.8613},
    {106.7, 29.4, 664951.0114, 3253505.0253},
};
enum { KNOWN = sizeof known / sizeof known[0] };

static void near(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance)) fail_msg("%.10g is not near %.10g", a, b);
}

static void places_agree_with_proj(void **state)
{
    (void)state;
    for (int i = 0; i < KNOWN; i++) {
        struct tw_utm map = tw_utm_from_lonlat(48, (struct tw_lonlat){known[i].lon, known[i].lat});
        near(map.east_m, known[i].east, 1e-3); /* the series' promise: a millimetre */
        near(map.north_m, known[i].north, 1e-3);
    }
}

static void there_and_back_is_the_same_place(void **state)
{
    (void)state;
    for (int i = 0; i < KNOWN; i++) {
        struct tw_lonlat place =
            tw_utm_to_lonlat(48, (struct tw_utm){known[i].east, known[i].north});
        /* 1e-8 degree is a millimetre; at latitude 84 a millimetre is 1e-7 of longitude */
        near(place.lon_deg, known[i].lon, 1e-7);
        near(place.lat_deg, known[i].lat, 1e-8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_agree_with_proj),
        cmocka_unit_test(there_and_back_is_the_same_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
