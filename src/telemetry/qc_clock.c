/* A time that cannot be: ahead of ours, or so old that no logger has kept it. */
#include "telemetry/qc.h"

int32_t tw_qc_clock(const struct tw_qc_input *in)
{
    const struct tw_qc_limits *limits = in->limits;
    double ahead_s = (double)(in->time_ms - in->now_ms) / 1000.0;
    if (limits->ahead_s > 0.0 && ahead_s > limits->ahead_s) return TW_QUALITY_CLOCK;
    return limits->behind_s > 0.0 && -ahead_s > limits->behind_s ? TW_QUALITY_CLOCK : 0;
}
