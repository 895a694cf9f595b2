/* A last value whose successor should have come by now. It is asked of what is shown and taken, at
 * the moment of asking; a value that comes is never missing, however late. */
#include "telemetry/qc.h"

int32_t tw_qc_missing(const struct tw_qc_input *in)
{
    const struct tw_qc_memory *memory = in->memory;
    if (!(in->limits->missing_s > 0.0) || memory == NULL || !memory->known) return 0;
    if (memory->time_ms != in->time_ms) return 0; /* it is a new value */
    double silent_s = (double)(in->now_ms - in->time_ms) / 1000.0;
    return silent_s > in->limits->missing_s ? TW_QUALITY_MISSING : 0;
}
