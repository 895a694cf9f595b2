/* Climate files: daily temperatures, evaporation and wind of one station. */
#ifndef TW_IO_CLIMATE_FILE_H
#define TW_IO_CLIMATE_FILE_H

#include "base/arena.h"
#include "model/climate.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>

/* What a GHCN file's values are measured in: tenths of degC and mm, degC and mm, degF and inch. */
enum tw_climate_unit { TW_CLIMATE_TENTHS, TW_CLIMATE_METRIC, TW_CLIMATE_US };

/* How a file is read. */
struct tw_climate_reading {
    bool us;                   /* a user-prepared file has degF, in/d; else degC, mm/d */
    enum tw_climate_unit unit; /* of a GHCN file */
};

/**
 * Read a climate file of any kind that SWMM reads: TD-3200, DLY02 and DLY04, GHCN-Daily or
 * user-prepared (station year month day highest lowest evaporation wind; * for what is missing).
 *
 * text     [size + 1] bytes; overwritten
 * out_days [TW_CLIMATE_VALUES] in SI; arrays from the arena; a day's last value counts
 * out_line after an error: the line that is wrong; else the first whose value is no number and was
 *          taken for 0, as SWMM does; 0: none
 * errors   TW_ERR_FORMAT, TW_ERR_NOMEM
 * source   SWMM User's Manual 5.2, section 11.4; NCDC documentation of TD-3200; Environment Canada,
 *          Technical Documentation for the digital archive of climatological data
 */
tw_status tw_climate_file_read(char *text, size_t size, const struct tw_climate_reading *reading,
                               struct tw_arena *arena, struct tw_climate_days *out_days,
                               int *out_line);

#endif
