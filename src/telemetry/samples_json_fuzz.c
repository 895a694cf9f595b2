/* Requests of any bytes: what is accepted is finite and of a known sensor, what is refused says why. */
#include "telemetry/samples_json.h"

#include "base/require.h"
#include "fuzz.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tw_catalogue catalogue;
    const struct tw_sensor_entry entry = {.series = 3, .unit = "m", .min = 0.0, .max = 1.0};
    struct tw_samples samples = {.count = 0};
    struct tw_samples_fault fault;
    tw_catalogue_init(&catalogue);
    if (tw_catalogue_add(&catalogue, "L1", &entry) == TW_OK) {
        tw_status status =
            tw_samples_decode((const char *)data, size, &catalogue, 28800, &samples, &fault);
        for (size_t i = 0; i < samples.count; i++) {
            TW_REQUIRE(isfinite(samples.samples[i].value));
            TW_REQUIRE(samples.samples[i].series == 3);
        }
        if (status == TW_ERR_FORMAT) {
            TW_REQUIRE(fault.error[0] != 0 && fault.index >= -1);
        }
        free(samples.samples);
    }
    tw_catalogue_done(&catalogue);
    return 0;
}
