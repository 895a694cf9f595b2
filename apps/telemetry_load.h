/* thalweg synth --telemetry: a made city's measurements, sent to a server. */
#ifndef TW_APPS_TELEMETRY_LOAD_H
#define TW_APPS_TELEMETRY_LOAD_H

#include "synth/telemetry.h"

#include <stdbool.h>

/** What is sent, where to and how. */
struct tw_telemetry_load {
    struct tw_telemetry_plan plan;
    const char *place;  /* http://HOST:PORT, or the name of a layer of sensors to be written */
    const char *token;  /* NULL: none */
    const char *ledger; /* file of what was acknowledged; NULL: none */
    bool lines;         /* line protocol instead of JSON */
    bool flat;          /* as fast as it goes, not at the pace of the measurements */
    int connections, batch;
    double seconds;
};

/**
 * Send, and print samples a second and how long acknowledgements took; or write the layer.
 *
 * returns  an exit code
 */
int tw_telemetry_run(const struct tw_telemetry_load *load);

#endif
