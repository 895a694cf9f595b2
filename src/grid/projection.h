/* From a city's map coordinates to WGS 84 and back. */
#ifndef TW_GRID_PROJECTION_H
#define TW_GRID_PROJECTION_H

#include "thalweg/status.h"

/** A transformation; for one thread at a time. */
struct tw_projection;

/**
 * Make the transformation between a coordinate system and WGS 84.
 *
 * epsg            its EPSG code
 * out_projection  owned by the caller
 * errors          TW_ERR_NAME PROJ knows no such code, TW_ERR_NOMEM
 */
tw_status tw_projection_create(int epsg, struct tw_projection **out_projection);

/** Free; NULL is fine. */
void tw_projection_destroy(struct tw_projection *projection);

/** Longitude and latitude [degrees] of map coordinates; NAN when they have none. */
void tw_projection_to_wgs84(const struct tw_projection *projection, double x, double y,
                            double *out_lon, double *out_lat);

/** Map coordinates of a longitude and latitude [degrees]; NAN when they have none. */
void tw_projection_from_wgs84(const struct tw_projection *projection, double lon, double lat,
                              double *out_x, double *out_y);

#endif
