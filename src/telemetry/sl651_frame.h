/* Frames of SL 651-2014 in HEX/BCD coding, by which hydrological stations report:
 *   7E7E, centre, station (5), password (2), function, length (2), STX or SYN with packet numbers (3),
 *   text, end, CRC (2). To a station, its address stands before the centre's. */
#ifndef TW_TELEMETRY_SL651_FRAME_H
#define TW_TELEMETRY_SL651_FRAME_H

#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TW_SL651_TEXT_MAX 4095 /* what twelve bits can say */
#define TW_SL651_FRAME_MAX (2 + 1 + 5 + 2 + 1 + 2 + 1 + TW_SL651_TEXT_MAX + 1 + 2)

/* Control characters; SL 651-2014, table 4. */
enum {
    TW_SL651_STX = 0x02, /* a text begins */
    TW_SL651_ETX = 0x03, /* a text ends, none follows */
    TW_SL651_EOT = 0x04, /* all is there, the station may go */
    TW_SL651_ENQ = 0x05, /* a question to the station */
    TW_SL651_ACK = 0x06, /* it is there, go on */
    TW_SL651_NAK = 0x15, /* a packet is missing */
    TW_SL651_SYN = 0x16, /* one packet of several begins */
    TW_SL651_ETB = 0x17, /* a text ends, another follows */
    TW_SL651_ESC = 0x1B  /* all is there, the station stays connected */
};

/** A frame. */
struct tw_sl651_frame {
    uint8_t station[5]; /* as sent: BCD digits */
    uint8_t password[2];
    uint8_t centre, function, end;
    bool down;                /* to the station */
    uint16_t packets, packet; /* packet 1.. of packets; 0 of 0: STX, not split */
    const uint8_t *text;      /* [size] borrowed */
    size_t size;
};

/** What was found at the head of a stream. */
enum tw_sl651_cut {
    TW_SL651_MORE,  /* a frame is not complete yet */
    TW_SL651_FRAME, /* a frame whose check is right */
    TW_SL651_BAD    /* bytes that are no frame */
};

/**
 * The check of a frame's bytes before it: CRC-16 as Modbus has it, sent high byte first.
 *
 * source  SL 651-2014, table 20
 */
uint16_t tw_sl651_crc(const uint8_t *bytes, size_t size);

/**
 * Cut the next frame off a stream. After a wrong check the search goes on behind the two 7E.
 *
 * out_used   bytes that are done with, also when there is no frame
 * out_frame  its text lies within bytes; only with TW_SL651_FRAME
 * out_why    what is wrong, a constant text; only with TW_SL651_BAD
 */
enum tw_sl651_cut tw_sl651_frame_cut(const uint8_t *bytes, size_t size, size_t *out_used,
                                     struct tw_sl651_frame *out_frame, const char **out_why);

/**
 * Write a frame.
 *
 * out      [TW_SL651_FRAME_MAX]
 * returns  bytes written; 0 when its text is too long
 */
size_t tw_sl651_frame_write(const struct tw_sl651_frame *frame, uint8_t *out);

#endif
