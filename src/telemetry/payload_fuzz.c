/* JSON payloads of devices, of both kinds; what is taken has a sensor and a time that can be. */
#include "telemetry/payload.h"

#include "base/require.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tw_catalogue catalogue;
    struct tw_devices *devices = NULL;
    struct tw_device *device = NULL;
    const struct tw_sensor_entry entry = {.series = 1, .unit = "m"};
    const struct tw_device_options options = {.protocol = "mqtt", .name = "d"};
    tw_catalogue_init(&catalogue);
    if (tw_catalogue_add(&catalogue, "S1", &entry) == TW_OK &&
        tw_devices_create(&catalogue, &devices) == TW_OK &&
        tw_devices_add(devices, &options, &device) == TW_OK) {
        for (int kind = 0; kind < 2; kind++) {
            struct tw_readings readings = {.count = 0};
            struct tw_samples_fault fault = {.index = 0};
            const struct tw_payload payload = {
                .topic = kind == 0 ? "a/S1" : "v1.1/Datastreams(S1)/Observations",
                .bytes = data,
                .size = size,
                .device = device};
            tw_status status = kind == 0 ? tw_payload_json(&payload, &readings, &fault)
                                         : tw_sensorthings_read(&payload, &readings, &fault);
            TW_REQUIRE(status != TW_ERR_FORMAT || fault.error[0] != 0);
            for (size_t i = 0; i < readings.count; i++)
                TW_REQUIRE(readings.list[i].sensor != NULL);
            tw_readings_done(&readings);
        }
    }
    tw_devices_destroy(devices);
    tw_catalogue_done(&catalogue);
    return 0;
}
