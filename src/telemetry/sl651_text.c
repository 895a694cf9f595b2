#include "telemetry/sl651_text.h"

#include "net/iso_time.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    HEAD = 8, /* serial number and time of sending */
    TIME_STEP = 0x04,
    DURATION = 0x05,
    STATE = 0x45,
    OBSERVED = 0xF0,
    ADDRESS = 0xF1,
    MANUAL = 0xF2,
    PICTURE = 0xF3,
    HOUR_RAIN = 0xF4,
    HOUR_LEVEL_FIRST = 0xF5,
    HOUR_LEVEL_LAST = 0xFC,
    VELOCITIES = 0xFD,
    EXTENDED = 0xFF
};

#define MINUTE_MS INT64_C(60000)
#define FIVE_MINUTES_MS (5 * MINUTE_MS)

/* Two BCD digits; -1 when they are not. */
static int bcd(uint8_t byte)
{
    int tens = byte >> 4;
    int ones = byte & 0xF;
    return tens > 9 || ones > 9 ? -1 : tens * 10 + ones;
}

/* YYMMDDhhmm[ss] in BCD; INT64_MIN when there is no such time. */
static int64_t time_of(const uint8_t *bytes, size_t count, int32_t zone_s)
{
    int parts[6] = {0};
    char iso[TW_ISO_TIME_SIZE];
    int64_t ms = 0;
    for (size_t i = 0; i < count; i++) {
        parts[i] = bcd(bytes[i]);
        if (parts[i] < 0) return INT64_MIN;
    }
    (void)snprintf(iso, sizeof iso, "20%02d-%02d-%02dT%02d:%02d:%02d", parts[0], parts[1], parts[2],
                   parts[3], parts[4], parts[5]);
    return tw_iso_time_parse(iso, zone_s, &ms) == TW_OK ? ms : INT64_MIN;
}

void tw_sl651_time_write(int64_t time_ms, int32_t zone_s, uint8_t out[6])
{
    char iso[TW_ISO_TIME_SIZE];
    tw_iso_time_format(time_ms, zone_s, iso);
    for (size_t i = 0; i < 6;
         i++) /* 20YY-MM-DDThh:mm:ss: two digits from the third on, in threes */
        out[i] = (uint8_t)((iso[2 + 3 * i] - '0') << 4 | (iso[3 + 3 * i] - '0'));
}

tw_status tw_sl651_head_parse(const uint8_t *text, size_t size, int32_t zone_s,
                              struct tw_sl651_head *out)
{
    if (size < HEAD) return TW_ERR_FORMAT;
    *out = (struct tw_sl651_head){.serial = (uint16_t)(text[0] << 8 | text[1]),
                                  .sent_ms = time_of(text + 2, 6, zone_s)};
    return TW_OK;
}

static bool has_elements(uint8_t function)
{
    return (function >= TW_SL651_TEST && function <= TW_SL651_HOURLY) ||
           function == TW_SL651_QUERY_NOW || function == TW_SL651_QUERY_PAST ||
           function == TW_SL651_QUERY_SOME;
}

struct tw_sl651_walk tw_sl651_walk_begin(uint8_t function, const uint8_t *text, size_t size,
                                         int32_t zone_s)
{
    struct tw_sl651_walk walk = {.function = function, .zone_s = zone_s, .time_ms = INT64_MIN};
    bool some = has_elements(function) && size >= HEAD;
    walk.at = text + (some ? HEAD : size);
    walk.end = text + size;
    return walk;
}

static const char *unit_of(uint8_t identifier)
{
    switch (identifier) {
#define TW_SL651_ELEMENT(id, unit)                                                                 \
    case id:                                                                                       \
        return unit;
#include "telemetry/sl651_elements.def"
#undef TW_SL651_ELEMENT
    default:
        return NULL;
    }
}

/* A number of `bytes` bytes of BCD; a first byte FF is the sign. false: no digits. */
static bool number_of(const uint8_t *at, int32_t bytes, int32_t decimals, double *out)
{
    bool negative = bytes > 1 && at[0] == 0xFF;
    double digits = 0.0;
    for (int32_t i = negative ? 1 : 0; i < bytes; i++) {
        int pair = bcd(at[i]);
        if (pair < 0) return false;
        digits = digits * 100.0 + pair;
    }
    double scale = 1.0;
    for (int32_t i = 0; i < decimals; i++)
        scale *= 10.0;
    *out = (negative ? -digits : digits) / scale;
    return true;
}

/* A value of a run, its time set; steps to the next. */
static void run_take(struct tw_sl651_walk *walk, struct tw_sl651_value *out)
{
    *out = walk->run;
    if (walk->run_binary) {
        unsigned raw =
            walk->run_bytes == 1 ? walk->at[0] : (unsigned)walk->at[0] << 8 | walk->at[1];
        out->missing = raw == (walk->run_bytes == 1 ? 0xFFu : 0xFFFFu);
        out->value = raw / (walk->run_bytes == 1 ? 10.0 : 100.0); /* 0.1 mm, 0.01 m */
    } else {
        out->missing = !number_of(walk->at, walk->run_bytes, walk->run_decimals, &out->value);
    }
    if (out->missing) out->value = NAN;
    walk->at += walk->run_bytes;
    walk->run_left--;
    if (walk->run.time_ms != INT64_MIN) walk->run.time_ms += walk->step_ms;
}

static bool stop(struct tw_sl651_walk *walk, const char *why)
{
    walk->fault = why;
    walk->at = walk->end;
    return false;
}

/* An observation time or a station's address. */
static bool mark_read(struct tw_sl651_walk *walk)
{
    bool address = walk->at[0] == ADDRESS;
    size_t size = address ? 8 : 7; /* with the station's kind behind its address */
    if ((size_t)(walk->end - walk->at) < size) return stop(walk, "an address or a time is cut off");
    if (address) {
        memcpy(walk->station, walk->at + 2, 5);
    } else {
        walk->time_ms = time_of(walk->at + 2, 5, walk->zone_s);
        if (walk->time_ms == INT64_MIN) return stop(walk, "a time of observation is none");
    }
    walk->at += size;
    return true;
}

/* The step between values: days, hours and minutes, of which one is not 0; all 0: the five minutes of
 * an hour's values. */
static bool step_read(struct tw_sl651_walk *walk)
{
    if (walk->end - walk->at < 5 || walk->at[1] != 0x18) return stop(walk, "a time step is none");
    int days = bcd(walk->at[2]);
    int hours = bcd(walk->at[3]);
    int minutes = bcd(walk->at[4]);
    if (days < 0 || hours < 0 || minutes < 0) return stop(walk, "a time step is none");
    walk->step_ms = ((days * INT64_C(24) + hours) * 60 + minutes) * MINUTE_MS;
    walk->at += 5;
    return true;
}

/* An element's identifier and size: begins a run of one value, or of as many as there are. */
static bool run_begin(struct tw_sl651_walk *walk)
{
    uint8_t identifier = walk->at[0];
    size_t named = identifier == EXTENDED ? 2 : 1;
    if ((size_t)(walk->end - walk->at) < named + 1) return stop(walk, "an element is cut off");
    walk->run = (struct tw_sl651_value){.unit = unit_of(identifier), .time_ms = walk->time_ms};
    memcpy(walk->run.station, walk->station, sizeof walk->station);
    (void)snprintf(walk->run.tag, sizeof walk->run.tag, named == 2 ? "%02X%02X" : "%02X",
                   identifier, walk->at[1]);
    int32_t bytes = walk->at[named] >> 3;
    walk->run_decimals = walk->at[named] & 7;
    walk->at += named + 1;
    if (bytes == 0 || walk->end - walk->at < bytes) return stop(walk, "an element is cut off");

    walk->run_binary = identifier >= HOUR_RAIN && identifier <= HOUR_LEVEL_LAST;
    walk->run_bytes = bytes;
    walk->run_left = 1;
    if (walk->run_binary) {
        walk->run_bytes = identifier == HOUR_RAIN ? 1 : 2;
        walk->run_left = bytes / walk->run_bytes;
        walk->step_ms = FIVE_MINUTES_MS;
    } else if (walk->function == TW_SL651_EVEN || walk->function == TW_SL651_QUERY_PAST) {
        walk->run_left = (int32_t)(walk->end - walk->at) / bytes; /* section 6.6.4.4: one element */
        if (walk->run_left > 1 && walk->step_ms == 0) return stop(walk, "the time step is missing");
    }
    return true;
}

/* What is not a number: the state word, a duration. */
static bool is_no_number(uint8_t identifier)
{
    return identifier == STATE || identifier == DURATION;
}

bool tw_sl651_walk_next(struct tw_sl651_walk *walk, struct tw_sl651_value *out)
{
    for (;;) {
        if (walk->run_left > 0) {
            run_take(walk, out);
            return true;
        }
        if (walk->end - walk->at < 2) {
            return walk->at == walk->end ? false : stop(walk, "a byte too many");
        }
        uint8_t identifier = walk->at[0];
        if (identifier == MANUAL || identifier == PICTURE || identifier == VELOCITIES) {
            walk->at = walk->end; /* all the rest is its own */
        } else if (identifier == OBSERVED || identifier == ADDRESS) {
            if (!mark_read(walk)) return false;
        } else if (identifier == TIME_STEP) {
            if (!step_read(walk)) return false;
        } else if (is_no_number(identifier)) {
            int32_t bytes = walk->at[1] >> 3;
            if (walk->end - walk->at < 2 + bytes) return stop(walk, "an element is cut off");
            walk->at += 2 + bytes;
        } else if (!run_begin(walk)) {
            return false;
        }
    }
}
