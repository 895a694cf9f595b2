#include "server/server.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "base/file.h"
#include "net/place.h"
#include "server/desk.h"
#include "server/devices_ini.h"
#include "server/drill.h"
#include "server/modbus.h"
#include "server/planner.h"
#include "server/reason.h"
#include "server/service.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#define PORT_DEFAULT 8080
#define PORTS_TRIED 21
#define HTTP_THREADS 4
#define CLIENTS_MAX 200

const char *const tw_topic_names[TW_TOPIC_COUNT] = {
    [TW_TOPIC_CLOCK] = "clock",      [TW_TOPIC_WARNINGS] = "warnings",
    [TW_TOPIC_POINTS] = "points",    [TW_TOPIC_SENSORS] = "sensors",
    [TW_TOPIC_RAIN] = "rain",        [TW_TOPIC_FORECAST] = "forecast",
    [TW_TOPIC_HEALTH] = "health",    [TW_TOPIC_DEVICES] = "devices",
    [TW_TOPIC_DISPATCH] = "dispatch"};

/* ---- city, storm, roles ---- */

static tw_status load_inputs(struct tw_server *server, tw_faults *faults, struct tw_reason why)
{
    const tw_server_options *options = &server->options;
    TW_TRY(tw_city_load(options->folder, faults, &server->city));
    if (options->storm != NULL) {
        TW_TRY(tw_storm_load(server->city, options->storm, faults, &server->storm));
    }
    server->perfect_rain =
        options->rain != NULL ? strcmp(options->rain, "perfect") == 0 : server->city->perfect_rain;
    if (server->perfect_rain && server->storm == NULL) {
        return tw_reason_tell(
            why, TW_ERR_ARG,
            "perfect rain is the rain of a storm that is replayed; without --replay use "
            "--rain honest");
    }
    bool sensors = false;
    for (int32_t s = 0; s < server->city->sensor_count; s++) {
        enum tw_sensor_kind kind = server->city->sensors[s].kind;
        sensors = sensors || kind == TW_SENSOR_LEVEL || kind == TW_SENSOR_FLOW;
    }
    server->simulates = server->storm != NULL && !server->storm->measured && sensors;
    server->simulated = server->city->made_up || server->simulates ||
                        (server->storm != NULL && server->storm->made_up);
    server->gage_count = tw_model_gage_count(server->city->model);
    unsigned char random[32];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) {
        return tw_reason_tell(why, TW_ERR_STATE, "the machine gives no random numbers");
    }
    for (size_t i = 0; i < sizeof random; i++) {
        (void)snprintf(server->own_token + 2 * i, 3, "%02x", random[i]);
    }
    TW_TRY(tw_roles_load(server->city->tokens_path, server->own_token, faults, &server->roles));
    bool plays = options->drill != NULL && strcmp(options->drill, "auto") == 0;
    if (plays) tw_roles_own_dispatches(server->roles);
    return TW_OK;
}

/* ---- store ---- */

static tw_status make_catalogue(struct tw_server *server)
{
    const struct tw_city *city = server->city;
    size_t count = (size_t)city->sensor_count;
    const char **names = calloc(count + 1, sizeof *names);
    server->series = calloc(count + 1, sizeof *server->series);
    tw_status status = names == NULL || server->series == NULL ? TW_ERR_NOMEM : TW_OK;
    for (size_t s = 0; s < count && status == TW_OK; s++)
        names[s] = city->sensors[s].id;
    if (status == TW_OK) {
        status = tw_store_series_register(server->store, names, city->sensor_count, server->series);
    }
    free(names);
    TW_TRY(status);
    for (size_t s = 0; s < count; s++) {
        if (server->series[s] >= server->series_limit) server->series_limit = server->series[s] + 1;
    }
    server->sensor_of_series =
        calloc((size_t)server->series_limit + 1, sizeof *server->sensor_of_series);
    if (server->sensor_of_series == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < server->series_limit; i++)
        server->sensor_of_series[i] = -1;
    for (int32_t s = 0; s < city->sensor_count; s++) {
        const struct tw_city_sensor *sensor = &city->sensors[s];
        struct tw_sensor_entry entry = {.series = server->series[s],
                                        .unit = sensor->unit,
                                        .min = sensor->min,
                                        .max = sensor->max,
                                        .source = sensor->source,
                                        .neighbour = sensor->neighbour,
                                        .limits = sensor->limits};
        server->sensor_of_series[server->series[s]] = s;
        TW_TRY(tw_catalogue_add(&server->catalogue, sensor->id, &entry));
    }
    return TW_OK;
}

/* A gage that a sensor of another name serves takes samples under its own name too. */
static tw_status add_gage_names(struct tw_server *server)
{
    for (int32_t g = 0; g < server->gage_count; g++) {
        struct tw_gage_info info;
        int32_t s = server->city->gage_sensor[g];
        TW_TRY(tw_model_gage_info(server->city->model, (tw_gage_id){g}, &info));
        if (s < 0 || tw_catalogue_find(&server->catalogue, info.name) != NULL) continue;
        struct tw_sensor_entry entry = {.series = server->series[s],
                                        .unit = server->city->sensors[s].unit,
                                        .min = server->city->sensors[s].min,
                                        .max = server->city->sensors[s].max,
                                        .limits = server->city->sensors[s].limits};
        TW_TRY(tw_catalogue_add(&server->catalogue, info.name, &entry));
    }
    return TW_OK;
}

static int64_t city_now(void *user)
{
    struct tw_server *server = user;
    return tw_clock_now(&server->clock);
}

/* The door of every measurement, and who may come to it. */
static tw_status make_ingest(struct tw_server *server, tw_faults *faults)
{
    const struct tw_ingest_options options = {.catalogue = &server->catalogue,
                                              .store = server->store,
                                              .now_ms = city_now,
                                              .user = server};
    TW_TRY(tw_ingest_create(&options, &server->ingest));
    TW_TRY(tw_devices_create(&server->catalogue, &server->devices));
    const char *path = server->city->devices_path;
    if (path == NULL) return TW_OK;
    TW_TRY(tw_devices_read(path, server->devices, faults));
    return tw_modbus_check(server->devices, path, faults);
}

/* Of the model and its members; there may be none. errors: TW_ERR_NOMEM */
static tw_status remove_states(struct tw_server *server)
{
    struct tw_strbuf members = {0};
    (void)tw_strbuf_printf(&members, "%s%s", server->state_path, TW_WORKER_MEMBERS_SUFFIX);
    tw_status status = members.status;
    if (status == TW_OK) (void)unlink(members.text);
    (void)unlink(server->state_path);
    tw_strbuf_done(&members);
    return status;
}

/* A replay begins anew: what earlier ones have put into its store goes, what others have sent
 * stays. */
static tw_status begin_session(struct tw_server *server)
{
    if (server->storm == NULL) return TW_OK;
    server->session = tw_store_meta_get(server->store, "session", 0);
    server->resumed = server->options.resume && server->session > 0;
    if (server->resumed) return TW_OK;
    server->session++;
    TW_TRY(tw_store_meta_set(server->store, "session", server->session));
    TW_TRY(tw_store_source_clear(server->store, TW_SOURCE_REPLAY));
    TW_TRY(tw_store_source_clear(server->store, TW_SOURCE_SIMULATED));
    TW_TRY(tw_warnings_begin_session(server->store));
    return remove_states(server);
}

static tw_status open_store(struct tw_server *server, struct tw_reason why)
{
    const char *folder = server->options.store;
    if (folder == NULL) folder = tw_city_path(server->city, server->city->store_folder);
    if (folder == NULL) return TW_ERR_NOMEM;
    struct tw_strbuf name = {0};
    struct tw_strbuf state = {0};
    (void)tw_strbuf_printf(&name, "%s/%s%s", folder, server->storm != NULL ? "replay-" : "live",
                           server->storm != NULL ? server->storm->id : "");
    (void)tw_strbuf_printf(&state, "%s.state", tw_strbuf_get(&name));
    (void)tw_strbuf_add_text(&name, ".db");
    bool database = server->storm == NULL && server->city->store_database != NULL;
    const char *place = database ? server->city->store_database : tw_strbuf_get(&name);
    tw_store_options options = TW_STORE_OPTIONS_DEFAULT;
    options.months = server->storm == NULL ? server->city->store_months : 0;
    char text[300] = "";
    tw_status status = name.status != TW_OK ? name.status : state.status;
    if (status == TW_OK) {
        server->state_path = state.text; /* passes on */
        state.text = NULL;
        if (database && tw_folder_make(folder) != TW_OK) status = TW_ERR_FILE; /* for the state */
    }
    if (status == TW_OK) {
        status = tw_store_open_with(place, &options, tw_live_committed, server, text, sizeof text,
                                    &server->store);
    }
    if (status == TW_OK) status = make_catalogue(server);
    if (status == TW_OK) status = add_gage_names(server);
    if (status == TW_OK) status = begin_session(server);
    if (status == TW_ERR_FILE || status == TW_ERR_FORMAT) {
        status = tw_reason_tell(
            why, TW_ERR_STATE,
            "store %s: %s; name a folder on a disk with room that this user may write: "
            "--store DIR",
            place, text[0] != 0 ? text : "it cannot be written");
    }
    free(state.text);
    tw_strbuf_done(&name);
    return status;
}

/* ---- listening ---- */

static unsigned authorise(void *user, const char *token, char who[TW_HTTP_WHO_SIZE])
{
    struct tw_server *server = user;
    if (server->desk != NULL && token != NULL && tw_desk_token_find(server->desk, token, who)) {
        return TW_ROLE_CREW;
    }
    struct tw_device *device =
        token == NULL ? NULL
                      : tw_devices_find_secret(server->devices, "http", token, strlen(token));
    if (device == NULL) return tw_roles_of(server->roles, token, who);
    (void)snprintf(who, TW_HTTP_WHO_SIZE, "%s", tw_device_name(device));
    return TW_ROLE_DEVICE;
}

/* The address at which this process reaches itself. */
static void set_addresses(struct tw_server *server, const struct tw_place *place)
{
    const char *own = place->address;
    if (strcmp(own, "0.0.0.0") == 0) own = "127.0.0.1";
    if (strcmp(own, "::") == 0) own = "::1";
    (void)snprintf(server->own_address, sizeof server->own_address, "%s", own);
    const char *format = strchr(own, ':') != NULL ? "http://[%s]:%u/" : "http://%s:%u/";
    (void)snprintf(server->url, sizeof server->url, format, own,
                   (unsigned)tw_http_port(server->http));
}

/* Connections need descriptors: what the administrator allows is used. */
static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* when not, there are fewer connections */
}

static tw_status start_http(struct tw_server *server, struct tw_reason why)
{
    const char *listen = server->options.listen;
    if (listen == NULL) listen = server->city->listen;
    struct tw_place place = {.address = "127.0.0.1", .port = PORT_DEFAULT};
    if (listen != NULL && tw_place_parse(listen, &place) != TW_OK) {
        return tw_reason_tell(why, TW_ERR_ARG,
                              "listen: \"%s\" is not ADDRESS:PORT, e.g. 127.0.0.1:8080", listen);
    }
    if (!tw_place_is_loopback(place.address) && server->city->tokens_path == NULL) {
        return tw_reason_tell(
            why, TW_ERR_ARG,
            "listen: %s can be reached from other machines, and nobody would be asked who "
            "they are: name a file of tokens in city.ini, [server] tokens = FILE "
            "(docs/decisions/0004-roles.md), or listen on 127.0.0.1",
            place.address);
    }
    raise_descriptors();
    size_t route_count = 0;
    const struct tw_http_route *routes = tw_routes(&route_count);
    struct tw_http_options options = {.address = place.address,
                                      .port = place.port,
                                      .threads = HTTP_THREADS,
                                      .routes = routes,
                                      .route_count = route_count,
                                      .fallback = tw_get_page,
                                      .user = server,
                                      .authorise = authorise,
                                      .audit = tw_audit,
                                      .hosts = server->city->hosts,
                                      .host_count = (size_t)server->city->host_count};
    tw_status status = TW_ERR_NET;
    /* Asked for by name the port must be that one; else any near it will do. */
    int tries = server->options.listen != NULL ? 1 : PORTS_TRIED;
    for (int i = 0; i < tries && status == TW_ERR_NET; i++) {
        options.port = (uint16_t)(place.port + i);
        status = tw_http_start(&options, &server->http);
        if (status == TW_ERR_NET && errno != EADDRINUSE) break;
    }
    if (status == TW_OK) {
        set_addresses(server, &place);
        return TW_OK;
    }
    if (status == TW_ERR_ARG) {
        return tw_reason_tell(why, status, "listen: \"%s\" is not an IP address", place.address);
    }
    if (errno == EADDRINUSE) {
        return tw_reason_tell(
            why, TW_ERR_NET,
            "port %u of %s is in use by another program; stop it or choose another port: "
            "--listen %s:%u",
            place.port, place.address, place.address, (place.port + 1U) % 65536U);
    }
    return tw_reason_tell(why, TW_ERR_NET,
                          "%s:%u cannot be listened on: %s; use --listen ADDRESS:PORT",
                          place.address, place.port, strerror(errno));
}

/* ---- all together ---- */

static tw_status make_answers(struct tw_server *server)
{
    tw_answer_city(server, &server->city_json);
    TW_TRY(server->city_json.status);
    TW_TRY(tw_answer_network(server->city, &server->network_json));
    return tw_gzip(server->network_json.text, server->network_json.length, &server->network_gzip);
}

/* Watch the folder of tables. A replay is no place for what people drop. */
static tw_status start_drop(struct tw_server *server, struct tw_reason why)
{
    const char *folder = server->city->drop_path;
    if (folder == NULL || server->storm != NULL) return TW_OK;
    struct tw_device *device = tw_devices_find_name(server->devices, "csv", "drop");
    const struct tw_device_options usual = {
        .protocol = "csv", .name = "drop", .source = "csv", .silent_after_s = 86400.0};
    if (device == NULL) TW_TRY(tw_devices_add(server->devices, &usual, &device));
    const struct tw_csv_drop_options options = {.folder = folder,
                                                .ingest = server->ingest,
                                                .device = device,
                                                .zone_s = server->city->zone_s};
    tw_status status = tw_csv_drop_start(&options, &server->drop);
    if (status != TW_ERR_FILE) return status;
    return tw_reason_tell(why, TW_ERR_STATE,
                          "[drop] folder %s: %s; name a folder that this user may write", folder,
                          strerror(errno));
}

static tw_status start_threads(struct tw_server *server)
{
    TW_TRY(tw_live_begin(server));
    TW_TRY(tw_planner_begin(server, &server->planner));
    TW_TRY(tw_drill_begin(server, &server->drill));
    TW_TRY(tw_plants_begin(server, &server->plants));
    TW_TRY(
        tw_modbus_begin(server->devices, server->ingest, server->options.program, &server->modbus));
    server->ticker_runs = pthread_create(&server->ticker, NULL, tw_ticker_loop, server) == 0;
    server->terrain_runs =
        pthread_create(&server->terrain_thread, NULL, tw_terrain_loop, server) == 0;
    bool replay = server->storm != NULL;
    if (replay) {
        server->feeder_runs = pthread_create(&server->feeder, NULL, tw_replay_loop, server) == 0;
    }
    bool all = server->ticker_runs && server->terrain_runs && (server->feeder_runs || !replay);
    return all ? TW_OK : TW_ERR_NOMEM;
}

static tw_status begin(struct tw_server *server, tw_faults *faults, struct tw_reason why)
{
    if (!(server->options.speed >= 1.0 && server->options.speed <= 3600.0)) {
        return tw_reason_tell(why, TW_ERR_ARG, "speed must be within 1 and 3600");
    }
    TW_TRY(load_inputs(server, faults, why));
    if (server->storm != NULL) {
        tw_clock_init_replay(&server->clock, server->storm->start_ms, server->storm->end_ms,
                             server->options.speed, server->options.paused);
    } else {
        tw_clock_init_live(&server->clock);
        tw_clock_set(&server->clock, tw_clock_unix_ms());
    }
    TW_TRY(open_store(server, why));
    TW_TRY(tw_inspections_create(server, &server->inspections)); /* its tags are sent in, too */
    TW_TRY(make_ingest(server, faults));
    TW_TRY(tw_live_init(server));
    TW_TRY(tw_alerts_create(server, &server->alerts));
    TW_TRY(tw_desk_open(server, &server->desk));
    TW_TRY(make_answers(server));
    TW_TRY(tw_events_create(tw_topic_names, TW_TOPIC_COUNT, CLIENTS_MAX, &server->events));
    /* Before the doors: the set of devices is complete when the first one comes. */
    TW_TRY(start_drop(server, why));
    TW_TRY(start_http(server, why));
    TW_TRY(tw_doors_open(server, why.text, why.size, &server->doors));
    return start_threads(server);
}

tw_status tw_server_create(const tw_server_options *options, tw_faults *faults, char *why,
                           size_t why_size, struct tw_server **out_server)
{
    struct tw_server *server = calloc(1, sizeof *server);
    (void)snprintf(why, why_size, "%s", "");
    if (server == NULL) return TW_ERR_NOMEM;
    server->options = *options;
    (void)pthread_mutex_init(&server->live.mutex, NULL);
    (void)pthread_mutex_init(&server->terrain.mutex, NULL);
    atomic_init(&server->stopping, false);
    atomic_init(&server->fed, false);
    tw_catalogue_init(&server->catalogue);
    tw_status status = begin(server, faults, (struct tw_reason){why, why_size});
    if (status != TW_OK) {
        tw_server_destroy(server);
        return status;
    }
    *out_server = server;
    return TW_OK;
}

void tw_server_destroy(struct tw_server *server)
{
    if (server == NULL) return;
    atomic_store(&server->stopping, true);
    if (server->http != NULL) tw_http_quiesce(server->http);
    tw_doors_quiesce(server->doors);
    if (server->feeder_runs) (void)pthread_join(server->feeder, NULL);
    if (server->ticker_runs) (void)pthread_join(server->ticker, NULL);
    if (server->terrain_runs) (void)pthread_join(server->terrain_thread, NULL);
    tw_model_link_destroy(server->link);
    tw_planner_end(server->planner);
    tw_plants_stop(server->plants);
    tw_drill_end(server->drill);
    tw_modbus_end(server->modbus);
    tw_csv_drop_stop(server->drop);
    tw_alerts_quiesce(server->alerts);
    /* Everything that waits for the disk is answered, then the sockets can go. */
    tw_desk_stop(server->desk);
    tw_inspections_stop(server->inspections);
    if (server->store != NULL) tw_store_stop(server->store);
    if (server->events != NULL) tw_events_close(server->events);
    tw_http_stop(server->http);
    tw_doors_close(server->doors);
    tw_events_destroy(server->events);
    tw_desk_close(server->desk);
    tw_live_done(server);
    tw_alerts_destroy(server->alerts);
    tw_plants_destroy(server->plants);
    tw_inspections_destroy(server->inspections);
    tw_store_close(server->store);
    tw_ingest_destroy(server->ingest);
    tw_devices_destroy(server->devices);
    tw_catalogue_done(&server->catalogue);
    tw_roles_destroy(server->roles);
    tw_strbuf_done(&server->city_json);
    tw_strbuf_done(&server->network_json);
    tw_strbuf_done(&server->network_gzip);
    free(server->terrain.png);
    free(server->series);
    free(server->sensor_of_series);
    free(server->state_path);
    tw_storm_destroy(server->storm);
    tw_city_destroy(server->city);
    (void)pthread_mutex_destroy(&server->live.mutex);
    (void)pthread_mutex_destroy(&server->terrain.mutex);
    free(server);
}

const char *tw_server_url(const struct tw_server *server) { return server->url; }

const char *tw_server_places(const struct tw_server *server)
{
    return tw_doors_places(server->doors);
}

bool tw_server_finished(struct tw_server *server)
{
    if (!atomic_load(&server->fed)) return false;
    struct tw_live *live = &server->live;
    double end_s = (double)server->storm->end_ms / 1000.0;
    double interval_s = server->interval_s > 3600.0 ? 3600.0 : server->interval_s;
    (void)pthread_mutex_lock(&live->mutex);
    bool reached = live->reached_s >= floor(end_s / interval_s + 1e-9) * interval_s - 1e-6;
    bool finished = reached && isnan(live->forecast_s) && live->pending_count == 0;
    (void)pthread_mutex_unlock(&live->mutex);
    return finished;
}
