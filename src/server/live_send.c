/* What the model's process is told: its setup, rain, measurements, radar. */
#include "server/service.h"

#include "base/clock.h"

#include <dirent.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define STEP_S 60.0
#define FORECAST_STEP_S 60.0
#define BUDGET_RATIO 0.8                /* of the cycle, that a forecast may take */
#define VALUES_KEPT_S 7200.0            /* of levels and flows, for members that were saved */
#define VALUES_MOST 200000              /* of a sensor */
#define FIELDS_KEPT_S (3 * 3600.0)      /* of radar, for a process that begins */
#define OUTLOOKS_KEPT_MS (12 * 3600000) /* of files with forecasts of others, likewise */
#define LOOK_MS 5000                    /* between two looks into the radar's folder */
#define WHOLE_MS 2000                   /* a file that was not touched for so long is whole */
#define DRY_S 3600.0                    /* after so long without it rain starts */
#define JUMP_M 0.3                      /* of a level between two samples */

double tw_live_base_s(const struct tw_server *server)
{
    return server->storm != NULL ? (double)server->storm->start_ms / 1000.0 : 0.0;
}

static struct tw_worker_value value_of(int32_t sensor, const struct tw_store_sample *sample)
{
    return (struct tw_worker_value){.sensor = sensor,
                                    .usable = !tw_quality_is_bad(sample->quality),
                                    .at_s = (double)sample->time_ms / 1000.0,
                                    .value = sample->value};
}

/* ---- once ---- */

static void send_setup(struct tw_server *server, struct tw_model_link *link, bool fresh)
{
    const struct tw_city *city = server->city;
    const struct tw_live *live = &server->live;
    double now_s = (double)tw_clock_now(&server->clock) / 1000.0;
    double begin_s =
        server->storm != NULL ? tw_live_base_s(server) : floor(now_s / STEP_S) * STEP_S;
    struct tw_worker_sensor *sensors = calloc((size_t)city->sensor_count + 1, sizeof *sensors);
    double *classes_m =
        calloc((size_t)city->point_count * TW_WORKER_CLASSES + 1, sizeof *classes_m);
    if (sensors == NULL || classes_m == NULL) {
        free(sensors);
        free(classes_m);
        return; /* the child waits in vain and is started again */
    }
    for (int32_t p = 0; p < city->point_count; p++) {
        memcpy(classes_m + (size_t)p * TW_WORKER_CLASSES, city->points[p].classes_m,
               sizeof city->points[p].classes_m);
    }
    for (int32_t s = 0; s < city->sensor_count; s++) {
        sensors[s] = (struct tw_worker_sensor){.watch = live->sensor_watch[s],
                                               .noise_sd = city->sensors[s].noise_sd};
        (void)snprintf(sensors[s].id, sizeof sensors[s].id, "%s", city->sensors[s].id);
    }
    struct tw_worker_setup setup = {
        .start_s = begin_s - city->spinup_s,
        /* A run has an end; a live one is started again long before. */
        .end_s = server->storm != NULL ? (double)server->storm->end_ms / 1000.0 + 2.0 * 86400.0
                                       : begin_s + 3650.0 * 86400.0,
        .zone_s = city->zone_s,
        .horizon_s = city->horizon_s,
        .step_s = FORECAST_STEP_S,
        .semi_implicit = city->semi_implicit,
        .routing_step_s = city->routing_step_s,
        .members = city->members,
        .epsg = city->epsg,
        .quantile = city->quantile,
        .watch_count = live->watch_count,
        .sensor_count = city->sensor_count,
        .simulate = server->simulates,
        .perfect = server->perfect_rain,
        .seed = 20120629,
        .fresh = fresh,
        .point_count = city->point_count,
        .assimilate = city->assimilates,
        /* A storm's forecasts must not depend on the machine. */
        .budget_s = server->storm != NULL ? 0.0 : BUDGET_RATIO * city->cycle_s,
        .network_size = (int32_t)strlen(city->network_path) + 1,
        .state_size = (int32_t)strlen(server->state_path) + 1};
    memcpy(setup.priors, city->priors, sizeof setup.priors);
    const void *const parts[] = {&setup,    live->watches,      sensors,
                                 classes_m, city->network_path, server->state_path};
    const size_t sizes[] = {sizeof setup,
                            (size_t)live->watch_count * sizeof *live->watches,
                            (size_t)city->sensor_count * sizeof *sensors,
                            (size_t)city->point_count * TW_WORKER_CLASSES * sizeof *classes_m,
                            (size_t)setup.network_size,
                            (size_t)setup.state_size};
    tw_model_link_send(link, TW_FRAME_SETUP, 6, parts, sizes);
    free(sensors);
    free(classes_m);
}

static void send_rows(struct tw_model_link *link, uint32_t kind, const struct tw_worker_rain *rows,
                      size_t count)
{
    const void *const parts[] = {rows};
    const size_t sizes[] = {count * sizeof *rows};
    if (count > 0) tw_model_link_send(link, kind, 1, parts, sizes);
}

/* All rain that is known. With the live mutex held, so that none falls between. */
static void send_known_rain(struct tw_server *server, struct tw_model_link *link)
{
    for (int32_t g = 0; g < server->gage_count; g++) {
        const struct tw_rain *rain = &server->live.rain[g];
        struct tw_worker_rain *rows = calloc((size_t)rain->count + 1, sizeof *rows);
        if (rows == NULL) return;
        for (int32_t i = 0; i < rain->count; i++) {
            rows[i] = (struct tw_worker_rain){g, rain->falls[i].until_s, rain->falls[i].rain_mm};
        }
        send_rows(link, TW_FRAME_RAIN, rows, (size_t)rain->count);
        free(rows);
    }
}

/* The rain that will fall, which only perfect forecasts may know. */
static void send_rain_ahead(struct tw_server *server, struct tw_model_link *link)
{
    const struct tw_storm *storm = server->storm;
    if (!server->perfect_rain || storm == NULL) return;
    struct tw_worker_rain *rows = calloc(storm->count + 1, sizeof *rows);
    if (rows == NULL) return;
    size_t count = 0;
    for (size_t i = 0; i < storm->count; i++) {
        const struct tw_city_sensor *sensor = &server->city->sensors[storm->values[i].sensor];
        if (sensor->kind != TW_SENSOR_RAIN) continue;
        rows[count++] = (struct tw_worker_rain){
            sensor->index, (double)storm->values[i].time_ms / 1000.0, storm->values[i].value};
    }
    send_rows(link, TW_FRAME_AHEAD, rows, count);
    free(rows);
}

/* All levels and flows that members which were saved may still need. */
static void send_known_values(struct tw_server *server, struct tw_model_link *link)
{
    double base_s = tw_live_base_s(server);
    int64_t now_ms = tw_clock_now(&server->clock);
    int64_t from_ms = now_ms - (int64_t)(VALUES_KEPT_S * 1000.0);
    if (server->storm != NULL) from_ms = (int64_t)((base_s - server->city->spinup_s) * 1000.0);
    bool wanted = TW_SERVER_FORESEES(server) && !server->simulates;
    for (int32_t s = 0; s < server->city->sensor_count && wanted; s++) {
        struct tw_store_sample *samples = NULL;
        size_t count = 0;
        if (server->live.sensor_watch[s] < 0 ||
            tw_store_samples_read(server->store, server->series[s], from_ms, INT64_MAX / 2,
                                  VALUES_MOST, &samples, &count) != TW_OK) {
            continue;
        }
        struct tw_worker_value *rows = calloc(count + 1, sizeof *rows);
        for (size_t i = 0; i < count && rows != NULL; i++)
            rows[i] = value_of(s, &samples[i]);
        const void *const parts[] = {rows};
        const size_t sizes[] = {count * sizeof *rows};
        if (count > 0 && rows != NULL) tw_model_link_send(link, TW_FRAME_VALUES, 1, parts, sizes);
        free(rows);
        free(samples);
    }
}

/* A new process has to be told again what was only said on the way. */
static void again(struct tw_server *server)
{
    struct tw_live *live = &server->live;
    live->next_field = 0;
    live->outlooks_told = false;
    live->outlooks_ms = tw_clock_unix_ms() - OUTLOOKS_KEPT_MS;
    live->radar_ms = tw_clock_now(&server->clock) - (int64_t)(1000.0 * FIELDS_KEPT_S);
    for (int32_t g = 0; g < server->gage_count; g++)
        live->dry_until_s[g] = tw_live_base_s(server) - server->city->spinup_s;
}

void tw_live_greet(void *user, struct tw_model_link *link, bool fresh)
{
    struct tw_server *server = user;
    (void)pthread_mutex_lock(&server->live.mutex);
    send_setup(server, link, fresh);
    send_known_rain(server, link);
    send_known_values(server, link);
    again(server);
    send_rain_ahead(server, link);
    (void)pthread_mutex_unlock(&server->live.mutex);
}

/* ---- as it comes ---- */

struct tw_live_news {
    size_t rain_count, value_count;
    struct tw_worker_rain *rain;
    struct tw_worker_value values[];
};

bool tw_live_is_urgent(const struct tw_live *live, double time_s)
{
    int32_t kept = live->urgent_count < TW_LIVE_URGENT ? live->urgent_count : TW_LIVE_URGENT;
    for (int32_t i = 0; i < kept; i++) {
        if (live->urgent_s[i] > time_s - STEP_S && live->urgent_s[i] <= time_s + 1e-6) return true;
    }
    return false;
}

static void note_urgent(struct tw_live *live, double time_s)
{
    live->urgent_s[live->urgent_count % TW_LIVE_URGENT] = time_s;
    live->urgent_count++;
}

/* Rain at any gage after an hour without at all of them. */
static bool rain_starts(struct tw_live *live, const struct tw_worker_rain *row)
{
    if (!(row->rain_mm >= TW_LIVE_RAIN_MM)) return false;
    bool starts = row->until_s > live->wet_s + DRY_S;
    if (row->until_s > live->wet_s) live->wet_s = row->until_s;
    return starts;
}

static void take_rain(struct tw_server *server, int32_t gage, const struct tw_store_sample *sample,
                      struct tw_live_news *news)
{
    struct tw_live *live = &server->live;
    struct tw_worker_rain row = {gage, (double)sample->time_ms / 1000.0, sample->value};
    if (tw_quality_is_bad(sample->quality)) {
        row.rain_mm = (double)NAN; /* the members hear that the gauge is not to be believed */
        live->bad_rain++;
        live->dirty[TW_TOPIC_HEALTH] = true;
    } else {
        if (rain_starts(live, &row)) note_urgent(live, row.until_s);
        (void)tw_rain_add(&live->rain[gage], row.until_s, row.rain_mm);
        if (row.until_s <= live->reached_s) live->late_rain++;
        live->dirty[TW_TOPIC_RAIN] = true;
    }
    news->rain[news->rain_count++] = row;
}

static void take_value(struct tw_server *server, int32_t sensor,
                       const struct tw_store_sample *sample, struct tw_live_news *news)
{
    struct tw_live *live = &server->live;
    struct tw_worker_value row = value_of(sensor, sample);
    bool level = server->city->sensors[sensor].kind == TW_SENSOR_LEVEL;
    if (row.usable != 0) {
        double jump = fabs(row.value - live->last_value[sensor]);
        if (level && jump >= JUMP_M) note_urgent(live, row.at_s); /* false for the first */
        live->last_value[sensor] = row.value;
    }
    news->values[news->value_count++] = row;
}

struct tw_live_news *tw_live_news_take(struct tw_server *server,
                                       const struct tw_store_sample *samples, size_t count)
{
    struct tw_live_news *news = calloc(1, sizeof *news + count * sizeof news->values[0]);
    struct tw_worker_rain *rain = calloc(count + 1, sizeof *rain);
    if (news == NULL || rain == NULL) {
        free(news);
        free(rain);
        return NULL; /* an interval that nobody was told of counts as dry */
    }
    news->rain = rain;
    for (size_t i = 0; i < count; i++) {
        if (samples[i].series >= server->series_limit) continue;
        int32_t s = server->sensor_of_series[samples[i].series];
        if (s < 0) continue;
        const struct tw_city_sensor *sensor = &server->city->sensors[s];
        if (sensor->kind == TW_SENSOR_RAIN) {
            if (server->city->gage_sensor[sensor->index] != s) continue;
            take_rain(server, sensor->index, &samples[i], news);
        } else if (server->live.sensor_watch[s] >= 0 && TW_SERVER_FORESEES(server) &&
                   !server->simulates) {
            take_value(server, s, &samples[i], news);
        }
    }
    return news;
}

void tw_live_tell(struct tw_model_link *link, struct tw_live_news *news)
{
    if (news == NULL) return;
    if (link != NULL) {
        const void *const parts[] = {news->values};
        const size_t sizes[] = {news->value_count * sizeof news->values[0]};
        send_rows(link, TW_FRAME_RAIN, news->rain, news->rain_count);
        if (news->value_count > 0) tw_model_link_send(link, TW_FRAME_VALUES, 1, parts, sizes);
    }
    free(news->rain);
    free(news);
}

/* ---- before it goes on ---- */

static bool has_row(const struct tw_rain *rain, double until_s)
{
    for (int32_t i = rain->count - 1; i >= 0 && rain->falls[i].until_s > until_s - 1.0; i--) {
        if (fabs(rain->falls[i].until_s - until_s) < 1.0) return true;
    }
    return false;
}

/* A gauge of a storm that lists wet intervals only says by its silence that it is dry. */
static void tell_dry(struct tw_server *server, struct tw_model_link *link, int32_t gage,
                     double until_s)
{
    struct tw_live *live = &server->live;
    const struct tw_rain *rain = &live->rain[gage];
    double interval_s = rain->interval_s;
    size_t most = (size_t)(fmax(0.0, until_s - live->dry_until_s[gage]) / interval_s) + 1;
    struct tw_worker_rain *rows = calloc(most, sizeof *rows);
    size_t count = 0;
    while (rows != NULL && live->dry_until_s[gage] + interval_s <= until_s + 1e-6 && count < most) {
        live->dry_until_s[gage] += interval_s;
        if (has_row(rain, live->dry_until_s[gage])) continue;
        rows[count++] = (struct tw_worker_rain){gage, live->dry_until_s[gage], 0.0};
    }
    if (rows != NULL) send_rows(link, TW_FRAME_RAIN, rows, count);
    free(rows);
}

static void tell_field(struct tw_model_link *link, const struct tw_storm_field *field)
{
    double time_s = (double)field->time_ms / 1000.0;
    const void *const parts[] = {&time_s, field->path};
    const size_t sizes[] = {sizeof time_s, strlen(field->path) + 1};
    tw_model_link_send(link, TW_FRAME_RADAR, 2, parts, sizes);
}

/* Files of a folder, by name, that were written or put there within a stretch of time. */
static void tell_outlooks(struct tw_model_link *link, const char *folder, int64_t after_ms,
                          int64_t until_ms)
{
    struct dirent **list = NULL;
    int count = scandir(folder, &list, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX + 300];
        struct stat about;
        (void)snprintf(path, sizeof path, "%s/%s", folder, list[i]->d_name);
        bool there = list[i]->d_name[0] != '.' && stat(path, &about) == 0 && S_ISREG(about.st_mode);
        free(list[i]);
        if (!there || about.st_size == 0) continue;
        /* the change of the entry: a file that is moved here keeps the time of its writing */
        int64_t changed_ms = (int64_t)about.st_ctim.tv_sec * 1000 + about.st_ctim.tv_nsec / 1000000;
        if (changed_ms <= after_ms || changed_ms > until_ms) continue;
        const void *const parts[] = {path};
        const size_t sizes[] = {strlen(path) + 1};
        tw_model_link_send(link, TW_FRAME_OUTLOOK, 1, parts, sizes);
    }
    free(list);
}

/* A storm's: each counts from when it was issued. */
static void tell_storm_outlooks(struct tw_live *live, struct tw_model_link *link,
                                const struct tw_storm *storm)
{
    char folder[PATH_MAX + 32];
    if (live->outlooks_told) return;
    live->outlooks_told = true;
    (void)snprintf(folder, sizeof folder, "%s/outlooks", storm->folder);
    tell_outlooks(link, folder, INT64_MIN, INT64_MAX);
}

void tw_live_prepare(struct tw_server *server, struct tw_model_link *link, double until_s)
{
    struct tw_live *live = &server->live;
    const struct tw_storm *storm = server->storm;
    if (storm == NULL || !TW_SERVER_FORESEES(server)) return;
    (void)pthread_mutex_lock(&live->mutex);
    for (int32_t g = 0; g < server->gage_count; g++) {
        if (live->wet_only[g]) tell_dry(server, link, g, until_s);
    }
    tell_storm_outlooks(live, link, storm);
    for (; live->next_field < storm->field_count; live->next_field++) {
        const struct tw_storm_field *field = &storm->fields[live->next_field];
        double time_s = (double)field->time_ms / 1000.0;
        if (time_s > until_s) break;
        if (time_s >= until_s - FIELDS_KEPT_S) tell_field(link, field);
    }
    (void)pthread_mutex_unlock(&live->mutex);
}

/* A file that is still being written is left for the next look. */
static bool is_whole(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && about.st_size > 0 &&
           (int64_t)about.st_mtime * 1000 <= tw_clock_unix_ms() - WHOLE_MS;
}

/* Names begin with their time, so that they come in its order. */
static void tell_new_fields(struct tw_server *server, struct dirent *const *list, int count)
{
    struct tw_live *live = &server->live;
    int64_t now_ms = tw_clock_now(&server->clock);
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX + 300];
        struct tw_storm_field field = {.path = path};
        if (!tw_radar_is_grid(list[i]->d_name) ||
            !tw_radar_moment(server->city, list[i]->d_name, &field.time_ms)) {
            continue;
        }
        (void)snprintf(path, sizeof path, "%s/%s", server->city->radar_path, list[i]->d_name);
        bool fresh = field.time_ms > live->radar_ms && field.time_ms <= now_ms;
        if (!fresh || !is_whole(path)) continue;
        tell_field(server->link, &field);
        live->radar_ms = field.time_ms;
    }
}

static void look_for_radar(struct tw_server *server)
{
    struct dirent **list = NULL;
    int count = scandir(server->city->radar_path, &list, NULL, alphasort);
    if (count > 0) tell_new_fields(server, list, count);
    for (int i = 0; i < count; i++)
        free(list[i]);
    free(list);
}

/* One that is still being written changes again, and is told then. */
static void look_for_outlooks(struct tw_server *server)
{
    int64_t until_ms = tw_clock_unix_ms() - WHOLE_MS;
    tell_outlooks(server->link, server->city->outlooks_path, server->live.outlooks_ms, until_ms);
    server->live.outlooks_ms = until_ms;
}

void tw_live_look_for_files(struct tw_server *server, int64_t wall_ms)
{
    struct tw_live *live = &server->live;
    if (server->storm != NULL || !TW_SERVER_FORESEES(server) ||
        wall_ms - live->looked_ms < LOOK_MS) {
        return;
    }
    (void)pthread_mutex_lock(&live->mutex);
    bool ready = !isnan(live->ready_s);
    if (ready)
        live->looked_ms = wall_ms; /* what is there already comes before the first forecast */
    if (ready && server->city->radar_path != NULL) look_for_radar(server);
    if (ready && server->city->outlooks_path != NULL) look_for_outlooks(server);
    (void)pthread_mutex_unlock(&live->mutex);
}
