/* Frames of HJ 212-2017 and HJ/T 212-2005, by which plants report: `##`, four digits of length, the
 * data segment, four hexadecimal digits of check, CR LF. Bytes in, segments out; no sockets. */
#ifndef TW_TELEMETRY_HJ212_FRAME_H
#define TW_TELEMETRY_HJ212_FRAME_H

#include "base/text.h"
#include "thalweg/status.h"

#include <stddef.h>
#include <stdint.h>

#define TW_HJ212_SEGMENT_MAX 9999 /* what four digits can say */
#define TW_HJ212_FRAME_MAX (TW_HJ212_SEGMENT_MAX + 2 + 4 + 4 + 2)

/** A stretch of text that does not end with a NUL. */
struct tw_hj212_text {
    const char *at; /* NULL: there is none */
    size_t size;
};

/** What was found at the head of a stream. */
enum tw_hj212_cut {
    TW_HJ212_MORE,  /* a frame is not complete yet */
    TW_HJ212_FRAME, /* a frame whose check is right */
    TW_HJ212_BAD    /* bytes that are no frame */
};

/**
 * The check of a data segment. It is not Modbus's: the register's high byte, not the whole register,
 * meets each byte.
 *
 * source  HJ 212-2017, appendix A
 */
uint16_t tw_hj212_crc(const char *bytes, size_t size);

/**
 * Cut the next frame off a stream. After a wrong length or check the search goes on behind the two
 * `#`, so that a frame inside what was taken for another is found.
 *
 * out_used     bytes that are done with, also when there is no frame
 * out_segment  the data segment, within bytes; only with TW_HJ212_FRAME
 * out_why      what is wrong, a constant text; only with TW_HJ212_BAD
 */
enum tw_hj212_cut tw_hj212_frame_cut(const char *bytes, size_t size, size_t *out_used,
                                     struct tw_hj212_text *out_segment, const char **out_why);

/** Add a frame around a data segment. errors: TW_ERR_NOMEM, TW_ERR_FULL longer than 9999 bytes */
tw_status tw_hj212_frame_add(struct tw_strbuf *out, const char *segment);

#endif
