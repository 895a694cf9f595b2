/* A text of SL 651 that comes in several packets (mode M3): kept until all are there. */
#ifndef TW_TELEMETRY_SL651_PACKETS_H
#define TW_TELEMETRY_SL651_PACKETS_H

#include "telemetry/sl651_frame.h"
#include "thalweg/status.h"

#include <stddef.h>
#include <stdint.h>

#define TW_SL651_PACKETS_BYTES ((size_t)256 << 10) /* of one text; a picture is some ten packets */
#define TW_SL651_PACKETS_MS 120000                 /* from the first packet to the last */

/** Packets of one text; all zeros: none. */
struct tw_sl651_packets {
    uint8_t station[5], function;
    uint16_t packets, there;
    int64_t since_ms;
    size_t bytes;
    struct tw_sl651_part {
        uint8_t *bytes; /* owned; NULL: it has not come */
        size_t size;
    } * parts; /* [packets] owned */
};

/**
 * Keep a packet; one of another text drops what was kept. A packet that is there already is replaced.
 *
 * now_ms  on a clock that only grows
 * errors  TW_ERR_FULL too many bytes, TW_ERR_NOMEM; all packets are dropped then
 */
tw_status tw_sl651_packets_add(struct tw_sl651_packets *packets, const struct tw_sl651_frame *frame,
                               int64_t now_ms);

/** The first packet that has not come; 0: all are there. */
uint16_t tw_sl651_packets_missing(const struct tw_sl651_packets *packets);

/**
 * The text of all packets.
 *
 * out_text  from malloc, the caller frees it
 * errors    TW_ERR_NOMEM
 */
tw_status tw_sl651_packets_join(const struct tw_sl651_packets *packets, uint8_t **out_text,
                                size_t *out_size);

/** Drop packets whose last has not come in time. returns how many there were */
uint16_t tw_sl651_packets_expire(struct tw_sl651_packets *packets, int64_t now_ms);

/** Drop all. */
void tw_sl651_packets_done(struct tw_sl651_packets *packets);

#endif
