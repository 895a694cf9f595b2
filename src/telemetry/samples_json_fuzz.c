/* The door for measurements on any bytes: a request is decoded whole or refused with its reason. */
#include "base/require.h"
#include "fuzz.h"
#include "telemetry/samples_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tw_catalogue catalogue;
    tw_catalogue_init(&catalogue);
    const struct tw_sensor_entry level = {.series = 1, .unit = "m", .min = 0.0, .max = 9.0};
    const struct tw_sensor_entry rain = {.series = 2, .unit = "mm", .min = 0.0, .max = INFINITY};
    char *body = malloc(size + 1);
    if (body != NULL && tw_catalogue_add(&catalogue, "L1", &level) == TW_OK &&
        tw_catalogue_add(&catalogue, "R1", &rain) == TW_OK) {
        memcpy(body, data, size);
        body[size] = '\0';
        struct tw_samples samples = {0};
        struct tw_samples_fault fault = {0};
        tw_status status = tw_samples_decode(body, size, &catalogue, 8 * 3600, &samples, &fault);
        if (status == TW_OK) {
            TW_REQUIRE(samples.count <= TW_SAMPLES_MAX);
            for (size_t i = 0; i < samples.count; i++)
                TW_REQUIRE(isfinite(samples.samples[i].value));
            free(samples.samples);
        } else {
            TW_REQUIRE(fault.error[0] != '\0' && samples.samples == NULL);
        }
    }
    free(body);
    tw_catalogue_done(&catalogue);
    return 0;
}
