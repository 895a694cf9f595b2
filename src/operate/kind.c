#include "operate/kind.h"

#include "base/text.h"

#include <string.h>

static const struct tw_kind_info infos[TW_KIND_COUNT] = {
#define TW_KIND(id, key, unit, low, high, zero_ok, steps, names, zh, en)                           \
    {key, unit, low, high, (zero_ok) != 0, (steps) != 0, names, zh, en},
#include "operate/kinds.def"
#undef TW_KIND
};

const struct tw_kind_info *tw_kind_get(enum tw_kind kind) { return &infos[kind]; }

enum tw_kind tw_kind_find(const char *key)
{
    int kind = 0;
    while (kind < TW_KIND_COUNT && !tw_text_same(infos[kind].key, key))
        kind++;
    return (enum tw_kind)kind;
}

static bool begins_with(const char *name, const char *word, size_t length)
{
    char begin[32], part[32];
    if (length >= sizeof begin || strlen(name) < length) return false;
    memcpy(begin, name, length);
    memcpy(part, word, length);
    begin[length] = part[length] = '\0';
    return tw_text_same(begin, part) != 0;
}

enum tw_kind tw_kind_of_name(const char *name)
{
    for (int kind = 0; kind < TW_KIND_COUNT; kind++) {
        const char *at = infos[kind].names;
        while (*at != '\0') {
            size_t length = strcspn(at, " ");
            if (begins_with(name, at, length)) return (enum tw_kind)kind;
            at += length + (at[length] == ' ');
        }
    }
    return TW_KIND_VALUE;
}

struct tw_sensor_limits tw_kind_limits(enum tw_kind kind)
{
    struct tw_sensor_limits limits = TW_SENSOR_LIMITS_DEFAULT;
    limits.low = infos[kind].low;
    limits.high = infos[kind].high;
    limits.zero_ok = infos[kind].zero_ok;
    limits.steps = infos[kind].steps;
    return limits;
}
