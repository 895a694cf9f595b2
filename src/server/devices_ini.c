#include "server/devices_ini.h"

#include "base/text.h"
#include "server/ini.h"

#include <stdio.h>
#include <string.h>

#define MAP_PREFIX "map."
#define WORDS 3 /* of a map: sensor, unit, factor */
#define WORD_SIZE 128

/* Keys that every protocol's devices have; anything else is for the protocol itself. */
static const char *const common_keys[] = {
    "identity",   "source", "secret_sha256", "certificate_sha256",
    "rate_per_s", "burst",  "message_bytes", "silent_after_s",
};

struct reading {
    struct tw_ini ini;
    struct tw_devices *devices;
    tw_faults *faults;
};

static void fault_at(struct reading *reading, const char *section, const char *key,
                     const char *remedy)
{
    const struct tw_ini_entry *entry = tw_ini_find(&reading->ini, section, key);
    tw_faults_add(reading->faults, reading->ini.path, entry == NULL ? 0 : entry->line,
                  "[%s] %s: %s", section, key, remedy);
}

/* Split a section's name, `PROTOCOL NAME`. */
static bool section_split(const char *section, char *protocol, const char **out_name)
{
    size_t length = strcspn(section, " \t");
    if (length == 0 || length >= TW_DEVICE_NAME_SIZE) return false;
    memcpy(protocol, section, length);
    protocol[length] = 0;
    *out_name = section + length + strspn(section + length, " \t");
    return **out_name != 0 && strlen(*out_name) < TW_DEVICE_NAME_SIZE;
}

/* The next word of a text; false when there is none, or it does not fit. */
static bool next_word(const char **text, char out[WORD_SIZE])
{
    *text += strspn(*text, " \t");
    size_t length = strcspn(*text, " \t");
    if (length == 0 || length >= WORD_SIZE) return false;
    memcpy(out, *text, length);
    out[length] = 0;
    *text += length;
    return true;
}

/* map.TAG = SENSOR [UNIT [FACTOR]]; `-` stands for the sensor's own unit. */
static tw_status add_tag(struct reading *reading, struct tw_device *device,
                         const struct tw_ini_entry *entry)
{
    char words[WORDS][WORD_SIZE] = {{0}};
    const char *rest = entry->value;
    int count = 0;
    while (count < WORDS && next_word(&rest, words[count]))
        count++;
    struct tw_tag tag = {.sensor = words[0], .factor = 1.0};
    if (count > 1 && strcmp(words[1], "-") != 0) tag.unit = words[1];
    bool sound = count > 0 && rest[strspn(rest, " \t")] == 0;
    if (count > 2 && tw_text_double(words[2], &tag.factor) != TW_OK) sound = false;
    if (!sound) {
        tw_faults_add(reading->faults, reading->ini.path, entry->line,
                      "[%s] %s: \"%s\" is not SENSOR [UNIT [FACTOR]], e.g. L7 cm 1", entry->section,
                      entry->key, entry->value);
        return TW_OK;
    }
    tw_status status = tw_device_tag_add(device, entry->key + strlen(MAP_PREFIX), &tag);
    if (status == TW_ERR_NAME) {
        tw_faults_add(reading->faults, reading->ini.path, entry->line,
                      "[%s] %s: there is no sensor \"%s\" in sensors.geojson", entry->section,
                      entry->key, words[0]);
    } else if (status == TW_ERR_ARG) {
        tw_faults_add(reading->faults, reading->ini.path, entry->line,
                      "[%s] %s: unit \"%s\" cannot become that of sensor \"%s\"", entry->section,
                      entry->key, words[1], words[0]);
    }
    return status == TW_ERR_NOMEM ? status : TW_OK;
}

/* What a section says beyond what all devices have. */
static tw_status add_rest(struct reading *reading, struct tw_device *device,
                          const struct tw_ini_entry *entry, const char *protocol)
{
    if (strncmp(entry->key, MAP_PREFIX, strlen(MAP_PREFIX)) == 0) {
        return add_tag(reading, device, entry);
    }
    for (size_t i = 0; i < sizeof common_keys / sizeof common_keys[0]; i++) {
        if (tw_text_same(entry->key, common_keys[i])) return TW_OK;
    }
    if (tw_text_same(protocol, "http")) {
        tw_faults_warn(reading->faults, reading->ini.path, entry->line,
                       "[%s] %s has no effect; docs/operations.md lists what there is",
                       entry->section, entry->key);
        return TW_OK;
    }
    tw_status status = tw_device_setting_add(device, entry->key, entry->value);
    return status == TW_ERR_NOMEM ? status : TW_OK;
}

static tw_status add_device(struct reading *reading, const char *section, const char *protocol,
                            const char *name, struct tw_device **out_device)
{
    struct tw_ini *ini = &reading->ini;
    tw_faults *faults = reading->faults;
    const double rates[2] = {0.0, 1e9};
    const double bytes[2] = {0.0, 1e9};
    const double silences[2] = {0.0, 1e9};
    const struct tw_device_options options = {
        .protocol = protocol,
        .name = name,
        .identity = tw_ini_text(ini, section, "identity", NULL),
        .source = tw_ini_text(ini, section, "source", NULL),
        .secret_sha256 = tw_ini_text(ini, section, "secret_sha256", NULL),
        .certificate_sha256 = tw_ini_text(ini, section, "certificate_sha256", NULL),
        .rate_per_s = tw_ini_number(ini, section, "rate_per_s", 0.0, rates, faults),
        .burst = tw_ini_number(ini, section, "burst", 0.0, rates, faults),
        .message_bytes = (size_t)tw_ini_number(ini, section, "message_bytes", 0.0, bytes, faults),
        .silent_after_s = tw_ini_number(ini, section, "silent_after_s", 0.0, silences, faults)};
    tw_status status = tw_devices_add(reading->devices, &options, out_device);
    if (status == TW_ERR_NAME) {
        fault_at(reading, section, "identity",
                 "another device of this protocol has this name or identity");
    } else if (status == TW_ERR_ARG) {
        fault_at(reading, section, "secret_sha256",
                 "write 64 hexadecimal digits: printf %s SECRET | sha256sum");
    }
    return status;
}

static tw_status take_section(struct reading *reading, int32_t first)
{
    const struct tw_ini_entry *entries = reading->ini.entries;
    const char *section = entries[first].section;
    char protocol[TW_DEVICE_NAME_SIZE];
    const char *name = NULL;
    struct tw_device *device = NULL;
    if (!section_split(section, protocol, &name)) {
        tw_faults_add(reading->faults, reading->ini.path, entries[first].line,
                      "[%s]: a section is written [PROTOCOL NAME], e.g. [http gateway-3]", section);
        return TW_OK;
    }
    tw_status status = add_device(reading, section, protocol, name, &device);
    if (status != TW_OK) return status == TW_ERR_NOMEM ? status : TW_OK;
    for (int32_t i = first; i < reading->ini.count; i++) {
        if (!tw_text_same(entries[i].section, section)) continue;
        TW_TRY(add_rest(reading, device, &entries[i], protocol));
    }
    return TW_OK;
}

tw_status tw_devices_read(const char *path, struct tw_devices *devices, tw_faults *faults)
{
    struct reading reading = {.devices = devices, .faults = faults};
    struct tw_arena arena;
    tw_arena_init(&arena);
    size_t before = tw_faults_count(faults);
    tw_status status = tw_ini_read(path, &arena, faults, &reading.ini);
    for (int32_t i = 0; i < reading.ini.count && status == TW_OK; i++) {
        bool seen = false;
        for (int32_t k = 0; k < i && !seen; k++) {
            seen = tw_text_same(reading.ini.entries[k].section, reading.ini.entries[i].section);
        }
        if (!seen) status = take_section(&reading, i);
    }
    tw_arena_done(&arena);
    if (status == TW_OK && tw_faults_count(faults) > before) status = TW_ERR_INPUT;
    return status;
}
