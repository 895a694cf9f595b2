#include "grid/raster.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>
#include <unistd.h>

struct fixture {
    char path[64];
};

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (fixture == NULL) return -1;
    (void)snprintf(fixture->path, sizeof fixture->path, "/tmp/tw_raster_test_%d.asc",
                   (int)getpid());
    *state = fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    (void)unlink(fixture->path);
    free(fixture);
    return 0;
}

static tw_status read_text(const struct fixture *fixture, const char *text,
                           struct tw_raster *out_raster)
{
    char why[160];
    FILE *file = fopen(fixture->path, "w");
    assert_non_null(file);
    (void)fputs(text, file);
    assert_int_equal(fclose(file), 0);
    return tw_raster_read(fixture->path, why, sizeof why, out_raster);
}

static void an_ascii_grid_lies_where_its_head_says(void **state)
{
    struct tw_raster raster;
    assert_ok(read_text(*state,
                        "ncols 3\nnrows 2\nxllcorner 100\nyllcorner 200\ncellsize 10\n"
                        "NODATA_value -1\n1 2 3\n4 -1 6\n",
                        &raster));
    assert_int_equal(raster.columns, 3);
    assert_int_equal(raster.rows, 2);
    assert_near(raster.west, 100.0, 0.0);
    assert_near(raster.north, 220.0, 0.0);
    assert_near(tw_raster_at(&raster, 105.0, 215.0), 1.0, 1e-12); /* middle of the first cell */
    assert_near(tw_raster_at(&raster, 110.0, 215.0), 1.5, 1e-12); /* between two */
    assert_near(tw_raster_at(&raster, 101.0, 219.0), 1.0, 1e-12); /* the rim holds its value */
    assert_true(isnan(tw_raster_at(&raster, 115.0, 205.0)));      /* no data */
    assert_true(isnan(tw_raster_at(&raster, 99.0, 215.0)));       /* outside */
    tw_raster_done(&raster);
}

static void a_grid_of_centres_lies_half_a_cell_beside(void **state)
{
    struct tw_raster raster;
    assert_ok(read_text(*state,
                        "NCOLS 2\r\nNROWS 2\r\nXLLCENTER 5\r\nYLLCENTER 5\r\nCELLSIZE 10\r\n"
                        "1 2\r\n3 4\r\n",
                        &raster));
    assert_near(raster.west, 0.0, 0.0);
    assert_near(raster.north, 20.0, 0.0);
    tw_raster_done(&raster);
}

static void what_is_no_grid_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "hello world",
        "ncols 3\n",
        "ncols 3\nnrows 2\nxllcorner 0\nyllcorner 0\n1 2 3\n4 5 6\n",
        "ncols 3\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 1\n1 2 3\n4 5\n",
        "ncols 3\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 1\n1 2 3\n4 x 6\n",
        "ncols 1e9\nnrows 1e9\nxllcorner 0\nyllcorner 0\ncellsize 1\n1\n",
        "ncols -3\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 1\n1 2 3\n4 5 6\n",
        "ncols 3\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 0\n1 2 3\n4 5 6\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct tw_raster raster;
        assert_status(read_text(*state, texts[i], &raster), TW_ERR_FORMAT);
    }
}

/* Written without GeoTIFF tags: such a file has no place on a map. */
static void a_tiff_without_a_place_is_refused_and_one_cut_short_too(void **state)
{
    (void)state;
    char path[64];
    char why[160] = "";
    struct tw_raster raster;
    (void)snprintf(path, sizeof path, "/tmp/tw_raster_test_%d.tif", (int)getpid());
    TIFF *tiff = TIFFOpen(path, "w");
    assert_non_null(tiff);
    (void)TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 4);
    (void)TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 4);
    (void)TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 32);
    (void)TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_IEEEFP);
    (void)TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    (void)TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 4);
    float row[4] = {1.0F, 2.0F, 3.0F, 4.0F};
    for (uint32_t r = 0; r < 4; r++)
        assert_int_equal(TIFFWriteScanline(tiff, row, r, 0), 1);
    TIFFClose(tiff);
    assert_status(tw_raster_read(path, why, sizeof why, &raster), TW_ERR_FORMAT);
    assert_non_null(strstr(why, "ModelPixelScale"));
    assert_int_equal(truncate(path, 30), 0);
    assert_status(tw_raster_read(path, why, sizeof why, &raster), TW_ERR_FORMAT);
    (void)unlink(path);
}

/* The terrain of Bellinge: 531 by 201 cells of an arc second in WGS 84. */
static void a_geotiff_lies_where_its_tags_say(void **state)
{
    (void)state;
    static const char path[] = TW_SHARED_DIR "/corpus/cities/bellinge/terrain.tif";
    char why[160] = "";
    struct tw_raster raster;
    if (access(path, R_OK) != 0) skip();
    assert_ok(tw_raster_read(path, why, sizeof why, &raster));
    assert_int_equal(raster.columns, 531);
    assert_int_equal(raster.rows, 201);
    assert_int_equal(raster.epsg, 4326);
    assert_near(raster.dx, 1.0 / 3600.0, 1e-12);
    assert_true(raster.west > 10.0 && raster.west < 10.5);
    assert_true(raster.north > 55.0 && raster.north < 55.5);
    double height_m = tw_raster_at(&raster, 10.32, 55.34);
    assert_true(height_m > 0.0 && height_m < 100.0); /* Funen is flat */
    tw_raster_done(&raster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_ascii_grid_lies_where_its_head_says, begin, end),
        cmocka_unit_test_setup_teardown(a_grid_of_centres_lies_half_a_cell_beside, begin, end),
        cmocka_unit_test_setup_teardown(what_is_no_grid_is_refused, begin, end),
        cmocka_unit_test(a_tiff_without_a_place_is_refused_and_one_cut_short_too),
        cmocka_unit_test(a_geotiff_lies_where_its_tags_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
