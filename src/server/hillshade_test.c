#include "server/hillshade.h"

#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define SIDE 40

/* A plane that rises by `east` and `north` metres per metre, near the equator. */
static struct tw_shade shade_plane(double east, double north)
{
    struct tw_raster raster = {
        .columns = SIDE, .rows = SIDE, .west = 100.0, .north = 0.05, .dx = 0.001, .dy = 0.001};
    struct tw_shade shade;
    raster.value = malloc(SIDE * SIDE * sizeof(float));
    assert_non_null(raster.value);
    for (int r = 0; r < SIDE; r++) {
        for (int c = 0; c < SIDE; c++) {
            raster.value[r * SIDE + c] =
                (float)(1000.0 + 111.32 * (east * c - north * r)); /* 0.001 degrees are 111 m */
        }
    }
    assert_ok(tw_shade_make(&raster, 4326, 1024, &shade));
    tw_raster_done(&raster);
    return shade;
}

static int middle(const struct tw_shade *shade)
{
    return shade->pixels[2 * (SIDE / 2 * SIDE + SIDE / 2)];
}

/* Light from the north-west at 45 degrees: a level plane shines with sin 45. */
static void slopes_shine_as_they_face_the_light(void **state)
{
    (void)state;
    struct tw_shade level = shade_plane(0.0, 0.0);
    struct tw_shade lit = shade_plane(0.1, -0.1);    /* falls to the north-west */
    struct tw_shade shaded = shade_plane(-0.1, 0.1); /* falls to the south-east */
    assert_int_equal(level.width, SIDE);
    assert_near(middle(&level), 255.0 * sqrt(0.5), 1.0); /* a step of grey */
    assert_true(middle(&lit) > middle(&level) + 20);
    assert_true(middle(&shaded) < middle(&level) - 20);
    /* The whole raster is covered and where it lies. */
    assert_near(level.bounds[0], 100.0, 1e-9);
    assert_near(level.bounds[3], 0.05, 1e-9);
    assert_near(level.bounds[2], 100.04, 1e-9);
    free(level.pixels);
    free(lit.pixels);
    free(shaded.pixels);
}

static void holes_are_transparent(void **state)
{
    (void)state;
    float cells[16];
    for (int i = 0; i < 16; i++)
        cells[i] = i == 0 ? NAN : 5.0F;
    struct tw_raster raster = {.columns = 4,
                               .rows = 4,
                               .west = 0.0,
                               .north = 0.004,
                               .dx = 0.001,
                               .dy = 0.001,
                               .value = cells};
    struct tw_shade shade;
    assert_ok(tw_shade_make(&raster, 4326, 1024, &shade));
    assert_int_equal(shade.pixels[1], 0);
    assert_int_equal(shade.pixels[2 * 15 + 1], 255);
    free(shade.pixels);
}

static void a_large_raster_becomes_a_picture_of_the_widest_size(void **state)
{
    (void)state;
    struct tw_raster raster = {
        .columns = 300, .rows = 100, .west = 0.0, .north = 0.0, .dx = 0.001, .dy = 0.001};
    struct tw_shade shade;
    raster.value = calloc(30000, sizeof(float));
    assert_non_null(raster.value);
    assert_ok(tw_shade_make(&raster, 4326, 60, &shade));
    assert_int_equal(shade.width, 60);
    assert_int_equal(shade.height, 20);
    free(shade.pixels);
    tw_raster_done(&raster);
}

static uint32_t u32(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Read back what the PNG says, by the rules of the format. */
static void a_png_holds_the_pixels(void **state)
{
    (void)state;
    struct tw_shade shade = shade_plane(0.1, 0.05);
    void *file = NULL;
    size_t size = 0;
    assert_ok(tw_shade_png(&shade, &file, &size));
    const uint8_t *png = file;
    assert_memory_equal(png, "\x89PNG\r\n\x1a\n", 8);
    assert_memory_equal(png + 12, "IHDR", 4);
    assert_int_equal(u32(png + 16), SIDE);
    assert_int_equal(u32(png + 20), SIDE);
    const uint8_t *data = png + 33;
    assert_memory_equal(data + 4, "IDAT", 4);
    uint32_t length = u32(data);
    assert_int_equal(crc32(0, data + 4, length + 4), u32(data + 8 + length));
    uint8_t rows[(2 * SIDE + 1) * SIDE];
    uLongf room = sizeof rows;
    assert_int_equal(uncompress(rows, &room, data + 8, length), Z_OK);
    assert_int_equal(room, sizeof rows);
    uint8_t before[2 * SIDE] = {0};
    for (int r = 0; r < SIDE; r++) {
        const uint8_t *row = rows + r * (2 * SIDE + 1);
        assert_int_equal(row[0], 2); /* the filter of differences from above */
        for (int i = 0; i < 2 * SIDE; i++)
            before[i] = (uint8_t)(before[i] + row[1 + i]);
        assert_memory_equal(before, shade.pixels + r * 2 * SIDE, 2 * SIDE);
    }
    assert_memory_equal(png + size - 8, "IEND", 4);
    free(file);
    free(shade.pixels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slopes_shine_as_they_face_the_light),
        cmocka_unit_test(holes_are_transparent),
        cmocka_unit_test(a_large_raster_becomes_a_picture_of_the_widest_size),
        cmocka_unit_test(a_png_holds_the_pixels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
