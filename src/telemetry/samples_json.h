/* Samples as POST /api/v1/samples brings them: decoded and checked, all of them or none. */
#ifndef TW_TELEMETRY_SAMPLES_JSON_H
#define TW_TELEMETRY_SAMPLES_JSON_H

#include "store/store.h"
#include "telemetry/catalogue.h"
#include "thalweg/status.h"

#include <stddef.h>
#include <stdint.h>

#define TW_SAMPLES_MAX 10000
#define TW_SAMPLES_BYTES_MAX ((size_t)4 << 20)
#define TW_SAMPLES_SOURCE_SIZE 65

/** A request that was decoded. */
struct tw_samples {
    char source[TW_SAMPLES_SOURCE_SIZE]; /* "" when the request names none */
    struct tw_store_sample *samples;     /* owned, from malloc */
    size_t count;
};

/** Why a request was refused. */
struct tw_samples_fault {
    int32_t index; /* of the first bad sample; -1: the request as a whole */
    char error[256], remedy[256];
};

/**
 * Decode a request: an array of samples or {"source": text, "samples": array}.
 *
 * catalogue  the sensors; values are converted to their units and get their quality
 * zone_s     seconds east of Greenwich of times that name no zone
 * out        free out->samples with free(); untouched on failure
 * out_fault  filled on failure
 * errors     TW_ERR_FORMAT not such a request, TW_ERR_NOMEM
 */
tw_status tw_samples_decode(const char *body, size_t size, const struct tw_catalogue *catalogue,
                            int32_t zone_s, struct tw_samples *out,
                            struct tw_samples_fault *out_fault);

#endif
