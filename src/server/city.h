/* A city: its folder, read whole, with every fault in it named (docs/city-folder.md). */
#ifndef TW_SERVER_CITY_H
#define TW_SERVER_CITY_H

#include "base/arena.h"
#include "base/names.h"
#include "forecast/filter.h"
#include "server/ini.h"
#include "telemetry/qc.h"
#include "thalweg/faults.h"
#include "thalweg/model.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

#define TW_CITY_CLASSES 4

/** A name in two languages. */
struct tw_city_name {
    const char *zh, *en;
};

/** A flood-prone point. */
struct tw_city_point {
    const char *id;
    struct tw_city_name name;
    double lon, lat;
    const char *node_name;
    tw_node_id node;
    double classes_m[TW_CITY_CLASSES];
    double weight;
    bool made_up;
};

/** What a sensor measures. */
enum tw_sensor_kind {
    TW_SENSOR_LEVEL,
    TW_SENSOR_FLOW,
    TW_SENSOR_RAIN,
    TW_SENSOR_VALUE, /* anything else, e.g. of a plant; the model knows nothing of it */
    TW_SENSOR_KINDS
};

/** The word of a kind in files and answers. */
const char *tw_sensor_kind_word(enum tw_sensor_kind kind);

/** A sensor; a gage without one of its own gets one under its name, without a place. */
struct tw_city_sensor {
    const char *id;
    enum tw_sensor_kind kind;
    const char *element, *unit;
    int32_t index;   /* of the node, link or gage */
    double lon, lat; /* NAN: no place */
    double min, max, noise_sd;
    struct tw_qc_limits limits;
    const char *source, *neighbour; /* NULL: none */
    int line;                       /* of sensors.geojson; 0: a gage that no sensor serves */
    bool made_up;
};

/** A depot: what is shown of it. */
struct tw_city_depot {
    const char *id;
    struct tw_city_name name;
    double lon, lat;
    int32_t crew, vehicles;
    bool made_up;
};

/** A camera. */
struct tw_city_camera {
    const char *id;
    struct tw_city_name name;
    double lon, lat;
    const char *point; /* "": none */
    bool made_up;
};

/** A treatment plant. */
struct tw_city_plant {
    const char *id;
    struct tw_city_name name;
    double lon, lat;
    tw_node_id node;        /* that feeds it; index -1: none is named */
    const char *path;       /* of its file */
    const char *model_path; /* models/NAME.ini beside it; NULL: it has no model */
    bool made_up;
};

/** How warnings are made and where they go, [warning] and [notify] of city.ini. */
struct tw_city_alerts {
    double raise_ratio, near_ratio, keep_ratio, near_s, group_gap_s, radius_m;
    int32_t lower_after, end_after;
    const char *sender; /* of CAP messages */
    const char **webhooks;
    const char **mail_to;
    int32_t webhook_count, mail_count;
    const char *secret, *mail_server, *mail_from, *mail_user, *mail_password; /* NULL: none */
    bool replays; /* send in replays too, as exercises */
};

/** A city. Strings and arrays live in its arena. */
struct tw_city {
    struct tw_arena arena;
    struct tw_ini ini;
    const char *folder, *id;
    struct tw_city_name title;
    bool made_up;
    const char *timezone;
    int32_t zone_s; /* seconds east of Greenwich */
    const char *network_path, *terrain_path, *roads_path, *storms_path; /* NULL: none */
    const char *source;        /* where missing files come from; "" */
    const char *plants_path;   /* folder of plants/NAME.ini; NULL: none */
    double inspect_every_h;    /* plants are inspected so often; 0: never by itself */
    bool inspect_on_alarm;     /* and when a tag of theirs goes beyond its alarm */
    const char *outlooks_path; /* folder into which forecasts of others are dropped; NULL: none */
    const char *radar_path;    /* folder into which fields of the radar are dropped; NULL: none */
    const char *drop_path;     /* folder into which tables are dropped; NULL: none */
    const char *devices_path;  /* of devices.ini; NULL: none */
    int epsg;
    double horizon_s, cycle_s, spinup_s;
    bool perfect_rain;
    bool semi_implicit;    /* forecasts are routed so, the live model never */
    double routing_step_s; /* of them; else the model's */
    int32_t members;       /* of a forecast */
    bool assimilates;      /* several members are drawn to what is measured */
    struct tw_filter_prior priors[TW_FILTER_PARAMETERS]; /* of the model's factors: those of
                                                            calibration.ini, else the usual */
    double quantile; /* of its members, that counts as the forecast */
    double classes_m[TW_CITY_CLASSES];
    struct tw_city_alerts alerts;
    const char *listen, *store_folder, *tokens_path; /* tokens: NULL: none */
    const char *store_database;                      /* an address; NULL: files in the folder */
    int32_t store_months;                            /* of samples that are kept; 0: all */
    const char **hosts;
    int32_t host_count;
    struct tw_city_point *points;
    struct tw_city_sensor *sensors;
    struct tw_city_depot *depots;
    struct tw_city_staff *staff; /* city_staff.h; NULL: no depots */
    bool cut_short;              /* memory ran out while layers were read */
    int32_t approve_rank; /* orders to points with such a warning need no approval; 5: none */
    struct tw_city_camera *cameras;
    struct tw_city_plant *plants;
    int32_t point_count, sensor_count, depot_count, camera_count, plant_count;
    struct tw_names sensor_ids;
    int32_t *gage_sensor; /* [gages] the sensor that a gage's rain comes from */
    char *roads;          /* the layer as it is; NULL: none; owned */
    tw_model *model;      /* owned */
    double bounds[4];     /* west, south, east, north of all that has a place */
};

/**
 * Read a city.
 *
 * folder    of the city
 * faults    takes everything that is wrong, and warnings; not NULL
 * out_city  owned by the caller: tw_city_destroy; untouched on failure
 * errors    TW_ERR_FILE there is no city.ini, TW_ERR_INPUT it has faults, TW_ERR_NOMEM
 */
tw_status tw_city_load(const char *folder, tw_faults *faults, struct tw_city **out_city);

/** Read a city as tw_city_load does, and warn of its network as tw_model_check does. */
tw_status tw_city_load_checked(const char *folder, tw_faults *faults, struct tw_city **out_city);

/** Free; NULL is fine. */
void tw_city_destroy(struct tw_city *city);

/** A path as city.ini means it: relative to the folder, or absolute. NULL: no memory. */
const char *tw_city_path(struct tw_city *city, const char *path);

/** Index of a sensor by its id, or of the sensor of a gage by the gage's name; -1: none. */
int32_t tw_city_sensor_find(const struct tw_city *city, const char *id);

#define TW_SENSOR_WHY_SIZE 200

/** A sensor as a table tells of it. */
struct tw_sensor_words {
    const char *id, *kind, *element, *unit; /* unit "": the usual one of the kind */
};

/**
 * Make a sensor, with the limits that are usual of its kind.
 *
 * words       copied into the city's arena
 * out_sensor  untouched when it can't be made
 * out_why     why not; "": it could
 * errors      TW_ERR_NOMEM
 */
tw_status tw_city_sensor_make(struct tw_city *city, const struct tw_sensor_words *words,
                              struct tw_city_sensor *out_sensor, char out_why[TW_SENSOR_WHY_SIZE]);

/* ---- parts of the reading, one file each ---- */

/** Read points.geojson, sensors.geojson and the other layers. errors: TW_ERR_NOMEM */
tw_status tw_city_layers_load(struct tw_city *city, tw_faults *faults);

/** Read [warning] and [notify] of city.ini. errors: TW_ERR_NOMEM */
tw_status tw_city_alerts_load(struct tw_city *city, tw_faults *faults);

/**
 * A list of words with commas between them, e.g. of names.
 *
 * out_words  in the city's arena
 * errors     TW_ERR_NOMEM
 */
tw_status tw_city_words(struct tw_city *city, const char *list, const char ***out_words,
                        int32_t *out_count);

/** Read plants/NAME.ini. errors: TW_ERR_NOMEM */
tw_status tw_city_plants_load(struct tw_city *city, const char *folder, tw_faults *faults);

#endif
