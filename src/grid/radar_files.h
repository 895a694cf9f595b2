/* Weather radar in files: a folder of fields named by their time, and each field as rain on a grid. */
#ifndef TW_GRID_RADAR_FILES_H
#define TW_GRID_RADAR_FILES_H

#include "base/arena.h"
#include "grid/raster.h"
#include "thalweg/faults.h"

/** A field of a folder. */
struct tw_radar_file {
    double day; /* decimal days since 1899-12-30 on the clock of the names */
    const char *path;
};

/** The fields of a folder, by time; all zeros is none. */
struct tw_radar_files {
    struct tw_arena arena; /* holds the paths */
    struct tw_radar_file *files;
    int32_t count;
};

/**
 * Time in the name of a file: the first run of 12 or 14 digits, yyyymmddhhmm[ss], in which a T may
 * stand before the hours.
 *
 * name    without folders
 * errors  TW_ERR_FORMAT there is none
 */
tw_status tw_radar_name_day(const char *name, double *out_day);

/**
 * Find the fields of a folder: .asc, .tif, .tiff, .h5, .hdf, .hdf5.
 *
 * faults     warned of names without a time, other files, equal times (the first by name is kept)
 *            and gaps; may be NULL
 * out_files  owned by the caller: tw_radar_files_done
 * errors     TW_ERR_FILE (errno says why), TW_ERR_NOMEM
 */
tw_status tw_radar_files_find(const char *folder, tw_faults *faults,
                              struct tw_radar_files *out_files);

/** Free what is in it. */
void tw_radar_files_done(struct tw_radar_files *files);

/** What fields are to become. */
struct tw_radar_how {
    int epsg; /* of the map coordinates that are wanted; for ODIM, whose grids are elsewhere */
    double zr_a, zr_b; /* reflectivity Z = a R^b [mm6/m3, mm/h]; for ODIM that holds dBZ */
};

#define TW_RADAR_HOW_DEFAULT ((struct tw_radar_how){.zr_a = 200.0, .zr_b = 1.6})

/**
 * Read a field as rain [mm/h].
 *
 * why        [why_size] on failure: the reason in words; else what was odd in it, or ""
 * out_field  NAN where there is no value, also for negative ones; owned by the caller:
 *            tw_raster_done
 * errors     TW_ERR_FILE, TW_ERR_FORMAT, TW_ERR_NOMEM
 */
tw_status tw_radar_file_read(const char *path, const struct tw_radar_how *how, char *why,
                             size_t why_size, struct tw_raster *out_field);

#endif
