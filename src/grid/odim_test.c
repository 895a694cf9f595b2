#include "grid/odim.h"

#include "check.h"

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COLUMNS = 12, ROWS = 10 };

struct made {
    const char *quantity;
    double gain, offset;
    bool variable_text, without_place, wrong_size;
};

static void put_text(hid_t group, const char *name, const char *text, bool variable)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    assert_true(H5Tset_size(type, variable ? H5T_VARIABLE : strlen(text) + 1) >= 0);
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(group, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(attribute, type, variable ? (const void *)&text : text) >= 0);
    (void)H5Aclose(attribute);
    (void)H5Sclose(space);
    (void)H5Tclose(type);
}

static void put_number(hid_t group, const char *name, double value)
{
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(group, name, H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(attribute, H5T_NATIVE_DOUBLE, &value) >= 0);
    (void)H5Aclose(attribute);
    (void)H5Sclose(space);
}

static hid_t group_at(hid_t file, const char *path)
{
    return H5Gcreate2(file, path, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
}

/* A composite in UTM 32 with its lower left corner at 10 E, 55 N; cells of 1 km. */
static void put_where(hid_t file, const struct made *made)
{
    hid_t where = group_at(file, "/where");
    put_text(where, "projdef", "+proj=utm +zone=32 +ellps=WGS84 +units=m", made->variable_text);
    put_number(where, "xsize", COLUMNS);
    put_number(where, "ysize", ROWS);
    put_number(where, "xscale", 1000.0);
    put_number(where, "yscale", 1000.0);
    if (!made->without_place) put_number(where, "LL_lon", 10.0);
    put_number(where, "LL_lat", 55.0);
    (void)H5Gclose(where);
}

static void write_file(const char *path, const struct made *made)
{
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(file >= 0);
    put_where(file, made);
    hid_t set = group_at(file, "/dataset1");
    hid_t what = group_at(file, "/dataset1/what");
    hid_t data = group_at(file, "/dataset1/data1");
    hid_t data_what = group_at(file, "/dataset1/data1/what");
    put_text(what, "quantity", made->quantity, made->variable_text);
    put_number(data_what, "gain", made->gain);
    put_number(data_what, "offset", made->offset);
    put_number(what, "nodata", 255.0);
    put_number(what, "undetect", 0.0);
    unsigned char cells[ROWS * COLUMNS];
    for (int i = 0; i < ROWS * COLUMNS; i++)
        cells[i] = (unsigned char)(i % COLUMNS == 0 ? 255 : i % COLUMNS == 1 ? 0 : 100);
    cells[COLUMNS - 1] = 150; /* the upper right corner */
    const hsize_t size[2] = {ROWS, made->wrong_size ? COLUMNS - 1 : COLUMNS};
    hid_t space = H5Screate_simple(2, size, NULL);
    hid_t table = H5Dcreate2(file, "/dataset1/data1/data", H5T_NATIVE_UCHAR, space, H5P_DEFAULT,
                             H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Dwrite(table, H5T_NATIVE_UCHAR, H5S_ALL, H5S_ALL, H5P_DEFAULT, cells) >= 0);
    (void)H5Dclose(table);
    (void)H5Sclose(space);
    (void)H5Gclose(data_what);
    (void)H5Gclose(data);
    (void)H5Gclose(what);
    (void)H5Gclose(set);
    (void)H5Fclose(file);
}

static tw_status read_made(const struct made *made, char why[200], struct tw_raster *out_field)
{
    char path[64];
    struct tw_radar_how how = TW_RADAR_HOW_DEFAULT;
    how.epsg = 25832;
    (void)snprintf(path, sizeof path, "/tmp/tw_odim_test_%d.h5", (int)getpid());
    write_file(path, made);
    tw_status status = tw_odim_read(path, &how, why, 200, out_field);
    (void)unlink(path);
    return status;
}

static void reflectivity_becomes_rain_on_the_citys_map(void **state)
{
    (void)state;
    const struct made made = {.quantity = "DBZH", .gain = 0.5, .offset = -10.0};
    struct tw_raster field;
    char why[200];
    assert_ok(read_made(&made, why, &field));
    assert_int_equal(field.columns, COLUMNS);
    assert_int_equal(field.rows, ROWS);
    /* 10 E 55 N in UTM 32 by Krueger's series of third order, computed apart from PROJ. */
    assert_near(field.west, 563967.423, 0.01); /* m; ETRS89 for WGS 84 */
    assert_near(field.north, 6095248.708 + 1000.0 * ROWS, 0.01);
    assert_true(isnan(field.value[COLUMNS]));                /* no data */
    assert_near((double)field.value[COLUMNS + 1], 0.0, 0.0); /* nothing was detected */
    /* 100 is 40 dBZ: Z = 1e4 = 200 R^1.6, R = 50^(1/1.6). */
    assert_near((double)field.value[COLUMNS + 2], pow(50.0, 1.0 / 1.6), 1e-4); /* float */
    assert_near((double)field.value[COLUMNS - 1], pow(10.0, 6.5 / 1.6) / pow(200.0, 1.0 / 1.6),
                0.01); /* float of 400 */
    tw_raster_done(&field);
}

static void rates_are_taken_as_they_are(void **state)
{
    (void)state;
    const struct made made = {
        .quantity = "RATE", .gain = 0.1, .offset = 0.0, .variable_text = true};
    struct tw_raster field;
    char why[200];
    assert_ok(read_made(&made, why, &field));
    assert_near((double)field.value[COLUMNS + 2], 10.0, 1e-6);
    tw_raster_done(&field);
}

static void what_is_no_composite_of_rain_is_refused(void **state)
{
    (void)state;
    static const struct {
        struct made made;
        const char *why;
    } cases[] = {
        {{.quantity = "VRAD", .gain = 1.0}, "no data set is RATE"},
        {{.quantity = "RATE", .gain = 1.0, .without_place = true}, "no composite"},
        {{.quantity = "RATE", .gain = 1.0, .wrong_size = true}, "ysize rows"},
        {{.quantity = "ACRR", .gain = 1.0}, "ACRR without"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tw_raster field;
        char why[200];
        assert_status(read_made(&cases[i].made, why, &field), TW_ERR_FORMAT);
        assert_non_null(strstr(why, cases[i].why));
    }
    struct tw_raster field;
    char why[200];
    struct tw_radar_how how = TW_RADAR_HOW_DEFAULT;
    assert_status(tw_odim_read("/dev/null", &how, why, sizeof why, &field), TW_ERR_FORMAT);
    how.epsg = 25832;
    assert_status(tw_odim_read("/dev/null", &how, why, sizeof why, &field), TW_ERR_FILE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reflectivity_becomes_rain_on_the_citys_map),
        cmocka_unit_test(rates_are_taken_as_they_are),
        cmocka_unit_test(what_is_no_composite_of_rain_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
