/* Why something that was asked for could not be done, in words for whoever asked. */
#ifndef TW_SERVER_REASON_H
#define TW_SERVER_REASON_H

#include "base/text.h"
#include "thalweg/status.h"

#include <stddef.h>

/** Where to put the words. */
struct tw_reason {
    char *text; /* [size] */
    size_t size;
};

/** Write the words, cut to what fits, and hand the status back. */
tw_status tw_reason_tell(struct tw_reason why, tw_status status, const char *format, ...)
    TW_PRINTF(3, 4);

#endif
