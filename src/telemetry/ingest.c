#include "telemetry/ingest.h"

#include "base/clock.h"
#include "telemetry/units.h"

#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEIGHBOUR_MS 3600000 /* a neighbour's value that is older says nothing */

/* What is known of a series. */
struct slot {
    const struct tw_sensor_entry *entry; /* NULL: no sensor's */
    struct tw_qc_memory now, before;     /* before the newest value: it may come again */
    double model;                        /* NAN: the model says nothing */
    int32_t neighbour;                   /* its series; 0: none */
};

struct tw_ingest {
    struct tw_ingest_options options;
    pthread_mutex_t mutex; /* guards what the slots remember */
    struct slot *slots;    /* [slot_count] by series */
    int32_t slot_count;
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
    const struct tw_catalogue *catalogue = options->catalogue;
    struct tw_ingest *ingest = calloc(1, sizeof *ingest);
    if (ingest == NULL) return TW_ERR_NOMEM;
    ingest->options = *options;
    for (int32_t i = 0; i < catalogue->ids.count; i++) {
        int32_t series = catalogue->entries[i].series;
        if (series >= ingest->slot_count) ingest->slot_count = series + 1;
    }
    ingest->slots = calloc((size_t)ingest->slot_count + 1, sizeof *ingest->slots);
    if (ingest->slots == NULL) {
        free(ingest);
        return TW_ERR_NOMEM;
    }
    /* Of several names of a series the first says what is plausible. */
    for (int32_t i = catalogue->ids.count - 1; i >= 0; i--) {
        const struct tw_sensor_entry *entry = &catalogue->entries[i];
        struct slot *slot = &ingest->slots[entry->series];
        const struct tw_sensor_entry *other =
            entry->neighbour == NULL ? NULL : tw_catalogue_find(catalogue, entry->neighbour);
        *slot = (struct slot){
            .entry = entry, .model = (double)NAN, .neighbour = other == NULL ? 0 : other->series};
    }
    (void)pthread_mutex_init(&ingest->mutex, NULL);
    *out_ingest = ingest;
    return TW_OK;
}

void tw_ingest_destroy(struct tw_ingest *ingest)
{
    if (ingest == NULL) return;
    (void)pthread_mutex_destroy(&ingest->mutex);
    free(ingest->slots);
    free(ingest);
}

void tw_ingest_reference(struct tw_ingest *ingest, int32_t series, double value)
{
    if (series < 0 || series >= ingest->slot_count) return;
    (void)pthread_mutex_lock(&ingest->mutex);
    ingest->slots[series].model = value;
    (void)pthread_mutex_unlock(&ingest->mutex);
}

int32_t tw_ingest_quality_now(struct tw_ingest *ingest, const struct tw_store_head *head,
                              int32_t series)
{
    if (head->time_ms == TW_STORE_NEVER || series < 0 || series >= ingest->slot_count ||
        ingest->slots[series].entry == NULL) {
        return head->quality;
    }
    const struct tw_qc_memory memory = {.known = true, .time_ms = head->time_ms};
    const struct tw_qc_input input = {.limits = &ingest->slots[series].entry->limits,
                                      .memory = &memory,
                                      .time_ms = head->time_ms,
                                      .now_ms = ingest->options.now_ms(ingest->options.user)};
    return head->quality | tw_qc_missing(&input);
}

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
    double value = tw_unit_apply(m->value, factor);
    if (!isfinite(value)) {
        return tw_samples_refuse(fault, index, "leave a sample without a value out",
                                 "value is not a finite number");
    }
    if ((m->flags & ~TW_QUALITY_DEVICE_BITS) != 0) {
        return tw_samples_refuse(fault, index, "a device states bits 16 to 24",
                                 "quality %d is none that a device states", m->flags);
    }
    *out = (struct tw_store_sample){.series = entry->series,
                                    .quality = m->flags, /* the checks come later */
                                    .time_ms = m->time_ms,
                                    .value = value};
    return TW_OK;
}

/* What a value is compared with: the model, else a neighbour's sound value of about now. */
static double reference_of(const struct tw_ingest *ingest, const struct slot *slot, int64_t time_ms)
{
    if (!isnan(slot->model)) return slot->model;
    const struct tw_qc_memory *other = &ingest->slots[slot->neighbour].now;
    if (slot->neighbour == 0 || !other->sound_known) return (double)NAN;
    int64_t apart_ms = time_ms - other->sound_ms;
    return apart_ms < NEIGHBOUR_MS && apart_ms > -NEIGHBOUR_MS ? other->sound : (double)NAN;
}

/* Give samples their quality, in their order. A request that the store refuses afterwards has been
 * remembered all the same: sent again, its values but the newest of each sensor are late. */
static void check(struct tw_ingest *ingest, struct tw_store_sample *samples, size_t count)
{
    int64_t now_ms = ingest->options.now_ms(ingest->options.user);
    (void)pthread_mutex_lock(&ingest->mutex);
    for (size_t i = 0; i < count; i++) {
        struct tw_store_sample *s = &samples[i];
        struct slot *slot = &ingest->slots[s->series];
        bool late = slot->now.known && s->time_ms < slot->now.time_ms;
        bool again = slot->now.known && s->time_ms == slot->now.time_ms;
        const struct tw_qc_input input = {.limits = &slot->entry->limits,
                                          .memory = late    ? NULL
                                                    : again ? &slot->before
                                                            : &slot->now,
                                          .time_ms = s->time_ms,
                                          .now_ms = now_ms,
                                          .value = s->value,
                                          .reference = reference_of(ingest, slot, s->time_ms),
                                          .flags = s->quality};
        s->quality = tw_qc_quality(&input);
        /* A value of a day to come must not make all that follow it late. */
        if (late || (s->quality & TW_QUALITY_CLOCK) != 0) continue;
        struct tw_qc_memory after = tw_qc_remember(&input, s->quality);
        if (!again) slot->before = slot->now;
        slot->now = after;
    }
    (void)pthread_mutex_unlock(&ingest->mutex);
}

/* Keep the device's counters; newest: of what it sent. */
static void note(struct tw_device *device, int64_t newest_ms, size_t count, tw_status status,
                 const struct tw_samples_fault *fault)
{
    if (device == NULL) return;
    if (status == TW_OK) {
        tw_device_note_contact(device, tw_clock_unix_ms(), newest_ms, count);
    } else {
        const char *why = status == TW_ERR_FORMAT ? fault->error : tw_status_text(status);
        tw_device_note_refused(device, tw_clock_unix_ms(), why);
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

/* NOLINTNEXTLINE(readability-function-size): a door has who, what, how many and whom to tell */
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
    struct tw_store_sample *samples = calloc(count, sizeof *samples);
    if (samples == NULL) return TW_ERR_NOMEM;
    for (size_t i = 0; i < count && status == TW_OK; i++) {
        status = take(ingest, device, &m[i], (int32_t)i, &samples[i], out_fault);
        if (m[i].time_ms > newest_ms) newest_ms = m[i].time_ms;
    }
    if (status == TW_OK) {
        check(ingest, samples, count);
        status = tw_store_samples_add(ingest->options.store, source, tw_clock_unix_ms(), samples,
                                      count, done, user);
    }
    free(samples);
    note(device, newest_ms, count, status, out_fault);
    return status;
}
