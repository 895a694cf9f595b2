/* A value that has not changed for too long. What flows or stands is never exactly the same for
 * hours, except at zero: dry is dry. */
#include "telemetry/qc.h"

int32_t tw_qc_stuck(const struct tw_qc_input *in)
{
    const struct tw_qc_memory *memory = in->memory;
    if (!(in->limits->stuck_s > 0.0) || memory == NULL || !memory->known) return 0;
    if (in->value != memory->value || in->value == 0.0) return 0;
    double same_s = (double)(in->time_ms - memory->changed_ms) / 1000.0;
    return same_s >= in->limits->stuck_s ? TW_QUALITY_STUCK : 0;
}
