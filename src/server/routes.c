/* The table of routes and the short handlers. */
#include "base/clock.h"
#include "net/json.h"
#include "server/desk_routes.h"
#include "server/service.h"
#include "telemetry/samples_json.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SMALL_BODY 65536
#define AUDIT_LINES 200
#define DETAIL_SIZE 400

/* ---- GET ---- */

#define TW_GET(name, answer)                                                                       \
    static tw_http_outcome name(void *user, const struct tw_http_request *request,                 \
                                struct tw_http_reply *reply)                                       \
    {                                                                                              \
        (void)request;                                                                             \
        answer(user, &reply->body);                                                                \
        return TW_HTTP_DONE;                                                                       \
    }

TW_GET(get_state, tw_answer_state)
TW_GET(get_clock, tw_answer_clock)
TW_GET(get_points, tw_answer_points)
TW_GET(get_sensors, tw_answer_sensors)
TW_GET(get_rain, tw_answer_rain)
TW_GET(get_health, tw_answer_health)
TW_GET(get_forecast, tw_answer_forecast)
TW_GET(get_loads, tw_answer_loads)
TW_GET(get_inflows, tw_answer_inflows)
TW_GET(get_devices, tw_answer_devices)
TW_GET(get_latest, tw_answer_latest)

static void borrow(struct tw_http_reply *reply, const struct tw_strbuf *text)
{
    reply->bytes = text->text;
    reply->size = text->length;
}

static tw_http_outcome get_city(void *user, const struct tw_http_request *request,
                                struct tw_http_reply *reply)
{
    const struct tw_server *server = user;
    (void)request;
    borrow(reply, &server->city_json);
    return TW_HTTP_DONE;
}

static tw_http_outcome get_network(void *user, const struct tw_http_request *request,
                                   struct tw_http_reply *reply)
{
    const struct tw_server *server = user;
    reply->mime = "application/geo+json";
    reply->gzip = request->accepts_gzip;
    borrow(reply, reply->gzip ? &server->network_gzip : &server->network_json);
    return TW_HTTP_DONE;
}

static tw_http_outcome get_roads(void *user, const struct tw_http_request *request,
                                 struct tw_http_reply *reply)
{
    static const char empty[] = "{\"type\":\"FeatureCollection\",\"features\":[]}";
    const struct tw_server *server = user;
    (void)request;
    const char *roads = server->city->roads != NULL ? server->city->roads : empty;
    reply->mime = "application/geo+json";
    reply->bytes = roads;
    reply->size = strlen(roads);
    return TW_HTTP_DONE;
}

static tw_http_outcome get_point_series(void *user, const struct tw_http_request *request,
                                        struct tw_http_reply *reply)
{
    if (!tw_answer_point_series(user, request->params[0], &reply->body)) {
        tw_http_refuse(reply, 404, "there is no such point", "GET /api/v1/points lists them");
    }
    return TW_HTTP_DONE;
}

static tw_http_outcome get_sensor_series(void *user, const struct tw_http_request *request,
                                         struct tw_http_reply *reply)
{
    if (!tw_answer_sensor_series(user, request->params[0], &reply->body)) {
        tw_http_refuse(reply, 404, "there is no such sensor", "GET /api/v1/sensors lists them");
    }
    return TW_HTTP_DONE;
}

static tw_http_outcome get_events(void *user, const struct tw_http_request *request,
                                  struct tw_http_reply *reply)
{
    const struct tw_server *server = user;
    const char *list = tw_http_query(request, "topics");
    while (list != NULL && *list != 0) {
        size_t length = strcspn(list, ",");
        int topic = 0;
        while (topic < TW_TOPIC_COUNT && (strlen(tw_topic_names[topic]) != length ||
                                          strncmp(list, tw_topic_names[topic], length) != 0)) {
            topic++;
        }
        if (topic == TW_TOPIC_COUNT) {
            tw_http_refuse(reply, 400, "there is no such topic", "docs/api.md lists the topics");
            return TW_HTTP_DONE;
        }
        reply->topics |= 1U << topic;
        list += length + (list[length] == ',');
    }
    reply->mime = "text/event-stream";
    reply->events = server->events;
    return TW_HTTP_DONE;
}

struct audit_list {
    const struct tw_server *server;
    struct tw_strbuf *out;
};

static bool add_audit(void *user, const struct tw_store_audit *audit)
{
    const struct audit_list *list = user;
    const char *const members[][2] = {{"who", audit->who},
                                      {"peer", audit->peer},
                                      {"method", audit->method},
                                      {"path", audit->path},
                                      {"detail", audit->detail}};
    tw_json_open(list->out, '{');
    tw_json_key(list->out, "time");
    tw_json_time(list->out, audit->time_ms, list->server->city->zone_s);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        tw_json_put_text(list->out, members[i][0], members[i][1]);
    }
    tw_json_put_integer(list->out, "status", audit->status);
    tw_json_close(list->out, '}');
    return true;
}

static tw_http_outcome get_audit(void *user, const struct tw_http_request *request,
                                 struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    struct audit_list list = {server, &reply->body};
    (void)request;
    /* What was asked for a moment ago may still wait for its commit. This one handler waits too. */
    (void)tw_store_flush(server->store);
    tw_json_open(&reply->body, '[');
    tw_status status = tw_store_audit_read(server->store, AUDIT_LINES, add_audit, &list);
    tw_json_close(&reply->body, ']');
    if (status != TW_OK) tw_http_refuse(reply, 503, "the store cannot be read", NULL);
    return TW_HTTP_DONE;
}

/* ---- POST ---- */

/* The object of a small body; NULL with the refusal in reply. */
json_t *tw_body_object(const struct tw_http_request *request, struct tw_http_reply *reply)
{
    json_error_t error;
    json_t *json = json_loadb(request->body, request->body_size, JSON_REJECT_DUPLICATES, &error);
    if (json_is_object(json)) return json;
    char text[256];
    (void)snprintf(text, sizeof text, "%.200s",
                   json == NULL ? error.text : "the body is not an object");
    json_decref(json);
    tw_http_refuse(reply, 400, text, "send a JSON object; docs/api.md says which");
    return NULL;
}

static bool speed_of(const json_t *json, double *out_speed)
{
    const json_t *speed = json_object_get(json, "speed");
    if (speed == NULL) return true;
    *out_speed = json_number_value(speed);
    return json_is_number(speed) && *out_speed >= 1.0 && *out_speed <= 3600.0;
}

static tw_http_outcome post_clock(void *user, const struct tw_http_request *request,
                                  struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    double speed = 0.0;
    if (server->storm == NULL) {
        tw_http_refuse(reply, 409, "the clock shows the wall's time; nothing is replayed",
                       "start the server with --replay STORM");
        return TW_HTTP_DONE;
    }
    json_t *json = tw_body_object(request, reply);
    if (json == NULL) return TW_HTTP_DONE;
    const json_t *paused = json_object_get(json, "paused");
    bool sound = speed_of(json, &speed) && (paused == NULL || json_is_boolean(paused)) &&
                 (paused != NULL || speed > 0.0);
    if (sound && speed > 0.0) tw_clock_speed(&server->clock, speed, tw_clock_steady_ms());
    if (sound && paused != NULL) {
        tw_clock_pause(&server->clock, json_is_true(paused), tw_clock_steady_ms());
    }
    json_decref(json);
    if (sound) {
        tw_answer_clock(server, &reply->body);
    } else {
        tw_http_refuse(reply, 400, "there must be paused: true or false, or speed: 1 to 3600",
                       "e.g. {\"paused\": true}");
    }
    return TW_HTTP_DONE;
}

/* ---- the table ---- */

static tw_http_handler get_routes;

/* Parameters that several routes have. */
#define SPAN                                                                                       \
    "from:time:first moment, ISO 8601 or milliseconds since 1970; a day before to without it;"     \
    "to:time:last moment; now without it"

static const struct tw_http_route routes[] = {
    {"GET", "/api/v1/city", TW_ROLE_VIEWER, 0, get_city, "the city", .answer = "Object"},
    {"GET", "/api/v1/network", TW_ROLE_VIEWER, 0, get_network, "links and nodes, GeoJSON",
     .answer = "application/geo+json"},
    {"GET", "/api/v1/roads", TW_ROLE_VIEWER | TW_ROLE_CREW, 0, get_roads, "roads, GeoJSON",
     .answer = "application/geo+json"},
    {"GET", "/api/v1/terrain.png", TW_ROLE_VIEWER, 0, tw_get_terrain, "shaded relief",
     .answer = "image/png"},
    {"GET", "/api/v1/state", TW_ROLE_VIEWER, 0, get_state, "all that changes, in one answer",
     .answer = "Object"},
    {"GET", "/api/v1/clock", TW_ROLE_VIEWER, 0, get_clock, "the clock", .answer = "Clock"},
    {"POST", "/api/v1/clock", TW_ROLE_OPERATOR, SMALL_BODY, post_clock,
     "pause, go on, set the speed of a replay", .request = "ClockOrder", .answer = "Clock"},
    {"GET", "/api/v1/warnings", TW_ROLE_VIEWER, 0, tw_get_warnings,
     "open warnings; ?all=1 ended ones too", .query = "all:text:1: ended ones too",
     .answer = "List"},
    {"POST", "/api/v1/warnings/{}/acknowledge", TW_ROLE_OPERATOR, SMALL_BODY, tw_post_acknowledge,
     "take note of a warning", .request = "Acknowledgement", .answer = "List"},
    {"POST", "/api/v1/warnings/{}/order", TW_ROLE_OPERATOR, SMALL_BODY, tw_post_order,
     "hold, raise, cancel or release a warning, with a reason", .request = "Order",
     .answer = "List"},
    {"POST", "/api/v1/points/{}/warning", TW_ROLE_OPERATOR, SMALL_BODY, tw_post_point_warning,
     "warn of a point that has no warning", .request = "Order", .answer = "List"},
    {"GET", "/api/v1/warnings/groups", TW_ROLE_VIEWER, 0, tw_get_groups,
     "storms: warnings that belong together", .answer = "List"},
    {"GET", "/api/v1/warnings/feed.atom", TW_ROLE_VIEWER, 0, tw_get_feed,
     "the last bulletins as an Atom feed", .answer = "application/atom+xml"},
    {"GET", "/api/v1/warnings/{}", TW_ROLE_VIEWER, 0, tw_get_warning_cap,
     "ID.cap: the last CAP message that spoke of a warning", .answer = "application/cap+xml"},
    {"GET", "/api/v1/bulletins", TW_ROLE_VIEWER, 0, tw_get_bulletins,
     "messages about storms, newest first", .answer = "List"},
    {"GET", "/api/v1/bulletins/{}", TW_ROLE_VIEWER, 0, tw_get_bulletin_cap, "ID.cap: a message",
     .answer = "application/cap+xml"},
    {"GET", "/api/v1/notices", TW_ROLE_VIEWER, 0, tw_get_notices,
     "what became of messages that were sent, newest first", .answer = "List"},
    {"GET", "/api/v1/points", TW_ROLE_VIEWER, 0, get_points, "depth at each point, now and ahead",
     .answer = "List"},
    {"GET", "/api/v1/points/{}/series", TW_ROLE_VIEWER, 0, get_point_series, "curves of a point",
     .answer = "Object"},
    {"GET", "/api/v1/sensors", TW_ROLE_VIEWER, 0, get_sensors, "last value of each sensor",
     .answer = "List"},
    {"GET", "/api/v1/sensors/{}/series", TW_ROLE_VIEWER, 0, get_sensor_series, "curves of a sensor",
     .answer = "Object"},
    {"GET", "/api/v1/latest", TW_ROLE_VIEWER, 0, get_latest,
     "last values of everything that is measured, as a table", .answer = "Latest"},
    {"GET", "/api/v1/series/{}", TW_ROLE_VIEWER, 0, tw_get_values,
     "values of one sensor, in as many points as a screen has",
     .query = SPAN ";points:points:most points; 1000 without it", .answer = "Series"},
    {"GET", "/api/v1/export.csv", TW_ROLE_VIEWER, 0, tw_get_export,
     "values as CSV (RFC 4180), oldest first for each sensor",
     .query = SPAN ";sensors:text:ids with commas between them; all without it"
                   ";format:format:plain, or typed for programs: types in the header, times in UTC"
                   ";bom:text:1: begin with a byte order mark, for spreadsheets",
     .answer = "text/csv"},
    {"GET", "/api/v1/plants", TW_ROLE_VIEWER, 0, tw_get_plants,
     "treatment plants: size, what flows in, alarms", .answer = "List"},
    {"GET", "/api/v1/plants/{}", TW_ROLE_VIEWER, 0, tw_get_plant,
     "a plant: its things, tags with their values, inflow past and ahead, what its model says",
     .answer = "Object"},
    {"GET", "/api/v1/plants/{}/advice", TW_ROLE_VIEWER, 0, tw_get_advice,
     "the last advice for a plant, with answers and scores", .answer = "List"},
    {"POST", "/api/v1/plants/{}/advice", TW_ROLE_OPERATOR, SMALL_BODY, tw_post_advice,
     "make advice for the day ahead; it is there some seconds later", .request = "Object",
     .answer = "Object"},
    {"POST", "/api/v1/plants/{}/advice/answer", TW_ROLE_OPERATOR, SMALL_BODY, tw_post_advice_answer,
     "accept, change or refuse advice", .request = "AdviceAnswer", .answer = "Object"},
    {"GET", "/api/v1/inspections", TW_ROLE_VIEWER, 0, tw_get_inspections,
     "plants in the order of their risk, by their last inspection", .answer = "List"},
    {"POST", "/api/v1/inspections", TW_ROLE_OPERATOR, SMALL_BODY, tw_post_inspections,
     "inspect a plant, or all, now", .request = "InspectionOrder", .answer = "List"},
    {"GET", "/api/v1/inspections/{}", TW_ROLE_VIEWER, 0, tw_get_inspection,
     "the last report of a plant, with the ticks on it", .query = "id:text:of an earlier report",
     .answer = "Object"},
    {"GET", "/api/v1/inspections/{}/history", TW_ROLE_VIEWER, 0, tw_get_inspection_history,
     "the last hundred reports of a plant", .answer = "List"},
    {"GET", "/api/v1/inspections/{}/page", TW_ROLE_VIEWER, 0, tw_get_inspection_page,
     "a report as a page, compared with the one before", .query = "id:text:of an earlier report",
     .answer = "text/html"},
    {"POST", "/api/v1/inspections/{}/tick", TW_ROLE_OPERATOR, SMALL_BODY, tw_post_tick,
     "a person has seen a line of a report", .request = "Tick", .answer = "Object"},
    {"GET", "/api/v1/devices", TW_ROLE_VIEWER, 0, get_devices,
     "who sends measurements: last contact, lag, gaps, refusals", .answer = "Devices"},
    {"GET", "/api/v1/rain", TW_ROLE_VIEWER, 0, get_rain, "rain at each gage, fallen and ahead",
     .answer = "Object"},
    {"GET", "/api/v1/forecast", TW_ROLE_VIEWER, 0, get_forecast, "the last forecast",
     .answer = "Object"},
    {"GET", "/api/v1/forecast/loads", TW_ROLE_VIEWER, 0, get_loads,
     "links that will be busy or full", .answer = "List"},
    {"GET", "/api/v1/forecast/inflows", TW_ROLE_VIEWER, 0, get_inflows,
     "inflow ahead at each outfall, with quantiles", .answer = "List"},
    {"GET", "/api/v1/events", TW_ROLE_VIEWER, 0, get_events, "server-sent events",
     .query = "topics:text:names with commas between them; all without it",
     .answer = "text/event-stream"},
    {"POST", TW_PATH_SAMPLES, TW_ROLE_DEVICE, TW_SAMPLES_BYTES_MAX, tw_post_samples,
     "measurements; answered once they are on disk", .request = "Samples", .answer = "Stored"},
    {"POST", "/api/v1/write", TW_ROLE_DEVICE, TW_SAMPLES_BYTES_MAX, tw_post_write,
     "measurements in Influx line protocol; answered once they are on disk", .takes = "",
     .query = "precision:precision:of the times; ns without it", .request = "Lines"},
    {"POST", "/api/v2/write", TW_ROLE_DEVICE, TW_SAMPLES_BYTES_MAX, tw_post_write,
     "the same, where clients of InfluxDB 2 look for it", .takes = "",
     .query = "precision:precision:of the times; ns without it", .request = "Lines"},
    {"GET", "/api/v1/dispatch", TW_ROLE_VIEWER, 0, tw_get_dispatch,
     "plan, orders, crews, vehicles, supplies; null in a city without crews", .answer = "Object"},
    {"GET", "/api/v1/dispatch/routes", TW_ROLE_VIEWER, 0, tw_get_dispatch_routes,
     "the ways of open orders by their id", .answer = "Object"},
    {"GET", "/api/v1/dispatch/report", TW_ROLE_VIEWER, 0, tw_get_dispatch_report,
     "times of every order, from warning to arrival", .answer = "Object"},
    {"GET", "/api/v1/dispatch/journal", TW_ROLE_VIEWER, 0, tw_get_dispatch_journal,
     "everything that happened, line by line",
     .query = "session:whole:of an earlier replay; the present one without it", .answer = "List"},
    {"GET", "/api/v1/dispatch/photos/{}", TW_ROLE_VIEWER, 0, tw_get_photo, "a crew's photo",
     .answer = "image/jpeg"},
    {"POST", "/api/v1/dispatch/plan", TW_ROLE_DISPATCHER, SMALL_BODY, tw_post_plan,
     "ask for a new plan", .request = "Object", .answer = "Object"},
    {"POST", "/api/v1/dispatch/approve", TW_ROLE_DISPATCHER, SMALL_BODY, tw_post_approve,
     "approve drafts and send them", .request = "Object", .answer = "List"},
    {"POST", "/api/v1/dispatch/orders", TW_ROLE_DISPATCHER, SMALL_BODY, tw_post_crew_order,
     "an order by hand", .request = "Object", .answer = "Object"},
    {"POST", "/api/v1/dispatch/orders/{}/state", TW_ROLE_DISPATCHER, SMALL_BODY,
     tw_post_crew_order_state, "withdraw an order, or write down what a crew says by radio",
     .request = "Object", .answer = "Object"},
    {"POST", "/api/v1/dispatch/rules", TW_ROLE_DISPATCHER, SMALL_BODY, tw_post_rule,
     "closed roads, pins, exclusions, duty, counted supplies", .request = "Object",
     .answer = "Object"},
    {"POST", "/api/v1/dispatch/crews/{}/link", TW_ROLE_DISPATCHER, SMALL_BODY, tw_post_link,
     "a new link for a crew's phone; the one before is worthless then", .request = "Object",
     .answer = "Object"},
    {"GET", "/api/v1/crews/{}", TW_ROLE_CREW | TW_ROLE_DISPATCHER, 0, tw_get_crew,
     "what a crew's phone shows",
     .query = "version:text:that the phone has;wait:seconds:to wait for another version, up to 25",
     .answer = "Object"},
    {"POST", "/api/v1/crews/{}/reports", TW_ROLE_CREW | TW_ROLE_DISPATCHER, SMALL_BODY,
     tw_post_reports, "what a crew reports; each with an id, by which it is taken once",
     .request = "Object", .answer = "Object"},
    {"POST", "/api/v1/crews/{}/position", TW_ROLE_CREW | TW_ROLE_DISPATCHER, SMALL_BODY,
     tw_post_position, "where a crew is: JSON or NMEA 0183", .takes = "", .request = "Object",
     .answer = "Object"},
    {"POST", "/api/v1/crews/{}/photos/{}", TW_ROLE_CREW | TW_ROLE_DISPATCHER, TW_PHOTO_BYTES_MAX,
     tw_post_photo, "a photo for an order: JPEG, PNG or WebP", .takes = "", .request = "Object",
     .answer = "Object"},
    {"GET", "/api/v1/audit", TW_ROLE_AUDITOR, 0, get_audit, "the last 200 changes",
     .answer = "List"},
    {"GET", "/api/v1/health", TW_ROLE_VIEWER, 0, get_health, "how the service is",
     .answer = "Object"},
    {"GET", "/api/v1/routes", 0, 0, get_routes, "this list", .answer = "List"},
    {"GET", "/api/v1/openapi.json", 0, 0, tw_get_openapi, "this interface as OpenAPI 3.1",
     .answer = "Object"},
};

const struct tw_http_route *tw_routes(size_t *out_count)
{
    *out_count = sizeof routes / sizeof routes[0];
    return routes;
}

static tw_http_outcome get_routes(void *user, const struct tw_http_request *request,
                                  struct tw_http_reply *reply)
{
    (void)user;
    (void)request;
    tw_json_open(&reply->body, '[');
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        tw_json_open(&reply->body, '{');
        tw_json_put_text(&reply->body, "method", routes[i].method);
        tw_json_put_text(&reply->body, "path", routes[i].path);
        tw_json_put_text(&reply->body, "help", routes[i].help);
        tw_json_close(&reply->body, '}');
    }
    tw_json_close(&reply->body, ']');
    return TW_HTTP_DONE;
}

void tw_audit(void *user, const struct tw_http_request *request, unsigned status, const char *peer)
{
    struct tw_server *server = user;
    /* Samples that were stored are booked with their source in the store's own list of batches. */
    if (status == 200 && strcmp(request->path, TW_PATH_SAMPLES) == 0) return;
    if (status == 204) return;
    /* Positions come every few seconds; what a phone sends of pictures is no text. */
    const char *last = strrchr(request->path, '/');
    if (status == 200 && last != NULL && strcmp(last, "/position") == 0) return;
    bool picture = strstr(request->path, "/photos/") != NULL;
    char detail[DETAIL_SIZE];
    (void)snprintf(detail, sizeof detail, "%.*s",
                   (int)(request->body_size < DETAIL_SIZE ? request->body_size : DETAIL_SIZE),
                   request->body);
    if (picture) (void)snprintf(detail, sizeof detail, "%zu bytes", request->body_size);
    const struct tw_store_audit audit = {.time_ms = tw_clock_unix_ms(),
                                         .who = request->who,
                                         .peer = peer,
                                         .method = request->method,
                                         .path = request->path,
                                         .detail = detail,
                                         .status = (int32_t)status};
    /* A full queue loses lines of the audit before it loses measurements. */
    (void)tw_store_audit_add(server->store, &audit);
}
