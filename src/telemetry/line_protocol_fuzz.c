/* Lines of any bytes: what is accepted is finite and named, what is refused says why. */
#include "telemetry/line_protocol.h"

#include "base/require.h"
#include "fuzz.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tw_samples samples;
    struct tw_samples_fault fault;
    tw_status status =
        tw_line_decode((const char *)data, size, size % 2 == 0 ? "s" : NULL, 5, &samples, &fault);
    for (size_t i = 0; i < samples.count; i++) {
        TW_REQUIRE(isfinite(samples.list[i].value));
        TW_REQUIRE(samples.list[i].sensor[0] != 0);
    }
    if (status == TW_ERR_FORMAT) TW_REQUIRE(fault.error[0] != 0 && fault.index >= -1);
    tw_samples_done(&samples);
    return 0;
}
