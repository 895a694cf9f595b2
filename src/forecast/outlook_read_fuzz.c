/* Forecasts of others on any bytes: the first byte chooses c CSV or j JSON. */
#include "forecast/outlook_read.h"
#include "fuzz.h"
#include "grid/projection.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct tw_rain_gauge gauge = {"G1", 600000.0, 6100000.0};
    static const struct tw_rain_place place = {600000.0, 6100000.0, 0};
    struct tw_nowcast_setup setup = TW_NOWCAST_SETUP_DEFAULT;
    struct tw_nowcast *nowcast = NULL;
    struct tw_projection *projection = NULL;
    tw_faults *faults = NULL;
    char *text = size > 0 ? malloc(size) : NULL;
    if (text == NULL) return 0;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = 0;
    setup.gauges = &gauge;
    setup.gauge_count = 1;
    setup.places = &place;
    setup.place_count = 1;
    setup.members = 3;
    if (tw_nowcast_create(&setup, &nowcast) == TW_OK && tw_faults_create(10, &faults) == TW_OK &&
        /* Making one takes longer than all the rest. */
        (size % 8 != 0 || tw_projection_create(25832, &projection) == TW_OK)) {
        struct tw_outlook_how how = {48029.0, 3600, &gauge, 1, projection};
        const char *path = data[0] == 'c' ? "a.csv" : "a.geojson";
        (void)tw_outlook_read(path, text, &how, faults, nowcast);
        (void)tw_nowcast_issue(nowcast, 36000.0);
    }
    tw_nowcast_destroy(nowcast);
    tw_projection_destroy(projection);
    tw_faults_destroy(faults);
    free(text);
    return 0;
}
