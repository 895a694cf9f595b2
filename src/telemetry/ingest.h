/* The one door through which every decoder's measurements go: names become series, units the
 * sensors' own, every value gets its quality, and what was decoded is stored whole or not at all. */
#ifndef TW_TELEMETRY_INGEST_H
#define TW_TELEMETRY_INGEST_H

#include "base/compiler.h"
#include "store/store.h"
#include "telemetry/catalogue.h"
#include "telemetry/devices.h"
#include "thalweg/status.h"

#include <stddef.h>
#include <stdint.h>

/** What a device has measured. Strings are borrowed during the call. */
struct tw_measurement {
    const char *sensor; /* id in the catalogue */
    const char *unit;   /* of value; NULL: the catalogue's */
    int64_t time_ms;    /* since 1970-01-01T00:00Z [ms] */
    double value;
    int32_t flags; /* TW_QUALITY_ bits that the device itself states */
};

/** Why measurements were refused. */
struct tw_samples_fault {
    int32_t index; /* of the first bad one; -1: the message as a whole */
    char error[256], remedy[256];
};

/** The door; may be used from any thread. */
struct tw_ingest;

/** What a door is made of; everything is borrowed until the door is destroyed. */
struct tw_ingest_options {
    const struct tw_catalogue *catalogue;
    struct tw_store *store;
    int64_t (*now_ms)(void *user); /* the city's time [ms since 1970]; checks of clocks use it */
    void *user;
};

/**
 * Make a door. The catalogue must be complete.
 *
 * out_ingest  owned by the caller
 * errors      TW_ERR_NOMEM
 */
tw_status tw_ingest_create(const struct tw_ingest_options *options, struct tw_ingest **out_ingest);

/** Free; NULL is fine. The store has to be stopped before. */
void tw_ingest_destroy(struct tw_ingest *ingest);

/**
 * Check measurements and queue them for the next commit: all of them or none.
 *
 * device     who sends them, its counters are kept; NULL: nobody that is known
 * source     of the samples; NULL: the device's
 * m          [count]; none is fine, done is called all the same
 * done       called once after the commit, by the store's thread (or, for none, at once), unless an
 *            error is returned; may be NULL
 * out_fault  filled with TW_ERR_FORMAT
 * errors     TW_ERR_FORMAT a sensor, unit, value or flag is wrong; TW_ERR_FULL too much waits: send
 *            it again later; TW_ERR_NOMEM
 */
tw_status tw_ingest_submit(struct tw_ingest *ingest, struct tw_device *device, const char *source,
                           const struct tw_measurement *m, size_t count, tw_store_done *done,
                           void *user, struct tw_samples_fault *out_fault);

/**
 * Say what the model thinks a sensor shows now: its values are compared with it, for drift.
 *
 * series  of the sensor
 * value   in the sensor's unit; NAN: nothing
 */
void tw_ingest_reference(struct tw_ingest *ingest, int32_t series, double value);

/** Quality of a sensor's last value as it is now: what was stored, and whether the next is missing. */
int32_t tw_ingest_quality_now(struct tw_ingest *ingest, const struct tw_store_head *head,
                              int32_t series);

/**
 * Look for the first measurement that tw_ingest_submit would refuse.
 *
 * m       [count]
 * errors  TW_ERR_FORMAT there is one, out_fault says which and why
 */
tw_status tw_ingest_check(struct tw_ingest *ingest, const struct tw_device *device,
                          const struct tw_measurement *m, size_t count,
                          struct tw_samples_fault *out_fault);

/** Fill a fault; index -1: the message as a whole. returns TW_ERR_FORMAT */
tw_status tw_samples_refuse(struct tw_samples_fault *fault, int32_t index, const char *remedy,
                            const char *format, ...) TW_PRINTF(4, 5);

#endif
