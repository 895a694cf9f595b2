#include "server/broker.h"

#include "base/file.h"
#include "net/place.h"
#include "net/tls.h"
#include "server/service.h"
#include "telemetry/mqtt_link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTION "mqtt-broker"
#define PASSWORD_BYTES 4096

struct tw_broker {
    struct tw_mqtt_link *link;
    struct tw_tls_context *tls;
    char *password; /* from malloc */
    char host[256], client_id[128];
};

static const char *const needed[] = {"topics", "device"};
static const char *const others[] = {"client_id", "username",    "password_file", "host_id",
                                     "key",       "certificate", "authorities"};

bool tw_broker_is_named(struct tw_ini *ini) { return tw_ini_find(ini, SECTION, "address") != NULL; }

void tw_broker_check(struct tw_ini *ini, tw_faults *faults)
{
    const struct tw_ini_entry *address = tw_ini_find(ini, SECTION, "address");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        (void)tw_ini_find(ini, SECTION, others[i]);
    (void)tw_ini_yes(ini, SECTION, "tls", false, faults);
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        const struct tw_ini_entry *entry = tw_ini_find(ini, SECTION, needed[i]);
        if (address == NULL || entry != NULL) continue;
        tw_faults_add(faults, ini->path, address->line, "[" SECTION "] %s is missing", needed[i]);
    }
}

/* HOST:PORT or HOST; a name is not looked up here. */
static bool address_parse(const char *text, bool tls, char *host, size_t size, uint16_t *out_port)
{
    struct tw_place place = {.port = tls ? 8883 : 1883};
    const char *port = strrchr(text, ':');
    const char *close = strrchr(text, ']');
    if (port != NULL && (close == NULL || port > close)) {
        if (tw_place_parse(port + 1, &place) != TW_OK || place.port == 0) return false;
    } else {
        port = text + strlen(text);
    }
    if (text[0] == '[' && port > text + 1 && port[-1] == ']') {
        text++;
        port--;
    }
    int length = snprintf(host, size, "%.*s", (int)(port - text), text);
    *out_port = place.port;
    return length > 0 && (size_t)length < size;
}

/* The first line of the password's file. */
static tw_status password_read(struct tw_broker *broker, const char *path, char *why,
                               size_t why_size)
{
    tw_status status = tw_file_read(path, PASSWORD_BYTES, &broker->password, NULL);
    if (status == TW_OK) broker->password[strcspn(broker->password, "\r\n")] = 0;
    if (status == TW_OK || status == TW_ERR_NOMEM) return status;
    (void)snprintf(why, why_size, "[" SECTION "] password_file: %s: %s", path,
                   status == TW_ERR_FULL ? "it is too large" : strerror(errno));
    return TW_ERR_FILE;
}

static const char *path_of(struct tw_server *server, const char *key)
{
    const struct tw_ini_entry *entry = tw_ini_find(&server->city->ini, SECTION, key);
    return entry == NULL ? NULL : tw_city_path(server->city, entry->value);
}

static tw_status begin(struct tw_server *server, struct tw_broker *broker,
                       struct tw_mqtt_link_options *options, char *why, size_t why_size)
{
    struct tw_ini *ini = &server->city->ini;
    bool tls = tw_ini_yes(ini, SECTION, "tls", false, NULL);
    const char *name = tw_ini_text(ini, SECTION, "device", "");
    const char *password = path_of(server, "password_file");
    if (!address_parse(tw_ini_text(ini, SECTION, "address", ""), tls, broker->host,
                       sizeof broker->host, &options->port)) {
        (void)snprintf(why, why_size, "[" SECTION "] address is not HOST:PORT, e.g. broker:1883");
        return TW_ERR_ARG;
    }
    options->device = tw_devices_find_name(server->devices, "mqtt", name);
    if (options->device == NULL) {
        (void)snprintf(why, why_size, "[" SECTION "] device: devices.ini has no [mqtt %s]", name);
        return TW_ERR_ARG;
    }
    if (password != NULL) TW_TRY(password_read(broker, password, why, why_size));
    if (tls) {
        const struct tw_tls_files files = {.certificate = path_of(server, "certificate"),
                                           .key = path_of(server, "key"),
                                           .authorities = path_of(server, "authorities")};
        TW_TRY(tw_tls_context_create(&files, false, why, why_size, &broker->tls));
    }
    char usual[128];
    (void)snprintf(usual, sizeof usual, "thalweg-%s", server->city->id);
    (void)snprintf(broker->client_id, sizeof broker->client_id, "%s",
                   tw_ini_text(ini, SECTION, "client_id", usual));
    options->host = broker->host;
    options->tls = broker->tls;
    options->client_id = broker->client_id;
    options->username = tw_ini_text(ini, SECTION, "username", NULL);
    options->password = broker->password;
    options->topics = tw_ini_text(ini, SECTION, "topics", "");
    options->host_id = tw_ini_text(ini, SECTION, "host_id", NULL);
    tw_status status = tw_mqtt_link_create(options, &broker->link);
    if (status == TW_ERR_ARG) {
        (void)snprintf(why, why_size, "[" SECTION "] topics: \"%s\" are not filters of MQTT",
                       options->topics);
    }
    return status;
}

tw_status tw_broker_open(struct tw_server *server, struct tw_door *door, char *why, size_t why_size,
                         struct tw_broker **out_broker)
{
    struct tw_broker *broker = calloc(1, sizeof *broker);
    if (broker == NULL) return TW_ERR_NOMEM;
    struct tw_mqtt_link_options options = {.door = door,
                                           .ingest = server->ingest,
                                           .devices = server->devices,
                                           .zone_s = server->city->zone_s};
    tw_status status = begin(server, broker, &options, why, why_size);
    if (status != TW_OK) {
        tw_broker_close(broker);
        return status;
    }
    *out_broker = broker;
    return TW_OK;
}

void tw_broker_stop(struct tw_broker *broker)
{
    if (broker != NULL) tw_mqtt_link_stop(broker->link);
}

void tw_broker_close(struct tw_broker *broker)
{
    if (broker == NULL) return;
    tw_mqtt_link_destroy(broker->link);
    tw_tls_context_destroy(broker->tls);
    free(broker->password);
    free(broker);
}
