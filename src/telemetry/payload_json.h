/* Values and times in JSON, for every payload that is JSON. */
#ifndef TW_TELEMETRY_PAYLOAD_JSON_H
#define TW_TELEMETRY_PAYLOAD_JSON_H

#include "telemetry/payload.h"

#include <jansson.h>
#include <stdbool.h>

/**
 * Parse a payload.
 *
 * out_json  json_decref it
 * errors    TW_ERR_FORMAT no JSON, or nested too deep
 */
tw_status tw_payload_parse(const struct tw_payload *payload, json_t **out_json,
                           struct tw_samples_fault *out_fault);

/** Read a time: ISO 8601 or a number (see tw_payload_json). errors: TW_ERR_FORMAT */
tw_status tw_payload_time(const struct tw_payload *payload, const json_t *json, int64_t *out_ms,
                          struct tw_samples_fault *out_fault);

/** Whether a value counts: a number, true or false. */
bool tw_payload_number(const json_t *json, double *out_value);

#endif
