/* A value that has moved away from what the model or a neighbour says: the difference, averaged over
 * an hour (exponentially), is larger than the limit. */
#include "telemetry/qc.h"

#include <math.h>

/* How long a difference must last to be a drift: one that comes and goes with a storm is the
 * model's or the weather's, not the sensor's. */
#define DRIFT_S 3600.0

double tw_qc_difference(const struct tw_qc_input *in)
{
    const struct tw_qc_memory *memory = in->memory;
    double distance = in->value - in->reference;
    if (!memory->compared) return distance;
    double passed_s = (double)(in->time_ms - memory->time_ms) / 1000.0;
    double weight = 1.0 - exp(-passed_s / DRIFT_S);
    return memory->difference + weight * (distance - memory->difference);
}

int32_t tw_qc_drift(const struct tw_qc_input *in)
{
    const struct tw_qc_memory *memory = in->memory;
    if (!(in->limits->drift > 0.0) || memory == NULL || isnan(in->reference)) return 0;
    if (!memory->compared || (double)(in->time_ms - memory->compared_ms) < 1000.0 * DRIFT_S) {
        return 0;
    }
    return fabs(tw_qc_difference(in)) > in->limits->drift ? TW_QUALITY_DRIFT : 0;
}
