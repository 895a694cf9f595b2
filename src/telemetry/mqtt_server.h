/* The MQTT listener for devices, 3.1.1 and 5: a message is acknowledged when it is on disk.
 *
 * Not a broker for everybody: a client hears what this server says (commands, its state) and what
 * clients of the same device say, nothing of other devices. A device is known by its user name and
 * password, or by its client certificate (devices.ini). Messages, sessions, subscriptions and what
 * waits for absent clients are bounded. Sessions live in memory: after a restart of the server a
 * client begins a new one and sends again what was not acknowledged. */
#ifndef TW_TELEMETRY_MQTT_SERVER_H
#define TW_TELEMETRY_MQTT_SERVER_H

#include "net/door.h"
#include "telemetry/devices.h"
#include "telemetry/ingest.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

/** A listener's state; its functions are called by the door's thread, but create and destroy. */
struct tw_mqtt_server;

/** What it works with; everything is borrowed until it is destroyed. */
struct tw_mqtt_server_options {
    struct tw_ingest *ingest;
    struct tw_devices *devices; /* those of protocol "mqtt" */
    int32_t zone_s;             /* of times in payloads that name no zone */
    bool ack_refused;           /* a message that will never be taken is acknowledged to MQTT 3.1.1
                                   clients, so that they do not send it for ever; it is counted as
                                   refused in any case */
    const char *host_id;        /* of this Sparkplug host application; NULL: none is announced */
};

/** What the door needs: its user is the server. */
extern const struct tw_door_protocol tw_mqtt_protocol;

/** Make one. errors: TW_ERR_NOMEM */
tw_status tw_mqtt_server_create(const struct tw_mqtt_server_options *options,
                                struct tw_mqtt_server **out_server);

/** Free, after its door; NULL is fine. */
void tw_mqtt_server_destroy(struct tw_mqtt_server *server);

#endif
