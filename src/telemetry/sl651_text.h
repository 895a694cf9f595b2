/* What the text of an SL 651-2014 frame says: serial number, time of sending, and elements, each an
 * identifier, a byte that tells how many bytes and decimals follow, and BCD digits. */
#ifndef TW_TELEMETRY_SL651_TEXT_H
#define TW_TELEMETRY_SL651_TEXT_H

#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TW_SL651_TAG_SIZE 8

/* Functions of a station; SL 651-2014, appendix B. */
enum {
    TW_SL651_KEEP_ALIVE = 0x2F,
    TW_SL651_TEST = 0x30,
    TW_SL651_EVEN = 0x31,
    TW_SL651_TIMED = 0x32,
    TW_SL651_ADDED = 0x33,
    TW_SL651_HOURLY = 0x34,
    TW_SL651_MANUAL = 0x35,
    TW_SL651_PICTURE = 0x36,
    TW_SL651_QUERY_NOW = 0x37,
    TW_SL651_QUERY_PAST = 0x38,
    TW_SL651_QUERY_MANUAL = 0x39,
    TW_SL651_QUERY_SOME = 0x3A,
    TW_SL651_CLOCK_SET = 0x4A
};

/** The beginning of every text. */
struct tw_sl651_head {
    uint16_t serial;
    int64_t sent_ms; /* by the station's clock [ms since 1970]; INT64_MIN: no such time */
};

/** One value. */
struct tw_sl651_value {
    char tag[TW_SL651_TAG_SIZE]; /* the identifier, two or four hexadecimal digits: "39", "FF01" */
    const char *unit;            /* of the standard's table; NULL: none, or not in it */
    uint8_t station[5];
    int64_t time_ms; /* of observation; INT64_MIN: none was stated */
    double value;
    bool missing; /* the station says that there is none */
};

/** Where the walk through a text stands. */
struct tw_sl651_walk {
    const uint8_t *at, *end;
    uint8_t function;
    uint8_t station[5];
    int32_t zone_s;
    int64_t time_ms, step_ms;
    /* a run of values of one identifier */
    struct tw_sl651_value run;
    int32_t run_bytes, run_decimals, run_left;
    bool run_binary;
    const char *fault; /* why the walk ended before the end; NULL: it did not */
};

/**
 * Read the beginning of a text.
 *
 * zone_s  seconds east of Greenwich in which the station's clock runs
 * errors  TW_ERR_FORMAT it is shorter than eight bytes
 */
tw_status tw_sl651_head_parse(const uint8_t *text, size_t size, int32_t zone_s,
                              struct tw_sl651_head *out);

/** Begin a walk through the elements of a whole text; there are none in functions without any. */
struct tw_sl651_walk tw_sl651_walk_begin(uint8_t function, const uint8_t *text, size_t size,
                                         int32_t zone_s);

/** The next value; false at the end, or at what cannot be read: walk->fault says why. */
bool tw_sl651_walk_next(struct tw_sl651_walk *walk, struct tw_sl651_value *out);

/** Write a time as six bytes of BCD, YYMMDDhhmmss. */
void tw_sl651_time_write(int64_t time_ms, int32_t zone_s, uint8_t out[6]);

#endif
