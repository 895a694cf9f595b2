/* Telemetry of a city that does not exist: every tag of its plants and every point of its network,
 * with values that move as measurements do. A value depends on tag and time alone, so whoever sends
 * and whoever checks agree without talking. */
#ifndef TW_SYNTH_TELEMETRY_H
#define TW_SYNTH_TELEMETRY_H

#include <stddef.h>
#include <stdint.h>

#define TW_TELEMETRY_ID_SIZE 24

/** How much of it. */
struct tw_telemetry_plan {
    int32_t plants, tags; /* tags of each plant, every 10 s */
    int32_t points;       /* of the network, every 60 s */
};

/** A city's worth: 60 plants of 500 tags, 3,000 points. */
#define TW_TELEMETRY_CITY ((struct tw_telemetry_plan){.plants = 60, .tags = 500, .points = 3000})

/** Series of a plan: those of plants first. */
int32_t tw_telemetry_count(const struct tw_telemetry_plan *plan);

/** Seconds between two values of a series. */
int32_t tw_telemetry_period_s(const struct tw_telemetry_plan *plan, int32_t series);

/** Id of a series: W07.T123 of a plant, N00042 of the network. */
void tw_telemetry_id(const struct tw_telemetry_plan *plan, int32_t series,
                     char out[TW_TELEMETRY_ID_SIZE]);

/** Unit of a series; a constant text. */
const char *tw_telemetry_unit(const struct tw_telemetry_plan *plan, int32_t series);

/** Digits after the point that its values have. */
int tw_telemetry_decimals(const struct tw_telemetry_plan *plan, int32_t series);

/** Value of a series at a time, rounded to its digits. */
double tw_telemetry_value(const struct tw_telemetry_plan *plan, int32_t series, int64_t time_ms);

#endif
