/* A grid with a place on the map: ground elevation, rain as a radar sees it. */
#ifndef TW_GRID_RASTER_H
#define TW_GRID_RASTER_H

#include "thalweg/status.h"

#include <stddef.h>
#include <stdint.h>

/** A grid of values, rows from north to south. */
struct tw_raster {
    int32_t columns, rows;
    double west, north; /* of the outer corner of the first cell, in map coordinates */
    double dx, dy;      /* size of a cell, both > 0 */
    int epsg;           /* of the map coordinates; 0: the file does not say */
    float *value;       /* [rows * columns] NAN: none; owned, from malloc */
};

/**
 * Read a GeoTIFF (by the ending .tif or .tiff) or an ESRI ASCII grid.
 *
 * why     [why_size] on failure: the reason in words
 * errors  TW_ERR_FILE, TW_ERR_FORMAT, TW_ERR_NOMEM
 */
tw_status tw_raster_read(const char *path, char *why, size_t why_size,
                         struct tw_raster *out_raster);

/** Free what a raster holds. */
void tw_raster_done(struct tw_raster *raster);

/** Value at map coordinates, between the four nearest cells; NAN outside. */
double tw_raster_at(const struct tw_raster *raster, double x, double y);

#endif
