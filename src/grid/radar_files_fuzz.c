/* Radar fields on any bytes. The first byte chooses the reader: a ESRI ASCII grid, t GeoTIFF, h ODIM
 * HDF5, n a file's name; the rest is the file. */
#include "fuzz.h"
#include "grid/radar_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* libhdf5 1.10 itself loses 56 bytes on some damaged files; asked for by the leak sanitizer. */
const char *__lsan_default_suppressions(void); /* NOLINT(bugprone-reserved-identifier,cert-*) */
const char *__lsan_default_suppressions(void)  /* NOLINT(bugprone-reserved-identifier,cert-*) */
{
    return "leak:libhdf5";
}

static void read_name(const uint8_t *data, size_t size)
{
    char name[64];
    double day = 0.0;
    size_t length = size < sizeof name - 1 ? size : sizeof name - 1;
    memcpy(name, data, length);
    name[length] = 0;
    (void)tw_radar_name_day(name, &day);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) return 0;
    if (data[0] == 'n') {
        read_name(data + 1, size - 1);
        return 0;
    }
    char path[40];
    const char *ending = data[0] == 't' ? ".tif" : data[0] == 'h' ? ".h5" : ".asc";
    (void)snprintf(path, sizeof path, "/tmp/thalweg-fuzz-XXXXXX%s", ending);
    int fd = mkstemps(path, (int)strlen(ending));
    if (fd < 0) return 0;
    if (write(fd, data + 1, size - 1) == (ssize_t)(size - 1)) {
        struct tw_radar_how how = TW_RADAR_HOW_DEFAULT;
        struct tw_raster field;
        char why[200];
        how.epsg = 25832;
        if (tw_radar_file_read(path, &how, why, sizeof why, &field) == TW_OK) {
            (void)tw_raster_at(&field, field.west + field.dx, field.north - field.dy);
            tw_raster_done(&field);
        }
    }
    close(fd);
    unlink(path);
    return 0;
}
