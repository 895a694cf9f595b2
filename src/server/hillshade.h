/* Shaded relief: ground elevation as a picture over the map. */
#ifndef TW_SERVER_HILLSHADE_H
#define TW_SERVER_HILLSHADE_H

#include "grid/raster.h"
#include "thalweg/status.h"

#include <stddef.h>
#include <stdint.h>

/** A picture of grey and opacity, rows from north to south, over a rectangle in WGS 84. */
struct tw_shade {
    int32_t width, height;
    uint8_t *pixels;  /* [height * width * 2] grey, alpha; owned, from malloc */
    double bounds[4]; /* west, south, east, north [degrees] */
};

/**
 * Shade a raster with light from the north-west, 45 degrees high.
 *
 * epsg        of the raster's coordinates
 * widest      most pixels of a side
 * out_shade   free its pixels with free()
 * errors      TW_ERR_NAME no such projection, TW_ERR_ARG the raster is nowhere, TW_ERR_NOMEM
 * source      Horn 1981, Proceedings of the IEEE 69(1), 14-47
 */
tw_status tw_shade_make(const struct tw_raster *raster, int epsg, int32_t widest,
                        struct tw_shade *out_shade);

/**
 * A PNG of 8-bit grey with alpha.
 *
 * out_png  from malloc, the caller frees it
 * errors   TW_ERR_NOMEM
 * source   PNG specification, third edition, sections 5 and 11
 */
tw_status tw_shade_png(const struct tw_shade *shade, void **out_png, size_t *out_size);

#endif
