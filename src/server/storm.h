/* A storm to replay: the rain and, where there are any, the measurements of a stretch of time, and
 * what is known of its truth. */
#ifndef TW_SERVER_STORM_H
#define TW_SERVER_STORM_H

#include "base/arena.h"
#include "grid/raster.h"
#include "server/city.h"
#include "store/store.h"
#include "thalweg/faults.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A value of a sensor, in the sensor's unit. */
struct tw_storm_value {
    int64_t time_ms;
    double value;
    int32_t sensor; /* index in the storm's sensors, which begin with the city's */
    int32_t line;   /* of its file */
};

/** Depths that points truly had, for scoring only. */
struct tw_storm_truth {
    int32_t count;     /* rows, by time; 0: nothing is known */
    int64_t *times_ms; /* [count] owned */
    float *depth_m;    /* [count * points of the city] NAN: not known; owned */
};

/** A field of the weather radar: rain [mm/h] in the city's map coordinates. */
struct tw_storm_field {
    int64_t time_ms;
    const char *path;
};

/** A storm. */
struct tw_storm {
    struct tw_arena arena;
    const char *id, *folder;
    struct tw_city_name title;
    bool made_up;
    bool lenient;  /* what was wrong was left out, see tw_storm_read */
    bool measured; /* it has measurements.csv */
    bool live;     /* it is what a store holds, see tw_storm_of_store */
    int64_t start_ms, end_ms;
    struct tw_storm_value *values; /* [count] by time; owned */
    size_t count, capacity;
    const struct tw_city_sensor *sensors; /* the city's and then those of sensors.csv; borrowed */
    int32_t sensor_count;
    struct tw_storm_truth truth;
    struct tw_storm_field *fields; /* [field_count] by time */
    int32_t field_count;
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

/**
 * Read a storm for a hindcast: any folder, and what is usable of it. Rows that can't be read, values
 * of unknown sensors and second values of one moment are left out; gaps stay gaps; each is a warning
 * with its line. sensors.csv of the folder tells of sensors that the city does not have, or has
 * otherwise; truth_points.csv is read for scoring.
 *
 * place    a name below the city's storms, or the path of a folder
 * errors   TW_ERR_NAME, TW_ERR_INPUT there is no usable rain, or a table is none; TW_ERR_NOMEM
 */
tw_status tw_storm_read(struct tw_city *city, const char *place, tw_faults *faults,
                        struct tw_storm **out_storm);

/**
 * What a city's sensors have measured in a stretch of time, and its radar's fields of it, as a storm
 * that can be lived through. Values that were not believed are left out.
 *
 * start_ms, end_ms  of the stretch
 * errors            TW_ERR_INPUT no rain was measured in it (a fault says so); TW_ERR_FILE, TW_ERR_NOMEM
 */
tw_status tw_storm_of_store(struct tw_city *city, struct tw_store *store, int64_t start_ms,
                            int64_t end_ms, tw_faults *faults, struct tw_storm **out_storm);

/** Depth that a point truly had [m], between two rows linear; NAN when it is not known. */
double tw_storm_truth_m(const struct tw_storm *storm, int32_t points, int32_t point,
                        int64_t time_ms);

/** The moment that a field's file name tells, `20310701T1000.asc`, on the city's clock; ODIM's: UTC. */
bool tw_radar_moment(const struct tw_city *city, const char *name, int64_t *out_ms);

/** Whether a file name is that of a grid: .asc, .tif, .tiff, .h5, .hdf or .hdf5, not hidden. */
bool tw_radar_is_grid(const char *name);

/**
 * Read a field as rain [mm/h] in the city's map coordinates.
 *
 * epsg    of the city
 * errors  as tw_radar_file_read
 */
tw_status tw_radar_field_read(const char *path, int epsg, char *why, size_t why_size,
                              struct tw_raster *out_field);

/** Free; NULL is fine. */
void tw_storm_destroy(struct tw_storm *storm);

/** Read every storm of a city only to find its faults. errors: TW_ERR_NOMEM */
tw_status tw_storms_check(struct tw_city *city, tw_faults *faults);

#endif
