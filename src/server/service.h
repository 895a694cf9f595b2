/* What the files of the service share. Nothing outside src/server includes it. */
#ifndef TW_SERVER_SERVICE_H
#define TW_SERVER_SERVICE_H

#include "base/text.h"
#include "forecast/rain.h"
#include "net/events.h"
#include "net/http.h"
#include "server/alerts.h"
#include "server/city.h"
#include "server/clock.h"
#include "server/doors.h"
#include "server/foresight.h"
#include "server/inspections.h"
#include "server/model_link.h"
#include "server/plants.h"
#include "server/roles.h"
#include "server/server.h"
#include "server/storm.h"
#include "server/worker.h"
#include "store/store.h"
#include "telemetry/catalogue.h"
#include "telemetry/csv_drop.h"
#include "telemetry/devices.h"
#include "telemetry/ingest.h"
#include "warning/warnings.h"

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>

#define TW_SOURCE_REPLAY "replay"
#define TW_SOURCE_SIMULATED "simulated"
#define TW_TERRAIN_WAITERS 32
#define TW_PATH_SAMPLES "/api/v1/samples"

/** Topics of the event stream, named by tw_topic_names. */
enum tw_topic {
    TW_TOPIC_CLOCK,
    TW_TOPIC_WARNINGS,
    TW_TOPIC_POINTS,
    TW_TOPIC_SENSORS,
    TW_TOPIC_RAIN,
    TW_TOPIC_FORECAST,
    TW_TOPIC_HEALTH,
    TW_TOPIC_DEVICES,
    TW_TOPIC_DISPATCH,
    TW_TOPIC_COUNT
};

/** Names of topics. */
extern const char *const tw_topic_names[TW_TOPIC_COUNT];

/** What the model does. */
enum tw_model_state { TW_MODEL_STOPPED, TW_MODEL_RUNNING, TW_MODEL_FAILED };

/** A measurement of the simulated city that is still to be sent in. */
struct tw_pending {
    int64_t time_ms;
    double value;
    int32_t sensor;
};

/** Moments at which something happened that a forecast should know of at once. */
#define TW_LIVE_URGENT 32
#define TW_LIVE_RAIN_MM 0.1 /* in an interval: what counts as rain */

/** What is known now; guarded by its mutex. */
struct tw_live {
    pthread_mutex_t mutex;
    int32_t watch_count; /* points, sensors that the model has an element of, plants with a node */
    struct tw_watch *watches;
    int32_t *sensor_watch; /* [sensors] the watch of a sensor; -1: none */
    int32_t *plant_watch;  /* [plants] the watch of what flows into it; -1: none */

    enum tw_model_state model;
    char model_text[256]; /* why it failed */
    double ready_s;       /* the model's time when its process said it is ready; NAN: it is not */
    double reached_s;     /* the model's time [unix s] */
    double ordered_s;     /* how far it was told to go */
    double forecast_s;    /* when the forecast under way was forked; NAN: none is */
    int64_t bad_rain;     /* samples of rain that were not taken for their quality */
    int64_t late_rain;    /* samples of rain that came after the model had passed their time */

    int64_t *step_times_s; /* [step_count] modelled: one row a minute */
    float *steps;          /* [step_count * watch_count] */
    int32_t step_count, step_capacity;

    struct tw_foresight forecast;
    char forecast_text[256]; /* why the last one failed; "": it did not */

    struct tw_rain *rain; /* [gages] times in unix seconds */
    bool *wet_only;       /* [gages] of a storm: no row means no rain */
    double *dry_until_s;  /* [gages] how far the model was told of dry weather */
    double *last_value;   /* [sensors] NAN: none yet */
    double wet_s;         /* when it last rained at any gage */
    double urgent_s[TW_LIVE_URGENT];
    int32_t urgent_count; /* of all so far; the newest are kept */
    int32_t next_field;   /* of the storm's radar fields, to be sent */
    int64_t radar_ms;     /* of a live city's newest field that was sent */
    int64_t looked_ms;    /* when its folder was last looked into */
    int64_t outlooks_ms;  /* files of others' forecasts that changed by then were sent [wall] */
    bool outlooks_told;   /* those of the storm were */
    struct tw_warnings *warnings;

    struct tw_pending *pending; /* simulated measurements to be sent in */
    size_t pending_count, pending_capacity;

    bool dirty[TW_TOPIC_COUNT]; /* what has changed since it was last published */
};

/** Whether several members make the forecasts, drawn to what is measured. */
#define TW_SERVER_FORESEES(server) ((server)->city->members > 1)

/** The server. */
struct tw_server {
    tw_server_options options;
    struct tw_city *city;
    struct tw_storm *storm; /* NULL: live */
    int64_t session;
    bool resumed;                            /* a replay goes on where an earlier process ended */
    bool perfect_rain, simulates, simulated; /* makes measurements; shows anything not real */
    int32_t gage_count;
    double interval_s; /* the longest recording interval of a gage */

    struct tw_store *store;
    struct tw_catalogue catalogue;
    struct tw_devices *devices;
    struct tw_inspections *inspections; /* of plants */
    struct tw_plants *plants;           /* their models */
    struct tw_ingest *ingest;           /* the door of every measurement */
    struct tw_csv_drop *drop;           /* NULL: no folder is watched */
    struct tw_modbus *modbus;           /* gateways that are read; NULL: none */
    int32_t *series;                    /* [sensors] in the store */
    int32_t *sensor_of_series;          /* [series_limit] */
    int32_t series_limit;
    char *state_path;

    struct tw_roles *roles;
    char own_token[65];
    struct tw_events *events;
    struct tw_http *http;
    struct tw_desk *desk; /* desk.h; NULL: the city has no crews */
    struct tw_planner *planner;
    struct tw_drill *drill; /* NULL: no drill */
    struct tw_doors *doors; /* for devices that speak byte streams */
    char own_address[64];   /* at which this process reaches its own door */
    char url[128];
    struct tw_clock clock;
    struct tw_live live;
    struct tw_alerts *alerts;
    struct tw_model_link *link;

    /* Answers that never change. */
    struct tw_strbuf city_json, network_json, network_gzip;

    struct {
        pthread_mutex_t mutex;
        bool done;
        void *png; /* NULL once done: there is none */
        size_t size;
        double bounds[4];
        struct tw_http_exchange *waiting[TW_TERRAIN_WAITERS];
        int waiting_count;
    } terrain;

    pthread_t ticker, feeder, terrain_thread;
    bool ticker_runs, feeder_runs, terrain_runs;
    atomic_bool stopping;
    atomic_bool fed; /* the storm has been played to its end */
};

/* ---- live.c: between the model's process and what is shown ---- */

/** Make the live state of a server whose city, storm and store are there. errors: TW_ERR_NOMEM */
tw_status tw_live_init(struct tw_server *server);

/** Free it. */
void tw_live_done(struct tw_server *server);

/** Start the model's process. errors: TW_ERR_NOMEM */
tw_status tw_live_begin(struct tw_server *server);

/** Tell the model how far it may go now. Called by the ticker. */
void tw_live_order(struct tw_server *server);

/** The latest moment to which a storm's clock may move before the model has caught up. */
int64_t tw_live_gate_ms(struct tw_server *server);

/** Take measurements of the simulated city that are due; the caller frees them. */
struct tw_pending *tw_live_pending_take(struct tw_server *server, size_t *out_count);

/** Samples have been committed; by the store's thread. user: the server */
void tw_live_committed(void *user, const char *source, const struct tw_store_sample *samples,
                       size_t count);

/* ---- live_send.c: what the model's process is told ---- */

/** Tell a process that has just started all it has to know. user: the server */
void tw_live_greet(void *user, struct tw_model_link *link, bool fresh);

/** Tell it of committed samples, and note what a forecast should know of at once. With the live mutex
 * held; the frames are sent by tw_live_tell. */
struct tw_live_news;
struct tw_live_news *tw_live_news_take(struct tw_server *server,
                                       const struct tw_store_sample *samples, size_t count);
void tw_live_tell(struct tw_model_link *link, struct tw_live_news *news);

/** Tell it, before it goes on to a moment, what gauges say by their silence and what radar saw. */
void tw_live_prepare(struct tw_server *server, struct tw_model_link *link, double until_s);

/** Tell it of new files of radar and of others' forecasts of a live city. wall_ms: only grows */
void tw_live_look_for_files(struct tw_server *server, int64_t wall_ms);

/** Whether something happened in the minute before a moment that a forecast should know of. */
bool tw_live_is_urgent(const struct tw_live *live, double time_s);

/** Since when a storm lasts; 0: it is no storm. */
double tw_live_base_s(const struct tw_server *server);

/* ---- replay.c ---- */

/** Play the storm: the body of the feeder's thread. user: the server */
void *tw_replay_loop(void *user);

/* ---- ticker.c ---- */

/** Move the model on and publish what has changed: the body of the ticker's thread. */
void *tw_ticker_loop(void *user);

/* ---- answers.c: what GET answers, and events carry ---- */

/** Writes one answer. Takes the live mutex where it needs it. */
typedef void tw_answer(struct tw_server *server, struct tw_strbuf *out);

tw_answer tw_answer_clock, tw_answer_points, tw_answer_sensors, tw_answer_rain, tw_answer_forecast,
    tw_answer_health, tw_answer_state, tw_answer_devices, tw_answer_latest, tw_answer_dispatch;

/** Write the members quality and reasons of an object. */
void tw_answer_quality(struct tw_strbuf *out, int32_t quality);

/** Warnings, ended ones too when `all`. */
void tw_answer_warnings(struct tw_server *server, bool all, struct tw_strbuf *out);

/* ---- forecast_answers.c ---- */

/** Links that will be busy or full, and inflows of outfalls, by the last forecast. */
tw_answer tw_answer_loads, tw_answer_inflows;

/** Write what a forecast says of a point beside its middle. With the live mutex held. */
void tw_answer_band(const struct tw_live *live, int32_t point, struct tw_strbuf *out);
void tw_answer_chance(const struct tw_live *live, int32_t point, struct tw_strbuf *out);

/* ---- warning_answers.c ---- */

/** The storms that warnings were about. */
tw_answer tw_answer_groups;

/** The last bulletins, newest first; the last notices. errors: TW_ERR_FILE */
tw_status tw_answer_bulletins(struct tw_server *server, struct tw_strbuf *out);
tw_status tw_answer_notices(struct tw_server *server, struct tw_strbuf *out);

/** A bulletin as CAP: the one of that id, or the last that spoke of a warning; false: none did. */
bool tw_answer_cap(struct tw_server *server, bool of_warning, int64_t id, struct tw_strbuf *out);

/** The last bulletins as an Atom feed. errors: TW_ERR_FILE, TW_ERR_NOMEM */
tw_status tw_answer_feed(struct tw_server *server, struct tw_strbuf *out);

/* ---- warning_routes.c ---- */

tw_http_handler tw_get_warnings, tw_get_warning_cap, tw_get_feed, tw_get_groups, tw_get_bulletins,
    tw_get_bulletin_cap, tw_get_notices, tw_post_acknowledge, tw_post_order, tw_post_point_warning;

/** The object of a small body; NULL with the refusal in reply. The caller frees it. */
json_t *tw_body_object(const struct tw_http_request *request, struct tw_http_reply *reply);

/** Curves of a point; false when there is no such point. */
bool tw_answer_point_series(struct tw_server *server, const char *id, struct tw_strbuf *out);

/** Curves of a sensor; false when there is no such sensor. */
bool tw_answer_sensor_series(struct tw_server *server, const char *id, struct tw_strbuf *out);

/* ---- about.c: answers that never change ---- */

/** Write the city. */
void tw_answer_city(struct tw_server *server, struct tw_strbuf *out);

/** Write the network as GeoJSON. errors: TW_ERR_NAME no such projection, TW_ERR_NOMEM */
tw_status tw_answer_network(const struct tw_city *city, struct tw_strbuf *out);

/** Compress. errors: TW_ERR_NOMEM */
tw_status tw_gzip(const void *bytes, size_t size, struct tw_strbuf *out);

/** Decompress. errors: TW_ERR_NOMEM, TW_ERR_FORMAT */
tw_status tw_gunzip(const void *bytes, size_t size, struct tw_strbuf *out);

/* ---- inspections.c ---- */

/** GET /api/v1/inspections and below, POST /api/v1/inspections and /api/v1/inspections/{}/tick */
tw_http_handler tw_get_inspections, tw_get_inspection, tw_get_inspection_history,
    tw_get_inspection_page, tw_post_inspections, tw_post_tick;

/* ---- plant_answers.c ---- */

/** GET /api/v1/plants, GET /api/v1/plants/{id} */
tw_http_handler tw_get_plants, tw_get_plant;

/* ---- plant_advice.c ---- */

/** GET and POST /api/v1/plants/{id}/advice, POST /api/v1/plants/{id}/advice/answer */
tw_http_handler tw_get_advice, tw_post_advice, tw_post_advice_answer;

/* ---- terrain_answer.c ---- */

/** Make the shaded relief: the body of its thread. user: the server */
void *tw_terrain_loop(void *user);

/** GET /api/v1/terrain.png */
tw_http_handler tw_get_terrain;

/* ---- routes.c, page.c ---- */

/** The table of routes. */
const struct tw_http_route *tw_routes(size_t *out_count);

/** GET of anything that is no route: a file of the page. */
tw_http_handler tw_get_page;

/** POST /api/v1/samples and POST /api/v1/write */
tw_http_handler tw_post_samples, tw_post_write;

/** GET /api/v1/series/{id}, GET /api/v1/export.csv */
tw_http_handler tw_get_values, tw_get_export;

/** GET /api/v1/openapi.json */
tw_http_handler tw_get_openapi;

/** Writes the audit. */
void tw_audit(void *user, const struct tw_http_request *request, unsigned status, const char *peer);

#endif
