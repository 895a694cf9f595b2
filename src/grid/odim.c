#include "grid/odim.h"

#include <hdf5.h>
#include <math.h>
#include <proj.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELLS_MOST 20000000
enum { TEXT_MOST = 512, EDGE_POINTS = 16, DATA_SETS_MOST = 32 };

/* What a composite says of itself. */
struct odim {
    hid_t file;
    char projection[TEXT_MOST];
    double columns, rows, dx, dy; /* of its own projection [m] */
    double lon, lat;              /* of its lower left corner */
    char data[64], quantity[16];
    double gain, offset, no_data, undetected;
    double accumulated_h; /* of ACRR */
};

static tw_status refuse(char *why, size_t why_size, const char *text)
{
    (void)snprintf(why, why_size, "%s", text);
    return TW_ERR_FORMAT;
}

/* ---- attributes ---- */

static hid_t open_attribute(hid_t file, const char *group, const char *name)
{
    /* H5Lexists wants each part of the path to be there. */
    char part[TEXT_MOST];
    size_t length = strlen(group);
    if (length >= sizeof part) return -1;
    for (size_t i = 1; i <= length; i++) {
        if (i < length && group[i] != '/') continue;
        memcpy(part, group, i);
        part[i] = 0;
        if (H5Lexists(file, part, H5P_DEFAULT) <= 0) return -1;
    }
    if (H5Aexists_by_name(file, group, name, H5P_DEFAULT) <= 0) return -1;
    return H5Aopen_by_name(file, group, name, H5P_DEFAULT, H5P_DEFAULT);
}

/* One number and no more: a longer attribute would be read past the variable. */
static bool is_single(hid_t attribute)
{
    hid_t space = H5Aget_space(attribute);
    bool single = space >= 0 && H5Sget_simple_extent_npoints(space) == 1;
    if (space >= 0) (void)H5Sclose(space);
    return single;
}

static bool read_number(hid_t file, const char *group, const char *name, double *out_value)
{
    hid_t attribute = open_attribute(file, group, name);
    if (attribute < 0) return false;
    double value = (double)NAN;
    bool read = is_single(attribute) && H5Aread(attribute, H5T_NATIVE_DOUBLE, &value) >= 0 &&
                isfinite(value);
    (void)H5Aclose(attribute);
    if (read) *out_value = value;
    return read;
}

static bool copy_text(const char *text, size_t length, char *out, size_t size)
{
    if (length >= size) return false;
    memcpy(out, text, length);
    out[length] = 0;
    return true;
}

static bool read_text_value(hid_t attribute, hid_t type, char *out, size_t size)
{
    if (H5Tget_class(type) != H5T_STRING || !is_single(attribute)) return false;
    if (H5Tis_variable_str(type) > 0) {
        char *text = NULL;
        if (H5Aread(attribute, type, &text) < 0 || text == NULL) return false;
        bool copied = copy_text(text, strlen(text), out, size);
        (void)H5free_memory(text);
        return copied;
    }
    char text[TEXT_MOST] = "";
    size_t length = H5Tget_size(type);
    if (length >= sizeof text || H5Aread(attribute, type, text) < 0) return false;
    return copy_text(text, strnlen(text, length), out, size);
}

static bool read_text(hid_t file, const char *group, const char *name, char *out, size_t size)
{
    hid_t attribute = open_attribute(file, group, name);
    if (attribute < 0) return false;
    hid_t type = H5Aget_type(attribute);
    bool read = type >= 0 && read_text_value(attribute, type, out, size);
    if (type >= 0) (void)H5Tclose(type);
    (void)H5Aclose(attribute);
    return read;
}

/* An attribute counts for everything below its group unless said again: data, data set, file. */
static bool find_number(const struct odim *o, const char *data_set, const char *name,
                        double *out_value)
{
    char group[160];
    (void)snprintf(group, sizeof group, "%s/what", o->data);
    if (read_number(o->file, group, name, out_value)) return true;
    (void)snprintf(group, sizeof group, "%s/what", data_set);
    if (read_number(o->file, group, name, out_value)) return true;
    return read_number(o->file, "/what", name, out_value);
}

/* ---- the head ---- */

static tw_status read_where(struct odim *o, char *why, size_t why_size)
{
    static const char *const groups[] = {"/where", "/dataset1/where"};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        const char *g = groups[i];
        if (!read_text(o->file, g, "projdef", o->projection, sizeof o->projection)) continue;
        if (!read_number(o->file, g, "xsize", &o->columns) ||
            !read_number(o->file, g, "ysize", &o->rows) ||
            !read_number(o->file, g, "xscale", &o->dx) ||
            !read_number(o->file, g, "yscale", &o->dy) ||
            !read_number(o->file, g, "LL_lon", &o->lon) ||
            !read_number(o->file, g, "LL_lat", &o->lat)) {
            break;
        }
        if (!(o->columns >= 2.0) || !(o->rows >= 2.0) || o->columns * o->rows > CELLS_MOST ||
            !(o->dx > 0.0) || !(o->dy > 0.0)) {
            return refuse(why, why_size, "where/xsize, ysize, xscale or yscale make no sense");
        }
        return TW_OK;
    }
    return refuse(why, why_size,
                  "no composite: where/projdef, xsize, ysize, xscale, yscale, LL_lon, LL_lat are "
                  "needed");
}

static bool is_rain(const char *quantity)
{
    static const char *const known[] = {"RATE", "ACRR", "DBZH", "DBZ", "TH"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(quantity, known[i]) == 0) return true;
    }
    return false;
}

/* Hours between two attributes `date` and `time`; 0 when they are not there. */
static double hours_of(const struct odim *o, const char *data_set)
{
    char group[96];
    char text[4][32];
    static const char *const names[] = {"startdate", "starttime", "enddate", "endtime"};
    double seconds[2] = {0.0, 0.0};
    (void)snprintf(group, sizeof group, "%s/what", data_set);
    for (int i = 0; i < 4; i++) {
        if (!read_text(o->file, group, names[i], text[i], sizeof text[i])) return 0.0;
    }
    for (int i = 0; i < 2; i++) {
        char both[80];
        double day = 0.0;
        (void)snprintf(both, sizeof both, "%s%s", text[2 * i], text[2 * i + 1]);
        if (tw_radar_name_day(both, &day) != TW_OK) return 0.0;
        seconds[i] = day * 86400.0;
    }
    return (seconds[1] - seconds[0]) / 3600.0;
}

static tw_status read_what(struct odim *o, char *why, size_t why_size)
{
    for (int i = 1; i <= DATA_SETS_MOST; i++) {
        char data_set[32];
        char group[96];
        (void)snprintf(data_set, sizeof data_set, "/dataset%d", (i - 1) / 4 + 1);
        (void)snprintf(o->data, sizeof o->data, "%s/data%d", data_set, (i - 1) % 4 + 1);
        (void)snprintf(group, sizeof group, "%s/what", o->data);
        if (!read_text(o->file, group, "quantity", o->quantity, sizeof o->quantity)) {
            (void)snprintf(group, sizeof group, "%s/what", data_set);
            if (!read_text(o->file, group, "quantity", o->quantity, sizeof o->quantity)) continue;
        }
        if (!is_rain(o->quantity)) continue;
        o->gain = 1.0;
        o->offset = 0.0;
        o->no_data = (double)NAN;
        o->undetected = (double)NAN;
        (void)find_number(o, data_set, "gain", &o->gain);
        (void)find_number(o, data_set, "offset", &o->offset);
        (void)find_number(o, data_set, "nodata", &o->no_data);
        (void)find_number(o, data_set, "undetect", &o->undetected);
        o->accumulated_h = strcmp(o->quantity, "ACRR") == 0 ? hours_of(o, data_set) : 1.0;
        if (o->accumulated_h > 0.0) return TW_OK;
        return refuse(why, why_size, "ACRR without startdate, starttime, enddate and endtime");
    }
    return refuse(why, why_size, "no data set is RATE, ACRR, DBZH, DBZ or TH");
}

/* ---- the field ---- */

static double rain_of(const struct odim *o, const struct tw_radar_how *how, double raw)
{
    if (raw == o->no_data || !isfinite(raw)) return (double)NAN;
    if (raw == o->undetected) return 0.0;
    double value = raw * o->gain + o->offset;
    if (strcmp(o->quantity, "RATE") == 0) return value;
    if (strcmp(o->quantity, "ACRR") == 0) return value / o->accumulated_h;
    return pow(pow(10.0, value / 10.0) / how->zr_a, 1.0 / how->zr_b);
}

static tw_status read_cells(const struct odim *o, const struct tw_radar_how *how, char *why,
                            size_t why_size, float *out_mmh)
{
    char path[80];
    (void)snprintf(path, sizeof path, "%s/data", o->data);
    if (H5Lexists(o->file, path, H5P_DEFAULT) <= 0) {
        return refuse(why, why_size, "the data set has no data");
    }
    hid_t data = H5Dopen2(o->file, path, H5P_DEFAULT);
    hid_t space = data >= 0 ? H5Dget_space(data) : -1;
    hsize_t size[2] = {0, 0};
    bool fits = space >= 0 && H5Sget_simple_extent_ndims(space) == 2 &&
                H5Sget_simple_extent_dims(space, size, NULL) == 2 && (double)size[0] == o->rows &&
                (double)size[1] == o->columns;
    size_t count = (size_t)o->rows * (size_t)o->columns;
    double *raw = fits ? malloc(count * sizeof *raw) : NULL;
    tw_status status = TW_OK;
    if (!fits) {
        status = refuse(why, why_size, "the data has not ysize rows and xsize columns");
    } else if (raw == NULL) {
        status = TW_ERR_NOMEM;
    } else if (H5Dread(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, raw) < 0) {
        status = refuse(why, why_size, "the data is damaged");
    }
    for (size_t i = 0; i < count && status == TW_OK; i++)
        out_mmh[i] = (float)rain_of(o, how, raw[i]);
    free(raw);
    if (space >= 0) (void)H5Sclose(space);
    if (data >= 0) (void)H5Dclose(data);
    return status;
}

/* ---- its place ---- */

struct place {
    PJ_CONTEXT *context;
    PJ *to_map;    /* from the composite's own plane to map coordinates */
    double x0, y1; /* upper left corner in its own plane */
};

static PJ *between(PJ_CONTEXT *context, const char *from, const char *to)
{
    PJ *raw = proj_create_crs_to_crs(context, from, to, NULL);
    if (raw == NULL) return NULL;
    PJ *ordered = proj_normalize_for_visualization(context, raw);
    (void)proj_destroy(raw);
    return ordered;
}

static tw_status make_place(const struct odim *o, int epsg, struct place *place, char *why,
                            size_t why_size)
{
    char own[TEXT_MOST + 16];
    char map[32];
    (void)snprintf(own, sizeof own, "%s +type=crs", o->projection);
    (void)snprintf(map, sizeof map, "EPSG:%d", epsg);
    place->context = proj_context_create();
    if (place->context == NULL) return TW_ERR_NOMEM;
    (void)proj_log_level(place->context, PJ_LOG_NONE);
    PJ *from_degrees = between(place->context, "EPSG:4326", own);
    place->to_map = between(place->context, own, map);
    if (from_degrees == NULL || place->to_map == NULL) {
        (void)proj_destroy(from_degrees);
        return refuse(why, why_size, "PROJ does not know where/projdef, or the city's EPSG code");
    }
    PJ_COORD corner = proj_trans(from_degrees, PJ_FWD, proj_coord(o->lon, o->lat, 0.0, 0.0));
    (void)proj_destroy(from_degrees);
    place->x0 = corner.xy.x;
    place->y1 = corner.xy.y + o->rows * o->dy;
    if (isfinite(place->x0) && isfinite(place->y1)) return TW_OK;
    return refuse(why, why_size, "its corner where/LL_lon, LL_lat has no place in its projection");
}

/* The grid in map coordinates that holds the composite's rim. */
static tw_status lay_out(const struct odim *o, const struct place *place, struct tw_raster *field,
                         char *why, size_t why_size)
{
    double low[2] = {(double)INFINITY, (double)INFINITY};
    double high[2] = {-(double)INFINITY, -(double)INFINITY};
    for (int side = 0; side < 4; side++) {
        for (int i = 0; i <= EDGE_POINTS; i++) {
            double along = (double)i / EDGE_POINTS;
            double u = side < 2 ? along : side == 2 ? 0.0 : 1.0;
            double v = side < 2 ? (double)side : along;
            PJ_COORD at = proj_trans(place->to_map, PJ_FWD,
                                     proj_coord(place->x0 + u * o->columns * o->dx,
                                                place->y1 - v * o->rows * o->dy, 0.0, 0.0));
            if (!isfinite(at.xy.x) || !isfinite(at.xy.y)) continue;
            low[0] = fmin(low[0], at.xy.x);
            low[1] = fmin(low[1], at.xy.y);
            high[0] = fmax(high[0], at.xy.x);
            high[1] = fmax(high[1], at.xy.y);
        }
    }
    double size_m = o->dx < o->dy ? o->dx : o->dy;
    double columns = ceil((high[0] - low[0]) / size_m - 0.01);
    double rows = ceil((high[1] - low[1]) / size_m - 0.01);
    if (!(columns >= 2.0) || !(rows >= 2.0) || columns * rows > CELLS_MOST) {
        return refuse(why, why_size, "it lies where the city's map coordinates do not reach");
    }
    *field = (struct tw_raster){.columns = (int32_t)columns,
                                .rows = (int32_t)rows,
                                .west = low[0],
                                .north = high[1],
                                .dx = size_m,
                                .dy = size_m};
    return TW_OK;
}

/* Each cell of the new grid takes the composite's cell that it lies in. */
static void fill(const struct odim *o, const struct place *place, const float *own, double *x,
                 double *y, struct tw_raster *field)
{
    const size_t columns = (size_t)field->columns;
    for (int32_t r = 0; r < field->rows; r++) {
        float *to = field->value + (size_t)r * columns;
        for (size_t c = 0; c < columns; c++) {
            x[c] = field->west + ((double)c + 0.5) * field->dx;
            y[c] = field->north - (r + 0.5) * field->dy;
        }
        (void)proj_trans_generic(place->to_map, PJ_INV, x, sizeof *x, columns, y, sizeof *y,
                                 columns, NULL, 0, 0, NULL, 0, 0);
        for (size_t c = 0; c < columns; c++) {
            double column = floor((x[c] - place->x0) / o->dx);
            double row = floor((place->y1 - y[c]) / o->dy);
            bool inside = column >= 0.0 && column < o->columns && row >= 0.0 && row < o->rows;
            to[c] = inside ? own[(size_t)row * (size_t)o->columns + (size_t)column] : NAN;
        }
    }
}

static tw_status project(const struct odim *o, int epsg, const float *own, char *why,
                         size_t why_size, struct tw_raster *field)
{
    struct place place = {NULL, NULL, 0.0, 0.0};
    double *xy = NULL;
    tw_status status = make_place(o, epsg, &place, why, why_size);
    if (status == TW_OK) status = lay_out(o, &place, field, why, why_size);
    if (status == TW_OK) {
        size_t columns = (size_t)field->columns;
        field->epsg = epsg;
        field->value = malloc(columns * (size_t)field->rows * sizeof *field->value);
        xy = malloc(2 * columns * sizeof *xy);
        status = field->value == NULL || xy == NULL ? TW_ERR_NOMEM : TW_OK;
        if (status == TW_OK) fill(o, &place, own, xy, xy + columns, field);
    }
    free(xy);
    (void)proj_destroy(place.to_map);
    (void)proj_context_destroy(place.context);
    return status;
}

static tw_status read_open(struct odim *o, const struct tw_radar_how *how, char *why,
                           size_t why_size, struct tw_raster *field)
{
    TW_TRY(read_where(o, why, why_size));
    TW_TRY(read_what(o, why, why_size));
    float *own = malloc((size_t)o->columns * (size_t)o->rows * sizeof *own);
    if (own == NULL) return TW_ERR_NOMEM;
    tw_status status = read_cells(o, how, why, why_size, own);
    if (status == TW_OK) status = project(o, how->epsg, own, why, why_size, field);
    free(own);
    return status;
}

tw_status tw_odim_read(const char *path, const struct tw_radar_how *how, char *why, size_t why_size,
                       struct tw_raster *out_field)
{
    struct tw_raster field = {.columns = 0};
    struct odim odim = {.file = -1};
    (void)snprintf(why, why_size, "out of memory");
    if (how->epsg == 0) {
        return refuse(why, why_size, "the EPSG code of the city's map coordinates is needed");
    }
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* what is wrong is told by the answer */
    odim.file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (odim.file < 0) {
        (void)snprintf(why, why_size, "it cannot be opened as HDF5");
        return TW_ERR_FILE;
    }
    tw_status status = read_open(&odim, how, why, why_size, &field);
    (void)H5Fclose(odim.file);
    if (status != TW_OK) {
        tw_raster_done(&field);
        return status;
    }
    *out_field = field;
    return TW_OK;
}
