#include "telemetry/hj212_request.h"

#include "telemetry/hj212_decode.h"

#include <stdio.h>
#include <string.h>

tw_status tw_hj212_answer_add(struct tw_strbuf *out, const struct tw_hj212_message *message,
                              int32_t cn)
{
    struct tw_strbuf segment = {.limit = 512};
    const struct tw_hj212_text qn = message->qn;
    bool named = qn.size > 0 && qn.size <= 20;
    if (named) (void)tw_strbuf_printf(&segment, "QN=%.*s;", (int)qn.size, qn.at);
    (void)tw_strbuf_printf(&segment, "ST=91;CN=%d;", cn);
    if (message->pw.size > 0) {
        (void)tw_strbuf_printf(&segment, "PW=%.*s;", (int)message->pw.size, message->pw.at);
    }
    (void)tw_strbuf_printf(&segment, "MN=%.*s;Flag=%d;CP=&&", (int)message->mn.size, message->mn.at,
                           message->flag & ~3);
    if (named && message->flag >> 2 == 0) { /* 2005 names the message in the CP */
        (void)tw_strbuf_printf(&segment, "QN=%.*s;CN=%d", (int)qn.size, qn.at, message->cn);
    }
    (void)tw_strbuf_add_text(&segment, "&&");
    tw_status status = segment.status;
    if (status == TW_OK) status = tw_hj212_frame_add(out, tw_strbuf_get(&segment));
    tw_strbuf_done(&segment);
    return status;
}

bool tw_hj212_request_begin(struct tw_hj212_request *request,
                            const struct tw_hj212_message *message, int32_t cn, const char *content,
                            int64_t time_ms, int32_t zone_s, int64_t now_ms)
{
    struct tw_hj212_request next = {.waits = true, .cn = cn, .sent_ms = now_ms};
    if (request->waits) return false;
    tw_hj212_time_format(time_ms, zone_s, 17, next.qn);
    int length = snprintf(
        next.segment, sizeof next.segment, "QN=%s;ST=%.*s;CN=%d;PW=%.*s;MN=%.*s;Flag=%d;CP=&&%s&&",
        next.qn, (int)message->st.size, message->st.at, cn, (int)message->pw.size, message->pw.at,
        (int)message->mn.size, message->mn.at, (message->flag & ~3) | TW_HJ212_FLAG_ACK, content);
    if (length < 0 || (size_t)length >= sizeof next.segment) return false;
    *request = next;
    return true;
}

const char *tw_hj212_request_answered(struct tw_hj212_request *request,
                                      const struct tw_hj212_message *message)
{
    bool result = message->cn == TW_HJ212_REQUEST_RESULT;
    const char *key = result ? "ExeRtn" : "QnRtn";
    struct tw_hj212_text code =
        tw_hj212_value_find(message->cp, (struct tw_hj212_text){key, strlen(key)}, "");
    if (!request->waits || !tw_hj212_text_is(message->qn, request->qn)) return NULL;
    request->waits = !result; /* an answer is followed by the data and the result */
    request->accepted = true;
    if (code.at == NULL || tw_hj212_text_is(code, "1")) return NULL;
    request->waits = false;
    return result ? "the plant could not do what was asked" : "the plant refuses a request";
}

const char *tw_hj212_request_tick(struct tw_hj212_request *request, int64_t now_ms, bool *out_again)
{
    int64_t patience_ms = request->accepted ? TW_HJ212_RESULT_MS : TW_HJ212_ANSWER_MS;
    *out_again = false;
    if (!request->waits || now_ms - request->sent_ms < patience_ms) return NULL;
    if (!request->accepted && request->repeats < TW_HJ212_REPEATS) {
        request->repeats++;
        request->sent_ms = now_ms;
        *out_again = true;
        return NULL;
    }
    request->waits = false;
    return request->accepted ? "the plant did not finish what was asked"
                             : "the plant does not answer requests";
}
