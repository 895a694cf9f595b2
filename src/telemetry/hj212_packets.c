#include "telemetry/hj212_packets.h"

#include <stdlib.h>
#include <string.h>

void tw_hj212_packets_done(struct tw_hj212_packets *packets)
{
    for (int32_t i = 0; i < packets->pnum; i++)
        free(packets->parts[i].text);
    *packets = (struct tw_hj212_packets){0};
}

/* Whether a packet belongs to what is kept. QN doesn't tell: some count it up with each packet. */
static bool belongs(const struct tw_hj212_packets *packets, const struct tw_hj212_message *message)
{
    return packets->there > 0 && packets->cn == message->cn && packets->pnum == message->pnum &&
           tw_hj212_text_is(message->mn, packets->mn);
}

enum tw_hj212_arrival tw_hj212_packets_add(struct tw_hj212_packets *packets,
                                           const struct tw_hj212_message *message, int64_t now_ms,
                                           int32_t *out_dropped)
{
    *out_dropped = 0;
    if (!belongs(packets, message)) {
        *out_dropped = packets->there;
        tw_hj212_packets_done(packets);
        if (message->mn.size >= sizeof packets->mn) return TW_HJ212_REFUSED;
        packets->cn = message->cn;
        packets->pnum = message->pnum;
        memcpy(packets->mn, message->mn.at, message->mn.size);
        packets->since_ms = now_ms;
    }
    int32_t i = message->pno - 1;
    char *text = malloc(message->cp.size + 1);
    bool again = packets->parts[i].text != NULL;
    size_t bytes = packets->bytes - packets->parts[i].size + message->cp.size;
    if (text == NULL || bytes > TW_HJ212_PACKETS_BYTES) {
        free(text);
        tw_hj212_packets_done(packets);
        return TW_HJ212_REFUSED;
    }
    if (message->cp.size > 0) memcpy(text, message->cp.at, message->cp.size);
    text[message->cp.size] = 0;
    free(packets->parts[i].text);
    packets->parts[i].text = text;
    packets->parts[i].size = message->cp.size;
    packets->bytes = bytes;
    if (!again) packets->there++;
    if (packets->there == packets->pnum) return TW_HJ212_COMPLETE;
    return again ? TW_HJ212_AGAIN : TW_HJ212_KEPT;
}

/* Whether a stretch of a CP holds a whole `key=` before its first or after its last separator. */
static bool has_key(const char *text, size_t size, bool at_end)
{
    const char *from = text;
    const char *to = text + size;
    for (const char *at = text; at < text + size; at++) {
        if (*at != ';' && *at != ',') continue;
        if (at_end) {
            from = at + 1;
        } else {
            to = at;
            break;
        }
    }
    return memchr(from, '=', (size_t)(to - from)) != NULL;
}

/* A field holds one `=`, so two neighbours that both have one were cut between fields. */
static bool cut_between_fields(const char *before, size_t before_size, const char *after,
                               size_t after_size)
{
    if (before_size == 0 || after_size == 0) return false;
    if (strchr(";,", before[before_size - 1]) != NULL || strchr(";,", after[0]) != NULL)
        return false;
    return has_key(before, before_size, true) && has_key(after, after_size, false);
}

tw_status tw_hj212_packets_join(const struct tw_hj212_packets *packets, struct tw_strbuf *out)
{
    for (int32_t i = 0; i < packets->pnum; i++) {
        const char *text = packets->parts[i].text;
        size_t size = packets->parts[i].size;
        const char *before = i > 0 ? packets->parts[i - 1].text : "";
        size_t before_size = i > 0 ? packets->parts[i - 1].size : 0;
        if (cut_between_fields(before, before_size, text, size)) TW_TRY(tw_strbuf_add(out, ",", 1));
        TW_TRY(tw_strbuf_add(out, text, size));
    }
    return TW_OK;
}

int32_t tw_hj212_packets_expire(struct tw_hj212_packets *packets, int64_t now_ms)
{
    int32_t there = packets->there;
    if (there == 0 || now_ms - packets->since_ms < TW_HJ212_PACKETS_MS) return 0;
    tw_hj212_packets_done(packets);
    return there;
}
