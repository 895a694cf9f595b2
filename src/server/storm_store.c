/* What a city has measured, as a storm: for a forecast beside the server, or of a day that is past. */
#include "server/storm.h"
#include "server/storm_parts.h"
#include "telemetry/quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES_MOST = 200000 };

static tw_status take_sensor(struct tw_storm *storm, struct tw_store *store, int32_t sensor,
                             int32_t series)
{
    struct tw_store_sample *samples = NULL;
    size_t count = 0;
    TW_TRY(tw_store_samples_read(store, series, storm->start_ms, storm->end_ms, SAMPLES_MOST,
                                 &samples, &count));
    size_t room = storm->count + count;
    struct tw_storm_value *values =
        count == 0 ? storm->values : realloc(storm->values, room * sizeof *values);
    if (count > 0 && values == NULL) {
        free(samples);
        return TW_ERR_NOMEM;
    }
    storm->values = values;
    for (size_t i = 0; i < count; i++) {
        bool again = i > 0 && samples[i].time_ms == samples[i - 1].time_ms; /* another source's */
        if (again || isnan(samples[i].value) || tw_quality_is_bad(samples[i].quality)) continue;
        storm->values[storm->count++] = (struct tw_storm_value){
            .time_ms = samples[i].time_ms, .value = samples[i].value, .sensor = sensor};
    }
    free(samples);
    return TW_OK;
}

static tw_status take_all(struct tw_storm *storm, struct tw_city *city, struct tw_store *store,
                          tw_faults *faults)
{
    int32_t *series = TW_ARENA_NEW(&storm->arena, int32_t, (size_t)city->sensor_count + 1);
    const char **names = TW_ARENA_NEW(&storm->arena, const char *, (size_t)city->sensor_count + 1);
    size_t rain = 0;
    if (series == NULL || names == NULL) return TW_ERR_NOMEM;
    for (int32_t s = 0; s < city->sensor_count; s++)
        names[s] = city->sensors[s].id;
    TW_TRY(tw_store_series_register(store, names, city->sensor_count, series));
    for (int32_t s = 0; s < city->sensor_count; s++) {
        size_t before = storm->count;
        TW_TRY(take_sensor(storm, store, s, series[s]));
        if (city->sensors[s].kind == TW_SENSOR_RAIN) rain += storm->count - before;
    }
    if (storm->count > 0)
        qsort(storm->values, storm->count, sizeof *storm->values, tw_storm_by_time);
    if (city->radar_path != NULL)
        TW_TRY(tw_storm_radar_find(storm, city, city->radar_path, faults));
    if (rain > 0 || storm->field_count > 0) return TW_OK;
    tw_faults_add(faults, city->folder, 0,
                  "the store holds no rain of these hours; send it in, or name a --storm");
    return TW_ERR_INPUT;
}

tw_status tw_storm_of_store(struct tw_city *city, struct tw_store *store, int64_t start_ms,
                            int64_t end_ms, tw_faults *faults, struct tw_storm **out_storm)
{
    struct tw_storm *storm = calloc(1, sizeof *storm);
    if (storm == NULL) return TW_ERR_NOMEM;
    tw_arena_init(&storm->arena);
    storm->id = "live";
    storm->folder = city->folder;
    storm->title = city->title;
    storm->made_up = city->made_up;
    storm->lenient = storm->measured = storm->live = true;
    storm->sensors = city->sensors;
    storm->sensor_count = city->sensor_count;
    storm->start_ms = start_ms;
    storm->end_ms = end_ms;
    tw_status status = take_all(storm, city, store, faults);
    if (status != TW_OK) {
        tw_storm_destroy(storm);
        return status;
    }
    *out_storm = storm;
    return TW_OK;
}
