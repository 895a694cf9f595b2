/* What the device itself states, e.g. the letters N F M S D C T B of HJ 212-2017, table 8. */
#include "telemetry/qc.h"

int32_t tw_qc_device(const struct tw_qc_input *in) { return in->flags & TW_QUALITY_DEVICE_BITS; }
