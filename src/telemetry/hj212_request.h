/* What the server says to a plant by HJ 212: answers, and requests with their repetitions. */
#ifndef TW_TELEMETRY_HJ212_REQUEST_H
#define TW_TELEMETRY_HJ212_REQUEST_H

#include "base/text.h"
#include "telemetry/hj212_message.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

#define TW_HJ212_ANSWER_MS 10000  /* how long an answer is waited for; HJ 212-2017, table A.1 */
#define TW_HJ212_REPEATS 3        /* how often a request is sent again; the same */
#define TW_HJ212_RESULT_MS 600000 /* how long the result of an accepted request is waited for */

/** A request under way. */
struct tw_hj212_request {
    bool waits, accepted;
    int32_t cn, repeats;
    int64_t sent_ms; /* on a clock that only grows */
    char qn[18];
    char segment[512];
};

/** Add the answer to a message: 9014 to data, 9013 to a notice. errors: TW_ERR_NOMEM, TW_ERR_FULL */
tw_status tw_hj212_answer_add(struct tw_strbuf *out, const struct tw_hj212_message *message,
                              int32_t cn);

/**
 * Begin a request to the plant of a message.
 *
 * content   of its CP
 * time_ms   now, since 1970; becomes its QN
 * now_ms    on a clock that only grows
 * returns   false when it does not fit or one is under way
 */
bool tw_hj212_request_begin(struct tw_hj212_request *request,
                            const struct tw_hj212_message *message, int32_t cn, const char *content,
                            int64_t time_ms, int32_t zone_s, int64_t now_ms);

/** Take a 9011 or 9012. returns NULL, or why the request has failed */
const char *tw_hj212_request_answered(struct tw_hj212_request *request,
                                      const struct tw_hj212_message *message);

/**
 * Time has gone on.
 *
 * out_again  the segment is to be sent again
 * returns    NULL, or why the request has failed
 */
const char *tw_hj212_request_tick(struct tw_hj212_request *request, int64_t now_ms,
                                  bool *out_again);

#endif
