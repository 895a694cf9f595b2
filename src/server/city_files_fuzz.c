/* Files of a city on any bytes. The first byte chooses the reader: i city.ini, g GeoJSON, a ESRI
 * ASCII grid, t GeoTIFF; the rest is the file. */
#include "fuzz.h"
#include "grid/raster.h"
#include "server/geojson.h"
#include "server/ini.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void read_ini(const char *path, tw_faults *faults)
{
    struct tw_arena arena = {0};
    struct tw_ini ini = {0};
    if (tw_ini_read(path, &arena, faults, &ini) == TW_OK) {
        (void)tw_ini_text(&ini, "city", "id", "");
        const double limits[2] = {0.0, 1.0};
        (void)tw_ini_number(&ini, "warning", "blue_m", 0.15, limits, faults);
        (void)tw_ini_yes(&ini, "city", "made_up", false, faults);
        tw_ini_warn_unused(&ini, faults);
    }
    tw_arena_done(&arena);
}

static void read_layer(const char *path, tw_faults *faults)
{
    struct tw_layer layer = {0};
    if (tw_layer_read(path, faults, &layer) == TW_OK) {
        for (int32_t i = 0; i < layer.count; i++) {
            struct tw_feature feature;
            if (!tw_layer_feature(&layer, i, i % 2 == 0 ? "Point" : "LineString", &feature))
                continue;
            (void)tw_feature_text(&layer, &feature, "name_zh", "");
            (void)tw_feature_number(&layer, &feature, "weight", 1.0);
            (void)tw_feature_true(&layer, &feature, "made_up");
        }
    }
    tw_layer_done(&layer);
}

static void read_raster(const char *path)
{
    char why[200];
    struct tw_raster raster = {0};
    if (tw_raster_read(path, why, sizeof why, &raster) == TW_OK) {
        (void)tw_raster_at(&raster, raster.west + raster.dx, raster.north - raster.dy);
        tw_raster_done(&raster);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = "/tmp/thalweg-fuzz-XXXXXX.tif";
    if (size < 1) return 0;
    if (data[0] != 't') path[sizeof path - 5] = '\0';
    int fd = data[0] == 't' ? mkstemps(path, 4) : mkstemp(path);
    tw_faults *faults = NULL;
    if (fd < 0) return 0;
    if (write(fd, data + 1, size - 1) == (ssize_t)(size - 1) &&
        tw_faults_create(10, &faults) == TW_OK) {
        if (data[0] == 'i') read_ini(path, faults);
        if (data[0] == 'g') read_layer(path, faults);
        if (data[0] == 'a' || data[0] == 't') read_raster(path);
    }
    close(fd);
    unlink(path);
    tw_faults_destroy(faults);
    return 0;
}
