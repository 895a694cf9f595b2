/* Positions as GPS receivers say them: NMEA 0183 sentences GGA and RMC. */
#ifndef TW_DISPATCH_NMEA_H
#define TW_DISPATCH_NMEA_H

#include "thalweg/status.h"

#include <stddef.h>

/** Where a receiver is. */
struct tw_nmea_fix {
    double lon, lat; /* degrees, WGS 84 */
};

/**
 * Take the last position of a text of sentences. Other sentences, and those that say that the
 * receiver has no position, are passed over; a sentence without a right checksum is an error.
 *
 * text       [size] lines, each "$..GGA,...*HH" or "$..RMC,...*HH"; CR and LF end them
 * out_why    a constant text on failure
 * errors     TW_ERR_FORMAT there is no position, or a sentence is damaged
 * source     NMEA 0183 version 4.10, sentences GGA and RMC
 */
tw_status tw_nmea_read(const char *text, size_t size, struct tw_nmea_fix *out_fix,
                       const char **out_why);

#endif
