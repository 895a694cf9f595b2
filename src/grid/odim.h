/* Weather radar composites in ODIM HDF5, as rain on a grid of the model's map coordinates. */
#ifndef TW_GRID_ODIM_H
#define TW_GRID_ODIM_H

#include "grid/radar_files.h"

/**
 * Read the first data set with rain of a composite (COMP, IMAGE or CVOL): RATE [mm/h], ACRR [mm over
 * its time], or TH, DBZH, DBZ [dBZ] by how's Z-R relation. Undetected is 0, no data is NAN. Each cell
 * of the new grid takes the nearest of the composite's.
 *
 * how     epsg of the grid that is wanted
 * errors  TW_ERR_FILE, TW_ERR_FORMAT, TW_ERR_NOMEM
 * source  OPERA Data Information Model for HDF5, version 2.2 to 2.4: groups what, where, data
 */
tw_status tw_odim_read(const char *path, const struct tw_radar_how *how, char *why, size_t why_size,
                       struct tw_raster *out_field);

#endif
