/* Samples as POST /api/v1/samples brings them: decoded and checked, all of them or none. */
#ifndef TW_TELEMETRY_SAMPLES_JSON_H
#define TW_TELEMETRY_SAMPLES_JSON_H

#include "telemetry/ingest.h"
#include "thalweg/status.h"

#include <stddef.h>
#include <stdint.h>

#define TW_SAMPLES_MAX 10000
#define TW_SAMPLES_BYTES_MAX ((size_t)4 << 20)
#define TW_SAMPLES_SOURCE_SIZE 65

/** A request that was decoded. */
struct tw_samples {
    char source[TW_SAMPLES_SOURCE_SIZE]; /* "" when the request names none */
    struct tw_measurement *list;         /* [count] owned; its strings live as long */
    size_t count;
    void *owner; /* of the strings */
};

/**
 * Decode a request: an array of samples or {"source": text, "samples": array}.
 *
 * zone_s     seconds east of Greenwich of times that name no zone
 * out        the caller's: tw_samples_done; after TW_ERR_FORMAT the samples before the first bad
 *            one, so that the caller can look whether one of them is bad in another way
 * out_fault  filled on failure
 * errors     TW_ERR_FORMAT not such a request, TW_ERR_NOMEM
 */
tw_status tw_samples_decode(const char *body, size_t size, int32_t zone_s, struct tw_samples *out,
                            struct tw_samples_fault *out_fault);

/** Free what a request was decoded to. */
void tw_samples_done(struct tw_samples *samples);

#endif
