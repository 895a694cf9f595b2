/* Checks of values as they come: what a check is given, and what is remembered of a sensor.
 *
 * A check is a function of its input alone, so the same samples in the same order get the same
 * quality. What is late (older than the newest of its sensor) is looked at by itself only. */
#ifndef TW_TELEMETRY_QC_H
#define TW_TELEMETRY_QC_H

#include "telemetry/quality.h"

#include <stdbool.h>
#include <stdint.h>

#define TW_QC_RECENT 5

/** What is plausible of a sensor, in its unit; 0 switches a check off (but min and max). */
struct tw_qc_limits {
    double min, max;   /* -INFINITY and INFINITY: no limit */
    double rate_per_s; /* fastest change */
    double stuck_s;    /* longest time without any change, except at 0 */
    double spike;      /* largest distance from the median of the last values */
    double drift;      /* largest lasting distance from the model or a neighbour */
    double missing_s;  /* longest silence */
    double ahead_s;    /* how far a device's clock may be ahead of ours */
    double behind_s;   /* oldest a value may be when it comes */
};

/** What is remembered of a sensor; all zeros: nothing yet. */
struct tw_qc_memory {
    int64_t time_ms;     /* of the newest value */
    int64_t changed_ms;  /* since when it is what it is */
    int64_t sound_ms;    /* of the newest value that was not bad */
    int64_t compared_ms; /* when it was first compared with something else */
    double value, sound;
    double difference; /* lasting, from the model or a neighbour */
    double recent[TW_QC_RECENT];
    int32_t recent_count; /* of recent */
    bool known, sound_known, compared;
};

/** What a check is given. */
struct tw_qc_input {
    const struct tw_qc_limits *limits;
    const struct tw_qc_memory *memory; /* before this value; NULL: the value is late */
    int64_t time_ms, now_ms;           /* of the value, and the city's time */
    double value;
    double reference; /* of the model or a neighbour; NAN: there is none */
    int32_t flags;    /* what the device states */
};

/** Bits of a value's quality that one check sets. */
typedef int32_t tw_qc_check(const struct tw_qc_input *in);

#define TW_QC(identifier, ending, word, bits, bad) tw_qc_check tw_qc_##ending;
#include "telemetry/qc_checks.def"
#undef TW_QC

/** The i-th check alone; i < tw_qc_count(). */
int32_t tw_qc_run(size_t i, const struct tw_qc_input *in);

/** Bits that the i-th check may set. */
int32_t tw_qc_bits(size_t i);

/** All checks of a value. */
int32_t tw_qc_quality(const struct tw_qc_input *in);

/** What is remembered after a value of this quality; in->memory is not NULL. */
struct tw_qc_memory tw_qc_remember(const struct tw_qc_input *in, int32_t quality);

/** The lasting difference from a reference when this value is counted too; for drift. */
double tw_qc_difference(const struct tw_qc_input *in);

#endif
