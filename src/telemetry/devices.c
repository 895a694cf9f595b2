#include "telemetry/devices.h"

#include "store/store.h"
#include "telemetry/units.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SILENT_AFTER_S 600.0
#define BURST_S 10.0
#define BURST_LEAST 1000.0
#define KEY_SIZE 320 /* protocol, a newline, identity */

struct tw_device {
    const struct tw_devices *set;
    const char *protocol, *name, *source;
    char secret_sha256[TW_SHA256_HEX_SIZE]; /* "": none opens it */
    double rate_per_s, burst, silent_after_s;
    size_t message_bytes;
    struct tw_names tag_names;
    struct tw_tag *tags; /* [tag_names.count] */
    int32_t tag_capacity;
    struct tw_names keys;
    const char **values; /* [keys.capacity] */

    pthread_mutex_t mutex; /* guards what follows */
    double allowance;      /* samples that may come at once */
    int64_t allowed_ms;    /* when that was so; TW_DEVICE_NEVER: full */
    int64_t contact_ms, newest_ms, gap_ms, refused_ms;
    double lag_s, clock_s;
    int64_t messages, samples, refused, gaps;
    char refused_why[TW_DEVICE_WHY_SIZE];
};

struct tw_devices {
    struct tw_arena arena;
    const struct tw_catalogue *catalogue;
    struct tw_names names, identities, secrets, certificates; /* protocol\nwhat */
    int32_t *by_identity, *by_secret, *by_certificate;        /* [names.count] at most */
    struct tw_device **list;                                  /* [names.count] */
    int32_t capacity;
};

tw_status tw_devices_create(const struct tw_catalogue *catalogue, struct tw_devices **out_devices)
{
    struct tw_devices *devices = calloc(1, sizeof *devices);
    if (devices == NULL) return TW_ERR_NOMEM;
    tw_arena_init(&devices->arena);
    devices->catalogue = catalogue;
    tw_names_init(&devices->names, &devices->arena);
    tw_names_init(&devices->identities, &devices->arena);
    tw_names_init(&devices->secrets, &devices->arena);
    tw_names_init(&devices->certificates, &devices->arena);
    *out_devices = devices;
    return TW_OK;
}

void tw_devices_destroy(struct tw_devices *devices)
{
    if (devices == NULL) return;
    for (int32_t i = 0; i < devices->names.count; i++)
        (void)pthread_mutex_destroy(&devices->list[i]->mutex);
    free(devices->list);
    free(devices->by_identity);
    free(devices->by_secret);
    free(devices->by_certificate);
    tw_arena_done(&devices->arena);
    free(devices);
}

/* "protocol\nwhat"; false when it does not fit. */
static bool key_make(char out[KEY_SIZE], const char *protocol, const char *what)
{
    int length = snprintf(out, KEY_SIZE, "%s\n%s", protocol, what);
    return length >= 0 && length < KEY_SIZE;
}

static bool is_hash(const char *text)
{
    return text == NULL || (strlen(text) == TW_SHA256_HEX_SIZE - 1 &&
                            strspn(text, "0123456789abcdefABCDEF") == TW_SHA256_HEX_SIZE - 1);
}

static tw_status grow(struct tw_devices *devices)
{
    if (devices->names.count < devices->capacity) return TW_OK;
    int32_t capacity = devices->capacity == 0 ? 32 : 2 * devices->capacity;
    struct tw_device **list = realloc(devices->list, (size_t)capacity * sizeof(void *));
    if (list != NULL) devices->list = list;
    int32_t **const indices[3] = {&devices->by_identity, &devices->by_secret,
                                  &devices->by_certificate};
    for (int i = 0; i < 3; i++) {
        int32_t *wider = realloc(*indices[i], (size_t)capacity * sizeof(int32_t));
        if (wider == NULL) return TW_ERR_NOMEM;
        *indices[i] = wider;
    }
    if (list == NULL) return TW_ERR_NOMEM;
    devices->capacity = capacity;
    return TW_OK;
}

/* Make one of a device's further names lead to it. */
static tw_status lead(struct tw_names *names, int32_t *indices, const char *protocol,
                      const char *what, int32_t device)
{
    char key[KEY_SIZE];
    int32_t at = 0;
    if (what == NULL) return TW_OK;
    if (!key_make(key, protocol, what)) return TW_ERR_ARG;
    TW_TRY(tw_names_add(names, key, &at));
    indices[at] = device;
    return TW_OK;
}

static const char *copy(struct tw_devices *devices, const char *text)
{
    return tw_arena_text(&devices->arena, text, strlen(text));
}

static struct tw_device *device_new(struct tw_devices *devices,
                                    const struct tw_device_options *options)
{
    struct tw_device *device = TW_ARENA_NEW(&devices->arena, struct tw_device, 1);
    if (device == NULL) return NULL;
    char source[TW_STORE_NAME_SIZE];
    (void)snprintf(source, sizeof source, "%s/%s", options->protocol, options->name);
    double least = options->rate_per_s * BURST_S;
    *device = (struct tw_device){
        .set = devices,
        .protocol = copy(devices, options->protocol),
        .name = copy(devices, options->name),
        .source = copy(devices, options->source != NULL ? options->source : source),
        .rate_per_s = options->rate_per_s,
        .burst = options->burst > 0.0  ? options->burst
                 : least > BURST_LEAST ? least
                                       : BURST_LEAST,
        .silent_after_s = options->silent_after_s > 0.0 ? options->silent_after_s : SILENT_AFTER_S,
        .message_bytes = options->message_bytes,
        .allowed_ms = TW_DEVICE_NEVER,
        .contact_ms = TW_DEVICE_NEVER,
        .newest_ms = TW_DEVICE_NEVER,
        .gap_ms = TW_DEVICE_NEVER,
        .refused_ms = TW_DEVICE_NEVER,
        .lag_s = (double)NAN,
        .clock_s = (double)NAN};
    tw_names_init(&device->tag_names, &devices->arena);
    tw_names_init(&device->keys, &devices->arena);
    for (int i = 0; i < TW_SHA256_HEX_SIZE - 1 && options->secret_sha256 != NULL; i++) {
        char c = options->secret_sha256[i];
        device->secret_sha256[i] = (char)(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
    }
    if (device->protocol == NULL || device->name == NULL || device->source == NULL) return NULL;
    return device;
}

tw_status tw_devices_add(struct tw_devices *devices, const struct tw_device_options *options,
                         struct tw_device **out_device)
{
    char key[KEY_SIZE];
    int32_t index = 0;
    const char *identity = options->identity != NULL ? options->identity : options->name;
    if (strlen(options->name) >= TW_DEVICE_NAME_SIZE) return TW_ERR_ARG;
    if (!is_hash(options->secret_sha256) || !is_hash(options->certificate_sha256)) {
        return TW_ERR_ARG;
    }
    if (!key_make(key, options->protocol, identity)) return TW_ERR_ARG;
    if (tw_names_find(&devices->identities, key) >= 0) return TW_ERR_NAME;
    if (!key_make(key, options->protocol, options->name)) return TW_ERR_ARG;
    if (tw_names_find(&devices->names, key) >= 0) return TW_ERR_NAME;
    TW_TRY(grow(devices));
    struct tw_device *device = device_new(devices, options);
    if (device == NULL) return TW_ERR_NOMEM;
    index = devices->names.count;
    TW_TRY(lead(&devices->identities, devices->by_identity, options->protocol, identity, index));
    /* Two devices may share a secret; it then leads to the first. */
    tw_status status = lead(&devices->secrets, devices->by_secret, options->protocol,
                            options->secret_sha256, index);
    if (status != TW_OK && status != TW_ERR_NAME) return status;
    status = lead(&devices->certificates, devices->by_certificate, options->protocol,
                  options->certificate_sha256, index);
    if (status != TW_OK && status != TW_ERR_NAME) return status;
    TW_TRY(tw_names_add(&devices->names, key, &index));
    (void)pthread_mutex_init(&device->mutex, NULL);
    devices->list[index] = device;
    if (out_device != NULL) *out_device = device;
    return TW_OK;
}

tw_status tw_device_tag_add(struct tw_device *device, const char *name, const struct tw_tag *tag)
{
    /* Only its own set's arena is written to. */
    struct tw_arena *arena = device->tag_names.arena;
    const struct tw_sensor_entry *entry = tw_catalogue_find(device->set->catalogue, tag->sensor);
    double factor = 1.0;
    if (entry == NULL) return TW_ERR_NAME;
    if (tag->unit != NULL && strcmp(tag->unit, entry->unit) != 0 &&
        tw_unit_factor(tag->unit, entry->unit, &factor) != TW_OK) {
        return TW_ERR_ARG;
    }
    if (device->tag_names.count == device->tag_capacity) {
        int32_t capacity = device->tag_capacity == 0 ? 16 : 2 * device->tag_capacity;
        struct tw_tag *tags = TW_ARENA_NEW(arena, struct tw_tag, capacity);
        if (tags == NULL) return TW_ERR_NOMEM;
        if (device->tag_capacity > 0) {
            memcpy(tags, device->tags, (size_t)device->tag_capacity * sizeof *tags);
        }
        device->tags = tags;
        device->tag_capacity = capacity;
    }
    struct tw_tag own = {.sensor = tw_arena_text(arena, tag->sensor, strlen(tag->sensor)),
                         .factor = tag->factor};
    if (tag->unit != NULL) own.unit = tw_arena_text(arena, tag->unit, strlen(tag->unit));
    if (own.sensor == NULL || (tag->unit != NULL && own.unit == NULL)) return TW_ERR_NOMEM;
    int32_t index = 0;
    TW_TRY(tw_names_add(&device->tag_names, name, &index));
    device->tags[index] = own;
    return TW_OK;
}

tw_status tw_device_setting_add(struct tw_device *device, const char *key, const char *value)
{
    int32_t index = 0;
    int32_t capacity = device->keys.capacity;
    struct tw_arena *arena = device->keys.arena;
    const char *text = tw_arena_text(arena, value, strlen(value));
    if (text == NULL) return TW_ERR_NOMEM;
    TW_TRY(tw_names_add(&device->keys, key, &index));
    if (device->keys.capacity != capacity) {
        const char **wider = TW_ARENA_NEW(arena, const char *, device->keys.capacity);
        if (wider == NULL) return TW_ERR_NOMEM;
        if (index > 0) memcpy(wider, device->values, (size_t)index * sizeof *wider);
        device->values = wider;
    }
    device->values[index] = text;
    return TW_OK;
}

const char *tw_device_setting(const struct tw_device *device, const char *key)
{
    int32_t at = tw_names_find(&device->keys, key);
    return at < 0 ? NULL : device->values[at];
}

static struct tw_device *find(const struct tw_devices *devices, const struct tw_names *names,
                              const int32_t *indices, const char *protocol, const char *what)
{
    char key[KEY_SIZE];
    if (!key_make(key, protocol, what)) return NULL;
    int32_t at = tw_names_find(names, key);
    return at < 0 ? NULL : devices->list[indices[at]];
}

struct tw_device *tw_devices_find(struct tw_devices *devices, const char *protocol,
                                  const char *identity)
{
    return find(devices, &devices->identities, devices->by_identity, protocol, identity);
}

struct tw_device *tw_devices_find_name(struct tw_devices *devices, const char *protocol,
                                       const char *name)
{
    char key[KEY_SIZE];
    if (!key_make(key, protocol, name)) return NULL;
    int32_t at = tw_names_find(&devices->names, key);
    return at < 0 ? NULL : devices->list[at];
}

struct tw_device *tw_devices_find_secret(struct tw_devices *devices, const char *protocol,
                                         const void *secret, size_t size)
{
    /* Looking a hash up tells by its time of hashes only, from which no secret can be made. */
    char hex[TW_SHA256_HEX_SIZE];
    tw_sha256_hex(secret, size, hex);
    return find(devices, &devices->secrets, devices->by_secret, protocol, hex);
}

struct tw_device *tw_devices_find_certificate(struct tw_devices *devices, const char *protocol,
                                              const char *sha256_hex)
{
    return find(devices, &devices->certificates, devices->by_certificate, protocol, sha256_hex);
}

int32_t tw_devices_count(const struct tw_devices *devices) { return devices->names.count; }

struct tw_device *tw_devices_get(const struct tw_devices *devices, int32_t i)
{
    return devices->list[i];
}

const char *tw_device_name(const struct tw_device *device) { return device->name; }

const char *tw_device_source(const struct tw_device *device) { return device->source; }

size_t tw_device_message_bytes(const struct tw_device *device) { return device->message_bytes; }

bool tw_device_admits(const struct tw_device *device, const void *secret, size_t size)
{
    char hex[TW_SHA256_HEX_SIZE];
    unsigned char differ = 0;
    if (device->secret_sha256[0] == 0) return false;
    tw_sha256_hex(secret, size, hex);
    for (int i = 0; i < TW_SHA256_HEX_SIZE - 1; i++)
        differ |= (unsigned char)(hex[i] ^ device->secret_sha256[i]);
    return differ == 0;
}

bool tw_device_allows(struct tw_device *device, int64_t now_ms, size_t samples)
{
    if (!(device->rate_per_s > 0.0)) return true;
    (void)pthread_mutex_lock(&device->mutex);
    if (device->allowed_ms == TW_DEVICE_NEVER) {
        device->allowance = device->burst;
    } else if (now_ms > device->allowed_ms) {
        device->allowance += device->rate_per_s * (double)(now_ms - device->allowed_ms) / 1000.0;
        if (device->allowance > device->burst) device->allowance = device->burst;
    }
    device->allowed_ms = now_ms;
    bool allowed = (double)samples <= device->allowance;
    if (allowed) device->allowance -= (double)samples;
    (void)pthread_mutex_unlock(&device->mutex);
    return allowed;
}

int32_t tw_device_tag_count(const struct tw_device *device) { return device->tag_names.count; }

const char *tw_device_tag_get(const struct tw_device *device, int32_t i, struct tw_tag *out)
{
    *out = device->tags[i];
    return tw_names_get(&device->tag_names, i);
}

bool tw_device_tag(const struct tw_device *device, const char *tag, struct tw_tag *out)
{
    int32_t at = tw_names_find(&device->tag_names, tag);
    if (at >= 0) {
        *out = device->tags[at];
        return true;
    }
    const struct tw_catalogue *catalogue = device->set->catalogue;
    int32_t index = tw_catalogue_index(catalogue, tag);
    if (index < 0) return false;
    const char *only = catalogue->entries[index].source;
    if (only != NULL && strcmp(only, device->source) != 0) return false;
    *out = (struct tw_tag){.sensor = tw_names_get(&catalogue->ids, index), .factor = 1.0};
    return true;
}

void tw_device_note_contact(struct tw_device *device, int64_t now_ms, int64_t newest_ms,
                            size_t samples)
{
    (void)pthread_mutex_lock(&device->mutex);
    if (device->contact_ms != TW_DEVICE_NEVER &&
        (double)(now_ms - device->contact_ms) > 1000.0 * device->silent_after_s) {
        device->gaps++;
        device->gap_ms = device->contact_ms;
    }
    device->contact_ms = now_ms;
    device->messages++;
    device->samples += (int64_t)samples;
    if (newest_ms != TW_DEVICE_NEVER) {
        device->lag_s = (double)(now_ms - newest_ms) / 1000.0;
        if (newest_ms > device->newest_ms) device->newest_ms = newest_ms;
    }
    (void)pthread_mutex_unlock(&device->mutex);
}

void tw_device_note_clock(struct tw_device *device, double ahead_s)
{
    (void)pthread_mutex_lock(&device->mutex);
    device->clock_s = ahead_s;
    (void)pthread_mutex_unlock(&device->mutex);
}

void tw_device_note_refused(struct tw_device *device, int64_t now_ms, const char *why)
{
    (void)pthread_mutex_lock(&device->mutex);
    device->refused++;
    device->refused_ms = now_ms;
    (void)snprintf(device->refused_why, sizeof device->refused_why, "%s", why);
    (void)pthread_mutex_unlock(&device->mutex);
}

void tw_device_view_get(struct tw_device *device, struct tw_device_view *out)
{
    (void)pthread_mutex_lock(&device->mutex);
    *out = (struct tw_device_view){.protocol = device->protocol,
                                   .name = device->name,
                                   .source = device->source,
                                   .contact_ms = device->contact_ms,
                                   .newest_ms = device->newest_ms,
                                   .lag_s = device->lag_s,
                                   .messages = device->messages,
                                   .samples = device->samples,
                                   .refused = device->refused,
                                   .gaps = device->gaps,
                                   .gap_ms = device->gap_ms,
                                   .silent_after_s = device->silent_after_s,
                                   .clock_s = device->clock_s,
                                   .refused_ms = device->refused_ms};
    memcpy(out->refused_why, device->refused_why, sizeof out->refused_why);
    (void)pthread_mutex_unlock(&device->mutex);
}
