/* A storm to replay: the rain and, where there are any, the measurements of a stretch of time. */
#ifndef TW_SERVER_STORM_H
#define TW_SERVER_STORM_H

#include "base/arena.h"
#include "server/city.h"
#include "thalweg/faults.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A value of a sensor, in the sensor's unit. */
struct tw_storm_value {
    int64_t time_ms;
    double value;
    int32_t sensor; /* index in the city */
};

/** A storm. */
struct tw_storm {
    struct tw_arena arena;
    const char *id;
    struct tw_city_name title;
    bool made_up;
    bool measured; /* it has measurements.csv */
    int64_t start_ms, end_ms;
    struct tw_storm_value *values; /* [count] by time; owned */
    size_t count, capacity;
};

/**
 * Read a storm of a city.
 *
 * name       folder below the city's storms
 * faults     everything that is wrong, with file and line; not NULL
 * out_storm  owned by the caller: tw_storm_destroy; untouched on failure
 * errors     TW_ERR_NAME there is no such storm (a fault names those there are), TW_ERR_INPUT,
 *            TW_ERR_NOMEM
 */
tw_status tw_storm_load(struct tw_city *city, const char *name, tw_faults *faults,
                        struct tw_storm **out_storm);

/** Free; NULL is fine. */
void tw_storm_destroy(struct tw_storm *storm);

/** Read every storm of a city only to find its faults. errors: TW_ERR_NOMEM */
tw_status tw_storms_check(struct tw_city *city, tw_faults *faults);

#endif
