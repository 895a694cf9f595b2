/* The tables of a storm's folder, one at a time; for storm.c. */
#ifndef TW_SERVER_STORM_PARTS_H
#define TW_SERVER_STORM_PARTS_H

#include "server/storm.h"

/** A table of a folder. */
enum tw_storm_table { TW_STORM_SENSORS, TW_STORM_RAIN, TW_STORM_MEASUREMENTS, TW_STORM_TRUTH };

/**
 * Read a table into a storm; one that is not there is a fault only of the rain.
 *
 * path    of the file
 * errors  TW_ERR_NOMEM; what is wrong with the file is in faults
 */
tw_status tw_storm_table_load(struct tw_storm *storm, struct tw_city *city, tw_faults *faults,
                              const char *path, enum tw_storm_table which);

/** Order of values for qsort: by time, then by sensor. */
int tw_storm_by_time(const void *a, const void *b);

/**
 * Find the radar's fields in a folder, 20310701T1000.asc, of a live storm those of its time; every one is read once to see whether it can be
 * used. errors: TW_ERR_NOMEM
 */
tw_status tw_storm_radar_find(struct tw_storm *storm, struct tw_city *city, const char *folder,
                              tw_faults *faults);

/**
 * Look at the times of values of one table: second values of one moment are told of and left out,
 * gaps are told of. Only series that come at even times have gaps.
 *
 * first   the table's first value; they go on to the storm's last, and are sorted by time after
 */
void tw_storm_times_check(struct tw_storm *storm, size_t first, const char *path,
                          tw_faults *faults);

#endif
