/* Tables of a storm's folder on any bytes. The first byte chooses the table: s sensors, r rain, m
 * measurements, t truth; the rest is the file. Odd capitals (S, R, M, T) are read strictly. */
#include "fuzz.h"
#include "server/storm_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char network[] = "[RAINGAGES]\nG1 VOLUME 0:01 1 TIMESERIES rain\n"
                              "[JUNCTIONS]\nJ1 10 3 0 0 200\n[OUTFALLS]\nO1 8 FREE NO\n"
                              "[CONDUITS]\nC1 J1 O1 100 0.013 0 0 0\n"
                              "[XSECTIONS]\nC1 CIRCULAR 0.5 0 0 0 1\n"
                              "[TIMESERIES]\nrain 0:00 0\n";

/* Put bytes into a new file; false: there is none. */
static int put(char *path, const void *bytes, size_t size)
{
    int fd = mkstemp(path);
    if (fd < 0) return 0;
    int whole = write(fd, bytes, size) == (ssize_t)size;
    return close(fd) == 0 && whole;
}

static tw_status make_city(struct tw_city *city)
{
    static const struct tw_sensor_words words[] = {{"G1", "rain", "G1", "mm"},
                                                   {"L1", "level", "J1", "m"}};
    char path[] = "/tmp/thalweg-fuzz-XXXXXX", why[TW_SENSOR_WHY_SIZE];
    tw_arena_init(&city->arena);
    tw_names_init(&city->sensor_ids, &city->arena);
    city->timezone = "+08:00";
    city->source = "";
    city->zone_s = 28800;
    city->sensors = TW_ARENA_NEW(&city->arena, struct tw_city_sensor, 2);
    city->points = TW_ARENA_NEW(&city->arena, struct tw_city_point, 1);
    city->gage_sensor = TW_ARENA_NEW(&city->arena, int32_t, 1);
    if (city->sensors == NULL || city->points == NULL || city->gage_sensor == NULL) {
        return TW_ERR_NOMEM;
    }
    city->points[0] = (struct tw_city_point){.id = "P1"};
    city->point_count = 1;
    city->gage_sensor[0] = 0;
    tw_status status = put(path, network, sizeof network - 1) != 0
                           ? tw_model_read(path, NULL, &city->model)
                           : TW_ERR_FILE;
    (void)unlink(path);
    for (int32_t s = 0; status == TW_OK && s < 2; s++) {
        int32_t index = 0;
        status = tw_city_sensor_make(city, &words[s], &city->sensors[s], why);
        if (status == TW_OK) status = tw_names_add(&city->sensor_ids, words[s].id, &index);
        city->sensor_count++;
    }
    return status;
}

static void read_table(struct tw_city *city, char kind, const char *path, tw_faults *faults)
{
    static const char kinds[] = "srmt";
    struct tw_storm *storm = calloc(1, sizeof *storm);
    const char *at = strchr(kinds, kind | 0x20);
    if (storm != NULL && at != NULL && kind != 0) {
        tw_arena_init(&storm->arena);
        storm->lenient = (kind & 0x20) != 0;
        storm->sensors = city->sensors;
        storm->sensor_count = city->sensor_count;
        (void)tw_storm_table_load(storm, city, faults, path, (enum tw_storm_table)(at - kinds));
        tw_storm_times_check(storm, 0, path, faults);
        (void)tw_storm_truth_m(storm, city->point_count, 0, 1940637660000);
    }
    tw_storm_destroy(storm);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = "/tmp/thalweg-fuzz-XXXXXX";
    struct tw_city city = {0};
    tw_faults *faults = NULL;
    if (size < 1) return 0;
    if (make_city(&city) == TW_OK && tw_faults_create(10, &faults) == TW_OK &&
        put(path, data + 1, size - 1) != 0) {
        read_table(&city, (char)data[0], path, faults);
    }
    (void)unlink(path);
    tw_faults_destroy(faults);
    tw_model_destroy(city.model);
    tw_arena_done(&city.arena);
    return 0;
}
