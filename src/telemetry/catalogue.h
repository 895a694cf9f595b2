/* Which sensors there are and what a plausible value of each is. */
#ifndef TW_TELEMETRY_CATALOGUE_H
#define TW_TELEMETRY_CATALOGUE_H

#include "base/arena.h"
#include "base/names.h"
#include "telemetry/qc.h"
#include "thalweg/status.h"

#include <stdint.h>

/** What is known of a sensor. */
struct tw_sensor_entry {
    int32_t series;        /* in the store */
    const char *unit;      /* values are stored in it */
    double min, max;       /* plausible values in that unit; -INFINITY and INFINITY: no limit */
    const char *source;    /* the only device source that may send it; NULL: any */
    const char *neighbour; /* id of a sensor that shows about the same; NULL: none */
    struct tw_qc_limits limits; /* of the checks; its min and max are those above */
};

/** Sensors by id. */
struct tw_catalogue {
    struct tw_arena arena;
    struct tw_names ids;
    struct tw_sensor_entry *entries; /* [ids.count] */
    int32_t capacity;
};

/** Make an empty catalogue in place. */
void tw_catalogue_init(struct tw_catalogue *catalogue);

/** Free what is in it. */
void tw_catalogue_done(struct tw_catalogue *catalogue);

/**
 * Add a sensor; strings are copied.
 *
 * errors  TW_ERR_NAME the id is there already, TW_ERR_NOMEM
 */
tw_status tw_catalogue_add(struct tw_catalogue *catalogue, const char *id,
                           const struct tw_sensor_entry *entry);

/** The entry of a sensor; NULL when there is none of that id. */
const struct tw_sensor_entry *tw_catalogue_find(const struct tw_catalogue *catalogue,
                                                const char *id);

/** Place of a sensor in `entries`; -1 when there is none of that id. */
int32_t tw_catalogue_index(const struct tw_catalogue *catalogue, const char *id);

#endif
