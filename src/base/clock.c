#define _POSIX_C_SOURCE 200809L /* clock_gettime */

#include "base/clock.h"

#include <time.h>

static int64_t milliseconds(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t tw_clock_steady_ms(void) { return milliseconds(CLOCK_MONOTONIC); }

int64_t tw_clock_unix_ms(void) { return milliseconds(CLOCK_REALTIME); }
