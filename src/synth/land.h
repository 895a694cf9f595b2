/* The land of a made city: a hilly peninsula between two rivers that join at its tip, in the manner
 * of Chongqing. Local coordinates: x to the east, y to the north, the origin in the middle [m]. */
#ifndef TW_SYNTH_LAND_H
#define TW_SYNTH_LAND_H

#include <stdint.h>

/** The two banks. */
enum tw_bank { TW_BANK_NORTH, TW_BANK_SOUTH, TW_BANK_COUNT };

/** What the land is made from. */
struct tw_land {
    uint64_t seed;
    double length_m;     /* of the city, from its western border to the tip */
    double half_width_m; /* from the axis to a bank, at its widest */
    double relief_m;     /* of the ridge above the river road */
    double river_width_m;
    int32_t gullies;      /* that come down to each bank */
    double gully_space_m; /* between two of them */
    double summit_m;      /* radius of the mountain west of the city */
};

/** Where the river road runs: distance from the bank [m]. */
#define TW_LAND_ROAD_M 32.0
/** Where gullies end: distance from the bank [m]. */
#define TW_LAND_MOUTH_M 52.0
/** Level of both rivers at the city [m]. */
#define TW_LAND_RIVER_M 160.0

/**
 * Land for a city.
 *
 * area_m2  of the land between the banks, from the western border to the tip
 * gullies  on each bank, >= 1
 */
struct tw_land tw_land_make(uint64_t seed, double area_m2, int32_t gullies);

/** y of the peninsula's axis at x. */
double tw_land_axis_m(const struct tw_land *land, double x_m);

/** Half the peninsula's width at x; beyond the tip what the rivers' far banks follow. */
double tw_land_half_width_m(const struct tw_land *land, double x_m);

/** y of the line that keeps a distance from a bank, at x. */
double tw_land_bank_m(const struct tw_land *land, enum tw_bank bank, double x_m, double inland_m);

/** Distance to the water, negative in it [m]. */
double tw_land_shore_m(const struct tw_land *land, double x_m, double y_m);

/** x of the foot of a bank's k-th gully from the west. */
double tw_land_gully_m(const struct tw_land *land, int32_t k);

/** How much a place lies in a gully: 1 on its line, 0 far from all. */
double tw_land_in_gully(const struct tw_land *land, double x_m, double y_m);

/** Elevation of the ground [m]; of the water in the rivers. */
double tw_land_ground_m(const struct tw_land *land, double x_m, double y_m);

#endif
