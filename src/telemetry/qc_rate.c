/* A change that is faster than what is measured can be.
 *
 * It is taken from the last value that was not bad, so that the way back from a wrong value is not
 * marked too; as time goes by more and more is possible, and a true step is believed again. */
#include "telemetry/qc.h"

#include <math.h>

int32_t tw_qc_rate(const struct tw_qc_input *in)
{
    const struct tw_qc_memory *memory = in->memory;
    if (!(in->limits->rate_per_s > 0.0) || memory == NULL || !memory->sound_known) return 0;
    double passed_s = (double)(in->time_ms - memory->sound_ms) / 1000.0;
    double change = fabs(in->value - memory->sound);
    return change > in->limits->rate_per_s * passed_s ? TW_QUALITY_RATE : 0;
}
