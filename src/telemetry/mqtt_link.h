/* The client of a city's broker: what others publish there is taken as if devices had sent it here.
 *
 * MQTT 3.1.1 with a session that the broker keeps: a message is acknowledged when it is on disk, and
 * comes again after a connection was lost. A message that will never be taken is acknowledged too,
 * and counted as refused: the broker would hold back all that follow. */
#ifndef TW_TELEMETRY_MQTT_LINK_H
#define TW_TELEMETRY_MQTT_LINK_H

#include "net/door.h"
#include "telemetry/devices.h"
#include "telemetry/ingest.h"
#include "thalweg/status.h"

#include <stdint.h>

/** A link to a broker. */
struct tw_mqtt_link;

/** What it is made of; everything is borrowed until it is destroyed. */
struct tw_mqtt_link_options {
    struct tw_door *door; /* that serves the connection */
    struct tw_ingest *ingest;
    struct tw_devices *devices;
    struct tw_device
        *device; /* of messages whose topic tells none: devices of protocol "mqtt" whose
                                 identity is the first levels of the topic, or a Sparkplug node's
                                 GROUP/NODE, come first */
    int32_t zone_s;
    const char *host; /* a name or an address */
    uint16_t port;
    struct tw_tls_context *tls;      /* NULL: plain */
    const char *client_id;           /* the broker knows the session by it */
    const char *username, *password; /* NULL: none */
    const char *topics;              /* filters with blanks between them */
    const char *host_id; /* of this Sparkplug host application; NULL: none is announced */
};

/**
 * Make a link and begin to connect; it goes on trying, at first after a second, then twice as long
 * each time up to a minute.
 *
 * errors  TW_ERR_ARG a filter is malformed or there is none, TW_ERR_NOMEM
 */
tw_status tw_mqtt_link_create(const struct tw_mqtt_link_options *options,
                              struct tw_mqtt_link **out_link);

/** Stop trying to connect. NULL is fine. */
void tw_mqtt_link_stop(struct tw_mqtt_link *link);

/** Free, after its door was destroyed; NULL is fine. */
void tw_mqtt_link_destroy(struct tw_mqtt_link *link);

#endif
