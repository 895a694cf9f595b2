#include "telemetry/mqtt_take.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

static tw_status read_sparkplug(const struct tw_mqtt_reading *reading,
                                const struct tw_payload *payload, struct tw_mqtt_held *held)
{
    return tw_sparkplug_read(reading->sparkplug, payload, &held->readings, &held->sparkplug,
                             &held->fault);
}

static tw_status read_sensorthings(const struct tw_mqtt_reading *reading,
                                   const struct tw_payload *payload, struct tw_mqtt_held *held)
{
    (void)reading;
    return tw_sensorthings_read(payload, &held->readings, &held->fault);
}

static tw_status read_json(const struct tw_mqtt_reading *reading, const struct tw_payload *payload,
                           struct tw_mqtt_held *held)
{
    (void)reading;
    return tw_payload_json(payload, &held->readings, &held->fault);
}

/* Payloads by their topics; the first that says yes reads it. The last takes the rest. */
static const struct kind {
    bool (*is_topic)(const char *topic); /* NULL: any */
    tw_status (*read)(const struct tw_mqtt_reading *reading, const struct tw_payload *payload,
                      struct tw_mqtt_held *held);
} kinds[] = {
    {tw_sparkplug_is_topic, read_sparkplug},
    {tw_sensorthings_is_topic, read_sensorthings},
    {NULL, read_json},
};

tw_status tw_mqtt_read(const struct tw_mqtt_reading *reading, struct tw_device *device,
                       const char *topic, const uint8_t *bytes, size_t size,
                       struct tw_mqtt_held *out_held)
{
    const struct tw_payload payload = {.topic = topic,
                                       .bytes = bytes,
                                       .size = size,
                                       .received_ms = tw_clock_unix_ms(),
                                       .zone_s = reading->zone_s,
                                       .device = device};
    size_t k = 0;
    *out_held = (struct tw_mqtt_held){.device = device};
    while (kinds[k].is_topic != NULL && !kinds[k].is_topic(topic))
        k++;
    tw_status status = kinds[k].read(reading, &payload, out_held);
    if (status == TW_ERR_FULL) {
        status = tw_samples_refuse(&out_held->fault, -1, "use fewer nodes and metrics",
                                   "more is named than this server keeps");
    }
    if (status == TW_ERR_FORMAT) {
        char why[TW_DEVICE_WHY_SIZE];
        (void)snprintf(why, sizeof why, "%.60s: %.90s", topic, out_held->fault.error);
        tw_device_note_refused(device, payload.received_ms, why);
    }
    return status;
}

tw_status tw_mqtt_submit(const struct tw_mqtt_reading *reading, struct tw_mqtt_held *held,
                         int64_t now_ms, tw_store_done *done, void *user)
{
    if (!held->allowed && !tw_device_allows(held->device, now_ms, held->readings.count)) {
        return TW_ERR_FULL;
    }
    held->allowed = true;
    return tw_ingest_submit(reading->ingest, held->device, NULL, held->readings.list,
                            held->readings.count, done, user, &held->fault);
}
