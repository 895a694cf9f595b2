/* From a published message to the store: which payload it is, its measurements, and one try to have
 * them committed. For the listener and for the client of a broker alike. */
#ifndef TW_TELEMETRY_MQTT_TAKE_H
#define TW_TELEMETRY_MQTT_TAKE_H

#include "telemetry/payload.h"
#include "telemetry/sparkplug.h"

/** A message that has been read and may not have been taken by the store yet. */
struct tw_mqtt_held {
    struct tw_readings readings;
    struct tw_device *device;
    struct tw_sparkplug_outcome sparkplug; /* all zeros when it is not Sparkplug's */
    struct tw_samples_fault fault;         /* why it was refused */
    bool allowed;                          /* within the device's rate: counted already */
};

/** Where messages are read. */
struct tw_mqtt_reading {
    struct tw_ingest *ingest;
    struct tw_sparkplug *sparkplug;
    int32_t zone_s;
};

/**
 * Read a message.
 *
 * topic     terminated
 * out_held  to be freed with tw_readings_done(&held.readings), in any case
 * errors    TW_ERR_FORMAT refused, out_held->fault says why and the device's counters know; TW_ERR_FULL,
 *           TW_ERR_NOMEM
 */
tw_status tw_mqtt_read(const struct tw_mqtt_reading *reading, struct tw_device *device,
                       const char *topic, const uint8_t *bytes, size_t size,
                       struct tw_mqtt_held *out_held);

/**
 * Try to have what was read committed.
 *
 * now_ms  on a clock that only grows: for the device's rate
 * done    as for tw_ingest_submit
 * errors  TW_ERR_FULL the store has no room, or the device is over its rate: try again later;
 *         TW_ERR_FORMAT refused; TW_ERR_NOMEM
 */
tw_status tw_mqtt_submit(const struct tw_mqtt_reading *reading, struct tw_mqtt_held *held,
                         int64_t now_ms, tw_store_done *done, void *user);

#endif
