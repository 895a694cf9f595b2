/* Clocks of the machine. */
#ifndef TW_BASE_CLOCK_H
#define TW_BASE_CLOCK_H

#include <stdint.h>

/** Milliseconds that only ever grow, whatever is done to the date; from any beginning. */
int64_t tw_clock_steady_ms(void);

/** Milliseconds since 1970-01-01T00:00Z as the machine has the date; may jump. */
int64_t tw_clock_unix_ms(void);

#endif
