/* Messages of Sparkplug B: the bytes are a birth, data and a death of a node in turn. */
#include "telemetry/sparkplug.h"

#include "base/require.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const topics[] = {"spBv1.0/g/NBIRTH/n",   "spBv1.0/g/NDATA/n",
                                         "spBv1.0/g/DBIRTH/n/d", "spBv1.0/g/DDATA/n/d",
                                         "spBv1.0/g/DDEATH/n/d", "spBv1.0/g/NDEATH/n"};
    struct tw_catalogue catalogue;
    struct tw_devices *devices = NULL;
    struct tw_device *device = NULL;
    struct tw_sparkplug *sparkplug = NULL;
    const struct tw_sensor_entry entry = {.series = 1, .unit = "m"};
    const struct tw_device_options options = {.protocol = "mqtt", .name = "d"};
    tw_catalogue_init(&catalogue);
    if (tw_catalogue_add(&catalogue, "level", &entry) == TW_OK &&
        tw_devices_create(&catalogue, &devices) == TW_OK &&
        tw_devices_add(devices, &options, &device) == TW_OK &&
        tw_device_setting_add(device, "ignore", "*") == TW_OK &&
        tw_sparkplug_create(&sparkplug) == TW_OK) {
        for (size_t t = 0; t < sizeof topics / sizeof topics[0]; t++) {
            struct tw_readings readings = {.count = 0};
            struct tw_sparkplug_outcome outcome;
            struct tw_samples_fault fault = {.index = 0};
            const struct tw_payload payload = {
                .topic = topics[t], .bytes = data, .size = size, .device = device};
            tw_status status = tw_sparkplug_read(sparkplug, &payload, &readings, &outcome, &fault);
            TW_REQUIRE(status != TW_ERR_FORMAT || fault.error[0] != 0); /* says why */
            TW_REQUIRE(readings.count <= size);
            tw_readings_done(&readings);
        }
    }
    tw_sparkplug_destroy(sparkplug);
    tw_devices_destroy(devices);
    tw_catalogue_done(&catalogue);
    return 0;
}
