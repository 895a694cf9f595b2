/* Bits of a sample's quality; 0: good. The raw value is kept all the same. */
#ifndef TW_TELEMETRY_QUALITY_H
#define TW_TELEMETRY_QUALITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    /* found by the checks of qc_checks.def */
    TW_QUALITY_BELOW = 1 << 0,   /* below the least plausible value */
    TW_QUALITY_ABOVE = 1 << 1,   /* above the largest */
    TW_QUALITY_RATE = 1 << 2,    /* changes faster than what is measured can */
    TW_QUALITY_STUCK = 1 << 3,   /* has not changed for too long */
    TW_QUALITY_SPIKE = 1 << 4,   /* far from the values around it */
    TW_QUALITY_DRIFT = 1 << 5,   /* has moved away from the model or a neighbour */
    TW_QUALITY_CLOCK = 1 << 6,   /* its time cannot be: the device's clock is wrong */
    TW_QUALITY_MISSING = 1 << 7, /* of a last value: the next should have come; never stored */

    /* stated by the device; HJ 212-2017 table 8 has the letters */
    TW_QUALITY_STOPPED = 1 << 16,     /* F: the instrument or facility does not run */
    TW_QUALITY_MAINTENANCE = 1 << 17, /* M */
    TW_QUALITY_MANUAL = 1 << 18,      /* S: set by hand */
    TW_QUALITY_FAULT = 1 << 19,       /* D: the instrument is broken */
    TW_QUALITY_CALIBRATION = 1 << 20, /* C */
    TW_QUALITY_OVERRANGE = 1 << 21,   /* T: beyond what the instrument can measure */
    TW_QUALITY_COMMS = 1 << 22,       /* B: the instrument does not answer its logger */
    TW_QUALITY_DOUBTFUL = 1 << 23,    /* the device states a quality that is not good */
    TW_QUALITY_REPLAYED = 1 << 24     /* an old value sent later; says nothing against it */
};

/** What a device may state. */
#define TW_QUALITY_DEVICE_BITS 0x01FF0000

/** Bits of a letter of HJ 212-2017, table 8, or of 2005's (hj212_flags.def); false: it is none. */
bool tw_quality_from_letter(char letter, int32_t *out_bits);

/** Bits of several such letters; false when one is none of them. */
bool tw_quality_from_letters(const char *letters, int32_t *out_bits);

/** Whether nothing may be computed from a value of this quality. */
bool tw_quality_is_bad(int32_t quality);

/** "good", "suspect" (worth a look, may be used) or "bad". */
const char *tw_quality_word(int32_t quality);

/** The word of the i-th check if it has set a bit of the quality, else NULL; i < tw_qc_count(). */
const char *tw_quality_reason(int32_t quality, size_t i);

/** How many checks there are. */
size_t tw_qc_count(void);

#endif
