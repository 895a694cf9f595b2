/* What GET answers, and events carry, of what changes. docs/api.md describes each. */
#include "base/clock.h"
#include "net/json.h"
#include "server/members.h"
#include "server/service.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SERIES_MAX 20000
#define DEPTH_DIGITS 4

/* One [t, v] of a curve. */
static void add_place(struct tw_strbuf *out, int64_t time_s, double value)
{
    tw_json_open(out, '[');
    tw_json_integer(out, time_s);
    tw_json_number(out, value, DEPTH_DIGITS);
    tw_json_close(out, ']');
}

/* ---- clock, health, forecast ---- */

void tw_answer_clock(struct tw_server *server, struct tw_strbuf *out)
{
    static const char *const words[] = {[TW_CLOCK_RUNNING] = "running",
                                        [TW_CLOCK_PAUSED] = "paused",
                                        [TW_CLOCK_ENDED] = "ended",
                                        [TW_CLOCK_LIVE] = "live"};
    struct tw_clock_view view = tw_clock_view_get(&server->clock, tw_clock_steady_ms());
    bool replay = server->storm != NULL;
    tw_json_open(out, '{');
    tw_json_put_text(out, "state", words[view.state]);
    tw_member_time(server, out, "time", view.now_ms);
    tw_member_time(server, out, "start", replay ? view.start_ms : TW_STORE_NEVER);
    tw_member_time(server, out, "end", replay ? view.end_ms : TW_STORE_NEVER);
    tw_json_put_number(out, "speed", view.speed, 3);
    tw_json_put_text(out, "storm", replay ? server->storm->id : NULL);
    tw_json_put_number(out, "behind_s", view.behind_s, 1);
    tw_json_close(out, '}');
}

/* How many sensors' last values are good, suspect or bad (a missing one is bad), or were never. */
static void add_quality_counts(struct tw_server *server, struct tw_strbuf *out)
{
    int64_t good = 0;
    int64_t suspect = 0;
    int64_t bad = 0;
    int64_t never = 0;
    for (int32_t s = 0; s < server->city->sensor_count; s++) {
        struct tw_store_head head = tw_store_head_get(server->store, server->series[s]);
        int32_t quality = tw_ingest_quality_now(server->ingest, &head, server->series[s]);
        if (head.time_ms == TW_STORE_NEVER) {
            never++;
        } else if (tw_quality_is_bad(quality)) {
            bad++;
        } else if (strcmp(tw_quality_word(quality), "good") == 0) {
            good++;
        } else {
            suspect++;
        }
    }
    tw_json_key(out, "sensors");
    tw_json_open(out, '{');
    tw_json_put_integer(out, "good", good);
    tw_json_put_integer(out, "suspect", suspect);
    tw_json_put_integer(out, "bad", bad);
    tw_json_put_integer(out, "never", never);
    tw_json_close(out, '}');
}

void tw_answer_health(struct tw_server *server, struct tw_strbuf *out)
{
    static const char *const words[] = {[TW_MODEL_STOPPED] = "stopped",
                                        [TW_MODEL_RUNNING] = "running",
                                        [TW_MODEL_FAILED] = "failed"};
    struct tw_store_health store;
    struct tw_live *live = &server->live;
    double now_s = (double)tw_clock_now(&server->clock) / 1000.0;
    tw_store_health_get(server->store, &store);
    tw_json_open(out, '{');
    (void)pthread_mutex_lock(&live->mutex);
    tw_json_put_text(out, "model", words[live->model]);
    tw_json_put_text(out, "model_text", live->model_text[0] != 0 ? live->model_text : NULL);
    tw_member_time(server, out, "last_forecast",
                   live->forecast.values != NULL ? live->forecast.issued_ms : TW_STORE_NEVER);
    tw_json_put_text(out, "forecast_text",
                     live->forecast_text[0] != 0 ? live->forecast_text : NULL);
    tw_json_put_number(out, "behind_s", now_s - live->reached_s, 1);
    tw_json_put_integer(out, "late_rain", live->late_rain);
    tw_json_put_integer(out, "bad_rain", live->bad_rain);
    struct tw_model_link *link = server->link;
    (void)pthread_mutex_unlock(&live->mutex);
    tw_json_put_text(out, "store", store.state);
    tw_json_put_text(out, "store_warning", store.warning[0] != 0 ? store.warning : NULL);
    tw_json_put_integer(out, "refused_history", store.refused_history);
    tw_json_put_integer(out, "refused_live", store.refused_live);
    add_quality_counts(server, out);
    tw_json_put_integer(out, "samples", tw_store_sample_count(server->store));
    tw_json_put_integer(out, "model_starts", link == NULL ? 0 : tw_model_link_starts(link));
    tw_json_put_integer(out, "clients", tw_events_clients(server->events));
    tw_json_close(out, '}');
}

/* ---- points ---- */

/* The modelled value of a watch now; NAN when there is none yet. */
static double modelled_now(const struct tw_live *live, int32_t watch)
{
    if (live->step_count == 0) return (double)NAN;
    return (double)
        live->steps[(size_t)(live->step_count - 1) * (size_t)live->watch_count + (size_t)watch];
}

static void add_point(struct tw_server *server, int32_t p, struct tw_strbuf *out)
{
    const struct tw_live *live = &server->live;
    const struct tw_foresight *forecast = &live->forecast;
    struct tw_warning_point classes = {.id = server->city->points[p].id};
    memcpy(classes.classes_m, server->city->points[p].classes_m, sizeof classes.classes_m);
    double modelled_m = modelled_now(live, p);
    double ahead_m = (double)NAN;
    int32_t at = 0;
    if (forecast->values != NULL) {
        ahead_m = tw_forecast_peak(forecast->values + (size_t)p * (size_t)forecast->head.step_count,
                                   forecast->head.step_count, &at);
    }
    int64_t ahead_ms = forecast->issued_ms + (int64_t)(1000.0 * forecast->head.step_s) * at;
    double larger_m = ahead_m > modelled_m || isnan(modelled_m) ? ahead_m : modelled_m;
    tw_json_open(out, '{');
    tw_json_put_text(out, "id", classes.id);
    tw_json_put_number(out, "modelled_m", modelled_m, DEPTH_DIGITS);
    tw_json_put_number(out, "forecast_max_m", ahead_m, DEPTH_DIGITS);
    tw_member_time(server, out, "forecast_max_at", isnan(ahead_m) ? TW_STORE_NEVER : ahead_ms);
    tw_json_put_text(out, "class", tw_class_name(tw_warning_rank(&classes, larger_m)));
    tw_answer_chance(live, p, out);
    tw_member_time(server, out, "modelled_at",
                   live->step_count > 0 ? 1000 * live->step_times_s[live->step_count - 1]
                                        : TW_STORE_NEVER);
    tw_json_close(out, '}');
}

void tw_answer_points(struct tw_server *server, struct tw_strbuf *out)
{
    tw_json_open(out, '[');
    (void)pthread_mutex_lock(&server->live.mutex);
    for (int32_t p = 0; p < server->city->point_count; p++)
        add_point(server, p, out);
    (void)pthread_mutex_unlock(&server->live.mutex);
    tw_json_close(out, ']');
}

/* ---- sensors ---- */

void tw_answer_quality(struct tw_strbuf *out, int32_t quality)
{
    tw_json_put_text(out, "quality", tw_quality_word(quality));
    tw_json_key(out, "reasons");
    tw_json_open(out, '[');
    for (size_t i = 0; i < tw_qc_count(); i++) {
        const char *reason = tw_quality_reason(quality, i);
        if (reason != NULL) tw_json_string(out, reason);
    }
    tw_json_close(out, ']');
}

static void add_sensor(struct tw_server *server, int32_t s, int64_t now_ms, struct tw_strbuf *out)
{
    const struct tw_city_sensor *sensor = &server->city->sensors[s];
    struct tw_store_head head = tw_store_head_get(server->store, server->series[s]);
    bool there = head.time_ms != TW_STORE_NEVER;
    const char *source = there ? tw_store_source_name(server->store, head.source) : NULL;
    tw_json_open(out, '{');
    tw_json_put_text(out, "id", sensor->id);
    tw_json_put_text(out, "kind", tw_sensor_kind_word(sensor->kind));
    tw_json_put_text(out, "element", sensor->element);
    tw_json_put_text(out, "unit", sensor->unit);
    tw_json_put_number(out, "value", there ? head.value : (double)NAN, 6);
    tw_member_time(server, out, "time", head.time_ms);
    tw_json_put_number(out, "age_s", there ? (double)(now_ms - head.time_ms) / 1000.0 : (double)NAN,
                       1);
    if (there) {
        tw_answer_quality(out, tw_ingest_quality_now(server->ingest, &head, server->series[s]));
    } else {
        tw_json_put_text(out, "quality", NULL);
    }
    tw_json_put_text(out, "source", source);
    tw_json_put_bool(out, "simulated", there && strcmp(source, TW_SOURCE_SIMULATED) == 0);
    tw_json_close(out, '}');
}

void tw_answer_sensors(struct tw_server *server, struct tw_strbuf *out)
{
    int64_t now_ms = tw_clock_now(&server->clock);
    tw_json_open(out, '[');
    for (int32_t s = 0; s < server->city->sensor_count; s++) {
        /* What the model knows nothing of is thousands; GET /api/v1/latest has it. */
        if (server->city->sensors[s].kind != TW_SENSOR_VALUE) add_sensor(server, s, now_ms, out);
    }
    tw_json_close(out, ']');
}

/* ---- curves ---- */

/* Modelled and forecast values of a watch. With the live mutex held. */
static void add_model_curves(const struct tw_live *live, int32_t watch, struct tw_strbuf *out)
{
    const struct tw_foresight *forecast = &live->forecast;
    tw_json_key(out, "modelled");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < live->step_count && watch >= 0; i++) {
        add_place(out, live->step_times_s[i],
                  (double)live->steps[(size_t)i * (size_t)live->watch_count + (size_t)watch]);
    }
    tw_json_close(out, ']');
    tw_json_key(out, "forecast");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < forecast->head.step_count && watch >= 0 && forecast->values != NULL;
         i++) {
        size_t at = (size_t)watch * (size_t)forecast->head.step_count + (size_t)i;
        add_place(out, forecast->issued_ms / 1000 + (int64_t)(forecast->head.step_s * i),
                  (double)forecast->values[at]);
    }
    tw_json_close(out, ']');
}

/* Stored values of a sensor, each less an offset and not below a floor. */
static void add_measured(struct tw_server *server, int32_t s, double offset, double floor_value,
                         struct tw_strbuf *out)
{
    struct tw_store_sample *samples = NULL;
    size_t count = 0;
    const struct tw_storm *storm = server->storm;
    int64_t now_ms = tw_clock_now(&server->clock);
    const int64_t day_ms = INT64_C(86400000);
    int64_t from_ms = storm != NULL ? storm->start_ms - day_ms : now_ms - 2 * day_ms;
    int64_t to_ms = storm != NULL ? storm->end_ms + day_ms : now_ms + day_ms;
    tw_json_key(out, "measured");
    tw_json_open(out, '[');
    if (s >= 0 && tw_store_samples_read(server->store, server->series[s], from_ms, to_ms,
                                        SERIES_MAX, &samples, &count) == TW_OK) {
        for (size_t i = 0; i < count; i++) {
            double value = samples[i].value - offset;
            add_place(out, samples[i].time_ms / 1000, value > floor_value ? value : floor_value);
        }
    }
    free(samples);
    tw_json_close(out, ']');
}

bool tw_answer_point_series(struct tw_server *server, const char *id, struct tw_strbuf *out)
{
    const struct tw_city *city = server->city;
    int32_t p = 0;
    while (p < city->point_count && strcmp(city->points[p].id, id) != 0)
        p++;
    if (p == city->point_count) return false;
    /* A level sensor at the point's node measures from the invert: less the manhole's depth it
     * tells of the water in the street. */
    struct tw_node_info node = {.full_depth_m = 0.0};
    (void)tw_model_node_info(city->model, city->points[p].node, &node);
    int32_t sensor = -1;
    tw_json_open(out, '{');
    tw_json_put_text(out, "id", id);
    tw_json_put_text(out, "unit", "m");
    tw_json_key(out, "sensors");
    tw_json_open(out, '[');
    for (int32_t s = 0; s < city->sensor_count; s++) {
        if (city->sensors[s].kind != TW_SENSOR_LEVEL ||
            city->sensors[s].index != city->points[p].node.index) {
            continue;
        }
        if (sensor < 0) sensor = s;
        tw_json_string(out, city->sensors[s].id);
    }
    tw_json_close(out, ']');
    add_measured(server, sensor, node.full_depth_m, 0.0, out);
    (void)pthread_mutex_lock(&server->live.mutex);
    add_model_curves(&server->live, p, out);
    tw_answer_band(&server->live, p, out);
    tw_member_time(server, out, "issued",
                   server->live.forecast.values != NULL ? server->live.forecast.issued_ms
                                                        : TW_STORE_NEVER);
    (void)pthread_mutex_unlock(&server->live.mutex);
    tw_json_close(out, '}');
    return true;
}

bool tw_answer_sensor_series(struct tw_server *server, const char *id, struct tw_strbuf *out)
{
    int32_t s = tw_city_sensor_find(server->city, id);
    if (s < 0) return false;
    tw_json_open(out, '{');
    tw_json_put_text(out, "id", server->city->sensors[s].id);
    tw_json_put_text(out, "unit", server->city->sensors[s].unit);
    add_measured(server, s, 0.0, -(double)INFINITY, out);
    (void)pthread_mutex_lock(&server->live.mutex);
    add_model_curves(&server->live, server->live.sensor_watch[s], out);
    (void)pthread_mutex_unlock(&server->live.mutex);
    tw_json_close(out, '}');
    return true;
}

/* ---- rain ---- */

/* Days without rain fill no answer: of a dry spell its first and last interval are told. */
static bool dry_between_dry(const struct tw_rain *rain, int32_t i)
{
    return i > 0 && i + 1 < rain->count && rain->falls[i - 1].rain_mm == 0.0 &&
           rain->falls[i].rain_mm == 0.0 && rain->falls[i + 1].rain_mm == 0.0;
}

static void add_gage(struct tw_server *server, int32_t g, struct tw_strbuf *out)
{
    const struct tw_live *live = &server->live;
    const struct tw_rain *rain = &live->rain[g];
    const struct tw_foresight *forecast = &live->forecast;
    struct tw_gage_info info = {.name = ""};
    (void)tw_model_gage_info(server->city->model, (tw_gage_id){g}, &info);
    tw_json_open(out, '{');
    tw_json_put_text(out, "id", info.name);
    tw_json_put_number(out, "interval_s", rain->interval_s, 0);
    tw_json_key(out, "measured");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < rain->count; i++) {
        if (dry_between_dry(rain, i)) continue;
        add_place(out, (int64_t)(rain->falls[i].until_s + 0.5),
                  rain->falls[i].rain_mm * 3600.0 / rain->interval_s);
    }
    tw_json_close(out, ']');
    tw_json_key(out, "forecast");
    tw_json_open(out, '[');
    for (int32_t i = 1; i < forecast->head.step_count && forecast->values != NULL; i++) {
        size_t row = (size_t)forecast->head.watch_count + (size_t)g;
        add_place(out, forecast->issued_ms / 1000 + (int64_t)(forecast->head.step_s * i),
                  (double)forecast->values[row * (size_t)forecast->head.step_count + (size_t)i]);
    }
    tw_json_close(out, ']');
    tw_json_close(out, '}');
}

void tw_answer_rain(struct tw_server *server, struct tw_strbuf *out)
{
    tw_json_open(out, '{');
    tw_json_put_text(out, "unit", "mm/h");
    tw_json_key(out, "gages");
    tw_json_open(out, '[');
    (void)pthread_mutex_lock(&server->live.mutex);
    for (int32_t g = 0; g < server->gage_count; g++)
        add_gage(server, g, out);
    (void)pthread_mutex_unlock(&server->live.mutex);
    tw_json_close(out, ']');
    tw_json_close(out, '}');
}

/* ---- all at once ---- */

void tw_answer_state(struct tw_server *server, struct tw_strbuf *out)
{
    static const struct {
        const char *key;
        tw_answer *answer;
    } parts[] = {{"clock", tw_answer_clock},       {"points", tw_answer_points},
                 {"sensors", tw_answer_sensors},   {"rain", tw_answer_rain},
                 {"forecast", tw_answer_forecast}, {"health", tw_answer_health},
                 {"dispatch", tw_answer_dispatch}};
    tw_json_open(out, '{');
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        tw_json_key(out, parts[i].key);
        parts[i].answer(server, out);
    }
    tw_json_key(out, "warnings");
    tw_answer_warnings(server, false, out);
    tw_json_close(out, '}');
}
