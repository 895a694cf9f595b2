/* A message of HJ 212 that comes in several packets: kept until all are there. */
#ifndef TW_TELEMETRY_HJ212_PACKETS_H
#define TW_TELEMETRY_HJ212_PACKETS_H

#include "base/text.h"
#include "telemetry/hj212_message.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TW_HJ212_PACKETS_BYTES ((size_t)64 << 10) /* of one message */
#define TW_HJ212_PACKETS_MS 60000                 /* from the first packet to the last */

/** Packets of one message; all zeros: none. */
struct tw_hj212_packets {
    int32_t cn, pnum, there;
    char mn[64];
    int64_t since_ms;
    size_t bytes;
    struct {
        char *text; /* owned */
        size_t size;
    } parts[TW_HJ212_PACKETS_MAX];
};

/** What a packet did. */
enum tw_hj212_arrival {
    TW_HJ212_KEPT,     /* more are to come */
    TW_HJ212_AGAIN,    /* it is there already: its sender waits for an answer to go on */
    TW_HJ212_COMPLETE, /* the last one */
    TW_HJ212_REFUSED   /* too many bytes, or no memory: all are dropped */
};

/**
 * Keep a packet's CP. One of another message drops what was kept.
 *
 * now_ms       on a clock that only grows
 * out_dropped  packets of another message that were dropped
 */
enum tw_hj212_arrival tw_hj212_packets_add(struct tw_hj212_packets *packets,
                                           const struct tw_hj212_message *message, int64_t now_ms,
                                           int32_t *out_dropped);

/**
 * The CP of a complete message. Senders cut between fields or anywhere; some repeat DataTime.
 *
 * errors  TW_ERR_NOMEM
 */
tw_status tw_hj212_packets_join(const struct tw_hj212_packets *packets, struct tw_strbuf *out);

/** Drop packets whose last has not come in time. returns how many */
int32_t tw_hj212_packets_expire(struct tw_hj212_packets *packets, int64_t now_ms);

/** Drop all. */
void tw_hj212_packets_done(struct tw_hj212_packets *packets);

#endif
