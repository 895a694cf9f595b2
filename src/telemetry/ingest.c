#include "telemetry/ingest.h"

#include "telemetry/units.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct tw_ingest {
    struct tw_ingest_options options;
};

tw_status tw_samples_refuse(struct tw_samples_fault *fault, int32_t index, const char *remedy,
                            const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fault->index = index;
    size_t used = 0;
    if (index >= 0) {
        used = (size_t)snprintf(fault->error, sizeof fault->error, "sample %d: ", index);
    }
    (void)vsnprintf(fault->error + used, sizeof fault->error - used, format, arguments);
    (void)snprintf(fault->remedy, sizeof fault->remedy, "%s", remedy);
    va_end(arguments);
    return TW_ERR_FORMAT;
}

tw_status tw_ingest_create(const struct tw_ingest_options *options, struct tw_ingest **out_ingest)
{
    struct tw_ingest *ingest = calloc(1, sizeof *ingest);
    if (ingest == NULL) return TW_ERR_NOMEM;
    ingest->options = *options;
    *out_ingest = ingest;
    return TW_OK;
}

void tw_ingest_destroy(struct tw_ingest *ingest) { free(ingest); }

static tw_status factor_of(const char *unit, int32_t index, const struct tw_sensor_entry *entry,
                           double *out_factor, struct tw_samples_fault *fault)
{
    *out_factor = 1.0;
    if (unit == NULL || strcmp(unit, entry->unit) == 0) return TW_OK;
    tw_status status = tw_unit_factor(unit, entry->unit, out_factor);
    if (status == TW_OK) return TW_OK;
    char remedy[96];
    (void)snprintf(remedy, sizeof remedy, "the sensor's unit is %.32s", entry->unit);
    if (status == TW_ERR_NAME) {
        return tw_samples_refuse(fault, index, remedy, "unit \"%.32s\" is not known", unit);
    }
    return tw_samples_refuse(fault, index, remedy, "unit \"%.32s\" cannot become %.32s", unit,
                             entry->unit);
}

static tw_status take(const struct tw_ingest *ingest, const struct tw_device *device,
                      const struct tw_measurement *m, int32_t index, struct tw_store_sample *out,
                      struct tw_samples_fault *fault)
{
    double factor = 1.0;
    const struct tw_sensor_entry *entry = tw_catalogue_find(ingest->options.catalogue, m->sensor);
    if (entry == NULL) {
        return tw_samples_refuse(fault, index,
                                 "GET /api/v1/sensors lists the ids; sensors.geojson holds them",
                                 "unknown sensor \"%.64s\"", m->sensor);
    }
    if (device != NULL && entry->source != NULL &&
        strcmp(entry->source, tw_device_source(device)) != 0) {
        return tw_samples_refuse(fault, index, "sensors.geojson says who may send a sensor: source",
                                 "sensor \"%.64s\" takes values from \"%.48s\" only", m->sensor,
                                 entry->source);
    }
    TW_TRY(factor_of(m->unit, index, entry, &factor, fault));
    if (!isfinite(m->value * factor)) {
        return tw_samples_refuse(fault, index, "leave a sample without a value out",
                                 "value is not a finite number");
    }
    if ((m->flags & ~TW_QUALITY_DEVICE_BITS) != 0) {
        return tw_samples_refuse(fault, index, "a device states bits 16 to 24",
                                 "quality %d is none that a device states", m->flags);
    }
    double value = m->value * factor;
    *out = (struct tw_store_sample){.series = entry->series,
                                    .quality = m->flags | tw_catalogue_quality(entry, value),
                                    .time_ms = m->time_ms,
                                    .value = value};
    return TW_OK;
}

static int64_t machine_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Keep the device's counters; newest: of what it sent. */
static void note(struct tw_device *device, int64_t newest_ms, size_t count, tw_status status,
                 const struct tw_samples_fault *fault)
{
    if (device == NULL) return;
    if (status == TW_OK) {
        tw_device_note_contact(device, machine_ms(), newest_ms, count);
    } else {
        const char *why = status == TW_ERR_FORMAT ? fault->error : tw_status_text(status);
        tw_device_note_refused(device, machine_ms(), why);
    }
}

tw_status tw_ingest_check(struct tw_ingest *ingest, const struct tw_device *device,
                          const struct tw_measurement *m, size_t count,
                          struct tw_samples_fault *out_fault)
{
    struct tw_store_sample sample;
    for (size_t i = 0; i < count; i++)
        TW_TRY(take(ingest, device, &m[i], (int32_t)i, &sample, out_fault));
    return TW_OK;
}

tw_status tw_ingest_submit(struct tw_ingest *ingest, struct tw_device *device, const char *source,
                           const struct tw_measurement *m, size_t count, tw_store_done *done,
                           void *user, struct tw_samples_fault *out_fault)
{
    int64_t newest_ms = TW_DEVICE_NEVER;
    tw_status status = TW_OK;
    if (source == NULL) source = device != NULL ? tw_device_source(device) : "";
    if (count == 0) {
        note(device, newest_ms, 0, TW_OK, out_fault);
        if (done != NULL) done(user, TW_OK);
        return TW_OK;
    }
    struct tw_store_sample *samples = malloc(count * sizeof *samples);
    if (samples == NULL) return TW_ERR_NOMEM;
    for (size_t i = 0; i < count && status == TW_OK; i++) {
        status = take(ingest, device, &m[i], (int32_t)i, &samples[i], out_fault);
        if (m[i].time_ms > newest_ms) newest_ms = m[i].time_ms;
    }
    if (status == TW_OK) {
        status = tw_store_samples_add(ingest->options.store, source, machine_ms(), samples, count,
                                      done, user);
    }
    free(samples);
    note(device, newest_ms, count, status, out_fault);
    return status;
}
