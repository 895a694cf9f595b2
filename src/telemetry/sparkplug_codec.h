/* The protobuf messages of Sparkplug B, read piece by piece; nothing is copied.
 *
 * source  Eclipse Sparkplug Specification 3.0.0, section 6.4; Protocol Buffers, Encoding */
#ifndef TW_TELEMETRY_SPARKPLUG_CODEC_H
#define TW_TELEMETRY_SPARKPLUG_CODEC_H

#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Data types of metrics that are numbers. */
enum {
    TW_SPARKPLUG_INT8 = 1,
    TW_SPARKPLUG_INT16 = 2,
    TW_SPARKPLUG_INT32 = 3,
    TW_SPARKPLUG_INT64 = 4,
    TW_SPARKPLUG_DATETIME = 13
};

/** How the value of a metric stands in the message. */
enum tw_sparkplug_kind {
    TW_SPARKPLUG_NONE,
    TW_SPARKPLUG_WHOLE, /* int, long, boolean */
    TW_SPARKPLUG_REAL,  /* float, double */
    TW_SPARKPLUG_OTHER  /* texts, bytes, sets, templates */
};

/** A metric; name is borrowed from the message and not terminated. */
struct tw_sparkplug_metric {
    const char *name; /* NULL: it has an alias only */
    size_t name_size;
    bool has_alias, has_time, is_historical, is_null;
    bool doubtful; /* its property Quality is there and not 192, good */
    uint64_t alias, time_ms;
    uint32_t type; /* 0: not stated */
    enum tw_sparkplug_kind kind;
    uint64_t whole;
    double real;
};

/** A payload; its metrics are walked with tw_sparkplug_metric_next. */
struct tw_sparkplug_message {
    const uint8_t *bytes;
    size_t size;
    bool has_time, has_seq;
    uint64_t time_ms, seq;
};

/** Read what is outside the metrics, and see that all is well formed. errors: TW_ERR_FORMAT */
tw_status tw_sparkplug_decode(const uint8_t *bytes, size_t size,
                              struct tw_sparkplug_message *out_message);

/** Take the next metric of a decoded message, from *at (0 first); false after the last. */
bool tw_sparkplug_metric_next(const struct tw_sparkplug_message *message, size_t *at,
                              struct tw_sparkplug_metric *out_metric);

/** The metric's number; type: what its birth said, where it says nothing itself. False: it has
 * none. */
bool tw_sparkplug_number(const struct tw_sparkplug_metric *metric, uint32_t type,
                         double *out_value);

#endif
