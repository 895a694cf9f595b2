#include "telemetry/payload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tw_readings_done(struct tw_readings *readings)
{
    free(readings->list);
    tw_arena_done(&readings->texts);
    *readings = (struct tw_readings){0};
}

/* Whether a blank-separated list holds a word, or a star. */
static bool list_holds(const char *list, const char *word)
{
    size_t length = strlen(word);
    while (list != NULL && *list != 0) {
        list += strspn(list, " \t,");
        size_t size = strcspn(list, " \t,");
        if (size == 1 && *list == '*') return true;
        if (size == length && memcmp(list, word, size) == 0) return true;
        list += size;
    }
    return false;
}

static bool tag_find(const struct tw_payload *payload, const char *group, const char *tag,
                     struct tw_tag *out)
{
    char whole[TW_PAYLOAD_TAG_SIZE];
    if (group != NULL) {
        int length = snprintf(whole, sizeof whole, "%s/%s", group, tag);
        if (length > 0 && (size_t)length < sizeof whole &&
            tw_device_tag(payload->device, whole, out)) {
            return true;
        }
    }
    return tw_device_tag(payload->device, tag, out);
}

tw_status tw_readings_add(struct tw_readings *readings, const struct tw_payload *payload,
                          const char *group, const char *tag, const struct tw_measurement *value,
                          struct tw_samples_fault *out_fault)
{
    struct tw_tag found;
    if (!tag_find(payload, group, tag, &found)) {
        if (list_holds(tw_device_setting(payload->device, "ignore"), tag)) return TW_OK;
        return tw_samples_refuse(out_fault, (int32_t)readings->count,
                                 "devices.ini: map.TAG = SENSOR, or ignore = TAG ...",
                                 "tag \"%.80s\" is no sensor of device %.40s", tag,
                                 tw_device_name(payload->device));
    }
    if (readings->count >= TW_PAYLOAD_VALUES_MAX) {
        return tw_samples_refuse(out_fault, -1, "send it in smaller messages",
                                 "more than %d values", TW_PAYLOAD_VALUES_MAX);
    }
    if (readings->count == readings->capacity) {
        size_t capacity = readings->capacity > 0 ? 2 * readings->capacity : 4;
        struct tw_measurement *list = realloc(readings->list, capacity * sizeof *list);
        if (list == NULL) return TW_ERR_NOMEM;
        readings->list = list;
        readings->capacity = capacity;
    }
    struct tw_measurement *out = &readings->list[readings->count++];
    *out = *value;
    out->sensor = found.sensor;
    out->value *= found.factor;
    out->unit = found.unit;
    if (value->unit == NULL) return TW_OK;
    out->unit = tw_arena_text(&readings->texts, value->unit, strlen(value->unit));
    return out->unit != NULL ? TW_OK : TW_ERR_NOMEM;
}
