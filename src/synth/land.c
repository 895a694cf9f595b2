/* The elevation, from the water inwards:
 *
 *   a bank 25 m wide, 12 m high;  a bench 60 m wide with the river road;
 *   the hillside  z = R (1.6 p - 0.6 p^2), p = 0 at the bench, 1 on the ridge, R the relief there,
 *   less the gullies  0.75 R p (1 - p) exp(-(d / w)^2), d the distance to the gully's line,
 *   then noise and terraces  z + 0.6 s sin(2 pi z / s) / (2 pi), s the height of a terrace,
 *   and beyond the western border a mountain up to 450 m. */
#include "synth/land.h"

#include "synth/exact.h"
#include "synth/random.h"

#include <math.h>

static const double bank_foot_m = 25.0, bench_end_m = 85.0, bank_height_m = 12.0;
static const double top_m = 450.0, terrace_m = 13.0;

struct tw_land tw_land_make(uint64_t seed, double area_m2, int32_t gullies)
{
    struct tw_land land = {.seed = seed, .gullies = gullies};
    const double slimness = 0.21, fullness = 0.71; /* half width / length; mean / largest width */
    land.length_m = sqrt(area_m2 / (2.0 * slimness * fullness));
    land.half_width_m = slimness * land.length_m;
    land.relief_m = 0.165 * (land.half_width_m - bench_end_m);
    if (land.relief_m > 250.0) land.relief_m = 250.0;
    if (land.relief_m < 12.0) land.relief_m = 12.0;
    land.river_width_m = 300.0 + 0.03 * land.length_m;
    land.gully_space_m = 0.9 * land.length_m / gullies;
    land.summit_m = 220.0 + 0.05 * land.length_m;
    return land;
}

/* 0 below 0, 1 above 1, smooth between. */
static double smooth(double t)
{
    if (t <= 0.0) return 0.0;
    if (t >= 1.0) return 1.0;
    return t * t * (3.0 - 2.0 * t);
}

double tw_land_axis_m(const struct tw_land *land, double x_m)
{
    return 0.22 * land->half_width_m * tw_exact_sin(1.6 * TW_PI * x_m / land->length_m + 0.6);
}

double tw_land_half_width_m(const struct tw_land *land, double x_m)
{
    double from_tip = (0.5 * land->length_m - x_m) / land->length_m;
    double t = from_tip / 0.6;
    if (t < 0.0) t /= 1.0 - t / 0.15; /* the far banks draw together to a limit */
    if (t > 1.0) t = 1.0;
    double bays = 0.07 * tw_noise(land->seed, TW_DRAW_BANK, 7.0 * from_tip, 0.5) * t;
    return land->half_width_m * (0.30 + 0.70 * t * (2.0 - t) + bays);
}

/* How much of the width across counts as distance to the bank, which runs aslant. */
static double aslant(const struct tw_land *land, double x_m)
{
    double step = 0.002 * land->length_m;
    double rise =
        (tw_land_half_width_m(land, x_m + step) - tw_land_half_width_m(land, x_m - step)) /
        (2.0 * step);
    return 1.0 / sqrt(1.0 + rise * rise);
}

double tw_land_bank_m(const struct tw_land *land, enum tw_bank bank, double x_m, double inland_m)
{
    double out = tw_land_half_width_m(land, x_m) - inland_m / aslant(land, x_m);
    return tw_land_axis_m(land, x_m) + (bank == TW_BANK_NORTH ? out : -out);
}

/* Distance to the nearer bank as if there were no tip, negative beyond it. */
static double to_bank_m(const struct tw_land *land, double x_m, double y_m)
{
    double across = fabs(y_m - tw_land_axis_m(land, x_m));
    return (tw_land_half_width_m(land, x_m) - across) * aslant(land, x_m);
}

double tw_land_shore_m(const struct tw_land *land, double x_m, double y_m)
{
    double shore = to_bank_m(land, x_m, y_m), to_tip = 0.5 * land->length_m - x_m;
    double round = 0.22 * land->half_width_m; /* radius of the corners at the tip */
    if (shore < round && to_tip < round) {
        double a = round - shore, b = round - to_tip;
        return round - sqrt(a * a + b * b);
    }
    return shore < to_tip ? shore : to_tip;
}

double tw_land_gully_m(const struct tw_land *land, int32_t k)
{
    return -0.5 * land->length_m + (k + 0.5) * land->gully_space_m;
}

/* 0 at the end of the bench, 1 on the ridge. */
static double up_the_hill(const struct tw_land *land, double x_m, double shore_m)
{
    double whole = tw_land_half_width_m(land, x_m) * 0.95 - bench_end_m;
    double p = (shore_m - bench_end_m) / (whole > 40.0 ? whole : 40.0);
    return p < 0.0 ? 0.0 : p > 1.0 ? 1.0 : p;
}

static double in_gully(const struct tw_land *land, double x_m, double y_m, double p)
{
    enum tw_bank bank = y_m > tw_land_axis_m(land, x_m) ? TW_BANK_NORTH : TW_BANK_SOUTH;
    double space = land->gully_space_m;
    int32_t middle = (int32_t)floor((x_m + 0.5 * land->length_m) / space);
    double width = space * (0.10 + 0.10 * p), best = 0.0;
    for (int32_t k = middle - 1; k <= middle + 1; k++) {
        if (k < 0 || k >= land->gullies) continue;
        double bend = tw_noise(land->seed, TW_DRAW_GULLY, 2.5 * p, 10.0 * k + 500.0 * (int)bank);
        double d = (x_m - tw_land_gully_m(land, k) - 0.7 * space * p * bend) / width;
        double here = d * d > 40.0 ? 0.0 : tw_exact_exp(-d * d);
        best = here > best ? here : best;
    }
    return best;
}

double tw_land_in_gully(const struct tw_land *land, double x_m, double y_m)
{
    double shore = tw_land_shore_m(land, x_m, y_m);
    if (shore < 0.0) return 0.0;
    return in_gully(land, x_m, y_m, up_the_hill(land, x_m, shore));
}

/* Noise of several wave lengths, each of half the height of the one before; about -1..1. */
static double rough(const struct tw_land *land, double x_m, double y_m, double wave_m)
{
    double sum = 0.0, height = 0.55;
    for (int octave = 0; octave < 4; octave++) {
        sum += height *
               tw_noise(land->seed + (uint64_t)octave, TW_DRAW_RELIEF, x_m / wave_m, y_m / wave_m);
        wave_m *= 0.5;
        height *= 0.5;
    }
    return sum;
}

/* Height above the bench of the hillside. */
static double hill_m(const struct tw_land *land, double x_m, double y_m, double shore_m)
{
    double p = up_the_hill(land, x_m, shore_m);
    double from_tip = (0.5 * land->length_m - x_m) / land->length_m;
    double relief = land->relief_m * (0.45 + 0.55 * smooth(from_tip / 0.5));
    double z = relief * (1.6 * p - 0.6 * p * p);
    z -= 0.75 * relief * p * (1.0 - p) * in_gully(land, x_m, y_m, p);
    z += 0.10 * relief * smooth(4.0 * p) * rough(land, x_m, y_m, 0.8 * land->half_width_m);
    z += (2.0 + 0.04 * relief) * smooth(6.0 * p) *
         rough(land, x_m, y_m, 200.0 + 0.1 * land->half_width_m);
    if (z < 0.0) z = 0.0;
    return z + 0.60 * terrace_m / (2.0 * TW_PI) * tw_exact_sin(2.0 * TW_PI * z / terrace_m);
}

/* What the mountain west of the city adds. */
static double mountain_m(const struct tw_land *land, double x_m, double y_m)
{
    double dx = (x_m + 0.5 * land->length_m + 1.9 * land->summit_m) / land->summit_m;
    double dy = (y_m - tw_land_axis_m(land, x_m)) / land->summit_m;
    double far = 0.5 * (dx * dx + dy * dy);
    double height = top_m - TW_LAND_RIVER_M - bank_height_m - 1.5 - land->relief_m;
    return far > 30.0 ? 0.0 : height * tw_exact_exp(-far);
}

double tw_land_ground_m(const struct tw_land *land, double x_m, double y_m)
{
    double shore = tw_land_shore_m(land, x_m, y_m);
    double inland = -to_bank_m(land, x_m, y_m) - land->river_width_m;
    if (inland > 0.0) { /* the far banks */
        double hills = 0.12 * inland * (1.0 + 0.6 * rough(land, x_m, y_m, 900.0));
        double z = bank_height_m * smooth(inland / 50.0) + (hills > 0.0 ? hills : 0.0);
        return TW_LAND_RIVER_M + (z < 240.0 ? z : 240.0);
    }
    if (shore <= 0.0) return TW_LAND_RIVER_M;
    double z = bank_height_m * smooth(shore / bank_foot_m);
    if (shore > bank_foot_m) {
        double bench = (shore < bench_end_m ? shore : bench_end_m) - bank_foot_m;
        z += 0.025 * bench +
             smooth(bench / 20.0) * 1.2 * tw_noise(land->seed, TW_DRAW_BANK, x_m / 330.0, 9.5);
    }
    if (shore > bench_end_m) {
        z += hill_m(land, x_m, y_m, shore) +
             mountain_m(land, x_m, y_m) * smooth((shore - bench_end_m) / 200.0);
    }
    return TW_LAND_RIVER_M + z;
}
