#include "telemetry/sl651_packets.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void tw_sl651_packets_done(struct tw_sl651_packets *packets)
{
    for (uint16_t i = 0; i < packets->packets; i++)
        free(packets->parts[i].bytes);
    free(packets->parts);
    *packets = (struct tw_sl651_packets){0};
}

static bool belongs(const struct tw_sl651_packets *packets, const struct tw_sl651_frame *frame)
{
    return packets->packets == frame->packets && packets->function == frame->function &&
           memcmp(packets->station, frame->station, sizeof packets->station) == 0;
}

static tw_status begin(struct tw_sl651_packets *packets, const struct tw_sl651_frame *frame,
                       int64_t now_ms)
{
    tw_sl651_packets_done(packets);
    packets->parts = calloc(frame->packets, sizeof *packets->parts);
    if (packets->parts == NULL) return TW_ERR_NOMEM;
    memcpy(packets->station, frame->station, sizeof packets->station);
    packets->function = frame->function;
    packets->packets = frame->packets;
    packets->since_ms = now_ms;
    return TW_OK;
}

tw_status tw_sl651_packets_add(struct tw_sl651_packets *packets, const struct tw_sl651_frame *frame,
                               int64_t now_ms)
{
    if (!belongs(packets, frame)) TW_TRY(begin(packets, frame, now_ms));
    struct tw_sl651_part *part = &packets->parts[frame->packet - 1];
    size_t bytes = packets->bytes - part->size + frame->size;
    uint8_t *copy = malloc(frame->size + 1);
    if (copy == NULL || bytes > TW_SL651_PACKETS_BYTES) {
        tw_status status = copy == NULL ? TW_ERR_NOMEM : TW_ERR_FULL;
        free(copy);
        tw_sl651_packets_done(packets);
        return status;
    }
    if (frame->size > 0) memcpy(copy, frame->text, frame->size);
    if (part->bytes == NULL) packets->there++;
    free(part->bytes);
    *part = (struct tw_sl651_part){copy, frame->size};
    packets->bytes = bytes;
    return TW_OK;
}

uint16_t tw_sl651_packets_missing(const struct tw_sl651_packets *packets)
{
    for (uint16_t i = 0; i < packets->packets; i++) {
        if (packets->parts[i].bytes == NULL) return (uint16_t)(i + 1);
    }
    return 0;
}

tw_status tw_sl651_packets_join(const struct tw_sl651_packets *packets, uint8_t **out_text,
                                size_t *out_size)
{
    uint8_t *text = malloc(packets->bytes + 1);
    size_t at = 0;
    if (text == NULL) return TW_ERR_NOMEM;
    for (uint16_t i = 0; i < packets->packets; i++) {
        if (packets->parts[i].size > 0)
            memcpy(text + at, packets->parts[i].bytes, packets->parts[i].size);
        at += packets->parts[i].size;
    }
    *out_text = text;
    *out_size = at;
    return TW_OK;
}

uint16_t tw_sl651_packets_expire(struct tw_sl651_packets *packets, int64_t now_ms)
{
    uint16_t there = packets->there;
    if (there == 0 || now_ms - packets->since_ms < TW_SL651_PACKETS_MS) return 0;
    tw_sl651_packets_done(packets);
    return there;
}
