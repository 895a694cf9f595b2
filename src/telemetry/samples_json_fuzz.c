/* Requests of any bytes: what is accepted is finite, what is refused says why. */
#include "telemetry/samples_json.h"

#include "base/require.h"
#include "fuzz.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tw_samples samples = {.count = 0};
    struct tw_samples_fault fault;
    tw_status status = tw_samples_decode((const char *)data, size, 28800, &samples, &fault);
    for (size_t i = 0; i < samples.count; i++) {
        TW_REQUIRE(isfinite(samples.list[i].value));
        TW_REQUIRE(samples.list[i].sensor != NULL);
    }
    if (status == TW_ERR_FORMAT) TW_REQUIRE(fault.error[0] != 0 && fault.index >= -1);
    tw_samples_done(&samples);
    return 0;
}
