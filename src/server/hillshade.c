#include "server/hillshade.h"

#include "grid/projection.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define METRES_PER_DEGREE 111320.0
#define DEGREE (3.14159265358979323846 / 180.0)
#define STEEPER 2.0 /* heights are doubled: a town's relief is flat to the eye */

static void widen(double bounds[4], double lon, double lat)
{
    if (!isfinite(lon) || !isfinite(lat)) return;
    if (!(bounds[0] <= lon)) bounds[0] = lon;
    if (!(bounds[1] <= lat)) bounds[1] = lat;
    if (!(bounds[2] >= lon)) bounds[2] = lon;
    if (!(bounds[3] >= lat)) bounds[3] = lat;
}

/* The rectangle in WGS 84 around the raster: its rim, in steps. */
static void find_bounds(const struct tw_raster *raster, const struct tw_projection *projection,
                        double bounds[4])
{
    double width = raster->columns * raster->dx;
    double height = raster->rows * raster->dy;
    for (int i = 0; i < 4; i++)
        bounds[i] = (double)NAN;
    for (int i = 0; i <= 16; i++) {
        const double xs[4] = {raster->west + width * i / 16.0, raster->west + width * i / 16.0,
                              raster->west, raster->west + width};
        const double ys[4] = {raster->north, raster->north - height,
                              raster->north - height * i / 16.0, raster->north - height * i / 16.0};
        for (int k = 0; k < 4; k++) {
            double lon = 0.0;
            double lat = 0.0;
            tw_projection_to_wgs84(projection, xs[k], ys[k], &lon, &lat);
            widen(bounds, lon, lat);
        }
    }
}

/* Elevations at the middle of each pixel. */
static void sample(const struct tw_raster *raster, const struct tw_projection *projection,
                   const struct tw_shade *shade, float *out_z)
{
    double dlon = (shade->bounds[2] - shade->bounds[0]) / shade->width;
    double dlat = (shade->bounds[3] - shade->bounds[1]) / shade->height;
    for (int32_t r = 0; r < shade->height; r++) {
        for (int32_t c = 0; c < shade->width; c++) {
            double x = 0.0;
            double y = 0.0;
            tw_projection_from_wgs84(projection, shade->bounds[0] + (c + 0.5) * dlon,
                                     shade->bounds[3] - (r + 0.5) * dlat, &x, &y);
            out_z[(size_t)r * (size_t)shade->width + (size_t)c] = (float)tw_raster_at(raster, x, y);
        }
    }
}

/* Elevation of a pixel; beyond the rim, and where there is none, that of the middle one. */
static double near(const struct tw_shade *shade, const float *z, int32_t r, int32_t c,
                   double otherwise)
{
    if (r < 0 || c < 0 || r >= shade->height || c >= shade->width) return otherwise;
    double value = (double)z[(size_t)r * (size_t)shade->width + (size_t)c];
    return isnan(value) ? otherwise : value;
}

static void light(struct tw_shade *shade, const float *z, int32_t r, double dx_m, double dy_m)
{
    const double sun = sqrt(0.5); /* sine and cosine of 45 degrees */
    for (int32_t c = 0; c < shade->width; c++) {
        size_t at = (size_t)r * (size_t)shade->width + (size_t)c;
        uint8_t *pixel = &shade->pixels[2 * at];
        double here = (double)z[at];
        if (isnan(here)) {
            pixel[0] = 0;
            pixel[1] = 0;
            continue;
        }
        double n[3][3];
        for (int i = 0; i < 9; i++) {
            n[i / 3][i % 3] = near(shade, z, r - 1 + i / 3, c - 1 + i % 3, here);
        }
        double east = (n[0][2] + 2.0 * n[1][2] + n[2][2] - n[0][0] - 2.0 * n[1][0] - n[2][0]) /
                      (8.0 * dx_m) * STEEPER;
        double north = (n[0][0] + 2.0 * n[0][1] + n[0][2] - n[2][0] - 2.0 * n[2][1] - n[2][2]) /
                       (8.0 * dy_m) * STEEPER;
        /* Normal (-east, -north, 1), light from (-1, 1) / sqrt 2 at 45 degrees. */
        double shine = (sun * (east - north) * sun + sun) / sqrt(1.0 + east * east + north * north);
        shine = shine < 0.0 ? 0.0 : shine;
        pixel[0] = (uint8_t)(255.0 * (shine > 1.0 ? 1.0 : shine) + 0.5);
        pixel[1] = 255;
    }
}

tw_status tw_shade_make(const struct tw_raster *raster, int epsg, int32_t widest,
                        struct tw_shade *out_shade)
{
    struct tw_projection *projection = NULL;
    struct tw_shade shade = {.width = 0};
    TW_TRY(tw_projection_create(epsg, &projection));
    find_bounds(raster, projection, shade.bounds);
    if (!(shade.bounds[2] > shade.bounds[0]) || !(shade.bounds[3] > shade.bounds[1])) {
        tw_projection_destroy(projection);
        return TW_ERR_ARG;
    }
    double scale =
        (double)widest / (raster->columns > raster->rows ? raster->columns : raster->rows);
    scale = scale > 1.0 ? 1.0 : scale;
    shade.width = (int32_t)(raster->columns * scale) < 2 ? 2 : (int32_t)(raster->columns * scale);
    shade.height = (int32_t)(raster->rows * scale) < 2 ? 2 : (int32_t)(raster->rows * scale);
    size_t count = (size_t)shade.width * (size_t)shade.height;
    float *z = malloc(count * sizeof *z);
    shade.pixels = malloc(2 * count);
    tw_status status = TW_ERR_NOMEM;
    if (z != NULL && shade.pixels != NULL) {
        double middle = 0.5 * (shade.bounds[1] + shade.bounds[3]) * DEGREE;
        double dx_m =
            (shade.bounds[2] - shade.bounds[0]) / shade.width * METRES_PER_DEGREE * cos(middle);
        double dy_m = (shade.bounds[3] - shade.bounds[1]) / shade.height * METRES_PER_DEGREE;
        sample(raster, projection, &shade, z);
        for (int32_t r = 0; r < shade.height; r++)
            light(&shade, z, r, dx_m, dy_m);
        status = TW_OK;
    }
    free(z);
    tw_projection_destroy(projection);
    if (status != TW_OK) {
        free(shade.pixels);
        return status;
    }
    *out_shade = shade;
    return TW_OK;
}

/* ---- PNG ---- */

static void put_u32(uint8_t *out, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* A chunk: length, name, data, checksum. returns: the byte after it */
static uint8_t *put_chunk(uint8_t *out, const char name[4], const uint8_t *data, size_t size)
{
    put_u32(out, (uint32_t)size);
    memcpy(out + 4, name, 4);
    if (size > 0) memcpy(out + 8, data, size);
    put_u32(out + 8 + size, (uint32_t)crc32(0, out + 4, (uInt)(size + 4)));
    return out + 12 + size;
}

/* Rows with the filter that stores the difference from the row above (PNG filter type 2). */
static uint8_t *filtered_rows(const struct tw_shade *shade, size_t *out_size)
{
    size_t line = 2 * (size_t)shade->width;
    uint8_t *rows = malloc((line + 1) * (size_t)shade->height);
    if (rows == NULL) return NULL;
    for (int32_t r = 0; r < shade->height; r++) {
        const uint8_t *from = shade->pixels + (size_t)r * line;
        uint8_t *to = rows + (size_t)r * (line + 1);
        *to++ = 2;
        for (size_t i = 0; i < line; i++) {
            to[i] = (uint8_t)(from[i] - (r > 0 ? *(from + i - line) : 0));
        }
    }
    *out_size = (line + 1) * (size_t)shade->height;
    return rows;
}

tw_status tw_shade_png(const struct tw_shade *shade, void **out_png, size_t *out_size)
{
    static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    size_t raw_size = 0;
    uint8_t *raw = filtered_rows(shade, &raw_size);
    if (raw == NULL) return TW_ERR_NOMEM;
    uLongf packed_size = compressBound((uLong)raw_size);
    uint8_t *packed = malloc(packed_size);
    uint8_t *png = malloc(packed_size + 100);
    bool sound = packed != NULL && png != NULL &&
                 compress2(packed, &packed_size, raw, (uLong)raw_size, 6) == Z_OK;
    free(raw);
    if (sound) {
        uint8_t head[13] = {0};
        put_u32(head, (uint32_t)shade->width);
        put_u32(head + 4, (uint32_t)shade->height);
        head[8] = 8; /* bits a sample */
        head[9] = 4; /* grey with alpha */
        memcpy(png, signature, sizeof signature);
        uint8_t *at = put_chunk(png + sizeof signature, "IHDR", head, sizeof head);
        at = put_chunk(at, "IDAT", packed, packed_size);
        at = put_chunk(at, "IEND", NULL, 0);
        *out_png = png;
        *out_size = (size_t)(at - png);
        png = NULL;
    }
    free(packed);
    free(png);
    return sound ? TW_OK : TW_ERR_NOMEM;
}
