/* A value outside what the sensor can show: its least and largest plausible value. */
#include "telemetry/qc.h"

int32_t tw_qc_range(const struct tw_qc_input *in)
{
    if (in->value < in->limits->min) return TW_QUALITY_BELOW;
    return in->value > in->limits->max ? TW_QUALITY_ABOVE : 0;
}
