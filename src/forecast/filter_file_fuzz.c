/* A filter's file, as it comes or changed in places: whatever is not what was saved is refused, and
 * the filter goes on. The first byte says which: 0, the rest is the file; else the rest are changes
 * of three bytes, place (of 65536 parts of the file) and what is flipped there. */
#include "base/file.h"
#include "base/require.h"
#include "forecast/filter.h"
#include "fuzz.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char network[] =
    "[RAINGAGES]\nG VOLUME 0:05 1 TIMESERIES T\n[TIMESERIES]\nT 0 0\n"
    "[SUBCATCHMENTS]\nS G A 1 50 100 1 0\n[SUBAREAS]\nS 0.01 0.1 1 3 25 OUTLET\n"
    "[INFILTRATION]\nS 60 6 4 7 0\n[JUNCTIONS]\nA 1 2\n[OUTFALLS]\nO 0 FREE\n"
    "[CONDUITS]\nC A O 50 0.013 0 0\n[XSECTIONS]\nC CIRCULAR 0.5 0 0 0\n"
    "[OPTIONS]\nFLOW_UNITS CMS\nEND_TIME 6:00\n";

/* A file in memory, which has a path as long as it is open. */
static int file_of(const void *bytes, size_t size, char path[64])
{
    int fd = memfd_create("fuzz.state", MFD_CLOEXEC);
    TW_REQUIRE(fd >= 0);
    (void)snprintf(path, 64, "/proc/self/fd/%d", fd);
    TW_REQUIRE(write(fd, bytes, size) == (ssize_t)size);
    return fd;
}

static double drizzle(void *user, int32_t member, int32_t subcatchment, double from_s, double to_s)
{
    (void)user;
    (void)member;
    (void)subcatchment;
    return to_s > from_s ? 5.0 : 0.0;
}

static struct tw_filter *make(const tw_model *model)
{
    const struct tw_filter_sensor sensor = {"L", TW_FILTER_LEVEL, 0, 0.01, false};
    struct tw_filter_setup setup = tw_filter_setup_default();
    struct tw_filter *filter = NULL;
    setup.model = model;
    setup.members = 3;
    setup.sensors = &sensor;
    setup.sensor_count = 1;
    TW_REQUIRE(tw_filter_create(&setup, &filter) == TW_OK);
    return filter;
}

/* What a filter just made saves, written once: all are the same, and a save waits for the disk. */
static void take_saved(const struct tw_filter *filter, char **out_bytes, size_t *out_count)
{
    static char *kept;
    static size_t kept_count;
    if (kept == NULL) {
        char path[] = "/tmp/thalweg_fuzz_XXXXXX"; /* renamed into place: no file in memory */
        int fd = mkstemp(path);
        TW_REQUIRE(fd >= 0);
        close(fd);
        TW_REQUIRE(tw_filter_save(filter, path) == TW_OK);
        TW_REQUIRE(tw_file_read(path, 1 << 24, &kept, &kept_count) == TW_OK);
        (void)unlink(path);
    }
    *out_bytes = malloc(kept_count);
    TW_REQUIRE(*out_bytes != NULL);
    memcpy(*out_bytes, kept, kept_count);
    *out_count = kept_count;
}

/* What is to be loaded; true: it is what was saved. */
static bool make_bytes(const uint8_t *data, size_t size, char **bytes, size_t *count)
{
    if (size == 0 || data[0] == 0) {
        bool same = size == *count + 1 && memcmp(data + 1, *bytes, *count) == 0;
        char *own = malloc(size + 1);
        TW_REQUIRE(own != NULL);
        if (size > 1) memcpy(own, data + 1, size - 1);
        free(*bytes);
        *bytes = own;
        *count = size > 0 ? size - 1 : 0;
        return same;
    }
    char *before = malloc(*count);
    TW_REQUIRE(before != NULL);
    memcpy(before, *bytes, *count);
    for (size_t i = 1; i + 3 <= size; i += 3) {
        size_t at = (size_t)(data[i] * 256 + data[i + 1]) * *count / 65536;
        (*bytes)[at] = (char)((*bytes)[at] ^ (char)data[i + 2]);
    }
    bool same = memcmp(before, *bytes, *count) == 0;
    free(before);
    return same;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64], *bytes = NULL;
    size_t count = 0;
    tw_model *model = NULL;
    int fd = file_of(network, sizeof network - 1, path);
    TW_REQUIRE(tw_model_read(path, NULL, &model) == TW_OK);
    close(fd);
    struct tw_filter *filter = make(model);
    take_saved(filter, &bytes, &count);
    bool same = make_bytes(data, size, &bytes, &count);
    fd = file_of(bytes, count, path);
    TW_REQUIRE(tw_filter_load(filter, path) == (same ? TW_OK : TW_ERR_FORMAT));
    close(fd);
    TW_REQUIRE(tw_filter_advance(filter, 300.0, drizzle, NULL) == TW_OK);
    TW_REQUIRE(tw_filter_observe(filter, 0, 300.0, 0.1, true) == TW_OK);
    TW_REQUIRE(tw_filter_update(filter) == TW_OK);
    free(bytes);
    tw_filter_destroy(filter);
    tw_model_destroy(model);
    return 0;
}
