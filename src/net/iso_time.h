/* Times of messages: ISO 8601 text to milliseconds since 1970-01-01T00:00Z and back. */
#ifndef TW_NET_ISO_TIME_H
#define TW_NET_ISO_TIME_H

#include "thalweg/status.h"

#include <stdint.h>

#define TW_ISO_TIME_SIZE 40

/**
 * Read `YYYY-MM-DDTHH:MM[:SS[.fff]][Z|±HH[:]MM|±HH]`; a blank may stand for the T.
 *
 * zone_s   seconds east of Greenwich of a text that names no zone
 * out_ms   milliseconds since 1970-01-01T00:00Z
 * errors   TW_ERR_FORMAT anything else, a day or hour that does not exist, a year before 1900 or
 *          after 2999
 */
tw_status tw_iso_time_parse(const char *text, int32_t zone_s, int64_t *out_ms);

/** Write `YYYY-MM-DDTHH:MM:SS[.fff]±HH:MM`, milliseconds only when there are any. */
void tw_iso_time_format(int64_t time_ms, int32_t zone_s, char out[TW_ISO_TIME_SIZE]);

/** Read a zone, `Z`, `UTC` or `±HH[:]MM`, as seconds east of Greenwich. errors: TW_ERR_FORMAT */
tw_status tw_zone_parse(const char *text, int32_t *out_s);

#endif
