/* Influx line protocol: `measurement[,tag=value...] field=value[,field=value...] [time]` a line.
 *
 * A field is a sample. Its sensor is the value of the tag `sensor`, or without one the measurement;
 * a field that is not called `value` adds its name after a point: `pump7 level=1.2` is the sensor
 * pump7.level. The tag `unit` states the unit of the line's values, other tags mean nothing here. */
#ifndef TW_TELEMETRY_LINE_PROTOCOL_H
#define TW_TELEMETRY_LINE_PROTOCOL_H

#include "telemetry/samples_json.h"

/**
 * Milliseconds that a precision of the protocol counts in, as a fraction.
 *
 * precision     "ns", "us" or "u", "ms", "s", "m", "h"; "n" too; NULL: ns
 * out_multiply  a time times this ...
 * out_divide    ... and divided by this (rounded down) is in milliseconds
 * errors        TW_ERR_NAME no such precision
 */
tw_status tw_line_precision(const char *precision, int64_t *out_multiply, int64_t *out_divide);

/**
 * Decode lines.
 *
 * precision  of their times; NULL: nanoseconds
 * now_ms     the time of a line that states none
 * out        as of tw_samples_decode; the index of a fault counts fields
 * errors     TW_ERR_FORMAT, TW_ERR_NOMEM
 */
tw_status tw_line_decode(const char *body, size_t size, const char *precision, int64_t now_ms,
                         struct tw_samples *out, struct tw_samples_fault *out_fault);

#endif
