/* Krueger's series in the third flattening n, to n^3 (Karney 2011, equations 7-11, 35, 36).
 *
 *   t   = sinh(atanh(sin phi) - e atanh(e sin phi))        e = 2 sqrt(n) / (1 + n)
 *   xi' = atan(t / cos l), eta' = atanh(sin l / sqrt(1 + t^2))    l: longitude from the meridian
 *   E   = 500 km + k0 A (eta' + sum alpha_j cos 2 j xi' sinh 2 j eta')
 *   N   = k0 A (xi' + sum alpha_j sin 2 j xi' cosh 2 j eta') */
#include "synth/utm.h"

#include "synth/exact.h"

#include <math.h>

static const double scale = 0.9996, false_east_m = 500e3;
static const double third_flattening = 1.0 / (2.0 * 298.257223563 - 1.0); /* WGS 84 */
static const double degree = TW_PI / 180.0;

/* A, the radius of the rectifying circle. */
static double radius_m(void)
{
    const double n = third_flattening;
    return 6378137.0 / (1.0 + n) * (1.0 + n * n / 4.0 + n * n * n * n / 64.0);
}

static double meridian_deg(int zone) { return 6.0 * zone - 183.0; }

struct tw_utm tw_utm_from_lonlat(int zone, struct tw_lonlat place)
{
    const double n = third_flattening, n2 = n * n, n3 = n2 * n;
    const double alpha[3] = {n / 2.0 - 2.0 / 3.0 * n2 + 5.0 / 16.0 * n3,
                             13.0 / 48.0 * n2 - 3.0 / 5.0 * n3, 61.0 / 240.0 * n3};
    const double e = 2.0 * sqrt(n) / (1.0 + n);
    double sin_lat = tw_exact_sin(place.lat_deg * degree);
    double l = (place.lon_deg - meridian_deg(zone)) * degree;
    double t = tw_exact_sinh(tw_exact_atanh(sin_lat) - e * tw_exact_atanh(e * sin_lat));
    double xi = tw_exact_atan(t / tw_exact_cos(l));
    double eta = tw_exact_atanh(tw_exact_sin(l) / sqrt(1.0 + t * t));
    double east = eta, north = xi;
    for (int j = 1; j <= 3; j++) {
        east += alpha[j - 1] * tw_exact_cos(2 * j * xi) * tw_exact_sinh(2 * j * eta);
        north += alpha[j - 1] * tw_exact_sin(2 * j * xi) * tw_exact_cosh(2 * j * eta);
    }
    return (struct tw_utm){false_east_m + scale * radius_m() * east, scale * radius_m() * north};
}

struct tw_lonlat tw_utm_to_lonlat(int zone, struct tw_utm place)
{
    const double n = third_flattening, n2 = n * n, n3 = n2 * n;
    const double beta[3] = {n / 2.0 - 2.0 / 3.0 * n2 + 37.0 / 96.0 * n3, n2 / 48.0 + n3 / 15.0,
                            17.0 / 480.0 * n3};
    const double delta[3] = {2.0 * n - 2.0 / 3.0 * n2 - 2.0 * n3, 7.0 / 3.0 * n2 - 8.0 / 5.0 * n3,
                             56.0 / 15.0 * n3};
    double north = place.north_m / (scale * radius_m());
    double east = (place.east_m - false_east_m) / (scale * radius_m());
    double xi = north, eta = east;
    for (int j = 1; j <= 3; j++) {
        xi -= beta[j - 1] * tw_exact_sin(2 * j * north) * tw_exact_cosh(2 * j * east);
        eta -= beta[j - 1] * tw_exact_cos(2 * j * north) * tw_exact_sinh(2 * j * east);
    }
    double sin_chi = tw_exact_sin(xi) / tw_exact_cosh(eta); /* chi: conformal latitude */
    double chi = tw_exact_atan(sin_chi / sqrt(1.0 - sin_chi * sin_chi));
    double lat = chi;
    for (int j = 1; j <= 3; j++)
        lat += delta[j - 1] * tw_exact_sin(2 * j * chi);
    double lon = tw_exact_atan(tw_exact_sinh(eta) / tw_exact_cos(xi));
    return (struct tw_lonlat){meridian_deg(zone) + lon / degree, lat / degree};
}
