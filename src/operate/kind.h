/* What tags measure. */
#ifndef TW_OPERATE_KIND_H
#define TW_OPERATE_KIND_H

#include "operate/sensor.h"

/** Kinds of tags, as kinds.def lists them. */
enum tw_kind {
#define TW_KIND(id, key, unit, low, high, zero_ok, steps, names, zh, en) TW_KIND_##id,
#include "operate/kinds.def"
#undef TW_KIND
    TW_KIND_COUNT
};

/** A row of kinds.def. */
struct tw_kind_info {
    const char *key, *unit;
    double low, high;
    bool zero_ok, steps;
    const char *names; /* beginnings, blanks between them */
    const char *zh, *en;
};

/** What a kind is. */
const struct tw_kind_info *tw_kind_get(enum tw_kind kind);

/** The kind of a key; TW_KIND_COUNT: there is none. */
enum tw_kind tw_kind_find(const char *key);

/** The kind that a column's name begins with; TW_KIND_VALUE: none. */
enum tw_kind tw_kind_of_name(const char *name);

/** What an instrument of a kind may show. */
struct tw_sensor_limits tw_kind_limits(enum tw_kind kind);

#endif
