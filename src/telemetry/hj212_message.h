/* What a data segment of HJ 212-2017 or HJ/T 212-2005 says:
 *   QN=..;ST=..;CN=..;PW=..;MN=..;Flag=..;PNUM=..;PNO=..;CP=&&DataTime=..;code-Rtd=..,code-Flag=N&&
 * Texts may be UTF-8 or GBK: no second byte of a character of either is one of `;,=&#`. */
#ifndef TW_TELEMETRY_HJ212_MESSAGE_H
#define TW_TELEMETRY_HJ212_MESSAGE_H

#include "telemetry/hj212_frame.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

#define TW_HJ212_PACKETS_MAX 256 /* of one message */

/* Bits of Flag; the bits above hold the version: 0 is 2005, 1 is 2017. */
enum { TW_HJ212_FLAG_ACK = 1, TW_HJ212_FLAG_NUMBERED = 2 };

/** A data segment. Texts lie in the segment. */
struct tw_hj212_message {
    struct tw_hj212_text qn, st, pw, mn; /* at NULL: not given */
    struct tw_hj212_text cp;             /* between the two && */
    int32_t cn;
    int32_t flag;      /* 0 when it is not given */
    int32_t pnum, pno; /* packet pno of pnum, from 1; 1 of 1 when not split */
};

/** One `key=value` of a CP: of `w01018-Rtd=40.1` the code is w01018, the kind Rtd. */
struct tw_hj212_field {
    struct tw_hj212_text group; /* all fields up to the next ; */
    struct tw_hj212_text code;
    struct tw_hj212_text kind; /* size 0: the key has none, as DataTime */
    struct tw_hj212_text value;
};

/** Where the walk through a CP stands; begin with that CP alone. */
struct tw_hj212_walk {
    struct tw_hj212_text rest;  /* of the CP behind the group */
    struct tw_hj212_text group; /* all of it */
    struct tw_hj212_text left;  /* of the group */
};

/**
 * Read a data segment.
 *
 * out_why  what is wrong, a constant text; on failure only
 * errors   TW_ERR_FORMAT
 */
tw_status tw_hj212_message_parse(struct tw_hj212_text segment, struct tw_hj212_message *out,
                                 const char **out_why);

/** Begin a walk through a CP. */
struct tw_hj212_walk tw_hj212_walk_begin(struct tw_hj212_text cp);

/** The next field; false at the end. What is no `key=value` is passed over. */
bool tw_hj212_walk_next(struct tw_hj212_walk *walk, struct tw_hj212_field *out);

/** The value of `code-kind` (kind "": of `code`) in a group or a whole CP; at NULL: there is none. */
struct tw_hj212_text tw_hj212_value_find(struct tw_hj212_text fields, struct tw_hj212_text code,
                                         const char *kind);

/** Whether a text is the same as another that ends with a NUL. */
bool tw_hj212_text_is(struct tw_hj212_text text, const char *other);

/** A value as a number; false when it is none. */
bool tw_hj212_text_number(struct tw_hj212_text text, double *out_value);

/**
 * A time `YYYYMMDDhhmmss[mmm]`.
 *
 * zone_s  seconds east of Greenwich in which the plant's clock runs
 * out_ms  since 1970-01-01T00:00Z
 * errors  TW_ERR_FORMAT
 */
tw_status tw_hj212_time_parse(struct tw_hj212_text text, int32_t zone_s, int64_t *out_ms);

/** Write a time as YYYYMMDDhhmmss, `digits` 14, or with milliseconds, `digits` 17. */
void tw_hj212_time_format(int64_t time_ms, int32_t zone_s, int digits, char out[18]);

/**
 * What the data flag of a value says of it.
 *
 * returns  TW_QUALITY_ bits; 0 for N and no flag
 * source   HJ 212-2017, table 8
 */
int32_t tw_hj212_flag_quality(struct tw_hj212_text flag);

#endif
