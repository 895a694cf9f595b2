#include "grid/raster.h"

#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <tiffio.h>

#define FILE_MAX ((size_t)2 << 30)
#define CELLS_MAX 400000000

/* GeoTIFF 1.1, sections 7.1 and 7.2. */
enum {
    TAG_PIXEL_SCALE = 33550,
    TAG_TIE_POINT = 33922,
    TAG_GEO_KEYS = 34735,
    TAG_NO_DATA = 42113,
    KEY_RASTER_TYPE = 1025,
    KEY_GEOGRAPHIC = 2048,
    KEY_PROJECTED = 3072,
    RASTER_IS_POINT = 2
};

static tw_status refuse(char *why, size_t why_size, const char *text)
{
    (void)snprintf(why, why_size, "%s", text);
    return TW_ERR_FORMAT;
}

static tw_status make_cells(struct tw_raster *raster, char *why, size_t why_size)
{
    if (raster->columns < 2 || raster->rows < 2 ||
        (int64_t)raster->columns * raster->rows > CELLS_MAX) {
        return refuse(why, why_size, "the grid has too few or too many cells");
    }
    size_t count = (size_t)raster->columns * (size_t)raster->rows;
    raster->value = malloc(count * sizeof *raster->value);
    return raster->value == NULL ? TW_ERR_NOMEM : TW_OK;
}

/* ---- ESRI ASCII grid ---- */

/* The next word of a text, terminated; NULL at the end. */
static char *next_word(char **at)
{
    char *word = *at + strspn(*at, " \t\r\n");
    if (*word == 0) return NULL;
    size_t length = strcspn(word, " \t\r\n");
    *at = word[length] == 0 ? word + length : word + length + 1;
    word[length] = 0;
    return word;
}

struct ascii_head {
    double columns, rows, x, y, size, no_data;
    bool centre;
};

static tw_status read_ascii_head(char **at, struct ascii_head *head, char *why, size_t why_size)
{
    *head = (struct ascii_head){.columns = (double)NAN,
                                .rows = (double)NAN,
                                .x = (double)NAN,
                                .y = (double)NAN,
                                .size = (double)NAN,
                                .no_data = -9999.0};
    struct {
        const char *word;
        double *value;
    } const known[] = {{"ncols", &head->columns}, {"nrows", &head->rows},
                       {"xllcorner", &head->x},   {"xllcenter", &head->x},
                       {"yllcorner", &head->y},   {"yllcenter", &head->y},
                       {"cellsize", &head->size}, {"nodata_value", &head->no_data}};
    for (;;) {
        char *before = *at;
        size_t blanks = strspn(before, " \t\r\n");
        char first = before[blanks];
        if ((first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.') break;
        char *word = next_word(at);
        char *value = word == NULL ? NULL : next_word(at);
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof known[0] && value != NULL; i++) {
            if (strcasecmp(word, known[i].word) != 0) continue;
            found = tw_text_double(value, known[i].value) == TW_OK;
            head->centre = head->centre || strcasecmp(word, "xllcenter") == 0;
        }
        if (!found) return refuse(why, why_size, "a line of the head is not understood");
    }
    if (!(head->size > 0.0) || isnan(head->x) || isnan(head->y) || !(head->columns >= 2.0) ||
        !(head->rows >= 2.0) || head->columns * head->rows > CELLS_MAX) {
        return refuse(why, why_size,
                      "the head lacks ncols, nrows, xllcorner, yllcorner or cellsize");
    }
    return TW_OK;
}

static tw_status read_ascii(char *text, char *why, size_t why_size, struct tw_raster *raster)
{
    struct ascii_head head;
    char *at = text;
    TW_TRY(read_ascii_head(&at, &head, why, why_size));
    raster->columns = (int32_t)head.columns;
    raster->rows = (int32_t)head.rows;
    raster->dx = head.size;
    raster->dy = head.size;
    raster->west = head.x - (head.centre ? 0.5 * head.size : 0.0);
    raster->north = head.y - (head.centre ? 0.5 * head.size : 0.0) + raster->rows * head.size;
    TW_TRY(make_cells(raster, why, why_size));
    size_t count = (size_t)raster->columns * (size_t)raster->rows;
    for (size_t i = 0; i < count; i++) {
        char *word = next_word(&at);
        double value = 0.0;
        if (word == NULL || tw_text_double(word, &value) != TW_OK) {
            (void)snprintf(why, why_size, "row %zu of the grid: %s",
                           i / (size_t)raster->columns + 1,
                           word == NULL ? "the file ends too early" : "a cell is not a number");
            return TW_ERR_FORMAT;
        }
        raster->value[i] = value == head.no_data ? NAN : (float)value;
    }
    return TW_OK;
}

/* ---- GeoTIFF ---- */

static void read_geo_keys(TIFF *tiff, struct tw_raster *raster, bool *out_point)
{
    uint16_t count = 0;
    const uint16_t *keys = NULL;
    if (TIFFGetField(tiff, TAG_GEO_KEYS, &count, &keys) != 1) return;
    for (int i = 4; i + 3 < count; i += 4) {
        bool inlined = keys[i + 1] == 0;
        int value = keys[i + 3];
        if (keys[i] == KEY_RASTER_TYPE && inlined) *out_point = value == RASTER_IS_POINT;
        bool code = (keys[i] == KEY_GEOGRAPHIC || keys[i] == KEY_PROJECTED) && inlined;
        /* 32767: defined by the user, not by a code. A projected code outranks a geographic one. */
        if (code && value != 32767 && (raster->epsg == 0 || keys[i] == KEY_PROJECTED)) {
            raster->epsg = value;
        }
    }
}

static tw_status read_geo(TIFF *tiff, struct tw_raster *raster, char *why, size_t why_size)
{
    uint16_t count = 0;
    const double *scale = NULL;
    const double *tie = NULL;
    bool point = false;
    if (TIFFGetField(tiff, TAG_PIXEL_SCALE, &count, &scale) != 1 || count < 2 ||
        !(scale[0] > 0.0) || !(scale[1] > 0.0)) {
        return refuse(why, why_size, "it has no ModelPixelScale: no GeoTIFF, or a rotated one");
    }
    raster->dx = scale[0];
    raster->dy = scale[1];
    if (TIFFGetField(tiff, TAG_TIE_POINT, &count, &tie) != 1 || count < 6) {
        return refuse(why, why_size, "it has no ModelTiepoint");
    }
    read_geo_keys(tiff, raster, &point);
    raster->west = tie[3] - tie[0] * raster->dx - (point ? 0.5 * raster->dx : 0.0);
    raster->north = tie[4] + tie[1] * raster->dy + (point ? 0.5 * raster->dy : 0.0);
    return TW_OK;
}

/* How a sample is written. */
struct sample {
    uint16_t bits, format;
};

static double sample_at(const unsigned char *row, int32_t i, struct sample sample)
{
    size_t size = sample.bits / 8;
    const unsigned char *at = row + (size_t)i * size;
    union {
        float f;
        double d;
        int16_t i16;
        uint16_t u16;
        int32_t i32;
        uint32_t u32;
    } value = {.d = 0.0};
    memcpy(&value, at, size);
    if (sample.format == SAMPLEFORMAT_IEEEFP) return size == 4 ? (double)value.f : value.d;
    if (sample.format == SAMPLEFORMAT_INT) return size == 2 ? value.i16 : value.i32;
    return size == 1 ? at[0] : size == 2 ? value.u16 : value.u32;
}

static bool sample_known(struct sample sample)
{
    if (sample.format == SAMPLEFORMAT_IEEEFP) return sample.bits == 32 || sample.bits == 64;
    if (sample.format == SAMPLEFORMAT_INT) return sample.bits == 16 || sample.bits == 32;
    return sample.format == SAMPLEFORMAT_UINT &&
           (sample.bits == 8 || sample.bits == 16 || sample.bits == 32);
}

static void put_row(struct tw_raster *raster, int32_t row, int32_t from, int32_t count,
                    const unsigned char *bytes, struct sample sample, double no_data)
{
    float *out = raster->value + (size_t)row * (size_t)raster->columns;
    for (int32_t i = 0; i < count && from + i < raster->columns; i++) {
        double value = sample_at(bytes, i, sample);
        bool none = !isfinite(value) || value == no_data || fabs(value) > 12000.0;
        out[from + i] = none ? NAN : (float)value;
    }
}

static tw_status read_tiles(TIFF *tiff, struct tw_raster *raster, struct sample sample,
                            double no_data)
{
    uint32_t width = 0;
    uint32_t height = 0;
    if (TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &width) != 1 ||
        TIFFGetField(tiff, TIFFTAG_TILELENGTH, &height) != 1 || width == 0 || height == 0) {
        return TW_ERR_FORMAT;
    }
    unsigned char *tile = malloc((size_t)TIFFTileSize(tiff) + 1);
    if (tile == NULL) return TW_ERR_NOMEM;
    tw_status status = TW_OK;
    size_t line = (size_t)width * sample.bits / 8;
    for (uint32_t y = 0; y < (uint32_t)raster->rows && status == TW_OK; y += height) {
        for (uint32_t x = 0; x < (uint32_t)raster->columns && status == TW_OK; x += width) {
            if (TIFFReadTile(tiff, tile, x, y, 0, 0) < 0) status = TW_ERR_FORMAT;
            for (uint32_t r = 0; r < height && y + r < (uint32_t)raster->rows && status == TW_OK;
                 r++) {
                put_row(raster, (int32_t)(y + r), (int32_t)x, (int32_t)width, tile + r * line,
                        sample, no_data);
            }
        }
    }
    free(tile);
    return status;
}

static tw_status read_rows(TIFF *tiff, struct tw_raster *raster, struct sample sample,
                           double no_data)
{
    unsigned char *row = malloc((size_t)TIFFScanlineSize(tiff) + 1);
    if (row == NULL) return TW_ERR_NOMEM;
    tw_status status = TW_OK;
    for (int32_t r = 0; r < raster->rows && status == TW_OK; r++) {
        if (TIFFReadScanline(tiff, row, (uint32_t)r, 0) != 1) status = TW_ERR_FORMAT;
        if (status == TW_OK) put_row(raster, r, 0, raster->columns, row, sample, no_data);
    }
    free(row);
    return status;
}

static tw_status read_tiff(TIFF *tiff, char *why, size_t why_size, struct tw_raster *raster)
{
    uint32_t columns = 0;
    uint32_t rows = 0;
    uint16_t samples = 1;
    struct sample sample = {.bits = 1, .format = SAMPLEFORMAT_UINT};
    double no_data = (double)NAN;
    const char *text = NULL;
    (void)TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &columns);
    (void)TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &rows);
    (void)TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
    (void)TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &sample.bits);
    (void)TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &sample.format);
    if (TIFFGetField(tiff, TAG_NO_DATA, &text) == 1 && text != NULL) {
        no_data = strtod(text, NULL);
    }
    if (samples != 1 || !sample_known(sample) || columns > CELLS_MAX || rows > CELLS_MAX) {
        return refuse(why, why_size, "it is no grid with one elevation a cell");
    }
    raster->columns = (int32_t)columns;
    raster->rows = (int32_t)rows;
    TW_TRY(read_geo(tiff, raster, why, why_size));
    TW_TRY(make_cells(raster, why, why_size));
    tw_status status = TIFFIsTiled(tiff) ? read_tiles(tiff, raster, sample, no_data)
                                         : read_rows(tiff, raster, sample, no_data);
    return status == TW_ERR_FORMAT ? refuse(why, why_size, "the TIFF is damaged") : status;
}

/* libtiff knows no GeoTIFF tags by itself. It keeps the names, which its interface wants writable,
 * until the file is closed. */
struct tag_names {
    char scale[16], tie[16], keys[16], none[16];
};

/* A library prints nothing: what is wrong is told by the answer. */
static int say_nothing(TIFF *tiff, void *user, const char *module, const char *format,
                       va_list arguments)
{
    (void)tiff;
    (void)user;
    (void)module;
    (void)format;
    (void)arguments;
    return 1;
}

static TIFF *open_quietly(const char *path)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (options == NULL) return NULL;
    TIFFOpenOptionsSetErrorHandlerExtR(options, say_nothing, NULL);
    TIFFOpenOptionsSetWarningHandlerExtR(options, say_nothing, NULL);
    TIFF *tiff = TIFFOpenExt(path, "r", options);
    TIFFOpenOptionsFree(options);
    return tiff;
}

static void extend_tags(TIFF *tiff, struct tag_names *names)
{
    *names = (struct tag_names){"PixelScale", "Tiepoint", "GeoKeys", "NoData"};
    const TIFFFieldInfo tags[] = {
        {TAG_PIXEL_SCALE, -1, -1, TIFF_DOUBLE, FIELD_CUSTOM, 1, 1, names->scale},
        {TAG_TIE_POINT, -1, -1, TIFF_DOUBLE, FIELD_CUSTOM, 1, 1, names->tie},
        {TAG_GEO_KEYS, -1, -1, TIFF_SHORT, FIELD_CUSTOM, 1, 1, names->keys},
        {TAG_NO_DATA, -1, -1, TIFF_ASCII, FIELD_CUSTOM, 1, 0, names->none},
    };
    (void)TIFFMergeFieldInfo(tiff, tags, sizeof tags / sizeof tags[0]);
}

/* ---- both ---- */

static bool is_tiff(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot != NULL && (strcasecmp(dot, ".tif") == 0 || strcasecmp(dot, ".tiff") == 0);
}

tw_status tw_raster_read(const char *path, char *why, size_t why_size, struct tw_raster *out_raster)
{
    struct tw_raster raster = {.epsg = 0};
    tw_status status = TW_ERR_FILE;
    (void)snprintf(why, why_size, "out of memory");
    if (is_tiff(path)) {
        struct tag_names names;
        TIFF *tiff = open_quietly(path);
        if (tiff == NULL) return refuse(why, why_size, "it cannot be opened as a TIFF");
        extend_tags(tiff, &names);
        status = read_tiff(tiff, why, why_size, &raster);
        TIFFClose(tiff);
    } else {
        char *text = NULL;
        status = tw_file_read(path, FILE_MAX, &text, NULL);
        if (status == TW_ERR_FILE) (void)snprintf(why, why_size, "%s", strerror(errno));
        if (status == TW_OK) status = read_ascii(text, why, why_size, &raster);
        free(text);
    }
    if (status != TW_OK) {
        tw_raster_done(&raster);
        return status;
    }
    *out_raster = raster;
    return TW_OK;
}

void tw_raster_done(struct tw_raster *raster)
{
    free(raster->value);
    raster->value = NULL;
}

double tw_raster_at(const struct tw_raster *raster, double x, double y)
{
    double column = (x - raster->west) / raster->dx - 0.5;
    double row = (raster->north - y) / raster->dy - 0.5;
    if (!(column > -0.5 && column < raster->columns - 0.5 && row > -0.5 &&
          row < raster->rows - 0.5)) {
        return (double)NAN;
    }
    /* Within half a cell of the rim the rim's own value holds. */
    column = column < 0.0 ? 0.0 : column > raster->columns - 1 ? raster->columns - 1 : column;
    row = row < 0.0 ? 0.0 : row > raster->rows - 1 ? raster->rows - 1 : row;
    int32_t c = (int32_t)column;
    int32_t r = (int32_t)row;
    if (c > raster->columns - 2) c = raster->columns - 2;
    if (r > raster->rows - 2) r = raster->rows - 2;
    double u = column - c;
    double v = row - r;
    const float *z = raster->value + (size_t)r * (size_t)raster->columns + c;
    const float *below = z + raster->columns;
    const double weights[4] = {(1.0 - u) * (1.0 - v), u * (1.0 - v), (1.0 - u) * v, u * v};
    const float cells[4] = {z[0], z[1], below[0], below[1]};
    double height_m = 0.0;
    for (int i = 0; i < 4; i++) {
        /* A cell without data counts only where it has weight. */
        if (weights[i] > 0.0) height_m += weights[i] * (double)cells[i];
    }
    return height_m;
}
