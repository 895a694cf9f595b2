#include "server/doors.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "net/door.h"
#include "net/place.h"
#include "net/tls.h"
#include "server/broker.h"
#include "server/reason.h"
#include "server/service.h"
#include "telemetry/hj212_server.h"
#include "telemetry/mqtt_server.h"
#include "telemetry/sl651_server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY 12000 /* connections of all listeners together */

/* What is opened for a section. */
struct entry {
    struct tw_door_protocol protocol; /* with this city's limits */
    void *state;                      /* of the protocol */
    struct tw_tls_context *tls;
    struct tw_place place; /* the listener borrows its address */
};

/* Devices live in the machine's time, also while a storm of another day is replayed. */
static int64_t machine_ms(void *user)
{
    (void)user;
    return tw_clock_unix_ms();
}

/* ---- what each protocol needs ---- */

static tw_status mqtt_make(struct tw_server *server, void **out_state)
{
    struct tw_ini *ini = &server->city->ini;
    const struct tw_mqtt_server_options options = {
        .ingest = server->ingest,
        .devices = server->devices,
        .zone_s = server->city->zone_s,
        .ack_refused = tw_ini_yes(ini, "mqtt", "acknowledge_refused", false, NULL),
        .host_id = tw_ini_text(ini, "mqtt", "host_id", NULL)};
    struct tw_mqtt_server *made = NULL;
    TW_TRY(tw_mqtt_server_create(&options, &made));
    *out_state = made;
    return TW_OK;
}

static void mqtt_free(void *state) { tw_mqtt_server_destroy(state); }

static tw_status hj212_make(struct tw_server *server, void **out_state)
{
    struct tw_hj212_server *made = malloc(sizeof *made);
    if (made == NULL) return TW_ERR_NOMEM;
    *made = (struct tw_hj212_server){.ingest = server->ingest,
                                     .devices = server->devices,
                                     .catalogue = &server->catalogue,
                                     .store = server->store,
                                     .zone_s = server->city->zone_s,
                                     .now_ms = machine_ms,
                                     .user = server};
    *out_state = made;
    return TW_OK;
}

static tw_status sl651_make(struct tw_server *server, void **out_state)
{
    struct tw_sl651_server *made = malloc(sizeof *made);
    if (made == NULL) return TW_ERR_NOMEM;
    *made = (struct tw_sl651_server){.ingest = server->ingest,
                                     .devices = server->devices,
                                     .zone_s = server->city->zone_s,
                                     .now_ms = machine_ms,
                                     .user = server};
    *out_state = made;
    return TW_OK;
}

static const struct tw_door_protocol *mqtt(void) { return &tw_mqtt_protocol; }

/* A protocol is a row: the section of city.ini, and keys of its own. */
static const struct row {
    const char *section;
    const char *keys[3];
    const struct tw_door_protocol *(*protocol)(void);
    tw_status (*make)(struct tw_server *server, void **out_state);
    void (*free)(void *state);
} rows[] = {
    {"mqtt", {"acknowledge_refused", "host_id"}, mqtt, mqtt_make, mqtt_free},
    {"hj212", {NULL}, tw_hj212_protocol, hj212_make, free},
    {"sl651", {NULL}, tw_sl651_protocol, sl651_make, free},
};

#define ROWS (sizeof rows / sizeof rows[0])

struct tw_doors {
    struct tw_door *door; /* NULL: nothing is listened on */
    struct entry entries[ROWS];
    struct tw_broker *broker; /* NULL: the city names none */
    struct tw_strbuf places;
};

/* Keys that every section may have. */
static const char *const files[] = {"certificate", "key", "authorities"};
static const double connection_limits[2] = {1, CAPACITY};

void tw_doors_check(struct tw_ini *ini, tw_faults *faults)
{
    struct tw_place place;
    for (size_t i = 0; i < ROWS; i++) {
        const char *section = rows[i].section;
        const struct tw_ini_entry *listen = tw_ini_find(ini, section, "listen");
        if (listen != NULL && tw_place_parse(listen->value, &place) != TW_OK) {
            tw_faults_add(faults, ini->path, listen->line,
                          "[%s] listen: \"%s\" is not ADDRESS:PORT, e.g. 127.0.0.1:1883", section,
                          listen->value);
        }
        for (size_t k = 0; k < sizeof files / sizeof files[0]; k++)
            (void)tw_ini_find(ini, section, files[k]);
        for (size_t k = 0; k < 3 && rows[i].keys[k] != NULL; k++)
            (void)tw_ini_find(ini, section, rows[i].keys[k]);
        (void)tw_ini_number(ini, section, "connections", 1, connection_limits, faults);
        (void)tw_ini_number(ini, section, "connections_per_address", 1, connection_limits, faults);
        (void)tw_ini_yes(ini, section, "certificate_required", false, faults);
    }
    (void)tw_ini_yes(ini, "mqtt", "acknowledge_refused", false, faults);
    tw_broker_check(ini, faults);
}

static const char *file_of(struct tw_server *server, const char *section, const char *key)
{
    const struct tw_ini_entry *entry = tw_ini_find(&server->city->ini, section, key);
    return entry == NULL ? NULL : tw_city_path(server->city, entry->value);
}

static tw_status tls_make(struct tw_server *server, const char *section, struct tw_reason why,
                          struct tw_tls_context **out_tls)
{
    char text[256] = "";
    const struct tw_tls_files named = {
        .certificate = file_of(server, section, "certificate"),
        .key = file_of(server, section, "key"),
        .authorities = file_of(server, section, "authorities"),
        .required = tw_ini_yes(&server->city->ini, section, "certificate_required", false, NULL)};
    if (named.certificate == NULL && named.authorities == NULL) return TW_OK;
    if (named.certificate == NULL || named.key == NULL) {
        return tw_reason_tell(why, TW_ERR_ARG,
                              "[%s]: TLS needs both certificate = FILE and key = FILE in city.ini",
                              section);
    }
    tw_status status = tw_tls_context_create(&named, true, text, sizeof text, out_tls);
    if (status != TW_ERR_FILE) return status;
    return tw_reason_tell(why, status, "[%s]: %s; name a file in PEM that this user may read",
                          section, text);
}

static tw_status entry_listen(struct tw_server *server, struct tw_doors *doors, size_t i,
                              struct tw_reason why)
{
    struct entry *entry = &doors->entries[i];
    uint16_t port = 0;
    const struct tw_door_listener listener = {.address = entry->place.address,
                                              .port = entry->place.port,
                                              .protocol = &entry->protocol,
                                              .user = entry->state,
                                              .tls = entry->tls};
    (void)server;
    tw_status status = tw_door_listen(doors->door, &listener, &port);
    if (status == TW_ERR_ARG) {
        return tw_reason_tell(why, status, "[%s] listen: \"%s\" is not an IP address",
                              rows[i].section, entry->place.address);
    }
    if (status == TW_ERR_NET) {
        return tw_reason_tell(
            why, status, "[%s] %s:%u cannot be listened on: %s; choose another port",
            rows[i].section, entry->place.address, entry->place.port, strerror(errno));
    }
    if (status != TW_OK) return status;
    return tw_strbuf_printf(&doors->places, "%s %s:%u%s\n", rows[i].section, entry->place.address,
                            port, entry->tls != NULL ? " TLS" : "");
}

static tw_status entry_open(struct tw_server *server, struct tw_doors *doors, size_t i,
                            struct tw_reason why)
{
    struct tw_ini *ini = &server->city->ini;
    struct entry *entry = &doors->entries[i];
    const struct row *row = &rows[i];
    const char *listen = tw_ini_text(ini, row->section, "listen", NULL);
    if (listen == NULL) return TW_OK;
    if (tw_place_parse(listen, &entry->place) != TW_OK) {
        return tw_reason_tell(why, TW_ERR_ARG, "[%s] listen: \"%s\" is not ADDRESS:PORT",
                              row->section, listen);
    }
    entry->protocol = *row->protocol();
    struct tw_door_limits *limits = &entry->protocol.limits;
    limits->count = (int32_t)tw_ini_number(ini, row->section, "connections", limits->count,
                                           connection_limits, NULL);
    limits->per_peer = (int32_t)tw_ini_number(ini, row->section, "connections_per_address",
                                              limits->per_peer, connection_limits, NULL);
    if (doors->door == NULL) TW_TRY(tw_door_create(CAPACITY, &doors->door));
    TW_TRY(tls_make(server, row->section, why, &entry->tls));
    TW_TRY(row->make(server, &entry->state));
    return entry_listen(server, doors, i, why);
}

tw_status tw_doors_open(struct tw_server *server, char *why, size_t why_size,
                        struct tw_doors **out_doors)
{
    struct tw_doors *doors = calloc(1, sizeof *doors);
    tw_status status = doors == NULL ? TW_ERR_NOMEM : TW_OK;
    for (size_t i = 0; i < ROWS && status == TW_OK; i++)
        status = entry_open(server, doors, i, (struct tw_reason){why, why_size});
    if (status == TW_OK && tw_broker_is_named(&server->city->ini)) {
        if (doors->door == NULL) status = tw_door_create(CAPACITY, &doors->door);
        if (status == TW_OK) {
            status = tw_broker_open(server, doors->door, why, why_size, &doors->broker);
        }
    }
    if (status != TW_OK) {
        tw_doors_close(doors);
        return status;
    }
    *out_doors = doors;
    return TW_OK;
}

void tw_doors_quiesce(struct tw_doors *doors)
{
    if (doors == NULL || doors->door == NULL) return;
    tw_broker_stop(doors->broker);
    tw_door_quiesce(doors->door);
}

void tw_doors_close(struct tw_doors *doors)
{
    if (doors == NULL) return;
    tw_broker_stop(doors->broker);
    tw_door_destroy(doors->door);
    tw_broker_close(doors->broker);
    for (size_t i = 0; i < ROWS; i++) {
        if (doors->entries[i].state != NULL) rows[i].free(doors->entries[i].state);
        tw_tls_context_destroy(doors->entries[i].tls);
    }
    tw_strbuf_done(&doors->places);
    free(doors);
}

const char *tw_doors_places(const struct tw_doors *doors) { return tw_strbuf_get(&doors->places); }
