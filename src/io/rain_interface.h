/* SWMM's rain interface files: the rain records of all stations in one binary file.
 * source: SWMM User's Manual 5.2, section 11.7; stamp, numbers, heads of stations, then records of a
 * time (double) and a depth in inches (float). */
#ifndef TW_IO_RAIN_INTERFACE_H
#define TW_IO_RAIN_INTERFACE_H

#include "base/file.h"
#include "io/rain_file.h"

/**
 * Find the record of a station.
 *
 * bytes   [size] of the file
 * path    said in faults
 * errors  TW_ERR_INPUT a fault was added; TW_ERR_NAME it has no such station; TW_ERR_NOMEM
 */
tw_status tw_rain_interface_read(const char *bytes, size_t size, const char *path,
                                 const char *station, tw_faults *faults, struct tw_arena *arena,
                                 struct tw_rain_record *out_record);

/** Write the records of all gages of a model that have rain files. errors: TW_ERR_FILE */
tw_status tw_rain_interface_write(const struct tw_model *model, tw_outfile *file);

#endif
