/* Chance of a drill: what a crew that plays does with an order. The same seed, crew and order always
 * come to the same. */
#ifndef TW_SERVER_DRILL_CHANCE_H
#define TW_SERVER_DRILL_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

/** What will happen. */
struct tw_drill_chance {
    int64_t answer_ms;  /* until it is answered, 8 to 40 s */
    int64_t turnout_ms; /* from the answer to the road, 30 to 90 s */
    double pace;        /* travel time as a share of what was planned, 0.9 to 1.25 */
    bool refuses;       /* one in fifteen */
    bool breaks;        /* the vehicle breaks down, one in twenty-five */
    double breaks_at;   /* share of the way */
};

/** Draw. */
void tw_drill_chance_draw(uint64_t seed, const char *crew, int64_t order,
                          struct tw_drill_chance *out_chance);

/**
 * The place at a share of a line's length.
 *
 * line     [2 * places] lon, lat; places >= 1
 * share    clamped to 0..1
 * out      lon, lat
 */
void tw_drill_along(const double *line, int32_t places, double share, double out[2]);

#endif
