/* Who sends measurements: each device's name, secret, limits and names of its tags, and what is
 * known of its contact. Devices and tags are added before other threads use the set. */
#ifndef TW_TELEMETRY_DEVICES_H
#define TW_TELEMETRY_DEVICES_H

#include "net/sha256.h"
#include "telemetry/catalogue.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TW_DEVICE_NAME_SIZE 64
#define TW_DEVICE_WHY_SIZE 160
#define TW_DEVICE_NEVER INT64_MIN /* a time that has not come */

/** A set of devices; it never loses one while it lives. */
struct tw_devices;

/** One device; lives as long as its set. */
struct tw_device;

/** What is said of a device. Everything is copied. */
struct tw_device_options {
    const char *protocol;           /* "http", "mqtt", "hj212", ... */
    const char *name;               /* within the protocol; unique there; at most 63 bytes */
    const char *identity;           /* how the protocol names it; NULL: its name */
    const char *source;             /* of its samples in the store; NULL: protocol/name */
    const char *secret_sha256;      /* 64 hexadecimal digits; NULL: no secret opens it */
    const char *certificate_sha256; /* of its client certificate; NULL: none opens it */
    double rate_per_s;              /* samples a second, lasting; 0: no limit */
    double burst;                   /* samples at once; 0: ten seconds' worth, 1000 at least */
    size_t message_bytes;           /* largest message; 0: what the protocol allows */
    double silent_after_s;          /* a longer silence counts as a gap; 0: 600 */
};

/** What a tag of a device's messages is. Borrowed until the set is destroyed. */
struct tw_tag {
    const char *sensor; /* id in the catalogue */
    const char *unit;   /* of the device's values; NULL: the catalogue's */
    double factor;      /* to be multiplied with the device's values */
};

/** A device as it is listed. */
struct tw_device_view {
    const char *protocol, *name, *source;
    int64_t contact_ms; /* last time it was heard of; TW_DEVICE_NEVER: not since the start */
    int64_t newest_ms;  /* time of its newest sample */
    double lag_s;       /* contact_ms - newest_ms of the last message; NAN: none yet */
    int64_t messages, samples, refused;
    int64_t gaps;   /* silences that were too long */
    int64_t gap_ms; /* when the last such began */
    double silent_after_s;
    double clock_s;                       /* its clock less ours; NAN: it has not told */
    int64_t refused_ms;                   /* the last one that was refused */
    char refused_why[TW_DEVICE_WHY_SIZE]; /* "" none was */
};

/**
 * Make an empty set.
 *
 * catalogue    borrowed; the sensors that tags stand for
 * out_devices  owned by the caller
 * errors       TW_ERR_NOMEM
 */
tw_status tw_devices_create(const struct tw_catalogue *catalogue, struct tw_devices **out_devices);

/** Free; NULL is fine. */
void tw_devices_destroy(struct tw_devices *devices);

/**
 * Add a device.
 *
 * out_device  may be NULL
 * errors      TW_ERR_NAME the protocol has one of that name or identity, TW_ERR_ARG a hash is not
 *             64 hexadecimal digits or a name is too long, TW_ERR_NOMEM
 */
tw_status tw_devices_add(struct tw_devices *devices, const struct tw_device_options *options,
                         struct tw_device **out_device);

/**
 * Say what a tag of a device's messages is.
 *
 * tag->sensor  must be in the catalogue
 * errors       TW_ERR_NAME no such sensor, or the tag is there already; TW_ERR_ARG the unit cannot
 *              become the sensor's; TW_ERR_NOMEM
 */
tw_status tw_device_tag_add(struct tw_device *device, const char *name, const struct tw_tag *tag);

/** How many tags were said of a device. */
int32_t tw_device_tag_count(const struct tw_device *device);

/** One of them, 0 <= i < count. returns its name */
const char *tw_device_tag_get(const struct tw_device *device, int32_t i, struct tw_tag *out);

/** Keep a setting that only the device's protocol knows. errors: TW_ERR_NAME, TW_ERR_NOMEM */
tw_status tw_device_setting_add(struct tw_device *device, const char *key, const char *value);

/** A setting of the device's protocol; NULL when nothing was said. */
const char *tw_device_setting(const struct tw_device *device, const char *key);

/** The device that a protocol calls so; NULL when there is none. Case of letters does not matter. */
struct tw_device *tw_devices_find(struct tw_devices *devices, const char *protocol,
                                  const char *identity);

/** The device of that name in devices.ini; NULL when there is none. */
struct tw_device *tw_devices_find_name(struct tw_devices *devices, const char *protocol,
                                       const char *name);

/** The device of a protocol that a secret opens; NULL when there is none. */
struct tw_device *tw_devices_find_secret(struct tw_devices *devices, const char *protocol,
                                         const void *secret, size_t size);

/** The device of a protocol that a client certificate opens, by its SHA-256; NULL: none. */
struct tw_device *tw_devices_find_certificate(struct tw_devices *devices, const char *protocol,
                                              const char *sha256_hex);

/** How many there are. */
int32_t tw_devices_count(const struct tw_devices *devices);

/** One of them, 0 <= i < count, in the order in which they were added. */
struct tw_device *tw_devices_get(const struct tw_devices *devices, int32_t i);

/** Its name. */
const char *tw_device_name(const struct tw_device *device);

/** The source of its samples. */
const char *tw_device_source(const struct tw_device *device);

/** The largest message it may send [bytes]; 0: what the protocol allows. */
size_t tw_device_message_bytes(const struct tw_device *device);

/** Whether a secret opens the device; compared in a time that does not depend on the secret. */
bool tw_device_admits(const struct tw_device *device, const void *secret, size_t size);

/**
 * Whether the device may send so many samples now; counts them when it may (a token bucket).
 *
 * now_ms  on a clock that only grows
 */
bool tw_device_allows(struct tw_device *device, int64_t now_ms, size_t samples);

/**
 * What a tag of its messages is: as tw_device_tag_add said, or, when nothing was said of it, the
 * sensor of that id, if the sensor takes values from the device's source.
 */
bool tw_device_tag(const struct tw_device *device, const char *tag, struct tw_tag *out);

/**
 * The device was heard of.
 *
 * now_ms     of the machine's clock
 * newest_ms  time of the newest sample of the message; TW_DEVICE_NEVER: there was none
 * samples    that were accepted; tw_ingest_submit counts its own
 */
void tw_device_note_contact(struct tw_device *device, int64_t now_ms, int64_t newest_ms,
                            size_t samples);

/** The device has told its own time: so far is it ahead of ours [s]. */
void tw_device_note_clock(struct tw_device *device, double ahead_s);

/** A message of the device was refused. */
void tw_device_note_refused(struct tw_device *device, int64_t now_ms, const char *why);

/** How the device is. */
void tw_device_view_get(struct tw_device *device, struct tw_device_view *out);

#endif
