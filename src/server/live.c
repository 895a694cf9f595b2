/* Between the model's process and what is shown: what the model is told, what it answers. */
#include "server/service.h"

#include "net/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP_S 60.0
#define KEPT_S (48.0 * 3600.0) /* of modelled values and rain in memory */
#define SLACK_S 120.0          /* a storm's clock runs ahead of the model by no more */
#define LIVE_LAG_S 60.0        /* rain of a minute is given so long to arrive */
#define PENDING_MAX 200000

static tw_status make_watches(struct tw_server *server)
{
    const struct tw_city *city = server->city;
    struct tw_live *live = &server->live;
    size_t most =
        (size_t)city->point_count + (size_t)city->sensor_count + (size_t)city->plant_count + 1;
    live->watches = calloc(most, sizeof *live->watches);
    live->sensor_watch = calloc(most, sizeof *live->sensor_watch);
    live->plant_watch = calloc(most, sizeof *live->plant_watch);
    if (live->watches == NULL || live->sensor_watch == NULL || live->plant_watch == NULL) {
        return TW_ERR_NOMEM;
    }
    for (int32_t p = 0; p < city->point_count; p++) {
        live->watches[live->watch_count++] =
            (struct tw_watch){TW_WATCH_STREET_DEPTH, city->points[p].node.index};
    }
    for (int32_t s = 0; s < city->sensor_count; s++) {
        const struct tw_city_sensor *sensor = &city->sensors[s];
        live->sensor_watch[s] = -1;
        if (sensor->kind == TW_SENSOR_RAIN || sensor->kind == TW_SENSOR_VALUE) continue;
        live->sensor_watch[s] = live->watch_count;
        live->watches[live->watch_count++] = (struct tw_watch){
            sensor->kind == TW_SENSOR_LEVEL ? TW_WATCH_NODE_DEPTH : TW_WATCH_LINK_FLOW,
            sensor->index};
    }
    for (int32_t i = 0; i < city->plant_count; i++) {
        int32_t node = city->plants[i].node.index;
        live->plant_watch[i] = node < 0 ? -1 : live->watch_count;
        if (node < 0) continue;
        live->watches[live->watch_count++] = (struct tw_watch){TW_WATCH_NODE_INFLOW, node};
    }
    return TW_OK;
}

static tw_status make_warnings(struct tw_server *server)
{
    const struct tw_city *city = server->city;
    struct tw_warning_point *points = calloc((size_t)city->point_count + 1, sizeof *points);
    if (points == NULL) return TW_ERR_NOMEM;
    for (int32_t p = 0; p < city->point_count; p++) {
        points[p].id = city->points[p].id;
        memcpy(points[p].classes_m, city->points[p].classes_m, sizeof points[p].classes_m);
    }
    const struct tw_city_alerts *alerts = &city->alerts;
    tw_warning_rules rules = {.raise_ratio = alerts->raise_ratio,
                              .near_ratio = alerts->near_ratio,
                              .keep_ratio = alerts->keep_ratio,
                              .near_s = alerts->near_s,
                              .group_gap_s = alerts->group_gap_s,
                              .lower_after = alerts->lower_after,
                              .end_after = alerts->end_after};
    rules.session = server->session;
    rules.simulated = server->simulated;
    rules.store = server->store;
    tw_status status =
        tw_warnings_create(points, city->point_count, &rules, &server->live.warnings);
    free(points);
    TW_TRY(status);
    bool anew = server->storm != NULL && !server->resumed;
    return anew ? TW_OK : tw_warnings_restore(server->live.warnings);
}

/* A replay goes on from its last forecast: what came after it is played once more. */
static void go_back(struct tw_server *server)
{
    int64_t depths_ms = 0;
    int64_t forecast_ms = 0;
    tw_warnings_taken(server->live.warnings, &depths_ms, &forecast_ms);
    if (server->storm != NULL && server->resumed && forecast_ms > server->storm->start_ms) {
        tw_clock_set(&server->clock, forecast_ms);
    }
}

/* What was last measured before the clock's time, to see what jumps from there. */
static tw_status recall_values(struct tw_server *server)
{
    int64_t now_ms = tw_clock_now(&server->clock);
    for (int32_t s = 0; s < server->city->sensor_count; s++) {
        struct tw_store_sample *sample = NULL;
        size_t count = 0;
        if (server->live.sensor_watch[s] < 0) continue;
        TW_TRY(tw_store_samples_read(server->store, server->series[s], now_ms - 3600000, now_ms, 1,
                                     &sample, &count));
        if (count == 1 && !tw_quality_is_bad(sample[0].quality)) {
            server->live.last_value[s] = sample[0].value;
        }
        free(sample);
    }
    return TW_OK;
}

/* Rain that an earlier process has stored: the model needs it to catch up. */
static tw_status recall_rain(struct tw_server *server)
{
    int64_t now_ms = tw_clock_now(&server->clock);
    for (int32_t g = 0; g < server->gage_count; g++) {
        int32_t sensor = server->city->gage_sensor[g];
        struct tw_store_sample *samples = NULL;
        size_t count = 0;
        if (sensor < 0) continue;
        TW_TRY(tw_store_samples_read(server->store, server->series[sensor],
                                     now_ms - (int64_t)(KEPT_S * 1000.0), now_ms, 200000, &samples,
                                     &count));
        tw_status status = TW_OK;
        for (size_t i = 0; i < count && status == TW_OK; i++) {
            if (tw_quality_is_bad(samples[i].quality)) continue;
            double until_s = (double)samples[i].time_ms / 1000.0;
            status = tw_rain_add(&server->live.rain[g], until_s, samples[i].value);
            bool wet = samples[i].value >= TW_LIVE_RAIN_MM && until_s > server->live.wet_s;
            if (wet) server->live.wet_s = until_s;
        }
        free(samples);
        TW_TRY(status);
    }
    return TW_OK;
}

/* A storm may list wet intervals only: then no row means no rain. A gauge that tells of dry intervals,
 * too, has failed when it says nothing. */
static void find_wet_only(struct tw_server *server, int32_t gage)
{
    const struct tw_storm *storm = server->storm;
    struct tw_live *live = &server->live;
    int32_t sensor = server->city->gage_sensor[gage];
    live->dry_until_s[gage] = tw_live_base_s(server) - server->city->spinup_s;
    live->wet_only[gage] = storm != NULL;
    for (size_t i = 0; storm != NULL && i < storm->count; i++) {
        const struct tw_storm_value *value = &storm->values[i];
        if (value->sensor == sensor && value->value == 0.0) live->wet_only[gage] = false;
    }
}

tw_status tw_live_init(struct tw_server *server)
{
    struct tw_live *live = &server->live;
    live->ready_s = (double)NAN;
    live->reached_s = (double)NAN;
    live->forecast_s = (double)NAN;
    live->rain = calloc((size_t)server->gage_count + 1, sizeof *live->rain);
    live->wet_only = calloc((size_t)server->gage_count + 1, sizeof *live->wet_only);
    live->dry_until_s = calloc((size_t)server->gage_count + 1, sizeof *live->dry_until_s);
    live->last_value = calloc((size_t)server->city->sensor_count + 1, sizeof *live->last_value);
    if (live->rain == NULL || live->wet_only == NULL || live->dry_until_s == NULL ||
        live->last_value == NULL) {
        return TW_ERR_NOMEM;
    }
    for (int32_t i = 0; i < server->city->sensor_count; i++)
        live->last_value[i] = (double)NAN;
    server->interval_s = STEP_S;
    for (int32_t g = 0; g < server->gage_count; g++) {
        struct tw_gage_info info;
        TW_TRY(tw_model_gage_info(server->city->model, (tw_gage_id){g}, &info));
        live->rain[g].interval_s = info.interval_s > 0.0 ? info.interval_s : STEP_S;
        if (info.interval_s > server->interval_s) server->interval_s = info.interval_s;
    }
    for (int32_t g = 0; g < server->gage_count; g++)
        find_wet_only(server, g);
    TW_TRY(make_watches(server));
    TW_TRY(make_warnings(server));
    if (server->storm != NULL && !server->resumed) return TW_OK;
    go_back(server);
    TW_TRY(recall_rain(server));
    return recall_values(server);
}

void tw_live_done(struct tw_server *server)
{
    struct tw_live *live = &server->live;
    for (int32_t g = 0; g < server->gage_count && live->rain != NULL; g++) {
        tw_rain_done(&live->rain[g]);
    }
    tw_warnings_destroy(live->warnings);
    free(live->rain);
    free(live->watches);
    free(live->sensor_watch);
    free(live->plant_watch);
    free(live->step_times_s);
    free(live->steps);
    tw_foresight_done(&live->forecast);
    free(live->wet_only);
    free(live->dry_until_s);
    free(live->last_value);
    free(live->pending);
}

/* ---- to the model ---- */

/* How far the model may go: all rain up to there has been measured and has had time to come. */
static double target_s(struct tw_server *server)
{
    double now_s = (double)tw_clock_now(&server->clock) / 1000.0;
    double interval_s = server->interval_s > 3600.0 ? 3600.0 : server->interval_s;
    if (server->storm == NULL) now_s -= LIVE_LAG_S;
    return floor(now_s / interval_s + 1e-9) * interval_s;
}

/* Forecasts begin at whole multiples of their cycle on the city's clock. */
static bool is_cycle(const struct tw_server *server, double time_s)
{
    double cycles = (time_s + server->city->zone_s) / server->city->cycle_s;
    return time_s > tw_live_base_s(server) - 1e-6 && fabs(cycles - floor(cycles + 0.5)) < 1e-6;
}

/* Whether the warnings have taken a forecast of this moment or a later one. */
static bool is_taken(const struct tw_live *live, double time_s)
{
    int64_t depths_ms = 0;
    int64_t forecast_ms = 0;
    tw_warnings_taken(live->warnings, &depths_ms, &forecast_ms);
    return forecast_ms != TW_STORE_NEVER && time_s * 1000.0 <= (double)forecast_ms + 0.5;
}

/* Take the next order for the model; false when there is none to give now. */
static bool next_order(struct tw_server *server, struct tw_worker_advance *out)
{
    struct tw_live *live = &server->live;
    double until_s = target_s(server);
    bool given = false;
    (void)pthread_mutex_lock(&live->mutex);
    double next_s = (floor(live->ordered_s / STEP_S + 1e-9) + 1.0) * STEP_S;
    bool due = is_cycle(server, next_s) || tw_live_is_urgent(live, next_s);
    bool busy = !isnan(live->forecast_s);
    /* A storm waits for every forecast, so that the same is warned of at any speed and after any
     * restart; what is live does without one. */
    bool waits = busy && server->storm != NULL;
    /* Behind (a spin-up, a restart) only the last forecast that is due tells anything new. */
    bool late = server->storm == NULL && next_s + server->city->cycle_s <= until_s;
    /* One that an earlier process has made need not be made again. */
    if (is_taken(live, next_s)) due = false;
    if (!isnan(live->ready_s) && next_s <= until_s + 1e-6 && !waits) {
        *out = (struct tw_worker_advance){next_s, due && !busy && !late};
        live->ordered_s = next_s;
        if (out->forecast != 0) live->forecast_s = next_s;
        given = true;
    }
    (void)pthread_mutex_unlock(&live->mutex);
    return given;
}

void tw_live_order(struct tw_server *server)
{
    struct tw_worker_advance order;
    while (next_order(server, &order)) {
        const void *const parts[] = {&order};
        const size_t sizes[] = {sizeof order};
        tw_live_prepare(server, server->link, order.until_s);
        tw_model_link_send(server->link, TW_FRAME_ADVANCE, 1, parts, sizes);
    }
}

int64_t tw_live_gate_ms(struct tw_server *server)
{
    struct tw_live *live = &server->live;
    double slack_s = server->interval_s + STEP_S;
    if (slack_s < SLACK_S) slack_s = SLACK_S;
    (void)pthread_mutex_lock(&live->mutex);
    double gate_s = isnan(live->reached_s) ? 0.0 : live->reached_s + slack_s;
    /* And no further past the moment at which a forecast began: one that takes two seconds must
     * not cost minutes of a lead because the storm runs fast. */
    if (!isnan(live->forecast_s) && live->forecast_s + slack_s < gate_s) {
        gate_s = live->forecast_s + slack_s;
    }
    (void)pthread_mutex_unlock(&live->mutex);
    return (int64_t)(gate_s * 1000.0);
}

void tw_live_committed(void *user, const char *source, const struct tw_store_sample *samples,
                       size_t count)
{
    struct tw_server *server = user;
    struct tw_live *live = &server->live;
    (void)source;
    (void)pthread_mutex_lock(&live->mutex);
    live->dirty[TW_TOPIC_SENSORS] = true;
    struct tw_live_news *news = tw_live_news_take(server, samples, count);
    struct tw_model_link *link = server->link;
    (void)pthread_mutex_unlock(&live->mutex);
    tw_live_tell(link, news);
}

/* ---- from the model ---- */

/* Drop the oldest half of the modelled values when they are older than what is kept. */
static tw_status make_room(struct tw_live *live)
{
    if (live->step_count < live->step_capacity) return TW_OK;
    size_t width = (size_t)live->watch_count;
    int32_t half = live->step_count / 2;
    if (half > 0 && (double)(live->step_times_s[live->step_count - 1] - live->step_times_s[half]) >=
                        KEPT_S / 2.0) {
        memmove(live->step_times_s, live->step_times_s + half,
                (size_t)(live->step_count - half) * sizeof *live->step_times_s);
        memmove(live->steps, live->steps + (size_t)half * width,
                (size_t)(live->step_count - half) * width * sizeof *live->steps);
        live->step_count -= half;
        return TW_OK;
    }
    int32_t capacity = live->step_capacity == 0 ? 512 : 2 * live->step_capacity;
    int64_t *times = realloc(live->step_times_s, (size_t)capacity * sizeof *times);
    if (times == NULL) return TW_ERR_NOMEM;
    live->step_times_s = times;
    float *steps = realloc(live->steps, (size_t)capacity * (width + 1) * sizeof *steps);
    if (steps == NULL) return TW_ERR_NOMEM;
    live->steps = steps;
    live->step_capacity = capacity;
    return TW_OK;
}

/* Simulated measurements go in through the same door as real ones: the feeder sends them. */
static void keep_pending(struct tw_server *server, const struct tw_worker_step *head,
                         const double *measured)
{
    struct tw_live *live = &server->live;
    for (int32_t s = 0; s < head->sensor_count; s++) {
        if (isnan(measured[s]) || live->pending_count >= PENDING_MAX) continue;
        if (live->pending_count == live->pending_capacity) {
            size_t capacity = live->pending_capacity == 0 ? 256 : 2 * live->pending_capacity;
            struct tw_pending *pending = realloc(live->pending, capacity * sizeof *pending);
            if (pending == NULL) return;
            live->pending = pending;
            live->pending_capacity = capacity;
        }
        live->pending[live->pending_count++] =
            (struct tw_pending){(int64_t)(head->time_s * 1000.0), measured[s], s};
    }
}

struct tw_pending *tw_live_pending_take(struct tw_server *server, size_t *out_count)
{
    struct tw_live *live = &server->live;
    (void)pthread_mutex_lock(&live->mutex);
    struct tw_pending *pending = live->pending;
    *out_count = live->pending_count;
    live->pending = NULL;
    live->pending_count = 0;
    live->pending_capacity = 0;
    (void)pthread_mutex_unlock(&live->mutex);
    return pending;
}

/* Between two forecasts of members that know the measurements their middle is the best that is known
 * of a point; the run that knows none stands in until there is one. */
static void show_foreseen(const struct tw_server *server, double time_s, float *row)
{
    if (!TW_SERVER_FORESEES(server)) return;
    for (int32_t p = 0; p < server->city->point_count; p++) {
        double depth_m =
            tw_foresight_depth_m(&server->live.forecast, p, (int64_t)(time_s * 1000.0));
        if (!isnan(depth_m)) row[p] = (float)depth_m;
    }
}

/* Warnings of a replay go by the storm's time, so that they are the same at any speed. */
static int64_t warning_now(struct tw_server *server, double time_s)
{
    return server->storm != NULL ? (int64_t)(time_s * 1000.0) : tw_clock_now(&server->clock);
}

static void take_step(struct tw_server *server, const struct tw_frame *frame)
{
    struct tw_live *live = &server->live;
    struct tw_worker_step head;
    if (frame->size < sizeof head) return;
    memcpy(&head, frame->bytes, sizeof head);
    const double *values = (const double *)(const void *)(frame->bytes + sizeof head);
    if (head.watch_count != live->watch_count ||
        frame->size !=
            sizeof head + (size_t)(head.watch_count + head.sensor_count) * sizeof *values) {
        return;
    }
    live->reached_s = head.time_s;
    live->model = TW_MODEL_RUNNING;
    /* After a restart the model passes minutes again that are there already. */
    while (live->step_count > 0 &&
           (double)live->step_times_s[live->step_count - 1] >= head.time_s - 0.5) {
        live->step_count--;
    }
    if (make_room(live) == TW_OK) {
        float *row = live->steps + (size_t)live->step_count * (size_t)live->watch_count;
        for (int32_t w = 0; w < live->watch_count; w++)
            row[w] = (float)values[w];
        show_foreseen(server, head.time_s, row);
        live->step_times_s[live->step_count++] = (int64_t)(head.time_s + 0.5);
    }
    for (int32_t s = 0; s < server->city->sensor_count; s++) {
        int32_t watch = live->sensor_watch[s];
        if (watch >= 0) tw_ingest_reference(server->ingest, server->series[s], values[watch]);
    }
    keep_pending(server, &head, values + head.watch_count);
    /* The spin-up is no part of the storm: nothing is warned of in it. */
    bool begun = server->storm == NULL || head.time_s >= tw_live_base_s(server) - 1e-6;
    if (begun && !TW_SERVER_FORESEES(server)) {
        int64_t now_ms = warning_now(server, head.time_s);
        if (tw_warnings_model(live->warnings, now_ms, (int64_t)(head.time_s * 1000.0), values)) {
            live->dirty[TW_TOPIC_WARNINGS] = true;
        }
    }
    live->dirty[TW_TOPIC_POINTS] = true;
}

/* A forecast in few words, for the store. */
static void keep_summary(struct tw_server *server)
{
    const struct tw_foresight *forecast = &server->live.forecast;
    struct tw_strbuf text = {0};
    tw_json_open(&text, '{');
    for (int32_t p = 0; p < server->city->point_count; p++) {
        int32_t at = 0;
        const float *values = forecast->values + (size_t)p * (size_t)forecast->head.step_count;
        double peak_m = tw_forecast_peak(values, forecast->head.step_count, &at);
        if (!(peak_m > 0.01)) continue;
        tw_json_key(&text, server->city->points[p].id);
        tw_json_open(&text, '[');
        tw_json_number(&text, peak_m, 3);
        tw_json_integer(&text, (int64_t)(forecast->head.start_s + at * forecast->head.step_s));
        tw_json_close(&text, ']');
    }
    tw_json_close(&text, '}');
    if (text.status == TW_OK) {
        (void)tw_store_forecast_add(server->store, server->session, forecast->issued_ms,
                                    (int32_t)(1000.0 * forecast->head.took_s), text.text);
    }
    tw_strbuf_done(&text);
}

/* What members that know the measurements say of now, and then of what is to come. */
static void warn_of_now(struct tw_server *server, int64_t now_ms)
{
    struct tw_live *live = &server->live;
    const struct tw_foresight *f = &live->forecast;
    int32_t count = server->city->point_count;
    double *depth_m = calloc((size_t)count + 1, sizeof *depth_m);
    if (depth_m == NULL) return; /* the forecast says it too */
    for (int32_t p = 0; p < count; p++)
        depth_m[p] = (double)f->values[(size_t)p * (size_t)f->head.step_count];
    (void)tw_warnings_model(live->warnings, now_ms, f->issued_ms, depth_m);
    free(depth_m);
}

static void warn_of_forecast(struct tw_server *server)
{
    struct tw_live *live = &server->live;
    const struct tw_foresight *f = &live->forecast;
    const struct tw_city *city = server->city;
    char basis[TW_STORE_TEXT_SIZE];
    int64_t now_ms = warning_now(server, f->head.start_s);
    struct tw_warning_cause *causes = calloc((size_t)city->point_count + 1, sizeof *causes);
    for (int32_t p = 0; p < city->point_count && causes != NULL; p++)
        causes[p] = tw_foresight_cause(f, city->model, city->points[p].node);
    tw_foresight_basis(f, basis);
    if (TW_SERVER_FORESEES(server)) warn_of_now(server, now_ms);
    const struct tw_warning_outlook outlook = {.first_ms = f->issued_ms,
                                               .step_ms = (int64_t)(f->head.step_s * 1000.0),
                                               .count = f->head.step_count,
                                               .depth_m = f->values,
                                               .low_m = f->low_m,
                                               .high_m = f->high_m,
                                               .chance = f->chance,
                                               .peak_chance = f->peak_chance,
                                               .causes = causes,
                                               .basis = basis};
    (void)tw_warnings_forecast(live->warnings, now_ms, &outlook);
    free(causes);
}

static void take_forecast(struct tw_server *server, const struct tw_frame *frame)
{
    struct tw_live *live = &server->live;
    struct tw_foresight fresh;
    live->forecast_s = (double)NAN;
    if (tw_foresight_read(frame, live->watch_count, server->gage_count,
                          tw_clock_now(&server->clock), &fresh) != TW_OK) {
        return; /* the one before stays, with its age */
    }
    tw_foresight_done(&live->forecast);
    live->forecast = fresh;
    live->forecast_text[0] = 0;
    warn_of_forecast(server);
    keep_summary(server);
    live->dirty[TW_TOPIC_WARNINGS] = true;
    live->dirty[TW_TOPIC_POINTS] = true;
    live->dirty[TW_TOPIC_RAIN] = true;
    live->dirty[TW_TOPIC_FORECAST] = true;
}

static void take_ready(struct tw_server *server, const struct tw_frame *frame)
{
    struct tw_live *live = &server->live;
    if (frame->size != sizeof live->ready_s) return;
    memcpy(&live->ready_s, frame->bytes, sizeof live->ready_s);
    live->ordered_s = live->ready_s;
    live->reached_s = live->ready_s;
    live->forecast_s = (double)NAN;
    live->model = TW_MODEL_RUNNING;
    live->model_text[0] = 0;
    live->dirty[TW_TOPIC_HEALTH] = true;
}

static void take_failure(struct tw_server *server, const struct tw_frame *frame)
{
    (void)snprintf(server->live.model_text, sizeof server->live.model_text, "%.*s",
                   (int)(frame->size < 200 ? frame->size : 200), frame->bytes);
}

static void take_forecast_failure(struct tw_server *server, const struct tw_frame *frame)
{
    struct tw_live *live = &server->live;
    live->forecast_s = (double)NAN;
    (void)snprintf(live->forecast_text, sizeof live->forecast_text, "%.*s",
                   (int)(frame->size < 200 ? frame->size : 200), frame->bytes);
    live->dirty[TW_TOPIC_HEALTH] = true;
}

static void take_frame(void *user, const struct tw_frame *frame)
{
    static const struct {
        uint32_t kind;
        void (*take)(struct tw_server *server, const struct tw_frame *frame);
    } kinds[] = {
        {TW_FRAME_READY, take_ready},       {TW_FRAME_STEP, take_step},
        {TW_FRAME_FORECAST, take_forecast}, {TW_FRAME_FORECAST_FAILED, take_forecast_failure},
        {TW_FRAME_FAILED, take_failure},
    };
    struct tw_server *server = user;
    (void)pthread_mutex_lock(&server->live.mutex);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].kind == frame->kind) kinds[i].take(server, frame);
    }
    (void)pthread_mutex_unlock(&server->live.mutex);
}

static void lost(void *user)
{
    struct tw_server *server = user;
    struct tw_live *live = &server->live;
    (void)pthread_mutex_lock(&live->mutex);
    live->model = TW_MODEL_FAILED;
    live->ready_s = (double)NAN;
    live->forecast_s = (double)NAN;
    if (live->model_text[0] == 0) {
        (void)snprintf(live->model_text, sizeof live->model_text,
                       "the model's process ended; it is started again");
    }
    live->dirty[TW_TOPIC_HEALTH] = true;
    (void)pthread_mutex_unlock(&live->mutex);
}

tw_status tw_live_begin(struct tw_server *server)
{
    const struct tw_model_link_owner owner = {
        .user = server, .greet = tw_live_greet, .frame = take_frame, .lost = lost};
    struct tw_model_link *link = NULL;
    TW_TRY(tw_model_link_create(server->options.program, &owner, &link));
    (void)pthread_mutex_lock(&server->live.mutex);
    server->link = link;
    (void)pthread_mutex_unlock(&server->live.mutex);
    return TW_OK;
}
