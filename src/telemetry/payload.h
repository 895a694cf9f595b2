/* What a message of a publish-subscribe protocol holds: measurements, whatever its payload is. */
#ifndef TW_TELEMETRY_PAYLOAD_H
#define TW_TELEMETRY_PAYLOAD_H

#include "base/arena.h"
#include "telemetry/devices.h"
#include "telemetry/ingest.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TW_PAYLOAD_TAG_SIZE 256
#define TW_PAYLOAD_VALUES_MAX 20000

/** Measurements that grow; all zeros is none. Their sensors are borrowed from the device's set. */
struct tw_readings {
    struct tw_measurement *list; /* owned, from malloc */
    size_t count, capacity;
    struct tw_arena texts; /* units that messages have stated */
};

/** A message. Everything is borrowed. */
struct tw_payload {
    const char *topic; /* terminated */
    const uint8_t *bytes;
    size_t size;
    int64_t received_ms; /* since 1970: the time of values that bring none */
    int32_t zone_s;      /* seconds east of Greenwich of times that name no zone */
    const struct tw_device *device;
};

/** Free the list and the texts. */
void tw_readings_done(struct tw_readings *readings);

/**
 * Add a value of a device's tag. A tag that is not mapped but named in the device's setting `ignore`
 * (tags with blanks between; `*`: all) is left out.
 *
 * group      where the tag stands, e.g. the topic: "group/tag" is looked for first; NULL: nowhere
 * value      its unit is copied; NULL: the tag's
 * out_fault  filled with TW_ERR_FORMAT
 * errors     TW_ERR_FORMAT the tag means nothing or there are too many values; TW_ERR_NOMEM
 */
tw_status tw_readings_add(struct tw_readings *readings, const struct tw_payload *payload,
                          const char *group, const char *tag, const struct tw_measurement *value,
                          struct tw_samples_fault *out_fault);

/**
 * Read a number, true or false; {"ts": T, "values": {TAG: V}}; {"ts": T, "value": V, "unit": U};
 * {"ts": T, TAG: V}; or an array of such objects. Without a tag it is the topic, whole or its last
 * level. T is ISO 8601, or a number: milliseconds since 1970, or seconds when below 1e11. null is
 * left out.
 *
 * errors  as tw_readings_add
 */
tw_status tw_payload_json(const struct tw_payload *payload, struct tw_readings *readings,
                          struct tw_samples_fault *out_fault);

/** Whether a topic is one of SensorThings' create requests. */
bool tw_sensorthings_is_topic(const char *topic);

/**
 * Read an Observation that is created by MQTT: v1.1/Datastreams(ID)/Observations with
 * {"result": V, "phenomenonTime": T}. The tag is ID.
 *
 * errors  as tw_readings_add
 * source  OGC SensorThings API Part 1: Sensing 1.1, section 14.2
 */
tw_status tw_sensorthings_read(const struct tw_payload *payload, struct tw_readings *readings,
                               struct tw_samples_fault *out_fault);

#endif
