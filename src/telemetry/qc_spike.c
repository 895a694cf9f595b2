/* A value far from those just before it: the distance to the median of the last five is larger than
 * the limit. A true step is marked until the median has followed, three values at most. */
#include "telemetry/qc.h"

#include <math.h>

static double median(const double values[TW_QC_RECENT])
{
    double sorted[TW_QC_RECENT];
    for (int i = 0; i < TW_QC_RECENT; i++) {
        int at = i;
        for (; at > 0 && sorted[at - 1] > values[i]; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = values[i];
    }
    return sorted[TW_QC_RECENT / 2];
}

int32_t tw_qc_spike(const struct tw_qc_input *in)
{
    const struct tw_qc_memory *memory = in->memory;
    if (!(in->limits->spike > 0.0) || memory == NULL) return 0;
    if (memory->recent_count < TW_QC_RECENT) return 0;
    return fabs(in->value - median(memory->recent)) > in->limits->spike ? TW_QUALITY_SPIKE : 0;
}
