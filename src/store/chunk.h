/* A chunk: a stretch of one series, sealed into some hundred bytes.
 *
 * Instruments speak decimals: values that are whole numbers of 10^0 .. 10^-4 are kept as those whole
 * numbers; the few that are not (NaN, -0, infinities) are kept apart, bit for bit. When there are
 * many such, the exclusive or of one value's bits with the next's is kept. Either way what is read
 * is, bit for bit, what was written. docs/decisions/0009-store-format.md has the bytes. */
#ifndef TW_STORE_CHUNK_H
#define TW_STORE_CHUNK_H

#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TW_CHUNK_MOST 65536 /* points in one chunk */

/** One value of a series, as it is kept. */
struct tw_chunk_point {
    int64_t time_ms;
    double value;
    int32_t quality;
    int32_t source; /* id */
};

/** What a chunk says of itself without being unpacked. */
struct tw_chunk_summary {
    int32_t count;             /* points */
    int32_t numbers;           /* of them that are not NaN */
    int64_t first_ms, last_ms; /* their times */
    double first, last;        /* their values */
    double min, max, sum;      /* of the numbers; 0 when there is none */
    bool good;                 /* every quality is 0; chunks of before this was kept say false */
};

/** Memory that packing and unpacking use again and again; zeros are a good start. */
struct tw_chunk_coder {
    uint64_t *ints, *scratch; /* [room] */
    uint8_t *bytes;
    size_t room;
};

/** Free a coder's memory. */
void tw_chunk_coder_done(struct tw_chunk_coder *coder);

/**
 * Pack points into a chunk.
 *
 * points    [count] 1..TW_CHUNK_MOST, times ascending, at one time sources ascending
 * out_data  the chunk, borrowed until the coder's next use
 * errors    TW_ERR_ARG no point or too many, TW_ERR_NOMEM
 */
tw_status tw_chunk_pack(struct tw_chunk_coder *coder, const struct tw_chunk_point *points,
                        size_t count, const uint8_t **out_data, size_t *out_size);

/** Read a chunk's summary. errors: TW_ERR_FORMAT */
tw_status tw_chunk_summary_read(const uint8_t *data, size_t size,
                                struct tw_chunk_summary *out_summary);

/**
 * Unpack a chunk.
 *
 * out_points  [room]; what is written of them before a fault is found has no meaning
 * out_count   how many there are
 * errors      TW_ERR_FORMAT the bytes are damaged, TW_ERR_FULL room is too small, TW_ERR_NOMEM
 */
tw_status tw_chunk_unpack(struct tw_chunk_coder *coder, const uint8_t *data, size_t size,
                          struct tw_chunk_point *out_points, size_t room, size_t *out_count);

/**
 * What the summary of these points has to be: the sum is exact where they are decimals.
 *
 * errors   TW_ERR_ARG no point or too many, TW_ERR_NOMEM
 */
tw_status tw_chunk_summarise(struct tw_chunk_coder *coder, const struct tw_chunk_point *points,
                             size_t count, struct tw_chunk_summary *out_summary);

#endif
